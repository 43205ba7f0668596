/** A node computes in two steps: z = wᵀx + b, then a = σ(z). The rows of W are the wᵀ of its nodes. */
import { dot, evaluate, parseFormula, sigmoid, type Tensor } from "chainrule";
import { b1, W1, X } from "./network.js";
import { outcome } from "./outcome.js";

const x = X.slice([null, [0, 1]]);
const layer = sigmoid(W1.matmul(x).add(b1));
for (let node = 0; node < 4; node++) {
	const z = dot(W1.at(node), x.reshape([3])).add(b1.at(node).at(0));
	const a = sigmoid(z);
	console.log(
		`node ${node + 1}: z = ${z.item().toFixed(4)}, a = ${a.item().toFixed(6)}, in the layer ${layer.at(node).at(0).item().toFixed(6)}`,
	);
}

// The note printed z = wᵀ + b for the first node, without x, and z = w x + b for the second, without the transpose.
// Vectors are columns, so w has the shape [3, 1].
const names = new Map<string, Tensor>([
	["w", W1.slice([[0, 1]]).transpose()],
	["x", x],
	["b", b1.slice([[0, 1]])],
]);
for (const claim of ["w.T @ x + b", "w.T + b", "w @ x + b"]) console.log(`${claim}: ${outcome(claim, names)}`);
console.log(`w.T @ x + b = ${Number(evaluate(parseFormula("w.T @ x + b"), names))}`);

// node 1: z = 0.2500, a = 0.562177, in the layer 0.562177
// node 2: z = -0.0500, a = 0.487503, in the layer 0.487503
// node 3: z = 0.4000, a = 0.598688, in the layer 0.598688
// node 4: z = -0.2000, a = 0.450166, in the layer 0.450166
// w.T @ x + b: [1, 1]
// w.T + b: [1, 3]
// w @ x + b: matmul: inner sizes differ
//     expected  x.shape[1] = y.shape[0]
//     actual    1 ≠ 3      (x [3, 1], y [3, 1])
// w.T @ x + b = 0.25
