/**
 * Small sets of points to try things on, drawn from a seed.
 *
 * Each function says where its points lie and to which class they belong; order
 * and noise come after, the same way for all. `noise` is always the standard
 * deviation of normal numbers added to every coordinate, `samples` the number
 * of points, shared out among the classes as equally as possible.
 */
import { failure } from "../core/errors.js";
import { type DType, type Generator, tensor } from "../index.js";
import { shuffled } from "../kernels/sampling.js";
import { checkSize } from "../nn/size.js";
import type { Labelled } from "./dataset.js";
import { checkFloating, checkNoise, generatorOf, type SeedOptions } from "./options.js";

/** What a set of points looks like. */
export interface PointsOptions extends SeedOptions {
	/** Number of points; 100 when left out. */
	readonly samples?: number | undefined;
	/** Standard deviation of the noise on every coordinate; 0 when left out, unless the function says otherwise. */
	readonly noise?: number | undefined;
	/** False to leave the points in the order of their classes. */
	readonly shuffle?: boolean | undefined;
	/** Of `x`: `float64` when left out, or `float32`. */
	readonly dtype?: DType | undefined;
}

/** A point before the noise, and its class; for a regression its target. */
interface Point {
	readonly at: readonly number[];
	readonly label: number;
}

/** The points of one class. */
const labelled = (label: number, points: readonly (readonly number[])[]): Point[] =>
	points.map((at) => ({ at, label }));

/**
 * Two half circles that reach into each other, as scikit-learn's `make_moons`:
 * class 0 is (cos t, sin t), class 1 is (1 - cos t, ½ - sin t), t from 0 to π.
 * `x` is `[samples, 2]`, `y` int32 `[samples]`.
 *
 * @example
 * ```ts
 * import { moons } from "chainrule/data";
 * const { x, y } = moons({ samples: 200, noise: 0.1, seed: 1 });
 * console.log(x.shape, y.shape, y.sum().item()); // [ 200, 2 ] [ 200 ] 100
 * ```
 */
export function moons(options: PointsOptions = {}): Labelled {
	return classified("moons", options, (samples) => {
		const [upper, lower] = shares(samples, 2).map((count) => linspace(0, Math.PI, count)) as [number[], number[]];
		return [
			...labelled(
				0,
				upper.map((t) => [Math.cos(t), Math.sin(t)]),
			),
			...labelled(
				1,
				lower.map((t) => [1 - Math.cos(t), 0.5 - Math.sin(t)]),
			),
		];
	});
}

/** What two circles look like. */
export interface CirclesOptions extends PointsOptions {
	/** Radius of the inner circle, from 0 up to, not including, 1; 0.8 when left out. */
	readonly factor?: number | undefined;
}

/**
 * A circle of radius 1, class 0, around one of radius `factor`, class 1, as
 * scikit-learn's `make_circles`. `x` is `[samples, 2]`, `y` int32 `[samples]`.
 */
export function circles({ factor = 0.8, ...options }: CirclesOptions = {}): Labelled {
	if (!(factor >= 0 && factor < 1)) {
		throw failure({
			what: "circles: not a factor",
			expected: "a number from 0 up to, not including, 1, the radius of the inner circle",
			actual: String(factor),
		});
	}
	return classified("circles", options, (samples) =>
		shares(samples, 2).flatMap((count, label) => {
			const radius = label === 0 ? 1 : factor;
			const angles = Array.from({ length: count }, (_, i) => (2 * Math.PI * i) / count);
			return labelled(
				label,
				angles.map((t) => [radius * Math.cos(t), radius * Math.sin(t)]),
			);
		}),
	);
}

/** What spirals look like. */
export interface SpiralsOptions extends PointsOptions {
	/** Number of arms, each a class; 2 when left out. */
	readonly classes?: number | undefined;
	/** How often an arm goes round the centre; 1 when left out. */
	readonly turns?: number | undefined;
}

/**
 * Spiral arms from the centre to the unit circle, one per class: at the radius
 * t, arm k has the angle 2π(turns · t + k / classes), t from 0 to 1. `x` is
 * `[samples, 2]`, `y` int32 `[samples]`.
 */
export function spirals({ classes = 2, turns = 1, ...options }: SpiralsOptions = {}): Labelled {
	checkSize("spirals", "classes", classes);
	return classified("spirals", options, (samples) =>
		shares(samples, classes).flatMap((count, label) =>
			labelled(
				label,
				linspace(0, 1, count).map((t) => {
					const angle = 2 * Math.PI * (turns * t + label / classes);
					return [t * Math.cos(angle), t * Math.sin(angle)];
				}),
			),
		),
	);
}

/**
 * The exclusive or: points on the corners of the unit square, in turn, whose
 * class is 1 where exactly one coordinate is. Without noise and `shuffle`, four
 * samples are its truth table. `x` is `[samples, 2]`, `y` int32 `[samples]`.
 *
 * @example
 * ```ts
 * import { xor } from "chainrule/data";
 * const { x, y } = xor({ samples: 4, shuffle: false });
 * console.log(x.toArray(), y.toArray()); // [ [ 0, 0 ], [ 0, 1 ], [ 1, 0 ], [ 1, 1 ] ] [ 0, 1, 1, 0 ]
 * ```
 */
export function xor(options: PointsOptions = {}): Labelled {
	return classified("xor", options, (samples) =>
		Array.from({ length: samples }, (_, i) => {
			const [first, second] = [(i >> 1) & 1, i & 1];
			return { at: [first, second], label: first ^ second };
		}),
	);
}

/** What blobs look like. */
export interface BlobsOptions extends PointsOptions {
	/** The centres, one per class, or how many are to be drawn; 3 when left out. */
	readonly centers?: number | readonly (readonly number[])[] | undefined;
	/** Number of coordinates where centres are drawn; 2 when left out. */
	readonly features?: number | undefined;
}

/**
 * Normal clouds around centres, one per class, as scikit-learn's `make_blobs`:
 * `noise` is 1 when left out, and centres that are drawn lie between -10 and 10
 * in every coordinate. `x` is `[samples, features]`, `y` int32 `[samples]`.
 */
export function blobs({ centers = 3, features = 2, noise = 1, ...options }: BlobsOptions = {}): Labelled {
	if (typeof centers === "number") {
		checkSize("blobs", "centers", centers);
		checkSize("blobs", "features", features);
	} else {
		checkSize("blobs", "centers", centers.length);
		checkCenters(centers);
	}
	return classified("blobs", { ...options, noise }, (samples, generator) => {
		const middles =
			typeof centers === "number"
				? Array.from({ length: centers }, () => Array.from({ length: features }, () => 20 * generator.uniform() - 10))
				: centers;
		return shares(samples, middles.length).flatMap((count, label) =>
			labelled(
				label,
				Array.from({ length: count }, () => middles[label] as readonly number[]),
			),
		);
	});
}

function checkCenters(centers: readonly (readonly number[])[]): void {
	const features = centers[0]?.length ?? 0;
	centers.forEach((center, index) => {
		if (center.length > 0 && center.length === features && center.every(Number.isFinite)) return;
		throw failure({
			what: "blobs: not centers",
			expected: "points of finite coordinates, as many in each as in the first",
			actual: `[${center.join(", ")}] at [${index}]`,
		});
	});
}

/** What a linear relation looks like. */
export interface LinearDataOptions extends PointsOptions {
	/** w, one number per feature; [2, -3] when left out. */
	readonly weights?: readonly number[] | undefined;
	/** b; 1 when left out. */
	readonly bias?: number | undefined;
}

/**
 * A linear relation to be found again: y = x · w + b, plus noise on `y` alone,
 * for standard normal inputs. `x` is `[samples, features]`, `y` `[samples]`, of
 * one dtype.
 */
export function linear({ weights = [2, -3], bias = 1, ...options }: LinearDataOptions = {}): Labelled {
	const { samples, noise, dtype, generator } = settle("linear", options);
	checkSize("linear", "weights", weights.length);
	const x = new Float64Array(samples * weights.length);
	generator.fillNormal(x, 0, x.length, 0, 1);
	const y = Float64Array.from({ length: samples }, (_, i) => {
		const signal = weights.reduce((sum, w, k) => sum + w * (x[i * weights.length + k] as number), bias);
		return noise === 0 ? signal : signal + noise * generator.normal();
	});
	return { x: tensor(x, { shape: [samples, weights.length], dtype }), y: tensor(y, { dtype }) };
}

/** Puts points into order, adds noise, and makes tensors of them. */
function classified(
	name: string,
	options: PointsOptions,
	points: (samples: number, generator: Generator) => readonly Point[],
): Labelled {
	const { samples, noise, dtype, generator } = settle(name, options);
	const drawn = points(samples, generator);
	const features = (drawn[0] as Point).at.length;
	const order = (options.shuffle ?? true) ? shuffled(generator, samples, samples) : drawn.keys();
	const x = new Float64Array(samples * features);
	const y = new Int32Array(samples);
	let row = 0;
	for (const index of order) {
		const { at, label } = drawn[index] as Point;
		for (let k = 0; k < features; k++) {
			const exact = at[k] as number;
			x[row * features + k] = noise === 0 ? exact : exact + noise * generator.normal();
		}
		y[row++] = label;
	}
	return { x: tensor(x, { shape: [samples, features], dtype }), y: tensor(y) };
}

/** The options that all sets share, checked. */
function settle(
	name: string,
	{ samples = 100, noise = 0, dtype = "float64", ...chance }: PointsOptions,
): { readonly samples: number; readonly noise: number; readonly dtype: DType; readonly generator: Generator } {
	checkSize(name, "samples", samples);
	checkNoise(name, noise);
	checkFloating(name, dtype);
	return { samples, noise, dtype, generator: generatorOf(name, chance) };
}

/** How many of `samples` each of `classes` gets: the last ones one more where it does not divide. */
function shares(samples: number, classes: number): number[] {
	return Array.from(
		{ length: classes },
		(_, k) => Math.floor(((k + 1) * samples) / classes) - Math.floor((k * samples) / classes),
	);
}

/** `count` numbers from `low` to `high`, both included; one alone is `low`. */
function linspace(low: number, high: number, count: number): number[] {
	return Array.from({ length: count }, (_, i) => (count === 1 ? low : low + ((high - low) * i) / (count - 1)));
}
