/** All eight weight updates (가중치 업데이트 식) of the 2-2-2 network: w ← w − η δ a, by the rule and by an optimizer. */
import { gradients } from "chainrule";
import { SGD } from "chainrule/optim";
import { record, x } from "./network.js";

// The note called back-propagation "update the weights and train again". It only computes slopes; using them is
// gradient descent. And it left out η in most places: right for η = 1.
const { hidden, output, cost } = record();
const weights = [...hidden.w.flat(), ...output.w.flat()];
const optimizer = new SGD(weights, { learningRate: 1 });
const deltas = gradients(cost, [...hidden.z, ...output.z]).map(({ value }) => value);
const inputs = [...x, ...hidden.a.map(({ value }) => value)];
const before = weights.map(({ value }) => value);

cost.backward();
optimizer.step();
weights.forEach((weight, at) => {
	const [layer, j, i] = [at >> 2, (at >> 1) & 1, at & 1];
	const slope = deltas[2 * layer + j]! * inputs[2 * layer + i]!;
	const byRule = (before[at]! - slope).toFixed(10);
	console.log(
		`${weight.name} = ${before[at]} - ${slope.toFixed(10)} = ${byRule}, by optimizer ${weight.value.toFixed(10)}`,
	);
});

console.log(`J before ${cost.value.toFixed(10)}`);
for (const rate of [1, 0.5]) {
	const after = before.map((value, at) => value - rate * weights[at]!.grad!);
	const rows = (from: number) => [after.slice(from, from + 2), after.slice(from + 2, from + 4)];
	console.log(`J after one step with η = ${rate}: ${record(rows(0), rows(4)).cost.value.toFixed(10)}`);
}

// w₁₁⁽¹⁾ = 0.15 - 0.0001882557 = 0.1498117443, by optimizer 0.1498117443
// w₁₂⁽¹⁾ = 0.2 - 0.0003765113 = 0.1996234887, by optimizer 0.1996234887
// w₂₁⁽¹⁾ = 0.25 - 0.0002248135 = 0.2497751865, by optimizer 0.2497751865
// w₂₂⁽¹⁾ = 0.3 - 0.0004496269 = 0.2995503731, by optimizer 0.2995503731
// w₁₁⁽²⁾ = 0.4 - 0.0721570729 = 0.3278429271, by optimizer 0.3278429271
// w₁₂⁽²⁾ = 0.45 - 0.0726907452 = 0.3773092548, by optimizer 0.3773092548
// w₂₁⁽²⁾ = 0.5 - -0.0424552501 = 0.5424552501, by optimizer 0.5424552501
// w₂₂⁽²⁾ = 0.55 - -0.0427692483 = 0.5927692483, by optimizer 0.5927692483
// J before 0.2425198573
// J after one step with η = 1: 0.2285477653
// J after one step with η = 0.5: 0.2354953779
