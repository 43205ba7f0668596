/**
 * Sizes, strides and broadcasting, as pure functions on arrays of numbers.
 *
 * Nothing here allocates elements or knows a tensor: a `View` is what kernels
 * read, and a tensor happens to be one.
 */
import type { Storage } from "./dtype.js";
import { failure } from "./errors.js";

/** Sizes per axis; `[]` is a single number. */
export type Shape = readonly number[];

/** An n-dimensional window onto a flat array: element (i, j, ...) is at `offset + i*strides[0] + j*strides[1] + ...`. */
export interface View {
	readonly storage: Storage;
	readonly offset: number;
	readonly shape: Shape;
	readonly strides: readonly number[];
}

/** Number of elements: the product of the sizes, 1 for `[]`. */
export function sizeOf(shape: Shape): number {
	let size = 1;
	for (let axis = 0; axis < shape.length; axis++) size *= shape[axis] as number;
	return size;
}

/** Row-major strides, in elements: the last axis moves by 1. */
export function stridesOf(shape: Shape): number[] {
	const strides = new Array<number>(shape.length);
	let stride = 1;
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		strides[axis] = stride;
		stride *= shape[axis] as number;
	}
	return strides;
}

/** True where the elements lie in row-major order without gaps. Axes of size 1 may have any stride. */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
	let stride = 1;
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		const size = shape[axis] as number;
		if (size === 0) return true;
		if (size !== 1 && strides[axis] !== stride) return false;
		stride *= size;
	}
	return true;
}

/** True for equal rank and equal sizes. */
export function sameShape(x: Shape, y: Shape): boolean {
	if (x === y) return true;
	if (x.length !== y.length) return false;
	for (let axis = 0; axis < x.length; axis++) if (x[axis] !== y[axis]) return false;
	return true;
}

/** `[2, 3]`, as messages and pictures print a shape. */
export function shapeText(shape: Shape): string {
	return `[${shape.join(", ")}]`;
}

/**
 * The common shape of two operands under NumPy's rule: align at the last axis,
 * sizes agree or one of them is 1.
 */
export function broadcastShapes(name: string, x: Shape, y: Shape): Shape {
	if (sameShape(x, y)) return x;
	const rank = Math.max(x.length, y.length);
	const shape = new Array<number>(rank);
	for (let back = 1; back <= rank; back++) {
		const m = back <= x.length ? (x[x.length - back] as number) : 1;
		const n = back <= y.length ? (y[y.length - back] as number) : 1;
		if (m !== n && m !== 1 && n !== 1) {
			throw failure({
				what: `${name}: shapes do not broadcast`,
				expected: "equal sizes, or 1, on every axis counted from the last",
				actual: `${m} ≠ ${n} on axis -${back}      (x ${shapeText(x)}, y ${shapeText(y)})`,
				fix: "reshape one operand so that the axes line up, with size 1 where it repeats",
			});
		}
		shape[rank - back] = m === 1 ? n : m;
	}
	return shape;
}

/** `axis` counted from the front: -1 is the last axis. */
export function normalizeAxis(name: string, axis: number, rank: number): number {
	if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
		throw failure({
			what: `${name}: axis out of range`,
			expected: rank === 0 ? "no axis: the operand is a single number" : `an integer from ${-rank} to ${rank - 1}`,
			actual: String(axis),
			fix: "negative axes count from the end; -1 is the last",
		});
	}
	return axis < 0 ? axis + rank : axis;
}

/** The axes to reduce, ascending and without repeats; all of them when none is given. */
export function normalizeAxes(name: string, axes: number | readonly number[] | undefined, rank: number): number[] {
	if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
	const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(name, axis, rank));
	if (new Set(list).size !== list.length) {
		throw failure({
			what: `${name}: an axis is named twice`,
			expected: "each axis once",
			actual: shapeText(typeof axes === "number" ? [axes] : axes),
		});
	}
	return list.sort((a, b) => a - b);
}

/** The shape with `axes` reduced to 1, or dropped. `axes` are normalized. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
	if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
	return shape.filter((_, axis) => !axes.includes(axis));
}

/** Refuses a shape with a size that is not a whole number from 0 upward. */
export function checkShape(name: string, shape: Shape): void {
	for (const size of shape) {
		if (!Number.isInteger(size) || size < 0) {
			throw failure({
				what: `${name}: not a shape`,
				expected: "sizes that are whole numbers, 0 or more",
				actual: shapeText(shape),
			});
		}
	}
}
