/**
 * A computation in DOT, the language of Graphviz.
 *
 * A picture becomes a model of ts-graphviz, which writes the text. What is shown
 * is decided in picture.ts, what a box says in label.ts, how it looks in look.ts.
 *
 * Note [the backward pass is mirrored]
 * Drawn as it runs, a backward pass would double the length of the picture, and
 * every value it reads would draw a line around the whole. So beside a forward
 * pass its edges are written from result to operand with `dir=back`: the
 * arrow still points to the result, and the box of a gradient comes to lie
 * beside the box whose gradient it is. Edges by which it reads forward values
 * may have no length (`minlen=0`), which pulls the two together; `newrank` lets
 * that act across clusters.
 *
 * Note [what Graphviz lays first]
 * Where results lie to the right, Graphviz begins with the boxes at the bottom.
 * Boxes and clusters are written in reverse then, so that the first operand and
 * the first neuron are on top.
 */
import { Digraph, type GraphBaseModel, toDot as write } from "ts-graphviz";
import type { Node } from "../src/core/tensor.js";
import { type LabelOptions, labelOf, textLabel } from "./label.js";
import { type Face, faces, inks, lines, type SortOfBox, sizes, typeface } from "./look.js";
import { type Box, type Cluster, type PictureOptions, pictureOf } from "./picture.js";

/** What a picture shows, and how it lies. */
export interface DotOptions extends PictureOptions, LabelOptions {
	/** Where results lie, seen from their operands; `right` when left out. */
	readonly direction?: "right" | "down" | undefined;
	/** A line above the picture. */
	readonly title?: string | undefined;
}

/**
 * The computation that gave `nodes`, as a graph in DOT.
 *
 * The same computation gives the same text, byte for byte. Gradients shown are
 * those of the sum of all elements of the outputs; nothing of the computation is
 * changed, and `.grad` neither read nor written.
 *
 * @throws where a parameter was assigned after it was used, as its gradient can no longer be told (pass `gradients: false`);
 * and for the backward pass where no output depends on a variable, or `wrt` names one that is not reached.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { toDot } from "chainrule/viz";
 * const x = scalar(3, "x");
 * console.log(toDot(x.add(x)).match(/->/g)?.length); // 2
 * ```
 */
export function toDot(nodes: Node | readonly Node[], options: DotOptions = {}): string {
	const outputs = Array.isArray(nodes) ? (nodes as readonly Node[]) : [nodes as Node];
	const { root, edges, links } = pictureOf(outputs, options);
	const mirrored = options.pass === "both";
	const graph = new Digraph("computation", {
		rankdir: options.direction === "down" ? "TB" : "LR",
		bgcolor: "transparent",
		nodesep: 0.22,
		ranksep: 0.4,
		fontname: typeface,
		fontsize: sizes.text,
		...(options.title === undefined ? {} : { labelloc: "t", label: textLabel(options.title, sizes.title) }),
	});
	graph.node({
		shape: "box",
		margin: "0.09,0.05",
		width: 0.3,
		height: 0.3,
		fontname: typeface,
		fontsize: sizes.text,
		fontcolor: inks.text,
	});
	if (mirrored) graph.apply({ newrank: true });
	graph.edge({ color: lines.edge, arrowsize: 0.6, penwidth: 1 });
	let clusters = 0;
	// See Note [what Graphviz lays first].
	const inOrder = <Thing>(things: readonly Thing[]): readonly Thing[] =>
		options.direction === "down" ? things : [...things].reverse();
	const fill = (into: Pick<GraphBaseModel, "node" | "subgraph">, { boxes, clusters: inner }: Cluster): void => {
		for (const box of inOrder(boxes)) {
			into.node(box.id, { label: labelOf(box, options), class: classesOf(box), ...faceOf(box) });
		}
		for (const cluster of mirrored && into === graph ? inner : inOrder(inner)) {
			const frame = { label: textLabel(cluster.name ?? "", sizes.cluster), labeljust: "l", margin: 10 } as const;
			const drawn = { style: "rounded,filled", color: lines.cluster, fillcolor: lines.clusterFill } as const;
			into.subgraph(`cluster_${++clusters}`, { ...frame, ...drawn }, (subgraph) => fill(subgraph, cluster));
		}
	};
	fill(graph, root);
	for (const { from, to } of edges) {
		const along = from.pass === "backward" && to.pass === "backward";
		const color = from.kind === "constant" ? lines.constant : along ? lines.backward : undefined;
		const face = color === undefined ? {} : { color };
		if (!mirrored || (from.pass === to.pass && !along)) graph.edge([from.id, to.id], face);
		else if (along) graph.edge([to.id, from.id], { dir: "back", ...face });
		else graph.edge([from.id, to.id], { minlen: 0, ...face });
	}
	for (const { from, to } of links) graph.edge([from.id, to.id], link);
	// How large a picture may be is for its reader to say.
	return write(graph, { convert: { maxASTNodes: 0 } });
}

const link = { class: "link", style: "dotted", constraint: false, color: lines.link, arrowhead: "none" } as const;

function sortOf({ kind, pass, result, reference }: Box): SortOfBox {
	if (reference) return kind === "operation" ? "reference" : kind;
	if (pass === "backward") return result ? "gradient" : kind === "operation" ? "derivative" : "constant";
	return result ? "output" : kind;
}

function faceOf(box: Box): Face {
	return faces[sortOf(box)];
}

/** Classes in the SVG, for a page's own style: the sort of the box and its pass. */
function classesOf(box: Box): string {
	return `${sortOf(box)} ${box.pass}`;
}
