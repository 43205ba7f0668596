/** Weights that start at zero (0으로 초기화): hidden units compute the same, get the same slope, and stay the same. */
import { abs, Generator, max, relu, sigmoid, type Tensor, tanh } from "chainrule";
import { moons } from "chainrule/data";
import { bceWithLogits, init, Linear, Sequential } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { draw, line, panel, point, words } from "../draw.js";

const { x, y } = moons({ samples: 51, noise: 0.1, seed: 1 });
type Activation = (z: Tensor) => Tensor;

/** 100 steps; the weights of the 4 hidden units after each. */
function train(weight: init.Initializer, activation: Activation) {
	const options = { weight, bias: init.zeros, generator: new Generator(3) };
	const layers = [new Linear(2, 4, options), new Linear(4, 1, options)] as const;
	const model = new Sequential(layers[0], activation, layers[1]);
	const optimizer = new SGD(model.parameters(), { learningRate: 1 });
	const path = Array.from({ length: 101 }, () => {
		const weights = layers[0].weight.toArray() as number[][];
		optimizer.zeroGrad();
		bceWithLogits(model.call(x).reshape([-1]), y).backward();
		optimizer.step();
		return weights;
	});
	return { path, layers };
}

// The note is right that all units stay equal; biases may be 0. For tanh and ReLU more is true: a unit whose weights in
// and out are 0 has no slope at all, so that only b2 learns.
const starts = { zero: init.zeros, "0.01 · randn": init.normal(0, 0.01) };
const panels = Object.entries({ sigmoid, tanh, ReLU: relu }).flatMap(([name, activation]) =>
	Object.entries(starts).map(([start, weight]) => {
		const { path, layers } = train(weight, activation as Activation);
		const [W1, W2] = [layers[0].weight, layers[1].weight];
		const apart = max(abs(W1.sub(W1.slice([[0, 1]])))).item();
		const largest = [W1, W2, layers[1].bias!].map((w) => max(abs(w)).item().toFixed(4));
		console.log(
			`${name}, ${start}: rows of W1 differ by ${apart.toFixed(4)}; largest of W1, W2, b2: ${largest.join(", ")}`,
		);
		const colours = ["blue", "orange", "green", "violet"] as const;
		const last = path.at(-1)!;
		const plane = [-2.2, 2.2] as const;
		const axes = { x: { label: "w₁ of a unit", domain: plane, ticks: 5 }, y: { label: "w₂", domain: plane, ticks: 5 } };
		const places = (unit: number) => path.map((weights): [number, number] => [weights[unit]![0]!, weights[unit]![1]!]);
		return panel(
			{ title: `${name}, ${start}`, ...axes, width: 290, height: 290 },
			...colours.map((colour, unit) => line(places(unit), { colour })),
			...colours.map((colour, unit) => point(places(unit).at(-1)!, { colour })),
			start === "zero" ? words("all four", [last[0]![0]!, last[0]![1]!], { dx: 10, dy: 12 }, "violet") : null,
		);
	}),
);
draw("5-zero-initialisation", ...panels.slice(0, 4)); // ReLU looks like tanh

// sigmoid, zero: rows of W1 differ by 0.0000; largest of W1, W2, b2: 0.7481, 0.7630, 1.3505
// sigmoid, 0.01 · randn: rows of W1 differ by 2.8960; largest of W1, W2, b2: 1.8356, 2.6304, 0.6596
// tanh, zero: rows of W1 differ by 0.0000; largest of W1, W2, b2: 0.0000, 0.0000, 0.0392
// tanh, 0.01 · randn: rows of W1 differ by 2.0082; largest of W1, W2, b2: 1.2813, 2.3001, 0.0743
// ReLU, zero: rows of W1 differ by 0.0000; largest of W1, W2, b2: 0.0000, 0.0000, 0.0392
// ReLU, 0.01 · randn: rows of W1 differ by 2.5090; largest of W1, W2, b2: 1.3857, 2.0491, 1.1952
// out/notes/5-zero-initialisation.svg
