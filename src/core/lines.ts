/**
 * Which line of the user's program recorded an operation: known in debug mode
 * only, for reading the stack is slow.
 *
 * Lines are kept beside the tape, not on it, and go when it goes.
 */
import { callerLine } from "./errors.js";

const lines = new WeakMap<object, Map<number, string>>();

/** Remembers the line at work: `unit` is a chunk and `slot` a place in it, or `unit` is a tensor. */
export function noteLine(unit: object, slot = 0): void {
	const line = callerLine(new Error().stack);
	if (line === undefined) return;
	const known = lines.get(unit);
	if (known) known.set(slot, line);
	else lines.set(unit, new Map([[slot, line]]));
}

/** The line that recorded what lies in `slot` of a chunk, or a tensor. */
export function lineAt(unit: object, slot = 0): string | undefined {
	return lines.get(unit)?.get(slot);
}
