import { log, parameter, scalar, sub } from "chainrule";
import { AveragedWeights, clipGradNorm, clipGradValue, SGD } from "chainrule/optim";
import { describe, expect, it } from "vitest";

describe("clipGradNorm", () => {
	const graded = () => {
		const [x, w, unused] = [scalar(0), parameter([0, 0]), parameter([1])];
		x.mul(2).backward();
		w.mul(parameter([-3, 6]))
			.sum()
			.backward();
		return { x, w, unused, all: [x, w, unused] };
	};

	it("scales scalars and tensors by one factor, and returns the norm before", () => {
		const { x, w, unused, all } = graded();
		expect(clipGradNorm(all, 3.5)).toBe(7);
		const factor = 3.5 / (7 + 1e-6);
		expect([x.grad, ...(w.grad?.data ?? [])]).toEqual([2 * factor, -3 * factor, 6 * factor]);
		expect(unused.grad).toBeUndefined();
	});

	it("leaves shorter gradients as they are", () => {
		const { x, w, all } = graded();
		expect(clipGradNorm(all, 8)).toBe(7);
		expect([x.grad, ...(w.grad?.data ?? [])]).toEqual([2, -3, 6]);
	});

	it.each([
		[1, 11],
		[3, (8 + 27 + 216) ** (1 / 3)],
		[Number.POSITIVE_INFINITY, 6],
	])("measures by the norm %d", (norm, expected) => {
		expect(clipGradNorm(graded().all, 100, { norm })).toBeCloseTo(expected, 14);
	});

	it("does not write into a gradient somebody else may hold", () => {
		const { w, all } = graded();
		const before = w.grad;
		clipGradNorm(all, 1);
		expect([...(before?.data ?? [])]).toEqual([-3, 6]);
	});

	it("says where a gradient is not finite, if asked", () => {
		const w = parameter([0], { name: "w" });
		log(w).sum().backward();
		expect(clipGradNorm([w], 1)).toBe(Number.POSITIVE_INFINITY);
		w.zeroGrad();
		log(w).sum().backward();
		expect(() => clipGradNorm([w], 1, { errorIfNonFinite: true })).toThrow(/not finite[\s\S]*Infinity, from w/);
	});
});

describe("clipGradValue", () => {
	it("limits every element, of scalars and tensors", () => {
		const [x, w] = [scalar(0), parameter([0, 0, 0])];
		x.mul(-5).backward();
		w.mul(parameter([-3, 0.5, 6]))
			.sum()
			.backward();
		clipGradValue([x, w, scalar(1)], 2);
		expect([x.grad, ...(w.grad?.data ?? [])]).toEqual([-2, -2, 0.5, 2]);
	});

	it("leaves a gradient of 0 a gradient", () => {
		const x = scalar(0);
		x.mul(0).backward();
		clipGradValue([x], 1);
		expect(x.grad).toBe(0);
	});
});

describe("AveragedWeights", () => {
	const setup = () => {
		const [x, w] = [scalar(0), parameter([0, 10])];
		return { x, w, average: new AveragedWeights([x, w], { decay: 0.75 }) };
	};

	it("takes the first weights as they are, then a share of each", () => {
		const { x, w, average } = setup();
		average.update();
		x.assign(8);
		w.assign([4, 2]);
		average.update();
		expect(average.use(() => [x.value, ...w.data])).toEqual([2, 1, 8]);
		expect([x.value, ...w.data]).toEqual([8, 4, 2]);
	});

	it("puts the weights back also after an error, and after a promise", async () => {
		const { x, average } = setup();
		average.update();
		x.assign(8);
		expect(() =>
			average.use(() => {
				throw new Error("in the body");
			}),
		).toThrow("in the body");
		expect(x.value).toBe(8);
		const seen = average.use(async () => {
			await Promise.resolve();
			return x.value;
		});
		expect([await seen, x.value]).toEqual([0, 8]);
		await expect(average.use(() => Promise.reject(new Error("later")))).rejects.toThrow("later");
		expect(x.value).toBe(8);
	});

	it("gives the weights for good on request", () => {
		const { x, average } = setup();
		average.update();
		x.assign(8);
		average.apply();
		expect(x.value).toBe(0);
	});

	it("averages frozen weights, too, and leaves them frozen", () => {
		const { x, w, average } = setup();
		average.update();
		for (const parameter of [x, w]) parameter.requiresGrad = false;
		expect(average.use(() => String(w))).toBe(String(w));
		average.apply();
		expect([x.requiresGrad, w.requiresGrad]).toEqual([false, false]);
	});

	it("changes nothing before the first update", () => {
		const { x, w, average } = setup();
		average.apply();
		expect(average.use(() => [x.value, ...w.data])).toEqual([0, 0, 10]);
		expect(average.stateDict().size).toBe(0);
	});

	it("goes on from its state to the same bits, and refuses another's", () => {
		const run = (resumed: boolean): number[] => {
			const x = parameter([0.3, 0.7]);
			let average = new AveragedWeights([x], { decay: 0.9 });
			const optimizer = new SGD([x], { learningRate: 0.1 });
			for (let step = 0; step < 6; step++) {
				optimizer.zeroGrad();
				sub(x, 2).square().sum().backward();
				optimizer.step();
				average.update();
				if (resumed && step === 2) {
					const state = average.stateDict();
					average = new AveragedWeights([x], { decay: 0.9 });
					average.loadStateDict(state);
				}
			}
			return average.use(() => [...x.data]);
		};
		expect(run(true)).toEqual(run(false));
		const other = new AveragedWeights([parameter([1, 2, 3])]);
		const state = new Map([["0", parameter([1, 2])]]);
		expect(() => other.loadStateDict(state)).toThrow("AveragedWeights: the state does not fit");
		expect(other.stateDict().size).toBe(0);
	});
});
