/** Shapes in a network of 3 inputs, 4 hidden units (은닉 유닛) and 1 output: for one sample, then for m in columns. */
import { randn } from "chainrule";
import { outcome } from "./outcome.js";

const m = 5;
const names = new Map([
	["W1", randn([4, 3])], // 4 hidden units with 3 inputs each
	["b1", randn([4, 1])],
	["W2", randn([1, 4])], // 1 output unit with 4 inputs
	["b2", randn([1, 1])],
	["x", randn([3, 1])],
	["X", randn([3, m])],
]);
const sizes = (only: readonly string[]): string =>
	only.map((name) => `${name} [${names.get(name)!.shape.join(", ")}]`).join(", ");

console.log(`parameters: ${sizes(["W1", "b1", "W2", "b2"])}`);
for (const x of ["x", "X"]) {
	console.log(`${x === "x" ? "one sample" : `${m} samples`}: ${sizes([x])}`);
	const z1 = `W1 @ ${x} + b1`;
	const a1 = `sigmoid(${z1})`;
	for (const claim of [z1, a1, `W2 @ ${a1} + b2`, `sigmoid(W2 @ ${a1} + b2)`])
		console.log(`  ${outcome(claim, names)}  ${claim}`);
}

// The note printed that a^[1] is a (1, 4) vector. It is (4, 1): as a row the output layer cannot read it. And W^[1] of
// shape (4, 3) is a matrix, not a vector.
names.set("a", randn([1, 4]));
console.log(`a [1, 4] as printed: ${outcome("W2 @ a", names)}`);
names.set("a", randn([4, 1]));
console.log(`a [4, 1]: ${outcome("W2 @ a", names)}`);
console.log(`W1 has ${names.get("W1")!.rank} axes`);

// parameters: W1 [4, 3], b1 [4, 1], W2 [1, 4], b2 [1, 1]
// one sample: x [3, 1]
//   [4, 1]  W1 @ x + b1
//   [4, 1]  sigmoid(W1 @ x + b1)
//   [1, 1]  W2 @ sigmoid(W1 @ x + b1) + b2
//   [1, 1]  sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)
// 5 samples: X [3, 5]
//   [4, 5]  W1 @ X + b1
//   [4, 5]  sigmoid(W1 @ X + b1)
//   [1, 5]  W2 @ sigmoid(W1 @ X + b1) + b2
//   [1, 5]  sigmoid(W2 @ sigmoid(W1 @ X + b1) + b2)
// a [1, 4] as printed: matmul: inner sizes differ
//     expected  x.shape[1] = y.shape[0]
//     actual    4 ≠ 1      (x [1, 4], y [1, 4])
// a [4, 1]: [1, 1]
// W1 has 2 axes
