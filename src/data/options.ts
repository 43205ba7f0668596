/** Options that generators, loaders and splits share, and how they are checked. */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { type DType, defaultGenerator, Generator } from "../index.js";

/** Where random numbers come from: the default generator when both are left out. */
export interface SeedOptions {
	/** Starts a generator of its own: the same seed, the same result. */
	readonly seed?: number | string | undefined;
	/** Draws from this generator, and leaves it further on. */
	readonly generator?: Generator | undefined;
}

/** @throws where both are given. */
export function generatorOf(name: string, { seed, generator }: SeedOptions): Generator {
	if (seed === undefined) return generator ?? defaultGenerator();
	if (generator === undefined) return new Generator(seed);
	throw failure({
		what: `${name}: two sources of chance`,
		expected: "a seed or a generator",
		actual: "both",
		fix: "leave one out",
	});
}

/** @throws where numbers with fractions would not fit. */
export function checkFloating(name: string, dtype: DType): void {
	if (isFloating(dtype)) return;
	throw failure({ what: `${name}: not a floating dtype`, expected: "float64 or float32", actual: String(dtype) });
}

/** @throws where `noise` is not a standard deviation. */
export function checkNoise(name: string, noise: number): void {
	if (noise >= 0 && Number.isFinite(noise)) return;
	throw failure({
		what: `${name}: not a noise`,
		expected: "a finite standard deviation, 0 or more",
		actual: String(noise),
	});
}
