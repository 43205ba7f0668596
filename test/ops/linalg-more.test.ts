/**
 * Linear algebra against closed forms and identities that define the results,
 * and derivatives of functions that do not depend on a choice of signs.
 */
import {
	abs,
	add,
	checkGradients,
	concat,
	einsum,
	exp,
	eye,
	Generator,
	grad,
	gradients,
	matmul,
	max,
	mul,
	ones,
	parameter,
	permute,
	randn,
	square,
	stack,
	sub,
	sum,
	type Tensor,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import {
	cholesky,
	cofactor,
	det,
	eigh,
	expm,
	inv,
	lstsq,
	matrixPower,
	pinv,
	qr,
	slogdet,
	solve,
	svd,
	triangularSolve,
} from "chainrule/linalg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf, verdictOf } from "../verdicts.js";
import { numbers } from "./sampling.js";

/** Normal numbers that belong to a seed. */
const normal = (seed: string, ...shape: number[]): Tensor => randn(shape, { generator: new Generator(seed) });
/** Square matrices far from singular. */
const sound = (seed: string, ...shape: number[]): Tensor =>
	add(normal(seed, ...shape), mul(eye(shape.at(-1) as number), 3)) as Tensor;
/** Symmetric positive definite matrices. */
const positive = (seed: string, ...shape: number[]): Tensor => {
	const x = normal(seed, ...shape);
	return add(matmul(x, x.T), eye(shape.at(-1) as number)) as Tensor;
};
const symmetric = (x: Tensor): Tensor => mul(add(x, x.T), 0.5) as Tensor;
/** The largest difference. */
const distance = (x: Tensor, y: Tensor): number => {
	const difference = abs(sub(x, y)) as Tensor;
	return difference.size === 0 ? 0 : max(difference).item();
};
/** Agreement of both modes and differences, to second order. */
const verdict = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): string =>
	verdictOf(checkGradients(f as never, xs, { order: 2, directions: 2 }));
const diagonalOf = (x: Tensor): Tensor => einsum("...ii->...i", x);
/** x with columns times the last axis of y. */
const timesColumns = (x: Tensor, y: Tensor): Tensor => einsum("...ij,...j->...ij", x, y);
const hilbert = (n: number): Tensor =>
	tensor(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_none, j) => 1 / (i + j + 1))));

// ---------------------------------------------------------------- solvers

describe("solve and inv", () => {
	test("A X is B again, in every matrix of a batch, and for broadcast batches", () => {
		const [a, b] = [normal("a", 3, 2, 4, 4), normal("b", 2, 4, 3)];
		const x = solve(a, b);
		expect(x.shape).toEqual([3, 2, 4, 3]);
		expect(distance(matmul(a, x), add(b, zeros([3, 2, 4, 3])) as Tensor)).toBeLessThan(1e-12);
		expect(distance(matmul(a, inv(a)), add(eye(4), zeros(a.shape)) as Tensor)).toBeLessThan(1e-12);
	});

	test("one matrix serves a batch of right sides, and one right side a batch of matrices", () => {
		const [a, b, v] = [sound("a", 3, 3), normal("b", 2, 4, 3, 2), normal("v", 3)];
		expect(distance(matmul(a, solve(a, b)), b)).toBeLessThan(1e-13);
		expect(distance(matmul(a, solve(a, v)), v)).toBeLessThan(1e-13);
		const many = sound("many", 5, 3, 3);
		const x = solve(many, v);
		expect(x.shape).toEqual([5, 3]);
		expect(distance(einsum("bij,bj->bi", many, x), add(v, zeros([5, 3])) as Tensor)).toBeLessThan(1e-13);
	});

	test("the inverse of the Hilbert matrix of 5 rows has its whole numbers", () => {
		const known = [
			[25, -300, 1050, -1400, 630],
			[-300, 4800, -18900, 26880, -12600],
			[1050, -18900, 79380, -117600, 56700],
			[-1400, 26880, -117600, 179200, -88200],
			[630, -12600, 56700, -88200, 44100],
		];
		expect(distance(inv(hilbert(5)), tensor(known)) / 179200).toBeLessThan(1e-11);
		expect(numbers(solve(tensor(known), ones([5]))).map((x) => x.toFixed(9))).toEqual(
			numbers(matmul(hilbert(5), ones([5]))).map((x) => x.toFixed(9)),
		);
		expect(1 / det(hilbert(5)).item() / 266716800000).toBeCloseTo(1, 10);
	});

	test("rows are exchanged where a pivot is 0", () => {
		expect(
			inv(
				tensor([
					[0, 2],
					[4, 0],
				]),
			).toArray(),
		).toEqual([
			[0, 0.25],
			[0.5, 0],
		]);
	});

	test("matrices of one element, of none, and no matrices at all", () => {
		expect(solve(tensor([[4]]), tensor([2])).toArray()).toEqual([0.5]);
		for (const shape of [
			[0, 3, 3],
			[0, 0],
			[2, 0, 0],
		] as const) {
			const a = tensor(zeros(shape), { requiresGrad: true });
			expect(inv(a).shape).toEqual(shape);
			expect(gradients(sum(inv(a)), [a])[0].shape).toEqual(shape);
			expect(solve(a, zeros([...shape.slice(0, -1), 2])).shape).toEqual([...shape.slice(0, -1), 2]);
		}
		expect(solve(eye(3), zeros([3, 0])).shape).toEqual([3, 0]);
	});

	test("float32 is computed in float64 and rounded once; integers become float64", () => {
		const a = hilbert(4).cast("float32");
		expect(numbers(inv(a))).toEqual(numbers(inv(a.cast("float64"))).map(Math.fround));
		expect(inv(a).dtype).toBe("float32");
		expect(solve(a, ones([4])).dtype).toBe("float64");
		expect(inv(tensor([[2]], { dtype: "int32" })).toArray()).toEqual([[0.5]]);
	});

	test("views give what their copies give", () => {
		const a = permute(normal("view", 3, 2, 3), [1, 2, 0]);
		const b = normal("b", 2, 2, 3).T;
		expect(numbers(solve(a, b))).toEqual(numbers(solve(tensor(a), tensor(b))));
		expect(numbers(svd(a).S)).toEqual(numbers(svd(tensor(a)).S));
	});

	test("NaN goes through", () => {
		expect(
			numbers(
				solve(
					tensor([
						[Number.NaN, 1],
						[0, 1],
					]),
					tensor([1, 1]),
				),
			)[0],
		).toBeNaN();
	});

	test("are exact to second order", () => {
		expect(verdict(solve, sound("a", 2, 3, 3), normal("b", 2, 3, 2))).toBe("agrees");
		expect(verdict(solve, sound("a", 3, 3), normal("b", 2, 3, 2))).toBe("agrees");
		expect(verdict(solve, sound("a", 2, 2, 2), normal("b", 2))).toBe("agrees");
		expect(verdict(inv, sound("a", 2, 3, 3))).toBe("agrees");
	});

	test("a parameter that is assigned is factored again, also where its new values lie in the old place", () => {
		const a = parameter([
			[2, 1],
			[0, 1],
		]);
		const b = tensor([2, 2]);
		const first = solve(a, b);
		a.assign(a.T);
		expect(numbers(first)).toEqual([0, 2]);
		expect(numbers(solve(a, b))).toEqual([1, 1]);
	});

	test("a singular matrix is an error with its place in the batch", () => {
		const a = concat([eye(2).reshape([1, 2, 2]), ones([1, 2, 2])]);
		expect(messageOf(() => inv(a))).toMatch(
			/inv: the matrix is singular[\s\S]*pivot 2 of 2 is 0 in matrix \[1\] of the batch/,
		);
		expect(messageOf(() => solve(ones([2, 2]), ones([2])))).toMatch(/pivot 2 of 2 is 0 {6}\(x \[2, 2\]\)/);
	});
});

describe("triangularSolve", () => {
	const a = sound("t", 2, 3, 3);
	const b = normal("b", 2, 3, 2);
	const cases = [
		{ upper: false, unitDiagonal: false },
		{ upper: true, unitDiagonal: false },
		{ upper: false, unitDiagonal: true },
		{ upper: true, unitDiagonal: true },
	];

	test.each(cases)("reads one triangle alone: %o", ({ upper, unitDiagonal }) => {
		const x = triangularSolve(a, b, { upper, unitDiagonal });
		const triangle = upper ? a.triu({ offset: Number(unitDiagonal) }) : a.tril({ offset: -Number(unitDiagonal) });
		const whole = unitDiagonal ? (add(triangle, eye(3)) as Tensor) : triangle;
		expect(distance(matmul(whole, x), b)).toBeLessThan(1e-12);
	});

	test.each(cases)("is exact to second order: %o", (options) => {
		expect(verdict((x, y) => triangularSolve(x, y, options), a, b)).toBe("agrees");
	});

	test("is right for more rows than are taken at once", () => {
		const [many, right] = [mul(sound("many", 11, 11), 0.3) as Tensor, normal("r", 11, 3)];
		expect(distance(matmul(many.tril(), triangularSolve(many, right)), right)).toBeLessThan(1e-10);
		expect(distance(matmul(many.triu(), triangularSolve(many, right, { upper: true })), right)).toBeLessThan(1e-10);
	});
});

describe("det, cofactor and slogdet", () => {
	test("the determinant of a triangle is the product of its diagonal, and rows exchanged change its sign", () => {
		const t = tensor([
			[2, 5, 7],
			[0, -3, 1],
			[0, 0, 4],
		]);
		expect(det(t).item()).toBe(-24);
		expect(det(t.slice([[null, null, -1]])).item()).toBe(24);
		expect(det(zeros([2, 0, 0])).toArray()).toEqual([1, 1]);
		expect(det(ones([3, 3])).item()).toBe(0);
	});

	test("is multiplicative, and det exp(A) = exp tr A", () => {
		const [a, b] = [normal("a", 4, 5, 5), normal("b", 4, 5, 5)];
		expect(distance(det(matmul(a, b)), mul(det(a), det(b)) as Tensor)).toBeLessThan(1e-10);
		expect(distance(det(expm(a)), exp(sum(diagonalOf(a), { axis: -1 })) as Tensor)).toBeLessThan(1e-10);
	});

	test.each([1, 2, 3, 4, 5, 7])("cofactors of %d rows times Aᵀ are the determinant, also of singular matrices", (n) => {
		const a = normal("a", 2, n, n);
		const expected = mul(det(a).reshape([2, 1, 1]), eye(n)) as Tensor;
		expect(distance(matmul(a, cofactor(a).T), expected)).toBeLessThan(1e-11);
		if (n === 1) return;
		const low = matmul(normal("l", n, n - 1), normal("r", n - 1, n)); // one rank less
		const c = cofactor(low);
		expect(distance(matmul(low, c.T), zeros([n, n]))).toBeLessThan(1e-11);
		// By its definition: the determinant without the first row and column.
		expect(c.data[0]).toBeCloseTo(det(low.slice([[1], [1]])).item(), 10);
		expect(c.data[1]).toBeCloseTo(
			-det(concat([low.slice([[1], [0, 1]]), low.slice([[1], [2]])], { axis: 1 })).item(),
			10,
		);
	});

	test.each([1, 2, 3, 4, 5, 6])("is exact to second order with %d rows", (n) => {
		expect(verdict(det, normal("a", 2, n, n))).toBe("agrees");
		expect(verdict(cofactor, sound("c", n, n))).toBe("agrees");
	});

	test("up to 4 rows is exact to third order whatever the rank, and above to first", () => {
		for (const rank of [0, 1, 2, 3]) {
			const a = rank === 0 ? zeros([4, 4]) : matmul(normal("l", 4, rank), normal("r", rank, 4));
			expect(verdictOf(checkGradients(det, [a], { order: 3, directions: 1 }))).toBe("agrees");
		}
		for (const rank of [3, 4]) {
			const a = matmul(normal("l", 5, rank), normal("r", rank, 5));
			expect(verdictOf(checkGradients(det, [a]))).toBe("agrees");
		}
	});

	test("slogdet is the determinant where that has left the range of numbers", () => {
		const a = mul(eye(200), tensor(Float64Array.from({ length: 200 }, (_, i) => (i === 0 ? -1e-3 : 1e-3)))) as Tensor;
		const { sign, logAbsDet } = slogdet(a);
		expect(det(a).item()).toBe(-0);
		expect(sign.item()).toBe(-1);
		expect(logAbsDet.item()).toBeCloseTo(200 * Math.log(1e-3), 9);
		expect(slogdet(ones([2, 2])).sign.item()).toBe(0);
		expect(slogdet(ones([2, 2])).logAbsDet.item()).toBe(Number.NEGATIVE_INFINITY);
		expect(slogdet(zeros([0, 0])).logAbsDet.item()).toBe(0);
	});

	test("the gradient of ln |det A| is A⁻ᵀ, to second order, and that of the sign is 0", () => {
		const a = tensor(sound("a", 2, 3, 3), { requiresGrad: true });
		const { sign, logAbsDet } = slogdet(a);
		expect(distance(gradients(sum(logAbsDet), [a])[0], inv(a).T)).toBeLessThan(1e-14);
		expect(numbers(gradients(sum(sign), [a])[0]).every((slope) => slope === 0)).toBe(true);
		expect(verdict((x) => slogdet(x).logAbsDet, a.detach())).toBe("agrees");
	});
});

// ---------------------------------------------------------------- decompositions

const shapes = fc.tuple(fc.nat(2), fc.nat(7), fc.nat(7));

describe("cholesky", () => {
	test("L is lower triangular with a positive diagonal, and L Lᵀ is A", () => {
		for (const n of [0, 1, 2, 5, 20]) {
			const a = positive("a", 2, n, n);
			const l = cholesky(a);
			expect(distance(matmul(l, l.T), a)).toBeLessThan(1e-12);
			expect(distance(l, l.tril())).toBe(0);
			expect(numbers(diagonalOf(l)).every((x) => x > 0)).toBe(true);
		}
		expect(
			cholesky(
				tensor([
					[4, 2],
					[2, 5],
				]),
			).toArray(),
		).toEqual([
			[2, 0],
			[1, 2],
		]);
	});

	test("reads the lower triangle alone, and its gradient lies there", () => {
		const a = tensor(
			[
				[4, Number.NaN],
				[2, 5],
			],
			{ requiresGrad: true },
		);
		const l = cholesky(a);
		expect(l.toArray()).toEqual([
			[2, 0],
			[1, 2],
		]);
		// l11 = √a11, l21 = a21/√a11, l22 = √(a22 - a21²/a11)
		const [g] = gradients(sum(l), [a]);
		const [d11, d21, d22] = [0.25 - 2 / 16 + 1 / 16, 0.5 - 0.25, 0.25];
		expect(numbers(g).map((x) => x.toFixed(12))).toEqual([d11, 0, d21, d22].map((x) => x.toFixed(12)));
	});

	test("names the leading minor that is not positive, and the matrix", () => {
		const bad = tensor([
			[1, 0, 0],
			[0, 1, 2],
			[0, 2, 4],
		]);
		expect(messageOf(() => cholesky(stack([eye(3), bad])))).toMatch(
			/leading minor of order 3 is not positive in matrix \[1\] of the batch/,
		);
		expect(messageOf(() => cholesky(tensor([[Number.NaN]])))).toContain("order 1");
	});

	test("is exact to second order", () => {
		expect(verdict(cholesky, positive("a", 2, 3, 3))).toBe("agrees");
		expect(verdict((x) => cholesky(add(matmul(x, x.T), eye(3)) as Tensor), normal("x", 3, 2))).toBe("agrees");
	});
});

describe("qr", () => {
	test("Q has orthonormal columns, R is upper triangular, and Q R is A, whatever the shape", () => {
		fc.assert(
			fc.property(shapes, ([batch, m, n]) => {
				const a = normal(`${batch} ${m} ${n}`, batch, m, n);
				const { Q, R } = qr(a);
				const k = Math.min(m, n);
				expect([Q.shape, R.shape]).toEqual([
					[batch, m, k],
					[batch, k, n],
				]);
				expect(distance(matmul(Q, R), a)).toBeLessThan(1e-13);
				expect(distance(matmul(Q.T, Q), add(eye(k), zeros([batch, k, k])) as Tensor)).toBeLessThan(1e-14);
				expect(distance(R, R.triu())).toBe(0);
			}),
			{ seed: 3, numRuns: 40 },
		);
	});

	test("has the signs of LAPACK", () => {
		const { Q, R } = qr(
			tensor([
				[3, 1],
				[4, 2],
			]),
		);
		expect(
			distance(
				Q,
				tensor([
					[-0.6, -0.8],
					[-0.8, 0.6],
				]),
			),
		).toBeLessThan(1e-15);
		expect(
			distance(
				R,
				tensor([
					[-5, -2.2],
					[0, 0.4],
				]),
			),
		).toBeLessThan(1e-15);
		expect(
			qr(
				tensor([
					[3, 1],
					[0, 2],
				]),
			).R.toArray(),
		).toEqual([
			[3, 1],
			[0, 2],
		]);
	});

	test("columns beyond the range of squares keep their digits", () => {
		for (const size of [1e-200, 1e200]) {
			const { Q } = qr(
				mul(
					tensor([
						[3, 1],
						[4, 2],
					]),
					size,
				),
			);
			expect(
				distance(
					Q,
					tensor([
						[-0.6, -0.8],
						[-0.8, 0.6],
					]),
				),
			).toBeLessThan(1e-15);
		}
	});

	test.each([
		[4, 3],
		[3, 3],
		[3, 5],
		[1, 1],
	])("is exact to second order for %d rows and %d columns", (m, n) => {
		const f = (x: Tensor): Tensor => {
			const { Q, R } = qr(x);
			return concat([Q.flatten(), R.flatten()]);
		};
		expect(verdict(f, normal("a", 2, m, n))).toBe("agrees");
	});
});

describe("eigh", () => {
	test("A v = λ v with orthonormal v and ascending λ, whatever the size", () => {
		fc.assert(
			fc.property(fc.nat(2), fc.nat(9), (batch, n) => {
				const a = symmetric(normal(`${batch} ${n}`, batch, n, n));
				const { eigenvalues, eigenvectors: v } = eigh(a);
				expect(distance(matmul(a, v), timesColumns(v, eigenvalues))).toBeLessThan(1e-13);
				expect(distance(matmul(v.T, v), add(eye(n), zeros([batch, n, n])) as Tensor)).toBeLessThan(1e-14);
				for (let row = 0; row < batch; row++) {
					const list = numbers(eigenvalues.slice([row]));
					expect(list).toEqual(list.toSorted((x, y) => x - y));
				}
			}),
			{ seed: 5, numRuns: 30 },
		);
	});

	test("gives the eigenvalues of matrices that are known", () => {
		// Second differences: λ_k = 2 - 2 cos(kπ/(n+1)).
		const n = 12;
		const a = sub(
			mul(eye(n), 2),
			add(eye(n).roll(1, { axis: 0 }).tril(), eye(n).roll(-1, { axis: 0 }).triu()),
		) as Tensor;
		const known = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
		expect(distance(eigh(a).eigenvalues, tensor(known))).toBeLessThan(1e-14);
		expect(
			numbers(
				eigh(
					tensor([
						[0, 1],
						[1, 0],
					]),
				).eigenvalues,
			),
		).toEqual([-1, 1]);
		expect(numbers(eigh(zeros([3, 3])).eigenvalues)).toEqual([0, 0, 0]);
		expect(numbers(eigh(eye(3)).eigenvectors)).toEqual(numbers(eye(3)));
	});

	const second = sub(
		mul(eye(60), 2),
		add(eye(60).roll(1, { axis: 0 }).tril(), eye(60).roll(-1, { axis: 0 }).triu()),
	) as Tensor;
	test.each([
		["a full matrix", symmetric(normal("full", 40, 40))],
		["three diagonals", second],
		["a diagonal", mul(eye(30), normal("d", 30)) as Tensor],
		["equal eigenvalues", sub(eye(40), mul(ones([40, 40]), 1 / 20)) as Tensor],
		["low rank", matmul(normal("low", 50, 2), normal("low", 50, 2).T)],
		["large numbers", mul(symmetric(normal("large", 30, 30)), 1e200) as Tensor],
		["small numbers", mul(symmetric(normal("small", 30, 30)), 1e-200) as Tensor],
		["zeros", zeros([30, 30])],
	])("larger matrices: %s", (_, a) => {
		const { eigenvalues, eigenvectors: v } = eigh(a);
		const size = Math.max(...numbers(abs(eigenvalues) as Tensor), 1e-300);
		expect(distance(matmul(a, v), timesColumns(v, eigenvalues)) / size).toBeLessThan(1e-13);
		expect(distance(matmul(v.T, v), eye(a.shape[0] as number))).toBeLessThan(1e-13);
		expect(numbers(eigenvalues)).toEqual(numbers(eigenvalues).toSorted((x, y) => x - y));
	});

	test("NaN gives NaN, and ends", () => {
		for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
			expect(
				numbers(
					eigh(
						add(
							eye(3),
							tensor([
								[0, 0, 0],
								[bad, 0, 0],
								[0, 0, 0],
							]),
						),
					).eigenvalues,
				).every(Number.isNaN),
			).toBe(true);
		}
	});

	test("a small eigenvalue beside a large one keeps its own digits", () => {
		const [t, d] = [1e-10, 1e-20];
		const { eigenvalues } = eigh(
			tensor([
				[1, t],
				[t, d + t * t],
			]),
		); // determinant d
		expect(eigenvalues.data[0] as number).toBeCloseTo(d, 30);
		expect(Math.abs((eigenvalues.data[0] as number) / d - 1)).toBeLessThan(1e-3);
	});

	test("the largest component of every eigenvector is positive", () => {
		const v = eigh(symmetric(normal("signs", 6, 6))).eigenvectors;
		for (let column = 0; column < 6; column++) {
			const list = numbers(v.slice([null, column]));
			expect(Math.max(...list)).toBe(Math.max(...list.map(Math.abs)));
		}
	});

	test("reads the lower triangle alone, and its gradient lies there", () => {
		const a = tensor(
			[
				[2, Number.NaN],
				[1, 3],
			],
			{ requiresGrad: true },
		);
		const { eigenvalues } = eigh(a);
		expect(
			distance(
				eigenvalues,
				eigh(
					tensor([
						[2, 1],
						[1, 3],
					]),
				).eigenvalues,
			),
		).toBe(0);
		const [g] = gradients(sum(square(eigenvalues) as Tensor), [a]); // Σλ² = |A|²
		expect(numbers(g).map((x) => x.toFixed(12))).toEqual([
			"4.000000000000",
			"0.000000000000",
			"4.000000000000",
			"6.000000000000",
		]);
	});

	test("is exact to second order", () => {
		const values = (x: Tensor): Tensor => eigh(symmetric(x)).eigenvalues;
		const logarithm = (x: Tensor): Tensor => {
			const { eigenvalues, eigenvectors: v } = eigh(add(matmul(x, x.T), eye(3)) as Tensor);
			return matmul(timesColumns(v, eigenvalues.log()), v.T);
		};
		const both = (x: Tensor): Tensor => {
			const { eigenvalues, eigenvectors } = eigh(x);
			return concat([eigenvalues.flatten(), eigenvectors.flatten()]);
		};
		expect(verdict(values, normal("v", 2, 4, 4))).toBe("agrees");
		expect(verdict(logarithm, normal("l", 2, 3, 3))).toBe("agrees");
		expect(verdict(both, normal("b", 2, 3, 3))).toBe("agrees");
		expect(verdict(both, tensor([[2]]))).toBe("agrees");
	});

	test("where eigenvalues are equal, functions of them keep their gradient, and eigenvectors have none", () => {
		const a = tensor(eye(3), { requiresGrad: true });
		const { eigenvalues, eigenvectors } = eigh(a);
		expect(numbers(gradients(sum(square(eigenvalues) as Tensor), [a])[0])).toEqual(numbers(mul(eye(3), 2) as Tensor));
		const [g] = gradients(sum(mul(eigenvectors, normal("w", 3, 3))), [a]);
		expect(numbers(g).every(Number.isFinite)).toBe(false);
	});
});

describe("svd", () => {
	test("U diag(S) Vh is A, with orthonormal vectors and descending S, whatever the shape", () => {
		fc.assert(
			fc.property(shapes, ([batch, m, n]) => {
				const a = normal(`${batch} ${m} ${n}`, batch, m, n);
				const { U, S, Vh } = svd(a);
				const k = Math.min(m, n);
				expect([U.shape, S.shape, Vh.shape]).toEqual([
					[batch, m, k],
					[batch, k],
					[batch, k, n],
				]);
				const ones = add(eye(k), zeros([batch, k, k])) as Tensor;
				expect(distance(matmul(timesColumns(U, S), Vh), a)).toBeLessThan(1e-13);
				expect(distance(matmul(U.T, U), ones)).toBeLessThan(1e-14);
				expect(distance(matmul(Vh, Vh.T), ones)).toBeLessThan(1e-14);
				for (let row = 0; row < batch; row++) {
					const list = numbers(S.slice([row]));
					expect(list).toEqual(list.toSorted((x, y) => y - x));
					expect(list.every((s) => s >= 0)).toBe(true);
				}
			}),
			{ seed: 11, numRuns: 40 },
		);
	});

	test.each([
		["of rank 1", matmul(normal("c", 5, 1), normal("r", 1, 4))],
		["of zeros", zeros([4, 3])],
		["wide, of rank 2", matmul(normal("c", 3, 2), normal("r", 2, 6))],
		["with equal singular values", eye(4)],
		["of large numbers", mul(normal("large", 3, 3), 1e200) as Tensor],
		["of small numbers", mul(normal("small", 3, 3), 1e-200) as Tensor],
	])("matrices %s have orthonormal vectors, too", (_, a) => {
		const { U, S, Vh } = svd(a);
		const k = S.size;
		const size = Math.max(...numbers(S), 1e-300);
		expect(distance(matmul(timesColumns(U, S), Vh), a) / size).toBeLessThan(1e-14);
		expect(distance(matmul(U.T, U), eye(k))).toBeLessThan(1e-14);
		expect(distance(matmul(Vh, Vh.T), eye(k))).toBeLessThan(1e-14);
	});

	test("tiny singular values of a scaled matrix keep their digits", () => {
		// Q diag(d): the columns are orthogonal, however different their lengths.
		const { Q } = qr(normal("q", 4, 4));
		const d = [1, 1e-8, 1e-16, 1e-24];
		const found = numbers(svd(timesColumns(Q, tensor(d))).S);
		for (const [at, value] of found.entries()) expect(value / (d[at] as number)).toBeCloseTo(1, 13);
	});

	test("the singular values of the Hilbert matrix multiply to its determinant, and are its eigenvalues", () => {
		const { S } = svd(hilbert(5));
		expect((numbers(S).reduce((product, s) => product * s, 1) * 266716800000).toFixed(9)).toBe("1.000000000");
		expect(distance(S, eigh(hilbert(5)).eigenvalues.flip())).toBeLessThan(1e-15);
	});

	test("NaN gives NaN, and ends", () => {
		expect(
			numbers(
				svd(
					tensor([
						[1, Number.NaN],
						[2, 3],
					]),
				).S,
			).every(Number.isNaN),
		).toBe(true);
	});

	test.each([
		[4, 3],
		[3, 3],
		[2, 4],
		[1, 1],
	])("is exact to second order for %d rows and %d columns", (m, n) => {
		const a = normal("a", 2, m, n);
		const again = (x: Tensor): Tensor => {
			const { U, S, Vh } = svd(x);
			return matmul(timesColumns(U, S), Vh);
		};
		const all = (x: Tensor): Tensor => {
			const { U, S, Vh } = svd(x);
			return concat([U.flatten(), S.flatten(), Vh.flatten()]);
		};
		expect(verdict((x) => sum(svd(x).S, { axis: -1 }), a)).toBe("agrees");
		expect(verdict(again, a)).toBe("agrees");
		expect(verdict(all, a)).toBe("agrees");
	});

	test("the nuclear norm of an orthogonal matrix has the gradient U Vᵀ, all singular values being equal", () => {
		const { Q } = qr(normal("q", 3, 3));
		const a = tensor(Q, { requiresGrad: true });
		expect(distance(gradients(sum(svd(a).S), [a])[0], Q)).toBeLessThan(1e-14);
	});
});

// ---------------------------------------------------------------- functions of matrices

describe("pinv and lstsq", () => {
	test.each([
		[5, 3],
		[3, 5],
		[3, 3],
	])("fulfils the four conditions of Penrose for %d rows and %d columns", (m, n) => {
		const low = matmul(normal("l", m, 2), normal("r", 2, n));
		for (const a of [normal("full", m, n), low, zeros([m, n])]) {
			const z = pinv(a);
			expect(distance(matmul(matmul(a, z), a), a)).toBeLessThan(1e-13);
			expect(distance(matmul(matmul(z, a), z), z)).toBeLessThan(1e-12);
			expect(distance(matmul(a, z), matmul(a, z).T)).toBeLessThan(1e-13);
			expect(distance(matmul(z, a), matmul(z, a).T)).toBeLessThan(1e-13);
		}
	});

	test("singular values below rtol count as 0", () => {
		const a = tensor([
			[1, 0],
			[0, 1e-3],
		]);
		expect(pinv(a).data[3]).toBeCloseTo(1000, 9);
		expect(pinv(a, { rtol: 1e-2 }).toArray()).toEqual([
			[1, 0],
			[0, 0],
		]);
	});

	test("lstsq fits a line, and takes the shortest of many solutions", () => {
		const t = tensor([0, 1, 2, 3]);
		const a = stack([t, ones([4])], { axis: 1 });
		expect(distance(lstsq(a, tensor([1, 3, 5, 7])), tensor([2, 1]))).toBeLessThan(1e-14);
		expect(distance(lstsq(a, tensor([-1, 0.2, 0.9, 2.1])), tensor([1, -0.95]))).toBeLessThan(1e-14);
		expect(distance(lstsq(tensor([[3, 4]]), tensor([5])), tensor([0.6, 0.8]))).toBeLessThan(1e-15);
	});

	test("are exact to second order", () => {
		expect(verdict((x) => pinv(x), normal("t", 4, 3))).toBe("agrees");
		expect(verdict((x) => pinv(x), normal("w", 2, 2, 4))).toBe("agrees");
		expect(verdict((x, y) => lstsq(x, y), normal("a", 4, 2), normal("b", 4, 3))).toBe("agrees");
		expect(verdict((x, y) => lstsq(x, y), normal("a", 2, 4), normal("b", 2))).toBe("agrees");
		// Matrices of one rank: the pseudoinverse is smooth among them.
		const f = (x: Tensor, y: Tensor): Tensor => pinv(matmul(x, y), { rtol: 1e-9 });
		expect(verdict(f, normal("x", 4, 2), normal("y", 2, 3))).toBe("agrees");
	});
});

describe("matrixPower", () => {
	test("is the product of as many factors, the inverse for negative powers, and the identity for 0", () => {
		const a = sound("a", 2, 3, 3);
		let product = a;
		for (let power = 2; power <= 9; power++) {
			product = matmul(product, a);
			expect(distance(matrixPower(a, power), product) / max(abs(product)).item()).toBeLessThan(1e-14);
		}
		expect(
			distance(matmul(matrixPower(a, -3), matrixPower(a, 3)), add(eye(3), zeros([2, 3, 3])) as Tensor),
		).toBeLessThan(1e-12);
		expect(matrixPower(a, 0).toArray()).toEqual([eye(3).toArray(), eye(3).toArray()]);
		expect(
			matrixPower(
				tensor([
					[1, 1],
					[1, 0],
				]),
				50,
			).data[1],
		).toBe(12586269025); // Fibonacci
	});

	test("is exact to second order", () => {
		expect(verdict((x) => matrixPower(x, 3), normal("a", 2, 3, 3))).toBe("agrees");
		expect(verdict((x) => matrixPower(x, -2), sound("a", 3, 3))).toBe("agrees");
	});
});

describe("expm", () => {
	test("of a nilpotent matrix is a polynomial, of a generator a rotation, of a diagonal the exponentials", () => {
		const nilpotent = tensor([
			[0, 1, 2],
			[0, 0, 3],
			[0, 0, 0],
		]);
		expect(
			distance(
				expm(nilpotent),
				tensor([
					[1, 1, 3.5],
					[0, 1, 3],
					[0, 0, 1],
				]),
			),
		).toBeLessThan(1e-15);
		for (const angle of [1e-9, 0.3, 2, 30]) {
			const [c, s] = [Math.cos(angle), Math.sin(angle)];
			expect(
				distance(
					expm(
						tensor([
							[0, -angle],
							[angle, 0],
						]),
					),
					tensor([
						[c, -s],
						[s, c],
					]),
				),
			).toBeLessThan(2e-15 * Math.max(1, angle));
		}
		expect(
			distance(
				expm(
					tensor([
						[-1, 0],
						[0, 2],
					]),
				),
				tensor([
					[Math.exp(-1), 0],
					[0, Math.exp(2)],
				]),
			),
		).toBeLessThan(2e-15);
		expect(numbers(expm(zeros([2, 2])))).toEqual([1, 0, 0, 1]);
		expect(expm(tensor([[-1000]])).item()).toBe(0);
		expect(expm(zeros([0, 2, 2])).shape).toEqual([0, 2, 2]);
		expect(expm(zeros([0, 0])).shape).toEqual([0, 0]);
	});

	test("each matrix of a batch is scaled for itself", () => {
		const [small, large] = [mul(normal("s", 3, 3), 1e-3) as Tensor, mul(normal("l", 3, 3), 20) as Tensor];
		const z = expm(stack([small, large]));
		expect(numbers(z.slice([0]))).toEqual(numbers(expm(small)));
		expect(numbers(z.slice([1]))).toEqual(numbers(expm(large)));
	});

	test("agrees with the exponentials of the eigenvalues", () => {
		const a = symmetric(normal("a", 2, 6, 6));
		const { eigenvalues, eigenvectors: v } = eigh(a);
		expect(distance(expm(a), matmul(timesColumns(v, exp(eigenvalues) as Tensor), v.T))).toBeLessThan(1e-12);
	});

	test("is exact to second order, also where it is scaled, and its gradient for one row is exp", () => {
		expect(verdict(expm, normal("a", 2, 3, 3))).toBe("agrees");
		expect(verdict(expm, mul(normal("a", 3, 3), 4) as Tensor)).toBe("agrees");
		const x = tensor([[0.5]], { requiresGrad: true });
		expect(gradients(sum(expm(x)), [x])[0].item()).toBeCloseTo(Math.exp(0.5), 14);
	});
});

// ---------------------------------------------------------------- all of them

const all: Readonly<Record<string, (a: Tensor) => Tensor>> = {
	solve: (a) => solve(a, a.T),
	triangularSolve: (a) => triangularSolve(a, a.T),
	inv,
	det,
	cofactor,
	slogdet: (a) => slogdet(a).logAbsDet,
	cholesky: (a) => cholesky(add(matmul(a, a.T), eye(3)) as Tensor),
	qr: (a) => qr(a).R,
	"qr of a wide matrix": (a) => qr(a.slice([[0, 2]])).R,
	eigh: (a) => eigh(symmetric(a)).eigenvalues,
	svd: (a) => svd(a).S,
	pinv: (a) => pinv(a.slice([[0, 2]])),
	lstsq: (a) => lstsq(a.slice([null, [0, 2]]), a),
	matrixPower: (a) => matrixPower(a, -2),
	expm,
};

describe.each(Object.entries(all))("%s", (_, f) => {
	const a = sound("vmap", 4, 3, 3);

	test("under vmap gives what a loop gives, and so does its gradient", () => {
		const loop = (g: (x: Tensor) => Tensor): Tensor => stack([0, 1, 2, 3].map((at) => g(a.slice([at]))));
		const slope = grad((x: Tensor) => sum(f(x)));
		expect(distance(vmap(f)(a), loop(f))).toBeLessThan(1e-13);
		expect(distance(vmap(slope)(a), loop(slope))).toBeLessThan(1e-12);
	});
});
