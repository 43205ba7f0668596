/**
 * T4: f(x) = Σ tanh(2x + 1) exp(-x²) over 10^6 numbers, forward and backward,
 * float32: what elementwise operations cost where memory is the limit.
 */
import { exp, parameter, square, tanh } from "chainrule";
import { type Contender, once, singles, type Workload } from "./workload.js";

const size = 1_000_000;
const numbers = once(() => singles(size, 1, 2));

/** The sum, and some elements of the gradient. */
function results(total: number, g: ArrayLike<number>): readonly number[] {
	return [total / size, ...Array.from({ length: 50 }, (_, i) => g[i * 19_997]!)];
}

function ours(): Contender {
	const leaf = parameter(numbers());
	return () => {
		const total = tanh(leaf.mul(2).add(1))
			.mul(exp(square(leaf).neg()))
			.sum();
		leaf.zeroGrad();
		total.backward();
		return results(total.item(), leaf.grad!.storage);
	};
}

/** f' = exp(-x²) (2 (1 - t²) - 2 x t) with t = tanh(2x + 1). */
function byHand(): Contender {
	const x = numbers();
	const g = new Float32Array(size);
	return () => {
		let total = 0;
		for (let i = 0; i < size; i++) {
			const at = x[i]!;
			const t = Math.tanh(2 * at + 1);
			const e = Math.exp(-at * at);
			total += t * e;
			g[i] = 2 * e * (1 - t * t - at * t);
		}
		return results(total, g);
	};
}

/** T4. */
export const curve: Workload = {
	name: "T4",
	says: "Σ tanh(2x + 1) exp(-x²) over 10^6 elements, forward and backward, float32",
	cases: [
		{
			name: "T4",
			make: { ours, byHand },
			units: 1,
			unit: "pass",
			target: 25e6,
			tolerance: 1e-4,
			data: () => ({ x: numbers() }),
		},
	],
};
