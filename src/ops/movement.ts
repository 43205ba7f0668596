/**
 * Operations that move numbers without changing them, in adjoint pairs.
 *
 * The two of a pair stand one under the other: each is the other's transpose,
 * which can be checked at a glance. Views are made where strides can say it;
 * nothing is copied without need.
 */
import { type DType, dtypes, isDType, isFloating, promote } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import type { Linear } from "../core/op.js";
import { said } from "../core/options.js";
import {
	broadcastShapes,
	checkShape,
	isContiguous,
	normalizeAxes,
	normalizeAxis,
	reducedShape,
	type Shape,
	sameShape,
	shapeText,
	sizeOf,
	stridesOf,
} from "../core/shape.js";
import { constant, cutTape, recordPick, Scalar } from "../core/tape.js";
import { allocate, forEachElement, type Node, refuseTraced, Tensor, type Value, wrap } from "../core/tensor.js";
import {
	copy,
	gather as gatherKernel,
	place,
	placeAdd,
	scatterAdd as scatterKernel,
	sum as sumKernel,
} from "../kernels/strided.js";
import { linear } from "./define.js";

/** Which axes an operation works on: one, several, or all when left out; negative axes count from the end. */
export interface Axes {
	readonly axis?: number | readonly number[] | undefined;
	/** Keeps reduced axes with size 1. */
	readonly keepDims?: boolean | undefined;
}

/** One axis; negative axes count from the end. */
export interface Axis {
	readonly axis?: number | undefined;
}

function view(x: Tensor, shape: Shape, strides: readonly number[], offset: number = x.offset): Tensor {
	return new Tensor(x.storage, offset, shape, strides, x.dtype);
}

/** A tensor of zeros to be written into. */
function blank(dtype: Tensor["dtype"], shape: Shape): Tensor {
	const { storage, offset } = allocate(dtype, sizeOf(shape));
	return new Tensor(storage, offset, shape, stridesOf(shape), dtype);
}

// broadcastTo | sum

const broadcasting = linear<{ readonly shape: Shape }>("broadcastTo", {
	says: "repeats along new axes and axes of size 1",
	symbol: "broadcast",
	text: "#1",
	tex: "#1",
	folded: true,
	shape: ([x], { shape }) => {
		checkShape("broadcastTo", shape);
		if (!sameShape(broadcastShapes("broadcastTo", x as Shape, shape), shape)) {
			throw failure({
				what: "broadcastTo: shapes do not broadcast",
				expected: `sizes of x that are 1 or those of ${shapeText(shape)}`,
				actual: `x ${shapeText(x as Shape)}`,
			});
		}
		return shape;
	},
	forward: ([x], _, shape) => {
		const { shape: sizes, strides } = x as Tensor;
		const lead = shape.length - sizes.length;
		const steps = shape.map(
			(size, axis) => (axis < lead || sizes[axis - lead] !== size ? 0 : strides[axis - lead]) as number,
		);
		return view(x as Tensor, shape, steps);
	},
	transpose: (gz, [x]) => [sumTo(gz as Tensor, (x as Tensor).shape)],
	batched: ([x], { shape }, size) => {
		const [, ...sizes] = (x as Tensor).shape;
		const aligned = [...shape.slice(sizes.length).map(() => 1), ...sizes];
		return broadcastTo(reshape(x as Tensor, [size, ...aligned]), [size, ...shape]);
	},
	samples: [
		{ shapes: [[3]], attributes: { shape: [2, 3] } },
		{ shapes: [[2, 1]], attributes: { shape: [4, 2, 3] } },
		{ shapes: [[]], attributes: { shape: [2] } },
	],
});

const summing = linear<{ readonly axes: readonly number[]; readonly keepDims: boolean }>("sum", {
	says: "sum over axes",
	symbol: "Σ",
	tex: "\\sum #1",
	notation: ([x], { axes }) => {
		const { length: rank } = x as Shape;
		if (axes.length === rank) return "sum(#1)";
		const single = axes.length === 1 ? rank - (axes[0] as number) : 0;
		return single === 1 ? "rowsum(#1)" : single === 2 ? "colsum(#1)" : `sum(#1; ${axes.join(", ")})`;
	},
	shape: ([x], { axes, keepDims }) => reducedShape(x as Shape, axes, keepDims),
	forward: ([x], { axes }, shape) => {
		const z = blank((x as Tensor).dtype === "bool" ? "int32" : (x as Tensor).dtype, shape);
		sumKernel(x as Tensor, axes, z.storage, z.offset);
		return z;
	},
	transpose: (gz, [x], { axes }) => {
		const { shape } = x as Tensor;
		return [broadcastTo(reshape(gz as Tensor, reducedShape(shape, axes, true)), shape)];
	},
	batched: ([x], { axes, keepDims }) => sum(x as Tensor, { axis: axes.map((axis) => axis + 1), keepDims }),
	samples: [
		{ shapes: [[2, 3]], attributes: { axes: [0, 1], keepDims: false } },
		{ shapes: [[2, 3, 2]], attributes: { axes: [1], keepDims: true } },
		{ shapes: [[3, 2]], attributes: { axes: [0], keepDims: false } },
	],
});

/** `x` repeated to `shape` under NumPy's rule, without copying. */
export function broadcastTo(x: Value, shape: Shape): Tensor {
	const from = asTensor(x);
	return sameShape(from.shape, shape) ? from : (broadcasting.call([from], { shape }) as Tensor);
}

/**
 * Sum over `axis`, or over everything. Accumulates in float64; bool counts as int32.
 *
 * @throws where an axis is out of range.
 */
export function sum(x: Value, { axis, keepDims = false }: Axes = {}): Tensor {
	const from = asTensor(x);
	return summing.call([from], { axes: normalizeAxes("sum", axis, from.rank), keepDims }) as Tensor;
}

/** `x` summed over the axes along which `shape` would be repeated to give the shape of `x`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
	if (sameShape(x.shape, shape)) return x;
	const lead = x.rank - shape.length;
	const axes = x.shape.flatMap((size, axis) => (axis < lead || shape[axis - lead] !== size ? [axis] : []));
	return reshape(sum(x, { axis: axes, keepDims: true }), shape);
}

// reshape | reshape

const reshaping = linear<{ readonly shape: Shape }>("reshape", {
	says: "the same elements in another shape",
	text: "#1",
	tex: "#1",
	folded: true,
	shape: ([x], { shape }) => {
		checkShape("reshape", shape);
		if (sizeOf(x as Shape) !== sizeOf(shape)) {
			throw failure({
				what: "reshape: number of elements differs",
				expected: `${sizeOf(x as Shape)} elements, as in x ${shapeText(x as Shape)}`,
				actual: `${sizeOf(shape)} elements in ${shapeText(shape)}`,
				fix: "one size may be -1: it is computed from the others",
			});
		}
		return shape;
	},
	forward: ([x], _, shape) => {
		const from = x as Tensor;
		const strides = stridesAs(from, shape);
		return strides ? view(from, shape, strides) : view(contiguous(from), shape, stridesOf(shape));
	},
	transpose: (gz, [x]) => [reshape(gz as Tensor, (x as Tensor).shape)],
	batched: ([x], { shape }, size) => reshape(x as Tensor, [size, ...shape]),
	samples: [
		{ shapes: [[2, 3]], attributes: { shape: [3, 2] } },
		{ shapes: [[4]], attributes: { shape: [2, 1, 2] } },
	],
});

/** Strides under which the elements of `x` have `shape` where they lie; `undefined` where only a copy does. */
function stridesAs(x: Tensor, shape: Shape): number[] | undefined {
	if (isContiguous(x.shape, x.strides)) return stridesOf(shape);
	const axes = x.shape.flatMap((size, axis) => (size === 1 ? [] : [axis])); // size 1 may have any stride
	const strides = shape.map(() => 1);
	let axis = axes.length - 1;
	for (let to = shape.length - 1; to >= 0; axis--) {
		// The shortest run of axes of x with as many elements as a run of axes of the result.
		const last = axes[axis];
		if (last === undefined) break; // what is left has size 1
		const stride = x.strides[last] as number;
		let count = x.shape[last] as number;
		let filled = 1;
		while (to >= 0 && (filled < count || shape[to] === 1)) {
			strides[to] = stride * filled;
			filled *= shape[to--] as number;
			while (filled > count) {
				const next = axes[axis - 1] as number;
				if (x.strides[next] !== stride * count) return undefined;
				count *= x.shape[next] as number;
				axis--;
			}
		}
	}
	return strides;
}

/** The same elements in row-major order, in another shape; one size may be -1 and is computed. A view where strides can say it. */
export function reshape(x: Value, shape: Shape): Tensor {
	const from = asTensor(x);
	if (sameShape(from.shape, shape)) return from;
	const open = shape.indexOf(-1);
	if (open < 0) return reshaping.call([from], { shape }) as Tensor;
	const others = sizeOf(shape.filter((_, axis) => axis !== open));
	const missing = others === 0 ? 0 : from.size / others;
	if (!Number.isInteger(missing)) {
		throw failure({
			what: "reshape: number of elements differs",
			expected: `a multiple of ${others} elements for ${shapeText(shape)}`,
			actual: `${from.size} elements in x ${shapeText(from.shape)}`,
		});
	}
	return reshaping.call([from], { shape: shape.map((size, axis) => (axis === open ? missing : size)) }) as Tensor;
}

/** `x` itself, or a copy where its elements do not lie in row-major order. */
export function contiguous(x: Tensor): Tensor {
	if (isContiguous(x.shape, x.strides)) return x;
	const z = blank(x.dtype, x.shape);
	copy(x, z.storage, z.offset);
	return z;
}

// cast | cast back

const casting = linear<{ readonly dtype: DType }>("cast", {
	says: "the same numbers in another dtype",
	text: "#1",
	tex: "#1",
	folded: true,
	shape: ([x]) => x as Shape,
	forward: ([x], { dtype }, shape) => {
		const z = blank(dtype, shape);
		if (dtype !== "bool") copy(x as Tensor, z.storage, z.offset);
		else {
			let at = z.offset;
			forEachElement(x as Tensor, (element) => {
				z.storage[at++] = element === 0 ? 0 : 1;
			});
		}
		return z;
	},
	transpose: (gz, [x]) => [cast(gz as Tensor, (x as Tensor).dtype)],
	batched: ([x], { dtype }) => cast(x as Tensor, dtype),
	samples: [{ shapes: [[2, 3]], attributes: { dtype: "float64" } }],
});

/** The same numbers in another dtype: integers are truncated towards 0, bool asks whether a number differs from 0. */
export function cast(x: Value, dtype: DType): Tensor {
	const from = asTensor(x);
	if (!isDType(dtype)) {
		throw failure({ what: "cast: unknown dtype", expected: dtypes.join(", "), actual: String(dtype) });
	}
	return from.dtype === dtype ? from : (casting.call([from], { dtype }) as Tensor);
}

// permute | permute by the inverse

const permuting = linear<{ readonly axes: readonly number[] }>("permute", {
	says: "axes in another order",
	tex: "#1^{\\top}",
	notation: (_, { axes }) => {
		const swapped = axes.map((_axis, at) => (at < axes.length - 2 ? at : 2 * axes.length - 3 - at));
		return axes.length > 1 && sameShape(axes, swapped) ? "#1.T" : `permute(#1; ${axes.join(", ")})`;
	},
	folded: false,
	shape: ([x], { axes }) => axes.map((axis) => (x as Shape)[axis] as number),
	forward: ([x], { axes }, shape) =>
		view(
			x as Tensor,
			shape,
			axes.map((axis) => (x as Tensor).strides[axis] as number),
		),
	transpose: (gz, _, { axes }) => [
		permute(
			gz as Tensor,
			axes.map((_axis, at) => axes.indexOf(at)),
		),
	],
	batched: ([x], { axes }) => permute(x as Tensor, [0, ...axes.map((axis) => axis + 1)]),
	samples: [
		{ shapes: [[2, 3]], attributes: { axes: [1, 0] } },
		{ shapes: [[2, 3, 4]], attributes: { axes: [2, 0, 1] } },
	],
});

/** Axes in the order given: `permute(x, [2, 0, 1])` has the size of axis 2 first. A view. */
export function permute(x: Value, axes: readonly number[]): Tensor {
	const from = asTensor(x);
	const order = axes.map((axis) => normalizeAxis("permute", axis, from.rank));
	if (order.length !== from.rank || new Set(order).size !== order.length) {
		throw failure({
			what: "permute: not an order of the axes",
			expected: `each of the ${from.rank} axes of x ${shapeText(from.shape)} once`,
			actual: shapeText(axes),
		});
	}
	return permuting.call([from], { axes: order }) as Tensor;
}

/** All axes reversed, as NumPy's `transpose`; or two of them swapped, as PyTorch's. A view. */
export function transpose(x: Value, first?: number, second?: number): Tensor {
	const from = asTensor(x);
	const axes = from.shape.map((_, axis) => axis);
	if (first === undefined || second === undefined) return permute(from, axes.reverse());
	const a = normalizeAxis("transpose", first, from.rank);
	const b = normalizeAxis("transpose", second, from.rank);
	axes[a] = b;
	axes[b] = a;
	return permute(from, axes);
}

// slice | pad

interface Window {
	/** First index taken, per axis. */
	readonly starts: readonly number[];
	/** Distance between indices taken; negative runs backward. */
	readonly steps: readonly number[];
	/** The small shape. */
	readonly sizes: Shape;
	/** The large shape. */
	readonly within: Shape;
}

/** The same window in every example of a batch. */
function underAxis({ starts, steps, sizes, within }: Window, size: number): Window {
	return { starts: [0, ...starts], steps: [1, ...steps], sizes: [size, ...sizes], within: [size, ...within] };
}

/** Where the window begins in the storage of `x`, and how far its elements are from each other. */
function windowOf(x: Tensor, { starts, steps }: Window): [at: number, strides: number[]] {
	const at = starts.reduce((sum, start, axis) => sum + start * (x.strides[axis] as number), x.offset);
	return [at, x.strides.map((stride, axis) => stride * (steps[axis] as number))];
}

const slicing: Linear<Window> = linear<Window>("slice", {
	says: "a regular window of the elements",
	shape: (_, { sizes }) => sizes,
	forward: ([x], window) => {
		const [at, strides] = windowOf(x as Tensor, window);
		return view(x as Tensor, window.sizes, strides, at);
	},
	transpose: (gz, _, window) => [padding.call([gz], window)],
	addTranspose: (gz, window, gx) => {
		const [at, strides] = windowOf(gx, window);
		placeAdd(gz, gx.storage, at, strides);
	},
	batched: ([x], window, size) => slicing.call([x as Tensor], underAxis(window, size)) as Tensor,
	samples: [
		{ shapes: [[5]], attributes: { starts: [1], steps: [2], sizes: [2], within: [5] } },
		{ shapes: [[3, 4]], attributes: { starts: [0, 3], steps: [1, -1], sizes: [2, 3], within: [3, 4] } },
	],
});

const padding: Linear<Window> = linear<Window>("pad", {
	says: "the elements placed among zeros",
	shape: (_, { within }) => within,
	forward: ([x], window, shape) => {
		const z = blank((x as Tensor).dtype, shape);
		const [at, strides] = windowOf(z, window);
		place(x as Tensor, z.storage, at, strides);
		return z;
	},
	transpose: (gz, _, window) => [slicing.call([gz], window)],
	batched: ([x], window, size) => padding.call([x as Tensor], underAxis(window, size)) as Tensor,
	samples: [
		{ shapes: [[2]], attributes: { starts: [1], steps: [2], sizes: [2], within: [5] } },
		{ shapes: [[2, 3]], attributes: { starts: [0, 3], steps: [1, -1], sizes: [2, 3], within: [3, 4] } },
	],
});

/** Part of an axis: everything (`null`), one index (the axis is dropped), or `[start, stop, step]` with `null` for the ends. */
export type Range = null | number | readonly [start: number | null, stop?: number | null, step?: number];

/**
 * A window of `x`, one range per axis from the first; axes without a range are kept whole. A view.
 *
 * Ends count from the back where negative and are clamped as in NumPy; a single index must exist.
 *
 * @example
 * ```ts
 * import { slice, tensor } from "chainrule";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(slice(x, [1, [0, 2]]).toArray()); // [ 4, 5 ]
 * ```
 */
export function slice(x: Value, ranges: readonly Range[]): Tensor {
	const from = asTensor(x);
	if (ranges.length > from.rank) {
		throw failure({
			what: "slice: more ranges than axes",
			expected: `at most ${from.rank} for x ${shapeText(from.shape)}`,
			actual: String(ranges.length),
		});
	}
	const kept: number[] = [];
	const starts: number[] = [];
	const steps: number[] = [];
	const sizes: number[] = [];
	from.shape.forEach((size, axis) => {
		const range = ranges[axis] ?? null;
		if (typeof range === "number") {
			if (!Number.isInteger(range) || range < -size || range >= size) {
				throw failure({
					what: "slice: index out of range",
					expected: `an integer from ${-size} to ${size - 1} on axis ${axis} of x ${shapeText(from.shape)}`,
					actual: String(range),
				});
			}
			starts.push(range < 0 ? range + size : range);
			steps.push(1);
			sizes.push(1);
			return;
		}
		const { start, step, count } = span(range ?? [null], size);
		starts.push(start);
		steps.push(step);
		sizes.push(count);
		kept.push(count);
	});
	return reshape(slicing.call([from], { starts, steps, sizes, within: from.shape }) as Tensor, kept);
}

function span(
	range: readonly (number | null | undefined)[],
	size: number,
): { start: number; step: number; count: number } {
	if (range.length > 3) {
		throw failure({
			what: "slice: not a range",
			expected: "[start, stop, step]",
			actual: JSON.stringify(range),
			fix: 'single indices are an integer tensor: x.at(tensor([...], { dtype: "int32" }))',
		});
	}
	const step = range[2] ?? 1;
	if (!Number.isInteger(step) || step === 0) {
		throw failure({ what: "slice: not a step", expected: "a whole number other than 0", actual: String(step) });
	}
	for (const at of [range[0], range[1]]) {
		if (at !== null && at !== undefined && !Number.isInteger(at)) {
			throw failure({ what: "slice: not an end", expected: "a whole number, or null", actual: String(at) });
		}
	}
	const low = step > 0 ? 0 : -1;
	const high = step > 0 ? size : size - 1;
	const end = (at: number | null | undefined, missing: number): number =>
		at === null || at === undefined ? missing : Math.min(Math.max(at < 0 ? at + size : at, low), high);
	const start = end(range[0], step > 0 ? low : high);
	const stop = end(range[1], step > 0 ? high : low);
	return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

/** How much is added before and after each axis. */
export type Widths = readonly (readonly [before: number, after: number])[];

/** Refuses widths that do not fit the axes of `x`. */
export function checkWidths(x: Tensor, widths: Widths): void {
	const valid = widths.length === x.rank && widths.flat().every((width) => Number.isInteger(width) && width >= 0);
	if (valid) return;
	throw failure({
		what: "pad: not widths",
		expected: `[before, after] for each of the ${x.rank} axes of x ${shapeText(x.shape)}, whole numbers from 0`,
		actual: JSON.stringify(widths),
	});
}

/** `x` surrounded by zeros. */
export function surround(x: Value, widths: Widths): Tensor {
	const from = asTensor(x);
	const window: Window = {
		starts: widths.map(([before]) => before),
		steps: widths.map(() => 1),
		sizes: from.shape,
		within: from.shape.map((size, axis) => size + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0)),
	};
	return padding.call([from], window) as Tensor;
}

// concat | split (slices)

const concatenating = linear<{ readonly axis: number }>("concat", {
	says: "tensors joined along an axis",
	shape: (shapes, { axis }) => {
		const [first = []] = shapes;
		for (const shape of shapes) {
			if (shape.length !== first.length || shape.some((size, at) => at !== axis && size !== first[at])) {
				throw failure({
					what: "concat: shapes differ",
					expected: `sizes equal to those of the first, ${shapeText(first)}, on every axis but ${axis}`,
					actual: shapes.map(shapeText).join(", "),
				});
			}
		}
		return first.map((size, at) =>
			at === axis ? shapes.reduce((total, shape) => total + (shape[axis] as number), 0) : size,
		);
	},
	forward: (inputs, { axis }, shape) => {
		const dtype = inputs.map((x) => x.dtype).reduce(promote);
		const z = blank(dtype, shape);
		let start = z.offset;
		for (const x of inputs) {
			place(x, z.storage, start, z.strides);
			start += (x.shape[axis] as number) * (z.strides[axis] as number);
		}
		return z;
	},
	transpose: (gz, inputs, { axis }) =>
		split(
			gz as Tensor,
			inputs.map((x) => x.shape[axis] as number),
			{ axis },
		),
	batched: (inputs, { axis }) => concat(inputs, { axis: axis + 1 }),
	samples: [
		{ shapes: [[2], [3]], attributes: { axis: 0 } },
		{
			shapes: [
				[2, 1],
				[2, 3],
				[2, 2],
			],
			attributes: { axis: 1 },
		},
	],
});

/** `tensors` joined along `axis` (0 when left out); the other sizes must agree. */
export function concat(tensors: readonly Value[], { axis = 0 }: Axis = {}): Tensor {
	const inputs = tensors.map((x) => asTensor(x));
	const [first] = inputs;
	if (!first) {
		throw failure({ what: "concat: nothing to join", expected: "one tensor or more", actual: "an empty list" });
	}
	return concatenating.call(inputs, { axis: normalizeAxis("concat", axis, first.rank) }) as Tensor;
}

/** `x` cut along `axis` into parts of the given sizes, or into `sizes` equal parts. Views. */
export function split(x: Value, sizes: number | readonly number[], { axis = 0 }: Axis = {}): Tensor[] {
	const from = asTensor(x);
	const at = normalizeAxis("split", axis, from.rank);
	const total = from.shape[at] as number;
	const parts = typeof sizes === "number" ? Array.from({ length: sizes }, () => total / sizes) : sizes;
	const whole = parts.every((size) => Number.isInteger(size) && size >= 0);
	if (!whole || parts.reduce((sum, size) => sum + size, 0) !== total) {
		throw failure({
			what: "split: parts do not fit",
			expected: `whole sizes that add up to ${total}, the size of axis ${at} of x ${shapeText(from.shape)}`,
			actual: typeof sizes === "number" ? `${sizes} equal parts` : shapeText(parts),
		});
	}
	let start = 0;
	return parts.map((size) => {
		const ranges: Range[] = from.shape.map((_, other) => (other === at ? [start, start + size] : null));
		start += size;
		return slice(from, ranges);
	});
}

// gather | scatterAdd

const gathering = linear<{ readonly index: Tensor; readonly axis: number }>("gather", {
	says: "elements chosen along an axis by an integer tensor",
	shape: ([x], { index, axis }) => {
		checkIndex("gather", x as Shape, index, axis);
		return index.shape;
	},
	forward: ([x], { index, axis }, shape) => {
		const z = blank((x as Tensor).dtype, shape);
		gatherKernel(x as Tensor, index, axis, z.storage, z.offset);
		return z;
	},
	addTranspose: (gz, { index, axis }, gx) => scatterKernel(gz, index, axis, gx.storage, gx.offset, gx.shape),
	transpose: (gz, [x], { index, axis }) => [
		scatterAdd(blank((x as Tensor).dtype, (x as Tensor).shape), index, gz as Tensor, { axis }),
	],
	samples: [
		{ shapes: [[4]], attributes: { index: indices([3, 0, 3], [3]), axis: 0 } },
		{ shapes: [[3, 2]], attributes: { index: indices([0, 1, 2, 2], [2, 2]), axis: 0 } },
	],
});

const scattering = linear<{ readonly index: Tensor; readonly axis: number }>("scatterAdd", {
	says: "numbers added at places chosen along an axis by an integer tensor",
	shape: ([x, source], { index, axis }) => {
		checkIndex("scatterAdd", x as Shape, index, axis);
		if (!sameShape(index.shape, source as Shape)) {
			throw failure({
				what: "scatterAdd: index and source differ",
				expected: `source of shape ${shapeText(index.shape)}, as index`,
				actual: `source ${shapeText(source as Shape)}`,
			});
		}
		return x as Shape;
	},
	forward: ([x, source], { index, axis }, shape) => {
		const z = blank(promote((x as Tensor).dtype, (source as Tensor).dtype), shape);
		copy(x as Tensor, z.storage, z.offset);
		scatterKernel(source as Tensor, index, axis, z.storage, z.offset, shape);
		return z;
	},
	transpose: (gz, _, { index, axis }) => [gz, gather(gz as Tensor, index, { axis })],
	samples: [
		{ shapes: [[4], [3]], attributes: { index: indices([3, 0, 3], [3]), axis: 0 } },
		{
			shapes: [
				[3, 2],
				[2, 2],
			],
			attributes: { index: indices([0, 1, 2, 2], [2, 2]), axis: 0 },
		},
	],
});

function indices(elements: readonly number[], shape: Shape): Tensor {
	return new Tensor(Int32Array.from(elements), 0, shape, stridesOf(shape), "int32");
}

/** Refuses an index tensor of fractions. */
export function checkInteger(name: string, index: Tensor): void {
	if (!isFloating(index.dtype)) return;
	throw failure({
		what: `${name}: index is not an integer tensor`,
		expected: "dtype int32",
		actual: index.dtype,
		fix: 'tensor([...], { dtype: "int32" })',
	});
}

function checkIndex(name: string, x: Shape, index: Tensor, axis: number): void {
	checkInteger(name, index);
	const fits = index.rank === x.length && index.shape.every((size, at) => at === axis || size <= (x[at] as number));
	if (!fits) {
		throw failure({
			what: `${name}: index does not fit`,
			expected: `as many axes as x ${shapeText(x)}, no larger on any but axis ${axis}`,
			actual: `index ${shapeText(index.shape)}`,
		});
	}
}

/**
 * `z[i][j] = x[index[i][j]][j]` for axis 0, as PyTorch's `gather`: `index` has the rank of `x`, the result its shape.
 *
 * @throws where an index does not exist; negative ones do not.
 */
export function gather(x: Value, index: Tensor, { axis = 0 }: Axis = {}): Tensor {
	const from = asTensor(x);
	return gathering.call([from], { index, axis: normalizeAxis("gather", axis, from.rank) }) as Tensor;
}

/** A copy of `x` with `source[i][j]` added at `[index[i][j]][j]` for axis 0; places named twice add up. */
export function scatterAdd(x: Value, index: Tensor, source: Value, { axis = 0 }: Axis = {}): Tensor {
	const from = asTensor(x);
	return scattering.call([from, asTensor(source)], {
		index,
		axis: normalizeAxis("scatterAdd", axis, from.rank),
	}) as Tensor;
}

// fromScalars | pick: where numbers of the tape become a tensor, and elements numbers again.
// Each crossing cuts the scalar tape, so that one serial number orders all that a chunk holds before or after the tensor.

const collecting: Linear<{ readonly shape: Shape }> = linear<{ readonly shape: Shape }>("fromScalars", {
	says: "numbers of the tape as a tensor",
	symbol: "[ ]",
	text: "#1",
	tex: "#1",
	folded: true,
	shape: (_, { shape }) => shape,
	forward: (inputs, _, shape) => {
		const { storage, offset } = allocate("float64", sizeOf(shape));
		for (let index = 0; index < inputs.length; index++) storage[offset + index] = (inputs[index] as Node).item();
		const z = new Tensor(storage, offset, shape, stridesOf(shape), "float64");
		cutTape();
		return z;
	},
	transpose: (gz, inputs) => inputs.map((_, position) => pick(gz as Tensor, position)),
	samples: [],
});

const picking: Linear<{ readonly position: number }> = linear<{ readonly position: number }>("pick", {
	says: "one element of a tensor, as a number of the tape",
	notation: ([x], { position }) => `#1[${placeOf(position, x as Shape).join(",")}]`,
	shape: () => [],
	forward: ([x]) => x as Tensor,
	call: ([x], { position }) => pick(x as Tensor, position),
	transpose: (gz, [x], { position }) => [oneHot(gz, (x as Tensor).shape, position)],
	samples: [],
});

/** Indices of an element, counted from 1 as formulas do. */
function placeOf(position: number, shape: Shape): number[] {
	return stridesOf(shape).map((stride, axis) => (Math.floor(position / stride) % (shape[axis] as number)) + 1);
}

/** Scalars as a tensor of `shape`, in row-major order; gradients flow back to each of them. */
export function fromScalars(scalars: readonly (number | Scalar)[], shape: Shape = [scalars.length]): Tensor {
	if (sizeOf(shape) !== scalars.length) {
		throw failure({
			what: "fromScalars: number of elements differs",
			expected: `${sizeOf(shape)} scalars for shape ${shapeText(shape)}`,
			actual: String(scalars.length),
		});
	}
	const inputs = scalars.map((x) => (typeof x === "number" ? constant(x) : x));
	return collecting.call(inputs, { shape }) as Tensor;
}

/**
 * Element number `position` in row-major order, as a scalar of the tape.
 *
 * @throws where there is no such element.
 */
export function pick(x: Tensor, position: number): Scalar {
	refuseTraced("pick", x);
	if (!Number.isInteger(position) || position < 0 || position >= x.size) {
		throw failure({
			what: "pick: no such element",
			expected: `a whole number from 0 to ${x.size - 1} for x ${shapeText(x.shape)}`,
			actual: String(position),
		});
	}
	let rest = position;
	let at = x.offset;
	for (let axis = x.rank - 1; axis >= 0; axis--) {
		const size = x.shape[axis] as number;
		at += (rest % size) * (x.strides[axis] as number);
		rest = Math.floor(rest / size);
	}
	return recordPick(x, position, x.storage[at] as number, picking);
}

/** Zeros of `shape` with `x` at row-major `position`. */
function oneHot(x: Node, shape: Shape, position: number): Tensor {
	let rest = position;
	const widths = shape.map(() => [0, 0] as [number, number]);
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		const size = shape[axis] as number;
		widths[axis] = [rest % size, size - 1 - (rest % size)];
		rest = Math.floor(rest / size);
	}
	return surround(
		reshape(
			asTensor(x),
			shape.map(() => 1),
		),
		widths,
	);
}

/** Any value as a tensor: numbers become constants of rank 0, scalars cross over with their gradient. */
export function asTensor(x: Value): Tensor {
	if (x instanceof Tensor) return x;
	if (typeof x === "number") return wrap(Float64Array.of(x), []);
	if (x instanceof Scalar) return fromScalars([x], []);
	throw failure({
		what: "operation: not a value",
		expected: "a number, scalar or tensor",
		actual: said(x),
		fix: "tensor([...]) makes one of nested arrays",
	});
}
