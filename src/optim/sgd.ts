/** Gradient descent, with and without momentum. */
import { failure } from "../core/errors.js";
import { FormulaOptimizer } from "./formulas.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { amount, type Fields, flag, rate, type Settings, share } from "./settings.js";

/** How {@link SGD} descends. */
export interface SGDOptions extends OptimizerOptions {
	/** How much of the velocity is kept, from 0 up to, not including, 1; 0 when left out. */
	readonly momentum?: number | undefined;
	/** How much of a gradient is kept out of the velocity, after the first; 0 when left out. */
	readonly dampening?: number | undefined;
	/** λ: adds λ p to the gradient; 0 when left out. */
	readonly weightDecay?: number | undefined;
	/** Looks one step of the velocity ahead. */
	readonly nesterov?: boolean | undefined;
}

const fields: Fields<SGDOptions> = {
	learningRate: rate(1e-3),
	momentum: share("a momentum", 0),
	dampening: amount("a dampening", 0),
	weightDecay: amount("a weight decay", 0),
	nesterov: flag("an answer to nesterov", false),
};

function consistent({ nesterov, momentum, dampening }: Settings<SGDOptions>): void {
	if (!nesterov || (momentum > 0 && dampening === 0)) return;
	throw failure({
		what: "SGD: nesterov without an undamped velocity",
		expected: "momentum above 0 and dampening 0",
		actual: `momentum ${momentum}, dampening ${dampening}`,
	});
}

/**
 * Gradient descent: v ← μ v + g, p ← p - η v, with v = 0 before the first step.
 * It is called stochastic where g comes from a part of the data.
 *
 * Source: B. T. Polyak, "Some methods of speeding up the convergence of
 * iteration methods", 1964, with the learning rate outside of the velocity, as
 * in PyTorch: changing it acts at once, also on the velocity gathered so far.
 * Nesterov's form moves by g + μ v: I. Sutskever et al., "On the importance of
 * initialization and momentum in deep learning", 2013.
 *
 * @example
 * ```ts
 * import { scalar, square } from "chainrule";
 * import { SGD } from "chainrule/optim";
 *
 * const x = scalar(3, "x");
 * const optimizer = new SGD([x], { learningRate: 0.25 });
 * for (let step = 0; step < 3; step++) {
 * 	optimizer.zeroGrad();
 * 	square(x).backward();
 * 	optimizer.step();
 * }
 * console.log(x.value); // 0.375
 * ```
 */
export class SGD extends FormulaOptimizer<SGDOptions> {
	constructor(parameters: Parameters<SGDOptions>, options: SGDOptions = {}) {
		super(parameters, options, { name: "SGD", fields, consistent });
	}

	protected override formulas({ momentum, weightDecay, nesterov }: Settings<SGDOptions>): string[] {
		const decay = weightDecay === 0 ? [] : ["g = g + λ*p"];
		if (momentum === 0) return [...decay, "p = p - γ*g"];
		return [...decay, "v = μ*v + τ*g", nesterov ? "p = p - γ*(g + μ*v)" : "p = p - γ*v"];
	}

	protected override numbers(settings: Settings<SGDOptions>, t: number): StepNumbers {
		const { learningRate: γ, momentum: μ, dampening, weightDecay: λ } = settings;
		return { γ, μ, λ, τ: t === 1 ? 1 : 1 - dampening };
	}
}
