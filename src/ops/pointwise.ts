/**
 * The words in which pointwise operations are defined, and how they lift.
 *
 * `unary`, `binary` and `ternary` take the value on plain numbers and one
 * formula per partial derivative. The function they return accepts numbers,
 * scalars and tensors: scalars are recorded on the tape, tensors meet by
 * broadcasting and run through one loop per operation and dtype.
 */
import { type DType, isFloating, promote, weaken } from "../core/dtype.js";
import { type Formula, parseFormula } from "../core/formula.js";
import { type Domain, nextOpcode, type Pointwise, type ResultKind, register } from "../core/op.js";
import { broadcastShapes, isContiguous, type Shape, sameShape, sizeOf, stridesOf } from "../core/shape.js";
import {
	constant,
	isRecording,
	isTracing,
	record1,
	record2,
	record3,
	recordLeft,
	recordRight,
	Scalar,
} from "../core/tape.js";
import { allocate, type Node, record, recordWanted, Tensor, type Value } from "../core/tensor.js";
import { type Map1, type Map2, type Map3, map1, map2, map3, ownCopy } from "../kernels/loops.js";
import { fewest } from "../kernels/vectors.js";
import { rows } from "../kernels/walk.js";
import { type Facts, facts } from "./define.js";
import { asTensor, broadcastTo } from "./movement.js";
import { vectorValue } from "./vectorize.js";

/** A function of one value: numbers and scalars give a scalar, tensors a tensor. */
export interface Unary {
	(x: number | Scalar): Scalar;
	(x: Tensor): Tensor;
	(x: Value): Node;
}

/** A function of two values: numbers and scalars give a scalar, anything else a tensor. */
export interface Binary {
	(x: number | Scalar, y: number | Scalar): Scalar;
	(x: Tensor, y: Value): Tensor;
	(x: Value, y: Tensor): Tensor;
	(x: Value, y: Value): Node;
}

/** A function of three values: numbers and scalars give a scalar, anything else a tensor. */
export interface Ternary {
	(x: number | Scalar, y: number | Scalar, w: number | Scalar): Scalar;
	(x: Tensor, y: Value, w: Value): Tensor;
	(x: Value, y: Tensor, w: Value): Tensor;
	(x: Value, y: Value, w: Tensor): Tensor;
	(x: Value, y: Value, w: Value): Node;
}

/** What a pointwise definition may say beyond value and partials. */
export interface PointwiseFacts extends Facts {
	/** One interval per operand; a single one serves all. Everywhere, when left out. */
	readonly domain?: Domain | readonly Domain[];
	/** Dtype of the result; `float` when left out. */
	readonly result?: ResultKind;
	/** Other names under which formulas may call it. */
	readonly aliases?: readonly string[];
	/** The value as a formula in `x`, `y` and `w`, where one says it to the last bit: large arrays are computed by it. */
	readonly formula?: string;
}

/** All real numbers. */
export const everywhere: Domain = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Numbers above 0. */
export const positive: Domain = { low: 0, high: Number.POSITIVE_INFINITY };

type Partials = readonly (string | null)[];

function pointwise(
	name: string,
	arity: 1 | 2 | 3,
	value: (...operands: number[]) => number,
	partials: Partials,
	given: PointwiseFacts,
	build: (op: Pointwise) => Pointwise["call"],
): Pointwise["call"] {
	const { domain = everywhere } = given;
	const single = "low" in domain ? [domain] : domain;
	const op: Pointwise = {
		...facts(name, arity, given),
		family: "pointwise",
		arity,
		opcode: nextOpcode(arity),
		value,
		formula: given.formula === undefined ? undefined : parseFormula(given.formula),
		partials: partials.map((partial): Formula | undefined => (partial === null ? undefined : parseFormula(partial))),
		domain: Array.from({ length: arity }, (_, operand) => single[operand] ?? (single[0] as Domain)),
		result: given.result ?? "float",
		aliases: given.aliases ?? [],
		call: (...operands) => call(...operands),
	};
	const call = build(op);
	register(op);
	records.set(call, op);
	return call;
}

const records = new WeakMap<object, Pointwise>();

/** The record behind a pointwise function. */
export function recordOf(call: Unary | Binary | Ternary): Pointwise {
	return records.get(call) as Pointwise;
}

/**
 * Defines z = f(x): the value on numbers, and dz/dx as a formula in `x` and `z`.
 * `null` for the partial says that the result is a constant.
 */
export function unary(
	name: string,
	value: (x: number) => number,
	partial: string | null,
	given: PointwiseFacts = {},
): Unary {
	return pointwise(name, 1, value, partial === null ? [] : [partial], given, (op) => {
		const lift = liftUnary(op);
		const onTape = partial === null ? (_opcode: number, _x: Scalar, z: number) => constant(z) : record1;
		return ownCopy(name, callUnary)(value, op.opcode, Scalar, onTape, constant, lift);
	}) as Unary;
}

/**
 * Defines z = f(x, y): the value on numbers, and both partials as formulas in
 * `x`, `y` and `z`. `null` for a partial says that no gradient flows there; no
 * partials at all, that the result is a constant.
 */
export function binary(
	name: string,
	value: (x: number, y: number) => number,
	partials: Partials,
	given: PointwiseFacts = {},
): Binary {
	return pointwise(name, 2, value, partials, given, (op) => {
		const lift = liftBinary(op);
		const tape = partials.length === 0 ? constantTape : { record2, recordLeft, recordRight };
		return ownCopy(name, callBinary)(
			value,
			op.opcode,
			Scalar,
			tape.record2,
			tape.recordLeft,
			tape.recordRight,
			constant,
			lift,
		);
	}) as Binary;
}

/** Defines z = f(x, y, w), as {@link binary}; the third operand is `w`. */
export function ternary(
	name: string,
	value: (x: number, y: number, w: number) => number,
	partials: Partials,
	given: PointwiseFacts = {},
): Ternary {
	return pointwise(name, 3, value, partials, given, (op) => {
		const lift = liftTernary(op);
		const scalar = (x: number | Scalar): Scalar => (typeof x === "number" ? constant(x) : x);
		return (x: Value, y: Value, w: Value) => {
			if (x instanceof Tensor || y instanceof Tensor || w instanceof Tensor) return lift(x, y, w);
			const z = value(Number(x), Number(y), Number(w));
			return record3(op.opcode, scalar(x), scalar(y), scalar(w), z);
		};
	}) as Ternary;
}

const constantTape = {
	record2: (_opcode: number, _x: Scalar, _y: Scalar, z: number): Scalar => constant(z),
	recordLeft: (_opcode: number, _x: number, _y: Scalar, z: number): Scalar => constant(z),
	recordRight: (_opcode: number, _x: Scalar, _y: number, z: number): Scalar => constant(z),
};

// The next two are factories for `ownCopy`: they may use nothing but their parameters.

function callUnary(
	value: (x: number) => number,
	opcode: number,
	ScalarClass: typeof Scalar,
	record: typeof record1,
	constantOf: typeof constant,
	lift: (x: Value) => Tensor,
): (x: Value) => Node {
	return function loop(x) {
		if (x instanceof ScalarClass) return record(opcode, x, value(x.chunk.values[x.index] as number));
		return typeof x === "number" ? constantOf(value(x)) : lift(x);
	};
}

function callBinary(
	value: (x: number, y: number) => number,
	opcode: number,
	ScalarClass: typeof Scalar,
	record: typeof record2,
	recordNumberLeft: typeof recordLeft,
	recordNumberRight: typeof recordRight,
	constantOf: typeof constant,
	lift: (x: Value, y: Value) => Tensor,
): (x: Value, y: Value) => Node {
	return function loop(x, y) {
		if (x instanceof ScalarClass) {
			const number = x.chunk.values[x.index] as number;
			if (y instanceof ScalarClass) return record(opcode, x, y, value(number, y.chunk.values[y.index] as number));
			if (typeof y === "number") return recordNumberRight(opcode, x, y, value(number, y));
		} else if (typeof x === "number") {
			if (y instanceof ScalarClass) {
				return recordNumberLeft(opcode, x, y, value(x, y.chunk.values[y.index] as number));
			}
			if (typeof y === "number") return constantOf(value(x, y));
		}
		return lift(x, y);
	};
}

/** Place of a dtype in the tables of loops. */
const dtypeNumber: { readonly [Type in DType]: number } = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** The dtype of a result whose operands have `common` as their common dtype. */
function resultDType(kind: ResultKind, common: DType): DType {
	if (kind === "same") return common;
	if (kind === "bool") return "bool";
	if (kind === "number") return common === "bool" ? "int32" : common;
	return isFloating(common) ? common : "float64";
}

function finish(op: Pointwise, z: Tensor, inputs: readonly Tensor[]): Tensor {
	if (isTracing()) {
		const differentiable = inputs.some((x, operand) => x.requiresGrad && op.partials[operand] !== undefined);
		return recordWanted(z, op, inputs, undefined, differentiable);
	}
	if (op.partials.length === 0 || !isRecording() || !isFloating(z.dtype)) return z;
	for (let operand = 0; operand < inputs.length; operand++) {
		if ((inputs[operand] as Tensor).requiresGrad && op.partials[operand]) return record(z, op, inputs, undefined);
	}
	return z;
}

function result(dtype: DType, shape: Shape): Tensor {
	const { storage, offset } = allocate(dtype, sizeOf(shape));
	return new Tensor(storage, offset, shape, stridesOf(shape), dtype);
}

function liftUnary(op: Pointwise): (x: Value) => Tensor {
	const loops: Map1[] = [];
	const vector = vectorValue(op);
	return (x) => {
		const from = x as Tensor;
		const dtype = resultDType(op.result, from.dtype);
		const z = result(dtype, from.shape);
		const { size } = z;
		if (size >= fewest && vector([from], z, false)) return finish(op, z, [from]);
		const key = dtypeNumber[from.dtype] * 4 + dtypeNumber[dtype];
		loops[key] ??= ownCopy(`${op.name}_${from.dtype}_${dtype}`, map1)(op.value);
		const loop = loops[key];
		if (isContiguous(from.shape, from.strides)) {
			loop(size, from.storage, from.offset, 1, z.storage, z.offset);
		} else {
			rows(from.shape, [from.strides, z.strides], [from.offset, z.offset], (count, at, step) => {
				loop(count, from.storage, at[0] as number, step[0] as number, z.storage, at[1] as number);
			});
		}
		return finish(op, z, [from]);
	};
}

/** A number repeated to `shape`: one element, strides of 0. */
function spread(value: number, dtype: DType, shape: Shape): Tensor {
	const { storage, offset } = allocate(dtype, 1);
	storage[offset] = value;
	return new Tensor(storage, offset, shape, zeros(shape.length), dtype);
}

const zeroStrides: number[][] = [[]];

function zeros(rank: number): readonly number[] {
	for (let length = zeroStrides.length; length <= rank; length++) zeroStrides.push(new Array<number>(length).fill(0));
	return zeroStrides[rank] as number[];
}

function liftBinary(op: Pointwise): (x: Value, y: Value) => Tensor {
	const loops: Map2[] = [];
	const vector = vectorValue(op);
	return (x, y) => {
		let a: Tensor;
		let b: Tensor;
		if (typeof y === "number") {
			a = x as Tensor;
			b = spread(y, weaken(y, a.dtype), a.shape);
		} else if (typeof x === "number") {
			b = y as Tensor;
			a = spread(x, weaken(x, b.dtype), b.shape);
		} else {
			a = asTensor(x);
			b = asTensor(y);
			if (!sameShape(a.shape, b.shape)) {
				const shape = broadcastShapes(op.name, a.shape, b.shape);
				a = broadcastTo(a, shape);
				b = broadcastTo(b, shape);
			}
		}
		const dtype = resultDType(op.result, promote(a.dtype, b.dtype));
		const z = result(dtype, a.shape);
		const { size } = z;
		if (size >= fewest && vector([a, b], z, false)) return finish(op, z, [a, b]);
		const key = (dtypeNumber[a.dtype] * 4 + dtypeNumber[b.dtype]) * 4 + dtypeNumber[dtype];
		loops[key] ??= ownCopy(`${op.name}_${a.dtype}_${b.dtype}_${dtype}`, map2)(op.value);
		const loop = loops[key];
		const stepA = flatStep(a);
		const stepB = flatStep(b);
		if (stepA >= 0 && stepB >= 0) {
			loop(size, a.storage, a.offset, stepA, b.storage, b.offset, stepB, z.storage, z.offset);
		} else {
			rows(a.shape, [a.strides, b.strides, z.strides], [a.offset, b.offset, z.offset], (count, at, step) => {
				const [startA, startB, startZ] = at as readonly [number, number, number];
				const [rowA, rowB] = step as readonly [number, number];
				loop(count, a.storage, startA, rowA, b.storage, startB, rowB, z.storage, startZ);
			});
		}
		return finish(op, z, [a, b]);
	};
}

/** The one step that visits all elements in order: 1 if contiguous, 0 if a single repeated element, else -1. */
export function flatStep(x: { readonly shape: Shape; readonly strides: readonly number[] }): number {
	if (isContiguous(x.shape, x.strides)) return 1;
	for (let axis = 0; axis < x.strides.length; axis++) if (x.strides[axis] !== 0 && x.shape[axis] !== 1) return -1;
	return 0;
}

function liftTernary(op: Pointwise): (x: Value, y: Value, w: Value) => Tensor {
	const loops: Map3[] = [];
	const vector = vectorValue(op);
	const counts = (operand: number): boolean =>
		op.partials[operand] !== undefined || op.partials.every((partial) => partial === undefined);
	return (...operands) => {
		// Numbers take the dtype of the values they meet; an operand without a gradient only chooses, and is none of these.
		const common = operands
			.filter((x, operand) => typeof x !== "number" && counts(operand))
			.map((x) => (x instanceof Tensor ? x.dtype : "float64"))
			.reduce(promote, "bool");
		const given = operands.map((x) => (typeof x === "number" ? spread(x, weaken(x, common), []) : asTensor(x)));
		const shape = given.map((x) => x.shape).reduce((common, next) => broadcastShapes(op.name, common, next));
		const [x, y, w] = given.map((operand) => broadcastTo(operand, shape)) as [Tensor, Tensor, Tensor];
		const values = [x, y, w].filter((_, operand) => counts(operand));
		const dtype = resultDType(op.result, values.map((operand) => operand.dtype).reduce(promote));
		const z = result(dtype, shape);
		if (z.size >= fewest && vector([x, y, w], z, false)) return finish(op, z, [x, y, w]);
		const key = [x, y, w, z].reduce((code, operand) => code * 4 + dtypeNumber[operand.dtype], 0);
		loops[key] ??= ownCopy(`${op.name}_${x.dtype}_${y.dtype}_${w.dtype}_${dtype}`, map3)(op.value);
		const loop = loops[key];
		const views = [x, y, w, z];
		rows(
			shape,
			views.map((of) => of.strides),
			views.map((of) => of.offset),
			(count, at, step) => {
				const [startX, startY, startW, startZ] = at as readonly [number, number, number, number];
				const [stepX, stepY, stepW] = step as readonly [number, number, number];
				loop(count, x.storage, startX, stepX, y.storage, startY, stepY, w.storage, startW, stepW, z.storage, startZ);
			},
		);
		return finish(op, z, [x, y, w]);
	};
}
