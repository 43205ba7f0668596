/**
 * Nested arrays and objects of values, as arguments and results of functions.
 *
 * Derivatives are taken with respect to the values at the leaves of a nest and
 * come back in the same nest.
 */
import { failure } from "../core/errors.js";
import { Scalar } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";

/** Values in arrays and plain objects, to any depth. */
export type Nest = Value | readonly Nest[] | object;

/** The same nest with numbers for numbers, scalars for scalars and tensors for tensors. */
export type Like<Given> = Nest extends Given
	? Nest
	: Given extends number
		? number
		: Given extends Scalar
			? Scalar
			: Given extends Tensor
				? Tensor
				: Given extends object
					? { -readonly [Key in keyof Given]: Like<Given[Key]> }
					: never;

/** What may be given where a function takes `Argument`: plain numbers for scalars, too. */
export type Given<Argument> = Nest extends Argument
	? Nest
	: Argument extends Tensor
		? Tensor
		: Argument extends number | Scalar
			? number | Scalar
			: Argument extends object
				? { readonly [Key in keyof Argument]: Given<Argument[Key]> }
				: never;

/** True for what a nest has at its leaves. */
export function isValue(x: unknown): x is Value {
	return typeof x === "number" || x instanceof Scalar || x instanceof Tensor;
}

/** True for an array or a plain object, whose entries are looked into. */
function isBranch(x: unknown): x is readonly unknown[] | { readonly [key: string]: unknown } {
	if (Array.isArray(x)) return true;
	if (typeof x !== "object" || x === null) return false;
	const prototype = Object.getPrototypeOf(x);
	return prototype === Object.prototype || prototype === null;
}

/**
 * The same nest with `change(value)` at each leaf.
 *
 * @throws where a leaf is not a value.
 */
export function mapNest(
	nest: unknown,
	change: (value: Value, path: string) => unknown,
	what: string,
	path = "",
): unknown {
	if (isValue(nest)) return change(nest, path);
	if (Array.isArray(nest)) return nest.map((entry, index) => mapNest(entry, change, what, `${path}[${index}]`));
	if (isBranch(nest)) {
		return Object.fromEntries(
			Object.entries(nest).map(([key, entry]) => [
				key,
				mapNest(entry, change, what, path === "" ? key : `${path}.${key}`),
			]),
		);
	}
	throw failure({
		what: `${what}: not a value`,
		expected: "numbers, scalars or tensors, in arrays and plain objects",
		actual: `${nest === null ? "null" : typeof nest}${path === "" ? "" : ` at ${path}`}`,
	});
}

/** The nodes in anything; what is not an array or plain object is passed over. */
export function nodesIn(anything: unknown): Node[] {
	if (anything instanceof Scalar || anything instanceof Tensor) return [anything];
	return isBranch(anything) ? Object.values(anything).flatMap(nodesIn) : [];
}

/** A copy of anything with `change(node)` for each node; all else stays as it is. */
export function mapNodes(anything: unknown, change: (node: Node) => Node): unknown {
	if (anything instanceof Scalar || anything instanceof Tensor) return change(anything);
	if (Array.isArray(anything)) return anything.map((entry) => mapNodes(entry, change));
	if (!isBranch(anything)) return anything;
	return Object.fromEntries(Object.entries(anything).map(([key, entry]) => [key, mapNodes(entry, change)]));
}
