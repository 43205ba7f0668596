/**
 * Interpolation: images and signals at another size.
 *
 * One axis after the other. Where an element of the result looks in the image
 * depends on the sizes alone, so every axis is a gathering at constant places,
 * or a mean of two with constant shares.
 */
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { shapeText } from "../core/shape.js";
import { Tensor, type Value } from "../core/tensor.js";
import { add, mul } from "./arithmetic.js";
import { asTensor, broadcastTo, gather, reshape } from "./movement.js";
import { type PerAxis, perAxis } from "./windows.js";

/** What size, and how to find the numbers between. */
export interface InterpolateOptions {
	/** Sizes of the result. */
	readonly size?: PerAxis | undefined;
	/** Or how many times the size, rounded down. */
	readonly scaleFactor?: number | readonly number[] | undefined;
	/** `"nearest"` when left out; `"linear"` along every axis is bilinear in images. */
	readonly mode?: "nearest" | "linear" | undefined;
	/** True where the first and last elements keep their places; only for `"linear"`. False when left out. */
	readonly alignCorners?: boolean | undefined;
}

/**
 * Signals `x` [N, C, L] or images [N, C, H, W], or of any further axes, at
 * another size. As in PyTorch, elements are cells: the centre of cell i lies at
 * (i + ½) · scale - ½ of the image, and `"nearest"` takes cell ⌊i · scale⌋.
 *
 * @throws where axes or sizes do not fit, or the mode is unknown.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { interpolate } from "chainrule/nn";
 * const x = tensor([[[0, 4]]]);
 * console.log(interpolate(x, { size: 4 }).toArray()); // [ [ [ 0, 0, 4, 4 ] ] ]
 * console.log(interpolate(x, { size: 4, mode: "linear" }).toArray()); // [ [ [ 0, 1, 3, 4 ] ] ]
 * ```
 */
export function interpolate(x: Value, options: InterpolateOptions): Tensor {
	return scope("interpolate", () => {
		let z = asTensor(x);
		const image = z.shape.slice(2);
		const { mode = "nearest", alignCorners = false, size, scaleFactor } = options;
		const fits = image.length > 0 && !image.includes(0) && (size === undefined) !== (scaleFactor === undefined);
		if (!fits || (mode !== "nearest" && mode !== "linear") || (alignCorners && mode === "nearest")) {
			throw failure({
				what: "interpolate: not a way to interpolate",
				expected:
					'x [samples, channels, ...image], size or scaleFactor, mode "nearest" or "linear", alignCorners with "linear"',
				actual: `x ${shapeText(z.shape)}, ${JSON.stringify(options)}`,
			});
		}
		const factors = typeof scaleFactor === "number" ? image.map(() => scaleFactor) : scaleFactor;
		const wanted = factors ? image.map((length, at) => Math.floor(length * (factors[at] ?? Number.NaN))) : size;
		const sizes = perAxis("interpolate", "size", wanted as PerAxis, image.length, 1);
		image.forEach((length, at) => {
			const count = sizes[at] as number;
			const scale = factors ? 1 / (factors[at] as number) : length / count;
			if (mode === "nearest") {
				z = taken(
					z,
					at + 2,
					places(count, length, (i) => i * scale),
				);
				return;
			}
			const centre = (i: number): number =>
				alignCorners ? (i * (length - 1)) / Math.max(count - 1, 1) : Math.max(0, (i + 0.5) * scale - 0.5);
			const below = places(count, length, centre);
			const above = places(count, length, (i) => centre(i) + 1);
			const share = Float64Array.from(below, (place, i) => Math.min(centre(i) - place, 1));
			z = add(
				mul(
					taken(z, at + 2, below),
					along(
						z,
						at + 2,
						share.map((t) => 1 - t),
					),
				),
				mul(taken(z, at + 2, above), along(z, at + 2, share)),
			);
		});
		return z;
	});
}

/** The cells at ⌊place⌋, the last one for places beyond. */
function places(count: number, length: number, place: (i: number) => number): Int32Array {
	return Int32Array.from({ length: count }, (_, i) => Math.min(Math.floor(place(i)), length - 1));
}

/** Elements of `x` at `index` along `axis`. */
function taken(x: Tensor, axis: number, index: Int32Array): Tensor {
	const shape = x.shape.map((size, other) => (other === axis ? index.length : size));
	const column = shape.map((_, other) => (other === axis ? index.length : 1));
	const from = reshape(new Tensor(index, 0, [index.length], [1], "int32"), column);
	return gather(x, broadcastTo(from, shape), { axis });
}

/** Numbers along `axis`, to be met by `x`. */
function along(x: Tensor, axis: number, numbers: Float64Array): Tensor {
	const elements = x.dtype === "float32" ? Float32Array.from(numbers) : numbers;
	const dtype = x.dtype === "float32" ? "float32" : "float64";
	const shape = x.shape.map((_, other) => (other === axis ? numbers.length : 1));
	return reshape(new Tensor(elements, 0, [numbers.length], [1], dtype), shape);
}
