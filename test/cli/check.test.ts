/**
 * `chainrule check`: verdicts, exit codes and reports; and input that nobody
 * should write, which gets one clear message each, and soon.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { root } from "../source.js";
import { chainrule, folder, type Program, program } from "./place.js";

const neuron = "w, x, b, y : scalar\nz = w*x + b;  a = sigma(z);  C = (y - a)^2/2";

/** A page with one block. */
function page(claims: string, problem: string = neuron): string {
	return `## A heading\n\n\`\`\`derivation\n${problem}\n---\n${claims}\n\`\`\`\n`;
}

/** A page in a folder of its own. */
function note(markdown: string, name = "note.md"): string {
	const path = join(folder(), name);
	writeFileSync(path, markdown);
	return path;
}

/** Runs the check of one page, and leaves its folder and the seconds out of what was printed. */
async function checked(markdown: string, ...options: string[]) {
	const path = note(markdown);
	const outcome = await chainrule(["check", path, ...options]);
	const plain = (text: string): string =>
		text
			.replaceAll(path, "note.md")
			.replace(/ +(?:\d+\.\d\d|seconds)$/gm, "")
			.replace(/^ {2}(note|note\.md) +/gm, "  $1  ");
	return { ...outcome, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr) };
}

describe("a report on the screen", () => {
	it("has a mark and a verdict for every step, and all that is known about the first wrong one", async () => {
		const { code, stdout } = await checked(
			page("dC/dw = (a - y)*sigma'(z)*x\n      = a*sigma'(z)\ndC/db = (a - y)*sigma'(z)"),
		);
		expect(code).toBe(1);
		expect(stdout.split("\n").slice(0, 18).join("\n")).toBe(
			[
				"note.md",
				"",
				"  A heading  line 7",
				"      dC/dw",
				"    ✓ = (a - y)*sigma'(z)*x  PROVEN",
				"    ✗ = a*sigma'(z)          HOLDS ONLY IF  x = 1, y = 0",
				"        line 8",
				"          = a*sigma'(z)",
				"            ^",
				"        where     w = 1, x = 2, b = -1, y = 3: -0.892202 on the left, 0.143735 on the right",
				"        holds if  x = 1, y = 0",
				"        perhaps   = (a - y)*sigma'(z)*x",
				"",
				"  A heading  line 9",
				"      dC/db",
				"    ✓ = (a - y)*sigma'(z)  PROVEN",
				"",
				"  note  steps  proven  only if  refuted  undecided  faults  unreadable",
			].join("\n"),
		);
		expect(stdout).toContain("1 of 3 steps is not as it should be.");
	});

	it("is coloured on a terminal, and only there", async () => {
		const path = note(page("dC/db = a*sigma'(z)"));
		expect((await chainrule(["check", path], {}, 100)).stdout).toContain("\u001b[");
		expect((await chainrule(["check", path], { NO_COLOR: "1" }, 100)).stdout).not.toContain("\u001b");
		expect((await chainrule(["check", path])).stdout).not.toContain("\u001b");
	});

	it("is short when asked to be", async () => {
		const { stdout } = await checked(page("x + 2*x = 3*x\nx + y = 2*x"), "--quiet");
		expect(stdout).not.toContain("3*x");
		expect(stdout).toContain("x + y");
	});

	it("judges displays in LaTeX, with what letters stand for and what is expected", async () => {
		const { code, stdout } = await checked(
			[
				page("x + x = 2*x"),
				"```spelling\nC_{total} = C % as the notes call it\n```",
				"$$\\frac{\\partial C_{total}}{\\partial w} = (a - y)\\sigma'(z)x = a\\sigma'(z), \\tag{55}$$",
				"\\begin{align}\n\\frac{dC}{db} &= (a - y) a (1 - a) \\\\\n &= (y - a) a (1 - a) % REFUTED\n\\end{align}",
				"\\[ \\text{words} = \\text{other words} % not judged\n\\]",
				"$$ \\sigma(z) $$",
			].join("\n\n"),
		);
		expect(code).toBe(1);
		expect(stdout).toContain("✗ = a\\sigma'(z)         HOLDS ONLY IF  x = 1, y = 0");
		expect(stdout).toContain("✗ = (y - a) a (1 - a)  REFUTED  as expected");
		expect(stdout).toContain("1 of 5 steps is not as it should be.");
	});
});

describe("the exit code", () => {
	test.each([
		["0 where all is proven", page("x + x = 2*x"), [], 0],
		["1 where something is refuted", page("x + x = 3*x"), [], 1],
		["1 where something holds only sometimes", page("x*y = x"), [], 1],
		["0 where what is wrong was expected to be", page("x + x = 3*x # REFUTED\nx*y = x # HOLDS ONLY IF y = 1"), [], 0],
		["1 where what is right was expected to be wrong", page("x + x = 2*x # REFUTED"), [], 1],
		["1 where another repair was expected", page("x + x = 3*x + 1 # REFUTED; repair 4*x"), [], 1],
		[
			"0 where the repair is written in another way",
			page("dC/db = (a - y)*sigma'(z)*x # HOLDS ONLY IF x = 1; repair sigma'(z)*(a - y)"),
			[],
			0,
		],
		["2 where something cannot be read", page("x + x = 2*x\nx + q = x"), [], 2],
		["2 where the problem cannot be read", page("x = x", "x : number"), [], 2],
		["0 where something is undecided", page("erf(x) = 2*Phi(sqrt(2)*x) - 1"), ["--timeout", "0.000001"], 0],
		[
			"1 where something is undecided, if that is strict",
			page("erf(x) = 2*Phi(sqrt(2)*x) - 1"),
			["--timeout", "0.000001", "--strict"],
			1,
		],
	])("is %s", async (_, markdown, options, code) => {
		expect((await checked(markdown, ...options)).code).toBe(code);
	});
});

describe("other reports", () => {
	it("are data with --json, and nothing else", async () => {
		const { code, stdout } = await checked(page("dC/db = a*sigma'(z)\nq = q"), "--json");
		const data = JSON.parse(stdout) as Record<string, never>;
		expect(code).toBe(2);
		expect(data).toMatchObject({
			code: 2,
			summary: { steps: 1, proven: 0, holdsOnlyIf: 1, refuted: 0, undecided: 0, faults: 1, unreadable: 1 },
			pages: [
				{
					claims: [
						{
							heading: "A heading",
							line: 7,
							steps: [{ verdict: "HOLDS ONLY IF", holdsIf: ["y = 0"], line: 7, fault: true }],
						},
					],
					unreadable: [{ line: 8 }],
				},
			],
		});
	});

	it("are a page without scripts, in which nothing of a note is taken for HTML", async () => {
		const out = join(folder(), "report.html");
		const heading = '## <script>alert("x")</script> & more';
		const markdown = `${heading}\n${page("dC/db = a*sigma'(z)\n<b> = x")}`.replace("## A heading", heading);
		const { code, stdout } = await checked(markdown, "--html", out);
		const html = readFileSync(out, "utf8");
		expect(code).toBe(2);
		expect(stdout).toContain(`Written to ${out}`);
		expect(html).not.toContain("<script");
		expect(html).not.toContain("<b>");
		expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more");
		expect(html.match(/<math /g)?.length).toBeGreaterThanOrEqual(3);
		expect(html).not.toMatch(/(?:src|href)="(?!#)/);
	});

	it("are of all notes in a folder, in the order of their names, with a table", async () => {
		const path = folder();
		mkdirSync(join(path, "b", "node_modules"), { recursive: true });
		writeFileSync(join(path, "b", "2.md"), page("x + x = 3*x"));
		writeFileSync(join(path, "b", "node_modules", "3.md"), page("x + x = 3*x"));
		writeFileSync(join(path, "a.md"), page("x + x = 2*x"));
		writeFileSync(join(path, "c.txt"), page("x + x = 3*x"));
		const { code, stdout } = await chainrule(["check", path, join(path, "a.md")]);
		expect(code).toBe(1);
		const rows = stdout.split("\n").filter((line) => /^ {2}\S.* \d+\.\d\d$/.test(line));
		expect(rows.map((row) => row.trim().split(/ {2,}/).slice(0, 7))).toEqual([
			[join(path, "a.md"), "1", "1", "0", "0", "0", "0"],
			[join(path, "b", "2.md"), "1", "0", "0", "1", "0", "1"],
			["all", "2", "1", "0", "1", "0", "1"],
		]);
	});
});

describe("what cannot be judged at all", () => {
	const refused = async (...args: string[]): Promise<string> => {
		const { code, stdout, stderr } = await chainrule(["check", ...args]);
		expect([code, stdout]).toEqual([2, ""]);
		return stderr;
	};

	it("gets one message", async () => {
		expect(await refused("nowhere.md")).toContain("check: there is no nowhere.md");
		expect(await refused("no\nwhere\u001b[31m.md")).toContain("check: there is no no\\nwhere\\x1b[31m.md\n");
		expect(await refused(note("# Nothing\n"))).toContain("check: nothing to judge");
		expect(await refused(folder())).toContain("check: nothing to judge");
		expect(await refused(note("x"), "--timeout", "never")).toContain("check: --timeout is out of range");
		expect(await refused(note("x"), "--html", join(folder(), "no", "folder", "r.html"))).toContain(
			"check: cannot write to",
		);
		const bytes = note("");
		writeFileSync(bytes, new Uint8Array([0xff, 0xfe, 0x00]));
		expect(await refused(bytes)).toContain("bytes that are no UTF-8");
		expect(await refused()).toContain("check: missing required argument 'files'");
	});

	it("keeps escape sequences and lines of file names and notes to itself", async () => {
		const path = note(
			page("x + x = 3*x # REFUTED\nq\u001b[31m = x").replace("A heading", "A \u001b]0;title\u0007 heading"),
			"a\n\u001b[31mb<script>.md",
		);
		const out = join(folder(), "r.html");
		const { stdout, code } = await chainrule(["check", path, "--html", out]);
		expect(code).toBe(2);
		expect(stdout).not.toContain("\u001b");
		expect(stdout).toContain("a\\n\\x1b[31mb<script>.md");
		expect(stdout).toContain("A \\x1b]0;title\\x07 heading");
		const html = readFileSync(out, "utf8");
		expect(html).toContain("\\x1b[31mb&lt;script&gt;.md");
		expect(html).not.toContain("\u001b");
	});
});

describe("bad input", () => {
	const vectors = "w : vector[n]\nA : matrix[n,m]\nB : matrix[3,3]\ni in 1..n\nk in 1..4\nx : scalar";
	const deep = (open: string, close: string): string => `${open.repeat(4900)}x${close.repeat(4900)} = x`;

	test.each([
		["an unknown name", page("x + q = x"), 'derivation: unknown name "q"'],
		["an unknown function", page("foo(x) = x"), 'derivation: unknown function "foo"'],
		[
			"shapes that do not fit",
			page("x = x", "A : matrix[2,3]\nu : vector[2]\nx : scalar\nv = A@u"),
			"derivation: shapes do not go together: [2, 3] @ [2]",
		],
		["an index out of its range", page("B[4,1] = x", vectors), "derivation: "],
		[
			"an index without a range",
			page("x = x", "w : vector[n]\nv[j] = w[j]\nx : scalar"),
			'derivation: index "j" without a range',
		],
		[
			"a name used before its definition",
			page("x = x", "x : scalar\nz = a\na = x"),
			'derivation: "a" is used before its definition',
		],
		["a definition in a circle", page("x = x", "x : scalar\nz = z + x"), 'derivation: "z" is defined by itself'],
		["a name with two meanings", page("x = x", "x : scalar\nx = 2"), 'derivation: "x" has two meanings'],
		["a division by zero", page("x/0 = x"), "derivation: division by zero"],
		["a number beyond all measure", page(`1e999999 = x`), "derivation: a number beyond all measure"],
		["deep parentheses", page(deep("(", ")")), "formula: nested too deeply"],
		["deep calls", page(deep("sin(", ")").slice(0, 19_000)), "formula: "],
		["deep LaTeX", `${page("x = x")}\n$$ ${deep("\\sqrt{", "}").slice(0, 15_000)} = x $$`, "latex: "],
		["a claim that is too long", page(`${"x + ".repeat(6000)}x = x`), "derivation: too long to be read"],
		["a display that is never closed", `${page("x = x")}\n$$ x = x`, "document: the display in line"],
		[
			"a block that is never closed",
			page("x = x").replace(/```\n$/, ""),
			"document: a block of derivations is never closed",
		],
		[
			"a remark that is no verdict",
			page("x = x # PROVEN twice"),
			"document: line 7 expects something that is no verdict",
		],
		[
			"a spelling that is none",
			`${page("x = x")}\n\`\`\`spelling\nJ\n\`\`\``,
			"document: the spelling in line 11 cannot be read",
		],
		["a character from elsewhere", page("x \u0000 = x"), "formula: unknown character"],
		["nothing but an equals sign", page("= x"), "formula: "],
	])("%s is one message, soon", async (_, markdown, message) => {
		const start = performance.now();
		const { code, stdout, stderr } = await checked(markdown);
		expect(performance.now() - start).toBeLessThan(5000);
		expect(stdout + stderr).toContain(`! ${message}`);
		expect(stdout).not.toContain("mistake of ours");
		expect(stdout.split("\n").every((line) => line.length < 400)).toBe(true);
		expect(code).toBe(2);
	});

	test.each([
		["a long sum", page(`${"x + ".repeat(2400)}x = 2401*x`)],
		["a huge exponent", page("x^1000000000 = x^1000000000*1")],
		["a tower of powers", page("2^3^4^5^6^7^8^9 = 2^3^4^5^6^7^8^9 + 1")],
		["a product that outgrows everything", page("prod(i, prod(k, (w[i] + x)^(40*k))) = x", vectors)],
		["a thousand functions within each other", page(`${"sin(".repeat(300)}x${")".repeat(300)} = x`)],
	])("%s ends in a verdict, in time", async (_, markdown) => {
		const start = performance.now();
		const { code, stdout } = await checked(markdown, "--timeout", "0.5");
		expect(performance.now() - start).toBeLessThan(8000);
		expect(stdout).not.toContain("mistake of ours");
		expect([0, 1, 2]).toContain(code);
	});
});

describe("as a program of its own", () => {
	let built: Program;
	beforeAll(async () => {
		built = await program();
	});
	afterAll(() => built.remove());

	it("judges the notes in several threads, all as their remarks expect", async () => {
		const notes = ["1-costs", "3-differentiation"].map((name) => join(root, "examples/notes/check", `${name}.md`));
		const { code, stdout, stderr } = await built.run(["check", ...notes, "--timeout", "30"]);
		expect([code, stderr]).toEqual([0, ""]);
		expect(stdout).toMatch(/\n {2}all +36 +24 +5 +7 +0 +0 +0 /);
		expect(stdout).toContain("36 steps: 12 are wrong as expected, all others are proven.");
	}, 60_000);
});
