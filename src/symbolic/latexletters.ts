/**
 * Letters of LaTeX with all their decorations, read as names, elements and functions.
 *
 * What a letter can mean `latexnames` says; here it is found where it begins
 * and ends: accents, subscripts, layers, primes, transposes and powers.
 *
 * Note [one letter, one factor]
 * LaTeX sets `ok` as o times k. Letters typed together are one name only where
 * the problem has that name, and a product only where it has every letter as a
 * value; otherwise they are an error, because in notes they are mostly a slip.
 */
import type { ChainruleError } from "../core/errors.js";
import { type Formula, fold, formulaText, partsOf, type Span, withParts } from "../core/formula.js";
import { constants } from "../core/op.js";
import { LatexCursor } from "./latexcursor.js";
import {
	isStem,
	type LatexNames,
	type Letter,
	plainReading,
	rankOf,
	readingsOf,
	type Spelled,
	spelledBy,
	spelledOut,
	spellingsOf,
	textOf,
} from "./latexnames.js";
import type { LatexToken } from "./latextokens.js";
import { accents, functionOfWord, greek } from "./latexwords.js";

const variants = new Map("epsilon theta pi rho sigma phi kappa".split(" ").map((name) => [`var${name}`, name]));

/** Accents and fonts that a name wears without becoming another. */
const fonts = new Set("mathbf boldsymbol bm pmb vec mathcal mathscr mathfrak".split(" "));

/** What stands above a letter or an expression. */
export interface Above {
	layer?: string;
	primes: number;
	transposed?: Span;
	power?: Formula;
	/** True for `A^{\circ -1}`, number by number also for matrices. */
	elementwise?: boolean;
	span?: Span;
}

/** One subscript: its text, and how to read it as a formula. */
export interface Below {
	readonly text: string;
	readonly start: number;
	readonly end: number;
	readonly single: boolean;
}

/** A letter as it was written, with the places of its subscripts. */
export interface WrittenLetter extends Letter {
	readonly belows: readonly Below[];
	readonly above: Above;
	/** True for \mathrm{...}: the name as it stands. */
	readonly verbatim: boolean;
}

/** Reads letters; expressions in their subscripts and superscripts are read by who knows how. */
export abstract class LatexLetters extends LatexCursor {
	protected readonly names: LatexNames;
	/** True where the problem's names are given: then no other name is one. */
	protected readonly closed: boolean;
	protected readonly spellings: readonly Spelled[];
	/** True on the left of a spelling: letters typed together are the name that it gives. */
	private readonly pattern: boolean;
	/** Up to where letters typed together are factors, as was found for the first of them. */
	private apart = 0;

	constructor(source: string, names: LatexNames | undefined, pattern = false) {
		super(source);
		this.names = names ?? { values: new Map(), functions: new Set(), indices: new Map() };
		this.closed = names !== undefined;
		this.pattern = pattern;
		this.spellings = names?.spelling
			? spellingsOf(names, (text) => this.another(text, { ...names, spelling: {} }).lone())
			: [];
	}

	/** A reader for the left side of a spelling. */
	protected abstract another(source: string, names: LatexNames): LatexLetters;
	protected abstract expression(): Formula;
	protected abstract comparison(): Formula;
	protected abstract argument(): Formula;
	protected abstract finish(): void;

	protected isLetterLike(token: LatexToken = this.next): boolean {
		if (token.kind === "letter" || token.kind === "word") return true;
		return (
			token.kind === "command" &&
			(greek.has(token.text) || variants.has(token.text) || accents.has(token.text) || fonts.has(token.text))
		);
	}

	/** Only a letter with its decorations: the left of a spelling. */
	lone(): Letter {
		const letter = this.letter();
		this.finish();
		return letter;
	}

	/** The next letter, Greek letter or word with accents, without what stands above and below it. */
	protected stems(limit?: number): { stems: string[]; verbatim: boolean } {
		const { kind, text, span } = this.next;
		if (kind === "word") {
			this.take();
			return { stems: [text.replaceAll(/\s+/g, "_").normalize("NFC")], verbatim: true };
		}
		if (kind === "command") {
			this.take();
			const plain = variants.get(text);
			if (plain !== undefined) return { stems: [text, plain], verbatim: false };
			if (greek.has(text)) return { stems: [text], verbatim: false };
			const braces = this.skip("{");
			if (!this.isLetterLike()) throw this.unexpected(`one letter or name below \\${text}`);
			const { stems } = this.stems();
			if (braces && !this.skip("}")) {
				throw this.refuse(this.next.span, `\\${text} over more than a name`, `one letter or name below \\${text}`);
			}
			const mark = accents.get(text);
			if (mark === undefined) return { stems, verbatim: false };
			return { stems: stems.flatMap((stem) => [stem + mark, `${stem}_${mark}`, `${mark}_${stem}`]), verbatim: false };
		}
		const run = this.run();
		if (run.length > 1 && limit === undefined && this.position >= this.apart) {
			const joined = run.join("");
			const name = this.closed && isStem(joined, this.names, this.spellings);
			if (name || this.pattern || this.callable(joined, run.length)) {
				this.position += run.length;
				return { stems: [joined.normalize("NFC")], verbatim: false };
			}
			const strange = this.closed ? run.find((letter) => !this.isKnownLetter(letter)) : undefined;
			if (strange !== undefined) throw this.strangeWord(joined, run, span);
			this.apart = this.position + run.length;
		}
		this.take();
		return { stems: [text], verbatim: false };
	}

	/** Letters typed together from here on. */
	protected run(): string[] {
		const run: string[] = [];
		for (let at = this.position; ; at++) {
			const token = this.tokens[at];
			if (token?.kind !== "letter" || (at > this.position && !token.glued)) return run;
			run.push(token.text);
		}
	}

	/** True if letters typed together name a function of the library and an argument follows. */
	protected callable(name: string, length: number): boolean {
		return functionOfWord(name) !== undefined && this.isSign("(", this.tokens[this.position + length]);
	}

	protected isKnownLetter(letter: string): boolean {
		// An index is no factor: ok is no product of o and k.
		if (this.names.indices.has(letter) && !this.names.values.has(letter)) return false;
		return constants.has(letter) || isStem(letter, this.names, this.spellings);
	}

	protected strangeWord(word: string, run: readonly string[], span: Span): ChainruleError {
		const [first = "", ...others] = run;
		const element =
			(this.names.values.get(first) ?? 0) > 0 || this.spellings.some(({ letter }) => letter.stems[0] === first);
		const fix =
			element && others.length > 0 && others.every((letter) => this.names.indices.has(letter))
				? `did you mean ${first}_{${others.join("")}}?`
				: `declare ${word}, or write \\cdot between factors`;
		return this.refuse(span, `"${word}" is no name of the problem`, this.knownNames(), fix);
	}

	protected knownNames(): string {
		const all = [...this.names.values.keys(), ...this.names.functions, ...this.names.indices.keys()];
		if (all.length === 0) return "names of the problem";
		return `one of ${all.slice(0, 12).join(", ")}${all.length > 12 ? ", ..." : ""}`;
	}

	/** The next letter with its layer and its subscripts; other superscripts are left to be read. */
	protected letter(limit?: number): WrittenLetter {
		const { stems, verbatim } = this.stems(limit);
		const above: Above = { primes: 0 };
		let belows: readonly Below[] = [];
		while (limit === undefined) {
			if (this.isSign("_")) {
				if (belows.length > 0) throw this.unexpected("one subscript");
				belows = this.below();
			} else if (this.isSign("'")) {
				this.take();
				above.primes++;
			} else if (this.isSign("^") && !this.isExponential(stems)) {
				const { span } = this.next;
				const more = this.above();
				const twice = (more.power ?? more.transposed) && (above.power ?? above.transposed);
				if (twice || (more.layer !== undefined && above.layer !== undefined)) {
					throw this.refuse(span, "two superscripts", "one, or parentheses around the first");
				}
				const primes = above.primes + more.primes;
				Object.assign(above, more, { primes });
			} else break;
		}
		return { stems, verbatim, layer: above.layer, below: belows.map(({ text }) => text), belows, above };
	}

	/** True for the e of e^x, where the problem has no e of its own. */
	protected isExponential([stem]: readonly string[]): boolean {
		return stem === "e" && !this.names.values.has("e") && !this.names.functions.has("e");
	}

	/** What is above: a layer, a transpose, primes, a star or a power. */
	protected above(): Above {
		const { start } = this.take().span;
		const above: Above = { primes: 0 };
		const finished = (): Above => ({ ...above, span: this.since(start) });
		if (!this.isSign("{")) {
			if (this.isSign("(") || this.isSign("[")) {
				throw this.refuse(this.next.span, "a superscript without braces", "^{(l)}: TeX raises one character only");
			}
			if (this.mark(above, false)) return finished();
			above.power = this.nested(() => this.argument());
			return finished();
		}
		const opening = this.take();
		while (!this.isSign("}")) {
			const layer = above.layer === undefined ? this.layer() : undefined;
			if (layer !== undefined) above.layer = layer;
			else if (this.mark(above, true)) continue;
			else {
				const elementwise = this.isCommand("circ");
				if (elementwise) this.take();
				above.power = this.nested(() => this.comparison());
				if (elementwise) above.elementwise = true;
				break;
			}
		}
		this.close(opening, "}");
		if (above.layer === undefined && above.primes === 0 && !above.transposed && !above.power) {
			throw this.refuse(opening.span, "an empty superscript", "a power, ^{(l)} or ^{\\top}");
		}
		return finished();
	}

	/** A transpose, a prime or a star, if that comes next. */
	protected mark(above: Above, braces: boolean): boolean {
		const { kind, text, span } = this.next;
		if (
			kind === "letter" &&
			text === "T" &&
			(!braces || this.isSign("}", this.after) || this.isSign("'", this.after))
		) {
			if (this.names.values.has("T") || this.names.indices.has("T")) {
				throw this.refuse(span, "T is a name of the problem", "^{\\top} for the transpose, ^{{T}} for the power");
			}
			above.transposed = this.take().span;
			return true;
		}
		if ((kind === "command" && (text === "top" || text === "intercal")) || (kind === "word" && text === "T")) {
			above.transposed = this.take().span;
			return true;
		}
		if (this.isSign("'") || this.isCommand("prime")) {
			this.take();
			above.primes++;
			return true;
		}
		if (this.isSign("*") || this.isCommand("star") || this.isCommand("ast")) {
			this.take();
			above.layer = "star";
			return true;
		}
		return false;
	}

	/** The text of (l) or [l] at the start of a superscript, if nothing but marks follows it. */
	protected layer(): string | undefined {
		if (!this.isSign("(") && !this.isSign("[")) return undefined;
		const closing = this.isSign("(") ? ")" : "]";
		let end = this.position + 1;
		for (let depth = 1; ; end++) {
			const token = this.tokens[end];
			if (!token || token.kind === "end") return undefined;
			if (this.isSign("(", token) || this.isSign("[", token)) depth++;
			if ((this.isSign(")", token) || this.isSign("]", token)) && --depth === 0) break;
		}
		const follows = this.tokens[end + 1];
		const marks =
			this.isSign("}", follows) ||
			this.isSign("'", follows) ||
			(follows?.kind === "letter" && follows.text === "T") ||
			(follows?.kind === "word" && follows.text === "T") ||
			["top", "prime", "intercal"].some((name) => this.isCommand(name, follows));
		if (!marks || !this.isSign(closing, this.tokens[end])) return undefined;
		const text = textOf(this.tokens.slice(this.position + 1, end));
		this.position = end + 1;
		return text;
	}

	/** Subscripts: their texts and places. */
	protected below(): Below[] {
		this.take();
		const start = this.position;
		if (!this.isSign("{")) {
			const { kind, text, span } = this.next;
			if (kind === "number" && text.length > 1) {
				throw this.refuse(span, `"_${text}" without braces`, `_{${text}}: TeX lowers one character only`);
			}
			if (kind !== "number" && !this.isLetterLike()) throw this.unexpected("a subscript");
			this.take();
			return [{ text, start, end: this.position, single: true }];
		}
		const opening = this.take();
		const items: Below[] = [];
		let from = this.position;
		for (let depth = 0; ; ) {
			const token = this.next;
			if (token.kind === "end") throw this.refuse(opening.span, '"{" is never closed', '"}" to close it');
			const separates = depth === 0 && (this.isSign(",") || this.isSign("}"));
			if (separates) {
				const text = textOf(this.tokens.slice(from, this.position));
				if (text === "") throw this.refuse(token.span, "an empty subscript", "an index or a word");
				items.push(...this.separated({ text, start: from, end: this.position, single: false }));
				from = this.position + 1;
			}
			if (this.isSign("{") || this.isSign("(")) depth++;
			if ((this.isSign("}") || this.isSign(")")) && depth-- === 0) break;
			this.position++;
		}
		this.position++;
		return items;
	}

	/** The jk of w_{jk} as two subscripts, where j and k are indices. */
	protected separated(item: Below): Below[] {
		const tokens = this.tokens.slice(item.start, item.end);
		const indices =
			tokens.length > 1 && tokens.every(({ kind, text }) => kind === "letter" && this.names.indices.has(text));
		if (!indices) return [item];
		return tokens.map(({ text }, at) => ({ text, start: item.start + at, end: item.start + at + 1, single: true }));
	}

	/** Subscripts as indices. Letters alone are an index each: w_{jk} is w[j,k]. */
	protected indicesOf(belows: readonly Below[], digits = false): Formula[] {
		const resume = this.position;
		const indices = belows.flatMap(({ start, end, single }) => {
			this.position = start;
			const tokens = this.tokens.slice(start, end);
			if (tokens.length > 1 && tokens.every(({ kind }) => kind === "letter")) {
				return tokens.map(({ text, span }) => {
					this.position++;
					return this.named({ stems: [text], layer: undefined, below: [] }, [], { primes: 0 }, span.start);
				});
			}
			const [token] = tokens;
			if (digits && tokens.length === 1 && token && /^\d\d$/.test(token.text)) {
				return Array.from(
					token.text,
					(text): Formula => ({ kind: "number", text, value: Number(text), span: token.span }),
				);
			}
			const index = this.nested(() => (single ? this.argument() : this.expression()));
			if (this.position !== end) throw this.unfinished("an index, a comma or the end of the subscript");
			return [index];
		});
		this.position = resume;
		return indices;
	}

	/** The function that a letter names where it stands; `undefined` where it is a value. */
	protected functionOf(letter: WrittenLetter): string | undefined {
		const spelled = spelledBy(letter, this.spellings)?.formula;
		const names = spelled?.kind === "name" ? [spelled.name] : layeredNames(letter);
		const argument = this.isSign("(") || this.isSign("[") || this.isCommand("{");
		const applied = argument || letter.above.primes > 0;
		if (spelled?.kind === "name" && applied && functionOfWord(spelled.name) !== undefined) return spelled.name;
		const own = names.find((name) => this.names.functions.has(name) && !this.names.values.has(name));
		if (own !== undefined) return own;
		if (names.some((name) => this.names.values.has(name)) || letter.layer !== undefined) return undefined;
		const [word = ""] = names;
		const library = functionOfWord(word);
		const name = library ?? word;
		if (library !== undefined && letter.below.length === 0 && (applied || letter.verbatim)) return name;
		// A prime says that a letter is a function, even where no problem does.
		if (!this.closed && letter.above.primes > 0 && letter.below.length === 0) return name;
		if (argument && letter.verbatim && letter.below.length === 0) {
			if (!this.closed) return name;
			const expected =
				this.names.functions.size === 0
					? "a function of the notation"
					: `one of ${[...this.names.functions].join(", ")}, or a function of the notation`;
			throw this.refuse(this.tokens[this.position - 1]?.span ?? this.next.span, `unknown function "${name}"`, expected);
		}
		return undefined;
	}

	/** The value that a letter names, with its indices and what stands above it. */
	protected named(letter: Letter, belows: readonly Below[], above: Above, start: number): Formula {
		const span = this.since(start);
		const spelled = spelledBy(letter, this.spellings);
		let value: Formula;
		let remaining = 0;
		if (spelled) {
			const inPattern = spelled.letter.below.length > 0;
			const below = belows.map((item, at) => (inPattern && !spelled.slots[at] ? [] : this.indicesOf([item])));
			const out = placed(inPattern ? spelledOut(spelled, below) : spelled.formula, span);
			const rest = inPattern ? [] : below.flat();
			remaining = rest.length;
			value = rest.length > 0 ? { kind: "index", operand: out, indices: rest, span } : out;
		} else {
			const reading = this.reading(letter, belows, span);
			value = placed(reading.formula, span);
			if (reading.indexed) {
				const indices = this.indicesOf(belows, rankOf(value, this.names) === 2 && belows.length === 1);
				remaining = indices.length;
				value = { kind: "index", operand: value, indices, span };
			}
		}
		if (above.primes > 0) {
			const what = `a prime on "${formulaText(value)}", which is no function`;
			throw this.refuse(span, what, "f'(x) of a function f");
		}
		// W^T_{jk} is an element of the transpose; x_i^T is a row, transposed.
		if (above.transposed && value.kind === "index" && remaining > 0 && rankOf(value, this.names) === 0) {
			const operand: Formula = { kind: "transpose", operand: value.operand, span };
			return { ...value, operand };
		}
		const { layer: _, ...plain } = above;
		return plain.transposed || plain.power ? this.raised(value, plain, start) : value;
	}

	protected reading(letter: Letter, belows: readonly Below[], span: Span): { formula: Formula; indexed: boolean } {
		const [stem = ""] = letter.stems;
		const plain = letter.layer === undefined && belows.length === 0;
		if (!this.closed) {
			if (this.isSign("(") && !constants.has(stem) && this.isFunctionLike(letter)) {
				const what = `"${stem}" before a parenthesis can be a function or a factor`;
				throw this.refuse(span, what, `${stem} \\cdot (...), or the names of the problem`);
			}
			if (stem === "delta" && belows.length > 0 && this.isKronecker(belows)) return this.kronecker(belows, span);
			return plainReading(letter);
		}
		const readings = readingsOf(letter, this.names);
		const [found, ...others] = readings;
		if (found && others.length === 0) return found;
		if (found) {
			const what = `"${this.source.slice(span.start, span.end)}" can be ${readings.map(({ formula, indexed }) => (indexed ? `an element of ${formulaText(formula)}` : formulaText(formula))).join(" or ")}`;
			throw this.refuse(span, what, "one meaning", `\\mathrm{${formulaText(found.formula)}} is that name and no other`);
		}
		if (plain && constants.has(stem)) return { formula: { kind: "name", name: stem, span }, indexed: false };
		if (stem === "delta" && belows.length > 0 && this.isKronecker(belows)) return this.kronecker(belows, span);
		throw this.unknown(letter, span);
	}

	/** A single Latin letter that is followed by a parenthesis. */
	protected isFunctionLike({ stems, below }: Letter): boolean {
		return below.length === 0 && /^[a-zA-Z]$/.test(stems[0] ?? "");
	}

	protected isKronecker(belows: readonly Below[]): boolean {
		return this.indicesOf(belows).length === 2;
	}

	protected kronecker(belows: readonly Below[], span: Span): { formula: Formula; indexed: boolean } {
		return {
			formula: { kind: "call", name: "delta", primes: 0, arguments: this.indicesOf(belows), span },
			indexed: false,
		};
	}

	protected unknown(letter: Letter, span: Span): ChainruleError {
		const written = this.source.slice(span.start, span.end).trim();
		const [stem = ""] = letter.stems;
		const scalarOne = letter.below.length > 0 && this.names.values.get(stem) === 0;
		if (scalarOne) {
			const fix = `say what it stands for, or declare ${stem} : vector[n]`;
			return this.refuse(
				span,
				`"${written}" is an element, and ${stem} is one number`,
				"the name of a vector or a matrix",
				fix,
			);
		}
		if (this.names.functions.has(stem) || functionOfWord(stem) !== undefined) {
			return this.refuse(span, `"${written}" is a function`, `its argument: ${written}(...)`);
		}
		const fix = `declare it, or say what it stands for: "${written}" for a formula`;
		return this.refuse(span, `"${written}" is no name of the problem`, this.knownNames(), fix);
	}

	/** `f` with what stands above it. */
	protected raised(f: Formula, above: Above, start: number): Formula {
		const span = this.since(start);
		if (above.layer !== undefined || above.primes > 0) {
			const mark = above.primes > 0 ? "a prime" : `the superscript "${above.layer}"`;
			throw this.refuse(above.span ?? span, `${mark} on something that is no name`, "a power, or ^{\\top}");
		}
		if (above.transposed) return { kind: "transpose", operand: f, span };
		const power = above.power as Formula;
		const inverse = power.kind === "negate" && power.operand.kind === "number" && power.operand.text === "1";
		if (inverse && !above.elementwise && rankOf(f, this.names) === 2) {
			return { kind: "call", name: "inv", primes: 0, arguments: [f], span };
		}
		return { kind: "binary", operator: "^", left: f, right: power, span };
	}
}

function layeredNames({ stems, layer }: Letter): string[] {
	return layer === undefined ? [...stems] : stems.flatMap((stem) => [stem + layer, `${stem}_${layer}`]);
}

/** A formula all of which stands at one place: what a spelling stands for has no other. */
export function placed(f: Formula, span: Span): Formula {
	return fold<Formula>(f, (node, parts) => ({ ...(partsOf(node).length === 0 ? node : withParts(node, parts)), span }));
}
