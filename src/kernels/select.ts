/**
 * Picking along axes by a list of places, and adding back there.
 *
 * The list stands for one axis, or for several neighbours counted together in
 * row-major order. It is turned into offsets in memory once; what is left is
 * either a row of elements per place, or a row of places per element.
 *
 * ```text
 * x [4, 3], axis 0, places 2 0 2        x [2, 4], axis 1, places 3 0
 *   a b c                                 a b c d  ->  d a
 *   d e f  ->  g h i                      e f g h      h e
 *   g h i      a b c
 *   j k l      g h i
 * ```
 *
 * Places are right by contract, having been counted and checked by
 * {@link countPlaces}.
 */
import type { Storage } from "../core/dtype.js";
import { type Shape, stridesOf, type View } from "../core/shape.js";
import { addRow, copyRow } from "./strided.js";
import { rows } from "./walk.js";

/** `list` without the entries of the axes from `start` to `end`. */
function without(list: readonly number[], start: number, end: number): number[] {
	return [...list.slice(0, start), ...list.slice(end)];
}

/** How far from the start of the axes lies each of `places`, for axes of these sizes and strides. */
function offsetsOf(places: Int32Array, sizes: Shape, strides: readonly number[]): Int32Array {
	const last = sizes.length - 1;
	const stride = strides[last] ?? 0;
	const dense = sizes.every((size, i) => i === 0 || strides[i - 1] === (strides[i] as number) * size);
	if (dense) return stride === 1 ? places : places.map((place) => place * stride);
	return places.map((place) => {
		let offset = 0;
		for (let i = last; i >= 0; i--) {
			const size = sizes[i] as number;
			offset += (place % size) * (strides[i] as number);
			place = Math.floor(place / size);
		}
		return offset;
	});
}

/** Picks the places of the axes from `axis` on, which have the sizes `within`: row-major to `out` from `at` on, one axis in place of theirs. */
export function select(x: View, axis: number, within: Shape, places: Int32Array, out: Storage, at: number): void {
	const end = axis + within.length;
	const strides = stridesOf([...x.shape.slice(0, axis), places.length, ...x.shape.slice(end)]);
	const offsets = offsetsOf(places, within, x.strides.slice(axis, end));
	const across = strides[axis] as number;
	const operands = [without(x.strides, axis, end), without(strides, axis, axis + 1)];
	rows(without(x.shape, axis, end), operands, [x.offset, at], (count, from, step) => {
		const [atX, atZ] = from as [number, number];
		const [stepX, stepZ] = step as [number, number];
		if (byElement(count, stepZ, across, places)) {
			for (let i = 0; i < count; i++) pickRow(offsets, x.storage, atX + i * stepX, out, atZ + i * stepZ, across);
			return;
		}
		for (let k = 0; k < offsets.length; k++)
			copyRow(count, x.storage, atX + (offsets[k] as number), stepX, out, atZ + k * across, stepZ);
	});
}

/** Adds `source`, laid out as the result of {@link select}, at the places of a tensor of `shape` that lies row-major in `out` from `at` on. */
export function selectAdd(
	source: View,
	axis: number,
	within: Shape,
	places: Int32Array,
	out: Storage,
	at: number,
	shape: Shape,
): void {
	const end = axis + within.length;
	const strides = stridesOf(shape);
	const offsets = offsetsOf(places, within, strides.slice(axis, end));
	const across = source.strides[axis] as number;
	const operands = [without(source.strides, axis, axis + 1), without(strides, axis, end)];
	rows(without(shape, axis, end), operands, [source.offset, at], (count, from, step) => {
		const [atX, atZ] = from as [number, number];
		const [stepX, stepZ] = step as [number, number];
		if (byElement(count, stepZ, strides[end - 1] ?? 0, places)) {
			for (let i = 0; i < count; i++) addBack(offsets, source.storage, atX + i * stepX, across, out, atZ + i * stepZ);
			return;
		}
		for (let k = 0; k < offsets.length; k++)
			addRow(count, source.storage, atX + k * across, stepX, out, atZ + (offsets[k] as number), stepZ);
	});
}

/** True where memory is better read place after place than row after row: the row runs across the places, and they are many. */
function byElement(count: number, step: number, across: number, places: Int32Array): boolean {
	return count === 1 || (step > across && places.length > 4);
}

function pickRow(offsets: Int32Array, x: Storage, atX: number, z: Storage, atZ: number, across: number): void {
	for (let k = 0, count = offsets.length; k < count; k++) {
		z[atZ] = x[atX + (offsets[k] as number)] as number;
		atZ += across;
	}
}

function addBack(offsets: Int32Array, x: Storage, atX: number, across: number, z: Storage, atZ: number): void {
	for (let k = 0; k < offsets.length; k++) {
		const to = atZ + (offsets[k] as number);
		z[to] = (z[to] as number) + (x[atX] as number);
		atX += across;
	}
}

/**
 * Counts the places on by one more axis, of `size`: `places = places * size + index`.
 * Indices below 0 count from the end. Returns the number, in row-major order,
 * of the first index that is not a whole number from `least` to size - 1; -1
 * where all are.
 */
export function countPlaces(places: Int32Array, index: View, size: number, least: number): number {
	let bad = -1;
	rows(index.shape, [index.strides, stridesOf(index.shape)], [index.offset, 0], (count, from, step) => {
		if (bad < 0) bad = countRow(count, index.storage, from, step, places, size, least);
	});
	return bad;
}

function countRow(
	count: number,
	index: Storage,
	at: readonly number[],
	step: readonly number[],
	places: Int32Array,
	size: number,
	least: number,
): number {
	let [from, to] = at as [number, number];
	const [stepIndex, stepPlace] = step as [number, number];
	for (let i = 0; i < count; i++) {
		const k = (index[from] as number) | 0;
		if (k !== index[from] || k >= size || k < least) return to;
		places[to] = Math.imul(places[to] as number, size) + (k < 0 ? k + size : k);
		from += stepIndex;
		to += stepPlace;
	}
	return -1;
}

/** The places of a contiguous mask where it is not 0, in row-major order. */
export function placesWhere(mask: Storage, offset: number, size: number): Int32Array {
	const places = new Int32Array(size);
	let count = 0;
	for (let i = 0; i < size; i++) {
		places[count] = i; // written in any case: a branch would be guessed wrong every other time
		count += mask[offset + i] === 0 ? 0 : 1;
	}
	return places.slice(0, count);
}
