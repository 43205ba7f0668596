/** Gradients divided by the root of their running mean square. */
import { FormulaOptimizer } from "./formulas.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { amount, type Fields, flag, rate, type Settings, share } from "./settings.js";

/** How {@link RMSprop} descends. */
export interface RMSpropOptions extends OptimizerOptions {
	/** α: how much of the mean square is kept; 0.99 when left out. */
	readonly alpha?: number | undefined;
	/** ε, added to the root; 1e-8 when left out. */
	readonly epsilon?: number | undefined;
	/** λ: adds λ p to the gradient; 0 when left out. */
	readonly weightDecay?: number | undefined;
	/** How much of the velocity is kept; 0 when left out. */
	readonly momentum?: number | undefined;
	/** Divides by an estimate of the deviation: the square of the mean is subtracted from the mean square. */
	readonly centered?: boolean | undefined;
}

const fields: Fields<RMSpropOptions> = {
	learningRate: rate(1e-2),
	alpha: share("an alpha", 0.99),
	epsilon: amount("an epsilon", 1e-8),
	weightDecay: amount("a weight decay", 0),
	momentum: share("a momentum", 0),
	centered: flag("an answer to centered", false),
};

/**
 * RMSprop: v ← α v + (1 - α) g², p ← p - γ g / (√v + ε). The rate is 0.01 when left out.
 *
 * Source: T. Tieleman and G. Hinton, "Lecture 6.5, RMSProp", 2012; centered as
 * in A. Graves, "Generating sequences with recurrent neural networks", 2013; ε
 * outside of the root and momentum on the divided gradient, as in PyTorch.
 */
export class RMSprop extends FormulaOptimizer<RMSpropOptions> {
	constructor(parameters: Parameters<RMSpropOptions>, options: RMSpropOptions = {}) {
		super(parameters, options, { name: "RMSprop", fields });
	}

	protected override formulas({ weightDecay, centered, momentum }: Settings<RMSpropOptions>): string[] {
		return [
			...(weightDecay === 0 ? [] : ["g = g + λ*p"]),
			"v = α*v + (1 - α)*g*g",
			...(centered ? ["a = α*a + (1 - α)*g", "d = sqrt(v - a*a) + ε"] : ["d = sqrt(v) + ε"]),
			...(momentum === 0 ? ["p = p - γ*g/d"] : ["b = μ*b + g/d", "p = p - γ*b"]),
		];
	}

	protected override numbers(settings: Settings<RMSpropOptions>): StepNumbers {
		const { learningRate: γ, alpha: α, epsilon: ε, weightDecay: λ, momentum: μ } = settings;
		return { γ, α, ε, λ, μ };
	}
}
