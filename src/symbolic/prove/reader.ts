/**
 * Recorded computations as expressions, element by element.
 *
 * A pointwise operation is read through the text of its record, a linear one is
 * asked for its coefficients, by giving it units; none is known here by name. An
 * operation that is neither cannot be read back, and whoever asks is told so.
 */
import { apply } from "../../core/apply.js";
import { type Formula, nodesOf, parseFormula } from "../../core/formula.js";
import { orderOf, originOf } from "../../core/graph.js";
import { type AnyOp, type Custom, constants, operations, type Pointwise, type Structural } from "../../core/op.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { Scalar } from "../../core/tape.js";
import { forEachElement, type Node, Tensor, wrap } from "../../core/tensor.js";
import { mul } from "../../ops/arithmetic.js";
import { tensor } from "../../ops/create.js";
import { facts } from "../../ops/define.js";
import { evaluate } from "../../ops/evaluate.js";
import type { ExpressionAlgebra } from "./algebra.js";
import type { Expression } from "./expression.js";
import { definitions } from "./mathematics.js";
import { decimal, minus, type Rational } from "./rational.js";

/** Thrown where a recorded computation cannot be read back. */
export class Unreadable extends Error {
	constructor(message: string) {
		super(message);
		this.name = "Unreadable";
	}
}

const asIs = {
	shape: () => [],
	forward: ([x]: readonly Tensor[]) => x as Tensor,
	call: ([x]: readonly Node[]) => x as Tensor,
	samples: [],
} as const;

/** An expression on the tape: where reading back ends. */
export const leafOp: Custom<{ readonly expression: Expression }> = {
	...facts("expression", 0, { says: "an expression of a derivation" }),
	...asIs,
	family: "custom",
	pull: () => [],
};

/** An unknown function and how often it is differentiated by each argument. */
export interface Unknown {
	readonly name: string;
	readonly orders: readonly number[];
}

/** An unknown function: its derivatives are unknown functions again. */
export const unknownOp: Custom<Unknown> = {
	...facts("unknown", 1, { says: "a function about which nothing is known" }),
	...asIs,
	family: "custom",
	forward: () => tensor(0.5),
	pull: (gz, inputs, _, { name, orders }) =>
		inputs.map((_, at) => {
			const next = orders.map((order, other) => order + (other === at ? 1 : 0));
			return mul(gz, apply(unknownOp, inputs as readonly Tensor[], { name, orders: next }));
		}),
};

/** How an operation is written, over x, y and w. */
const texts = new WeakMap<Pointwise, Formula>();

function writtenBy(op: Pointwise): Formula {
	const found =
		texts.get(op) ?? op.formula ?? parseFormula(op.text.replace(/#([123])/g, (_, at) => "xyw"[at - 1] as string));
	texts.set(op, found);
	return found;
}

/** Numbers that rules compute before anything is recorded, such as sqrt(pi), and what they are. */
const computed = new Map<number, Formula>();

function computedByRules(): ReadonlyMap<number, Formula> {
	if (computed.size > 0) return computed;
	const rules = operations().flatMap((op) => (op.family === "pointwise" ? op.partials : []));
	for (const rule of [...rules, ...definitions()]) {
		for (const part of rule ? nodesOf(rule) : []) {
			const plain = [...nodesOf(part)].every((node) => node.kind !== "name" || constants.has(node.name));
			if (!plain || part.kind === "number") continue;
			const value = Number(evaluate(part, new Map()));
			if (!Number.isInteger(value) && !computed.has(value)) computed.set(value, part);
		}
	}
	return computed;
}

/** Elements of an array that are read one by one, at most. */
const largest = 4096;

/** Recorded computations as expressions, element by element. */
export class Reader {
	private readonly algebra: ExpressionAlgebra;
	private readonly known = new Map<Node | number, readonly Expression[]>();
	private readonly leaf: (x: Node) => readonly Expression[] | undefined;
	/** Inside a trace everything was recorded, and what has no origin is constant. */
	private readonly traced: boolean;

	/** `leaf` says what a node stands for, before anyone asks how it was computed; left out, a leaf is its numbers. */
	constructor(algebra: ExpressionAlgebra, leaf?: (x: Node) => readonly Expression[] | undefined) {
		this.algebra = algebra;
		this.leaf = leaf ?? (() => undefined);
		this.traced = leaf === undefined;
	}

	/** The value of a node with one element. */
	read(root: Node): Expression {
		return this.elements(root)[0] as Expression;
	}

	/** The elements of a node in row-major order. */
	elements(root: Node): readonly Expression[] {
		const open: Node[] = [root];
		for (let x = open.at(-1); x; x = open.at(-1)) {
			const key = keyOf(x);
			const own = this.known.has(key) ? undefined : this.leaf(x);
			if (own) this.known.set(key, own);
			const inputs = this.known.has(key) ? [] : (originOf(x)?.inputs ?? []);
			const missing = inputs.filter((input) => !this.known.has(keyOf(input)));
			if (missing.length > 0) {
				open.push(...missing);
				continue;
			}
			open.pop();
			if (!this.known.has(key)) this.known.set(key, this.made(x));
		}
		return this.known.get(keyOf(root)) as readonly Expression[];
	}

	private made(x: Node): readonly Expression[] {
		const origin = originOf(x);
		if (origin === undefined) return this.numbers(x);
		const { op, inputs, attributes } = origin;
		const given = inputs.map((input) => this.known.get(keyOf(input)) as readonly Expression[]);
		if (op === (leafOp as unknown as AnyOp)) return [(attributes as { expression: Expression }).expression];
		if (op === (unknownOp as unknown as AnyOp)) {
			const { name, orders } = attributes as Unknown;
			return [
				this.algebra.unknown(
					name,
					orders,
					given.map(([part]) => part as Expression),
				),
			];
		}
		if (op.family === "pointwise") {
			if (!this.traced) refuseAnswered(op, inputs);
			return Array.from({ length: given[0]?.length ?? 0 }, (_, at) =>
				this.algebra.carriedOut(
					writtenBy(op),
					new Map(given.map((elements, operand) => ["xyw"[operand] as string, elements[at] as Expression])),
				),
			);
		}
		if (op.family === "custom") throw new Unreadable(`${op.name} cannot be read back as a formula of numbers`);
		return this.spread(op as unknown as Structural<unknown>, inputs as readonly Tensor[], attributes, given);
	}

	/** A linear or bilinear operation, whose coefficients it tells itself when it is given units. */
	private spread(
		op: Structural<unknown>,
		inputs: readonly Tensor[],
		attributes: unknown,
		given: readonly (readonly Expression[])[],
	): readonly Expression[] {
		const { make } = this.algebra;
		const shapes = inputs.map(({ shape }) => shape);
		const shape = op.shape(shapes, attributes);
		const result = (units: readonly (number | undefined)[]): readonly number[] =>
			numbersOf(
				op.forward(
					units.map((unit, at) => unitOf(shapes[at] as Shape, unit)),
					attributes,
					shape,
				),
			);
		const sums = Array.from({ length: sizeOf(shape) }, (): Expression => make.number(0));
		const enter = (units: readonly (number | undefined)[], value: Expression): void => {
			for (const [at, coefficient] of result(units).entries()) {
				if (coefficient === 0) continue;
				const term = make.multiply(make.number(decimalOf(coefficient)), value);
				sums[at] = make.add(sums[at] as Expression, term);
			}
		};
		const [first, second] = given as [readonly Expression[], readonly Expression[]];
		if (op.family === "bilinear") {
			for (const [i, x] of first.entries()) for (const [j, y] of second.entries()) enter([i, j], make.multiply(x, y));
		} else {
			for (const [operand, elements] of given.entries()) {
				for (const [i, x] of elements.entries())
					enter(
						given.map((_, at) => (at === operand ? i : undefined)),
						x,
					);
			}
		}
		return sums;
	}

	private numbers(x: Node): readonly Expression[] {
		const values = x instanceof Scalar ? [x.value] : numbersOf(x as Tensor);
		return values.map((value) => this.number(value));
	}

	private number(value: number): Expression {
		if (!Number.isFinite(value)) throw new Unreadable(`the number ${value} was recorded`);
		const formula = computedByRules().get(Math.abs(value));
		if (formula) {
			const exact = this.algebra.carriedOut(formula, new Map());
			return value < 0 ? this.algebra.negate(exact) : exact;
		}
		return this.algebra.number(decimalOf(value));
	}
}

/** A tensor is itself; handles of a number of the tape come and go. */
function keyOf(x: Node): Node | number {
	return x instanceof Tensor ? x : orderOf(x);
}

/** The number that a double was written as. */
function decimalOf(value: number): Rational {
	const exact = decimal(String(Math.abs(value)));
	return value < 0 ? minus(exact) : exact;
}

/** Where an operand only chooses and was not recorded, what is recorded is true at one point and no other. */
function refuseAnswered(op: Pointwise, inputs: readonly Node[]): void {
	for (const [operand, x] of inputs.entries()) {
		if (op.partials.length === 0 || op.partials[operand] !== undefined || originOf(x) !== undefined) continue;
		throw new Unreadable(`which way ${op.name} went was not recorded: it is known at one point only`);
	}
}

function numbersOf(x: Tensor): readonly number[] {
	if (x.size > largest) throw new Unreadable(`${x.size} elements, more than can be read one by one`);
	const found: number[] = [];
	forEachElement(x, (element) => found.push(element));
	return found;
}

/** Zeros, and a one at a place. */
function unitOf(shape: Shape, place: number | undefined): Tensor {
	const elements = new Float64Array(sizeOf(shape));
	if (place !== undefined) elements[place] = 1;
	return wrap(elements, shape);
}
