/**
 * The exponential of a matrix by scaling and squaring.
 *
 * exp(A) = exp(A/2ˢ)^(2ˢ), with s so large that a quotient of polynomials of
 * degree 13 is right to the last digit for A/2ˢ.
 */
import { stridesOf, type View } from "../core/shape.js";
import { factor, solveFactored } from "./lu.js";
import { matmul } from "./matmul.js";

/** Largest 1-norm at which degree 13 suffices in float64. */
const largestNorm = 5.371920351148152;
/** The Padé approximant of degree 13, numerator by ascending powers: scaled to whole numbers, which float64 holds. */
const coefficients = [
	64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
	670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
] as const;

/**
 * Writes exp(A) to `out` for `a`, [n, n] from `at` on in both.
 *
 * N. J. Higham, "The scaling and squaring method for the matrix exponential
 * revisited", 2005.
 */
export function expm(a: Float64Array, at: number, n: number, out: Float64Array): void {
	const size = n * n;
	const norm = normOf(a, at, n);
	const squarings =
		norm > largestNorm && norm < Number.POSITIVE_INFINITY ? Math.ceil(Math.log2(norm / largestNorm)) : 0;
	const x = a.slice(at, at + size);
	// In two steps: 2ˢ alone may overflow.
	for (let i = 0; i < size; i++) x[i] = (x[i] as number) / 2 ** (squarings >> 1) / 2 ** (squarings - (squarings >> 1));
	const x2 = times(x, x, n);
	const x4 = times(x2, x2, n);
	const x6 = times(x2, x4, n);
	const sum = (degree: number, lowest: boolean): Float64Array => {
		const z = new Float64Array(size);
		const [c6, c4, c2, c0] = [6, 4, 2, 0].map((power) => coefficients[degree + power] as number) as [
			number,
			number,
			number,
			number,
		];
		for (let i = 0; i < size; i++) {
			z[i] = c6 * (x6[i] as number) + c4 * (x4[i] as number) + c2 * (x2[i] as number);
		}
		if (lowest) for (let i = 0; i < n; i++) z[i * (n + 1)] = (z[i * (n + 1)] as number) + c0;
		return z;
	};
	// Odd powers b13 x¹³ + ... + b1 x and even ones b12 x¹² + ... + b0, both from x², x⁴ and x⁶.
	const odd = times(x, plus(times(x6, sum(7, false), n), sum(1, true)), n);
	const even = plus(times(x6, sum(6, false), n), sum(0, true));
	const top = even.map((value, i) => value + (odd[i] as number));
	const bottom = even.map((value, i) => value - (odd[i] as number));
	const order = new Int32Array(n);
	factor(bottom, 0, n, order, 0);
	let z: Float64Array = new Float64Array(size);
	solveFactored(bottom, 0, n, order, 0, false, top, z, 0, n);
	for (let step = 0; step < squarings; step++) z = times(z, z, n);
	out.set(z, at);
}

/** The largest sum of a column of |A|. */
function normOf(a: Float64Array, at: number, n: number): number {
	let largest = 0;
	for (let j = 0; j < n; j++) {
		let total = 0;
		for (let i = 0; i < n; i++) total += Math.abs(a[at + i * n + j] as number);
		largest = Math.max(largest, total);
	}
	return largest;
}

function times(x: Float64Array, y: Float64Array, n: number): Float64Array {
	const z = new Float64Array(n * n);
	matmul(matrix(x, n), matrix(y, n), z, 0);
	return z;
}

function matrix(storage: Float64Array, n: number): View {
	return { storage, offset: 0, shape: [n, n], strides: stridesOf([n, n]) };
}

function plus(x: Float64Array, y: Float64Array): Float64Array {
	for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + (y[i] as number);
	return x;
}
