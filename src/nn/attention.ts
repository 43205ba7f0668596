/**
 * Attention with projections of its own, and the layer of a transformer around it.
 *
 * Positions are on the axis before the last, features on the last. A mask is
 * true where a key may be seen, as in `scaledDotProductAttention`.
 */
import { failure } from "../core/errors.js";
import { add, expandDims, type Generator, relu, reshape, type Tensor, transpose } from "../index.js";
import { dropout, scaledDotProductAttention } from "../ops/attention.js";
import { type InitOptions, xavierUniform, zeros } from "./init.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { LayerNorm } from "./normalization.js";
import { checkProbability, checkSize } from "./size.js";

/** How {@link MultiHeadAttention} is made. */
export interface MultiHeadAttentionOptions extends InitOptions {
	/** False for projections without biases. */
	readonly bias?: boolean | undefined;
	/** Probability with which a weight is dropped, in training; 0 when left out. */
	readonly dropout?: number | undefined;
	/** Features of the keys; those of the queries when left out. */
	readonly keyFeatures?: number | undefined;
	/** Features of the values; those of the queries when left out. */
	readonly valueFeatures?: number | undefined;
}

/** What may be seen. */
export interface Sight {
	/** Which keys a query may see, as bool, or numbers added to the scores; broadcasts to [..., queries, keys], or with one axis more, to [..., heads, queries, keys]. */
	readonly mask?: Tensor | undefined;
	/** True where query i may see keys 0 to i only. */
	readonly causal?: boolean | undefined;
}

/** To what {@link MultiHeadAttention} attends. */
export interface Attended extends Sight {
	/** `[..., keys, keyFeatures]`; the queries when left out. */
	readonly key?: Tensor | undefined;
	/** `[..., keys, valueFeatures]`; the keys when left out. */
	readonly value?: Tensor | undefined;
}

/**
 * Attention with several heads: queries, keys and values are projected, each
 * head attends in its own part of the features, and the heads together are
 * projected once more. `call(x)` attends to x itself, `call(x, { key: y })` to
 * another sequence; from `[..., queries, features]` to the same shape.
 *
 * The projections are `query`, `key`, `value` and `output`; their weights start
 * by Xavier's uniform rule and their biases as zeros.
 *
 * A. Vaswani et al., "Attention is all you need", 2017.
 *
 * @throws where the heads do not divide the features, or sizes differ.
 *
 * @example
 * ```ts
 * import { ones } from "chainrule";
 * import { MultiHeadAttention } from "chainrule/nn";
 *
 * const attention = new MultiHeadAttention(16, 4);
 * const [x, y] = [ones([2, 5, 16]), ones([2, 9, 16])];
 * console.log(attention.call(x, { causal: true }).shape); // [ 2, 5, 16 ]
 * console.log(attention.call(x, { key: y }).shape); // [ 2, 5, 16 ]
 * ```
 */
export class MultiHeadAttention extends Module<Tensor, Tensor, [attended?: Attended | undefined]> {
	readonly query: Linear;
	readonly key: Linear;
	readonly value: Linear;
	readonly output: Linear;
	readonly heads: number;
	readonly dropout: number;
	readonly generator: Generator | undefined;

	constructor(features: number, heads: number, options: MultiHeadAttentionOptions = {}) {
		super();
		checkSize("MultiHeadAttention", "features", features);
		if (!(Number.isInteger(heads) && heads > 0 && features % heads === 0)) {
			throw failure({
				what: "MultiHeadAttention: heads do not divide the features",
				expected: `a divisor of ${features}`,
				actual: String(heads),
			});
		}
		const { bias = true, dropout: p = 0, keyFeatures = features, valueFeatures = features, dtype, generator } = options;
		const projection = (inputs: number): Linear =>
			new Linear(inputs, features, { weight: xavierUniform(), bias: bias && zeros, dtype, generator });
		this.query = projection(features);
		this.key = projection(keyFeatures);
		this.value = projection(valueFeatures);
		this.output = projection(features);
		this.heads = heads;
		this.dropout = checkProbability("MultiHeadAttention", p);
		this.generator = generator;
	}

	override forward(x: Tensor, { key = x, value = key, mask, causal }: Attended = {}): Tensor {
		const [q, k, v] = [this.query.call(x), this.key.call(key), this.value.call(value)].map((z) => this.#apart(z)) as [
			Tensor,
			Tensor,
			Tensor,
		];
		const perHead = mask && mask.rank > 2 && mask.rank <= x.rank ? expandDims(mask, { axis: -3 }) : mask;
		const attended = scaledDotProductAttention(q, k, v, {
			mask: perHead,
			causal,
			dropout: this.dropout,
			training: this.training,
			generator: this.generator,
		});
		const together = transpose(attended, -3, -2);
		return this.output.call(reshape(together, x.shape));
	}

	/** `[..., positions, features]` as `[..., heads, positions, features / heads]`. */
	#apart(z: Tensor): Tensor {
		const features = z.shape.at(-1) as number;
		return transpose(reshape(z, [...z.shape.slice(0, -1), this.heads, features / this.heads]), -3, -2);
	}
}

/** How {@link TransformerEncoderLayer} is made. */
export interface TransformerEncoderLayerOptions extends InitOptions {
	/** Width of the layer in between; four times the features when left out, as in the paper. */
	readonly hidden?: number | undefined;
	/** Probability with which a number is dropped, in training; 0.1 when left out. */
	readonly dropout?: number | undefined;
	/** `relu` when left out. */
	readonly activation?: ((x: Tensor) => Tensor) | undefined;
	/** True to normalize what a part reads, and not the sum after it: it trains without a warm-up. */
	readonly preNorm?: boolean | undefined;
	/** Added to the variance; 1e-5 when left out. */
	readonly epsilon?: number | undefined;
	/** False for no biases. */
	readonly bias?: boolean | undefined;
}

/**
 * A layer of a transformer: attention to itself and two linear layers at every
 * position, each with dropout D and around it a sum. From `[..., positions,
 * features]` to the same shape; `call(x, { mask, causal })`.
 *
 *     y = norm1(x + D attention(x))         z = norm2(y + D linear2(D f(linear1(y))))
 *     y = x + D attention(norm1(x))         z = y + D linear2(D f(linear1(norm2(y))))   with preNorm
 *
 * A. Vaswani et al., "Attention is all you need", 2017; R. Xiong et al., "On
 * layer normalization in the transformer architecture", 2020, for preNorm.
 *
 * @throws where the heads do not divide the features, or sizes differ.
 */
export class TransformerEncoderLayer extends Module<Tensor, Tensor, [sight?: Sight | undefined]> {
	readonly attention: MultiHeadAttention;
	readonly linear1: Linear;
	readonly linear2: Linear;
	readonly norm1: LayerNorm;
	readonly norm2: LayerNorm;
	readonly activation: (x: Tensor) => Tensor;
	readonly dropout: number;
	readonly preNorm: boolean;
	readonly generator: Generator | undefined;

	constructor(features: number, heads: number, options: TransformerEncoderLayerOptions = {}) {
		super();
		const { hidden = 4 * features, dropout: p = 0.1, activation = relu, preNorm = false, ...rest } = options;
		this.attention = new MultiHeadAttention(features, heads, { ...rest, dropout: p });
		this.linear1 = new Linear(features, hidden, rest);
		this.linear2 = new Linear(hidden, features, rest);
		this.norm1 = new LayerNorm(features, rest);
		this.norm2 = new LayerNorm(features, rest);
		this.activation = activation;
		this.dropout = p;
		this.preNorm = preNorm;
		this.generator = rest.generator;
	}

	override forward(x: Tensor, sight: Sight = {}): Tensor {
		const attend = (from: Tensor): Tensor => this.#dropped(this.attention.call(from, sight));
		const feed = (from: Tensor): Tensor =>
			this.#dropped(this.linear2.call(this.#dropped(this.activation(this.linear1.call(from)))));
		if (this.preNorm) {
			const y = add(x, attend(this.norm1.call(x)));
			return add(y, feed(this.norm2.call(y)));
		}
		const y = this.norm1.call(add(x, attend(x)));
		return this.norm2.call(add(y, feed(y)));
	}

	#dropped(x: Tensor): Tensor {
		return dropout(x, this.dropout, { training: this.training, generator: this.generator });
	}
}
