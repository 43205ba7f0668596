/**
 * What verdicts come to, in words and numbers: the screen and the page say the same.
 */
import type { Counterexample, Shown, Verdict } from "../symbolic/problem.js";
import { apart, pointOf } from "../symbolic/prove/counterexample.js";
import type { JudgedPage, JudgedStep } from "./judge.js";
import type { Grid } from "./terminal.js";

/** What stands before a verdict. */
export const marks: Readonly<Record<Verdict, string>> = {
	PROVEN: "✓",
	REFUTED: "✗",
	"HOLDS ONLY IF": "✗",
	UNDECIDED: "?",
};

/** True where a step is not as it should be. */
export function isFault({ verdict, expected }: JudgedStep, strict: boolean): boolean {
	if (expected) return !expected.met;
	return verdict !== "PROVEN" && (strict || verdict !== "UNDECIDED");
}

/** Verdicts in numbers, by page. */
export function summaryGrid(pages: readonly JudgedPage[], strict: boolean): Grid {
	const row = (title: string, some: readonly JudgedPage[]): string[] => {
		const steps = some.flatMap(({ claims }) => claims.flatMap((claim) => claim.steps));
		const count = (verdict: Verdict): string => String(steps.filter((step) => step.verdict === verdict).length);
		const seconds = some.reduce((total, page) => total + page.milliseconds, 0) / 1000;
		return [
			title,
			String(steps.length),
			count("PROVEN"),
			count("HOLDS ONLY IF"),
			count("REFUTED"),
			count("UNDECIDED"),
			String(steps.filter((step) => isFault(step, strict)).length),
			String(some.reduce((total, { unreadable }) => total + unreadable.length, 0)),
			seconds.toFixed(2),
		];
	};
	const rows = pages.map((page) => row(named(page.file), [page]));
	return {
		head: ["note", "steps", "proven", "only if", "refuted", "undecided", "faults", "unreadable", "seconds"],
		rows: pages.length > 1 ? [...rows, row("all", pages)] : rows,
		words: 1,
	};
}

/** What it all comes to, in a sentence. */
export function conclusion(
	pages: readonly JudgedPage[],
	strict: boolean,
): { readonly text: string; readonly fine: boolean } {
	const steps = pages.flatMap(({ claims }) => claims.flatMap((claim) => claim.steps));
	const faults = steps.filter((step) => isFault(step, strict));
	const unreadable = pages.reduce((total, page) => total + page.unreadable.length, 0);
	const counted = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`);
	const open = steps.filter((step) => step.verdict === "UNDECIDED" && !isFault(step, strict)).length;
	const expected = steps.filter(
		(step) => step.expected?.met && step.verdict !== "PROVEN" && step.verdict !== "UNDECIDED",
	).length;
	const all = counted(steps.length, "step", "steps");
	const bad = [
		faults.length > 0 &&
			`${faults.length} of ${all} ${faults.length === 1 ? "is not as it should be" : "are not as they should be"}`,
		unreadable > 0 && counted(unreadable, "passage cannot be read", "passages cannot be read"),
	].filter(Boolean);
	const remarks = [
		expected > 0 && counted(expected, "is wrong as expected", "are wrong as expected"),
		open > 0 && counted(open, "is undecided", "are undecided"),
	].filter(Boolean);
	const good = remarks.length > 0 ? `${all}: ${remarks.join(", ")}, all others are proven.` : `${all}, all proven.`;
	const text = bad.length > 0 ? `${bad.join("; ")}.` : good;
	return { text, fine: bad.length === 0 };
}

/** What is said behind a verdict. */
export function remarkOf({
	verdict,
	holdsIf,
	sizes,
	domain,
	samples,
	note,
	againstFirst,
	expected,
	almostEverywhere,
}: JudgedStep): string {
	const remarks = [
		verdict === "HOLDS ONLY IF" && (holdsIf ?? []).join(" or "),
		sizes && `for ${sizes.join("; ")}`,
		domain && `where ${domain.join(", ")}`,
		almostEverywhere && verdict === "PROVEN" && "almost everywhere",
		verdict === "UNDECIDED" && `${note ?? "not settled"}; ${samples ?? 0} points agree`,
		againstFirst === "PROVEN" && "equal to the first side again",
		expected && (expected.met ? verdict !== "PROVEN" && "as expected" : `expected ${expected.text}`),
	].filter(Boolean);
	return visible(remarks.join(", "));
}

/** What was found out about a step that is wrong: the counterexample, the condition and the repair. */
export function detailsOf(step: JudgedStep): { readonly label: string; readonly text: string }[] {
	const rows: { label: string; text: string }[] = [];
	if (step.note !== undefined && step.verdict !== "UNDECIDED") rows.push({ label: "because", text: step.note });
	else if (step.counterexample) rows.push({ label: "where", text: pointText(step.counterexample) });
	for (const condition of step.holdsIf ?? []) rows.push({ label: "holds if", text: condition });
	for (const repair of step.repair ?? [])
		rows.push({ label: "perhaps", text: repair.includes(" = ") ? repair : `= ${repair}` });
	return rows;
}

/** `x = 2, y = 1: 0.5 on the left, 0.25 on the right`. */
function pointText(found: Counterexample): string {
	const given = pointOf(found).map(([name, value]) => `${name} = ${shown(value)}`);
	const [left, right] = apart(found, shown);
	const sides = `${left} on the left, ${right} on the right`;
	return given.length > 0 ? `${given.join(", ")}: ${sides}` : sides;
}

function shown(value: Shown, digits = 6): string {
	if (typeof value === "number")
		return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
	return Array.isArray(value) ? `[${value.map((one) => shown(one, digits)).join(", ")}]` : String(value);
}

/** Text with what would steer a terminal, or turn its direction, made visible. */
export function visible(text: string): string {
	return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => {
		const code = (sign.codePointAt(0) as number).toString(16);
		return code.length < 3 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
	});
}

/** A file name on one line. */
export function named(file: string): string {
	return visible(file.replaceAll("\n", "\\n").replaceAll("\t", "\\t"));
}
