/**
 * The product of matrices by the OpenBLAS of the system.
 *
 * `koffi` calls it, and is looked for only when somebody asks: nothing here is
 * imported, so that a bundle for browsers holds no trace of Node.
 */
import type { Storage } from "../core/dtype.js";
import { copyMatrix, type Matrix, type Product } from "./matrix.js";

type Gemm = (...parts: readonly (number | Storage)[]) => void;

interface Koffi {
	readonly load: (library: string) => { readonly func: (declaration: string) => Gemm };
}

const libraries = [
	"libopenblas.so.0",
	"libopenblas.so",
	"libopenblas.dylib",
	"/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
	"libopenblas.dll",
];
const [rowMajor, plain, swapped] = [101, 111, 112];

/** Up to so many multiplications the call costs more than it saves (measured). */
const smallest = 256;

/** The product, or the reason why there is none. */
export function blasProduct(): Product | string {
	let koffi: Koffi;
	try {
		// Browsers have no `process`, older versions of Node no `getBuiltinModule`: all of this is one attempt.
		koffi = process.getBuiltinModule("node:module").createRequire(import.meta.url)("koffi") as Koffi;
	} catch {
		return "no package koffi, or no Node to load it";
	}
	for (const name of libraries) {
		try {
			const library = koffi.load(name);
			return productBy(library.func(declaration("s", "float")), library.func(declaration("d", "double")));
		} catch {
			// the next name
		}
	}
	return "no OpenBLAS on this machine";
}

function declaration(letter: string, type: string): string {
	const matrix = `${type} *, int`;
	return `void cblas_${letter}gemm(int, int, int, int, int, int, ${type}, ${matrix}, ${matrix}, ${type}, ${matrix})`;
}

function productBy(single: Gemm, double: Gemm): Product {
	return (x, y, out, at, n, k, m, batch) => {
		const gemm = out instanceof Float64Array ? double : out instanceof Float32Array ? single : undefined;
		if (gemm === undefined || batch || n * k * m <= smallest) return false;
		const a = operand(x, n, k, out);
		const b = operand(y, k, m, out);
		const z = out.subarray(at, at + n * m);
		gemm(rowMajor, a.order, b.order, n, m, k, 1, a.elements, a.leading, b.elements, b.leading, 0, z, m);
		return true;
	};
}

/** A factor as BLAS takes it: the elements of one stride 1, the other at least the width. Others are copied. */
function operand(
	x: Matrix,
	height: number,
	width: number,
	like: Storage,
): { readonly elements: Storage; readonly order: number; readonly leading: number } {
	const { storage, at, down, along } = x;
	if (storage.constructor === like.constructor) {
		if (along === 1 && down >= width) return { elements: storage.subarray(at), order: plain, leading: down };
		if (down === 1 && along >= height) return { elements: storage.subarray(at), order: swapped, leading: along };
	}
	const elements = new (like.constructor as Float64ArrayConstructor)(height * width);
	copyMatrix(x, height, width, elements, 0);
	return { elements, order: plain, leading: width };
}
