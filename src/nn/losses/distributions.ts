/**
 * Divergences between distributions over the last axis.
 *
 * The prediction is given by logits. Log-probabilities are logits, too: the
 * log-softmax that is taken here does not change them.
 */
import {
	add,
	cast,
	equal,
	exp,
	log,
	logAddExp,
	logSoftmax,
	mul,
	scope,
	sub,
	sum,
	type Tensor,
	type TensorData,
	where,
	xlogy,
} from "../../index.js";
import { asTensor, checkRange, checkSameShape, counted, dtypeFor, type LossOptions, labels, reduce } from "./define.js";

/** Log-probabilities of the prediction and probabilities of the target, of one shape. */
function distributions(
	name: string,
	logits: TensorData,
	target: TensorData,
): { readonly l: Tensor; readonly t: Tensor } {
	const z = asTensor(logits);
	const t = asTensor(target, counted);
	checkSameShape(name, "logits", z, "targets", t);
	checkRange(name, "a target", t, { ...labels, fix: "targets are probabilities that add up to 1" });
	return { l: logSoftmax(z), t: cast(t, dtypeFor(t, target, z)) };
}

/**
 * Kullback-Leibler divergence of targets t from the softmax p of logits,
 * Σ t (ln t - ln p) in nats, with 0 · ln 0 = 0; the mean is over samples (what
 * PyTorch calls "batchmean": its "mean" divides by the classes, too).
 * `logits` and `target` are `[..., classes]`.
 *
 * It is {@link crossEntropy} less the entropy of the targets, with the same
 * gradient p - t; 0, and smallest, where p = t.
 *
 * S. Kullback and R. A. Leibler, "On information and sufficiency", 1951.
 *
 * @throws where the shapes differ, or a target lies outside of [0, 1].
 */
export function klDivergence(logits: TensorData, target: TensorData, { reduction = "mean" }: LossOptions = {}): Tensor {
	return scope("klDivergence", () => {
		const { l, t } = distributions("klDivergence", logits, target);
		const missing = sub(xlogy(t, t), mul(t, where(equal(t, 0), 0, l)));
		return reduce("klDivergence", sum(missing, { axis: -1 }), reduction);
	});
}

/**
 * Jensen-Shannon divergence between targets t and the softmax p of logits:
 * ½ KL(t ‖ m) + ½ KL(p ‖ m) in nats for their middle m = (t + p) / 2; the mean is
 * over samples. `logits` and `target` are `[..., classes]`.
 *
 * Symmetric, and from 0, where p = t, to ln 2, where they share nothing. There
 * its gradient with respect to the logits vanishes, as wrong as the prediction
 * is. The average of several targets is not where it is smallest.
 *
 * J. Lin, "Divergence measures based on the Shannon entropy", 1991.
 *
 * @throws where the shapes differ, or a target lies outside of [0, 1].
 */
export function jsDivergence(logits: TensorData, target: TensorData, { reduction = "mean" }: LossOptions = {}): Tensor {
	return scope("jsDivergence", () => {
		const { l, t } = distributions("jsDivergence", logits, target);
		const middle = sub(logAddExp(l, log(t)), Math.LN2);
		const fromTarget = sub(xlogy(t, t), mul(t, where(equal(t, 0), 0, middle)));
		const fromPrediction = mul(exp(l), sub(l, middle));
		return reduce("jsDivergence", sum(mul(0.5, add(fromTarget, fromPrediction)), { axis: -1 }), reduction);
	});
}
