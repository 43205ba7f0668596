/** The loss: which one, as a formula of the reader's if it is their own, and what `checkLoss` says about it. */
import { html } from "../../explorer/page/dom.js";
import { type LossName, losses, type Setup } from "../setup.js";
import type { LossReportData } from "../training/protocol.js";
import { typeset } from "../typeset.js";
import { act, menu, typed } from "../widgets.js";
import { text } from "../words.js";
import { afterTyping, type Controls, complainAt } from "./data.js";
import { lossWords, words } from "./words.js";

/** The loss on the page. */
export interface LossCard extends Controls {
	/** The loss that is trained with, as LaTeX. */
	readonly typeset: (latex: string) => void;
	readonly report: (report: LossReportData) => void;
}

/** Makes it. */
export function lossCard(choose: (next: Partial<Setup>) => void, check: () => void): LossCard {
	const kind = menu<LossName>(
		words.loss,
		losses.map((name) => [name, lossWords[name]] as const),
		(loss) => choose({ loss }),
	);
	kind.element.classList.add("bare");
	const own = typed(
		words.ownLoss,
		{ placeholder: words.ownLoss },
		afterTyping((formula: string) => choose({ formula })),
	);
	const formula = html("div", { class: "formula scroll" });
	const findings = html("div", { class: "findings", role: "status" });
	const ask = act(
		words.checkLoss,
		() => {
			findings.replaceChildren(html("p", { class: "faint small-text" }, text(words.checking)));
			check();
		},
		{ class: "small", "data-do": "check" },
	);
	const element = html(
		"section",
		{ class: "card loss" },
		html("header", {}, html("h2", {}, text(words.loss)), kind.element),
		own.element,
		formula,
		html("div", { class: "row" }, ask),
		findings,
	);
	let known = "";
	/** What is typed and refused cannot be checked: the report would be of another loss. */
	const refused = new Set<keyof Setup>();
	const complain = complainAt({ loss: kind, formula: own });
	return {
		element,
		show: (setup) => {
			kind.show(setup.loss);
			own.show(setup.formula);
			own.element.hidden = setup.loss !== "own";
			const asked = `${setup.loss} ${setup.loss === "own" ? setup.formula : ""}`;
			if (asked !== known) findings.replaceChildren();
			known = asked;
		},
		complain: (field, what) => {
			if (!complain(field, what)) return false;
			if (what === undefined) refused.delete(field);
			else {
				refused.add(field);
				findings.replaceChildren();
			}
			ask.disabled = refused.size > 0;
			return true;
		},
		// What it is called and how it is computed stand on lines of their own.
		typeset: (latex) => {
			const lines = latex.split(/ (?== )/);
			while (formula.children.length > lines.length) formula.lastElementChild?.remove();
			for (const [at, line] of lines.entries()) {
				if (formula.children[at] === undefined) formula.append(html("div"));
				void typeset(formula.children[at] as Element, line, true);
			}
		},
		report: ({ text: whole, findings: found }) => {
			const table = html(
				"details",
				{},
				html("summary", {}, text(words.wholeReport)),
				html("pre", { class: "code" }, whole),
			);
			if (found.length === 0) findings.replaceChildren(html("p", { class: "good" }, text(words.nothingFound)), table);
			else
				findings.replaceChildren(
					html("ul", {}, ...found.map((one) => html("li", {}, html("b", {}, one.check), " ", one.text))),
					table,
				);
		},
	};
}
