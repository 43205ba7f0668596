/**
 * Places along axes, in one adjoint pair: picking them, and adding back there.
 *
 * Everything that chooses elements by a list of places is made of this pair:
 * index tensors and masks, diagonals, rolled, repeated and mirrored axes. The
 * places are counted over the indexed axes in row-major order, and were checked
 * when they were made.
 */
import { failure } from "../core/errors.js";
import type { Linear, Sample } from "../core/op.js";
import { type Shape, shapeText, sizeOf, stridesOf } from "../core/shape.js";
import { allocate, refuseTraced, type Tensor, wrap } from "../core/tensor.js";
import { countPlaces, placesWhere, select, selectAdd } from "../kernels/select.js";
import { linear } from "./define.js";
import { broadcastTo, contiguous, slice } from "./movement.js";

/** Which places of which axes are meant, and which axes stand for them in the result. */
export interface Selection {
	/** The first of the indexed axes. */
	readonly axis: number;
	/** The sizes of the indexed axes. */
	readonly within: Shape;
	/** Counted over them in row-major order. */
	readonly places: Int32Array;
	/** With as many elements as there are places. */
	readonly shape: Shape;
}

/** `shape` with `axes` in place of the `count` axes from `axis` on. */
export function exchanged(shape: Shape, axis: number, count: number, axes: Shape): Shape {
	return [...shape.slice(0, axis), ...axes, ...shape.slice(axis + count)];
}

/** The same places in every example of a batch. */
function underAxis(selection: Selection): Selection {
	return { ...selection, axis: selection.axis + 1 };
}

const samples: readonly (readonly [large: Shape, small: Shape, Selection])[] = [
	[[4], [3], { axis: 0, within: [4], places: Int32Array.of(3, 0, 3), shape: [3] }],
	[[2, 3], [2, 2, 3], { axis: 1, within: [3], places: Int32Array.of(1, 1, 0, 2, 0, 1), shape: [2, 3] }],
	[[2, 3, 2], [2, 2], { axis: 0, within: [2, 3], places: Int32Array.of(5, 0), shape: [2] }],
];

/** `indexSelect`: the places picked. */
export const picking: Linear<Selection> = linear<Selection>("indexSelect", {
	says: "elements at places of an axis, or of several counted together",
	shape: ([x], { axis, within, shape }) => exchanged(x as Shape, axis, within.length, shape),
	forward: ([x], { axis, within, places }, shape) => {
		const { dtype } = x as Tensor;
		const { storage, offset } = allocate(dtype, sizeOf(shape));
		select(x as Tensor, axis, within, places, storage, offset);
		return wrap(storage, shape, offset, dtype);
	},
	transpose: (gz, _, selection) => [returning.call([gz], selection)],
	batched: ([x], selection) => picking.call([x as Tensor], underAxis(selection)) as Tensor,
	samples: samples.map(([large, , attributes]): Sample<Selection> => ({ shapes: [large], attributes })),
});

/** `indexAdd`: numbers added at the places of a tensor of zeros. */
export const returning: Linear<Selection> = linear<Selection>("indexAdd", {
	says: "numbers added at places of an axis, or of several counted together, among zeros",
	shape: ([x], { axis, within, shape }) => exchanged(x as Shape, axis, shape.length, within),
	forward: ([x], { axis, within, places, shape: axes }, shape) => {
		const { dtype } = x as Tensor;
		const from = axes.length === 1 ? (x as Tensor) : contiguous(x as Tensor);
		const sizes = exchanged(from.shape, axis, axes.length, [places.length]);
		const strides = axes.length === 1 ? from.strides : stridesOf(sizes);
		const { storage, offset } = allocate(dtype, sizeOf(shape));
		const source = { storage: from.storage, offset: from.offset, shape: sizes, strides };
		selectAdd(source, axis, within, places, storage, offset, shape);
		return wrap(storage, shape, offset, dtype);
	},
	transpose: (gz, _, selection) => [picking.call([gz], selection)],
	batched: ([x], selection) => returning.call([x as Tensor], underAxis(selection)) as Tensor,
	samples: samples.map(([, small, attributes]): Sample<Selection> => ({ shapes: [small], attributes })),
});

/** The places `places` of one axis of `x`, in their order. */
export function along(x: Tensor, axis: number, places: Int32Array): Tensor {
	const within = [x.shape[axis] as number];
	return picking.call([x], { axis, within, places, shape: [places.length] }) as Tensor;
}

/** An index tensor, and the axis, or the axes counted together, of which it names places. */
export interface Named {
	readonly index: Tensor;
	readonly axis: number;
	readonly size: number;
}

/**
 * The places that index tensors name together: they broadcast to `shape`, and
 * each stands for one axis. Indices from -size on count from the end, unless
 * `low` is 0.
 */
export function placesOf(name: string, named: readonly Named[], shape: Shape, low?: 0): Int32Array {
	const places = new Int32Array(sizeOf(shape));
	for (const { index, axis, size } of named) {
		refuseTraced(name, index);
		const indices = broadcastTo(index, shape);
		const least = low ?? -size;
		const bad = countPlaces(places, indices, size, least);
		if (bad < 0) continue;
		const at = stridesOf(shape).map((stride, other) => Math.floor(bad / stride) % (shape[other] as number));
		throw failure({
			what: `${name}: index out of range`,
			expected:
				size === 0
					? `no index: axis ${axis} has size 0`
					: `whole numbers from ${least} to ${size - 1}: axis ${axis} has size ${size}`,
			actual: `${slice(indices, at).item()} at index${shapeText(at)}`,
		});
	}
	return places;
}

/** The places where `mask` is not 0, counted over its axes. */
export function placesOfMask(name: string, mask: Tensor): Int32Array {
	refuseTraced(name, mask);
	const { storage, offset, size } = contiguous(mask);
	return placesWhere(storage, offset, size);
}
