/**
 * Sums, extremes, products, and what is made of them, against definitions
 * written out, and at the ends of the number range.
 */
import {
	add,
	arange,
	checkGradients,
	Generator,
	gradients,
	logSoftmax,
	logSumExp,
	matmul,
	max,
	mean,
	min,
	norm,
	ones,
	parameter,
	randn,
	softmax,
	sub,
	sum,
	Tensor,
	tensor,
	variance,
	zeros,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { ancestors } from "../../src/core/graph.js";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct, whole } from "./sampling.js";

const infinity = Number.POSITIVE_INFINITY;

// ---------------------------------------------------------------- matmul

/** Σₖ x[i, k] y[k, j], by three loops, on plain nested arrays. */
function product(x: number[][], y: number[][]): number[][] {
	return x.map((row) =>
		(y[0] ?? []).map((_, j) => row.reduce((total, value, k) => total + value * (y[k]?.[j] as number), 0)),
	);
}

/** Names of the operations that `z` was computed by. */
function nodesOf(z: Tensor): string[] {
	return ancestors([z]).flatMap((x) => (x instanceof Tensor && x.op ? [x.op.name] : []));
}

describe("matmul", () => {
	const random = new Generator(4);

	test.each([
		[1, 1, 1],
		[2, 3, 4],
		[5, 1, 7],
		[1, 9, 1],
		[17, 33, 9],
		[3, 0, 2],
		[0, 3, 2],
	])("of [%i, %i] and [.., %i] agrees with three loops, also transposed", (n, k, m) => {
		const [x, y] = [whole([n, k], random), whole([k, m], random)];
		const expected =
			n === 0 || k === 0 ? zeros([n, m]).toArray() : product(x.toArray() as number[][], y.toArray() as number[][]);
		expect(matmul(x, y).add(0).toArray()).toEqual(expected);
		const [xt, yt] = [tensor(x.T), tensor(y.T)];
		expect(matmul(xt.T, y).add(0).toArray()).toEqual(expected);
		expect(matmul(x, yt.T).add(0).toArray()).toEqual(expected);
		expect(matmul(xt.T, yt.T).add(0).toArray()).toEqual(expected);
		expect(matmul(x.cast("float32"), y.cast("float32")).add(0).toArray()).toEqual(expected);
		expect(matmul(x.cast("int32"), y.cast("int32")).toArray()).toEqual(expected);
	});

	test("of vectors is a row on the left, a column on the right, and a number of both", () => {
		const [v, w, m] = [
			tensor([1, 2]),
			tensor([3, 4]),
			tensor([
				[1, 2],
				[3, 4],
			]),
		];
		expect([matmul(v, w).shape, matmul(v, w).item()]).toEqual([[], 11]);
		expect(matmul(v, m).toArray()).toEqual([7, 10]);
		expect(matmul(m, v).toArray()).toEqual([5, 11]);
		expect(matmul(zeros([0]), zeros([0])).item()).toBe(0);
	});

	test("broadcasts the axes before the last two", () => {
		const [x, y] = [whole([3, 1, 2, 4], random), whole([5, 4, 2], random)];
		const z = matmul(x, y);
		expect(z.shape).toEqual([3, 5, 2, 2]);
		for (const [i, j] of [
			[0, 0],
			[2, 4],
			[1, 3],
		] as const) {
			const expected = product(x.slice([i, 0]).toArray() as number[][], y.slice([j]).toArray() as number[][]);
			expect(z.slice([i, j]).toArray()).toEqual(expected);
		}
		expect(matmul(whole([3, 2, 4], random), whole([4], random)).shape).toEqual([3, 2]);
		expect(matmul(whole([4], random), whole([3, 4, 2], random)).shape).toEqual([3, 2]);
	});

	test("of a batch with one matrix is one product of more rows, wherever the batch lies", () => {
		const y = parameter(whole([4, 5], random), { dtype: "float64" });
		const lying = [whole([2, 3, 4], random), whole([3, 2, 4], random).permute([1, 0, 2])] as const;
		for (const x of lying) {
			const z = matmul(x, y);
			const seed = whole([2, 3, 5], random).cast("float64");
			const [gy] = gradients(z, [y], { cotangent: seed });
			const each = [0, 1].map((i) => [x.slice([i]), seed.slice([i])] as const);
			for (const [i, [rows]] of each.entries()) expect(z.slice([i]).toArray()).toEqual(matmul(rows, y).toArray());
			const [first, second] = each.map(([rows, g]) => matmul(rows.T, g)) as [Tensor, Tensor];
			expect(gy.toArray()).toEqual(first.add(second).toArray());
		}
		// The gradient of the matrix is no sum over the batch: the graph does not repeat it.
		expect(nodesOf(matmul(lying[0], y))).not.toContain("broadcastTo");
		expect(matmul(zeros([2, 0, 4]), y).shape).toEqual([2, 0, 5]);
		expect(matmul(zeros([2, 3, 0]), zeros([0, 5])).toArray()).toEqual(zeros([2, 3, 5]).toArray());
	});

	test.each([
		[[2], [2]],
		[[2], [2, 3]],
		[[3, 2], [2]],
		[
			[3, 2],
			[2, 4],
		],
		[
			[2, 3, 2],
			[2, 4],
		],
		[
			[3, 2],
			[2, 2, 4],
		],
		[
			[2, 1, 3, 2],
			[3, 2, 1],
		],
		[[2], [3, 2, 2]],
	])("of %j and %j has right gradients to second order", (left, right) => {
		const report = checkGradients(
			(x: Tensor, y: Tensor) => matmul(x, y),
			[distinct(left, random), distinct(right, random)],
			{
				order: 2,
			},
		);
		expect(verdictOf(report)).toBe("agrees");
	});

	test("keeps float32 and mixes dtypes as in NumPy", () => {
		const [x, y] = [ones([2, 2], { dtype: "float32" }), ones([2, 2], { dtype: "int32" })];
		expect([matmul(x, x).dtype, matmul(x, y).dtype, matmul(y, y).dtype]).toEqual(["float32", "float64", "int32"]);
		const narrow = parameter(x, { dtype: "float32" });
		const [gx] = gradients(sum(matmul(narrow, ones([2, 2]))), [narrow]);
		expect([gx.dtype, gx.toArray()]).toEqual([
			"float32",
			[
				[2, 2],
				[2, 2],
			],
		]);
	});

	test("refuses numbers and inner sizes that differ, showing both shapes", () => {
		expect(messageOf(() => matmul(zeros([2, 3]), zeros([4, 5])))).toMatch(
			/inner sizes differ[\s\S]*x\.shape\[1\] = y\.shape\[0\][\s\S]*3 ≠ 4 +\(x \[2, 3\], y \[4, 5\]\)/,
		);
		expect(messageOf(() => matmul(2, zeros([2])))).toContain("single number");
		expect(messageOf(() => matmul(zeros([2, 2, 3]), zeros([3, 3, 2])))).toContain("do not broadcast");
	});
});

// ---------------------------------------------------------------- sums and means

describe("sum, mean and variance", () => {
	const x = arange(24).reshape([2, 3, 4]);

	test("go over one axis, several or all, and keep axes on request", () => {
		expect(sum(x).item()).toBe(276);
		expect(sum(x, { axis: 0 }).toArray()).toEqual(add(x.slice([0]), x.slice([1])).toArray());
		expect(sum(x, { axis: [0, -1] }).toArray()).toEqual([60, 92, 124]);
		expect(sum(x, { axis: [2, 0], keepDims: true }).shape).toEqual([1, 3, 1]);
		expect(sum(x, { axis: [] }).toArray()).toEqual(x.toArray());
		expect(mean(x, { axis: 1 }).toArray()).toEqual([
			[4, 5, 6, 7],
			[16, 17, 18, 19],
		]);
		expect(sum(zeros([0, 2]), { axis: 0 }).toArray()).toEqual([0, 0]);
		expect(sum(tensor(5)).item()).toBe(5);
		expect(sum(5).item()).toBe(5);
	});

	test("refuse axes that do not exist or are named twice, and means of nothing", () => {
		expect(messageOf(() => sum(x, { axis: 3 }))).toMatch(/sum: axis out of range[\s\S]*-3 to 2/);
		expect(messageOf(() => sum(x, { axis: 0.5 }))).toContain("axis out of range");
		expect(messageOf(() => sum(x, { axis: [0, -3] }))).toContain("named twice");
		expect(messageOf(() => mean(zeros([0])))).toContain("no elements to reduce");
		expect(messageOf(() => variance(zeros([0])))).toContain("no elements to reduce");
	});

	test("variance is right where the mean is large", () => {
		const far = tensor([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
		expect(variance(far).item()).toBe(22.5);
		expect(variance(far, { correction: 1 }).item()).toBe(30);
		expect(variance(add(randn([1000], { generator: new Generator(1) }), 1e12)).item()).toBeCloseTo(1, 0);
		expect(variance(tensor([7])).item()).toBe(0);
		// Their mean, 10000001.33…, is rounded to a whole number.
		const narrow = variance(tensor([1e7, 1e7 + 1, 1e7 + 3], { dtype: "float32" })).item();
		expect(narrow).toBeCloseTo(14 / 9, 6);
	});

	test("of a million numbers lose no more than a few digits", () => {
		const many = randn([1_000_000], { generator: new Generator(8) });
		// Neumaier's compensated sum
		let [total, lost] = [0, 0];
		for (const value of many.data) {
			const next = total + value;
			lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
			total = next;
		}
		expect(Math.abs(sum(many).item() - (total + lost))).toBeLessThan(1e-10);
	});

	test("have right gradients to second order", () => {
		const y = distinct([2, 3], new Generator(2));
		for (const f of [mean, variance, norm, logSumExp, softmax, logSoftmax] as const) {
			for (const options of [{}, { axis: 0 }, { axis: -1 }]) {
				const report = checkGradients((z: Tensor) => f(z, options), [y], { order: 2 });
				expect(report.ok, `${f.name} ${JSON.stringify(options)}\n${String(report)}`).toBe(true);
			}
		}
	});
});

// ---------------------------------------------------------------- extremes

describe("max and min", () => {
	test("go over axes, and NaN wins", () => {
		const x = tensor([
			[1, 5, 2],
			[7, 0, 3],
		]);
		expect(max(x).item()).toBe(7);
		expect(min(x, { axis: 0 }).toArray()).toEqual([1, 0, 2]);
		expect(max(x, { axis: 1, keepDims: true }).toArray()).toEqual([[5], [7]]);
		expect(max(tensor([1, Number.NaN, 3])).item()).toBeNaN();
		expect(min(tensor([Number.NaN, -infinity])).item()).toBeNaN();
		expect(max(tensor([-infinity, -infinity])).item()).toBe(-infinity);
		expect(max(tensor([true, false])).dtype).toBe("bool");
	});

	test("of two values go element by element", () => {
		expect((max(tensor([1, 5]), 3) as Tensor).toArray()).toEqual([3, 5]);
		expect(min(2, 3).item()).toBe(2);
	});

	test("share the gradient among ties, per result", () => {
		const x = parameter([
			[3, 3, 1],
			[2, 2, 2],
		]);
		const [gx] = gradients(max(x, { axis: 1 }), [x], { cotangent: tensor([1, 6]) });
		expect(gx.toArray()).toEqual([
			[0.5, 0.5, 0],
			[2, 2, 2],
		]);
		const [gy] = gradients(min(x), [x]);
		expect(gy.toArray()).toEqual([
			[0, 0, 1],
			[0, 0, 0],
		]);
	});

	test("of nothing are refused", () => {
		expect(messageOf(() => max(zeros([0])))).toContain("max");
		expect(messageOf(() => min(zeros([2, 0]), { axis: 1 }))).toContain("min");
		expect(max(zeros([0, 2]), { axis: 1 }).shape).toEqual([0]);
	});
});

// ---------------------------------------------------------------- exponentials

describe("softmax, logSoftmax and logSumExp", () => {
	test("do not overflow or underflow", () => {
		expect(logSumExp(tensor([1000, 1000])).item()).toBe(1000 + Math.LN2);
		expect(logSumExp(tensor([-1000, -1000])).item()).toBeCloseTo(-1000 + Math.LN2, 10);
		expect(softmax(tensor([1000, 0])).toArray()).toEqual([1, 0]);
		expect(logSoftmax(tensor([1000, 0])).toArray()).toEqual([0, -1000]);
		expect(softmax(tensor([-1e308, 1e308])).toArray()).toEqual([0, 1]);
	});

	test("know the infinities", () => {
		expect(logSumExp(tensor([-infinity, -infinity])).item()).toBe(-infinity);
		expect(logSumExp(tensor([-infinity, 3])).item()).toBe(3);
		expect(logSumExp(tensor([infinity, 3])).item()).toBe(infinity);
		expect(logSumExp(tensor([infinity, -infinity])).item()).toBe(infinity);
		expect(logSumExp(tensor([Number.NaN, 3])).item()).toBeNaN();
		const x = parameter([Number.NaN, 3]);
		expect(gradients(logSumExp(x), [x])[0].toArray()).toEqual([Number.NaN, Number.NaN]);
		expect(softmax(tensor([-infinity, 0, 0])).toArray()).toEqual([0, 0.5, 0.5]);
		expect(logSoftmax(tensor([-infinity, 0])).toArray()).toEqual([-infinity, 0]);
	});

	test("add up to 1 along the last axis, or the one that was named", () => {
		const x = randn([3, 4], { generator: new Generator(3) });
		for (const total of sum(softmax(x), { axis: 1 }).data) expect(total).toBeCloseTo(1, 15);
		for (const total of sum(softmax(x, { axis: 0 }), { axis: 0 }).data) expect(total).toBeCloseTo(1, 15);
		const difference = sub(logSoftmax(x), softmax(x).log());
		for (const value of difference.data) expect(value).toBeCloseTo(0, 14);
	});

	test("do not change when a number is added to all", () => {
		const x = randn([5], { generator: new Generator(6) });
		const moved = softmax(add(x, 500));
		for (const [at, value] of softmax(x).data.entries()) expect(moved.data[at]).toBeCloseTo(value, 12);
	});

	test("keep float32", () => {
		const x = tensor([1, 2], { dtype: "float32" });
		expect([logSumExp(x).dtype, softmax(x).dtype, logSoftmax(x).dtype, norm(x).dtype]).toEqual(
			Array(4).fill("float32"),
		);
	});

	test("of numbers that are no tensors", () => {
		expect(logSumExp(3).item()).toBe(3);
		expect(norm(-3).item()).toBe(3);
	});
});

describe("norm", () => {
	test("is the length, 0 at 0, also along an axis", () => {
		expect(norm(tensor([3, 4])).item()).toBe(5);
		expect(norm(zeros([3])).item()).toBe(0);
		expect(
			norm(
				tensor([
					[3, 4],
					[0, 0],
				]),
				{ axis: 1 },
			).toArray(),
		).toEqual([5, 0]);
		expect(norm(zeros([0])).item()).toBe(0);
	});
});
