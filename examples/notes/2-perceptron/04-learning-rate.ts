/** The learning rate (학습률) η of the perceptron rule: too small is slow, too large throws away what was learned. */
import { Perceptron } from "chainrule/nn";

const and = [
	{ x: [0, 0], y: 0 },
	{ x: [0, 1], y: 0 },
	{ x: [1, 0], y: 0 },
	{ x: [1, 1], y: 1 },
] as const;

for (const learningRate of [0.001, 0.01, 0.05, 0.5, 5]) {
	const perceptron = new Perceptron(2, { weights: [0.55, 0.55], bias: 0 });
	let [epochs, corrections] = [0, 0];
	for (let wrong = 1; wrong > 0; epochs++) {
		wrong = and.filter(({ x, y }) => perceptron.learn(x, y, { learningRate }).error !== 0).length;
		corrections += wrong;
	}
	const [w1, w2, b] = [...perceptron.weights, perceptron.bias!].map(({ value }) => value.toFixed(3));
	console.log(`η = ${learningRate}: ${corrections} corrections in ${epochs} epochs, to ${w1}, ${w2}, ${b}`);
}

// η = 0.001: 367 corrections in 185 epochs, to 0.367, 0.366, -0.367
// η = 0.01: 37 corrections in 20 epochs, to 0.370, 0.360, -0.370
// η = 0.05: 8 corrections in 5 epochs, to 0.350, 0.350, -0.400
// η = 0.5: 11 corrections in 6 epochs, to 1.050, 0.550, -1.500
// η = 5: 15 corrections in 8 epochs, to 10.550, 5.550, -15.000
