/** Adam that goes without the mean square while that says little. */
import { type AdamOptions, adamFields, correctedRate, means } from "./adam.js";
import { FormulaOptimizer } from "./formulas.js";
import type { Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { type Field, flag, type Settings } from "./settings.js";

/** How {@link RAdam} descends. */
export interface RAdamOptions extends Omit<AdamOptions, "amsgrad"> {
	/** Weights decay apart from the gradient, as in AdamW. */
	readonly decoupledWeightDecay?: boolean | undefined;
}

/** The line of the decay, coupled or decoupled. */
export function decayLine({ weightDecay, decoupledWeightDecay }: Settings<RAdamOptions>): readonly string[] {
	if (weightDecay === 0) return [];
	return [decoupledWeightDecay ? "p = p - γ*λ*p" : "g = g + λ*p"];
}

/** Whether weights decay apart from the gradient. */
export const decoupled: Field<boolean> = flag("an answer to decoupledWeightDecay", false);

/**
 * Rectified Adam: with ρ∞ = 2 / (1 - β2) - 1 and ρ = ρ∞ - 2 t β2ᵗ / (1 - β2ᵗ),
 * p ← p - γ m̂ r √(1 - β2ᵗ) / (√v + ε) where ρ > 5, and p ← p - γ m̂ before, while
 * the mean square says little; r² = (ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ).
 * The rate is 0.001 when left out.
 *
 * Source: L. Liu et al., "On the variance of the adaptive learning rate and
 * beyond", 2020; the threshold 5 and the place of ε as in PyTorch.
 */
export class RAdam extends FormulaOptimizer<RAdamOptions> {
	constructor(parameters: Parameters<RAdamOptions>, options: RAdamOptions = {}) {
		const { amsgrad: _, ...own } = adamFields;
		super(parameters, options, { name: "RAdam", fields: { ...own, decoupledWeightDecay: decoupled } });
	}

	protected override formulas(settings: Settings<RAdamOptions>): string[] {
		return [...decayLine(settings), ...means, "p = p - η*m*if(r > 0, r/(sqrt(v) + ε), 1)"];
	}

	protected override numbers(settings: Settings<RAdamOptions>, t: number): StepNumbers {
		const { learningRate: γ, epsilon: ε, weightDecay: λ } = settings;
		const [β1, β2] = settings.betas;
		const most = 2 / (1 - β2) - 1;
		const ρ = most - (2 * t * β2 ** t) / (1 - β2 ** t);
		const rectified = ((ρ - 4) * (ρ - 2) * most) / ((most - 4) * (most - 2) * ρ);
		return { β1, β2, ε, λ, γ, r: ρ > 5 ? Math.sqrt(rectified * (1 - β2 ** t)) : 0 };
	}

	protected override derived(): readonly string[] {
		return [correctedRate];
	}
}
