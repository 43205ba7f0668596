/**
 * What a workload is: one computation, written two times or more.
 *
 * `ours` uses the library, `byHand` plain numbers and arrays and the derivative
 * worked out on paper. Scalar workloads are written with the usual engine of
 * `closures`, too, and those on large arrays for other libraries (`peers`),
 * which take part where they are installed. All return the numbers they arrive
 * at, and are timed only after these have been found equal.
 */

/** Does the whole computation and returns its results. */
export type Contender = () => readonly number[];

/** Who computes, in the order of the table. */
export const contenders = ["ours", "closures", "byHand", "tfjs", "jax"] as const;
/** One of them. */
export type ContenderName = (typeof contenders)[number];

/** How contenders are made: leaves, data and whatever else exists before the clock starts. */
export type Makers = { readonly ours: () => Contender; readonly byHand: () => Contender } & {
	readonly [Name in ContenderName]?: () => Contender;
};

/** One line of the table. */
export interface Case {
	readonly name: string;
	readonly make: Makers;
	/** What one call does, for dividing its time: so many steps, operations or evaluations. */
	readonly units: number;
	/** Name of one unit. */
	readonly unit: string;
	/** Floating-point operations of one unit, where a rate says more than a time. */
	readonly work?: number;
	/** Nanoseconds for one unit of ours, from section 8 of the design. */
	readonly target?: number;
	/** How far results may differ, relative above 1; 1e-9 when left out. */
	readonly tolerance?: number;
	/** What the peers compute it from. They know the workload by the first word of its name. */
	readonly data?: () => PeerData;
	/** True to time the first long call of a process of its own, after short ones for warming up. */
	readonly fresh?: { readonly warm: Makers };
}

/** Arrays and sizes by name. */
export type PeerData = Readonly<Record<string, Float32Array | Int32Array | number | boolean>>;

/** A named line of section 8 of the design. */
export interface Workload {
	readonly name: string;
	readonly says: string;
	readonly cases: readonly Case[];
}

/** `make`, called the first time only: no process makes data of workloads that it does not run. */
export function once<Thing>(make: () => Thing): () => Thing {
	let made: { readonly thing: Thing } | undefined;
	return () => {
		made ??= { thing: make() };
		return made.thing;
	};
}

/** A small generator of its own, so that the data never change: 2^-32 times a 32-bit congruence. */
export function uniform(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** So many numbers from -size to size, as float32. */
export function singles(count: number, seed: number, size = 1): Float32Array {
	const random = uniform(seed);
	return Float32Array.from({ length: count }, () => size * (2 * random() - 1));
}
