/** Attention with heads, and the layer of a transformer, against loops over single numbers. */
import {
	arange,
	checkGradients,
	expandDims,
	Generator,
	lessEqual,
	randn,
	sum,
	type Tensor,
	tensor,
	vmap,
	where,
} from "chainrule";
import {
	functionalCall,
	type LayerNorm,
	type Linear,
	MultiHeadAttention,
	silu,
	TransformerEncoderLayer,
} from "chainrule/nn";
import { describe, expect, it } from "vitest";
import { verdictOf } from "../verdicts.js";

const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { generator: new Generator(seed) });
const distance = (x: Tensor, y: Tensor): number => x.sub(y).abs().max().item();

type Rows = readonly (readonly number[])[];
const rowsOf = (x: Tensor): Rows => x.toArray() as number[][];

/** x Wᵀ + b, row by row. */
function project(rows: Rows, { weight, bias }: Linear): number[][] {
	const [w, b] = [rowsOf(weight), (bias?.toArray() ?? []) as number[]];
	return rows.map((x) =>
		w.map((line, k) => line.reduce((total, factor, i) => total + factor * (x[i] as number), b[k] ?? 0)),
	);
}

/** What the layer computes for one sample; `seen(i, j)` says whether query i may see key j. */
function attentionByHand(
	layer: MultiHeadAttention,
	[query, key, value]: readonly [Rows, Rows, Rows],
	seen: (i: number, j: number) => boolean,
): number[][] {
	const [q, k, v] = [project(query, layer.query), project(key, layer.key), project(value, layer.value)];
	const width = (q[0] as number[]).length / layer.heads;
	const joined = q.map((row, i) =>
		row.map((_, feature) => {
			const first = Math.floor(feature / width) * width;
			let [above, below] = [0, 0];
			k.forEach((other, j) => {
				if (!seen(i, j)) return;
				let score = 0;
				for (let f = first; f < first + width; f++) score += (row[f] as number) * (other[f] as number);
				const weight = Math.exp(score / Math.sqrt(width));
				above += weight * ((v[j] as number[])[feature] as number);
				below += weight;
			});
			return above / below;
		}),
	);
	return project(joined, layer.output);
}

describe("MultiHeadAttention", () => {
	const make = (options = {}): MultiHeadAttention =>
		new MultiHeadAttention(6, 3, { generator: new Generator(3), ...options });
	/** Biases start as zeros; a test wants to see them. */
	const shaken = (layer: MultiHeadAttention): MultiHeadAttention => {
		layer.loadStateDict([...layer.stateDict()].map(([path, x], at) => [path, x.add(normal(x.shape, at).mul(0.3))]));
		return layer;
	};
	const x = normal([2, 4, 6]);

	it("attends to itself as its formula says, sample by sample and head by head", () => {
		const layer = shaken(make());
		const z = layer.call(x);
		for (const sample of [0, 1]) {
			const rows = rowsOf(x.slice([sample]));
			expect(distance(z.slice([sample]), tensor(attentionByHand(layer, [rows, rows, rows], () => true)))).toBeLessThan(
				1e-14,
			);
		}
	});

	it("attends to other sequences, of other length and width", () => {
		const layer = shaken(make({ keyFeatures: 5, valueFeatures: 2 }));
		const [key, value] = [normal([2, 7, 5], 2), normal([2, 7, 2], 3)];
		const z = layer.call(x, { key, value });
		const expected = attentionByHand(
			layer,
			[rowsOf(x.slice([1])), rowsOf(key.slice([1])), rowsOf(value.slice([1]))],
			() => true,
		);
		expect(distance(z.slice([1]), tensor(expected))).toBeLessThan(1e-14);
		const [same, other] = [shaken(make()), normal([2, 5, 6], 4)];
		expect(distance(same.call(x, { key: other }), same.call(x, { key: other, value: other }))).toBe(0);
	});

	it("sees what a mask lets it see: causal, one for all, one per sample, one per head, and numbers", () => {
		const layer = shaken(make());
		const byHand = (sample: number, seen: (i: number, j: number) => boolean): Tensor => {
			const rows = rowsOf(x.slice([sample]));
			return tensor(attentionByHand(layer, [rows, rows, rows], seen));
		};
		const mask = lessEqual(arange(4).reshape([4, 1]).sub(arange(4)).abs(), 1);
		const near = (i: number, j: number): boolean => Math.abs(i - j) <= 1;
		expect(
			distance(
				layer.call(x, { causal: true }).slice([0]),
				byHand(0, (i, j) => j <= i),
			),
		).toBeLessThan(1e-14);
		expect(distance(layer.call(x, { mask }).slice([1]), byHand(1, near))).toBeLessThan(1e-14);
		expect(
			distance(
				layer.call(x, { mask, causal: true }).slice([1]),
				byHand(1, (i, j) => near(i, j) && j <= i),
			),
		).toBeLessThan(1e-14);
		// The second sample has two words only.
		const words = tensor([
			[true, true, true, true],
			[true, true, false, false],
		]);
		const padded = layer.call(x, { mask: expandDims(words, { axis: 1 }) });
		expect(
			distance(
				padded.slice([0]),
				byHand(0, () => true),
			),
		).toBeLessThan(1e-14);
		expect(
			distance(
				padded.slice([1]),
				byHand(1, (_, j) => j < 2),
			),
		).toBeLessThan(1e-14);
		const perHead = expandDims(mask, { axis: [0, 1] });
		expect(distance(layer.call(x, { mask: perHead }), layer.call(x, { mask }))).toBe(0);
		const numbers = where(mask, 0, -1e9);
		expect(distance(layer.call(x, { mask: numbers }), layer.call(x, { mask }))).toBeLessThan(1e-14);
	});

	it("has the gradients of finite differences in inputs and parameters", () => {
		const layer = shaken(make());
		const f = (p: Record<string, Tensor>, from: Tensor, to: Tensor): Tensor => {
			const z = functionalCall(layer, p, from, { key: to });
			return sum(z.mul(z));
		};
		const xs = [Object.fromEntries(layer.stateDict()), x, normal([2, 3, 6], 2)];
		expect(verdictOf(checkGradients(f as never, xs, { order: 2, directions: 1 }))).toBe("agrees");
	});

	it("takes a single sequence, more axes, vmap, and float32", () => {
		const layer = shaken(make());
		const z = layer.call(x);
		expect(distance(layer.call(x.slice([1])), z.slice([1]))).toBeLessThan(1e-15);
		expect(distance(layer.call(x.reshape([2, 1, 4, 6])), z.reshape([2, 1, 4, 6]))).toBe(0);
		expect(
			distance(vmap((one: Tensor) => layer.call(one, { causal: true }))(x), layer.call(x, { causal: true })),
		).toBeLessThan(1e-15);
		const single = make({ dtype: "float32" });
		expect(single.call(normal([4, 6]).cast("float32")).dtype).toBe("float32");
	});

	it("drops weights in training only, and starts by Xavier's rule without biases", () => {
		const layer = make({ dropout: 0.5 });
		expect(distance(layer.call(x), layer.call(x))).toBeGreaterThan(0.01);
		layer.eval();
		expect(distance(layer.call(x), make().call(x))).toBe(0);
		expect(layer.query.weight.abs().max().item()).toBeLessThan(Math.sqrt(6 / 12));
		expect(layer.query.weight.abs().max().item()).toBeGreaterThan(0.9 * Math.sqrt(6 / 12));
		expect(layer.output.bias?.abs().max().item()).toBe(0);
		expect([...make({ bias: false }).namedParameters().keys()]).toEqual([
			"query.weight",
			"key.weight",
			"value.weight",
			"output.weight",
		]);
	});
});

describe("TransformerEncoderLayer", () => {
	const norm = (rows: Rows, { weight, bias, epsilon }: LayerNorm): number[][] =>
		rows.map((row) => {
			const mean = row.reduce((a, b) => a + b, 0) / row.length;
			const variance = row.reduce((total, v) => total + (v - mean) ** 2, 0) / row.length;
			return row.map(
				(v, k) =>
					((v - mean) / Math.sqrt(variance + epsilon)) * (weight?.data[k] as number) + (bias?.data[k] as number),
			);
		});
	const plus = (a: Rows, b: Rows): number[][] =>
		a.map((row, i) => row.map((v, k) => v + ((b[i] as number[])[k] as number)));

	function layerByHand(layer: TransformerEncoderLayer, x: Rows, f: (v: number) => number, causal: boolean): number[][] {
		const attend = (rows: Rows): number[][] =>
			attentionByHand(layer.attention, [rows, rows, rows], (i, j) => !causal || j <= i);
		const feed = (rows: Rows): number[][] =>
			project(
				project(rows, layer.linear1).map((row) => row.map(f)),
				layer.linear2,
			);
		if (layer.preNorm) {
			const y = plus(x, attend(norm(x, layer.norm1)));
			return plus(y, feed(norm(y, layer.norm2)));
		}
		const y = norm(plus(x, attend(x)), layer.norm1);
		return norm(plus(y, feed(y)), layer.norm2);
	}

	const x = normal([2, 3, 4]);

	it.each([false, true])("is attention and a network, each around a sum; preNorm %s", (preNorm) => {
		const layer = new TransformerEncoderLayer(4, 2, { preNorm, dropout: 0, generator: new Generator(1) });
		layer.loadStateDict([...layer.stateDict()].map(([path, p], at) => [path, p.add(normal(p.shape, at).mul(0.2))]));
		const rows = rowsOf(x.slice([1]));
		const relu = (v: number): number => Math.max(v, 0);
		expect(distance(layer.call(x).slice([1]), tensor(layerByHand(layer, rows, relu, false)))).toBeLessThan(1e-13);
		expect(
			distance(layer.call(x, { causal: true }).slice([1]), tensor(layerByHand(layer, rows, relu, true))),
		).toBeLessThan(1e-13);
	});

	it.each([false, true])("has the gradients of finite differences; preNorm %s", (preNorm) => {
		const options = { preNorm, dropout: 0, activation: silu, hidden: 5, generator: new Generator(1) };
		const layer = new TransformerEncoderLayer(4, 2, options);
		const f = (p: Record<string, Tensor>, from: Tensor): Tensor => {
			const z = functionalCall(layer, p, from, { causal: true });
			return sum(z.mul(z).mul(z));
		};
		const report = checkGradients(f as never, [Object.fromEntries(layer.stateDict()), x], { directions: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	it("has the parameters of the paper: 3,152,384 for 512 features", () => {
		expect(new TransformerEncoderLayer(512, 8).parameterCount()).toBe(3_152_384);
	});

	it("drops in training only, and stays in float32", () => {
		const layer = new TransformerEncoderLayer(4, 2, { dropout: 0.5, dtype: "float32", generator: new Generator(1) });
		const from = x.cast("float32");
		expect(distance(layer.call(from), layer.call(from))).toBeGreaterThan(0.01);
		layer.eval();
		expect(distance(layer.call(from), layer.call(from))).toBe(0);
		expect(layer.call(from).dtype).toBe("float32");
	});
});
