/**
 * LaTeX in: the dialect of machine-learning notes, read into the trees of the one grammar.
 *
 * Recursive descent over tokens, as in `core/formula.ts`. What is not
 * understood is an error with its place, and so is what can be understood in
 * two ways: `1/2x`, `\sin x y`, a sum over something that is no index. Names are
 * looked up, never invented; whether the claim is true nobody asks here.
 */
import type { Formula, Span } from "../core/formula.js";
import { functionNamed } from "../core/op.js";
import { productSigns } from "./latexcalculus.js";
import { LatexCases } from "./latexcases.js";
import { comparisons } from "./latexcursor.js";
import type { Above } from "./latexletters.js";
import { besideEachOther, type LatexNames, rankOf } from "./latexnames.js";
import type { LatexToken } from "./latextokens.js";
import { functionOfCommand } from "./latexwords.js";

/** Sides with `=` between them. */
export interface LatexChain {
	readonly sides: readonly Formula[];
	/** What an arrow assigns to: the `w` of `w \leftarrow w - \eta g`, which claims nothing about w. */
	readonly assigned: Formula | undefined;
	readonly span: Span;
}

/**
 * Reads one expression in LaTeX.
 *
 * Without `names` every letter is a scalar, digits below it belong to its name,
 * and letters below it are indices.
 *
 * @throws where a token is not understood, or can be understood in two ways, with line, column and caret.
 *
 * @example
 * ```ts
 * import { formulaText } from "chainrule";
 * import { parseLatex } from "chainrule/symbolic";
 * console.log(formulaText(parseLatex("\\frac{1}{2}(a - y)^2"))); // 1/2*(a - y)^2
 * ```
 */
export function parseLatex(source: string, names?: LatexNames): Formula {
	const parser = new LatexParser(source, names);
	return parser.only();
}

/**
 * Reads chains `e0 = e1 = e2` from the LaTeX of a display: over several lines, aligned or not. A line that begins
 * with `=` goes on with the chain before it.
 *
 * @throws where a token is not understood, or can be understood in two ways, with line, column and caret.
 */
export function parseLatexChains(source: string, names?: LatexNames): LatexChain[] {
	return new LatexParser(source, names).chains();
}

/** Braces with a remark under or over them. */
const remarked = new Set(["underbrace", "overbrace", "underline", "boxed"]);

const arrows = new Set(["leftarrow", "gets", "coloneqq"]);
const openings = new Map(Object.entries({ "(": ")", "[": "]", "{": "}", lbrace: "rbrace", lbrack: "rbrack" }));
const closings = new Set(["rbrace", "rbrack", "rvert", "rVert", "}"]);

/** Functions whose square is written `\sin^2 x`. */
const squared = new Set("sin cos tan sinh cosh tanh exp ln log".split(" "));

class LatexParser extends LatexCases {
	/** Bars that are open: the next one that can close does. */
	private bars = 0;

	protected another(source: string, names: LatexNames): LatexParser {
		return new LatexParser(source, names, true);
	}

	/** The one expression that is the whole text. */
	only(): Formula {
		const formula = this.comparison();
		this.finish();
		return formula;
	}

	protected finish(): void {
		this.punctuation();
		while (this.at("break")) this.position++;
		if (!this.at("end")) throw this.unfinished("an operator or the end");
	}

	chains(): LatexChain[] {
		const chains: { sides: Formula[]; assigned: Formula | undefined; span: Span }[] = [];
		for (;;) {
			while (this.at("break") || this.isSign(",") || this.isSign(";")) this.position++;
			if (this.at("end")) break;
			const { start } = this.next.span;
			const last = chains.at(-1);
			if (this.isSign("=")) {
				if (!last) throw this.refuse(this.next.span, "nothing before the =", "a chain such as e0 = e1 = e2");
				this.sides(last.sides);
				last.span = { ...last.span, end: this.since(start).end };
			} else {
				const first = this.expression();
				const assigned = this.arrow();
				const sides = assigned ? [this.expression()] : [first];
				this.sides(sides);
				chains.push({ sides, assigned: assigned ? first : undefined, span: this.since(start) });
			}
			this.punctuation();
			if (!this.at("end") && !this.at("break") && !this.isSign(",") && !this.isSign(";")) {
				throw this.unfinished("an operator, = or the end");
			}
		}
		if (chains.length === 0) throw this.refuse(this.next.span, "nothing to read", "a chain such as e0 = e1 = e2");
		return chains;
	}

	protected sides(sides: Formula[]): void {
		while (this.overBreaks(() => this.isSign("="))) {
			this.take();
			while (this.at("break")) this.position++;
			sides.push(this.expression());
			this.punctuation();
		}
	}

	protected arrow(): boolean {
		if (this.at("command") && arrows.has(this.next.text)) {
			this.position++;
			return true;
		}
		const found = this.isSign(":") && this.isSign("=", this.after);
		if (found) this.position += 2;
		return found;
	}

	/** A comma or full stop at the end of a display ends the sentence around it. */
	protected punctuation(): void {
		const ends = (token: LatexToken | undefined): boolean => token?.kind === "end" || token?.kind === "break";
		while (this.at("sign") && /^[.,;]$/.test(this.next.text) && ends(this.after)) this.position++;
		// A full stop between a formula and the next claim: "a = b. c = d".
		if (this.isSign(".") && !ends(this.after)) throw this.unexpected("an operator, or the end of the formula");
	}

	/** Terms with + and - between them. */
	expression(): Formula {
		const { start } = this.next.span;
		let left = this.term();
		while (this.overBreaks(() => this.isSign("+") || this.isSign("-"))) {
			const operator = this.take().text as "+" | "-";
			const right = this.term();
			left = { kind: "binary", operator, left, right, span: this.since(start) };
		}
		return left;
	}

	/** Factors with or without a sign between them; a sign in front belongs to the first, as in the grammar. */
	protected term(): Formula {
		const { start } = this.next.span;
		let left = this.signed();
		for (;;) {
			const { next } = this;
			const span = (): Span => this.since(start);
			const command = next.kind === "command";
			if (command && productSigns.has(next.text)) {
				this.take();
				const right = this.signed();
				left = this.product(next.text, left, right, span());
			} else if (this.isSign("*") || this.isSign("@") || (command && next.text === "mathbin")) {
				const matrices = command ? this.matrixSign() : this.take().text === "@";
				const right = this.signed();
				left = { kind: "binary", operator: matrices ? "@" : "*", left, right, span: span() };
			} else if (this.isSign("/") || (command && next.text === "div")) {
				this.take();
				const right = this.signed();
				left = { kind: "binary", operator: "/", left, right, span: span() };
				if (this.beginsFactor() && !this.isCommand("sum") && !this.isCommand("prod")) {
					const what = `what is below the stroke before "${this.shown()}" is not clear`;
					throw this.refuse(this.next.span, what, "\\frac{...}{...}, or parentheses", "1/2x can be (1/2)x or 1/(2x)");
				}
			} else if (this.beginsFactor()) {
				if (next.kind === "number") {
					const what = `a number after a factor: "${next.text}"`;
					throw this.refuse(
						next.span,
						what,
						"an operator between them",
						"write \\cdot for a product, ^{...} for a power",
					);
				}
				const right = this.factor();
				const joined = besideEachOther(left, right, this.names);
				if (!joined) {
					const what = "two vectors beside each other";
					throw this.refuse(right.span, what, "u^{\\top} v, u v^{\\top}, u \\cdot v or u \\odot v");
				}
				left = { ...joined, span: span() };
			} else if (this.overBreaks(() => this.at("command") && productSigns.has(this.next.text))) {
				// A line that begins with a sign goes on with the line before.
			} else return left;
		}
	}

	protected shown(): string {
		return this.at("command") ? `\\${this.next.text}` : this.next.text;
	}

	/** `\mathbin{@}`, the product of matrices where that has to be said. */
	protected matrixSign(): boolean {
		const { span } = this.take();
		if (this.skip("{") && this.skip("@") && this.skip("}")) return true;
		throw this.refuse(span, "the command \\mathbin is not understood", "\\mathbin{@}, the product of matrices");
	}

	/** A product with a sign: elementwise, but for a centred dot between arrays. */
	protected product(sign: string, left: Formula, right: Formula, span: Span): Formula {
		const [a, b] = [rankOf(left, this.names), rankOf(right, this.names)];
		if (sign === "cdot" && a === 1 && b === 1 && left.kind !== "transpose" && right.kind !== "transpose") {
			return { kind: "call", name: "dot", primes: 0, arguments: [left, right], span };
		}
		const joined = sign === "cdot" && a > 0 && b > 0 ? besideEachOther(left, right, this.names) : undefined;
		return { ...(joined ?? { kind: "binary", operator: "*", left, right }), span } as Formula;
	}

	protected signed(): Formula {
		const { start } = this.next.span;
		if (!this.skip("-")) return this.factor();
		const operand = this.nested(() => this.signed());
		return { kind: "negate", operand, span: this.since(start) };
	}

	protected beginsFactor(): boolean {
		const { kind, text } = this.next;
		if (kind === "letter" || kind === "number" || kind === "word") return true;
		if (kind === "begin") return text === "cases";
		if (kind === "sign") return text === "(" || text === "[" || text === "{" || (text === "|" && this.bars === 0);
		if (kind !== "command" || productSigns.has(text) || arrows.has(text) || closings.has(text)) return false;
		if (text === "|" || text === "vert" || text === "Vert") return this.bars === 0;
		return !comparisons.has(text) && text !== "mathbin" && text !== "div";
	}

	/** A factor and what stands above and below it. */
	protected factor(): Formula {
		const { start } = this.next.span;
		return this.decorated(this.primary(), start);
	}

	/** Indices, powers and transposes of an expression. */
	protected decorated(given: Formula, start: number): Formula {
		let f = given;
		while (this.isSign("_") || this.isSign("^") || this.isSign("'")) {
			if (this.isSign("'")) {
				const fix = "write \\frac{d}{dx}(...), or f'(x) for a function f";
				throw this.refuse(this.next.span, "a prime after an expression", "the derivative of a function", fix);
			}
			if (this.isSign("_")) {
				const indices = this.indicesOf(this.below());
				f = { kind: "index", operand: f, indices, span: this.since(start) };
			} else f = this.raised(f, this.above(), start);
		}
		return f;
	}

	protected primary(): Formula {
		const { kind, text, span } = this.next;
		if (kind === "number") return this.number();
		if (kind === "letter") return this.letters();
		if (kind === "word") return this.word();
		if (kind === "begin" && text === "cases") return this.nested(() => this.cases());
		if (kind === "sign" && (text === "(" || text === "[" || text === "{")) return this.group();
		if (kind === "sign" && text === "|") return this.bar("abs");
		if (kind === "command") return this.command();
		if (kind === "begin")
			throw this.refuse(span, `the environment "${text}" is not understood`, "cases, aligned, align");
		throw this.unexpected("a number, a name or a parenthesis");
	}

	protected number(): Formula {
		const { text, span } = this.take();
		const plain: Formula = { kind: "number", text, value: Number(text), span };
		const [sign, ten, raised] = [0, 1, 2].map((offset) => this.tokens[this.position + offset]);
		if (this.isCommand("times", sign) && ten?.kind === "number" && ten.text === "10" && this.isSign("^", raised)) {
			const before = this.position;
			this.position += 3;
			const exponent = this.exponent();
			if (exponent !== undefined) {
				const scientific = `${text}e${exponent}`;
				return { kind: "number", text: scientific, value: Number(scientific), span: this.since(span.start) };
			}
			this.position = before;
		}
		return plain;
	}

	/** The whole number after 10^, as text. */
	protected exponent(): string | undefined {
		const braces = this.skip("{");
		const sign = this.skip("-") ? "-" : "";
		const { kind, text } = this.next;
		if (kind !== "number" || !/^\d+$/.test(text) || (!braces && text.length > 1)) return undefined;
		this.take();
		return !braces || this.skip("}") ? sign + text : undefined;
	}

	/** What is inside parentheses, brackets or braces. */
	protected group(): Formula {
		return this.nested(() => {
			const opening = this.take();
			const closing = openings.get(opening.text) as string;
			const bars = this.bars;
			this.bars = 0;
			const f = this.comparison();
			if (this.isSign(",")) {
				const fix = "a vector is a name of the problem; a function has to be declared";
				throw this.refuse(this.next.span, "a comma in parentheses", "one value", fix);
			}
			this.close(opening, closing);
			this.bars = bars;
			return f;
		});
	}

	/** |x|, or the norm between double bars. */
	protected bar(name: "abs" | "norm"): Formula {
		return this.nested(() => {
			const opening = this.take();
			const bars = this.bars;
			this.bars = opening.text.startsWith("l") ? 0 : 1;
			const f = this.comparison();
			this.close(opening, opening.text.replace(/^l/, "r"));
			this.bars = bars;
			const span = this.since(opening.span.start);
			if (name === "abs" && rankOf(f, this.names) === 2) {
				throw this.refuse(opening.span, "bars around a matrix", "\\det(A), \\operatorname{abs}(A) or \\|A\\|");
			}
			if (name === "norm" && this.isSign("_")) this.euclidean();
			return { kind: "call", name, primes: 0, arguments: [f], span };
		});
	}

	/** The 2 below a norm: no other norm is part of the notation. */
	protected euclidean(): void {
		const [below, ...more] = this.below();
		if (below?.text === "2" && more.length === 0) return;
		throw this.refuse(
			this.since(this.next.span.start),
			`the norm with index ${below?.text}`,
			"the Euclidean norm, index 2 or none",
		);
	}

	protected command(): Formula {
		const { text, span } = this.next;
		const start = span.start;
		if (text === "frac" || text === "dfrac" || text === "tfrac" || text === "cfrac") return this.fraction();
		if (text === "sqrt") return this.root();
		if (text === "sum" || text === "prod") return this.big(text);
		if (text === "nabla") return this.nabla();
		if (text === "{" || text === "lbrace" || text === "lbrack") return this.group();
		if (text === "|" || text === "lVert" || text === "Vert") return this.bar("norm");
		if (text === "lvert" || text === "vert") return this.bar("abs");
		if (remarked.has(text)) return this.remarked();
		if (text === "partial") {
			throw this.refuse(span, "\\partial stands alone", "\\frac{\\partial C}{\\partial w}");
		}
		if (text === "textcolor" || text === "color") {
			this.take();
			this.argumentTokens();
			return this.primary();
		}
		const name = functionOfCommand(text);
		if (name !== undefined) {
			this.take();
			return this.applied(name, start, true);
		}
		if (this.isLetterLike()) return this.letters();
		throw this.unexpected("a command of the notation: \\frac, \\partial, \\sum, \\sqrt, Greek letters, functions");
	}

	/** The braces with a remark: what is in them; the remark is for people. */
	protected remarked(): Formula {
		const brace = this.take().text.endsWith("brace");
		const f = this.argument();
		if (brace && (this.isSign("_") || this.isSign("^"))) {
			this.take();
			this.argumentTokens();
		}
		return f;
	}

	/** An argument of a command: in braces, or one letter or digit. */
	protected argument(): Formula {
		return this.nested(() => {
			const { kind, text, span } = this.next;
			if (this.isSign("{")) return this.group();
			if (kind === "number" && text.length > 1) {
				const fix = `write {${text}}, or {${text[0]}}{${text.slice(1)}}`;
				throw this.refuse(span, `"${text}" without braces`, "braces around an argument of two digits", fix);
			}
			if (kind === "number" || kind === "letter") {
				const token = this.take();
				if (token.kind === "number") return { kind: "number", text, value: Number(text), span };
				return this.named({ stems: [text], layer: undefined, below: [] }, [], { primes: 0 }, span.start);
			}
			if (kind === "command" || kind === "word") return this.primary();
			throw this.unexpected("an argument in braces");
		});
	}

	/** A name, or a function with its argument, that begins with the next letter. */
	protected letters(): Formula {
		const { start } = this.next.span;
		const derivative = this.slashed(start);
		if (derivative) return derivative;
		const letter = this.letter();
		if (this.isExponential(letter.stems) && this.isSign("^")) {
			this.take();
			const exponent = this.nested(() => this.argument());
			return { kind: "call", name: "exp", primes: 0, arguments: [exponent], span: this.since(start) };
		}
		const called = this.functionOf(letter);
		if (called !== undefined) return this.applied(called, start, letter.verbatim, letter.above);
		return this.named(letter, letter.belows, letter.above, start);
	}

	/** \operatorname{name}, \text{name}: the name as it is written. */
	protected word(): Formula {
		return this.letters();
	}

	/** A function and its arguments. */
	protected applied(name: string, start: number, bare: boolean, given?: Above): Formula {
		let called = name;
		let power = given?.power;
		let primes = given?.primes ?? 0;
		if (given?.transposed)
			throw this.refuse(given.transposed, `a transpose on the function ${name}`, "its argument first");
		while (!given && (this.isSign("^") || this.isSign("'") || this.isSign("_"))) {
			if (this.skip("'")) primes++;
			else if (this.isSign("_")) called = this.based(name, start);
			else {
				const { span } = this.next;
				const above = this.above();
				primes += above.primes;
				if (above.power) power = above.power;
				else if (above.primes === 0) throw this.refuse(span, `a superscript on ${name}`, "a power or a prime");
			}
		}
		if (power && (!squared.has(name) || power.kind !== "number")) {
			const what = `a power on the function ${name} can be the power of its value, or ${name} applied again`;
			throw this.refuse(power.span, what, `parentheses: (${name}(x))^{n}`);
		}
		const args = this.arguments(called, bare, start);
		const call: Formula = { kind: "call", name: called, primes, arguments: args, span: this.since(start) };
		if (!power) return call;
		return { kind: "binary", operator: "^", left: call, right: power, span: call.span };
	}

	/** The 2 of \log_2 and the 10 of \log_{10}; nothing else may stand below a function. */
	protected based(name: string, start: number): string {
		const [below, ...more] = this.below();
		const based = name + (below?.text ?? "");
		if (more.length === 0 && name === "log" && functionNamed(based)) return based;
		throw this.refuse(this.since(start), `"${below?.text}" below the function ${name}`, "its argument in parentheses");
	}

	protected arguments(name: string, bare: boolean, start: number): Formula[] {
		const { next } = this;
		if (this.isSign("(") || this.isSign("[") || this.isCommand("{")) {
			return this.nested(() => {
				const opening = this.take();
				const bars = this.bars;
				this.bars = 0;
				const list = [this.comparison()];
				while (this.skip(",")) list.push(this.comparison());
				this.bars = bars;
				this.close(opening, openings.get(opening.text) as string);
				return list;
			});
		}
		if (!bare || !this.beginsFactor()) {
			throw this.refuse(next.span, `${name} without its argument`, `${name}(...)`);
		}
		const argument = this.nested(() => this.factor());
		const command = this.at("command") ? this.next.text : "";
		const another = functionOfCommand(command) !== undefined;
		if (this.beginsFactor() && !another) {
			const what = `how far ${name} reaches is not clear`;
			throw this.refuse(this.since(start), what, "parentheses around its argument", `\\${name}(...)`);
		}
		return [argument];
	}
}
