/**
 * Losses between classes and between distributions, against loops over plain
 * arrays that know nothing of the library.
 */
import {
	cast,
	checkGradients,
	Generator,
	logSoftmax,
	type Node,
	oneHot,
	parameter,
	randn,
	scopeOfNode,
	scopePath,
	softmax,
	type Tensor,
	tensor,
	zeros,
} from "chainrule";
import {
	type CrossEntropyOptions,
	crossEntropy,
	jsDivergence,
	klDivergence,
	type LossOptions,
	multiMargin,
	nll,
} from "chainrule/nn";
import { describe, expect, it } from "vitest";

type Rows = readonly (readonly number[])[];

const logits: Rows = [
	[1, 2.1, 3.3],
	[0.5, -1, 2],
	[0, 0.25, -0.5],
	[-2, 1, 0.75],
];
const indices = [2, 0, 1, 1];
const soft: Rows = [
	[0.2, 0.3, 0.5],
	[0, 0, 1],
	[0.6, 0.4, 0],
	[1 / 3, 1 / 3, 1 / 3],
];
const weights = [0.5, 2, 3];

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);
const logarithms = (row: readonly number[]): number[] =>
	row.map((z) => Math.log(Math.exp(z) / total(row.map((other) => Math.exp(other)))));

/** A sample of PyTorch's cross-entropy for a target distribution, and what it counts in a mean. */
function naive(row: readonly number[], t: readonly number[], w: readonly number[], smoothing: number): number {
	const smooth = t.map((share) => (1 - smoothing) * share + smoothing / t.length);
	return -total(logarithms(row).map((l, k) => (w[k] as number) * (smooth[k] as number) * (smooth[k] === 0 ? 0 : l)));
}

const asRow = (index: number): number[] => [0, 1, 2].map((k) => Number(k === index));

describe("crossEntropy with options", () => {
	const cases: readonly (readonly [says: string, options: CrossEntropyOptions])[] = [
		["class weights", { classWeights: weights }],
		["label smoothing", { labelSmoothing: 0.2 }],
		["both", { classWeights: weights, labelSmoothing: 0.2 }],
	];

	it.each(cases)("%s, against indices: the mean divides by the weights of the targets", (_, options) => {
		const w = options.classWeights === undefined ? [1, 1, 1] : weights;
		const losses = logits.map((row, i) => naive(row, asRow(indices[i] as number), w, options.labelSmoothing ?? 0));
		const each = crossEntropy(tensor(logits), indices, { ...options, reduction: "none" }).data;
		for (const [i, loss] of losses.entries()) expect(each[i]).toBeCloseTo(loss, 13);
		expect(crossEntropy(logits, indices, { ...options, reduction: "sum" }).item()).toBeCloseTo(total(losses), 13);
		const divisor = total(indices.map((index) => w[index] as number));
		expect(crossEntropy(logits, indices, options).item()).toBeCloseTo(total(losses) / divisor, 13);
	});

	it.each(cases)("%s, against probabilities: the mean divides by their weights", (_, options) => {
		const w = options.classWeights === undefined ? [1, 1, 1] : weights;
		const losses = logits.map((row, i) => naive(row, soft[i] as readonly number[], w, options.labelSmoothing ?? 0));
		const divisor = total(soft.flatMap((t) => t.map((share, k) => share * (w[k] as number))));
		expect(crossEntropy(logits, soft, options).item()).toBeCloseTo(total(losses) / divisor, 13);
	});

	it("ignores an index in the sum and in the mean, with and without weights", () => {
		const kept = [0, 1, 3];
		const pick = <X>(list: readonly X[]): X[] => kept.map((i) => list[i] as X);
		const padded = [2, 0, -100, 1];
		for (const options of [{}, { classWeights: weights }, { classWeights: weights, labelSmoothing: 0.1 }]) {
			const all = crossEntropy(logits, padded, { ...options, ignoreIndex: -100 });
			expect(all.item()).toBeCloseTo(crossEntropy(pick(logits), pick(padded), options).item(), 14);
			const each = crossEntropy(logits, padded, { ...options, ignoreIndex: -100, reduction: "none" });
			expect(each.data[2]).toBe(0);
		}
		const x = parameter(logits as number[][]);
		crossEntropy(x, padded, { ignoreIndex: -100 }).backward();
		expect((x.grad as Tensor).at(2).toArray()).toEqual([0, 0, 0]);
	});

	it("of a batch that is ignored as a whole: 0 as a sum, an error as a mean", () => {
		expect(crossEntropy(logits, [9, 9, 9, 9], { ignoreIndex: 9, reduction: "sum" }).item()).toBe(0);
		expect(() => crossEntropy(logits, [9, 9, 9, 9], { ignoreIndex: 9 })).toThrow("crossEntropy: nothing to average");
		expect(() => crossEntropy(logits, indices, { classWeights: [0, 0, 0] })).toThrow("nothing to average");
	});

	it("is the same for indices and for their one-hot rows", () => {
		for (const options of [{}, { labelSmoothing: 0.3 }, { labelSmoothing: 0.3, classWeights: weights }]) {
			expect(crossEntropy(logits, oneHot(indices, 3), options).item()).toBeCloseTo(
				crossEntropy(logits, indices, options).item(),
				14,
			);
		}
	});

	it("is nll of the log-softmax", () => {
		const l = logSoftmax(tensor(logits));
		expect(nll(l, indices, { classWeights: weights }).item()).toBe(
			crossEntropy(logits, indices, { classWeights: weights }).item(),
		);
		expect(nll(l, soft).item()).toBe(crossEntropy(logits, soft).item());
	});

	it("takes sequences of classes", () => {
		const x = randn([2, 5, 3], { generator: new Generator(4) });
		const t = cast(tensor([0, 1, 2, 2, 1, 0, 0, 1, 1, 2], { shape: [2, 5] }), "int32");
		expect(crossEntropy(x, t, { classWeights: weights, ignoreIndex: 2 }).item()).toBeCloseTo(
			crossEntropy(x.reshape([10, 3]), t.reshape([10]), { classWeights: weights, ignoreIndex: 2 }).item(),
			14,
		);
	});
});

describe("multiMargin", () => {
	const each = (p: number, w: readonly number[] = [1, 1, 1]) =>
		logits.map((row, i) => {
			const own = indices[i] as number;
			const violations = row.map((x, k) => (k === own ? 0 : Math.max(0, 1 - (row[own] as number) + x) ** p));
			return ((w[own] as number) * total(violations)) / 3;
		});

	it("is the sum of violations over the number of classes", () => {
		expect(multiMargin(logits, indices).item()).toBeCloseTo(total(each(1)) / 4, 14);
		expect(multiMargin(logits, indices, { p: 2, reduction: "sum" }).item()).toBeCloseTo(total(each(2)), 13);
		expect(multiMargin(logits, indices, { classWeights: weights }).item()).toBeCloseTo(total(each(1, weights)) / 4, 13);
	});

	it("is 0 where the target class leads by the margin", () => {
		expect(multiMargin([0, 1, 2.5], 2).item()).toBe(0);
		expect(multiMargin([0, 1, 2.5], 2, { margin: 2 }).item()).toBeCloseTo(0.5 / 3, 14);
	});
});

describe("divergences", () => {
	const kl = (t: readonly number[], p: readonly number[]) =>
		total(t.map((share, k) => (share === 0 ? 0 : share * Math.log(share / (p[k] as number)))));
	const predicted = logits.map((row) => logarithms(row).map(Math.exp));

	it("klDivergence is the textbook's, per sample", () => {
		const losses = soft.map((t, i) => kl(t, predicted[i] as number[]));
		expect(klDivergence(logits, soft).item()).toBeCloseTo(total(losses) / 4, 14);
		expect(klDivergence(logits, soft, { reduction: "none" }).shape).toEqual([4]);
		expect(klDivergence(logits, softmax(tensor(logits))).item()).toBeCloseTo(0, 15);
	});

	it("klDivergence is the cross-entropy less the entropy", () => {
		const entropy = -total(soft.flatMap((t) => t.map((x) => (x === 0 ? 0 : x * Math.log(x))))) / 4;
		expect(klDivergence(logits, soft).item()).toBeCloseTo(crossEntropy(logits, soft).item() - entropy, 14);
	});

	it("jsDivergence is the textbook's, symmetric, and ln 2 where nothing is shared", () => {
		const losses = soft.map((t, i) => {
			const p = predicted[i] as number[];
			const middle = t.map((share, k) => (share + (p[k] as number)) / 2);
			return (kl(t, middle) + kl(p, middle)) / 2;
		});
		expect(jsDivergence(logits, soft).item()).toBeCloseTo(total(losses) / 4, 14);
		expect(jsDivergence([1000, 0, 0], [0, 1, 0]).item()).toBeCloseTo(Math.LN2, 14);
		const swapped = jsDivergence(tensor(soft.slice(0, 1)).log(), predicted.slice(0, 1)).item();
		expect(swapped).toBeCloseTo(losses[0] as number, 14);
	});
});

describe("losses of classes", () => {
	type Fixed = (z: Tensor, options?: LossOptions) => Node;
	const table: readonly (readonly [name: string, Fixed])[] = [
		["crossEntropy", (z, options) => crossEntropy(z, indices, options)],
		["crossEntropy", (z, options) => crossEntropy(z, soft, options)],
		[
			"crossEntropy",
			(z, options) => crossEntropy(z, indices, { ...options, classWeights: weights, labelSmoothing: 0.1 }),
		],
		["nll", (z, options) => nll(logSoftmax(z), indices, options)],
		["multiMargin", (z, options) => multiMargin(z, indices, options)],
		["multiMargin", (z, options) => multiMargin(z, indices, { ...options, p: 2 })],
		["klDivergence", (z, options) => klDivergence(z, soft, options)],
		["jsDivergence", (z, options) => jsDivergence(z, soft, options)],
	];

	it.each(table)("%s has derivatives of both orders that three witnesses agree on", (_, loss) => {
		const report = checkGradients((z: Tensor) => loss(z), [tensor(logits)], { order: 2 });
		expect(report.directions.filter(({ agrees }) => !agrees)).toEqual([]);
	});

	it.each(table)("%s reduces as it is told, in a scope of its name", (name, loss) => {
		const each = loss(parameter(logits as number[][]), { reduction: "none" }) as Tensor;
		expect(each.shape).toEqual([4]);
		expect(scopePath(scopeOfNode(each))).toEqual([name]);
		expect(loss(tensor(logits), { reduction: "sum" }).item()).toBeCloseTo(total([...each.data]), 12);
	});

	it.each(table)("%s stays finite at logits of ±1000, and the same in float32", (_, loss) => {
		const far = [
			[1000, -1000, 0],
			[-1000, 1000, 0],
			[-1000, -1000, -1000],
			[1000, 0, 1000],
		];
		const results = (["float64", "float32"] as const).map((dtype) => {
			const z = parameter(far, { dtype });
			const value = loss(z);
			value.backward();
			expect((value as Tensor).dtype).toBe(dtype);
			return [value.item(), ...(z.grad as Tensor).data];
		});
		const [exact = [], rough = []] = results;
		expect(exact.every(Number.isFinite)).toBe(true);
		for (const [i, x] of rough.entries()) expect(x).toBeCloseTo(exact[i] as number, 3);
	});

	it("refuse targets that could be something else", () => {
		expect(() => nll(zeros([4, 3]), zeros([4]))).toThrow("nll: class indices are not integers");
		expect(() => multiMargin(zeros([4, 3]), zeros([4, 3]))).toThrow("multiMargin: targets do not fit the logits");
		expect(() => multiMargin(zeros([4, 3]), [0, 1, 2, 3])).toThrow("3 at [3]");
		expect(() => crossEntropy(zeros([4, 3]), soft, { ignoreIndex: 0 })).toThrow("ignoreIndex without indices");
		expect(() => crossEntropy(zeros([4, 3]), indices, { classWeights: [1, 2] })).toThrow("classWeights does not fit");
		expect(() => crossEntropy(zeros([4, 3]), indices, { labelSmoothing: 1.5 })).toThrow(
			"labelSmoothing is out of range",
		);
		expect(() => klDivergence(zeros([4, 3]), zeros([4]))).toThrow("shapes of logits and targets differ");
		expect(() => jsDivergence(zeros([1, 2]), [[1.5, -0.5]])).toThrow("1.5 at [0, 0]");
	});
});
