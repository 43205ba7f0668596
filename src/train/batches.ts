/**
 * Batches and what is measured on them.
 *
 * An epoch's loss is the mean over its samples: a last batch that is not full
 * counts for as many as it holds. Sums are kept, not means, so that an epoch
 * that is interrupted goes on where it was.
 */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { noGrad, Tensor, type Value } from "../index.js";
import { keepModes } from "../nn/modes.js";
import type { Module } from "../nn/module.js";

/** A batch: inputs and what is to be said about them. */
export type Labelled<Input, Target> =
	| { readonly x: Input; readonly y: Target }
	| readonly [input: Input, target: Target];

/** Batches, epoch after epoch: a `DataLoader`, an array, or anything that can be looped over more than once. */
export type Batches<Batch> = Iterable<Batch> | AsyncIterable<Batch>;

/** A loss: a function of predictions and targets, or a module that is one. */
export type LossFunction<Output, Target> =
	| ((output: Output, target: Target) => Value)
	| { call(output: Output, target: Target): Value };

/** What else is measured, by name, as a mean over samples. */
export type Metrics<Output, Target> = Readonly<Record<string, (output: Output, target: Target) => Value>>;

/** The mean loss over samples, and the mean of each metric. */
export interface Scores {
	readonly loss: number;
	readonly metrics: Readonly<Record<string, number>>;
}

/** Scores that are still being summed. */
export interface Sums {
	samples: number;
	loss: number;
	metrics: Record<string, number>;
}

/** Nothing summed yet. */
export function noSums(): Sums {
	return { samples: 0, loss: 0, metrics: {} };
}

/** Input and target of a batch, in either form. */
export function partsOf<Input, Target>(batch: Labelled<Input, Target>): readonly [Input, Target] {
	if (typeof batch === "object" && batch !== null && "x" in batch && "y" in batch) return [batch.x, batch.y];
	if (Array.isArray(batch) && batch.length === 2) return batch as unknown as readonly [Input, Target];
	const isRecord = typeof batch === "object" && batch !== null && !(batch instanceof Tensor);
	throw failure({
		what: "fit: not a batch",
		expected: "{ x, y } or [x, y]",
		actual:
			batch instanceof Tensor ? "a single tensor" : isRecord ? `{ ${Object.keys(batch).join(", ")} }` : said(batch),
	});
}

/** The loss as a plain function. */
export function lossOf<Output, Target>(loss: LossFunction<Output, Target>): (output: Output, target: Target) => Value {
	return typeof loss === "function" ? loss : (output, target) => loss.call(output, target);
}

/** Adds what one batch says. A batch has as many samples as its input has rows; what has no rows is one sample. */
export function addScores<Output, Target>(
	sums: Sums,
	input: unknown,
	loss: number,
	metrics: Metrics<Output, Target>,
	output: Output,
	target: Target,
): void {
	const samples = input instanceof Tensor ? (input.shape[0] ?? 1) : 1;
	sums.samples += samples;
	sums.loss += samples * loss;
	for (const [name, metric] of Object.entries(metrics)) {
		sums.metrics[name] = (sums.metrics[name] ?? 0) + samples * Number(noGrad(() => metric(output, target)));
	}
}

/** The means of what was summed. */
export function scoresOf({ samples, loss, metrics }: Sums): Scores {
	const means = Object.entries(metrics).map(([name, sum]) => [name, sum / samples]);
	return { loss: loss / samples, metrics: Object.fromEntries(means) };
}

/**
 * Loss and metrics over all batches, with the model in evaluation mode and
 * nothing recorded. The model is left in the mode it was in.
 *
 * @throws where there are no batches.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { Linear, mse } from "chainrule/nn";
 * import { validate } from "chainrule/train";
 *
 * const model = new Linear(1, 1);
 * model.weight.assign([2]);
 * model.bias?.assign([0]);
 * const batches = [{ x: tensor([[1], [2]]), y: tensor([[3], [4]]) }, { x: tensor([[0]]), y: tensor([[2]]) }];
 * console.log((await validate(model, mse, batches)).loss); // 1.6666666666666667
 * ```
 */
export async function validate<Input, Output, Target>(
	model: Module<Input, Output>,
	loss: LossFunction<Output, Target>,
	batches: Batches<Labelled<Input, Target>>,
	metrics: Metrics<Output, Target> = {},
): Promise<Scores> {
	const compare = lossOf(loss);
	const sums = noSums();
	const restoreModes = keepModes(model);
	model.eval();
	try {
		for await (const batch of batches) {
			const [input, target] = partsOf(batch);
			noGrad(() => {
				const output = model.call(input);
				addScores(sums, input, Number(compare(output, target)), metrics, output, target);
			});
		}
	} finally {
		restoreModes();
	}
	if (sums.samples === 0) {
		throw failure({
			what: "validate: nothing to measure",
			expected: "one batch at least",
			actual: "no batches",
			fix: "give it a DataLoader or an array, not an iterator that is used up",
		});
	}
	return scoresOf(sums);
}
