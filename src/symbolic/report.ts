/** Verdicts as text: a line per step; of the first wrong one, everything that was found out. */
import type { Step, Verdict, Verification } from "./problem.js";
import { pointOf, type Shown } from "./prove/counterexample.js";

const marks: Readonly<Record<Verdict, string>> = { PROVEN: "✓", REFUTED: "✗", "HOLDS ONLY IF": "✗", UNDECIDED: "?" };

/** The judgement on a chain as lines of text. */
export function report({ steps, firstWrong }: Verification): string {
	return steps.flatMap((step) => [line(step), ...(step.number === firstWrong ? details(step) : [])]).join("\n");
}

function line({ number, verdict, right, holdsIf, domain, sizes, samples, note, againstFirst }: Step): string {
	const remarks = [
		...(verdict === "HOLDS ONLY IF" ? [(holdsIf ?? []).join("; or ")] : []),
		...(sizes ? [`for ${sizes.join("; ")}`] : []),
		...(domain ? [`where ${domain.join(", ")}`] : []),
		...(verdict === "UNDECIDED" ? [`${note}; ${samples} points agree`] : []),
		...(againstFirst === "PROVEN" ? ["equal to the first side again"] : []),
	];
	return `${marks[verdict]} ${number}  = ${right}  ${verdict}${remarks.length > 0 ? ` ${remarks.join(", ")}` : ""}`;
}

function details({ counterexample, repair, note }: Step): string[] {
	const lines: string[] = [];
	if (note) lines.push(note);
	if (counterexample && !note) {
		const { left, right } = counterexample;
		const given = pointOf(counterexample).map(([name, value]) => `${name} = ${shown(value)}`);
		lines.push(
			`at ${given.length > 0 ? given.join(", ") : "all points"}: ${shown(left)} on the left, ${shown(right)} on the right`,
		);
	}
	if (repair) lines.push(`perhaps: ${repair.join("  or  ")}`);
	return lines.map((text) => `     ${text}`);
}

function shown(value: Shown): string {
	return Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : String(value);
}
