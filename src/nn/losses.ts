/**
 * Losses: one number for how far predictions are from their targets.
 *
 * A loss that compares number by number is one line: its name, how it is
 * reduced, and the formula for a prediction and its target. The formula is made
 * of operations, so the same line serves scalars and tensors and every order of
 * derivative. The name tells the factor: `mse`, `sse` and `halfSse` are three
 * functions, because a factor of 2 that nobody sees is an error nobody finds.
 *
 * Nothing broadcasts here. Predictions `[n]` against targets `[n, 1]` would make
 * n² differences and train towards nonsense; it is an error.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { sameShape, shapeText, stridesOf } from "../core/shape.js";
import { forEachElement } from "../core/tensor.js";
import {
	add,
	cast,
	type DType,
	div,
	equal,
	gather,
	log,
	log1p,
	logSoftmax,
	mean,
	minimum,
	mul,
	type Node,
	neg,
	relu,
	reshape,
	Scalar,
	type Shape,
	scope,
	softplus,
	square,
	sub,
	sum,
	Tensor,
	type TensorData,
	type TensorOptions,
	tensor,
	type Value,
	where,
} from "../index.js";

/** What becomes of the losses of the single elements or samples: their mean, their sum, or all of them. */
export type Reduction = "mean" | "sum" | "none";

/** How a loss is taken. */
export interface LossOptions {
	/** The mean when left out, except for losses that are sums by name. */
	readonly reduction?: Reduction | undefined;
}

/**
 * A loss that compares element by element. Two scalars give a scalar; anything
 * else gives a tensor: of shape `[]`, or with `reduction: "none"` of the shape
 * of the predictions. Arrays may hold scalars of the tape, such as the outputs
 * of neurons. A single number stands for every element; apart from that the
 * shapes must be equal.
 *
 * @throws where the shapes differ, or a number lies where the loss has no meaning.
 */
export interface Loss {
	(prediction: number | Scalar, target: number | Scalar, options?: LossOptions): Scalar;
	(prediction: Several, target: TensorData, options?: LossOptions): Tensor;
	(prediction: TensorData, target: Several, options?: LossOptions): Tensor;
	(prediction: TensorData, target: TensorData, options?: LossOptions): Node;
}

/** Numbers in arrays or tensors, not a single one. */
type Several = Exclude<TensorData, number | boolean | Scalar>;

/** Which numbers a loss takes, and what to do about others. */
interface Allowed {
	readonly says: string;
	readonly holds: (x: number) => boolean;
	readonly fix: string;
}

interface Domains {
	readonly prediction?: Allowed;
	readonly target?: Allowed;
}

// NaN passes: it should be seen where it arrives, and not be called a wrong target.
const between0And1 = (fix: string): Allowed => ({ says: "numbers from 0 to 1", holds: (x) => !(x < 0 || x > 1), fix });
const probabilities = between0And1("use bceWithLogits for predictions before the sigmoid");
const labels = between0And1("for labels -1 and 1, (y + 1) / 2");
const signs: Allowed = { says: "-1 or 1", holds: (x) => x === -1 || x === 1, fix: "for labels 0 and 1, 2 * y - 1" };

/** Defines a loss by what one prediction and its target contribute. */
function elementwise(
	name: string,
	usual: Reduction,
	contribution: (x: Value, y: Value) => Node,
	{ prediction: domain, target: labelling }: Domains = {},
): Loss {
	const loss = (prediction: TensorData, target: TensorData, { reduction = usual }: LossOptions = {}): Node =>
		scope(name, () => {
			const [x, y] = pair(name, prediction, target);
			checkRange(name, "a prediction", x, domain);
			checkRange(name, "a target", y, labelling);
			return reduce(name, contribution(x, y), reduction);
		});
	return loss as Loss;
}

/** Targets given as bytes or booleans are numbers here: as a tensor of their own they would be truth values, 2 the same as 1. */
const counted: TensorOptions = { dtype: "float64" };

const squaredError = (x: Value, y: Value): Node => square(sub(x, y));

/** -ln p, at most 100, as in PyTorch: an impossible event that happens costs much, not everything. */
const surprise = (logarithm: Node): Node => minimum(neg(logarithm), 100);

/**
 * Mean squared error, 1/n Σ (x - y)² over all n elements; see {@link Loss}.
 * Smallest where x is the mean of the targets. In a batch of samples with k
 * outputs, n counts every output: it is the sum per sample divided by k.
 *
 * @example
 * ```ts
 * import { halfSse, mse, sse } from "chainrule/nn";
 * console.log(mse([1, 2], [3, 2]).item(), sse([1, 2], [3, 2]).item(), halfSse([1, 2], [3, 2]).item()); // 2 4 2
 * ```
 */
export const mse: Loss = elementwise("mse", "mean", squaredError);

/** Sum of squared errors, Σ (x - y)²; see {@link Loss}. Smallest where x is the mean of the targets. */
export const sse: Loss = elementwise("sse", "sum", squaredError);

/**
 * Half the sum of squared errors, ½ Σ (x - y)²: the quadratic cost whose
 * gradient is x - y, without a 2; see {@link Loss}. Smallest where x is the mean
 * of the targets. With `reduction: "mean"` it is 1/(2n) Σ (x - y)².
 */
export const halfSse: Loss = elementwise("halfSse", "sum", (x, y) => div(squaredError(x, y), 2));

/**
 * Binary cross-entropy of probabilities, mean of -y ln p - (1 - y) ln(1 - p);
 * see {@link Loss}. Targets are 0, 1 or between. Smallest where p is the mean
 * of the targets.
 *
 * Each -ln is at most 100, and where it was cut its gradient is 0. Prefer
 * {@link bceWithLogits}, which needs no cut and keeps all digits.
 */
export const bce: Loss = elementwise(
	"bce",
	"mean",
	(p, y) => add(mul(y, surprise(log(p))), mul(sub(1, y), surprise(log1p(neg(p))))),
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
export const bceWithLogits: Loss = elementwise("bceWithLogits", "mean", (z, y) => sub(softplus(z), mul(y, z)), {
	target: labels,
});

/**
 * Hinge loss, mean of max(0, 1 - y x) for targets y of -1 and 1; see
 * {@link Loss}. Zero where every prediction has the sign of its target and is
 * at least 1 away from 0; the best constant is the sign of the majority. At the
 * margin, y x = 1, the gradient is 0.
 */
export const hinge: Loss = elementwise("hinge", "mean", (x, y) => relu(sub(1, mul(y, x))), { target: signs });

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
 * @throws where the shapes fit neither form, indices are not whole numbers below
 *   the number of classes, or a tensor of indices is not int32.
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
export function crossEntropy(
	logits: TensorData,
	targets: TensorData,
	{ reduction = "mean" }: LossOptions = {},
): Tensor {
	return scope("crossEntropy", () => {
		const z = logits instanceof Tensor ? logits : tensor(logits);
		const t = targets instanceof Tensor ? targets : tensor(targets, counted);
		if (z.rank > 0 && sameShape(t.shape, z.shape)) {
			return reduce("crossEntropy", againstProbabilities(z, cast(t, dtypeFor(t, targets, z))), reduction);
		}
		if (z.rank === 0 || !sameShape(t.shape, z.shape.slice(0, -1))) throw misfit(z.shape, t.shape);
		if (targets instanceof Tensor && t.dtype !== "int32") throw notIndices(z.shape, t);
		checkRange("crossEntropy", "a class index", t, indicesBelow(z.shape.at(-1) as number));
		return reduce("crossEntropy", againstClasses(z, cast(t, "int32")), reduction);
	});
}

function againstProbabilities(z: Tensor, t: Tensor): Tensor {
	const logarithms = where(equal(t, 0), 0, logSoftmax(z)); // 0 · -∞ would be NaN
	return neg(sum(mul(t, logarithms), { axis: -1 }));
}

function againstClasses(z: Tensor, indices: Tensor): Tensor {
	const chosen = gather(logSoftmax(z), reshape(indices, [...indices.shape, 1]), { axis: -1 });
	return neg(reshape(chosen, indices.shape));
}

const indicesBelow = (classes: number): Allowed => ({
	says: `whole numbers from 0 to ${classes - 1}, one per class on the last axis of the logits`,
	holds: (x) => Number.isInteger(x) && x >= 0 && x < classes,
	fix: "count classes from 0; if these are probabilities, give them the shape of the logits",
});

function misfit(logits: Shape, targets: Shape): Error {
	if (logits.length === 0) {
		return failure({
			what: "crossEntropy: logits without an axis of classes",
			expected: "logits of shape [..., classes]",
			actual: "a single number",
			fix: "use bceWithLogits for one logit per sample",
		});
	}
	return failure({
		what: "crossEntropy: targets do not fit the logits",
		expected: `class indices ${shapeText(logits.slice(0, -1))} or probabilities ${shapeText(logits)}`,
		actual: `targets ${shapeText(targets)}, logits ${shapeText(logits)}`,
	});
}

function notIndices(logits: Shape, targets: Tensor): Error {
	return failure({
		what: "crossEntropy: class indices are not integers",
		expected: `int32 targets ${shapeText(targets.shape)}, or probabilities ${shapeText(logits)} like the logits`,
		actual: `${targets.dtype} targets ${shapeText(targets.shape)}`,
		fix: 'cast(targets, "int32") if they count classes; one-hot rows and probabilities need the axis of classes',
	});
}

/** Prediction and target as values of the same shape, or one of them a single number. */
function pair(name: string, prediction: TensorData, target: TensorData): [x: Value, y: Value] {
	const x = asValue(prediction);
	const y = asValue(target, counted);
	if (!(x instanceof Tensor && y instanceof Tensor)) return [x, y];
	if (!sameShape(x.shape, y.shape)) {
		throw failure({
			what: `${name}: shapes of predictions and targets differ`,
			expected: `targets ${shapeText(x.shape)}, one per prediction`,
			actual: `targets ${shapeText(y.shape)}`,
			fix: `${x.size === y.size ? "reshape one of them" : "give every prediction a target"}: a loss does not broadcast`,
		});
	}
	return [x, cast(y, dtypeFor(y, target, x))];
}

function asValue(data: TensorData, options?: TensorOptions): Value {
	return typeof data === "number" || data instanceof Scalar || data instanceof Tensor ? data : tensor(data, options);
}

/** The dtype for targets: that of the predictions, unless a floating tensor was given, which keeps its own. */
function dtypeFor(y: Tensor, given: TensorData, x: Tensor): DType {
	const settled = given instanceof Tensor && isFloating(y.dtype);
	return settled || !isFloating(x.dtype) ? y.dtype : x.dtype;
}

function checkRange(name: string, what: string, x: Value, allowed: Allowed | undefined): void {
	if (allowed === undefined) return;
	const place = firstOutside(x, allowed);
	if (place === undefined) return;
	throw failure({ what: `${name}: ${what} is out of range`, expected: allowed.says, actual: place, fix: allowed.fix });
}

/** The first number that is not allowed, and where it stands. */
function firstOutside(x: Value, { holds }: Allowed): string | undefined {
	if (!(x instanceof Tensor)) return holds(Number(x)) ? undefined : String(Number(x));
	let position = 0;
	let found: string | undefined;
	forEachElement(x, (element) => {
		if (found === undefined && !holds(element)) found = `${element} at ${shapeText(indexOf(position, x.shape))}`;
		position++;
	});
	return found;
}

/** The index of an element from its position in row-major order. */
function indexOf(position: number, shape: Shape): number[] {
	return stridesOf(shape).map((stride, axis) => Math.floor(position / stride) % (shape[axis] as number));
}

function reduce(name: string, losses: Tensor, reduction: Reduction): Tensor;
function reduce(name: string, losses: Node, reduction: Reduction): Node;
function reduce(name: string, losses: Node, reduction: Reduction): Node {
	switch (reduction) {
		case "mean":
			return losses instanceof Tensor ? mean(losses) : losses;
		case "sum":
			return losses instanceof Tensor ? sum(losses) : losses;
		case "none":
			return losses;
		default:
			throw failure({
				what: `${name}: unknown reduction`,
				expected: '"mean", "sum" or "none"',
				actual: JSON.stringify(reduction) ?? String(reduction),
			});
	}
}
