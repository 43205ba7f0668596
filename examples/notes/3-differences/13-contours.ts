/** The gradient stands across the contour lines (등고선): along a contour the function does not change. */
import { cos, dot, grad, jvp, mul, sin, stack, type Tensor, tensor } from "chainrule";
import { arrow, contours, draw, panel, words } from "../draw.js";

const f = (x: Tensor) => x.square().sum();

/** A contour of x0² + x1² as a path: s is the angle on the circle of radius r. */
const contour = (r: number) => (s: Tensor) => stack([mul(r, cos(s)), mul(r, sin(s))]);

const plane = [-3, 3] as const;
const places = [20, 75, 130, 200, 250, 310].flatMap((degrees) => [
	{ r: 1, s: (degrees * Math.PI) / 180 },
	{ r: 2, s: (degrees * Math.PI) / 180 },
]);
const arrows = places.map(({ r, s }) => {
	const [place, tangent] = jvp(contour(r), [tensor(s)], [tensor(1)]) as [Tensor, Tensor];
	const gradient = grad(f)(place);
	const [, change] = jvp((angle: Tensor) => f(contour(r)(angle)), [tensor(s)], [tensor(1)]);
	if (r === 2) {
		const numbers = [place, gradient, tangent].map((x) => Array.from(x.data, (value) => value.toFixed(3)).join(", "));
		const [across, along] = [dot(gradient, tangent), change].map((value) => Math.abs(value.item()) < 1e-12);
		console.log(
			`at (${numbers[0]}): ∇f (${numbers[1]}), tangent (${numbers[2]}); product 0: ${across}, f constant: ${along}`,
		);
	}
	const tip = place.add(gradient.div(5));
	return arrow(place.toArray() as [number, number], tip.toArray() as [number, number], { colour: "orange" });
});

draw(
	"3-contours",
	panel(
		{
			x: { label: "x₀", domain: plane, ticks: 6 },
			y: { label: "x₁", domain: plane, ticks: 6 },
			width: 440,
			height: 438,
		},
		contours((x0, x1) => x0 * x0 + x1 * x1, plane, plane, [1, 4]),
		...arrows,
		words("∇f/5", [0.73, 2.7], { dx: 10 }, "orange"),
		words("f = 1", [0, -1], { dy: 16 }, "grey"),
		words("f = 4", [0, -2], { dy: 16 }, "grey"),
	),
);

// at (1.879, 0.684): ∇f (3.759, 1.368), tangent (-0.684, 1.879); product 0: true, f constant: true
// at (0.518, 1.932): ∇f (1.035, 3.864), tangent (-1.932, 0.518); product 0: true, f constant: true
// at (-1.286, 1.532): ∇f (-2.571, 3.064), tangent (-1.532, -1.286); product 0: true, f constant: true
// at (-1.879, -0.684): ∇f (-3.759, -1.368), tangent (0.684, -1.879); product 0: true, f constant: true
// at (-0.684, -1.879): ∇f (-1.368, -3.759), tangent (1.879, -0.684); product 0: true, f constant: true
// at (1.286, -1.532): ∇f (2.571, -3.064), tangent (1.532, 1.286); product 0: true, f constant: true
// out/notes/3-contours.svg
