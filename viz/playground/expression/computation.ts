/**
 * The expression of the bench: read once when its text changes, measured anew
 * whenever a slider moves.
 *
 * Everything is refused here with its place in the text, before anything is
 * recorded: what was read can be measured at any values. Nothing here knows the
 * page, so the Worker reads by the same words.
 */
import { ChainruleError, gradients, type Program, parseProgram, type Scalar } from "chainrule";
import "chainrule/special";
import { freeNames, recordProgram } from "../../../src/cli/program.js";
import { nearest } from "../../../src/cli/words.js";
import { failure } from "../../../src/core/errors.js";
import {
	type Formula,
	formulaText,
	headOf,
	nodesOf,
	pointed,
	type Span,
	toFunction,
} from "../../../src/core/formula.js";
import { functionNamed, functionNames, operation } from "../../../src/core/op.js";
import { numericEnvironment } from "../../../src/diff/sweep.js";
import { formulaLatex } from "../../../src/symbolic/latex.js";
// Activations are functions of formulas, too.
import "../../../src/ops/activations.js";
import { greekLetters } from "../../../src/symbolic/names.js";
import { dataOf } from "../../explorer/data.js";
import type { ExplorerData, NodeData } from "../../explorer/model.js";

/** How much the bench takes: more belongs into a program. */
export const limits = { characters: 4_000, leaves: 40 } as const;

/** The value of a name that nobody has given one. */
export const anywhere = 0.5;

/** A definition, or the result. */
export interface Line {
	readonly name: string;
	/** The name and the formula in LaTeX. */
	readonly left: string;
	readonly right: string;
}

/** An expression that was read. */
export interface Expression {
	readonly text: string;
	readonly program: Program;
	/** Names that need a value, in order of first appearance. */
	readonly free: readonly string[];
	/** What the last line is called; `f` where it has no name, or another letter where that is taken. */
	readonly result: string;
	/** Definitions in their order, the result last. */
	readonly lines: readonly Line[];
	/** The same as a problem about which claims can be made. */
	readonly problem: string;
}

/** An expression at a point. */
export interface Measured {
	readonly output: Scalar;
	/** Values of free names and definitions. */
	readonly values: ReadonlyMap<string, number>;
	/** ∂result/∂name; names that the result does not depend on have none. */
	readonly slopes: ReadonlyMap<string, number>;
	/** What the explorer would be told. */
	readonly data: ExplorerData;
}

/** Reads an expression. @throws where it cannot be understood, or is too long, with the place. */
export function readExpression(text: string): Expression {
	if (text.length > limits.characters) {
		throw failure({
			what: "formula: too long for this page",
			expected: `at most ${limits.characters} characters`,
			actual: String(text.length),
		});
	}
	if (text.includes("\\")) {
		throw failure({
			what: "formula: this is LaTeX",
			expected: "formulas as they are typed: (y - a)^2/2, exp(x), sigma(z)",
			actual: pointed(text, text.indexOf("\\")),
			fix: "only your own derivation may be LaTeX",
		});
	}
	const read = parseProgram(text);
	const formulas = [...read.definitions.map(({ value }) => value), read.result];
	const free = freeNames(read);
	const taken = new Set([...free, ...read.definitions.map(({ name }) => name)]);
	for (const formula of formulas) checkCalls(text, formula, taken);
	if (free.length > limits.leaves) {
		throw failure({
			what: "formula: too many free names for this page",
			expected: `at most ${limits.leaves}`,
			actual: String(free.length),
		});
	}
	const result = read.resultName ?? ["f", "L", "J", "result"].find((name) => !taken.has(name)) ?? "_";
	const definitions = [...read.definitions, { name: result, value: read.result }];
	return {
		text,
		program: { ...read, resultName: result },
		free,
		result,
		lines: definitions.map(({ name, value }) => ({ name, left: nameIn(name), right: formulaLatex(value) })),
		problem: [
			...(free.length > 0 ? [`${free.join(", ")} : scalar`] : []),
			...definitions.map(({ name, value }) => `${name} = ${formulaText(value)}`),
		].join("\n"),
	};
}

/** A name in LaTeX. */
export function nameIn(name: string): string {
	return formulaLatex({ kind: "name", name, span: nowhere });
}

/** ∂of/∂by in LaTeX. */
export function partialIn(of: string, by: string): string {
	return `\\frac{\\partial ${nameIn(of)}}{\\partial ${nameIn(by)}}`;
}

const nowhere: Span = { start: 0, end: 0 };

/** Refuses what has no value on numbers, at its place. */
function checkCalls(text: string, formula: Formula, numbers: ReadonlySet<string>): void {
	const refuse = ({ span }: Formula, what: string, expected: string, fix?: string): ChainruleError =>
		failure({ what: `formula: ${what}`, expected, actual: pointed(text, span.start), ...(fix && { fix }) });
	for (const node of nodesOf(formula)) {
		if (node.kind === "index" || node.kind === "transpose" || (node.kind === "binary" && node.operator === "@"))
			throw refuse(node, "this works on arrays", "formulas of numbers");
		if (node.kind !== "call") continue;
		const { name, primes } = node;
		const op = functionNamed(name);
		if (op === undefined) {
			if (numbers.has(name)) throw refuse(node, ...unknownFunction(name), `${name} is a number: write ${name}*(...)`);
			if (operation(name) !== undefined) throw refuse(node, `${name} works on arrays`, "formulas of numbers");
			const meant = functionNames().find((word) => greekLetters.get(word) === name) ?? nearest(name, functionNames());
			throw refuse(
				node,
				...unknownFunction(name),
				meant ? `did you mean ${meant}?` : `for a product write ${name}*(...)`,
			);
		}
		if (node.arguments.length !== op.arity)
			throw refuse(node, `${name} with ${argumentCount(node.arguments.length)}`, argumentCount(op.arity));
		if (primes > 0 && (primes > 1 || op.arity !== 1 || op.partials[0] === undefined))
			throw refuse(node, `${name}${"'".repeat(primes)} is not known`, "one prime, on a function of one number");
	}
}

/** The expression at `values`, with its backward pass. */
export function measure({ program, free, result, lines }: Expression, values: ReadonlyMap<string, number>): Measured {
	const { variables, intermediates, output } = recordProgram("formula", program, free, values);
	const watched = [...variables, ...intermediates];
	const slopes = output.requiresGrad ? gradients(output, watched, { unused: "undefined" }) : [];
	const names = [...free, ...lines.map(({ name }) => name)];
	const told = dataOf([{ outputs: [output], names: new Map() }], result, ["backward pass"]);
	return {
		output,
		values: new Map([...watched, output].map((x, at) => [names[at] as string, x.value])),
		slopes: new Map(
			slopes.flatMap((slope, at) => (slope === undefined ? [] : [[names[at] as string, slope.value] as const])),
		),
		data: { ...told, nodes: told.nodes.map(roomy), layout: nothing },
	};
}

const nothing: ExplorerData["layout"] = { direction: "right", width: 0, height: 0, places: [], frames: [], paths: [] };

/** Boxes have room for every number, so that nothing has to move when a number grows. */
function roomy(node: NodeData): NodeData {
	return node.height < 30 ? node : { ...node, width: Math.max(node.width, 92) };
}

function unknownFunction(name: string): readonly [what: string, expected: string] {
	return [`unknown function "${name}"`, "a function such as exp, log or tanh"];
}

function argumentCount(count: number): string {
	return count === 1 ? "1 argument" : `${count} arguments`;
}

/**
 * The result as a function of all free names, in their order: made of closures,
 * for many values in a row.
 */
export function functionOf(expression: Expression): (...values: number[]) => number {
	const known = functions.get(expression) ?? compiled(expression);
	functions.set(expression, known);
	return known;
}

const functions = new WeakMap<Expression, (...values: number[]) => number>();

function compiled({ program, free }: Expression): (...values: number[]) => number {
	const formulas = [...program.definitions.map(({ value }) => value), program.result];
	const { functions, constants } = numericEnvironment();
	const environment = { functions: new Map([...functions, ...formulas.flatMap(primesIn)]), constants };
	const known = [...free];
	const steps = formulas.map((formula, at) => {
		const run = toFunction(formula, known, environment);
		const name = program.definitions[at]?.name;
		if (name !== undefined) known.push(name);
		return run;
	});
	return (...values) => {
		const all = [...values];
		for (const step of steps) all.push(step(...all));
		return all.at(-1) as number;
	};
}

/** The derivatives that a formula calls by a prime: `tanh'`. */
function primesIn(formula: Formula): (readonly [string, (x: number) => number])[] {
	return [...nodesOf(formula)].flatMap((node) => {
		const op = node.kind === "call" && node.primes > 0 ? functionNamed(node.name) : undefined;
		const [rule] = op?.partials ?? [];
		if (op === undefined || rule === undefined) return [];
		const slope = toFunction(rule, ["x", "z"], numericEnvironment());
		return [[headOf(node), (x: number) => slope(x, op.value(x))] as const];
	});
}

/** The partial derivatives of the result along `names`, at `values`; 0 where it does not depend on one. */
export function slopesAt(
	{ program, free }: Expression,
	values: ReadonlyMap<string, number>,
	names: readonly string[],
): number[] {
	const { variables, output } = recordProgram("formula", program, free, values);
	if (!output.requiresGrad) return names.map(() => 0);
	const along = names.map((name) => variables[free.indexOf(name)] as Scalar);
	return gradients(output, along, { unused: "zero" }).map((slope) => slope.value);
}

/** What went wrong, in the library's words. */
export function reasonOf(error: unknown): string {
	if (error instanceof ChainruleError) return error.message;
	return error instanceof Error ? error.message : String(error);
}
