/** What the tests of files share: any tensor, any name, and damage. */
import { ChainruleError, type Tensor, tensor } from "chainrule";
import fc from "fast-check";

const shapes = fc.array(fc.nat(3), { maxLength: 4 });

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

/** Tensors of every dtype and shape, empty and single ones among them, some of them transposed views. */
export const anyTensor: fc.Arbitrary<Tensor> = fc
	.tuple(shapes, fc.constantFrom("float64", "float32", "int32", "bool"), fc.boolean())
	.chain(([shape, dtype, transposed]) => {
		const elements = {
			float64: fc.double(),
			float32: fc.float(),
			int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
			bool: fc.nat(1),
		}[dtype];
		const length = sizeOf(shape);
		return fc.array(elements, { minLength: length, maxLength: length }).map((data) => {
			const made = tensor(Float64Array.from(data), { shape, dtype });
			return transposed && shape.length > 1 ? made.permute(shape.map((_, axis) => axis).reverse()) : made;
		});
	});

/** Names, those among them that would hurt as keys of a plain object or change their place there. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom("__proto__", "constructor", "toString", "0", "10", "", "a/b", "가중치", "😀", '"\\\n'),
	fc.string({ unit: "binary", maxLength: 8 }),
);

/** All there is to know of a tensor, for `toEqual`: -0 differs from 0, NaN equals NaN. */
export function contentOf(x: Tensor | undefined): unknown {
	return x && { dtype: x.dtype, shape: x.shape, storage: x.data.constructor, elements: [...x.data] };
}

/** Byte strings one after another. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

/** A copy with other bytes at `at`. */
export function patched(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array<ArrayBuffer> {
	const copy = new Uint8Array(bytes);
	copy.set(values, at);
	return copy;
}

/** What a reader of a file may do with one that may be damaged: give the contents, or our error. */
function outcome(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): "read" | "refused" | Error {
	try {
		read(bytes);
		return "read";
	} catch (error) {
		return error instanceof ChainruleError ? "refused" : (error as Error);
	}
}

/**
 * What must not happen: a beginning of the file that is read, or an error that
 * is not ours, for any beginning and for every byte changed in several ways.
 */
export function surprises(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): string[] {
	const found: string[] = [];
	for (let length = 0; length < bytes.length; length++) {
		const came = outcome(read, bytes.slice(0, length));
		if (came !== "refused") found.push(`the first ${length} bytes: ${came}`);
	}
	for (const [at, byte] of bytes.entries()) {
		for (const value of [byte ^ 0x01, byte ^ 0x80, 0x00, 0xff, byte ^ 0x20, 0x39]) {
			const came = outcome(read, patched(bytes, at, [value]));
			if (came instanceof Error) found.push(`${value} at ${at}: ${came}`);
		}
	}
	return found;
}

/** The error that is not ours, if that is what `read` throws. */
export function surprise(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): Error | undefined {
	const came = outcome(read, bytes);
	return came instanceof Error ? came : undefined;
}
