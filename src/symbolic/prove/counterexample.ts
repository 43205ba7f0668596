/** A refutation as a person reads it: values by name, and what the two sides are there. */
import type { Notation } from "../notation.js";
import type { Sizes } from "./instantiate.js";
import { toNumber } from "./rational.js";
import { polynomialText, type Refutation } from "./refutation.js";
import type { Workspace } from "./workspace.js";

/** A number, numbers in rows, or the text of a function. */
export type Shown = number | string | readonly Shown[];

/** A point, and the values of both sides there; of shapes that differ, the shapes. */
export interface Counterexample {
	/** What the names stand for: sizes, indices, variables and functions. */
	readonly values: Readonly<Record<string, Shown>>;
	/** Where the sides are arrays, the place of the element in which they differ. */
	readonly element?: readonly number[];
	readonly left: Shown;
	readonly right: Shown;
}

/** Where it is, in words: names and what they stand for, and last the element. */
export function pointOf({ values, element }: Counterexample): (readonly [string, Shown])[] {
	return [...Object.entries(values), ...(element === undefined ? [] : [["element", element] as const])];
}

/** Both sides as `write` writes them, with as many significant digits, from 6 to 17, as it takes to see that they differ. */
export function apart(
	{ left, right }: Pick<Counterexample, "left" | "right">,
	write: (value: Shown, digits: number) => string,
): readonly [left: string, right: string] {
	for (let digits = 6; ; digits++) {
		const [a, b] = [write(left, digits), write(right, digits)];
		if (a !== b || digits === 17) return [a, b];
	}
}

/** The point of a refutation, by the names of the problem. */
export function counterexampleOf(
	{ point, pair, left, right }: Refutation,
	workspace: Workspace,
	shape: readonly number[],
	free: readonly string[],
): Counterexample {
	const { problem, sizes } = workspace;
	const shown = new Map<string, Shown>(usedSizes(problem, sizes, point.values));
	const { indices, element } = workspace.placeOf(pair, free, shape);
	for (const [name, index] of indices) shown.set(name, index);
	for (const name of problem.variables.keys()) {
		const { at, shape: lengths } = workspace.engine.named(name);
		const values = at.map((x) => (x.kind === "variable" ? point.values.get(x.name) : undefined));
		if (values.every((value) => value === undefined)) continue;
		// What does not occur in the two sides may be anything.
		const numbers = values.map((value) => (value ? toNumber(value) : 0));
		shown.set(name, nested(numbers, lengths));
	}
	for (const [name, polynomial] of point.functions) shown.set(name, polynomialText(polynomial));
	return {
		values: Object.fromEntries(shown),
		...(element.length > 0 && { element }),
		left: rounded(left),
		right: rounded(right),
	};
}

function usedSizes(problem: Notation, sizes: Sizes, values: ReadonlyMap<string, unknown>): [string, number][] {
	const stems = new Set([...values.keys()].map((name) => name.split("[")[0] as string));
	const extents = [...stems].flatMap((name) => problem.variables.get(name)?.shape ?? []);
	return [...sizes].filter(([name]) => extents.includes(name));
}

function nested(numbers: readonly number[], [first, ...others]: readonly number[]): Shown {
	if (first === undefined) return numbers[0] as number;
	const step = numbers.length / first;
	return Array.from({ length: first }, (_, at) => nested(numbers.slice(at * step, (at + 1) * step), others));
}

function rounded(value: number | string): number | string {
	return typeof value === "string" ? value : Number(value.toPrecision(12));
}
