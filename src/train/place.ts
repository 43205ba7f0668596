/**
 * Where a loader is in its epoch, if it can tell.
 *
 * A `DataLoader` can, and so can anything with the same two members; of any
 * other it is known how many batches it has given.
 */
import { failure } from "../core/errors.js";

/** A loader that can tell where it is. */
interface Resumable {
	readonly state: unknown;
	loadState(state: unknown): void;
}

/** True for a loader that can. */
export function isResumable(loader: unknown): loader is Resumable {
	return typeof loader === "object" && loader !== null && "state" in loader && "loadState" in loader;
}

/** Where a loader is; `null` where it does not tell. */
export function stateOf(loader: unknown): unknown {
	return isResumable(loader) ? loader.state : null;
}

/** Brings a loader to where it was. */
export function setState(loader: unknown, state: unknown): void {
	if (isResumable(loader) !== (state !== null)) {
		throw failure({
			what: "fit: the checkpoint is of another loader",
			expected: isResumable(loader) ? "the place in a loader" : "no place, as this loader does not tell it",
			actual: state === null ? "none" : "a place",
		});
	}
	if (isResumable(loader)) loader.loadState(state);
}

/** How many batches an epoch has, where the loader says it. */
export function batchesIn(loader: object): number | undefined {
	return "length" in loader && typeof loader.length === "number" ? loader.length : undefined;
}
