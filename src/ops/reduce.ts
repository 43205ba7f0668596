/**
 * Reductions that are not linear: the largest and the smallest element, and the
 * product.
 *
 * Elements that tie share the gradient equally, and the others get none: it is
 * routed, not multiplied by a mask. The gradient of a product is the product of
 * the others, never a quotient.
 */
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import { normalizeAxes, reducedShape, type Shape, sizeOf, stridesOf } from "../core/shape.js";
import { Scalar } from "../core/tape.js";
import { allocate, type Node, Tensor, type Value } from "../core/tensor.js";
import { maxReduce, minReduce, prodReduce } from "../kernels/strided.js";
import { div, maximum, minimum, mul } from "./arithmetic.js";
import { blank, counted, extended, merged, shifted, times, unmerged } from "./axes.js";
import { equal, greater, notEqual, where } from "./compare.js";
import { ones } from "./create.js";
import { custom } from "./define.js";
import { type Axes, asTensor, broadcastTo, reshape, sum } from "./movement.js";
import { recurrence } from "./scan.js";

interface Reduced {
	readonly axes: readonly number[];
	readonly keepDims: boolean;
}

function extreme(name: "max" | "min", kernel: typeof maxReduce): Custom<Reduced> {
	const op: Custom<Reduced> = custom<Reduced>(name, {
		says: `the ${name === "max" ? "largest" : "smallest"} element over axes`,
		tex: `\\${name} #1`,
		shape: ([x], { axes, keepDims }) => reducedShape(x as Shape, axes, keepDims),
		forward: ([x], { axes }, shape) => {
			const from = x as Tensor;
			const { storage, offset } = allocate(from.dtype, sizeOf(shape));
			kernel(from, axes, storage, offset);
			return new Tensor(storage, offset, shape, stridesOf(shape), from.dtype);
		},
		pull: (gz, [x], z, { axes }) => {
			const from = x as Tensor;
			const kept = reducedShape(from.shape, axes, true);
			const [chosen, ties] = winners(from, z as Tensor, axes);
			const share = div(reshape(gz, kept), ties);
			return [where(chosen, broadcastTo(share, from.shape), 0)];
		},
		push: ([dx], [x], z, { axes, keepDims }) => {
			const [chosen, ties] = winners(x as Tensor, z as Tensor, axes);
			const total = sum(where(chosen, dx as Tensor, 0), { axis: axes, keepDims });
			return div(total, reshape(ties, total.shape));
		},
		batched: ([x], { axes, keepDims }) =>
			op.call([x as Tensor], { axes: axes.map((axis) => axis + 1), keepDims }) as Tensor,
		samples: [
			{ shapes: [[2, 3]], attributes: { axes: [0, 1], keepDims: false } },
			{ shapes: [[2, 3, 2]], attributes: { axes: [1], keepDims: true } },
			{ shapes: [[3, 2]], attributes: { axes: [0], keepDims: false } },
		],
		kinks: [{ at: [1, 1], slopes: [0.5, 0.5], says: "equal elements share the gradient equally" }],
	});
	return op;
}

/** Which elements reach the extreme, and how many they are per result; constants. */
function winners(x: Tensor, z: Tensor, axes: readonly number[]): [chosen: Tensor, ties: Tensor] {
	const chosen = equal(x.detach(), reshape(z.detach(), reducedShape(x.shape, axes, true)));
	return [chosen, sum(chosen, { axis: axes, keepDims: true })];
}

const maximizing = extreme("max", maxReduce);
const minimizing = extreme("min", minReduce);

function reduce(op: Custom<Reduced>, x: Value, { axis, keepDims = false }: Axes): Tensor {
	const from = asTensor(x);
	return op.call([from], { axes: normalizeAxes(op.name, axis, from.rank), keepDims }) as Tensor;
}

const multiplying: Custom<Reduced> = custom<Reduced>("prod", {
	says: "product over axes",
	symbol: "Π",
	tex: "\\prod #1",
	shape: ([x], { axes, keepDims }) => reducedShape(x as Shape, axes, keepDims),
	forward: ([x], { axes }, shape) => {
		const z = blank(counted((x as Tensor).dtype), shape);
		prodReduce(x as Tensor, axes, z.storage, z.offset);
		return z;
	},
	pull: (gz, [x], _, { axes }) => {
		const { shape } = x as Tensor;
		return [times(broadcastTo(reshape(gz, reducedShape(shape, axes, true)), shape), others(x as Tensor, axes))];
	},
	push: ([dx], [x], _, { axes, keepDims }) =>
		sum(times(dx as Tensor, others(x as Tensor, axes)), { axis: axes, keepDims }),
	batched: ([x], { axes, keepDims }) =>
		multiplying.call([x as Tensor], { axes: axes.map((axis) => axis + 1), keepDims }) as Tensor,
	samples: [
		{ shapes: [[2, 3]], attributes: { axes: [0, 1], keepDims: false } },
		{ shapes: [[2, 3, 2]], attributes: { axes: [1], keepDims: true } },
		{ shapes: [[3, 2]], attributes: { axes: [0], keepDims: false } },
	],
});

/** For each element of `x` the product of all others over `axes`: of those before it and those behind it. */
function others(x: Tensor, axes: readonly number[]): Tensor {
	const list = merged(x, axes);
	if (list.size === 0) return x;
	const last = list.rank - 1;
	const count = list.shape[last] as number;
	const one = ones([1], { dtype: x.dtype });
	const before = recurrence(shifted(list, last, false), extended(one, 0, 0, count - 1), { axis: last });
	const behind = recurrence(shifted(list, last, true), extended(one, 0, count - 1, 0), { axis: last, reverse: true });
	return unmerged(mul(before, behind), axes, x.shape);
}

/**
 * The product over `axis`, or of all elements; of nothing it is 1, and bool
 * counts as int32. Gradients of any order are right with any number of zeros.
 */
export function prod(x: Value, options: Axes = {}): Tensor {
	return reduce(multiplying, x, options);
}

/** How many elements over `axis`, or of all, are not 0; NaN is not 0. No gradient: the result is int32. */
export function countNonzero(x: Value, options: Axes = {}): Tensor {
	return sum(notEqual(asTensor(x), 0), options);
}

/** Whether any element over `axis`, or of all, is not 0; of none it is false. No gradient: the result is bool. */
export function any(x: Value, options: Axes = {}): Tensor {
	return scope("any", () => greater(countNonzero(x, options), 0));
}

/** Whether all elements over `axis`, or all there are, differ from 0; of none it is true. No gradient: the result is bool. */
export function all(x: Value, options: Axes = {}): Tensor {
	return scope("all", () => equal(countNonzero(equal(asTensor(x), 0), options), 0));
}

const isValue = (x: Value | Axes): x is Value => typeof x === "number" || x instanceof Scalar || x instanceof Tensor;

/**
 * The largest element over `axis`, or of all. NaN wins. With a second value
 * instead of options, the larger of both, element by element.
 *
 * @throws where there is no element to choose from.
 */
export function max(x: Value, y: Value): Node;
export function max(x: Value, options?: Axes): Tensor;
export function max(x: Value, y: Value | Axes = {}): Node {
	return isValue(y) ? maximum(x, y) : reduce(maximizing, x, y);
}

/** The smallest element over `axis`, or of all; with a second value, the smaller of both. See {@link max}. */
export function min(x: Value, y: Value): Node;
export function min(x: Value, options?: Axes): Tensor;
export function min(x: Value, y: Value | Axes = {}): Node {
	return isValue(y) ? minimum(x, y) : reduce(minimizing, x, y);
}
