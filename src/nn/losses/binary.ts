/**
 * Losses between two classes: targets are 0 and 1, or -1 and 1.
 *
 * A loss named after logits takes the predictions before the sigmoid and never
 * forms a probability, so that it keeps all digits and a gradient wherever a
 * prediction is wrong.
 */
import {
	add,
	cast,
	div,
	exp,
	log,
	log1p,
	logAddExp,
	logSigmoid,
	minimum,
	mul,
	type Node,
	neg,
	relu,
	scope,
	softplus,
	square,
	sub,
	sum,
	type Tensor,
	type TensorData,
	type Value,
} from "../../index.js";
import {
	above0,
	asTensor,
	checkRange,
	checkSameShape,
	counted,
	dtypeFor,
	elementwise,
	type Loss,
	type LossOptions,
	labels,
	probabilities,
	reduce,
	share,
	signs,
	weightFor,
} from "./define.js";

/** How {@link bce} is taken. */
export interface BceOptions extends LossOptions {
	/** A factor for each element, of the shape of the predictions or of their last axis. The mean still divides by n, as in PyTorch. */
	readonly weight?: TensorData | undefined;
}

/** How {@link bceWithLogits} is taken. */
export interface BceWithLogitsOptions extends BceOptions {
	/**
	 * A factor for the term of target 1, one number or one per entry of the last
	 * axis: above 1 it finds more of the rare positives. With w, the loss is
	 * smallest where the odds are w times the true ones.
	 */
	readonly posWeight?: TensorData | undefined;
}

/** -ln p, at most 100, as in PyTorch: an impossible event that happens costs much, not everything. */
const surprise = (logarithm: Node): Node => minimum(neg(logarithm), 100);

const weighted = (name: string, losses: Node, weight: TensorData | undefined, x: Value): Node =>
	weight === undefined ? losses : mul(weightFor(name, "weight", weight, x), losses);

/**
 * Binary cross-entropy of probabilities, mean of -y ln p - (1 - y) ln(1 - p);
 * see {@link Loss}. Targets are 0, 1 or between. Smallest where p is the mean
 * of the targets.
 *
 * Each -ln is at most 100, and where it was cut its gradient is 0. Prefer
 * {@link bceWithLogits}, which needs no cut and keeps all digits.
 */
export const bce: Loss<BceOptions> = elementwise<BceOptions>(
	"bce",
	"mean",
	(p, y, { weight }) =>
		weighted("bce", add(mul(y, surprise(log(p))), mul(sub(1, y), surprise(log1p(neg(p))))), weight, p),
	{ prediction: probabilities, target: labels },
);

/**
 * Binary cross-entropy of logits, the predictions before the sigmoid: mean of
 * softplus(z) - y z, which is finite for every finite z; see {@link Loss}.
 * Targets are 0, 1 or between. The gradient of an element is σ(z) - y; smallest
 * where σ(z) is the mean of the targets.
 *
 * @example
 * ```ts
 * import { bceWithLogits } from "chainrule/nn";
 * console.log(bceWithLogits(4, 0).value.toFixed(6), bceWithLogits(1000, 0).value); // 4.018150 1000
 * ```
 */
export const bceWithLogits: Loss<BceWithLogitsOptions> = elementwise<BceWithLogitsOptions>(
	"bceWithLogits",
	"mean",
	(z, y, { weight, posWeight }) => {
		const losses =
			posWeight === undefined
				? sub(softplus(z), mul(y, z))
				: add(
						mul(mul(weightFor("bceWithLogits", "posWeight", posWeight, z), y), softplus(neg(z))),
						mul(sub(1, y), softplus(z)),
					);
		return weighted("bceWithLogits", losses, weight, z);
	},
	{ target: labels },
);

/** How {@link focal} is taken. */
export interface FocalOptions extends LossOptions {
	/** Weight of target 1; that of target 0 is 1 - α. 0.25 when left out; `undefined` is not "no weight": 0.5 weighs both alike. */
	readonly alpha?: number | undefined;
	/** How strongly samples that are already right count less; 2 when left out, 0 for none. */
	readonly gamma?: number | undefined;
}

/**
 * Focal loss of logits: mean of -α_t (1 - p_t)^γ ln p_t, where p_t is the
 * probability σ(z) or 1 - σ(z) given to the target, and α_t is α or 1 - α; see
 * {@link Loss}. Targets are 0, 1 or between. With γ = 0 and α = ½ it is half of
 * {@link bceWithLogits}.
 *
 * Smallest at a probability nearer to ½ than the mean of the targets, and moved
 * by α: what it trains is a ranking, not a probability.
 *
 * T.-Y. Lin et al., "Focal loss for dense object detection", 2017.
 */
export const focal: Loss<FocalOptions> = elementwise<FocalOptions>(
	"focal",
	"mean",
	(z, y, { alpha = 0.25, gamma = 2 }) => {
		checkRange("focal", "alpha", alpha, share);
		const opposite = sub(1, y);
		const entropy = sub(softplus(z), mul(y, z));
		// ln(1 - p_t), never by way of p_t: its digits are lost where the prediction is right.
		const doubt = logAddExp(add(logSigmoid(z), log(opposite)), add(logSigmoid(neg(z)), log(y)));
		const balance = add(mul(alpha, y), mul(1 - alpha, opposite));
		return mul(mul(balance, exp(mul(gamma, doubt))), entropy);
	},
	{ target: labels },
);

/**
 * Hinge loss, mean of max(0, 1 - y x) for targets y of -1 and 1; see
 * {@link Loss}. Zero where every prediction has the sign of its target and is
 * at least 1 away from 0; the best constant is the sign of the majority. At the
 * margin, y x = 1, the gradient is 0.
 */
export const hinge: Loss = elementwise("hinge", "mean", (x, y) => relu(sub(1, mul(y, x))), { target: signs });

/**
 * Squared hinge loss, mean of max(0, 1 - y x)² for targets y of -1 and 1; see
 * {@link Loss}. Zero where every prediction has the sign of its target and is at
 * least 1 away from 0; the best constant is the mean of the targets, so that
 * (1 + x) / 2 is a probability.
 */
export const squaredHinge: Loss = elementwise("squaredHinge", "mean", (x, y) => square(relu(sub(1, mul(y, x)))), {
	target: signs,
});

/** How {@link dice} is taken. */
export interface DiceOptions extends LossOptions {
	/** Added above and below the fraction, so that two empty sets agree; 1 when left out. */
	readonly smooth?: number | undefined;
}

/**
 * Dice loss between probabilities p and labels y of the pixels of an image:
 * 1 - (2 Σ p y + s) / (Σ p + Σ y + s), one number per sample, and the mean over
 * samples. The first axis counts samples, and all others are summed; a vector is
 * one sample.
 *
 * Small where both sets overlap, whatever their size. Smallest where p is 0 or
 * 1: it trains masks, not probabilities. Its gradient with respect to logits
 * vanishes where the sigmoid saturates, also where the prediction is wrong.
 *
 * F. Milletari, N. Navab and S.-A. Ahmadi, "V-Net", 2016, which squares the sums
 * below; here as in C. H. Sudre et al., "Generalised Dice overlap", 2017.
 *
 * @throws where the shapes differ, or a number lies outside of [0, 1].
 */
export function dice(
	probability: TensorData,
	target: TensorData,
	{ smooth = 1, reduction = "mean" }: DiceOptions = {},
): Tensor {
	return scope("dice", () => {
		checkRange("dice", "smooth", smooth, above0);
		const p = asTensor(probability);
		const given = asTensor(target, counted);
		checkSameShape("dice", "predictions", p, "targets", given);
		checkRange("dice", "a prediction", p, { ...probabilities, fix: "take the sigmoid of logits first" });
		checkRange("dice", "a target", given, labels);
		const y = cast(given, dtypeFor(given, target, p));
		const pixels = p.rank < 2 ? undefined : Array.from({ length: p.rank - 1 }, (_, axis) => axis + 1);
		const over = (x: Node): Tensor => sum(x, { axis: pixels });
		const overlap = add(mul(2, over(mul(p, y))), smooth);
		const both = add(add(over(p), over(y)), smooth);
		return reduce("dice", sub(1, div(overlap, both)), reduction);
	});
}
