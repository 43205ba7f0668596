/**
 * Layers that multiply.
 *
 * The last axis holds the features of one sample and every axis before it
 * counts samples, so one layer serves single samples, batches, and batches of
 * sequences.
 */
import { failure } from "../core/errors.js";
import { add, einsum, equal, expandDims, matmul, remainder, type Tensor, transpose, where } from "../index.js";
import { embedding } from "../ops/attention.js";
import { flatten } from "../ops/shape.js";
import { fanInUniform, type Initializer, type InitOptions, normal } from "./init.js";
import { Module } from "./module.js";
import { checkFeatures, checkSize } from "./size.js";
import { type LayerOptions, start, startBias, within } from "./start.js";

/** x Wᵀ + b. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
	const product = matmul(x, transpose(weight));
	return bias === undefined ? product : add(product, bias);
}

/**
 * x Wᵀ + b: from `[..., inputs]` to `[..., outputs]`.
 *
 * `weight` has the shape `[outputs, inputs]`, `bias` the shape `[outputs]`; both
 * start uniform between ±1/√inputs, as in PyTorch, unless the options say how.
 *
 * @throws where the last axis of the input has another size than `inputs`.
 *
 * @example
 * ```ts
 * import { ones, zeros } from "chainrule";
 * import { init, Linear } from "chainrule/nn";
 *
 * const layer = new Linear(784, 10, { weight: init.xavierUniform(), bias: zeros });
 * console.log(layer.call(ones([32, 784])).shape.join(" × ")); // 32 × 10
 * console.log(layer.parameterCount()); // 7850
 * ```
 */
export class Linear extends Module<Tensor, Tensor> {
	readonly weight: Tensor;
	readonly bias: Tensor | undefined;

	constructor(inputs: number, outputs: number, options: LayerOptions = {}) {
		super();
		checkSize("Linear", "inputs", inputs);
		checkSize("Linear", "outputs", outputs);
		const { weight = fanInUniform() } = options;
		this.weight = start("Linear", "weight", [outputs, inputs], weight, options);
		this.bias = startBias("Linear", [outputs], within(inputs), options);
	}

	override forward(x: Tensor): Tensor {
		checkFeatures("Linear", x, this.weight.shape.slice(1));
		return affine(x, this.weight, this.bias);
	}
}

/**
 * z_k = Σ x_i W_kij y_j + b_k: from `[..., first]` and `[..., second]` to
 * `[..., outputs]`; `call(x, y)`.
 *
 * `weight` has the shape `[outputs, first, second]`, `bias` the shape
 * `[outputs]`; both start uniform between ±1/√first, as in PyTorch.
 *
 * @throws where the last axis of an input has another size.
 */
export class Bilinear extends Module<Tensor, Tensor, [y: Tensor]> {
	readonly weight: Tensor;
	readonly bias: Tensor | undefined;

	constructor(first: number, second: number, outputs: number, options: LayerOptions = {}) {
		super();
		checkSize("Bilinear", "first inputs", first);
		checkSize("Bilinear", "second inputs", second);
		checkSize("Bilinear", "outputs", outputs);
		const { weight = within(first) } = options;
		this.weight = start("Bilinear", "weight", [outputs, first, second], weight, options);
		this.bias = startBias("Bilinear", [outputs], within(first), options);
	}

	override forward(x: Tensor, y: Tensor): Tensor {
		const [, first = 0, second = 0] = this.weight.shape;
		checkFeatures("Bilinear", x, [first]);
		checkFeatures("Bilinear", y, [second], "y");
		const product = einsum("...i,kij,...j->...k", x, this.weight, y);
		return this.bias === undefined ? product : add(product, this.bias);
	}
}

/** How a table of vectors is made. */
export interface EmbeddingOptions extends InitOptions {
	/** The entry that means nothing: it starts as zeros and no gradient changes it. Negative ones count from the end. */
	readonly paddingIndex?: number | undefined;
	/** How the table starts. */
	readonly weight?: Initializer | undefined;
}

/**
 * A vector for each of `entries` indices: from int32 `[...]` to
 * `[..., features]`. `weight` is `[entries, features]` and starts normal with
 * mean 0 and standard deviation 1, as in PyTorch.
 *
 * @throws where an index is no entry; negative ones count from the end.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { Embedding } from "chainrule/nn";
 * const words = new Embedding(100, 16, { paddingIndex: 0 });
 * console.log(words.call(tensor([[5, 7, 0], [2, 0, 0]], { dtype: "int32" })).shape); // [ 2, 3, 16 ]
 * ```
 */
export class Embedding extends Module<Tensor, Tensor> {
	readonly weight: Tensor;
	readonly paddingIndex: number | undefined;

	constructor(
		entries: number,
		features: number,
		{ paddingIndex, weight = normal(), ...options }: EmbeddingOptions = {},
	) {
		super();
		checkSize("Embedding", "entries", entries);
		checkSize("Embedding", "features", features);
		if (
			paddingIndex !== undefined &&
			!(Number.isInteger(paddingIndex) && paddingIndex >= -entries && paddingIndex < entries)
		) {
			throw failure({
				what: "Embedding: paddingIndex is no entry",
				expected: `a whole number from ${-entries} to ${entries - 1}`,
				actual: String(paddingIndex),
			});
		}
		this.paddingIndex = paddingIndex !== undefined && paddingIndex < 0 ? paddingIndex + entries : paddingIndex;
		this.weight = start("Embedding", "weight", [entries, features], weight, options);
		if (this.paddingIndex === undefined) return;
		const { data } = this.weight;
		data.fill(0, this.paddingIndex * features, (this.paddingIndex + 1) * features);
		this.weight.assign(data);
	}

	override forward(indices: Tensor): Tensor {
		const { weight, paddingIndex } = this;
		const rows = embedding(indices, weight);
		if (paddingIndex === undefined) return rows;
		const padding = equal(remainder(indices, weight.shape[0] as number), paddingIndex);
		return where(expandDims(padding, { axis: -1 }), rows.detach(), rows);
	}
}

/** The axes from `start` to `end` as one; all but the first, which counts samples, when left out. */
export class Flatten extends Module<Tensor, Tensor> {
	readonly start: number;
	readonly end: number;

	constructor(start = 1, end = -1) {
		super();
		this.start = start;
		this.end = end;
	}

	override forward(x: Tensor): Tensor {
		return flatten(x, { start: this.start, end: this.end });
	}
}
