/** A perceptron (퍼셉트론) with the step function computes AND and OR; its decision line is where S = 0. */
import { step, type Tensor, tensor } from "chainrule";
import { contours, draw, panel, point, region, words } from "../draw.js";

const inputs = [
	[0, 0],
	[0, 1],
	[1, 0],
	[1, 1],
] as const;
type Perceptron = { w1: number; w2: number; b: number };

/** S = w₁x₁ + w₂x₂ + b for all four inputs; the output is φ(S), φ the step function. */
const sums = ({ w1, w2, b }: Perceptron): Tensor =>
	tensor(inputs)
		.matmul(tensor([w1, w2]))
		.add(b);
const list = (x: Tensor): string => Array.from(x.data).join(", ");
function show(name: string, perceptron: Perceptron): void {
	const s = sums(perceptron);
	console.log(`${name}: S = ${list(s)}; y = ${list(step(s))}`);
}

const and = { w1: 1, w2: 1, b: -1.5 };
const or = { w1: 1, w2: 1, b: -0.5 };
inputs.forEach(([x1, x2], at) => {
	const s = sums(and).at(at).item();
	console.log(
		`${"①②③④"[at]} (${and.w1} × ${x1}) + (${and.w2} × ${x2}) + (${and.b}) = ${s}, φ(${s}) = ${step(s).value}`,
	);
});
show("AND, w = (1, 1), b = -1.5", and);
show("OR, w = (1, 1), b = -0.5", or);

// The note printed b = -1 above the table of AND; the sums S of that table belong to b = -1.5.
show("AND as printed, b = -1", { ...and, b: -1 });
// The note printed w0 = -0.5, w1 = 1, b = 1 above the table of OR: the names are permuted, and -0.5 is b. It also
// counted weights from 0, from 1 and to w3 for the bias; here they are w1, w2 and b.
show("OR as printed, w = (-0.5, 1), b = 1", { w1: -0.5, w2: 1, b: 1 });

const plane = [-0.4, 1.5] as const;
const axis = { domain: plane, ticks: [0, 1] } as const;
const panels = Object.entries({ AND: and, OR: or }).map(([title, { w1, w2, b }]) => {
	const sum = (x1: number, x2: number): number => w1 * x1 + w2 * x2 + b;
	const y = step(sums({ w1, w2, b })).toArray() as number[];
	return panel(
		{ title, x: { label: "x₁", ...axis }, y: { label: "x₂", ...axis }, width: 320, height: 320 },
		region(sum, plane, plane),
		contours(sum, plane, plane, [0], { colour: "blue", width: 2.2 }),
		words("S = 0", title === "AND" ? [1.05, 0.22] : [0.5, -0.27], {}, "blue"),
		...inputs.map((at, index) => point(at, { colour: "blue", hollow: y[index] === 0, label: `${y[index]}` })),
	);
});
draw("2-and-or", ...panels);

// ① (1 × 0) + (1 × 0) + (-1.5) = -1.5, φ(-1.5) = 0
// ② (1 × 0) + (1 × 1) + (-1.5) = -0.5, φ(-0.5) = 0
// ③ (1 × 1) + (1 × 0) + (-1.5) = -0.5, φ(-0.5) = 0
// ④ (1 × 1) + (1 × 1) + (-1.5) = 0.5, φ(0.5) = 1
// AND, w = (1, 1), b = -1.5: S = -1.5, -0.5, -0.5, 0.5; y = 0, 0, 0, 1
// OR, w = (1, 1), b = -0.5: S = -0.5, 0.5, 0.5, 1.5; y = 0, 1, 1, 1
// AND as printed, b = -1: S = -1, 0, 0, 1; y = 0, 0, 0, 1
// OR as printed, w = (-0.5, 1), b = 1: S = 1, 2, 0.5, 1.5; y = 1, 1, 1, 1
// out/notes/2-and-or.svg
