/**
 * Where a law fits.
 *
 * The terms of a sum and the factors of a product are taken in any order. A
 * letter that is the last one free takes all that is left; in a product a number
 * that is not there is 1, and so is an exponent.
 */
import { type Expression, fraction, product, sum } from "./expression.js";

/** What letters stand for. */
export type Bindings = ReadonlyMap<string, Expression>;

/** A place where a pattern fits: what letters stand for, which operands it took, and at which place the first of them stood. */
export interface Fit {
	readonly bindings: Bindings;
	readonly others: readonly Expression[];
	readonly taken: readonly Expression[];
	readonly at: number;
}

type Joined = "sum" | "product";

const isWholeLetter = (name: string): boolean => name === "m" || name === "n";
const isNumberLetter = (name: string): boolean => isWholeLetter(name) || name === "p" || name === "q";

function bound(name: string, e: Expression, bindings: Bindings): Bindings | undefined {
	const before = bindings.get(name);
	if (before !== undefined) return before.key === e.key ? bindings : undefined;
	if (isNumberLetter(name)) {
		if (e.kind !== "number") return undefined;
		if (isWholeLetter(name) && (e.under !== 1 || !Number.isInteger(e.over))) return undefined;
	}
	return new Map([...bindings, [name, e]]);
}

/** Every way in which `pattern` fits `e` as a whole. */
function* whole(pattern: Expression, e: Expression, bindings: Bindings): Generator<Bindings> {
	switch (pattern.kind) {
		case "name": {
			const found = bound(pattern.name, e, bindings);
			if (found) yield found;
			return;
		}
		case "number":
			if (e.key === pattern.key) yield bindings;
			return;
		case "call": {
			if (e.kind !== "call" || e.op !== pattern.op || e.primes !== pattern.primes) return;
			yield* inOrder(pattern.operands, e.operands, bindings);
			return;
		}
		case "power": {
			if (e.kind === "power") yield* inOrder(pattern.operands, e.operands, bindings);
			const [base, exponent] = pattern.operands;
			if (exponent.kind !== "name" || e.kind === "power" || e.kind === "number") return;
			const found = bound(exponent.name, fraction(1), bindings);
			if (found) yield* whole(base, e, found);
			return;
		}
		case "sum":
		case "product": {
			const items = e.kind === pattern.kind ? e.operands : [e];
			for (const fit of chosen(pattern.kind, sorted(pattern.operands), items, bindings)) {
				if (fit.others.length === 0) yield fit.bindings;
			}
			return;
		}
		default:
			return;
	}
}

function* inOrder(
	patterns: readonly Expression[],
	items: readonly Expression[],
	bindings: Bindings,
): Generator<Bindings> {
	const [pattern, ...further] = patterns;
	if (pattern === undefined) {
		if (items.length === 0) yield bindings;
		return;
	}
	const [item, ...rest] = items;
	if (item === undefined) return;
	for (const found of whole(pattern, item, bindings)) yield* inOrder(further, rest, found);
}

/** What says most comes first, letters last, letters for numbers before the others. */
function sorted(patterns: readonly Expression[]): Expression[] {
	const rank = (p: Expression): number => (p.kind !== "name" ? 0 : isNumberLetter(p.name) ? 1 : 2);
	return patterns.toSorted((a, b) => rank(a) - rank(b));
}

const join = (kind: Joined, items: readonly Expression[]): Expression => (kind === "sum" ? sum(items) : product(items));

/** Every way in which the patterns fit some of the items, each another; the last free letter takes all that is left. */
function* chosen(
	kind: Joined,
	patterns: readonly Expression[],
	items: readonly Expression[],
	bindings: Bindings,
): Generator<{ bindings: Bindings; others: readonly Expression[] }> {
	const [pattern, ...further] = patterns;
	if (pattern === undefined) {
		yield { bindings, others: items };
		return;
	}
	const free = pattern.kind === "name" && !bindings.has(pattern.name);
	if (free && further.length === 0 && !isNumberLetter(pattern.name)) {
		if (items.length > 0) {
			yield { bindings: new Map([...bindings, [pattern.name, join(kind, items)]]), others: [] };
		}
		return;
	}
	if (pattern.kind === "name" && !free && isArrayOfFactors(kind, bindings.get(pattern.name))) {
		// A letter that stands for a product takes each of its factors.
		const left = without(items, (bindings.get(pattern.name) as Expression & { kind: Joined }).operands);
		if (left) yield* chosen(kind, further, left, bindings);
		return;
	}
	let taken = false;
	for (const [at, item] of items.entries()) {
		for (const found of whole(pattern, item, bindings)) {
			taken = true;
			yield* chosen(kind, further, [...items.slice(0, at), ...items.slice(at + 1)], found);
		}
	}
	if (!taken && kind === "product" && pattern.kind === "name" && isNumberLetter(pattern.name)) {
		const found = bound(pattern.name, fraction(1), bindings);
		if (found) yield* chosen(kind, further, items, found);
	}
}

function isArrayOfFactors(kind: Joined, e: Expression | undefined): boolean {
	return e?.kind === kind;
}

/** `items` without those in `taken`; `undefined` where one is not there. */
export function without(items: readonly Expression[], taken: readonly Expression[]): readonly Expression[] | undefined {
	const left = [...items];
	for (const one of taken) {
		const at = left.findIndex((item) => item.key === one.key);
		if (at < 0) return undefined;
		left.splice(at, 1);
	}
	return left;
}

/** Every way in which `pattern` fits `e`, or in a sum or product some of its operands. */
export function* fits(pattern: Expression, e: Expression): Generator<Fit> {
	if ((pattern.kind !== "sum" && pattern.kind !== "product") || e.kind !== pattern.kind) {
		for (const bindings of whole(pattern, e, new Map())) yield { bindings, others: [], taken: [e], at: 0 };
		return;
	}
	yield* someOf(sorted(pattern.operands), e.operands, pattern.kind);
}

function* someOf(patterns: readonly Expression[], items: readonly Expression[], kind: Joined): Generator<Fit> {
	const search = function* (at: number, used: readonly number[], bindings: Bindings): Generator<Fit> {
		const pattern = patterns[at];
		if (pattern === undefined) {
			yield {
				bindings,
				others: items.filter((_, place) => !used.includes(place)),
				taken: used.map((place) => items[place] as Expression),
				at: Math.min(...used),
			};
			return;
		}
		for (const [place, item] of items.entries()) {
			if (used.includes(place)) continue;
			for (const found of whole(pattern, item, bindings)) yield* search(at + 1, [...used, place], found);
		}
		// A letter for a number that is not there stands for 1.
		const missing = kind === "product" && pattern.kind === "name" && isNumberLetter(pattern.name);
		if (!missing || items.some((item) => item.kind === "number")) return;
		const found = bound(pattern.name, fraction(1), bindings);
		if (found) yield* search(at + 1, used, found);
	};
	yield* search(0, [], new Map());
}

/** `e` with one operand put where others were taken away. */
export function putBack(kind: Joined, one: Expression, { others, at }: Fit): Expression {
	return join(kind, [...others.slice(0, at), one, ...others.slice(at)]);
}
