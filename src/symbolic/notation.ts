/**
 * The language of derivations: problems and claims.
 *
 * A problem is a list of statements, each using only what stands above it:
 *
 *     w, x, b, y : scalar          declarations; also scalar>0, scalar in (0,1), vector[n], matrix[n,m]
 *     i in 1..n                    the range of an index
 *     f/1                          a function about which nothing is known, of one argument
 *     z = w*x + b                  definitions; also s[i] = ..., g(t) = ...
 *
 * A claim is a chain `e0 = e1 = e2`; an index that nothing binds means "for
 * all". Formulas are read by the one parser; here names get their meaning, and
 * every complaint points at a place. Nothing is computed.
 */
import { type ChainruleError, failure } from "../core/errors.js";
import { type Formula, fold, parseChain, partsOf, pointed, type Span, withParts } from "../core/formula.js";
import { constants } from "../core/op.js";
import type { Range } from "./prove/expression.js";
import { arityOf, functionNames } from "./prove/mathematics.js";

/** A length: a number, or the name of one. */
export type Extent = number | string;

/** A declared variable. */
export interface Variable {
	readonly name: string;
	readonly shape: readonly Extent[];
	readonly range: Range;
	readonly span: Span;
}

/** `z = ...`, `s[i] = ...` or `g(t) = ...`. */
export interface Definition {
	readonly name: string;
	readonly span: Span;
	readonly body: Formula;
	/** Names of indices on the left, each standing for all of its range. */
	readonly indices: readonly string[];
	/** Names of parameters, of a function. */
	readonly parameters: readonly string[] | undefined;
}

/** What a text declares and defines. */
export interface Notation {
	readonly source: string;
	readonly variables: ReadonlyMap<string, Variable>;
	readonly indices: ReadonlyMap<string, Extent>;
	/** Unknown functions and the number of their arguments. */
	readonly unknowns: ReadonlyMap<string, number>;
	readonly definitions: ReadonlyMap<string, Definition>;
	/** Names of lengths, in order of appearance. */
	readonly dimensions: readonly string[];
}

/** One side of a chain. */
export interface Side {
	readonly formula: Formula;
	readonly span: Span;
	readonly text: string;
}

/** A chain of sides, all to be equal. */
export interface Claim {
	readonly source: string;
	readonly sides: readonly Side[];
	/** Indices that nothing binds: the claim is made for all their values. */
	readonly free: readonly string[];
}

/** Characters in a problem or a claim: more is no derivation. */
const longest = 20_000;

/** Calls with a meaning of their own, and how many arguments they take. */
const forms: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
	["d", [2, 5]],
	["sum", [1, 5]],
	["prod", [1, 5]],
	["mean", [1, 5]],
	["max", [1, 2]],
	["min", [1, 2]],
	["rowsum", [1, 1]],
	["colsum", [1, 1]],
	["dot", [2, 2]],
	["outer", [2, 2]],
	["diag", [1, 1]],
	["eye", [1, 1]],
	["ones", [1, 2]],
	["tr", [1, 1]],
	["det", [1, 1]],
	["logdet", [1, 1]],
	["inv", [1, 1]],
	["norm", [1, 1]],
	["softmax", [1, 1]],
	["delta", [2, 2]],
]);

/** Forms whose leading arguments are indices that they bind: sum(i, j, e). */
const binders: ReadonlySet<string> = new Set(["sum", "prod", "mean"]);

/** The error at a place of a derivation. */
export function complaint(source: string, span: Span, what: string, expected: string, fix?: string): ChainruleError {
	return failure({
		what: `derivation: ${what}`,
		expected,
		actual: pointed(source, span.start),
		...(fix !== undefined && { fix }),
	});
}

/** The indices that a call binds, and the rest of its arguments. */
export function boundBy(call: Formula & { kind: "call" }): { indices: string[]; rest: readonly Formula[] } {
	const { arguments: given } = call;
	if (!binders.has(call.name) || given.length < 2) return { indices: [], rest: given };
	return {
		indices: given.slice(0, -1).map((index) => (index.kind === "name" ? index.name : "")),
		rest: given.slice(-1),
	};
}

// ---------------------------------------------------------------- problems

const names = String.raw`[\p{L}_][\p{L}\p{M}\p{Nd}_₀-₉]*`;
const declaration = new RegExp(String.raw`^(\s*${names}(?:\s*,\s*${names})*)\s*:\s*(.*?)\s*$`, "u");
const kind = /^(?:scalar|(vector|matrix)\s*\[([^\]]*)\])\s*(?:(>\s*0)|(in\s*\(\s*0\s*,\s*1\s*\)))?$/u;
const range = new RegExp(String.raw`^(\s*${names}(?:\s*,\s*${names})*)\s+in\s+1\s*\.\.\s*(${names}|\d+)\s*$`, "u");
const unknown = new RegExp(String.raw`^(\s*${names}(?:\s*,\s*${names})*)\s*/\s*(\d)\s*$`, "u");

/** Reads a problem. @throws at the first statement that cannot be understood, with its place. */
export function readProblem(source: string): Notation {
	refuseLong(source);
	const reader = new ProblemReader(source);
	for (const span of statementsOf(source)) reader.statement(span);
	return reader;
}

function refuseLong(source: string): void {
	if (source.length <= longest) return;
	throw failure({
		what: "derivation: too long to be read",
		expected: `at most ${longest} characters`,
		actual: String(source.length),
	});
}

/** Statements end with a line or a semicolon, but not within parentheses. */
function* statementsOf(source: string): Generator<Span> {
	let start = 0;
	let open = 0;
	for (let at = 0; at <= source.length; at++) {
		const character = source[at];
		if (character === "(" || character === "[") open++;
		if (character === ")" || character === "]") open--;
		if (character !== undefined && character !== ";" && (character !== "\n" || open > 0)) continue;
		if (source.slice(start, at).trim() !== "") yield { start, end: at };
		start = at + 1;
	}
}

class ProblemReader implements Notation {
	readonly source: string;
	readonly variables = new Map<string, Variable>();
	readonly indices = new Map<string, Extent>();
	readonly unknowns = new Map<string, number>();
	readonly definitions = new Map<string, Definition>();
	readonly dimensions: string[] = [];
	private readonly promised: ReadonlySet<string>;

	constructor(source: string) {
		this.source = source;
		this.promised = new Set(
			[...statementsOf(source)].flatMap(({ start, end }) => {
				return new RegExp(String.raw`^\s*(${names})[^=<>]*=(?!=)`, "u").exec(source.slice(start, end))?.[1] ?? [];
			}),
		);
	}

	statement(span: Span): void {
		const text = this.source.slice(span.start, span.end);
		const declared = declaration.exec(text);
		if (declared) {
			this.declare(span, declared[1] as string, declared[2] as string);
			return;
		}
		const ranged = range.exec(text);
		if (ranged) {
			const [, list = "", end = ""] = ranged;
			for (const [name, at] of this.named(span, list)) this.enter(name, at, this.indices, this.extent(end));
			return;
		}
		const free = unknown.exec(text);
		if (free) {
			for (const [name, at] of this.named(span, free[1] as string))
				this.enter(name, at, this.unknowns, Number(free[2]));
			return;
		}
		this.define(span);
	}

	/** The names of a list, each with its place. */
	private named({ start }: Span, list: string): [string, Span][] {
		return [...list.matchAll(new RegExp(names, "gu"))].map(({ 0: name, index }) => [
			name.normalize("NFC"),
			{ start: start + index, end: start + index + name.length },
		]);
	}

	private enter<Meaning>(name: string, span: Span, table: Map<string, Meaning>, meaning: Meaning): void {
		const tables: ReadonlyMap<string, unknown>[] = [this.variables, this.indices, this.unknowns, this.definitions];
		if (tables.some((known) => known.has(name))) {
			throw complaint(this.source, span, `"${name}" has two meanings`, "one declaration or definition of a name");
		}
		table.set(name, meaning);
	}

	private extent(text: string): Extent {
		if (/^\d+$/.test(text)) return Number(text);
		const name = text.normalize("NFC");
		if (!this.dimensions.includes(name)) this.dimensions.push(name);
		return name;
	}

	private declare(span: Span, list: string, text: string): void {
		const found = kind.exec(text);
		const extents = (found?.[2] ?? "").split(",").map((part) => part.trim());
		const wanted = found?.[1] === undefined ? 0 : found[1] === "vector" ? 1 : 2;
		const legal = new RegExp(String.raw`^(?:${names}|[1-9]|1\d)$`, "u");
		if (!found || (wanted > 0 && (extents.length !== wanted || !extents.every((part) => legal.test(part))))) {
			const at = { start: span.start + this.source.slice(span.start, span.end).indexOf(":") + 2, end: span.end };
			const expected = "scalar, vector[n] or matrix[n,m], then perhaps >0 or in (0,1); lengths are names, or 1 to 19";
			throw complaint(this.source, at, `unknown kind "${text}"`, expected);
		}
		const shape = wanted === 0 ? [] : extents.map((part) => this.extent(part));
		const known: Range = found[3] ? "positive" : found[4] ? "unit" : "real";
		for (const [name, at] of this.named(span, list)) {
			this.enter(name, at, this.variables, { name, shape, range: known, span: at });
		}
	}

	private define(span: Span): void {
		const [left, body, ...more] = parseChain(this.source, span);
		if (!left || !body || more.length > 0) {
			const at = left?.span ?? span;
			const expected = "w, x : scalar;  i in 1..n;  f/1;  z = w*x + b";
			throw complaint(this.source, at, "a statement that neither declares nor defines", expected);
		}
		const { name, indices, parameters } = this.leftSide(left);
		if (parameters === undefined) {
			for (const index of indices) {
				if (!this.indices.has(index)) throw this.unranged(index, left.span);
			}
		}
		const inner = new Set([...indices, ...(parameters ?? [])]);
		const full = checked(derivativesIn(body, this), this, this.source, {
			bound: inner,
			free: undefined,
			name,
			promised: this.promised,
		});
		this.enter(name, left.span, this.definitions, { name, span: left.span, body: full, indices, parameters });
	}

	private unranged(index: string, span: Span): ChainruleError {
		return complaint(this.source, span, `index "${index}" without a range`, `a line such as ${index} in 1..n above`);
	}

	private leftSide(left: Formula): { name: string; indices: string[]; parameters: string[] | undefined } {
		const plain = (parts: readonly Formula[]): string[] =>
			parts.map((part) => {
				if (part.kind === "name") return part.name;
				throw complaint(this.source, part.span, "a definition for one case only", "names: s[i] = ..., g(t) = ...");
			});
		if (left.kind === "name") return { name: left.name, indices: [], parameters: undefined };
		if (left.kind === "index" && left.operand.kind === "name") {
			return { name: left.operand.name, indices: plain(left.indices), parameters: undefined };
		}
		if (left.kind === "call" && left.primes === 0 && !forms.has(left.name)) {
			return { name: left.name, indices: [], parameters: plain(left.arguments) };
		}
		throw complaint(this.source, left.span, "nothing that can be defined", "a name, s[i] or g(t) before the =");
	}
}

// ---------------------------------------------------------------- claims

/** Reads a chain of equalities about a problem. @throws where it cannot be understood, with its place. */
export function readClaim(source: string, problem: Notation): Claim {
	refuseLong(source);
	const plain = source.replaceAll("∂", "d").replace(higher, spelled);
	const sides = parseChain(plain).map((given) => derivativesIn(given, problem));
	return claimOf(sides, plain, problem);
}

/** A chain whose sides are trees already, wherever they were read. @throws where a name or an index in it means nothing. */
export function claimOf(formulas: readonly Formula[], source: string, problem: Notation): Claim {
	const free: string[] = [];
	const sides = formulas.map((given) => {
		const formula = checked(given, problem, source, { bound: new Set(), free });
		return { formula, span: given.span, text: source.slice(given.span.start, given.span.end) };
	});
	return { source, sides, free };
}

/** `d^2 f/dx^2` and `d^2 f/(dx dy)`: the derivatives that no formula can spell. */
const higher = new RegExp(
	String.raw`d\^2\s*(${names})\s*/\s*(?:d(${names})\^2|\(\s*d(${names})\s+d(${names})\s*\))`,
	"gu",
);

function spelled(_: string, f: string, twice?: string, x?: string, y?: string): string {
	return `d(${f}, ${twice ?? x}, ${twice ?? y})`;
}

/** dC/dw and dC/dw[1] as d(C, w), unless dC and dw are names of their own. */
function derivativesIn(f: Formula, problem: Notation): Formula {
	const known = (name: string): boolean => problem.variables.has(name) || problem.definitions.has(name);
	const stem = (part: Formula): string | undefined => {
		const name = part.kind === "name" ? part.name : part.kind === "index" ? stem0(part) : undefined;
		return name !== undefined && /^d./u.test(name) && !known(name) ? name.slice(1) : undefined;
	};
	const stem0 = (part: Formula & { kind: "index" }): string | undefined =>
		part.operand.kind === "name" ? part.operand.name : undefined;
	const renamed = (part: Formula, name: string): Formula => {
		const plain: Formula = { kind: "name", name, span: part.span };
		return part.kind === "index" ? { ...part, operand: plain } : plain;
	};
	return fold<Formula>(f, (node, parts) => {
		const rebuilt = parts.length === 0 ? node : withParts(node, parts);
		if (rebuilt.kind !== "binary" || rebuilt.operator !== "/") return rebuilt;
		const { left, right, span } = rebuilt;
		const below = stem(right);
		const product = left.kind === "binary" && left.operator === "*" ? left : undefined;
		const last = product ? product.right : left;
		const above = stem(last);
		// One known name is enough: of dC/dq it is q that is unknown, not dC.
		if (above === undefined || below === undefined || !(known(above) || known(below))) return rebuilt;
		const given = [renamed(last, above), renamed(right, below)];
		const quotient: Formula = {
			kind: "call",
			name: "d",
			primes: 0,
			arguments: given,
			span: { ...last.span, end: right.span.end },
		};
		return product ? { ...product, right: quotient, span } : quotient;
	});
}

// ---------------------------------------------------------------- names

interface Surroundings {
	/** Indices and parameters that stand for something here. */
	readonly bound: ReadonlySet<string>;
	/** Collects indices that nothing binds; where it is missing they are refused. */
	readonly free: string[] | undefined;
	/** What is being defined, and what will be. */
	readonly name?: string;
	readonly promised?: ReadonlySet<string>;
}

/** `f`, after every name, call and index in it was found to mean something. */
function checked(f: Formula, problem: Notation, source: string, around: Surroundings): Formula {
	const waiting: { node: Formula; bound: ReadonlySet<string> }[] = [{ node: f, bound: around.bound }];
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		const { node, bound } = next;
		let inner = bound;
		let parts = partsOf(node);
		if (node.kind === "name") checkName(node, bound, problem, source, around);
		if (node.kind === "binary" && node.operator === "/" && node.right.kind === "number" && node.right.value === 0) {
			throw complaint(source, node.right.span, "division by zero", "a divisor other than 0");
		}
		if (node.kind === "number" && !/^[\d.]{1,400}(?:[eE][+-]?\d{1,3})?$/.test(node.text)) {
			throw complaint(source, node.span, "a number beyond all measure", "at most 400 digits, exponents below 1000");
		}
		if (node.kind === "call") {
			checkCall(node, bound, problem, source);
			const { indices, rest } = boundBy(node);
			if (indices.length > 0) {
				inner = new Set([...bound, ...indices]);
				parts = rest;
			}
			if (node.name === "d" && node.primes === 0) checkTargets(node, problem, source);
		}
		for (const part of parts.toReversed()) waiting.push({ node: part, bound: inner });
	}
	return f;
}

function checkName(
	{ name, span }: Formula & { kind: "name" },
	bound: ReadonlySet<string>,
	problem: Notation,
	source: string,
	around: Surroundings,
): void {
	if (bound.has(name) || problem.variables.has(name)) return;
	if (name === around.name) {
		throw complaint(source, span, `"${name}" is defined by itself`, "names that are declared or defined above");
	}
	const defined = problem.definitions.get(name);
	if (defined?.parameters) throw complaint(source, span, `"${name}" is a function`, `its arguments: ${name}(...)`);
	if (defined) return;
	if (problem.indices.has(name)) {
		if (!around.free) {
			const fix = `bind it: sum(${name}, ...), or define ${around.name}[${name}] = ...`;
			throw complaint(source, span, `index "${name}" is not bound`, "an index of a sum or of the left side", fix);
		}
		if (!around.free.includes(name)) around.free.push(name);
		return;
	}
	if (problem.dimensions.includes(name) || constants.has(name)) return;
	if (around.promised?.has(name)) {
		throw complaint(
			source,
			span,
			`"${name}" is used before its definition`,
			"names that are declared or defined above",
		);
	}
	const fix = `declare it: ${name} : scalar`;
	throw complaint(source, span, `unknown name "${name}"`, knownNames(problem), fix);
}

function knownNames({ variables, definitions, indices, dimensions }: Notation): string {
	const all = [...variables.keys(), ...definitions.keys(), ...indices.keys(), ...dimensions];
	if (all.length === 0) return "names that are declared above";
	return all.length <= 12 ? `one of ${all.join(", ")}` : `one of ${all.slice(0, 12).join(", ")}, ...`;
}

function checkCall(
	{ name, primes, arguments: given, span }: Formula & { kind: "call" },
	bound: ReadonlySet<string>,
	problem: Notation,
	source: string,
): void {
	const wrong = (expected: string): ChainruleError => {
		const count = given.length === 1 ? "1 argument" : `${given.length} arguments`;
		return complaint(source, span, `${name} with ${count}`, expected);
	};
	const defined = problem.definitions.get(name)?.parameters;
	const arity = defined?.length ?? problem.unknowns.get(name);
	const form = forms.get(name);
	if (arity === undefined && form && primes === 0) {
		if (given.length < form[0] || given.length > form[1]) {
			throw wrong(form[0] === form[1] ? String(form[0]) : `${form[0]} to ${form[1]}`);
		}
		if (!binders.has(name) || given.length === 1) return;
		for (const index of given.slice(0, -1)) {
			if (index.kind === "name" && problem.indices.has(index.name) && !bound.has(index.name)) continue;
			const found = index.kind === "name" ? index.name : "this";
			const what =
				index.kind === "name" && bound.has(index.name) ? `"${found}" is bound already` : `"${found}" is no index`;
			const fix = index.kind === "name" && !bound.has(index.name) ? `declare its range: ${found} in 1..n` : undefined;
			throw complaint(source, index.span, what, `an index of its own for every ${name}`, fix);
		}
		return;
	}
	const expected = arity ?? arityOf(name);
	if (expected === undefined) {
		const near = [
			...functionNames(),
			...forms.keys(),
			...problem.unknowns.keys(),
			...problem.definitions.keys(),
		].filter((known) => known.toLowerCase().startsWith(name.slice(0, 2).toLowerCase()));
		const like = near.length === 0 ? "" : `, such as ${near.slice(0, 5).join(", ")}`;
		const isNumber = problem.variables.has(name) || problem.definitions.has(name);
		const fix = isNumber ? `for a product write ${name}*(...)` : `declare it as unknown: ${name}/${given.length}`;
		throw complaint(source, span, `unknown function "${name}"`, `a function of the notation${like}`, fix);
	}
	if (given.length !== expected) throw wrong(String(expected));
	if (primes > 0 && expected !== 1) {
		const what = `${name}${"'".repeat(primes)} of ${expected} arguments`;
		throw complaint(source, span, what, "primes on functions of one", "write d(f, x)");
	}
	if (primes > 3) throw complaint(source, span, `${primes} primes`, "at most 3");
}

function checkTargets({ arguments: given }: Formula & { kind: "call" }, problem: Notation, source: string): void {
	for (const target of given.slice(1)) {
		const name = target.kind === "index" ? target.operand : target;
		const known =
			name.kind === "name" &&
			(problem.variables.has(name.name) ||
				(problem.definitions.has(name.name) && !problem.definitions.get(name.name)?.parameters));
		if (!known) {
			throw complaint(
				source,
				target.span,
				"nothing to differentiate by",
				"a declared or defined name, or an element of one",
			);
		}
	}
}
