/**
 * One page of notes, judged: what `chainrule check` knows before it prints anything.
 *
 * The result is plain data, so it can come from another thread and go into a
 * report of any form. What cannot be read is part of the result and stops
 * nothing: the next claim may be fine.
 */
import { ChainruleError } from "../core/errors.js";
import { type Formula, formulaText, parseFormula, pointed } from "../core/formula.js";
import { readDisplays } from "../symbolic/displays.js";
import { type Expectation, lineIn, type Passage, readDocument } from "../symbolic/document.js";
import { formulaLatex } from "../symbolic/latex.js";
import { type LatexNames, namesOf } from "../symbolic/latexnames.js";
import { type Notation, readClaim, readProblem } from "../symbolic/notation.js";
import { Problem, type Step, type Verification } from "../symbolic/problem.js";
import { parseLatexChains } from "../symbolic/readlatex.js";

/** What a remark expects of a step, and whether it came true. */
export interface Expected {
	readonly verdict: string;
	readonly met: boolean;
	/** What was expected, in words. */
	readonly text: string;
}

/** A step with its place in the page. */
export interface JudgedStep extends Step {
	readonly line: number;
	/** The line of the claim in which the step is, with a caret below. */
	readonly place: string;
	/** The right side in LaTeX. */
	readonly latex: string;
	/** The repairs in LaTeX, where they are formulas. */
	readonly repairLatex: readonly (string | undefined)[];
	readonly expected?: Expected;
}

/** A claim of the page. */
export interface JudgedClaim {
	readonly heading: string | undefined;
	readonly line: number;
	readonly first: string;
	readonly firstLatex: string;
	readonly firstWrong: number | undefined;
	readonly steps: readonly JudgedStep[];
}

/** What of the page cannot be read, and where that begins. */
export interface Unreadable {
	readonly heading: string | undefined;
	readonly line: number;
	readonly message: string;
}

/** A page with all that was found out. */
export interface JudgedPage {
	readonly file: string;
	readonly claims: readonly JudgedClaim[];
	readonly unreadable: readonly Unreadable[];
	readonly milliseconds: number;
}

/** A page to judge. */
export interface Page {
	readonly file: string;
	readonly markdown: string;
	/** Milliseconds for a step. */
	readonly timeLimit: number;
}

/** Judges every claim of a page, in its order. */
export function judgePage({ file, markdown, timeLimit }: Page): JudgedPage {
	const began = performance.now();
	const claims: JudgedClaim[] = [];
	const unreadable: Unreadable[] = [];
	const problems = new Map<Passage, Given | undefined>();

	/** Runs `judge`; what it cannot read is noted at its line. */
	const tried = (passage: Passage, heading: string | undefined, judge: () => void): void => {
		try {
			judge();
		} catch (error) {
			unreadable.push({ heading, ...explained(error, passage) });
		}
	};
	const given = (passage: Passage, heading: string | undefined): Given | undefined => {
		if (!problems.has(passage)) {
			problems.set(passage, undefined);
			tried(passage, heading, () => problems.set(passage, givenIn(passage.text)));
		}
		return problems.get(passage);
	};

	const whole = { text: markdown, line: 1 };
	tried(whole, undefined, () => {
		const blocks = readDocument(markdown);
		const work = [
			...blocks.map((block) => ({ line: block.line, block })),
			...readDisplays(markdown).map((display) => ({ line: display.line, display })),
		].sort((a, b) => a.line - b.line);
		let above: Given | undefined;
		for (const item of work) {
			if ("block" in item) {
				const { heading, problem, claims: found } = item.block;
				above = given(problem, heading);
				for (const claim of found) {
					const known = above;
					if (known) tried(claim, heading, () => claims.push(judged(claim, claim.expected, heading, known, timeLimit)));
				}
			} else {
				const known = above;
				const { display } = item;
				if (known) tried(display, display.heading, () => claims.push(...judgedDisplay(display, known, timeLimit)));
			}
		}
	});
	return { file, claims, unreadable, milliseconds: performance.now() - began };
}

/** A problem of the page, and its names. */
interface Given {
	readonly problem: Problem;
	readonly notation: Notation;
	readonly names: LatexNames;
}

function givenIn(source: string): Given {
	const notation = readProblem(source);
	return { problem: new Problem(source), notation, names: namesOf(notation) };
}

function judged(
	claim: Passage,
	expected: readonly Expectation[],
	heading: string | undefined,
	given: Given,
	timeLimit: number,
): JudgedClaim {
	const sides = readClaim(claim.text, given.notation).sides.map(({ formula }) => formula);
	const verification = given.problem.verify(claim.text, { timeLimit });
	return placed(verification, claim, sides, given, { heading, expected });
}

function judgedDisplay(
	display: ReturnType<typeof readDisplays>[number],
	given: Given,
	timeLimit: number,
): JudgedClaim[] {
	const { text, spelling, heading, expected } = display;
	const names = { ...given.names, spelling };
	const chains = parseLatexChains(text, names).filter(({ sides }) => sides.length > 1);
	let before = 0;
	return given.problem.verifyLatex(text, { spelling, timeLimit }).map((verification, index) => {
		const sides = chains[index]?.sides ?? [];
		const own = expected.map((expectation) => ({ ...expectation, step: expectation.step - before }));
		before += verification.steps.length;
		return placed(verification, display, sides, given, { heading, expected: own });
	});
}

/** A judgement with places in the page, formulas in LaTeX, and what was expected. */
function placed(
	{ steps, firstWrong }: Verification,
	passage: Passage,
	sides: readonly Formula[],
	{ problem, names }: Given,
	{ heading, expected }: { heading: string | undefined; expected: readonly Expectation[] },
): JudgedClaim {
	const [first] = sides;
	const start = first?.span.start ?? 0;
	return {
		heading,
		line: lineIn(passage, start),
		first: steps[0]?.left ?? "",
		firstLatex: first ? formulaLatex(first, names) : "",
		firstWrong,
		steps: steps.map((step) => {
			const side = sides[step.number];
			const expectation = expected.find((one) => one.step === step.number);
			return {
				...step,
				line: lineIn(passage, step.span.start),
				place: dedented(pointed(passage.text, step.span.start)),
				latex: side ? formulaLatex(side, names) : "",
				repairLatex: (step.repair ?? []).map((text) => inLatex(text, names)),
				...(expectation && { expected: compared(step, expectation, problem) }),
			};
		}),
	};
}

/** A line and its caret without the blanks that both begin with. */
function dedented(place: string): string {
	const [line = "", caret = ""] = place.split("\n");
	const blanks = /^\s*/.exec(line)?.[0].length ?? 0;
	return `${line.slice(blanks)}\n${caret.slice(blanks)}`;
}

/** A formula or an equation in LaTeX; `undefined` for words. */
function inLatex(text: string, names: LatexNames): string | undefined {
	try {
		return text
			.split(" = ")
			.map((side) => formulaLatex(parseFormula(side), names))
			.join(" = ");
	} catch {
		return undefined;
	}
}

function compared(step: Step, { verdict, holdsIf, repair }: Expectation, problem: Problem): Expected {
	const includes = (all: readonly string[] = [], one: string): boolean =>
		all.some((other) => plain(other) === plain(one));
	const met =
		step.verdict === verdict &&
		holdsIf.every((condition) => includes(step.holdsIf, condition)) &&
		(repair === undefined || includes(step.repair, repair) || isProven(problem, step.repair?.[0], repair));
	const words = [verdict, holdsIf.join(" or ")].filter(Boolean).join(" ");
	return { verdict, met, text: repair === undefined ? words : `${words}; repair ${repair}` };
}

/** True if a repair that was found is another way to write the one that is expected. */
function isProven(problem: Problem, found: string | undefined, expected: string): boolean {
	try {
		return found !== undefined && problem.verify(`${found} = ${expected}`, { explain: false }).proven;
	} catch {
		return false;
	}
}

/** A formula or a condition as it is compared: without spaces, and without parentheses that change nothing. */
function plain(text: string): string {
	try {
		return formulaText(parseFormula(text)).replaceAll(/\s/g, "");
	} catch {
		return text.replaceAll(/\s/g, "");
	}
}

/** An error with its line in the page. */
function explained(error: unknown, { line }: Passage): { line: number; message: string } {
	if (!(error instanceof ChainruleError)) {
		const { message } = error instanceof Error ? error : new Error(String(error));
		return { line, message: `check: this is a mistake of ours: ${message}` };
	}
	// LaTeX says its line within the display; the page has one of its own.
	const [, row] = / \(line (\d+), column \d+\)/.exec(error.problem.what) ?? [];
	if (row === undefined) return { line, message: error.message };
	return { line: line + Number(row) - 1, message: error.message.replace(/ \(line \d+, (column \d+)\)/, " ($1)") };
}
