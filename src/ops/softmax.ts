/**
 * Softmax: shares of exponentials.
 *
 * It could be composed of six operations; as a record it goes over memory half
 * as often. Its Jacobian, diag(z) - z zᵀ, is symmetric, so one function is its
 * pull and its push.
 */
import type { Custom } from "../core/op.js";
import { normalizeAxis, type Shape } from "../core/shape.js";
import { isRecording, isTracing } from "../core/tape.js";
import { Tensor, type Value } from "../core/tensor.js";
import { shareRows, shareVectors, shiftRows, slopeRows } from "../kernels/softmax.js";
import { fewest } from "../kernels/vectors.js";
import { sub } from "./arithmetic.js";
import { asFloating, blank, times } from "./axes.js";
import { custom } from "./define.js";
import { type Axis, contiguous, sum } from "./movement.js";
import { recordOf } from "./pointwise.js";
import { exp } from "./transcendental.js";
import { vectorValue } from "./vectorize.js";

interface Along {
	readonly axis: number;
}

/** `x` with `axis` and the last axis exchanged, a view; again, and they are where they were. */
function swapped(x: Tensor, axis: number): Tensor {
	const last = x.rank - 1;
	if (axis === last) return x;
	const exchange = <Element>(list: readonly Element[]): Element[] =>
		list.map((_, at) => list[at === axis ? last : at === last ? axis : at] as Element);
	return new Tensor(x.storage, x.offset, exchange(x.shape), exchange(x.strides), x.dtype);
}

/** The elements of `x` in rows along `axis`. */
function rowsOf(x: Tensor, axis: number): { x: Tensor; count: number; width: number } {
	const rows = contiguous(swapped(x, axis));
	const width = x.shape[axis] as number;
	return { x: rows, width, count: width === 0 ? 0 : x.size / width };
}

const vectors = vectorValue(recordOf(exp));

/** Replaces the elements of `z`, contiguous, by their exponentials. */
function exponentiate(z: Tensor): void {
	if (z.size >= fewest && vectors([z], z, false)) return;
	const { storage, offset } = z;
	for (let at = offset, end = offset + z.size; at < end; at++) storage[at] = Math.exp(storage[at] as number);
}

const sharing: Custom<Along> = custom<Along>("softmax", {
	says: "exponentials along an axis, divided by their sum",
	shape: ([x]) => x as Shape,
	forward: ([x], { axis }) => {
		const rows = rowsOf(x as Tensor, axis);
		const z = blank(rows.x.dtype, rows.x.shape);
		const { storage, offset } = rows.x;
		if (!shareVectors(rows, { storage, at: offset }, { storage: z.storage, at: z.offset })) {
			shiftRows(rows, storage, offset, z.storage, z.offset);
			exponentiate(z);
			shareRows(rows, z.storage, z.offset);
		}
		return swapped(z, axis);
	},
	pull: (gz, _, z, { axis }) => [slope(z as Tensor, gz as Tensor, axis)],
	push: ([dx], _, z, { axis }) => slope(z as Tensor, dx as Tensor, axis),
	batched: ([x], { axis }) => sharing.call([x as Tensor], { axis: axis + 1 }) as Tensor,
	samples: [
		{ shapes: [[3]], attributes: { axis: 0 } },
		{ shapes: [[2, 3]], attributes: { axis: 1 } },
		{ shapes: [[3, 2, 2]], attributes: { axis: 0 } },
	],
});

/** z (g - Σ z g): the change of a softmax z in the direction g, or the gradient of its argument. In one go where nobody records it. */
function slope(z: Tensor, g: Tensor, axis: number): Tensor {
	if (isRecording() || isTracing()) return times(sub(g, sum(times(g, z), { axis, keepDims: true })), z);
	const rows = rowsOf(z, axis);
	const { x: by } = rowsOf(g, axis);
	const out = blank(z.dtype, rows.x.shape);
	slopeRows(rows, rows.x.storage, rows.x.offset, by.storage, by.offset, out.storage, out.offset);
	return swapped(out, axis);
}

/** exp(x) / Σ exp(x) along `axis`, the last when left out: positive, adding up to 1. */
export function softmax(x: Value, { axis = -1 }: Axis = {}): Tensor {
	const from = asFloating(x);
	return sharing.call([from], { axis: normalizeAxis("softmax", axis, from.rank) }) as Tensor;
}
