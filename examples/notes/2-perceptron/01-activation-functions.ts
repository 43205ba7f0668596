/** Activation functions (활성화 함수): the note's formulas against the library, their ranges, values and slopes. */
import { evaluate, grad, parseFormula, relu, sigmoid, step, tanh } from "chainrule";
import { formulaLatex } from "chainrule/symbolic";
import { curve, draw, panel, point } from "../draw.js";

const functions = [
	{ name: "step", h: step, formula: "if(x > 0, 1, 0)" },
	{ name: "sigmoid", h: sigmoid, formula: "1 / (1 + exp(-x))" },
	{ name: "tanh", h: tanh, formula: "(exp(x) - exp(-x)) / (exp(x) + exp(-x))" },
	{ name: "ReLU", h: relu, formula: "if(x > 0, x, 0)" },
];
const places = Array.from({ length: 2001 }, (_, at) => (at - 1000) / 100);

const panels = functions.map(({ name, h, formula }) => {
	const f = (x: number): number => h(x).value;
	const parsed = parseFormula(formula);
	const apart = Math.max(...places.map((x) => Math.abs(f(x) - Number(evaluate(parsed, new Map([["x", x]]))))));
	const values = places.map(f);
	const slope = grad(h, { unused: "zero" });
	console.log(`${name}: ${formulaLatex(parsed)}`);
	const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(6));
	console.log(`  the library differs by less than 1e-15: ${apart < 1e-15}; on [-10, 10] from ${low} to ${high}`);
	console.log(
		`  at -1, 0, 1: ${[-1, 0, 1].map((x) => `${f(x).toFixed(4)} (slope ${slope(x).toFixed(4)})`).join(", ")}`,
	);
	// The step jumps at 0, where it is 0.
	const graphs =
		name === "step"
			? ([
					[-4, 0],
					[1e-9, 4],
				] as const)
			: ([[-4, 4]] as const);
	const jump =
		name === "step" ? [point([0, 0], { colour: "blue" }), point([0, 1], { colour: "blue", hollow: true })] : [];
	const marks = graphs.map((part) => curve(f, part, { colour: "blue" }));
	const axes = { x: { label: "a", domain: [-4, 4] }, y: { label: "h(a)", domain: [-1.1, 2], ticks: 4 } } as const;
	return panel({ title: name, ...axes, width: 290, height: 250 }, ...marks, ...jump);
});
draw("2-activation-functions", ...panels);

// step: \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}
//   the library differs by less than 1e-15: true; on [-10, 10] from 0.00000 to 1.00000
//   at -1, 0, 1: 0.0000 (slope 0.0000), 0.0000 (slope 0.0000), 1.0000 (slope 0.0000)
// sigmoid: \frac{1}{1 + e^{-x}}
//   the library differs by less than 1e-15: true; on [-10, 10] from 0.0000453979 to 0.999955
//   at -1, 0, 1: 0.2689 (slope 0.1966), 0.5000 (slope 0.2500), 0.7311 (slope 0.1966)
// tanh: \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}
//   the library differs by less than 1e-15: true; on [-10, 10] from -1.00000 to 1.00000
//   at -1, 0, 1: -0.7616 (slope 0.4200), 0.0000 (slope 1.0000), 0.7616 (slope 0.4200)
// ReLU: \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}
//   the library differs by less than 1e-15: true; on [-10, 10] from 0.00000 to 10.0000
//   at -1, 0, 1: 0.0000 (slope 0.0000), 0.0000 (slope 0.0000), 1.0000 (slope 1.0000)
// out/notes/2-activation-functions.svg
