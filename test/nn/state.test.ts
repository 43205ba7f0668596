/**
 * What a module holds besides its function: the state that is saved and
 * loaded, what is frozen, and whether it is trained or used.
 */
import {
	add,
	Generator,
	mul,
	ones,
	onGradient,
	parameter,
	type Scalar,
	scalar,
	sum,
	type Tensor,
	tanh,
	tensor,
	zeros,
} from "chainrule";
import { BatchNorm, buffer, Dropout, isParameter, Linear, MLP, Module, Sequential } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { describe, expect, it } from "vitest";
import { messageOf } from "../verdicts.js";

const network = (seed = 1): Sequential => {
	const generator = new Generator(seed);
	return new Sequential(new Linear(3, 4, { generator }), tanh, new BatchNorm(4), new Linear(4, 2, { generator }));
};

/** All numbers of a module, by path. */
function numbers(module: Module<never, unknown, never>): Record<string, number[]> {
	return Object.fromEntries([...module.stateDict()].map(([path, x]) => [path, [...x.data]]));
}

describe("the state of a module", () => {
	it("may be a plain object", () => {
		const model = new Linear(2, 1);
		model.loadStateDict({ weight: tensor([[3, 4]]), bias: tensor([5]) });
		expect([String(model.weight), String(model.bias)]).toEqual(["[[3, 4]]", "[5]"]);
	});

	it("is its parameters and buffers by path, numbers of the tape as tensors without axes", () => {
		expect([...network().stateDict().keys()]).toEqual([
			"layers.0.weight",
			"layers.0.bias",
			"layers.2.weight",
			"layers.2.bias",
			"layers.3.weight",
			"layers.3.bias",
			"layers.2.runningMean",
			"layers.2.runningVariance",
		]);
		const neurons = new MLP(2, [1]).stateDict();
		expect([...neurons].map(([path, { shape }]) => `${path} ${shape.length}`)).toEqual([
			"layers.0.neurons.0.weights.0 0",
			"layers.0.neurons.0.weights.1 0",
			"layers.0.neurons.0.bias 0",
		]);
	});

	it("stays as it was when the module is trained on, and no gradient reaches it", () => {
		const model = network();
		const state = model.stateDict();
		const before = numbers(model);
		sum(model.call(ones([2, 3]))).backward();
		for (const x of model.parameters()) (x as Tensor).assign(zeros(x.shape));
		expect(Object.fromEntries([...state].map(([path, x]) => [path, [...x.data]]))).toEqual(before);
		expect([...state.values()].every((x) => !x.requiresGrad)).toBe(true);
	});

	it("makes two modules the same, from a map, from pairs, and for numbers of the tape", () => {
		const [one, two, three] = [network(1), network(2), network(3)];
		one.call(ones([4, 3]));
		expect(two.loadStateDict(one.stateDict())).toEqual({ missing: [], unexpected: [] });
		three.loadStateDict([...one.stateDict()].reverse());
		expect([numbers(two), numbers(three)]).toEqual([numbers(one), numbers(one)]);
		const [first, second] = [new MLP(2, [2, 1]), new MLP(2, [2, 1])];
		second.loadStateDict(first.stateDict());
		expect(numbers(second)).toEqual(numbers(first));
	});

	it("is converted to the dtypes of the module", () => {
		const model = new Linear(2, 1, { dtype: "float32" });
		model.loadStateDict([
			["weight", tensor([[0.1, 2]])],
			["bias", tensor([3], { dtype: "int32" })],
		]);
		expect(model.weight.dtype).toBe("float32");
		expect(numbers(model)).toEqual({ weight: [Math.fround(0.1), 2], bias: [3] });
	});

	it("is loaded as a whole or not at all, and every fault is named", () => {
		const model = network();
		const before = numbers(model);
		const state = model.stateDict();
		state.set("layers.0.weight", zeros([4, 3]));
		state.set("layers.3.weight", zeros([4, 2]));
		state.set("layers.2.runningMean", zeros([3]));
		state.set("extra", zeros([1]));
		state.delete("layers.0.bias");
		expect(messageOf(() => model.loadStateDict(state))).toBe(
			[
				"loadStateDict: the state does not fit the module",
				"  expected  the paths and shapes of stateDict()",
				"  actual    missing     layers.0.bias",
				"            unexpected  extra",
				"            shape       layers.3.weight [2, 4], not [4, 2]",
				"            shape       layers.2.runningMean [4], not [3]",
				"  fix       nothing was loaded; make the module with the sizes of the one that was saved",
			].join("\n"),
		);
		expect(messageOf(() => model.loadStateDict(state, { strict: false }))).not.toMatch(/missing|unexpected/);
		expect(numbers(model)).toEqual(before);
		expect(messageOf(() => model.loadStateDict([["layers.0.bias", [1, 2] as unknown as Tensor]]))).toMatch(
			/layers\.0\.bias \[4\], not object/,
		);
	});

	it("may lack keys and have others where that is asked for, and both are told", () => {
		const model = new Linear(2, 1);
		const before = model.weight.toArray();
		const report = model.loadStateDict(new Map(Object.entries({ bias: tensor([7]), scale: tensor([1]) })), {
			strict: false,
		});
		expect(report).toEqual({ missing: ["weight"], unexpected: ["scale"] });
		expect([model.weight.toArray(), model.bias?.toArray()]).toEqual([before, [7]]);
	});

	it("is that of each parameter once, and a shared one changes everywhere", () => {
		const shared = new Linear(2, 2);
		const model = new Sequential(shared, tanh, shared);
		expect([...model.stateDict().keys()]).toEqual(["layers.0.weight", "layers.0.bias"]);
		model.loadStateDict([["layers.0.weight", zeros([2, 2])]], { strict: false });
		expect(shared.weight.toArray()).toEqual([
			[0, 0],
			[0, 0],
		]);
	});

	it("has buffers that shared fields see together, and that old results do not see change", () => {
		class Offset extends Module<Tensor, Tensor> {
			value: Tensor = buffer(tensor([1]));
			readonly parts = { same: this.value };
			override forward(x: Tensor): Tensor {
				return mul(x, this.value);
			}
		}
		const model = new Offset();
		const x = parameter([3]);
		const y = model.call(x);
		model.loadStateDict([["value", tensor([5])]]);
		expect([model.value.item(), model.parts.same.item()]).toEqual([5, 5]);
		sum(y).backward();
		expect(x.grad?.item()).toBe(1);
		expect([...model.namedBuffers().keys()]).toEqual(["value"]);
		expect(model.parameterCount()).toBe(0);
	});
});

describe("frozen parameters", () => {
	it("get no gradient and cost no record, stay in the state, and are counted", () => {
		const model = network();
		model.freeze((path) => path.startsWith("layers.0."));
		sum(model.call(ones([2, 3]))).backward();
		const trained = model.parameters().map(({ grad }) => grad !== undefined);
		expect(trained).toEqual([false, false, true, true, true, true]);
		expect((model.layers[0] as Linear).call(ones([2, 3])).op).toBe(undefined);
		expect([...model.namedParameters({ trainable: false }).keys()]).toEqual(["layers.0.weight", "layers.0.bias"]);
		expect([
			model.parameterCount(),
			model.parameterCount({ trainable: true }),
			model.parameterCount({ trainable: false }),
		]).toEqual([34, 18, 16]);
		expect(model.stateDict().size).toBe(8);
		expect(model.parameters().every(isParameter)).toBe(true);
	});

	it("are numbers of the tape, too, which keep their names and forget their gradients", () => {
		const model = new MLP(1, [1]);
		const [w, b] = model.parameters() as [Scalar, Scalar];
		model.call([2])[0]?.backward();
		expect(w.grad).toBe(2);
		model.freeze((_, { name }) => name === "w1");
		expect([w.requiresGrad, w.grad, w.name, b.requiresGrad]).toEqual([false, undefined, "w1", true]);
		model.call([2])[0]?.backward();
		expect([w.grad, b.grad]).toEqual([undefined, 2]);
		model.unfreeze();
		model.call([2])[0]?.backward();
		expect([w.grad, b.grad]).toEqual([2, 3]);
		expect([...model.namedParameters().keys()]).toEqual(["layers.0.neurons.0.weights.0", "layers.0.neurons.0.bias"]);
	});

	it("do not disturb what was computed before", () => {
		const model = new MLP(1, [1]);
		const [w, b] = model.parameters() as [Scalar, Scalar];
		const y = mul(model.call([3])[0] as Scalar, w);
		const expected = [w.value, 2 * 3 * w.value + b.value];
		model.freeze();
		y.backward();
		expect([w.grad, b.grad]).toEqual([undefined, undefined]);
		expect(w.value).toBe(expected[0]);
	});

	it("take the values of a state, and stay frozen", () => {
		const [model, other] = [new Sequential(new Linear(2, 2), new Linear(2, 1)), new MLP(1, [1])];
		model.freeze();
		other.freeze();
		const state = new Map([...model.stateDict()].map(([path, x]) => [path, ones(x.shape)]));
		model.loadStateDict(state);
		other.loadStateDict(new Map([...other.stateDict()].map(([path]) => [path, tensor(9)])));
		expect(numbers(model)).toEqual(Object.fromEntries([...state].map(([path, x]) => [path, [...x.data]])));
		expect(other.parameters().map((x) => x.item())).toEqual([9, 9]);
		expect([...model.parameters(), ...other.parameters()].some(({ requiresGrad }) => requiresGrad)).toBe(false);
	});

	it("may be given to an optimizer, which leaves them where they are until they thaw", () => {
		const model = new Sequential(new Linear(2, 2), new Linear(2, 1));
		model.freeze((path) => path.startsWith("layers.0."));
		const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
		const moved = (): boolean[] => {
			const before = numbers(model);
			optimizer.zeroGrad();
			sum(model.call(ones([1, 2]))).backward();
			optimizer.step();
			return Object.entries(numbers(model)).map(([path, now]) => String(now) !== String(before[path]));
		};
		expect(moved()).toEqual([false, false, true, true]);
		model.unfreeze();
		expect(moved()).toEqual([true, true, true, true]);
	});

	it("thaw with hooks that were set before", () => {
		const x = scalar(2, "x");
		const heard: number[] = [];
		onGradient(x, (gradient) => heard.push(Number(gradient)));
		x.requiresGrad = false;
		expect(add(x, 1).requiresGrad).toBe(false);
		x.requiresGrad = true;
		mul(x, x).backward();
		expect([x.grad, x.name, heard]).toEqual([4, "x", [4]]);
	});

	it("are refused as results of operations", () => {
		expect(() => {
			mul(scalar(1), 2).requiresGrad = false;
		}).toThrow("requiresGrad: not a leaf");
	});
});

describe("training", () => {
	it("reaches all parts, and returns the module", () => {
		const model = new Sequential(new Linear(2, 2), new Sequential(new Dropout(1), new BatchNorm(2)));
		expect(model.eval()).toBe(model);
		expect([...model.namedModules()].map(([path, { training }]) => `${path} ${training}`)).toEqual([
			" false",
			"layers.0 false",
			"layers.1 false",
			"layers.1.layers.0 false",
			"layers.1.layers.1 false",
		]);
		model.train();
		expect([...model.namedModules().values()].every(({ training }) => training)).toBe(true);
		(model.layers[1] as Sequential).eval();
		expect([model.training, (model.layers[0] as Linear).training]).toEqual([true, true]);
		expect(model.train(false).training).toBe(false);
	});
});
