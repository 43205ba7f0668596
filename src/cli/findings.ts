/**
 * What the tour found, as tables and words.
 *
 * The screen and the page show the same grids. A number is given as many digits
 * as the notes give; how far tape and hand are apart has a column of its own.
 */
import { reached, startName, threshold } from "./curves.js";
import { sigmaSlope } from "./hand.js";
import { type Comparison, compareNetwork } from "./network.js";
import { atStart, type Epoch, firstEpoch, inversion, largestDifference, learnAll, type Run } from "./neuron.js";
import type { Grid } from "./terminal.js";

/** Everything the tour computes. */
export interface Findings {
	/** Both starts with the quadratic cost, then both with cross-entropy. */
	readonly runs: readonly Run[];
	readonly network: Comparison;
}

/** Computes the tour. */
export function findings(): Findings {
	return { runs: learnAll(), network: compareNetwork() };
}

/** A difference between two computations of the same number: `2.8e-17`, or `0`. */
export function differenceText(difference: number): string {
	return difference === 0 ? "0" : difference.toExponential(1);
}

function six(value: number): string {
	return value.toFixed(6);
}

const equations = { quadratic: ["(55)", "(56)"], "cross-entropy": ["(61)", "(62)"] } as const;

/** Every fiftieth epoch of a run: output, cost, and both slopes by the tape and by the hand formulas. */
export function runGrid(run: Run): Grid {
	const [w, b] = equations[run.cost];
	return {
		head: ["epoch", "output a", "cost C", "∂C/∂w", `by ${w}`, "∂C/∂b", `by ${b}`, "difference"],
		rows: run.epochs
			.filter(({ epoch }) => epoch % 50 === 0)
			.map((at) => [
				String(at.epoch),
				...[at.output, at.cost, at.tape.w, at.hand.w, at.tape.b, at.hand.b].map(six),
				differenceText(at.difference),
			]),
		words: 0,
	};
}

/** The four runs side by side: why and by how much the second start is slower. */
export function slowdownGrid(runs: readonly Run[]): Grid {
	const epochText = (run: Run, holds: (epoch: Epoch) => boolean): string => String(firstEpoch(run, holds) ?? "–");
	return {
		head: ["cost", "start", "σ′(z)", "∂C/∂w", `C < ${threshold}`, `a < ${reached.toFixed(4)}`],
		rows: runs.map((run) => [
			run.cost,
			startName(run.start),
			six(startSlope(run)),
			six(atStart(run).tape.w),
			`epoch ${epochText(run, ({ cost }) => cost < threshold)}`,
			`epoch ${epochText(run, ({ output }) => output < reached)}`,
		]),
		words: 2,
	};
}

function startSlope(run: Run): number {
	const { w, b } = run.start;
	return sigmaSlope(w * inversion.x + b);
}

/** What the slowdown table says, in words. */
export function slowdownWords(runs: readonly Run[]): string[] {
	const [near, far, crossNear, crossFar] = runs as [Run, Run, Run, Run];
	const trained = (run: Run): number => firstEpoch(run, ({ output }) => output < reached) ?? Number.NaN;
	const slope = (run: Run): number => atStart(run).tape.w;
	const ratio = (a: number, b: number, digits: number): string => (a / b).toFixed(digits);
	return [
		`From ${startName(far.start)} the neuron is more wrong (a = ${six(atStart(far).output)} instead of ` +
			`${six(atStart(near).output)}) and yet its first step is ${ratio(slope(near), slope(far), 1)} times smaller: ` +
			`the slope carries the factor σ′(z), which is ${six(startSlope(far))} there instead of ${six(startSlope(near))}. ` +
			`The cost is below ${threshold} from epoch ${trained(far)} on, from the other start from epoch ${trained(near)} on.`,
		"With cross-entropy σ′(z) cancels and ∂C/∂w = (a − y)x: " +
			`${ratio(slope(crossNear), slope(near), 1)} and ${ratio(slope(crossFar), slope(far), 1)} times as steep at the ` +
			`starts. The same outputs are reached at epochs ${trained(crossNear)} and ${trained(crossFar)} instead of ` +
			`${trained(near)} and ${trained(far)}.`,
	];
}

/** The δ of every unit: the tape's slope along z, and the rule. */
export function deltaGrid({ deltas }: Comparison): Grid {
	return {
		head: ["δ", "∂J/∂z tape", "δ rule", "difference"],
		rows: deltas.map(({ name, tape, hand }) => [
			name,
			tape.toFixed(10),
			hand.toFixed(10),
			differenceText(Math.abs(tape - hand)),
		]),
		words: 1,
	};
}

/** The slope of the cost along every weight. */
export function slopeGrid({ updates }: Comparison): Grid {
	return {
		head: ["weight", "rule", "∂J/∂w tape", "δ rule", "difference"],
		rows: updates.map(({ name, rule, tape, hand }) => [
			name,
			rule,
			tape.toFixed(10),
			hand.toFixed(10),
			differenceText(Math.abs(tape - hand)),
		]),
		words: 2,
	};
}

/** The eight updates, w − ∂J/∂w. */
export function updateGrid({ updates }: Comparison): Grid {
	return {
		head: ["weight", "before", "after, tape", "after, δ rule", "difference"],
		rows: updates.map(({ name, before, tapeAfter, handAfter }) => [
			name,
			before.toFixed(2),
			tapeAfter.toFixed(10),
			handAfter.toFixed(10),
			differenceText(Math.abs(tapeAfter - handAfter)),
		]),
		words: 1,
	};
}

/** The cost of the network before and after one step. */
export function stepGrid({ cost, steps }: Comparison): Grid {
	return {
		head: ["", "J = J₁ + J₂"],
		rows: [
			["before", cost.toFixed(10)],
			...steps.map(({ rate, cost: after }) => [`after one step with η = ${rate}`, after.toFixed(10)]),
		],
		words: 1,
	};
}

/** The largest of all differences between tape and hand. */
export function worst({ runs, network }: Findings): number {
	const inNetwork = [
		...network.updates.flatMap(({ tape, hand, tapeAfter, handAfter }) => [tape - hand, tapeAfter - handAfter]),
		...network.deltas.map(({ tape, hand }) => tape - hand),
	];
	return Math.max(largestDifference(runs), ...inNetwork.map(Math.abs));
}
