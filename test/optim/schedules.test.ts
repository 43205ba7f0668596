import { scalar, square } from "chainrule";
import {
	chained,
	cosine,
	cosineWithRestarts,
	exponential,
	linearWarmup,
	multistep,
	oneCycle,
	ReduceOnPlateau,
	type Schedule,
	Scheduler,
	SGD,
	sequential,
	stepDecay,
} from "chainrule/optim";
import { describe, expect, it } from "vitest";

/** The factors of PyTorch's recursions, which go from one rate to the next: another way to each closed form. */
function recursion(next: (rate: number, step: number) => number, steps: number, first = 1): number[] {
	const rates = [first];
	for (let step = 1; step < steps; step++) rates.push(next(rates[step - 1] as number, step));
	return rates;
}

/** The first factors of a schedule, as many as are expected. */
function factorsOf(schedule: Schedule, { length }: readonly number[]): number[] {
	return Array.from({ length }, (_, step) => schedule(step));
}

function near(values: readonly number[]): unknown[] {
	return values.map((value) => expect.closeTo(value, 12));
}

describe("a schedule", () => {
	it("steps down after every so many steps", () => {
		const expected = recursion((rate, t) => (t % 4 === 0 ? rate * 0.1 : rate), 30);
		expect(factorsOf(stepDecay({ every: 4 }), expected)).toEqual(near(expected));
	});

	it("steps down at milestones, twice where one is listed twice", () => {
		const milestones = [3, 5, 5, 20];
		const expected = recursion((rate, t) => rate * 0.5 ** milestones.filter((m) => m === t).length, 30);
		expect(factorsOf(multistep({ milestones, factor: 0.5 }), expected)).toEqual(near(expected));
	});

	it("decays exponentially", () => {
		const expected = recursion((rate) => rate * 0.9, 30);
		expect(factorsOf(exponential({ factor: 0.9 }), expected)).toEqual(near(expected));
	});

	it("falls along a cosine as PyTorch's recursion does, and stays", () => {
		const [T, low] = [10, 0.1];
		const wave = recursion(
			(rate, t) => ((1 + Math.cos((Math.PI * t) / T)) / (1 + Math.cos((Math.PI * (t - 1)) / T))) * (rate - low) + low,
			T + 1,
		);
		const expected = [...wave, low, low];
		expect(factorsOf(cosine({ steps: T, minimum: low }), expected)).toEqual(near(expected));
		expect(cosine({ steps: 7 })(7)).toBe(0);
	});

	it.each([1, 2, 3])("restarts along cosines that grow by %d", (growth) => {
		let [since, length] = [0, 5];
		const expected = Array.from({ length: 300 }, () => {
			const factor = 0.05 + (0.95 / 2) * (1 + Math.cos((Math.PI * since) / length));
			if (++since >= length) [since, length] = [0, length * growth];
			return factor;
		});
		expect(factorsOf(cosineWithRestarts({ steps: 5, growth, minimum: 0.05 }), expected)).toEqual(near(expected));
	});

	it("warms up along a line, by default from a third", () => {
		const [from, to, T] = [1 / 3, 1, 5];
		const expected = recursion(
			(rate, t) => (t > T ? rate : rate * (1 + (to - from) / (T * from + (t - 1) * (to - from)))),
			10,
			from,
		);
		expect(factorsOf(linearWarmup({ steps: 5 }), expected)).toEqual(near(expected));
		expect(linearWarmup({ steps: 4, from: 0 })(0)).toBe(0);
	});

	it("goes through one cycle: 1/25, 1 after 30 %, 1/250,000 at the last step", () => {
		const schedule = oneCycle({ steps: 100 });
		for (const [step, factor] of [
			[0, 0.04],
			[29, 1],
			[99, 4e-6],
			[150, 4e-6],
		] as const) {
			expect(schedule(step)).toBeCloseTo(factor, 14);
		}
		// PyTorch: end + (start - end) / 2 (1 + cos(π share)), from 0.04 to 1 over 29 steps and back over 70.
		const wave = (start: number, end: number, share: number): number =>
			end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share));
		for (const step of [1, 10, 28]) expect(schedule(step)).toBeCloseTo(wave(0.04, 1, step / 29), 13);
		for (const step of [30, 60, 98]) expect(schedule(step)).toBeCloseTo(wave(1, 4e-6, (step - 29) / 70), 13);
	});

	it("goes through one cycle in three phases, along lines", () => {
		const schedule = oneCycle({
			steps: 20,
			rising: 0.3,
			threePhases: true,
			line: "straight",
			startDivisor: 2,
			endDivisor: 5,
		});
		// Corners at 0, 0.3 · 20 - 1 = 5, 2 · 5 = 10 and 19: PyTorch writes the third as 2 · 0.3 · 20 - 2.
		for (const [step, factor] of [
			[0, 0.5],
			[5, 1],
			[7, 0.8],
			[10, 0.5],
			[19, 0.1],
		] as const) {
			expect(schedule(step)).toBeCloseTo(factor, 14);
		}
	});

	it("is a product of schedules", () => {
		const expected = [0.5, 0.375, 0.25, 0.125];
		expect(factorsOf(chained(exponential({ factor: 0.5 }), linearWarmup({ steps: 2, from: 0.5 })), expected)).toEqual(
			near(expected),
		);
	});

	it("is a sequence of schedules, each from its own beginning", () => {
		const schedule = sequential(
			[() => 0.1, stepDecay({ every: 2, factor: 0.5 }), exponential({ factor: 0.9 })],
			[3, 7],
		);
		const expected = [0.1, 0.1, 0.1, 1, 1, 0.5, 0.5, 1, 0.9, 0.81];
		expect(factorsOf(schedule, expected)).toEqual(near(expected));
	});

	it("can be asked about any step in any order", () => {
		const schedule = cosineWithRestarts({ steps: 3, growth: 2 });
		const steps = [...Array(100).keys()];
		expect(steps.toReversed().map(schedule).toReversed()).toEqual(steps.map(schedule));
	});
});

describe("Scheduler", () => {
	const groups = (): SGD =>
		new SGD([{ parameters: [scalar(1)], learningRate: 0.5 }, { parameters: [scalar(1)] }], { learningRate: 2 });
	const ratesOf = (optimizer: SGD): number[] => optimizer.groups.map(({ learningRate }) => learningRate);

	it("sets the rate of every group at once and after each step, and may bring it to 0", () => {
		const optimizer = groups();
		const scheduler = new Scheduler(optimizer, (step) => [0.5, 1, 0][step] ?? 0.25);
		expect(ratesOf(optimizer)).toEqual([0.25, 1]);
		const seen = Array.from({ length: 3 }, () => {
			scheduler.step();
			return ratesOf(optimizer);
		});
		expect(seen).toEqual([
			[0.5, 2],
			[0, 0],
			[0.125, 0.5],
		]);
	});

	it("goes on from its state, in a new optimizer that carries the rates of the old one", () => {
		const schedule = exponential({ factor: 0.5 });
		const [a, b] = [groups(), groups()];
		const first = new Scheduler(a, schedule);
		for (let step = 0; step < 3; step++) first.step();
		const second = new Scheduler(b, schedule);
		b.loadStateDict(a.stateDict());
		second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
		first.step();
		second.step();
		expect(ratesOf(b)).toEqual(ratesOf(a));
		expect(second.steps).toBe(4);
	});
});

describe("ReduceOnPlateau", () => {
	const run = (values: readonly number[], options: ConstructorParameters<typeof ReduceOnPlateau>[1]): number[] => {
		const optimizer = new SGD([scalar(1)], { learningRate: 1 });
		const plateau = new ReduceOnPlateau(optimizer, options);
		return values.map((value) => {
			plateau.step(value);
			return optimizer.learningRate;
		});
	};

	it("reduces the rate after more than `patience` steps without improvement", () => {
		expect(run([5, 4, 4, 4, 4, 4, 4], { factor: 0.5, patience: 2 })).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5]);
	});

	it("counts an improvement only where it is larger than the threshold", () => {
		expect(run([1, 0.95, 0.9], { factor: 0.5, patience: 1, threshold: 0.2 })).toEqual([1, 1, 0.5]);
		expect(run([1, 0.95, 0.9], { factor: 0.5, patience: 1, threshold: 0.04, thresholdMode: "absolute" })).toEqual([
			1, 1, 1,
		]);
	});

	it("waits after a reduction, stops at the minimum, and takes NaN for no improvement", () => {
		expect(run([1, 1, 1, 1, 1, 1], { factor: 0.5, patience: 0, cooldown: 2 })).toEqual([1, 0.5, 0.5, 0.5, 0.25, 0.25]);
		expect(run([1, 1, 1, 1], { factor: 0.1, patience: 0, minimum: 0.05 })).toEqual([1, 0.1, 0.05, 0.05]);
		expect(run([Number.NaN, 2, Number.NaN, Number.NaN], { factor: 0.5, patience: 1 })).toEqual([1, 1, 1, 0.5]);
	});

	it("looks for larger values where those are better", () => {
		expect(run([0.5, 0.6, 0.6, 0.6], { mode: "max", factor: 0.5, patience: 1 })).toEqual([1, 1, 1, 0.5]);
	});

	it("goes on from its state", () => {
		const values = [3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1];
		const options = { factor: 0.5, patience: 1, cooldown: 1 };
		const whole = run(values, options);
		const optimizer = new SGD([scalar(1)], { learningRate: 1 });
		let plateau = new ReduceOnPlateau(optimizer, options);
		const pieces = values.map((value) => {
			const state = JSON.parse(JSON.stringify(plateau.stateDict()));
			plateau = new ReduceOnPlateau(optimizer, options);
			plateau.loadStateDict(state);
			plateau.step(value);
			return optimizer.learningRate;
		});
		expect(pieces).toEqual(whole);
	});
});

describe("an optimizer at rate 0", () => {
	it("stays where it is", () => {
		const x = scalar(1);
		const optimizer = new SGD([x], { learningRate: 1 });
		new Scheduler(optimizer, () => 0);
		square(x).backward();
		optimizer.step();
		expect(x.value).toBe(1);
	});
});
