/**
 * `chainrule/nn`: neurons on scalars, layers on tensors, and losses.
 *
 * This file is the public surface of the room and nothing else.
 */
export { Linear, type LinearOptions, Sequential, type Stage } from "./layers.js";
export {
	bce,
	bceWithLogits,
	crossEntropy,
	halfSse,
	hinge,
	type Loss,
	type LossOptions,
	mse,
	type Reduction,
	sse,
} from "./losses.js";
export { Module, type Parameter } from "./module.js";
export {
	type Activation,
	Layer,
	MLP,
	type MLPOptions,
	Neuron,
	type NeuronOptions,
	type Signals,
} from "./neurons.js";
