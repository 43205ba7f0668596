/**
 * Windows that slide over an image, along any number of axes.
 *
 * A convolution is a product of matrices once every window is written out as a
 * column; see Note [columns]. Its two transposes are the other two products of
 * the same three matrices, so the three kernels here are one picture read in
 * three directions, and all speed is that of `matmul`. Pooling reads the same
 * windows without writing them out.
 *
 * It knows no padding by value: what lies outside the image is 0 in a sum and
 * absent from a maximum.
 */
import type { Storage } from "../core/dtype.js";
import { type Shape, sizeOf, stridesOf, type View } from "../core/shape.js";
import { matmul } from "./matmul.js";

/** Where windows lie, one number per axis: element k of window p is at `p * stride + k * dilation - before` in the image. */
export interface Windows {
	/** Sizes of a window. */
	readonly kernel: Shape;
	readonly stride: readonly number[];
	readonly dilation: readonly number[];
	/** Padding in front of the image; behind it there is as much as the windows reach over. */
	readonly before: readonly number[];
	/** Sizes of the image. */
	readonly image: Shape;
	/** How many windows there are. */
	readonly count: Shape;
}

/*
Note [columns]
~~~~~~~~~~~~~~
For one sample, the windows become the columns of a matrix that has one row
per channel c and element k of the window, and one column per window p:

	             window 0  window 1  window 2
	c = 0, k = 0   x0        x1        x2         x: channels of an image
	c = 0, k = 1   x1        x2        x3
	c = 1, k = 0   y0        y1        y2         z = w @ columns
	c = 1, k = 1   y1        y2        y3         w [filters, c k]

The transpose in x gives columns, wᵀ @ z, which are added to where they came
from; the transpose in w is z @ columnsᵀ. Writing columns out costs a copy per
element and a product uses each of them once per filter, so that the copy is
seen only where there are few filters.

Which runs of the image go where depends on the sizes alone: a list of them is
made once and used for every channel and sample. What is padding is in no run,
so it stays the 0 that a new matrix holds.
*/

/** Runs as triples: how many elements, their start in the image of one channel, their start in its columns. */
type Runs = readonly number[];

/** The runs of all windows, where rows of columns are `width` apart; element by element of the window, first to last. */
function runsOf({ kernel, stride, dilation, before, image, count }: Windows, width: number): Runs {
	const strides = stridesOf(image);
	const rows = stridesOf(kernel);
	const places = stridesOf(count);
	const runs: number[] = [];
	const walk = (axis: number, from: number, to: number): void => {
		const step = stride[axis] as number;
		const along = strides[axis] as number;
		for (let k = 0; k < (kernel[axis] as number); k++) {
			const shift = k * (dilation[axis] as number) - (before[axis] as number);
			const first = Math.max(0, Math.ceil(-shift / step));
			const end = Math.min(count[axis] as number, Math.floor(((image[axis] as number) - 1 - shift) / step) + 1);
			const row = to + k * (rows[axis] as number) * width;
			if (axis < kernel.length - 1) {
				for (let p = first; p < end; p++)
					walk(axis + 1, from + (p * step + shift) * along, row + p * (places[axis] as number));
			} else if (end > first) {
				runs.push(end - first, from + (first * step + shift) * along, row + first);
			}
		}
	};
	walk(0, 0, 0);
	return runs;
}

/** Writes the windows of one channel as columns. */
function unfold(runs: Runs, x: Storage, at: number, step: number, columns: Storage, to: number): void {
	for (let run = 0; run < runs.length; run += 3) {
		let p = at + (runs[run + 1] as number);
		let q = to + (runs[run + 2] as number);
		for (const end = q + (runs[run] as number); q < end; q++) {
			columns[q] = x[p] as number;
			p += step;
		}
	}
}

/** Adds columns to where their elements came from. */
function fold(runs: Runs, columns: Storage, from: number, step: number, x: Storage, at: number): void {
	for (let run = 0; run < runs.length; run += 3) {
		let p = at + (runs[run + 1] as number);
		let q = from + (runs[run + 2] as number);
		for (const end = q + (runs[run] as number); q < end; q++) {
			x[p] = (x[p] as number) + (columns[q] as number);
			p += step;
		}
	}
}

/*
Note [one filter]
~~~~~~~~~~~~~~~~~
Where a group has a single filter, as in depthwise convolutions and in means
of windows, each column would be written to be read once. Then the runs are
multiplied where they lie, which takes 0.5 to 0.7 of the time (8 samples of 64
channels of 32 x 32 with 3 x 3, float64: 6 ms instead of 9).
*/

/** Multiplies a run by a number and adds it to another: z += factor * x. */
function addRun(
	count: number,
	factor: number,
	x: Storage,
	p: number,
	stepX: number,
	z: Float64Array,
	q: number,
	stepZ: number,
): void {
	for (let i = 0; i < count; i++) {
		z[q] = (z[q] as number) + factor * (x[p] as number);
		p += stepX;
		q += stepZ;
	}
}

/** Σ x z over a run. */
function dotRun(count: number, x: Storage, p: number, step: number, z: Storage, q: number): number {
	let sum = 0;
	for (let i = 0; i < count; i++) {
		sum += (x[p] as number) * (z[q + i] as number);
		p += step;
	}
	return sum;
}

/** Receives a run: its length, and its start in the image, in the filter and among the windows. */
type VisitRun = (count: number, x: number, w: number, z: number) => void;

/** Visits every run of the channels of one filter. */
function eachRun(runs: Runs, windows: Windows, channels: number, visit: VisitRun): void {
	const elements = sizeOf(windows.kernel);
	const width = sizeOf(windows.count);
	const size = sizeOf(windows.image);
	for (let c = 0; c < channels; c++) {
		for (let run = 0; run < runs.length; run += 3) {
			const to = runs[run + 2] as number;
			const k = Math.floor(to / width);
			visit(runs[run] as number, c * size + (runs[run + 1] as number), c * elements + k, to - k * width);
		}
	}
}

/** `size` zeros like the elements of `x`. */
function zerosLike(x: Storage, size: number): Storage {
	return new (x.constructor as new (size: number) => Storage)(size);
}

/** A matrix where it lies: rows `down` apart, columns `along`. */
function matrix(storage: Storage, offset: number, rows: number, columns: number, down = columns, along = 1): View {
	return { storage, offset, shape: [rows, columns], strides: [down, along] };
}

/** True where every window is a single element and they cover the image: then it is its own columns. */
function isWhole({ kernel, stride, image, count }: Windows): boolean {
	return (
		sizeOf(kernel) === 1 && stride.every((step) => step === 1) && image.every((size, axis) => size === count[axis])
	);
}

/** The columns of one sample and group of `x` after the other: a function that fills and returns the same matrix. */
function columnsOf(x: View, windows: Windows, groups: number): (sample: number, group: number) => View {
	const { storage, offset } = x;
	const channels = (x.shape[1] as number) / groups;
	const elements = sizeOf(windows.kernel);
	const width = sizeOf(windows.count);
	const size = sizeOf(windows.image);
	const start = (sample: number, group: number): number => offset + (sample * groups + group) * channels * size;
	if (isWhole(windows)) return (sample, group) => matrix(storage, start(sample, group), channels, width);
	const columns = zerosLike(storage, channels * elements * width);
	const filled = matrix(columns, 0, channels * elements, width);
	const runs = runsOf(windows, width);
	const step = windows.stride.at(-1) as number;
	return (sample, group) => {
		const from = start(sample, group);
		for (let c = 0; c < channels; c++) unfold(runs, storage, from + c * size, step, columns, c * elements * width);
		return filled;
	};
}

/**
 * z[n, o, p] = Σ x[n, c, window p, k] w[o, c, k] over c and k: `x` [N, C,
 * ...image] and `w` [O, C / groups, ...kernel] to `out` [N, O, ...count] from
 * `at` on. Here and below, operands are contiguous.
 */
export function convolve(x: View, w: View, windows: Windows, groups: number, out: Storage, at: number): void {
	const filters = (w.shape[0] as number) / groups;
	const depth = (w.shape[1] as number) * sizeOf(windows.kernel);
	const width = sizeOf(windows.count);
	if (filters === 1) {
		const runs = runsOf(windows, width);
		const step = windows.stride.at(-1) as number;
		const channels = w.shape[1] as number;
		const size = channels * sizeOf(windows.image);
		const sums = new Float64Array(width);
		for (let index = 0; index < (x.shape[0] as number) * groups; index++) {
			const image = x.offset + index * size;
			const weights = w.offset + (index % groups) * depth;
			sums.fill(0);
			eachRun(runs, windows, channels, (count, p, k, q) => {
				addRun(count, w.storage[weights + k] as number, x.storage, image + p, step, sums, q, 1);
			});
			out.set(sums, at + index * width);
		}
		return;
	}
	const columns = columnsOf(x, windows, groups);
	for (let sample = 0; sample < (x.shape[0] as number); sample++) {
		for (let group = 0; group < groups; group++) {
			const weights = matrix(w.storage, w.offset + group * filters * depth, filters, depth);
			matmul(weights, columns(sample, group), out, at);
			at += filters * width;
		}
	}
}

/**
 * The transpose in x: x[n, c, window p, k] = Σ z[n, o, p] w[o, c, k] over o and
 * every window that holds the element. `z` [N, O, ...count] and `w` to `out`
 * [N, C, ...image] from `at` on, which holds zeros.
 */
export function convolveImage(z: View, w: View, windows: Windows, groups: number, out: Storage, at: number): void {
	const filters = (w.shape[0] as number) / groups;
	const channels = w.shape[1] as number;
	const elements = sizeOf(windows.kernel);
	const depth = channels * elements;
	const width = sizeOf(windows.count);
	const size = sizeOf(windows.image);
	const step = windows.stride.at(-1) as number;
	if (filters === 1) {
		const runs = runsOf(windows, width);
		const sums = new Float64Array(channels * size);
		for (let index = 0; index < (z.shape[0] as number) * groups; index++) {
			const values = z.offset + index * width;
			const weights = w.offset + (index % groups) * depth;
			sums.fill(0);
			eachRun(runs, windows, channels, (count, p, k, q) => {
				addRun(count, w.storage[weights + k] as number, z.storage, values + q, 1, sums, p, step);
			});
			out.set(sums, at + index * sums.length);
		}
		return;
	}
	const whole = isWhole(windows);
	const columns = whole ? out : zerosLike(out, depth * width);
	// Sums are made in float64, whatever the dtype.
	const exact = whole || out instanceof Float64Array ? out : new Float64Array(channels * size);
	const runs = whole ? [] : runsOf(windows, width);
	for (let sample = 0; sample < (z.shape[0] as number); sample++) {
		for (let group = 0; group < groups; group++) {
			const weights = matrix(w.storage, w.offset + group * filters * depth, depth, filters, 1, depth);
			const from = z.offset + (sample * groups + group) * filters * width;
			matmul(weights, matrix(z.storage, from, filters, width), columns, whole ? at : 0);
			if (!whole) {
				const to = exact === out ? at : 0;
				for (let c = 0; c < channels; c++) fold(runs, columns, c * elements * width, step, exact, to + c * size);
				if (exact !== out) {
					out.set(exact, at);
					exact.fill(0);
				}
			}
			at += channels * size;
		}
	}
}

/**
 * The transpose in w: w[o, c, k] = Σ x[n, c, window p, k] z[n, o, p] over n and
 * p. `x` and `z` to `out` [O, C / groups, ...kernel] from `at` on.
 */
export function convolveWeight(x: View, z: View, windows: Windows, groups: number, out: Storage, at: number): void {
	const filters = (z.shape[1] as number) / groups;
	const depth = ((x.shape[1] as number) / groups) * sizeOf(windows.kernel);
	const width = sizeOf(windows.count);
	if (filters === 1) {
		const runs = runsOf(windows, width);
		const step = windows.stride.at(-1) as number;
		const channels = (x.shape[1] as number) / groups;
		const size = channels * sizeOf(windows.image);
		const weights = new Float64Array(groups * depth);
		for (let index = 0; index < (x.shape[0] as number) * groups; index++) {
			const image = x.offset + index * size;
			const values = z.offset + index * width;
			const start = (index % groups) * depth;
			eachRun(runs, windows, channels, (count, p, k, q) => {
				const sum = dotRun(count, x.storage, image + p, step, z.storage, values + q);
				weights[start + k] = (weights[start + k] as number) + sum;
			});
		}
		out.set(weights, at);
		return;
	}
	const columns = columnsOf(x, windows, groups);
	const product = zerosLike(out, filters * depth);
	const sums = new Float64Array(filters * depth);
	for (let group = 0; group < groups; group++) {
		sums.fill(0);
		for (let sample = 0; sample < (x.shape[0] as number); sample++) {
			const { storage, offset } = columns(sample, group);
			const from = z.offset + (sample * groups + group) * filters * width;
			const factor = matrix(z.storage, from, filters, width);
			matmul(factor, matrix(storage, offset, width, depth, 1, width), product, 0);
			for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (product[i] as number);
		}
		out.set(sums, at + group * sums.length);
	}
}

/**
 * Where the largest element of each window lies in its image, as a position in
 * row-major order; the first of those that tie, and the first NaN if there is
 * one. `x` is [..., ...image], `out` [..., ...count].
 */
export function largestInWindows(x: View, windows: Windows, out: Int32Array): void {
	const { storage } = x;
	const size = sizeOf(windows.image);
	const width = sizeOf(windows.count);
	const runs = runsOf(windows, 0);
	const step = windows.stride.at(-1) as number;
	const best = new Float64Array(width);
	let start = x.offset;
	for (let to = 0; to < out.length; to += width, start += size) {
		out.fill(-1, to, to + width);
		for (let run = 0; run < runs.length; run += 3) {
			let p = runs[run + 1] as number;
			let q = runs[run + 2] as number;
			for (const end = q + (runs[run] as number); q < end; q++) {
				const value = storage[start + p] as number;
				const most = best[q] as number;
				if (value > most || (out[to + q] as number) < 0 || (Number.isNaN(value) && !Number.isNaN(most))) {
					best[q] = value;
					out[to + q] = p;
				}
				p += step;
			}
		}
	}
}
