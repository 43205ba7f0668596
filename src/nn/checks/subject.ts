/**
 * A loss under examination: the function, representative data, and what the
 * numbers mean.
 *
 * All checks speak of predictions in three scales. Predictions are what the loss
 * takes; *free* numbers are what any real numbers may be (logits for
 * probabilities), so that searches need no borders; and *means* are predictions
 * in the scale of the targets, where moving towards a target has a sense.
 *
 * No check is known here.
 */
import { failure } from "../../core/errors.js";
import { sameShape, shapeText } from "../../core/shape.js";
import {
	add,
	cast,
	clip,
	concat,
	type DType,
	exp,
	type Generator,
	gradients,
	identity,
	indexSelect,
	log,
	logit,
	logSoftmax,
	mul,
	type Node,
	oneHot,
	randn,
	reshape,
	Scalar,
	sigmoid,
	softmax,
	sum,
	Tensor,
	tensor,
} from "../../index.js";
import type { Labels, Meaning } from "../losses/standard.js";

/** A loss of predictions and targets, both tensors, as a single number. */
export type AnyLoss = (predictions: Tensor, targets: Tensor) => Node;

/** Predictions and their targets. */
export interface Batch {
	readonly x: Tensor;
	readonly t: Tensor;
}

/** Three ways to write one prediction. */
interface Scale {
	readonly free: (x: Tensor) => Tensor;
	readonly made: (z: Tensor) => Tensor;
	readonly mean: (x: Tensor) => Tensor;
}

/** What every check is given. */
export interface Subject {
	readonly loss: AnyLoss;
	/** The representative data, predictions as float64, targets laid out as the labels say. */
	readonly given: Batch;
	/** The targets before they were laid out. */
	readonly targetsAsGiven: Tensor;
	readonly meaning: Meaning;
	readonly labels: Labels;
	readonly scale: Scale;
	/** True where classes stand on the last axis. */
	readonly rows: boolean;
	/** Samples on the first axis; 1 where there is no such axis. */
	readonly samples: number;
	readonly batched: boolean;
	/** True where the user says that the predictions come from trained logits. */
	readonly trainsLogits: boolean;
	readonly generator: Generator;
}

/** The value of a loss and its gradient; `undefined` where none reaches the predictions. */
export interface Slope {
	readonly value: number;
	readonly gradient: Tensor | undefined;
	readonly result: Node;
}

const near1 = 1 - 1e-9;
const unbounded: Scale = { free: identity, made: identity, mean: identity } as Scale;

const scales: Readonly<Record<Meaning, (rows: boolean) => Scale>> = {
	values: () => unbounded,
	vectors: () => unbounded,
	other: () => unbounded,
	logValues: () => ({ ...unbounded, mean: exp }),
	logits: (rows) => ({ ...unbounded, mean: rows ? (x) => softmax(x) : sigmoid }),
	probabilities: (rows) =>
		rows
			? { free: (x) => log(clip(x, 1 - near1, 1)), made: (z) => softmax(z), mean: identity as Scale["mean"] }
			: { free: (x) => logit(clip(x, 1 - near1, near1)), made: sigmoid, mean: identity as Scale["mean"] },
	logProbabilities: () => ({ free: identity as Scale["free"], made: (z) => logSoftmax(z), mean: exp }),
};

/** Meanings that a user may tell. */
const meanings: readonly Meaning[] = Object.keys(scales) as Meaning[];

/** Puts a loss and its data on the table. */
export function subjectOf(
	loss: AnyLoss,
	predictions: Tensor,
	targets: Tensor,
	told: Meaning | undefined,
	trainsLogits: boolean,
	generator: Generator,
): Subject {
	if (told !== undefined && !meanings.includes(told)) {
		throw failure({ what: "checkLoss: unknown meaning", expected: meanings.join(", "), actual: String(told) });
	}
	const x = cast(predictions.detach(), "float64");
	if (x.size === 0) {
		throw failure({
			what: "checkLoss: no predictions",
			expected: "a few representative predictions and their targets",
			actual: `predictions ${shapeText(x.shape)}`,
		});
	}
	const aligned = x.size === targets.size && !isIndices(x, targets) ? reshape(targets, x.shape) : targets;
	const labels = labelsOf(x, aligned, told);
	const rows = labels === "classes" || labels === "distributions";
	const meaning = told ?? meaningOf(x, labels);
	const batched = x.rank > (rows ? 1 : 0) && aligned.rank > 0 && aligned.shape[0] === x.shape[0];
	return {
		loss,
		given: { x, t: labels === "classes" ? cast(aligned, "int32") : aligned },
		targetsAsGiven: targets,
		meaning,
		labels,
		rows,
		scale: scales[meaning](rows),
		samples: batched ? (x.shape[0] as number) : 1,
		batched,
		trainsLogits,
		generator,
	};
}

function isIndices(x: Tensor, t: Tensor): boolean {
	const classes = x.shape.at(-1) ?? 0;
	if (classes < 2 || !sameShape(t.shape, x.shape.slice(0, -1))) return false;
	return numbersOf(t).every((k) => Number.isInteger(k) && k >= 0 && k < classes);
}

function labelsOf(x: Tensor, t: Tensor, meaning: Meaning | undefined): Labels {
	if (meaning === "other") return "other";
	if (meaning !== "vectors" && isIndices(x, t)) return "classes";
	if (!sameShape(x.shape, t.shape)) return "other";
	if (meaning === "vectors" || meaning === "logValues") return meaning === "vectors" ? "vectors" : "values";
	const numbers = numbersOf(t);
	const shares = numbers.every((y) => y >= 0 && y <= 1);
	if (meaning !== "values" && shares && t.rank > 1 && (t.shape.at(-1) as number) > 1 && addUp(t))
		return "distributions";
	if (numbers.every((y) => y === 1 || y === -1) && numbers.includes(-1)) return "signs";
	const certain = numbers.every((y) => y === 0 || y === 1);
	const told = meaning === "logits" || meaning === "probabilities" || meaning === "logProbabilities";
	return shares && (told || (meaning === undefined && certain)) ? "binary" : "values";
}

function meaningOf(x: Tensor, labels: Labels): Meaning {
	const numbers = numbersOf(x);
	const shares = numbers.every((p) => p >= 0 && p <= 1);
	switch (labels) {
		case "binary":
			return shares ? "probabilities" : "logits";
		case "classes":
		case "distributions":
			if (shares && addUp(x)) return "probabilities";
			return numbers.every((l) => l <= 0) && addUp(exp(x)) ? "logProbabilities" : "logits";
		case "vectors":
		case "other":
			return labels;
		default:
			return "values";
	}
}

const addUp = (x: Tensor): boolean => numbersOf(sum(x, { axis: -1 })).every((total) => Math.abs(total - 1) < 1e-5);

/** The elements as plain numbers. */
export function numbersOf(x: Tensor): number[] {
	return Array.from(x.data);
}

/** The loss as a plain number; several are added. */
export function valueAt({ loss }: Subject, { x, t }: Batch): number {
	const z = loss(x, t);
	return typeof z === "number" ? z : numberOf(z);
}

const numberOf = (z: Node): number => (z instanceof Tensor ? sum(z).item() : z.value);

/** The loss and its gradient at a batch. */
export function slopeAt({ loss }: Subject, { x, t }: Batch): Slope {
	const variable = tensor(x, { requiresGrad: true, name: "predictions" });
	const result = loss(variable, t);
	const one = result instanceof Tensor && result.size !== 1 ? sum(result) : result;
	const isNode = one instanceof Tensor || one instanceof Scalar;
	const reached = isNode && one.requiresGrad;
	const gradient = reached ? gradients(one, [variable], { unused: "undefined" })[0] : undefined;
	return { value: isNode ? numberOf(one) : Number(one), gradient: gradient?.detach(), result };
}

/** The gradient with respect to free predictions: from the side of logits. */
export function freeSlope(subject: Subject, { x: z, t }: Batch): Tensor | undefined {
	const through: Subject = { ...subject, loss: (free, targets) => subject.loss(subject.scale.made(free), targets) };
	return slopeAt(through, { x: z, t }).gradient;
}

/** The result of `ask`, or `undefined` where the loss refuses the data: refusing is no defect. */
export function attempt<Result>(ask: () => Result): Result | undefined {
	try {
		return ask();
	} catch {
		return undefined;
	}
}

/** The samples at `places`, in their order. */
export function samplesOf({ batched }: Subject, { x, t }: Batch, places: readonly number[]): Batch {
	if (!batched) return { x, t };
	const index = tensor([...places], { dtype: "int32" });
	return { x: indexSelect(x, index, { axis: 0 }), t: indexSelect(t, index, { axis: 0 }) };
}

/** A batch of `count` samples, the given ones over and over. */
export function cycled(subject: Subject, count: number): Batch {
	return samplesOf(
		subject,
		subject.given,
		Array.from({ length: count }, (_, place) => place % subject.samples),
	);
}

/** The same targets with predictions moved at random by about `width` in the free scale. */
export function moved({ scale, generator, meaning }: Subject, { x, t }: Batch, width: number): Batch {
	const noise = mul(width, randn(x.shape, { generator }));
	// Free numbers near the border are moved away from it.
	const free = meaning === "probabilities" ? clip(scale.free(x), -6, 6) : scale.free(x);
	return { x: scale.made(add(free, noise)), t };
}

/** Both batches, one after the other. */
export function joined(one: Batch, other: Batch): Batch {
	return { x: concat([one.x, other.x]), t: concat([one.t, other.t]) };
}

/** A batch in another dtype; indices stay what they are. */
export function inDType({ x, t }: Batch, dtype: DType): Batch {
	return { x: cast(x, dtype), t: t.dtype === "float64" || t.dtype === "float32" ? cast(t, dtype) : t };
}

/** Targets as numbers in the scale of the means: one-hot rows for indices. */
export function targetNumbers({ labels }: Subject, { x, t }: Batch): Tensor {
	return cast(labels === "classes" ? oneHot(t, x.shape.at(-1) as number) : t, "float64");
}

/** Targets of the form of `t`, one number or class per sample. */
export function targetsLike({ labels, given }: Subject, numbers: readonly number[]): Tensor {
	const { t } = given;
	const rest = labels === "distributions" ? t.shape.slice(1, -1) : t.shape.slice(1);
	const repeats = rest.reduce((size, count) => size * count, 1);
	const all = numbers.flatMap((number) => Array.from({ length: repeats }, () => number));
	const shape = [numbers.length, ...rest];
	if (labels === "classes") return tensor(all, { shape, dtype: "int32" });
	if (labels !== "distributions") return tensor(all, { shape });
	return reshape(oneHot(tensor(all, { dtype: "int32" }), t.shape.at(-1) as number), [
		...shape,
		t.shape.at(-1) as number,
	]);
}

/** Free predictions of the form of `x` for `count` samples: one number each, or one row of classes for all. */
export function freeLike({ given, rows }: Subject, count: number, numbers: readonly number[]): Tensor {
	const shape = [count, ...given.x.shape.slice(1)];
	const size = shape.reduce((total, length) => total * length, 1);
	const each = rows ? numbers.length : size / numbers.length;
	const data = Array.from({ length: size }, (_, place) =>
		rows ? (numbers[place % each] as number) : (numbers[Math.floor(place / each)] as number),
	);
	return tensor(data, { shape });
}

/** Free predictions that are wrong for every target, by about `size`. */
export function wrongBy(subject: Subject, batch: Batch, size: number): Tensor {
	const y = targetNumbers(subject, batch);
	const { labels } = subject;
	return tensor(
		numbersOf(y).map((one) =>
			labels === "signs" ? -size * one : labels === "binary" ? (one < 0.5 ? size : -size) : -size * one,
		),
		{ shape: y.shape },
	);
}

/** 1, -1, 1, ... of the shape of `x`: predictions to both sides, whatever the targets are. */
export function alternatingLike(x: Tensor): Tensor {
	return tensor(
		numbersOf(x).map((_, place) => (place % 2 === 0 ? 1 : -1)),
		{ shape: x.shape },
	);
}

/** A number as a person would write it. */
export function numberText(x: number, digits = 6): string {
	return Number.isInteger(x) || !Number.isFinite(x) ? String(x) : String(Number(x.toPrecision(digits)));
}

/** A batch on one line. */
export function batchText({ x, t }: Batch): string {
	return `predictions ${numbersText(x)}, targets ${numbersText(t)}`;
}

function numbersText(x: Tensor): string {
	const rounded = tensor(
		numbersOf(x).map((number) => Number(number.toPrecision(4))),
		{ shape: x.shape },
	);
	return `${String(rounded)} ${shapeText(x.shape)}`;
}
