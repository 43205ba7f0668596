/**
 * Files on disk that are there whole or not at all.
 *
 * Bytes go into a hidden file beside their place, reach the disk, and only then
 * take the name. So whoever reads meanwhile finds the old file or the new one,
 * and a failure at any moment leaves the old one.
 *
 * No format is known here. This is the only file of the room that needs Node.
 * It asks for Node's file system when called and imports nothing, so that a
 * bundle for browsers holds no trace of it.
 */
import { type ChainruleError, failure } from "../core/errors.js";
import { scope } from "../core/scope.js";

type FileSystem = ReturnType<typeof fileSystem>;

const reasons: Readonly<Record<string, string>> = {
	EACCES: "you may not do that there",
	EPERM: "you may not do that there",
	EROFS: "the disk is read-only",
	ENOSPC: "the disk is full",
	EDQUOT: "the quota is used up",
	EFBIG: "the file would be too large",
	ENOTDIR: "part of the path is a file",
	EISDIR: "it is a folder",
	ENOENT: "no such file or folder",
	ENAMETOOLONG: "the name is too long",
	ELOOP: "symbolic links go round in a circle",
	ERR_FS_FILE_TOO_LARGE: "Node reads files up to 2 GiB at once",
};

function codeOf(error: unknown): string | undefined {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whatever the system says about a path becomes our message; what the system did not say is passed on. */
function explained(error: unknown, what: string, expected: string): unknown {
	const code = codeOf(error);
	if (code === undefined) return error;
	return failure({ what, expected, actual: `${reasons[code] ?? "the system refuses"} (${code})` });
}

function fileSystem(name: string, instead: string) {
	// Browsers have no `process`, or a substitute without this method.
	const found = typeof process === "object" ? process.getBuiltinModule?.("node:fs/promises") : undefined;
	if (found !== undefined) return found;
	throw failure({
		what: `${name}: there are no files here`,
		expected: "Node",
		actual: "a browser, or another place without node:fs",
		fix: instead,
	});
}

function checkPath(name: string, path: unknown): void {
	if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
	throw failure({
		what: `${name}: not a path`,
		expected: "a string that is not empty",
		actual: typeof path === "string" ? JSON.stringify(path) : typeof path,
	});
}

/**
 * The bytes of the file at `path`, in Node.
 *
 * In a browser take them from a response or a blob instead, as below.
 *
 * @throws where there is no such file or it may not be read, saying which.
 *
 * @example
 * ```ts
 * import { ones } from "chainrule";
 * import { readNpy, writeNpy } from "chainrule/io";
 *
 * // The same in a browser: bytes to a blob, and from a response (or a blob) to bytes.
 * const blob = new Blob([writeNpy(ones([2, 3]))]);
 * const response = new Response(blob); // or await fetch("weights.npy")
 * const weights = readNpy(new Uint8Array(await response.arrayBuffer()));
 * console.log(weights.shape.join(" × ")); // 2 × 3
 * ```
 */
export async function load(path: string): Promise<Uint8Array<ArrayBuffer>> {
	const files = fileSystem("load", "fetch the bytes, and give them to readSafetensors, readNpy, readNpz or readJson");
	checkPath("load", path);
	try {
		const { buffer, byteOffset, byteLength } = await files.readFile(path);
		return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
	} catch (error) {
		throw explained(error, `load: cannot read ${path}`, "a file that you may read");
	}
}

/** What `read` makes of the file at `path`; its messages tell the path. */
export async function loadWith<Content>(path: string, read: (bytes: Uint8Array) => Content): Promise<Content> {
	const bytes = await load(path);
	return scope(path, () => read(bytes));
}

/**
 * Writes the file at `path`, in Node, whole or not at all: at every moment the
 * path holds the old file or the new one, also after a crash. The permissions
 * of a file that is replaced stay, and a symbolic link stays a link.
 *
 * In a browser make a `Blob` of the bytes instead; see {@link load}.
 *
 * @throws where the system refuses; the old file is untouched and nothing is left behind.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { load, save } from "chainrule/io";
 *
 * const folder = await mkdtemp(`${tmpdir()}/bytes-`);
 * await save(`${folder}/three.bin`, new Uint8Array([1, 2, 3]));
 * console.log((await load(`${folder}/three.bin`)).join(" ")); // 1 2 3
 * await rm(folder, { recursive: true });
 * ```
 */
export async function save(path: string, bytes: Uint8Array): Promise<void> {
	const files = fileSystem("save", "write the bytes with writeSafetensors or its siblings, and make a Blob of them");
	checkPath("save", path);
	try {
		await replace(files, path, bytes);
	} catch (error) {
		throw explained(error, `save: cannot write ${path}`, "a path for a file, in a folder that exists");
	}
}

async function replace(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
	const place = await files.realpath(path).catch(() => path); // behind a link, where there is one
	const old = await files.stat(place).catch(() => undefined);
	if (old?.isFile() === false) throw notAFile(path);
	if (old !== undefined) await files.access(place, files.constants.W_OK); // a rename would replace what is read-only
	const staged = `${folderOf(place)}.chainrule-${crypto.randomUUID()}.part`;
	try {
		const handle = await files.open(staged, "wx");
		try {
			if (old !== undefined) await handle.chmod(old.mode & 0o7777);
			await handle.writeFile(bytes);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await files.rename(staged, place);
	} catch (error) {
		await files.rm(staged, { force: true });
		throw error;
	}
	await syncFolder(files, place);
}

function notAFile(path: string): ChainruleError {
	return failure({
		what: `save: cannot write ${path}`,
		expected: "a path for a file",
		actual: "a folder, a device or a pipe",
	});
}

/** Everything up to the last separator: nothing for a bare name. */
function folderOf(path: string): string {
	const separator = process.platform === "win32" ? /^.*[/\\]/s : /^.*\//s;
	return separator.exec(path)?.[0] ?? "";
}

/** Makes the new name survive a power cut, where the system can: the file is whole in either case. */
async function syncFolder(files: FileSystem, place: string): Promise<void> {
	try {
		const handle = await files.open(folderOf(place) || ".", "r");
		await handle.sync().finally(() => handle.close());
	} catch {
		// Windows cannot open folders.
	}
}
