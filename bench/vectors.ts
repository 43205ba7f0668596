/**
 * T5: a chain on tensors of ten elements.
 *
 * A hundred steps of x ← 1.01 sin x + 0.1 and a sum at the end: so little
 * arithmetic per operation that what is measured is the cost of an operation
 * itself. float64, as all workloads of this folder unless they say otherwise.
 */
import { parameter, sin } from "chainrule";
import { Vector } from "./closures.js";
import type { Contender, Workload } from "./workload.js";

const size = 10;
const steps = 100;
const operations = 3 * steps + 1;
const factor = 1.01;
const term = 0.1;
const start: readonly number[] = Array.from({ length: size }, (_, index) => 0.2 + 0.1 * index);

function ours(): Contender {
	const first = parameter(start);
	return () => {
		let x = first;
		for (let step = 0; step < steps; step++) x = sin(x).mul(factor).add(term);
		const total = x.sum();
		first.zeroGrad();
		total.backward();
		return [total.item(), ...(first.grad?.data ?? [])];
	};
}

function closures(): Contender {
	const first = new Vector(Float64Array.from(start));
	return () => {
		let x = first;
		for (let step = 0; step < steps; step++) x = x.sin().mul(factor).add(term);
		const total = x.sum();
		first.grad.fill(0);
		total.backward();
		return [total.data[0]!, ...first.grad];
	};
}

/** Keeps x of every step, and walks back. */
function byHand(): Contender {
	const xs = new Float64Array((steps + 1) * size);
	const g = new Float64Array(size);
	return () => {
		xs.set(start);
		for (let at = 0; at < steps * size; at++) xs[at + size] = Math.sin(xs[at]!) * factor + term;
		let total = 0;
		for (let index = 0; index < size; index++) total += xs[steps * size + index]!;
		g.fill(1);
		for (let step = steps - 1; step >= 0; step--) {
			for (let index = 0; index < size; index++) g[index]! *= factor * Math.cos(xs[step * size + index]!);
		}
		return [total, ...g];
	};
}

/** T5. */
export const vectors: Workload = {
	name: "T5",
	says: `chain of ${operations} operations on tensors of ${size} elements, forward and backward`,
	cases: [{ name: "T5", make: { ours, closures, byHand }, units: operations, unit: "op", target: 500 }],
};
