/**
 * What tests say when they fail: the message of an error, the table of a
 * gradient check, the first place where two lists differ.
 */
import { ChainruleError, type CheckReport } from "chainrule";

/** The message of the error that `body` throws; it must be one of ours. */
export function messageOf(body: () => unknown): string {
	try {
		body();
	} catch (error) {
		if (error instanceof ChainruleError) return error.message;
		throw error;
	}
	throw new Error("nothing was thrown");
}

/** "agrees", or the table of what the witnesses said. */
export function verdictOf(report: CheckReport): string {
	return report.ok ? "agrees" : String(report);
}

/** "the same bits", or the first difference: -0 is not 0, NaN is NaN. */
export function differenceOf(found: readonly number[], expected: readonly number[]): string {
	if (found.length !== expected.length) return `${found.length} numbers instead of ${expected.length}`;
	const at = found.findIndex((value, index) => !Object.is(value, expected[index]));
	return at < 0 ? "the same bits" : `${found[at]} instead of ${expected[at]} at ${at}`;
}
