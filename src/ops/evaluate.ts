/**
 * Formulas carried out with recorded operations.
 *
 * A partial derivative is a formula; where its gradient may be asked for again
 * it runs here, so that the backward pass is itself a graph. A user's
 * expression runs here, too: there is one grammar and one evaluator.
 */
import { failure } from "../core/errors.js";
import type { Formula } from "../core/formula.js";
import { constants, functionNamed, functionNames, type Pointwise } from "../core/op.js";
import { isContiguous } from "../core/shape.js";
import { isTracing, Scalar } from "../core/tape.js";
import { forEachElement, type Node, Tensor, type Value } from "../core/tensor.js";
import { add, div, mul, neg, pow, square, sub } from "./arithmetic.js";
import { equal, greater, greaterEqual, less, lessEqual, where } from "./compare.js";
import { matmul } from "./linalg.js";
import { transpose } from "./movement.js";

/** What names mean: operands of a rule, or a user's variables. */
export type Names = ReadonlyMap<string, Value>;

const infix: { readonly [Operator in (Formula & { kind: "binary" })["operator"]]: (x: Value, y: Value) => Node } = {
	"+": add,
	"-": sub,
	"*": mul,
	"/": div,
	"^": pow,
	"@": matmul,
};

const comparison: { readonly [Operator in (Formula & { kind: "compare" })["operator"]]: (x: Value, y: Value) => Node } =
	{
		"<": less,
		"<=": lessEqual,
		">": greater,
		">=": greaterEqual,
		"==": equal,
	};

/** Keeps arithmetic on plain numbers plain: nothing to record. */
function run(f: (...operands: Value[]) => Node, ...operands: Value[]): Value {
	const z = f(...operands);
	return operands.every((x) => typeof x === "number") ? z.item() : z;
}

/**
 * The value of `formula`, with every operation recorded.
 *
 * @throws where a name or function is unknown, or the formula uses notation that has no value here (indices).
 */
export function evaluate(formula: Formula, names: Names): Value {
	switch (formula.kind) {
		case "number":
			return formula.value;
		case "name": {
			const value = names.get(formula.name) ?? constants.get(formula.name);
			if (value !== undefined) return value;
			throw failure({
				what: `formula: unknown name "${formula.name}"`,
				expected: `one of ${[...names.keys(), ...constants.keys()].join(", ")}`,
				actual: formula.name,
			});
		}
		case "negate":
			return run(neg, evaluate(formula.operand, names));
		case "binary": {
			// Down the left spine first, then back up; see Note [trees lean left].
			const spine = [formula];
			let { left: lowest } = formula;
			for (; lowest.kind === "binary"; lowest = lowest.left) spine.push(lowest);
			return spine.reduceRight((value, step) => combine(step, value, names), evaluate(lowest, names));
		}
		case "compare":
			return run(comparison[formula.operator], evaluate(formula.left, names), evaluate(formula.right, names));
		case "if":
			return run(
				where,
				evaluate(formula.condition, names),
				evaluate(formula.then, names),
				evaluate(formula.otherwise, names),
			);
		case "call":
			return callNamed(formula, names);
		case "transpose": {
			const operand = evaluate(formula.operand, names);
			if (operand instanceof Tensor && operand.rank > 1) return transpose(operand, -1, -2);
			throw failure({ what: "formula: .T of what is no matrix", expected: "two axes or more", actual: "fewer" });
		}
		case "index":
			throw failure({
				what: "formula: an index has no value here",
				expected: "scalars, named one by one",
				actual: "x[...]",
			});
	}
}

function combine({ operator, right }: Formula & { kind: "binary" }, left: Value, names: Names): Value {
	if (operator === "^" && right.kind === "number" && right.value === 2) return run(square, left);
	return run(infix[operator], left, evaluate(right, names));
}

function callNamed(formula: Formula & { kind: "call" }, names: Names): Value {
	const op = functionNamed(formula.name);
	if (!op) {
		throw failure({
			what: `formula: unknown function "${formula.name}"`,
			expected: `a function of the library${alike(formula.name)}`,
			actual: formula.name,
		});
	}
	if (formula.arguments.length !== op.arity) {
		throw failure({
			what: `formula: ${formula.name} takes ${op.arity} argument${op.arity === 1 ? "" : "s"}`,
			expected: String(op.arity),
			actual: String(formula.arguments.length),
		});
	}
	const operands = formula.arguments.map((argument) => evaluate(argument, names));
	const z = run(op.call, ...operands);
	return formula.primes === 0 ? z : derivativeOf(op, formula.primes, operands, z);
}

/** Functions that begin like `name`, for whoever mistyped it. */
function alike(name: string): string {
	const found = functionNames().filter((known) => known.toLowerCase().startsWith(name.slice(0, 2).toLowerCase()));
	return found.length === 0 ? "" : `, such as ${found.join(", ")}`;
}

/** f'(u), by the rule of f. */
function derivativeOf(op: Pointwise, primes: number, operands: readonly Value[], z: Value): Value {
	const partial = op.partials[0];
	if (primes > 1 || op.arity !== 1 || !partial) {
		throw failure({
			what: `formula: ${op.name}${"'".repeat(primes)} is not available`,
			expected: "one prime, on a differentiable function of one number",
			actual: `${primes} primes, ${op.arity} operands`,
			fix: "use grad for derivatives of higher order",
		});
	}
	return evaluate(partial, operandNames(operands, z));
}

/** The names a rule may use: operands x, y, w and the result z. */
export function operandNames(operands: readonly Value[], z: Value): Names {
	const names = new Map<string, Value>([["z", z]]);
	for (const [index, operand] of operands.entries()) names.set(["x", "y", "w"][index] as string, operand);
	return names;
}

/**
 * g · formula, with the cotangent g routed into the branch that was taken
 * instead of multiplied by a mask.
 *
 * A cotangent of 0 annihilates: where the product would make NaN of 0 · ∞, the
 * contribution is 0.
 */
export function scaled(formula: Formula, g: Node, names: Names): Node {
	const product = route(formula, g, names);
	// A trace stands for all examples: the guard is recorded whether this one needs it or not.
	return product === g || !(isTracing() || hasNaN(product)) ? product : where(equal(stop(g), 0), 0, product);
}

function route(formula: Formula, g: Node, names: Names): Node {
	switch (formula.kind) {
		case "number":
			return formula.value === 1 ? g : mul(g, formula.value);
		case "negate":
			return neg(route(formula.operand, g, names));
		case "if": {
			const condition = evaluate(formula.condition, names);
			return where(condition, branch(formula.then, g, names), branch(formula.otherwise, g, names));
		}
		case "binary":
			if (formula.operator === "*") return mul(route(formula.left, g, names), evaluate(formula.right, names));
			if (formula.operator === "/") return div(route(formula.left, g, names), evaluate(formula.right, names));
			break;
		default:
			break;
	}
	return mul(g, evaluate(formula, names));
}

/** A branch that is literally 0 stays the number 0: no gradient goes there. */
function branch(formula: Formula, g: Node, names: Names): Value {
	return formula.kind === "number" && formula.value === 0 ? 0 : route(formula, g, names);
}

function stop(x: Node): Node {
	return x.detach();
}

function hasNaN(x: Node): boolean {
	if (x instanceof Scalar) return Number.isNaN(x.value);
	const { storage, offset } = x as Tensor;
	if (isContiguous(x.shape, (x as Tensor).strides)) {
		for (let at = offset, end = offset + (x as Tensor).size; at < end; at++) if (Number.isNaN(storage[at])) return true;
		return false;
	}
	let found = false;
	forEachElement(x as Tensor, (element) => {
		found ||= Number.isNaN(element);
	});
	return found;
}
