/** Brute force (무차별 대입) against gradient descent (경사 하강법): how many tries the 18 weights of a small network take. */
import { argMin, Generator, linspace, min, split, squaredDifference, type Tensor, tensor } from "chainrule";
import { MLP, sse } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { draw, line, panel } from "../draw.js";
import { forward, target, weights } from "./network.js";

// The note printed 18 · 1,000 = 18,000 tries. They suffice if each weight is searched by itself while the others stand
// still; all together have 1,000^18 settings.
const count = new MLP(3, [3, 3], { bias: false }).parameterCount();
const settings = 1000n ** BigInt(count);
const years = Number(settings) / 1e9 / (365 * 24 * 3600);
console.log(`${count} weights: one by one ${1000 * count} tries, together 10^${String(settings).length - 1}`);
console.log(`  which take ${years.toExponential(1)} years at a billion a second`);

/** The least error in rows of weights, and where it is. */
function best(rows: readonly Float64Array[]) {
	const all = tensor(Float64Array.from(rows.flatMap((row) => [...row])), { shape: [rows.length, count] });
	const [wij, wjk] = split(all, 2, { axis: 1 }).map((part) => part.reshape([-1, 3, 3])) as [Tensor, Tensor];
	const errors = squaredDifference(forward({ wij, wjk }).ok, target).sum({ axis: [1, 2] });
	return { error: min(errors).item(), at: argMin(errors).item() };
}

const values = [...linspace(-1, 1, 1000).data];
const generator = new Generator(1);
const random = (): Float64Array => Float64Array.from({ length: count }, () => values[generator.integer(1000)]!);

let setting = random();
const [together, single]: [number[], number[]] = [[], []];
for (let weight = 0; weight < count; weight++) {
	together.push(Math.min(together.at(-1) ?? Infinity, best(Array.from(values, random)).error));
	const rows = values.map((value) => setting.with(weight, value));
	const { error, at } = best(rows);
	setting = rows[at]!;
	single.push(error);
}

const byTries = (errors: readonly number[]) => errors.map((error, at): [number, number] => [1000 * (at + 1), error]);

const network = weights();
const optimizer = new SGD(Object.values(network), { learningRate: 5 });
const descent = Array.from({ length: 60 }, (_, step): [number, number] => {
	const error = sse(forward(network).ok, target);
	optimizer.zeroGrad();
	error.backward();
	optimizer.step();
	return [step + 1, error.item()];
});

console.log("least error after 18000 tries:");
console.log(`  together ${together.at(-1)!.toExponential(2)}, one by one ${single.at(-1)!.toExponential(2)}`);
for (const steps of [5, 10, 30])
	console.log(`  after ${steps} steps of descent: ${descent[steps - 1]![1].toExponential(2)}`);
const axes = {
	x: { label: "tries, or steps", domain: [1, 2e4], logarithmic: true },
	y: { label: "least error E so far", domain: [1e-12, 1], logarithmic: true },
} as const;
draw(
	"4-brute-force",
	panel(
		{ ...axes, width: 620 },
		line(descent, { colour: "blue", label: "descent", labelAt: 14 }),
		line(byTries(together), { colour: "orange", label: "together, at random", labelAt: 0, dx: -8, dy: -4 }),
		line(byTries(single), { colour: "green", label: "one by one", labelAt: 0, dx: -8, dy: -4 }),
	),
);

// 18 weights: one by one 18000 tries, together 10^54
//   which take 3.2e+37 years at a billion a second
// least error after 18000 tries:
//   together 5.02e-3, one by one 3.71e-3
//   after 5 steps of descent: 1.55e-3
//   after 10 steps of descent: 3.25e-5
//   after 30 steps of descent: 4.25e-11
// out/notes/4-brute-force.svg
