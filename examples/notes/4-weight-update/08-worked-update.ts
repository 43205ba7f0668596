/** The note's worked example: two weights into one node, updated by hand, by formula and by an optimizer. */
import { evaluate, matmul, parameter, parseFormula, sigmoid, tensor } from "chainrule";
import { bce, halfSse, sse } from "chainrule/nn";
import { SGD } from "chainrule/optim";

const w = parameter([2, 3], { name: "w" });
const signals = tensor([0.4, 0.5]);
const z = matmul(w, signals);
const o = sigmoid(z);
const t = o.item() + 0.8; // what the note's error e = 0.8 means
const slope = o.item() * (1 - o.item());
console.log(
	`Σ = ${z.item()}, σ = ${o.item().toFixed(6)}, σ(1 − σ) = ${slope.toFixed(7)}, e = ${(t - o.item()).toFixed(1)}`,
);

const optimizer = new SGD([w], { learningRate: 0.1 });
halfSse(o, t).backward();
const found = Array.from(w.grad!.data);
optimizer.step();
Array.from(w.data).forEach((after, j) => {
	console.log(`w${j + 1}1: slope ${found[j]!.toFixed(7)}, new weight ${after.toFixed(8)}`);
});

// That is the slope of E = ½(t − o)². For the E that the note states, (t − o)², it is twice as much.
w.assign([2, 3]);
w.zeroGrad();
sse(sigmoid(matmul(w, signals)), t).backward();
console.log(`with E = (t − o)²: slope ${w.grad!.at(0).item().toFixed(7)}`);

// The note printed −(0.8 · 0.083 · 0.4) and −0.0265. The product of the rounded numbers is another; −0.0265 is the
// product of those not rounded.
const rounded = Number(evaluate(parseFormula("-(0.8 * 0.083 * 0.4)"), new Map()));
console.log(`rounded first: ${rounded.toFixed(5)}; rounded last: ${found[0]!.toFixed(5)}`);

// An error of 0.8 with an output of 0.909 means a target of 1.709, which no sigmoid reaches: fine as arithmetic only.
console.log(`largest error with this output: ${(1 - o.item()).toFixed(3)}`);
try {
	bce(o, Number(t.toFixed(3)));
} catch (error) {
	console.log(String(error));
}

// Σ = 2.3, σ = 0.908877, σ(1 − σ) = 0.0828196, e = 0.8
// w11: slope -0.0265023, new weight 2.00265023
// w21: slope -0.0331278, new weight 3.00331278
// with E = (t − o)²: slope -0.0530045
// rounded first: -0.02656; rounded last: -0.02650
// largest error with this output: 0.091
// ChainruleError: bce: a target is out of range
//   expected  numbers from 0 to 1
//   actual    1.709
//   in        bce
//   fix       for labels -1 and 1, (y + 1) / 2
