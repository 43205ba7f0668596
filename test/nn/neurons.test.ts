import {
	add,
	checkGradients,
	Generator,
	identity,
	mul,
	relu,
	type Scalar,
	scalar,
	scopeOfNode,
	scopePath,
	sigmoid,
	type Tensor,
	tanh,
} from "chainrule";
import { bceWithLogits, halfSse, hinge, Layer, MLP, Neuron } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { describe, expect, it } from "vitest";

function values(xs: readonly { readonly value: number }[]): number[] {
	return xs.map(({ value }) => value);
}

describe("Neuron", () => {
	it("is an activation of the weighted sum", () => {
		const neuron = new Neuron(2);
		const [w1, w2] = neuron.weights as [Scalar, Scalar];
		const b = neuron.bias as Scalar;
		const y = neuron.call([3, -2]);
		expect(y.value).toBe(Math.tanh(w1.value * 3 + w2.value * -2 + b.value));
		y.backward();
		const slope = 1 - y.value ** 2;
		expect([w1.grad, w2.grad, b.grad]).toEqual([3 * slope, -2 * slope, slope]);
	});

	it("names its parameters as on a board, and starts them within ±1/√inputs", () => {
		const neuron = new Neuron(4, { generator: new Generator(1) });
		expect(neuron.parameters().map(({ name }) => name)).toEqual(["w1", "w2", "w3", "w4", "b"]);
		expect([...neuron.namedParameters().keys()]).toEqual(["weights.0", "weights.1", "weights.2", "weights.3", "bias"]);
		expect(neuron.parameters().every((x) => Math.abs(x.item()) <= 0.5)).toBe(true);
	});

	it("has no bias where none is wanted, and no node for what it does not do", () => {
		const neuron = new Neuron(1, { bias: false, activation: (x) => x });
		expect(neuron.parameterCount()).toBe(1);
		expect(neuron.call([3]).value).toBe(3 * (neuron.weights[0] as Scalar).value);
	});

	it("repeats itself from the same seed", () => {
		const [one, two] = [7, 7].map((seed) => new MLP(2, [3, 1], { generator: new Generator(seed) }));
		expect(values(one?.parameters() as Scalar[])).toEqual(values(two?.parameters() as Scalar[]));
	});

	it("refuses another number of inputs", () => {
		expect(() => new MLP(2, [3, 1]).call([1, 2, 3])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: Neuron: number of inputs differs
			  expected  2, one per weight
			  actual    3
			  in        mlp / layers.0 / neurons.0]
		`);
	});

	it("refuses sizes that are no sizes", () => {
		expect(() => new Neuron(0)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: Neuron: not a number of inputs
			  expected  a whole number above 0
			  actual    0]
		`);
		expect(() => new Layer(2, 1.5)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: Layer: not a number of outputs
			  expected  a whole number above 0
			  actual    1.5]
		`);
		expect(() => new MLP(2, [])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: MLP: no layers
			  expected  the number of neurons of one layer or more
			  actual    an empty list
			  fix       new MLP(2, [16, 16, 1]) has two hidden layers and one output]
		`);
	});
});

describe("MLP", () => {
	it("counts the parameters of every layer", () => {
		expect(new MLP(2, [16, 16, 1]).parameterCount()).toBe(2 * 16 + 16 + 16 * 16 + 16 + 16 + 1);
	});

	it("is linear at the end unless told otherwise", () => {
		const generator = new Generator(3);
		const open = new MLP(1, [2, 1], { generator });
		expect(open.layers.map(({ neurons }) => neurons[0]?.activation === tanh)).toEqual([true, false]);
		const closed = new MLP(1, [2, 1], { activation: relu, outputActivation: sigmoid });
		expect(closed.layers.map(({ neurons }) => neurons[0]?.activation)).toEqual([relu, sigmoid]);
	});

	it("gives a list of outputs, also for one", () => {
		expect(new MLP(2, [3, 1]).call([1, 2])).toHaveLength(1);
		expect(new MLP(2, [3, 4]).call([1, 2])).toHaveLength(4);
	});

	it("records every neuron in a scope of its own", () => {
		const [y] = new MLP(2, [3, 1], { outputActivation: tanh }).call([1, 2]) as [Scalar];
		expect(scopePath(scopeOfNode(y)).join(" / ")).toBe("mlp / layers.1 / neurons.0");
	});

	it("lets gradients flow to its inputs", () => {
		const model = new MLP(2, [3, 1], { generator: new Generator(2), outputActivation: identity });
		const report = checkGradients((x: Scalar, y: Scalar) => model.call([x, y])[0] as Scalar, [0.3, -0.7], {
			order: 2,
		});
		expect(report.directions.filter(({ agrees }) => !agrees)).toEqual([]);
	});

	it("learns two moons, the same way each time", () => {
		const moons = Array.from({ length: 20 }, (_, index) => {
			const angle = (Math.PI * (index >> 1)) / 9;
			const upper = [Math.cos(angle), Math.sin(angle)];
			return index % 2 === 0 ? upper : upper.map((x, axis) => (axis === 0 ? 1 : 0.5) - x);
		});
		const labels = moons.map((_, index) => (index % 2 === 0 ? 1 : -1));
		const train = (): number[] => {
			const model = new MLP(2, [8, 8, 1], { generator: new Generator("moons") });
			const optimizer = new SGD(model.parameters(), { learningRate: 0.2, momentum: 0.9 });
			return Array.from({ length: 60 }, () => {
				const scores = moons.map((point) => model.call(point)[0] as Scalar);
				const loss = hinge(scores, labels);
				optimizer.zeroGrad();
				loss.backward();
				optimizer.step();
				return loss.item();
			});
		};
		const losses = train();
		expect(losses[0]).toBeGreaterThan(0.8);
		expect(losses.at(-1)).toBeLessThan(0.02);
		expect(train()).toEqual(losses);
	});
});

/** 2-2-2, sigmoid everywhere, no bias: the network on which the lecture notes derive their δ rules. */
function network(): MLP {
	const model = new MLP(2, [2, 2], { activation: sigmoid, outputActivation: sigmoid, bias: false });
	const start = [0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55];
	model.parameters().forEach((weight, index) => {
		(weight as Scalar).assign(start[index] as number);
	});
	return model;
}

describe("the 2-2-2 network of the lecture notes", () => {
	const x = [0.05, 0.1];
	const y = [0.01, 0.99];

	it("has the activations and the cost that were computed by hand", () => {
		const model = network();
		const hidden = values(model.layers[0]?.call(x) as Scalar[]);
		const outputs = model.call(x);
		expect(hidden.map((a) => a.toFixed(10))).toEqual(["0.5068745668", "0.5106234010"]);
		expect(values(outputs).map((a) => a.toFixed(10))).toEqual(["0.6064777322", "0.6304808355"]);
		expect(halfSse(outputs, y).item().toFixed(10)).toBe("0.2425198573");
	});

	it("has the eight gradients of the δ rules", () => {
		const model = network();
		halfSse(model.call(x), y).backward();
		expect(model.parameters().map(({ grad }) => (grad as number).toFixed(10))).toEqual([
			"0.0001882557",
			"0.0003765113",
			"0.0002248135",
			"0.0004496269",
			"0.0721570729",
			"0.0726907452",
			"-0.0424552501",
			"-0.0427692483",
		]);
	});

	it.each([
		[1, "0.2285477653"],
		[0.5, "0.2354953779"],
	])("costs less after one step with η = %d", (learningRate, expected) => {
		const model = network();
		halfSse(model.call(x), y).backward();
		new SGD(model.parameters(), { learningRate }).step();
		expect(halfSse(model.call(x), y).item().toFixed(10)).toBe(expected);
	});
});

describe("the neuron of the lecture notes, which learns that 1 becomes 0", () => {
	const starts = [
		[0.6, 0.9],
		[2, 2],
	] as const;

	function train(start: readonly [number, number], cost: "quadratic" | "cross-entropy"): string {
		const [w, b] = [scalar(start[0], "w"), scalar(start[1], "b")];
		const optimizer = new SGD([w, b], { learningRate: 0.15 });
		const z = (): Scalar => add(mul(w, 1), b);
		for (let epoch = 0; epoch < 300; epoch++) {
			optimizer.zeroGrad();
			const loss = cost === "quadratic" ? halfSse(sigmoid(z()), 0) : bceWithLogits(z(), 0);
			loss.backward();
			optimizer.step();
		}
		return sigmoid(z()).value.toFixed(6);
	}

	it("ends with the quadratic cost where the notes do, the far start behind", () => {
		expect(starts.map((start) => train(start, "quadratic"))).toEqual(["0.093956", "0.202848"]);
	});

	it("ends with cross-entropy at almost the same place from both starts", () => {
		expect(starts.map((start) => train(start, "cross-entropy"))).toEqual(["0.011638", "0.012009"]);
	});
});

describe("the full inverter of the lecture notes", () => {
	const neuron = new Neuron(1, { activation: sigmoid });
	const [w] = neuron.weights as [Scalar];
	const b = neuron.bias as Scalar;
	const outputs = (): [Scalar, Scalar] => [neuron.call([0]), neuron.call([1])];
	const cost = (): Tensor => halfSse(outputs(), [1, 0], { reduction: "mean" });

	function train(epochs: number): void {
		w.assign(0.6);
		b.assign(0.9);
		const optimizer = new SGD(neuron.parameters(), { learningRate: 0.15 });
		for (let epoch = 0; epoch < epochs; epoch++) {
			optimizer.zeroGrad();
			cost().backward();
			optimizer.step();
		}
	}

	it("starts with the cost of the notes", () => {
		train(0);
		expect(cost().item().toFixed(6)).toBe("0.187995");
	});

	it.each([
		[300, ["-1.618318", "0.626915", "0.651790", "0.270635"]],
		[3000, ["-4.697322", "2.230266", "0.902935", "0.078200"]],
	])("after %d epochs has the weights and outputs of the notes", (epochs, expected) => {
		train(epochs);
		expect([w, b, ...outputs()].map(({ value }) => value.toFixed(6))).toEqual(expected);
	});
});
