/** Initial weights (초기 가중치): the more connections a node has, the smaller their range, by 1/√n. */
import { abs, Generator, matmul, max, mean, rand, sigmoid, std, sub } from "chainrule";
import { init } from "chainrule/nn";
import { draw, level, line, panel } from "../draw.js";

const generator = new Generator(1);
const largest = (n: number): number => 1 / Math.sqrt(n);

// n = 3 as in the note. It gave the range 1/√n and then "values near 0", which are two distributions. Their standard
// deviations are √3 apart: 1/√(3n) for uniform between ±1/√n, and 1/√n for normal with that deviation.
console.log(`n = 3: 1/√n = ${largest(3).toFixed(6)}, 1/√(3n) = ${largest(9).toFixed(6)}`);
const starts = { uniform: init.fanInUniform(), normal: init.normal(0, largest(3)) };
for (const [name, start] of Object.entries(starts)) {
	const weights = start([200_000, 3], { generator });
	const [edge, deviation] = [max(abs(weights)).item(), std(weights).item()];
	console.log(`  ${name}: largest ${edge.toFixed(2)}, standard deviation ${deviation.toFixed(3)}`);
}

/** The slope of sigmoids with n connections, on average: at most 0.25, and 0 where all are saturated. */
function steepness(n: number, start: init.Initializer): number {
	const inputs = rand([n, 50], { generator });
	const o = sigmoid(matmul(start([50, n], { generator }), inputs));
	return mean(o.mul(sub(1, o))).item();
}
const sizes = [1, 3, 10, 30, 100, 300, 1000, 3000];
const curves = [
	{ name: "between ±1", colour: "orange", beside: { dx: 12, dy: -6 }, start: () => init.uniform(-1, 1) },
	{
		name: "normal, deviation 1/√n",
		colour: "violet",
		beside: { dx: 0, dy: 16 },
		start: (n: number) => init.normal(0, largest(n)),
	},
	{ name: "between ±1/√n", colour: "blue", beside: { dx: 0, dy: -18 }, start: () => init.fanInUniform() },
] as const;
const marks = curves.map(({ name, colour, beside, start }) => {
	const places = sizes.map((n): [number, number] => [n, steepness(n, start(n))]);
	console.log(`${name}: mean σ′ ${places.map(([n, slope]) => `${slope.toFixed(3)} (n ${n})`).join(", ")}`);
	return line(places, { colour, label: name, labelAt: 4, ...beside });
});
draw(
	"4-initial-range",
	panel(
		{
			x: { label: "connections n", domain: [1, 3000], logarithmic: true },
			y: { label: "mean slope σ′(z)", domain: [0, 0.3] },
			width: 620,
		},
		level({ y: 0.25 }),
		...marks,
	),
);

// n = 3: 1/√n = 0.577350, 1/√(3n) = 0.333333
//   uniform: largest 0.58, standard deviation 0.334
//   normal: largest 2.93, standard deviation 0.577
// between ±1: mean σ′ 0.245 (n 1), 0.230 (n 3), 0.198 (n 10), 0.154 (n 30), 0.119 (n 100), 0.056 (n 300), 0.033 (n 1000), 0.018 (n 3000)
// normal, deviation 1/√n: mean σ′ 0.231 (n 1), 0.230 (n 3), 0.238 (n 10), 0.235 (n 30), 0.231 (n 100), 0.228 (n 300), 0.232 (n 1000), 0.235 (n 3000)
// between ±1/√n: mean σ′ 0.243 (n 1), 0.245 (n 3), 0.243 (n 10), 0.245 (n 30), 0.242 (n 100), 0.244 (n 300), 0.245 (n 1000), 0.242 (n 3000)
// out/notes/4-initial-range.svg
