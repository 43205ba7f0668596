import { add, mul, noGrad, parameter, type Scalar, scalar, square, sub, type Tensor, tensor } from "chainrule";
import {
	Adadelta,
	Adagrad,
	Adam,
	Adamax,
	AdamW,
	LBFGS,
	Lion,
	NAdam,
	type Optimizer,
	RAdam,
	RMSprop,
	SGD,
} from "chainrule/optim";
import { afterEach, describe, expect, it } from "vitest";
import { setCodeGeneration } from "../../src/kernels/loops.js";
import { type Move, reference } from "./reference.js";

type Options = Readonly<Record<string, number | boolean | readonly number[]>>;
type Make = new (parameters: Iterable<Scalar | Tensor>, options: never) => Optimizer;

const makes: Readonly<Record<string, Make>> = {
	SGD,
	Adagrad,
	Adadelta,
	RMSprop,
	Adam,
	AdamW,
	NAdam,
	RAdam,
	Adamax,
	Lion,
};

const optionSets: Readonly<Record<string, readonly Options[]>> = {
	SGD: [
		{},
		{ learningRate: 1e-3, momentum: 0.9 },
		{ learningRate: 1e-3, momentum: 0.9, dampening: 0.3 },
		{ learningRate: 1e-3, momentum: 0.8, nesterov: true, weightDecay: 0.1 },
		{ learningRate: 2e-3, weightDecay: 0.05 },
	],
	Adagrad: [{}, { learningRate: 0.1, learningRateDecay: 0.2, weightDecay: 0.1 }, { initialSum: 0.5, epsilon: 1e-3 }],
	Adadelta: [{}, { learningRate: 0.5, rho: 0.8, weightDecay: 0.1, epsilon: 1e-3 }],
	RMSprop: [
		{},
		{ momentum: 0.9 },
		{ centered: true, alpha: 0.9, weightDecay: 0.1 },
		{ centered: true, momentum: 0.5, epsilon: 1e-3 },
	],
	Adam: [
		{},
		{ learningRate: 0.1, betas: [0.8, 0.9] },
		{ amsgrad: true, betas: [0.5, 0.6], learningRate: 0.05 },
		{ weightDecay: 0.3, epsilon: 1e-2 },
		{ amsgrad: true, weightDecay: 0.1 },
	],
	AdamW: [{}, { learningRate: 0.1, weightDecay: 0.2 }, { amsgrad: true, weightDecay: 0, betas: [0.5, 0.7] }],
	NAdam: [
		{},
		{ learningRate: 0.05, betas: [0.7, 0.9], momentumDecay: 0.1 },
		{ weightDecay: 0.1 },
		{ weightDecay: 0.1, decoupledWeightDecay: true },
	],
	RAdam: [
		{},
		{ learningRate: 5e-4, betas: [0.9, 0.8] },
		{ weightDecay: 0.1 },
		{ weightDecay: 0.1, decoupledWeightDecay: true, betas: [0.7, 0.99] },
	],
	Adamax: [{}, { learningRate: 0.1, betas: [0.5, 0.6], weightDecay: 0.1, epsilon: 1e-3 }],
	Lion: [{}, { learningRate: 0.01, betas: [0.5, 0.9], weightDecay: 0.1 }],
};

const cases = Object.entries(optionSets).flatMap(([name, sets]) => sets.map((options) => ({ name, options })));
const steps = 30;

/** Rosenbrock's valley and its gradient by hand. */
const slopes = ([x, y]: readonly [number, number]): [number, number] => [
	-2 * (1 - x) - 400 * x * (y - x * x),
	200 * (y - x * x),
];

function rosenbrock(x: Scalar, y: Scalar): Scalar {
	return add(square(sub(1, x)), mul(100, square(sub(y, square(x)))));
}

/** Where the rule in plain numbers goes, from (-1.2, 1). */
function expectedTrace(name: string, options: Options): [number, number][] {
	const rule = reference[name] as (options: Options) => Move;
	const [moveX, moveY] = [rule(options), rule(options)];
	let at: [number, number] = [-1.2, 1];
	return Array.from({ length: steps }, () => {
		const [gx, gy] = slopes(at);
		at = [moveX(at[0], gx), moveY(at[1], gy)];
		return at;
	});
}

/** The largest difference, relative where values are above 1. */
function largestDifference(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
	const differences = expected.flatMap((point, step) =>
		point.map((value, axis) => Math.abs((found[step]?.[axis] as number) - value) / Math.max(1, Math.abs(value))),
	);
	return Math.max(...differences);
}

describe("the trace of 30 steps in Rosenbrock's valley", () => {
	it.each(cases)("of $name $options is that of the rule in plain numbers, for scalars", ({ name, options }) => {
		const [x, y] = [scalar(-1.2), scalar(1)];
		const optimizer = new (makes[name] as Make)([x, y], options as never);
		const trace = Array.from({ length: steps }, () => {
			optimizer.zeroGrad();
			rosenbrock(x, y).backward();
			optimizer.step();
			return [x.value, y.value];
		});
		expect(largestDifference(trace, expectedTrace(name, options))).toBeLessThan(1e-11);
	});

	it.each(cases)("of $name $options is the same for tensors, of any layout and both dtypes", ({ name, options }) => {
		// The valley is chaotic where steps are large, so single precision is only compared for a few steps.
		for (const { dtype, compared, tolerance } of [
			{ dtype: "float64", compared: steps, tolerance: 1e-11 },
			{ dtype: "float32", compared: 4, tolerance: 1e-4 },
		] as const) {
			const at = parameter(
				[
					[-1.2, -1.2, -1.2],
					[1, 1, 1],
				],
				{ dtype },
			);
			const optimizer = new (makes[name] as Make)([at], options as never);
			const trace = Array.from({ length: steps }, () => {
				const { data } = at;
				const [gx, gy] = slopes([data[0] as number, data[3] as number]);
				// The gradient is a transposed view, as that of a weight may be.
				at.grad = noGrad(() =>
					tensor(
						[
							[gx, gy],
							[gx, gy],
							[gx, gy],
						],
						{ dtype },
					).transpose(),
				);
				optimizer.step();
				expect(at.data[2]).toBe(at.data[0]);
				return [at.data[0] as number, at.data[3] as number];
			});
			expect(largestDifference(trace, expectedTrace(name, options).slice(0, compared))).toBeLessThan(tolerance);
		}
	});
});

describe("without generated code", () => {
	afterEach(() => setCodeGeneration(true));

	it.each(cases)("$name $options goes the same way to the last bit", ({ name, options }) => {
		const run = (): number[] => {
			const at = parameter([0.3, -2, 5]);
			const optimizer = new (makes[name] as Make)([at], options as never);
			for (let step = 0; step < 8; step++) {
				optimizer.zeroGrad();
				square(at).sum().backward();
				optimizer.step();
			}
			return [...at.data];
		};
		const compiled = run();
		setCodeGeneration(false);
		expect(run()).toEqual(compiled);
	});
});

describe("the first step, known by hand", () => {
	const first = (optimizer: (x: Scalar) => Optimizer, start = 1): number => {
		const x = scalar(start);
		square(x).backward(); // g = 2 x
		optimizer(x).step();
		return x.value;
	};

	it("of Adam, AdamW without decay and Adamax has the length of the rate, up to ε", () => {
		const learningRate = 0.125;
		expect(first((x) => new Adam([x], { learningRate, epsilon: 0 }))).toBeCloseTo(0.875, 14);
		expect(first((x) => new AdamW([x], { learningRate, epsilon: 0, weightDecay: 0 }))).toBeCloseTo(0.875, 14);
		expect(first((x) => new Adamax([x], { learningRate, epsilon: 0 }))).toBeCloseTo(0.875, 14);
	});

	it("of AdamW decays the weight by γ λ apart from that", () => {
		expect(first((x) => new AdamW([x], { learningRate: 0.125, epsilon: 0, weightDecay: 0.5 }))).toBeCloseTo(
			0.9375 - 0.125,
			14,
		);
	});

	it("of Adam with the default ε is shorter by one part in 2e8 where the gradient is 2", () => {
		expect(1 - first((x) => new Adam([x], { learningRate: 1 }))).toBeCloseTo(2 / (2 + 1e-8), 14);
	});

	it("of Adagrad is γ g / |g|, of RMSprop γ / √(1 - α), of Lion γ", () => {
		expect(first((x) => new Adagrad([x], { learningRate: 0.25, epsilon: 0 }))).toBe(0.75);
		expect(first((x) => new RMSprop([x], { learningRate: 0.01, alpha: 0.75, epsilon: 0 }))).toBeCloseTo(0.98, 14);
		expect(first((x) => new Lion([x], { learningRate: 0.25 }))).toBe(0.75);
	});

	it("of RAdam goes by the gradient, as nothing is known of its variance", () => {
		expect(first((x) => new RAdam([x], { learningRate: 0.125 }))).toBeCloseTo(0.75, 14);
	});

	it("of RAdam divided by the root of the mean square is the sixth, with β2 = 0.999: ρ is above 5 from there on", () => {
		// A constant gradient of 2 and no correction left: γ g before, less than γ after.
		const x = scalar(0);
		const optimizer = new RAdam([x], { learningRate: 0.1 });
		const lengths = Array.from({ length: 7 }, () => {
			const before = x.value;
			optimizer.zeroGrad();
			mul(x, 2).backward();
			optimizer.step();
			return before - x.value;
		});
		expect(lengths.map((length) => length > 0.15)).toEqual([true, true, true, true, true, false, false]);
	});
});

describe("every optimizer", () => {
	const rates: Readonly<Record<string, Options>> = {
		SGD: { learningRate: 0.1 },
		Adagrad: { learningRate: 1 },
		Adadelta: { learningRate: 20 },
		RMSprop: { learningRate: 0.02 },
		Adam: { learningRate: 0.1 },
		AdamW: { learningRate: 0.1, weightDecay: 1e-4 },
		NAdam: { learningRate: 0.1 },
		RAdam: { learningRate: 0.1 },
		Adamax: { learningRate: 0.2 },
		Lion: { learningRate: 0.01 },
	};

	it.each(Object.keys(makes))("%s comes to the minimum of a quadratic", (name) => {
		const x = parameter([3, -1]);
		const optimizer = new (makes[name] as Make)([x], rates[name] as never);
		for (let step = 0; step < 600; step++) {
			optimizer.zeroGrad();
			square(x.sub(tensor([1, 2])))
				.mul(tensor([1, 0.5]))
				.sum()
				.backward();
			optimizer.step();
		}
		const [a, b] = [...x.data] as [number, number];
		expect(Math.hypot(a - 1, b - 2)).toBeLessThan(0.05);
	});

	it.each(["Adam", "NAdam", "RMSprop"])("%s comes to the minimum of Rosenbrock's valley", (name) => {
		const [x, y] = [scalar(-1.2), scalar(1)];
		const optimizer = new (makes[name] as Make)([x, y], { learningRate: name === "RMSprop" ? 0.002 : 0.03 } as never);
		for (let step = 0; step < 6000; step++) {
			optimizer.zeroGrad();
			rosenbrock(x, y).backward();
			optimizer.step();
		}
		expect(Math.hypot(x.value - 1, y.value - 1)).toBeLessThan(0.05);
	});

	it.each([...Object.keys(makes), "LBFGS"])(
		"%s names itself as its class does, also where names are minified",
		(name) => {
			const make = (name === "LBFGS" ? LBFGS : makes[name]) as Make;
			expect(new make([scalar(1)], {} as never).algorithm).toBe(name);
		},
	);
});
