/**
 * How parameters start.
 *
 * An initializer is a function that fills a shape, so `zeros` and `randn` are
 * initializers as they stand and the functions here return others. A layer asks
 * for its weight and its bias by the shapes it needs; nothing is overwritten
 * afterwards.
 *
 * A weight is `[outputs, inputs, ...kernel]`. Its fan-in is inputs · kernel, how
 * many numbers a sum of the layer has; its fan-out is outputs · kernel, how many
 * sums a number goes into.
 */
import { failure } from "../core/errors.js";
import { type Shape, shapeText, sizeOf } from "../core/shape.js";
import {
	add,
	cast,
	clip,
	type DType,
	defaultGenerator,
	diagonal,
	erf,
	full,
	type Generator,
	mul,
	randn,
	reshape,
	sign,
	type Tensor,
	transpose,
	zeros,
} from "../index.js";
import { qr } from "../ops/decompositions.js";
import { erfinv } from "../ops/special.js";

export { ones, zeros } from "../index.js";

/** What an initializer is told besides the shape. */
export interface InitOptions {
	/** `float64` when left out. */
	readonly dtype?: DType | undefined;
	/** Where chance comes from: the default generator when left out. */
	readonly generator?: Generator | undefined;
}

/** The first values of a parameter, by its shape: `zeros`, `randn`, or what a function of this file returns. */
export type Initializer = (shape: Shape, options: InitOptions) => Tensor;

/** Which fan keeps its variance: `fanIn` that of the signals, `fanOut` that of the gradients. */
export type Fan = "fanIn" | "fanOut";

/** The fans of a weight `[outputs, inputs, ...kernel]`. */
export function fansOf(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
	const [outputs, inputs, ...kernel] = shape;
	if (outputs === undefined || inputs === undefined) {
		throw failure({
			what: "init: a shape without fans",
			expected: "a weight [outputs, inputs, ...kernel]",
			actual: shapeText(shape),
			fix: "for a bias, use zeros, constant, uniform or normal",
		});
	}
	return { fanIn: inputs * sizeOf(kernel), fanOut: outputs * sizeOf(kernel) };
}

/** `value` everywhere. */
export function constant(value: number): Initializer {
	return (shape, { dtype }) => full(shape, value, { dtype });
}

/** Uniform between `low` and `high`. */
export function uniform(low = 0, high = 1): Initializer {
	return (shape, { dtype, generator }) => {
		const made = zeros(shape, { dtype });
		(generator ?? defaultGenerator()).fillUniform(made.storage, made.offset, made.size, low, high);
		return made;
	};
}

/** Normal numbers; `normal(0, 0.01)` is the 0.01 · randn of many courses. */
export function normal(mean = 0, std = 1): Initializer {
	return (shape, { dtype, generator }) => {
		const made = zeros(shape, { dtype });
		(generator ?? defaultGenerator()).fillNormal(made.storage, made.offset, made.size, mean, std);
		return made;
	};
}

/** Between which numbers {@link truncatedNormal} stays. */
export interface Bounds {
	/** `mean - 2 std` when left out. */
	readonly low?: number | undefined;
	/** `mean + 2 std` when left out. */
	readonly high?: number | undefined;
}

/**
 * Normal numbers given that they lie between `low` and `high`. The standard
 * deviation is that before the cut; with the usual bounds 0.88 of it is left.
 *
 * PyTorch's bounds are -2 and 2 whatever the standard deviation, which cuts
 * nothing off where it is 0.02; these count from the mean.
 *
 * @throws where nothing lies between the bounds.
 */
export function truncatedNormal(mean = 0, std = 1, bounds: Bounds = {}): Initializer {
	const { low = mean - 2 * std, high = mean + 2 * std } = bounds;
	// u uniform between erf of the bounds is erf of a normal number between them.
	const [from, to] = [low, high].map((bound) => erf((bound - mean) / (std * Math.SQRT2)).value) as [number, number];
	if (!(from < to)) {
		throw failure({
			what: "init: nothing between the bounds of a truncated normal distribution",
			expected: "low < high, within 8 standard deviations of the mean, and std above 0",
			actual: `low ${low}, high ${high}, mean ${mean}, std ${std}`,
		});
	}
	return (shape, { dtype = "float64", generator }) => {
		const z = erfinv(uniform(from, to)(shape, { generator }));
		return cast(clip(add(mul(z, std * Math.SQRT2), mean), low, high), dtype);
	};
}

/** Uniform with the standard deviation that the shape asks for. */
function uniformOf(std: (shape: Shape) => number): Initializer {
	return (shape, options) => {
		const bound = Math.sqrt(3) * std(shape);
		return uniform(-bound, bound)(shape, options);
	};
}

/** Normal with the standard deviation that the shape asks for. */
function normalOf(std: (shape: Shape) => number): Initializer {
	return (shape, options) => normal(0, std(shape))(shape, options);
}

const xavier =
	(gain: number) =>
	(shape: Shape): number => {
		const { fanIn, fanOut } = fansOf(shape);
		return gain * Math.sqrt(2 / (fanIn + fanOut));
	};

/** How the rectifier of {@link heNormal} is, and whose variance is kept. */
export interface HeOptions {
	/** `fanIn` when left out. */
	readonly mode?: Fan | undefined;
	/** The slope of a leaky rectifier below 0; 0 when left out. */
	readonly slope?: number | undefined;
}

const he =
	({ mode = "fanIn", slope = 0 }: HeOptions) =>
	(shape: Shape): number =>
		Math.sqrt(2 / ((1 + slope ** 2) * fansOf(shape)[mode]));

const lecun = (shape: Shape): number => Math.sqrt(1 / fansOf(shape).fanIn);

/** Uniform between ±1/√n for n = fan-in: variance 1/(3n), the start of linear and convolutional layers in PyTorch and here. */
export function fanInUniform(): Initializer {
	return uniformOf((shape) => lecun(shape) / Math.sqrt(3));
}

/**
 * Uniform with variance gain² · 2 / (fanIn + fanOut), for `tanh` and its kin.
 * X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
 */
export function xavierUniform(gain = 1): Initializer {
	return uniformOf(xavier(gain));
}

/** Normal with variance gain² · 2 / (fanIn + fanOut); see {@link xavierUniform}. */
export function xavierNormal(gain = 1): Initializer {
	return normalOf(xavier(gain));
}

/** Uniform with variance 2 / fan, for `relu`; see {@link heNormal}. */
export function heUniform(options: HeOptions = {}): Initializer {
	return uniformOf(he(options));
}

/**
 * Normal with variance 2 / fan, for `relu`, which halves the mean square; 2 /
 * ((1 + slope²) fan) for `leakyRelu`.
 * K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
 *
 * @example
 * ```ts
 * import { Generator, std, zeros } from "chainrule";
 * import { init, Linear } from "chainrule/nn";
 * const layer = new Linear(800, 50, { weight: init.heNormal(), bias: zeros, generator: new Generator(1) });
 * console.log(std(layer.weight).item().toFixed(2)); // 0.05
 * ```
 */
export function heNormal(options: HeOptions = {}): Initializer {
	return normalOf(he(options));
}

/** Uniform with variance 1 / fanIn; see {@link lecunNormal}. */
export function lecunUniform(): Initializer {
	return uniformOf(lecun);
}

/** Normal with variance 1 / fanIn, for `selu` and linear layers. Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient BackProp", 1998. */
export function lecunNormal(): Initializer {
	return normalOf(lecun);
}

/**
 * A matrix `[outputs, inputs · kernel]` with orthonormal rows, or columns where
 * there are more rows than columns, times `gain`; all of them equally likely.
 * A. Saxe, J. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
 */
export function orthogonal(gain = 1): Initializer {
	return (shape, { dtype = "float64", generator }) => {
		fansOf(shape); // refuses what is no matrix
		const rows = shape[0] as number;
		const columns = sizeOf(shape.slice(1));
		const { Q, R } = qr(randn([Math.max(rows, columns), Math.min(rows, columns)], { generator }));
		const even = mul(Q, sign(diagonal(R))); // the signs that make Q unique, and so its distribution even
		return cast(reshape(mul(rows < columns ? transpose(even) : even, gain), shape), dtype);
	};
}
