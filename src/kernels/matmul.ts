/**
 * The product of matrices, in portable JavaScript.
 *
 * Large factors go to the backend that was chosen, WebAssembly by default.
 * Where it declines, they are packed here: copied, block by block, into panels
 * of float64 that the inner loop reads front to back. So that loop never meets
 * a stride, a transposition or a dtype, and they all cost the same; see Note
 * [the tile].
 *
 * It knows no broadcasting beyond stride 0, and refuses nothing: that shapes
 * agree is for the caller to see to.
 */
import type { Storage } from "../core/dtype.js";
import type { View } from "../core/shape.js";
import { large } from "./backend.js";
import { type Matrix, transposed } from "./matrix.js";
import { rows } from "./walk.js";

/**
 * Multiplies `x` [..., n, k] by `y` [..., k, m] into `out` [..., n, m] from
 * `at` on. The leading axes are equal; where an operand repeats, its stride is
 * 0. Sums are made in float64, but for those of large float32 factors: see
 * `wasm/product.ts`.
 */
export function matmul(x: View, y: View, out: Storage, at: number): void {
	const axis = x.shape.length - 2;
	const k = x.shape[axis + 1] as number;
	const m = y.shape[axis + 1] as number;
	let n = x.shape[axis] as number;
	let down = x.strides[axis] as number;
	// Where y repeats, a batch of x is only more rows: [b, n, k] @ [k, m] is [b n, k] @ [k, m].
	let batch = axis;
	for (; batch > 0; batch--) {
		const size = x.shape[batch - 1] as number;
		if (size === 1) continue;
		const stride = x.strides[batch - 1] as number;
		if (y.strides[batch - 1] !== 0 || (n !== 1 && stride !== n * down)) break;
		if (n === 1) down = stride;
		n *= size;
	}
	const left = { storage: x.storage, at: x.offset, down, along: x.strides[axis + 1] as number };
	const right = {
		storage: y.storage,
		at: y.offset,
		down: y.strides[axis] as number,
		along: y.strides[axis + 1] as number,
	};
	if (batch === 0) {
		product(left, right, out, at, n, k, m);
		return;
	}
	const shape = x.shape.slice(0, batch);
	const strides = new Array<number>(batch);
	let size = n * m;
	for (let i = batch - 1; i >= 0; i--) {
		strides[i] = size;
		size *= shape[i] as number;
	}
	const operands = [x.strides.slice(0, batch), y.strides.slice(0, batch), strides];
	rows(shape, operands, [x.offset, y.offset, at], (count, from, step) => {
		left.at = from[0] as number;
		right.at = from[1] as number;
		let to = from[2] as number;
		const batch = { count, x: step[0] as number, y: step[1] as number };
		if (count > 1 && large(left, right, out, to, n, k, m, batch)) return;
		for (let i = 0; i < count; i++) {
			product(left, right, out, to, n, k, m);
			left.at += step[0] as number;
			right.at += step[1] as number;
			to += step[2] as number;
		}
	});
}

/** One product [n, k] @ [k, m], by the way that suits its sizes. */
function product(x: Matrix, y: Matrix, out: Storage, at: number, n: number, k: number, m: number): void {
	// A column is made as a row: the tiles of every backend are wider than high.
	if (m === 1 ? large(transposed(y), transposed(x), out, at, 1, k, n) : large(x, y, out, at, n, k, m)) return;
	// Packing pays from about 6 x 6 x 6 on, and only if what is packed is used more than a few times (measured).
	if (m === 1) timesVector(x, y.storage, y.at, y.down, out, at, n, k);
	else if (n === 1) timesVector(transposed(y), x.storage, x.at, x.along, out, at, m, k);
	else if (k <= 3 || n * k * m <= 256) inPlace(x, y, out, at, n, k, m);
	else blocked(x, y, out, at, n, k, m);
}

/** Every element of the product as its definition has it, two columns at once: neither sum waits for the other. All are added in the same order, so that equal columns stay equal. */
function inPlace(x: Matrix, y: Matrix, out: Storage, at: number, n: number, k: number, m: number): void {
	const xs = x.storage;
	const ys = y.storage;
	const { down, along } = y;
	const step = x.along;
	for (let i = 0; i < n; i++) {
		let j = 0;
		for (; j + 2 <= m; j += 2) {
			let a = 0;
			let b = 0;
			let px = x.at + i * x.down;
			let py = y.at + j * along;
			for (let p = 0; p < k; p++) {
				const value = xs[px] as number;
				a += value * (ys[py] as number);
				b += value * (ys[py + along] as number);
				px += step;
				py += down;
			}
			out[at] = a;
			out[at + 1] = b;
			at += 2;
		}
		if (j < m) {
			let a = 0;
			let px = x.at + i * x.down;
			let py = y.at + j * along;
			for (let p = 0; p < k; p++) {
				a += (xs[px] as number) * (ys[py] as number);
				px += step;
				py += down;
			}
			out[at++] = a;
		}
	}
}

// ---- a matrix times a vector -----------------------------------------------

let columnSums: Float64Array | undefined;

/** [n, k] @ [k]: every element of the matrix is used once, so it is read where it lies, in the order of memory. */
function timesVector(
	x: Matrix,
	ys: Storage,
	y: number,
	step: number,
	out: Storage,
	at: number,
	n: number,
	k: number,
): void {
	const { storage, down, along } = x;
	if (Math.abs(along) <= Math.abs(down)) {
		for (let i = 0; i < n; i++) out[at + i] = dot(storage, x.at + i * down, along, ys, y, step, k);
		return;
	}
	// The columns lie in memory one after the other: add them up, each times its element of y, four in one go.
	columnSums ??= new Float64Array(4096);
	const sums = columnSums;
	for (let i = 0; i < n; i += sums.length) {
		const count = Math.min(sums.length, n - i);
		sums.fill(0, 0, count);
		let px = x.at + i * down;
		let py = y;
		let p = 0;
		for (; p + 4 <= k; p += 4) {
			const a = ys[py] as number;
			const b = ys[py + step] as number;
			const c = ys[py + 2 * step] as number;
			const d = ys[py + 3 * step] as number;
			addColumns(sums, count, storage, px, down, along, a, b, c, d);
			px += 4 * along;
			py += 4 * step;
		}
		for (; p < k; p++) {
			addColumn(sums, count, storage, px, down, ys[py] as number);
			px += along;
			py += step;
		}
		for (let j = 0; j < count; j++) out[at + i + j] = sums[j] as number;
	}
}

function dot(xs: Storage, x: number, stepX: number, ys: Storage, y: number, stepY: number, count: number): number {
	let a = 0;
	let b = 0;
	let c = 0;
	let d = 0;
	let i = 0;
	for (; i + 4 <= count; i += 4) {
		a += (xs[x] as number) * (ys[y] as number);
		b += (xs[x + stepX] as number) * (ys[y + stepY] as number);
		c += (xs[x + 2 * stepX] as number) * (ys[y + 2 * stepY] as number);
		d += (xs[x + 3 * stepX] as number) * (ys[y + 3 * stepY] as number);
		x += 4 * stepX;
		y += 4 * stepY;
	}
	for (; i < count; i++) {
		a += (xs[x] as number) * (ys[y] as number);
		x += stepX;
		y += stepY;
	}
	return a + b + (c + d);
}

function addColumns(
	sums: Float64Array,
	count: number,
	xs: Storage,
	x: number,
	down: number,
	along: number,
	a: number,
	b: number,
	c: number,
	d: number,
): void {
	for (let i = 0; i < count; i++) {
		const first = a * (xs[x] as number) + b * (xs[x + along] as number);
		const second = c * (xs[x + 2 * along] as number) + d * (xs[x + 3 * along] as number);
		sums[i] = (sums[i] as number) + (first + second);
		x += down;
	}
}

function addColumn(sums: Float64Array, count: number, xs: Storage, x: number, down: number, a: number): void {
	for (let i = 0; i < count; i++) {
		sums[i] = (sums[i] as number) + a * (xs[x] as number);
		x += down;
	}
}

// ---- large matrices --------------------------------------------------------

/*
Note [the tile]
~~~~~~~~~~~~~~~
The inner loop computes three rows and two columns of the product at once, so
that five loads feed six multiplications. It reads two panels, in which the
elements lie in the order of use:

	left panel, rows i to i+2         right panel, columns j and j+1
	x(i,0) x(i+1,0) x(i+2,0)          y(0,j) y(0,j+1)
	x(i,1) x(i+1,1) x(i+2,1)          y(1,j) y(1,j+1)
	x(i,2) ...                        y(2,j) ...

Six sums is what V8 keeps in registers: from eight on it stores and reloads
them on every turn (Node 20; 2x2 10.4, 3x2 11.4, 2x4 5.6, 4x4 7.2 GFLOP/s).
The arrays are captured, not passed, so that the compiled loop holds their
addresses as constants: as parameters they give 6.7. For the same reason they
are the captured parameters of a function and not variables of the module,
which a bundler turns from `const` into `var`.

A block of x, 96 rows of 256, and one of y, 256 rows of 256, are packed at a
time; they and the block of the product stay in the second-level cache.
*/

const blockHeight = 96; // a multiple of 3
const blockDepth = 256;
const blockWidth = 256; // a multiple of 2

/** What a product is made in, 0.9 MB. */
interface Workshop {
	/** The packed block of x: panels of three rows. */
	readonly left: Float64Array;
	/** The packed block of y: panels of two columns. */
	readonly right: Float64Array;
	/** The block of the product while it is being summed, its rows `blockWidth` apart. */
	readonly result: Float64Array;
	readonly multiply: Tile;
}

let workshop: Workshop | undefined;

function newWorkshop(): Workshop {
	const left = new Float64Array(blockHeight * blockDepth);
	const right = new Float64Array(blockDepth * blockWidth);
	const result = new Float64Array(blockHeight * blockWidth);
	return { left, right, result, multiply: tileOf(left, right, result) };
}

function blocked(x: Matrix, y: Matrix, out: Storage, at: number, n: number, k: number, m: number): void {
	workshop ??= newWorkshop();
	const { left, right, result, multiply } = workshop;
	for (let j = 0; j < m; j += blockWidth) {
		const width = Math.min(blockWidth, m - j);
		for (let i = 0; i < n; i += blockHeight) {
			const height = Math.min(blockHeight, n - i);
			for (let p = 0; p < k; p += blockDepth) {
				const depth = Math.min(blockDepth, k - p);
				// With a single block along k, the one of y stays as it was packed for the first rows.
				if (i === 0 || k > blockDepth) packColumns(y, y.at + p * y.down + j * y.along, depth, width, right);
				packRows(x, x.at + i * x.down + p * x.along, height, depth, left);
				for (let column = 0; column < width; column += 2) {
					for (let row = 0; row < height; row += 3) {
						multiply(row * depth, column * depth, depth, row * blockWidth + column, p > 0);
					}
				}
			}
			store(result, out, at + i * m + j, m, height, width);
		}
	}
}

/** Where the last panel reaches over the edge it repeats the last row; what comes of that is never stored. */
function packRows(x: Matrix, at: number, height: number, depth: number, panels: Float64Array): void {
	const { storage, down, along } = x;
	let to = 0;
	for (let i = 0; i < height; i += 3) {
		let a = at + i * down;
		let b = at + Math.min(i + 1, height - 1) * down;
		let c = at + Math.min(i + 2, height - 1) * down;
		for (let p = 0; p < depth; p++) {
			panels[to] = storage[a] as number;
			panels[to + 1] = storage[b] as number;
			panels[to + 2] = storage[c] as number;
			a += along;
			b += along;
			c += along;
			to += 3;
		}
	}
}

/** As {@link packRows}, for columns two by two. */
function packColumns(y: Matrix, at: number, depth: number, width: number, panels: Float64Array): void {
	const { storage, down, along } = y;
	let to = 0;
	for (let j = 0; j < width; j += 2) {
		let a = at + j * along;
		let b = at + Math.min(j + 1, width - 1) * along;
		for (let p = 0; p < depth; p++) {
			panels[to] = storage[a] as number;
			panels[to + 1] = storage[b] as number;
			a += down;
			b += down;
			to += 2;
		}
	}
}

/** Panel starts, their depth, the tile's place in the product, and whether to add to what is there. */
type Tile = (x: number, y: number, depth: number, z: number, add: boolean) => void;

function tileOf(left: Float64Array, right: Float64Array, product: Float64Array): Tile {
	return (x, y, depth, z, add) => {
		let a0 = 0;
		let a1 = 0;
		let b0 = 0;
		let b1 = 0;
		let c0 = 0;
		let c1 = 0;
		// `| 0`: positions are int32, and an addition that may wrap needs no check for overflow.
		const end = (x + 3 * depth) | 0;
		while (x < end) {
			const y0 = right[y] as number;
			const y1 = right[(y + 1) | 0] as number;
			const a = left[x] as number;
			a0 += a * y0;
			a1 += a * y1;
			const b = left[(x + 1) | 0] as number;
			b0 += b * y0;
			b1 += b * y1;
			const c = left[(x + 2) | 0] as number;
			c0 += c * y0;
			c1 += c * y1;
			x = (x + 3) | 0;
			y = (y + 2) | 0;
		}
		if (add) {
			a0 += product[z] as number;
			a1 += product[z + 1] as number;
			b0 += product[z + blockWidth] as number;
			b1 += product[z + blockWidth + 1] as number;
			c0 += product[z + 2 * blockWidth] as number;
			c1 += product[z + 2 * blockWidth + 1] as number;
		}
		product[z] = a0;
		product[z + 1] = a1;
		product[z + blockWidth] = b0;
		product[z + blockWidth + 1] = b1;
		product[z + 2 * blockWidth] = c0;
		product[z + 2 * blockWidth + 1] = c1;
	};
}

function store(result: Float64Array, out: Storage, at: number, m: number, height: number, width: number): void {
	for (let i = 0; i < height; i++) {
		const from = i * blockWidth;
		const to = at + i * m;
		for (let j = 0; j < width; j++) out[to + j] = result[from + j] as number;
	}
}
