/**
 * Neurons one by one: the network of the textbooks, on scalars.
 *
 * Every weight is a number of the tape with a name, so each product and each
 * sum of a small network can be seen, derived by hand and compared. The shape
 * follows micrograd (Karpathy, 2020): a neuron, a layer of neurons, a network
 * of layers. For more than a few hundred weights, `Linear` computes the same
 * with matrices.
 */
import { failure } from "../core/errors.js";
import { defaultGenerator, fixed, type Generator, mul, type Scalar, scalar, tanh, weightedSum } from "../index.js";
import { Module } from "./module.js";
import { checkSize } from "./size.js";

/** What a neuron does with its weighted sum: an operation such as `tanh`, or any function of a scalar. */
export type Activation = (x: Scalar) => Scalar;

/** What neurons read: numbers, or the outputs of other neurons. */
export type Signals = readonly (number | Scalar)[];

/** How neurons are made. */
export interface NeuronOptions {
	/** `tanh` when left out; `identity` for a linear neuron. */
	readonly activation?: Activation | undefined;
	/** False for a neuron without a bias. */
	readonly bias?: boolean | undefined;
	/** Where the first weights come from: the default generator when left out. */
	readonly generator?: Generator | undefined;
}

/** How a network of neurons is made. */
export interface MLPOptions extends NeuronOptions {
	/** The activation of the last layer; none when left out. */
	readonly outputActivation?: Activation | undefined;
}

/**
 * One neuron: activation(w1·x1 + w2·x2 + ... + b).
 *
 * Weights and bias start uniform between ±1/√inputs. They are named `w1`, `w2`,
 * ..., `b`.
 *
 * @throws where it is called with another number of inputs.
 *
 * @example
 * ```ts
 * import { sigmoid } from "chainrule";
 * import { halfSse, Neuron } from "chainrule/nn";
 *
 * const neuron = new Neuron(1, { activation: sigmoid });
 * neuron.weights[0]?.assign(0.6);
 * neuron.bias?.assign(0.9);
 * const a = neuron.call([1]);
 * console.log(a.value.toFixed(6)); // 0.817574
 * halfSse(a, 0).backward();
 * console.log(neuron.bias?.grad?.toFixed(6)); // 0.121938
 * ```
 */
export class Neuron extends Module<Signals, Scalar> {
	readonly weights: readonly Scalar[];
	readonly bias: Scalar | undefined;
	readonly activation: Activation;

	constructor(inputs: number, { activation = tanh, bias = true, generator }: NeuronOptions = {}) {
		super();
		checkSize("Neuron", "inputs", inputs);
		const random = generator ?? defaultGenerator();
		const draw = (name: string): Scalar => scalar((2 * random.uniform() - 1) / Math.sqrt(inputs), name);
		this.weights = Array.from({ length: inputs }, (_, index) => draw(`w${index + 1}`));
		this.bias = bias ? draw("b") : undefined;
		this.activation = activation;
	}

	override forward(x: Signals): Scalar {
		const { weights, bias } = this;
		if (x.length !== weights.length) {
			throw failure({
				what: "Neuron: number of inputs differs",
				expected: `${weights.length}, one per weight`,
				actual: String(x.length),
			});
		}
		const values = allOnTape(x);
		if (bias !== undefined) return this.activation(weightedSum(weights, values, bias));
		const first = mul(weights[0] as Scalar, values[0] as Scalar);
		return this.activation(weightedSum(weights.slice(1), values.slice(1), first));
	}
}

/** Neurons side by side that read the same inputs; a call gives one output per neuron. */
export class Layer extends Module<Signals, Scalar[]> {
	readonly neurons: readonly Neuron[];

	constructor(inputs: number, outputs: number, options: NeuronOptions = {}) {
		super();
		checkSize("Layer", "outputs", outputs);
		this.neurons = Array.from({ length: outputs }, () => new Neuron(inputs, options));
	}

	override forward(x: Signals): Scalar[] {
		const shared = allOnTape(x); // a number that all neurons read is one node, not one per neuron
		return this.neurons.map((neuron) => neuron.call(shared));
	}
}

/**
 * A network of layers: `new MLP(2, [16, 16, 1])` reads 2 numbers, has two hidden
 * layers of 16 neurons and one output.
 *
 * A call gives a list of outputs, also where there is only one. The last layer
 * is linear unless `outputActivation` says otherwise.
 *
 * @example
 * ```ts
 * import { relu } from "chainrule";
 * import { MLP } from "chainrule/nn";
 *
 * const model = new MLP(2, [16, 16, 1], { activation: relu });
 * console.log(model.parameterCount()); // 337
 * console.log(model.call([0.5, -1]).length); // 1
 * ```
 */
export class MLP extends Module<Signals, Scalar[]> {
	readonly layers: readonly Layer[];

	constructor(inputs: number, sizes: readonly number[], options: MLPOptions = {}) {
		super();
		if (sizes.length === 0) {
			throw failure({
				what: "MLP: no layers",
				expected: "the number of neurons of one layer or more",
				actual: "an empty list",
				fix: "new MLP(2, [16, 16, 1]) has two hidden layers and one output",
			});
		}
		const { outputActivation = unchanged, ...hidden } = options;
		const output = { ...hidden, activation: outputActivation };
		this.layers = sizes.map(
			(size, index) => new Layer(sizes[index - 1] ?? inputs, size, index < sizes.length - 1 ? hidden : output),
		);
	}

	override forward(x: Signals): Scalar[] {
		let signals = allOnTape(x);
		for (const layer of this.layers) signals = layer.call(signals);
		return signals;
	}
}

/** Numbers as constants of the tape; a list of scalars as it is. */
function allOnTape(x: Signals): Scalar[] {
	return x.some((signal) => typeof signal === "number")
		? x.map((signal) => (typeof signal === "number" ? fixed(signal) : signal))
		: (x as Scalar[]);
}

function unchanged(x: Scalar): Scalar {
	return x;
}
