/**
 * Running along an axis: what has come together so far.
 *
 * Two of them are primitive, the running sum and the linear recurrence
 * zᵢ = aᵢ zᵢ₋₁ + bᵢ. Products and logarithms of sums are recurrences, so their
 * gradients are, too: no rule divides by an element, and zeros and infinities
 * need no care. What goes backward is the same operation from the other end.
 */
import { promote } from "../core/dtype.js";
import type { Custom, Linear, Sample } from "../core/op.js";
import { scope } from "../core/scope.js";
import { broadcastShapes, type Shape } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import {
	along,
	cumSum as cumSumKernel,
	extremeIndex,
	recurrence as recurrenceKernel,
	type Search,
} from "../kernels/scan.js";
import { abs, add, sub } from "./arithmetic.js";
import { alongAxis, asFloating, blank, counted, extended, part, shifted, times } from "./axes.js";
import { equal, where } from "./compare.js";
import { custom, findsPlaces, linear } from "./define.js";
import { type Axis, asTensor, broadcastTo, cast, contiguous, gather } from "./movement.js";
import { exp, log } from "./transcendental.js";

/** An axis to run along: all elements in row-major order when left out, as in NumPy. */
export interface RunOptions extends Axis {
	/** True to begin at the end. */
	readonly reverse?: boolean | undefined;
}

interface Run {
	readonly axis: number;
	readonly reverse: boolean;
}

const samples = (operands: number): Sample<Run>[] =>
	[
		{ shape: [5], axis: 0, reverse: false },
		{ shape: [2, 3, 2], axis: 1, reverse: true },
		{ shape: [3, 9], axis: 0, reverse: false },
	].map(({ shape, axis, reverse }) => ({
		shapes: Array.from({ length: operands }, () => shape),
		attributes: { axis, reverse },
	}));

const running: Linear<Run> = linear<Run>("cumSum", {
	says: "the sums of the elements so far along an axis",
	shape: ([x]) => x as Shape,
	forward: ([x], { axis, reverse }, shape) => {
		const from = contiguous(x as Tensor);
		const z = blank(counted(from.dtype), shape);
		cumSumKernel(from, along(shape, axis), reverse, z.storage, z.offset);
		return z;
	},
	transpose: (gz, _, { axis, reverse }) => [running.call([gz], { axis, reverse: !reverse })],
	batched: ([x], { axis, reverse }) => running.call([x as Tensor], { axis: axis + 1, reverse }) as Tensor,
	samples: samples(1),
});

const recurring: Custom<Run> = custom<Run>("recurrence", {
	says: "z[i] = x[i] z[i-1] + y[i] along an axis",
	shape: ([a, b]) => broadcastShapes("recurrence", a as Shape, b as Shape),
	forward: ([a, b], { axis, reverse }, shape) => {
		const z = blank((b as Tensor).dtype, shape);
		const [from, added] = [contiguous(a as Tensor), contiguous(b as Tensor)];
		recurrenceKernel(from, added, along(shape, axis), reverse, z.storage, z.offset);
		return z;
	},
	// What zᵢ contributes, itself and through all that follow: uᵢ = gzᵢ + aᵢ₊₁ uᵢ₊₁, from the other end.
	pull: (gz, [a, b], z, { axis, reverse }) => {
		const count = (z as Tensor).shape[axis] as number;
		if (count === 0) return [a, b];
		const factors = shifted(a as Tensor, axis, !reverse);
		const u = recurring.call([factors, gz], { axis, reverse: !reverse }) as Tensor;
		const [later, earlier] = reverse ? [0, 1] : [1, 0]; // the first place of the run has nothing before it
		const shares = times(part(u, axis, later, count - earlier), part(z as Tensor, axis, earlier, count - later));
		return [extended(shares, axis, later, earlier), u];
	},
	push: ([da, db], [a], z, { axis, reverse }) => {
		if ((z as Tensor).shape[axis] === 0) return z;
		const change = da && times(da, shifted(z as Tensor, axis, reverse));
		const source = change && db ? add(change, db) : (change ?? db);
		return recurring.call([a as Tensor, source as Tensor], { axis, reverse });
	},
	batched: (inputs, { axis, reverse }) => recurring.call(inputs, { axis: axis + 1, reverse }) as Tensor,
	samples: samples(2),
});

/**
 * The sums of the elements so far along `axis`: z₀ = x₀, z₁ = x₀ + x₁, ...
 *
 * Without an axis over all elements, as a vector. Sums are carried in float64; bool counts as int32.
 *
 * @example
 * ```ts
 * import { cumSum, tensor } from "chainrule";
 * console.log(cumSum(tensor([1, 2, 3])).toArray()); // [ 1, 3, 6 ]
 * ```
 */
export function cumSum(x: Value, { axis, reverse = false }: RunOptions = {}): Tensor {
	return alongAxis("cumSum", x, axis, (from, at) => running.call([from], { axis: at, reverse }) as Tensor);
}

/**
 * zᵢ = aᵢ zᵢ₋₁ + bᵢ along `axis`, beginning with z₀ = b₀: discounted sums,
 * moving averages, linear systems in discrete time. The operands broadcast.
 *
 * @example
 * ```ts
 * import { recurrence, tensor } from "chainrule";
 * // Discounted returns run from the end.
 * console.log(recurrence(0.5, tensor([1, 0, 8]), { reverse: true }).toArray()); // [ 3, 4, 8 ]
 * ```
 */
export function recurrence(a: Value, b: Value, { axis, reverse = false }: RunOptions = {}): Tensor {
	const [factors, added] = [asTensor(a), asTensor(b)];
	// A plain number takes the dtype of the other operand, as everywhere.
	const one = typeof a === "number" ? added.dtype : factors.dtype;
	const dtype = counted(promote(one, typeof b === "number" ? one : added.dtype));
	const shape = broadcastShapes("recurrence", factors.shape, added.shape);
	const whole = (x: Tensor): Tensor => cast(broadcastTo(x, shape), dtype);
	return alongAxis("recurrence", whole(added), axis, (from, at) =>
		alongAxis("recurrence", whole(factors), axis, (by) => recurring.call([by, from], { axis: at, reverse }) as Tensor),
	);
}

/** The products of the elements so far along `axis`, or of all in row-major order. Gradients are right with any number of zeros. */
export function cumProd(x: Value, { axis }: Axis = {}): Tensor {
	return scope("cumProd", () =>
		alongAxis("cumProd", x, axis, (from, at) => {
			const factors = cast(from, counted(from.dtype));
			const count = from.shape[at] as number;
			if (count === 0) return factors;
			const first = extended(part(factors, at, 0, 1), at, 0, count - 1);
			return recurring.call([factors, first], { axis: at, reverse: false }) as Tensor;
		}),
	);
}

/**
 * ln Σ exp(x) over the elements so far along `axis`, or over all in row-major
 * order, without overflow. Where the result is infinite the gradient is 0.
 */
export function logCumSumExp(x: Value, { axis }: Axis = {}): Tensor {
	return scope("logCumSumExp", () =>
		alongAxis("logCumSumExp", asFloating(x), axis, (from, at) => {
			if (from.size === 0) return from;
			// Sums of exp(xᵢ - m) for the largest element so far, m, rescaled where it changes. The result does not depend on m.
			const largest = cumMax(from.detach(), { axis: at });
			const previous = shifted(largest, at, false);
			const rescaling = exp(where(equal(previous, largest), 0, sub(previous, largest)));
			const shift = where(equal(sub(largest, largest), 0), largest, 0);
			const sums = recurring.call([rescaling, exp(sub(from, shift))], { axis: at, reverse: false }) as Tensor;
			const levels = log(sums);
			const still = levels.detach();
			return add(where(equal(abs(still), Number.POSITIVE_INFINITY), still, levels), shift);
		}),
	);
}

function extreme(name: string, says: string, sign: Search["sign"]): Custom<{ readonly axis: number }> {
	const op: Custom<{ readonly axis: number }> = custom<{ readonly axis: number }>(name, {
		says,
		...findsPlaces,
		shape: ([x]) => x as Shape,
		forward: ([x], { axis }, shape) => {
			const z = blank("int32", shape);
			extremeIndex(contiguous(x as Tensor), along(shape, axis), { sign, running: true }, z.storage, z.offset);
			return z;
		},
		pull: () => [undefined],
		batched: ([x], { axis }) => op.call([x as Tensor], { axis: axis + 1 }) as Tensor,
		samples: [{ shapes: [[3, 4]], attributes: { axis: 1 } }],
	});
	return op;
}

const growing = extreme("argCumMax", "where the largest element so far along an axis is", 1);
const falling = extreme("argCumMin", "where the smallest element so far along an axis is", -1);

/** Where the largest of the elements so far along `axis` is, the latest of equal ones; NaN counts as the largest. No gradient: the result is int32. */
export function argCumMax(x: Value, { axis }: Axis = {}): Tensor {
	return alongAxis("argCumMax", x, axis, (from, at) => growing.call([from], { axis: at }) as Tensor);
}

/** Where the smallest of the elements so far along `axis` is, the latest of equal ones; NaN wins. No gradient: the result is int32. */
export function argCumMin(x: Value, { axis }: Axis = {}): Tensor {
	return alongAxis("argCumMin", x, axis, (from, at) => falling.call([from], { axis: at }) as Tensor);
}

/**
 * The largest of the elements so far along `axis`, or of all in row-major order. From NaN on, NaN.
 *
 * The gradient goes to the chosen element, the latest of equal ones, as in PyTorch.
 */
export function cumMax(x: Value, { axis }: Axis = {}): Tensor {
	return scope("cumMax", () =>
		alongAxis("cumMax", x, axis, (from, at) => gather(from, argCumMax(from, { axis: at }), { axis: at })),
	);
}

/** The smallest of the elements so far along `axis`. See {@link cumMax}. */
export function cumMin(x: Value, { axis }: Axis = {}): Tensor {
	return scope("cumMin", () =>
		alongAxis("cumMin", x, axis, (from, at) => gather(from, argCumMin(from, { axis: at }), { axis: at })),
	);
}
