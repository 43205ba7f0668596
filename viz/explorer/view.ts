/**
 * What can be seen while some scopes are open: the one place that folds.
 *
 * A closed scope is one thing, and what leads into it or out of it leads to
 * that thing. Every use of an operand is kept in exactly one edge or inside of
 * one closed scope, so counts of uses never depend on what is open.
 */
import type { ExplorerData, NodeData } from "./model.js";

/** A node or a closed scope. */
export interface Item {
	readonly id: string;
	readonly kind: "node" | "scope";
	readonly index: number;
	/** The open scope around it. */
	readonly around: number;
	readonly width: number;
	readonly height: number;
}

/** One use of an operand. */
export interface Use {
	readonly node: number;
	readonly operand: number;
}

/** From what stands for the operand to what stands for its reader. */
export interface Link {
	readonly from: number;
	readonly to: number;
	readonly uses: readonly Use[];
}

/** What can be seen. */
export interface View {
	readonly items: readonly Item[];
	readonly links: readonly Link[];
	/** Open scopes with something in them, outer ones first. */
	readonly frames: readonly { readonly scope: number; readonly around: number }[];
	/** The item that stands for a node. */
	readonly standsFor: readonly number[];
	/** Uses inside of closed scopes. */
	readonly hidden: number;
}

type Graph = Pick<ExplorerData, "nodes" | "scopes">;

/** What stands for a node: the outermost closed scope around it, or -1 for the node itself. */
function closedAround({ scopes }: Graph, scope: number, open: ReadonlySet<number>): number {
	let closed = -1;
	for (let at = scope; at > 0; at = scopes[at]?.parent ?? -1) if (!open.has(at)) closed = at;
	return closed;
}

/** The view of `graph` with the scopes `open`; the whole, number 0, is always open. */
export function viewOf(graph: Graph, open: ReadonlySet<number>): View {
	const { nodes, scopes } = graph;
	const items: Item[] = [];
	const places = new Map<string, number>();
	const standsFor = nodes.map(({ scope, width, height }, index) => {
		const closed = closedAround(graph, scope, open);
		const id = closed < 0 ? `n${index}` : `s${closed}`;
		const known = places.get(id);
		if (known !== undefined) return known;
		const size = closed < 0 ? { width, height } : (scopes[closed] as { width: number; height: number });
		const place = items.push({
			id,
			kind: closed < 0 ? "node" : "scope",
			index: closed < 0 ? index : closed,
			around: closed < 0 ? scope : (scopes[closed]?.parent ?? 0),
			width: size.width,
			height: size.height,
		});
		places.set(id, place - 1);
		return place - 1;
	});
	const links = new Map<string, { from: number; to: number; uses: Use[] }>();
	let hidden = 0;
	for (const use of usesIn(nodes)) {
		const from = standsFor[use.source] as number;
		const to = standsFor[use.node] as number;
		if (from === to) {
			hidden++;
			continue;
		}
		// Between two nodes every use is a line of its own: x + x has two.
		const plain = items[from]?.kind === "node" && items[to]?.kind === "node";
		const key = plain ? `${from} ${to} ${use.operand}` : `${from} ${to}`;
		const known = links.get(key);
		const { node, operand } = use;
		if (known) known.uses.push({ node, operand });
		else links.set(key, { from, to, uses: [{ node, operand }] });
	}
	const framed = new Set<number>();
	for (const { around } of items)
		for (let at = around; at > 0 && !framed.has(at); at = scopes[at]?.parent ?? -1) framed.add(at);
	const depth = (scope: number): number => scopesAround(graph, scope).length;
	const frames = [...framed]
		.sort((a, b) => depth(a) - depth(b) || a - b)
		.map((scope) => ({ scope, around: scopes[scope]?.parent ?? 0 }));
	return { items, links: [...links.values()], frames, standsFor, hidden };
}

/** Every use of an operand; where two runs read different operands, the uses of both. */
export function* usesIn(nodes: readonly NodeData[]): Generator<Use & { readonly source: number }> {
	for (const [node, { inputs }] of nodes.entries()) {
		const [first, second] = inputs;
		for (const [operand, source] of (first ?? []).entries()) yield { node, operand, source };
		for (const [operand, source] of (second ?? []).entries())
			if (first?.[operand] !== source) yield { node, operand, source };
	}
}

/** The scopes to open first: from the outermost inwards, as long as at most `most` things are seen. */
export function firstOpen(graph: Graph, most: number): number[] {
	const { nodes, scopes } = graph;
	const counts = scopes.map(() => 0);
	for (const { scope } of nodes) counts[scope] = (counts[scope] ?? 0) + 1;
	for (const { parent } of scopes) if (parent >= 0) counts[parent] = (counts[parent] ?? 0) + 1;
	const open = [0];
	let seen = counts[0] ?? 0;
	for (const outer of open) {
		for (const [scope, { parent }] of scopes.entries()) {
			if (parent !== outer || seen - 1 + (counts[scope] ?? 0) > most) continue;
			seen += (counts[scope] ?? 0) - 1;
			open.push(scope);
		}
	}
	return open;
}

/** Every scope around a node, the innermost first. */
export function scopesAround({ scopes }: Graph, scope: number): number[] {
	const around: number[] = [];
	for (let at = scope; at > 0; at = scopes[at]?.parent ?? -1) around.push(at);
	return around;
}

/** Which lines carry a local derivative, and so need room for it; none where there are many. */
export function labelled(data: Pick<ExplorerData, "runs">, { links }: View): boolean[] {
	const told = new Set<string>();
	for (const { steps } of links.length > 120 ? [] : data.runs)
		for (const { from, operand, local } of steps)
			if (local !== null && typeof local !== "object") told.add(`${from} ${operand}`);
	return links.map(({ uses }) => {
		const [use] = uses;
		return uses.length === 1 && use !== undefined && told.has(`${use.node} ${use.operand}`);
	});
}
