/** A module as a function of its parameters, for derivatives and vmap. */
import {
	checkGradients,
	Generator,
	grad,
	mean,
	randn,
	type Scalar,
	scalar,
	square,
	stack,
	sum,
	type Tensor,
	tanh,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import { BatchNorm, functionalCall, Linear, LSTM, MLP, Module, mse, Sequential } from "chainrule/nn";
import { describe, expect, it } from "vitest";
import { messageOf, verdictOf } from "../verdicts.js";

const network = (seed: number): Sequential => {
	const generator = new Generator(seed);
	return new Sequential(new Linear(2, 3, { generator }), tanh, new Linear(3, 1, { generator }));
};
const x = randn([5, 2], { generator: new Generator(7) });
const y = randn([5, 1], { generator: new Generator(8) });

describe("functionalCall", () => {
	it("computes with other values and leaves the module as it is", () => {
		const [one, two] = [network(1), network(2)];
		const own = one.parameters();
		const output = functionalCall(one, Object.fromEntries(two.stateDict()), x);
		expect(output.toArray()).toEqual(two.call(x).toArray());
		expect(one.parameters().every((parameter, at) => parameter === own[at])).toBe(true);
	});

	it("leaves the module as it is also where it fails", () => {
		const model = network(1);
		const own = model.parameters();
		expect(messageOf(() => functionalCall(model, { "layers.0.bias": zeros([3]) }, zeros([5, 3])))).toMatch("features");
		expect(model.parameters().every((parameter, at) => parameter === own[at])).toBe(true);
		expect(messageOf(() => functionalCall(model, { "layers.0.bias": zeros([3]), bias: 0 }, x))).toMatch("no such");
	});

	it("has the gradients of backward, as a function of the parameters", () => {
		const model = network(1);
		const values = Object.fromEntries(model.stateDict());
		const slopes = grad((p: Record<string, Tensor>) => mse(functionalCall(model, p, x), y))(values);
		mse(model.call(x), y).backward();
		expect(Object.entries(slopes).map(([path, slope]) => [path, slope.toArray()])).toEqual(
			[...model.namedParameters()].map(([path, { grad: left }]) => [path, (left as Tensor).toArray()]),
		);
	});

	it("gives a gradient per example inside of vmap", () => {
		const model = network(1);
		const values = Object.fromEntries(model.stateDict());
		const loss = (p: Record<string, Tensor>, input: Tensor, target: Tensor): Tensor =>
			mse(functionalCall(model, p, input), target);
		const each = vmap(grad(loss), { axes: [null, 0, 0] })(values, x, y);
		const whole = grad(loss)(values, x, y);
		for (const [path, slope] of Object.entries(whole)) {
			const difference = mean(each[path] as Tensor, { axis: 0 })
				.sub(slope)
				.abs()
				.max()
				.item();
			expect(difference).toBeLessThan(1e-14);
		}
	});

	it("runs an ensemble of modules at once", () => {
		const models = [network(1), network(2), network(3)];
		const states = models.map((model) => model.stateDict());
		const stacked = Object.fromEntries(
			[...(states[0] as Map<string, Tensor>).keys()].map((path) => [
				path,
				stack(states.map((state) => state.get(path) as Tensor)),
			]),
		);
		const outputs = vmap((p: Record<string, Tensor>) => functionalCall(network(0), p, x))(stacked);
		models.forEach((model, at) => {
			expect(outputs.slice([at]).sub(model.call(x)).abs().max().item()).toBeLessThan(1e-14);
		});
	});

	it("has second derivatives through a recurrent layer", () => {
		const model = new LSTM(2, 2, { generator: new Generator(1) });
		const values = Object.fromEntries(model.stateDict());
		const loss = (p: Record<string, Tensor>): Tensor => sum(square(functionalCall(model, p, x).output));
		expect(verdictOf(checkGradients(loss as never, [values], { order: 2, directions: 1 }))).toBe("agrees");
	});

	it("exchanges numbers of the tape for numbers, scalars and elements of tensors", () => {
		const model = new MLP(1, [1]);
		const b = scalar(4);
		const weight = tensor(3, { requiresGrad: true });
		const paths = { "layers.0.neurons.0.weights.0": weight, "layers.0.neurons.0.bias": b };
		const [z] = functionalCall(model, paths, [2]) as [Scalar];
		expect(z.value).toBe(10);
		z.backward();
		expect([weight.grad?.item(), b.grad]).toEqual([2, 1]);
		expect(functionalCall(model, { ...paths, "layers.0.neurons.0.weights.0": 5 }, [2])[0]?.value).toBe(14);
	});

	it("exchanges a shared parameter everywhere, and buffers", () => {
		const shared = new Linear(2, 2, { bias: false });
		const twice = new Sequential(shared, shared);
		expect(
			functionalCall(
				twice,
				{
					"layers.0.weight": tensor([
						[2, 0],
						[0, 3],
					]),
				},
				tensor([1, 1]),
			).toArray(),
		).toEqual([4, 9]);
		const norm = new BatchNorm(1, { epsilon: 0 }).eval();
		expect(functionalCall(norm, { runningMean: tensor([1]), runningVariance: tensor([4]) }, tensor([[5]])).item()).toBe(
			2,
		);
		expect(norm.runningMean?.item()).toBe(0);
	});

	it("hands on whatever else a module takes", () => {
		class Scaled extends Module<Tensor, Tensor, [factor: number]> {
			override forward(input: Tensor, factor: number): Tensor {
				return input.mul(factor);
			}
		}
		expect(functionalCall(new Scaled(), {}, tensor([1]), 3).toArray()).toEqual([3]);
	});
});
