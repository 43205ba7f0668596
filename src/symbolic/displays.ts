/**
 * Derivations in LaTeX: the displays of a page, and what their letters stand for.
 *
 * A display is `$$ ... $$`, `\[ ... \]`, an `align` or another environment of
 * equations, or a fenced block marked `math`. It is about the last problem above
 * it. What notes call otherwise than the problem does, a fenced block marked
 * `spelling` says, for all displays below it:
 *
 *     ```spelling
 *     \sum_x          = i
 *     J_{total}       = J
 *     w_{j,i}^{(2)}   = W2[j,i]
 *     ```
 *
 * From `%` to the end of a line is a remark, as LaTeX has it. One that begins with
 * a verdict says what is expected of every `=` in its line; `% not judged` leaves
 * the display out. A display without `=` claims nothing.
 *
 * This file finds; it does not read LaTeX, nor judge.
 */
import { failure } from "../core/errors.js";
import { type Expectation, expectationOf, type Passage } from "./document.js";

/** A display of a page. */
export interface Display extends Passage {
	/** The heading above it, without its `#`. */
	readonly heading: string | undefined;
	/** What letters stand for in it. */
	readonly spelling: Readonly<Record<string, string>>;
	/** What remarks expect; steps are counted through all chains of the display. */
	readonly expected: readonly Expectation[];
}

const environments = "align|alignat|aligned|equation|gather|gathered|eqnarray|multline|split";
const openings = new RegExp(String.raw`^\s*(?:(\$\$)|(\\\[)|\\begin\{((?:${environments})\*?)\})`);

/**
 * The displays of a page that claim something, in its order.
 *
 * @throws where a display is never closed, or a spelling or a remark cannot be understood.
 *
 * @example
 * ```ts
 * import { readDisplays } from "chainrule/symbolic";
 * const [display] = readDisplays("Then\n\n$$ x + x = 2x % PROVEN\n$$\n");
 * console.log(display?.line, display?.expected[0]?.verdict); // 3 PROVEN
 * ```
 */
export function readDisplays(markdown: string): Display[] {
	const lines = markdown.split(/\r?\n/);
	const displays: Display[] = [];
	let spelling: Readonly<Record<string, string>> = {};
	let heading: string | undefined;
	const add = (from: number, to: number, text: string): void => {
		const passage = { text, line: from + 1 };
		if (!/^[^%\n]*%\s*not judged/m.test(text) && equalsIn(text).length > 0) {
			displays.push({ ...passage, heading, spelling, expected: expectedIn(passage) });
		}
		at = to + 1;
	};
	let at = 0;
	while (at < lines.length) {
		const line = lines[at] as string;
		heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] ?? heading;
		const fence = /^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/.exec(line);
		if (fence) {
			const [, marks = "", kind] = fence;
			const end = lines.findIndex(
				(other, place) => place > at && other.trim().startsWith(marks) && !/[^`~\s]/.test(other),
			);
			const last = end < 0 ? lines.length : end;
			if (kind === "spelling") spelling = spellingIn(lines.slice(at + 1, last), at + 2);
			if (kind === "math") add(at + 1, last, lines.slice(at + 1, last).join("\n"));
			at = last + 1;
			continue;
		}
		const opening = openings.exec(line);
		if (!opening) {
			at++;
			continue;
		}
		const [, dollars, bracket, environment] = opening;
		const close = dollars ?? (bracket ? "\\]" : `\\end{${environment}}`);
		const inside = line.indexOf(dollars ?? bracket ?? "\\begin") + (dollars ?? bracket ?? "").length;
		const rest = [" ".repeat(inside) + line.slice(inside), ...lines.slice(at + 1)];
		const last = rest.findIndex((text, place) =>
			uncommented(text).includes(close, place === 0 && !environment ? inside : 0),
		);
		if (last < 0) {
			throw failure({ what: `document: the display in line ${at + 1} is never closed`, expected: close });
		}
		const ends = rest.slice(0, last + 1);
		const final = ends[last] as string;
		const cut = final.indexOf(close, last === 0 && !environment ? inside : 0) + (environment ? close.length : 0);
		add(at, at + last, [...ends.slice(0, -1), final.slice(0, cut)].join("\n"));
	}
	return displays;
}

/** A line without its remark. */
function uncommented(line: string): string {
	return line.replace(/(?<!\\)%.*/, "");
}

/**
 * The places of the equals signs that are no part of a sum, a condition or a remark. Where braces do not match, of
 * all: then it is for the reader to complain.
 */
function equalsIn(text: string): number[] {
	const blank = (part: string): string => " ".repeat(part.length);
	const plain = text.replace(/(?<!\\)%[^\n]*/g, blank).replace(/\\begin\{cases\}[\s\S]*?\\end\{cases\}/g, blank);
	const all: number[] = [];
	const outside: number[] = [];
	let depth = 0;
	for (let place = 0; place < plain.length; place++) {
		if (plain[place] === "{") depth++;
		if (plain[place] === "}") depth--;
		if (plain[place] !== "=" || plain[place - 1] === ":") continue;
		all.push(place);
		if (depth === 0) outside.push(place);
	}
	return depth === 0 ? outside : all;
}

function expectedIn({ text, line }: Passage): Expectation[] {
	const places = equalsIn(text);
	let start = 0;
	return text.split("\n").flatMap((row, index) => {
		const [from, to] = [start, start + row.length];
		start = to + 1;
		const remark = /(?<!\\)%\s*(.*?)\s*$/.exec(row)?.[1];
		const expected = expectationOf({ remark, number: line + index });
		if (!expected) return [];
		return places.flatMap((place, step) => (place >= from && place < to ? [{ step: step + 1, ...expected }] : []));
	});
}

function spellingIn(lines: readonly string[], first: number): Record<string, string> {
	const found: Record<string, string> = {};
	for (const [index, line] of lines.entries()) {
		if (uncommented(line).trim() === "") continue;
		const [, latex, formula] = /^\s*([^=]+?)\s*=\s*([^=]+?)\s*$/.exec(uncommented(line)) ?? [];
		if (latex === undefined || formula === undefined) {
			throw failure({
				what: `document: the spelling in line ${first + index} cannot be read`,
				expected: "what is written = what it stands for, such as J_{total} = J",
				actual: line.trim(),
			});
		}
		found[latex] = formula;
	}
	return found;
}
