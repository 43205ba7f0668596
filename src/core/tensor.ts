/**
 * Tensors: n-dimensional arrays that may be nodes of the tape.
 *
 * A tensor is a strided window onto a flat array and, where it was computed
 * from tracked values, the record of how. Elements never change, except by
 * `assign` on a parameter. Methods for operations are added by `ops/fluent`;
 * this file refuses to know any.
 *
 * Note [small tensors share storage]
 * In V8 a typed array of its own costs about 150 ns, more than the arithmetic
 * on ten numbers. Results of up to 128 elements are cut from a slab of 1,024.
 * A slab lives as long as any tensor in it.
 *
 * Note [a parameter changes by moving]
 * Views of a parameter (a reshape, a slice, a detached copy) share its storage
 * and must keep their values when it is assigned. So no element is ever written
 * twice: the parameter moves to the storage of its new value. That costs no
 * copy either, since an update is a fresh tensor that nobody can change.
 */
import { type DType, dtypeOf, isFloating, newStorage, type Storage } from "./dtype.js";
import { failure, isDebug } from "./errors.js";
import { inspect } from "./inspect.js";
import { noteLine } from "./lines.js";
import type { AnyOp } from "./op.js";
import { place, type Scope } from "./scope.js";
import { isContiguous, type Shape, sameShape, shapeText, sizeOf, stridesOf, type View } from "./shape.js";
import { isRecording, isTracing, momentOfAssignment, nextSerial, type Scalar } from "./tape.js";

/** A node of the tape. */
export type Node = Scalar | Tensor;
/** What every operation accepts. */
export type Value = number | Scalar | Tensor;
/** Numbers in nested arrays, one level per axis. */
export type Nested<Element> = Element | readonly Nested<Element>[];

const slabLength = 1_024;
const largestShared = 128;
const slabs: { [Type in DType]?: { storage: Storage; used: number } } = {};

/** Memory that a pass made for cotangents. */
export interface Lease {
	/** How many cotangents lie in it. */
	holders: number;
	/** `undefined` for a part of a slab. */
	readonly storage: Storage | undefined;
}

/** Zeroed elements for a result: a storage and the place in it. */
export function allocate(dtype: DType, size: number): { readonly storage: Storage; readonly offset: number } {
	if (size > largestShared) return { storage: newStorage(dtype, size), offset: 0 };
	if (Number.isNaN(size)) throw new Error("a shape rule gave a size that is no number"); // it would spoil the slab for all
	let slab = slabs[dtype];
	if (slab === undefined || slab.used + size > slabLength) {
		slab = { storage: newStorage(dtype, slabLength), used: 0 };
		slabs[dtype] = slab;
	}
	const offset = slab.used;
	slab.used += size;
	return { storage: slab.storage, offset };
}

/**
 * An n-dimensional array of one dtype; a node of the tape where it was computed
 * from tracked values.
 */
export class Tensor implements View {
	readonly storage: Storage;
	readonly offset: number;
	readonly shape: Shape;
	readonly strides: readonly number[];
	readonly dtype: DType;
	/** Place in the one order of all nodes: an operation comes after what it reads. */
	readonly serial: number;
	/** True where gradients flow: for parameters and for what is computed from them. */
	requiresGrad = false;
	/** The operation that computed this tensor, where it was recorded. */
	op: AnyOp | undefined = undefined;
	inputs: readonly Node[] = noInputs;
	attributes: unknown = undefined;
	scope: Scope | undefined = undefined;
	/** In a trace: computed like any other, but gradients stop here. */
	detached = false;
	/** The name given by `named`, or at creation. */
	name: string | undefined = undefined;
	/** The gradient left here by `backward()`; `undefined` where none arrived. */
	grad: Tensor | undefined = undefined;
	/** True to keep the gradient of an intermediate value, too. */
	retained = false;
	hooks: readonly ((gradient: Tensor) => void)[] | undefined = undefined;
	/** The serial at the moment of the last `assign`. */
	lastAssigned = 0;
	/** Used by the pass under way: its number, the cotangent so far, and the memory in which that lies, where the pass made it. */
	pass = 0;
	cotangent: Tensor | undefined = undefined;
	lease: Lease | undefined = undefined;

	constructor(storage: Storage, offset: number, shape: Shape, strides: readonly number[], dtype: DType) {
		this.storage = storage;
		this.offset = offset;
		this.shape = shape;
		this.strides = strides;
		this.dtype = dtype;
		this.serial = nextSerial();
	}

	/** Number of axes. */
	get rank(): number {
		return this.shape.length;
	}

	/** Number of elements. */
	get size(): number {
		return sizeOf(this.shape);
	}

	/** True for a tensor that no recorded operation computed. */
	get isLeaf(): boolean {
		return this.op === undefined;
	}

	/** A copy of the elements in row-major order; changing it changes nothing else. */
	get data(): Storage {
		refuseTraced("data", this);
		const data = newStorage(this.dtype, this.size);
		let next = 0;
		forEachElement(this, (element) => {
			data[next++] = element;
		});
		return data;
	}

	/** The only element of a tensor of size 1. */
	item(): number {
		refuseTraced("item", this);
		if (this.size !== 1) {
			throw failure({
				what: "item: not a single number",
				expected: "a tensor with one element",
				actual: `shape ${shapeText(this.shape)}`,
				fix: "reduce it first, for example with sum() or mean(), or read .data",
			});
		}
		return this.storage[this.offset] as number;
	}

	/** The elements as nested arrays, one level per axis; `bool` elements as booleans. */
	toArray(): Nested<number> {
		const data = this.data;
		let next = 0;
		const level = (axis: number): Nested<number> => {
			if (axis === this.rank) return data[next++] as number;
			return Array.from({ length: this.shape[axis] as number }, () => level(axis + 1));
		};
		return level(0);
	}

	toJSON(): Nested<number> {
		return this.toArray();
	}

	/** Gives the tensor a name for pictures, formulas and messages; returns the same tensor. */
	named(name: string): this {
		this.name = name;
		return this;
	}

	/** The same elements as a constant: gradients stop here. */
	detach(): Tensor {
		const made = new Tensor(this.storage, this.offset, this.shape, this.strides, this.dtype);
		return isTraced(this) ? recordTraced(made, this.op as AnyOp, this.inputs, this.attributes, false, true) : made;
	}

	/** Asks `backward()` to leave the gradient of this intermediate value in `grad`; returns the same tensor. */
	retainGrad(): this {
		this.retained = true;
		return this;
	}

	/** Forgets the gradient. */
	zeroGrad(): void {
		this.grad = undefined;
	}

	/**
	 * Gives a parameter new elements, as an optimizer does.
	 *
	 * Results computed before keep their values, and a backward pass through
	 * them throws: their derivatives belonged to the old elements.
	 *
	 * @throws where this is not a parameter, or shape or dtype differ.
	 */
	assign(value: Tensor | ArrayLike<number>): void {
		if (!this.isLeaf || !this.requiresGrad) {
			throw failure({
				what: "assign: not a parameter",
				expected: "a leaf made by parameter() or tensor(data, { requiresGrad: true })",
				actual: this.isLeaf ? "a constant" : "the result of an operation",
				fix: "assign to the parameters that this value was computed from",
			});
		}
		const tensor = value instanceof Tensor ? value : undefined;
		if (tensor ? !sameShape(tensor.shape, this.shape) : (value as ArrayLike<number>).length !== this.size) {
			throw failure({
				what: `assign: shapes differ${this.name === undefined ? "" : ` for parameter "${this.name}"`}`,
				expected: `shape ${shapeText(this.shape)}`,
				actual: tensor ? `shape ${shapeText(tensor.shape)}` : `${(value as ArrayLike<number>).length} numbers`,
			});
		}
		// See Note [a parameter changes by moving].
		const here = this as { storage: Storage; offset: number; strides: readonly number[] };
		if (tensor?.dtype === this.dtype) {
			here.storage = tensor.storage;
			here.offset = tensor.offset;
			here.strides = tensor.strides;
		} else {
			const from = tensor ?? (value as ArrayLike<number>);
			const { storage, offset } = allocate(this.dtype, this.size);
			if (from instanceof Tensor) {
				let next = offset;
				forEachElement(from, (element) => {
					storage[next++] = element;
				});
			} else storage.set(from, offset);
			here.storage = storage;
			here.offset = offset;
			here.strides = stridesOf(this.shape);
		}
		this.lastAssigned = momentOfAssignment();
	}

	/** The number of a tensor with one element, so that `loss < 1` works. */
	valueOf(): number {
		return this.item();
	}

	toString(): string {
		return elementsText(this);
	}
}

/** What `console.log` shows in Node. */
Object.defineProperty(Tensor.prototype, inspect, {
	value(this: Tensor): string {
		const name = this.name === undefined ? "" : ` ${JSON.stringify(this.name)}`;
		const how = this.op === undefined ? "" : ` by ${this.op.name}`;
		return `Tensor(${elementsText(this)}${name}, ${this.dtype} ${shapeText(this.shape)}${how})`;
	},
});

const noInputs: readonly Node[] = [];

/** A constant tensor over `storage`, taken as it is: the caller gives it away. */
export function wrap(storage: Storage, shape: Shape, offset = 0, dtype: DType = dtypeOf(storage)): Tensor {
	return new Tensor(storage, offset, shape, stridesOf(shape), dtype);
}

/** Records how `z` was computed. */
export function record(z: Tensor, op: AnyOp, inputs: readonly Node[], attributes: unknown): Tensor {
	z.requiresGrad = true;
	z.op = op;
	z.inputs = inputs;
	z.attributes = attributes;
	z.scope = place.scope;
	if (isDebug()) noteLine(z);
	return z;
}

/** Tensors among attributes: the index of a gather belongs to what a result was computed from, though no gradient goes there. */
export function tensorsAmong(attributes: unknown): Tensor[] {
	if (attributes === null || typeof attributes !== "object") return [];
	return Object.values(attributes).filter((value): value is Tensor => value instanceof Tensor);
}

/** True inside a trace for what depends on its arguments, and for what was recorded before it. */
export function isTraced(x: Node): boolean {
	return isTracing() && x instanceof Tensor && x.op !== undefined;
}

/**
 * Records how `z` was computed where somebody may ask: a pass, if a gradient
 * can flow (`differentiable`) from a tracked input; a trace, in any case.
 */
export function recordWanted(
	z: Tensor,
	op: AnyOp,
	inputs: readonly Node[],
	attributes: unknown,
	differentiable: boolean,
): Tensor {
	const tracked = differentiable && isRecording() && isFloating(z.dtype) && inputs.some((x) => x.requiresGrad);
	if (isTracing() && (inputs.some(isTraced) || tensorsAmong(attributes).some(isTraced)))
		return recordTraced(z, op, inputs, attributes, tracked, !isRecording());
	return tracked ? record(z, op, inputs, attributes) : z;
}

function recordTraced(
	z: Tensor,
	op: AnyOp,
	inputs: readonly Node[],
	attributes: unknown,
	tracked: boolean,
	detached: boolean,
): Tensor {
	record(z, op, inputs, attributes);
	z.requiresGrad = tracked;
	z.detached = detached;
	return z;
}

/** Refuses to tell elements inside a trace: they are those of one example, and the trace stands for all. */
export function refuseTraced(what: string, x: Tensor): void {
	if (!isTraced(x)) return;
	throw failure({
		what: `${what}: the elements are not known while a function is traced`,
		expected: "operations on tensors, where() instead of if",
		actual: "a tensor that stands for every example of a batch",
	});
}

/** Calls `visit` with every element in row-major order. */
export function forEachElement(x: View, visit: (element: number) => void): void {
	const { storage, shape, strides } = x;
	if (isContiguous(shape, strides)) {
		for (let index = 0, size = sizeOf(shape); index < size; index++) visit(storage[x.offset + index] as number);
		return;
	}
	const walk = (axis: number, at: number): void => {
		if (axis === shape.length) {
			visit(storage[at] as number);
			return;
		}
		for (let index = 0; index < (shape[axis] as number); index++)
			walk(axis + 1, at + index * (strides[axis] as number));
	};
	walk(0, x.offset);
}

/** Elements shown per axis before the middle is left out. */
const shownPerAxis = 6;

function elementsText(x: View): string {
	const { storage, shape, strides } = x;
	const text = (axis: number, at: number): string => {
		if (axis === shape.length) return numberText(storage[at] as number);
		const size = shape[axis] as number;
		const parts: string[] = [];
		for (let index = 0; index < size; index++) {
			if (size > shownPerAxis + 1 && index === shownPerAxis / 2) {
				parts.push("...");
				index = size - shownPerAxis / 2;
			}
			parts.push(text(axis + 1, at + index * (strides[axis] as number)));
		}
		return `[${parts.join(", ")}]`;
	};
	return text(0, x.offset);
}

/** A number with at most six significant digits, as arrays are shown. */
function numberText(value: number): string {
	return String(Number(value.toPrecision(6)));
}
