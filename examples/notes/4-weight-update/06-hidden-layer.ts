/**
 * The slope of a weight into the hidden layer (은닉 계층): which back-propagated error
 * (역전파 오류) e_j makes the note's formula true.
 */
import { add, evaluate, fixed, gradients, logit, mul, parseFormula, type Scalar, scalar, sigmoid } from "chainrule";
import { halfSse } from "chainrule/nn";

// One hidden node j with the input 1, and two outputs whose weights have opposite signs. What the outputs receive from
// other nodes is a constant, chosen so that they are 0.5 and 0.0204.
const oi = fixed(1, "o_i");
const wij = scalar(0.5, "w_ij");
const [w1, w2] = [scalar(1, "w_j1"), scalar(-1, "w_j2")];
const wanted = [0.5, 0.0204] as const;
const [t1, t2] = [wanted[0] + 0.3, wanted[1] + 0.5];
const node = (w: Scalar): Scalar => sigmoid(mul(w, oi));
const [rest1, rest2] = [w1, w2].map((w, k) => logit(wanted[k]!).value - w.value * node(wij).value);

function forward(w: Scalar) {
	const oj = node(w);
	const [o1, o2] = [sigmoid(add(mul(w1, oj), rest1!)), sigmoid(add(mul(w2, oj), rest2!))];
	return { oj, o1, o2, error: halfSse(o1, t1).add(halfSse(o2, t2)) };
}
const { oj, o1, o2, error } = forward(wij);
const [toHidden, toWij, toWjk] = gradients(error, [oj, wij, w1]).map(({ value }) => value) as [number, number, number];
const names = new Map(Object.entries({ w1, w2, o1, o2, t1, t2, oi }).map(([name, x]) => [name, Number(x)] as const));
console.log(`by tape: e_j = −∂E/∂o_j = ${(-toHidden).toFixed(4)}`);

// The note calls e_j the recombined error. With the errors of the outputs shared out by weight, the usual reading, the
// formula is not the slope of E: here even its sign is wrong. Each error has to pass the σ′ of its output first.
const readings = ["w1*(t1 - o1) + w2*(t2 - o2)", "w1*(t1 - o1)*o1*(1 - o1) + w2*(t2 - o2)*o2*(1 - o2)"];
for (const reading of readings) {
	const e = Number(evaluate(parseFormula(reading), names));
	console.log(`e_j = ${reading} = ${e.toFixed(4)}`);
	names.set("e", e).set("i", wij.value * oi.value);
	const slope = Number(evaluate(parseFormula("-e * sigmoid(i)*(1 - sigmoid(i)) * oi"), names));
	const after = forward(scalar(wij.value - slope)).error.value;
	console.log(
		`  slope ${slope.toFixed(6)}, by tape ${toWij.toFixed(6)}; one step takes E from ${error.value.toFixed(6)} to ${after.toFixed(6)}`,
	);
}

// The note printed ∂E/∂w_jk before this formula; it is ∂E/∂w_ij.
console.log(`∂E/∂w_ij = ${toWij.toFixed(6)}, ∂E/∂w_jk = ${toWjk.toFixed(6)}`);

// by tape: e_j = −∂E/∂o_j = 0.0650
// e_j = w1*(t1 - o1) + w2*(t2 - o2) = -0.2000
//   slope 0.047001, by tape -0.015277; one step takes E from 0.170000 to 0.170725
// e_j = w1*(t1 - o1)*o1*(1 - o1) + w2*(t2 - o2)*o2*(1 - o2) = 0.0650
//   slope -0.015277, by tape -0.015277; one step takes E from 0.170000 to 0.169767
// ∂E/∂w_ij = -0.015277, ∂E/∂w_jk = -0.046684
