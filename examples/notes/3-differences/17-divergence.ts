/** A learning rate (학습률) above 1 flees from the minimum of x0² + x1²: every step multiplies X by 1 − 2η. */
import { grad, hessian, parameter, type Tensor, tensor } from "chainrule";
import { eigh } from "chainrule/linalg";
import { SGD } from "chainrule/optim";
import { draw, line, panel } from "../draw.js";

const f = (x: Tensor) => x.square().sum();

/** The heights of 20 steps from (2, 1). */
function descend(learningRate: number): number[] {
	const x = parameter([2, 1], { name: "X" });
	const optimizer = new SGD([x], { learningRate });
	return Array.from({ length: 21 }, () => {
		optimizer.zeroGrad();
		const height = f(x);
		height.backward();
		optimizer.step();
		return height.item();
	});
}

const curvature = eigh(hessian(f)(tensor([2, 1])))
	.eigenvalues.at(-1)
	.item();
console.log(`largest curvature ${curvature}: descent for η below ${2 / curvature}`);
const x = tensor([2, 1]);
const runs = [
	{ rate: 0.1, colour: "green" },
	{ rate: 0.95, colour: "blue" },
	{ rate: 1, colour: "violet" },
	{ rate: 1.05, colour: "red" },
] as const;
const marks = runs.map(({ rate, colour }) => {
	const heights = descend(rate);
	const factor = x.sub(grad(f)(x).mul(rate)).div(x).at(0).item();
	const shown = [0, 1, 2, 20].map((step) => heights[step]!.toPrecision(4)).join(", ");
	console.log(`η = ${rate}: X times ${factor.toFixed(2)}; f after 0, 1, 2, 20 steps ${shown}`);
	const places = heights.map((height, step): [number, number] => [step, height]);
	return line(places, { colour, label: `η = ${rate}`, labelAt: 15, dx: 6, dy: -16 });
});
draw(
	"3-divergence",
	panel(
		{
			x: { label: "step", domain: [0, 20] },
			y: { label: "x₀² + x₁²", domain: [1e-4, 1e3], logarithmic: true, ticks: [0.01, 1, 100] },
		},
		...marks,
	),
);

// largest curvature 2: descent for η below 1
// η = 0.1: X times 0.80; f after 0, 1, 2, 20 steps 5.000, 3.200, 2.048, 0.0006646
// η = 0.95: X times -0.90; f after 0, 1, 2, 20 steps 5.000, 4.050, 3.280, 0.07390
// η = 1: X times -1.00; f after 0, 1, 2, 20 steps 5.000, 5.000, 5.000, 5.000
// η = 1.05: X times -1.10; f after 0, 1, 2, 20 steps 5.000, 6.050, 7.321, 226.3
// out/notes/3-divergence.svg
