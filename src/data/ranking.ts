/**
 * How well scores put one class above the other, whatever the threshold.
 *
 * Equal scores are one step of the curve: no order among them is made up.
 */
import { failure } from "../core/errors.js";
import { sameShape, shapeText } from "../core/shape.js";
import { Tensor, type TensorData, tensor } from "../index.js";

/** The points of a receiver operating characteristic, from (0, 0) to (1, 1). */
export interface RocCurve {
	/** Share of the negatives at or above each threshold. */
	readonly falsePositiveRate: Float64Array;
	/** Share of the positives at or above each threshold. */
	readonly truePositiveRate: Float64Array;
	/** Falling; the first is infinite: nothing is above it. */
	readonly thresholds: Float64Array;
}

/** Positives and negatives at one score. */
interface Step {
	readonly score: number;
	positives: number;
	negatives: number;
}

/**
 * The receiver operating characteristic: what share of the positives and of the
 * negatives is taken for positive, for every threshold that makes a difference.
 * `scores` are logits or probabilities of the class 1, `targets`, of the same
 * shape, 1 for positives and 0 or -1 for negatives.
 *
 * @throws where the shapes differ, a score is NaN, or one of the classes does not occur.
 */
export function rocCurve(scores: TensorData, targets: TensorData): RocCurve {
	const steps = stepsOf("rocCurve", scores, targets);
	const positives = steps.reduce((total, step) => total + step.positives, 0);
	const negatives = steps.reduce((total, step) => total + step.negatives, 0);
	const curve: RocCurve = {
		falsePositiveRate: new Float64Array(steps.length + 1),
		truePositiveRate: new Float64Array(steps.length + 1),
		thresholds: new Float64Array(steps.length + 1).fill(Number.POSITIVE_INFINITY),
	};
	let above = { positives: 0, negatives: 0 };
	steps.forEach((step, index) => {
		above = { positives: above.positives + step.positives, negatives: above.negatives + step.negatives };
		curve.falsePositiveRate[index + 1] = above.negatives / negatives;
		curve.truePositiveRate[index + 1] = above.positives / positives;
		curve.thresholds[index + 1] = step.score;
	});
	return curve;
}

/**
 * Area under the {@link rocCurve}: the probability that a positive has a higher
 * score than a negative, a tie counting half. 1 is perfect, ½ is chance.
 *
 * Source: J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a
 * receiver operating characteristic curve", 1982.
 *
 * @throws as {@link rocCurve}.
 *
 * @example
 * ```ts
 * import { rocAuc } from "chainrule/data";
 * console.log(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // 0.75
 * ```
 */
export function rocAuc(scores: TensorData, targets: TensorData): number {
	let won = 0; // pairs of a positive and a negative, in halves
	let positives = 0;
	let negatives = 0;
	for (const step of stepsOf("rocAuc", scores, targets)) {
		won += step.negatives * (2 * positives + step.positives);
		positives += step.positives;
		negatives += step.negatives;
	}
	return won / (2 * positives * negatives);
}

/** The scores that occur, falling, each with its positives and negatives. */
function stepsOf(name: string, scores: TensorData, targets: TensorData): Step[] {
	const x = scores instanceof Tensor ? scores : tensor(scores);
	const y = targets instanceof Tensor ? targets : tensor(targets);
	if (!sameShape(x.shape, y.shape)) {
		throw failure({
			what: `${name}: one score for each target`,
			expected: `scores ${shapeText(y.shape)} of class 1`,
			actual: shapeText(x.shape),
		});
	}
	const steps = new Map<number, Step>();
	const labels = y.data;
	const found = { positives: 0, negatives: 0 };
	x.data.forEach((score: number, index: number) => {
		const label = labels[index] as number;
		if (Number.isNaN(score) || (label !== 1 && label !== 0 && label !== -1)) {
			throw failure({
				what: `${name}: not a score and a target`,
				expected: "a number, and 1 for a positive, 0 or -1 for a negative",
				actual: `score ${score}, target ${label} at [${index}]`,
			});
		}
		const step = steps.get(score) ?? { score, positives: 0, negatives: 0 };
		const side = label === 1 ? "positives" : "negatives";
		step[side]++;
		found[side]++;
		steps.set(score, step);
	});
	if (found.positives === 0 || found.negatives === 0) {
		throw failure({
			what: `${name}: one class alone cannot be told apart`,
			expected: "at least one positive and one negative",
			actual: `${found.positives} positives and ${found.negatives} negatives`,
		});
	}
	return [...steps.values()].sort((first, second) => second.score - first.score);
}
