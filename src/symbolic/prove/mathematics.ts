/**
 * What the functions of the notation are, in terms of six.
 *
 * The one table of its kind: a name on the left, its definition as a formula on
 * the right, over x, y and w. A proof needs to know that tanh is made of exp;
 * what its derivative is, the engine has to say. Names are those of the
 * operations; what else an operation is called, its record knows.
 */
import { type Formula, parseFormula } from "../../core/formula.js";
import { functionNamed } from "../../core/op.js";
// Definitions enter the registry when their file is read, and names are looked up there.
import "../../ops/activations.js";
import "../../ops/arithmetic.js";
import "../../ops/compare.js";
import "../../ops/transcendental.js";
import type { Primitive } from "./expression.js";

/** The functions that nothing else defines. */
export const primitives: ReadonlySet<string> = new Set<Primitive>(["exp", "log", "sin", "cos", "atan", "erf"]);

const made: Readonly<Record<string, string>> = {
	// Powers and roots.
	identity: "x",
	square: "x^2",
	reciprocal: "1/x",
	sqrt: "x^(1/2)",
	rsqrt: "x^(-1/2)",
	cbrt: "if(x > 0, x^(1/3), -(-x)^(1/3))",
	hypot: "(x^2 + y^2)^(1/2)",
	squaredDifference: "(x - y)^2",
	lerp: "x + w*(y - x)",
	// Exponentials and logarithms.
	expm1: "exp(x) - 1",
	log1p: "log(1 + x)",
	exp2: "exp(x*log(2))",
	log2: "log(x)/log(2)",
	log10: "log(x)/log(10)",
	logAddExp: "log(exp(x) + exp(y))",
	xlogy: "x*log(y)",
	logit: "log(x/(1 - x))",
	sigmoid: "1/(1 + exp(-x))",
	logSigmoid: "-log(1 + exp(-x))",
	softplus: "log(1 + exp(x))",
	silu: "x/(1 + exp(-x))",
	// Trigonometric and hyperbolic.
	tan: "sin(x)/cos(x)",
	asin: "atan(x/(1 - x^2)^(1/2))",
	acos: "pi/2 - atan(x/(1 - x^2)^(1/2))",
	sinh: "(exp(x) - exp(-x))/2",
	cosh: "(exp(x) + exp(-x))/2",
	tanh: "1 - 2/(1 + exp(2*x))",
	asinh: "log(x + (x^2 + 1)^(1/2))",
	acosh: "log(x + (x - 1)^(1/2)*(x + 1)^(1/2))",
	atanh: "log((1 + x)/(1 - x))/2",
	// The normal distribution.
	erfc: "1 - erf(x)",
	Phi: "(1 + erf(x/2^(1/2)))/2",
	npdf: "exp(-x^2/2)/(2*pi)^(1/2)",
	gelu: "x*(1 + erf(x/2^(1/2)))/2",
	// What goes by the sign.
	abs: "if(x > 0, x, -x)",
	sign: "if(x > 0, 1, if(x < 0, -1, 0))",
	step: "if(x > 0, 1, 0)",
	relu: "if(x > 0, x, 0)",
	leakyRelu: "if(x > 0, x, y*x)",
	maximum: "if(x > y, x, y)",
	minimum: "if(x < y, x, y)",
	elu: "if(x > 0, x, y*(exp(x) - 1))",
	softsign: "x/(1 + if(x > 0, x, -x))",
	notEqual: "if(x == y, 0, 1)",
	logicalNot: "if(x == 0, 1, 0)",
	logicalAnd: "if(x == 0, 0, if(y == 0, 0, 1))",
	logicalOr: "if(x == 0, if(y == 0, 0, 1), 1)",
	isFinite: "1",
	isNaN: "0",
};

/** A function of numbers by its definition. */
export interface Made {
	readonly arity: number;
	readonly body: Formula;
}

const parsed = new Map<string, Made>();

/** The name under which the table and the primitives know the function. */
export function canonical(name: string): string {
	return functionNamed(name)?.name ?? name;
}

/** The definition of the function called `name`, from the table or its record; `undefined` for primitives and what neither knows. */
export function madeOf(name: string): Made | undefined {
	const key = canonical(name);
	const found = parsed.get(key);
	if (found) return found;
	const text = Object.hasOwn(made, key) ? made[key] : undefined;
	const op = functionNamed(key);
	const body = text === undefined ? op?.formula : parseFormula(text);
	if (!body || primitives.has(key)) return undefined;
	const entry = { arity: op?.arity ?? 1, body };
	parsed.set(key, entry);
	return entry;
}

/** The definitions of the table. */
export function definitions(): Formula[] {
	return Object.keys(made).flatMap((name) => madeOf(name)?.body ?? []);
}

/** How many numbers the function called `name` takes; `undefined` for no function of numbers that a proof knows. */
export function arityOf(name: string): number | undefined {
	return primitives.has(canonical(name)) ? 1 : madeOf(name)?.arity;
}

/** Every name that a derivation may call on numbers. */
export function functionNames(): string[] {
	return [...primitives, ...Object.keys(made)];
}
