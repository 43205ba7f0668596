/**
 * Layout by Graphviz: a view becomes DOT, and what Graphviz answers becomes
 * places. In the text stand numbers only, so no name can be read as DOT.
 *
 * The library makes the first layout with it, and the page every later one in a
 * Worker.
 */
import { layeredLayout } from "./layered.js";
import type { Direction, Layout } from "./model.js";
import type { Item, View } from "./view.js";

/** From how many boxes and lines on Graphviz is asked for less, and from how many on it is not asked at all. */
const many = 250;
const tooMany = 500;

function extentOf({ items, links }: View): number {
	return items.length + links.length;
}

/** How wide the label of a line is. */
const label = { width: 46, height: 14 } as const;

/** Graphviz as it is found in `@viz-js/viz`. */
interface Graphviz {
	render(
		dot: string,
		options: { readonly format: string },
	): { readonly status: "success"; readonly output: string } | { readonly status: "failure" };
}

/** Lays out `view`: by Graphviz, or where that is too slow or gives up by {@link layeredLayout}. */
export async function layOut(
	view: View,
	direction: Direction,
	labelled: readonly boolean[],
	graphviz: () => Promise<Graphviz>,
): Promise<Layout> {
	if (extentOf(view) > tooMany) return layeredLayout(view, direction);
	try {
		const rendered = (await graphviz()).render(dotOf(view, direction, labelled), { format: "json0" });
		if (rendered.status === "success") return layoutOf(rendered.output, view, direction);
	} catch {
		// A picture that is too deep for the stack of a WebAssembly module ends it.
	}
	return layeredLayout(view, direction);
}

/** The text for Graphviz. `labelled` says which lines have room for a label. */
function dotOf(view: View, direction: Direction, labelled: readonly boolean[]): string {
	const { items, links, frames } = view;
	const coarse = extentOf(view) > many;
	const lines: string[] = [
		"digraph {",
		`graph [rankdir=${direction === "right" ? "LR" : "TB"}, nodesep=0.3, ranksep=${coarse ? 0.5 : 0.45}, margin=0, pad=0.1${coarse ? ", splines=polyline, nslimit=2, mclimit=0.5" : ""}]`,
		'node [shape=box, fixedsize=true, label=""]',
		"edge [dir=none]",
	];
	const inside = new Map<number, string[]>([[0, []]]);
	for (const { scope } of frames) inside.set(scope, []);
	const write = ({ width, height }: Item, index: number): string =>
		`i${index} [width=${inches(width)}, height=${inches(height)}]`;
	// Where results lie to the right, Graphviz begins with what is at the bottom.
	const ordered = [...items.entries()];
	if (direction === "right") ordered.reverse();
	for (const [index, item] of ordered) inside.get(item.around)?.push(write(item, index));
	const put = (scope: number): void => {
		lines.push(...(inside.get(scope) ?? []));
		for (const frame of frames) {
			if (frame.around !== scope) continue;
			// Room at the top for the name of the scope.
			lines.push(
				`subgraph cluster_${frame.scope} {`,
				'graph [margin=12, label=<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="60" HEIGHT="14"><TR><TD></TD></TR></TABLE>>]',
			);
			put(frame.scope);
			lines.push("}");
		}
	};
	put(0);
	for (const [index, { from, to }] of links.entries()) {
		const room =
			!coarse && labelled[index]
				? `, label=<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="${label.width}" HEIGHT="${label.height}"><TR><TD></TD></TR></TABLE>>`
				: "";
		lines.push(`i${from} -> i${to} [id=${index}${room}]`);
	}
	return `${lines.join("\n")}\n}\n`;
}

function inches(points: number): string {
	return (points / 72).toFixed(4);
}

/** What Graphviz writes as JSON, as far as it is read here. */
interface Answer {
	readonly bb: string;
	readonly objects?: readonly { readonly name: string; readonly pos?: string; readonly bb?: string }[];
	readonly edges?: readonly { readonly id: string; readonly pos?: string; readonly lp?: string }[];
}

/** The layout in what Graphviz answered in its format `json0`. */
function layoutOf(answer: string, view: View, direction: Direction): Layout {
	const { bb, objects = [], edges = [] } = JSON.parse(answer) as Answer;
	const [left, bottom, right, top] = numbers(bb) as [number, number, number, number];
	const x = (value: number): number => round(value - left);
	const y = (value: number): number => round(top - value);
	const places: (readonly [number, number])[] = view.items.map(() => [0, 0]);
	const frames: Layout["frames"][number][] = [];
	for (const { name, pos, bb: box } of objects) {
		if (pos !== undefined && name.startsWith("i")) {
			const [px, py] = numbers(pos) as [number, number];
			places[Number(name.slice(1))] = [x(px), y(py)];
		} else if (box !== undefined && name.startsWith("cluster_")) {
			const [l, b, r, t] = numbers(box) as [number, number, number, number];
			frames.push([Number(name.slice(8)), x(l), y(t), x(r), y(b)]);
		}
	}
	const paths: { d: string; label?: readonly [number, number] }[] = view.links.map(() => ({ d: "" }));
	for (const { id, pos, lp } of edges) {
		const points = (pos ?? "")
			.split(" ")
			.filter((point) => /^[-\d]/.test(point))
			.map((point) => numbers(point) as [number, number])
			.map(([px, py]) => `${x(px)},${y(py)}`);
		const [first, ...others] = points;
		const d = first === undefined ? "" : `M${first}C${others.join(" ")}`;
		const [lx, ly] = lp === undefined ? [] : numbers(lp);
		paths[Number(id)] = lx === undefined || ly === undefined ? { d } : { d, label: [x(lx), y(ly)] };
	}
	// Outer frames are drawn first.
	const order = new Map(view.frames.map(({ scope }, index) => [scope, index]));
	frames.sort(([a], [b]) => (order.get(a) as number) - (order.get(b) as number));
	return { direction, width: round(right - left), height: round(top - bottom), places, frames, paths };
}

function numbers(text: string): number[] {
	return text.split(",").map(Number);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
