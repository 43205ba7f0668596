/**
 * Checkpoints: everything training goes on from, in one safetensors file.
 *
 * Tensors stand under `model.`, `best.` and `optimizer.`; all else is one text
 * of the metadata. The file is replaced as a whole, so a program that is killed
 * at any moment leaves the last checkpoint or the one before. Loading checks
 * everything before it changes anything.
 */
import { failure } from "../core/errors.js";
import type { GeneratorState, Tensor } from "../index.js";
import { loadWith } from "../io/files.js";
import { readSafetensors, saveSafetensors } from "../io/safetensors.js";
import type { OptimizerState } from "../optim/state.js";
import type { Sums } from "./batches.js";
import { exactText, exactValue } from "./exactjson.js";
import type { EpochRecord } from "./history.js";
import type { StoppingState } from "./stopping.js";

/** What a file says of itself, so that others are recognised as such. */
const format = "chainrule checkpoint 1";

/** What training goes on from, beside tensors and generators. */
export interface TrainingState {
	/** Batches of the epoch under way that are done, and what they add up to. */
	readonly batches: number;
	readonly sums: Sums;
	/** How long they took. */
	readonly seconds: number;
	/** The epochs that are done. */
	readonly history: readonly EpochRecord[];
	readonly schedule: unknown;
	readonly stopping: StoppingState | null;
	readonly loader: unknown;
	readonly validation: unknown;
}

/** A checkpoint as it is read from a file. */
export interface Checkpoint {
	/** The state of the model. */
	readonly model: ReadonlyMap<string, Tensor>;
	/** The state of the model after its best epoch, where early stopping keeps it. */
	readonly best: ReadonlyMap<string, Tensor> | undefined;
	readonly optimizer: OptimizerState;
	/** The generators of random numbers, by name. */
	readonly generators: Readonly<Record<string, GeneratorState>>;
	readonly training: TrainingState;
}

/**
 * Reads the file that `fit` wrote at `path`: for the weights alone, give
 * `model`, or `best`, to `loadStateDict` of the same model.
 *
 * @throws where it is no checkpoint.
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
	return loadWith(path, readCheckpoint);
}

/** {@link loadCheckpoint} of bytes that are there already. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
	const { tensors, metadata } = readSafetensors(bytes);
	const found = metadata.get("format");
	const text = metadata.get("training");
	if (found !== format || text === undefined) {
		throw failure({
			what: "fit: not a checkpoint",
			expected: `a file that fit has written, of the format "${format}"`,
			actual: found === undefined ? "tensors that say nothing of a format" : `"${found}"`,
		});
	}
	const { optimizer, generators, ...training } = exactValue(text) as Written;
	const best = under("best.", tensors);
	return {
		model: under("model.", tensors),
		best: best.size > 0 ? best : undefined,
		optimizer: { ...optimizer, tensors: under("optimizer.", tensors) },
		generators,
		training,
	};
}

type Written = TrainingState & {
	readonly optimizer: Omit<OptimizerState, "tensors">;
	readonly generators: Readonly<Record<string, GeneratorState>>;
};

/** @throws where training was saved with a schedule and is to go on without, or the other way round. */
export function checkSchedule({ schedule: saved }: Pick<TrainingState, "schedule">, schedule: unknown): void {
	if ((saved === null) === (schedule === undefined)) return;
	throw failure({
		what: "fit: the checkpoint is of another schedule",
		expected: saved === null ? "no schedule" : "the schedule it was saved with",
		actual: saved === null ? "one" : "none",
		fix: "take the weights alone by loadCheckpoint, or begin anew with { resume: false }",
	});
}

/** Writes a checkpoint; the file is there whole or not at all. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
	const { model, best, optimizer, generators, training } = checkpoint;
	const { tensors, ...settings } = optimizer;
	const all = new Map([
		...above("model.", model),
		...above("best.", best ?? new Map<string, Tensor>()),
		...above("optimizer.", tensors),
	]);
	const written: Written = { ...training, optimizer: settings, generators };
	await saveSafetensors(path, all, { format, training: exactText(written) });
}

function above(prefix: string, tensors: ReadonlyMap<string, Tensor>): [string, Tensor][] {
	return [...tensors].map(([name, tensor]) => [`${prefix}${name}`, tensor]);
}

function under(prefix: string, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
	const found = [...tensors].filter(([name]) => name.startsWith(prefix));
	return new Map(found.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
