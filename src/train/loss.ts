/** Whether a step can be made by a loss: asked in every batch, before a weight is touched. */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { shapeText } from "../core/shape.js";
import { Scalar, Tensor } from "../index.js";
import type { Parameter } from "../nn/module.js";

/** @throws unless `loss` is one finite number that depends on what is trained; `where` tells the batch. */
export function checkLoss(loss: unknown, where: () => string): void {
	const isNode = loss instanceof Scalar || loss instanceof Tensor;
	if (!isNode || (loss instanceof Tensor && loss.size !== 1) || !loss.requiresGrad) throw notALoss(loss);
	if (Number.isFinite(Number(loss))) return;
	throw failure({
		what: "fit: the loss is not finite",
		expected: "a finite number",
		actual: `${Number(loss)} ${where()}`,
		fix: "lower the learning rate, clip the gradients, or look at this batch",
	});
}

function notALoss(loss: unknown): Error {
	const isNode = loss instanceof Scalar || loss instanceof Tensor;
	const single = "one number, computed from the predictions by operations";
	if (!isNode) return failure({ what: "fit: the loss is no value of the tape", expected: single, actual: said(loss) });
	if (loss instanceof Tensor && loss.size !== 1) {
		return failure({
			what: "fit: the loss is not a single number",
			expected: single,
			actual: shapeText(loss.shape),
			fix: 'mean() or sum() of it; reduction: "none" leaves one number per sample',
		});
	}
	return failure({
		what: "fit: the loss depends on no parameter that is trained",
		expected: single,
		actual: "a constant",
		fix: "unfreeze() a part of the model, and look for detach() and noGrad() on the way",
	});
}

/** @throws where `backward()` has reached none of the parameters. */
export function checkGradients(parameters: readonly Parameter[]): void {
	if (parameters.some(({ grad }) => grad !== undefined)) return;
	throw failure({
		what: "fit: the optimizer moves nothing of the model",
		expected: "a gradient for one of its parameters at least",
		actual: "none after backward()",
		fix: "make it with the parameters of this model: new Adam(model.parameters())",
	});
}
