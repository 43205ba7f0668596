/**
 * Weights averaged over the steps of training, which often generalise better
 * than the last ones.
 */
import { failure } from "../core/errors.js";
import { lerp, noGrad, Tensor } from "../index.js";
import { assignParameter, type Parameter } from "../nn/module.js";
import { copyOf, elementsOf, fits, formOf, formText, misfit } from "./state.js";

/** How {@link AveragedWeights} forget. */
export interface AveragedWeightsOptions {
	/** How much of the average is kept at each update; 0.999 when left out. */
	readonly decay?: number | undefined;
}

/**
 * The exponential moving average of parameters: s ← d s + (1 - d) p, where the
 * first update takes p as it is. Call `update()` after every step.
 *
 * @example
 * ```ts
 * import { parameter } from "chainrule";
 * import { AveragedWeights } from "chainrule/optim";
 *
 * const w = parameter([0]);
 * const average = new AveragedWeights([w], { decay: 0.5 });
 * for (const value of [0, 4, 8]) {
 * 	w.assign([value]);
 * 	average.update();
 * }
 * console.log(average.use(() => w.item()), w.item()); // 5 8
 * ```
 */
export class AveragedWeights {
	readonly decay: number;
	readonly #parameters: readonly Parameter[];
	#averages: readonly Tensor[] | undefined;
	#inUse = false;

	constructor(parameters: Iterable<Parameter>, { decay = 0.999 }: AveragedWeightsOptions = {}) {
		if (!(decay >= 0 && decay < 1)) {
			throw failure({
				what: "AveragedWeights: not a decay",
				expected: "a number from 0 up to, not including, 1",
				actual: String(decay),
			});
		}
		this.decay = decay;
		this.#parameters = [...parameters];
	}

	/** Takes in the parameters as they are now. */
	update(): void {
		if (this.#inUse) {
			throw failure({
				what: "AveragedWeights: update while the averages are in use",
				expected: "updates after steps of the optimizer",
				actual: "an update inside use()",
			});
		}
		const now = this.#parameters.map(elementsOf);
		const before = this.#averages;
		this.#averages = noGrad(() =>
			now.map((p, index) => (before === undefined ? p.detach() : lerp(before[index] as Tensor, p, 1 - this.decay))),
		);
	}

	/**
	 * Runs `body` with the averages in place of the parameters, and puts the
	 * parameters back however it ends: when the promise is settled, if it
	 * returns one. Before the first update the parameters stay as they are.
	 */
	use<Result>(body: () => Result): Result {
		const kept = this.#parameters.map((parameter) => elementsOf(parameter).detach());
		const restore = (): void => {
			this.#inUse = false;
			this.#put(kept);
		};
		this.#put(this.#averages ?? kept);
		this.#inUse = true;
		let result: Result;
		try {
			result = body();
		} catch (error) {
			restore();
			throw error;
		}
		if (result instanceof Promise) return result.finally(restore) as Result;
		restore();
		return result;
	}

	/** Gives the parameters the averages for good, as at the end of training. */
	apply(): void {
		if (this.#averages !== undefined) this.#put(this.#averages);
	}

	#put(values: readonly Tensor[]): void {
		for (const [index, parameter] of this.#parameters.entries()) {
			assignParameter(parameter, values[index] as Tensor);
		}
	}

	/** The averages as copies, by the number of the parameter; empty before the first update. */
	stateDict(): Map<string, Tensor> {
		return new Map((this.#averages ?? []).map((average, index) => [String(index), copyOf(average)]));
	}

	/**
	 * Goes on from a state.
	 *
	 * @throws where the state belongs to other parameters; then nothing is changed.
	 */
	loadStateDict(state: ReadonlyMap<string, Tensor>): void {
		if (state.size !== 0 && state.size !== this.#parameters.length) {
			throw misfit("AveragedWeights", `${this.#parameters.length} tensors`, `${state.size} tensors`);
		}
		const averages = this.#parameters.map((parameter, index) => {
			const value = state.get(String(index));
			const form = formOf(parameter);
			if (state.size === 0 || (value instanceof Tensor && fits(value, form))) return value && copyOf(value);
			throw misfit("AveragedWeights", `${index}, ${formText(form)}`, value ? formText(value) : "no such tensor");
		});
		this.#averages = state.size === 0 ? undefined : (averages as Tensor[]);
	}
}
