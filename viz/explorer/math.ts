/**
 * Formulas as trees of MathML elements.
 *
 * A record writes its operation in LaTeX, and a partial derivative becomes
 * LaTeX by `formulaLatex`. What both use of it is little, and is read here; an
 * unknown command stands for its own name, so a record can never break a page.
 * No operation is known by name.
 */
import type { Formula } from "../../src/core/formula.js";
import { formulaLatex } from "../../src/symbolic/latex.js";
import { greekLetters } from "../../src/symbolic/names.js";
import type { Tree } from "./model.js";

/** A partial derivative in x, y, w and the result z. */
export function treeOfFormula(formula: Formula): Tree {
	return treeOfLatex(formulaLatex(formula), (letter) => ("xywz".includes(letter) ? letter : undefined));
}

/** The template of an operation, `#1` being x, `#2` y and `#3` w. */
export function treeOfTemplate(template: string): Tree {
	return treeOfLatex(template, () => undefined);
}

const signs: ReadonlyMap<string, string> = new Map(
	Object.entries({
		cdot: "·",
		times: "×",
		le: "≤",
		ge: "≥",
		ne: "≠",
		land: "∧",
		lor: "∨",
		lnot: "¬",
		oplus: "⊕",
		star: "⋆",
		top: "⊤",
		sum: "∑",
		prod: "∏",
		partial: "∂",
		mid: "|",
	}),
);

const letters: ReadonlyMap<string, string> = new Map([...greekLetters, ["Gamma", "Γ"], ["infty", "∞"]]);

const words = new Set(["operatorname", "mathrm", "text"]);

type Operands = (letter: string) => string | undefined;

/** Reads `latex`; letters for which `operandOf` answers, and `#1`, `#2`, `#3`, become operands. */
function treeOfLatex(latex: string, operandOf: Operands): Tree {
	const tokens = latex.match(/\\[a-zA-Z]+|\\.|#\d|\d+(?:\.\d+)?|\S/g) ?? [];
	let at = 0;

	/** What stands in braces, or a single token. */
	const argument = (): Tree => {
		if (tokens[at] !== "{") return atom();
		at++;
		const tree = row("}");
		at++;
		return tree;
	};
	const word = (): string => {
		let text = "";
		if (tokens[at] !== "{") return tokens[at++] ?? "";
		for (at++; at < tokens.length && tokens[at] !== "}"; at++) text += (tokens[at] ?? "").replace(/^\\/, "");
		at++;
		return text;
	};
	const cases = (): Tree => {
		const lines: Tree[] = [];
		while (at < tokens.length && tokens[at] !== "\\end") {
			const cells: Tree[] = [["mtd", row("&")]];
			while (tokens[at] === "&") {
				at++;
				cells.push(["mtd", row("&")]);
			}
			if (tokens[at] === "\\\\") at++;
			lines.push(["mtr", ...cells]);
		}
		at++;
		word();
		return ["mrow", ["mo", "{"], ["mtable", ...lines]];
	};
	const atom = (): Tree => {
		const token = tokens[at++] ?? "";
		if (token === "{") {
			at--;
			return argument();
		}
		if (token.startsWith("#")) return ["operand", "xyw".charAt(Number(token.slice(1)) - 1)];
		if (/^\d/.test(token)) return ["mn", token];
		if (/^\p{L}$/u.test(token)) {
			const operand = operandOf(token);
			return operand === undefined ? ["mi", token] : ["operand", operand];
		}
		if (!token.startsWith("\\")) return ["mo", token === "-" ? "−" : token];
		const name = token.slice(1);
		if (name === "frac") return ["mfrac", argument(), argument()];
		if (name === "sqrt") {
			if (tokens[at] !== "[") return ["msqrt", argument()];
			at++;
			const degree = row("]");
			at++;
			return ["mroot", argument(), degree];
		}
		if (name === "left") {
			const open = tokens[at++] ?? "";
			const inner = row("\\right");
			at++;
			const close = tokens[at++] ?? "";
			return ["mrow", ["mo", open], inner, ["mo", close]];
		}
		if (name === "begin") {
			word();
			return cases();
		}
		if (name === "text") return ["mtext", word()];
		if (words.has(name)) return ["mi", word()];
		const sign = signs.get(name);
		if (sign !== undefined) return ["mo", sign];
		return name === "bmod" ? ["mo", "mod"] : ["mi", letters.get(name) ?? name];
	};
	const row = (end: string): Tree => {
		const parts: Tree[] = [];
		while (at < tokens.length && tokens[at] !== end && !isEnd(tokens[at])) {
			let base = atom();
			while (tokens[at] === "^" || tokens[at] === "_") {
				const element = tokens[at] === "^" ? "msup" : "msub";
				at++;
				base = [element, base, argument()];
			}
			const before = parts.at(-1);
			if (before && isBody(before) && isBody(base)) parts.push(["mtext", "\u2009"]);
			parts.push(base);
		}
		return parts.length === 1 ? (parts[0] as Tree) : ["mrow", ...parts];
	};
	return row("");
}

/** Where a row ends although nobody waits for it. */
function isEnd(token: string | undefined): boolean {
	return token === "}" || token === "&" || token === "\\\\" || token === "\\end" || token === "\\right";
}

/** True for what must not touch its neighbour: two names, or a name and a fraction. Parentheses may follow a name. */
function isBody(tree: Tree): boolean {
	if (tree[0] === "mo") return false;
	return !(tree[0] === "mrow" && Array.isArray(tree[1]) && tree[1][0] === "mo");
}
