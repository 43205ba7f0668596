#!/usr/bin/env node
/**
 * Makes the laboratory page as a folder of static files: `npm run build:site`
 * writes `out/site`. It is bundled from the library's own sources, in modules
 * that load when they are needed.
 *
 * The page's content-security policy allows its own files and, by their hashes,
 * the script and the style of the explorer's documents, which it opens in
 * windows that inherit its policy.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { embed, explorerHashes } from "./embed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "viz/playground");

/** What the page may do; `explorer` are the hashes of the explorer's script and style. */
function policyOf(explorer) {
	return [
		"default-src 'none'",
		`script-src 'self' 'wasm-unsafe-eval' '${explorer.script}'`,
		`style-src 'self' '${explorer.style}'`,
		"img-src 'self' data: blob:",
		"connect-src 'self'",
		"worker-src 'self' blob:",
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
}

/** Builds the page into `folder`; gives the policy that its documents should be served with. */
export async function buildSite(folder) {
	const out = resolve(root, folder);
	await rm(out, { recursive: true, force: true });
	await mkdir(out, { recursive: true });
	const { metafile } = await build({
		absWorkingDir: root,
		entryPoints: {
			main: join(source, "main.ts"),
			training: join(source, "training/worker.ts"),
			judging: join(source, "expression/judging.ts"),
			layout: join(root, "viz/explorer/page/worker.ts"),
			style: join(source, "style.css"),
		},
		outdir: out,
		bundle: true,
		splitting: true,
		minify: true,
		format: "esm",
		target: "es2022",
		platform: "browser",
		charset: "utf8",
		legalComments: "linked",
		chunkNames: "part-[name]-[hash]",
		plugins: [embed],
		metafile: true,
		logLevel: "warning",
		logOverride: { "empty-import-meta": "silent" }, // Graphviz asks for it in Node only
	});
	const policy = policyOf(await explorerHashes());
	const page = await readFile(join(source, "index.html"), "utf8");
	await writeFile(join(out, "index.html"), page.replace("POLICY", policy));
	await cp(join(source, "icon.svg"), join(out, "icon.svg"));
	return { folder: out, policy, metafile };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const { folder } = await buildSite(process.argv[2] ?? "out/site");
	console.log(`The page is in ${folder}: serve it from anywhere, or open it with npm run playground.`);
}
