/**
 * `chainrule/nn`: neurons on scalars, layers on tensors, losses, and the functions layers are made of.
 *
 * This file is the public surface of the room and nothing else.
 */
export {
	type Bounded,
	celu,
	elu,
	gelu,
	geluTanh,
	glu,
	hardShrink,
	hardSigmoid,
	hardSwish,
	hardTanh,
	mish,
	type Parametric,
	prelu,
	relu6,
	selu,
	silu,
	softShrink,
	softsign,
	tanhShrink,
	threshold,
} from "../ops/activations.js";
export {
	type AttentionOptions,
	type DropoutOptions,
	dropout,
	embedding,
	scaledDotProductAttention,
} from "../ops/attention.js";
export {
	type ConvOptions,
	type ConvTransposeOptions,
	conv,
	conv1d,
	conv2d,
	convTranspose,
	convTranspose1d,
	convTranspose2d,
	convWeight,
} from "../ops/convolution.js";
export { type InterpolateOptions, interpolate } from "../ops/interpolation.js";
export {
	type Affine,
	type BatchNorm,
	type BatchNormOptions,
	batchNorm,
	groupNorm,
	type LayerNormOptions,
	layerNorm,
	rmsNorm,
} from "../ops/normalization.js";
export {
	type AvgPoolOptions,
	adaptiveAvgPool1d,
	adaptiveAvgPool2d,
	argMaxPool,
	avgPool1d,
	avgPool2d,
	maxPool1d,
	maxPool2d,
} from "../ops/pooling.js";
export type { PerAxis, WindowOptions } from "../ops/windows.js";
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
