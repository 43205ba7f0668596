/**
 * The forward pass (순전파) of a 2-2-2 network of sigmoids from the input layer (입력층)
 * through the hidden layer (은닉층) to the output layer (출력층), as numbers and as a graph.
 */
import { evaluate, parseFormula } from "chainrule";
import { halfSse } from "chainrule/nn";
import { formulaLatex } from "chainrule/symbolic";
import { toSvg } from "chainrule/viz";
import { save } from "../draw.js";
import { first, record, second, x, y } from "./network.js";

const { hidden, output, costs, cost } = record();
const names = new Map<string, number>([
	...x.map((value, i) => [`x${i + 1}`, value] as const),
	...hidden.a.map((a, j) => [`a${j + 1}`, a.value] as const),
	...first.flatMap((row, j) => row.map((w, i) => [`w${j + 1}${i + 1}`, w] as const)),
	...second.flatMap((row, j) => row.map((w, i) => [`v${j + 1}${i + 1}`, w] as const)),
]);

/** The formula, its value, and what the tape says; w are the weights w⁽¹⁾ and v the weights w⁽²⁾. */
function compare(name: string, claim: string, tape: number): void {
	const formula = parseFormula(claim);
	const value = Number(evaluate(formula, names));
	console.log(`${name} = ${formulaLatex(formula)} = ${value.toFixed(10)}, by tape ${tape.toFixed(10)}`);
}
compare("a₁⁽²⁾", "sigmoid(w11*x1 + w12*x2)", hidden.a[0]!.value);
compare("a₂⁽²⁾", "sigmoid(w21*x1 + w22*x2)", hidden.a[1]!.value);
compare("a₁⁽³⁾", "sigmoid(v11*a1 + v12*a2)", output.a[0]!.value);
compare("a₂⁽³⁾", "sigmoid(v21*a1 + v22*a2)", output.a[1]!.value);

const [j1, j2] = costs.map(({ value }) => value.toFixed(10));
console.log(`J₁ = ${j1}, J₂ = ${j2}, J = ${cost.value.toFixed(10)}`);
// The note printed 1/(2N) Σ (y − ŷ)² and J = J₁ + J₂. They agree where N counts samples, here 1, and not outputs, here 2.
for (const count of [1, 2]) console.log(`N = ${count}: ${(halfSse(output.a, [...y]).item() / count).toFixed(10)}`);

save("2-network", await toSvg(cost, { title: "2-2-2 network: values, and the slopes of J" }));

// a₁⁽²⁾ = \sigma\left(w_{11} x_{1} + w_{12} x_{2}\right) = 0.5068745668, by tape 0.5068745668
// a₂⁽²⁾ = \sigma\left(w_{21} x_{1} + w_{22} x_{2}\right) = 0.5106234010, by tape 0.5106234010
// a₁⁽³⁾ = \sigma\left(v_{11} a_{1} + v_{12} a_{2}\right) = 0.6064777322, by tape 0.6064777322
// a₂⁽³⁾ = \sigma\left(v_{21} a_{1} + v_{22} a_{2}\right) = 0.6304808355, by tape 0.6304808355
// J₁ = 0.1778928425, J₂ = 0.0646270148, J = 0.2425198573
// N = 1: 0.2425198573
// N = 2: 0.1212599287
// out/notes/2-network.svg
