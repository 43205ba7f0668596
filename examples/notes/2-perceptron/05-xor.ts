/** No single perceptron computes XOR; three do: AND of OR and NAND. */
import { Generator, step, type Tensor, tensor } from "chainrule";
import { Perceptron } from "chainrule/nn";
import { type Colour, contours, draw, panel, point, region, words } from "../draw.js";

const inputs = tensor([
	[0, 0],
	[0, 1],
	[1, 0],
	[1, 1],
]);
const xor = [0, 1, 1, 0];

// XOR asks for b <= 0, w1 + b > 0, w2 + b > 0 and w1 + w2 + b <= 0. The second and third add up to w1 + w2 + 2b > 0,
// the first and last to w1 + w2 + 2b <= 0. So three right answers of four are the most there can be.
const rows = inputs.toArray() as number[][];
const right = (perceptron: Perceptron): number => rows.filter((x, at) => perceptron.call(x).value === xor[at]).length;
const generator = new Generator(1);
const draws = Array.from({ length: 2000 }, () => {
	const [w1, w2, bias] = [generator.normal(), generator.normal(), generator.normal()];
	return right(new Perceptron(2, { weights: [w1, w2], bias }));
});
console.log(`${draws.length} random perceptrons: at most ${Math.max(...draws)} of 4 right`);
const learner = new Perceptron(2);
const wrong = Array.from({ length: 1000 }, () => rows.filter((x, at) => learner.learn(x, xor[at]!).error !== 0).length);
console.log(`the perceptron rule in epochs 997 to 1000: ${wrong.slice(-4).join(", ")} corrections`);

type Unit = { w1: number; w2: number; b: number };
const or: Unit = { w1: 1, w2: 1, b: -0.5 };
const nand: Unit = { w1: -1, w2: -1, b: 1.5 };
const and: Unit = { w1: 1, w2: 1, b: -1.5 };
const output = ({ w1, w2, b }: Unit, x: Tensor): Tensor => step(x.matmul(tensor([w1, w2])).add(b));

const [h1, h2] = [output(or, inputs), output(nand, inputs)];
const hidden = rows.map((_, at) => [h1.at(at).item(), h2.at(at).item()] as const);
const list = (x: Tensor): string => Array.from(x.data).join(", ");
console.log(`OR ${list(h1)}; NAND ${list(h2)}; AND of both ${list(output(and, tensor(hidden)))}`);

const plane = [-0.4, 1.5] as const;
const axis = (label: string) => ({ label, domain: plane, ticks: [0, 1] }) as const;
const sum = (unit: Unit) => (x1: number, x2: number) => unit.w1 * x1 + unit.w2 * x2 + unit.b;
const edge = (unit: Unit, colour: Colour, name: string, at: readonly [number, number]) => [
	contours(sum(unit), plane, plane, [0], { colour, width: 2.2 }),
	words(name, at, {}, colour),
];
const place = (at: number, [x1, x2]: readonly number[]) =>
	point([x1!, x2!], { colour: "blue", hollow: xor[at] === 0, label: `${xor[at]}` });
draw(
	"2-xor",
	panel(
		{ title: "two lines in the plane of x", x: axis("x₁"), y: axis("x₂"), width: 340, height: 340 },
		region((x1, x2) => Math.min(sum(or)(x1, x2), sum(nand)(x1, x2)), plane, plane),
		...edge(or, "green", "OR", [0.58, -0.27]),
		...edge(nand, "violet", "NAND", [1.02, 0.76]),
		...rows.map((x, at) => place(at, x)),
	),
	panel(
		{ title: "one line in the plane of h", x: axis("h₁ = OR"), y: axis("h₂ = NAND"), width: 340, height: 340 },
		region(sum(and), plane, plane),
		...edge(and, "blue", "AND", [1.02, 0.3]),
		...hidden.map((h, at) => place(at, h)),
	),
);

// 2000 random perceptrons: at most 3 of 4 right
// the perceptron rule in epochs 997 to 1000: 4, 4, 4, 4 corrections
// OR 0, 1, 1, 1; NAND 1, 1, 1, 0; AND of both 0, 1, 1, 0
// out/notes/2-xor.svg
