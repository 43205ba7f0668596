/**
 * npy: one array in a file, as `numpy.save` writes it.
 *
 * A file is a magic string, a version, the length of the header, the header as
 * a literal of Python, and the elements. The literal is read by a grammar of
 * three keys, never evaluated. Arrays of records, texts, dates, complex numbers
 * and Python objects are refused.
 *
 * By hand, since npyjs 1.2.0 reads the header with three searches, refuses big-endian
 * files, and takes whatever bytes are there for elements.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import type { DType } from "../core/dtype.js";
import { type ChainruleError, failure } from "../core/errors.js";
import { Tensor, wrap } from "../core/tensor.js";
import { permute } from "../ops/movement.js";
import { checkBytes, checkedSize, type ElementType, elementTypes, readElements, writeElements } from "./elements.js";
import { loadWith, save } from "./files.js";
import { shown } from "./jsontext.js";

const magic = "\x93NUMPY";
/** As in NumPy, which takes longer ones for an attack. */
const longestHeader = 10_000;
/** Elements begin at a multiple of this. */
const alignment = 64;

/** Behind the sign of the byte order. */
const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
	["f8", elementTypes.float64],
	["f4", elementTypes.float32],
	["f2", elementTypes.float16],
	["i8", elementTypes.int64],
	["u8", elementTypes.uint64],
	["i4", elementTypes.int32],
	["u4", elementTypes.uint32],
	["i2", elementTypes.int16],
	["u2", elementTypes.uint16],
	["i1", elementTypes.int8],
	["u1", elementTypes.uint8],
	["b1", elementTypes.bool],
]);

const descriptions: Readonly<Record<DType, string>> = { float64: "<f8", float32: "<f4", int32: "<i4", bool: "|b1" };

/**
 * The array of an npy file.
 *
 * `f2` becomes `float32`; integers of any width become `int32`, where every
 * element fits. Either byte order, and Fortran order, which costs no copy: the
 * tensor is a view with the axes turned round.
 *
 * @throws where the file is not exactly what the format demands, naming the byte offset.
 *
 * @example
 * ```ts
 * import { arange } from "chainrule";
 * import { readNpy, writeNpy } from "chainrule/io";
 *
 * const bytes = writeNpy(arange(6).reshape([2, 3]));
 * console.log(String(readNpy(bytes))); // [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export function readNpy(bytes: Uint8Array): Tensor {
	return readArray("readNpy", bytes);
}

/** {@link readNpy} on behalf of another function, which messages name. */
export function readArray(what: string, bytes: Uint8Array): Tensor {
	checkBytes(what, bytes);
	const { type, bigEndian, fortranOrder, shape, end } = readHeader(what, bytes);
	const size = checkedSize(what, shape);
	const to = end + size * type.bytes;
	if (to !== bytes.length) {
		throw failure({
			what: `${what}: header and elements differ`,
			expected: `${size} elements of ${type.bytes} bytes from byte ${end} on: a file of ${to} bytes`,
			actual: `${bytes.length} bytes`,
			...(bytes.length < to && { fix: "the file was cut off: fetch it again" }),
		});
	}
	const elements = readElements({ what, bytes, from: end, to, bigEndian }, type);
	if (!fortranOrder) return wrap(elements, shape);
	return permute(wrap(elements, shape.toReversed()), shape.map((_, axis) => axis).reverse());
}

interface Header {
	readonly type: ElementType;
	readonly bigEndian: boolean;
	readonly fortranOrder: boolean;
	readonly shape: readonly number[];
	/** Where the elements begin. */
	readonly end: number;
}

function damaged(what: string, expected: string, actual: string): ChainruleError {
	return failure({ what: `${what}: damaged file`, expected, actual });
}

function readHeader(what: string, bytes: Uint8Array): Header {
	const begin = String.fromCharCode(...bytes.subarray(0, magic.length));
	if (begin !== magic) throw damaged(what, "bytes 0 to 5: 93 4e 55 4d 50 59 (\\x93NUMPY)", hex(bytes.subarray(0, 6)));
	const [major = -1, minor = -1] = bytes.subarray(6, 8);
	if (major < 1 || major > 3 || minor !== 0) {
		throw damaged(what, "version 1.0, 2.0 or 3.0 in bytes 6 and 7", hex(bytes.subarray(6, 8)));
	}
	const start = major === 1 ? 10 : 12;
	if (bytes.length < start)
		throw damaged(what, "the length of the header behind byte 7", `${bytes.length} bytes in all`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, start);
	const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
	const end = start + length;
	if (length > longestHeader || end > bytes.length) {
		const most = Math.min(longestHeader, bytes.length - start);
		throw damaged(what, `a header of at most ${most} bytes`, `${length} bytes, according to byte 8`);
	}
	const literal = new LiteralReader(what, bytes.subarray(start, end), start);
	return { ...literal.dictionary(), end };
}

function hex(bytes: Uint8Array): string {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ") || "nothing";
}

/** The one kind of literal that a header is: `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`. */
class LiteralReader {
	readonly #what: string;
	readonly #text: string;
	readonly #start: number;
	#at = 0;

	constructor(what: string, bytes: Uint8Array, start: number) {
		this.#what = what;
		this.#text = String.fromCharCode(...bytes); // one character per byte, so that places are offsets
		this.#start = start;
	}

	/** The next token if it matches, without the spaces in front of it. */
	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text)?.[1];
		if (found !== undefined) this.#at = pattern.lastIndex;
		return found;
	}

	#demand(pattern: RegExp, expected: string): string {
		const found = this.#take(pattern);
		if (found !== undefined) return found;
		const rest = this.#text.slice(this.#at, this.#at + 20);
		throw failure({
			what: `${this.#what}: a header that is not understood`,
			expected: `${expected} at byte ${this.#start + this.#at}`,
			actual: rest === "" ? "the end of the header" : shown(rest),
		});
	}

	dictionary(): Omit<Header, "end"> {
		const fields = new Map<string, Partial<Header>>();
		this.#demand(/\s*(\{)/y, '"{"');
		do {
			const key = this.#take(word);
			if (key === undefined) break;
			if (fields.has(key)) throw damaged(this.#what, "every key of the header once", `'${key}' twice`);
			this.#demand(/\s*(:)/y, '":"');
			fields.set(key, this.#value(key));
		} while (this.#take(/\s*(,)/y) !== undefined);
		this.#demand(/\s*(\})\s*$/y, '"}" and nothing but spaces');
		for (const key of ["descr", "fortran_order", "shape"]) {
			if (!fields.has(key))
				throw damaged(this.#what, `'${key}' in the header`, `only ${[...fields.keys()].join(", ") || "{}"}`);
		}
		return Object.assign({}, ...fields.values()) as Omit<Header, "end">;
	}

	#value(key: string): Partial<Header> {
		if (key === "descr") return this.#type();
		if (key === "shape") return { shape: this.#tuple() };
		if (key === "fortran_order") return { fortranOrder: this.#demand(/\s*(True|False)/y, "True or False") === "True" };
		throw damaged(this.#what, "'descr', 'fortran_order' and 'shape' in the header", `'${key}'`);
	}

	#type(): Pick<Header, "type" | "bigEndian"> {
		const description = this.#demand(word, "a plain element type, in quotes,");
		const type = types.get(description.slice(1));
		const order = description[0] ?? "";
		if (type !== undefined && (type.bytes === 1 ? "|<>" : "<>").includes(order))
			return { type, bigEndian: order === ">" };
		throw failure({
			what: `${this.#what}: unknown element type`,
			expected: `${[...types.keys()].join(", ")}, each behind < or > (| for one byte)`,
			actual: shown(description),
		});
	}

	#tuple(): number[] {
		this.#demand(/\s*(\()/y, '"("');
		const sizes: number[] = [];
		let closed = this.#take(/\s*(\))/y);
		while (closed === undefined) {
			sizes.push(Number(this.#demand(/\s*(\d+)L?/y, "a whole number"))); // Python 2 wrote 3L
			const comma = this.#take(/\s*(,)/y);
			closed = this.#take(/\s*(\))/y);
			if (closed === undefined && comma === undefined) this.#demand(/\s*(,)/y, '"," or ")"');
			if (comma === undefined && sizes.length === 1)
				throw damaged(this.#what, "a tuple, as (3,)", "a number in brackets");
		}
		return sizes;
	}
}

/** Letters, digits and signs in quotes of either kind. */
const word = /\s*(?:'(?=[^'"\\]*')|"(?=[^'"\\]*"))([^'"\\]*)['"]/y;

/** `x` as an npy file of version 1.0, row-major and little-endian: the bytes that `numpy.save` writes. */
export function writeNpy(x: Tensor): Uint8Array<ArrayBuffer> {
	if (!(x instanceof Tensor)) {
		throw failure({
			what: "writeNpy: not a tensor",
			expected: "one tensor",
			actual: typeof x,
			fix: "writeNpz takes several, by name",
		});
	}
	const shape = `(${x.shape.join(", ")}${x.rank === 1 ? "," : ""})`;
	const literal = `{'descr': '${descriptions[x.dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
	const start = magic.length + 4;
	const end = Math.ceil((start + literal.length + 1) / alignment) * alignment;
	const bytes = new Uint8Array(end + x.size * elementTypes[x.dtype].bytes);
	const text = `${magic}\x01\0\0\0${literal.padEnd(end - start - 1)}\n`;
	for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
	new DataView(bytes.buffer).setUint16(magic.length + 2, end - start, true);
	writeElements(x, bytes, end);
	return bytes;
}

/** {@link readNpy} of the file at `path`, in Node. */
export async function loadNpy(path: string): Promise<Tensor> {
	return loadWith(path, readNpy);
}

/** {@link writeNpy} to the file at `path`, in Node; the file is there whole or not at all, see {@link save}. */
export async function saveNpy(path: string, x: Tensor): Promise<void> {
	await save(path, writeNpy(x));
}
