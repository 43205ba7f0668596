/** LaTeX on the page: KaTeX, loaded with the first formula, makes MathML of it, which needs no fonts. */
import { html } from "../explorer/page/dom.js";

let katex: Promise<typeof import("katex")["default"]> | undefined;

/** Sets `latex` into `place`, instead of what is there; the source stands there until KaTeX has loaded. */
export async function typeset(place: Element, latex: string, display = false): Promise<void> {
	waiting.set(place, latex);
	if (place.childNodes.length === 0) place.append(html("code", {}, latex));
	katex ??= import("katex").then((module) => module.default);
	const { render } = await katex;
	if (waiting.get(place) !== latex) return; // something newer came
	render(latex, place as HTMLElement, { output: "mathml", displayMode: display, throwOnError: false, trust: false });
}

const waiting = new WeakMap<Element, string>();

/** A formula in a line of text. */
export function formula(latex: string): HTMLElement {
	const place = html("span", { class: "formula" });
	void typeset(place, latex);
	return place;
}

/** A formula on a line of its own. */
export function display(latex: string): HTMLElement {
	const place = html("div", { class: "formula scroll" });
	void typeset(place, latex, true);
	return place;
}
