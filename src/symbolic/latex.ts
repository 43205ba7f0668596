/**
 * Formulas as LaTeX.
 *
 * Precedence decides about parentheses and the `tex` template of a record about
 * everything else: this printer knows no operation by name. A fraction is drawn
 * as one, so nothing beside it or in it needs parentheses.
 */
import type { Formula } from "../core/formula.js";
import { functionNamed } from "../core/op.js";

/** How tightly a formula holds together: an operand that holds less tightly than its place asks for gets parentheses. */
const holds = { compare: 0, sum: 1, product: 2, sign: 3, power: 4, atom: 5 } as const;

interface Printed {
	readonly tex: string;
	readonly level: number;
}

/** Letters with a sign of their own in TeX. */
const greek = new Set(
	"alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(
		" ",
	),
);

/**
 * `formula` as LaTeX for math mode: `z*(1 - z)` gives `z \left(1 - z\right)`.
 *
 * @example
 * ```ts
 * import { parseFormula } from "chainrule";
 * import { formulaLatex } from "chainrule/symbolic";
 * console.log(formulaLatex(parseFormula("1 / (2*sqrt(x))"))); // \frac{1}{2 \sqrt{x}}
 * ```
 */
export function formulaLatex(formula: Formula): string {
	return print(formula).tex;
}

function within(level: number, formula: Formula): string {
	const printed = print(formula);
	return printed.level >= level ? printed.tex : `\\left(${printed.tex}\\right)`;
}

function print(formula: Formula): Printed {
	switch (formula.kind) {
		case "number":
			return { tex: scientific(formula.text), level: formula.text.includes("e") ? holds.product : holds.atom };
		case "name":
			return { tex: nameLatex(formula.name), level: holds.atom };
		case "negate":
			return { tex: `-${within(holds.product, formula.operand)}`, level: holds.sum };
		case "compare": {
			const sign = formula.operator.replace("<=", "\\le").replace(">=", "\\ge").replace("==", "=");
			return { tex: `${print(formula.left).tex} ${sign} ${print(formula.right).tex}`, level: holds.compare };
		}
		case "binary":
			return printBinary(formula);
		case "if": {
			const [condition, then, otherwise] = [formula.condition, formula.then, formula.otherwise].map(
				(part) => print(part).tex,
			);
			return {
				tex: `\\begin{cases} ${then} & ${condition} \\\\ ${otherwise} & \\text{otherwise} \\end{cases}`,
				level: holds.atom,
			};
		}
		case "transpose":
			return { tex: `${within(holds.atom, formula.operand)}^{\\top}`, level: holds.power };
		case "index":
			return {
				tex: `${within(holds.atom, formula.operand)}_{${formula.indices.map((index) => print(index).tex).join(",")}}`,
				level: holds.atom,
			};
		case "call":
			return printCall(formula);
	}
}

function printBinary({ operator, left, right }: Formula & { kind: "binary" }): Printed {
	switch (operator) {
		case "+":
			return { tex: `${within(holds.sum, left)} + ${within(holds.product, right)}`, level: holds.sum };
		case "-":
			return { tex: `${within(holds.sum, left)} - ${within(holds.product, right)}`, level: holds.sum };
		case "*": {
			const [first, second] = [within(holds.product, left), within(holds.sign, right)];
			// A number after a factor would run into it.
			return { tex: `${first} ${/^[\d.]/.test(second) ? "\\cdot " : ""}${second}`, level: holds.product };
		}
		case "@":
			return { tex: `${within(holds.product, left)} ${within(holds.sign, right)}`, level: holds.product };
		case "/":
			return { tex: `\\frac{${print(left).tex}}{${print(right).tex}}`, level: holds.sign };
		case "^":
			return { tex: `${within(holds.atom, left)}^{${print(right).tex}}`, level: holds.power };
	}
}

function printCall({ name, primes, arguments: given }: Formula & { kind: "call" }): Printed {
	const op = functionNamed(name);
	if (op === undefined || primes > 0) {
		const list = given.map((part) => print(part).tex).join(", ");
		const head = op === undefined ? nameLatex(name) : headOf(op.tex, name);
		return { tex: `${head}${"'".repeat(primes)}\\left(${list}\\right)`, level: holds.atom };
	}
	let level: number = holds.atom;
	const tex = op.tex.replace(/(\{|\\left[(|]|, )?#([123])/g, (_, guard: string | undefined, number: string) => {
		const operand = given[Number(number) - 1] as Formula;
		if (guard !== undefined) return guard + print(operand).tex;
		level = holds.sign; // an operand that stands free, as in \sin x
		return within(holds.atom, operand);
	});
	return { tex, level };
}

/** The part of a template before its operand: `\sigma` of `\sigma\left(#1\right)`. */
function headOf(template: string, name: string): string {
	const head = template.split(/\\left|#|\{#/)[0]?.trim() ?? "";
	return head === "" ? nameLatex(name) : head;
}

/** A name: Greek where TeX has the letter, upright where it is a word, digits at the end as an index. */
export function nameLatex(name: string): string {
	const [, stem = name, index] = /^(.*?[^\d_])_?(\d+)?$/.exec(name) ?? [];
	const letter = greek.has(stem) ? `\\${stem}` : /^.$/u.test(stem) ? stem : `\\mathrm{${stem.replaceAll("_", "\\_")}}`;
	return index === undefined ? letter : `${letter}_{${index}}`;
}

function scientific(text: string): string {
	const [mantissa = text, exponent] = text.toLowerCase().split("e");
	return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}
