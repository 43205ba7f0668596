/**
 * Small mistakes, and a judge who knows nothing of proofs.
 *
 * The mistakes are those of the pen: a sign, a factor, a term, an index, a
 * transpose, an average, a prime. The judge computes in doubles with derivatives
 * by differences; what it shares with the prover is the spelling out of sums and
 * matrices, and nothing behind it.
 */
import { type Formula, fold, formulaText, nodesOf, partsOf, sameFormula, withParts } from "../../src/core/formula.js";
import { functionNamed } from "../../src/core/op.js";
import { type Notation, readClaim } from "../../src/symbolic/notation.js";
import {
	type Grid,
	Instance,
	Mismatch,
	OutOfRange,
	placesOf,
	type Scope,
	type Sizes,
	sizeIn,
} from "../../src/symbolic/prove/instantiate.js";
import { canonical, madeOf } from "../../src/symbolic/prove/mathematics.js";
import { toNumber } from "../../src/symbolic/prove/rational.js";
import { roundsFor } from "../../src/symbolic/prove/sizes.js";
import { lastTarget } from "../../src/symbolic/prove/tape.js";

const span = { start: 0, end: 0 };

/** Every formula one slip of the pen away, as texts, each once. */
export function mutantsOf(root: Formula, problem: Notation): string[] {
	const found = new Set<string>();
	const original = formulaText(root);
	for (const node of nodesOf(root)) {
		for (const slip of slips(node, problem)) {
			if (sameFormula(slip, node)) continue;
			const text = formulaText(
				fold<Formula>(root, (at, parts) => (at === node ? slip : partsOf(at).length === 0 ? at : withParts(at, parts))),
			);
			if (text !== original && readable(text, problem)) found.add(text);
		}
	}
	return [...found];
}

function readable(text: string, problem: Notation): boolean {
	try {
		readClaim(text, problem);
		return true;
	} catch {
		return false;
	}
}

function* slips(node: Formula, problem: Notation): Generator<Formula> {
	switch (node.kind) {
		case "number":
			yield { ...node, text: String(node.value + 1), value: node.value + 1 };
			break;
		case "name":
			if (problem.indices.has(node.name)) {
				for (const [other, extent] of problem.indices) {
					if (extent === problem.indices.get(node.name)) yield { ...node, name: other };
				}
				break;
			}
			yield { kind: "negate", operand: node, span };
			for (const other of [...problem.variables.keys(), ...problem.definitions.keys()]) yield { ...node, name: other };
			yield { kind: "transpose", operand: node, span };
			yield { kind: "binary", operator: "^", left: node, right: { kind: "number", text: "2", value: 2, span }, span };
			break;
		case "negate":
			yield node.operand;
			break;
		case "binary":
			yield node.left;
			yield node.right;
			if (node.operator === "+") yield { ...node, operator: "-" };
			if (node.operator === "-") yield { ...node, operator: "+" };
			if (node.operator === "-" || node.operator === "@" || node.operator === "/")
				yield { ...node, left: node.right, right: node.left };
			if (node.operator === "*" || node.operator === "@") yield { kind: "negate", operand: node, span };
			break;
		case "call":
			if (node.primes > 0) yield { ...node, primes: 0 };
			else if (node.arguments.length === 1) yield { ...node, primes: 1 };
			yield { kind: "negate", operand: node, span };
			break;
		case "transpose":
			yield node.operand;
			break;
		case "index":
			if (node.indices.length === 2) yield { ...node, indices: node.indices.toReversed() };
			break;
		case "if":
			yield withParts(node, [node.condition, node.otherwise, node.then]);
			break;
		case "compare":
			yield { ...node, left: node.right, right: node.left };
			break;
	}
}

// ---------------------------------------------------------------- the judge

/** Doubles; a derivative is a difference. */
class Numbers extends Instance<number> {
	private readonly values: ReadonlyMap<string, Grid<number>>;

	constructor(problem: Notation, sizes: Sizes, values: ReadonlyMap<string, Grid<number>>) {
		super(problem, sizes, {
			number: toNumber,
			pi: Math.PI,
			negate: (x) => -x,
			arithmetic: (operator, x, y) => ({ "+": x + y, "-": x - y, "*": x * y, "/": x / y, "^": x ** y })[operator],
			compare: (operator, x, y) =>
				Number({ "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x === y }[operator]),
			choose: (condition, x, y) => (condition === 0 ? y : x),
			call: (name, given) => numeric(name, given),
			unknown: (name, orders, given) => wave(name, orders, given),
		});
		this.values = values;
	}

	override named(name: string): Grid<number> {
		return this.values.get(name) ?? super.named(name);
	}

	protected variable(name: string): Grid<number> {
		return this.values.get(name) as Grid<number>;
	}

	protected derivative(call: Formula & { kind: "call" }, scope: Scope<number>): Grid<number> {
		const { name, inner, target } = lastTarget(call);
		const all = this.named(name);
		const places: Grid<number> = { shape: all.shape, at: all.at.map((_, at) => at) };
		const chosen = target.kind === "index" ? this.select(places, target, scope) : places;
		const at = (place: number, step: number): Grid<number> => {
			const moved = { shape: all.shape, at: all.at.map((x, index) => (index === place ? x + step : x)) };
			return new Numbers(this.problem, this.sizes, new Map([...this.values, [name, moved]])).evaluate(inner, scope);
		};
		const value = this.evaluate(inner, scope);
		const columns = chosen.at.map((place) => difference((step) => at(place, step).at));
		return {
			shape: [...value.shape, ...chosen.shape],
			at: value.at.flatMap((_, row) => columns.map((column) => column[row] as number)),
		};
	}

	protected primed(name: string, primes: number, u: number): number {
		if (this.problem.unknowns.has(name)) return wave(name, [primes], [u]);
		const value = (x: number): number =>
			this.problem.definitions.get(name)?.parameters
				? (this.apply(name, [this.scalar(x)]).at[0] as number)
				: numeric(name, [x]);
		const slope = (order: number, x: number): number =>
			order === 0 ? value(x) : (difference((step) => [slope(order - 1, x + step)])[0] as number);
		return slope(primes, u);
	}
}

/** Central differences of fourth order. */
function difference(f: (step: number) => readonly number[]): number[] {
	const h = 2 ** -8;
	const [a, b, c, d] = [f(-2 * h), f(-h), f(h), f(2 * h)] as [number[], number[], number[], number[]];
	return a.map(
		(_, at) => ((a[at] as number) - 8 * (b[at] as number) + 8 * (c[at] as number) - (d[at] as number)) / (12 * h),
	);
}

function numeric(name: string, given: readonly number[]): number {
	const op = functionNamed(name);
	if (op) return op.value(...given);
	const { body } = madeOf(canonical(name)) as { body: Formula };
	const of = (f: Formula): number =>
		fold<number>(f, (node, parts) => {
			const [x = 0, y = 0] = parts;
			if (node.kind === "number") return node.value;
			if (node.kind === "name") return node.name === "pi" ? Math.PI : (given["xyw".indexOf(node.name)] as number);
			if (node.kind === "negate") return -x;
			if (node.kind === "call") return numeric(node.name, parts);
			const operator = (node as Formula & { kind: "binary" }).operator as "+" | "-" | "*" | "/" | "^";
			return { "+": x + y, "-": x - y, "*": x * y, "/": x / y, "^": x ** y }[operator];
		});
	return of(body);
}

/** A function about which nothing is known: a wave of its own for every name. */
function wave(name: string, orders: readonly number[], given: readonly number[]): number {
	let [phase, scale, order] = [(name.codePointAt(0) as number) / 7, 1, 0];
	for (const [k, x] of given.entries()) {
		const rate = 0.7 + 0.3 * k;
		phase += rate * x;
		scale *= rate ** (orders[k] as number);
		order += orders[k] as number;
	}
	return scale * Math.sin(phase + (order * Math.PI) / 2);
}

/** Whether two formulas have the same values, as far as numbers can tell; `undefined` where there are none. */
export function sameValues(
	problem: Notation,
	left: Formula,
	right: Formula,
	free: readonly string[],
): boolean | undefined {
	let seen = 0;
	let state = 1;
	const random = (): number => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
	for (const sizes of roundsFor(problem).slice(0, 2)) {
		for (let trial = 0; trial < 5; trial++) {
			const values = new Map(
				[...problem.variables.values()].map(({ name, shape, range }): [string, Grid<number>] => {
					const lengths = shape.map((extent) => sizeIn(sizes, extent));
					const one = (): number =>
						range === "real" ? 3 * random() - 1.5 : range === "unit" ? 0.1 + 0.8 * random() : 0.2 + 2 * random();
					return [name, { shape: lengths, at: [...placesOf(lengths)].map(one) }];
				}),
			);
			const [x, y] = [left, right].map((f) => {
				const instance = new Numbers(problem, sizes, values);
				const lengths = free.map((index) => sizeIn(sizes, problem.indices.get(index) as number | string));
				try {
					return [...placesOf(lengths)].map((place) =>
						instance.evaluate(f, {
							indices: new Map(free.map((index, at) => [index, (place[at] as number) + 1])),
							parameters: new Map(),
						}),
					);
				} catch (error) {
					if (error instanceof Mismatch || error instanceof OutOfRange) return undefined;
					throw error;
				}
			});
			if (!x || !y) return false;
			for (const [at, a] of x.entries()) {
				const b = y[at] as Grid<number>;
				if (a.shape.join() !== b.shape.join()) return false;
				for (const [element, p] of a.at.entries()) {
					const q = b.at[element] as number;
					if (!Number.isFinite(p) || !Number.isFinite(q)) continue;
					seen++;
					if (Math.abs(p - q) > 1e-5 * (Math.abs(p) + Math.abs(q)) + 1e-8) return false;
				}
			}
		}
	}
	return seen > 4 ? true : undefined;
}
