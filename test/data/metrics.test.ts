import { type Tensor, tensor } from "chainrule";
import {
	accuracy,
	classificationReport,
	confusionMatrix,
	f1,
	meanAbsoluteError,
	precision,
	r2,
	recall,
	rocAuc,
	rocCurve,
	rootMeanSquaredError,
} from "chainrule/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

fc.configureGlobal({ seed: 1 });

const label = fc.integer({ min: 0, max: 3 });
const labelled = fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 30 });

describe("classification", () => {
	it("agrees with the examples of scikit-learn", () => {
		const [actual, predicted] = [
			[0, 1, 2, 0, 1, 2],
			[0, 2, 1, 0, 0, 1],
		] as const;
		expect(precision(predicted, actual, { average: "macro" })).toBeCloseTo(0.2222, 4);
		expect(precision(predicted, actual, { average: "micro" })).toBeCloseTo(0.3333, 4);
		expect(precision(predicted, actual, { average: "weighted" })).toBeCloseTo(0.2222, 4);
		expect(recall(predicted, actual, { average: "macro" })).toBeCloseTo(0.3333, 4);
		expect(f1(predicted, actual, { average: "macro" })).toBeCloseTo(0.2667, 4);
		expect(f1(predicted, actual, { average: "micro" })).toBeCloseTo(0.3333, 4);
		expect(f1(predicted, actual, { average: "weighted" })).toBeCloseTo(0.2667, 4);
		expect(confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1]).counts).toEqual([
			[2, 0, 0],
			[0, 0, 1],
			[1, 0, 2],
		]);
	});

	it("agrees with sets of samples counted one class at a time", () => {
		fc.assert(
			fc.property(labelled, (pairs) => {
				const predicted = pairs.map(([p]) => p);
				const actual = pairs.map(([, a]) => a);
				const classes = [...new Set([...predicted, ...actual])].sort((i, j) => i - j);
				const share = (of: (p: number, a: number) => boolean, among: (p: number, a: number) => boolean): number => {
					const chosen = pairs.filter(([p, a]) => among(p, a));
					return chosen.length === 0 ? 0 : chosen.filter(([p, a]) => of(p, a)).length / chosen.length;
				};
				const report = classificationReport(predicted, actual);
				expect(report.map((row) => row.label)).toEqual(classes);
				const mean = { precision: 0, recall: 0, f1: 0, weighted: 0 };
				for (const row of report) {
					const k = row.label;
					const p = share(
						(_, a) => a === k,
						(taken) => taken === k,
					);
					const r = share(
						(taken) => taken === k,
						(_, a) => a === k,
					);
					const f = p + r === 0 ? 0 : (2 * p * r) / (p + r);
					expect(row.precision).toBeCloseTo(p, 12);
					expect(row.recall).toBeCloseTo(r, 12);
					expect(row.f1).toBeCloseTo(f, 12);
					const support = actual.filter((a) => a === k).length;
					expect(row.support).toBe(support);
					mean.precision += p / classes.length;
					mean.recall += r / classes.length;
					mean.f1 += f / classes.length;
					mean.weighted += (support * r) / pairs.length;
				}
				expect(precision(predicted, actual, { average: "macro" })).toBeCloseTo(mean.precision, 12);
				expect(recall(predicted, actual, { average: "macro" })).toBeCloseTo(mean.recall, 12);
				expect(f1(predicted, actual, { average: "macro" })).toBeCloseTo(mean.f1, 12);
				expect(recall(predicted, actual, { average: "weighted" })).toBeCloseTo(mean.weighted, 12);
				const right = share(
					(p, a) => p === a,
					() => true,
				);
				expect(accuracy(predicted, actual)).toBeCloseTo(right, 12);
				for (const metric of [precision, recall, f1]) {
					expect(metric(predicted, actual, { average: "micro" })).toBeCloseTo(right, 12);
				}
			}),
		);
	});

	it("takes the largest of several scores, and one score against the threshold", () => {
		const logits = tensor([
			[0.1, 0.9, 0.2],
			[3, -1, 2],
			[0, 0, 1],
		]);
		const targets = tensor(new Int32Array([1, 2, 2]));
		expect(accuracy(logits, targets)).toBeCloseTo(2 / 3);
		expect(accuracy(logits.softmax({ axis: -1 }) as Tensor, targets)).toBeCloseTo(2 / 3);
		expect(confusionMatrix(logits, targets).labels).toEqual([0, 1, 2]);
		expect(recall([-2, 0.3, 4, 0], [0, 1, 1, 1], { threshold: 0 })).toBeCloseTo(2 / 3);
		expect(precision([0.2, 0.6, 0.9], [0, 0, 1], { threshold: 0.5 })).toBe(0.5);
	});

	it("speaks of class 1, of another if told, and of no class where it never occurs", () => {
		expect(precision([1, 1, 0], [1, 0, 0])).toBe(0.5);
		expect(precision([1, 1, 0], [1, 0, 0], { positive: 0 })).toBe(1);
		expect(recall([0, 2, 1], [0, 2, 2], { average: "binary", positive: 2 })).toBe(0.5);
		expect(f1([0, 0], [0, 0])).toBe(0);
	});

	it("accepts labels -1 and 1, as a perceptron gives them", () => {
		expect(accuracy([-1, 1, 1], [-1, 1, -1])).toBeCloseTo(2 / 3);
		expect(String(confusionMatrix([-1, 1, 1], [-1, 1, -1])).split("\n")[2]).toBe("actual  -1   1   1");
	});
});

describe("ranking", () => {
	const scored = fc
		.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 })), { minLength: 2, maxLength: 40 })
		.filter((pairs) => pairs.some(([, y]) => y === 1) && pairs.some(([, y]) => y === 0));

	it("is the share of pairs in the right order, a tie counting half", () => {
		fc.assert(
			fc.property(scored, (pairs) => {
				const positives = pairs.filter(([, y]) => y === 1).map(([score]) => score);
				const negatives = pairs.filter(([, y]) => y === 0).map(([score]) => score);
				const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
				const expected = wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
				const [scores, targets] = [pairs.map(([score]) => score), pairs.map(([, y]) => y)];
				expect(rocAuc(scores, targets)).toBeCloseTo(expected, 12);
				const { falsePositiveRate: x, truePositiveRate: y, thresholds } = rocCurve(scores, targets);
				let area = 0;
				for (let i = 1; i < x.length; i++) area += (x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!) * 0.5;
				expect(area).toBeCloseTo(expected, 12);
				thresholds.forEach((threshold, i) => {
					expect(y[i]).toBeCloseTo(positives.filter((p) => p >= threshold).length / positives.length, 12);
					expect(x[i]).toBeCloseTo(negatives.filter((n) => n >= threshold).length / negatives.length, 12);
				});
			}),
		);
	});

	it("does not change with the scale of the scores, and takes -1 for negatives", () => {
		expect(rocAuc([1e-9, 4e300, 2, -7], [0, 1, 0, 1])).toBe(rocAuc([2, 4, 3, 1], [-1, 1, -1, 1]));
	});
});

describe("regression", () => {
	it("agrees with the examples of scikit-learn", () => {
		expect(meanAbsoluteError([2.5, 0, 2, 8], [3, -0.5, 2, 7])).toBe(0.5);
		expect(rootMeanSquaredError([2.5, 0, 2, 8], [3, -0.5, 2, 7])).toBeCloseTo(0.612, 3);
		expect(r2([2, 2, 2], [1, 2, 3])).toBe(0);
		expect(r2([3, 2, 1], [1, 2, 3])).toBe(-3);
		expect(r2([1, 1], [1, 1])).toBe(1);
		expect(r2([1, 1 + 1e-8], [1, 1])).toBe(0);
	});

	it("R² of several outputs is the mean over them", () => {
		const [x, y] = [
			tensor([
				[0, 2],
				[-1, 2],
				[8, -5],
			]),
			tensor([
				[0.5, 1],
				[-1, 1],
				[7, -6],
			]),
		];
		const single = (k: number): number => r2(x.at(null, k), y.at(null, k));
		expect(r2(x, y)).toBeCloseTo((single(0) + single(1)) / 2, 14);
		expect(r2(x, y)).toBeCloseTo(0.9368, 4);
	});
});
