/**
 * safetensors: named tensors and a few texts, the format of model weights.
 *
 * A file is the length of its header (8 bytes), the header as JSON (type, shape
 * and place of every tensor), and the elements without gaps. Everything is
 * checked before the first tensor is made, so nothing is half loaded. Only
 * bytes are seen here; paths go to `files`.
 *
 * Source: https://github.com/huggingface/safetensors#format, and the checks of
 * its reference implementation.
 */
import type { DType } from "../core/dtype.js";
import { type ChainruleError, failure } from "../core/errors.js";
import { type Tensor, wrap } from "../core/tensor.js";
import { checkBytes, checkedSize, type ElementType, elementTypes, readElements, writeElements } from "./elements.js";
import { loadWith, save } from "./files.js";
import { isObject, own, parseJson, shown } from "./jsontext.js";
import { isText, type Named, pairsOf, type Stateful, tensorsOf } from "./named.js";

/** What a safetensors file holds. */
export interface SafetensorsContent {
	/** Tensors by name, in the order of their elements in the file. */
	readonly tensors: Map<string, Tensor>;
	/** Texts by name: where the tensors come from, settings, whatever the writer had to say. */
	readonly metadata: Map<string, string>;
}

/** The names of the element types in a header. Eight-bit floating numbers and complex numbers are refused. */
const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
	["F64", elementTypes.float64],
	["F32", elementTypes.float32],
	["F16", elementTypes.float16],
	["BF16", elementTypes.bfloat16],
	["I64", elementTypes.int64],
	["U64", elementTypes.uint64],
	["I32", elementTypes.int32],
	["U32", elementTypes.uint32],
	["I16", elementTypes.int16],
	["U16", elementTypes.uint16],
	["I8", elementTypes.int8],
	["U8", elementTypes.uint8],
	["BOOL", elementTypes.bool],
]);

const typeNames: Readonly<Record<DType, string>> = { float64: "F64", float32: "F32", int32: "I32", bool: "BOOL" };

/** The header says where it ends in so many bytes. */
const lengthBytes = 8;
/** As in the reference implementation. */
const longestHeader = 100_000_000;
const alignment = 8;
const metadataKey = "__metadata__";

/** A tensor as the header tells of it, with byte offsets from the beginning of the file. */
interface Entry {
	readonly name: string;
	readonly type: ElementType;
	readonly shape: readonly number[];
	readonly from: number;
	readonly to: number;
}

/**
 * The tensors and the metadata of a safetensors file.
 *
 * F16 and BF16 become `float32`; integers of any width become `int32`, where
 * every element fits; U8 becomes `int32`, BOOL `bool`.
 *
 * @throws where the file is not exactly what the format demands, naming the key or the byte offset.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { readSafetensors, writeSafetensors } from "chainrule/io";
 *
 * const bytes = writeSafetensors({ weight: tensor([[1, 2]]), bias: tensor([0.5]) }, { epoch: "3" });
 * const { tensors, metadata } = readSafetensors(bytes);
 * console.log(String(tensors.get("weight")), metadata.get("epoch")); // [[1, 2]] 3
 * ```
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContent {
	checkBytes("readSafetensors", bytes);
	const { header, end } = readHeader(bytes);
	const metadata = readMetadata(own(header, metadataKey));
	const entries = Object.entries(header)
		.filter(([name]) => name !== metadataKey)
		.map(([name, value]) => readEntry(name, value, end))
		.sort((x, y) => x.from - y.from || x.to - y.to);
	checkPlaces(entries, end, bytes.length);
	const tensors = new Map<string, Tensor>();
	for (const { name, type, shape, from, to } of entries) {
		const what = `readSafetensors: ${shown(name)}`;
		tensors.set(name, wrap(readElements({ what, bytes, from, to }, type), shape));
	}
	return { tensors, metadata };
}

function damaged(expected: string, actual: string): ChainruleError {
	return failure({ what: "readSafetensors: damaged file", expected, actual });
}

/** The header as JSON gives it, and the offset behind it. */
function readHeader(bytes: Uint8Array): { readonly header: Readonly<Record<string, unknown>>; readonly end: number } {
	if (bytes.length < lengthBytes) {
		throw damaged(`${lengthBytes} bytes that say how long the header is`, `${bytes.length} bytes in all`);
	}
	const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
	const rest = bytes.length - lengthBytes;
	if (length > Math.min(rest, longestHeader)) {
		const guess = length > longestHeader ? "this is another kind of file" : "the file was cut off";
		throw damaged(
			`a header of at most ${Math.min(rest, longestHeader)} bytes`,
			`${length} bytes, according to bytes 0 to 7: ${guess}`,
		);
	}
	const end = lengthBytes + Number(length);
	const text = decodeHeader(bytes.subarray(lengthBytes, end));
	const header = parseJson("readSafetensors", text, `in bytes ${lengthBytes} to ${end - 1}`);
	if (!isObject(header)) throw damaged("a header that is a JSON object", "another JSON value at byte 8");
	return { header, end };
}

function decodeHeader(bytes: Uint8Array): string {
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw damaged("a header in UTF-8", `bytes 8 to ${lengthBytes + bytes.length - 1} that are not`);
	}
	if (!text.startsWith("{")) throw damaged('a header that begins with "{"', "another byte at offset 8");
	return text;
}

function readMetadata(value: unknown): Map<string, string> {
	if (value === undefined) return new Map();
	const pairs = isObject(value) ? Object.entries(value) : undefined;
	const wrong = pairs?.find(([name, text]) => !isText(name) || !isText(text));
	if (pairs !== undefined && wrong === undefined) return new Map(pairs as [string, string][]);
	throw failure({
		what: `readSafetensors: ${metadataKey} is not what it should be`,
		expected: "an object of texts",
		actual: wrong === undefined ? typeof value : `${shown(wrong[1])} for ${shown(wrong[0])}`,
	});
}

function readEntry(name: string, value: unknown, start: number): Entry {
	const what = `readSafetensors: ${shown(name)}`;
	if (!isText(name)) throw damaged("names of whole characters", `${shown(name)}, which holds half of one`);
	const fields = isObject(value) ? value : {};
	const [dtype, shape, offsets] = [own(fields, "dtype"), own(fields, "shape"), own(fields, "data_offsets")];
	if (typeof dtype !== "string" || !Array.isArray(shape) || !Array.isArray(offsets)) {
		throw failure({
			what: `${what}: not the description of a tensor`,
			expected: 'an object with "dtype" (text), "shape" (array) and "data_offsets" (array)',
			actual: isObject(value) ? `an object with the keys ${shown(Object.keys(value))}` : typeof value,
		});
	}
	const type = types.get(dtype);
	if (type === undefined) {
		throw failure({
			what: `${what}: unknown element type`,
			expected: [...types.keys()].join(", "),
			actual: shown(dtype),
		});
	}
	const size = checkedSize(what, shape);
	const [from, to] = offsets as [number, number];
	const places = offsets.length === 2 && offsets.every(Number.isSafeInteger) && 0 <= from && from <= to;
	if (!places || to - from !== size * type.bytes) {
		throw failure({
			what: `${what}: shape and offsets differ`,
			expected: `two offsets ${size * type.bytes} bytes apart, for ${size} elements of ${type.bytes} bytes`,
			actual: shown(offsets),
		});
	}
	return { name, type, shape, from: start + from, to: start + to };
}

/** Refuses overlaps, holes, and bytes in front of or behind all tensors. */
function checkPlaces(entries: readonly Entry[], start: number, end: number): void {
	let next = start;
	for (const { name, from, to } of entries) {
		if (from !== next || to > end) {
			throw failure({
				what: `readSafetensors: ${shown(name)}: not where it should be`,
				expected: `elements from byte ${next} on, in a file of ${end} bytes`,
				actual: `bytes ${from} to ${to}: ${from < next ? "an overlap" : from > next ? "a hole" : "the file ends earlier"}`,
			});
		}
		next = to;
	}
	if (next !== end) throw damaged(`a file of ${next} bytes`, `${end} bytes: nobody knows the last ${end - next}`);
}

/**
 * A safetensors file with `tensors`, or with the state of a module, and texts
 * about them as `metadata`. `model.loadStateDict(readSafetensors(bytes).tensors)`
 * takes the latter up again.
 *
 * Wide elements come first, so that all are aligned; the names say who is who.
 *
 * @throws where a name or a text cannot be written, or a tensor is called `__metadata__`.
 */
export function writeSafetensors(
	tensors: Named<Tensor> | Stateful,
	metadata: Named<string> = {},
): Uint8Array<ArrayBuffer> {
	const entries = tensorsOf("writeSafetensors", tensors)
		.map(([name, tensor]) => ({ name, tensor, type: elementTypes[tensor.dtype] }))
		.sort((x, y) => y.type.bytes - x.type.bytes);
	const fields: string[] = [];
	const texts = pairsOf(metadata).map(([name, text]) => {
		checkText(name, text);
		return `${JSON.stringify(name)}:${JSON.stringify(text)}`;
	});
	if (texts.length > 0) fields.push(`"${metadataKey}":{${texts.join(",")}}`);
	let length = 0;
	const starts = entries.map(({ name, tensor, type }) => {
		if (name === metadataKey) {
			throw failure({
				what: "writeSafetensors: a tensor has the name of the metadata",
				expected: `any other name than ${metadataKey}`,
				actual: metadataKey,
			});
		}
		const start = length;
		length += tensor.size * type.bytes;
		const description = { dtype: typeNames[tensor.dtype], shape: tensor.shape, data_offsets: [start, length] };
		fields.push(`${JSON.stringify(name)}:${JSON.stringify(description)}`);
		return start;
	});
	const header = new TextEncoder().encode(`{${fields.join(",")}}`);
	const end = Math.ceil((lengthBytes + header.length) / alignment) * alignment;
	const bytes = new Uint8Array(end + length);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(end - lengthBytes), true);
	bytes.set(header, lengthBytes);
	bytes.fill(0x20, lengthBytes + header.length, end); // spaces
	for (const [index, { tensor }] of entries.entries()) writeElements(tensor, bytes, end + (starts[index] as number));
	return bytes;
}

function checkText(name: unknown, text: unknown): void {
	if (isText(name) && isText(text)) return;
	throw failure({
		what: "writeSafetensors: metadata that cannot be written",
		expected: "texts by name, without halves of surrogate pairs",
		actual: `${typeof text === "string" ? shown(text) : typeof text} for ${shown(name)}`,
		fix: "use String(value) or JSON.stringify(value)",
	});
}

/** {@link readSafetensors} of the file at `path`, in Node. */
export async function loadSafetensors(path: string): Promise<SafetensorsContent> {
	return loadWith(path, readSafetensors);
}

/**
 * {@link writeSafetensors} to the file at `path`, in Node; the file is there whole or not at all, see {@link save}.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { ones } from "chainrule";
 * import { loadSafetensors, saveSafetensors } from "chainrule/io";
 *
 * const folder = await mkdtemp(`${tmpdir()}/weights-`);
 * await saveSafetensors(`${folder}/model.safetensors`, { weight: ones([2, 3]) });
 * const { tensors } = await loadSafetensors(`${folder}/model.safetensors`);
 * console.log([...tensors.keys()].join(", ")); // weight
 * await rm(folder, { recursive: true });
 * ```
 */
export async function saveSafetensors(
	path: string,
	tensors: Named<Tensor> | Stateful,
	metadata: Named<string> = {},
): Promise<void> {
	await save(path, writeSafetensors(tensors, metadata));
}
