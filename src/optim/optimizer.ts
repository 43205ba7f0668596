/**
 * What all optimizers share: a list of parameters, a learning rate, and a step.
 *
 * A rule of descent is written once, as a formula in values: the parameter is a
 * scalar or a tensor, its gradient a number or a tensor, and the operations
 * serve both. Nothing of a step is recorded.
 */
import { failure } from "../core/errors.js";
import { noGrad, Scalar, Tensor, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";

/** What every optimizer is told. */
export interface OptimizerOptions {
	/** How far a step goes; above 0. */
	readonly learningRate: number;
}

/**
 * Moves parameters against their gradients. Extend it and say where a parameter
 * goes.
 *
 * @throws where there are no parameters, one is listed twice, or one cannot be assigned.
 */
export abstract class Optimizer {
	readonly parameters: readonly Parameter[];
	#learningRate: number;

	constructor(parameters: Iterable<Parameter>, { learningRate }: OptimizerOptions) {
		this.parameters = checkParameters(this.constructor.name, [...parameters]);
		this.#learningRate = checkLearningRate(this.constructor.name, learningRate);
	}

	/** How far a step goes. It may be changed between steps. */
	get learningRate(): number {
		return this.#learningRate;
	}

	set learningRate(learningRate: number) {
		this.#learningRate = checkLearningRate(this.constructor.name, learningRate);
	}

	/** Where the parameter goes, given its gradient: a new value of the same shape. */
	protected abstract moved(parameter: Parameter, gradient: Value): Value;

	/** Moves every parameter that has a gradient; the others stay where they are. */
	step(): void {
		noGrad(() => {
			for (const parameter of this.parameters) {
				const { grad } = parameter;
				if (grad === undefined) continue;
				const next = this.moved(parameter, grad);
				if (parameter instanceof Scalar) parameter.assign(Number(next));
				else parameter.assign(next as Tensor);
			}
		});
	}

	/** Forgets the gradients of all parameters: `backward()` adds to what is there. */
	zeroGrad(): void {
		for (const parameter of this.parameters) parameter.zeroGrad();
	}
}

function checkParameters(name: string, parameters: readonly Parameter[]): readonly Parameter[] {
	const expected = "variables, each once, such as model.parameters()";
	if (parameters.length === 0) {
		throw failure({ what: `${name}: no parameters`, expected, actual: "an empty list" });
	}
	parameters.forEach((parameter, index) => {
		const known = parameter instanceof Scalar || parameter instanceof Tensor;
		if (!known || !parameter.isLeaf || !parameter.requiresGrad) {
			throw failure({ what: `${name}: not a parameter`, expected, actual: `${kindOf(parameter)} at [${index}]` });
		}
		const first = parameters.indexOf(parameter);
		if (first === index) return;
		const label = parameter.name === undefined ? "one parameter" : `"${parameter.name}"`;
		throw failure({
			what: `${name}: a parameter is listed twice`,
			expected,
			actual: `${label} at [${first}] and [${index}]`,
			fix: "list it once: its gradient already counts every use",
		});
	});
	return parameters;
}

function kindOf(given: unknown): string {
	if (!(given instanceof Scalar || given instanceof Tensor)) return given === null ? "null" : typeof given;
	return given.isLeaf ? "a constant" : "the result of an operation";
}

function checkLearningRate(name: string, learningRate: number): number {
	if (learningRate > 0 && Number.isFinite(learningRate)) return learningRate;
	throw failure({
		what: `${name}: not a learning rate`,
		expected: "a finite number above 0",
		actual: String(learningRate),
	});
}
