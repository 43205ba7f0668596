/**
 * Linear equations, inverses and determinants.
 *
 * All stand on one factorization of A, which is kept as long as A lives: the
 * backward pass of `solve` is another `solve` with the same factors, transposed.
 * Values are computed in float64 whatever the dtype, and rounded once.
 */
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import { broadcastShapes, type Shape } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { factor, solveFactored, substitute, zeroPivot } from "../kernels/lu.js";
import { svd } from "../kernels/svd.js";
import { div, mul, neg, sub } from "./arithmetic.js";
import { eye, tensor } from "./create.js";
import { custom } from "./define.js";
import { matmul } from "./linalg.js";
import {
	checkRows,
	elementsOf,
	matricesOf,
	perMatrix,
	resultOf,
	singular,
	sizesOf,
	squareOf,
	transposed,
} from "./matrices.js";
import { asTensor, broadcastTo, concat, permute, reshape, slice, sum } from "./movement.js";
import { tril, triu } from "./shape.js";

// ---------------------------------------------------------------- the factors of a matrix

interface Factors {
	/** Where the elements lay that were factored: a parameter moves when it is assigned. */
	readonly of: Pick<Tensor, "storage" | "offset" | "strides">;
	readonly lu: Float64Array;
	readonly order: Int32Array;
	readonly signs: Int8Array;
}

const kept = new WeakMap<Tensor, Factors>();

/** P A = L U for every matrix of `a`. */
function factorsOf(a: Tensor): Factors {
	const found = kept.get(a);
	const { storage, offset, strides } = a;
	if (found?.of.storage === storage && found.of.offset === offset && found.of.strides === strides) return found;
	const [n, , count] = sizesOf(a.shape);
	const factors = {
		of: { storage, offset, strides },
		lu: elementsOf(a),
		order: new Int32Array(count * n),
		signs: new Int8Array(count),
	};
	for (let i = 0; i < count; i++) factors.signs[i] = factor(factors.lu, i * n * n, n, factors.order, i * n);
	kept.set(a, factors);
	return factors;
}

/** Solves A X = B for every matrix; `name` asks, for the error. */
function solutions(name: string, a: Tensor, b: Float64Array, k: number, backward = false): Float64Array {
	const { lu, order } = factorsOf(a);
	const [n, , count] = sizesOf(a.shape);
	const x = new Float64Array(b.length);
	for (let i = 0; i < count; i++) {
		const pivot = zeroPivot(lu, i * n * n, n);
		if (pivot >= 0) throw singular(name, a.shape, i, pivot, "use pinv or lstsq, or add a small multiple of eye(n)");
		solveFactored(lu, i * n * n, n, order, i * n, backward, b, x, i * n * k, k);
	}
	return x;
}

// ---------------------------------------------------------------- solve

interface Transposed {
	/** Solves Aᵀ X = B instead. */
	readonly transposed: boolean;
}

const solving: Custom<Transposed> = custom<Transposed>("solve", {
	says: "the z with x z = y, for a matrix x",
	tex: "#1^{-1} #2",
	shape: (shapes) => shapes[1] as Shape,
	forward: (inputs, { transposed: backward }, shape) => {
		const [a, b] = inputs as [Tensor, Tensor];
		return resultOf(solutions("solve", a, elementsOf(b), shape.at(-1) as number, backward), shape, a, b);
	},
	pull: (gz, [a, b], z, { transposed: backward }) => {
		const gb = solving.call([a as Tensor, gz], { transposed: !backward }) as Tensor;
		const ga = backward ? matmul(z, transposed(gb)) : matmul(gb, transposed(z)); // gA = -gb xᵀ
		return [(a as Tensor).requiresGrad ? neg(ga) : undefined, (b as Tensor).requiresGrad ? gb : undefined];
	},
	push: ([da, db], [a], z, attributes) => {
		const moved = da && matmul(attributes.transposed ? transposed(da) : da, z);
		return solving.call([a as Tensor, db ? (moved ? sub(db, moved) : db) : neg(moved as Tensor)], attributes);
	},
	batched: (inputs, attributes) => solving.call(inputs, attributes) as Tensor,
	samples: [
		{
			shapes: [
				[3, 3],
				[3, 2],
			],
			attributes: { transposed: false },
		},
		{
			shapes: [
				[2, 2, 2],
				[2, 2, 1],
			],
			attributes: { transposed: true },
		},
	],
});

/**
 * The X with A X = B, for A [..., n, n] and B [..., n, k]; a B of one axis is a
 * single column, as in NumPy. Leading axes broadcast.
 *
 * @throws where a matrix is singular, with its place in the batch.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { solve } from "chainrule/linalg";
 * const x = solve(tensor([[2, 0], [1, 4]]), tensor([2, 9]));
 * console.log(x.toArray()); // [ 1, 2 ]
 * ```
 */
export function solve(a: Value, b: Value): Tensor {
	return withColumns(
		"solve",
		squareOf("solve", a),
		b,
		(left, right) => solving.call([left, right], { transposed: false }) as Tensor,
	);
}

/** Brings A and B to equal batches for `body`, and the result back to the shape of B. */
function withColumns(name: string, a: Tensor, b: Value, body: (a: Tensor, b: Tensor) => Tensor): Tensor {
	const given = asTensor(b);
	const vector = given.rank === 1;
	const right = matricesOf(name, vector ? reshape(given, [given.size, 1]) : given);
	checkRows(name, a.shape, given.shape);
	const z = a.rank === 2 && right.rank > 2 ? besideEachOther(a, right, body) : overBatches(name, a, right, body);
	return vector ? reshape(z, z.shape.slice(0, -1)) : z;
}

function overBatches(name: string, a: Tensor, b: Tensor, body: (a: Tensor, b: Tensor) => Tensor): Tensor {
	const batch = broadcastShapes(name, a.shape.slice(0, -2), b.shape.slice(0, -2));
	return body(broadcastTo(a, [...batch, ...a.shape.slice(-2)]), broadcastTo(b, [...batch, ...b.shape.slice(-2)]));
}

/** One matrix for a whole batch is factored once: the columns of all B stand beside each other. */
function besideEachOther(a: Tensor, b: Tensor, body: (a: Tensor, b: Tensor) => Tensor): Tensor {
	const axes = b.shape.map((_, axis) => axis);
	const row = axes.length - 2;
	const order = [row, ...axes.filter((axis) => axis !== row)];
	const together = permute(b, order);
	const [rows, ...others] = together.shape;
	const z = body(a, reshape(together, [rows as number, others.reduce((count, size) => count * size, 1)]));
	return permute(
		reshape(z, [z.shape[0] as number, ...others]),
		axes.map((axis) => order.indexOf(axis)),
	);
}

// ---------------------------------------------------------------- triangularSolve

interface Triangle {
	readonly upper: boolean;
	readonly unitDiagonal: boolean;
}

const substituting: Custom<Triangle> = custom<Triangle>("triangularSolve", {
	says: "the z with x z = y, for a triangle x",
	tex: "#1^{-1} #2",
	shape: (shapes) => shapes[1] as Shape,
	forward: (inputs, { upper, unitDiagonal }, shape) => {
		const [a, b] = inputs as [Tensor, Tensor];
		const [n, , count] = sizesOf(a.shape);
		const k = shape.at(-1) as number;
		const triangle = elementsOf(a);
		const x = elementsOf(b);
		for (let i = 0; i < count; i++) {
			const pivot = unitDiagonal ? -1 : zeroPivot(triangle, i * n * n, n);
			if (pivot >= 0)
				throw singular(
					"triangularSolve",
					a.shape,
					i,
					pivot,
					"a triangle has an inverse where no diagonal element is 0",
				);
			substitute(triangle, i * n * n, n, 1, n, upper, unitDiagonal, x, i * n * k, k);
		}
		return resultOf(x, shape, a, b);
	},
	pull: (gz, [a, b], z, { upper, unitDiagonal }) => {
		const gb = substituting.call([transposed(a as Tensor), gz], { upper: !upper, unitDiagonal }) as Tensor;
		const ga = (): Tensor => inTriangle(neg(matmul(gb, transposed(z))) as Tensor, { upper, unitDiagonal });
		return [(a as Tensor).requiresGrad ? ga() : undefined, (b as Tensor).requiresGrad ? gb : undefined];
	},
	push: ([da, db], [a], z, attributes) => {
		const moved = da && matmul(inTriangle(da as Tensor, attributes), z);
		return substituting.call([a as Tensor, db ? (moved ? sub(db, moved) : db) : neg(moved as Tensor)], attributes);
	},
	batched: (inputs, attributes) => substituting.call(inputs, attributes) as Tensor,
	samples: [
		{
			shapes: [
				[3, 3],
				[3, 2],
			],
			attributes: { upper: false, unitDiagonal: true },
		},
		{
			shapes: [
				[2, 2, 2],
				[2, 2, 1],
			],
			attributes: { upper: true, unitDiagonal: true },
		},
	],
});

/** The elements that are read. */
function inTriangle(x: Tensor, { upper, unitDiagonal }: Triangle): Tensor {
	const offset = Number(unitDiagonal);
	return upper ? triu(x, { offset }) : tril(x, { offset: -offset });
}

/**
 * The X with A X = B for a triangular A [..., n, n], the lower one unless
 * `upper`; the other triangle is not read. With `unitDiagonal` the diagonal is
 * not read either and counts as ones. B as for {@link solve}.
 *
 * @throws where an element of the diagonal is 0.
 */
export function triangularSolve(
	a: Value,
	b: Value,
	{ upper = false, unitDiagonal = false }: { readonly upper?: boolean; readonly unitDiagonal?: boolean } = {},
): Tensor {
	return withColumns(
		"triangularSolve",
		squareOf("triangularSolve", a),
		b,
		(left, right) => substituting.call([left, right], { upper, unitDiagonal }) as Tensor,
	);
}

// ---------------------------------------------------------------- inv

const inverting: Custom<undefined> = custom<undefined>("inv", {
	says: "the inverse of a matrix",
	tex: "#1^{-1}",
	shape: ([a]) => a as Shape,
	forward: ([a], _, shape) => {
		const [n] = sizesOf(shape);
		const ones = elementsOf(broadcastTo(eye(n), shape));
		return resultOf(solutions("inv", a as Tensor, ones, n), shape, a as Tensor);
	},
	pull: (gz, _, z) => [neg(matmul(matmul(transposed(z), gz), transposed(z)))], // -z'ᵀ gz zᵀ
	push: ([da], _, z) => neg(matmul(matmul(z, da as Tensor), z)),
	batched: ([a]) => inverting.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/**
 * The inverse of A [..., n, n].
 *
 * @throws where a matrix is singular, with its place in the batch.
 */
export function inv(a: Value): Tensor {
	return inverting.call([squareOf("inv", a)], undefined) as Tensor;
}

// ---------------------------------------------------------------- det | slogdet

/*
Note [cofactors of a singular matrix]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
The gradient of det A is the matrix of its cofactors. For an invertible A that
is det(A) A⁻ᵀ; but cofactors are polynomials and exist for every matrix. From
A = U S Vᵀ they are det(U) det(V) U C Vᵀ, where C is diagonal and each element
is the product of the other singular values: no division, so any rank will do.
That makes the first derivative right everywhere. Up to 4 rows, cofactors are
composed of determinants of minors, which makes all orders right everywhere;
above, higher orders divide by det(A) and need an inverse.
*/
const largestByMinors = 4;

const cofactors: Custom<undefined> = custom<undefined>("cofactor", {
	says: "the signed minors of a matrix",
	tex: "\\operatorname{cof} #1",
	shape: ([a]) => a as Shape,
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf(shape);
		const { lu, order, signs } = factorsOf(a as Tensor);
		const given = elementsOf(a as Tensor);
		const z = new Float64Array(given.length);
		for (let i = 0, at = 0; i < count; i++, at += n * n) {
			const pivots = Float64Array.from({ length: n }, (_none, k) => Math.abs(lu[at + k * (n + 1)] as number));
			if (Math.min(...pivots) < 1e-10 * Math.max(...pivots)) cofactorsBySvd(given, at, n, z);
			else {
				const product = (signs[i] as number) * determinantOf(lu, at, n);
				const scaled = new Float64Array(at + n * n);
				for (let k = 0; k < n; k++) scaled[at + k * (n + 1)] = product;
				solveFactored(lu, at, n, order, i * n, true, scaled, z, at, n);
			}
		}
		return resultOf(z, shape, a as Tensor);
	},
	// C = det(A) A⁻ᵀ, so dC = (⟨C, dA⟩ C - C dAᵀ C) / det(A); the pull has the same form.
	pull: (gz, [a], z) => [secondOrder(gz as Tensor, a as Tensor, z as Tensor)],
	push: ([da], [a], z) => secondOrder(da as Tensor, a as Tensor, z as Tensor),
	batched: ([a]) => cofactors.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

function secondOrder(g: Tensor, a: Tensor, c: Tensor): Tensor {
	const along = mul(sum(mul(c, g), { axis: [-1, -2], keepDims: true }), c);
	return div(sub(along, matmul(matmul(c, transposed(g)), c)), perMatrix(det(a))) as Tensor;
}

/** See Note [cofactors of a singular matrix]. */
function cofactorsBySvd(a: Float64Array, at: number, n: number, z: Float64Array): void {
	const parts = new Float64Array((2 * n + 1) * n);
	svd(a, at, n, n, parts, 0);
	const right = n * (n + 1); // where V begins
	const sign = orientation(parts.slice(0, n * n), n) * orientation(parts.slice(right), n);
	for (let k = 0; k < n; k++) {
		let others = sign;
		for (let j = 0; j < n; j++) if (j !== k) others *= parts[n * n + j] as number;
		for (let i = 0; i < n; i++) {
			const left = others * (parts[i * n + k] as number);
			for (let j = 0; j < n; j++) {
				const place = at + i * n + j;
				z[place] = (z[place] as number) + left * (parts[right + j * n + k] as number);
			}
		}
	}
}

/** det Q, which is 1 or -1, of an orthogonal matrix; uses `q` up. */
function orientation(q: Float64Array, n: number): number {
	const sign = factor(q, 0, n, new Int32Array(n), 0);
	return sign * Math.sign(determinantOf(q, 0, n));
}

/** The product of the diagonal. */
function determinantOf(lu: Float64Array, at: number, n: number): number {
	let product = 1;
	for (let k = 0; k < n; k++) product *= lu[at + k * (n + 1)] as number;
	return product;
}

/**
 * The cofactors of A [..., n, n]: element (i, j) is (-1)^(i+j) times the
 * determinant without row i and column j. This is the gradient of `det`, and
 * exists for singular matrices, too.
 *
 * Up to 4 rows, derivatives of every order are right for every matrix; above,
 * they need an invertible one.
 */
export function cofactor(a: Value): Tensor {
	const from = squareOf("cofactor", a);
	const n = from.shape.at(-1) as number;
	return n === 0 || n > largestByMinors
		? (cofactors.call([from], undefined) as Tensor)
		: scope("cofactor", () => byMinors(from, n));
}

function byMinors(a: Tensor, n: number): Tensor {
	// without[i] is the identity without row i: without[i] A without[j]ᵀ is A without row i and column j.
	const without = tensor(
		Float64Array.from({ length: n * (n - 1) * n }, (_, at) => {
			const [i, row, column] = [Math.floor(at / (n * (n - 1))), Math.floor(at / n) % (n - 1), at % n];
			return Number(column === (row < i ? row : row + 1));
		}),
		{ shape: [n, 1, n - 1, n], dtype: a.dtype },
	);
	const spread = reshape(a, [...a.shape.slice(0, -2), 1, 1, n, n]);
	const minors = matmul(matmul(without, spread), transposed(reshape(without, [1, n, n - 1, n])));
	const signs = tensor(
		Float64Array.from({ length: n * n }, (_, at) => ((Math.floor(at / n) + (at % n)) % 2 === 0 ? 1 : -1)),
		{ shape: [n, n], dtype: a.dtype },
	);
	return mul(det(minors), signs) as Tensor;
}

const measuring: Custom<undefined> = custom<undefined>("det", {
	says: "the determinant of a matrix",
	tex: "\\det #1",
	shape: ([a]) => (a as Shape).slice(0, -2),
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf((a as Tensor).shape);
		const { lu, signs } = factorsOf(a as Tensor);
		const z = new Float64Array(count);
		for (let i = 0; i < count; i++) z[i] = (signs[i] as number) * determinantOf(lu, i * n * n, n);
		return resultOf(z, shape, a as Tensor);
	},
	pull: (gz, [a]) => [mul(perMatrix(gz as Tensor), cofactor(a as Tensor))],
	push: ([da], [a]) => sum(mul(cofactor(a as Tensor), da as Tensor), { axis: [-1, -2] }),
	batched: ([a]) => measuring.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/**
 * The determinant of A [..., n, n]. The gradient is right for singular matrices,
 * too, and up to 4 rows so are those of higher order; see {@link cofactor}.
 */
export function det(a: Value): Tensor {
	return measuring.call([squareOf("det", a)], undefined) as Tensor;
}

const measuringLog: Custom<undefined> = custom<undefined>("slogdet", {
	says: "the sign of a determinant, and the logarithm of its size",
	shape: ([a]) => [...(a as Shape).slice(0, -2), 2],
	forward: ([a], _, shape) => {
		const [n, , count] = sizesOf((a as Tensor).shape);
		const { lu, signs } = factorsOf(a as Tensor);
		const z = new Float64Array(2 * count);
		for (let i = 0; i < count; i++) {
			let sign = signs[i] as number;
			let size = 0;
			for (let k = 0; k < n; k++) {
				const pivot = lu[i * n * n + k * (n + 1)] as number;
				sign *= Math.sign(pivot);
				size += Math.log(Math.abs(pivot));
			}
			z[2 * i] = sign;
			z[2 * i + 1] = size;
		}
		return resultOf(z, shape, a as Tensor);
	},
	// The sign is the same all around: only the logarithm has a slope, A⁻ᵀ.
	pull: (gz, [a]) => [mul(perMatrix(lastOf(gz as Tensor, 1)), transposed(inv(a as Tensor)))],
	push: ([da], [a]) => {
		const slope = sum(mul(transposed(inv(a as Tensor)), da as Tensor), { axis: [-1, -2] });
		const last = reshape(slope, [...slope.shape, 1]);
		return concat([mul(last, 0), last], { axis: -1 });
	},
	batched: ([a]) => measuringLog.call([a as Tensor], undefined) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: undefined },
		{ shapes: [[2, 2, 2]], attributes: undefined },
	],
});

/** Element `at` of the last axis. */
function lastOf(x: Tensor, at: number): Tensor {
	return slice(x, [...x.shape.slice(1).map(() => null), at]);
}

/**
 * The sign of det A, and ln |det A|, which neither overflows nor vanishes where
 * the determinant itself does. For a singular matrix 0 and -∞; its gradient
 * does not exist and asking for it throws. The sign has a gradient of 0.
 */
export function slogdet(a: Value): { readonly sign: Tensor; readonly logAbsDet: Tensor } {
	const z = measuringLog.call([squareOf("slogdet", a)], undefined) as Tensor;
	return { sign: lastOf(z, 0), logAbsDet: lastOf(z, 1) };
}
