/** A sample of the slips of the pen; `mutation.slow.test.ts` has all of them. */
import { expect, test } from "vitest";
import { tallyOf } from "./mutation.js";

test("of every fortieth slip of the pen none is judged wrongly, and none is left open", () => {
	const { slips, refuted, proven, undecided, wrong } = tallyOf(40);
	expect({ wrong, undecided }).toEqual({ wrong: [], undecided: [] });
	expect(slips).toBeGreaterThan(50);
	expect(refuted).toBeGreaterThan(0.9 * slips);
	expect(proven).toBeGreaterThan(0);
});
