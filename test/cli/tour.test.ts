/**
 * The main job: the numbers of the lecture notes, the tables, the page.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { type Findings, findings, runGrid, worst } from "../../src/cli/findings.js";
import { crossEntropySlopes, quadraticSlopes, sigma, sigmaSlope } from "../../src/cli/hand.js";
import { atStart, type Epoch, firstEpoch, type Run } from "../../src/cli/neuron.js";
import { page } from "../../src/cli/page.js";
import { drawAll } from "../../src/cli/tour.js";
import { chainrule, contents, folder } from "./place.js";

let found: Findings;
let near: Run;
let far: Run;
let crossNear: Run;
let crossFar: Run;

beforeAll(() => {
	found = findings();
	[near, far, crossNear, crossFar] = found.runs as [Run, Run, Run, Run];
});

function at(run: Run, epoch: number): Epoch {
	return run.epochs[epoch] as Epoch;
}

describe("the neuron", () => {
	test("starts where the note starts: output, cost and slope", () => {
		expect(atStart(near).output).toBeCloseTo(0.817574, 6);
		expect(atStart(near).cost).toBeCloseTo(0.334214, 6);
		expect(atStart(near).tape.w).toBeCloseTo(0.121938, 6);
		expect(atStart(near).tape.b).toBeCloseTo(0.121938, 6);
		expect(atStart(far).output).toBeCloseTo(0.982014, 6);
		expect(atStart(far).cost).toBeCloseTo(0.482176, 6);
		expect(atStart(far).tape.w).toBeCloseTo(0.017345, 6);
		expect([sigmaSlope(1.5), sigmaSlope(4)].map((slope) => slope.toFixed(6))).toEqual(["0.149146", "0.017663"]);
	});

	test("has the note's output at every fiftieth epoch with the quadratic cost", () => {
		const outputs = (run: Run): string[] =>
			[50, 100, 150, 200, 250, 300].map((epoch) => at(run, epoch).output.toFixed(6));
		expect(outputs(near)).toEqual(["0.387010", "0.210996", "0.152740", "0.123747", "0.106056", "0.093956"]);
		expect(outputs(far)).toEqual(["0.975933", "0.964131", "0.933417", "0.788736", "0.357212", "0.202848"]);
	});

	test("ends where the note ends: weight, bias and cost", () => {
		const end = (run: Run): string[] =>
			[at(run, 300).w, at(run, 300).b, at(run, 300).cost].map((value) => value.toFixed(6));
		expect(end(near)).toEqual(["-1.283132", "-0.983132", "0.004414"]);
		expect(end(far)).toEqual(["-0.684293", "-0.684293", "0.020574"]);
	});

	test("with cross-entropy starts as steep as its error and ends near 0 from both starts", () => {
		expect(atStart(crossNear).tape.w).toBeCloseTo(0.817574, 6);
		expect(atStart(crossFar).tape.w).toBeCloseTo(0.982014, 6);
		expect(atStart(crossFar).cost).toBeCloseTo(4.01815, 6);
		expect(at(crossNear, 300).output).toBeCloseTo(0.011638, 6);
		expect(at(crossFar, 300).output).toBeCloseTo(0.012009, 6);
	});

	test("shows the learning slowdown: the cost is below 0.05 at epoch 63 and at epoch 259", () => {
		const trained = (run: Run): number | undefined => firstEpoch(run, ({ cost }) => cost < 0.05);
		expect([near, far].map(trained)).toEqual([63, 259]);
		expect(at(near, 62).cost).toBeGreaterThanOrEqual(0.05);
		expect(firstEpoch(far, ({ cost }) => cost < 0)).toBeUndefined();
	});

	test("has slopes that agree with the hand formulas in every epoch", () => {
		for (const run of found.runs) {
			expect(run.epochs).toHaveLength(301);
			const formula = run.cost === "quadratic" ? quadraticSlopes : crossEntropySlopes;
			for (const epoch of run.epochs) {
				expect(epoch.hand).toEqual(formula(epoch, 1, 0));
				expect(epoch.difference).toBeLessThan(1e-15);
			}
		}
		expect(worst(found)).toBeLessThan(1e-15);
	});

	test("the hand formulas agree with differences of the costs, also for the other half of the inverter", () => {
		const h = 1e-6;
		const costs = {
			quadratic: (a: number, y: number) => (y - a) ** 2 / 2,
			crossEntropy: (a: number, y: number) => -(y * Math.log(a) + (1 - y) * Math.log(1 - a)),
		};
		for (const [x, y] of [
			[1, 0],
			[0, 1],
			[0.7, 0.2],
		] as const) {
			for (const [cost, formula] of [
				[costs.quadratic, quadraticSlopes],
				[costs.crossEntropy, crossEntropySlopes],
			] as const) {
				const value = (w: number, b: number): number => cost(sigma(w * x + b), y);
				const slopes = formula({ w: 0.6, b: 0.9 }, x, y);
				expect(slopes.w).toBeCloseTo((value(0.6 + h, 0.9) - value(0.6 - h, 0.9)) / (2 * h), 8);
				expect(slopes.b).toBeCloseTo((value(0.6, 0.9 + h) - value(0.6, 0.9 - h)) / (2 * h), 8);
			}
		}
	});

	test("is tabled at epochs 0, 50, ..., 300", () => {
		const { head, rows } = runGrid(near);
		expect(head).toEqual(["epoch", "output a", "cost C", "∂C/∂w", "by (55)", "∂C/∂b", "by (56)", "difference"]);
		expect(rows.map(([epoch]) => epoch)).toEqual(["0", "50", "100", "150", "200", "250", "300"]);
		expect(rows.at(-1)?.slice(1, 3)).toEqual(["0.093956", "0.004414"]);
	});
});

describe("the 2-2-2 network", () => {
	const digits = (values: readonly number[]): string[] => values.map((value) => value.toFixed(10));

	test("has the outputs and the cost of the fixture", () => {
		const { rules, cost } = found.network;
		expect(digits(rules.hidden)).toEqual(["0.5068745668", "0.5106234010"]);
		expect(digits(rules.output)).toEqual(["0.6064777322", "0.6304808355"]);
		expect(digits([cost, rules.cost])).toEqual(["0.2425198573", "0.2425198573"]);
	});

	test("has its δ as slopes along z", () => {
		expect(found.network.deltas.map(({ name }) => name)).toEqual(["δ₁⁽³⁾", "δ₂⁽³⁾", "δ₁⁽²⁾", "δ₂⁽²⁾"]);
		const expected = ["0.1423568623", "-0.0837588880", "0.0037651133", "0.0044962693"];
		expect(digits(found.network.deltas.map(({ tape }) => tape))).toEqual(expected);
		expect(digits(found.network.deltas.map(({ hand }) => hand))).toEqual(expected);
	});

	test("has all eight slopes and updates by the tape as by the δ rules", () => {
		const { updates } = found.network;
		expect(updates.map(({ name, rule }) => `${name} ${rule}`)).toEqual([
			"w₁₁⁽¹⁾ δ₁⁽²⁾ a₁⁽¹⁾",
			"w₁₂⁽¹⁾ δ₁⁽²⁾ a₂⁽¹⁾",
			"w₂₁⁽¹⁾ δ₂⁽²⁾ a₁⁽¹⁾",
			"w₂₂⁽¹⁾ δ₂⁽²⁾ a₂⁽¹⁾",
			"w₁₁⁽²⁾ δ₁⁽³⁾ a₁⁽²⁾",
			"w₁₂⁽²⁾ δ₁⁽³⁾ a₂⁽²⁾",
			"w₂₁⁽²⁾ δ₂⁽³⁾ a₁⁽²⁾",
			"w₂₂⁽²⁾ δ₂⁽³⁾ a₂⁽²⁾",
		]);
		const expected = [
			"0.0001882557",
			"0.0003765113",
			"0.0002248135",
			"0.0004496269",
			"0.0721570729",
			"0.0726907452",
			"-0.0424552501",
			"-0.0427692483",
		];
		expect(digits(updates.map(({ tape }) => tape))).toEqual(expected);
		expect(digits(updates.map(({ hand }) => hand))).toEqual(expected);
		for (const { before, tape, tapeAfter, handAfter } of updates) {
			expect(tapeAfter).toBe(before - tape);
			expect(handAfter).toBeCloseTo(tapeAfter, 15);
		}
	});

	test("costs less after a step, with η = 1 less than with η = ½", () => {
		expect(found.network.steps.map(({ rate, cost }) => [rate, cost.toFixed(10)])).toEqual([
			[1, "0.2285477653"],
			[0.5, "0.2354953779"],
		]);
	});
});

describe("what is printed", () => {
	test("is the tables, the slowdown in words, and where the files are", async () => {
		const out = join(folder(), "tour");
		const { code, stdout, stderr } = await chainrule(["tour", "--out", out]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain("    300  0.093956  0.004414  0.007998  0.007998  0.007998  0.007998           0\n");
		expect(stdout).toMatch(/300 {2}0\.202848 .*\n/);
		expect(stdout).toMatch(/300 {2}0\.011638 .*\n/);
		expect(stdout).toMatch(/300 {2}0\.012009 .*\n/);
		expect(stdout).toContain("Learning slowdown");
		expect(stdout.replaceAll(/\s+/g, " ")).toContain(
			"below 0.05 from epoch 259 on, from the other start from epoch 63 on",
		);
		expect(stdout).toContain("w₂₂⁽²⁾  δ₂⁽³⁾ a₂⁽²⁾  -0.0427692483  -0.0427692483           0");
		expect(stdout).toContain(`Written to ${out}`);
		expect(stdout).toContain(`file://${out}/index.html`);
	});

	test("fits into 80 columns and has no colours in a pipe", async () => {
		const { stdout } = await chainrule(["tour", "--out", join(folder(), "o")]);
		const tables = stdout.slice(0, stdout.indexOf("Written to"));
		expect(Math.max(...tables.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
		expect(stdout).not.toContain("\u001b");
	});

	test("is coloured on a terminal, unless NO_COLOR is set", async () => {
		const args = ["tour", "--out", join(folder(), "o")];
		expect((await chainrule(args, {}, 100)).stdout).toContain("\u001b[1m");
		expect((await chainrule(args, { NO_COLOR: "1" }, 100)).stdout).not.toContain("\u001b");
	});

	test("is nothing with --quiet", async () => {
		const out = join(folder(), "tour");
		expect(await chainrule(["tour", "--quiet", "--out", out], {}, 100)).toEqual({ code: 0, stdout: "", stderr: "" });
		expect(contents(out)).toContain("index.html");
	});
});

describe("the page", () => {
	let html: string;
	let document: Document;
	let files: ReadonlyMap<string, string>;

	beforeAll(async () => {
		const pictures = await drawAll(found, () => {});
		files = pictures.files;
		html = page(found, pictures);
		document = parseHTML(html).document as unknown as Document;
	});

	test("needs no network, no script and no file beside it", () => {
		expect(html.match(/https?:\/\/[^"' ]*/g)?.filter((url) => !url.startsWith("http://www.w3.org/"))).toEqual([]);
		expect([...document.querySelectorAll("script, link, img, image, iframe, object, use")]).toEqual([]);
		expect(html).not.toMatch(/url\(|@import|\ssrc=|\son\w+=/);
		const links = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href"));
		expect(links).toEqual([...files.keys()]);
	});

	test("has the four curves of the cost, each with a point per epoch, falling", () => {
		const groups = [...document.querySelectorAll("g[aria-description^=cost]")];
		expect(groups.map((group) => group.getAttribute("aria-description"))).toEqual([
			"cost, quadratic, from w = 0.6, b = 0.9",
			"cost, quadratic, from w = 2, b = 2",
			"cost, cross-entropy, from w = 0.6, b = 0.9",
			"cost, cross-entropy, from w = 2, b = 2",
		]);
		for (const group of groups) {
			const path = group.querySelector("path")?.getAttribute("d") ?? "";
			const heights = path
				.slice(1)
				.split("L")
				.map((point) => Number(point.split(",")[1]));
			expect(heights).toHaveLength(301);
			expect(heights).toEqual([...heights].sort((a, b) => a - b));
		}
	});

	test("marks epochs 63 and 259", () => {
		const [quadratic] = document.querySelectorAll('svg[aria-label^="Cost against epoch with the quadratic"]');
		const words = [...(quadratic?.querySelectorAll("text") ?? [])].map((text) => text.textContent);
		expect(words).toEqual(expect.arrayContaining(["63", "259"]));
	});

	test("has σ and σ′ with both starts", () => {
		const [sigmoid] = document.querySelectorAll('svg[aria-label^="The sigmoid"]');
		expect(sigmoid?.textContent).toContain("σ(1.5) = 0.817574");
		expect(sigmoid?.textContent).toContain("σ′(4) = 0.017663");
	});

	test("has the graph of the neuron forward and backward, with values and gradients, and that of the network", () => {
		const [neuron, network] = document.querySelectorAll('svg[aria-label^="Computation graph"]');
		for (const name of ["w", "b", "z", "a", "C", "0.8176", "0.1219"]) expect(neuron?.textContent).toContain(name);
		expect(network?.textContent).toContain("w₂₂⁽²⁾");
	});

	test("repeats no id", () => {
		const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	test("shows the tables of the screen", () => {
		const tables = [...document.querySelectorAll("table")].map((table) => table.querySelector("caption")?.textContent);
		expect(tables).toEqual([
			"At the start, and the first epoch in which cost or output is small",
			"Quadratic cost from w = 0.6, b = 0.9",
			"Quadratic cost from w = 2, b = 2",
			"Cross-entropy from w = 0.6, b = 0.9",
			"Cross-entropy from w = 2, b = 2",
			"Every δ",
			"The cost before and after a step",
			"The slope along every weight",
			"All eight updates with η = 1",
		]);
		for (const row of runGrid(far).rows) expect(html).toContain(`<td>${row[1]}</td><td>${row[2]}</td>`);
	});

	test("has the Korean terms of the notes, marked as Korean, and serves light and dark readers", () => {
		const terms = [...document.querySelectorAll("[lang=ko]")].map(({ textContent }) => textContent);
		expect(terms).toEqual(
			expect.arrayContaining(["시그모이드", "교차 엔트로피", "학습 속도 저하", "역전파", "연쇄 법칙"]),
		);
		expect(html).toContain("prefers-color-scheme: dark");
		expect(html).toContain('<meta name="color-scheme" content="light dark">');
	});

	test("lies in the folder with four graphs in DOT, and nothing else", async () => {
		const out = join(folder(), "tour");
		await chainrule(["tour", "--quiet", "--out", out]);
		expect(contents(out)).toEqual([
			"index.html",
			"network.dot",
			"neuron-backward.dot",
			"neuron-forward.dot",
			"neuron.dot",
		]);
		expect(readFileSync(join(out, "index.html"), "utf8")).toBe(html);
		for (const [name, text] of files) expect(readFileSync(join(out, name), "utf8")).toBe(text);
		expect(files.get("neuron-forward.dot")).not.toContain("backward");
		expect(files.get("neuron.dot")).toContain("dotted");
	});
});
