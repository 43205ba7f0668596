import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type DType, dtypes } from "../../src/core/dtype.js";
import { reducedShape, type Shape, sizeOf, stridesOf, type View } from "../../src/core/shape.js";
import { accumulate, copy, gather, maxReduce, minReduce, place, scatterAdd, sum } from "../../src/kernels/strided.js";
import { elements, indices, output, position, shapes, viewOf, views, window } from "./views.js";

const dtype: fc.Arbitrary<DType> = fc.constantFrom(...dtypes);
/** Windows of every dtype, some of them large enough to be moved by planes. */
const anyView: fc.Arbitrary<View> = dtype.chain((type) => fc.oneof(views(4, 6, type), views(3, 20, type)));

/** The definition of a reduction: the elements that share an index on the kept axes. */
function groups(x: View, axes: readonly number[]): number[][] {
	const kept = reducedShape(x.shape, axes, false);
	const strides = stridesOf(kept);
	const found = Array.from({ length: sizeOf(kept) }, (): number[] => []);
	for (const index of indices(x.shape)) {
		const place = position(
			index.filter((_, axis) => !axes.includes(axis)),
			strides,
			0,
		);
		(found[place] as number[]).push(x.storage[position(index, x.strides, x.offset)] as number);
	}
	return found;
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** A window and some of its axes. */
const reducible: fc.Arbitrary<[View, number[]]> = anyView.chain((x) =>
	fc.tuple(fc.constant(x), fc.subarray(x.shape.map((_, axis) => axis))),
);

describe("copy", () => {
	it("lays the elements of any window out in row-major order", () => {
		fc.assert(
			fc.property(anyView, (x) => {
				const { out, at, result } = output(sizeOf(x.shape));
				copy(x, out, at);
				expect(result()).toEqual(elements(x));
			}),
			{ numRuns: 300 },
		);
	});

	it("converts to the dtype of the output", () => {
		fc.assert(
			fc.property(views(), (x) => {
				const { out, at, result } = output(sizeOf(x.shape), "float32");
				copy(x, out, at);
				expect(result()).toEqual(elements(x));
			}),
		);
	});

	it("moves a transposed matrix by planes of eight rows", () => {
		const storage = Float64Array.from({ length: 37 * 50 }, (_, i) => i);
		const x: View = { storage, offset: 0, shape: [50, 37], strides: [1, 50] };
		const { out, at, result } = output(50 * 37);
		copy(x, out, at);
		expect(result()).toEqual(elements(x));
		copy({ ...x, shape: [50, 37, 1], strides: [1, 50, 99] }, out, at);
		expect(result()).toEqual(elements(x));
	});
});

describe("accumulate", () => {
	it("adds the elements of any window to what is there", () => {
		fc.assert(
			fc.property(fc.oneof(views(4, 6), views(3, 20)), (x) => {
				const { out, at, result } = output(sizeOf(x.shape));
				accumulate(x, out, at);
				expect(result()).toEqual(elements(x).map((value) => 77 + value));
			}),
			{ numRuns: 200 },
		);
	});
});

describe("place", () => {
	it("writes into a window of the output and nowhere else", () => {
		const pads = shapes(3, 10).chain((shape) =>
			fc.record({
				x: viewOf(shape),
				before: fc.tuple(...shape.map(() => fc.nat(2))),
				after: fc.tuple(...shape.map(() => fc.nat(2))),
			}),
		);
		fc.assert(
			fc.property(pads, ({ x, before, after }) => {
				const shape = x.shape.map((size, axis) => (before[axis] as number) + size + (after[axis] as number));
				const strides = stridesOf(shape);
				const { out, at, result } = output(sizeOf(shape));
				place(x, out, position(before, strides, at), strides);
				const expected = new Array<number>(sizeOf(shape)).fill(77);
				elements(x).forEach((value, flat) => {
					const index = [...indices(x.shape)][flat] as number[];
					expected[
						position(
							index.map((i, axis) => i + (before[axis] as number)),
							strides,
							0,
						)
					] = value;
				});
				expect(result()).toEqual(expected);
			}),
		);
	});

	it("spreads a long row over a window with gaps", () => {
		const values = Array.from({ length: 100 }, (_, i) => i);
		const { out, at, result } = output(300, "float64", 0);
		place(window(values, [100]), out, at + 1, [3]);
		expect(result()).toEqual(values.flatMap((value) => [0, value, 0]));
	});

	it("draws a picture frame", () => {
		const { out, at, result } = output(12, "float64", 0);
		place(window([1, 2, 3, 4], [2, 2]), out, at + 5, [4, 1]);
		expect(result()).toEqual([0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0]);
	});
});

describe("sum", () => {
	it("adds up the elements that share an index on the kept axes", () => {
		fc.assert(
			fc.property(reducible, fc.constantFrom<DType>("float64", "float32"), ([x, axes], type) => {
				const expected = groups(x, axes).map(total);
				const { out, at, result } = output(expected.length, type);
				sum(x, axes, out, at);
				expect(result()).toEqual(expected);
			}),
			{ numRuns: 500 },
		);
	});

	it("gives 0 for a sum of nothing", () => {
		const { out, at, result } = output(3);
		sum(window([], [3, 0]), [1], out, at);
		expect(result()).toEqual([0, 0, 0]);
	});

	it("keeps every digit of ten million ones in float32", () => {
		const x: View = { storage: new Float32Array(1e7).fill(1), offset: 0, shape: [1e7], strides: [1] };
		const out = new Float32Array(1);
		sum(x, [0], out, 0);
		expect(out[0]).toBe(1e7);
	});

	it("keeps fifteen digits of a million tenths", () => {
		const storage = new Float64Array(1e6).fill(0.1);
		const out = new Float64Array(1);
		for (const shape of [[1e6], [1000, 1000]]) {
			sum(
				{ storage, offset: 0, shape, strides: stridesOf(shape) },
				shape.map((_, axis) => axis),
				out,
				0,
			);
			expect(Math.abs((out[0] as number) - 1e5)).toBeLessThan(1e-9);
		}
	});

	it("sums float32 columns in float64 before it rounds", () => {
		// One large number and many small ones, each of which float32 would lose on the way.
		for (const width of [3, 9]) {
			const storage = new Float32Array(width * 4097).fill(1).fill(2 ** 28, 0, width);
			const out = new Float32Array(width);
			sum({ storage, offset: 0, shape: [4097, width], strides: [width, 1] }, [0], out, 0);
			expect([...out]).toEqual(new Array(width).fill(2 ** 28 + 4096));
		}
	});

	it("lets infinities and NaN through", () => {
		const { out, at, result } = output(3);
		sum(window([1, Infinity, Infinity, -Infinity, NaN, 1], [3, 2]), [1], out, at);
		expect(result()).toEqual([Infinity, NaN, NaN]);
	});
});

describe("maxReduce and minReduce", () => {
	it("choose the extreme of the elements that share an index on the kept axes", () => {
		fc.assert(
			fc.property(reducible, ([x, axes]) => {
				const members = groups(x, axes);
				fc.pre(members.every((values) => values.length > 0));
				const { out, at, result } = output(members.length, "float32");
				maxReduce(x, axes, out, at);
				expect(result()).toEqual(members.map((values) => Math.max(...values)));
				minReduce(x, axes, out, at);
				expect(result()).toEqual(members.map((values) => Math.min(...values)));
			}),
			{ numRuns: 300 },
		);
	});

	it("give NaN where there is one, wherever it stands", () => {
		for (const shape of [[7, 40], [40, 7], [280]] as Shape[]) {
			for (let axis = 0; axis < shape.length; axis++) {
				for (let position = 0; position < 280; position += 13) {
					const x = window(
						Array.from({ length: 280 }, (_, i) => (i === position ? NaN : i % 5)),
						shape,
					);
					const size = 280 / (shape[axis] as number);
					const { out, at, result } = output(size);
					maxReduce(x, [axis], out, at);
					expect(result().filter(Number.isNaN)).toHaveLength(1);
					minReduce(x, [axis], out, at);
					expect(result().filter(Number.isNaN)).toHaveLength(1);
				}
			}
		}
	});

	it("keep infinities", () => {
		const { out, at, result } = output(1);
		maxReduce(window([-Infinity, -Infinity, -Infinity], [3]), [0], out, at);
		expect(result()).toEqual([-Infinity]);
		minReduce(window([-Infinity, 1, Infinity], [3]), [0], out, at);
		expect(result()).toEqual([-Infinity]);
	});

	it("refuse to choose from nothing", () => {
		const { out, at } = output(3);
		expect(() => maxReduce(window([], [3, 0]), [1], out, at)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: max: no elements to reduce
			  expected  at least one element along the reduced axes
			  actual    x [3, 0] over axis 1
			  fix       there is no max of nothing: leave the empty case out, or concatenate a value to start from]
		`);
		expect(() => minReduce(window([], [0, 3]), [0, 1], out, at)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: min: no elements to reduce
			  expected  at least one element along the reduced axes
			  actual    x [0, 3] over axes [0, 1]
			  fix       there is no min of nothing: leave the empty case out, or concatenate a value to start from]
		`);
	});

	it("accept an empty tensor when nothing is asked for", () => {
		const { out, at, result } = output(0);
		maxReduce(window([], [0, 3]), [1], out, at);
		maxReduce(window([], [0, 0]), [1], out, at);
		expect(result()).toEqual([]);
	});
});

/** A window, an index into one of its axes, and that axis. */
const indexed: fc.Arbitrary<{ x: View; index: View; axis: number }> = fc
	.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
	.chain((shape) =>
		fc.nat(shape.length - 1).chain((axis) =>
			fc.tuple(...shape.map((size, other) => fc.integer({ min: 0, max: other === axis ? 7 : size }))).chain((sizes) =>
				fc.record({
					x: viewOf(shape),
					axis: fc.constant(axis),
					index: fc.tuple(viewOf(sizes, "int32"), fc.constantFrom<DType>("int32", "float64")).map(([view, type]) => {
						const size = shape[axis] as number;
						const wrapped = Array.from(view.storage, (value) => ((value % size) + size) % size);
						return { ...view, storage: window(wrapped, [wrapped.length], type).storage };
					}),
				}),
			),
		),
	);

describe("gather", () => {
	it("picks x[index[i][j]][j] along axis 0, and likewise along every axis", () => {
		fc.assert(
			fc.property(indexed, ({ x, index, axis }) => {
				const picked = elements(index);
				const expected = [...indices(index.shape)].map((place, flat) => {
					const from = place.map((i, other) => (other === axis ? (picked[flat] as number) : i));
					return x.storage[position(from, x.strides, x.offset)] as number;
				});
				const { out, at, result } = output(expected.length);
				gather(x, index, axis, out, at);
				expect(result()).toEqual(expected);
			}),
			{ numRuns: 300 },
		);
	});

	it("names the index that is out of range, and where it stands", () => {
		const x = window([1, 2, 3, 4, 5, 6], [2, 3]);
		const { out, at } = output(4);
		expect(() => gather(x, window([0, 2, 1, 3], [2, 2], "int32"), 1, out, at)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: gather: index out of range
			  expected  whole numbers from 0 to 2: axis 1 has size 3
			  actual    3 at index[1, 1]
			  fix       indices count from 0, and negative ones are not wrapped: add the size of the axis where they mean the end]
		`);
		expect(() => gather(x, window([0, -1], [2, 1], "int32"), 0, out, at)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: gather: index out of range
			  expected  whole numbers from 0 to 1: axis 0 has size 2
			  actual    -1 at index[1, 0]
			  fix       indices count from 0, and negative ones are not wrapped: add the size of the axis where they mean the end]
		`);
		const transposed: View = { storage: Int32Array.of(0, 1, 0, 9), offset: 0, shape: [2, 2], strides: [1, 2] };
		expect(() => gather(x, transposed, 0, out, at)).toThrow("9 at index[1, 1]");
	});

	it("refuses an index that is not a whole number", () => {
		const { out, at } = output(1);
		expect(() => gather(window([1, 2], [2]), window([0.5], [1]), 0, out, at)).toThrow("0.5 at index[0]");
		expect(() => gather(window([1, 2], [2]), window([NaN], [1]), 0, out, at)).toThrow("NaN at index[0]");
	});

	it("refuses every index into an axis without elements", () => {
		const { out, at } = output(1);
		expect(() => gather(window([], [0]), window([0], [1], "int32"), 0, out, at)).toThrow("axis 0 has no elements");
	});
});

describe("scatterAdd", () => {
	it("is the transpose of gather: <gather(x), y> = <x, scatterAdd(y)>", () => {
		fc.assert(
			fc.property(
				indexed.chain((given) => fc.record({ given: fc.constant(given), y: viewOf(given.index.shape) })),
				({ given: { x, index, axis }, y }) => {
					const forward = output(sizeOf(index.shape));
					gather(x, index, axis, forward.out, forward.at);
					const back = output(sizeOf(x.shape), "float64", 0);
					scatterAdd(y, index, axis, back.out, back.at, x.shape);
					const dot = (a: number[], b: number[]): number =>
						a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
					expect(dot(elements(x), back.result())).toBe(dot(forward.result(), elements(y)));
				},
			),
			{ numRuns: 300 },
		);
	});

	it("adds up what meets, on top of what the caller put there", () => {
		const { out, at, result } = output(3, "float64", 100);
		scatterAdd(window([1, 2, 3, 4], [4]), window([2, 0, 2, 2], [4], "int32"), 0, out, at, [3]);
		expect(result()).toEqual([102, 100, 108]);
	});

	it("takes as many elements of the source as the index has", () => {
		const { out, at, result } = output(2, "float64", 0);
		scatterAdd(window([1, 2, 3, 4], [2, 2]), window([1], [1, 1], "int32"), 1, out, at, [1, 2]);
		expect(result()).toEqual([0, 1]);
	});

	it("names the index that is out of range", () => {
		const { out, at } = output(3);
		const index = window([0, 3], [2], "int32");
		expect(() => scatterAdd(window([1, 1], [2]), index, 0, out, at, [3])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: scatterAdd: index out of range
			  expected  whole numbers from 0 to 2: axis 0 has size 3
			  actual    3 at index[1]
			  fix       indices count from 0, and negative ones are not wrapped: add the size of the axis where they mean the end]
		`);
	});
});

describe("without generated code", () => {
	afterEach(() => vi.resetModules());

	it("reductions give the same results", async () => {
		vi.resetModules();
		const loops = await import("../../src/kernels/loops.js");
		loops.setCodeGeneration(false);
		const plain = await import("../../src/kernels/strided.js");
		const x = window(
			Array.from({ length: 60 }, (_, i) => Math.sin(i)),
			[3, 20],
		);
		for (const axis of [0, 1]) {
			for (const name of ["sum", "maxReduce", "minReduce"] as const) {
				const a = output(60 / (x.shape[axis] as number));
				const b = output(60 / (x.shape[axis] as number));
				plain[name](x, [axis], a.out, a.at);
				({ sum, maxReduce, minReduce })[name](x, [axis], b.out, b.at);
				expect(a.result()).toEqual(b.result());
			}
		}
	});
});
