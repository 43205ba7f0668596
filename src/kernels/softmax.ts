/**
 * Exponentials in proportion, row by row, and their slope.
 *
 * Rows follow each other without a gap, and are read while they are in the
 * first-level cache. Sums are made in float64.
 */
import type { Storage } from "../core/dtype.js";
import { mapRows, type Rows } from "./rowblocks.js";
import { sumRow } from "./strided.js";
import type { Place } from "./vectors.js";

/** z = eˣ / Σ eˣ, all in one; false, and nothing done, where it has to be made of the loops below. */
export function shareVectors(rows: Rows, x: Place, z: Place): boolean {
	return mapRows("shares", rows, [x], z);
}

/** z = x - max x, so that exponentials stay in range; an infinite maximum is left alone. */
export function shiftRows({ count, width }: Rows, x: Storage, atX: number, z: Storage, atZ: number): void {
	for (let row = 0; row < count; row++) {
		let largest = Number.NEGATIVE_INFINITY;
		const end = atX + width;
		for (let at = atX; at < end; at++) if ((x[at] as number) > largest) largest = x[at] as number;
		const shift = Number.isFinite(largest) ? largest : 0;
		while (atX < end) z[atZ++] = (x[atX++] as number) - shift;
	}
}

/** z = z / Σ z. */
export function shareRows({ count, width }: Rows, z: Storage, at: number): void {
	for (let row = 0; row < count; row++) {
		const total = sumRow(width, z, at, 1);
		for (const end = at + width; at < end; at++) z[at] = (z[at] as number) / total;
	}
}

/** out = z (g - Σ z g). A g of 0 annihilates, as everywhere: 0 · NaN is 0. */
export function slopeRows(
	rows: Rows,
	z: Storage,
	atZ: number,
	g: Storage,
	atG: number,
	out: Storage,
	at: number,
): void {
	const operands = [
		{ storage: z, at: atZ },
		{ storage: g, at: atG },
	];
	if (mapRows("slopes", rows, operands, { storage: out, at })) return;
	const { count, width } = rows;
	for (let row = 0; row < count; row++) {
		const mean = dot(width, z, atZ, g, atG);
		for (const end = at + width; at < end; at++) {
			const slope = (g[atG++] as number) - mean;
			const share = z[atZ++] as number;
			out[at] = slope === 0 ? 0 : slope * share;
		}
	}
}

/** Σ z g, pairwise, without what a g of 0 would make NaN. */
function dot(count: number, z: Storage, atZ: number, g: Storage, atG: number): number {
	if (count > 256) {
		const half = count >>> 1;
		return dot(half, z, atZ, g, atG) + dot(count - half, z, atZ + half, g, atG + half);
	}
	let sum = 0;
	for (const end = atG + count; atG < end; atG++, atZ++) {
		const slope = g[atG] as number;
		if (slope !== 0) sum += slope * (z[atZ] as number);
	}
	return sum;
}
