/**
 * Running along an axis, against definitions written out; gradients at zeros,
 * ties and infinities, where a quotient or a mask would fail.
 */
import {
	argCumMax,
	argCumMin,
	cast,
	checkGradients,
	cumMax,
	cumMin,
	cumProd,
	cumSum,
	Generator,
	grad,
	gradients,
	hessian,
	logCumSumExp,
	logSumExp,
	mul,
	parameter,
	prod,
	randn,
	recurrence,
	slice,
	sum,
	type Tensor,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/core/shape.js";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct, numbers, whole } from "./sampling.js";

const infinity = Number.POSITIVE_INFINITY;
const random = new Generator(31);

/** Every row of `x` along `axis` put through `f`, by indexing alone. */
function alongRows(x: Tensor, axis: number, f: (row: number[]) => number[]): number[] {
	const inner = sizeOf(x.shape.slice(axis + 1));
	const count = x.shape[axis] as number;
	const elements = numbers(x);
	const z = new Array<number>(elements.length);
	for (let at = 0; at < elements.length; at++) {
		const place = Math.floor(at / inner) % count;
		const first = at - place * inner;
		const row = Array.from({ length: count }, (_, i) => elements[first + i * inner] as number);
		z[at] = f(row)[place] as number;
	}
	return z;
}

const prefixes = (row: number[]): number[][] => row.map((_, at) => row.slice(0, at + 1));
const total = (row: number[]): number => row.reduce((a, b) => a + b, 0);
const product = (row: number[]): number => row.reduce((a, b) => a * b, 1);

const definitions: readonly [
	name: string,
	f: (x: Tensor, options?: { axis?: number }) => Tensor,
	row: (row: number[]) => number[],
][] = [
	["cumSum", cumSum, (row) => prefixes(row).map(total)],
	["cumProd", cumProd, (row) => prefixes(row).map(product)],
	["cumMax", cumMax, (row) => prefixes(row).map((part) => Math.max(...part))],
	["cumMin", cumMin, (row) => prefixes(row).map((part) => Math.min(...part))],
	["argCumMax", argCumMax, (row) => prefixes(row).map((part) => part.lastIndexOf(Math.max(...part)))],
	["argCumMin", argCumMin, (row) => prefixes(row).map((part) => part.lastIndexOf(Math.min(...part)))],
];

describe.each(definitions)("%s", (_, f, row) => {
	test("agrees with its definition along every axis of every shape, also of views and in other dtypes", () => {
		const shapes = fc.array(fc.constantFrom(0, 1, 2, 3, 9), { minLength: 1, maxLength: 3 });
		fc.assert(
			fc.property(shapes, fc.nat(2), fc.constantFrom("float64", "float32", "int32"), (shape, pick, dtype) => {
				const axis = pick % shape.length;
				const x = cast(whole(shape, random), dtype);
				const view = cast(whole([...shape].reverse(), random), dtype).transpose();
				for (const seen of [x, view]) {
					const z = f(seen, { axis });
					expect(z.shape).toEqual(shape);
					expect(z.add(0).toArray()).toEqual(
						tensor(alongRows(seen, axis, row), { shape })
							.add(0)
							.toArray(),
					);
					expect(f(seen, { axis: axis - shape.length }).toArray()).toEqual(z.toArray());
				}
			}),
			{ seed: 1, numRuns: 60 },
		);
	});

	test("runs over all elements in row-major order without an axis, and takes a single number", () => {
		const x = whole([2, 3], random);
		expect(f(x).toArray()).toEqual(f(x.reshape([6]), { axis: 0 }).toArray());
		expect(f(tensor(3)).shape).toEqual([1]);
		expect(f(tensor(3), { axis: -1 }).shape).toEqual([]);
		expect(messageOf(() => f(x, { axis: 2 }))).toContain("axis out of range");
	});

	test("works under vmap as example by example", () => {
		const x = whole([3, 2, 4], random);
		expect(vmap((one: Tensor) => f(one, { axis: -1 }))(x).toArray()).toEqual(f(x, { axis: 2 }).toArray());
	});
});

const differentiable: readonly [string, (x: Tensor, options: { axis: number }) => Tensor][] = [
	["cumSum", cumSum],
	["cumProd", cumProd],
	["cumMax", cumMax],
	["cumMin", cumMin],
	["logCumSumExp", logCumSumExp],
];

test.each(differentiable)("%s has right gradients to second order", (_, f) => {
	for (const [shape, axis] of [
		[[5], 0],
		[[2, 3], 0],
		[[2, 3], -1],
		[[2, 2, 9], 1],
	] as const) {
		const report = checkGradients((x: Tensor) => f(x, { axis }), [distinct(shape, random)], {
			order: 2,
			directions: 2,
		});
		expect(verdictOf(report)).toBe("agrees");
	}
	const empty = parameter(zeros([0, 2]));
	expect(gradients(sum(f(empty, { axis: 0 })), [empty])[0].shape).toEqual([0, 2]);
});

describe("cumSum", () => {
	test("carries float32 in float64, counts bool, and runs backward on request", () => {
		const many = tensor(new Float32Array(100_000).fill(0.1));
		expect(numbers(cumSum(many)).at(-1)).toBe(Math.fround(100_000 * Math.fround(0.1)));
		expect(cumSum(tensor([true, true, false])).toArray()).toEqual([1, 2, 2]);
		expect(cumSum(tensor([1, 2, 3]), { reverse: true }).toArray()).toEqual([6, 5, 3]);
		expect(cumSum(tensor([1, Number.NaN, 3])).toArray()).toEqual([1, Number.NaN, Number.NaN]);
	});

	test("has the reversed sum as its transpose", () => {
		const x = parameter([1, 2, 3]);
		const [gx] = gradients(cumSum(x), [x], { cotangent: tensor([1, 10, 100]) });
		expect(gx.toArray()).toEqual([111, 110, 100]);
	});
});

describe("recurrence", () => {
	test("is z = a z + b, forward and backward, with operands that broadcast", () => {
		expect(recurrence(tensor([9, 2, 3]), tensor([1, 1, 1])).toArray()).toEqual([1, 3, 10]);
		expect(recurrence(tensor([2, 3, 9]), tensor([1, 1, 1]), { reverse: true }).toArray()).toEqual([9, 4, 1]);
		expect(recurrence(tensor([[2], [3]]), tensor([1, 0]), { axis: 1 }).toArray()).toEqual([
			[1, 2],
			[1, 3],
		]);
		expect(recurrence(0.5, tensor([1, 2], { dtype: "float32" })).dtype).toBe("float32");
		expect(recurrence(tensor(0.5), tensor(3), { axis: 0 }).item()).toBe(3);
		expect(recurrence(0.5, zeros([0])).shape).toEqual([0]);
	});

	test("has right gradients in both operands to second order", () => {
		for (const reverse of [false, true]) {
			const report = checkGradients(
				(a: Tensor, b: Tensor) => recurrence(a, b, { axis: 1, reverse }),
				[distinct([2, 1], random), distinct([2, 4], random)],
				{ order: 2 },
			);
			expect(verdictOf(report)).toBe("agrees");
		}
	});
});

describe("cumProd and prod", () => {
	/** ∂ Π / ∂xᵢ, the product of the others, and ∂² Π / ∂xᵢ ∂xⱼ. */
	const without = (row: number[], ...left: number[]): number => product(row.filter((_, at) => !left.includes(at)));

	test.each([[[2, 3, 4]], [[2, 0, 4]], [[0, 3, 0]], [[0, 0, 0]], [[0, 5, 0, 0]]])(
		"of %j have right first and second derivatives, zeros or not",
		(row) => {
			const x = tensor(row);
			expect(grad((y: Tensor) => prod(y))(x).toArray()).toEqual(row.map((_, i) => without(row, i)));
			const second = hessian((y: Tensor) => prod(y))(x) as Tensor;
			expect(second.toArray()).toEqual(row.map((_, i) => row.map((_, j) => (i === j ? 0 : without(row, i, j)))));
			expect(grad((y: Tensor) => sum(cumProd(y)))(x).toArray()).toEqual(
				row.map((_, i) => total(row.map((_, end) => (end < i ? 0 : without(row.slice(0, end + 1), i))))),
			);
			const report = checkGradients((y: Tensor) => cumProd(y), [x], { order: 2 });
			expect(verdictOf(report)).toBe("agrees");
		},
	);

	test("of products that overflow do not reach what does not depend on them", () => {
		const x = parameter([2, 1e300, 1e300]);
		const [gx] = gradients(sum(slice(cumProd(x), [[0, 1]])), [x]);
		expect(gx.toArray()).toEqual([1, 0, 0]);
	});
});

describe("cumMax and cumMin", () => {
	test("give the gradient to the latest of equal elements, and NaN from NaN on", () => {
		const x = parameter([1, 1, 0, 2]);
		expect(gradients(cumMax(x), [x], { cotangent: tensor([1, 10, 100, 1000]) })[0].toArray()).toEqual([
			1, 110, 0, 1000,
		]);
		expect(cumMax(tensor([1, Number.NaN, 3])).toArray()).toEqual([1, Number.NaN, Number.NaN]);
		expect(argCumMin(tensor([1, Number.NaN, 3, Number.NaN])).toArray()).toEqual([0, 1, 1, 3]);
		expect(cumMin(tensor([infinity, -infinity])).toArray()).toEqual([infinity, -infinity]);
		expect(argCumMax(tensor([-infinity, -infinity])).toArray()).toEqual([0, 1]);
		expect(argCumMax(x).dtype).toBe("int32");
	});
});

describe("logCumSumExp", () => {
	test("agrees with logSumExp of every beginning", () => {
		const x = randn([2, 12], { generator: new Generator(5) }).mul(30);
		const z = logCumSumExp(x, { axis: 1 });
		for (let end = 1; end <= 12; end++) {
			const expected = numbers(logSumExp(slice(x, [null, [0, end]]), { axis: 1 }));
			for (const [at, value] of numbers(slice(z, [null, end - 1])).entries())
				expect(value).toBeCloseTo(expected[at] as number, 12);
		}
	});

	test("neither overflows nor underflows, and knows the infinities", () => {
		expect(logCumSumExp(tensor([1000, 1000])).toArray()).toEqual([1000, 1000 + Math.LN2]);
		expect(logCumSumExp(tensor([-1000, 1000, 0])).toArray()).toEqual([-1000, 1000, 1000]);
		expect(logCumSumExp(tensor([-infinity, -infinity, 3, -infinity])).toArray()).toEqual([-infinity, -infinity, 3, 3]);
		expect(logCumSumExp(tensor([-infinity, -800, infinity, 3])).toArray()).toEqual([
			-infinity,
			-800,
			infinity,
			infinity,
		]);
		expect(logCumSumExp(tensor([0, Number.NaN, 0])).toArray()).toEqual([0, Number.NaN, Number.NaN]);
		expect(logCumSumExp(tensor([1, 2], { dtype: "float32" })).dtype).toBe("float32");
		expect(logCumSumExp(tensor([1, 2], { dtype: "int32" })).dtype).toBe("float64");
	});

	test("has gradient 0 at -∞, and the shares of softmax elsewhere", () => {
		const x = parameter([-infinity, -infinity, 0, 0]);
		expect(gradients(sum(mul(logCumSumExp(x), tensor([0, 0, 0, 1]))), [x])[0].toArray()).toEqual([0, 0, 0.5, 0.5]);
		expect(gradients(logCumSumExp(x), [x], { cotangent: tensor([1, 1, 0, 0]) })[0].toArray()).toEqual([0, 0, 0, 0]);
	});
});
