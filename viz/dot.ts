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
import { orderOf } from "../src/core/graph.js";
import { Scalar } from "../src/core/tape.js";
import type { Node } from "../src/core/tensor.js";
import { type Contribution, contributionsAlong, type FlowOptions, partialOf, partialText } from "./flow.js";
import { type FoldOptions, folded } from "./fold.js";
import {
	edgeLabel,
	type LabelOptions,
	labelOf,
	legendLabel,
	plateLabel,
	type Remarks,
	shortText,
	textLabel,
} from "./label.js";
import { type Face, type Inks, type Look, looks, type SortOfBox, sizes, type Theme, typeface } from "./look.js";
import { type MarkOptions, marksOf } from "./marks.js";
import { type PathOptions, pathFrom } from "./path.js";
import {
	type Box,
	boxesIn,
	type Cluster,
	type Edge,
	type Picture,
	type PictureOptions,
	pictureOf,
	type Shown,
} from "./picture.js";
import { gradientSize, type Scale, type ShadeOptions, scaleOf, ticksOf } from "./shade.js";
import { type Drawable, type InputOptions, subjectOf } from "./subject.js";

/** What a picture shows, and how it lies. */
export interface DotOptions
	extends PictureOptions,
		InputOptions,
		FoldOptions,
		LabelOptions,
		FlowOptions,
		MarkOptions,
		PathOptions,
		ShadeOptions {
	/** Where results lie, seen from their operands; `right` when left out. */
	readonly direction?: "right" | "down" | undefined;
	/** A line above the picture. */
	readonly title?: string | undefined;
	/** For pages that are always dark; `light` when left out, which stands on any page. */
	readonly theme?: Theme | undefined;
}

/**
 * The computation that gave `nodes`, as a graph in DOT. A module or function is
 * called with `inputs` for it.
 *
 * The same computation gives the same text, byte for byte. Gradients shown are
 * those of the sum of all elements of the outputs; nothing of the computation is
 * changed, and `.grad` neither read nor written.
 *
 * @throws where a parameter was assigned after it was used, as its gradient can no longer be told (pass `gradients: false`);
 * where what is given is nothing that can be drawn;
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
export function toDot(nodes: Drawable, options: DotOptions = {}): string {
	const mirrored = options.pass === "both";
	const flow = options.contributions === true || options.shade === true;
	const whole = pictureOf(subjectOf("toDot", nodes, options), { ...options, flow });
	const picture = folded(whole, options, mirrored);
	const look = looks[options.theme ?? "light"];
	const said = sayingsOf(whole, picture, options);
	const { root, edges, links } = picture;
	const isDown = options.direction === "down";
	const graph = new Digraph("computation", {
		rankdir: isDown ? "TB" : "LR",
		bgcolor: "transparent",
		nodesep: 0.22,
		ranksep: 0.4,
		fontname: typeface,
		fontsize: sizes.text,
		...titleOf(options, said.scale, look),
		...(isDense(picture) ? hasty : {}),
	});
	graph.node({
		shape: "box",
		margin: "0.09,0.05",
		width: 0.3,
		height: 0.3,
		fontname: typeface,
		fontsize: sizes.text,
		fontcolor: look.inks.text,
	});
	if (mirrored) graph.apply({ newrank: true });
	graph.edge({ color: look.lines.edge, arrowsize: 0.6, penwidth: 1 });
	let clusters = 0;
	// See Note [what Graphviz lays first].
	const inOrder = <Thing>(things: readonly Thing[]): readonly Thing[] => (isDown ? things : [...things].reverse());
	const fill = (into: Pick<GraphBaseModel, "node" | "subgraph">, { boxes, clusters: inner }: Cluster<Shown>): void => {
		for (const box of inOrder(boxes)) {
			const { face, inks } = faceOf(box, said, look);
			const label = labelOf(box, options, inks, said.remarksOf(box));
			into.node(box.id, { label, class: classesOf(box, said), ...face });
		}
		for (const cluster of mirrored && into === graph ? inner : inOrder(inner)) {
			const label = plateLabel(cluster.name ?? "", look);
			const frame = { label, labeljust: "l", margin: 10 } as const;
			const drawn = { style: "rounded,filled", color: look.lines.cluster, fillcolor: look.lines.clusterFill } as const;
			into.subgraph(`cluster_${++clusters}`, { ...frame, ...drawn }, (subgraph) => fill(subgraph, cluster));
		}
	};
	fill(graph, root);
	for (const edge of edges) {
		const { from, to } = edge;
		const along = from.pass === "backward" && to.pass === "backward";
		const color = from.kind === "constant" ? look.lines.constant : along ? look.lines.backward : undefined;
		const texts = said.textsAlong(edge, isDown ? "↑" : "←", look.inks);
		const face = {
			...(color === undefined ? {} : { color }),
			...(edge.uses === 1 ? {} : { penwidth: widthFor(edge.uses) }),
			...pathFace(edge, said, look),
			...(texts.length === 0 ? {} : { label: edgeLabel(texts, look.inks) }),
		};
		if (!mirrored || (from.pass === to.pass && !along)) graph.edge([from.id, to.id], face);
		else if (along) graph.edge([to.id, from.id], { dir: "back", ...face });
		else graph.edge([from.id, to.id], { minlen: 0, ...face });
	}
	const link = {
		class: "link",
		style: "dotted",
		constraint: false,
		color: look.lines.link,
		arrowhead: "none",
	} as const;
	for (const { from, to } of links) graph.edge([from.id, to.id], link);
	// How large a picture may be is for its reader to say.
	return write(graph, { convert: { maxASTNodes: 0 } });
}

/** Where nearly everything reads everything: Graphviz would take minutes to lead each edge around all others. */
function isDense({ root, edges }: Picture<Shown>): boolean {
	return edges.length > 200 && edges.length > 3 * boxesIn(root).length;
}

const hasty = { splines: "line", nslimit: 1, nslimit1: 1, mclimit: 0.1 } as const;

/** Many uses as one edge: thicker, up to four times. */
function widthFor(uses: number): number {
	return Math.min(4, Number((1 + Math.log10(uses)).toFixed(1)));
}

// ---------------------------------------------------------------- what is said

/** All that a picture says besides what its nodes are. */
interface Sayings {
	readonly scale: Scale | undefined;
	/** Boxes on the way that is meant; `undefined` where none is. */
	readonly path: ReadonlySet<Box> | undefined;
	remarksOf(box: Shown): Remarks;
	textsAlong(edge: Edge<Shown>, back: string, inks: Inks): readonly (readonly [text: string, ink: string])[];
}

function sayingsOf(whole: Picture, picture: Picture<Shown>, options: DotOptions): Sayings {
	const { partials, contributions = false, marks = true, digits, gradients = true } = options;
	const all = boxesIn(whole.root);
	const found = marks === false ? undefined : marksOf(all, whole.edges, marks === true ? {} : marks);
	const flows: ReadonlyMap<Edge, Contribution> = contributions ? contributionsAlong(whole.edges) : new Map();
	const counts = new Map([...flows].map(([{ from }, { count }]) => [from, count] as const));
	const names = namesIn(all, picture);
	const dense = isDense(picture);
	const textsAlong: Sayings["textsAlong"] = (edge, back, inks) => {
		const { from, to, uses } = edge;
		if (from.kind === "group" || to.kind === "group") return uses > 1 && !dense ? [[`× ${uses}`, inks.outside]] : [];
		const plain = edge as Edge;
		const texts: (readonly [string, string])[] = [];
		const isSame = (a: string, b: string): boolean => a.replace("−", "-") === b;
		if (partials !== undefined && isFlowing(from)) {
			const text = partials === "value" ? undefined : partialText(plain, names.nameOf);
			const value = partials === "formula" ? undefined : partialOf(plain);
			const number = value === undefined ? undefined : shortText(value, digits);
			const isOne = text === undefined || number === undefined || isSame(text, number);
			const both = isOne ? (number ?? text) : `${text} = ${number}`;
			if (both !== undefined) texts.push([both, inks.outside]);
		}
		const flow = flows.get(plain);
		if (flow !== undefined) {
			const place = flow.count === 1 ? "" : `  ${ordinal(flow.place)} of ${flow.count}`;
			texts.push([`${back} ${shortText(flow.value, digits)}${place}`, inks.flow]);
		}
		return texts;
	};
	// Formulas are written first: they decide which boxes need a name.
	if (partials === "formula" || partials === "both")
		for (const edge of picture.edges) textsAlong(edge, "", looks.light.inks);
	return {
		scale: options.shade ? scaleOf(all, looks.light.shades.length) : undefined,
		path: options.highlight === undefined ? undefined : pathFrom(options.highlight, whole),
		remarksOf: (box) => ({
			alias: box.kind === "group" ? undefined : names.aliasOf(box),
			contributions: box.kind === "group" ? undefined : counts.get(box),
			marks:
				box.kind === "group" ? box.boxes.flatMap((inner) => found?.get(inner) ?? []).filter(isFirst) : found?.get(box),
			silent: !gradients,
		}),
		textsAlong,
	};
}

/** A box whose gradient an edge can carry. */
function isFlowing(box: Box): boolean {
	return box.node.requiresGrad && box.kind !== "constant" && box.kind !== "input";
}

function isFirst(text: string, at: number, texts: readonly string[]): boolean {
	return texts.indexOf(text) === at;
}

/** 1st, 2nd, 3rd, 4th, 11th. */
function ordinal(n: number): string {
	const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
	return `${n}${ending}`;
}

/** Names for formulas: those of the boxes, numbers for constants, and v₁, v₂, ... for whoever has none. */
function namesIn(
	boxes: readonly Box[],
	picture: Picture<Shown>,
): { readonly nameOf: (x: Node) => string; readonly aliasOf: (box: Box) => string | undefined } {
	const known = new Map(boxes.map((box) => [orderOf(box.node), box]));
	const aliases = new Map<Box, string>();
	const sources = new Map(
		picture.edges.flatMap(({ via, from }) => via.map(({ node }) => [orderOf(node), from] as const)),
	);
	const nameOf = (x: Node): string => {
		const box = known.get(orderOf(x)) ?? sources.get(orderOf(x));
		if (box?.names[0] !== undefined) return box.names[0];
		if (box === undefined || box.kind === "constant") {
			return x instanceof Scalar || x.size === 1 || box?.kind === "constant" ? shortText(x) : "…";
		}
		if (box.kind === "group") return "…";
		const alias = aliases.get(box) ?? `v${subscript(aliases.size + 1)}`;
		aliases.set(box, alias);
		return alias;
	};
	return { nameOf, aliasOf: (box) => aliases.get(box) };
}

function subscript(n: number): string {
	return Array.from(String(n), (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
}

// ---------------------------------------------------------------- faces

function titleOf({ title }: DotOptions, scale: Scale | undefined, { inks, shades }: Look): object {
	if (scale === undefined)
		return title === undefined ? {} : { labelloc: "t", label: textLabel(title, sizes.title, inks) };
	const steps = ticksOf(scale).map((text, step) => [shadeOf(step, scale, shades), text] as const);
	return { labelloc: "t", label: legendLabel(title, steps, inks) };
}

/** Few steps are spread over all shades, so that they can be told apart. */
function shadeOf(step: number, { steps }: Scale, shades: readonly string[]): string {
	return shades[steps === 1 ? shades.length - 1 : Math.round((step * (shades.length - 1)) / (steps - 1))] as string;
}

function sortOf(box: Shown): SortOfBox {
	if (box.kind === "group") {
		if (box.pass === "backward") return box.result ? "gradient" : "derivative";
		return box.result ? "output" : box.boxes.every(({ kind }) => kind === "variable") ? "variable" : "operation";
	}
	const { kind, pass, result, reference, derivative } = box;
	if (reference) return kind === "operation" ? "reference" : kind;
	if (pass === "backward") return result ? "gradient" : kind === "operation" ? "derivative" : "constant";
	return result ? "output" : derivative ? "derivative" : kind;
}

/** How a box looks, and with which inks it is written. */
function faceOf(box: Shown, said: Sayings, look: Look): { readonly face: object; readonly inks: Inks } {
	const face: Face = look.faces[sortOf(box)];
	const doubled = box.kind === "group" ? { peripheries: 2 } : {};
	const isAside = said.path !== undefined && !isOnPath(box, said.path);
	const step = said.scale?.stepOf(gradientSize(box));
	const shaded =
		said.scale === undefined || step === undefined ? {} : { fillcolor: shadeOf(step, said.scale, look.shades) };
	// A warm ink on a warm ground would be lost.
	const inks = step === undefined ? look.inks : { ...look.inks, gradient: look.inks.text, faint: look.inks.text };
	if (isAside) {
		const { faint } = look.inks;
		return {
			face: { ...face, ...doubled, ...shaded, color: look.lines.aside, fontcolor: faint },
			inks: { ...look.inks, text: faint, gradient: faint },
		};
	}
	const emphasis = said.path === undefined ? {} : { color: look.lines.path, penwidth: Math.max(2.2, face.penwidth) };
	const wrong = said.remarksOf(box).marks?.length
		? { color: look.inks.alarm, penwidth: Math.max(2, face.penwidth) }
		: {};
	return { face: { ...face, ...doubled, ...shaded, ...emphasis, ...wrong }, inks };
}

function isOnPath(box: Shown, path: ReadonlySet<Box>): boolean {
	return box.kind === "group" ? box.boxes.some((inner) => path.has(inner)) : path.has(box);
}

function pathFace({ from, to }: Edge<Shown>, { path }: Sayings, { lines }: Look): object {
	if (path === undefined) return {};
	return isOnPath(from, path) && isOnPath(to, path) ? { color: lines.path, penwidth: 2.4 } : { color: lines.aside };
}

/** Classes in the SVG, for a page's own style: the sort of the box, its pass, and what there is to say about it. */
function classesOf(box: Shown, said: Sayings): string {
	const classes: string[] = [sortOf(box), box.pass];
	if (box.kind === "group") classes.push("folded");
	if (said.remarksOf(box).marks?.length) classes.push("marked");
	if (said.path !== undefined && isOnPath(box, said.path)) classes.push("path");
	return classes.join(" ");
}
