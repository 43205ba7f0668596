/** Softmax and its logarithm: their rows, wherever they lie, and the pull that is one loop where nobody records it. */
import {
	Generator,
	gradients,
	jvp,
	logSoftmax,
	mul,
	parameter,
	permute,
	randn,
	slice,
	softmax,
	sub,
	sum,
	type Tensor,
	tensor,
	transpose,
	zeros,
} from "chainrule";
import { describe, expect, test } from "vitest";

const infinity = Number.POSITIVE_INFINITY;

/** exp(u) / Σ exp(u) along an axis, element by element. */
function shares(x: Tensor, axis: number): number[] {
	const last = permute(x.detach(), [...x.shape.keys()].filter((at) => at !== axis).concat(axis));
	const width = x.shape[axis] as number;
	const rows = [...last.data];
	const values = rows.map((u, at) => {
		const row = rows.slice(at - (at % width), at - (at % width) + width);
		const largest = Math.max(...row);
		return Math.exp(u - largest) / row.reduce((total, v) => total + Math.exp(v - largest), 0);
	});
	const order = last.shape.map((_, at) => (at === axis ? last.rank - 1 : at < axis ? at : at - 1));
	return [...permute(tensor(values, { shape: last.shape }), order).data];
}

const largest = (x: ArrayLike<number>): number => Math.max(...Array.from(x, Math.abs));
const apart = (x: Tensor, y: Tensor): number => largest(sub(x, y).data);

describe.each(["float64", "float32"] as const)("%s", (dtype) => {
	const close = dtype === "float64" ? 1e-14 : 1e-6;
	const normal = (shape: readonly number[], seed: number): Tensor =>
		randn(shape, { dtype, generator: new Generator(seed) });

	// Small ones are computed one by one, large ones in vectors.
	test.each([
		["small", [3, 4, 5]],
		["large", [12, 20, 15]],
	] as const)(
		"%s ones have the shares of their exponentials, along any axis and in any order of memory",
		(_, shape) => {
			const x = mul(normal(shape, 1), 5);
			for (const view of [x, transpose(x), slice(x, [null, [null, null, -1], [1, null, 2]])]) {
				for (const axis of [0, 1, 2]) {
					const expected = shares(view, axis);
					const z = softmax(view, { axis });
					expect(largest(z.data.map((share, at) => share - (expected[at] as number)))).toBeLessThan(close);
					const l = logSoftmax(view, { axis }).data;
					expect(largest(l.map((u, at) => (u - Math.log(expected[at] as number)) / (1 + Math.abs(u))))).toBeLessThan(
						close,
					);
				}
			}
		},
	);

	test.each([softmax, logSoftmax])("$name has one gradient, recorded or not, and its tangent agrees with it", (f) => {
		for (const axis of [0, 1, 2]) {
			const x = parameter(normal([6, 15, 20], 2).data, { shape: [6, 15, 20], dtype });
			const [weights, direction] = [normal(x.shape, 3), normal(x.shape, 4)];
			const loss = sum(mul(f(x, { axis }), weights));
			const [plain] = gradients(loss, [x]);
			const [recorded] = gradients(loss, [x], { createGraph: true });
			expect(apart(plain, recorded)).toBeLessThan(20 * close);
			const [, tangent] = jvp((u: Tensor) => f(u, { axis }), [x.detach()], [direction]);
			const [forward, backward] = [sum(mul(tangent, weights)).item(), sum(mul(plain, direction)).item()];
			expect(Math.abs(forward - backward)).toBeLessThan(1000 * close);
		}
	});
});

test("rows of 100,000 are added up pairwise", () => {
	const z = softmax(randn([100_000], { generator: new Generator(5) }));
	expect(Math.abs([...z.data].reduce((total, share) => total + share, 0) - 1)).toBeLessThan(1e-12);
	const flat = parameter(new Float64Array(100_000));
	const [g] = gradients(sum(mul(softmax(flat), tensor(new Float64Array(100_000).fill(3)))), [flat]);
	expect(largest(g.data)).toBeLessThan(1e-18);
});

test("rows without shares are NaN, and a cotangent of 0 keeps them out of the gradient", () => {
	const rows = [
		[-infinity, -infinity],
		[infinity, 0],
		[Number.NaN, 0],
	];
	expect(softmax(tensor(rows)).toArray()).toEqual([
		[Number.NaN, Number.NaN],
		[Number.NaN, 0],
		[Number.NaN, Number.NaN],
	]);
	for (const createGraph of [false, true]) {
		const x = parameter([...rows.flat(), 1, 2], { shape: [4, 2] });
		const seed = tensor([0, 0, 0, 0, 0, 0, 1, 0], { shape: [4, 2] });
		const [g] = gradients(softmax(x), [x], { cotangent: seed, createGraph });
		expect([...g.data].slice(0, 6).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
		expect(g.data[6]).toBeCloseTo(0.2689414213699951 * 0.7310585786300049, 15);
		const [l] = gradients(logSoftmax(x), [x], { cotangent: seed, createGraph });
		expect([...l.data].slice(0, 6).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
	}
});

test("in vectors, too, rows without shares are NaN and a cotangent of 0 annihilates", () => {
	const width = 512;
	const rows = [
		[-infinity, -infinity],
		[infinity, 0],
		[Number.NaN, 0],
		[100, 100.5],
		[-infinity, 3],
	];
	const data = rows.flatMap((row) => Array.from({ length: width }, (_, at) => row[at === 300 ? 1 : 0] as number));
	const x = parameter(Float32Array.from(data), { shape: [rows.length, width] });
	const z = softmax(x);
	const share = Math.exp(0.5) / (Math.exp(0.5) + width - 1);
	const expected = [
		[Number.NaN, Number.NaN],
		[Number.NaN, 0],
		[Number.NaN, Number.NaN],
		[share * Math.exp(-0.5), share],
		[0, 1],
	];
	for (const [row, [others, one]] of expected.entries()) {
		for (const at of [0, 299, 300, 301, width - 1]) {
			const [value, wanted] = [z.data[row * width + at], at === 300 ? one : others] as [number, number];
			expect(Object.is(value, wanted) || Math.abs(value - wanted) < 5e-8).toBe(true);
		}
	}
	const seed = new Float32Array(data.length);
	seed[3 * width + 300] = 1;
	const [g] = gradients(z, [x], { cotangent: tensor(seed, { shape: x.shape }) });
	expect(new Set(g.data.subarray(0, 3 * width).map(Math.abs))).toEqual(new Set([0]));
	expect(g.data[3 * width + 300]).toBeCloseTo(share * (1 - share), 8);
	expect(g.data[3 * width + 299]).toBeCloseTo(-share * share * Math.exp(-0.5), 8);
});

test("nothing has no shares", () => {
	for (const shape of [[0], [0, 2], [2, 0]]) {
		expect(softmax(zeros(shape)).shape).toEqual(shape);
		expect(logSoftmax(zeros(shape)).shape).toEqual(shape);
	}
});
