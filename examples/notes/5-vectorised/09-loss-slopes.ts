/** The slopes at the output, da = −y/a + (1 − y)/(1 − a) and dz = a − y, and which costs have them. */
import {
	abs,
	evaluate,
	gradients,
	identity,
	max,
	parameter,
	parseFormula,
	scalar,
	sigmoid,
	softmax,
	type Tensor,
	tensor,
} from "chainrule";
import { bce, bceWithLogits, crossEntropy, halfSse } from "chainrule/nn";

for (const y of [0, 1]) {
	const z = scalar(0.7, "z");
	const a = sigmoid(z);
	const [da, dz] = gradients(bce(a, y), [a, z]);
	const names = new Map([
		["a", a.value],
		["y", y],
	]);
	const [byHandA, byHandZ] = ["-y/a + (1 - y)/(1 - a)", "a - y"].map((claim) =>
		Number(evaluate(parseFormula(claim), names)),
	);
	console.log(
		`y = ${y}: da by tape ${da.value.toFixed(6)}, by formula ${byHandA!.toFixed(6)}; dz ${dz.value.toFixed(6)}, ${byHandZ!.toFixed(6)}`,
	);
}

// The note gives dz = a − y without a condition. Output and cost must belong together; with a sigmoid and the squared
// error a factor a(1 − a) is missing.
const logits = parameter([0.7, -1.2, 0.3]);
const y = tensor([0, 1, 0]);
const outputs: Record<string, { a: Tensor; cost: Tensor }> = {
	"sigmoid and cross-entropy": { a: sigmoid(logits), cost: bceWithLogits(logits, y, { reduction: "sum" }) },
	"softmax and cross-entropy": { a: softmax(logits), cost: crossEntropy(logits, y) },
	"identity and ½ squared error": { a: identity(logits), cost: halfSse(logits, y) },
	"sigmoid and ½ squared error": { a: sigmoid(logits), cost: halfSse(sigmoid(logits), y) },
};
for (const [name, { a, cost }] of Object.entries(outputs)) {
	const [dz] = gradients(cost, [logits]);
	const verdicts = ["a - y", "(a - y)*a*(1 - a)"].map((claim) => {
		const value = evaluate(
			parseFormula(claim),
			new Map<string, Tensor>([
				["a", a],
				["y", y],
			]),
		) as Tensor;
		return `${claim} ${max(abs(value.sub(dz))).item() < 1e-15 ? "right" : "WRONG"}`;
	});
	console.log(`${name}: ${verdicts.join(", ")}`);
}

// y = 0: da by tape 3.013753, by formula 3.013753; dz 0.668188, 0.668188
// y = 1: da by tape -1.496585, by formula -1.496585; dz -0.331812, -0.331812
// sigmoid and cross-entropy: a - y right, (a - y)*a*(1 - a) WRONG
// softmax and cross-entropy: a - y right, (a - y)*a*(1 - a) WRONG
// identity and ½ squared error: a - y right, (a - y)*a*(1 - a) WRONG
// sigmoid and ½ squared error: a - y WRONG, (a - y)*a*(1 - a) right
