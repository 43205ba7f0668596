/** Gradient descent (경사 하강법) goes down by the sign of the slope, and ends in the valley that it started in. */
import { grad, type Scalar, scalar, square, sub } from "chainrule";
import { SGD } from "chainrule/optim";
import { curve, draw, panel, point } from "../draw.js";

/** Two valleys, the left one deeper. */
const f = (x: Scalar): Scalar => square(sub(square(x), 1)).add(x.mul(0.3));
const slope = grad(f);
const curvature = grad(slope);

// A positive slope (양의 기울기) decreases x, a negative one (음의 기울기) increases it; the value falls either way.
for (const at of [-1.6, -0.4, 0.5, 1.6]) {
	const x = at - 0.01 * slope(at);
	const fall = f(scalar(x)).value - f(scalar(at)).value;
	console.log(
		`x = ${at}: slope ${slope(at).toFixed(4)}, x ${x < at ? "decreases" : "increases"}, f changes by ${fall.toFixed(4)}`,
	);
}

// "The problem of gradient descent" is only a heading in the note: it finds a local minimum, and not the least of all.
function descend(from: number): [number, number][] {
	const x = scalar(from, "x");
	const optimizer = new SGD([x], { learningRate: 0.01 });
	return Array.from({ length: 200 }, () => {
		optimizer.zeroGrad();
		const height = f(x);
		const place: [number, number] = [x.value, height.value];
		height.backward();
		optimizer.step();
		return place;
	});
}
const starts = [
	{ from: -1.7, colour: "blue" },
	{ from: 1.6, colour: "orange" },
] as const;
const marks = starts.flatMap(({ from, colour }) => {
	const path = descend(from);
	const [x, height] = path.at(-1)!;
	console.log(
		`from ${from}: x = ${x.toFixed(4)}, f = ${height.toFixed(4)}, slope ${Math.abs(slope(x)).toFixed(4)}, curvature ${curvature(x).toFixed(3)}`,
	);
	return [
		...path.slice(0, 20).map((place) => point(place, { colour })),
		point([x, height], { colour, label: from < 0 ? "global minimum" : "local minimum", dx: 0, dy: 20 }),
	];
});
draw(
	"4-sign-rule",
	panel(
		{ x: { label: "x", domain: [-1.8, 1.8] }, y: { label: "f(x)", domain: [-1, 3.5] } },
		curve((x) => f(scalar(x)).value, [-1.8, 1.8]),
		...marks,
	),
);

// x = -1.6: slope -9.6840, x increases, f changes by -0.8182
// x = -0.4: slope 1.6440, x decreases, f changes by -0.0273
// x = 0.5: slope -1.2000, x increases, f changes by -0.0145
// x = 1.6: slope 10.2840, x decreases, f changes by -0.9232
// from -1.7: x = -1.0356, f = -0.3054, slope 0.0000, curvature 8.869
// from 1.6: x = 0.9601, f = 0.2941, slope 0.0000, curvature 7.063
// out/notes/4-sign-rule.svg
