/**
 * npz: arrays by name, a zip archive of npy files, as `numpy.savez` writes it.
 *
 * The archive is the matter of `zip`, the arrays that of `npy`; what is left
 * here are the names.
 */
import { failure } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import { checkBytes } from "./elements.js";
import { loadWith, save } from "./files.js";
import { shown } from "./jsontext.js";
import { type Named, type Stateful, tensorsOf } from "./named.js";
import { readArray, writeNpy } from "./npy.js";
import { readZip, writeZip } from "./zip.js";

/** How an npz file is read. */
export interface ReadNpzOptions {
	/** The most bytes that the arrays may have when unpacked, 2^30 when left out: a small file can hold very much. */
	readonly maxBytes?: number | undefined;
}

/** How an npz file is written. */
export interface NpzOptions {
	/** True to pack by deflate, as `numpy.savez_compressed`; `false` when left out, since weights hardly shrink. */
	readonly compress?: boolean | undefined;
}

const ending = ".npy";

/**
 * The arrays of an npz file by name.
 *
 * @throws where the archive is damaged, larger than allowed, holds anything but arrays, or one of them is damaged; see {@link readNpy}.
 *
 * @example
 * ```ts
 * import { eye, ones } from "chainrule";
 * import { readNpz, writeNpz } from "chainrule/io";
 *
 * const bytes = writeNpz({ x: ones([2]), y: eye(2) }, { compress: true });
 * for (const [name, array] of readNpz(bytes)) console.log(name, String(array));
 * // x [1, 1]
 * // y [[1, 0], [0, 1]]
 * ```
 */
export function readNpz(bytes: Uint8Array, { maxBytes = 2 ** 30 }: ReadNpzOptions = {}): Map<string, Tensor> {
	checkBytes("readNpz", bytes);
	const arrays = new Map<string, Tensor>();
	for (const [file, member] of readZip("readNpz", bytes, maxBytes)) {
		if (!file.endsWith(ending)) {
			throw failure({
				what: "readNpz: something other than arrays",
				expected: "only members that are called *.npy",
				actual: shown(file),
			});
		}
		const name = file.slice(0, -ending.length);
		arrays.set(name, readArray(`readNpz: ${shown(name)}`, member));
	}
	return arrays;
}

/** An npz file with `tensors`, or with the state of a module, as `numpy.savez` or `numpy.savez_compressed` writes it; equal tensors give equal bytes. */
export function writeNpz(
	tensors: Named<Tensor> | Stateful,
	{ compress = false }: NpzOptions = {},
): Uint8Array<ArrayBuffer> {
	const members = tensorsOf("writeNpz", tensors).map(([name, x]) => [`${name}${ending}`, writeNpy(x)] as const);
	return writeZip("writeNpz", new Map(members), compress);
}

/** {@link readNpz} of the file at `path`, in Node. */
export async function loadNpz(path: string, options: ReadNpzOptions = {}): Promise<Map<string, Tensor>> {
	return loadWith(path, (bytes) => readNpz(bytes, options));
}

/** {@link writeNpz} to the file at `path`, in Node; the file is there whole or not at all, see {@link save}. */
export async function saveNpz(
	path: string,
	tensors: Named<Tensor> | Stateful,
	options: NpzOptions = {},
): Promise<void> {
	await save(path, writeNpz(tensors, options));
}
