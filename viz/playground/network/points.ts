/**
 * Setting points by hand: which class the next one gets, and what a click does.
 *
 * The points themselves are kept as the table of the setup; here is only what is
 * about to be done with them.
 */
import { html } from "../../explorer/page/dom.js";
import type { Points } from "../training/protocol.js";
import { act, numeric } from "../widgets.js";
import { label, text } from "../words.js";
import { palette } from "./colours.js";
import { sign } from "./signs.js";
import { labelsOf, letters, type Sketch } from "./sketch.js";
import type { Tool } from "./surface.js";
import { classNamed, words } from "./words.js";

/** The tools. */
export interface PointTools {
	readonly element: HTMLElement;
	/** The points as they are: which classes there are. */
	readonly show: (sketch: Sketch, points: Points) => void;
	/** What the next point is of: the name of its class, or its value. */
	readonly target: () => string | number;
	readonly use: (tool: Tool) => void;
	/** Whether points of one more class are needed before anything can be trained. */
	readonly wait: (isWaiting: boolean) => void;
	readonly repaint: () => void;
}

/** Makes them. */
export function pointTools(chosen: (tool: Tool) => void, clear: () => void): PointTools {
	let tool: Tool = "none";
	let labels: readonly string[] = letters.slice(0, 2);
	/** Classes that were offered though there is no point of them yet. */
	let offered: readonly string[] = [];
	let picked = letters[0] as string;
	let value = 1;
	let isClasses = true;

	const use = (next: Tool): void => {
		tool = next;
		draw.setAttribute("aria-pressed", String(tool !== "none"));
		rest.hidden = tool === "none";
		remove.setAttribute("aria-pressed", String(tool === "remove"));
		for (const chip of chips.children)
			chip.setAttribute("aria-pressed", String(tool === "add" && (chip as HTMLElement).dataset.label === picked));
		chosen(tool);
	};
	const draw = act(words.drawPoints, () => use(tool === "none" ? "add" : "none"), {
		class: "small",
		"aria-pressed": "false",
		"data-do": "draw",
	});
	draw.prepend(sign("draw"));
	const chips = label(html("div", { class: "chips", role: "group" }), "aria-label", words.classOfPoint);
	const more = html("button", { type: "button", class: "small square" }, sign("plus"));
	label(more, "aria-label", words.newClass);
	label(more, "title", words.newClass);
	more.addEventListener("click", () => {
		const next = letters.find((letter) => !labels.includes(letter));
		if (next === undefined) return;
		offered = [...offered, next];
		picked = next;
		drawChips();
		use("add");
	});
	const number = numeric(words.valueOfPoint, { low: -1e6, high: 1e6, whole: false }, (next) => {
		value = next;
		use("add");
	});
	number.show(value);
	const remove = act(words.remove, () => use(tool === "remove" ? "add" : "remove"), {
		class: "small",
		"aria-pressed": "false",
	});
	const empty = act(words.clearPoints, clear, { class: "small" });
	const rest = html(
		"div",
		{ class: "row", hidden: true },
		chips,
		more,
		number.element,
		remove,
		empty,
		html("span", { class: "faint small-text" }, text(words.drawSays)),
	);

	const waiting = html("p", { class: "small-text waiting", role: "status" });

	function drawChips(): void {
		const all = [...new Set([...labels, ...offered])].sort();
		if (!all.includes(picked)) picked = all[0] as string;
		chips.replaceChildren(
			...all.map((name) => {
				const dot = html("span", { class: "dot" });
				// As it will be drawn: classes without a point do not count.
				const at = [...new Set([...labels, name])].sort().indexOf(name);
				dot.style.background = palette().classes[at] ?? "";
				const chip = html(
					"button",
					{ type: "button", class: "feature", "data-label": name },
					dot,
					text(classNamed(name)),
				);
				chip.setAttribute("aria-pressed", String(tool === "add" && name === picked));
				chip.addEventListener("click", () => {
					picked = name;
					use("add");
				});
				return chip;
			}),
		);
		more.disabled = all.length >= letters.length;
		chips.hidden = more.hidden = !isClasses;
		number.element.hidden = isClasses;
	}
	drawChips();
	return {
		element: html("div", { class: "point-tools" }, draw, rest, waiting),
		wait: (isWaiting) => waiting.replaceChildren(...(isWaiting ? [text(words.moreClasses)] : [])),
		show: (sketch, { task, width }) => {
			isClasses = task === "classes";
			labels = isClasses ? labelsOf(sketch) : letters.slice(0, 2);
			draw.disabled = width !== 2;
			if (width !== 2 && tool !== "none") use("none");
			drawChips();
		},
		target: () => (isClasses ? picked : value),
		use,
		repaint: drawChips,
	};
}
