/**
 * Triangular factors of square matrices, and equations solved with them.
 *
 * Matrices are row-major, so elimination subtracts whole rows: every inner loop
 * runs along memory. A pivot of 0 is passed over, not refused: a determinant
 * wants it, and who cannot live with it asks `zeroPivot`.
 *
 * It knows one matrix at a time, and no batch.
 */

/**
 * Factors `a`, [n, n] from `at` on, in place: P A = L U with partial pivoting,
 * L with a diagonal of ones below, U on and above the diagonal. Row `i` of P A
 * is row `order[at + i]` of A. Returns the sign of the permutation.
 *
 * G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., algorithm 3.4.1.
 */
export function factor(a: Float64Array, at: number, n: number, order: Int32Array, atOrder: number): number {
	let sign = 1;
	for (let i = 0; i < n; i++) order[atOrder + i] = i;
	for (let k = 0; k < n; k++) {
		const pivotRow = at + k * n;
		let chosen = k;
		let largest = Math.abs(a[pivotRow + k] as number);
		for (let i = k + 1; i < n; i++) {
			const size = Math.abs(a[at + i * n + k] as number);
			if (size > largest) {
				largest = size;
				chosen = i;
			}
		}
		if (chosen !== k) {
			const other = at + chosen * n;
			for (let j = 0; j < n; j++) {
				const kept = a[pivotRow + j] as number;
				a[pivotRow + j] = a[other + j] as number;
				a[other + j] = kept;
			}
			const kept = order[atOrder + k] as number;
			order[atOrder + k] = order[atOrder + chosen] as number;
			order[atOrder + chosen] = kept;
			sign = -sign;
		}
		if (largest === 0) continue;
		const pivot = a[pivotRow + k] as number;
		for (let i = k + 1; i < n; i++) {
			const row = at + i * n;
			const share = (a[row + k] as number) / pivot;
			a[row + k] = share;
			if (share === 0) continue;
			for (let j = k + 1; j < n; j++) a[row + j] = (a[row + j] as number) - share * (a[pivotRow + j] as number);
		}
	}
	return sign;
}

/** The first index on the diagonal of `a`, [n, n] from `at` on, with a 0; -1 where there is none. */
export function zeroPivot(a: Float64Array, at: number, n: number): number {
	for (let i = 0; i < n; i++) if (a[at + i * (n + 1)] === 0) return i;
	return -1;
}

/**
 * Solves A X = B, or Aᵀ X = B, from the factors of A: `b` and `x` are [n, k]
 * from `atX` on, and different arrays.
 */
export function solveFactored(
	a: Float64Array,
	at: number,
	n: number,
	order: Int32Array,
	atOrder: number,
	transposed: boolean,
	b: Float64Array,
	x: Float64Array,
	atX: number,
	k: number,
): void {
	if (!transposed) {
		for (let i = 0; i < n; i++) moveRow(b, atX + (order[atOrder + i] as number) * k, x, atX + i * k, k);
		substitute(a, at, n, 1, n, false, true, x, atX, k);
		substitute(a, at, n, 1, n, true, false, x, atX, k);
		return;
	}
	// Aᵀ = Uᵀ Lᵀ P
	const y = b.slice(atX, atX + n * k);
	substitute(a, at, 1, n, n, false, false, y, 0, k);
	substitute(a, at, 1, n, n, true, true, y, 0, k);
	for (let i = 0; i < n; i++) moveRow(y, i * k, x, atX + (order[atOrder + i] as number) * k, k);
}

function moveRow(from: Float64Array, start: number, to: Float64Array, at: number, count: number): void {
	for (let j = 0; j < count; j++) to[at + j] = from[start + j] as number;
}

/**
 * Solves T X = B in place for a triangle T, [n, n], whose element (i, j) is at
 * `at + i * down + j * along`; `x`, [n, k] from `atX` on, holds B and then X.
 * The other triangle is not read, nor the diagonal where it counts as ones.
 */
export function substitute(
	a: Float64Array,
	at: number,
	down: number,
	along: number,
	n: number,
	upper: boolean,
	ones: boolean,
	x: Float64Array,
	atX: number,
	k: number,
): void {
	for (let step = 0; step < n; step++) {
		const i = upper ? n - 1 - step : step;
		const row = atX + i * k;
		const end = upper ? n : i;
		let j = upper ? i + 1 : 0;
		const from = at + i * down;
		// Four rows at once: the row that changes is read and written a quarter as often.
		for (; j + 4 <= end; j += 4) {
			const s = a[from + j * along] as number;
			const t = a[from + (j + 1) * along] as number;
			const u = a[from + (j + 2) * along] as number;
			const v = a[from + (j + 3) * along] as number;
			let other = atX + j * k;
			for (let c = row; c < row + k; c++, other++) {
				const first = s * (x[other] as number) + t * (x[other + k] as number);
				const second = u * (x[other + 2 * k] as number) + v * (x[other + 3 * k] as number);
				x[c] = (x[c] as number) - (first + second);
			}
		}
		for (; j < end; j++) {
			const share = a[from + j * along] as number;
			const other = atX + j * k;
			for (let c = 0; c < k; c++) x[row + c] = (x[row + c] as number) - share * (x[other + c] as number);
		}
		if (ones) continue;
		const pivot = a[at + i * (down + along)] as number;
		for (let c = 0; c < k; c++) x[row + c] = (x[row + c] as number) / pivot;
	}
}
