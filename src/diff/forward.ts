/**
 * Forward mode: from variables on to everything computed from them.
 *
 * The function runs once and is recorded; then tangents are pushed through the
 * record, oldest first, with ordinary operations. Linear and bilinear families
 * push by themselves; a custom rule without a push is transposed twice.
 */
import { type Origin, orderOf, originOf, type Unit } from "../core/graph.js";
import type { AnyOp, Structural } from "../core/op.js";
import { Chunk, Scalar, variable, withRecording } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";
import { add, identity, mul } from "../ops/arithmetic.js";
import { tensor } from "../ops/create.js";
import { operandNames, scaled } from "../ops/evaluate.js";
import { sum } from "../ops/movement.js";
import { pull, zeroLike } from "./pull.js";
import { gradients } from "./reverse.js";

/** Tangents of every node in `units`, given those of the variables, by order number. */
export function pushThrough(
	units: readonly Unit[],
	variables: readonly Node[],
	tangents: readonly Node[],
): Map<number, Node> {
	const known = new Map<number, Node>();
	for (const [index, x] of variables.entries()) known.set(orderOf(x), tangents[index] as Node);
	const step = (z: Node): void => {
		const key = orderOf(z);
		if (known.has(key)) return;
		const origin = originOf(z);
		if (origin === undefined) return;
		const moving = origin.inputs.map((x) => known.get(orderOf(x)));
		if (moving.every((dx) => dx === undefined)) return;
		const dz = push(z, origin, moving);
		if (dz !== undefined) known.set(key, dz);
	};
	for (let index = units.length - 1; index >= 0; index--) {
		const unit = units[index] as Unit;
		if (!(unit instanceof Chunk)) step(unit);
		else for (let slot = unit.start, { end } = unit; slot < end; slot++) step(new Scalar(unit, slot));
	}
	return known;
}

/** The tangent of `z`; `undefined` where no partial leads there. */
function push(z: Node, { op, inputs, attributes }: Origin, tangents: readonly (Node | undefined)[]): Node | undefined {
	if (op.family === "pointwise") {
		const names = operandNames(inputs, z);
		let dz: Node | undefined;
		for (const [operand, dx] of tangents.entries()) {
			const partial = op.partials[operand];
			if (dx === undefined || partial === undefined) continue;
			const term = partial.kind === "number" && partial.value === 0 ? zeroLike(z) : scaled(partial, dx, names);
			dz = dz === undefined ? term : add(dz, term);
		}
		return dz;
	}
	const rule = op as Structural<unknown>;
	if (rule.family === "linear")
		return rule.call(
			inputs.map((x, operand) => tangents[operand] ?? zeroLike(x)),
			attributes,
		);
	if (rule.family === "custom") {
		return rule.push ? rule.push(tangents, inputs, z, attributes) : transposeTwice(op, z, inputs, attributes, tangents);
	}
	const [x, y] = inputs as readonly [Node, Node];
	const [dx, dy] = tangents;
	const left = dx && rule.call([dx, y], attributes);
	const right = dy && rule.call([x, dy], attributes);
	return left && right ? add(left, right) : (left ?? right);
}

/**
 * The push of a rule that only knows its pull. The pull is linear in the
 * cotangent g, so the gradient of ⟨pull(g), dx⟩ with respect to g is J dx,
 * whatever g is.
 */
function transposeTwice(
	op: AnyOp,
	z: Node,
	inputs: readonly Node[],
	attributes: unknown,
	tangents: readonly (Node | undefined)[],
): Node | undefined {
	const g = z instanceof Scalar ? variable(0) : tensor(zeroLike(z) as Tensor, { requiresGrad: true });
	// The pull is recorded in any case, because it is itself differentiated.
	const total = withRecording(true, () => {
		let sofar: Node | undefined;
		for (const [operand, gradient] of pull(z, { op, inputs, attributes }, identity(g)).entries()) {
			const dx = tangents[operand];
			if (gradient === undefined || dx === undefined) continue;
			const product = mul(gradient, dx);
			const term = product instanceof Tensor ? sum(product) : product;
			sofar = sofar === undefined ? term : add(sofar, term);
		}
		return sofar;
	});
	if (total === undefined || !total.requiresGrad) return undefined;
	return gradients(total, [g], { createGraph: true, unused: "zero" })[0];
}
