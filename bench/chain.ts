/**
 * S2: one chain of 10^6 scalar operations with sines.
 *
 * A pendulum, step by step: p ← p - h sin q, then q ← q + h p, five operations.
 * The chains one would write first are no test: where the factor of every step
 * stays on one side of 1, as in x ← 1.01 sin x + 0.1, the gradient is exactly 0
 * or infinite after some thousand steps, and an engine that skips zeros looks
 * fast. These steps preserve area, so gradients of all lengths stay ordinary
 * numbers, and |q| < π/4, where a sine is cheapest.
 */
import { scalar, sin } from "chainrule";
import { Value } from "./closures.js";
import type { Case, Contender, Workload } from "./workload.js";

const operations = 1_000_000;
const q0 = 0.6;
const p0 = 0.1;
const h = 0.05;

/** The step is a leaf, too: every operation but the sine has two tracked operands. */
function oursOfLeaves(steps: number): Contender {
	const leaves = [scalar(q0), scalar(p0), scalar(h)] as const;
	const [position, momentum, size] = leaves;
	return () => {
		let q = position;
		let p = momentum;
		for (let step = 0; step < steps; step++) {
			p = p.sub(size.mul(sin(q)));
			q = q.add(size.mul(p));
		}
		for (const leaf of leaves) leaf.zeroGrad();
		q.backward();
		return [q.value, ...leaves.map((leaf) => leaf.grad ?? 0)];
	};
}

/** The step is a plain number. */
function oursOfNumbers(steps: number): Contender {
	const leaves = [scalar(q0), scalar(p0)] as const;
	const [position, momentum] = leaves;
	return () => {
		let q = position;
		let p = momentum;
		for (let step = 0; step < steps; step++) {
			p = p.sub(sin(q).mul(h));
			q = q.add(p.mul(h));
		}
		for (const leaf of leaves) leaf.zeroGrad();
		q.backward();
		return [q.value, ...leaves.map((leaf) => leaf.grad ?? 0)];
	};
}

function closuresOfLeaves(steps: number): Contender {
	const leaves = [new Value(q0), new Value(p0), new Value(h)] as const;
	const [position, momentum, size] = leaves;
	return () => {
		let q = position;
		let p = momentum;
		for (let step = 0; step < steps; step++) {
			p = p.sub(size.mul(q.sin()));
			q = q.add(size.mul(p));
		}
		for (const leaf of leaves) leaf.grad = 0;
		q.backward();
		return [q.data, ...leaves.map((leaf) => leaf.grad)];
	};
}

function closuresOfNumbers(steps: number): Contender {
	const leaves = [new Value(q0), new Value(p0)] as const;
	const [position, momentum] = leaves;
	return () => {
		let q = position;
		let p = momentum;
		for (let step = 0; step < steps; step++) {
			p = p.sub(q.sin().mul(h));
			q = q.add(p.mul(h));
		}
		for (const leaf of leaves) leaf.grad = 0;
		q.backward();
		return [q.data, ...leaves.map((leaf) => leaf.grad)];
	};
}

/** Keeps what the derivative needs, q, sin q and the new p of every step, and walks back. */
function byHandOfLeaves(steps: number): Contender {
	const qs = new Float64Array(steps);
	const sines = new Float64Array(steps);
	const ps = new Float64Array(steps);
	return () => {
		let q = q0;
		let p = p0;
		for (let step = 0; step < steps; step++) {
			const sine = Math.sin(q);
			qs[step] = q;
			sines[step] = sine;
			p -= h * sine;
			ps[step] = p;
			q += h * p;
		}
		let gq = 1;
		let gp = 0;
		let gh = 0;
		for (let step = steps - 1; step >= 0; step--) {
			gh += gq * ps[step]!;
			gp += gq * h;
			gh -= gp * sines[step]!;
			gq -= gp * h * Math.cos(qs[step]!);
		}
		return [q, gq, gp, gh];
	};
}

function byHandOfNumbers(steps: number): Contender {
	const qs = new Float64Array(steps);
	return () => {
		let q = q0;
		let p = p0;
		for (let step = 0; step < steps; step++) {
			qs[step] = q;
			p -= h * Math.sin(q);
			q += h * p;
		}
		let gq = 1;
		let gp = 0;
		for (let step = steps - 1; step >= 0; step--) {
			gp += gq * h;
			gq -= gp * h * Math.cos(qs[step]!);
		}
		return [q, gq, gp];
	};
}

const full = operations / 5;
const short = 200;

function ofLeaves(steps: number): Case["make"] {
	return {
		ours: () => oursOfLeaves(steps),
		closures: () => closuresOfLeaves(steps),
		byHand: () => byHandOfLeaves(steps),
	};
}

function ofNumbers(steps: number): Case["make"] {
	return {
		ours: () => oursOfNumbers(steps),
		closures: () => closuresOfNumbers(steps),
		byHand: () => byHandOfNumbers(steps),
	};
}

const perOperation = { units: operations, unit: "op" } as const;

/** S2. */
export const chain: Workload = {
	name: "S2",
	says: `chain p ← p - h sin q, q ← q + h p of ${operations} scalar operations, forward and backward`,
	cases: [
		{
			name: "S2 fresh tape",
			make: ofLeaves(full),
			...perOperation,
			target: 25,
			fresh: { warm: ofLeaves(short) },
		},
		{ name: "S2 repeated", make: ofLeaves(full), ...perOperation, target: 13 },
		{ name: "S2 repeated, h a number", make: ofNumbers(full), ...perOperation },
	],
};
