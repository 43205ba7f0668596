/**
 * Moving, reducing and picking elements of strided windows.
 *
 * Each kernel is a row loop of a few lines under the walk of `walk.ts`. One
 * loop serves every dtype: with the four kinds of storage, V8 compiles such a
 * loop within 1.5 times of one that sees a single kind (measured).
 *
 * Reductions do not care in which order they meet their elements, so they
 * reorder the axes to read memory forward; see Note [reductions read memory
 * forward].
 *
 * Nothing here promotes or checks a dtype: an element is converted as its
 * storage converts it (to `int32` by wrapping). Shapes are right by contract;
 * only the values of indices are checked, for nobody else has seen them.
 */
import type { Storage } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { isContiguous, type Shape, shapeText, sizeOf, stridesOf, type View } from "../core/shape.js";
import { ownCopy } from "./loops.js";
import { addColumnSums, addRowSums } from "./rowblocks.js";
import { addVectors } from "./vectors.js";
import { rows } from "./walk.js";

// ---- moving ----------------------------------------------------------------

/** Writes the elements of `x` to `out` from `at` on, in row-major order. The two must not overlap. */
export function copy(x: View, out: Storage, at: number): void {
	if (isContiguous(x.shape, x.strides)) copyRow(sizeOf(x.shape), x.storage, x.offset, 1, out, at, 1);
	else transfer(x, out, at, stridesOf(x.shape), copyRow, copyPlane);
}

/** Adds the elements of `x` to those of `out` from `at` on, in row-major order. */
export function accumulate(x: View, out: Storage, at: number): void {
	if (addVectors(x, out, at)) return;
	if (isContiguous(x.shape, x.strides)) addRow(sizeOf(x.shape), x.storage, x.offset, 1, out, at, 1);
	else transfer(x, out, at, stridesOf(x.shape), addRow, addPlane);
}

/**
 * Writes the elements of `x` into the window of `out` that starts at `at` and
 * has the given strides: the middle of a padded tensor, or one part of a
 * concatenation.
 *
 * ```text
 * x [2, 2]           out, a [3, 4] window       . . . .
 *   1 2              at 5, strides [4, 1]       . 1 2 .
 *   3 4                                         . 3 4 .
 * ```
 */
export function place(x: View, out: Storage, at: number, strides: readonly number[]): void {
	transfer(x, out, at, strides, copyRow, copyPlane);
}

/** Adds the elements of `x` to those of such a window, which may overlap itself: what meets adds up. */
export function placeAdd(x: View, out: Storage, at: number, strides: readonly number[]): void {
	transfer(x, out, at, strides, addRow, addPlane);
}

/** Moves `count` elements of `x` to `z`. */
type Row = (count: number, x: Storage, atX: number, stepX: number, z: Storage, atZ: number, stepZ: number) => void;
/** Moves the elements of two axes. */
type Move = (plane: Plane, x: Storage, atX: number, z: Storage, atZ: number) => void;

/** Two axes: one of `length` elements, and one of `width` across it. */
interface Plane {
	readonly length: number;
	readonly stepX: number;
	readonly stepZ: number;
	readonly width: number;
	readonly acrossX: number;
	readonly acrossZ: number;
}

/** Moves `x` into the window of `out`, row by row, or plane by plane where Note [planes] asks for it. */
function transfer(x: View, out: Storage, at: number, strides: readonly number[], row: Row, move: Move): void {
	const { storage, shape } = x;
	const across = nearestAxis(x);
	if (across < 0) {
		rows(shape, [x.strides, strides], [x.offset, at], (count, from, step) => {
			row(count, storage, from[0] as number, step[0] as number, out, from[1] as number, step[1] as number);
		});
		return;
	}
	const last = lastAxis(shape);
	const plane: Plane = {
		length: shape[last] as number,
		stepX: x.strides[last] as number,
		stepZ: strides[last] as number,
		width: shape[across] as number,
		acrossX: x.strides[across] as number,
		acrossZ: strides[across] as number,
	};
	const rest = shape.map((size, axis) => (axis === last || axis === across ? 1 : size));
	rows(rest, [x.strides, strides], [x.offset, at], (count, from, step) => {
		let atX = from[0] as number;
		let atZ = from[1] as number;
		for (let i = 0; i < count; i++) {
			move(plane, storage, atX, out, atZ);
			atX += step[0] as number;
			atZ += step[1] as number;
		}
	});
}

/*
Note [planes]
~~~~~~~~~~~~~
Where the last axis strides through x but another one does not, whole rows
would fetch a cache line for every element and lose it before its neighbour
is wanted. Then eight rows go together: a line of 64 bytes holds eight float64.

	x in memory           out, eight rows at a time
	a b c d e f g h       a i .
	i j k l m n o p       b j .
	. . .                 c k .
	                      ...
*/
const breadth = 8;

/** The axis along which elements of `x` lie closest, if it is worth going by planes; -1 if not. */
function nearestAxis(x: View): number {
	const last = lastAxis(x.shape);
	if (last < 1 || (x.shape[last] as number) < 2 * breadth) return -1;
	let best = -1;
	let nearest = Math.abs(x.strides[last] as number);
	if (nearest < breadth) return -1;
	for (let axis = 0; axis < last; axis++) {
		const stride = Math.abs(x.strides[axis] as number);
		if ((x.shape[axis] as number) >= breadth && stride < nearest) {
			best = axis;
			nearest = stride;
		}
	}
	return best;
}

/** The last axis with more than one element. */
function lastAxis(shape: Shape): number {
	let last = shape.length - 1;
	while (last > 0 && shape[last] === 1) last--;
	return last;
}

/** Moves `count` elements, a step apart on either side. */
export function copyRow(
	count: number,
	x: Storage,
	atX: number,
	stepX: number,
	z: Storage,
	atZ: number,
	stepZ: number,
): void {
	if (count >= 64 && stepX === 1 && stepZ === 1 && x.constructor === z.constructor) {
		z.set(x.subarray(atX, atX + count), atZ); // a move of bytes, worth its call from about 64 elements on
		return;
	}
	for (let i = 0; i < count; i++) {
		z[atZ] = x[atX] as number;
		atX += stepX;
		atZ += stepZ;
	}
}

/** Adds `count` elements, a step apart on either side. */
export function addRow(
	count: number,
	x: Storage,
	atX: number,
	stepX: number,
	z: Storage,
	atZ: number,
	stepZ: number,
): void {
	for (let i = 0; i < count; i++) {
		z[atZ] = (z[atZ] as number) + (x[atX] as number);
		atX += stepX;
		atZ += stepZ;
	}
}

function copyPlane(plane: Plane, x: Storage, atX: number, z: Storage, atZ: number): void {
	const { length, stepX, stepZ, width, acrossX, acrossZ } = plane;
	for (let j = 0; j < width; j += breadth) {
		const end = Math.min(j + breadth, width);
		for (let i = 0; i < length; i++) {
			const p = atX + i * stepX;
			const q = atZ + i * stepZ;
			for (let k = j; k < end; k++) z[q + k * acrossZ] = x[p + k * acrossX] as number;
		}
	}
}

function addPlane(plane: Plane, x: Storage, atX: number, z: Storage, atZ: number): void {
	const { length, stepX, stepZ, width, acrossX, acrossZ } = plane;
	for (let j = 0; j < width; j += breadth) {
		const end = Math.min(j + breadth, width);
		for (let i = 0; i < length; i++) {
			const p = atX + i * stepX;
			const q = atZ + i * stepZ;
			for (let k = j; k < end; k++)
				z[q + k * acrossZ] = (z[q + k * acrossZ] as number) + (x[p + k * acrossX] as number);
		}
	}
}

// ---- reducing --------------------------------------------------------------

/**
 * Sums `x` over `axes` (normalized, ascending); the kept axes go to `out` from
 * `at` on, row-major. Sums are made in float64, pairwise along a row, whatever
 * the dtype; a sum of nothing is 0.
 */
export function sum(x: View, axes: readonly number[], out: Storage, at: number): void {
	reduce(sums, x, axes, out, at);
}

/** The largest element over `axes`, laid out as by {@link sum}. NaN if there is one. Throws where there is no element to choose from. */
export function maxReduce(x: View, axes: readonly number[], out: Storage, at: number): void {
	refuseEmpty("max", x.shape, axes);
	reduce(maxima, x, axes, out, at);
}

/** The smallest element over `axes`; otherwise as {@link maxReduce}. */
export function minReduce(x: View, axes: readonly number[], out: Storage, at: number): void {
	refuseEmpty("min", x.shape, axes);
	reduce(minima, x, axes, out, at);
}

/** The products over `axes`, carried in float64 and laid out as by {@link sum}; a product of nothing is 1. */
export function prodReduce(x: View, axes: readonly number[], out: Storage, at: number): void {
	reduce(products, x, axes, out, at);
}

type Combine = (x: number, y: number) => number;

/** What is done with the elements: `combine` is associative and commutative, and `initial` changes nothing. */
interface Reduction {
	readonly initial: number;
	readonly combine: Combine;
	/** The elements of one row as one number. */
	readonly fold: (count: number, x: Storage, atX: number, stepX: number) => number;
	/** `height` rows, `down` apart, combined with one row of numbers, column by column. */
	readonly lanes: Lanes;
	/** The same for all rows of a matrix, where there is something faster. */
	readonly along?: typeof addRowSums;
	/** The same as `lanes`. */
	readonly across?: typeof addColumnSums;
}

type Lanes = (
	count: number,
	x: Storage,
	atX: number,
	stepX: number,
	z: Float64Array,
	atZ: number,
	stepZ: number,
	height: number,
	down: number,
) => void;

const sums: Reduction = { ...reduction("sum", 0, (x, y) => x + y), along: addRowSums, across: addColumnSums };
const products = reduction("prod", 1, (x, y) => x * y);
const maxima = reduction("max", Number.NEGATIVE_INFINITY, Math.max);
const minima = reduction("min", Number.POSITIVE_INFINITY, Math.min);

function reduction(name: string, initial: number, combine: Combine): Reduction {
	const fold = ownCopy(`${name}Fold`, foldOf)(combine, initial);
	return { initial, combine, fold, lanes: ownCopy(`${name}Lanes`, lanesOf)(combine) };
}

function foldOf(combine: Combine, initial: number): Reduction["fold"] {
	return function loop(count, x, atX, stepX) {
		let a = initial;
		let b = initial;
		let i = 0;
		for (; i + 2 <= count; i += 2) {
			a = combine(a, x[atX] as number);
			b = combine(b, x[atX + stepX] as number);
			atX += 2 * stepX;
		}
		if (i < count) a = combine(a, x[atX] as number);
		return combine(a, b);
	};
}

function lanesOf(combine: Combine): Lanes {
	return function loop(count, x, atX, stepX, z, atZ, stepZ, height, down) {
		let row = 0;
		for (; row + 4 <= height; row += 4) {
			let p = atX + row * down;
			let q = atZ;
			for (let i = 0; i < count; i++) {
				const a = combine(x[p] as number, x[p + down] as number);
				const b = combine(x[p + 2 * down] as number, x[p + 3 * down] as number);
				z[q] = combine(z[q] as number, combine(a, b));
				p += stepX;
				q += stepZ;
			}
		}
		for (; row < height; row++) {
			let p = atX + row * down;
			let q = atZ;
			for (let i = 0; i < count; i++) {
				z[q] = combine(z[q] as number, x[p] as number);
				p += stepX;
				q += stepZ;
			}
		}
	};
}

/** The sum of a row, in float64 and pairwise. */
export function sumRow(count: number, x: Storage, atX: number, stepX: number): number {
	return pairwise(sums, count, x, atX, stepX);
}

/** Pairwise: the halves of a long row are folded on their own, so that errors grow with the logarithm of its length. */
function pairwise(reduction: Reduction, count: number, x: Storage, atX: number, stepX: number): number {
	if (count <= 256) return reduction.fold(count, x, atX, stepX);
	const half = (count >>> 2) << 1; // even, as the loop takes two at a time
	const first = pairwise(reduction, half, x, atX, stepX);
	return reduction.combine(first, pairwise(reduction, count - half, x, atX + half * stepX, stepX));
}

/*
Note [reductions read memory forward]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A reduction is a copy into a window whose reduced axes have stride 0. The
order of the axes is free, so they are sorted by their stride in x, and the
last one decides which of two loops runs:

	reduced last:  x [3, 4] over axis 1         kept last:  x [3, 4] over axis 0
	  a b c d  ->  a+b+c+d   one number           a b c d
	  e f g h  ->  e+f+g+h   per row              e f g h     one lane per
	  i j k l  ->  i+j+k+l                        i j k l     column, row by row
	                                              -------
	                                              a b c d + e f g h + i j k l

Lanes take four rows at a time, which saves three of four visits to the
result: 1000 x 1000 in float64 takes 0.6 ms over either axis, in either
layout. Large sums in float32 take a third of that: `rowblocks.ts`. Short rows are not worth a call each: up to 16 elements where they are
reduced, up to 4 where they are kept; then the last two axes change places.
*/
function reduce(reduction: Reduction, x: View, axes: readonly number[], out: Storage, at: number): void {
	const { storage, offset, shape } = x;
	const rank = shape.length;
	if (axes.length === rank && isContiguous(shape, x.strides)) {
		out[at] = pairwise(reduction, sizeOf(shape), storage, offset, 1);
		return;
	}
	const strides = new Array<number>(rank);
	let size = 1;
	for (let axis = rank - 1; axis >= 0; axis--) {
		if (axes.includes(axis)) {
			strides[axis] = 0;
		} else {
			strides[axis] = size;
			size *= shape[axis] as number;
		}
	}
	const z = out instanceof Float64Array ? out : new Float64Array(size);
	const start = z === out ? at : 0;
	z.fill(reduction.initial, start, start + size);
	const { sizes, from, to } = memoryOrder(shape, x.strides, strides);
	const last = sizes.length - 1;
	let height = 1;
	let down = 0;
	if (last > 0 && to[last] !== 0 && to[last - 1] === 0) {
		height = sizes[last - 1] as number;
		down = from[last - 1] as number;
		sizes[last - 1] = 1; // the lanes walk it
	}
	const isMatrix = last === 1 && from[0] === sizes[1] && from[1] === 1 && to[0] === 1 && to[1] === 0;
	const done =
		isMatrix && reduction.along?.({ count: sizes[0] as number, width: sizes[1] as number }, storage, offset, z, start);
	if (!done) {
		rows(sizes, [from, to], [offset, start], (count, place, step) => {
			const atX = place[0] as number;
			const atZ = place[1] as number;
			const stepX = step[0] as number;
			const stepZ = step[1] as number;
			if (stepZ === 0) z[atZ] = reduction.combine(z[atZ] as number, pairwise(reduction, count, storage, atX, stepX));
			else if (
				stepX !== 1 ||
				stepZ !== 1 ||
				!reduction.across?.({ count: height, width: count }, storage, atX, down, z, atZ)
			)
				reduction.lanes(count, storage, atX, stepX, z, atZ, stepZ, height, down);
		});
	}
	if (z !== out) copyRow(size, z, 0, 1, out, at, 1);
}

/** The axes of a window `from` and a window `to`: sorted by how far they move in `from`, and merged where both allow it. */
function memoryOrder(
	shape: Shape,
	strides: readonly number[],
	target: readonly number[],
): { sizes: number[]; from: number[]; to: number[] } {
	const order: number[] = [];
	for (let axis = 0; axis < shape.length; axis++) {
		if (shape[axis] === 1) continue;
		const far = Math.abs(strides[axis] as number);
		let place = order.length;
		while (place > 0 && Math.abs(strides[order[place - 1] as number] as number) < far) place--;
		order.splice(place, 0, axis);
	}
	const sizes: number[] = [];
	const from: number[] = [];
	const to: number[] = [];
	let last = -1;
	for (const axis of order) {
		const size = shape[axis] as number;
		const stepX = strides[axis] as number;
		const stepZ = target[axis] as number;
		const mergeable = last >= 0 && from[last] === stepX * size && to[last] === stepZ * size;
		if (!mergeable) last++;
		sizes[last] = mergeable ? (sizes[last] as number) * size : size;
		from[last] = stepX;
		to[last] = stepZ;
	}
	const short = to[last] === 0 ? 16 : 4;
	if (last > 0 && (sizes[last] as number) <= short && (sizes[last - 1] as number) > (sizes[last] as number)) {
		for (const list of [sizes, from, to]) list.push(...list.splice(last - 1, 1));
	}
	return { sizes, from, to };
}

function refuseEmpty(name: string, shape: Shape, axes: readonly number[]): void {
	if (sizeOf(shape) > 0) return;
	for (let axis = 0; axis < shape.length; axis++) {
		if (shape[axis] === 0 && !axes.includes(axis)) return; // nothing is asked for
	}
	throw failure({
		what: `${name}: no elements to reduce`,
		expected: "at least one element along the reduced axes",
		actual: `x ${shapeText(shape)} over ${axes.length === 1 ? `axis ${axes[0]}` : `axes ${shapeText(axes)}`}`,
		fix: `there is no ${name} of nothing: leave the empty case out, or concatenate a value to start from`,
	});
}

// ---- picking ---------------------------------------------------------------

/**
 * Picks elements along `axis`: with axis 0, `out[i][j] = x[index[i][j]][j]`.
 * `index` has the rank of `x` and, on the other axes, no size larger than x;
 * the result has the shape of `index`. Throws on an index that is not a whole
 * number from 0 to size - 1.
 */
export function gather(x: View, index: View, axis: number, out: Storage, at: number): void {
	const picked = alongAxis(x.shape, x.strides, axis);
	const operands = [picked.others, index.strides, stridesOf(index.shape)];
	rows(index.shape, operands, [x.offset, index.offset, at], (count, from, step) => {
		const done = gatherRow(count, x.storage, picked, index.storage, out, from, step);
		if (done < count) throw badIndex("gather", index, picked, (from[2] as number) - at + done * (step[2] as number));
	});
}

/**
 * Adds elements along `axis`: with axis 0, `out[index[i][j]][j] += source[i][j]`
 * for every element of `index`. `out` holds, from `at` on, a contiguous tensor
 * of `shape` that the caller has filled; elements that meet add up. The
 * indices are checked as by {@link gather}; a wrong one leaves `out` half done.
 */
export function scatterAdd(source: View, index: View, axis: number, out: Storage, at: number, shape: Shape): void {
	const picked = alongAxis(shape, stridesOf(shape), axis);
	const operands = [source.strides, index.strides, picked.others, stridesOf(index.shape)];
	rows(index.shape, operands, [source.offset, index.offset, at, 0], (count, from, step) => {
		const done = scatterRow(count, source.storage, index.storage, out, picked, from, step);
		if (done < count) throw badIndex("scatterAdd", index, picked, (from[3] as number) + done * (step[3] as number));
	});
}

/** The axis that an index runs along. */
interface Picked {
	readonly axis: number;
	readonly size: number;
	readonly stride: number;
	/** The strides of the other axes, and 0 in its place. */
	readonly others: readonly number[];
}

function alongAxis(shape: Shape, strides: readonly number[], axis: number): Picked {
	const others = strides.map((stride, other) => (other === axis ? 0 : stride));
	return { axis, size: shape[axis] as number, stride: strides[axis] as number, others };
}

/** One row of operands x, index, z. Returns how many elements were done: all, or those before the first bad index. */
function gatherRow(
	count: number,
	x: Storage,
	{ size, stride }: Picked,
	index: Storage,
	z: Storage,
	at: readonly number[],
	step: readonly number[],
): number {
	let [atX, atIndex, atZ] = at as [number, number, number];
	const [stepX, stepIndex, stepZ] = step as [number, number, number];
	for (let i = 0; i < count; i++) {
		const k = index[atIndex] as number;
		if (k >>> 0 !== k || k >= size) return i;
		z[atZ] = x[atX + k * stride] as number;
		atX += stepX;
		atIndex += stepIndex;
		atZ += stepZ;
	}
	return count;
}

/** As {@link gatherRow}, the other way. */
function scatterRow(
	count: number,
	source: Storage,
	index: Storage,
	z: Storage,
	{ size, stride }: Picked,
	at: readonly number[],
	step: readonly number[],
): number {
	let [atSource, atIndex, atZ] = at as [number, number, number];
	const [stepSource, stepIndex, stepZ] = step as [number, number, number];
	for (let i = 0; i < count; i++) {
		const k = index[atIndex] as number;
		if (k >>> 0 !== k || k >= size) return i;
		const to = atZ + k * stride;
		z[to] = (z[to] as number) + (source[atSource] as number);
		atSource += stepSource;
		atIndex += stepIndex;
		atZ += stepZ;
	}
	return count;
}

/** The error for the element of `index` that is number `flat` in row-major order. */
function badIndex(name: string, index: View, { axis, size }: Picked, flat: number): Error {
	const place = stridesOf(index.shape).map((stride, i) => Math.floor(flat / stride) % (index.shape[i] as number));
	const at = place.reduce((sum, i, other) => sum + i * (index.strides[other] as number), index.offset);
	const none = `no index at all: axis ${axis} has no elements`;
	return failure({
		what: `${name}: index out of range`,
		expected: size === 0 ? none : `whole numbers from 0 to ${size - 1}: axis ${axis} has size ${size}`,
		actual: `${index.storage[at]} at index${shapeText(place)}`,
		fix: "indices count from 0, and negative ones are not wrapped: add the size of the axis where they mean the end",
	});
}
