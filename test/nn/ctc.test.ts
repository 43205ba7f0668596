/**
 * ctc against every alignment, written out: all classesᵗⁱᵐᵉ ways to say
 * something, those that say the labels after repetitions and blanks are taken
 * away, and their probabilities added.
 */
import { checkGradients, Generator, logSoftmax, parameter, randn, type Tensor, tensor, zeros } from "chainrule";
import { ctc } from "chainrule/nn";
import { describe, expect, it } from "vitest";

function said(path: readonly number[], blank: number): number[] {
	return path.filter((label, step) => label !== blank && label !== path[step - 1]);
}

function bruteForce(logits: readonly (readonly number[])[], labels: readonly number[], blank = 0): number {
	const probabilities = logits.map((row) => {
		const whole = row.reduce((sum, z) => sum + Math.exp(z), 0);
		return row.map((z) => Math.exp(z) / whole);
	});
	const classes = (logits[0] as readonly number[]).length;
	let probability = 0;
	for (let code = 0; code < classes ** logits.length; code++) {
		const path = logits.map((_, step) => Math.floor(code / classes ** step) % classes);
		if (said(path, blank).join() !== labels.join()) continue;
		probability += path.reduce((product, label, step) => product * (probabilities[step]?.[label] as number), 1);
	}
	return -Math.log(probability);
}

const generator = new Generator(3);
const logits = randn([5, 5, 3], { generator });
const rows = logits.toArray() as number[][][];
const targets = [[1, 2], [1, 1], [2], [], [2, 1, 2]];
const losses = targets.map((labels, sample) => bruteForce(rows[sample] as number[][], labels));

describe("ctc", () => {
	it("adds up the alignments, and nothing else", () => {
		const each = ctc(logits, targets, { reduction: "none" }).data;
		for (const [sample, loss] of losses.entries()) expect(each[sample]).toBeCloseTo(loss, 12);
	});

	it("divides by the length of each target before it takes the mean", () => {
		const sum = losses.reduce((total, loss) => total + loss, 0);
		expect(ctc(logits, targets, { reduction: "sum" }).item()).toBeCloseTo(sum, 12);
		const shares = losses.map((loss, sample) => loss / Math.max(1, (targets[sample] as number[]).length));
		expect(ctc(logits, targets).item()).toBeCloseTo(shares.reduce((total, loss) => total + loss, 0) / 5, 12);
	});

	it("counts as many steps of an input, and labels of a target, as it is told", () => {
		const inputLengths = [3, 4, 1, 2, 5];
		const targetLengths = targets.map((labels) => labels.length);
		const padded = tensor(
			targets.map((labels) => [...labels, 1, 1, 1].slice(0, 3)),
			{ dtype: "int32" },
		);
		const each = ctc(logits, padded, { inputLengths, targetLengths, reduction: "none" }).data;
		for (const [sample, labels] of targets.entries()) {
			const steps = (rows[sample] as number[][]).slice(0, inputLengths[sample]);
			expect(each[sample]).toBeCloseTo(bruteForce(steps, labels), 12);
		}
	});

	it("has a blank of one's choice", () => {
		const each = ctc(logits, [[0, 1], [1, 1], [0], [], [1]], { blank: 2, reduction: "none" }).data;
		expect(each[0]).toBeCloseTo(bruteForce(rows[0] as number[][], [0, 1], 2), 12);
		expect(each[4]).toBeCloseTo(bruteForce(rows[4] as number[][], [1], 2), 12);
	});

	it("takes log-probabilities as well", () => {
		expect(ctc(logSoftmax(logits), targets).item()).toBeCloseTo(ctc(logits, targets).item(), 14);
	});

	it("has derivatives of both orders that three witnesses agree on", () => {
		const report = checkGradients((z: Tensor) => ctc(z, targets, { inputLengths: [3, 4, 5, 5, 5] }), [logits], {
			order: 2,
		});
		expect(report.directions.filter(({ agrees }) => !agrees)).toEqual([]);
	});

	it("stays finite at logits of ±1000, and the same in float32", () => {
		for (const dtype of ["float64", "float32"] as const) {
			const z = parameter(
				rows.map((sample) => sample.map((row, step) => row.map((_, k) => (k === step % 3 ? 1000 : -1000)))),
				{ dtype },
			);
			const loss = ctc(z, targets);
			loss.backward();
			expect(loss.dtype).toBe(dtype);
			expect(Number.isFinite(loss.item())).toBe(true);
			expect([...(z.grad as Tensor).data].every(Number.isFinite)).toBe(true);
		}
	});

	it("refuses a target that is too long, or counts it 0 when told", () => {
		const z = parameter(rows.slice(0, 2));
		expect(() =>
			ctc(
				z,
				[
					[1, 2],
					[1, 1, 1],
				],
				{ inputLengths: [5, 4] },
			),
		).toThrow("5 steps for 3 labels");
		const loss = ctc(
			z,
			[
				[1, 2],
				[1, 1, 1],
			],
			{ inputLengths: [5, 4], zeroInfinity: true, reduction: "sum" },
		);
		expect(loss.item()).toBeCloseTo(losses[0] as number, 12);
		loss.backward();
		expect([...(z.grad as Tensor).at(1).data].every((slope) => slope === 0)).toBe(true);
	});

	it("refuses labels and lengths that make no sense", () => {
		expect(() => ctc(zeros([1, 3, 3]), [[0]])).toThrow("a label is out of range");
		expect(() => ctc(zeros([1, 3, 3]), [[3]])).toThrow("a label is out of range");
		expect(() => ctc(zeros([1, 3, 3]), [[1]], { blank: 3 })).toThrow("the blank is out of range");
		expect(() => ctc(zeros([1, 3, 3]), [[1], [2]])).toThrow("targets do not fit the logits");
		expect(() => ctc(zeros([1, 3, 3]), [[1]], { inputLengths: [4] })).toThrow("inputLengths do not fit");
	});
});
