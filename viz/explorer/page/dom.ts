/**
 * Elements built one by one: every text becomes a text node, so nothing that a
 * name holds is ever read as markup.
 */
import type { Tree } from "../model.js";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Content = Node | string | undefined;

function build<Made extends Element>(made: Made, attributes: Attributes, content: readonly Content[]): Made {
	for (const [name, value] of Object.entries(attributes))
		if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
	for (const part of content) if (part !== undefined) made.append(part);
	return made;
}

/** An element of HTML. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...content: readonly Content[]
): HTMLElementTagNameMap[Tag] {
	return build(document.createElement(tag), attributes, content);
}

/** An element of SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...content: readonly Content[]
): SVGElementTagNameMap[Tag] {
	return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, content);
}

/** An element of MathML. */
export function mathml(tag: string, attributes: Attributes = {}, ...content: readonly Content[]): Element {
	return build(document.createElementNS("http://www.w3.org/1998/Math/MathML", tag), attributes, content);
}

/** A button that does `act`. */
export function button(label: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
	const made = html("button", { type: "button", ...attributes }, label);
	made.addEventListener("click", act);
	return made;
}

/** The element of the page with this id. */
export function byId<Found extends Element = HTMLElement>(id: string): Found {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`the page has no element ${id}`);
	return found as unknown as Found;
}

const known = new Set("mrow mi mn mo mtext mfrac msup msub msubsup msqrt mroot mtable mtr mtd".split(" "));

/** A formula, with `names` in the place of its operands. */
export function formula(tree: Tree, names: ReadonlyMap<string, Element>): Element {
	const [element, ...content] = tree;
	if (element === "operand")
		return (names.get(String(content[0])) ?? mathml("mi", {}, String(content[0]))).cloneNode(true) as Element;
	const parts = content.map((part) => (typeof part === "string" ? part : formula(part, names)));
	return mathml(known.has(element) ? element : "mrow", {}, ...parts);
}

/** A name in a formula. */
export function nameOf(label: string): Element {
	// A letter and digits is a letter with an index.
	const [, letter, digits] = /^(\p{L})([\d₀-₉]+)$/u.exec(label) ?? [];
	if (letter !== undefined && digits !== undefined) {
		const index = digits.replaceAll(/[₀-₉]/g, (digit) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(digit)));
		return mathml("msub", {}, mathml("mi", {}, letter), mathml("mn", {}, index));
	}
	return mathml(/^[−-]?\d/.test(label) ? "mn" : "mi", {}, label);
}

/** ∂above/∂below. */
export function derivative(above: string, below: string): Element {
	const part = (label: string): Element =>
		mathml("mrow", {}, mathml("mo", { rspace: "0", lspace: "0" }, "∂"), nameOf(label));
	return mathml("mfrac", {}, part(above), part(below));
}

/** A line of mathematics. */
export function math(...content: readonly Content[]): Element {
	return mathml("math", {}, ...content);
}
