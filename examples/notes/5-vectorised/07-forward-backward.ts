/** Forward (정방향 전파) and back-propagation (역전파) by the note's summary, for one sample and for all, against the tape. */
import { abs, checkGradients, evaluate, gradients, max, parseFormula, type Tensor } from "chainrule";
import { b1, b2, forward, W1, W2, X, Y } from "./network.js";

const shown = (x: Tensor, digits = 10): string => Array.from(x.data, (value) => value.toFixed(digits)).join(" ");

/** The summary of the note, which is right as printed: with 1/m for m samples, so also for one. */
function byHand(x: Tensor, y: Tensor): Record<"dW1" | "db1" | "dW2" | "db2", Tensor> {
	const { Z1, A1, A2 } = forward(x, y);
	const names = new Map<string, Tensor | number>(Object.entries({ X: x, Y: y, W2, Z1, A1, A2, m: x.shape[1]! }));
	const value = (claim: string): Tensor => evaluate(parseFormula(claim), names) as Tensor;
	names.set("dZ2", value("A2 - Y"));
	names.set("dZ1", value("W2.T @ dZ2 * tanh'(Z1)"));
	const sum = (claim: string): Tensor => value(claim).sum({ axis: 1, keepDims: true });
	return {
		dW1: value("1/m * dZ1 @ X.T"),
		db1: sum("1/m * dZ1"),
		dW2: value("1/m * dZ2 @ A1.T"),
		db2: sum("1/m * dZ2"),
	};
}

const first = [X, Y].map((all) => all.slice([null, [0, 1]])) as [Tensor, Tensor];
for (const [title, [x, y]] of Object.entries({ "sample 1": first, "all samples": [X, Y] as const })) {
	const { A2, J } = forward(x, y);
	console.log(`${title}: A2 = ${shown(A2)}, J = ${J.item().toFixed(10)}`);
	const hand = byHand(x, y);
	const tape = gradients(J, [W1, b1, W2, b2]);
	const apart = Object.values(hand).map((slope, at) => max(abs(slope.sub(tape[at]!))).item());
	console.log(`  the six formulas differ from the tape by less than 1e-15: ${Math.max(...apart) < 1e-15}`);
	if (x !== X) continue;
	console.log(`  dW2 = ${shown(hand.dW2)}`);
	console.log(`  db2 = ${shown(hand.db2)}`);
	console.log(`  dW1, first row = ${shown(hand.dW1.at(0))}`);
	console.log(`  db1 = ${shown(hand.db1)}`);
}

const weights = [W1, b1, W2, b2].map((x) => x.detach());
const cost = (w1: Tensor, c1: Tensor, w2: Tensor, c2: Tensor): Tensor =>
	forward(X, Y, { W1: w1, b1: c1, W2: w2, b2: c2 }).J;
const { ok, worst } = checkGradients(cost, weights);
console.log(`reverse mode, forward mode and differences agree: ${ok}, to 2e-10: ${worst < 2e-10}`);

// sample 1: A2 = 0.5785813267, J = 0.5471761602
//   the six formulas differ from the tape by less than 1e-15: true
// all samples: A2 = 0.5785813267 0.4774738978 0.4809070092, J = 0.6427792854
//   the six formulas differ from the tape by less than 1e-15: true
//   dW2 = -0.0375351683 0.0118465051 -0.0192204808 -0.0047284361
//   db2 = -0.1543459221
//   dW1, first row = 0.0131502287 -0.0085987906 -0.0682990208
//   db1 = -0.0746220923 0.0627206670 -0.0381978941 -0.0243887534
// reverse mode, forward mode and differences agree: true, to 2e-10: true
