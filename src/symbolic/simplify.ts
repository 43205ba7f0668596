/**
 * Simplifying: laws used wherever they make an expression smaller.
 *
 * Every step makes the size smaller, so there is an end. Two detours make an
 * expression larger first (multiplying out, and bringing to one denominator) and
 * count only if laws make it smaller than it was. Which laws there are is
 * said in `laws`, and nowhere here.
 */
import { type Formula, headOf, parseFormula, partsOf, sameFormula, substitute, withParts } from "../core/formula.js";
import { functionNamed } from "../core/op.js";
import {
	type Expression,
	folded as foldedOver,
	fraction,
	isNegative,
	named,
	negated,
	numberOf,
	one,
	operandsOf,
	power,
	product,
	quotient,
	rebuilt,
	replaced,
	sizeOfExpression,
	spread,
	sum,
} from "./expression.js";
import { exact, type Law, laws, readLaws, sidesOf } from "./laws.js";
import { type Bindings, fits, putBack, without } from "./match.js";
import { textOf } from "./print.js";
import { fromFormula, toFormula } from "./tree.js";

interface Rule extends Law {
	readonly sides: readonly [Expression, Expression];
}

let rules: readonly Rule[] | undefined;

function rulesOf(): readonly Rule[] {
	rules ??= readLaws(laws).map((law) => ({ ...law, sides: sidesOf(law) }));
	return rules;
}

/** What has to hold: `a ≠ 0`. */
export interface Condition {
	readonly subject: Expression;
	/** `≠ 0`, `> 0`, `≥ 0` or `finite`. */
	readonly relation: string;
}

/** Two expressions with one value. */
export interface Fact {
	readonly left: Expression;
	readonly right: Expression;
}

/** What the steps taken rest on: facts that are known, and conditions that have to hold, each once. */
export class Conditions {
	/** Used from left to right. */
	readonly known: readonly Fact[];
	private readonly found = new Map<string, Condition>();

	constructor(known: readonly Fact[] = []) {
		this.known = known;
	}

	add(given: Condition): void {
		const condition = plainer(given);
		const key = `${condition.subject.key} ${condition.relation}`;
		if (!this.found.has(key)) this.found.set(key, condition);
	}

	/** In the order in which they were met. */
	get list(): readonly Condition[] {
		return [...this.found.values()];
	}
}

/** 1 - a ≠ 0 as a ≠ 1. */
function plainer(condition: Condition): Condition {
	const { subject, relation } = condition;
	const [first, second, more] = subject.kind === "sum" ? subject.operands : [];
	if (relation !== "≠ 0" || first?.kind !== "number" || second === undefined || more !== undefined) return condition;
	const negative = isNegative(second);
	const value = negative ? first : negated(first);
	return { subject: negative ? negated(second) : second, relation: `≠ ${textOf(value)}` };
}

function conditionText({ subject, relation }: Condition): string {
	return `${textOf(subject)} ${relation}`;
}

/** The simplest form that the laws reach; what has to hold for it is added to `conditions`. */
export function simplified(e: Expression, conditions: Conditions): Expression {
	let current = tidied(e, conditions);
	for (;;) {
		const next = expanded(cancelled(current, conditions), conditions);
		if (next.key === current.key) return next;
		current = next;
	}
}

/** `e` after the laws alone. */
export function tidied(e: Expression, conditions: Conditions): Expression {
	const known = new Map<string, Expression>();
	// A term may keep its minus, which the sum around it writes for nothing: -y (1 - a) in x - y (1 - a).
	const visit = (node: Expression, isTerm: boolean): Expression => {
		const key = `${isTerm ? "+" : ""}${node.key}`;
		const before = known.get(key);
		if (before) return before;
		const operands = operandsOf(node).map((operand) => visit(operand, node.kind === "sum"));
		const made = collected(renewed(node, operands));
		const next = firstSmaller(made, isTerm, conditions);
		const result = next === undefined ? made : visit(next, isTerm);
		known.set(key, result);
		return result;
	};
	return visit(e, false);
}

function renewed(node: Expression, operands: readonly Expression[]): Expression {
	return operandsOf(node).every((operand, at) => operand === operands[at]) ? node : rebuilt(node, operands);
}

function joined(kind: Expression["kind"], operands: readonly Expression[]): Expression {
	return kind === "sum" ? sum(operands) : product(operands);
}

/** Terms from which on like ones are found by their keys: the law p*x + q*x without trying every pair. */
const many = 8;

function collected(e: Expression): Expression {
	if (e.kind !== "sum" || e.operands.length < many) return e;
	const likes = new Map<string, { rest: Expression; factors: Expression[] }>();
	for (const term of e.operands) {
		const [first, ...others] = term.kind === "product" ? term.operands : [term];
		const scaled = first?.kind === "number" && others.length > 0;
		const rest = scaled ? product(others) : term;
		const like = likes.get(rest.key) ?? { rest, factors: [] };
		like.factors.push(scaled ? first : one);
		likes.set(rest.key, like);
	}
	if (likes.size === e.operands.length) return e;
	return spread(sum([...likes.values()].map(({ rest, factors }) => product([sum(factors), rest]))), e.shape);
}

/** `e` after the first law that makes it smaller at its root; `undefined` where none does. */
function firstSmaller(e: Expression, isTerm: boolean, conditions: Conditions): Expression | undefined {
	if (e.kind !== "sum" && e.kind !== "product" && e.kind !== "power" && e.kind !== "call") return undefined;
	const size = sizeOfExpression(e);
	for (const fact of conditions.known) {
		const whole = recognised(e, fact);
		if (whole !== undefined && sizeOfExpression(whole) < size) return spread(whole, e.shape);
	}
	for (const rule of rulesOf()) {
		const [pattern, right] = rule.sides;
		if (isTerm && rule.noTerm) continue;
		if (pattern.kind !== e.kind) continue;
		for (const fit of fits(pattern, e)) {
			const made = replaced(right, fit.bindings);
			// What is put in must be smaller than what is taken out, but for a sign that the others may save.
			if (fit.taken.length > 1 && sizeOfExpression(made) > sizeOfExpression(joined(pattern.kind, fit.taken))) continue;
			const whole = fit.others.length === 0 ? made : putBack(pattern.kind as "sum" | "product", made, fit);
			if (sizeOfExpression(whole) >= size) continue;
			const missing = missingCondition(rule, fit.bindings);
			if (missing !== undefined) conditions.add(missing);
			return spread(whole, e.shape);
		}
	}
	return undefined;
}

/** `e` with the right of a fact where it is the left, or in a product contains its factors. */
function recognised(e: Expression, { left, right }: Fact): Expression | undefined {
	if (e.key === left.key) return right;
	if (e.kind !== "product" || left.kind !== "product") return undefined;
	const others = without(e.operands, left.operands);
	return others && product([right, ...others]);
}

/** What has to hold besides; `undefined` where it is known to. */
function missingCondition({ alternatives }: Rule, bindings: Bindings): Condition | undefined {
	let open: Condition | undefined;
	for (const alternative of alternatives) {
		const [, subject = "", relation = ""] = /^(\S+) ?(.*)$/.exec(alternative) ?? [];
		const e = fromFormula(parseFormula(subject), (name) => bindings.get(name));
		if (relation === "finite") {
			if (isTotal(e)) return undefined;
			open = { subject: e, relation };
			continue;
		}
		const value = numberOf(e);
		if (value === undefined) open = { subject: e, relation: relation.replace("!=", "≠").replace(">=", "≥") };
		else if (relation === "> 0" ? value > 0 : relation === ">= 0" ? value >= 0 : value !== 0) return undefined;
	}
	return open;
}

/** True for what has a finite value wherever its names have one. */
function isTotal(e: Expression): boolean {
	return foldedOver<boolean>(e, (node, operands) => {
		if (!operands.every(Boolean)) return false;
		if (node.kind === "power") {
			const exponent = numberOf(node.operands[1]);
			return exponent !== undefined && exponent > 0 && Number.isInteger(exponent);
		}
		if (node.kind !== "call") return true;
		return node.op.domain.every(
			({ low, high, except = [] }) => low === -Infinity && high === Infinity && except.length === 0,
		);
	});
}

// ---------------------------------------------------------------- detours

/** `e`, or `other` where the laws make that smaller; conditions of a detour that was not taken are forgotten. */
function smaller(e: Expression, other: Expression, conditions: Conditions): Expression {
	const found = new Conditions(conditions.known);
	const made = tidied(other, found);
	if (sizeOfExpression(made) >= sizeOfExpression(e)) return e;
	for (const condition of found.list) conditions.add(condition);
	return spread(made, e.shape);
}

/** Sums of fractions brought to one denominator, where a factor beside them or the sum itself cancels it. */
export function cancelled(e: Expression, conditions: Conditions): Expression {
	return foldedOver<Expression>(e, (node, operands) => {
		const made = renewed(node, operands);
		if (made.kind === "sum") return smaller(made, together(made), conditions);
		if (made.kind !== "product") return made;
		const joined = made.operands.map((factor) => (factor.kind === "sum" ? together(factor) : factor));
		return smaller(made, product(joined), conditions);
	});
}

/** What stands below the line in a term. */
function denominators(term: Expression): Expression[] {
	const factors = term.kind === "product" ? term.operands : [term];
	return factors.flatMap((factor) => {
		const exponent = factor.kind === "power" ? numberOf(factor.operands[1]) : undefined;
		if (exponent === undefined || exponent >= 0 || !Number.isInteger(exponent)) return [];
		return [power((factor as Expression & { kind: "power" }).operands[0], fraction(-exponent))];
	});
}

/** x/u + y/v as (x v + y u)/(u v). */
function together(e: Expression & { kind: "sum" }): Expression {
	const below = new Map<string, Expression>();
	for (const term of e.operands) for (const factor of denominators(term)) below.set(factor.key, factor);
	if (below.size === 0) return e;
	const all = [...below.values()];
	const above = e.operands.map((term) => withoutBelow(term, all));
	return quotient(sum(above), product(all));
}

/** A term times all denominators: its own go away, the others become factors. */
function withoutBelow(term: Expression, all: readonly Expression[]): Expression {
	const own = new Set(denominators(term).map(({ key }) => key));
	const factors = term.kind === "product" ? term.operands : [term];
	const kept = factors.filter((factor) => denominators(factor).length === 0);
	return product([...kept, ...all.filter(({ key }) => !own.has(key))]);
}

/** Products of sums multiplied out, where terms cancel then. */
export function expanded(e: Expression, conditions: Conditions): Expression {
	return foldedOver<Expression>(e, (node, operands) => {
		const made = renewed(node, operands);
		if (made.kind === "sum") return smaller(made, sum(made.operands.map(multipliedOut)), conditions);
		if (made.kind === "product" && made.operands.some((factor) => factor.kind === "sum")) {
			return smaller(made, multipliedOut(made), conditions);
		}
		return made;
	});
}

/** Terms that a product has at most when it is multiplied out. */
const mostTerms = 64;

/** x (y + z) as x y + x z; whole powers of sums, too. */
function multipliedOut(e: Expression): Expression {
	const factors = (e.kind === "product" ? e.operands : [e]).flatMap((factor) => {
		const exponent = factor.kind === "power" && factor.operands[0].kind === "sum" ? numberOf(factor.operands[1]) : 1;
		return factor.kind === "power" && (exponent === 2 || exponent === 3)
			? Array.from({ length: exponent }, () => factor.operands[0])
			: [factor];
	});
	let terms: readonly Expression[][] = [[]];
	for (const factor of factors) {
		const parts = factor.kind === "sum" ? factor.operands : [factor];
		if (terms.length * parts.length > mostTerms) return e;
		terms = terms.flatMap((term) => parts.map((part) => [...term, part]));
	}
	return terms.length === 1 ? e : sum(terms.map(product));
}

// ---------------------------------------------------------------- formulas

/** How a formula is simplified. */
export interface SimplifyOptions {
	/** Only laws under which the result is computed to the same bits. False when left out: all laws of real numbers. */
	readonly exact?: boolean | undefined;
}

/** A simpler formula, and what has to hold for it to have the value of the first. */
export interface Simplified {
	readonly formula: Formula;
	/** `a ≠ 0`: where one fails, the first formula has no value, and the simpler one may. */
	readonly conditions: readonly string[];
}

/**
 * A formula made smaller by the laws of algebra. Names stand for single numbers.
 *
 * Laws regroup sums and products, so the value may differ in its last digits;
 * with `exact` it is the same to the last bit. Where a law holds only under a
 * condition (`x/x` is 1 unless x is 0), the condition is returned.
 *
 * @throws where a function is unknown, or the formula has indices.
 *
 * @example
 * ```ts
 * import { formulaText, parseFormula } from "chainrule";
 * import { simplify } from "chainrule/symbolic";
 * const { formula, conditions } = simplify(parseFormula("(-y/a + (1 - y)/(1 - a))*a*(1 - a)*x"));
 * console.log(formulaText(formula)); // (a - y)*x
 * console.log(conditions); // [ 'a ≠ 0', 'a ≠ 1' ]
 * ```
 */
export function simplify(formula: Formula, { exact: bits = false }: SimplifyOptions = {}): Simplified {
	if (bits) return { formula: bitwise(formula), conditions: [] };
	const conditions = new Conditions();
	const names = new Map<string, Expression>();
	const read = fromFormula(formula, (name) => {
		const known = names.get(name) ?? named(name);
		names.set(name, known);
		return known;
	});
	const result = simplified(read, conditions);
	return { formula: toFormula(result), conditions: conditions.list.map(conditionText) };
}

let exactRules: readonly Law[] | undefined;

/** The formula after the exact laws: from the inside out, node by node. */
function bitwise(f: Formula): Formula {
	exactRules ??= readLaws(exact);
	const inner = withParts(f, partsOf(f).map(bitwise));
	for (const { left, right } of exactRules) {
		const bindings = new Map<string, Formula>();
		if (sameUnder(left, inner, bindings)) return bitwise(substitute(right, bindings));
	}
	return inner;
}

/** True where `f` is `pattern` with its names replaced, which are gathered on the way. */
function sameUnder(pattern: Formula, f: Formula, bindings: Map<string, Formula>): boolean {
	if (pattern.kind === "name") {
		const before = bindings.get(pattern.name);
		if (before) return sameFormula(before, f);
		bindings.set(pattern.name, f);
		return true;
	}
	if (pattern.kind === "number") return f.kind === "number" && f.value === pattern.value;
	if (pattern.kind !== f.kind || functionOrHead(pattern) !== functionOrHead(f)) return false;
	const [parts, others] = [partsOf(pattern), partsOf(f)];
	if (parts.length !== others.length) return false;
	return parts.every((part, at) => sameUnder(part, others[at] as Formula, bindings));
}

/** A function may be called by an alias. */
function functionOrHead(f: Formula): unknown {
	return (f.kind === "call" && f.primes === 0 && functionNamed(f.name)) || headOf(f);
}
