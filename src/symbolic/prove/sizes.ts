/**
 * Which lengths a claim about any n is tried at.
 *
 * Lengths are pairwise different and different from all that are written out,
 * so that a missing transpose cannot hide; a last round has every length 1,
 * where sums have one term.
 */
import type { Notation } from "../notation.js";
import type { Sizes } from "./instantiate.js";

/** Sizes to try, the telling ones first; one empty round where nothing has a named length. */
export function roundsFor({ dimensions, variables, indices }: Notation): Sizes[] {
	if (dimensions.length === 0) return [new Map()];
	const written = new Set<number>();
	for (const { shape } of variables.values())
		for (const extent of shape) if (typeof extent === "number") written.add(extent);
	for (const extent of indices.values()) if (typeof extent === "number") written.add(extent);
	const free = Array.from({ length: dimensions.length + written.size + 2 }, (_, at) => at + 2).filter(
		(n) => !written.has(n),
	);
	const round = (first: number): Sizes => new Map(dimensions.map((name, at) => [name, free[at + first] as number]));
	return [round(0), round(1), new Map(dimensions.map((name) => [name, 1]))];
}

/** `n = 2, m = 3`. */
export function sizesText(sizes: Sizes): string {
	return [...sizes].map(([name, size]) => `${name} = ${size}`).join(", ");
}
