/** The slope of a weight into the output layer by the chain rule (연쇄법칙), line by line, beside what the tape says. */
import { evaluate, gradients, matmul, parseFormula, pick, type Scalar } from "chainrule";
import { halfSse, sse } from "chainrule/nn";
import { forward, target, weights } from "./network.js";

const network = weights();
const { oj, ok } = forward(network);
// k = 1 and j = 1 throughout. The note printed w_n where w_jk is meant: the target is a constant for every weight.
const [output, target1] = [pick(ok, 0), pick(target, 0)];
const slopeOf = (y: Scalar): number => gradients(y, [network.wjk])[0].at(0).at(0).item();
const names = new Map([
	["t", target1.value],
	["o", output.value],
	["i", pick(matmul(network.wjk, oj), 0).value],
	["oj", pick(oj, 0).value],
	["slope", slopeOf(output)],
]);

function compare(name: string, truth: number, claims: readonly string[]): void {
	console.log(`${name} = ${truth.toFixed(6)}`);
	for (const claim of claims) {
		const value = Number(evaluate(parseFormula(claim), names));
		const verdict = Math.abs(value - truth) < 1e-12 ? "right" : "WRONG";
		console.log(`  ${verdict} ${value.toFixed(6).padStart(9)}   ${claim}`);
	}
}

compare("∂E/∂w_jk for E = Σ (t − o)²", slopeOf(sse(output, target1)), [
	"-2*(t - o) * slope",
	"-2*(t - o) * sigmoid'(i) * oj",
	"-2*(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj",
	// The note then dropped the 2 and kept the equality sign.
	"-(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj",
]);
compare("∂E/∂w_jk for E = ½ Σ (t − o)²", slopeOf(halfSse(output, target1)), [
	"-(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj",
]);

// The note's brace calls σ(i)(1 − σ(i)) the signal i_k that enters the node. That is its argument Σ_j w_jk o_j; the
// product is the slope of σ there.
const value = (claim: string): string => Number(evaluate(parseFormula(claim), names)).toFixed(6);
console.log(`i_k = ${value("i")}, σ′(i_k) = ${value("sigmoid(i)*(1 - sigmoid(i))")}`);

// ∂E/∂w_jk for E = Σ (t − o)² = -0.061207
//   right -0.061207   -2*(t - o) * slope
//   right -0.061207   -2*(t - o) * sigmoid'(i) * oj
//   right -0.061207   -2*(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj
//   WRONG -0.030604   -(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj
// ∂E/∂w_jk for E = ½ Σ (t − o)² = -0.030604
//   right -0.030604   -(t - o) * sigmoid(i)*(1 - sigmoid(i)) * oj
// i_k = 0.465175, σ′(i_k) = 0.236949
