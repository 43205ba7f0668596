/**
 * Two runs side by side: which node of the second is which of the first.
 *
 * First what is the same from the leaves up: the same name, operation and scope
 * on the same operands. Then what has the same name in the same scope, then what
 * does the same in the same scope, in order. Values take no part: they are what
 * is to be compared.
 */
import type { Graph, Vertex } from "./graph.js";

/** Both runs as one list of nodes, those of the first before those that only the second has. */
export interface Union {
	/** By node, by run; `undefined` where a run has no such node. */
	readonly pairs: readonly (readonly (Vertex | undefined)[])[];
	/** Number in the list of every node, by run. */
	readonly places: readonly (readonly number[])[];
	readonly parts: Graph["parts"];
	/** Number of the scope of every node. */
	readonly scopes: readonly number[];
}

/** A single run. */
export function alone({ vertices, parts }: Graph): Union {
	return {
		pairs: vertices.map((vertex) => [vertex]),
		places: [vertices.map((_, index) => index)],
		parts,
		scopes: vertices.map(({ scope }) => scope),
	};
}

/** Both runs. */
export function matched(a: Graph, b: Graph): Union {
	const partner = new Map<number, number>();
	const taken = new Set<number>();
	const round = (keysA: readonly (string | undefined)[], keysB: readonly (string | undefined)[]): void => {
		const waiting = new Map<string, number[]>();
		for (const [index, key] of keysA.entries()) {
			if (key === undefined || taken.has(index)) continue;
			const known = waiting.get(key);
			if (known) known.push(index);
			else waiting.set(key, [index]);
		}
		for (const [index, key] of keysB.entries()) {
			if (key === undefined || partner.has(index)) continue;
			const found = waiting.get(key)?.shift();
			if (found === undefined) continue;
			partner.set(index, found);
			taken.add(found);
		}
	};
	const numbers = new Map<string, number>();
	round(structure(a, numbers), structure(b, numbers));
	round(inPlace(a, named), inPlace(b, named));
	round(inPlace(a, doing), inPlace(b, doing));

	const parts = [...a.parts];
	const partOf = new Map<number, number>([[0, 0]]);
	const used = new Set<number>();
	for (const [index, { name, parent }] of b.parts.entries()) {
		if (index === 0) continue;
		const outer = partOf.get(parent) as number;
		const same = a.parts.findIndex((part, at) => part.name === name && part.parent === outer && !used.has(at));
		const place = same > 0 ? same : parts.push({ name, parent: outer }) - 1;
		used.add(place);
		partOf.set(index, place);
	}
	const pairs: (Vertex | undefined)[][] = a.vertices.map((vertex) => [vertex, undefined]);
	const scopes = a.vertices.map(({ scope }) => scope);
	const second = b.vertices.map((vertex, index) => {
		const place = partner.get(index);
		if (place === undefined) {
			scopes.push(partOf.get(vertex.scope) as number);
			return pairs.push([undefined, vertex]) - 1;
		}
		(pairs[place] as (Vertex | undefined)[])[1] = vertex;
		return place;
	});
	return { pairs, places: [a.vertices.map((_, index) => index), second], parts, scopes };
}

/** Names of the scopes around a part. */
function pathOf({ parts }: Graph, part: number): string {
	const names: string[] = [];
	for (let at = part; at > 0; at = parts[at]?.parent ?? -1) names.unshift(parts[at]?.name ?? "");
	return JSON.stringify(names);
}

/** The same for the same structure, from the leaves up. */
function structure(graph: Graph, numbers: Map<string, number>): string[] {
	const keys: string[] = [];
	for (const { name, kind, origin, scope, inputs } of graph.vertices) {
		const below = inputs.map((input) => keys[input]);
		const text = JSON.stringify([name ?? 0, kind, origin?.op.name ?? 0, pathOf(graph, scope), below]);
		// A number for each text: texts of texts would grow without end.
		const number = numbers.get(text) ?? numbers.size;
		numbers.set(text, number);
		keys.push(String(number));
	}
	return keys;
}

function inPlace(graph: Graph, key: (vertex: Vertex) => string | undefined): (string | undefined)[] {
	return graph.vertices.map((vertex) => {
		const found = key(vertex);
		return found === undefined ? undefined : `${pathOf(graph, vertex.scope)} ${found}`;
	});
}

function named({ name }: Vertex): string | undefined {
	return name;
}

function doing({ kind, origin }: Vertex): string {
	return `${kind} ${origin?.op.name ?? ""}`;
}
