/**
 * Element types and how they meet.
 *
 * Promotion follows NumPy: the result can hold both operands exactly, so
 * `int32` with `float32` gives `float64`. JavaScript numbers are weak: they
 * take the type of the tensor they meet, except that a fraction, or a number
 * beyond int32, lifts an integer tensor to `float64`.
 */

/** Element type of a tensor. */
export type DType = "float64" | "float32" | "int32" | "bool";

/** What holds the elements; a `bool` is one byte, 0 or 1. */
export type Storage = Float64Array | Float32Array | Int32Array | Uint8Array;

/** Every dtype, narrowest first. */
export const dtypes: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** True for the names of {@link DType}. */
export function isDType(name: unknown): name is DType {
	return typeof name === "string" && (dtypes as readonly string[]).includes(name);
}

/** True where gradients exist: `float64` and `float32`. */
export function isFloating(dtype: DType): boolean {
	return dtype === "float64" || dtype === "float32";
}

/** A new array of `size` zeros. */
export function newStorage(dtype: DType, size: number): Storage {
	switch (dtype) {
		case "float64":
			return new Float64Array(size);
		case "float32":
			return new Float32Array(size);
		case "int32":
			return new Int32Array(size);
		case "bool":
			return new Uint8Array(size);
	}
}

/** The dtype whose elements `storage` holds. */
export function dtypeOf(storage: Storage): DType {
	if (storage instanceof Float64Array) return "float64";
	if (storage instanceof Float32Array) return "float32";
	if (storage instanceof Int32Array) return "int32";
	return "bool";
}

/** The narrowest dtype that holds every value of both, as `numpy.promote_types`. */
export function promote(x: DType, y: DType): DType {
	if (x === y) return x;
	if (x === "bool") return y;
	if (y === "bool") return x;
	return "float64"; // int32 with float32, or anything with float64
}

/** The dtype a plain JavaScript number takes when it meets a tensor of `dtype`. */
export function weaken(value: number, dtype: DType): DType {
	if (isFloating(dtype)) return dtype;
	return (value | 0) === value ? "int32" : "float64";
}
