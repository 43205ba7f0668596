/** The sigmoid σ and its slope σ′, with the two starts: the flatter the curve, the slower the learning. */
import { fixed, grad, sigmoid } from "chainrule";
import { curve, draw, panel, point } from "../draw.js";

const sigma = (z: number): number => sigmoid(fixed(z)).value;
const slope = (z: number): number => grad(sigmoid)(z);

const starts = [
	{ w: 0.6, b: 0.9, colour: "blue" },
	{ w: 2, b: 2, colour: "orange" },
] as const;
const marks = starts.flatMap(({ w, b, colour }) => {
	const z = w * 1 + b;
	console.log(`w = ${w}, b = ${b}: z = ${z}, σ = ${sigma(z).toFixed(6)}, σ′ = ${slope(z).toFixed(6)}`);
	return [
		point([z, sigma(z)], { colour, label: `σ(${z}) = ${sigma(z).toFixed(6)}`, dy: 14 }),
		point([z, slope(z)], { colour, label: `σ′(${z}) = ${slope(z).toFixed(6)}`, dy: -10 }),
	];
});
draw(
	"1-sigmoid-and-slope",
	panel(
		{ x: { label: "weighted sum z", domain: [-6, 6] }, y: { label: "σ(z), σ′(z)", domain: [0, 1] }, width: 720 },
		curve(sigma, [-6, 6], { label: "σ", labelAt: -1, dx: -8, dy: -6 }),
		curve(slope, [-6, 6], { label: "σ′", labelAt: -2.2, dx: -8, dy: -6, colour: "grey" }),
		...marks,
	),
);

// w = 0.6, b = 0.9: z = 1.5, σ = 0.817574, σ′ = 0.149146
// w = 2, b = 2: z = 4, σ = 0.982014, σ′ = 0.017663
// out/notes/1-sigmoid-and-slope.svg
