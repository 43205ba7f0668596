/** Gradient descent and its successors on the slow neuron: an optimizer that scales its steps does not feel the small σ′. */
import { type Scalar, scalar } from "chainrule";
import { halfSse } from "chainrule/nn";
import { Adagrad, Adam, RMSprop, SGD } from "chainrule/optim";
import { draw, level, line, panel } from "../draw.js";

const [x, y, learningRate] = [1, 0, 0.15];

// The note has only the heading "gradient descent and several optimizers"; these are the ones usually meant.
const optimizers = [
	{ name: "SGD", colour: "blue", make: (of: Scalar[]) => new SGD(of, { learningRate }) },
	{ name: "momentum", colour: "orange", make: (of: Scalar[]) => new SGD(of, { learningRate, momentum: 0.9 }) },
	{ name: "Adagrad", colour: "green", make: (of: Scalar[]) => new Adagrad(of, { learningRate }) },
	{ name: "RMSprop", colour: "violet", make: (of: Scalar[]) => new RMSprop(of, { learningRate }) },
	{ name: "Adam", colour: "red", make: (of: Scalar[]) => new Adam(of, { learningRate }) },
] as const;

function costs(make: (typeof optimizers)[number]["make"], start: readonly [number, number]): number[] {
	const [w, b] = [scalar(start[0], "w"), scalar(start[1], "b")];
	const optimizer = make([w, b]);
	return Array.from({ length: 301 }, () => {
		optimizer.zeroGrad();
		const cost = halfSse(w.mul(x).add(b).sigmoid(), y);
		cost.backward();
		optimizer.step();
		return cost.value;
	});
}

const [near, far] = [
	[0.6, 0.9],
	[2, 2],
] as const;
const curves = optimizers.map(({ name, colour, make }) => {
	const epochs = [near, far].map((start) => costs(make, start).findIndex((cost) => cost < 0.05));
	const run = costs(make, far);
	console.log(
		`${name}: C < 0.05 from epoch ${epochs.join(" and ")}; from the far start C at 300 is ${run[300]!.toExponential(3)}`,
	);
	const places = run.map((cost, epoch): [number, number] => [epoch, cost]).slice(1);
	const half = places.findIndex(([, cost]) => cost < 0.3);
	return line(places, { colour, label: name, labelAt: half, dx: 10, dy: -8 });
});
draw(
	"1-optimizers",
	panel(
		{
			x: { label: "epoch", domain: [1, 300], logarithmic: true },
			y: { label: "quadratic cost C, from w = 2, b = 2", domain: [0, 0.5] },
			width: 720,
		},
		level({ y: 0.05 }),
		...curves,
	),
);

// SGD: C < 0.05 from epoch 63 and 259; from the far start C at 300 is 2.057e-2
// momentum: C < 0.05 from epoch 13 and 44; from the far start C at 300 is 8.404e-5
// Adagrad: C < 0.05 from epoch 24 and 49; from the far start C at 300 is 3.343e-3
// RMSprop: C < 0.05 from epoch 1 and 2; from the far start C at 300 is 1.784e-5
// Adam: C < 0.05 from epoch 8 and 16; from the far start C at 300 is 2.555e-5
// out/notes/1-optimizers.svg
