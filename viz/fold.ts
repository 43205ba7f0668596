/**
 * A picture with parts of it folded: scopes, repetitions, and where nothing
 * else helps whatever comes next to each other.
 *
 * What is folded is drawn as one box, and edges between the same two boxes
 * become one with their number, so that no use is lost. Scopes are opened from
 * the outside in, as long as there is room. No colour and no text is known here.
 *
 * Note [folding makes no circles]
 * A scope is a stretch of the program's time, so nothing outside of it can
 * stand between two things inside. The same holds for neighbours in an order in
 * which everything comes after what it reads. So the edges of a folded picture
 * still run one way. Leaves read nothing, and may go wherever they are read.
 */
import { originOf } from "../src/core/graph.js";
import { type Box, boxesIn, type Cluster, type Edge, type Group, type Picture, type Shown } from "./picture.js";

/** What is drawn as one box. */
export interface FoldOptions {
	/** Folds scopes that lie inside of so many others: 0 folds every scope, 1 those in a scope. */
	readonly depth?: number | undefined;
	/** Scopes to fold, by name or by the end of their path: `"softmax"`, `"layers.2/linear"`. */
	readonly fold?: readonly string[] | undefined;
	/** Scopes to draw open whatever else is said, and those around them; `"step#3"` is the third of that name in its place. */
	readonly unfold?: readonly string[] | undefined;
	/** Folds scopes of one structure in a row, such as the layers of a deep network, into one box with `× n`. False when left out. */
	readonly repeats?: boolean | undefined;
	/** Folds until at most so many boxes are left. When left out: 60, where there would be more than 500. */
	readonly maxBoxes?: number | undefined;
}

/** How many boxes are drawn where nobody says it: all up to `most`, else `folded`. */
const readable = { most: 500, folded: 60 } as const;
/** The longest pattern whose repetition is looked for. */
const longestPattern = 64;

/** A box, or a cluster and all that is in it. */
type Item = Box | Cluster;

/** What stands in one place of a picture. */
interface Entry {
	/** The box, or the scope that may be opened; `undefined` for a row of them. */
	readonly single: Item | undefined;
	readonly boxes: readonly Box[];
	readonly title: Pick<Group, "names" | "symbol" | "times">;
}

/** `picture` with folded parts; `isSplit` says that its outermost clusters are the two passes. */
export function folded(picture: Picture, options: FoldOptions, isSplit: boolean): Picture<Shown> {
	const { depth = Number.POSITIVE_INFINITY, fold = [], unfold = [], repeats = false } = options;
	const size = boxesIn(picture.root).length;
	const limit = options.maxBoxes ?? (size > readable.most ? readable.folded : Number.POSITIVE_INFINITY);
	const isTight = size > limit;
	if (!isTight && !repeats && depth === Number.POSITIVE_INFINITY && fold.length === 0) return picture;

	const passes = isSplit ? picture.root.clusters : [picture.root];
	const paths = pathsOf(passes);
	const open = new Set<Cluster>([picture.root, ...passes]);
	for (const path of paths.values()) {
		if (isMeant(path, unfold)) for (let at: Path | undefined = path; at; at = at.outer) open.add(at.cluster);
	}
	const forced = new Set(open);
	const items = itemsOf(picture);
	const readers = readersOf(picture.edges);
	const rows = new Map<Cluster, readonly Entry[]>();
	const rowOf = (cluster: Cluster): readonly Entry[] => {
		let row = rows.get(cluster);
		if (row === undefined) {
			const { leaves, others } = items(cluster);
			const ordered = isTight || repeats ? repetitions(others, items, forced, isTight) : others.map(entryOf);
			row = [...leaves.map(entryOf), ...ordered];
			const most = passes.includes(cluster) ? Math.floor(limit / passes.length) : Number.POSITIVE_INFINITY;
			if (isTight) row = squeezed(row, most, readers, forced);
			rows.set(cluster, row);
		}
		return row;
	};

	let count = 0;
	const waiting = [...open];
	const isOpen = ({ single }: Entry): boolean => single !== undefined && isCluster(single) && open.has(single);
	for (const cluster of waiting) count += rowOf(cluster).filter((entry) => !isOpen(entry)).length;
	for (let at = 0; at < waiting.length; at++) {
		for (const { single } of rowOf(waiting[at] as Cluster)) {
			if (single === undefined || !isCluster(single) || open.has(single)) continue;
			const path = paths.get(single) as Path;
			if (path.depth >= depth || isMeant(path, fold)) continue;
			const more = isTight ? rowOf(single).length - 1 : 0;
			if (count + more > limit) continue;
			count += more;
			open.add(single);
			waiting.push(single);
		}
	}
	return redrawn(picture, rowOf, isOpen);
}

function isCluster(item: Item): item is Cluster {
	return "clusters" in item;
}

function entryOf(item: Item): Entry {
	if (!isCluster(item))
		return { single: item, boxes: [item], title: { names: item.names, symbol: item.symbol, times: 1 } };
	return { single: item, boxes: boxesIn(item), title: { names: [item.name ?? ""], symbol: undefined, times: 1 } };
}

// ---------------------------------------------------------------- names of scopes

/** Where a scope lies. */
interface Path {
	readonly cluster: Cluster;
	readonly outer: Path | undefined;
	readonly depth: number;
	/** Its name, and its name with its number among those of that name. */
	readonly names: readonly [string, string];
}

function pathsOf(passes: readonly Cluster[]): Map<Cluster, Path> {
	const paths = new Map<Cluster, Path>();
	const enter = (clusters: readonly Cluster[], outer: Path | undefined): void => {
		const counts = new Map<string, number>();
		for (const cluster of clusters) {
			const name = cluster.name ?? "";
			const number = (counts.get(name) ?? 0) + 1;
			counts.set(name, number);
			const path = { cluster, outer, depth: (outer?.depth ?? -1) + 1, names: [name, `${name}#${number}`] } as const;
			paths.set(cluster, path);
			enter(cluster.clusters, path);
		}
	};
	for (const { clusters } of passes) enter(clusters, undefined);
	return paths;
}

/** True where the path ends as one of `patterns` says. */
function isMeant(path: Path, patterns: readonly string[]): boolean {
	return patterns.some((pattern) => {
		let at: Path | undefined = path;
		for (const name of pattern.split("/").reverse()) {
			if (at === undefined || !at.names.includes(name.trim())) return false;
			at = at.outer;
		}
		return true;
	});
}

// ---------------------------------------------------------------- what comes after what

interface Items {
	readonly leaves: readonly Box[];
	/** Operations and scopes, each after those that it reads from. */
	readonly others: readonly Item[];
}

/** What lies in a cluster, in order; see Note [folding makes no circles]. */
function itemsOf(picture: Picture): (cluster: Cluster) => Items {
	/** The clusters around each box, the outermost first, and the box. */
	const chains = new Map<Box, readonly Item[]>();
	const enter = (cluster: Cluster, around: readonly Cluster[]): void => {
		for (const box of cluster.boxes) chains.set(box, [...around, cluster, box]);
		for (const inner of cluster.clusters) enter(inner, [...around, cluster]);
	};
	enter(picture.root, []);
	const reads = new Map<Item, Set<Item>>();
	for (const { from, to } of picture.edges) {
		const [chain, other] = [chains.get(from), chains.get(to)] as [readonly Item[], readonly Item[]];
		const parting = chain.findIndex((item, at) => item !== other[at]);
		if (parting < 0) continue;
		const [source, reader] = [chain[parting], other[parting]] as [Item, Item];
		const known = reads.get(reader);
		if (known) known.add(source);
		else reads.set(reader, new Set([source]));
	}
	const known = new Map<Cluster, Items>();
	return (cluster) => {
		const items = known.get(cluster) ?? {
			leaves: cluster.boxes.filter(({ kind, reference }) => kind !== "operation" || reference),
			others: sorted(
				[...cluster.boxes.filter(({ kind, reference }) => kind === "operation" && !reference), ...cluster.clusters],
				reads,
			),
		};
		known.set(cluster, items);
		return items;
	};
}

/** `items`, each after those of them that it reads; otherwise in the order of the picture. */
function sorted(items: readonly Item[], reads: ReadonlyMap<Item, ReadonlySet<Item>>): Item[] {
	const first = new Map(items.map((item) => [item, positionOf(isCluster(item) ? boxesIn(item) : [item])]));
	const inOrder = (some: Iterable<Item>): Item[] =>
		[...some].filter((item) => first.has(item)).sort((a, b) => (first.get(b) ?? 0) - (first.get(a) ?? 0));
	const done = new Set<Item>();
	const begun = new Set<Item>();
	const open = inOrder(items);
	for (let item = open.at(-1); item !== undefined; item = open.at(-1)) {
		if (begun.has(item)) {
			open.pop();
			done.add(item);
			continue;
		}
		begun.add(item);
		for (const source of inOrder(reads.get(item) ?? [])) if (!begun.has(source)) open.push(source);
	}
	return [...done];
}

function positionOf(boxes: readonly Box[]): number {
	return boxes.reduce((least, { id }) => Math.min(least, Number(id.slice(1))), Number.POSITIVE_INFINITY);
}

// ---------------------------------------------------------------- repetitions

/**
 * `items` with patterns that repeat as one entry each: of scopes from the second
 * time on, of operations alone from the third, and these only where `isTight`.
 */
function repetitions(
	items: readonly Item[],
	itemsIn: (cluster: Cluster) => Items,
	forced: ReadonlySet<Cluster>,
	isTight: boolean,
): Entry[] {
	const sorts = new Map<string, number>();
	const numberOf = (text: string): number => {
		const number = sorts.get(text) ?? sorts.size;
		sorts.set(text, number);
		return number;
	};
	const sortOf = (item: Item): number => {
		if (!isCluster(item)) return numberOf(`${originOf(item.node)?.op.name} ${item.node.shape.join()}`);
		const stem = (item.name ?? "").replace(/\d+/g, "#");
		return numberOf(`${stem}(${itemsIn(item).others.map(sortOf).join()})`);
	};
	const found = items.map((item, at) => {
		// What must stay visible is like nothing else.
		const isAlone = isCluster(item) ? forced.has(item) : isTight && item.result;
		return isAlone ? -1 - at : sortOf(item);
	});
	const patterns = Array.from({ length: Math.min(longestPattern, items.length >> 1) }, (_, at) => {
		const length = at + 1;
		const matching = new Uint32Array(items.length + 1);
		for (let k = items.length - 1 - length; k >= 0; k--)
			matching[k] = found[k] === found[k + length] ? (matching[k + 1] as number) + 1 : 0;
		return { length, matching };
	});
	const entries: Entry[] = [];
	for (let at = 0; at < items.length; ) {
		let [length, times] = [1, 1];
		for (const pattern of patterns) {
			const count = 1 + Math.floor((pattern.matching[at] as number) / pattern.length);
			if (count < 2 || count * pattern.length <= length * times) continue;
			const hasScope = items.slice(at, at + pattern.length).some(isCluster);
			if (hasScope || (isTight && count > 2)) [length, times] = [pattern.length, count];
		}
		const row = items.slice(at, at + length * times);
		entries.push(times === 1 ? entryOf(row[0] as Item) : rowOf(row, length, times));
		at += row.length;
	}
	return entries;
}

/** `times` repetitions of a pattern of `length` items as one. */
function rowOf(items: readonly Item[], length: number, times: number): Entry {
	const boxes = items.flatMap((item) => (isCluster(item) ? boxesIn(item) : [item]));
	const [only] = items as [Item];
	if (length === 1 && !isCluster(only)) {
		return { single: undefined, boxes, title: { names: [], symbol: only.symbol, times } };
	}
	const words = items.slice(0, length).map((item, at) => {
		if (!isCluster(item)) return item.symbol ?? "";
		const last = (items[items.length - length + at] as Cluster).name ?? "";
		return item.name === last ? last : `${item.name} … ${last}`;
	});
	const name = words.length > 4 ? `${words.slice(0, 3).join(" · ")} · …` : words.join(" · ");
	return { single: undefined, boxes, title: { names: [name], symbol: undefined, times } };
}

// ---------------------------------------------------------------- the last resort

/** Stretches of what has no structure: more of them would say nothing more, and everything in them reads everything. */
const mostStretches = 16;

/** From here on leaves that are read alike are one box: where there is room, and where there is none. */
const manyAlike = { roomy: 5, tight: 2 } as const;

function readersOf(edges: readonly Edge[]): ReadonlyMap<Box, readonly Box[]> {
	const readers = new Map<Box, Box[]>();
	for (const { from, to } of edges) {
		const known = readers.get(from);
		if (known) known.push(to);
		else readers.set(from, [to]);
	}
	return readers;
}

/** At most `limit` entries where that can be: leaves that are read alike become one, then neighbours do. */
function squeezed(
	row: readonly Entry[],
	limit: number,
	readersOf: ReadonlyMap<Box, readonly Box[]>,
	forced: ReadonlySet<Cluster>,
): readonly Entry[] {
	const isTight = row.length > limit;
	const isLeaf = ({ single }: Entry): boolean =>
		single !== undefined && !isCluster(single) && single.kind !== "operation";
	const others = row.filter((entry) => !isLeaf(entry));
	const places = new Map(others.flatMap(({ boxes }, at) => boxes.map((box) => [box, at] as const)));
	const readers = new Map<Box, ReadonlySet<number>>();
	for (const entry of row.filter(isLeaf)) {
		const [leaf] = entry.boxes as [Box];
		readers.set(leaf, new Set((readersOf.get(leaf) ?? []).flatMap((reader) => places.get(reader) ?? [])));
	}
	const alike = new Map<string, Entry[]>();
	const guests = new Map<number, Box[]>();
	for (const entry of row.filter(isLeaf)) {
		const [leaf] = entry.boxes as [Box];
		const places = [...(readers.get(leaf) ?? [])];
		const [only] = places;
		// A scope that may be opened has no guests: they would be nowhere then.
		if (isTight && places.length === 1 && only !== undefined && others[only]?.single === undefined)
			guests.set(only, [...(guests.get(only) ?? []), leaf]);
		else {
			const key = `${leaf.kind} ${leaf.result} ${places.join()}`;
			alike.set(key, [...(alike.get(key) ?? []), entry]);
		}
	}
	const many = isTight ? manyAlike.tight : manyAlike.roomy;
	const leaves = [...alike.values()].flatMap((entries) => (entries.length < many ? entries : [stretch(entries)]));
	const housed = others.map((entry, at) => ({ ...entry, boxes: [...(guests.get(at) ?? []), ...entry.boxes] }));
	if (leaves.length + housed.length <= limit) return [...leaves, ...housed];

	// Every leaf before its first reader, then stretches of one length around what must stay visible.
	const firstReader = (entry: Entry): number => Math.min(others.length, ...(readers.get(entry.boxes[0] as Box) ?? []));
	const line = [...housed, ...leaves].map((entry, at) => ({
		entry,
		at: at < others.length ? at : firstReader(entry) - 0.5,
	}));
	line.sort((a, b) => a.at - b.at);
	const mustStay = ({ single }: Entry): boolean =>
		single !== undefined && (isCluster(single) ? forced.has(single) : single.result && single.kind === "operation");
	const staying = line.filter(({ entry }) => mustStay(entry)).length;
	const parts = Math.max(1, Math.min(mostStretches, limit - 2 * staying));
	const length = Math.ceil((line.length - staying) / parts);
	const stretches: Entry[] = [];
	let waiting: Entry[] = [];
	const end = (): void => {
		if (waiting.length > 0) stretches.push(stretch(waiting));
		waiting = [];
	};
	for (const { entry } of line) {
		if (mustStay(entry)) {
			end();
			stretches.push(entry);
			continue;
		}
		waiting.push(entry);
		if (waiting.length === length) end();
	}
	end();
	return stretches;
}

function stretch(entries: readonly Entry[]): Entry {
	const [only] = entries;
	if (entries.length === 1 && only) return only;
	return {
		single: undefined,
		boxes: entries.flatMap(({ boxes }) => boxes),
		title: { names: [], symbol: undefined, times: 1 },
	};
}

// ---------------------------------------------------------------- drawing again

function redrawn(
	picture: Picture,
	rowOf: (cluster: Cluster) => readonly Entry[],
	isOpen: (entry: Entry) => boolean,
): Picture<Shown> {
	const houses = new Map<Box, readonly Box[]>();
	const inside = (box: Box): readonly Box[] => houses.get(box) ?? [];
	const draft = (cluster: Cluster): void => {
		for (const entry of rowOf(cluster)) {
			if (isOpen(entry)) draft(entry.single as Cluster);
			else for (const box of entry.boxes) houses.set(box, entry.boxes);
		}
	};
	draft(picture.root);
	const exits = new Map<readonly Box[], Set<Box>>();
	const leave = (box: Box): void => {
		const known = exits.get(inside(box));
		if (known) known.add(box);
		else exits.set(inside(box), new Set([box]));
	};
	for (const { from, to } of picture.edges) if (inside(from) !== inside(to)) leave(from);
	for (const box of houses.keys()) if (box.result) leave(box);

	const standing = new Map<Box, Shown>();
	let groups = 0;
	const shownAs = ({ single, boxes, title }: Entry): Shown => {
		if (single !== undefined && !isCluster(single)) return single;
		const [first] = boxes as [Box];
		const found = [...(exits.get(boxes) ?? [])];
		return {
			...title,
			id: `g${++groups}`,
			kind: "group",
			pass: first.pass,
			result: boxes.some(({ result }) => result),
			boxes,
			exit: found.length === 1 ? found[0] : undefined,
		};
	};
	const draw = (cluster: Cluster): Cluster<Shown> => {
		const row = rowOf(cluster)
			.map((entry) => ({ entry, position: positionOf(entry.boxes) }))
			.sort((a, b) => a.position - b.position)
			.map(({ entry }) => entry);
		const drawn: Cluster<Shown> = { name: cluster.name, boxes: [], clusters: [] };
		for (const entry of row) {
			if (isOpen(entry)) {
				drawn.clusters.push(draw(entry.single as Cluster));
				continue;
			}
			const shown = shownAs(entry);
			for (const box of entry.boxes) standing.set(box, shown);
			drawn.boxes.push(shown);
		}
		return drawn;
	};
	const root = draw(picture.root);

	const edges = new Map<string, Edge<Shown>>();
	for (const [at, edge] of picture.edges.entries()) {
		const [from, to] = [standing.get(edge.from), standing.get(edge.to)] as [Shown, Shown];
		if (from === to) continue;
		const isPlain = from.kind !== "group" && to.kind !== "group";
		const key = isPlain ? String(at) : `${from.id} ${to.id}`;
		edges.set(key, { ...edge, from, to, uses: (edges.get(key)?.uses ?? 0) + 1 });
	}
	const links = new Map<string, { readonly from: Shown; readonly to: Shown }>();
	for (const link of picture.links) {
		const [from, to] = [standing.get(link.from), standing.get(link.to)] as [Shown, Shown];
		if (from !== to) links.set(`${from.id} ${to.id}`, { from, to });
	}
	return { root, edges: [...edges.values()], links: [...links.values()] };
}
