/**
 * `--html` of `chainrule graph` and `chainrule grad`: a page to step through the
 * backward pass in, with the numbers of the formula in it.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExplorerData } from "../../viz/explorer/model.js";
import { root } from "../source.js";
import { chainrule, contents, folder, type Home, homeOfUser } from "./place.js";

const neuron = ["a = sigma(w*x + b); C = (y - a)^2/2", "--at", "w=0.6,b=0.9,x=1,y=0"] as const;

/** C = a²/2, so dC/dw = a · a(1 - a). */
const a = 1 / (1 + Math.exp(-1.5));

/** What a page was told, once it has proved to be one. */
function dataIn(path: string): ExplorerData {
	const html = readFileSync(path, "utf8");
	expect(html).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/);
	expect(html.match(/<script>/g)).toHaveLength(1);
	expect(html).not.toMatch(/(?:src|href)="(?!#)/);
	expect(html).toMatch(/script-src 'sha256-[\w+/=]+' 'wasm-unsafe-eval'/);
	return JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "") as ExplorerData;
}

function gradientOf({ nodes }: ExplorerData, name: string): unknown {
	return nodes.find(({ label }) => label === name)?.gradients[0];
}

describe.each(["graph", "grad"])("%s of a formula", (command) => {
	test("writes a page with the pass, the same bytes each time", async () => {
		const [path, again] = ["neuron.html", "again.html"].map((name) => join(folder(), name)) as [string, string];
		const { code, stdout } = await chainrule([command, ...neuron, "--html", path]);
		expect(code).toBe(0);
		expect(stdout).toContain(`Written to ${path}\n`);
		const data = dataIn(path);
		expect(gradientOf(data, "w")).toBeCloseTo(a * a * (1 - a), 15);
		expect(gradientOf(data, "w")).toBe(gradientOf(data, "b"));
		expect(data.runs[0]?.steps.length).toBeGreaterThan(5);
		await chainrule([command, ...neuron, "--html", again]);
		expect(readFileSync(again, "utf8")).toBe(readFileSync(path, "utf8"));
	});

	test("writes it beside other pictures", async () => {
		const home = folder();
		const files = ["dot", "svg", "html"].flatMap((kind) => [`--${kind}`, join(home, `neuron.${kind}`)]);
		expect((await chainrule([command, ...neuron, ...files])).code).toBe(0);
		expect(contents(home)).toEqual(["neuron.dot", "neuron.html", "neuron.svg"]);
	});

	test("writes nothing where one of them cannot be written", async () => {
		const home = folder();
		const { code, stdout, stderr } = await chainrule([
			command,
			...neuron,
			"--svg",
			join(home, "neuron.svg"),
			"--html",
			join(home, "no", "neuron.html"),
		]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(`${command}: cannot write to ${join(home, "no", "neuron.html")}\n`);
		expect(contents(home)).toEqual([]);
		const same = join(home, "same");
		expect((await chainrule([command, ...neuron, "--dot", same, "--html", same])).stderr).toContain(
			`${command}: --dot and --html name the same file\n`,
		);
	});
});

test("names of a formula are text in the page", async () => {
	const path = join(folder(), "wicked.html");
	const title = "</script><script>alert(1)</script>";
	const { code } = await chainrule(["graph", ...neuron, "--title", title, "--html", path]);
	expect(code).toBe(0);
	expect(dataIn(path).title).toBe(title);
	expect(readFileSync(path, "utf8")).not.toContain("<script>alert");
});

describe("graph of a program", () => {
	let home = "";
	let run: Home["run"];
	let remove: Home["remove"];

	beforeAll(async () => {
		({ folder: home, run, remove } = await homeOfUser());
	});

	afterAll(() => remove());

	test.each(["03-custom-loss", "04-draw-both-passes"])("writes a page of the example %s", async (name) => {
		copyFileSync(join(root, "examples", `${name}.ts`), join(home, `${name}.ts`));
		const { code, stdout, stderr } = await run("graph", `${name}.ts`, "--html", `${name}.html`);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain(`Written to ${name}.html\n`);
		expect(dataIn(join(home, `${name}.html`)).runs[0]?.steps.length).toBeGreaterThan(3);
	});

	test("writes a page of a module", async () => {
		writeFileSync(
			join(home, "model.ts"),
			`import { tanh, tensor } from "chainrule";
			import { Linear, Sequential } from "chainrule/nn";
			export default new Sequential(new Linear(2, 3), tanh, new Linear(3, 1));
			export const inputs = [tensor([[1, 2], [3, 4]])];`,
		);
		const { code, stdout, stderr } = await run("graph", "model.ts", "--html", "model.html");
		expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Written to model.html\n", stderr: "" });
		const { nodes, scopes } = dataIn(join(home, "model.html"));
		expect(nodes.map(({ label }) => label)).toEqual(expect.arrayContaining(["layers.0.weight", "layers.2.bias"]));
		expect(scopes.length).toBeGreaterThan(1);
	});
});
