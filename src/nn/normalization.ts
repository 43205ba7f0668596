/**
 * Normalization with a weight and a bias of its own, and dropout.
 *
 * What they share is that training is another function than use: a batch is
 * normalized by its own statistics and numbers are dropped, or not. Running
 * statistics are buffers: each update is a new tensor, so that what was computed
 * with the old ones keeps them.
 */
import { failure } from "../core/errors.js";
import { type Shape, shapeText } from "../core/shape.js";
import { isTraced } from "../core/tensor.js";
import { cast, type DType, type Generator, lerp, mul, ones, parameter, type Tensor, zeros } from "../index.js";
import { dropout } from "../ops/attention.js";
import { batchNorm, groupNorm, layerNorm, rmsNorm } from "../ops/normalization.js";
import { buffer, Module } from "./module.js";
import { checkChannels, checkFeatures, checkGroups, checkProbability, checkSize } from "./size.js";

/** How a layer that normalizes is made. */
export interface NormOptions {
	/** Added to the variance; 1e-5 when left out. */
	readonly epsilon?: number | undefined;
	/** False for a layer without weight and bias. */
	readonly affine?: boolean | undefined;
	/** False for a layer without a bias. */
	readonly bias?: boolean | undefined;
	/** `float64` when left out. */
	readonly dtype?: DType | undefined;
}

/** A weight of ones and a bias of zeros, where they are wanted. */
function affineOf(
	shape: Shape,
	{ affine = true, bias = true, dtype }: NormOptions,
): { readonly weight: Tensor | undefined; readonly bias: Tensor | undefined } {
	return {
		weight: affine ? parameter(ones(shape, { dtype })) : undefined,
		bias: affine && bias ? parameter(zeros(shape, { dtype })) : undefined,
	};
}

/** How {@link BatchNorm} is made. */
export interface BatchNormLayerOptions extends NormOptions {
	/** How much of a batch goes into the running statistics; 0.1 when left out. */
	readonly momentum?: number | undefined;
	/** False to normalize by the batch also where the layer is used and not trained. */
	readonly runningStatistics?: boolean | undefined;
}

/**
 * (x - mean) / √(variance + ε) · weight + bias per channel of `x` `[N, C, ...]`:
 * vectors, signals and images alike.
 *
 * In training mean and variance are those of the batch, and the running
 * statistics move towards them: r ← (1 - momentum) r + momentum s, with the
 * variance divided by n - 1 there, as in PyTorch. In use they take their place.
 *
 * S. Ioffe and C. Szegedy, "Batch normalization", 2015.
 *
 * @throws where the channels differ, and in training where a channel has a single number.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { BatchNorm } from "chainrule/nn";
 *
 * const norm = new BatchNorm(1);
 * norm.call(tensor([[1], [3]]));
 * console.log(norm.runningMean?.item(), norm.runningVariance?.item()); // 0.2 1.1
 * norm.eval();
 * console.log(norm.call(tensor([[0.2]])).item()); // 0
 * ```
 */
export class BatchNorm extends Module<Tensor, Tensor> {
	readonly weight: Tensor | undefined;
	readonly bias: Tensor | undefined;
	/** `[channels]`, a buffer. */
	runningMean: Tensor | undefined;
	/** `[channels]`, a buffer. */
	runningVariance: Tensor | undefined;
	readonly channels: number;
	readonly momentum: number;
	readonly epsilon: number;

	constructor(channels: number, options: BatchNormLayerOptions = {}) {
		super();
		const { momentum = 0.1, epsilon = 1e-5, runningStatistics = true, dtype } = options;
		checkSize("BatchNorm", "channels", channels);
		if (!(momentum >= 0 && momentum <= 1)) {
			throw failure({ what: "BatchNorm: not a momentum", expected: "a number from 0 to 1", actual: String(momentum) });
		}
		this.channels = channels;
		this.momentum = momentum;
		this.epsilon = epsilon;
		const { weight, bias } = affineOf([channels], options);
		this.weight = weight;
		this.bias = bias;
		this.runningMean = runningStatistics ? buffer(zeros([channels], { dtype })) : undefined;
		this.runningVariance = runningStatistics ? buffer(ones([channels], { dtype })) : undefined;
	}

	override forward(x: Tensor): Tensor {
		const { weight, bias, epsilon, channels } = this;
		checkChannels("BatchNorm", x, channels);
		if (!this.training && this.runningMean !== undefined) {
			const statistics = { mean: this.runningMean, variance: this.runningVariance };
			return batchNorm(x, { weight, bias, epsilon, ...statistics }).output;
		}
		if (this.training && x.size <= channels) {
			throw failure({
				what: "BatchNorm: a channel with a single number",
				expected: "two or more per channel in training, so that they have a variance",
				actual: `x ${shapeText(x.shape)}`,
				fix: "drop a last batch of one sample, or call eval() where the model is used",
			});
		}
		const { output, mean, variance } = batchNorm(x, { weight, bias, epsilon });
		if (this.training) this.#collect(mean.detach(), variance.detach(), x.size / channels);
		return output;
	}

	#collect(mean: Tensor, variance: Tensor, count: number): void {
		const { runningMean, runningVariance, momentum } = this;
		if (runningMean === undefined || runningVariance === undefined) return;
		if (isTraced(mean)) {
			throw failure({
				what: "BatchNorm: no statistics of a batch that is traced",
				expected: "training outside of vmap, where every example has a batch of its own",
				actual: "a call in training inside of vmap",
				fix: "call eval() first, or make the layer with { runningStatistics: false }",
			});
		}
		const moved = (running: Tensor, statistic: Tensor): Tensor =>
			buffer(cast(lerp(running, statistic, momentum), running.dtype));
		this.runningMean = moved(runningMean, mean);
		this.runningVariance = moved(runningVariance, mul(variance, count / (count - 1)));
	}
}

/**
 * (x - mean) / √(variance + ε) · weight + bias over the last axes, sample by
 * sample; `sizes` are their sizes, one number for one axis.
 *
 * J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.
 *
 * @throws where the last axes of the input have other sizes.
 */
export class LayerNorm extends Module<Tensor, Tensor> {
	readonly weight: Tensor | undefined;
	readonly bias: Tensor | undefined;
	readonly sizes: Shape;
	readonly epsilon: number;

	constructor(sizes: number | Shape, options: NormOptions = {}) {
		super();
		this.sizes = checkSizes("LayerNorm", sizes);
		this.epsilon = options.epsilon ?? 1e-5;
		const { weight, bias } = affineOf(this.sizes, options);
		this.weight = weight;
		this.bias = bias;
	}

	override forward(x: Tensor): Tensor {
		checkFeatures("LayerNorm", x, this.sizes);
		const { weight, bias, epsilon } = this;
		return layerNorm(x, { axis: lastAxes(this.sizes), weight, bias, epsilon });
	}
}

/**
 * x / √(mean x² + ε) · weight over the last axes; `sizes` are their sizes, one
 * number for one axis. ε is the spacing of the dtype when left out, as in
 * PyTorch.
 *
 * B. Zhang and R. Sennrich, "Root mean square layer normalization", 2019.
 *
 * @throws where the last axes of the input have other sizes.
 */
export class RMSNorm extends Module<Tensor, Tensor> {
	readonly weight: Tensor | undefined;
	readonly sizes: Shape;
	readonly epsilon: number | undefined;

	constructor(sizes: number | Shape, options: Omit<NormOptions, "bias"> = {}) {
		super();
		this.sizes = checkSizes("RMSNorm", sizes);
		this.epsilon = options.epsilon;
		this.weight = affineOf(this.sizes, options).weight;
	}

	override forward(x: Tensor): Tensor {
		checkFeatures("RMSNorm", x, this.sizes);
		return rmsNorm(x, { axis: lastAxes(this.sizes), weight: this.weight, epsilon: this.epsilon });
	}
}

/**
 * (x - mean) / √(variance + ε) · weight + bias for `x` `[N, C, ...]`, where
 * `groups` groups of channels have a mean and a variance each, sample by sample.
 * `new GroupNorm(channels, channels)` is instance normalization.
 *
 * Y. Wu and K. He, "Group normalization", 2018.
 *
 * @throws where the groups do not divide the channels, and in a call where the channels differ.
 */
export class GroupNorm extends Module<Tensor, Tensor> {
	readonly weight: Tensor | undefined;
	readonly bias: Tensor | undefined;
	readonly groups: number;
	readonly channels: number;
	readonly epsilon: number;

	constructor(groups: number, channels: number, options: NormOptions = {}) {
		super();
		checkSize("GroupNorm", "channels", channels);
		checkGroups("GroupNorm", groups, channels);
		this.groups = groups;
		this.channels = channels;
		this.epsilon = options.epsilon ?? 1e-5;
		const { weight, bias } = affineOf([channels], options);
		this.weight = weight;
		this.bias = bias;
	}

	override forward(x: Tensor): Tensor {
		checkChannels("GroupNorm", x, this.channels);
		const { weight, bias, epsilon } = this;
		return groupNorm(x, this.groups, { weight, bias, epsilon });
	}
}

function checkSizes(name: string, sizes: number | Shape): Shape {
	const list = typeof sizes === "number" ? [sizes] : [...sizes];
	for (const size of list) checkSize(name, "features", size);
	return list;
}

const lastAxes = (sizes: Shape): number[] => sizes.map((_, at) => at - sizes.length);

/** How {@link Dropout} chooses. */
export interface DropoutLayerOptions {
	/** Where chance comes from: the default generator when left out. */
	readonly generator?: Generator | undefined;
}

/**
 * In training, each number dropped to 0 with probability `p` (0.5 when left
 * out) and the others divided by 1 - p, so that the mean stays; in use, x.
 *
 * N. Srivastava et al., "Dropout", 2014.
 *
 * @throws where `p` is no probability.
 *
 * @example
 * ```ts
 * import { Generator, ones } from "chainrule";
 * import { Dropout } from "chainrule/nn";
 * const dropout = new Dropout(0.5, { generator: new Generator(1) });
 * console.log(dropout.call(ones([6])).toArray()); // [ 2, 0, 2, 0, 0, 2 ]
 * console.log(dropout.eval().call(ones([3])).toArray()); // [ 1, 1, 1 ]
 * ```
 */
export class Dropout extends Module<Tensor, Tensor> {
	readonly p: number;
	readonly generator: Generator | undefined;

	constructor(p = 0.5, { generator }: DropoutLayerOptions = {}) {
		super();
		this.p = checkProbability("Dropout", p);
		this.generator = generator;
	}

	override forward(x: Tensor): Tensor {
		return dropout(x, this.p, { training: this.training, generator: this.generator });
	}
}
