/**
 * Gradients: does one reach the predictions, and is it that of the values?
 */
import { checkGradients, type Tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import { type Batch, batchText, moved, numberText, type Subject, slopeAt, wrongBy } from "./subject.js";

/** A kink may lie near one point, and near another; a wrong rule is wrong everywhere. */
const tries = 3;

function stuck(subject: Subject): Batch | undefined {
	const { labels, scale, given } = subject;
	const compared = labels === "binary" || labels === "signs" || subject.rows;
	const batch = compared ? { ...given, x: scale.made(wrongBy(subject, given, 1)) } : moved(subject, given, 0.1);
	const { gradient } = slopeAt(subject, batch);
	return gradient === undefined || gradient.data.every((slope) => slope === 0) ? batch : undefined;
}

export const gradient: Check = {
	name: "gradient",
	run(subject): Verdict {
		const still = stuck(subject);
		if (still !== undefined) {
			const none = slopeAt(subject, still).gradient === undefined;
			return {
				says: none ? "none reaches the predictions" : "0 though predictions are wrong",
				findings: [
					{
						says: none ? "no gradient reaches the predictions" : "the gradient is 0 though predictions are wrong",
						predictions: still.x,
						targets: still.t,
						input: batchText(still),
						expected: "a gradient that says where to go",
						actual: none ? "a loss that was computed from constants" : "0 for every prediction",
						fix: none
							? "compute with operations on the predictions, not with their numbers (.data, .item(), .value, detach)"
							: "comparisons, rounding, argMax and counting are constant between jumps: train a smooth loss, and report this as a metric",
					},
				],
			};
		}
		let failed: { readonly batch: Batch; readonly reverse: number; readonly differences: number } | undefined;
		for (let attempts = 0; attempts < tries; attempts++) {
			const batch = moved(subject, subject.given, 0.05);
			// In free numbers: a step of the differences must not leave the probabilities.
			const { directions } = checkGradients(
				(z: Tensor) => subject.loss(subject.scale.made(z), batch.t),
				[subject.scale.free(batch.x)],
				{ generator: subject.generator },
			);
			const wrong = directions.find(({ agrees }) => !agrees);
			if (wrong === undefined) return { says: "agrees with finite differences" };
			failed = { batch, reverse: wrong.reverse, differences: wrong.differences };
		}
		const { batch, reverse, differences } = failed as NonNullable<typeof failed>;
		return {
			says: "differs from finite differences",
			findings: [
				{
					says: "the gradient is not that of the values",
					predictions: batch.x,
					targets: batch.t,
					input: batchText(batch),
					expected: `${numberText(differences)} in a random direction, by finite differences`,
					actual: numberText(reverse),
					fix: "look for a customGradient that is wrong, or for detach and stopGradient on the way",
				},
			],
		};
	},
};
