/**
 * The formulas of the lecture notes, in plain numbers.
 *
 * Each function is a line of the notes as somebody wrote it by hand, and knows
 * nothing of the tape: it is what the tape is compared with.
 */

/** σ(z) = 1/(1 + e^−z). */
export function sigma(z: number): number {
	return 1 / (1 + Math.exp(-z));
}

/** σ′(z) = σ(z)(1 − σ(z)). */
export function sigmaSlope(z: number): number {
	return sigma(z) * (1 - sigma(z));
}

/** The weight and the bias of one neuron, or the slopes of a cost along them. */
export interface Neuron {
	readonly w: number;
	readonly b: number;
}

/** ∂C/∂w = (a − y)σ′(z)x and ∂C/∂b = (a − y)σ′(z), for C = (y − a)²/2: equations (55) and (56). */
export function quadraticSlopes({ w, b }: Neuron, x: number, y: number): Neuron {
	const z = w * x + b;
	const slope = (sigma(z) - y) * sigmaSlope(z);
	return { w: slope * x, b: slope };
}

/** ∂C/∂w = x(σ(z) − y) and ∂C/∂b = σ(z) − y, for C = −[y ln a + (1 − y) ln(1 − a)]: equations (61) and (62). */
export function crossEntropySlopes({ w, b }: Neuron, x: number, y: number): Neuron {
	const error = sigma(w * x + b) - y;
	return { w: x * error, b: error };
}

/** Two numbers, counted from 1 as in the notes: [a₁, a₂]. */
export type Pair = readonly [number, number];

/** Weights between two layers of two units: row j holds the weights into unit j. */
export type Weights = readonly [Pair, Pair];

/** What the δ rules give for a 2-2-2 network. */
export interface DeltaRules {
	readonly hidden: Pair;
	readonly output: Pair;
	/** δ⁽³⁾ and δ⁽²⁾. */
	readonly outputDelta: Pair;
	readonly hiddenDelta: Pair;
	/** J = J₁ + J₂. */
	readonly cost: number;
	/** ∂J/∂w⁽¹⁾ and ∂J/∂w⁽²⁾. */
	readonly first: Weights;
	readonly second: Weights;
}

/** A sigmoid network of two inputs, two hidden and two output units without biases: the δ rules, line by line. */
export function deltaRules(first: Weights, second: Weights, x: Pair, y: Pair): DeltaRules {
	const [[w11, w12], [w21, w22]] = first;
	const [[v11, v12], [v21, v22]] = second;
	const a1 = sigma(w11 * x[0] + w12 * x[1]);
	const a2 = sigma(w21 * x[0] + w22 * x[1]);
	const o1 = sigma(v11 * a1 + v12 * a2);
	const o2 = sigma(v21 * a1 + v22 * a2);

	const d1 = (o1 - y[0]) * o1 * (1 - o1);
	const d2 = (o2 - y[1]) * o2 * (1 - o2);
	const e1 = (d1 * v11 + d2 * v21) * a1 * (1 - a1);
	const e2 = (d1 * v12 + d2 * v22) * a2 * (1 - a2);
	return {
		hidden: [a1, a2],
		output: [o1, o2],
		outputDelta: [d1, d2],
		hiddenDelta: [e1, e2],
		cost: (o1 - y[0]) ** 2 / 2 + (o2 - y[1]) ** 2 / 2,
		first: [
			[e1 * x[0], e1 * x[1]],
			[e2 * x[0], e2 * x[1]],
		],
		second: [
			[d1 * a1, d1 * a2],
			[d2 * a1, d2 * a2],
		],
	};
}
