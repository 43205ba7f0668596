/** LaTeX on the page: KaTeX, loaded with the first formula, makes MathML of it, which needs no fonts. */
import { html, mathml } from "../explorer/page/dom.js";
import { unstretched } from "../parentheses.js";

let katex: Promise<typeof import("katex")["default"]> | undefined;

/** Loads KaTeX: once it has, formulas stand before they are first seen. */
export async function typesetter(): Promise<typeof import("katex")["default"]> {
	katex ??= import("katex").then((module) => module.default);
	return katex;
}

/** Sets `latex` into `place`, instead of what is there; the source stands there until KaTeX has loaded. */
export async function typeset(place: Element, latex: string, display = false): Promise<void> {
	if (waiting.get(place) === latex && place.childNodes.length > 0) return;
	waiting.set(place, latex);
	if (place.childNodes.length === 0) place.append(html("code", {}, latex));
	const { render } = await typesetter();
	if (waiting.get(place) !== latex) return; // something newer came
	render(unstretched(latex), place as HTMLElement, {
		output: "mathml",
		displayMode: display,
		throwOnError: false,
		trust: false,
		strict: "ignore", // names may be of any script
	});
	for (const sign of place.querySelectorAll("msup > mo:last-child")) if (/^′+$/.test(sign.textContent)) besideIt(sign);
}

/** A prime beside what it belongs to: as an exponent it would be raised twice by fonts that draw it high already. */
function besideIt(prime: Element): void {
	const raised = prime.parentElement as Element;
	prime.textContent = prime.textContent.replaceAll("′", "ʹ");
	raised.replaceWith(mathml("mrow", {}, ...raised.children));
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
