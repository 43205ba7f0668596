/**
 * Functions of four float32 or two float64 at once, as code for the emitter of
 * loops.
 *
 * In float64 there are those that WebAssembly computes exactly; what is more
 * than that stays with `Math`. In float32 results are within 2 units in the last place of the true value, over all
 * float32 numbers; infinities, NaN, -0 and what underflows come out as those
 * of `Math`. The polynomials are those of expf, tanhf and logf in Cephes
 * (Moshier, "Cephes Math Library", release 2.2, 1992); in place of its branches
 * both sides are computed and one is chosen.
 */
import { type Code, type Floats, f32x4, f64x2, i32x4, v128 } from "./assembler.js";

/** Computes a value once, at this place of the loop; what it returns can be read again and again. */
export type Keep = (x: Code) => Code;

const { bitselect: choose } = v128;
const { const: bits } = i32x4;
const { const: number, abs, add, sub, mul, div, neg, lt } = f32x4;

/** The polynomial with these coefficients, the highest first. */
function polynomial(x: Code, coefficients: readonly number[]): Code {
	const [first, ...others] = coefficients.map(number) as [Code, ...Code[]];
	return others.reduce((sum, next) => add(mul(sum, x), next), first);
}

/** ln 2 in two parts: the first has ten bits, so that its product with a whole number below 2^14 is exact. */
const [ln2, ln2Rest] = [0.693359375, -2.1219444e-4];
/** 1.5 · 2^23: a number added to it is rounded to a whole number, which its last bits show. */
const shifter = 12_582_912;
const shifterBits = 0x4b400000;

/**
 * eˣ = 2ⁿ eʳ with n whole and |r| ≤ ln 2 / 2. 2ⁿ is applied in two halves: each
 * is a normal number where the result is not, and so it is rounded once.
 */
export function exp(keep: Keep, given: Code): Code {
	// Beyond these the result is 0 or ∞. The order of the operands lets NaN pass.
	const x = keep(f32x4.pmax(f32x4.pmin(given, number(89)), number(-104)));
	const shifted = keep(add(mul(x, number(Math.LOG2E)), number(shifter)));
	const whole = keep(sub(shifted, number(shifter)));
	const r = keep(sub(sub(x, mul(whole, number(ln2))), mul(whole, number(ln2Rest))));
	const tail = polynomial(r, [1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 0.166666655, 0.50000001]);
	const growth = add(add(mul(tail, mul(r, r)), r), number(1));
	const n = keep(i32x4.sub(shifted, bits(shifterBits)));
	const half = keep(i32x4.shr_s(n, 1));
	const power = (n: Code): Code => i32x4.shl(i32x4.add(n, bits(127)), 23);
	return mul(mul(growth, power(half)), power(i32x4.sub(n, half)));
}

/** x + x³ P(x²) near 0, else 1 - 2 / (e²ˣ + 1) with the sign of x. */
function tanh(keep: Keep, given: Code): Code {
	const x = keep(given);
	const size = keep(abs(x));
	const far = sub(number(1), div(number(2), add(exp(keep, add(size, size)), number(1))));
	const square = keep(mul(x, x));
	const tail = polynomial(square, [-5.70498873e-3, 2.0639088e-2, -5.37397155e-2, 0.133314422, -0.333332819]);
	const near = add(mul(mul(tail, square), x), x);
	const value = choose(near, far, lt(size, number(0.625)));
	return choose(x, value, bits(1 << 31)); // the sign of x, also of -0
}

/** e^-|x|: it never overflows. */
const decayOf = (keep: Keep, x: Code): Code => keep(exp(keep, neg(abs(x))));

/** 1 / (1 + e⁻ˣ), for x < 0 as eˣ / (1 + eˣ). */
function sigmoid(keep: Keep, given: Code): Code {
	const x = keep(given);
	const decay = decayOf(keep, x);
	return div(choose(decay, number(1), lt(x, number(0))), add(decay, number(1)));
}

/** ln x = e ln 2 + ln m, with m from √½ to √2 by taking the bits of √½ from those of x. Denormal numbers are scaled first. */
function log(keep: Keep, given: Code): Code {
	const x = keep(given);
	const tiny = keep(lt(x, number(2 ** -126)));
	const scaled = keep(choose(mul(x, number(2 ** 23)), x, tiny));
	const exponent = keep(i32x4.shr_s(i32x4.sub(scaled, bits(0x3f3504f3)), 23));
	const e = keep(sub(f32x4.convert_i32x4_s(exponent), v128.and(number(23), tiny)));
	const f = keep(sub(i32x4.sub(scaled, i32x4.shl(exponent, 23)), number(1)));
	const square = keep(mul(f, f));
	const tail = polynomial(
		f,
		[
			7.03768363e-2, -0.115146103, 0.116769987, -0.124201408, 0.142493228, -0.166680577, 0.200007148, -0.24999994,
			0.333333312,
		],
	);
	const low = add(mul(mul(tail, f), square), mul(e, number(ln2Rest)));
	const finite = add(add(sub(low, mul(square, number(0.5))), f), mul(e, number(ln2)));
	const positive = choose(finite, x, lt(x, number(Number.POSITIVE_INFINITY)));
	const atZero = choose(number(Number.NEGATIVE_INFINITY), number(Number.NaN), f32x4.eq(x, number(0)));
	return choose(positive, atZero, f32x4.gt(x, number(0)));
}

/** max(x, 0) + ln(1 + e^-|x|), the logarithm with what rounding 1 + e^-|x| lost. */
function softplus(keep: Keep, given: Code): Code {
	const x = keep(given);
	const decay = decayOf(keep, x);
	const u = keep(add(decay, number(1)));
	const lost = div(sub(decay, sub(u, number(1))), u);
	return add(add(log(keep, u), lost), f32x4.max(x, number(0)));
}

/** A function as code. */
export type VectorFunction = (keep: Keep, x: Code, y: Code) => Code;

/** One of the two types. */
export interface Kind {
	readonly lanes: Floats;
	readonly storage: Float32ArrayConstructor | Float64ArrayConstructor;
	/** Loads one number into all lanes. */
	readonly splat: typeof v128.load;
	/** What formulas may call, as `Math` is for code in JavaScript. The names are those of the operations. */
	readonly functions: ReadonlyMap<string, VectorFunction>;
}

function exact({ abs, ceil, floor, max, min, nearest, sqrt, trunc }: Floats): [string, VectorFunction][] {
	const one = { abs, ceil, floor, round: nearest, sqrt, trunc };
	const two = { maximum: max, minimum: min };
	return [
		...Object.entries(one).map(([name, f]): [string, VectorFunction] => [name, (_, x) => f(x)]),
		...Object.entries(two).map(([name, f]): [string, VectorFunction] => [name, (_, x, y) => f(x, y)]),
	];
}

export const float32: Kind = {
	lanes: f32x4,
	storage: Float32Array,
	splat: v128.load32_splat,
	functions: new Map([...exact(f32x4), ...Object.entries({ exp, log, sigmoid, softplus, tanh })]),
};
export const float64: Kind = {
	lanes: f64x2,
	storage: Float64Array,
	splat: v128.load64_splat,
	functions: new Map(exact(f64x2)),
};
