/**
 * The tape read as expressions.
 *
 * Every node is written in the named nodes it was computed from. What has no
 * name and was computed from nothing gets one: variables `x1`, `x2`, ...,
 * constants that are no single number `c1`, ... How an operation is written is
 * asked of its record; none is known by name here.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { ancestors, orderOf, originOf } from "../core/graph.js";
import type { Structural } from "../core/op.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";
import { Scalar } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";
import {
	apply,
	call,
	depthOf,
	type Expression,
	fraction,
	named,
	numberOf,
	product,
	reshape,
	sizeOfExpression,
	spread,
} from "./expression.js";
import { fromTemplate } from "./tree.js";

/** Nodes that are read at most. */
const largest = 20_000;

/** A computation that was read. */
export interface Reading {
	/** All nodes, in the order of recording. */
	readonly nodes: readonly Node[];
	/** The name of a node: its own, or the one it was given here. */
	readonly nameOf: (x: Node) => string | undefined;
	/** What a node is in what is computed from it: its name, or a formula where it has none. */
	readonly at: (x: Node) => Expression;
	/** The operands of a node, as it is written. */
	readonly operandsAt: (x: Node) => readonly Expression[];
	/** What a named node was computed as; `undefined` for a leaf. */
	readonly definitionOf: (x: Node) => Expression | undefined;
	/** Constants that were met in recorded gradients, by the names they were given. */
	readonly constants: ReadonlyMap<string, Node>;
	/** The node with a name. */
	readonly withName: (name: string) => Node | undefined;
	/** What a node is, in others that are not part of the reading: those of a recorded gradient. */
	readonly further: (x: Node, known: ReadonlyMap<number, Expression>) => Expression;
}

/** How a reading names nodes. */
export interface ReadOptions {
	/** Names for nodes that have none, by their order numbers. */
	readonly names?: ReadonlyMap<number, string>;
	/** Intermediate results whose names are not used: all, or those listed. */
	readonly expand?: boolean | readonly string[] | undefined;
	/** Names of counts: numbers equal to a count that divide a sum of so many are written by its name. */
	readonly sizes?: Readonly<Record<string, number>> | undefined;
}

/** True for a variable, and for what is computed from one; a literal among operations is none. */
export function isTracked(x: Node): boolean {
	const literal = x instanceof Scalar && x.isLeaf && x.chunk.left.length > 0;
	return x.requiresGrad && !literal;
}

/**
 * Reads everything that `roots` were computed from.
 *
 * @throws where that is more than can be written.
 */
export function read(what: string, roots: readonly Node[], options: ReadOptions = {}): Reading {
	const nodes = ancestors(roots);
	if (nodes.length > largest) {
		throw failure({
			what: `${what}: the computation is too large to be written`,
			expected: `at most ${largest} recorded values`,
			actual: `${nodes.length}`,
			fix: "write a smaller network, a single sample, or the same with tensors",
		});
	}
	const names = namesFor(nodes, options);
	const byName = new Map<string, Node>();
	const inPlace = new Map<number, Expression>();
	const definitions = new Map<number, Expression>();
	const constants = new Map<string, Node>();
	const knowsPi = ![...names.values()].includes("pi");
	const literalOf = (x: Node): Expression => {
		const made = literal(x, knowsPi);
		if (made.kind === "name") constants.set(made.name, x);
		return made;
	};
	const { expand = false } = options;
	const isExpanded = (name: string): boolean => expand === true || (expand !== false && expand.includes(name));

	for (const x of nodes) {
		const key = orderOf(x);
		const name = names.get(key);
		if (name !== undefined) byName.set(name, x);
		const computed = computedAs(x, (input) => inPlace.get(orderOf(input)) as Expression, options);
		if (computed !== undefined) definitions.set(key, computed);
		const hidden = name === undefined || (computed !== undefined && isExpanded(name));
		inPlace.set(key, hidden ? (computed ?? literalOf(x)) : named(name, x.shape));
	}
	return {
		nodes,
		nameOf: (x) => names.get(orderOf(x)),
		at: (x) => inPlace.get(orderOf(x)) as Expression,
		operandsAt: (x) => operandsAs(x, (input) => inPlace.get(orderOf(input)) as Expression, options),
		definitionOf: (x) => definitions.get(orderOf(x)),
		constants,
		withName: (name) => byName.get(name),
		further: (x, known) => {
			const found = new Map(known);
			for (const node of ancestors([x])) {
				const key = orderOf(node);
				if (found.has(key)) continue;
				const before = inPlace.get(key);
				const made =
					before ?? computedAs(node, (input) => found.get(orderOf(input)) as Expression, options) ?? literalOf(node);
				found.set(key, made);
			}
			return found.get(orderOf(x)) as Expression;
		},
	};
}

/** Signs and levels that a formula has at most: what is used twice is written twice. */
const longest = 100_000;
const deepest = 400;

/** Refuses what would be too long to be written, or nested too deeply. */
export function checkLength(what: string, e: Expression): void {
	const [size, depth] = [sizeOfExpression(e), depthOf(e)];
	if (size <= longest && depth <= deepest) return;
	throw failure({
		what: `${what}: the formula is too long`,
		expected: `at most ${longest} signs and ${deepest} levels`,
		actual: size > longest ? `${size > 1e9 ? "far more" : size} signs` : `${depth} levels`,
		fix: 'give intermediate values names with .named("z"): they are then written once',
	});
}

/** The value of a constant where one number says it. */
function uniform(x: Node): number | undefined {
	if (x instanceof Scalar) return x.value;
	if (x.size === 0) return undefined;
	const { data } = x;
	return data.every((element) => element === data[0]) ? data[0] : undefined;
}

/** `knowsPi` is false where a value has that name. */
function literal(x: Node, knowsPi: boolean): Expression {
	const value = uniform(x);
	if (value === undefined) return named(`c${orderOf(x)}`, x.shape);
	return spread((knowsPi ? multipleOfPi(value) : undefined) ?? fraction(value), x.shape);
}

/** π times a small fraction, where a number is that to the last bit: formulas may name it, but the tape has numbers. */
function multipleOfPi(value: number): Expression | undefined {
	for (const under of [1, 2, 4, 8]) {
		const over = Math.round((value / Math.PI) * under);
		if (over !== 0 && Math.abs(over) <= 16 && (over * Math.PI) / under === value)
			return product([fraction(over, under), named("pi")]);
	}
	return undefined;
}

/** Names by order number: those given, each once, and new ones for leaves that have none. */
function namesFor(nodes: readonly Node[], { names: given }: ReadOptions): Map<number, string> {
	const own = new Map<string, Node[]>();
	for (const x of nodes) {
		const name = given?.get(orderOf(x)) ?? x.name;
		if (name !== undefined) own.set(name, [...(own.get(name) ?? []), x]);
	}
	const names = new Map<number, string>();
	for (const [name, all] of own) {
		for (const [at, x] of all.entries()) names.set(orderOf(x), all.length === 1 ? name : `${name}_${at + 1}`);
	}
	const taken = new Set(names.values());
	const fresh = (stem: string): string => {
		let number = 1;
		while (taken.has(`${stem}${number}`)) number++;
		taken.add(`${stem}${number}`);
		return `${stem}${number}`;
	};
	for (const x of nodes) {
		if (names.has(orderOf(x)) || originOf(x) !== undefined) continue;
		if (isTracked(x)) names.set(orderOf(x), fresh("x"));
		else if (uniform(x) === undefined) names.set(orderOf(x), fresh("c"));
	}
	return names;
}

/** The expression of one operation over those of its operands. */
function computedAs(x: Node, at: (input: Node) => Expression, options: ReadOptions): Expression | undefined {
	const origin = originOf(x);
	if (origin === undefined) return undefined;
	const { op, inputs, attributes } = origin;
	const operands = operandsAs(x, at, options);
	if (op.family === "pointwise") {
		const made = ownCall.test(op.text) ? call(op, 0, operands) : fromTemplate(op.text, operands);
		return spread(made ?? call(op, 0, operands), x.shape);
	}
	const [first] = operands;
	const moved = op.folded && inputs.length === 1 && first !== undefined && keepsNumbers(inputs[0] as Node, x);
	if (moved) return sizeOf(first.shape) === sizeOf(x.shape) ? reshape(first, x.shape) : spread(first, x.shape);
	const rule = op as Structural<unknown>;
	const shapes = inputs.map((input) => input.shape);
	const template = rule.notation?.(shapes, attributes) ?? op.text;
	const said = isNotation(template, op.name) ? fitted(fromTemplate(template, operands), x.shape) : undefined;
	return said ?? apply(op as Structural<never>, attributes, template, operands, x.shape);
}

/** A template that is a call by the operation's own name says no more than the record. */
const ownCall = /^\p{L}[\p{L}\p{Nd}]*\(#1(?:, #\d)*\)$/u;

/** True for a template that the grammar of formulas reads. */
function isNotation(template: string, name: string): boolean {
	if (/[;[\]]/.test(template)) return false;
	return !template.startsWith(`${name}(`) || name === "sum";
}

/** The sum over kept axes has the same numbers. */
function fitted(e: Expression | undefined, shape: Shape): Expression | undefined {
	if (e === undefined || sizeOf(e.shape) !== sizeOf(shape)) return undefined;
	return sameShape(e.shape, shape) ? e : reshape(e, shape);
}

/** False where a cast may round. */
function keepsNumbers(from: Node, to: Node): boolean {
	const floating = (x: Node): boolean => !(x instanceof Tensor) || isFloating(x.dtype);
	return floating(to) || !floating(from);
}

/** The operands of a node; a number that a sum is divided by, and that is the size called m, as m. */
function operandsAs(x: Node, at: (input: Node) => Expression, { sizes = {} }: ReadOptions): readonly Expression[] {
	const operands = (originOf(x)?.inputs ?? []).map(at);
	const summed = operands.some(
		(e) => e.kind === "total" || (e.kind === "product" && e.operands.some(({ kind }) => kind === "total")),
	);
	if (!summed) return operands;
	return operands.map((e) => {
		const bare = e.kind === "spread" ? e.operands[0] : e;
		const value = numberOf(bare);
		const name = Object.keys(sizes).find((key) => sizes[key] === value);
		return name === undefined ? e : spread(named(name), e.shape);
	});
}
