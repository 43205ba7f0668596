/** Small menus that open under a button: what can be taken away. */
import { html } from "../../explorer/page/dom.js";
import { savePng, saveSvg } from "../pictures.js";
import { act } from "../widgets.js";
import { label, text, type Word } from "../words.js";
import { sign } from "./signs.js";
import { ofPicture, words } from "./words.js";

/** An entry of a menu. */
export interface Entry {
	readonly name: Word;
	readonly does: () => void;
	readonly id?: string;
}

/** A menu that opens under `title`. It closes with a choice, with Escape, and where something else is pressed. */
function dropdown(
	title: Node,
	says: Word,
	entries: readonly Entry[],
	attributes: Record<string, string> = {},
): HTMLElement {
	const list = html("div", { class: "entries" });
	const menu = html(
		"details",
		{ class: "menu", ...attributes },
		label(html("summary", {}, title), "aria-label", says),
		list,
	);
	label(menu.firstElementChild as HTMLElement, "title", says);
	for (const { name, does, id } of entries)
		list.append(
			act(
				name,
				() => {
					menu.open = false;
					does();
				},
				id === undefined ? {} : { "data-entry": id },
			),
		);
	const away = (event: Event): void => {
		if (!menu.contains(event.target as Node)) menu.open = false;
	};
	menu.addEventListener("toggle", () => {
		if (menu.open) document.addEventListener("pointerdown", away);
		else document.removeEventListener("pointerdown", away);
	});
	menu.addEventListener("keydown", (event) => {
		if (event.key !== "Escape" || !menu.open) return;
		event.stopPropagation();
		menu.open = false;
		(menu.firstElementChild as HTMLElement).focus();
	});
	return menu;
}

/** The menu of a picture: as SVG, as PNG. */
export function takeaway(what: Word, name: string, picture: () => string): HTMLElement {
	return dropdown(
		sign("save"),
		ofPicture(what),
		[
			{ name: words.asSvg, does: () => saveSvg(`chainrule-${name}`, picture()), id: "svg" },
			{ name: words.asPng, does: () => void savePng(`chainrule-${name}`, picture()), id: "png" },
		],
		{ class: "menu small", "data-picture": name },
	);
}

/** A menu with a word on its button. */
export function wordMenu(title: Word, entries: readonly Entry[], attributes: Record<string, string> = {}): HTMLElement {
	return dropdown(html("span", {}, text(title)), title, entries, attributes);
}
