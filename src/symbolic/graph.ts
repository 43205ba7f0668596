/**
 * A recorded computation as data: one line for each value, in the order of
 * recording, operands before results.
 *
 * Nothing of the tape is left in it, so it can be compared, printed and read
 * back. Serial numbers take no part: the same computation gives the same graph.
 */
import { orderOf, originOf } from "../core/graph.js";
import type { Shape } from "../core/shape.js";
import { Scalar, withTracing } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";
import { scalar, tensor } from "../ops/create.js";
import { isTracked, read } from "./read.js";

/** A value of a graph. */
export interface GraphValue {
	readonly name: string;
	/** `scalar` for a number of the tape, otherwise the dtype of a tensor. */
	readonly type: string;
	readonly shape: Shape;
	/** What computed it; `variable` or `constant` for a leaf. */
	readonly op: string;
	/** Names of the values it was computed from. */
	readonly operands: readonly string[];
	/** What the operation was told besides: `{ axes: [0] }`. A tensor among them is `{ tensor: "c1" }`. */
	readonly attributes: Readonly<Record<string, unknown>>;
	/** The elements of a constant without a name of its own, where they are few. */
	readonly elements: readonly number[] | undefined;
}

/** A recorded computation, operands before results. */
export interface Graph {
	readonly values: readonly GraphValue[];
	/** The names of the results. */
	readonly outputs: readonly string[];
}

/** Elements of a constant that are kept at most. */
const keptElements = 64;

/**
 * The graph of everything that the outputs were computed from. Named values have
 * their names; the others are called `x1` (variables), `c1` (constants) and `t1`
 * (results).
 *
 * @throws where more than 20,000 values were recorded.
 *
 * @example
 * ```ts
 * import { add, mul, scalar, sigmoid } from "chainrule";
 * import { graph, text } from "chainrule/symbolic";
 *
 * const [w, b] = [scalar(0.6, "w"), scalar(0.9, "b")];
 * console.log(text(graph(sigmoid(add(mul(w, 2), b)).named("a"))));
 * // w : scalar variable
 * // b : scalar variable
 * // c1 : scalar = [2]
 * // t1 : scalar = mul(w, c1)
 * // t2 : scalar = add(t1, b)
 * // a : scalar = sigmoid(t2)
 * // return a
 * ```
 */
export function graph(...outputs: readonly Node[]): Graph {
	const held = (x: Node): Tensor[] => tensorsOf(originOf(x)?.attributes);
	const found = read("graph", outputs);
	const attached = found.nodes.flatMap(held);
	const reading = attached.length === 0 ? found : read("graph", [...attached, ...outputs]);
	const names = namesOf(reading.nodes, reading.nameOf);
	const nameOf = (x: Node): string => names.get(orderOf(x)) as string;
	const order = [...reading.nodes].sort(
		(a, b) => Number(originOf(a) !== undefined) - Number(originOf(b) !== undefined),
	);
	return {
		values: order.map((x) => described(x, nameOf)),
		outputs: outputs.map(nameOf),
	};
}

function namesOf(nodes: readonly Node[], nameOf: (x: Node) => string | undefined): Map<number, string> {
	const names = new Map<number, string>();
	const taken = new Set<string>();
	for (const x of nodes) {
		const name = nameOf(x);
		if (name === undefined) continue;
		names.set(orderOf(x), name);
		taken.add(name);
	}
	const counts = new Map<string, number>();
	for (const x of nodes) {
		if (names.has(orderOf(x))) continue;
		const stem = originOf(x) === undefined ? "c" : "t";
		let number = counts.get(stem) ?? 0;
		do number++;
		while (taken.has(`${stem}${number}`));
		counts.set(stem, number);
		names.set(orderOf(x), `${stem}${number}`);
	}
	return names;
}

function described(x: Node, nameOf: (x: Node) => string): GraphValue {
	const origin = originOf(x);
	const leaf = isTracked(x) ? "variable" : "constant";
	const literal = origin === undefined && leaf === "constant" && x.name === undefined;
	const elements = x instanceof Scalar ? [x.value] : x.size <= keptElements ? [...x.data] : undefined;
	return {
		name: nameOf(x),
		type: x instanceof Scalar ? "scalar" : x.dtype,
		shape: [...x.shape],
		op: origin?.op.name ?? leaf,
		operands: (origin?.inputs ?? []).map(nameOf),
		attributes: attributesOf(origin?.attributes, nameOf),
		elements: literal ? elements : undefined,
	};
}

function tensorsOf(attributes: unknown): Tensor[] {
	if (attributes === null || typeof attributes !== "object") return [];
	return Object.values(attributes).filter((value): value is Tensor => value instanceof Tensor);
}

/** Attributes as plain data; what is neither is left out. */
function attributesOf(attributes: unknown, nameOf: (x: Node) => string): Record<string, unknown> {
	if (attributes === null || typeof attributes !== "object") return {};
	const plain = Object.entries(attributes).map(([key, value]: [string, unknown]) => [
		key,
		value instanceof Tensor ? { tensor: nameOf(value) } : value,
	]);
	return JSON.parse(JSON.stringify(Object.fromEntries(plain))) as Record<string, unknown>;
}

/** How a function is traced. */
export interface TraceOptions {
	/** The names of the arguments: `x1`, `x2`, ... when left out. */
	readonly names?: readonly string[] | undefined;
}

/**
 * The graph of a function of values with the given shapes, `[]` for single
 * numbers: the function is run once, on variables that are 1/2 everywhere.
 *
 * @throws where the function asks for the elements of a result: they stand for all there may be.
 *
 * @example
 * ```ts
 * import { matmul, type Node, tanh } from "chainrule";
 * import { text, trace } from "chainrule/symbolic";
 *
 * const layer = (W: Node, x: Node) => tanh(matmul(W, x));
 * console.log(text(trace(layer, [[2, 3], [3, 4]], { names: ["W", "X"] })));
 * // W : float64[2, 3] variable
 * // X : float64[3, 4] variable
 * // t1 : float64[2, 4] = matmul(W, X)
 * // t2 : float64[2, 4] = tanh(t1)
 * // return t2
 * ```
 */
export function trace(
	f: (...values: Node[]) => Node | readonly Node[],
	shapes: readonly Shape[],
	{ names = [] }: TraceOptions = {},
): Graph {
	const values = shapes.map((shape, at) => argument(shape).named(names[at] ?? `x${at + 1}`));
	const made = withTracing(true, () => f(...values));
	return graph(...(made instanceof Scalar || made instanceof Tensor ? [made] : made));
}

function argument(shape: Shape): Node {
	if (shape.length === 0) return scalar(0.5);
	const size = shape.reduce((a, b) => a * b, 1);
	return tensor(new Float64Array(size).fill(0.5), { shape: [...shape], requiresGrad: true });
}
