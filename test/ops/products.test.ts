/**
 * Products of tensors of any rank, checked against their definitions: sums over
 * every combination of indices, written out.
 */
import {
	checkGradients,
	cross,
	dot,
	einsum,
	kron,
	matmul,
	mul,
	ones,
	outer,
	scalar,
	sum,
	type Tensor,
	tensor,
	tensordot,
	vmap,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Shape, sizeOf, stridesOf } from "../../src/core/shape.js";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct, numbers, randomFor, whole } from "./sampling.js";

// ---------------------------------------------------------------- einsum

/** Einstein's sum over every combination of indices, without `...`. */
function written(terms: readonly string[], output: string, operands: readonly Tensor[]): number[] {
	const sizes = new Map<string, number>();
	for (const [at, term] of terms.entries())
		for (const [axis, letter] of term.split("").entries()) sizes.set(letter, operands[at]?.shape[axis] as number);
	const letters = [...sizes.keys()];
	const shape = output.split("").map((letter) => sizes.get(letter) as number);
	const z = new Array<number>(sizeOf(shape)).fill(0);
	const data = operands.map((x) => x.data);
	const visit = (at: number, index: Map<string, number>): void => {
		const letter = letters[at];
		if (letter !== undefined) {
			for (let i = 0; i < (sizes.get(letter) as number); i++) visit(at + 1, new Map([...index, [letter, i]]));
			return;
		}
		const place = (term: string, of: Shape): number =>
			term.split("").reduce((sum, l, axis) => sum + (index.get(l) as number) * (stridesOf(of)[axis] as number), 0);
		const product = terms.reduce(
			(total, term, operand) => total * (data[operand]?.[place(term, (operands[operand] as Tensor).shape)] as number),
			1,
		);
		const to = place(output, shape);
		z[to] = (z[to] as number) + product;
	};
	visit(0, new Map());
	return z;
}

/** The elements; a product may be -0 where a sum of products is 0. */
const elements = (x: Tensor): number[] => numbers(x).map((value) => value + 0);

const random = randomFor("einsum");
const sized = (sizes: Readonly<Record<string, number>>, term: string): Tensor =>
	whole(
		term.split("").map((letter) => sizes[letter] as number),
		random,
	);

describe("einsum", () => {
	test("is the sum over every combination of indices, whatever the letters", () => {
		const letters = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 });
		const given = fc.tuple(
			fc.array(letters, { minLength: 1, maxLength: 4 }),
			fc.uniqueArray(fc.constantFrom("a", "b", "c", "d")),
			fc.record({ a: fc.nat(3), b: fc.nat(3), c: fc.nat(3), d: fc.nat(3) }),
		);
		fc.assert(
			fc.property(given, ([lists, kept, sizes]) => {
				const terms = lists.map((list) => list.join(""));
				const output = kept.filter((letter) => terms.join("").includes(letter)).join("");
				const operands = terms.map((term) => sized(sizes, term));
				const z = einsum(`${terms.join(",")}->${output}`, ...operands);
				expect(z.shape).toEqual(output.split("").map((letter) => sizes[letter as "a"]));
				expect(elements(z)).toEqual(written(terms, output, operands));
			}),
			{ seed: 7, numRuns: 150 },
		);
	});

	test.each([
		["ij,jk", "ij,jk->ik"],
		["ji", "ji->ij"],
		["ii", "ii->"],
		["ba,ca", "ba,ca->bc"],
		["ij,ij", "ij,ij->"],
		["aB", "aB->Ba"], // capitals come first in the alphabet of NumPy
	])("%s means %s: letters that occur once, in alphabetical order", (implicit, explicit) => {
		const terms = implicit.split(",");
		const operands = terms.map((term) => sized({ a: 2, b: 3, c: 4, i: 3, j: 3, k: 2, B: 4 }, term));
		const [z, expected] = [einsum(implicit, ...operands), einsum(explicit, ...operands)];
		expect(z.shape).toEqual(expected.shape);
		expect(elements(z)).toEqual(elements(expected));
	});

	test("the dots stand for any axes, which broadcast from the last", () => {
		const [x, y] = [whole([5, 2, 3], random), whole([4, 1, 3, 2], random)];
		const z = einsum("...ij,...jk->...ik", x, y);
		expect(z.shape).toEqual([4, 5, 2, 2]);
		expect(elements(z)).toEqual(elements(matmul(x, y)));
		expect(einsum("...ij,...jk", x, y).shape).toEqual([4, 5, 2, 2]);
		expect(einsum("i...,j...", ones([2, 3]), ones([4, 3])).shape).toEqual([3, 2, 4]);
		expect(elements(einsum("...ii->...i", whole([2, 3, 3], random)))).toHaveLength(6);
		expect(elements(einsum("i...->...", x))).toEqual(elements(sum(x, { axis: 0 })));
		expect(einsum("...,...", tensor([1, 2]), scalar(3)).toArray()).toEqual([3, 6]);
	});

	test("axes of the dots that the output leaves out are summed over, as in PyTorch", () => {
		const x = whole([2, 3, 4], random);
		expect(elements(einsum("...i->i", x))).toEqual(elements(sum(x, { axis: [0, 1] })));
	});

	test("an axis of size 1 repeats along the letter of another operand", () => {
		const [x, y] = [whole([2, 1], random), whole([3, 4], random)];
		expect(elements(einsum("ij,jk->ik", x, y))).toEqual(elements(matmul(mul(x, ones([2, 3])), y)));
		expect(elements(einsum("ij,jk->ijk", x, y))).toEqual(elements(mul(x.reshape([2, 1, 1]), y)));
	});

	test("a transposed and a reversed view give what their copies give", () => {
		const x = whole([3, 4], random);
		const seen = einsum("ij,jk->ik", x.T, x.slice([null, [null, null, -1]]));
		expect(elements(seen)).toEqual(
			elements(einsum("ij,jk->ik", tensor(x.T), tensor(x.slice([null, [null, null, -1]])))),
		);
	});

	test("integers stay integers, and float32 stays float32", () => {
		expect(einsum("i,i", tensor([1, 2], { dtype: "int32" }), tensor([3, 4], { dtype: "int32" })).dtype).toBe("int32");
		expect(einsum("ij->ji", ones([2, 3], { dtype: "float32" })).dtype).toBe("float32");
	});

	test.each([
		{
			subscripts: "ij,jk->ik",
			shapes: [
				[2, 3],
				[3, 2],
			],
		},
		{ subscripts: "bij,bjk,k->bi", shapes: [[2, 2, 3], [2, 3, 2], [2]] },
		{ subscripts: "iij->j", shapes: [[2, 2, 3]] },
		{
			subscripts: "ij,ij,ij->i",
			shapes: [
				[2, 3],
				[2, 3],
				[2, 3],
			],
		},
		{ subscripts: "...i,...i", shapes: [[2, 3], [3]] },
		{ subscripts: "i,j,k->kji", shapes: [[2], [3], [2]] },
		{ subscripts: "ij->", shapes: [[2, 3]] },
		{
			subscripts: "ij,jk->ik",
			shapes: [
				[2, 1],
				[3, 2],
			],
		},
	])("$subscripts: first and second derivatives agree in all three ways", ({ subscripts, shapes }) => {
		const xs = shapes.map((shape) => distinct(shape, randomFor(subscripts)));
		const report = checkGradients((...operands: Tensor[]) => einsum(subscripts, ...operands).square(), xs, {
			order: 2,
		});
		expect(verdictOf(report)).toBe("agrees");
	});

	test("a chain is multiplied from its small end", () => {
		// [200, 200] @ [200, 200] @ [200]: 80,000 products from the right, 8 million from the left.
		const [a, b, v] = [whole([200, 200], random), whole([200, 200], random), whole([200], random)];
		const z = tensor(a, { requiresGrad: true });
		const node = einsum("ij,jk,k->i", z, b, v);
		expect(elements(node)).toEqual(elements(matmul(a, matmul(b, v))));
		const sizes: number[] = [];
		for (
			let x: Tensor | undefined = node;
			x;
			x = x.inputs.find((input): input is Tensor => (input as Tensor).requiresGrad) as Tensor | undefined
		)
			sizes.push(x.size);
		expect(Math.max(...sizes.slice(0, -1))).toBe(200 * 200); // z itself, reshaped; no product of that size
		expect(sizes.slice(0, 2)).toEqual([200, 200]);
	});

	test("runs under vmap", () => {
		const [x, y] = [whole([4, 2, 3], random), whole([3, 2], random)];
		const z = vmap((one: Tensor) => einsum("ij,jk->ki", one, y))(x);
		expect(elements(z)).toEqual(elements(einsum("bij,jk->bki", x, y)));
	});

	test.each([
		["ij,jk", [zeros([2, 3])], "2 terms, 1 operands"],
		["i.j", [zeros([2, 3])], "not subscripts"],
		["i...j...", [zeros([2, 3])], "not subscripts"],
		["i->j->k", [zeros([2])], "not subscripts"],
		["ij", [zeros([2])], '"ij"'],
		["ij...", [zeros([2])], '"ij..."'],
		["ij,jk", [zeros([2, 3]), zeros([4, 2])], "3 ≠ 4"],
		["ii", [zeros([2, 3])], "2 ≠ 3"],
		["ii", [zeros([1, 3])], "1 ≠ 3"],
		["ij->k", [zeros([2, 3])], "k in k"],
		["ij->ii", [zeros([2, 3])], "i in ii"],
	] as const)("refuses %s where it does not fit", (subscripts, operands, part) => {
		expect(messageOf(() => einsum(subscripts, ...operands))).toContain(part);
	});

	test("refuses a long wrong text at once", () => {
		expect(messageOf(() => einsum(`${"a".repeat(5000)}!`, zeros([1])))).toContain("not subscripts");
	});
});

// ---------------------------------------------------------------- the others

describe("tensordot", () => {
	test("sums over the last axes of x and the first of y", () => {
		const [x, y] = [whole([2, 3, 4], random), whole([3, 4, 5], random)];
		expect(elements(tensordot(x, y))).toEqual(written(["abc", "bcd"], "ad", [x, y]));
		expect(tensordot(x, y, { axes: 0 }).shape).toEqual([2, 3, 4, 3, 4, 5]);
		expect(elements(x.tensordot(y, { axes: 0 }))).toEqual(written(["abc", "def"], "abcdef", [x, y]));
	});

	test("sums over listed axes in pairs, negative ones from the end", () => {
		const [x, y] = [whole([2, 3, 4], random), whole([4, 5, 2], random)];
		const expected = written(["abc", "cda"], "bd", [x, y]);
		expect(
			elements(
				tensordot(x, y, {
					axes: [
						[0, 2],
						[2, 0],
					],
				}),
			),
		).toEqual(expected);
		expect(
			elements(
				tensordot(x, y, {
					axes: [
						[-1, 0],
						[0, -1],
					],
				}),
			),
		).toEqual(expected);
		expect(elements(tensordot(x, y, { axes: [2, 0] }))).toEqual(written(["abc", "cde"], "abde", [x, y]));
	});

	test("is exact to second order", () => {
		const xs = [distinct([2, 3], random), distinct([3, 2, 2], random)];
		const report = checkGradients((x: Tensor, y: Tensor) => tensordot(x, y, { axes: 1 }).square(), xs, { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("refuses sizes that differ, lists of different lengths, an axis twice and more axes than there are", () => {
		const [x, y] = [zeros([2, 3]), zeros([2, 4])];
		expect(messageOf(() => tensordot(x, y))).toContain("tensordot: summed axes do not match");
		expect(messageOf(() => tensordot(x, y, { axes: [[0, 1], 0] }))).toContain("tensordot: summed axes do not match");
		expect(
			messageOf(() =>
				tensordot(x, y, {
					axes: [
						[0, 0],
						[0, 0],
					],
				}),
			),
		).toContain("an axis is named twice");
		expect(messageOf(() => tensordot(x, y, { axes: 3 }))).toContain("axis out of range");
	});
});

describe("dot", () => {
	test("is an inner product, a product with a matrix, or with a number, as NumPy's", () => {
		expect(dot(tensor([1, 2, 3]), tensor([4, 5, 6])).item()).toBe(32);
		expect(dot(tensor([]), tensor([])).item()).toBe(0);
		expect(dot(3, tensor([1, 2])).toArray()).toEqual([3, 6]);
		const [x, y] = [whole([2, 3, 4], random), whole([5, 4, 2], random)];
		expect(elements(dot(x, y))).toEqual(written(["abc", "dce"], "abde", [x, y]));
		expect(elements(x.dot(tensor([1, 2, 3, 4])))).toEqual(written(["abc", "c"], "ab", [x, tensor([1, 2, 3, 4])]));
		expect(messageOf(() => dot(zeros([2]), zeros([3])))).toContain("dot: summed axes do not match");
	});
});

describe("outer and kron", () => {
	test("outer multiplies every element with every element, flattened", () => {
		expect(outer(tensor([1, 2]), tensor([3, 4, 5])).toArray()).toEqual([
			[3, 4, 5],
			[6, 8, 10],
		]);
		expect(outer(ones([2, 2]), 3).shape).toEqual([4, 1]);
		expect(outer(zeros([0]), tensor([1, 2])).shape).toEqual([0, 2]);
	});

	test("kron repeats y, weighted by the elements of x", () => {
		expect(
			kron(
				tensor([
					[1, 2],
					[3, 4],
				]),
				tensor([[0, 1]]),
			).toArray(),
		).toEqual([
			[0, 1, 0, 2],
			[0, 3, 0, 4],
		]);
		const [x, y] = [whole([2, 3], random), whole([4], random)];
		const z = kron(x, y);
		expect(z.shape).toEqual([2, 12]);
		for (let i = 0; i < 2; i++)
			for (let j = 0; j < 12; j++)
				expect(z.data[i * 12 + j]).toBe((x.data[i * 3 + Math.floor(j / 4)] as number) * (y.data[j % 4] as number));
		expect(kron(2, 3).item()).toBe(6);
	});

	test("(A ⊗ B)(C ⊗ D) = AC ⊗ BD", () => {
		const [a, b, c, d] = [
			[2, 3],
			[3, 2],
			[3, 2],
			[2, 2],
		].map((shape) => whole(shape, random)) as [Tensor, Tensor, Tensor, Tensor];
		expect(elements(matmul(kron(a, b), kron(c, d)))).toEqual(elements(kron(matmul(a, c), matmul(b, d))));
	});

	test("are exact to second order", () => {
		const xs = [distinct([2, 2], random), distinct([3], random)];
		expect(verdictOf(checkGradients((x: Tensor, y: Tensor) => kron(x, y).square(), xs, { order: 2 }))).toBe("agrees");
		expect(verdictOf(checkGradients((x: Tensor, y: Tensor) => outer(x, y).square(), xs, { order: 2 }))).toBe("agrees");
	});
});

describe("cross", () => {
	test("is orthogonal to both vectors and changes sign with their order", () => {
		expect(cross(tensor([1, 0, 0]), tensor([0, 1, 0])).toArray()).toEqual([0, 0, 1]);
		const [x, y] = [whole([4, 3], random), whole([4, 3], random)];
		const z = cross(x, y);
		expect(elements(einsum("ij,ij->i", z, x))).toEqual([0, 0, 0, 0]);
		expect(elements(einsum("ij,ij->i", z, y))).toEqual([0, 0, 0, 0]);
		expect(elements(cross(y, x))).toEqual(elements(z.neg()));
	});

	test("works along any axis, and the others broadcast", () => {
		const [x, y] = [whole([3, 2], random), whole([3, 1], random)];
		const z = cross(x, y, { axis: 0 });
		expect(elements(z.T)).toEqual(elements(cross(x.T, tensor(y.data))));
		expect(messageOf(() => cross(zeros([2]), zeros([2])))).toContain("cross: not vectors of three components");
	});

	test("is exact to second order", () => {
		const xs = [distinct([2, 3], random), distinct([3], random)];
		const report = checkGradients((x: Tensor, y: Tensor) => x.cross(y).square(), xs, { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});
});
