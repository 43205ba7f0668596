/** The limits (한계) of gradient descent: it ends in a local minimum or on a saddle, and it crawls on a plateau. */
import { exp, hessian, neg, parameter, pow, sub, type Tensor, tensor } from "chainrule";
import { eigh } from "chainrule/linalg";
import { SGD } from "chainrule/optim";
import { contours, curve, draw, panel, point, words } from "../draw.js";

// The note has only the heading; these three, and a rate that is too large, are what is usually meant.
type Field = (x: Tensor) => Tensor;
const valleys: Field = (x) => pow(x, 4).div(4).sub(pow(x, 3).div(3)).sub(pow(x, 2)).sum(); // slope x (x + 1) (x - 2)
const saddle: Field = (x) =>
	x
		.at(0)
		.square()
		.sub(x.at(1).square())
		.add(pow(x.at(1), 4).div(4));
const plateau: Field = (x) => sub(1, exp(neg(x.square()))).sum();
const height = (f: Field, ...x: readonly number[]): number => f(tensor(x)).item();

/** A point for each of 100 steps with η = 0.1; where there is one variable, at the height of f. */
function descend(name: string, f: Field, start: readonly number[], colour: "orange" | "blue") {
	const x = parameter(start, { name: "x" });
	const optimizer = new SGD([x], { learningRate: 0.1 });
	const points = Array.from({ length: 101 }, (_, step) => {
		const value = f(x);
		const [x0, x1 = value.item()] = x.data as Float64Array;
		optimizer.zeroGrad();
		value.backward();
		if (step < 100) optimizer.step();
		return point([x0!, x1], { colour });
	});
	const end = Array.from(x.data, (value) => value.toFixed(4)).join(", ");
	const slope = Math.max(...Array.from(x.grad!.data, Math.abs));
	console.log(`${name}: from ${start.join(", ")} to ${end}, f ${f(x).item().toFixed(4)}, slope ${slope.toFixed(4)}`);
	return points;
}

const runs = {
	valleys: [descend("two valleys", valleys, [0.1], "blue"), descend("two valleys", valleys, [-1.7], "orange")],
	saddle: [descend("saddle", saddle, [1.5, 0.01], "blue"), descend("saddle", saddle, [1.5, 0], "orange")],
	plateau: [descend("plateau", plateau, [1.4], "blue"), descend("plateau", plateau, [2.8], "orange")],
};
const { eigenvalues } = eigh(hessian(saddle)(tensor([0, 0])));
console.log(`curvatures of the saddle: ${Array.from(eigenvalues.data).join(", ")}, so only x1 = 0 ends there`);

const size = { width: 330, height: 300 };
const plane = [-2, 2] as const;
const graph = (f: Field, span: readonly [number, number]) => curve((x) => height(f, x), span, { colour: "grey" });
draw(
	"3-limits",
	panel(
		{ title: "local minimum", x: { label: "x", domain: [-2, 3] }, y: { label: "f(x)", domain: [-3, 3] }, ...size },
		graph(valleys, [-2, 3]),
		...runs.valleys,
		words("ends here", [-1, -0.42], { dy: 18 }, "orange"),
	),
	panel(
		{
			title: "saddle",
			x: { label: "x₀", domain: plane, ticks: 5 },
			y: { label: "x₁", domain: plane, ticks: 5 },
			...size,
		},
		contours((x0, x1) => x0 ** 2 - x1 ** 2 + x1 ** 4 / 4, plane, plane, [-0.8, -0.4, 0, 0.5, 1, 2, 3]),
		...runs.saddle,
		words("from x₁ = 0", [0, 0], { dx: -12 }, "orange"),
	),
	panel(
		{ title: "plateau", x: { label: "x", domain: [-1, 3.5] }, y: { label: "f(x)", domain: [0, 1.1] }, ...size },
		graph(plateau, [-1, 3.5]),
		...runs.plateau,
		words("after 100 steps", [2.78, 1], { dy: 18 }, "orange"),
	),
);

// two valleys: from 0.1 to 2.0000, f -2.6667, slope 0.0000
// two valleys: from -1.7 to -1.0000, f -0.4167, slope 0.0000
// saddle: from 1.5, 0.01 to 0.0000, 1.4142, f -1.0000, slope 0.0000
// saddle: from 1.5, 0 to 0.0000, 0.0000, f 0.0000, slope 0.0000
// plateau: from 1.4 to 0.0000, f 0.0000, slope 0.0000
// plateau: from 2.8 to 2.7766, f 0.9996, slope 0.0025
// curvatures of the saddle: -2, 2, so only x1 = 0 ends there
// out/notes/3-limits.svg
