/** Why train on a loss and not on the accuracy (정확도)? Because the accuracy is a step function (계단 함수) of every weight. */
import { abs, grad, type Scalar, step, sub, type Tensor } from "chainrule";
import { accuracy, blobs } from "chainrule/data";
import { bceWithLogits } from "chainrule/nn";
import { curve, draw, line, panel, words } from "../draw.js";

const centers = [
	[-1, 0.5],
	[1, -0.5],
];
const { x, y } = blobs({ samples: 100, centers, seed: 7 });
const [x1, x2] = [x.at(null, 0), x.at(null, 1)];

/** What a neuron with the weights w and -1 says of all 100, its share of right answers in percent, and its loss. */
const scores = (w: number | Scalar): Tensor => x1.mul(w).sub(x2);
const percent = (w: number): number => Math.round(100 * accuracy(scores(w), y, { threshold: 0 }));
const loss = (w: number | Scalar): Tensor => bceWithLogits(scores(w), y);

/** A sample changes sides where w x₁ = x₂; between two such places nothing changes. */
const jumps = Array.from(x2.div(x1).data).sort((one, other) => one - other);
const [from, to] = [-1.24, -0.6];
const places = [from, ...jumps.filter((w) => from < w && w < to), to];
const treads = places
	.slice(1)
	.map((right, at) => ({ left: places[at]!, right, height: percent((places[at]! + right) / 2) }));
console.log(`for w from ${from} to ${to}: ${treads.map(({ height }) => height).join(", ")} %`);

const tread = treads.find(({ height }) => height === 32)!;
const w = tread.left + (tread.right - tread.left) / 2;
const slope = grad((weight: Scalar) => loss(weight));
console.log(
	`w = ${w.toFixed(4)}: ${percent(w)} of 100 right; loss ${loss(w).item().toFixed(6)}, its slope ${slope(w).toFixed(4)}`,
);
const near = w + (tread.right - w) / 2;
console.log(`w = ${near.toFixed(4)}: ${percent(near)} of 100 right; loss ${loss(near).item().toFixed(6)}`);

// The note printed that the slope of the accuracy is mostly 0. It is 0 wherever there is one; at the jumps there is none:
// the quotient grows without limit. (By convention the tape says 0 there, too.)
const quotient = (at: number, h: number): number => (percent(at + h) - percent(at - h)) / 100 / (2 * h);
const wrong = grad((weight: Scalar) => abs(sub(step(scores(weight)), y)).mean());
const sizes = [1e-2, 1e-4, 1e-6];
const middles = treads.map(({ left, right }) => (left + right) / 2);
console.log(
	`slopes between the jumps, by tape: ${[...new Set(middles.map((middle) => Math.abs(wrong(middle))))].join(", ")}`,
);
console.log(
	`at the jump ${tread.right.toFixed(4)}: ${sizes.map((h) => quotient(tread.right, h).toFixed(1)).join(", ")}; by tape ${Math.abs(wrong(tread.right))}`,
);

const axis = { label: "weight w", domain: [from, to], ticks: 5 } as const;
draw(
	"3-accuracy",
	panel(
		{ title: "accuracy: steps", x: axis, y: { label: "right answers, %", domain: [26, 40] }, width: 420 },
		...treads.map(({ left, right, height }) =>
			line(
				[
					[left, height],
					[right, height],
				],
				{ colour: "orange", width: 3 },
			),
		),
		words("32 of 100", [w, 32], { dy: -12 }, "orange"),
	),
	panel(
		{ title: "cross-entropy: a slope everywhere", x: axis, y: { label: "loss" }, width: 420 },
		curve((weight) => loss(weight).item(), [from, to], { colour: "blue" }),
	),
);

// for w from -1.24 to -0.6: 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39 %
// w = -0.8594: 32 of 100 right; loss 1.115638, its slope -0.7644
// w = -0.8114: 32 of 100 right; loss 1.079329
// slopes between the jumps, by tape: 0
// at the jump -0.7634: 0.5, 50.0, 5000.0; by tape 0
// out/notes/3-accuracy.svg
