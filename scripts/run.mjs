#!/usr/bin/env node
/**
 * Runs a TypeScript program of this repository: `node scripts/run.mjs bench/main.ts S1 S2`.
 *
 * Node 20 cannot read TypeScript, so the program is bundled into `out/run` first,
 * its `import ... from "chainrule"` taken from the sources. Packages stay outside
 * the bundle: `benchmark` breaks when bundled. The program runs in a process of
 * its own, with the flags this one was given (`--expose-gc`), so that what it
 * measures of memory is its own.
 */
import { spawnSync } from "node:child_process";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { embed } from "./embed.mjs";

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
	console.error("run: no program given\n  fix       node scripts/run.mjs FILE.ts [ARGUMENTS]");
	process.exit(2);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = resolve(root, "out/run", `${basename(program, ".ts")}.mjs`);
await build({
	entryPoints: [resolve(program)],
	outfile: bundle,
	bundle: true,
	format: "esm",
	target: "es2022",
	platform: "node",
	packages: "external",
	sourcemap: "inline",
	tsconfig: resolve(root, "tsconfig.json"),
	plugins: [embed],
	logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has printed every error with its file and line

const flags = [...process.execArgv, "--enable-source-maps"];
const { status } = spawnSync(process.execPath, [...flags, bundle, ...args], { stdio: "inherit" });
process.exit(status ?? 1);
