/**
 * The scenes: experiments of the lecture notes, each a link to the bench where
 * it can be changed. The address holds which comparisons are shown.
 */
import { html } from "../../explorer/page/dom.js";
import type { Bench, Shell } from "../bench.js";
import { label, text } from "../words.js";
import { type Card, cardOf } from "./card.js";
import { runsOn, type Trainer } from "./runs.js";
import { noteName, notes, scenes } from "./scenes.js";
import { words } from "./words.js";

/** Makes the bench. */
export function scenesBench(shell: Shell): Bench {
	const runs = runsOn(() => new Worker(new URL("./training.js", import.meta.url), { type: "module" }) as Trainer);
	const shown = new Set<string>();

	const cards = new Map<string, Card>(
		scenes.map((scene) => {
			const compared = (on: boolean): void => {
				if (on) shown.add(scene.id);
				else shown.delete(scene.id);
				cards.get(scene.id)?.compare(on);
				shell.remember(new URLSearchParams(shown.size === 0 ? [] : [["show", [...shown].join()]]));
			};
			return [scene.id, cardOf(scene, runs, compared)];
		}),
	);
	const contents = label(
		html(
			"nav",
			{ class: "contents" },
			...notes.map((note) => html("a", { href: `#scenes?note=${note}` }, text(noteName(note)))),
		),
		"aria-label",
		words.contents,
	);
	const sections = new Map(
		notes.map((note) => {
			const inside = scenes.filter((scene) => scene.note === note).map(({ id }) => cards.get(id)?.element);
			const heading = html("h2", { tabindex: -1 }, text(noteName(note)));
			return [note as string, html("section", {}, heading, html("div", { class: "cards" }, ...inside))];
		}),
	);
	const element = html(
		"div",
		{ class: "scenes" },
		html("p", { class: "intro" }, text(words.intro)),
		contents,
		...sections.values(),
	);

	// What takes time is drawn when it is looked at.
	const looked = new IntersectionObserver(
		(entries) => {
			for (const { isIntersecting, target } of entries)
				if (isIntersecting) cards.get(target.id.replace("scene-", ""))?.seen();
		},
		{ rootMargin: "80px" },
	);
	for (const card of cards.values()) looked.observe(card.element);

	return {
		element,
		open: (parameters) => {
			const wanted = (parameters.get("show") ?? "").split(",").filter((id) => id !== "");
			if (wanted.some((id) => !cards.has(id))) shell.notice(words.unknown, "alert");
			shown.clear();
			for (const id of wanted) if (cards.has(id)) shown.add(id);
			for (const [id, card] of cards) card.compare(shown.has(id));
			const section = sections.get(parameters.get("note") ?? "");
			const [first] = shown;
			const place = section ?? (first === undefined ? undefined : cards.get(first)?.element);
			// The page scrolls to its top first.
			if (place !== undefined) requestAnimationFrame(() => place.scrollIntoView({ block: "start" }));
			section?.querySelector("h2")?.focus({ preventScroll: true });
		},
		close: () => runs.stop(),
	};
}
