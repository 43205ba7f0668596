import { add, mul, parameter, type Scalar, scalar, square, sub, tensor } from "chainrule";
import { Linear, mse } from "chainrule/nn";
import { LBFGS } from "chainrule/optim";
import { describe, expect, it } from "vitest";
import { curvature, decrease, satisfiesWolfe, strongWolfe, type Trial } from "../../src/optim/wolfe.js";

function rosenbrock(x: Scalar, y: Scalar): Scalar {
	return add(square(sub(1, x)), mul(100, square(sub(y, square(x)))));
}

describe("LBFGS", () => {
	it("comes to the minimum of Rosenbrock's valley in few evaluations", () => {
		const [x, y] = [scalar(-1.2), scalar(1)];
		let evaluations = 0;
		const optimizer = new LBFGS([x, y], { maxIterations: 100, changeTolerance: 1e-15 });
		const before = optimizer.step(() => {
			evaluations++;
			optimizer.zeroGrad();
			const loss = rosenbrock(x, y);
			loss.backward();
			return loss;
		});
		expect(before.value).toBeCloseTo(24.2, 12);
		expect(Math.hypot(x.value - 1, y.value - 1)).toBeLessThan(1e-6);
		expect(evaluations).toBeLessThan(60);
	});

	it("leaves every accepted step under the strong Wolfe conditions, checked with gradients by hand", () => {
		const [x, y] = [scalar(-1.2), scalar(1)];
		const optimizer = new LBFGS([x, y], { maxIterations: 1 });
		const value = ([a, b]: readonly number[]): number => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2;
		const slope = ([a, b]: readonly number[], [da, db]: readonly number[]): number =>
			(-2 * (1 - a!) - 400 * a! * (b! - a! * a!)) * da! + 200 * (b! - a! * a!) * db!;
		let accepted = 0;
		for (let step = 0; step < 40; step++) {
			const from = [x.value, y.value];
			optimizer.step(() => {
				optimizer.zeroGrad();
				const loss = rosenbrock(x, y);
				loss.backward();
				return loss;
			});
			const to = [x.value, y.value];
			const move = [to[0]! - from[0]!, to[1]! - from[1]!];
			if (Math.hypot(...move) < 1e-6) break;
			accepted++;
			// The conditions do not depend on the length of the direction, so the move itself will do.
			expect(value(to)).toBeLessThanOrEqual(value(from) + decrease * slope(from, move) + 1e-14);
			expect(Math.abs(slope(to, move))).toBeLessThanOrEqual(-curvature * slope(from, move) + 1e-12);
		}
		expect(accepted).toBeGreaterThan(15);
		expect(Math.hypot(x.value - 1, y.value - 1)).toBeLessThan(1e-4);
	});

	it("ends exactly at the minimum of a quadratic in as many moves as it has directions, and one", () => {
		const x = parameter([3, -1, 2]);
		const scales = tensor([1, 4, 9]);
		const optimizer = new LBFGS([x], { maxIterations: 12 });
		optimizer.step(() => {
			optimizer.zeroGrad();
			const loss = mul(square(x), scales).sum();
			loss.backward();
			return loss;
		});
		expect(Math.hypot(...x.data)).toBeLessThan(1e-5);
	});

	it("goes by the learning rate without a line search, at first by no more than 1 / |g|₁", () => {
		const x = parameter([4, -4]);
		const optimizer = new LBFGS([x], { maxIterations: 1, lineSearch: "none", learningRate: 0.5 });
		optimizer.step(() => {
			optimizer.zeroGrad();
			const loss = square(x).sum();
			loss.backward();
			return loss;
		});
		// g = [8, -8], t = min(1, 1/16) / 2
		expect([...x.data]).toEqual([3.75, -3.75]);
	});

	it("evaluates the closure no more often than it is allowed, but for the search under way", () => {
		const [x, y] = [scalar(-1.2), scalar(1)];
		const optimizer = new LBFGS([x, y], { maxIterations: 100, maxEvaluations: 10 });
		let evaluations = 0;
		optimizer.step(() => {
			evaluations++;
			optimizer.zeroGrad();
			const loss = rosenbrock(x, y);
			loss.backward();
			return loss;
		});
		expect(evaluations).toBeGreaterThanOrEqual(10);
		expect(evaluations).toBeLessThan(20);
	});

	it("leaves frozen parameters where they are, also those it has moved before", () => {
		const model = new Linear(1, 1);
		const optimizer = new LBFGS(model.parameters(), { maxIterations: 2 });
		const data = [tensor([[0], [1], [2]]), tensor([[1], [3], [5]])] as const;
		const step = (): number =>
			optimizer
				.step(() => {
					optimizer.zeroGrad();
					const loss = mse(model.call(data[0]), data[1]);
					loss.backward();
					return loss;
				})
				.item();
		step();
		model.freeze((path) => path === "weight");
		const [weight, before] = [String(model.weight), step()];
		expect(String(model.weight)).toBe(weight);
		expect(step()).toBeLessThan(before);
	});

	it("stays where the gradient is 0, and where it is NaN", () => {
		for (const [start, slope] of [
			[0, 1],
			[1, Number.NaN],
		] as const) {
			const x = scalar(start);
			const optimizer = new LBFGS([x]);
			optimizer.step(() => {
				optimizer.zeroGrad();
				const loss = mul(square(x), slope);
				loss.backward();
				return loss;
			});
			expect(x.value).toBe(start);
		}
	});

	it("backs off from where the loss is not defined", () => {
		// -log(x) + x, from 3: a first step of any length would leave the domain.
		const x = scalar(3);
		const optimizer = new LBFGS([x], { learningRate: 100, maxIterations: 50 });
		optimizer.step(() => {
			optimizer.zeroGrad();
			const loss = sub(x, x.log());
			loss.backward();
			return loss;
		});
		expect(x.value).toBeCloseTo(1, 5);
	});
});

describe("the line search", () => {
	const line = (f: (t: number) => number, slope: (t: number) => number): ((t: number) => Trial) => {
		return (t) => ({ t, value: f(t), slope: slope(t), gradient: new Float64Array(0) });
	};
	// Functions of Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994.
	const functions: Readonly<Record<string, (t: number) => Trial>> = {
		"-t / (t² + 2)": line(
			(t) => -t / (t * t + 2),
			(t) => (t * t - 2) / (t * t + 2) ** 2,
		),
		"(t + 0.004)⁵ - 2 (t + 0.004)⁴": line(
			(t) => (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
			(t) => 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3,
		),
		"a parabola": line(
			(t) => (t - 3) ** 2,
			(t) => 2 * (t - 3),
		),
	};

	it.each(
		Object.entries(functions).flatMap(([name, at]) => [1e-3, 0.1, 10, 1000].map((first) => ({ name, at, first }))),
	)("finds a step under the strong Wolfe conditions on $name, starting at $first", ({ at, first }) => {
		const start = at(0);
		const found = strongWolfe(at, start, first, 1e-12);
		expect(satisfiesWolfe(start, found)).toBe(true);
	});
});
