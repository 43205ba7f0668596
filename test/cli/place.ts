/**
 * Places in which the tests run the command: streams that remember, and a
 * folder of their own for every test.
 */
import { execFile, type SpawnOptions, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { build } from "esbuild";
import { onTestFinished } from "vitest";
import { embed } from "../../scripts/embed.mjs";
import { run } from "../../src/cli/command.js";
import type { Place } from "../../src/cli/terminal.js";
import { root } from "../source.js";

/** A stream that keeps what is written to it; a terminal if `columns` is given. */
export class Memory extends Writable {
	text = "";
	readonly isTTY: boolean;
	readonly columns: number | undefined;

	constructor(columns?: number) {
		super({ decodeStrings: false });
		this.isTTY = columns !== undefined;
		this.columns = columns;
	}

	override _write(chunk: string, _encoding: string, done: () => void): void {
		this.text += chunk;
		done();
	}
}

/** What a run left behind. */
export interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A place in memory; with `columns` both streams are terminals. */
export function memory(env: Place["env"] = {}, columns?: number): Place & { stdout: Memory; stderr: Memory } {
	return { stdout: new Memory(columns), stderr: new Memory(columns), env };
}

/** Runs the command in this process. */
export async function chainrule(args: readonly string[], env: Place["env"] = {}, columns?: number): Promise<Outcome> {
	const place = memory(env, columns);
	const code = await run(args, place);
	return { code, stdout: place.stdout.text, stderr: place.stderr.text };
}

/** A new empty folder, removed after the test. */
export function folder(): string {
	const made = mkdtempSync(join(tmpdir(), "chainrule-test-"));
	onTestFinished(() => rmSync(made, { recursive: true, force: true }));
	return made;
}

/** Every path below `path`, folders with a slash at the end. */
export function contents(path: string): string[] {
	return readdirSync(path, { withFileTypes: true, recursive: true })
		.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1) + (entry.isDirectory() ? "/" : ""))
		.sort();
}

/** The command as a program of its own, bundled where `node_modules` and a package.json are found. */
export interface Program {
	readonly main: string;
	run(args: readonly string[], env?: Record<string, string>): Promise<Outcome>;
	start(args: readonly string[], options: SpawnOptions): ReturnType<typeof spawn>;
	remove(): void;
}

const environment = (env: Record<string, string> = {}) => ({ PATH: process.env.PATH ?? "", ...env });

function execute(main: string, cwd: string, args: readonly string[], env?: Record<string, string>): Promise<Outcome> {
	return new Promise((finish) => {
		execFile(process.execPath, [main, ...args], { env: environment(env), cwd }, (error, stdout, stderr) => {
			const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
			finish({ code, stdout, stderr });
		});
	});
}

/** Runs the bundled command `main` in the folder `cwd`. */
function programAt(main: string, cwd: string): (...args: string[]) => Promise<Outcome> {
	return (...args) => execute(main, cwd, args);
}

/** Bundles the command. */
export async function program(): Promise<Program> {
	mkdirSync(join(root, "out"), { recursive: true });
	const home = mkdtempSync(join(root, "out", "test-cli-"));
	const main = join(home, "dist/cli/main.js");
	await build({
		absWorkingDir: root,
		entryPoints: ["src/cli/main.ts"],
		outfile: main,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "es2022",
		packages: "external",
		logLevel: "error",
	});
	copyFileSync(join(root, "package.json"), join(home, "package.json"));
	return {
		main,
		run: (args, env) => execute(main, home, args, env),
		start: (args, options) => spawn(process.execPath, [main, ...args], { env: environment(), cwd: home, ...options }),
		remove: () => rmSync(home, { recursive: true, force: true }),
	};
}

/** A user's folder with the package in it, command and library from one build. */
export interface Home {
	readonly folder: string;
	/** Runs the command there. */
	readonly run: (...args: string[]) => Promise<Outcome>;
	readonly remove: () => void;
}

/** The package as it is installed, made as scripts/build.mjs makes it, beside programs that use it. */
export async function homeOfUser(): Promise<Home> {
	mkdirSync(join(root, "out"), { recursive: true });
	const home = mkdtempSync(join(root, "out", "test-home-"));
	const installed = join(home, "node_modules/chainrule");
	await build({
		absWorkingDir: root,
		entryPoints: [
			{ in: "src/cli/main.ts", out: "cli/main" },
			{ in: "src/index.ts", out: "index" },
			{ in: "src/nn/index.ts", out: "nn" },
			{ in: "viz/index.ts", out: "viz" },
		],
		outdir: join(installed, "dist"),
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		packages: "external",
		plugins: [embed],
		logLevel: "error",
	});
	copyFileSync(join(root, "package.json"), join(installed, "package.json"));
	writeFileSync(join(home, "package.json"), '{ "name": "of-a-user", "type": "module" }');
	return {
		folder: home,
		run: programAt(join(installed, "dist/cli/main.js"), home),
		remove: () => rmSync(home, { recursive: true, force: true }),
	};
}
