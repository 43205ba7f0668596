/**
 * Puts the explorer's page into the library as text.
 *
 * `viz/explorer/embedded.ts` is a module whose content is made here, for every
 * build in the same way: esbuild takes `embed`, Vitest `embedVite`. Graphviz is
 * compressed, because it is nearly all of an explorer file.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const pageFolder = fileURLToPath(new URL("../viz/explorer/page", import.meta.url));
const place = /viz[\\/]explorer[\\/]embedded\.ts$/;

async function bundled(entry) {
	const result = await build({
		entryPoints: [entry],
		bundle: true,
		minify: true,
		write: false,
		format: "iife",
		target: "es2022",
		platform: "browser",
		charset: "utf8",
		legalComments: "none",
		logLevel: "warning",
		logOverride: { "empty-import-meta": "silent" }, // Graphviz asks for it in Node only
	});
	return result.outputFiles[0].text.trim();
}

async function minified(path) {
	const { outputFiles } = await build({
		entryPoints: [path],
		bundle: true,
		minify: true,
		write: false,
		logLevel: "warning",
	});
	return outputFiles[0].text.trim();
}

/** What a content-security policy calls the text of an element. */
function hash(text) {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

let made;

/** What the page consists of, by part. */
async function partsOf(folder) {
	const [style, body, script, worker] = await Promise.all([
		minified(join(folder, "style.css")),
		readFile(join(folder, "body.html"), "utf8"),
		bundled(join(folder, "main.ts")),
		bundled(join(folder, "worker.ts")),
	]);
	// Inside of a page a script must not end its own element.
	const inert = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
	return {
		style,
		body: body.replaceAll(/^\s+/gm, "").trim(),
		script: inert,
		styleHash: hash(style),
		scriptHash: hash(inert),
		worker: gzipSync(worker, { level: 9 }).toString("base64"),
	};
}

/** The hashes by which a content-security policy allows the explorer's documents. */
export async function explorerHashes() {
	made ??= partsOf(pageFolder);
	const { scriptHash, styleHash } = await made;
	return { script: scriptHash, style: styleHash };
}

/** The content of the module at `path`; the page is in the folder beside it. This file itself may have been bundled elsewhere. */
async function contents(path) {
	made ??= partsOf(join(dirname(path), "page"));
	return `export const page = ${JSON.stringify(await made)};`;
}

/** For esbuild. */
export const embed = {
	name: "embed",
	setup({ onLoad }) {
		onLoad({ filter: place }, async ({ path }) => ({ contents: await contents(path), loader: "js" }));
	},
};

/** For Vite. */
export const embedVite = {
	name: "embed",
	enforce: "pre",
	async load(id) {
		const [path] = id.split("?");
		return place.test(path) ? { code: await contents(path), map: null } : undefined;
	},
};
