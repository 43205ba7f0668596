/**
 * Products of matrices as one writes them by hand: three loops, in the order
 * that reads memory forward. All matrices are row after row.
 */

/** z [n, m] += x [n, k] y [k, m]. */
export function addProduct(x: Float32Array, y: Float32Array, z: Float32Array, n: number, k: number, m: number): void {
	for (let i = 0; i < n; i++) {
		for (let p = 0; p < k; p++) {
			const factor = x[i * k + p]!;
			for (let j = 0, at = i * m, from = p * m; j < m; j++, at++, from++) z[at]! += factor * y[from]!;
		}
	}
}

/** z [n, m] += x y, where x is stored as its transpose [k, n]. */
export function addProductTN(x: Float32Array, y: Float32Array, z: Float32Array, n: number, k: number, m: number): void {
	for (let p = 0; p < k; p++) {
		for (let i = 0; i < n; i++) {
			const factor = x[p * n + i]!;
			for (let j = 0, at = i * m, from = p * m; j < m; j++, at++, from++) z[at]! += factor * y[from]!;
		}
	}
}

/** z [n, m] += x y, where y is stored as its transpose [m, k]. */
export function addProductNT(x: Float32Array, y: Float32Array, z: Float32Array, n: number, k: number, m: number): void {
	for (let i = 0; i < n; i++) {
		for (let j = 0; j < m; j++) {
			let total = 0;
			for (let p = 0, at = i * k, from = j * k; p < k; p++, at++, from++) total += x[at]! * y[from]!;
			z[i * m + j]! += total;
		}
	}
}

/** z [n, m] += x y, where both are stored as their transposes [k, n] and [m, k]. */
export function addProductTT(x: Float32Array, y: Float32Array, z: Float32Array, n: number, k: number, m: number): void {
	for (let i = 0; i < n; i++) {
		for (let j = 0; j < m; j++) {
			let total = 0;
			for (let p = 0, at = i, from = j * k; p < k; p++, at += n, from++) total += x[at]! * y[from]!;
			z[i * m + j]! += total;
		}
	}
}

/** Every row of z [n, m] becomes b. */
export function fillRows(z: Float32Array, b: Float32Array): void {
	for (let at = 0; at < z.length; at += b.length) z.set(b, at);
}

/** b += the rows of z. */
export function addRows(b: Float32Array, z: Float32Array): void {
	for (let at = 0; at < z.length; at += b.length) {
		for (let j = 0; j < b.length; j++) b[j]! += z[at + j]!;
	}
}
