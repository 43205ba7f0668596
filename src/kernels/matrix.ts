/**
 * A matrix as the products see it: two strides on an array, nothing else.
 */
import type { Storage } from "../core/dtype.js";

/** A matrix where it lies: element (i, j) is at `at + i * down + j * along`. */
export interface Matrix {
	readonly storage: Storage;
	readonly at: number;
	readonly down: number;
	readonly along: number;
}

/** More than one matrix: so many, and how many elements each begins after the one before, in x and in y. */
export interface Batch {
	readonly count: number;
	readonly x: number;
	readonly y: number;
}

/**
 * Writes the product of `x` [n, k] and `y` [k, m] to `out` from `at` on, row
 * after row, and returns true; or does nothing and returns false, where the
 * product is not of its kind: too small, of integers, or larger than memory.
 * A batch, whose products follow each other, may be refused for being one.
 */
export type Product = (
	x: Matrix,
	y: Matrix,
	out: Storage,
	at: number,
	n: number,
	k: number,
	m: number,
	batch?: Batch,
) => boolean;

/** The same elements, with rows for columns. */
export function transposed(x: Matrix): Matrix {
	return { storage: x.storage, at: x.at, down: x.along, along: x.down };
}

/** Copies `height` rows of `width` elements of `x` to `to`, where they begin `leading` elements after one another. */
export function copyMatrix(
	x: Matrix,
	height: number,
	width: number,
	to: Storage,
	at: number,
	leading: number = width,
): void {
	const { storage, down, along } = x;
	if (along === 1 && (height === 1 || (down === width && leading === width))) {
		to.set(storage.subarray(x.at, x.at + height * width), at);
		return;
	}
	for (let i = 0; i < height; i++) {
		let from = x.at + i * down;
		let next = at + i * leading;
		// A call of `set` costs as much as some 64 turns of the loop (measured).
		if (along === 1 && width >= 64) to.set(storage.subarray(from, from + width), next);
		else for (const end = next + width; next < end; next++, from += along) to[next] = storage[from] as number;
	}
}
