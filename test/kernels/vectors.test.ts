/**
 * Loops in WebAssembly SIMD: how exact their functions are, over the whole range
 * of float32; how operands are laid into blocks; and doing without.
 */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sizeOf, stridesOf, type View } from "../../src/core/shape.js";
import { setBackend } from "../../src/kernels/backend.js";
import { setCodeGeneration } from "../../src/kernels/loops.js";
import { copy } from "../../src/kernels/strided.js";
import { type VectorLoop, vectorises, vectorLoop } from "../../src/kernels/vectors.js";
import { f32x4 } from "../../src/kernels/wasm/assembler.js";
import { blockBytes } from "../../src/kernels/wasm/emit-loop.js";
import { float32, float64 } from "../../src/kernels/wasm/lanes.js";
import { viewOf } from "./views.js";

const half = (x: number): number => {
	const nearest = Math.round(x);
	return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
};

/** In float64, by `Math`, and how many units in the last place of float32 a result may be away. */
const truths: readonly (readonly [name: string, units: number, f: (x: number) => number])[] = [
	["abs", 0, Math.abs],
	["ceil", 0, Math.ceil],
	["exp", 1, Math.exp],
	["floor", 0, Math.floor],
	["log", 1, Math.log],
	["round", 0, half],
	["sigmoid", 2, (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
	["softplus", 2, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
	["sqrt", 0, Math.sqrt],
	["tanh", 1, Math.tanh],
	["trunc", 0, Math.trunc],
];

function loopOf(name: string): VectorLoop {
	const code = float32.functions.get(name)!;
	return vectorLoop(float32, 2, (keep, [x, y]) => code(keep, x!, y!))!;
}

/** The values of a function of one number, or of two. */
function valuesOf(name: string, x: Float32Array, y: Float32Array = x): Float32Array {
	const z = new Float32Array(x.length);
	const of = (storage: Float32Array): View => ({ storage, offset: 0, shape: [x.length], strides: [1] });
	expect(loopOf(name)([of(x), of(y)], x.length, z, 0, false)).toBe(true);
	return z;
}

/** Numbers of float32 by their order: neighbours differ by 1, and -0 and 0 are both 0. */
function places(numbers: Float32Array): Int32Array {
	return new Int32Array(numbers.buffer).map((bits) => (bits < 0 ? -(bits & 0x7fffffff) : bits));
}

/** Every `stride`-th float32, from 0 to NaN and from -0 to NaN. */
function everyFloat(stride: number): Float32Array {
	const bits = new Uint32Array(Math.floor(2 ** 32 / stride)).map((_, i) => i * stride);
	return new Float32Array(bits.buffer);
}

/** Where functions change their form, overflow, underflow or round. */
const turns = Float32Array.from([
	0,
	2 ** -149,
	2 ** -126,
	2.9e-4,
	Math.LN2 / 2,
	0.5,
	0.625,
	Math.SQRT1_2,
	1,
	Math.SQRT2,
	1.5,
	2.5,
	9.01,
	16.6,
	88.72283,
	89,
	103.27893,
	103.97207,
	104,
	2 ** 23,
	2 ** 24,
	Number.POSITIVE_INFINITY,
]);
/** Those and their neighbours, of both signs; beyond infinity is NaN. */
const edges = new Float32Array(
	Int32Array.from(
		[...new Int32Array(turns.buffer)].flatMap((bits) =>
			[-2, -1, 0, 1, 2].flatMap((by) => [bits + by, -(2 ** 31) | (bits + by)]),
		),
	).buffer,
);

describe("functions of four numbers at once", () => {
	it.each(truths)("%s is within %i units in the last place", (name, units, f) => {
		for (const x of [edges, everyFloat(9973)]) {
			const ours = valuesOf(name, x);
			const truth = x.map(f);
			const [a, b] = [places(ours), places(truth)];
			let worst = 0;
			const wrong: number[] = [];
			for (let i = 0; i < x.length; i++) {
				const [z, t] = [ours[i]!, truth[i]!];
				if (Number.isNaN(z) || Number.isNaN(t) || z === t) {
					if (!Object.is(z, t)) wrong.push(x[i]!);
				} else worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
			}
			expect(wrong).toEqual([]);
			expect(worst).toBeLessThanOrEqual(units);
		}
	});

	it.each([
		["maximum", Math.max],
		["minimum", Math.min],
	] as const)("%s is that of Math for every pair of edges, -0 and NaN too", (name, f) => {
		const pairs = [...edges].flatMap((x) => [...edges].map((y) => [x, y] as const));
		const x = Float32Array.from(pairs, ([x]) => x);
		const y = Float32Array.from(pairs, ([, y]) => y);
		expect(valuesOf(name, x, y)).toEqual(Float32Array.from(pairs, ([x, y]) => f(x, y)));
	});

	it("of two float64 there are those that are exact", () => {
		const exact = truths.filter(([, units]) => units === 0);
		const numbers = [0, 0.3, 0.5, 1.5, 2.5, 1e-310, 2 ** 52 - 0.5, 2 ** 53, 1e300, Infinity, NaN].flatMap((x) => [
			x,
			-x,
		]);
		const x: View = { storage: Float64Array.from(numbers), offset: 0, shape: [numbers.length], strides: [1] };
		for (const [name, , f] of exact) {
			const loop = vectorLoop(float64, 1, (keep, [x]) => float64.functions.get(name)!(keep, x!, x!))!;
			const z = new Float64Array(numbers.length);
			loop([x], numbers.length, z, 0, false);
			expect([name, [...z]]).toEqual([name, numbers.map(f)]);
		}
		expect([...float64.functions.keys()].sort()).toEqual([...exact.map(([name]) => name), "maximum", "minimum"].sort());
	});

	it("they are all looked at here", () => {
		expect([...float32.functions.keys()].sort()).toEqual(
			[...truths.map(([name]) => name), "maximum", "minimum"].sort((a, b) => (a < b ? -1 : 1)),
		);
	});
});

const blockLength = blockBytes / 4;
const identity = vectorLoop(float32, 1, (_, [x]) => x!)!;
const sum = vectorLoop(float32, 2, (_, [x, y]) => f32x4.add(x!, y!))!;

/** A view of `shape` on whole numbers whose strides are 0 along the axes that are not in `along`. */
function spread(shape: readonly number[], along: readonly number[]): View {
	const kept = shape.map((size, axis) => (along.includes(axis) ? size : 1));
	const strides = stridesOf(kept).map((stride, axis) => (along.includes(axis) ? stride : 0));
	const storage = new Float32Array(3 + sizeOf(kept)).map((_, i) => (i * 7919) % 1013);
	return { storage, offset: 3, shape, strides };
}

function copied(x: View): Float32Array {
	const out = new Float32Array(sizeOf(x.shape));
	copy(x, out, 0);
	return out;
}

describe("operands in blocks", () => {
	const sizes = [1, 3, 4, 1023, blockLength - 1, blockLength, blockLength + 1, 3 * blockLength + 5];

	it.each(sizes)("%i elements in a row, anywhere in a storage", (size) => {
		const x = spread([size], [0]);
		const out = new Float32Array(size + 4).fill(-1);
		expect(identity([x], size, out, 2, false)).toBe(true);
		expect(out).toEqual(Float32Array.of(-1, -1, ...copied(x), -1, -1));
	});

	it.each([
		[[5000], []],
		[[3, 5000], [1]],
		[[5000, 3], [1]],
		[[9, 1000], [1]],
		[[2000, 5], [0]],
		[[5, 2000], [0]],
		[
			[70, 13, 11],
			[1, 2],
		],
		[
			[70, 13, 11],
			[0, 1],
		],
		[[70, 13, 11], [1]],
		[
			[2, blockLength - 1, 2],
			[1, 2],
		],
		[
			[2, blockLength, 2],
			[0, 1],
		],
		[[3, 1, 4000, 1], [2]],
	] as const)("shape %j, elements along the axes %j, the others repeat them", (shape, along) => {
		const [x, y] = [spread(shape, along), spread(shape, [...shape.keys()])];
		const [a, b] = [copied(x), copied(y)];
		const out = new Float32Array(a.length);
		expect(sum([x, y], a.length, out, 0, false)).toBe(true);
		expect(out).toEqual(a.map((value, i) => value + b[i]!));
		expect(sum([y, x], a.length, out, 0, true)).toBe(true);
		expect(out).toEqual(a.map((value, i) => 2 * (value + b[i]!)));
	});

	it("what lies in another order is refused, and nothing is written", () => {
		fc.assert(
			fc.property(
				fc.constantFrom([2], [3, 2], [2, 3, 4], [40, 30, 5]).chain((shape) => viewOf(shape, "float32")),
				(x) => {
					const out = new Float32Array(sizeOf(x.shape)).fill(-1);
					const done = identity([x], out.length, out, 0, false);
					expect(out).toEqual(done ? copied(x) : out.map(() => -1));
				},
			),
		);
		expect(identity([{ ...spread([8], [0]), shape: [4], strides: [2] }], 4, new Float32Array(4), 0, false)).toBe(false);
	});

	it("the result may take the place of an operand", () => {
		const x = spread([9000], [0]);
		const expected = copied(x).map((value) => 2 * value);
		sum([x, x], 9000, x.storage as Float32Array, x.offset, false);
		expect(copied(x)).toEqual(expected);
	});

	it("the bits of NaN and the zeros of bool arrive", () => {
		const x: View = { storage: Uint8Array.of(0, 1, 1, 0, 1), offset: 0, shape: [5], strides: [1] };
		const out = new Float32Array(5);
		identity([x], 5, out, 0, false);
		expect([...out]).toEqual([0, 1, 1, 0, 1]);
	});
});

describe("doing without", () => {
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.resetModules();
	});

	it("code from text, as a content-security policy has it, there still are vector loops", async () => {
		class Forbidden {
			constructor() {
				throw new EvalError("Code generation from strings disallowed for this context");
			}
		}
		vi.stubGlobal("Function", Forbidden);
		vi.resetModules();
		const [loops, vectors] = await Promise.all([
			import("../../src/kernels/loops.js"),
			import("../../src/kernels/vectors.js"),
		]);
		expect([loops.generatesCode(), vectors.vectorises()]).toEqual([false, true]);
		expect(vectors.vectorLoop(float32, 1, (_, [x]) => x)).toBeDefined();
		loops.setCodeGeneration(false);
		expect(vectors.vectorises()).toBe(false);
		loops.setCodeGeneration(true);
		expect([loops.generatesCode(), vectors.vectorises()]).toEqual([false, true]);
	});

	it("there are no vector loops where portable code is asked for or generated code is switched off", () => {
		expect(vectorises()).toBe(true);
		setCodeGeneration(false);
		expect(vectorises()).toBe(false);
		setCodeGeneration(true);
		const before = setBackend("js");
		expect(vectorises()).toBe(false);
		setBackend(before);
		expect(vectorises()).toBe(true);
	});

	it("what has no code has no loop", () => {
		expect(vectorLoop(float32, 1, () => undefined)).toBeUndefined();
	});

	it("nor has anything where WebAssembly is missing or forbidden", () => {
		vi.stubGlobal("WebAssembly", undefined);
		expect(vectorLoop(float32, 1, (_, [x]) => x)).toBeUndefined();
		class Forbidden {
			constructor() {
				throw new Error("Wasm code generation disallowed by embedder");
			}
		}
		vi.stubGlobal("WebAssembly", { Module: Forbidden, Instance: Forbidden, Memory: Forbidden });
		expect(vectorLoop(float32, 1, (_, [x]) => x)).toBeUndefined();
	});
});
