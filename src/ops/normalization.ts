/**
 * Normalization: numbers shifted and scaled by their own mean and spread.
 *
 * All are the same few lines over different axes. The mean goes first and the
 * spread is taken of what remains, so that a large mean costs no digits. None
 * keeps anything between calls: running averages belong to who trains.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { normalizeAxes, type Shape, sameShape, shapeText } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { add, div, mul, sqrt, square, sub } from "./arithmetic.js";
import { mean as meanOf } from "./composite.js";
import { type Axes, asTensor, cast, reshape } from "./movement.js";

/** What is done with normalized numbers: nothing, when all is left out. */
export interface Affine {
	/** One factor per channel or feature. */
	readonly weight?: Value | undefined;
	/** One number per channel or feature, added at the end. */
	readonly bias?: Value | undefined;
	/** Added to the variance, so that equal numbers do not divide by 0; 1e-5 when left out. */
	readonly epsilon?: number | undefined;
}

function floating(x: Value): Tensor {
	const from = asTensor(x);
	return isFloating(from.dtype) ? from : cast(from, "float64");
}

/** `given`, whose sizes are those of `x` on `axes`, to be met by `x`. */
function along(name: string, what: string, given: Value, x: Tensor, axes: readonly number[]): Tensor {
	const from = asTensor(given);
	const sizes = axes.map((axis) => x.shape[axis] as number);
	if (sameShape(from.shape, sizes)) {
		return reshape(
			from,
			x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
		);
	}
	throw failure({
		what: `${name}: ${what} does not fit`,
		expected: `shape ${shapeText(sizes)} for x ${shapeText(x.shape)}`,
		actual: shapeText(from.shape),
	});
}

/** x · weight + bias, both given along `axes`. */
function affine(name: string, x: Tensor, axes: readonly number[], { weight, bias }: Affine): Tensor {
	const scaled = weight === undefined ? x : mul(x, along(name, "weight", weight, x, axes));
	return bias === undefined ? scaled : add(scaled, along(name, "bias", bias, x, axes));
}

/** x - x̄ over `axes`, divided by its root mean square. */
function standardized(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
	const over = { axis: axes, keepDims: true };
	const centred = sub(x, meanOf(x, over));
	return mul(centred, inverse(meanOf(square(centred), over), epsilon));
}

function inverse(variance: Tensor, epsilon: number): Tensor {
	return div(1, sqrt(add(variance, epsilon)));
}

function checkChannels(name: string, x: Tensor): void {
	if (x.rank >= 2) return;
	throw failure({
		what: `${name}: no axis of channels`,
		expected: "x [samples, channels, ...]",
		actual: `x ${shapeText(x.shape)}`,
	});
}

const numbersFrom = (start: number, end: number): number[] =>
	Array.from({ length: end - start }, (_, index) => start + index);

/** How a batch is normalized. */
export interface BatchNormOptions extends Affine {
	/** Mean per channel, as collected in training; that of the batch when left out. */
	readonly mean?: Value | undefined;
	/** Variance per channel, as collected in training; that of the batch when left out. */
	readonly variance?: Value | undefined;
}

/** A normalized batch, and by what it was normalized. */
export interface NormalizedBatch {
	readonly output: Tensor;
	/** Per channel. Detach it to collect it. */
	readonly mean: Tensor;
	/** Per channel, divided by the number n of elements; PyTorch collects n / (n - 1) times as much. */
	readonly variance: Tensor;
}

/**
 * Each channel of `x` [N, C, ...] with mean 0 and variance 1: by the statistics
 * of the batch, through which gradients flow, or by those given. Returns the
 * statistics, too.
 *
 * S. Ioffe and C. Szegedy, "Batch normalization", 2015.
 *
 * @throws where there is no axis of channels, or one statistic is given alone.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { batchNorm } from "chainrule/nn";
 * const { output, mean, variance } = batchNorm(tensor([[1, 10], [3, 10]]), { epsilon: 0.25 });
 * console.log(mean.toArray(), variance.toArray()); // [ 2, 10 ] [ 1, 0 ]
 * console.log(output.toArray()[0]); // [ -0.8944271909999159, 0 ]
 * ```
 */
export function batchNorm(x: Value, options: BatchNormOptions = {}): NormalizedBatch {
	return scope("batchNorm", () => {
		const from = floating(x);
		checkChannels("batchNorm", from);
		if ((options.mean === undefined) !== (options.variance === undefined)) {
			throw failure({
				what: "batchNorm: one statistic without the other",
				expected: "mean and variance, or neither",
				actual: options.mean === undefined ? "variance alone" : "mean alone",
			});
		}
		const { epsilon = 1e-5 } = options;
		const over = { axis: [0, ...numbersFrom(2, from.rank)], keepDims: true };
		const given = (name: "mean" | "variance"): Tensor | undefined => {
			const statistic = options[name];
			return statistic === undefined ? undefined : along("batchNorm", name, statistic, from, [1]);
		};
		const mean = given("mean") ?? meanOf(from, over);
		const centred = sub(from, mean);
		const variance = given("variance") ?? meanOf(square(centred), over);
		const { weight, ...rest } = options;
		const factor = affine("batchNorm", inverse(variance, epsilon), [1], { weight });
		const output = affine("batchNorm", mul(centred, factor), [1], rest);
		const channels = [from.shape[1] as number];
		return { output, mean: reshape(mean, channels), variance: reshape(variance, channels) };
	});
}

/** Over which axes to normalize. */
export interface LayerNormOptions extends Affine {
	/** The last when left out. Weight and bias have the sizes of these axes. */
	readonly axis?: Axes["axis"];
}

/**
 * Numbers with mean 0 and variance 1 along `axis`, sample by sample.
 *
 * J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.
 *
 * @throws where weight or bias do not fit.
 */
export function layerNorm(x: Value, { axis = -1, epsilon = 1e-5, ...rest }: LayerNormOptions = {}): Tensor {
	return scope("layerNorm", () => {
		const from = floating(x);
		const axes = normalizeAxes("layerNorm", axis, from.rank);
		return affine("layerNorm", standardized(from, axes, epsilon), axes, rest);
	});
}

/**
 * Numbers with mean square 1 along `axis`: x / √(mean x² + ε). The mean stays.
 * ε is the spacing of the dtype when left out, as in PyTorch.
 *
 * B. Zhang and R. Sennrich, "Root mean square layer normalization", 2019.
 *
 * @throws where weight or bias do not fit.
 */
export function rmsNorm(x: Value, { axis = -1, epsilon, ...rest }: LayerNormOptions = {}): Tensor {
	return scope("rmsNorm", () => {
		const from = floating(x);
		const axes = normalizeAxes("rmsNorm", axis, from.rank);
		const squares = meanOf(square(from), { axis: axes, keepDims: true });
		const spacing = from.dtype === "float32" ? 2 ** -23 : Number.EPSILON;
		return affine("rmsNorm", mul(from, inverse(squares, epsilon ?? spacing)), axes, rest);
	});
}

/**
 * Channels of `x` [N, C, ...] in `groups` groups, each with mean 0 and variance
 * 1, sample by sample. As many groups as channels are instance normalization.
 *
 * Y. Wu and K. He, "Group normalization", 2018.
 *
 * @throws where the groups do not divide the channels.
 */
export function groupNorm(x: Value, groups: number, { epsilon = 1e-5, ...rest }: Affine = {}): Tensor {
	return scope("groupNorm", () => {
		const from = floating(x);
		checkChannels("groupNorm", from);
		const [samples, channels, ...image] = from.shape as readonly [number, number, ...Shape];
		if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
			throw failure({
				what: "groupNorm: groups do not divide the channels",
				expected: `a divisor of ${channels}`,
				actual: String(groups),
			});
		}
		const cut = reshape(from, [samples, groups, channels / groups, ...image]);
		const z = standardized(cut, numbersFrom(2, cut.rank), epsilon);
		return affine("groupNorm", reshape(z, from.shape), [1], rest);
	});
}
