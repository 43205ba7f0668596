/**
 * Schedules: how a learning rate changes from step to step, as a factor.
 *
 * A schedule is a function from the number of steps (or epochs) done, 0 at
 * first, to the factor on the rate the optimizer was made with. It has no state,
 * so it can be drawn, composed, and asked about any step in any order.
 */
import { failure } from "../core/errors.js";
import { checkWord } from "../core/options.js";

/** The factor on the learning rate after `step` steps. */
export type Schedule = (step: number) => number;

/**
 * Multiplies the rate by `factor` after every `every` steps.
 *
 * @example
 * ```ts
 * import { stepDecay } from "chainrule/optim";
 * console.log([0, 29, 30, 60].map(stepDecay({ every: 30, factor: 0.5 })).join(" ")); // 1 1 0.5 0.25
 * ```
 */
export function stepDecay({ every, factor = 0.1 }: { every: number; factor?: number }): Schedule {
	checkCount("stepDecay", "every", every);
	checkFactor("stepDecay", "factor", factor);
	return (step) => factor ** Math.floor(step / every);
}

/** Multiplies the rate by `factor` at each of the steps `milestones`. */
export function multistep({ milestones, factor = 0.1 }: { milestones: readonly number[]; factor?: number }): Schedule {
	checkMilestones("multistep", milestones);
	checkFactor("multistep", "factor", factor);
	return (step) => factor ** milestones.filter((milestone) => milestone <= step).length;
}

/** Multiplies the rate by `factor` at every step. */
export function exponential({ factor }: { factor: number }): Schedule {
	checkFactor("exponential", "factor", factor);
	return (step) => factor ** step;
}

/** Half a wave of the cosine, from 1 down to `minimum` after `steps` steps, where it stays. */
export function cosine({ steps, minimum = 0 }: { steps: number; minimum?: number }): Schedule {
	checkCount("cosine", "steps", steps);
	checkFactor("cosine", "minimum", minimum);
	return (step) => between(1, minimum, Math.min(step / steps, 1));
}

/**
 * Half waves of the cosine from 1 down to `minimum`, each beginning at 1 again:
 * the first takes `steps` steps, each further one `growth` times as many.
 *
 * Source: I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
 */
export function cosineWithRestarts({
	steps,
	growth = 1,
	minimum = 0,
}: {
	steps: number;
	growth?: number;
	minimum?: number;
}): Schedule {
	checkCount("cosineWithRestarts", "steps", steps);
	checkCount("cosineWithRestarts", "growth", growth);
	checkFactor("cosineWithRestarts", "minimum", minimum);
	return (step) => {
		// Waves before this one take steps (growthⁿ - 1) / (growth - 1) together. The logarithm may err by one.
		let wave =
			growth === 1
				? Math.floor(step / steps)
				: Math.floor(Math.log1p((step / steps) * (growth - 1)) / Math.log(growth));
		const startOf = (n: number): number => (growth === 1 ? n * steps : (steps * (growth ** n - 1)) / (growth - 1));
		while (startOf(wave + 1) <= step) wave++;
		while (startOf(wave) > step) wave--;
		return between(1, minimum, (step - startOf(wave)) / (steps * growth ** wave));
	};
}

/** A straight line from `from` to `to` over `steps` steps, then `to`: a warm-up when left at its defaults, 1/3 to 1. */
export function linearWarmup({ steps, from = 1 / 3, to = 1 }: { steps: number; from?: number; to?: number }): Schedule {
	checkCount("linearWarmup", "steps", steps);
	checkFactor("linearWarmup", "from", from);
	checkFactor("linearWarmup", "to", to);
	return (step) => from + (to - from) * Math.min(step / steps, 1);
}

/** How {@link oneCycle} rises and falls. */
export interface OneCycleOptions {
	/** Length of the cycle; the last step has the number `steps` - 1. */
	readonly steps: number;
	/** The share of the cycle in which the rate rises; 0.3 when left out. */
	readonly rising?: number | undefined;
	/** By how much the first rate is lower than the highest; 25 when left out. */
	readonly startDivisor?: number | undefined;
	/** By how much the last rate is lower than the first; 10,000 when left out. */
	readonly endDivisor?: number | undefined;
	/** The line between: `cosine` when left out. */
	readonly line?: "cosine" | "straight" | undefined;
	/** Falls to the first rate as long as it rose, then on to the last. */
	readonly threePhases?: boolean | undefined;
}

/**
 * Up to the optimizer's learning rate, which is the highest, and down again to
 * almost 0, in one cycle; afterwards it stays there.
 *
 * Source: L. N. Smith and N. Topin, "Super-convergence", 2018; phases as in
 * PyTorch's `OneCycleLR`. The momentum is left alone.
 */
export function oneCycle({
	steps,
	rising = 0.3,
	startDivisor = 25,
	endDivisor = 1e4,
	line = "cosine",
	threePhases = false,
}: OneCycleOptions): Schedule {
	checkCount("oneCycle", "steps", steps);
	checkFactor("oneCycle", "startDivisor", startDivisor);
	checkFactor("oneCycle", "endDivisor", endDivisor);
	checkWord("oneCycle", "line", line, ["cosine", "straight"]);
	if (!(rising >= 0 && rising <= (threePhases ? 0.5 : 1))) {
		throw failure({
			what: "oneCycle: not a share of the cycle",
			expected: threePhases ? "rising from 0 to 0.5" : "rising from 0 to 1",
			actual: String(rising),
		});
	}
	const [start, end] = [1 / startDivisor, 1 / startDivisor / endDivisor];
	const peak = rising * steps - 1;
	const corners: readonly (readonly [step: number, factor: number])[] = threePhases
		? [
				[0, start],
				[peak, 1],
				[2 * peak, start],
				[steps - 1, end],
			]
		: [
				[0, start],
				[peak, 1],
				[steps - 1, end],
			];
	const along = line === "cosine" ? between : (from: number, to: number, share: number) => from + (to - from) * share;
	return (step) => {
		const next = corners.findIndex(([corner], index) => index > 0 && step <= corner);
		if (next < 0) return end;
		const [[from, low], [to, high]] = [corners[next - 1], corners[next]] as [[number, number], [number, number]];
		return along(low, high, (step - from) / (to - from));
	};
}

/** The product of several schedules, all at the same step. */
export function chained(...schedules: readonly Schedule[]): Schedule {
	return (step) => schedules.reduce((factor, schedule) => factor * schedule(step), 1);
}

/**
 * Several schedules, one after the other: the next one begins, at its own step
 * 0, at each of the `milestones`.
 *
 * @example
 * ```ts
 * import { cosine, linearWarmup, sequential } from "chainrule/optim";
 * const schedule = sequential([linearWarmup({ steps: 4, from: 0 }), cosine({ steps: 10 })], [4]);
 * console.log([0, 1, 2, 4, 9, 14].map((step) => schedule(step).toFixed(2)).join(" ")); // 0.00 0.25 0.50 1.00 0.50 0.00
 * ```
 */
export function sequential(schedules: readonly Schedule[], milestones: readonly number[]): Schedule {
	checkMilestones("sequential", milestones);
	if (schedules.length !== milestones.length + 1) {
		throw failure({
			what: "sequential: schedules and milestones do not fit together",
			expected: "one schedule more than milestones",
			actual: `${schedules.length} schedules, ${milestones.length} milestones`,
		});
	}
	return (step) => {
		const index = milestones.filter((milestone) => milestone <= step).length;
		return (schedules[index] as Schedule)(step - (milestones[index - 1] ?? 0));
	};
}

/** Half a wave of the cosine: `from` at share 0, `to` at share 1. */
function between(from: number, to: number, share: number): number {
	return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

function checkCount(name: string, option: string, value: number): void {
	if (Number.isSafeInteger(value) && value > 0) return;
	throw failure({
		what: `${name}: not a number of steps`,
		expected: `${option}, a whole number above 0`,
		actual: String(value),
	});
}

function checkFactor(name: string, option: string, value: number): void {
	if (Number.isFinite(value) && value >= 0) return;
	throw failure({
		what: `${name}: not a factor`,
		expected: `${option}, a finite number, 0 or above`,
		actual: String(value),
	});
}

function checkMilestones(name: string, milestones: readonly number[]): void {
	const rise = milestones.every((step, index) => Number.isSafeInteger(step) && step >= (milestones[index - 1] ?? 0));
	if (rise) return;
	throw failure({
		what: `${name}: not milestones`,
		expected: "whole numbers, 0 or above, in rising order",
		actual: `[${milestones.join(", ")}]`,
	});
}
