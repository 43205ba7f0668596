/**
 * The module that may say PROVEN.
 *
 * Two expressions are proven equal where they are equal, in every cell that is
 * not contradictory, at every point of a field modulo each of two primes, and
 * both fields found the same relations on the way. Whoever asks must have seen
 * intervals agree before: numbers that a prime divides, intervals tell apart.
 */
import type { Budget } from "./budget.js";
import { type Answer, cellsOf, contradictory, overField } from "./cells.js";
import type { Expression, Expressions } from "./expression.js";
import { Divide, primes, Struck } from "./field.js";
import { ranges } from "./interval.js";

/** Two expressions that are to be equal. */
export type Pair = readonly [Expression, Expression];

/** What a proof rests on. */
export interface Proof {
	readonly verdict: "PROVEN";
	/** Cells that the choices cut the space into: 1 where there are none. */
	readonly cells: number;
	/** The probability that chance made different things look equal is below this. */
	readonly bound: number;
}

/** A proof that every pair is equal wherever both are defined; `undefined` where none was found. */
export function prove(make: Expressions, pairs: readonly Pair[], budget: Budget): Proof | undefined {
	const apart = pairs.filter(([a, b]) => a !== b);
	const cells = cellsOf(make, apart.flat(), budget);
	let relations = 0;
	for (const { roots, answers } of cells) {
		budget.check();
		const found = primes.map((p, index) => agreed(make, roots, answers, p, 101 + index));
		const [first, second] = found;
		if (first !== undefined && first === second) {
			relations += first.split("\n").length;
			continue;
		}
		if (answers.length === 0 || !contradictory(make, answers)) return undefined;
	}
	// A weight is one of some 2^17 small fractions; chance would have to hit the same one twice.
	const bound = (2 ** 17 * (relations + apart.length)) / ((primes[0] - 1) * (primes[1] - 1));
	return { verdict: "PROVEN", cells: cells.length, bound };
}

/** The relations that were used, one a line, where all pairs of roots are equal modulo p. */
function agreed(
	make: Expressions,
	roots: readonly Expression[],
	answers: readonly Answer[],
	p: number,
	seed: number,
): string | undefined {
	try {
		return overField(make, p, seed, [...roots, ...answers.map(({ of }) => of)], (field) => {
			if (field.size > 48) for (const { of, sign } of answers) field.keep(of, sign);
			for (let at = 0; at < roots.length; at += 2) {
				const [a, b] = [roots[at], roots[at + 1]] as [Expression, Expression];
				if (!field.equal(a, b) && !(notNegative(a, b) && field.equal(squared(make, a), squared(make, b))))
					return undefined;
			}
			return field.relations.join("\n");
		});
	} catch (error) {
		if (error instanceof Struck || error instanceof Divide) return undefined;
		throw error;
	}
}

/** Of two numbers that are not negative, equal squares say that they are equal. */
function notNegative(...sides: readonly Expression[]): boolean {
	const known = ranges(sides);
	return sides.every((side) => (known.get(side.id) as readonly [number, number])[0] >= 0);
}

function squared(make: Expressions, x: Expression): Expression {
	return make.multiply(x, x);
}
