/**
 * Sliders for the free names, each with its number beside it and the slope of
 * the result below.
 *
 * A slider reaches as far below 0 as above. It grows when a number lies outside
 * or the thumb is let go at an end, and never shrinks under the hand.
 */
import { plainNumber } from "../../../src/cli/program.js";
import { html } from "../../explorer/page/dom.js";
import { exactText, numberText } from "../../explorer/text.js";
import { formula, typeset } from "../typeset.js";
import { act } from "../widgets.js";
import { composed, label, spoken, text } from "../words.js";
import { type Expression, type Measured, nameIn, partialIn } from "./computation.js";
import { words } from "./words.js";

/** The sliders. */
export interface Leaves {
	readonly element: HTMLElement;
	/** Shows sliders for the names of an expression. */
	readonly list: (expression: Expression) => void;
	/** Shows values and slopes. */
	readonly show: (measured: Measured) => void;
}

/** A slider with what is beside it. */
interface Leaf {
	readonly element: HTMLElement;
	readonly show: (value: number, slope: number | undefined) => void;
}

const positions = 400;

/** The least number of the row 1, 2, 5, 10, ... that is at least twice `value`, and at least 2. */
export function reachFor(value: number): number {
	let power = 1;
	for (;;) {
		for (const digit of [2, 5, 10]) if (digit * power >= 2 * Math.abs(value) || power > 1e300) return digit * power;
		power *= 10;
	}
}

/** Sliders that tell `moved`; `beginning` is the value that a name goes back to. */
export function leavesOf(moved: (name: string, value: number) => void, beginning: (name: string) => number): Leaves {
	const rows = html("div", { class: "leaves" });
	const reaches = new Map<string, number>();
	let leaves = new Map<string, Leaf>();
	let listed = "";
	/** Many sliders have little room. */
	let isMany = false;

	const make = (name: string, result: string): Leaf => {
		const slide = html("input", { type: "range", min: 0, max: positions, step: 1, "aria-label": name });
		const field = html("input", { type: "text", inputmode: "decimal", class: "number", spellcheck: "false" });
		const wrong = html("span", { class: "wrong", role: "alert", hidden: true });
		const slope = html("output", { class: "slope", "aria-live": "off" });
		let shown = Number.NaN;
		const reach = (): number => reaches.get(name) ?? reachFor(shown);
		const place = (): void => {
			slide.value = String(Math.round((shown / reach() + 1) * (positions / 2)));
			slide.setAttribute("aria-valuetext", String(shown));
		};
		const complain = (on: boolean): void => {
			wrong.hidden = !on;
			wrong.replaceChildren(...(on ? [text(words.notNumber)] : []));
			if (on) field.setAttribute("aria-invalid", "true");
			else field.removeAttribute("aria-invalid");
		};
		const move = (value: number): void => {
			complain(false);
			if (Math.abs(value) > reach()) reaches.set(name, reachFor(value));
			moved(name, value);
		};
		slide.addEventListener("input", () => {
			const value = ((Number(slide.value) * 2) / positions - 1) * reach();
			move(Number(value.toPrecision(12)) + 0);
		});
		// Let go at an end, it reaches further.
		slide.addEventListener("change", () => {
			if (Math.abs(shown) < reach()) return;
			reaches.set(name, reachFor(shown));
			place();
		});
		const reset = (): void => {
			const value = beginning(name);
			reaches.set(name, reachFor(value));
			complain(false);
			field.value = String(value);
			moved(name, value);
		};
		slide.addEventListener("dblclick", reset);
		const typed = (): number | undefined => {
			const value = plainNumber(
				field.value
					.trim()
					.replaceAll("−", "-")
					.replace(/^(-?\d*),(\d+)$/, "$1.$2"),
			);
			return value === undefined || !Number.isFinite(value) ? undefined : value;
		};
		field.addEventListener("input", () => {
			const value = typed();
			if (value !== undefined) move(value);
		});
		field.addEventListener("change", () => {
			const value = typed();
			complain(value === undefined);
			if (value !== undefined) field.value = String(value);
		});
		label(
			field,
			"aria-label",
			composed((language) => `${name}, ${words.typedValue[language]}`),
		);
		const back = label(act({ en: "↺", ko: "↺" }, reset, { class: "reset" }), "title", words.reset);
		label(
			back,
			"aria-label",
			composed((language) => `${name}: ${words.reset[language]}`),
		);
		const above = html("span", { class: "of" });
		void typeset(above, `${partialIn(result, name)} =`);
		const element = html(
			"div",
			{ class: "leaf", "data-name": name },
			html("span", { class: "leaf-name" }, formula(nameIn(name))),
			slide,
			field,
			back,
			html("span", { class: "slope-of" }, above, slope),
			wrong,
		);
		return {
			element,
			show(value, steepness) {
				if (value !== shown) {
					shown = value;
					const isHeld = document.activeElement === slide;
					if (!reaches.has(name) || Math.abs(value) > reach() || (Math.abs(value) === reach() && !isHeld))
						reaches.set(name, reachFor(value));
					place();
					if (document.activeElement !== field || typed() !== value) field.value = String(value);
				}
				const told = steepness === undefined ? spoken(words.none) : numberText(steepness, isMany ? 4 : 6);
				if (slope.textContent !== told) slope.textContent = told;
				slope.title = steepness === undefined ? "" : exactText(steepness);
			},
		};
	};

	return {
		element: rows,
		list({ free, result }) {
			const asked = [result, ...free].join();
			if (asked === listed) return;
			listed = asked;
			isMany = free.length > 6;
			rows.classList.toggle("many", isMany);
			leaves = new Map(free.map((name) => [name, make(name, result)]));
			rows.replaceChildren(
				...(free.length > 0
					? [...leaves.values()].map(({ element }) => element)
					: [html("p", { class: "faint" }, text(words.noLeaves))]),
			);
		},
		show({ values, slopes }) {
			for (const [name, leaf] of leaves) leaf.show(values.get(name) ?? Number.NaN, slopes.get(name));
		},
	};
}
