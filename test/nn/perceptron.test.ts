/** The perceptron and its rule, with the numbers of the lecture notes. */
import { Generator } from "chainrule";
import { Perceptron } from "chainrule/nn";
import { describe, expect, it } from "vitest";

const inputs = [
	[0, 0],
	[0, 1],
	[1, 0],
	[1, 1],
] as const;
const answers = (unit: Perceptron): number[] => inputs.map((x) => unit.call(x).value);

/** Shows all examples again and again until none is answered wrongly; the number of rounds, or `undefined` after 100. */
function train(unit: Perceptron, targets: readonly number[], learningRate = 1): number | undefined {
	for (let round = 1; round <= 100; round++) {
		const updates = inputs.map((x, at) => unit.learn(x, targets[at] as number, { learningRate }));
		if (updates.every(({ error }) => error === 0)) return round;
	}
	return undefined;
}

describe("a perceptron", () => {
	it("is AND with the weights 1, 1 and the bias -1.5, and OR with -0.5", () => {
		expect(answers(new Perceptron(2, { weights: [1, 1], bias: -1.5 }))).toEqual([0, 0, 0, 1]);
		expect(answers(new Perceptron(2, { weights: [1, 1], bias: -0.5 }))).toEqual([0, 1, 1, 1]);
	});

	it("is 0 on its line", () => {
		expect(new Perceptron(2).call([3, 4]).value).toBe(0);
	});

	it("makes the one correction of the notes, and is AND afterwards", () => {
		const unit = new Perceptron(2, { weights: [0.55, 0.55], bias: -0.5 });
		const updates = inputs.map((x, at) => unit.learn(x, at === 3 ? 1 : 0, { learningRate: 0.05 }));
		expect(updates.map(({ error }) => error)).toEqual([0, -1, 0, 0]);
		expect(String(updates[1])).toMatchInlineSnapshot(`
			"w1 = 0.55 + 0.05 · (0 - 1) · 0 = 0.55
			w2 = 0.55 + 0.05 · (0 - 1) · 1 = 0.5
			b = -0.5 + 0.05 · (0 - 1) = -0.55"
		`);
		expect(answers(unit)).toEqual([0, 0, 0, 1]);
	});

	it("learns what a line separates, whatever the start and the order, and never XOR", () => {
		expect(train(new Perceptron(2), [0, 0, 0, 1])).toBeLessThan(20);
		expect(train(new Perceptron(2), [0, 1, 1, 1])).toBeLessThan(20);
		expect(train(new Perceptron(2), [1, 1, 1, 0], 0.1)).toBeLessThan(20);
		const random = new Generator(1);
		const weights = [random.normal(), random.normal()];
		expect(train(new Perceptron(2, { weights, bias: 0.3 }), [0, 1, 1, 1], 0.3)).toBeLessThan(40);
		expect(train(new Perceptron(2), [0, 1, 1, 0])).toBe(undefined);
	});

	it("needs two layers for XOR: AND of OR and NAND", () => {
		const [or, nand, and] = [
			new Perceptron(2, { weights: [1, 1], bias: -0.5 }),
			new Perceptron(2, { weights: [-1, -1], bias: 1.5 }),
			new Perceptron(2, { weights: [1, 1], bias: -1.5 }),
		];
		expect(inputs.map((x) => and.call([or.call(x), nand.call(x)]).value)).toEqual([0, 1, 1, 0]);
	});

	it("changes nothing where the answer was right, and says so", () => {
		const unit = new Perceptron(1, { weights: [2], bias: -1 });
		const { sum, output, error, lines } = unit.learn([1], 1);
		expect({ sum, output, error, lines }).toEqual({
			sum: 1,
			output: 1,
			error: 0,
			lines: ["w1 = 2 + 1 · (1 - 1) · 1 = 2", "b = -1 + 1 · (1 - 1) = -1"],
		});
	});
});
