/**
 * What drives the learning rate of an optimizer: a schedule, or the loss itself.
 *
 * Both keep nothing but numbers, and their state is a plain object.
 */
import { failure } from "../core/errors.js";
import { checkOptions, checkWord } from "../core/options.js";
import type { Optimizer } from "./optimizer.js";
import type { Schedule } from "./schedules.js";

/** What a {@link Scheduler} goes on from; survives JSON unchanged. */
export interface SchedulerState {
	/** Steps done. */
	readonly steps: number;
	/** The learning rate of each group, before any factor. */
	readonly learningRates: readonly number[];
}

/**
 * Sets the learning rate of every group to its first one times the factor of a
 * schedule. Call `step()` after every step of the optimizer, or after every
 * epoch: whichever the schedule counts.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { Scheduler, SGD, stepDecay } from "chainrule/optim";
 *
 * const optimizer = new SGD([scalar(1)], { learningRate: 0.8 });
 * const scheduler = new Scheduler(optimizer, stepDecay({ every: 2, factor: 0.5 }));
 * for (let epoch = 0; epoch < 4; epoch++) scheduler.step();
 * console.log(optimizer.learningRate); // 0.2
 * ```
 */
export class Scheduler {
	readonly schedule: Schedule;
	readonly #optimizer: Pick<Optimizer, "groups">;
	#learningRates: readonly number[];
	#steps = 0;

	constructor(optimizer: Pick<Optimizer, "groups">, schedule: Schedule) {
		this.#optimizer = optimizer;
		this.schedule = schedule;
		this.#learningRates = optimizer.groups.map(({ learningRate }) => learningRate);
		if (this.#learningRates.includes(0)) {
			throw failure({
				what: "Scheduler: a learning rate is 0, and so is every multiple of it",
				expected: "rates above 0",
				actual: `[${this.#learningRates.join(", ")}]`,
				fix: "set the rates anew: an earlier schedule has brought them to 0",
			});
		}
		this.#apply();
	}

	/** Steps done so far. */
	get steps(): number {
		return this.#steps;
	}

	/** Sets the rates for the next step. */
	step(): void {
		this.#steps++;
		this.#apply();
	}

	/** What it goes on from. */
	stateDict(): SchedulerState {
		return { steps: this.#steps, learningRates: [...this.#learningRates] };
	}

	/**
	 * Goes on from a state; the schedule is not part of it.
	 *
	 * @throws where the state belongs to another number of groups; then nothing is changed.
	 */
	loadStateDict({ steps, learningRates }: SchedulerState): void {
		const groups = this.#optimizer.groups.length;
		const isState =
			Number.isSafeInteger(steps) &&
			steps >= 0 &&
			Array.isArray(learningRates) &&
			learningRates.length === groups &&
			learningRates.every((rate) => Number.isFinite(rate) && rate >= 0);
		if (!isState) {
			throw failure({
				what: "Scheduler: not a state of this scheduler",
				expected: `steps and ${groups} learning rates`,
				actual: JSON.stringify({ steps, learningRates }),
			});
		}
		this.#steps = steps;
		this.#learningRates = [...learningRates];
		this.#apply();
	}

	#apply(): void {
		const factor = this.schedule(this.#steps);
		if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY)) {
			throw failure({
				what: "Scheduler: the schedule gave no factor",
				expected: "a finite number, 0 or above",
				actual: `${factor} at step ${this.#steps}`,
			});
		}
		for (const [index, group] of this.#optimizer.groups.entries()) {
			group.change({ learningRate: (this.#learningRates[index] as number) * factor });
		}
	}
}

/** When {@link ReduceOnPlateau} acts; all defaults as in PyTorch. */
export interface ReduceOnPlateauOptions {
	/** Whether a smaller or a larger value is better; `min` when left out. */
	readonly mode?: "min" | "max" | undefined;
	/** By what the rate is multiplied; 0.1 when left out. */
	readonly factor?: number | undefined;
	/** How many steps without improvement are tolerated; 10 when left out. */
	readonly patience?: number | undefined;
	/** By how much a value must be better to count; 1e-4 when left out. */
	readonly threshold?: number | undefined;
	/** Whether the threshold is a share of the best value (when left out) or absolute. */
	readonly thresholdMode?: "relative" | "absolute" | undefined;
	/** How many steps after a reduction nothing is counted; 0 when left out. */
	readonly cooldown?: number | undefined;
	/** Where the rate stops falling; 0 when left out. */
	readonly minimum?: number | undefined;
	/** A smaller change of the rate is not made; 1e-8 when left out. */
	readonly epsilon?: number | undefined;
}

/** What {@link ReduceOnPlateau} goes on from; survives JSON unchanged. */
export interface PlateauState {
	/** The best value so far; `null` before the first. */
	readonly best: number | null;
	/** Steps without improvement. */
	readonly bad: number;
	/** Steps in which nothing is counted yet. */
	readonly cooling: number;
}

/**
 * Multiplies the learning rates by `factor` when a value, such as the loss on
 * validation data, has not become better for more than `patience` steps. As
 * `ReduceLROnPlateau` in PyTorch.
 */
export class ReduceOnPlateau {
	/** Whose rates are reduced. */
	readonly optimizer: Pick<Optimizer, "groups">;
	readonly #options: { readonly [Name in keyof ReduceOnPlateauOptions]-?: NonNullable<ReduceOnPlateauOptions[Name]> };
	#best: number | null = null;
	#bad = 0;
	#cooling = 0;

	constructor(optimizer: Pick<Optimizer, "groups">, options: ReduceOnPlateauOptions = {}) {
		const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4 } = options;
		const { thresholdMode = "relative", cooldown = 0, minimum = 0, epsilon = 1e-8 } = options;
		const amounts = { patience, threshold, cooldown, minimum, epsilon };
		checkOptions("ReduceOnPlateau", options, ["mode", "factor", "thresholdMode", ...Object.keys(amounts)]);
		checkWord("ReduceOnPlateau", "mode", mode, ["min", "max"]);
		checkWord("ReduceOnPlateau", "thresholdMode", thresholdMode, ["relative", "absolute"]);
		if (!(factor > 0 && factor < 1)) {
			throw failure({
				what: "ReduceOnPlateau: not a factor",
				expected: "a number above 0 and below 1",
				actual: String(factor),
			});
		}
		for (const [name, value] of Object.entries(amounts)) {
			if (value >= 0) continue;
			throw failure({
				what: `ReduceOnPlateau: not a value for ${name}`,
				expected: "a number, 0 or above",
				actual: String(value),
			});
		}
		this.optimizer = optimizer;
		this.#options = { mode, factor, thresholdMode, ...amounts };
	}

	/** Looks at the next value, and reduces the rates if it is time. */
	step(value: number): void {
		const { factor, patience, cooldown, minimum, epsilon } = this.#options;
		if (this.#isBetter(value)) {
			this.#best = value;
			this.#bad = 0;
		} else this.#bad++;
		if (this.#cooling > 0) {
			this.#cooling--;
			this.#bad = 0;
		}
		if (this.#bad <= patience) return;
		this.#cooling = cooldown;
		this.#bad = 0;
		for (const group of this.optimizer.groups) {
			const next = Math.max(group.learningRate * factor, minimum);
			if (group.learningRate - next > epsilon) group.change({ learningRate: next });
		}
	}

	#isBetter(value: number): boolean {
		const { mode, threshold, thresholdMode } = this.#options;
		const best = this.#best;
		if (best === null) return !Number.isNaN(value);
		const way = mode === "min" ? -1 : 1;
		const bar = best + way * threshold * (thresholdMode === "relative" ? best : 1);
		return mode === "min" ? value < bar : value > bar;
	}

	/** What it goes on from; the learning rates are part of the optimizer's state. */
	stateDict(): PlateauState {
		return { best: this.#best, bad: this.#bad, cooling: this.#cooling };
	}

	/** Goes on from a state. */
	loadStateDict({ best, bad, cooling }: PlateauState): void {
		const counts = [bad, cooling].every((steps) => Number.isSafeInteger(steps) && steps >= 0);
		if (!counts || !(best === null || Number.isFinite(best))) {
			throw failure({
				what: "ReduceOnPlateau: not a state",
				expected: "best, a finite number or null, and bad and cooling, whole numbers",
				actual: JSON.stringify({ best, bad, cooling }),
			});
		}
		this.#best = best;
		this.#bad = bad;
		this.#cooling = cooling;
	}
}
