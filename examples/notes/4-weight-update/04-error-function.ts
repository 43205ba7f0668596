/** The error function (오차함수) is a sum over the output nodes; which of its terms a weight sees depends on its layer. */
import { gradients, pick, type Scalar, square, sub, type Tensor } from "chainrule";
import { sse } from "chainrule/nn";
import { forward, target, weights } from "./network.js";

const network = weights();
const { ok } = forward(network);
const error = sse(ok, target);
const terms = [0, 1, 2].map((k): Scalar => square(sub(pick(target, k), pick(ok, k))));
const values = terms.map(({ value }) => value);

// The note printed Σ for k = 0 to n of (t_n − on)², and "n nodes". "on" is o_n; what is counted is n; 0 to n are n + 1.
console.log(
	`E = Σ_n (t_n − o_n)² = ${error.item().toFixed(6)}: ${values.map((value) => value.toFixed(6)).join(" + ")}`,
);
const n = values.length;
console.log(`  as printed, (t_n − o_n)² for k = 0 to n = ${n}: ${((n + 1) * values[n - 1]!).toFixed(6)}`);

// The note printed that all but one term may be dropped, as a node feels only the weights that lead to it. So it is
// in the output layer, where ∂E/∂w_jk has one term; for a weight w_ij into a hidden node j every output has one.
const shown = (x: Tensor): string => x.at(0).at(0).item().toFixed(6);
for (const [name, weight] of [
	["w_jk", network.wjk],
	["w_ij", network.wij],
] as const) {
	const [whole] = gradients(error, [weight]);
	const parts = terms.map((term) => gradients(term, [weight])[0]);
	console.log(`∂E/∂${name} for the first of its layer: ${shown(whole)} = ${parts.map(shown).join(" + ")}`);
}

// E = Σ_n (t_n − o_n)² = 0.187030: 0.034506 + 0.150669 + 0.001855
//   as printed, (t_n − o_n)² for k = 0 to n = 3: 0.007421
// ∂E/∂w_jk for the first of its layer: -0.061207 = -0.061207 + 0.000000 + 0.000000
// ∂E/∂w_ij for the first of its layer: -0.020570 = -0.013055 + -0.007968 + 0.000453
