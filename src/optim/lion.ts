/** Steps of equal length in every element, by sign. */
import { FormulaOptimizer } from "./formulas.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { amount, type Fields, rate, type Settings, shares } from "./settings.js";

/** How {@link Lion} descends. */
export interface LionOptions extends OptimizerOptions {
	/** β1 mixes the direction, β2 the mean that is kept; 0.9 and 0.99 when left out. */
	readonly betas?: readonly [number, number] | undefined;
	/** λ, apart from the gradient; 0 when left out. */
	readonly weightDecay?: number | undefined;
}

const fields: Fields<LionOptions> = {
	learningRate: rate(1e-4),
	betas: shares([0.9, 0.99]),
	weightDecay: amount("a weight decay", 0),
};

/**
 * Lion: c = β1 m + (1 - β1) g, p ← p - γ (sign c + λ p), m ← β2 m + (1 - β2) g.
 * The rate is 0.0001 when left out; a third to a tenth of Adam's is usual.
 *
 * Source: X. Chen et al., "Symbolic discovery of optimization algorithms", 2023.
 */
export class Lion extends FormulaOptimizer<LionOptions> {
	constructor(parameters: Parameters<LionOptions>, options: LionOptions = {}) {
		super(parameters, options, { name: "Lion", fields });
	}

	protected override formulas({ weightDecay }: Settings<LionOptions>): string[] {
		const c = "c = sign(β1*m + (1 - β1)*g)";
		return [c, weightDecay === 0 ? "p = p - γ*c" : "p = p - γ*(c + λ*p)", "m = β2*m + (1 - β2)*g"];
	}

	protected override numbers(settings: Settings<LionOptions>): StepNumbers {
		const { learningRate: γ, weightDecay: λ } = settings;
		const [β1, β2] = settings.betas;
		return { β1, β2, γ, λ };
	}
}
