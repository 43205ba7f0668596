/** The perceptron rule (가중치 조정 식): w ← w + η(y − o)x, where y is the target and o the output. */
import { Perceptron } from "chainrule/nn";
import { contours, draw, panel, point, type Stroke, words } from "../draw.js";

const and = [
	{ x: [0, 0], y: 0 },
	{ x: [0, 1], y: 0 },
	{ x: [1, 0], y: 0 },
	{ x: [1, 1], y: 1 },
] as const;
const learningRate = 0.05; // The note printed η/η before (y − o); and its y was first the output, then the target.
const unit = (bias: number): Perceptron => new Perceptron(2, { weights: [0.55, 0.55], bias });
const state = ({ weights, bias }: Perceptron): number[] => [...weights, bias!].map(({ value }) => value);
const shown = (w: readonly number[]): string => w.map((value) => value.toFixed(2)).join(", ");
const outputs = (perceptron: Perceptron): string => and.map(({ x }) => perceptron.call(x).value).join(", ");

// The note printed the outputs 0, 1, 1, 1 beside b = -0.65. They need -0.55 < b <= 0; with b = -0.65 nothing changes.
for (const bias of [-0.65, -0.5]) {
	const perceptron = unit(bias);
	console.log(`b = ${bias}: outputs ${outputs(perceptron)}`);
	for (const { x, y } of and) {
		const update = perceptron.learn(x, y, { learningRate });
		if (update.error !== 0) console.log(`  after (${x.join(", ")}): ${update.lines.join("; ")}`);
	}
	console.log(`  then ${shown(state(perceptron))}: outputs ${outputs(perceptron)}`);
}

// Granted o = 1 for both, the note's lines are right as arithmetic. Its second correction began with the first weights
// again. The rule goes on from the new ones, and there (1, 0) is right already; summed over the batch it is a third.
const corrected = (w: readonly number[], x: readonly number[]): number[] =>
	w.map((value, index) => value + learningRate * (0 - 1) * [...x, 1][index]!);
const [start, second, third] = [[0.55, 0.55, -0.65], and[1].x, and[2].x];
console.log(
	`as printed: ${shown(corrected(start, second))} after (${second.join(", ")}), ${shown(corrected(start, third))} after (${third.join(", ")})`,
);
const [w1, w2, b] = corrected(start, second) as [number, number, number];
const sum = new Perceptron(2, { weights: [w1, w2], bias: b }).learn(third, 0).sum;
console.log(`online: from ${shown([w1, w2, b])}, S(${third.join(", ")}) = ${sum.toFixed(2)}, no correction`);
console.log(`batch: ${shown(corrected(corrected(start, second), third))}`);

const plane = [-0.4, 1.5] as const;
const axis = { domain: plane, ticks: [0, 1] } as const;
const edge = (u1: number, u2: number, c: number, style: Stroke) =>
	contours((x1, x2) => u1 * x1 + u2 * x2 + c, plane, plane, [0], { width: 2.2, ...style });
draw(
	"2-learning-rule",
	panel(
		{ x: { label: "x₁", ...axis }, y: { label: "x₂", ...axis }, width: 380, height: 380 },
		edge(0.55, 0.55, -0.5, { colour: "grey", dash: true }),
		edge(0.55, 0.5, -0.55, { colour: "blue" }),
		words("before", [0.28, 0.38], {}, "grey"),
		words("after", [0.7, 0.66], {}, "blue"),
		...and.map(({ x, y }) => point(x, { colour: "blue", hollow: y === 0, label: `${y}` })),
	),
);

// b = -0.65: outputs 0, 0, 0, 1
//   then 0.55, 0.55, -0.65: outputs 0, 0, 0, 1
// b = -0.5: outputs 0, 1, 1, 1
//   after (0, 1): w1 = 0.55 + 0.05 · (0 - 1) · 0 = 0.55; w2 = 0.55 + 0.05 · (0 - 1) · 1 = 0.5; b = -0.5 + 0.05 · (0 - 1) = -0.55
//   then 0.55, 0.50, -0.55: outputs 0, 0, 0, 1
// as printed: 0.55, 0.50, -0.70 after (0, 1), 0.50, 0.55, -0.70 after (1, 0)
// online: from 0.55, 0.50, -0.70, S(1, 0) = -0.15, no correction
// batch: 0.50, 0.50, -0.75
// out/notes/2-learning-rule.svg
