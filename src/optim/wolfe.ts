/**
 * How far to go along a direction: a step under the strong Wolfe conditions.
 *
 * Steps grow until the minimum is between two of them, then the interval
 * shrinks around it, both by the minimum of the cubic through two values and
 * two slopes. Nothing is known here of parameters: a function of one number.
 *
 * Source: J. Nocedal and S. J. Wright, "Numerical Optimization", 2006,
 * algorithms 3.5 and 3.6, with the safeguards of M. Schmidt's minFunc, as in
 * PyTorch. A value that is not finite counts as too high.
 */

/** A point on the line: how far, the value there, its slope along the line, and the gradient. */
export interface Trial {
	readonly t: number;
	readonly value: number;
	readonly slope: number;
	readonly gradient: Float64Array;
}

/** The value decreases by this share of what the first slope promises, at least. */
export const decrease = 1e-4;
/** The slope flattens to this share of the first one, at least. */
export const curvature = 0.9;
const mostTrials = 25;

/** True where both strong Wolfe conditions hold between the start of the line and a trial. */
export function satisfiesWolfe(start: Trial, trial: Trial): boolean {
	return isLowEnough(start, trial) && isFlatEnough(start, trial);
}

function isLowEnough(start: Trial, { t, value }: Trial): boolean {
	return value <= start.value + decrease * t * start.slope;
}

function isFlatEnough(start: Trial, { slope }: Trial): boolean {
	return Math.abs(slope) <= -curvature * start.slope;
}

/**
 * A trial that satisfies the strong Wolfe conditions, or the lowest one where
 * none is found: within 25 trials, or while the interval is wider than
 * `narrowest`.
 */
export function strongWolfe(at: (t: number) => Trial, start: Trial, first: number, narrowest: number): Trial {
	let trials = 1;
	let before = start;
	let trial = at(first);
	for (;;) {
		const left = mostTrials - trials;
		const isTooHigh = !isLowEnough(start, trial) || (trials > 2 && trial.value >= before.value);
		if (isTooHigh) return zoom(at, start, before, trial, left, narrowest);
		if (isFlatEnough(start, trial) || left === 0) return trial;
		if (trial.slope >= 0) return zoom(at, start, trial, before, left, narrowest);
		const next = minimumOfCubic(before, trial, trial.t + 0.01 * (trial.t - before.t), 10 * trial.t);
		before = trial;
		trial = at(next);
		trials++;
	}
}

/** Narrows an interval that holds such a step; `best` is low enough, and its slope points to `other`. */
function zoom(
	at: (t: number) => Trial,
	start: Trial,
	best: Trial,
	other: Trial,
	trials: number,
	narrowest: number,
): Trial {
	let low = best;
	let high = other;
	let stalled = false;
	for (let left = trials; left > 0; left--) {
		const [from, to] = low.t <= high.t ? [low, high] : [high, low];
		const width = to.t - from.t;
		if (width < narrowest) break;
		let t = minimumOfCubic(from, to, from.t, to.t);
		const margin = 0.1 * width;
		const isNearEnd = Math.min(to.t - t, t - from.t) < margin;
		if (isNearEnd && (stalled || t >= to.t || t <= from.t)) {
			t = to.t - t < t - from.t ? to.t - margin : from.t + margin;
			stalled = false;
		} else stalled = isNearEnd;

		const trial = at(t);
		if (!isLowEnough(start, trial) || trial.value >= low.value) high = trial;
		else {
			if (isFlatEnough(start, trial)) return trial;
			if (trial.slope * (high.t - low.t) >= 0) high = low;
			low = trial;
		}
	}
	return low;
}

/** Where the cubic through the values and slopes of two trials, `a.t` ≤ `b.t`, is least within bounds; the middle where it is nowhere. */
function minimumOfCubic(a: Trial, b: Trial, low: number, high: number): number {
	const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
	const d2 = Math.sqrt(d1 * d1 - a.slope * b.slope);
	const t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
	return Number.isNaN(t) ? (low + high) / 2 : Math.min(Math.max(t, low), high);
}
