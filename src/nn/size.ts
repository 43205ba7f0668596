/** The one check of a number of inputs or outputs. */
import { failure } from "../core/errors.js";

/** @throws where `size` is not a whole number above 0. */
export function checkSize(name: string, what: string, size: number): void {
	if (Number.isInteger(size) && size > 0) return;
	throw failure({ what: `${name}: not a number of ${what}`, expected: "a whole number above 0", actual: String(size) });
}
