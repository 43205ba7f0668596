/**
 * Reductions that are not linear: the largest and the smallest element.
 *
 * Elements that tie share the gradient equally, and the others get none: it is
 * routed, not multiplied by a mask.
 */
import type { Custom } from "../core/op.js";
import { normalizeAxes, reducedShape, type Shape, sizeOf, stridesOf } from "../core/shape.js";
import { Scalar } from "../core/tape.js";
import { allocate, type Node, Tensor, type Value } from "../core/tensor.js";
import { maxReduce, minReduce } from "../kernels/strided.js";
import { div, maximum, minimum } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { custom } from "./define.js";
import { type Axes, asTensor, broadcastTo, reshape, sum } from "./movement.js";

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
