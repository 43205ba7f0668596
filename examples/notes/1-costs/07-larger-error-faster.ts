/** "The larger the error, the faster the neuron will learn": true for the cross-entropy, refuted for the quadratic cost. */
import { Generator, grad, type Scalar, sigmoid } from "chainrule";
import { bceWithLogits, halfSse } from "chainrule/nn";
import { curve, draw, panel, point } from "../draw.js";

/** |dC/dz| for the target 0: what the bias learns from, and every weight in proportion to its input. */
const speeds = {
	"cross-entropy": grad((z: Scalar) => bceWithLogits(z, 0)),
	quadratic: grad((z: Scalar) => halfSse(sigmoid(z), 0)),
} as const;

const generator = new Generator(1);
const pairs = Array.from({ length: 1000 }, () => [8 * generator.uniform() - 4, 8 * generator.uniform() - 4] as const);
for (const [name, speed] of Object.entries(speeds)) {
	// With the target 0 the error is a = σ(z), so the larger z has the larger error.
	const faster = pairs.filter(([z1, z2]) => z1 < z2 === speed(z1) < speed(z2)).length;
	console.log(`${name}: in ${faster} of ${pairs.length} random pairs the larger error learns faster`);
}

const error = (z: number): number => sigmoid(z).value;
const [near, far] = [1.5, 4];
for (const z of [near, far])
	console.log(`quadratic: error ${error(z).toFixed(6)}, speed ${speeds.quadratic(z).toFixed(6)}`);

const fromError = (speed: (z: number) => number) => (a: number) => speed(Math.log(a / (1 - a)));
const axes = { x: { label: "error a − y", domain: [0, 1] }, y: { label: "speed |dC/dz|", domain: [0, 1] } } as const;
const ends = [0.001, 0.999] as const;
draw(
	"1-larger-error-faster",
	panel(
		axes,
		curve(fromError(speeds["cross-entropy"]), ends, {
			colour: "green",
			label: "cross-entropy",
			labelAt: 0.7,
			dx: -8,
			dy: -8,
		}),
		curve(fromError(speeds.quadratic), ends, { colour: "violet", label: "quadratic", labelAt: 0.45, dx: 0, dy: -14 }),
		point([error(near), speeds.quadratic(near)], { colour: "blue", label: "z = 1.5", dx: -6, dy: 16 }),
		point([error(far), speeds.quadratic(far)], { colour: "orange", label: "z = 4", dx: -2, dy: -24 }),
	),
);

// cross-entropy: in 1000 of 1000 random pairs the larger error learns faster
// quadratic: in 691 of 1000 random pairs the larger error learns faster
// quadratic: error 0.817574, speed 0.121938
// quadratic: error 0.982014, speed 0.017345
// out/notes/1-larger-error-faster.svg
