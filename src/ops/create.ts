/**
 * Values from data: scalars, tensors, parameters, and the usual fillings.
 */
import { type DType, dtypeOf, dtypes, isDType, newStorage, type Storage } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { checkShape, type Shape, shapeText, sizeOf } from "../core/shape.js";
import { constant, Scalar, variable } from "../core/tape.js";
import { isTraced, type Nested, Tensor, type Value, wrap } from "../core/tensor.js";
import { defaultGenerator, type Generator } from "../kernels/random.js";
import { identity } from "./arithmetic.js";
import { cast, contiguous, fromScalars, reshape } from "./movement.js";

/** How a tensor is made. */
export interface TensorOptions {
	/** `float64` when left out; data of typed arrays and booleans keep their own. */
	readonly dtype?: DType | undefined;
	/** True for a variable: operations on it are recorded and gradients reach it. */
	readonly requiresGrad?: boolean | undefined;
	/** Shown in pictures, formulas and messages. */
	readonly name?: string | undefined;
	/** Shape of flat data; nested arrays tell theirs. */
	readonly shape?: Shape | undefined;
}

/** What a tensor can be made from. */
export type TensorData = Nested<number | boolean | Scalar> | Storage | Tensor;

/**
 * A variable holding one float64 number: operations on it are recorded.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * const x = scalar(3, "x");
 * x.mul(x).backward();
 * console.log(x.grad); // 6
 * ```
 */
export function scalar(value: number, name?: string): Scalar {
	const made = variable(checkNumber("scalar", value));
	return name === undefined ? made : made.named(name);
}

function checkNumber(what: string, value: unknown): number {
	if (typeof value === "number") return value;
	throw failure({ what: `${what}: not a number`, expected: "a JavaScript number", actual: typeof value });
}

/**
 * A tensor from nested arrays, a typed array (copied), or another tensor (copied).
 * Scalars among the numbers stay connected: their gradients flow.
 *
 * @throws where nested arrays are ragged, an element is not a number, the dtype is unknown, or data and shape differ in size.
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
	const { dtype, requiresGrad = false, name } = options;
	checkDType("tensor", dtype);
	const made = build(data, options);
	if (requiresGrad) {
		if (made.op !== undefined) {
			throw failure({
				what: "tensor: cannot be a leaf",
				expected: "plain numbers where requiresGrad is asked for",
				actual: "scalars of the tape among the data",
				fix: "leave out requiresGrad: gradients already flow to those scalars",
			});
		}
		checkFloating("tensor", made.dtype);
		made.requiresGrad = true;
	}
	return name === undefined ? made : made.named(name);
}

function build(data: TensorData, { dtype, shape }: TensorOptions): Tensor {
	if (data instanceof Tensor) {
		if (isTraced(data)) return reshape(cast(identity(data), dtype ?? data.dtype), shape ?? data.shape).detach();
		const { data: elements } = contiguous(data);
		return wrap(convert(elements, dtype ?? data.dtype), reshaped(shape ?? data.shape, elements.length));
	}
	if (ArrayBuffer.isView(data)) {
		const elements = data as Storage;
		// Bytes are numbers (labels, pixels); bool is asked for by name.
		const own = elements instanceof Uint8Array ? "int32" : dtypeOf(elements);
		return wrap(convert(elements, dtype ?? own), reshaped(shape ?? [elements.length], elements.length));
	}
	const sizes: number[] = [];
	const elements: (number | boolean | Scalar)[] = [];
	flatten(data, 0, sizes, elements, []);
	const given = reshaped(shape ?? sizes, elements.length);
	if (elements.some((element) => element instanceof Scalar)) {
		const crossed = fromScalars(
			elements.map((element) => (typeof element === "boolean" ? Number(element) : element)),
			given,
		);
		return dtype === undefined ? crossed : cast(crossed, dtype);
	}
	const boolean = elements.length > 0 && elements.every((element) => typeof element === "boolean");
	const storage = newStorage(dtype ?? (boolean ? "bool" : "float64"), elements.length);
	for (let index = 0; index < elements.length; index++) {
		const element = Number(elements[index]);
		storage[index] = dtype === "bool" ? Number(element !== 0) : element;
	}
	return wrap(storage, given);
}

function convert(elements: Storage, dtype: DType): Storage {
	const storage = newStorage(dtype, elements.length);
	for (let index = 0; index < elements.length; index++) {
		const element = elements[index] as number;
		storage[index] = dtype === "bool" ? Number(element !== 0) : element;
	}
	return storage;
}

function reshaped(shape: Shape, size: number): Shape {
	checkShape("tensor", shape);
	if (sizeOf(shape) !== size) {
		throw failure({
			what: "tensor: data and shape differ",
			expected: `${sizeOf(shape)} elements for shape ${shapeText(shape)}`,
			actual: `${size} elements`,
		});
	}
	return [...shape];
}

/** Fills `sizes` on the way down the first branch, and checks every other branch against it. */
function flatten(data: unknown, axis: number, sizes: number[], elements: unknown[], path: readonly number[]): void {
	if (!Array.isArray(data)) {
		if (typeof data !== "number" && typeof data !== "boolean" && !(data instanceof Scalar)) {
			throw failure({
				what: "tensor: an element is not a number",
				expected: "numbers, booleans or scalars in nested arrays",
				actual: `${data === null ? "null" : typeof data} at ${shapeText(path)}`,
			});
		}
		if (axis < sizes.length) throw ragged(path, `a row of ${sizes[axis]}`, "a single number");
		elements.push(data);
		return;
	}
	const first = path.every((index) => index === 0);
	if (axis === sizes.length) {
		if (!first) throw ragged(path, "a single number", `a row of ${data.length}`);
		sizes.push(data.length);
	}
	if (sizes[axis] !== data.length) throw ragged(path, `a row of ${sizes[axis]}`, `a row of ${data.length}`);
	for (let index = 0; index < data.length; index++) flatten(data[index], axis + 1, sizes, elements, [...path, index]);
}

function ragged(path: readonly number[], expected: string, actual: string): Error {
	return failure({
		what: "tensor: nested arrays are ragged",
		expected: `${expected}, as in the first one`,
		actual: `${actual} at ${shapeText(path)}`,
		fix: "give every row the same length",
	});
}

function checkDType(what: string, dtype: unknown): void {
	if (dtype === undefined || isDType(dtype)) return;
	throw failure({ what: `${what}: unknown dtype`, expected: dtypes.join(", "), actual: JSON.stringify(dtype) });
}

function checkFloating(what: string, dtype: DType): void {
	if (dtype === "float64" || dtype === "float32") return;
	throw failure({
		what: `${what}: no gradient for ${dtype}`,
		expected: "float64 or float32 for a variable",
		actual: dtype,
	});
}

/**
 * A variable to be trained: a scalar for a number, a tensor for anything else.
 * `assign` gives it new values.
 */
export function parameter(data: number, options?: TensorOptions): Scalar;
export function parameter(data: Exclude<TensorData, number>, options?: TensorOptions): Tensor;
export function parameter(data: TensorData, options: TensorOptions = {}): Scalar | Tensor {
	if (typeof data === "number") return scalar(data, options.name);
	return tensor(data, { ...options, requiresGrad: true });
}

function filled(what: string, shape: Shape, value: number, options: TensorOptions): Tensor {
	checkShape(what, shape);
	checkDType(what, options.dtype);
	const storage = newStorage(options.dtype ?? "float64", sizeOf(shape));
	if (value !== 0) storage.fill(value);
	return finish(wrap(storage, [...shape]), options);
}

function finish(made: Tensor, { requiresGrad = false, name }: TensorOptions): Tensor {
	if (requiresGrad) {
		checkFloating("tensor", made.dtype);
		made.requiresGrad = true;
	}
	return name === undefined ? made : made.named(name);
}

/** Zeros of `shape`. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
	return filled("zeros", shape, 0, options);
}

/** Ones of `shape`. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
	return filled("ones", shape, 1, options);
}

/** `value` everywhere in `shape`. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
	return filled("full", shape, value, options);
}

/** Zeros like `x`, a tensor or scalar: same shape, same dtype. */
export function zerosLike(x: Value): Tensor {
	return x instanceof Tensor ? zeros(x.shape, { dtype: x.dtype }) : zeros([]);
}

/** Ones like `x`, a tensor or scalar: same shape, same dtype. */
export function onesLike(x: Value): Tensor {
	return x instanceof Tensor ? ones(x.shape, { dtype: x.dtype }) : ones([]);
}

/** The identity matrix of `size` rows. */
export function eye(size: number, options: TensorOptions = {}): Tensor {
	const made = filled("eye", [size, size], 0, options);
	for (let row = 0; row < size; row++) made.storage[row * (size + 1)] = 1;
	return made;
}

/** Numbers from `start` (0 when only `stop` is given) up to, not including, `stop`, `step` apart. */
export function arange(start: number, stop?: number, step = 1, options: TensorOptions = {}): Tensor {
	const [from, to] = stop === undefined ? [0, start] : [start, stop];
	const count = Math.max(0, Math.ceil((to - from) / step));
	if (!Number.isFinite(count)) {
		throw failure({
			what: "arange: endless",
			expected: "finite ends and a step other than 0",
			actual: `${from} to ${to} by ${step}`,
		});
	}
	const made = filled("arange", [count], 0, options);
	for (let index = 0; index < count; index++) made.storage[index] = from + index * step;
	return made;
}

/** `count` numbers from `start` to `stop`, both included, evenly spaced. */
export function linspace(start: number, stop: number, count = 50, options: TensorOptions = {}): Tensor {
	const made = filled("linspace", [count], 0, options);
	for (let index = 0; index < count; index++) {
		const share = count === 1 ? 0 : index / (count - 1);
		made.storage[index] = index === count - 1 && count > 1 ? stop : start + share * (stop - start);
	}
	return made;
}

/** Where random numbers come from: the default generator when left out. */
export interface RandomOptions extends TensorOptions {
	readonly generator?: Generator | undefined;
}

/** Uniform numbers from 0 to 1. */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
	const made = filled("rand", shape, 0, options);
	(options.generator ?? defaultGenerator()).fillUniform(made.storage, made.offset, made.size, 0, 1);
	return made;
}

/** Normal numbers with mean 0 and standard deviation 1. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
	const made = filled("randn", shape, 0, options);
	(options.generator ?? defaultGenerator()).fillNormal(made.storage, made.offset, made.size, 0, 1);
	return made;
}

/** The same value as a constant: gradients stop here. */
export function stopGradient<X extends Value>(x: X): X {
	if (typeof x === "number") return x;
	return (x as Scalar | Tensor).detach() as X;
}

/** A number of the tape that no gradient reaches, with a name for pictures and formulas. */
export function fixed(value: number, name?: string): Scalar {
	const made = constant(checkNumber("fixed", value));
	return name === undefined ? made : made.named(name);
}
