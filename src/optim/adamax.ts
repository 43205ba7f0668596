/** Adam by the largest gradient instead of the mean square. */
import { type AdamOptions, adamFields, correctedRate, means } from "./adam.js";
import { FormulaOptimizer } from "./formulas.js";
import type { Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { rate, type Settings } from "./settings.js";

/** How {@link Adamax} descends. */
export type AdamaxOptions = Omit<AdamOptions, "amsgrad">;

/**
 * Adam by the largest gradient instead of the mean square:
 * m ← β1 m + (1 - β1) g, u ← max(β2 u, |g| + ε), p ← p - γ / (1 - β1ᵗ) m / u.
 * The rate is 0.002 when left out; weight decay adds λ p to the gradient.
 *
 * Source: D. P. Kingma and J. Ba, 2015, section 7.1; ε as in PyTorch.
 */
export class Adamax extends FormulaOptimizer<AdamaxOptions> {
	constructor(parameters: Parameters<AdamaxOptions>, options: AdamaxOptions = {}) {
		const { amsgrad: _, ...own } = adamFields;
		super(parameters, options, { name: "Adamax", fields: { ...own, learningRate: rate(2e-3) } });
	}

	protected override formulas({ weightDecay }: Settings<AdamaxOptions>): string[] {
		const decay = weightDecay === 0 ? [] : ["g = g + λ*p"];
		return [...decay, means[0], "u = maximum(β2*u, abs(g) + ε)", "p = p - η*m/u"];
	}

	protected override numbers(settings: Settings<AdamaxOptions>): StepNumbers {
		const { learningRate: γ, epsilon: ε, weightDecay: λ } = settings;
		const [β1, β2] = settings.betas;
		return { β1, β2, ε, λ, γ };
	}

	protected override derived(): readonly string[] {
		return [correctedRate];
	}
}
