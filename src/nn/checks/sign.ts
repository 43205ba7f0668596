/**
 * Sign: does a small step down the gradient move predictions towards their targets?
 */
import { mul, sub, type Tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import {
	type Batch,
	batchText,
	numbersOf,
	numberText,
	type Subject,
	samplesOf,
	slopeAt,
	targetNumbers,
	valueAt,
	wrongBy,
} from "./subject.js";

/** Predictions that are wrong in every reading: on the other side for classes, by much and by little; as given for values. */
function wrong(subject: Subject): readonly Batch[] {
	const { given, labels, scale } = subject;
	if (labels === "values") return [given];
	return [2, 0.5].map((size) => ({ ...given, x: scale.made(wrongBy(subject, given, size)) }));
}

/** How far a small step down the gradient goes towards the targets, sample by sample. */
function progress(subject: Subject, batch: Batch, gradient: Tensor): number[] {
	const { mean } = subject.scale;
	const steepest = Math.max(...numbersOf(gradient).map(Math.abs));
	const after = sub(batch.x, mul(gradient, steepest === 0 ? 0 : 1e-4 / steepest));
	const way = numbersOf(sub(mean(after), mean(batch.x)));
	const wanted = numbersOf(sub(targetNumbers(subject, batch), mean(batch.x)));
	const count = subject.rows ? way.length / (batch.x.shape.at(-1) as number) : way.length;
	const each = way.length / count;
	return Array.from({ length: count }, (_, sample) => {
		let total = 0;
		for (let place = sample * each; place < (sample + 1) * each; place++)
			total += (way[place] as number) * (wanted[place] as number);
		return total;
	});
}

export const sign: Check = {
	name: "sign",
	run(subject): Verdict {
		if (subject.labels === "other") return { says: "not looked at: targets are not comparable with predictions" };
		if (subject.labels === "vectors") return ofVectors(subject);
		for (const batch of wrong(subject)) {
			const { gradient } = slopeAt(subject, batch);
			if (gradient === undefined) return { says: "not looked at: no gradient" };
			const forward = progress(subject, batch, gradient);
			const away = forward.findIndex((step) => step < -1e-12);
			if (away >= 0) return turnedRound(subject, batch, gradient, forward, away);
		}
		return { says: "a step down the gradient moves predictions towards targets" };
	},
};

/** Vectors pull and push each other, so that single steps say little: meeting all partners must cost less than meeting their opposites. */
function ofVectors(subject: Subject): Verdict {
	const { t } = subject.given;
	const [met, opposite] = [
		{ x: t, t },
		{ x: mul(-1, t), t },
	] as const;
	const [together, apart] = [valueAt(subject, met), valueAt(subject, opposite)];
	if (together <= apart) return { says: "vectors that meet their partners cost less than their opposites" };
	return {
		says: "drives vectors away from their partners",
		findings: [
			{
				says: "costs more where vectors meet their partners than where they are opposite",
				predictions: met.x,
				targets: met.t,
				input: batchText(met),
				expected: `less than ${numberText(apart)}, the loss for opposite vectors`,
				actual: numberText(together),
				fix: "turn the sign round: a similarity is maximised, so a loss of it needs a minus",
			},
		],
	};
}

function turnedRound(
	subject: Subject,
	batch: Batch,
	gradient: Tensor,
	forward: readonly number[],
	away: number,
): Verdict {
	const sample = Math.floor((away * subject.samples) / forward.length);
	const shown = samplesOf(subject, batch, [sample]);
	const slope = numbersOf(samplesOf(subject, { x: gradient, t: batch.t }, [sample]).x).map((x) => numberText(x));
	const all = forward.every((step) => step <= 0);
	return {
		says: "moves predictions away from targets",
		findings: [
			{
				says: `a step down the gradient moves ${all ? "predictions" : "some predictions"} away from their targets`,
				predictions: shown.x,
				targets: shown.t,
				input: batchText(shown),
				expected: "a step along minus the gradient that comes nearer to the target",
				actual: `gradient ${slope.join(", ")}: the step goes the other way`,
				fix: all
					? "turn the sign round: a loss is minimised, so a likelihood needs a minus"
					: "look at the term for this target: its sign is turned round",
			},
		],
	};
}
