/** Which node of one computation is which of the next, while its text is typed: by name, else by what it is made of. */
import type { ExplorerData, NodeData } from "../../explorer/model.js";

type Told = Pick<ExplorerData, "nodes" | "operations">;

function operationOf({ operations }: Told, { op }: NodeData): string {
	return operations[op]?.name ?? "";
}

/** What a node is, as a number: the same for nodes with the same name, or the same operation on the same operands. */
function kindsOf(data: Told, known: Map<string, number>): number[] {
	const kinds: number[] = [];
	for (const node of data.nodes) {
		const { named, label, kind, inputs } = node;
		const made = `${operationOf(data, node)} ${(inputs[0] ?? []).map((input) => kinds[input]).join(" ")}`;
		const key = named ? `= ${label}` : kind === "operation" ? made : `# ${label}`;
		const number = known.get(key) ?? known.size;
		known.set(key, number);
		kinds.push(number);
	}
	return kinds;
}

/** For nodes of `now` the number that they had `before`; those that are new are left out. */
export function matchesOf(before: Told, now: Told): Map<number, number> {
	const known = new Map<string, number>();
	const places = new Map<number, number[]>();
	for (const [index, kind] of kindsOf(before, known).entries()) {
		const same = places.get(kind);
		if (same) same.push(index);
		else places.set(kind, [index]);
	}
	const matches = new Map<number, number>();
	for (const [index, kind] of kindsOf(now, known).entries()) {
		const then = places.get(kind)?.shift();
		if (then !== undefined) matches.set(index, then);
	}
	return matches;
}

/** True for the same nodes with the same operands, whatever the numbers are. */
export function isSameGraph(before: Told, now: Told): boolean {
	return (
		before.nodes.length === now.nodes.length &&
		now.nodes.every((node, index) => {
			const then = before.nodes[index] as NodeData;
			// What a comparison gives is a constant, and is called by its number.
			const isNumber = !node.named && node.kind === "constant" && node.width === then.width;
			return (
				(node.label === then.label || isNumber) &&
				node.kind === then.kind &&
				node.output === then.output &&
				operationOf(now, node) === operationOf(before, then) &&
				String(node.inputs[0]) === String(then.inputs[0])
			);
		})
	);
}

/** True where the passes make the same contributions in the same order. */
export function isSamePass({ runs: [before] }: ExplorerData, { runs: [now] }: ExplorerData): boolean {
	if (before === undefined || now === undefined) return before === now;
	return (
		before.steps.length === now.steps.length &&
		now.steps.every(({ from, operand, to }, index) => {
			const then = before.steps[index];
			return then?.from === from && then.operand === operand && then.to === to;
		})
	);
}
