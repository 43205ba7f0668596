/**
 * Scalars and tensors as one graph.
 *
 * Whoever reads a recorded computation (the passes, pictures, formulas) asks
 * here what a node was computed from, and in which order all nodes were made.
 */
import { lineAt } from "./lines.js";
import { type AnyOp, operationAt } from "./op.js";
import type { Scope } from "./scope.js";
import { type Chunk, opcodes, resolve, Scalar, scopeOf, slotBits } from "./tape.js";
import type { Node, Tensor } from "./tensor.js";

/** How a node was computed. */
export interface Origin {
	readonly op: AnyOp;
	readonly inputs: readonly Node[];
	readonly attributes: unknown;
}

/** How `x` was computed; `undefined` for a leaf. */
export function originOf(x: Node): Origin | undefined {
	if (x instanceof Scalar) return originOfSlot(x.chunk, x.index);
	return x.op === undefined ? undefined : { op: x.op, inputs: x.inputs, attributes: x.attributes };
}

/** How the number in a slot was computed. */
export function originOfSlot(chunk: Chunk, slot: number): Origin | undefined {
	const code = chunk.ops[slot] as number;
	switch (code) {
		case opcodes.leaf:
		case opcodes.argument:
			return undefined;
		case opcodes.pick:
		case opcodes.custom:
			return (chunk.crossings as Origin[])[chunk.left[slot] as number];
	}
	const op = operationAt(code);
	const operands = [chunk.left[slot] as number];
	if (op.arity > 1) operands.push(chunk.right[slot] as number);
	if (op.arity > 2) operands.push(chunk.left[slot - 1] as number);
	return { op, inputs: operands.map((operand) => resolve(chunk, operand)), attributes: undefined };
}

/** The scope in which `x` was recorded. */
export function scopeOfNode(x: Node): Scope | undefined {
	return x instanceof Scalar ? scopeOf(x) : x.scope;
}

/** The line of the user's program that recorded `x`, in debug mode. */
export function lineOf(x: Node): string | undefined {
	return x instanceof Scalar ? lineAt(x.chunk, x.index) : lineAt(x);
}

/** A number that is unique to the node and grows in the order of recording: an operation comes after what it reads. */
export function orderOf(x: Node): number {
	return x instanceof Scalar ? orderOfSlot(x.chunk, x.index) : x.serial * 2 ** slotBits;
}

/** {@link orderOf} for a slot. */
export function orderOfSlot(chunk: Chunk, slot: number): number {
	return chunk.serial * 2 ** slotBits + slot;
}

/** A part of the graph that is visited at once: a chunk of scalars, or a tensor. */
export type Unit = Chunk | Tensor;

/** What a root or an input belongs to. */
export function unitOf(x: Node): Unit {
	return x instanceof Scalar ? x.chunk : x;
}

/**
 * Every node that `roots` were computed from and the roots themselves, in the
 * order of recording; constants included. `further` may name more nodes that an
 * operation reads besides its inputs.
 */
export function ancestors(roots: readonly Node[], further: (origin: Origin) => readonly Node[] = () => []): Node[] {
	const found = new Map<number, Node>();
	const open = [...roots];
	for (let x = open.pop(); x !== undefined; x = open.pop()) {
		const key = orderOf(x);
		if (found.has(key)) continue;
		found.set(key, x);
		const origin = originOf(x);
		if (origin !== undefined) open.push(...origin.inputs, ...further(origin));
	}
	return [...found].sort(([a], [b]) => a - b).map(([, x]) => x);
}
