/** What training says about itself: one record per epoch, and its line of text. */
import type { Scores } from "./batches.js";

/** One epoch. */
export interface EpochRecord extends Scores {
	/** Counted from 1. */
	readonly epoch: number;
	/** Loss and metrics on the validation data, where there are any. */
	readonly validation?: Scores | undefined;
	/** The learning rate of the first group in this epoch, at its end. */
	readonly learningRate: number;
	/** How long it took, validation included. */
	readonly seconds: number;
}

/** The line of an epoch: `epoch  3/20  loss 0.1234  validation 0.2345  accuracy 0.9500  rate 0.001  1.2 s`. */
export function epochLine(
	{ epoch, validation, learningRate, seconds, ...scores }: EpochRecord,
	epochs: number,
): string {
	const shown = validation ?? scores;
	const parts = [
		`epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
		`loss ${numberText(scores.loss)}`,
		...(validation ? [`validation ${numberText(validation.loss)}`] : []),
		...Object.entries(shown.metrics).map(([name, value]) => `${name} ${numberText(value)}`),
		`rate ${Number(learningRate.toPrecision(3))}`,
		`${seconds.toFixed(1)} s`,
	];
	return parts.join("  ");
}

/** A score in few digits, so that columns stay aligned: 0.1234, 12.34, 1.234e-7. */
export function numberText(value: number): string {
	const size = Math.abs(value);
	return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3) : value.toPrecision(4);
}
