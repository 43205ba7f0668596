/**
 * Attention, and what stands around it: embedding before, dropout inside.
 *
 * Everything is made of other operations. What is chosen, an entry of a table,
 * a number that is not dropped, a key that may be seen, is routed and not
 * multiplied by 0, so that nothing infinite in what was left out gets through.
 */
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { shapeText, stridesOf } from "../core/shape.js";
import { Tensor, type Value } from "../core/tensor.js";
import { defaultGenerator, type Generator } from "../kernels/random.js";
import { add, mul } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { indexSelect } from "./indexing.js";
import { matmul } from "./linalg.js";
import { asTensor, broadcastTo, reshape, transpose } from "./movement.js";
import { max } from "./reduce.js";
import { softmax } from "./softmax.js";

/**
 * Rows of a table: `weight` [entries, ...features] and int32 `indices` [...]
 * give [..., ...features]. The gradients of an entry that is named several
 * times add up.
 *
 * @throws where an index is no entry of the table; negative indices count from the end.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { embedding } from "chainrule/nn";
 * const words = tensor([[0, 0], [1, 2], [3, 4]]);
 * console.log(embedding(tensor([2, 0], { dtype: "int32" }), words).toArray()); // [ [ 3, 4 ], [ 0, 0 ] ]
 * ```
 */
export function embedding(indices: Tensor, weight: Value): Tensor {
	return scope("embedding", () => {
		const table = asTensor(weight);
		const [, ...features] = table.shape;
		if (table.rank === 0) {
			throw failure({
				what: "embedding: the weight has no entries",
				expected: "weight [entries, ...features]",
				actual: "a single number",
			});
		}
		const rows = indexSelect(table, reshape(indices, [indices.size]));
		return reshape(rows, [...indices.shape, ...features]);
	});
}

/** How numbers are dropped. */
export interface DropoutOptions {
	/** False where a network is used and not trained: nothing is dropped. True when left out. */
	readonly training?: boolean | undefined;
	/** Where chance comes from: the default generator when left out. */
	readonly generator?: Generator | undefined;
}

/**
 * `x` with each number dropped to 0 with probability `p`, and the others
 * divided by 1 - p, so that the mean stays. Which are dropped is drawn once,
 * here: the same for every derivative, and for every example of `vmap`.
 *
 * N. Srivastava et al., "Dropout", 2014.
 *
 * @throws where `p` is no probability.
 */
export function dropout(x: Value, p = 0.5, { training = true, generator }: DropoutOptions = {}): Tensor {
	if (!(p >= 0 && p <= 1)) {
		throw failure({ what: "dropout: not a probability", expected: "a number from 0 to 1", actual: String(p) });
	}
	const from = asTensor(x);
	if (!training || p === 0) return from;
	return scope("dropout", () => {
		const random = generator ?? defaultGenerator();
		const kept = new Uint8Array(from.size);
		for (let at = 0; at < kept.length; at++) kept[at] = random.uniform() < p ? 0 : 1;
		const mask = new Tensor(kept, 0, from.shape, stridesOf(from.shape), "bool");
		return where(mask, p < 1 ? mul(from, 1 / (1 - p)) : from, 0);
	});
}

/** How attention is paid. */
export interface AttentionOptions extends DropoutOptions {
	/** Which keys a query may see, as bool, or a number to be added to each of its scores; broadcasts to [..., queries, keys]. */
	readonly mask?: Tensor | undefined;
	/** True where query i may see keys 0 to i only. */
	readonly causal?: boolean | undefined;
	/** Factor of the scores; 1 / √features when left out. */
	readonly scale?: number | undefined;
	/** Probability with which a weight is dropped; 0 when left out. */
	readonly dropout?: number | undefined;
}

/**
 * softmax(q kᵀ · scale) v: for each query a mean of the values, weighted by how
 * well their keys agree with it. `q` [..., L, E], `k` [..., S, E] and `v` [...,
 * S, F] give [..., L, F]. A query that may see no key gets zeros.
 *
 * A. Vaswani et al., "Attention is all you need", 2017.
 *
 * @throws where sizes differ, or the mask does not broadcast to the scores.
 */
export function scaledDotProductAttention(q: Value, k: Value, v: Value, options: AttentionOptions = {}): Tensor {
	return scope("scaledDotProductAttention", () => {
		const [query, key, value] = [asTensor(q), asTensor(k), asTensor(v)];
		if (query.rank < 2 || key.rank < 2 || value.rank < 2) {
			throw failure({
				what: "scaledDotProductAttention: axes do not fit",
				expected: "q, k and v [..., positions, features]",
				actual: [query, key, value].map(({ shape }) => shapeText(shape)).join(", "),
			});
		}
		const { mask, causal = false, scale = (query.shape.at(-1) as number) ** -0.5, dropout: p = 0, ...rest } = options;
		const dropped = (weights: Tensor): Tensor => (p === 0 ? weights : dropout(weights, p, rest));
		let scores = matmul(mul(query, scale), transpose(key, -1, -2));
		if (causal)
			scores = where(triangle(scores.shape.at(-2) as number, scores.shape.at(-1) as number), scores, -Infinity);
		if (mask !== undefined) {
			const wide = broadcastTo(mask, scores.shape);
			scores = mask.dtype === "bool" ? where(wide, scores, -Infinity) : add(scores, wide);
		}
		if (mask === undefined) return matmul(dropped(softmax(scores)), value);
		// The softmax of nothing but -∞ is 0 / 0: such a row takes zeros instead, before, so that no gradient meets it.
		const blind = equal(max(scores.detach(), { axis: -1, keepDims: true }), -Infinity);
		return matmul(dropped(where(blind, 0, softmax(where(blind, 0, scores)))), value);
	});
}

/** True at and below the diagonal. */
function triangle(rows: number, columns: number): Tensor {
	const seen = new Uint8Array(rows * columns);
	for (let row = 0; row < rows; row++) seen.fill(1, row * columns, row * columns + Math.min(row + 1, columns));
	return new Tensor(seen, 0, [rows, columns], [columns, 1], "bool");
}
