/**
 * Where a backward pass stands after some of its steps, and where it gets to:
 * questions to the data, with no page around them.
 */
import {
	type ExplorerData,
	isSummary,
	numberOf,
	type Quantity,
	type RunData,
	type StepData,
	sizeOf,
} from "../model.js";

type Told = Pick<ExplorerData, "nodes" | "runs">;

/** A backward pass with an index by node and by use. */
export interface Pass {
	readonly steps: readonly StepData[];
	/** Steps that contribute to a node, in order. */
	readonly to: ReadonlyMap<number, readonly number[]>;
	/** The step of a use of an operand. */
	readonly by: ReadonlyMap<string, number>;
}

/** The index of `run`. */
export function passOf({ steps }: RunData): Pass {
	const to = new Map<number, number[]>();
	const by = new Map<string, number>();
	for (const [index, step] of steps.entries()) {
		const known = to.get(step.to);
		if (known) known.push(index);
		else to.set(step.to, [index]);
		if (step.from >= 0) by.set(`${step.from} ${step.operand}`, index);
	}
	return { steps, to, by };
}

/** What has arrived at `node` after `done` steps. */
export function arrivedAt(
	{ steps, to }: Pass,
	node: number,
	done: number,
): { readonly total: Quantity; readonly turn: number; readonly turns: number } | undefined {
	let last: StepData | undefined;
	for (const index of to.get(node) ?? []) if (index < done) last = steps[index];
	return last;
}

/** The number of steps after which the gradient of `node` is complete; `undefined` where none arrives. */
export function completeAt({ to }: Pass, node: number): number | undefined {
	const last = to.get(node)?.at(-1);
	return last === undefined ? undefined : last + 1;
}

/** Where a run through the pass stops. */
export type Condition =
	| { readonly kind: "below"; readonly bound: number }
	| { readonly kind: "sign" }
	| { readonly kind: "broken" }
	| { readonly kind: "node"; readonly name: string };

/** After how many steps the run stops, and why. */
export interface Stop {
	readonly at: number;
	readonly step: StepData;
}

function isBroken(quantity: Quantity): boolean {
	return isSummary(quantity) ? quantity.broken > 0 : !Number.isFinite(numberOf(quantity));
}

/** The sign of a quantity; 0 where it has both or none. */
function signOf(quantity: Quantity): number {
	if (!isSummary(quantity)) return Math.sign(numberOf(quantity)) || 0;
	const { low = 0, high = 0 } = quantity;
	return low > 0 ? 1 : high < 0 ? -1 : 0;
}

function holds(data: Told, run: number, condition: Condition, step: StepData): boolean {
	const complete = step.turn === step.turns;
	switch (condition.kind) {
		case "below":
			return complete && sizeOf(step.total) < condition.bound;
		case "sign": {
			const incoming = step.from < 0 ? null : data.nodes[step.from]?.gradients[run];
			if (incoming === null || incoming === undefined) return false;
			return signOf(incoming) * signOf(step.contribution) < 0;
		}
		case "broken":
			return isBroken(step.contribution) || isBroken(step.total);
		case "node":
			return complete && data.nodes[step.to]?.label === condition.name;
	}
}

/** The first step after `done` at which `condition` holds. */
export function nextStop(data: Told, run: number, condition: Condition, done: number): Stop | undefined {
	const steps = data.runs[run]?.steps ?? [];
	for (let index = done; index < steps.length; index++) {
		const step = steps[index] as StepData;
		if (holds(data, run, condition, step)) return { at: index + 1, step };
	}
	return undefined;
}
