/**
 * Other shapes of the same elements: added and dropped axes, joined, repeated,
 * turned, padded and cut out.
 *
 * All but one pair are functions of the records in `movement` and `select`, so
 * none has a rule of its own; what strides can say is a view. The pair is
 * unfold | fold: windows that slide along an axis, and their sum.
 */
import { failure } from "../core/errors.js";
import type { Linear } from "../core/op.js";
import { checkShape, normalizeAxes, normalizeAxis, type Shape, shapeText, sizeOf, stridesOf } from "../core/shape.js";
import type { Scalar } from "../core/tape.js";
import { allocate, Tensor, type Value, wrap } from "../core/tensor.js";
import { placeAdd } from "../kernels/strided.js";
import { where } from "./compare.js";
import { linear } from "./define.js";
import {
	type Axes,
	type Axis,
	asTensor,
	broadcastTo,
	cast,
	checkWidths,
	concat,
	fromScalars,
	permute,
	type Range,
	reshape,
	slice,
	split,
	sum,
	surround,
	transpose,
	type Widths,
} from "./movement.js";
import { along, picking, returning } from "./select.js";

/** Which axes: one or several. */
export type AxisList = Pick<Axes, "axis">;

// ---- axes ------------------------------------------------------------------

/** `x` without its axes of size 1, or without those named, as NumPy: naming another one is an error. */
export function squeeze(x: Value, { axis }: AxisList = {}): Tensor {
	const from = asTensor(x);
	const { shape } = from;
	const named = axis === undefined ? undefined : normalizeAxes("squeeze", axis, from.rank);
	const wrong = named?.find((at) => shape[at] !== 1);
	if (wrong !== undefined) {
		throw failure({
			what: "squeeze: the size is not 1",
			expected: "axes of size 1",
			actual: `axis ${wrong} of x ${shapeText(shape)}`,
		});
	}
	return reshape(
		from,
		shape.filter((size, at) => (named ? !named.includes(at) : size !== 1)),
	);
}

/** `x` with axes of size 1 that are number `axis` (0 when left out) of the result. */
export function expandDims(x: Value, { axis = 0 }: AxisList = {}): Tensor {
	const from = asTensor(x);
	const rank = from.rank + (typeof axis === "number" ? 1 : axis.length);
	const added = normalizeAxes("expandDims", axis, rank);
	let next = 0;
	return reshape(
		from,
		Array.from({ length: rank }, (_, at) => (added.includes(at) ? 1 : (from.shape[next++] as number))),
	);
}

/** The axes from `start` to `end`, all when left out, as one; a single number as `[1]`. */
export function flatten(
	x: Value,
	{ start = 0, end = -1 }: { readonly start?: number | undefined; readonly end?: number | undefined } = {},
): Tensor {
	const from = asTensor(x);
	const { shape } = from;
	if (from.rank === 0) return reshape(from, [1]);
	const first = normalizeAxis("flatten", start, from.rank);
	const last = normalizeAxis("flatten", end, from.rank);
	if (first > last) {
		throw failure({
			what: "flatten: start lies after end",
			expected: "start ≤ end",
			actual: `${first} and ${last} for x ${shapeText(shape)}`,
		});
	}
	return reshape(from, [...shape.slice(0, first), sizeOf(shape.slice(first, last + 1)), ...shape.slice(last + 1)]);
}

/** Two axes change places. A view. */
export function swapAxes(x: Value, first: number, second: number): Tensor {
	return transpose(x, first, second);
}

/** Axes `from` brought to the places `to`, the others in their order. A view. */
export function moveAxis(x: Value, from: number | readonly number[], to: number | readonly number[]): Tensor {
	const moved = asTensor(x);
	const [sources, targets] = [from, to].map((axes) => {
		normalizeAxes("moveAxis", axes, moved.rank); // refuses repeats
		return [axes].flat().map((axis) => normalizeAxis("moveAxis", axis as number, moved.rank));
	}) as [number[], number[]];
	if (sources.length !== targets.length) {
		throw failure({
			what: "moveAxis: as many places as axes",
			expected: `${sources.length} places for axes ${shapeText(sources)}`,
			actual: shapeText(targets),
		});
	}
	const order = moved.shape.map((_, axis) => axis).filter((axis) => !sources.includes(axis));
	const pairs = targets.map((target, at) => [target, sources[at] as number] as const).sort(([a], [b]) => a - b);
	for (const [target, source] of pairs) order.splice(target, 0, source);
	return permute(moved, order);
}

// ---- joining and cutting -----------------------------------------------------

/** Tensors of one shape joined along a new `axis`, 0 when left out. */
export function stack(tensors: readonly Value[], { axis = 0 }: Axis = {}): Tensor {
	const plain = tensors.filter((x): x is number | Scalar => !(x instanceof Tensor));
	if (plain.length > 0 && plain.length === tensors.length && (axis === 0 || axis === -1)) return fromScalars(plain);
	const at = normalizeAxis("stack", axis, (tensors[0] instanceof Tensor ? tensors[0].rank : 0) + 1);
	return concat(
		tensors.map((x) => expandDims(x, { axis: at })),
		{ axis: at },
	);
}

/** `x` cut along `axis` into `count` parts as PyTorch does: of equal size but for the last, and fewer where they run out. Views. */
export function chunk(x: Value, count: number, { axis = 0 }: Axis = {}): Tensor[] {
	const from = asTensor(x);
	const at = normalizeAxis("chunk", axis, from.rank);
	if (!Number.isInteger(count) || count < 1) {
		throw failure({ what: "chunk: not a number of parts", expected: "a whole number from 1", actual: String(count) });
	}
	const total = from.shape[at] as number;
	const size = Math.ceil(total / count);
	const parts = size === 0 ? count : Math.ceil(total / size);
	return split(
		from,
		Array.from({ length: parts }, (_, part) => Math.min(size, total - part * size)),
		{ axis: at },
	);
}

// ---- repeating ---------------------------------------------------------------

/** `x` written out `counts` times along its last axes, as NumPy's `tile`; PyTorch calls it `repeat`. */
export function tile(x: Value, counts: number | readonly number[]): Tensor {
	const from = asTensor(x);
	const given = [counts].flat() as number[];
	checkShape("tile", given);
	const rank = Math.max(from.rank, given.length);
	const sizes = [...new Array<number>(rank - from.rank).fill(1), ...from.shape];
	const times = [...new Array<number>(rank - given.length).fill(1), ...given];
	const apart = sizes.flatMap((size) => [1, size]);
	const repeated = broadcastTo(
		reshape(from, apart),
		apart.map((size, at) => (at % 2 === 0 ? (times[at / 2] as number) : size)),
	);
	return reshape(
		repeated,
		sizes.map((size, at) => size * (times[at] as number)),
	);
}

/**
 * Each entry along `axis` written `counts` times, as NumPy's `repeat` and
 * PyTorch's `repeat_interleave`: one number, or one for each entry. Without
 * `axis` the elements of `x` in row-major order.
 */
export function repeat(x: Value, counts: number | readonly number[], { axis }: Axis = {}): Tensor {
	const from = axis === undefined ? flatten(x) : asTensor(x);
	const at = normalizeAxis("repeat", axis ?? 0, from.rank);
	const size = from.shape[at] as number;
	const times = typeof counts === "number" ? new Array<number>(size).fill(counts) : counts;
	checkShape("repeat", typeof counts === "number" ? [counts] : counts);
	if (times.length !== size) {
		throw failure({
			what: "repeat: the counts do not fit",
			expected: `one for each of the ${size} entries on axis ${at} of x ${shapeText(from.shape)}`,
			actual: shapeText(times),
		});
	}
	const places = times.flatMap((count, place) => new Array<number>(count).fill(place));
	return along(from, at, Int32Array.from(places));
}

/** `x` with the entries along `axis`, one or several, all when left out, in reverse. A view. */
export function flip(x: Value, { axis }: AxisList = {}): Tensor {
	const from = asTensor(x);
	const axes = normalizeAxes("flip", axis, from.rank);
	return slice(
		from,
		from.shape.map((_, at): Range => (axes.includes(at) ? [null, null, -1] : null)),
	);
}

/**
 * Entries moved `shift` places on along `axis`; those that leave at the end
 * come back at the start. Several axes may have a shift each. Without `axis`
 * the elements move in row-major order.
 */
export function roll(x: Value, shift: number | readonly number[], { axis }: AxisList = {}): Tensor {
	const from = asTensor(x);
	const shifts = [shift].flat() as number[];
	const axes = axis === undefined ? [0] : ([axis].flat() as number[]);
	const wrong = shifts.length !== 1 && shifts.length !== axes.length;
	if (wrong || !shifts.every(Number.isInteger)) {
		throw failure({
			what: "roll: shifts do not fit",
			expected: `a whole number${axes.length > 1 ? `, or one for each of the ${axes.length} axes` : ""}`,
			actual: shapeText(shifts),
		});
	}
	if (axis === undefined) return reshape(roll(reshape(from, [-1]), shifts, { axis: 0 }), from.shape);
	return axes.reduce((moved: Tensor, given, index) => {
		const at = normalizeAxis("roll", given, from.rank);
		const by = shifts[shifts.length === 1 ? 0 : index] as number;
		return replaced(moved, at, 0, 0, (place, size) => modulo(place - by, size));
	}, from);
}

function modulo(x: number, size: number): number {
	return ((x % size) + size) % size;
}

/** Along `axis`, with so many entries more at either end, the entry at `place` of x is the one that stood at `source(place)`. */
function replaced(
	x: Tensor,
	axis: number,
	before: number,
	after: number,
	source: (place: number, size: number) => number,
): Tensor {
	const size = x.shape[axis] as number;
	const places = Int32Array.from({ length: before + size + after }, (_, at) => source(at - before, size));
	return along(x, axis, places);
}

// ---- padding -----------------------------------------------------------------

/** What stands around a padded tensor: one value; its elements mirrored at the outermost one; the outermost one; or its elements from the other end. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

const beyond: Readonly<Record<Exclude<PadMode, "constant">, (place: number, size: number) => number>> = {
	reflect: (place, size) => {
		const period = Math.max(1, 2 * size - 2);
		const at = modulo(place, period);
		return Math.min(at, period - at) % size;
	},
	replicate: (place, size) => Math.min(Math.max(place, 0), size - 1),
	circular: modulo,
};

/**
 * `x` with `widths[axis]`, `[before, after]`, more entries at the ends of each
 * axis: `value`, 0 when left out, or what `mode` says. As NumPy's `pad`, a
 * width may be larger than the axis.
 *
 * @example
 * ```ts
 * import { pad, tensor } from "chainrule";
 * console.log(pad(tensor([1, 2, 3]), [[2, 1]], { mode: "reflect" }).toArray()); // [ 3, 2, 1, 2, 3, 2 ]
 * ```
 */
export function pad(
	x: Value,
	widths: Widths,
	{ mode = "constant", value = 0 }: { readonly mode?: PadMode | undefined; readonly value?: Value | undefined } = {},
): Tensor {
	const from = asTensor(x);
	checkWidths(from, widths);
	if (mode === "constant") {
		if (value === 0) return surround(from, widths);
		const filling = cast(value, from.dtype);
		return widths.reduce((padded: Tensor, [before, after], axis) => {
			const filled = (width: number): Tensor =>
				broadcastTo(
					filling,
					padded.shape.map((size, at) => (at === axis ? width : size)),
				);
			return before + after === 0 ? padded : concat([filled(before), padded, filled(after)], { axis });
		}, from);
	}
	const source = beyond[mode];
	if (source === undefined) {
		throw failure({
			what: "pad: unknown mode",
			expected: ["constant", ...Object.keys(beyond)].join(", "),
			actual: String(mode),
		});
	}
	if (widths.some(([before, after], axis) => from.shape[axis] === 0 && before + after > 0)) {
		throw failure({
			what: "pad: nothing to repeat",
			expected: `elements along every padded axis in mode "${mode}"`,
			actual: `x ${shapeText(from.shape)}`,
		});
	}
	return widths.reduce(
		(padded: Tensor, [before, after], axis) =>
			before + after === 0 ? padded : replaced(padded, axis, before, after, source),
		from,
	);
}

// ---- diagonals and triangles ---------------------------------------------------

/** Which diagonal: 0 the main one, above it where positive, below where negative. */
export interface Offset {
	readonly offset?: number | undefined;
}

/** A diagonal, and the two axes whose equal indices it runs along. */
export interface DiagonalOptions extends Offset {
	readonly axes?: readonly [first: number, second: number] | undefined;
}

/** The places of a diagonal in a matrix, in row-major order. */
function diagonalPlaces(name: string, rows: number, columns: number, offset: number): Int32Array {
	if (!Number.isInteger(offset)) {
		throw failure({ what: `${name}: not an offset`, expected: "a whole number", actual: String(offset) });
	}
	const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
	const length = Math.max(0, Math.min(rows - row, columns - column));
	return Int32Array.from({ length }, (_, at) => (row + at) * columns + column + at);
}

/** A diagonal over two axes, the first two when left out; it becomes the last axis of the result. */
export function diagonal(x: Value, { offset = 0, axes = [0, 1] }: DiagonalOptions = {}): Tensor {
	const matrices = moveAxis(x, axes, [-2, -1]);
	const axis = matrices.rank - 2;
	const within = matrices.shape.slice(axis);
	const places = diagonalPlaces("diagonal", within[0] as number, within[1] as number, offset);
	return picking.call([matrices], { axis, within, places, shape: [places.length] }) as Tensor;
}

/** The diagonal of a matrix; or, of a vector, the matrix with it on the diagonal and 0 elsewhere. */
export function diag(x: Value, { offset = 0 }: Offset = {}): Tensor {
	const from = asTensor(x);
	if (from.rank === 2) return diagonal(from, { offset });
	if (from.rank !== 1) {
		throw failure({
			what: "diag: neither a vector nor a matrix",
			expected: "one axis or two",
			actual: `x ${shapeText(from.shape)}`,
			fix: "diagonal works on two axes of many",
		});
	}
	const size = from.size + Math.abs(offset);
	const places = diagonalPlaces("diag", size, size, offset);
	return returning.call([from], { axis: 0, within: [size, size], places, shape: from.shape }) as Tensor;
}

/** The sum of a diagonal over two axes, the first two when left out. */
export function trace(x: Value, options: DiagonalOptions = {}): Tensor {
	return sum(diagonal(x, options), { axis: -1 });
}

/** `x` where the column is on one side of the row's place on a diagonal: up to it, or from it on. */
function triangle(name: string, x: Value, offset: number, lower: boolean): Tensor {
	const from = asTensor(x);
	const [rows, columns] = from.shape.slice(-2);
	if (rows === undefined || columns === undefined || !Number.isInteger(offset)) {
		throw failure({
			what: `${name}: not a matrix and an offset`,
			expected: "two axes or more, and a whole number",
			actual: `x ${shapeText(from.shape)} and ${offset}`,
		});
	}
	const inside = new Uint8Array(rows * columns);
	for (let row = 0; row < rows; row++) {
		const cut = Math.min(Math.max(row + offset + (lower ? 1 : 0), 0), columns);
		inside.fill(1, row * columns + (lower ? 0 : cut), row * columns + (lower ? cut : columns));
	}
	return cast(where(wrap(inside, [rows, columns]), from, 0) as Tensor, from.dtype);
}

/** Matrices with 0 above a diagonal, the main one when left out. */
export function tril(x: Value, { offset = 0 }: Offset = {}): Tensor {
	return triangle("tril", x, offset, true);
}

/** Matrices with 0 below a diagonal, the main one when left out. */
export function triu(x: Value, { offset = 0 }: Offset = {}): Tensor {
	return triangle("triu", x, offset, false);
}

/**
 * The coordinates of a grid: tensor number i repeated along all axes but its
 * own. As NumPy, the first two axes are exchanged (`"xy"`) unless `indexing` is
 * `"ij"`, PyTorch's default. Views.
 */
export function meshgrid(
	tensors: readonly Value[],
	{ indexing = "xy" }: { readonly indexing?: "xy" | "ij" | undefined } = {},
): Tensor[] {
	const lines = tensors.map((x) => reshape(x, [-1]));
	const order = lines.map((_, at) => (indexing === "xy" && at < 2 && lines.length > 1 ? 1 - at : at));
	const shape = order.map((at) => (lines[at] as Tensor).size);
	return lines.map((line, at) =>
		broadcastTo(
			reshape(
				line,
				shape.map((_, axis) => (axis === order[at] ? -1 : 1)),
			),
			shape,
		),
	);
}

// ---- windows: unfold | fold ------------------------------------------------------

interface Sliding {
	/** The axis along which windows slide; their elements are the last axis. */
	readonly axis: number;
	/** Elements in a window. */
	readonly size: number;
	/** From one window to the next. */
	readonly step: number;
	/** Elements along the axis. */
	readonly length: number;
}

const unfolding: Linear<Sliding> = linear<Sliding>("unfold", {
	says: "windows that slide along an axis",
	shape: ([x], { axis, size, step, length }) => [
		...(x as Shape).map((other, at) => (at === axis ? Math.floor((length - size) / step) + 1 : other)),
		size,
	],
	forward: ([x], { axis, step }, shape) => {
		const { storage, offset, strides, dtype } = x as Tensor;
		const stride = strides[axis] as number;
		const steps = strides.map((other, at) => (at === axis ? stride * step : other));
		return new Tensor(storage, offset, shape, [...steps, stride], dtype);
	},
	transpose: (gz, _, sliding) => [folding.call([gz], sliding)],
	batched: ([x], sliding) => unfolding.call([x as Tensor], { ...sliding, axis: sliding.axis + 1 }) as Tensor,
	samples: [
		{ shapes: [[5]], attributes: { axis: 0, size: 3, step: 1, length: 5 } },
		{ shapes: [[2, 6, 2]], attributes: { axis: 1, size: 2, step: 3, length: 6 } },
	],
});

const folding: Linear<Sliding> = linear<Sliding>("fold", {
	says: "windows that slide along an axis, added where they overlap",
	shape: ([x], { axis, length }) => (x as Shape).slice(0, -1).map((other, at) => (at === axis ? length : other)),
	forward: ([x], { axis, size, step }, shape) => {
		const { storage: source, offset: start, shape: sizes, strides: from, dtype } = x as Tensor;
		const { storage, offset } = allocate(dtype, sizeOf(shape));
		const to = stridesOf(shape);
		const stride = to[axis] as number;
		to[axis] = stride * step;
		to.push(stride);
		// Long rows are faster: the elements of a window come first unless they are many.
		const last = sizes.length - 1;
		const order = sizes.map((_, at) => (size > (sizes[axis] as number) ? at : (at + last) % sizes.length));
		const inOrder = (list: readonly number[]): number[] => order.map((at) => list[at] as number);
		const view = { storage: source, offset: start, shape: inOrder(sizes), strides: inOrder(from) };
		placeAdd(view, storage, offset, inOrder(to));
		return wrap(storage, shape, offset, dtype);
	},
	transpose: (gz, _, sliding) => [unfolding.call([gz], sliding)],
	batched: ([x], sliding) => folding.call([x as Tensor], { ...sliding, axis: sliding.axis + 1 }) as Tensor,
	samples: [
		{ shapes: [[3, 3]], attributes: { axis: 0, size: 3, step: 1, length: 5 } },
		{ shapes: [[2, 2, 2, 2]], attributes: { axis: 1, size: 2, step: 3, length: 6 } },
	],
});

/** Windows of `size` elements along `axis`, the last when left out, `step` apart: they become a last axis, as PyTorch's `Tensor.unfold`. A view. */
export function unfold(
	x: Value,
	{ axis = -1, size, step = 1 }: Axis & { readonly size: number; readonly step?: number | undefined },
): Tensor {
	const from = asTensor(x);
	const at = normalizeAxis("unfold", axis, from.rank);
	const length = from.shape[at] as number;
	checkWindow("unfold", size, step, size <= length, `at most the ${length} elements on axis ${at}`);
	return unfolding.call([from], { axis: at, size, step, length }) as Tensor;
}

/**
 * The inverse movement of {@link unfold}: windows, whose elements are the last
 * axis of `x`, put back along `axis`, the last of the others when left out, and
 * added where they overlap. `length` is the size of that axis, up to the end of
 * the last window when left out.
 */
export function fold(
	x: Value,
	{
		axis = -1,
		step = 1,
		length,
	}: Axis & { readonly step?: number | undefined; readonly length?: number | undefined } = {},
): Tensor {
	const from = asTensor(x);
	const at = normalizeAxis("fold", axis, from.rank - 1);
	const size = from.shape[from.rank - 1] as number;
	const count = from.shape[at] as number;
	const total = length ?? (count - 1) * step + size;
	const fits = Math.floor((total - size) / step) + 1 === count;
	checkWindow("fold", size, step, fits, `a length with room for ${count} of them, not ${total}`);
	return folding.call([from], { axis: at, size, step, length: total }) as Tensor;
}

function checkWindow(name: string, size: number, step: number, fits: boolean, room: string): void {
	if ([size, step].every((number) => Number.isInteger(number) && number >= 1) && fits) return;
	throw failure({
		what: `${name}: windows do not fit`,
		expected: `size and step whole numbers from 1; ${room}`,
		actual: `size ${size}, step ${step}`,
	});
}
