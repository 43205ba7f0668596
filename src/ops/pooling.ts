/**
 * Pooling: one number for each window of an image.
 *
 * None has a gradient of its own. A maximum is an element chosen: its place is
 * found, and then it is gathered. A mean is a convolution with ones. So gradients of every order are those of gathering and of convolution.
 */
import { failure } from "../core/errors.js";
import type { Custom } from "../core/op.js";
import { scope } from "../core/scope.js";
import { type Shape, shapeText, sizeOf } from "../core/shape.js";
import { Tensor, type Value, wrap } from "../core/tensor.js";
import { largestInWindows, type Windows } from "../kernels/convolve.js";
import { div } from "./arithmetic.js";
import { mean } from "./composite.js";
import { conv } from "./convolution.js";
import { ones } from "./create.js";
import { custom, findsPlaces } from "./define.js";
import { asTensor, concat, contiguous, gather, reshape, slice } from "./movement.js";
import { type PerAxis, perAxis, type WindowOptions, windowsOn } from "./windows.js";

/** How means of windows are taken. */
export interface AvgPoolOptions extends Omit<WindowOptions, "dilation"> {
	/** False to divide by the number of elements inside the image; true, also when left out, counts the padding. */
	readonly countIncludePad?: boolean | undefined;
}

/** The sizes in front of an image of `axes` axes, and those of the image. */
function imageOf(name: string, x: Tensor, axes: number): [lead: Shape, image: Shape] {
	const extra = x.rank - axes;
	if (extra === 1 || extra === 2) return [x.shape.slice(0, extra), x.shape.slice(extra)];
	throw failure({
		what: `${name}: axes do not fit`,
		expected: `x [samples, channels, ...] or [channels, ...] and ${axes === 1 ? "one axis" : `${axes} axes`} of an image`,
		actual: `x ${shapeText(x.shape)}`,
	});
}

/** So much padding, or dilation, that a window holds nothing. */
function refuseEmpty(name: string, found: boolean, { kernel, before }: Windows): void {
	if (!found) return;
	throw failure({
		what: `${name}: a window without an element`,
		expected: "windows that reach into the image",
		actual: `window ${shapeText(kernel)}, padding ${shapeText(before)}`,
		fix: "pad by at most half of the window",
	});
}

const finding: Custom<Windows> = custom<Windows>("argMaxPool", {
	says: "where the largest element of each window is",
	...findsPlaces,
	shape: ([x], { count }) => [...(x as Shape).slice(0, -count.length), ...count],
	forward: ([x], windows, shape) => {
		const from = contiguous(x as Tensor);
		const places = new Int32Array(sizeOf(shape));
		largestInWindows(from, windows, places);
		refuseEmpty("argMaxPool", places.includes(-1), windows);
		return wrap(places, shape);
	},
	pull: () => [undefined],
	batched: ([x], windows) => finding.call([x as Tensor], windows) as Tensor,
	samples: [
		{ shapes: [[2, 5]], attributes: windowsOn("argMaxPool", [5], 2, { stride: 2, padding: 1 }) },
		{ shapes: [[1, 2, 3, 4]], attributes: windowsOn("argMaxPool", [3, 4], 2, {}) },
	],
});

function maxPool(name: string, axes: number, x: Value, kernel: PerAxis, options: WindowOptions): Tensor {
	return scope(name, () => {
		const from = asTensor(x);
		const [lead, image] = imageOf(name, from, axes);
		const places = argMaxPool(from, perAxis(name, "kernel", kernel, axes, 1), options);
		const { shape } = places;
		const flat = gather(
			reshape(from, [...lead, sizeOf(image)]),
			reshape(places, [...lead, sizeOf(shape.slice(-axes))]),
			{
				axis: -1,
			},
		);
		return reshape(flat, shape);
	});
}

/**
 * Where the largest element of each window is, as PyTorch's `return_indices`:
 * its place in its image, in row-major order; the first of equal ones, and NaN
 * before all. The last axes of `x` are the image, as many as `kernel` has
 * sizes. No gradient: the result is int32.
 *
 * @throws where the windows do not fit.
 */
export function argMaxPool(x: Value, kernel: readonly number[], options: WindowOptions = {}): Tensor {
	const from = asTensor(x);
	const image = from.shape.slice(-kernel.length);
	return finding.call(
		[from],
		windowsOn("argMaxPool", image, kernel, { ...options, stride: options.stride ?? kernel }),
	) as Tensor;
}

function avgPool(name: string, axes: number, x: Value, kernel: PerAxis, options: AvgPoolOptions): Tensor {
	return scope(name, () => {
		const from = asTensor(x);
		const [lead, image] = imageOf(name, from, axes);
		const { countIncludePad = true, padding, stride = kernel } = options;
		const windows = windowsOn(name, image, kernel, { stride, padding });
		const filter = ones([1, 1, ...windows.kernel], { dtype: from.dtype });
		const sumOver = (of: Value, samples: number): Tensor =>
			conv(reshape(of, [samples, 1, ...image]), filter, { stride, padding });
		const counts = countIncludePad ? sizeOf(windows.kernel) : sumOver(ones(image, { dtype: from.dtype }), 1);
		refuseEmpty(name, counts instanceof Tensor && counts.data.includes(0), windows);
		return reshape(div(sumOver(from, sizeOf(lead)), counts), [...lead, ...windows.count]);
	});
}

function adaptiveAvgPool(name: string, axes: number, x: Value, size: PerAxis): Tensor {
	return scope(name, () => {
		let z = asTensor(x);
		const [lead, image] = imageOf(name, z, axes);
		const sizes = perAxis(name, "size", size, axes, 1);
		// The mean over a box is the mean over one axis after the other.
		sizes.forEach((count, at) => {
			const axis = lead.length + at;
			const length = image[at] as number;
			if (length % count === 0) {
				z = mean(reshape(z, [...z.shape.slice(0, axis), count, length / count, ...z.shape.slice(axis + 1)]), {
					axis: axis + 1,
				});
				return;
			}
			const box = (index: number): Tensor => {
				const range = [Math.floor((index * length) / count), Math.ceil(((index + 1) * length) / count)] as const;
				const ranges = z.shape.map((_, other) => (other === axis ? range : null));
				return mean(slice(z, ranges), { axis, keepDims: true });
			};
			z = concat(
				Array.from({ length: count }, (_, index) => box(index)),
				{ axis },
			);
		});
		return z;
	});
}

/**
 * The largest element of each window of signals `x` [N, C, L] or [C, L]. NaN
 * wins, padding never does. Of elements that tie the first gets the gradient,
 * as in PyTorch: unlike `max`, which shares it.
 *
 * @throws where the window or its padding does not fit.
 */
export function maxPool1d(x: Value, kernel: PerAxis, options: WindowOptions = {}): Tensor {
	return maxPool("maxPool1d", 1, x, kernel, options);
}

/**
 * The largest element of each window of images `x` [N, C, H, W] or [C, H, W]; see {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { maxPool2d } from "chainrule/nn";
 * console.log(maxPool2d(tensor([[[1, 2, 5, 6], [3, 4, 7, 8]]]), 2).toArray()); // [ [ [ 4, 8 ] ] ]
 * ```
 */
export function maxPool2d(x: Value, kernel: PerAxis, options: WindowOptions = {}): Tensor {
	return maxPool("maxPool2d", 2, x, kernel, options);
}

/**
 * The mean of each window of signals `x` [N, C, L] or [C, L]. Padding counts as zeros, unless `countIncludePad` is false.
 *
 * @throws where the window or its padding does not fit.
 */
export function avgPool1d(x: Value, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor {
	return avgPool("avgPool1d", 1, x, kernel, options);
}

/** The mean of each window of images `x` [N, C, H, W] or [C, H, W]; see {@link avgPool1d}. */
export function avgPool2d(x: Value, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor {
	return avgPool("avgPool2d", 2, x, kernel, options);
}

/**
 * Means of `size` boxes that cover signals `x` [N, C, L] or [C, L] evenly: box
 * i begins at ⌊i L / size⌋ and ends before ⌈(i + 1) L / size⌉, as in PyTorch.
 */
export function adaptiveAvgPool1d(x: Value, size: PerAxis): Tensor {
	return adaptiveAvgPool("adaptiveAvgPool1d", 1, x, size);
}

/** Means of boxes that cover images `x` [N, C, H, W] or [C, H, W] evenly; see {@link adaptiveAvgPool1d}. */
export function adaptiveAvgPool2d(x: Value, size: PerAxis): Tensor {
	return adaptiveAvgPool("adaptiveAvgPool2d", 2, x, size);
}
