/**
 * The module that multiplies packed matrices: `pack` and `multiply`, for
 * float32 and for float64.
 *
 * Both types share one text: a vector has 4 or 2 lanes, everything else
 * follows. A panel is as many rows of a matrix as a vector has lanes, stored
 * in the order of use, one vector per step of the sum:
 *
 * ```text
 * rows i to i+3 of x [n, k], float32:   x(i,0) x(i+1,0) x(i+2,0) x(i+3,0)
 *                                       x(i,1) x(i+1,1) x(i+2,1) x(i+3,1)
 *                                       ...
 * ```
 *
 * The right factor is packed by the same function with its strides exchanged:
 * its panels are columns. Where the last panel reaches over the edge it
 * repeats the last row.
 *
 * Note [the registers of the product]
 * A tile of the product is four rows by two vectors: eight sums, two vectors
 * of y, and one element of x in all lanes, 11 of the 16 registers of SSE and
 * AVX. The loop is not unrolled: V8 then moves the loads together and runs out
 * of registers (Node 20, float32, 256: 61 GFLOP/s, unrolled by two 40, by four
 * 35). There is no fused multiplication and addition in WebAssembly SIMD, so a
 * step is 8 multiplications and 8 additions, and 61 is 95 % of what two units
 * for each can do at 4 GHz.
 */
import {
	assemble,
	type Code,
	type Floats,
	type Func,
	f32,
	f32x4,
	f64,
	f64x2,
	func,
	i32,
	loopWhile,
	select,
	v128,
	when,
} from "./assembler.js";

/** Packs a matrix [count, depth] at `from`, its panels up to `padded` rows, a whole number of panels. Strides are in bytes. */
type Pack = (
	from: number,
	to: number,
	count: number,
	padded: number,
	depth: number,
	down: number,
	along: number,
) => void;

/** Multiplies `height` tiles of x by `width` tiles of y into the product at `z`, its rows `down` bytes apart; adds where `add` is not 0. */
type Multiply = (
	x: number,
	y: number,
	z: number,
	height: number,
	width: number,
	depth: number,
	down: number,
	add: number,
) => void;

/** The exports of the module; addresses are in bytes. */
export interface Kernels {
	readonly memory: WebAssembly.Memory;
	readonly pack32: Pack;
	readonly multiply32: Multiply;
	readonly pack64: Pack;
	readonly multiply64: Multiply;
}

/** Rows of a tile. */
export const tileHeight = 4;
/** Vectors of a row of a tile. */
export const tileVectors = 2;
const vector = 16;

/** What distinguishes the two types. */
interface Kind {
	readonly lanes: 4 | 2;
	readonly scalar: typeof f32;
	readonly splat: typeof v128.load;
	readonly arithmetic: Floats;
}

const float32: Kind = { lanes: 4, scalar: f32, splat: v128.load32_splat, arithmetic: f32x4 };
const float64: Kind = { lanes: 2, scalar: f64, splat: v128.load64_splat, arithmetic: f64x2 };

const range = (size: number): number[] => [...new Array<number>(size).keys()];
const step = (local: { readonly get: Code; readonly set: (x: Code) => Code }, by: Code): Code =>
	local.set(i32.add(local.get, by));

function pack(name: string, { lanes, scalar }: Kind): Func {
	const size = vector / lanes;
	return func(name, new Array(7).fill("i32"), ([from, to, count, padded, depth, down, along], local) => {
		const row = local("i32");
		const end = local("i32");
		const rows = range(lanes).map(() => local("i32"));
		/** The address of a row, or of the last one beyond the edge. */
		const place = (lane: number): Code => {
			const wanted = i32.add(row.get, i32.const(lane));
			const last = i32.sub(count!.get, i32.const(1));
			return i32.add(from!.get, i32.mul(select(wanted, last, i32.lt_s(wanted, last)), down!.get));
		};
		return [
			loopWhile(
				i32.lt_s(row.get, padded!.get),
				...rows.map((address, lane) => address.set(place(lane))),
				end.set(i32.add(to!.get, i32.mul(depth!.get, i32.const(vector)))),
				loopWhile(
					i32.lt_s(to!.get, end.get),
					...rows.map((address, lane) => scalar.store(to!.get, scalar.load(address.get), lane * size)),
					...rows.map((address) => step(address, along!.get)),
					step(to!, i32.const(vector)),
				),
				step(row, i32.const(lanes)),
			),
		];
	});
}

function multiply(name: string, { lanes, splat, arithmetic }: Kind): Func {
	const size = vector / lanes;
	return func(name, new Array(8).fill("i32"), ([x, y, z, height, width, depth, down, add], local) => {
		const panel = local("i32");
		const rowsLeft = local("i32");
		const atZ = local("i32");
		const nextX = local("i32");
		const end = local("i32");
		const xs = range(tileHeight / lanes).map(() => local("i32"));
		const ys = range(tileVectors).map(() => local("i32"));
		const sums = range(tileHeight).map(() => ys.map(() => local("v128")));
		const yVectors = ys.map(() => local("v128"));
		const element = local("v128");
		const multiplyAdd: Code[] = [
			...yVectors.map((value, i) => value.set(v128.load(ys[i]!.get))),
			...sums.flatMap((row, i) => [
				element.set(splat(xs[Math.floor(i / lanes)]!.get, (i % lanes) * size)),
				...row.map((sum, j) => sum.set(arithmetic.add(sum.get, arithmetic.mul(element.get, yVectors[j]!.get)))),
			]),
			...[...xs, ...ys].map((address) => step(address, i32.const(vector))),
		];
		const eachRow = (visit: (row: readonly { get: Code; set: (x: Code) => Code }[]) => Code[]): Code[] => [
			end.set(atZ.get),
			...sums.flatMap((row, i) => [...(i === 0 ? [] : [step(end, down!.get)]), ...visit(row)]),
		];
		return [
			panel.set(i32.mul(depth!.get, i32.const(vector))),
			loopWhile(
				width!.get,
				rowsLeft.set(height!.get),
				nextX.set(x!.get),
				atZ.set(z!.get),
				loopWhile(
					rowsLeft.get,
					...xs.flatMap((address) => [address.set(nextX.get), step(nextX, panel.get)]),
					...ys.map((address, i) => address.set(i === 0 ? y!.get : i32.add(ys[i - 1]!.get, panel.get))),
					...sums.flat().map((sum) => sum.set(v128.zero)),
					end.set(ys[1]!.get),
					loopWhile(i32.lt_s(ys[0]!.get, end.get), ...multiplyAdd),
					when(
						add!.get,
						...eachRow((row) => row.map((sum, j) => sum.set(arithmetic.add(sum.get, v128.load(end.get, j * vector))))),
					),
					...eachRow((row) => row.map((sum, j) => v128.store(end.get, sum.get, j * vector))),
					atZ.set(i32.add(end.get, down!.get)),
					step(rowsLeft, i32.const(-1)),
				),
				...ys.map(() => step(y!, panel.get)),
				step(z!, i32.const(tileVectors * vector)),
				step(width!, i32.const(-1)),
			),
		];
	});
}

/** The bytes of the module; its exports are {@link Kernels}. */
export function emitMatmul(): Uint8Array<ArrayBuffer> {
	return assemble([
		pack("pack32", float32),
		multiply("multiply32", float32),
		pack("pack64", float64),
		multiply("multiply64", float64),
	]);
}
