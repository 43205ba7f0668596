/**
 * Order: where elements come in it, and what is read off there.
 *
 * The primitive operations answer with places, in int32, and have no gradient.
 * Elements are then gathered from their places, so that a gradient goes where
 * the value came from, to any order. NaN counts as the largest number, as in
 * NumPy and PyTorch; equal elements stay in the order in which they stand.
 */
import { failure } from "../core/errors.js";
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import { normalizeAxes, normalizeAxis, reducedShape, type Shape, shapeText, sizeOf } from "../core/shape.js";
import { type Tensor, type Value, wrap } from "../core/tensor.js";
import { argSort as argSortKernel, argTop, groups, searchSorted as searchSortedKernel } from "../kernels/order.js";
import { along, extremeIndex } from "../kernels/scan.js";
import { add, mul, sub } from "./arithmetic.js";
import { alongAxis, asFloating, blank, countOver, merged, part } from "./axes.js";
import { equal, where } from "./compare.js";
import { custom, findsPlaces } from "./define.js";
import { type Axes, type Axis, asTensor, concat, contiguous, gather, reshape } from "./movement.js";
import { max } from "./reduce.js";

/** Elements, and where they were. */
export interface WithIndex {
	readonly values: Tensor;
	/** Places along the axis, int32, in the shape of the values. */
	readonly indices: Tensor;
}

/** One axis, or all elements in row-major order when left out. */
export interface OneAxis extends Axis {
	/** Keeps reduced axes with size 1. */
	readonly keepDims?: boolean | undefined;
}

// ---------------------------------------------------------------- extremes

type Along = { readonly axis: number };

function finding(name: string, says: string, sign: 1 | -1): Custom<Along> {
	const op: Custom<Along> = custom<Along>(name, {
		says,
		...findsPlaces,
		shape: ([x], { axis }) => reducedShape(x as Shape, [axis], true),
		forward: ([x], { axis }, shape) => {
			const from = contiguous(x as Tensor);
			const z = blank("int32", shape);
			extremeIndex(from, along(from.shape, axis), { sign, running: false }, z.storage, z.offset);
			return z;
		},
		pull: () => [undefined],
		batched: ([x], { axis }) => op.call([x as Tensor], { axis: axis + 1 }) as Tensor,
		samples: [
			{ shapes: [[2, 3]], attributes: { axis: 0 } },
			{ shapes: [[2, 3, 2]], attributes: { axis: 1 } },
		],
	});
	return op;
}

const largest = finding("argMax", "where the largest element along an axis is", 1);
const smallest = finding("argMin", "where the smallest element along an axis is", -1);

/** The places of the extremes, along the list that they count. */
function find(op: Custom<Along>, x: Value, { axis, keepDims = false }: OneAxis) {
	const from = asTensor(x);
	const whole = axis === undefined || from.rank === 0;
	const list = whole ? reshape(from, [from.size]) : from;
	const at = normalizeAxis(op.name, axis ?? 0, list.rank);
	countOver(op.name, list, at);
	const indices = op.call([list], { axis: at }) as Tensor;
	return { list, at, indices, shape: reducedShape(from.shape, whole ? [...from.shape.keys()] : [at], keepDims) };
}

function withIndex(name: string, op: Custom<Along>, x: Value, options: OneAxis): WithIndex {
	return scope(name, () => {
		const { list, at, indices, shape } = find(op, x, options);
		return { values: reshape(gather(list, indices, { axis: at }), shape), indices: reshape(indices, shape) };
	});
}

/**
 * Where the largest element along `axis` is, the first of equal ones; without
 * an axis, its place in row-major order. NaN counts as the largest. No
 * gradient: the result is int32.
 *
 * @throws where there is no element to choose from.
 */
export function argMax(x: Value, options: OneAxis = {}): Tensor {
	const { indices, shape } = find(largest, x, options);
	return reshape(indices, shape);
}

/** Where the smallest element along `axis` is, the first of equal ones; NaN wins. No gradient: the result is int32. See {@link argMax}. */
export function argMin(x: Value, options: OneAxis = {}): Tensor {
	const { indices, shape } = find(smallest, x, options);
	return reshape(indices, shape);
}

/**
 * The largest element along `axis`, or of all, and where it is.
 *
 * The gradient goes to that element alone, the first of equal ones, as in
 * PyTorch; equal elements share the gradient of `max`.
 */
export function maxWithIndex(x: Value, options: OneAxis = {}): WithIndex {
	return withIndex("maxWithIndex", largest, x, options);
}

/** The smallest element along `axis`, or of all, and where it is. See {@link maxWithIndex}. */
export function minWithIndex(x: Value, options: OneAxis = {}): WithIndex {
	return withIndex("minWithIndex", smallest, x, options);
}

// ---------------------------------------------------------------- sorting

/** The axis to sort along, the last when left out, and the direction. */
export interface SortOptions extends Axis {
	/** Largest first; NaN then comes first, and equal elements still in the order in which they stand. */
	readonly descending?: boolean | undefined;
}

interface Sorting extends Along {
	readonly descending: boolean;
	/** How many places are wanted, and from which rank on. */
	readonly count: number;
	readonly first: number;
}

const sorting: Custom<Sorting> = custom<Sorting>("argSort", {
	says: "where the elements along an axis come in order",
	...findsPlaces,
	shape: ([x], { axis, count }) => (x as Shape).map((size, at) => (at === axis ? count : size)),
	forward: ([x], { axis, descending, count, first }, shape) => {
		const from = contiguous(x as Tensor);
		const rows = along(from.shape, axis);
		const z = blank("int32", shape);
		// A few from the first are found by insertion, in one pass over the rest.
		if (first === 0 && count <= 32) argTop(from, rows, count, descending, z.storage, z.offset);
		else argSortKernel(from, rows, { descending, first, wanted: count }, z.storage, z.offset);
		return z;
	},
	pull: () => [undefined],
	batched: ([x], attributes) => sorting.call([x as Tensor], { ...attributes, axis: attributes.axis + 1 }) as Tensor,
	samples: [
		{ shapes: [[5]], attributes: { axis: 0, descending: false, count: 5, first: 0 } },
		{ shapes: [[3, 4]], attributes: { axis: 1, descending: true, count: 2, first: 1 } },
		{ shapes: [[40, 2]], attributes: { axis: 0, descending: true, count: 40, first: 0 } },
	],
});

function ordered(x: Tensor, axis: number, descending: boolean, count = x.shape[axis] as number, first = 0): Tensor {
	return sorting.call([x], { axis, descending, count, first }) as Tensor;
}

/**
 * The places of the elements along `axis`, the last when left out, from the
 * smallest to the largest. Stable; NaN counts as the largest. No gradient: the
 * result is int32.
 */
export function argSort(x: Value, { axis = -1, descending = false }: SortOptions = {}): Tensor {
	return alongAxis("argSort", x, axis, (from, at) => ordered(from, at, descending));
}

/**
 * The elements along `axis`, the last when left out, from the smallest to the
 * largest; NaN comes last. The gradient of an element goes to where it stood.
 *
 * @example
 * ```ts
 * import { sort, tensor } from "chainrule";
 * console.log(sort(tensor([2, 3, 1]), { descending: true }).toArray()); // [ 3, 2, 1 ]
 * ```
 */
export function sort(x: Value, { axis = -1, descending = false }: SortOptions = {}): Tensor {
	return scope("sort", () =>
		alongAxis("sort", x, axis, (from, at) => gather(from, ordered(from, at, descending), { axis: at })),
	);
}

/**
 * The `k` largest elements along `axis`, the last when left out, in descending
 * order, and where they are; with `largest: false` the `k` smallest, ascending.
 * The gradient of an element goes to where it stood.
 *
 * @throws where the axis has fewer than `k` elements.
 */
export function topK(
	x: Value,
	k: number,
	{ axis = -1, largest: descending = true }: Axis & { readonly largest?: boolean | undefined } = {},
): WithIndex {
	return scope("topK", () => {
		const from = asTensor(x);
		const at = normalizeAxis("topK", axis, from.rank);
		const size = from.shape[at] as number;
		if (!Number.isInteger(k) || k < 0 || k > size) {
			throw failure({
				what: "topK: not a number of elements",
				expected: `a whole number from 0 to ${size}, the size of axis ${at} of x ${shapeText(from.shape)}`,
				actual: String(k),
			});
		}
		const indices = ordered(from, at, descending, k);
		return { values: gather(from, indices, { axis: at }), indices };
	});
}

const searching: Custom<{ readonly right: boolean }> = custom<{ readonly right: boolean }>("searchSorted", {
	says: "where numbers belong in a sorted row",
	...findsPlaces,
	shape: ([sorted, values]) => {
		const lead = (sorted as Shape).slice(0, -1);
		if ((sorted as Shape).length === 0 || lead.some((size, axis) => (values as Shape)[axis] !== size)) {
			throw failure({
				what: "searchSorted: shapes do not fit",
				expected: "a sorted vector, or rows of them with as many rows of values",
				actual: `sorted ${shapeText(sorted as Shape)}, values ${shapeText(values as Shape)}`,
			});
		}
		return values as Shape;
	},
	forward: ([sorted, values], { right }, shape) => {
		const lead = (sorted as Tensor).shape.slice(0, -1);
		const length = (sorted as Tensor).shape[lead.length] as number;
		const insertion = { rows: sizeOf(lead), length, each: sizeOf(shape.slice(lead.length)), right };
		const z = blank("int32", shape);
		searchSortedKernel(contiguous(sorted as Tensor), contiguous(values as Tensor), insertion, z.storage, z.offset);
		return z;
	},
	pull: () => [undefined, undefined],
	batched: (inputs, attributes) => searching.call(inputs, attributes) as Tensor,
	samples: [
		{ shapes: [[5], [2, 2]], attributes: { right: false } },
		{
			shapes: [
				[2, 3],
				[2, 4],
			],
			attributes: { right: true },
		},
	],
});

/**
 * Where each of `values` belongs in `sorted`, which ascends along its last
 * axis: before the elements equal to it, or behind them with `right`. `sorted`
 * is a vector, or rows of them for the rows of `values`. No gradient: the
 * result is int32.
 */
export function searchSorted(
	sorted: Value,
	values: Value,
	{ right = false }: { readonly right?: boolean | undefined } = {},
): Tensor {
	return searching.call([asTensor(sorted), asTensor(values)], { right }) as Tensor;
}

/** What {@link unique} finds. */
export interface Unique {
	/** Each element once, in ascending order. */
	readonly values: Tensor;
	/** Where each was first, in row-major order. */
	readonly indices: Tensor;
	/** For every element of `x`, in its shape, the place of its value. */
	readonly inverse: Tensor;
	/** How often each was there. */
	readonly counts: Tensor;
}

/** The different elements of `x`, all axes together; NaN equals NaN here, as in NumPy. No gradient: gather at `indices` where one is wanted. */
export function unique(x: Value): Unique {
	const from = asTensor(x);
	const elements = from.data;
	const count = elements.length;
	const [places, begin, inverse] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
	const ranks = { descending: false, first: 0, wanted: count };
	argSortKernel(wrap(elements, [count]), along([count], 0), ranks, places, 0);
	const size = groups(elements, places, begin, inverse);
	const starts = begin.subarray(0, size);
	const indices = starts.map((start) => places[start] as number);
	const counts = starts.map((start, group) => (starts[group + 1] ?? count) - start);
	const values = blank(from.dtype, [size]);
	for (let group = 0; group < size; group++)
		values.storage[values.offset + group] = elements[indices[group] as number] as number;
	return {
		values,
		indices: wrap(indices, [size]),
		inverse: wrap(inverse, from.shape),
		counts: wrap(counts, [size]),
	};
}

// ---------------------------------------------------------------- quantiles

/** What a quantile between two elements is. */
export type Interpolation = "linear" | "lower" | "higher" | "nearest" | "midpoint";

/** The place that is read, from the exact one; a fraction stands for a mixture of its neighbours. */
const reading: { readonly [Name in Interpolation]: (place: number) => number } = {
	linear: (place) => place,
	lower: Math.floor,
	higher: Math.ceil,
	nearest: (place) => {
		const low = Math.floor(place);
		const rest = place - low;
		return low + Number(rest > 0.5 || (rest === 0.5 && low % 2 === 1)); // half to even
	},
	midpoint: (place) => (Math.floor(place) + Math.ceil(place)) / 2,
};

/** How a quantile is read. */
export interface QuantileOptions extends Axes {
	/** What lies between two elements; `linear` when left out. */
	readonly interpolation?: Interpolation | undefined;
}

/**
 * The number below which a share `q`, from 0 to 1, of the elements over `axis`
 * lies. Between two elements it is interpolated, and the gradient goes to both
 * of them. NaN among the elements gives NaN. A list of shares gives a new first
 * axis.
 *
 * @throws where a share is not from 0 to 1, or there are no elements.
 *
 * @example
 * ```ts
 * import { quantile, tensor } from "chainrule";
 * console.log(quantile(tensor([4, 1, 2, 3]), [0, 0.5, 1]).toArray()); // [ 1, 2.5, 4 ]
 * ```
 */
export function quantile(
	x: Value,
	q: number | readonly number[],
	{ axis, keepDims = false, interpolation = "linear" }: QuantileOptions = {},
): Tensor {
	return scope("quantile", () => {
		const from = asFloating(x);
		const axes = normalizeAxes("quantile", axis, from.rank);
		const last = countOver("quantile", from, axes) - 1;
		const list = merged(from, axes);
		const along = list.rank - 1;
		const at = (order: Tensor, place: number): Tensor =>
			gather(list, part(order, along, place, place + 1), { axis: along });
		const largest = max(list.detach(), { axis: along, keepDims: true });
		const shape = reducedShape(from.shape, axes, keepDims);
		const read = reading[interpolation];
		if (read === undefined) {
			throw failure({
				what: "quantile: unknown interpolation",
				expected: Object.keys(reading).join(", "),
				actual: String(interpolation),
			});
		}
		const one = (share: number): Tensor => {
			if (!(share >= 0 && share <= 1)) {
				throw failure({ what: "quantile: not a share", expected: "numbers from 0 to 1", actual: String(share) });
			}
			const place = read(share * last);
			const low = Math.floor(place);
			const order = ordered(list, along, false, place === low ? 1 : 2, low);
			const z = place === low ? at(order, 0) : between(at(order, 0), at(order, 1), place - low);
			return reshape(where(equal(largest, largest), z, Number.NaN), shape); // the largest is NaN if one is
		};
		return typeof q === "number" ? one(q) : concat(q.map((share) => reshape(one(share), [1, ...shape])));
	});
}

/** x + t (y - x): exact where x = y; from an infinity on, infinite. */
function between(x: Tensor, y: Tensor, t: number): Tensor {
	const gap = sub(y, x);
	const finite = equal(sub(gap, gap), 0);
	return where(finite, add(x, mul(gap, t)), add(mul(x, 1 - t), mul(y, t)));
}

/**
 * The middle element over `axis`, the mean of the two in the middle of an even
 * number, as in NumPy; each then gets half of the gradient. PyTorch takes the
 * lower one: `quantile(x, 0.5, { interpolation: "lower" })`.
 */
export function median(x: Value, { axis, keepDims }: Axes = {}): Tensor {
	return scope("median", () => quantile(x, 0.5, { axis, keepDims }));
}
