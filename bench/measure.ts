/**
 * Timing: all contenders, one process, medians.
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
import { type Case, type Contender, type ContenderName, contenders, type Makers } from "./workload.js";

/** Seconds for one unit of a case: the middle sample, and half the range that holds the middle half of them. */
export interface Timing {
	readonly median: number;
	readonly spread: number;
	readonly samples: number;
}

/** One thing for every contender of a case. */
type Each<Thing> = { readonly ours: Thing; readonly byHand: Thing } & { readonly [Name in ContenderName]?: Thing };

/** What a case measured. */
export type Timings = Each<Timing>;

/** Makes one thing for every contender that `make` can make. */
function forEach<Thing>(make: Makers, thing: (name: ContenderName, maker: () => Contender) => Thing): Each<Thing> {
	const entries = contenders.flatMap((name) => {
		const maker = make[name];
		return maker === undefined ? [] : [[name, thing(name, maker)] as const];
	});
	return Object.fromEntries(entries) as Each<Thing>;
}

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

/** Throws unless all contenders arrive at the same numbers, within the tolerance of the case. */
function requireAgreement({ name, make, tolerance = 1e-9 }: Case, runs: Each<Contender>): void {
	const ours = runs.ours();
	forEach(make, (other) => {
		const results = runs[other]!();
		if (results.length !== ours.length) throw new Error(`${name}: ${other} returns other results`);
		for (const [index, mine] of ours.entries()) {
			const theirs = results[index]!;
			if (!(Math.abs(mine - theirs) <= tolerance * Math.max(1, Math.abs(theirs)))) {
				throw new Error(`${name}: result ${index} differs\n  ours      ${mine}\n  ${other.padEnd(9)} ${theirs}`);
			}
		}
	});
}

function seconds(run: Contender): number {
	const before = performance.now();
	run();
	return (performance.now() - before) / 1000;
}

/** Times a case in this process. */
export function measure(one: Case, { rounds, seconds: maxTime }: Patience): Timings {
	const { name, make, units, fresh } = one;
	const runs = forEach(make, (_, maker) => maker());
	requireAgreement(one, runs);
	if (fresh) throw new Error(`${name}: needs a process for every sample`);
	const calls = forEach(make, (contender) => {
		let calls = 0;
		for (let spent = 0; spent < 0.5; calls++) spent += seconds(runs[contender]!);
		return calls;
	});
	const samples = forEach(make, (): number[] => []);
	for (let round = 0; round < rounds; round++) {
		forEach(make, (contender) => {
			// Half a second is sample enough, and once is often enough.
			const slow = calls[contender] === 1;
			if (slow && round > 0) return;
			globalThis.gc?.();
			const minSamples = slow ? 1 : 3;
			const bench = new Benchmark(contender, runs[contender]!, { async: false, maxTime, minSamples });
			bench.run({ async: false });
			if (bench.error) throw bench.error;
			samples[contender]!.push(...bench.stats.sample);
		});
	}
	return forEach(make, (contender) => timing(samples[contender]!, units));
}

/** Seconds of the first long call of one contender in this process, after short calls that let V8 compile everything. */
export function measureFirst({ make, fresh }: Case, contender: ContenderName): number {
	const warm = fresh?.warm[contender]?.();
	if (warm) for (let spent = 0; spent < 0.5; ) spent += seconds(warm);
	const run = make[contender]!();
	globalThis.gc?.();
	return seconds(run);
}

/** Does nothing but run one contender, for a profiler to look at; returns seconds for one unit. */
export function repeat({ make, units }: Case, contender: ContenderName, duration: number): number {
	const run = make[contender]!();
	let calls = 0;
	let spent = 0;
	for (; spent < duration; calls++) spent += seconds(run);
	return spent / calls / units;
}

/** Collects the samples of a case that needs a fresh process for each, through `measureIn`. */
export function measureFresh(
	{ make, units }: Case,
	processes: number,
	measureIn: (contender: ContenderName) => number,
): Timings {
	const samples = forEach(make, (): number[] => []);
	for (let round = 0; round < processes; round++) {
		forEach(make, (contender) => samples[contender]!.push(measureIn(contender)));
	}
	return forEach(make, (contender) => timing(samples[contender]!, units));
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
