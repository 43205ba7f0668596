/**
 * Functions made of the others. They have no rule of their own; each runs in a
 * scope, so that pictures show one box and errors name it.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { normalizeAxes, reducedShape, shapeText, sizeOf } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { add, div, sqrt, square, sub } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { type Axes, type Axis, asTensor, cast, reshape, sum } from "./movement.js";
import { max } from "./reduce.js";
import { exp, log } from "./transcendental.js";

/** Integers as float64: sums and squares of large ones do not fit in int32. */
function asFloating(x: Value): Tensor {
	const from = asTensor(x);
	return isFloating(from.dtype) ? from : cast(from, "float64");
}

/** How many elements go into each result of a reduction. */
function countOver(name: string, x: Tensor, axis: Axes["axis"]): number {
	const count = sizeOf(normalizeAxes(name, axis, x.rank).map((at) => x.shape[at] as number));
	if (count > 0) return count;
	throw failure({
		what: `${name}: no elements to reduce`,
		expected: "at least one element on the reduced axes",
		actual: `x ${shapeText(x.shape)}`,
	});
}

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
		const centred = sub(from, mean(from, { axis, keepDims: true }));
		return div(sum(square(centred), { axis, keepDims }), countOver("variance", from, axis) - correction);
	});
}

/** The maximum along `axis`, as a constant, with infinities replaced by 0: a shift that keeps exponentials in range. */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
	const largest = max(x.detach(), { axis: axes, keepDims: true });
	return where(equal(sub(largest, largest), 0), largest, 0); // ∞ - ∞ is NaN, which equals nothing
}

/**
 * ln Σ exp(x) over `axis`, or over everything, without overflow. The sum over
 * nothing but -∞ is -∞.
 */
export function logSumExp(x: Value, { axis, keepDims = false }: Axes = {}): Tensor {
	return scope("logSumExp", () => {
		const from = asFloating(x);
		const axes = normalizeAxes("logSumExp", axis, from.rank);
		const shift = shiftOf(from, axes);
		const total = log(sum(exp(sub(from, shift)), { axis: axes, keepDims }));
		return add(total, reshape(shift, reducedShape(from.shape, axes, keepDims)));
	});
}

/** exp(x) / Σ exp(x) along `axis`, the last when left out: positive, adding up to 1. */
export function softmax(x: Value, { axis = -1 }: Axis = {}): Tensor {
	return scope("softmax", () => {
		const from = asFloating(x);
		const shifted = exp(sub(from, shiftOf(from, normalizeAxes("softmax", axis, from.rank))));
		return div(shifted, sum(shifted, { axis, keepDims: true }));
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

/** Euclidean length √Σx² over `axis`, or over everything. At 0 the gradient is 0. */
export function norm(x: Value, { axis, keepDims = false }: Axes = {}): Tensor {
	return scope("norm", () => {
		const squares = sum(square(asFloating(x)), { axis, keepDims });
		return where(equal(squares, 0), 0, sqrt(squares));
	});
}
