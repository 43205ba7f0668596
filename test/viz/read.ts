/**
 * Pictures as a reader other than their writer sees them: DOT through the
 * parser of ts-graphviz, labels as plain text.
 */
import { fromDot, type GraphBaseModel, type NodeRef } from "ts-graphviz";

/** A node of the DOT text. */
export interface ReadNode {
	readonly id: string;
	/** The cells of its label, row by row. */
	readonly rows: readonly (readonly string[])[];
	readonly classes: readonly string[];
	/** Labels of the clusters around it, the outermost first. */
	readonly clusters: readonly string[];
	/** The same clusters by their identifiers. */
	readonly clusterIds: readonly string[];
}

/** An edge in the direction in which its arrow points. */
interface ReadEdge {
	readonly from: string;
	readonly to: string;
	readonly attributes: ReadonlyMap<string, unknown>;
}

/** A whole picture. */
export interface ReadGraph {
	readonly nodes: ReadonlyMap<string, ReadNode>;
	readonly edges: readonly ReadEdge[];
	/** The dotted links between the passes. */
	readonly links: readonly ReadEdge[];
	/** Label of the graph itself. */
	readonly title: string;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** Text of XML as a reader sees it. */
export function decoded(text: string): string {
	return text
		.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string | undefined) =>
			code === undefined ? (named[name as string] ?? "?") : String.fromCodePoint(Number(code)),
		)
		.replaceAll("\u00a0", " ");
}

function plain(html: string): string {
	const inside = html.replace(/^<(?=<)(.*)>$/s, "$1");
	return decoded(inside.replace(/<BR\/>/g, "\n").replace(/<[^>]*>/g, ""));
}

/** Rows of a label: cells as text, numbers of a matrix as cells of their own. */
function rowsOf(label: string): string[][] {
	return label
		.split("</TR>")
		.map((row) => [...row.matchAll(/<TD[^>]*>((?:(?!<TD|<\/TD>).)*)/g)].map(([, cell]) => plain(cell as string)))
		.map((row) => row.filter((cell) => cell !== ""))
		.filter((row) => row.length > 0);
}

/** Reads DOT. */
export function read(dot: string): ReadGraph {
	const nodes = new Map<string, ReadNode>();
	const edges: ReadEdge[] = [];
	const enter = (graph: GraphBaseModel, clusters: readonly string[], clusterIds: readonly string[]): void => {
		for (const node of graph.nodes) {
			const rows = rowsOf(String(node.attributes.get("label")));
			const classes = String(node.attributes.get("class")).split(" ");
			nodes.set(node.id, { id: node.id, rows, classes, clusters, clusterIds });
		}
		for (const edge of graph.edges) {
			const [tail, head] = edge.targets.map((target) => (target as NodeRef).id) as [string, string];
			const attributes = new Map<string, unknown>(edge.attributes.values as readonly (readonly [string, unknown])[]);
			edges.push(
				attributes.get("dir") === "back" ? { from: head, to: tail, attributes } : { from: tail, to: head, attributes },
			);
		}
		for (const inner of graph.subgraphs) {
			enter(inner, [...clusters, plain(String(inner.get("label")))], [...clusterIds, inner.id ?? ""]);
		}
	};
	const graph = fromDot(dot, { parse: { maxASTNodes: 0 } });
	enter(graph as unknown as GraphBaseModel, [], []);
	const isLink = ({ attributes }: ReadEdge): boolean => attributes.get("style") === "dotted";
	return {
		nodes,
		edges: edges.filter((edge) => !isLink(edge)),
		links: edges.filter(isLink),
		title: plain(String(graph.get("label") ?? "")),
	};
}

/** A picture as lines: every box with the clusters around it, then every edge, and what is written along it. */
export function textOf(dot: string): string {
	const graph = read(dot);
	const name = (id: string): string => (graph.nodes.get(id) as ReadNode).rows[0]?.join(" ") ?? "";
	const boxes = [...graph.nodes.values()].map(({ rows, classes, clusters }) => {
		const [head = [], ...others] = rows;
		const place = clusters.length === 0 ? "" : `${clusters.join(" / ")}: `;
		const rest = others.map((row) => `, ${row.join(" ")}`).join("");
		return `${place}${head.join(" ")}${rest}  (${classes.filter((_, at) => at !== 1).join(", ")})`;
	});
	const edges = graph.edges.map(({ from, to, attributes }) => {
		const label = rowsOf((attributes.get("label") as string | undefined) ?? "").map((row) => row.join(" "));
		return `${name(from)} -> ${name(to)}${label.length === 0 ? "" : `  [${label.join("; ")}]`}`;
	});
	return [...boxes.sort(), "", ...edges.sort()].join("\n");
}

/** The number of a row that begins with `head`: `value` or `grad`. */
export function numberIn(node: ReadNode, head: string): number | undefined {
	const row = node.rows.find(([first]) => first === head);
	return row && Number(row[1]);
}

/** The only node with `name` in its heading. */
export function nodeNamed(graph: ReadGraph, name: string): ReadNode {
	const found = [...graph.nodes.values()].filter(({ rows }) => rows[0]?.[0]?.split("\n").includes(name));
	if (found.length !== 1) throw new Error(`${found.length} nodes are named ${name}`);
	return found[0] as ReadNode;
}
