/**
 * How parameters start: variances within statistical bounds for fixed seeds,
 * fans, and orthogonality.
 */
import { add, eye, Generator, matmul, ones, randn, type Tensor, transpose, zeros } from "chainrule";
import { Conv2d, ConvTranspose2d, type Initializer, init, Linear, LSTMCell } from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const draw = (initializer: Initializer, shape: readonly number[], seed: number | string = 1): Tensor =>
	initializer(shape, { generator: new Generator(seed) });

/** Mean, variance and range of all elements. */
function moments(x: Tensor): { mean: number; variance: number; low: number; high: number; count: number } {
	const { data } = x;
	let [mean, variance, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const element of data) {
		mean += element / data.length;
		low = Math.min(low, element);
		high = Math.max(high, element);
	}
	for (const element of data) variance += (element - mean) ** 2 / data.length;
	return { mean, variance, low, high, count: data.length };
}

// [inputs, outputs] and a kernel, and for each initializer the variance that its paper asks for.
const shapes = [
	[60, 90],
	[8, 12, 5, 3],
	[16, 6, 40],
] as const;
type Rule = readonly [
	name: string,
	initializer: Initializer,
	variance: (fanIn: number, fanOut: number) => number,
	form: "uniform" | "normal",
];
const rules: readonly Rule[] = [
	["fanInUniform", init.fanInUniform(), (n) => 1 / (3 * n), "uniform"],
	["xavierUniform", init.xavierUniform(), (n, m) => 2 / (n + m), "uniform"],
	["xavierUniform with a gain", init.xavierUniform(5 / 3), (n, m) => (25 / 9) * (2 / (n + m)), "uniform"],
	["xavierNormal", init.xavierNormal(), (n, m) => 2 / (n + m), "normal"],
	["heUniform", init.heUniform(), (n) => 2 / n, "uniform"],
	["heUniform of the gradients", init.heUniform({ mode: "fanOut" }), (_, m) => 2 / m, "uniform"],
	["heNormal", init.heNormal(), (n) => 2 / n, "normal"],
	["heNormal for a leaky rectifier", init.heNormal({ slope: 0.5 }), (n) => 2 / (1.25 * n), "normal"],
	["lecunUniform", init.lecunUniform(), (n) => 1 / n, "uniform"],
	["lecunNormal", init.lecunNormal(), (n) => 1 / n, "normal"],
	["uniform", init.uniform(-2, 2), () => 16 / 12, "uniform"],
	["normal", init.normal(0, 0.01), () => 1e-4, "normal"],
];

describe("the variance of", () => {
	it.each(rules)("%s is that of its formula, around 0", (_, initializer, variance, form) => {
		for (const shape of shapes) {
			const kernel = shape.slice(2).reduce((product: number, size) => product * size, 1);
			const expected = variance(shape[1] * kernel, shape[0] * kernel);
			const found = moments(draw(initializer, shape));
			// The standard deviation of a mean and of a variance of n numbers; 4 of them are never passed by chance.
			const kurtosis = form === "uniform" ? 9 / 5 : 3;
			expect(Math.abs(found.mean)).toBeLessThan(4 * Math.sqrt(expected / found.count));
			expect(Math.abs(found.variance / expected - 1)).toBeLessThan(4 * Math.sqrt((kurtosis - 1) / found.count));
			const [least, most] = form === "uniform" ? [0.99, 1] : [1.3, 4];
			const reach = [-found.low, found.high].map((end) => end / Math.sqrt(3 * expected));
			expect(Math.min(...reach)).toBeGreaterThan(least);
			expect(Math.max(...reach)).toBeLessThanOrEqual(most);
		}
	});

	it("a truncated normal distribution is 0.7737 of the whole between two standard deviations", () => {
		const found = moments(draw(init.truncatedNormal(3, 0.02), [400, 400]));
		expect(found.low).toBeGreaterThanOrEqual(2.96);
		expect(found.high).toBeLessThanOrEqual(3.04);
		expect(found.low).toBeLessThan(2.9601);
		expect(found.mean).toBeCloseTo(3, 3);
		// 1 - 4 φ(2) / (2 Φ(2) - 1); four standard deviations of the variance of 160,000 such numbers are 0.009.
		expect(Math.abs(found.variance / 4e-4 - 0.7737)).toBeLessThan(0.009);
	});

	it("a one-sided cut has the mean that is known in closed form", () => {
		const found = moments(draw(init.truncatedNormal(0, 1, { low: 0, high: Number.POSITIVE_INFINITY }), [200, 200]));
		expect(found.low).toBeGreaterThanOrEqual(0);
		expect(Math.abs(found.mean - Math.sqrt(2 / Math.PI))).toBeLessThan(0.012);
	});
});

describe("the fans", () => {
	it("are inputs and outputs, times the size of the kernel", () => {
		expect([init.fansOf([4, 3]), init.fansOf([8, 3, 5, 5]), init.fansOf([8, 3, 7])]).toEqual([
			{ fanIn: 3, fanOut: 4 },
			{ fanIn: 75, fanOut: 200 },
			{ fanIn: 21, fanOut: 56 },
		]);
	});

	it("keep a signal alive through twenty layers: He with relu, Xavier with tanh", () => {
		const generator = new Generator(3);
		let [rectified, squashed] = [randn([50, 200], { generator }), randn([50, 200], { generator })];
		for (let layer = 0; layer < 20; layer++) {
			const options = { bias: false, generator };
			rectified = new Linear(200, 200, { ...options, weight: init.heNormal() }).call(rectified).relu();
			squashed = new Linear(200, 200, { ...options, weight: init.xavierNormal() }).call(squashed).tanh();
		}
		const square = (x: Tensor): number => x.square().mean().item();
		expect(square(rectified)).toBeGreaterThan(0.3);
		expect(square(rectified)).toBeLessThan(3);
		expect(square(squashed)).toBeGreaterThan(0.02);
		const drawnAs001 = new Linear(200, 200, { weight: init.normal(0, 0.01), generator }).call(squashed).tanh();
		expect(square(drawnAs001)).toBeLessThan(0.01 * square(squashed) + 0.002);
	});
});

describe("an orthogonal start", () => {
	it("has orthonormal rows or columns, for every shape", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), fc.nat(99), (rows, columns, seed) => {
				const Q = draw(init.orthogonal(), [rows, columns], seed);
				const product = rows <= columns ? matmul(Q, transpose(Q)) : matmul(transpose(Q), Q);
				expect(
					product
						.sub(eye(Math.min(rows, columns)))
						.abs()
						.max()
						.item(),
				).toBeLessThan(1e-12);
			}),
			{ seed: 5, numRuns: 40 },
		);
	});

	it("sees a kernel as further inputs, and is scaled by the gain", () => {
		const x = draw(init.orthogonal(2), [4, 3, 2, 2]);
		const rows = x.reshape([4, 12]);
		expect(matmul(rows, transpose(rows)).sub(eye(4).mul(4)).abs().max().item()).toBeLessThan(1e-12);
	});

	it("turns as often one way as the other", () => {
		let sum = 0;
		for (let seed = 0; seed < 400; seed++) sum += draw(init.orthogonal(), [2, 2], seed).data[0] as number;
		expect(Math.abs(sum / 400)).toBeLessThan(4 * Math.sqrt(0.5 / 400));
	});
});

describe("an initializer", () => {
	it("repeats itself from a seed, and fills float32", () => {
		for (const [, initializer] of rules) {
			const make = (): Tensor => initializer([5, 4], { generator: new Generator("x"), dtype: "float32" });
			expect(make().dtype).toBe("float32");
			expect(make().data).toEqual(make().data);
		}
		for (const initializer of [init.orthogonal(), init.truncatedNormal(), init.constant(2), init.ones, init.zeros])
			expect(initializer([3, 3], { dtype: "float32", generator: new Generator(1) }).dtype).toBe("float32");
	});

	it("is any function that fills a shape", () => {
		const layer = new Linear(3, 4, { weight: ones, bias: zeros, dtype: "float32" });
		expect(layer.call(ones([3], { dtype: "float32" })).toArray()).toEqual([3, 3, 3, 3]);
		const shifted = new Linear(3, 4, { weight: (shape) => add(zeros(shape), 2), bias: init.constant(1) });
		expect(shifted.call(ones([3])).toArray()).toEqual([7, 7, 7, 7]);
		expect(shifted.weight.isLeaf && shifted.weight.requiresGrad).toBe(true);
	});

	it("serves convolutions and cells by the shapes of their weights", () => {
		const generator = new Generator(1);
		const conv = new Conv2d(20, 30, 3, { weight: init.heNormal(), bias: zeros, generator });
		expect(Math.abs(moments(conv.weight).variance * 90 - 1)).toBeLessThan(0.1);
		const cell = new LSTMCell(3, 5, { weightHh: init.orthogonal(), bias: init.constant(1), generator });
		expect(matmul(transpose(cell.weightHh), cell.weightHh).sub(eye(5)).abs().max().item()).toBeLessThan(1e-12);
		expect([...(cell.biasIh as Tensor).data]).toEqual(new Array(20).fill(1));
	});

	it("starts transposed convolutions by the fan that PyTorch takes, that of the outputs", () => {
		const { weight, bias } = new ConvTranspose2d(50, 4, 3, { generator: new Generator(1) });
		expect(weight.shape).toEqual([50, 4, 3, 3]);
		expect(moments(weight).high).toBeLessThan(1 / 6);
		expect(moments(weight).high).toBeGreaterThan(0.99 / 6);
		expect(moments(bias as Tensor).high).toBeLessThan(1 / 6);
	});
});
