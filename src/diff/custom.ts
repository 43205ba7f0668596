/**
 * Operations that users define, on the same terms as ours.
 */
import { failure } from "../core/errors.js";
import { parseFormula, scaledFunction, toCode, toFunction } from "../core/formula.js";
import { type AnyOp, type Custom, type Domain, functionNamed, type Kink } from "../core/op.js";
import { noGrad, recordCustom, Scalar } from "../core/tape.js";
import { type Node, recordWanted, Tensor, type Value } from "../core/tensor.js";
import { generatesCode } from "../kernels/loops.js";
import { fixed } from "../ops/create.js";
import { facts } from "../ops/define.js";
import { evaluate } from "../ops/evaluate.js";
import { asTensor, pick } from "../ops/movement.js";
import { type Binary, binary, type Ternary, ternary, type Unary, unary } from "../ops/pointwise.js";
import { isValue } from "./nest.js";
import { functionsIn, numericEnvironment, ruleCode } from "./sweep.js";

/** A pointwise operation: its value, and one partial per operand as a formula in x, y, w and the result z. */
export interface OpDefinition {
	/** Not the name of an existing operation. */
	readonly name: string;
	/** A function of plain numbers, or a formula in x, y and w, which on large float32 arrays is faster. */
	readonly value: ((...operands: number[]) => number) | string;
	/** One formula per operand; `null` where no gradient flows. */
	readonly partials: readonly (string | null)[];
	/** Where each operand may be sampled by checks. */
	readonly domain?: Domain | readonly Domain[];
	/** How pictures write it. */
	readonly symbol?: string;
	/** LaTeX with `#1`, `#2`. */
	readonly tex?: string;
	readonly kinks?: readonly Kink[];
}

/**
 * Defines a pointwise operation from its value and its partial derivatives.
 * It works on numbers, scalars and tensors of any rank and dtype, in every
 * order of derivative, in formulas and in pictures.
 *
 * @throws where the name is taken, a partial or the value is not a formula, or the number of partials is not that of the operands.
 *
 * @example
 * ```ts
 * import { defineOp, grad } from "chainrule";
 * const cube = defineOp({ name: "cube", value: (x) => x ** 3, partials: ["3 * x^2"] });
 * console.log(grad(cube)(2)); // 12
 * // The same with a formula for the value, which large float32 arrays compute four numbers at a time.
 * const fourth = defineOp({ name: "fourth", value: "x^4", partials: ["4 * x^3"] });
 * console.log(grad(fourth)(2)); // 32
 * ```
 */
export function defineOp(definition: OpDefinition & { readonly partials: readonly [string] }): Unary;
export function defineOp(
	definition: OpDefinition & { readonly partials: readonly [string | null, string | null] },
): Binary;
export function defineOp(
	definition: OpDefinition & { readonly partials: readonly [string | null, string | null, string | null] },
): Ternary;
export function defineOp({ name, value, partials, ...given }: OpDefinition): Unary | Binary | Ternary {
	if (!/^[A-Za-z]\w*$/.test(name)) {
		throw failure({
			what: "defineOp: not a name",
			expected: "a letter, then letters, digits or _",
			actual: JSON.stringify(name),
		});
	}
	if (typeof value !== "string" && value.length !== partials.length) {
		throw failure({
			what: `defineOp: ${name} has the wrong number of partials`,
			expected: `${value.length}, one for each operand of the value`,
			actual: String(partials.length),
			fix: "write null for an operand without a gradient",
		});
	}
	if (functionNamed(name)) {
		throw failure({
			what: `defineOp: "${name}" is already defined`,
			expected: "a name that no operation has, nor formulas use for one",
			actual: name,
			fix: "choose another name, or use the existing operation",
		});
	}
	const operands = ["x", "y", "w"].slice(0, partials.length);
	for (const partial of partials) if (partial !== null) checkFormula(partial, [...operands, "z"]);
	const formula = typeof value === "string" ? value : undefined;
	const run = typeof value === "string" ? functionOf(name, value, operands) : value;
	const known = formula === undefined ? given : { ...given, formula };
	switch (partials.length) {
		case 1:
			return unary(name, run, partials[0] ?? null, known);
		case 2:
			return binary(name, run, partials, known);
		case 3:
			return ternary(name, run, partials, known);
		default:
			throw failure({
				what: `defineOp: ${name} has too many operands`,
				expected: "one to three",
				actual: String(partials.length),
				fix: "use customGradient for a function of more values",
			});
	}
}

/** Refuses a formula that cannot be computed, here, where it is written, and not in the first pass that meets it. */
function checkFormula(text: string, names: readonly string[]): void {
	const formula = parseFormula(text);
	scaledFunction(formula, names, numericEnvironment());
	evaluate(formula, new Map(names.map((name) => [name, 1])));
}

/** The function of a formula. */
function functionOf(name: string, text: string, operands: readonly string[]): (...operands: number[]) => number {
	checkFormula(text, operands);
	const formula = parseFormula(text);
	if (!generatesCode()) return toFunction(formula, operands, numericEnvironment());
	const { names, values } = functionsIn([formula]);
	const code = `return function ${name}_value(${operands.join(", ")}) { return ${toCode(formula, ruleCode)}; }`;
	return new Function(...names, code)(...values) as (...operands: number[]) => number;
}

/**
 * A function with a gradient of its own: `f` computes the value, unrecorded;
 * `pull(gz, inputs, z)` returns one gradient per operand (or the gradient
 * itself where there is one operand), `undefined` for none.
 *
 * The pull runs on nodes with ordinary operations, so it can be differentiated
 * again; it is right to second order only if it is itself differentiable.
 *
 * @throws in the backward pass where the pull returns the wrong number or shape of gradients.
 *
 * @example
 * ```ts
 * import { customGradient, grad, mul, type Scalar } from "chainrule";
 * // The straight-through estimator: rounds, and passes the gradient on.
 * const round = customGradient((x: Scalar) => Math.round(x.value), (gz) => gz);
 * console.log(grad((x) => mul(round(x), 3))(0.7)); // 3
 * ```
 */
export function customGradient<Operands extends Value[], Result extends Value>(
	f: (...operands: Operands) => Result,
	pull: (gz: Node, inputs: Node[], z: Node) => readonly (Value | undefined)[] | Value,
	name: string = f.name === "" ? "custom" : f.name,
): (
	...operands: { [Index in keyof Operands]: Value }
) => Result extends Tensor ? Tensor : Result extends number | Scalar ? Scalar : Node {
	const op: Custom<undefined> = {
		...facts(name, f.length, {}),
		family: "custom",
		foreign: true,
		shape: () => [],
		forward: ([x]) => x as Tensor,
		pull: (gz, inputs, z) => {
			const given = pull(gz, [...inputs], z);
			return isValue(given) ? [given] : given;
		},
		call: (inputs) => call(...(inputs as Operands)) as Node,
		samples: [],
	};
	const call = (...operands: Value[]): unknown => {
		const inputs = operands.map((x) => (typeof x === "number" ? fixed(x) : x));
		const value = noGrad(() => f(...(inputs as unknown as Operands)));
		return link(op, inputs, value);
	};
	return call as never;
}

/** The value of a user's function as a node of its own; a result that is one of the operands is copied first. */
function link(op: Custom<undefined>, inputs: readonly Node[], value: unknown): Node {
	if (!isValue(value)) {
		throw failure({
			what: `${op.name}: the function did not return a value`,
			expected: "a number, scalar or tensor",
			actual: value === undefined ? "undefined: is a return missing?" : typeof value,
		});
	}
	const scalars = inputs.filter((x) => x instanceof Scalar);
	if (!(value instanceof Tensor)) {
		const z = Number(value);
		// The scalar tape holds functions of scalars; with a tensor among the operands the result crosses over.
		if (scalars.length === inputs.length) return recordCustom(op as unknown as AnyOp, scalars, undefined, z);
		return pick(link(op, inputs, asTensor(z)) as Tensor, 0);
	}
	return recordWanted(value.detach(), op as unknown as AnyOp, inputs, undefined, true);
}
