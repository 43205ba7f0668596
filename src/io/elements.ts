/**
 * Elements of files as elements of tensors.
 *
 * A file may use more element types than a tensor has dtypes. Narrow floating
 * numbers widen to `float32`, integers become `int32` where every one of them
 * fits, and anything else is refused: what was read is what was written, or
 * nothing. No format is known here.
 */
import type { DType, Storage } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { type Shape, sizeOf } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { shown } from "./jsontext.js";

/** An element type of files: its width in bytes, the dtype it becomes, and how. */
export interface ElementType {
	readonly bytes: number;
	readonly dtype: DType;
	/** The elements of `buffer`, in the byte order of this machine; the buffer is given away. */
	readonly read: (buffer: ArrayBuffer) => Storage | Misfit;
}

/** The first element that the dtype cannot hold. */
class Misfit {
	readonly index: number;
	readonly value: string;

	constructor(index: number, value: string) {
		this.index = index;
		this.value = value;
	}
}

/** Elements are converted one by one where the type of the file is not one of ours. */
function converted<Element extends number | bigint>(
	from: ArrayLike<Element>,
	to: Storage,
	convert: (element: Element) => number | undefined,
): Storage | Misfit {
	for (let index = 0; index < from.length; index++) {
		const element = from[index] as Element;
		const value = convert(element);
		if (value === undefined) return new Misfit(index, String(element));
		to[index] = value;
	}
	return to;
}

type Integers = ArrayLike<number> | ArrayLike<bigint>;

function integers(bytes: number, view: (buffer: ArrayBuffer) => Integers): ElementType {
	const convert = (element: number | bigint): number | undefined => {
		const value = Number(element);
		return (value | 0) === value ? value : undefined;
	};
	const read = (buffer: ArrayBuffer): Storage | Misfit => {
		const from = view(buffer) as ArrayLike<number | bigint>;
		return converted(from, new Int32Array(from.length), convert);
	};
	return { bytes, dtype: "int32", read };
}

function halves(convert: (bits: number) => number): ElementType {
	const read = (buffer: ArrayBuffer): Storage | Misfit => {
		const from = new Uint16Array(buffer);
		return converted(from, new Float32Array(from.length), convert);
	};
	return { bytes: 2, dtype: "float32", read };
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function float16(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
	return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16(bits: number): number {
	word.setUint32(0, bits << 16);
	return word.getFloat32(0);
}

type ElementName = DType | "float16" | "bfloat16" | `${"" | "u"}int${8 | 16 | 32 | 64}`;

/** Every element type that can be read, under NumPy's names. */
export const elementTypes: Readonly<Record<ElementName, ElementType>> = {
	float64: { bytes: 8, dtype: "float64", read: (buffer) => new Float64Array(buffer) },
	float32: { bytes: 4, dtype: "float32", read: (buffer) => new Float32Array(buffer) },
	float16: halves(float16),
	bfloat16: halves(bfloat16),
	int64: integers(8, (buffer) => new BigInt64Array(buffer)),
	uint64: integers(8, (buffer) => new BigUint64Array(buffer)),
	int32: { bytes: 4, dtype: "int32", read: (buffer) => new Int32Array(buffer) },
	uint32: integers(4, (buffer) => new Uint32Array(buffer)),
	int16: integers(2, (buffer) => new Int16Array(buffer)),
	uint16: integers(2, (buffer) => new Uint16Array(buffer)),
	int8: integers(1, (buffer) => new Int8Array(buffer)),
	uint8: integers(1, (buffer) => new Uint8Array(buffer)),
	bool: {
		bytes: 1,
		dtype: "bool",
		read: (buffer) => {
			const bytes = new Uint8Array(buffer);
			const wrong = bytes.findIndex((byte) => byte > 1);
			return wrong < 0 ? bytes : new Misfit(wrong, String(bytes[wrong]));
		},
	},
};

/** More axes than NumPy allows; a file with more of them means harm. */
const mostAxes = 64;

/** The number of elements of a shape from a file, which may hold anything. */
export function checkedSize(what: string, shape: readonly unknown[]): number {
	const whole = shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0 && !Object.is(size, -0));
	const size = whole ? sizeOf(shape as Shape) : NaN;
	if (whole && Number.isSafeInteger(size) && shape.length <= mostAxes) return size;
	throw failure({
		what: `${what}: not a shape`,
		expected: `up to ${mostAxes} sizes that are whole numbers, 0 or more, with a product below 2^53`,
		actual: shape.length > mostAxes ? `${shape.length} sizes` : shown(shape),
	});
}

/** Refuses what is not bytes. */
export function checkBytes(name: string, bytes: unknown): asserts bytes is Uint8Array {
	if (bytes instanceof Uint8Array) return;
	throw failure({
		what: `${name}: not bytes`,
		expected: "a Uint8Array",
		actual: bytes instanceof ArrayBuffer ? "an ArrayBuffer" : typeof bytes,
		...(bytes instanceof ArrayBuffer && { fix: "new Uint8Array(buffer)" }),
	});
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Turns the bytes of every element around. */
function swap(bytes: Uint8Array, width: number): void {
	for (let at = 0; at < bytes.length; at += width) {
		for (let low = at, high = at + width - 1; low < high; low++, high--) {
			const byte = bytes[low] as number;
			bytes[low] = bytes[high] as number;
			bytes[high] = byte;
		}
	}
}

/** A place in a file: `what` names the function and what it is about, as in `readNpy: "w"`. */
export interface Section {
	readonly what: string;
	readonly bytes: Uint8Array;
	readonly from: number;
	readonly to: number;
	/** The order of bytes in the file; little-endian when left out. */
	readonly bigEndian?: boolean;
}

/** The elements in a section of a file, which is copied. */
export function readElements({ what, bytes, from, to, bigEndian = false }: Section, type: ElementType): Storage {
	const copy = new Uint8Array(to - from);
	copy.set(bytes.subarray(from, to));
	if (type.bytes > 1 && bigEndian === littleEndian) swap(copy, type.bytes);
	const elements = type.read(copy.buffer);
	if (!(elements instanceof Misfit)) return elements;
	throw failure({
		what: `${what}: an element that ${type.dtype} cannot hold`,
		expected: type.dtype === "bool" ? "bytes 0 and 1" : "whole numbers from -2147483648 to 2147483647",
		actual: `${elements.value} at byte ${from + elements.index * type.bytes}`,
		...(type.dtype === "int32" && { fix: "convert it to float64 in the program that wrote the file" }),
	});
}

/** Writes the elements of `x` in row-major order and little-endian at `at`, a multiple of their width or not. */
export function writeElements(x: Tensor, bytes: Uint8Array, at: number): void {
	const { data } = x;
	const target = bytes.subarray(at, at + data.byteLength);
	target.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
	if (!littleEndian) swap(target, data.BYTES_PER_ELEMENT);
}
