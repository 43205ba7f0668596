/**
 * A module as a function of its parameters.
 *
 * Derivatives and `vmap` are of functions of their arguments, and a module
 * keeps its parameters in fields. So for one call the fields hold the
 * arguments; whatever happens, they hold the parameters again afterwards.
 */
import { failure } from "../core/errors.js";
import { sameShape, shapeText } from "../core/shape.js";
import { fixed, type Node, pick, Scalar, Tensor, type Value } from "../index.js";
import { asTensor } from "../ops/movement.js";
import type { Module, Parameter } from "./module.js";

/**
 * `model.call(input)` with other values in the place of parameters and buffers:
 * `values` are by path, as in `namedParameters()`. What is not named keeps its
 * value. Gradients flow to the values and not to the parameters they stand for;
 * where a parameter is shared, the value is, too.
 *
 * The exchange lasts until `forward` returns: not for what an asynchronous one
 * does later.
 *
 * @throws where a path leads nowhere, or a value has another shape.
 *
 * @example
 * ```ts
 * import { grad, sum, tensor, type Tensor } from "chainrule";
 * import { functionalCall, Linear } from "chainrule/nn";
 *
 * const model = new Linear(2, 1);
 * const x = tensor([[3, 4]]);
 * const slopes = grad((p: { weight: Tensor }) => sum(functionalCall(model, p, x)))({ weight: tensor([[0, 0]]) });
 * console.log(slopes.weight.toArray()); // [ [ 3, 4 ] ]
 * ```
 */
export function functionalCall<Input, Output, More extends readonly unknown[]>(
	model: Module<Input, Output, More>,
	values: Readonly<Record<string, Value>>,
	input: Input,
	...more: More
): Output {
	const { parameters, buffers, holders } = model.contents();
	const exchanges = Object.entries(values).flatMap(([path, value]) => {
		const own = parameters.get(path) ?? buffers.get(path);
		if (own === undefined) {
			throw failure({
				what: "functionalCall: no such parameter",
				expected: [...parameters.keys(), ...buffers.keys()].join(", ") || "no values: the module has no parameters",
				actual: path,
			});
		}
		const next = inPlaceOf(path, own, value);
		return (holders.get(own) ?? []).map(({ branch, field }) => ({ branch, field, own, next }));
	});
	try {
		for (const { branch, field, next } of exchanges) branch[field] = next;
		return model.call(input, ...more);
	} finally {
		for (const { branch, field, own } of exchanges) branch[field] = own;
	}
}

/** `value` in the form of what it replaces: a number of the tape, or a tensor. */
function inPlaceOf(path: string, own: Parameter, value: Value): Node {
	const shape = typeof value === "number" ? [] : value.shape;
	if (!sameShape(shape, own.shape)) {
		throw failure({
			what: "functionalCall: shapes differ",
			expected: `${path} ${shapeText(own.shape)}`,
			actual: shapeText(shape),
		});
	}
	if (own instanceof Tensor) return asTensor(value);
	if (value instanceof Tensor) return pick(value, 0);
	return value instanceof Scalar ? value : fixed(value);
}
