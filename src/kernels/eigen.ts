/**
 * Eigenvalues and eigenvectors of symmetric matrices.
 *
 * Small matrices by Jacobi's rotations, each of which makes one pair of
 * off-diagonal elements 0: small eigenvalues keep their digits where the matrix
 * allows it. Larger ones by a reduction to three diagonals and QL steps, which
 * is several times faster and right to rounding of the largest eigenvalue.
 * Eigenvectors are kept as rows while they are rotated, for rows lie together
 * in memory.
 */

/** More rows than this, and three diagonals are faster. */
const largestForJacobi = 24;
/** More rounds than any matrix needs; 6 to 10 sweeps, and 2 steps per eigenvalue, are usual. */
const mostRounds = 60;

/**
 * Writes the eigenvalues of the symmetric matrix `a`, [n, n] from `at` on, in
 * ascending order to the first row of `out`, [n + 1, n] from `atOut` on, and
 * below each of them its eigenvector, a unit column whose largest component is
 * positive. All are NaN where an element is not finite. `a` is used up; only
 * its lower triangle is read.
 */
export function symmetricEigen(a: Float64Array, at: number, n: number, out: Float64Array, atOut: number): void {
	let largest = 0;
	for (let i = 0; i < n; i++) {
		for (let j = 0; j <= i; j++) {
			const element = a[at + i * n + j] as number;
			a[at + j * n + i] = element;
			largest = Math.max(largest, Math.abs(element));
		}
	}
	if (!(largest < Number.POSITIVE_INFINITY)) {
		out.fill(Number.NaN, atOut, atOut + (n + 1) * n);
		return;
	}
	const values = new Float64Array(n);
	const vectors = new Float64Array(n * n);
	if (n <= largestForJacobi || largest === 0) byRotations(a, at, n, values, vectors);
	else {
		const scale = 2 ** Math.floor(Math.log2(largest)); // squares neither overflow nor vanish
		for (let i = at; i < at + n * n; i++) a[i] = (a[i] as number) / scale;
		const beside = toThreeDiagonals(a, at, n, values, vectors);
		diagonalize(n, values, beside, vectors);
		for (let i = 0; i < n; i++) values[i] = (values[i] as number) * scale;
	}
	const order = Array.from(values, (_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
	for (const [column, from] of order.entries()) {
		out[atOut + column] = values[from] as number;
		const sign = signOf(vectors, from * n, n);
		for (let i = 0; i < n; i++) out[atOut + (i + 1) * n + column] = sign * (vectors[from * n + i] as number);
	}
}

/** The sign of the component of the vector at `at` that is largest in size. */
export function signOf(x: Float64Array, at: number, count: number): number {
	let chosen = 0;
	for (let i = 0; i < count; i++) {
		const component = x[at + i] as number;
		// A clear margin: components that differ by rounding alone must not take turns.
		if (Math.abs(component) > Math.abs(chosen) * (1 + 1e-9)) chosen = component;
	}
	return chosen < 0 ? -1 : 1;
}

// ---- rotations -------------------------------------------------------------

/**
 * C. G. J. Jacobi, 1846; the formulas of H. Rutishauser, "The Jacobi method
 * for real symmetric matrices", 1966, as in G. H. Golub, C. F. Van Loan,
 * "Matrix Computations", 4th ed., section 8.5.
 */
function byRotations(a: Float64Array, at: number, n: number, values: Float64Array, vectors: Float64Array): void {
	for (let i = 0; i < n; i++) vectors[i * (n + 1)] = 1;
	for (let sweep = 0, turned = true; turned && sweep < mostRounds; sweep++) {
		turned = false;
		for (let p = 0; p < n; p++) {
			for (let q = p + 1; q < n; q++) {
				if (annihilate(a, at, n, p, q, vectors)) turned = true;
			}
		}
	}
	for (let i = 0; i < n; i++) values[i] = a[at + i * (n + 1)] as number;
}

/** Rotates axes p and q so that a(p, q) becomes 0; false where it is 0 to rounding. */
function annihilate(a: Float64Array, at: number, n: number, p: number, q: number, vectors: Float64Array): boolean {
	const rowP = at + p * n;
	const rowQ = at + q * n;
	const off = a[rowP + q] as number;
	const first = a[rowP + p] as number;
	const second = a[rowQ + q] as number;
	// Relative to both diagonal elements, so that small eigenvalues are right in their own digits.
	if (!(Math.abs(off) > Number.EPSILON * 0.5 * Math.sqrt(Math.abs(first)) * Math.sqrt(Math.abs(second)))) return false;
	const theta = (second - first) / (2 * off);
	const tangent = 1 / (theta + (theta >= 0 ? 1 : -1) * Math.hypot(theta, 1));
	const cosine = 1 / Math.sqrt(tangent * tangent + 1);
	const sine = tangent * cosine;
	rotate(a, rowP, rowQ, n, cosine, sine);
	a[rowP + p] = first - tangent * off;
	a[rowQ + q] = second + tangent * off;
	a[rowP + q] = 0;
	a[rowQ + p] = 0;
	for (let k = 0; k < n; k++) {
		if (k === p || k === q) continue;
		a[at + k * n + p] = a[rowP + k] as number;
		a[at + k * n + q] = a[rowQ + k] as number;
	}
	rotate(vectors, p * n, q * n, n, cosine, sine);
	return true;
}

/** Two rows of `x` turned in their plane: p' = c p - s q, q' = s p + c q. */
export function rotate(x: Float64Array, p: number, q: number, count: number, cosine: number, sine: number): void {
	for (let k = 0; k < count; k++) {
		const a = x[p + k] as number;
		const b = x[q + k] as number;
		x[p + k] = cosine * a - sine * b;
		x[q + k] = sine * a + cosine * b;
	}
}

// ---- three diagonals -------------------------------------------------------

/**
 * Qᵀ A Q = T by reflections I - τ v vᵀ: writes the diagonal of T to `values`
 * and Qᵀ to `vectors`, and returns the elements beside the diagonal. The v are
 * left in the rows of `a`.
 *
 * G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., algorithm 8.3.1.
 */
function toThreeDiagonals(
	a: Float64Array,
	at: number,
	n: number,
	values: Float64Array,
	vectors: Float64Array,
): Float64Array {
	const beside = new Float64Array(n);
	const scales = new Float64Array(n); // τ
	const work = new Float64Array(n);
	for (let k = 0; k < n - 1; k++) {
		const v = at + k * n; // v begins one further on, with 1
		const first = a[v + k + 1] as number;
		let squares = 0;
		for (let j = k + 2; j < n; j++) squares += (a[v + j] as number) ** 2;
		beside[k] = first;
		if (squares === 0) continue;
		const length = Math.sqrt(first * first + squares);
		const element = first >= 0 ? -length : length;
		const scale = (element - first) / element;
		beside[k] = element;
		scales[k] = scale;
		a[v + k + 1] = 1;
		for (let j = k + 2; j < n; j++) a[v + j] = (a[v + j] as number) / (first - element);
		// A - v wᵀ - w vᵀ with p = τ A v, w = p - (τ/2) (pᵀ v) v
		let along = 0;
		for (let i = k + 1; i < n; i++) {
			let total = 0;
			for (let j = k + 1; j < n; j++) total += (a[at + i * n + j] as number) * (a[v + j] as number);
			work[i] = total * scale;
			along += total * scale * (a[v + i] as number);
		}
		for (let i = k + 1; i < n; i++) work[i] = (work[i] as number) - (scale / 2) * along * (a[v + i] as number);
		for (let i = k + 1; i < n; i++) {
			const [vi, wi] = [a[v + i] as number, work[i] as number];
			const row = at + i * n;
			for (let j = k + 1; j < n; j++)
				a[row + j] = (a[row + j] as number) - vi * (work[j] as number) - wi * (a[v + j] as number);
		}
	}
	for (let i = 0; i < n; i++) {
		values[i] = a[at + i * (n + 1)] as number;
		vectors[i * (n + 1)] = 1;
	}
	for (let k = n - 2; k >= 0; k--) {
		if (scales[k] === 0) continue;
		const v = at + k * n;
		// Qᵀ from the right: each of its rows is reflected.
		for (let i = k + 1; i < n; i++) {
			const row = i * n;
			let total = 0;
			for (let j = k + 1; j < n; j++) total += (vectors[row + j] as number) * (a[v + j] as number);
			total *= scales[k] as number;
			for (let j = k + 1; j < n; j++) vectors[row + j] = (vectors[row + j] as number) - total * (a[v + j] as number);
		}
	}
	return beside;
}

/**
 * Turns the matrix with the diagonal `values` and `beside` it into a diagonal
 * one, and the rows of `vectors` with it.
 *
 * A. Dubrulle, R. S. Martin, J. H. Wilkinson, "The implicit QL algorithm", 1968.
 */
function diagonalize(n: number, values: Float64Array, beside: Float64Array, vectors: Float64Array): void {
	for (let low = 0; low < n; low++) {
		for (let round = 0; round < mostRounds; round++) {
			let high = low;
			for (; high < n - 1; high++) {
				const size = Math.abs(values[high] as number) + Math.abs(values[high + 1] as number);
				if (Math.abs(beside[high] as number) <= Number.EPSILON * 0.5 * size) break;
			}
			if (high === low) break;
			step(n, low, high, values, beside, vectors);
		}
	}
}

/** One QL step on rows `low` to `high`, which no 0 beside the diagonal divides, with Wilkinson's shift. */
function step(
	n: number,
	low: number,
	high: number,
	values: Float64Array,
	beside: Float64Array,
	vectors: Float64Array,
): void {
	const theta = ((values[low + 1] as number) - (values[low] as number)) / (2 * (beside[low] as number));
	const root = theta + (theta >= 0 ? 1 : -1) * Math.hypot(theta, 1);
	let bulge = (values[high] as number) - (values[low] as number) + (beside[low] as number) / root;
	let sine = 1;
	let cosine = 1;
	let moved = 0;
	for (let i = high - 1; i >= low; i--) {
		const f = sine * (beside[i] as number);
		const b = cosine * (beside[i] as number);
		const length = Math.hypot(f, bulge);
		beside[i + 1] = length;
		if (length === 0) {
			values[i + 1] = (values[i + 1] as number) - moved;
			beside[high] = 0;
			return;
		}
		sine = f / length;
		cosine = bulge / length;
		const g = (values[i + 1] as number) - moved;
		const r = ((values[i] as number) - g) * sine + 2 * cosine * b;
		moved = sine * r;
		values[i + 1] = g + moved;
		bulge = cosine * r - b;
		rotate(vectors, i * n, (i + 1) * n, n, cosine, sine);
	}
	values[low] = (values[low] as number) - moved;
	beside[low] = bulge;
	beside[high] = 0;
}
