/**
 * σ′ = σ(1 − σ), line by line: each line of the derivation is a formula, and its
 * value at z = 1.5 stands beside what the tape says. A line that differs is wrong.
 */
import { evaluate, fixed, grad, mul, parseFormula, sigmoid } from "chainrule";

const z = 1.5;
const truth = grad(sigmoid)(z);

function check(title: string, lines: readonly string[]): void {
	console.log(title);
	for (const claim of lines) {
		const value = Number(evaluate(parseFormula(claim), new Map([["z", z]])));
		const verdict = Math.abs(value - truth) < 1e-12 ? "right" : "WRONG";
		console.log(`  ${verdict} ${value.toFixed(6).padStart(9)}   ${claim}`);
	}
}

console.log(`σ′(${z}) = ${truth.toFixed(6)}`);
check("from σ(z) = (1 + e^-z)^-1:", [
	"-(1 + exp(-z))^-2 * (-exp(-z))",
	"(1/(1 + exp(-z)))^2 * exp(-z)",
	"(1/(1 + exp(-z))) * (exp(-z)/(1 + exp(-z)))",
	"sigmoid(z) * (1 - sigmoid(z))",
]);
// The note printed e^z for e^-z throughout, lost the minus sign of the outer derivative, and ended in (1 − σ)². Its
// second line has the right value all the same, because σ′ is even: a right number does not make a right step.
check("as printed:", [
	"1/(1 + exp(z))",
	"(1/(1 + exp(z)))^2 * exp(z)",
	"(1/(1 + exp(z)))^2 * (-z/e)",
	"(1/(1 + exp(z))) * (1/(1 + exp(z))) * (-exp(z)/exp(z))",
	"(1/(1 + exp(z))) * (1/(1 + exp(z)))",
]);

// The note printed dσ/dw = w σ(1 − σ); as z = wx + b, dz/dw is x: right is x σ(1 − σ).
for (const [w, b] of [
	[0.6, 0.9],
	[2, 2],
] as const) {
	const x = 1;
	const slope = grad((weight) => sigmoid(mul(weight, x).add(b)))(w);
	const a = sigmoid(fixed(w * x + b)).value;
	const [printed, right] = [w * a * (1 - a), x * a * (1 - a)].map((value) => value.toFixed(6));
	console.log(`w = ${w}, b = ${b}: dσ/dw = ${slope.toFixed(6)}; x σ(1 − σ) = ${right}, w σ(1 − σ) = ${printed}`);
}

// σ′(1.5) = 0.149146
// from σ(z) = (1 + e^-z)^-1:
//   right  0.149146   -(1 + exp(-z))^-2 * (-exp(-z))
//   right  0.149146   (1/(1 + exp(-z)))^2 * exp(-z)
//   right  0.149146   (1/(1 + exp(-z))) * (exp(-z)/(1 + exp(-z)))
//   right  0.149146   sigmoid(z) * (1 - sigmoid(z))
// as printed:
//   WRONG  0.182426   1/(1 + exp(z))
//   right  0.149146   (1/(1 + exp(z)))^2 * exp(z)
//   WRONG -0.018364   (1/(1 + exp(z)))^2 * (-z/e)
//   WRONG -0.033279   (1/(1 + exp(z))) * (1/(1 + exp(z))) * (-exp(z)/exp(z))
//   WRONG  0.033279   (1/(1 + exp(z))) * (1/(1 + exp(z)))
// w = 0.6, b = 0.9: dσ/dw = 0.149146; x σ(1 − σ) = 0.149146, w σ(1 − σ) = 0.089488
// w = 2, b = 2: dσ/dw = 0.017663; x σ(1 − σ) = 0.017663, w σ(1 − σ) = 0.035325
