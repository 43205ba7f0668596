/** What sets the learning speed (학습 속도) of the neuron: not σ′ alone but a σ′(z), and not small weights but z = wx + b. */
import { div, grad, type Scalar, sigmoid, square } from "chainrule";
import { curve, draw, panel, point } from "../draw.js";

/** ∂C/∂w for x = 1, y = 0, where it equals ∂C/∂b and dC/dz, with C = (y − a)²/2. */
const speed = grad((z: Scalar) => div(square(sigmoid(z)), 2));
const output = (z: number): string => sigmoid(z).value.toFixed(6);

// The note printed that σ′ decides, with a stray ½ before it. The slope is a σ′ = a²(1 − a): it is largest at
// a = 2/3, where z = ln 2, and not at a = 1/2, where σ′ is.
for (const [name, z] of [
	["0   ", 0],
	["ln 2", Math.log(2)],
] as const) {
	console.log(
		`z = ${name}: a = ${output(z)}, speed ${speed(z).toFixed(6)}, which changes by ${grad(speed)(z).toFixed(4)}`,
	);
}

// The note printed that small w and b make z small and learning fast. Only z = wx + b counts, and it is not monotone.
for (const [w, b, remark] of [
	[0.6, 0.9, ""],
	[2, 2, ""],
	[5, -5, "large weights, and faster than w = 0.6, b = 0.9"],
	[-2, -2, "slow, too, but the output is right already"],
] as const) {
	const z = w * 1 + b;
	console.log(`w = ${w}, b = ${b}: z = ${z}, a = ${output(z)}, speed ${speed(z).toFixed(6)} ${remark}`.trimEnd());
}

const at = (z: number): [number, number] => [z, speed(z)];
draw(
	"1-what-sets-the-speed",
	panel(
		{ x: { label: "weighted sum z", domain: [-6, 6] }, y: { label: "slope ∂C/∂w", domain: [0, 0.26] }, width: 720 },
		curve(grad(sigmoid), [-6, 6], { colour: "grey", label: "σ′(z)", labelAt: -1.4, dx: -8, dy: -6 }),
		curve(speed, [-6, 6], { label: "a σ′(z)", labelAt: -1.4, dx: 18, dy: 16 }),
		point(at(Math.log(2)), { colour: "green", label: "largest, at a = 2/3", dx: 14, dy: -14 }),
		point(at(0), { colour: "violet", label: "w = 5, b = −5", dx: 4, dy: 28 }),
		point(at(1.5), { colour: "blue", label: "w = 0.6, b = 0.9", dx: 30, dy: -10 }),
		point(at(4), { colour: "orange", label: "w = 2, b = 2", dy: -12 }),
		point(at(-4), { colour: "green", label: "right already", dx: 0, dy: -34 }),
	),
);

// z = 0   : a = 0.500000, speed 0.125000, which changes by 0.0625
// z = ln 2: a = 0.666667, speed 0.148148, which changes by 0.0000
// w = 0.6, b = 0.9: z = 1.5, a = 0.817574, speed 0.121938
// w = 2, b = 2: z = 4, a = 0.982014, speed 0.017345
// w = 5, b = -5: z = 0, a = 0.500000, speed 0.125000 large weights, and faster than w = 0.6, b = 0.9
// w = -2, b = -2: z = -4, a = 0.017986, speed 0.000318 slow, too, but the output is right already
// out/notes/1-what-sets-the-speed.svg
