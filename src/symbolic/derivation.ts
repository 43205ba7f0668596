/**
 * Derivations to be read: as lines of text, in LaTeX, in Markdown, as JSON, and
 * with numbers put in.
 *
 * Equations of units that differ in nothing but an index are one equation here.
 * Every line keeps its expression, so that it can be computed at any point; what
 * a line says is decided elsewhere.
 */
import { failure } from "../core/errors.js";
import { formulaText } from "../core/formula.js";
import { noGrad } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { div } from "../ops/arithmetic.js";
import { type Chain, type ChainOptions, type Chains, chainsOf } from "./chain.js";
import { type Expression, named, namesOf, partial, product, scaleOf } from "./expression.js";
import { partsOfName } from "./names.js";
import { latexOf, substituted, textOf } from "./print.js";
import { familyOf } from "./series.js";
import type { Condition } from "./simplify.js";
import { toFormula } from "./tree.js";
import { unrolled, valueAt, withIndices } from "./value.js";

/** How a derivation is made. */
export interface DerivationOptions {
	/** The name of the result, where it has none; `f` when left out. */
	readonly result?: string | undefined;
	/** Names of counts: with `{ m: 4 }`, a sum that is divided by 4 is divided by m. */
	readonly sizes?: Readonly<Record<string, number>> | undefined;
	/** Equations that hold besides, `sum(y) = 1`; used from left to right. */
	readonly given?: readonly string[] | undefined;
}

/** How a derivation is written. */
export interface WriteOptions {
	/** Puts the recorded numbers into every line. */
	readonly numbers?: boolean | undefined;
	/** With `numbers`, other values for names that the computation was given. */
	readonly at?: PointData | undefined;
}

/** One line in LaTeX, in parts, for whoever sets it. */
export interface LatexLine {
	readonly latex: string;
	/** The law that was used, in a word: `chain rule`; empty where an equation says it. */
	readonly reason: string;
	/** Equations that were used, and what has to hold. */
	readonly notes: readonly string[];
	/** The line with numbers in place of names, and its value; where they were asked for, and the line is about numbers. */
	readonly numbers: string | undefined;
}

/** One derivative in LaTeX, in parts. */
export interface LatexEquation {
	/** `\frac{\partial C}{\partial w}`, or `\delta = ...` where a name stands for it from here on. */
	readonly left: string;
	/** The units that the equation speaks of: `j = 1, 2`. */
	readonly range: string | undefined;
	readonly lines: readonly LatexLine[];
}

/** One line of a derivation. */
export interface DerivationStep {
	/** The line as text: `(a - y)·x`. */
	readonly text: string;
	readonly latex: string;
	/** The line in the notation of formulas, as far as it can say it. */
	readonly formula: string;
	/** Why it is equal to the line before. */
	readonly reason: string;
	/** What has to hold for that: `a ≠ 0`. */
	readonly conditions: readonly string[];
}

/** One derivative of a derivation. */
export interface DerivationEquation {
	/** `∂C/∂w`, or `δ = ∂C/∂z` where a name stands for it from here on. */
	readonly left: string;
	/** The units that the equation speaks of: `j = 1, 2`. */
	readonly range: string | undefined;
	readonly steps: readonly DerivationStep[];
}

/** A value at a point: a number, or the elements of an array. */
export type StepValue = number | Tensor;

/** Values by name. */
export type PointData = Readonly<Record<string, number | Tensor>>;

/** A chain, or the family of chains that it stands for. */
interface Group {
	readonly chain: Chain;
	readonly members: readonly Chain[];
	readonly head: Expression | undefined;
	readonly derivative: Expression;
	readonly lines: readonly Expression[];
	readonly used: readonly (readonly [Expression, Expression])[][];
	readonly conditions: readonly (readonly Condition[])[];
	readonly range: string | undefined;
}

interface Definition {
	readonly names: readonly string[];
	readonly left: Expression;
	readonly right: Expression;
	readonly range: string | undefined;
}

/** A derivative written out by the chain rule; made by {@link derivation}. */
export class Derivation {
	private readonly chains: Chains;
	private readonly sizes: Readonly<Record<string, number>>;
	private readonly groups: readonly Group[];
	private readonly defined: readonly Definition[];

	constructor(chains: Chains, sizes: Readonly<Record<string, number>>) {
		this.chains = chains;
		this.sizes = sizes;
		this.groups = groupsOf(chains);
		this.defined = definitionsOf(chains);
	}

	/** The named values that the lines mention: `z = w·x + b`. */
	get definitions(): readonly string[] {
		return this.defined.map(
			({ left, right, range }) => `${textOf(left)} = ${textOf(right)}${range === undefined ? "" : `,  ${range}`}`,
		);
	}

	/** The same in LaTeX, each with the names that it gives a meaning to: one, or those of a family. */
	get latexDefinitions(): readonly {
		readonly names: readonly string[];
		readonly latex: string;
		readonly range: string | undefined;
	}[] {
		return this.defined.map(({ names, left, right, range }) => ({
			names,
			latex: `${latexOf(left)} = ${latexOf(right)}`,
			range,
		}));
	}

	/** The derivatives, the one asked for last. */
	get equations(): readonly DerivationEquation[] {
		return this.groups.map((group) => ({
			left: leftText(group),
			range: group.range,
			steps: linesOf(group).map(({ expression, reason, used, conditions }) => ({
				text: textOf(expression),
				latex: latexOf(expression),
				formula: formulaText(toFormula(expression)),
				reason: reasonText(reason, used),
				conditions: conditions.map((condition) => conditionText(condition, "text")),
			})),
		}));
	}

	/** The last line: the simplified derivative. */
	get result(): string {
		return this.equations.at(-1)?.steps.at(-1)?.text ?? "";
	}

	/** The value of every line, equation by equation, at the recorded point or at another; families have one entry for each unit. */
	values(
		point: PointData = {},
	): readonly { readonly of: string; readonly by: string; readonly values: readonly StepValue[] }[] {
		return noGrad(() => {
			const at = this.pointAt(point);
			return this.chains.chains.map(({ of, by, lines }) => ({
				of,
				by,
				values: lines.map(({ expression }) => plainValue(valueAt(expression, at))),
			}));
		});
	}

	/** The values of all names at a point, and of the names that the derivation gives. */
	private pointAt(given: PointData): Map<string, Value> {
		const { reading, chains } = this.chains;
		const at = new Map<string, Value>([...Object.entries(this.sizes), ...reading.constants]);
		const known = new Set<string>();
		for (const node of reading.nodes) {
			const name = reading.nameOf(node);
			if (name === undefined) continue;
			known.add(name);
			const definition = reading.definitionOf(node);
			const own = Object.hasOwn(given, name) ? given[name] : undefined;
			if (own !== undefined) at.set(name, own);
			else if (definition === undefined || Object.keys(given).length === 0) at.set(name, node.detach());
			else at.set(name, valueAt(definition, at));
		}
		for (const name of Object.keys(given)) {
			if (known.has(name)) continue;
			throw failure({
				what: `derivation: a value for ${name}, which is not in the computation`,
				expected: [...known].slice(0, 20).join(", "),
				actual: name,
			});
		}
		for (const { name, lines, scale } of chains) {
			const last = lines.at(-1);
			if (name === undefined || last === undefined) continue;
			const whole = valueAt(last.expression, at);
			at.set(name, scale === undefined ? whole : div(whole, valueAt(scale, at)));
		}
		return at;
	}

	/** The derivation as lines of text. */
	text(options: WriteOptions = {}): string {
		const rows: Row[] = [];
		const at = this.numbersFor(options);
		for (const group of this.groups) {
			const left = leftText(group);
			const head = group.head === undefined ? left : textOf(group.head);
			const indent = " ".repeat(Array.from(head).length);
			const here: Row[] = group.head === undefined ? [] : [{ text: left, note: "" }];
			for (const [index, line] of linesOf(group).entries()) {
				const margin = index === 0 && group.head === undefined ? left : indent;
				here.push({ text: `${margin} = ${textOf(line.expression)}`, note: noteText(line) });
				if (at)
					here.push(
						...numbersText(line.expression, group, at).map((text) => ({ text: `${indent}   ${text}`, note: "" })),
					);
			}
			const [first] = here;
			if (first && group.range !== undefined)
				here[0] = { ...first, note: [group.range, first.note].filter(Boolean).join("; ") };
			rows.push({ text: "", note: "" }, ...here);
		}
		const width = Math.max(...rows.map(({ text }) => Array.from(text).length));
		const body = rows.map(({ text, note }) =>
			note === ""
				? text
				: `${text}${" ".repeat(Math.max(1, Math.min(width, 60) - Array.from(text).length + 3))}${note}`,
		);
		return `${[...this.definitions, ...body].join("\n")}\n`;
	}

	toString(): string {
		return this.text();
	}

	/** The derivation in LaTeX: one `aligned` block for each derivative, for display math. */
	latex(options: WriteOptions = {}): string {
		return this.blocks(options).join("\n\n");
	}

	private blocks(options: WriteOptions): string[] {
		return this.latexEquations(options).map(({ left, range, lines }) => {
			const rows = lines.map(({ latex, reason, notes, numbers }, index) => {
				const words = [...(reason === "" ? [] : [`\\text{${reason}}`]), ...notes].join(",\\; ");
				const put = numbers === undefined ? "" : ` \\\\\n&= ${numbers}`;
				return `${index === 0 ? `${left} ` : ""}&= ${latex}${words === "" ? "" : ` && ${words}`}${put}`;
			});
			const units = range === undefined ? "" : ` \\qquad ${range.replace("…", "\\dots")}`;
			return `\\begin{aligned}\n${rows.join(" \\\\\n")}\n\\end{aligned}${units}`;
		});
	}

	/** The derivation in LaTeX, in parts: for pages that set every line themselves. Of a family of units no numbers are put in. */
	latexEquations(options: WriteOptions = {}): LatexEquation[] {
		const at = this.numbersFor(options);
		return this.groups.map((group) => ({
			left: [group.head, group.derivative].flatMap((e) => (e === undefined ? [] : latexOf(e))).join(" = "),
			range: group.range,
			lines: linesOf(group).map(({ expression, reason, used, conditions }) => ({
				latex: latexOf(expression),
				reason,
				notes: [...usedIn(used, "latex"), ...conditions.map((condition) => conditionText(condition, "latex"))],
				numbers: at === undefined || group.range !== undefined ? undefined : numbersLatex(expression, at),
			})),
		}));
	}

	private numbersFor({ numbers = false, at = {} }: WriteOptions): ReadonlyMap<string, Value> | undefined {
		return numbers ? noGrad(() => this.pointAt(at)) : undefined;
	}

	/** The derivation in Markdown, with display math. */
	markdown(options: WriteOptions = {}): string {
		const definitions = this.latexDefinitions.map(
			({ latex, range }) => `- $${latex}$${range === undefined ? "" : ` for $${range.replace("…", "\\dots")}$`}`,
		);
		const blocks = this.blocks(options).map((block) => `$$\n${block}\n$$`);
		return `${[definitions.join("\n"), ...blocks].join("\n\n")}\n`;
	}

	/** Everything as data: definitions, and the lines of every derivative as text, as LaTeX and in the notation of formulas. */
	toJSON(): {
		readonly result: string;
		readonly definitions: readonly { readonly name: string; readonly formula: string; readonly latex: string }[];
		readonly equations: readonly (DerivationEquation & { readonly values: readonly unknown[] })[];
	} {
		const values = this.values();
		return {
			result: this.result,
			definitions: this.chains.definitions.map(({ name, expression }) => ({
				name,
				formula: formulaText(toFormula(expression)),
				latex: latexOf(expression),
			})),
			equations: this.equations.map((equation, index) => {
				const [first] = this.groups[index]?.members ?? [];
				const found = values.find(({ by }) => by === first?.by);
				return {
					...equation,
					values: (found?.values ?? []).map((value) => (typeof value === "number" ? value : value.toArray())),
				};
			}),
		};
	}
}

interface Row {
	readonly text: string;
	readonly note: string;
}

/** Scalars as numbers. */
function plainValue(x: Value): StepValue {
	if (typeof x === "number") return x;
	return x instanceof Tensor && x.rank > 0 ? x : x.item();
}

function leftText({ head, derivative }: Group): string {
	return `${head === undefined ? "" : `${textOf(head)} = `}${textOf(derivative)}`;
}

type Form = "text" | "latex";

/** Equations that were used. */
type Used = readonly (readonly [Expression, Expression])[];

/** A line as it is written. */
interface Written {
	readonly expression: Expression;
	readonly reason: string;
	readonly used: Used;
	readonly conditions: readonly Condition[];
}

/** The lines of a group, and why each holds; where something was divided out, the last says so. */
function linesOf({ chain, lines, used, conditions }: Group): Written[] {
	const all = lines.map((expression, index) => ({
		expression,
		reason: chain.lines[index]?.reason ?? "",
		used: used[index] ?? [],
		conditions: conditions[index] ?? [],
	}));
	const last = lines.at(-1);
	if (chain.name === undefined || chain.scale === undefined || last === undefined) return all;
	const [factors, rest] = scaleOf(last);
	const short = named(chain.name, rest.shape);
	return [...all, { expression: product([...factors, short]), reason: "", used: [[short, rest]], conditions: [] }];
}

/** The first two equations that were used. */
function usedIn(used: Used, form: Form): string[] {
	const print = form === "text" ? textOf : latexOf;
	const equations = used.slice(0, 2).map(([left, right]) => `${print(left)} = ${print(right)}`);
	return used.length > 2 ? [...equations, form === "text" ? "…" : "\\dots"] : equations;
}

function reasonText(reason: string, used: Used): string {
	return [...(reason === "" ? [] : [reason]), ...usedIn(used, "text")].join(", ");
}

function noteText({ reason, used, conditions }: Written): string {
	return [reasonText(reason, used), ...conditions.map((condition) => conditionText(condition, "text"))]
		.filter((word) => word !== "")
		.join(", ");
}

function conditionText({ subject, relation }: Condition, form: Form): string {
	if (form === "text") return `${textOf(subject)} ${relation}`;
	const sign = relation.replace("≠", "\\ne").replace("≥", "\\ge").replace("finite", "\\text{ finite}");
	return `${latexOf(subject)} ${sign}`;
}

/** Six digits: enough to follow, few enough to read. */
function digits(value: number): string {
	return String(Number(value.toPrecision(6)) + 0);
}

/** Elements that are written at most. */
const shownElements = 12;

function valueText(value: Value): string {
	const plain = plainValue(value);
	if (typeof plain === "number") return digits(plain);
	if (plain.size > shownElements) return `[${plain.shape.join(" × ")}]`;
	const write = (nested: unknown): string =>
		Array.isArray(nested) ? `[${nested.map(write).join(", ")}]` : digits(Number(nested));
	return write(plain.toArray());
}

/** A line with numbers in place of names, and its value; of a family, the values of all. */
function numbersText(e: Expression, group: Group, at: ReadonlyMap<string, Value>): string[] {
	const { range } = group;
	if (range === undefined) return [`= ${putNumbers(e, "text", at)}`];
	const [, letter = "", first = ""] = /^(\S+) = (\d+)/.exec(range) ?? [];
	return group.members.map((_, unit) => {
		const index = Number(first) + unit;
		return `${letter} = ${index}: ${putNumbers(withIndices(e, new Map([[letter, index]])), "text", at)}`;
	});
}

function putNumbers(e: Expression, form: Form, at: ReadonlyMap<string, Value>): string {
	const value = noGrad(() => valueAt(e, at));
	if (!isScalarLine(e, at)) return valueText(value);
	const shown = substituted(unrolled(e), form, (leaf) => digits(Number(noGrad(() => valueAt(leaf, at)))));
	const result = valueText(value);
	return shown === result ? result : `${shown} = ${result}`;
}

function isScalarLine(e: Expression, at: ReadonlyMap<string, Value>): boolean {
	if (e.shape.length > 0) return false;
	const scalar = (x: Value | undefined): boolean => !(x instanceof Tensor) || x.rank === 0;
	const visit = (node: Expression): boolean =>
		node.shape.length === 0 &&
		(node.kind === "name"
			? scalar(at.get(node.name))
			: !("operands" in node) || node.kind === "partial" || node.operands.every(visit));
	return visit(unrolled(e));
}

function numbersLatex(e: Expression, at: ReadonlyMap<string, Value>): string | undefined {
	return isScalarLine(e, at) ? putNumbers(e, "latex", at) : undefined;
}

// ---------------------------------------------------------------- families

const skeleton = (name: string): string => name.replace(/\d+|[₀-₉]+/gu, "#");
const symbolOf = (name: string): ReturnType<typeof partsOfName> => partsOfName(name, "numbers");

function rangeText(index: string, from: number, to: number): string {
	const all = Array.from({ length: to - from + 1 }, (_, at) => from + at);
	return `${index} = ${all.length <= 3 ? all.join(", ") : `${from}, …, ${to}`}`;
}

/** Things, and what is said of all of them. */
interface Members<Thing> {
	readonly members: readonly Thing[];
	readonly all: readonly Expression[];
	readonly range: string | undefined;
}

/** Members of one family, or a single thing, in the order of the first of each; members may not be made of one another. */
function families<Thing>(
	things: readonly Thing[],
	keyOf: (thing: Thing) => string,
	partsOf: (thing: Thing) => readonly Expression[],
	dependsOn: (thing: Thing, others: readonly Thing[]) => boolean,
): Members<Thing>[] {
	const groups = new Map<string, Thing[]>();
	for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
	const made = new Map<Thing, Members<Thing> | undefined>();
	for (const members of groups.values()) {
		const family = members.some((thing) => dependsOn(thing, members)) ? undefined : familyOf(members.map(partsOf));
		if (family === undefined) continue;
		const order = new Map(members.map((thing, at) => [thing, family.values[at] as number]));
		const sorted = members.toSorted((a, b) => (order.get(a) as number) - (order.get(b) as number));
		for (const thing of members) made.set(thing, undefined);
		made.set(members[0] as Thing, {
			members: sorted,
			all: family.made,
			range: rangeText(family.index, family.from, family.to),
		});
	}
	return things.flatMap((thing): Members<Thing>[] => {
		if (!made.has(thing)) return [{ members: [thing], all: partsOf(thing), range: undefined }];
		const family = made.get(thing);
		return family === undefined ? [] : [family];
	});
}

/** For each named value, the names it was computed from, at any distance. */
function sourcesOf({ definitions }: Chains): ReadonlyMap<string, ReadonlySet<string>> {
	const sources = new Map<string, Set<string>>();
	for (const { name, expression } of definitions) {
		const own = new Set<string>();
		for (const source of namesOf(unrolled(expression))) {
			own.add(source);
			for (const further of sources.get(source) ?? []) own.add(further);
		}
		sources.set(name, own);
	}
	return sources;
}

function groupsOf(chains: Chains): Group[] {
	const sources = sourcesOf(chains);
	const keyOf = ({ name, scale, by, lines }: Chain): string =>
		name === undefined || scale !== undefined
			? `alone ${by}`
			: `${skeleton(name)} ${lines.map(({ reason }) => reason).join()}`;
	const dependsOn = ({ by }: Chain, others: readonly Chain[]): boolean =>
		others.some((other) => sources.get(by)?.has(other.by));
	return families(chains.chains, keyOf, partsOfChain, dependsOn).map(({ members, all, range }) =>
		groupOf(members, all, range),
	);
}

/** Everything of a chain that a unit's number is in, as one list. */
function partsOfChain({ of, by, name, lines }: Chain): readonly Expression[] {
	return [
		named(name ?? ""),
		partial(symbolOf(of), symbolOf(by), named(by)),
		...lines.flatMap(({ expression, used, conditions }) => [
			expression,
			...used.flat(),
			...conditions.map(({ subject }) => subject),
		]),
	];
}

/** The same list, taken apart again. */
function groupOf(members: readonly Chain[], all: readonly Expression[], range: string | undefined): Group {
	const [chain] = members as [Chain];
	let next = 0;
	const take = (): Expression => all[next++] as Expression;
	const [head, derivative] = [take(), take()];
	const parts = chain.lines.map(({ used, conditions }) => ({
		expression: take(),
		used: used.map(() => [take(), take()] as const),
		conditions: conditions.map(({ relation }) => ({ subject: take(), relation })),
	}));
	return {
		chain,
		members,
		head: chain.name === undefined || chain.scale !== undefined ? undefined : head,
		derivative,
		lines: parts.map(({ expression }) => expression),
		used: parts.map(({ used }) => used),
		conditions: parts.map(({ conditions }) => conditions),
		range,
	};
}

function definitionsOf(chains: Chains): Definition[] {
	const sources = sourcesOf(chains);
	return families(
		chains.definitions,
		({ name }) => skeleton(name),
		({ name, expression }) => [named(name, expression.shape), expression],
		({ name }, others) => others.some((other) => sources.get(name)?.has(other.name)),
	).map(({ members, all, range }) => ({
		names: members.map(({ name }) => name),
		left: all[0] as Expression,
		right: all[1] as Expression,
		range,
	}));
}

/**
 * The derivative of `y` along `x`, written out: the chain rule, the local
 * derivatives, and the laws that simplify them, one step a line. Named values
 * keep their names; what has none and needs one is given one.
 *
 * In a network with several layers the derivatives where a layer ends are named
 * δ (of matrices `dZ`), and sums and equations that differ in an index of their
 * names, `w11` and `w12` or `a₁⁽²⁾` and `a₂⁽²⁾`, are written once. A number that
 * was computed from constants is a constant: a target that is to stay a letter is
 * made with `scalar`.
 *
 * @throws where `y` does not depend on `x`, or more than 20,000 values lie between.
 *
 * @example
 * ```ts
 * import { add, log, mul, neg, scalar, sigmoid, sub } from "chainrule";
 * import { derivation } from "chainrule/symbolic";
 *
 * const [w, b, x, y] = [scalar(0.6, "w"), scalar(0.9, "b"), scalar(1, "x"), scalar(0, "y")];
 * const a = sigmoid(add(mul(w, x), b).named("z")).named("a");
 * const C = neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))))).named("C");
 * console.log(derivation(C, w).result); // (a - y)·x
 * ```
 */
export function derivation(y: Node, x: Node, { result, sizes = {}, given }: DerivationOptions = {}): Derivation {
	const options: ChainOptions = { result, sizes, given };
	return new Derivation(chainsOf(y, x, options), sizes);
}
