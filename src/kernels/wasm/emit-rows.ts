/**
 * The module of what looks at whole rows of float32: the shares of a softmax
 * and their slope, and sums along rows and across them.
 *
 * A row is gone over two or three times while it lies in the nearest cache.
 * Sums are carried in float64, as those of the loops in JavaScript are: four
 * elements are two vectors. Everything else is rounded to float32.
 */
import {
	assemble,
	type Code,
	type Func,
	f32x4,
	f64x2,
	func,
	i32,
	type Local,
	loopWhile,
	type Unary,
	type ValueType,
	v128,
} from "./assembler.js";
import { blockBytes } from "./emit-loop.js";
import { exp, type Keep } from "./lanes.js";

/** Goes over `bytes` of rows of `rowBytes` each, whole vectors. */
type RowKernel = (bytes: number, rowBytes: number) => void;

/** The exports of the module. */
export interface RowKernels {
	/** Block 0 becomes e^(x - max x) / Σ e^(x - max x), row by row. */
	readonly shares: RowKernel;
	/** With z in block 0, g in block 1 becomes z (g - Σ z g). A g of 0 annihilates. */
	readonly slopes: RowKernel;
	/** The sum of each row of block 0 goes to block 1, one float64 after the other. */
	readonly along: RowKernel;
	/** Adds every row of block 0 to one row of float64 in the blocks 1 and 2. */
	readonly across: RowKernel;
}

const { sub, mul, div, pmax, abs, lt, eq, const: number, halves, pairs, firsts, demote_f64x2_zero: demote } = f32x4;
const { add: addDoubles, mul: mulDoubles, eq: equalDoubles, promote_low_f32x4: low } = f64x2;
const high = (x: Code): Code => low(halves(x));

/** A loop over the vectors of a row; `write` is given the address and says what to do there. */
type EachVector = (write: (at: Code, keep: Keep) => readonly Code[]) => Code;

/** A function that carries out `write` for every row. */
function eachRow(name: string, write: (each: EachVector, local: (type: ValueType) => Local) => readonly Code[]): Func {
	return func(name, ["i32", "i32"], ([bytes, rowBytes], local) => {
		const [row, at, end] = [local("i32"), local("i32"), local("i32")];
		const each: EachVector = (write) => {
			const steps: Code[] = [];
			const keep: Keep = (x) => {
				const kept = local("v128");
				steps.push(kept.set(x));
				return kept.get;
			};
			const last = write(at.get, keep);
			return [...at.set(row.get), ...loopWhile(i32.lt_s(at.get, end.get), ...steps, ...last, step(at, 16))];
		};
		const body = write(each, local);
		return [
			loopWhile(i32.lt_s(row.get, bytes!.get), end.set(i32.add(row.get, rowBytes!.get)), ...body, row.set(end.get)),
		];
	});
}

function step(address: Local, by: number): Code {
	return address.set(i32.add(address.get, i32.const(by)));
}

/** The sum of both lanes, in both. */
function gather(total: Local): Code {
	return total.set(addDoubles(total.get, halves(total.get)));
}

/** The same as float32, in all four. */
function gatherSingle(total: Local): Code[] {
	return [gather(total), total.set(demote(total.get)), total.set(firsts(total.get))];
}

const shares = eachRow("shares", (each, local) => {
	const [largest, total] = [local("v128"), local("v128")];
	return [
		largest.set(number(Number.NEGATIVE_INFINITY)),
		each((at) => [largest.set(pmax(largest.get, v128.load(at)))]),
		largest.set(pmax(largest.get, halves(largest.get))),
		largest.set(pmax(largest.get, pairs(largest.get))),
		// An infinite maximum is left alone.
		largest.set(v128.and(largest.get, lt(abs(largest.get), number(Number.POSITIVE_INFINITY)))),
		total.set(v128.zero),
		each((at, keep) => {
			const share = keep(exp(keep, sub(v128.load(at), largest.get)));
			const both = addDoubles(low(share), high(share));
			return [v128.store(at, share), total.set(addDoubles(total.get, both))];
		}),
		...gatherSingle(total),
		each((at) => [v128.store(at, div(v128.load(at), total.get))]),
	];
});

const slopes = eachRow("slopes", (each, local) => {
	const total = local("v128");
	return [
		total.set(v128.zero),
		each((at, keep) => {
			const [z, g] = [keep(v128.load(at)), keep(v128.load(at, blockBytes))];
			const product = (part: Unary): Code => {
				const slope = keep(part(g));
				return v128.andnot(mulDoubles(slope, part(z)), equalDoubles(slope, v128.zero));
			};
			return [total.set(addDoubles(total.get, addDoubles(product(low), product(high))))];
		}),
		...gatherSingle(total),
		each((at, keep) => {
			const slope = keep(sub(v128.load(at, blockBytes), total.get));
			return [v128.store(at, v128.andnot(mul(slope, v128.load(at)), eq(slope, v128.zero)), blockBytes)];
		}),
	];
});

const along = eachRow("along", (each, local) => {
	const [total, to] = [local("v128"), local("i32")];
	return [
		total.set(v128.zero),
		each((at, keep) => {
			const x = keep(v128.load(at));
			return [total.set(addDoubles(total.get, addDoubles(low(x), high(x))))];
		}),
		gather(total),
		v128.store(to.get, total.get, blockBytes), // the second lane is overwritten by the next row
		step(to, 8),
	];
});

const across = eachRow("across", (each, local) => {
	const to = local("i32");
	return [
		to.set(i32.const(0)),
		each((at, keep) => {
			const x = keep(v128.load(at));
			const add = (part: Unary, offset: number): Code =>
				v128.store(to.get, addDoubles(v128.load(to.get, offset), part(x)), offset);
			return [add(low, blockBytes), add(high, blockBytes + 16), step(to, 32)];
		}),
	];
});

/** The bytes of the module, which imports the memory of the loops. */
export function emitRows(): Uint8Array<ArrayBuffer> {
	return assemble([shares, slopes, along, across], true);
}
