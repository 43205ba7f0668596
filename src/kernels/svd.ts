/**
 * Singular values and vectors by one-sided Jacobi rotations.
 *
 * The columns of A are turned, two by two, until all are orthogonal: then their
 * lengths are the singular values, their directions the left vectors, and the
 * product of all turns the right ones. A column is kept as a row, so that every
 * loop runs along memory. Every singular value that the matrix determines well
 * comes out with a small relative error, however small it is.
 */
import { rotate, signOf } from "./eigen.js";

const mostSweeps = 60;

/**
 * Decomposes `a`, [m, n] from `at` on, and writes for k = min(m, n) the matrix
 * [m + 1 + n, k] to `out` from `atOut` on: in each column the left vector, the
 * singular value, and the right vector, singular values descending. The largest
 * component of each right vector is positive. All are NaN where an element is
 * not finite.
 *
 * M. R. Hestenes, 1958; J. Demmel, K. Veselić, "Jacobi's method is more
 * accurate than QR", 1992.
 */
export function svd(a: Float64Array, at: number, m: number, n: number, out: Float64Array, atOut: number): void {
	const tall = m >= n;
	const [length, count] = tall ? [m, n] : [n, m]; // `count` vectors of `length` numbers
	const scale = scaleOf(a, at, m * n);
	if (Number.isNaN(scale)) {
		out.fill(scale, atOut, atOut + (m + 1 + n) * count);
		return;
	}
	const vectors = new Float64Array(count * length);
	for (let i = 0; i < m; i++) {
		for (let j = 0; j < n; j++) vectors[tall ? j * m + i : i * n + j] = (a[at + i * n + j] as number) / scale;
	}
	const turns = new Float64Array(count * count);
	for (let i = 0; i < count; i++) turns[i * (count + 1)] = 1;
	orthogonalize(vectors, length, count, turns);

	const sizes = new Float64Array(count);
	for (let i = 0; i < count; i++) sizes[i] = Math.sqrt(product(vectors, i * length, i * length, length));
	const order = Array.from(sizes, (_, i) => i).sort((i, j) => (sizes[j] as number) - (sizes[i] as number));
	for (const [rank, i] of order.entries()) {
		const size = sizes[i] as number;
		if (size > 0) for (let j = 0; j < length; j++) vectors[i * length + j] = (vectors[i * length + j] as number) / size;
		else if (size === 0) complete(vectors, length, order.slice(0, rank), i);
	}
	// Of a wide matrix, the transpose was decomposed: left and right change places.
	const [left, right] = tall ? [vectors, turns] : [turns, vectors];
	for (const [column, i] of order.entries()) {
		const sign = signOf(right, i * n, n);
		for (let j = 0; j < m; j++) out[atOut + j * count + column] = sign * (left[i * m + j] as number);
		out[atOut + m * count + column] = (sizes[i] as number) * scale;
		for (let j = 0; j < n; j++) out[atOut + (m + 1 + j) * count + column] = sign * (right[i * n + j] as number);
	}
}

/** A power of 2 near the largest element, so that squares neither overflow nor vanish; NaN where an element is not finite. */
function scaleOf(a: Float64Array, at: number, count: number): number {
	let largest = 0;
	for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(a[at + i] as number));
	if (largest === 0) return 1;
	return largest < Number.POSITIVE_INFINITY ? 2 ** Math.floor(Math.log2(largest)) : Number.NaN;
}

/** Turns pairs of rows of `x`, and of `turns` with them, until all rows of `x` are orthogonal. */
function orthogonalize(x: Float64Array, length: number, count: number, turns: Float64Array): void {
	const accepted = (Number.EPSILON / 2) * Math.sqrt(length);
	const squares = new Float64Array(count);
	for (let sweep = 0, turned = true; turned && sweep < mostSweeps; sweep++) {
		turned = false;
		for (let p = 0; p < count; p++) squares[p] = product(x, p * length, p * length, length);
		for (let p = 0; p < count; p++) {
			for (let q = p + 1; q < count; q++) {
				const pq = product(x, p * length, q * length, length);
				const pp = squares[p] as number;
				const qq = squares[q] as number;
				if (!(Math.abs(pq) > accepted * Math.sqrt(pp) * Math.sqrt(qq))) continue;
				turned = true;
				const theta = (qq - pp) / (2 * pq);
				const tangent = 1 / (theta + (theta >= 0 ? 1 : -1) * Math.hypot(theta, 1));
				const cosine = 1 / Math.sqrt(tangent * tangent + 1);
				rotate(x, p * length, q * length, length, cosine, tangent * cosine);
				rotate(turns, p * count, q * count, count, cosine, tangent * cosine);
				squares[p] = Math.max(0, pp - tangent * pq); // to be measured again in the next sweep
				squares[q] = qq + tangent * pq;
			}
		}
	}
}

function product(x: Float64Array, p: number, q: number, count: number): number {
	// Two sums that do not wait for each other.
	let even = 0;
	let odd = 0;
	const last = count - 1;
	for (let i = 0; i < last; i += 2) {
		even += (x[p + i] as number) * (x[q + i] as number);
		odd += (x[p + i + 1] as number) * (x[q + i + 1] as number);
	}
	if (count % 2 === 1) even += (x[p + last] as number) * (x[q + last] as number);
	return even + odd;
}

/** Fills row `i` with a unit vector orthogonal to the rows in `others`: there is one near some axis. */
function complete(x: Float64Array, length: number, others: readonly number[], i: number): void {
	const row = i * length;
	for (let axis = 0; axis < length; axis++) {
		x.fill(0, row, row + length);
		x[row + axis] = 1;
		for (let twice = 0; twice < 2; twice++) {
			for (const other of others) {
				const share = product(x, row, other * length, length);
				for (let j = 0; j < length; j++)
					x[row + j] = (x[row + j] as number) - share * (x[other * length + j] as number);
			}
		}
		const squares = product(x, row, row, length);
		if (squares * 2 * length < 1) continue;
		for (let j = 0; j < length; j++) x[row + j] = (x[row + j] as number) / Math.sqrt(squares);
		return;
	}
}
