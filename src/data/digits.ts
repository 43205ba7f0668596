/**
 * Handwritten digits that nobody wrote: strokes, drawn by chance.
 *
 * A digit is a few strokes through points in the unit square. Every sample
 * moves the points a little, slants, turns and stretches the whole, and draws
 * it with a pen of some width onto 28 × 28 pixels, in the layout of MNIST. So a
 * program written for MNIST can be tried where no files are.
 *
 * Only additions, products, quotients and square roots are used, which are
 * exact to the last bit by their standard, and pixels are whole multiples of
 * 1/255: a seed gives the same images on every machine, and writing them as
 * bytes loses nothing.
 */
import { type DType, type Generator, tensor } from "../index.js";
import { shuffled } from "../kernels/sampling.js";
import { checkSize } from "../nn/size.js";
import type { Labelled } from "./dataset.js";
import { checkFloating, checkNoise, generatorOf, type SeedOptions } from "./options.js";

/** What drawn digits look like. */
export interface DigitsOptions extends SeedOptions {
	/** Number of images; 1,000 when left out. */
	readonly samples?: number | undefined;
	/** Standard deviation of the noise on every pixel, where black is 0 and white is 1; 0.05 when left out. */
	readonly noise?: number | undefined;
	/** Of `x`: `float64` when left out, or `float32`. */
	readonly dtype?: DType | undefined;
}

/** Pixels along an edge of an image. */
const edge = 28;

/** Points x, y, x, y, ... in the unit square, y downward; joined by lines, or by a smooth curve. */
interface Stroke {
	readonly smooth: boolean;
	readonly points: readonly number[];
}

const line = (...points: readonly number[]): Stroke => ({ smooth: false, points });
const curve = (...points: readonly number[]): Stroke => ({ smooth: true, points });

/** The ways to write each digit. */
const glyphs: readonly (readonly (readonly Stroke[])[])[] = [
	[[curve(0.58, 0.03, 0.2, 0.2, 0.1, 0.62, 0.42, 0.98, 0.82, 0.75, 0.88, 0.3, 0.56, 0.02, 0.45, 0.06)]],
	[
		[line(0.5, 0, 0.5, 1)],
		[line(0.28, 0.24, 0.56, 0, 0.56, 1)],
		[line(0.28, 0.24, 0.54, 0, 0.54, 0.98), line(0.22, 0.99, 0.84, 0.99)],
	],
	[
		[curve(0.14, 0.26, 0.32, 0.03, 0.68, 0.05, 0.76, 0.32, 0.5, 0.66, 0.1, 0.97), line(0.1, 0.97, 0.9, 0.96)],
		[curve(0.16, 0.22, 0.42, 0.01, 0.76, 0.2, 0.6, 0.6, 0.26, 0.95, 0.1, 0.86, 0.3, 0.76, 0.6, 0.92, 0.94, 0.9)],
	],
	[
		[
			curve(0.16, 0.13, 0.45, 0, 0.76, 0.17, 0.66, 0.39, 0.36, 0.47),
			curve(0.36, 0.47, 0.74, 0.53, 0.84, 0.78, 0.5, 1, 0.1, 0.87),
		],
		[line(0.16, 0.03, 0.78, 0.03, 0.42, 0.42), curve(0.42, 0.42, 0.76, 0.52, 0.82, 0.8, 0.48, 1, 0.12, 0.88)],
	],
	[
		[line(0.22, 0.03, 0.12, 0.56, 0.84, 0.53), line(0.76, 0.08, 0.68, 1)],
		[line(0.64, 1, 0.68, 0.02, 0.08, 0.68, 0.94, 0.68)],
	],
	[
		[
			line(0.84, 0.03, 0.3, 0.03, 0.22, 0.44),
			curve(0.22, 0.44, 0.52, 0.36, 0.84, 0.56, 0.76, 0.88, 0.42, 1, 0.1, 0.88),
		],
	],
	[[curve(0.72, 0.02, 0.34, 0.24, 0.13, 0.64, 0.28, 0.95, 0.62, 0.97, 0.82, 0.74, 0.62, 0.52, 0.32, 0.58, 0.18, 0.76)]],
	[
		[line(0.1, 0.06, 0.86, 0.04, 0.38, 1)],
		[line(0.1, 0.06, 0.86, 0.04, 0.4, 1), line(0.3, 0.52, 0.8, 0.5)],
		[line(0.12, 0.2, 0.12, 0.04, 0.86, 0.04), curve(0.86, 0.04, 0.6, 0.4, 0.48, 1)],
	],
	[
		[
			curve(
				0.66,
				0.4,
				0.84,
				0.2,
				0.54,
				0.01,
				0.22,
				0.18,
				0.42,
				0.44,
				0.76,
				0.66,
				0.76,
				0.9,
				0.46,
				1,
				0.18,
				0.84,
				0.3,
				0.62,
				0.66,
				0.4,
			),
		],
	],
	[
		[curve(0.8, 0.26, 0.5, 0.02, 0.19, 0.24, 0.38, 0.52, 0.7, 0.44, 0.82, 0.18), line(0.82, 0.18, 0.7, 1)],
		[
			curve(0.8, 0.26, 0.5, 0.02, 0.18, 0.26, 0.42, 0.52, 0.74, 0.4, 0.82, 0.16),
			curve(0.82, 0.16, 0.8, 0.62, 0.6, 0.94, 0.26, 0.96),
		],
	],
];

/**
 * Drawn digits in the layout of MNIST: `x` is `[samples, 784]`, 28 × 28 pixels
 * row by row from 0 (black) to 1 (white), `y` the digits, int32 `[samples]`,
 * every digit as often as the others.
 *
 * @example
 * ```ts
 * import { digits } from "chainrule/data";
 * const { x, y } = digits({ samples: 3, seed: 1 });
 * console.log(x.shape, y.shape); // [ 3, 784 ] [ 3 ]
 * ```
 */
export function digits({ samples = 1_000, noise = 0.05, dtype = "float64", ...chance }: DigitsOptions = {}): Labelled {
	checkSize("digits", "samples", samples);
	checkNoise("digits", noise);
	checkFloating("digits", dtype);
	const generator = generatorOf("digits", chance);
	const labels = shuffled(generator, samples, samples).map((place) => place % 10);
	const size = edge * edge;
	const pixels = new Float64Array(samples * size);
	labels.forEach((label, i) => {
		const image = pixels.subarray(i * size, (i + 1) * size);
		draw(image, label, generator);
		for (let k = 0; k < size; k++) {
			const brightness = (image[k] as number) + (noise === 0 ? 0 : noise * bell(generator));
			image[k] = Math.round(255 * Math.min(1, Math.max(0, brightness))) / 255;
		}
	});
	return { x: tensor(pixels, { shape: [samples, size], dtype }), y: tensor(labels) };
}

/** A number from `low` to `high`. */
const between = (generator: Generator, low: number, high: number): number => low + (high - low) * generator.uniform();

/** Nearly normal with mean 0 and standard deviation 1, without a logarithm: three uniform numbers have variance 3/12. */
const bell = (generator: Generator): number =>
	2 * (generator.uniform() + generator.uniform() + generator.uniform() - 1.5);

/** Draws one way to write `digit` into a black image. */
function draw(image: Float64Array, digit: number, generator: Generator): void {
	const ways = glyphs[digit] as readonly (readonly Stroke[])[];
	const strokes = ways[generator.integer(ways.length)] as readonly Stroke[];
	const place = placement(generator);
	const radius = between(generator, 0.7, 1.6);
	const softness = between(generator, 0.8, 1.4);
	for (const { smooth, points } of strokes) {
		const moved = points.map((coordinate) => coordinate + between(generator, -0.035, 0.035));
		const path = place(smooth ? curved(moved) : moved);
		for (let k = 2; k < path.length; k += 2) {
			const [x0, y0, x1, y1] = path.slice(k - 2, k + 2) as [number, number, number, number];
			paint(image, x0, y0, x1, y1, radius, softness);
		}
	}
}

/** A random affine map from the unit square into the middle of the image. */
function placement(generator: Generator): (path: readonly number[]) => number[] {
	const width = between(generator, 11, 16);
	const height = between(generator, 17, 20);
	const slant = between(generator, -0.15, 0.4);
	// (1 - t²)/(1 + t²) and 2t/(1 + t²) are the cosine and the sine of the angle 2 arctan t.
	const t = between(generator, -0.08, 0.08);
	const cos = (1 - t * t) / (1 + t * t);
	const sin = (2 * t) / (1 + t * t);
	const right = edge / 2 + between(generator, -1.5, 1.5);
	const down = edge / 2 + between(generator, -1.5, 1.5);
	return (path) => {
		const placed: number[] = [];
		for (let k = 0; k < path.length; k += 2) {
			const y = ((path[k + 1] as number) - 0.5) * height;
			const x = ((path[k] as number) - 0.5) * width - slant * y;
			placed.push(right + cos * x - sin * y, down + sin * x + cos * y);
		}
		return placed;
	};
}

/** Lines between two points of a smooth curve. */
const steps = 6;

/** The smooth curve through the points, as short lines. Source: Catmull and Rom, 1974, with parameter ½. */
function curved(points: readonly number[]): number[] {
	const last = points.length / 2 - 1;
	const at = (i: number, axis: number): number => points[2 * Math.min(last, Math.max(0, i)) + axis] as number;
	const path = [at(0, 0), at(0, 1)];
	for (let i = 0; i < last; i++) {
		for (let step = 1; step <= steps; step++) {
			const t = step / steps;
			for (const axis of [0, 1]) {
				const [p0, p1, p2, p3] = [at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis)];
				const bend = 2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * p1 - p0 - 3 * p2 + p3);
				path.push(p1 + 0.5 * t * (p2 - p0 + t * bend));
			}
		}
	}
	return path;
}

/** Draws the line from (x0, y0) to (x1, y1): white within `radius` - `softness`/2 of it, black beyond `radius` + `softness`/2. */
function paint(
	image: Float64Array,
	x0: number,
	y0: number,
	x1: number,
	y1: number,
	radius: number,
	softness: number,
): void {
	const reach = radius + softness / 2;
	const [dx, dy] = [x1 - x0, y1 - y0];
	const square = dx * dx + dy * dy;
	const low = (a: number, b: number): number => Math.max(0, Math.ceil(Math.min(a, b) - reach - 0.5));
	const high = (a: number, b: number): number => Math.min(edge - 1, Math.floor(Math.max(a, b) + reach - 0.5));
	for (let row = low(y0, y1); row <= high(y0, y1); row++) {
		for (let column = low(x0, x1); column <= high(x0, x1); column++) {
			const [x, y] = [column + 0.5 - x0, row + 0.5 - y0]; // the middle of the pixel
			const t = square === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / square));
			const [across, along] = [x - t * dx, y - t * dy];
			const brightness = Math.min(1, (reach - Math.sqrt(across * across + along * along)) / softness);
			const k = row * edge + column;
			if (brightness > (image[k] as number)) image[k] = brightness;
		}
	}
}
