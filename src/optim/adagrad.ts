/** A learning rate per element, by the squares of all gradients so far: Adagrad, and by those of late: Adadelta. */
import { FormulaOptimizer } from "./formulas.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import type { StepNumbers } from "./rule.js";
import { amount, type Fields, rate, type Settings, share } from "./settings.js";

/** How {@link Adagrad} descends. */
export interface AdagradOptions extends OptimizerOptions {
	/** η: the rate in step t is γ / (1 + (t - 1) η); 0 when left out. */
	readonly learningRateDecay?: number | undefined;
	/** λ: adds λ p to the gradient; 0 when left out. */
	readonly weightDecay?: number | undefined;
	/** The sum of squares before the first step; 0 when left out. */
	readonly initialSum?: number | undefined;
	/** ε, added to the root; 1e-10 when left out. */
	readonly epsilon?: number | undefined;
}

const fields: Fields<AdagradOptions> = {
	learningRate: rate(1e-2),
	learningRateDecay: amount("a decay of the learning rate", 0),
	weightDecay: amount("a weight decay", 0),
	initialSum: amount("a first sum of squares", 0),
	epsilon: amount("an epsilon", 1e-10),
};

/**
 * Adagrad: s ← s + g², p ← p - γ g / (√s + ε). The rate is 0.01 when left out.
 *
 * Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for
 * online learning and stochastic optimization", 2011; as in PyTorch.
 */
export class Adagrad extends FormulaOptimizer<AdagradOptions> {
	constructor(parameters: Parameters<AdagradOptions>, options: AdagradOptions = {}) {
		super(parameters, options, { name: "Adagrad", fields });
	}

	protected override formulas({ weightDecay }: Settings<AdagradOptions>): string[] {
		const decay = weightDecay === 0 ? [] : ["g = g + λ*p"];
		return [...decay, "s = s + g*g", "p = p - γ*g/(sqrt(s) + ε)"];
	}

	protected override firsts({ initialSum }: Settings<AdagradOptions>): { readonly s: number } {
		return { s: initialSum };
	}

	protected override numbers(settings: Settings<AdagradOptions>, t: number): StepNumbers {
		const { learningRate, learningRateDecay: η, weightDecay: λ, epsilon: ε } = settings;
		return { γ: learningRate / (1 + (t - 1) * η), λ, ε };
	}
}

/** How {@link Adadelta} descends. */
export interface AdadeltaOptions extends OptimizerOptions {
	/** ρ: how much of the running means is kept; 0.9 when left out. */
	readonly rho?: number | undefined;
	/** λ: adds λ p to the gradient; 0 when left out. */
	readonly weightDecay?: number | undefined;
	/** ε, added below both roots; 1e-6 when left out. */
	readonly epsilon?: number | undefined;
}

const deltaFields: Fields<AdadeltaOptions> = {
	learningRate: rate(1),
	rho: share("a rho", 0.9),
	weightDecay: amount("a weight decay", 0),
	epsilon: amount("an epsilon", 1e-6),
};

/**
 * Adadelta: v ← ρ v + (1 - ρ) g², d = g √(u + ε) / √(v + ε),
 * u ← ρ u + (1 - ρ) d², p ← p - γ d. The rate is 1 when left out.
 *
 * Source: M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012; as in PyTorch.
 */
export class Adadelta extends FormulaOptimizer<AdadeltaOptions> {
	constructor(parameters: Parameters<AdadeltaOptions>, options: AdadeltaOptions = {}) {
		super(parameters, options, { name: "Adadelta", fields: deltaFields });
	}

	protected override formulas({ weightDecay }: Settings<AdadeltaOptions>): string[] {
		return [
			...(weightDecay === 0 ? [] : ["g = g + λ*p"]),
			"v = ρ*v + (1 - ρ)*g*g",
			"d = sqrt(u + ε)/sqrt(v + ε)*g",
			"u = ρ*u + (1 - ρ)*d*d",
			"p = p - γ*d",
		];
	}

	protected override numbers(settings: Settings<AdadeltaOptions>): StepNumbers {
		const { learningRate: γ, rho: ρ, weightDecay: λ, epsilon: ε } = settings;
		return { γ, ρ, λ, ε };
	}
}
