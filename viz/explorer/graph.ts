/**
 * A picture as numbered lists: the form in which two runs can be matched and a
 * page can be told about them.
 *
 * Every node of the pass is there, also those that pictures fold away: what is
 * left out would be missing from some gradient. A scope with very many nodes is
 * cut into parts, so that nothing is too large to be opened.
 */
import { type Origin, orderOf, originOf } from "../../src/core/graph.js";
import { Scalar } from "../../src/core/tape.js";
import type { Node } from "../../src/core/tensor.js";
import { type Box, boxesIn, type Cluster, pictureOf, type Subject } from "../picture.js";

/** A node, its operands by number. */
export interface Vertex {
	readonly node: Node;
	readonly origin: Origin | undefined;
	readonly kind: Box["kind"];
	readonly name: string | undefined;
	readonly scope: number;
	readonly inputs: readonly number[];
	readonly output: boolean;
}

/** A scope; number 0 is the whole. */
export interface Part {
	readonly name: string;
	readonly parent: number;
}

/** A computation, operands before results. */
export interface Graph {
	readonly vertices: readonly Vertex[];
	readonly parts: readonly Part[];
	/** Number of a node. */
	readonly indexOf: (x: Node) => number | undefined;
}

/** A scope with more nodes and scopes than this is cut into parts. */
const mostInOne = 150;
const mostParts = 40;

/** The graph of what gave `subject`. */
export function graphOf(subject: Subject): Graph {
	const { root } = pictureOf(subject, { broadcasts: true, gradients: false });
	const parts: Part[] = [{ name: "", parent: -1 }];
	const places = new Map<Box, number>();
	const enter = ({ boxes, clusters }: Cluster, scope: number): void => {
		for (const box of boxes) places.set(box, scope);
		for (const inner of clusters) enter(inner, parts.push({ name: inner.name ?? "", parent: scope }) - 1);
	};
	enter(root, 0);
	// In the order of recording, which is that of the pass turned round.
	const boxes = boxesIn(root).sort((a, b) => orderOf(a.node) - orderOf(b.node));
	const indices = new Map(boxes.map(({ node }, index) => [orderOf(node), index]));
	const indexOf = (x: Node): number | undefined => indices.get(orderOf(x));
	const vertices = boxes.map((box): Vertex => {
		const origin = originOf(box.node);
		return {
			node: box.node,
			origin,
			kind: box.kind,
			name: box.names[0],
			scope: places.get(box) as number,
			inputs: (origin?.inputs ?? []).map((x) => indexOf(x) as number),
			output: box.result,
		};
	});
	return { ...divided(vertices, parts), indexOf };
}

/** Cuts scopes that hold too much into parts of neighbours; leaves stay where they are. */
function divided(
	vertices: readonly Vertex[],
	given: readonly Part[],
): { vertices: readonly Vertex[]; parts: readonly Part[] } {
	const parts = [...given];
	const scopes = vertices.map(({ scope }) => scope);
	// What lies directly in a scope, in order: nodes, and scopes where their first node lies.
	const inside: { readonly vertex?: number; readonly part?: number }[][] = parts.map(() => []);
	const met = new Set<number>();
	for (const [vertex, { kind, scope }] of vertices.entries()) {
		if (kind === "operation") inside[scope]?.push({ vertex });
		for (let part = scope; part > 0 && !met.has(part); part = given[part]?.parent ?? -1) {
			met.add(part);
			inside[given[part]?.parent ?? 0]?.push({ part });
		}
	}
	for (const [scope, members] of inside.entries()) {
		if (members.length <= mostInOne) continue;
		const size = Math.ceil(members.length / Math.min(mostParts, Math.ceil(Math.sqrt(members.length / 2))));
		const count = Math.ceil(members.length / size);
		for (let at = 0; at < count; at++) {
			const made = parts.push({ name: `part ${at + 1} of ${count}`, parent: scope }) - 1;
			const chunk = members.slice(at * size, (at + 1) * size);
			inside[made] = chunk; // to be cut again where it is still too much
			for (const { vertex, part } of chunk) {
				if (vertex !== undefined) scopes[vertex] = made;
				if (part !== undefined) parts[part] = { ...(parts[part] as Part), parent: made };
			}
		}
	}
	return { vertices: vertices.map((vertex, index) => ({ ...vertex, scope: scopes[index] as number })), parts };
}

/** The value of an unnamed constant is its name. */
export function isLiteral({ kind, node }: Vertex): boolean {
	return kind === "constant" && (node instanceof Scalar || node.size === 1);
}
