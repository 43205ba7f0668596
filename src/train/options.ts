/**
 * What `fit` is told, and whether it makes sense.
 *
 * Training takes hours, so whatever can be known to be wrong is refused before
 * the first batch: a word that is none, an option that is misspelt, data that
 * cannot be looped over.
 */
import { failure } from "../core/errors.js";
import { checkOptions, checkWord, said } from "../core/options.js";
import { Module } from "../nn/module.js";
import { Optimizer } from "../optim/optimizer.js";
import { ReduceOnPlateau } from "../optim/scheduler.js";
import type { Schedule } from "../optim/schedules.js";
import type { Batches, Labelled, Metrics } from "./batches.js";
import type { EpochRecord } from "./history.js";
import type { ProgressStyle } from "./progress.js";
import type { EarlyStoppingOptions } from "./stopping.js";

/** Where and when training is saved. */
export interface CheckpointOptions {
	/** The file. It is replaced as a whole. */
	readonly path: string;
	/** Also after so many batches within an epoch; only after epochs when left out. */
	readonly everyBatches?: number | undefined;
	/** Goes on from the file where there is one; true when left out. */
	readonly resume?: boolean | undefined;
}

/** How gradients are limited before each step: all together by their norm, or each by its size. */
export type ClipOptions = { readonly norm: number } | { readonly value: number };

/** What `fit` does beside training. */
export interface FitOptions<Input, Output, Target> {
	/** How many times all batches are gone through, counted from the first start. */
	readonly epochs: number;
	/** Measured after every epoch. */
	readonly validation?: Batches<Labelled<Input, Target>> | undefined;
	/** What else is measured, by name: `{ accuracy }`. */
	readonly metrics?: Metrics<Output, Target> | undefined;
	/** The learning rate as a function of the step, or by the score of each epoch. */
	readonly schedule?: Schedule | ReduceOnPlateau | undefined;
	/** What a schedule counts; `epoch` when left out. */
	readonly scheduleEvery?: "epoch" | "batch" | undefined;
	readonly clip?: ClipOptions | undefined;
	readonly earlyStopping?: EarlyStoppingOptions | undefined;
	/** A path, or more about when to save. */
	readonly checkpoint?: string | CheckpointOptions | undefined;
	/** Called after every epoch, when its checkpoint is written; a promise is waited for. */
	readonly onEpoch?: ((record: EpochRecord) => unknown) | undefined;
	/** Ends training after the batch under way, as Ctrl-C does. */
	readonly signal?: AbortSignal | undefined;
	/** What is shown; a bar on a terminal, lines elsewhere when left out. */
	readonly progress?: ProgressStyle | undefined;
	/** Where lines go; to `console.log` when left out. */
	readonly log?: ((line: string) => void) | undefined;
}

/** Every option, once: the compiler asks for those that are missing here. */
const optionNames: Readonly<Record<keyof FitOptions<unknown, unknown, unknown>, true>> = {
	epochs: true,
	validation: true,
	metrics: true,
	schedule: true,
	scheduleEvery: true,
	clip: true,
	earlyStopping: true,
	checkpoint: true,
	onEpoch: true,
	signal: true,
	progress: true,
	log: true,
};

/** @throws where something cannot be what is meant; nothing has happened yet. */
export function checkFit<Input, Output, Target>(
	model: unknown,
	optimizer: unknown,
	loader: unknown,
	options: FitOptions<Input, Output, Target>,
): void {
	checkArgument("the model", model instanceof Module, "a Module, such as new Sequential(...)", model);
	checkArgument("the optimizer", optimizer instanceof Optimizer, "an optimizer, such as new Adam(...)", optimizer);
	checkBatches("the loader", loader);
	checkOptions("fit", options, Object.keys(optionNames));
	const { epochs, validation, clip, checkpoint, progress = "bar", scheduleEvery = "epoch" } = options;
	if (!(Number.isSafeInteger(epochs) && epochs > 0)) {
		throw failure({
			what: "fit: not a number of epochs",
			expected: "epochs, a whole number above 0",
			actual: said(epochs),
		});
	}
	if (validation !== undefined) checkBatches("validation", validation);
	checkWord("fit", "progress", progress, ["bar", "lines", "none"]);
	checkWord("fit", "scheduleEvery", scheduleEvery, ["epoch", "batch"]);
	checkSchedule(optimizer as Optimizer, options.schedule, scheduleEvery);
	if (clip !== undefined) checkClip(clip);
	if (typeof checkpoint === "object") checkCheckpoint(checkpoint);
}

function checkArgument(name: string, isSound: boolean, expected: string, given: unknown): void {
	if (isSound) return;
	throw failure({
		what: `fit: ${name} is something else`,
		expected,
		actual: said(given),
		fix: "fit(model, loss, optimizer, loader, { epochs })",
	});
}

/** @throws where `given` cannot be looped over. */
function checkBatches(name: string, given: unknown): void {
	const sound = typeof given === "object" && given !== null;
	if (sound && (Symbol.iterator in given || Symbol.asyncIterator in given)) return;
	throw failure({
		what: `fit: ${name} cannot be looped over`,
		expected: "batches: a DataLoader, or an array of { x, y }",
		actual: said(given),
		...(sound && { fix: "new DataLoader(data, { batchSize }), or [data] for a single batch" }),
	});
}

function checkSchedule(optimizer: Optimizer, schedule: unknown, every: string): void {
	if (schedule === undefined || typeof schedule === "function") return;
	const plateau = schedule instanceof ReduceOnPlateau;
	if (plateau && schedule.optimizer === optimizer && every === "epoch") return;
	throw failure({
		what: "fit: not a schedule for this training",
		expected: plateau
			? "a ReduceOnPlateau of this optimizer, which looks at epochs"
			: "a function of the step, such as cosine({ steps }), or a ReduceOnPlateau",
		actual: !plateau ? said(schedule) : every === "epoch" ? "one of another optimizer" : `scheduleEvery ${said(every)}`,
	});
}

function checkClip(clip: ClipOptions): void {
	const [[kind, limit] = [], ...others] = typeof clip === "object" && clip !== null ? Object.entries(clip) : [];
	if ((kind === "norm" || kind === "value") && (limit as number) > 0 && others.length === 0) return;
	throw failure({
		what: "fit: not a limit for gradients",
		expected: "clip: { norm } or { value }, a number above 0",
		actual: typeof clip === "object" ? JSON.stringify(clip) : said(clip),
	});
}

function checkCheckpoint(checkpoint: CheckpointOptions): void {
	checkOptions("checkpoint", checkpoint, ["path", "everyBatches", "resume"]);
	const { everyBatches } = checkpoint;
	if (everyBatches === undefined || (Number.isSafeInteger(everyBatches) && everyBatches > 0)) return;
	throw failure({
		what: "fit: not a number of batches between checkpoints",
		expected: "everyBatches, a whole number above 0",
		actual: said(everyBatches),
	});
}
