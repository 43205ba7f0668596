/**
 * The product of matrices in WebAssembly SIMD.
 *
 * Blocks of the factors are copied into the memory of the module, packed there,
 * multiplied, and the block of the product is copied back. Packing in the
 * module takes 0.2 ns per element whatever the strides, so that every
 * transposition costs the same.
 *
 * float32 is summed in float32, in blocks of at most 256 terms that are added
 * up afterwards: the error of k terms is at most (256 + k / 256) 2^-24 of the
 * sum of their magnitudes, below that of a plain loop.
 *
 * Small matrices of a batch often lie among each other, as those of the heads
 * of attention do. Then what lies between them is copied, too, all in one go,
 * and each is packed from where it is.
 */
import type { Storage } from "../../core/dtype.js";
import { type Batch, copyMatrix, type Matrix, type Product, transposed } from "../matrix.js";
import { emitMatmul, type Kernels, tileHeight, tileVectors } from "./emit-matmul.js";

/** Rows and columns of the largest block of the product, terms of its sums, and rows that are multiplied in one go. */
const side = 1024;
const blockDepth = 256;
const strip = 128; // of x: 128 KiB of float32 stay in the second-level cache
/** Up to so many multiplications the copies cost more than they save (measured). */
const smallest = 256;
/** So many elements are copied, at most, for one that is wanted. */
const sparsest = 4;
const page = 65_536;

/** `size` cut into blocks of `most` at most, all of about one size, a multiple of `unit`. */
function blockOf(size: number, most: number, unit: number): number {
	return roundUp(Math.ceil(size / Math.ceil(size / most)), unit);
}

function roundUp(size: number, unit: number): number {
	return Math.ceil(size / unit) * unit;
}

/** How many elements lie from the first one of a matrix to its last one; NaN where its strides, or the step to the next, run backward. */
function spanOf({ down, along }: Matrix, height: number, width: number, step: number): number {
	return Math.min(down, along, step) < 0 ? Number.NaN : (height - 1) * down + (width - 1) * along + 1;
}

/** The product, or undefined where WebAssembly, its SIMD, or making modules from bytes is missing or forbidden. */
export function wasmProduct(): Product | undefined {
	let kernels: Kernels;
	try {
		kernels = new WebAssembly.Instance(new WebAssembly.Module(emitMatmul())).exports as unknown as Kernels;
	} catch {
		return undefined;
	}
	const { memory } = kernels;
	let singles = new Float32Array(memory.buffer);
	let doubles = new Float64Array(memory.buffer);

	/** True where the memory has so many bytes now. */
	function reserve(bytes: number): boolean {
		const missing = bytes - memory.buffer.byteLength;
		if (missing <= 0) return true;
		try {
			memory.grow(Math.ceil(missing / page));
		} catch {
			return false;
		}
		singles = new Float32Array(memory.buffer);
		doubles = new Float64Array(memory.buffer);
		return true;
	}

	function kernelsOf(double: boolean): { readonly pack: Kernels["pack32"]; readonly multiply: Kernels["multiply32"] } {
		return double
			? { pack: kernels.pack64, multiply: kernels.multiply64 }
			: { pack: kernels.pack32, multiply: kernels.multiply32 };
	}

	/** All products of a batch; false, with nothing done, where its matrices are large, or too little of what would be copied is theirs. */
	function batched(
		x: Matrix,
		y: Matrix,
		out: Storage,
		at: number,
		n: number,
		k: number,
		m: number,
		{ count, x: stepX, y: stepY }: Batch,
	): boolean {
		const double = out instanceof Float64Array;
		const size = double ? 8 : 4;
		const { pack, multiply } = kernelsOf(double);
		const tileWidth = (tileVectors * 16) / size;
		const height = roundUp(n, tileHeight);
		const down = roundUp(m, tileWidth);
		const most = Math.min(count, Math.floor((side * blockDepth) / Math.max(stepX, stepY, n * down)));
		if (most < 2 || Math.min(n, m) === 1 || n > strip || k > blockDepth) return false;
		const spanX = spanOf(x, n, k, stepX);
		const spanY = spanOf(y, k, m, stepY);
		const sizeX = spanX + (most - 1) * stepX;
		const sizeY = spanY + (most - 1) * stepY;
		if (!(sizeX <= sparsest * most * n * k && sizeY <= sparsest * most * k * m)) return false;
		// The memory, in elements: panels of x and of y, the products, and what is to be packed.
		const panelsY = height * k;
		const product = panelsY + down * k;
		const nextX = product + (most * n + tileHeight) * down; // the last tiles may reach over the edge
		const nextY = nextX + sizeX;
		if (!reserve((nextY + sizeY) * size)) return false;
		const memoryOf = double ? doubles : singles;
		for (let first = 0; first < count; first += most) {
			const some = Math.min(most, count - first);
			const [fromX, fromY] = [x.at + first * stepX, y.at + first * stepY];
			memoryOf.set(x.storage.subarray(fromX, fromX + spanX + (some - 1) * stepX), nextX);
			memoryOf.set(y.storage.subarray(fromY, fromY + spanY + (some - 1) * stepY), nextY);
			for (let i = 0; i < some; i++) {
				pack((nextX + i * stepX) * size, 0, n, height, k, x.down * size, x.along * size);
				pack((nextY + i * stepY) * size, panelsY * size, m, down, k, y.along * size, y.down * size);
				const z = (product + i * n * down) * size;
				multiply(0, panelsY * size, z, height / tileHeight, down / tileWidth, k, down * size, 0);
			}
			copyMatrix({ storage: memoryOf, at: product, down, along: 1 }, some * n, m, out, at + first * n * m);
		}
		return true;
	}

	return (x, y, out, at, n, k, m, batch) => {
		const double = out instanceof Float64Array;
		if (n * k * m <= smallest || !(double || out instanceof Float32Array)) return false;
		if (batch) return batched(x, y, out, at, n, k, m, batch);
		// Dot products, and float64 rows times a matrix that lies row by row: as fast where they are.
		if (n === 1 && (m === 1 || (double && Math.abs(y.along) < Math.abs(y.down)))) return false;
		const size = double ? 8 : 4;
		const { pack, multiply } = kernelsOf(double);
		const lanes = 16 / size;
		const tileWidth = tileVectors * lanes;
		const blockHeight = blockOf(n, side, tileHeight);
		const blockWidth = blockOf(m, side, tileWidth);
		const depthOfAll = blockOf(k, blockDepth, 4); // so that all places are multiples of 16 bytes
		// The memory, in elements: panels of x and of y, the product, and what is to be packed next.
		const panelsY = blockHeight * depthOfAll;
		const product = panelsY + blockWidth * depthOfAll;
		const next = product + blockHeight * blockWidth;
		if (!reserve((next + Math.max(blockHeight, blockWidth) * depthOfAll) * size)) return false;
		const memoryOf = double ? doubles : singles;

		/** Packs `count` rows of `depth` elements. */
		const packRows = (x: Matrix, to: number, count: number, unit: number, depth: number): void => {
			const swapped = Math.abs(x.down) < Math.abs(x.along);
			if (swapped) copyMatrix(transposed(x), depth, count, memoryOf, next);
			else copyMatrix(x, count, depth, memoryOf, next);
			const [down, along] = swapped ? [1, count] : [depth, 1];
			pack(next * size, to * size, count, roundUp(count, unit), depth, down * size, along * size);
		};

		for (let j = 0; j < m; j += blockWidth) {
			const width = Math.min(blockWidth, m - j);
			const down = roundUp(width, tileWidth);
			for (let i = 0; i < n; i += blockHeight) {
				const height = Math.min(blockHeight, n - i);
				for (let p = 0; p < k; p += depthOfAll) {
					const depth = Math.min(depthOfAll, k - p);
					// With a single block along k, the one of y stays as it was packed for the first rows.
					if (i === 0 || k > depthOfAll) {
						const columns = { storage: y.storage, at: y.at + p * y.down + j * y.along, down: y.along, along: y.down };
						packRows(columns, panelsY, width, tileWidth, depth);
					}
					const rows = { storage: x.storage, at: x.at + i * x.down + p * x.along, down: x.down, along: x.along };
					packRows(rows, 0, height, tileHeight, depth);
					for (let row = 0; row < height; row += strip) {
						multiply(
							row * depth * size,
							panelsY * size,
							(product + row * down) * size,
							Math.ceil(Math.min(strip, height - row) / tileHeight),
							down / tileWidth,
							depth,
							down * size,
							p > 0 ? 1 : 0,
						);
					}
				}
				copyMatrix({ storage: memoryOf, at: product, down, along: 1 }, height, width, out, at + i * m + j, m);
			}
		}
		return true;
	};
}
