/** The expression as it would be written by hand: every definition typeset, its value behind it. */
import { html } from "../../explorer/page/dom.js";
import { exactText, numberText } from "../../explorer/text.js";
import { display, formula } from "../typeset.js";
import { label } from "../words.js";
import type { Expression, Measured } from "./computation.js";
import { words } from "./words.js";

/** The typeset lines. */
export interface Formulas {
	readonly element: HTMLElement;
	readonly list: (expression: Expression) => void;
	readonly show: (measured: Measured) => void;
}

/** Typeset lines, none at first. */
export function formulasOf(): Formulas {
	const element = label(html("div", { class: "formulas", role: "group" }), "aria-label", words.formulas);
	const values = new Map<string, HTMLElement>();
	return {
		element,
		list({ lines }) {
			values.clear();
			const rows = lines.map(({ name, left, right }, at) => {
				// Whoever hears the page hears the result when a value has changed, and not everything at once.
				const live = at === lines.length - 1 ? "polite" : "off";
				const value = html("output", { class: "worth", "data-name": name, "aria-live": live });
				values.set(name, value);
				return html("div", { class: "line" }, formula(left), display(`= ${right}`), value);
			});
			element.replaceChildren(...rows);
		},
		show(measured) {
			for (const [name, place] of values) {
				const value = measured.values.get(name) ?? Number.NaN;
				const told = numberText(value, 6);
				if (place.textContent === told) continue;
				place.textContent = told;
				place.title = exactText(value);
			}
		},
	};
}
