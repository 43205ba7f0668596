/**
 * If it is shown, it runs: code in Markdown pages and docstrings, and the
 * programs in `examples/`.
 *
 * In a snippet every `console.log(...); // text` promises its lines; an example
 * ends with a comment that is its whole output.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, examplesOf, linesOf } from "../scripts/programs.js";

const root = new URL("..", import.meta.url).pathname;

interface Snippet {
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

async function snippetsOf(): Promise<Snippet[]> {
	const pages = [
		"README.md",
		"CONTRIBUTING.md",
		...(await filesUnder("docs", /\.md$/)),
		...(await filesUnder("viz", /\.(md|ts)$/)),
		...(await filesUnder("src", /\.(md|ts)$/)),
	];
	const found: Snippet[] = [];
	for (const page of pages) {
		for (const { line, source } of snippetsIn(await readFile(join(root, page), "utf8"))) {
			found.push({ where: `${page}:${line}`, source, output: promisesIn(source) });
		}
	}
	return found;
}

const [snippets, examples] = await Promise.all([snippetsOf(), examplesOf(root)]);
const programs = [...snippets, ...examples];
let folder = "";

beforeAll(async () => {
	// Inside of the repository, where packages are found.
	await mkdir(join(root, "out"), { recursive: true });
	folder = await mkdtemp(join(root, "out/docs-"));
	const files = snippets.map((_, index) => join(folder, `snippet${index}.ts`));
	await Promise.all(snippets.map(({ source }, index) => writeFile(files[index] as string, source)));
	await bundle(root, [...files, ...examples.map(({ where }) => where)], folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what is shown in a document", () => {
	it("is found at all", () => {
		expect(snippets.length).toBeGreaterThan(10);
		expect(examples.length).toBeGreaterThan(10);
	});

	it.concurrent.each(programs.map(({ where, output }, index) => ({ where, output, index })))(
		"$where prints what it says",
		async ({ output, index }) => {
			const lines = await linesOf(root, join(folder, `${index}.mjs`));
			expect(lines).toEqual(output.length === 0 ? [""] : output);
		},
	);
});
