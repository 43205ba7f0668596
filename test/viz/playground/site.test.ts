/** `npm run build:site`: what it takes, and that it empties no folder of anybody's. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../../scripts/site.mjs", import.meta.url));
let place = "";

beforeAll(async () => {
	place = await mkdtemp(join(tmpdir(), "chainrule-site-"));
});

afterAll(() => rm(place, { recursive: true, force: true }));

async function run(...words: readonly string[]): Promise<{ code: number; said: string }> {
	return new Promise((ended) => {
		execFile(process.execPath, [script, ...words], (error, stdout, stderr) =>
			ended({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
		);
	});
}

describe("build:site", () => {
	it("makes a folder of static files, and makes it anew", async () => {
		const folder = join(place, "new", "site");
		expect(await run(folder)).toEqual({
			code: 0,
			said: `The page is in ${folder}: serve it from anywhere, or open it with npm run playground.\n`,
		});
		const names = await readdir(folder);
		for (const name of ["index.html", "icon.svg", "main.js", "style.css", "training.js", "judging.js", "layout.js"])
			expect(names).toContain(name);
		await writeFile(join(folder, "part-of-an-older-page.js"), "");
		expect((await run(folder)).code).toBe(0);
		expect((await readdir(folder)).sort()).toEqual(names.sort());
	});

	it("leaves a folder that holds other things as it is", async () => {
		const folder = join(place, "precious");
		await mkdir(join(folder, "thesis"), { recursive: true });
		await writeFile(join(folder, "index.html"), "mine");
		const { code, said } = await run(folder);
		expect(code).toBe(2);
		expect(said).toBe(
			`site: ${folder} holds other things\n  expected  a new folder, an empty one, or one that this made\n  actual    thesis\n  fix       npm run build:site -- FOLDER\n`,
		);
		expect((await readdir(folder)).sort()).toEqual(["index.html", "thesis"]);
		await rm(join(folder, "thesis"), { recursive: true });
		expect((await run(folder)).code).toBe(2); // a page, but not this one
		expect(await readdir(folder)).toEqual(["index.html"]);
	});

	it.each([
		[["--out", "x"], "one folder is what this takes"],
		[["--help"], "one folder is what this takes"],
		[[script], "is no folder"],
	])("refuses %j in one message", async (words, what) => {
		const { code, said } = await run(...words);
		expect(code).toBe(2);
		expect(said).toMatch(/^site: /);
		expect(said).toContain(what);
		expect(said.split("\n")).toHaveLength(5);
	});
});
