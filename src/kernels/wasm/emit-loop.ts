/**
 * The module of one loop over blocks of float32 or float64, a vector of each
 * at a time. What becomes of them, the caller writes.
 *
 * The memory is one for all modules, and every block has its place in it, so
 * that addresses are constants and a call says only how much there is to do.
 * Behind the blocks there are single numbers, which a loop reads into all lanes.
 */
import { assemble, type Code, func, i32, loopWhile, v128 } from "./assembler.js";
import type { Keep, Kind } from "./lanes.js";

/** Bytes of a block; block k begins at k times as many. */
export const blockBytes = 16_384;
/** How many blocks a loop may have. */
const mostBlocks = 6;
/** Where the single numbers begin. */
export const numbersAt: number = mostBlocks * blockBytes;

/** The export of the module: goes over so many `bytes` of every block. */
export interface LoopKernel {
	readonly run: (bytes: number) => void;
}

/**
 * What is written into each block, given a vector of each, or undefined where a
 * block stays as it is; undefined as a whole where there is no code for it.
 * `ahead` keeps what is the same for all vectors.
 */
export type Write = (keep: Keep, blocks: readonly Code[], ahead: Keep) => readonly (Code | undefined)[] | undefined;

/** The single number with this index, in all lanes. */
export function numberCode({ splat, storage }: Kind, index: number): Code {
	return splat(i32.const(0), numbersAt + index * storage.BYTES_PER_ELEMENT);
}

/** The bytes of the module, or undefined where `write` returns nothing or there are too many blocks. It imports its memory as `$.memory`. */
export function emitLoop(blockCount: number, write: Write): Uint8Array<ArrayBuffer> | undefined {
	if (blockCount > mostBlocks) return undefined;
	let known = true;
	const run = func("run", ["i32"], ([bytes], local) => {
		const at = local("i32");
		const before: Code[] = [];
		const steps: Code[] = [];
		const keepIn =
			(list: Code[]): Keep =>
			(x) => {
				const kept = local("v128");
				list.push(kept.set(x));
				return kept.get;
			};
		const keep = keepIn(steps);
		const blocks = Array.from({ length: blockCount }, (_, k) => keep(v128.load(at.get, k * blockBytes)));
		const written = write(keep, blocks, keepIn(before));
		known = written !== undefined;
		const stores = (written ?? []).map((value, k) =>
			value === undefined ? [] : v128.store(at.get, value, k * blockBytes),
		);
		return [
			...before,
			loopWhile(i32.lt_s(at.get, bytes!.get), ...steps, ...stores, at.set(i32.add(at.get, i32.const(16)))),
		];
	});
	return known ? assemble([run], true) : undefined;
}
