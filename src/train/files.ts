/**
 * Whether a file is there. All other dealings with files are those of io.
 *
 * It asks for Node's file system when called and imports nothing, so that a
 * bundle for browsers holds no trace of it.
 */

/** True where there is a file at `path`, in Node; false in a browser. */
export function fileExists(path: string): boolean {
	const files = typeof process === "object" ? process.getBuiltinModule?.("node:fs") : undefined;
	return files?.existsSync(path) ?? false;
}
