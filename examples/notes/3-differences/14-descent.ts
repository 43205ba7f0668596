/** Gradient descent (경사 하강법) X ← X − η∇f(X) from (2, 1): every step stands across its contour line (등고선). */
import { div, dot, grad, norm, parameter, type Tensor, tensor } from "chainrule";
import { SGD } from "chainrule/optim";
import { contours, draw, line, panel, point } from "../draw.js";

const start = [2, 1] as const;

/** 15 steps on a x0² + b x1². */
function descend([a, b]: readonly [number, number], learningRate: number) {
	const f = (x: Tensor) =>
		x
			.square()
			.mul(tensor([a, b]))
			.sum();
	const x = parameter(start, { name: "X" });
	const optimizer = new SGD([x], { learningRate });
	const path = Array.from({ length: 16 }, () => {
		const place = tensor(x.toArray());
		optimizer.zeroGrad();
		f(x).backward();
		optimizer.step();
		return place;
	});
	return { f, path, places: path.map((at) => at.toArray() as [number, number]) };
}
const row = (x: Tensor): string => `(${Array.from(x.data, (value) => value.toPrecision(4)).join(", ")})`;

// The note is right with X_{n+1} = X_n − η∇f(X_n).
const { f, path } = descend([1, 1], 0.1);
let byRule = tensor(start);
for (let step = 0; step <= 3; step++) {
	console.log(`X${step} = ${row(path[step]!)}, by the rule ${row(byRule)}, f = ${f(byRule).item().toFixed(4)}`);
	byRule = byRule.sub(grad(f)(byRule).mul(0.1));
}

// Across the contour it goes down fastest. That is the way to the bottom only where contours are circles.
const panels = [
	{ title: "x₀² + x₁², η = 0.1", factors: [1, 1] as const, rate: 0.1, levels: [0.25, 1, 2, 3.2, 5] },
	{ title: "0.2 x₀² + 2 x₁², η = 0.4", factors: [0.2, 2] as const, rate: 0.4, levels: [0.1, 0.4, 1, 1.8, 2.8] },
].map(({ title, factors, rate, levels }) => {
	const { f, path, places } = descend(factors, rate);
	const [x, gradient] = [tensor(start), grad(f)(tensor(start))];
	const cosine = dot(div(x, norm(x)), div(gradient, norm(gradient))).item();
	console.log(
		`${title}: cosine of the first step and the way to the bottom ${cosine.toFixed(4)}, X15 = ${row(path[15]!)}`,
	);
	const [a, b] = factors;
	const axes = {
		x: { label: "x₀", domain: [-1, 2.6], ticks: 4 },
		y: { label: "x₁", domain: [-1.4, 1.6], ticks: 4 },
	} as const;
	return panel(
		{ title, ...axes, width: 460, height: 394 },
		contours((x0, x1) => a * x0 * x0 + b * x1 * x1, [-1, 2.6], [-1.4, 1.6], levels),
		line(places, { colour: "orange", width: 1.5 }),
		...places.map((at) => point(at, { colour: "orange" })),
		point([0, 0], { hollow: true, label: "minimum", dx: -12, dy: 16 }),
		point(start, { colour: "orange", label: "(2, 1)", dx: 6, dy: -14 }),
	);
});
draw("3-descent", ...panels);

// X0 = (2.000, 1.000), by the rule (2.000, 1.000), f = 5.0000
// X1 = (1.600, 0.8000), by the rule (1.600, 0.8000), f = 3.2000
// X2 = (1.280, 0.6400), by the rule (1.280, 0.6400), f = 2.0480
// X3 = (1.024, 0.5120), by the rule (1.024, 0.5120), f = 1.3107
// x₀² + x₁², η = 0.1: cosine of the first step and the way to the bottom 1.0000, X15 = (0.07037, 0.03518)
// 0.2 x₀² + 2 x₁², η = 0.4: cosine of the first step and the way to the bottom 0.6139, X15 = (0.1463, -0.0004702)
// out/notes/3-descent.svg
