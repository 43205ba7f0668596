/** Every slip of the pen in every true line of the notes, and what became of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChainruleError } from "chainrule";
import { type Problem, problem, readDocument, type Verdict } from "chainrule/symbolic";
import { readClaim, readProblem } from "../../src/symbolic/notation.js";
import { mutantsOf, sameValues } from "./mutants.js";

/** How many slips there were and what was said of them. */
export interface Tally {
	slips: number;
	refuted: number;
	/** Equal all the same, and proven to be. */
	proven: number;
	undecided: string[];
	/** Refuted though numbers agree, or proven though they differ. */
	wrong: string[];
	/** Numbers could not tell: nowhere defined. */
	untold: number;
}

/** Judges every `stride`-th slip. */
export function tallyOf(stride: number): Tally {
	const folder = join(import.meta.dirname, "../../examples/notes/check");
	const tally: Tally = { slips: 0, refuted: 0, proven: 0, undecided: [], wrong: [], untold: 0 };
	let count = 0;
	for (const page of readdirSync(folder).sort()) {
		if (!page.endsWith(".md")) continue;
		for (const block of readDocument(readFileSync(join(folder, page), "utf8"))) {
			const given = problem(block.problem.text);
			const notation = readProblem(block.problem.text);
			for (const claim of block.claims) {
				const { sides, free } = readClaim(claim.text, notation);
				for (const { step, verdict } of claim.expected) {
					const [left, right] = [sides[step - 1], sides[step]];
					if (verdict !== "PROVEN" || !left || !right) continue;
					for (const text of mutantsOf(right.formula, notation)) {
						if (count++ % stride !== 0) continue;
						const line = `${block.heading}: ${left.text} = ${text}`;
						const mutant = readClaim(text, notation);
						if (mutant.free.some((index) => !free.includes(index))) continue;
						tally.slips++;
						const same = sameValues(notation, right.formula, mutant.sides[0]?.formula ?? right.formula, free);
						const found = verdictOf(given, `${left.text} = ${text}`);
						if (same === undefined) tally.untold++;
						else if (found === "UNDECIDED") tally.undecided.push(line);
						else if ((found === "PROVEN") !== same) tally.wrong.push(`${line}: ${found}`);
						else if (same) tally.proven++;
						else tally.refuted++;
					}
				}
			}
		}
	}
	return tally;
}

/** An index beyond its range is refused before anything is judged. */
function verdictOf(given: Problem, claim: string): Verdict | undefined {
	try {
		return given.verify(claim, { explain: false }).steps[0]?.verdict;
	} catch (error) {
		if (error instanceof ChainruleError && error.message.includes("an index within its range")) return "REFUTED";
		throw error;
	}
}
