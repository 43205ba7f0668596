/**
 * If it is shown, it runs: code in Markdown pages and docstrings, and the
 * programs in `examples/`.
 *
 * In a snippet every `console.log(...); // text` promises its lines; an example
 * ends with a comment that is its whole output.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const run = promisify(execFile);

interface Program {
	readonly where: string;
	readonly source: string;
	readonly output: readonly string[];
}

async function filesUnder(folder: string, ending: RegExp): Promise<string[]> {
	const entries = await readdir(join(root, folder), { recursive: true });
	return entries.filter((name) => ending.test(name)).map((name) => join(folder, name));
}

/** The fenced `ts` blocks of a text; in docstrings each line starts with a star. */
function snippetsIn(text: string): { line: number; source: string }[] {
	return [...text.matchAll(/^([ \t]*\*? ?)```ts\n([\s\S]*?)^\1```/gm)].map(({ 1: lead = "", 2: body = "", index }) => ({
		line: text.slice(0, index).split("\n").length,
		source: body
			.split("\n")
			.map((line) => (line.startsWith(lead) ? line.slice(lead.length) : line.replace(/^[ \t]*\*/, "")))
			.join("\n"),
	}));
}

/** What the comments promise: behind a `console.log`, or in the lines below it. */
function promisesIn(source: string): string[] {
	const promises = source.matchAll(/console\.log\(.*\);?(?: *\/\/ (.*)|((?:\n\/\/ .*)+))/g);
	return [...promises].flatMap(({ 1: beside, 2: below = "" }) =>
		beside === undefined ? [...below.matchAll(/\n\/\/ (.*)/g)].map(({ 1: text = "" }) => text) : [beside.trim()],
	);
}

async function snippets(): Promise<Program[]> {
	const pages = [
		"README.md",
		"CONTRIBUTING.md",
		...(await filesUnder("docs", /\.md$/)),
		...(await filesUnder("viz", /\.(md|ts)$/)),
		...(await filesUnder("src", /\.(md|ts)$/)),
	];
	const found: Program[] = [];
	for (const page of pages) {
		for (const { line, source } of snippetsIn(await readFile(join(root, page), "utf8"))) {
			found.push({ where: `${page}:${line}`, source, output: promisesIn(source) });
		}
	}
	return found;
}

async function examples(): Promise<Program[]> {
	const found: Program[] = [];
	for (const file of await filesUnder("examples", /^[^/]*\.ts$/)) {
		const source = await readFile(join(root, file), "utf8");
		const last = /(?:^\/\/ .*\n?)+$/m.exec(source.trimEnd().split("\n\n").at(-1) ?? "");
		found.push({
			where: file,
			source,
			output: (last?.[0] ?? "")
				.trim()
				.split("\n")
				.map((line) => line.replace(/^\/\/ ?/, "")),
		});
	}
	return found;
}

const programs = [...(await snippets()), ...(await examples())];
let folder = "";

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "chainrule-docs-"));
	// All at once: the library is bundled a single time and shared by every program.
	await Promise.all(programs.map(({ source }, index) => writeFile(join(folder, `program${index}.ts`), source)));
	await build({
		entryPoints: programs.map((_, index) => join(folder, `program${index}.ts`)),
		outdir: join(folder, "out"),
		outExtension: { ".js": ".mjs" },
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		nodePaths: [join(root, "node_modules")],
		tsconfig: join(root, "tsconfig.json"),
		alias: {
			chainrule: join(root, "src/index.ts"),
			"chainrule/linalg": join(root, "src/linalg.ts"),
			"chainrule/random": join(root, "src/random.ts"),
			"chainrule/special": join(root, "src/special.ts"),
			"chainrule/nn": join(root, "src/nn/index.ts"),
			"chainrule/optim": join(root, "src/optim/index.ts"),
			"chainrule/symbolic": join(root, "src/symbolic/index.ts"),
			"chainrule/viz": join(root, "viz/index.ts"),
		},
		logLevel: "error",
	});
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what is shown in a document", () => {
	it("is found at all", () => {
		expect(programs.length).toBeGreaterThan(10);
	});

	it.each(programs.map((program, index) => ({ ...program, index })))(
		"$where prints what it says",
		async ({ output, index }) => {
			const { stdout } = await run(process.execPath, [join(folder, "out", `program${index}.mjs`)]);
			expect(stdout.trimEnd().split("\n")).toEqual(output.length === 0 ? [""] : output);
		},
	);
});
