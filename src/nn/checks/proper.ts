/**
 * Properness: where is the loss smallest, if targets are drawn by chance?
 *
 * Targets with known frequencies are put against one prediction for all of them,
 * and the loss is minimised over that prediction. For probabilities and logits
 * the result should be those frequencies; for values it is the mean, the median
 * or something else, which is worth knowing.
 *
 * T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and
 * estimation", 2007.
 */
import { broadcastTo, identity, sigmoid, softmax, type Tensor, tensor } from "../../index.js";
import type { Check, Known, Verdict } from "./check.js";
import {
	attempt,
	batchText,
	freeLike,
	numbersOf,
	numberText,
	type Subject,
	slopeAt,
	targetsLike,
	valueAt,
} from "./subject.js";

const trusted = 0.02;
/** Unequal counts with median 2, mean 3, and nothing in between. */
const amounts = [0, 0, 0, 1, 1, 2, 2, 3, 5, 9, 10];

/** Where a function of one number is smallest: on a grid first, then by golden section. */
function smallestOf(f: (z: number) => number, low: number, high: number): number {
	const step = (high - low) / 64;
	let best = low;
	let least = Number.POSITIVE_INFINITY;
	for (let z = low; z <= high + step / 2; z += step) {
		const value = f(z);
		if (value < least) [best, least] = [z, value];
	}
	let [left, right] = [Math.max(low, best - step), Math.min(high, best + step)];
	const golden = (Math.sqrt(5) - 1) / 2;
	for (let round = 0; round < 40; round++) {
		const [one, other] = [right - golden * (right - left), left + golden * (right - left)];
		if (f(one) <= f(other)) right = other;
		else left = one;
	}
	return (left + right) / 2;
}

/** Targets in the given numbers, and the loss as a function of one free prediction for all. */
function against(
	subject: Subject,
	labels: readonly number[],
): { readonly t: Tensor; readonly f: (z: readonly number[]) => number } {
	const t = targetsLike(subject, labels);
	const f = (z: readonly number[]): number =>
		valueAt(subject, { x: subject.scale.made(freeLike(subject, labels.length, z)), t });
	return { t, f };
}

const drawn = (counts: readonly number[]): number[] =>
	counts.flatMap((count, label) => Array.from({ length: count }, () => label));

function ofBinary(subject: Subject, known: Known): Verdict {
	const readings = subject.meaning === "logits" ? [sigmoid, identity] : [subject.scale.made];
	for (const ones of [6, 2, 10, 14, 18]) {
		const { t, f } = against(subject, drawn([20 - ones, ones]));
		const z = smallestOf((free) => f([free]), -8, 8);
		const found = readings.map((reading) => numbersOf(reading(tensor([z])) as Tensor)[0] as number);
		if (found.some((p) => Math.abs(p - ones / 20) < trusted)) continue;
		const x = subject.scale.made(freeLike(subject, 20, [z]));
		return improper(known, x, t, numberText(ones / 20), numberText(Number((found[0] as number).toFixed(3))));
	}
	return { says: "smallest at the true probability", facts: { proper: true, minimiser: "the true probability" } };
}

/** Down the gradient by steps that adapt, from `start`: free predictions of one row, and the loss there. */
function descend(
	subject: Subject,
	t: Tensor,
	start: readonly number[],
): { readonly z: readonly number[]; readonly value: number } {
	const shape = [t.shape[0] as number, ...subject.given.x.shape.slice(1)];
	const ofRow: Subject = {
		...subject,
		loss: (row, targets) => subject.loss(subject.scale.made(broadcastTo(row, shape)), targets),
	};
	const at = (z: readonly number[]): { readonly value: number; readonly slope: readonly number[] } => {
		const { value, gradient } = slopeAt(ofRow, { x: tensor([...z]), t });
		return { value, slope: gradient === undefined ? z.map(() => 0) : numbersOf(gradient) };
	};
	let z = start;
	let here = at(z);
	for (let round = 0, step = 1; round < 400 && step > 1e-9; round++) {
		const next = z.map((one, k) => one - step * (here.slope[k] as number));
		const there = at(next);
		if (there.value < here.value) {
			[z, here] = [next, there];
			step *= 1.5;
		} else step /= 4;
	}
	return { z, value: here.value };
}

function ofClasses(subject: Subject, known: Known): Verdict {
	const classes = subject.given.x.shape.at(-1) as number;
	// Frequencies as 1 : 2 : 3 : ..., in about 20 samples.
	const whole = (classes * (classes + 1)) / 2;
	const counts = Array.from({ length: classes }, (_, k) => Math.max(1, Math.round((20 * (k + 1)) / whole)));
	const labels = drawn(counts);
	const truth = counts.map((count) => count / labels.length);
	const t = targetsLike(subject, labels);
	// Where there are corners a descent may get stuck: the truth has to be left for something better.
	const found = [truth.map(() => 0), truth.map(Math.log)].map((start) => descend(subject, t, start));
	const { z } = found.reduce((best, other) => (other.value < best.value ? other : best));
	const readings = subject.meaning === "logits" ? [softmax, sigmoid, identity] : [subject.scale.made];
	const free = tensor(z);
	const means = readings.map((reading) => {
		const made = reading(free) as Tensor;
		return numbersOf(subject.meaning === "logits" ? made : subject.scale.mean(made));
	});
	if (means.some((found) => found.every((p, k) => Math.abs(p - (truth[k] as number)) < trusted)))
		return { says: "smallest at the true probabilities", facts: { proper: true, minimiser: "the true probabilities" } };
	const text = (numbers: readonly number[]): string => numbers.map((p) => numberText(Number(p.toFixed(3)))).join(", ");
	const x = subject.scale.made(freeLike(subject, labels.length, z));
	return improper(known, x, t, text(truth), text(means[0] as number[]));
}

/** A loss that does not train probabilities: a fact where it is known for that, a finding elsewhere. */
function improper(known: Known, x: Tensor, t: Tensor, truth: string, found: string): Verdict {
	const expected = known.proper ?? !known.facts.multipleOf.some(({ standard }) => standard.proper === false);
	const verdict: Verdict = {
		says: `not proper: lower at ${found} than at ${truth}`,
		facts: { proper: false, minimiser: `lower at ${found} than at ${truth}` },
	};
	if (!expected) return verdict;
	return {
		...verdict,
		findings: [
			{
				says: "is not smallest at the true probability: it does not train probabilities",
				predictions: x,
				targets: t,
				input: `${t.shape[0]} samples, classes with frequencies ${truth}; ${batchText({ x: x.at([0, 1]), t: t.at([0, 1]) })} ...`,
				expected: `no prediction with a lower loss than ${truth}`,
				actual: `a lower loss at ${found}`,
				fix: 'use bceWithLogits or crossEntropy; pass proper: false if a ranking is all you want, or meaning: "values" if these are no probabilities',
			},
		],
	};
}

function ofSigns(subject: Subject): Verdict {
	const { f } = against(
		subject,
		Array.from({ length: 20 }, (_, place) => (place < 14 ? 1 : -1)),
	);
	const x = Number(smallestOf((z) => f([z]), -6, 6).toFixed(3));
	const words =
		Math.abs(x - 0.4) < trusted ? "the mean" : Math.abs(x - 1) < trusted ? "the sign of the majority" : numberText(x);
	return { says: `smallest at ${words}`, facts: { minimiser: words } };
}

function ofValues(subject: Subject): Verdict {
	const { f } = against(subject, amounts);
	const z = smallestOf((free) => f([free]), -4, 12);
	const x = numbersOf(subject.scale.mean(tensor([z])))[0] as number;
	const words =
		Math.abs(x - 3) < trusted
			? "the mean"
			: Math.abs(x - 2) < trusted
				? "the median"
				: x > 2 && x < 3
					? "between median and mean"
					: undefined;
	const found = words ?? `${numberText(Number(x.toFixed(3)))} for targets with median 2 and mean 3`;
	return { says: `smallest at ${found}`, facts: { minimiser: found } };
}

export const proper: Check = {
	name: "minimiser",
	run(subject, known): Verdict {
		const { labels, batched } = subject;
		const nothing: Verdict = { says: "not looked at" };
		if (!batched || labels === "other" || labels === "vectors") return nothing;
		const ask = { binary: ofBinary, classes: ofClasses, distributions: ofClasses, signs: ofSigns, values: ofValues }[
			labels
		];
		return attempt(() => ask(subject, known)) ?? { says: `not looked at: takes only batches of ${subject.samples}` };
	},
};
