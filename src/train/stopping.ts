/** Early stopping: when a score has not become better for a while, training ends with the best weights. */
import { failure } from "../core/errors.js";
import { checkOptions, checkWord } from "../core/options.js";
import type { Tensor } from "../index.js";
import type { EpochRecord } from "./history.js";

/** When training ends before its last epoch. */
export interface EarlyStoppingOptions {
	/** How many epochs without improvement are tolerated; 10 when left out. */
	readonly patience?: number | undefined;
	/** By how much the score must be better to count; 0 when left out. */
	readonly minimumChange?: number | undefined;
	/** Which score: `loss` when left out, or a metric; on the validation data where there are any. */
	readonly monitor?: string | undefined;
	/** Whether a smaller or a larger score is better; `min` when left out. */
	readonly mode?: "min" | "max" | undefined;
	/** Gives the model the weights of its best epoch in the end; true when left out. */
	readonly restoreBest?: boolean | undefined;
}

/** What early stopping goes on from; survives JSON unchanged. */
export interface StoppingState {
	readonly best: number | null;
	readonly bestEpoch: number;
	/** Epochs without improvement. */
	readonly bad: number;
}

/** Follows one score from epoch to epoch. */
export class EarlyStopping {
	readonly #options: EarlyStoppingOptions;
	#state: StoppingState = { best: null, bestEpoch: 0, bad: 0 };
	/** The state of the model after its best epoch. */
	bestWeights: ReadonlyMap<string, Tensor> | undefined;

	/** `scores` are the names of what is measured. */
	constructor(options: EarlyStoppingOptions, scores: readonly string[]) {
		const { patience = 10, minimumChange = 0, monitor = "loss", mode = "min" } = options;
		checkOptions("earlyStopping", options, ["patience", "minimumChange", "monitor", "mode", "restoreBest"]);
		checkWord("earlyStopping", "mode", mode, ["min", "max"]);
		if (!(patience >= 0 && minimumChange >= 0)) {
			throw failure({
				what: "fit: early stopping without a measure",
				expected: "patience and minimumChange, 0 or above",
				actual: `patience ${patience}, minimumChange ${minimumChange}`,
			});
		}
		if (!scores.includes(monitor)) {
			throw failure({ what: "fit: no such score to monitor", expected: scores.join(", "), actual: monitor });
		}
		this.#options = options;
	}

	/** True when patience is at its end. */
	get isOver(): boolean {
		return this.#state.bad > (this.#options.patience ?? 10);
	}

	/** True where the model shall end with its best weights. */
	get restores(): boolean {
		return this.#options.restoreBest ?? true;
	}

	get state(): StoppingState {
		return this.#state;
	}

	set state(state: StoppingState) {
		this.#state = state;
	}

	/** Looks at an epoch; `weights` gives the state of the model after it. */
	observe(record: EpochRecord, weights: () => ReadonlyMap<string, Tensor>): void {
		const { minimumChange = 0, monitor = "loss", mode = "min" } = this.#options;
		const { best, bestEpoch, bad } = this.#state;
		const score = monitored(record, monitor);
		const gain = best === null ? Number.POSITIVE_INFINITY : mode === "min" ? best - score : score - best;
		if (gain > minimumChange && !Number.isNaN(score)) {
			this.#state = { best: score, bestEpoch: record.epoch, bad: 0 };
			if (this.restores) this.bestWeights = weights();
		} else this.#state = { best, bestEpoch, bad: bad + 1 };
	}
}

/** The loss or a metric, on the validation data where there are any. */
export function monitored(record: EpochRecord, name: string): number {
	const { loss, metrics } = record.validation ?? record;
	return name === "loss" ? loss : (metrics[name] as number);
}
