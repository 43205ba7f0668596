/**
 * A user's own program, run for what it exports.
 *
 * JavaScript runs as it is. TypeScript runs where Node strips the types itself;
 * elsewhere esbuild, if the user has it, makes one file of it, which lies beside
 * the program while it runs so that packages are found from there. The library
 * itself is never compiled in: it must be the one that draws.
 */
import { randomUUID } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ChainruleError, failure } from "../core/errors.js";

/** What a program exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

const scripts = /\.[mc]?[jt]s$/;
const typed = /\.[mc]?ts$/;

/** True for what names a program, and is no formula. */
export function isProgram(source: string): boolean {
	return scripts.test(source);
}

/**
 * The exports of the program at `path`.
 *
 * @throws where there is none, it cannot be run here, or it fails.
 */
export async function exportsOf(command: string, path: string): Promise<Exports> {
	const file = resolve(path);
	if (!(await stat(file).catch(() => undefined))?.isFile()) {
		throw failure({
			what: `${command}: there is no program ${path}`,
			expected: "a file that ends in .ts, .mts, .js or .mjs, or a formula",
			actual: `nothing at ${file}`,
		});
	}
	const isStripping = Boolean(Reflect.get(process.features, "typescript"));
	if (!typed.test(file) || isStripping) return run(command, path, file);
	const bundle = await bundled(command, path, file);
	const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}.mjs`);
	try {
		await writeFile(beside, bundle, { flag: "wx" });
		return await run(command, path, beside);
	} finally {
		await rm(beside, { force: true });
	}
}

async function run(command: string, path: string, file: string): Promise<Exports> {
	try {
		return (await import(pathToFileURL(file).href)) as Exports;
	} catch (error) {
		throw error instanceof ChainruleError ? error : unusable(command, path, error);
	}
}

/** What went wrong in a program is the program's, and is told as it told it. */
export function unusable(command: string, path: string, error: unknown): ChainruleError {
	return failure({
		what: `${command}: ${path} does not run`,
		expected: "a program that runs to its end",
		actual: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
	});
}

/** The part of esbuild that is used. */
interface Compiler {
	readonly build: (options: object) => Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;
}

async function bundled(command: string, path: string, file: string): Promise<string> {
	let compiler: Compiler;
	try {
		compiler = (await import(pathToFileURL(createRequire(file).resolve("esbuild")).href)) as Compiler;
	} catch {
		throw failure({
			what: `${command}: ${path} is TypeScript, which this Node does not run`,
			expected: "Node 22.18 or newer, or the package esbuild",
			actual: `Node ${process.versions.node} without esbuild`,
			fix: "npm install --save-dev esbuild, or compile the program to JavaScript first",
		});
	}
	try {
		const { outputFiles } = await compiler.build({
			entryPoints: [file],
			bundle: true,
			packages: "external",
			external: ["chainrule", "chainrule/*"],
			format: "esm",
			platform: "node",
			target: "node20",
			sourcemap: "inline",
			write: false,
			logLevel: "silent",
		});
		return outputFiles[0]?.text ?? "";
	} catch (error) {
		throw unusable(command, path, error);
	}
}
