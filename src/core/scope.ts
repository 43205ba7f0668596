/**
 * Scopes: where in a program an operation was recorded.
 *
 * `scope("softmax", () => ...)` names what is computed inside. A node carries
 * its scope; pictures draw scopes as clusters and errors print the path. A
 * scope is a linked list towards the root, so that entering one costs a single
 * small object and no node ever copies a path.
 */

/** One level of naming: `mlp / layer2 / linear` is three scopes, each pointing to its parent. */
export interface Scope {
	readonly name: string;
	readonly parent: Scope | undefined;
	/** In the backward pass: the forward node whose gradient is computed here. Such a scope has no name of its own in a path. */
	readonly forward?: object | undefined;
}

/** The scope in which operations are recorded at this moment; an object, so that the tape reads one field. */
export const place: { scope: Scope | undefined } = { scope: undefined };

/**
 * Runs `body` with every operation inside recorded under `name`, and returns its result.
 *
 * @example
 * ```ts
 * import { exp, scope, scalar } from "chainrule";
 * const y = scope("growth", () => exp(scalar(0)));
 * console.log(y.value); // 1
 * ```
 */
export function scope<Result>(name: string, body: () => Result): Result {
	return withScope({ name, parent: place.scope }, body);
}

/** Runs `body` with operations recorded in the scope `there`: gradients are recorded beside their forward node. */
export function withScope<Result>(there: Scope | undefined, body: () => Result): Result {
	const before = place.scope;
	place.scope = there;
	try {
		return body();
	} finally {
		place.scope = before;
	}
}

/** The names from the outermost scope to `there`. */
export function scopePath(there: Scope | undefined = place.scope): string[] {
	const names: string[] = [];
	for (let at = there; at; at = at.parent) if (!at.forward) names.unshift(at.name);
	return names;
}
