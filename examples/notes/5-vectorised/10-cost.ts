/** The cost (비용함수) J is the mean of the losses (손실함수) of the samples, so its slopes are the means of theirs. */
import { abs, gradients, max, stack, type Tensor } from "chainrule";
import { bce } from "chainrule/nn";
import { forward, W1, X, Y } from "./network.js";

const { Z2, A2, J } = forward(X, Y);
const losses = bce(A2, Y, { reduction: "none" });
console.log(`losses ${Array.from(losses.data, (loss) => loss.toFixed(6)).join(", ")}`);
console.log(`J = ${J.item().toFixed(10)}, their mean ${losses.mean().item().toFixed(10)}`);

// That is why the slopes are divided by m.
const sample = (of: Tensor, i: number): Tensor => of.slice([null, [i, i + 1]]);
const single = [0, 1, 2].map((i) => gradients(forward(sample(X, i), sample(Y, i)).J, [W1])[0]);
const [whole] = gradients(J, [W1]);
const apart = max(abs(stack(single).mean({ axis: 0 }).sub(whole))).item();
console.log(`dW1 is the mean of dW1 of the samples: ${apart < 1e-15}`);

// The note printed J = 1/m Σ J(z^[i], y), which defines J by itself and takes layers for samples. Right is
// J = 1/m Σ L(ŷ^(i), y^(i)): outputs, not z, which a loss of probabilities refuses.
try {
	bce([Array.from(Z2.data, (z) => Number(z.toFixed(4)))], Y);
} catch (error) {
	console.log(String(error));
}

// losses 0.547176, 0.649080, 0.732081
// J = 0.6427792854, their mean 0.6427792854
// dW1 is the mean of dW1 of the samples: true
// ChainruleError: bce: a prediction is out of range
//   expected  numbers from 0 to 1
//   actual    -0.0902 at [0, 1]
//   in        bce
//   fix       use bceWithLogits for predictions before the sigmoid
