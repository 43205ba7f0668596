/** Vanishing gradients: through a chain of sigmoids every layer multiplies the slope by at most 1/4. */
import { grad, mul, relu, type Scalar, sigmoid, tanh } from "chainrule";
import { draw, line, panel } from "../draw.js";

type Activation = (x: Scalar) => Scalar;

/** The slope of the last output along the input 0.5, through `depth` units that multiply by `weight`. */
function slope(h: Activation, depth: number, { weight = 1, input = 0.5 } = {}): number {
	const chain = (x: Scalar): Scalar => {
		let a = x;
		for (let layer = 0; layer < depth; layer++) a = h(mul(weight, a));
		return a;
	};
	return grad(chain)(input);
}

const steepest = Math.max(...Array.from({ length: 2001 }, (_, at) => grad(sigmoid)((at - 1000) / 100)));
console.log(`the largest slope of the sigmoid: ${steepest}`);
const depths = [1, 5, 10, 20];
for (const [name, h] of [
	["sigmoid", sigmoid],
	["tanh", tanh],
	["ReLU", relu],
] as const) {
	console.log(
		`${name}, depth ${depths.join(", ")}: ${depths.map((depth) => slope(h, depth).toPrecision(3)).join(", ")}`,
	);
}

// The note printed that ReLU solves the problem. It mitigates it: a unit below 0 is dead, and weights scale the slope.
console.log(
	`ReLU, depth 20: input -0.5 ${slope(relu, 20, { input: -0.5 })}; weights 0.5 ${slope(relu, 20, { weight: 0.5 }).toExponential(2)}, weights 2 ${slope(relu, 20, { weight: 2 })}`,
);

const all = Array.from({ length: 20 }, (_, at) => at + 1);
const along = (h: Activation, weight = 1) => all.map((depth): [number, number] => [depth, slope(h, depth, { weight })]);
draw(
	"2-vanishing-gradient",
	panel(
		{
			x: { label: "depth (layers)", domain: [1, 20] },
			y: { label: "slope at the input", domain: [1e-14, 10], logarithmic: true, ticks: 8 },
			width: 620,
		},
		line(along(relu), { colour: "green", label: "ReLU", labelAt: 12, dx: 0, dy: -12 }),
		line(along(tanh), { colour: "violet", label: "tanh", labelAt: 12, dx: 0, dy: 18 }),
		line(along(relu, 0.5), { colour: "green", dash: true, label: "ReLU, weights 0.5", labelAt: 11, dx: 12, dy: -10 }),
		line(along(sigmoid), { colour: "blue", label: "sigmoid", labelAt: 12, dx: -12, dy: 12 }),
	),
);

// the largest slope of the sigmoid: 0.25
// sigmoid, depth 1, 5, 10, 20: 0.235, 0.000608, 3.48e-7, 1.14e-13
// tanh, depth 1, 5, 10, 20: 0.786, 0.393, 0.223, 0.107
// ReLU, depth 1, 5, 10, 20: 1.00, 1.00, 1.00, 1.00
// ReLU, depth 20: input -0.5 0; weights 0.5 9.54e-7, weights 2 1048576
// out/notes/2-vanishing-gradient.svg
