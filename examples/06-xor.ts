/** A small network learns XOR, which no single neuron can. */
import { Generator, tanh, tensor } from "chainrule";
import { bceWithLogits, Linear, Sequential } from "chainrule/nn";
import { SGD } from "chainrule/optim";

const generator = new Generator(1);
const model = new Sequential(new Linear(2, 4, { generator }), tanh, new Linear(4, 1, { generator }));
const optimizer = new SGD(model.parameters(), { learningRate: 0.5, momentum: 0.9 });

const inputs = tensor([
	[0, 0],
	[0, 1],
	[1, 0],
	[1, 1],
]);
const targets = tensor([[0], [1], [1], [0]]);

for (let epoch = 0; epoch < 200; epoch++) {
	const loss = bceWithLogits(model.call(inputs), targets);
	loss.backward();
	optimizer.step();
	optimizer.zeroGrad();
}

console.log(Array.from(model.call(inputs).sigmoid().data, (output) => output.toFixed(3)).join(" "));

// 0.001 0.998 0.998 0.001
