/** Why activations must not be linear (비선형): with the identity, two layers are one. */
import { abs, evaluate, Generator, identity, jacobian, max, parseFormula, randn, type Tensor, tanh } from "chainrule";
import { bce } from "chainrule/nn";
import { b1, b2, forward, W1, W2, X, Y } from "./network.js";

const names = new Map<string, Tensor>(Object.entries({ W1, b1, W2, b2, X }));
const value = (claim: string): Tensor => evaluate(parseFormula(claim), names) as Tensor;
const collapsed = value("(W2 @ W1) @ X + (W2 @ b1 + b2)");
for (const [name, activation] of Object.entries({ identity, tanh })) {
	const { Z2 } = forward(X, Y, undefined, activation as (z: Tensor) => Tensor);
	const apart = max(abs(Z2.sub(collapsed))).item();
	console.log(`${name}: W2 g(W1 X + b1) + b2 differs from (W2 W1) X + (W2 b1 + b2) by ${apart.toFixed(6)}`);
}
console.log(
	`parameters: ${W1.size + b1.size + W2.size + b2.size} in two layers, ${value("W2 @ W1").size + b2.size} in the one they are`,
);

// So the slope of the output along the input is the same everywhere: nothing bends.
const slopeAt = (x: Tensor, activation: (z: Tensor) => Tensor): string =>
	Array.from(
		jacobian((input: Tensor) => forward(input, Y.slice([null, [0, 1]]), undefined, activation).Z2)(x).data,
		(slope) => slope.toFixed(4),
	).join(", ");
const generator = new Generator(1);
const [here, there] = [randn([3, 1], { generator }), randn([3, 1], { generator })];
for (const [name, activation] of Object.entries({ identity, tanh })) {
	const g = activation as (z: Tensor) => Tensor;
	console.log(`${name}: dz2/dx here ${slopeAt(here, g)}, there ${slopeAt(there, g)}`);
}

// The note says the output unit is linear. That is right where it predicts amounts (regression). A class needs numbers
// between 0 and 1, and a linear output leaves them.
const { Z2 } = forward(X.mul(5), Y);
const outputs = Array.from(Z2.data, (z) => Number(z.toFixed(3)));
console.log(`linear outputs: ${outputs.join(", ")}`);
try {
	bce([outputs], Y);
} catch (error) {
	console.log(String(error));
}

// identity: W2 g(W1 X + b1) + b2 differs from (W2 W1) X + (W2 b1 + b2) by 0.000000
// tanh: W2 g(W1 X + b1) + b2 differs from (W2 W1) X + (W2 b1 + b2) by 0.008048
// parameters: 21 in two layers, 4 in the one they are
// identity: dz2/dx here 0.1000, -0.0700, 0.2500, there 0.1000, -0.0700, 0.2500
// tanh: dz2/dx here 0.0906, -0.0830, 0.2348, there 0.0603, -0.0547, 0.1869
// linear outputs: 0.759, -0.517, -0.687
// ChainruleError: bce: a prediction is out of range
//   expected  numbers from 0 to 1
//   actual    -0.517 at [0, 1]
//   in        bce
//   fix       use bceWithLogits for predictions before the sigmoid
