/** A refutation as a person reads it: values by name, and what the two sides are there. */
import type { Notation } from "../notation.js";
import type { Sizes } from "./instantiate.js";
import { toNumber } from "./rational.js";
import { polynomialText, type Refutation } from "./refutation.js";
import type { Workspace } from "./workspace.js";

/** A number, numbers in rows, or the text of a function. */
export type Shown = number | string | readonly Shown[];

/** What the names stand for, and the values of both sides; of shapes that differ, the shapes. */
export interface Counterexample {
	readonly [name: string]: Shown;
	readonly left: Shown;
	readonly right: Shown;
}

/** The point of a refutation, by the names of the problem. */
export function counterexampleOf(
	{ point, pair, left, right }: Refutation,
	workspace: Workspace,
	shape: readonly number[],
	free: readonly string[],
): Counterexample {
	const { problem, sizes } = workspace;
	const shown: { [name: string]: Shown } = {};
	const used = usedSizes(problem, sizes, point.values);
	for (const [name, size] of used) shown[name] = size;
	const { indices, element } = workspace.placeOf(pair, free, shape);
	for (const [name, index] of indices) shown[name] = index;
	for (const name of problem.variables.keys()) {
		const { at, shape: lengths } = workspace.engine.named(name);
		const values = at.map((x) => (x.kind === "variable" ? point.values.get(x.name) : undefined));
		if (values.every((value) => value === undefined)) continue;
		// What does not occur in the two sides may be anything.
		const numbers = values.map((value) => (value ? toNumber(value) : 0));
		shown[name] = nested(numbers, lengths);
	}
	for (const [name, polynomial] of point.functions) shown[name] = polynomialText(polynomial);
	if (element.length > 0) shown.element = element;
	return { ...shown, left: rounded(left), right: rounded(right) };
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
