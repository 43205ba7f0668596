/**
 * Precision: does float32 give what float64 gives, for the same numbers?
 *
 * A formula that loses digits loses them in float32 first, where they can be
 * counted: log(1 - sigmoid(x)) has none left at x = 17, and in float64 at 37.
 */
import { add, cast, mul, type Tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import {
	alternatingLike,
	attempt,
	type Batch,
	batchText,
	inDType,
	numberText,
	type Subject,
	samplesOf,
	slopeAt,
	wrongBy,
} from "./subject.js";

const accuracy = 1e-3;
const noise = 1e-5;

/** Predictions from moderate to large. */
function ladder(subject: Subject): readonly Batch[] {
	const { given, labels, meaning, scale } = subject;
	const { t } = given;
	const alternating = alternatingLike(given.x);
	const sided = labels === "binary" || labels === "signs" || subject.rows ? wrongBy(subject, given, 1) : alternating;
	switch (meaning) {
		case "logits":
			return [3, 6, 10, 13, 16, 20, 30, 50, 80].flatMap((size) => [
				{ x: mul(size, sided) as Tensor, t },
				{ x: mul(-size, sided) as Tensor, t },
			]);
		case "probabilities":
		case "logProbabilities":
			return [3, 6, 10].flatMap((size) => [
				{ x: scale.made(mul(size, sided) as Tensor), t },
				{ x: scale.made(mul(-size, sided) as Tensor), t },
			]);
		case "logValues":
			return [given, { x: add(given.x, 5), t }];
		case "values": {
			const steps = [0.01, 1, 30].map((size) => ({ x: add(given.x, mul(size, alternating)) as Tensor, t }));
			const far = labels === "values" ? [{ x: add(given.x, 1000), t: add(cast(t, "float64"), 1000) }] : [];
			return [...steps, ...far];
		}
		default:
			return [given];
	}
}

/** The largest number among differences, relative to the largest of the truth and to what is usual. */
function apart(rough: readonly number[], exact: readonly number[], usual: number): boolean {
	const size = Math.max(...exact.map(Math.abs));
	return rough.some((x, place) => !(Math.abs(x - (exact[place] as number)) <= accuracy * size + noise * usual));
}

export const precision: Check = {
	name: "precision",
	run(subject): Verdict {
		const usual = Math.abs(slopeAt(subject, subject.given).value);
		for (const batch of ladder(subject)) {
			const slopes = attempt(() => {
				const single = inDType(batch, "float32");
				// The same numbers in both: what is lost by writing them as float32 is nobody's fault.
				return { rough: slopeAt(subject, single), exact: slopeAt(subject, inDType(single, "float64")) };
			});
			if (slopes === undefined) continue;
			const { rough, exact } = slopes;
			if (!Number.isFinite(exact.value) || Math.abs(exact.value) > 1e30) continue;
			if (!apart([rough.value], [exact.value], usual)) continue;
			const shown = worstAlone(subject, batch) ?? batch;
			const single = inDType(shown, "float32");
			const [found, truth] = [slopeAt(subject, single).value, slopeAt(subject, inDType(single, "float64")).value];
			return {
				says: `float32 gives ${numberText(found)} where float64 gives ${numberText(truth)}`,
				findings: [
					{
						says: "digits cancel: float32 and float64 disagree",
						predictions: shown.x,
						targets: shown.t,
						input: `${batchText(shown)}, float32`,
						expected: `${numberText(truth)}, as in float64`,
						actual: numberText(found),
						fix: "use the form that does not subtract nearly equal numbers: softplus for ln(1 + eˣ), logSigmoid, log1p, expm1, the square of the difference",
					},
				],
			};
		}
		return { says: "float32 agrees with float64" };
	},
};

/** The first sample that shows it alone. */
function worstAlone(subject: Subject, batch: Batch): Batch | undefined {
	for (let sample = 0; sample < subject.samples; sample++) {
		const one = samplesOf(subject, batch, [sample]);
		const single = inDType(one, "float32");
		const values = attempt(() => [slopeAt(subject, single).value, slopeAt(subject, inDType(single, "float64")).value]);
		if (values !== undefined && apart([values[0] as number], [values[1] as number], 0)) return one;
	}
	return undefined;
}
