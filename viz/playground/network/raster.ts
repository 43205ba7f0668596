/**
 * Numbers on a grid as pixels and as lines of equal height.
 *
 * One buffer per picture is written over and over; no pixel is an object. What
 * is no number gets a colour of its own, never that of the lowest.
 */
import { html } from "../../explorer/page/dom.js";
import type { Palette } from "./colours.js";

/** A picture of pixels. */
export interface Raster {
	readonly canvas: HTMLCanvasElement;
	/** The pixels, row by row from the top, for a picture of this size. */
	readonly pixels: (width: number, height: number) => Uint32Array;
	/** Shows what was written. */
	readonly show: () => void;
}

/** Makes one. */
export function raster(): Raster {
	const canvas = html("canvas", { width: 1, height: 1 });
	const context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
	let image = context.createImageData(1, 1);
	return {
		canvas,
		pixels: (width, height) => {
			if (image.width !== width || image.height !== height) {
				canvas.width = width;
				canvas.height = height;
				image = context.createImageData(width, height);
			}
			return new Uint32Array(image.data.buffer);
		},
		show: () => context.putImageData(image, 0, 0),
	};
}

/** A part of `values`, from `low` to `high` on the scale of the palette, into as many pixels from `at` on. */
export function shade(
	pixels: Uint32Array,
	at: number,
	values: Float32Array,
	from: number,
	count: number,
	low: number,
	high: number,
	{ scale, none }: Palette,
): void {
	const factor = 255 / (high - low);
	for (let index = 0; index < count; index++) {
		const value = values[from + index]!;
		const place = (value - low) * factor;
		pixels[at + index] =
			place > 255 ? scale[255]! : place > 0 ? scale[(place + 0.5) | 0]! : Number.isNaN(value) ? none : scale[0]!;
	}
}

/** A part of `values` in two colours: those below `boundary`, and the others. */
export function split(
	pixels: Uint32Array,
	values: Float32Array,
	from: number,
	count: number,
	boundary: number,
	{ scale, none }: Palette,
): void {
	for (let index = 0; index < count; index++) {
		const value = values[from + index]!;
		pixels[index] = value < boundary ? scale[0]! : value >= boundary ? scale[255]! : none;
	}
}

/** Probabilities of several classes as a mixture of their colours, or, if `sharp`, in the colour of the likeliest. */
export function blend(
	pixels: Uint32Array,
	values: Float32Array,
	classes: number,
	count: number,
	sharp: boolean,
	{ grounds, none }: Palette,
): void {
	for (let index = 0; index < count; index++) {
		let r = 0;
		let g = 0;
		let b = 0;
		let total = 0;
		let most = Number.NEGATIVE_INFINITY;
		let likeliest = 0;
		for (let one = 0; one < classes; one++) {
			const part = values[one * count + index]!;
			if (part > most) {
				most = part;
				likeliest = one;
			}
			if (!(part > 0)) continue; // outputs of other kinds than softmax may be negative
			total += part;
			r += part * grounds[3 * one]!;
			g += part * grounds[3 * one + 1]!;
			b += part * grounds[3 * one + 2]!;
		}
		if (sharp || !(total > 0)) {
			total = 1;
			r = grounds[3 * likeliest]!;
			g = grounds[3 * likeliest + 1]!;
			b = grounds[3 * likeliest + 2]!;
		}
		pixels[index] =
			most > Number.NEGATIVE_INFINITY
				? ((255 << 24) | ((b / total) << 16) | ((g / total) << 8) | (r / total)) >>> 0
				: none;
	}
}

/** The largest size of a part of `values`; what is infinite or no number does not count. */
export function largest(values: Float32Array, from: number, count: number): number {
	let most = 0;
	for (let index = from; index < from + count; index++) {
		const size = Math.abs(values[index]!);
		if (size > most && size < Number.POSITIVE_INFINITY) most = size;
	}
	return most;
}

/**
 * Where the heights on a grid of `size × size` places are `level`, as pieces of
 * lines: x and y of their ends in turn, in places, of which the first is 0.
 *
 * Every square between four places is looked at by itself. Where two opposite
 * corners are above, the mean of all four says which of them belong together.
 */
export function contour(values: Float32Array, from: number, size: number, level: number): Float32Array {
	const pieces: number[] = [];
	for (let row = 0; row + 1 < size; row++) {
		for (let column = 0; column + 1 < size; column++) {
			const at = from + row * size + column;
			const [a, b, c, d] = [values[at]!, values[at + 1]!, values[at + size + 1]!, values[at + size]!];
			const sides = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
			if (sides === 0 || sides === 15 || !Number.isFinite(a + b + c + d)) continue;
			const between = (p: number, q: number): number => (level - p) / (q - p);
			const top = (): number[] => [column + between(a, b), row];
			const right = (): number[] => [column + 1, row + between(b, c)];
			const bottom = (): number[] => [column + between(d, c), row + 1];
			const left = (): number[] => [column, row + between(a, d)];
			const ends = endsOf(sides, (a + b + c + d) / 4 >= level);
			for (const side of ends) pieces.push(...[top, right, bottom, left][side]!());
		}
	}
	return Float32Array.from(pieces);
}

/** Through which sides (top, right, bottom, left) the lines of a square go, by which of its corners lie above. */
const plain: readonly (readonly number[])[] = [
	[],
	[3, 0],
	[0, 1],
	[3, 1],
	[1, 2],
	[],
	[0, 2],
	[3, 2],
	[2, 3],
	[0, 2],
	[],
	[1, 2],
	[1, 3],
	[0, 1],
	[0, 3],
];

function endsOf(sides: number, isMiddleAbove: boolean): readonly number[] {
	if (sides !== 5 && sides !== 10) return plain[sides] ?? [];
	return (sides === 5) === isMiddleAbove ? [0, 1, 2, 3] : [3, 0, 1, 2];
}
