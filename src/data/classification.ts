/**
 * How often a classifier is right, and where it is wrong.
 *
 * Everything is read off one table, the confusion matrix: how often a sample of
 * one class was taken for another. What a prediction is, is never guessed:
 * one axis more than the targets are scores of classes, logits or probabilities,
 * of which the largest counts; the same shape are labels, or with a `threshold`
 * scores of the class 1.
 */
import { failure } from "../core/errors.js";
import { checkWord } from "../core/options.js";
import { sameShape, shapeText } from "../core/shape.js";
import { argMax, Tensor, type TensorData, tensor } from "../index.js";

/** How predictions become labels. */
export interface LabelOptions {
	/** For scores of the shape of the targets: above it is class 1, else class 0. ½ suits probabilities, 0 logits. */
	readonly threshold?: number | undefined;
}

/** Which classes a number speaks of. */
export interface AverageOptions extends LabelOptions {
	/**
	 * `binary`: of the class `positive` alone; `macro`: the mean over the classes
	 * that occur; `weighted`: that mean, weighted by how often they occur;
	 * `micro`: of all decisions together. With two classes `binary` when left
	 * out; with more it must be said.
	 */
	readonly average?: "binary" | "macro" | "weighted" | "micro" | undefined;
	/** The class that `binary` speaks of; 1 when left out. */
	readonly positive?: number | undefined;
}

/** How often samples of each class were taken for each. */
export interface ConfusionMatrix {
	/** The classes, in the order of rows and columns. */
	readonly labels: readonly number[];
	/** `counts[i][j]`: samples of class i that were taken for class j. */
	readonly counts: readonly (readonly number[])[];
	/** A table to read, with a row for each class and a column for each prediction. */
	toString(): string;
}

/** What {@link classificationReport} says of one class. */
export interface ClassScores {
	readonly label: number;
	/** Share of right ones among those taken for this class; 0 where there are none. */
	readonly precision: number;
	/** Share of right ones among those of this class; 0 where there are none. */
	readonly recall: number;
	/** Harmonic mean of the two; 0 where both are. */
	readonly f1: number;
	/** Number of samples of this class. */
	readonly support: number;
}

interface Decisions {
	readonly labels: readonly number[];
	readonly predicted: ArrayLike<number>;
	readonly actual: ArrayLike<number>;
}

/**
 * Share of samples whose class was found, from 0 to 1. `predictions` are scores
 * of classes `[n, classes]`, or labels `[n]`, or with `threshold` scores of
 * class 1 `[n]`; `targets` are labels `[n]`. More axes may stand in place of n.
 *
 * @throws where the shapes fit neither, labels are not whole numbers, or there are no samples.
 *
 * @example
 * ```ts
 * import { accuracy } from "chainrule/data";
 * console.log(accuracy([[2, 1], [0, 3], [1, 0]], [0, 1, 1]).toFixed(4)); // 0.6667
 * console.log(accuracy([0.9, 0.2], [1, 0], { threshold: 0.5 })); // 1
 * ```
 */
export function accuracy(predictions: TensorData, targets: TensorData, options: LabelOptions = {}): number {
	const { predicted, actual } = decisions("accuracy", predictions, targets, options);
	let right = 0;
	for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) right++;
	return right / actual.length;
}

/**
 * The confusion matrix; its arguments are those of {@link accuracy}. Its classes
 * are all that have scores, or else all that occur.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "chainrule/data";
 * console.log(String(confusionMatrix([0, 2, 2, 1, 0], [0, 2, 1, 1, 0])));
 * //            predicted
 * //            0  1  2
 * // actual  0  2  0  0
 * //         1  0  1  1
 * //         2  0  0  1
 * ```
 */
export function confusionMatrix(
	predictions: TensorData,
	targets: TensorData,
	options: LabelOptions = {},
): ConfusionMatrix {
	return matrixOf(decisions("confusionMatrix", predictions, targets, options));
}

/**
 * Precision: of those taken for a class, the share that belongs to it. Its
 * arguments are those of {@link accuracy}. 0 where nothing was taken for it.
 */
export function precision(predictions: TensorData, targets: TensorData, options: AverageOptions = {}): number {
	return averaged("precision", predictions, targets, options, ({ right, taken }) => ratio(right, taken));
}

/**
 * Recall: of those that belong to a class, the share that was found. Its
 * arguments are those of {@link accuracy}. 0 where none belong to it.
 */
export function recall(predictions: TensorData, targets: TensorData, options: AverageOptions = {}): number {
	return averaged("recall", predictions, targets, options, ({ right, support }) => ratio(right, support));
}

/**
 * F1: the harmonic mean of precision and recall, 2 · right / (taken + support).
 * Its arguments are those of {@link accuracy}.
 */
export function f1(predictions: TensorData, targets: TensorData, options: AverageOptions = {}): number {
	return averaged("f1", predictions, targets, options, harmonic);
}

/**
 * Precision, recall, F1 and support of every class; its arguments are those of
 * {@link accuracy}.
 *
 * @example
 * ```ts
 * import { classificationReport } from "chainrule/data";
 * const [, ones] = classificationReport([1, 1, 0, 1], [1, 0, 0, 1]);
 * console.log(ones?.precision.toFixed(3), ones?.recall, ones?.f1.toFixed(3), ones?.support); // 0.667 1 0.800 2
 * ```
 */
export function classificationReport(
	predictions: TensorData,
	targets: TensorData,
	options: LabelOptions = {},
): ClassScores[] {
	const matrix = matrixOf(decisions("classificationReport", predictions, targets, options));
	return talliesOf(matrix).map((tally) => ({
		label: tally.label,
		precision: ratio(tally.right, tally.taken),
		recall: ratio(tally.right, tally.support),
		f1: harmonic(tally),
		support: tally.support,
	}));
}

function decisions(name: string, predictions: TensorData, targets: TensorData, { threshold }: LabelOptions): Decisions {
	const scores = predictions instanceof Tensor ? predictions : tensor(predictions);
	const goal = targets instanceof Tensor ? targets : tensor(targets);
	if (goal.size === 0) {
		throw failure({ what: `${name}: no samples`, expected: "at least one", actual: shapeText(goal.shape) });
	}
	const actual = labelsIn(name, "targets", goal, "give class indices, not one-hot rows or probabilities");
	if (sameShape(scores.shape, goal.shape)) {
		const fix =
			goal.rank < 2
				? "say threshold: 0.5 for probabilities of class 1, or 0 for logits"
				: "give the targets as class indices, or say the threshold if each number is a decision of its own";
		const predicted =
			threshold === undefined
				? labelsIn(name, "predictions", scores, fix)
				: scores.data.map((score: number) => Number(score > threshold));
		return { labels: [...new Set([...predicted, ...actual])].sort((i, j) => i - j), predicted, actual };
	}
	const classes = scores.shape.at(-1) as number;
	if (!sameShape(scores.shape.slice(0, -1), goal.shape) || scores.rank === 0 || classes < 2) {
		throw failure({
			what: `${name}: predictions do not fit the targets`,
			expected: `labels ${shapeText(goal.shape)}, or scores ${shapeText(goal.shape).replace("]", ", classes]")} of two classes or more`,
			actual: `predictions ${shapeText(scores.shape)}, targets ${shapeText(goal.shape)}`,
			...(classes === 1 && { fix: "take away the last axis with squeeze(), and say the threshold" }),
		});
	}
	const beyond = actual.find((label) => label < 0 || label >= classes);
	if (beyond !== undefined) {
		throw failure({
			what: `${name}: a class without a score`,
			expected: `targets from 0 to ${classes - 1}`,
			actual: String(beyond),
		});
	}
	const labels = Array.from({ length: classes }, (_, label) => label);
	return { labels, predicted: argMax(scores, { axis: -1 }).data, actual };
}

function labelsIn(name: string, which: string, x: Tensor, fix: string): readonly number[] {
	const labels = [...x.data];
	const odd = labels.find((label) => !Number.isInteger(label));
	if (odd === undefined) return labels;
	throw failure({
		what: `${name}: ${which} that are no labels`,
		expected: "whole numbers, the names of classes",
		actual: String(odd),
		fix,
	});
}

function matrixOf({ labels, predicted, actual }: Decisions): ConfusionMatrix {
	const places = new Map(labels.map((label, place) => [label, place]));
	const counts = labels.map(() => labels.map(() => 0));
	for (let i = 0; i < actual.length; i++) {
		const row = counts[places.get(actual[i] as number) as number] as number[];
		const column = places.get(predicted[i] as number) as number;
		row[column] = (row[column] as number) + 1;
	}
	return { labels, counts, toString: () => tableText(labels, counts) };
}

function tableText(labels: readonly number[], counts: readonly (readonly number[])[]): string {
	const wide = Math.max(...[...labels, ...counts.flat()].map((cell) => String(cell).length));
	const row = (cells: readonly (number | string)[]): string =>
		cells.map((cell) => String(cell).padStart(wide)).join("  ");
	const margin = " ".repeat("actual  ".length);
	const lead = margin + " ".repeat(wide + 2);
	const body = counts.map((cells, i) => `${i === 0 ? "actual  " : margin}${row([labels[i] as number, ...cells])}`);
	return [`${lead}predicted`, `${lead}${row(labels)}`, ...body].join("\n");
}

/** What is known of one class: how many are in it, were taken for it, and both. */
interface Tally {
	readonly label: number;
	readonly right: number;
	readonly taken: number;
	readonly support: number;
}

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const harmonic = ({ right, taken, support }: Tally): number => ratio(2 * right, taken + support);

function talliesOf({ labels, counts }: ConfusionMatrix): Tally[] {
	return labels.map((label, k) => ({
		label,
		right: counts[k]?.[k] as number,
		taken: sum(counts.map((row) => row[k] as number)),
		support: sum(counts[k] as readonly number[]),
	}));
}

function averaged(
	name: string,
	predictions: TensorData,
	targets: TensorData,
	{ average, positive = 1, threshold }: AverageOptions,
	score: (tally: Tally) => number,
): number {
	if (average !== undefined) checkWord(name, "average", average, ["binary", "macro", "weighted", "micro"]);
	const tallies = talliesOf(matrixOf(decisions(name, predictions, targets, { threshold })));
	const occurring = tallies.filter(({ taken, support }) => taken + support > 0);
	if (average === undefined && tallies.length > 2) {
		throw failure({
			what: `${name}: more than two classes`,
			expected: 'average: "macro", "weighted" or "micro", or "binary" for one class against the rest',
			actual: `${tallies.length} classes, and nothing said`,
		});
	}
	switch (average) {
		case "macro":
			return sum(occurring.map(score)) / occurring.length;
		case "weighted":
			return sum(occurring.map((tally) => tally.support * score(tally))) / sum(occurring.map(({ support }) => support));
		case "micro":
			return score({
				label: Number.NaN,
				right: sum(occurring.map(({ right }) => right)),
				taken: sum(occurring.map(({ taken }) => taken)),
				support: sum(occurring.map(({ support }) => support)),
			});
		default:
			return score(
				tallies.find(({ label }) => label === positive) ?? { label: positive, right: 0, taken: 0, support: 0 },
			);
	}
}
