/**
 * The note's network: 3 inputs, 4 hidden units (은닉 유닛) with tanh, 1 output unit
 * with a sigmoid. Samples are columns. The note has formulas only; the numbers are ours.
 */
import { matmul, parameter, sigmoid, type Tensor, tanh, tensor } from "chainrule";
import { bceWithLogits } from "chainrule/nn";

export const X: Tensor = tensor([
	[1, 0, -1],
	[0, 1, 1],
	[0.5, -0.5, 0],
]);
export const Y: Tensor = tensor([[1, 0, 1]]);
export const W1: Tensor = parameter(
	[
		[0.1, -0.2, 0.3],
		[0, 0.2, -0.1],
		[0.3, 0.1, 0.2],
		[-0.2, 0.4, 0],
	],
	{ name: "W1" },
);
export const b1: Tensor = parameter([[0], [0], [0], [0]], { name: "b1" });
export const W2: Tensor = parameter([[0.5, -0.4, 0.3, 0.2]], { name: "W2" });
export const b2: Tensor = parameter([[0.1]], { name: "b2" });

/** The forward pass (정방향 전파) for samples in columns, and the mean cross-entropy J. */
export interface Pass {
	readonly Z1: Tensor;
	readonly A1: Tensor;
	readonly Z2: Tensor;
	readonly A2: Tensor;
	readonly J: Tensor;
}

/** The parameters (매개변수) of both layers. */
export interface Weights {
	readonly W1: Tensor;
	readonly b1: Tensor;
	readonly W2: Tensor;
	readonly b2: Tensor;
}

const weights: Weights = { W1, b1, W2, b2 };

/** Records the pass for the given weights; `activation` is that of the hidden layer. */
export function forward(
	x: Tensor,
	y: Tensor,
	{ W1, b1, W2, b2 }: Weights = weights,
	activation: (z: Tensor) => Tensor = tanh,
): Pass {
	const Z1 = matmul(W1, x).add(b1);
	const A1 = activation(Z1);
	const Z2 = matmul(W2, A1).add(b2);
	return { Z1, A1, Z2, A2: sigmoid(Z2), J: bceWithLogits(Z2, y) };
}
