/**
 * One sigmoid neuron learns that 1 should become 0, with the quadratic cost. The
 * start that is further off has the slower learning speed (학습 속도).
 */
import { gradients, scalar } from "chainrule";
import { halfSse } from "chainrule/nn";
import { draw, level, line, panel } from "../draw.js";

const [x, y, rate] = [1, 0, 0.15];

function learn(start: { w: number; b: number }, epochs: number) {
	const [w, b] = [scalar(start.w, "w"), scalar(start.b, "b")];
	return Array.from({ length: epochs + 1 }, (_, epoch) => {
		const a = w.mul(x).add(b).sigmoid();
		const cost = halfSse(a, y);
		const [dw, db] = gradients(cost, [w, b]);
		const state = { epoch, w: w.value, b: b.value, a: a.value, cost: cost.value, slope: dw.value };
		w.assign(w.value - rate * dw.value);
		b.assign(b.value - rate * db.value);
		return state;
	});
}

// The note printed "w=0.6, 0.9" and "w=2.0, 2.0"; the second numbers are the biases.
const starts = [
	{ w: 0.6, b: 0.9, colour: "blue" },
	{ w: 2, b: 2, colour: "orange" },
] as const;
const curves = starts.map(({ w, b, colour }) => {
	const run = learn({ w, b }, 400);
	const [first, last] = [run[0]!, run[300]!];
	console.log(
		`w = ${w}, b = ${b}: a ${first.a.toFixed(6)}, C ${first.cost.toFixed(6)}, ∂C/∂w ${first.slope.toFixed(6)}`,
	);
	console.log(
		`  a at 50, 100, ..., 300: ${[50, 100, 150, 200, 250, 300].map((at) => run[at]!.a.toFixed(6)).join(" ")}`,
	);
	console.log(`  at 300: w ${last.w.toFixed(6)}, b ${last.b.toFixed(6)}, C ${last.cost.toFixed(6)}`);
	const below = (cost: number) => run.find((state) => state.cost < cost)?.epoch;
	console.log(`  first epoch with C < 0.05: ${below(0.05)}, with C < 0.01: ${below(0.01)}`);
	const label = `w = ${w}, b = ${b}`;
	return line(
		run.slice(0, 301).map(({ epoch, cost }) => [epoch, cost]),
		{ colour, label, labelAt: w === 2 ? 190 : 40, dx: 8, dy: -12 },
	);
});
const axes = { x: { label: "epoch", domain: [0, 300] }, y: { label: "quadratic cost C", domain: [0, 0.5] } } as const;
draw("1-slow-start", panel(axes, level({ y: 0.05 }), ...curves));

// w = 0.6, b = 0.9: a 0.817574, C 0.334214, ∂C/∂w 0.121938
//   a at 50, 100, ..., 300: 0.387010 0.210996 0.152740 0.123747 0.106056 0.093956
//   at 300: w -1.283132, b -0.983132, C 0.004414
//   first epoch with C < 0.05: 63, with C < 0.01: 167
// w = 2, b = 2: a 0.982014, C 0.482176, ∂C/∂w 0.017345
//   a at 50, 100, ..., 300: 0.975933 0.964131 0.933417 0.788736 0.357212 0.202848
//   at 300: w -0.684293, b -0.684293, C 0.020574
//   first epoch with C < 0.05: 259, with C < 0.01: 362
// out/notes/1-slow-start.svg
