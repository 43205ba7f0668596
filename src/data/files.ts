/**
 * Bytes from a path or a blob, piece by piece, unzipped on the way where they
 * are gzip.
 *
 * Pieces, because a few bytes of gzip can unfold to any number: whoever knows
 * from a header how many there should be can stop reading. No format is known
 * here. This is the only file of the room that needs Node, and only for paths:
 * it asks for Node's file system when called and imports nothing.
 */
import { failure } from "../core/errors.js";

/** A file: its path, in Node, or in any place a blob, such as `await response.blob()` or a file that a user chose. */
export type FileSource = string | Blob;

/** The bytes of `source`, in order; unzipped where they begin as gzip does. */
export async function* piecesOf(name: string, source: FileSource): AsyncIterableIterator<Uint8Array> {
	const blob = source instanceof Blob ? source : new Blob([await fileAt(name, source)]);
	const start = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
	const zipped = start[0] === 0x1f && start[1] === 0x8b;
	const stream = zipped ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob.stream();
	const reader = stream.getReader();
	let count = 0;
	try {
		for (;;) {
			const { done, value } = await reader.read().catch(() => {
				throw failure({
					what: `${name}: the gzip data are damaged`,
					expected: "a whole file",
					actual: `${nameOf(source)} breaks off, or is not what was zipped, after ${count} unzipped bytes`,
					fix: "fetch the file again",
				});
			});
			if (done) return;
			count += value.length;
			yield value;
		}
	} finally {
		reader.cancel().catch(() => undefined); // a damaged stream says again that it is damaged
	}
}

/** How messages call a file. */
export function nameOf(source: FileSource): string {
	if (typeof source === "string") return source;
	return source instanceof File ? source.name : "the blob";
}

async function fileAt(name: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
	if (typeof path !== "string" || path === "") {
		throw failure({
			what: `${name}: not a file`,
			expected: "a path or a blob",
			actual: path === "" ? "an empty path" : typeof path,
		});
	}
	// Browsers have no `process`, or a substitute without this method.
	const files = typeof process === "object" ? process.getBuiltinModule?.("node:fs/promises") : undefined;
	if (files === undefined) {
		throw failure({
			what: `${name}: there are no files here`,
			expected: "Node, to read a path",
			actual: "a browser, or another place without node:fs",
			fix: "give the blob: await (await fetch(url)).blob()",
		});
	}
	try {
		return (await files.readFile(path)) as Uint8Array<ArrayBuffer>;
	} catch (error) {
		throw failure({
			what: `${name}: cannot read ${path}`,
			expected: "a file that you may read",
			actual: messageOf(error),
		});
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
