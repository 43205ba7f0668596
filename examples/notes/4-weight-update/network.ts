/**
 * The note's network: three layers (계층) of three nodes (노드), sigmoids without
 * biases, 18 weights. The note has formulas only; the numbers are ours.
 *
 * As in the note, i counts the input layer, j the hidden and k the output layer.
 * Signals are columns; row j of `wij` holds the weights into node j.
 */
import { matmul, parameter, sigmoid, type Tensor, tensor } from "chainrule";

/** The inputs o_i. */
const oi: Tensor = tensor([[1], [0.25], [0.5]]);
/** The targets t_k (목표 값). */
export const target: Tensor = tensor([[0.8], [0.2], [0.5]]);

/** The weights into the hidden and into the output layer. */
export interface Weights {
	readonly wij: Tensor;
	readonly wjk: Tensor;
}

export function weights(): Weights {
	const wij = [
		[0.5, -0.3, 0.8],
		[-0.6, 0.9, 0.1],
		[0.2, 0.4, -0.7],
	];
	const wjk = [
		[0.7, -0.4, 0.3],
		[-0.2, 0.6, 0.5],
		[0.1, -0.8, 0.9],
	];
	return { wij: parameter(wij, { name: "wij" }), wjk: parameter(wjk, { name: "wjk" }) };
}

/** What the nodes of the hidden and of the output layer say, the latter being the actual values (실제 값). */
export interface Signals {
	readonly oj: Tensor;
	readonly ok: Tensor;
}

/** The signals from the inputs on; for `[settings, 3, 3]` weights those of every setting. */
export function forward({ wij, wjk }: Weights): Signals {
	const oj = sigmoid(matmul(wij, oi));
	return { oj, ok: sigmoid(matmul(wjk, oj)) };
}
