/**
 * How letters with decorations become names, and names letters.
 *
 * In LaTeX a name is a letter with subscripts and superscripts, and only the
 * names of the problem tell whether the `1` of `a_1` belongs to the name or
 * picks an element. Every reading that makes a known name is collected; two
 * that differ are an error, so a reading is never a guess.
 *
 * Note [words of the notes, names of the problem]
 * Notes call one thing by many names: J_{total}, w_{1,1}^{(2)}, \sum_x over the
 * training examples. A spelling says what stands for what. A subscript of it
 * that is an index stands for any subscript there, unless another spelling has
 * that very letter.
 */
import { type Formula, fold, nodesOf, parseFormula, substitute } from "../core/formula.js";
import type { LatexToken } from "./latextokens.js";
import type { Notation } from "./notation.js";

/** What names mean where LaTeX is read and written. */
export interface LatexNames {
	/** Values and how many axes they have: 0 for a scalar, 1 for a vector, 2 for a matrix. */
	readonly values: ReadonlyMap<string, number>;
	/** Functions of the problem; those of the library are always known. */
	readonly functions: ReadonlySet<string>;
	/** Indices and where they end: `n`, `3`. */
	readonly indices: ReadonlyMap<string, string>;
	/** What letters of the text stand for: `J_{total}` for `J`, `w_{j,i}^{(2)}` for `W2[j,i]`, `\sum_x` for the index `i`. */
	readonly spelling?: Readonly<Record<string, string>>;
}

/** The names a formula itself gives away: what is indexed or multiplied as a matrix has axes. */
export function namesFrom(formulas: readonly Formula[]): LatexNames {
	const values = new Map<string, number>();
	const functions = new Set<string>();
	const indices = new Map<string, string>();
	const raise = (f: Formula, rank: number): void => {
		if (f.kind === "index" && f.operand.kind === "name" && rank > 0) raise(f.operand, rank + f.indices.length);
		if (f.kind === "name") values.set(f.name, Math.max(rank, values.get(f.name) ?? 0));
	};
	for (const node of formulas.flatMap((f) => [...nodesOf(f)])) {
		raise(node, 0);
		if (node.kind === "index") {
			raise(node.operand, node.indices.length);
			for (const index of node.indices.flatMap((part) => [...nodesOf(part)])) {
				if (index.kind === "name") indices.set(index.name, "");
			}
		}
		if (node.kind === "transpose") raise(node.operand, 2);
		if (node.kind === "binary" && node.operator === "@") {
			raise(node.left, 2);
			raise(node.right, 2);
		}
		if (node.kind === "call") {
			functions.add(node.name);
			for (const index of boundIn(node)) indices.set(index, "");
		}
	}
	// What is only ever an index is no value.
	for (const index of indices.keys()) if (values.get(index) === 0) values.delete(index);
	return { values, functions, indices };
}

/** The names of a problem, for its LaTeX. */
export function namesOf(problem: Notation, spelling: Readonly<Record<string, string>> = {}): LatexNames {
	const values = new Map<string, number>(problem.dimensions.map((name) => [name, 0]));
	const functions = new Set(problem.unknowns.keys());
	const indices = new Map([...problem.indices].map(([name, extent]) => [name, String(extent)]));
	const names = { values, functions, indices, spelling };
	for (const { name, shape } of problem.variables.values()) values.set(name, shape.length);
	for (const { name, body, indices: over, parameters } of problem.definitions.values()) {
		if (parameters) functions.add(name);
		else values.set(name, over.length + rankOf(body, names));
	}
	return names;
}

/** The indices a sum or a product binds. */
function boundIn(call: Formula & { kind: "call" }): string[] {
	if (call.name !== "sum" && call.name !== "prod") return [];
	return call.arguments.slice(0, -1).flatMap((index) => (index.kind === "name" ? index.name : []));
}

/** How many axes a formula has, as far as products need to know. */
export function rankOf(f: Formula, { values }: LatexNames): number {
	return fold<number>(f, (node, ranks) => {
		const [first = 0, second = 0] = ranks;
		switch (node.kind) {
			case "name":
				return values.get(node.name) ?? 0;
			case "index":
				return Math.max(0, first - node.indices.length);
			case "binary":
				return node.operator === "@" ? Math.max(0, first + second - 2) : Math.max(first, second);
			case "if":
				return Math.max(second, ranks[2] ?? 0);
			case "call":
				return rankOfCall(node.name, ranks);
			default:
				return Math.max(0, ...ranks);
		}
	});
}

/** Axes of the results of calls that do not go number by number. */
const ranksOfCalls: Readonly<Record<string, (ranks: readonly number[]) => number>> = {
	sum: (ranks) => (ranks.length > 1 ? (ranks.at(-1) as number) : 0),
	prod: (ranks) => (ranks.length > 1 ? (ranks.at(-1) as number) : 0),
	mean: (ranks) => (ranks.length > 1 ? (ranks.at(-1) as number) : 0),
	d: (ranks) => ranks.reduce((total, rank) => total + rank, 0),
	outer: () => 2,
	eye: () => 2,
	diag: ([rank = 0]) => (rank === 1 ? 2 : 1),
	ones: (ranks) => ranks.length,
	dot: () => 0,
	tr: () => 0,
	det: () => 0,
	logdet: () => 0,
	norm: () => 0,
	delta: () => 0,
};

function rankOfCall(name: string, ranks: readonly number[]): number {
	const rank = Object.hasOwn(ranksOfCalls, name) ? ranksOfCalls[name] : undefined;
	return rank ? rank(ranks) : Math.max(0, ...ranks);
}

/** A product of two factors that stand beside each other; `undefined` where that could mean more than one thing. */
export function besideEachOther(left: Formula, right: Formula, names: LatexNames): Formula | undefined {
	const span = { start: left.span.start, end: right.span.end };
	const [a, b] = [rankOf(left, names), rankOf(right, names)];
	if (a === 0 || b === 0) return { kind: "binary", operator: "*", left, right, span };
	if (a === 1 && b === 1 && right.kind === "transpose" && left.kind !== "transpose") {
		return { kind: "call", name: "outer", primes: 0, arguments: [left, right.operand], span };
	}
	if (a === 1 && b === 1 && left.kind !== "transpose") return undefined;
	return { kind: "binary", operator: "@", left, right, span };
}

// ---------------------------------------------------------------- symbols

/** A letter with its decorations, before it is known what it names. */
export interface Letter {
	/** What the letter may be called, the best first: `y` with a hat is `yhat`, `y_hat`. */
	readonly stems: readonly string[];
	/** The content of `^{(l)}` or `^{[l]}`, or a star. */
	readonly layer: string | undefined;
	/** Subscripts as texts: `1`, `i+1`, `total`. */
	readonly below: readonly string[];
}

/** A reading of a letter: a formula and how many of the subscripts are still to be its indices. */
export interface Reading {
	readonly formula: Formula;
	/** True if the subscripts pick an element; false if they are part of the name. */
	readonly indexed: boolean;
}

const word = /^[\p{L}\p{Nd}_]+$/u;

/** Names that a letter with a layer may be short for. */
function layered({ stems, layer }: Letter): string[] {
	if (layer === undefined) return [...stems];
	return stems.flatMap((stem) => (/^\d+$/.test(layer) ? [stem + layer, `${stem}_${layer}`] : [`${stem}_${layer}`]));
}

/** Names that a letter with all its subscripts may be short for. */
function whole(letter: Letter): string[] {
	if (letter.below.length === 0 || !letter.below.every((text) => word.test(text))) return [];
	return layered(letter).flatMap((name) => {
		const joined = letter.below.join("");
		// Single letters are too often indices to be glued on: o_k is not ok.
		const glued = /^\p{L}$/u.test(joined) ? [] : [name + joined];
		return [...glued, `${name}_${letter.below.join("_")}`];
	});
}

/** Every known name that a letter can be, those with its subscripts in the name first. */
export function readingsOf(letter: Letter, names: LatexNames): Reading[] {
	const span = { start: 0, end: 0 };
	const known = (name: string): boolean =>
		names.values.has(name) || names.indices.has(name) || names.functions.has(name);
	const readings: Reading[] = whole(letter)
		.filter(known)
		.map((name) => ({ formula: { kind: "name", name, span }, indexed: false }));
	for (const name of layered(letter).filter(known)) {
		const rank = names.values.get(name) ?? 0;
		if (letter.below.length > 0 && rank === 0) continue;
		readings.push({ formula: { kind: "name", name, span }, indexed: letter.below.length > 0 });
	}
	return readings.filter(
		({ formula }, at) => !readings.slice(0, at).some((other) => nameOf(other.formula) === nameOf(formula)),
	);
}

function nameOf(f: Formula): string {
	return f.kind === "name" ? f.name : "";
}

/** True if some name of the problem begins as `stem`: then letters typed together are that name. */
export function isStem(stem: string, names: LatexNames, spellings: readonly Spelled[]): boolean {
	const begins = (name: string): boolean =>
		name === stem || (name.startsWith(stem) && /^(?:_.+|\d+)$/u.test(name.slice(stem.length)));
	return (
		spellings.some(({ letter }) => letter.stems.includes(stem)) ||
		[...names.values.keys(), ...names.functions, ...names.indices.keys()].some(begins)
	);
}

/** What a problem without names is like: letters are what they seem. */
export function plainReading({ stems, layer, below }: Letter): Reading {
	const span = { start: 0, end: 0 };
	const [stem = ""] = stems;
	const base = layer === undefined ? stem : /^\d+$/.test(layer) ? stem + layer : `${stem}_${layer}`;
	if (below.length === 1 && /^\d+$/.test(below[0] as string) && layer === undefined) {
		return { formula: { kind: "name", name: base + below[0], span }, indexed: false };
	}
	if (below.length === 1 && /^\p{L}{2,}$/u.test(below[0] as string)) {
		return { formula: { kind: "name", name: `${base}_${below[0]}`, span }, indexed: false };
	}
	return { formula: { kind: "name", name: base, span }, indexed: below.length > 0 };
}

// ---------------------------------------------------------------- spellings

/** A spelling, read: what is written, and what it stands for. */
export interface Spelled {
	readonly letter: Letter;
	/** The subscripts that are indices and so stand for any. */
	readonly slots: readonly (string | undefined)[];
	readonly formula: Formula;
	/** True for `\sum_x`: what stands below a sum. */
	readonly summed: boolean;
}

/** Reads the spellings; `letterOf` reads the letters on their left. */
export function spellingsOf(names: LatexNames, letterOf: (source: string) => Letter): Spelled[] {
	return Object.entries(names.spelling ?? {}).map(([latex, text]) => {
		const summed = /^\s*\\sum\s*_/.test(latex);
		const letter = letterOf(summed ? latex.replace(/^\s*\\sum\s*_\s*(?:\{(.*)\}|(.*))\s*$/s, "$1$2") : latex);
		const slots = letter.below.map((below) => (names.indices.has(below) ? below : undefined));
		return { letter, slots, formula: parseFormula(text), summed };
	});
}

/** The spelling that fits best: letter by letter before any subscript, with subscripts before without. */
export function spelledBy(letter: Letter, spellings: readonly Spelled[]): Spelled | undefined {
	const fits = spellings.filter(
		({ letter: pattern, slots, summed }) =>
			!summed &&
			pattern.stems[0] === letter.stems[0] &&
			pattern.layer === letter.layer &&
			(pattern.below.length === 0 ||
				(pattern.below.length === letter.below.length &&
					pattern.below.every((below, at) => below === letter.below[at] || slots[at] !== undefined))),
	);
	const exactness = ({ letter: pattern }: Spelled): number =>
		pattern.below.filter((below, at) => below === letter.below[at]).length + (pattern.below.length > 0 ? 0.5 : 0);
	return fits.sort((a, b) => exactness(b) - exactness(a))[0];
}

/** What a spelling stands for, with the subscripts that were written in place of its indices. */
export function spelledOut({ slots, formula }: Spelled, below: readonly (readonly Formula[])[]): Formula {
	const values = new Map<string, Formula>();
	for (const [at, slot] of slots.entries()) {
		const written = below[at]?.[0];
		if (slot !== undefined && written) values.set(slot, written);
	}
	return substitute(formula, values);
}

/** The text of tokens, as a key: `i+1`, `total`. */
export function textOf(tokens: readonly LatexToken[]): string {
	return tokens.map(({ text }) => text).join("");
}
