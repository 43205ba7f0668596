/**
 * Formulas as LaTeX.
 *
 * Precedence decides about parentheses and the `tex` template of a record about
 * everything else: this printer knows no operation by name, only the words of
 * the grammar that are none, such as sums over indices. A fraction is drawn as
 * one, so nothing beside it or in it needs parentheses.
 *
 * What is written here `parseLatex` reads back to the same tree. Where the
 * handsome form of a name or an index would be read in another way, because the
 * problem has both `a` and `a1`, the plain form is written: the reader is asked.
 * Two exceptions: of a function with two names, `sigmoid` and `sigma`, one comes
 * back, and a function whose sign is made of others, such as `log1p`, comes back
 * as what it is made of.
 */
import { type Formula, fold, sameFormula } from "../core/formula.js";
import { functionNamed } from "../core/op.js";
import { besideEachOther, type LatexNames, namesFrom, rankOf } from "./latexnames.js";
import { accents, functionOfCommand, functionOfWord, greek } from "./latexwords.js";
import { parseLatex } from "./readlatex.js";

/** How tightly a formula holds together: an operand that holds less tightly than its place asks for gets parentheses. */
const holds = { compare: 0, sum: 1, product: 2, sign: 3, power: 4, atom: 5 } as const;

interface Printed {
	readonly tex: string;
	readonly level: number;
	/** How to write it where a factor follows that would otherwise be drawn in: `\sin\left(x\right)`, a sum in parentheses. */
	readonly closed?: string;
}

/**
 * `formula` as LaTeX for math mode: `z*(1 - z)` gives `z \left(1 - z\right)`.
 *
 * `names` says which names are vectors, matrices and functions; without it the formula itself has to show that.
 *
 * @example
 * ```ts
 * import { parseFormula } from "chainrule";
 * import { formulaLatex } from "chainrule/symbolic";
 * console.log(formulaLatex(parseFormula("1 / (2*sqrt(x))"))); // \frac{1}{2 \sqrt{x}}
 * ```
 */
export function formulaLatex(formula: Formula, names: LatexNames = namesFrom([formula])): string {
	return new Printer(names).print(formula).tex;
}

/** A name: Greek where TeX has the letter, upright where it is a word, digits at the end as an index. */
export function nameLatex(name: string): string {
	const [, stem = name, index] = /^(.*?[^\d_])_?(\d+)?$/.exec(name) ?? [];
	return index === undefined ? letterLatex(stem) : `${letterLatex(stem)}_{${index}}`;
}

function letterLatex(stem: string): string {
	return greek.has(stem) ? `\\${stem}` : /^.$/u.test(stem) ? stem : upright(stem);
}

function upright(word: string): string {
	return `\\mathrm{${word.replaceAll("_", "\\_")}}`;
}

function enclosed(tex: string): string {
	return `\\left(${tex}\\right)`;
}

function within(level: number, printed: Printed): string {
	return printed.level >= level ? printed.tex : enclosed(printed.tex);
}

/** As a right operand: a sign there needs parentheses too. */
function behind(level: number, printed: Printed): string {
	return printed.level < level || printed.tex.startsWith("-") ? enclosed(printed.tex) : printed.tex;
}

class Printer {
	private readonly names: LatexNames;
	private readonly written = new Map<string, Printed>();

	constructor(names: LatexNames) {
		this.names = names;
	}

	print(formula: Formula): Printed {
		return fold<Printed>(formula, (node, parts) => this.node(node, parts));
	}

	/** True if `tex` is read back as `formula`. */
	private reads(tex: string, formula: Formula): boolean {
		try {
			return sameFormula(parseLatex(tex, this.names), formula);
		} catch {
			return false;
		}
	}

	private node(node: Formula, parts: readonly Printed[]): Printed {
		const [first, second, third] = parts as [Printed, Printed, Printed];
		switch (node.kind) {
			case "number":
				return { tex: scientific(node.text), level: /e/i.test(node.text) ? holds.product : holds.atom };
			case "name":
				return this.name(node);
			case "negate":
				return { ...joined("-", { ...first, tex: behind(holds.sign, first) }, first), level: holds.product };
			case "compare": {
				const sign = node.operator.replace("<=", "\\le").replace(">=", "\\ge").replace("==", "=");
				return { tex: `${within(holds.sum, first)} ${sign} ${within(holds.sum, second)}`, level: holds.compare };
			}
			case "binary":
				return this.binary(node, first, second);
			case "if": {
				const [then, otherwise] = [second, third].map((part) => within(holds.sum, part));
				const tex = `\\begin{cases} ${then} & ${first.tex} \\\\ ${otherwise} & \\text{otherwise} \\end{cases}`;
				return { tex, level: holds.atom };
			}
			case "transpose": {
				const [, letter, layer] = /^(.*)\^\{(\(\d+\))\}$/.exec(first.tex) ?? [];
				if (node.operand.kind === "name" && layer !== undefined) {
					return { tex: `${letter}^{${layer}\\top}`, level: holds.power };
				}
				const operand = node.operand.kind === "index" ? enclosed(first.tex) : this.base(node.operand, first);
				return { tex: `${operand}^{\\top}`, level: holds.power };
			}
			case "index":
				return this.index(node, first, parts.slice(1));
			case "call":
				return this.call(node, parts);
		}
	}

	/** A name in the most handsome form that is read back. */
	private name(node: Formula & { kind: "name" }): Printed {
		const { name } = node;
		const known = this.written.get(name);
		if (known) return known;
		const candidates: Printed[] = [{ tex: nameLatex(name), level: holds.atom }];
		const [, stem = "", layer] = /^(.*?\D)_?(\d+)$/.exec(name) ?? [];
		const rank = this.names.values.get(name) ?? 0;
		if (layer !== undefined && rank > 0) {
			candidates.unshift({ tex: `${letterLatex(stem)}^{(${layer})}`, level: holds.power });
		}
		for (const [accent, word] of accents) {
			const below = name.endsWith(word) ? name.slice(0, -word.length) : "";
			if (/^.$/u.test(below) || greek.has(below)) {
				candidates.unshift({ tex: `\\${accent}{${letterLatex(below)}}`, level: holds.atom });
			}
		}
		const handsome = candidates.find(({ tex }) => this.reads(tex, node));
		const strange = !this.names.values.has(name) && !this.names.indices.has(name);
		const chosen = handsome ?? (strange ? (candidates.at(-1) as Printed) : { tex: upright(name), level: holds.atom });
		this.written.set(name, chosen);
		return chosen;
	}

	private index(node: Formula & { kind: "index" }, operand: Printed, parts: readonly Printed[]): Printed {
		const indices = parts.map((part, at) => {
			// Letters beside each other would be an index each.
			const product = node.indices[at]?.kind === "binary" && part.level === holds.product;
			return product ? enclosed(part.tex) : within(holds.sum, part);
		});
		const below = `_{${indices.join(",")}}`;
		const plain = node.operand.kind === "name" ? operand.tex + below : within(holds.atom, operand) + below;
		const level = operand.level === holds.power ? holds.power : holds.atom;
		if (this.reads(plain, node)) return { tex: plain, level };
		return { tex: enclosed(operand.tex) + below, level: holds.atom };
	}

	private binary({ operator, left, right }: Formula & { kind: "binary" }, first: Printed, second: Printed): Printed {
		switch (operator) {
			case "+":
			case "-":
				return { tex: `${within(holds.sum, first)} ${operator} ${behind(holds.product, second)}`, level: holds.sum };
			case "*": {
				const arrays = rankOf(left, this.names) > 0 && rankOf(right, this.names) > 0;
				// A number after a factor would run into it.
				const sign = arrays ? " \\odot " : /^[\d.]/.test(behind(holds.sign, second)) ? " \\cdot " : " ";
				return times(first, sign, second);
			}
			case "@": {
				const beside = besideEachOther(left, right, this.names);
				return times(first, beside?.kind === "binary" && beside.operator === "@" ? " " : " \\mathbin{@} ", second);
			}
			case "/":
				return { tex: `\\frac{${first.tex}}{${second.tex}}`, level: holds.sign };
			case "^": {
				const base = this.base(left, first);
				const minusOne = right.kind === "negate" && right.operand.kind === "number" && right.operand.text === "1";
				const elementwise = minusOne && rankOf(left, this.names) === 2 ? "\\circ " : "";
				const exponent = second.tex === "T" ? "{T}" : second.tex;
				return { tex: `${base}^{${elementwise}${exponent}}`, level: holds.power };
			}
		}
	}

	/** What something stands above; the e of e^x is the exponential function, but not one in braces. */
	private base(f: Formula, printed: Printed): string {
		const constant = f.kind === "name" && f.name === "e" && !this.names.values.has("e");
		return constant ? "{e}" : within(holds.atom, printed);
	}

	private call(node: Formula & { kind: "call" }, parts: readonly Printed[]): Printed {
		const { name, primes, arguments: given } = node;
		const form = primes === 0 && !this.names.values.has(name) ? forms[name] : undefined;
		const formed = form?.(given, parts, this.names);
		if (formed && this.reads(formed.tex, node)) return formed;
		const op = this.isOwn(name) ? undefined : functionNamed(name);
		const fits = op !== undefined && op.arity === given.length && this.clear(op.tex, given);
		if (fits && primes === 0) return filled(op.tex, parts);
		const head = (fits ? headOf(op.tex) : undefined) ?? this.headOfOwn(name);
		const list = parts.map(({ tex }) => tex).join(", ");
		return { tex: `${head}${"'".repeat(primes)}${enclosed(list)}`, level: holds.atom };
	}

	/** False where a sign would mean something else here: an e of the problem's own, bars around a matrix. */
	private clear(template: string, given: readonly Formula[]): boolean {
		if (/(?:^|[^\\a-zA-Z])e\^/.test(template) && this.names.values.has("e")) return false;
		return !(template.includes("\\left|") && given.some((part) => rankOf(part, this.names) === 2));
	}

	/** A function that is not the library's: the problem has one of that name. */
	private isOwn(name: string): boolean {
		return this.names.functions.has(name) && functionOfWord(name) === undefined;
	}

	private headOfOwn(name: string): string {
		const own = this.names.functions.has(name) && functionOfWord(name) === undefined;
		const letter = /^.$/u.test(name) ? own : greek.has(name) && (own || functionOfWord(name) !== undefined);
		return letter ? letterLatex(name) : `\\operatorname{${name.replaceAll("_", "\\_")}}`;
	}
}

function times(first: Printed, sign: string, second: Printed): Printed {
	const right = { ...second, tex: behind(holds.sign, second) };
	// \sin x \cos y is clear; \sin x y is not.
	const command = /^\\([a-zA-Z]+)/.exec(right.tex)?.[1];
	const follows = sign === " " && command !== undefined && functionOfCommand(command) !== undefined;
	const closed = first.closed !== undefined && !(follows && !first.closed.startsWith("\\left("));
	const left = first.level < holds.product ? enclosed(first.tex) : closed ? (first.closed as string) : first.tex;
	return { ...joined(left + sign, right, second), level: holds.product };
}

/** `before` and a piece behind it, which stays open to the right as far as it was. */
function joined(before: string, { tex }: Printed, piece: Printed): Printed {
	const open = piece.closed !== undefined && tex === piece.tex;
	return { tex: before + tex, level: holds.product, ...(open && { closed: before + piece.closed }) };
}

/** The template of an operation with its operands in their places. */
function filled(template: string, parts: readonly Printed[]): Printed {
	let level = levelOf(template);
	const fill = (least: number): string =>
		template.replace(/(\{|\\left[(|]|, )?#([123])/g, (_, guard: string | undefined, number: string) => {
			const operand = parts[Number(number) - 1] as Printed;
			if (guard !== undefined) return guard + operand.tex;
			level = Math.min(level, holds.sign); // an operand that stands free, as in \sin x
			const bare = operand.level >= least && !operand.tex.startsWith("\\left(");
			return bare ? operand.tex : enclosed(operand.tex);
		});
	const tex = fill(holds.atom);
	const bare = /^\\[a-zA-Z{}]+(?:_(?:\d|\{\d+\}))? #1$/.test(template);
	return {
		tex,
		level,
		...(bare && !tex.endsWith("\\right)") && { closed: fill(Number.POSITIVE_INFINITY).replace(" \\left(", "\\left(") }),
	};
}

/** How tightly a template holds together, by the loosest sign in it that nothing encloses. */
function levelOf(template: string): number {
	let bare = template;
	for (let before = ""; before !== bare; ) {
		before = bare;
		bare = bare.replaceAll(/\{[^{}]*\}|\\left[(|](?:(?!\\left|\\right).)*\\right[)|]/g, "");
	}
	if (/ (?:[<>=]|\\(?:le|ge|ne|lt|gt)\b)/.test(bare)) return holds.compare;
	if (/ [-+] /.test(bare)) return holds.sum;
	if (/\S (?:\\(?:ln|bmod|star)\b|#)/.test(bare) && /#\d.*#\d/.test(bare)) return holds.product;
	if (bare.startsWith("\\ln \\")) return holds.sign;
	return bare.includes("^") ? holds.power : holds.atom;
}

/** The part of a template before its operand, if that is a word: `\tanh` of `\tanh #1`. */
function headOf(template: string): string | undefined {
	const head = /^(\\[a-zA-Z]+|\\operatorname\{\w+\})(?: #1|\\left\(#1)/.exec(template)?.[1];
	return head === undefined || head === "\\left" ? undefined : head;
}

function scientific(text: string): string {
	const [mantissa = text, exponent] = text.toLowerCase().split("e");
	return exponent === undefined ? mantissa : `${mantissa} \\times 10^{${Number(exponent)}}`;
}

// ---------------------------------------------------------------- words of the grammar

type Form = (given: readonly Formula[], parts: readonly Printed[], names: LatexNames) => Printed | undefined;

/** \sum_{i,j} and \prod_i: what is summed reaches to the next + or -. */
function big(command: string): Form {
	return (given, parts) => {
		const indices = given.slice(0, -1);
		const body = parts.at(-1);
		if (!body || indices.length === 0 || !indices.every(({ kind }) => kind === "name")) return undefined;
		const below = parts.slice(0, -1).map(({ tex }) => tex);
		const tex = `${command}_{${below.join(",")}} ${behind(holds.product, body)}`;
		return { tex, level: holds.sign, closed: enclosed(tex) };
	};
}

/** \frac{\partial f}{\partial x}; of more than a name, \frac{\partial}{\partial x} in front. */
const derivative: Form = ([f, ...variables], [above, ...below]) => {
	if (!f || !above || below.length === 0) return undefined;
	const named = (node: Formula | undefined): boolean =>
		node?.kind === "name" || (node?.kind === "index" && node.operand.kind === "name");
	if (!variables.every(named)) return undefined;
	const order = below.length > 1 ? `^{${below.length}}` : "";
	const denominator = below.map(({ tex }) => `\\partial ${tex}`).join(" \\, ");
	const inside = named(f) || f.kind === "call";
	if (inside && above.level >= holds.power) {
		return { tex: `\\frac{\\partial${order} ${above.tex}}{${denominator}}`, level: holds.sign };
	}
	const tex = `\\frac{\\partial${order}}{${denominator}} ${enclosed(above.tex)}`;
	return { tex, level: holds.sign, closed: enclosed(tex) };
};

/** How calls look that belong to the grammar and are no operations. */
const forms: Readonly<Record<string, Form>> = {
	__proto__: null as never,
	sum: big("\\sum"),
	prod: big("\\prod"),
	d: derivative,
	delta: (_, [first, second]) =>
		first && second ? { tex: `\\delta_{${first.tex},${second.tex}}`, level: holds.atom } : undefined,
	norm: (_, [first]) => (first ? { tex: `\\left\\|${first.tex}\\right\\|`, level: holds.atom } : undefined),
	det: (_, [first]) => (first ? { tex: `\\det${enclosed(first.tex)}`, level: holds.atom } : undefined),
	inv: (_, [first]) => (first ? { tex: `${within(holds.atom, first)}^{-1}`, level: holds.power } : undefined),
	dot: (_, [first, second]) => (first && second ? times(first, " \\cdot ", second) : undefined),
	outer: (_, [first, second]) =>
		first && second
			? times(first, " ", { tex: `${within(holds.atom, second)}^{\\top}`, level: holds.power })
			: undefined,
};
