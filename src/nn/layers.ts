/**
 * Layers on tensors.
 *
 * The last axis holds the features of one sample and every axis before it
 * counts samples, so one layer serves single samples, batches, and batches of
 * sequences.
 */
import { failure } from "../core/errors.js";
import { shapeText } from "../core/shape.js";
import {
	add,
	type DType,
	type Generator,
	matmul,
	mul,
	parameter,
	rand,
	type Shape,
	sub,
	type Tensor,
	transpose,
} from "../index.js";
import { Module } from "./module.js";
import { checkSize } from "./size.js";

/** How a linear layer is made. */
export interface LinearOptions {
	/** False for a layer without a bias. */
	readonly bias?: boolean | undefined;
	/** Where the first weights come from: the default generator when left out. */
	readonly generator?: Generator | undefined;
	/** `float64` when left out. */
	readonly dtype?: DType | undefined;
}

/**
 * x Wᵀ + b: from `[..., inputs]` to `[..., outputs]`.
 *
 * `weight` has the shape `[outputs, inputs]`, `bias` the shape `[outputs]`; both
 * start uniform between ±1/√inputs, as in PyTorch.
 *
 * @throws where the last axis of the input has another size than `inputs`.
 *
 * @example
 * ```ts
 * import { ones } from "chainrule";
 * import { Linear } from "chainrule/nn";
 *
 * const layer = new Linear(784, 10);
 * console.log(layer.call(ones([32, 784])).shape.join(" × ")); // 32 × 10
 * console.log(layer.parameterCount()); // 7850
 * ```
 */
export class Linear extends Module<Tensor, Tensor> {
	readonly weight: Tensor;
	readonly bias: Tensor | undefined;

	constructor(inputs: number, outputs: number, { bias = true, generator, dtype }: LinearOptions = {}) {
		super();
		checkSize("Linear", "inputs", inputs);
		checkSize("Linear", "outputs", outputs);
		const bound = 1 / Math.sqrt(inputs);
		const draw = (shape: Shape): Tensor => parameter(sub(mul(rand(shape, { dtype, generator }), 2 * bound), bound));
		this.weight = draw([outputs, inputs]);
		this.bias = bias ? draw([outputs]) : undefined;
	}

	override forward(x: Tensor): Tensor {
		const [, inputs] = this.weight.shape;
		if (x.shape.at(-1) !== inputs) {
			throw failure({
				what: "Linear: number of features differs",
				expected: `${inputs} on the last axis of x`,
				actual: `x ${shapeText(x.shape)}`,
				fix: "put the features last: one row per sample",
			});
		}
		const product = matmul(x, transpose(this.weight));
		return this.bias === undefined ? product : add(product, this.bias);
	}
}

/** A step of a {@link Sequential}: a module, or a function without parameters, such as `tanh`. */
export type Stage<Signal> = Module<Signal, Signal> | ((x: Signal) => Signal);

/**
 * Modules and functions one after the other.
 *
 * @example
 * ```ts
 * import { sigmoid, tanh } from "chainrule";
 * import { Linear, Sequential } from "chainrule/nn";
 *
 * const model = new Sequential(new Linear(3, 4), tanh, new Linear(4, 1), sigmoid);
 * console.log([...model.namedParameters().keys()].join(" "));
 * // layers.0.weight layers.0.bias layers.2.weight layers.2.bias
 * ```
 */
export class Sequential<Signal = Tensor> extends Module<Signal, Signal> {
	readonly layers: readonly Stage<Signal>[];

	constructor(...layers: readonly Stage<NoInfer<Signal>>[]) {
		super();
		this.layers = layers;
	}

	override forward(x: Signal): Signal {
		let signal = x;
		for (const layer of this.layers) signal = layer instanceof Module ? layer.call(signal) : layer(signal);
		return signal;
	}
}
