/**
 * Running along one axis: sums so far, recurrences, the place of the extreme.
 *
 * A contiguous tensor seen along an axis is `outer` blocks of `count` rows of
 * `inner` elements. Memory is read forward, row by row, and what is carried
 * from row to row is float64 whatever the dtype:
 *
 * ```text
 * [2, 3, 4] along axis 1     outer 2, count 3, inner 4
 *   a b c d                  carried: a b c d
 *   e f g h                  a+e ...
 *   i j k l                  a+e+i ...
 * ```
 *
 * Where rows are short, each of their elements is followed through the rows on
 * its own, with the carried number in a register.
 *
 * Nothing here knows strides: operands are contiguous by contract.
 */
import type { Storage } from "../core/dtype.js";
import { type Shape, sizeOf, type View } from "../core/shape.js";

/** A shape seen along one axis. */
export interface Along {
	readonly outer: number;
	readonly count: number;
	readonly inner: number;
}

/** `shape` seen along `axis`. */
export function along(shape: Shape, axis: number): Along {
	return {
		outer: sizeOf(shape.slice(0, axis)),
		count: shape[axis] as number,
		inner: sizeOf(shape.slice(axis + 1)),
	};
}

/** Rows shorter than this are not worth a loop each. */
const narrow = 8;

/** The sums of the elements so far, along an axis; `reverse` begins at the end. */
export function cumSum(x: View, { outer, count, inner }: Along, reverse: boolean, z: Storage, atZ: number): void {
	const { storage, offset } = x;
	const step = reverse ? -inner : inner;
	const begin = reverse ? (count - 1) * inner : 0;
	const sums = new Float64Array(inner);
	for (let block = 0; block < outer; block++) {
		const start = block * count * inner + begin;
		if (inner < narrow) {
			for (let j = 0; j < inner; j++) {
				let sum = 0;
				let at = start + j;
				for (let i = 0; i < count; i++, at += step) z[atZ + at] = sum += storage[offset + at] as number;
			}
			continue;
		}
		sums.fill(0);
		for (let i = 0, row = start; i < count; i++, row += step)
			for (let j = 0; j < inner; j++)
				z[atZ + row + j] = sums[j] = (sums[j] as number) + (storage[offset + row + j] as number);
	}
}

/** zᵢ = aᵢ zᵢ₋₁ + bᵢ along an axis, beginning with z = b; `reverse` begins at the end. */
export function recurrence(
	a: View,
	b: View,
	{ outer, count, inner }: Along,
	reverse: boolean,
	z: Storage,
	atZ: number,
): void {
	const step = reverse ? -inner : inner;
	const begin = reverse ? (count - 1) * inner : 0;
	const last = new Float64Array(inner);
	for (let block = 0; block < outer && count > 0; block++) {
		const start = block * count * inner + begin;
		if (inner < narrow) {
			for (let j = 0; j < inner; j++) {
				let at = start + j;
				let value = b.storage[b.offset + at] as number;
				z[atZ + at] = value;
				for (let i = 1; i < count; i++) {
					at += step;
					value = (a.storage[a.offset + at] as number) * value + (b.storage[b.offset + at] as number);
					z[atZ + at] = value;
				}
			}
			continue;
		}
		for (let j = 0; j < inner; j++) z[atZ + start + j] = last[j] = b.storage[b.offset + start + j] as number;
		for (let i = 1, row = start + step; i < count; i++, row += step) {
			const atA = a.offset + row;
			const atB = b.offset + row;
			for (let j = 0; j < inner; j++) {
				const value = (a.storage[atA + j] as number) * (last[j] as number) + (b.storage[atB + j] as number);
				z[atZ + row + j] = last[j] = value;
			}
		}
	}
}

/** What {@link extremeIndex} looks for. */
export interface Search {
	/** 1 for the largest element, -1 for the smallest. */
	readonly sign: 1 | -1;
	/** True to answer for every beginning of the axis, false for the whole of it. */
	readonly running: boolean;
}

/**
 * Where the extreme along an axis is: the first of equal elements over the
 * whole axis, the latest where `running`. NaN beats every number.
 */
export function extremeIndex(
	x: View,
	{ outer, count, inner }: Along,
	{ sign, running }: Search,
	z: Storage,
	atZ: number,
): void {
	const { storage, offset } = x;
	const best = new Float64Array(inner);
	const place = new Int32Array(inner);
	for (let block = 0; block < outer; block++) {
		const start = block * count * inner;
		const to = atZ + (running ? start : block * inner);
		if (inner < narrow) {
			for (let j = 0; j < inner; j++) {
				let most = Number.NEGATIVE_INFINITY;
				let found = 0;
				for (let i = 0, at = offset + start + j; i < count; i++, at += inner) {
					const value = sign * (storage[at] as number);
					if (isFurther(value, most, running)) {
						most = value;
						found = i;
					}
					if (running) z[to + i * inner + j] = found;
				}
				if (!running) z[to + j] = found;
			}
			continue;
		}
		best.fill(Number.NEGATIVE_INFINITY);
		place.fill(0);
		for (let i = 0; i < count; i++) {
			const from = offset + start + i * inner;
			for (let j = 0; j < inner; j++) {
				const value = sign * (storage[from + j] as number);
				if (isFurther(value, best[j] as number, running)) {
					best[j] = value;
					place[j] = i;
				}
			}
			if (running) for (let j = 0; j < inner; j++) z[to + i * inner + j] = place[j] as number;
		}
		if (!running) for (let j = 0; j < inner; j++) z[to + j] = place[j] as number;
	}
}

/** True where `value` takes the place of `most`: the first NaN, or the latest one where equals do, too. */
function isFurther(value: number, most: number, latest: boolean): boolean {
	if (value > most || (latest && value === most)) return true;
	return Number.isNaN(value) && (latest || !Number.isNaN(most));
}
