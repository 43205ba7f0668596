/** The way back: every state that was is found again bit for bit, whatever was done in between. */
import type { Tensor } from "chainrule";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optimizers, type Setup, standardSetup } from "../../../viz/playground/setup.js";
import { type State, Training } from "../../../viz/playground/training/training.js";

fc.configureGlobal({ seed: 1 });

const small: Setup = {
	...standardSetup,
	samples: 30,
	layers: [{ units: 3, activation: "tanh" }],
	batch: 4,
};

function bits(numbers: ArrayLike<number> | undefined): string {
	return numbers === undefined ? "none" : Buffer.from(Float64Array.from(numbers).buffer).toString("base64");
}

/** All of a state, so that two of them are the same text only where they are the same bits. */
function textOf({ step, setup, weights, gradients, memory, place }: State): string {
	const tensors = [...memory.tensors].map(([name, x]: [string, Tensor]) => `${name} ${bits(x.data)}`);
	const settings = JSON.stringify([step, setup, memory.algorithm, memory.groups, place]);
	return [settings, ...weights.map(bits), ...gradients.map(bits), ...tensors].join("\n");
}

/** What can be seen: that, and what follows from it. */
function seen(training: Training): string {
	const { trainLoss, testLoss, trainAccuracy, testAccuracy, predicted } = training.measures();
	return [textOf(training.state()), bits([trainLoss, testLoss, trainAccuracy, testAccuracy]), bits(predicted)].join();
}

function goTo(training: Training, step: number): void {
	training.approach(step);
	while (training.step < step) expect(training.advance()).toBe(true);
}

describe("going back to a step", () => {
	it.each(optimizers)("finds the state that was there, with %s", (optimizer) => {
		const training = new Training({ ...small, optimizer, weightDecay: 0.01, learningRate: 0.02 });
		const known = [seen(training)];
		for (let step = 1; step <= 40; step++) {
			training.advance();
			known.push(seen(training));
		}
		for (const step of [40, 39, 38, 17, 0, 1, 23, 40, 8]) {
			goTo(training, step);
			expect(seen(training)).toBe(known[step]);
			expect(training.furthest).toBe(40);
		}
	});

	it("finds it after thousands of steps, from a bounded number of snapshots", () => {
		const training = new Training(small);
		const known = new Map<number, string>();
		const marks = [1, 2, 3, 777, 1_500, 2_999, 3_000];
		for (let step = 1; step <= 3_000; step++) {
			training.advance();
			if (marks.includes(step)) known.set(step, seen(training));
		}
		expect(training.kept).toBeLessThanOrEqual(200);
		for (const step of [2_999, 777, 3, 2, 1, 1_500, 3_000]) {
			goTo(training, step);
			expect(seen(training)).toBe(known.get(step));
		}
		expect(training.kept).toBeLessThanOrEqual(224);
	});

	it("is quick from step to step", () => {
		const training = new Training({ ...small, samples: 8, test: 0 });
		goTo(training, 5_000);
		let made = 0;
		for (let step = 4_999; step > 4_900; step--) {
			training.approach(step);
			for (; training.step < step; made++) training.advance();
		}
		expect(made).toBeLessThan(99 * 8);
	});

	it("keeps what is known of the way, and the curve of it, until something else is trained", () => {
		const training = new Training(small);
		goTo(training, 60);
		const { steps, train } = training.curve();
		goTo(training, 10);
		expect(training.furthest).toBe(60);
		training.leave();
		goTo(training, 30);
		expect(training.furthest).toBe(60);
		expect([...training.curve().steps]).toEqual([...steps]);
		expect(bits(training.curve().train)).toBe(bits(train));
		training.change({ ...training.setup, learningRate: 0.5 });
		expect(training.furthest).toBe(30);
		expect(training.curve().steps.at(-1)).toBe(30);
	});
});

describe("a change of settings on the way", () => {
	it("is made again on the way back to a later step, and undone on the way to an earlier one", () => {
		const training = new Training(small);
		goTo(training, 10);
		const before = seen(training);
		training.change({ ...small, optimizer: "sgd", learningRate: 0.1, loss: "quadratic" });
		expect(seen(training)).not.toBe(before);
		const changed = seen(training);
		goTo(training, 20);
		const after = seen(training);
		goTo(training, 5);
		expect(training.setup).toEqual(small);
		goTo(training, 20);
		expect(seen(training)).toBe(after);
		expect(training.setup.optimizer).toBe("sgd");
		goTo(training, 10);
		expect(seen(training)).toBe(changed);
	});

	it("is forgotten by whoever trains on from before it", () => {
		const training = new Training(small);
		goTo(training, 10);
		training.change({ ...small, learningRate: 1 });
		goTo(training, 20);
		goTo(training, 9);
		training.leave();
		expect(training.furthest).toBe(9);
		goTo(training, 20);
		expect(training.setup.learningRate).toBe(small.learningRate);
		const straight = new Training(small);
		goTo(straight, 20);
		expect(seen(training)).toBe(seen(straight));
	});

	it("replaces another at the same step: to change and change back leaves nothing behind", () => {
		const training = new Training(small);
		goTo(training, 10);
		const before = seen(training);
		training.change({ ...small, optimizer: "lion" });
		training.change({ ...small, optimizer: "sgd", batch: 0 });
		training.change(small);
		expect(seen(training)).toBe(before);
		const straight = new Training(small);
		goTo(straight, 15);
		goTo(training, 15);
		expect(seen(training)).toBe(seen(straight));
	});

	it("leaves the memory of the optimizer alone where that stays", () => {
		const training = new Training(small);
		goTo(training, 10);
		const { memory } = training.state();
		training.change({ ...small, learningRate: 0.5, weightDecay: 0.1, loss: "quadratic", batch: 7 });
		expect(training.state().memory.tensors.get("0.m")?.data).toEqual(memory.tensors.get("0.m")?.data);
		training.change({ ...small, optimizer: "adamw" });
		expect(training.state().memory.tensors.size).toBe(0);
	});

	it("of what needs another network is refused, naming it", () => {
		const training = new Training(small);
		goTo(training, 3);
		const before = seen(training);
		expect(() => training.change({ ...small, layers: [] })).toThrow(/layers: cannot be changed/);
		expect(() => training.change({ ...small, loss: "own", formula: "(y - b)^2" })).toThrow(/unknown name "b"/);
		expect(() => training.change({ ...small, batch: -1 })).toThrow(/batch: out of bounds/);
		expect(seen(training)).toBe(before);
	});
});

type Act =
	| { readonly do: "train"; readonly steps: number }
	| { readonly do: "go"; readonly step: number }
	| { readonly do: "change"; readonly change: Partial<Setup> };

const act: fc.Arbitrary<Act> = fc.oneof(
	fc.record({ do: fc.constant("train" as const), steps: fc.integer({ min: 1, max: 12 }) }),
	fc.record({ do: fc.constant("go" as const), step: fc.integer({ min: 0, max: 40 }) }),
	fc.record({
		do: fc.constant("change" as const),
		change: fc.record(
			{
				optimizer: fc.constantFrom(...optimizers),
				learningRate: fc.constantFrom(0.001, 0.01, 0.05),
				weightDecay: fc.constantFrom(0, 0.1),
				batch: fc.constantFrom(0, 1, 5, 21, 1_000),
				loss: fc.constantFrom("quadratic", "crossEntropy", "own"),
			},
			{ requiredKeys: [] },
		),
	}),
);

describe("whatever is done", () => {
	it("every state that is known is found again, and no other", () => {
		fc.assert(
			fc.property(fc.array(act, { maxLength: 14 }), (acts) => {
				const first: Setup = { ...small, layers: [{ units: 2, activation: "relu" }] };
				const training = new Training(first);
				let known = new Map([[0, seen(training)]]);
				let changes: (readonly [step: number, setup: Setup])[] = [];
				const upTo = (step: number): void => {
					known = new Map([...known].filter(([at]) => at <= step));
					changes = changes.filter(([at]) => at <= step);
				};
				const step = (): void => {
					expect(training.advance()).toBe(true);
					const now = seen(training);
					expect(now).toBe(known.get(training.step) ?? now);
					known.set(training.step, now);
				};
				const check = (): void => expect(seen(training)).toBe(known.get(training.step));
				for (const one of acts) {
					if (one.do === "train") {
						if (changes.some(([at]) => at > training.step)) upTo(training.step);
						training.leave();
						for (let count = 0; count < one.steps; count++) step();
					} else if (one.do === "go") {
						training.approach(one.step);
						check();
						while (training.step < one.step) step();
					} else {
						const setup = { ...training.setup, ...one.change };
						training.change(setup);
						upTo(training.step - 1);
						known.set(training.step, seen(training));
						const before = changes.at(-1)?.[1] ?? first;
						if (JSON.stringify(before) !== JSON.stringify(setup)) changes.push([training.step, setup]);
					}
					expect(training.furthest).toBe(Math.max(...known.keys()));
				}
				// The way from the beginning leads through the same states.
				for (const [at, state] of [...known].sort(([a], [b]) => b - a)) {
					goTo(training, at);
					expect(seen(training)).toBe(state);
				}
			}),
			{ numRuns: 60 },
		);
	});
});
