/**
 * Choosing elements: as NumPy does, checked against its rules written out
 * element by element.
 */
import {
	add,
	arange,
	at,
	checkGradients,
	Generator,
	grad,
	gradients,
	type Index,
	indexAdd,
	indexSelect,
	maskedFill,
	maskedSelect,
	mul,
	type Nested,
	oneHot,
	parameter,
	pick,
	scalar,
	scatter,
	sum,
	Tensor,
	take,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct } from "./sampling.js";

/** A tensor 0, 1, 2, ... of a shape. */
const counting = (...shape: number[]): Tensor => arange(shape.reduce((size, axis) => size * axis, 1)).reshape(shape);
const int32 = (data: Nested<number>): Tensor => tensor(data as number[], { dtype: "int32" });
const bool = (data: Nested<number>): Tensor => tensor(data as number[], { dtype: "bool" });

const second = (f: (x: Tensor) => Tensor, shape: readonly number[]): string =>
	verdictOf(checkGradients(f as never, [distinct(shape, new Generator(1))], { order: 2 }));

// ---------------------------------------------------------------- NumPy's rules, element by element

type Element = (place: readonly number[]) => number;

/** Nested arrays of a shape, filled by a function of the place. */
function filled(shape: readonly number[], element: Element, place: readonly number[] = []): Nested<number> {
	if (place.length === shape.length) return element(place);
	return Array.from({ length: shape[place.length] as number }, (_, next) => filled(shape, element, [...place, next]));
}

const elementOf = (x: Tensor, place: readonly number[]): number =>
	place.reduce<Nested<number>>(
		(rest, index) => (rest as readonly Nested<number>[])[index] as Nested<number>,
		x.toArray(),
	) as number;

/** What stands at `place` of `x` repeated to a longer shape. */
const repeatedAt = (x: Tensor, place: readonly number[]): number =>
	elementOf(
		x,
		x.shape.map((size, axis) => (size === 1 ? 0 : (place[place.length - x.rank + axis] as number))),
	);

/** The places of a mask where it is true, one list per axis. */
function nonzero(mask: Tensor): number[][] {
	const lists: number[][] = mask.shape.map(() => []);
	filled(mask.shape, (place) => {
		if (elementOf(mask, place) !== 0) for (const [axis, index] of place.entries()) lists[axis]?.push(index);
		return 0;
	});
	return lists;
}

function positions(range: readonly (number | null | undefined)[], size: number): number[] {
	const [start, stop, step = 1] = range as [number | null, number | null | undefined, number | undefined];
	const all = Array.from({ length: size }, (_, index) => index);
	const from = start === null ? (step > 0 ? 0 : size - 1) : start < 0 ? start + size : start;
	const end =
		stop === null || stop === undefined ? (step > 0 ? size : -1) : stop < 0 ? Math.max(stop + size, -1) : stop;
	const inside =
		step > 0
			? all.filter((index) => index >= from && index < end)
			: all.reverse().filter((index) => index <= from && index > end);
	return inside.filter((_, index) => index % Math.abs(step) === 0);
}

/**
 * `x[indices]` from the documentation of NumPy: every entry becomes, per axis
 * of x, a list along an axis of the result, or one of the lists that go together.
 */
function numpy(x: Tensor, given: readonly Index[]): { shape: readonly number[]; elements: Nested<number> } {
	const taken = given.reduce<number>(
		(total, index) =>
			total + (typeof index === "string" ? 0 : index instanceof Tensor && index.dtype === "bool" ? index.rank : 1),
		0,
	);
	const whole = new Array<null>(x.rank - taken).fill(null);
	const open = given.indexOf("...");
	const advanced = given.some((index) => index instanceof Tensor);
	// One mark per entry: does it belong to the index tensors?
	const marks = given.map((index) => advanced && (typeof index === "number" || index instanceof Tensor));
	const first = marks.indexOf(true);
	const together = marks.slice(first, marks.lastIndexOf(true) + 1).every(Boolean);
	const entries: Index[] =
		open < 0 ? [...given, ...whole] : [...given.slice(0, open), ...whole, ...given.slice(open + 1)];
	const lists: Tensor[] = [];
	/** Per axis of x: how its index follows from the place among the lists, and among the other axes. */
	const reads: ((joint: readonly number[], free: readonly number[]) => number)[] = [];
	const free: number[] = [];
	let before = -1;
	for (const index of entries) {
		const axis = reads.length;
		const size = x.shape[axis] as number;
		if (index === "new") free.push(1);
		else if (typeof index === "number") {
			if (before < 0 && advanced) before = free.length;
			reads.push(() => (index < 0 ? index + size : index));
		} else if (index instanceof Tensor) {
			if (before < 0) before = free.length;
			for (const list of index.dtype === "bool" ? nonzero(index).map((places) => int32(places)) : [index]) {
				lists.push(list);
				const extent = x.shape[reads.length] as number;
				reads.push((joint) => {
					const k = repeatedAt(list, joint);
					return k < 0 ? k + extent : k;
				});
			}
		} else {
			const kept = positions((index as readonly (number | null)[] | null) ?? [null], size);
			const to = free.length;
			free.push(kept.length);
			reads.push((_, place) => kept[place[to] as number] as number);
		}
	}
	const rank = Math.max(0, ...lists.map((list) => list.rank));
	const joint = Array.from({ length: rank }, (_, axis) => {
		const sizes = lists.map((list) => list.shape[list.rank - rank + axis] ?? 1);
		return sizes.includes(0) ? 0 : Math.max(...sizes);
	});
	const front = advanced && together ? before : 0;
	const shape = [...free.slice(0, front), ...joint, ...free.slice(front)];
	const elements = filled(shape, (place) => {
		const among = place.slice(front, front + rank);
		const others = [...place.slice(0, front), ...place.slice(front + rank)];
		return elementOf(
			x,
			reads.map((read) => read(among, others)),
		);
	});
	return { shape, elements };
}

/** Index lists for a shape: everything NumPy knows, in any order. */
function anyIndices(shape: readonly number[], joint: readonly number[]): fc.Arbitrary<Index[]> {
	const end = (size: number): fc.Arbitrary<number | null> => fc.option(fc.integer({ min: -size, max: size }));
	const entry = (size: number): fc.Arbitrary<Index> =>
		fc.oneof(
			{ weight: 1, arbitrary: fc.constant(null) },
			{ weight: 2, arbitrary: fc.integer({ min: -size, max: size - 1 }) },
			{ weight: 2, arbitrary: fc.tuple(end(size), end(size), fc.constantFrom(-2, -1, 1, 2)) },
			{
				weight: 3,
				arbitrary: fc
					.tuple(
						fc.nat(joint.length),
						fc.array(fc.integer({ min: -size, max: size - 1 }), { minLength: 12, maxLength: 12 }),
						fc.boolean(),
					)
					.map(([drop, pool, flat]) => {
						const sizes = joint.slice(drop).map((n) => (flat ? 1 : n));
						return tensor(
							pool.slice(
								0,
								sizes.reduce((a, b) => a * b, 1),
							),
							{ shape: sizes, dtype: "int32" },
						);
					}),
			},
		);
	const cut = fc.tuple(...shape.map(entry), fc.nat(shape.length), fc.nat(shape.length), fc.nat(4));
	return cut.map((given) => {
		const [extent, place, kind] = given.slice(shape.length) as unknown as [number, number, number];
		const entries = given.slice(0, shape.length) as Index[];
		if (kind === 0) entries.splice(place, 0, "new");
		if (kind === 1) entries.splice(place, 0, "...");
		if (kind === 2) return entries.slice(0, extent);
		if (kind === 3) entries.splice(Math.min(place, extent), Math.abs(place - extent), "...", "new");
		return entries;
	});
}

// ---------------------------------------------------------------- at

describe("at", () => {
	test("chooses what NumPy chooses, whatever is mixed", () => {
		let tensors = 0;
		fc.assert(
			fc.property(
				fc
					.tuple(fc.constantFrom([4], [3, 4], [2, 3, 4], [3, 1, 2, 2]), fc.constantFrom([], [1], [3], [2, 3], [0]))
					.chain(([shape, joint]) => fc.tuple(fc.constant(shape), anyIndices(shape, joint))),
				fc.boolean(),
				([shape, indices], turned) => {
					// A view with strides of its own and the plain tensor hold the same.
					const plain = counting(...shape);
					const x = turned ? counting(...[...shape].reverse()).transpose() : plain;
					const expected = numpy(x, indices);
					const z = at(x, ...indices);
					if (indices.some((index) => index instanceof Tensor)) tensors++;
					expect(z.shape).toEqual(expected.shape);
					expect(z.toArray()).toEqual(expected.elements);
				},
			),
			{ numRuns: 600, seed: 5 },
		);
		expect(tensors).toBeGreaterThan(300);
	});

	test("sends the gradient to what was chosen, as often as it was chosen", () => {
		fc.assert(
			fc.property(anyIndices([3, 4], [2, 2]), (indices) => {
				const x = parameter(counting(3, 4));
				const z = at(x, ...indices);
				const weights = new Generator(2);
				const gz = tensor(
					Float64Array.from({ length: z.size }, () => weights.integer(9)),
					{ shape: z.shape },
				);
				const [gx] = gradients(z, [x], { cotangent: gz });
				const totals = new Array<number>(12).fill(0);
				const chosen = z.data;
				for (const [place, g] of gz.data.entries())
					totals[chosen[place] as number] = (totals[chosen[place] as number] as number) + g;
				expect([...gx.data]).toEqual(totals);
			}),
			{ numRuns: 200, seed: 6 },
		);
	});

	test("places the axes of index tensors where NumPy does", () => {
		const x = zeros([4, 5, 6]);
		const i = int32([0, 1, 2]);
		expect(at(x, null, i, i).shape).toEqual([4, 3]);
		expect(at(x, i, null, i).shape).toEqual([3, 5]);
		expect(at(x, 0, null, i).shape).toEqual([3, 5]); // PyTorch: [5, 3]
		expect(at(x, null, i, "...", i).shape).toEqual([3, 4]);
		expect(at(x, null, i, "new", i).shape).toEqual([3, 4, 1]);
		expect(at(x, i, "new").shape).toEqual([3, 1, 5, 6]);
		expect(at(x, int32([[0], [1]]), null, int32([0, 1, 2])).shape).toEqual([2, 3, 5]);
		expect(at(x, "...", int32(1)).shape).toEqual([4, 5]);
	});

	test("keeps what a mask says, over as many axes as it has", () => {
		const x = counting(2, 3, 2);
		const mask = bool([
			[1, 0, 0],
			[0, 1, 1],
		]);
		expect(at(x, mask).toArray()).toEqual([
			[0, 1],
			[8, 9],
			[10, 11],
		]);
		expect(at(x, mask, 1).toArray()).toEqual([1, 9, 11]);
		expect(at(x, mask, int32([0, 1, 0])).toArray()).toEqual([0, 9, 10]);
		expect(at(x, null, bool([0, 1, 1]), -1).toArray()).toEqual([
			[3, 5],
			[9, 11],
		]);
		expect(at(x, x.greater(9)).toArray()).toEqual([10, 11]);
		expect(at(x, x.greater(99)).shape).toEqual([0]);
		expect(numpy(x, [null, bool([0, 1, 1]), -1]).elements).toEqual(at(x, null, bool([0, 1, 1]), -1).toArray());
	});

	test("is a view without index tensors, and gives a tensor of rank 0 for a full set of numbers", () => {
		const x = counting(3, 4);
		const z = x.at([null, null, -1], "new", [1, 3]);
		expect(z.storage).toBe(x.storage);
		expect(z.toArray()).toEqual([[[9, 10]], [[5, 6]], [[1, 2]]]);
		expect(x.at(null, 1).storage).toBe(x.storage);
		expect([x.at(1, -2).shape, x.at(1, -2).item()]).toEqual([[], 6]);
		expect(x.at().toArray()).toEqual(x.toArray());
		expect(at(7, "new").toArray()).toEqual([7]);
		expect(pick(x, 6).value).toBe(6);
	});

	test("keeps dtypes, and integers and masks can be indexed, too", () => {
		const i = int32([1, 0]);
		expect(at(tensor([1, 2], { dtype: "float32" }), i).dtype).toBe("float32");
		expect(at(int32([5, 6]), i).toArray()).toEqual([6, 5]);
		expect(at(bool([1, 0]), i).dtype).toBe("bool");
		const x = parameter([1, 2], { dtype: "float32" });
		expect(gradients(sum(at(x, i)), [x])[0].dtype).toBe("float32");
	});

	test("differentiates twice through numbers, ranges, tensors and masks", () => {
		const twice = (z: Tensor): Tensor => mul(z, z).mul(z);
		expect(second((x) => twice(at(x, 1, [null, null, -2])), [2, 5])).toBe("agrees");
		expect(second((x) => twice(at(x, int32([0, 0, 1]), "...", int32([2, 2, 0]))), [2, 2, 3])).toBe("agrees");
		expect(second((x) => twice(at(x, bool([1, 0, 1]), "new")), [3, 2])).toBe("agrees");
	});

	test("of nothing is nothing", () => {
		expect(at(zeros([0, 3]), int32([])).shape).toEqual([0, 3]);
		expect(at(zeros([2, 3]), null, int32([])).shape).toEqual([2, 0]);
		expect(at(zeros([2, 0]), int32([1, 1, 0])).shape).toEqual([3, 0]);
		const x = parameter(zeros([2, 3]));
		expect(gradients(sum(at(x, int32([]))), [x])[0].toArray()).toEqual(zeros([2, 3]).toArray());
	});

	test("names the index, where it stands and what would fit", () => {
		const x = counting(2, 3);
		expect(
			messageOf(() =>
				at(
					x,
					null,
					int32([
						[0, 1],
						[2, 3],
					]),
				),
			),
		).toMatch(/at: index out of range[\s\S]*-3 to 2: axis 1[\s\S]*3 at index\[1, 1\]/);
		expect(messageOf(() => at(x, int32([-3])))).toMatch(/-3 at index\[0\]/);
		expect(messageOf(() => at(x, 2))).toContain("index out of range");
		expect(messageOf(() => at(zeros([0]), int32([0])))).toContain("axis 0 has size 0");
		expect(messageOf(() => at(x, 0, 0, 0))).toMatch(/too many indices[\s\S]*at most 2[\s\S]*3/);
		expect(messageOf(() => at(x, "...", "..."))).toContain('"..." 2 times');
		expect(messageOf(() => at(x, tensor([0])))).toContain("not an integer tensor");
		expect(messageOf(() => at(x, bool([1, 0, 1])))).toMatch(/mask does not fit[\s\S]*\[3\]/);
		expect(messageOf(() => at(x, int32([0, 1]), int32([0, 1, 2])))).toContain("do not broadcast");
		expect(messageOf(() => at(x, [0, 1, 1, 0] as never))).toMatch(/not a range[\s\S]*int32/);
		expect(messageOf(() => at(x, [[0, 1]] as never))).toContain("not an end");
		expect(messageOf(() => at(x, "none" as never))).toContain("not an index");
		expect(messageOf(() => at(x, undefined as never))).toContain("not an index");
	});
});

// ---------------------------------------------------------------- the others

describe("indexSelect, indexAdd and take", () => {
	test("take entries along an axis, as often and in the order named", () => {
		const x = counting(2, 3);
		expect(indexSelect(x, [1, 1, 0]).toArray()).toEqual([
			[3, 4, 5],
			[3, 4, 5],
			[0, 1, 2],
		]);
		expect(x.indexSelect(int32([-1]), { axis: 1 }).toArray()).toEqual([[2], [5]]);
		expect(take(x, [5, -6]).toArray()).toEqual([5, 0]);
		expect(take(x.T, int32([[1, 2]])).toArray()).toEqual([[3, 1]]);
		expect(take(x, int32([[2], [0]]), { axis: -1 }).toArray()).toEqual([
			[[2], [0]],
			[[5], [3]],
		]);
		expect(take(5, [0, 0]).toArray()).toEqual([5, 5]);
	});

	test("add where a place is named twice", () => {
		const x = parameter([1, 2, 3]);
		const [gx] = gradients(take(x, [2, 0, 2]), [x], { cotangent: tensor([1, 10, 100]) });
		expect(gx.toArray()).toEqual([10, 0, 101]);
		const base = counting(3, 2);
		const z = indexAdd(
			base,
			[2, 2],
			tensor([
				[1, 2],
				[10, 20],
			]),
		);
		expect(z.toArray()).toEqual([
			[0, 1],
			[2, 3],
			[15, 27],
		]);
		expect(base.toArray()).toEqual(counting(3, 2).toArray());
		expect(indexAdd(tensor([1, 2], { dtype: "float32" }), [1], 5).dtype).toBe("float32");
	});

	test("agree with loops over any axis, forward and backward", () => {
		const random = new Generator(3);
		for (const shape of [[7], [2, 90], [90, 2], [3, 4, 5], [2, 70, 70], [1, 6, 1]]) {
			for (const [axis, size] of shape.entries()) {
				const x = parameter(distinct(shape, random));
				const index = Array.from({ length: 6 }, () => random.integer(size));
				const z = indexSelect(x, index, { axis });
				const strides = shape.map((_, from) => shape.slice(from + 1).reduce((a, b) => a * b, 1));
				const gx = new Float64Array(x.size);
				const gz = distinct(z.shape, random);
				const elements = [...x.data];
				let place = 0;
				const weights = gz.data;
				const expected: number[] = [];
				filled(z.shape, (to) => {
					const from = to
						.map((k, other) => (other === axis ? (index[k] as number) : k))
						.reduce((sum_, k, other) => sum_ + k * (strides[other] as number), 0);
					gx[from] = (gx[from] as number) + (weights[place++] as number);
					expected.push(elements[from] as number);
					return 0;
				});
				expect([...z.data]).toEqual(expected);
				expect([...gradients(z, [x], { cotangent: gz })[0].data]).toEqual([...gx]);
			}
		}
	});

	test("differentiate twice", () => {
		expect(
			second((x) => mul(indexSelect(x, [1, 1, 0], { axis: 1 }), indexSelect(x, [0, 2, 2], { axis: 1 })), [2, 3]),
		).toBe("agrees");
		expect(
			second(
				(x) =>
					take(
						x,
						int32([
							[5, 5],
							[0, 1],
						]),
					).square(),
				[2, 3],
			),
		).toBe("agrees");
		expect(second((x) => indexAdd(x, [0, 0], mul(x, x), { axis: 1 }), [3, 2])).toBe("agrees");
	});

	test("refuse what does not exist", () => {
		expect(messageOf(() => indexSelect(counting(3), [0, 3]))).toMatch(
			/indexSelect: index out of range[\s\S]*3 at index\[1\]/,
		);
		expect(messageOf(() => take(counting(2, 3), [6]))).toContain("-6 to 5");
		expect(messageOf(() => take(counting(3), [0.5]))).toContain("0.5 at index[0]");
		expect(messageOf(() => take(counting(3), [Number.NaN]))).toContain("out of range");
		expect(messageOf(() => take(counting(3), tensor([1])))).toContain("not an integer tensor");
		expect(messageOf(() => indexAdd(counting(3), [0], zeros([2])))).toContain("do not broadcast");
	});
});

describe("maskedSelect and maskedFill", () => {
	test("choose and fill where a mask holds, broadcasting", () => {
		const x = counting(2, 3);
		expect(maskedSelect(x, x.greater(2)).toArray()).toEqual([3, 4, 5]);
		expect(maskedSelect(x, bool([1, 0, 1])).toArray()).toEqual([0, 2, 3, 5]);
		expect(maskedSelect(tensor([7, 8, 9]), bool([[1], [1]])).toArray()).toEqual([7, 8, 9, 7, 8, 9]);
		expect(x.maskedFill(bool([0, 1, 0]), -1).toArray()).toEqual([
			[0, -1, 2],
			[3, -1, 5],
		]);
		expect(maskedFill(tensor([1, 2], { dtype: "float32" }), bool([1, 0]), 0.5).dtype).toBe("float32");
	});

	test("route the gradient, so that nothing infinite passes", () => {
		const x = parameter([1, Number.POSITIVE_INFINITY, Number.NaN]);
		const value = scalar(2);
		const filled_ = maskedFill(x, bool([0, 1, 1]), value);
		const [gx, gv] = gradients(sum(mul(filled_, filled_)), [x, value]);
		expect(gx.toArray()).toEqual([2, 0, 0]);
		expect(gv.value).toBe(8);
		const y = parameter([[1], [2]]);
		expect(gradients(sum(maskedSelect(y, bool([1, 1, 0]))), [y])[0].toArray()).toEqual([[2], [2]]);
		expect(second((z) => maskedSelect(z, bool([1, 0, 1])).square(), [2, 3])).toBe("agrees");
	});
});

describe("scatter", () => {
	test("replaces, against loops; the last one named stays", () => {
		const random = new Generator(4);
		for (let round = 0; round < 40; round++) {
			const axis = random.integer(2);
			const x = counting(3, 4);
			const shape = axis === 0 ? [2, 4] : [3, 3];
			const index = filled(shape, () => random.integer(axis === 0 ? 3 : 4)) as number[][];
			const source = distinct(shape, random);
			const expected = x.toArray() as number[][];
			for (const [i, row] of index.entries())
				for (const [j, place] of row.entries()) {
					const [r, c] = axis === 0 ? [place, j] : [i, place];
					(expected[r] as number[])[c] = elementOf(source, [i, j]);
				}
			expect(scatter(x, int32(index), source, { axis }).toArray()).toEqual(expected);
		}
	});

	test("gives the gradient to what is left of x and to the source that stayed", () => {
		const x = parameter([1, 2, 3]);
		const source = parameter([10, 20, 30]);
		const z = scatter(x, int32([2, 0, 2]), source);
		expect(z.toArray()).toEqual([20, 2, 30]);
		const [gx, gs] = gradients(z, [x, source], { cotangent: tensor([1, 10, 100]) });
		expect([gx.toArray(), gs.toArray()]).toEqual([
			[0, 10, 0],
			[0, 1, 100],
		]);
		expect(x.scatter(int32([1]), 7).toArray()).toEqual([1, 7, 3]);
		expect(scatter(int32([1, 2]), int32([0]), 7).dtype).toBe("int32");
		expect(second((y) => mul(scatter(y, int32([[1, 0]]), mul(y.at([0, 1]), 3)), y), [2, 2])).toBe("agrees");
	});

	test("refuses what gather refuses", () => {
		expect(messageOf(() => scatter(counting(3), int32([3]), 1))).toMatch(
			/index out of range[\s\S]*3 at index\[0\][\s\S]*scatter/,
		);
		expect(messageOf(() => scatter(counting(3), int32([0]), zeros([2])))).toContain("do not broadcast");
	});
});

describe("oneHot", () => {
	test("puts a 1 at every class along a new last axis", () => {
		expect(oneHot(int32([1, 0])).toArray()).toEqual([
			[0, 1],
			[1, 0],
		]);
		expect(oneHot(int32([[2]]), 4).toArray()).toEqual([[[0, 0, 1, 0]]]);
		expect(oneHot([1], 2).toArray()).toEqual([[0, 1]]);
		expect(oneHot(int32(1), 3).toArray()).toEqual([0, 1, 0]);
		expect(oneHot(int32([])).shape).toEqual([0, 0]);
		expect(int32([1]).oneHot(2).dtype).toBe("float64");
		expect(oneHot(int32([0])).requiresGrad).toBe(false);
	});

	test("refuses classes that are none", () => {
		expect(messageOf(() => oneHot(int32([2]), 2))).toMatch(
			/oneHot: index out of range[\s\S]*0 to 1[\s\S]*2 at index\[0\]/,
		);
		expect(messageOf(() => oneHot(int32([-1]), 2))).toContain("-1 at index[0]");
		expect(messageOf(() => oneHot([0.5], 2))).toContain("0.5");
		expect(messageOf(() => oneHot([0], 1.5))).toContain("not a shape");
	});
});

test("the chosen is a copy where tensors choose: nothing shared changes", () => {
	const w = parameter([1, 2, 3]);
	const z = w.at(int32([0, 1]));
	w.assign([7, 8, 9]);
	expect(z.toArray()).toEqual([1, 2]);
	expect(add(z, 0).toArray()).toEqual([1, 2]);
});

describe("under vmap", () => {
	test("an index may differ from example to example, and its entries get their gradients", () => {
		const table = parameter(counting(5, 2));
		const tokens = int32([
			[4, 0, 4],
			[1, -1, 1],
		]);
		const rows = vmap((w: Tensor, t: Tensor) => at(w, t), { axes: [null, 0] })(table, tokens);
		expect(rows.toArray()).toEqual(at(table, tokens).toArray());
		const columns = vmap((w: Tensor, t: Tensor) => indexSelect(w, t, { axis: 1 }), { axes: [null, 0] });
		expect(columns(table.T, tokens).shape).toEqual([2, 2, 3]);
		const perExample = vmap(grad((w: Tensor, t: Tensor) => sum(at(w, t))) as never, { axes: [null, 0] }) as typeof at;
		expect(perExample(table, tokens).at(null, null, 0).toArray()).toEqual([
			[1, 0, 0, 0, 2],
			[0, 2, 0, 0, 1],
		]);
	});

	test("places that all examples share pass through", () => {
		const f = (x: Tensor): Tensor => at(x, int32([2, 0]), "new").square();
		expect(vmap(f)(counting(2, 3)).toArray()).toEqual(
			at(counting(2, 3), null, int32([2, 0]), "new")
				.square()
				.toArray(),
		);
		const mask = bool([1, 0, 1]);
		expect(vmap((x: Tensor) => maskedSelect(x, mask))(counting(2, 3)).toArray()).toEqual([
			[0, 2],
			[3, 5],
		]);
	});

	test("how many elements a mask keeps must not depend on the example", () => {
		expect(messageOf(() => vmap((x: Tensor) => at(x, x.greater(1)))(counting(2, 3)))).toContain(
			"not known while a function is traced",
		);
	});
});
