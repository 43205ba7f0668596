/**
 * Tensors by name: what most files hold, and what a module's state is.
 *
 * What comes out of a file is a map, never a plain object: there a name such as
 * `__proto__` would not be a name.
 */
import { failure } from "../core/errors.js";
import { Tensor } from "../core/tensor.js";
import { shown } from "./jsontext.js";

/** Values by name, as a map or a plain object. */
export type Named<Item> = ReadonlyMap<string, Item> | Readonly<Record<string, Item>>;

/** The pairs of a map or a plain object, in their order. */
export function pairsOf<Item>(named: Named<Item>): [string, Item][] {
	return named instanceof Map ? [...named] : Object.entries(named as Readonly<Record<string, Item>>);
}

/** What is asked of a module: its tensors by name. */
export interface Stateful {
	/** The tensors that belong to the module, by their paths. */
	stateDict(): ReadonlyMap<string, Tensor>;
}

/** True for a module, and whatever else has a state of tensors. */
export function isStateful(given: unknown): given is Stateful {
	return typeof (given as Partial<Stateful> | null | undefined)?.stateDict === "function";
}

/** The pairs, those of the state for a module, where all of them are tensors with names that can be written as text. */
export function tensorsOf(what: string, named: Named<Tensor> | Stateful): [string, Tensor][] {
	const pairs = pairsOf(isStateful(named) ? named.stateDict() : named);
	for (const [name, value] of pairs as [unknown, unknown][]) {
		if (!isText(name)) {
			throw failure({
				what: `${what}: a name that cannot be written`,
				expected: "text without halves of surrogate pairs",
				actual: typeof name === "string" ? shown(name) : typeof name,
			});
		}
		if (!(value instanceof Tensor)) {
			throw failure({
				what: `${what}: not a tensor`,
				expected: "tensors by name, as stateDict() gives them",
				actual: `${value === null ? "null" : typeof value} for "${name}"`,
			});
		}
	}
	return pairs;
}

/** True for text that UTF-8 can hold. */
export function isText(value: unknown): value is string {
	return typeof value === "string" && !/\p{Surrogate}/u.test(value);
}
