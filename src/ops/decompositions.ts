/**
 * Cholesky, QR, eigenvalues and singular values.
 *
 * Each record stacks its results into one matrix, see `matrices.ts`, so that
 * one pull sees the cotangents of all of them at once. The pulls are stated in
 * the results alone and composed of ordinary operations, so they can be
 * differentiated again. Values are computed in float64, and rounded once.
 *
 * Note [one triangle is read]
 * `cholesky` and `eigh` read the lower triangle, as NumPy and PyTorch do, so
 * the gradient lies there, too, and is the derivative of what is computed for
 * every matrix, symmetric or not. PyTorch spreads it over both triangles; the
 * two agree in everything that a symmetric matrix is made from. For a symmetric
 * gradient, pass ½(A + Aᵀ).
 */
import { failure } from "../core/errors.js";
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import type { Shape } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { cholesky as choleskyKernel } from "../kernels/cholesky.js";
import { symmetricEigen } from "../kernels/eigen.js";
import { qr as qrKernel } from "../kernels/qr.js";
import { svd as svdKernel } from "../kernels/svd.js";
import { add, mul, sub } from "./arithmetic.js";
import { custom } from "./define.js";
import { matmul } from "./linalg.js";
import {
	elementsOf,
	matricesOf,
	mirrored,
	quotient,
	resultOf,
	rowsOf,
	sizesOf,
	squareOf,
	toLower,
	transposed,
	whereInBatch,
} from "./matrices.js";
import { concat, reshape, split } from "./movement.js";
import { tril } from "./shape.js";
import { triangularSolve } from "./solvers.js";

// ---------------------------------------------------------------- cholesky

const rooting: Custom<undefined> = custom<undefined>("cholesky", {
	says: "the lower triangular L with L Lᵀ = x, for a positive definite x",
	tex: "\\operatorname{chol} #1",
	shape: ([a]) => a as Shape,
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf(shape);
		const z = elementsOf(a as Tensor);
		for (let i = 0; i < count; i++) {
			const order = choleskyKernel(z, i * n * n, n);
			if (order === 0) continue;
			throw failure({
				what: "cholesky: not positive definite",
				expected: "a symmetric matrix with positive eigenvalues",
				actual: `the leading minor of order ${order} is not positive${whereInBatch(shape, i)}`,
				fix: "add a small multiple of eye(n), or use eigh",
			});
		}
		return resultOf(z, shape, a as Tensor);
	},
	// gA = L⁻ᵀ Φ(Lᵀ gL) L⁻¹, Φ: the lower triangle with half the diagonal. I. Murray, "Differentiation of the Cholesky decomposition", 2016.
	pull: (gz, _, z) => {
		const l = transposed(z);
		const half = halfLower(matmul(l, tril(gz as Tensor)));
		const upper = { upper: true };
		const s = transposed(triangularSolve(l, transposed(triangularSolve(l, half, upper)), upper));
		return [toLower(mul(add(s, transposed(s)), 0.5) as Tensor)];
	},
	// dL = L Φ(L⁻¹ dA L⁻ᵀ)
	push: ([da], _, z) => {
		const inner = triangularSolve(z, transposed(triangularSolve(z, mirrored(da as Tensor))));
		return matmul(z, halfLower(inner));
	},
	batched: ([a]) => rooting.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/** Φ: the lower triangle with half the diagonal. */
function halfLower(x: Tensor): Tensor {
	return mul(add(tril(x), tril(x, { offset: -1 })), 0.5) as Tensor;
}

/**
 * The lower triangular L with A = L Lᵀ, for positive definite A [..., n, n].
 * Only the lower triangle of A is read, and the gradient lies in it; see Note
 * [one triangle is read].
 *
 * @throws where a matrix is not positive definite, with the leading minor that shows it.
 */
export function cholesky(a: Value): Tensor {
	return rooting.call([squareOf("cholesky", a)], undefined) as Tensor;
}

// ---------------------------------------------------------------- qr

/** [m, n] with m ≥ n gives [m + n, n]: Q above R. */
const factoring: Custom<undefined> = custom<undefined>("qr", {
	says: "orthonormal columns above a triangle, whose product is x",
	shape: ([a]) => {
		const [m, n] = sizesOf(a as Shape);
		return [...(a as Shape).slice(0, -2), m + n, n];
	},
	forward: ([a], _, shape) => {
		const [m, n, count] = sizesOf((a as Tensor).shape);
		const given = elementsOf(a as Tensor);
		const z = new Float64Array(count * (m + n) * n);
		for (let i = 0; i < count; i++) {
			const at = i * (m + n) * n;
			qrKernel(given, i * m * n, m, n, z, at);
			z.set(given.subarray(i * m * n, i * m * n + n * n), at + m * n);
		}
		return resultOf(z, shape, a as Tensor);
	},
	// gA = (gQ + Q sym(M)) R⁻ᵀ with M = R gRᵀ - gQᵀ Q, sym: the lower triangle, mirrored.
	// S. F. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions", 2018.
	pull: (gz, [a], z) => {
		const [m, n] = sizesOf((a as Tensor).shape);
		const [q, r] = partsOf(z as Tensor, [m, n]);
		const [gq, gr] = partsOf(gz as Tensor, [m, n]);
		const inner = sub(matmul(r, tril(transposed(gr))), matmul(transposed(gq), q)) as Tensor;
		const outer = add(gq, matmul(q, mirrored(inner)));
		return [transposed(triangularSolve(r, transposed(outer), { upper: true }))];
	},
	batched: ([a]) => factoring.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 2]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/** Rows of `x` in parts of the given sizes. */
function partsOf<const Sizes extends readonly number[]>(
	x: Tensor,
	sizes: Sizes,
): { readonly [At in keyof Sizes]: Tensor } {
	return split(x, sizes, { axis: -2 }) as unknown as { readonly [At in keyof Sizes]: Tensor };
}

/**
 * The reduced QR decomposition A = Q R of A [..., m, n]: for k = min(m, n), Q
 * [..., m, k] has orthonormal columns and R [..., k, n] is upper triangular.
 * Signs are those of LAPACK, which NumPy and PyTorch show.
 *
 * The gradient exists where the first k columns are linearly independent.
 */
export function qr(a: Value): { readonly Q: Tensor; readonly R: Tensor } {
	const from = matricesOf("qr", a);
	const [m, n] = sizesOf(from.shape);
	if (m >= n) {
		const [Q, R] = partsOf(factoring.call([from], undefined) as Tensor, [m, n]);
		return { Q, R };
	}
	// A wide matrix: its first m columns give Q, and the others only follow.
	return scope("qr", () => {
		const [square, rest] = split(from, [m, n - m], { axis: -1 }) as [Tensor, Tensor];
		const { Q, R } = qr(square);
		return { Q, R: concat([R, matmul(transposed(Q), rest)], { axis: -1 }) };
	});
}

/** One row of every matrix. */
function rowOf(x: Tensor, at: number): Tensor {
	const row = rowsOf(x, at, at + 1);
	return reshape(row, [...row.shape.slice(0, -2), row.shape.at(-1) as number]);
}

// ---------------------------------------------------------------- eigh

/** [n, n] gives [n + 1, n]: each eigenvalue above its eigenvector. */
const diagonalizing: Custom<undefined> = custom<undefined>("eigh", {
	says: "eigenvalues of a symmetric matrix above their eigenvectors",
	shape: ([a]) => {
		const [n] = sizesOf(a as Shape);
		return [...(a as Shape).slice(0, -2), n + 1, n];
	},
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf((a as Tensor).shape);
		const given = elementsOf(a as Tensor);
		const z = new Float64Array(count * (n + 1) * n);
		for (let i = 0; i < count; i++) symmetricEigen(given, i * n * n, n, z, i * (n + 1) * n);
		return resultOf(z, shape, a as Tensor);
	},
	// gA = V (diag(gλ) + F ∘ Vᵀ gV) Vᵀ, F_ij = 1/(λ_j - λ_i), made symmetric.
	// M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", 2008.
	pull: (gz, [a], z) => {
		const [n] = sizesOf((a as Tensor).shape);
		const [values, v] = partsOf(z as Tensor, [1, n]);
		const [gvalues, gv] = partsOf(gz as Tensor, [1, n]);
		const turns = quotient(skew(matmul(transposed(v), gv)), sub(values, transposed(values)) as Tensor);
		const inner = add(mul(v, gvalues), matmul(v, mul(turns, 0.5)));
		return [toLower(matmul(inner, transposed(v)))];
	},
	batched: ([a]) => diagonalizing.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/** X - Xᵀ. */
function skew(x: Tensor): Tensor {
	return sub(x, transposed(x)) as Tensor;
}

/**
 * Eigenvalues, ascending, [..., n], and orthonormal eigenvectors, the columns
 * of [..., n, n], of symmetric A [..., n, n]. Only the lower triangle of A is
 * read, and the gradient lies in it; see Note [one triangle is read].
 *
 * The largest component of each eigenvector is positive, where LAPACK leaves
 * the sign to chance. Where eigenvalues are equal, their eigenvectors are any
 * basis of their space and have no derivative: a gradient that needs it is
 * infinite. Functions of the eigenvalues alone keep their first gradient; that
 * of a single one among equals is one of many.
 */
export function eigh(a: Value): { readonly eigenvalues: Tensor; readonly eigenvectors: Tensor } {
	const z = diagonalizing.call([squareOf("eigh", a)], undefined) as Tensor;
	return { eigenvalues: rowOf(z, 0), eigenvectors: rowsOf(z, 1, z.shape.at(-2) as number) };
}

// ---------------------------------------------------------------- svd

/** [m, n] gives [m + 1 + n, k], k = min(m, n): in each column left vector, singular value, right vector. */
const decomposing: Custom<undefined> = custom<undefined>("svd", {
	says: "left singular vectors above singular values above right singular vectors",
	shape: ([a]) => {
		const [m, n] = sizesOf(a as Shape);
		return [...(a as Shape).slice(0, -2), m + 1 + n, Math.min(m, n)];
	},
	forward: ([a], _, shape) => {
		const [m, n, count] = sizesOf((a as Tensor).shape);
		const given = elementsOf(a as Tensor);
		const size = (m + 1 + n) * Math.min(m, n);
		const z = new Float64Array(count * size);
		for (let i = 0; i < count; i++) svdKernel(given, i * m * n, m, n, z, i * size);
		return resultOf(z, shape, a as Tensor);
	},
	// gA = U (E⁻¹∘skew(Uᵀ gU) S + S E⁻¹∘skew(Vᵀ gV) + diag(gS)) Vᵀ, E_ij = s_j² - s_i², and what leaves the spans of U and V.
	// J. Townsend, "Differentiating the singular value decomposition", 2016.
	pull: (gz, [a], z) => {
		const [m, n] = sizesOf((a as Tensor).shape);
		const k = Math.min(m, n);
		const [u, s, v] = partsOf(z as Tensor, [m, 1, n]);
		const [gu, gs, gv] = partsOf(gz as Tensor, [m, 1, n]);
		const down = transposed(s);
		const gaps = mul(sub(s, down), add(s, down)) as Tensor;
		const ofLeft = mul(quotient(skew(matmul(transposed(u), gu)), gaps), s);
		const ofRight = mul(down, quotient(skew(matmul(transposed(v), gv)), gaps));
		let left = add(matmul(u, add(ofLeft, ofRight)), mul(u, gs));
		if (m > k) left = add(left, outside(u, gu, s));
		const g = matmul(left, transposed(v));
		return [n > k ? add(g, matmul(u, transposed(outside(v, gv, s)))) : g];
	},
	batched: ([a]) => decomposing.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 2]], attributes: undefined },
		{ shapes: [[2, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/** (I - U Uᵀ) gU / s. */
function outside(u: Tensor, gu: Tensor, s: Tensor): Tensor {
	return quotient(sub(gu, matmul(u, matmul(transposed(u), gu))) as Tensor, s);
}

/**
 * The reduced singular value decomposition A = U diag(S) Vh of A [..., m, n]:
 * for k = min(m, n), U [..., m, k], S [..., k] descending and Vh [..., k, n].
 *
 * The largest component of each row of Vh is positive, where LAPACK leaves the
 * sign to chance. Where singular values are equal, or 0, their vectors have no
 * derivative, and a gradient that needs it is infinite. Functions of the
 * singular values alone keep their first gradient.
 */
export function svd(a: Value): { readonly U: Tensor; readonly S: Tensor; readonly Vh: Tensor } {
	const from = matricesOf("svd", a);
	const [m, n] = sizesOf(from.shape);
	const z = decomposing.call([from], undefined) as Tensor;
	return { U: rowsOf(z, 0, m), S: rowOf(z, m), Vh: transposed(rowsOf(z, m + 1, m + 1 + n)) };
}
