/**
 * "The larger the error, the faster the neuron will learn", said of a sigmoid
 * neuron in the lecture notes: a property of the cross-entropy, and none of the
 * quadratic cost.
 */
import { grad, type Scalar, sigmoid } from "chainrule";
import { bceWithLogits, halfSse } from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** |dC/dz|: what the bias learns from, and every weight in proportion to its input. */
type Speed = (z: number, y: number) => number;
const crossEntropy: Speed = (z, y) => Math.abs(grad((x: Scalar) => bceWithLogits(x, y))(z));
const quadratic: Speed = (z, y) => Math.abs(grad((x: Scalar) => halfSse(sigmoid(x), y))(z));

const error = (z: number, y: number): number => Math.abs(sigmoid(z).value - y);
const neuron = fc
	.record({
		w: fc.double({ min: -5, max: 5, noNaN: true }),
		x: fc.double({ min: -2, max: 2, noNaN: true }),
		b: fc.double({ min: -5, max: 5, noNaN: true }),
		y: fc.constantFrom(0, 1),
	})
	.map(({ w, x, b, y }) => ({ z: w * x + b, y }));

/** Of any two neurons whose errors differ by more than rounding, the one with the larger error learns faster. */
const ordered = (speed: Speed) =>
	fc.property(neuron, neuron, (one, other) => {
		const gap = error(one.z, one.y) - error(other.z, other.y);
		fc.pre(Math.abs(gap) > 1e-9);
		return gap > 0 === speed(one.z, one.y) > speed(other.z, other.y);
	});

const counterexample = <Inputs>(property: fc.IProperty<Inputs>): Inputs | null =>
	fc.check(property, { seed: 1, numRuns: 1000 }).counterexample;

describe("the larger the error, the faster a sigmoid neuron learns", () => {
	it("holds for the cross-entropy, whose slope is the error", () => {
		expect(counterexample(ordered(crossEntropy))).toBeNull();
		const same = fc.property(neuron, ({ z, y }) => Math.abs(crossEntropy(z, y) - error(z, y)) < 1e-15);
		expect(counterexample(same)).toBeNull();
	});

	it("fails for the quadratic cost, as for the starts of the notes", () => {
		expect(counterexample(ordered(quadratic))).not.toBeNull();
		expect(error(1.5, 0)).toBeLessThan(error(4, 0));
		expect(quadratic(1.5, 0)).toBeGreaterThan(7 * quadratic(4, 0));
	});

	it("holds for the quadratic cost up to the error 2/3, where a²(1 - a) turns", () => {
		const below = fc.property(neuron, neuron, (one, other) => {
			const [near, far] = [error(one.z, one.y), error(other.z, other.y)].toSorted((p, q) => p - q) as [number, number];
			fc.pre(far < 2 / 3 && far - near > 1e-9);
			const [slow, fast] = [near, far].map((a) => quadratic(Math.log(a / (1 - a)), 0)) as [number, number];
			return slow < fast;
		});
		expect(counterexample(below)).toBeNull();
	});
});
