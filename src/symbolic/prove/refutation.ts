/**
 * The module that may say REFUTED.
 *
 * A claim is refuted by a point at which certain bounds of its two sides do not
 * meet, or by shapes that differ. Points are simple numbers, so that a person
 * can follow.
 */
import type { Budget } from "./budget.js";
import { nodesOf, type Of } from "./expression.js";
import { type Point, type Polynomial, Program } from "./interval.js";
import { preciseBounds } from "./precise.js";
import type { Pair } from "./proof.js";
import { bitsOf, type Rational, rational, toNumber } from "./rational.js";

/** A point where two sides differ. */
export interface Refutation {
	readonly verdict: "REFUTED";
	readonly point: Point;
	/** Which pair differs, and the values of its sides. */
	readonly pair: number;
	readonly left: number | string;
	readonly right: number | string;
}

/** What numbers say about pairs: a point where they differ, or how often they agreed. */
export interface Evidence {
	readonly refutation: Refutation | undefined;
	/** Points at which every pair has bounds that meet, and narrow ones. */
	readonly agreeing: number;
}

const simple: Readonly<Record<Of<"variable">["range"], readonly (readonly [number, number])[]>> = {
	real: [
		[1, 1],
		[2, 1],
		[-1, 1],
		[3, 1],
		[1, 2],
		[-2, 1],
		[-1, 2],
		[5, 2],
		[-3, 2],
		[3, 4],
	],
	positive: [
		[1, 1],
		[2, 1],
		[3, 1],
		[1, 2],
		[5, 1],
		[3, 2],
		[1, 4],
		[5, 2],
		[7, 2],
		[3, 4],
	],
	unit: [
		[1, 2],
		[1, 4],
		[3, 4],
		[1, 8],
		[5, 8],
		[3, 8],
		[7, 8],
		[1, 16],
		[9, 16],
		[13, 16],
	],
};

/** Numbers near 0, where exponentials and long products stay small. */
const gentle: typeof simple = {
	real: [
		[1, 4],
		[-1, 4],
		[1, 8],
		[3, 8],
		[-1, 8],
		[-3, 8],
		[1, 2],
		[-1, 2],
		[1, 16],
		[-1, 16],
	],
	positive: [
		[1, 2],
		[1, 4],
		[3, 4],
		[1, 1],
		[5, 4],
		[3, 8],
		[5, 8],
		[7, 8],
		[9, 8],
		[1, 8],
	],
	unit: simple.unit,
};

/** Functions of one argument that stand for unknown ones; of several, products and sums of powers. */
const curves: readonly Polynomial[] = [
	[{ factor: 1, exponents: [3] }],
	[
		{ factor: 1, exponents: [2] },
		{ factor: 1, exponents: [0] },
	],
	[
		{ factor: 1, exponents: [5] },
		{ factor: 2, exponents: [1] },
	],
	[
		{ factor: 1, exponents: [4] },
		{ factor: 1, exponents: [1] },
		{ factor: 1, exponents: [0] },
	],
];

function surface(arity: number, variant: number): Polynomial {
	const product = Array.from({ length: arity }, (_, at) => 1 + ((at + variant) % 3));
	const powers = product.map((_, at) => ({
		factor: at + 1,
		exponents: product.map((__, other) => (other === at ? 2 + variant : 0)),
	}));
	return [{ factor: 1, exponents: product }, ...powers];
}

/** Simple points, the simplest first, the same ones every time. */
function* pointsFor(program: Program, count: number): Generator<Point> {
	const { variables, functions } = program;
	let state = 12345;
	const next = (below: number): number => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return Math.floor(((state >>> 8) / 0x800000) * below);
	};
	for (let trial = 0; trial < count; trial++) {
		const width = Math.min(10, 2 + Math.floor(trial / 2));
		const values = new Map<string, Rational>();
		for (const [at, { name, range }] of variables.entries()) {
			const list = (trial > 2 && trial % 3 !== 0 ? gentle : simple)[range];
			const [top, bottom] = list[trial === 0 ? at % 4 : next(width)] as readonly [number, number];
			values.set(name, rational(top, bottom));
		}
		const polynomials = new Map(
			[...functions].map(([name, arity], at) => {
				const variant = (trial + at) % curves.length;
				return [name, arity === 1 ? (curves[variant] as Polynomial) : surface(arity, variant)];
			}),
		);
		yield { values, functions: polynomials };
	}
}

/** Compares the sides of every pair at simple points. */
export function compare(pairs: readonly Pair[], budget: Budget, count = 32): Evidence {
	const program = new Program(pairs.flat());
	const exact = pairs.findIndex(([a, b]) => a.kind === "number" && b.kind === "number" && a !== b);
	if (exact >= 0) {
		const [left, right] = (pairs[exact] as Pair).map((side) => toNumber((side as Of<"number">).value)) as [
			number,
			number,
		];
		const point = { values: new Map(), functions: new Map() };
		return { refutation: { verdict: "REFUTED", point, pair: exact, left, right }, agreeing: 0 };
	}
	let agreeing = 0;
	const constant = program.variables.length === 0 && program.functions.size === 0;
	for (const point of pointsFor(program, constant ? 4 : count)) {
		budget.check();
		const { low, high } = program.bounds(point);
		let known = true;
		for (const [pair, sides] of pairs.entries()) {
			const [x, y] = sides.map((side) => program.placeOf(side)) as [number, number];
			const [a, b, c, d] = [low[x], high[x], low[y], high[y]] as [number, number, number, number];
			if (b < c || d < a) {
				return { refutation: { verdict: "REFUTED", point, pair, left: (a + b) / 2, right: (c + d) / 2 }, agreeing };
			}
			const narrow = b - a <= 1e-6 * (1 + Math.abs(a)) && d - c <= 1e-6 * (1 + Math.abs(c));
			known &&= narrow;
		}
		if (known) agreeing++;
	}
	return { refutation: undefined, agreeing };
}

/**
 * Bits of the numbers in an equality that are not small. A coefficient that both
 * primes divide has 60 at least, and what it is multiplied with may be tiny.
 */
export function weightOf(pairs: readonly Pair[]): number {
	let sum = 0;
	for (const x of nodesOf(pairs.flat())) if (x.kind === "number") sum += Math.max(0, bitsOf(x.value) - 16);
	return sum;
}

/** Compares the sides at a few points with more and more bits: for what doubles cannot tell apart. */
export function compareClosely(
	pairs: readonly Pair[],
	budget: Budget,
	precisions: readonly number[] = [128, 256, 512],
	count = 4,
): Refutation | undefined {
	const program = new Program(pairs.flat());
	for (const bits of precisions) {
		for (const point of pointsFor(program, count)) {
			budget.check();
			for (const [pair, sides] of pairs.entries()) {
				const [a, b] = preciseBounds(sides, point, bits);
				if (!a || !b || (a.high >= b.low && b.high >= a.low)) continue;
				const [left, right] = digits(a.low, b.low, bits);
				return { verdict: "REFUTED", point, pair, left, right };
			}
		}
	}
	return undefined;
}

/** Two values in as many digits as it takes to see that they differ. */
function digits(left: bigint, right: bigint, bits: number): readonly [string, string] {
	for (let places = 16; ; places += 8) {
		const [a, b] = [left, right].map((value) => {
			const scaled = ((((value < 0n ? -value : value) * 2n * 10n ** BigInt(places)) >> BigInt(bits)) + 1n) / 2n;
			const text = String(scaled).padStart(places + 1, "0");
			return `${value < 0n ? "-" : ""}${text.slice(0, -places)}.${text.slice(-places)}`;
		}) as [string, string];
		if (a !== b || places > bits) return [a, b];
	}
}

/** The text of a polynomial in t, or in t1, t2, ... */
export function polynomialText(polynomial: Polynomial): string {
	const several = (polynomial[0]?.exponents.length ?? 1) > 1;
	const terms = polynomial.map(({ factor, exponents }) => {
		const powers = exponents.flatMap((exponent, at) => {
			const name = several ? `t${at + 1}` : "t";
			return exponent === 0 ? [] : [exponent === 1 ? name : `${name}^${exponent}`];
		});
		return [...(factor === 1 && powers.length > 0 ? [] : [String(factor)]), ...powers].join("*");
	});
	return terms.join(" + ");
}
