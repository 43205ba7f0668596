/**
 * What a picture shows, before anyone decides how: boxes, edges, dotted links
 * and nested clusters, read off the tape.
 *
 * Everything is ordered by walking the computation from its outputs, operands
 * left to right, and named by that order. Serial numbers of the tape take no
 * part, so the same computation built again gives the same picture. Nothing
 * here knows Graphviz, a colour, or an operation by name.
 *
 * Note [what belongs to the backward pass]
 * The engine records a gradient in a scope that remembers the forward node
 * whose gradient it is (`Scope.forward`) and whose parent is the scope of that
 * node. So a node is backward where it was not among the ancestors of the
 * outputs, its cluster is that of the forward node it serves, and the dotted
 * link needs no bookkeeping of ours.
 */
import { failure } from "../src/core/errors.js";
import { type Origin, orderOf, originOf, scopeOfNode } from "../src/core/graph.js";
import type { Scope } from "../src/core/scope.js";
import { Scalar, withRecording } from "../src/core/tape.js";
import { type Node, Tensor } from "../src/core/tensor.js";
import { gradients } from "../src/diff/reverse.js";
import { add } from "../src/ops/arithmetic.js";
import { onesLike } from "../src/ops/create.js";
import { sum } from "../src/ops/movement.js";

/** Which computation is drawn: the recorded one, that of its gradients, or both with links between them. */
export type Pass = "forward" | "backward" | "both";

/** What a picture shows. */
export interface PictureOptions {
	/** The recorded computation, the computation of its gradients, or both side by side; `forward` when left out. */
	readonly pass?: Pass | undefined;
	/** For the backward pass: the nodes whose gradients are drawn. Every tracked leaf when left out. */
	readonly wrt?: readonly Node[] | undefined;
	/** Shows the gradient in every node of the forward pass. They are computed for the picture; `.grad` is neither read nor changed. True when left out. */
	readonly gradients?: boolean | undefined;
	/** Shows nodes that move numbers without changing them: broadcasts, reshapes, casts. They are folded into an edge when left out. */
	readonly broadcasts?: boolean | undefined;
	/** Shows numbers without a name that no gradient reaches. True when left out. */
	readonly constants?: boolean | undefined;
}

/** What a picture needs to know besides. */
interface Wanted extends PictureOptions {
	/** True to compute gradients even where none are shown. */
	readonly flow?: boolean | undefined;
}

/** A computation is known by the order numbers of its nodes: handles of scalars come and go. */
export type Known<Thing> = ReadonlyMap<number, Thing>;

/** `variable`: a leaf that gradients reach; `input`: a named leaf that none reaches; `constant`: one without a name. */
type Kind = "variable" | "input" | "constant" | "operation";

/** What a box of any sort has. */
interface Named {
	readonly id: string;
	readonly pass: "forward" | "backward";
	/** True for what was asked for: an output, or in the backward pass a gradient. */
	readonly result: boolean;
	/** The name, or whose derivative it is: `∂C/∂w`. One line per name. */
	readonly names: readonly string[];
	/** How the operation is written. */
	readonly symbol: string | undefined;
}

/** A node of the picture. */
export interface Box extends Named {
	readonly node: Node;
	readonly kind: Kind;
	/** True for a forward value that only stands for itself in a picture of the backward pass. */
	readonly reference: boolean;
	/** True for an operation that some pass recorded on its way back. */
	readonly derivative: boolean;
	/** The gradient of the outputs at this node. */
	readonly gradient: Node | undefined;
}

/** Boxes folded into one; see fold.ts. */
export interface Group extends Named {
	readonly kind: "group";
	/** How often what it shows comes in a row. */
	readonly times: number;
	readonly boxes: readonly Box[];
	/** The only box inside that is read from outside, or asked for. */
	readonly exit: Box | undefined;
}

/** What can be seen: a node, or many as one. */
export type Shown = Box | Group;

/** A folded node on the way from an operand to its reader, and which of its operands the way comes from. */
export interface Step {
	readonly node: Node;
	readonly operand: number;
}

/** One use of a node by another; `x + x` has two. */
export interface Edge<Item = Box> {
	readonly from: Item;
	readonly to: Item;
	/** Which operand of the reader this is. */
	readonly operand: number;
	/** Folded nodes on the way, the one next to the reader first. */
	readonly via: readonly Step[];
	/** How many uses are drawn as one, where boxes are folded. */
	readonly uses: number;
}

/** A frame around boxes. */
export interface Cluster<Item = Box> {
	/** The name of the scope; `undefined` for the whole picture. */
	readonly name: string | undefined;
	readonly boxes: Item[];
	readonly clusters: Cluster<Item>[];
}

/** From a backward node to the forward node whose gradient it helps to compute. */
export interface Link<Item = Box> {
	readonly from: Item;
	readonly to: Item;
}

/** All that is drawn. */
export interface Picture<Item = Box> {
	readonly root: Cluster<Item>;
	readonly edges: readonly Edge<Item>[];
	readonly links: readonly Link<Item>[];
}

/** Every box below a cluster. */
export function boxesIn<Item>({ boxes, clusters }: Cluster<Item>): Item[] {
	return [...boxes, ...clusters.flatMap(boxesIn)];
}

/** What is to be drawn: the outputs, and names for nodes that have none. */
export interface Subject {
	readonly outputs: readonly Node[];
	readonly names: Known<string>;
}

/** The picture of the computation that gave the outputs. */
export function pictureOf(given: Subject, options: Wanted = {}): Picture {
	const { pass = "forward" } = options;
	const nameOf = (x: Node): string | undefined => x.name ?? given.names.get(orderOf(x));
	const outputs = options.broadcasts ? given.outputs : given.outputs.map(original);
	const forward = walk(outputs, () => true);
	const derivative = pass === "forward" ? undefined : derivativeOf(outputs, forward, options.wrt);
	if (derivative === undefined && pass === "backward") {
		throw failure({
			what: "toDot: there is no backward pass to draw",
			expected: "an output that depends on a scalar(), parameter() or tensor(..., { requiresGrad: true })",
			actual: "outputs computed from constants only",
			fix: "check for detach(), noGrad(), comparisons or integer tensors on the way",
		});
	}
	const results = derivative?.results ?? [];
	const isForward = (x: Node): boolean => forward.has(orderOf(x));
	// A forward value ends the walk back from the gradients: what it was computed from is not the backward pass.
	const backward = walk(results, (x) => !isForward(x));
	const nodes = [...new Map([...(pass === "backward" ? [] : forward), ...backward]).values()];

	const asked = new Set([...(pass === "backward" ? [] : outputs), ...results].map(orderOf));
	const isNamed = (x: Node): boolean => nameOf(x) !== undefined || (derivative?.names.has(orderOf(x)) ?? false);
	const isShown = visibility(options, asked, isNamed);
	const isReference = (x: Node): boolean => pass === "backward" && isForward(x);
	const sources = joining(isShown);
	const shown: Node[] = [];
	const readBy = new Map<number, { readonly source: Source; readonly operand: number }[]>();
	const met = new Set<number>();
	const show = (x: Node): void => {
		if (met.has(orderOf(x))) return;
		met.add(orderOf(x));
		shown.push(x);
	};
	for (const x of nodes) {
		// What stands for a folded reference lies deeper than the walk went.
		if (isReference(x)) for (const source of sources(x)) show(source.node);
		else if (isShown(x)) {
			const inputs = originOf(x)?.inputs ?? [];
			readBy.set(
				orderOf(x),
				inputs.flatMap((input, operand) => sources(input).map((source) => ({ source, operand }))),
			);
			show(x);
		}
	}

	const isFlowing = options.gradients !== false || options.flow === true;
	const arrived = isFlowing && pass !== "backward" ? gradientsAt(outputs, shown, isForward) : undefined;
	const boxes = new Map<number, Box>();
	for (const x of shown) {
		const key = orderOf(x);
		const origin = originOf(x);
		boxes.set(key, {
			id: `n${boxes.size + 1}`,
			node: x,
			kind: kindOf(x, origin, nameOf(x)),
			pass: isForward(x) ? "forward" : "backward",
			result: asked.has(key),
			reference: isReference(x),
			derivative: origin !== undefined && servedBy(x) !== undefined,
			names: [nameOf(x) ?? [], derivative?.names.get(key) ?? []].flat(),
			symbol: origin?.op.symbol,
			gradient: arrived?.get(key),
		});
	}
	const edges: Edge[] = [];
	const links: Link[] = [];
	for (const [key, box] of boxes) {
		for (const { source, operand } of readBy.get(key) ?? []) {
			const from = boxes.get(orderOf(source.node)) as Box;
			edges.push({ from, to: box, operand, via: source.via, uses: 1 });
		}
		if (pass !== "both" || box.pass === "forward" || box.kind !== "operation") continue;
		const served = servedBy(box.node);
		// A folded forward node has no box: what it was computed from stands for it.
		const targets =
			served === undefined ? [] : boxes.has(orderOf(served)) ? [served] : sources(served).map(({ node }) => node);
		for (const key of new Set(targets.map(orderOf))) links.push({ from: box, to: boxes.get(key) as Box });
	}
	return { root: gather(boxes, edges, pass === "both"), edges, links };
}

/** Every node from which `roots` were computed, operands before results; nodes that `enter` refuses are met but not entered. */
function walk(roots: readonly Node[], enter: (x: Node) => boolean): Known<Node> {
	const done = new Map<number, Node>();
	const begun = new Set<number>();
	const open = [...roots].reverse();
	for (let x = open.at(-1); x !== undefined; x = open.at(-1)) {
		const key = orderOf(x);
		if (!begun.has(key)) {
			begun.add(key);
			if (enter(x)) {
				const inputs = originOf(x)?.inputs ?? [];
				for (let at = inputs.length - 1; at >= 0; at--) open.push(inputs[at] as Node);
			}
			continue;
		}
		open.pop();
		// An operand may wait twice; the second time it is done.
		if (!done.has(key)) done.set(key, x);
	}
	return done;
}

/** A literal operand of a scalar operation lies among tracked slots, but no gradient reaches it. */
function isTracked(x: Node): boolean {
	const literal = x instanceof Scalar && x.isLeaf && x.chunk.left.length > 0;
	return x.requiresGrad && !literal;
}

function kindOf(x: Node, origin: Origin | undefined, name: string | undefined): Kind {
	if (origin) return "operation";
	if (isTracked(x)) return "variable";
	return name === undefined ? "constant" : "input";
}

/** The node of which `x` is a mere copy, as gradients are returned: number by number the same, and nothing is moved. */
function original(x: Node): Node {
	const origin = originOf(x);
	const copies = origin?.op.folded && origin.op.family === "pointwise" && x.name === undefined;
	return copies ? original(origin.inputs[0] as Node) : x;
}

/** What was asked for and what somebody named is shown in any case. */
function visibility(
	{ broadcasts = false, constants = true }: PictureOptions,
	asked: ReadonlySet<number>,
	isNamed: (x: Node) => boolean,
): (x: Node) => boolean {
	return (x) => {
		if (asked.has(orderOf(x)) || isNamed(x)) return true;
		const origin = originOf(x);
		return origin ? broadcasts || !origin.op.folded : constants || isTracked(x);
	};
}

/** A shown node, and the folded ones on the way to it. */
interface Source {
	readonly node: Node;
	readonly via: readonly Step[];
}

const direct: readonly Step[] = [];

/** What stands in the picture for a node: itself, or where it is folded away the nodes it was computed from. */
function joining(isShown: (x: Node) => boolean): (x: Node) => readonly Source[] {
	return (x) => {
		if (isShown(x)) return [{ node: x, via: direct }];
		const found: Source[] = [];
		const open: Source[] = [{ node: x, via: direct }];
		for (let at = open.pop(); at !== undefined; at = open.pop()) {
			const { node, via } = at;
			if (isShown(node)) {
				found.push(at);
				continue;
			}
			const inputs = originOf(node)?.inputs ?? [];
			for (let operand = inputs.length - 1; operand >= 0; operand--)
				open.push({ node: inputs[operand] as Node, via: [...via, { node, operand }] });
		}
		return found;
	};
}

/** The forward node whose gradient `x` helps to compute. */
function servedBy(x: Node): Node | undefined {
	for (let at = scopeOfNode(x); at; at = at.parent) if (at.forward) return at.forward as Node;
	return undefined;
}

/** The scopes of `x` that have a name of their own, the outermost first. */
function scopesOf(x: Node): Scope[] {
	const scopes: Scope[] = [];
	for (let at = scopeOfNode(x); at; at = at.parent) if (!at.forward) scopes.unshift(at);
	return scopes;
}

/** Puts every box into the cluster of its scope. */
function gather(boxes: Known<Box>, edges: readonly Edge[], apart: boolean): Cluster {
	const readers = new Map<Box, Box[]>();
	const known = new Map<Box, readonly Scope[]>();
	const scopesAround = (box: Box): readonly Scope[] => {
		const found = known.get(box) ?? scopesOf(box.node);
		known.set(box, found);
		return found;
	};
	for (const { from, to } of edges) {
		const known = readers.get(from);
		if (known) known.push(to);
		else readers.set(from, [to]);
	}
	/** A leaf was made anywhere; it belongs to the scope that all its readers share. Data is handed to that scope from outside. */
	const placeOf = (box: Box): readonly Scope[] => {
		if (box.kind === "operation" && !box.reference) return scopesAround(box);
		if (box.result) return [];
		const places = (readers.get(box) ?? []).filter(({ pass }) => pass === box.pass || box.reference).map(scopesAround);
		const [first = []] = places;
		const depth = first.findIndex((scope, at) => places.some((place) => place[at] !== scope));
		const shared = depth < 0 ? first : first.slice(0, depth);
		return box.kind === "input" ? shared.slice(0, -1) : shared;
	};
	const root: Cluster = { name: undefined, boxes: [], clusters: [] };
	const inner = new Map<Cluster, Map<unknown, Cluster>>();
	const enter = (outer: Cluster, key: unknown, name: string): Cluster => {
		const known = inner.get(outer) ?? new Map<unknown, Cluster>();
		inner.set(outer, known);
		let cluster = known.get(key);
		if (!cluster) {
			cluster = { name, boxes: [], clusters: [] };
			known.set(key, cluster);
			outer.clusters.push(cluster);
		}
		return cluster;
	};
	for (const box of boxes.values()) {
		let cluster = apart ? enter(root, box.pass, box.pass) : root;
		for (const scope of placeOf(box)) cluster = enter(cluster, scope, scope.name);
		cluster.boxes.push(box);
	}
	return root;
}

/** Outputs that no other output was computed from: the gradient of everything shown starts there. */
function endsOf(outputs: readonly Node[]): Node[] {
	const tracked = [...new Map(outputs.filter((x) => x.requiresGrad).map((x) => [orderOf(x), x])).values()];
	const passed = walk(
		tracked.flatMap((x) => originOf(x)?.inputs ?? []),
		() => true,
	);
	return tracked.filter((x) => !passed.has(orderOf(x)));
}

/** Gradients of the sum of all elements of all ends at `variables`; `undefined` where none arrives. */
function pullToEach(ends: readonly Node[], variables: readonly Node[], createGraph: boolean): (Node | undefined)[] {
	return withRecording(true, () => {
		const [only] = ends;
		if (only === undefined) return variables.map(() => undefined);
		if (ends.length === 1) {
			const seed = only instanceof Tensor && only.size !== 1 ? { cotangent: onesLike(only) } : {};
			return gradients(only, variables, { ...seed, createGraph, unused: "undefined" });
		}
		const total = ends.map((x) => (x instanceof Tensor ? sum(x) : x)).reduce((x, y) => add(x, y));
		return gradients(total, variables, { createGraph, unused: "undefined" });
	});
}

function gradientsAt(outputs: readonly Node[], shown: readonly Node[], isForward: (x: Node) => boolean): Known<Node> {
	const tracked = shown.filter((x) => isTracked(x) && isForward(x));
	const found = pullToEach(endsOf(outputs), tracked, false);
	return new Map(tracked.flatMap((x, at) => (found[at] ? [[orderOf(x), found[at]]] : [])));
}

interface Derivative {
	/** The gradients asked for. */
	readonly results: readonly Node[];
	/** What nodes of the backward pass are: `∂C/∂w`; one node may be several derivatives. */
	readonly names: Known<readonly string[]>;
}

/** Records the gradients of `outputs`; `undefined` where there is nothing to differentiate. */
function derivativeOf(
	outputs: readonly Node[],
	forward: Known<Node>,
	wrt: readonly Node[] | undefined,
): Derivative | undefined {
	const ends = endsOf(outputs);
	const variables = wrt ?? [...forward.values()].filter((x) => isTracked(x) && originOf(x) === undefined);
	if (ends.length === 0) return undefined;
	const named = [...forward.values()].filter((x) => x.requiresGrad && x.name !== undefined);
	const found = pullToEach(ends, [...variables, ...named], true).map((x) => x && original(x));
	const results: Node[] = [];
	for (const [at, x] of variables.entries()) {
		const result = found[at];
		if (result) results.push(result);
		else if (wrt) {
			throw failure({
				what: "toDot: the output does not depend on a variable of wrt",
				expected: "every variable on the way to the output",
				actual: `${x.name === undefined ? `variable ${at + 1}` : JSON.stringify(x.name)} is not reached`,
				fix: "leave it out of wrt",
			});
		}
	}
	const above = ends.length === 1 ? (ends[0]?.name ?? "") : "";
	const names = new Map<number, string[]>();
	for (const [at, x] of [...variables, ...named].entries()) {
		const result = found[at];
		if (result === undefined || x.name === undefined) continue;
		const key = orderOf(result);
		const name = `∂${above}/∂${x.name}`;
		const known = names.get(key);
		if (!known) names.set(key, [name]);
		else if (!known.includes(name)) known.push(name);
	}
	return { results, names };
}
