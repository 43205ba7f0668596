/**
 * `chainrule grad`: any expression, its value, its partial derivatives, its graph.
 *
 * The expression runs on the scalar tape, once; every derivative, of whatever
 * order, is read off that recording. What is computed is kept apart from how it
 * is printed.
 */
import { failure } from "../core/errors.js";
import { callsIn, type Formula, formulaText, type Program, parseProgram, toCode } from "../core/formula.js";
import { functionNamed, functionNames } from "../core/op.js";
import { gradients, type Scalar } from "../index.js";
// Formulas on the command line may call every function there is: these entries bring theirs with them.
import "../nn/index.js";
import "../special.js";
import { type DrawingOptions, drawn, targetsOf } from "./drawing.js";
import { writeFiles } from "./files.js";
import { freeNames, plainNumber, recordProgram } from "./program.js";
import { alignPoints, type Grid, type Place, painter, progressOn, tableText, widthOf } from "./terminal.js";
import { listed, nearest, wrapped } from "./words.js";

/** The highest order, and the most derivatives of one order, that are computed. */
export const limits = { order: 8, derivatives: 1000 } as const;

/** A name with its value and the derivative of the result along it; `undefined` where the result does not depend on it. */
interface Slope {
	readonly name: string;
	readonly value: number;
	readonly slope: number | undefined;
}

/** A name that the expression defines. */
interface Intermediate extends Slope {
	readonly formula: string;
}

/** A derivative of higher order: along which names, repeated ones included, and its value. */
interface Higher {
	readonly along: readonly string[];
	readonly value: number;
}

/** All that is known about an expression at a point. */
export interface Report {
	/** The name before the last `=`. */
	readonly name: string | undefined;
	readonly formula: string;
	readonly value: number;
	readonly variables: readonly Slope[];
	readonly definitions: readonly Intermediate[];
	/** Derivatives of order 2, 3, ... */
	readonly higher: readonly (readonly Higher[])[];
	/** The recorded result, for pictures. */
	readonly output: Scalar;
}

/**
 * Reads `w=0.6,b=0.9`; a value may also be a formula of constants, `x=pi/2`.
 *
 * @throws where a pair is malformed, a name comes twice, or a value is not a finite number.
 */
export function parseAt(texts: readonly string[]): Map<string, number> {
	const values = new Map<string, number>();
	for (const pair of texts.flatMap((text) => text.split(","))) {
		if (pair.trim() === "" && texts.join("").trim() === "") continue;
		const [, name, value] = /^\s*([\p{L}_][\p{L}\p{M}\p{Nd}_₀-₉]*)\s*=\s*(\S.*?)\s*$/u.exec(pair) ?? [];
		if (name === undefined || value === undefined) {
			throw failure({
				what: "grad: --at cannot be read",
				expected: "name=number pairs with commas between them, such as w=0.6,b=0.9",
				actual: pair.trim() === "" ? `nothing between two commas of ${texts.join(",")}` : pair.trim(),
			});
		}
		const key = name.normalize("NFC");
		if (values.has(key)) {
			throw failure({
				what: `grad: --at gives ${key} twice`,
				expected: "one number for a name",
				actual: texts.join(","),
			});
		}
		values.set(key, numberOf(key, value));
	}
	return values;
}

function numberOf(name: string, text: string): number {
	const value = plainNumber(text) ?? Number.NaN;
	if (Number.isFinite(value)) return value;
	throw failure({
		what: `grad: the value of ${name} is not a number`,
		expected: "a finite number such as 0.6, -2, 1e-3, or one made of constants such as pi/2",
		actual: `${name}=${text}`,
	});
}

function checkNames(program: Program, values: ReadonlyMap<string, number>): string[] {
	const free = freeNames(program, values.keys());
	const missing = free.filter((name) => !values.has(name));
	for (const name of values.keys()) {
		if (free.includes(name)) continue;
		if (program.definitions.some((definition) => definition.name === name) || program.resultName === name) {
			throw failure({
				what: `grad: --at gives a value to ${name}, which the expression defines`,
				expected: free.length > 0 ? `values for ${listed(free)}` : "no --at: the expression has no free names",
				actual: `${name}=${values.get(name)}`,
			});
		}
		const meant = nearest(name, missing) ?? nearest(name, free);
		throw failure({
			what: `grad: --at names ${name}, which is not in the expression`,
			expected: free.length > 0 ? listed(free) : "no --at: the expression has no free names",
			actual: name,
			...(meant !== undefined && { fix: `did you mean ${meant}?` }),
		});
	}
	if (missing.length > 0) {
		const pairs = missing.map((name) => `${name}=NUMBER`).join(",");
		throw failure({
			what: `grad: no value for ${listed(missing)}`,
			expected: `a number for each of ${listed(free)}`,
			actual: values.size > 0 ? `--at ${[...values].map(([name, value]) => `${name}=${value}`).join(",")}` : "no --at",
			fix: `${values.size > 0 ? "add to --at:" : "write --at"} ${pairs}`,
		});
	}
	return free;
}

/** Refuses what has no value on numbers, and functions that nobody knows, before anything is recorded. */
function checkFormula(formula: Formula, names: readonly string[]): void {
	// Code is the other thing a formula on numbers can become; its writer says what cannot.
	toCode(formula, { name: (name) => name, call: (name) => name });
	for (const name of callsIn(formula)) {
		if (functionNamed(name) !== undefined) continue;
		const meant = nearest(name, functionNames());
		const guess = meant === undefined ? {} : { fix: `did you mean ${meant}?` };
		throw failure({
			what: `grad: unknown function "${name}"`,
			expected: wrapped(listed(functionNames(), "or"), 70),
			actual: name,
			...(names.includes(name) ? { fix: `${name} is a number: write ${name}*(...)` } : guess),
		});
	}
}

/** How many derivatives of `order` a function of `variables` variables has: sorted choices with repetition. */
function countOf(variables: number, order: number): number {
	let count = 1;
	for (let k = 1; k <= order; k++) count = (count * (variables + k - 1)) / k;
	return Math.round(count);
}

/**
 * The value of `source` and its derivatives up to `order` at `values`; `step` hears which order comes next.
 *
 * @throws where the source cannot be read, a name has no value or no meaning, or there would be too many derivatives.
 */
export function differentiate(
	source: string,
	values: ReadonlyMap<string, number>,
	order = 1,
	step: (what: string) => void = () => {},
): Report {
	const program = parseProgram(source);
	const known = [...values.keys(), ...freeNames(program), ...program.definitions.map(({ name }) => name)];
	for (const formula of [...program.definitions.map(({ value }) => value), program.result])
		checkFormula(formula, known);
	const free = checkNames(program, values);
	const count = countOf(free.length, order);
	if (count > limits.derivatives) {
		throw failure({
			what: `grad: too many derivatives of order ${order}`,
			expected: `at most ${limits.derivatives}`,
			actual: `${count} for ${free.length} names`,
			fix: "lower --order",
		});
	}

	const { variables, intermediates, output } = recordProgram("grad", program, free, values);

	step("order 1");
	const watched = [...variables, ...intermediates];
	const slopes = gradients(output, watched, { unused: "undefined" }).map((slope) => slope?.value);
	const slopeOf = (name: string, index: number): Slope => ({
		name,
		value: (watched[index] as Scalar).value,
		slope: slopes[index],
	});
	return {
		name: program.resultName,
		formula: formulaText(program.result),
		value: output.value,
		variables: free.map(slopeOf),
		definitions: program.definitions.map(({ name, value }, index) => ({
			...slopeOf(name, variables.length + index),
			formula: formulaText(value),
		})),
		higher: order > 1 && free.length > 0 ? higherOrders(output, variables, free, order, step) : [],
		output,
	};
}

/** Differentiates every derivative along its last variable and those after it: each set of variables comes once. */
function higherOrders(
	output: Scalar,
	variables: readonly Scalar[],
	names: readonly string[],
	order: number,
	step: (what: string) => void,
): Higher[][] {
	let below: { readonly along: readonly number[]; readonly node: Scalar | undefined }[] = [{ along: [], node: output }];
	const orders: Higher[][] = [];
	for (let k = 1; k <= order; k++) {
		step(`order ${k}`);
		below = below.flatMap(({ along, node }) => {
			const from = along.at(-1) ?? 0;
			const slopes = node?.requiresGrad
				? gradients(node, variables.slice(from), { createGraph: k < order, unused: "undefined" })
				: [];
			return variables.slice(from).map((_, index) => ({ along: [...along, from + index], node: slopes[index] }));
		});
		if (k === 1) continue;
		orders.push(
			below.map(({ along, node }) => ({
				along: along.map((index) => names[index] as string),
				value: node?.value ?? 0,
			})),
		);
	}
	return orders;
}

/** What `chainrule grad` may be told. */
export interface GradOptions extends DrawingOptions {
	readonly at?: readonly string[];
	readonly order?: string;
}

function orderOf(text: string): number {
	const order = /^\d+$/.test(text) ? Number(text) : 0;
	if (order >= 1 && order <= limits.order) return order;
	throw failure({
		what: "grad: --order is out of range",
		expected: `a whole number from 1 to ${limits.order}`,
		actual: text,
	});
}

/** Runs the command: prints the report, writes the graph where asked. */
export async function grad(source: string, options: GradOptions, place: Place): Promise<void> {
	const order = orderOf(options.order ?? "1");
	const progress = progressOn(place, order + 1);
	let report: Report;
	try {
		report = differentiate(source, parseAt(options.at ?? []), order, (what) => progress.step(what));
		const targets = await targetsOf("grad", options);
		const { output } = report;
		await writeFiles(await drawn(targets, output, { pass: output.requiresGrad ? "both" : "forward" }));
		print(report, place);
		for (const { path } of targets) place.stdout.write(`Written to ${path}\n`);
	} finally {
		progress.end();
	}
}

// ---------------------------------------------------------------- printing

const raised = Array.from("⁰¹²³⁴⁵⁶⁷⁸⁹");

/** `∂³C/∂w²∂b`. */
export function derivativeName(result: string | undefined, along: readonly string[]): string {
	const power = (count: number): string =>
		count === 1 ? "" : Array.from(String(count), (digit) => raised[Number(digit)]).join("");
	const runs = [...new Set(along)].map((name) => {
		const times = along.filter((other) => other === name).length;
		return `∂${name}${power(times)}`;
	});
	return `∂${power(along.length)}${result ?? ""}/${runs.join("")}`;
}

/** Every digit that a number has, and no sign on zero. */
function digits(value: number): string {
	return String(value === 0 ? 0 : value);
}

function column(values: readonly number[]): string[] {
	return alignPoints(values.map(digits));
}

function shortened(text: string, width: number): string {
	return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function slopeGrid(report: Report, rows: readonly Slope[], formulas?: readonly string[]): Grid {
	const values = column(rows.map(({ value }) => value));
	const slopes = column(rows.map(({ slope }) => slope ?? 0));
	return {
		head: ["name", ...(formulas ? ["formula"] : []), "value", `∂${report.name ?? ""}/∂name`],
		rows: rows.map(({ name }, index) => [
			name,
			...(formulas ? [shortened(formulas[index] as string, 40)] : []),
			values[index] as string,
			slopes[index] as string,
		]),
		words: formulas ? 4 : 3,
	};
}

/** Second derivatives as a matrix. */
function matrixGrid({ name, variables }: Report, second: readonly Higher[]): Grid {
	const names = variables.map((variable) => variable.name);
	const at = (row: string, other: string): number =>
		second.find(({ along: [a, b] }) => (a === row && b === other) || (a === other && b === row))?.value ?? Number.NaN;
	const columns = names.map((other) => column(names.map((row) => at(row, other))));
	return {
		head: [`∂²${name ?? ""}`, ...names.map((other) => `∂${other}`)],
		rows: names.map((row, index) => [`∂${row}`, ...columns.map((cells) => cells[index] as string)]),
		words: names.length + 1,
	};
}

function listGrid({ name }: Report, derivatives: readonly Higher[]): Grid {
	const values = column(derivatives.map(({ value }) => value));
	return {
		head: ["derivative", "value"],
		rows: derivatives.map(({ along }, index) => [derivativeName(name, along), values[index] as string]),
		words: 2,
	};
}

function print(report: Report, { stdout, env }: Place): void {
	const paint = painter(stdout, env);
	const plain = (grid: Grid): string => tableText(grid, (_, text) => text);
	const widest = (text: string): number => Math.max(...text.split("\n").map((line) => Array.from(line).length));
	const section = (title: string, grid: Grid): void => {
		stdout.write(`\n${paint("title", title)}\n\n${tableText(grid, paint)}`);
	};
	const { name, formula, value, variables, definitions, higher } = report;

	const title = name === undefined ? formula : `${name} = ${formula}`;
	stdout.write(`${paint("title", shortened(title, widthOf(stdout)))}\n\n`);
	stdout.write(`  value  ${paint("good", digits(value))}\n`);
	if (variables.length > 0) section("Partial derivatives", slopeGrid(report, variables));
	if (definitions.length > 0) {
		const formulas = definitions.map((definition) => definition.formula);
		section("Definitions", slopeGrid(report, definitions, formulas));
	}
	for (const [index, derivatives] of higher.entries()) {
		const matrix = index === 0 ? matrixGrid(report, derivatives) : undefined;
		const fits = matrix !== undefined && widest(plain(matrix)) <= widthOf(stdout);
		section(`Derivatives of order ${index + 2}`, fits ? matrix : listGrid(report, derivatives));
	}
	const unreached = variables.filter(({ slope }) => slope === undefined).map((variable) => variable.name);
	if (unreached.length > 0) stdout.write(`\n  The value does not depend on ${listed(unreached, "or")}.\n`);
	stdout.write("\n");
}
