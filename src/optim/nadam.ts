/** Adam that looks one step of the momentum ahead. */
import type { Tensor } from "../index.js";
import { adamFields, correctedRoot, means } from "./adam.js";
import { FormulaOptimizer } from "./formulas.js";
import type { Parameters } from "./groups.js";
import { decayLine, decoupled, type RAdamOptions } from "./radam.js";
import type { StepNumbers } from "./rule.js";
import { amount, rate, type Settings } from "./settings.js";
import type { Memory } from "./state.js";

/** How {@link NAdam} descends. */
export interface NAdamOptions extends RAdamOptions {
	/** ψ: how fast the momentum grows to β1; 0.004 when left out. */
	readonly momentumDecay?: number | undefined;
}

/**
 * Adam that looks one step of the momentum ahead: with
 * μₜ = β1 (1 - ½ 0.96^(t ψ)), m̂ = μₜ₊₁ m / (1 - μ₁⋯μₜ₊₁) + (1 - μₜ) g / (1 - μ₁⋯μₜ),
 * p ← p - γ m̂ / (√v̂ + ε). The rate is 0.002 when left out.
 *
 * Source: T. Dozat, "Incorporating Nesterov momentum into Adam", 2016; as in PyTorch.
 */
export class NAdam extends FormulaOptimizer<NAdamOptions> {
	constructor(parameters: Parameters<NAdamOptions>, options: NAdamOptions = {}) {
		const { amsgrad: _, ...own } = adamFields;
		const momentumDecay = amount("a decay of the momentum", 4e-3);
		const mine = { ...own, learningRate: rate(2e-3), momentumDecay, decoupledWeightDecay: decoupled };
		super(parameters, options, { name: "NAdam", fields: mine });
	}

	protected override formulas(settings: Settings<NAdamOptions>): string[] {
		return [...decayLine(settings), ...means, "p = p - (a*g + b*m)/(c*sqrt(v) + ε)"];
	}

	/** The product of all μ so far. */
	protected override singles(): { readonly momenta: number } {
		return { momenta: 1 };
	}

	protected override numbers(settings: Settings<NAdamOptions>, t: number, memory: Memory): StepNumbers {
		const { learningRate: γ, epsilon: ε, weightDecay: λ, momentumDecay: ψ } = settings;
		const [β1, β2] = settings.betas;
		const μ = β1 * (1 - 0.5 * 0.96 ** (t * ψ));
		const next = β1 * (1 - 0.5 * 0.96 ** ((t + 1) * ψ));
		const momenta = memory.momenta as Tensor;
		const product = momenta.item() * μ;
		momenta.storage[0] = product;
		const [a, b] = [(γ * (1 - μ)) / (1 - product), (γ * next) / (1 - product * next)];
		return { β1, β2, ε, λ, γ, a, b };
	}

	protected override derived(): readonly string[] {
		return [correctedRoot];
	}
}
