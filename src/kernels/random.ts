/**
 * Random numbers that can be repeated.
 *
 * The bits come from pure-rand's xoroshiro128+; here are only the seed, the
 * state and the distributions. The seed is hashed to the full 128 bits of
 * state, so that neighbouring seeds give unrelated streams, and what a
 * generator will yield next is a plain object that can be written to a file.
 *
 * There is no other source of chance: nothing here reads a clock or
 * `Math.random`.
 */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import type { Storage } from "../core/dtype.js";
import { failure } from "../core/errors.js";

/** Everything that decides what a {@link Generator} yields next; survives JSON unchanged. */
export interface GeneratorState {
	readonly algorithm: "xoroshiro128plus";
	/** The 128 bits of the engine as four signed 32-bit integers. */
	readonly words: readonly number[];
	/** The second normal number of a pair of which the first was taken. */
	readonly spare: number | null;
}

/**
 * A stream of random numbers: the same seed, the same bits, on every machine.
 * (Normal numbers pass through `Math.log`, whose last bit may differ from one
 * JavaScript engine to another.)
 *
 * @example
 * ```ts
 * import { Generator } from "chainrule";
 * const random = new Generator(1);
 * const saved = random.state;
 * const x = random.normal();
 * random.state = saved;
 * console.log(random.normal() === x); // true
 * ```
 */
export class Generator {
	#engine: JumpableRandomGenerator;
	#spare: number | null = null;

	/** `seed` is any finite number or text; a number and its text (`1` and `"1"`) are the same seed. */
	constructor(seed: number | string) {
		this.#engine = xoroshiro128plusFromState(hash(seed));
	}

	/** What the generator will yield next, as a plain object; assign it to continue from there. */
	get state(): GeneratorState {
		return { algorithm: "xoroshiro128plus", words: [...this.#engine.getState()], spare: this.#spare };
	}

	set state(state: GeneratorState) {
		if (!isState(state)) {
			throw failure({
				what: "random: not a state of a generator",
				expected: '{ algorithm: "xoroshiro128plus", words: four 32-bit integers, not all 0, spare: a number or null }',
				actual: JSON.stringify(state) ?? String(state),
				fix: "assign what `generator.state` returned, or what JSON.parse made of its JSON",
			});
		}
		this.#engine = xoroshiro128plusFromState(state.words);
		this.#spare = state.spare;
	}

	/** A number from 0 to 1, 1 excluded: a multiple of 2^-53, each equally likely. */
	uniform(): number {
		return this.#bits() * 2 ** -53;
	}

	/** A number from the normal distribution with mean 0 and standard deviation 1. Source: Marsaglia and Bray, 1964 (polar method). */
	normal(): number {
		if (drawn !== undefined) note(this);
		if (this.#spare !== null) {
			const spare = this.#spare;
			this.#spare = null;
			return spare;
		}
		for (;;) {
			const x = 2 * this.uniform() - 1;
			const y = 2 * this.uniform() - 1;
			const square = x * x + y * y;
			if (square >= 1 || square === 0) continue;
			// (x, y) is uniform in the disc: its angle is uniform and independent of the radius, which is made normal.
			const scale = Math.sqrt((-2 * Math.log(square)) / square);
			this.#spare = y * scale;
			return x * scale;
		}
	}

	/** A whole number from 0 to `bound` - 1, each exactly equally likely; `bound` is at most 2^53. */
	integer(bound: number): number {
		if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 53) {
			throw failure({
				what: "random: not a bound",
				expected: "a whole number from 1 to 2^53, the number of values to choose from",
				actual: String(bound),
			});
		}
		// 2^53 values fall into `bound` boxes of equal size and a rest, which is thrown again.
		const box = Math.floor(2 ** 53 / bound);
		for (;;) {
			const value = Math.floor(this.#bits() / box);
			if (value < bound) return value;
		}
	}

	/** Fills `out[at]` to `out[at + count - 1]` with numbers from `low` to `high`, `high` excluded also after rounding to float32. */
	fillUniform(out: Storage, at: number, count: number, low: number, high: number): void {
		refuseIntegers("uniform", out);
		if (!(low <= high) || !Number.isFinite(high - low)) {
			throw failure({
				what: "uniform: not an interval",
				expected: "finite low ≤ high",
				actual: `low ${low}, high ${high}`,
			});
		}
		const width = high - low;
		for (let i = at; i < at + count; i++) {
			out[i] = low + width * this.uniform();
			// Once in 2^25 draws, rounding to float32 arrives at the end that is excluded.
			if ((out[i] as number) >= high) out[i] = low;
		}
	}

	/** Fills `out[at]` to `out[at + count - 1]` with normal numbers of the given mean and standard deviation. */
	fillNormal(out: Storage, at: number, count: number, mean: number, std: number): void {
		refuseIntegers("normal", out);
		if (!Number.isFinite(mean) || !(std >= 0) || std === Number.POSITIVE_INFINITY) {
			throw failure({
				what: "normal: not a mean and a standard deviation",
				expected: "finite mean, finite std ≥ 0",
				actual: `mean ${mean}, std ${std}`,
			});
		}
		for (let i = at; i < at + count; i++) out[i] = mean + std * this.normal();
	}

	/** 53 random bits, made of the upper bits of two draws: the lowest bits of xoroshiro128+ are its weakest. */
	#bits(): number {
		if (drawn !== undefined) note(this);
		const high = this.#engine.next() >>> 5;
		return high * 2 ** 26 + (this.#engine.next() >>> 6);
	}
}

const shared = new Generator(0);

/** The generator used where none is given. It starts from seed 0, so a program that never seeds still repeats itself. */
export function defaultGenerator(): Generator {
	return shared;
}

/** Starts the default generator anew from `value`. */
export function seed(value: number | string): void {
	shared.state = new Generator(value).state;
}

/**
 * 128 bits from a seed: four lanes of MurmurHash3 over its text, each from
 * another start, so that two seeds share a stream only if all four collide.
 */
function hash(seed: number | string): number[] {
	if (typeof seed === "number" && !Number.isFinite(seed)) {
		throw failure({ what: "random: not a seed", expected: "a finite number or a text", actual: String(seed) });
	}
	const text = String(seed);
	return [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x13198a2e].map((start) => {
		let h = start;
		for (let i = 0; i < text.length; i++) {
			const k = Math.imul(rotate(Math.imul(text.charCodeAt(i), 0xcc9e2d51), 15), 0x1b873593);
			h = (Math.imul(rotate(h ^ k, 13), 5) + 0xe6546b64) | 0;
		}
		h ^= text.length;
		h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
		h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
		return h ^ (h >>> 16);
	});
}

function rotate(word: number, bits: number): number {
	return (word << bits) | (word >>> (32 - bits));
}

function isState(state: unknown): state is GeneratorState {
	if (typeof state !== "object" || state === null) return false;
	const { algorithm, words, spare } = state as Record<string, unknown>;
	return (
		algorithm === "xoroshiro128plus" &&
		Array.isArray(words) &&
		words.length === 4 &&
		words.every((word) => typeof word === "number" && (word | 0) === word) &&
		words.some((word) => word !== 0) &&
		(spare === null || (typeof spare === "number" && Number.isFinite(spare)))
	);
}

function refuseIntegers(name: string, out: Storage): void {
	if (out instanceof Float64Array || out instanceof Float32Array) return;
	throw failure({
		what: `${name}: not a floating dtype`,
		expected: "float64 or float32",
		actual: out instanceof Int32Array ? "int32" : "bool",
		fix: "draw whole numbers with `generator.integer(bound)`",
	});
}

/** The generators that a watched computation has drawn from, each with its state before the first draw. */
let drawn: Map<Generator, GeneratorState> | undefined;

function note(generator: Generator): void {
	if (!drawn?.has(generator)) drawn?.set(generator, generator.state);
}

/** Runs `body` and tells which generators it drew from, each with its state before the first draw. */
export function watchGenerators<Result>(body: () => Result): {
	readonly result: Result;
	readonly states: ReadonlyMap<Generator, GeneratorState>;
} {
	const around = drawn;
	const states = new Map<Generator, GeneratorState>();
	drawn = states;
	try {
		return { result: body(), states };
	} finally {
		drawn = around;
		for (const [generator, state] of states) if (around && !around.has(generator)) around.set(generator, state);
	}
}
