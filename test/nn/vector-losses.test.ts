/**
 * Losses between vectors, between sets of pixels, and of measurements with a
 * spread, against loops over plain arrays.
 */
import { checkGradients, Generator, type Node, parameter, randn, sigmoid, type Tensor, tensor, zeros } from "chainrule";
import {
	contrastive,
	cosineEmbedding,
	dice,
	gaussianNll,
	infoNce,
	type LossOptions,
	tripletMargin,
} from "chainrule/nn";
import { describe, expect, it } from "vitest";

const generator = new Generator(7);
const x = randn([4, 3], { generator });
const y = randn([4, 3], { generator });
const far = randn([4, 3], { generator });
const rows = (t: Tensor): number[][] => t.toArray() as number[][];

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
const dot = (a: readonly number[], b: readonly number[]): number => total(a.map((one, k) => one * (b[k] as number)));
const cos = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const distance = (a: readonly number[], b: readonly number[]): number =>
	Math.sqrt(total(a.map((one, k) => (one - (b[k] as number)) ** 2)));
const pairs = <Result>(f: (a: number[], b: number[], i: number) => Result): Result[] =>
	rows(x).map((row, i) => f(row, rows(y)[i] as number[], i));
const mean = (numbers: readonly number[]): number => total(numbers) / numbers.length;

describe("cosineEmbedding", () => {
	it("is 1 - cos for pairs that belong together, the cosine beyond the margin for others", () => {
		const labels = [1, -1, -1, 1];
		const each = pairs((a, b, i) => (labels[i] === 1 ? 1 - cos(a, b) : Math.max(0, cos(a, b) + 0.2)));
		expect(cosineEmbedding(x, y, labels, { margin: -0.2 }).item()).toBeCloseTo(mean(each), 14);
		expect(cosineEmbedding(x, x, 1).item()).toBeCloseTo(0, 15);
	});

	it("takes a vector of length 0 as orthogonal, with gradient 0, and large ones without overflow", () => {
		const zero = parameter([0, 0]);
		const loss = cosineEmbedding(zero, [1, 2], 1);
		loss.backward();
		expect([loss.item(), zero.grad?.toArray()]).toEqual([1, [0, 0]]);
		expect(cosineEmbedding([1e200, 1e200], [1e-200, 0], 1).item()).toBeCloseTo(1 - Math.SQRT1_2, 14);
	});
});

describe("contrastive", () => {
	it("is half the squared distance, or half the squared lack of it", () => {
		const labels = [1, 0, 0, 1];
		const each = pairs((a, b, i) => {
			const d = distance(a, b);
			return labels[i] === 1 ? d ** 2 / 2 : Math.max(0, 3 - d) ** 2 / 2;
		});
		expect(contrastive(x, y, labels, { margin: 3 }).item()).toBeCloseTo(mean(each), 13);
	});

	it("has gradient 0 for vectors that coincide", () => {
		const same = parameter([1, 2]);
		contrastive(same, [1, 2], 0).backward();
		expect(same.grad?.toArray()).toEqual([0, 0]);
	});
});

describe("tripletMargin", () => {
	it("is the lead that the positive lacks", () => {
		const each = pairs((a, b, i) => Math.max(0, distance(a, b) - distance(a, rows(far)[i] as number[]) + 1));
		expect(tripletMargin(x, y, far).item()).toBeCloseTo(mean(each), 14);
	});

	it("swaps to the shorter distance, and measures by another norm, when told", () => {
		const each = pairs((a, b, i) => {
			const negative = rows(far)[i] as number[];
			return Math.max(0, distance(a, b) - Math.min(distance(a, negative), distance(b, negative)) + 1);
		});
		expect(tripletMargin(x, y, far, { swap: true }).item()).toBeCloseTo(mean(each), 14);
		expect(tripletMargin([0, 0], [1, 1], [3, -3], { p: 1 }).item()).toBe(0);
		expect(tripletMargin([0, 0], [1, 1], [1, -0.5], { p: 1 }).item()).toBe(1.5);
	});
});

describe("infoNce", () => {
	it("is the cross-entropy of cosines against the own key", () => {
		const each = rows(x).map((a, i) => {
			const scores = rows(y).map((b) => Math.exp(cos(a, b) / 0.5));
			return -Math.log((scores[i] as number) / total(scores));
		});
		expect(infoNce(x, y, { temperature: 0.5 }).item()).toBeCloseTo(mean(each), 14);
		expect(infoNce(x, y, { temperature: 0.5, reduction: "none" }).shape).toEqual([4]);
	});

	it("is ln n where all keys are alike", () => {
		expect(infoNce(x, zeros([4, 3])).item()).toBeCloseTo(Math.log(4), 14);
	});
});

describe("gaussianNll", () => {
	it("is the negative logarithm of the density", () => {
		const [m, t, v] = [
			[1, 2, 0],
			[1.5, 0, 0.1],
			[1, 4, 0.5],
		] as const;
		const density = (i: number) =>
			Math.exp(-(((t[i] as number) - (m[i] as number)) ** 2) / (2 * (v[i] as number))) /
			Math.sqrt(2 * Math.PI * (v[i] as number));
		const each = [0, 1, 2].map((i) => -Math.log(density(i)));
		expect(gaussianNll(m, t, v, { full: true }).item()).toBeCloseTo(mean(each), 14);
		expect(gaussianNll(m, t, v).item()).toBeCloseTo(mean(each) - Math.log(2 * Math.PI) / 2, 14);
		expect(gaussianNll(m, t, 2, { reduction: "sum" }).item()).toBeCloseTo(
			(3 * Math.log(2) + (0.25 + 4 + 0.01) / 2) / 2,
			14,
		);
	});

	it("counts a variance below epsilon as epsilon, and still tells it to grow", () => {
		const v = parameter([0]);
		const loss = gaussianNll([1], [0], v);
		loss.backward();
		expect(loss.item()).toBeCloseTo((Math.log(1e-6) + 1e6) / 2, 6);
		expect((v.grad as Tensor).item()).toBeLessThan(0);
	});
});

describe("dice", () => {
	it("is 1 less the shared part, sample by sample", () => {
		const p = tensor([0.9, 0.2, 0.6, 0.1], { shape: [2, 2] });
		const t = tensor([1, 0, 1, 1], { shape: [2, 2] });
		const each = [1 - (2 * 0.9 + 1) / (1.1 + 1 + 1), 1 - (2 * 0.7 + 1) / (0.7 + 2 + 1)];
		expect(dice(p, t).item()).toBeCloseTo(mean(each), 14);
		expect(dice(p, t, { reduction: "none" }).shape).toEqual([2]);
		expect(dice(p.reshape([4]), t.reshape([4])).item()).toBeCloseTo(1 - (2 * 1.6 + 1) / (1.8 + 3 + 1), 14);
	});

	it("is 0 for two empty sets, and finite where the sigmoid saturates", () => {
		expect(dice([0, 0], [0, 0]).item()).toBe(0);
		for (const dtype of ["float64", "float32"] as const) {
			const z = parameter([1000, -1000, 1000], { dtype });
			const loss = dice(sigmoid(z), [1, 0, 0]);
			loss.backward();
			expect(loss.item()).toBeCloseTo(1 - 3 / 4, 6);
			expect([...(z.grad as Tensor).data].every((slope) => slope === 0)).toBe(true);
		}
	});
});

describe("losses of vectors", () => {
	type Fixed = (x: Tensor, options?: LossOptions) => Node;
	const table: readonly (readonly [name: string, Fixed])[] = [
		["cosineEmbedding", (from, options) => cosineEmbedding(from, y, [1, -1, -1, 1], { ...options, margin: -0.9 })],
		["contrastive", (from, options) => contrastive(from, y, [1, 0, 0, 1], { ...options, margin: 9 })],
		["tripletMargin", (from, options) => tripletMargin(from, y, far, { ...options, margin: 9 })],
		["tripletMargin", (from, options) => tripletMargin(from, y, far, { ...options, margin: 9, p: 3, swap: true })],
		["infoNce", (from, options) => infoNce(from, y, options)],
		["dice", (from, options) => dice(sigmoid(from), sigmoid(y), options)],
		["gaussianNll", (from, options) => gaussianNll(from, y, from.square(), options)],
	];

	it.each(table)("%s has derivatives of both orders that three witnesses agree on", (_, loss) => {
		const report = checkGradients((from: Tensor) => loss(from), [x], { order: 2 });
		expect(report.directions.filter(({ agrees }) => !agrees)).toEqual([]);
	});

	it.each(table)("%s reduces as it is told, and keeps float32", (_, loss) => {
		const each = loss(x, { reduction: "none" }) as Tensor;
		expect(loss(x, { reduction: "sum" }).item()).toBeCloseTo(total([...each.data]), 12);
		expect(loss(x, { reduction: "mean" }).item()).toBeCloseTo(mean([...each.data]), 12);
		expect(loss(x).item()).toBeCloseTo(mean([...each.data]), 12);
	});

	it.each(table)("%s has finite gradients for long vectors, in float32 as in float64", (_, loss) => {
		for (const dtype of ["float64", "float32"] as const) {
			const long = parameter(
				rows(x).map((row) => row.map((one) => 1000 * one)),
				{ dtype },
			);
			const value = loss(long);
			value.backward();
			expect(Number.isFinite(value.item())).toBe(true);
			expect([...(long.grad as Tensor).data].every(Number.isFinite)).toBe(true);
		}
	});

	it("refuse vectors and labels that do not fit", () => {
		expect(() => cosineEmbedding(x, zeros([4, 2]), 1)).toThrow("shapes of vectors and partners differ");
		expect(() => cosineEmbedding(x, y, [1, 0, 1, 1])).toThrow("0 at [1]");
		expect(() => contrastive(x, y, [1, 0])).toThrow("labels do not fit the vectors");
		expect(() => contrastive(x, y, -1)).toThrow("a target is out of range");
		expect(() => tripletMargin(x, y, zeros([4, 2]))).toThrow("shapes of anchors and negatives differ");
		expect(() => infoNce(zeros([3]), zeros([3]))).toThrow("infoNce: not a batch of vectors");
		expect(() => gaussianNll([1], [1], [-1])).toThrow("a variance is out of range");
		expect(() => gaussianNll([1, 2], [1, 2], [1])).toThrow("shapes of predictions and variances differ");
		expect(() => dice([1.5], [1])).toThrow("take the sigmoid of logits first");
	});
});
