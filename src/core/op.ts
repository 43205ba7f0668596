/**
 * What an operation is: a record, and nothing else.
 *
 * Each of the four families states the weakest true thing. Eager execution,
 * reverse and forward mode, pictures, formulas and tests read these records;
 * none of them knows an operation by name.
 */
import { failure } from "./errors.js";
import type { Formula } from "./formula.js";
import type { Shape } from "./shape.js";
import { firstOpcode } from "./tape.js";
import type { Node, Tensor, Value } from "./tensor.js";

/** Where one operand is defined: an interval, open where the derivative is infinite or missing at the end. */
export interface Domain {
	readonly low: number;
	readonly high: number;
	/** Points inside the interval where the function is not defined. */
	readonly except?: readonly number[];
	/** The part that tests sample, where jumps or corners cut the whole into pieces. */
	readonly sampled?: readonly [low: number, high: number];
}

/**
 * Dtype of a result: `same` as the operands, `number` likewise but bool counts
 * as int32, `float` lifts integers to float64, `bool` answers a question.
 */
export type ResultKind = "same" | "number" | "float" | "bool";

/** A point where the derivative does not exist or is infinite, and the slopes that are used there. */
export interface Kink {
	/** Operands at the kink. */
	readonly at: readonly number[];
	/** One slope per operand; `undefined` where the operand has no gradient at all. */
	readonly slopes: readonly (number | undefined)[];
	/** The convention in one line, for the page of kinks. */
	readonly says: string;
}

/** Shapes and attributes that show a structural operation at work; the tests run every one. */
export interface Sample<Attributes> {
	readonly shapes: readonly Shape[];
	readonly attributes: Attributes;
}

/** What every record states. */
export interface OpRecord {
	/** The exported identifier. */
	readonly name: string;
	/** One line for the reference. */
	readonly says: string;
	/** How a picture writes it in a node: `+`, `×`, `σ`. */
	readonly symbol: string;
	/** LaTeX with `#1`, `#2` for the operands. */
	readonly tex: string;
	/** Plain text with `#1`, `#2`; parses back as a formula where the notation can say it. */
	readonly text: string;
	readonly kinks: readonly Kink[];
	/** Why no gradient exists, where the result is a constant. */
	readonly noGradient?: string | undefined;
	/** Pictures leave the node out unless asked: it moves numbers without changing them. */
	readonly folded: boolean;
}

/** Number by number: the value, and one partial derivative per operand in x, y, w and the result z. */
export interface Pointwise extends OpRecord {
	readonly family: "pointwise";
	readonly arity: 1 | 2 | 3;
	readonly opcode: number;
	readonly value: (...operands: number[]) => number;
	/** The value as a formula in x, y and w, where one says it: large arrays are computed by it. */
	readonly formula: Formula | undefined;
	/** One per operand; `undefined` where no gradient flows. None at all where the result is a constant, as for comparisons. */
	readonly partials: readonly (Formula | undefined)[];
	readonly domain: readonly Domain[];
	readonly result: ResultKind;
	/** Other names under which formulas may call it. */
	readonly aliases: readonly string[];
	/** The recorded operation itself. */
	readonly call: (...operands: Value[]) => Node;
}

/** What the three families with attributes share. */
interface WithAttributes<Attributes> extends OpRecord {
	/** The shape of the result; throws where the operands do not fit. */
	readonly shape: (shapes: readonly Shape[], attributes: Attributes) => Shape;
	/** Computes the result, a view or a new tensor of `shape`. */
	readonly forward: (inputs: readonly Tensor[], attributes: Attributes, shape: Shape) => Tensor;
	/** The recorded operation itself. */
	readonly call: (inputs: readonly Node[], attributes: Attributes) => Node;
	/** The same operation on `size` examples along a new leading axis of every input and of the result. Where it is missing, `vmap` goes example by example. */
	readonly batched?: (inputs: readonly Tensor[], attributes: Attributes, size: number) => Tensor;
	/** How formulas write this use of it, with `#1`, `#2` for the operands; `text`, where it is left out. */
	readonly notation?: (shapes: readonly Shape[], attributes: Attributes) => string;
	readonly samples: readonly Sample<unknown>[];
}

/** Linear in all its operands together: the transpose says everything. */
export interface Linear<Attributes> extends WithAttributes<Attributes> {
	readonly family: "linear";
	readonly transpose: (gz: Node, inputs: readonly Node[], attributes: Attributes) => readonly (Node | undefined)[];
	/** Adds the transpose to `gx`, contiguous, where that takes less than making it first: few elements of many. */
	readonly addTranspose?: (gz: Tensor, attributes: Attributes, gx: Tensor) => void;
}

/** Linear in each of two operands: two transposes. */
export interface Bilinear<Attributes> extends WithAttributes<Attributes> {
	readonly family: "bilinear";
	readonly transposes: readonly [
		(gz: Tensor, y: Tensor, attributes: Attributes) => Tensor,
		(gz: Tensor, x: Tensor, attributes: Attributes) => Tensor,
	];
	/** What each of them does to a cotangent, as pictures write it where that is short, with `#1`, `#2` for the operands: `· #2ᵀ`. */
	readonly factors?: readonly [string, string];
}

/** The rest: an explicit pull, and a push where one is known. */
export interface Custom<Attributes> extends WithAttributes<Attributes> {
	readonly family: "custom";
	/** Cotangents of the operands; `undefined` says that no gradient flows there. */
	readonly pull: (gz: Node, inputs: readonly Node[], z: Node, attributes: Attributes) => readonly (Value | undefined)[];
	/** True where the pull is a user's: it may keep what it is given and returns. */
	readonly foreign?: boolean;
	/** Computes the result again, recorded: a pass goes on through that record instead of calling `pull`. */
	readonly replay?: (attributes: Attributes) => Tensor;
	/** Tangent of the result. Where it is missing, forward mode transposes the pull. */
	readonly push?: (
		tangents: readonly (Node | undefined)[],
		inputs: readonly Node[],
		z: Node,
		attributes: Attributes,
	) => Node;
}

/** An operation with attributes: everything but the pointwise family. */
export type Structural<Attributes> = Linear<Attributes> | Bilinear<Attributes> | Custom<Attributes>;

/** Any record. Attributes belong to the record that made them, so a reader may only pass them on. */
export type AnyOp = Pointwise | Structural<never>;

const byName = new Map<string, AnyOp>();
const byOpcode: (Pointwise | undefined)[] = [];
const functions = new Map<string, Pointwise>();
let opcode = firstOpcode;

/** A free opcode with room for the variants of a pointwise operation. */
export function nextOpcode(arity: number): number {
	const first = opcode;
	opcode += arity === 2 ? 3 : 1;
	return first;
}

/** Enters a record under its name. */
export function register<Op extends AnyOp>(op: Op): Op {
	if (byName.has(op.name)) {
		throw failure({
			what: `defineOp: "${op.name}" is already defined`,
			expected: "a name that no operation has",
			actual: op.name,
			fix: "choose another name, or use the existing operation",
		});
	}
	byName.set(op.name, op);
	if (op.family === "pointwise") {
		for (let variant = 0; variant < (op.arity === 2 ? 3 : 1); variant++) byOpcode[op.opcode + variant] = op;
		for (const name of [op.name, ...op.aliases]) functions.set(name, op);
	}
	return op;
}

/** Every operation, in the order of definition. */
export function operations(): readonly AnyOp[] {
	return [...byName.values()];
}

/** The operation named `name`. */
export function operation(name: string): AnyOp | undefined {
	return byName.get(name);
}

/** The pointwise operation of a tape slot. */
export function operationAt(code: number): Pointwise {
	const op = byOpcode[code];
	if (!op) throw new Error(`no operation has opcode ${code}`);
	return op;
}

/** Opcodes handed out so far: code generated from the registry is out of date when this has grown. */
export function opcodeCount(): number {
	return opcode;
}

/** The pointwise operation that a formula calls `name`: its own name or an alias. */
export function functionNamed(name: string): Pointwise | undefined {
	return functions.get(name);
}

/** Constants that formulas may name. */
export const constants: ReadonlyMap<string, number> = new Map([
	["pi", Math.PI],
	["e", Math.E],
]);

/** Names that formulas may call. */
export function functionNames(): readonly string[] {
	return [...functions.keys()];
}
