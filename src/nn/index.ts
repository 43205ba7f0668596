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
	type BatchNormOptions,
	batchNorm,
	groupNorm,
	type LayerNormOptions,
	layerNorm,
	type NormalizedBatch,
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
export { PReLU, type PReLUOptions } from "./activations.js";
export {
	type Attended,
	MultiHeadAttention,
	type MultiHeadAttentionOptions,
	type Sight,
	TransformerEncoderLayer,
	type TransformerEncoderLayerOptions,
} from "./attention.js";
export { checkLoss, type LossCheckOptions, type LossReport } from "./checkloss.js";
export type { LossFacts, LossFinding, Multiple } from "./checks/check.js";
export type { AnyLoss } from "./checks/subject.js";
export { Residual, type ResidualOptions, Sequential, type Stage } from "./containers.js";
export {
	Conv1d,
	Conv2d,
	type ConvLayerOptions,
	ConvTranspose1d,
	ConvTranspose2d,
	type ConvTransposeLayerOptions,
} from "./convolution.js";
export { functionalCall } from "./functional.js";
export type { Fan, Initializer, InitOptions } from "./init.js";
/** Initializers: how the parameters of a layer start. */
export * as init from "./init.js";
export { Bilinear, Embedding, type EmbeddingOptions, Flatten, Linear } from "./linear.js";
export {
	type BceOptions,
	type BceWithLogitsOptions,
	bce,
	bceWithLogits,
	type DiceOptions,
	dice,
	type FocalOptions,
	focal,
	hinge,
	squaredHinge,
} from "./losses/binary.js";
export {
	type CrossEntropyOptions,
	crossEntropy,
	type MultiMarginOptions,
	multiMargin,
	type NllOptions,
	nll,
} from "./losses/classes.js";
export { type CtcOptions, ctc } from "./losses/ctc.js";
export type { Loss, LossOptions, Reduction } from "./losses/define.js";
export { jsDivergence, klDivergence } from "./losses/distributions.js";
export {
	type ContrastiveOptions,
	type CosineEmbeddingOptions,
	contrastive,
	cosineEmbedding,
	type InfoNceOptions,
	infoNce,
	type TripletOptions,
	tripletMargin,
} from "./losses/embeddings.js";
export { LossModule } from "./losses/module.js";
export {
	type GaussianOptions,
	gaussianNll,
	type HuberOptions,
	halfSse,
	huber,
	logCosh,
	mae,
	mse,
	type PoissonOptions,
	poissonNll,
	type SmoothL1Options,
	smoothL1,
	sse,
} from "./losses/regression.js";
export { type Labels, type Meaning, type StandardLoss, standardLosses } from "./losses/standard.js";
export {
	type AnyModule,
	buffer,
	type Contents,
	type Holder,
	isParameter,
	Module,
	type Parameter,
	type ParameterOptions,
} from "./module.js";
export {
	type Activation,
	Layer,
	MLP,
	type MLPOptions,
	Neuron,
	type NeuronOptions,
	type Signals,
} from "./neurons.js";
export {
	BatchNorm,
	type BatchNormLayerOptions,
	Dropout,
	type DropoutLayerOptions,
	GroupNorm,
	LayerNorm,
	type NormOptions,
	RMSNorm,
} from "./normalization.js";
export {
	Perceptron,
	type PerceptronLearning,
	type PerceptronOptions,
	type PerceptronUpdate,
} from "./perceptron.js";
export {
	AdaptiveAvgPool1d,
	AdaptiveAvgPool2d,
	AvgPool1d,
	AvgPool2d,
	MaxPool1d,
	MaxPool2d,
} from "./pooling.js";
export {
	GRU,
	GRUCell,
	LSTM,
	LSTMCell,
	type LSTMState,
	type Recurrence,
	Recurrent,
	RecurrentCell,
	type RecurrentCellOptions,
	type RecurrentOptions,
	RNN,
	RNNCell,
	type RNNCellOptions,
	type RNNOptions,
} from "./recurrent.js";
export type { LayerOptions } from "./start.js";
export type { LoadOptions, LoadReport, StateDict } from "./state.js";
export { type Summary, type SummaryRow, summary } from "./summary.js";
