/**
 * Connectionist temporal classification: a sequence of labels against a longer
 * sequence of predictions, with nobody saying which step belongs to which label.
 *
 * Every way to say the labels in time, with repetitions and blanks, counts; the
 * probabilities of all ways are added by running forward through the lattice of
 * labels with a blank before, between and after them:
 *
 *     blank  c  blank  a  blank  t  blank
 *
 * The run is made of operations, a few per time step for the whole batch, so
 * the backward run of the paper is the tape's, and derivatives have any order.
 */
import { failure } from "../../core/errors.js";
import { shapeText } from "../../core/shape.js";
import {
	add,
	concat,
	div,
	full,
	gather,
	logAddExp,
	logSoftmax,
	neg,
	reshape,
	scope,
	slice,
	Tensor,
	type TensorData,
	tensor,
	where,
} from "../../index.js";
import { type Allowed, asTensor, checkRange, indicesBelow, type LossOptions, reduce } from "./define.js";

/** How {@link ctc} is taken. */
export interface CtcOptions extends LossOptions {
	/** The class that says nothing; 0 when left out. */
	readonly blank?: number | undefined;
	/** How many steps of each input count; all when left out. */
	readonly inputLengths?: readonly number[] | undefined;
	/** How many labels of each row count, where the targets are a padded tensor; all when left out. */
	readonly targetLengths?: readonly number[] | undefined;
	/** True for a loss of 0, without a gradient, where a target is too long for its input; an error when left out. PyTorch gives ∞. */
	readonly zeroInfinity?: boolean | undefined;
}

/** A sample: its labels, and the steps that may say them. */
interface Sequence {
	readonly labels: readonly number[];
	readonly steps: number;
	readonly fits: boolean;
}

/**
 * CTC loss: -ln of the probability that the predictions say the labels, over all
 * alignments; a label is said by one step or several in a row, blanks stand
 * between, and equal labels in a row need one.
 *
 * `logits` are `[batch, time, classes]` (PyTorch has time first), logits or
 * log-probabilities, whose log-softmax changes nothing. `targets` are a list of
 * label sequences, which may differ in length, or an int32 tensor
 * `[batch, labels]` with `targetLengths`.
 *
 * `sum` adds the losses of the samples; `mean` divides each by the length of its
 * target first, and then by the batch, as in PyTorch. Smallest, at 0, where the
 * predictions are certain of one alignment.
 *
 * A. Graves et al., "Connectionist temporal classification: labelling
 * unsegmented sequence data with recurrent neural networks", 2006.
 *
 * @throws where shapes and lengths do not fit, a label is the blank or does not
 *   exist, or a target needs more steps than there are.
 *
 * @example
 * ```ts
 * import { zeros } from "chainrule";
 * import { ctc } from "chainrule/nn";
 * // Three steps, each with probability 1/3 for blank, 1 and 2: "1 2" is said by 12-, 1-2, -12, 112 and 122.
 * console.log(ctc(zeros([1, 3, 3]), [[1, 2]], { reduction: "sum" }).item().toFixed(6), Math.log(27 / 5).toFixed(6));
 * // 1.686399 1.686399
 * ```
 */
export function ctc(
	logits: TensorData,
	targets: Tensor | readonly (readonly number[])[],
	options: CtcOptions = {},
): Tensor {
	return scope("ctc", () => {
		const { blank = 0, reduction = "mean", zeroInfinity = false } = options;
		const z = asTensor(logits);
		const sequences = sequencesOf(z, targets, blank, options);
		const misfit = sequences.findIndex(({ fits }) => !fits);
		if (misfit >= 0 && !zeroInfinity) throw tooLong(misfit, sequences[misfit] as Sequence);
		const likelihoods = reshape(runForward(logSoftmax(z), sequences, blank), [sequences.length]);
		const fits = tensor(sequences.map((sequence) => sequence.fits));
		const losses = misfit < 0 ? neg(likelihoods) : where(fits, neg(likelihoods), 0);
		if (reduction !== "mean") return reduce("ctc", losses as Tensor, reduction);
		const lengths = tensor(
			sequences.map(({ labels }) => Math.max(1, labels.length)),
			{ dtype: z.dtype },
		);
		return reduce("ctc", div(losses, lengths) as Tensor, reduction);
	});
}

/** ln of the probability of all alignments, `[batch, 1]`. */
function runForward(logarithms: Tensor, sequences: readonly Sequence[], blank: number): Tensor {
	const [batch = 0, time = 0] = logarithms.shape;
	const { dtype } = logarithms;
	const longest = Math.max(...sequences.map(({ labels }) => labels.length));
	const places = 2 * longest + 1;
	const lattice = sequences.map(({ labels }) =>
		Array.from({ length: places }, (_, place) => (place % 2 === 0 ? blank : (labels[(place - 1) / 2] ?? blank))),
	);
	const impossible = Number.NEGATIVE_INFINITY;
	const constant = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype });
	const start = constant(lattice.map((row) => row.map((_, place) => (place < 2 ? 0 : impossible))));
	// From a label to the next one without a blank, unless they are equal.
	const leap = constant(
		lattice.map((row) =>
			row.map((label, place) => (place % 2 === 1 && place > 1 && label !== row[place - 2] ? 0 : impossible)),
		),
	);
	const said = gather(
		logarithms,
		tensor(
			lattice.map((row) => Array.from({ length: time }, () => row)),
			{ dtype: "int32" },
		),
		{ axis: -1 },
	);
	const behind = (x: Tensor, count: number): Tensor =>
		concat([full([batch, count], impossible, { dtype }), slice(x, [null, [0, places - count]])], { axis: 1 });

	let reached = add(start, slice(said, [null, 0]));
	for (let step = 1; step < time; step++) {
		const near = logAddExp(reached, behind(reached, 1));
		const before = places > 1 ? logAddExp(near, add(behind(reached, 2), leap)) : near;
		const next = add(before, slice(said, [null, step]));
		const goesOn = sequences.map(({ steps }) => step < steps);
		reached = goesOn.every(Boolean) ? next : where(reshape(tensor(goesOn), [batch, 1]), next, reached);
	}
	// It ends with the last label, or with the blank after it.
	const ends = (offset: number): Tensor =>
		gather(
			reached,
			tensor(
				sequences.map(({ labels }) => [Math.max(0, 2 * labels.length - offset)]),
				{ dtype: "int32" },
			),
			{ axis: 1 },
		);
	const spoken = tensor(sequences.map(({ labels }) => [labels.length > 0]));
	return logAddExp(ends(0), where(spoken, ends(1), impossible));
}

function sequencesOf(
	z: Tensor,
	targets: Tensor | readonly (readonly number[])[],
	blank: number,
	{ inputLengths, targetLengths }: CtcOptions,
): Sequence[] {
	const [batch = 0, time = 0, classes = 0] = z.shape;
	const rows = targets instanceof Tensor ? (targets.toArray() as readonly (readonly number[])[]) : targets;
	if (z.rank !== 3 || time === 0 || rows.length !== batch || !rows.every(Array.isArray)) {
		throw failure({
			what: "ctc: targets do not fit the logits",
			expected: "logits [batch, time, classes], and one sequence of labels per sample",
			actual: `logits ${shapeText(z.shape)}, ${targets instanceof Tensor ? `targets ${shapeText(targets.shape)}` : `${rows.length} ${rows.length === 1 ? "sequence" : "sequences"}`}`,
		});
	}
	checkRange("ctc", "the blank", blank, indicesBelow(classes));
	const steps = lengths("inputLengths", inputLengths, batch, () => time);
	const counts = lengths("targetLengths", targetLengths, batch, (sample) => (rows[sample] as readonly number[]).length);
	const labels: Allowed = {
		says: `whole numbers from 0 to ${classes - 1}, except the blank ${blank}`,
		holds: (x) => Number.isInteger(x) && x >= 0 && x < classes && x !== blank,
		fix: "choose another blank, or leave it out of the targets: it is said between labels by itself",
	};
	return rows.map((row, sample) => {
		const own = row.slice(0, counts[sample]);
		checkRange("ctc", "a label", tensor(own), labels);
		const repeats = own.filter((label, place) => place > 0 && label === own[place - 1]).length;
		return { labels: own, steps: steps[sample] as number, fits: own.length + repeats <= (steps[sample] as number) };
	});
}

function lengths(
	option: string,
	given: readonly number[] | undefined,
	batch: number,
	most: (sample: number) => number,
): readonly number[] {
	const all = Array.from({ length: batch }, (_, sample) => most(sample));
	if (given === undefined) return all;
	const sound =
		given.length === batch &&
		given.every((length, sample) => Number.isInteger(length) && length >= 0 && length <= (all[sample] as number));
	if (sound) return given;
	throw failure({
		what: `ctc: ${option} do not fit`,
		expected: `one length per sample, at most ${all.join(", ")}`,
		actual: given.join(", "),
	});
}

function tooLong(sample: number, { labels, steps }: Sequence): Error {
	const repeats = labels.filter((label, place) => place > 0 && label === labels[place - 1]).length;
	return failure({
		what: "ctc: a target is too long for its input",
		expected: `at least ${labels.length + repeats} steps for ${labels.length} labels${repeats === 0 ? "" : ` and ${repeats} blanks between equal ones`}`,
		actual: `${steps} steps in sample ${sample}`,
		fix: "give longer inputs, or let such samples count 0 with zeroInfinity: true",
	});
}
