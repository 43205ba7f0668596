/**
 * The report of `chainrule check` on a terminal or in a log: a mark, a side and a
 * verdict per step, and below the first wrong one all that was found out.
 */
import type { JudgedClaim, JudgedPage, JudgedStep, Unreadable } from "./judge.js";
import { type Place, painter, type Role, tableText } from "./terminal.js";
import { conclusion, detailsOf, isFault, marks, named, remarkOf, summaryGrid, visible } from "./verdicts.js";

type Paint = (role: Role, text: string) => string;

export function print(
	pages: readonly JudgedPage[],
	{ strict, quiet }: { strict: boolean; quiet: boolean },
	{ stdout, env }: Place,
): void {
	const paint = painter(stdout, env);
	for (const page of pages) {
		const wrong = (claim: JudgedClaim): boolean => claim.steps.some((step) => isFault(step, strict));
		const passages = [...page.claims, ...page.unreadable]
			.filter((passage) => !quiet || !("steps" in passage) || wrong(passage))
			.sort((a, b) => a.line - b.line);
		if (passages.length > 0) stdout.write(`${paint("title", named(page.file))}\n`);
		for (const passage of passages) {
			stdout.write("steps" in passage ? claimText(passage, strict, paint) : unreadableText(passage, paint));
		}
		if (passages.length > 0) stdout.write("\n");
	}
	stdout.write(tableText(summaryGrid(pages, strict), paint));
	const { text, fine } = conclusion(pages, strict);
	stdout.write(`\n${paint(fine ? "good" : "bad", text)}\n`);
}

function title({ heading, line }: { heading: string | undefined; line: number }, paint: Paint): string {
	const place = paint("faint", `line ${line}`);
	return `\n  ${heading === undefined ? place : `${paint("head", oneLine(heading))}  ${place}`}\n`;
}

function oneLine(text: string): string {
	return visible(text.replaceAll(/\s+/g, " ").trim());
}

function claimText(claim: JudgedClaim, strict: boolean, paint: Paint): string {
	const sides = claim.steps.map(({ right }) => oneLine(right));
	const width = Math.min(60, Math.max(...sides.map((side) => Array.from(side).length)));
	const lines = claim.steps.map((step, index) => {
		const fault = isFault(step, strict);
		const role = fault ? "bad" : step.verdict === "PROVEN" ? "good" : "faint";
		const side = sides[index] as string;
		const remark = remarkOf(step);
		const gap = " ".repeat(Math.max(0, width - Array.from(side).length));
		const text = `    ${paint(role, marks[step.verdict])} = ${side}${gap}  ${paint(role, step.verdict)}${paint("faint", remark === "" ? "" : `  ${remark}`)}\n`;
		return (
			text + (step.number === claim.firstWrong || (fault && step.verdict === "PROVEN") ? detailsText(step, paint) : "")
		);
	});
	return `${title(claim, paint)}      ${oneLine(claim.first)}\n${lines.join("")}`;
}

function detailsText(step: JudgedStep, paint: Paint): string {
	const rows = detailsOf(step);
	const [line = "", caret = ""] = visible(step.place).split("\n");
	const place = [paint("faint", `line ${step.line}`), `  ${line}`, `  ${paint("bad", caret)}`];
	const others = rows.map(({ label, text }) => `${paint("head", label.padEnd(10))}${visible(text)}`);
	return [...place, ...others].map((text) => `        ${text}\n`).join("");
}

function unreadableText(passage: Unreadable, paint: Paint): string {
	const [first = "", ...others] = visible(passage.message).split("\n");
	return `${title(passage, paint)}    ${paint("bad", `! ${first}`)}\n${others.map((line) => `    ${line}\n`).join("")}`;
}
