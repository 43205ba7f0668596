/**
 * Choices resolved: a claim with `if`, `max` or `abs` as claims without.
 *
 * Every question about a sign is answered in every way that the answers before
 * leave open; what remains are expressions a field can value. Boundaries, where
 * something is exactly 0, are left out: what is shown holds almost everywhere.
 */
import type { Budget } from "./budget.js";
import { type Expression, type Expressions, nodesOf } from "./expression.js";
import { Divide, Field, primes, Struck } from "./field.js";
import { ranges } from "./interval.js";
import { signOf } from "./rational.js";

/** An answer: the sign of an expression. */
export interface Answer {
	readonly of: Expression;
	readonly sign: 1 | -1;
}

/** Expressions without questions, and the answers under which they are the ones. */
export interface Cell {
	readonly roots: readonly Expression[];
	readonly answers: readonly Answer[];
}

/** Runs `body` over a field, again with more points or finer angles where it asks for them. */
export function overField<Result>(
	make: Expressions,
	p: number,
	seed: number,
	roots: readonly Expression[],
	body: (field: Field) => Result,
): Result {
	const hasRoots = nodesOf(roots).some((x) => x.kind === "power" && x.exponent.bottom !== 1n);
	const divisors = new Map<number, number>();
	let size = hasRoots ? 192 : 48;
	for (let attempt = 0; ; attempt++) {
		try {
			return body(new Field(make, p, size, seed + attempt, divisors));
		} catch (error) {
			if (error instanceof Divide && attempt < 12) divisors.set(error.id, error.by);
			else if (error instanceof Struck && size < 4000) size *= 4;
			else throw error;
		}
	}
}

/** Every cell of `roots`, most of them empty of questions from the start. @throws where there are too many. */
export function cellsOf(make: Expressions, roots: readonly Expression[], budget: Budget): Cell[] {
	const cells: Cell[] = [];
	const open: Cell[] = [{ roots, answers: [] }];
	for (let cell = open.pop(); cell; cell = open.pop()) {
		budget.check();
		const question = nodesOf(cell.roots).find((x) => x.kind === "positive" || x.kind === "vanishes");
		if (!question || (question.kind !== "positive" && question.kind !== "vanishes")) {
			cells.push(cell);
			if (cells.length > 512) budget.room(Number.POSITIVE_INFINITY);
			continue;
		}
		const [u] = question.parts;
		const answered = (value: 0 | 1): readonly Expression[] =>
			make.rewrite((cell as Cell).roots, (x) => (x === question ? make.number(value) : undefined));
		const known = signIn(make, u, cell.answers);
		if (question.kind === "vanishes") {
			open.push({ ...cell, roots: answered(known === 0 ? 1 : 0) });
		} else if (known !== undefined) {
			open.push({ ...cell, roots: answered(known > 0 ? 1 : 0) });
		} else {
			open.push({ roots: answered(0), answers: [...cell.answers, { of: u, sign: -1 }] });
			open.push({ roots: answered(1), answers: [...cell.answers, { of: u, sign: 1 }] });
		}
	}
	return cells;
}

/** The sign of `u` almost everywhere in a cell; `undefined` where it may have both. */
function signIn(make: Expressions, u: Expression, answers: readonly Answer[]): -1 | 0 | 1 | undefined {
	const [first, second] = primes.map((p) => signOver(make, p, u, answers));
	return first === second ? first : undefined;
}

function signOver(make: Expressions, p: number, u: Expression, answers: readonly Answer[]): -1 | 0 | 1 | undefined {
	const all = [u, ...answers.map(({ of }) => of)];
	try {
		return overField(make, p, 7, all, (field) => {
			if (field.isZero(u)) return 0;
			const [low, high] = ranges([u]).get(u.id) as readonly [number, number];
			if (low >= 0) return 1;
			if (high <= 0) return -1;
			const positive = nodesOf([u]).filter((x) => x.kind === "variable" && x.range !== "real");
			for (const { of, sign } of [...answers, ...positive.map((of): Answer => ({ of, sign: 1 }))]) {
				const ratio = field.ratio(u, of);
				if (ratio) return (signOf(ratio) * sign) as -1 | 1;
			}
			return undefined;
		});
	} catch (error) {
		if (error instanceof Struck) return undefined;
		throw error;
	}
}

/**
 * Whether no point satisfies all answers: a product of some has the wrong sign,
 * or a sum of positive multiples of some is 0.
 */
export function contradictory(make: Expressions, answers: readonly Answer[]): boolean {
	const signed = answers.map(({ of, sign }) => (sign > 0 ? of : make.negate(of)));
	const all = [...signed];
	const tests: Expression[] = [];
	for (const [i, a] of signed.entries()) {
		for (const [j, b] of signed.entries()) {
			if (j < i) continue;
			tests.push(make.add(a, b));
			// Of three positive numbers the product is positive: a b = -c is impossible.
			for (const [k, c] of signed.entries()) {
				if (k >= j) tests.push(make.add(make.add(a, b), c));
				if (k !== i && k !== j) tests.push(make.add(make.multiply(a, b), c));
			}
		}
	}
	try {
		return primes.every((p) =>
			overField(make, p, 11, all, (field) =>
				tests.some((test) => {
					if (field.isZero(test)) return true;
					const [, high] = ranges([test]).get(test.id) as readonly [number, number];
					return high <= 0;
				}),
			),
		);
	} catch (error) {
		if (error instanceof Struck) return false;
		throw error;
	}
}
