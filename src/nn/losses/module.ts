/**
 * A loss as a module: the function and its options, said once.
 *
 * There is one class for all losses, and for those that users write: a loss has
 * nothing to remember but its options.
 */
import type { Node } from "../../index.js";
import { Module } from "../module.js";

/** A function of predictions, whatever they are compared with, and options. */
type AnyLoss = (...given: never[]) => Node;

/** What a loss compares, without its options. */
type Compared<F extends AnyLoss> =
	Required<Parameters<F>> extends [infer Prediction, ...infer Others, unknown] ? [Prediction, ...Others] : never;

type Others<F extends AnyLoss> = Compared<F> extends [unknown, ...infer More] ? More : never;

type OptionsOf<F extends AnyLoss> = Required<Parameters<F>> extends [...unknown[], infer Options] ? Options : never;

/**
 * A loss with its options, to be kept in a field of a model or handed on as one
 * thing. `call` takes what the loss takes, without the options. It has no
 * parameters; class weights that belong to the state of a model are given as a
 * `buffer`.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { crossEntropy, LossModule } from "chainrule/nn";
 *
 * const criterion = new LossModule(crossEntropy, { classWeights: [1, 3], labelSmoothing: 0.1 });
 * console.log(criterion.call(tensor([[2, 0], [0, 1]]), [0, 1]).item().toFixed(6)); // 0.349520
 * ```
 */
export class LossModule<F extends AnyLoss> extends Module<Compared<F>[0], ReturnType<F>, Others<F>> {
	readonly loss: F;
	readonly options: OptionsOf<F>;

	constructor(loss: F, options: OptionsOf<F> = {} as OptionsOf<F>) {
		super();
		this.loss = loss;
		this.options = options;
	}

	override forward(prediction: Compared<F>[0], ...others: Others<F>): ReturnType<F> {
		const loss = this.loss as unknown as (...given: unknown[]) => Node;
		return loss(prediction, ...others, this.options) as ReturnType<F>;
	}
}
