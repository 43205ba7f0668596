/**
 * Losses between numbers: squared, absolute, something between the two, and the
 * likelihoods of counts and of measurements with a known spread.
 *
 * A loss that compares number by number is one line: its name, how it is
 * reduced, and the formula for a prediction and its target. The formula is made
 * of operations, so the same line serves scalars and tensors and every order of
 * derivative. The name tells the factor: `mse`, `sse` and `halfSse` are three
 * functions, because a factor of 2 that nobody sees is an error nobody finds.
 */
import {
	abs,
	add,
	cast,
	div,
	exp,
	greater,
	less,
	log,
	log1p,
	maximum,
	mul,
	type Node,
	Scalar,
	scope,
	sinh,
	softplus,
	square,
	stopGradient,
	sub,
	Tensor,
	type TensorData,
	type Value,
	where,
} from "../../index.js";
import {
	above0,
	amounts,
	asTensor,
	checkRange,
	checkSameShape,
	counted,
	dtypeFor,
	elementwise,
	type Loss,
	type LossOptions,
	reduce,
} from "./define.js";

const squaredError = (x: Value, y: Value): Node => square(sub(x, y));

/**
 * Mean squared error, 1/n Σ (x - y)² over all n elements; see {@link Loss}.
 * Smallest where x is the mean of the targets. In a batch of samples with k
 * outputs, n counts every output: it is the sum per sample divided by k.
 *
 * @example
 * ```ts
 * import { halfSse, mse, sse } from "chainrule/nn";
 * console.log(mse([1, 2], [3, 2]).item(), sse([1, 2], [3, 2]).item(), halfSse([1, 2], [3, 2]).item()); // 2 4 2
 * ```
 */
export const mse: Loss = elementwise("mse", "mean", squaredError);

/** Sum of squared errors, Σ (x - y)²; see {@link Loss}. Smallest where x is the mean of the targets. */
export const sse: Loss = elementwise("sse", "sum", squaredError);

/**
 * Half the sum of squared errors, ½ Σ (x - y)²: the quadratic cost whose
 * gradient is x - y, without a 2; see {@link Loss}. Smallest where x is the mean
 * of the targets. With `reduction: "mean"` it is 1/(2n) Σ (x - y)².
 */
export const halfSse: Loss = elementwise("halfSse", "sum", (x, y) => div(squaredError(x, y), 2));

/**
 * Mean absolute error, 1/n Σ |x - y| over all n elements; see {@link Loss}.
 * Smallest where x is the median of the targets, which for labels 0 and 1 is
 * the more frequent one: not a score for probabilities. At x = y the gradient
 * is 0.
 */
export const mae: Loss = elementwise("mae", "mean", (x, y) => abs(sub(x, y)));

/** How {@link huber} is taken. */
export interface HuberOptions extends LossOptions {
	/** The error from which on it grows like a line; 1 when left out. */
	readonly delta?: number | undefined;
}

/**
 * Huber's loss, mean of ½ d² where |d| ≤ δ and δ (|d| - ½ δ) beyond, for errors
 * d = x - y; see {@link Loss}. The gradient is d, cut at ±δ. Smallest at the
 * mean of targets that all lie within δ of it; targets further off only pull,
 * like those of a median.
 *
 * P. J. Huber, "Robust estimation of a location parameter", 1964.
 */
export const huber: Loss<HuberOptions> = elementwise<HuberOptions>("huber", "mean", (x, y, { delta = 1 }) => {
	checkRange("huber", "delta", delta, above0);
	const d = sub(x, y);
	const size = abs(d);
	return where(greater(size, delta), mul(delta, sub(size, delta / 2)), div(square(d), 2));
});

/** How {@link smoothL1} is taken. */
export interface SmoothL1Options extends LossOptions {
	/** The error from which on it grows like a line of slope 1; 1 when left out. */
	readonly beta?: number | undefined;
}

/**
 * Absolute error with a round bottom, mean of ½ d² / β where |d| < β and
 * |d| - ½ β beyond; see {@link Loss}. It is {@link huber} with δ = β, divided by
 * β: its gradient is d / β, cut at ±1, and it is smallest where that is.
 */
export const smoothL1: Loss<SmoothL1Options> = elementwise<SmoothL1Options>(
	"smoothL1",
	"mean",
	(x, y, { beta = 1 }) => {
		checkRange("smoothL1", "beta", beta, above0);
		const d = sub(x, y);
		const size = abs(d);
		return where(less(size, beta), div(square(d), 2 * beta), sub(size, beta / 2));
	},
);

/**
 * Mean of ln cosh(x - y): ½ d² for small errors, |d| - ln 2 for large ones;
 * see {@link Loss}. The gradient is tanh(x - y). Smallest at nearly the mean of
 * targets that lie close together; those far off only pull, like those of a
 * median.
 */
export const logCosh: Loss = elementwise("logCosh", "mean", (x, y) => {
	const d = sub(x, y);
	const size = abs(d);
	// cosh overflows for large d, and for small ones is 1 and nothing else: 1 + 2 sinh²(d/2).
	const near = log1p(mul(2, square(sinh(div(d, 2)))));
	const far = sub(add(size, softplus(mul(-2, size))), Math.LN2);
	return where(less(size, 1), near, far);
});

/** How {@link poissonNll} is taken. */
export interface PoissonOptions extends LossOptions {
	/** False where the predictions are rates; when left out they are the logarithms of rates. */
	readonly logInput?: boolean | undefined;
	/** True to add Stirling's ln y! for targets above 1, which no prediction changes. */
	readonly full?: boolean | undefined;
	/** Added to a rate before its logarithm is taken; 1e-8 when left out. */
	readonly epsilon?: number | undefined;
}

/**
 * Negative log-likelihood of counts y under a Poisson distribution, without the
 * constant ln y!: mean of eˣ - y x for logarithms of rates x, or of x - y ln x
 * for rates; see {@link Loss}. The gradient is eˣ - y; smallest where the rate
 * eˣ is the mean of the targets. Not 0 there.
 */
export const poissonNll: Loss<PoissonOptions> = elementwise<PoissonOptions>(
	"poissonNll",
	"mean",
	(x, y, { logInput = true, full = false, epsilon = 1e-8 }) => {
		const needed = logInput ? sub(exp(x), mul(y, x)) : sub(x, mul(y, log(add(x, epsilon))));
		if (!full) return needed;
		const stirling = add(sub(mul(y, log(y)), y), mul(0.5, log(mul(2 * Math.PI, y))));
		return add(needed, where(greater(y, 1), stirling, 0));
	},
	{ target: amounts },
);

/** How {@link gaussianNll} is taken. */
export interface GaussianOptions extends LossOptions {
	/** True to add ½ ln 2π, which no prediction changes. */
	readonly full?: boolean | undefined;
	/** Smaller variances count as this; 1e-6 when left out. */
	readonly epsilon?: number | undefined;
}

const variances = {
	says: "numbers from 0 on",
	holds: (x: number) => !(x < 0),
	fix: "predict its logarithm, and pass exp of it",
};

/**
 * Negative log-likelihood of targets y under normal distributions, without the
 * constant: mean of ½ (ln v + (y - x)² / v) for predicted means x and predicted
 * variances v, over all n elements. Smallest where x is the mean of the targets
 * and v their mean squared distance from it.
 *
 * `variance` has the shape of `mean`, or is one number for all. Variances below
 * `epsilon` count as `epsilon`, with the gradient they would have without: they are not
 * stuck there.
 *
 * D. A. Nix and A. S. Weigend, "Estimating the mean and variance of the target
 * probability distribution", 1994.
 *
 * @throws where the shapes differ, or a variance is negative.
 *
 * @example
 * ```ts
 * import { gaussianNll } from "chainrule/nn";
 * console.log(gaussianNll([1, 2], [1, 4], [1, 4]).item().toFixed(6)); // 0.596574
 * ```
 */
export function gaussianNll(
	mean: TensorData,
	target: TensorData,
	variance: TensorData,
	{ full = false, epsilon = 1e-6, reduction = "mean" }: GaussianOptions = {},
): Tensor {
	return scope("gaussianNll", () => {
		checkRange("gaussianNll", "epsilon", epsilon, above0);
		const x = asTensor(mean);
		const given = asTensor(target, counted);
		checkSameShape("gaussianNll", "predictions", x, "targets", given);
		const y = cast(given, dtypeFor(given, target, x));
		const v = typeof variance === "number" || variance instanceof Scalar ? variance : asTensor(variance);
		if (v instanceof Tensor && v.rank > 0) checkSameShape("gaussianNll", "predictions", x, "variances", v);
		checkRange("gaussianNll", "a variance", v, variances);
		const kept = add(v, stopGradient(maximum(sub(epsilon, v), 0)));
		const halves = div(add(log(kept), div(square(sub(y, x)), kept)), 2) as Tensor;
		return reduce("gaussianNll", full ? add(halves, Math.log(2 * Math.PI) / 2) : halves, reduction);
	});
}
