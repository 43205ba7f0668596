/**
 * Pooling, normalization, attention and interpolation against loops that
 * follow their definitions.
 */
import {
	add,
	arange,
	broadcastTo,
	checkGradients,
	Generator,
	grad,
	gradients,
	jvp,
	mean,
	mul,
	ones,
	permute,
	randn,
	reshape,
	softmax,
	sum,
	type Tensor,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import {
	adaptiveAvgPool1d,
	adaptiveAvgPool2d,
	argMaxPool,
	avgPool1d,
	avgPool2d,
	batchNorm,
	dropout,
	embedding,
	groupNorm,
	interpolate,
	layerNorm,
	maxPool1d,
	maxPool2d,
	rmsNorm,
	scaledDotProductAttention,
} from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../verdicts.js";

const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { generator: new Generator(seed) });
/** Numbers far enough apart that no finite difference meets a tie. */
const apart = (shape: readonly number[]): Tensor =>
	reshape(
		tensor(Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => ((i * 7) % 23) + i / 100)),
		shape,
	);
/** The largest difference between elements; infinite where their number differs, NaN where one is NaN. */
const distance = (found: Tensor, expected: readonly number[]): number =>
	found.size === expected.length
		? Math.max(0, ...Array.from(found.data, (value, at) => Math.abs(value - (expected[at] as number))))
		: Number.POSITIVE_INFINITY;
const verdict = (f: (...xs: Tensor[]) => Tensor, xs: readonly Tensor[]): string =>
	verdictOf(checkGradients(f as never, xs, { order: 2 }));

/** The elements of each window of a signal, and how many windows there are. */
function windows(signal: ArrayLike<number>, kernel: number, stride: number, padding: number): number[][] {
	const found: number[][] = [];
	for (let start = -padding; start + kernel <= signal.length + padding; start += stride) {
		const places = Array.from({ length: kernel }, (_, i) => start + i).filter((i) => i >= 0 && i < signal.length);
		found.push(places.map((i) => signal[i] as number));
	}
	return found;
}

describe("pooling", () => {
	const pools = fc.record({
		length: fc.integer({ min: 1, max: 9 }),
		kernel: fc.integer({ min: 1, max: 4 }),
		stride: fc.integer({ min: 1, max: 4 }),
		padding: fc.integer({ min: 0, max: 2 }),
	});

	test("of signals is the largest and the mean of each window, for all strides and paddings", () => {
		fc.assert(
			fc.property(pools, ({ length, kernel, stride, padding }) => {
				fc.pre(length + 2 * padding >= kernel && 2 * padding <= kernel);
				const x = normal([2, 1, length]);
				const rows = [0, 1].flatMap((row) =>
					windows(x.data.subarray(row * length, (row + 1) * length), kernel, stride, padding),
				);
				const total = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
				expect(
					distance(
						maxPool1d(x, kernel, { stride, padding }),
						rows.map((row) => Math.max(...row)),
					),
				).toBeLessThanOrEqual(0);
				expect(
					distance(
						avgPool1d(x, kernel, { stride, padding }),
						rows.map((row) => total(row) / kernel),
					),
				).toBeLessThanOrEqual(1e-13);
				const inside = rows.map((row) => total(row) / row.length);
				expect(distance(avgPool1d(x, kernel, { stride, padding, countIncludePad: false }), inside)).toBeLessThanOrEqual(
					1e-13,
				);
			}),
			{ seed: 3, numRuns: 60 },
		);
	});

	test("of images takes boxes, one per window in both axes", () => {
		const x = reshape(arange(16), [1, 1, 4, 4]);
		expect(maxPool2d(x, 2).toArray()).toEqual([
			[
				[
					[5, 7],
					[13, 15],
				],
			],
		]);
		expect(avgPool2d(x, 2).toArray()).toEqual([
			[
				[
					[2.5, 4.5],
					[10.5, 12.5],
				],
			],
		]);
		expect(maxPool2d(x, [1, 4], { stride: 1 }).shape).toEqual([1, 1, 4, 1]);
		expect(maxPool2d(x, 2, { stride: 1, dilation: 3 }).toArray()).toEqual([[[[15]]]]);
		expect(avgPool2d(x, 3, { stride: 2, padding: 1, countIncludePad: false }).toArray()).toEqual([
			[
				[
					[2.5, 4],
					[8.5, 10],
				],
			],
		]);
		expect(avgPool2d(reshape(x, [1, 4, 4]), 4).toArray()).toEqual([[[7.5]]]);
	});

	test("of the largest sends the gradient to the first of those that tie", () => {
		const x = tensor([[3, 3, 1, 2, 2, 2]], { requiresGrad: true });
		expect(gradients(sum(maxPool1d(x, 3)), [x])[0]?.toArray()).toEqual([[1, 0, 0, 1, 0, 0]]);
	});

	test("of the largest lets NaN win, never the padding, and keeps integers", () => {
		expect(maxPool1d(tensor([[1, Number.NaN, 5, -7]]), 2).toArray()).toEqual([[Number.NaN, 5]]);
		expect(maxPool1d(tensor([[-2, -3]]), 2, { stride: 1, padding: 1 }).toArray()).toEqual([[-2, -2, -3]]);
		expect(maxPool1d(tensor([[Number.NEGATIVE_INFINITY]]), 1).item()).toBe(Number.NEGATIVE_INFINITY);
		expect(maxPool1d(tensor([[4, 9]], { dtype: "int32" }), 2).dtype).toBe("int32");
	});

	test("to a size takes boxes that cover the image, also where they do not divide it", () => {
		const x = tensor([[1, 2, 3, 4, 5]]);
		expect(adaptiveAvgPool1d(x, 5).toArray()).toEqual([[1, 2, 3, 4, 5]]);
		expect(adaptiveAvgPool1d(x, 1).toArray()).toEqual([[3]]);
		expect(adaptiveAvgPool1d(x, 2).toArray()).toEqual([[2, 4]]); // elements 0 to 2, and 2 to 4
		expect(adaptiveAvgPool1d(x, 3).toArray()).toEqual([[1.5, 3, 4.5]]);
		expect(adaptiveAvgPool1d(tensor([[1, 5]]), 4).toArray()).toEqual([[1, 1, 5, 5]]);
		expect(adaptiveAvgPool1d(tensor([[1, Number.POSITIVE_INFINITY, 3, 5, 7]]), 2).toArray()).toEqual([
			[Number.POSITIVE_INFINITY, 5],
		]);
		const image = normal([2, 3, 4, 5]);
		expect(adaptiveAvgPool2d(image, [2, 3]).shape).toEqual([2, 3, 2, 3]);
		expect(distance(adaptiveAvgPool2d(image, 1), Array.from(mean(image, { axis: [2, 3] }).data))).toBeLessThanOrEqual(
			1e-13,
		);
		const half = adaptiveAvgPool1d(reshape(image, [6, 20]), 3);
		expect(half.shape).toEqual([6, 3]);
	});

	test("agrees with finite differences to second order", () => {
		const square = (x: Tensor): Tensor => mul(x, x);
		expect(verdict((x) => square(maxPool2d(x, 2, { stride: 1, padding: 1 })), [apart([1, 2, 3, 4])])).toBe("agrees");
		expect(
			verdict(
				(x) => square(avgPool2d(x, [2, 3], { stride: 1, padding: 1, countIncludePad: false })),
				[normal([1, 2, 3, 4])],
			),
		).toBe("agrees");
		expect(verdict((x) => square(adaptiveAvgPool2d(x, [2, 3])), [normal([1, 2, 4, 4])])).toBe("agrees");
	});

	test("finds each example's own largest element under vmap", () => {
		const x = normal([3, 2, 6]);
		const f = (y: Tensor): Tensor => maxPool1d(y, 2);
		expect(vmap(f)(x).toArray()).toEqual(f(x).toArray());
		const slopes = vmap(grad((y: Tensor) => sum(f(y))))(x) as unknown as Tensor;
		expect(slopes.toArray()).toEqual(grad((y: Tensor) => sum(f(y)))(x).toArray());
	});

	test("tells where the largest elements are", () => {
		const x = tensor([
			[3, 1],
			[2, 9],
		]);
		expect(argMaxPool(x, [2, 2]).toArray()).toEqual([[3]]);
		expect(argMaxPool(x, [1, 2]).toArray()).toEqual([[0], [3]]);
		expect(argMaxPool(x, [1]).dtype).toBe("int32");
	});

	test("a transposed view gives value and gradient of its copy", () => {
		const x = tensor(apart([4, 6]), { requiresGrad: true });
		const found = maxPool1d(permute(x, [1, 0]), 2);
		const copy = maxPool1d(tensor(permute(x.detach(), [1, 0])), 2);
		expect(found.toArray()).toEqual(copy.toArray());
		const [gx] = gradients(sum(found), [x]) as [Tensor];
		expect(sum(gx).item()).toBe(12);
	});
});

describe("normalization", () => {
	/** Standardized rows, by the definition. */
	const rows = (x: Tensor, width: number, epsilon: number, centre = true): number[] =>
		Array.from({ length: x.size / width }, (_, row) => {
			const part = Array.from(x.data.slice(row * width, (row + 1) * width));
			const middle = centre ? part.reduce((a, b) => a + b, 0) / width : 0;
			const spread = part.reduce((a, b) => a + (b - middle) ** 2, 0) / width;
			return part.map((value) => (value - middle) / Math.sqrt(spread + epsilon));
		}).flat();

	test("layerNorm, rmsNorm and groupNorm follow their definitions", () => {
		const x = normal([2, 4, 3]);
		expect(distance(layerNorm(x), rows(x, 3, 1e-5))).toBeLessThanOrEqual(1e-13);
		expect(distance(layerNorm(x, { axis: [1, 2], epsilon: 0.1 }), rows(x, 12, 0.1))).toBeLessThanOrEqual(1e-13);
		expect(distance(groupNorm(x, 2), rows(x, 6, 1e-5))).toBeLessThanOrEqual(1e-13);
		expect(distance(groupNorm(x, 1, { epsilon: 0 }), rows(x, 12, 0))).toBeLessThanOrEqual(1e-13);
		expect(distance(rmsNorm(x), rows(x, 3, 2 ** -52, false))).toBeLessThanOrEqual(1e-13);
		const [weight, bias] = [tensor([1, 2, 3]), tensor([4, 5, 6])];
		expect(
			distance(layerNorm(x, { weight, bias }), Array.from(add(mul(layerNorm(x), weight), bias).data)),
		).toBeLessThanOrEqual(1e-13);
		expect(distance(rmsNorm(x, { weight }), Array.from(mul(rmsNorm(x), weight).data))).toBeLessThanOrEqual(1e-13);
		const perChannel = tensor([1, 2, 3, 4]);
		expect(
			distance(
				groupNorm(x, 4, { weight: perChannel }),
				Array.from(mul(groupNorm(x, 4), reshape(perChannel, [4, 1])).data),
			),
		).toBeLessThanOrEqual(1e-13);
	});

	test("batchNorm standardizes every channel, and returns by what", () => {
		const x = normal([5, 2, 3]);
		const { output, mean: average, variance } = batchNorm(x);
		const channels = reshape(tensor(permute(x, [1, 0, 2])), [2, 15]);
		expect(
			distance(reshape(tensor(permute(output, [1, 0, 2])), [2, 15]), rows(channels, 15, 1e-5)),
		).toBeLessThanOrEqual(1e-13);
		expect(distance(average, Array.from(mean(channels, { axis: 1 }).data))).toBeLessThanOrEqual(1e-13);
		const [weight, bias] = [tensor([2, 3]), tensor([-1, 1])];
		const again = batchNorm(x, { mean: average, variance, weight, bias });
		expect(distance(again.output, Array.from(batchNorm(x, { weight, bias }).output.data))).toBeLessThanOrEqual(1e-13);
		expect(again.mean.toArray()).toEqual(average.toArray());
		expect(
			distance(
				batchNorm(
					tensor([
						[1, 2],
						[3, 4],
					]),
					{ mean: zeros([2]), variance: ones([2]), epsilon: 0 },
				).output,
				[1, 2, 3, 4],
			),
		).toBeLessThanOrEqual(1e-13);
	});

	test("a mean of 10^8 costs no more digits than it takes from the data", () => {
		const x = tensor([[1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 4]]);
		expect(distance(layerNorm(x, { epsilon: 0 }), rows(tensor([[1, 2, 3, 4]]), 4, 0))).toBeLessThanOrEqual(1e-15);
	});

	test("equal numbers become 0, with finite gradients", () => {
		const x = tensor([[2, 2, 2]], { requiresGrad: true });
		expect(layerNorm(x).toArray()).toEqual([[0, 0, 0]]);
		for (const f of [layerNorm, rmsNorm]) {
			const [gx] = gradients(sum(mul(f(x), tensor([1, 2, 4]))), [x]) as [Tensor];
			expect(gx.data.every(Number.isFinite)).toBe(true);
		}
	});

	test("agrees with finite differences to second order, in numbers, weight and bias", () => {
		const [weight, bias] = [normal([2], 2), normal([2], 3)];
		expect(verdict((x, w, b) => batchNorm(x, { weight: w, bias: b }).output, [normal([3, 2, 2]), weight, bias])).toBe(
			"agrees",
		);
		expect(
			verdict((x, m, v) => batchNorm(x, { mean: m, variance: mul(v, v) }).output, [normal([3, 2]), weight, bias]),
		).toBe("agrees");
		expect(
			verdict((x, w, b) => groupNorm(x, 2, { weight: w, bias: b, epsilon: 0.1 }), [normal([2, 2, 3]), weight, bias]),
		).toBe("agrees");
		expect(
			verdict((x, w, b) => layerNorm(x, { weight: w, bias: b, epsilon: 0.1 }), [normal([3, 2]), weight, bias]),
		).toBe("agrees");
		expect(verdict((x, w) => rmsNorm(x, { weight: w }), [normal([3, 2]), weight])).toBe("agrees");
	});

	test("float32 stays float32, integers become float64, and no samples stay none", () => {
		const x = tensor(normal([2, 4]), { dtype: "float32" });
		expect([layerNorm(x), rmsNorm(x), groupNorm(x, 2), batchNorm(x).output].map(({ dtype }) => dtype)).toEqual(
			new Array(4).fill("float32"),
		);
		expect(distance(layerNorm(x), Array.from(layerNorm(normal([2, 4])).data))).toBeLessThanOrEqual(1e-6);
		expect(layerNorm(tensor([1, 2], { dtype: "int32" })).dtype).toBe("float64");
		expect(layerNorm(zeros([0, 3])).shape).toEqual([0, 3]);
	});
});

describe("embedding", () => {
	const table = tensor(
		[
			[0, 1],
			[2, 3],
			[4, 5],
		],
		{ requiresGrad: true },
	);
	const indices = tensor(
		[
			[2, 0],
			[2, 1],
		],
		{ dtype: "int32" },
	);

	test("takes rows, and adds up the gradients of a row that is taken twice", () => {
		const z = embedding(indices, table);
		expect(z.toArray()).toEqual([
			[
				[4, 5],
				[0, 1],
			],
			[
				[4, 5],
				[2, 3],
			],
		]);
		expect(gradients(sum(z), [table])[0]?.toArray()).toEqual([
			[1, 1],
			[1, 1],
			[2, 2],
		]);
		expect(verdict((t) => mul(embedding(indices, t), embedding(indices, t)), [normal([3, 2])])).toBe("agrees");
	});

	test("takes a single index, none at all, and entries of any shape", () => {
		expect(embedding(tensor(1, { dtype: "int32" }), table).toArray()).toEqual([2, 3]);
		expect(embedding(zeros([0], { dtype: "int32" }), table).shape).toEqual([0, 2]);
		expect(embedding(indices, zeros([3, 4, 5])).shape).toEqual([2, 2, 4, 5]);
		expect(embedding(indices, tensor([7, 8, 9])).toArray()).toEqual([
			[9, 7],
			[9, 8],
		]);
	});
});

describe("dropout", () => {
	test("drops about as many as asked for, scales the others, and repeats with the same seed", () => {
		const x = ones([10_000], { dtype: "float32" });
		const z = dropout(x, 0.2, { generator: new Generator(1) });
		expect(z.dtype).toBe("float32");
		expect(new Set(z.data)).toEqual(new Set([0, 1.25]));
		expect(mean(z).item()).toBeCloseTo(1, 1);
		expect(dropout(x, 0.2, { generator: new Generator(1) }).data).toEqual(z.data);
	});

	test("does nothing where nothing is trained or dropped, and drops all with probability 1", () => {
		const x = tensor([1, Number.POSITIVE_INFINITY], { requiresGrad: true });
		expect(dropout(x, 0.5, { training: false })).toBe(x);
		expect(dropout(x, 0)).toBe(x);
		expect(dropout(x, 1).toArray()).toEqual([0, 0]);
		expect(gradients(sum(dropout(x, 1)), [x])[0]?.toArray()).toEqual([0, 0]);
	});

	test("draws once: value, gradient and tangent drop the same numbers", () => {
		const x = tensor(normal([50]), { requiresGrad: true });
		const z = dropout(x, 0.5, { generator: new Generator(2) });
		const [gx] = gradients(sum(z), [x]) as [Tensor];
		expect(Array.from(gx.data)).toEqual(Array.from(z.data, (value) => (value === 0 ? 0 : 2)));
		expect(verdict((y) => mul(dropout(mul(y, y), 0.5, { generator: new Generator(2) }), y), [normal([6])])).toBe(
			"agrees",
		);
		const [value, tangent] = jvp((y: Tensor) => dropout(y, 0.5), [x], [x]) as [Tensor, Tensor];
		expect(tangent.toArray()).toEqual(value.toArray());
	});
});

describe("scaledDotProductAttention", () => {
	/** Attention of one query after the other, where `seen` says which keys it may see. */
	function attention(q: Tensor, k: Tensor, v: Tensor, seen: (query: number, key: number) => boolean): number[] {
		const [queries, features] = q.shape as readonly [number, number];
		const [keys] = k.shape as readonly [number];
		const width = v.shape[1] as number;
		return Array.from({ length: queries }, (_, i) => {
			const weights = Array.from({ length: keys }, (_, j) => {
				if (!seen(i, j)) return 0;
				let score = 0;
				for (let f = 0; f < features; f++)
					score += (q.data[i * features + f] as number) * (k.data[j * features + f] as number);
				return Math.exp(score / Math.sqrt(features));
			});
			const total = weights.reduce((a, b) => a + b, 0);
			return Array.from({ length: width }, (_, f) =>
				total === 0
					? 0
					: weights.reduce((sofar, weight, j) => sofar + weight * (v.data[j * width + f] as number), 0) / total,
			);
		}).flat();
	}
	const [q, k, v] = [normal([3, 4], 1), normal([5, 4], 2), normal([5, 2], 3)];

	test("is a mean of values weighted by agreement, also where keys may not be seen", () => {
		expect(
			distance(
				scaledDotProductAttention(q, k, v),
				attention(q, k, v, () => true),
			),
		).toBeLessThanOrEqual(1e-13);
		expect(
			distance(
				scaledDotProductAttention(q, k, v, { causal: true }),
				attention(q, k, v, (i, j) => j <= i),
			),
		).toBeLessThanOrEqual(1e-13);
		const mask = tensor([[true, false, true, true, false]]);
		expect(
			distance(
				scaledDotProductAttention(q, k, v, { mask }),
				attention(q, k, v, (_, j) => mask.data[j] === 1),
			),
		).toBeLessThanOrEqual(1e-13);
		expect(
			distance(
				scaledDotProductAttention(q, k, v, { mask, causal: true }),
				attention(q, k, v, (i, j) => j <= i && mask.data[j] === 1),
			),
		).toBeLessThanOrEqual(1e-13);
		const additive = tensor([0, Number.NEGATIVE_INFINITY, 0, 0, Number.NEGATIVE_INFINITY]);
		expect(
			distance(
				scaledDotProductAttention(q, k, v, { mask: additive }),
				attention(q, k, v, (_, j) => mask.data[j] === 1),
			),
		).toBeLessThanOrEqual(1e-13);
		expect(
			distance(
				scaledDotProductAttention(q, k, v, { scale: 0 }),
				Array.from(add(zeros([3, 2]), mean(v, { axis: 0 })).data),
			),
		).toBeLessThanOrEqual(1e-13);
	});

	test("a query that may see no key gets zeros and sends none of its gradient back as NaN", () => {
		const mask = tensor([
			[true, true, true, true, true],
			[false, false, false, false, false],
			[false, true, false, false, false],
		]);
		const query = tensor(q, { requiresGrad: true });
		const z = scaledDotProductAttention(query, k, v, { mask });
		expect(
			distance(
				z,
				attention(q, k, v, (i, j) => mask.data[i * 5 + j] === 1),
			),
		).toBeLessThanOrEqual(1e-13);
		const [gq] = gradients(sum(z), [query]) as [Tensor];
		expect(gq.data.every(Number.isFinite)).toBe(true);
		expect(Array.from(gq.data.slice(4, 8))).toEqual([0, 0, 0, 0]);
	});

	test("works on batches of heads, and on broadcast keys", () => {
		const [query, key, value] = [normal([2, 3, 4, 2]), normal([1, 3, 5, 2], 2), normal([3, 5, 6], 3)];
		const z = scaledDotProductAttention(query, key, value, { dropout: 0.5, training: false });
		expect(z.shape).toEqual([2, 3, 4, 6]);
		const head = (x: Tensor, at: number, size: readonly number[]): Tensor =>
			tensor(
				x.data.slice(
					at * (size[0] as number) * (size[1] as number),
					(at + 1) * (size[0] as number) * (size[1] as number),
				),
				{ shape: size },
			);
		expect(
			distance(
				head(z, 4, [4, 6]),
				attention(head(query, 4, [4, 2]), head(key, 1, [5, 2]), head(value, 1, [5, 6]), () => true),
			),
		).toBeLessThanOrEqual(1e-13);
		expect(scaledDotProductAttention(zeros([0, 3, 4]), normal([0, 5, 4]), normal([0, 5, 2])).shape).toEqual([0, 3, 2]);
	});

	test("hides each example's own keys under vmap", () => {
		const masks = tensor([[[true, false, true, true, false]], [[false, false, false, false, true]]]);
		const each = vmap((mask: Tensor) => scaledDotProductAttention(q, k, v, { mask }))(masks);
		const all = scaledDotProductAttention(broadcastTo(q, [2, 3, 4]), k, v, { mask: masks });
		expect(distance(each, Array.from(all.data))).toBe(0);
	});

	test("drops weights, not values, with a generator of its own", () => {
		const options = { dropout: 0.5, generator: new Generator(9) };
		const weights = dropout(softmax(zeros([3, 5])), 0.5, { generator: new Generator(9) });
		expect(
			distance(scaledDotProductAttention(zeros([3, 4]), k, v, options), Array.from(weights.matmul(v).data)),
		).toBeLessThanOrEqual(1e-13);
	});

	test("agrees with finite differences to second order, with every kind of mask", () => {
		const mask = tensor([
			[true, true, true],
			[false, false, false],
		]);
		const additive = normal([2, 3], 7);
		const xs = [normal([2, 2], 1), normal([3, 2], 2), normal([3, 2], 3)];
		expect(verdict((a, b, c) => scaledDotProductAttention(a, b, c, { mask }), xs)).toBe("agrees");
		expect(verdict((a, b, c) => scaledDotProductAttention(a, b, c, { causal: true }), xs)).toBe("agrees");
		expect(verdict((a, b, c, m) => scaledDotProductAttention(a, b, c, { mask: m }), [...xs, additive])).toBe("agrees");
	});
});

describe("interpolate", () => {
	const x = tensor([[[0, 4, 8]]]);

	test("nearest repeats or leaves out cells", () => {
		expect(interpolate(x, { scaleFactor: 2 }).toArray()).toEqual([[[0, 0, 4, 4, 8, 8]]]);
		expect(interpolate(x, { size: 2 }).toArray()).toEqual([[[0, 4]]]);
		expect(interpolate(x, { size: 5 }).toArray()).toEqual([[[0, 0, 4, 4, 8]]]);
		const image = tensor([
			[
				[
					[1, 2],
					[3, 4],
				],
			],
		]);
		expect(interpolate(image, { size: [2, 4] }).toArray()).toEqual([
			[
				[
					[1, 1, 2, 2],
					[3, 3, 4, 4],
				],
			],
		]);
	});

	test("linear lies between, with the centres or the corners kept", () => {
		const linear = { mode: "linear" } as const;
		expect(interpolate(x, { ...linear, scaleFactor: 2 }).toArray()).toEqual([[[0, 1, 3, 5, 7, 8]]]);
		expect(interpolate(x, { ...linear, size: 5, alignCorners: true }).toArray()).toEqual([[[0, 2, 4, 6, 8]]]);
		expect(interpolate(x, { ...linear, size: 1, alignCorners: true }).toArray()).toEqual([[[0]]]);
		expect(interpolate(x, { ...linear, size: 1 }).toArray()).toEqual([[[4]]]);
		expect(interpolate(x, { ...linear, size: 3 }).toArray()).toEqual(x.toArray());
		expect(interpolate(tensor([[[5]]]), { ...linear, size: 3 }).toArray()).toEqual([[[5, 5, 5]]]);
		const image = tensor([
			[
				[
					[0, 2],
					[4, 6],
				],
			],
		]);
		expect(interpolate(image, { ...linear, size: 3, alignCorners: true }).toArray()).toEqual([
			[
				[
					[0, 1, 2],
					[2, 3, 4],
					[4, 5, 6],
				],
			],
		]);
	});

	test("keeps a straight line straight inside, for all sizes", () => {
		fc.assert(
			fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 12 }), (from, to) => {
				const line = reshape(arange(from), [1, 1, from]);
				const z = interpolate(line, { size: to, mode: "linear", alignCorners: true });
				expect(
					distance(
						z,
						Array.from({ length: to }, (_, i) => (i * (from - 1)) / (to - 1)),
					),
				).toBeLessThanOrEqual(1e-12);
				const centres = interpolate(line, { size: to, mode: "linear" });
				const place = (i: number): number => Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
				expect(
					distance(
						centres,
						Array.from({ length: to }, (_, i) => place(i)),
					),
				).toBeLessThanOrEqual(1e-12);
			}),
			{ seed: 5, numRuns: 30 },
		);
	});

	test("agrees with finite differences to second order, and keeps float32", () => {
		const square = (y: Tensor): Tensor => mul(y, y);
		expect(verdict((y) => square(interpolate(y, { size: [3, 5], mode: "linear" })), [normal([1, 2, 2, 3])])).toBe(
			"agrees",
		);
		expect(verdict((y) => square(interpolate(y, { scaleFactor: [2, 0.5] })), [normal([1, 2, 2, 4])])).toBe("agrees");
		expect(interpolate(tensor(x, { dtype: "float32" }), { size: 4, mode: "linear" }).dtype).toBe("float32");
		expect(interpolate(zeros([0, 2, 3]), { size: 4, mode: "linear" }).shape).toEqual([0, 2, 4]);
	});
});
