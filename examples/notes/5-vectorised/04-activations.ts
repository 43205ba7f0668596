/** Activation functions (활성화 함수) and their derivatives, which follow from the output a alone. */
import { evaluate, grad, leakyRelu, parseFormula, relu, type Scalar, scalar, sigmoid, tanh } from "chainrule";
import { curve, draw, panel, point, words } from "../draw.js";

const leaky = (z: Scalar): Scalar => leakyRelu(z, 0.01);
const functions = [
	{ name: "sigmoid", g: sigmoid, claim: "a*(1 - a)" },
	{ name: "tanh", g: tanh, claim: "1 - a^2" },
	{ name: "ReLU", g: relu, claim: "if(a > 0, 1, 0)" },
	{ name: "leaky ReLU", g: leaky, claim: "if(a > 0, 1, 0.01)" },
];
const places = Array.from({ length: 401 }, (_, at) => (at - 200) / 40);
const greatest = (f: (z: number) => number): number => Math.max(...places.map((z) => Math.abs(f(z))));

const panels = functions.map(({ name, g, claim }) => {
	const value = (z: number): number => g(scalar(z)).value;
	const slope = grad(g);
	const formula = parseFormula(claim);
	const apart = greatest((z) => slope(z) - Number(evaluate(formula, new Map([["a", value(z)]]))));
	const at = (z: number): string => `${value(z).toFixed(4)} (slope ${slope(z).toFixed(4)})`;
	console.log(
		`${name}: g′ = ${claim}, ${apart < 1e-15 ? "right" : "WRONG"}; at -2, 0, 2: ${[-2, 0, 2].map(at).join(", ")}`,
	);
	const sides = name.endsWith("ReLU")
		? ([
				[-3, -1e-9],
				[1e-9, 3],
			] as const)
		: ([[-3, 3]] as const);
	return panel(
		{
			title: name,
			x: { label: "z", domain: [-3, 3] },
			y: { label: "g(z), g′(z)", domain: [-1.1, 2], ticks: 4 },
			width: 290,
			height: 250,
		},
		curve(value, [-3, 3], { colour: "blue", label: "g", labelAt: 1.4, dx: name === "sigmoid" ? 0 : 10, dy: -12 }),
		...sides.map((side) => curve(slope, side, { colour: "orange" })),
		words("g′", [2.4, slope(2.4)], { dx: 0, dy: -14 }, "orange"),
		...(sides.length > 1
			? [point([0, slope(0)], { colour: "orange" }), point([0, 1], { colour: "orange", hollow: true })]
			: []),
	);
});

const shifted = greatest((z) => tanh(z).value - (2 * sigmoid(2 * z).value - 1));
console.log(`tanh(z) = 2σ(2z) − 1: ${shifted < 1e-15 ? "right" : "WRONG"}`);

// The note left ReLU′(0) undefined on one page, and gave 1 for z ≥ 0 on another. There is no slope, but a convention is
// needed: like most tools this library takes 0, for leaky ReLU the slope of the left side.
console.log(`at 0: ReLU′ ${grad(relu)(0)}, leaky ReLU′ ${grad(leaky)(0)}`);
// The note printed max(0.001z, z) for leaky ReLU, and later the slope 0.01. Both can be had; 0.01 is usual.
const printed = parseFormula("max(0.001*z, z)");
console.log(
	`at -2: max(0.001z, z) = ${Number(evaluate(printed, new Map([["z", -2]])))}, with the slope 0.01 ${leakyRelu(-2, 0.01).value}`,
);
draw("5-activations", ...panels);

// sigmoid: g′ = a*(1 - a), right; at -2, 0, 2: 0.1192 (slope 0.1050), 0.5000 (slope 0.2500), 0.8808 (slope 0.1050)
// tanh: g′ = 1 - a^2, right; at -2, 0, 2: -0.9640 (slope 0.0707), 0.0000 (slope 1.0000), 0.9640 (slope 0.0707)
// ReLU: g′ = if(a > 0, 1, 0), right; at -2, 0, 2: 0.0000 (slope 0.0000), 0.0000 (slope 0.0000), 2.0000 (slope 1.0000)
// leaky ReLU: g′ = if(a > 0, 1, 0.01), right; at -2, 0, 2: -0.0200 (slope 0.0100), 0.0000 (slope 0.0100), 2.0000 (slope 1.0000)
// tanh(z) = 2σ(2z) − 1: right
// at 0: ReLU′ 0, leaky ReLU′ 0.01
// at -2: max(0.001z, z) = -0.002, with the slope 0.01 -0.02
// out/notes/5-activations.svg
