/**
 * Expressions as people write them, on a line or in LaTeX.
 *
 * One walk serves both: what differs is a table of signs. Parentheses follow
 * from how tightly things hold together, and everything about an operation
 * follows from the templates of its record; no operation is known by name.
 */
import {
	type Expression,
	isArray,
	isNegative,
	isNumber,
	member,
	minusOne,
	named,
	numberOf,
	product,
} from "./expression.js";
import { lowered, nameOfParts, partsLatex, partsOfName, raised } from "./names.js";
import { totalName, written, writtenTerms } from "./tree.js";

/** How tightly a text holds together. */
const holds = { choice: 0, compare: 1, sum: 2, product: 3, fraction: 4, power: 5, atom: 6 } as const;

interface Printed {
	readonly text: string;
	readonly level: number;
}

/** Signs: what a line of text and LaTeX do differently. */
interface Style {
	readonly name: (name: string) => string;
	readonly member: (parts: Parameters<typeof nameOfParts>[0]) => string;
	readonly number: (value: number) => string;
	readonly group: (text: string) => string;
	readonly times: (left: string, right: string) => string;
	readonly elementwise: string;
	readonly fraction: (over: Printed, under: Printed) => Printed;
	readonly power: (base: string, exponent: Printed, number: number | undefined) => Printed;
	readonly transpose: (text: string) => string;
	readonly call: (e: Expression & { kind: "call" }, operands: readonly Printed[]) => Printed;
	readonly apply: (e: Expression & { kind: "apply" }, operands: readonly Printed[]) => Printed;
	readonly total: (kind: string, operand: Printed) => Printed;
	readonly series: (index: string, from: number, to: number, body: string) => string;
	readonly partial: (e: Expression & { kind: "partial" }) => Printed;
}

function within(level: number, printed: Printed, style: Style): string {
	return printed.level >= level ? printed.text : style.group(printed.text);
}

/** `e` on one line: `(σ(z) - y)·x`. */
export function textOf(e: Expression): string {
	return print(e, lineStyle).text;
}

/** `e` in LaTeX, for math mode. */
export function latexOf(e: Expression): string {
	return print(e, latexStyle).text;
}

/** `e` on one line or in LaTeX with `write` for every name and every ∂: numbers in place of letters. */
export function substituted(e: Expression, form: "text" | "latex", write: (e: Expression) => string): string {
	const base = form === "text" ? lineStyle : latexStyle;
	return print(e, {
		...base,
		name: (name) => write(named(name)),
		times: (left, right) => (form === "text" ? base.times(left, right) : `${left} \\cdot ${right}`),
		partial: (symbol) => {
			const text = write(symbol);
			return { text, level: text.startsWith("-") ? holds.sum : holds.atom };
		},
	}).text;
}

function print(e: Expression, style: Style): Printed {
	switch (e.kind) {
		case "name": {
			const text = style.name(e.name);
			return { text, level: text.startsWith("-") ? holds.sum : holds.atom };
		}
		case "member":
			return { text: style.member(e.parts), level: holds.atom };
		case "number":
		case "product":
			return printProduct(e, style);
		case "sum":
			return printSum(e.operands, style);
		case "power": {
			const [base, exponent] = e.operands;
			if (isNegative(exponent)) return printProduct(e, style);
			const below = print(base, style);
			return style.power(within(holds.atom, below, style), print(exponent, style), numberOf(exponent));
		}
		case "call":
			return style.call(
				e,
				e.operands.map((operand) => print(operand, style)),
			);
		case "matmul":
			return { text: e.operands.map((factor) => printFactor(factor, style)).join(" "), level: holds.product };
		case "transpose":
			return { text: style.transpose(within(holds.atom, print(e.operands[0], style), style)), level: holds.power };
		case "reshape":
		case "spread":
			return print(e.operands[0], style);
		case "total":
			return style.total(totalName(e.operands[0].shape, e.axes), print(full(e.operands[0]), style));
		case "apply":
			return style.apply(
				e,
				e.operands.map((operand) => print(full(operand), style)),
			);
		case "series":
			return {
				text: style.series(e.index, e.from, e.to, within(holds.product, print(e.operands[0], style), style)),
				level: holds.product,
			};
		case "partial":
			return style.partial(e);
	}
}

/** A factor of a product of matrices: a vector that was made a row is a transposed column. */
function printFactor(e: Expression, style: Style): string {
	const inner = within(holds.fraction, print(full(e), style), style);
	const [inside] = e.kind === "reshape" ? e.operands : [];
	if (inside?.shape.length !== 1 || e.shape[0] !== 1) return inner;
	return style.transpose(within(holds.atom, print(inside, style), style));
}

/** What was broadcast, as a product with ones, where its shape matters. */
function full(e: Expression): Expression {
	if (e.kind !== "spread") return e;
	const [inner] = e.operands;
	const filled = (word: string): Expression => member([`${word}(${e.shape.join(", ")})`], e.shape);
	return isNumber(inner, 0) ? filled("zeros") : product([inner, filled("ones")]);
}

function printSum(terms: readonly Expression[], style: Style): Printed {
	const [first, ...others] = writtenTerms(terms) as [Expression, ...Expression[]];
	const text = others.reduce(
		(left, term) => {
			const negative = isNegative(term);
			const size = negative ? product([minusOne, term]) : term;
			return `${left} ${negative ? "-" : "+"} ${within(holds.product, print(size, style), style)}`;
		},
		within(holds.sum, print(first, style), style),
	);
	return { text, level: holds.sum };
}

function printProduct(e: Expression, style: Style): Printed {
	const { negative, over, under } = written(e);
	const printed = printQuotient(over, under, style);
	if (!negative) return printed;
	return { text: `-${within(holds.product, printed, style)}`, level: holds.sum };
}

function printQuotient(over: readonly Expression[], under: readonly Expression[], style: Style): Printed {
	// A number in front of an array divides it from there: 1/m·dZ.
	const arrays = over.filter(isArray);
	if (under.length > 0 && arrays.length > 0 && !under.some(isArray)) {
		const scale = over.filter((factor) => !isArray(factor));
		const front = printQuotient(scale, under, style);
		return {
			text: style.times(front.text, within(holds.product, printFactors(arrays, style), style)),
			level: holds.product,
		};
	}
	if (under.length === 0) return printFactors(over, style);
	return style.fraction(printFactors(over, style), printFactors(under, style));
}

function printFactors(factors: readonly Expression[], style: Style): Printed {
	if (factors.length === 0) return { text: style.number(1), level: holds.atom };
	const [first] = factors;
	if (first && factors.length === 1) return first.kind === "number" ? printNumber(first, style) : print(first, style);
	const arrays = factors.filter(isArray);
	const scalars = factors.filter((factor) => !isArray(factor));
	// Behind the last factor nothing is left that a function without parentheses could take for its own.
	const texts = (some: readonly Expression[], least: number): string[] =>
		some.map((factor) => {
			if (factor.kind === "number") return printNumber(factor, style).text;
			const isLast = factor === factors.at(-1) && (factor.kind === "call" || factor.kind === "total");
			return within(isLast ? holds.product : least, print(factor, style), style);
		});
	// A matrix product among factors is set apart from what is multiplied number by number.
	const side = arrays.length > 1 ? holds.fraction : holds.product;
	const number = texts(scalars, holds.fraction).reduce<string | undefined>(
		(x, y) => (x === undefined ? y : style.times(x, y)),
		undefined,
	);
	const array = arrays.length === 0 ? undefined : texts(arrays, side).join(` ${style.elementwise} `);
	const text = number === undefined ? array : array === undefined ? number : style.times(number, array);
	return { text: text as string, level: holds.product };
}

function printNumber(e: Expression, style: Style): Printed {
	const value = numberOf(e) as number;
	return { text: style.number(value), level: value < 0 ? holds.sum : holds.atom };
}

// ---------------------------------------------------------------- a line of text

/** The function that a template calls, with all operands in order and nothing else. */
const plainCall = /^(?!if\()[\p{L}\p{Nd}]+\(#1(?:, #\d)*\)$/u;

const lineStyle: Style = {
	name: (name) => name,
	member: nameOfParts,
	number: (value) => String(value).replace("Infinity", "∞"),
	group: (text) => `(${text})`,
	times: (left, right) => `${left}·${right}`,
	elementwise: "⊙",
	fraction: (over, under) => ({
		// ∂C/∂v/n would be read in two ways.
		text: `${within(/∂[^()·]+\/∂[^()]+$/u.test(over.text) ? holds.atom + 1 : holds.product, over, lineStyle)}/${within(holds.power, under, lineStyle)}`,
		level: holds.fraction,
	}),
	power: (base, exponent, number) => {
		const small = number !== undefined && Number.isInteger(number);
		return {
			text: small ? base + raised(number) : `${base}^${within(holds.atom, exponent, lineStyle)}`,
			level: holds.power,
		};
	},
	transpose: (text) => `${text}ᵀ`,
	call: ({ op, primes }, operands) => {
		const list = operands.map(({ text }) => text).join(", ");
		if (primes > 0 || plainCall.test(op.text))
			return { text: `${symbolOf(op)}${"'".repeat(primes)}(${list})`, level: holds.atom };
		const text = op.text.replace(/#(\d)/g, (_, number: string) =>
			op.text.startsWith("if(")
				? (operands[Number(number) - 1] as Printed).text
				: within(holds.product, operands[Number(number) - 1] as Printed, lineStyle),
		);
		return { text, level: /^\w+\(/.test(op.text) ? holds.atom : holds.compare };
	},
	apply: ({ text }, operands) => ({
		text: text.replace(/#(\d)/g, (_, number: string) => {
			const operand = operands[Number(number) - 1] as Printed;
			return text.startsWith("#") ? within(holds.atom, operand, lineStyle) : operand.text;
		}),
		level: holds.atom,
	}),
	total: (kind, { text }) => ({ text: `${kind}(${text})`, level: holds.atom }),
	series: (index, from, to, body) => `Σ${lowered(index)}₌${lowered(from)}${raised(to)} ${body}`,
	partial: ({ of, by }) => ({ text: `∂${nameOfParts(of)}/∂${nameOfParts(by)}`, level: holds.atom }),
};

/** The sign of a function: its symbol where that is letters, its name where the symbol is a drawing. */
function symbolOf(op: { readonly name: string; readonly symbol: string }): string {
	return /^\p{L}+$/u.test(op.symbol) ? op.symbol : op.name;
}

// ---------------------------------------------------------------- LaTeX

const latexStyle: Style = {
	name: (name) => partsLatex(partsOfName(name, "numbers")),
	member: partsLatex,
	number: (value) => {
		if (!Number.isFinite(value)) return Number.isNaN(value) ? "\\text{NaN}" : `${value < 0 ? "-" : ""}\\infty`;
		const [mantissa = "", exponent] = String(value).split("e");
		return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(exponent)}}`;
	},
	group: (text) => `\\left(${text}\\right)`,
	times: (left, right) =>
		/^[\d.]/.test(right)
			? `${left} \\cdot ${right}`
			: /\\frac\{\\partial[^}]*\}\{[^}]*\}$/.test(left) && right.startsWith("\\frac")
				? `${left} \\, ${right}`
				: `${left} ${right}`,
	elementwise: "\\odot",
	fraction: (over, under) => ({ text: `\\frac{${over.text}}{${under.text}}`, level: holds.fraction }),
	power: (base, exponent) => ({ text: `${base}^{${exponent.text}}`, level: holds.power }),
	transpose: (text) => `${text}^{\\top}`,
	call: ({ op, primes, operands: given }, operands) => {
		if (primes > 0) {
			const head = op.tex.split(/\\left|#|\{#/)[0]?.trim() || `\\operatorname{${op.name}}`;
			return {
				text: `${head}${"'".repeat(primes)}\\left(${operands.map(({ text }) => text).join(", ")}\\right)`,
				level: holds.atom,
			};
		}
		const least = op.text.startsWith("if(") ? holds.sum : op.text.includes("(") ? holds.atom : holds.compare;
		return templateLatex(op.tex, given, operands, least);
	},
	apply: ({ op, text: template, operands: given }, operands) => {
		const indices = /^#1\[(.*)\]$/.exec(template)?.[1];
		return templateLatex(indices === undefined ? op.tex : `#1_{${indices}}`, given, operands, holds.atom);
	},
	total: (kind, operand) => {
		const text = within(holds.fraction, operand, latexStyle);
		if (kind === "rowsum") return { text: `${text} \\mathbf{1}`, level: holds.product };
		if (kind === "colsum") return { text: `\\mathbf{1}^{\\top} ${text}`, level: holds.product };
		return { text: `\\sum ${text}`, level: holds.product };
	},
	series: (index, from, to, body) => `\\sum_{${index}=${from}}^{${to}} ${body}`,
	partial: ({ of, by }) => ({
		text: `\\frac{\\partial ${partsLatex(of)}}{\\partial ${partsLatex(by)}}`,
		level: holds.atom,
	}),
};

/** A template of a record with its operands put in, in parentheses where nothing around them keeps them together. */
function templateLatex(
	template: string,
	given: readonly Expression[],
	operands: readonly Printed[],
	least: number,
): Printed {
	let level = least;
	const text = template.replace(
		/(\{|\\left[(|]|, |cases\} |\\\\ |& )?#([123])/g,
		(_, guard: string | undefined, number: string) => {
			const at = Number(number) - 1;
			const operand = operands[at] as Printed;
			if (guard !== undefined) return guard + operand.text;
			level = Math.min(level, holds.product); // an operand that stands free, as in \ln x
			return within((given[at] as Expression).kind === "call" ? holds.fraction : holds.power, operand, latexStyle);
		},
	);
	return { text, level };
}
