/**
 * Losses between vectors: what belongs together should lie together.
 *
 * Vectors stand on the last axis, and every axis before it counts samples. At
 * distance 0, and for vectors of length 0, the gradient is 0: nothing is added
 * to a norm to keep it away from there, unlike in PyTorch.
 */

import { failure } from "../../core/errors.js";
import { type Shape, sameShape, shapeText } from "../../core/shape.js";
import {
	add,
	arange,
	cast,
	div,
	equal,
	matmul,
	minimum,
	mul,
	type Node,
	norm,
	relu,
	scope,
	square,
	sub,
	sum,
	type Tensor,
	type TensorData,
	transpose,
	where,
} from "../../index.js";
import { crossEntropy } from "./classes.js";
import {
	type Allowed,
	above0,
	asTensor,
	checkRange,
	checkSameShape,
	counted,
	dtypeFor,
	type LossOptions,
	labels,
	reduce,
	signs,
} from "./define.js";

const margins: Allowed = { says: "a number", holds: Number.isFinite, fix: "leave it out for the usual one" };

/** x divided by its length; 0 stays 0. */
function direction(x: Tensor): Tensor {
	const length = norm(x, { axis: -1, keepDims: true });
	return where(equal(length, 0), 0, div(x, length)) as Tensor;
}

const cosine = (x: Tensor, y: Tensor): Tensor => sum(mul(direction(x), direction(y)), { axis: -1 });

/** One label per pair of vectors; a single number stands for every pair. */
function labelsFor(name: string, target: TensorData, x: Tensor, allowed: Allowed): Tensor {
	const y = asTensor(target, counted);
	const shape: Shape = x.shape.slice(0, -1);
	if (y.rank > 0 && !sameShape(y.shape, shape)) {
		throw failure({
			what: `${name}: labels do not fit the vectors`,
			expected: `targets ${shapeText(shape)}, one per pair`,
			actual: `targets ${shapeText(y.shape)}`,
		});
	}
	checkRange(name, "a target", y, allowed);
	return cast(y, dtypeFor(y, target, x));
}

function vectors(name: string, first: string, x: TensorData, second: string, y: TensorData): [x: Tensor, y: Tensor] {
	const [from, to] = [asTensor(x), asTensor(y)];
	if (from.rank === 0) {
		throw failure({ what: `${name}: not vectors`, expected: `${first} [..., features]`, actual: "a single number" });
	}
	checkSameShape(name, first, from, second, to);
	return [from, to];
}

/** How {@link cosineEmbedding} is taken. */
export interface CosineEmbeddingOptions extends LossOptions {
	/** The cosine that vectors which do not belong together may have; 0 when left out. */
	readonly margin?: number | undefined;
}

/**
 * Cosine loss between vectors: 1 - cos(x, y) for target 1, max(0, cos(x, y) -
 * margin) for target -1; the mean is over pairs. `x` and `y` are
 * `[..., features]`, `target` is `[...]` or one number for all.
 *
 * The lengths do not matter. Smallest where pairs that belong together point the
 * same way.
 *
 * @throws where shapes differ, or a target is neither -1 nor 1.
 */
export function cosineEmbedding(
	x: TensorData,
	y: TensorData,
	target: TensorData,
	{ margin = 0, reduction = "mean" }: CosineEmbeddingOptions = {},
): Tensor {
	return scope("cosineEmbedding", () => {
		checkRange("cosineEmbedding", "margin", margin, margins);
		const [from, to] = vectors("cosineEmbedding", "vectors", x, "partners", y);
		const together = equal(labelsFor("cosineEmbedding", target, from, signs), 1);
		const cos = cosine(from, to);
		return reduce("cosineEmbedding", where(together, sub(1, cos), relu(sub(cos, margin))) as Tensor, reduction);
	});
}

/** How {@link contrastive} is taken. */
export interface ContrastiveOptions extends LossOptions {
	/** The distance that vectors which do not belong together should have; 1 when left out. */
	readonly margin?: number | undefined;
}

/**
 * Contrastive loss between vectors at distance d = |x - y|: ½ d² for target 1
 * (they belong together), ½ max(0, margin - d)² for target 0; the mean is over
 * pairs. `x` and `y` are `[..., features]`, `target` is `[...]` or one number for
 * all; the paper counts its labels the other way round.
 *
 * Smallest where pairs that belong together coincide and others are at least
 * `margin` apart.
 *
 * R. Hadsell, S. Chopra and Y. LeCun, "Dimensionality reduction by learning an
 * invariant mapping", 2006.
 *
 * @throws where shapes differ, or a target lies outside of [0, 1].
 */
export function contrastive(
	x: TensorData,
	y: TensorData,
	target: TensorData,
	{ margin = 1, reduction = "mean" }: ContrastiveOptions = {},
): Tensor {
	return scope("contrastive", () => {
		checkRange("contrastive", "margin", margin, above0);
		const [from, to] = vectors("contrastive", "vectors", x, "partners", y);
		const together = labelsFor("contrastive", target, from, labels);
		const apart = sub(from, to);
		const near = mul(together, sum(square(apart), { axis: -1 }));
		const far = mul(sub(1, together), square(relu(sub(margin, norm(apart, { axis: -1 })))));
		return reduce("contrastive", div(add(near, far), 2), reduction);
	});
}

/** How {@link tripletMargin} is taken. */
export interface TripletOptions extends LossOptions {
	/** By how much the positive should be nearer than the negative; 1 when left out. */
	readonly margin?: number | undefined;
	/** Order of the norm that measures distances; 2 when left out. */
	readonly p?: number | undefined;
	/** True to use the distance from positive to negative where that is shorter, as V. Balntas et al. 2016 do. */
	readonly swap?: boolean | undefined;
}

/**
 * Triplet loss: max(0, |a - p| - |a - n| + margin) for an anchor a, a positive
 * that belongs to it and a negative that does not; the mean is over triplets.
 * All three are `[..., features]`.
 *
 * Zero where each anchor is nearer to its positive than to its negative by the
 * margin.
 *
 * F. Schroff, D. Kalenichenko and J. Philbin, "FaceNet", 2015, which squares the
 * distances.
 *
 * @throws where shapes differ.
 */
export function tripletMargin(
	anchor: TensorData,
	positive: TensorData,
	negative: TensorData,
	{ margin = 1, p = 2, swap = false, reduction = "mean" }: TripletOptions = {},
): Tensor {
	return scope("tripletMargin", () => {
		checkRange("tripletMargin", "margin", margin, above0);
		const [a, near] = vectors("tripletMargin", "anchors", anchor, "positives", positive);
		const [, far] = vectors("tripletMargin", "anchors", a, "negatives", negative);
		const distance = (x: Tensor, y: Tensor): Node => norm(sub(x, y), { order: p, axis: -1 });
		const apart = swap ? minimum(distance(a, far), distance(near, far)) : distance(a, far);
		return reduce("tripletMargin", relu(add(sub(distance(a, near), apart), margin)) as Tensor, reduction);
	});
}

/** How {@link infoNce} is taken. */
export interface InfoNceOptions extends LossOptions {
	/** What similarities are divided by; 0.1 when left out. Small ones look at the hardest negatives only. */
	readonly temperature?: number | undefined;
}

/**
 * InfoNCE: which of all keys belongs to a query? The {@link crossEntropy} of the
 * cosines between query i and every key, divided by the temperature, against key
 * i; the mean is over queries. `queries` and `keys` are `[n, features]`, row by
 * row a pair; the other rows of the batch are the negatives.
 *
 * Smallest where each query points to its own key and away from the others; a
 * batch of n knows n - 1 negatives, so its value grows with the batch, up to
 * ln n for queries that know nothing.
 *
 * A. van den Oord, Y. Li and O. Vinyals, "Representation learning with
 * contrastive predictive coding", 2018.
 *
 * @throws where the shapes differ, or are not `[n, features]`.
 */
export function infoNce(
	queries: TensorData,
	keys: TensorData,
	{ temperature = 0.1, reduction = "mean" }: InfoNceOptions = {},
): Tensor {
	return scope("infoNce", () => {
		checkRange("infoNce", "temperature", temperature, above0);
		const [q, k] = vectors("infoNce", "queries", queries, "keys", keys);
		if (q.rank !== 2) {
			throw failure({
				what: "infoNce: not a batch of vectors",
				expected: "queries [n, features]",
				actual: `queries ${shapeText(q.shape)}`,
			});
		}
		const similarities = div(matmul(direction(q), transpose(direction(k))), temperature);
		return crossEntropy(similarities, cast(arange(q.shape[0] as number), "int32"), { reduction });
	});
}
