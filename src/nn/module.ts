/**
 * Modules: functions with parameters.
 *
 * A module keeps its parameters and its parts in fields, and what belongs to it
 * is found by walking them: nothing is registered, so nothing can be forgotten.
 * A call runs `forward` in a scope named after the field that holds the module,
 * so that pictures and messages use the words of the program.
 *
 * No layer, loss or optimizer is known here.
 */
import { Scalar, scope, Tensor } from "../index.js";

/** A number or tensor to be trained: a leaf of the tape that gradients reach. */
export type Parameter = Scalar | Tensor;

/** What a walk has come across. */
interface Found {
	readonly seen: Set<object>;
	readonly parameters: Map<string, Parameter>;
}

/** The names given here, as opposed to those a user gave. */
const givenNames = new WeakMap<Parameter, string>();

/**
 * A function with parameters: extend it, keep parameters and other modules in
 * fields, define `forward`, and use `call`.
 *
 * Fields may also be arrays and plain objects of modules and parameters, to any
 * depth; cycles do no harm. Not looked into: private `#fields`, maps, sets, and
 * what a function has closed over.
 *
 * @example
 * ```ts
 * import { add, mul, parameter, type Scalar } from "chainrule";
 * import { Module } from "chainrule/nn";
 *
 * class Line extends Module<number, Scalar> {
 * 	readonly slope = parameter(2);
 * 	readonly height = parameter(1);
 *
 * 	override forward(x: number): Scalar {
 * 		return add(mul(this.slope, x), this.height);
 * 	}
 * }
 *
 * const line = new Line();
 * console.log(line.call(3).value); // 7
 * console.log([...line.namedParameters().keys()].join(", ")); // slope, height
 * ```
 */
export abstract class Module<Input = unknown, Output = unknown> {
	/** Where the module above keeps this one, such as `layers.0`; `undefined` at top level. */
	#place: string | undefined;
	/** True once the modules and parameters below have their names. */
	#named = false;

	/** The function itself. Users write it and call {@link call}, which names the scope. */
	abstract forward(input: Input): Output;

	/** `forward(input)`, recorded in a scope named after the field that holds this module, or after its class. */
	call(input: Input): Output {
		if (!this.#named) this.namedParameters();
		return scope(this.#place ?? classNameOf(this), () => this.forward(input));
	}

	/**
	 * The parameters by their paths, such as `layers.0.weight`, in the order of
	 * the fields. One that is reached by several paths appears under the first.
	 *
	 * A parameter without a name takes its path for a name; one that a user
	 * named keeps it.
	 */
	namedParameters(): Map<string, Parameter> {
		const found: Found = { seen: new Set([this]), parameters: new Map() };
		this.#named = true;
		Module.#walk(this, "", "", found);
		for (const [path, parameter] of found.parameters) nameAfterPath(parameter, path);
		return found.parameters;
	}

	/** The parameters, each once, in the order of the fields. */
	parameters(): Parameter[] {
		return [...this.namedParameters().values()];
	}

	/** How many numbers the parameters hold together. */
	parameterCount(): number {
		return this.parameters().reduce((count, x) => count + (x instanceof Tensor ? x.size : 1), 0);
	}

	/** Forgets the gradients of all parameters. */
	zeroGrad(): void {
		for (const parameter of this.parameters()) parameter.zeroGrad();
	}

	/** Looks through the fields of `branch`, which has the given path from the root and place in the nearest module. */
	static #walk(branch: object, path: string, place: string, found: Found): void {
		for (const [field, value] of Object.entries(branch) as [string, unknown][]) {
			if (typeof value !== "object" || value === null || found.seen.has(value)) continue;
			found.seen.add(value);
			const below = join(path, field);
			if (value instanceof Scalar || value instanceof Tensor) {
				if (value.isLeaf && value.requiresGrad) found.parameters.set(below, value);
			} else if (value instanceof Module) {
				value.#place ??= join(place, field);
				value.#named = true;
				Module.#walk(value, below, "", found);
			} else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
				Module.#walk(value, below, join(place, field), found);
			}
		}
	}
}

function join(path: string, field: string): string {
	return path === "" ? field : `${path}.${field}`;
}

function classNameOf(module: Module): string {
	return module.constructor.name.toLowerCase() || "module";
}

/** A name that a smaller module gave grows with the path, from `weight` to `layers.0.weight`, and never shrinks. */
function nameAfterPath(parameter: Parameter, path: string): void {
	const { name } = parameter;
	const grows = name !== undefined && givenNames.get(parameter) === name && path.endsWith(`.${name}`);
	if (name !== undefined && !grows) return;
	parameter.named(path);
	givenNames.set(parameter, path);
}
