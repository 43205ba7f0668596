/** One digit and its label (정답 레이블) 2 by both costs: the sum of squared errors (오차 제곱합) and the cross-entropy error (교차 엔트로피 오차). */
import { evaluate, grad, log, oneHot, parseFormula, tensor } from "chainrule";
import { halfSse, nll } from "chainrule/nn";

const y = tensor([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0]);
const t = oneHot(2, 10);
console.log(`one-hot (원핫 인코딩) of 2: ${Array.from(t.data).join(" ")}; Σ y = ${y.sum().item()}`);
console.log(`½ Σ (y - t)² = ${halfSse(y, t).item().toFixed(4)}`);
console.log(
	`-Σ t ln y = ${nll(log(y), t).item().toFixed(10)}; only the answer counts: ${nll(log(y), 2).item().toFixed(10)}`,
);

const delta = 1e-7;
console.log(
	`with δ = ${delta} added to y: ${nll(log(y.add(delta)), t)
		.item()
		.toFixed(10)}`,
);

// The note called δ the code against 0/0. Nothing is divided by 0: it is against ln 0 = -∞, and it keeps the slope finite.
const formula = parseFormula("-log(y + delta)");
for (const added of [0, delta]) {
	const loss = Number(evaluate(formula, new Map(Object.entries({ y: 0, delta: added }))));
	const slope = grad((p) => log(p.add(added)).neg())(0);
	console.log(`an answer with y = 0, δ = ${added}: loss ${loss.toFixed(6)}, slope ${slope.toExponential(1)}`);
}
// Summed as printed, one y of 0 anywhere is enough: 0 · ln 0 is not a number. The library leaves such terms out.
console.log(
	`-Σ t ln y term by term, without δ: ${t.mul(log(y)).sum().neg().item()}, nll ${nll(log(y), t).item().toFixed(6)}`,
);

// one-hot (원핫 인코딩) of 2: 0 0 1 0 0 0 0 0 0 0; Σ y = 1
// ½ Σ (y - t)² = 0.0975
// -Σ t ln y = 0.5108256238; only the answer counts: 0.5108256238
// with δ = 1e-7 added to y: 0.5108254571
// an answer with y = 0, δ = 0: loss Infinity, slope -Infinity
// an answer with y = 0, δ = 1e-7: loss 16.118096, slope -1.0e+7
// -Σ t ln y term by term, without δ: NaN, nll 0.510826
