/**
 * A place in a text of LaTeX: tokens, how to go on, and how to complain.
 *
 * Nothing is read here. Every complaint carries line, column and a caret.
 */
import type { ChainruleError } from "../core/errors.js";
import type { Comparison, Span } from "../core/formula.js";
import { type LatexToken, latexTokens, unreadableLatex } from "./latextokens.js";

/** Levels of braces, parentheses, fractions and powers; see Note [levels of nesting] in core/formula. */
const deepest = 200;

/** Signs and commands that compare. */
export const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>(
	Object.entries({
		"<": "<",
		">": ">",
		lt: "<",
		gt: ">",
		le: "<=",
		leq: "<=",
		leqslant: "<=",
		ge: ">=",
		geq: ">=",
		geqslant: ">=",
		"=": "==",
	}),
);

/** Commands that stand for nothing the notation has, and why. */
const refused = new Map(
	Object.entries({
		lim: "limits are not part of the notation",
		int: "integrals are not part of the notation",
		iint: "integrals are not part of the notation",
		pm: "one of two signs is no value",
		mp: "one of two signs is no value",
		dots: "what an ellipsis leaves out cannot be known: write a sum over an index",
		ldots: "what an ellipsis leaves out cannot be known: write a sum over an index",
		cdots: "what an ellipsis leaves out cannot be known: write a sum over an index",
		vdots: "what an ellipsis leaves out cannot be known: write a sum over an index",
		approx: "only equality can be proven: write =, or leave the rounded number out",
		simeq: "only equality can be proven: write =, or leave the rounded number out",
		sim: "only equality can be proven",
		propto: "only equality can be proven: write the factor",
		ne: "only equality can be proven",
		neq: "only equality can be proven",
		to: "limits and mappings are not part of the notation",
		rightarrow: "limits and mappings are not part of the notation",
		Rightarrow: "write each claim on a line of its own",
		implies: "write each claim on a line of its own",
		iff: "write each claim on a line of its own",
		mathbb: "sets and indicator functions are not part of the notation: write cases",
	}),
);

/** The tokens of a text and a place among them. */
export class LatexCursor {
	protected readonly source: string;
	protected readonly tokens: readonly LatexToken[];
	protected position = 0;
	/** Cases that are open: in them a line ends a row. */
	protected rows = 0;
	private depth = 0;

	constructor(source: string) {
		this.source = source;
		this.tokens = arranged(latexTokens(source), source);
	}

	protected get next(): LatexToken {
		return this.tokens[Math.min(this.position, this.tokens.length - 1)] as LatexToken;
	}

	protected get after(): LatexToken | undefined {
		return this.tokens[this.position + 1];
	}

	protected take(): LatexToken {
		const token = this.next;
		this.position++;
		return token;
	}

	protected at(kind: LatexToken["kind"]): boolean {
		return this.next.kind === kind;
	}

	protected isSign(text: string, token: LatexToken | undefined = this.next): boolean {
		return token?.kind === "sign" && token.text === text;
	}

	protected isCommand(text: string, token: LatexToken | undefined = this.next): boolean {
		return token?.kind === "command" && token.text === text;
	}

	protected skip(text: string): boolean {
		const found = this.isSign(text);
		if (found) this.position++;
		return found;
	}

	protected since(start: number): Span {
		return { start, end: (this.tokens[this.position - 1] ?? this.next).span.end };
	}

	protected refuse(span: Span, what: string, expected: string, fix?: string): ChainruleError {
		return unreadableLatex(this.source, span, what, expected, fix);
	}

	/** The error for a next token that cannot stand where it does. */
	protected unexpected(expected: string): ChainruleError {
		const { kind, text, span } = this.next;
		if (kind === "command") {
			const why = refused.get(text);
			if (why !== undefined) return this.refuse(span, `\\${text} is not understood`, why);
			return this.refuse(span, `the command \\${text} is not understood`, expected);
		}
		const found = kind === "end" ? "end" : kind === "break" ? "end of line" : `"${text}"`;
		return this.refuse(span, `unexpected ${found}`, expected);
	}

	protected nested<Value>(read: () => Value): Value {
		if (++this.depth > deepest) throw this.refuse(this.next.span, "nested too deeply", `at most ${deepest} levels`);
		const value = read();
		this.depth--;
		return value;
	}

	/** The error for a next token that cannot follow a complete expression. */
	protected unfinished(expected: string): ChainruleError {
		const { kind, text, span } = this.next;
		if (kind === "sign" && (text === ")" || text === "]" || text === "}")) {
			return this.refuse(span, `"${text}" closes nothing`, "as many opening as closing ones");
		}
		if (comparisons.has(text) && text !== "=" && kind !== "letter") {
			return this.refuse(span, "an inequality is no equality", "=; conditions stand in cases only");
		}
		return this.unexpected(expected);
	}

	protected close(opening: LatexToken, closing: string): void {
		if (this.next.text === closing && (this.at("sign") || this.at("command"))) {
			this.position++;
			return;
		}
		if (!this.at("end") && !this.at("break")) throw this.unfinished(`an operator or "${closing}"`);
		throw this.refuse(opening.span, `"${opening.text}" is never closed`, `"${closing}" to close it`);
	}

	/** True if the next token but for line breaks is `wanted`, which then is the next. */
	protected overBreaks(wanted: () => boolean): boolean {
		if (this.rows > 0) return wanted();
		const start = this.position;
		while (this.at("break")) this.position++;
		if (wanted()) return true;
		this.position = start;
		return false;
	}

	protected mustClose(): void {
		if (!this.skip("}")) throw this.unexpected('"}"');
	}

	/** The place behind the argument in braces that opens at `at`; `undefined` where there is none. */
	protected behind(at: number): number | undefined {
		if (!this.isSign("{", this.tokens[at])) return undefined;
		for (let depth = 0, place = at; place < this.tokens.length; place++) {
			if (this.isSign("{", this.tokens[place])) depth++;
			if (this.isSign("}", this.tokens[place]) && --depth === 0) return place + 1;
		}
		return undefined;
	}

	/** Skips an argument, whatever it says. */
	protected argumentTokens(): void {
		const opening = this.take();
		if (!this.isSign("{", opening)) return;
		for (let depth = 1; depth > 0; ) {
			if (this.at("end")) throw this.refuse(opening.span, '"{" is never closed', '"}" to close it');
			const token = this.take();
			if (this.isSign("{", token)) depth++;
			if (this.isSign("}", token)) depth--;
		}
	}
}

/** Environments that only arrange: their ends are line ends. */
const arranging = new Set(
	"aligned align align* alignat alignat* alignedat equation equation* gather gather* gathered split eqnarray eqnarray* multline multline* displaymath math".split(
		" ",
	),
);

/** The tokens without what only arranges them: alignment signs, and line breaks within parentheses. */
function arranged(tokens: readonly LatexToken[], source: string): LatexToken[] {
	const kept: LatexToken[] = [];
	const open: { name: string; depth: number; token: LatexToken }[] = [
		{ name: "", depth: 0, token: tokens[0] as LatexToken },
	];
	for (const token of tokens) {
		const { kind, text } = token;
		const around = open.at(-1) as { name: string; depth: number };
		if (kind === "begin" || kind === "finish") {
			if (kind === "begin") open.push({ name: text, depth: 0, token });
			else if (around.name !== text) {
				throw unreadableLatex(
					source,
					token.span,
					`\\end{${text}} closes nothing`,
					around.name === "" ? "a \\begin before it" : `\\end{${around.name}}`,
				);
			} else open.pop();
			kept.push(arranging.has(text) ? { ...token, kind: "break" } : token);
			continue;
		}
		if (kind === "sign" && (text === "(" || text === "[")) around.depth++;
		if (kind === "sign" && (text === ")" || text === "]")) around.depth = Math.max(0, around.depth - 1);
		if (kind === "sign" && text === "&" && around.name !== "cases") continue;
		if (kind === "break" && around.depth > 0 && text.startsWith("\\\\")) continue;
		kept.push(token);
	}
	const unclosed = open.at(-1);
	if (unclosed && unclosed.name !== "") {
		throw unreadableLatex(
			source,
			unclosed.token.span,
			`\\begin{${unclosed.name}} is never closed`,
			`\\end{${unclosed.name}}`,
		);
	}
	return kept;
}
