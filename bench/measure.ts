/**
 * Timing: three contenders, one process, medians.
 *
 * The contenders take turns, round after round, so that a slow minute of the
 * machine hits all of them: ratios are worth more than times. benchmark.js
 * takes the samples, each of at least 50 ms or one call; what it makes of them
 * is a mean, so the median is taken here.
 *
 * Every case runs in a process of its own. What V8 has learned from one
 * workload, and the heap that another leaves behind, then change nothing.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import Benchmark from "benchmark";
import { type Case, type Contender, type ContenderName, contenders } from "./workload.js";

/** Seconds for one unit of a case: the middle sample, and half the range that holds the middle half of them. */
export interface Timing {
	readonly median: number;
	readonly spread: number;
	readonly samples: number;
}

/** What a case measured. */
export type Timings = { readonly [Name in ContenderName]: Timing };

/** How long to measure. */
export interface Patience {
	readonly rounds: number;
	/** Seconds for one contender in one round. */
	readonly seconds: number;
}

function timing(seconds: readonly number[], units: number): Timing {
	const sorted = [...seconds].sort((a, b) => a - b);
	const at = (share: number): number => {
		const place = share * (sorted.length - 1);
		const low = sorted[Math.floor(place)]!;
		return (low + (sorted[Math.ceil(place)]! - low) * (place % 1)) / units;
	};
	return { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2, samples: sorted.length };
}

/** Throws unless all contenders arrive at the same numbers, within 1e-9 of their size. */
function requireAgreement(name: string, results: { readonly [Name in ContenderName]: readonly number[] }): void {
	for (const other of ["closures", "byHand"] as const) {
		if (results[other].length !== results.ours.length) throw new Error(`${name}: ${other} returns other results`);
		for (const [index, mine] of results.ours.entries()) {
			const theirs = results[other][index]!;
			if (!(Math.abs(mine - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs)))) {
				throw new Error(`${name}: result ${index} differs\n  ours      ${mine}\n  ${other.padEnd(9)} ${theirs}`);
			}
		}
	}
}

function seconds(run: Contender): number {
	const before = performance.now();
	run();
	return (performance.now() - before) / 1000;
}

/** Times a case in this process. */
export function measure({ name, make, units, fresh }: Case, { rounds, seconds: maxTime }: Patience): Timings {
	const runs = { ours: make.ours(), closures: make.closures(), byHand: make.byHand() };
	requireAgreement(name, { ours: runs.ours(), closures: runs.closures(), byHand: runs.byHand() });
	if (fresh) throw new Error(`${name}: needs a process for every sample`);
	for (const contender of contenders) for (let spent = 0; spent < 0.5; ) spent += seconds(runs[contender]);
	const samples: Record<ContenderName, number[]> = { ours: [], closures: [], byHand: [] };
	for (let round = 0; round < rounds; round++) {
		for (const contender of contenders) {
			globalThis.gc?.();
			const bench = new Benchmark(contender, runs[contender], { async: false, maxTime, minSamples: 3 });
			bench.run({ async: false });
			if (bench.error) throw bench.error;
			samples[contender].push(...bench.stats.sample);
		}
	}
	return {
		ours: timing(samples.ours, units),
		closures: timing(samples.closures, units),
		byHand: timing(samples.byHand, units),
	};
}

/** Seconds of the first long call of one contender in this process, after short calls that let V8 compile everything. */
export function measureFirst({ make, fresh }: Case, contender: ContenderName): number {
	const warm = fresh?.warm[contender]();
	if (warm) for (let spent = 0; spent < 0.5; ) spent += seconds(warm);
	const run = make[contender]();
	globalThis.gc?.();
	return seconds(run);
}

/** Does nothing but run one contender, for a profiler to look at; returns seconds for one unit. */
export function repeat({ make, units }: Case, contender: ContenderName, duration: number): number {
	const run = make[contender]();
	let calls = 0;
	let spent = 0;
	for (; spent < duration; calls++) spent += seconds(run);
	return spent / calls / units;
}

/** Collects the samples of a case that needs a fresh process for each, through `measureIn`. */
export function measureFresh(
	{ units }: Case,
	processes: number,
	measureIn: (contender: ContenderName) => number,
): Timings {
	const samples: Record<ContenderName, number[]> = { ours: [], closures: [], byHand: [] };
	for (let round = 0; round < processes; round++) {
		for (const contender of contenders) samples[contender].push(measureIn(contender));
	}
	return {
		ours: timing(samples.ours, units),
		closures: timing(samples.closures, units),
		byHand: timing(samples.byHand, units),
	};
}

let program: string | undefined;

/** A copy of this program: a bench takes minutes, and the next `npm run` writes the bundle anew. */
function ownProgram(): string {
	if (program !== undefined) return program;
	const bundle = process.argv[1]!;
	const copy = `${bundle.slice(0, -".mjs".length)}-${process.pid}.mjs`;
	copyFileSync(bundle, copy);
	process.on("exit", () => rmSync(copy, { force: true }));
	program = copy;
	return copy;
}

/** Runs this program again with `job` and returns what it prints, as JSON. */
export function inProcess<Job, Result>(job: Job): Result {
	const { status, stdout } = spawnSync(
		process.execPath,
		[...process.execArgv, ownProgram(), "--job", JSON.stringify(job)],
		{ encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
	);
	if (status !== 0) throw new Error(`bench: the process for ${JSON.stringify(job)} failed`);
	return JSON.parse(stdout.trim().split("\n").at(-1)!) as Result;
}
