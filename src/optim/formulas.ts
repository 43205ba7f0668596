/**
 * Optimizers whose rule is a few formulas.
 *
 * A rule has two halves: the lines that run for every element, and the numbers
 * they use in step t. What depends on the step alone, such as the correction of
 * a mean that began at 0, belongs to the second, and is a formula, too, where
 * one says it: whoever reads the rule sees where its numbers come from.
 */
import { newStorage } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { namesIn, toFunction } from "../core/formula.js";
import { constants } from "../core/op.js";
import { wrap } from "../core/tensor.js";
import { numericEnvironment } from "../diff/sweep.js";
import { Tensor, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";
import type { OptimizerOptions, ParameterGroup } from "./groups.js";
import { Optimizer } from "./optimizer.js";
import { type Line, parseLine, type Rule, ruleOf, type StepNumbers } from "./rule.js";
import type { Settings } from "./settings.js";
import { copyOf, elementsOf, type Form, formOf, type Memory, single } from "./state.js";

/** The rule by which a step moves every element, to be read: see {@link FormulaOptimizer.rule}. */
export interface UpdateRule {
	/** Each `name = formula`, carried out in order. */
	readonly lines: readonly string[];
	/** Lines `name = formula` of numbers that follow from others, and from the count of steps `t`. */
	readonly derived: readonly string[];
	/** The numbers that all of these use, as they are in the next step. */
	readonly numbers: StepNumbers;
}

/** A number of a step that is computed from others. */
interface Derived {
	readonly line: Line;
	readonly reads: readonly string[];
	readonly value: (...numbers: number[]) => number;
}

/**
 * An optimizer written as formulas. Extend it and give the lines, each
 * `name = formula`, carried out in order for every element: `p` is the
 * parameter and `g` its gradient; a name that is read before it is defined is
 * remembered, from 0 on; all others are `numbers`. The rule serves scalars and
 * tensors, runs as one loop, and its state is saved with the others.
 *
 * @example
 * ```ts
 * import { scalar, square } from "chainrule";
 * import { FormulaOptimizer, type OptimizerOptions, type Settings } from "chainrule/optim";
 *
 * // Moves by the learning rate against the sign of a running mean of gradients.
 * class SignDescent extends FormulaOptimizer<OptimizerOptions> {
 * 	protected override formulas(): string[] {
 * 		return ["m = 0.5*m + 0.5*g", "p = p - γ*sign(m)"];
 * 	}
 * 	protected override numbers({ learningRate: γ }: Settings<OptimizerOptions>): { [name: string]: number } {
 * 		return { γ };
 * 	}
 * }
 *
 * const x = scalar(3);
 * const optimizer = new SignDescent([x], { learningRate: 0.5 });
 * square(x).backward();
 * optimizer.step();
 * console.log(x.value); // 2.5
 * ```
 */
export abstract class FormulaOptimizer<Options extends OptimizerOptions> extends Optimizer<Options> {
	readonly #rules = new WeakMap<Settings<Options>, Rule>();
	readonly #derived = new WeakMap<Settings<Options>, readonly Derived[]>();

	/**
	 * The rule of a group, the first when left out, as it will be in the next
	 * step: its lines, and the numbers they use, counted for the first parameter
	 * of the group. Nothing is changed by asking.
	 *
	 * @throws where there is no such group.
	 *
	 * @example
	 * ```ts
	 * import { scalar } from "chainrule";
	 * import { SGD } from "chainrule/optim";
	 * const { lines, numbers } = new SGD([scalar(3)], { learningRate: 0.1, momentum: 0.9 }).rule();
	 * console.log(lines.join("; "), numbers.γ); // v = μ*v + τ*g; p = p - γ*v 0.1
	 * ```
	 */
	rule(group = 0): UpdateRule {
		const found = this.groups[group];
		if (found === undefined) {
			throw failure({
				what: `${this.algorithm}: no such group`,
				expected: `a whole number from 0 to ${this.groups.length - 1}`,
				actual: String(group),
			});
		}
		const { settings, parameters } = found;
		const [first] = parameters as [Parameter];
		const rule = this.#ruleFor(settings);
		// Of what is remembered the numbers of a step may move what there is once per parameter.
		const memory = { ...this.memoryOf(first) };
		for (const name of Object.keys(this.singles(settings)))
			if (memory[name] !== undefined) memory[name] = copyOf(memory[name]);
		this.#begin(first, memory, settings, rule);
		const numbers = this.#numbersOf(settings, (memory.t as Tensor).item() + 1, memory);
		this.#checkNumbers(rule, numbers);
		const used = new Set([...this.#derivedFor(settings).flatMap(({ reads }) => reads), ...rule.given]);
		return {
			lines: this.formulas(settings),
			derived: this.derived(settings),
			numbers: Object.fromEntries([...used].map((name) => [name, numbers[name] as number])),
		};
	}

	/** The lines of the rule; the same ones for the same settings. */
	protected abstract formulas(settings: Settings<Options>): readonly string[];

	/** The numbers the lines use in step `t`, which is 1 at first and counted per parameter. */
	protected abstract numbers(settings: Settings<Options>, t: number, memory: Memory): StepNumbers;

	/** Lines `name = formula` of numbers that follow from `numbers`, from the count of steps `t`, and from lines above; carried out once in a step. */
	protected derived(_settings: Settings<Options>): readonly string[] {
		return [];
	}

	/** What is remembered once per parameter, beside the count of steps `t`: names and first values. */
	protected singles(_settings: Settings<Options>): { readonly [name: string]: number } {
		return {};
	}

	/** The first values of what is remembered per element, where they are not 0. */
	protected firsts(_settings: Settings<Options>): { readonly [name: string]: number } {
		return {};
	}

	protected override moved(parameter: Parameter, gradient: Value, { settings }: ParameterGroup<Options>): Value {
		const rule = this.#ruleFor(settings);
		const memory = this.memoryOf(parameter);
		this.#begin(parameter, memory, settings, rule);
		const t = ((memory.t as Tensor).storage[0] as number) + 1;
		(memory.t as Tensor).storage[0] = t;
		const numbers = this.#numbersOf(settings, t, memory);
		if (t === 1) this.#checkNumbers(rule, numbers);
		if (!(parameter instanceof Tensor)) return rule.moveNumber(parameter.value, Number(gradient), memory, numbers);
		return rule.move(parameter, elementsOf(gradient), memory, numbers);
	}

	protected override memoryForms(parameter: Parameter, settings: Settings<Options>): { readonly [name: string]: Form } {
		const names = [...this.#ruleFor(settings).remembered];
		return {
			t: single,
			...Object.fromEntries(Object.keys(this.singles(settings)).map((name) => [name, single])),
			...Object.fromEntries(names.map((name) => [name, formOf(parameter)])),
		};
	}

	#ruleFor(settings: Settings<Options>): Rule {
		let rule = this.#rules.get(settings);
		if (rule === undefined) {
			rule = ruleOf(this.formulas(settings));
			this.#rules.set(settings, rule);
		}
		return rule;
	}

	/** The numbers of step `t`, those that follow from others included. */
	#numbersOf(settings: Settings<Options>, t: number, memory: Memory): StepNumbers {
		const derived = this.#derivedFor(settings);
		const own = this.numbers(settings, t, memory);
		if (derived.length === 0) return own;
		const numbers: { [name: string]: number } = { t, ...own };
		for (const { line, reads, value } of derived)
			numbers[line.name] = value(...reads.map((name) => numbers[name] ?? Number.NaN));
		return numbers;
	}

	#derivedFor(settings: Settings<Options>): readonly Derived[] {
		let derived = this.#derived.get(settings);
		if (derived === undefined) {
			derived = this.derived(settings).map((text) => {
				const line = parseLine(text);
				const reads = namesIn(line.value).filter((name) => !constants.has(name));
				return { line, reads, value: toFunction(line.value, reads, numericEnvironment()) };
			});
			this.#derived.set(settings, derived);
		}
		return derived;
	}

	#checkNumbers({ given, remembered }: Rule, numbers: StepNumbers): void {
		const missing = given.filter((name) => !Object.hasOwn(numbers, name));
		if (missing.length === 0) return;
		throw failure({
			what: `${this.algorithm}: a formula uses what nobody gives`,
			expected: ["p", "g", ...remembered, ...Object.keys(numbers)].join(", "),
			actual: missing.join(", "),
			fix: "define it in a line above, or return it from numbers()",
		});
	}

	/** First values for what is not remembered yet: all of it before the first step, some where a change of settings asks for more. */
	#begin(parameter: Parameter, memory: Memory, settings: Settings<Options>, rule: Rule): void {
		if (memory.t !== undefined && rule.remembered.every((name) => name in memory)) return;
		const { shape, dtype } = formOf(parameter);
		const size = parameter instanceof Tensor ? parameter.size : 1;
		const firsts = this.firsts(settings);
		memory.t ??= wrap(new Float64Array(1), []);
		for (const [name, value] of Object.entries(this.singles(settings)))
			memory[name] ??= wrap(Float64Array.of(value), []);
		for (const name of rule.remembered) memory[name] ??= wrap(newStorage(dtype, size).fill(firsts[name] ?? 0), shape);
	}
}
