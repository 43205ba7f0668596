/** The note's tip for back-propagation, to see that the dimensions (차원) agree, applied to the note's own formulas. */
import { evaluate, Generator, gradients, ones, parseFormula, randn, step, type Tensor } from "chainrule";
import { b1, b2, forward, W1, W2 } from "./network.js";
import { outcome } from "./outcome.js";

const [n, m] = [3, 5];
const X = randn([n, m], { generator: new Generator(1) });
const Y = step(X.slice([[0, 1]])); // one label per sample: y^(1) to y^(m), where the note printed y^(n)
const pass = forward(X, Y);
const names = new Map<string, Tensor | number>(
	Object.entries({ X, Y, W1, b1, W2, b2, ...pass, n, m, one: ones([m, 1]) }),
);
const shape = (name: string): string => `[${(names.get(name) as Tensor).shape.join(", ")}]`;

/** Computes slopes in turn, and compares the shape of each with what it belongs to; `@ one` sums over samples. */
function check(title: string, slopes: Record<string, string>): void {
	console.log(title);
	for (const [name, claim] of Object.entries(slopes)) {
		names.set(name, evaluate(parseFormula(claim), names) as Tensor);
		const [found, wanted] = [shape(name), shape(name.slice(1))];
		console.log(`  ${name} = ${claim}: ${found}${found === wanted ? "" : `, but ${name.slice(1)} is ${wanted}`}`);
	}
}

// The note's first set has the layers [1] and [2] exchanged on the left of all six formulas.
check("as printed:", {
	dZ1: "A2 - Y",
	dW1: "1/n * dZ1 @ A1.T",
	db1: "1/n * dZ1 @ one",
	dZ2: "W2.T @ dZ1 * sigmoid'(Z2)",
	dW2: "1/n * dZ2 @ X.T",
	db2: "1/n * dZ2 @ one",
});
console.log(`W1 - 0.1 * dW1: ${outcome("W1 - 0.1 * dW1", names)}`);
// Broadcasting hides the slip in the biases: b1 would take a slope that is not its own, and b2 become a column.
console.log(`b1 - 0.1 * db1: ${outcome("b1 - 0.1 * db1", names)}; b2 - 0.1 * db2: ${outcome("b2 - 0.1 * db2", names)}`);

check("its second set, with dimensions (n^[1], m) and (n^[2], m):", {
	dZ2: "A2 - Y",
	dW2: "1/m * dZ2 @ A1.T",
	db2: "1/m * dZ2 @ one",
	dZ1: "W2.T @ dZ2 * tanh'(Z1)",
	dW1: "1/m * dZ1 @ X.T",
	db1: "1/m * dZ1 @ one",
});
// A shape says nothing of a factor. The first set divides by n, the number of features; J is a mean over m samples.
const [tape] = gradients(pass.J, [b2]);
for (const count of ["n", "m"]) {
	const ratio = (evaluate(parseFormula(`1/${count} * dZ2 @ one`), names) as Tensor).div(tape).item();
	console.log(`with 1/${count} db2 is ${ratio.toFixed(4)} times the slope by tape`);
}

// as printed:
//   dZ1 = A2 - Y: [1, 5], but Z1 is [4, 5]
//   dW1 = 1/n * dZ1 @ A1.T: [1, 4], but W1 is [4, 3]
//   db1 = 1/n * dZ1 @ one: [1, 1], but b1 is [4, 1]
//   dZ2 = W2.T @ dZ1 * sigmoid'(Z2): [4, 5], but Z2 is [1, 5]
//   dW2 = 1/n * dZ2 @ X.T: [4, 3], but W2 is [1, 4]
//   db2 = 1/n * dZ2 @ one: [4, 1], but b2 is [1, 1]
// W1 - 0.1 * dW1: sub: shapes do not broadcast
//     expected  equal sizes, or 1, on every axis counted from the last
//     actual    3 ≠ 4 on axis -1      (x [4, 3], y [1, 4])
// b1 - 0.1 * db1: [4, 1]; b2 - 0.1 * db2: [4, 1]
// its second set, with dimensions (n^[1], m) and (n^[2], m):
//   dZ2 = A2 - Y: [1, 5]
//   dW2 = 1/m * dZ2 @ A1.T: [1, 4]
//   db2 = 1/m * dZ2 @ one: [1, 1]
//   dZ1 = W2.T @ dZ2 * tanh'(Z1): [4, 5]
//   dW1 = 1/m * dZ1 @ X.T: [4, 3]
//   db1 = 1/m * dZ1 @ one: [4, 1]
// with 1/n db2 is 1.6667 times the slope by tape
// with 1/m db2 is 1.0000 times the slope by tape
