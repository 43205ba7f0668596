/** One sigmoid neuron learns to turn 1 into 0, and learns slowly when it starts out confident and wrong. */
import { mul, scalar, sigmoid } from "chainrule";

function train(startWeight: number, startBias: number): string {
	const w = scalar(startWeight, "w");
	const b = scalar(startBias, "b");
	const [x, y, rate] = [1, 0, 0.15];
	let a = 0;
	for (let epoch = 0; epoch <= 300; epoch++) {
		const output = sigmoid(w.mul(x).add(b));
		a = output.value;
		const cost = mul(output.sub(y).square(), 0.5);
		cost.backward();
		for (const parameter of [w, b]) {
			parameter.assign(parameter.value - rate * (parameter.grad ?? 0));
			parameter.zeroGrad();
		}
	}
	return `from (${startWeight}, ${startBias}): output ${a.toFixed(6)} after 300 epochs`;
}

console.log(train(0.6, 0.9));
console.log(train(2, 2));

// from (0.6, 0.9): output 0.093956 after 300 epochs
// from (2, 2): output 0.202848 after 300 epochs
