import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DType } from "../../src/core/dtype.js";
import { sizeOf, type View } from "../../src/core/shape.js";
import { setBackend } from "../../src/kernels/backend.js";
import { matmul } from "../../src/kernels/matmul.js";
import { elements, indices, output, position, viewOf, window } from "./views.js";

/** The definition. */
function product(x: View, y: View): number[] {
	const axis = x.shape.length - 2;
	const shape = [...x.shape.slice(0, -1), y.shape[axis + 1] as number];
	return [...indices(shape)].map((index) => {
		let atX = position([...index.slice(0, -1), 0], x.strides, x.offset);
		let atY = position([...index.slice(0, -2), 0, index[axis + 1] as number], y.strides, y.offset);
		let sum = 0;
		for (let p = 0; p < (x.shape[axis + 1] as number); p++) {
			sum += (x.storage[atX] as number) * (y.storage[atY] as number);
			atX += x.strides[axis + 1] as number;
			atY += y.strides[axis] as number;
		}
		return sum;
	});
}

function factors(batch: number[], n: number, k: number, m: number, dtype: DType): fc.Arbitrary<[View, View]> {
	return fc.tuple(viewOf([...batch, n, k], dtype), viewOf([...batch, k, m], dtype));
}

/** What the kernel makes of it. Windows hold the whole numbers -9 to 9, so that every order of summation is exact. */
function multiply(x: View, y: View, dtype: DType = "float64"): number[] {
	const { out, at, result } = output(sizeOf(x.shape.slice(0, -1)) * (y.shape.at(-1) as number), dtype);
	matmul(x, y, out, at);
	return result();
}

const size = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });

describe.each(["wasm", "js"] as const)("matmul by %s", (backend) => {
	beforeAll(() => void setBackend(backend));
	afterAll(() => void setBackend("wasm"));

	it("multiplies windows of every kind and small size", () => {
		const given = fc
			.tuple(size(9), size(9), size(9), fc.constantFrom<DType>("float64", "float32", "int32", "bool"))
			.chain(([n, k, m, dtype]) => factors([], n, k, m, dtype));
		fc.assert(
			fc.property(given, ([x, y]) => {
				expect(multiply(x, y)).toEqual(product(x, y));
			}),
			{ numRuns: 500 },
		);
	});

	it("multiplies by packed panels from a certain size on", () => {
		const given = fc.tuple(size(40), size(40), size(40)).chain(([n, k, m]) => factors([], n, k, m, "float64"));
		fc.assert(
			fc.property(given, ([x, y]) => {
				expect(multiply(x, y)).toEqual(product(x, y));
			}),
			{ numRuns: 50 },
		);
	});

	it("multiplies batches, repeated ones among them", () => {
		const given = fc
			.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), size(5), size(8), size(5))
			.chain(([batch, n, k, m]) => factors(batch, n, k, m, "float64"));
		fc.assert(
			fc.property(given, ([x, y]) => {
				expect(multiply(x, y)).toEqual(product(x, y));
			}),
			{ numRuns: 300 },
		);
	});

	it("takes a batch against one matrix as more rows", () => {
		const values = Array.from({ length: 2 * 3 * 7 * 5 }, (_, i) => (i % 11) - 5);
		const x = window(values, [2, 3, 7, 5]);
		const y: View = { ...window(values.slice(0, 20), [5, 4]), shape: [2, 3, 5, 4], strides: [0, 0, 4, 1] };
		const swapped: View = { ...x, strides: [35, 70, 5, 1] };
		const single: View = { ...x, shape: [2, 3, 1, 5], strides: [105, 35, 5, 1] };
		for (const batch of [x, swapped, single]) expect(multiply(batch, y)).toEqual(product(batch, y));
	});

	it("crosses the edges of its blocks in every direction and transposition", () => {
		const [n, k, m] = [98, 259, 261];
		const a = Array.from({ length: n * k }, (_, i) => ((i * 31) % 19) - 9);
		const b = Array.from({ length: k * m }, (_, i) => ((i * 17) % 13) - 6);
		for (const dtype of ["float64", "float32"] as const) {
			for (const stridesX of [
				[k, 1],
				[1, n],
			]) {
				for (const stridesY of [
					[m, 1],
					[1, k],
				]) {
					const x: View = { ...window(a, [n, k], dtype), strides: stridesX };
					const y: View = { ...window(b, [k, m], dtype), strides: stridesY };
					expect(multiply(x, y, dtype)).toEqual(product(x, y));
				}
			}
		}
	});

	it("multiplies a long matrix by a vector from both sides", () => {
		const values = Array.from({ length: 30 * 2000 }, (_, i) => ((i * 31) % 19) - 9);
		for (const shape of [
			[30, 2000],
			[2000, 30],
			[30_000, 2],
		]) {
			const [n, k] = shape as [number, number];
			const column = window(values.slice(0, k), [k, 1]);
			const row = window(values.slice(0, k), [1, k]);
			const x = window(values, [n, k]);
			const y = window(values, [k, n]);
			for (const left of [x, { ...x, strides: [1, n] }]) expect(multiply(left, column)).toEqual(product(left, column));
			for (const right of [y, { ...y, strides: [1, k] }]) expect(multiply(row, right)).toEqual(product(row, right));
		}
	});

	it("sums float32 products in float64, and in WebAssembly only those of a single row and column", () => {
		const x = window([2 ** 25, ...new Array<number>(1024).fill(1)], [1, 1025], "float32");
		const y = window(new Array<number>(1025 * 3).fill(1), [1025, 3], "float32");
		const { out, at, result } = output(1, "float32");
		matmul(x, { ...y, shape: [1025, 1] }, out, at);
		expect(result()).toEqual([2 ** 25 + 1024]);
		if (backend === "wasm") return;
		const rows: View = { ...x, shape: [9, 1025], strides: [0, 1] };
		const many = output(27, "float32");
		matmul(rows, y, many.out, many.at);
		expect(many.result()).toEqual(new Array(27).fill(2 ** 25 + 1024));
	});

	it("agrees with the definition to rounding on real numbers", () => {
		const real = fc.double({ min: -1e3, max: 1e3, noNaN: true });
		fc.assert(
			fc.property(fc.array(real, { minLength: 400, maxLength: 400 }), (values) => {
				const x = window(values.slice(0, 200), [10, 20]);
				const y = window(values.slice(200), [20, 10]);
				const { out, at, result } = output(100);
				matmul(x, y, out, at);
				const bound = product({ ...x, storage: x.storage.map(Math.abs) }, { ...y, storage: y.storage.map(Math.abs) });
				result().forEach((value, i) => {
					expect(Math.abs(value - (product(x, y)[i] as number))).toBeLessThanOrEqual(1e-14 * (bound[i] as number));
				});
			}),
			{ numRuns: 10 },
		);
	});

	it("makes equal columns of equal columns and equal rows of equal rows, to the last bit", () => {
		const real = fc.integer().map(Math.sin); // numbers whose sums depend on the order
		const most = fc.integer({ min: 1, max: 20 });
		const given = fc.tuple(most, most, most).chain(([n, k, m]) =>
			fc.record({
				shape: fc.constant([n, k, m] as const),
				x: fc.array(real, { minLength: n * k, maxLength: n * k }),
				column: fc.array(real, { minLength: k, maxLength: k }),
			}),
		);
		fc.assert(
			fc.property(given, ({ shape: [n, k, m], x, column }) => {
				const down = { storage: Float64Array.from(x), offset: 0, shape: [n, k], strides: [k, 1] };
				const along = { ...down, shape: [k, n], strides: [1, k] };
				const same = Float64Array.from({ length: k * m }, (_, at) => column[Math.floor(at / m)] as number);
				const columns = { storage: same, offset: 0, shape: [k, m], strides: [m, 1] };
				const rows = { ...columns, shape: [m, k], strides: [1, m] };
				const product = multiply(down, columns);
				const across = multiply(rows, along);
				for (let i = 0; i < n; i++)
					for (let j = 0; j < m; j++) {
						expect(product[i * m + j]).toBe(product[i * m]);
						expect(across[j * n + i]).toBe(across[i]);
					}
			}),
			{ numRuns: 300 },
		);
	});

	it("keeps infinities and NaN to their own rows and columns", () => {
		for (const [n, k, m] of [
			[2, 3, 2],
			[7, 11, 9],
			[10, 10, 1],
			[1, 10, 10],
		] as const) {
			for (const transposed of [false, true]) {
				const x: View = { ...window(new Array<number>(n * k).fill(1), [n, k]), strides: transposed ? [1, n] : [k, 1] };
				const y = window(new Array<number>(k * m).fill(1), [k, m]);
				x.storage[position([n - 1, k - 1], x.strides, 0)] = Infinity;
				y.storage[position([0, m - 1], y.strides, 0)] = NaN;
				expect(multiply(x, y)).toEqual(product(x, y));
				expect(elements(x).filter((value) => value === Infinity)).toHaveLength(1);
			}
		}
	});

	it("gives zeros where there is nothing to sum", () => {
		const { out, at, result } = output(sizeOf([2, 3]));
		matmul(window([], [2, 0]), window([], [0, 3]), out, at);
		expect(result()).toEqual([0, 0, 0, 0, 0, 0]);
	});
});
