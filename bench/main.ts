/**
 * `npm run bench -- S1 S2`: the named workloads, or all of them.
 *
 * Prints for every case the median time of the library, of the usual engine of
 * one closure per operation, of a loop written by hand and of the peers that
 * are installed, their ratios, and the target of section 8 of the design.
 * `memory` runs long loops instead, and prints the highest resident size of
 * each; `pictures` draws large computations.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { attentionBlock } from "./attention.js";
import { chain } from "./chain.js";
import { curvature } from "./curvature.js";
import { curve } from "./curve.js";
import { expression } from "./expression.js";
import { inProcess, measure, measureFirst, measureFresh, repeat, type Timing, type Timings } from "./measure.js";
import { type MemoryUse, measureMemory, memoryCases } from "./memory.js";
import { mlp } from "./mlp.js";
import { reluNetwork, sigmoidNetwork } from "./networks.js";
import { peersOf } from "./peers.js";
import { measurePictures } from "./pictures.js";
import { products } from "./products.js";
import { vectors } from "./vectors.js";
import { type Case, type ContenderName, contenders, type Workload } from "./workload.js";

const workloads: readonly Workload[] = [
	mlp,
	chain,
	expression,
	sigmoidNetwork,
	reluNetwork,
	products,
	curve,
	vectors,
	attentionBlock,
	curvature,
];
const patience = { rounds: 5, seconds: 0.5 };
const freshProcesses = 5;

/** What a process of its own is asked to do: to time a case, or to run a loop of the memory checks. */
type Job =
	| {
			readonly case: string;
			/** The contender of a fresh case; all take turns when left out. */
			readonly contender?: ContenderName;
			/** Runs the contender for so long and nothing else. */
			readonly seconds?: number;
	  }
	| { readonly memory: string; readonly operations: number };

function named<Thing extends { readonly name: string }>(things: readonly Thing[], name: string): Thing {
	const found = things.find((thing) => thing.name === name);
	if (found === undefined) throw new Error(`bench: nothing is named ${JSON.stringify(name)}`);
	return found;
}

async function carryOut(job: Job): Promise<unknown> {
	if ("memory" in job) return measureMemory(named(memoryCases, job.memory), job.operations);
	const found = named(
		workloads.flatMap(({ cases }) => cases),
		job.case,
	);
	const one = { ...found, make: { ...found.make, ...(await peersOf(found)) } };
	if (job.contender === undefined) return measure(one, patience);
	return job.seconds === undefined ? measureFirst(one, job.contender) : repeat(one, job.contender, job.seconds);
}

function timingsOf(one: Case): Timings {
	if (!one.fresh) return inProcess<Job, Timings>({ case: one.name });
	return measureFresh(one, freshProcesses, (contender) => inProcess<Job, number>({ case: one.name, contender }));
}

/** 0.0000152 as "15.2 µs". */
function duration(seconds: number): string {
	const [size, unit] = seconds < 1e-6 ? [1e9, "ns"] : seconds < 1e-3 ? [1e6, "µs"] : [1e3, "ms"];
	return `${Number((seconds * size).toPrecision(3))} ${unit}`;
}

function timingText(timing: Timing | undefined, { work }: Case): string {
	if (timing === undefined) return "";
	const { median, spread } = timing;
	const rate = work === undefined ? "" : `, ${Number((work / median / 1e9).toPrecision(3))} GFLOP/s`;
	return `${duration(median)} ±${Math.round((100 * spread) / median)}%${rate}`;
}

function ratio(a: Timing | undefined, b: Timing): string {
	return a === undefined ? "" : Number((a.median / b.median).toPrecision(2)).toString();
}

function targetText({ target }: Case, { ours }: Timings): string {
	if (target === undefined) return "";
	return `${duration(target * 1e-9)} ${ours.median <= target * 1e-9 ? "reached" : "missed"}`;
}

const titles: { readonly [Name in ContenderName]: string } = {
	ours: "ours",
	closures: "closures",
	byHand: "by hand",
	tfjs: "tfjs-wasm",
	jax: "jax-js",
};

function printTimings(chosen: readonly Workload[]): void {
	const measured = chosen.flatMap(({ name, says, cases }) => {
		console.log(`${name}  ${says}`);
		return cases.map((one) => [one, timingsOf(one)] as const);
	});
	// Who computed nothing at all has no column.
	const present = contenders.filter((name) => measured.some(([, timings]) => timings[name] !== undefined));
	const others = present.filter((name) => name !== "ours" && name !== "byHand");
	const head = [
		"case, per unit",
		...present.map((name) => titles[name]),
		...others.map((name) => `${titles[name]}/ours`),
		"ours/by hand",
		"target",
	];
	const table = newTable(head);
	for (const [one, timings] of measured) {
		table.push([
			`${one.name}, ${one.unit}`,
			...present.map((name) => timingText(timings[name], one)),
			...others.map((name) => ratio(timings[name], timings.ours)),
			ratio(timings.ours, timings.byHand),
			targetText(one, timings),
		]);
	}
	console.log(table.toString());
}

function newTable(head: readonly string[]): InstanceType<typeof Table> {
	const colAligns = head.map((_, column) => (column === 0 || column === head.length - 1 ? "left" : "right"));
	return new Table({ head: [...head], colAligns, style: { head: [], border: [] } });
}

/** One loop of the memory checks, and whether it stayed within its limit. */
interface MemoryResult extends MemoryUse {
	readonly name: string;
	readonly limit: number;
}

/** Runs every loop with `operations` operations at most. */
function memoryResults(operations: number): MemoryResult[] {
	return memoryCases.map(({ name, limit, operations: full }) => {
		const job: Job = { memory: name, operations: Math.min(operations, full) };
		return { name, limit, ...inProcess<Job, MemoryUse>(job) };
	});
}

function printMemory(results: readonly MemoryResult[]): void {
	for (const { name, says } of memoryCases) console.log(`memory  ${name}: ${says}`);
	const table = newTable(["loop", "operations", "time per op", "peak", "limit"]);
	for (const { name, operations, time, peak, limit } of results) {
		const verdict = peak < limit ? "kept" : "exceeded";
		table.push([name, operations.toExponential(), duration(time), `${Math.round(peak)} MB`, `${limit} MB ${verdict}`]);
	}
	console.log(table.toString());
}

async function printPictures(): Promise<void> {
	console.log("pictures  computations of 10,000 nodes and more, folded and laid out");
	const table = newTable(["picture", "nodes", "boxes", "time", "limit"]);
	for (const { name, nodes, boxes, time, limit } of await measurePictures(patience.rounds)) {
		table.push([name, nodes, boxes, duration(time), `${duration(limit)} ${time < limit ? "kept" : "exceeded"}`]);
	}
	console.log(table.toString());
}

/** A wrong call ends in one message and status 2. */
function refuse(what: string, expected: string): never {
	console.error(`bench: ${what}\n  expected  ${expected}`);
	process.exit(2);
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			job: { type: "string" },
			operations: { type: "string", default: "Infinity" },
			json: { type: "boolean" },
		},
	});
	if (values.job !== undefined) {
		console.log(JSON.stringify(await carryOut(JSON.parse(values.job) as Job)));
		return;
	}
	const known = [...workloads.map(({ name }) => name), "pictures", "memory"];
	const unknown = positionals.find((name) => !known.includes(name));
	if (unknown !== undefined) refuse(`no workload named ${JSON.stringify(unknown)}`, known.join(", "));
	const operations = Number(values.operations);
	if (!(operations >= 1)) refuse(`--operations ${values.operations}`, "a number from 1, such as 1e7");
	const asked = positionals.length === 0 ? known : positionals;
	if (values.json) {
		if (asked.join() !== "memory") refuse("--json with timings", "memory --json");
		console.log(JSON.stringify(memoryResults(operations)));
		return;
	}
	const processor = cpus();
	console.log(`node ${process.version}, ${processor[0]?.model} × ${processor.length}`);
	const chosen = workloads.filter(({ name }) => asked.includes(name));
	if (chosen.length > 0) printTimings(chosen);
	if (asked.includes("pictures")) await printPictures();
	if (asked.includes("memory")) printMemory(memoryResults(operations));
}

await main();
