import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, log, ones, relu, type Scalar, type Tensor, tanh, tensor } from "chainrule";
import { accuracy, DataLoader, spirals } from "chainrule/data";
import { saveSafetensors } from "chainrule/io";
import { BatchNorm, crossEntropy, Dropout, Linear, LossModule, Module, mse, Sequential } from "chainrule/nn";
import { Adam, exponential, LBFGS, type Optimizer, ReduceOnPlateau, SGD } from "chainrule/optim";
import { type FitOptions, type FitResult, fit, loadCheckpoint, validate } from "chainrule/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "fit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `${files++}.safetensors`);

const quiet = { progress: "none" } as const;

/** y = 2 x - 1, in batches of unequal size. */
const line = [
	{ x: tensor([[0], [1], [2]]), y: tensor([[-1], [1], [3]]) },
	{ x: tensor([[3]]), y: tensor([[5]]) },
];

function lineModel(): Linear {
	const model = new Linear(1, 1);
	model.weight.assign([0]);
	model.bias?.assign([0]);
	return model;
}

describe("fit", () => {
	it("learns three spirals", async () => {
		const generator = new Generator(1);
		const model = new Sequential(
			new Linear(2, 32, { generator }),
			relu,
			new Linear(32, 32, { generator }),
			relu,
			new Linear(32, 3, { generator }),
		);
		const data = (seed: number) => spirals({ samples: 300, noise: 0.05, seed });
		const loader = new DataLoader(data(1), { batchSize: 30, shuffle: true, seed: 2 });
		const { history, stopped } = await fit(
			model,
			crossEntropy,
			new Adam(model.parameters(), { learningRate: 0.01 }),
			loader,
			{
				epochs: 40,
				validation: new DataLoader(data(3), { batchSize: 100 }),
				metrics: { accuracy },
				...quiet,
			},
		);
		expect(stopped).toBe("epochs");
		expect(history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
		expect(history[39]?.loss).toBeLessThan((history[0]?.loss as number) / 5);
		expect(history[39]?.validation?.metrics.accuracy).toBeGreaterThan(0.95);
	});

	it("takes means over samples, not over batches, before each step", async () => {
		const model = lineModel();
		const { history } = await fit(model, mse, new SGD(model.parameters(), { learningRate: 1e-12 }), line, {
			epochs: 1,
			...quiet,
		});
		expect(history[0]?.loss).toBeCloseTo((1 + 1 + 9 + 25) / 4, 8);
	});

	it("takes pairs for batches, and modules for losses", async () => {
		const model = lineModel();
		const pairs = line.map(({ x, y }) => [x, y] as const);
		const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
		const { history } = await fit(model, new LossModule(mse), optimizer, pairs, { epochs: 50, ...quiet });
		expect(history[49]?.loss).toBeLessThan(1e-2);
	});

	it("trains by optimizers that evaluate the loss several times", async () => {
		const model = lineModel();
		const { x, y } = { x: tensor([[0], [1], [2], [3]]), y: tensor([[-1], [1], [3], [5]]) };
		await fit(model, mse, new LBFGS(model.parameters()), [{ x, y }], { epochs: 2, ...quiet });
		expect([model.weight.item(), model.bias?.item()]).toEqual([expect.closeTo(2, 4), expect.closeTo(-1, 4)]);
	});

	it("trains in training mode, validates in the other, and leaves the model in the mode it was in", async () => {
		const modes: boolean[] = [];
		class Watched extends Module<Tensor, Tensor> {
			readonly layer = lineModel();
			override forward(x: Tensor): Tensor {
				modes.push(this.training);
				return this.layer.call(x);
			}
		}
		const model = new Watched().eval();
		await fit(model, mse, new SGD(model.parameters(), { learningRate: 0.1 }), line, {
			epochs: 1,
			validation: line,
			...quiet,
		});
		expect(modes).toEqual([true, true, false, false]);
		expect(model.training).toBe(false);
	});

	it("follows a schedule by epochs or by batches", async () => {
		const ratesOf = async (scheduleEvery: "epoch" | "batch"): Promise<(number | undefined)[]> => {
			const model = lineModel();
			const optimizer = new SGD(model.parameters(), { learningRate: 1 / 64 });
			const schedule = exponential({ factor: 0.5 });
			const { history } = await fit(model, mse, optimizer, line, { epochs: 3, schedule, scheduleEvery, ...quiet });
			return history.map(({ learningRate }) => 64 * learningRate);
		};
		expect(await ratesOf("epoch")).toEqual([1, 0.5, 0.25]);
		expect(await ratesOf("batch")).toEqual([0.25, 0.0625, 0.015625]);
	});

	it("lowers the rate on a plateau", async () => {
		const model = lineModel();
		const optimizer = new SGD(model.parameters(), { learningRate: 1e-9 });
		const schedule = new ReduceOnPlateau(optimizer, { patience: 1, factor: 0.5, epsilon: 0 });
		const { history } = await fit(model, mse, optimizer, line, { epochs: 6, schedule, ...quiet });
		expect(history.map(({ learningRate }) => 1e9 * learningRate)).toEqual(
			[1, 1, 1, 0.5, 0.5, 0.25].map((rate) => expect.closeTo(rate, 12)),
		);
	});

	it("limits gradients by norm or by value", async () => {
		for (const clip of [{ norm: 1e-3 }, { value: 1e-3 }]) {
			const model = lineModel();
			await fit(model, mse, new SGD(model.parameters(), { learningRate: 1 }), line, { epochs: 1, clip, ...quiet });
			expect(Math.abs(model.weight.item())).toBeLessThan(2.1e-3);
		}
	});

	it("calls back after every epoch and waits", async () => {
		const seen: number[] = [];
		const model = lineModel();
		await fit(model, mse, new SGD(model.parameters()), line, {
			epochs: 3,
			onEpoch: async ({ epoch }) => {
				await Promise.resolve();
				seen.push(epoch);
			},
			...quiet,
		});
		expect(seen).toEqual([1, 2, 3]);
	});
});

describe("early stopping", () => {
	/** A model whose validation loss is what the test says, epoch by epoch. */
	const run = async (scores: readonly number[], options: object): Promise<{ result: FitResult; weight: number }> => {
		const model = lineModel();
		let epoch = 0;
		const result = await fit(model, mse, new SGD(model.parameters(), { learningRate: 0.01 }), line, {
			epochs: scores.length,
			validation: [line[1] as (typeof line)[0]],
			metrics: { score: () => (model.training ? 0 : (scores[epoch] as number)) },
			earlyStopping: { monitor: "score", ...options },
			onEpoch: () => epoch++,
			...quiet,
		});
		return { result, weight: model.weight.item() };
	};

	it("ends when patience is over, with the weights of the best epoch", async () => {
		const scores = [5, 3, 2, 4, 4, 4, 1];
		const { result, weight } = await run(scores, { patience: 2 });
		expect([result.stopped, result.history.length]).toEqual(["earlyStopping", 6]);
		expect(weight).toBe((await run(scores.slice(0, 3), { patience: 9 })).weight);
		const last = await run(scores, { patience: 2, restoreBest: false });
		expect(last.weight).not.toBe(weight);
	});

	it("looks for larger scores where those are better, by a least change", async () => {
		const { result } = await run([1, 1.05, 1.09, 2, 2], { patience: 1, mode: "max", minimumChange: 0.1 });
		expect(result.history).toHaveLength(3);
	});

	it("takes NaN for no improvement", async () => {
		const { result } = await run([Number.NaN, Number.NaN, 1], { patience: 1 });
		expect(result.history).toHaveLength(2);
	});
});

describe("what is shown", () => {
	const shown = async (options: Partial<FitOptions<Tensor, Tensor, Tensor>>): Promise<string> => {
		const lines: string[] = [];
		const model = lineModel();
		await fit(model, mse, new SGD(model.parameters(), { learningRate: 0.0625 }), line, {
			epochs: 10,
			log: (text) => lines.push(text),
			...options,
		});
		return lines.map((text) => text.replace(/[\d.]+ s$/, "0.0 s").replaceAll(folder, "FOLDER")).join("\n");
	};

	it("is one line per epoch where there is no terminal", async () => {
		expect(await shown({ epochs: 10 })).toMatchInlineSnapshot(`
			"epoch  1/10  loss 6.750  rate 0.0625  0.0 s
			epoch  2/10  loss 1.556  rate 0.0625  0.0 s
			epoch  3/10  loss 0.7850  rate 0.0625  0.0 s
			epoch  4/10  loss 0.7510  rate 0.0625  0.0 s
			epoch  5/10  loss 0.6532  rate 0.0625  0.0 s
			epoch  6/10  loss 0.5795  rate 0.0625  0.0 s
			epoch  7/10  loss 0.5121  rate 0.0625  0.0 s
			epoch  8/10  loss 0.4530  rate 0.0625  0.0 s
			epoch  9/10  loss 0.4006  rate 0.0625  0.0 s
			epoch 10/10  loss 0.3543  rate 0.0625  0.0 s"
		`);
	});

	it("names validation, metrics, and an early end", async () => {
		const options = {
			validation: line,
			metrics: { largest: (z: Tensor) => z.max() as Tensor },
			earlyStopping: { patience: 0, minimumChange: 1 },
		};
		expect(await shown(options)).toMatchInlineSnapshot(`
			"epoch  1/10  loss 6.750  validation 1.777  largest 4.656  rate 0.0625  0.0 s
			epoch  2/10  loss 1.556  validation 0.7437  largest 3.787  rate 0.0625  0.0 s
			epoch  3/10  loss 0.7850  validation 0.7371  largest 3.914  rate 0.0625  0.0 s
			stopped early: no better than in epoch 2"
		`);
	});

	it("says where it was interrupted, saved and resumed", async () => {
		const path = join(folder, "shown.safetensors");
		const controller = new AbortController();
		const interrupted = await shown({
			epochs: 3,
			checkpoint: path,
			signal: controller.signal,
			onEpoch: () => controller.abort(),
		});
		expect(interrupted).toMatchInlineSnapshot(`
			"epoch 1/3  loss 6.750  rate 0.0625  0.0 s
			interrupted after epoch 1; saved to FOLDER/shown.safetensors, run again to go on"
		`);
		expect(await shown({ epochs: 2, checkpoint: path })).toMatchInlineSnapshot(`
			"resumed from FOLDER/shown.safetensors after epoch 1
			epoch 2/2  loss 1.556  rate 0.0625  0.0 s"
		`);
		expect(await shown({ epochs: 2, signal: AbortSignal.abort() })).toMatchInlineSnapshot(
			`"interrupted before epoch 1; not saved, as no checkpoint was asked for"`,
		);
	});

	it("is nothing where nothing is wanted", async () => {
		expect(await shown({ ...quiet })).toBe("");
	});
});

describe("a checkpoint", () => {
	const setup = () => {
		const generator = new Generator(1);
		const model = new Sequential(
			new Linear(2, 6, { generator }),
			new BatchNorm(6),
			tanh,
			new Dropout(0.3, { generator: new Generator(2) }),
			new Linear(6, 3, { generator }),
		);
		const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
		const loader = new DataLoader(spirals({ samples: 60, seed: 3 }), { batchSize: 8, shuffle: true, seed: 4 });
		return { model, optimizer, loader, generator };
	};
	const bits = (model: Sequential): unknown => [...model.stateDict()].map(([path, x]) => [path, [...x.data]]);

	const train = async (
		{ model, optimizer, loader }: ReturnType<typeof setup>,
		options: Partial<FitOptions<Tensor, Tensor, Tensor>>,
	): Promise<FitResult> => {
		const common = { epochs: 5, schedule: exponential({ factor: 0.9 }), earlyStopping: { patience: 3 }, ...quiet };
		return fit(model, crossEntropy, optimizer, loader, { ...common, ...options });
	};

	it.each([1, 5, 8, 9, 16, 23])("taken after batch %d, by an AbortSignal, goes on to the same bits", async (batch) => {
		const whole = setup();
		const { history } = await train(whole, {});

		const checkpoint = newFile();
		const controller = new AbortController();
		let batches = 0;
		const first = await train(setup(), {
			checkpoint,
			signal: controller.signal,
			metrics: {
				count: () => {
					if (++batches === batch) controller.abort();
					return 0;
				},
			},
		});
		expect(first.stopped).toBe("interrupt");
		const second = setup();
		const { history: resumed } = await train(second, { checkpoint });
		expect(bits(second.model)).toEqual(bits(whole.model));
		expect(resumed.map(({ loss, learningRate }) => [loss, learningRate])).toEqual(
			history.map(({ loss, learningRate }) => [loss, learningRate]),
		);
	});

	it("goes on in a loader that does not tell its place, skipping what is done", async () => {
		const run = async (stopAt: number): Promise<number> => {
			const checkpoint = newFile();
			const model = lineModel();
			const controller = new AbortController();
			let batches = 0;
			const metrics = {
				count: () => {
					if (++batches === stopAt) controller.abort();
					return 0;
				},
			};
			const optimizer = (): Optimizer => new SGD(model.parameters(), { learningRate: 0.01, momentum: 0.9 });
			await fit(model, mse, optimizer(), line, { epochs: 4, checkpoint, signal: controller.signal, metrics, ...quiet });
			const again = lineModel();
			await fit(again, mse, new SGD(again.parameters(), { momentum: 0.9 }), line, { epochs: 4, checkpoint, ...quiet });
			return again.weight.item();
		};
		expect(await run(3)).toBe(await run(Number.POSITIVE_INFINITY));
	});

	it("of a run that is done does nothing more, unless more epochs are wanted", async () => {
		const checkpoint = newFile();
		const first = setup();
		await train(first, { checkpoint });
		const second = setup();
		expect((await train(second, { checkpoint })).history).toHaveLength(5);
		expect(bits(second.model)).toEqual(bits(first.model));
		expect((await train(setup(), { checkpoint, epochs: 6 })).history).toHaveLength(6);
	});

	it("is not taken up where that is not wanted", async () => {
		const checkpoint = newFile();
		await train(setup(), { checkpoint, epochs: 1 });
		const { history } = await train(setup(), { checkpoint: { path: checkpoint, resume: false }, epochs: 1 });
		expect(history).toHaveLength(1);
	});

	it("can be read for the weights alone", async () => {
		const checkpoint = newFile();
		const first = setup();
		await train(first, { checkpoint, earlyStopping: undefined, epochs: 2 });
		const { model, training } = await loadCheckpoint(checkpoint);
		const second = setup();
		second.model.loadStateDict(model);
		expect(bits(second.model)).toEqual(bits(first.model));
		expect(training.history).toHaveLength(2);
	});

	it("of another model, optimizer, loader or of nothing is refused, and changes nothing", async () => {
		const checkpoint = newFile();
		await train(setup(), { checkpoint, epochs: 1 });
		const model = lineModel();
		const before = bits(model as unknown as Sequential);
		const other = fit(model, mse, new Adam(model.parameters()), line, { epochs: 2, checkpoint, ...quiet });
		await expect(other).rejects.toThrow(/does not fit the module[\s\S]*safetensors/);
		expect(bits(model as unknown as Sequential)).toEqual(before);

		const same = setup();
		const untouched = bits(same.model);
		const optimizer = new SGD(same.model.parameters());
		const otherOptimizer = fit(same.model, crossEntropy, optimizer, same.loader, { epochs: 2, checkpoint, ...quiet });
		await expect(otherOptimizer).rejects.toThrow("SGD: the state does not fit");
		expect(bits(same.model)).toEqual(untouched);

		const batches = [...same.loader];
		const schedule = exponential({ factor: 0.9 });
		const given = { epochs: 2, checkpoint, ...quiet };
		const otherLoader = fit(same.model, crossEntropy, same.optimizer, batches, { ...given, schedule });
		await expect(otherLoader).rejects.toThrow("fit: the checkpoint is of another loader");
		expect(bits(same.model)).toEqual(untouched);

		const otherSchedule = fit(same.model, crossEntropy, same.optimizer, same.loader, given);
		await expect(otherSchedule).rejects.toThrow("fit: the checkpoint is of another schedule");
		expect(bits(same.model)).toEqual(untouched);

		await saveSafetensors(checkpoint, { weight: ones([2]) });
		await expect(train(setup(), { checkpoint })).rejects.toThrow("fit: not a checkpoint");
		await writeFile(checkpoint, (await readFile(checkpoint)).subarray(0, 9));
		await expect(train(setup(), { checkpoint })).rejects.toThrow(/Safetensors: /);
	});

	it("that cannot be written is refused before the first batch", async () => {
		const model = lineModel();
		const before = bits(model as unknown as Sequential);
		const checkpoint = join(folder, "missing", "line.safetensors");
		const training = fit(model, mse, new SGD(model.parameters()), line, { epochs: 3, checkpoint, ...quiet });
		await expect(training).rejects.toThrow("save: cannot write");
		expect(bits(model as unknown as Sequential)).toEqual(before);
	});

	it("keeps numbers that JSON has no word for", async () => {
		const checkpoint = newFile();
		const model = lineModel();
		const metrics = { nan: () => Number.NaN, most: () => Number.POSITIVE_INFINITY, zero: () => -0 };
		const { history } = await fit(model, mse, new SGD(model.parameters()), line, {
			epochs: 1,
			checkpoint,
			metrics,
			...quiet,
		});
		expect((await loadCheckpoint(checkpoint)).training.history).toEqual(history);
	});
});

describe("batches", () => {
	it("of tensors in an array are given as arrays", async () => {
		const model = lineModel();
		const [{ x, y }] = line as [(typeof line)[number]];
		const loader = new DataLoader([x, y], { batchSize: 2 });
		const { history } = await fit(model, mse, new SGD(model.parameters()), loader, {
			epochs: 2,
			validation: [[x, y]],
			...quiet,
		});
		expect(history).toHaveLength(2);
	});

	it("that are none, or none at all, are refused", async () => {
		const model = lineModel();
		const optimizer = new SGD(model.parameters());
		const train = (batches: unknown, options = {}) =>
			fit(model, mse, optimizer, batches as typeof line, { epochs: 1, ...quiet, ...options });
		await expect(train([{ x: ones([1, 1]), label: ones([1, 1]) }])).rejects.toThrow("{ x, label }");
		await expect(train([ones([2, 1])])).rejects.toThrow("a single tensor");
		await expect(train(line[0])).rejects.toThrow("fit: the loader cannot be looped over");
		await expect(train(line, { validation: line[0] })).rejects.toThrow("fit: validation cannot be looped over");
		await expect(train(line, { validation: [] })).rejects.toThrow("validate: nothing to measure");
		const none = new DataLoader(line[0] as (typeof line)[number], { batchSize: 5, dropLast: true });
		await expect(train(none)).rejects.toThrow(/length 0[\s\S]*dropLast/);
	});

	it("whose loss moves none of the optimizer's parameters are refused, with the weights as they were", async () => {
		const model = lineModel();
		const other = new SGD(new Linear(1, 1).parameters());
		await expect(fit(model, mse, other, line, { epochs: 1, ...quiet })).rejects.toThrow("moves nothing of the model");
		model.freeze();
		const frozen = fit(model, mse, new SGD(model.parameters()), line, { epochs: 1, ...quiet });
		await expect(frozen).rejects.toThrow(/no parameter that is trained[\s\S]*unfreeze/);
		expect(String(model.weight)).toBe("[[0]]");
	});
});

describe("a loss that is not finite", () => {
	it("ends training by an error that names epoch and batch, before the weights are touched", async () => {
		const checkpoint = newFile();
		const model = lineModel();
		let batches = 0;
		const loss = (z: Tensor, y: Tensor): Tensor | Scalar => (++batches < 4 ? mse(z, y) : log(mse(z, y).mul(-1)));
		const training = fit(model, loss, new SGD(model.parameters(), { learningRate: 0.01 }), line, {
			epochs: 9,
			checkpoint,
			...quiet,
		});
		await expect(training).rejects.toThrow(/NaN in epoch 2, batch 2; the checkpoint is from after epoch 1/);
		expect(Number.isFinite(model.weight.item())).toBe(true);
		expect((await loadCheckpoint(checkpoint)).training.history).toHaveLength(1);
	});
});

describe("validate", () => {
	it("records nothing and leaves the mode of every part as it was", async () => {
		const model = new Sequential(new Linear(1, 2), new Dropout(0.5), new Linear(2, 1));
		(model.layers[1] as Dropout).eval();
		const { loss } = await validate(model, mse, line);
		expect(loss).toBe((await validate(model, mse, line)).loss);
		expect([model.training, (model.layers[1] as Dropout).training]).toEqual([true, false]);
	});
});
