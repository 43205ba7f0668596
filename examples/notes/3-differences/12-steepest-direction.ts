/** The slope in a direction at the angle θ to the gradient is |∇f| cos θ: greatest along it, least against it, 0 across it. */
import { dot, grad, jvp, norm, type Tensor, tensor } from "chainrule";
import { curve, draw, panel, point } from "../draw.js";

const f = (x: Tensor) => x.square().sum();
const at = tensor([2, 1]);
const gradient = grad(f)(at);
const size = norm(gradient).item();
const [g0, g1] = gradient.toArray() as [number, number];

/** The unit vector at θ degrees from the gradient, and the slope of f along it. */
function direction(degrees: number): Tensor {
	const turn = (degrees * Math.PI) / 180;
	const [c, s] = [Math.cos(turn), Math.sin(turn)];
	return tensor([(c * g0 - s * g1) / size, (s * g0 + c * g1) / size]);
}
const slope = (degrees: number): number => jvp(f, [at], [direction(degrees)])[1].item();
const row = (x: Tensor): string => `(${Array.from(x.data, (value) => value.toFixed(3)).join(", ")})`;

// The note printed the size of the gradient as the value against the gradient, too. There it is -|∇f|.
console.log(`|∇f| = ${size.toFixed(6)}`);
for (const degrees of [0, 45, 90, 135, 180]) {
	const value = Math.round(1e6 * slope(degrees)) / 1e6;
	console.log(`θ = ${degrees}°: along ${row(direction(degrees))} slope ${(value + 0).toFixed(6)}`);
}

// The note took the least dot product for the point of the minimum. It tells the direction of steepest descent at a point
// that is no minimum; at the minimum ∇f = 0, and every dot product is 0.
const angles = Array.from({ length: 360 }, (_, degrees) => degrees);
const slopesFrom = (g: Tensor): number[] => angles.map((degrees) => dot(g, direction(degrees)).item());
for (const place of [at, tensor([0, 0])]) {
	const g = grad(f)(place);
	const slopes = slopesFrom(g);
	const [least, greatest] = [Math.min(...slopes) + 0, Math.max(...slopes) + 0].map((value) => value.toFixed(6));
	console.log(`at ${row(place)} ∇f = ${row(g)}: slopes from ${least} to ${greatest}`);
}

draw(
	"3-steepest-direction",
	panel(
		{
			x: { label: "angle θ to ∇f, degrees", domain: [0, 180], ticks: [0, 45, 90, 135, 180] },
			y: { label: "slope of x₀² + x₁² at (2, 1)", domain: [-5.5, 5.5], ticks: 5 },
		},
		curve(slope, [0, 180]),
		point([0, slope(0)], { colour: "orange", label: "steepest ascent: |∇f|", dx: 12, dy: -10 }),
		point([90, slope(90)], { colour: "grey", label: "along the contour: 0", dy: -8 }),
		point([180, slope(180)], { colour: "blue", label: "steepest descent: −|∇f|", dx: -16, dy: 8 }),
	),
);

// |∇f| = 4.472136
// θ = 0°: along (0.894, 0.447) slope 4.472136
// θ = 45°: along (0.316, 0.949) slope 3.162278
// θ = 90°: along (-0.447, 0.894) slope 0.000000
// θ = 135°: along (-0.949, 0.316) slope -3.162278
// θ = 180°: along (-0.894, -0.447) slope -4.472136
// at (2.000, 1.000) ∇f = (4.000, 2.000): slopes from -4.472136 to 4.472136
// at (0.000, 0.000) ∇f = (0.000, 0.000): slopes from 0.000000 to 0.000000
// out/notes/3-steepest-direction.svg
