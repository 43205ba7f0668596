/**
 * Files that are there whole or not at all.
 *
 * Content goes into a hidden file beside its place and is renamed when all of it
 * is written. Where a command will write is tried before it computes anything,
 * so that a bad path is the only thing it says.
 *
 * Note [a folder is never replaced]
 * Writing the tour into a new folder and renaming that over the old one would
 * be shorter, and would delete everything in it when somebody says `--out ~`.
 */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type ChainruleError, failure } from "../core/errors.js";

/** A place on disk, and the option that named it. */
export interface Target {
	/** `tour`, `grad` or `graph`. */
	readonly command: string;
	/** `--out`, `--dot`, `--svg` or `--png`. */
	readonly option: string;
	readonly path: string;
}

/** A file to write. */
export interface Output {
	readonly target: Target;
	readonly content: string | Uint8Array;
}

const reasons: Readonly<Record<string, string>> = {
	EACCES: "you may not write there",
	EPERM: "you may not write there",
	EROFS: "the disk is read-only",
	ENOSPC: "the disk is full",
	EDQUOT: "the quota is used up",
	ENOTDIR: "part of the path is a file",
	EISDIR: "it is a folder",
	ENOENT: "nothing can be made there",
	ENAMETOOLONG: "the name is too long",
	ELOOP: "symbolic links go round in a circle",
};

function codeOf(error: unknown): string | undefined {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The one form for every path that cannot be written. */
function unwritable(target: Target, expected: string, actual: string): ChainruleError {
	return failure({
		what: `${target.command}: cannot write to ${target.path === "" ? "an empty path" : target.path}`,
		expected,
		actual,
		fix: `choose another place with ${target.option}`,
	});
}

/** Whatever the system says about a path becomes our message; what the system did not say is passed on. */
function explained(error: unknown, target: Target, at: string, expected: string): unknown {
	const code = codeOf(error);
	if (code === undefined) return error;
	return unwritable(target, expected, `${at}: ${reasons[code] ?? "the system refuses"} (${code})`);
}

async function kindOf(path: string): Promise<"file" | "folder" | "device" | undefined> {
	try {
		const found = await stat(path);
		return found.isDirectory() ? "folder" : found.isFile() ? "file" : "device";
	} catch (error) {
		const code = codeOf(error);
		if (code === "ENOENT" || code === "ENOTDIR") return undefined;
		throw error;
	}
}

const aFolder = "a folder, or a path where one can be made";
const aFile = "a path for a file, in a folder that exists";

/** Makes and removes a folder, which is the only sure test that files can be made beside it. */
async function tryOut(folder: string): Promise<void> {
	await rmdir(await mkdtemp(join(folder, ".chainrule-")));
}

/**
 * Tries whether files called `names` can be written into the folder `target`, and leaves nothing behind.
 *
 * @throws where something is in the way or the system refuses.
 */
export async function checkFolder(target: Target, names: readonly string[]): Promise<void> {
	if (target.path === "") throw unwritable(target, aFolder, "nothing");
	let place = resolve(target.path);
	try {
		// The nearest thing that exists decides: a folder can hold new folders, a file cannot.
		let kind = await kindOf(place);
		while (kind === undefined) {
			place = dirname(place);
			kind = await kindOf(place);
		}
		if (kind !== "folder") throw unwritable(target, aFolder, `${place} is a file`);
		await tryOut(place);
	} catch (error) {
		throw explained(error, target, place, aFolder);
	}
	if (place !== resolve(target.path)) return;
	for (const name of names) await checkFile({ ...target, path: join(target.path, name) });
}

/**
 * Tries whether the file `target` can be written, and leaves nothing behind.
 *
 * @throws where its folder is missing, the path is that of a folder, or the system refuses.
 */
export async function checkFile(target: Target): Promise<void> {
	if (target.path === "") throw unwritable(target, aFile, "nothing");
	const path = resolve(target.path);
	const folder = dirname(path);
	try {
		const kind = /[/\\]$/.test(target.path) ? "folder" : await kindOf(path);
		if (kind === "folder") throw unwritable(target, aFile, `${path} is a folder`);
		if (kind === "device") return;
		const around = await kindOf(folder);
		if (around === undefined) throw unwritable(target, aFile, `there is no folder ${folder}`);
		if (around !== "folder") throw unwritable(target, aFile, `${folder} is a file`);
		await tryOut(folder);
	} catch (error) {
		throw explained(error, target, folder, aFile);
	}
}

/** Writes `content` where it is invisible, and returns the step that makes it appear. */
async function stage({
	target,
	content,
}: Output): Promise<{ readonly staged: string; readonly appear: () => Promise<void> }> {
	// A link stays a link: the file it points to is replaced.
	const path = await realpath(target.path).catch(() => resolve(target.path));
	if ((await kindOf(path)) === "device") return { staged: "", appear: () => writeFile(path, content) };
	const staged = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
	try {
		await writeFile(staged, content, { flag: "wx" });
	} catch (error) {
		await rm(staged, { force: true });
		throw error;
	}
	return { staged, appear: () => rename(staged, path) };
}

/**
 * Writes all of the files, or none: they appear only when every one is complete on disk.
 *
 * @throws where the system refuses.
 */
export async function writeFiles(outputs: readonly Output[]): Promise<void> {
	const ready: Awaited<ReturnType<typeof stage>>[] = [];
	for (const output of outputs) {
		try {
			ready.push(await stage(output));
		} catch (error) {
			await Promise.all(ready.map(({ staged }) => rm(staged, { force: true })));
			throw explained(error, output.target, output.target.path, aFile);
		}
	}
	for (const [index, { appear }] of ready.entries()) {
		try {
			await appear();
		} catch (error) {
			await Promise.all(ready.slice(index).map(({ staged }) => rm(staged, { force: true })));
			const { target } = outputs[index] as Output;
			throw explained(error, target, target.path, aFile);
		}
	}
}

/**
 * Writes `files`, texts by name, into the folder `target`, which is made if it
 * is missing; see Note [a folder is never replaced].
 *
 * @throws where the system refuses; folders made on the way are removed again.
 */
export async function writeFolder(target: Target, files: ReadonlyMap<string, string>): Promise<void> {
	let made: string | undefined;
	try {
		made = await mkdir(resolve(target.path), { recursive: true });
	} catch (error) {
		throw explained(error, target, target.path, aFolder);
	}
	try {
		await writeFiles(
			[...files].map(([name, content]) => ({ target: { ...target, path: join(target.path, name) }, content })),
		);
	} catch (error) {
		if (made !== undefined) await rm(made, { recursive: true, force: true });
		throw error;
	}
}
