/**
 * Samples, held against what is known of their distributions.
 *
 * Every seed is fixed, so a test passes always or never. The bounds are those a
 * right sampler misses for one seed in a thousand or fewer: five standard errors
 * for moments, 2/√n for the distance of Kolmogorov and Smirnov. Gradients of
 * gamma samples are compared with a quantile function that is inverted here.
 */
import {
	add,
	checkGradients,
	Generator,
	type GeneratorState,
	grad,
	gradients,
	hessian,
	log,
	type Node,
	parameter,
	Scalar,
	scalar,
	seed,
	slice,
	sum,
	type Tensor,
	tensor,
	type Value,
	vmap,
	zeros,
} from "chainrule";
import {
	bernoulli,
	beta,
	categorical,
	choice,
	dirichlet,
	gamma,
	gumbel,
	gumbelSoftmax,
	logGammaSample,
	logGammaScore,
	logGammaSlope,
	normal,
	permutation,
	uniform,
} from "chainrule/random";
import { describe, expect, it, test } from "vitest";
import { fillLogGamma, shuffled } from "../../src/kernels/sampling.js";
import { verdictOf } from "../verdicts.js";
import { numbers } from "./sampling.js";

const n = 20_000;
const from = (name: string | number): { readonly generator: Generator } => ({ generator: new Generator(name) });

const mean = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0) / xs.length;
const variance = (xs: readonly number[], centre = mean(xs)): number => mean(xs.map((x) => (x - centre) ** 2));

/** How many standard errors the mean of `xs` is from `expected`. */
function errors(xs: readonly number[], expected: number): number {
	return (Math.abs(mean(xs) - expected) - 1e-12) / Math.sqrt(variance(xs) / xs.length + 1e-300);
}

/** The larger of {@link errors} of mean and variance. */
function errorsOfMoments(xs: readonly number[], centre: number, square: number): number {
	const squares = xs.map((x) => (x - centre) ** 2);
	return Math.max(errors(xs, centre), errors(squares, square));
}

/** √n times the largest distance between the empirical and the true distribution function. */
function distance(xs: readonly number[], cdf: (x: number) => number): number {
	const sorted = [...xs].sort((a, b) => a - b);
	const apart = sorted.map((x, at) => Math.max(Math.abs(cdf(x) - at / n), Math.abs(cdf(x) - (at + 1) / n)));
	return Math.sqrt(n) * apart.reduce((most, d) => Math.max(most, d), 0);
}

/** Pearson's χ² in standard deviations from its mean; infinite where what has probability 0 happened. */
function oddness(counts: readonly number[], probabilities: readonly number[]): number {
	const total = counts.reduce((sum, count) => sum + count, 0);
	const possible = probabilities.flatMap((p, at) => (p > 0 ? [[counts[at] as number, p * total] as const] : []));
	if (counts.some((count, at) => count > 0 && probabilities[at] === 0)) return Number.POSITIVE_INFINITY;
	const square = possible.reduce((sum, [count, expected]) => sum + (count - expected) ** 2 / expected, 0);
	return Math.abs(square - (possible.length - 1)) / Math.sqrt(2 * (possible.length - 1));
}

const countsOf = (xs: readonly number[], size: number): number[] =>
	Array.from({ length: size }, (_, at) => xs.filter((x) => x === at).length);

/** ∫ₐᵇ f by Simpson's rule. */
function integral(f: (t: number) => number, a: number, b: number, intervals = 400): number {
	const h = (b - a) / intervals;
	let total = f(a) + f(b);
	for (let i = 1; i < intervals; i++) total += (i % 2 === 1 ? 4 : 2) * f(a + i * h);
	return (total * h) / 3;
}

/** ln Γ by Stirling's series, after shifting. */
function logFactorial(alpha: number): number {
	let shift = 0;
	let x = alpha;
	for (; x < 30; x++) shift += Math.log(x);
	const tail = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7);
	return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + tail - shift;
}

/** The distribution function of Gamma(alpha, 1): a series of positive terms. */
function gammaBelow(alpha: number, x: number): number {
	if (x <= 0) return 0;
	let term = 1 / alpha;
	let total = term;
	for (let k = 1; term > 1e-18 * total; k++) total += term *= x / (alpha + k);
	return total * Math.exp(alpha * Math.log(x) - x - logFactorial(alpha));
}

/** ln of the quantile of Gamma(alpha, 1) at u, by bisection. */
function logQuantile(alpha: number, u: number): number {
	let [low, high] = [-60 / Math.min(alpha, 1), Math.log(alpha + 40 * Math.sqrt(alpha) + 40)];
	for (let step = 0; step < 200; step++) {
		const middle = (low + high) / 2;
		if (gammaBelow(alpha, Math.exp(middle)) < u) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/** f'(x) by central differences, twice extrapolated. */
function slope(f: (x: number) => number, x: number, h: number): number {
	const d = (step: number): number => (f(x + step) - f(x - step)) / (2 * step);
	return (64 * d(h / 4) - 20 * d(h / 2) + d(h)) / 45;
}

// ---------------------------------------------------------------- every sampler

/** Samplers of parameters and options, with parameters that are right. */
const samplers: Readonly<
	Record<
		string,
		(options: { shape?: readonly number[]; dtype?: "float32" | "float64"; generator?: Generator }) => Tensor
	>
> = {
	uniform: (options) => uniform(-2, 3, options),
	normal: (options) => normal(1, 2, options),
	gumbel: (options) => gumbel(0.5, 2, options),
	gamma: (options) => gamma(0.7, 2, options),
	beta: (options) => beta(2, 3, options),
	bernoulli: (options) => bernoulli(0.3, options),
	"uniform of tensors": (options) => uniform(tensor(-2), tensor(3), options),
	"normal of tensors": (options) => normal(tensor(1), 2, options),
	dirichlet: ({ shape = [], ...options }) => dirichlet(tensor([1, 2]), { shape, ...options }),
};

describe.each(Object.entries(samplers))("%s", (name, draw) => {
	const own = name === "dirichlet" ? [2] : [];

	it("gives the same bits for the same seed, and others for another", () => {
		const first = draw({ shape: [50], ...from(3) });
		expect(numbers(draw({ shape: [50], ...from(3) }))).toEqual(numbers(first));
		expect(numbers(draw({ shape: [50], ...from(4) }))).not.toEqual(numbers(first));
		seed(3);
		expect(numbers(draw({ shape: [50] }))).toEqual(numbers(first));
		seed(0);
	});

	it("continues from a saved state", () => {
		const generator = new Generator(name);
		draw({ shape: [7], generator });
		const saved = JSON.parse(JSON.stringify(generator.state)) as GeneratorState;
		const expected = numbers(draw({ shape: [9], generator }));
		generator.state = saved;
		expect(numbers(draw({ shape: [9], generator }))).toEqual(expected);
	});

	it("has the shape and dtype asked for, also without elements", () => {
		expect(draw(from(1)).shape).toEqual(own);
		for (const shape of [[], [1], [0], [2, 0], [2, 3]])
			expect(draw({ shape, ...from(1) }).shape).toEqual([...shape, ...own]);
		expect(draw({ shape: [4], ...from(1) }).dtype).toBe("float64");
		const narrow = draw({ shape: [100], dtype: "float32", ...from(1) });
		expect(narrow.dtype).toBe("float32");
		const wide = draw({ shape: [100], ...from(1) });
		for (const [at, x] of numbers(wide).entries()) expect(narrow.data[at]).toBeCloseTo(x, 4);
	});

	it("is a constant where its parameters are", () => {
		expect(draw({ shape: [3], ...from(1) }).requiresGrad).toBe(false);
	});
});

describe("parameters", () => {
	it("may be numbers, scalars and tensors, which broadcast to the shape", () => {
		const z = normal(tensor([[0], [100]]), scalar(1), { shape: [3, 2, 4], ...from(0) });
		expect(z.shape).toEqual([3, 2, 4]);
		expect(numbers(slice(z, [null, 0])).every((x) => Math.abs(x) < 10)).toBe(true);
		expect(numbers(slice(z, [null, 1])).every((x) => Math.abs(x - 100) < 10)).toBe(true);
		expect(uniform(tensor([0, 1]), tensor([[2], [3], [4]]), from(0)).shape).toEqual([3, 2]);
		expect(gamma(tensor([1, 2], { dtype: "float32" }), 2, from(0)).dtype).toBe("float32");
		expect(gamma(tensor([1, 2], { dtype: "int32" }), 2, from(0)).dtype).toBe("float64");
		expect(() => normal(tensor([1, 2, 3]), 1, { shape: [2] })).toThrow("shapes do not broadcast");
	});

	it("get gradients in their own shape and dtype, scalars on the tape included", () => {
		const [location, width] = [scalar(2), parameter([1, 2, 3])];
		const narrow = parameter([1, 2, 3], { dtype: "float32" });
		for (const draw of [normal, uniform, gumbel, gamma, beta]) {
			const [first, second] = gradients(sum(draw(location, add(width, 2), { shape: [5, 3], ...from(1) })), [
				location,
				width,
			]);
			expect(first).toBeInstanceOf(Scalar);
			expect(second.shape).toEqual([3]);
			expect(numbers(second).every(Number.isFinite)).toBe(true);
			const [third] = gradients(sum(draw(narrow, 4, { shape: [5, 3], ...from(1) })), [narrow]);
			expect(third.dtype).toBe("float32");
		}
	});

	it("are named where they are wrong", () => {
		expect(() => normal(0, -1)).toThrow(
			"normal: std out of range\n  expected  finite numbers, 0 or more\n  actual    -1",
		);
		expect(() => normal(Number.NaN, 1)).toThrow("normal: mean out of range");
		expect(() => uniform(1, 0)).toThrow("uniform: not an interval");
		expect(() => uniform(tensor([0, 2]), 1)).toThrow("uniform: not an interval");
		expect(() => uniform(0, Number.POSITIVE_INFINITY)).toThrow("uniform: high out of range");
		expect(() => uniform(tensor(-1e308), 1e308)).toThrow("uniform: not an interval");
		expect(() => gumbel(0, 0)).toThrow("gumbel: scale out of range");
		expect(() => gamma(0)).toThrow("gamma: alpha out of range");
		expect(() => gamma(tensor([1, -1]))).toThrow("gamma: alpha out of range");
		expect(() => gamma(1, 0)).toThrow("gamma: rate out of range");
		expect(() => beta(1, Number.NaN)).toThrow("beta: b out of range");
		expect(() => dirichlet(tensor([1, 0]))).toThrow("dirichlet: alpha out of range");
		expect(() => dirichlet(1)).toThrow("dirichlet: no categories");
		expect(() => bernoulli(1.1)).toThrow("bernoulli: p out of range");
		expect(() => categorical([0.5, 0.6])).toThrow("categorical: probabilities do not add up to 1");
		expect(() => categorical([1.5, -0.5])).toThrow("categorical: probabilities out of range");
		expect(() =>
			categorical([
				[0.5, 0.5],
				[0.5, 0.4],
			]),
		).toThrow("do not add up to 1");
		expect(() => categorical(tensor(1))).toThrow("categorical: no categories");
		expect(() => categorical(zeros([3, 0]))).toThrow("categorical: no categories");
		expect(() => categorical([0, Number.NaN], { logits: true })).toThrow("categorical: not logits");
		expect(() => categorical([Number.NaN, 0], { logits: true })).toThrow("categorical: not logits");
		expect(() => categorical([0, Number.POSITIVE_INFINITY], { logits: true })).toThrow("categorical: not logits");
		expect(() => choice(2, { shape: [3], replacement: false })).toThrow("choice: not enough to choose from");
		expect(() => choice(3, { shape: [3], replacement: false, probabilities: [0.5, 0.5, 0] })).toThrow("at most 2");
		expect(() => choice(0)).toThrow("choice: not enough to choose from");
		expect(() => choice(3, { probabilities: [0.5, 0.5] })).toThrow("choice: probabilities of another shape");
		expect(() => choice(3, { probabilities: [0.5, 0.4, 0] })).toThrow("choice: probabilities do not add up to 1");
		expect(() => permutation(2.5)).toThrow("permutation: nothing to choose from");
		expect(() => permutation(tensor(3))).toThrow("permutation: nothing to choose from");
		expect(() => gumbelSoftmax(tensor([1, 2]), { temperature: 0 })).toThrow("temperature out of range");
		expect(() => gumbelSoftmax(1)).toThrow("gumbelSoftmax: axis out of range");
		expect(() => gamma(1, 1, { dtype: "int32" })).toThrow("gamma: not a floating dtype");
		expect(() => normal(0, 1, { shape: [-1] })).toThrow("normal: not a shape");
	});
});

// ---------------------------------------------------------------- distributions

describe("uniform", () => {
	it("is uniform", () => {
		const xs = numbers(uniform(-1, 3, { shape: [n], ...from(1) }));
		expect(errorsOfMoments(xs, 1, 16 / 12)).toBeLessThan(5);
		expect(distance(xs, (x) => (x + 1) / 4)).toBeLessThan(2);
		expect(xs.every((x) => x >= -1 && x < 3)).toBe(true);
	});

	it("has the gradients of low + (high - low) u", () => {
		const report = checkGradients(
			(low: Tensor, high: Scalar) => uniform(low, high, { shape: [4, 3], ...from(1) }).mul(uniform(low, high, from(2))),
			[tensor([0, -1, 1]), 3],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
		const [low, high] = [scalar(1), scalar(3)];
		const z = uniform(low, high, from(5));
		const u = (z.item() - 1) / 2;
		const [down, up] = gradients(z, [low, high]);
		expect(up.value).toBeCloseTo(u, 12);
		expect(down.value).toBeCloseTo(1 - u, 12);
	});

	it("of an empty interval is its end", () => {
		expect(numbers(uniform(2, 2, { shape: [3], ...from(1) }))).toEqual([2, 2, 2]);
		expect(numbers(uniform(tensor([2]), 2, { shape: [3], ...from(1) }))).toEqual([2, 2, 2]);
	});
});

describe("normal", () => {
	/** The distribution function of the standard normal distribution. */
	const below = (x: number): number => 0.5 + integral((t) => Math.exp((-t * t) / 2), 0, x, 60) / Math.sqrt(2 * Math.PI);

	it("is normal", () => {
		const xs = numbers(normal(3, 0.5, { shape: [n], ...from(2) }));
		expect(errorsOfMoments(xs, 3, 0.25)).toBeLessThan(5);
		expect(distance(xs, (x) => below((x - 3) / 0.5))).toBeLessThan(2);
		expect(
			errors(
				xs.map((x) => ((x - 3) / 0.5) ** 4),
				3,
			),
		).toBeLessThan(5);
	});

	it("draws the same for numbers as for tensors", () => {
		const options = { shape: [6] };
		expect(numbers(normal(3, 2, { ...options, ...from(1) }))).toEqual(
			numbers(normal(tensor(3), 2, { ...options, ...from(1) })),
		);
	});

	it("has the gradients of mean + std ε, and derivatives of means come out", () => {
		const report = checkGradients(
			(at: Tensor, std: Scalar) => normal(at, std, { shape: [4, 3], ...from(1) }).square(),
			[tensor([0, -1, 1]), 0.7],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
		// d/dσ E[z²] = 2σ
		const std = parameter(new Array<number>(n).fill(1.5));
		const [gs] = gradients(sum(normal(2, std, from(3)).square()), [std]);
		expect(errors(numbers(gs), 3)).toBeLessThan(5);
	});
});

describe("gumbel", () => {
	it("has its distribution function", () => {
		const xs = numbers(gumbel(1, 2, { shape: [n], ...from(3) }));
		const euler = 0.577_215_664_901_532_9;
		expect(errorsOfMoments(xs, 1 + 2 * euler, (4 * Math.PI ** 2) / 6)).toBeLessThan(5);
		expect(distance(xs, (x) => Math.exp(-Math.exp(-(x - 1) / 2)))).toBeLessThan(2);
	});

	it("has the gradients of location and scale", () => {
		const report = checkGradients(
			(at: Scalar, scale: Tensor) => gumbel(at, scale, { shape: [2, 2], ...from(1) }).square(),
			[0.3, tensor([1, 2])],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
	});
});

/** a, ln g and -(∂F/∂a)/q there, by 60-digit arithmetic. */
const truths = [
	[1e-6, -4000000.5772164874, 4000000000002.468],
	[1e-6, -1000000.5772140201, 1000000000000.0001],
	[1e-6, Math.LN10, 91563.61316451659],
	[0.01, -400.58520267524824, 40002.43172173796],
	[0.01, -100.56088545786868, 10000.0],
	[0.01, Math.LN10, 9.43430419904697],
	[0.5, -8.627834433258974, 17.33087662403808],
	[0.5, -1.9635100260214235, 4.532760304597943],
	[0.5, Math.LN10, 0.4162989887060221],
	[1.0, -4.424865155387125, 4.879806970892344],
	[1.0, -0.5772156649015329, 1.5348790103051095],
	[1.0, Math.LN10, 0.2971364091835366],
	[3.0, -0.9625290610333372, 0.8250719155163846],
	[3.0, 0.9227843350984671, 0.38413695090175626],
	[3.0, Math.LN10, 0.18151881913114012],
	[19.9, 2.284344150639511, 0.07065062931315187],
	[19.9, 2.9653837242676784, 0.05131878847954645],
	[19.9, Math.LN10, 0.07008334747231411],
	[20.1, 2.298080485660947, 0.06982667468407615],
	[20.1, 2.9756379786475406, 0.050797487020015956],
	[20.1, Math.LN10, 0.06968787661243334],
	[200.0, 5.083417807954638, 0.00556110185516614],
	[200.0, 5.295815283219912, 0.005010431774825296],
	[200.0, 5.437413600063428, 0.004664201548144937],
	[10000.0, 9.180289621127224, 0.00010151175462619191],
	[10000.0, 9.210290371142849, 0.0001000041667875007],
	[10000.0, 9.230290871153265, 9.900744196392436e-5],
] as const;

describe("gamma", () => {
	const belowOf: Readonly<Record<string, (x: number) => number>> = {
		0.05: (x) => gammaBelow(0.05, x),
		0.5: (x) => 2 * (1 / Math.sqrt(Math.PI)) * integral((t) => Math.exp(-t * t), 0, Math.sqrt(x), 100), // erf √x
		1: (x) => -Math.expm1(-x),
		3: (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2),
		40: (x) => gammaBelow(40, x),
	};

	test.each(Object.keys(belowOf).map(Number))(
		"of shape %f has its mean, variance and distribution function",
		(alpha) => {
			const xs = numbers(gamma(alpha, 4, { shape: [n], ...from(alpha) }));
			expect(errorsOfMoments(xs, alpha / 4, alpha / 16)).toBeLessThan(5);
			expect(distance(xs, (x) => (belowOf[alpha] as (x: number) => number)(4 * x))).toBeLessThan(2);
		},
	);

	it("of any shape from 1e-300 to 1e15 is finite, and near its mean where it is large", () => {
		for (const alpha of [1e-300, 1e-8, 0.01, 1, 1e6, 1e15]) {
			const xs = numbers(gamma(alpha, 1, { shape: [200], ...from(1) }));
			expect(xs.every((x) => x >= 0 && Number.isFinite(x))).toBe(true);
		}
		for (const alpha of [1e6, 1e15]) {
			const xs = numbers(gamma(alpha, 1, { shape: [n], ...from(1) })).map((x) => (x - alpha) / Math.sqrt(alpha));
			expect(errorsOfMoments(xs, 0, 1)).toBeLessThan(5);
		}
	});

	it("derivatives of means come out: of z and z²", () => {
		for (const [alpha, rate] of [
			[0.3, 2],
			[1, 1],
			[2.5, 0.5],
			[30, 3],
		] as const) {
			const shape = parameter(new Array<number>(n).fill(alpha));
			const pace = parameter(new Array<number>(n).fill(rate));
			const z = gamma(shape, pace, from(`${alpha}`));
			const [da, db] = gradients(sum(z), [shape, pace]);
			expect(errors(numbers(da), 1 / rate)).toBeLessThan(5); // E z = α/β
			expect(errors(numbers(db), -alpha / rate ** 2)).toBeLessThan(5);
			expect(errors(numbers(gradients(sum(z.square()), [shape])[0]), (2 * alpha + 1) / rate ** 2)).toBeLessThan(5);
		}
	});

	it("second derivatives of means come out, too, and those of logarithms", () => {
		const one = parameter(new Array<number>(n).fill(1));
		const [gradient] = gradients(sum(log(gamma(one, 1, from(7)))), [one]);
		expect(errors(numbers(gradient), Math.PI ** 2 / 6)).toBeLessThan(5); // ψ'(1)
		// E z² = α(α + 1)
		const shape = parameter(new Array<number>(n).fill(1.7));
		const [first] = gradients(sum(gamma(shape, 1, from(8)).square()), [shape], { createGraph: true });
		expect(errors(numbers(gradients(sum(first), [shape])[0]), 2)).toBeLessThan(5);
	});

	test.each([0.02, 0.4, 1, 3.3, 19, 21, 150])(
		"of shape %f: the derivative of a sample is that of the quantile, to third order",
		(alpha) => {
			for (const u of [0.01, 0.3, 0.62, 0.97]) {
				const h = 0.02 * Math.min(alpha, 4 * Math.sqrt(alpha));
				const y = logQuantile(alpha, u);
				const along = (a: number) => (x: Scalar) => logGammaSample(x, logQuantile(a, u));
				const first = (a: number): number => grad(along(a))(a);
				const second = (a: number): number => grad(grad(along(a)) as (x: Scalar) => Scalar)(a);
				const third = grad(grad(grad(along(alpha)) as (x: Scalar) => Scalar) as (x: Scalar) => Scalar)(alpha);
				expect(first(alpha)).toBe(logGammaSlope(alpha, y, 1).value);
				const differences = slope((a) => logQuantile(a, u), alpha, h);
				expect(Math.abs(first(alpha) / differences - 1)).toBeLessThan(1e-7);
				expect(Math.abs(second(alpha) / slope(first, alpha, h) - 1)).toBeLessThan(1e-6);
				expect(Math.abs(third / slope(second, alpha, h) - 1)).toBeLessThan(1e-5);
			}
		},
	);

	it("the rules behind it agree in reverse mode, forward mode and finite differences, on either side of every seam", () => {
		for (const [alpha, y] of [
			[0.2, -9],
			[0.2, 1.1],
			[2.5, 0.4],
			[2.5, 1.6],
			[30, 3.1],
			[30, 3.7],
		] as const) {
			for (const f of [logGammaSlope, logGammaScore]) {
				for (const order of [1, 2]) {
					const report = checkGradients((a: Value, b: Value): Node => f(a, b, order), [alpha, y], { order: 2 });
					expect(verdictOf(report)).toBe("agrees");
				}
			}
		}
	});

	it("agrees with 40-digit values of the derivative of a quantile", () => {
		for (const [alpha, y, expected] of truths) {
			expect(Math.abs(logGammaSlope(alpha, y, 1).value / expected - 1)).toBeLessThan(1e-12);
		}
	});

	it("has a gradient of 0 where a sample underflows", () => {
		const alpha = parameter([1e-4, 1e-3, 1e-310]);
		const z = gamma(alpha, 1, from(1));
		expect(numbers(z)).toContain(0);
		expect(numbers(gradients(sum(z), [alpha])[0]).every(Number.isFinite)).toBe(true);
		expect(logGammaSlope(-1, 0, 1).value).toBeNaN();
		expect(logGammaScore(Number.NaN, 0, 1).value).toBeNaN();
	});

	it("reads parameters through views", () => {
		const alpha = tensor([
			[1, 100],
			[10, 1000],
		]);
		const copy = tensor([
			[1, 10],
			[100, 1000],
		]);
		expect(numbers(gamma(alpha.T, 1, from(1)))).toEqual(numbers(gamma(copy, 1, from(1))));
	});
});

describe("beta", () => {
	it("has its moments and distribution function", () => {
		const arcsine = numbers(beta(0.5, 0.5, { shape: [n], ...from(1) }));
		expect(errorsOfMoments(arcsine, 0.5, 0.125)).toBeLessThan(5);
		expect(distance(arcsine, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(2);
		const xs = numbers(beta(2, 3, { shape: [n], ...from(2) }));
		expect(errorsOfMoments(xs, 0.4, 0.04)).toBeLessThan(5);
		expect(distance(xs, (x) => x * x * (6 - 8 * x + 3 * x * x))).toBeLessThan(2);
		expect(xs.every((x) => x > 0 && x < 1)).toBe(true);
	});

	it("derivatives of means come out, to second order", () => {
		const [a, b] = [parameter(new Array<number>(n).fill(0.8)), parameter(new Array<number>(n).fill(2))];
		const [da, db] = gradients(sum(beta(a, b, from(3))), [a, b], { createGraph: true });
		expect(errors(numbers(da), 2 / 2.8 ** 2)).toBeLessThan(5);
		expect(errors(numbers(db), -0.8 / 2.8 ** 2)).toBeLessThan(5);
		expect(errors(numbers(gradients(sum(da), [a])[0]), -4 / 2.8 ** 3)).toBeLessThan(5);
	});

	it("is finite where both parameters are tiny", () => {
		const a = parameter(new Array<number>(50).fill(1e-5));
		const z = beta(a, 1e-5, from(4));
		expect(numbers(z).every((x) => x >= 0 && x <= 1)).toBe(true);
		expect(numbers(gradients(sum(z), [a])[0]).every(Number.isFinite)).toBe(true);
	});
});

describe("dirichlet", () => {
	it("has its means and covariances, and rows that add up to 1", () => {
		const alpha = [0.5, 1.5, 3];
		const z = dirichlet(tensor(alpha), { shape: [n], ...from(1) });
		expect(z.shape).toEqual([n, 3]);
		const columns = [0, 1, 2].map((at) => numbers(slice(z, [null, at])));
		for (let i = 0; i < 3; i++) {
			const p = (alpha[i] as number) / 5;
			expect(errorsOfMoments(columns[i] as number[], p, (p * (1 - p)) / 6)).toBeLessThan(5);
		}
		const [first, second] = columns as [number[], number[]];
		expect(
			errors(
				first.map((x, at) => (x - 0.1) * ((second[at] as number) - 0.3)),
				(-0.1 * 0.3) / 6,
			),
		).toBeLessThan(5);
		for (const total of numbers(sum(z, { axis: 1 }))) expect(total).toBeCloseTo(1, 12);
	});

	it("derivatives of means come out", () => {
		const alpha = parameter(Array.from({ length: n }, () => [1, 2, 0.5]));
		const [gradient] = gradients(sum(slice(dirichlet(alpha, from(2)), [null, 0])), [alpha]);
		for (const [at, expected] of [2.5 / 3.5 ** 2, -1 / 3.5 ** 2, -1 / 3.5 ** 2].entries()) {
			expect(errors(numbers(slice(gradient, [null, at])), expected)).toBeLessThan(5);
		}
	});

	it("is never 0/0, and of one category always 1", () => {
		const rows = dirichlet(tensor([1e-6, 1e-6, 1e-6]), { shape: [100], ...from(3) });
		for (const total of numbers(sum(rows, { axis: 1 }))) expect(total).toBeCloseTo(1, 12);
		expect(numbers(dirichlet(tensor([2]), { shape: [3], ...from(3) }))).toEqual([1, 1, 1]);
		expect(
			dirichlet(
				tensor([
					[1, 2],
					[3, 4],
				]),
				{ shape: [5, 2], ...from(3) },
			).shape,
		).toEqual([5, 2, 2]);
	});
});

// ---------------------------------------------------------------- choices

describe("bernoulli", () => {
	it("is 1 as often as it says, and a constant", () => {
		const p = tensor([0, 0.2, 0.7, 1], { requiresGrad: true });
		const z = bernoulli(p, { shape: [n, 4], ...from(1) });
		expect(z.requiresGrad).toBe(false);
		for (const [at, expected] of [0, 0.2, 0.7, 1].entries()) {
			const xs = numbers(slice(z, [null, at]));
			expect(errors(xs, expected)).toBeLessThan(5);
			expect(xs.every((x) => x === 0 || x === 1)).toBe(true);
		}
		expect(bernoulli(0.5, { dtype: "bool", ...from(1) }).dtype).toBe("bool");
		expect(bernoulli(tensor(0.5, { dtype: "float32" }), from(1)).dtype).toBe("float32");
	});
});

describe("categorical", () => {
	const p = [0.1, 0, 0.6, 0.3, 0];

	it("draws each category as often as it says, and one of probability 0 never", () => {
		const z = categorical(p, { draws: n, ...from(1) });
		expect([z.dtype, z.shape]).toEqual(["int32", [n]]);
		expect(oddness(countsOf(numbers(z), 5), p)).toBeLessThan(5);
		const logits = p.map((q) => 1000 + Math.log(q));
		expect(oddness(countsOf(numbers(categorical(logits, { logits: true, draws: n, ...from(2) })), 5), p)).toBeLessThan(
			5,
		);
	});

	it("never draws probability 0, even where a uniform number is exactly 0 or as near to 1 as can be", () => {
		class Stuck extends Generator {
			at = 0;
			override uniform(): number {
				return this.at;
			}
		}
		const generator = new Stuck(0);
		expect(categorical([0, 0.5, 0.5, 0], { generator }).item()).toBe(1);
		generator.at = 1 - 2 ** -53;
		expect(categorical([0, 0.5, 0.5, 0], { generator }).item()).toBe(2);
	});

	it("draws from every row", () => {
		const rows = tensor([
			[
				[1, 0],
				[0, 1],
			],
			[
				[0.5, 0.5],
				[0.25, 0.75],
			],
		]);
		const z = categorical(rows, { draws: 4000, ...from(3) });
		expect(z.shape).toEqual([2, 2, 4000]);
		for (const [at, expected] of [0, 1, 0.5, 0.75].entries()) {
			expect(errors(numbers(slice(z, [at >> 1, at & 1])), expected)).toBeLessThan(5);
		}
		expect(categorical(rows, from(3)).shape).toEqual([2, 2]);
		expect(numbers(categorical(rows, from(3))).slice(0, 2)).toEqual([0, 1]);
		expect(categorical([0.5, 0.5], from(3)).shape).toEqual([]);
		expect(categorical(zeros([0, 3]), { draws: 2 }).shape).toEqual([0, 2]);
		expect(categorical(rows, { draws: 0 }).shape).toEqual([2, 2, 0]);
		expect(categorical(tensor([0.1, 0.9], { requiresGrad: true }), from(1)).requiresGrad).toBe(false);
	});

	it("takes probabilities rounded to float32", () => {
		const third = tensor([1 / 3, 1 / 3, 1 / 3], { dtype: "float32" });
		expect(() => categorical(third, from(1))).not.toThrow();
	});

	it("the largest of logits with Gumbel noise has the same distribution", () => {
		const logits = tensor([0.1, 0.6, 0.3].map(Math.log));
		const z = gumbelSoftmax(add(zeros([n, 1]), logits), { hard: true, ...from(4) });
		const chosen = numbers(z);
		const index = Array.from({ length: n }, (_, row) => chosen.slice(3 * row, 3 * row + 3).indexOf(1));
		expect(oddness(countsOf(index, 3), [0.1, 0.6, 0.3])).toBeLessThan(5);
	});
});

describe("permutation", () => {
	it("has every order equally often", () => {
		const counts = new Map<string, number>();
		const generator = new Generator(1);
		for (let i = 0; i < 6000; i++) {
			const order = numbers(permutation(4, { generator })).join("");
			counts.set(order, (counts.get(order) ?? 0) + 1);
		}
		expect(counts.size).toBe(24);
		expect(oddness([...counts.values()], new Array<number>(24).fill(1 / 24))).toBeLessThan(5);
	});

	it("holds each number once, of rows, too, which keep their gradient", () => {
		for (const size of [0, 1, 2, 100]) {
			const order = permutation(size, from(2));
			expect(order.dtype).toBe("int32");
			expect(numbers(order).sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, at) => at));
		}
		const x = tensor(
			Array.from({ length: 6 }, (_, row) => [row, 10 * row]),
			{ requiresGrad: true },
		);
		const z = permutation(x, from(3));
		expect(numbers(slice(z, [null, 0])).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
		for (const row of z.toArray() as [number, number][]) expect(row[1]).toBe(10 * row[0]);
		const order = numbers(permutation(6, from(3)));
		expect(numbers(slice(z, [null, 0]))).toEqual(order);
		const [gradient] = gradients(sum(z.mul(tensor([[0], [1], [2], [3], [4], [5]]))), [x]);
		for (const [at, row] of order.entries()) expect(numbers(slice(gradient, [row]))).toEqual([at, at]);
		expect(permutation(zeros([0, 3]), from(1)).shape).toEqual([0, 3]);
		expect(permutation(tensor([7, 7], { dtype: "int32" }), from(1)).toArray()).toEqual([7, 7]);
	});
});

describe("choice", () => {
	it("with replacement has each thing equally often, or as often as it says", () => {
		const xs = numbers(choice(5, { shape: [n], ...from(1) }));
		for (let at = 0; at < 5; at++)
			expect(
				errors(
					xs.map((x) => Number(x === at)),
					0.2,
				),
			).toBeLessThan(5);
		const ys = numbers(choice(3, { shape: [n], probabilities: [0.7, 0.3, 0], ...from(2) }));
		expect(errors(ys, 0.3)).toBeLessThan(5);
	});

	it("without replacement chooses nothing twice, and every pair equally often", () => {
		const counts = new Map<string, number>();
		const generator = new Generator(3);
		for (let i = 0; i < 4000; i++) {
			const pair = numbers(choice(5, { shape: [2], replacement: false, generator }));
			expect(pair[0]).not.toBe(pair[1]);
			counts.set(pair.join(), (counts.get(pair.join()) ?? 0) + 1);
		}
		expect(counts.size).toBe(20);
		expect(oddness([...counts.values()], new Array<number>(20).fill(1 / 20))).toBeLessThan(5);
		const many = numbers(choice(1000, { shape: [20, 50], replacement: false, ...from(4) }));
		expect(new Set(many).size).toBe(1000);
	});

	it("a few out of many are the first of the whole order", () => {
		const few = shuffled(new Generator(5), 1600, 99);
		const all = shuffled(new Generator(5), 1600, 101);
		expect([...few]).toEqual([...all.subarray(0, 99)]);
		expect(numbers(choice(2 ** 31 - 1, { shape: [3], replacement: false, ...from(5) }))).toHaveLength(3);
	});

	it("without replacement and with probabilities draws as if one after the other", () => {
		const p = [0.5, 0.3, 0.2, 0];
		const generator = new Generator(6);
		const pairs = Array.from({ length: 6000 }, () =>
			numbers(choice(4, { shape: [2], replacement: false, probabilities: p, generator })),
		);
		for (const [i, j] of [
			[0, 1],
			[1, 0],
			[2, 1],
		] as const) {
			const expected = ((p[i] as number) * (p[j] as number)) / (1 - (p[i] as number));
			expect(
				errors(
					pairs.map(([x, y]) => Number(x === i && y === j)),
					expected,
				),
			).toBeLessThan(5);
		}
		expect(pairs.some((pair) => pair.includes(3) || pair[0] === pair[1])).toBe(false);
	});

	it("takes rows of a tensor in any shape, with their gradient", () => {
		const x = tensor(
			Array.from({ length: 4 }, (_, row) => [row, -row, row / 2]),
			{ requiresGrad: true },
		);
		const z = choice(x, { shape: [2, 5], ...from(7) });
		expect(z.shape).toEqual([2, 5, 3]);
		const [gradient] = gradients(sum(z), [x]);
		const index = numbers(choice(4, { shape: [2, 5], ...from(7) }));
		for (let row = 0; row < 4; row++) {
			const times = index.filter((at) => at === row).length;
			expect(numbers(slice(gradient, [row]))).toEqual([times, times, times]);
		}
		expect(choice(7, from(1)).shape).toEqual([]);
		expect(choice(0, { shape: [0] }).shape).toEqual([0]);
		expect(choice(0, { shape: [0], replacement: false }).shape).toEqual([0]);
	});
});

describe("gumbelSoftmax", () => {
	it("has rows that add up to 1, and the gradients of its formula", () => {
		const logits = tensor([
			[0.2, -0.4, 1],
			[0, 2, -1],
		]);
		const z = gumbelSoftmax(logits, { temperature: 0.5, ...from(1) });
		for (const total of numbers(sum(z, { axis: -1 }))) expect(total).toBeCloseTo(1, 12);
		for (const axis of [0, -1]) {
			const report = checkGradients(
				(x: Tensor, temperature: Scalar) => gumbelSoftmax(x, { temperature, axis, ...from(1) }).square(),
				[logits, 0.8],
				{ order: 2 },
			);
			expect(verdictOf(report)).toBe("agrees");
		}
		expect(gumbelSoftmax(logits, { temperature: tensor([[[1]], [[2]]]), axis: 0, ...from(1) }).shape).toEqual([
			2, 2, 3,
		]);
		expect(gumbelSoftmax(tensor([1, 2], { dtype: "float32" }), from(1)).dtype).toBe("float32");
	});

	it("hard: its value is exactly zeros and a 1 at the largest, its gradient that of the soft sample", () => {
		for (const dtype of ["float64", "float32"] as const) {
			const logits = tensor(zeros([200, 7]), { requiresGrad: true, dtype });
			const weights = normal(0, 1, { shape: [200, 7], dtype, ...from(9) });
			const options = { temperature: 0.7, axis: 0 };
			const soft = gumbelSoftmax(logits, { ...options, ...from(2) });
			const hard = gumbelSoftmax(logits, { ...options, hard: true, ...from(2) });
			expect(new Set(numbers(hard))).toEqual(new Set([0, 1]));
			expect(numbers(sum(hard, { axis: 0 }))).toEqual([1, 1, 1, 1, 1, 1, 1]);
			const largest = soft.max({ axis: 0, keepDims: true });
			expect(numbers(soft.equal(largest))).toEqual(numbers(hard));
			const [first] = gradients(sum(soft.mul(weights)), [logits]);
			const [second] = gradients(sum(hard.mul(weights)), [logits]);
			expect(numbers(second)).toEqual(numbers(first));
		}
	});

	it("in the limit of small temperatures is a category, of large ones uniform", () => {
		const cold = numbers(gumbelSoftmax(zeros([100, 3]), { temperature: 1e-8, ...from(3) }));
		expect(cold.every((x) => x < 1e-6 || x > 1 - 1e-6)).toBe(true);
		for (const x of numbers(gumbelSoftmax(zeros([100, 3]), { temperature: 1e8, ...from(3) })))
			expect(x).toBeCloseTo(1 / 3, 6);
	});
});

test("samples of ln g are those of g where both can be said, and go on where g underflows", () => {
	const out = new Float64Array(1000);
	fillLogGamma(new Generator(1), new Float64Array(1000).fill(1e-3), 0, out, 0, 1000);
	expect(out.some((x) => x < -800)).toBe(true);
	expect(out.every(Number.isFinite)).toBe(true);
	// α ln g is nearly -e, e exponential of mean 1.
	expect(
		errors(
			[...out].map((x) => -1e-3 * x),
			1,
		),
	).toBeLessThan(5);
	const z = gamma(1.5, 1, { shape: [5], ...from(2) });
	const logs = new Float64Array(5);
	fillLogGamma(new Generator(2), new Float64Array(5).fill(1.5), 0, logs, 0, 5);
	expect(numbers(z)).toEqual([...logs].map(Math.exp));
});

test("a Hessian goes through samples", () => {
	const h = hessian((alpha: Tensor) => sum(gamma(alpha, 2, from(1)).square()))(tensor([0.7, 3])) as Tensor;
	expect(h.shape).toEqual([2, 2]);
	expect(numbers(h)[1]).toBe(0);
	expect(numbers(h)[0]).toSatisfy(Number.isFinite);
});

describe("inside vmap", () => {
	it("the examples share a sample of shared parameters", () => {
		const z = vmap((x: Tensor) => x.mul(normal(0, 1, { shape: [2], ...from(1) })))(
			tensor([
				[1, 1],
				[2, 2],
			]),
		);
		const noise = numbers(normal(0, 1, { shape: [2], ...from(1) }));
		expect(numbers(z)).toEqual([...noise, ...noise.map((x) => 2 * x)]);
	});

	it("parameters and weights of the examples are refused, since they are read", () => {
		const x = tensor([
			[0.5, 0.5],
			[0.3, 0.7],
		]);
		for (const f of [
			(p: Tensor) => gamma(p),
			(p: Tensor) => normal(p, 1),
			(p: Tensor) => dirichlet(p),
			(p: Tensor) => bernoulli(p),
			(p: Tensor) => categorical(p),
			(p: Tensor) => choice(2, { probabilities: p }),
			(p: Tensor) => gumbelSoftmax(p),
		]) {
			expect(() => vmap(f)(x)).toThrow("the elements are not known while a function is traced");
		}
	});
});
