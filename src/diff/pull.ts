/**
 * One step backward: from the cotangent of a result to those of its operands.
 *
 * The four families are read here, and only here, with ordinary operations, so
 * that where recording is on the step becomes part of the graph.
 */
import { failure } from "../core/errors.js";
import type { Origin } from "../core/graph.js";
import type { AnyOp, Structural } from "../core/op.js";
import { sameShape, shapeText } from "../core/shape.js";
import { constant, Scalar } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { zerosLike } from "../ops/create.js";
import { operandNames, scaled } from "../ops/evaluate.js";
import { cast } from "../ops/movement.js";

/**
 * The cotangents of the operands of `z`, in their shapes and dtypes;
 * `undefined` where no gradient flows or none is wanted.
 *
 * @throws where a rule returns the wrong number or shape of gradients.
 */
export function pull(z: Node, { op, inputs, attributes }: Origin, gz: Node): (Node | undefined)[] {
	const given = gradientsOf(op, z, inputs, attributes, gz);
	if (given.length !== inputs.length) {
		throw failure({
			what: `${op.name}: wrong number of gradients`,
			expected: `${inputs.length}, one for each operand`,
			actual: String(given.length),
			fix: "return undefined for an operand without a gradient",
		});
	}
	return given.map((gradient, operand) => {
		const x = inputs[operand] as Node;
		return gradient === undefined || !x.requiresGrad ? undefined : fitted(op, operand, x, gradient);
	});
}

function gradientsOf(
	op: AnyOp,
	z: Node,
	inputs: readonly Node[],
	attributes: unknown,
	gz: Node,
): readonly (Value | undefined)[] {
	if (op.family === "pointwise") {
		const names = operandNames(inputs, z);
		return inputs.map((x, operand) => {
			const partial = op.partials[operand];
			if (partial === undefined || !x.requiresGrad) return undefined;
			return partial.kind === "number" && partial.value === 0 ? zeroLike(x) : scaled(partial, gz, names);
		});
	}
	const rule = op as Structural<unknown>;
	if (rule.family === "linear") return rule.transpose(gz, inputs, attributes);
	if (rule.family === "custom") return rule.pull(gz, inputs, z, attributes);
	const [x, y] = inputs as readonly [Tensor, Tensor];
	return [
		x.requiresGrad ? rule.transposes[0](gz as Tensor, y, attributes) : undefined,
		y.requiresGrad ? rule.transposes[1](gz as Tensor, x, attributes) : undefined,
	];
}

/** A gradient of zero: not the same as none. */
export function zeroLike(x: Node): Node {
	return x instanceof Scalar ? constant(0) : zerosLike(x);
}

/** `gradient` in the kind and dtype of `x`. */
function fitted(op: AnyOp, operand: number, x: Node, gradient: Value): Node {
	if (x instanceof Scalar) {
		if (gradient instanceof Scalar) return gradient;
		if (typeof gradient === "number") return constant(gradient);
	} else if (gradient instanceof Tensor && sameShape(gradient.shape, x.shape)) {
		return cast(gradient, x.dtype);
	}
	throw failure({
		what: `${op.name}: gradient of the wrong shape for operand ${operand + 1}`,
		expected: x instanceof Scalar ? "a number or scalar" : `a tensor of shape ${shapeText(x.shape)}`,
		actual:
			gradient instanceof Tensor
				? `a tensor of shape ${shapeText(gradient.shape)}`
				: gradient instanceof Scalar
					? "a scalar"
					: typeof gradient,
	});
}
