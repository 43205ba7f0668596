/**
 * S4: one expression with three partials.
 *
 * The quadratic cost of one sigmoid neuron, (y - σ(w x + b))² / 2, and its
 * gradient by w, b and x: built and differentiated again for every evaluation,
 * as an optimizer does that calls a function. The numbers change from one
 * evaluation to the next, so that no compiler can take them out of the loop.
 */
import { gradients, scalar, sigmoid, sub } from "chainrule";
import { Value } from "./closures.js";
import { type Contender, uniform, type Workload } from "./workload.js";

const evaluations = 1_000;

const [ws, bs, xs, ys] = (() => {
	const random = uniform(4);
	return Array.from({ length: 4 }, () => Array.from({ length: evaluations }, () => 4 * random() - 2));
})() as [number[], number[], number[], number[]];

/** Every evaluation makes its own leaves. */
function oursFresh(): Contender {
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			const w = scalar(ws[index]!);
			const b = scalar(bs[index]!);
			const x = scalar(xs[index]!);
			const c = sub(ys[index]!, sigmoid(w.mul(x).add(b)))
				.square()
				.mul(0.5);
			const [gw, gb, gx] = gradients(c, [w, b, x]);
			cost += c.value;
			dw += gw.value;
			db += gb.value;
			dx += gx.value;
		}
		return [cost, dw, db, dx];
	};
}

/** The leaves stay and are assigned new values; gradients are left in `.grad`. */
function oursAssigned(): Contender {
	const w = scalar(0);
	const b = scalar(0);
	const x = scalar(0);
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			w.assign(ws[index]!);
			b.assign(bs[index]!);
			x.assign(xs[index]!);
			const c = sub(ys[index]!, sigmoid(w.mul(x).add(b)))
				.square()
				.mul(0.5);
			const [gw, gb, gx] = gradients(c, [w, b, x]);
			cost += c.value;
			dw += gw.value;
			db += gb.value;
			dx += gx.value;
		}
		return [cost, dw, db, dx];
	};
}

/** The leaves stay as they are; the label changes. */
function oursKept(): Contender {
	const w = scalar(0.6);
	const b = scalar(0.9);
	const x = scalar(1.1);
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			const c = sub(ys[index]!, sigmoid(w.mul(x).add(b)))
				.square()
				.mul(0.5);
			const [gw, gb, gx] = gradients(c, [w, b, x]);
			cost += c.value;
			dw += gw.value;
			db += gb.value;
			dx += gx.value;
		}
		return [cost, dw, db, dx];
	};
}

/** As kept, with the gradients left in `.grad` by `backward()`. */
function oursBackward(): Contender {
	const w = scalar(0.6);
	const b = scalar(0.9);
	const x = scalar(1.1);
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			for (const leaf of [w, b, x]) leaf.zeroGrad();
			const c = sub(ys[index]!, sigmoid(w.mul(x).add(b)))
				.square()
				.mul(0.5);
			c.backward();
			cost += c.value;
			dw += w.grad!;
			db += b.grad!;
			dx += x.grad!;
		}
		return [cost, dw, db, dx];
	};
}

function costOf(w: Value, b: Value, x: Value, y: number): Value {
	return new Value(y).sub(w.mul(x).add(b).sigmoid()).square().mul(0.5);
}

function closuresFresh(): Contender {
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			const w = new Value(ws[index]!);
			const b = new Value(bs[index]!);
			const x = new Value(xs[index]!);
			const c = costOf(w, b, x, ys[index]!);
			c.backward();
			cost += c.data;
			dw += w.grad;
			db += b.grad;
			dx += x.grad;
		}
		return [cost, dw, db, dx];
	};
}

function closuresAssigned(): Contender {
	const w = new Value(0);
	const b = new Value(0);
	const x = new Value(0);
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			w.data = ws[index]!;
			b.data = bs[index]!;
			x.data = xs[index]!;
			w.grad = 0;
			b.grad = 0;
			x.grad = 0;
			const c = costOf(w, b, x, ys[index]!);
			c.backward();
			cost += c.data;
			dw += w.grad;
			db += b.grad;
			dx += x.grad;
		}
		return [cost, dw, db, dx];
	};
}

function closuresKept(): Contender {
	const w = new Value(0.6);
	const b = new Value(0.9);
	const x = new Value(1.1);
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			w.grad = 0;
			b.grad = 0;
			x.grad = 0;
			const c = costOf(w, b, x, ys[index]!);
			c.backward();
			cost += c.data;
			dw += w.grad;
			db += b.grad;
			dx += x.grad;
		}
		return [cost, dw, db, dx];
	};
}

/** ∂C/∂z = -(y - a) a (1 - a); then by w, b and x of z = w x + b. */
function byHand(w: readonly number[], b: readonly number[], x: readonly number[]): Contender {
	return () => {
		let cost = 0;
		let dw = 0;
		let db = 0;
		let dx = 0;
		for (let index = 0; index < evaluations; index++) {
			const a = 1 / (1 + Math.exp(-(w[index]! * x[index]! + b[index]!)));
			const e = ys[index]! - a;
			const gz = -e * a * (1 - a);
			cost += (e * e) / 2;
			dw += gz * x[index]!;
			db += gz;
			dx += gz * w[index]!;
		}
		return [cost, dw, db, dx];
	};
}

function constantly(value: number): number[] {
	return new Array<number>(evaluations).fill(value);
}

const perEvaluation = { units: evaluations, unit: "evaluation", target: 350 } as const;
const changing = (): Contender => byHand(ws, bs, xs);
const kept = (): Contender => byHand(constantly(0.6), constantly(0.9), constantly(1.1));

/** S4. */
export const expression: Workload = {
	name: "S4",
	says: "(y - sigmoid(w x + b))² / 2 with its three partials, built for every evaluation",
	cases: [
		{ name: "S4 new leaves", make: { ours: oursFresh, closures: closuresFresh, byHand: changing }, ...perEvaluation },
		{
			name: "S4 assigned leaves",
			make: { ours: oursAssigned, closures: closuresAssigned, byHand: changing },
			...perEvaluation,
		},
		{ name: "S4 kept leaves", make: { ours: oursKept, closures: closuresKept, byHand: kept }, ...perEvaluation },
		{
			name: "S4 kept leaves, backward()",
			make: { ours: oursBackward, closures: closuresKept, byHand: kept },
			...perEvaluation,
		},
	],
};
