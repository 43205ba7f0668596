/**
 * The square root of a positive definite matrix: A = L Lᵀ, L lower triangular.
 *
 * Row by row, so that both rows of an inner product lie in memory one after the
 * other. Only the lower triangle is read.
 */

/**
 * Factors `a`, [n, n] from `at` on, in place, with zeros above the diagonal.
 * Returns 0, or the order of the first leading minor that is not positive.
 *
 * G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., section 4.2.
 */
export function cholesky(a: Float64Array, at: number, n: number): number {
	for (let i = 0; i < n; i++) {
		const row = at + i * n;
		for (let j = 0; j <= i; j++) {
			const other = at + j * n;
			let rest = a[row + j] as number;
			for (let k = 0; k < j; k++) rest -= (a[row + k] as number) * (a[other + k] as number);
			if (j < i) a[row + j] = rest / (a[other + j] as number);
			else if (rest > 0) a[row + i] = Math.sqrt(rest);
			else return i + 1; // NaN comes here, too
		}
		for (let j = i + 1; j < n; j++) a[row + j] = 0;
	}
	return 0;
}
