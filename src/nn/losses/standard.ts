/**
 * The standard losses as data: what each computes, what its mean divides by,
 * where it is smallest, and which predictions and targets it is made for.
 *
 * `checkLoss` compares with these entries and `docs/losses.md` prints them. What
 * a loss is known for, such as hinge losses for not training probabilities,
 * stands here, so that the checker needs no exceptions.
 */
import { exp, type Node, neg, slice, type Tensor } from "../../index.js";
import { bce, bceWithLogits, dice, focal, hinge, squaredHinge } from "./binary.js";
import { crossEntropy, multiMargin, nll } from "./classes.js";
import { ctc } from "./ctc.js";
import type { LossOptions } from "./define.js";
import { jsDivergence, klDivergence } from "./distributions.js";
import { contrastive, cosineEmbedding, infoNce, tripletMargin } from "./embeddings.js";
import { gaussianNll, halfSse, huber, logCosh, mae, mse, poissonNll, smoothL1, sse } from "./regression.js";

/** How the numbers of a prediction are meant. */
export type Meaning = "values" | "logValues" | "logits" | "probabilities" | "logProbabilities" | "vectors" | "other";

/** What targets are: numbers, 0 and 1, -1 and 1, class indices, rows that add up to 1, vectors, or something else. */
export type Labels = "values" | "binary" | "signs" | "classes" | "distributions" | "vectors" | "other";

/** What is known of a standard loss. */
export interface StandardLoss {
	/** The exported name. */
	readonly name: string;
	readonly formula: string;
	/** What is added up, and what the mean divides by. */
	readonly factor: string;
	/** Where it is smallest. */
	readonly minimiser: string;
	/** The options that change its shape, as they are when left out. */
	readonly shapedBy?: string;
	readonly predictions: Meaning;
	readonly targets: Labels;
	/** False where it is known not to train probabilities. */
	readonly proper?: boolean;
	/** True where its gradient is known to vanish at confidently wrong logits. */
	readonly stalls?: boolean;
	/** The loss with its usual options, of predictions and targets alone. */
	readonly loss: (prediction: Tensor, target: Tensor, options?: LossOptions) => Node;
}

const elements = "mean over the n elements";
const samples = "mean over the samples";

/** Every standard loss. */
export const standardLosses: readonly StandardLoss[] = [
	{
		name: "mse",
		formula: "(x - y)²",
		factor: elements,
		minimiser: "mean of the targets",
		predictions: "values",
		targets: "values",
		loss: mse,
	},
	{
		name: "sse",
		formula: "(x - y)²",
		factor: "sum",
		minimiser: "mean of the targets",
		predictions: "values",
		targets: "values",
		loss: sse,
	},
	{
		name: "halfSse",
		formula: "½ (x - y)²",
		factor: "sum",
		minimiser: "mean of the targets",
		predictions: "values",
		targets: "values",
		loss: halfSse,
	},
	{
		name: "mae",
		formula: "\\|x - y\\|",
		factor: elements,
		minimiser: "median of the targets",
		predictions: "values",
		targets: "values",
		loss: mae,
	},
	{
		name: "huber",
		formula: "½ d² where \\|d\\| ≤ δ, else δ (\\|d\\| - ½ δ), d = x - y",
		factor: elements,
		minimiser: "mean of targets nearby, those far off pull like a median's",
		shapedBy: "delta = 1",
		predictions: "values",
		targets: "values",
		loss: huber,
	},
	{
		name: "smoothL1",
		formula: "½ d² / β where \\|d\\| < β, else \\|d\\| - ½ β",
		factor: elements,
		minimiser: "mean of targets nearby, those far off pull like a median's",
		shapedBy: "beta = 1",
		predictions: "values",
		targets: "values",
		loss: smoothL1,
	},
	{
		name: "logCosh",
		formula: "ln cosh(x - y)",
		factor: elements,
		minimiser: "mean of targets nearby, those far off pull like a median's",
		predictions: "values",
		targets: "values",
		loss: logCosh,
	},
	{
		name: "poissonNll",
		formula: "eˣ - y x",
		factor: elements,
		minimiser: "eˣ = mean of the counts",
		shapedBy: "logInput = true",
		predictions: "logValues",
		targets: "values",
		loss: poissonNll,
	},
	{
		name: "gaussianNll",
		formula: "½ (ln v + (y - x)² / v)",
		factor: elements,
		minimiser: "x = mean, v = variance of the targets",
		shapedBy: "full = false",
		predictions: "other",
		targets: "other",
		// Columns: the mean, and the logarithm of the variance.
		loss: (x, y, options) => gaussianNll(slice(x, [null, 0]), y, exp(slice(x, [null, 1])), options),
	},
	{
		name: "bce",
		formula: "-y ln p - (1 - y) ln(1 - p), each -ln at most 100",
		factor: elements,
		minimiser: "p = mean of the targets",
		predictions: "probabilities",
		targets: "binary",
		proper: true,
		loss: bce,
	},
	{
		name: "bceWithLogits",
		formula: "softplus(z) - y z",
		factor: elements,
		minimiser: "σ(z) = mean of the targets",
		predictions: "logits",
		targets: "binary",
		proper: true,
		loss: bceWithLogits,
	},
	{
		name: "focal",
		formula: "-α_t (1 - p_t)^γ ln p_t, p_t = σ(z) for y = 1",
		factor: elements,
		minimiser: "σ(z) between ½ and the mean of the targets, moved by α",
		shapedBy: "alpha = 0.25, gamma = 2",
		predictions: "logits",
		targets: "binary",
		proper: false,
		loss: focal,
	},
	{
		name: "dice",
		formula: "1 - (2 Σ p y + s) / (Σ p + Σ y + s)",
		factor: samples,
		minimiser: "p = 0 or 1",
		shapedBy: "smooth = 1",
		predictions: "probabilities",
		targets: "binary",
		proper: false,
		stalls: true,
		loss: dice,
	},
	{
		name: "hinge",
		formula: "max(0, 1 - y x)",
		factor: elements,
		minimiser: "sign of the majority",
		predictions: "values",
		targets: "signs",
		loss: hinge,
	},
	{
		name: "squaredHinge",
		formula: "max(0, 1 - y x)²",
		factor: elements,
		minimiser: "mean of the targets",
		predictions: "values",
		targets: "signs",
		loss: squaredHinge,
	},
	{
		name: "crossEntropy",
		formula: "-ln softmax(z)[class], or -Σ t ln softmax(z)",
		factor: "mean over the samples; with class weights over their sum",
		minimiser: "softmax(z) = distribution of the classes",
		predictions: "logits",
		targets: "classes",
		proper: true,
		loss: crossEntropy,
	},
	{
		name: "nll",
		formula: "-l[class], or -Σ t l",
		factor: "mean over the samples; with class weights over their sum",
		minimiser: "eˡ = distribution of the classes",
		predictions: "logProbabilities",
		targets: "classes",
		proper: true,
		loss: nll,
	},
	{
		name: "multiMargin",
		formula: "1/classes Σ max(0, margin - x[class] + x[j])ᵖ, j ≠ class",
		factor: samples,
		minimiser: "a class of more than half of the samples leads",
		shapedBy: "margin = 1, p = 1",
		predictions: "logits",
		targets: "classes",
		proper: false,
		loss: multiMargin,
	},
	{
		name: "klDivergence",
		formula: "Σ t (ln t - ln softmax(z))",
		factor: samples,
		minimiser: "softmax(z) = mean of the targets",
		predictions: "logits",
		targets: "distributions",
		proper: true,
		loss: klDivergence,
	},
	{
		name: "jsDivergence",
		formula: "½ KL(t ‖ m) + ½ KL(p ‖ m), m = (t + p) / 2",
		factor: samples,
		minimiser: "softmax(z) = t for one target; for several not their mean",
		predictions: "logits",
		targets: "distributions",
		proper: false,
		stalls: true,
		loss: jsDivergence,
	},
	{
		name: "cosineEmbedding",
		formula: "1 - cos(x, y); max(0, cos(x, y) - margin) for target -1",
		factor: "mean over the pairs",
		minimiser: "x points where y does",
		shapedBy: "margin = 0",
		predictions: "vectors",
		targets: "vectors",
		loss: (x, y, options) => cosineEmbedding(x, y, 1, options),
	},
	{
		name: "contrastive",
		formula: "½ d², d = \\|x - y\\|; ½ max(0, margin - d)² for target 0",
		factor: "mean over the pairs",
		minimiser: "x = y",
		shapedBy: "margin = 1",
		predictions: "vectors",
		targets: "vectors",
		loss: (x, y, options) => contrastive(x, y, 1, options),
	},
	{
		name: "tripletMargin",
		formula: "max(0, \\|a - p\\| - \\|a - n\\| + margin)",
		factor: "mean over the triplets",
		minimiser: "a nearer to p than to n by the margin",
		shapedBy: "margin = 1, p = 2",
		predictions: "vectors",
		targets: "vectors",
		loss: (x, y, options) => tripletMargin(x, y, neg(y), options),
	},
	{
		name: "infoNce",
		formula: "crossEntropy(cos(qᵢ, kⱼ) / τ, i)",
		factor: "mean over the queries",
		minimiser: "each query points to its own key, away from the others",
		shapedBy: "temperature = 0.1",
		predictions: "vectors",
		targets: "vectors",
		loss: (x, y, options) => infoNce(x, y, options),
	},
	{
		name: "ctc",
		formula: "-ln Σ over alignments Π softmax(z)[step, label]",
		factor: "each by the length of its target, then mean over the samples",
		minimiser: "certain of one alignment",
		shapedBy: "blank = 0",
		predictions: "other",
		targets: "other",
		loss: ctc,
	},
];
