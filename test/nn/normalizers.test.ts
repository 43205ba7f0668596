/** Layers that normalize, and dropout: what they keep, and what differs between training and use. */
import { checkGradients, Generator, grad, ones, randn, sum, type Tensor, tensor } from "chainrule";
import { BatchNorm, Dropout, functionalCall, GroupNorm, LayerNorm, RMSNorm } from "chainrule/nn";
import { describe, expect, it } from "vitest";
import { verdictOf } from "../verdicts.js";

const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { generator: new Generator(seed) });
const distance = (x: Tensor, y: Tensor): number => x.sub(y).abs().max().item();

/** Mean and variance of numbers, the latter divided by n - `less`. */
function statistics(numbers: readonly number[], less = 0): [mean: number, variance: number] {
	const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
	return [mean, numbers.reduce((total, x) => total + (x - mean) ** 2, 0) / (numbers.length - less)];
}

describe("BatchNorm", () => {
	const channelOf = (x: Tensor, channel: number): number[] => [...x.slice([null, channel]).data];

	it.each([[[8, 3]], [[4, 3, 5]], [[2, 3, 4, 2]]])("normalizes %j by the batch in training, and collects", (shape) => {
		const layer = new BatchNorm(3, { momentum: 0.3, epsilon: 0.01 });
		layer.weight?.assign([1, 2, 3]);
		layer.bias?.assign([4, 5, 6]);
		const running = [0, 1, 2].map(() => [0, 1] as [number, number]);
		for (const seed of [1, 2, 3]) {
			const x = normal(shape, seed).mul(seed).add(seed);
			const z = layer.call(x);
			for (const channel of [0, 1, 2]) {
				const numbers = channelOf(x, channel);
				const [mean, variance] = statistics(numbers);
				const expected = numbers.map((v) => ((v - mean) / Math.sqrt(variance + 0.01)) * (channel + 1) + channel + 4);
				expect(Math.max(...channelOf(z, channel).map((v, at) => Math.abs(v - (expected[at] as number))))).toBeLessThan(
					1e-13,
				);
				const state = running[channel] as [number, number];
				state[0] = 0.7 * state[0] + 0.3 * mean;
				state[1] = 0.7 * state[1] + 0.3 * statistics(numbers, 1)[1];
			}
		}
		expect(distance(layer.runningMean as Tensor, tensor(running.map(([mean]) => mean)))).toBeLessThan(1e-14);
		expect(distance(layer.runningVariance as Tensor, tensor(running.map(([, variance]) => variance)))).toBeLessThan(
			1e-14,
		);
	});

	it("normalizes by what it has collected in use, one sample at a time, and collects no more", () => {
		const layer = new BatchNorm(2, { epsilon: 0 }).eval();
		layer.loadStateDict(
			[
				["runningMean", tensor([1, 2])],
				["runningVariance", tensor([4, 9])],
			],
			{ strict: false },
		);
		expect(layer.call(tensor([[3, 5]])).toArray()).toEqual([[1, 1]]);
		expect(layer.runningMean?.toArray()).toEqual([1, 2]);
	});

	it("has the gradients of finite differences in both", () => {
		const layer = new BatchNorm(3);
		const f = (p: Record<string, Tensor>, x: Tensor): Tensor => {
			const z = functionalCall(layer, p, x);
			return sum(z.mul(z).mul(z));
		};
		const xs = [{ weight: normal([3]), bias: normal([3], 2) }, normal([4, 3, 2], 3)];
		expect(verdictOf(checkGradients(f as never, xs, { order: 2, directions: 1 }))).toBe("agrees");
		layer.eval();
		expect(verdictOf(checkGradients(f as never, xs, { order: 2, directions: 1 }))).toBe("agrees");
	});

	it("lets results computed in use be differentiated after it was trained on", () => {
		const layer = new BatchNorm(1, { epsilon: 0 }).eval();
		const x = tensor([[2]], { requiresGrad: true });
		const z = layer.call(x);
		layer.train().call(tensor([[10], [20]]));
		sum(z).backward();
		expect(x.grad?.item()).toBe(1);
	});

	it("records nothing of what it collects", () => {
		const layer = new BatchNorm(2);
		layer.call(normal([4, 2]).mul(tensor([1, 2], { requiresGrad: true })));
		expect([layer.runningMean?.requiresGrad, layer.runningVariance?.op]).toEqual([false, undefined]);
		expect([...layer.stateDict().keys()]).toEqual(["weight", "bias", "runningMean", "runningVariance"]);
	});

	it("may keep no statistics, and have no weight", () => {
		const layer = new BatchNorm(2, { runningStatistics: false, affine: false }).eval();
		expect(layer.stateDict().size).toBe(0);
		expect(
			layer
				.call(
					tensor([
						[1, 5],
						[3, 5],
					]),
				)
				.mean({ axis: 0 })
				.toArray(),
		).toEqual([0, 0]);
	});

	it("stays in float32", () => {
		const layer = new BatchNorm(2, { dtype: "float32" });
		const z = layer.call(normal([4, 2]).cast("float32"));
		expect([z.dtype, layer.runningMean?.dtype, layer.runningVariance?.dtype]).toEqual([
			"float32",
			"float32",
			"float32",
		]);
	});
});

describe("layers that normalize sample by sample", () => {
	it("LayerNorm takes one axis or several", () => {
		const x = normal([2, 3, 4]);
		const layer = new LayerNorm([3, 4], { epsilon: 0.1 });
		const rows = [0, 1].map((sample) => {
			const numbers = [...x.slice([sample]).data];
			const [mean, variance] = statistics(numbers);
			return numbers.map((v) => (v - mean) / Math.sqrt(variance + 0.1));
		});
		expect(distance(layer.call(x).reshape([2, 12]), tensor(rows))).toBeLessThan(1e-14);
		expect(layer.weight?.shape).toEqual([3, 4]);
		expect([...new LayerNorm(4, { bias: false }).namedParameters().keys()]).toEqual(["weight"]);
		expect(() => layer.call(normal([2, 4, 3]))).toThrow("number of features differs");
	});

	it("RMSNorm leaves the mean", () => {
		const x = normal([2, 4]);
		const layer = new RMSNorm(4);
		layer.weight?.assign([1, 2, 3, 4]);
		const expected = (x.toArray() as number[][]).map((row) => {
			const size = Math.sqrt(row.reduce((total, v) => total + v * v, 0) / 4);
			return row.map((v, k) => (v / size) * (k + 1));
		});
		expect(distance(layer.call(x), tensor(expected))).toBeLessThan(1e-14);
	});

	it("GroupNorm normalizes groups of channels", () => {
		const x = normal([2, 4, 3]);
		const layer = new GroupNorm(2, 4, { epsilon: 0.1 });
		layer.weight?.assign([1, 2, 3, 4]);
		layer.bias?.assign([5, 6, 7, 8]);
		const z = layer.call(x);
		for (const channel of [0, 1, 2, 3]) {
			const group = channel < 2 ? [0, 1] : [2, 3];
			const [mean, variance] = statistics([...x.slice([1, [group[0] as number, (group[1] as number) + 1]]).data]);
			const expected = [...x.slice([1, channel]).data].map(
				(v) => ((v - mean) / Math.sqrt(variance + 0.1)) * (channel + 1) + channel + 5,
			);
			expect(distance(z.slice([1, channel]), tensor(expected))).toBeLessThan(1e-14);
		}
	});

	it.each([
		["LayerNorm", new LayerNorm(4)],
		["RMSNorm", new RMSNorm(4)],
		["GroupNorm", new GroupNorm(2, 4)],
	])("%s has the gradients of finite differences", (_, layer) => {
		const values = Object.fromEntries([...layer.stateDict()].map(([path, x], at) => [path, normal(x.shape, at)]));
		const f = (p: Record<string, Tensor>, x: Tensor): Tensor => {
			const z = functionalCall(layer, p, x);
			return sum(z.mul(z).mul(z));
		};
		expect(verdictOf(checkGradients(f as never, [values, normal([3, 4])], { order: 2, directions: 1 }))).toBe("agrees");
	});
});

describe("Dropout", () => {
	it("keeps the mean in training and everything in use", () => {
		const layer = new Dropout(0.25, { generator: new Generator(1) });
		const z = layer.call(ones([10_000]));
		expect(new Set(z.data)).toEqual(new Set([0, 1 / 0.75]));
		expect(z.mean().item()).toBeCloseTo(1, 1);
		const x = ones([3]);
		expect(layer.eval().call(x)).toBe(x);
	});

	it("repeats itself from a seed, and passes gradients where it passes numbers", () => {
		const make = (): Dropout => new Dropout(0.5, { generator: new Generator(2) });
		const x = normal([20]);
		const slopes = grad((from: Tensor) => sum(make().call(from)))(x);
		expect(distance(make().call(x), x.mul(slopes))).toBe(0);
	});
});
