/**
 * The loop of training: batches, epochs, and what is watched and kept along the
 * way.
 *
 * All that is not a local variable of one batch is in the state of a `Run`, and
 * a checkpoint is that state. So a run that is interrupted, or killed, goes on
 * from its last checkpoint to the same bits as one that never stopped.
 */
import { failure } from "../core/errors.js";
import { backward, type Node, scope, type Value } from "../index.js";
import { keepModes } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import { clipGradNorm, clipGradValue } from "../optim/clip.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type PlateauState, type ReduceOnPlateau, Scheduler, type SchedulerState } from "../optim/scheduler.js";
import {
	addScores,
	type Batches,
	type Labelled,
	type LossFunction,
	lossOf,
	noSums,
	partsOf,
	scoresOf,
	validate,
} from "./batches.js";
import { type Checkpoint, checkSchedule, loadCheckpoint, saveCheckpoint, type TrainingState } from "./checkpoint.js";
import { fileExists } from "./files.js";
import { generatorsOf, setGenerators } from "./generators.js";
import type { EpochRecord } from "./history.js";
import { Interrupt } from "./interrupt.js";
import { checkGradients, checkLoss } from "./loss.js";
import { type CheckpointOptions, checkFit, type FitOptions } from "./options.js";
import { batchesIn, isResumable, setState, stateOf } from "./place.js";
import { type Display, displayFor } from "./progress.js";
import { EarlyStopping, monitored } from "./stopping.js";

/** What came of it. */
export interface FitResult {
	/** One record per epoch, also of those before a restart. */
	readonly history: readonly EpochRecord[];
	/** Why it ended: all epochs are done, no improvement was to be waited for, or somebody asked. */
	readonly stopped: "epochs" | "earlyStopping" | "interrupt";
	/** Batches that are done of an epoch that is not; 0 unless it was interrupted. */
	readonly batches: number;
}

/**
 * Trains `model` by `optimizer` on the batches of `loader`, which have the form
 * `{ x, y }` or `[x, y]`: `loss(model(x), y)` falls, if all goes well.
 *
 * Ctrl-C, `SIGTERM` and `signal` end training after the batch under way: with a
 * `checkpoint` it is saved, and the same call goes on from there, in another
 * process as well, to the same bits as if nothing had happened. What is
 * restored: parameters, buffers, optimizer, schedule, early stopping, history,
 * the place in the loader, and the generators of random numbers: the default
 * one and those that modules keep in fields. A loader without `state`, such as
 * an array, must give the same batches again.
 *
 * The model is trained in training mode and left in the mode it was in.
 *
 * @throws where something given cannot be what is meant, before anything is changed; and where the loss is NaN or
 *   infinite, naming epoch and batch: the model is left as it was before that batch.
 *
 * @example
 * ```ts
 * import { seed, tanh } from "chainrule";
 * import { DataLoader, moons } from "chainrule/data";
 * import { bceWithLogits, Linear, Sequential } from "chainrule/nn";
 * import { Adam } from "chainrule/optim";
 * import { fit } from "chainrule/train";
 *
 * seed(1);
 * const { x, y } = moons({ samples: 200, noise: 0.1, seed: 2 });
 * const loader = new DataLoader({ x, y: y.reshape([-1, 1]) }, { batchSize: 20, shuffle: true, seed: 3 });
 * const model = new Sequential(new Linear(2, 16), tanh, new Linear(16, 1));
 * const { history } = await fit(model, bceWithLogits, new Adam(model.parameters(), { learningRate: 0.03 }), loader, {
 * 	epochs: 30,
 * 	progress: "none",
 * });
 * console.log(history.length, history[29].loss < 0.1); // 30 true
 * ```
 */
export async function fit<Input, Output, Target>(
	model: Module<Input, Output>,
	loss: LossFunction<Output, Target>,
	optimizer: Optimizer,
	loader: Batches<Labelled<Input, Target>>,
	options: FitOptions<Input, Output, Target>,
): Promise<FitResult> {
	checkFit(model, optimizer, loader, options);
	const run = new Run(model, loss, optimizer, loader, options);
	const restoreModes = keepModes(model);
	model.train();
	try {
		return await run.go();
	} finally {
		run.close();
		restoreModes();
	}
}

/** One call of `fit`. */
class Run<Input, Output, Target> {
	readonly #model: Module<Input, Output>;
	readonly #loss: (output: Output, target: Target) => Value;
	readonly #optimizer: Optimizer;
	readonly #loader: Batches<Labelled<Input, Target>>;
	readonly #options: FitOptions<Input, Output, Target>;
	readonly #checkpoint: CheckpointOptions | undefined;
	readonly #scheduler: Scheduler | undefined;
	readonly #plateau: ReduceOnPlateau | undefined;
	readonly #stopping: EarlyStopping | undefined;
	readonly #display: Display;
	readonly #interrupt: Interrupt;

	#history: EpochRecord[] = [];
	/** Batches of the epoch under way that are done. */
	#batches = 0;
	#sums = noSums();
	#seconds = 0;
	/** Where the last checkpoint was written, in words. */
	#saved: string | undefined;

	constructor(
		model: Module<Input, Output>,
		loss: LossFunction<Output, Target>,
		optimizer: Optimizer,
		loader: Batches<Labelled<Input, Target>>,
		options: FitOptions<Input, Output, Target>,
	) {
		const { checkpoint, schedule, earlyStopping } = options;
		this.#model = model;
		this.#loss = lossOf(loss);
		this.#optimizer = optimizer;
		this.#loader = loader;
		this.#options = options;
		this.#checkpoint = typeof checkpoint === "string" ? { path: checkpoint } : checkpoint;
		this.#scheduler = typeof schedule === "function" ? new Scheduler(optimizer, schedule) : undefined;
		this.#plateau = typeof schedule === "function" ? undefined : schedule;
		this.#stopping = earlyStopping && new EarlyStopping(earlyStopping, ["loss", ...Object.keys(options.metrics ?? {})]);
		this.#display = displayFor(options.progress, options.log, options.epochs);
		this.#interrupt = new Interrupt(options.signal);
	}

	close(): void {
		this.#interrupt.close();
		this.#display.close();
	}

	async go(): Promise<FitResult> {
		const { path, resume = true } = this.#checkpoint ?? {};
		if (path !== undefined && resume && fileExists(path)) await this.#resume(path);
		// Saved before the first batch, too: a path that cannot be written is found now, and not after an hour.
		else await this.#save();
		while (this.#history.length < this.#options.epochs && !this.#stopping?.isOver) {
			if (this.#interrupt.requested || !(await this.#epoch())) {
				this.#display.say(`interrupted ${this.#place()}; ${this.#whereSaved()}`);
				return this.#result("interrupt");
			}
		}
		const best = this.#stopping?.bestWeights;
		if (best) this.#model.loadStateDict(best);
		return this.#result(this.#stopping?.isOver ? "earlyStopping" : "epochs");
	}

	#result(stopped: FitResult["stopped"]): FitResult {
		return { history: this.#history, stopped, batches: this.#batches };
	}

	/** Goes through the rest of an epoch; false where somebody has asked to stop. */
	async #epoch(): Promise<boolean> {
		const { everyBatches } = this.#checkpoint ?? {};
		const began = performance.now() - 1000 * this.#seconds;
		// A loader that knows its place goes on by itself; any other begins again.
		let skipped = isResumable(this.#loader) ? this.#batches : 0;
		for await (const batch of this.#loader) {
			if (skipped < this.#batches) {
				skipped++;
				continue;
			}
			this.#train(...partsOf(batch));
			skipped = ++this.#batches;
			this.#seconds = (performance.now() - began) / 1000;
			await this.#interrupt.pause();
			if (this.#interrupt.requested) {
				this.#display.close(); // a second Ctrl-C finds the terminal as it was
				await this.#save();
				return false;
			}
			if (everyBatches !== undefined && this.#batches % everyBatches === 0) await this.#save();
		}
		if (this.#batches === 0) throw noBatches(this.#loader);
		await this.#endEpoch(began);
		return true;
	}

	/** One step of the optimizer, and what the batch says about the epoch. */
	#train(input: Input, target: Target): void {
		let seen: { readonly loss: number; readonly output: Output } | undefined;
		this.#optimizer.step(() => {
			this.#optimizer.zeroGrad();
			const output = this.#model.call(input);
			const value = this.#loss(output, target);
			if (seen === undefined) {
				checkLoss(value, () => this.#whereNow());
				seen = { loss: Number(value), output };
			}
			backward(value as Node);
			checkGradients(this.#optimizer.parameters);
			this.#clip();
			return value;
		});
		const { loss, output } = seen as unknown as { readonly loss: number; readonly output: Output };
		addScores(this.#sums, input, loss, this.#options.metrics ?? {}, output, target);
		if (this.#options.scheduleEvery === "batch") this.#scheduler?.step();
		const sofar = this.#sums.loss / this.#sums.samples;
		this.#display.batch(this.#history.length + 1, this.#batches + 1, batchesIn(this.#loader), sofar);
	}

	#clip(): void {
		const { clip } = this.#options;
		if (clip === undefined) return;
		if ("norm" in clip) clipGradNorm(this.#optimizer.parameters, clip.norm);
		else clipGradValue(this.#optimizer.parameters, clip.value);
	}

	/** Measures, remembers, decides on rate and end, saves, and tells. */
	async #endEpoch(began: number): Promise<void> {
		const { validation, metrics, scheduleEvery = "epoch", onEpoch } = this.#options;
		const scores = validation && (await validate(this.#model, this.#loss, validation, metrics));
		const record: EpochRecord = {
			epoch: this.#history.length + 1,
			...scoresOf(this.#sums),
			...(scores && { validation: scores }),
			learningRate: this.#optimizer.learningRate,
			seconds: (performance.now() - began) / 1000,
		};
		this.#history = [...this.#history, record];
		this.#batches = 0;
		this.#sums = noSums();
		this.#seconds = 0;
		if (scheduleEvery === "epoch") this.#scheduler?.step();
		this.#plateau?.step(monitored(record, "loss"));
		this.#stopping?.observe(record, () => this.#model.stateDict());
		await this.#save();
		this.#display.epoch(record);
		if (this.#stopping?.isOver)
			this.#display.say(`stopped early: no better than in epoch ${this.#stopping.state.bestEpoch}`);
		await onEpoch?.(record);
		await this.#interrupt.pause();
	}

	async #save(): Promise<void> {
		if (this.#checkpoint === undefined) return;
		const generators = [...generatorsOf(this.#model)].map(([name, { state }]) => [name, state]);
		const training: TrainingState = {
			batches: this.#batches,
			sums: this.#sums,
			seconds: this.#seconds,
			history: this.#history,
			schedule: (this.#scheduler ?? this.#plateau)?.stateDict() ?? null,
			stopping: this.#stopping?.state ?? null,
			loader: stateOf(this.#loader),
			validation: stateOf(this.#options.validation),
		};
		await saveCheckpoint(this.#checkpoint.path, {
			model: this.#model.stateDict(),
			best: this.#stopping?.bestWeights,
			optimizer: this.#optimizer.stateDict(),
			generators: Object.fromEntries(generators),
			training,
		});
		this.#saved = this.#place();
	}

	/** Goes on from a checkpoint; where it does not fit, model and optimizer stay as they were. */
	async #resume(path: string): Promise<void> {
		const found = await loadCheckpoint(path);
		const before = [this.#model.stateDict(), this.#optimizer.stateDict()] as const;
		try {
			scope(path, () => this.#restore(found));
		} catch (error) {
			this.#model.loadStateDict(before[0]);
			this.#optimizer.loadStateDict(before[1]);
			throw error;
		}
		this.#saved = this.#place();
		this.#display.say(`resumed from ${path} ${this.#saved}`);
	}

	#restore({ model, best, optimizer, generators, training }: Checkpoint): void {
		this.#model.loadStateDict(model);
		this.#optimizer.loadStateDict(optimizer);
		checkSchedule(training, this.#options.schedule);
		this.#scheduler?.loadStateDict(training.schedule as SchedulerState);
		this.#plateau?.loadStateDict(training.schedule as PlateauState);
		if (this.#stopping && training.stopping) {
			this.#stopping.state = training.stopping;
			this.#stopping.bestWeights = best;
		}
		setGenerators(generatorsOf(this.#model), generators);
		setState(this.#loader, training.loader);
		setState(this.#options.validation, training.validation);
		this.#history = [...training.history];
		this.#batches = training.batches;
		this.#sums = training.sums;
		this.#seconds = training.seconds;
	}

	/** Where training is: `after epoch 3`, `in epoch 4 after batch 17 of 40`. */
	#place(): string {
		const epochs = this.#history.length;
		if (this.#batches === 0) return epochs === 0 ? "before epoch 1" : `after epoch ${epochs}`;
		const all = batchesIn(this.#loader);
		return `in epoch ${epochs + 1} after batch ${this.#batches}${all === undefined ? "" : ` of ${all}`}`;
	}

	/** The batch under way, and what is saved already. */
	#whereNow(): string {
		const saved = this.#saved === undefined ? "" : `; the checkpoint is from ${this.#saved}`;
		return `in epoch ${this.#history.length + 1}, batch ${this.#batches + 1}${saved}`;
	}

	#whereSaved(): string {
		if (this.#checkpoint === undefined) return "not saved, as no checkpoint was asked for";
		if (this.#saved === undefined) return "nothing to save yet";
		return `saved to ${this.#checkpoint.path}, run again to go on`;
	}
}

function noBatches(loader: object): Error {
	const isEmpty = batchesIn(loader) === 0;
	return failure({
		what: "fit: an epoch without batches",
		expected: "a loader that can be looped over once per epoch",
		actual: isEmpty ? "a loader of length 0" : "no batches",
		fix: isEmpty
			? "give it data, and leave out dropLast where there are fewer samples than in a batch"
			: "give it a DataLoader or an array, not an iterator that is used up",
	});
}
