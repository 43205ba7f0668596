/** Saturation (포화): far from 0 the sigmoid and tanh are flat, and a weight changes in proportion to that slope. */
import { grad, type Scalar, scalar, sigmoid, tanh } from "chainrule";
import { halfSse } from "chainrule/nn";
import { curve, draw, level, panel, words } from "../draw.js";

const functions = [
	{ name: "σ", h: sigmoid, domain: [-0.1, 1.1] },
	{ name: "tanh", h: tanh, domain: [-1.2, 1.2] },
] as const;

/** From here on the slope is below a twentieth of the largest. */
function edgeOf(h: (z: Scalar) => Scalar): number {
	const slope = grad(h);
	const places = Array.from({ length: 1000 }, (_, at) => at / 100);
	return places.find((z) => slope(z) < slope(0) / 20)!;
}

const panels = functions.map(({ name, h, domain }) => {
	const slope = grad(h);
	const edge = edgeOf(h);
	console.log(`${name}: slope ${[0, 1, 2, 5, 10].map((z) => `${slope(z).toPrecision(4)} at ${z}`).join(", ")}`);
	console.log(`  below a twentieth of the largest beyond ±${edge}`);
	return panel(
		{
			title: `${name} and its slope`,
			x: { label: "z", domain: [-8, 8] },
			y: { label: `${name}(z), slope`, domain },
			width: 420,
		},
		level({ x: -edge }),
		level({ x: edge }),
		curve((z) => h(scalar(z)).value, [-8, 8], { colour: "blue", label: name, labelAt: 1.1, dx: 12, dy: -4 }),
		curve(slope, [-8, 8], { colour: "orange", label: `${name}′`, labelAt: 1.2, dx: 12, dy: name === "σ" ? -10 : 4 }),
		words("saturated", [-6.4, name === "σ" ? 0.42 : 0.5], {}, "grey"),
		words("saturated", [6.4, name === "σ" ? 0.42 : 0.5], {}, "grey"),
	);
});

// The weight of a saturated node hardly moves, however large the error is.
const learned = grad((w: Scalar) => halfSse(sigmoid(w), 0.01));
for (const w of [0, 2, 5, 10])
	console.log(`σ(${w}), should be 0.01: slope of the weight ${learned(w).toExponential(2)}`);
draw("4-saturation", ...panels);

// σ: slope 0.2500 at 0, 0.1966 at 1, 0.1050 at 2, 0.006648 at 5, 0.00004540 at 10
//   below a twentieth of the largest beyond ±4.36
// tanh: slope 1.000 at 0, 0.4200 at 1, 0.07065 at 2, 0.0001816 at 5, 8.245e-9 at 10
//   below a twentieth of the largest beyond ±2.18
// σ(0), should be 0.01: slope of the weight 1.22e-1
// σ(2), should be 0.01: slope of the weight 9.14e-2
// σ(5), should be 0.01: slope of the weight 6.54e-3
// σ(10), should be 0.01: slope of the weight 4.49e-5
// out/notes/4-saturation.svg
