/**
 * Products, counts, spreads and norms against definitions written out, and at
 * the ends of the number range.
 */
import {
	all,
	any,
	cast,
	checkGradients,
	countNonzero,
	Generator,
	grad,
	gradients,
	jvp,
	logCumSumExp,
	logSumExp,
	mul,
	type NormOptions,
	norm,
	ones,
	parameter,
	prod,
	randn,
	std,
	sub,
	sum,
	type Tensor,
	tensor,
	variance,
	vmap,
	where,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct, numbers, whole } from "./sampling.js";

const infinity = Number.POSITIVE_INFINITY;
const random = new Generator(23);

/** The elements of `x` as rows over `axes`, one row per result. */
function rowsOver(x: Tensor, axes: readonly number[]): number[][] {
	const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
	const size = kept.reduce((product, axis) => product * (x.shape[axis] as number), 1);
	const all = numbers(x.permute([...kept, ...axes]));
	const length = all.length / size;
	return Array.from({ length: size }, (_, row) => all.slice(row * length, (row + 1) * length));
}

const reductions: readonly [
	string,
	(x: Tensor, options: { axis: number[]; keepDims?: boolean }) => Tensor,
	(row: number[]) => number,
][] = [
	["prod", prod, (row) => row.reduce((a, b) => a * b, 1)],
	["countNonzero", countNonzero, (row) => row.filter((x) => x !== 0).length],
	["any", any, (row) => Number(row.some((x) => x !== 0))],
	["all", all, (row) => Number(row.every((x) => x !== 0))],
];

describe.each(reductions)("%s", (name, f, row) => {
	test("agrees with its definition over any axes of any shape, of views, and in every dtype", () => {
		const shapes = fc.array(fc.constantFrom(1, 2, 3, 5), { maxLength: 3 });
		const dtypes = fc.constantFrom("float64", "float32", "int32", "bool");
		fc.assert(
			fc.property(shapes, fc.nat(7), dtypes, fc.boolean(), (shape, mask, dtype, turned) => {
				const axes = [...shape.keys()].filter((axis) => (mask >> axis) & 1);
				const x = turned
					? cast(whole([...shape].reverse(), random), dtype).transpose()
					: cast(whole(shape, random), dtype);
				const z = f(x, { axis: axes });
				expect(numbers(z).map((value) => value + 0)).toEqual(rowsOver(x, axes).map((part) => row(part) + 0));
				const kept = f(x, { axis: axes.map((axis) => axis - shape.length), keepDims: true });
				expect(kept.shape).toEqual(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
			}),
			{ seed: 6, numRuns: 60 },
		);
	});

	test("answers for nothing, for a single number, and under vmap", () => {
		const none = { prod: 1, countNonzero: 0, any: 0, all: 1 }[name];
		expect(f(zeros([0, 2]), { axis: [0] }).toArray()).toEqual([none, none]);
		expect(f(zeros([2, 0]), { axis: [0] }).shape).toEqual([0]);
		expect(f(tensor(2), { axis: [] }).item()).toBe(name === "prod" ? 2 : 1);
		const x = whole([3, 4], random);
		expect(vmap((one: Tensor) => f(one, { axis: [0] }))(x).toArray()).toEqual(f(x, { axis: [1] }).toArray());
	});
});

describe("prod", () => {
	test("keeps integers, counts bool, and carries float32 in float64", () => {
		expect([prod(tensor([2, 3], { dtype: "int32" })).dtype, prod(tensor([true])).dtype]).toEqual(["int32", "int32"]);
		expect(prod(tensor([1e30, 1e30, 1e-30, 1e-30], { dtype: "float32" })).item()).toBeCloseTo(1, 6);
		expect(prod(tensor([2, Number.NaN])).item()).toBeNaN();
	});

	test("has right gradients over axes to second order, with zeros among the elements", () => {
		const x = tensor([
			[2, 0, 3],
			[0, 5, 0],
		]);
		for (const options of [{}, { axis: 0 }, { axis: [1], keepDims: true }, { axis: [0, 1] }]) {
			const report = checkGradients((y: Tensor) => prod(y, options), [x], { order: 3 });
			expect(verdictOf(report)).toBe("agrees");
		}
		const empty = parameter(zeros([0, 2]));
		expect(gradients(sum(prod(empty, { axis: 0 })), [empty])[0].shape).toEqual([0, 2]);
	});

	test("of what overflows stays out of the branch that was not taken", () => {
		const x = parameter([1e200, 1e200, 0]);
		expect(gradients(where(tensor(false), prod(x), 1), [x])[0].toArray()).toEqual([0, 0, 0]);
	});
});

describe("any, all and countNonzero", () => {
	test("take NaN for true, give bool and int32, and have no gradient", () => {
		expect([
			any(tensor([Number.NaN])).item(),
			all(tensor([Number.NaN, 0])).item(),
			countNonzero(tensor([Number.NaN, -0])).item(),
		]).toEqual([1, 0, 1]);
		expect([any(ones([2])).dtype, all(ones([2])).dtype, countNonzero(ones([2])).dtype]).toEqual([
			"bool",
			"bool",
			"int32",
		]);
		const x = parameter([1, 2]);
		expect([any(x), all(x), countNonzero(x)].map((z) => z.requiresGrad)).toEqual([false, false, false]);
		expect(any(3).item()).toBe(1);
	});
});

describe("std", () => {
	test("is the root of the variance, with its correction", () => {
		const x = tensor([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
		expect(std(x).item()).toBe(Math.sqrt(22.5));
		expect(std(x, { correction: 1 }).item()).toBe(Math.sqrt(30));
		expect(std(tensor([[1, 3]]), { axis: 1, keepDims: true }).toArray()).toEqual([[1]]);
		expect(std(tensor([5]), { correction: 1 }).item()).toBeNaN();
		expect(variance(tensor([1, 3]), { correction: 3 }).item()).toBe(infinity);
		expect(messageOf(() => std(zeros([0])))).toContain("no elements to reduce");
	});

	test("has gradient 0 where all elements are equal, and right ones elsewhere to second order", () => {
		const x = parameter([
			[2, 2, 2],
			[1, 2, 6],
		]);
		const [gx] = gradients(sum(std(x, { axis: 1 })), [x]);
		expect((gx.toArray() as number[][])[0]).toEqual([0, 0, 0]);
		for (const options of [{}, { axis: 0, correction: 1 }, { axis: -1 }]) {
			const report = checkGradients((y: Tensor) => std(y, options), [distinct([3, 4], random)], { order: 2 });
			expect(verdictOf(report)).toBe("agrees");
		}
	});
});

describe("norm of any order", () => {
	const x = tensor([3, 0, -4, 1]);

	test.each([
		[2, Math.sqrt(26)],
		[1, 8],
		[0, 3],
		[infinity, 4],
		[-infinity, 0],
		[3, (27 + 64 + 1) ** (1 / 3)],
		[0.5, (Math.sqrt(3) + 2 + 1) ** 2],
		[-1, 0],
	])("%d of (3, 0, -4, 1) is %d", (order, expected) => {
		expect(norm(x, { order }).item()).toBeCloseTo(expected, 13);
		expect(norm(mul(x, -2), { order }).item()).toBeCloseTo(order === 0 ? 3 : 2 * expected, 13);
	});

	test.each([-infinity, -2, -1, 0, 0.5, 1, 1.5, 2, 3, 4, infinity])(
		"%d has right gradients to second order, over axes, away from 0",
		(order) => {
			const y = distinct([2, 3], random).add(0.25);
			for (const options of [{}, { axis: 0 }, { axis: [0, -1], keepDims: true }] as NormOptions[]) {
				const report = checkGradients((z: Tensor) => norm(z, { ...options, order }), [y], { order: 2 });
				expect(verdictOf(report)).toBe("agrees");
			}
		},
	);

	test.each([-infinity, -1, 0, 0.5, 1, 1.5, 2, 3, infinity])("%d has gradient 0 at 0", (order) => {
		const zero = parameter(zeros([2, 2]));
		expect(numbers(gradients(sum(norm(zero, { order, axis: 1 })), [zero])[0])).toEqual([0, 0, 0, 0]);
		expect(norm(zero, { order }).item()).toBe(0);
	});

	test("keeps the derivatives of single zeros: none for p ≤ 1, that of the square for 2", () => {
		const y = parameter([3, 0]);
		for (const order of [0.5, 1, 2, 3])
			expect(gradients(norm(y, { order }), [y])[0].toArray()).toEqual([expect.closeTo(1, 15), 0]);
		const report = checkGradients((z: Tensor) => norm(z), [tensor([3, 0])], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
		expect(
			verdictOf(checkGradients((z: Tensor) => norm(mul(z, 1e-200)).mul(1e200), [tensor([3, 0])], { order: 2 })),
		).toBe("agrees");
	});

	test("neither overflows nor vanishes where the result does not", () => {
		expect(norm(tensor([3e200, 4e200])).item() / 1e200).toBeCloseTo(5, 14);
		const far = 2 ** 600; // scaling by powers of 2 rounds nothing
		expect(norm(tensor([0.1 * far, 0.3 * far])).item()).toBe(norm(tensor([0.1, 0.3])).item() * far);
		expect(norm(tensor([3e-200, 4e-200])).item() / 1e-200).toBeCloseTo(5, 14);
		expect(norm(tensor([3e30, 4e30], { dtype: "float32" })).item()).toBe(Math.fround(5e30));
		expect(norm(tensor([1e200, 1e200]), { order: 3 }).item() / 1e200).toBeCloseTo(2 ** (1 / 3), 14);
		expect(norm(tensor([2e-200, 2e-200]), { order: -2 }).item() / 1e-200).toBeCloseTo(Math.SQRT2, 14);
		expect(grad((z: Tensor) => norm(z))(tensor([3e-200, 4e-200])).toArray()).toEqual([
			expect.closeTo(0.6, 14),
			expect.closeTo(0.8, 14),
		]);
		const rows = tensor([
			[3 * far, 4 * far],
			[0.1, 0.3],
			[0, 0],
		]);
		expect(norm(rows, { axis: 1 }).toArray()).toEqual([5 * far, norm(tensor([0.1, 0.3])).item(), 0]);
	});

	test("knows infinities and NaN", () => {
		for (const order of [1, 2, 3, infinity]) expect(norm(tensor([infinity, 1]), { order }).item()).toBe(infinity);
		expect(norm(tensor([infinity, infinity]), { order: -1 }).item()).toBe(infinity);
		for (const order of [0, 1, 2, 3, infinity]) expect(norm(tensor([Number.NaN, 1]), { order }).item()).toBeNaN();
	});

	test("of nothing is 0, of a number its size, and of integers a fraction", () => {
		for (const order of [0, 0.5, 1, 2, 3]) expect(norm(zeros([0]), { order }).item()).toBe(0);
		for (const order of [1, 2, 3, infinity, -infinity, -1]) expect(norm(-3, { order }).item()).toBe(3);
		expect(norm(tensor([1, 1], { dtype: "int32" })).item()).toBe(Math.SQRT2);
		expect(norm(tensor([1, 1], { dtype: "float32" }), { order: 3 }).dtype).toBe("float32");
		expect(messageOf(() => norm(zeros([0]), { order: infinity }))).toContain("max: no elements");
		expect(messageOf(() => norm(x, { order: Number.NaN }))).toContain("norm: not an order");
	});

	test("works under vmap as example by example, at 0, too", () => {
		const batch = tensor([
			[3, 4],
			[0, 0],
		]);
		expect(vmap((y: Tensor) => norm(y))(batch).toArray()).toEqual([5, 0]);
		expect(vmap(grad((y: Tensor) => norm(y)))(batch).toArray()).toEqual([
			[expect.closeTo(0.6, 14), expect.closeTo(0.8, 14)],
			[0, 0],
		]);
	});
});

describe("logSumExp where it is infinite", () => {
	test("has gradient 0 beside infinities, in both modes", () => {
		for (const row of [
			[infinity, 3],
			[infinity, -infinity],
			[-infinity, -infinity],
		]) {
			const x = parameter(row);
			expect(gradients(logSumExp(x), [x])[0].toArray()).toEqual([0, 0]);
			expect(jvp((y: Tensor) => logSumExp(y), [tensor(row)], [ones([2])])[1].item()).toBe(0);
			expect(numbers(jvp((y: Tensor) => logCumSumExp(y), [tensor(row)], [ones([2])])[1] as Tensor)).toEqual([0, 0]);
		}
	});

	test("is -∞ with gradient 0, beside rows that have their softmax", () => {
		const x = parameter([
			[-infinity, -infinity],
			[0, -infinity],
		]);
		const z = logSumExp(x, { axis: 1 });
		expect(z.toArray()).toEqual([-infinity, 0]);
		expect(gradients(sum(z), [x])[0].toArray()).toEqual([
			[0, 0],
			[1, 0],
		]);
		expect(logSumExp(zeros([0])).item()).toBe(-infinity);
		expect(logSumExp(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([-infinity, -infinity]);
		const far = randn([5], { generator: new Generator(2) });
		expect(Math.abs(sub(logSumExp(far.add(700)), logSumExp(far)).item() - 700)).toBeLessThan(1e-12);
	});
});
