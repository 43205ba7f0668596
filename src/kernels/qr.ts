/**
 * A = Q R by reflections.
 *
 * A reflection I - τ v vᵀ is applied to a row-major matrix in two passes over
 * its rows: w = vᵀ A, then A - τ v w. Signs are those of LAPACK: a diagonal
 * element of R is opposite in sign to the element it was made from, and a
 * column that is already zero below the diagonal is left alone.
 */

/**
 * Factors `a`, [m, n] with m ≥ n, from `at` on: R is left in the upper triangle
 * of its first n rows, with zeros below, and Q, [m, n] with orthonormal
 * columns, is written to `q` from `atQ` on.
 *
 * A. S. Householder, "Unitary triangularization of a nonsymmetric matrix",
 * 1958; G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed.,
 * algorithm 5.2.1.
 */
export function qr(a: Float64Array, at: number, m: number, n: number, q: Float64Array, atQ: number): void {
	const scales = new Float64Array(n); // τ
	const work = new Float64Array(n);
	for (let k = 0; k < n; k++) {
		const first = a[at + k * n + k] as number;
		let largest = 0;
		for (let i = k + 1; i < m; i++) largest = Math.max(largest, Math.abs(a[at + i * n + k] as number));
		if (largest === 0) continue;
		largest = Math.max(largest, Math.abs(first)); // squares neither overflow nor vanish
		let squares = 0;
		for (let i = k; i < m; i++) squares += ((a[at + i * n + k] as number) / largest) ** 2;
		const length = largest * Math.sqrt(squares);
		const diagonal = first >= 0 ? -length : length;
		scales[k] = (diagonal - first) / diagonal;
		for (let i = k + 1; i < m; i++) a[at + i * n + k] = (a[at + i * n + k] as number) / (first - diagonal);
		reflect(a, at, m, n, k, scales[k] as number, a, at, k + 1, work);
		a[at + k * n + k] = diagonal;
	}
	for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) q[atQ + i * n + j] = i === j ? 1 : 0;
	for (let k = n - 1; k >= 0; k--) {
		if (scales[k] !== 0) reflect(a, at, m, n, k, scales[k] as number, q, atQ, k, work);
	}
	for (let i = 1; i < m; i++) a.fill(0, at + i * n, at + i * n + Math.min(i, n));
}

/** Applies reflection `k`, whose v = (1, a[k+1..m, k]), to the columns of `x`, [m, n], from `start` on. */
function reflect(
	a: Float64Array,
	at: number,
	m: number,
	n: number,
	k: number,
	scale: number,
	x: Float64Array,
	atX: number,
	start: number,
	work: Float64Array,
): void {
	for (let j = start; j < n; j++) work[j] = x[atX + k * n + j] as number;
	for (let i = k + 1; i < m; i++) {
		const v = a[at + i * n + k] as number;
		const row = atX + i * n;
		for (let j = start; j < n; j++) work[j] = (work[j] as number) + v * (x[row + j] as number);
	}
	for (let j = start; j < n; j++) {
		work[j] = (work[j] as number) * scale;
		x[atX + k * n + j] = (x[atX + k * n + j] as number) - (work[j] as number);
	}
	for (let i = k + 1; i < m; i++) {
		const v = a[at + i * n + k] as number;
		const row = atX + i * n;
		for (let j = start; j < n; j++) x[row + j] = (x[row + j] as number) - v * (work[j] as number);
	}
}
