/** The perceptron: a neuron with a step, and the first rule by which a neuron learned. */
import { failure } from "../core/errors.js";
import { Generator, noGrad, type Scalar, step } from "../index.js";
import { Neuron } from "./neurons.js";

/** Where a perceptron starts. */
export interface PerceptronOptions {
	/** One per input; zeros when left out. */
	readonly weights?: readonly number[] | undefined;
	/** 0 when left out. */
	readonly bias?: number | undefined;
}

/** How a perceptron learns. */
export interface PerceptronLearning {
	/** η; 1 when left out. Where weights start at 0 it decides nothing but their scale. */
	readonly learningRate?: number | undefined;
}

/** One step of the perceptron rule; `String(update)` is one line for each weight. */
export interface PerceptronUpdate {
	/** w·x + b before the step. */
	readonly sum: number;
	/** o: 1 where the sum is above 0, otherwise 0. */
	readonly output: number;
	readonly target: number;
	/** t - o: 0 where the answer was right, and nothing changes. */
	readonly error: number;
	/** The rule with its numbers, one line for each weight and one for the bias. */
	readonly lines: readonly string[];
	toString(): string;
}

/**
 * step(w·x + b): 1 where the sum is above 0, otherwise 0, also at 0.
 *
 * No gradient passes a step, so it learns by a rule of its own: w ← w + η (t - o) x
 * and b ← b + η (t - o), example by example. Where a line separates the classes
 * it ends with one; where none does, as for XOR, it never ends.
 *
 * F. Rosenblatt, "The perceptron", 1958.
 *
 * @throws where it is given another number of weights or inputs.
 *
 * @example
 * ```ts
 * import { Perceptron } from "chainrule/nn";
 *
 * const and = new Perceptron(2, { weights: [0.55, 0.55], bias: -0.5 });
 * console.log(String(and.learn([1, 0], 0, { learningRate: 0.05 })));
 * // w1 = 0.55 + 0.05 · (0 - 1) · 1 = 0.5
 * // w2 = 0.55 + 0.05 · (0 - 1) · 0 = 0.55
 * // b = -0.5 + 0.05 · (0 - 1) = -0.55
 * console.log(and.call([1, 0]).value, and.call([1, 1]).value); // 0 1
 * ```
 */
export class Perceptron extends Neuron {
	constructor(inputs: number, { weights, bias = 0 }: PerceptronOptions = {}) {
		// It does not start at random: what is drawn is replaced, and drawn from where nobody misses it.
		super(inputs, { activation: step, generator: new Generator(0) });
		const first = weights ?? new Array<number>(inputs).fill(0);
		if (first.length !== inputs) {
			throw failure({
				what: "Perceptron: number of weights differs",
				expected: `${inputs}, one per input`,
				actual: String(first.length),
			});
		}
		this.weights.forEach((weight, index) => {
			weight.assign(first[index] as number);
		});
		this.bias?.assign(bias);
	}

	/**
	 * One step of the perceptron rule: shows the neuron an example and corrects it.
	 *
	 * @throws where the target is neither 0 nor 1.
	 */
	learn(x: readonly number[], target: number, { learningRate = 1 }: PerceptronLearning = {}): PerceptronUpdate {
		if (target !== 0 && target !== 1) {
			throw failure({ what: "Perceptron: not a target", expected: "0 or 1", actual: String(target) });
		}
		const output = noGrad(() => this.call(x).value);
		const error = target - output;
		const bias = this.bias as Scalar;
		const sum = this.weights.reduce((total, weight, index) => total + weight.value * (x[index] as number), bias.value);
		const lines = [...this.weights, bias].map((weight, index) => {
			const factor = x[index];
			const before = weight.value;
			weight.assign(before + learningRate * error * (factor ?? 1));
			const product = factor === undefined ? "" : ` · ${numberText(factor)}`;
			return `${weight.name} = ${numberText(before)} + ${numberText(learningRate)} · (${target} - ${output})${product} = ${numberText(weight.value)}`;
		});
		return { sum, output, target, error, lines, toString: () => lines.join("\n") };
	}
}

/** A number as on a board, without the last digits of binary fractions. */
function numberText(value: number): string {
	return String(Number(value.toPrecision(12)));
}
