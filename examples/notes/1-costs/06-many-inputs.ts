/**
 * Equations (55) to (62): the slopes of both costs for several inputs and several
 * samples, each right-hand side written out and compared with the tape.
 */
import { gradients, jacobian, log, log1p, type Node, neg, parameter, sigmoid, sub, Tensor, tensor } from "chainrule";
import { bceWithLogits, halfSse } from "chainrule/nn";

const x = tensor([
	[1, 0.5, -1],
	[0, 2, 1],
	[-1, 0.3, 0.7],
	[0.2, -0.4, 1.5],
]);
const y = tensor([0, 1, 1, 0]);
const w = parameter([0.6, -0.3, 0.8], { name: "w" });
const b = parameter(0.9, { name: "b" });
const z = x.matmul(w).add(b);
const a = sigmoid(z);

const numbers = (x: Node): number[] => (x instanceof Tensor ? Array.from(x.data) : [x.value]);

function compare(equation: string, byTape: Node, byHand: Node): void {
	const [tape, hand] = [numbers(byTape), numbers(byHand)];
	const right = tape.every((value, index) => Math.abs(value - hand[index]!) < 1e-15);
	console.log(`${equation}  ${right ? "right" : "WRONG"}  ${tape.map((value) => value.toFixed(6)).join(" ")}`);
}

const column = (row: Tensor): Tensor => row.reshape([4, 1]);
const slope = a.mul(sub(1, a));

// (55) and (56) hold for every sample and every x; the note printed "= aσ′(z)" behind them, which needs x = 1, y = 0.
const [dw, db] = gradients(halfSse(a, y, { reduction: "mean" }), [w, b]);
compare("(55)", dw, column(a.sub(y).mul(slope)).mul(x).mean({ axis: 0 }));
compare("(56)", db, a.sub(y).mul(slope).mean());

// (57) to (62) are right as printed, for a sigmoid output with 0 < a < 1.
const cost = bceWithLogits(z, y);
const [ew, eb] = gradients(cost, [w, b]);
const miss = y.div(a).sub(sub(1, y).div(sub(1, a)));
const slopes = jacobian((weights: Tensor) => sigmoid(x.matmul(weights).add(b)))(w);
compare(
	"(57)",
	cost,
	y
		.mul(log(a))
		.add(sub(1, y).mul(log1p(neg(a))))
		.mean()
		.neg(),
);
compare("(58)", ew, column(miss).mul(slopes).mean({ axis: 0 }).neg());
compare("(59)", ew, column(miss.mul(slope)).mul(x).mean({ axis: 0 }).neg());
compare(
	"(60)",
	ew,
	column(slope.div(a.mul(sub(1, a))).mul(a.sub(y)))
		.mul(x)
		.mean({ axis: 0 }),
);
compare("(61)", ew, column(a.sub(y)).mul(x).mean({ axis: 0 }));
compare("(62)", eb, a.sub(y).mean());

// Computed as printed, (57) is infinite where a rounds to 1; from z it is softplus(z) − y z.
for (const logit of [4, 1000]) {
	const printed = -Math.log(1 - sigmoid(logit).value);
	console.log(
		`z = ${logit}, y = 0: as printed ${printed.toFixed(6)}, from z ${bceWithLogits(logit, 0).value.toFixed(6)}`,
	);
}

// (55)  right  0.057551 -0.017451 -0.033047
// (56)  right  0.026243
// (57)  right  1.026323
// (58)  right  0.283260 -0.160553 0.065698
// (59)  right  0.283260 -0.160553 0.065698
// (60)  right  0.283260 -0.160553 0.065698
// (61)  right  0.283260 -0.160553 0.065698
// (62)  right  0.245013
// z = 4, y = 0: as printed 4.018150, from z 4.018150
// z = 1000, y = 0: as printed Infinity, from z 1000.000000
