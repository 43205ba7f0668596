/** The whole inverter: 0 becomes 1 and 1 becomes 0, learned from both samples with the mean quadratic cost. */
import { gradients, scalar, sigmoid } from "chainrule";
import { halfSse } from "chainrule/nn";
import { draw, line, panel } from "../draw.js";

const samples = [
	{ x: 0, y: 1 },
	{ x: 1, y: 0 },
];
const w = scalar(0.6, "w");
const b = scalar(0.9, "b");
const rate = 0.15;
const output = (x: number) => sigmoid(w.mul(x).add(b));

// The note printed ∂C/∂w = ∂C/∂b = a σ′(z) for the inverter. That is its half x = 1, y = 0; for x = 0, y = 1 the
// weight has no slope and the bias has (a − 1) σ′(z).
for (const { x, y } of samples) {
	const a = output(x);
	const [dw, db] = gradients(halfSse(a, y), [w, b]);
	const printed = a.value * a.value * (1 - a.value);
	const slopes = `∂C/∂w = ${dw.value.toFixed(6)}, ∂C/∂b = ${db.value.toFixed(6)}`;
	console.log(`x = ${x}, y = ${y}: ${slopes}; a σ′ = ${printed.toFixed(6)}`);
}

const history: number[][] = [];
for (let epoch = 0; epoch <= 3000; epoch++) {
	const outputs = samples.map(({ x }) => output(x));
	const cost = halfSse(
		outputs,
		samples.map(({ y }) => y),
		{ reduction: "mean" },
	);
	history.push(outputs.map((a) => a.value));
	if ([0, 300, 3000].includes(epoch)) {
		const now = [w, b, ...outputs].map(({ value }) => value.toFixed(6)).join(" ");
		console.log(`epoch ${epoch}: C = ${cost.item().toFixed(6)}; w, b, outputs ${now}`);
	}
	const [dw, db] = gradients(cost, [w, b]);
	w.assign(w.value - rate * dw.value);
	b.assign(b.value - rate * db.value);
}

draw(
	"1-inverter",
	panel(
		{ x: { label: "epoch", domain: [0, 3000] }, y: { label: "output a", domain: [0, 1] } },
		...samples.map(({ x, y }, at) =>
			line(
				history.map((outputs, epoch): [number, number] => [epoch, outputs[at]!]),
				{ colour: y ? "blue" : "orange", label: `x = ${x}, should be ${y}`, labelAt: 1400, dx: 0, dy: y ? -16 : 20 },
			),
		),
	),
);

// x = 0, y = 1: ∂C/∂w = 0.000000, ∂C/∂b = -0.059400; a σ′ = 0.146100
// x = 1, y = 0: ∂C/∂w = 0.121938, ∂C/∂b = 0.121938; a σ′ = 0.121938
// epoch 0: C = 0.187995; w, b, outputs 0.600000 0.900000 0.710950 0.817574
// epoch 300: C = 0.048623; w, b, outputs -1.618318 0.626915 0.651790 0.270635
// epoch 3000: C = 0.003884; w, b, outputs -4.697322 2.230266 0.902935 0.078200
// out/notes/1-inverter.svg
