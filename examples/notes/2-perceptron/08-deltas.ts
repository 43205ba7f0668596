/** Back-propagation (오류 역전파) by the δ rules of the note, each beside what the tape says. δ is the slope of J along z. */
import { evaluate, gradients, parseFormula } from "chainrule";
import { formulaLatex } from "chainrule/symbolic";
import { record, second, x, y } from "./network.js";

const { hidden, output, cost } = record();
const variables = [...output.z, ...hidden.z, output.w[0]![0]!, hidden.w[0]![0]!];
const [d1, d2, e1, e2, dv11, dw11] = gradients(cost, variables).map(({ value }) => value);

// In the formulas x is a⁽¹⁾, a is a⁽²⁾, o is a⁽³⁾, v is w⁽²⁾ and delta is δ⁽³⁾.
const numbered = (name: string, values: readonly number[]) => values.map((v, at) => [`${name}${at + 1}`, v] as const);
const names = new Map([
	...numbered("x", x),
	...numbered("y", y),
	...numbered(
		"a",
		[...hidden.a].map(({ value }) => value),
	),
	...numbered(
		"o",
		[...output.a].map(({ value }) => value),
	),
	...numbered("delta", [d1!, d2!]),
	...second.flatMap((row, j) => row.map((v, i) => [`v${j + 1}${i + 1}`, v] as const)),
]);

function compare(name: string, claim: string, tape: number | undefined): void {
	const formula = parseFormula(claim);
	const value = Number(evaluate(formula, names));
	const verdict = Math.abs(value - tape!) < 1e-15 ? "right" : `WRONG, by tape ${tape!.toFixed(10)}`;
	console.log(`${name} = ${formulaLatex(formula)} = ${value.toFixed(10)} ${verdict}`);
}
compare("δ₁⁽³⁾", "(o1 - y1) * o1 * (1 - o1)", d1);
compare("δ₂⁽³⁾", "(o2 - y2) * o2 * (1 - o2)", d2);
compare("δ₁⁽²⁾", "(delta1*v11 + delta2*v21) * a1 * (1 - a1)", e1);
compare("δ₂⁽²⁾", "(delta1*v12 + delta2*v22) * a2 * (1 - a2)", e2);
compare("∂J/∂w₁₁⁽²⁾", "(o1 - y1) * o1 * (1 - o1) * a1", dv11);
compare("∂J/∂w₁₁⁽¹⁾", "(delta1*v11 + delta2*v21) * a1 * (1 - a1) * x1", dw11);

// The note printed ∂J/∂w₁₁⁽²⁾ without the brackets around a₁ − y₁, and repeated factors.
compare("∂J/∂w₁₁⁽²⁾ as printed", "o1 - y1 * o1 * (1 - o1) * a1", dv11);
// The note printed a minus between the two paths of δ₁⁽²⁾; slopes along several paths add up.
compare("δ₁⁽²⁾ as printed", "(delta1*v11 - delta2*v21) * a1 * (1 - a1)", e1);

// δ₁⁽³⁾ = \left(o_{1} - y_{1}\right) o_{1} \left(1 - o_{1}\right) = 0.1423568623 right
// δ₂⁽³⁾ = \left(o_{2} - y_{2}\right) o_{2} \left(1 - o_{2}\right) = -0.0837588880 right
// δ₁⁽²⁾ = \left(\delta_{1} v_{11} + \delta_{2} v_{21}\right) a_{1} \left(1 - a_{1}\right) = 0.0037651133 right
// δ₂⁽²⁾ = \left(\delta_{1} v_{12} + \delta_{2} v_{22}\right) a_{2} \left(1 - a_{2}\right) = 0.0044962693 right
// ∂J/∂w₁₁⁽²⁾ = \left(o_{1} - y_{1}\right) o_{1} \left(1 - o_{1}\right) a_{1} = 0.0721570729 right
// ∂J/∂w₁₁⁽¹⁾ = \left(\delta_{1} v_{11} + \delta_{2} v_{21}\right) a_{1} \left(1 - a_{1}\right) x_{1} = 0.0001882557 right
// ∂J/∂w₁₁⁽²⁾ as printed = o_{1} - y_{1} o_{1} \left(1 - o_{1}\right) a_{1} = 0.6052680127 WRONG, by tape 0.0721570729
// δ₁⁽²⁾ as printed = \left(\delta_{1} v_{11} - \delta_{2} v_{21}\right) a_{1} \left(1 - a_{1}\right) = 0.0247008769 WRONG, by tape 0.0037651133
