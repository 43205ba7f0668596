import { failure } from "../core/errors.js";
import { orderOf, orderOfSlot, originOf, originOfSlot, scopeOfNode, type Unit, unitOf } from "../core/graph.js";
import type { Pointwise } from "../core/op.js";
import { withScope } from "../core/scope.js";
import { sameShape, shapeText } from "../core/shape.js";
import {
	adjointColumn,
	Chunk,
	constant,
	cutTape,
	gradColumn,
	isRecording,
	isTracing,
	lastSerial,
	Scalar,
	setRecording,
	startLeaves,
	withRecording,
} from "../core/tape.js";
import { type Lease, type Node, Tensor, type Value } from "../core/tensor.js";
import { accumulate, copy } from "../kernels/strided.js";
import { add, identity } from "../ops/arithmetic.js";
import { onesLike } from "../ops/create.js";
import { asTensor, cast } from "../ops/movement.js";
import { collect, type Region } from "./collect.js";
import { consume, dropSpare, expose, hold, isWritable, leasesOf, lend, release, shared } from "./leases.js";
import { pullLoop } from "./loops.js";
import { pull, zeroLike } from "./pull.js";
import { currentSweep } from "./sweep.js";

/** A slot below the first: the chunk has no more hooks. */
const none = -1;

/** How many plain passes are under way: they share the columns of the tape, so that a second one has to be recorded. */
let depth = 0;
/** What the plain pass under way gathers: gradients to be kept, or a trace to be wiped out. */
let keeping = false;
/** Intermediate values whose cotangents are kept until the pass is over. */
let wanted: readonly Node[] = [];

/**
 * Gathers the adjoints of `units` in the columns of the tape and in
 * `tensor.cotangent`: those of leaves, of retained tensors and of `variables`.
 * `kept` says that they are `.grad` to be.
 */
function plainPass(
	{ units, outside }: Region,
	seeds: readonly Seed[],
	kept: boolean,
	variables: readonly Node[],
): void {
	cutTape(); // what listeners record or make on the way is no part of this pass
	const before = setRecording(false);
	depth++;
	keeping = kept;
	wanted = variables.length === 0 ? variables : variables.filter((x) => x instanceof Tensor && x.op !== undefined);
	try {
		reset(units, kept);
		// Contributions to what lies outside must land somewhere.
		for (const chunk of outside) chunk.adjoints = adjointColumn(chunk.block, false);
		for (const { output, cotangent } of seeds) if (output.requiresGrad) contribute(output, cotangent);
		sweepUnits(units);
	} finally {
		depth--;
		setRecording(before);
		dropSpare();
	}
}

/** Prepares the units for a plain pass: nothing has contributed yet. */
function reset(units: readonly Unit[], kept: boolean): void {
	for (const unit of units) {
		if (unit instanceof Chunk) {
			const { start, end } = unit;
			const adjoints = adjointColumn(unit.block, kept);
			unit.adjoints = adjoints;
			if (end - start > 64) adjoints.fill(-0, start, end);
			else for (let slot = start; slot < end; slot++) adjoints[slot] = -0;
			if (kept) unit.reached = true;
		} else hold(unit, undefined, undefined);
	}
}

/** Adds a number to the adjoint of `x`; see Note [minus zero means no gradient]. */
function contributeNumber({ chunk, index }: Scalar, g: number): void {
	chunk.adjoints[index] = (chunk.adjoints[index] as number) + (g + 0);
}

/** Adds a tensor to the cotangent of `x`: kept as it is the first time. `lease` is a place in the memory of `g`, given away. */
function contributeTensor(x: Tensor, g: Tensor, lease: Lease | undefined): void {
	const { cotangent: before, lease: old } = x;
	if (before === undefined) hold(x, g, lease);
	else if (isWritable(g, lease) && !isWritable(before, old)) {
		accumulate(before, g.storage, g.offset);
		hold(x, g, lease);
		release(old);
	} else {
		const sum = writableCotangent(x, before);
		accumulate(g, sum.storage, sum.offset);
		release(lease);
	}
}

/** The cotangent of `x`, in memory of its own. */
function writableCotangent(x: Tensor, before: Tensor): Tensor {
	const { lease } = x;
	if (isWritable(before, lease)) return before;
	const own = lend(x);
	copy(before, own.storage, own.offset);
	release(lease);
	return own;
}

function contribute(x: Node, g: number | Node): void {
	if (x instanceof Scalar) contributeNumber(x, Number(g));
	else contributeTensor(x, g as Tensor, undefined);
}

/** Runs the plain pass over `units`; the outputs have their cotangents already. */
function sweepUnits(units: readonly Unit[]): void {
	const sweep = currentSweep();
	for (const unit of units) {
		if (unit instanceof Tensor) {
			if (unit.cotangent === undefined) continue;
			const last = unit.op !== undefined && !unit.retained && !wanted.includes(unit);
			pullTensor(unit, unit.cotangent, last);
			if (last) consume(unit);
			continue;
		}
		if (unit.hooks === undefined) {
			if (unit.sources.length > 1 || unit.crossings !== undefined || !isLeaf(unit))
				sweep(unit, unit.start, unit.end, cross);
			continue;
		}
		// Stop at every slot with a hook: its adjoint is complete when everything above it has been swept.
		let above = unit.end;
		for (const slot of [...unit.hooks.keys(), none].sort((a, b) => b - a)) {
			const from = Math.max(slot + 1, unit.start);
			sweep(unit, from, above, cross);
			above = from;
			const g = slot === none ? -0 : (unit.adjoints[slot] as number);
			if (!Object.is(g, -0)) for (const hook of unit.hooks.get(slot) ?? []) hook(constant(g));
		}
	}
}

function isLeaf(chunk: Chunk): boolean {
	return chunk.left.length === 0;
}

/** A slot that reads a tensor or has a pull of its own. */
function cross(chunk: Chunk, slot: number, g: number): void {
	const origin = originOfSlot(chunk, slot);
	if (origin === undefined) return;
	const gradients = pull(new Scalar(chunk, slot), origin, constant(g));
	for (const [operand, gradient] of gradients.entries())
		if (gradient) contribute(origin.inputs[operand] as Node, gradient);
}

/** One step of the plain pass; `last` says that nobody reads `gz` afterwards. */
function pullTensor(z: Tensor, gz: Tensor, last: boolean): void {
	if (z.hooks !== undefined) {
		expose(z);
		for (const hook of z.hooks) hook(gz);
	}
	const { op, inputs } = z;
	if (op === undefined) return;
	if (op.family === "pointwise") {
		pullOperands(op, z, gz, last);
		return;
	}
	if (op.family === "custom") {
		if (op.replay) {
			goOn(op.replay, z.attributes, gz, shared(z.lease));
			return;
		}
		if (op.foreign) expose(z);
	} else if (op.family === "linear" && op.addTranspose) {
		const x = inputs[0] as Tensor;
		if (x.cotangent !== undefined) {
			op.addTranspose(gz, z.attributes as never, writableCotangent(x, x.cotangent));
			return;
		}
	}
	const gradients = pull(z, { op, inputs, attributes: z.attributes }, gz);
	const leases = op.family === "custom" && op.foreign ? [] : leasesOf(gradients, gz, z.lease);
	for (let operand = 0; operand < inputs.length; operand++) {
		const x = inputs[operand] as Node;
		const gradient = gradients[operand];
		if (gradient === undefined) continue;
		if (x instanceof Tensor) contributeTensor(x, gradient as Tensor, leases[operand]);
		else contributeNumber(x, Number(gradient));
	}
}

/** Runs a computation once more and sweeps its record, as if it had been there all along. */
function goOn(replay: (attributes: never) => Tensor, attributes: unknown, gz: Tensor, lease: Lease | undefined): void {
	const region = replayed(replay, attributes);
	reset(region.units, keeping);
	contributeTensor(region.output, gz, lease);
	sweepUnits(region.units);
	for (const unit of region.units) if (unit instanceof Tensor) hold(unit, undefined, undefined);
}

function replayed(replay: (attributes: never) => Tensor, attributes: unknown): Region & { readonly output: Tensor } {
	const floor = startLeaves();
	const output = withRecording(true, () => replay(attributes as never));
	return { ...collect([output], floor), output };
}

/** gx += gz ∂z/∂x for every operand; the last of them may have the memory of `gz`, where nobody reads that afterwards. */
function pullOperands(op: Pointwise, z: Tensor, gz: Tensor, last: boolean): void {
	const inputs = z.inputs as readonly Tensor[];
	let final = inputs.length - 1;
	while (final >= 0 && !flows(op, inputs, final)) final--;
	for (let operand = 0; operand <= final; operand++) {
		if (flows(op, inputs, operand)) pullOperand(op, operand, z, gz, last && operand === final);
	}
}

function flows(op: Pointwise, inputs: readonly Tensor[], operand: number): boolean {
	return (inputs[operand] as Tensor).requiresGrad && op.partials[operand] !== undefined;
}

/** gx += gz ∂z/∂x in one loop. */
function pullOperand(op: Pointwise, operand: number, z: Tensor, gz: Tensor, last: boolean): void {
	const inputs = z.inputs as readonly Tensor[];
	const x = inputs[operand] as Tensor;
	const partial = op.partials[operand];
	if (partial?.kind === "number" && partial.value === 1 && gz.dtype === x.dtype) {
		contributeTensor(x, gz, shared(z.lease));
		return;
	}
	const before = x.cotangent;
	let gx: Tensor;
	if (before !== undefined) gx = writableCotangent(x, before);
	else if (last && gz.dtype === x.dtype && isWritable(gz, z.lease)) {
		gx = gz;
		hold(x, gx, shared(z.lease));
	} else gx = lend(x);
	pullLoop(op, operand, before !== undefined, gz, inputs, z, gx);
}

/** One output and the cotangent it starts with: a plain 1 for a scalar that nobody gave one. */
export interface Seed {
	readonly output: Node;
	readonly cotangent: number | Node;
}

/** Checks and completes the cotangent of an output; a single number starts with 1. */
export function seedOf(what: string, output: Node, given?: Value): Seed {
	if (given !== undefined) {
		if (output instanceof Scalar) {
			const number = typeof given === "number" ? constant(given) : given;
			if (number instanceof Scalar) return { output, cotangent: number };
		} else {
			const cotangent = cast(asTensor(given), output.dtype);
			if (sameShape(cotangent.shape, output.shape)) return { output, cotangent };
		}
		throw failure({
			what: `${what}: cotangent does not fit`,
			expected: `the shape of the output, ${shapeText(output.shape)}`,
			actual: typeof given === "number" ? "a number" : shapeText(given.shape),
		});
	}
	if (output instanceof Scalar) return { output, cotangent: 1 };
	if (output.size === 1) return { output, cotangent: onesLike(output) };
	throw failure({
		what: `${what}: the output is not a single number`,
		expected: "a scalar, or a tensor with one element",
		actual: `shape ${shapeText(output.shape)}`,
		fix: "reduce it first, for example with sum() or mean(), or pass { cotangent } of the same shape",
	});
}

function requireTracked(what: string, output: Node): void {
	if (output.requiresGrad) return;
	throw failure({
		what: `${what}: the output was computed from constants only`,
		expected: "a value that depends on a scalar(), parameter() or tensor(..., { requiresGrad: true })",
		actual: "an untracked value",
		fix: "check for detach(), noGrad(), comparisons or integer tensors on the way",
	});
}

/**
 * Fills `.grad` of every tracked leaf that `output` was computed from.
 *
 * Gradients add up over calls until `zeroGrad()`; the graph is kept, so that
 * `backward` may be called again. Intermediate scalars keep the gradient of the
 * last call, intermediate tensors on request (`retainGrad`).
 *
 * @throws where `output` is not a single number and no cotangent is given, or was computed from constants.
 */
export function backward(output: Node, options: { readonly cotangent?: Value } = {}): void {
	requireTracked("backward", output);
	const seed = seedOf("backward", output, options.cotangent);
	const region = collect([output]);
	if (depth > 0) {
		const found = withRecording(false, () => recordedPass([seed], region.units));
		leave(region.units, (x) => found.get(orderOf(x)));
		return;
	}
	plainPass(region, [seed], true, []);
	leave(region.units, undefined);
}

/** Leaves the gradients of a pass in `.grad`: those that `found` names, or those in the columns. */
function leave(units: readonly Unit[], found: ((x: Node) => Node | undefined) | undefined): void {
	for (const unit of units) {
		if (unit instanceof Tensor) {
			const gradient = found ? (found(unit) as Tensor | undefined) : unit.cotangent;
			// Where `found` is given, a plain pass is under way around this one, and the cotangents are its own.
			if (!found) hold(unit, undefined, undefined);
			if (gradient === undefined || (unit.op !== undefined && !unit.retained)) continue;
			const before = unit.op === undefined ? unit.grad : undefined;
			unit.grad = before === undefined ? gradient.detach() : withRecording(false, () => add(before, gradient));
		} else if (isLeaf(unit)) {
			const grads = gradColumn(unit.block);
			for (let slot = unit.start; slot < unit.end; slot++) {
				const g = found ? (found(new Scalar(unit, slot))?.item() ?? -0) : (unit.adjoints[slot] as number);
				if (!Object.is(g, -0)) grads[slot] = (grads[slot] as number) + (g + 0);
			}
		}
	}
}

/** What to return for a variable that the output does not depend on. */
export type Unused = "error" | "zero" | "undefined";

/** Options of {@link gradients}. */
export interface GradientOptions {
	/** Records the gradient, so that it can be differentiated and drawn. Off by default. */
	readonly createGraph?: boolean | undefined;
	/** The cotangent of the output: ones for a single number. */
	readonly cotangent?: Value | undefined;
	/** For variables that the output does not depend on; `error` when left out. */
	readonly unused?: Unused | undefined;
}

/** Gradients of the kinds of the variables: scalars for scalars, tensors for tensors. */
export type GradientsOf<Variables extends readonly Node[]> = {
	-readonly [Index in keyof Variables]: Variables[Index];
};

/**
 * The gradients of `output` with respect to `variables`, which may be leaves or
 * intermediate values. Pure: no `.grad` is touched.
 *
 * @throws where the output is not a single number and no cotangent is given, and where it does not depend on a variable (see `unused`).
 *
 * @example
 * ```ts
 * import { gradients, scalar, sin } from "chainrule";
 * const x = scalar(0);
 * const [dx] = gradients(sin(x), [x], { createGraph: true });
 * console.log(dx.value); // 1
 * ```
 */
export function gradients<const Variables extends readonly Node[]>(
	output: Node,
	variables: Variables,
	options: GradientOptions & { readonly unused: "undefined" },
): { -readonly [Index in keyof Variables]: Variables[Index] | undefined };
export function gradients<const Variables extends readonly Node[]>(
	output: Node,
	variables: Variables,
	options?: GradientOptions,
): GradientsOf<Variables>;
export function gradients(
	output: Node,
	variables: readonly Node[],
	options: GradientOptions = {},
): (Node | undefined)[] {
	const { createGraph = false, unused = "error" } = options;
	if (!output.requiresGrad && unused === "error") requireTracked("gradients", output);
	const seed = seedOf("gradients", output, options.cotangent);
	const found = pullBack([seed], variables, createGraph && isRecording());
	for (let index = 0; index < found.length; index++) {
		found[index] ??= missing(variables[index] as Node, index, unused);
	}
	return found;
}

function missing(x: Node, index: number, unused: Unused): Node | undefined {
	if (unused === "undefined") return undefined;
	if (unused === "zero") return zeroLike(x);
	throw failure({
		what: "gradients: the output does not depend on a variable",
		expected: "every variable on the way to the output",
		actual: `${x.name === undefined ? `variable ${index + 1}` : `"${x.name}"`} is not reached`,
		fix: 'pass { unused: "zero" } or { unused: "undefined" } if that is intended',
	});
}

/** The smallest serial among the units of `variables`: nothing older can depend on them. */
export function floorOf(variables: readonly Node[]): number {
	let floor = Number.POSITIVE_INFINITY;
	for (const x of variables) floor = Math.min(floor, unitOf(x).serial);
	return floor;
}

/** Gradients of seeded outputs with respect to `variables`; `undefined` where nothing arrived. */
export function pullBack(
	seeds: readonly Seed[],
	variables: readonly Node[],
	createGraph: boolean,
): (Node | undefined)[] {
	const outputs = seeds.map(({ output }) => output);
	const region = collect(outputs, floorOf(variables));
	const { units, pass } = region;
	if (createGraph || depth > 0 || isTracing()) {
		return withRecording(createGraph, () => {
			const before = lastSerial();
			const found = recordedPass(seeds, units);
			return apart(
				variables.map((x) => found.get(orderOf(x))),
				before,
			);
		});
	}
	// Asked before the pass: a rule or listener may differentiate on the way, and visit the same units again.
	const visited = variables.map((x) => unitOf(x).pass === pass);
	plainPass(region, seeds, false, variables);
	const found = variables.map((x, index) => {
		if (!visited[index]) return undefined;
		if (x instanceof Tensor) return x.cotangent?.detach();
		const g = x.chunk.adjoints[x.index] as number;
		return Object.is(g, -0) ? undefined : constant(g);
	});
	for (const unit of units) if (unit instanceof Tensor) hold(unit, undefined, undefined);
	return found;
}

/**
 * Each gradient as a node of its own: giving one a name changes no other one,
 * and nothing that was there before the pass, as the cotangent or an operand
 * that a rule returned.
 */
function apart(found: readonly (Node | undefined)[], before: number): (Node | undefined)[] {
	const seen = new Set<number>();
	return found.map((gradient) => {
		if (gradient === undefined) return undefined;
		const order = orderOf(gradient);
		const shared = seen.has(order) || unitOf(gradient).serial <= before;
		seen.add(order);
		return shared ? identity(gradient) : gradient;
	});
}

/** The pass in ordinary operations: every cotangent by the order number of its node. */
function recordedPass(
	seeds: readonly Seed[],
	units: readonly Unit[],
	cotangents: Map<number, Node> = new Map<number, Node>(),
): Map<number, Node> {
	const receive = (x: Node, g: Node): void => {
		const key = orderOf(x);
		const before = cotangents.get(key);
		cotangents.set(key, before === undefined ? g : add(before, g));
	};
	for (const { output, cotangent } of seeds) {
		if (output.requiresGrad) receive(output, typeof cotangent === "number" ? constant(cotangent) : cotangent);
	}

	const step = (z: Node, gz: Node): void => {
		const origin = originOf(z);
		if (origin === undefined) return;
		if (origin.op.family === "custom" && origin.op.replay) {
			const { units, output } = replayed(origin.op.replay, origin.attributes);
			recordedPass([{ output, cotangent: gz }], units, cotangents);
			return;
		}
		withScope({ name: "gradient", parent: scopeOfNode(z), forward: z }, () => {
			for (const [operand, gradient] of pull(z, origin, gz).entries()) {
				if (gradient) receive(origin.inputs[operand] as Node, gradient);
			}
		});
	};
	for (const unit of units) {
		if (unit instanceof Tensor) {
			const gz = cotangents.get(orderOf(unit)) as Tensor | undefined;
			if (gz === undefined) continue;
			for (const hook of unit.hooks ?? []) hook(gz);
			step(unit, gz);
			continue;
		}
		// `unit.end` is read once: the pass may record into the chunk under way.
		for (let slot = unit.end - 1; slot >= unit.start; slot--) {
			const gz = cotangents.get(orderOfSlot(unit, slot)) as Scalar | undefined;
			if (gz === undefined) continue;
			for (const hook of unit.hooks?.get(slot) ?? []) hook(gz);
			step(new Scalar(unit, slot), gz);
		}
	}
	return cotangents;
}

/**
 * Calls `listener` with the gradient of `x` in every pass that reaches it, as
 * soon as all contributions have arrived. Returns a function that removes the
 * listener.
 */
export function onGradient<X extends Node>(x: X, listener: (gradient: X) => void): () => void {
	const call = listener as (gradient: Node) => void;
	if (!x.requiresGrad) {
		throw failure({
			what: "onGradient: no gradient will ever arrive",
			expected: "a tracked value",
			actual: "a constant",
		});
	}
	// A pass goes through the list it found: lists are replaced, never changed.
	setHooks(x, [...hooksOf(x), call]);
	return () =>
		setHooks(
			x,
			hooksOf(x).filter((other) => other !== call),
		);
}

type Hook = (gradient: Node) => void;

function hooksOf(x: Node): readonly Hook[] {
	return ((x instanceof Tensor ? x.hooks : x.chunk.hooks?.get(x.index)) ?? []) as readonly Hook[];
}

function setHooks(x: Node, hooks: readonly Hook[]): void {
	if (x instanceof Tensor) x.hooks = hooks.length === 0 ? undefined : hooks;
	else if (hooks.length === 0) x.chunk.hooks?.delete(x.index);
	else {
		x.chunk.hooks ??= new Map();
		x.chunk.hooks.set(x.index, hooks);
	}
}
