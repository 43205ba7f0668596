/**
 * Values from data, and how dtypes meet: as in NumPy, but for JavaScript
 * numbers, which are weak.
 */
import {
	abs,
	add,
	arange,
	cast,
	concat,
	type DType,
	defaultGenerator,
	div,
	equal,
	exp,
	eye,
	fixed,
	full,
	Generator,
	gradients,
	less,
	linspace,
	logSumExp,
	matmul,
	max,
	maximum,
	mean,
	min,
	mul,
	neg,
	norm,
	ones,
	onesLike,
	parameter,
	rand,
	randn,
	relu,
	Scalar,
	scalar,
	seed,
	softmax,
	sqrt,
	square,
	sub,
	sum,
	Tensor,
	tensor,
	variance,
	where,
	zeros,
	zerosLike,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { dtypes } from "../../src/core/dtype.js";
import { messageOf } from "../verdicts.js";

// ---------------------------------------------------------------- data

describe("tensor", () => {
	test("from nested arrays takes their shape, in float64", () => {
		const x = tensor([
			[1, 2, 3],
			[4, 5, 6],
		]);
		expect([x.shape, x.dtype, x.rank, x.size]).toEqual([[2, 3], "float64", 2, 6]);
		expect(x.toArray()).toEqual([
			[1, 2, 3],
			[4, 5, 6],
		]);
		expect(tensor(5).shape).toEqual([]);
		expect(tensor(5).item()).toBe(5);
		expect(tensor([]).shape).toEqual([0]);
		expect(tensor([[], []]).shape).toEqual([2, 0]);
		expect(tensor([[[1], [2]]]).shape).toEqual([1, 2, 1]);
	});

	test("from booleans is bool, from booleans and numbers float64", () => {
		expect(tensor([true, false]).dtype).toBe("bool");
		expect(tensor([true, 2]).dtype).toBe("float64");
		expect(tensor([true, 2]).toArray()).toEqual([1, 2]);
	});

	test.each([
		[Float64Array.of(1.5, 2), "float64"],
		[Float32Array.of(1.5, 2), "float32"],
		[Int32Array.of(1, 2), "int32"],
		[Uint8Array.of(1, 255), "int32"], // bytes are numbers, as in images; `dtype: "bool"` makes them answers
	] as const)("from %o has the dtype %s and copies", (data, dtype) => {
		const x = tensor(data);
		expect([x.dtype, x.shape, Array.from(x.data)]).toEqual([dtype, [2], Array.from(data)]);
		const before = Array.from(data);
		data[0] = 0;
		expect(Array.from(x.data)).toEqual(before);
		expect(tensor(data, { shape: [2, 1] }).shape).toEqual([2, 1]);
		expect(tensor(data, { dtype: "bool" }).dtype).toBe("bool");
	});

	test("from another tensor copies, in any dtype and shape", () => {
		const x = tensor([
			[1.9, -1.9],
			[0, 2],
		]);
		expect(tensor(x.T).toArray()).toEqual([
			[1.9, 0],
			[-1.9, 2],
		]);
		expect(tensor(x, { dtype: "int32" }).toArray()).toEqual([
			[1, -1],
			[0, 2],
		]);
		expect(tensor(x, { dtype: "bool" }).toArray()).toEqual([
			[1, 1],
			[0, 1],
		]);
		expect(tensor(x, { shape: [4] }).shape).toEqual([4]);
	});

	test("from scalars stays connected to them, in the dtype asked for", () => {
		const x = scalar(2);
		const made = tensor(
			[
				[x, 1],
				[3, mul(x, x)],
			],
			{ dtype: "float32" },
		);
		expect([made.dtype, made.toArray()]).toEqual([
			"float32",
			[
				[2, 1],
				[3, 4],
			],
		]);
		expect(gradients(sum(made), [x])[0].value).toBe(5);
		expect(tensor([x, 1], { shape: [2, 1] }).shape).toEqual([2, 1]);
	});

	test("data does not change what it was made from, nor the tensor", () => {
		const x = tensor([1, 2]);
		x.data[0] = 99;
		expect(x.toArray()).toEqual([1, 2]);
	});

	test("with a name, as a variable, as a constant", () => {
		const x = tensor([1], { name: "x", requiresGrad: true });
		expect([x.name, x.requiresGrad, x.isLeaf]).toEqual(["x", true, true]);
		expect(tensor([1]).requiresGrad).toBe(false);
		expect(fixed(3, "c").name).toBe("c");
	});

	test("refuses ragged rows, what is no number, unknown dtypes, wrong sizes, and integer variables", () => {
		expect(messageOf(() => tensor([[1, 2], [3]]))).toMatch(/ragged[\s\S]*row of 1 at \[1\]/);
		expect(messageOf(() => tensor([[1], 2] as never))).toContain("ragged");
		expect(messageOf(() => tensor([1, [2]] as never))).toContain("ragged");
		expect(messageOf(() => tensor([[], [1]]))).toContain("ragged");
		expect(messageOf(() => tensor([["a"]] as never))).toMatch(/not a number[\s\S]*string at \[0, 0\]/);
		expect(messageOf(() => tensor([null] as never))).toContain("null at [0]");
		expect(messageOf(() => tensor([1n] as never))).toContain("bigint");
		expect(messageOf(() => tensor([1], { dtype: "float16" as never }))).toMatch(/unknown dtype[\s\S]*"float16"/);
		expect(messageOf(() => tensor([1, 2], { shape: [3] }))).toMatch(/3 elements[\s\S]*2 elements/);
		expect(messageOf(() => tensor([1], { shape: [Number.NaN] }))).toContain("not a shape");
		expect(messageOf(() => tensor([1], { dtype: "int32", requiresGrad: true }))).toContain("no gradient for int32");
		expect(messageOf(() => tensor([scalar(1)], { requiresGrad: true }))).toContain("cannot be a leaf");
	});
});

describe("fillings", () => {
	test("zeros, ones, full, eye and their likes", () => {
		expect(zeros([2, 2]).toArray()).toEqual([
			[0, 0],
			[0, 0],
		]);
		expect(ones([3], { dtype: "int32" }).toArray()).toEqual([1, 1, 1]);
		expect(full([2], 0.5).toArray()).toEqual([0.5, 0.5]);
		expect(full([], 7).item()).toBe(7);
		expect(eye(3).toArray()).toEqual([
			[1, 0, 0],
			[0, 1, 0],
			[0, 0, 1],
		]);
		expect(eye(0).shape).toEqual([0, 0]);
		const like = tensor([[1, 2]], { dtype: "float32" });
		expect([zerosLike(like).dtype, onesLike(like).shape, onesLike(scalar(3)).shape]).toEqual(["float32", [1, 2], []]);
		expect(messageOf(() => zeros([-1]))).toContain("zeros: not a shape");
		expect(messageOf(() => ones([1.5]))).toContain("ones: not a shape");
	});

	test("arange counts as NumPy does", () => {
		expect(arange(4).toArray()).toEqual([0, 1, 2, 3]);
		expect(arange(2, 5).toArray()).toEqual([2, 3, 4]);
		expect(arange(5, 0, -2).toArray()).toEqual([5, 3, 1]);
		expect(arange(0, 1, 0.25).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
		expect(arange(3, 3).toArray()).toEqual([]);
		expect(arange(3, 0).toArray()).toEqual([]);
		expect(arange(0, 3, 1, { dtype: "int32" }).dtype).toBe("int32");
		expect(messageOf(() => arange(0, 1, 0))).toContain("endless");
		expect(messageOf(() => arange(Number.POSITIVE_INFINITY))).toContain("endless");
		expect(messageOf(() => arange(Number.NaN))).toContain("endless");
	});

	test("linspace hits both ends exactly", () => {
		expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
		expect(linspace(2, 2, 3).toArray()).toEqual([2, 2, 2]);
		expect(linspace(1, 0, 3).toArray()).toEqual([1, 0.5, 0]);
		expect(linspace(3, 9, 1).toArray()).toEqual([3]);
		expect(linspace(3, 9, 0).toArray()).toEqual([]);
		expect(linspace(0, 0.3, 4).data.at(-1)).toBe(0.3);
		expect(linspace(0, 1).size).toBe(50);
	});

	test("parameter is a scalar for a number and a tensor for anything else", () => {
		expect(parameter(3)).toBeInstanceOf(Scalar);
		expect(parameter([3])).toBeInstanceOf(Tensor);
		expect(parameter([3], { name: "w" }).name).toBe("w");
		const copied = zeros([2]);
		const made = parameter(copied);
		made.assign([1, 2]);
		expect(copied.toArray()).toEqual([0, 0]);
	});
});

describe("random numbers", () => {
	test("come from the generator that was given, and the default one otherwise", () => {
		const first = randn([3], { generator: new Generator(5) });
		const second = randn([3], { generator: new Generator(5) });
		expect(first.toArray()).toEqual(second.toArray());
		seed(1);
		const a = rand([4]).toArray();
		const state = defaultGenerator().state;
		const b = rand([4]).toArray();
		expect(b).not.toEqual(a);
		defaultGenerator().state = JSON.parse(JSON.stringify(state)) as typeof state;
		expect(rand([4]).toArray()).toEqual(b);
		seed(1);
		expect(rand([4]).toArray()).toEqual(a);
	});

	test("lie where they should", () => {
		const uniform = rand([100_000], { generator: new Generator(2) });
		expect(min(uniform).item()).toBeGreaterThanOrEqual(0);
		expect(max(uniform).item()).toBeLessThan(1);
		expect(mean(uniform).item()).toBeCloseTo(0.5, 2);
		const normal = randn([10_000], { generator: new Generator(3) });
		expect(mean(normal).item()).toBeCloseTo(0, 1);
		expect(variance(normal).item()).toBeCloseTo(1, 1);
		expect(Math.max(...rand([10_000], { dtype: "float32", generator: new Generator(4) }).data)).toBeLessThan(1);
	});

	test("are floating", () => {
		expect(rand([2], { dtype: "float32" }).dtype).toBe("float32");
		expect(messageOf(() => rand([2], { dtype: "int32" }))).toContain("not a floating dtype");
	});
});

// ---------------------------------------------------------------- dtypes

/** `numpy.promote_types`, written out. */
const promoted: Readonly<Record<DType, Readonly<Record<DType, DType>>>> = {
	bool: { bool: "bool", int32: "int32", float32: "float32", float64: "float64" },
	int32: { bool: "int32", int32: "int32", float32: "float64", float64: "float64" },
	float32: { bool: "float32", int32: "float64", float32: "float32", float64: "float64" },
	float64: { bool: "float64", int32: "float64", float32: "float64", float64: "float64" },
};

const pairs = dtypes.flatMap((x) => dtypes.map((y) => [x, y, promoted[x][y]] as const));

/** bool counts as int32 in arithmetic. */
const counted = (dtype: DType): DType => (dtype === "bool" ? "int32" : dtype);
const floating = (dtype: DType): DType => (dtype === "float32" ? "float32" : "float64");

describe("dtypes meet as in NumPy", () => {
	test.each(pairs)("%s with %s gives %s", (x, y, expected) => {
		const [a, b] = [ones([2], { dtype: x }), ones([2], { dtype: y })];
		expect(maximum(a, b).dtype).toBe(expected);
		expect(where(tensor([true, false]), a, b).dtype).toBe(expected);
		expect(concat([a, b]).dtype).toBe(expected);
		for (const op of [add, sub, mul]) expect(op(a, b).dtype).toBe(counted(expected));
		expect(matmul(a, b).dtype).toBe(counted(expected));
		expect(div(a, b).dtype).toBe(floating(expected));
		expect(less(a, b).dtype).toBe("bool");
		expect(equal(a, b).dtype).toBe("bool");
	});

	test("JavaScript numbers take the dtype of what they meet, fractions lift integers", () => {
		const table: readonly (readonly [DType, number, DType])[] = [
			["float64", 2, "float64"],
			["float32", 2, "float32"],
			["float32", 0.1, "float32"],
			["int32", 2, "int32"],
			["int32", 0.5, "float64"],
			["bool", 2, "int32"],
			["bool", 0.5, "float64"],
			["int32", Number.NaN, "float64"],
			["int32", Number.POSITIVE_INFINITY, "float64"],
			["int32", 3e9, "float64"],
		];
		for (const [dtype, number, expected] of table) {
			const x = ones([2], { dtype });
			expect([dtype, number, add(x, number).dtype]).toEqual([dtype, number, expected]);
			expect(add(number, x).dtype).toBe(expected);
			expect(where(tensor([true, false]), x, number).dtype).toBe(expected);
			expect(where(tensor([true, false]), number, x).dtype).toBe(expected);
		}
		expect(where(tensor([true, false]), 1, 2).dtype).toBe("int32");
		expect(where(tensor([true, false]), 1, 0.5).dtype).toBe("float64");
	});

	test("a number that does not fit is compared as it is", () => {
		expect(less(tensor([1], { dtype: "int32" }), 3e9).toArray()).toEqual([1]);
		expect(less(tensor([true, false]), 0.5).toArray()).toEqual([0, 1]);
		expect(equal(tensor([1], { dtype: "int32" }), 2 ** 32 + 1).toArray()).toEqual([0]);
	});

	test("functions lift integers to float64 and keep floats", () => {
		for (const dtype of dtypes) {
			const x = ones([2], { dtype });
			for (const f of [exp, sqrt]) expect(f(x).dtype).toBe(floating(dtype));
			for (const f of [neg, abs, square, relu]) expect(f(x).dtype).toBe(counted(dtype));
		}
	});

	test("reductions: sums count bool, means and norms are floating", () => {
		expect(sum(tensor([true, true, false])).item()).toBe(2);
		expect(sum(tensor([true])).dtype).toBe("int32");
		for (const dtype of dtypes) {
			const x = ones([2, 2], { dtype });
			expect(sum(x).dtype).toBe(counted(dtype));
			expect(max(x).dtype).toBe(dtype);
			for (const f of [mean, variance, norm, logSumExp, softmax]) expect(f(x).dtype).toBe(floating(dtype));
		}
	});

	test("means, variances and norms of large integers do not overflow", () => {
		const x = tensor([2_000_000_000, 2_000_000_000], { dtype: "int32" });
		expect(mean(x).item()).toBe(2_000_000_000);
		expect(variance(x).item()).toBe(0);
		expect(norm(tensor([50_000, 0], { dtype: "int32" })).item()).toBe(50_000);
		expect(softmax(tensor([2_147_483_647, -2_147_483_648], { dtype: "int32" })).toArray()).toEqual([1, 0]);
	});

	test("sums of float32 are added up in more digits than they have", () => {
		const x = full([1_000_000], 0.1, { dtype: "float32" });
		expect(sum(x).item()).toBe(Math.fround(Math.fround(0.1) * 1_000_000));
	});

	test("casting truncates towards 0 and asks for bool whether a number is not 0", () => {
		const x = tensor([1.9, -1.9, 0, Number.NaN]);
		expect(cast(x, "int32").toArray()).toEqual([1, -1, 0, 0]);
		expect(cast(x, "bool").toArray()).toEqual([1, 1, 0, 1]);
		expect(cast(x, "float32").dtype).toBe("float32");
		expect(cast(x, "float64")).toBe(x);
		expect(messageOf(() => cast(x, "double" as never))).toContain("unknown dtype");
	});

	test("casting a variable carries the gradient back in its own dtype", () => {
		const x = tensor([1.5, 2.5], { requiresGrad: true });
		const [gx] = gradients(sum(mul(cast(x, "float32"), 3)), [x]);
		expect([gx.dtype, gx.toArray()]).toEqual(["float64", [3, 3]]);
	});

	test("gradients have the dtype of their variable, whatever it met", () => {
		const narrow = tensor([1, 2], { dtype: "float32", requiresGrad: true });
		const wide = tensor([3, 4], { requiresGrad: true });
		for (const createGraph of [false, true]) {
			const [gn, gw] = gradients(sum(mul(narrow, wide)), [narrow, wide], { createGraph });
			expect([gn.dtype, gw.dtype]).toEqual(["float32", "float64"]);
		}
	});
});

// ---------------------------------------------------------------- showing

describe("values show themselves", () => {
	test("as text, as JSON, and as numbers", () => {
		expect(
			String(
				tensor([
					[1, 2.5],
					[3, 4],
				]),
			),
		).toBe("[[1, 2.5], [3, 4]]");
		expect(JSON.stringify({ w: tensor([1, 2]), s: scalar(3) })).toBe('{"w":[1,2],"s":3}');
		expect(String(scalar(2))).toBe("2");
		expect(scalar(2) < scalar(3)).toBe(true);
		expect(Number(tensor([[4]]))).toBe(4);
		expect(messageOf(() => tensor([1, 2]).item())).toContain("not a single number");
	});

	test("long axes leave out the middle", () => {
		expect(String(arange(100))).toBe("[0, 1, 2, ..., 97, 98, 99]");
		expect(String(arange(7))).toBe("[0, 1, 2, 3, 4, 5, 6]");
	});

	test("iteration goes over the first axis", () => {
		const rows = [
			...(tensor([
				[1, 2],
				[3, 4],
			]) as unknown as Iterable<Tensor>),
		];
		expect(rows.map((row) => row.toArray())).toEqual([
			[1, 2],
			[3, 4],
		]);
	});
});
