/**
 * Order: against JavaScript's own stable sort with the order of NumPy written
 * out, at lengths on both sides of every change of method.
 */
import {
	argMax,
	argMin,
	argSort,
	cast,
	checkGradients,
	Generator,
	gather,
	grad,
	gradients,
	maxWithIndex,
	median,
	minWithIndex,
	mul,
	parameter,
	quantile,
	randn,
	searchSorted,
	sort,
	square,
	sum,
	type Tensor,
	tensor,
	topK,
	unique,
	vmap,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOf, messageOf, verdictOf } from "../verdicts.js";
import { distinct, numbers, whole } from "./sampling.js";

const infinity = Number.POSITIVE_INFINITY;
const random = new Generator(17);

/** Ascending, NaN above all, -0 equal to 0. */
const ascending = (a: number, b: number): number => {
	if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
	return a < b ? -1 : Number(a > b);
};

/** The places of `row` in order, by the language's stable sort. */
function placesOf(row: readonly number[], descending = false): number[] {
	const sign = descending ? -1 : 1;
	return [...row.keys()].sort((i, j) => sign * ascending(row[i] as number, row[j] as number));
}

/** Numbers with ties, zeros of both signs, infinities and NaN. */
const awkward: fc.Arbitrary<number> = fc.oneof(
	{ weight: 4, arbitrary: fc.double() },
	{ weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
	fc.constantFrom(0, -0, infinity, -infinity, Number.NaN, 5e-324, -5e-324, 1e308, -1e308),
);

describe("argSort and sort", () => {
	test("are stable in both directions, NaN as the largest", () => {
		fc.assert(
			fc.property(fc.array(awkward, { maxLength: 70 }), fc.boolean(), (row, descending) => {
				const places = argSort(tensor(row), { descending });
				expect(numbers(places)).toEqual(placesOf(row, descending));
				const sorted = placesOf(row, descending).map((at) => row[at] as number);
				expect(differenceOf(numbers(sort(tensor(row), { descending })), sorted)).toBe("the same bits");
			}),
			{ seed: 2, numRuns: 200 },
		);
	});

	test.each([8, 31, 32, 33, 64, 511, 512, 513, 3000])("of %i numbers agree with the language's sort", (count) => {
		const made = numbers(randn([count], { generator: new Generator(count) }));
		const rows = {
			random: made,
			rounded: made.map((x) => Math.round(3 * x)),
			ascending: [...made].sort(ascending),
			descending: [...made].sort(ascending).reverse(),
			equal: made.map(() => 7),
			"with NaN": made.map((x, at) => (at % 5 === 0 ? Number.NaN : x)),
			NaN: made.map(() => Number.NaN),
			huge: made.map((x) => x * 10 ** Math.round(300 * Math.sin(x))),
		};
		for (const [name, row] of Object.entries(rows))
			for (const descending of [false, true])
				expect([name, differenceOf(numbers(argSort(tensor(row), { descending })), placesOf(row, descending))]).toEqual([
					name,
					"the same bits",
				]);
	});

	test("go along any axis, also of views and in every dtype", () => {
		for (const dtype of ["float64", "float32", "int32"] as const) {
			const x = cast(whole([3, 40, 2], random), dtype);
			const rows = (y: Tensor): number[][] => y.toArray() as number[][];
			expect(sort(x).dtype).toBe(dtype);
			const along = sort(x, { axis: 1 });
			for (let i = 0; i < 3; i++)
				for (let j = 0; j < 2; j++) {
					const row = numbers(x.slice([i, null, j]));
					expect(numbers(along.slice([i, null, j]))).toEqual([...row].sort(ascending));
					expect(numbers(argSort(x, { axis: -2 }).slice([i, null, j]))).toEqual(placesOf(row));
				}
			expect(rows(sort(x.permute([2, 0, 1])))).toEqual(rows(along.permute([2, 0, 1])));
		}
		expect(sort(tensor([true, false, true])).toArray()).toEqual([0, 1, 1]);
	});

	test("of nothing give nothing, and of a single number that number", () => {
		expect([sort(zeros([0])).shape, argSort(zeros([2, 0])).shape, sort(zeros([0, 2])).shape]).toEqual([
			[0],
			[2, 0],
			[0, 2],
		]);
		expect([sort(tensor(3)).item(), argSort(tensor(3)).item()]).toEqual([3, 0]);
		expect(messageOf(() => sort(zeros([2]), { axis: 1 }))).toContain("sort: axis out of range");
	});

	test("send the gradient to where an element stood, to second order; places have none", () => {
		const x = parameter([3, 1, 2]);
		expect(gradients(sort(x), [x], { cotangent: tensor([1, 10, 100]) })[0].toArray()).toEqual([100, 1, 10]);
		expect(argSort(x).requiresGrad).toBe(false);
		for (const options of [{ axis: 0 }, { axis: -1, descending: true }]) {
			const report = checkGradients((y: Tensor) => square(sort(y, options)), [distinct([3, 4], random)], { order: 2 });
			expect(verdictOf(report)).toBe("agrees");
		}
	});

	test("work under vmap as example by example", () => {
		const x = whole([3, 5], random);
		expect(vmap((row: Tensor) => sort(row))(x).toArray()).toEqual(sort(x).toArray());
		expect(vmap(grad((row: Tensor) => sum(mul(sort(row), tensor([1, 2, 3, 4, 5])))))(x).shape).toEqual([3, 5]);
	});
});

describe("topK", () => {
	test("is the beginning of the sorted row, for few elements and many", () => {
		fc.assert(
			fc.property(fc.array(awkward, { maxLength: 60 }), fc.nat(60), fc.boolean(), (row, wanted, largest) => {
				const k = Math.min(wanted, row.length);
				const { values, indices } = topK(tensor(row), k, { largest });
				expect(numbers(indices)).toEqual(placesOf(row, largest).slice(0, k));
				expect(numbers(values)).toEqual(numbers(indices).map((at) => row[at] as number));
			}),
			{ seed: 3, numRuns: 200 },
		);
	});

	test.each([40, 700, 5000])("and quantiles of %i numbers sort no more than they need, and find the same", (count) => {
		const made = numbers(randn([count], { generator: new Generator(count) }));
		const rows = {
			random: made,
			rounded: made.map((x) => Math.round(2 * x)),
			positive: made.map((x) => 1 + Math.abs(x) / 100),
			equal: made.map(() => -3),
			"with NaN": made.map((x, at) => (at % 3 === 0 ? Number.NaN : x)),
			zeros: made.map((_, at) => (at % 2 === 0 ? 0 : -0)),
			far: made.map((x) => x * 10 ** Math.round(300 * Math.sin(x))),
		};
		for (const [name, row] of Object.entries(rows)) {
			const sorted = [...row].sort(ascending);
			for (const largest of [false, true])
				for (const k of [0, 33, 37, count >> 1, count - 1, count]) {
					const { indices } = topK(tensor(row), k, { largest });
					expect([name, k, numbers(indices)]).toEqual([name, k, placesOf(row, largest).slice(0, k)]);
				}
			const last = count - 1;
			for (const place of [0, 1, 5, last >> 1, last - 1, last]) {
				const found = quantile(tensor(row), place / last, { interpolation: "nearest" }).item();
				expect([name, place, found + 0]).toEqual([
					name,
					place,
					name === "with NaN" ? Number.NaN : (sorted[place] as number) + 0,
				]);
			}
		}
	});

	test("goes along an axis and routes gradients, to second order", () => {
		const x = tensor([
			[1, 5, 3],
			[9, 2, 4],
		]);
		expect(topK(x, 1, { axis: 0 }).values.toArray()).toEqual([[9, 5, 4]]);
		expect(topK(x, 1, { axis: 0 }).indices.toArray()).toEqual([[1, 0, 1]]);
		const report = checkGradients((y: Tensor) => square(topK(y, 2).values), [distinct([2, 4], random)], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("refuses more than there are", () => {
		for (const k of [4, -1, 0.5])
			expect(messageOf(() => topK(zeros([3]), k))).toMatch(/topK: not a number of elements[\s\S]*0 to 3/);
	});
});

describe("argMax, argMin and the extremes with their places", () => {
	test("find the first of equal elements, and the first NaN before any number", () => {
		expect(argMax(tensor([1, 3, 3, 2])).item()).toBe(1);
		expect(argMin(tensor([1, 0, -0, 2])).item()).toBe(1);
		expect(argMax(tensor([1, Number.NaN, 3, Number.NaN])).item()).toBe(1);
		expect(argMin(tensor([-infinity, Number.NaN])).item()).toBe(1);
		expect(argMax(tensor([-infinity, -infinity])).item()).toBe(0);
		expect(argMax(tensor([false, true])).item()).toBe(1);
		expect(argMax(tensor(7)).item()).toBe(0);
		expect(argMax(tensor(7), { axis: -1 }).shape).toEqual([]);
	});

	test("agree with a search along every axis, narrow or wide", () => {
		for (const shape of [
			[4, 3, 2],
			[5, 11],
			[1, 1],
			[9, 2, 9],
		])
			for (const axis of shape.keys()) {
				const x = whole(shape, random);
				for (const view of [x, whole([...shape].reverse(), random).transpose()]) {
					const rows = view
						.permute([...shape.keys()].filter((at) => at !== axis).concat(axis))
						.reshape([-1, shape[axis] as number]);
					const expected = (rows.toArray() as number[][]).map((row) => row.indexOf(Math.max(...row)));
					expect(numbers(argMax(view, { axis }))).toEqual(expected);
					expect(numbers(argMin(view.neg(), { axis }))).toEqual(expected);
					expect(maxWithIndex(view, { axis }).values.toArray()).toEqual(view.max({ axis }).toArray());
					expect(minWithIndex(view, { axis, keepDims: true }).values.toArray()).toEqual(
						view.min({ axis, keepDims: true }).toArray(),
					);
				}
			}
	});

	test("count in row-major order without an axis, and keep axes on request", () => {
		const x = tensor([
			[1, 5],
			[9, 2],
		]);
		expect(argMax(x).item()).toBe(2);
		expect(argMax(x, { keepDims: true }).shape).toEqual([1, 1]);
		expect(argMax(x, { axis: 0, keepDims: true }).toArray()).toEqual([[1, 0]]);
		const { values, indices } = maxWithIndex(x);
		expect([values.item(), indices.item(), indices.dtype]).toEqual([9, 2, "int32"]);
		expect(argMax(zeros([0, 2]), { axis: 1 }).shape).toEqual([0]);
		expect(messageOf(() => argMax(zeros([2, 0]), { axis: 1 }))).toContain("argMax: no elements to reduce");
		expect(messageOf(() => minWithIndex(zeros([0])))).toContain("argMin: no elements to reduce");
	});

	test("give the whole gradient to the element that was found, unlike max, and of NaN, too", () => {
		const x = parameter([3, 3, 1]);
		expect(gradients(maxWithIndex(x).values, [x])[0].toArray()).toEqual([1, 0, 0]);
		expect(gradients(x.max(), [x])[0].toArray()).toEqual([0.5, 0.5, 0]);
		const report = checkGradients(
			(y: Tensor) => square(maxWithIndex(y, { axis: 0 }).values),
			[distinct([3, 2], random)],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
	});
});

describe("searchSorted", () => {
	test("counts what comes before, with NaN above all", () => {
		fc.assert(
			fc.property(fc.array(awkward, { maxLength: 20 }), fc.array(awkward, { maxLength: 6 }), (row, values) => {
				const sorted = [...row].sort(ascending);
				const before = values.map((x) => sorted.filter((y) => ascending(y, x) < 0).length);
				const behind = values.map((x) => sorted.filter((y) => ascending(y, x) <= 0).length);
				expect(numbers(searchSorted(tensor(sorted), tensor(values)))).toEqual(before);
				expect(numbers(searchSorted(tensor(sorted), tensor(values), { right: true }))).toEqual(behind);
			}),
			{ seed: 4, numRuns: 150 },
		);
	});

	test("takes rows for rows, values of any shape for a vector, and numbers", () => {
		const rows = tensor([
			[1, 2, 3],
			[10, 20, 30],
		]);
		expect(
			searchSorted(
				rows,
				tensor([
					[2.5, 0],
					[25, 40],
				]),
			).toArray(),
		).toEqual([
			[2, 0],
			[2, 3],
		]);
		expect(searchSorted(tensor([1, 2, 3]), tensor([[2, 9]])).toArray()).toEqual([[1, 3]]);
		expect(searchSorted(tensor([1, 2, 3]), 2.5).item()).toBe(2);
		expect(searchSorted(tensor([1]), zeros([0])).dtype).toBe("int32");
		expect(messageOf(() => searchSorted(rows, tensor([1, 2, 3])))).toContain("searchSorted: shapes do not fit");
		expect(messageOf(() => searchSorted(1, 2))).toContain("searchSorted: shapes do not fit");
	});
});

describe("unique", () => {
	test("gives every element once, where it was, how often, and the way back", () => {
		fc.assert(
			fc.property(fc.array(awkward, { maxLength: 40 }), (row) => {
				const { values, indices, inverse, counts } = unique(tensor(row));
				const expected = [...row]
					.sort(ascending)
					.filter((x, at, all) => at === 0 || ascending(all[at - 1] as number, x) < 0);
				expect(numbers(values).map((x) => x + 0)).toEqual(expected.map((x) => x + 0));
				expect(numbers(indices)).toEqual(expected.map((x) => row.findIndex((y) => ascending(x, y) === 0)));
				expect(numbers(counts)).toEqual(expected.map((x) => row.filter((y) => ascending(x, y) === 0).length));
				expect(
					numbers(inverse)
						.map((at) => numbers(values)[at] as number)
						.map((x) => x + 0),
				).toEqual(row.map((x) => x + 0));
			}),
			{ seed: 5, numRuns: 150 },
		);
	});

	test("takes all axes together and keeps dtype and the shape of the way back", () => {
		const { values, inverse } = unique(
			tensor(
				[
					[3, 1],
					[1, 2],
				],
				{ dtype: "int32" },
			),
		);
		expect([values.dtype, values.toArray()]).toEqual(["int32", [1, 2, 3]]);
		expect(inverse.toArray()).toEqual([
			[2, 0],
			[0, 1],
		]);
		const x = parameter([2, 1, 2]);
		expect(unique(x).values.requiresGrad).toBe(false);
		expect(gradients(sum(gather(x, unique(x).indices)), [x])[0].toArray()).toEqual([1, 1, 0]);
		expect(messageOf(() => vmap((row: Tensor) => unique(row).values)(zeros([2, 3])))).toContain("traced");
	});
});

describe("quantile and median", () => {
	test("agree with the values of NumPy", () => {
		const x = tensor([7, 1, 3, 10]);
		// np.quantile([7, 1, 3, 10], 0.4, method=...): place 1.2 of 1 3 7 10
		const expected = { linear: 3.8, lower: 3, higher: 7, nearest: 3, midpoint: 5 } as const;
		for (const [interpolation, value] of Object.entries(expected))
			expect(quantile(x, 0.4, { interpolation: interpolation as "linear" }).item()).toBeCloseTo(value, 14);
		expect(quantile(x, 0.5, { interpolation: "nearest" }).item()).toBe(7); // place 1.5: half to even
		expect(quantile(tensor([1, 2]), 0.5, { interpolation: "nearest" }).item()).toBe(1);
		expect(quantile(x, [0, 0.5, 1]).toArray()).toEqual([1, 5, 10]);
		expect(median(x).item()).toBe(5);
		expect(median(tensor([4, 1, 2])).item()).toBe(2);
		expect(median(tensor([true, false, true])).item()).toBe(1);
	});

	test("reduce one axis, several or all, and lists of shares come first", () => {
		const x = distinct([2, 3, 4], random);
		expect(median(x, { axis: 1 }).shape).toEqual([2, 4]);
		expect(quantile(x, [0.1, 0.9], { axis: [0, -1], keepDims: true }).shape).toEqual([2, 1, 3, 1]);
		const over = median(x, { axis: [0, 2] });
		for (let j = 0; j < 3; j++) {
			const row = numbers(x.slice([null, j])).sort(ascending);
			expect(numbers(over)[j]).toBe(((row[3] as number) + (row[4] as number)) / 2);
		}
		expect([median(tensor(3)).item(), median(zeros([0, 3]), { axis: 1 }).shape]).toEqual([3, [0]]);
	});

	test("know NaN, infinities, and equal elements exactly", () => {
		expect(median(tensor([1, Number.NaN, 2])).item()).toBeNaN();
		expect(median(tensor([infinity, infinity])).item()).toBe(infinity);
		expect(quantile(tensor([-infinity, 1]), 0.3).item()).toBe(-infinity);
		expect(quantile(tensor([1, infinity]), 0.3).item()).toBe(infinity);
		expect(quantile(tensor([0.1, 0.1, 0.1]), 0.3).item()).toBe(0.1);
		expect(quantile(tensor([-1e308, 1e308]), 0.5).item()).toBe(0);
		expect(median(tensor([1, 2], { dtype: "float32" })).dtype).toBe("float32");
	});

	test("send the gradient to the neighbours that were mixed, to second order", () => {
		const x = parameter([7, 1, 3, 10]);
		expect(gradients(median(x), [x])[0].toArray()).toEqual([0.5, 0, 0.5, 0]);
		const [gx] = gradients(quantile(x, 0.4), [x]);
		expect(numbers(gx).map((g) => Math.round(g * 1e12) / 1e12)).toEqual([0.2, 0, 0.8, 0]);
		for (const options of [{}, { axis: 0 }, { axis: 1, keepDims: true }]) {
			const report = checkGradients(
				(y: Tensor) => square(quantile(y, [0.2, 0.5, 0.9], options)),
				[distinct([3, 4], random)],
				{ order: 2 },
			);
			expect(verdictOf(report)).toBe("agrees");
		}
	});

	test("refuse shares that are none, and nothing to look at", () => {
		for (const share of [-0.1, 1.1, Number.NaN])
			expect(messageOf(() => quantile(zeros([2]), share))).toContain("quantile: not a share");
		expect(messageOf(() => median(zeros([0])))).toContain("quantile: no elements to reduce");
		expect(messageOf(() => quantile(zeros([2]), 0.5, { interpolation: "cubic" as "linear" }))).toContain(
			"linear, lower",
		);
	});
});
