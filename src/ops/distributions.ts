/**
 * Random tensors, and their gradients with respect to the parameters.
 *
 * A sample is a function of its parameters once chance is held fixed, and that
 * function is what is differentiated (the pathwise gradient). Where it can be
 * written with ordinary operations it is: mean + std · ε needs no rule. For
 * gamma, beta and dirichlet it is an implicit function, a quantile, and has the
 * only rules here, on ln g, from which all three are composed.
 *
 * Every function takes its numbers from the generator given, or the default
 * one, and from nowhere else. It reads its parameters, so inside `vmap` they
 * must be those that all examples share; so is, then, the sample. Samples that count or choose are constants: they
 * jump, so no derivative of a sample says anything about their mean.
 */
import { type DType, isFloating, promote, type Storage } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { broadcastShapes, checkShape, normalizeAxis, type Shape, shapeText, sizeOf, stridesOf } from "../core/shape.js";
import { allocate, forEachElement, refuseTraced, Tensor, type Value, wrap } from "../core/tensor.js";
import { logGammaScore as scoreKernel, logGammaSlope as slopeKernel } from "../kernels/gamma.js";
import { defaultGenerator, type Generator } from "../kernels/random.js";
import {
	chosen,
	fillBernoulli,
	fillCategorical,
	fillGumbel,
	fillLogGamma,
	oneHotOfLargest,
	shuffled,
} from "../kernels/sampling.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { full, type TensorData, tensor } from "./create.js";
import { asTensor, broadcastTo, cast, contiguous, gather, reshape, transpose } from "./movement.js";
import { type Binary, binary, everywhere, positive, type Ternary, ternary } from "./pointwise.js";
import { softmax } from "./softmax.js";
import { exp, sigmoid } from "./transcendental.js";

/** Where a sample comes from. */
export interface ChanceOptions {
	/** The default generator when left out. */
	readonly generator?: Generator | undefined;
}

/** What a sample of numbers looks like. */
export interface SampleOptions extends ChanceOptions {
	/** Shape of the result, to which the parameters are broadcast; when left out, their common shape. */
	readonly shape?: Shape | undefined;
	/** `float64` or `float32`; when left out, that of the parameters, `float64` for plain numbers. */
	readonly dtype?: DType | undefined;
}

// ---------------------------------------------------------------- implicit functions

const shapeAndLog = [positive, everywhere, { low: 1, high: 3, except: [2] }]; // w is rounded down

/**
 * (∂ᵂq/∂xᵂ)/q for the density q of y = ln g, g ~ Gamma(x, 1); for w = 1 the
 * score y - ψ(x). Differentiable in x and y, any number of times.
 */
export const logGammaScore: Ternary = ternary(
	"logGammaScore",
	scoreKernel,
	["logGammaScore(x, y, w + 1) - z * logGammaScore(x, y, 1)", "floor(w) * logGammaScore(x, y, w - 1)", null],
	{
		says: "relative change of the density of ln g with the shape of the gamma distribution",
		tex: "\\frac{\\partial_{#1}^{#3} q_{#1}\\left(#2\\right)}{q_{#1}\\left(#2\\right)}",
		domain: shapeAndLog,
	},
);

/**
 * -(∂ᵂF/∂xᵂ)/q for the distribution function F and density q of y = ln g,
 * g ~ Gamma(x, 1); for w = 1 the derivative of a quantile y with respect to x.
 * Differentiable in x and y, any number of times.
 */
export const logGammaSlope: Ternary = ternary(
	"logGammaSlope",
	slopeKernel,
	["logGammaSlope(x, y, w + 1) - z * logGammaScore(x, y, 1)", "-logGammaScore(x, y, w) - z * (x - exp(y))", null],
	{
		says: "speed of the quantiles of ln g with the shape of the gamma distribution",
		tex: "-\\frac{\\partial_{#1}^{#3} F_{#1}\\left(#2\\right)}{q_{#1}\\left(#2\\right)}",
		domain: shapeAndLog,
	},
);

/**
 * A sample of ln g, g ~ Gamma(x, 1), as a function of the shape x: its value is
 * `y`, the number that was drawn, and its derivatives are those of the quantile
 * that y is, of every order. Source: Figurnov, Mohamed, Mnih, "Implicit
 * Reparameterization Gradients", 2018.
 */
export const logGammaSample: Binary = binary("logGammaSample", (_, y) => y, ["logGammaSlope(x, z, 1)", null], {
	says: "a sample of ln g as a function of the shape of the gamma distribution",
	symbol: "ln g",
	tex: "F_{#1}^{-1}\\left(u_{#2}\\right)",
	domain: [positive, everywhere],
});

// ---------------------------------------------------------------- parameters

interface Range {
	readonly expected: string;
	readonly holds: (x: number) => boolean;
}

const finite: Range = { expected: "finite numbers", holds: Number.isFinite };
const atLeastZero: Range = { expected: "finite numbers, 0 or more", holds: (x) => x >= 0 && Number.isFinite(x) };
const aboveZero: Range = { expected: "finite numbers above 0", holds: (x) => x > 0 && Number.isFinite(x) };
const share: Range = { expected: "probabilities from 0 to 1", holds: (x) => x >= 0 && x <= 1 };

function checkRange(name: string, parameter: string, x: Tensor, { expected, holds }: Range): void {
	refuseTraced(name, x);
	forEachElement(x, (element) => {
		if (!holds(element)) {
			throw failure({ what: `${name}: ${parameter} out of range`, expected, actual: String(element) });
		}
	});
}

/** `parameters` in the dtype and shape of the sample, recorded where they are tracked. */
function settle(
	name: string,
	parameters: Readonly<Record<string, readonly [Value, Range]>>,
	{ shape, dtype }: SampleOptions,
): readonly [Tensor, ...Tensor[]] {
	const list = Object.entries(parameters);
	const given = list.flatMap(([, [x]]) => (typeof x === "number" ? [] : x instanceof Tensor ? x.dtype : "float64"));
	const common = given.length === 0 ? "float64" : given.reduce(promote);
	const kind = dtype ?? (isFloating(common) ? common : "float64");
	if (!isFloating(kind)) {
		throw failure({ what: `${name}: not a floating dtype`, expected: "float64 or float32", actual: String(kind) });
	}
	const xs = list.map(([parameter, [x, range]]) => {
		const settled = typeof x === "number" ? full([], x, { dtype: kind }) : cast(x, kind);
		checkRange(name, parameter, settled, range);
		return settled;
	});
	const together = xs.map((x) => x.shape).reduce((sofar, next) => broadcastShapes(name, sofar, next));
	if (shape) checkShape(name, shape);
	return xs.map((x) => broadcastTo(x, shape ?? together)) as [Tensor, ...Tensor[]];
}

/** A constant of the dtype and shape of `like`, filled by `fill`. */
function constantLike(like: Tensor, fill: (out: Storage, at: number, count: number) => void): Tensor {
	const { dtype, shape } = like;
	const { storage, offset } = allocate(dtype, sizeOf(shape));
	fill(storage, offset, sizeOf(shape));
	return new Tensor(storage, offset, shape, stridesOf(shape), dtype);
}

// ---------------------------------------------------------------- location and scale

/**
 * Uniform numbers: low + (high - low) · u, u uniform in [0, 1).
 *
 * Support [low, high); where a parameter is not a plain number, rounding may
 * arrive at high. Gradient: pathwise, 1 - u for `low` and u for `high`.
 *
 * @throws where low > high, or a parameter is not finite.
 *
 * @example
 * ```ts
 * import { Generator } from "chainrule";
 * import { uniform } from "chainrule/random";
 * const x = uniform(-1, 1, { shape: [2, 3], generator: new Generator(0) });
 * console.log(x.data.every((value) => value >= -1 && value < 1)); // true
 * ```
 */
export function uniform(low: Value = 0, high: Value = 1, options: SampleOptions = {}): Tensor {
	return scope("uniform", () => {
		const { generator = defaultGenerator() } = options;
		const [from, to] = settle("uniform", { low: [low, finite], high: [high, finite] }, options) as [Tensor, Tensor];
		if (typeof low === "number" && typeof high === "number") {
			return constantLike(from, (out, at, count) => generator.fillUniform(out, at, count, low, high));
		}
		const width = sub(to, from);
		forEachElement(width, (element) => {
			if (!(element >= 0 && element < Number.POSITIVE_INFINITY)) {
				throw failure({
					what: "uniform: not an interval",
					expected: "finite low ≤ high",
					actual: `high - low is ${element}`,
				});
			}
		});
		const u = constantLike(from, (out, at, count) => generator.fillUniform(out, at, count, 0, 1));
		return add(from, mul(width, u));
	});
}

/**
 * Normal numbers: mean + std · ε, ε of mean 0 and standard deviation 1.
 *
 * Support ℝ. `std` may be 0. Gradient: pathwise, 1 for `mean` and ε for `std`.
 *
 * @throws where std is negative, or a parameter is not finite.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { normal } from "chainrule/random";
 * const mean = scalar(2, "mean");
 * normal(mean, 0.1, { shape: [5] }).sum().backward();
 * console.log(mean.grad); // 5
 * ```
 */
export function normal(mean: Value = 0, std: Value = 1, options: SampleOptions = {}): Tensor {
	return scope("normal", () => {
		const { generator = defaultGenerator() } = options;
		const [at0, scale] = settle("normal", { mean: [mean, finite], std: [std, atLeastZero] }, options) as [
			Tensor,
			Tensor,
		];
		if (typeof mean === "number" && typeof std === "number") {
			return constantLike(at0, (out, at, count) => generator.fillNormal(out, at, count, mean, std));
		}
		return add(
			at0,
			mul(
				scale,
				constantLike(at0, (out, at, count) => generator.fillNormal(out, at, count, 0, 1)),
			),
		);
	});
}

/**
 * Gumbel numbers: location - scale · ln(-ln u). The largest of many numbers is
 * distributed so; added to logits, their largest is a sample of {@link categorical}.
 *
 * Support ℝ, distribution function exp(-exp(-(z - location)/scale)).
 * Gradient: pathwise, 1 for `location` and (z - location)/scale for `scale`.
 *
 * @throws where scale is not above 0, or a parameter is not finite.
 */
export function gumbel(location: Value = 0, scale: Value = 1, options: SampleOptions = {}): Tensor {
	return scope("gumbel", () => {
		const { generator = defaultGenerator() } = options;
		const parameters = { location: [location, finite], scale: [scale, aboveZero] } as const;
		const [at0, width] = settle("gumbel", parameters, options) as [Tensor, Tensor];
		return add(
			at0,
			mul(
				width,
				constantLike(at0, (out, at, count) => fillGumbel(generator, out, at, count)),
			),
		);
	});
}

// ---------------------------------------------------------------- gamma and its kin

/** ln g, g ~ Gamma(alpha, 1), with its gradient. */
function logGamma(alpha: Tensor, generator: Generator): Tensor {
	const { storage, offset } = contiguous(alpha);
	const sample = constantLike(alpha, (out, at, count) => fillLogGamma(generator, storage, offset, out, at, count));
	return logGammaSample(alpha, sample);
}

/**
 * Gamma numbers of shape `alpha` and rate `rate` (the inverse of NumPy's scale):
 * density rateᵃ zᵃ⁻¹ exp(-rate · z)/Γ(a), mean alpha/rate.
 *
 * Support z > 0; where alpha is far below 1 a sample may underflow to 0.
 * Gradient: pathwise, -z/rate for `rate`, and for `alpha` the implicit
 * -(∂F/∂alpha)/density, exact and of any order.
 *
 * @throws where a parameter is not above 0 and finite.
 *
 * @example
 * ```ts
 * import { parameter } from "chainrule";
 * import { gamma } from "chainrule/random";
 * const alpha = parameter([0.5, 2, 10]);
 * gamma(alpha, 3, { shape: [100, 3] }).mean().backward();
 * console.log(alpha.grad?.shape); // [ 3 ]
 * ```
 */
export function gamma(alpha: Value, rate: Value = 1, options: SampleOptions = {}): Tensor {
	return scope("gamma", () => {
		const { generator = defaultGenerator() } = options;
		const [a, b] = settle("gamma", { alpha: [alpha, aboveZero], rate: [rate, aboveZero] }, options) as [Tensor, Tensor];
		return div(exp(logGamma(a, generator)), b);
	});
}

/**
 * Beta numbers: g₁/(g₁ + g₂) of g₁ ~ Gamma(a, 1), g₂ ~ Gamma(b, 1), computed
 * from their logarithms; density proportional to zᵃ⁻¹(1 - z)ᵇ⁻¹, mean a/(a + b).
 *
 * Support from 0 to 1; rounding may arrive at the ends. Gradient: pathwise for
 * both parameters, through those of {@link gamma}; of any order.
 *
 * @throws where a parameter is not above 0 and finite.
 */
export function beta(a: Value, b: Value, options: SampleOptions = {}): Tensor {
	return scope("beta", () => {
		const { generator = defaultGenerator() } = options;
		const [x, y] = settle("beta", { a: [a, aboveZero], b: [b, aboveZero] }, options) as [Tensor, Tensor];
		return sigmoid(sub(logGamma(x, generator), logGamma(y, generator)));
	});
}

/**
 * Vectors of probabilities: gᵢ/Σg of gᵢ ~ Gamma(alphaᵢ, 1), along the last axis,
 * computed from their logarithms, so that no row is ever 0/0; density
 * proportional to Π zᵢ^(alphaᵢ - 1), mean alpha/Σalpha.
 *
 * `shape` is that of the batch, without the last axis, as NumPy's size.
 * Support: numbers from 0 that add up to 1. Gradient: pathwise, through those
 * of {@link gamma}; of any order.
 *
 * @throws where alpha has no axis or no element on the last one, or is not above 0 and finite.
 */
export function dirichlet(alpha: Value, options: SampleOptions = {}): Tensor {
	return scope("dirichlet", () => {
		const { shape, generator = defaultGenerator() } = options;
		const given = asTensor(alpha);
		const size = categories("dirichlet", given.shape);
		const [a] = settle("dirichlet", { alpha: [given, aboveZero] }, { ...options, shape: shape && [...shape, size] });
		return softmax(logGamma(a, generator));
	});
}

/** The size of the last axis. */
function categories(name: string, shape: Shape): number {
	const size = shape.at(-1) ?? 0;
	if (size > 0) return size;
	throw failure({
		what: `${name}: no categories`,
		expected: "one element or more along the last axis",
		actual: `shape ${shapeText(shape)}`,
	});
}

// ---------------------------------------------------------------- choices

/**
 * 1 with probability `p`, else 0, in the dtype of `p` or the one asked for, which may be `bool`.
 *
 * No gradient: a sample jumps. For one, relax it with {@link gumbelSoftmax}.
 *
 * @throws where p is not from 0 to 1.
 */
export function bernoulli(p: Value, { dtype, ...options }: SampleOptions = {}): Tensor {
	return scope("bernoulli", () => {
		const { generator = defaultGenerator() } = options;
		const [settled] = settle("bernoulli", { p: [p, share] }, options);
		const { storage, offset } = contiguous(settled);
		const sample = constantLike(settled, (out, at, count) => fillBernoulli(generator, storage, offset, out, at, count));
		return dtype === undefined ? sample : cast(sample, dtype);
	});
}

/** How categories are drawn. */
export interface CategoricalOptions extends ChanceOptions {
	/** Number of draws from each row, a new last axis of the result; one draw without an axis when left out. */
	readonly draws?: number | undefined;
	/** True where the rows are logarithms of numbers in proportion to the probabilities. */
	readonly logits?: boolean | undefined;
}

/**
 * Indices of categories, `int32`, with probabilities along the last axis of
 * `probabilities`; with `logits: true`, in proportion to exp of the row.
 * Independent draws, with replacement: `[..., k]` gives `[...]`, or `[..., draws]`.
 *
 * No gradient: a sample jumps. For one, relax it with {@link gumbelSoftmax}.
 *
 * @throws where a row has no category, a probability is negative, or they do not add up to 1 (within 1e-5).
 */
export function categorical(
	probabilities: TensorData,
	{ draws, logits = false, generator = defaultGenerator() }: CategoricalOptions = {},
): Tensor {
	return scope("categorical", () => {
		const given = known("categorical", probabilities);
		const size = categories("categorical", given.shape);
		const batch = given.shape.slice(0, -1);
		const shape = draws === undefined ? batch : [...batch, draws];
		checkShape("categorical", shape);
		const weights = given.data as Float64Array;
		const sample = new Int32Array(sizeOf(shape));
		for (let row = 0; row < sizeOf(batch); row++) {
			const part = weights.subarray(row * size, (row + 1) * size);
			if (logits) fromLogits(part);
			else checkProbabilities("categorical", part);
			fillCategorical(generator, part, 0, size, sample, row * (draws ?? 1), draws ?? 1);
		}
		return wrap(sample, shape);
	});
}

/** `data` as float64, to be read here. */
function known(name: string, data: TensorData): Tensor {
	if (data instanceof Tensor) refuseTraced(name, data);
	return tensor(data, { dtype: "float64" });
}

/** exp, in place, with the largest brought to 1. */
function fromLogits(row: Float64Array): void {
	const largest = row.reduce((most, x) => (x > most || Number.isNaN(x) ? x : most), Number.NEGATIVE_INFINITY);
	if (!Number.isFinite(largest)) {
		throw failure({
			what: "categorical: not logits",
			expected: "numbers below ∞, of which -∞ says probability 0, and one of them finite",
			actual: `a row whose largest is ${largest}`,
		});
	}
	for (let index = 0; index < row.length; index++) row[index] = Math.exp((row[index] as number) - largest);
}

function checkProbabilities(name: string, row: Float64Array): void {
	checkRange(name, "probabilities", wrap(row, [row.length]), share);
	const total = row.reduce((sum, p) => sum + p, 0);
	if (Math.abs(total - 1) <= 1e-5) return;
	throw failure({
		what: `${name}: probabilities do not add up to 1`,
		expected: "a sum of 1, within 1e-5",
		actual: String(total),
		fix: "divide them by their sum",
	});
}

/** The number of things to choose from: `x` itself, or the rows of a tensor. */
function countOf(name: string, x: number | Tensor): number {
	if (x instanceof Tensor && x.rank > 0) return x.shape[0] as number;
	if (typeof x === "number" && Number.isInteger(x) && x >= 0 && x < 2 ** 31) return x;
	throw failure({
		what: `${name}: nothing to choose from`,
		expected: "a whole number below 2^31, or a tensor with one axis or more",
		actual: x instanceof Tensor ? `shape ${shapeText(x.shape)}` : String(x),
	});
}

/** The numbers `index` themselves, or those rows of a tensor, in `shape`. */
function taken(x: number | Tensor, index: Int32Array, shape: Shape): Tensor {
	if (typeof x === "number") return wrap(index, shape);
	const [, ...rest] = x.shape;
	const width = sizeOf(rest);
	const rows = gather(
		reshape(x, [x.shape[0] as number, width]),
		broadcastTo(wrap(index, [index.length, 1]), [index.length, width]),
	);
	return reshape(rows, [...shape, ...rest]);
}

/**
 * The numbers from 0 to n - 1, `int32`, or the rows of a tensor (axis 0), in
 * random order; every order is equally likely.
 *
 * No gradient for the order; that of a row follows the row.
 *
 * @throws where there is neither a number of things nor a first axis.
 *
 * @example
 * ```ts
 * import { Generator } from "chainrule";
 * import { permutation } from "chainrule/random";
 * const order = permutation(5, { generator: new Generator(0) });
 * console.log([...order.data].sort()); // [ 0, 1, 2, 3, 4 ]
 * ```
 */
export function permutation(x: number | Tensor, { generator = defaultGenerator() }: ChanceOptions = {}): Tensor {
	return scope("permutation", () => {
		const count = countOf("permutation", x);
		return taken(x, shuffled(generator, count, count), [count]);
	});
}

/** How things are chosen. */
export interface ChoiceOptions extends ChanceOptions {
	/** How many are chosen, in which shape; a single one when left out. */
	readonly shape?: Shape | undefined;
	/** False to choose nothing twice. */
	readonly replacement?: boolean | undefined;
	/** One for each thing, adding up to 1; all equal when left out. */
	readonly probabilities?: TensorData | undefined;
}

/**
 * Numbers from 0 to n - 1, `int32`, or rows of a tensor (axis 0), chosen with
 * replacement or, with `replacement: false`, without. Without replacement
 * `probabilities` are those of the first draw; each later one draws among the
 * rest, in the same proportions, as NumPy does.
 *
 * No gradient for the choice, nor for `probabilities`; that of a row follows the row.
 *
 * @throws where more is asked for than there is, or the probabilities are none.
 */
export function choice(
	x: number | Tensor,
	{ shape = [], replacement = true, probabilities, generator = defaultGenerator() }: ChoiceOptions = {},
): Tensor {
	return scope("choice", () => {
		checkShape("choice", shape);
		const size = countOf("choice", x);
		const count = sizeOf(shape);
		const weights = probabilities === undefined ? undefined : weightsOf(probabilities, size);
		const available = weights ? weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0) : size;
		if (count > 0 && (replacement ? available === 0 : count > available)) {
			throw failure({
				what: "choice: not enough to choose from",
				expected: replacement ? "one thing or more" : `at most ${available} without replacement`,
				actual: replacement ? "none" : `${count} for shape ${shapeText(shape)}`,
			});
		}
		if (!replacement) {
			return taken(x, weights ? chosen(generator, weights, count) : shuffled(generator, size, count), shape);
		}
		const index = new Int32Array(count);
		if (weights) fillCategorical(generator, weights, 0, size, index, 0, count);
		else for (let i = 0; i < count; i++) index[i] = generator.integer(size);
		return taken(x, index, shape);
	});
}

function weightsOf(probabilities: TensorData, size: number): Float64Array {
	const given = known("choice", probabilities);
	if (given.rank !== 1 || given.size !== size) {
		throw failure({
			what: "choice: probabilities of another shape",
			expected: `shape ${shapeText([size])}, one for each thing`,
			actual: `shape ${shapeText(given.shape)}`,
		});
	}
	const weights = given.data as Float64Array;
	if (size > 0) checkProbabilities("choice", weights);
	return weights;
}

// ---------------------------------------------------------------- relaxed choices

/** How a relaxed category is drawn. */
export interface GumbelSoftmaxOptions extends ChanceOptions {
	/** Near 0 samples are nearly vectors of zeros and a 1 and gradients are large; 1 when left out. */
	readonly temperature?: Value | undefined;
	/** True for exact zeros and a 1 as the value, with the gradient of the relaxed sample (straight through: biased). */
	readonly hard?: boolean | undefined;
	/** The axis of the categories; the last when left out. */
	readonly axis?: number | undefined;
}

/**
 * Relaxed samples of categories: softmax((logits + g)/temperature) of Gumbel
 * numbers g. The index of the largest is distributed as {@link categorical} with
 * these logits. Source: Jang, Gu, Poole, 2017; Maddison, Mnih, Teh, 2017.
 *
 * Support: numbers from 0 to 1 that add up to 1. Gradient: pathwise, for
 * `logits` and `temperature`; with `hard` it is that of the relaxed sample.
 *
 * @throws where temperature is not above 0 and finite, or logits have no axis.
 */
export function gumbelSoftmax(
	logits: Value,
	{ temperature = 1, hard = false, axis = -1, generator = defaultGenerator() }: GumbelSoftmaxOptions = {},
): Tensor {
	return scope("gumbelSoftmax", () => {
		const given = asTensor(logits);
		const x = isFloating(given.dtype) ? given : cast(given, "float64");
		refuseTraced("gumbelSoftmax", x);
		const at = normalizeAxis("gumbelSoftmax", axis, x.rank) - x.rank; // from the end, where a temperature adds axes
		checkRange("gumbelSoftmax", "temperature", asTensor(temperature), aboveZero);
		const noise = constantLike(x, (out, from, count) => fillGumbel(generator, out, from, count));
		const relaxed = softmax(div(add(x, noise), temperature), { axis: at });
		if (!hard) return relaxed;
		// (h - s) + s is h exactly: the difference is rounded by less than half the distance to the next number.
		const soft = relaxed.detach();
		return add(sub(hardened(soft, at), soft), relaxed);
	});
}

/** Zeros, and a 1 at the largest element along `axis`. */
function hardened(x: Tensor, axis: number): Tensor {
	const last = contiguous(transpose(x, axis, -1));
	const size = last.shape.at(-1) as number;
	const made = constantLike(last, (out, at, count) => {
		for (let row = 0; row < count; row += size) oneHotOfLargest(last.storage, last.offset + row, size, out, at + row);
	});
	return transpose(made, axis, -1);
}
