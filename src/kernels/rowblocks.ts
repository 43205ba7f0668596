/**
 * Rows of large float32 arrays in WebAssembly, in blocks of whole rows; see
 * Note [vectors on large arrays]. A row has to be whole vectors and to fit into
 * a block; all others stay with JavaScript, and whoever asks is told so.
 */
import type { Storage } from "../core/dtype.js";
import { blockOf, fewest, onWorkspace, type Place, vectorises } from "./vectors.js";
import { blockBytes } from "./wasm/emit-loop.js";
import { emitRows, type RowKernels } from "./wasm/emit-rows.js";
import { float32, float64 } from "./wasm/lanes.js";

/** `count` rows of `width` elements each. */
export interface Rows {
	readonly count: number;
	readonly width: number;
}

let kernels: RowKernels | null | undefined;

/** The kernels for these rows of this memory, if there are any. */
function kernelsFor({ count, width }: Rows, storages: readonly Storage[]): RowKernels | null {
	const suited = width % 4 === 0 && 4 * width <= blockBytes && count * width >= fewest;
	if (!(suited && vectorises() && storages.every((storage) => storage instanceof Float32Array))) return null;
	kernels ??= onWorkspace<RowKernels>(emitRows()) ?? null;
	return kernels;
}

/** Visits blocks of whole rows: the first row of each, and how many. */
function eachBlock({ count, width }: Rows, visit: (row: number, size: number) => void): void {
	const most = Math.floor(blockBytes / 4 / width);
	for (let row = 0; row < count; row += most) visit(row, Math.min(most, count - row));
}

/** A kernel whose last operand becomes the result; false, and nothing done, where JavaScript is to do it. */
export function mapRows(name: "shares" | "slopes", rows: Rows, operands: readonly Place[], out: Place): boolean {
	const found = kernelsFor(
		rows,
		[...operands, out].map(({ storage }) => storage),
	);
	if (found === null) return false;
	const blocks = operands.map((_, k) => blockOf(float32, k));
	eachBlock(rows, (row, size) => {
		const [from, length] = [row * rows.width, size * rows.width];
		for (const [k, { storage, at }] of operands.entries()) {
			blocks[k]?.set(storage.subarray(at + from, at + from + length));
		}
		found[name](4 * length, 4 * rows.width);
		out.storage.set((blocks.at(-1) as Float32Array).subarray(0, length), out.at + from);
	});
	return true;
}

/** Adds the sum of each row of x, which follow each other without a gap, to an element of z; false as for {@link mapRows}. */
export function addRowSums(rows: Rows, x: Storage, atX: number, z: Float64Array, atZ: number): boolean {
	const found = kernelsFor(rows, [x]);
	if (found === null) return false;
	const { width } = rows;
	const [block, sums] = [blockOf(float32, 0), blockOf(float64, 1)];
	eachBlock(rows, (row, size) => {
		block.set(x.subarray(atX + row * width, atX + (row + size) * width));
		found.along(4 * size * width, 4 * width);
		for (let i = 0; i < size; i++) z[atZ + row + i] = (z[atZ + row + i] as number) + (sums[i] as number);
	});
	return true;
}

/** Adds the rows of x, `down` apart, to the row of z at `atZ`; false as for {@link mapRows}. */
export function addColumnSums(
	rows: Rows,
	x: Storage,
	atX: number,
	down: number,
	z: Float64Array,
	atZ: number,
): boolean {
	const found = kernelsFor(rows, [x]);
	if (found === null) return false;
	const { width } = rows;
	const block = blockOf(float32, 0);
	const sums = new Float64Array(block.buffer, blockBytes, width);
	sums.set(z.subarray(atZ, atZ + width));
	eachBlock(rows, (row, size) => {
		const from = atX + row * down;
		if (down === width) block.set(x.subarray(from, from + size * width));
		else for (let i = 0; i < size; i++) block.set(x.subarray(from + i * down, from + i * down + width), i * width);
		found.across(4 * size * width, 4 * width);
	});
	z.set(sums, atZ);
	return true;
}
