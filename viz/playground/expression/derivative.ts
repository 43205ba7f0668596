/**
 * The derivative of the result along one name, written out: which law leads to
 * every line, what has to hold, and with numbers on request.
 *
 * The Worker works it out. Only with numbers does a slider ask it again, and then
 * no oftener than it answers.
 */

import type { LatexEquation } from "chainrule/symbolic";
import { html } from "../../explorer/page/dom.js";
import { display, formula, typeset } from "../typeset.js";
import { tick } from "../widgets.js";
import { label, text } from "../words.js";
import type { Answer, Question } from "./answers.js";
import type { Expression, Measured } from "./computation.js";
import { questionsTo } from "./questions.js";
import { reasonWords, words } from "./words.js";

/** The card. */
export interface Derivative {
	readonly element: HTMLElement;
	/** Shows the derivative along `of`, or along the first name there is. Gives the name that is shown. */
	readonly show: (expression: Expression, measured: Measured, of: string | undefined) => string | undefined;
	/** The values have changed. */
	readonly move: (measured: Measured) => void;
	/** Says that what was clicked has no name. */
	readonly nameless: () => void;
}

const patience = { alone: 12_000, waiting: 1_500 } as const;

/** The card; `chosen` hears the name that was chosen, `start` starts a Worker. */
export function derivativeOf(chosen: (of: string) => void, start: () => Worker): Derivative {
	const menu = html("select");
	menu.addEventListener("change", () => chosen(menu.value));
	const numbers = tick(words.withNumbers, (on) => {
		withNumbers = on;
		ask();
	});
	const hint = html("p", { class: "faint hint", role: "status", hidden: true });
	const lines = html("div", { class: "derivation" });
	const element = html(
		"section",
		{ class: "card derivative" },
		html("h2", {}, text(words.derivation)),
		html("div", { class: "row" }, html("label", { class: "field" }, text(words.of), menu), numbers.element),
		hint,
		lines,
	);
	let withNumbers = false;
	let shown: { readonly expression: Expression; readonly of: string } | undefined;
	let measured: Measured | undefined;
	/** What the lines on the page are about. */
	let listed = "";

	const hintOf = (word: (typeof words)[keyof typeof words] | undefined): void => {
		hint.hidden = word === undefined;
		hint.replaceChildren(...(word ? [text(word)] : []));
	};
	const questions = questionsTo<Question, Answer>(start, patience, {
		heard: (answer) => {
			lines.classList.remove("stale");
			if (answer.kind === "refused") {
				lines.replaceChildren(html("p", { class: "wrong" }, answer.message));
				listed = "";
			} else if (answer.kind === "derived") write(answer.definitions, answer.equations);
		},
		late: () => {
			lines.classList.remove("stale");
			lines.replaceChildren(html("p", { class: "faint" }, text(words.lateDerivation)));
			listed = "";
		},
	});
	const ask = (): void => {
		if (shown === undefined || measured === undefined) return;
		const { expression, of } = shown;
		const values = expression.free.map((name) => [name, measured?.values.get(name) ?? Number.NaN] as const);
		questions.ask({ kind: "derive", text: expression.text, values, of, numbers: withNumbers });
	};

	/** The places of numbers, line by line, where the same lines are told with other numbers. */
	let places: HTMLElement[] = [];
	const write = (definitions: readonly string[], equations: readonly LatexEquation[]): void => {
		const all = equations.flatMap((equation) => equation.lines);
		const key = JSON.stringify([
			definitions,
			equations.map(({ left, lines }) => [left, lines.map(({ latex }) => latex)]),
		]);
		const told = all.map(({ numbers }) => numbers);
		if (key === listed && told.filter((latex) => latex !== undefined).length === places.length) {
			let at = 0;
			for (const latex of told) if (latex !== undefined) void typeset(places[at++] as HTMLElement, `= ${latex}`, true);
			return;
		}
		listed = key;
		places = [];
		lines.replaceChildren(
			...definitions.map((latex) => html("p", { class: "made" }, formula(latex))),
			...equations.map((equation) => block(equation)),
		);
	};
	const block = ({ left, range, lines: all }: LatexEquation): HTMLElement =>
		html(
			"div",
			{ class: "equation" },
			html("div", { class: "left" }, display(left)),
			html(
				"ol",
				{ class: "lines" },
				...all.map(({ latex, reason, notes, numbers }) => {
					const why = html("div", { class: "why" });
					const word = reasonWords.get(reason);
					if (reason !== "") why.append(html("span", { class: "law" }, word ? text(word) : reason));
					for (const note of notes) why.append(formula(note));
					const line = html("li", {}, display(`= ${latex}`), why);
					if (numbers !== undefined) {
						const put = html("div", { class: "numbers formula scroll" });
						void typeset(put, `= ${numbers}`, true);
						places.push(put);
						line.append(put);
					}
					return line;
				}),
				...(range === undefined ? [] : [html("li", { class: "range" }, formula(range.replace("…", "\\dots")))]),
			),
		);

	return {
		element,
		show(expression, next, of) {
			measured = next;
			const names = [...expression.free, ...expression.lines.map(({ name }) => name)].filter(
				(name) => name !== expression.result && next.slopes.has(name),
			);
			const along = of !== undefined && names.includes(of) ? of : names[0];
			hintOf(along === undefined ? words.nothingToDerive : undefined);
			menu.replaceChildren(...names.map((name) => html("option", { value: name }, `∂${expression.result} / ∂${name}`)));
			menu.disabled = along === undefined;
			if (along === undefined) {
				shown = undefined;
				questions.forget();
				lines.replaceChildren();
				listed = "";
				return undefined;
			}
			menu.value = along;
			label(menu, "aria-label", words.of);
			const isSame = shown?.expression.text === expression.text && shown.of === along;
			shown = { expression, of: along };
			if (!isSame) {
				lines.classList.add("stale");
				ask();
			}
			return along;
		},
		move(next) {
			measured = next;
			if (withNumbers) ask();
		},
		nameless: () => hintOf(words.unnamed),
	};
}
