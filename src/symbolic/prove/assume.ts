/**
 * Under which condition a refuted equality holds.
 *
 * The usual suspects, the cheapest first: one sample, a vector that sums to 1,
 * one-hot labels, a symmetric matrix, scalars that are 0, 1, -1, 2 or 1/2 or equal
 * to one another, one sign, two of these at once. Each is tried on numbers and,
 * where no number objects, proven. A condition under which both sides are 0
 * explains nothing, and one that contains another adds nothing: neither is listed.
 */
import type { Notation, Variable } from "../notation.js";
import { type Budget, Exhausted } from "./budget.js";
import type { Expression } from "./expression.js";
import { elementName, OutOfRange, type Sizes, sizeIn } from "./instantiate.js";
import { type Assumed, type Equality, judge } from "./judge.js";
import { type Rational, rational, rationalText, signOf } from "./rational.js";
import type { Workspace } from "./workspace.js";

/** A condition: its text, and what it makes of a problem. */
interface Condition {
	readonly text: string;
	/** Lengths that are fixed. */
	readonly sizes?: Sizes;
	readonly assumed?: Assumed;
	/** Scalars it speaks of: two conditions about the same one do not go together. */
	readonly about: readonly string[];
}

const usual: readonly Rational[] = [rational(0), rational(1), rational(-1), rational(2), rational(1, 2)];

/** Conditions that make `equality` true, in the order of trying. */
export function conditionsFor(
	equality: Equality,
	problem: Notation,
	workspacesAt: (fixed: Sizes) => Iterable<Workspace>,
	used: ReadonlySet<string>,
	budget: Budget,
): string[] {
	const found: Condition[] = [];
	const tried = (condition: Condition): void => {
		if (found.some((known) => condition.about.includes(known.text) || known.text === condition.text)) return;
		budget.check();
		try {
			const result = judge(equality, workspacesAt(condition.sizes ?? new Map()), budget, condition.assumed);
			if (result.verdict === "PROVEN" && !result.trivial) found.push(condition);
		} catch (error) {
			if (!(error instanceof OutOfRange)) throw error;
		}
	};
	try {
		const variables = [...problem.variables.values()].filter(({ name }) => used.has(name));
		for (const name of problem.dimensions) tried({ text: `${name} = 1`, sizes: new Map([[name, 1]]), about: [] });
		for (const variable of variables) for (const condition of arrays(variable)) tried(condition);
		const singles = scalars(variables.filter(({ shape }) => shape.length === 0));
		for (const condition of [...signs(variables), ...singles]) tried(condition);
		if (found.length === 0) {
			for (const [at, first] of singles.entries()) {
				for (const second of singles.slice(at + 1)) {
					const both = together(first, second);
					if (both) tried(both);
				}
			}
		}
	} catch (error) {
		if (!(error instanceof Exhausted)) throw error;
	}
	return found.map(({ text }) => text);
}

function arrays({ name, shape }: Variable): Condition[] {
	if (shape.length === 1) {
		const [extent] = shape as [string | number];
		const lengthIn = (workspace: Workspace): number => sizeIn(workspace.sizes, extent);
		const element = (workspace: Workspace, index: number): Expression =>
			workspace.engine.named(name).at[index - 1] as Expression;
		const hot =
			(position: (length: number) => number): Assumed =>
			(workspace) => {
				const n = lengthIn(workspace);
				return new Map(
					Array.from({ length: n }, (_, at) => [
						element(workspace, at + 1).id,
						workspace.make.number(at + 1 === position(n) ? 1 : 0),
					]),
				);
			};
		const sumsToOne: Assumed = (workspace) => {
			const n = lengthIn(workspace);
			const { make } = workspace;
			let rest = make.number(1);
			for (let at = 1; at < n; at++) rest = make.subtract(rest, element(workspace, at));
			return new Map([[element(workspace, n).id, rest]]);
		};
		return [
			{ text: `sum(${name}) = 1`, assumed: sumsToOne, about: [] },
			{
				text: `onehot(${name}), ${elementName(name, [])}[${extent}] = 1`,
				assumed: hot((n) => n),
				about: [`sum(${name}) = 1`],
			},
		];
	}
	if (shape.length === 2 && shape[0] === shape[1]) {
		const symmetric: Assumed = (workspace) => {
			const { at, shape: lengths } = workspace.engine.named(name);
			const n = lengths[0] as number;
			return new Map(
				at.flatMap((x, flat) => {
					const [i, j] = [Math.floor(flat / n), flat % n];
					return i > j ? [[x.id, at[j * n + i] as Expression]] : [];
				}),
			);
		};
		return [{ text: `${name}.T = ${name}`, assumed: symmetric, about: [] }];
	}
	return [];
}

function scalars(variables: readonly Variable[]): Condition[] {
	const one = (workspace: Workspace, name: string): Expression => workspace.engine.named(name).at[0] as Expression;
	const legal = ({ range }: Variable, value: Rational): boolean =>
		range === "real" || (signOf(value) > 0 && (range === "positive" || value.bottom === 2n));
	const values = variables.flatMap((variable) =>
		usual
			.filter((value) => legal(variable, value))
			.map((value): Condition => {
				const { name } = variable;
				const assumed: Assumed = (workspace) => new Map([[one(workspace, name).id, workspace.make.number(value)]]);
				const side = signOf(value) === 0 ? [] : [`${name} ${signOf(value) > 0 ? ">" : "<"} 0`];
				return { text: `${name} = ${rationalText(value)}`, assumed, about: [name, ...side] };
			}),
	);
	const equal = variables.flatMap((first, at) =>
		variables.slice(at + 1).map((second): Condition => {
			const assumed: Assumed = (workspace) => new Map([[one(workspace, second.name).id, one(workspace, first.name)]]);
			return { text: `${first.name} = ${second.name}`, assumed, about: [first.name, second.name] };
		}),
	);
	return [...values, ...equal];
}

function signs(variables: readonly Variable[]): Condition[] {
	return variables
		.filter(({ shape, range }) => shape.length === 0 && range === "real")
		.flatMap(({ name }) =>
			([1, -1] as const).map((sign): Condition => {
				const assumed: Assumed = ({ make, engine }) => {
					const size = make.variable(name, "positive");
					return new Map([[(engine.named(name).at[0] as Expression).id, sign > 0 ? size : make.negate(size)]]);
				};
				return { text: `${name} ${sign > 0 ? ">" : "<"} 0`, assumed, about: [`${name} ${sign > 0 ? ">" : "<"} 0`] };
			}),
		);
}

function together(first: Condition, second: Condition): Condition | undefined {
	if (first.about.some((name) => second.about.includes(name))) return undefined;
	return {
		text: `${first.text}, ${second.text}`,
		assumed: (workspace) => new Map([...(first.assumed?.(workspace) ?? []), ...(second.assumed?.(workspace) ?? [])]),
		about: [first.text, second.text],
	};
}
