/**
 * Scalar expressions as one shared graph.
 *
 * Whatever a claim is about (vectors, sums, derivatives), its elements end up
 * here, in a handful of kinds: exact numbers, variables, `+ * ^`, exp, log, sin,
 * cos, atan, erf, questions about a sign, choices, and functions about which
 * nothing is known. Equal expressions are the same object, so a graph never
 * repeats itself and a reader may remember by identity. Only rewriting that is
 * valid wherever both sides are defined happens on the way in; whether two
 * expressions are equal is for the field to say.
 */
import type { Formula } from "../../core/formula.js";
import {
	bitsOf,
	isWhole,
	minus,
	one,
	plus,
	type Rational,
	raised,
	rational,
	rationalText,
	sameNumber,
	signOf,
	times,
	zero,
} from "./rational.js";

/** What is known of a variable: any real number, positive, or between 0 and 1. */
export type Range = "real" | "positive" | "unit";

/** Functions with one name in all of mathematics, out of which the others are made. */
export type Primitive = "exp" | "log" | "sin" | "cos" | "atan" | "erf";

/** A scalar expression; `id` grows from operands to results. */
export type Expression = { readonly id: number } & (
	| { readonly kind: "number"; readonly value: Rational }
	/** The one constant that is neither rational nor a value of the functions: its value is not an unknown. */
	| { readonly kind: "pi" }
	| { readonly kind: "variable"; readonly name: string; readonly range: Range }
	| { readonly kind: "add" | "multiply"; readonly parts: readonly [Expression, Expression] }
	| { readonly kind: "power"; readonly parts: readonly [Expression]; readonly exponent: Rational }
	| { readonly kind: Primitive; readonly parts: readonly [Expression] }
	/** 1 where the operand is above 0 (`positive`), or is 0 (`vanishes`); else 0. */
	| { readonly kind: "positive" | "vanishes"; readonly parts: readonly [Expression] }
	/** The second where the first is not 0, else the third; the first is a question. */
	| { readonly kind: "choice"; readonly parts: readonly [Expression, Expression, Expression] }
	/** An unknown function, differentiated `orders[k]` times by its k-th argument. */
	| {
			readonly kind: "unknown";
			readonly name: string;
			readonly orders: readonly number[];
			readonly parts: readonly Expression[];
	  }
);

/** An expression of one kind. */
export type Of<Kind extends Expression["kind"]> = Expression & { readonly kind: Kind };

const nothing: readonly Expression[] = [];

/** The operands. */
function partsOf(x: Expression): readonly Expression[] {
	return "parts" in x ? x.parts : nothing;
}

/** Every expression that `roots` are made of, operands first. */
export function nodesOf(roots: readonly Expression[]): Expression[] {
	const found = new Map<number, Expression>();
	const open = [...roots];
	for (let x = open.pop(); x; x = open.pop()) {
		if (found.has(x.id)) continue;
		found.set(x.id, x);
		open.push(...partsOf(x));
	}
	return [...found.values()].sort((a, b) => a.id - b.id);
}

/** A graph of expressions: the only maker of expressions. */
export class Expressions {
	private readonly known = new Map<string, Expression>();
	private count = 0;
	/** Calls this with the number of expressions made so far, so that someone can say it is enough. */
	private readonly watch: (count: number) => void;

	constructor(watch: (count: number) => void = () => {}) {
		this.watch = watch;
	}

	private enter<Kind extends Expression["kind"]>(key: string, make: (id: number) => Of<Kind>): Of<Kind> {
		const found = this.known.get(key);
		if (found) return found as Of<Kind>;
		this.watch(++this.count);
		const made = make(this.count);
		this.known.set(key, made);
		return made;
	}

	/** Counts work that is done for these expressions elsewhere. */
	work(): void {
		this.watch(++this.count);
	}

	number(value: Rational | number): Expression {
		const exact = typeof value === "number" ? rational(value) : value;
		return this.enter(`${exact.top}/${exact.bottom}`, (id) => ({ id, kind: "number", value: exact }));
	}

	get pi(): Expression {
		return this.enter("pi", (id) => ({ id, kind: "pi" }));
	}

	variable(name: string, range: Range = "real"): Of<"variable"> {
		return this.enter(`${name}:${range}`, (id) => ({ id, kind: "variable", name, range }));
	}

	add(a: Expression, b: Expression): Expression {
		if (a.kind === "number" && b.kind === "number") return this.number(plus(a.value, b.value));
		if (isZero(a)) return b;
		if (isZero(b)) return a;
		const [first, second] = inOrder(a, b);
		return this.enter(`+${first.id},${second.id}`, (id) => ({ id, kind: "add", parts: [first, second] }));
	}

	multiply(a: Expression, b: Expression): Expression {
		if (a.kind === "number" && b.kind === "number") return this.number(times(a.value, b.value));
		if (isZero(a) || isZero(b)) return this.number(zero);
		if (isOne(a)) return b;
		if (isOne(b)) return a;
		const [first, second] = b.kind === "number" ? [b, a] : a.kind === "number" ? [a, b] : inOrder(a, b);
		if (first.kind === "number" && second.kind === "multiply" && second.parts[0].kind === "number") {
			return this.multiply(this.number(times(first.value, second.parts[0].value)), second.parts[1]);
		}
		return this.enter(`*${first.id},${second.id}`, (id) => ({ id, kind: "multiply", parts: [first, second] }));
	}

	negate(a: Expression): Expression {
		return this.multiply(this.number(-1), a);
	}

	subtract(a: Expression, b: Expression): Expression {
		return a === b && a.kind !== "power" ? this.number(zero) : this.add(a, this.negate(b));
	}

	divide(a: Expression, b: Expression): Expression {
		return this.multiply(a, this.power(b, rational(-1)));
	}

	/** `base` to a constant power. */
	power(base: Expression, exponent: Rational): Expression {
		if (sameNumber(exponent, zero)) return this.number(one);
		if (sameNumber(exponent, one)) return base;
		if (base.kind === "number" && isWhole(exponent) && signOf(base.value) !== 0) {
			const size = exponent.top < 0n ? -exponent.top : exponent.top;
			if (size < 10_000n && Number(size) * bitsOf(base.value) < 20_000) {
				return this.number(raised(base.value, exponent.top));
			}
		}
		if (base.kind === "power" && isWhole(exponent) && isWhole(base.exponent)) {
			return this.power(base.parts[0], times(base.exponent, exponent));
		}
		return this.enter(`^${base.id},${exponent.top}/${exponent.bottom}`, (id) => ({
			id,
			kind: "power",
			parts: [base],
			exponent,
		}));
	}

	/** `base` to any power: by its logarithm where the exponent is no number. */
	raise(base: Expression, exponent: Expression): Expression {
		if (exponent.kind === "number") return this.power(base, exponent.value);
		return this.primitive("exp", this.multiply(exponent, this.primitive("log", base)));
	}

	primitive(kind: Primitive, x: Expression): Expression {
		if (isZero(x) && kind !== "log") return this.number(kind === "exp" || kind === "cos" ? one : zero);
		if (kind === "log") {
			if (isOne(x)) return this.number(zero);
			if (x.kind === "exp") return x.parts[0];
			const [first, second] = x.kind === "multiply" ? x.parts : [undefined, undefined];
			if (first?.kind === "number" && signOf(first.value) > 0 && second) {
				return this.add(this.primitive("log", first), this.primitive("log", second));
			}
			if (first?.kind === "pi" && second) {
				return this.add(this.primitive("log", first), this.primitive("log", second));
			}
			if (x.kind === "power" && isPositiveConstant(x.parts[0])) {
				return this.multiply(this.number(x.exponent), this.primitive("log", x.parts[0]));
			}
			if (x.kind === "number" && !isWhole(x.value) && signOf(x.value) > 0) {
				const [top, bottom] = [rational(x.value.top), rational(x.value.bottom)];
				return this.subtract(this.primitive("log", this.number(top)), this.primitive("log", this.number(bottom)));
			}
		}
		return this.enter(`${kind},${x.id}`, (id) => ({ id, kind, parts: [x] }));
	}

	/** 1 where x is above 0, else 0. */
	positive(x: Expression): Expression {
		if (x.kind === "number") return this.number(signOf(x.value) > 0 ? one : zero);
		return this.enter(`>0,${x.id}`, (id) => ({ id, kind: "positive", parts: [x] }));
	}

	/** 1 where x is 0, else 0. */
	vanishes(x: Expression): Expression {
		if (x.kind === "number") return this.number(isZero(x) ? one : zero);
		if (x.kind === "positive" || x.kind === "vanishes") return this.choose(x, this.number(zero), this.number(one));
		if (x.kind === "choice" && x.parts[1].kind === "number" && x.parts[2].kind === "number") {
			return this.choose(x.parts[0], this.vanishes(x.parts[1]), this.vanishes(x.parts[2]));
		}
		return this.enter(`=0,${x.id}`, (id) => ({ id, kind: "vanishes", parts: [x] }));
	}

	/** `then` where the condition is not 0, else `otherwise`. */
	choose(condition: Expression, then: Expression, otherwise: Expression): Expression {
		if (then === otherwise) return then;
		if (condition.kind === "number") return isZero(condition) ? otherwise : then;
		if (condition.kind === "choice") {
			const [question, yes, no] = condition.parts;
			if (yes.kind === "number" && no.kind === "number") {
				return this.choose(question, isZero(yes) ? otherwise : then, isZero(no) ? otherwise : then);
			}
		}
		if (condition.kind !== "positive" && condition.kind !== "vanishes") {
			return this.choose(this.vanishes(condition), otherwise, then);
		}
		// Where a factor vanishes, so does the product: a guard against 0 · ∞ says nothing about numbers.
		if (condition.kind === "vanishes" && isZero(then) && hasFactor(otherwise, condition.parts[0])) return otherwise;
		if (isOne(then) && isZero(otherwise)) return condition;
		return this.enter(`?${condition.id},${then.id},${otherwise.id}`, (id) => ({
			id,
			kind: "choice",
			parts: [condition, then, otherwise],
		}));
	}

	/** The value of an unknown function. */
	unknown(name: string, orders: readonly number[], given: readonly Expression[]): Of<"unknown"> {
		return this.enter(`${name}'${orders.join("'")}(${given.map(({ id }) => id).join()}`, (id) => ({
			id,
			kind: "unknown",
			name,
			orders,
			parts: given,
		}));
	}

	/** The same expression over other operands. */
	over(x: Expression, parts: readonly Expression[]): Expression {
		const [a, b, c] = parts as [Expression, Expression, Expression];
		switch (x.kind) {
			case "number":
			case "pi":
			case "variable":
				return x;
			case "add":
				return this.add(a, b);
			case "multiply":
				return this.multiply(a, b);
			case "power":
				return this.power(a, x.exponent);
			case "positive":
				return this.positive(a);
			case "vanishes":
				return this.vanishes(a);
			case "choice":
				return this.choose(a, b, c);
			case "unknown":
				return this.unknown(x.name, x.orders, parts);
			default:
				return this.primitive(x.kind, a);
		}
	}

	/** `roots` with every expression for which `replaced` answers replaced, operands first. */
	rewrite(
		roots: readonly Expression[],
		replaced: (x: Expression, over: (part: Expression) => Expression) => Expression | undefined,
	): Expression[] {
		const results = new Map<number, Expression>();
		const over = (part: Expression): Expression => results.get(part.id) as Expression;
		for (const x of nodesOf(roots)) {
			const parts = partsOf(x);
			const result =
				replaced(x, over) ?? (parts.every((part) => over(part) === part) ? x : this.over(x, parts.map(over)));
			results.set(x.id, result);
		}
		return roots.map(over);
	}
}

function isZero(x: Expression): boolean {
	return x.kind === "number" && x.value.top === 0n;
}

function isOne(x: Expression): boolean {
	return x.kind === "number" && sameNumber(x.value, one);
}

function isPositiveConstant(x: Expression): boolean {
	return (
		x.kind === "pi" || (x.kind === "number" && signOf(x.value) > 0) || (x.kind === "variable" && x.range !== "real")
	);
}

function inOrder(a: Expression, b: Expression): [Expression, Expression] {
	return a.id <= b.id ? [a, b] : [b, a];
}

function hasFactor(x: Expression, factor: Expression): boolean {
	if (x === factor) return true;
	return x.kind === "multiply" && x.parts.some((part) => hasFactor(part, factor));
}

const nowhere = { start: 0, end: 0 };

/** An expression as a formula, for whoever has to read it: quotients, roots and signs where a person would write them. */
export function formulaOf(root: Expression): Formula {
	const results = new Map<number, Formula>();
	for (const x of nodesOf([root]))
		results.set(
			x.id,
			plain(x, (part) => results.get(part.id) as Formula),
		);
	return results.get(root.id) as Formula;
}

function numberFormula(value: Rational): Formula {
	if (signOf(value) < 0) return { kind: "negate", operand: numberFormula(minus(value)), span: nowhere };
	const [top, bottom] = rationalText(value).split("/") as [string, string | undefined];
	const digits = (text: string): Formula => ({ kind: "number", text, value: Number(text), span: nowhere });
	if (bottom === undefined) return digits(top);
	return { kind: "binary", operator: "/", left: digits(top), right: digits(bottom), span: nowhere };
}

function plain(x: Expression, of: (part: Expression) => Formula): Formula {
	const span = nowhere;
	const call = (name: string, primes: number, given: readonly Formula[]): Formula => ({
		kind: "call",
		name,
		primes,
		arguments: given,
		span,
	});
	const binary = (operator: "+" | "-" | "*" | "/" | "^", left: Formula, right: Formula): Formula => ({
		kind: "binary",
		operator,
		left,
		right,
		span,
	});
	switch (x.kind) {
		case "number":
			return numberFormula(x.value);
		case "pi":
			return { kind: "name", name: "pi", span };
		case "variable":
			return variableFormula(x.name);
		case "add": {
			const [a, b] = x.parts;
			if (isNegative(b)) return binary("-", of(a), absolute(of(b)));
			if (isNegative(a)) return binary("-", of(b), absolute(of(a)));
			return binary("+", of(a), of(b));
		}
		case "multiply": {
			const [a, b] = x.parts;
			if (a.kind === "number" && signOf(a.value) < 0) {
				const size = minus(a.value);
				const product = sameNumber(size, one) ? of(b) : binary("*", numberFormula(size), of(b));
				return { kind: "negate", operand: product, span };
			}
			const below = (y: Expression): y is Of<"power"> => y.kind === "power" && signOf(y.exponent) < 0;
			if (below(b)) return binary("/", of(a), denominator(b, of));
			if (below(a)) return binary("/", of(b), denominator(a, of));
			return binary("*", of(a), of(b));
		}
		case "power": {
			if (signOf(x.exponent) < 0) return binary("/", numberFormula(one), denominator(x, of));
			if (sameNumber(x.exponent, rational(1, 2))) return call("sqrt", 0, [of(x.parts[0])]);
			return binary("^", of(x.parts[0]), numberFormula(x.exponent));
		}
		case "positive":
		case "vanishes": {
			const operator = x.kind === "positive" ? ">" : "==";
			return { kind: "compare", operator, left: of(x.parts[0]), right: numberFormula(zero), span };
		}
		case "choice": {
			const [condition, then, otherwise] = x.parts.map(of) as [Formula, Formula, Formula];
			return { kind: "if", condition, then, otherwise, span };
		}
		case "unknown": {
			const primes = x.orders.length === 1 ? (x.orders[0] as number) : 0;
			const index = x.orders.length > 1 && x.orders.some((order) => order > 0) ? `_${x.orders.join("_")}` : "";
			return call(x.name + index, primes, x.parts.map(of));
		}
		default:
			return call(x.kind, 0, x.parts.map(of));
	}
}

function isNegative(x: Expression): boolean {
	if (x.kind === "number") return signOf(x.value) < 0;
	return x.kind === "multiply" && isNegative(x.parts[0]);
}

function absolute(f: Formula): Formula {
	return f.kind === "negate" ? f.operand : f;
}

function denominator(x: Of<"power">, of: (part: Expression) => Formula): Formula {
	const size = minus(x.exponent);
	const base = of(x.parts[0]);
	if (sameNumber(size, one)) return base;
	if (sameNumber(size, rational(1, 2)))
		return { kind: "call", name: "sqrt", primes: 0, arguments: [base], span: nowhere };
	return { kind: "binary", operator: "^", left: base, right: numberFormula(size), span: nowhere };
}

/** `x[1,2]`, the name of an element, as an index of a name. */
function variableFormula(name: string): Formula {
	const [stem = name, ...indices] = name.split(/[[\],]/).filter((part) => part !== "");
	const operand: Formula = { kind: "name", name: stem, span: nowhere };
	if (indices.length === 0) return operand;
	return {
		kind: "index",
		operand,
		indices: indices.map((text) => numberFormula(rational(BigInt(text)))),
		span: nowhere,
	};
}
