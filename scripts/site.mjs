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
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
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

/**
 * The files that must be there before a bench is: those that all need, which the
 * page asks for at once, and those of each bench, which it asks for with the
 * bench. A browser would find the same, but one after the other.
 */
function filesOf(outputs, folder) {
	const named = (path) => relative(folder, resolve(root, path));
	const needed = (path, seen = new Set()) => {
		if (seen.has(path)) return seen;
		seen.add(path);
		for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") needed(next, seen);
		return seen;
	};
	const [main] = Object.keys(outputs).filter((path) => named(path) === "main.js");
	const first = needed(main);
	const benches = outputs[main].imports
		.filter(({ path, kind }) => kind === "dynamic-import" && basename(outputs[path].entryPoint) === "bench.ts")
		.map(({ path }) => [basename(dirname(outputs[path].entryPoint)), [...needed(path)]]);
	const shared = benches.map(([, paths]) => paths).reduce((all, paths) => all.filter((path) => paths.includes(path)));
	const common = new Set([...first, ...shared]);
	return {
		common: [...common].map(named),
		own: Object.fromEntries(
			benches.map(([name, paths]) => [name, paths.filter((path) => !common.has(path)).map(named)]),
		),
	};
}

/** What tells a folder that was made here from all others. */
const mark = "<title>chainrule laboratory</title>";

/** Makes room for the page: a folder is emptied only where nothing but an earlier page is in it. */
async function emptied(folder) {
	const names = await readdir(folder).catch((error) => {
		if (error.code === "ENOENT") return [];
		throw refusal(`${folder} is no folder`, "a folder, or none yet", error.code);
	});
	if (names.length > 0) {
		const page = await readFile(join(folder, "index.html"), "utf8").catch(() => "");
		const others = names.filter((name) => !/^[\w.-]+\.(js|css|svg|html|txt)$/.test(name));
		if (!page.includes(mark) || others.length > 0)
			throw refusal(
				`${folder} holds other things`,
				"a new folder, an empty one, or one that this made",
				others[0] ?? names[0],
			);
	}
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
}

function refusal(what, expected, actual) {
	const rows = { expected, actual, fix: "npm run build:site -- FOLDER" };
	const lines = Object.entries(rows).map(([word, text]) => `  ${word.padEnd(10)}${text}`);
	return new Error([`site: ${what}`, ...lines].join("\n"));
}

/** Builds the page into `folder`; gives the policy that its documents should be served with. A test may put other modules in the place of some, by `plugins` of esbuild. */
export async function buildSite(folder, plugins = []) {
	const out = resolve(root, folder);
	await emptied(out);
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
		plugins: [...plugins, embed],
		metafile: true,
		logLevel: "warning",
		logOverride: { "empty-import-meta": "silent" }, // Graphviz asks for it in Node only
	});
	const policy = policyOf(await explorerHashes());
	const { common, own } = filesOf(metafile.outputs, out);
	const parts = {
		POLICY: policy,
		PRELOADS: common.map((file) => `<link rel="modulepreload" href="${file}">`).join("\n"),
		'"FILES"': JSON.stringify(own),
	};
	const page = await readFile(join(source, "index.html"), "utf8");
	await writeFile(
		join(out, "index.html"),
		page.replaceAll(/POLICY|PRELOADS|"FILES"/g, (part) => parts[part]),
	);
	await cp(join(source, "icon.svg"), join(out, "icon.svg"));
	return { folder: out, policy, metafile };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const [asked = "out/site", ...more] = process.argv.slice(2);
	try {
		if (asked.startsWith("-") || more.length > 0)
			throw refusal(
				"one folder is what this takes",
				"a folder, or nothing for out/site",
				process.argv.slice(2).join(" "),
			);
		const { folder } = await buildSite(asked);
		console.log(`The page is in ${folder}: serve it from anywhere, or open it with npm run playground.`);
	} catch (error) {
		if (error.errors === undefined) console.error(error.message); // else esbuild has printed every error with its file and line
		process.exitCode = error.errors === undefined ? 2 : 1;
	}
}
