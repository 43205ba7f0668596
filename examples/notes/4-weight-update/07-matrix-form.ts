/** All updates of a layer as one product: the column of errors times the row of signals (행렬). */
import { abs, evaluate, full, gradients, matmul, max, parseFormula, sigmoid, type Tensor } from "chainrule";
import { halfSse } from "chainrule/nn";
import { forward, target, weights } from "./network.js";

const alpha = 0.1;
const network = weights();
const { oj, ok } = forward(network);
const [slopes] = gradients(halfSse(ok, target), [network.wjk]);
const byTape = slopes.mul(-alpha);
const names = new Map<string, Tensor | number>(Object.entries({ alpha, ok, oj, t: target, E: target.sub(ok) }));

const claim = "alpha * (E * ok * (1 - ok)) @ oj.T";
const product = evaluate(parseFormula(claim), names) as Tensor;
console.log(`ΔW = ${claim}, rows k, columns j`);
for (const row of product.toArray() as number[][])
	console.log(`  ${row.map((x) => x.toFixed(6).padStart(9)).join(" ")}`);

function compare(title: string, found: Tensor): void {
	const apart = max(abs(found.sub(byTape))).item();
	console.log(`${apart < 1e-15 ? "right" : `WRONG by up to ${apart.toFixed(6)}`}   ${title}`);
}
const value = (formula: string): Tensor => evaluate(parseFormula(formula), names) as Tensor;
names.set("S", sigmoid(matmul(network.wjk, oj)));
compare("against -α ∂E/∂W by tape", product);
compare("with S_k, the sigmoid of node k, for o_k", value("alpha * (E * S * (1 - S)) @ oj.T"));
// The note's matrix lacks the α of the line below it; its S_k is o_k; and its E_k is the error t_k − o_k of node k,
// not the error function E of the pages before.
compare("as printed, without α", value("(E * ok * (1 - ok)) @ oj.T"));
names.set("E", full([3, 1], halfSse(ok, target).item()));
compare("with the error function for E_k", value("alpha * (E * ok * (1 - ok)) @ oj.T"));
// The note calls the entry in row k and column j ΔW_jk. Read with the row first, as usual, that is the transpose.
compare("read with the row first", product.transpose());

// ΔW = alpha * (E * ok * (1 - ok)) @ oj.T, rows k, columns j
//    0.003060  0.001846  0.002146
//   -0.006537 -0.003944 -0.004584
//   -0.000743 -0.000448 -0.000521
// right   against -α ∂E/∂W by tape
// right   with S_k, the sigmoid of node k, for o_k
// WRONG by up to 0.058837   as printed, without α
// WRONG by up to 0.008112   with the error function for E_k
// WRONG by up to 0.008384   read with the row first
