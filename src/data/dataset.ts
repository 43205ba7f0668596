/**
 * Data sets: samples by number.
 *
 * A data set answers one question, what the batch of certain samples is; who
 * asks decides on the order. Tensors with one sample per row are data sets by
 * selection of rows, anything else by a function that tells one sample, at once
 * or as a promise, and a second that joins samples into a batch.
 *
 * Nothing here knows order, epochs or chance.
 */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { shapeText } from "../core/shape.js";
import { indexSelect, type Nested, stack, Tensor, tensor } from "../index.js";

/** Samples by number, from 0 to `length` - 1. */
export interface Dataset<Batch> {
	/** Number of samples. */
	readonly length: number;
	/** The samples with these numbers as one batch, in this order; a promise where they must be fetched. */
	batch(indices: readonly number[]): Batch;
}

/** Tensors by name, or in an array, each with one sample per row: their first axes have the same size. */
export type Fields<F> = { readonly [Name in keyof F]: Tensor };

/** Inputs and what is to be said about them, one sample per row. */
export interface Labelled {
	/** Inputs, `[n, ...]`. */
	readonly x: Tensor;
	/** Targets, `[n]`: class indices as int32, or numbers. */
	readonly y: Tensor;
}

/** What {@link collate} makes of samples: numbers and arrays become tensors with a first axis for the samples. */
export type Collated<Sample> = Sample extends Tensor | Nested<number | boolean> | ArrayBufferView
	? Tensor
	: { readonly [Name in keyof Sample]: Collated<Sample[Name]> };

/** The batches that samples, or promises of samples, make. */
export type BatchOf<Sample> = Sample extends PromiseLike<infer Later> ? Promise<Collated<Later>> : Collated<Sample>;

/** True for what can be asked for batches. */
export function isDataset<Batch>(source: Dataset<Batch> | (Batch & Fields<Batch>)): source is Dataset<Batch> {
	return typeof source === "object" && source !== null && "batch" in source && typeof source.batch === "function";
}

/**
 * The data set whose samples are the rows of tensors.
 *
 * @throws where the tensors differ in their number of rows, or there are none.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { fromTensors } from "chainrule/data";
 *
 * const data = fromTensors({ x: tensor([[1, 2], [3, 4], [5, 6]]), y: tensor([0, 1, 1]) });
 * console.log(data.length, data.batch([2, 0]).x.toArray()); // 3 [ [ 5, 6 ], [ 1, 2 ] ]
 * ```
 */
export function fromTensors<F extends Fields<F>>(fields: F): Dataset<F> {
	return rowsAsData("fromTensors", fields);
}

/** {@link fromTensors}, with messages under the name of who asks. */
export function rowsAsData<F extends Fields<F>>(name: string, fields: F): Dataset<F> {
	const length = rowsOf(name, fields);
	return { length, batch: (indices) => selectRows(fields, indices) };
}

/**
 * The data set of the samples that `at` tells: tensors, numbers, arrays, or
 * records of these. Where `at` returns promises, so does `batch`.
 *
 * Samples are joined as `tensor` would, numbers becoming float64; class indices
 * therefore are best told as `tensor(k, { dtype: "int32" })`.
 *
 * @example
 * ```ts
 * import { fromSamples } from "chainrule/data";
 *
 * const squares = fromSamples({ length: 100, at: (i) => ({ x: [i, -i], y: i * i }) });
 * const { x, y } = squares.batch([3, 5]);
 * console.log(x.toArray(), y.toArray()); // [ [ 3, -3 ], [ 5, -5 ] ] [ 9, 25 ]
 * ```
 */
export function fromSamples<Sample>(source: {
	readonly length: number;
	readonly at: (index: number) => Sample;
}): Dataset<BatchOf<Sample>> {
	const { length } = source;
	checkLength("fromSamples", length);
	const batch = (indices: readonly number[]): unknown => {
		const samples = indices.map((index) => source.at(index));
		return samples.some(isPromise) ? Promise.all(samples).then(collate) : collate(samples);
	};
	return { length, batch: batch as Dataset<BatchOf<Sample>>["batch"] };
}

function isPromise(value: unknown): boolean {
	return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * Samples as one batch: tensors are stacked, numbers and arrays made tensors,
 * records joined name by name.
 *
 * @throws where there are no samples, or they differ in shape or names.
 */
export function collate<Sample>(samples: readonly Sample[]): Collated<Sample> {
	return join(samples, "") as Collated<Sample>;
}

function join(samples: readonly unknown[], path: string): unknown {
	const [first] = samples;
	const where = path === "" ? "a sample" : path;
	if (samples.length === 0) throw failure({ what: "collate: no samples", expected: "at least one", actual: "none" });
	if (isRecord(first)) {
		const names = Object.keys(first);
		for (const sample of samples) {
			if (isRecord(sample) && Object.keys(sample).sort().join() === [...names].sort().join()) continue;
			throw failure({
				what: "collate: samples differ",
				expected: `${where} with ${names.join(", ")}, as in the first`,
				actual: isRecord(sample) ? `one with ${Object.keys(sample).join(", ") || "nothing"}` : typeof sample,
			});
		}
		return Object.fromEntries(
			names.map((name) => [
				name,
				join(
					(samples as readonly Readonly<Record<string, unknown>>[]).map((sample) => sample[name]),
					path === "" ? name : `${path}.${name}`,
				),
			]),
		);
	}
	const rows = samples.map((sample) => (sample instanceof Tensor ? sample : tensor(sample as number)));
	const shape = (rows[0] as Tensor).shape;
	const odd = rows.find((row) => shapeText(row.shape) !== shapeText(shape));
	if (odd !== undefined) {
		throw failure({
			what: "collate: samples differ",
			expected: `${where} of shape ${shapeText(shape)}, as in the first`,
			actual: `one of shape ${shapeText(odd.shape)}`,
			fix: "bring the samples to one size, for example with pad() or interpolate()",
		});
	}
	return stack(rows);
}

function isRecord(sample: unknown): sample is Readonly<Record<string, unknown>> {
	return (
		typeof sample === "object" &&
		sample !== null &&
		!(sample instanceof Tensor) &&
		!Array.isArray(sample) &&
		!ArrayBuffer.isView(sample)
	);
}

/** The number of rows that all fields have. */
export function rowsOf<F extends Fields<F>>(name: string, fields: F): number {
	const given: unknown = fields;
	if (typeof given !== "object" || given === null || given instanceof Tensor) {
		throw failure({
			what: `${name}: neither a data set nor tensors`,
			expected: "tensors by name, such as { x, y }, or a data set",
			actual: given instanceof Tensor ? "a single tensor" : said(given),
		});
	}
	const list = Object.entries(given) as [string, unknown][];
	for (const [field, x] of list) {
		if (x instanceof Tensor && x.rank > 0) continue;
		throw failure({
			what: `${name}: not one sample per row`,
			expected: "tensors of rank 1 or more",
			actual: `${field} ${x instanceof Tensor ? "of rank 0" : `is no tensor, but ${said(x)}`}`,
			...(Array.isArray(given) && { fix: "for samples one by one, fromSamples({ length, at: (i) => samples[i] })" }),
		});
	}
	const [first, ...others] = list as [string, Tensor][];
	if (first === undefined) throw failure({ what: `${name}: no tensors`, expected: "at least one", actual: "none" });
	const rows = first[1].shape[0] as number;
	const odd = others.find(([, x]) => x.shape[0] !== rows);
	if (odd === undefined) return rows;
	throw failure({
		what: `${name}: numbers of samples differ`,
		expected: `${rows} rows in every tensor, as in ${first[0]}`,
		actual: `${odd[0]} ${shapeText(odd[1].shape)}`,
	});
}

/** The rows with these numbers, of every field; an array where the fields are one. */
export function selectRows<F extends Fields<F>>(fields: F, indices: readonly number[]): F {
	const index = tensor(Int32Array.from(indices));
	if (Array.isArray(fields)) return fields.map((x: Tensor) => indexSelect(x, index)) as unknown as F;
	return Object.fromEntries(
		Object.entries<Tensor>(fields).map(([name, x]) => [name, indexSelect(x, index)]),
	) as unknown as F;
}

/** @throws where `length` is not a number of samples. */
function checkLength(name: string, length: number): void {
	if (Number.isSafeInteger(length) && length >= 0) return;
	throw failure({ what: `${name}: not a length`, expected: "a whole number, 0 or more", actual: String(length) });
}
