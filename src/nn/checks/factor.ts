/**
 * Factor: is the loss a constant multiple of a standard one, and of which?
 *
 * The entries of `standardLosses` are tried one after the other on random data
 * and on batches of two sizes; what keeps its ratio everywhere is a multiple.
 */
import { type StandardLoss, standardLosses } from "../losses/standard.js";
import type { Check, Known, Multiple, Verdict } from "./check.js";
import {
	type AnyLoss,
	attempt,
	type Batch,
	batchText,
	cycled,
	joined,
	moved,
	numberText,
	type Subject,
	valueAt,
} from "./subject.js";

const accuracy = 1e-9;
/** How far the batches of one size are moved: some stay near their targets, some go far. */
const widths: readonly number[] = [0.5, 1, 1, 2, 2, 4];

/** Batches of one size, then one of twice that size. */
function trials(subject: Subject): readonly Batch[] {
	const single = widths.map((width) => moved(subject, subject.given, width));
	if (!subject.batched) return single;
	const double = cycled(subject, 2 * subject.samples);
	return [...single, moved(subject, double, 2)];
}

/** The ratio of two losses, where it is the same on all batches. */
function ratioOf(values: readonly number[], others: readonly number[]): number | undefined {
	const ratios = values.flatMap((value, place) =>
		value === 0 && others[place] === 0 ? [] : [value / (others[place] as number)],
	);
	const [first] = ratios;
	if (first === undefined || first === 0 || !Number.isFinite(first) || ratios.length < 3) return undefined;
	return ratios.every((ratio) => Math.abs(ratio / first - 1) < accuracy) ? first : undefined;
}

function valuesOf(loss: AnyLoss, subject: Subject, batches: readonly Batch[]): readonly number[] | undefined {
	return attempt(() => batches.map((batch) => valueAt({ ...subject, loss }, batch)));
}

/** Every standard loss that this one is a multiple of, the plainest factor first. */
export function multiplesOf(subject: Subject): readonly Multiple[] {
	const batches = trials(subject);
	const values =
		valuesOf(subject.loss, subject, batches) ?? valuesOf(subject.loss, subject, batches.slice(0, widths.length));
	if (values === undefined) return [];
	const matched = batches.slice(0, values.length);
	// A vector of six values could pass for one vector of six features.
	const candidates = standardLosses.filter(
		({ predictions }) => predictions !== "vectors" || subject.meaning === "vectors",
	);
	const found = candidates.flatMap((standard) => [
		...multiple(standard, standard.loss, "itself", values, subject, matched),
		...multiple(standard, (x, t) => standard.loss(x, t, { reduction: "sum" }), "its sum", values, subject, matched),
	]);
	const kept = found.filter(
		({ name, of, factor }) =>
			of === "itself" ||
			!found.some((other) => other.of === "itself" && (other.name === name || other.factor === factor)),
	);
	// Half a square is half of mse rather than a huber loss that has no line yet.
	const plainness = ({ factor, standard: { targets, predictions, shapedBy } }: Multiple): number =>
		Math.abs(Math.log2(Math.abs(factor))) +
		(targets === subject.labels && predictions === subject.meaning ? 0 : 1e-3) +
		(shapedBy === undefined ? 0 : 1.5);
	return kept.sort((one, other) => plainness(one) - plainness(other));
}

function multiple(
	standard: StandardLoss,
	loss: AnyLoss,
	of: Multiple["of"],
	values: readonly number[],
	subject: Subject,
	batches: readonly Batch[],
): Multiple[] {
	const others = valuesOf(loss, subject, batches);
	const factor = others === undefined ? undefined : ratioOf(values, others);
	return factor === undefined ? [] : [{ name: standard.name, factor: Number(factor.toPrecision(10)), of, standard }];
}

/** `0.5 × sse`. */
function multipleText({ name, factor, of }: Multiple): string {
	return `${numberText(factor)} × ${of === "itself" ? name : `sum of ${name}`}`;
}

export const factor: Check = {
	name: "factor",
	run(subject, { facts, like }: Known): Verdict {
		const { multipleOf } = facts;
		const [plainest] = multipleOf;
		const shown = multipleOf
			.filter(({ standard }) => (standard.shapedBy === undefined) === (plainest?.standard.shapedBy === undefined))
			.slice(0, 2)
			.map(multipleText)
			.join(" = ");
		const says = shown === "" ? "not a multiple of a standard loss" : shown;
		if (like === undefined) return { says };
		const batches = trials(subject);
		const values = valuesOf(subject.loss, subject, batches) ?? [];
		const wanted = valuesOf(like as AnyLoss, subject, batches) ?? [];
		const place = values.findIndex(
			(value, index) => !(Math.abs(value - (wanted[index] as number)) <= accuracy * Math.abs(value)),
		);
		if (place < 0) return { says: `as expected${shown === "" ? "" : `: ${shown}`}` };
		const batch = batches[place] as Batch;
		const { instead, fix } = comparison(values, wanted);
		return {
			says,
			findings: [
				{
					says: instead,
					predictions: batch.x,
					targets: batch.t,
					input: batchText(batch),
					expected: numberText(wanted[place] as number),
					actual: numberText(values[place] as number),
					fix,
				},
			],
		};
	},
};

/** How a loss differs from another one: by a factor, by one that grows with the batch, or altogether. */
function comparison(
	values: readonly number[],
	wanted: readonly number[],
): { readonly instead: string; readonly fix: string } {
	const [ratio, ratioOfOneSize] = [
		ratioOf(values, wanted),
		ratioOf(values.slice(0, widths.length), wanted.slice(0, widths.length)),
	];
	if (ratio !== undefined) {
		return {
			instead: `is ${numberText(ratio)} times the loss it should be`,
			fix: `divide by ${numberText(ratio)}, or say in its name that it has this factor`,
		};
	}
	if (ratioOfOneSize === undefined || values[widths.length] === undefined) {
		return { instead: "is not the loss it should be", fix: "compare the two on this input, term by term" };
	}
	const ofTwice = (values[widths.length] as number) / (wanted[widths.length] as number);
	return {
		instead: `is ${numberText(ratioOfOneSize)} times the loss it should be, and ${numberText(ofTwice)} times for twice the batch`,
		fix: "divide by the number of samples, or of elements: one of the two is a mean and the other a sum",
	};
}

export const reduction: Check = {
	name: "reduction",
	run(subject): Verdict {
		if (!subject.batched) return { says: "not looked at: one sample" };
		const once = moved(subject, subject.given, 0.5);
		const values = attempt(() => [valueAt(subject, once), valueAt(subject, joined(once, once))]);
		if (values === undefined) return { says: `takes only batches of ${subject.samples}` };
		const [single, double] = values as [number, number];
		const ratio = double / single;
		const is = (wanted: number): boolean => Math.abs(ratio - wanted) < 1e-6;
		if (is(1)) return { says: "mean: the batch twice gives the same", facts: { reduction: "mean" } };
		if (is(2)) return { says: "sum: the batch twice gives twice as much", facts: { reduction: "sum" } };
		if (!is(0.5) && !is(4)) return { says: `neither mean nor sum: the batch twice gives × ${numberText(ratio)}` };
		return {
			says: `the batch twice gives × ${numberText(ratio)}`,
			findings: [
				{
					says: is(4) ? "grows with the square of the batch" : "is divided by the size of the batch twice",
					predictions: once.x,
					targets: once.t,
					input: `${batchText(once)}, and the same twice`,
					expected: `${numberText(single)} as a mean, or ${numberText(2 * single)} as a sum`,
					actual: numberText(double),
					fix: is(4)
						? "compare each prediction with its own target only: some step broadcasts, or adds where it averages"
						: "divide once: a mean of a mean over the same samples is too small",
				},
			],
		};
	},
};
