/** A scene on the page: what to look for, links to its variants, and the comparison. */
import { formulaLatex } from "../../../src/symbolic/latex.js";
import { readClaim, readProblem } from "../../../src/symbolic/notation.js";
import { html } from "../../explorer/page/dom.js";
import { numberText } from "../../explorer/text.js";
import { readExpression } from "../expression/computation.js";
import { verdictWords } from "../expression/words.js";
import { typeset } from "../typeset.js";
import { act } from "../widgets.js";
import { label, text, type Word } from "../words.js";
import { chart, seriesClass, sparkline } from "./chart.js";
import { landscape } from "./landscape.js";
import { type Run, type Runs, Stopped } from "./runs.js";
import {
	addressOf,
	type ClaimVariant,
	type DescentScene,
	linkOf,
	type Measure,
	type Scene,
	type TrainedScene,
} from "./scenes.js";
import { afterSteps, chartWord, openAfter, words } from "./words.js";

/** A scene on the page. */
export interface Card {
	readonly element: HTMLElement;
	/** It is seen for the first time: draws what takes time. */
	readonly seen: () => void;
	/** Shows or hides the comparison. */
	readonly compare: (shown: boolean) => void;
}

/** Makes the card; `compared` is told when the reader wants the comparison shown or hidden. */
export function cardOf(scene: Scene, runs: Runs, compared: (shown: boolean) => void): Card {
	const heading = html("h3", {}, text(scene.title));
	const element = html(
		"article",
		{ class: `card scene`, id: `scene-${scene.id}` },
		heading,
		html("p", {}, text(scene.text)),
	);
	const variants = html("ul", { class: "variants" }, ...scene.variants.map((variant, at) => row(scene, variant, at)));
	if (scene.kind === "claim") {
		element.append(variants);
		return { element, seen: () => {}, compare: () => {} };
	}
	const picture = html("div", { class: scene.kind === "descent" ? "picture tall" : "picture" });
	heading.after(picture);
	element.append(variants);
	if (scene.kind === "descent") return { element, seen: once(() => drawLandscapes(picture, scene)), compare: () => {} };
	picture.append(sparkline([], scene.scale, 300, 64));
	return { element, ...comparing(scene, runs, picture, element, compared) };
}

function once(does: () => void): () => void {
	let done = false;
	return () => {
		if (!done) does();
		done = true;
	};
}

// --------------------------------------------------------------- variants

function row(scene: Scene, variant: Scene["variants"][number], at: number): HTMLElement {
	const link = html("a", { href: linkOf(scene, variant) }, text(variant.name));
	if (scene.kind !== "claim") return html("li", {}, swatch(at), link);
	const { state, verdicts } = variant as ClaimVariant;
	const written = state.claim.split("\n");
	return html(
		"li",
		{ class: "assertion" },
		link,
		...latexOf(state).map((latex, index) => {
			const equality = html("div", { class: "formula scroll" }, html("code", {}, written[index]?.trim() ?? ""));
			void typeset(equality, latex, true);
			return html("div", { class: "equality" }, equality, badge(verdicts[index] as ClaimVariant["verdicts"][0]));
		}),
	);
}

/** The lines of a derivation in LaTeX: each an equality, or the next side of the one above. */
export function latexOf({ text: given, claim }: ClaimVariant["state"]): string[] {
	const notation = readProblem(readExpression(given).problem);
	return claim.split("\n").map((line) => {
		const goesOn = line.trim().startsWith("=");
		const { sides } = readClaim(goesOn ? `0 ${line}` : line, notation);
		const latex = sides.map(({ formula }) => formulaLatex(formula));
		return (goesOn ? ["", ...latex.slice(1)] : latex).join(" = ");
	});
}

/** The colour of a variant. */
function swatch(at: number): HTMLElement {
	return html("span", { class: `swatch ${seriesClass(at)}`, "aria-hidden": "true" });
}

function badge(verdict: ClaimVariant["verdicts"][number]): HTMLElement {
	const kind = { PROVEN: "good", REFUTED: "bad", "HOLDS ONLY IF": "half", UNDECIDED: "half" }[verdict];
	return html("span", { class: `badge ${kind}` }, text(verdictWords[verdict] as Word));
}

// -------------------------------------------------------------- landscapes

/** One picture for each descent. */
function drawLandscapes(picture: HTMLElement, { variants }: DescentScene): void {
	picture.append(...variants.map((variant, at) => landscape(variant, at, 110)));
}

// -------------------------------------------------------------- comparison

/** The losses of a scene: small at the top, and as a comparison below. */
function comparing(
	scene: TrainedScene,
	runs: Runs,
	picture: HTMLElement,
	element: HTMLElement,
	compared: (shown: boolean) => void,
): Pick<Card, "seen" | "compare"> {
	const { scale, steps, variants, title } = scene;
	const trained: (Run | undefined)[] = variants.map(() => undefined);
	let asked = false;
	let shown = false;

	const figure = label(
		html("div", { class: "chart", role: "img" }),
		"aria-label",
		chartWord(
			title,
			variants.map(({ name }) => name),
		),
	);
	const body = html("tbody");
	const status = html("p", { class: "faint", role: "status" });
	const wrong = html("p", { class: "wrong", role: "alert", hidden: true });
	const comparison = html(
		"div",
		{ class: "comparison", hidden: true },
		figure,
		status,
		wrong,
		html("div", { class: "scroll" }, html("table", {}, tableHead(scene), body)),
	);
	const toggle = act(words.compare, () => compared(!shown), { "aria-expanded": "false", class: "compare" });
	element.append(toggle, comparison);

	const draw = (): void => {
		const curves = trained.map((run) => run?.curve);
		picture.replaceChildren(sparkline(curves, scale, 300, 64));
		if (!shown) return;
		const done = trained.every((run) => run !== undefined);
		status.replaceChildren(...(done || !wrong.hidden ? [] : [text(words.comparing)]));
		const width = Math.round(figure.clientWidth);
		if (width > 0) figure.replaceChildren(chart(curves, scale, width));
		body.replaceChildren(...variants.map((variant, at) => tableRow(scene, variant, at, trained[at])));
	};
	new ResizeObserver(draw).observe(figure);

	const train = async (): Promise<void> => {
		if (asked) return;
		asked = true;
		wrong.hidden = true;
		try {
			for (const [at, { setup }] of variants.entries()) {
				trained[at] = await runs.run(setup, steps);
				draw();
			}
		} catch (error) {
			asked = false;
			if (error instanceof Stopped) return;
			wrong.replaceChildren(text(words.failed), ` ${error instanceof Error ? error.message : String(error)}`);
			wrong.hidden = false;
			draw();
		}
	};
	return {
		seen: () => void train(),
		compare: (next) => {
			shown = next;
			comparison.hidden = !next;
			element.classList.toggle("wide", next);
			toggle.setAttribute("aria-expanded", String(next));
			toggle.replaceChildren(text(next ? words.hide : words.compare));
			if (next) {
				draw();
				void train();
			}
		},
	};
}

function tableHead({ measures }: TrainedScene): HTMLElement {
	return html(
		"thead",
		{},
		html(
			"tr",
			{},
			html("th", { scope: "col" }, text(words.variant)),
			...measures.map(({ name }) => html("th", { scope: "col" }, text(name))),
			html("td", {}),
		),
	);
}

function tableRow(
	{ measures, steps }: TrainedScene,
	variant: TrainedScene["variants"][number],
	at: number,
	run: Run | undefined,
): HTMLElement {
	const after = label(
		html("a", { href: addressOf(variant, steps) }, text(afterSteps(steps))),
		"aria-label",
		openAfter(variant.name, steps),
	);
	return html(
		"tr",
		{},
		html("th", { scope: "row" }, swatch(at), text(variant.name)),
		...measures.map((measure) => html("td", {}, run === undefined ? "…" : measured(measure, run))),
		html("td", {}, after),
	);
}

function measured({ of, digits }: Measure, run: Run): string {
	const value = of(run);
	if (Number.isNaN(value)) return "NaN";
	if (digits === "percent") return `${numberText(100 * value, 3)} %`;
	if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(digits - 1).replaceAll("-", "−");
	return numberText(value, digits);
}
