/**
 * One equality, judged at every size it is tried at.
 *
 * First the numbers: a point where certain bounds do not meet refutes. Then the
 * field: what no number speaks against may be proven. What neither settles is
 * undecided, with the count of points that agreed.
 */
import type { Formula } from "../../core/formula.js";
import { namesIn } from "../../core/formula.js";
import { constants } from "../../core/op.js";
import { type Budget, Exhausted } from "./budget.js";
import { type Expression, nodesOf } from "./expression.js";
import { Mismatch, OutOfRange, type Sizes, shapeText } from "./instantiate.js";
import { type Pair, prove } from "./proof.js";
import { Unreadable } from "./reader.js";
import { compare, compareClosely, type Refutation, weightOf } from "./refutation.js";
import type { Elements, Workspace } from "./workspace.js";

/** A side that was not written: the elements of a computation that was recorded. */
export type Recorded = (workspace: Workspace) => Elements;

/** Two sides, for all values of some indices. */
export interface Equality {
	readonly left: Formula | Recorded;
	readonly right: Formula;
	readonly free: readonly string[];
}

/** What is assumed: expressions in place of variables. */
export type Assumed = (workspace: Workspace) => ReadonlyMap<number, Expression>;

/** Sides whose shapes differ, or that have none. */
export interface ShapesDiffer {
	readonly verdict: "SHAPES";
	readonly left: string;
	readonly right: string;
	readonly message: string;
}

/** What came out. */
export type Judgement =
	| {
			readonly verdict: "PROVEN";
			readonly bound: number;
			readonly cells: number;
			readonly sizes: readonly Sizes[];
			readonly pairs: readonly Pair[];
			/** Both sides are 0 in every element. */
			readonly trivial: boolean;
	  }
	| {
			readonly verdict: "REFUTED";
			readonly refutation: Refutation;
			readonly workspace: Workspace;
			readonly shape: readonly number[];
			readonly pairs: readonly Pair[];
	  }
	| ShapesDiffer
	| { readonly verdict: "UNDECIDED"; readonly agreeing: number; readonly why: string };

/** Points that have to agree before a proof is looked for. */
const enough = 4;

/** Judges an equality in one workspace after another. */
export function judge(
	{ left, right, free }: Equality,
	workspaces: Iterable<Workspace>,
	budget: Budget,
	assumed?: Assumed,
): Judgement {
	let bound = 0;
	let cells = 0;
	let agreeing = 0;
	const sizes: Sizes[] = [];
	let all: readonly Pair[] = [];
	let trivial = true;
	try {
		for (const workspace of workspaces) {
			const first = sizes.length === 0;
			let sides: { x: Elements; y: Elements } | ShapesDiffer;
			try {
				sides = sidesOf(left, right, free, workspace);
			} catch (error) {
				// A length of 1 has no second element: that size says nothing.
				if (error instanceof OutOfRange && !first) continue;
				throw error;
			}
			// What goes together at one size does so at every other, but for the second of one element.
			if ("verdict" in sides && !first) continue;
			if ("verdict" in sides) return sides;
			const { pairs, checks } = pairsOf(workspace, sides.x, sides.y, assumed);
			if (assumed && undefinedUnder(workspace, pairsOf(workspace, sides.x, sides.y, undefined).pairs.flat(), assumed)) {
				return { verdict: "UNDECIDED", agreeing: 0, why: "not defined under the assumption" };
			}
			const evidence = compare(pairs, budget);
			if (evidence.refutation) {
				return { verdict: "REFUTED", refutation: evidence.refutation, workspace, shape: sides.x.shape, pairs };
			}
			const constant = pairs.flat().every((x) => x.kind === "number");
			if (evidence.agreeing < (constant ? 1 : enough)) {
				if (!first && evidence.agreeing === 0) continue;
				const why =
					evidence.agreeing === 0 ? "nowhere found to be defined" : "too few points where both sides are defined";
				return { verdict: "UNDECIDED", agreeing: evidence.agreeing, why };
			}
			agreeing += evidence.agreeing;
			const proof = prove(workspace.make, [...pairs, ...checks], budget);
			if (!proof) {
				const refutation = compareClosely(pairs, budget);
				if (refutation) return { verdict: "REFUTED", refutation, workspace, shape: sides.x.shape, pairs };
				const own = checks.length === 0 || prove(workspace.make, checks, budget) !== undefined;
				const why = own
					? "no proof was found"
					: "the engine's derivative and the checker's own could not be shown to agree";
				return { verdict: "UNDECIDED", agreeing, why };
			}
			// Numbers that are made to fool the primes are told apart by as many bits as they have.
			const weight = first ? weightOf(pairs) : 0;
			const fooled = weight > 40 ? compareClosely(pairs, budget, [128 + weight], 1) : undefined;
			if (fooled) return { verdict: "REFUTED", refutation: fooled, workspace, shape: sides.x.shape, pairs };
			bound += proof.bound;
			cells = Math.max(cells, proof.cells);
			sizes.push(workspace.sizes);
			if (first) all = pairs;
			trivial &&= pairs.every(([x, y]) => vanishing(x) && vanishing(y));
		}
	} catch (error) {
		if (error instanceof Exhausted) return { verdict: "UNDECIDED", agreeing, why: `out of ${error.message}` };
		if (error instanceof Unreadable) return { verdict: "UNDECIDED", agreeing, why: error.message };
		throw error;
	}
	return { verdict: "PROVEN", bound, cells, sizes, pairs: all, trivial };
}

function vanishing(x: Expression): boolean {
	return x.kind === "number" && x.value.top === 0n;
}

function sidesOf(
	left: Formula | Recorded,
	right: Formula,
	free: readonly string[],
	workspace: Workspace,
): { x: Elements; y: Elements } | ShapesDiffer {
	const spelled = (f: Formula | Recorded): Elements | Mismatch => {
		try {
			return typeof f === "function" ? f(workspace) : workspace.elements(f, free);
		} catch (error) {
			if (error instanceof Mismatch) return error;
			throw error;
		}
	};
	const [x, y] = [spelled(left), spelled(right)];
	const broken = x instanceof Mismatch ? x : y instanceof Mismatch ? y : undefined;
	if (broken || x instanceof Mismatch || y instanceof Mismatch) {
		const { message, left: a, right: b } = broken as Mismatch;
		return { verdict: "SHAPES", left: shapeText(a), right: shapeText(b), message };
	}
	const [whole, other] = [x, y].map(({ shape }) => shape.join());
	if (whole === other) return { x, y };
	// A number may stand for an array of it: d(C, w) = 0.
	if (y.shape.length === 0 && isNumber(right)) return { x, y: repeated(y, x) };
	if (x.shape.length === 0 && typeof left !== "function" && isNumber(left)) return { x: repeated(x, y), y };
	const [a, b] = [shapeText(x.shape), shapeText(y.shape)];
	return { verdict: "SHAPES", left: a, right: b, message: `${a} = ${b}` };
}

function isNumber(f: Formula): boolean {
	return namesIn(f).every((name) => constants.has(name));
}

function repeated(x: Elements, like: Elements): Elements {
	const times = like.engine.length / x.engine.length;
	const spread = (values: readonly Expression[]): Expression[] =>
		values.flatMap((value) => Array<Expression>(times).fill(value));
	return { shape: like.shape, engine: spread(x.engine), book: spread(x.book) };
}

/** Whether an assumption makes a divisor 0, or the argument of a logarithm. */
function undefinedUnder(workspace: Workspace, roots: readonly Expression[], assumed: Assumed): boolean {
	const values = assumed(workspace);
	const critical = nodesOf(roots).flatMap((x) =>
		x.kind === "log" || (x.kind === "power" && x.exponent.top < 0n) ? [x.parts[0]] : [],
	);
	return workspace.make.rewrite(critical, (part) => values.get(part.id)).some(vanishing);
}

/** The sides of every element, and what the engine and the book must agree about. */
function pairsOf(
	workspace: Workspace,
	x: Elements,
	y: Elements,
	assumed: Assumed | undefined,
): { pairs: Pair[]; checks: Pair[] } {
	const values = assumed?.(workspace) ?? new Map<number, Expression>();
	const under = (roots: readonly Expression[]): readonly Expression[] =>
		values.size === 0 ? roots : workspace.make.rewrite(roots, (part) => values.get(part.id));
	const [a, b, c, d] = [x.engine, y.engine, x.book, y.book].map(under) as [
		Expression[],
		Expression[],
		Expression[],
		Expression[],
	];
	const pairs = a.map((left, at): Pair => [left, b[at] as Expression]);
	const checks = [
		...a.map((left, at): Pair => [left, c[at] as Expression]),
		...b.map((right, at): Pair => [right, d[at] as Expression]),
	];
	return { pairs, checks: checks.filter(([p, q]) => p !== q) };
}
