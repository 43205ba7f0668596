/** Rain or no rain as probability distributions (확률 분포): three forecasts, their line, and two loss functions (손실 함수). */
import { Generator, log, randn, softmax, sum, tensor } from "chainrule";
import { halfSse, nll } from "chainrule/nn";
import { draw, line, panel, point, words } from "../draw.js";

/** It rained: all of the probability is on the first outcome. */
const target = [1, 0];
const forecasts = [
	{ name: "A", y: [0.9, 0.1], colour: "green" },
	{ name: "B", y: [0.6, 0.4], colour: "blue" },
	{ name: "C", y: [0.3, 0.7], colour: "orange" },
] as const;

const points = forecasts.map(({ name, y, colour }) => {
	// The note calls ½ Σ (y − t)² the sum of squared errors, SSE.
	const squares = halfSse(tensor(y), target).item().toFixed(2);
	const entropy = nll(log(tensor(y)), target)
		.item()
		.toFixed(6);
	console.log(`${name} ${y.join(", ")}: p + q = ${sum(tensor(y)).item()}, SSE ${squares}, cross-entropy ${entropy}`);
	return point(y, { colour, label: `${name}: SSE ${squares}, cross-entropy ${entropy}`, dx: 12, dy: -10 });
});

// The note printed x: (1, 0) and y: (0, 1) as if they were axes, and two variables as the reason for the line. They are
// the two certain outcomes, the ends of the line; and the reason is p + q = 1, which two variables alone do not obey.
const pairs = randn([1000, 2], { generator: new Generator(1) });
for (const [name, y] of [
	["any two numbers", pairs],
	["softmax of them", softmax(pairs, { axis: 1 })],
] as const) {
	const onLine = Array.from(sum(y, { axis: 1 }).data).filter((total) => Math.abs(total - 1) < 1e-12).length;
	console.log(`${name}: ${onLine} of 1000 pairs on the line`);
}

draw(
	"3-rain",
	panel(
		{
			x: { label: "p, rain", domain: [-0.05, 1.9], ticks: [0, 0.5, 1] },
			y: { label: "q, no rain", domain: [-0.05, 1.15], ticks: [0, 0.5, 1] },
			width: 640,
			height: 420,
		},
		line(
			[
				[0, 1],
				[1, 0],
			],
			{ colour: "grey" },
		),
		words("p + q = 1", [0.45, 0.5], { dx: -10 }, "grey"),
		point([1, 0], { label: "it rains: (1, 0)", hollow: true, dy: -12 }),
		point([0, 1], { label: "it does not rain: (0, 1)", hollow: true, dy: -12 }),
		...points,
	),
);

// A 0.9, 0.1: p + q = 1, SSE 0.01, cross-entropy 0.105361
// B 0.6, 0.4: p + q = 1, SSE 0.16, cross-entropy 0.510826
// C 0.3, 0.7: p + q = 1, SSE 0.49, cross-entropy 1.203973
// any two numbers: 0 of 1000 pairs on the line
// softmax of them: 1000 of 1000 pairs on the line
// out/notes/3-rain.svg
