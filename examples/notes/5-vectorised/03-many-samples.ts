/** Vectorisation (벡터화): samples side by side in X replace the loop over them, and broadcasting adds b to each. */
import { abs, concat, Generator, max, randn, sigmoid, type Tensor } from "chainrule";
import { b1, W1 } from "./network.js";
import { outcome } from "./outcome.js";

const [features, m] = [3, 5];
const X = randn([features, m], { generator: new Generator(1) });
const sample = (i: number): Tensor => X.slice([null, [i, i + 1]]);

const same = (x: Tensor, y: Tensor): boolean => max(abs(x.sub(y))).item() < 1e-15;

const columns = Array.from({ length: m }, (_, i) => sigmoid(W1.matmul(sample(i)).add(b1)));
const loop = concat(columns, { axis: 1 });
const vectorised = sigmoid(W1.matmul(X).add(b1));
console.log(
	`loop [${loop.shape.join(", ")}], vectorised [${vectorised.shape.join(", ")}], equal to 1e-15: ${same(loop, vectorised)}`,
);

// The note counted samples from x^(1) to x^(n). They are m, the columns; n counts features, the rows.
console.log(`X [${X.shape.join(", ")}]: n = ${X.shape[0]} features, m = ${X.shape[1]} samples`);

const names = new Map<string, Tensor>([
	["W1", W1],
	["X", X],
	["b1", b1],
]);
// The note printed Z1 = W1 + b1, which has the shape of W1 and no samples in it.
console.log(`W1 @ X + b1: ${outcome("W1 @ X + b1", names)}`);
console.log(`W1 + b1: ${outcome("W1 + b1", names)}`);
// The note printed b^(i), a bias for each sample. One b is shared by all: a bias per sample has none for new samples.
names.set("bi", randn([4, m])).set("new", randn([features, 7]));
console.log(`W1 @ new + b1: ${outcome("W1 @ new + b1", names)}`);
console.log(`W1 @ new + bi: ${outcome("W1 @ new + bi", names)}`);
// The note printed XW for the product. It does not fit, unless there happen to be four samples, and then it is another.
console.log(`X @ W1: ${outcome("X @ W1", names)}`);
names.set("X", randn([features, 4]));
console.log(`X @ W1 for m = 4: ${outcome("X @ W1", names)}, and W1 @ X: ${outcome("W1 @ X", names)}`);
// The note printed the columns as W[1]×[1], [2], [3], and all of Z1 as its third; they are W1 @ x of each sample.
const equal = columns.map((_, i) => same(W1.matmul(sample(i)), W1.matmul(X).slice([null, [i, i + 1]])));
console.log(`W1 @ x^(i) is column i of W1 @ X: ${equal.join(", ")}`);

// loop [4, 5], vectorised [4, 5], equal to 1e-15: true
// X [3, 5]: n = 3 features, m = 5 samples
// W1 @ X + b1: [4, 5]
// W1 + b1: [4, 3]
// W1 @ new + b1: [4, 7]
// W1 @ new + bi: add: shapes do not broadcast
//     expected  equal sizes, or 1, on every axis counted from the last
//     actual    7 ≠ 5 on axis -1      (x [4, 7], y [4, 5])
// X @ W1: matmul: inner sizes differ
//     expected  x.shape[1] = y.shape[0]
//     actual    5 ≠ 4      (x [3, 5], y [4, 3])
// X @ W1 for m = 4: [3, 3], and W1 @ X: [4, 4]
// W1 @ x^(i) is column i of W1 @ X: true, true, true, true, true
