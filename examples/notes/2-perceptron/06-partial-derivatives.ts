/** Partial derivatives (편미분) of x² + xy + y², the gradient they form, and the chain rule (연쇄 법칙) for f(g(x)). */
import { evaluate, grad, mul, parseFormula, type Scalar, sin, square } from "chainrule";
import { formulaLatex } from "chainrule/symbolic";
import { arrow, contours, draw, panel, point } from "../draw.js";

const f = ({ x, y }: { x: Scalar; y: Scalar }) => square(x).add(mul(x, y)).add(square(y));
const slopes = grad(f);

// The note wrote Δf for the pair of slopes; it is ∇f.
const [dx, dy] = [parseFormula("2*x + y"), parseFormula("2*y + x")];
console.log(`∇f = (${formulaLatex(dx)}, ${formulaLatex(dy)})`);
const places = [
	[1, 1],
	[-1.5, 0.5],
	[0.5, -1.5],
	[-1, -0.5],
] as const;
for (const [x, y] of places) {
	const names = new Map([
		["x", x],
		["y", y],
	]);
	const tape = slopes({ x, y });
	const formula = [dx, dy].map((slope) => Number(evaluate(slope, names)));
	console.log(`  at (${x}, ${y}): by tape (${tape.x}, ${tape.y}), by formula (${formula.join(", ")})`);
}

// The note printed y = f(x), u = g(x) for the chain rule. It is y = f(u): f′ is taken at u = g(x), not at x.
const [x, u] = [1.5, square(1.5).value];
const inner = grad(square)(x);
console.log(`d sin(x²)/dx at ${x}: ${grad((t: Scalar) => sin(square(t)))(x).toFixed(6)}`);
console.log(
	`  f′(u)·g′(x) = ${(grad(sin)(u) * inner).toFixed(6)}; as printed, f′(x)·g′(x) = ${(grad(sin)(x) * inner).toFixed(6)}`,
);

const plane = [-2.4, 2.4] as const;
const height = (px: number, py: number): number => px * px + px * py + py * py;
draw(
	"2-partial-derivatives",
	panel(
		{ x: { label: "x", domain: plane }, y: { label: "y", domain: plane }, width: 460, height: 460 },
		contours(height, plane, plane, [0.25, 1, 2, 3, 4.5, 6, 8]),
		...places.flatMap(([px, py]) => {
			const { x: gx, y: gy } = slopes({ x: px, y: py });
			const tip = [px + gx / 4, py + gy / 4] as const;
			return [arrow([px, py], tip, { colour: "orange" }), point([px, py], { colour: "orange" })];
		}),
		point([1, 1], { colour: "orange", label: "∇f/4", dx: 24, dy: 14 }),
	),
);

// ∇f = (2 x + y, 2 y + x)
//   at (1, 1): by tape (3, 3), by formula (3, 3)
//   at (-1.5, 0.5): by tape (-2.5, -0.5), by formula (-2.5, -0.5)
//   at (0.5, -1.5): by tape (-0.5, -2.5), by formula (-0.5, -2.5)
//   at (-1, -0.5): by tape (-2.5, -2), by formula (-2.5, -2)
// d sin(x²)/dx at 1.5: -1.884521
//   f′(u)·g′(x) = -1.884521; as printed, f′(x)·g′(x) = 0.212212
// out/notes/2-partial-derivatives.svg
