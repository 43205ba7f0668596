/**
 * Layouts: targets in another form, that give no error and another number.
 *
 * Class indices where one-hot rows belong, and `[n]` against `[n, 1]`, are the
 * two that cost most time, because everything goes on with a number that looks
 * like a loss. A loss that refuses them, or understands them, is sound.
 */

import { shapeText } from "../../core/shape.js";
import { argMax, cast, expandDims, oneHot, reshape, type Tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import {
	attempt,
	type Batch,
	batchText,
	cycled,
	moved,
	numbersOf,
	numberText,
	type Subject,
	valueAt,
} from "./subject.js";

interface Variant extends Batch {
	readonly says: string;
	readonly fix: string;
	/** The same in the layout that belongs there. */
	readonly sound: Batch;
}

/** The first variant that gives a silent number other than the one it stands for. */
function silent(subject: Subject, variants: readonly Variant[]): Verdict["findings"] {
	for (const variant of variants) {
		const value = attempt(() => valueAt(subject, variant));
		const truth = attempt(() => valueAt(subject, variant.sound));
		if (value === undefined || truth === undefined) continue;
		if (Math.abs(value - truth) <= 1e-6 * Math.max(Math.abs(truth), 1e-3)) continue;
		return [
			{
				says: `takes ${variant.says} without a word`,
				predictions: variant.x,
				targets: variant.t,
				input: batchText(variant),
				expected: `${numberText(truth, 8)}, as for targets ${shapeText(variant.sound.t.shape)}; or an error`,
				actual: numberText(value, 8),
				fix: variant.fix,
			},
		];
	}
	return undefined;
}

/** As many samples as classes: there, indices and rows have shapes that broadcast. */
const square = (subject: Subject): Batch => cycled(subject, subject.given.x.shape.at(-1) as number);

function otherForms(subject: Subject): Variant[] {
	const { labels, given } = subject;
	const classes = given.x.shape.at(-1) as number;
	const fix = "compare the shapes first and throw, or use crossEntropy, which tells them apart by shape";
	return [given, square(subject)].flatMap((sound) => {
		const forms: { readonly t: Tensor; readonly says: string }[] =
			labels === "classes"
				? [
						{ t: cast(oneHot(sound.t, classes), "int32"), says: "one-hot rows in place of class indices" },
						{ t: cast(oneHot(sound.t, classes), "float64"), says: "one-hot rows in place of class indices" },
					]
				: [
						{ t: cast(argMax(sound.t, { axis: -1 }), "int32"), says: "class indices in place of one-hot rows" },
						{ t: cast(argMax(sound.t, { axis: -1 }), "float64"), says: "class indices in place of one-hot rows" },
					];
		return forms.map(({ t, says }) => ({ x: sound.x, t, says, fix, sound }));
	});
}

export const oneHotOrIndices: Check = {
	name: "one-hot or indices",
	run(subject): Verdict {
		const { labels, given, batched } = subject;
		const rows = labels === "classes" || labels === "distributions";
		const certain = labels === "classes" || numbersOf(given.t).every((share) => share === 0 || share === 1);
		if (!rows || !batched || !certain) return { says: "not looked at: no class targets" };
		const findings = silent(subject, otherForms(subject));
		if (findings !== undefined) return { says: "takes the other form for its own", findings };
		return { says: "the other form is refused, or understood" };
	},
};

/** The other layouts of one batch. */
function otherLayouts(subject: Subject, given: Batch): Variant[] {
	const { labels, targetsAsGiven, samples } = subject;
	const fix = "compare the shapes first and throw, or reshape both to one shape, as the losses of chainrule/nn do";
	const column = (x: Tensor): Tensor => expandDims(x, { axis: 1 });
	const flat = (x: Tensor): Tensor => reshape(x, [samples]);
	const says = (x: Tensor, t: Tensor): string => `predictions ${shapeText(x.shape)} with targets ${shapeText(t.shape)}`;
	const variant = (x: Tensor, t: Tensor, sound: Batch): Variant => ({ x, t, says: says(x, t), fix, sound });
	const variants: Variant[] = [];
	if (targetsAsGiven.size === given.t.size && targetsAsGiven.rank !== given.t.rank)
		variants.push(variant(given.x, targetsAsGiven, given));
	if (given.t.rank === 1) variants.push(variant(given.x, column(given.t), given));
	if (labels === "classes") return variants;
	if (given.t.rank === 1) variants.push(variant(column(given.x), given.t, given));
	if (given.t.rank === 2 && given.t.shape[1] === 1) {
		variants.push(variant(given.x, flat(given.t), given), variant(flat(given.x), given.t, given));
	}
	return variants;
}

export const broadcasting: Check = {
	name: "[n] or [n, 1]",
	run(subject): Verdict {
		const { labels, batched, samples, given } = subject;
		const single = given.t.rank === 1 || (given.t.rank === 2 && given.t.shape[1] === 1);
		if (!batched || samples < 2 || labels === "other" || !single) return { says: "not looked at: no single column" };
		// All pairs cost as much as the right ones where predictions and targets happen to be uncorrelated.
		const batches = [given, moved(subject, given, 1)];
		const findings = silent(
			subject,
			batches.flatMap((batch) => otherLayouts(subject, batch)),
		);
		if (findings !== undefined) return { says: "broadcasts to every pair of samples", findings };
		return { says: "the other layout is refused, or understood" };
	},
};
