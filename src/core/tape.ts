/**
 * The scalar tape: operations on single numbers, recorded in columns.
 *
 * A slot is one number of a program: its operation, where its two operands
 * are, and its value, each in a typed array. A `Scalar` is a thin handle onto a
 * slot. No object is kept per operation, so the garbage collector has nothing
 * to trace inside a graph of a million operations.
 *
 *     block   values |  1.5 |  0.82 |  0.33 | ...            16,384 slots
 *             ops    |  mul |  sigm |  half | ...
 *             left   |  w   |  0    |  1    | ...   slot, or source << 14 | slot
 *             right  |  x   |       |       | ...
 *             chunk   [----------------)[------) ...
 *
 * A chunk is a range of slots together with the chunks it reads from: the unit
 * that the garbage collector frees and that the backward pass sorts. What an
 * operation means is not known here.
 *
 * Note [where to cut the tape]
 * If chunks ended only when a block is full, every boundary chunk would hold
 * the end of one graph and the start of the next: each graph would keep its
 * predecessor alive, and an endless loop would leak. So a chunk also ends where
 * an operation reads nothing of it (there a new graph may begin) and it has
 * reached its limit, after every backward pass, after every assignment, and
 * where numbers cross to or from a tensor. The limit varies from chunk to chunk
 * (32 to 287 slots), so that no loop can stay in step with it for ever. Leaves
 * live in chunks of their own, which read nothing.
 *
 * Note [minus zero means no gradient]
 * An adjoint starts as -0 and contributions are added as `c + 0`, which is
 * never -0. So -0 says "nothing ever contributed" and +0 says "contributions
 * that cancel or vanish": no gradient and a gradient of zero are told apart
 * without a second column.
 */
import { failure, isDebug, onDebug } from "./errors.js";
import { inspect } from "./inspect.js";
import { noteLine } from "./lines.js";
import type { AnyOp } from "./op.js";
import { place, type Scope } from "./scope.js";
import type { Node, Tensor } from "./tensor.js";

/** Slots in a block. */
const blockLength = 16_384;
/** Bits of an operand that hold the slot; the bits above hold the number of the source chunk, 0 for the own chunk. */
export const slotBits = 14;
/** `operand & slotMask` is the slot. */
export const slotMask: number = blockLength - 1;

/** Opcodes below `firstOpcode` are the tape's own; the registry hands out the others. */
export const opcodes = {
	/** A leaf: a variable or a constant. */
	leaf: 0,
	/** Carries the third operand of the slot after it. */
	argument: 1,
	/** Reads one element of a tensor. */
	pick: 2,
	/** A function of scalars whose pull the user wrote. */
	custom: 3,
} as const;
/** First opcode that the registry may hand out. */
export const firstOpcode = 4;

const noOps = new Uint16Array(blockLength); // every slot a leaf
const noOperands = new Int32Array(0);

/** Columns that many chunks share. Adjoints appear with the first backward pass that comes by. */
export interface Block {
	readonly values: Float64Array;
	readonly ops: Uint16Array;
	readonly left: Int32Array;
	readonly right: Int32Array;
	/** Filled by `backward()`; read by `scalar.grad` of intermediate values. */
	adjoints: Float64Array | undefined;
	/** Filled by passes that must leave no trace. */
	scratch: Float64Array | undefined;
	/** Gradients of leaves, summed over `backward()` calls. */
	grads: Float64Array | undefined;
	used: number;
}

function newBlock(kind: "leaves" | "operations"): Block {
	const empty = kind === "leaves";
	return {
		values: new Float64Array(blockLength),
		ops: empty ? noOps : new Uint16Array(blockLength),
		left: empty ? noOperands : new Int32Array(blockLength),
		right: empty ? noOperands : new Int32Array(blockLength),
		adjoints: undefined,
		scratch: undefined,
		grads: undefined,
		used: 0,
	};
}

/** What a slot that leaves the plain columns refers to: an element of a tensor, or a function the user wrote. */
export type Crossing = { readonly op: AnyOp; readonly inputs: readonly Node[]; readonly attributes: unknown };

/** A range of slots in a block, and the chunks it reads from. */
export class Chunk {
	readonly block: Block;
	readonly values: Float64Array;
	readonly ops: Uint16Array;
	readonly left: Int32Array;
	readonly right: Int32Array;
	readonly start: number;
	readonly serial: number;
	/** False for constants: no gradient flows here. */
	readonly tracked: boolean;
	/** 1 for constants, 0 for what is tracked: added to an opcode, it chooses the variant. */
	readonly fixed: 0 | 1;
	/** Slots from `start` up to, not including, `end` are recorded. */
	end: number;
	readonly limit: number;
	/** Chunks that operands refer to by number; number 0 is the chunk itself. */
	readonly sources: Chunk[];
	/** Adjoint column of the pass under way. */
	adjoints: Float64Array;
	/** Number of the last pass that visited this chunk. */
	pass = 0;
	/** True once `backward()` has filled `block.adjoints` here. */
	reached = false;
	/** The chunk that linked to this one last, and `number << slotBits` there: what is added to a slot to make an operand. */
	reader: Chunk;
	readerBase = 0;
	/** Scope of the last recorded slot, and the slots where the scope changed. */
	scope: Scope | undefined = undefined;
	scopes: { readonly slot: number; readonly scope: Scope | undefined }[] | undefined = undefined;
	crossings: Crossing[] | undefined = undefined;
	names: Map<number, string> | undefined = undefined;
	hooks: Map<number, readonly ((gradient: Scalar) => void)[]> | undefined = undefined;
	/** When leaves were assigned: the serial at that moment, by slot; and the latest of all. */
	assigned: Map<number, number> | undefined = undefined;
	lastAssigned = 0;

	constructor(block: Block, serial: number, tracked: boolean) {
		this.block = block;
		this.values = block.values;
		this.ops = block.ops;
		this.left = block.left;
		this.right = block.right;
		this.start = block.used;
		this.end = block.used;
		this.serial = serial;
		this.tracked = tracked;
		this.fixed = tracked ? 0 : 1;
		this.limit = Math.min(block.used + 32 + ((Math.imul(serial, 0x9e3779b1) >>> 24) & 255), blockLength);
		this.sources = [this];
		this.reader = this; // a chunk reads from itself as its source number 0
		this.adjoints = noAdjoints;
	}
}

const noAdjoints = new Float64Array(0);

/**
 * One float64 number of the tape.
 *
 * Scalars made by {@link scalar} are variables: operations on them are recorded
 * and gradients reach them. Values never change, except by `assign` on a leaf.
 */
export class Scalar {
	readonly chunk: Chunk;
	readonly index: number;

	constructor(chunk: Chunk, index: number) {
		this.chunk = chunk;
		this.index = index;
	}

	/** The number. */
	get value(): number {
		return this.chunk.values[this.index] as number;
	}

	/** The number, as for a tensor with one element. */
	item(): number {
		return this.value;
	}

	/** `[]`: a scalar has no axes. */
	get shape(): readonly number[] {
		return [];
	}

	/** True where gradients flow: for variables and for what is computed from them. */
	get requiresGrad(): boolean {
		// A leaf among operations is a plain number that took part in one.
		return this.chunk.tracked && !(this.isLeaf && this.chunk.left !== noOperands);
	}

	/**
	 * Makes a constant of a variable, which keeps its place, name and hooks but
	 * not its gradient, or a variable of a constant. What was computed before
	 * is not touched: the handle moves to a new slot.
	 */
	set requiresGrad(on: boolean) {
		if (on === this.requiresGrad) return;
		if (!this.isLeaf) {
			throw failure({
				what: "requiresGrad: not a leaf",
				expected: "a variable or a constant",
				actual: "the result of an operation",
				fix: "x.detach() is the same number as a constant",
			});
		}
		const { name } = this;
		const hooks = this.chunk.hooks?.get(this.index);
		const { chunk, index } = on ? variable(this.value) : constant(this.value);
		Object.assign(this, { chunk, index });
		if (name !== undefined) this.named(name);
		if (hooks !== undefined) {
			chunk.hooks ??= new Map();
			chunk.hooks.set(index, hooks);
		}
	}

	/** True for a variable or constant, false for the result of a recorded operation. */
	get isLeaf(): boolean {
		return this.chunk.ops[this.index] === opcodes.leaf;
	}

	/** The name given by `named`, or at creation. */
	get name(): string | undefined {
		return this.chunk.names?.get(this.index);
	}

	/** Gives the number a name for pictures, formulas and messages; returns the same scalar. */
	named(name: string): this {
		this.chunk.names ??= new Map();
		this.chunk.names.set(this.index, name);
		return this;
	}

	/**
	 * The gradient left here by `backward()`: for leaves the sum over all calls,
	 * for intermediate values that of the last call. `undefined` where no
	 * gradient arrived, which is not the same as 0.
	 */
	get grad(): number | undefined {
		const { block, reached } = this.chunk;
		const column = this.isLeaf ? block.grads : reached ? block.adjoints : undefined;
		const grad = column?.[this.index];
		return grad === undefined || Object.is(grad, -0) ? undefined : grad;
	}

	/** Forgets the gradient of this leaf. */
	zeroGrad(): void {
		const { grads } = this.chunk.block;
		if (grads && this.isLeaf) grads[this.index] = -0;
	}

	/**
	 * Gives a variable a new value, as an optimizer does.
	 *
	 * Results computed before keep their values, and a backward pass through
	 * them throws: their derivatives belonged to the old value.
	 */
	assign(value: number): void {
		if (!this.isLeaf || !this.chunk.tracked) {
			throw failure({
				what: "assign: not a variable",
				expected: "a leaf made by scalar() or parameter()",
				actual: this.isLeaf ? "a constant" : "the result of an operation",
				fix: "assign to the variables that this value was computed from",
			});
		}
		const { chunk } = this;
		chunk.values[this.index] = value;
		chunk.lastAssigned = momentOfAssignment();
		chunk.assigned ??= new Map();
		chunk.assigned.set(this.index, chunk.lastAssigned);
	}

	/** The same number as a constant: gradients stop here. */
	detach(): Scalar {
		return constant(this.value);
	}

	/** The number, so that `x < 1`, `+x` and template strings work. */
	valueOf(): number {
		return this.value;
	}

	toJSON(): number {
		return this.value;
	}

	toString(): string {
		return String(this.value);
	}
}

/** What `console.log` shows in Node. */
Object.defineProperty(Scalar.prototype, inspect, {
	value(this: Scalar): string {
		const name = this.name === undefined ? "" : ` ${JSON.stringify(this.name)}`;
		const { grad } = this;
		return `Scalar(${this.value}${name}${grad === undefined ? "" : `, grad ${grad}`})`;
	},
});

let serial = 0;

/** The next number of the one order in which chunks and tensors were made. */
export function nextSerial(): number {
	return ++serial;
}

/** The last serial number handed out. */
export function lastSerial(): number {
	return serial;
}

let recording = true;

/** False inside `noGrad`. */
export function isRecording(): boolean {
	return recording;
}

/** Runs `body` with recording switched on or off. */
export function withRecording<Result>(on: boolean, body: () => Result): Result {
	const before = setRecording(on);
	try {
		return body();
	} finally {
		setRecording(before);
	}
}

/** Switches recording, and returns what it was: `withRecording` without the closure. */
export function setRecording(on: boolean): boolean {
	const before = recording;
	recording = on;
	current = on && !isDebug() ? active : closed;
	return before;
}

/**
 * Runs `body` without recording: results are constants, and memory is not held for a backward pass.
 *
 * @example
 * ```ts
 * import { mul, noGrad, scalar } from "chainrule";
 * const w = scalar(2);
 * console.log(noGrad(() => mul(w, w)).requiresGrad); // false
 * ```
 */
export function noGrad<Result>(body: () => Result): Result {
	return withRecording(false, body);
}

let tracing = false;

/** True while a function is traced: whatever is computed from its arguments is recorded, constants and comparisons included. */
export function isTracing(): boolean {
	return tracing;
}

/** Runs `body` with tracing switched on or off. */
export function withTracing<Result>(on: boolean, body: () => Result): Result {
	const before = tracing;
	tracing = on;
	try {
		return body();
	} finally {
		tracing = before;
	}
}

/** A stream writes slots into blocks of its own, so that its chunks stay in one piece. */
interface Stream {
	block: Block;
	chunk: Chunk;
}

function newStream(kind: "leaves" | "operations", tracked: boolean): Stream {
	const block = newBlock(kind);
	return { block, chunk: new Chunk(block, nextSerial(), tracked) };
}

const leaves = newStream("leaves", true);
const constants = newStream("leaves", false);
let block = newBlock("operations");
/** The chunk of operations under way. */
let active = new Chunk(block, nextSerial(), true);
/** What nothing is linked to: it sends every operation down the slow path, where recording and debug mode are looked up. */
const closed = new Chunk(newBlock("leaves"), 0, true);
/** The chunk that the fast paths write to: the one under way, or the closed one where recording is off or debug mode on. */
let current = active;
onDebug(() => setRecording(recording));

/** Ends the chunk of operations under way; the next operation starts a new one. */
function cut(): Chunk {
	block.used = active.end;
	if (block.used === blockLength) block = newBlock("operations");
	return start();
}

function start(): Chunk {
	active = new Chunk(block, nextSerial(), true);
	if (recording && !isDebug()) current = active;
	return active;
}

/**
 * A serial that tells what was recorded before an assignment (smaller) from
 * what is recorded after it (equal or larger).
 */
export function momentOfAssignment(): number {
	if (active.end !== active.start || active.serial !== serial) cut();
	return active.serial;
}

/** Ends the chunks under way, so that what is recorded from now on can be freed and sorted apart from what was before. */
export function cutTape(): void {
	if (leaves.chunk.end !== leaves.chunk.start) cutStream(leaves);
	else if (active.end !== active.start) cut();
}

/** Starts a chunk of leaves after every node there is, and returns its serial: whatever is made from now on has this or a larger one. */
export function startLeaves(): number {
	cutStream(leaves);
	return leaves.chunk.serial;
}

function cutStream(stream: Stream): void {
	stream.block.used = stream.chunk.end;
	if (stream.block.used === blockLength) stream.block = newBlock("leaves");
	stream.chunk = new Chunk(stream.block, nextSerial(), stream.chunk.tracked);
	cut(); // operations come after the leaves they read, in the order of serials, too
}

function leaf(stream: Stream, value: number): Scalar {
	if (stream.chunk.end === blockLength) cutStream(stream);
	const { chunk } = stream;
	const index = chunk.end++;
	chunk.values[index] = value;
	return new Scalar(chunk, index);
}

/** A variable of the tape. */
export function variable(value: number): Scalar {
	return leaf(leaves, value);
}

/** A number of the tape that no gradient reaches. */
export function constant(value: number): Scalar {
	return leaf(constants, value);
}

/** Makes `source` known to the chunk under way; only that one links, so one memory per source answers every later look-up. */
function link(source: Chunk): void {
	if (source.reader === active) return;
	source.reader = active;
	source.readerBase = (active.sources.push(source) - 1) << slotBits;
}

function operand({ chunk, index }: Scalar): number {
	link(chunk);
	return chunk.readerBase | index;
}

/*
 * Note [the fast path of recording]
 * Recording an operation costs about as much as the arithmetic of ten, and V8
 * inlines it into the caller only while it is short. So the usual case is
 * written out (both operands in the chunk under way or already linked to it,
 * same scope, room left) and everything else is done by the `Slowly` twin,
 * which repairs what was missing and records. The fast paths for a number on
 * the right and on the left repeat each other: one function that asks for the
 * side took 4 % more of a small expression with its gradient.
 */

/** Records `z = op(x)`. */
export function record1(opcode: number, x: Scalar, z: number): Scalar {
	const chunk = current;
	const a = x.chunk;
	const index = chunk.end;
	if (
		a.reader === chunk &&
		index < (a === chunk ? blockLength : chunk.limit) &&
		a.tracked &&
		place.scope === chunk.scope
	) {
		chunk.end = index + 1;
		chunk.ops[index] = opcode;
		chunk.left[index] = a.readerBase | x.index;
		chunk.values[index] = z;
		return new Scalar(chunk, index);
	}
	return record1Slowly(opcode, x, z);
}

function record1Slowly(opcode: number, x: Scalar, z: number): Scalar {
	if (!x.chunk.tracked || !recording) return constant(z);
	const chunk = room(1, x.chunk === active);
	const index = chunk.end;
	chunk.ops[index] = opcode;
	chunk.left[index] = operand(x);
	return finish(chunk, index, z);
}

/**
 * Records `z = op(x, y)`. The opcode has two variants: `opcode + 1` where y is
 * a constant and `opcode + 2` where x is, so that the backward pass spends
 * nothing on constants.
 */
export function record2(opcode: number, x: Scalar, y: Scalar, z: number): Scalar {
	const chunk = current;
	const a = x.chunk;
	const b = y.chunk;
	const index = chunk.end;
	if (
		a.reader === chunk &&
		b.reader === chunk &&
		(a === chunk || b === chunk ? index < blockLength : index < chunk.limit && (a.fixed & b.fixed) === 0) &&
		place.scope === chunk.scope
	) {
		chunk.end = index + 1;
		chunk.ops[index] = opcode + b.fixed + 2 * a.fixed;
		chunk.left[index] = a.readerBase | x.index;
		chunk.right[index] = b.readerBase | y.index;
		chunk.values[index] = z;
		return new Scalar(chunk, index);
	}
	return record2Slowly(opcode, x, y, z);
}

function record2Slowly(opcode: number, x: Scalar, y: Scalar, z: number): Scalar {
	const a = x.chunk;
	const b = y.chunk;
	if (!recording || !(a.tracked || b.tracked)) return constant(z);
	const chunk = room(1, a === active || b === active);
	const index = chunk.end;
	chunk.ops[index] = opcode + b.fixed + 2 * a.fixed;
	chunk.left[index] = operand(x);
	chunk.right[index] = operand(y);
	return finish(chunk, index, z);
}

/** Records `z = op(x, y)` for a plain number y, which takes the slot before. */
export function recordRight(opcode: number, x: Scalar, y: number, z: number): Scalar {
	const chunk = current;
	const a = x.chunk;
	const index = chunk.end + 1;
	if (
		a.reader === chunk &&
		index < (a === chunk ? blockLength : chunk.limit) &&
		a.tracked &&
		place.scope === chunk.scope
	) {
		chunk.end = index + 1;
		chunk.ops[index - 1] = opcodes.leaf;
		chunk.values[index - 1] = y;
		chunk.ops[index] = opcode + 1;
		chunk.left[index] = a.readerBase | x.index;
		chunk.right[index] = index - 1;
		chunk.values[index] = z;
		return new Scalar(chunk, index);
	}
	return recordNumberSlowly(opcode, x, y, 1, z);
}

/** Records `z = op(x, y)` for a plain number x, which takes the slot before. */
export function recordLeft(opcode: number, x: number, y: Scalar, z: number): Scalar {
	const chunk = current;
	const b = y.chunk;
	const index = chunk.end + 1;
	if (
		b.reader === chunk &&
		index < (b === chunk ? blockLength : chunk.limit) &&
		b.tracked &&
		place.scope === chunk.scope
	) {
		chunk.end = index + 1;
		chunk.ops[index - 1] = opcodes.leaf;
		chunk.values[index - 1] = x;
		chunk.ops[index] = opcode + 2;
		chunk.left[index] = index - 1;
		chunk.right[index] = b.readerBase | y.index;
		chunk.values[index] = z;
		return new Scalar(chunk, index);
	}
	return recordNumberSlowly(opcode, y, x, 2, z);
}

/** The slow twin of both: `side` is the variant of the opcode, 1 for a number on the right and 2 for one on the left. */
function recordNumberSlowly(opcode: number, x: Scalar, number: number, side: 1 | 2, z: number): Scalar {
	if (!x.chunk.tracked || !recording) return constant(z);
	const chunk = room(2, x.chunk === active);
	const index = chunk.end + 1;
	chunk.ops[index - 1] = opcodes.leaf;
	chunk.values[index - 1] = number;
	chunk.ops[index] = opcode + side;
	chunk.left[index] = side === 1 ? operand(x) : index - 1;
	chunk.right[index] = side === 1 ? index - 1 : operand(x);
	return finish(chunk, index, z, index - 1);
}

/** Records `z = op(x, y, w)`; the slot before carries w. */
export function record3(opcode: number, x: Scalar, y: Scalar, w: Scalar, z: number): Scalar {
	if (!recording || !(x.chunk.tracked || y.chunk.tracked || w.chunk.tracked)) return constant(z);
	const chunk = room(2, x.chunk === active || y.chunk === active || w.chunk === active);
	const index = chunk.end + 1;
	chunk.ops[index - 1] = opcodes.argument;
	chunk.values[index - 1] = w.value;
	chunk.left[index - 1] = operand(w);
	chunk.ops[index] = opcode;
	chunk.left[index] = operand(x);
	chunk.right[index] = operand(y);
	return finish(chunk, index, z, index - 1);
}

/**
 * Records zᵢ = outer(zᵢ₋₁, inner(xᵢ, yᵢ)) for all i at once, from z₀ = `start`:
 * the same slots as one by one, without a handle for each. `numbers` holds the
 * values, inner and outer in turn. Returns the last z, or `undefined` where the
 * slots do not have the usual form (a constant among start and products, not
 * recording) and must be recorded one by one.
 */
export function recordFold(
	inner: number,
	outer: number,
	xs: readonly Scalar[],
	ys: readonly Scalar[],
	start: Scalar,
	numbers: Float64Array,
): Scalar | undefined {
	const count = xs.length;
	if (!recording || start.chunk.fixed || count === 0 || 2 * count > blockLength) return undefined;
	let attached = start.chunk === active;
	for (let index = 0; index < count; index++) {
		const a = (xs[index] as Scalar).chunk;
		const b = (ys[index] as Scalar).chunk;
		if (a.fixed & b.fixed) return undefined;
		attached ||= a === active || b === active;
	}
	const chunk = room(2 * count, attached);
	const { ops, left, right, values } = chunk;
	const first = chunk.end;
	let before = operand(start);
	let slot = first;
	for (let index = 0; index < count; index++, slot += 2) {
		const x = xs[index] as Scalar;
		const y = ys[index] as Scalar;
		ops[slot] = inner + y.chunk.fixed + 2 * x.chunk.fixed;
		left[slot] = operand(x);
		right[slot] = operand(y);
		values[slot] = numbers[2 * index] as number;
		ops[slot + 1] = outer;
		left[slot + 1] = before;
		right[slot + 1] = slot;
		values[slot + 1] = numbers[2 * index + 1] as number;
		before = slot + 1;
	}
	return finish(chunk, slot - 1, values[slot - 1] as number, first);
}

/** Records that element `position` of `tensor` became the number z. */
export function recordPick(tensor: Tensor, position: number, z: number, op: AnyOp): Scalar {
	if (!tensor.requiresGrad || !recording) return constant(z);
	// The chunk must come after the tensor it reads from.
	if (active.serial < tensor.serial) cut();
	return finishCrossing(room(1, true), opcodes.pick, { op, inputs: [tensor], attributes: { position } }, z);
}

/** Records a function of scalars with a pull of its own. */
export function recordCustom(op: AnyOp, inputs: readonly Scalar[], attributes: unknown, z: number): Scalar {
	if (!recording || !inputs.some((x) => x.chunk.tracked)) return constant(z);
	const chunk = room(
		1,
		inputs.some((x) => x.chunk === active),
	);
	for (const x of inputs) link(x.chunk); // so that they are reachable
	return finishCrossing(chunk, opcodes.custom, { op, inputs, attributes }, z);
}

/** The chunk for an operation of `slots` slots; `attached` where it reads something of the chunk under way. */
function room(slots: number, attached: boolean): Chunk {
	if (active.end + slots > blockLength) {
		cut();
		if (active.end + slots > blockLength) {
			block = newBlock("operations");
			start();
		}
		return active;
	}
	return !attached && active.end >= active.limit ? cut() : active;
}

function finish(chunk: Chunk, index: number, z: number, first: number = index): Scalar {
	chunk.values[index] = z;
	chunk.end = index + 1;
	const { scope } = place;
	if (scope !== chunk.scope) {
		chunk.scope = scope;
		chunk.scopes ??= [];
		chunk.scopes.push({ slot: first, scope });
	}
	if (isDebug()) noteLine(chunk, index);
	return new Scalar(chunk, index);
}

function finishCrossing(chunk: Chunk, opcode: number, crossing: Crossing, z: number): Scalar {
	const index = chunk.end;
	chunk.crossings ??= [];
	chunk.ops[index] = opcode;
	chunk.left[index] = chunk.crossings.push(crossing) - 1;
	return finish(chunk, index, z);
}

/** The scope in which a slot was recorded. */
export function scopeOf(x: Scalar): Scope | undefined {
	let scope: Scope | undefined;
	for (const change of x.chunk.scopes ?? []) {
		if (change.slot > x.index) break;
		scope = change.scope;
	}
	return scope;
}

/** The column in which a pass gathers adjoints: that of `backward()`, or the one for passes that leave no trace. */
export function adjointColumn(block: Block, kept: boolean): Float64Array {
	if (kept) {
		block.adjoints ??= new Float64Array(blockLength);
		return block.adjoints;
	}
	block.scratch ??= new Float64Array(blockLength);
	return block.scratch;
}

/** The gradients of the leaves in `block`, -0 where there is none yet. */
export function gradColumn(block: Block): Float64Array {
	block.grads ??= new Float64Array(blockLength).fill(-0);
	return block.grads;
}

/** The handle that operand number `code` of `chunk` refers to. */
export function resolve(chunk: Chunk, code: number): Scalar {
	return new Scalar(chunk.sources[code >>> slotBits] as Chunk, code & slotMask);
}

/** The error of a backward pass through a value that has changed. */
export function staleParameter(name: string | undefined, path: readonly string[]): Error {
	return failure({
		what: `backward: ${name === undefined ? "a parameter" : `parameter "${name}"`} was assigned after it was used`,
		expected: "every value as it was when the operation was recorded",
		actual: "a new value: the derivative at the old one can no longer be computed",
		path,
		fix: "call backward() before assign(), or compute the loss again",
	});
}
