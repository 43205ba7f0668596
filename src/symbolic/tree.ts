/**
 * Expressions from formulas, and formulas from expressions.
 *
 * The grammar names operations: `+`, `@`, `.T`, `if`, and functions by their
 * record. What the tape calls an operation is asked of its template, so this is
 * one way in for rules, for records and for what a user writes.
 */
import { failure } from "../core/errors.js";
import { type Formula, parseFormula, partsOf, withParts } from "../core/formula.js";
import { constants, functionNamed, type Pointwise } from "../core/op.js";
import type { Shape } from "../core/shape.js";
import { equal, greater, greaterEqual, less, lessEqual, where } from "../ops/compare.js";
import { type Binary, recordOf, type Ternary } from "../ops/pointwise.js";
import {
	call,
	type Expression,
	folded,
	fraction,
	isNegative,
	matmul,
	minusOne,
	named,
	negated,
	numberOf,
	power,
	product,
	quotient,
	reshape,
	sum,
	total,
	transpose,
} from "./expression.js";
import { type NamePart, nameOfParts, notationOfParts, plainName } from "./names.js";

/** What names in a formula stand for; `undefined` for one that is not known. */
export type Meaning = (name: string) => Expression | undefined;

/** Functions of whole arrays that formulas may call. */
const arrayFunctions: ReadonlyMap<string, (x: Expression) => Expression> = new Map([
	["sum", (x) => total(x, axesOf(x.shape))],
	["mean", (x) => quotient(total(x, axesOf(x.shape)), fraction(x.shape.reduce((a, b) => a * b, 1)))],
	["rowsum", (x) => total(x, [x.shape.length - 1])],
	["colsum", (x) => total(x, [x.shape.length - 2])],
	["column", (x) => reshape(x, [...x.shape, 1])],
	["row", (x) => reshape(x, [1, ...x.shape])],
]);

function axesOf(shape: Shape): number[] {
	return shape.map((_, axis) => axis);
}

const comparisons: { readonly [Operator in (Formula & { kind: "compare" })["operator"]]: Binary } = {
	"<": less,
	"<=": lessEqual,
	">": greater,
	">=": greaterEqual,
	"==": equal,
};

const record = (f: Binary | Ternary): Pointwise => recordOf(f);

/**
 * The expression that a formula says.
 *
 * @throws where a name or function is unknown, or the notation has no value.
 */
export function fromFormula(f: Formula, meaning: Meaning): Expression {
	const read = (part: Formula): Expression => fromFormula(part, meaning);
	switch (f.kind) {
		case "number":
			return fraction(f.value);
		case "name": {
			const known = meaning(f.name) ?? (constants.has(f.name) ? named(f.name) : undefined);
			if (known !== undefined) return known;
			throw failure({
				what: `formula: unknown name "${f.name}"`,
				expected: "a name that has a meaning",
				actual: f.name,
			});
		}
		case "negate":
			return negated(read(f.operand));
		case "compare":
			return call(record(comparisons[f.operator]), 0, [read(f.left), read(f.right)]);
		case "if":
			return call(record(where), 0, [read(f.condition), read(f.then), read(f.otherwise)]);
		case "transpose":
			return transpose(read(f.operand));
		case "call": {
			const operands = f.arguments.map(read);
			const [first] = operands;
			const onArray = arrayFunctions.get(f.name);
			if (onArray && first && f.primes === 0 && operands.length === 1) return onArray(first);
			const op = functionNamed(f.name);
			if (op !== undefined && op.arity === operands.length) return call(op, f.primes, operands);
			throw failure({
				what: `formula: ${f.name} has no meaning here`,
				expected: op === undefined ? "a function of the library" : `${op.arity} argument${op.arity === 1 ? "" : "s"}`,
				actual: `${f.name} of ${operands.length}`,
			});
		}
		case "index":
			throw failure({
				what: "formula: an index has no value here",
				expected: "scalars, named one by one",
				actual: "x[...]",
			});
		case "binary": {
			// Down the left spine first, then back up: sums of thousands of terms lean left.
			const spine = [f];
			let lowest: Formula = f.left;
			for (; lowest.kind === "binary"; lowest = lowest.left) spine.push(lowest);
			return joinedSpine(spine, read(lowest), read);
		}
	}
}

type BinaryFormula = Formula & { readonly kind: "binary" };

function joinedSpine(
	spine: readonly BinaryFormula[],
	lowest: Expression,
	read: (f: Formula) => Expression,
): Expression {
	let value = lowest;
	let terms: Expression[] = [];
	for (const { operator, right } of spine.toReversed()) {
		if (operator === "+" || operator === "-") {
			if (terms.length === 0) terms.push(value);
			terms.push(operator === "+" ? read(right) : negated(read(right)));
			continue;
		}
		if (terms.length > 0) [value, terms] = [sum(terms), []];
		value = combined(operator, value, read(right));
	}
	return terms.length > 0 ? sum(terms) : value;
}

function combined(operator: Exclude<BinaryFormula["operator"], "+" | "-">, x: Expression, y: Expression): Expression {
	switch (operator) {
		case "*":
			return product([x, y]);
		case "/":
			return quotient(x, y);
		case "^":
			return power(x, y);
		case "@":
			return matmul(x, y);
	}
}

const templates = new Map<string, Formula>();

/** The expression that a template `#1 + #2` says of its operands; `undefined` where it is no formula. */
export function fromTemplate(template: string, operands: readonly Expression[]): Expression | undefined {
	let f = templates.get(template);
	if (f === undefined) {
		f = parseFormula(template.replace(/#(\d)/g, "operand_$1"));
		templates.set(template, f);
	}
	return fromFormula(f, (name) => operands[Number(/^operand_(\d)$/.exec(name)?.[1] ?? 0) - 1]);
}

// ---------------------------------------------------------------- formulas

const span = { start: 0, end: 0 };
const nameTree = (name: string): Formula => ({ kind: "name", name: plainName(name), span });
const numberTree = (value: number): Formula => {
	const tree: Formula = { kind: "number", text: String(Math.abs(value)), value: Math.abs(value), span };
	return value < 0 ? { kind: "negate", operand: tree, span } : tree;
};
const callTree = (name: string, primes: number, list: readonly Formula[]): Formula => ({
	kind: "call",
	name,
	primes,
	arguments: list,
	span,
});

function binaryTree(operator: BinaryFormula["operator"], left: Formula, right: Formula): Formula {
	return { kind: "binary", operator, left, right, span };
}

function memberTree(parts: readonly NamePart[]): Formula {
	const { head, indices } = notationOfParts(parts);
	if (indices.every(({ at }) => typeof at === "number")) return nameTree(nameOfParts(parts));
	const list = indices.map(({ at }) => (typeof at === "number" ? numberTree(at) : nameTree(at)));
	return { kind: "index", operand: nameTree(head), indices: list, span };
}

/** The terms of a sum as they are written: one without a minus first, if there is one. */
export function writtenTerms(terms: readonly Expression[]): readonly Expression[] {
	const at = terms.findIndex((term) => !isNegative(term));
	return at <= 0 ? terms : [terms[at] as Expression, ...terms.slice(0, at), ...terms.slice(at + 1)];
}

/** A product as it is written: sign, what stands above the line, and below. */
export interface Written {
	readonly negative: boolean;
	readonly over: readonly Expression[];
	readonly under: readonly Expression[];
}

/** The factors of `e` as they are written. */
export function written(e: Expression): Written {
	const factors = e.kind === "product" ? e.operands : [e];
	const over: Expression[] = [];
	const under: Expression[] = [];
	let negative = false;
	for (const factor of factors) {
		if (factor.kind === "number") {
			negative = factor.over < 0;
			const size = Math.abs(factor.over);
			if (size !== 1 || (factors.length === 1 && factor.under === 1)) over.push(fraction(size));
			if (factor.under !== 1) under.push(fraction(factor.under));
			continue;
		}
		const exponent = factor.kind === "power" ? factor.operands[1] : undefined;
		const below = exponent !== undefined && exponent.kind === "number" && exponent.over < 0;
		if (below)
			under.push(power((factor as Expression & { kind: "power" }).operands[0], negated(exponent as Expression)));
		else over.push(factor);
	}
	return { negative, over, under };
}

/** `e` as a formula that the grammar reads. What it cannot say, it says by name: `gather(x)`. */
export function toFormula(e: Expression): Formula {
	return folded<Formula>(e, treeOf);
}

function treeOf(e: Expression, parts: readonly Formula[]): Formula {
	const [first, second] = parts as readonly [Formula, Formula];
	switch (e.kind) {
		case "number":
		case "product":
		case "power":
			return e.kind === "power" && !isNegative(e.operands[1]) ? binaryTree("^", first, second) : productTree(e);
		case "name":
			return nameTree(e.name);
		case "member":
			return memberTree(e.parts);
		case "sum": {
			const [head, ...others] = writtenTerms(e.operands) as [Expression, ...Expression[]];
			return others.reduce(
				(left, term) =>
					isNegative(term)
						? binaryTree("-", left, toFormula(product([minusOne, term])))
						: binaryTree("+", left, toFormula(term)),
				toFormula(head),
			);
		}
		case "call": {
			const filled = fillTemplate(e.op.text, parts);
			if (e.primes === 0 && filled) return filled;
			return callTree(e.op.name, e.primes, parts);
		}
		case "matmul":
			return parts.reduce((left, right) => binaryTree("@", left, right));
		case "transpose":
			return { kind: "transpose", operand: first, span };
		case "reshape":
			return reshapeTree(e, first);
		case "spread":
			return first;
		case "total":
			return callTree(totalName(e.operands[0].shape, e.axes), 0, [first]);
		case "apply":
			return callTree(e.op.name, 0, parts);
		case "series":
			return callTree("sum", 0, [nameTree(e.index), first]);
		case "partial":
			return callTree("d", 0, [memberTree(e.of), memberTree(e.by)]);
	}
}

/** How the notation names a sum over axes. */
export function totalName(shape: Shape, axes: readonly number[]): string {
	if (axes.length === shape.length) return "sum";
	const [axis] = axes;
	if (axes.length === 1 && axis === shape.length - 1) return "rowsum";
	return axes.length === 1 && axis === shape.length - 2 ? "colsum" : "sum";
}

function reshapeTree({ shape, operands }: Expression & { kind: "reshape" }, inner: Formula): Formula {
	const from = operands[0].shape;
	if (from.length === 1 && shape.length === 2 && shape[1] === 1) return callTree("column", 0, [inner]);
	if (from.length === 1 && shape.length === 2 && shape[0] === 1) return callTree("row", 0, [inner]);
	return inner;
}

function productTree(e: Expression): Formula {
	const { negative, over, under } = written(e);
	const tree = (factor: Expression): Formula =>
		factor.kind === "number" ? numberTree(numberOf(factor) ?? 0) : toFormula(factor);
	const above = over.length === 0 ? numberTree(1) : over.map(tree).reduce((x, y) => binaryTree("*", x, y));
	const whole = under.reduce((left, factor) => binaryTree("/", left, tree(factor)), above);
	return negative ? { kind: "negate", operand: whole, span } : whole;
}

/** The tree of a template with its operands put in; `undefined` where the template is a call by the name of the operation. */
function fillTemplate(template: string, operands: readonly Formula[]): Formula | undefined {
	const f = parseFormula(template.replace(/#(\d)/g, "operand_$1"));
	if (f.kind === "call") return undefined;
	const put = (part: Formula): Formula =>
		part.kind === "name" ? (operands[Number(/\d$/.exec(part.name)?.[0] ?? 1) - 1] as Formula) : part;
	return f.kind === "name" || f.kind === "number" ? undefined : withParts(f, partsOf(f).map(put));
}
