/**
 * Adam: running means of gradients and of their squares, corrected for their
 * start at 0. Adam and AdamW differ in where the weights decay, and in nothing
 * else.
 */
import { FormulaOptimizer } from "./formulas.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { amount, type Fields, flag, rate, type Settings, shares } from "./settings.js";

/** How {@link Adam} and {@link AdamW} descend. */
export interface AdamOptions extends OptimizerOptions {
	/** β1 and β2: how much of the two means is kept; 0.9 and 0.999 when left out. */
	readonly betas?: readonly [number, number] | undefined;
	/** ε, added to the root; 1e-8 when left out. */
	readonly epsilon?: number | undefined;
	/** λ; 0 for Adam, 0.01 for AdamW when left out. */
	readonly weightDecay?: number | undefined;
	/** Divides by the largest mean square so far. */
	readonly amsgrad?: boolean | undefined;
}

/** The settings of Adam; its relatives take most of them over. */
export const adamFields: Fields<AdamOptions> = {
	learningRate: rate(1e-3),
	betas: shares([0.9, 0.999]),
	epsilon: amount("an epsilon", 1e-8),
	weightDecay: amount("a weight decay", 0),
	amsgrad: flag("an answer to amsgrad", false),
};

/** The lines of the two means. */
export const means = ["m = β1*m + (1 - β1)*g", "v = β2*v + (1 - β2)*g*g"] as const;

function descent({ amsgrad }: Settings<AdamOptions>): readonly string[] {
	return amsgrad
		? [...means, "s = maximum(s, v)", "p = p - η*m/(c*sqrt(s) + ε)"]
		: [...means, "p = p - η*m/(c*sqrt(v) + ε)"];
}

/** The correction of a mean of gradients that began at 0, put into the rate. */
export const correctedRate = "η = γ/(1 - β1^t)";
/** The correction of the root of a mean of squares that began at 0. */
export const correctedRoot = "c = 1/sqrt(1 - β2^t)";

/** η m / (c √v + ε) is γ m̂ / (√v̂ + ε), with m̂ = m / (1 - β1ᵗ) and v̂ = v / (1 - β2ᵗ). */
const corrections = [correctedRate, correctedRoot] as const;

function numbersOf({ learningRate: γ, epsilon: ε, weightDecay: λ, betas }: Settings<AdamOptions>): StepNumbers {
	const [β1, β2] = betas;
	return { β1, β2, ε, λ, γ };
}

/**
 * Adam: m ← β1 m + (1 - β1) g, v ← β2 v + (1 - β2) g²,
 * p ← p - γ m̂ / (√v̂ + ε), with m̂ = m / (1 - β1ᵗ) and v̂ = v / (1 - β2ᵗ).
 * The rate is 0.001 when left out; weight decay adds λ p to the gradient.
 *
 * Source: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization",
 * 2015; amsgrad: S. J. Reddi et al., "On the convergence of Adam and beyond",
 * 2018; as in PyTorch.
 *
 * @example
 * ```ts
 * import { parameter, square, sum } from "chainrule";
 * import { Adam } from "chainrule/optim";
 *
 * const x = parameter([3, -200]);
 * const optimizer = new Adam([x], { learningRate: 0.5 });
 * sum(square(x)).backward();
 * optimizer.step(); // the first step goes by the learning rate, however long the gradient
 * console.log(Array.from(x.data, (value) => value.toFixed(4)).join(" ")); // 2.5000 -199.5000
 * ```
 */
export class Adam extends FormulaOptimizer<AdamOptions> {
	constructor(parameters: Parameters<AdamOptions>, options: AdamOptions = {}) {
		super(parameters, options, { name: "Adam", fields: adamFields });
	}

	protected override formulas(settings: Settings<AdamOptions>): string[] {
		return [...(settings.weightDecay === 0 ? [] : ["g = g + λ*p"]), ...descent(settings)];
	}

	protected override numbers(settings: Settings<AdamOptions>): StepNumbers {
		return numbersOf(settings);
	}

	protected override derived(): readonly string[] {
		return corrections;
	}
}

/**
 * Adam with weights that decay apart from the gradient: p ← p - γ λ p first,
 * then as {@link Adam}. λ is 0.01 and the rate 0.001 when left out.
 *
 * Source: I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019; as in PyTorch.
 */
export class AdamW extends FormulaOptimizer<AdamOptions> {
	constructor(parameters: Parameters<AdamOptions>, options: AdamOptions = {}) {
		super(parameters, options, {
			name: "AdamW",
			fields: { ...adamFields, weightDecay: amount("a weight decay", 1e-2) },
		});
	}

	protected override formulas(settings: Settings<AdamOptions>): string[] {
		return [...(settings.weightDecay === 0 ? [] : ["p = p - γ*λ*p"]), ...descent(settings)];
	}

	protected override numbers(settings: Settings<AdamOptions>): StepNumbers {
		return numbersOf(settings);
	}

	protected override derived(): readonly string[] {
		return corrections;
	}
}
