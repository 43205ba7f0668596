/**
 * When a few lengths stand for all.
 *
 * Suppose that both sides are linear combinations of n^e Σ_i t(data of i) with
 * summands t that know nothing of n, terms n^e t(data of i) for a free i, and terms
 * n^e c. If they are equal for one n ≥ 2 and all data, the other data can be varied
 * alone: Σ_e n^e t_e is a constant, and what is left is a sum of powers of n whose
 * exponents are those of the terms, plus one for each Σ. If only one exponent
 * occurs, its coefficient is 0, and the equality holds for every n; if there are
 * two, a second n is needed, with all other lengths the same.
 *
 * This file reads formulas, and gives up where anything is not of that form: sums
 * in products with sums, within functions, or in matrix notation.
 */
import { type Formula, partsOf } from "../../core/formula.js";
import { boundBy, type Notation } from "../notation.js";

/** A kind of term and the power of n before it; `at` is the index of the data it depends on, "Σ" for a sum over all. */
interface Term {
	readonly at: string | undefined;
	readonly power: number;
}

const sum = "Σ";

/** Thrown where a formula is not of the form. */
class Otherwise extends Error {}

/** How many lengths have to be tried before all are proven: 1 or 2; `undefined` where it cannot be said. */
export function lengthsNeeded(sides: readonly Formula[], dimension: string, problem: Notation): 1 | 2 | undefined {
	try {
		const terms = sides.flatMap((side) => termsOf(side, { dimension, problem, cut: new Set() }));
		const exponents = new Set(terms.map(({ at, power }) => (at === sum ? power + 1 : power)));
		return exponents.size <= 1 ? 1 : exponents.size === 2 ? 2 : undefined;
	} catch (error) {
		if (error instanceof Otherwise) return undefined;
		throw error;
	}
}

interface Around {
	readonly dimension: string;
	readonly problem: Notation;
	/** Defined names that are variables of their own. */
	readonly cut: ReadonlySet<string>;
}

const plain: readonly Term[] = [{ at: undefined, power: 0 }];

function termsOf(f: Formula, around: Around): readonly Term[] {
	const { dimension, problem } = around;
	switch (f.kind) {
		case "number":
			return plain;
		case "name":
			if (f.name === dimension && !problem.variables.has(f.name) && !problem.definitions.has(f.name)) {
				return [{ at: undefined, power: 1 }];
			}
			// An index as a number: where it runs over n, its place is no data.
			if (problem.indices.get(f.name) === dimension) throw new Otherwise();
			return named(f.name, [], around);
		case "negate":
			return termsOf(f.operand, around);
		case "index":
			if (f.operand.kind !== "name") throw new Otherwise();
			return named(f.operand.name, f.indices, around);
		case "binary": {
			const [left, right] = [termsOf(f.left, around), termsOf(f.right, around)];
			if (f.operator === "+" || f.operator === "-") return distinct([...left, ...right]);
			if (f.operator === "*") return product(left, right, 1);
			if (f.operator === "/" && right.length === 1 && right[0]?.at !== sum) return product(left, right, -1);
			return applied([left, right]);
		}
		case "call":
			return called(f, around);
		default:
			return applied(partsOf(f).map((part) => termsOf(part, around)));
	}
}

function distinct(terms: readonly Term[]): readonly Term[] {
	return [...new Map(terms.map((term) => [`${term.at} ${term.power}`, term])).values()];
}

function product(left: readonly Term[], right: readonly Term[], sign: 1 | -1): readonly Term[] {
	return distinct(
		left.flatMap((x) =>
			right.map((y): Term => {
				if (x.at !== undefined && y.at !== undefined && (x.at !== y.at || x.at === sum)) throw new Otherwise();
				return { at: x.at ?? y.at, power: x.power + sign * y.power };
			}),
		),
	);
}

/** A function of its operands: these may be data of one index, and know nothing of n. */
function applied(parts: readonly (readonly Term[])[]): readonly Term[] {
	const terms = parts.flat();
	const places = new Set(terms.flatMap(({ at }) => at ?? []));
	if (places.size > 1 || places.has(sum) || terms.some(({ power }) => power !== 0)) throw new Otherwise();
	return [{ at: [...places][0], power: 0 }];
}

/** A variable, or what a name is defined as, at indices. */
function named(name: string, indices: readonly Formula[], around: Around): readonly Term[] {
	const { dimension, problem, cut } = around;
	const variable = problem.variables.get(name);
	const definition = problem.definitions.get(name);
	const extents = variable ? variable.shape : (definition?.indices ?? []).map((index) => problem.indices.get(index));
	const places = new Set<string>();
	for (const [axis, extent] of extents.entries()) {
		if (extent !== dimension) continue;
		const index = indices[axis];
		if (index?.kind !== "name" || problem.indices.get(index.name) !== dimension) throw new Otherwise();
		places.add(index.name);
	}
	if (places.size > 1) throw new Otherwise();
	const [at] = places;
	if (variable || !definition || cut.has(name)) return [{ at, power: 0 }];
	if (definition.parameters) throw new Otherwise();
	// Within the definition its own index stands for the one it is asked at.
	const own = definition.indices.find((index) => problem.indices.get(index) === dimension);
	return termsOf(definition.body, around).map((term) =>
		term.at !== undefined && term.at === own ? { ...term, at } : term,
	);
}

function called(f: Formula & { kind: "call" }, around: Around): readonly Term[] {
	const { dimension, problem } = around;
	if (f.name === "d" && f.primes === 0) return derived(f, around);
	const { indices, rest } = boundBy(f);
	if (indices.length > 0) {
		let terms = termsOf(rest[0] as Formula, around);
		if (f.name !== "sum") return applied([terms]);
		for (const index of indices) {
			if (problem.indices.get(index) !== dimension) continue;
			terms = terms.map(({ at, power }) => {
				if (at !== undefined && at !== index) throw new Otherwise();
				return at === undefined ? { at, power: power + 1 } : { at: sum, power };
			});
		}
		return terms;
	}
	const defined = problem.definitions.get(f.name);
	const parts = f.arguments.map((part) => termsOf(part, around));
	if (defined)
		parts.push(termsOf(defined.body, { ...around, cut: new Set([...around.cut, ...(defined.parameters ?? [])]) }));
	return applied(parts);
}

/** A derivative is linear in what is differentiated; by an element of the data it leaves one term of a sum. */
function derived(f: Formula & { kind: "call" }, around: Around): readonly Term[] {
	const [body, ...targets] = f.arguments as [Formula, ...Formula[]];
	if (targets.length !== 1) throw new Otherwise();
	const [target] = targets as [Formula];
	const name = target.kind === "index" ? target.operand : target;
	if (name.kind !== "name") throw new Otherwise();
	const cut = new Set([...around.cut, name.name]);
	const indices = target.kind === "index" ? target.indices : [];
	const [{ at } = { at: undefined }] = named(name.name, indices, { ...around, cut });
	return distinct(
		termsOf(body, { ...around, cut }).map((term) => {
			if (at === undefined || term.at === undefined || term.at === at) return term;
			if (term.at !== sum) throw new Otherwise();
			return { at, power: term.power };
		}),
	);
}
