/**
 * Proofs as assertions of a test runner.
 *
 * The shape of a matcher is that of Vitest and Jest, which this file needs not
 * know: an object of functions that say whether they pass, and what to print.
 */
import type { Problem } from "./problem.js";

/** What a matcher answers. */
export interface MatcherResult {
	readonly pass: boolean;
	readonly message: () => string;
}

/**
 * For `expect.extend`: `expect(p).toProve("dC/db = a - y")` passes where every
 * step is proven, and prints the judgement where one is not.
 *
 * @example
 * ```ts
 * import { matchers, problem } from "chainrule/symbolic";
 * // In a test: expect.extend(matchers); expect(problem("x : scalar")).toProve("x + x = 2*x");
 * console.log(matchers.toProve(problem("x : scalar"), "x + x = 3*x").pass); // false
 * ```
 */
export const matchers: { readonly toProve: (received: Problem, claim: string) => MatcherResult } = {
	toProve: (received, claim) => {
		const verification = received.verify(claim);
		const found = verification.toString();
		return {
			pass: verification.proven,
			message: () =>
				verification.proven
					? `every step was proven, which was not expected:\n${found}`
					: `not every step was proven:\n${found}`,
		};
	},
};
