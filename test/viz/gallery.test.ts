/**
 * The gallery of viz/README.md: each picture is what its code draws.
 *
 * `--update` draws them again. The page is the only place where the code stands.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../scripts/programs.js";
import { root } from "../source.js";

const page = await readFile(join(root, "viz/README.md"), "utf8");
const pictures = [...page.matchAll(/```ts\n((?:(?!```)[\s\S])*)```\n\n!\[[^\]]+\]\(gallery\/(.*)\.svg\)/g)].map(
	([, code = "", name = ""]) => ({ name, code }),
);
let folder = "";

beforeAll(async () => {
	await mkdir(join(root, "out"), { recursive: true });
	folder = await mkdtemp(join(root, "out/gallery-"));
	const files = pictures.map(({ name }) => join(folder, `${name}.ts`));
	await Promise.all(pictures.map(({ code }, at) => writeFile(files[at] as string, code)));
	await bundle(root, files, folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function drawn(at: number): Promise<string> {
	const { picture } = (await import(pathToFileURL(join(folder, `${at}.mjs`)).href)) as { readonly picture: string };
	return picture;
}

describe("the gallery", () => {
	test.each(pictures.map(({ name }, at) => ({ name, at })))("$name is what its code draws", async ({ name, at }) => {
		const picture = await drawn(at);
		expect(new Resvg(picture).width).toBeGreaterThan(0);
		await expect(`${picture.trimEnd()}\n`).toMatchFileSnapshot(join(root, `viz/gallery/${name}.svg`));
	});

	test("holds the pictures of the page and no others", async () => {
		expect(pictures.length).toBeGreaterThan(8);
		const files = await readdir(join(root, "viz/gallery"));
		expect(files.sort()).toEqual(pictures.map(({ name }) => `${name}.svg`).sort());
	});
});
