/**
 * What a workload is: one computation, written three times.
 *
 * `ours` uses the library, `closures` the usual engine, and `byHand` plain
 * numbers and the derivative worked out on paper. All three return the numbers
 * they arrive at, and are timed only after these have been found equal.
 */

/** One of the three: does the whole computation and returns its results. */
export type Contender = () => readonly number[];

/** The three names, in the order of the table. */
export const contenders = ["ours", "closures", "byHand"] as const;
/** Who computes. */
export type ContenderName = (typeof contenders)[number];

/** One line of the table. */
export interface Case {
	readonly name: string;
	/** Makes a contender: leaves, data and whatever else exists before the clock starts. */
	readonly make: { readonly [Name in ContenderName]: () => Contender };
	/** What one call does, for dividing its time: so many steps, operations or evaluations. */
	readonly units: number;
	/** Name of one unit. */
	readonly unit: string;
	/** Nanoseconds for one unit of ours, from section 8 of the design. */
	readonly target?: number;
	/** True to time the first long call of a process of its own, after short ones for warming up. */
	readonly fresh?: { readonly warm: { readonly [Name in ContenderName]: () => Contender } };
}

/** A named line of section 8 of the design. */
export interface Workload {
	readonly name: string;
	readonly says: string;
	readonly cases: readonly Case[];
}

/** A small generator of its own, so that the data never change: 2^-32 times a 32-bit congruence. */
export function uniform(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
