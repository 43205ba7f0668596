/**
 * LaTeX as tokens.
 *
 * What only places or sizes things (`\left`, `\,`, `\displaystyle`, comments,
 * dollars' neighbours) is dropped here, and so is what only names an equation
 * (`\tag`, `\label`). Everything else becomes a token: nothing that could mean
 * something gets lost. No meaning is known here.
 */
import { type ChainruleError, failure } from "../core/errors.js";
import { pointed, type Span } from "../core/formula.js";

/** A token; `glued` if nothing separates it from the token before. */
export interface LatexToken {
	/** A `word` is the content of `\mathrm{...}`, `\text{...}`; `begin` and `finish` carry the name of an environment. */
	readonly kind: "number" | "letter" | "command" | "word" | "begin" | "finish" | "sign" | "break" | "end";
	readonly text: string;
	readonly span: Span;
	readonly glued: boolean;
}

/** Characters in one formula or chain: more is no derivation. */
const longest = 20_000;

/** Commands that place, size or style, and mean nothing. */
const silent = new Set(
	(
		", ; : ! > quad qquad enspace thinspace medspace thickspace negthinspace left right middle big Big bigg Bigg " +
		"bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm displaystyle textstyle scriptstyle scriptscriptstyle " +
		"limits nolimits nonumber notag hfill noindent allowbreak nobreak relax strut mathstrut"
	).split(" "),
);

/** Of the silent ones, those that a delimiter follows, which may be the empty one: `\left.`. */
const sizing = /^(?:left|right|middle|[bB]igg?[lrm]?)$/;

/** Commands whose argument is letters to be read as one word. */
const upright = new Set(
	"mathrm mathit mathsf mathtt text textrm textit textsf textbf texttt operatorname operatorname* mbox".split(" "),
);

/** Commands with an argument for people only. */
const remarks = new Set(["tag", "tag*", "label", "hspace", "hspace*", "vspace", "phantom", "hphantom", "vphantom"]);

/** Characters written as themselves where LaTeX has a command. */
const same = new Map(
	Object.entries({
		"−": "-",
		"–": "-",
		"·": "\\cdot",
		"⋅": "\\cdot",
		"×": "\\times",
		"⊙": "\\odot",
		"∘": "\\circ",
		"∂": "\\partial",
		"∑": "\\sum",
		"∏": "\\prod",
		"√": "\\sqrt",
		"∇": "\\nabla",
		"≤": "\\le",
		"≥": "\\ge",
		"←": "\\leftarrow",
		"‖": "\\|",
		"′": "'",
	}),
);

/** The error at a place of LaTeX text. */
export function unreadableLatex(
	source: string,
	{ start }: Span,
	what: string,
	expected: string,
	fix?: string,
): ChainruleError {
	const before = source.slice(0, start);
	const line = before.split("\n").length;
	const column = Array.from(before.slice(before.lastIndexOf("\n") + 1)).length + 1;
	return failure({
		what: `latex: ${what} (line ${line}, column ${column})`,
		expected,
		...(source.trim() !== "" && { actual: pointed(source, start) }),
		...(fix !== undefined && { fix }),
	});
}

/** What is inside the braces that open at `at`, and where they close; `undefined` if there are none or they stay open. */
function braced(source: string, at: number): { text: string; end: number } | undefined {
	const start = at + (/^\s*/.exec(source.slice(at, at + 20))?.[0].length ?? 0);
	if (source[start] !== "{") return undefined;
	let depth = 0;
	for (let position = start; position < source.length; position++) {
		if (source[position] === "\\") position++;
		else if (source[position] === "{") depth++;
		else if (source[position] === "}" && --depth === 0) {
			return { text: source.slice(start + 1, position), end: position + 1 };
		}
	}
	return undefined;
}

const lexeme =
	/(?<blank>\s+|~|%[^\n]*)|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<break>\\\\(?:\[[^\]]*\])?|\\\[|\\\]|\\\(|\\\)|\$\$?)|\\(?<command>[a-zA-Z]+\*?|[^a-zA-Z\d])|(?<letter>\p{L}\p{M}*)|(?<sign>[^\\])/uy;

/** The tokens of a text; the last one is the end. @throws where something is no LaTeX. */
export function latexTokens(source: string): LatexToken[] {
	if (source.length > longest) {
		throw failure({
			what: "latex: too long to be read",
			expected: `at most ${longest} characters`,
			actual: String(source.length),
		});
	}
	const tokens: LatexToken[] = [];
	let glued = false;
	const take = (kind: LatexToken["kind"], text: string, span: Span): void => {
		tokens.push({ kind, text, span, glued });
		glued = true;
	};
	for (let at = 0; at < source.length; ) {
		lexeme.lastIndex = at;
		const match = lexeme.exec(source);
		if (!match)
			throw unreadableLatex(source, { start: at, end: at + 1 }, "a lone backslash", "a command such as \\frac");
		const { 0: text, groups = {} } = match;
		const span = { start: at, end: at + text.length };
		at = span.end;
		if (groups.blank !== undefined) {
			glued = false;
		} else if (groups.command !== undefined) {
			at = command(source, groups.command, span, take);
			if (silent.has(groups.command) || remarks.has(groups.command)) glued = false;
		} else if (groups.break !== undefined) take("break", text, span);
		else if (groups.number !== undefined) take("number", text, span);
		else {
			const plain = same.get(text) ?? text.normalize("NFC");
			if (plain.startsWith("\\")) take("command", plain.slice(1), span);
			else take(groups.letter === undefined ? "sign" : "letter", plain, span);
		}
	}
	const last = source.trimEnd().length;
	return [...tokens, { kind: "end", text: "", span: { start: last, end: last }, glued: false }];
}

/** Reads one command, and returns where to go on. */
function command(
	source: string,
	found: string,
	span: Span,
	take: (kind: LatexToken["kind"], text: string, span: Span) => void,
): number {
	// A star belongs to the names that have a starred form; elsewhere it is a product.
	const starred = found.endsWith("*") && found.length > 1;
	const name = starred && !remarks.has(found) && !upright.has(found) ? found.slice(0, -1) : found;
	const { end } = { end: span.end - (found.length - name.length) };
	if (silent.has(name)) {
		const rest = sizing.test(name) ? source.slice(end, end + 20) : "";
		const empty = /^\s*\./.exec(rest);
		if (empty) return end + empty[0].length;
		// A bar that says whether it opens or closes.
		const side = /^left$|l$/.test(name) ? "l" : /^right$|r$/.test(name) ? "r" : undefined;
		const bar = /^\s*(\\\||\\[vV]ert\b|\|)/.exec(rest);
		if (!bar || !side) return end;
		const at = { start: span.start, end: end + bar[0].length };
		take("command", `${side}${/^(?:\||\\v)/.test(bar[1] as string) ? "vert" : "Vert"}`, at);
		return at.end;
	}
	if (/^\s$/.test(name)) return end;
	const wordy = upright.has(name);
	const environment = name === "begin" || name === "end";
	if (!wordy && !environment && !remarks.has(name)) {
		// Braces and stars that Markdown or LaTeX wanted escaped are those signs.
		if (name === "*" || name === "_") take("sign", name, span);
		else take("command", name, { start: span.start, end });
		return end;
	}
	const argument = braced(source, end) ?? (wordy ? lone(source, end) : undefined);
	if (!argument) throw unreadableLatex(source, span, `\\${name} without its argument`, `\\${name}{...}`);
	const whole = { start: span.start, end: argument.end };
	if (wordy) take("word", argument.text.replaceAll(/\\([_ #%&$])/g, "$1").trim(), whole);
	if (environment) take(name === "begin" ? "begin" : "finish", argument.text.trim(), whole);
	return argument.end;
}

/** A single letter as an argument: `\mathrm d`. */
function lone(source: string, at: number): { text: string; end: number } | undefined {
	const [all = "", letter] = /^\s*(\p{L})/u.exec(source.slice(at, at + 20)) ?? [];
	return letter === undefined ? undefined : { text: letter, end: at + all.length };
}
