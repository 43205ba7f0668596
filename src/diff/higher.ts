/**
 * Derivatives of functions: `grad`, `vjp`, `jvp`, Jacobians and Hessians.
 *
 * Each call makes fresh variables for its arguments, runs the function once and
 * reads the record. Variables are told apart by where they stand in the graph,
 * so derivatives nest without confusion: a function inside another may use its
 * variables, and its derivative is recorded wherever the result depends on
 * something outside or is asked for again.
 */
import { failure } from "../core/errors.js";
import { orderOf } from "../core/graph.js";
import { shapeText, sizeOf } from "../core/shape.js";
import { isRecording, isTracing, Scalar, startLeaves, variable, withRecording } from "../core/tape.js";
import { isTraced, type Node, Tensor, type Value } from "../core/tensor.js";
import { add, identity, mul } from "../ops/arithmetic.js";
import { tensor, zeros } from "../ops/create.js";
import { asTensor, concat, reshape, sum } from "../ops/movement.js";
import { collect } from "./collect.js";
import { pushThrough } from "./forward.js";
import { type Given, type Like, mapNest, mapNodes, type Nest, nodesIn } from "./nest.js";
import { zeroLike } from "./pull.js";
import { floorOf, pullBack, seedOf, type Unused } from "./reverse.js";

/** How `grad` and `valueAndGrad` treat the function. */
export interface GradOptions {
	/** For arguments that the result does not depend on; `error` when left out. */
	readonly unused?: Exclude<Unused, "undefined"> | undefined;
}

/** The derivative of a function of one scalar: number in, number out. */
export interface ScalarDerivative<Rest extends unknown[] = []> {
	(x: number, ...rest: Rest): number;
	(x: Scalar, ...rest: Rest): Scalar;
	(x: number | Scalar, ...rest: Rest): number | Scalar;
}

/** What may be given for a list of arguments. */
export type GivenList<Arguments extends Nest[]> = { [Index in keyof Arguments]: Given<Arguments[Index]> } & unknown[];

/** The form of {@link grad}. */
export interface Grad {
	<Rest extends unknown[] = []>(f: (x: Scalar, ...rest: Rest) => Value, options?: GradOptions): ScalarDerivative<Rest>;
	<Argument extends Nest, Rest extends unknown[] = []>(
		f: (x: Argument, ...rest: Rest) => Value,
		options?: GradOptions,
	): <X extends Given<Argument>>(x: X, ...rest: Rest) => Like<X>;
}

/** The form of {@link valueAndGrad}. */
export interface ValueAndGrad {
	<Rest extends unknown[] = []>(
		f: (x: Scalar, ...rest: Rest) => Value,
		options?: GradOptions,
	): <X extends number | Scalar>(x: X, ...rest: Rest) => [value: Like<X>, gradient: Like<X>];
	<Argument extends Nest, Rest extends unknown[] = []>(
		f: (x: Argument, ...rest: Rest) => Value,
		options?: GradOptions,
	): <X extends Given<Argument>>(x: X, ...rest: Rest) => [value: Node, gradient: Like<X>];
}

/** The form of {@link jacobian}. */
export interface Jacobian {
	<Rest extends unknown[] = []>(f: (x: Scalar, ...rest: Rest) => Scalar): ScalarDerivative<Rest>;
	<Rest extends unknown[] = []>(f: (x: Tensor, ...rest: Rest) => Value): (x: Tensor, ...rest: Rest) => Tensor;
	<Argument extends Nest, Rest extends unknown[] = []>(
		f: (x: Argument, ...rest: Rest) => Value,
	): (x: Given<Argument>, ...rest: Rest) => unknown;
}

/** The form of {@link hessian}. */
export interface Hessian {
	<Rest extends unknown[] = []>(f: (x: Scalar, ...rest: Rest) => Value): ScalarDerivative<Rest>;
	<Rest extends unknown[] = []>(f: (x: Tensor, ...rest: Rest) => Value): (x: Tensor, ...rest: Rest) => Tensor;
}

type AnyFunction = (...given: unknown[]) => unknown;

/** Fresh variables in place of the values of a nest, and what is needed to come back. */
interface Trial {
	readonly fresh: unknown;
	readonly variables: readonly Node[];
	/** For each variable: was a plain number given? */
	readonly numeric: readonly boolean[];
	/** True where a given value was itself tracked. */
	readonly tracked: boolean;
	/** Puts one result per variable into the nest of the argument. */
	readonly rebuild: (results: readonly unknown[]) => unknown;
}

function trial(what: string, argument: unknown): Trial {
	startLeaves();
	const variables: Node[] = [];
	const numeric: boolean[] = [];
	let tracked = false;
	const fresh = mapNest(
		argument,
		(x, path) => {
			const made = freshVariable(what, x, path);
			if (typeof x !== "number" && x.requiresGrad) tracked = true;
			if (typeof x !== "number" && x.name !== undefined) made.named(x.name);
			variables.push(made);
			numeric.push(typeof x === "number");
			return made;
		},
		what,
	);
	const rebuild = (results: readonly unknown[]): unknown => {
		let next = 0;
		return mapNest(argument, () => results[next++], what);
	};
	return { fresh, variables, numeric, tracked, rebuild };
}

function freshVariable(what: string, x: Value, path: string): Node {
	if (typeof x === "number") return variable(x);
	if (x.requiresGrad && isRecording()) return identity(x);
	if (isTraced(x)) {
		const made = identity(x as Tensor);
		made.requiresGrad = true;
		return made;
	}
	if (x instanceof Scalar) return variable(x.value);
	if (x.dtype === "float64" || x.dtype === "float32") return tensor(x, { requiresGrad: true });
	throw failure({
		what: `${what}: no gradient for ${x.dtype}`,
		expected: "numbers, scalars, or float64 and float32 tensors as variables",
		actual: `a tensor of dtype ${x.dtype}${path === "" ? "" : ` at ${path}`}`,
		fix: "pass it as a further argument, or use it from the enclosing function",
	});
}

/** Runs `body` with recording on, also inside `noGrad`: a derivative needs its own record. */
function recorded<Result>(body: () => Result): Result {
	return withRecording(true, body);
}

/** What leaves a derivative: a number where numbers were given, unless it depends on a variable outside. */
function leave(x: unknown, numeric: boolean): unknown {
	if (!numeric || !(x instanceof Scalar || x instanceof Tensor) || x.requiresGrad) return x;
	return x instanceof Scalar || x.size === 1 ? x.item() : x;
}

function asNode(what: string, x: unknown): Node {
	if (x instanceof Scalar || x instanceof Tensor) return x;
	throw failure({
		what: `${what}: the function did not return a node`,
		expected: "a scalar or tensor computed from the arguments",
		actual: x === undefined ? "undefined: is a return missing?" : typeof x,
	});
}

interface Differentiated {
	readonly value: unknown;
	readonly gradient: unknown;
	readonly aux: unknown;
}

function differentiate(
	what: string,
	f: AnyFunction,
	given: readonly unknown[],
	unused: Unused,
	hasAux: boolean,
): Differentiated {
	const outside = isRecording();
	return recorded(() => {
		const attempt = trial(what, given[0]);
		const result = f(attempt.fresh, ...given.slice(1));
		if (hasAux && !(Array.isArray(result) && result.length === 2)) {
			throw failure({
				what: `${what}: no auxiliary output`,
				expected: "[value, auxiliary output] from the function",
				actual: Array.isArray(result) ? `an array of ${result.length}` : typeof result,
			});
		}
		const [first, aux] = hasAux ? (result as [unknown, unknown]) : [result, undefined];
		const output = asNode(what, first);
		const { enclosing } = collect([output], floorOf(attempt.variables));
		const keep = outside && (isTracing() || enclosing || attempt.tracked);
		if (output.requiresGrad === false && unused === "error") throw unreached(what);
		const found = pullBack([seedOf(what, output)], attempt.variables, keep);
		const results = found.map((gradient, index) => {
			const x = attempt.variables[index] as Node;
			if (gradient === undefined && unused === "error") throw unreached(what, x.name);
			return leave(gradient ?? zeroLike(x), attempt.numeric[index] as boolean);
		});
		const release = (node: Node): Node => (keep ? node : node.detach());
		const numeric = attempt.numeric.every((number) => number);
		return { value: leave(release(output), numeric), gradient: attempt.rebuild(results), aux: mapNodes(aux, release) };
	});
}

function unreached(what: string, name?: string): Error {
	return failure({
		what: `${what}: the result does not depend on ${name === undefined ? "an argument" : `"${name}"`}`,
		expected: "a result computed from every value of the first argument",
		actual: "no gradient arrived",
		fix: 'pass { unused: "zero" } if that is intended',
	});
}

/**
 * The gradient of `f` with respect to its first argument, as a function.
 *
 * The argument may be a value or nested arrays and objects of values; the
 * gradient has the same form. Plain numbers give plain numbers, unless the
 * result depends on a variable of an enclosing derivative. Further arguments
 * are passed on as they are.
 *
 * @throws where the result is not a single number, or does not depend on an argument.
 *
 * @example
 * ```ts
 * import { grad, mul, sin } from "chainrule";
 * const cosine = grad(sin);
 * console.log(cosine(0)); // 1
 * const second = grad(grad((x) => mul(x, mul(x, x))));
 * console.log(second(2)); // 12
 * ```
 */
export const grad: Grad = ((f: AnyFunction, { unused = "error" }: GradOptions = {}) =>
	(...given: unknown[]) =>
		differentiate("grad", f, given, unused, false).gradient) as never;

/** The value of `f` and its gradient with respect to the first argument; see {@link grad}. */
export const valueAndGrad: ValueAndGrad = ((f: AnyFunction, { unused = "error" }: GradOptions = {}) =>
	(...given: unknown[]) => {
		const { value, gradient } = differentiate("valueAndGrad", f, given, unused, false);
		return [value, gradient];
	}) as never;

/**
 * As {@link valueAndGrad}, for a function that returns `[value, auxiliary]`: the
 * auxiliary output (predictions, statistics, anything) rides along undifferentiated.
 */
export function valueGradAndAux<Argument extends Nest, Aux, Rest extends unknown[] = []>(
	f: (x: Argument, ...rest: Rest) => readonly [value: Value, aux: Aux],
	{ unused = "error" }: GradOptions = {},
): <X extends Given<Argument>>(x: X, ...rest: Rest) => [value: Node, gradient: Like<X>, aux: Aux] {
	return (...given) => {
		const { value, gradient, aux } = differentiate("valueGradAndAux", f as AnyFunction, given, unused, true);
		return [value as Node, gradient as never, aux as Aux];
	};
}

/**
 * The value of `f(...xs)` and its pull: a function from the cotangent of the
 * value to those of all arguments, in their form.
 */
export function vjp<Arguments extends Nest[]>(
	f: (...xs: Arguments) => Value,
	...xs: GivenList<Arguments>
): [value: Node, pull: (cotangent?: Value) => { [Index in keyof Arguments]: Like<Arguments[Index]> }] {
	const outside = isRecording();
	return recorded(() => {
		const attempt = trial("vjp", xs);
		const output = asNode("vjp", f(...(attempt.fresh as Arguments)));
		const { enclosing } = collect([output], floorOf(attempt.variables));
		const keep = outside && (isTracing() || enclosing || attempt.tracked);
		const pull = (cotangent?: Value): never => {
			const outer = cotangent !== undefined && typeof cotangent !== "number" && cotangent.requiresGrad;
			const found = recorded(() =>
				pullBack([seedOf("vjp", output, cotangent)], attempt.variables, (keep || outer) && isRecording()),
			);
			const results = found.map((gradient, index) =>
				leave(gradient ?? zeroLike(attempt.variables[index] as Node), attempt.numeric[index] as boolean),
			);
			return attempt.rebuild(results) as never;
		};
		return [keep ? output : output.detach(), pull];
	});
}

/**
 * The value of `f(...xs)` and its tangent, the derivative in the direction of
 * `tangents`, which has the form of `xs`. One pass forward, whatever the size
 * of the value.
 *
 * @throws where tangents and arguments differ in form.
 */
export function jvp<Arguments extends Nest[]>(
	f: (...xs: Arguments) => Value,
	xs: GivenList<Arguments>,
	tangents: GivenList<Arguments>,
): [value: Node, tangent: Node] {
	const outside = isRecording();
	return recorded(() => {
		const attempt = trial("jvp", xs);
		const directions = directionsOf(attempt.variables, tangents);
		const output = asNode("jvp", f(...(attempt.fresh as Arguments)));
		const { units, enclosing } = collect([output], floorOf(attempt.variables));
		const keep = outside && (isTracing() || enclosing || attempt.tracked || directions.some((dx) => dx.requiresGrad));
		const known = withRecording(keep, () => pushThrough(units, attempt.variables, directions));
		const tangent = known.get(orderOf(output)) ?? zeroLike(output);
		return keep ? [output, tangent] : [output.detach(), tangent];
	});
}

function directionsOf(variables: readonly Node[], tangents: unknown): Node[] {
	const directions: Node[] = [];
	mapNest(
		tangents,
		(dx) => {
			const x = variables[directions.length];
			const node = x instanceof Tensor ? asTensor(dx) : typeof dx === "number" ? variable(dx).detach() : dx;
			directions.push(node);
			return node;
		},
		"jvp",
	);
	const fits =
		directions.length === variables.length &&
		variables.every((x, index) => shapeText(x.shape) === shapeText((directions[index] as Node).shape));
	if (!fits) {
		throw failure({
			what: "jvp: tangents do not fit",
			expected: `one for each variable, of shapes ${variables.map((x) => shapeText(x.shape)).join(", ")}`,
			actual: directions.map((dx) => shapeText(dx.shape)).join(", "),
		});
	}
	return directions;
}

/**
 * All partial derivatives of `f` at its argument: for y = f(x) a tensor of
 * shape `[...y.shape, ...x.shape]`; for a nest of arguments, one such tensor at
 * each leaf. A number where both are single numbers and a number was given.
 */
export const jacobian: Jacobian = ((f: AnyFunction) =>
	(...given: unknown[]) => {
		const outside = isRecording();
		return recorded(() => {
			const attempt = trial("jacobian", given[0]);
			const output = asNode("jacobian", f(attempt.fresh, ...given.slice(1)));
			const { enclosing } = collect([output], floorOf(attempt.variables));
			const keep = outside && (isTracing() || enclosing || attempt.tracked);
			if (output instanceof Scalar) {
				const found = pullBack([seedOf("jacobian", output)], attempt.variables, keep);
				return attempt.rebuild(
					found.map((gradient, index) =>
						leave(gradient ?? zeroLike(attempt.variables[index] as Node), attempt.numeric[index] as boolean),
					),
				);
			}
			const size = sizeOf(output.shape);
			const rows: Node[][] = attempt.variables.map(() => []);
			for (let position = 0; position < size; position++) {
				const basis = zeros([size], { dtype: output.dtype });
				basis.storage[position] = 1;
				const found = pullBack([{ output, cotangent: reshape(basis, output.shape) }], attempt.variables, keep);
				for (const [index, x] of attempt.variables.entries()) {
					const row = asTensor(found[index] ?? zeroLike(x));
					rows[index]?.push(reshape(row, [1, ...x.shape]));
				}
			}
			const results = attempt.variables.map((x, index) => {
				const shape = [...output.shape, ...x.shape];
				return size === 0 ? zeros(shape) : reshape(concat(rows[index] as Node[]), shape);
			});
			return attempt.rebuild(results);
		});
	}) as never;

/**
 * All second partial derivatives of `f`, a function to a single number: shape
 * `[...x.shape, ...x.shape]`, symmetric where f is smooth. A number for a number.
 */
export const hessian: Hessian = ((f: (x: Tensor) => Value) =>
	jacobian(grad(f, { unused: "zero" }) as (x: Tensor) => Tensor)) as never;

/**
 * The Hessian of `f` at `x` times the direction `v`, without forming the
 * Hessian: the gradient of ⟨∇f(x), v⟩. `x` and `v` have the same form.
 */
export function hvp<Argument extends Nest>(
	f: (x: Argument) => Value,
	x: Given<Argument>,
	v: Given<Argument>,
): Like<Given<Argument>> {
	const directions = nodesOrNumbers(v);
	const slope = (at: unknown): Value => {
		const { gradient } = differentiate("hvp", f as AnyFunction, [at], "zero", false);
		const terms = nodesIn(gradient).map((g, index) => {
			const product = mul(g, directions[index] as Value);
			return product instanceof Tensor ? sum(product) : product;
		});
		return terms.reduce((total, term) => add(total, term));
	};
	return differentiate("hvp", slope as AnyFunction, [x], "zero", false).gradient as never;
}

function nodesOrNumbers(nest: unknown): Value[] {
	const values: Value[] = [];
	mapNest(
		nest,
		(value) => {
			values.push(value);
			return value;
		},
		"hvp",
	);
	return values;
}
