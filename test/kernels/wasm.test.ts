/**
 * The product in WebAssembly: what `matmul.test.ts`, which runs on every
 * backend, does not see. Bytes, blocks, rounding, and doing without.
 */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newStorage, type Storage } from "../../src/core/dtype.js";
import type { View } from "../../src/core/shape.js";
import { type Backend, setBackend } from "../../src/kernels/backend.js";
import { matmul } from "../../src/kernels/matmul.js";
import type { Product } from "../../src/kernels/matrix.js";
import { assemble, f64, func, i32, loopWhile } from "../../src/kernels/wasm/assembler.js";
import { emitMatmul } from "../../src/kernels/wasm/emit-matmul.js";
import { wasmProduct } from "../../src/kernels/wasm/product.js";
import { output, window } from "./views.js";

const floating = ["float32", "float64"] as const;
const multiply = wasmProduct() as Product;

/** Numbers with a full mantissa, the same every time. */
function numbers(count: number, seed: number): number[] {
	return Array.from({ length: count }, (_, i) => Math.sin(1 + i * 1.7 + seed * 0.3));
}

/** The product in float64, and the sum of the magnitudes of its terms. */
function exact(x: Storage, y: Storage, n: number, k: number, m: number): { value: number; size: number }[] {
	return Array.from({ length: n * m }, (_, at) => {
		const i = Math.floor(at / m);
		let value = 0;
		let size = 0;
		for (let p = 0; p < k; p++) {
			const term = (x[i * k + p] as number) * (y[p * m + (at % m)] as number);
			value += term;
			size += Math.abs(term);
		}
		return { value, size };
	});
}

/** The product of two matrices by one backend. */
function by(backend: Backend, x: View, y: View, dtype: (typeof floating)[number]): number[] {
	const { out, at, result } = output((x.shape[0] as number) * (y.shape[1] as number), dtype);
	const before = setBackend(backend);
	matmul(x, y, out, at);
	setBackend(before);
	return result();
}

describe("the assembler", () => {
	it.each([0, 63, 64, 127, 128, -64, -65, 8191, 8192, -8193, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)])(
		"writes the number %i as the specification says, a loop and its locals",
		(number) => {
			// Copies the number at 0 to 8, 16 and 24: each step is the difference of two constants.
			const copy = func("copy", ["i32"], ([times], local) => {
				const at = local("i32");
				const eight = i32.sub(i32.const(number), i32.const((number - 8) | 0));
				return [
					loopWhile(
						times!.get,
						at.set(i32.add(at.get, eight)),
						f64.store(at.get, f64.load(i32.const(0))),
						times!.set(i32.sub(times!.get, i32.const(1))),
					),
				];
			});
			const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble([copy])));
			const { memory, copy: run } = exports as { memory: WebAssembly.Memory; copy: (times: number) => void };
			const numbers = new Float64Array(memory.buffer);
			numbers[0] = 7;
			run(3);
			expect([...numbers.subarray(0, 5)]).toEqual([7, 7, 7, 7, 0]);
			expect(memory.buffer.byteLength).toBe(65_536);
		},
	);

	it("writes a module small enough to be compiled at once in every browser", () => {
		const bytes = emitMatmul();
		expect(WebAssembly.validate(bytes)).toBe(true);
		expect(bytes.length).toBeLessThan(4096);
	});
});

describe("the product in WebAssembly", () => {
	it("is exact on whole numbers around the edges of tiles, panels and blocks", () => {
		const edge = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33);
		const deep = fc.constantFrom(1, 2, 3, 4, 5, 16, 255, 256, 257, 512, 515);
		fc.assert(
			fc.property(
				edge,
				deep,
				edge,
				fc.boolean(),
				fc.boolean(),
				fc.constantFrom(...floating),
				(n, k, m, tx, ty, dtype) => {
					const x = Array.from({ length: n * k }, (_, i) => ((i * 31) % 19) - 9);
					const y = Array.from({ length: k * m }, (_, i) => ((i * 17) % 13) - 6);
					const left = { ...window(x, [n, k], dtype), strides: tx ? [1, n] : [k, 1] };
					const right = { ...window(y, [k, m], dtype), strides: ty ? [1, k] : [m, 1] };
					expect(by("wasm", left, right, dtype)).toEqual(by("js", left, right, dtype));
				},
			),
			{ numRuns: 150, seed: 3 },
		);
	});

	it("crosses the edges of its largest blocks", () => {
		for (const [n, k, m] of [
			[1027, 260, 9],
			[6, 300, 1029],
			[1026, 20, 1030],
		] as const) {
			const x = window(
				Array.from({ length: n * k }, (_, i) => ((i * 31) % 19) - 9),
				[n, k],
				"float32",
			);
			const y = window(
				Array.from({ length: k * m }, (_, i) => ((i * 17) % 13) - 6),
				[k, m],
				"float32",
			);
			expect(by("wasm", x, y, "float32")).toEqual(by("js", x, y, "float32"));
		}
	});

	it.each(floating)("keeps the promised bound on rounding in %s", (dtype) => {
		for (const [n, k, m] of [
			[5, 300, 9],
			[4, 1500, 8],
			[33, 17, 12],
		] as const) {
			const x = window(numbers(n * k, 1), [n, k], dtype);
			const y = window(numbers(k * m, 2), [k, m], dtype);
			const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
			const expected = exact(x.storage, y.storage, n, k, m);
			const found = by("wasm", x, y, dtype);
			// The reference has an error of its own, in float64; the last rounding is to the dtype.
			const terms = Math.min(k, 256) + Math.ceil(k / 256) + 1 + (dtype === "float64" ? k : 0);
			found.forEach((value, at) => {
				const { value: wanted, size } = expected[at]!;
				expect(Math.abs(value - wanted)).toBeLessThanOrEqual(terms * unit * size);
			});
		}
	});

	it("multiplies what is not of its type: integers and bits, exact in float64", () => {
		const x = window([...new Array<number>(80).keys()], [8, 10], "int32");
		const y = window(
			Array.from({ length: 90 }, (_, i) => i % 2),
			[10, 9],
			"bool",
		);
		expect(by("wasm", x, y, "float64")).toEqual(by("js", x, y, "float64"));
	});

	it("declines integers, which wrap, single numbers, and what is too small", () => {
		const matrix = (size: number, type: "int32" | "float64"): { storage: Storage; at: 0; down: number; along: 1 } => ({
			storage: newStorage(type, size * size),
			at: 0,
			down: size,
			along: 1,
		});
		expect(multiply(matrix(16, "int32"), matrix(16, "int32"), new Int32Array(256), 0, 16, 16, 16)).toBe(false);
		expect(multiply(matrix(30, "float64"), matrix(30, "float64"), new Float64Array(1), 0, 1, 900, 1)).toBe(false);
		expect(multiply(matrix(6, "float64"), matrix(6, "float64"), new Float64Array(36), 0, 6, 6, 6)).toBe(false);
		expect(multiply(matrix(7, "float64"), matrix(7, "float64"), new Float64Array(49), 0, 7, 7, 7)).toBe(true);
	});

	it("keeps infinities and NaN to their own rows and columns, beyond the edges of its tiles, too", () => {
		for (const dtype of floating) {
			const x = window(new Array<number>(9 * 11).fill(1), [9, 11], dtype);
			const y = window(new Array<number>(11 * 13).fill(1), [11, 13], dtype);
			x.storage[8 * 11 + 10] = Infinity;
			y.storage[12] = NaN;
			expect(by("wasm", x, y, dtype)).toEqual(by("js", x, y, dtype));
		}
	});

	it("leaves nothing of one product in the next", () => {
		const big = window(new Array<number>(64 * 64).fill(NaN), [64, 64], "float32");
		by("wasm", big, big, "float32");
		const small = window(new Array<number>(7 * 9).fill(1), [7, 9], "float32");
		const right = window(new Array<number>(9 * 5).fill(2), [9, 5], "float32");
		expect(by("wasm", small, right, "float32")).toEqual(new Array(35).fill(18));
	});
});

describe("where WebAssembly is missing", () => {
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.resetModules();
	});

	const x = window(numbers(20 * 30, 1), [20, 30]);
	const y = window(numbers(30 * 10, 2), [30, 10]);

	it.each([
		["is not there", undefined],
		[
			"is forbidden by a content-security policy",
			{
				...WebAssembly,
				Module: class {
					constructor() {
						throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
					}
				},
			},
		],
	])("because it %s, products are the portable ones and nobody notices", async (_, absent) => {
		vi.stubGlobal("WebAssembly", absent);
		vi.resetModules();
		const { matmul: without } = await import("../../src/kernels/matmul.js");
		const { setBackend: choose } = await import("../../src/kernels/backend.js");
		const { out, at, result } = output(200);
		without(x, y, out, at);
		expect(result()).toEqual(by("js", x, y, "float64"));
		expect(() => choose("wasm")).toThrow("no WebAssembly SIMD here, or it is forbidden");
		expect(choose("js")).toBe("wasm");
	});

	it("products that its memory cannot hold are made by portable code", () => {
		const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
			throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
		});
		const fresh = wasmProduct() as Product;
		const size = 200;
		const matrix = { storage: new Float64Array(size * size), at: 0, down: size, along: 1 };
		expect(fresh(matrix, matrix, new Float64Array(size * size), 0, size, size, size)).toBe(false);
		grow.mockRestore();
		expect(fresh(matrix, matrix, new Float64Array(size * size), 0, size, size, size)).toBe(true);
	});
});

describe("batches", () => {
	/** Matrices [count, rows, columns] of a storage of [tokens, parts, heads, width], as those of attention. */
	const among = (
		count: number,
		rows: number,
		columns: number,
		parts: number,
		dtype: (typeof floating)[number],
	): View => {
		const storage = newStorage(dtype, 5 + rows * parts * count * columns);
		storage.set(numbers(storage.length, parts));
		const down = parts * count * columns;
		return { storage, offset: 5, shape: [count, rows, columns], strides: [columns, down, 1] };
	};
	const turned = ({ storage, offset, shape, strides }: View): View => {
		const swap = ([a, b, c]: readonly number[]): number[] => [a, c, b] as number[];
		return { storage, offset, shape: swap(shape), strides: swap(strides) };
	};
	const at = ({ storage, offset, shape, strides }: View, i: number): View => ({
		storage,
		offset: offset + i * (strides[0] as number),
		shape: shape.slice(1),
		strides: strides.slice(1),
	});

	/** All products in one call, and one by one. */
	function both(x: View, y: View, dtype: (typeof floating)[number]): { together: number[]; apart: number[] } {
		const [count, n] = x.shape as [number, number];
		const m = y.shape[2] as number;
		const { out, at: start, result } = output(count * n * m, dtype);
		matmul(x, y, out, start);
		const apart = Array.from({ length: count }, (_, i) => by("wasm", at(x, i), at(y, i), dtype));
		return { together: result(), apart: apart.flat() };
	}

	const sizes: readonly (readonly [count: number, n: number, k: number, m: number, parts: number])[] = [
		[4, 64, 16, 64, 3],
		[3, 13, 7, 9, 2],
		[5, 1, 40, 30, 1],
		[5, 30, 40, 1, 1],
		[2, 128, 256, 40, 1],
		[2, 129, 20, 20, 1],
		[2, 20, 257, 20, 1],
		[2, 20, 20, 20, 9],
		[300, 40, 30, 20, 1],
	];

	it.each(floating.flatMap((dtype) => sizes.map((list) => [dtype, ...list] as const)))(
		"%s: %i products [%i, %i] @ [%i] among %i give the bits of the single ones",
		(dtype, count, n, k, m, parts) => {
			const x = among(count, n, k, parts, dtype);
			const y = among(count, k, m, parts, dtype);
			const { together, apart } = both(x, y, dtype);
			expect(together).toEqual(apart);
			const swapped = both(turned(among(count, k, n, parts, dtype)), turned(among(count, m, k, parts, dtype)), dtype);
			expect(swapped.together).toEqual(swapped.apart);
		},
	);

	it("one matrix may serve all, and matrices may lie backward", () => {
		const x = among(6, 20, 12, 1, "float32");
		const y = { ...among(6, 12, 20, 1, "float32"), strides: [0, 20, 1] };
		const last = { ...x, offset: x.offset + 5 * 12, strides: [-12, 72, 1] };
		for (const factor of [x, last]) {
			const { together, apart } = both(factor, y, "float32");
			expect(together).toEqual(apart);
		}
	});
});

describe("setBackend", () => {
	it("returns the choice before, and keeps it where a name is unknown", () => {
		expect(setBackend("js")).toBe("wasm");
		expect(() => setBackend("gpu" as "js")).toThrow("no such backend");
		expect(setBackend("wasm")).toBe("js");
	});

	it("multiplies by OpenBLAS within rounding, or says what is missing", () => {
		expect(differenceOfBlas()).toMatch(/^within rounding$|no (package koffi|OpenBLAS)[\s\S]*npm install koffi/);
	});
});

/** How OpenBLAS differs from portable code on windows of every kind, or the message where it is not there. */
function differenceOfBlas(): string {
	try {
		setBackend("blas");
	} catch (error) {
		return String(error);
	}
	const left = [
		[40, 1],
		[1, 30],
		[0, 1],
		[-40, 1],
		[80, 2],
	];
	const right = [
		[20, 1],
		[1, 40],
		[20, 0],
	];
	let worst = 0;
	for (const dtype of floating) {
		const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
		for (const stridesX of left) {
			for (const stridesY of right) {
				const x = { ...window(numbers(30 * 80, 1), [30, 40], dtype), strides: stridesX };
				const y = { ...window(numbers(40 * 20, 2), [40, 20], dtype), strides: stridesY };
				if (stridesX[0] === -40) x.offset = 29 * 40;
				const [blas, portable] = (["blas", "js"] as const).map((name) => by(name, x, y, dtype)) as [number[], number[]];
				worst = Math.max(
					worst,
					...blas.map((value, i) => Math.abs(value - (portable[i] as number)) / (40 * 40 * unit)),
				);
			}
		}
	}
	setBackend("wasm");
	return worst <= 1 ? "within rounding" : `${worst} times the bound`;
}
