/**
 * Losses between many classes, on the last axis of the predictions.
 *
 * The shape of the targets decides what they are: one axis fewer are class
 * indices, the shape of the predictions are one-hot rows or probabilities. A
 * tensor of indices must be int32, so that neither is ever taken for the other.
 */
import { failure } from "../../core/errors.js";
import { type Shape, sameShape, shapeText } from "../../core/shape.js";
import {
	add,
	cast,
	div,
	equal,
	gather,
	logSoftmax,
	mul,
	neg,
	oneHot,
	ones,
	relu,
	reshape,
	scope,
	square,
	sub,
	sum,
	Tensor,
	type TensorData,
	take,
	where,
} from "../../index.js";
import {
	above0,
	asTensor,
	checkRange,
	counted,
	dtypeFor,
	indicesBelow,
	type LossOptions,
	type Reduction,
	reduce,
	share,
	weightsPerClass,
} from "./define.js";

/** How {@link nll} is taken. */
export interface NllOptions extends LossOptions {
	/** One factor per class. The mean divides by the sum of the weights of the targets, as in PyTorch. */
	readonly classWeights?: TensorData | undefined;
	/** Targets of this index count neither in the sum nor in the mean, such as padding. None when left out, unlike PyTorch's -100. */
	readonly ignoreIndex?: number | undefined;
}

/** How {@link crossEntropy} is taken. */
export interface CrossEntropyOptions extends NllOptions {
	/** The share ε of a target that is spread over all classes alike: (1 - ε) t + ε / classes. 0 when left out. */
	readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy between target classes and the softmax of logits, in nats:
 * -ln softmax(z)[class], or -Σ t ln softmax(z) for probabilities t, with
 * 0 · ln 0 = 0. The mean is over samples.
 *
 * `logits` are `[..., classes]`. The shape of `targets` decides what they are:
 * one axis fewer, `[...]`, class indices from 0, as numbers or an int32 tensor;
 * the shape of the logits, one-hot rows or probabilities of any dtype. The
 * gradient is softmax(z) - t per sample; smallest where softmax(z) is the
 * distribution of the classes.
 *
 * With `classWeights` w each class costs w times as much, and the mean divides by
 * the sum of the weights of the targets, Σ w t: the same for indices and for
 * their one-hot rows. PyTorch divides by the number of samples for the latter.
 *
 * @throws where the shapes fit neither form, indices are not whole numbers below
 *   the number of classes, a tensor of indices is not int32, or a mean is asked
 *   for and every target is ignored.
 *
 * @example
 * ```ts
 * import { log, tensor } from "chainrule";
 * import { crossEntropy } from "chainrule/nn";
 * const logits = log(tensor([0.1, 0.3, 0.6]));
 * console.log(crossEntropy(logits, 2).item().toFixed(6)); // 0.510826
 * console.log(crossEntropy(logits, [0, 0, 1]).item().toFixed(6)); // 0.510826
 * ```
 */
export function crossEntropy(logits: TensorData, targets: TensorData, options: CrossEntropyOptions = {}): Tensor {
	return scope("crossEntropy", () => {
		const z = asTensor(logits);
		checkRange("crossEntropy", "labelSmoothing", options.labelSmoothing ?? 0, share);
		return againstTargets("crossEntropy", z, targets, options, () => logSoftmax(z));
	});
}

/**
 * Negative log-likelihood of target classes: -l[class] for log-probabilities l,
 * such as `logSoftmax` gives; with it, {@link crossEntropy}. The mean is over
 * samples, or weighted by the classes of the targets.
 *
 * Shapes, forms of targets, options and errors are those of
 * {@link crossEntropy}. Nothing is normalised here: for numbers that are no
 * log-probabilities it has no minimum.
 */
export function nll(logProbabilities: TensorData, targets: TensorData, options: NllOptions = {}): Tensor {
	return scope("nll", () => {
		const l = asTensor(logProbabilities);
		return againstTargets("nll", l, targets, options, () => l);
	});
}

function againstTargets(
	name: string,
	x: Tensor,
	targets: TensorData,
	options: CrossEntropyOptions,
	logarithmsOf: () => Tensor,
): Tensor {
	const { labelSmoothing: smoothing = 0, reduction = "mean", classWeights, ignoreIndex } = options;
	const t = asTensor(targets, counted);
	const classes = classesOf(name, x);
	const weights = classWeights === undefined ? undefined : weightsPerClass(name, classWeights, classes, x);
	if (sameShape(t.shape, x.shape)) {
		if (ignoreIndex !== undefined) throw ignoresNothing(name, t.shape);
		const given = cast(t, dtypeFor(t, targets, x));
		const smooth = smoothing === 0 ? given : add(mul(1 - smoothing, given), smoothing / classes);
		if (weights === undefined) return reduce(name, against(smooth, logarithmsOf()), reduction);
		const divisor = divisorOf(name, mul(weights, given), reduction);
		return reduce(name, against(mul(weights, smooth), logarithmsOf()), reduction, divisor);
	}
	const { indices, ignored } = indicesOf(name, x, t, targets instanceof Tensor, ignoreIndex);
	const logarithms = logarithmsOf();
	let losses = neg(entries(logarithms, indices));
	const counts = weights === undefined ? undefined : take(weights, indices);
	if (counts !== undefined) losses = mul(counts, losses);
	if (smoothing > 0) {
		const everyClass = against(weights ?? ones([classes], { dtype: x.dtype }), logarithms);
		losses = add(mul(1 - smoothing, losses), mul(smoothing / classes, everyClass));
	}
	if (ignored !== undefined) losses = where(ignored, 0, losses);
	if (ignored === undefined && counts === undefined) return reduce(name, losses, reduction);
	const shares = counts ?? ones(indices.shape, { dtype: x.dtype });
	const divisor = divisorOf(name, ignored === undefined ? shares : where(ignored, 0, shares), reduction);
	return reduce(name, losses, reduction, divisor);
}

/** -Σ t l over the classes; a share of 0 costs nothing, also where l is -∞. */
function against(shares: Tensor, logarithms: Tensor): Tensor {
	return neg(sum(mul(shares, where(equal(shares, 0), 0, logarithms)), { axis: -1 }));
}

/** The entry of the last axis that each index names. */
function entries(x: Tensor, indices: Tensor): Tensor {
	return reshape(gather(x, reshape(indices, [...indices.shape, 1]), { axis: -1 }), indices.shape);
}

/** How {@link multiMargin} is taken. */
export interface MultiMarginOptions extends LossOptions {
	/** By how much the target class should lead; 1 when left out. */
	readonly margin?: number | undefined;
	/** Power of each violation, 1 or 2; 1 when left out. */
	readonly p?: 1 | 2 | undefined;
	/** One factor per class, for samples of that class. The mean still divides by the number of samples, as in PyTorch. */
	readonly classWeights?: TensorData | undefined;
}

/**
 * Hinge loss between classes: 1/classes Σ max(0, margin - x[class] + x[j])ᵖ over
 * all other classes j; the mean is over samples. Scores `[..., classes]`, class
 * indices `[...]` from 0.
 *
 * Zero where the target class leads by the margin; the best constant lets a class
 * lead that has more than half of the samples: it trains decisions, not
 * probabilities.
 *
 * K. Crammer and Y. Singer, "On the algorithmic implementation of multiclass
 * kernel-based vector machines", 2001; the sum over classes after J. Weston and
 * C. Watkins, 1999.
 *
 * @throws where indices are not whole numbers below the number of classes, one per sample.
 */
export function multiMargin(
	scores: TensorData,
	targets: TensorData,
	{ margin = 1, p = 1, classWeights, reduction = "mean" }: MultiMarginOptions = {},
): Tensor {
	return scope("multiMargin", () => {
		checkRange("multiMargin", "margin", margin, above0);
		const x = asTensor(scores);
		const classes = classesOf("multiMargin", x);
		const t = asTensor(targets, counted);
		const { indices } = indicesOf("multiMargin", x, t, targets instanceof Tensor, undefined);
		const own = gather(x, reshape(indices, [...indices.shape, 1]), { axis: -1 });
		const violations = relu(add(sub(margin, own), x));
		const others = where(oneHot(indices, classes), 0, p === 1 ? violations : square(violations));
		const losses = div(sum(others, { axis: -1 }), classes);
		if (classWeights === undefined) return reduce("multiMargin", losses, reduction);
		return reduce(
			"multiMargin",
			mul(take(weightsPerClass("multiMargin", classWeights, classes, x), indices), losses),
			reduction,
		);
	});
}

function classesOf(name: string, x: Tensor): number {
	const classes = x.shape.at(-1);
	if (classes !== undefined) return classes;
	throw failure({
		what: `${name}: logits without an axis of classes`,
		expected: "logits of shape [..., classes]",
		actual: "a single number",
		fix: "use bceWithLogits for one logit per sample",
	});
}

/** Class indices as int32, those that are ignored as 0 and marked. */
function indicesOf(
	name: string,
	x: Tensor,
	t: Tensor,
	typed: boolean,
	ignoreIndex: number | undefined,
): { readonly indices: Tensor; readonly ignored: Tensor | undefined } {
	if (!sameShape(t.shape, x.shape.slice(0, -1))) throw misfit(name, x.shape, t.shape);
	if (typed && t.dtype !== "int32") throw notIndices(name, x.shape, t);
	const ignored = ignoreIndex === undefined ? undefined : equal(t, ignoreIndex);
	const indices = ignored === undefined ? t : where(ignored, 0, t);
	checkRange(name, "a class index", indices, indicesBelow(x.shape.at(-1) as number));
	return { indices: cast(indices, "int32"), ignored };
}

/** What a mean divides by: the sum of what the samples count. */
function divisorOf(name: string, counts: Tensor, reduction: Reduction | undefined): number {
	const total = sum(counts).item();
	if (total !== 0 || reduction !== "mean") return total;
	throw failure({
		what: `${name}: nothing to average`,
		expected: "a target that counts",
		actual: `${counts.size} targets, each with weight 0 or ignored`,
		fix: 'leave the batch out, or use reduction: "sum", which is 0 here',
	});
}

function misfit(name: string, logits: Shape, targets: Shape): Error {
	return failure({
		what: `${name}: targets do not fit the logits`,
		expected: `class indices ${shapeText(logits.slice(0, -1))} or probabilities ${shapeText(logits)}`,
		actual: `targets ${shapeText(targets)}, logits ${shapeText(logits)}`,
	});
}

function notIndices(name: string, logits: Shape, targets: Tensor): Error {
	return failure({
		what: `${name}: class indices are not integers`,
		expected: `int32 targets ${shapeText(targets.shape)}, or probabilities ${shapeText(logits)} like the logits`,
		actual: `${targets.dtype} targets ${shapeText(targets.shape)}`,
		fix: 'cast(targets, "int32") if they count classes; one-hot rows and probabilities need the axis of classes',
	});
}

function ignoresNothing(name: string, targets: Shape): Error {
	return failure({
		what: `${name}: ignoreIndex without indices`,
		expected: "class indices as targets",
		actual: `probabilities ${shapeText(targets)}`,
		fix: "give the samples to be ignored a row of zeros, which costs nothing",
	});
}
