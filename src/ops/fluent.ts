/**
 * Operations as methods: `x.mul(y)`, `x.sum({ axis: 0 })`.
 *
 * Generated from the functions themselves, at run time and in the types: an
 * exported function whose first parameter is a value becomes a method of the
 * same name, and nothing is listed twice.
 */
import { Scalar } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { ownCopy } from "../kernels/loops.js";
import * as arithmetic from "./arithmetic.js";
import * as compare from "./compare.js";
import * as composite from "./composite.js";
import * as indexing from "./indexing.js";
import * as linalg from "./linalg.js";
import * as movement from "./movement.js";
import * as order from "./order.js";
import type { Binary, Ternary, Unary } from "./pointwise.js";
import * as products from "./products.js";
import * as reduce from "./reduce.js";
import * as scan from "./scan.js";
import * as shape from "./shape.js";
import * as softmax from "./softmax.js";
import * as transcendental from "./transcendental.js";

type Pointwise = typeof arithmetic & typeof transcendental & Omit<typeof compare, "where">;
type Structural = typeof composite &
	typeof indexing &
	typeof linalg &
	typeof order &
	Omit<typeof products, Internal> &
	typeof reduce &
	typeof scan &
	typeof softmax &
	Omit<typeof movement & typeof shape, Internal>;

/** Functions of these files that other files of the library use, and that are no operations of a user. */
type Internal =
	| "asTensor"
	| "checkInteger"
	| "checkWidths"
	| "concat"
	| "contiguous"
	| "einsum"
	| "fromScalars"
	| "meshgrid"
	| "pick"
	| "stack"
	| "sumTo"
	| "surround";
const internal: ReadonlySet<string> = new Set<Internal | "where">([
	"asTensor",
	"checkInteger",
	"checkWidths",
	"concat",
	"contiguous",
	"einsum",
	"fromScalars",
	"meshgrid",
	"pick",
	"stack",
	"sumTo",
	"surround",
	"where",
]);

interface ScalarBinary {
	(y: number | Scalar): Scalar;
	(y: Tensor): Tensor;
	(y: Value): Node;
}

interface ScalarTernary {
	(y: number | Scalar, w: number | Scalar): Scalar;
	(y: Value, w: Value): Node;
}

/** Methods of scalars: the pointwise operations. */
export type ScalarMethods = {
	[Name in keyof Pointwise]: Pointwise[Name] extends Unary
		? () => Scalar
		: Pointwise[Name] extends Binary
			? ScalarBinary
			: Pointwise[Name] extends Ternary
				? ScalarTernary
				: never;
};

type Method<F> = F extends (x: Value, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;

/** Methods of tensors: every operation whose first operand is a value. */
export type TensorMethods = {
	[Name in keyof Pointwise]: Pointwise[Name] extends Unary
		? () => Tensor
		: Pointwise[Name] extends Binary
			? (y: Value) => Tensor
			: Pointwise[Name] extends Ternary
				? (y: Value, w: Value) => Tensor
				: never;
} & { [Name in keyof Structural]: Method<Structural[Name]> };

declare module "../core/tape.js" {
	interface Scalar extends ScalarMethods {}
}

declare module "../core/tensor.js" {
	interface Tensor extends TensorMethods {
		/** The last two axes swapped: the transpose of a matrix. */
		readonly T: Tensor;
	}
}

type AnyFunction = (...given: unknown[]) => unknown;

function attach(prototype: object, functions: Readonly<Record<string, unknown>>): void {
	for (const [name, call] of Object.entries(functions)) {
		if (typeof call !== "function" || internal.has(name)) continue;
		Object.defineProperty(prototype, name, {
			value: methodOf(name, call as AnyFunction),
			writable: true,
			configurable: true,
		});
	}
}

/** A method of its own per operation, so that V8 inlines it; see Note [one loop per operation]. */
function methodOf(name: string, call: AnyFunction): AnyFunction {
	const factory = [methodOfMany, methodOfOne, methodOfTwo][call.length] ?? methodOfThree;
	return ownCopy(name, factory)(call);
}

// Factories for `ownCopy`: they may use nothing but their parameters. A rest parameter costs an array per call:
// only a function that takes any number of operands itself, and so has length 0, gets it.

function methodOfMany(call: AnyFunction): AnyFunction {
	return function loop(this: unknown, ...operands: unknown[]) {
		return call(this, ...operands);
	};
}

function methodOfOne(call: AnyFunction): AnyFunction {
	return function loop(this: unknown, options: unknown) {
		return options === undefined ? call(this) : call(this, options);
	};
}

function methodOfTwo(call: AnyFunction): AnyFunction {
	return function loop(this: unknown, y: unknown, options: unknown) {
		return options === undefined ? call(this, y) : call(this, y, options);
	};
}

function methodOfThree(call: AnyFunction): AnyFunction {
	return function loop(this: unknown, y: unknown, w: unknown, options: unknown) {
		return options === undefined ? call(this, y, w) : call(this, y, w, options);
	};
}

attach(Scalar.prototype, arithmetic);
attach(Scalar.prototype, transcendental);
attach(Scalar.prototype, compare);
for (const functions of [
	arithmetic,
	transcendental,
	compare,
	composite,
	indexing,
	linalg,
	order,
	products,
	reduce,
	scan,
	movement,
	shape,
	softmax,
])
	attach(Tensor.prototype, functions);

Object.defineProperty(Tensor.prototype, "T", {
	get(this: Tensor): Tensor {
		return movement.transpose(this, -1, -2);
	},
});

Object.defineProperty(Tensor.prototype, Symbol.iterator, {
	*value(this: Tensor): Iterator<Tensor> {
		for (let index = 0; index < (this.shape[0] ?? 0); index++) yield movement.slice(this, [index]);
	},
});
