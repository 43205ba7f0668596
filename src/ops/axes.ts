/**
 * What operations along axes share: finding the axis, counting, cutting,
 * merging, and the product that a cotangent of 0 annihilates.
 *
 * Words of the library, not operations of a user: nothing here is a record.
 */
import { type DType, isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { parseFormula } from "../core/formula.js";
import { normalizeAxes, normalizeAxis, type Shape, shapeText, sizeOf } from "../core/shape.js";
import { allocate, type Node, type Tensor, type Value, wrap } from "../core/tensor.js";
import { scaled } from "./evaluate.js";
import { type Axes, asTensor, cast, permute, reshape, slice, surround } from "./movement.js";

/** A tensor of zeros to be written into. */
export function blank(dtype: DType, shape: Shape): Tensor {
	const { storage, offset } = allocate(dtype, sizeOf(shape));
	return wrap(storage, shape, offset, dtype);
}

/** Integers as float64: sums and squares of large ones do not fit in int32. */
export function asFloating(x: Value): Tensor {
	const from = asTensor(x);
	return isFloating(from.dtype) ? from : cast(from, "float64");
}

/** The dtype in which numbers of `dtype` are added up: bool counts as int32. */
export function counted(dtype: DType): DType {
	return dtype === "bool" ? "int32" : dtype;
}

/** How many elements go into each result of a reduction. Refuses none. */
export function countOver(name: string, x: Tensor, axis: Axes["axis"]): number {
	const count = sizeOf(normalizeAxes(name, axis, x.rank).map((at) => x.shape[at] as number));
	if (count > 0) return count;
	throw failure({
		what: `${name}: no elements to reduce`,
		expected: "at least one element on the reduced axes",
		actual: `x ${shapeText(x.shape)}`,
	});
}

/** `f` along `axis`, or along all elements in row-major order; a single number counts as a vector of one. */
export function alongAxis(
	name: string,
	x: Value,
	axis: number | undefined,
	f: (x: Tensor, axis: number) => Tensor,
): Tensor {
	const from = asTensor(x);
	if (axis === undefined) return f(reshape(from, [from.size]), 0);
	if (from.rank > 0) return f(from, normalizeAxis(name, axis, from.rank));
	return reshape(f(reshape(from, [1]), normalizeAxis(name, axis, 1)), []);
}

/** The elements of `axis` from `start` up to, not including, `stop`. */
export function part(x: Tensor, axis: number, start: number, stop: number): Tensor {
	return slice(
		x,
		x.shape.map((_, at) => (at === axis ? [start, stop] : null)),
	);
}

/** Zeros added before and after the elements of `axis`. */
export function extended(x: Tensor, axis: number, before: number, after: number): Tensor {
	return surround(
		x,
		x.shape.map((_, at) => (at === axis ? [before, after] : [0, 0])),
	);
}

/** Every element of `axis` one place further on, or back: a 0 comes in, one element falls out. The axis must not be empty. */
export function shifted(x: Tensor, axis: number, back: boolean): Tensor {
	const count = x.shape[axis] as number;
	return back ? extended(part(x, axis, 1, count), axis, 0, 1) : extended(part(x, axis, 0, count - 1), axis, 1, 0);
}

/** `axes` (normalized) as one last axis, the others before it. */
export function merged(x: Tensor, axes: readonly number[]): Tensor {
	const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
	const sizeAt = (axis: number): number => x.shape[axis] as number;
	return reshape(permute(x, [...kept, ...axes]), [...kept.map(sizeAt), sizeOf(axes.map(sizeAt))]);
}

/** The inverse of {@link merged}. */
export function unmerged(x: Tensor, axes: readonly number[], shape: Shape): Tensor {
	const order = [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
	const apart = reshape(
		x,
		order.map((axis) => shape[axis] as number),
	);
	return permute(
		apart,
		order.map((_, axis) => order.indexOf(axis)),
	);
}

const factor = parseFormula("y");

/** g · y, where a cotangent of 0 annihilates: 0 · ∞ is 0 here. */
export function times(g: Node, y: Tensor): Tensor {
	return scaled(factor, g, new Map([["y", y]])) as Tensor;
}
