/**
 * Activations with parameters.
 *
 * Those without are functions and need no layer: `new Sequential(linear, tanh)`.
 */
import { full, parameter, type Tensor } from "../index.js";
import { prelu } from "../ops/activations.js";
import type { InitOptions } from "./init.js";
import { Module } from "./module.js";
import { checkSize } from "./size.js";

/** How {@link PReLU} is made. */
export interface PReLUOptions extends Pick<InitOptions, "dtype"> {
	/** Where the slopes start; 0.25 when left out. */
	readonly slope?: number | undefined;
}

/**
 * x above 0, weight · x below: one slope, or one for each of `channels` on axis
 * 1 of x, learned with the rest.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
 */
export class PReLU extends Module<Tensor, Tensor> {
	readonly weight: Tensor;

	constructor(channels = 1, { slope = 0.25, dtype }: PReLUOptions = {}) {
		super();
		checkSize("PReLU", "channels", channels);
		this.weight = parameter(full([channels], slope, { dtype }));
	}

	override forward(x: Tensor): Tensor {
		return prelu(x, this.weight);
	}
}
