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
import { type LoadOptions, type LoadReport, loadInto, type Slot, type StateDict, snapshot } from "./state.js";

/** A number or tensor to be trained: a leaf of the tape that gradients reach, unless it is frozen. */
export type Parameter = Scalar | Tensor;

/** Any module, whatever it takes and gives. */
export type AnyModule = Module<never, unknown, never>;

/** Which parameters are meant: those that are trained, those that are frozen, or all when left out. */
export interface ParameterOptions {
	readonly trainable?: boolean | undefined;
}

/** A field that holds a parameter or buffer. */
export interface Holder {
	readonly branch: Record<string, unknown>;
	readonly field: string;
}

/** Everything that belongs to a module, by path, in the order of the fields; what is shared stands under its first path. */
export interface Contents {
	/** The module itself, under `""`, and all parts. */
	readonly modules: Map<string, AnyModule>;
	readonly parameters: Map<string, Parameter>;
	readonly buffers: Map<string, Tensor>;
	/** Every field that holds a parameter or buffer; of one that is shared there are several. */
	readonly holders: Map<Parameter, Holder[]>;
}

/** The names given here, as opposed to those a user gave. */
const givenNames = new WeakMap<Parameter, string>();
/** Every parameter that a walk has found: so those that were frozen since are told from constants. */
const parametersFound = new WeakSet<Parameter>();
const buffers = new WeakSet<Tensor>();

/**
 * Marks a constant tensor as a buffer: it is part of the state of the module
 * that keeps it in a field, like a parameter, but nothing trains it. To change
 * it, put another buffer into the field; what was computed with the old one
 * keeps it. Returns the same tensor.
 *
 * @example
 * ```ts
 * import { add, mul, sub, type Tensor, tensor } from "chainrule";
 * import { buffer, Module } from "chainrule/nn";
 *
 * class Average extends Module<Tensor, Tensor> {
 * 	value = buffer(tensor([0, 0]));
 *
 * 	override forward(x: Tensor): Tensor {
 * 		this.value = buffer(add(this.value, mul(0.5, sub(x.detach(), this.value))));
 * 		return this.value;
 * 	}
 * }
 *
 * const average = new Average();
 * average.call(tensor([2, 4]));
 * console.log([...average.stateDict()].map(([path, x]) => `${path} ${x}`).join()); // value [1, 2]
 * ```
 */
export function buffer(tensor: Tensor): Tensor {
	buffers.add(tensor);
	return tensor;
}

/** True for a leaf that is trained, and for one that a module has frozen. */
export function isParameter(x: unknown): boolean {
	return (x instanceof Scalar || x instanceof Tensor) && x.isLeaf && (x.requiresGrad || parametersFound.has(x));
}

/** Told of every call while `observeCalls` runs. */
let observer: ((module: AnyModule, output: unknown) => void) | undefined;

/** Runs `body`, and tells `observe` of the result of every module that is called in it, parts before the whole. */
export function observeCalls<Result>(
	observe: (module: AnyModule, output: unknown) => void,
	body: () => Result,
): Result {
	const before = observer;
	observer = observe;
	try {
		return body();
	} finally {
		observer = before;
	}
}

/**
 * A function with parameters: extend it, keep parameters and other modules in
 * fields, define `forward`, and use `call`.
 *
 * Fields may also be arrays and plain objects of modules and parameters, to any
 * depth; cycles do no harm. Not looked into: private `#fields`, maps, sets, and
 * what a function has closed over. A module that takes more than its input,
 * such as a first state, lists the types of these arguments as `More`.
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
export abstract class Module<Input = unknown, Output = unknown, More extends readonly unknown[] = []> {
	/** False where the module is used and not trained: dropout drops nothing, batch normalization goes by what it has collected. */
	training = true;
	/** Where the module above keeps this one, such as `layers.0`; `undefined` at top level. */
	#place: string | undefined;
	/** True once the modules and parameters below have their names. */
	#named = false;

	/** The function itself. Users write it and call {@link call}, which names the scope. */
	abstract forward(input: Input, ...more: More): Output;

	/** `forward(input)`, recorded in a scope named after the field that holds this module, or after its class. */
	call(input: Input, ...more: More): Output {
		if (!this.#named) this.contents();
		const output = scope(this.#place ?? classNameOf(this), () => this.forward(input, ...more));
		observer?.(this, output);
		return output;
	}

	/** Everything that belongs to this module, and in which fields: for who writes modules to files, or exchanges their parameters. */
	contents(): Contents {
		const found: Walk = {
			seen: new Set([this]),
			modules: new Map([["", this]]),
			parameters: new Map(),
			buffers: new Map(),
			holders: new Map(),
		};
		this.#named = true;
		Module.#walk(this as unknown as Branch, "", "", found);
		for (const [path, parameter] of found.parameters) nameAfterPath(parameter, path);
		return found;
	}

	/** This module, under `""`, and all parts, by their paths. */
	namedModules(): Map<string, AnyModule> {
		return this.contents().modules;
	}

	/**
	 * The parameters by their paths, such as `layers.0.weight`, in the order of
	 * the fields. One that is reached by several paths appears under the first.
	 *
	 * A parameter without a name takes its path for a name; one that a user
	 * named keeps it.
	 */
	namedParameters({ trainable }: ParameterOptions = {}): Map<string, Parameter> {
		const { parameters } = this.contents();
		if (trainable === undefined) return parameters;
		return new Map([...parameters].filter(([, { requiresGrad }]) => requiresGrad === trainable));
	}

	/** The parameters, each once, in the order of the fields. */
	parameters(options?: ParameterOptions): Parameter[] {
		return [...this.namedParameters(options).values()];
	}

	/** The buffers by their paths; see {@link buffer}. */
	namedBuffers(): Map<string, Tensor> {
		return this.contents().buffers;
	}

	/** How many numbers the parameters hold together. */
	parameterCount(options?: ParameterOptions): number {
		return this.parameters(options).reduce((count, x) => count + sizeOfParameter(x), 0);
	}

	/** Forgets the gradients of all parameters. */
	zeroGrad(): void {
		for (const parameter of this.parameters()) parameter.zeroGrad();
	}

	/** Tells this module and all parts that they are trained (`on`, true when left out) or used. */
	train(on = true): this {
		for (const module of this.namedModules().values()) module.training = on;
		return this;
	}

	/** Tells this module and all parts that they are used and not trained. */
	eval(): this {
		return this.train(false);
	}

	/**
	 * Freezes the parameters that `which` chooses by their path, all when left
	 * out: they are constants from now on, and forget their gradient. They stay
	 * in {@link parameters} and in the state.
	 *
	 * @example
	 * ```ts
	 * import { tanh } from "chainrule";
	 * import { Linear, Sequential } from "chainrule/nn";
	 * const model = new Sequential(new Linear(3, 4), tanh, new Linear(4, 1));
	 * model.freeze((path) => path.startsWith("layers.0."));
	 * console.log(model.parameterCount(), model.parameterCount({ trainable: true })); // 21 5
	 * ```
	 */
	freeze(which?: (path: string, parameter: Parameter) => boolean): this {
		return this.#setTrainable(false, which);
	}

	/** Undoes {@link freeze}. */
	unfreeze(which?: (path: string, parameter: Parameter) => boolean): this {
		return this.#setTrainable(true, which);
	}

	#setTrainable(on: boolean, which: (path: string, parameter: Parameter) => boolean = () => true): this {
		for (const [path, parameter] of this.namedParameters()) {
			if (!which(path, parameter)) continue;
			parameter.requiresGrad = on;
			if (!on) parameter.zeroGrad();
		}
		return this;
	}

	/**
	 * Parameters and buffers by their paths, as constants that later changes do
	 * not touch; numbers of the tape as tensors of shape `[]`.
	 */
	stateDict(): Map<string, Tensor> {
		return snapshot(this.#slots());
	}

	/**
	 * Gives parameters and buffers the values of a state, converted to their
	 * dtypes. If anything is wrong nothing is loaded.
	 *
	 * @throws where shapes differ, and, unless `strict` is false, where the state
	 *   lacks a key or has one too many: all of them are named in one error.
	 *
	 * @example
	 * ```ts
	 * import { Linear } from "chainrule/nn";
	 * const [one, two] = [new Linear(2, 3), new Linear(2, 3)];
	 * two.loadStateDict(one.stateDict());
	 * console.log(String(one.weight) === String(two.weight)); // true
	 * ```
	 */
	loadStateDict(state: StateDict, options?: LoadOptions): LoadReport {
		return loadInto(this.#slots(), state, options);
	}

	#slots(): Map<string, Slot> {
		const { parameters, buffers: tensors, holders } = this.contents();
		const slots = new Map<string, Slot>();
		for (const [path, value] of parameters) slots.set(path, { value, set: (next) => assignParameter(value, next) });
		for (const [path, value] of tensors) {
			const set = (next: Tensor): void => {
				for (const { branch, field } of holders.get(value) ?? []) branch[field] = buffer(next);
			};
			slots.set(path, { value, set });
		}
		return slots;
	}

	/** Looks through the fields of `branch`, which has the given path from the root and place in the nearest module. */
	static #walk(branch: Branch, path: string, place: string, found: Walk): void {
		for (const [field, value] of Object.entries(branch)) {
			if (typeof value !== "object" || value === null) continue;
			const below = join(path, field);
			if (value instanceof Scalar || value instanceof Tensor) {
				keep(found, value, below, { branch, field });
				continue;
			}
			if (found.seen.has(value)) continue;
			found.seen.add(value);
			if (value instanceof Module) {
				value.#place ??= join(place, field);
				value.#named = true;
				found.modules.set(below, value);
				Module.#walk(value as unknown as Branch, below, "", found);
			} else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
				Module.#walk(value as Branch, below, join(place, field), found);
			}
		}
	}
}

/** Whatever has fields. */
type Branch = Record<string, unknown>;

/** What a walk has come across. */
interface Walk extends Contents {
	readonly seen: Set<object>;
}

function keep({ parameters, buffers: tensors, holders }: Walk, x: Parameter, path: string, holder: Holder): void {
	const others = holders.get(x);
	if (others !== undefined) {
		others.push(holder);
		return;
	}
	if (isParameter(x)) {
		parametersFound.add(x);
		parameters.set(path, x);
	} else if (x instanceof Tensor && buffers.has(x)) tensors.set(path, x);
	else return;
	holders.set(x, [holder]);
}

/** Gives a parameter a new value, also a frozen one. */
export function assignParameter(parameter: Parameter, value: Tensor): void {
	const { requiresGrad } = parameter;
	parameter.requiresGrad = true;
	if (parameter instanceof Scalar) parameter.assign(value.item());
	else parameter.assign(value);
	parameter.requiresGrad = requiresGrad;
}

/** How many numbers a parameter holds. */
export function sizeOfParameter(x: Parameter): number {
	return x instanceof Tensor ? x.size : 1;
}

function join(path: string, field: string): string {
	return path === "" ? field : `${path}.${field}`;
}

function classNameOf(module: object): string {
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
