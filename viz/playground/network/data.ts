/**
 * What is learnt: the set of data, how many points with how much noise, which
 * part is kept for testing, and the reader's own table.
 */
import { html } from "../../explorer/page/dom.js";
import { type DataSet, dataSets, type NumberName, ranges, type Setup } from "../setup.js";
import type { Control } from "../widgets.js";
import { act, numeric, slider, tick, typed } from "../widgets.js";
import { label, text, type Word } from "../words.js";
import { sign } from "./signs.js";
import { thumbnail } from "./thumbnails.js";
import { dataWords, words } from "./words.js";

/** What is asked for. */
export interface DataEvents {
	readonly choose: (next: Partial<Setup>) => void;
	/** The points that are seen become the reader's own. */
	readonly take: () => void;
	readonly refuse: (what: Word) => void;
}

/** Controls of a part of the setup. */
export interface Controls {
	readonly element: HTMLElement;
	readonly show: (setup: Setup) => void;
	/** Says what is wrong with an entry, at its control; false where it is none of these. */
	readonly complain: (field: keyof Setup, what: string | undefined) => boolean;
}

/** Says a complaint where its control is. */
export function complainAt(
	controls: Partial<Record<keyof Setup, Pick<Control<never>, "complain">>>,
): Controls["complain"] {
	return (field, what) => {
		const control = controls[field];
		control?.complain(what);
		return control !== undefined;
	};
}

/** Milliseconds after the last key until what is typed is taken. */
const typingPause = 350;

/** Calls `does` with the last of several values, when they no longer follow each other. */
export function afterTyping<Value>(does: (value: Value) => void): (value: Value) => void {
	let waiting = 0;
	return (value) => {
		clearTimeout(waiting);
		waiting = window.setTimeout(() => does(value), typingPause);
	};
}

/** No file is read that is larger. */
const largestFile = 4_000_000;

/** Makes them. */
export function dataControls(events: DataEvents): Controls & { readonly repaint: () => void } {
	const { choose } = events;
	let shown: Setup | undefined;

	// -------------------------------------------------------------------- sets

	const pictures = new Map<Exclude<DataSet, "own">, HTMLImageElement>();
	const cards = dataSets.map((name) => {
		const picture = html("img", { alt: "", width: 46, height: 46 });
		if (name !== "own") pictures.set(name, picture);
		const card = html(
			"button",
			{ type: "button", class: "set", "data-set": name, "aria-pressed": "false" },
			name === "own" ? html("span", { class: "own-sign" }, sign("draw")) : picture,
			html("span", {}, text(dataWords[name])),
		);
		card.addEventListener("click", () => choose({ data: name }));
		return card;
	});
	const sets = label(html("div", { class: "sets", role: "group" }, ...cards), "aria-label", words.dataSet);
	let painted = "";
	function repaint(): void {
		if (shown === undefined) return;
		for (const [name, picture] of pictures)
			thumbnail(name, shown).then(
				(address) => {
					picture.src = address;
				},
				() => {}, // a target that cannot be read is told of at its field
			);
	}

	// ----------------------------------------------------------------- numbers

	const change = (name: NumberName) => (value: number) => choose({ [name]: value });
	const samples = numeric(words.samples, ranges.samples, change("samples"));
	const noise = slider(words.noise, { ...ranges.noise, high: 0.5 }, afterTyping(change("noise")));
	const classes = numeric(words.classes, ranges.classes, change("classes"));
	const test = slider(words.testPart, ranges.test, afterTyping(change("test")));
	const seed = numeric(words.dataSeed, ranges.dataSeed, change("dataSeed"));
	const scaled = tick(words.scaled, (on) => choose({ scaled: on }));
	const target = typed(
		words.target,
		{},
		afterTyping((written: string) => choose({ target: written })),
	);

	// --------------------------------------------------------------- own table

	const table = typed(
		words.table,
		{ rows: 6, placeholder: words.tablePlaceholder },
		afterTyping((written: string) => choose({ own: written })),
	);
	const file = html("input", {
		type: "file",
		accept: ".csv,.tsv,.txt,text/csv,text/plain",
		class: "unseen",
		tabindex: -1,
	});
	const read = (given: File | undefined): void => {
		if (given === undefined) return;
		if (given.size > largestFile) {
			events.refuse(words.fileTooLarge);
			return;
		}
		given
			.text()
			.then((written) => choose({ data: "own", own: written }))
			.catch(() => events.refuse(words.fileUnreadable));
	};
	file.addEventListener("change", () => {
		read(file.files?.[0]);
		file.value = "";
	});
	label(file, "aria-label", words.chooseFile);
	const open = act(words.chooseFile, () => file.click(), { class: "small" });
	const own = html(
		"div",
		{ class: "own" },
		html("p", { class: "faint small-text" }, text(words.ownSays)),
		table.element,
		html("div", { class: "row" }, open, file),
	);
	const take = act(words.takePoints, events.take, { class: "small", "data-do": "take" });
	const element = html(
		"section",
		{ class: "card controls data" },
		html("h2", {}, text(words.data)),
		sets,
		target.element,
		own,
		samples.element,
		noise.element,
		classes.element,
		test.element,
		seed.element,
		scaled.element,
		take,
	);
	element.addEventListener("dragover", (event) => {
		if (!event.dataTransfer?.types.includes("Files")) return;
		event.preventDefault();
		element.classList.add("dropping");
	});
	element.addEventListener("dragleave", () => element.classList.remove("dropping"));
	element.addEventListener("drop", (event) => {
		event.preventDefault();
		element.classList.remove("dropping");
		read(event.dataTransfer?.files[0]);
	});

	return {
		element,
		repaint,
		show: (setup) => {
			shown = setup;
			for (const card of cards) card.setAttribute("aria-pressed", String(card.dataset.set === setup.data));
			const isOwn = setup.data === "own";
			own.hidden = !isOwn;
			target.element.hidden = setup.data !== "function";
			for (const { element: one } of [samples, noise, seed]) one.hidden = isOwn;
			seed.element.hidden = isOwn && setup.test === 0;
			classes.element.hidden = setup.data !== "spirals" && setup.data !== "blobs";
			take.hidden = isOwn;
			samples.show(setup.samples);
			noise.show(setup.noise);
			classes.show(setup.classes);
			test.show(setup.test);
			seed.show(setup.dataSeed);
			scaled.show(setup.scaled);
			target.show(setup.target);
			table.show(setup.own);
			const wanted = `${setup.classes} ${setup.target}`;
			if (wanted !== painted) {
				painted = wanted;
				repaint();
			}
		},
		complain: complainAt({
			samples,
			noise,
			classes,
			test,
			dataSeed: seed,
			scaled,
			target,
			own: table,
			data: { complain: (what) => table.complain(what) },
		}),
	};
}
