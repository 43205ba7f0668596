/**
 * The batch: a loss is a single number, the same at every call and in every
 * order of the samples.
 */
import { shapeText } from "../../core/shape.js";
import { Tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import { attempt, batchText, numberText, samplesOf, slopeAt, valueAt } from "./subject.js";

export const single: Check = {
	name: "single number",
	run(subject): Verdict {
		const { given } = subject;
		const { result } = slopeAt(subject, given);
		if (!(result instanceof Tensor) || result.size === 1) return { says: "yes" };
		return {
			says: `no: ${shapeText(result.shape)}`,
			findings: [
				{
					says: "is not a single number",
					predictions: given.x,
					targets: given.t,
					input: batchText(given),
					expected: "one number for the batch",
					actual: `shape ${shapeText(result.shape)}`,
					fix: "end with mean() or sum(), and say in its name which; the other checks have looked at the sum",
				},
			],
		};
	},
};

export const repeatable: Check = {
	name: "repeatable",
	run(subject): Verdict {
		const { given } = subject;
		const [first, second] = [valueAt(subject, given), valueAt(subject, given)];
		if (Object.is(first, second)) return { says: "the same at every call" };
		return {
			says: "another number at every call",
			findings: [
				{
					says: "gives another number at every call",
					predictions: given.x,
					targets: given.t,
					input: `${batchText(given)}, twice`,
					expected: `${numberText(first)}, again`,
					actual: numberText(second),
					fix: "keep chance out of the loss (dropout and noise belong to the model), or seed a generator inside",
				},
			],
		};
	},
};

export const order: Check = {
	name: "order of samples",
	run(subject): Verdict {
		const { given, samples, batched } = subject;
		if (!batched || samples < 2) return { says: "not looked at: one sample" };
		const turned = samplesOf(
			subject,
			given,
			Array.from({ length: samples }, (_, place) => samples - 1 - place),
		);
		const values = attempt(() => [valueAt(subject, given), valueAt(subject, turned)]);
		if (values === undefined) return { says: "not looked at: refuses the samples in another order" };
		const [straight, backwards] = values as [number, number];
		if (Math.abs(straight - backwards) <= 1e-9 * Math.max(1, Math.abs(straight))) return { says: "does not matter" };
		return {
			says: "matters",
			findings: [
				{
					says: "depends on the order of the samples",
					predictions: turned.x,
					targets: turned.t,
					input: batchText(turned),
					expected: `${numberText(straight)}, as with the samples the other way round`,
					actual: numberText(backwards),
					fix: "treat every sample alike; if the first axis is time, put the samples on it for this check",
				},
			],
		};
	},
};
