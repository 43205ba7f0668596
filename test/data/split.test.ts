import { type Tensor, tensor } from "chainrule";
import { kFold, trainTestSplit } from "chainrule/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

fc.configureGlobal({ seed: 1 });

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);
const set = (length: number, classes = 2) => ({
	x: tensor(upTo(length)),
	y: tensor(Int32Array.from(upTo(length), (i) => i % classes)),
});
const numbersOf = (x: Tensor): number[] => x.toArray() as number[];
const sorted = (values: readonly number[]): number[] => [...values].sort((i, j) => i - j);
const count = (values: Iterable<number>, value: number): number => [...values].filter((v) => v === value).length;

describe("trainTestSplit", () => {
	it("puts every sample into exactly one part, with its label", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 4, max: 60 }),
				fc.double({ min: 0.05, max: 0.9, noNaN: true }),
				fc.boolean(),
				(n, testSize, shuffle) => {
					fc.pre(Math.ceil(testSize * n) < n);
					const { train, test } = trainTestSplit(set(n), { testSize, shuffle, seed: 1 });
					expect(test.x.size).toBe(Math.ceil(testSize * n));
					expect(sorted([...numbersOf(train.x), ...numbersOf(test.x)])).toEqual(upTo(n));
					for (const { x, y } of [train, test]) expect(numbersOf(y)).toEqual(numbersOf(x).map((i) => i % 2));
				},
			),
		);
	});

	it("takes a quarter for the test, another one for another seed, the last without shuffling", () => {
		const test = (seed: number): number[] => numbersOf(trainTestSplit(set(40), { seed }).test.x);
		expect(test(1)).toHaveLength(10);
		expect(test(1)).toEqual(test(1));
		expect(test(1)).not.toEqual(test(2));
		expect(numbersOf(trainTestSplit(set(8), { testSize: 3, shuffle: false }).test.x)).toEqual([5, 6, 7]);
	});

	it("stratified, gives each class its share of both parts, up to one sample", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 2, max: 20 }), { minLength: 2, maxLength: 4 }),
				fc.integer({ min: 10, max: 90 }),
				fc.boolean(),
				(sizes, percent, shuffle) => {
					const labels = sizes.flatMap((size, label) => upTo(size).map(() => label));
					const n = labels.length;
					const amount = Math.ceil((percent / 100) * n);
					fc.pre(amount < n);
					const data = { x: tensor(upTo(n)), y: tensor(Int32Array.from(labels)) };
					const { train, test } = trainTestSplit(data, { testSize: amount, stratify: "y", shuffle, seed: 1 });
					expect(test.y.size).toBe(amount);
					expect(sorted([...numbersOf(train.x), ...numbersOf(test.x)])).toEqual(upTo(n));
					sizes.forEach((size, label) => {
						expect(Math.abs(count(test.y.data, label) - (size * amount) / n)).toBeLessThan(1);
					});
					const kept = numbersOf(train.x);
					expect(shuffle ? sorted(kept) : kept).toEqual(sorted(kept));
				},
			),
		);
	});
});

describe("kFold", () => {
	it("makes every sample a test sample once, and a training sample every other time", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 6, max: 40 }),
				fc.integer({ min: 2, max: 6 }),
				fc.boolean(),
				fc.boolean(),
				(n, folds, shuffle, stratified) => {
					fc.pre(!stratified || Math.floor(n / 3) >= folds);
					const data = set(n, 3);
					const parts = kFold(data, { folds, shuffle, seed: 1, ...(stratified && { stratify: "y" }) });
					expect(sorted(parts.flatMap(({ test }) => numbersOf(test.x)))).toEqual(upTo(n));
					for (const { train, test } of parts) {
						expect(sorted([...numbersOf(train.x), ...numbersOf(test.x)])).toEqual(upTo(n));
						expect(Math.abs(test.x.size - n / folds)).toBeLessThan(1);
						if (!stratified) continue;
						for (const label of [0, 1, 2]) {
							expect(Math.abs(count(test.y.data, label) - count(data.y.data, label) / folds)).toBeLessThan(1);
						}
					}
				},
			),
		);
	});

	it("cuts samples in their own order where asked", () => {
		expect(kFold(set(6), { folds: 3, shuffle: false }).map(({ test }) => numbersOf(test.x))).toEqual([
			[0, 1],
			[2, 3],
			[4, 5],
		]);
	});
});
