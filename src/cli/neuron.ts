/**
 * One sigmoid neuron learns inversion: x = 1 should give y = 0.
 *
 * The forward pass is written down once, on the tape, and every slope comes
 * from `gradients`; the hand formulas are only asked for comparison. Nothing is
 * printed here.
 */
import {
	div,
	fixed,
	gradients,
	add as plus,
	type Scalar,
	scalar,
	sigmoid,
	softplus,
	square,
	sub,
	mul as times,
} from "../index.js";
import { crossEntropySlopes, type Neuron, quadraticSlopes } from "./hand.js";

/** The cost functions of the note. */
export type Cost = "quadratic" | "cross-entropy";

/** What the note prescribes: one sample, the learning rate η, the number of epochs, and two starts. */
export const inversion = {
	x: 1,
	y: 0,
	rate: 0.15,
	epochs: 300,
	starts: [
		{ w: 0.6, b: 0.9 },
		{ w: 2, b: 2 },
	],
} as const;

/** The neuron as recorded, from input to cost. */
export interface Recorded {
	readonly z: Scalar;
	readonly a: Scalar;
	readonly cost: Scalar;
}

/** Records z = wx + b, a = σ(z) and the cost. */
export function recordNeuron(w: Scalar, b: Scalar, cost: Cost): Recorded {
	const x = fixed(inversion.x).named("x");
	const y = fixed(inversion.y).named("y");
	const z = plus(times(w, x), b).named("z");
	const a = sigmoid(z).named("a");
	return { z, a, cost: costs[cost](y, z, a).named("C") };
}

const costs: { readonly [Name in Cost]: (y: Scalar, z: Scalar, a: Scalar) => Scalar } = {
	quadratic: (y, _, a) => div(square(sub(y, a)), 2),
	// −[y ln a + (1 − y) ln(1 − a)] in terms of z, where it neither overflows nor loses digits.
	"cross-entropy": (y, z) => sub(softplus(z), times(y, z)),
};

const handSlopes = { quadratic: quadraticSlopes, "cross-entropy": crossEntropySlopes } as const;

/** The neuron after so many steps, with the slopes there: by the tape, by hand, and how far apart they are. */
export interface Epoch extends Neuron {
	readonly epoch: number;
	readonly output: number;
	readonly cost: number;
	readonly tape: Neuron;
	readonly hand: Neuron;
	/** The larger of the two absolute differences. */
	readonly difference: number;
}

/** Gradient descent from one start, epoch 0 (the start itself) to the last. */
export interface Run {
	readonly cost: Cost;
	readonly start: Neuron;
	readonly epochs: readonly Epoch[];
}

/** Learns for `inversion.epochs` epochs from `start`. */
function learn(cost: Cost, start: Neuron): Run {
	const w = scalar(start.w, "w");
	const b = scalar(start.b, "b");
	const epochs: Epoch[] = [];
	for (let epoch = 0; epoch <= inversion.epochs; epoch++) {
		const neuron = recordNeuron(w, b, cost);
		const [dw, db] = gradients(neuron.cost, [w, b]);
		const tape = { w: dw.value, b: db.value };
		const hand = handSlopes[cost]({ w: w.value, b: b.value }, inversion.x, inversion.y);
		epochs.push({
			epoch,
			w: w.value,
			b: b.value,
			output: neuron.a.value,
			cost: neuron.cost.value,
			tape,
			hand,
			difference: Math.max(Math.abs(tape.w - hand.w), Math.abs(tape.b - hand.b)),
		});
		w.assign(w.value - inversion.rate * tape.w);
		b.assign(b.value - inversion.rate * tape.b);
	}
	return { cost, start, epochs };
}

/** The four runs: both starts with each cost. */
export function learnAll(): readonly Run[] {
	const all: readonly Cost[] = ["quadratic", "cross-entropy"];
	return all.flatMap((cost) => inversion.starts.map((start) => learn(cost, start)));
}

/** The first epoch for which `holds`; `undefined` where it never does. */
export function firstEpoch(run: Run, holds: (epoch: Epoch) => boolean): number | undefined {
	return run.epochs.find(holds)?.epoch;
}

/** The start of a run. */
export function atStart({ epochs }: Run): Epoch {
	return epochs[0] as Epoch;
}

/** The largest difference between tape and hand formula in any epoch. */
export function largestDifference(runs: readonly Run[]): number {
	return Math.max(...runs.flatMap((run) => run.epochs.map(({ difference }) => difference)));
}
