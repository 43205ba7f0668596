/** The learning rate (학습률) α scales the step: too small is slow, too large overshoots (오버슈팅) the minimum or leaves it. */
import { grad, mul, type Scalar, scalar } from "chainrule";
import { sse } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { curve, draw, line, panel, point } from "../draw.js";

/** A linear node with the signal 1 and the target 2. */
const error = (w: Scalar): Scalar => sse(mul(w, 1), 2);
const slope = grad(error);

let apart = 0;

/** The weights of `steps` steps from 0 by an optimizer; the note's rule w ← w − α ∂E/∂w, which is right, goes along. */
function descend(learningRate: number, steps: number): number[] {
	const w = scalar(0, "w");
	const optimizer = new SGD([w], { learningRate });
	return Array.from({ length: steps }, () => {
		const byRule = w.value - learningRate * slope(w.value);
		optimizer.zeroGrad();
		error(w).backward();
		optimizer.step();
		apart = Math.max(apart, Math.abs(w.value - byRule));
		return w.value;
	});
}

// In a valley of curvature E″ a step of 1/E″ hits the bottom, a larger one passes it, and beyond 2/E″ the error grows.
const curvature = grad(slope)(0);
console.log(`E″ = ${curvature}: overshoot beyond α = ${1 / curvature}, divergence beyond α = ${2 / curvature}`);

const rates = [
	{ rate: 0.05, title: "α = 0.05: slow" },
	{ rate: 0.5, title: "α = 0.5: at once" },
	{ rate: 0.9, title: "α = 0.9: overshoots" },
	{ rate: 1.05, title: "α = 1.05: diverges" },
];
const panels = rates.map(({ rate, title }) => {
	const path = [0, ...descend(rate, 20)];
	const after = [1, 2, 3, 20].map((step) => path[step]!.toFixed(4));
	console.log(
		`α = ${rate}: w after 1, 2, 3 and 20 steps ${after.join(", ")}; E = ${error(scalar(path[20]!)).value.toPrecision(3)}`,
	);
	const places = path
		.slice(0, 9)
		.map((w): [number, number] => [w, error(scalar(w)).value])
		.filter(([, height]) => height < 9);
	return panel(
		{
			title,
			x: { label: "w", domain: [-1.2, 5.2], ticks: 5 },
			y: { label: "E", domain: [0, 9] },
			width: 270,
			height: 240,
		},
		curve((w) => error(scalar(w)).value, [-1, 5], { colour: "grey" }),
		line(places, { colour: "orange", width: 1.5 }),
		...places.map((place) => point(place, { colour: "orange" })),
	);
});
console.log(`the rule w ← w − α ∂E/∂w and the optimizer differ by ${apart}`);
draw("4-learning-rate", ...panels);

// E″ = 2: overshoot beyond α = 0.5, divergence beyond α = 1
// α = 0.05: w after 1, 2, 3 and 20 steps 0.2000, 0.3800, 0.5420, 1.7568; E = 0.0591
// α = 0.5: w after 1, 2, 3 and 20 steps 2.0000, 2.0000, 2.0000, 2.0000; E = 0.00
// α = 0.9: w after 1, 2, 3 and 20 steps 3.6000, 0.7200, 3.0240, 1.9769; E = 0.000532
// α = 1.05: w after 1, 2, 3 and 20 steps 4.2000, -0.4200, 4.6620, -11.4550; E = 181
// the rule w ← w − α ∂E/∂w and the optimizer differ by 0
// out/notes/4-learning-rate.svg
