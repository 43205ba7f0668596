/** What is taken away of a run: programs that print what the run gives, and files that read back. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { tensor } from "chainrule";
import { readJson, readSafetensors } from "chainrule/io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, linesOf } from "../../../scripts/programs.js";
import { activations, type Setup, standardSetup } from "../../../viz/playground/setup.js";
import { exported } from "../../../viz/playground/training/exports.js";
import { firstRows, programOf } from "../../../viz/playground/training/program.js";
import { pointsOf } from "../../../viz/playground/training/samples.js";
import { Training } from "../../../viz/playground/training/training.js";

const root = new URL("../../..", import.meta.url).pathname;

function trained(change: Partial<Setup>, steps = 12): Training {
	const training = new Training({ ...standardSetup, ...change });
	while (training.step < steps) training.advance();
	return training;
}

/** Every kind of network: outputs, features, scaling, the reader's own data, numbers that are hard to write. */
const setups: Readonly<Record<string, Partial<Setup>>> = {
	"the standard network": {},
	"a softmax of classes": { data: "spirals", classes: 4, layers: [{ units: 5, activation: "relu" }] },
	"features by formulas": { features: ["x1", "x2", "x1*x2", "sin(3*x1)^2", "1", "if(x1 > x2, x1, -x2)"] },
	"scaled inputs": { scaled: true, noise: 0.3, layers: [{ units: 3, activation: "leakyRelu" }] },
	"features of scaled inputs": { scaled: true, features: ["x2", "exp(-x1^2)", "max(x1, x2)"] },
	"a wide network": { layers: [{ units: 64, activation: "silu" }], batch: 0 },
	"a graph that is learnt": { data: "function", loss: "quadratic", layers: [{ units: 6, activation: "sin" }] },
	"own data with texts": {
		data: "own",
		own: 'width,"a ""b"" */ //",kind\n1,2,"</script>"\n0.5,3,`${1}`\n-1e-300,4,__proto__\n7,1e15,__proto__\n',
		scaled: true,
		test: 0,
		output: "tanh",
		loss: "quadratic",
		layers: [],
	},
	"one input and given weights": {
		data: "own",
		own: "x,y\n1,0\n0,1\n",
		features: ["x1"],
		layers: [],
		initialization: "given",
		weights: "-0 1e-310",
		optimizer: "sgd",
		test: 0,
	},
	"units of every kind": { layers: activations.map((activation) => ({ units: 2, activation })) },
};

let folder = "";
const runs = Object.entries(setups).map(([name, change]) => ({
	name,
	training: trained(change, name.startsWith("one") ? 0 : 12),
}));

beforeAll(async () => {
	// Inside of the repository, where the compiler finds what the programs import.
	await mkdir(join(root, "out"), { recursive: true });
	folder = await mkdtemp(join(root, "out/exports-"));
	const files = runs.map((_, index) => join(folder, `program${index}.ts`));
	await Promise.all(runs.map(({ training }, index) => writeFile(files[index] as string, programOf(training))));
	await bundle(root, files, join(folder, "made"));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the network as a program", () => {
	it.concurrent.each(runs.map((run, index) => ({ ...run, index })))(
		"prints what the run gives, to the last digit: $name",
		async ({ training, index }) => {
			const lines = await linesOf(root, join(folder, `made/${index}.mjs`));
			const { a } = training.result(tensor(firstRows(training.points)));
			const expected = (a.toArray() as number[][]).map((row) => row.join(" "));
			expect(expected.length).toBe(Math.min(5, training.points.y.length));
			expect(lines).toEqual(expected);
			const promised = programOf(training).trimEnd().split("\n").slice(-expected.length);
			expect(promised).toEqual(expected.map((line) => `// ${line}`));
		},
	);

	it("passes the compiler as strict as for the library itself", async () => {
		const options = { extends: "../../tsconfig.json", include: ["*.ts"] };
		await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
		const compiler = join(root, "node_modules/typescript/bin/tsc");
		const told = await promisify(execFile)(process.execPath, [compiler, "-p", folder]);
		expect(told).toEqual({ stdout: "", stderr: "" });
	}, 60_000);

	it("is to be read", () => {
		const training = trained({ layers: [{ units: 1, activation: "tanh" }], features: ["x1*x2"], scaled: true }, 0);
		const readable = programOf(training).replaceAll(/-?\d+\.\d+(e-\d+)?/g, "0.1");
		expect(readable).toMatchInlineSnapshot(`
			"/** A network of 1-1-1 units after 0 steps of training on data set "moons". */
			import { type Tensor, broadcastTo, evaluate, parseFormula, sigmoid, slice, stack, tanh, tensor } from "chainrule";
			import { Linear, Sequential } from "chainrule/nn";

			const model = new Sequential(
				new Linear(1, 1),
				tanh,
				new Linear(1, 1),
				sigmoid,
			);
			model.loadStateDict({
				"layers.0.weight": tensor([
					[0.1],
				]),
				"layers.0.bias": tensor([0]),
				"layers.2.weight": tensor([
					[0.1],
				]),
				"layers.2.bias": tensor([0]),
			});

			const formulas = ["x1*x2"].map((formula) => parseFormula(formula));
			const shift = tensor([0.1, 0.1]);
			const scale = tensor([0.1, 0.1]);

			/** The features of points: one column for each formula, in scaled inputs. */
			function read(points: Tensor): Tensor {
				const x = points.sub(shift).div(scale);
				const names = new Map(["x1", "x2"].map((name, column) => [name, slice(x, [null, column])] as const));
				const columns = formulas.map((formula) => broadcastTo(evaluate(formula, names), [points.shape[0] ?? 0]));
				return stack(columns, { axis: 1 });
			}

			/** For every point (x1, x2): the probability of class 1. */
			export function predict(points: readonly (readonly number[])[]): number[][] {
				return model.call(read(tensor(points))).toArray() as number[][];
			}

			const points = [
				[0.1, 0.1],
				[0.1, 0.1],
				[0.1, 0.1],
				[0.1, 0.1],
				[0.1, 0.1],
			];
			for (const outputs of predict(points)) console.log(outputs.join(" "));

			// 0.1
			// 0.1
			// 0.1
			// 0.1
			// 0.1
			"
		`);
	});

	it("holds what was typed as text and nowhere else", () => {
		const text = programOf(trained({ features: ["x1 + 0*2 ", "x2"] }));
		expect(text).toContain('["x1 + 0*2 ", "x2"]');
		const own = programOf(trained(setups["own data with texts"] as Partial<Setup>));
		for (const name of ["</script>", "__proto__", "*/ //", "${1}"]) expect(own).not.toContain(name);
	});
});

describe("the network as a file", () => {
	const training = trained({ data: "blobs", features: ["x1", "x2", "x1*x2"] });
	const state = [...training.network.model.stateDict()].map(([path, x]) => [path, x.shape, [...x.data]]);

	it("of JSON is read by the library, bit for bit, with the setup beside it", () => {
		const { content, name, type } = exported(training, "json");
		expect([name, type]).toEqual(["network.json", "application/json"]);
		const { tensors, module } = readJson(content);
		expect(module).toBe("Sequential");
		expect([...tensors].map(([path, x]) => [path, x.shape, [...x.data]])).toEqual(state);
		expect(JSON.parse(content as string)).toMatchObject({ setup: training.setup, step: 12 });
	});

	it("of JSON keeps what was typed", () => {
		const own = 'a,"$&",y\n1,2,0\n2,1,1\n';
		const { content } = exported(trained({ data: "own", own, test: 0 }), "json");
		expect(JSON.parse(content as string)).toMatchObject({ setup: { own } });
	});

	it("of safetensors is read by the library, bit for bit, with the setup beside it", () => {
		const { content } = exported(training, "safetensors");
		const { tensors, metadata } = readSafetensors(content as Uint8Array);
		const read = [...tensors].map(([path, x]) => [path, x.shape, [...x.data]]);
		expect(new Map(read.map((entry) => [entry[0], entry]))).toEqual(new Map(state.map((entry) => [entry[0], entry])));
		expect(JSON.parse(metadata.get("setup") as string)).toEqual(training.setup);
		expect(metadata.get("step")).toBe("12");
	});
});

describe("the points as CSV", () => {
	it.each([
		{},
		{ data: "blobs", classes: 5 },
		{ data: "function", loss: "quadratic" },
		setups["own data with texts"],
		{ data: "own", own: 'class,"; ",y\n1,2,"a,b"\n3,4,"c\n""d"\n', test: 0 },
	] as Partial<Setup>[])("read back as the reader's own: %#", (change) => {
		const { points } = trained(change, 0);
		const { content, name } = exported(trained(change, 0), "csv");
		expect(name).toBe("points.csv");
		const read = pointsOf({ ...standardSetup, data: "own", own: content as string, test: 0 });
		expect([read.x, read.y, read.task, read.classes]).toEqual([points.x, points.y, points.task, points.classes]);
		expect(read.labels).toEqual(points.labels);
		expect(read.names).toEqual(points.names);
	});
});
