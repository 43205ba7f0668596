/**
 * The backward pass, one contribution after the other.
 *
 * The gradients are those of a real pass, run once for all nodes. Each
 * contribution is then computed again from them, by the rules of the pass, and
 * the sum of the contributions of every node, in the order of the pass, is
 * compared with its gradient bit for bit: `exact` says how that went.
 */
import { originOf } from "../../src/core/graph.js";
import { constant, Scalar, withRecording } from "../../src/core/tape.js";
import { forEachElement, type Node, Tensor, wrap } from "../../src/core/tensor.js";
import { contributionsOf } from "../../src/diff/contributions.js";
import { pullBack, type Seed, seedOf } from "../../src/diff/reverse.js";
import { onesLike } from "../../src/ops/create.js";
import type { Graph, Vertex } from "./graph.js";

/** One contribution to the gradient of node `to`. */
export interface Contribution {
	/** -1 for the cotangent that an output starts with. */
	readonly from: number;
	readonly operand: number;
	readonly to: number;
	/** ∂from/∂to where it is a number for each element. */
	readonly local: Node | undefined;
	readonly contribution: Node;
	readonly total: Node;
	readonly turn: number;
	readonly turns: number;
}

/** A backward pass through a graph. */
export interface Backward {
	/** By node; `undefined` where none arrives. */
	readonly gradients: readonly (Node | undefined)[];
	readonly exact: readonly boolean[];
	readonly steps: readonly Contribution[];
}

/** The pass from the outputs of `graph` that no other one was computed from. */
export function backwardOf({ vertices, indexOf }: Graph): Backward {
	const read = new Set(vertices.flatMap(({ inputs }) => inputs));
	const ends = vertices.filter(({ output, node }, index) => output && node.requiresGrad && !read.has(index));
	const seeds = ends.map(({ node }) => seedFor(node));
	const tracked = vertices.map(({ node }) => node).filter((x) => x.requiresGrad);
	const found = seeds.length === 0 ? [] : withRecording(true, () => pullBack(seeds, tracked, false));
	const arrived = new Map(tracked.map((x, at) => [indexOf(x) as number, found[at]]));
	const gradients = vertices.map((_, index) => arrived.get(index));

	const sums: (Node | undefined)[] = vertices.map(() => undefined);
	const counts = vertices.map(() => 0);
	const steps: Contribution[] = [];
	const arrive = (from: number, operand: number, to: number, contribution: Node, local: Node | undefined): void => {
		const total = plus(sums[to], contribution, (vertices[to] as Vertex).node);
		sums[to] = total;
		const turn = (counts[to] ?? 0) + 1;
		counts[to] = turn;
		steps.push({ from, operand, to, local, contribution, total, turn, turns: 0 });
	};
	for (const { output, cotangent } of seeds) {
		const start = typeof cotangent === "number" ? constant(cotangent) : cotangent;
		arrive(-1, 0, indexOf(output) as number, start, undefined);
	}
	for (let from = vertices.length - 1; from >= 0; from--) {
		const { node, inputs } = vertices[from] as Vertex;
		const gz = gradients[from];
		if (gz === undefined) continue;
		const locals = localsOf(node);
		for (const [operand, contribution] of contributionsOf(node, gz).entries())
			if (contribution) arrive(from, operand, inputs[operand] as number, contribution, locals[operand]);
	}
	return {
		gradients,
		exact: gradients.map((gradient, index) => gradient === undefined || isSame(gradient, sums[index])),
		steps: steps.map((step) => ({ ...step, turns: counts[step.to] ?? 0 })),
	};
}

/** Every element of an output counts once. */
function seedFor(output: Node): Seed {
	return output instanceof Tensor ? { output, cotangent: onesLike(output) } : seedOf("toHtml", output);
}

/** The partial derivatives of a pointwise operation, element by element. */
function localsOf(z: Node): readonly (Node | undefined)[] {
	if (originOf(z)?.op.family !== "pointwise") return [];
	return contributionsOf(z, z instanceof Scalar ? constant(1) : withRecording(false, () => onesLike(z)));
}

/** The sum so far and one more, rounded as the gradient of `x` is. */
function plus(before: Node | undefined, contribution: Node, x: Node): Node {
	if (x instanceof Scalar) return constant((before?.item() ?? -0) + (contribution.item() + 0));
	// In double precision: the contribution of a float32 loop is rounded only after the addition.
	const terms = elementsOf(contribution);
	const sums = before === undefined ? terms : elementsOf(before).map((element, at) => element + (terms[at] as number));
	return wrap(x.dtype === "float32" ? Float32Array.from(sums) : Float64Array.from(sums), x.shape);
}

function elementsOf(x: Node): number[] {
	if (x instanceof Scalar) return [x.value];
	const elements: number[] = [];
	forEachElement(x, (element) => elements.push(element));
	return elements;
}

function isSame(gradient: Node, sum: Node | undefined): boolean {
	if (sum === undefined) return false;
	const terms = elementsOf(sum);
	return elementsOf(gradient).every((element, at) => element === terms[at] || Object.is(element, terms[at]));
}
