/**
 * Bounds to as many bits as it takes.
 *
 * Where doubles cannot tell two values apart, whole numbers that count units of
 * 2^-bits can: sums are exact, everything else is rounded outwards by a unit. The
 * functions are computed with hundreds of bits more than are kept, so that one
 * unit is far more than their error.
 */
import { type Expression, nodesOf, type Of, type Primitive } from "./expression.js";
import { differentiated, type Point, type Polynomial } from "./interval.js";
import { isWhole, type Rational } from "./rational.js";

/** From `low` to `high` units. */
export interface Range {
	readonly low: bigint;
	readonly high: bigint;
}

/** Bits that the functions are computed with beyond those that are kept. */
const guard = 512n;

function absolute(x: bigint): bigint {
	return x < 0n ? -x : x;
}

/** The largest whole number whose n-th power is at most x ≥ 0. */
function root(x: bigint, n: bigint): bigint {
	if (x < 2n) return x;
	let guess = 1n << BigInt(Math.ceil(x.toString(2).length / Number(n)));
	for (;;) {
		const next = ((n - 1n) * guess + x / guess ** (n - 1n)) / n;
		if (next >= guess) return guess;
		guess = next;
	}
}

/** Functions of one number, in units of 2^-bits. */
class Functions {
	private readonly bits: bigint;
	private readonly one: bigint;

	constructor(bits: bigint) {
		this.bits = bits;
		this.one = 1n << bits;
	}

	private times(x: bigint, y: bigint): bigint {
		return (x * y) >> this.bits;
	}

	/** Σ of terms, each made from the one before, until they vanish. */
	private series(first: bigint, next: (term: bigint, n: bigint) => bigint, weight: (n: bigint) => bigint): bigint {
		let sum = 0n;
		let term = first;
		for (let n = 0n; term !== 0n && term !== -1n; n++) {
			sum += term / weight(n);
			term = next(term, n);
		}
		return sum;
	}

	exp(x: bigint): bigint {
		const halvings = 16n;
		const small = x >> halvings;
		let value = this.series(
			this.one,
			(term, n) => this.times(term, small) / (n + 1n),
			() => 1n,
		);
		for (let k = 0n; k < halvings; k++) value = this.times(value, value);
		return value;
	}

	log(x: bigint): bigint {
		const shift = BigInt(x.toString(2).length) - this.bits;
		const m = shift >= 0n ? x >> shift : x << -shift;
		return 2n * this.artanh(((m - this.one) << this.bits) / (m + this.one)) + shift * 2n * this.artanh(this.one / 3n);
	}

	private artanh(t: bigint): bigint {
		const square = this.times(t, t);
		return this.series(
			t,
			(term) => this.times(term, square),
			(n) => 2n * n + 1n,
		);
	}

	atan(x: bigint): bigint {
		let t = x;
		for (let k = 0; k < 4; k++) t = (t << this.bits) / (this.one + root((this.one << this.bits) + t * t, 2n));
		return 16n * this.arctangent(t);
	}

	private arctangent(t: bigint): bigint {
		const square = this.times(t, t);
		return this.series(
			t,
			(term) => -this.times(term, square),
			(n) => 2n * n + 1n,
		);
	}

	get pi(): bigint {
		return 16n * this.arctangent(this.one / 5n) - 4n * this.arctangent(this.one / 239n);
	}

	sin(x: bigint): bigint {
		const turn = 2n * this.pi;
		const rest = x % turn;
		const square = this.times(rest, rest);
		return this.series(
			rest,
			(term, n) => -this.times(term, square) / ((2n * n + 2n) * (2n * n + 3n)),
			() => 1n,
		);
	}

	cos(x: bigint): bigint {
		return this.sin(x + this.pi / 2n);
	}

	erf(x: bigint): bigint {
		const square = this.times(x, x);
		const sum = this.series(
			x,
			(term, n) => -this.times(term, square) / (n + 1n),
			(n) => 2n * n + 1n,
		);
		return (2n * sum * this.one) / root(this.pi << this.bits, 2n);
	}
}

/** Bounds of `roots` at a point, in units of 2^-bits; `undefined` where there are none. */
export function preciseBounds(roots: readonly Expression[], point: Point, bits: number): (Range | undefined)[] {
	const kept = BigInt(bits);
	const one = 1n << kept;
	const functions = new Functions(kept + guard);
	const found = new Map<number, Range | undefined>();
	const below = (top: bigint, bottom: bigint): bigint => {
		const quotient = top / bottom;
		return quotient * bottom > top !== bottom < 0n && quotient * bottom !== top ? quotient - 1n : quotient;
	};
	const around = ({ top, bottom }: Rational): Range => {
		const low = below(top << kept, bottom);
		return { low, high: low * bottom === top << kept ? low : low + 1n };
	};
	const multiply = (a: Range, b: Range): Range => {
		const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
		const least = products.reduce((x, y) => (y < x ? y : x));
		const most = products.reduce((x, y) => (y > x ? y : x));
		return { low: least >> kept, high: -(-most >> kept) };
	};
	const increasing = (x: Range, f: (value: bigint) => bigint): Range => ({
		low: (f(x.low << guard) >> guard) - 1n,
		high: (f(x.high << guard) >> guard) + 2n,
	});
	const raised = (x: Range, power: number): Range => {
		if (power === 0) return { low: one, high: one };
		let result = x;
		for (let k = 1; k < power; k++) result = multiply(result, x);
		return power % 2 === 0 && result.low < 0n ? { ...result, low: 0n } : result;
	};
	const inverted = (x: Range): Range | undefined => {
		if (x.low <= 0n && x.high >= 0n) return undefined;
		return { low: below(one << kept, x.high), high: below(one << kept, x.low) + 1n };
	};
	const polynomial = (terms: Polynomial, given: readonly Range[]): Range => {
		let sum: Range = { low: 0n, high: 0n };
		for (const { factor, exponents } of terms) {
			let term: Range = { low: BigInt(factor) << kept, high: BigInt(factor) << kept };
			for (const [k, x] of given.entries()) term = multiply(term, raised(x, exponents[k] as number));
			sum = { low: sum.low + term.low, high: sum.high + term.high };
		}
		return sum;
	};
	const power = (x: Range, exponent: Rational): Range | undefined => {
		const size = exponent.top < 0n ? -exponent.top : exponent.top;
		if (size > 200n || exponent.bottom > 64n || (!isWhole(exponent) && x.low < 0n)) return undefined;
		let result: Range = raised(x, Number(size));
		if (!isWhole(exponent)) {
			const n = exponent.bottom;
			const scale = kept * (n - 1n);
			result = { low: root(result.low << scale, n), high: root(result.high << scale, n) + 1n };
		}
		return exponent.top < 0n ? inverted(result) : result;
	};
	const large = (x: Range, most: bigint): boolean => absolute(x.low) > most * one || absolute(x.high) > most * one;

	const bound = (x: Expression): Range | undefined => {
		const given = ("parts" in x ? x.parts : []).map((part) => found.get(part.id));
		if (x.kind === "choice") {
			const [question] = given;
			if (!question || question.low !== question.high) return undefined;
			return given[question.low === 0n ? 2 : 1];
		}
		if (given.includes(undefined)) return undefined;
		const [a, b] = given as [Range, Range];
		switch (x.kind) {
			case "number":
				return around(x.value);
			case "variable":
				return around(point.values.get(x.name) as Rational);
			case "pi":
				return { low: functions.pi >> guard, high: (functions.pi >> guard) + 1n };
			case "add":
				return { low: a.low + b.low, high: a.high + b.high };
			case "multiply":
				return multiply(a, b);
			case "power":
				return power(a, x.exponent);
			case "positive":
			case "vanishes": {
				if (a.low <= 0n && a.high >= 0n) return undefined;
				const answer = x.kind === "positive" && a.low > 0n ? one : 0n;
				return { low: answer, high: answer };
			}
			case "unknown":
				return polynomial(differentiated(point.functions.get(x.name) as Polynomial, x.orders), given as Range[]);
			default:
				return primitive(x, a);
		}
	};
	const primitive = ({ kind }: Of<Primitive>, a: Range): Range | undefined => {
		if (kind === "exp") return large(a, 200n) ? undefined : increasing(a, (value) => functions.exp(value));
		if (kind === "log") return a.low <= 0n ? undefined : increasing(a, (value) => functions.log(value));
		if (kind === "atan") return increasing(a, (value) => functions.atan(value));
		if (kind === "erf") return large(a, 6n) ? undefined : increasing(a, (value) => functions.erf(value));
		if (large(a, 1n << 32n)) return undefined;
		const value = (kind === "sin" ? functions.sin(a.low << guard) : functions.cos(a.low << guard)) >> guard;
		const width = a.high - a.low + 2n;
		return { low: value - width, high: value + width };
	};
	for (const x of nodesOf(roots)) found.set(x.id, bound(x));
	return roots.map((x) => found.get(x.id));
}
