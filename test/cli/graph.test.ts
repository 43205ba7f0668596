/**
 * `chainrule graph`: formulas and programs, and what is refused.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chainrule, contents, folder, type Home, homeOfUser } from "./place.js";

const neuron = ["a = sigma(w*x + b); C = (y - a)^2/2", "--at", "w=0.6,b=0.9,x=1,y=0"] as const;

async function refusal(...args: string[]): Promise<string> {
	const { code, stdout, stderr } = await chainrule(["graph", ...args]);
	expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
	return stderr;
}

describe("a formula", () => {
	test("is printed as DOT where no file is named", async () => {
		const { code, stdout } = await chainrule(["graph", ...neuron]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/^digraph "computation" \{[\s\S]*<B>C<\/B>[\s\S]*\}\n$/);
	});

	test("is written as SVG, PNG and DOT, as the options say", async () => {
		const home = folder();
		const path = (name: string): string => join(home, name);
		const files = ["--svg", path("g.svg"), "--png", path("g.png"), "--dot", path("g.dot")];
		const options = [
			"--partials",
			"both",
			"--direction",
			"down",
			"--theme",
			"dark",
			"--title",
			"a <neuron>",
			"--scale",
			"1",
		];
		const { code, stdout } = await chainrule(["graph", ...neuron, ...files, ...options, "--no-gradients"]);
		expect(code).toBe(0);
		expect(stdout).toBe(["g.dot", "g.svg", "g.png"].map((name) => `Written to ${path(name)}\n`).join(""));
		expect(contents(home)).toEqual(["g.dot", "g.png", "g.svg"]);
		expect([...readFileSync(path("g.png")).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
		const dot = readFileSync(path("g.dot"), "utf8");
		expect(dot).toContain('rankdir = "TB"');
		expect(dot).toContain("a&#160;&lt;neuron&gt;");
		expect(dot).toContain("a·(1&#160;−&#160;a)&#160;=&#160;0.1491");
		expect(dot).not.toContain("grad");
	});

	test("may stand out from a name on", async () => {
		const { stdout } = await chainrule(["graph", ...neuron, "--highlight", "w"]);
		expect(stdout.match(/ path"/g)?.length).toBeGreaterThan(3);
		expect(await refusal(...neuron, "--highlight", "v")).toBe(`graph: --highlight names v, which is not in the picture
  expected  w, x, b, y, a or C
  actual    v
`);
	});
});

describe("misuse", () => {
	test.each([
		[["w*x", "--at", "w=1"], "graph: no value for x\n"],
		[["x", "--at", "x=1", "--depth", "-1"], "graph: --depth is out of range\n  expected  a whole number, at least 0\n"],
		[["x", "--at", "x=1", "--digits", "99"], "expected  a whole number from 1 to 17\n"],
		[["x", "--at", "x=1", "--pass", "sideways"], "graph: option '--pass <pass>' argument 'sideways' is invalid"],
		[["x", "--at", "x=1", "--scale", "0", "--png", "out/none.png"], "toPng: scale is out of range\n"],
		[["missing.ts"], "graph: there is no program missing.ts\n"],
		[["x", "--at", "x=1", "--svg", "/nowhere/at/all.svg"], "graph: cannot write to /nowhere/at/all.svg\n"],
		[["x", "--at", "x=1", "--svg", "out/same", "--png", "out/same"], "graph: --svg and --png name the same file\n"],
		[["x", "--pdf", "x.pdf"], "graph: unknown option '--pdf'\n"],
	])("%j ends with 2 and one message", async (args, text) => {
		expect(await refusal(...args)).toContain(text);
	});
});

describe("a program", () => {
	let home = "";
	let run: Home["run"];
	let remove: Home["remove"];

	beforeAll(async () => {
		({ folder: home, run, remove } = await homeOfUser());
	});

	afterAll(() => remove());

	function written(name: string, text: string): string {
		writeFileSync(join(home, name), text);
		return name;
	}

	test("in TypeScript, which exports a node", async () => {
		const file = written(
			"loss.ts",
			`import { type Scalar, scalar, sin } from "chainrule";
			const start = 2 as const;
			const x: Scalar = scalar(start, "x");
			export const loss = sin(x).named("loss");`,
		);
		const { code, stdout, stderr } = await run("graph", file);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain("<B>loss</B>");
		expect(contents(home).filter((name) => name.includes(".mjs"))).toEqual([]);
	});

	test("which exports a module and what to call it with", async () => {
		const file = written(
			"model.mjs",
			`import { tanh, tensor } from "chainrule";
			import { Linear, Sequential } from "chainrule/nn";
			export default new Sequential(new Linear(2, 3), tanh, new Linear(3, 1));
			export const inputs = [tensor([[1, 2], [3, 4]])];`,
		);
		const { code, stdout } = await run("graph", file, "--depth", "1");
		expect(code).toBe(0);
		for (const name of ["input", "layers.0", "layers.2"]) expect(stdout).toContain(`<B>${name}</B>`);
	});

	test("which exports several things must be told which", async () => {
		const file = written(
			"two.mjs",
			`import { scalar, sin } from "chainrule";
			const x = scalar(1, "x");
			export const first = sin(x).named("one");
			export const second = async () => [sin(x).named("two")];
			export const version = 3;`,
		);
		expect((await run("graph", file)).stderr).toBe(`graph: two.mjs exports several things
  expected  a node, an array of nodes, a module or a function
  actual    first and second
  fix       choose with --export first
`);
		expect((await run("graph", file, "--export", "second")).stdout).toContain("<B>two</B>");
		expect((await run("graph", file, "--export", "secnd")).stderr).toContain("did you mean second?");
	});

	test.each([
		["export const n = 3;", "graph: bad.mjs exports nothing to draw\n"],
		["export default (x) => x;", "graph: nothing to call default of bad.mjs with\n"],
		["export default () => 3;", "graph: the call gave no node\n"],
		[
			"throw new Error('on purpose');",
			"graph: bad.mjs does not run\n  expected  a program that runs to its end\n  actual    Error: on purpose\n",
		],
		["export default () => nothing;", "actual    ReferenceError: nothing is not defined\n"],
		["syntax error", "graph: bad.mjs does not run\n"],
		["export default { requiresGrad: true, backward() {} };", "fix       it was made by another copy of chainrule"],
	])("that is %j is refused", async (text, message) => {
		const { code, stderr } = await run("graph", written("bad.mjs", text));
		expect(stderr).toContain(message);
		expect(code).toBe(2);
	});

	test("has its values itself", async () => {
		expect((await run("graph", "loss.ts", "--at", "x=1")).stderr).toContain("graph: --at belongs to a formula\n");
	});
});
