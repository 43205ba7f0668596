/**
 * The ways from some nodes to the outputs: along them, and no others, a change
 * of these nodes is felt, and their gradients come back.
 */
import { orderOf } from "../src/core/graph.js";
import type { Node } from "../src/core/tensor.js";
import type { Box, Picture } from "./picture.js";

/** What stands out. */
export interface PathOptions {
	/** Draws every way from this node, or these, to the outputs heavily, and lets everything else step back. */
	readonly highlight?: Node | readonly Node[] | undefined;
}

/** Every box on a way from `nodes`, and in the backward pass every box that serves one. */
export function pathFrom(nodes: Node | readonly Node[], { root, edges, links }: Picture): ReadonlySet<Box> {
	const started = new Set((Array.isArray(nodes) ? (nodes as readonly Node[]) : [nodes as Node]).map(orderOf));
	const readers = new Map<Box, Box[]>();
	for (const { from, to } of edges) {
		const known = readers.get(from);
		if (known) known.push(to);
		else readers.set(from, [to]);
	}
	const found = new Set<Box>();
	const open: Box[] = [];
	const enter = (box: Box): void => {
		if (started.has(orderOf(box.node))) open.push(box);
	};
	for (const { from, to } of edges) {
		enter(from);
		enter(to);
	}
	for (const box of root.boxes) enter(box);
	for (let box = open.pop(); box !== undefined; box = open.pop()) {
		if (found.has(box)) continue;
		found.add(box);
		// The backward pass reads forward values everywhere; only what it does for the path belongs to it.
		open.push(...(readers.get(box) ?? []).filter(({ pass }) => pass === (box as Box).pass));
	}
	for (const { from, to } of links) if (found.has(to)) found.add(from);
	return found;
}
