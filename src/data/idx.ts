/**
 * IDX, the format of MNIST: arrays of bytes, whole numbers or fractions, of any
 * rank.
 *
 *     byte 0  1  2     3     4 ...              then
 *          0  0  type  rank  size, size, ...    the elements, row by row
 *
 * Sizes are four bytes each, and everything is big-endian. A file is believed
 * only where all of it fits: the header is checked before anything is
 * allocated, and a byte too few or too many refuses the whole. Messages name
 * the byte, counted in the unzipped file.
 */
import { type DType, newStorage } from "../core/dtype.js";
import { type ChainruleError, failure } from "../core/errors.js";
import { type Shape, shapeText, sizeOf } from "../core/shape.js";
import { type Tensor, tensor } from "../index.js";
import type { Labelled } from "./dataset.js";
import { type FileSource, nameOf, piecesOf } from "./files.js";
import { checkFloating } from "./options.js";

/** Element types of IDX files. */
export type IdxType = "uint8" | "int8" | "int16" | "int32" | "float32" | "float64";

interface Element {
	readonly code: number;
	readonly bytes: number;
	readonly dtype: DType;
	readonly read: (view: DataView, at: number) => number;
	readonly write: (view: DataView, at: number, value: number) => void;
}

/** How `DataView` calls an element type. */
type Kind = "Uint8" | "Int8" | "Int16" | "Int32" | "Float32" | "Float64";

const element = (code: number, kind: Kind, bytes: number, dtype: DType): Element => ({
	code,
	bytes,
	dtype,
	read: (view, at) => view[`get${kind}`](at),
	write: (view, at, value) => view[`set${kind}`](at, value),
});

const elements: Readonly<Record<IdxType, Element>> = {
	uint8: element(0x08, "Uint8", 1, "int32"),
	int8: element(0x09, "Int8", 1, "int32"),
	int16: element(0x0b, "Int16", 2, "int32"),
	int32: element(0x0c, "Int32", 4, "int32"),
	float32: element(0x0d, "Float32", 4, "float32"),
	float64: element(0x0e, "Float64", 8, "float64"),
};

const types = Object.keys(elements) as IdxType[];

/** Who reads, and what: for messages. */
interface Reading {
	readonly name: string;
	/** ` of train-images-idx3-ubyte`, or nothing. */
	readonly of: string;
}

/** What the first bytes tell. */
interface Header {
	readonly type: IdxType;
	readonly shape: Shape;
	/** Where the elements begin and where they end. */
	readonly start: number;
	readonly end: number;
}

/**
 * The array in the bytes of an IDX file: integers as int32, fractions in their
 * own dtype.
 *
 * @throws where the bytes are not one whole IDX file, naming the byte.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { readIdx, writeIdx } from "chainrule/data";
 *
 * const bytes = writeIdx(tensor([[1, 2, 3], [4, 5, 6]]), { type: "uint8" });
 * console.log(bytes.join(" ")); // 0 0 8 2 0 0 0 2 0 0 0 3 1 2 3 4 5 6
 * console.log(readIdx(bytes).toArray()); // [ [ 1, 2, 3 ], [ 4, 5, 6 ] ]
 * ```
 */
export function readIdx(bytes: Uint8Array): Tensor {
	return arrayOf(whole({ name: "readIdx", of: "" }, bytes));
}

/**
 * The array in an IDX file, plain or gzip; see {@link readIdx}.
 *
 * @throws where the file cannot be read or is not one whole IDX file.
 */
export async function loadIdx(source: FileSource): Promise<Tensor> {
	return arrayOf(await loaded("loadIdx", source));
}

/** How an array is written. */
export interface WriteIdxOptions {
	/** `int32`, `float32` or `float64` as the dtype when left out, `uint8` for bool. */
	readonly type?: IdxType | undefined;
}

/**
 * The bytes of the IDX file that holds `x`; {@link readIdx} reads them back.
 *
 * @throws where an element does not fit the type.
 */
export function writeIdx(x: Tensor, { type }: WriteIdxOptions = {}): Uint8Array<ArrayBuffer> {
	const kind = type ?? (x.dtype === "bool" ? "uint8" : x.dtype);
	const { code, bytes: width, read, write } = elements[kind];
	const start = 4 + 4 * x.rank;
	const bytes = new Uint8Array(start + width * x.size);
	const view = new DataView(bytes.buffer);
	bytes.set([0, 0, code, x.rank]);
	x.shape.forEach((size, axis) => {
		view.setUint32(4 + 4 * axis, size);
	});
	x.data.forEach((value: number, index: number) => {
		const at = start + width * index;
		write(view, at, value);
		// The nearest float32 is what the type is for; an integer must be the integer it was.
		const kept = read(view, at);
		if (kind === "float32" || kept === value || Object.is(kept, value)) return;
		throw failure({
			what: "writeIdx: an element does not fit",
			expected: `values of type ${kind}`,
			actual: `${value} at element ${index} of ${shapeText(x.shape)}`,
		});
	});
	return bytes;
}

/** The two files of a labelled set of images. */
export interface MnistFiles {
	/** Bytes, `[n, height, width]`. */
	readonly images: FileSource;
	/** Bytes, `[n]`. */
	readonly labels: FileSource;
}

/** How images are read. */
export interface MnistOptions {
	/** Of `x`: `float64` when left out, or `float32`. */
	readonly dtype?: DType | undefined;
}

/**
 * Images and labels in the format of MNIST, plain or gzip: `x` is
 * `[n, height · width]` from 0 to 1, `y` int32 `[n]`.
 *
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
 * digits", with the description of the files.
 *
 * @throws where a file cannot be read, is damaged, holds something else, or the
 *   two differ in their number of samples.
 *
 * @example
 * ```ts
 * import { digits, loadMnist, writeIdx } from "chainrule/data";
 *
 * const { x, y } = digits({ samples: 5, seed: 1 });
 * const images = new Blob([writeIdx(x.mul(255).round().reshape([5, 28, 28]), { type: "uint8" })]);
 * const labels = new Blob([writeIdx(y, { type: "uint8" })]);
 * const read = await loadMnist({ images, labels }); // or paths, in Node
 * console.log(read.x.shape, read.x.sub(x).abs().max().item()); // [ 5, 784 ] 0
 * ```
 */
export async function loadMnist(
	{ images, labels }: MnistFiles,
	{ dtype = "float64" }: MnistOptions = {},
): Promise<Labelled> {
	checkFloating("loadMnist", dtype);
	const [pictures, answers] = await Promise.all([loaded("loadMnist", images), loaded("loadMnist", labels)]);
	checkKind("images", images, pictures, 3);
	checkKind("labels", labels, answers, 1);
	const [count, ...sizes] = pictures.header.shape as [number, ...number[]];
	if (answers.header.shape[0] !== count) {
		throw failure({
			what: "loadMnist: numbers of samples differ",
			expected: "one label for each image",
			actual: `${count} at byte 4 of ${nameOf(images)}, ${answers.header.shape[0]} at byte 4 of ${nameOf(labels)}`,
			fix: "give both files of the same set",
		});
	}
	const { start, end } = pictures.header;
	const x = newStorage(dtype, end - start);
	for (let k = 0; k < x.length; k++) x[k] = (pictures.bytes[start + k] as number) / 255;
	return { x: tensor(x, { shape: [count, sizeOf(sizes)] }), y: arrayOf(answers) };
}

/** @throws where a file holds another kind of array than its place says. */
function checkKind(kind: "images" | "labels", source: FileSource, { header }: Content, rank: number): void {
	if (header.type === "uint8" && header.shape.length === rank) return;
	const other = kind === "images" ? 1 : 3;
	throw failure({
		what: `loadMnist: not ${kind}`,
		expected: `0x${magic("uint8", rank)}: unsigned bytes of rank ${rank}`,
		actual: `0x${magic(header.type, header.shape.length)} at byte 0 of ${nameOf(source)}: ${header.type} of rank ${header.shape.length}`,
		...(header.shape.length === other && { fix: "images and labels may have been exchanged" }),
	});
}

function magic(type: IdxType, rank: number): string {
	return (elements[type].code * 256 + rank).toString(16).padStart(8, "0");
}

/** A file that is whole. */
interface Content {
	readonly header: Header;
	readonly bytes: Uint8Array;
}

/** The content of a file, read no further than its header says it should go. */
async function loaded(name: string, source: FileSource): Promise<Content> {
	const reading: Reading = { name, of: ` of ${nameOf(source)}` };
	const pieces: Uint8Array[] = [];
	let count = 0;
	let header: Header | undefined;
	for await (const piece of piecesOf(name, source)) {
		pieces.push(piece);
		count += piece.length;
		header ??= headerOf(reading, joined(pieces, count), false);
		if (header !== undefined && count > header.end) throw tooLong(reading, header, `${count} bytes or more`);
	}
	return whole(reading, joined(pieces, count));
}

function joined(pieces: readonly Uint8Array[], count: number): Uint8Array {
	if (pieces.length === 1) return pieces[0] as Uint8Array;
	const bytes = new Uint8Array(count);
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.length;
	}
	return bytes;
}

/** @throws where `bytes` are not exactly one file. */
function whole(reading: Reading, bytes: Uint8Array): Content {
	const header = headerOf(reading, bytes, true) as Header;
	if (bytes.length > header.end) throw tooLong(reading, header, `${bytes.length} bytes`);
	if (bytes.length < header.end) {
		throw failure({
			what: `${reading.name}: the file is truncated`,
			expected: `${header.end} bytes for ${header.type} ${shapeText(header.shape)}`,
			actual: `the end at byte ${bytes.length}${reading.of}`,
		});
	}
	return { header, bytes };
}

function tooLong({ name, of }: Reading, { type, shape, end }: Header, actual: string): ChainruleError {
	return failure({
		what: `${name}: bytes after the end`,
		expected: `the end at byte ${end}, for ${type} ${shapeText(shape)}`,
		actual: `${actual}${of}`,
	});
}

/** The header; nothing where it may yet come, because more bytes may. */
function headerOf({ name, of }: Reading, bytes: Uint8Array, complete: boolean): Header | undefined {
	const wrong = [0, 0].findIndex((zero, at) => at < bytes.length && bytes[at] !== zero);
	const type = types.find((kind) => elements[kind].code === bytes[2]);
	const at = wrong >= 0 ? wrong : bytes.length > 2 && type === undefined ? 2 : undefined;
	if (at !== undefined) {
		const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
		throw failure({
			what: `${name}: not an IDX file`,
			expected:
				at < 2 ? "0 at the first two bytes" : `a type, ${types.map((kind) => hex(elements[kind].code)).join(", ")}`,
			actual: `${hex(bytes[at] as number)} at byte ${at}${of}`,
			...(zipped && { fix: "this is gzip: use loadIdx, which unzips" }),
		});
	}
	const rank = bytes[3] ?? 0;
	const start = 4 + 4 * rank;
	if (type === undefined || bytes.length < 4 || bytes.length < start) {
		if (!complete) return undefined;
		throw failure({
			what: `${name}: the header is truncated`,
			expected: bytes.length < 4 ? "4 bytes and the sizes" : `${start} bytes for rank ${rank}`,
			actual: `the end at byte ${bytes.length}${of}`,
		});
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
	const end = start + elements[type].bytes * sizeOf(shape);
	if (Number.isSafeInteger(end)) return { type, shape, start, end };
	throw failure({
		what: `${name}: sizes beyond any file`,
		expected: "an array of up to 2^53 bytes",
		actual: `${rank} sizes from byte 4 on${of}, of which the first is ${shape[0]}`,
	});
}

function hex(byte: number): string {
	return `0x${byte.toString(16).padStart(2, "0")}`;
}

function arrayOf({ header: { type, shape, start, end }, bytes }: Content): Tensor {
	const { dtype, bytes: width, read } = elements[type];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const storage = newStorage(dtype, (end - start) / width);
	for (let k = 0; k < storage.length; k++) storage[k] = read(view, start + k * width);
	return tensor(storage, { shape });
}
