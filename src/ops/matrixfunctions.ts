/**
 * Pseudoinverse, powers and exponential of matrices.
 */
import { failure } from "../core/errors.js";
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import type { Shape } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { expm as expmKernel } from "../kernels/expm.js";
import { svd } from "../kernels/svd.js";
import { abs, add, div, mul, sub } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { eye, zerosLike } from "./create.js";
import { custom } from "./define.js";
import { matmul } from "./linalg.js";
import { checkRows, elementsOf, matricesOf, resultOf, sizesOf, squareOf, transposed } from "./matrices.js";
import { asTensor, broadcastTo, concat, split, sum } from "./movement.js";
import { max } from "./reduce.js";
import { inv } from "./solvers.js";

// ---------------------------------------------------------------- pinv | lstsq

/** Which singular values count as 0. */
export interface RankOptions {
	/** Those at most `rtol` times the largest; the larger number of rows and columns times 2⁻⁵² when left out. */
	readonly rtol?: number | undefined;
}

const pseudoinverting: Custom<{ readonly rtol: number }> = custom<{ readonly rtol: number }>("pinv", {
	says: "the pseudoinverse of a matrix",
	tex: "#1^{+}",
	shape: ([a]) => {
		const [m, n] = sizesOf(a as Shape);
		return [...(a as Shape).slice(0, -2), n, m];
	},
	forward: ([a], { rtol }, shape) => {
		const [m, n, count] = sizesOf((a as Tensor).shape);
		const given = elementsOf(a as Tensor);
		const z = new Float64Array(given.length);
		const parts = new Float64Array((m + 1 + n) * Math.min(m, n));
		for (let i = 0; i < count; i++) {
			svd(given, i * m * n, m, n, parts, 0);
			invertBySvd(parts, m, n, rtol, z, i * m * n);
		}
		return resultOf(z, shape, a as Tensor);
	},
	// dZ = -Z dA Z + Z Zᵀ dAᵀ (I - A Z) + (I - Z A) dAᵀ Zᵀ Z, as long as the rank does not change.
	// G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate", 1973.
	pull: (gz, [a], z) => {
		const [g, zt] = [transposed(gz as Tensor), transposed(z as Tensor)];
		const within = matmul(matmul(zt, gz), zt);
		const left = matmul(sub(g, matmul(a as Tensor, matmul(z, g))), matmul(z, zt));
		const right = matmul(matmul(zt, z), sub(g, matmul(matmul(g, z), a as Tensor)));
		return [sub(add(left, right), within)];
	},
	batched: ([a], attributes) => pseudoinverting.call([a as Tensor], attributes) as Tensor,
	samples: [
		{ shapes: [[3, 2]], attributes: { rtol: 1e-12 } },
		{ shapes: [[2, 3]], attributes: { rtol: 1e-12 } },
		{ shapes: [[2, 2, 2]], attributes: { rtol: 1e-12 } },
	],
});

/** V diag(1/s) Uᵀ over the singular values that count. */
function invertBySvd(parts: Float64Array, m: number, n: number, rtol: number, z: Float64Array, at: number): void {
	const k = Math.min(m, n);
	for (let c = 0; c < k; c++) {
		const s = parts[m * k + c] as number;
		if (s <= rtol * (parts[m * k] as number)) continue; // NaN is no reason to leave it out
		for (let i = 0; i < n; i++) {
			const share = (parts[(m + 1 + i) * k + c] as number) / s;
			for (let j = 0; j < m; j++)
				z[at + i * m + j] = (z[at + i * m + j] as number) + share * (parts[j * k + c] as number);
		}
	}
}

/**
 * The pseudoinverse of Moore and Penrose of A [..., m, n], by singular values.
 *
 * The gradient is right as long as the rank stays the same; where it jumps, the
 * pseudoinverse does, too.
 */
export function pinv(a: Value, { rtol }: RankOptions = {}): Tensor {
	const from = matricesOf("pinv", a);
	const [m, n] = sizesOf(from.shape);
	return pseudoinverting.call([from], { rtol: rtol ?? Math.max(m, n) * Number.EPSILON }) as Tensor;
}

/**
 * The X [..., n, k] for which |A X - B| is least, and among those the one for
 * which |X| is: A⁺ B, for A [..., m, n] and B [..., m, k] or a single column
 * [m]. Where NumPy also returns residuals, rank and singular values, ask `svd`.
 */
export function lstsq(a: Value, b: Value, options: RankOptions = {}): Tensor {
	return scope("lstsq", () => {
		const from = matricesOf("lstsq", a);
		const given = asTensor(b);
		checkRows("lstsq", from.shape, given.shape);
		return matmul(pinv(from, options), given);
	});
}

// ---------------------------------------------------------------- matrixPower

/**
 * A [..., n, n] to a whole power, by repeated squaring; a negative power is one
 * of the inverse, and the power 0 is the identity, a constant.
 *
 * @throws where the power is not a whole number, or negative and a matrix singular.
 */
export function matrixPower(a: Value, power: number): Tensor {
	return scope("matrixPower", () => {
		let square = squareOf("matrixPower", a);
		if (!Number.isSafeInteger(power)) {
			throw failure({ what: "matrixPower: not a power", expected: "a whole number", actual: String(power) });
		}
		if (power === 0) return broadcastTo(eye(square.shape.at(-1) as number, { dtype: square.dtype }), square.shape);
		if (power < 0) square = inv(square);
		let z: Tensor | undefined;
		for (let rest = Math.abs(power); ; square = matmul(square, square)) {
			if (rest % 2 === 1) z = z ? matmul(z, square) : square;
			rest = Math.floor(rest / 2);
			if (rest === 0) return z as Tensor;
		}
	});
}

// ---------------------------------------------------------------- expm

const exponentiating: Custom<undefined> = custom<undefined>("expm", {
	says: "the exponential of a matrix",
	tex: "e^{#1}",
	shape: ([a]) => a as Shape,
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf(shape);
		const given = elementsOf(a as Tensor);
		const z = new Float64Array(given.length);
		for (let i = 0; i < count; i++) expmKernel(given, i * n * n, n, z);
		return resultOf(z, shape, a as Tensor);
	},
	pull: (gz, [a]) => [alongside(transposed(a as Tensor), gz as Tensor)],
	push: ([da], [a]) => alongside(a as Tensor, da as Tensor),
	batched: ([a]) => exponentiating.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[2, 2]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/**
 * The derivative of exp at A in the direction E: the upper right block of
 * exp [A E; 0 A].
 *
 * I. Najfeld, T. F. Havel, "Derivatives of the matrix exponential and their
 * computation", 1995.
 */
function alongside(a: Tensor, e: Tensor): Tensor {
	const n = a.shape.at(-1) as number;
	if (n === 0) return e;
	// The derivative is linear in E, so E may be scaled to need no more squarings than A does.
	const columns = sum(abs(e.detach()), { axis: -2, keepDims: true });
	const norm = max(columns, { axis: -1, keepDims: true });
	const unit = where(equal(norm, 0), 1, norm);
	const block = concat([concat([a, div(e, unit)], { axis: -1 }), concat([zerosLike(a), a], { axis: -1 })], {
		axis: -2,
	});
	const [top] = split(exponentiating.call([block], undefined) as Tensor, 2, { axis: -2 }) as [Tensor];
	return mul(split(top, 2, { axis: -1 })[1] as Tensor, unit) as Tensor;
}

/**
 * The exponential of A [..., n, n], Σ Aᵏ/k!, by scaling and squaring; not the
 * exponential of its elements.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { expm } from "chainrule/linalg";
 * console.log(expm(tensor([[0, 1], [0, 0]])).toArray()); // [ [ 1, 1 ], [ 0, 1 ] ]
 * ```
 */
export function expm(a: Value): Tensor {
	return exponentiating.call([squareOf("expm", a)], undefined) as Tensor;
}
