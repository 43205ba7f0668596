/** Where |z| is large the slopes of sigmoid and tanh all but vanish, and descent is slow; ReLU keeps one for z > 0. */
import { grad, leakyRelu, relu, type Scalar, sigmoid, tanh } from "chainrule";
import { curve, draw, panel, point } from "../draw.js";

const slopes = {
	sigmoid: grad(sigmoid),
	tanh: grad(tanh),
	ReLU: grad(relu),
	"leaky ReLU": grad((z: Scalar) => leakyRelu(z, 0.01)),
};
const places = [-10, -5, 0, 2, 5, 10];
for (const [name, slope] of Object.entries(slopes)) {
	console.log(`${name}′ at ${places.join(", ")}: ${places.map((z) => slope(z).toPrecision(5)).join(", ")}`);
}

const at = (name: keyof typeof slopes, z: number): [number, number] => [z, slopes[name](z)];
draw(
	"5-saturation",
	panel(
		{
			x: { label: "z", domain: [-11, 15] },
			y: { label: "slope g′(z)", domain: [1e-6, 10], logarithmic: true, ticks: 7 },
			width: 640,
		},
		curve(slopes.sigmoid, [-11, 15], { colour: "blue", label: "sigmoid", labelAt: -7, dx: -8, dy: -8 }),
		curve(slopes.tanh, [-11, 15], { colour: "violet", label: "tanh", labelAt: -5.6, dx: 12, dy: 6 }),
		curve(slopes.ReLU, [1e-9, 15], { colour: "green", label: "ReLU and leaky ReLU", labelAt: 5, dx: 0, dy: -12 }),
		curve(slopes["leaky ReLU"], [-11, 0], { colour: "orange", label: "leaky ReLU", labelAt: -8.4, dx: 0, dy: -12 }),
		point(at("tanh", 5), { colour: "violet", label: `tanh′(5) = ${slopes.tanh(5).toExponential(4)}`, dx: -10, dy: 16 }),
		point(at("sigmoid", 10), {
			colour: "blue",
			label: `σ′(10) = ${slopes.sigmoid(10).toExponential(4)}`,
			dx: 8,
			dy: -10,
		}),
	),
);

// sigmoid′ at -10, -5, 0, 2, 5, 10: 0.000045396, 0.0066481, 0.25000, 0.10499, 0.0066481, 0.000045396
// tanh′ at -10, -5, 0, 2, 5, 10: 8.2446e-9, 0.00018158, 1.0000, 0.070651, 0.00018158, 8.2446e-9
// ReLU′ at -10, -5, 0, 2, 5, 10: 0.0000, 0.0000, 0.0000, 1.0000, 1.0000, 1.0000
// leaky ReLU′ at -10, -5, 0, 2, 5, 10: 0.010000, 0.010000, 0.010000, 1.0000, 1.0000, 1.0000
// out/notes/5-saturation.svg
