/** Gradient descent, with and without momentum. */
import { failure } from "../core/errors.js";
import { add, mul, sub, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";

/** How {@link SGD} descends. */
export interface SGDOptions extends OptimizerOptions {
	/** How much of the velocity is kept, from 0 up to, not including, 1; 0 when left out. */
	readonly momentum?: number | undefined;
}

/**
 * Gradient descent: v ← μ v + g, p ← p - η v, with v = 0 before the first step.
 * It is called stochastic where g comes from a part of the data.
 *
 * Source: B. T. Polyak, "Some methods of speeding up the convergence of
 * iteration methods", 1964, with the learning rate outside of the velocity, as
 * in PyTorch: changing it acts at once, also on the velocity gathered so far.
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
export class SGD extends Optimizer {
	readonly momentum: number;
	readonly #velocities = new Map<Parameter, Value>();

	constructor(parameters: Iterable<Parameter>, { momentum = 0, ...options }: SGDOptions) {
		super(parameters, options);
		if (!(momentum >= 0 && momentum < 1)) {
			throw failure({
				what: "SGD: not a momentum",
				expected: "a number from 0 up to, not including, 1",
				actual: String(momentum),
			});
		}
		this.momentum = momentum;
	}

	protected override moved(p: Parameter, g: Value): Value {
		return sub(p, mul(this.learningRate, this.#velocity(p, g)));
	}

	#velocity(p: Parameter, g: Value): Value {
		if (this.momentum === 0) return g;
		const before = this.#velocities.get(p);
		const v = before === undefined ? g : add(mul(this.momentum, before), g);
		this.#velocities.set(p, v);
		return v;
	}
}
