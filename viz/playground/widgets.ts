/**
 * Controls: an input with its name, and what is wrong with it below.
 *
 * A control shows a value and tells what was chosen; who keeps the value is not
 * known here. `show` never tells, so a state can be shown without an echo.
 */
import { html } from "../explorer/page/dom.js";
import type { Range } from "./setup.js";
import { composed, label, text, type Word } from "./words.js";

/** A control. */
export interface Control<Value> {
	readonly element: HTMLElement;
	/** Shows a value; `heard` is not called. */
	readonly show: (value: Value) => void;
	/** Says what is wrong with it; nothing with `undefined`. */
	readonly complain: (what: Word | string | undefined) => void;
}

/** A menu of the words of a list. */
export function menu<Choice extends string>(
	name: Word,
	choices: readonly (readonly [Choice, Word])[],
	heard: (choice: Choice) => void,
): Control<Choice> & { readonly select: HTMLSelectElement } {
	const select = html("select");
	for (const [value, word] of choices) select.append(html("option", { value }, text(word)));
	select.addEventListener("change", () => heard(select.value as Choice));
	const wrong = complaint(select);
	return {
		element: html("label", { class: "field" }, nameOf(select, name), select, wrong.element),
		select,
		show: (choice) => {
			select.value = choice;
		},
		complain: wrong.say,
	};
}

/** A number that is typed; what is no number within `range` is refused in words, and not told. */
export function numeric(name: Word, range: Range, heard: (value: number) => void): Control<number> {
	const input = html("input", { type: "text", inputmode: "decimal", size: 7, class: "number" });
	const wrong = complaint(input);
	input.addEventListener("change", () => {
		const value = readNumber(input.value, range);
		wrong.say(value === undefined ? rangeWord(range) : undefined);
		if (value !== undefined) heard(value);
	});
	return {
		element: html("label", { class: "field" }, nameOf(input, name), input, wrong.element),
		show: (value) => {
			wrong.say(undefined);
			if (document.activeElement !== input || readNumber(input.value, range) !== value) input.value = String(value);
		},
		complain: wrong.say,
	};
}

/** A number that is slid, evenly between the ends, or evenly in its logarithm; the number stands beside it. */
export function slider(
	name: Word,
	range: Range & { readonly logarithmic?: boolean },
	heard: (value: number) => void,
): Control<number> & { readonly input: HTMLInputElement } {
	const { low, high, whole, logarithmic = false } = range;
	const positions = whole ? Math.min(1_000, high - low) : 200;
	const input = html("input", { type: "range", min: 0, max: positions, step: 1 });
	const worth = html("output", { class: "worth" });
	const valueAt = (position: number): number => {
		const part = position / positions;
		const value = logarithmic ? low * (high / low) ** part : low + (high - low) * part;
		return whole ? Math.round(value) : Number(value.toPrecision(3));
	};
	const positionOf = (value: number): number =>
		positions * (logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
	const write = (value: number): void => {
		worth.textContent = String(value);
		input.setAttribute("aria-valuetext", String(value));
	};
	input.addEventListener("input", () => {
		const value = valueAt(Number(input.value));
		write(value);
		heard(value);
	});
	const wrong = complaint(input);
	return {
		element: html("label", { class: "field slide" }, nameOf(input, name), input, worth, wrong.element),
		input,
		show: (value) => {
			input.value = String(positionOf(value));
			write(value);
		},
		complain: wrong.say,
	};
}

/** Yes or no. */
export function tick(name: Word, heard: (on: boolean) => void): Control<boolean> {
	const input = html("input", { type: "checkbox" });
	input.addEventListener("change", () => heard(input.checked));
	const wrong = complaint(input);
	return {
		element: html("label", { class: "field" }, input, nameOf(input, name), wrong.element),
		show: (on) => {
			input.checked = on;
		},
		complain: wrong.say,
	};
}

/** A text of one line or, with `rows`, of several, told while it is typed. */
export function typed(
	name: Word,
	options: { readonly rows?: number; readonly unseen?: boolean; readonly placeholder?: Word },
	heard: (written: string) => void,
): Control<string> & { readonly input: HTMLInputElement | HTMLTextAreaElement } {
	const attributes = { spellcheck: "false", autocapitalize: "off", autocomplete: "off", class: "code" };
	const input =
		options.rows === undefined
			? html("input", { type: "text", ...attributes })
			: html("textarea", { rows: options.rows, ...attributes });
	if (options.placeholder) label(input, "placeholder", options.placeholder);
	input.addEventListener("input", () => heard(input.value));
	const wrong = complaint(input);
	const title = nameOf(input, name);
	title.classList.toggle("unseen", options.unseen === true);
	return {
		element: html("label", { class: "field typed" }, title, input, wrong.element),
		input,
		show: (written) => {
			if (input.value !== written) input.value = written;
		},
		complain: wrong.say,
	};
}

/** A button that follows the language. */
export function act(
	name: Word,
	does: () => void,
	attributes: Record<string, string | boolean> = {},
): HTMLButtonElement {
	const made = html("button", { type: "button", ...attributes }, text(name));
	made.addEventListener("click", does);
	return made;
}

/** A number as it is typed: a comma or a minus sign of typography will do. `undefined` for what is none within `range`. */
export function readNumber(written: string, { low, high, whole }: Range): number | undefined {
	const plain = written.trim().replace("−", "-").replace(",", ".");
	const value = plain === "" ? Number.NaN : Number(plain);
	return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : undefined;
}

/** What a number may be, in words. */
export function rangeWord({ low, high, whole }: Range): Word {
	return composed((language) =>
		language === "ko"
			? `${low}에서 ${high} 사이의 ${whole ? "정수" : "수"}`
			: `a ${whole ? "whole " : ""}number from ${low} to ${high}`,
	);
}

let count = 0;

/** An id that nothing else on the page has. */
function freshId(): string {
	count++;
	return `control-${count}`;
}

/** The name of an input: this alone is what it is called, although more stands in its label. */
function nameOf(input: HTMLElement, name: Word): HTMLElement {
	const id = freshId();
	input.setAttribute("aria-labelledby", id);
	return html("span", { id }, text(name));
}

/** The line below an input that says what is wrong with it, and describes it while it does. */
function complaint(input: HTMLElement): {
	readonly element: HTMLElement;
	readonly say: (what: Word | string | undefined) => void;
} {
	const id = freshId();
	const element = html("span", { id, class: "wrong", role: "alert", hidden: true });
	return {
		element,
		say: (what) => {
			element.hidden = what === undefined;
			if (what === undefined) for (const name of ["aria-invalid", "aria-describedby"]) input.removeAttribute(name);
			else {
				input.setAttribute("aria-invalid", "true");
				input.setAttribute("aria-describedby", id);
			}
			element.replaceChildren(...(what === undefined ? [] : [typeof what === "string" ? what : text(what)]));
		},
	};
}
