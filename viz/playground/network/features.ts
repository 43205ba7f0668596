/** What the network reads: features to be switched on and off, and any formula besides. */
import { html } from "../../explorer/page/dom.js";
import { limits, type Setup } from "../setup.js";
import { act, typed } from "../widgets.js";
import { label, text, type Word } from "../words.js";
import type { Controls } from "./data.js";
import { handsome } from "./diagram.js";
import { sign } from "./signs.js";
import { words } from "./words.js";

/** Those that a click switches on and off, of the first two inputs. */
const usual = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"] as const;

/** Makes the controls. */
export function featureControls(
	choose: (next: Partial<Setup>) => void,
	refuse: (what: Word) => void,
): Controls & { readonly inputs: (names: readonly string[]) => void } {
	let chosen: readonly string[] = [];
	let inputs: readonly string[] = ["x1", "x2"];
	const chips = label(html("div", { class: "chips", role: "group" }), "aria-label", words.features);
	const field = typed(words.addFeature, { unseen: true, placeholder: words.featureExample }, () =>
		field.complain(undefined),
	);
	const add = (): void => {
		const written = field.input.value.trim();
		if (written === "") return;
		if (chosen.includes(written)) refuse(words.featureThere);
		else if (chosen.length >= limits.features) refuse(words.featuresFull);
		else {
			field.show("");
			choose({ features: [...chosen, written] });
		}
	};
	field.input.addEventListener("keydown", (event) => {
		if ((event as KeyboardEvent).key !== "Enter") return;
		event.preventDefault();
		add();
	});
	const plus = act(words.addFeature, add, { class: "small square" });
	plus.replaceChildren(sign("plus"));
	label(plus, "aria-label", words.addFeature);

	const offered = (): readonly string[] => {
		const more = Array.from({ length: Math.max(0, inputs.length - 2) }, (_, at) => `x${at + 3}`);
		const fixed = inputs.length < 2 ? usual.filter((one) => !one.includes("x2")) : usual;
		return [...fixed, ...more, ...chosen.filter((one) => !fixed.includes(one as never) && !more.includes(one))];
	};
	function draw(): void {
		const known = new Map([...chips.children].map((chip) => [(chip as HTMLElement).dataset.feature ?? "", chip]));
		const wanted = offered().map((feature) => {
			const there = known.get(feature);
			const chip =
				there ?? html("button", { type: "button", class: "feature", "data-feature": feature }, handsome(feature));
			if (there === undefined) {
				chip.setAttribute("title", feature);
				chip.addEventListener("click", () => toggle(feature));
			}
			chip.setAttribute("aria-pressed", String(chosen.includes(feature)));
			return chip;
		});
		for (const [at, chip] of wanted.entries())
			if (chips.children[at] !== chip) chips.insertBefore(chip, chips.children[at] ?? null);
		while (chips.children.length > wanted.length) chips.lastElementChild?.remove();
	}
	/** The usual ones keep their order, the others follow as they were typed. */
	function toggle(feature: string): void {
		if (!chosen.includes(feature)) {
			const order = offered();
			const next = [...chosen, feature].sort((a, b) => order.indexOf(a) - order.indexOf(b));
			if (next.length > limits.features) refuse(words.featuresFull);
			else choose({ features: next });
		} else if (chosen.length > 1) choose({ features: chosen.filter((one) => one !== feature) });
		else refuse(words.lastFeature);
	}
	const element = html(
		"div",
		{ class: "feature-row" },
		html("span", { class: "what" }, text(words.features)),
		chips,
		html("div", { class: "adding" }, field.element, plus),
	);
	return {
		element,
		inputs: (names) => {
			inputs = names;
			draw();
		},
		show: (setup) => {
			chosen = setup.features;
			draw();
		},
		complain: (name, what) => {
			if (name !== "features") return false;
			field.complain(what);
			return true;
		},
	};
}
