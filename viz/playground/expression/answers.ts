/**
 * What the Worker of the bench is asked, and what it answers: derivatives written
 * out, and the reader's own derivation judged.
 *
 * Both may take long, and a proof may take for ever; the page waits for neither.
 * A reader's derivation is a page of notes with one block, judged as
 * `chainrule check` judges pages.
 */
import { ancestors, type Scalar } from "chainrule";
import { type Derivation, derivation, type LatexEquation } from "chainrule/symbolic";
import { type JudgedClaim, judgePage } from "../../../src/cli/judge.js";
import { recordProgram } from "../../../src/cli/program.js";
import { type Expression, readExpression, reasonOf } from "./computation.js";

/** What can be asked. */
export type Question =
	/** ∂result/∂of, line by line; with numbers put in, or without. */
	| {
			readonly kind: "derive";
			readonly text: string;
			readonly values: readonly (readonly [string, number])[];
			readonly of: string;
			readonly numbers: boolean;
	  }
	/** Is this so? Chains of equalities, or LaTeX. */
	| { readonly kind: "judge"; readonly text: string; readonly claim: string };

/** What may be answered. */
export type Answer =
	| { readonly kind: "derived"; readonly definitions: readonly string[]; readonly equations: readonly LatexEquation[] }
	| { readonly kind: "judged"; readonly claims: readonly JudgedClaim[]; readonly unreadable: readonly string[] }
	/** The question has no answer; why, in the library's words. */
	| { readonly kind: "refused"; readonly message: string };

/** Milliseconds for an equality. */
const timeLimit = 1_500;

/** The answer to a question. */
export function answerTo(question: Question): Answer {
	try {
		return question.kind === "derive" ? derived(question) : judged(question);
	} catch (error) {
		return { kind: "refused", message: reasonOf(error) };
	}
}

/** The last derivation: while a slider moves only its numbers are asked for. */
let last: { readonly text: string; readonly of: string; readonly free: readonly string[]; readonly made: Derivation };

function derived({ text, values, of, numbers }: Question & { kind: "derive" }): Answer {
	const expression = readExpression(text);
	if (last?.text !== text || last.of !== of) {
		const nodes = ancestors([recordProgram("formula", expression.program, expression.free, new Map(values)).output]);
		const named = new Map(nodes.map((node) => [node.name, node]));
		const [output, along] = [named.get(expression.result), named.get(of)] as [Scalar, Scalar | undefined];
		if (along === undefined) throw new Error(`${expression.result} does not depend on ${of}`);
		const free = expression.free.filter((name) => named.has(name));
		last = { text, of, free, made: derivation(output, along, { result: expression.result }) };
	}
	const { made, free } = last;
	const at = Object.fromEntries(values.filter(([name]) => free.includes(name)));
	return {
		kind: "derived",
		definitions: definitionsOf(made, expression),
		equations: made.latexEquations({ numbers, at }),
	};
}

/** Names that the derivation gives to what has none, and needs one. */
function definitionsOf(made: Derivation, { lines }: Expression): string[] {
	const own = new Set(lines.map(({ name }) => name));
	return made.latexDefinitions
		.filter(({ names }) => names.some((name) => !own.has(name)))
		.map(({ latex, range }) => (range === undefined ? latex : `${latex} \\quad ${range.replace("…", "\\dots")}`));
}

function judged({ text, claim }: Question & { kind: "judge" }): Answer {
	const { problem } = readExpression(text);
	const { claims, unreadable } = judgePage({ file: "", markdown: pageOf(problem, claim), timeLimit });
	return { kind: "judged", claims, unreadable: unreadable.map(({ message }) => message) };
}

/** True for what is LaTeX, and no formulas as they are typed. */
export function isLatex(claim: string): boolean {
	return /\\[a-zA-Z[(]|\$|&\s*=/.test(claim);
}

/** What LaTeX marks as a formula, in running text too. */
const marked =
	/\$\$[^$]+\$\$|\$[^$]+\$|\\\[[\s\S]*?\\\]|\\\([\s\S]*?\\\)|\\begin\{((?:align|alignat|equation|gather|multline|eqnarray)\*?)\}[\s\S]*?\\end\{\1\}/g;

/** Each formula of `claim` as a display of its own; all of it where no mark is closed. */
function displaysOf(claim: string): string {
	const formulas = (claim.match(marked) ?? [claim]).map((one) => one.replaceAll(/\$|\\[[\]()]/g, ""));
	return formulas.map((one) => (one.startsWith("\\begin{") ? one : `$$\n${one}\n$$`)).join("\n");
}

/** A line that claims nothing, but says what a name stands for: `u, v : vector[n]`, `i in 1..n`, `g/1`. */
const declaration =
	/^[^=:]*:\s*(?:scalar|vector|matrix)\b|^[^=]*\sin\s+1\s*\.\.|^\s*[\p{L}_][\p{L}\p{M}\p{Nd}_]*\/\d\s*$/u;

/** A page of notes with the claim. What its lines declare becomes part of the problem. */
function pageOf(problem: string, claim: string): string {
	// A fence is longer than any in it.
	const fence = "~".repeat(3 + Math.max(0, ...(claim.match(/~+/g) ?? []).map(({ length }) => length)));
	if (isLatex(claim)) return `${fence}derivation\n${problem}\n${fence}\n${displaysOf(claim)}`;
	const lines = claim.split(/[\n;]/);
	const declared = lines.filter((line) => declaration.test(line));
	const claimed = lines.filter((line) => !declared.includes(line));
	return [`${fence}derivation`, problem, ...declared, "---", ...claimed, fence].join("\n");
}
