/**
 * The words in which losses are defined: how predictions meet targets, which
 * numbers are allowed, and how the losses of single samples become one.
 *
 * Nothing broadcasts here. Predictions `[n]` against targets `[n, 1]` would make
 * n² differences and train towards nonsense; it is an error.
 *
 * No loss is known here.
 */
import { isFloating } from "../../core/dtype.js";
import { failure } from "../../core/errors.js";
import { type Shape, sameShape, shapeText, stridesOf } from "../../core/shape.js";
import { forEachElement } from "../../core/tensor.js";
import {
	cast,
	type DType,
	div,
	mean,
	type Node,
	Scalar,
	scope,
	sum,
	Tensor,
	type TensorData,
	type TensorOptions,
	tensor,
	type Value,
} from "../../index.js";

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
export interface Loss<Options extends LossOptions = LossOptions> {
	(prediction: number | Scalar, target: number | Scalar, options?: Options): Scalar;
	(prediction: Several, target: TensorData, options?: Options): Tensor;
	(prediction: TensorData, target: Several, options?: Options): Tensor;
	(prediction: TensorData, target: TensorData, options?: Options): Node;
}

/** Numbers in arrays or tensors, not a single one. */
type Several = Exclude<TensorData, number | boolean | Scalar>;

/** Which numbers a loss takes, and what to do about others. */
export interface Allowed {
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

/** Predictions after the sigmoid. */
export const probabilities: Allowed = between0And1("use bceWithLogits for predictions before the sigmoid");

/** Targets 0, 1, or between. */
export const labels: Allowed = between0And1("for labels -1 and 1, (y + 1) / 2");

/** Targets -1 and 1. */
export const signs: Allowed = {
	says: "-1 or 1",
	holds: (x) => x === -1 || x === 1,
	fix: "for labels 0 and 1, 2 * y - 1",
};

/** Targets that count, or measure an amount. */
export const amounts: Allowed = {
	says: "numbers from 0 on",
	holds: (x) => !(x < 0),
	fix: "a number of events is never negative",
};

/** Indices of `classes` classes, and of nothing else. */
export const indicesBelow = (classes: number): Allowed => ({
	says: `whole numbers from 0 to ${classes - 1}, one per class on the last axis of the logits`,
	holds: (x) => Number.isInteger(x) && x >= 0 && x < classes,
	fix: "count classes from 0; if these are probabilities, give them the shape of the logits",
});

/** Options that are a distance, a width or a temperature. */
export const above0: Allowed = { says: "a number above 0", holds: (x) => x > 0, fix: "leave it out for the usual one" };

/** Options that are a share of something. */
export const share: Allowed = {
	says: "a number from 0 to 1",
	holds: (x) => x >= 0 && x <= 1,
	fix: "leave it out for the usual one",
};

/** Targets given as bytes or booleans are numbers here: as a tensor of their own they would be truth values, 2 the same as 1. */
export const counted: TensorOptions = { dtype: "float64" };

/** Defines a loss by what one prediction and its target contribute. */
export function elementwise<Options extends LossOptions = LossOptions>(
	name: string,
	usual: Reduction,
	contribution: (x: Value, y: Value, options: Omit<Options, "reduction">) => Node,
	{ prediction: domain, target: labelling }: Domains = {},
): Loss<Options> {
	const loss = (prediction: TensorData, target: TensorData, options: Options = {} as Options): Node =>
		scope(name, () => {
			const [x, y] = pair(name, prediction, target);
			checkRange(name, "a prediction", x, domain);
			checkRange(name, "a target", y, labelling);
			return reduce(name, contribution(x, y, options), options.reduction ?? usual);
		});
	return loss as Loss<Options>;
}

/** Prediction and target as values of the same shape, or one of them a single number. */
function pair(name: string, prediction: TensorData, target: TensorData): [x: Value, y: Value] {
	const x = asValue(prediction);
	const y = asValue(target, counted);
	if (!(x instanceof Tensor && y instanceof Tensor)) return [x, y];
	checkSameShape(name, "predictions", x, "targets", y);
	return [x, cast(y, dtypeFor(y, target, x))];
}

/** Throws unless every `second` has its `first`. */
export function checkSameShape(name: string, first: string, x: Tensor, second: string, y: Tensor): void {
	if (sameShape(x.shape, y.shape)) return;
	throw failure({
		what: `${name}: shapes of ${first} and ${second} differ`,
		expected: `${second} ${shapeText(x.shape)}, one per ${first.replace(/s$/, "")}`,
		actual: `${second} ${shapeText(y.shape)}`,
		fix: `${x.size === y.size ? "reshape one of them" : `give every ${first.replace(/s$/, "")} a ${second.replace(/s$/, "")}`}: a loss does not broadcast`,
	});
}

/**
 * Weights that fit predictions of the given shape: one number, one per
 * prediction, or one per entry of the last axis.
 */
export function weightFor(name: string, option: string, weight: TensorData, x: Value): Value {
	if (typeof weight === "number" || weight instanceof Scalar) return weight;
	const w = asTensor(weight, counted);
	const shape = x instanceof Tensor ? x.shape : [];
	if (w.rank !== 0 && !sameShape(w.shape, shape) && !sameShape(w.shape, shape.slice(-1)))
		throw weightMisfit(name, option, w.shape, [shape, shape.slice(-1)]);
	return x instanceof Tensor ? cast(w, dtypeFor(w, weight, x)) : w;
}

/** One weight per class, as constants. */
export function weightsPerClass(name: string, weights: TensorData, classes: number, x: Tensor): Tensor {
	const w = asTensor(weights, counted).detach();
	if (!sameShape(w.shape, [classes])) throw weightMisfit(name, "classWeights", w.shape, [[classes]]);
	return cast(w, x.dtype);
}

function weightMisfit(name: string, option: string, found: Shape, wanted: readonly Shape[]): Error {
	return failure({
		what: `${name}: ${option} does not fit`,
		expected: `weights ${[...new Set(wanted.map(shapeText))].join(" or ")}`,
		actual: `weights ${shapeText(found)}`,
	});
}

function asValue(data: TensorData, options?: TensorOptions): Value {
	return typeof data === "number" || data instanceof Scalar || data instanceof Tensor ? data : tensor(data, options);
}

/** Data as a tensor; a tensor as it is. */
export function asTensor(data: TensorData, options?: TensorOptions): Tensor {
	return data instanceof Tensor ? data : tensor(data, options);
}

/** The dtype for targets: that of the predictions, unless a floating tensor was given, which keeps its own. */
export function dtypeFor(y: Tensor, given: TensorData, x: Tensor): DType {
	const settled = given instanceof Tensor && isFloating(y.dtype);
	return settled || !isFloating(x.dtype) ? y.dtype : x.dtype;
}

/** Throws where a number of `x` is not allowed, and says which. */
export function checkRange(name: string, what: string, x: Value, allowed: Allowed | undefined): void {
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

/**
 * Losses as they are asked for. A mean divides by their number, or by `divisor`
 * where they do not count equally.
 */
export function reduce(name: string, losses: Tensor, reduction: Reduction, divisor?: number): Tensor;
export function reduce(name: string, losses: Node, reduction: Reduction, divisor?: number): Node;
export function reduce(name: string, losses: Node, reduction: Reduction, divisor?: number): Node {
	switch (reduction) {
		case "mean":
			if (!(losses instanceof Tensor)) return losses;
			return divisor === undefined ? mean(losses) : div(sum(losses), divisor);
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
