/**
 * Loops over large arrays of floating-point numbers, in WebAssembly SIMD:
 * pointwise operations, and whatever else computes on vectors of some blocks.
 *
 * Note [vectors on large arrays]
 * V8 computes one element at a time, and calls `Math.exp` and `Math.tanh` for
 * each: 1 to 15 ns. In vectors float32 takes 0.3 to 2.5 ns, float64 half as
 * long as before, but in the memory of a module only. So blocks of 16 KiB are
 * copied in, computed and copied out: they stay in the near caches, and the
 * copies take 0.1 ns per element and operand. Beyond a million elements most
 * of what is left is the first touch of the memory of the result. Elements may
 * be repeated as broadcasting does it, singly or in whole rows; other strides
 * stay with JavaScript.
 *
 * Every operation has its own module, made of its formula when it first meets
 * `fewest` elements; making one takes half a millisecond. The size alone
 * decides, so that the same call always gives the same bits.
 *
 * In float64 there are only steps that WebAssembly rounds as JavaScript does:
 * to the last bit the same results. In float32 every step of a formula is
 * rounded to float32, as in PyTorch; the loops of `loops.ts` compute in
 * float64 and round once.
 */
import type { Storage } from "../core/dtype.js";
import { sizeOf, type View } from "../core/shape.js";
import { portable } from "./backend.js";
import { wantsCode } from "./loops.js";
import { type Code, v128 } from "./wasm/assembler.js";
import { blockBytes, emitLoop, type LoopKernel, numberCode, numbersAt, type Write } from "./wasm/emit-loop.js";
import { float32, float64, type Keep, type Kind } from "./wasm/lanes.js";

/** Arrays below this size are left to JavaScript (measured). */
export const fewest = 1024;

/** What a loop computes of a vector of each operand, or undefined where that has no code. */
export type Value = (keep: Keep, operands: readonly Code[]) => Code | undefined;

/** False, and nothing done, where the operands lie in no order that blocks can be filled in. `out` is contiguous from `at` on. */
export type VectorLoop = (operands: readonly View[], count: number, out: Storage, at: number, add: boolean) => boolean;

/** Contiguous elements, from `at` on. */
export interface Place {
	readonly storage: Storage;
	readonly at: number;
}

/**
 * Fills a block from each of `sources`, computes, and copies blocks to
 * `targets`, where there are any; false as for {@link VectorLoop}. Source and
 * target of a block may be the same memory.
 */
export type BlockLoop = (
	sources: readonly (View | undefined)[],
	count: number,
	targets: readonly (Place | undefined)[],
	numbers: readonly number[],
) => boolean;

let shared: WebAssembly.Memory | undefined;

/** One memory for all loops: what is in it matters only during a call. */
function workspace(): WebAssembly.Memory {
	shared ??= new WebAssembly.Memory({ initial: Math.floor(numbersAt / 65_536) + 1 });
	return shared;
}

/** The exports of a module on that memory, or undefined where WebAssembly or its SIMD is missing or forbidden. */
export function onWorkspace<Exports>(module: Uint8Array<ArrayBuffer>): Exports | undefined {
	try {
		const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { $: { memory: workspace() } });
		return exports as unknown as Exports;
	} catch {
		return undefined;
	}
}

/** Block `k` of that memory. */
export function blockOf({ storage }: Kind, k: number): Float32Array | Float64Array {
	return new storage(workspace().buffer, k * blockBytes, blockBytes / storage.BYTES_PER_ELEMENT);
}

/** True where vector loops may run now: not where portable code was asked for, or generated code switched off. */
export function vectorises(): boolean {
	return wantsCode() && !portable();
}

/**
 * The loop of what `value` computes, or undefined where that has no code, or
 * where WebAssembly or its SIMD is missing or forbidden.
 */
export function vectorLoop(kind: Kind, operandCount: number, value: Value): VectorLoop | undefined {
	const { lanes } = kind;
	const loop = blockLoop(kind, operandCount + 1, (keep, blocks, ahead) => {
		const z = value(keep, blocks);
		if (z === undefined) return undefined;
		const kept = keep(z);
		const adding = ahead(lanes.ne(numberCode(kind, 0), lanes.const(0)));
		const result = v128.bitselect(lanes.add(blocks[operandCount] as Code, kept), kept, adding);
		return [...new Array<undefined>(operandCount), result];
	});
	if (loop === undefined) return undefined;
	const nothing = new Array<undefined>(operandCount);
	return (operands, count, out, at, add) => {
		const before = add ? { storage: out, offset: at, shape: [count], strides: [1] } : undefined;
		return loop([...operands, before], count, [...nothing, { storage: out, at }], [add ? 1 : 0]);
	};
}

/** The loop over blocks that `write` says, or undefined as for {@link vectorLoop}. Its code reads the numbers of a call by `numberCode`. */
export function blockLoop(kind: Kind, blockCount: number, write: Write): BlockLoop | undefined {
	const module = emitLoop(blockCount, write);
	if (module === undefined) return undefined;
	const kernel = onWorkspace<LoopKernel>(module);
	if (kernel === undefined) return undefined;
	const { run } = kernel;
	const bytes = kind.storage.BYTES_PER_ELEMENT;
	const blockLength = blockBytes / bytes;
	const blocks = Array.from({ length: blockCount }, (_, k) => blockOf(kind, k));
	const places = new kind.storage(workspace().buffer, numbersAt);

	return (sources, count, targets, numbers) => {
		const orders = sources.map((x) => x && orderOf(x));
		if (sources.some((x, k) => x && orders[k] === undefined)) return false;
		// Whole cycles of what is repeated: then the next block is like the one before, and need not be filled.
		const cycles = orders.map((order) => (order === undefined ? 1 : order.repeat * order.period));
		const longest = Math.max(1, ...cycles.filter((cycle) => cycle <= blockLength));
		const length = blockLength - (blockLength % longest);
		places.set(numbers);
		for (let start = 0; start < count; start += length) {
			const size = Math.min(length, count - start);
			for (const [k, x] of sources.entries()) {
				if (x === undefined || (start > 0 && length % (cycles[k] as number) === 0 && !targets[k])) continue;
				fill(blocks[k] as Block, size, x, orders[k] as Order, start);
			}
			run(size * bytes);
			for (const [k, target] of targets.entries()) {
				target?.storage.set((blocks[k] as Block).subarray(0, size), target.at + start);
			}
		}
		return true;
	};
}

const sums = new Map<Kind, VectorLoop | undefined>();

/** Adds the elements of `x` to those of `out` from `at` on; false, and nothing done, where JavaScript is to do it. */
export function addVectors(x: View, out: Storage, at: number): boolean {
	const count = sizeOf(x.shape);
	const kind = [float32, float64].find(({ storage }) => out instanceof storage && x.storage instanceof storage);
	if (count < fewest || kind === undefined || !vectorises()) return false;
	if (!sums.has(kind))
		sums.set(
			kind,
			vectorLoop(kind, 1, (_, [x]) => x),
		);
	return sums.get(kind)?.([x], count, out, at, true) ?? false;
}

type Block = Float32Array | Float64Array;

/** How the elements of a view follow each other: element i is at ⌊i / repeat⌋ mod period. */
interface Order {
	readonly repeat: number;
	readonly period: number;
}

/**
 * The order of a view, undefined where it has another.
 *
 * ```text
 * shape [2, 3, 4]     strides [12, 4, 1]    repeat 1, period 24
 *                     strides [ 0, 4, 1]    repeat 1, period 12
 *                     strides [ 3, 1, 0]    repeat 4, period 6
 *                     strides [ 0, 0, 0]    repeat 24, period 1
 * ```
 */
function orderOf({ shape, strides }: View): Order | undefined {
	let axis = shape.length - 1;
	const still = (): boolean => strides[axis] === 0 || shape[axis] === 1;
	let repeat = 1;
	for (; axis >= 0 && still(); axis--) repeat *= shape[axis] as number;
	let period = 1;
	for (; axis >= 0 && (strides[axis] === period || shape[axis] === 1); axis--) period *= shape[axis] as number;
	for (; axis >= 0; axis--) if (!still()) return undefined;
	return { repeat, period };
}

/** Fills a block with `count` elements of `x` from element `start` on. */
function fill(block: Block, count: number, { storage, offset }: View, { repeat, period }: Order, start: number): void {
	if (period === 1) {
		block.fill(storage[offset] as number, 0, count);
		return;
	}
	let at = Math.floor(start / repeat) % period;
	let done = 0;
	if (repeat > 1) {
		for (let left = repeat - (start % repeat); done < count; left = repeat) {
			const value = storage[offset + at] as number;
			for (const end = Math.min(done + left, count); done < end; done++) block[done] = value;
			if (++at === period) at = 0;
		}
		return;
	}
	// One period, in two parts where it does not begin at 0, and then copies of it.
	while (done < Math.min(count, period)) {
		const size = Math.min(period - at, Math.min(count, period) - done);
		block.set(storage.subarray(offset + at, offset + at + size), done);
		done += size;
		at = 0;
	}
	for (; done < count; done *= 2) block.copyWithin(done, 0, Math.min(done, count - done));
}
