/**
 * The weighted sum of a neuron, on the scalar tape.
 *
 * It has no rule: it is the products and sums one would write out, recorded in
 * one go. Of the 15 ns that an operation costs, half go to its handle and to
 * looking up what the operation before has just looked up.
 */
import { failure } from "../core/errors.js";
import { recordFold, type Scalar } from "../core/tape.js";
import { add, mul } from "./arithmetic.js";
import { recordOf } from "./pointwise.js";

const times = recordOf(mul);
const plus = recordOf(add);
let numbers = new Float64Array(64);

/**
 * `start` + w₁x₁ + w₂x₂ + ..., added up in this order: the same nodes as
 * `add(..., mul(w, x))` written out, faster.
 *
 * @throws where there are not as many weights as values.
 *
 * @example
 * ```ts
 * import { scalar, weightedSum } from "chainrule";
 * const [w1, w2, b] = [scalar(2), scalar(3), scalar(1)];
 * const z = weightedSum([w1, w2], [scalar(10), scalar(100)], b);
 * console.log(z.value); // 321
 * ```
 */
export function weightedSum(weights: readonly Scalar[], xs: readonly Scalar[], start: Scalar): Scalar {
	const count = weights.length;
	if (count !== xs.length) {
		throw failure({
			what: "weightedSum: numbers of weights and values differ",
			expected: `${count}, one value per weight`,
			actual: String(xs.length),
		});
	}
	if (numbers.length < 2 * count) numbers = new Float64Array(2 * count);
	let total = start.value;
	for (let index = 0; index < count; index++) {
		const product = (weights[index] as Scalar).value * (xs[index] as Scalar).value;
		total += product;
		numbers[2 * index] = product;
		numbers[2 * index + 1] = total;
	}
	const sum = recordFold(times.opcode, plus.opcode, weights, xs, start, numbers);
	if (sum !== undefined) return sum;
	return weights.reduce((sofar, w, index) => add(sofar, mul(w, xs[index] as Scalar)), start);
}
