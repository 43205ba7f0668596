/**
 * Special functions of one variable, and all their derivatives.
 *
 * One line is a whole definition, as in the file of transcendental functions.
 * A family that is closed under differentiation is one operation with its order
 * as an operand: ψ⁽ⁿ⁾ leads to ψ⁽ⁿ⁺¹⁾, so that no order of derivative is missing.
 */
import digammaOf from "@stdlib/math-base-special-digamma";
import erfinvOf from "@stdlib/math-base-special-erfinv";
import lgammaOf from "@stdlib/math-base-special-gammaln";
import type { Domain } from "../core/op.js";
import { type Binary, binary, everywhere, positive, type Unary, unary } from "./pointwise.js";

/** The Bernoulli numbers B₂, B₄, … B₁₆. */
const bernoulli: readonly number[] = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];

/**
 * ζ(s, x) = Σ (x + k)⁻ˢ for x > 0: the first terms one by one, until x is so
 * large that eight terms of the Euler-Maclaurin formula give the rest.
 */
function hurwitz(s: number, x: number): number {
	let total = 0;
	for (; x < 12 + s; x++) total += x ** -s;
	total += x ** (1 - s) / (s - 1) + x ** -s / 2;
	let factor = (s / 2) * x ** (-s - 1); // s (s+1) … (s+2j) x^(-s-2j-1) / (2j+2)!
	for (const [j, number] of bernoulli.entries()) {
		total += number * factor;
		const k = 2 * j + 1;
		factor *= ((s + k) / (k + 2) / x) * ((s + k + 1) / (k + 3) / x);
	}
	return total;
}

/** The n-th derivative of π cot(πx), as a polynomial in c = cot(πx): c' = -π (1 + c²). */
function cotangent(n: number, x: number): number {
	const r = x - Math.round(x);
	const c = Math.abs(r) > 1 / 4 ? Math.tan(Math.PI * (Math.sign(r) / 2 - r)) : 1 / Math.tan(Math.PI * r);
	let polynomial = [0, 1];
	for (let order = 0; order < n; order++) {
		const next = new Array<number>(polynomial.length + 1).fill(0);
		for (const [k, a] of polynomial.entries()) {
			if (k > 0) next[k - 1] = (next[k - 1] as number) - k * a;
			next[k + 1] = (next[k + 1] as number) - k * a;
		}
		polynomial = next;
	}
	return Math.PI ** (n + 1) * polynomial.reduceRight((value, a) => value * c + a, 0);
}

function polygammaOf(order: number, x: number): number {
	const n = Math.floor(order);
	if (n === 0) return digammaOf(x);
	if (!(n > 0) || Number.isNaN(x)) return Number.NaN;
	const sign = n % 2 === 0 ? -1 : 1;
	// ψ⁽ⁿ⁾(x) = (-1)ⁿ ψ⁽ⁿ⁾(1 - x) - dⁿ/dxⁿ π cot(πx)
	if (x < 0)
		return x === Math.round(x) ? Number.POSITIVE_INFINITY * sign : -sign * polygammaOf(n, 1 - x) - cotangent(n, x);
	let factorial = sign;
	for (let k = 2; k <= n; k++) factorial *= k;
	return factorial * hurwitz(n + 1, x);
}

const inside: Domain = { low: -1, high: 1 };

/** ln |Γ(x)|; ∞ at 0, -1, -2, … */
export const lgamma: Unary = unary(
	"lgamma",
	(x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.abs(x) : lgammaOf(x)),
	"digamma(x)",
	{
		domain: positive,
		symbol: "ln Γ",
		tex: "\\ln \\left|\\Gamma\\left(#1\\right)\\right|",
	},
);
/** ψ(x), the derivative of ln Γ(x); -∞ at 0, NaN at -1, -2, … */
export const digamma: Unary = unary("digamma", (x) => (x === 0 ? -1 / x : digammaOf(x)), "polygamma(1, x)", {
	domain: positive,
	symbol: "ψ",
	tex: "\\psi\\left(#1\\right)",
});
/**
 * ψ⁽ⁿ⁾(x), the n-th derivative of ψ; `polygamma(n, x)` with n = 0, 1, 2, … No
 * gradient in n: the order is rounded down to a whole number.
 */
export const polygamma: Binary = binary("polygamma", polygammaOf, [null, "polygamma(x + 1, y)"], {
	domain: [{ ...everywhere, low: 0, sampled: [1.2, 1.8] }, positive],
	symbol: "ψ⁽ⁿ⁾",
	tex: "\\psi^{\\left(#1\\right)}\\left(#2\\right)",
});
/** The inverse of erf: ±∞ at ±1, NaN beyond. */
export const erfinv: Unary = unary("erfinv", erfinvOf, "sqrt(pi) / 2 * exp(z^2)", {
	domain: inside,
	tex: "\\operatorname{erf}^{-1}\\left(#1\\right)",
});
