/**
 * Choosing elements: by position, by index tensors, by masks.
 *
 * What a user writes becomes at most three steps: a window (ranges and single
 * indices), axes of size 1, and one selection for all index tensors and masks
 * together. The windows are views; the selection is a pair of its own. No
 * position has a gradient, only the elements have.
 */
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { broadcastShapes, checkShape, normalizeAxis, type Shape, sameShape, shapeText, sizeOf } from "../core/shape.js";
import { isTraced, refuseTraced, Tensor, type Value, wrap } from "../core/tensor.js";
import { add } from "./arithmetic.js";
import { less, where } from "./compare.js";
import {
	type Axis,
	asTensor,
	broadcastTo,
	cast,
	checkInteger,
	concat,
	gather,
	permute,
	type Range,
	reshape,
	slice,
} from "./movement.js";
import { exchanged, type Named, picking, placesOf, placesOfMask, returning } from "./select.js";

/**
 * One entry of {@link at}: a {@link Range}, `"..."` for all axes not named,
 * `"new"` for a new axis of size 1, an integer tensor, or a mask of dtype bool.
 */
export type Index = Range | "..." | "new" | Tensor;

/**
 * Part of `x`, one entry per axis from the first, as NumPy's `x[...]`:
 *
 * - a whole number drops the axis, and counts from the end where negative;
 * - `null` keeps the axis, `[start, stop, step]` part of it, with `null` for the ends;
 * - `"..."` stands for the axes that are not named, `"new"` for a new one of size 1;
 * - integer tensors broadcast together, and their axes replace those they index;
 *   where other entries stand between them, the axes come first in the result.
 *   Beside them, a whole number counts as one of them;
 * - a mask of dtype bool takes as many axes as it has, and keeps where it is true.
 *
 * Without tensors a view. The gradient goes to the elements chosen; what is
 * chosen twice gets both. The result is always a tensor, of rank 0 where every
 * axis was dropped: `pick` gives a scalar.
 *
 * @throws where an index is out of range, and where there are more entries than axes.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(x.at(-1, [0, 2]).toArray()); // [ 4, 5 ]
 * console.log(x.at("...", tensor([2, 0], { dtype: "int32" })).toArray()); // [ [ 3, 1 ], [ 6, 4 ] ]
 * console.log(x.at(x.greater(2)).toArray()); // [ 3, 4, 5, 6 ]
 * ```
 */
export function at(...given: [x: Value, ...indices: Index[]]): Tensor {
	const [value, ...indices] = given;
	const x = asTensor(value);
	const free = x.rank - indices.reduce((total: number, index) => total + axesOf(index), 0);
	const open = indices.filter((index) => index === "...").length;
	if (free < 0 || open > 1) {
		throw failure({
			what: "at: too many indices",
			expected: `at most ${x.rank} for x ${shapeText(x.shape)}, and "..." once`,
			actual: open > 1 ? `"..." ${open} times` : String(x.rank - free),
		});
	}
	if (open === 0) indices.push("...");
	const advanced = indices.some((index) => index instanceof Tensor);
	const ranges: Range[] = [];
	const shape: number[] = []; // sizes of 1 for new axes, -1 for those of the window
	const tensors: (Named & { readonly within: Shape; readonly to: number })[] = [];
	let runs = 0;
	let running = false;
	for (const index of indices) {
		const choosing = advanced && (typeof index === "number" || index instanceof Tensor);
		if (choosing && !running) runs++;
		running = choosing;
		if (index === "new") shape.push(1);
		else if (index === "...") keep(free);
		else if (index instanceof Tensor) {
			tensors.push({ ...named(x, index, ranges.length), to: shape.length });
			keep(axesOf(index));
		} else if (typeof index === "number") ranges.push(index);
		else {
			keep(0);
			ranges.push(index);
			shape.push(-1);
		}
	}
	let z = ranges.every((range) => range === null) ? x : slice(x, ranges);
	if (shape.includes(1)) {
		let next = 0;
		z = reshape(
			z,
			shape.map((size) => (size === 1 ? 1 : (z.shape[next++] as number))),
		);
	}
	return advanced ? chosen(z, tensors, runs === 1) : z;

	function keep(count: number): void {
		for (let left = count; left > 0; left--) {
			ranges.push(null);
			shape.push(-1);
		}
	}
}

/** How many axes an index speaks of. */
function axesOf(index: Index): number {
	if (index === "..." || index === "new") return 0;
	if (index instanceof Tensor) return index.dtype === "bool" ? index.rank : 1;
	if (index === null || typeof index === "number" || Array.isArray(index)) return 1;
	throw failure({
		what: "at: not an index",
		expected: 'a whole number, null, [start, stop, step], "...", "new", or a tensor',
		actual: String(index),
	});
}

/** An index tensor with the axes it indexes; a mask as the places where it is true, counted over its axes. */
function named(x: Tensor, index: Tensor, axis: number): Named & { readonly within: Shape } {
	if (index.dtype !== "bool") {
		checkInteger("at", index);
		const size = x.shape[axis] as number;
		return { index, axis, size, within: [size] };
	}
	const within = x.shape.slice(axis, axis + index.rank);
	if (index.rank === 0 || !sameShape(within, index.shape)) {
		throw failure({
			what: "at: the mask does not fit",
			expected: `the sizes of x from axis ${axis} on, x ${shapeText(x.shape)}`,
			actual: `a mask of shape ${shapeText(index.shape)}`,
		});
	}
	const places = placesOfMask("at", index);
	return { index: wrap(places, [places.length]), axis, size: sizeOf(within), within };
}

/** `x` indexed by tensors whose first axes are their `to`; the new axes take their place if they are together, else they come first. */
function chosen(
	x: Tensor,
	tensors: readonly (Named & { readonly within: Shape; readonly to: number })[],
	together: boolean,
): Tensor {
	const [first, ...more] = tensors;
	if (first && more.length === 0 && isTraced(first.index) && together) return gatherAlong(x, first.index, first.to);
	const shape = tensors.map(({ index }) => index.shape).reduce((a, b) => broadcastShapes("at", a, b));
	const attributes = {
		axis: together ? (first?.to ?? 0) : 0,
		within: tensors.flatMap(({ within }) => within),
		places: placesOf("at", tensors, shape),
		shape,
	};
	if (together) return picking.call([x], attributes) as Tensor;
	const moved = tensors.flatMap(({ to, within }) => within.map((_, next) => to + next));
	const others = x.shape.map((_, axis) => axis).filter((axis) => !moved.includes(axis));
	return picking.call([permute(x, [...moved, ...others])], attributes) as Tensor;
}

/** What may stand for an integer tensor of one axis. */
export type Indices = Tensor | readonly number[];

function indexTensor(name: string, index: Indices): Tensor {
	if (!(index instanceof Tensor)) return wrap(Float64Array.from(index), [index.length]);
	checkInteger(name, index);
	return index;
}

function takeAlong(name: string, x: Tensor, indices: Indices, axis: number): Tensor {
	const index = indexTensor(name, indices);
	const size = x.shape[axis] as number;
	if (isTraced(index)) return gatherAlong(x, index, axis);
	const places = placesOf(name, [{ index, axis, size }], index.shape);
	return picking.call([x], { axis, within: [size], places, shape: index.shape }) as Tensor;
}

/** The same where the indices are not known yet, as in `vmap`: with an operation that keeps them as a tensor. */
function gatherAlong(x: Tensor, index: Tensor, axis: number): Tensor {
	const size = x.shape[axis] as number;
	const fromStart = where(less(index, 0), add(index, size), index) as Tensor;
	const places = reshape(
		fromStart,
		x.shape.map((_, at) => (at === axis ? index.size : 1)),
	);
	const picked = gather(x, broadcastTo(places, exchanged(x.shape, axis, 1, [index.size])), { axis });
	return reshape(picked, exchanged(x.shape, axis, 1, index.shape));
}

/** A plain number in the dtype of `x`, so that it does not widen it. */
function like(value: Value, x: Tensor): Value {
	return typeof value === "number" ? cast(value, x.dtype) : value;
}

/** The entries of `axis` (0 when left out) that `index` names, as PyTorch's `index_select`; negative indices count from the end. */
export function indexSelect(x: Value, index: Indices, { axis = 0 }: Axis = {}): Tensor {
	const from = asTensor(x);
	return takeAlong("indexSelect", from, index, normalizeAxis("indexSelect", axis, from.rank));
}

/** A copy of `x` with the entries of `source` along `axis` added at those that `index` names; places named twice add up. */
export function indexAdd(x: Value, index: Indices, source: Value, { axis = 0 }: Axis = {}): Tensor {
	return scope("indexAdd", () => {
		const from = asTensor(x);
		const to = normalizeAxis("indexAdd", axis, from.rank);
		const named = indexTensor("indexAdd", index);
		const size = from.shape[to] as number;
		const places = placesOf("indexAdd", [{ index: named, axis: to, size }], named.shape);
		const parts = broadcastTo(like(source, from), exchanged(from.shape, to, 1, named.shape));
		return add(from, returning.call([parts], { axis: to, within: [size], places, shape: named.shape }) as Tensor);
	});
}

/**
 * Elements by their positions in row-major order, or, with `axis`, the entries
 * along it, as NumPy's `take`: the shape of `index` replaces what it indexes.
 * Negative indices count from the end.
 */
export function take(x: Value, index: Indices, { axis }: Axis = {}): Tensor {
	const from = asTensor(x);
	if (axis !== undefined) return takeAlong("take", from, index, normalizeAxis("take", axis, from.rank));
	const flat = indexTensor("take", index);
	const places = placesOf("take", [{ index: flat, axis: 0, size: from.size }], flat.shape);
	return picking.call([from], { axis: 0, within: from.shape, places, shape: flat.shape }) as Tensor;
}

/** The elements of `x` where `mask` is not 0, in row-major order; the two broadcast. */
export function maskedSelect(x: Value, mask: Value): Tensor {
	const from = asTensor(x);
	const asked = asTensor(mask);
	const within = broadcastShapes("maskedSelect", from.shape, asked.shape);
	const places = placesOfMask("maskedSelect", broadcastTo(asked, within));
	return picking.call([broadcastTo(from, within)], { axis: 0, within, places, shape: [places.length] }) as Tensor;
}

/** `x` with `value` where `mask` is not 0; no gradient of `x` passes there. */
export function maskedFill(x: Value, mask: Value, value: Value): Tensor {
	return where(mask, value, asTensor(x)) as Tensor;
}

/**
 * A copy of `x` with `source[i][j]` put at `[index[i][j]][j]` for axis 0, as
 * PyTorch's `scatter`. Where a place is named twice the last one stays, and
 * only it gets a gradient; PyTorch leaves both open.
 */
export function scatter(x: Value, index: Tensor, source: Value, { axis = 0 }: Axis = {}): Tensor {
	return scope("scatter", () => {
		const from = asTensor(x);
		const { shape, size } = from;
		refuseTraced("scatter", index);
		const places = new Int32Array(size);
		for (let place = 0; place < size; place++) places[place] = place;
		const taken = gather(wrap(places, shape), index, { axis }).data;
		for (let k = 0; k < taken.length; k++) places[taken[k] as number] = size + k;
		const both = concat([reshape(from, [-1]), reshape(broadcastTo(like(source, from), index.shape), [-1])]);
		return picking.call([both], { axis: 0, within: [both.size], places, shape }) as Tensor;
	});
}

/**
 * 1 at the index of each class and 0 elsewhere, along a new last axis of size
 * `count`, one more than the largest class when left out: float64. No gradient:
 * classes are whole numbers.
 */
export function oneHot(classes: Value | readonly number[], count?: number): Tensor {
	const index = Array.isArray(classes) ? indexTensor("oneHot", classes) : asTensor(classes as Value);
	let size = count ?? 0;
	if (count === undefined) for (const k of index.data) size = Math.max(size, k + 1);
	checkShape("oneHot", [size]);
	const places = placesOf("oneHot", [{ index, axis: index.rank, size }], index.shape, 0);
	const elements = new Float64Array(places.length * size);
	for (let i = 0; i < places.length; i++) elements[i * size + (places[i] as number)] = 1;
	return wrap(elements, [...index.shape, size]);
}
