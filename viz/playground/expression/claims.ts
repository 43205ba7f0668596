/**
 * The reader's own derivation, judged while it is typed: every equality typeset,
 * with its verdict beside it, and of the first wrong one all that was found out.
 *
 * What cannot be read is said below the field with its place; the verdicts that
 * stood there stay, paler. Whatever comes from the prover is text.
 */
import type { JudgedClaim, JudgedStep } from "../../../src/cli/judge.js";
import { marks } from "../../../src/cli/verdicts.js";
import { apart, pointOf, type Shown } from "../../../src/symbolic/prove/counterexample.js";
import { html } from "../../explorer/page/dom.js";
import { exactText, numberText } from "../../explorer/text.js";
import { display, formula } from "../typeset.js";
import { act, typed } from "../widgets.js";
import { language, onLanguage, text, type Word } from "../words.js";
import type { Answer, Question } from "./answers.js";
import type { Expression } from "./computation.js";
import type { ExampleClaim } from "./examples.js";
import { questionsTo } from "./questions.js";
import { verdictWords, words } from "./words.js";

/** The card. */
export interface Claims {
	readonly element: HTMLElement;
	/** Judges `claim` about an expression, with claims to try. */
	readonly show: (expression: Expression, claim: string, examples: readonly ExampleClaim[]) => void;
}

const patience = { alone: 20_000, waiting: 1_200 } as const;
/** Milliseconds between the last letter and the question. */
const pause = 250;

/** The card; `changed` hears what is typed, `start` starts a Worker. */
export function claimsOf(changed: (claim: string) => void, start: () => Worker): Claims {
	const field = typed(words.claimField, { rows: 4, unseen: true }, (written) => {
		changed(written);
		soon();
	});
	field.input.maxLength = 4_000;
	const tries = html("div", { class: "row tries" });
	const results = html("div", { class: "results", "aria-live": "polite" });
	const wrong = html("pre", { class: "wrong code", hidden: true });
	const element = html(
		"section",
		{ class: "card claims" },
		html("h2", {}, text(words.claim)),
		html("p", { class: "faint says" }, text(words.claimSays)),
		field.element,
		tries,
		wrong,
		results,
	);
	let expression: Expression | undefined;
	let asked = "";
	let timer = 0;
	let last: readonly JudgedClaim[] = [];

	const complain = (message: string | undefined): void => {
		wrong.hidden = message === undefined;
		wrong.textContent = message ?? "";
		if (message === undefined) field.input.removeAttribute("aria-invalid");
		else field.input.setAttribute("aria-invalid", "true");
	};
	const questions = questionsTo<Question, Answer>(start, patience, {
		heard: (answer) => {
			if (answer.kind === "derived") return;
			const messages = answer.kind === "refused" ? [answer.message] : answer.unreadable;
			complain(messages.length > 0 ? messages.join("\n\n") : undefined);
			const claims = answer.kind === "judged" ? answer.claims : [];
			// What cannot be read any more keeps the verdicts of what could.
			results.classList.toggle("stale", claims.length === 0 && messages.length > 0);
			if (claims.length > 0 || messages.length === 0) {
				last = claims;
				write();
			}
		},
		late: () => {
			complain(undefined);
			last = [];
			results.classList.remove("stale");
			results.replaceChildren(html("p", { class: "faint" }, text(words.lateJudging)));
		},
	});
	const write = (): void => {
		const nothing = last.every(({ steps }) => steps.length === 0);
		results.replaceChildren(
			...(nothing ? [html("p", { class: "faint" }, text(words.nothingClaimed))] : last.map(claimView)),
		);
	};
	const judge = (): void => {
		clearTimeout(timer);
		const claim = field.input.value;
		if (expression === undefined || claim.trim() === "") {
			questions.forget();
			complain(undefined);
			results.replaceChildren();
			results.classList.remove("stale");
			last = [];
			asked = "";
			return;
		}
		const key = JSON.stringify([expression.problem, claim]);
		if (key === asked) return;
		asked = key;
		results.classList.add("stale");
		questions.ask({ kind: "judge", text: expression.text, claim });
	};
	const soon = (): void => {
		clearTimeout(timer);
		timer = window.setTimeout(judge, pause);
	};
	onLanguage(results, () => {
		if (last.length > 0) write();
	});

	return {
		element,
		show(next, claim, examples) {
			const before = expression;
			expression = next;
			field.show(claim);
			const [along] = next.free;
			field.input.placeholder = along === undefined ? "" : `d${next.result}/d${along} = …`;
			if (before?.text !== next.text)
				tries.replaceChildren(
					...(examples.length > 0 ? [html("span", { class: "faint" }, text(words.tryThis))] : []),
					...examples.map(({ name, text: written }) =>
						act(name, () => {
							field.show(written);
							changed(written);
							judge();
						}),
					),
				);
			soon();
		},
	};
}

/** A formula on its line; the text that it was, where it cannot be set. */
function side(latex: string, written: string): HTMLElement {
	return latex === "" ? html("code", {}, written) : display(latex);
}

function claimView({ firstLatex, first, steps, firstWrong }: JudgedClaim): HTMLElement {
	return html(
		"div",
		{ class: "claim" },
		html("div", { class: "first" }, side(firstLatex, first)),
		html("ol", { class: "steps" }, ...steps.map((step) => stepView(step, step.number === firstWrong))),
	);
}

const roles = { PROVEN: "good", REFUTED: "bad", "HOLDS ONLY IF": "bad", UNDECIDED: "open" } as const;

function stepView(step: JudgedStep, isFirstWrong: boolean): HTMLElement {
	const { verdict, latex, right } = step;
	const remark = remarkOf(step);
	const view = html(
		"li",
		{ class: roles[verdict], "data-verdict": verdict },
		html("span", { class: "mark", "aria-hidden": "true" }, marks[verdict]),
		side(latex === "" ? "" : `= ${latex}`, `= ${right}`),
		html(
			"span",
			{ class: "verdict" },
			html("strong", {}, text(verdictWords[verdict] as Word)),
			...(remark === "" ? [] : [` ${remark}`]),
		),
	);
	if (isFirstWrong) view.append(detailsView(step));
	return view;
}

/** What is said behind a verdict, in the language of the page. */
function remarkOf(step: JudgedStep): string {
	const { verdict, holdsIf, domain, samples, note, againstFirst, almostEverywhere } = step;
	const korean = language() === "ko";
	const remarks = [
		verdict === "HOLDS ONLY IF" && (holdsIf ?? []).join(korean ? " 또는 " : " or "),
		domain && (korean ? `(${domain.join(", ")}인 곳에서)` : `where ${domain.join(", ")}`),
		almostEverywhere && verdict === "PROVEN" && (korean ? "거의 모든 점에서" : "almost everywhere"),
		verdict === "UNDECIDED" &&
			(korean
				? `${note ?? "결론을 내지 못함"}; 점 ${samples ?? 0}개에서는 일치`
				: `${note ?? "not settled"}; ${samples ?? 0} points agree`),
		againstFirst === "PROVEN" && (korean ? "첫 변과는 다시 같음" : "equal to the first side again"),
	];
	return remarks.filter(Boolean).join(", ");
}

/** What was found out about a step that is wrong. */
function detailsView({ note, verdict, counterexample, holdsIf, repair, repairLatex }: JudgedStep): HTMLElement {
	const list = html("dl");
	const row = (name: Word, ...content: readonly (Node | string)[]): void => {
		list.append(html("dt", {}, text(name)), html("dd", {}, ...content));
	};
	if (note !== undefined && verdict !== "UNDECIDED") row(words.because, note);
	else if (counterexample) {
		const at = pointOf(counterexample).map(([name, value]) => `${name} = ${shown(value)}`);
		const [left, right] = apart(counterexample, shown);
		const sides: Word = { en: `${left} on the left, ${right} on the right`, ko: `왼쪽 ${left}, 오른쪽 ${right}` };
		row(words.where, ...(at.length > 0 ? [`${at.join(", ")}: `] : []), text(sides));
	}
	for (const condition of holdsIf ?? []) row(words.holdsIf, condition);
	for (const [at, written] of (repair ?? []).entries()) {
		const latex = repairLatex[at];
		const isEquation = written.includes(" = ");
		if (latex === undefined) row(words.perhaps, isEquation ? written : `= ${written}`);
		else row(words.perhaps, formula(isEquation ? latex : `= ${latex}`));
	}
	return list;
}

/** A value as the page writes it. */
export function shown(value: Shown, digits = 6): string {
	if (typeof value === "number") return Number.isInteger(value) ? exactText(value) : numberText(value, digits);
	return Array.isArray(value) ? `[${value.map((one) => shown(one, digits)).join(", ")}]` : String(value);
}
