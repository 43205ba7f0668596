/**
 * What operations on matrices share: operands [..., rows, columns], batches,
 * parts of packed results.
 *
 * A decomposition has several results and a record has one. So the results are
 * stacked into one matrix, which the record computes and its pull reads, and
 * the caller gets slices of it: views, which are differentiated like any other.
 * Nothing is kept beside the tape.
 */
import { isFloating, promote } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { type Shape, shapeText, sizeOf } from "../core/shape.js";
import { type Tensor, type Value, wrap } from "../core/tensor.js";
import { copy } from "../kernels/strided.js";
import { abs, add, div, maximum } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { asTensor, cast, type Range, reshape, slice, transpose } from "./movement.js";
import { tril } from "./shape.js";

/** `x` as floating matrices along the last two axes. */
export function matricesOf(name: string, x: Value): Tensor {
	const from = asTensor(x);
	if (from.rank < 2) {
		throw failure({
			what: `${name}: not a matrix`,
			expected: "two axes or more: [..., rows, columns]",
			actual: `x ${shapeText(from.shape)}`,
		});
	}
	return isFloating(from.dtype) ? from : cast(from, "float64");
}

/** `x` as floating square matrices along the last two axes. */
export function squareOf(name: string, x: Value): Tensor {
	const from = matricesOf(name, x);
	const [rows, columns] = from.shape.slice(-2);
	if (rows !== columns) {
		throw failure({
			what: `${name}: the matrix is not square`,
			expected: "as many rows as columns",
			actual: `${rows} rows, ${columns} columns      (x ${shapeText(from.shape)})`,
		});
	}
	return from;
}

/** Refuses a B without one row for each row of A. */
export function checkRows(name: string, a: Shape, b: Shape): void {
	const rows = b.length === 0 ? undefined : b[Math.max(b.length - 2, 0)];
	if (rows === a.at(-2)) return;
	throw failure({
		what: `${name}: numbers of rows differ`,
		expected: "one row of B for each row of A",
		actual: `A ${shapeText(a)}, B ${shapeText(b)}`,
	});
}

/** The sizes of a batch of matrices: rows, columns, and how many there are. */
export function sizesOf(shape: Shape): readonly [rows: number, columns: number, count: number] {
	return [shape.at(-2) as number, shape.at(-1) as number, sizeOf(shape.slice(0, -2))];
}

/** The elements in row-major order, as float64: a copy that a kernel may use up. */
export function elementsOf(x: Tensor): Float64Array {
	const elements = new Float64Array(x.size);
	copy(x, elements, 0);
	return elements;
}

/** What a kernel computed, rounded once to the common dtype of the operands. */
export function resultOf(elements: Float64Array, shape: Shape, ...operands: readonly Tensor[]): Tensor {
	const dtype = operands.map((x) => x.dtype).reduce(promote);
	return wrap(dtype === "float32" ? Float32Array.from(elements) : elements, shape);
}

/** ` in matrix [1, 2] of the batch`; nothing where there is only one matrix. */
export function whereInBatch(shape: Shape, index: number): string {
	const batch = shape.slice(0, -2);
	if (batch.length === 0) return "";
	let rest = index;
	const place = batch.map(() => 0);
	for (let axis = batch.length - 1; axis >= 0; axis--) {
		place[axis] = rest % (batch[axis] as number);
		rest = Math.floor(rest / (batch[axis] as number));
	}
	return ` in matrix ${shapeText(place)} of the batch`;
}

/** The error for a matrix without an inverse. */
export function singular(name: string, shape: Shape, index: number, pivot: number, fix: string): Error {
	return failure({
		what: `${name}: the matrix is singular`,
		expected: "a matrix with an inverse",
		actual: `pivot ${pivot + 1} of ${shape.at(-1)} is 0${whereInBatch(shape, index)}      (x ${shapeText(shape)})`,
		fix,
	});
}

/** xᵀ, of every matrix. */
export function transposed(x: Value): Tensor {
	return transpose(x, -1, -2);
}

/** Rows `start` to `stop` of every matrix. */
export function rowsOf(x: Tensor, start: number, stop: number): Tensor {
	return slice(x, [...x.shape.slice(2).map((): Range => null), [start, stop]]);
}

/** One number per matrix, as a matrix of one element. */
export function perMatrix(x: Tensor): Tensor {
	return reshape(x, [...x.shape, 1, 1]);
}

/**
 * The gradient of a function of symmetric matrices that reads the lower
 * triangle alone, from the symmetric `s`: what belongs to both places goes to
 * the one that is read.
 */
export function toLower(s: Tensor): Tensor {
	return add(tril(s), tril(transposed(s), { offset: -1 })) as Tensor;
}

/** The lower triangle of `x`, mirrored: what is read where only that one is read. */
export function mirrored(x: Tensor): Tensor {
	return add(tril(x), transposed(tril(x, { offset: -1 }))) as Tensor;
}

/**
 * x/y, but 0 for 0/0: where a difference of eigenvalues or a singular value is
 * 0, what multiplies it must be 0, too, and counts for nothing.
 */
export function quotient(x: Tensor, y: Tensor): Tensor {
	const nothing = equal(maximum(abs(x.detach()), abs(y.detach())), 0);
	return where(nothing, 0, div(x, where(nothing, 1, y))) as Tensor;
}
