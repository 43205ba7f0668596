/**
 * Why is the cross-entropy (교차 엔트로피) called a distance of distributions? It is the
 * entropy of the target plus a divergence that is 0 only where both are equal; no distance.
 */
import { log, type Tensor, tensor, xlogy } from "chainrule";
import { jsDivergence, klDivergence, nll } from "chainrule/nn";

const entropy = (t: Tensor): number => xlogy(t, t).sum().neg().item();
const crossEntropy = (t: Tensor, y: Tensor): number => nll(log(y), t).item();
/** KL(t ‖ y); the softmax of log y is y. */
const kl = (t: Tensor, y: Tensor): number => klDivergence(log(y), t).item();
const six = (x: number): string => x.toFixed(6);

const y = tensor([0.6, 0.3, 0.1]);
for (const [name, t] of [
	["t = (0.5, 0.3, 0.2)", tensor([0.5, 0.3, 0.2])],
	["t = y", y],
	["t = (1, 0, 0), one-hot", tensor([1, 0, 0])],
] as const) {
	console.log(`${name}: cross-entropy ${six(crossEntropy(t, y))} = H(t) ${six(entropy(t))} + KL ${six(kl(t, y))}`);
}

// The note called it the distance between two distributions. A distance from y to y is 0, and the same both ways, and no
// detour is shorter. The cross-entropy fails at the first, KL at the others.
const [p, q, r] = [tensor([0.9, 0.1]), tensor([0.6, 0.4]), tensor([0.3, 0.7])];
console.log(`from A to A: cross-entropy ${six(crossEntropy(p, p))}, KL ${six(kl(p, p))}`);
console.log(`KL(A ‖ C) ${six(kl(p, r))}, KL(C ‖ A) ${six(kl(r, p))}`);
console.log(`from A to C ${six(kl(p, r))}, by way of B ${six(kl(p, q) + kl(q, r))}`);

// A distance it becomes as the root of the Jensen-Shannon divergence.
const root = (a: Tensor, b: Tensor): number => Math.sqrt(jsDivergence(log(a), b).item());
console.log(`√JS: A to C ${six(root(p, r))}, C to A ${six(root(r, p))}, by way of B ${six(root(p, q) + root(q, r))}`);

// t = (0.5, 0.3, 0.2): cross-entropy 1.077122 = H(t) 1.029653 + KL 0.047469
// t = y: cross-entropy 0.897946 = H(t) 0.897946 + KL 0.000000
// t = (1, 0, 0), one-hot: cross-entropy 0.510826 = H(t) 0.000000 + KL 0.510826
// from A to A: cross-entropy 0.325083, KL 0.000000
// KL(A ‖ C) 0.794160, KL(C ‖ A) 1.032553
// from A to C 0.794160, by way of B 0.418331
// √JS: A to C 0.452811, C to A 0.452811, by way of B 0.466514
