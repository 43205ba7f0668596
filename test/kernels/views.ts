/**
 * Windows of every kind, for the tests of the kernels: transposed, reversed,
 * repeated with stride 0, with gaps, shifted, empty, and with axes of size 1.
 */
import fc from "fast-check";
import { type DType, newStorage, type Storage } from "../../src/core/dtype.js";
import { type Shape, sizeOf, type View } from "../../src/core/shape.js";

/** How one axis lies in memory. */
interface Layout {
	readonly repeated: boolean;
	readonly reversed: boolean;
	readonly gap: number;
	/** Axes with a higher rank lie further apart. */
	readonly rank: number;
}

const layout: fc.Arbitrary<Layout> = fc.record({
	repeated: fc.nat(5).map((n) => n === 0),
	reversed: fc.nat(3).map((n) => n === 0),
	gap: fc.constantFrom(1, 1, 1, 2),
	rank: fc.nat(9),
});

/** A shape of at most `rank` axes, empty ones included. */
export function shapes(rank: number, most = 6): fc.Arbitrary<number[]> {
	return fc.array(fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: most }) }, fc.constantFrom(0, 1)), {
		maxLength: rank,
	});
}

/** A window of `shape` on whole numbers, which every dtype and every order of summation keeps exact. */
export function viewOf(shape: Shape, dtype: DType = "float64"): fc.Arbitrary<View> {
	const layouts = fc.tuple(...shape.map(() => layout));
	return fc.record({ layouts, seed: fc.nat(1000), margin: fc.nat(3), plain: fc.boolean() }).map((choice) => {
		const strides = shape.map(() => 0);
		let extent = 1;
		let offset = choice.margin;
		const order = shape.map((_, axis) => axis);
		// A plain window is contiguous: the last axis is the nearest.
		if (choice.plain) order.reverse();
		else order.sort((i, j) => (choice.layouts[i]?.rank ?? 0) - (choice.layouts[j]?.rank ?? 0));
		for (const axis of order) {
			const { repeated, reversed, gap } = choice.layouts[axis] as Layout;
			const size = Math.max(shape[axis] as number, 1);
			if (choice.plain) {
				strides[axis] = extent;
				extent *= size;
			} else if (!repeated) {
				strides[axis] = reversed ? -extent * gap : extent * gap;
				if (reversed) offset += extent * gap * (size - 1);
				extent *= gap * size;
			}
		}
		const storage = newStorage(dtype, extent + choice.margin + 1);
		for (let i = 0; i < storage.length; i++)
			storage[i] = dtype === "bool" ? (i + choice.seed) % 2 : ((i * 7919 + choice.seed) % 19) - 9;
		return { storage, offset, shape, strides };
	});
}

/** A window of any shape. */
export function views(rank = 4, most = 6, dtype: DType = "float64"): fc.Arbitrary<View> {
	return shapes(rank, most).chain((shape) => viewOf(shape, dtype));
}

/** Every index of `shape`, in row-major order. */
export function* indices(shape: Shape): Generator<number[]> {
	const size = sizeOf(shape);
	for (let flat = 0; flat < size; flat++) {
		const index: number[] = [];
		let rest = flat;
		for (let axis = shape.length - 1; axis >= 0; axis--) {
			index.unshift(rest % (shape[axis] as number));
			rest = Math.floor(rest / (shape[axis] as number));
		}
		yield index;
	}
}

/** The position of an element: the definition of a strided window. */
export function position(index: readonly number[], strides: readonly number[], offset: number): number {
	return index.reduce((sum, i, axis) => sum + i * (strides[axis] as number), offset);
}

/** The elements of a window in row-major order. */
export function elements(x: View): number[] {
	return [...indices(x.shape)].map((index) => x.storage[position(index, x.strides, x.offset)] as number);
}

/** A contiguous window on `values`. */
export function window(values: readonly number[], shape: Shape, dtype: DType = "float64"): View {
	const storage = newStorage(dtype, values.length);
	storage.set(values);
	const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
	return { storage, offset: 0, shape, strides };
}

/** An output with guards around `size` elements: the kernel gets position 2, and may not write past the end. */
export function output(
	size: number,
	dtype: DType = "float64",
	filler = 77,
): { out: Storage; at: number; result: () => number[] } {
	const out = newStorage(dtype, size + 4).fill(filler);
	const result = (): number[] => {
		const guards = [out[0], out[1], out[size + 2], out[size + 3]];
		if (guards.some((guard) => guard !== filler)) throw new Error(`written outside: ${guards.join(", ")}`);
		return Array.from(out.subarray(2, size + 2));
	};
	return { out, at: 2, result };
}
