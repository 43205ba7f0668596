/**
 * The 2-2-2 network of the note: two inputs, two hidden and two output sigmoids,
 * without biases. The note has formulas only; the numbers are ours.
 */
import { add, div, fixed, mul, type Scalar, scalar, scope, sigmoid, square, sub } from "chainrule";

/** Row j holds the weights into unit j. */
export type Weights = readonly (readonly number[])[];

export const first: Weights = [
	[0.15, 0.2],
	[0.25, 0.3],
];
export const second: Weights = [
	[0.4, 0.45],
	[0.5, 0.55],
];
export const x = [0.05, 0.1] as const;
export const y = [0.01, 0.99] as const;
const low = ["₁", "₂"] as const;

/** One layer: z = Wa and φ(z). */
export interface Layer {
	readonly w: readonly (readonly Scalar[])[];
	readonly z: readonly Scalar[];
	readonly a: readonly Scalar[];
}

function layer(weights: Weights, inputs: readonly Scalar[], from: string, to: string): Layer {
	const w = weights.map((row, j) => row.map((value, i) => scalar(value, `w${low[j]}${low[i]}${from}`)));
	const products = w.map((row) => row.map((weight, i) => mul(weight, inputs[i]!)));
	const z = products.map((terms, j) => terms.reduce((p, q) => add(p, q)).named(`z${low[j]}${to}`));
	return { w, z, a: z.map((sum, j) => sigmoid(sum).named(`a${low[j]}${to}`)) };
}

/** The network as recorded, from the inputs a⁽¹⁾ to J = J₁ + J₂. */
export interface Network {
	readonly hidden: Layer;
	readonly output: Layer;
	readonly costs: readonly Scalar[];
	readonly cost: Scalar;
}

/** Records the forward pass (순전파) and the costs J_j = (a_j⁽³⁾ − y_j)²/2. */
export function record(firstWeights: Weights = first, secondWeights: Weights = second): Network {
	const inputs = x.map((value, i) => fixed(value, `a${low[i]}⁽¹⁾`));
	const hidden = scope("hidden layer", () => layer(firstWeights, inputs, "⁽¹⁾", "⁽²⁾"));
	const output = scope("output layer", () => layer(secondWeights, hidden.a, "⁽²⁾", "⁽³⁾"));
	return scope("cost", () => {
		const misses = output.a.map((a, j) => sub(a, fixed(y[j]!, `y${low[j]}`)));
		const costs = misses.map((miss, j) => div(square(miss), 2).named(`J${low[j]}`));
		return { hidden, output, costs, cost: costs.reduce((p, q) => add(p, q)).named("J") };
	});
}
