/**
 * The words for sliding windows: stride, padding, dilation.
 *
 * What a user says, a number or one per axis, becomes one record per call that
 * kernels read; convolutions and pooling say it alike. It knows no channels.
 */
import { failure } from "../core/errors.js";
import { type Shape, shapeText } from "../core/shape.js";
import type { Windows } from "../kernels/convolve.js";

/** One whole number for every axis of an image, or one per axis. */
export type PerAxis = number | readonly number[];

/** How windows slide over an image. */
export interface WindowOptions {
	/** From one window to the next; 1 for a convolution, the size of the window for pooling. */
	readonly stride?: PerAxis | undefined;
	/** How far windows reach over each side of the image; 0 when left out. */
	readonly padding?: PerAxis | undefined;
	/** From one element of a window to the next; 1 when left out. */
	readonly dilation?: PerAxis | undefined;
}

/** `given`, one number for each of `axes` axes. */
export function perAxis(name: string, what: string, given: PerAxis, axes: number, least: number): readonly number[] {
	const list = typeof given === "number" ? new Array<number>(axes).fill(given) : given;
	if (list.length === axes && list.every((number) => Number.isInteger(number) && number >= least)) return list;
	throw failure({
		what: `${name}: ${what} does not fit`,
		expected: `a whole number, ${least} or more${axes > 1 ? `, or ${axes} of them` : ""}`,
		actual: Array.isArray(given) ? shapeText(given) : String(given),
	});
}

/** The windows of sizes `kernel` on an image. */
export function windowsOn(
	name: string,
	image: Shape,
	kernel: PerAxis,
	{
		stride: steps = 1,
		padding = 0,
		dilation: gaps = 1,
	}: Omit<WindowOptions, "padding"> & { readonly padding?: PerAxis | "same" | "valid" | undefined },
): Windows {
	const axes = image.length;
	const sizes = perAxis(name, "kernel", kernel, axes, 1);
	const stride = perAxis(name, "stride", steps, axes, 1);
	const dilation = perAxis(name, "dilation", gaps, axes, 1);
	const reach = sizes.map((size, axis) => (dilation[axis] as number) * (size - 1));
	const same = padding === "same";
	if (same && stride.some((step) => step !== 1)) {
		throw failure({
			what: `${name}: padding "same" with a stride`,
			expected: "stride 1",
			actual: shapeText(stride),
			fix: "give the padding as a number, half the size of the kernel",
		});
	}
	const before = same
		? reach.map((length) => Math.floor(length / 2))
		: perAxis(name, "padding", padding === "valid" ? 0 : (padding as PerAxis), axes, 0);
	const count = image.map((size, axis) => {
		const room = same ? size - 1 : size + 2 * (before[axis] as number) - (reach[axis] as number) - 1;
		if (room < 0 && !same) {
			throw failure({
				what: `${name}: the kernel is larger than the image`,
				expected: `at most ${size + 2 * (before[axis] as number)} elements on axis ${axis - axes}, padding included`,
				actual: `a kernel that spans ${(reach[axis] as number) + 1}      (image ${shapeText(image)})`,
			});
		}
		return Math.floor(room / (stride[axis] as number)) + 1;
	});
	return { kernel: sizes, stride, dilation, before, image, count };
}
