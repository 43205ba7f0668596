/**
 * A node of the tape as the side of a claim.
 *
 * Names tie the two together: a node that is named like a variable of the problem
 * is that variable, and its shape says how long the named lengths are.
 */
import { failure } from "../../core/errors.js";
import { ancestors } from "../../core/graph.js";
import { shapeText } from "../../core/shape.js";
import type { Node } from "../../core/tensor.js";
import type { Extent, Notation } from "../notation.js";
import type { ExpressionAlgebra } from "./algebra.js";
import type { Sizes } from "./instantiate.js";
import type { Recorded } from "./judge.js";
import { Reader } from "./reader.js";

/** A recorded computation that a claim is about. */
export class Recording {
	/** Lengths that the shapes of the named nodes fix. */
	readonly sizes: Sizes;
	/** How the side is called where it is shown. */
	readonly text: string;
	private readonly node: Node;
	private readonly problem: Notation;

	/** @throws where a node has the name of a variable but not its shape, and where one that a claim uses is missing. */
	constructor(node: Node, problem: Notation, used: ReadonlySet<string>) {
		this.node = node;
		this.problem = problem;
		this.text = node.name ?? "the recorded node";
		const sizes = new Map<string, number>();
		const met = new Set<string>();
		for (const x of ancestors([node])) {
			const variable = x.name === undefined ? undefined : problem.variables.get(x.name);
			if (!variable) continue;
			met.add(variable.name);
			const fits = (extent: Extent, length: number): boolean => {
				if (typeof extent === "number") return extent === length;
				if (!sizes.has(extent)) sizes.set(extent, length);
				return sizes.get(extent) === length;
			};
			if (
				variable.shape.length !== x.shape.length ||
				!variable.shape.every((extent, axis) => fits(extent, x.shape[axis] as number))
			) {
				throw failure({
					what: `verify: the node "${variable.name}" has another shape than in the problem`,
					expected: `[${variable.shape.join(", ")}]${sizes.size > 0 ? ` where ${[...sizes].map(([name, size]) => `${name} = ${size}`).join(", ")}` : ""}`,
					actual: shapeText(x.shape),
				});
			}
		}
		const missing = [...used].find((name) => problem.variables.has(name) && !met.has(name));
		if (missing !== undefined) {
			throw failure({
				what: `verify: "${missing}" is in the claim and not on the tape`,
				expected: `a variable named "${missing}" among what the node was computed from`,
				actual: met.size === 0 ? "no name of the problem" : [...met].join(", "),
				fix: `name it, and let it require a gradient: parameter(data, { name: "${missing}" })`,
			});
		}
		this.sizes = sizes;
	}

	/** The elements of the node. */
	readonly side: Recorded = (workspace) => {
		const reader = new Reader(workspace.engine.algebra as ExpressionAlgebra, (x) => {
			const known = x.name !== undefined && this.problem.variables.has(x.name);
			return known ? workspace.engine.named(x.name as string).at : undefined;
		});
		const engine = reader.elements(this.node);
		return { shape: this.node.shape, engine, book: engine };
	};
}
