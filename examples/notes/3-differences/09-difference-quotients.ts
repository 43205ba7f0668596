/** Numeric differentiation (수치 미분) of e^x at 1: forward and central difference against the tape, for h from 1 to 10⁻¹⁵. */
import { abs, exp, grad, parseFormula, type Scalar } from "chainrule";
import { draw, line, panel, words } from "../draw.js";

type Curve = (x: Scalar | number) => Scalar;

/** Forward difference (전방 차분) and central difference (중심 차분). */
const forward = (f: Curve, x: number, h: number): number => (f(x + h).value - f(x).value) / h;
const central = (f: Curve, x: number, h: number): number => (f(x + h).value - f(x - h).value) / (2 * h);

const f: Curve = exp;
const x = 1;
const truth = grad(exp)(x);
console.log(`by tape ${truth}, off by ${truth - exp(x).value}`);

// The note called the quotient with lim the forward difference. With lim it is the derivative itself; the difference has
// an h, and is only near it. So is the central one, which the note set equal to f′.
for (const h of [1e-2, 1e-4, 1e-6, 1e-8, 1e-12]) {
	const error = (quotient: typeof forward): string =>
		Math.abs(quotient(f, x, h) - truth).toExponential(h < 1e-5 ? 1 : 3);
	console.log(
		`h = ${h.toExponential(0)}: forward ${forward(f, x, h).toFixed(6)}, off by ${error(forward)}; central off by ${error(central)}`,
	);
}
try {
	parseFormula("(f(x + h) - f(x - h)))/(2*h)");
} catch (error) {
	console.log(`as printed: ${(error as Error).message.split("\n")[0]}`);
}

// The note printed that the central one is more accurate. It is where f is smooth and h above the rounding errors: not at
// 1e-8 above, and not across a kink.
const [near, h] = [0.005, 0.01];
console.log(
	`|x| at ${near}, h = ${h}: forward ${forward(abs, near, h).toFixed(3)}, central ${central(abs, near, h).toFixed(3)}, slope ${grad(abs)(near)}`,
);

const sizes = Array.from({ length: 61 }, (_, at) => 10 ** (-at / 4));
const errors = (quotient: typeof forward) =>
	sizes
		.map((size): [number, number] => [size, Math.abs(quotient(f, x, size) - truth)])
		.filter(([, error]) => error > 0);
draw(
	"3-difference-quotients",
	panel(
		{
			x: { label: "h", domain: [1e-15, 1], logarithmic: true, ticks: 8 },
			y: { label: "error of the slope of e^x at 1", domain: [1e-12, 10], logarithmic: true, ticks: 8 },
			width: 680,
			height: 400,
		},
		line(errors(forward), { colour: "orange", label: "forward: h f″/2", labelAt: 12, dx: -8, dy: -10 }),
		line(errors(central), { colour: "blue", label: "central: h² f‴/6", labelAt: 12, dx: 14, dy: 8 }),
		words("rounding: ε/h", [3e-12, 1e-6], { dx: -8 }, "grey"),
	),
);

// by tape 2.718281828459045, off by 0
// h = 1e-2: forward 2.731919, off by 1.364e-2; central off by 4.530e-5
// h = 1e-4: forward 2.718418, off by 1.359e-4; central off by 4.531e-9
// h = 1e-6: forward 2.718283, off by 1.4e-6; central off by 1.6e-10
// h = 1e-8: forward 2.718282, off by 6.6e-9; central off by 6.6e-9
// h = 1e-12: forward 2.718714, off by 4.3e-4; central off by 2.1e-4
// as printed: formula: unexpected ")"
// |x| at 0.005, h = 0.01: forward 1.000, central 0.500, slope 1
// out/notes/3-difference-quotients.svg
