/**
 * Expressions of users on the scalar tape: their free names, and what they
 * become when every name has a number.
 *
 * The commands and the laboratory page record by this one file, so the same text
 * gives the same nodes with the same names everywhere. What is wrong with an
 * expression is said by whoever was handed it.
 */
import { failure } from "../core/errors.js";
import { type Formula, formulaText, namesIn, type Program, parseFormula } from "../core/formula.js";
import { constants } from "../core/op.js";
import { fixed, identity, Scalar, scalar } from "../index.js";
import { evaluate } from "../ops/evaluate.js";

/** The names that need a value, in order of first appearance; constants need none, but may be given one. */
export function freeNames({ definitions, result }: Program, given: Iterable<string> = []): string[] {
	const known = new Set(definitions.map(({ name }) => name));
	const overridden = new Set(given);
	const names = new Set([...definitions.map(({ value }) => value), result].flatMap(namesIn));
	return [...names].filter((name) => !known.has(name) && (!constants.has(name) || overridden.has(name)));
}

/** The number that a text stands for: `0.6`, `-2`, `1e-3`, `pi/2`. The formula is only tried: that it cannot be read is nobody's fault. */
export function plainNumber(text: string): number | undefined {
	try {
		return Number(evaluate(parseFormula(text.replace(/^\+/, "")), new Map()));
	} catch {
		return undefined;
	}
}

/** An expression on the tape. */
export interface Recorded {
	/** The free names, in the order that was asked for. */
	readonly variables: readonly Scalar[];
	/** What the expression defines, in its order. */
	readonly intermediates: readonly Scalar[];
	readonly output: Scalar;
}

/**
 * Records `program`, every free name a variable with its number of `values`;
 * `command` is who says so if something is no number.
 *
 * @throws where a function is unknown or has other arguments, and where a value is no single number.
 */
export function recordProgram(
	command: string,
	program: Program,
	free: readonly string[],
	values: ReadonlyMap<string, number>,
): Recorded {
	const variables = free.map((name) => scalar(values.get(name) as number, name));
	const names = new Map(free.map((name, index) => [name, variables[index] as Scalar]));
	for (const { name, value } of program.definitions) names.set(name, recorded(command, value, names, name));
	const output = recorded(command, program.result, names, program.resultName);
	return { variables, intermediates: program.definitions.map(({ name }) => names.get(name) as Scalar), output };
}

/** Evaluates on the tape and gives the result a name of its own, also where it is another value under a new name. */
function recorded(command: string, formula: Formula, names: ReadonlyMap<string, Scalar>, name?: string): Scalar {
	const value = evaluate(formula, names);
	const made = typeof value === "number" ? fixed(value) : value;
	if (!(made instanceof Scalar)) {
		throw failure({ what: `${command}: the value is not a single number`, actual: formulaText(formula) });
	}
	if (name === undefined) return made;
	const taken = made.name !== undefined || made.isLeaf;
	return (taken && typeof value !== "number" ? (identity(made) as Scalar) : made).named(name);
}
