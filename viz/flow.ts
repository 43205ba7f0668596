/**
 * What a gradient does on its way back along an edge: by which local derivative
 * it is multiplied, and what arrives as which of several contributions.
 *
 * Both are asked of the records, with ordinary operations and without a trace;
 * the order is that of the backward pass, which visits readers from the last
 * recorded to the first. How anything is written is not known here, but for
 * formulas, whose operands need names.
 */
import { type Formula, formulaText, substitute } from "../src/core/formula.js";
import { orderOf, originOf } from "../src/core/graph.js";
import { constant, noGrad, Scalar } from "../src/core/tape.js";
import { type Node, Tensor, type Value } from "../src/core/tensor.js";
import { contributionsOf } from "../src/diff/contributions.js";
import { onesLike } from "../src/ops/create.js";
import { evaluate, operandNames } from "../src/ops/evaluate.js";
import { cast } from "../src/ops/movement.js";
import type { Box, Edge } from "./picture.js";

/** What is said along edges. */
export interface FlowOptions {
	/** The local derivative along every edge: its value, its formula, or both. None when left out. */
	readonly partials?: "value" | "formula" | "both" | undefined;
	/** What flows back along every edge of the forward pass, and where several arrive at a node as which of them. False when left out. */
	readonly contributions?: boolean | undefined;
}

/** One of the contributions that add up to the gradient of a node. */
export interface Contribution {
	readonly value: Node;
	/** 1 for the one that arrives first. */
	readonly place: number;
	readonly count: number;
}

/** The local derivative of the reader along an edge; `undefined` where none flows or it is no table of factors. */
export function partialOf({ to, operand }: Edge): Value | undefined {
	const origin = originOf(to.node);
	if (origin === undefined) return undefined;
	const { op, inputs } = origin;
	if (op.family === "pointwise") {
		const partial = op.partials[operand];
		return partial && noGrad(() => evaluate(partial, operandNames(inputs, to.node)));
	}
	// A map from one number to one number is a factor, however it is stated.
	const x = inputs[operand] as Node;
	if (sizeOf(x) !== 1 || sizeOf(to.node) !== 1) return undefined;
	return pullThrough(to.node, oneLike(to.node))[operand];
}

/**
 * The local derivative as its record states it, in the names of the operands;
 * `undefined` where the record has no formula. Of a product of matrices that is
 * what stands before or behind the cotangent: `· Wᵀ`.
 */
export function partialText({ to, operand }: Edge, nameOf: (x: Node) => string): string | undefined {
	const origin = originOf(to.node);
	if (origin?.op.family === "bilinear") {
		const { inputs } = origin;
		return origin.op.factors?.[operand]?.replace(/#(\d)/g, (_, place: string) =>
			nameOf(inputs[Number(place) - 1] as Node),
		);
	}
	if (origin?.op.family !== "pointwise") return undefined;
	const partial = origin.op.partials[operand];
	if (partial === undefined) return undefined;
	// Names may hold anything, so they are put in after all signs have been made readable.
	const places: string[] = [];
	const names = new Map<string, Formula>();
	for (const [letter, x] of operandNames(origin.inputs, to.node)) {
		const name = String.fromCodePoint(firstPlace + places.length);
		places.push(nameOf(x as Node));
		names.set(letter, { kind: "name", name, span: partial.span });
	}
	const text = readable(formulaText(substitute(partial, names)));
	return Array.from(text, (character) => places[(character.codePointAt(0) as number) - firstPlace] ?? character).join(
		"",
	);
}

/** Private characters of Unicode stand for names until the end. */
const firstPlace = 0xf0000;

/** Signs of mathematics instead of those of a keyboard. */
function readable(text: string): string {
	const raised = Array.from("⁰¹²³⁴⁵⁶⁷⁸⁹");
	return text
		.replace(/\^(\d+)(?![\d.])/g, (_, digits: string) => Array.from(digits, (digit) => raised[Number(digit)]).join(""))
		.replaceAll("*", "·")
		.replaceAll("-", "−")
		.replaceAll("<=", "≤")
		.replaceAll(">=", "≥");
}

/** The contributions along all edges on which a gradient flows. */
export function contributionsAlong(edges: readonly Edge[]): ReadonlyMap<Edge, Contribution> {
	const pulled = new Map<Box, readonly (Node | undefined)[]>();
	const arriving = new Map<Box, { readonly edge: Edge; readonly value: Node }[]>();
	for (const edge of edges) {
		const { from, to, operand, via } = edge;
		if (from.gradient === undefined || to.gradient === undefined) continue;
		const sent = pulled.get(to) ?? pullThrough(to.node, to.gradient);
		pulled.set(to, sent);
		const value = via.reduce<Node | undefined>(
			(g, step) => g && pullThrough(step.node, g)[step.operand],
			sent[operand],
		);
		if (value === undefined) continue;
		const known = arriving.get(from);
		if (known) known.push({ edge, value });
		else arriving.set(from, [{ edge, value }]);
	}
	const found = new Map<Edge, Contribution>();
	for (const list of arriving.values()) {
		const inOrder = list.toSorted(
			({ edge: a }, { edge: b }) => orderOf(b.to.node) - orderOf(a.to.node) || a.operand - b.operand,
		);
		for (const [at, { edge, value }] of inOrder.entries())
			found.set(edge, { value, place: at + 1, count: inOrder.length });
	}
	return found;
}

/** The cotangents of the operands of `z`, as they are kept; none where its rule runs the computation again. */
function pullThrough(z: Node, gz: Node): readonly (Node | undefined)[] {
	const origin = originOf(z);
	if (origin?.op.family === "custom" && origin.op.replay) return [];
	return contributionsOf(z, gz).map((gx, operand) => {
		const x = origin?.inputs[operand];
		return gx instanceof Tensor && x instanceof Tensor ? noGrad(() => cast(gx, x.dtype)) : gx;
	});
}

function sizeOf(x: Node): number {
	return x instanceof Scalar ? 1 : x.size;
}

function oneLike(x: Node): Node {
	return x instanceof Scalar ? constant(1) : onesLike(x);
}
