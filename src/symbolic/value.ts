/**
 * Expressions carried out: every line of a derivation has a value.
 *
 * The operations are those of the tape, on the values that names have at a
 * point; so a line that is wrong gives another number than the engine.
 */
import { constants, type Structural } from "../core/op.js";
import type { Shape } from "../core/shape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { add, div, mul, pow, square } from "../ops/arithmetic.js";
import { evaluate, operandNames } from "../ops/evaluate.js";
import { matmul } from "../ops/linalg.js";
import { asTensor, broadcastTo, reshape, sum, transpose } from "../ops/movement.js";
import { type Expression, folded, member, named, numberOf, operandsOf, partial, rebuilt } from "./expression.js";
import { instanceOf, nameOfParts } from "./names.js";

/** What names stand for. */
export type Point = ReadonlyMap<string, Value>;

/** The value of `e` where names have the values of `point`. */
export function valueAt(e: Expression, point: Point): Value {
	return folded<Value>(unrolled(e), (node, values) => {
		const [x, y] = values as readonly [Value, Value];
		switch (node.kind) {
			case "number":
				return node.over / node.under;
			case "name":
				return point.get(node.name) ?? constants.get(node.name) ?? unknown(node.name);
			case "sum":
				return values.reduce((a, b) => plain(add, a, b));
			case "product":
				return multiplied(node.operands, values);
			case "power": {
				const exponent = numberOf(node.operands[1]);
				if (exponent === -1) return plain(div, 1, x);
				return exponent === 2 ? unary(square, x) : plain(pow, x, y);
			}
			case "call": {
				const z = numbers(values) ? node.op.value(...(values as number[])) : node.op.call(...values);
				const rule = node.op.partials[0];
				return node.primes === 0 || rule === undefined ? z : evaluate(rule, operandNames(values, z));
			}
			case "matmul":
				return values.reduce((a, b) => matmul(a, b));
			case "transpose":
				return transpose(asTensor(x), -1, -2);
			case "reshape":
				return reshaped(x, node.shape);
			case "spread":
				return node.shape.length === 0 ? x : broadcastTo(asTensor(x), node.shape);
			case "total":
				return single(sum(filled(x, node.operands[0].shape), { axis: node.axes }));
			case "apply": {
				const inputs = values.map((value, at) => filled(value, (node.operands[at] as Expression).shape));
				return (node.op as Structural<unknown>).call(inputs, node.attributes);
			}
			case "partial":
				return x;
			default:
				return unknown(node.key);
		}
	});
}

const numbers = (values: readonly Value[]): boolean => values.every((value) => typeof value === "number");

function plain(f: (x: Value, y: Value) => Node, x: Value, y: Value): Value {
	const z = f(x, y);
	return numbers([x, y]) ? z.item() : z;
}

function unary(f: (x: Value) => Node, x: Value): Value {
	const z = f(x);
	return numbers([x]) ? z.item() : z;
}

/** Powers of -1 divide, as they are written. */
function multiplied(factors: readonly Expression[], values: readonly Value[]): Value {
	let z: Value | undefined;
	const under: Value[] = [];
	for (const [at, factor] of factors.entries()) {
		const value = values[at] as Value;
		if (factor.kind === "power" && numberOf(factor.operands[1]) === -1) under.push(value);
		else z = z === undefined ? value : plain(mul, z, value);
	}
	return under.reduce<Value>((a, b) => plain(mul, a, b), z ?? 1);
}

/** A tensor of `shape`, where only some of its elements were computed. */
function filled(x: Value, shape: Shape): Tensor {
	return broadcastTo(asTensor(x), shape);
}

function reshaped(x: Value, shape: Shape): Value {
	if (shape.length > 0) return reshape(asTensor(x), shape);
	return single(reshape(asTensor(x), []));
}

/** A tensor of rank 0 stays one: it meets numbers by broadcasting. */
function single(x: Tensor): Value {
	return x;
}

function unknown(name: string): never {
	throw new Error(`no value for ${name}`);
}

/** `e` with every Σ written out. */
export function unrolled(e: Expression): Expression {
	return folded<Expression>(e, (node, operands) => {
		if (node.kind !== "series") {
			return operandsOf(node).every((operand, at) => operand === operands[at]) ? node : rebuilt(node, operands);
		}
		const [body] = operands as [Expression];
		const terms = Array.from({ length: node.to - node.from + 1 }, (_, at) =>
			withIndices(body, new Map([[node.index, node.from + at]])),
		);
		return rebuilt({ ...node, kind: "sum", operands: terms }, terms);
	});
}

/** `e` with letters of indices replaced by numbers; where none is left, the member is a name. */
export function withIndices(e: Expression, values: ReadonlyMap<string, number>): Expression {
	return folded<Expression>(e, (node, operands) => {
		if (node.kind === "member") {
			const parts = instanceOf(node.parts, values);
			const open = parts.some((part) => typeof part === "object" && typeof part.at === "string");
			return open ? member(parts, node.shape) : named(nameOfParts(parts), node.shape);
		}
		if (node.kind === "partial") {
			return partial(instanceOf(node.of, values), instanceOf(node.by, values), operands[0] as Expression);
		}
		return operandsOf(node).every((operand, at) => operand === operands[at]) ? node : rebuilt(node, operands);
	});
}

/** The elements of a value, row by row. */
export function elementsOf(x: Value): readonly number[] {
	if (x instanceof Tensor) return [...x.data];
	return [typeof x === "number" ? x : x.item()];
}
