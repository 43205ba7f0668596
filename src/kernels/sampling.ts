/**
 * Samples of distributions, drawn into typed arrays.
 *
 * Everything is computed in float64 from the uniform and normal numbers of a
 * {@link Generator}, and rounded once where it is stored. Each function takes
 * its numbers in the order of its results, so the same state gives the same
 * samples. What a parameter may be is checked by the caller.
 */
import type { Storage } from "../core/dtype.js";
import type { Generator } from "./random.js";

/** A number from the exponential distribution with mean 1, never 0. */
function exponential(random: Generator): number {
	for (;;) {
		const e = -Math.log1p(-random.uniform());
		if (e > 0) return e;
	}
}

/** Fills `out[at]` to `out[at + count - 1]` with -ln of exponential numbers: the standard Gumbel distribution. */
export function fillGumbel(random: Generator, out: Storage, at: number, count: number): void {
	for (let i = at; i < at + count; i++) out[i] = -Math.log(exponential(random));
}

/** Fills `out[at]` to `out[at + count - 1]` with 1 where a uniform number is below `p[from]`, `p[from + 1]`, ..., else 0. */
export function fillBernoulli(
	random: Generator,
	p: Storage,
	from: number,
	out: Storage,
	at: number,
	count: number,
): void {
	for (let i = 0; i < count; i++) out[at + i] = random.uniform() < (p[from + i] as number) ? 1 : 0;
}

/**
 * Fills `out[at]` to `out[at + count - 1]` with ln g, g from the gamma
 * distribution of shape `alpha[from]`, `alpha[from + 1]`, ... and rate 1.
 *
 * Source: Marsaglia and Tsang, 2000; below 1, ln g(a) = ln g(a+1) + ln(u)/a,
 * which does not underflow as g does.
 */
export function fillLogGamma(
	random: Generator,
	alpha: Storage,
	from: number,
	out: Storage,
	at: number,
	count: number,
): void {
	for (let i = 0; i < count; i++) {
		const a = alpha[from + i] as number;
		const boosted = a < 1;
		const d = (boosted ? a + 1 : a) - 1 / 3;
		const c = 1 / Math.sqrt(9 * d);
		let log: number;
		for (;;) {
			const x = random.normal();
			const t = c * x;
			if (t <= -1) continue;
			log = 3 * Math.log1p(t); // of v = (1 + t)³; 1 - v + ln v without the digits that cancel where d is large
			if (-exponential(random) < (x * x) / 2 + d * (log - t * (3 + t * (3 + t)))) break;
		}
		out[at + i] = Math.log(d) + log - (boosted ? exponential(random) / a : 0);
	}
}

/**
 * Fills `out[at]` to `out[at + count - 1]` with indices from 0 to `size` - 1,
 * each as often as `weights[from + index]` says; weights need not add up to 1.
 */
export function fillCategorical(
	random: Generator,
	weights: Float64Array,
	from: number,
	size: number,
	out: Storage,
	at: number,
	count: number,
): void {
	const upTo = new Float64Array(size);
	let total = 0;
	for (let index = 0; index < size; index++) {
		total += weights[from + index] as number;
		upTo[index] = total;
	}
	for (let i = at; i < at + count; i++) {
		// The first index whose sum exceeds u · total, which is below total: never one of weight 0.
		const aim = random.uniform() * total;
		let low = 0;
		let high = size - 1;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((upTo[middle] as number) > aim) high = middle;
			else low = middle + 1;
		}
		out[i] = low;
	}
}

/** `count` different numbers from 0 to `size` - 1 in random order, each order equally likely. Source: Fisher and Yates, 1938. */
export function shuffled(random: Generator, size: number, count: number): Int32Array {
	const taken = new Int32Array(count);
	// Of a few out of many, only the places that changed are kept.
	const changed = new Map<number, number>();
	const order = count < size / 16 ? undefined : new Int32Array(size);
	if (order) for (let i = 0; i < size; i++) order[i] = i;
	const at = (i: number): number => (order ? (order[i] as number) : (changed.get(i) ?? i));
	for (let i = 0; i < count; i++) {
		const other = i + random.integer(size - i);
		taken[i] = at(other);
		if (order) order[other] = at(i);
		else changed.set(other, at(i));
	}
	return taken;
}

/**
 * `count` different indices, drawn one after the other with probabilities in
 * proportion to the weights of those that remain: the `count` smallest of
 * independent exponential numbers with the weights as rates. Source:
 * Efraimidis and Spirakis, 2006.
 */
export function chosen(random: Generator, weights: Float64Array, count: number): Int32Array {
	const times = weights.map((weight) => Math.log(exponential(random)) - Math.log(weight)); // ∞ for a weight of 0
	const order = Int32Array.from(weights, (_, index) => index).sort((a, b) => {
		const [x, y] = [times[a] as number, times[b] as number];
		return x < y ? -1 : x > y ? 1 : a - b;
	});
	return order.subarray(0, count);
}

/** Fills `out` with one row of zeros and a 1, at the largest element, for each row of `x`; the first of several. */
export function oneHotOfLargest(x: Storage, from: number, size: number, out: Storage, at: number): void {
	let largest = 0;
	for (let index = 1; index < size; index++) {
		if ((x[from + index] as number) > (x[from + largest] as number)) largest = index;
	}
	out[at + largest] = 1;
}
