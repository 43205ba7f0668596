/**
 * Derivations in Markdown: where the problems and claims of a page are.
 *
 * A fenced block marked `derivation` holds a problem, then a line of dashes,
 * then claims:
 *
 *     ```derivation
 *     w, x, b, y : scalar
 *     z = w*x + b;  a = sigma(z);  C = (y - a)^2/2
 *     ---
 *     dC/dw = (a - y)*sigma'(z)*x   # PROVEN
 *           = a*sigma'(z)           # HOLDS ONLY IF x = 1, y = 0; repair (a - y)*sigma'(z)*x
 *     dC/db = (a - y)*sigma'(z)
 *     ```
 *
 * - A block without dashes holds a problem for what follows; one that begins
 *   with them goes on with the problem above it, in the page.
 * - A line that begins with `=` or ends with one goes on with the claim above
 *   it, as does one within parentheses.
 * - From `#` to the end of a line is a remark. One that begins with a verdict says
 *   what is expected of every `=` in its line: `PROVEN`, `REFUTED`, `UNDECIDED`, or
 *   `HOLDS ONLY IF` and the condition, several with `or` between them; then perhaps
 *   `; repair` and the side that is right.
 *
 * This file finds and splits; it does not judge. Places are those of the page.
 */
import { failure } from "../core/errors.js";
import type { Verdict } from "./problem.js";

/** What a remark expects of a step. */
export interface Expectation {
	/** Number of the step in its claim, 1 for the first `=`. */
	readonly step: number;
	readonly verdict: Verdict;
	readonly holdsIf: readonly string[];
	readonly repair: string | undefined;
	/** The line of the page it stands in, 1 for the first. */
	readonly line: number;
}

/** Text of a page, and the line in which it begins. */
export interface Passage {
	/** Remarks are blanked out, so that places in the text are places in the page. */
	readonly text: string;
	readonly line: number;
}

/** A claim of a page. */
export interface DocumentClaim extends Passage {
	readonly expected: readonly Expectation[];
}

/** Claims about one problem. */
export interface DocumentBlock {
	/** The heading above the block, without its `#`. */
	readonly heading: string | undefined;
	readonly line: number;
	readonly problem: Passage;
	/** True where the problem stands in this block, and not in one above. */
	readonly declares: boolean;
	readonly claims: readonly DocumentClaim[];
}

interface Line {
	readonly text: string;
	readonly remark: string | undefined;
	readonly number: number;
}

/**
 * The blocks of a page, in its order.
 *
 * @throws where a fence is never closed, claims have no problem above them, or a remark begins like a verdict and is none.
 *
 * @example
 * ```ts
 * import { readDocument } from "chainrule/symbolic";
 * const page = ["```derivation", "x : scalar", "---", "x + x = 2*x  # PROVEN", "```"].join("\n");
 * console.log(readDocument(page)[0]?.claims[0]?.expected[0]?.verdict); // PROVEN
 * ```
 */
export function readDocument(markdown: string): DocumentBlock[] {
	const blocks: DocumentBlock[] = [];
	let heading: string | undefined;
	let fence:
		| { readonly marks: string; readonly derivation: boolean; readonly line: number; readonly lines: Line[] }
		| undefined;
	for (const [at, text] of markdown.split(/\r?\n/).entries()) {
		const number = at + 1;
		const marks = /^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/.exec(text);
		if (!fence) {
			heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1] ?? heading;
			if (marks) fence = { marks: marks[1] as string, derivation: marks[2] === "derivation", line: number, lines: [] };
		} else if (marks && marks[2] === "" && (marks[1] as string).startsWith(fence.marks)) {
			if (fence.derivation) blocks.push(blockOf(fence.lines, fence.line, heading, blocks.at(-1)?.problem));
			fence = undefined;
		} else if (fence.derivation) fence.lines.push(lineOf(text, number));
	}
	if (fence?.derivation) {
		throw failure({
			what: "document: a block of derivations is never closed",
			expected: `a line ${fence.marks}`,
			actual: `opened in line ${fence.line}`,
		});
	}
	return blocks;
}

function lineOf(text: string, number: number): Line {
	const at = text.indexOf("#");
	if (at < 0) return { text, remark: undefined, number };
	return { text: text.slice(0, at).padEnd(text.length), remark: text.slice(at + 1).trim(), number };
}

function blockOf(
	lines: readonly Line[],
	line: number,
	heading: string | undefined,
	above: Passage | undefined,
): DocumentBlock {
	const dashes = lines.findIndex(({ text }) => /^\s*-{3,}\s*$/.test(text));
	const own = dashes < 0 ? lines : lines.slice(0, dashes);
	const declares = own.some(({ text }) => text.trim() !== "");
	const problem = declares ? { text: own.map(({ text }) => text).join("\n"), line: line + 1 } : above;
	if (!problem) {
		throw failure({
			what: "document: claims about no problem",
			expected: "declarations above the line of dashes, or in a block before",
			actual: `line ${line}`,
		});
	}
	return { heading, line, problem, declares, claims: dashes < 0 ? [] : claimsOf(lines.slice(dashes + 1)) };
}

const equals = /(?<![<>=])=(?!=)/g;

function count(text: string, what: RegExp): number {
	return [...text.matchAll(what)].length;
}

function claimsOf(lines: readonly Line[]): DocumentClaim[] {
	const claims: { lines: Line[]; expected: Expectation[]; steps: number; open: number }[] = [];
	let ended = true;
	for (const line of lines) {
		const { text } = line;
		const before = claims.at(-1);
		if (text.trim() === "") {
			if (before && !ended) before.lines.push(line);
			if (before && before.open <= 0) ended = true;
			if (line.remark === undefined || ended) continue;
		}
		const goesOn =
			before !== undefined &&
			!ended &&
			(/^\s*=/.test(text) || before.open > 0 || /=\s*$/.test(before.lines.at(-1)?.text ?? ""));
		const claim = goesOn ? before : { lines: [], expected: [], steps: 0, open: 0 };
		if (!goesOn) claims.push(claim);
		ended = false;
		claim.lines.push(line);
		claim.open += count(text, /[([]/g) - count(text, /[)\]]/g);
		const steps = count(text, equals);
		const expected = expectationOf(line);
		for (let step = claim.steps + 1; expected && step <= claim.steps + steps; step++)
			claim.expected.push({ step, ...expected });
		claim.steps += steps;
	}
	return claims.map((claim) => ({
		text: claim.lines
			.map(({ text }) => text)
			.join("\n")
			.trimEnd(),
		line: (claim.lines[0] as Line).number,
		expected: claim.expected,
	}));
}

/** What a remark expects; `undefined` for one that begins with no verdict. @throws where it begins like a verdict and is none. */
export function expectationOf({
	remark,
	number,
}: Pick<Line, "remark" | "number">): Omit<Expectation, "step"> | undefined {
	if (!remark || !/^(?:PROVEN|REFUTED|UNDECIDED|HOLDS)\b/.test(remark)) return undefined;
	const found = /^(PROVEN|REFUTED|UNDECIDED|HOLDS ONLY IF)(?:\s+([^;]+?))?\s*(?:;\s*repair\s+(.*))?$/.exec(remark);
	const [, verdict, conditions, repair] = found ?? [];
	if (!found || (conditions !== undefined) !== (verdict === "HOLDS ONLY IF")) {
		throw failure({
			what: `document: line ${number} expects something that is no verdict`,
			expected: "PROVEN, REFUTED, UNDECIDED or HOLDS ONLY IF condition; then perhaps ; repair formula",
			actual: remark,
		});
	}
	const holdsIf = conditions?.split(/\s+or\s+/) ?? [];
	return { verdict: verdict as Verdict, holdsIf, repair: repair?.trim(), line: number };
}

/** The line of the page in which a place of a passage is. */
export function lineIn({ text, line }: Passage, place: number): number {
	return line + count(text.slice(0, place), /\n/g);
}
