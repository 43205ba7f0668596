/**
 * Moving, joining and choosing elements: as NumPy does, checked against plain
 * loops over nested arrays.
 */
import {
	add,
	arange,
	broadcastTo,
	concat,
	Generator,
	gather,
	gradients,
	mul,
	pad,
	parameter,
	permute,
	type Range,
	reshape,
	scatterAdd,
	slice,
	softmax,
	split,
	sum,
	type Tensor,
	tensor,
	transpose,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf } from "../verdicts.js";
import { distinct } from "./sampling.js";

/** A tensor 0, 1, 2, ... of a shape. */
const counting = (...shape: number[]): Tensor => arange(shape.reduce((size, axis) => size * axis, 1)).reshape(shape);
const int32 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "int32" });

// ---------------------------------------------------------------- slice

/** Indices that Python's `range(*slice(start, stop, step).indices(size))` gives, written from its documentation. */
function pythonIndices(start: number | null, stop: number | null, step: number, size: number): number[] {
	const clamp = (at: number, low: number, high: number): number => (at < low ? low : at > high ? high : at);
	const place = (at: number): number => (at < 0 ? at + size : at);
	const found: number[] = [];
	if (step > 0) {
		const from = start === null ? 0 : clamp(place(start), 0, size);
		const to = stop === null ? size : clamp(place(stop), 0, size);
		for (let at = from; at < to; at += step) found.push(at);
	} else {
		const from = start === null ? size - 1 : clamp(place(start), -1, size - 1);
		const to = stop === null ? -1 : clamp(place(stop), -1, size - 1);
		for (let at = from; at > to; at += step) found.push(at);
	}
	return found;
}

describe("slice", () => {
	const end = fc.option(fc.integer({ min: -9, max: 9 }));
	const stride = fc.constantFrom(-3, -2, -1, 1, 2, 3);

	test("takes what NumPy takes, for any start, stop and step", () => {
		fc.assert(
			fc.property(fc.nat(6), end, end, stride, (size, start, stop, step) => {
				const x = arange(size);
				expect(slice(x, [[start, stop, step]]).toArray()).toEqual(pythonIndices(start, stop, step, size));
			}),
			{ numRuns: 1000, seed: 2 },
		);
	});

	test("takes what NumPy takes on two axes, and its gradient is 1 there and 0 elsewhere", () => {
		fc.assert(
			fc.property(end, end, stride, end, end, stride, (a, b, c, d, e, f) => {
				const x = parameter(counting(4, 5));
				const rows = pythonIndices(a, b, c, 4);
				const columns = pythonIndices(d, e, f, 5);
				const z = slice(x, [
					[a, b, c],
					[d, e, f],
				]);
				expect(z.toArray()).toEqual(rows.map((row) => columns.map((column) => row * 5 + column)));
				const [gx] = gradients(sum(mul(z, 2)), [x]);
				const expected = Array.from({ length: 4 }, (_, row) =>
					Array.from({ length: 5 }, (__, column) => (rows.includes(row) && columns.includes(column) ? 2 : 0)),
				);
				expect(gx.toArray()).toEqual(expected);
			}),
			{ numRuns: 300, seed: 3 },
		);
	});

	test("drops the axis of a single index, counted from the end where negative", () => {
		const x = counting(2, 3);
		expect(slice(x, [1]).toArray()).toEqual([3, 4, 5]);
		expect(slice(x, [-1, -1]).item()).toBe(5);
		expect(slice(x, [null, 0]).toArray()).toEqual([0, 3]);
		expect(slice(x, []).toArray()).toEqual(x.toArray());
		expect(slice(x, [[1], 2]).toArray()).toEqual([5]);
	});

	test("of a slice of a transposed view is still right", () => {
		const x = counting(3, 4).T;
		const y = slice(slice(x, [[3, null, -2]]), [null, [1]]);
		expect(y.toArray()).toEqual([
			[7, 11],
			[5, 9],
		]);
	});

	test("refuses missing indices, too many ranges, a step of 0 and ends that are no whole numbers", () => {
		const x = counting(2, 3);
		expect(messageOf(() => slice(x, [2]))).toMatch(/index out of range[\s\S]*-2 to 1[\s\S]*2/);
		expect(messageOf(() => slice(x, [-3]))).toContain("index out of range");
		expect(messageOf(() => slice(x, [0.5]))).toContain("index out of range");
		expect(messageOf(() => slice(x, [0, 0, 0]))).toContain("more ranges than axes");
		expect(messageOf(() => slice(x, [[0, 1, 0]]))).toContain("not a step");
		expect(messageOf(() => slice(x, [[0.5, 2]]))).toMatch(/not an end[\s\S]*0\.5/);
		expect(messageOf(() => slice(x, [[0, Number.NaN]]))).toContain("not an end");
	});
});

// ---------------------------------------------------------------- pad, concat, split

describe("pad", () => {
	test("puts zeros around, and its gradient takes the middle", () => {
		const x = parameter([
			[1, 2],
			[3, 4],
		]);
		const z = pad(x, [
			[1, 0],
			[0, 2],
		]);
		expect(z.toArray()).toEqual([
			[0, 0, 0, 0],
			[1, 2, 0, 0],
			[3, 4, 0, 0],
		]);
		const [gx] = gradients(z, [x], { cotangent: counting(3, 4) });
		expect(gx.toArray()).toEqual([
			[4, 5],
			[8, 9],
		]);
		expect(pad(zeros([0]), [[1, 2]]).toArray()).toEqual([0, 0, 0]);
		expect(pad(tensor(5), []).item()).toBe(5);
	});

	test("refuses widths that are none", () => {
		expect(messageOf(() => pad(counting(2), [[-1, 0]]))).toContain("not widths");
		expect(messageOf(() => pad(counting(2), []))).toContain("not widths");
		expect(messageOf(() => pad(counting(2), [[0.5, 0]]))).toContain("not widths");
	});
});

describe("concat and split", () => {
	test("join and cut along any axis", () => {
		const [x, y] = [counting(2, 2), mul(counting(2, 1), 10)];
		expect(concat([x, y], { axis: 1 }).toArray()).toEqual([
			[0, 1, 0],
			[2, 3, 10],
		]);
		expect(concat([x, x]).shape).toEqual([4, 2]);
		expect(concat([x, y], { axis: -1 }).shape).toEqual([2, 3]);
		expect(concat([zeros([0, 2]), x]).toArray()).toEqual(x.toArray());
		const parts = split(counting(2, 5), [1, 0, 4], { axis: 1 });
		expect(parts.map((part) => part.shape)).toEqual([
			[2, 1],
			[2, 0],
			[2, 4],
		]);
		expect(split(counting(6), 3).map((part) => part.toArray())).toEqual([
			[0, 1],
			[2, 3],
			[4, 5],
		]);
	});

	test("undo each other, forward and backward", () => {
		const x = parameter(counting(3, 4));
		const joined = concat(split(x, [1, 3], { axis: -1 }), { axis: -1 });
		expect(joined.toArray()).toEqual(x.toArray());
		const [gx] = gradients(joined, [x], { cotangent: counting(3, 4) });
		expect(gx.toArray()).toEqual(counting(3, 4).toArray());
	});

	test("send to each part its own gradient, in its own dtype", () => {
		const [x, y] = [parameter([1, 2], { dtype: "float32" }), parameter([3])];
		const z = concat([x, y, 7 as never].slice(0, 2) as Tensor[]);
		const [gx, gy] = gradients(z, [x, y], { cotangent: tensor([10, 20, 30]) });
		expect([gx.dtype, gx.toArray(), gy.toArray()]).toEqual(["float32", [10, 20], [30]]);
	});

	test("take a part that is used twice", () => {
		const x = parameter([1, 2]);
		const [gx] = gradients(concat([x, x]), [x], { cotangent: tensor([1, 2, 10, 20]) });
		expect(gx.toArray()).toEqual([11, 22]);
	});

	test("refuse what does not fit", () => {
		expect(messageOf(() => concat([]))).toContain("nothing to join");
		expect(messageOf(() => concat([counting(2, 2), counting(2, 3)]))).toContain("shapes differ");
		expect(messageOf(() => concat([counting(2), counting(2, 3)]))).toContain("shapes differ");
		expect(messageOf(() => concat([counting(2)], { axis: 1 }))).toContain("axis out of range");
		expect(messageOf(() => split(counting(5), 2))).toMatch(/parts do not fit[\s\S]*2 equal parts/);
		expect(messageOf(() => split(counting(5), [1, 3]))).toContain("add up to 5");
		expect(messageOf(() => split(counting(5), [6, -1]))).toContain("parts do not fit");
	});
});

// ---------------------------------------------------------------- gather, scatterAdd

describe("gather and scatterAdd", () => {
	test("take and add along an axis, against loops", () => {
		const random = new Generator(1);
		for (let round = 0; round < 50; round++) {
			const axis = random.integer(2);
			const x = counting(3, 4);
			const shape = axis === 0 ? [2, 4] : [3, 5];
			const at = Array.from({ length: shape[0] as number }, () =>
				Array.from({ length: shape[1] as number }, () => random.integer(axis === 0 ? 3 : 4)),
			);
			const source = distinct(shape, random);
			const taken = gather(x, int32(at), { axis }).toArray() as number[][];
			const expected = zeros([3, 4]).toArray() as number[][];
			at.forEach((row, i) => {
				row.forEach((place, j) => {
					const [r, c] = axis === 0 ? [place, j] : [i, place];
					expect(taken[i]?.[j]).toBe(r * 4 + c);
					(expected[r] as number[])[c] =
						((expected[r] as number[])[c] as number) + (source.toArray() as number[][])[i]![j]!;
				});
			});
			expect(scatterAdd(zeros([3, 4]), int32(at), source, { axis }).toArray()).toEqual(expected);
		}
	});

	test("are each other's gradients, places named twice adding up", () => {
		const x = parameter([1, 2, 3]);
		const [gx] = gradients(gather(x, int32([2, 0, 2])), [x], { cotangent: tensor([1, 10, 100]) });
		expect(gx.toArray()).toEqual([10, 0, 101]);
		const source = parameter([1, 2, 3]);
		const [gs] = gradients(scatterAdd(zeros([2]), int32([1, 1, 0]), source), [source], { cotangent: tensor([5, 7]) });
		expect(gs.toArray()).toEqual([7, 7, 5]);
	});

	test("leave their operand as it is", () => {
		const x = tensor([1, 2]);
		scatterAdd(x, int32([0]), tensor([5]));
		expect(x.toArray()).toEqual([1, 2]);
	});

	test("refuse indices that do not exist, are no integers or do not fit", () => {
		expect(messageOf(() => gather(counting(3), int32([3])))).toContain("3");
		expect(messageOf(() => gather(counting(3), int32([-4])))).toMatch(/index out of range[\s\S]*-4/);
		expect(messageOf(() => gather(counting(3), tensor([0])))).toMatch(/not an integer tensor[\s\S]*int32/);
		expect(messageOf(() => gather(counting(3, 2), int32([0])))).toContain("index does not fit");
		expect(messageOf(() => scatterAdd(counting(3), int32([0]), counting(2)))).toContain("index and source differ");
	});
});

// ---------------------------------------------------------------- shapes

describe("reshape, permute, transpose and broadcastTo", () => {
	test("reshape keeps row-major order, also of views, and computes one size", () => {
		expect(reshape(counting(2, 3).T, [6]).toArray()).toEqual([0, 3, 1, 4, 2, 5]);
		expect(reshape(counting(2, 3), [-1, 2]).shape).toEqual([3, 2]);
		expect(reshape(zeros([0, 3]), [3, -1]).shape).toEqual([3, 0]);
		expect(messageOf(() => reshape(counting(6), [4, -1]))).toContain("a multiple of 4");
		expect(messageOf(() => reshape(counting(6), [5]))).toContain("number of elements differs");
		expect(messageOf(() => reshape(counting(6), [-1, -1]))).toContain("not a shape");
	});

	test("permute and transpose reorder axes", () => {
		const x = counting(2, 3, 4);
		expect(permute(x, [2, 0, 1]).shape).toEqual([4, 2, 3]);
		expect(transpose(x).shape).toEqual([4, 3, 2]);
		expect(transpose(x, 0, -1).shape).toEqual([4, 3, 2]);
		expect(x.T.shape).toEqual([2, 4, 3]);
		expect(slice(permute(x, [2, 0, 1]), [3, 1, 2]).item()).toBe(1 * 12 + 2 * 4 + 3);
		expect(messageOf(() => permute(x, [0, 1]))).toContain("not an order of the axes");
		expect(messageOf(() => permute(x, [0, 0, 1]))).toContain("not an order of the axes");
		expect(messageOf(() => permute(x, [0, 1, 3]))).toContain("axis out of range");
	});

	test("broadcastTo repeats, and its gradient sums", () => {
		const x = parameter([[1], [2]]);
		const z = broadcastTo(x, [3, 2, 2]);
		expect(z.shape).toEqual([3, 2, 2]);
		expect(gradients(sum(z), [x])[0].toArray()).toEqual([[6], [6]]);
		expect(messageOf(() => broadcastTo(counting(3), [2]))).toContain("do not broadcast");
		expect(messageOf(() => broadcastTo(counting(2, 1), [2]))).toContain("do not broadcast");
		expect(broadcastTo(zeros([1]), [0]).shape).toEqual([0]);
	});

	test("shapes that do not broadcast are refused with both shown", () => {
		expect(messageOf(() => add(counting(2, 3), counting(2)))).toMatch(
			/add: shapes do not broadcast[\s\S]*3 ≠ 2 on axis -1[\s\S]*x \[2, 3\], y \[2\]/,
		);
	});
});

// ---------------------------------------------------------------- methods

describe("methods are the functions", () => {
	const x = counting(2, 3);
	const ranges: Range[] = [1, [0, 2]];

	test("with their options", () => {
		expect(x.sum({ axis: 0, keepDims: true }).shape).toEqual([1, 3]);
		expect(x.max({ axis: 1 }).toArray()).toEqual([2, 5]);
		expect(x.min({ axis: -2 }).toArray()).toEqual([0, 1, 2]);
		expect(x.mean({ axis: 0 }).toArray()).toEqual([1.5, 2.5, 3.5]);
		expect(x.variance({ axis: 1, correction: 1 }).toArray()).toEqual([1, 1]);
		expect(x.softmax({ axis: 0 }).toArray()).toEqual(softmax(x, { axis: 0 }).toArray());
		expect(x.logSumExp({ axis: 1, keepDims: true }).shape).toEqual([2, 1]);
		expect(x.norm({ axis: 0 }).shape).toEqual([3]);
		expect(x.slice(ranges).toArray()).toEqual([3, 4]);
		expect(x.reshape([3, 2]).permute([1, 0]).shape).toEqual([2, 3]);
		expect(x.transpose(0, 1).shape).toEqual([3, 2]);
		expect(
			x.pad([
				[0, 1],
				[0, 0],
			]).shape,
		).toEqual([3, 3]);
		expect(x.cast("int32").dtype).toBe("int32");
		expect(x.broadcastTo([2, 2, 3]).shape).toEqual([2, 2, 3]);
		expect(x.matmul(x.T).toArray()).toEqual([
			[5, 14],
			[14, 50],
		]);
	});

	test("also where the options come after two operands", () => {
		expect(x.gather(int32([[2], [0]]), { axis: 1 }).toArray()).toEqual([[2], [3]]);
		expect(x.split([1, 2], { axis: 1 }).map((part) => part.shape)).toEqual([
			[2, 1],
			[2, 2],
		]);
		expect(x.scatterAdd(int32([[2], [0]]), tensor([[10], [20]]), { axis: 1 }).toArray()).toEqual([
			[0, 1, 12],
			[23, 4, 5],
		]);
	});

	test("and chain", () => {
		const w = parameter([1, 2, 3]);
		w.mul(2).add(1).square().sum().backward();
		expect(w.grad?.toArray()).toEqual([12, 20, 28]);
	});
});
