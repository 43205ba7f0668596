/** How much does each example pull at the weights? One gradient per example, and which of them is the outlier. */
import { argMax, grad, type Tensor, tensor, vmap } from "chainrule";

const inputs = tensor([
	[1, 0],
	[0, 1],
	[1, 1],
	[2, -1],
]);
const targets = tensor([1, 2, 3, 30]);
const w = tensor([1, 2]);

/** Squared error of one example: written without a batch in mind. */
const loss = (weights: Tensor, x: Tensor, target: Tensor) => weights.mul(x).sum().sub(target).square();

const gradients = vmap(grad(loss), { axes: [null, 0, 0] })(w, inputs, targets);
console.log(gradients.toArray());

const strength = vmap((g: Tensor) => g.norm())(gradients);
console.log("strongest:", argMax(strength).item());

// [ [ 0, 0 ], [ 0, 0 ], [ 0, 0 ], [ -120, 60 ] ]
// strongest: 3
