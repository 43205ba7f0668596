/**
 * The one infix grammar: text to tree, tree to text, tree to numbers.
 *
 * Rules of operations, claims in derivations and expressions of users are all
 * written in it. What a function is called and what it computes is not known
 * here: the caller resolves names, in code by `Spelling`, on numbers by
 * `Environment`.
 *
 * Note [trees lean left]
 * A sum of five thousand terms is a tree five thousand levels deep, all of them
 * on the left. So nothing that walks a tree calls itself along the left:
 * `nodesOf` and `fold` keep a stack of their own, and the rest is built on them.
 *
 * Note [levels of nesting]
 * What nests, by parentheses, calls, powers or signs, is limited instead. The
 * parser calls itself once per level, and so does the engine's own parser when
 * it reads what `toCode` wrote; V8 gives up at about a thousand. Half of that
 * leaves the caller some stack: whatever parses here also compiles.
 *
 * Note [routing a cotangent]
 * The product of a cotangent g and a derivative is not `g * (derivative)`. It is
 * carried inside, along the left factors, to where a branch is chosen:
 * g * if(c, a, b) becomes if(c, g*a, g*b), and g * 0 becomes 0. A mask would
 * compute g * 0, which is not 0 where g is infinite or undefined; routed, a
 * cotangent never touches the branch not taken. The result is a formula again,
 * so code and closures need to know nothing of it.
 */
import { type ChainruleError, failure } from "./errors.js";

/** A place in a source: the characters from `start` up to, not including, `end`. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** Operators on numbers; `@` is the matrix product. */
export type Arithmetic = "+" | "-" | "*" | "/" | "^" | "@";

/** Operators that hold or do not hold. Where a number is needed they count as 1 or 0. */
export type Comparison = "<" | "<=" | ">" | ">=" | "==";

/** A formula as a tree. A number keeps its text, so that `0.1` is one tenth, and has no sign: `-1` is `negate` of `1`. */
export type Formula = { readonly span: Span } & (
	| { readonly kind: "number"; readonly text: string; readonly value: number }
	| { readonly kind: "name"; readonly name: string }
	| { readonly kind: "negate"; readonly operand: Formula }
	| { readonly kind: "binary"; readonly operator: Arithmetic; readonly left: Formula; readonly right: Formula }
	| { readonly kind: "compare"; readonly operator: Comparison; readonly left: Formula; readonly right: Formula }
	| { readonly kind: "call"; readonly name: string; readonly primes: number; readonly arguments: readonly Formula[] }
	| { readonly kind: "transpose"; readonly operand: Formula }
	| { readonly kind: "index"; readonly operand: Formula; readonly indices: readonly Formula[] }
	| { readonly kind: "if"; readonly condition: Formula; readonly then: Formula; readonly otherwise: Formula }
);

/** How tightly each form binds: the one table that the parser, the printer and the writer of code obey. */
const precedence = {
	"<": 1,
	"<=": 1,
	">": 1,
	">=": 1,
	"==": 1,
	"+": 2,
	"-": 2,
	"*": 3,
	"/": 3,
	"@": 3,
	negate: 4,
	"^": 5,
	atom: 6,
} as const;

function isComparison(operator: Arithmetic | Comparison): operator is Comparison {
	return precedence[operator] === precedence["<"];
}

// ---------------------------------------------------------------- walking

/** The operands of a node, in the order of the text. */
export function partsOf(f: Formula): readonly Formula[] {
	switch (f.kind) {
		case "number":
		case "name":
			return [];
		case "negate":
		case "transpose":
			return [f.operand];
		case "binary":
		case "compare":
			return [f.left, f.right];
		case "call":
			return f.arguments;
		case "index":
			return [f.operand, ...f.indices];
		case "if":
			return [f.condition, f.then, f.otherwise];
	}
}

/** The same node over other operands: the inverse of `partsOf`. */
export function withParts(f: Formula, parts: readonly Formula[]): Formula {
	const [first, second, third] = parts as [Formula, Formula, Formula];
	switch (f.kind) {
		case "number":
		case "name":
			return f;
		case "negate":
		case "transpose":
			return { ...f, operand: first };
		case "binary":
		case "compare":
			return { ...f, left: first, right: second };
		case "call":
			return { ...f, arguments: parts };
		case "index":
			return { ...f, operand: first, indices: parts.slice(1) };
		case "if":
			return choice(first, second, third, f.span);
	}
}

function choice(condition: Formula, then: Formula, otherwise: Formula, span: Span): Formula {
	return { kind: "if", condition, then, otherwise, span };
}

/** What a node says apart from its operands. */
export function headOf(f: Formula): string {
	switch (f.kind) {
		case "number":
			return f.text;
		case "name":
			return f.name;
		case "binary":
		case "compare":
			return f.operator;
		case "call":
			return f.name + "'".repeat(f.primes);
		default:
			return f.kind;
	}
}

/** Every node, each before its operands, from left to right. */
export function* nodesOf(f: Formula): Generator<Formula, undefined> {
	const waiting = [f];
	for (let node = waiting.pop(); node; node = waiting.pop()) {
		yield node;
		waiting.push(...partsOf(node).toReversed());
	}
}

/**
 * The value of the root, where `combine` gives the value of a node from those of its operands.
 *
 * Read backwards, `nodesOf` meets every node after its operands, the last of
 * them first: their values are then the top of the stack.
 */
export function fold<Value>(f: Formula, combine: (node: Formula, parts: readonly Value[]) => Value): Value {
	const values: Value[] = [];
	for (const node of [...nodesOf(f)].reverse()) {
		const parts = values.splice(values.length - partsOf(node).length).reverse();
		values.push(combine(node, parts));
	}
	return values[0] as Value;
}

/** True for the same tree, wherever it stands: spans are not compared, and `1.0` is not `1`. */
export function sameFormula(a: Formula, b: Formula): boolean {
	const others = nodesOf(b);
	for (const node of nodesOf(a)) {
		const other = others.next().value;
		if (!other || node.kind !== other.kind || headOf(node) !== headOf(other)) return false;
		if (partsOf(node).length !== partsOf(other).length) return false;
	}
	return true;
}

/** The names a formula reads, in order of first appearance; the names of functions are not among them. */
export function namesIn(f: Formula): string[] {
	return [...new Set([...nodesOf(f)].flatMap((node) => (node.kind === "name" ? node.name : [])))];
}

/** The names of the functions a formula calls, in order of first appearance and without primes. */
export function callsIn(f: Formula): string[] {
	return [...new Set([...nodesOf(f)].flatMap((node) => (node.kind === "call" ? node.name : [])))];
}

/** The formula with names replaced, all at once: what is put in is not searched again. */
export function substitute(f: Formula, values: ReadonlyMap<string, Formula>): Formula {
	return fold<Formula>(f, (node, parts) => {
		if (node.kind === "name") return values.get(node.name) ?? node;
		return partsOf(node).every((part, at) => part === parts[at]) ? node : withParts(node, parts);
	});
}

// ---------------------------------------------------------------- printing

/** Text, and how tightly its outermost operator binds. */
interface Piece {
	readonly text: string;
	readonly level: number;
}

function atom(text: string): Piece {
	return { text, level: precedence.atom };
}

/** The text of a piece, in parentheses unless it binds at least as tightly as `least`. */
function within(least: number, { text, level }: Piece): string {
	return level < least ? `(${text})` : text;
}

/** The formula as text, with no parentheses but those that keep its tree and those between two signs: `a - (-b)`. */
export function formulaText(f: Formula): string {
	const list = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join(", ");

	return fold<Piece>(f, (node, parts) => {
		const [first, second] = parts as [Piece, Piece];
		switch (node.kind) {
			case "number":
			case "name":
				return atom(headOf(node));
			case "negate":
				return { text: `-${within(precedence["^"], first)}`, level: precedence.negate };
			case "compare": {
				const [left, right] = [within(precedence["+"], first), within(precedence["+"], second)];
				return { text: `${left} ${node.operator} ${right}`, level: precedence["<"] };
			}
			case "binary": {
				const { operator } = node;
				const level = precedence[operator];
				// A power groups from the right, and takes a bare sign behind it: 2^3^2, x^-1.
				if (operator === "^") {
					return { text: `${within(precedence.atom, first)}^${within(precedence.negate, second)}`, level };
				}
				const right = second.text.startsWith("-") ? `(${second.text})` : within(level + 1, second);
				const gap = level === precedence["+"] ? " " : "";
				return { text: `${within(level, first)}${gap}${operator}${gap}${right}`, level };
			}
			case "call":
				return atom(`${headOf(node)}(${list(parts)})`);
			case "transpose":
				return atom(`${within(precedence.atom, first)}.T`);
			case "index":
				return atom(`${within(precedence.atom, first)}[${list(parts.slice(1))}]`);
			case "if":
				return atom(`if(${list(parts)})`);
		}
	}).text;
}

// ---------------------------------------------------------------- reading

/** One definition of a program. */
export interface Definition {
	readonly name: string;
	readonly span: Span;
	readonly value: Formula;
}

/** Definitions, each using only what stands above it, and the formula they lead up to. */
export interface Program {
	readonly definitions: readonly Definition[];
	readonly result: Formula;
	/** The name before the `=` of the last line, if there is one. */
	readonly resultName: string | undefined;
}

/** Parses one expression, which must be the whole source. */
export function parseFormula(source: string): Formula {
	const parser = new Parser(source, "formula");
	if (parser.at("end")) throw nothing();
	const f = parser.expression();
	if (!parser.at("end")) throw parser.unfinished("an operator or the end");
	return f;
}

/**
 * Parses expressions with `=` between them, as in a derivation: `a + a = 2*a = a*2`.
 * Of a longer source, `part` is what is read; the places are those of the whole.
 */
export function parseChain(source: string, part: Span = { start: 0, end: source.length }): Formula[] {
	const parser = new Parser(source, "formula", part);
	if (parser.at("end")) throw nothing();
	return parser.chain();
}

/** Parses definitions and a result, separated by `;` or new lines: `z = w*x + b; a = sigma(z); (y - a)^2/2`. */
export function parseProgram(source: string): Program {
	const parser = new Parser(source, "program");
	const lines: { name: string | undefined; span: Span; value: Formula }[] = [];
	for (;;) {
		while (parser.at("break")) parser.take();
		if (parser.at("end")) break;
		lines.push(parser.line());
	}

	const promised = new Set(lines.map((line) => line.name));
	const known = new Set<string>();
	for (const { name, span, value } of lines) {
		if (name && known.has(name)) throw refusal(source, span, `"${name}" is defined twice`, "one definition of a name");
		for (const node of nodesOf(value)) {
			if (node.kind !== "name" || known.has(node.name) || !promised.has(node.name)) continue;
			const how = node.name === name ? "is defined by itself" : "is used before its definition";
			throw refusal(source, node.span, `"${node.name}" ${how}`, "names that are defined above, or nowhere");
		}
		if (name) known.add(name);
	}

	const last = lines.pop();
	if (!last) throw nothing();
	const definitions = lines.map(({ name, span, value }) => {
		if (!name) throw refusal(source, span, "a value without a name above the last line", "name = formula");
		return { name, span, value };
	});
	return { definitions, result: last.value, resultName: last.name };
}

interface Token {
	readonly kind: "number" | "name" | "sign" | "break" | "end";
	readonly text: string;
	readonly span: Span;
}

/** A name is a letter of any script, then also digits: `w1`, `σ`, `손실`, `x₀`. A superscript is not part of it. */
const lexeme =
	/(?<blank>[^\S\n]+)|(?<break>[;\n])|(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{M}\p{Nd}_₀-₉]*)|(?<sign>[<>=]=|[-+*/^@<>=()[\],.'])/guy;

function tokensOf(whole: string, layout: "formula" | "program", part: Span): Token[] {
	const tokens: Token[] = [];
	// What comes before the part is read as blanks, so that every place is one of the whole.
	const source = " ".repeat(part.start) + whole.slice(part.start, part.end);
	let end = 0;
	let open = 0;
	for (const { 0: text, groups = {} } of source.matchAll(lexeme)) {
		const span = { start: end, end: end + text.length };
		end = span.end;
		if (text === "(" || text === "[") open++;
		if (text === ")" || text === "]") open--;
		// Only in a program does a new line end anything, and there not within parentheses.
		if (groups.blank || (text === "\n" && (layout === "formula" || open > 0))) continue;
		const kind = (["number", "name", "break"] as const).find((name) => groups[name]) ?? "sign";
		tokens.push({ kind, text: text.normalize("NFC"), span });
	}
	if (end < source.length) throw unreadable(whole, end);
	const last = Math.max(part.start, source.trimEnd().length);
	return [...tokens, { kind: "end", text: "", span: { start: last, end: last } }];
}

/** Levels of parentheses, calls, powers and signs; see Note [levels of nesting]. */
const deepest = 500;

/** Recursive descent, guided by the table of precedence. */
class Parser {
	private readonly source: string;
	private readonly tokens: readonly Token[];
	private position = 0;
	private depth = 0;

	constructor(source: string, layout: "formula" | "program", part: Span = { start: 0, end: source.length }) {
		this.source = source;
		this.tokens = tokensOf(source, layout, part);
	}

	private get next(): Token {
		return this.tokens[this.position] as Token;
	}

	/** The token taken last. */
	private get before(): Token {
		return this.tokens[this.position - 1] as Token;
	}

	private since(start: number): Span {
		return { start, end: this.before.span.end };
	}

	at(kind: Token["kind"]): boolean {
		return this.next.kind === kind;
	}

	take(): Token {
		this.position++;
		return this.before;
	}

	/** Takes the next token if it reads `text`. */
	private skip(text: string): boolean {
		const found = this.next.text === text;
		if (found) this.position++;
		return found;
	}

	/** A line of a program: `name = formula`, or a formula. */
	line(): { name: string | undefined; span: Span; value: Formula } {
		const { start } = this.next.span;
		const named = this.at("name") && this.next.text !== "if" && this.tokens[this.position + 1]?.text === "=";
		const name = named ? this.take().text : undefined;
		if (named) this.take();
		const value = this.expression();
		if (!this.at("break") && !this.at("end")) throw this.unfinished('an operator, ";" or a new line');
		return { name, span: this.since(start), value };
	}

	/** Expressions up to the end, with `=` between them. */
	chain(): Formula[] {
		const sides = [this.expression()];
		while (this.skip("=")) sides.push(this.expression());
		if (!this.at("end")) throw this.unfinished('an operator, "=" or the end');
		return sides;
	}

	/** An expression of operators that bind at least as tightly as `least`. */
	expression(least = 0): Formula {
		const { start } = this.next.span;
		let left = this.operand();
		let compared = false;
		for (;;) {
			const operator = this.next.text as Arithmetic | Comparison;
			const level = precedence[operator];
			if (!this.at("sign") || level === undefined || level < least) return left;
			if (compared && isComparison(operator)) throw this.unexpected("one comparison at a time");
			this.take();
			const right = operator === "^" ? this.nested(precedence.negate) : this.expression(level + 1);
			const span = this.since(start);
			compared = isComparison(operator);
			left = isComparison(operator)
				? { kind: "compare", operator, left, right, span }
				: { kind: "binary", operator, left, right, span };
		}
	}

	/** An expression one level further in. */
	private nested(least = 0): Formula {
		if (++this.depth > deepest) {
			throw refusal(this.source, this.next.span, "nested too deeply", `at most ${deepest} levels`);
		}
		const f = this.expression(least);
		this.depth--;
		return f;
	}

	private operand(): Formula {
		const { start } = this.next.span;
		if (this.skip("-")) {
			const operand = this.nested(precedence["^"]);
			return { kind: "negate", operand, span: this.since(start) };
		}
		let operand = this.primary();
		for (;;) {
			const opening = this.next;
			if (this.skip(".")) {
				if (!this.skip("T")) throw this.unexpected('"T": A.T is the transpose of A');
				operand = { kind: "transpose", operand, span: this.since(start) };
			} else if (this.skip("[")) {
				const indices = this.list(opening, "]");
				operand = { kind: "index", operand, indices, span: this.since(start) };
			} else return operand;
		}
	}

	private primary(): Formula {
		const { kind, text, span } = this.next;
		if (kind === "name") return this.named();
		if (kind === "number") {
			this.take();
			return { kind, text, value: Number(text), span };
		}
		const opening = this.next;
		if (!this.skip("(")) {
			const power = span.start > 0 && this.source.startsWith("**", span.start - 1);
			throw this.unexpected('a number, a name or "("', power ? "for a power write ^" : undefined);
		}
		const f = this.nested();
		this.close(opening, ")", 'an operator or ")"');
		return f;
	}

	/** A name, a call or an `if`. */
	private named(): Formula {
		const { text: name, span } = this.take();
		let primes = 0;
		while (name !== "if" && this.skip("'")) primes++;
		const opening = this.next;
		if (!this.skip("(")) {
			if (name === "if") throw this.unexpected('"(": if(condition, then, otherwise)');
			if (primes > 0) throw this.unexpected(`"(": the argument of ${name}${"'".repeat(primes)}`);
			return { kind: "name", name, span };
		}
		const parts = this.list(opening, ")");
		if (name !== "if") return { kind: "call", name, primes, arguments: parts, span: this.since(span.start) };
		const [condition, then, otherwise] = parts;
		if (!condition || !then || !otherwise || parts.length > 3) {
			const count = parts.length === 1 ? "1 part" : `${parts.length} parts`;
			throw refusal(this.source, span, `"if" with ${count}`, "3 parts: if(condition, then, otherwise)");
		}
		return choice(condition, then, otherwise, this.since(span.start));
	}

	/** Expressions between commas, and the closing parenthesis or bracket. */
	private list(opening: Token, closing: string): Formula[] {
		const parts = [this.nested()];
		while (this.skip(",")) parts.push(this.nested());
		this.close(opening, closing, `an operator, "," or "${closing}"`);
		return parts;
	}

	private close(opening: Token, closing: string, expected: string): void {
		if (this.skip(closing)) return;
		// A fault at the start of a line most likely means that this line was never meant to be inside.
		const gap = this.source.slice(this.before.span.end, this.next.span.start);
		if (!this.at("end") && !gap.includes("\n")) throw this.unfinished(expected);
		throw refusal(this.source, opening.span, `"${opening.text}" is never closed`, `"${closing}" to close it`);
	}

	/** The error for a next token that cannot stand where it does. */
	private unexpected(expected: string, fix?: string): ChainruleError {
		const { text, span } = this.next;
		const found = this.at("end") ? "end" : text === "\n" ? "end of line" : `"${text}"`;
		return refusal(this.source, span, `unexpected ${found}`, expected, fix);
	}

	/** The error for a next token that cannot follow a complete expression. */
	unfinished(expected: string): ChainruleError {
		const { text, span } = this.next;
		if (text === "=") return this.unexpected(expected, "== compares; name = formula defines, on a line of its own");
		if (!this.at("name") && !this.at("number") && text !== "(") return this.unexpected(expected);
		const left = this.before.text;
		const call = this.before.kind === "name" ? `, or ${left}(${text}) if ${left} is a function` : "";
		const what = `no operator between "${left}" and "${text}"`;
		return refusal(this.source, span, what, expected, `write ${left}*${text}${call}`);
	}
}

function nothing(): ChainruleError {
	return failure({ what: "formula: nothing to read", expected: "an expression such as w*x + b" });
}

/** Characters that look like notation, and the notation. */
const lookalikes = new Map(Object.entries({ "−": "-", "×": "*", "·": "*", "≤": "<=", "≥": ">=", "²": "^2", "′": "'" }));

function unreadable(source: string, at: number): ChainruleError {
	const character = String.fromCodePoint(source.codePointAt(at) as number);
	const expected = "names, numbers and + - * / ^ @ ( ) [ ] , . ' < > =";
	const instead = source.startsWith(":=", at) ? "=" : lookalikes.get(character);
	const fix = instead && `write ${instead}`;
	return refusal(source, { start: at, end: at }, `unknown character "${character}"`, expected, fix);
}

/** The error at a place of the source. */
function refusal(source: string, { start }: Span, what: string, expected: string, fix?: string): ChainruleError {
	return failure({ what: `formula: ${what}`, expected, actual: pointed(source, start), ...(fix && { fix }) });
}

/** The line of `source` that holds `position`, and a caret below it; of a long line, what is near. */
export function pointed(source: string, position: number): string {
	let before = source.slice(source.slice(0, position).lastIndexOf("\n") + 1, position).normalize("NFC");
	let after = source.slice(position).split("\n", 1).join("").trimEnd();
	if (before.length > 50) before = `…${before.slice(-40)}`;
	if (after.length > 50) after = `${after.slice(0, 40)}…`;
	// East Asian letters are two columns wide, as is the ideographic space; combining marks have no width.
	const wide = /[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
	const blank = before.replace(/\p{M}/gu, "").replace(/[^\t]/gu, (letter) => (wide.test(letter) ? "\u3000" : " "));
	return `${before}${after}\n${blank}^`;
}

// ---------------------------------------------------------------- numbers

/** How names and calls are written in code: as identifiers, `x[i]`, `Math.exp(x)`, or else in parentheses. */
export interface Spelling {
	readonly name: (name: string) => string;
	readonly call: (name: string, primes: number, args: readonly string[]) => string;
}

/** What names mean on numbers. A derivative is a function of its own, under its name with the primes: `tanh'`. */
export interface Environment {
	readonly functions: ReadonlyMap<string, (...xs: number[]) => number>;
	readonly constants: ReadonlyMap<string, number>;
}

/** A power of x that needs no logarithm, as code and as a function. */
interface Power extends Piece {
	readonly run: (x: number) => number;
}

const product = (text: string): Piece => ({ text, level: precedence["*"] });

const powers: ReadonlyMap<number, Power> = new Map([
	[-2, { ...product("1 / (x * x)"), run: (x) => 1 / (x * x) }],
	[-1, { ...product("1 / x"), run: (x) => 1 / x }],
	[-0.5, { ...product("1 / Math.sqrt(x)"), run: (x) => 1 / Math.sqrt(x) }],
	[0.5, { ...atom("Math.sqrt(x)"), run: (x) => Math.sqrt(x) }],
	[1, { ...atom("x"), run: (x) => x }],
	[2, { ...product("x * x"), run: (x) => x * x }],
	[3, { ...product("x * x * x"), run: (x) => x * x * x }],
	[4, { ...product("x * x * x * x"), run: (x) => x * x * x * x }],
]);

function powerOf(exponent: Formula): Power | undefined {
	const sign = exponent.kind === "negate" ? -1 : 1;
	const size = exponent.kind === "negate" ? exponent.operand : exponent;
	return size.kind === "number" ? powers.get(sign * size.value) : undefined;
}

/**
 * The formula as a JavaScript expression over doubles.
 *
 * It has the parentheses that its tree needs and no more, because engines read
 * long chains, `a + b + c`, but not deep parentheses.
 */
export function toCode(f: Formula, code: Spelling): string {
	const number = (piece: Piece, least: number = precedence["+"]): string =>
		piece.level === precedence["<"] ? `(${piece.text} ? 1 : 0)` : within(least, piece);

	const raised = (base: Formula, x: Piece, exponent: Formula, y: Piece): Piece => {
		const power = powerOf(exponent);
		if (!power) return atom(`Math.pow(${number(x)}, ${number(y)})`);
		const repeated = power.text.split(/\bx\b/).length > 2;
		// What is computed is computed once: as the argument of a function, which engines inline.
		if (repeated && partsOf(base).length > 0) return atom(`((x) => ${power.text})(${number(x)})`);
		return { text: power.text.replace(/\bx\b/g, () => number(x, precedence.atom)), level: power.level };
	};

	const root = fold<Piece>(f, (node, parts) => {
		const [first, second, third] = parts as [Piece, Piece, Piece];
		switch (node.kind) {
			case "number":
				return atom(String(node.value));
			case "name":
				return atom(code.name(node.name));
			case "call": {
				const args = parts.map((part) => number(part));
				return atom(code.call(node.name, node.primes, args));
			}
			case "negate":
				return { text: `-${number(first, precedence.atom)}`, level: precedence.negate };
			case "compare": {
				const operator = node.operator === "==" ? "===" : node.operator;
				return { text: `${number(first)} ${operator} ${number(second)}`, level: precedence["<"] };
			}
			case "if":
				// A number that is no comparison holds unless it is 0: NaN holds, as in `where`.
				return first.level === precedence["<"]
					? atom(`(${first.text} ? ${number(second)} : ${number(third)})`)
					: atom(`(${number(first, precedence["+"])} === 0 ? ${number(third)} : ${number(second)})`);
			case "binary": {
				if (node.operator === "@") throw needsArrays(node);
				if (node.operator === "^") return raised(node.left, first, node.right, second);
				const level = precedence[node.operator];
				return { text: `${number(first, level)} ${node.operator} ${number(second, level + 1)}`, level };
			}
			default:
				throw needsArrays(node);
		}
	});
	return number(root);
}

type Run = (xs: readonly number[]) => number;

/** A step of a chain: its value, given the value of the step on its left. */
interface Step {
	readonly left: Step | undefined;
	readonly run: (left: number, xs: readonly number[]) => number;
}

const operations: Readonly<Record<Exclude<Arithmetic, "@"> | Comparison, (x: number, y: number) => number>> = {
	"+": (x, y) => x + y,
	"-": (x, y) => x - y,
	"*": (x, y) => x * y,
	"/": (x, y) => x / y,
	"^": (x, y) => x ** y,
	"<": (x, y) => (x < y ? 1 : 0),
	"<=": (x, y) => (x <= y ? 1 : 0),
	">": (x, y) => (x > y ? 1 : 0),
	">=": (x, y) => (x >= y ? 1 : 0),
	"==": (x, y) => (x === y ? 1 : 0),
};

/**
 * The formula as a function of `parameters`, made of closures: to the last bit
 * what `toCode` gives, for places where generated code is forbidden.
 *
 * An operation does not call its left operand, it waits for the value: chains
 * to the left run as loops, see Note [trees lean left].
 */
export function toFunction(
	f: Formula,
	parameters: readonly string[],
	environment: Environment,
): (...xs: number[]) => number {
	const { functions, constants } = environment;
	const start = (run: Run): Step => ({ left: undefined, run: (_, xs) => run(xs) });

	const root = fold<Step>(f, (node, parts) => {
		const [first, ...others] = parts as [Step, ...Step[]];
		const [second, third] = others.map(chained) as [Run, Run];
		switch (node.kind) {
			case "number":
				return start(() => node.value);
			case "name": {
				const at = parameters.indexOf(node.name);
				if (at >= 0) return start((xs) => xs[at] as number);
				const constant = constants.get(node.name);
				if (constant === undefined) throw unknown("name", node.name, [...parameters, ...constants.keys()]);
				return start(() => constant);
			}
			case "call": {
				const value = functions.get(headOf(node));
				if (!value) throw unknown("function", headOf(node), [...functions.keys()]);
				const args = parts.map(chained);
				return start((xs) => value(...args.map((arg) => arg(xs))));
			}
			case "negate":
				return { left: first, run: (left) => -left };
			case "if":
				return { left: first, run: (left, xs) => (left === 0 ? third(xs) : second(xs)) };
			case "binary":
			case "compare": {
				if (node.operator === "@") throw needsArrays(node);
				const power = node.operator === "^" ? powerOf(node.right) : undefined;
				if (power) return { left: first, run: power.run };
				const value = operations[node.operator];
				return { left: first, run: (left, xs) => value(left, second(xs)) };
			}
			default:
				throw needsArrays(node);
		}
	});
	const run = chained(root);
	return (...xs) => run(xs);
}

/** The chain that ends in `last`, as one function. */
function chained(last: Step): Run {
	const steps: Step["run"][] = [];
	for (let step: Step | undefined = last; step; step = step.left) steps.push(step.run);
	steps.reverse();
	return (xs) => {
		let value = Number.NaN;
		for (const step of steps) value = step(value, xs);
		return value;
	};
}

/** The name of the cotangent in a product; nobody can write it, so it is nobody else's. */
export const cotangent = "(g)";

/** The product of the {@link cotangent} and `f`; see Note [routing a cotangent]. */
export function scaledFormula(f: Formula): Formula {
	const outer: Formula[] = [];
	let core = f;
	for (let inner = leftFactor(core); inner; inner = leftFactor(core)) {
		outer.push(core);
		core = inner;
	}
	return outer.reduceRight((product, node) => withParts(node, [product, ...partsOf(node).slice(1)]), scaledCore(core));
}

function leftFactor(f: Formula): Formula | undefined {
	if (f.kind === "negate") return f.operand;
	return f.kind === "binary" && (f.operator === "*" || f.operator === "/") ? f.left : undefined;
}

function scaledCore(f: Formula): Formula {
	const { span } = f;
	const g: Formula = { kind: "name", name: cotangent, span };
	const zero: Formula = { kind: "number", text: "0", value: 0, span };
	if (f.kind === "number" && f.value === 0) return zero;
	if (f.kind === "number" && f.value === 1) return g;
	if (f.kind === "compare") return choice(f, g, zero, span);
	if (f.kind === "if") return choice(f.condition, scaledFormula(f.then), scaledFormula(f.otherwise), span);
	return { kind: "binary", operator: "*", left: g, right: f, span };
}

/** The product of `g`, an identifier of the code, and the formula; see Note [routing a cotangent]. */
export function scaledCode(f: Formula, g: string, code: Spelling): string {
	return toCode(scaledFormula(f), {
		name: (name) => (name === cotangent ? g : code.name(name)),
		call: (name, primes, args) => code.call(name, primes, args),
	});
}

/** What `scaledCode` computes, made of closures; the cotangent is the first argument. */
export function scaledFunction(
	f: Formula,
	parameters: readonly string[],
	environment: Environment,
): (g: number, ...xs: number[]) => number {
	return toFunction(scaledFormula(f), [cotangent, ...parameters], environment);
}

function needsArrays(f: Formula): ChainruleError {
	const what = f.kind === "transpose" ? '".T"' : f.kind === "index" ? "an index" : '"@"';
	return failure({ what: `formula: ${what} works on arrays, not on numbers`, actual: formulaText(f) });
}

function unknown(kind: "name" | "function", name: string, known: readonly string[]): ChainruleError {
	const expected = known.length > 0 ? known.join(", ") : `a formula without a ${kind}`;
	return failure({ what: `formula: unknown ${kind} "${name}"`, expected, actual: name });
}
