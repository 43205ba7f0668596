/** Every slip of the pen in every true line of the notes. */
import { expect, test } from "vitest";
import { tallyOf } from "./mutation.js";

test("no slip of the pen is judged wrongly: what differs is refuted, what is equal all the same is not", () => {
	const { slips, refuted, proven, undecided, wrong, untold } = tallyOf(1);
	console.log({ slips, refuted, proven, undecided: undecided.length, wrong: wrong.length, untold });
	expect(wrong).toEqual([]);
	// True, since tanh has the sign of its argument; that is no fact the prover knows.
	expect(undecided).toEqual(["s4-relu: relu'(z) = if(t >= 0, 1, 0)"]);
	expect(refuted + proven + untold + undecided.length).toBe(slips);
});
