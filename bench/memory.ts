/**
 * Memory: what a long run keeps.
 *
 * Four endless loops in miniature, each in graphs of 1,000 operations
 * that are dropped as soon as the next begins, and one graph that is kept as a
 * whole. Nobody calls dispose: the garbage collector has to find out by itself,
 * see Note [where to cut the tape] in src/core/tape.ts. A loop has a process of
 * its own and reports its highest resident size, the runtime of JavaScript
 * (about 50 MB) included.
 */
import { relu, type Scalar, scalar, sin } from "chainrule";

/** One loop, and how much memory it may take. */
export interface MemoryCase {
	readonly name: string;
	readonly says: string;
	/** Operations, unless asked for another number. */
	readonly operations: number;
	/** MB that the process may take at most. */
	readonly limit: number;
	/** Records at least so many operations; returns how many, and a number that must be finite. */
	readonly run: (operations: number) => { readonly operations: number; readonly check: number };
}

/** What a loop took. */
export interface MemoryUse {
	readonly operations: number;
	/** Highest resident size of the process in MB. */
	readonly peak: number;
	/** Seconds for one operation. */
	readonly time: number;
}

const graph = 1_000;

/** The pendulum of S2: five operations for a step. */
function pendulum(position: Scalar, momentum: Scalar, size: Scalar, operations: number): Scalar {
	let q = position;
	let p = momentum;
	for (let done = 0; done < operations; done += 5) {
		p = p.sub(size.mul(sin(q)));
		q = q.add(size.mul(p));
	}
	return q;
}

/** New leaves for every graph, as a program has that computes one thing after the other. */
function chains(operations: number, differentiate: boolean): ReturnType<MemoryCase["run"]> {
	let check = 0;
	let done = 0;
	for (; done < operations; done += graph) {
		const position = scalar(0.6);
		const end = pendulum(position, scalar(0.1), scalar(0.05), graph);
		if (differentiate) end.backward();
		check += end.value + (position.grad ?? 0);
	}
	return { operations: done, check };
}

/** Leaves that outlive all graphs: 4-8-1 with relu, 49 parameters, 11 points, 1,000 operations. */
function networks(operations: number, train: boolean): ReturnType<MemoryCase["run"]> {
	const width = 8;
	const inputs = 4;
	const points = 11;
	const parameters = Array.from({ length: width * (inputs + 2) + 1 }, (_, index) => scalar(Math.sin(7 * index)));
	let check = 0;
	let done = 0;
	for (; done < operations; done += graph) {
		let total: Scalar | undefined;
		for (let point = 0; point < points; point++) {
			let next = 0;
			let out = parameters[parameters.length - 1]!;
			for (let neuron = 0; neuron < width; neuron++) {
				let sum = parameters[next++]!;
				for (let input = 0; input < inputs; input++) {
					sum = sum.add(parameters[next++]!.mul(Math.cos(point * inputs + input)));
				}
				out = out.add(relu(sum).mul(parameters[next++]!));
			}
			const loss = out.sub(point % 2).square();
			total = total === undefined ? loss : total.add(loss);
		}
		check += total!.value;
		if (!train) continue;
		for (const parameter of parameters) parameter.zeroGrad();
		total!.backward();
		for (const parameter of parameters) parameter.assign(parameter.value - 0.001 * (parameter.grad ?? 0));
	}
	return { operations: done, check };
}

function oneChain(operations: number): ReturnType<MemoryCase["run"]> {
	const leaves = [scalar(0.6), scalar(0.1), scalar(0.05)] as const;
	const end = pendulum(...leaves, operations);
	end.backward();
	return { operations, check: end.value + leaves.reduce((total, leaf) => total + (leaf.grad ?? Number.NaN), 0) };
}

const stream = { operations: 100_000_000, limit: 200 } as const;

/** All loops. */
export const memoryCases: readonly MemoryCase[] = [
	{
		name: "chains, forward and backward",
		says: `graphs of ${graph}, each with leaves of its own`,
		...stream,
		run: (operations) => chains(operations, true),
	},
	{
		name: "chains, forward only",
		says: `graphs of ${graph}, each with leaves of its own`,
		...stream,
		run: (operations) => chains(operations, false),
	},
	{
		name: "networks, trained",
		says: "a small MLP: forward, backward and update, again and again",
		...stream,
		run: (operations) => networks(operations, true),
	},
	{
		name: "networks, forward only",
		says: "the same MLP without backward, and without noGrad",
		...stream,
		run: (operations) => networks(operations, false),
	},
	{
		name: "one chain",
		says: "a single graph, forward and backward",
		operations: 10_000_000,
		limit: 1_000,
		run: oneChain,
	},
];

/** Runs a loop in this process, which should be a new one. */
export function measureMemory({ name, run }: MemoryCase, wanted: number): MemoryUse {
	const before = performance.now();
	const { operations, check } = run(wanted);
	const time = (performance.now() - before) / 1000 / operations;
	if (!Number.isFinite(check)) throw new Error(`${name}: the loop computed ${check}`);
	return { operations, peak: process.resourceUsage().maxRSS * 1024 * 1e-6, time };
}
