/**
 * The 2-2-2 network: one step of back-propagation, by the tape and by δ rules.
 *
 * The tape needs no δ: it is asked for the slope of the cost along every weight
 * and, because intermediate values have slopes, too, along every z, which is
 * what the note calls δ. Nothing is printed here.
 */
import { add, div, fixed, gradients, mul, type Scalar, scalar, scope, sigmoid, square, sub } from "../index.js";
import { type DeltaRules, deltaRules, type Pair, type Weights } from "./hand.js";

/** Weights, input and target; the note gives formulas only, so the numbers are ours. */
const fixture: {
	readonly first: Weights;
	readonly second: Weights;
	readonly x: Pair;
	readonly y: Pair;
} = {
	first: [
		[0.15, 0.2],
		[0.25, 0.3],
	],
	second: [
		[0.4, 0.45],
		[0.5, 0.55],
	],
	x: [0.05, 0.1],
	y: [0.01, 0.99],
};

const subscript = ["₁", "₂"] as const;

/** One layer as recorded. */
interface Layer {
	readonly weights: readonly Scalar[];
	readonly z: readonly Scalar[];
	readonly a: readonly Scalar[];
}

function recordLayer(weights: Weights, inputs: readonly Scalar[], from: string, to: string): Layer {
	const [a1, a2] = inputs as [Scalar, Scalar];
	const rows = weights.map((row, j) => row.map((w, i) => scalar(w, `w${subscript[j]}${subscript[i]}${from}`)));
	const z = rows.map((row, j) => {
		const [w1, w2] = row as [Scalar, Scalar];
		return add(mul(w1, a1), mul(w2, a2)).named(`z${subscript[j]}${to}`);
	});
	return { weights: rows.flat(), z, a: z.map((sum, j) => sigmoid(sum).named(`a${subscript[j]}${to}`)) };
}

/** The network as recorded, from the inputs to J. */
export interface RecordedNetwork {
	/** w⁽¹⁾ and then w⁽²⁾, row by row. */
	readonly weights: readonly Scalar[];
	/** z⁽³⁾ and then z⁽²⁾: where the note has its δ. */
	readonly sums: readonly Scalar[];
	readonly cost: Scalar;
}

/** Records the forward pass and J = ½(a₁⁽³⁾ − y₁)² + ½(a₂⁽³⁾ − y₂)². */
export function recordNetwork(first: Weights = fixture.first, second: Weights = fixture.second): RecordedNetwork {
	const inputs = fixture.x.map((x, i) => fixed(x).named(`a${subscript[i]}⁽¹⁾`));
	const hidden = scope("hidden layer", () => recordLayer(first, inputs, "⁽¹⁾", "⁽²⁾"));
	const output = scope("output layer", () => recordLayer(second, hidden.a, "⁽²⁾", "⁽³⁾"));
	const cost = scope("cost", () => {
		const [j1, j2] = output.a.map((a, j) => {
			const y = fixed(fixture.y[j] as number).named(`y${subscript[j]}`);
			return div(square(sub(a, y)), 2).named(`J${subscript[j]}`);
		}) as [Scalar, Scalar];
		return add(j1, j2).named("J");
	});
	return { weights: [...hidden.weights, ...output.weights], sums: [...output.z, ...hidden.z], cost };
}

/** One δ: the slope along z. */
interface Delta {
	readonly name: string;
	readonly tape: number;
	readonly hand: number;
}

/** One weight: its slope and its value after a step, by the tape and by hand. */
interface Update {
	readonly name: string;
	/** The note's rule for the slope, `δ₁⁽³⁾ a₁⁽²⁾`. */
	readonly rule: string;
	readonly before: number;
	readonly tape: number;
	readonly hand: number;
	/** After one step with η = 1. */
	readonly tapeAfter: number;
	readonly handAfter: number;
}

/** The cost after one step with the learning rate `rate`. */
interface Step {
	readonly rate: number;
	readonly cost: number;
}

/** Everything the tour says about the network. */
export interface Comparison {
	readonly rules: DeltaRules;
	readonly cost: number;
	readonly deltas: readonly Delta[];
	readonly updates: readonly Update[];
	readonly steps: readonly Step[];
}

/** Compares all slopes and all eight updates with the δ rules, and takes a step with η = 1 and one with η = ½. */
export function compareNetwork(): Comparison {
	const rules = deltaRules(fixture.first, fixture.second, fixture.x, fixture.y);
	const { weights, sums, cost } = recordNetwork();
	const slopes = gradients(cost, [...sums, ...weights]).map((slope) => slope.value);
	const handDeltas = [...rules.outputDelta, ...rules.hiddenDelta];
	const handSlopes = [...rules.first.flat(), ...rules.second.flat()];

	const deltas = sums.map((z, index) => ({
		name: (z.name as string).replace("z", "δ"),
		tape: slopes[index] as number,
		hand: handDeltas[index] as number,
	}));
	const updates = weights.map((weight, index) => {
		const before = weight.value;
		const tape = slopes[sums.length + index] as number;
		const hand = handSlopes[index] as number;
		const [layer, row, column] = [index >> 2, (index >> 1) & 1, index & 1] as [0 | 1, 0 | 1, 0 | 1];
		return {
			name: weight.name as string,
			rule: `δ${subscript[row]}${["⁽²⁾", "⁽³⁾"][layer]} a${subscript[column]}${["⁽¹⁾", "⁽²⁾"][layer]}`,
			before,
			tape,
			hand,
			tapeAfter: before - tape,
			handAfter: before - hand,
		};
	});
	const steps = [1, 0.5].map((rate) => {
		const after = updates.map(({ before, tape }) => before - rate * tape);
		return { rate, cost: recordNetwork(weightsOf(after, 0), weightsOf(after, 4)).cost.value };
	});
	return { rules, cost: cost.value, deltas, updates, steps };
}

function weightsOf(values: readonly number[], from: number): Weights {
	const [w11, w12, w21, w22] = values.slice(from) as [number, number, number, number];
	return [
		[w11, w12],
		[w21, w22],
	];
}
