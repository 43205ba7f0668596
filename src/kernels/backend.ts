/**
 * Who multiplies large matrices: JavaScript, WebAssembly, or OpenBLAS; and
 * whether pointwise loops over large arrays are JavaScript, too.
 *
 * The choice is made here and nowhere else, and it changes results within
 * rounding only. WebAssembly is the default; where it or its SIMD is missing
 * or forbidden, JavaScript does the same work.
 */
import { failure } from "../core/errors.js";
import { blasProduct } from "./blas.js";
import type { Product } from "./matrix.js";
import { wasmProduct } from "./wasm/product.js";

/** The names that {@link setBackend} takes. */
export type Backend = "wasm" | "js" | "blas";

const none: Product = () => false;
const makers: ReadonlyMap<string, () => Product | string> = new Map([
	["wasm", () => wasmProduct() ?? "no WebAssembly SIMD here, or it is forbidden"],
	["js", () => none],
	["blas", blasProduct],
]);
/** What was made of a name: a product, or the reason why there is none. */
const made = new Map<string, Product | string>();

let chosen: Backend = "wasm";
let product: Product | undefined;

function make(backend: Backend): Product | string {
	const known = made.get(backend) ?? makers.get(backend)?.() ?? "no such backend";
	made.set(backend, known);
	return known;
}

/** The product by the chosen backend; false where portable code is to do it. */
export const large: Product = (x, y, out, at, n, k, m, batch) => {
	if (product === undefined) {
		const first = make(chosen);
		product = typeof first === "string" ? none : first;
	}
	return product(x, y, out, at, n, k, m, batch);
};

/** True where portable code was asked for. */
export function portable(): boolean {
	return chosen === "js";
}

/**
 * Chooses who multiplies large matrices and computes large arrays, and returns
 * the choice before.
 *
 * `"wasm"`, the default, is WebAssembly SIMD, or `"js"` where that is missing;
 * `"js"` is portable: it computes in float64, and rounds what an operation on
 * float32 gives once; `"blas"` is `"wasm"` with products by the system's
 * OpenBLAS, in Node with the package `koffi` installed. Results agree within
 * rounding; elementwise operations in float64 to the last bit.
 *
 * @throws where the backend is not available; the choice stays as it was.
 * @example
 * ```ts
 * import { setBackend } from "chainrule";
 * const before = setBackend("js");
 * console.log(before); // wasm
 * setBackend(before);
 * ```
 */
export function setBackend(backend: Backend): Backend {
	const wanted = make(backend);
	if (typeof wanted === "string") {
		throw failure({
			what: `setBackend: ${JSON.stringify(backend)} is not available`,
			expected: '"wasm", "js" or "blas"',
			actual: wanted,
			fix:
				backend === "blas"
					? "npm install koffi, and the system's OpenBLAS, on Debian apt-get install libopenblas0"
					: 'use "js", which runs everywhere',
		});
	}
	const before = chosen;
	chosen = backend;
	product = wanted;
	return before;
}
