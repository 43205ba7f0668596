/**
 * What algebra is done on: expressions with shapes, as sums and products of
 * many, not of two.
 *
 * A difference is a sum with a factor of -1 and a quotient a product with a
 * power of -1, so that a law about sums and products is said once. Numbers are
 * fractions of whole numbers as long as they can be. The constructors here fold
 * numbers and shapes; every other law stands in `laws`. What an operation
 * computes is not known here.
 *
 * Note [shapes stay true]
 * Broadcasting and reshaping are parts of an expression. What is computed number
 * by number loses them where the other operands imply them, so they are rarely
 * seen, but a sum or a product of matrices finds the shape that the tape had.
 */
import type { Pointwise, Structural } from "../core/op.js";
import { broadcastShapes, reducedShape, type Shape, sameShape, sizeOf } from "../core/shape.js";
import { Tensor } from "../core/tensor.js";
import type { NamePart } from "./names.js";

/** An expression. Equal keys mean equal expressions, whatever the order of terms and factors. */
export type Expression = { readonly shape: Shape; readonly key: string } & (
	| { readonly kind: "number"; readonly over: number; readonly under: number }
	| { readonly kind: "name"; readonly name: string }
	/** A name with letters for indices: one of a family. */
	| { readonly kind: "member"; readonly parts: readonly NamePart[] }
	| { readonly kind: "sum"; readonly operands: readonly Expression[] }
	| { readonly kind: "product"; readonly operands: readonly Expression[] }
	| { readonly kind: "power"; readonly operands: readonly [Expression, Expression] }
	| {
			readonly kind: "call";
			readonly op: Pointwise;
			readonly primes: number;
			readonly operands: readonly Expression[];
	  }
	| { readonly kind: "matmul"; readonly operands: readonly Expression[] }
	| { readonly kind: "transpose"; readonly operands: readonly [Expression] }
	| { readonly kind: "reshape"; readonly operands: readonly [Expression] }
	| { readonly kind: "spread"; readonly operands: readonly [Expression] }
	/** The sum over axes, which are dropped. */
	| { readonly kind: "total"; readonly axes: readonly number[]; readonly operands: readonly [Expression] }
	/** Any other operation on arrays. */
	| {
			readonly kind: "apply";
			readonly op: Structural<never>;
			readonly attributes: unknown;
			/** How this use of it is written, with `#1`, `#2` for the operands. */
			readonly text: string;
			readonly operands: readonly Expression[];
	  }
	/** The sum of a body in which `index` runs from `from` to `to`. */
	| {
			readonly kind: "series";
			readonly index: string;
			readonly from: number;
			readonly to: number;
			readonly operands: readonly [Expression];
	  }
	/** ∂of/∂by, which `operands[0]` computes. */
	| {
			readonly kind: "partial";
			readonly of: readonly NamePart[];
			readonly by: readonly NamePart[];
			readonly operands: readonly [Expression];
	  }
);

type Kind<Name extends Expression["kind"]> = Expression & { readonly kind: Name };

const scalarShape: Shape = [];

// ---------------------------------------------------------------- numbers and names

function divisor(a: number, b: number): number {
	return b === 0 ? a : divisor(b, a % b);
}

const isWhole = (x: number): boolean => Number.isSafeInteger(x);

/** over / under, in lowest terms where both are whole. */
export function fraction(over: number, under = 1): Kind<"number"> {
	let [top, bottom] = under < 0 ? [-over, -under] : [over, under];
	if (isWhole(top) && isWhole(bottom) && bottom !== 0) {
		const common = divisor(Math.abs(top), bottom) || 1;
		[top, bottom] = [top / common, bottom / common];
	} else if (bottom !== 1) [top, bottom] = [top / bottom, 1];
	return { kind: "number", over: top, under: bottom, shape: scalarShape, key: `${top + 0}/${bottom}` };
}

const zero: Expression = fraction(0);
export const one: Expression = fraction(1);
export const minusOne: Expression = fraction(-1);

/** The number of an expression that is one. */
export function numberOf(e: Expression): number | undefined {
	return e.kind === "number" ? e.over / e.under : undefined;
}

export function isNumber(e: Expression, value: number): boolean {
	return numberOf(e) === value;
}

/** A name of a value of `shape`. */
export function named(name: string, shape: Shape = scalarShape): Kind<"name"> {
	return { kind: "name", name, shape, key: `"${name}"` };
}

/** A name with letters for some of its indices. */
export function member(parts: readonly NamePart[], shape: Shape): Expression {
	return { kind: "member", parts, shape, key: `member${JSON.stringify(parts)}` };
}

// ---------------------------------------------------------------- keys

function unordered(head: string, operands: readonly Expression[]): string {
	return shortened(
		`${head}(${operands
			.map((operand) => operand.key)
			.sort()
			.join(",")})`,
	);
}

function ordered(head: string, operands: readonly Expression[]): string {
	return shortened(`${head}(${operands.map((operand) => operand.key).join(",")})`);
}

/** Keys longer than this are hashed: a value that is used twice would double them at every use. */
const longestKey = 200;

function shortened(key: string): string {
	return key.length <= longestKey ? key : `#${hash(key, 0x9e3779b9)}${hash(key, 0x85ebca6b)}`;
}

/** 53 bits of a text; two of them never meet by chance. */
function hash(text: string, seed: number): string {
	let [a, b] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		a = Math.imul(a ^ code, 2654435761);
		b = Math.imul(b ^ code, 1597334677);
	}
	a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
	b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
	return `${(b >>> 0).toString(36)}.${(a >>> 0).toString(36)}`;
}

/** Terms and factors at most that are put on one level. */
const widest = 5_000;

/** The operands of operands of the same kind, on one level. */
function flattened(kind: "sum" | "product", operands: readonly Expression[]): readonly Expression[] {
	const count = operands.reduce((all, operand) => all + (operand.kind === kind ? operand.operands.length : 1), 0);
	return count > widest
		? operands
		: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
}

// ---------------------------------------------------------------- number by number

function common(shapes: readonly Shape[]): Shape {
	return shapes.reduce((all, next) => broadcastShapes("formula", all, next), scalarShape);
}

/** What `make` gives for the operands without their broadcasting, broadcast where nothing else implies it. */
function lifted(
	operands: readonly Expression[],
	make: (operands: readonly Expression[], shape: Shape) => Expression,
	fewestArrays = 1,
): Expression {
	const shape = common(operands.map((operand) => operand.shape));
	const bare = operands.map((operand) => (operand.kind === "spread" ? operand.operands[0] : operand));
	const inner = reshapedTogether(bare, shape, fewestArrays);
	if (inner !== undefined) return reshape(make(inner, (inner.find(isArray) as Expression).shape), shape);
	return spread(make(bare, common(bare.map((operand) => operand.shape))), shape);
}

/** Where everything but numbers is the same reshaping of one shape, what is reshaped. */
function reshapedTogether(
	operands: readonly Expression[],
	shape: Shape,
	fewest: number,
): readonly Expression[] | undefined {
	const arrays = operands.filter(isArray);
	const [first] = arrays;
	if (arrays.length < fewest) return undefined;
	if (first?.kind !== "reshape" || !sameShape(first.shape, shape)) return undefined;
	const inside = first.operands[0].shape;
	if (inside.length === 0) return undefined;
	const alike = (e: Expression): boolean =>
		e.kind === "reshape" && sameShape(e.shape, first.shape) && sameShape(e.operands[0].shape, inside);
	if (!arrays.every(alike)) return undefined;
	return operands.map((operand) => (operand.kind === "reshape" && isArray(operand) ? operand.operands[0] : operand));
}

/** True for what has an axis. */
export function isArray(e: Expression): boolean {
	return e.shape.length > 0;
}

/** The sum of `terms`; numbers are added up, at the place of the first. */
export function sum(terms: readonly Expression[]): Expression {
	return lifted(terms, (bare, shape) => {
		const flat = flattened("sum", bare);
		const numbers = flat.filter((term) => term.kind === "number");
		const total = numbers.reduce<Kind<"number">>(plus, zero as Kind<"number">);
		const first = flat.findIndex((term) => term.kind === "number");
		const others = flat.filter((term, at) => term.kind !== "number" || (at === first && total.over !== 0));
		const operands = others.map((term) => (term.kind === "number" ? total : term));
		if (operands.length === 0) return zero;
		if (operands.length === 1) return operands[0] as Expression;
		return { kind: "sum", operands, shape, key: unordered("+", operands) };
	});
}

function plus(a: Kind<"number">, b: Kind<"number">): Kind<"number"> {
	return fraction(a.over * b.under + b.over * a.under, a.under * b.under);
}

/** The product of `factors`, element by element; numbers are multiplied and come first. A factor of 0 stays. */
export function product(factors: readonly Expression[]): Expression {
	return lifted(
		factors,
		(bare, shape) => {
			const flat = flattened("product", bare);
			const numbers = flat.filter((factor) => factor.kind === "number");
			const scale = numbers.reduce<Kind<"number">>(
				(a, b) => fraction(a.over * b.over, a.under * b.under),
				one as Kind<"number">,
			);
			const others = flat.filter((factor) => factor.kind !== "number");
			const operands = isNumber(scale, 1) ? others : [scale, ...others];
			if (operands.length === 0) return one;
			if (operands.length === 1) return operands[0] as Expression;
			return { kind: "product", operands, shape, key: unordered("*", operands) };
		},
		2,
	); // a number times a reshaped array stays that: the number comes out of what is linear
}

/** base to the power `exponent`. */
export function power(base: Expression, exponent: Expression): Expression {
	if (isNumber(exponent, 1)) return base;
	if (isNumber(exponent, 0)) return spread(one, base.shape);
	if (base.kind === "number" && exponent.kind === "number" && exponent.under === 1) {
		const n = exponent.over;
		if (n === -1 && base.over !== 0) return fraction(base.under, base.over);
		if (n > 1 && n <= 8) return fraction(base.over ** n, base.under ** n);
	}
	const whole = exponent.kind === "number" && exponent.under === 1 && isWhole(exponent.over) ? exponent : undefined;
	if (whole && base.kind === "power" && isNumber(base.operands[1], -1) && whole.over > 0) {
		return power(base.operands[0], fraction(-whole.over));
	}
	const inner = base.kind === "power" && base.operands[1].kind === "number" ? base.operands[1] : undefined;
	if (whole && whole.over < 0 && base.kind === "power" && inner?.under === 1 && inner.over > 1 && isWhole(inner.over)) {
		return power(base.operands[0], fraction(inner.over * whole.over));
	}
	if (whole && base.kind === "product" && (whole.over < 0 || base.operands[0]?.kind === "number")) {
		// Numbers come out of a power, and a product below the line is one of factors there.
		if (whole.over < 0) return product(base.operands.map((factor) => power(factor, whole)));
		const [scale, ...others] = base.operands as [Expression, ...Expression[]];
		return product([power(scale, whole), power(product(others), whole)]);
	}
	return lifted([base, exponent], ([b, n], shape) => ({
		kind: "power",
		operands: [b as Expression, n as Expression],
		shape,
		key: ordered("^", [b as Expression, n as Expression]),
	}));
}

export function negated(e: Expression): Expression {
	return product([minusOne, e]);
}

export function quotient(over: Expression, under: Expression): Expression {
	return product([over, power(under, minusOne)]);
}

/** A pointwise operation, or its derivative of the order `primes`. */
export function call(op: Pointwise, primes: number, given: readonly Expression[]): Expression {
	const decided = primes === 0 ? decidedCall(op, given) : undefined;
	if (decided) return decided;
	return lifted(given, (operands, shape) => ({
		kind: "call",
		op,
		primes,
		operands,
		shape,
		key: ordered(op.name + "'".repeat(primes), operands),
	}));
}

/** A question about numbers has its answer, and a choice that depends on one is made. */
function decidedCall(op: Pointwise, given: readonly Expression[]): Expression | undefined {
	const bare = given.map((operand) => (operand.kind === "spread" ? operand.operands[0] : operand));
	const numbers = bare.map(numberOf);
	if (op.result === "bool" && numbers.every((value) => value !== undefined)) {
		return spread(fraction(op.value(...(numbers as number[]))), common(given.map((operand) => operand.shape)));
	}
	const [condition] = numbers;
	if (!op.text.startsWith("if(") || condition === undefined) return undefined;
	return spread(given[condition === 0 ? 2 : 1] as Expression, common(given.map((operand) => operand.shape)));
}

// ---------------------------------------------------------------- arrays

/** The factors of `e` that are single numbers, and the rest: what a linear operation lets out. */
export function scaleOf(e: Expression): readonly [scale: readonly Expression[], rest: Expression] {
	if (e.kind !== "product" || !isArray(e)) return [[], e];
	const scale = e.operands.filter((factor) => !isArray(factor));
	return [scale, product(e.operands.filter(isArray))];
}

/** `make` of `e` without its scalar factors, times these. */
function linearly(e: Expression, make: (rest: Expression) => Expression): Expression {
	const [scale, rest] = scaleOf(e);
	return scale.length === 0 ? make(e) : product([...scale, make(rest)]);
}

/** `e` repeated to `shape`. */
export function spread(e: Expression, shape: Shape): Expression {
	if (sameShape(e.shape, shape)) return e;
	if (e.kind === "spread") return spread(e.operands[0], shape);
	return { kind: "spread", operands: [e], shape, key: `${ordered("spread", [e])}${shape.join("x")}` };
}

/** The same elements in another shape. */
export function reshape(e: Expression, shape: Shape): Expression {
	if (sameShape(e.shape, shape)) return e;
	if (e.kind === "reshape") return reshape(e.operands[0], shape);
	// A single number is repeated, once or more often.
	if (e.shape.length === 0) return spread(e, shape);
	if (e.kind === "spread" && e.operands[0].shape.length === 0) return spread(e.operands[0], shape);
	return linearly(e, (rest) => ({
		kind: "reshape",
		operands: [rest],
		shape,
		key: `${ordered("reshape", [rest])}${shape.join("x")}`,
	}));
}

/** A vector made a column or a row: an axis of size 1 put behind or before. */
function columnOf(e: Expression): Expression | undefined {
	const inside = e.kind === "reshape" && e.operands[0].shape.length === 1 ? e.operands[0] : undefined;
	return inside && e.shape.length === 2 && e.shape[1] === 1 ? inside : undefined;
}

function rowOf(e: Expression): Expression | undefined {
	const inside = e.kind === "reshape" && e.operands[0].shape.length === 1 ? e.operands[0] : undefined;
	return inside && e.shape.length === 2 && e.shape[0] === 1 && e.shape[1] !== 1 ? inside : undefined;
}

/** The product of two matrices, or of stacks of them; columns and rows made of vectors become vectors again. */
export function matmul(x: Expression, y: Expression): Expression {
	return linearly(x, (left) => linearly(y, (right) => multiplied(left, right)));
}

function multiplied(x: Expression, y: Expression): Expression {
	const [rows, columns] = [x.shape.at(-2) as number, y.shape.at(-1) as number];
	if (x.shape.length === 2 && y.shape.length === 2) {
		const [row, column] = [rowOf(x), columnOf(y)];
		if (row && column) return reshape(chained([row, column], []), [1, 1]);
		if (column && !columnOf(x)) return reshape(chained([x, column], [rows]), [rows, 1]);
		if (row && !rowOf(y)) return reshape(chained([row, y], [columns]), [1, columns]);
	}
	return chained([x, y], [...x.shape.slice(0, -1), columns]);
}

/** Products of matrices are associative; with a vector at an end they are, too. */
function chained(factors: readonly Expression[], shape: Shape): Expression {
	const operands = factors.flatMap((factor) =>
		factor.kind === "matmul" && isArray(factor) ? factor.operands : [factor],
	);
	const grouped = operands.some((factor, at) => factor.shape.length === 1 && at > 0 && at < operands.length - 1);
	const used = grouped ? factors : operands;
	return { kind: "matmul", operands: used, shape, key: ordered("@", used) };
}

/** The last two axes exchanged. */
export function transpose(e: Expression): Expression {
	const shape = [...e.shape.slice(0, -2), e.shape.at(-1) as number, e.shape.at(-2) as number];
	if (e.kind === "transpose") return e.operands[0];
	if (columnOf(e) || rowOf(e)) return reshape(e, shape);
	if (e.kind === "spread" && e.operands[0].shape.length === 0) return spread(e.operands[0], shape);
	if (e.kind === "matmul" && e.operands.every((factor) => factor.shape.length === 2)) {
		return e.operands
			.map(transpose)
			.toReversed()
			.reduce((x, y) => matmul(x, y));
	}
	return linearly(e, (rest) => ({ kind: "transpose", operands: [rest], shape, key: ordered("T", [rest]) }));
}

/** The sum over `axes`, which are dropped. */
export function total(e: Expression, axes: readonly number[]): Expression {
	if (axes.length === 0) return e;
	const shape = reducedShape(e.shape, axes, false);
	if (e.kind === "spread") {
		const [inner] = e.operands;
		const lead = e.shape.length - inner.shape.length;
		const repeated = (axis: number): boolean => axis < lead || (inner.shape[axis - lead] === 1 && e.shape[axis] !== 1);
		if (axes.every(repeated)) {
			const count = sizeOf(axes.map((axis) => e.shape[axis] as number));
			const rest = inner.shape.filter((_, at) => !axes.includes(at + lead));
			return spread(product([fraction(count), reshape(inner, rest)]), shape);
		}
	}
	// A vector made a column or a row is added up as the vector.
	if (e.kind === "reshape" && axes.length === e.shape.length) {
		return total(
			e.operands[0],
			e.operands[0].shape.map((_, axis) => axis),
		);
	}
	if (axes.every((axis) => e.shape[axis] === 1) && shape.length > 0) return reshape(e, shape);
	return linearly(e, (rest) => ({
		kind: "total",
		axes,
		operands: [rest],
		shape,
		key: `${ordered("sum", [rest])}${axes.join(",")}`,
	}));
}

/** Any operation on arrays, as the tape has it. */
export function apply(
	op: Structural<never>,
	attributes: unknown,
	text: string,
	operands: readonly Expression[],
	shape: Shape,
): Expression {
	const facts =
		JSON.stringify(attributes, (_, value: unknown) => (value instanceof Tensor ? value.serial : value)) ?? "";
	return { kind: "apply", op, attributes, text, operands, shape, key: `${ordered(op.name, operands)}${facts}` };
}

// ---------------------------------------------------------------- series and partials

export function series(index: string, from: number, to: number, body: Expression): Expression {
	return {
		kind: "series",
		index,
		from,
		to,
		operands: [body],
		shape: body.shape,
		key: `series ${index} ${from} ${to}${ordered("", [body])}`,
	};
}

/** ∂of/∂by as a symbol that knows what it stands for. */
export function partial(of: readonly NamePart[], by: readonly NamePart[], meaning: Expression): Expression {
	const key = `∂${JSON.stringify(of)}/∂${JSON.stringify(by)}`;
	return { kind: "partial", of, by, operands: [meaning], shape: meaning.shape, key };
}

// ---------------------------------------------------------------- walking

const leaves: readonly Expression[] = [];

/** The operands of an expression. */
export function operandsOf(e: Expression): readonly Expression[] {
	return e.kind === "number" || e.kind === "name" || e.kind === "member" ? leaves : e.operands;
}

/** The same expression over other operands, made by its constructor. */
export function rebuilt(e: Expression, operands: readonly Expression[]): Expression {
	const [first, second] = operands as readonly [Expression, Expression];
	switch (e.kind) {
		case "number":
		case "name":
		case "member":
			return e;
		case "sum":
			return spread(sum(operands), e.shape);
		case "product":
			return spread(product(operands), e.shape);
		case "power":
			return power(first, second);
		case "call":
			return call(e.op, e.primes, operands);
		case "matmul":
			return rechained(e, operands);
		case "transpose":
			return transpose(first);
		case "reshape":
			return reshape(first, e.shape);
		case "spread":
			return spread(first, e.shape);
		case "total":
			return total(first, e.axes);
		case "apply":
			return apply(e.op, e.attributes, e.text, operands, e.shape);
		case "series":
			return series(e.index, e.from, e.to, first);
		case "partial":
			return partial(e.of, e.by, first);
	}
}

/** Factors of a chain that became something else: their scalars come out, and they are multiplied again. */
function rechained(e: Kind<"matmul">, operands: readonly Expression[]): Expression {
	const parts = operands.map(scaleOf);
	const chain = chained(
		parts.map(([, rest]) => rest),
		e.shape,
	);
	return product([...parts.flatMap(([scale]) => scale), chain]);
}

/** The value of `e`, where `combine` gives that of a node from those of its operands; equal nodes are asked once. */
export function folded<Value>(e: Expression, combine: (node: Expression, values: readonly Value[]) => Value): Value {
	const known = new Map<string, Value>();
	const open: { readonly node: Expression; readonly entered: boolean }[] = [{ node: e, entered: false }];
	for (let top = open.pop(); top; top = open.pop()) {
		const { node, entered } = top;
		if (known.has(node.key)) continue;
		const operands = operandsOf(node);
		if (entered || operands.length === 0) {
			known.set(
				node.key,
				combine(
					node,
					operands.map((operand) => known.get(operand.key) as Value),
				),
			);
			continue;
		}
		open.push({ node, entered: true });
		for (const operand of operands) open.push({ node: operand, entered: false });
	}
	return known.get(e.key) as Value;
}

/** `e` with names replaced. */
export function replaced(e: Expression, values: ReadonlyMap<string, Expression>): Expression {
	return folded<Expression>(e, (node, operands) => {
		if (node.kind === "name") return values.get(node.name) ?? node;
		const same = operandsOf(node).every((operand, at) => operand === operands[at]);
		return same ? node : rebuilt(node, operands);
	});
}

/** The names that `e` reads, in order of first appearance. */
export function namesOf(e: Expression): string[] {
	const found = new Set<string>();
	const met = new Set<string>();
	const open = [e];
	for (let node = open.pop(); node; node = open.pop()) {
		if (met.has(node.key)) continue;
		met.add(node.key);
		if (node.kind === "name") found.add(node.name);
		open.push(...operandsOf(node).toReversed());
	}
	return [...found];
}

/** How many signs, names and operators it takes to write `e`: what simplifying makes smaller. */
export function sizeOfExpression(e: Expression): number {
	return folded<number>(e, (node, sizes) => {
		const all = sizes.reduce((a, b) => a + b, 0);
		switch (node.kind) {
			case "number":
				return (node.under === 1 ? 1 : 2) + (node.over < 0 ? 1 : 0);
			case "name":
			case "member":
				return 1;
			case "sum": {
				// A term with a minus is subtracted, which costs nothing unless it is the first.
				const signs = node.operands.filter(isNegative).length;
				return all + node.operands.length - 1 - signs + (signs === node.operands.length ? 1 : 0);
			}
			case "product": {
				const [first] = node.operands;
				if (first && isNumber(first, 0)) return 2 + node.operands.length / 1000; // it will be 0
				// A factor of -1 is a sign, one of 1/2 a division, and 2 x needs no sign between.
				const unit = first?.kind !== "number" ? 0 : first.under === 1 && Math.abs(first.over) === 1 ? 2 : 1;
				return all + node.operands.length - 1 - unit;
			}
			case "power":
				// A small exponent is one sign.
				return node.operands[1].kind === "number" ? (sizes[0] as number) + (sizes[1] as number) : all + 1;
			case "call":
				return all + 1 + node.primes;
			case "matmul":
				return all + node.operands.length - 1;
			case "spread":
			case "reshape":
				return all;
			case "series":
				return all + 3;
			case "partial":
				return 3;
			default:
				return all + 1;
		}
	});
}

/** How many levels an expression has. */
export function depthOf(e: Expression): number {
	return folded<number>(e, (_, depths) => 1 + depths.reduce((a, b) => Math.max(a, b), 0));
}

/** True for a negative number, and for a product that begins with one. */
export function isNegative(e: Expression): boolean {
	if (e.kind === "product") return isNegative(e.operands[0] as Expression);
	if (e.kind === "spread" || e.kind === "reshape") return isNegative(e.operands[0]);
	return e.kind === "number" && (e.over < 0 || Object.is(e.over, -0));
}
