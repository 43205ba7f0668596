/**
 * The command as a program: exit codes, what goes to which stream, and what a
 * run that failed leaves behind.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/command.js";
import { root } from "../source.js";
import { chainrule, contents, folder, Memory, type Program, program } from "./place.js";

let built: Program;

beforeAll(async () => {
	built = await program();
});

afterAll(() => {
	built.remove();
});

const trace = /^\s+at .*:\d+:\d+/m;

describe("help", () => {
	test("is printed for the command and for each of its parts, with an example", async () => {
		const help = await chainrule(["--help"]);
		expect(help).toMatchObject({ code: 0, stderr: "" });
		expect(help.stdout).toMatch(/tour[\s\S]*grad[\s\S]*graph[\s\S]*\$ chainrule tour/);
		for (const name of ["tour", "grad", "graph"]) {
			const { code, stdout } = await chainrule([name, "--help"]);
			expect(code).toBe(0);
			expect(stdout).toContain(`Usage: chainrule ${name}`);
			expect(stdout).toContain(`$ chainrule ${name}`);
		}
		expect((await chainrule([])).stdout).toBe(help.stdout);
	});

	test("the examples it gives run", async () => {
		const { stdout } = await chainrule(["--help"]);
		expect(stdout).toContain('chainrule grad "x^2 * sin(y)" --at x=3,y=pi/4');
		expect((await chainrule(["grad", "x^2 * sin(y)", "--at", "x=3,y=pi/4"])).code).toBe(0);
	});

	test("the version is that of the package", async () => {
		const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
		expect(await chainrule(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
	});
});

describe("misuse", () => {
	test.each([
		[
			["gard"],
			"chainrule: unknown command 'gard'\n  expected  tour, grad, derive, check or graph\n  fix       did you mean grad?\n",
		],
		[["train"], "chainrule: unknown command 'train'\n  expected  tour, grad, derive, check or graph\n"],
		[["tour", "--queit"], "tour: unknown option '--queit'\n  fix       did you mean --quiet?\n"],
		[["tour", "extra"], "tour: too many arguments for 'tour'\n"],
		[["tour", "--out"], "tour: option '-o, --out <dir>' argument missing\n"],
		[["grad"], "grad: missing required argument 'expression'\n  fix       chainrule grad --help"],
	])("%j ends with 2 and one message", async (args, text) => {
		const { code, stdout, stderr } = await chainrule(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(text);
	});
});

describe("as a program", () => {
	test("bad input ends with 2, a message on standard error, and a stack trace only with DEBUG", async () => {
		const plain = await built.run(["grad", "w * (x +", "--at", "w=1"]);
		expect(plain).toMatchObject({ code: 2, stdout: "" });
		expect(plain.stderr).toContain("                    ^\n");
		expect(plain.stderr).not.toMatch(trace);
		const debug = await built.run(["grad", "w * (x +", "--at", "w=1"], { DEBUG: "1" });
		expect(debug.code).toBe(2);
		expect(debug.stderr.startsWith(plain.stderr)).toBe(true);
		expect(debug.stderr).toMatch(trace);
		expect((await built.run(["grad", "w *"], { DEBUG: "" })).stderr).not.toMatch(trace);
	});

	test("a mistake of ours ends with 70 and asks for a report", async () => {
		const broken = new Memory();
		broken.write = () => {
			throw new TypeError("no such thing");
		};
		const stderr = new Memory();
		expect(await run(["grad", "x", "--at", "x=1"], { stdout: broken, stderr, env: {} })).toBe(70);
		expect(stderr.text).toBe(`chainrule: this is a mistake of ours: no such thing
  fix       please report it with what DEBUG=1 adds to this message
`);
		const debug = new Memory();
		await run(["grad", "x", "--at", "x=1"], { stdout: broken, stderr: debug, env: { DEBUG: "1" } });
		expect(debug.text).toMatch(trace);
	});

	test("the tour takes less than five seconds, and twice gives the same bytes", async () => {
		const home = folder();
		const began = performance.now();
		const first = await built.run(["tour", "--out", join(home, "one")]);
		expect(performance.now() - began).toBeLessThan(5000);
		const second = await built.run(["tour", "--out", join(home, "two")]);
		expect([first.code, second.code]).toEqual([0, 0]);
		expect(second.stdout.replaceAll(join(home, "two"), join(home, "one"))).toBe(first.stdout);
		const names = contents(join(home, "one"));
		expect(names).toHaveLength(5);
		expect(contents(join(home, "two"))).toEqual(names);
		const different = names.filter(
			(name) => !readFileSync(join(home, "two", name)).equals(readFileSync(join(home, "one", name))),
		);
		expect(different).toEqual([]);
	});

	test("a reader who stops reading does not disturb the tour", async () => {
		const out = join(folder(), "tour");
		const process = built.start(["tour", "--out", out], { stdio: ["ignore", "pipe", "pipe"] });
		let stderr = "";
		process.stderr?.on("data", (chunk: Buffer) => {
			stderr += chunk.toString();
		});
		process.stdout?.once("data", () => process.stdout?.destroy());
		const code = await new Promise((finish) => process.on("close", finish));
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(contents(out)).toHaveLength(5);
	});

	test("no colours and no progress reach a pipe", async () => {
		const { stdout, stderr } = await built.run(["tour", "--out", join(folder(), "t")], { FORCE_COLOR: "1" });
		expect(stdout + stderr).not.toContain("\u001b");
	});
});

describe("a place that cannot be written", () => {
	test("a file where a folder is needed, and a path below a file", async () => {
		const home = folder();
		writeFileSync(join(home, "file"), "mine");
		for (const out of ["file", "file/below/it"]) {
			const path = join(home, out);
			expect(await built.run(["tour", "--out", path])).toEqual({
				code: 2,
				stdout: "",
				stderr: `tour: cannot write to ${path}
  expected  a folder, or a path where one can be made
  actual    ${join(home, "file")} is a file
  fix       choose another place with --out
`,
			});
		}
		expect(contents(home)).toEqual(["file"]);
		expect(readFileSync(join(home, "file"), "utf8")).toBe("mine");
	});

	test("a read-only folder", async () => {
		const home = folder();
		const locked = join(home, "locked");
		mkdirSync(locked);
		chmodSync(locked, 0o555);
		// Permissions do not hold back the superuser; the kernel's own folder does.
		const place = process.getuid?.() === 0 ? "/proc" : locked;
		if (!existsSync(place)) return;
		for (const out of [place, join(place, "deep/er")]) {
			const { code, stdout, stderr } = await built.run(["tour", "--out", out]);
			expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
			expect(stderr).toMatch(
				new RegExp(`^tour: cannot write to ${out}\n.*\n {2}actual {4}${place}: .* \\(E[A-Z]+\\)\n`),
			);
		}
		for (const option of ["--dot", "--svg"]) {
			const { code, stderr } = await built.run(["grad", "x", "--at", "x=1", option, join(place, "graph")]);
			expect(code).toBe(2);
			expect(stderr).toContain(`fix       choose another place with ${option}\n`);
		}
		chmodSync(locked, 0o755);
	});

	test("an empty path, a folder where a file is needed, a missing folder", async () => {
		const home = folder();
		mkdirSync(join(home, "tour/index.html"), { recursive: true });
		const stderr = async (...args: string[]): Promise<string> => {
			const outcome = await chainrule(args);
			expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: "" });
			return outcome.stderr;
		};
		expect(await stderr("tour", "--out", "")).toContain("tour: cannot write to an empty path");
		expect(await stderr("tour", "--out", join(home, "tour"))).toContain(`${join(home, "tour/index.html")} is a folder`);
		expect(await stderr("grad", "x", "--at", "x=1", "--dot", home)).toContain(`${home} is a folder`);
		expect(await stderr("grad", "x", "--at", "x=1", "--dot", `${home}/new/`)).toContain("is a folder");
		expect(await stderr("grad", "x", "--at", "x=1", "--svg", "")).toContain("an empty path");
		expect(contents(home)).toEqual(["tour/", "tour/index.html/"]);
	});

	test("an expression that fails leaves no file and no folder", async () => {
		const home = folder();
		await chainrule(["grad", "sin(", "--at", "x=1", "--dot", join(home, "g.dot")]);
		await chainrule(["grad", "x*y", "--at", "x=1", "--svg", join(home, "g.svg")]);
		expect(contents(home)).toEqual([]);
	});
});

describe("a place that can be written", () => {
	test("a folder deep below one that exists is made", async () => {
		const home = folder();
		await chainrule(["tour", "--quiet", "--out", join(home, "a/b")]);
		expect(contents(home)).toEqual(expect.arrayContaining(["a/", "a/b/", "a/b/index.html"]));
	});

	test("what else is in the folder stays, and an older page is replaced", async () => {
		const home = folder();
		writeFileSync(join(home, "thesis.txt"), "mine");
		writeFileSync(join(home, "index.html"), "old");
		await chainrule(["tour", "--quiet", "--out", home]);
		expect(contents(home)).toHaveLength(6);
		expect(readFileSync(join(home, "thesis.txt"), "utf8")).toBe("mine");
		expect(readFileSync(join(home, "index.html"), "utf8")).toMatch(/^<!doctype html>/);
	});

	test("a link stays a link: the file it points to is replaced", async () => {
		const home = folder();
		writeFileSync(join(home, "file"), "old");
		symlinkSync(join(home, "file"), join(home, "link"));
		await chainrule(["grad", "x", "--at", "x=1", "--dot", join(home, "link")]);
		expect(lstatSync(join(home, "link")).isSymbolicLink()).toBe(true);
		expect(readFileSync(join(home, "file"), "utf8")).toMatch(/^digraph/);
	});

	test("what is no file, such as a named pipe, is written into and not replaced", async () => {
		const pipe = join(folder(), "pipe");
		execFileSync("/usr/bin/mkfifo", [pipe]);
		const reader = readFile(pipe, "utf8");
		expect((await chainrule(["grad", "x", "--at", "x=1", "--dot", pipe])).code).toBe(0);
		expect(await reader).toMatch(/^digraph/);
		expect(lstatSync(pipe).isFIFO()).toBe(true);
	});
});
