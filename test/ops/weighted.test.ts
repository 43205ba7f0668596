/** The weighted sum records what products and sums written out would: the same values, gradients and graph. */
import {
	add,
	ancestors,
	fixed,
	gradients,
	mul,
	noGrad,
	originOf,
	type Scalar,
	scalar,
	scope,
	scopeOfNode,
	scopePath,
	weightedSum,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const writtenOut = (weights: readonly Scalar[], xs: readonly Scalar[], start: Scalar): Scalar =>
	weights.reduce((sum, w, index) => add(sum, mul(w, xs[index] as Scalar)), start);

describe("the weighted sum", () => {
	it("has the value and the gradients of the sum written out, bit for bit, wherever chunks end", () => {
		const number = fc.double({ min: -4, max: 4, noNaN: true });
		const terms = fc.array(fc.tuple(number, number, fc.boolean(), fc.boolean()), { maxLength: 40 });
		fc.assert(
			fc.property(fc.array(terms, { minLength: 1, maxLength: 30 }), number, fc.boolean(), (sums, start, tracked) => {
				const run = (sum: typeof weightedSum): readonly (number | undefined)[] => {
					const leaves: Scalar[] = [];
					const make = (value: number, variable: boolean): Scalar => {
						const leaf = variable ? scalar(value) : fixed(value);
						leaves.push(leaf);
						return leaf;
					};
					let total = make(start, tracked);
					for (const terms of sums) {
						const weights = terms.map(([w, , variable]) => make(w, variable));
						const values = terms.map(([, x, , variable]) => make(x, variable));
						total = sum(weights, values, total);
					}
					if (total.requiresGrad) total.backward();
					return [total.value, ...leaves.map((leaf) => leaf.grad)];
				};
				expect(run(weightedSum)).toEqual(run(writtenOut));
			}),
			{ numRuns: 60, seed: 1 },
		);
	});

	it("is the same graph, in its scope", () => {
		const [w1, w2, x1, x2, b] = [scalar(2), scalar(3), scalar(5), scalar(7), scalar(1)];
		const sum = scope("neuron", () => weightedSum([w1, w2], [x1, x2], b));
		const names = ancestors([sum]).map((node) => originOf(node)?.op.name ?? "leaf");
		expect(names).toEqual(["leaf", "leaf", "leaf", "leaf", "leaf", "mul", "add", "mul", "add"]);
		expect(scopePath(scopeOfNode(sum))).toEqual(["neuron"]);
	});

	it("is longer than a block where it must be", () => {
		const w = scalar(0.5);
		const many = new Array<Scalar>(20_000).fill(w);
		const sum = weightedSum(many, many, scalar(0));
		expect(sum.value).toBe(5_000);
		expect(gradients(sum, [w])[0].value).toBe(20_000);
	});

	it("of nothing is its start, and inside noGrad a constant", () => {
		const b = scalar(1);
		expect(weightedSum([], [], b)).toBe(b);
		expect(noGrad(() => weightedSum([b], [b], b)).requiresGrad).toBe(false);
	});
});
