/** How large random weights (랜덤 초기화) may start: what reaches the layers of a deep tanh network, and what comes back. */
import { countNonzero, Generator, less, mean, min, rand, randn, square, std, sub, type Tensor, tanh } from "chainrule";
import { init, Linear, mse } from "chainrule/nn";
import { area, draw, line, panel } from "../draw.js";

const [units, depth] = [50, 5];
const starts = {
	zero: init.zeros,
	"all 0.1": init.constant(0.1),
	"0.01 · randn": init.normal(0, 0.01),
	"within ±1/√n": init.fanInUniform(),
	Xavier: init.xavierNormal(),
	randn: init.normal(),
};

/** Where values of a layer lie between −1 and 1, as the outline of a hill on the line y = `base`. */
function hill(values: Tensor, base: number): [number, number][] {
	const counts = new Array<number>(41).fill(0);
	for (const a of values.data) counts[Math.round(20 * (a + 1))]!++;
	const highest = Math.max(...counts);
	return counts.map((count, bin) => [bin / 20 - 1, base + (0.85 * count) / highest]);
}

const axes = {
	x: { label: "activation a", domain: [-1.05, 1.05], ticks: [-1, 0, 1] },
	y: { label: "layer", domain: [0.8, 6], ticks: [1, 2, 3, 4, 5] },
} as const;
// The note prefers small weights, as large ones saturate. That holds for one or two layers; in a deeper network 0.01
// starves the layers, forward and backward. The deviation has to fit the connections, as with Xavier.
const panels = Object.entries(starts).map(([title, weight]) => {
	const generator = new Generator(1);
	const layers = Array.from({ length: depth }, () => new Linear(units, units, { weight, bias: init.zeros, generator }));
	const outputs: Tensor[] = [];
	for (const layer of layers) outputs.push(tanh(layer.call(outputs.at(-1) ?? randn([200, units], { generator }))));
	mse(outputs.at(-1)!, randn([200, units], { generator })).backward();
	const deviations = outputs.map((a) => std(a).item().toPrecision(2));
	const slope = mean(sub(1, square(outputs.at(-1)!))).item();
	const back = std(layers[0]!.weight.grad!).item();
	console.log(
		`${title}: deviation of a ${deviations.join(", ")}; mean tanh′ ${slope.toFixed(2)}; slopes of W1 ${back.toExponential(0)}`,
	);
	return panel(
		{ title, ...axes, width: 200, height: 320 },
		...outputs.toReversed().flatMap((a, at) => {
			const outline = hill(a, depth - at);
			return [area(outline, depth - at, "blue"), line(outline, { colour: "blue", width: 1.2 })];
		}),
	);
});

// The note printed np.random.rand((2, 2)) * 0.01. It is a TypeError, as rand wants the sizes one by one; and rand is
// uniform from 0 to 1, never negative. Meant is randn. Here both take a shape.
for (const [name, weights] of Object.entries({ rand: rand([1000, 2]), randn: randn([1000, 2]) })) {
	console.log(
		`${name}: least ${min(weights).item().toFixed(2)}, ${countNonzero(less(weights, 0)).item()} of 2000 below 0`,
	);
}
draw("5-random-initialisation", ...panels);

// zero: deviation of a 0.0, 0.0, 0.0, 0.0, 0.0; mean tanh′ 1.00; slopes of W1 0e+0
// all 0.1: deviation of a 0.53, 0.88, 0.97, 0.99, 0.99; mean tanh′ 0.00; slopes of W1 5e-4
// 0.01 · randn: deviation of a 0.070, 0.0050, 0.00036, 0.000025, 0.0000018; mean tanh′ 1.00; slopes of W1 7e-8
// within ±1/√n: deviation of a 0.46, 0.25, 0.14, 0.080, 0.044; mean tanh′ 1.00; slopes of W1 2e-4
// Xavier: deviation of a 0.62, 0.49, 0.41, 0.35, 0.32; mean tanh′ 0.90; slopes of W1 1e-3
// randn: deviation of a 0.94, 0.94, 0.94, 0.94, 0.94; mean tanh′ 0.12; slopes of W1 1e-2
// rand: least 0.00, 0 of 2000 below 0
// randn: least -3.11, 1005 of 2000 below 0
// out/notes/5-random-initialisation.svg
