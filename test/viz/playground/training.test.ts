/** Training runs: the figures of the notes, losses, starts, points and features, and what is refused. */
import { softmax, type Tensor, tensor } from "chainrule";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { setCodeGeneration } from "../../../src/kernels/loops.js";
import {
	activations,
	dataSets,
	initializations,
	limits,
	optimizers,
	outputs,
	type Setup,
	standardSetup,
} from "../../../viz/playground/setup.js";
import { ruleOf } from "../../../viz/playground/training/descent.js";
import { reportOn } from "../../../viz/playground/training/lossreport.js";
import { layerFrames, Painter, sizesOf } from "../../../viz/playground/training/pictures.js";
import type { Points } from "../../../viz/playground/training/protocol.js";
import { Refusal } from "../../../viz/playground/training/refusal.js";
import { pointsOf } from "../../../viz/playground/training/samples.js";
import { Training } from "../../../viz/playground/training/training.js";

fc.configureGlobal({ seed: 1 });

const setupOf = (change: Partial<Setup>): Setup => ({ ...standardSetup, ...change });

/** A run of so many steps. */
function trained(change: Partial<Setup>, steps: number): Training {
	const training = new Training(setupOf(change));
	for (let step = 0; step < steps; step++) expect(training.advance()).toBe(true);
	return training;
}

/** What is refused about a setup, and which entry is to blame. */
function refusalOf(change: Partial<Setup>): { readonly field: keyof Setup | undefined; readonly text: string } {
	try {
		new Training(setupOf(change));
	} catch (error) {
		if (error instanceof Refusal) return { field: error.field, text: error.message };
		throw error;
	}
	throw new Error("nothing was refused");
}

/** One sigmoid neuron that learns what stands in `own`, by the gradient of all points. */
const neuron = {
	data: "own",
	own: "x1,y\n1,0\n",
	test: 0,
	features: ["x1"],
	layers: [],
	output: "sigmoid",
	initialization: "given",
	loss: "quadratic",
	optimizer: "sgd",
	learningRate: 0.15,
	batch: 0,
} as const satisfies Partial<Setup>;

describe("one sigmoid neuron that learns to turn 1 into 0", () => {
	it.each([
		["quadratic", "0.6;0.9", "0.334214", "0.093956", "0.004414"],
		["quadratic", "2, 2", "0.482176", "0.202848", "0.020574"],
		["crossEntropy", "0.6 0.9", "1.701413", "0.011638", "0.011706"],
		["crossEntropy", "2;2", "4.018150", "0.012009", "0.012081"],
	] as const)("by the %s cost from %s gives the figures of the notes", (loss, weights, first, output, cost) => {
		const start = trained({ ...neuron, weights, loss }, 0);
		expect(start.measures().trainLoss.toFixed(6)).toBe(first);
		const end = trained({ ...neuron, weights, loss }, 300);
		expect(end.measures().predicted[0]?.toFixed(6)).toBe(output);
		expect(end.measures().trainLoss.toFixed(6)).toBe(cost);
	});

	it("has the gradients of the notes at the start", () => {
		for (const [weights, expected] of [
			["0.6 0.9", "0.121938"],
			["2 2", "0.017345"],
		] as const) {
			const [layer] = layerFrames(trained({ ...neuron, weights }, 1).network, [new Float32Array()]);
			expect(layer?.weightGradient[0]?.toFixed(6)).toBe(expected);
			expect(layer?.biasGradient[0]?.toFixed(6)).toBe(expected);
		}
	});

	it("and 0 into 1 at the same time", () => {
		const both = { ...neuron, own: "x1,y\n0,1\n1,0\n", weights: "0.6 0.9" };
		expect(trained(both, 0).measures().trainLoss.toFixed(6)).toBe("0.187995");
		const end = trained(both, 300);
		const [w, b] = end.network.parameters.map((parameter) => parameter.item().toFixed(6));
		expect([w, b]).toEqual(["-1.618318", "0.626915"]);
		const { a } = end.result(tensor([[0], [1]]));
		expect([...a.data].map((output) => output.toFixed(6))).toEqual(["0.651790", "0.270635"]);
	});

	it("learns the same by the formula of the cost, typed", () => {
		const typed = trained({ ...neuron, weights: "2 2", loss: "own", formula: "(y - a)^2 / 2" }, 300);
		const named = trained({ ...neuron, weights: "2 2" }, 300);
		expect(typed.network.parameters.map(String)).toEqual(named.network.parameters.map(String));
	});
});

describe("a loss", () => {
	const three = { data: "blobs", classes: 3, samples: 12, test: 0, batch: 0, layers: [] } as const;
	/** The loss, from outputs and targets by hand. */
	const byHand = (training: Training, of: (a: readonly number[], meant: number) => number): number => {
		const { x, y, width } = training.points;
		const { a } = training.result(tensor(x, { shape: [y.length, width] }));
		const rows = a.toArray() as number[][];
		return rows.reduce((sum, row, at) => sum + of(row, y[at] as number), 0) / rows.length;
	};
	const total = (row: readonly number[], f: (a: number, k: number) => number): number =>
		row.reduce((sum, a, k) => sum + f(a, k), 0);

	it("is summed over outputs and averaged over samples", () => {
		for (const output of ["sigmoid", "tanh", "linear", "softmax"] as const) {
			const training = trained({ ...three, output, loss: "quadratic" }, 3);
			const low = output === "tanh" ? -1 : 0;
			const expected = byHand(training, (row, meant) => total(row, (a, k) => ((k === meant ? 1 : low) - a) ** 2 / 2));
			expect(training.measures().trainLoss).toBeCloseTo(expected, 12);
		}
	});

	it("of probabilities is the cross-entropy, of several sigmoids that of each, of a softmax that of all", () => {
		const sigmoids = trained({ ...three, output: "sigmoid" }, 3);
		const each = byHand(sigmoids, (row, meant) => total(row, (a, k) => -Math.log(k === meant ? a : 1 - a)));
		expect(sigmoids.measures().trainLoss).toBeCloseTo(each, 12);
		const shares = trained({ ...three, output: "softmax" }, 3);
		expect(shares.measures().trainLoss).toBeCloseTo(
			byHand(shares, (row, meant) => -Math.log(row[meant] as number)),
			12,
		);
		const { z, a } = shares.result(tensor([[1, 2]]));
		expect(a.toArray()).toEqual(softmax(z).toArray());
	});

	it("keeps its digits where the output is certain and wrong", () => {
		const certain = trained({ ...neuron, weights: "500 500", loss: "crossEntropy" }, 0);
		expect(certain.measures().trainLoss).toBe(1_000);
		expect(certain.advance()).toBe(true);
		const typed = new Training(
			setupOf({ ...neuron, weights: "500 500", loss: "own", formula: "-(y*log(a) + (1 - y)*log(1 - a))" }),
		);
		expect(typed.measures().trainLoss).not.toBeLessThan(Number.MAX_VALUE);
		expect(typed.advance()).toBe(false);
		expect(typed.step).toBe(0);
	});

	it("that is typed may use the weighted sum, and may be anything that has a gradient", () => {
		const shown = trained({ loss: "own", formula: "softplus(z) - y*z" }, 20);
		const known = trained({}, 20);
		expect(String(shown.network.parameters[0])).toBe(String(known.network.parameters[0]));
		expect(trained({ loss: "own", formula: "abs(y - a) + 0.1*z^2" }, 5).step).toBe(5);
	});

	it.each([
		["(y - b)^2", /loss "\(y - b\)\^2": unknown name "b"[\s\S]*a, z, y/],
		["(y - a)^^2", /loss[\s\S]*unexpected "\^"[\s\S]*\n +.*\^/],
		["squared(y - a)", /unknown function "squared"[\s\S]*sq/],
		["max(a)", /max[\s\S]*2/],
		["y*2", /no gradient/],
		["a > y", /no gradient/],
		["", /nothing to read/],
		["a @ y", /single numbers/],
		["alert(1)", /unknown function "alert"/],
	])("of %s is refused at its formula", (formula, expected) => {
		const { field, text } = refusalOf({ loss: "own", formula });
		expect(field).toBe("formula");
		expect(text).toMatch(expected);
	});

	it.each(["tanh", "linear"] as const)("cross-entropy of an output of %s is refused, with what to do", (output) => {
		expect(refusalOf({ output })).toMatchObject({ field: "loss", text: expect.stringMatching(/sigmoid/) });
		expect(refusalOf({ data: "function", output: "sigmoid" })).toMatchObject({
			field: "loss",
			text: expect.stringMatching(/targets from 0 to 1[\s\S]*quadratic/),
		});
	});

	it("is shown as LaTeX, with an index where there are several outputs", () => {
		const latex = (change: Partial<Setup>): string => new Training(setupOf(change)).loss.latex;
		expect(latex({ loss: "quadratic" })).toBe("\\frac{\\left(y - a\\right)^{2}}{2}");
		expect(latex({})).toContain("= \\operatorname{softplus}\\left(z\\right) - y z");
		expect(latex({ data: "blobs" })).toBe("-\\sum_{k} y_{k} \\ln a_{k}");
		expect(latex({ data: "blobs", loss: "quadratic" })).toMatch(/^\\sum_\{k\} .*y_\{k\} - a_\{k\}/);
		expect(latex({ loss: "own", formula: "abs(y - a)" })).toBe("\\left|y - a\\right|");
	});

	it("is looked at by checkLoss: the quadratic one of a sigmoid stalls, cross-entropy does not", () => {
		const report = (change: Partial<Setup>): ReturnType<typeof reportOn> => {
			const { loss, network, points } = new Training(setupOf(change));
			return reportOn(loss, network.output, points.task);
		};
		for (const change of [{}, { data: "blobs" }, { data: "blobs", output: "sigmoid" }] as const) {
			const { text, findings } = report(change);
			expect(findings).toEqual([]);
			expect(text).toContain("the gradient stays as long as logits are wrong");
		}
		expect(report({ loss: "quadratic" }).text).toMatch(/slowdown +stalls/);
		for (const change of [
			{ output: "tanh", loss: "quadratic" },
			{ data: "function", loss: "quadratic" },
			{ data: "function", output: "sigmoid", loss: "quadratic" },
		] as const)
			expect(report(change).findings).toEqual([]);
		expect(report({ data: "blobs", loss: "quadratic" }).findings.map(({ check }) => check)).toEqual(["slowdown"]);
		const wrong = report({ loss: "own", formula: "-(y - a)^2" });
		expect(wrong.findings.map(({ check }) => check)).toContain("sign");
		expect(report({ loss: "own", formula: "(y - sigma(z))^2/2" }).text).toMatch(/stalls/);
	});
});

describe("points", () => {
	it.each(dataSets.filter((name) => name !== "own"))(
		"of %s are the same for the same seed, and lie in the plane",
		(data) => {
			const points = pointsOf(setupOf({ data }));
			expect(points).toEqual(pointsOf(setupOf({ data, seed: 7, layers: [] })));
			expect(points.x).not.toEqual(pointsOf(setupOf({ data, dataSeed: 2 })).x);
			expect(points.y.length).toBe(200);
			expect(points.trained).toBe(140);
			const { left, right, bottom, top } = points.plane;
			expect(right - left).toBeCloseTo(top - bottom, 12);
			for (let at = 0; at < points.x.length; at += 2) {
				expect(points.x[at]).toBeGreaterThan(left);
				expect(points.x[at]).toBeLessThan(right);
				expect(points.x[at + 1]).toBeGreaterThan(bottom);
				expect(points.x[at + 1]).toBeLessThan(top);
			}
		},
	);

	it("are the same, tested or not: only their order differs", () => {
		const rows = ({ x, y }: Points): string[] =>
			Array.from(y, (target, at) => `${x[2 * at]} ${x[2 * at + 1]} ${target}`);
		for (const test of [0.1, 0.5, 0.9])
			expect(rows(pointsOf(setupOf({ test }))).sort()).toEqual(rows(pointsOf(setupOf({ test: 0 }))).sort());
		expect(pointsOf(setupOf({ samples: 4, test: 0.9 })).trained).toBe(1);
	});

	it("of xor lie around the corners (±1, ±1), and are of class 1 where the signs differ", () => {
		const exact = pointsOf(setupOf({ data: "xor", samples: 40, noise: 0 }));
		for (const [at, target] of exact.y.entries()) {
			const [x1, x2] = [exact.x[2 * at] as number, exact.x[2 * at + 1] as number];
			expect([Math.abs(x1), Math.abs(x2), target]).toEqual([1, 1, x1 === x2 ? 0 : 1]);
		}
		const noisy = pointsOf(setupOf({ data: "xor", samples: 5_000, noise: 0.3 }));
		const deviation = Math.sqrt(noisy.x.reduce((sum, x) => sum + (Math.abs(x) - 1) ** 2, 0) / noisy.x.length);
		expect(deviation).toBeCloseTo(0.3, 1);
	});

	it("of a function lie on its graph", () => {
		const { x, y, task } = pointsOf(setupOf({ data: "function", target: "x1*x2 + sin(x1)", noise: 0, test: 0 }));
		expect(task).toBe("values");
		for (const [at, value] of y.entries()) {
			const [x1, x2] = [x[2 * at] as number, x[2 * at + 1] as number];
			expect(value).toBeCloseTo(x1 * x2 + Math.sin(x1), 14);
			expect(Math.max(Math.abs(x1), Math.abs(x2))).toBeLessThanOrEqual(2);
		}
		expect(pointsOf(setupOf({ data: "function", target: "1/2", noise: 0 })).y.every((value) => value === 0.5)).toBe(
			true,
		);
		const change = { data: "function", loss: "quadratic" } as const;
		expect(refusalOf({ ...change, target: "log(x1)" })).toMatchObject({
			field: "target",
			text: expect.stringMatching(/no finite value[\s\S]*x1 = -/),
		});
		expect(refusalOf({ ...change, target: "x1 + x3" })).toMatchObject({
			field: "target",
			text: expect.stringContaining('unknown name "x3"'),
		});
	});

	it("have a plane of their own scales only where one input reaches much further", () => {
		const planeOf = (own: string): Points["plane"] => pointsOf(setupOf({ data: "own", own, test: 0 })).plane;
		const even = planeOf("a,b,y\n0,0,0\n4,1,1\n");
		expect(even.right - even.left).toBeCloseTo(even.top - even.bottom, 12);
		const odd = planeOf("age,income,y\n20,10000,0\n60,90000,1\n");
		expect(odd.right - odd.left).toBeCloseTo(52, 12);
		expect(odd.top - odd.bottom).toBeCloseTo(104_000, 8);
		const one = planeOf("a,y\n3,0\n5,1\n");
		expect([one.left, one.right, one.bottom, one.top].map((x) => Number(x.toFixed(9)))).toEqual([2.7, 5.3, -1.3, 1.3]);
		const alone = planeOf("a,b,y\n3,4,0\n");
		expect(alone.right).toBeGreaterThan(alone.left);
	});
});

describe("the reader's own points", () => {
	const own = (text: string): Points => pointsOf(setupOf({ data: "own", own: text, test: 0 }));

	it("are classes where the last column counts from 0 or holds texts, and values otherwise", () => {
		expect(own("x,y,class\n1,2,0\n3,4,1\n5,6,2\n")).toMatchObject({
			width: 2,
			names: ["x", "y"],
			task: "classes",
			classes: 3,
			x: Float64Array.of(1, 2, 3, 4, 5, 6),
			y: Float64Array.of(0, 1, 2),
		});
		expect(own("x;kind\n1;oak\n2;elm\n3;oak\n")).toMatchObject({
			task: "classes",
			classes: 2,
			labels: ["elm", "oak"],
			y: Float64Array.of(1, 0, 1),
		});
		for (const column of ["1\n2", "0\n2", "0.5\n1", "0\n0", "-1\n1", "0\n1\n2\n3\n4\n5\n6\n7\n8"]) {
			const rows = column.split("\n").map((value, at) => `${at},${value}`);
			expect(own(`x,y\n${rows.join("\n")}\n`)).toMatchObject({ task: "values", classes: 0 });
		}
	});

	it("name every bad row in one message", () => {
		const rows = ["x1,x2,class", "1,2,0", "1,oops,1", "", "3,4", "5,6,7,8", "1,2,one", "0,0,1", ",1,0"];
		const { field, text } = refusalOf({ data: "own", own: rows.join("\n") });
		expect(field).toBe("own");
		expect(text).toMatch(/5 rows that cannot be read/);
		for (const [row, why] of [
			[3, /"oops", column "x2"/],
			[5, /another length: 2/],
			[6, /another length: 4/],
			[7, /"one", column "class"/],
			[9, /missing: "", column "x1"/],
		] as const)
			expect(text).toMatch(new RegExp(`row ${row}: .*${why.source}`));
	});

	it("name every bad row, however many there are", () => {
		const many = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? `${at},1` : `x${at},1`));
		const { text } = refusalOf({ data: "own", own: `a,y\n${many.join("\n")}` });
		expect(text).toMatch(/200 rows/);
		expect(text).toMatch(/row 3: .*\n/);
		expect(text).toMatch(/and rows 21–22, 24–25, .*300–301/);
	});

	it.each([
		["", /no rows/],
		["a,b", /no rows/],
		["a\n1\n", /number of columns/],
		[`${Array.from({ length: 18 }, (_, k) => `c${k}`).join()}\n${"1,".repeat(17)}1\n`, /1 to 16 inputs/],
		["a,a,y\n1,2,3\n", /not names of columns/],
		['a,y\n"1,2\n', /quotation mark/],
		["a,y\n1,oak\n2,oak\n", /number of classes[\s\S]*1 in "y"/],
		[`a,y\n${Array.from({ length: 9 }, (_, k) => `${k},kind${k}\n`).join("")}`, /2 to 8/],
		["a,y\n1e999,0\n1,1\n", /too large/],
		[`a,y\n${"1,2\n".repeat(limits.ownRows + 1)}`, /at most 5000/],
	])("are refused where there is nothing to train on: %#", (text, expected) => {
		expect(refusalOf({ data: "own", own: text })).toMatchObject({
			field: "own",
			text: expect.stringMatching(expected),
		});
	});

	it("may be called anything", () => {
		const points = own('__proto__,constructor,"<script>"\n1,2,"</script>"\n3,4,__proto__\n');
		expect(points.names).toEqual(["__proto__", "constructor"]);
		expect(points.labels).toEqual(["</script>", "__proto__"]);
		expect([...points.x]).toEqual([1, 2, 3, 4]);
	});
});

describe("features", () => {
	const of = (training: Training, rows: number[][]): number[][] =>
		training.features.of(tensor(rows)).toArray() as number[][];

	it("are formulas in the inputs", () => {
		const training = new Training(setupOf({ features: ["x1", "x1*x2", "sin(x2)^2", "1", "if(x1 > 0, 1, 0)"] }));
		expect(training.network.sizes).toEqual([5, 8, 8, 1]);
		expect(of(training, [[2, 3]])).toEqual([[2, 6, Math.sin(3) ** 2, 1, 1]]);
	});

	it("read scaled inputs where that is asked for, by the numbers of the training part", () => {
		const own = "x,y,t\n1,10,0\n3,30,0.5\n5,50,0.5\n7,70,4\n";
		const training = new Training(
			setupOf({ data: "own", own, test: 0, scaled: true, features: ["x1", "x2", "x1*x2"], loss: "quadratic" }),
		);
		const deviation = Math.sqrt(5);
		const [row] = of(training, [[7, 40]]);
		expect(row?.[0]).toBeCloseTo(3 / deviation, 12);
		expect(row?.[1]).toBeCloseTo(0, 12);
		const part = new Training({ ...training.setup, test: 0.5 });
		const { x } = part.points;
		expect(part.features.scaler?.shift.data[0]).toBe(((x[0] as number) + (x[2] as number)) / 2);
	});

	it.each([
		["x1*", /feature "x1\*": unexpected end/],
		["x3", /feature "x3": unknown name "x3"[\s\S]*x1, x2, pi, e/],
		["sine(x1)", /unknown function "sine"[\s\S]*sin/],
		["sin(x1, x2)", /sin takes 1 argument/],
		["log(x1)", /no finite value[\s\S]*x1 = /],
		["x1[0]", /single numbers/],
		["x1 @ x2", /single numbers/],
		["x1.T", /single numbers/],
		["__proto__", /unknown name "__proto__"/],
		["constructor(x1)", /unknown function "constructor"/],
	])("%s is refused, named", (feature, expected) => {
		expect(refusalOf({ features: ["x1", feature] })).toMatchObject({
			field: "features",
			text: expect.stringMatching(expected),
		});
	});
});

describe("a network", () => {
	it("has the outputs that its data ask for", () => {
		const end = (change: Partial<Setup>): readonly unknown[] => {
			const { network } = new Training(setupOf(change));
			return [network.output, network.sizes.at(-1)];
		};
		expect(end({})).toEqual(["sigmoid", 1]);
		expect(end({ output: "softmax" })).toEqual(["softmax", 2]);
		expect(end({ data: "spirals", classes: 5 })).toEqual(["softmax", 5]);
		expect(end({ data: "spirals", classes: 5, output: "sigmoid" })).toEqual(["sigmoid", 5]);
		expect(end({ data: "spirals", classes: 2, output: "tanh", loss: "quadratic" })).toEqual(["tanh", 1]);
		expect(end({ data: "function", loss: "quadratic" })).toEqual(["linear", 1]);
		expect(refusalOf({ data: "function", output: "softmax" })).toMatchObject({ field: "output" });
	});

	it.each(activations)("trains with units of %s", (activation) => {
		const { network, step } = trained(
			{
				layers: [
					{ units: 4, activation },
					{ units: 3, activation },
				],
			},
			5,
		);
		expect(step).toBe(5);
		expect(network.parameters.map(({ name }) => name)).toEqual(["W1", "b1", "W2", "b2", "W3", "b3"]);
	});

	it.each(outputs)("learns moons with the output %s", (output) => {
		const { measures } = {
			measures: trained({ output, loss: output === "auto" ? "crossEntropy" : "quadratic" }, 300).measures(),
		};
		expect(measures.trainAccuracy).toBeGreaterThan(0.95);
		expect(measures.testAccuracy).toBeGreaterThan(0.9);
	});

	it.each(optimizers)("is trained by %s", (optimizer) => {
		const learningRate = ({ adadelta: 1, lion: 0.003, adagrad: 0.1 } as Record<string, number>)[optimizer] ?? 0.03;
		const before = trained({ optimizer, learningRate }, 0).measures().trainLoss;
		expect(trained({ optimizer, learningRate }, 200).measures().trainLoss).toBeLessThan(0.8 * before);
	});

	afterEach(() => setCodeGeneration(true));
	it("is trained to the same bits where code may not be generated", () => {
		const run = (optimizer: Setup["optimizer"]): string[] =>
			trained(
				{ optimizer, features: ["x1", "sin(x2)"], layers: [{ units: 4, activation: "gelu" }] },
				20,
			).network.parameters.map(String);
		const generated = optimizers.map(run);
		setCodeGeneration(false);
		expect(optimizers.map(run)).toEqual(generated);
	});

	it("stops before a step whose loss is no number, and stays as it is", () => {
		const training = new Training(
			setupOf({ data: "function", loss: "quadratic", optimizer: "sgd", learningRate: 100, layers: [] }),
		);
		while (training.advance()) expect(training.step).toBeLessThan(1_000);
		const { step } = training;
		expect(training.advance()).toBe(false);
		expect(training.step).toBe(step);
	});

	it("shows the rule it is trained by", () => {
		const { rule, numbers } = ruleOf(new Training(setupOf({ optimizer: "momentum", weightDecay: 0.1 })).descent);
		expect(rule).toEqual([
			{ name: "g", formula: "g + λ*p", latex: "g \\leftarrow g + λ p" },
			{ name: "v", formula: "μ*v + τ*g", latex: "v \\leftarrow μ v + τ g" },
			{ name: "p", formula: "p - γ*v", latex: "p \\leftarrow p - γ v" },
		]);
		expect(numbers).toEqual({ λ: 0.1, μ: 0.9, τ: 1, γ: 0.03 });
	});
});

describe("the start of a network", () => {
	const weightsOf = (change: Partial<Setup>): number[] => {
		const { network } = new Training(setupOf({ layers: [{ units: 100, activation: "tanh" }], ...change }));
		return [...(network.parameters[0] as Tensor).data];
	};
	const deviation = (xs: readonly number[]): number => Math.sqrt(xs.reduce((sum, x) => sum + x * x, 0) / xs.length);

	it.each([
		["xavier", Math.sqrt(2 / 102)],
		["he", 1],
		["fanIn", 1 / Math.sqrt(6)],
		["normal", 1],
		["small", 0.01],
		["large", 5],
		["playground", 0.5 / Math.sqrt(3)],
	] as const)("%s has the spread it promises, times the factor", (initialization, expected) => {
		expect(deviation(weightsOf({ initialization })) / expected).toBeCloseTo(1, 0);
		const [plain, scaled] = [weightsOf({ initialization }), weightsOf({ initialization, scale: -3 })];
		expect(scaled).toEqual(plain.map((weight) => weight * -3));
	});

	it("equal and zero are what they say, and stay equal while they train", () => {
		expect(new Set(weightsOf({ initialization: "equal", scale: 0.25 }))).toEqual(new Set([0.25]));
		expect(new Set(weightsOf({ initialization: "zero", scale: 3 }))).toEqual(new Set([0]));
		const { network } = trained(
			{ initialization: "equal", scale: 0.25, layers: [{ units: 3, activation: "tanh" }] },
			50,
		);
		const rows = (network.parameters[0] as Tensor).toArray() as number[][];
		expect(rows[1]).toEqual(rows[0]);
		expect(rows[2]).toEqual(rows[0]);
		const biases = new Training(setupOf({ initialization: "playground" })).network.parameters[1] as Tensor;
		expect(new Set(biases.data)).toEqual(new Set([0.1]));
	});

	it("given takes its numbers in their order, and says how many are needed", () => {
		const layers = [{ units: 2, activation: "tanh" }] as const;
		const { network } = new Training(setupOf({ initialization: "given", layers, weights: "1 2;3 4, -5\n6e0 7 8 .9" }));
		expect(network.parameters.map((parameter) => parameter.toArray())).toEqual([
			[
				[1, 2],
				[3, 4],
			],
			[-5, 6],
			[[7, 8]],
			[0.9],
		]);
		const given = { initialization: "given", layers } as const;
		expect(refusalOf({ ...given, weights: "1 2" })).toMatchObject({
			field: "weights",
			text: expect.stringMatching(/9 numbers[\s\S]*2 × 2 weights, 2 biases\n *1 × 2 weights, 1 biases[\s\S]*actual +2/),
		});
		expect(refusalOf({ ...given, weights: "1 2 x 4 5 6 7 8 9" })).toMatchObject({
			field: "weights",
			text: expect.stringMatching(/"x", at place 3/),
		});
	});

	it("depends on the seed and nothing else", () => {
		for (const initialization of initializations.filter((name) => !["equal", "zero", "given"].includes(name))) {
			expect(weightsOf({ initialization, noise: 0.3 })).toEqual(weightsOf({ initialization }));
			expect(weightsOf({ initialization, seed: 2 })).not.toEqual(weightsOf({ initialization }));
		}
	});
});

describe("an epoch", () => {
	it("uses every point once, in another order each time", () => {
		fc.assert(
			fc.property(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 1, max: 70 }), (samples, batch) => {
				const training = new Training(setupOf({ samples, batch, test: 0, layers: [] }));
				const sorted = (numbers: Iterable<number>): Float64Array => Float64Array.from(numbers).sort();
				const all = sorted(training.points.x);
				const orders: string[] = [];
				for (let epoch = 0; epoch < 3; epoch++) {
					expect(training.epoch).toBe(epoch);
					const met: number[] = [];
					for (let left = training.stepsPerEpoch; left > 0; left--) {
						expect(training.stepsLeft).toBe(left);
						met.push(...training.batch().x.data);
						training.advance();
					}
					orders.push(met.join());
					expect(sorted(met)).toEqual(all);
				}
				expect(new Set(orders).size === 1).toBe(batch >= samples);
			}),
			{ numRuns: 20 },
		);
	});
});

describe("the curve of losses", () => {
	it("keeps at most 2,000 steps, and always the first and the last", () => {
		const training = new Training(setupOf({ ...neuron, weights: "2 2" }));
		for (const upTo of [1, 1_999, 2_000, 2_001, 4_500]) {
			while (training.step < upTo) training.advance();
			const { steps, train, test } = training.curve();
			expect(steps.length).toBeLessThanOrEqual(2_000);
			expect(steps.length).toBeGreaterThan(Math.min(upTo, 900));
			expect([steps[0], steps.at(-1), train.length, test.length]).toEqual([0, upTo, steps.length, steps.length]);
			expect(train[0]?.toFixed(6)).toBe("0.482176");
			expect(train.at(-1)).toBe(training.measures().trainLoss);
			for (let at = 1; at < steps.length; at++) expect(steps[at]).toBeGreaterThan(steps[at - 1] as number);
		}
	});
});

describe("pictures", () => {
	const plane = { left: -2, right: 2, bottom: -1, top: 1 };
	/** Every place of a picture, from the top left. */
	const places = (side: number): number[][] =>
		Array.from({ length: side * side }, (_, at) => [
			-2 + (4 * ((at % side) + 0.5)) / side,
			1 - (2 * (Math.floor(at / side) + 0.5)) / side,
		]);

	it.each([
		["sigmoid", {}],
		["softmax", { output: "softmax" }],
		["softmax", { data: "blobs" }],
		["linear", { data: "function", loss: "quadratic" }],
	] as const)("show what the network gives at the centres of their cells: %s", (output, change) => {
		const training = trained({ ...change, features: ["x1", "x2", "x1*x2"] }, 10);
		const painter = new Painter(training.setup, training.features, training.points, { surface: 7, unit: 5 });
		painter.look = { surface: 7, unit: 5, plane };
		const { surface, maps, featureMaps } = painter.paint(training.network);
		const rows = training.result(tensor(places(7))).a.toArray() as number[][];
		const planes = output === "softmax" && training.points.classes === 2 ? [1] : (rows[0] as number[]).map((_, k) => k);
		const expected = planes.flatMap((k) => rows.map((row) => row[k] as number));
		expect(surface.length).toBe(expected.length);
		for (const [at, value] of expected.entries()) expect(surface[at]).toBeCloseTo(value, 5);
		expect(maps.map(({ length }) => length)).toEqual(training.network.sizes.slice(1).map((units) => units * 25));
		const last = training.result(tensor(places(5))).a.toArray() as number[][];
		for (const [at, row] of last.entries()) expect(maps.at(-1)?.[at]).toBeCloseTo(row[0] as number, 5);
		for (const [at, [x1 = 0, x2 = 0]] of places(5).entries())
			for (const [k, value] of [x1, x2, x1 * x2].entries()) expect(featureMaps[25 * k + at]).toBe(Math.fround(value));
	});

	it("of one input are the same in every row, and of more than two keep the others at their mean", () => {
		const one = trained({ ...neuron, weights: "1 0" }, 1);
		const { surface } = new Painter(one.setup, one.features, one.points, { surface: 4, unit: 1 }).paint(one.network);
		expect(surface.slice(4, 8)).toEqual(surface.slice(0, 4));
		expect(surface[1]).toBeGreaterThan(surface[0] as number);
		const own = "a,b,c,y\n0,0,2,0\n1,1,6,1\n";
		const three = trained({ data: "own", own, test: 0, features: ["x3"], layers: [] }, 1);
		const painter = new Painter(three.setup, three.features, three.points, { surface: 2, unit: 2 });
		expect([...painter.paint(three.network).featureMaps]).toEqual([4, 4, 4, 4]);
	});

	it("count how large the gradients are", () => {
		const sizes = sizesOf([Float64Array.of(0, -0, 1e-20, 2e-12, -0.5, 3), Float64Array.of(1e9, Number.NaN, Infinity)]);
		expect([sizes.zeros, sizes.broken]).toEqual([2, 2]);
		expect([...sizes.counts.entries()].filter(([, count]) => count > 0)).toEqual([
			[0, 2],
			[23, 1],
			[24, 1],
			[29, 1],
		]);
		expect(sizesOf([Float64Array.of(3, 4)]).size).toBeCloseTo(Math.sqrt(12.5), 14);
		const [first] = layerFrames(new Training(standardSetup).network, [new Float32Array()]);
		expect(first?.weightGradient).toEqual(new Float64Array(16));
	});
});

describe("a setup out of bounds", () => {
	it.each([
		[{ samples: 1e9 }, "samples"],
		[{ samples: 10.5 }, "samples"],
		[{ noise: Number.NaN }, "noise"],
		[{ data: "../etc" as Setup["data"] }, "data"],
		[{ optimizer: "__proto__" as Setup["optimizer"] }, "optimizer"],
		[{ layers: Array.from({ length: 13 }, () => ({ units: 1, activation: "tanh" as const })) }, "layers"],
		[{ layers: [{ units: 1_000, activation: "tanh" }] }, "layers"],
		[{ layers: [{ units: 3, activation: "toString" as "tanh" }] }, "layers"],
		[{ features: [] }, "features"],
		[{ learningRate: 0 }, "learningRate"],
		[{ seed: -1 }, "seed"],
	] as const)("is refused at its entry: %o", (change, field) => {
		expect(refusalOf(change as Partial<Setup>).field).toBe(field);
	});
});
