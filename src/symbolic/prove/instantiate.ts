/**
 * Formulas carried out at sizes small enough to write every element down.
 *
 * Vectors, matrices, sums and indices end here: what comes out is a grid of
 * scalars. What a scalar is, an `Algebra` says: an expression, or a number of
 * the tape, so that a claim and the computation that the engine differentiates
 * are spelled out by the same rules. Shapes broadcast as in NumPy.
 */
import { type Arithmetic, type Comparison, type Formula, formulaText, type Span } from "../../core/formula.js";
import { boundBy, type Extent, type Notation } from "../notation.js";
import { Exhausted } from "./budget.js";
import { decimal, type Rational, rational } from "./rational.js";

/** Scalars of a kind, and what can be done with them. */
export interface Algebra<Value> {
	number(value: Rational): Value;
	readonly pi: Value;
	negate(x: Value): Value;
	arithmetic(operator: Exclude<Arithmetic, "@">, x: Value, y: Value): Value;
	compare(operator: Comparison, x: Value, y: Value): Value;
	choose(condition: Value, then: Value, otherwise: Value): Value;
	/** A function of the notation, by name. */
	call(name: string, given: readonly Value[]): Value;
	/** An unknown function, differentiated `orders[k]` times by argument k. */
	unknown(name: string, orders: readonly number[], given: readonly Value[]): Value;
}

/** Scalars in rows: `at` in row-major order. */
export interface Grid<Value> {
	readonly shape: readonly number[];
	readonly at: readonly Value[];
}

/** What the names of indices and parameters mean at a place. */
export interface Scope<Value> {
	readonly indices: ReadonlyMap<string, number>;
	readonly parameters: ReadonlyMap<string, Grid<Value>>;
}

/** Lengths that go with each other: `n = 2, m = 3`. */
export type Sizes = ReadonlyMap<string, number>;

/** Thrown where shapes do not go together. */
export class Mismatch extends Error {
	readonly span: Span;
	readonly left: readonly number[];
	readonly right: readonly number[];

	constructor(message: string, span: Span, left: readonly number[], right: readonly number[]) {
		super(message);
		this.name = "Mismatch";
		this.span = span;
		this.left = left;
		this.right = right;
	}
}

/** Thrown where an index is beyond its range at these sizes. */
export class OutOfRange extends Error {
	readonly span: Span;

	constructor(message: string, span: Span) {
		super(message);
		this.name = "OutOfRange";
		this.span = span;
	}
}

export function sizeIn(sizes: Sizes, extent: Extent): number {
	return typeof extent === "number" ? extent : (sizes.get(extent) as number);
}

export function shapeText(shape: readonly number[]): string {
	return shape.length === 0 ? "a scalar" : `[${shape.join(", ")}]`;
}

function count(shape: readonly number[]): number {
	return shape.reduce((product, length) => product * length, 1);
}

/** Every combination of indices below `lengths`, in row-major order, counted from 0. */
export function* placesOf(lengths: readonly number[]): Generator<number[]> {
	const total = count(lengths);
	for (let flat = 0; flat < total; flat++) {
		let rest = flat;
		const place = lengths.map(() => 0);
		for (let axis = lengths.length - 1; axis >= 0; axis--) {
			place[axis] = rest % (lengths[axis] as number);
			rest = Math.floor(rest / (lengths[axis] as number));
		}
		yield place;
	}
}

/** The name of an element: `w[1,2]`, counted from 1. */
export function elementName(name: string, place: readonly number[]): string {
	return place.length === 0 ? name : `${name}[${place.map((index) => index + 1).join(",")}]`;
}

/** Rows of a determinant that is written out. */
const largestDeterminant = 8;

/** The name of the number that exp(1) is. */
const napier = "e";

/** A problem at given sizes, over scalars of one kind. */
export abstract class Instance<Value> {
	readonly problem: Notation;
	readonly sizes: Sizes;
	readonly algebra: Algebra<Value>;
	private readonly known = new Map<string, Grid<Value>>();

	constructor(problem: Notation, sizes: Sizes, algebra: Algebra<Value>) {
		this.problem = problem;
		this.sizes = sizes;
		this.algebra = algebra;
	}

	/** The elements of a declared variable. */
	protected abstract variable(name: string, shape: readonly number[]): Grid<Value>;
	/** d(f, x): the shape of f, then that of x. */
	protected abstract derivative(call: Formula & { kind: "call" }, scope: Scope<Value>): Grid<Value>;
	/** f'(u), f''(u): a function of one number, differentiated. */
	protected abstract primed(name: string, primes: number, u: Value): Value;

	/** A variable or a definition. */
	named(name: string): Grid<Value> {
		const found = this.known.get(name);
		if (found) return found;
		const variable = this.problem.variables.get(name);
		const grid = variable
			? this.variable(
					name,
					variable.shape.map((extent) => sizeIn(this.sizes, extent)),
				)
			: this.define(name);
		this.known.set(name, grid);
		return grid;
	}

	private define(name: string): Grid<Value> {
		const { body, indices } = this.problem.definitions.get(name) as { body: Formula; indices: readonly string[] };
		const parameters = new Map<string, Grid<Value>>();
		if (indices.length === 0) return this.evaluate(body, { indices: new Map(), parameters });
		const lengths = indices.map((index) => sizeIn(this.sizes, this.problem.indices.get(index) as Extent));
		const parts = [...placesOf(lengths)].map((place) =>
			this.evaluate(body, {
				indices: new Map(indices.map((index, axis) => [index, (place[axis] as number) + 1])),
				parameters,
			}),
		);
		return { shape: [...lengths, ...(parts[0]?.shape ?? [])], at: parts.flatMap(({ at }) => at) };
	}

	scalar(value: Value): Grid<Value> {
		return { shape: [], at: [value] };
	}

	private whole(value: number): Value {
		return this.algebra.number(rational(value));
	}

	/** The value of a formula. */
	evaluate(f: Formula, scope: Scope<Value>): Grid<Value> {
		switch (f.kind) {
			case "number":
				return this.scalar(this.algebra.number(decimal(f.text)));
			case "name":
				return this.meaning(f.name, scope);
			case "negate":
				return this.map(this.evaluate(f.operand, scope), (x) => this.algebra.negate(x));
			case "binary": {
				// Down the left spine first, then back up; see Note [trees lean left].
				const spine = [f];
				let { left: lowest } = f;
				for (; lowest.kind === "binary"; lowest = lowest.left) spine.push(lowest);
				return spine.reduceRight((value, step) => this.combine(step, value, scope), this.evaluate(lowest, scope));
			}
			case "compare": {
				const fixed = [this.integer(f.left, scope), this.integer(f.right, scope)];
				const [x, y] =
					fixed[0] !== undefined && fixed[1] !== undefined
						? fixed.map((value) => this.scalar(this.whole(value as number)))
						: [this.evaluate(f.left, scope), this.evaluate(f.right, scope)];
				return this.broadcast(f.span, f.operator, [x as Grid<Value>, y as Grid<Value>], (a, b) =>
					this.algebra.compare(f.operator, a as Value, b as Value),
				);
			}
			case "if": {
				const sure = this.decided(f.condition, scope);
				if (sure !== undefined) return this.evaluate(sure ? f.then : f.otherwise, scope);
				const parts = [f.condition, f.then, f.otherwise].map((part) => this.evaluate(part, scope));
				return this.broadcast(f.span, "if", parts, (c, a, b) =>
					this.algebra.choose(c as Value, a as Value, b as Value),
				);
			}
			case "transpose":
				return this.transposed(this.evaluate(f.operand, scope));
			case "index":
				return this.indexed(f, scope);
			case "call":
				return this.called(f, scope);
		}
	}

	private meaning(name: string, scope: Scope<Value>): Grid<Value> {
		const parameter = scope.parameters.get(name);
		if (parameter) return parameter;
		const index = scope.indices.get(name);
		if (index !== undefined) return this.scalar(this.whole(index));
		if (this.problem.variables.has(name) || this.problem.definitions.has(name)) return this.named(name);
		const size = this.sizes.get(name);
		if (size !== undefined) return this.scalar(this.whole(size));
		return this.scalar(name === napier ? this.algebra.call("exp", [this.whole(1)]) : this.algebra.pi);
	}

	/** What a formula of numbers, indices and lengths comes to; `undefined` for any other. */
	integer(f: Formula, scope: Scope<Value>): number | undefined {
		if (f.kind === "number") return Number.isSafeInteger(f.value) ? f.value : undefined;
		if (f.kind === "name") {
			const defined = this.problem.variables.has(f.name) || this.problem.definitions.has(f.name);
			if (scope.parameters.has(f.name)) return undefined;
			return scope.indices.get(f.name) ?? (defined ? undefined : this.sizes.get(f.name));
		}
		if (f.kind === "negate") {
			const x = this.integer(f.operand, scope);
			return x === undefined ? undefined : -x;
		}
		if (f.kind !== "binary" || !["+", "-", "*"].includes(f.operator)) return undefined;
		const [x, y] = [this.integer(f.left, scope), this.integer(f.right, scope)];
		if (x === undefined || y === undefined) return undefined;
		return f.operator === "+" ? x + y : f.operator === "-" ? x - y : x * y;
	}

	private decided(f: Formula, scope: Scope<Value>): boolean | undefined {
		if (f.kind !== "compare") return undefined;
		const [x, y] = [this.integer(f.left, scope), this.integer(f.right, scope)];
		if (x === undefined || y === undefined) return undefined;
		return { "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x === y }[f.operator];
	}

	private combine(f: Formula & { kind: "binary" }, left: Grid<Value>, scope: Scope<Value>): Grid<Value> {
		const right = this.evaluate(f.right, scope);
		const { operator } = f;
		if (operator === "@") return this.product(f.span, left, right);
		return this.broadcast(f.span, operator, [left, right], (x, y) =>
			this.algebra.arithmetic(operator, x as Value, y as Value),
		);
	}

	map(x: Grid<Value>, f: (x: Value) => Value): Grid<Value> {
		return { shape: x.shape, at: x.at.map(f) };
	}

	/** Elements of one shape, as in NumPy. */
	private broadcast(
		span: Span,
		what: string,
		grids: readonly Grid<Value>[],
		f: (...elements: readonly Value[]) => Value,
	): Grid<Value> {
		if (grids.every(({ shape }) => shape.length === 0)) return this.scalar(f(...grids.map(({ at }) => at[0] as Value)));
		const rank = Math.max(...grids.map(({ shape }) => shape.length));
		const shape = Array.from({ length: rank }, () => 1);
		for (const grid of grids) {
			for (const [axis, length] of grid.shape.entries()) {
				const to = rank - grid.shape.length + axis;
				if (length !== 1 && shape[to] !== 1 && shape[to] !== length) {
					const [left, right] = [grids.at(-2) as Grid<Value>, grids.at(-1) as Grid<Value>];
					throw new Mismatch(
						`${shapeText(left.shape)} ${what} ${shapeText(right.shape)}`,
						span,
						left.shape,
						right.shape,
					);
				}
				if (length !== 1) shape[to] = length;
			}
		}
		const at = [...placesOf(shape)].map((place) =>
			f(
				...grids.map((grid) => {
					let flat = 0;
					for (const [axis, length] of grid.shape.entries()) {
						const index = place[rank - grid.shape.length + axis] as number;
						flat = flat * length + (length === 1 ? 0 : index);
					}
					return grid.at[flat] as Value;
				}),
			),
		);
		return { shape, at };
	}

	private transposed(x: Grid<Value>): Grid<Value> {
		if (x.shape.length < 2) return x;
		const [rows, columns] = x.shape as [number, number];
		const at = [...placesOf([columns, rows])].map(([i, j]) => x.at[(j as number) * columns + (i as number)] as Value);
		return { shape: [columns, rows], at };
	}

	private indexed(f: Formula & { kind: "index" }, scope: Scope<Value>): Grid<Value> {
		return this.select(this.evaluate(f.operand, scope), f, scope);
	}

	/** The part of `grid` that the indices of `f` choose. */
	select(grid: Grid<Value>, f: Formula & { kind: "index" }, scope: Scope<Value>): Grid<Value> {
		if (f.indices.length > grid.shape.length) {
			const found = grid.shape.length === 0 ? "a scalar" : `an array of ${grid.shape.length} axes`;
			throw new OutOfRange(`${f.indices.length} indices into ${found}`, f.span);
		}
		let start = 0;
		let size = grid.at.length;
		for (const [axis, index] of f.indices.entries()) {
			const value = this.integer(index, scope);
			const length = grid.shape[axis] as number;
			if (value === undefined) throw new OutOfRange("an index that is no whole number", index.span);
			if (value < 1 || value > length) {
				if (index.kind === "number") throw new OutOfRange(`index ${value} of ${length}`, index.span);
				// Which lengths an index goes with is a matter of shapes.
				throw new Mismatch(
					`index ${formulaText(index)} = ${value} of an axis of ${length}`,
					index.span,
					[value],
					[length],
				);
			}
			size /= length;
			start += (value - 1) * size;
		}
		return { shape: grid.shape.slice(f.indices.length), at: grid.at.slice(start, start + size) };
	}

	// ------------------------------------------------------------ calls

	private called(f: Formula & { kind: "call" }, scope: Scope<Value>): Grid<Value> {
		const { name, primes, arguments: given } = f;
		const defined = this.problem.definitions.get(name)?.parameters;
		if (primes > 0) return this.map(this.evaluate(given[0] as Formula, scope), (u) => this.primed(name, primes, u));
		if (defined) {
			const parts = given.map((part) => this.evaluate(part, scope));
			return this.apply(name, parts);
		}
		if (this.problem.unknowns.has(name)) {
			const parts = given.map((part) => this.evaluate(part, scope));
			const orders = given.map(() => 0);
			return this.broadcast(f.span, name, parts, (...at) => this.algebra.unknown(name, orders, at));
		}
		if (name === "d") return this.derivative(f, scope);
		const { indices, rest } = boundBy(f);
		if (indices.length > 0) return this.overIndices(f, indices, rest[0] as Formula, scope);
		const parts = given.map((part) => this.evaluate(part, scope));
		const form = this.forms[name];
		if (form && !(parts.length === 2 && (name === "max" || name === "min"))) return form(parts, f.span, given, scope);
		return this.broadcast(f.span, name, parts, (...at) => this.algebra.call(name, at));
	}

	/** A defined function of values. */
	apply(name: string, given: readonly Grid<Value>[]): Grid<Value> {
		const { body, parameters } = this.problem.definitions.get(name) as {
			body: Formula;
			parameters: readonly string[];
		};
		return this.evaluate(body, {
			indices: new Map(),
			parameters: new Map(parameters.map((parameter, at) => [parameter, given[at] as Grid<Value>])),
		});
	}

	private overIndices(
		f: Formula & { kind: "call" },
		indices: readonly string[],
		body: Formula,
		scope: Scope<Value>,
	): Grid<Value> {
		const lengths = indices.map((index) => sizeIn(this.sizes, this.problem.indices.get(index) as Extent));
		const parts = [...placesOf(lengths)].map((place) => {
			const inner = new Map(scope.indices);
			for (const [axis, index] of indices.entries()) inner.set(index, (place[axis] as number) + 1);
			return this.evaluate(body, { ...scope, indices: inner });
		});
		const shape = parts[0]?.shape ?? [];
		const at = Array.from({ length: count(shape) }, (_, flat) => {
			const terms = parts.map((part) => part.at[flat] as Value);
			return f.name === "prod" ? this.productOf(terms) : this.sumOf(terms);
		});
		return f.name === "mean" ? this.scaled({ shape, at }, 1, parts.length) : { shape, at };
	}

	sumOf(terms: readonly Value[]): Value {
		const [first = this.whole(0), ...others] = terms;
		return others.reduce((sum, term) => this.algebra.arithmetic("+", sum, term), first);
	}

	private productOf(terms: readonly Value[]): Value {
		const [first = this.whole(1), ...others] = terms;
		return others.reduce((product, term) => this.algebra.arithmetic("*", product, term), first);
	}

	private scaled(x: Grid<Value>, top: number, bottom: number): Grid<Value> {
		const factor = this.algebra.number(rational(top, bottom));
		return this.map(x, (element) => this.algebra.arithmetic("*", factor, element));
	}

	private matrix(x: Grid<Value>, span: Span, what: string, square = false): [number, number] {
		const [rows, columns] = x.shape as [number, number];
		if (x.shape.length === 2 && (!square || rows === columns)) return [rows, columns];
		const wanted = square ? "a square matrix" : "a matrix";
		throw new Mismatch(`${what} of ${shapeText(x.shape)}, not ${wanted}`, span, x.shape, x.shape);
	}

	/** The product of matrices; vectors are rows on the left and columns on the right, as in NumPy. */
	private product(span: Span, x: Grid<Value>, y: Grid<Value>): Grid<Value> {
		const [inner, first] = [x.shape.at(-1), y.shape.length === 1 ? y.shape[0] : y.shape.at(-2)];
		if (inner === undefined || first === undefined || inner !== first || x.shape.length > 2 || y.shape.length > 2) {
			throw new Mismatch(`${shapeText(x.shape)} @ ${shapeText(y.shape)}`, span, x.shape, y.shape);
		}
		const rows = x.shape.length === 1 ? 1 : (x.shape[0] as number);
		const columns = y.shape.length === 1 ? 1 : (y.shape[1] as number);
		const at = [...placesOf([rows, columns])].map(([i, j]) =>
			this.sumOf(
				Array.from({ length: inner }, (_, k) =>
					this.algebra.arithmetic(
						"*",
						x.at[(i as number) * inner + k] as Value,
						y.at[k * columns + (j as number)] as Value,
					),
				),
			),
		);
		const shape = [...(x.shape.length === 1 ? [] : [rows]), ...(y.shape.length === 1 ? [] : [columns])];
		return { shape, at };
	}

	/** By columns; what is left of the rows is remembered, so that it takes n 2^n products and not n!. */
	private determinant(x: Grid<Value>, n: number): Value {
		if (n > largestDeterminant) throw new Exhausted("size");
		const { algebra } = this;
		const minors = new Map<number, Value>([[0, this.whole(1)]]);
		const minor = (rows: number, column: number): Value => {
			const known = minors.get(rows);
			if (known !== undefined) return known;
			const chosen = [...Array(n).keys()].filter((row) => (rows >> row) & 1);
			const terms = chosen.map((row, position) => {
				const term = algebra.arithmetic("*", x.at[row * n + column] as Value, minor(rows & ~(1 << row), column + 1));
				return position % 2 === 0 ? term : algebra.negate(term);
			});
			const value = this.sumOf(terms);
			minors.set(rows, value);
			return value;
		};
		return minor(2 ** n - 1, 0);
	}

	private inverted(x: Grid<Value>, n: number): Grid<Value> {
		const { algebra } = this;
		const whole = this.determinant(x, n);
		const at = [...placesOf([n, n])].map(([i, j]) => {
			const kept = [...placesOf([n, n])].filter(([row, column]) => row !== j && column !== i);
			const minor = {
				shape: [n - 1, n - 1],
				at: kept.map(([r, c]) => x.at[(r as number) * n + (c as number)] as Value),
			};
			const cofactor = this.determinant(minor, n - 1);
			const signed = ((i as number) + (j as number)) % 2 === 0 ? cofactor : algebra.negate(cofactor);
			return algebra.arithmetic("/", signed, whole);
		});
		return { shape: [n, n], at };
	}

	private extreme(name: "maximum" | "minimum", x: Grid<Value>): Grid<Value> {
		return this.scalar(x.at.reduce((best, element) => this.algebra.call(name, [best, element])));
	}

	/** The calls that have a meaning for arrays. */
	private readonly forms: Readonly<
		Record<
			string,
			(parts: readonly Grid<Value>[], span: Span, given: readonly Formula[], scope: Scope<Value>) => Grid<Value>
		>
	> = {
		sum: ([x]) => this.scalar(this.sumOf((x as Grid<Value>).at)),
		prod: ([x]) => this.scalar(this.productOf((x as Grid<Value>).at)),
		mean: ([x]) => this.scaled(this.scalar(this.sumOf((x as Grid<Value>).at)), 1, (x as Grid<Value>).at.length),
		max: ([x]) => this.extreme("maximum", x as Grid<Value>),
		min: ([x]) => this.extreme("minimum", x as Grid<Value>),
		rowsum: ([x], span) => {
			const [rows, columns] = this.matrix(x as Grid<Value>, span, "rowsum");
			const row = (i: number): Value[] => (x as Grid<Value>).at.slice(i * columns, (i + 1) * columns);
			return { shape: [rows, 1], at: Array.from({ length: rows }, (_, i) => this.sumOf(row(i))) };
		},
		colsum: ([x], span) => {
			const [rows, columns] = this.matrix(x as Grid<Value>, span, "colsum");
			const column = (j: number): Value[] =>
				Array.from({ length: rows }, (_, i) => (x as Grid<Value>).at[i * columns + j] as Value);
			return { shape: [1, columns], at: Array.from({ length: columns }, (_, j) => this.sumOf(column(j))) };
		},
		dot: ([x, y], span) => this.product(span, x as Grid<Value>, y as Grid<Value>),
		outer: ([x, y], span) => {
			const [a, b] = [x, y] as [Grid<Value>, Grid<Value>];
			if (a.shape.length !== 1 || b.shape.length !== 1) {
				throw new Mismatch(`outer of ${shapeText(a.shape)} and ${shapeText(b.shape)}`, span, a.shape, b.shape);
			}
			const at = a.at.flatMap((p) => b.at.map((q) => this.algebra.arithmetic("*", p, q)));
			return { shape: [a.at.length, b.at.length], at };
		},
		diag: ([given], span) => {
			const x = given as Grid<Value>;
			const n = x.shape[0] ?? 0;
			if (x.shape.length === 1) {
				const at = [...placesOf([n, n])].map(([i, j]) => (i === j ? (x.at[i as number] as Value) : this.whole(0)));
				return { shape: [n, n], at };
			}
			this.matrix(x, span, "diag", true);
			return { shape: [n], at: Array.from({ length: n }, (_, i) => x.at[i * n + i] as Value) };
		},
		eye: (_, span, [length], scope) => {
			const n = this.length(length as Formula, scope, span);
			return { shape: [n, n], at: [...placesOf([n, n])].map(([i, j]) => this.whole(i === j ? 1 : 0)) };
		},
		ones: (_, span, lengths, scope) => {
			const shape = lengths.map((length) => this.length(length, scope, span));
			return { shape, at: Array.from({ length: count(shape) }, () => this.whole(1)) };
		},
		tr: ([x], span) => {
			const [n] = this.matrix(x as Grid<Value>, span, "tr", true);
			return this.scalar(this.sumOf(Array.from({ length: n }, (_, i) => (x as Grid<Value>).at[i * n + i] as Value)));
		},
		det: ([x], span) => {
			const [n] = this.matrix(x as Grid<Value>, span, "det", true);
			return this.scalar(this.determinant(x as Grid<Value>, n));
		},
		logdet: ([x], span) => {
			const [n] = this.matrix(x as Grid<Value>, span, "logdet", true);
			return this.scalar(this.algebra.call("log", [this.determinant(x as Grid<Value>, n)]));
		},
		inv: ([x], span) => {
			const [n] = this.matrix(x as Grid<Value>, span, "inv", true);
			return this.inverted(x as Grid<Value>, n);
		},
		norm: ([x]) => {
			const squares = (x as Grid<Value>).at.map((element) => this.algebra.arithmetic("*", element, element));
			return this.scalar(this.algebra.call("sqrt", [this.sumOf(squares)]));
		},
		softmax: ([given]) => {
			const x = given as Grid<Value>;
			const length = x.shape.at(-1) ?? 1;
			const powers = x.at.map((element) => this.algebra.call("exp", [element]));
			const at = powers.map((power, flat) => {
				const start = flat - (flat % length);
				return this.algebra.arithmetic("/", power, this.sumOf(powers.slice(start, start + length)));
			});
			return { shape: x.shape, at };
		},
		delta: (_, span, [i, j], scope) => {
			const [a, b] = [this.integer(i as Formula, scope), this.integer(j as Formula, scope)];
			if (a === undefined || b === undefined) throw new OutOfRange("delta of what is no index", span);
			return this.scalar(this.whole(a === b ? 1 : 0));
		},
	};

	private length(f: Formula, scope: Scope<Value>, span: Span): number {
		const n = this.integer(f, scope);
		if (n !== undefined && n >= 1 && n <= 19) return n;
		throw new OutOfRange("a length that is no number from 1 to 19", span);
	}
}
