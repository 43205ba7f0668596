/**
 * The programs in `examples/`: where they are, what they promise, how they run.
 *
 * A program ends with a comment that is its whole output. All are bundled in one
 * go, so that the library is compiled once and shared. Packages are compiled in,
 * which halves the time in which a program that draws starts.
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { embed } from "./embed.mjs";

/** A program and the lines it promises to print. */
export interface Example {
	/** `examples/notes/1-costs/01-slowdown.ts`. */
	readonly where: string;
	readonly output: readonly string[];
}

/** The last comment of a program. */
function promiseOf(source: string): string[] {
	const last = /(?:^\/\/ .*\n?)+$/m.exec(source.trimEnd().split("\n\n").at(-1) ?? "");
	return (last?.[0] ?? "")
		.trim()
		.split("\n")
		.map((line) => line.replace(/^\/\/ ?/, ""));
}

/** Every program in `examples/` and its folders, in order: files whose name begins with their number. */
export async function examplesOf(root: string): Promise<Example[]> {
	const names = await readdir(join(root, "examples"), { recursive: true });
	const programs = names.filter((name) => /(^|[/\\])\d+-[^/\\]*\.ts$/.test(name)).sort();
	return Promise.all(
		programs.map(async (name) => {
			const where = join("examples", name);
			return { where, output: promiseOf(await readFile(join(root, where), "utf8")) };
		}),
	);
}

/** Compiles each of `files` to `out/0.mjs`, `out/1.mjs`, ...; where `chainrule` is imported, its sources are meant. */
export async function bundle(root: string, files: readonly string[], out: string): Promise<void> {
	await build({
		entryPoints: files.map((file, index) => ({ in: resolve(root, file), out: String(index) })),
		outdir: out,
		outExtension: { ".js": ".mjs" },
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		sourcemap: true,
		sourcesContent: false,
		tsconfig: join(root, "tsconfig.json"),
		plugins: [embed],
		logLevel: "error",
	});
}

/** What the program prints, line by line. */
export async function linesOf(root: string, program: string): Promise<string[]> {
	const { stdout } = await promisify(execFile)(process.execPath, ["--enable-source-maps", program], { cwd: root });
	return stdout.trimEnd().split("\n");
}
