import { Generator, tensor } from "chainrule";
import {
	collate,
	DataLoader,
	type Dataset,
	fromSamples,
	fromTensors,
	type LoaderOptions,
	trainTestSplit,
} from "chainrule/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

fc.configureGlobal({ seed: 1 });

/** A data set whose batches are the numbers of their samples. */
const numbers = (length: number): Dataset<readonly number[]> => ({ length, batch: (indices) => [...indices] });

const sorted = (values: readonly number[]): number[] => [...values].sort((i, j) => i - j);
const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe("data sets", () => {
	it("of tensors select rows of every field", () => {
		const data = fromTensors({
			x: tensor([
				[1, 2],
				[3, 4],
				[5, 6],
			]),
			y: tensor(new Int32Array([7, 8, 9])),
		});
		const { x, y } = data.batch([2, 0, 2]);
		expect(x.toArray()).toEqual([
			[5, 6],
			[1, 2],
			[5, 6],
		]);
		expect([y.toArray(), y.dtype]).toEqual([[9, 7, 9], "int32"]);
	});

	it("of tensors in an array give arrays, also in parts", () => {
		const x = tensor([[1], [2], [3], [4]]);
		const y = tensor([1, 2, 3, 4]);
		const [[inputs, targets] = []] = [...new DataLoader([x, y], { batchSize: 3 })];
		expect([inputs?.toArray(), targets?.toArray()]).toEqual([
			[[1], [2], [3]],
			[1, 2, 3],
		]);
		const { train, test } = trainTestSplit([x, y], { shuffle: false });
		expect([train[1]?.toArray(), test[0]?.toArray()]).toEqual([[1, 2, 3], [[4]]]);
	});

	it("of single samples join them, name by name and to any depth", () => {
		const data = fromSamples({
			length: 9,
			at: (i) => ({
				input: { image: tensor([[i]]), size: [i, i + 1] as [number, number] },
				label: i,
				bytes: new Uint8Array([i]),
			}),
		});
		const { input, label, bytes } = data.batch([4, 5]);
		expect(input.image.shape).toEqual([2, 1, 1]);
		expect(input.size.toArray()).toEqual([
			[4, 5],
			[5, 6],
		]);
		expect(label.toArray()).toEqual([4, 5]);
		expect(bytes.dtype).toBe("int32");
	});

	it("of promises promise batches, which for await waits for", async () => {
		const data = fromSamples({ length: 5, at: async (i) => ({ x: [i, -i] }) });
		const seen: unknown[] = [];
		for await (const { x } of new DataLoader(data, { batchSize: 2 })) seen.push(x.toArray());
		expect(seen).toEqual([
			[
				[0, -0],
				[1, -1],
			],
			[
				[2, -2],
				[3, -3],
			],
			[[4, -4]],
		]);
	});

	it("hand on what goes wrong in a source", async () => {
		const data = fromSamples({
			length: 5,
			at: (i) => (i === 3 ? Promise.reject(new Error("gone")) : Promise.resolve(i)),
		});
		const loader = new DataLoader(data, { batchSize: 2 });
		await expect(all(loader)).rejects.toThrow("gone");
	});

	it("join nothing that does not fit", () => {
		expect(() => collate([[1, 2], [3]])).toThrow(/samples differ/);
		expect(() => collate<object>([{ x: 1 }, { y: 1 }])).toThrow(/samples differ/);
	});
});

async function all(loader: AsyncIterable<unknown>): Promise<unknown[]> {
	const list: unknown[] = [];
	for await (const batch of loader) list.push(batch);
	return list;
}

describe("a loader", () => {
	it("without options hands out samples in their order, one at a time", () => {
		expect([...new DataLoader(numbers(3))]).toEqual([[0], [1], [2]]);
	});

	it("hands out every sample once per epoch, in batches of one size but the last", () => {
		fc.assert(
			fc.property(
				fc.nat(40),
				fc.integer({ min: 1, max: 12 }),
				fc.boolean(),
				fc.boolean(),
				(length, batchSize, shuffle, dropLast) => {
					const loader = new DataLoader(numbers(length), { batchSize, shuffle, dropLast, seed: 1 });
					const batches = [...loader];
					expect(batches).toHaveLength(loader.length);
					const full = dropLast ? batches : batches.slice(0, -1);
					for (const batch of full) expect(batch).toHaveLength(batchSize);
					const seen = batches.flat();
					expect(new Set(seen).size).toBe(seen.length);
					expect(seen).toHaveLength(dropLast ? length - (length % batchSize) : length);
				},
			),
		);
	});

	it("shuffles every epoch anew, and all epochs the same way for a seed", () => {
		const epochs = (seed: number): number[][] => {
			const loader = new DataLoader(numbers(50), { batchSize: 8, shuffle: true, seed });
			return [0, 1, 2].map(() => [...loader].flat());
		};
		const [first, second, third] = epochs(1);
		expect(sorted(first as number[])).toEqual(upTo(50));
		expect(second).not.toEqual(first);
		expect(third).not.toEqual(second);
		expect(epochs(1)).toEqual([first, second, third]);
		expect(epochs(2)[0]).not.toEqual(first);
	});

	it("puts every sample at every place equally often", () => {
		const loader = new DataLoader(numbers(4), { batchSize: 4, shuffle: true, seed: 1 });
		const counts = upTo(16).map(() => 0);
		for (let epoch = 0; epoch < 4_000; epoch++) {
			for (const batch of loader)
				batch.forEach((sample, place) => {
					counts[4 * place + sample] = (counts[4 * place + sample] as number) + 1;
				});
		}
		// Binomial(4000, ¼) has a standard deviation of 27.
		for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
	});

	it("draws with replacement from all samples each time", () => {
		const loader = new DataLoader(numbers(1_000), { batchSize: 100, withReplacement: true, seed: 1 });
		const drawn = [...loader].flat();
		expect(drawn).toHaveLength(1_000);
		// 1 - 1/e of the samples are expected, with a standard deviation of 0.01.
		expect(Math.abs(new Set(drawn).size / 1_000 - (1 - 1 / Math.E))).toBeLessThan(0.05);
	});

	it("takes tensors as they are", () => {
		const loader = new DataLoader({ x: tensor([[1], [2], [3]]), y: tensor([1, 2, 3]) }, { batchSize: 2 });
		expect([...loader].map(({ x, y }) => [x.shape, y.toArray()])).toEqual([
			[
				[2, 1],
				[1, 2],
			],
			[[1, 1], [3]],
		]);
	});

	it("is iterated the same way with and without waiting", async () => {
		const options = { batchSize: 3, shuffle: true, seed: 4 };
		expect(await all(new DataLoader(numbers(10), options))).toEqual([...new DataLoader(numbers(10), options)]);
	});

	it("may share its generator, of which an epoch takes one number", () => {
		const generator = new Generator(1);
		const loader = new DataLoader(numbers(100), { shuffle: true, generator });
		for (const _ of loader) break;
		const other = new Generator(1);
		other.uniform();
		expect(generator.state).toEqual(other.state);
	});
});

describe("the state of a loader", () => {
	const kinds: readonly LoaderOptions[] = [
		{},
		{ shuffle: true },
		{ withReplacement: true },
		{ shuffle: true, dropLast: true },
	];

	it("after any number of batches, read from JSON, continues with the batches that were to come", () => {
		fc.assert(
			fc.property(fc.constantFrom(...kinds), fc.nat(12), (kind, stop) => {
				const make = (seed: number): DataLoader<readonly number[]> =>
					new DataLoader(numbers(10), { ...kind, batchSize: 3, seed });
				const whole = make(7);
				const expected = [...whole, ...whole, ...whole, ...whole];

				const first = make(7);
				const seen: (readonly number[])[] = [];
				let saved = JSON.stringify(first.state);
				while (seen.length < stop) {
					for (const batch of first) {
						seen.push(batch);
						saved = JSON.stringify(first.state);
						if (seen.length === stop) break;
					}
				}
				const second = make(8);
				second.loadState(JSON.parse(saved));
				while (seen.length < expected.length) seen.push(...second);
				expect(seen.slice(0, expected.length)).toEqual(expected);
			}),
		);
	});

	it("between epochs is that of its generator alone", () => {
		const loader = new DataLoader(numbers(10), { batchSize: 3, shuffle: true, seed: 1 });
		const batches = [...loader];
		expect(batches).toHaveLength(4);
		expect(loader.state.epoch).toBeNull();
		const next = new DataLoader(numbers(10), { batchSize: 3, shuffle: true, seed: 99 });
		next.loadState(loader.state);
		expect([...next]).toEqual([...loader]);
	});

	it("is not continued by the loader itself after a break: its next loop is a new epoch", () => {
		const loader = new DataLoader(numbers(10), { batchSize: 3, shuffle: true, seed: 1 });
		for (const _ of loader) break;
		expect([...loader].flat()).toHaveLength(10);
	});

	it("is refused where it fits another loader, and nothing changes", () => {
		const loader = new DataLoader(numbers(10), { batchSize: 5, shuffle: true, seed: 1 });
		const before = loader.state;
		const { generator } = before;
		for (const epoch of [{ seed: 1, batches: 3 }, { seed: 0.5, batches: 0 }, { seed: 1, batches: -1 }, 4]) {
			expect(() => loader.loadState({ generator, epoch: epoch as never })).toThrow(/not a state of this loader/);
		}
		expect(() => loader.loadState({ generator: { ...generator, words: [0] }, epoch: null })).toThrow(/not a state/);
		expect(loader.state).toEqual(before);
	});
});
