/**
 * Exact rational numbers: what the numbers of a derivation are.
 *
 * `0.1` is one tenth here, never the nearest double. Numerator and denominator
 * are coprime and the denominator is positive, so equal numbers look equal.
 */

/** `top / bottom`, in lowest terms, `bottom > 0`. */
export interface Rational {
	readonly top: bigint;
	readonly bottom: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
	let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
	while (y > 0n) [x, y] = [y, x % y];
	return x;
}

/** `top / bottom`; `bottom` is not 0. */
export function rational(top: bigint | number, bottom: bigint | number = 1n): Rational {
	const [a, b] = [BigInt(top), BigInt(bottom)];
	const shared = (b < 0n ? -1n : 1n) * gcd(a, b);
	return { top: a / shared, bottom: b / shared };
}

export const zero: Rational = rational(0);
export const one: Rational = rational(1);

/** The number that a decimal such as `0.05` or `1e-3` writes. */
export function decimal(text: string): Rational {
	const [, whole = "", fraction = "", exponent = "0"] = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
	const shift = Number(exponent) - fraction.length;
	const digits = BigInt(whole + fraction);
	return shift >= 0 ? rational(digits * 10n ** BigInt(shift)) : rational(digits, 10n ** BigInt(-shift));
}

export function plus(a: Rational, b: Rational): Rational {
	return rational(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

export function times(a: Rational, b: Rational): Rational {
	return rational(a.top * b.top, a.bottom * b.bottom);
}

export function minus(a: Rational): Rational {
	return { top: -a.top, bottom: a.bottom };
}

/** 1 / a; a is not 0. */
function inverse(a: Rational): Rational {
	return rational(a.bottom, a.top);
}

/** a to a whole power; a is not 0 where the power is negative. */
export function raised(a: Rational, power: bigint): Rational {
	return power < 0n ? raised(inverse(a), -power) : { top: a.top ** power, bottom: a.bottom ** power };
}

export function sameNumber(a: Rational, b: Rational): boolean {
	return a.top === b.top && a.bottom === b.bottom;
}

export function isWhole(a: Rational): boolean {
	return a.bottom === 1n;
}

export function signOf(a: Rational): -1 | 0 | 1 {
	return a.top > 0n ? 1 : a.top < 0n ? -1 : 0;
}

/** Bits of numerator and denominator together: what a number costs. */
export function bitsOf({ top, bottom }: Rational): number {
	return top.toString(16).length * 4 + bottom.toString(16).length * 4;
}

/** The nearest double, or one beside it. */
export function toNumber({ top, bottom }: Rational): number {
	const [x, y] = [Number(top), Number(bottom)];
	if (Number.isFinite(x) && Number.isFinite(y)) return x / y;
	// Both may be beyond the doubles while the quotient is not.
	const excess = Math.max(top.toString(2).length, bottom.toString(2).length) - 900;
	return Number(top >> BigInt(excess)) / Number(bottom >> BigInt(excess));
}

/** `3`, `-1/2`; a decimal where the denominator divides a small power of ten and is no small number. */
export function rationalText(a: Rational): string {
	if (isWhole(a)) return String(a.top);
	for (let digits = 1; a.bottom > 9n && digits <= 12; digits++) {
		const scale = 10n ** BigInt(digits);
		if (scale % a.bottom !== 0n) continue;
		const scaled = (a.top * scale) / a.bottom;
		const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, "0");
		return `${scaled < 0n ? "-" : ""}${text.slice(0, -digits)}.${text.slice(-digits)}`;
	}
	return `${a.top}/${a.bottom}`;
}
