/**
 * What all optimizers share: groups of parameters, a step, and a state.
 *
 * Where a parameter goes is all that a rule of descent says. What it remembers
 * of earlier steps it keeps in `memoryOf`, and so in the state. Nothing of a
 * step is recorded.
 */
import { checkOptions } from "../core/options.js";
import { noGrad, Scalar, Tensor, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";
import { groupsOf, type OptimizerOptions, type ParameterGroup, type Parameters } from "./groups.js";
import { type Fields, rate, type Settings, type SettingsOf } from "./settings.js";
import {
	copyOf,
	type Form,
	fits,
	formOf,
	formText,
	type GroupState,
	type Memory,
	misfit,
	type OptimizerState,
	single,
} from "./state.js";

/**
 * Moves parameters against their gradients. Extend it and say where a parameter
 * goes, in `moved`; or extend `FormulaOptimizer` and say it in formulas.
 *
 * Parameters are given as such, or in groups with options of their own:
 * `new Adam([{ parameters: body }, { parameters: head, learningRate: 0.01 }])`.
 *
 * @throws where there are no parameters, one is listed twice, or one cannot be assigned.
 */
export abstract class Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
	/** The groups, one at least. */
	readonly groups: readonly ParameterGroup<Options>[];
	/** The parameters of all groups. */
	readonly parameters: readonly Parameter[];
	readonly #name: string;
	readonly #memories = new Map<Parameter, Memory>();

	constructor(parameters: Parameters<Options>, options: Options, kind?: SettingsOf<Options>) {
		const own = kind ?? { name: this.constructor.name, fields: { learningRate: rate(1e-3) } as Fields<Options> };
		this.#name = own.name;
		// What a subclass without a table of settings is told is its own affair.
		const names = kind && Object.keys(kind.fields);
		if (names) checkOptions(own.name, options, names);
		this.groups = groupsOf(own, parameters, options, names);
		this.parameters = this.groups.flatMap((group) => group.parameters);
	}

	/** The name of the optimizer, as states and messages give it. */
	get algorithm(): string {
		return this.#name;
	}

	/** How far a step goes: the rate of the first group. Set, it is that of every group. */
	get learningRate(): number {
		return (this.groups[0] as ParameterGroup<Options>).learningRate;
	}

	set learningRate(learningRate: number) {
		for (const group of this.groups) group.learningRate = learningRate;
	}

	/** Where the parameter goes, given its gradient and its group: a new value of the same shape. */
	protected abstract moved(parameter: Parameter, gradient: Value, group: ParameterGroup<Options>): Value;

	/** What is remembered about a parameter: put tensors of its shape here, or single float64 numbers, and the state holds them. */
	protected memoryOf(parameter: Parameter): Memory {
		let memory = this.#memories.get(parameter);
		if (memory === undefined) {
			memory = {};
			this.#memories.set(parameter, memory);
		}
		return memory;
	}

	/** The names of what is remembered and their forms, where they are known; a state with others is refused. */
	protected memoryForms(
		_parameter: Parameter,
		_settings: Settings<Options>,
	): { readonly [name: string]: Form } | undefined {
		return undefined;
	}

	/**
	 * Moves every parameter that has a gradient; the others stay where they are.
	 *
	 * With a closure, which forgets the gradients, computes the loss, calls
	 * `backward()` and returns the loss, the step begins by running it: this form
	 * works for every optimizer, also for those that need several tries.
	 */
	step(): void;
	step<Loss extends Value>(closure: () => Loss): Loss;
	step(closure?: () => Value): Value | undefined {
		const loss = closure?.();
		noGrad(() => {
			for (const group of this.groups) {
				for (const parameter of group.parameters) {
					const { grad } = parameter;
					if (grad !== undefined) place(parameter, this.moved(parameter, grad, group));
				}
			}
		});
		return loss;
	}

	/** Forgets the gradients of all parameters: `backward()` adds to what is there. */
	zeroGrad(): void {
		for (const parameter of this.parameters) parameter.zeroGrad();
	}

	/** Everything the optimizer goes on from, as copies: settings of the groups, and what is remembered. */
	stateDict(): OptimizerState {
		const tensors = new Map<string, Tensor>();
		let next = 0;
		const groups = this.groups.map(({ parameters, settings }) => {
			const first = next;
			for (const parameter of parameters) {
				const forms = this.memoryForms(parameter, settings);
				for (const [name, value] of Object.entries(this.#memories.get(parameter) ?? {})) {
					// What only former settings asked for is left out.
					if (forms === undefined || Object.hasOwn(forms, name)) tensors.set(`${next}.${name}`, copyOf(value));
				}
				next++;
			}
			return {
				parameters: parameters.map((_, index) => first + index),
				settings: { ...settings } as GroupState["settings"],
			};
		});
		return { algorithm: this.#name, groups, tensors };
	}

	/**
	 * Goes on from a state, bit for bit.
	 *
	 * @throws where the state belongs to another optimizer or other parameters; then nothing is changed.
	 */
	loadStateDict(state: OptimizerState): void {
		if (typeof state !== "object" || state === null)
			throw misfit(this.#name, `a state of ${this.#name}`, String(state));
		const settings = this.#settingsIn(state);
		const memories = this.#memoriesIn(state);
		let index = 0;
		for (const [place, { parameters }] of this.groups.entries()) {
			for (const parameter of parameters) {
				const memory = memories.get(parameter);
				const forms = memory && this.memoryForms(parameter, settings[place] as Settings<Options>);
				if (memory) this.#checkMemory(`${index}.`, memory, forms, [formOf(parameter), single]);
				index++;
			}
		}

		for (const [place, group] of this.groups.entries()) group.change(settings[place] as Partial<Options>);
		this.#memories.clear();
		for (const [parameter, memory] of memories) this.#memories.set(parameter, memory);
	}

	#settingsIn({ algorithm, groups }: OptimizerState): Settings<Options>[] {
		if (algorithm !== this.#name) throw misfit(this.#name, this.#name, String(algorithm));
		const sizes = (lists: readonly { readonly parameters: readonly unknown[] }[]): string =>
			`groups of ${lists.map(({ parameters }) => parameters.length).join(", ")} parameters`;
		const isList = Array.isArray(groups) && groups.every((group) => Array.isArray(group?.parameters));
		const found = isList ? sizes(groups) : "no groups";
		if (found !== sizes(this.groups)) throw misfit(this.#name, sizes(this.groups), found);
		return this.groups.map((group, index) => {
			const { settings } = groups[index] as GroupState;
			for (const name of Object.keys(group.settings)) {
				if (typeof settings !== "object" || settings === null || !Object.hasOwn(settings, name)) {
					throw misfit(this.#name, `a value for ${name} in every group`, `none in group ${index}`);
				}
			}
			return group.checked(settings as Partial<Options>);
		});
	}

	/** The tensors of a state, copied and sorted by what they are remembered about. */
	#memoriesIn({ tensors }: OptimizerState): Map<Parameter, Memory> {
		const memories = new Map<Parameter, Memory>();
		if (!(tensors instanceof Map)) throw misfit(this.#name, "a map of tensors", typeof tensors);
		for (const [key, value] of tensors) {
			const [, index, name = ""] = /^(0|[1-9]\d*)\.([\p{L}][\p{L}\p{M}\p{N}_]*)$/u.exec(String(key)) ?? [];
			const parameter = this.parameters[Number(index)];
			if (parameter === undefined || !(value instanceof Tensor)) {
				throw misfit(this.#name, `tensors named 0.name to ${this.parameters.length - 1}.name`, `"${key}"`);
			}
			const memory = memories.get(parameter) ?? {};
			memory[name] = copyOf(value);
			memories.set(parameter, memory);
		}
		return memories;
	}

	/** Refuses a memory that lacks one of the forms, or holds anything else; where none are given, `free` ones will do. */
	#checkMemory(
		prefix: string,
		memory: Memory,
		forms: { readonly [name: string]: Form } | undefined,
		free: readonly Form[],
	): void {
		for (const [name, value] of Object.entries(memory)) {
			const allowed = forms === undefined ? free : Object.hasOwn(forms, name) ? [forms[name] as Form] : [];
			if (allowed.some((form) => fits(value, form))) continue;
			const names = Object.keys(forms ?? {}).map((known) => `${prefix}${known}`);
			const expected = allowed.length > 0 ? allowed.map(formText).join(" or ") : names.join(", ");
			throw misfit(this.#name, expected, `${prefix}${name}, ${formText(value)}`);
		}
		for (const name of Object.keys(forms ?? {})) {
			if (!Object.hasOwn(memory, name)) throw misfit(this.#name, `${prefix}${name}`, "no such tensor");
		}
	}
}

/** Assigns a value to a parameter of either kind. */
export function place(parameter: Parameter, value: Value): void {
	if (parameter instanceof Scalar) parameter.assign(Number(value));
	else parameter.assign(value as Tensor);
}
