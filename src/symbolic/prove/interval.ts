/**
 * Values that are certain to lie between two doubles.
 *
 * Every operation rounds outwards, by a little more than it has to: a bound
 * that is too wide says less, one that is too narrow would say something false.
 * Where an expression is not defined, or a sign cannot be told, there is no
 * interval at all.
 */
import { functionNamed } from "../../core/op.js";
import { type Expression, nodesOf, type Of } from "./expression.js";
import { isWhole, type Rational, toNumber } from "./rational.js";

/** Values of variables, and polynomials in place of unknown functions. */
export interface Point {
	readonly values: ReadonlyMap<string, Rational>;
	readonly functions: ReadonlyMap<string, Polynomial>;
}

/** A polynomial in several arguments: a coefficient and an exponent for each. */
export type Polynomial = readonly { readonly factor: number; readonly exponents: readonly number[] }[];

/** The polynomial differentiated `orders[k]` times by argument k. */
export function differentiated(polynomial: Polynomial, orders: readonly number[]): Polynomial {
	return polynomial.flatMap(({ factor, exponents }) => {
		let scale = factor;
		const left = exponents.map((exponent, at) => {
			for (let order = 0; order < (orders[at] ?? 0); order++) scale *= exponent - order;
			return exponent - (orders[at] ?? 0);
		});
		return scale === 0 ? [] : [{ factor: scale, exponents: left }];
	});
}

/** Bounds of the expressions of a program: `NaN` where there are none. */
export interface Bounds {
	readonly low: Float64Array;
	readonly high: Float64Array;
}

const ulp = 2 ** -52;
/** More than the error of any function of the platform, relative to the value. */
const slack = 2 ** -49;

function below(x: number): number {
	return x - (Math.abs(x) * ulp + Number.MIN_VALUE);
}

function above(x: number): number {
	return x + (Math.abs(x) * ulp + Number.MIN_VALUE);
}

/** Whole numbers of which sums and products are exact. */
function isSmall(x: number): boolean {
	return Number.isInteger(x) && Math.abs(x) < 2 ** 26;
}

function same(x: number): number {
	return x;
}

/** x + y, rounded by `side` unless it is exact. */
function sum(x: number, y: number, side: (value: number) => number): number {
	return isSmall(x) && isSmall(y) ? x + y : side(x + y);
}

/** Expressions in the order of evaluation. */
export class Program {
	readonly nodes: readonly Expression[];
	private readonly places: ReadonlyMap<number, number>;
	/** Expressions made of nothing but numbers and questions. */
	private readonly answers = new Set<number>();

	constructor(roots: readonly Expression[]) {
		this.nodes = nodesOf(roots);
		this.places = new Map(this.nodes.map(({ id }, at) => [id, at]));
		for (const x of this.nodes) {
			const question = x.kind === "positive" || x.kind === "vanishes" || x.kind === "number";
			const made = x.kind === "add" || x.kind === "multiply" || x.kind === "choice";
			if (question || (made && x.parts.every((part) => this.answers.has(part.id)))) this.answers.add(x.id);
		}
	}

	/** Where the bounds of an expression are. */
	placeOf(x: Expression): number {
		return this.places.get(x.id) as number;
	}

	/** Names of the variables, in order of appearance. */
	get variables(): readonly Of<"variable">[] {
		return this.nodes.filter((x) => x.kind === "variable");
	}

	/** Unknown functions and how many arguments they take. */
	get functions(): ReadonlyMap<string, number> {
		return new Map(this.nodes.flatMap((x) => (x.kind === "unknown" ? [[x.name, x.parts.length]] : [])));
	}

	/** Bounds of all expressions at a point. */
	bounds(point: Point): Bounds {
		const low = new Float64Array(this.nodes.length);
		const high = new Float64Array(this.nodes.length);
		const place = (x: Expression): number => this.places.get(x.id) as number;
		const set = (at: number, least: number, most: number): void => {
			const certain = least <= most && Number.isFinite(least) && Number.isFinite(most);
			low[at] = certain ? least : Number.NaN;
			high[at] = certain ? most : Number.NaN;
		};
		for (const [at, x] of this.nodes.entries()) {
			const [first, second] = ("parts" in x ? x.parts : []).map(place) as [number, number];
			const a = low[first] as number;
			const b = high[first] as number;
			switch (x.kind) {
				case "number":
				case "variable": {
					const exact = x.kind === "number" ? x.value : (point.values.get(x.name) as Rational);
					const value = toNumber(exact);
					if (isWhole(exact) && Number.isSafeInteger(value)) set(at, value, value);
					else set(at, below(below(value)), above(above(value)));
					break;
				}
				case "pi":
					set(at, Math.PI, above(Math.PI));
					break;
				case "add":
					set(at, sum(a, low[second] as number, below), sum(b, high[second] as number, above));
					break;
				case "multiply": {
					const [c, d] = [low[second] as number, high[second] as number];
					const products = [a * c, a * d, b * c, b * d];
					const exact = [a, b, c, d].every(isSmall);
					set(at, (exact ? same : below)(Math.min(...products)), (exact ? same : above)(Math.max(...products)));
					break;
				}
				case "power": {
					const [least, most] = power(a, b, x.exponent);
					set(at, least, most);
					break;
				}
				case "positive":
				case "vanishes":
					if (a > 0) set(at, x.kind === "positive" ? 1 : 0, x.kind === "positive" ? 1 : 0);
					else if (b < 0) set(at, 0, 0);
					// Where a variable makes it 0, the point is on a boundary; an answer may well be 0.
					else if (a === 0 && b === 0 && this.answers.has(x.parts[0].id))
						set(at, x.kind === "vanishes" ? 1 : 0, x.kind === "vanishes" ? 1 : 0);
					else set(at, Number.NaN, Number.NaN);
					break;
				case "choice": {
					const chosen = x.parts[a === 0 ? 2 : 1];
					const from = place(chosen);
					// Where the question has no answer, neither has the choice.
					set(at, a === b ? (low[from] as number) : Number.NaN, a === b ? (high[from] as number) : Number.NaN);
					break;
				}
				case "unknown": {
					const polynomial = differentiated(point.functions.get(x.name) as Polynomial, x.orders);
					let [least, most] = [0, 0];
					for (const { factor, exponents } of polynomial) {
						let [p, q] = [factor, factor];
						for (const [k, part] of x.parts.entries()) {
							const from = place(part);
							const [c, d] = whole(low[from] as number, high[from] as number, exponents[k] as number);
							const products = [p * c, p * d, q * c, q * d];
							[p, q] = [below(Math.min(...products)), above(Math.max(...products))];
						}
						[least, most] = [below(least + p), above(most + q)];
					}
					// A function is defined only where its arguments are.
					const sure = x.parts.every((part) => !Number.isNaN(low[place(part)]));
					set(at, sure ? least : Number.NaN, sure ? most : Number.NaN);
					break;
				}
				case "exp":
					set(at, Math.exp(a) * (1 - slack), Math.exp(b) * (1 + slack) + Number.MIN_VALUE);
					break;
				case "log": {
					const [p, q] = a > 0 ? [Math.log(a), Math.log(b)] : [Number.NaN, Number.NaN];
					set(at, p - Math.abs(p) * slack - slack * ulp, q + Math.abs(q) * slack + slack * ulp);
					break;
				}
				case "atan":
					set(at, Math.atan(a) - Math.abs(Math.atan(a)) * slack, Math.atan(b) + Math.abs(Math.atan(b)) * slack);
					break;
				case "sin":
				case "cos": {
					const middle = (a + b) / 2;
					const radius = above((b - a) / 2) + Math.abs(middle) * ulp;
					const value = Math[x.kind](middle);
					if (Math.abs(middle) > 1e6) set(at, Number.NaN, Number.NaN);
					else set(at, Math.max(-1, value - radius - slack), Math.min(1, value + radius + slack));
					break;
				}
				case "erf": {
					const value = functionNamed("erf")?.value as (x: number) => number;
					const [p, q] = [value(a), value(b)];
					set(at, p - Math.abs(p) * 2 ** -44, q + Math.abs(q) * 2 ** -44);
					break;
				}
			}
		}
		return { low, high };
	}
}

/** Bounds of x^n for a whole n ≥ 0 and x between a and b. */
function whole(a: number, b: number, n: number): [number, number] {
	const widen = (value: number, side: 1 | -1): number =>
		value + side * (Math.abs(value) * ulp * (n + 2) + Number.MIN_VALUE);
	if (n === 0) return [1, 1];
	const [p, q] = [a ** n, b ** n];
	if (n % 2 === 1) return [widen(p, -1), widen(q, 1)];
	const least = a <= 0 && b >= 0 ? 0 : Math.min(p, q);
	return [Math.max(0, widen(least, -1)), widen(Math.max(p, q), 1)];
}

const nowhere: [number, number] = [Number.NaN, Number.NaN];

function power(a: number, b: number, exponent: Rational): [number, number] {
	const size = toNumber(exponent);
	if (isWhole(exponent)) {
		if (Math.abs(size) > 1e6) return nowhere;
		if (size > 0) return whole(a, b, size);
		if (!(a > 0 || b < 0)) return nowhere;
		const [p, q] = whole(a, b, -size);
		// Rounding outwards may have reached 0.
		return p > 0 || q < 0 ? [below(1 / q), above(1 / p)] : nowhere;
	}
	if (!(a >= 0) || (size < 0 && a === 0)) return nowhere;
	const [p, q] = size > 0 ? [a ** size, b ** size] : [b ** size, a ** size];
	const error = slack * (1 + Math.abs(size));
	return [p * (1 - error), q * (1 + error) + Number.MIN_VALUE];
}

/**
 * Bounds over all values that variables may have: what is known of a sign
 * before anything is tried. Ends may be infinite.
 */
export function ranges(roots: readonly Expression[]): ReadonlyMap<number, readonly [number, number]> {
	const found = new Map<number, readonly [number, number]>();
	const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
	const product = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : x * y);
	for (const x of nodesOf(roots)) {
		const [first = [least, most], second = [least, most]] = ("parts" in x ? x.parts : []).map(
			(part) => found.get(part.id) as readonly [number, number],
		);
		const [a, b] = first;
		let range: readonly [number, number] = [least, most];
		switch (x.kind) {
			case "number": {
				const value = toNumber(x.value);
				range = value === 0 ? [0, 0] : [below(value), above(value)];
				if (isWhole(x.value) && Number.isSafeInteger(value)) range = [value, value];
				break;
			}
			case "pi":
				range = [3.14, 3.15];
				break;
			case "variable":
				if (x.range !== "real") range = [0, x.range === "unit" ? 1 : most];
				break;
			case "add":
				range = [sum(a, second[0], below), sum(b, second[1], above)];
				break;
			case "multiply": {
				if (x.parts[0] === x.parts[1]) {
					range = [0, above(Math.max(product(a, a), product(b, b)))];
					break;
				}
				const products = [product(a, second[0]), product(a, second[1]), product(b, second[0]), product(b, second[1])];
				const exact = [a, b, ...second].every((end) => isSmall(end) || Math.abs(end) === most);
				range = [(exact ? same : below)(Math.min(...products)), (exact ? same : above)(Math.max(...products))];
				break;
			}
			case "power":
				if (!isWhole(x.exponent) || x.exponent.top % 2n === 0n || a >= 0) range = [0, most];
				else if (b <= 0) range = [least, 0];
				if (a >= 1 && toNumber(x.exponent) < 0) range = [0, 1];
				break;
			case "exp":
				range = [0, b === most ? most : above(above(Math.exp(b)))];
				break;
			case "log":
				range = [a > 1 ? 0 : least, b <= 1 ? 0 : most];
				break;
			case "sin":
			case "cos":
				range = [-1, 1];
				break;
			case "erf":
				range = [a >= 0 ? 0 : -1, b <= 0 ? 0 : 1];
				break;
			case "atan":
				range = [a >= 0 ? 0 : -1.6, b <= 0 ? 0 : 1.6];
				break;
			case "positive":
			case "vanishes":
				range = [0, 1];
				break;
			case "choice": {
				const then = found.get(x.parts[1].id) as readonly [number, number];
				const otherwise = found.get(x.parts[2].id) as readonly [number, number];
				range = [Math.min(then[0], otherwise[0]), Math.max(then[1], otherwise[1])];
				break;
			}
			case "unknown":
				break;
		}
		found.set(x.id, Number.isNaN(range[0]) || Number.isNaN(range[1]) ? [least, most] : range);
	}
	return found;
}
