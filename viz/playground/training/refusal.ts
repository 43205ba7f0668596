/**
 * What cannot be done with a setup, and which entry of it is to blame, so that
 * the page can say it at the control. Nothing that was there before is lost by
 * a refusal.
 */
import { ChainruleError } from "chainrule";
import { failure, type Problem } from "../../../src/core/errors.js";
import type { Setup } from "../setup.js";

/** An error that names the entry of the setup to be mended. */
export class Refusal extends Error {
	readonly field: keyof Setup | undefined;

	constructor(text: string, field: keyof Setup | undefined) {
		super(text);
		this.field = field;
	}
}

/** The refusal of an entry, in the common form of messages. */
export function refusal(field: keyof Setup, problem: Problem): Refusal {
	return new Refusal(failure(problem).message, field);
}

/** What `body` gives; an error of the library becomes a refusal of `field`, told of `what`. */
export function blaming<Result>(field: keyof Setup, what: string, body: () => Result): Result {
	try {
		return body();
	} catch (error) {
		if (!(error instanceof ChainruleError)) throw error;
		throw refusal(field, { ...error.problem, what: `${what}: ${error.problem.what.replace(/^formula: /, "")}` });
	}
}
