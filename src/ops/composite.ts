/**
 * Functions made of the others. They have no rule of their own; each runs in a
 * scope, so that pictures show one box and errors name it.
 */
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { normalizeAxes, reducedShape } from "../core/shape.js";
import { isTracing } from "../core/tape.js";
import { forEachElement, type Tensor, type Value } from "../core/tensor.js";
import { abs, add, div, floor, mul, pow, sign, sqrt, square, sub } from "./arithmetic.js";
import { asFloating, countOver } from "./axes.js";
import { equal, where } from "./compare.js";
import { zeros } from "./create.js";
import { type Axes, type Axis, reshape, sum } from "./movement.js";
import { max, min } from "./reduce.js";
import { exp, exp2, log, log2 } from "./transcendental.js";

/** Mean over `axis`, or over everything. */
export function mean(x: Value, { axis, keepDims = false }: Axes = {}): Tensor {
	return scope("mean", () => {
		const from = asFloating(x);
		return div(sum(from, { axis, keepDims }), countOver("mean", from, axis));
	});
}

/** Mean squared distance from the mean, Σ(x - x̄)² / (n - correction). `correction` is 0 as in NumPy; 1 estimates from a sample. */
export function variance(
	x: Value,
	{ axis, keepDims = false, correction = 0 }: Axes & { readonly correction?: number } = {},
): Tensor {
	return scope("variance", () => {
		const from = asFloating(x);
		const about = (y: Tensor): Tensor => sub(y, mean(y, { axis, keepDims: true }));
		const centred = about(about(from)); // a large mean is rounded: what that leaves is taken away, too
		return div(sum(square(centred), { axis, keepDims }), Math.max(0, countOver("variance", from, axis) - correction));
	});
}

/** The square root of the {@link variance}, with its options. Where all elements are equal the gradient is 0. */
export function std(x: Value, options: Axes & { readonly correction?: number } = {}): Tensor {
	return scope("std", () => {
		const spread = variance(x, options);
		return where(equal(spread, 0), 0, sqrt(spread));
	});
}

/** The maximum along `axis`, as a constant, with infinities replaced by 0: a shift that keeps exponentials in range. */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
	if (x.size === 0) return zeros(reducedShape(x.shape, axes, true), { dtype: x.dtype });
	const largest = max(x.detach(), { axis: axes, keepDims: true });
	return where(equal(sub(largest, largest), 0), largest, 0); // ∞ - ∞ is NaN, which equals nothing
}

/**
 * ln Σ exp(x) over `axis`, or over everything, without overflow. Over nothing,
 * or nothing but -∞, it is -∞. Where it is infinite the gradient is 0: PyTorch
 * has NaN there.
 */
export function logSumExp(x: Value, { axis, keepDims = false }: Axes = {}): Tensor {
	return scope("logSumExp", () => {
		const from = asFloating(x);
		const axes = normalizeAxes("logSumExp", axis, from.rank);
		const shift = shiftOf(from, axes);
		const total = sum(exp(sub(from, shift)), { axis: axes, keepDims });
		const level = log(total);
		const still = level.detach();
		const bounded = where(equal(abs(still), Number.POSITIVE_INFINITY), still, level); // a NaN reaches the gradient
		return add(bounded, reshape(shift, reducedShape(from.shape, axes, keepDims)));
	});
}

/** ln softmax(x) along `axis`, the last when left out, without forming the quotient. */
export function logSoftmax(x: Value, { axis = -1 }: Axis = {}): Tensor {
	return scope("logSoftmax", () => {
		const from = asFloating(x);
		const shifted = sub(from, shiftOf(from, normalizeAxes("logSoftmax", axis, from.rank)));
		return sub(shifted, log(sum(exp(shifted), { axis, keepDims: true })));
	});
}

/** Which norm: 2 when left out. */
export interface NormOptions extends Axes {
	readonly order?: number | undefined;
}

/**
 * The length (Σ |x|ᵖ)^(1/p) of vectors over `axis`, or of all elements as one,
 * for any `order` p: 2 is the Euclidean length, 1 the sum of the sizes,
 * `Infinity` and `-Infinity` the largest and the smallest size, whose ties share
 * the gradient equally, 0 the number of elements other than 0. Squares and
 * powers neither overflow nor vanish where the result does not.
 *
 * At 0 the gradient is 0. Several axes are taken as one vector.
 */
export function norm(x: Value, { order = 2, axis, keepDims = false }: NormOptions = {}): Tensor {
	return scope("norm", () => {
		const from = asFloating(x);
		const axes = normalizeAxes("norm", axis, from.rank);
		const over = { axis: axes, keepDims };
		if (order === 0) return sum(abs(sign(from)), over);
		if (order === 1) return sum(abs(from), over);
		if (Math.abs(order) === Number.POSITIVE_INFINITY) return (order > 0 ? max : min)(abs(from), over);
		if (Number.isNaN(order)) throw failure({ what: "norm: not an order", expected: "a number", actual: "NaN" });
		if (order !== 2) return scaledNorm(from, order, axes, keepDims);
		const total = sum(square(from), over);
		return isModerate(total) ? sqrt(total) : scaledNorm(from, order, axes, keepDims);
	});
}

/** True where the squares that were added lost nothing to overflow or underflow. A trace cannot ask. */
function isModerate(total: Tensor): boolean {
	if (isTracing()) return false;
	const [least, most] = total.dtype === "float64" ? [1e-280, 1e300] : [1e-28, 1e38];
	let moderate = true;
	forEachElement(total, (element) => {
		moderate &&= element > least && element < most;
	});
	return moderate;
}

/**
 * s times the norm of x / s: as a function of x it does not depend on s. That is
 * the power of 2 below the largest size, or the smallest where p < 0, so that
 * scaling rounds nothing.
 */
function scaledNorm(x: Tensor, p: number, axes: readonly number[], keepDims: boolean): Tensor {
	const sizes = abs(x.detach());
	const extreme = x.size === 0 ? sum : p > 0 ? max : min;
	const below = exp2(floor(log2(extreme(sizes, { axis: axes, keepDims: true }))));
	const s = where(equal(sub(below, below), 0), where(equal(below, 0), 1, below), 1); // 1 for 0, ∞ and NaN
	const shares = div(x, s);
	// At 0 the slope of |x|ᵖ is infinite for p < 1: nothing goes there.
	const powers =
		p === 2 ? square(shares) : where(equal(x, 0), p > 0 ? 0 : Number.POSITIVE_INFINITY, pow(abs(shares), p));
	const total = sum(powers, { axis: axes, keepDims });
	const root = p === 2 ? sqrt(total) : pow(total, 1 / p);
	return mul(p > 0 ? where(equal(total, 0), 0, root) : root, reshape(s, total.shape));
}
