/**
 * The graph of the expression: the explorer's picture and its camera, and below
 * them the way through the backward pass.
 *
 * While a slider moves, only numbers change and everything stays where it is.
 * When the text changes, boxes glide from where they were: laid out rank by rank
 * at once, and by Graphviz as soon as the Worker has an answer. The Worker is
 * started when the page has nothing else to do.
 */
import { layeredLayout } from "../../explorer/layered.js";
import type { Direction, ExplorerData, Layout, StepData } from "../../explorer/model.js";
import { cameraOf } from "../../explorer/page/camera.js";
import { html, svg } from "../../explorer/page/dom.js";
import { drawingOf } from "../../explorer/page/drawing.js";
import { layoutsBy } from "../../explorer/page/layouts.js";
import { completeAt, type Pass, passOf } from "../../explorer/page/pass.js";
import { labelled, type View, viewOf } from "../../explorer/view.js";
import { act } from "../widgets.js";
import { label, onLanguage, spoken, type Word } from "../words.js";
import type { Measured } from "./computation.js";
import { isSameGraph, isSamePass, matchesOf } from "./sameness.js";
import { sentenceOf, spokenNodeOf, stepView } from "./step.js";
import { words } from "./words.js";

/** The graph. */
export interface Picture {
	/** The picture, and the way through the pass. */
	readonly stage: HTMLElement;
	readonly transport: HTMLElement;
	/** Shows a computation, or the same at other values. */
	readonly show: (measured: Measured) => void;
	/** Marks a node by its name. */
	readonly select: (name: string | undefined) => void;
	/** Stops what plays. */
	readonly rest: () => void;
}

/** Milliseconds that a step stays while it plays, and that a picture waits for Graphviz before it is laid out without. */
const times = { step: 1_100, patience: 160 } as const;

/** The graph; `selected` hears the node that was clicked, its name or `undefined` for one without. */
export function pictureOf(selected: (name: string | undefined) => void): Picture {
	const world = svg("g");
	const graph = label(
		svg(
			"svg",
			{ class: "graph", role: "group", tabindex: 0 },
			svg("defs", {}, marker("arrow", "head", 8, 7.4), marker("arrow-back", "head-back", 10, 0.6)),
			world,
		),
		"aria-label",
		words.picture,
	);
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	const isActive = (): boolean => graph.contains(document.activeElement);
	const camera = cameraOf(
		graph,
		world,
		() => calm.matches,
		(event) => event.ctrlKey || isActive(),
	);
	const open = new Set([0]);

	let data: ExplorerData | undefined;
	let pass: Pass = { steps: [], to: new Map(), by: new Map() };
	let layout: Layout | undefined;
	let view: View | undefined;
	/** After how many steps the pass is shown; the last one stays the last one. */
	let done = 0;
	let atEnd = true;
	let chosen: string | undefined;
	let playing = 0;

	const drawing = drawingOf(
		{ title: "", target: "", nodes: [], scopes: [], operations: [], formulas: [], runs: [], open: [], layout: none },
		world,
		{
			onSelect: ({ index }) => {
				if (!graph.classList.contains("dragged")) choose(index);
			},
			onToggle: () => {},
			onHover: (nodes) => drawing.light(nodes),
		},
		{ none: () => spoken(words.none), notYet: () => spoken(words.notYet), node: spokenNodeOf },
	);

	// ------------------------------------------------------------- layout

	const ask = layoutsBy(
		() =>
			new Promise<Worker>((start) => {
				whenIdle(() => start(new Worker(new URL("./layout.js", import.meta.url), { type: "module" })));
			}),
	);
	const direction = (): Direction => (graph.clientWidth < 560 ? "down" : "right");
	/** The turn of the last change of structure: what comes for an earlier one is late. */
	let turn = 0;

	const put = (next: Layout, glide: boolean): void => {
		if (view === undefined) return;
		layout = next;
		drawing.draw(view, next, glide && !calm.matches && view.items.length <= 500);
		drawing.select(idOf(chosen));
		camera.fit(next.width, next.height, glide);
	};
	const arrange = async (glide: boolean): Promise<void> => {
		if (data === undefined) return;
		const mine = ++turn;
		const wanted = viewOf(data, open);
		view = wanted;
		const lies = direction();
		let isDrawn = false;
		const without = (): void => {
			if (mine !== turn || isDrawn) return;
			put(layeredLayout(wanted, lies), glide);
			isDrawn = true;
		};
		// Something is there at once; once Graphviz runs it is as fast.
		if (layout === undefined || !isReady) without();
		else setTimeout(without, times.patience);
		const laid = await ask(wanted, lies, labelled(data, wanted)).catch(() => undefined);
		isReady = true;
		if (laid === undefined || mine !== turn) return without();
		put(laid, isDrawn || glide);
		isDrawn = true;
	};
	let isReady = false;
	new ResizeObserver(() => {
		if (layout === undefined || graph.clientWidth === 0) return;
		if (direction() !== layout.direction) void arrange(false);
		else camera.fit(layout.width, layout.height, false);
	}).observe(graph);

	// ----------------------------------------------------------- selecting

	const idOf = (name: string | undefined): string | undefined => {
		const index = data?.nodes.findIndex((node) => node.named && node.label === name) ?? -1;
		return name === undefined || index < 0 ? undefined : `n${index}`;
	};
	const choose = (index: number): void => {
		const node = data?.nodes[index];
		if (node === undefined) return;
		chosen = node.named ? node.label : undefined;
		drawing.select(`n${index}`);
		if (node.kind !== "constant") selected(chosen);
	};
	const walk = (count: number): void => {
		const { items } = drawing.view();
		const at = items.findIndex(({ id }) => world.querySelector(".item.selected")?.getAttribute("data-id") === id);
		const next = items[at < 0 ? (count > 0 ? 0 : items.length - 1) : (at + count + items.length) % items.length];
		if (next === undefined) return;
		choose(next.index);
		const [x, y] = drawing.placeOf(next.id) ?? [0, 0];
		camera.reveal(x - 60, y - 30, x + 60, y + 30);
		drawing.focus(next.id);
	};
	const complete = (): void => {
		const id = world.querySelector(".item.selected")?.getAttribute("data-id");
		const at = id ? completeAt(pass, Number(id.slice(1))) : undefined;
		if (at !== undefined) goTo(at);
	};

	// ------------------------------------------------------------ stepping

	const buttons = {
		first: control("M4 4h2v12H4zM16 4v12L7 10z", words.first, () => goTo(0)),
		back: control("M9.5 4.5L4 10l5.5 5.5M4.5 10H17", words.back, () => goTo(done - 1), "line"),
		play: control("M6 3.5v13l10.5-6.5z", words.play, () => play(playing === 0), "paused"),
		forth: control("M10.5 4.5L16 10l-5.5 5.5M15.5 10H3", words.forth, () => goTo(done + 1), "line"),
		last: control("M14 4h2v12h-2zM4 4v12l9-6z", words.last, () => goTo(Number.POSITIVE_INFINITY)),
	};
	buttons.play.querySelector("svg")?.append(svg("path", { class: "playing", d: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z" }));
	buttons.play.classList.add("main");
	const position = label(
		html("input", { type: "range", class: "position", min: 0, value: 0 }),
		"aria-label",
		words.step,
	);
	position.addEventListener("input", () => goTo(Number(position.value)));
	const count = html("output", { class: "count", "aria-live": "off" });
	const card = html("div", { class: "step-place" });
	const live = html("p", { class: "unseen", role: "status", "aria-live": "polite" });

	/** Shows where the pass stands. */
	const mark = (): void => {
		if (data === undefined) return;
		const most = pass.steps.length;
		drawing.mark(pass, 0, done);
		card.replaceChildren(stepView(data, pass, done));
		position.max = String(most);
		position.value = String(done);
		position.setAttribute("aria-valuetext", `${done} / ${most}`);
		count.textContent = `${done} / ${most}`;
		for (const button of [buttons.first, buttons.back]) button.disabled = done === 0;
		for (const button of [buttons.forth, buttons.last]) button.disabled = done === most;
		buttons.play.disabled = most === 0;
	};
	const move = (to: number): void => {
		done = Math.max(0, Math.min(pass.steps.length, to));
		atEnd = done === pass.steps.length;
		mark();
		const step = pass.steps[done - 1];
		live.textContent = data && step ? `${done}: ${sentenceOf(data, step)}` : spoken(words.before);
		if (step) keepInView(step);
	};
	const goTo = (to: number): void => {
		play(false);
		move(to);
	};
	const keepInView = ({ from, to }: StepData): void => {
		const boxes = [from, to].flatMap((node) => {
			const item = drawing.view().items[drawing.view().standsFor[node] ?? -1];
			const place = item && drawing.placeOf(item.id);
			return item && place ? [{ x: place[0], y: place[1], w: item.width / 2, h: item.height / 2 }] : [];
		});
		if (boxes.length === 0) return;
		camera.reveal(
			Math.min(...boxes.map(({ x, w }) => x - w)),
			Math.min(...boxes.map(({ y, h }) => y - h)),
			Math.max(...boxes.map(({ x, w }) => x + w)),
			Math.max(...boxes.map(({ y, h }) => y + h)),
		);
	};
	const play = (on: boolean): void => {
		clearInterval(playing);
		playing = 0;
		transport.classList.toggle("is-playing", on);
		label(buttons.play, "aria-label", on ? words.pause : words.play);
		label(buttons.play, "title", on ? words.pause : words.play);
		if (!on) return;
		if (done === pass.steps.length) move(0);
		playing = window.setInterval(() => {
			move(done + 1);
			if (atEnd) play(false);
		}, times.step);
	};

	const transport = label(
		html(
			"div",
			{ class: "transport", role: "group" },
			html(
				"div",
				{ class: "transport-row" },
				html("div", { class: "buttons" }, ...Object.values(buttons)),
				position,
				count,
			),
			card,
			live,
		),
		"aria-label",
		words.transport,
	);

	// ---------------------------------------------------------------- keys

	const keys: Readonly<Record<string, () => void>> = {
		ArrowRight: () => goTo(done + 1),
		ArrowLeft: () => goTo(done - 1),
		Home: () => goTo(0),
		End: () => goTo(Number.POSITIVE_INFINITY),
		ArrowDown: () => walk(1),
		ArrowUp: () => walk(-1),
		" ": () => play(playing === 0),
		Enter: complete,
		"+": () => camera.zoom(1.35),
		"=": () => camera.zoom(1.35),
		"-": () => camera.zoom(1 / 1.35),
		"0": () => layout && camera.fit(layout.width, layout.height),
	};
	graph.addEventListener("keydown", (event) => {
		const { key, ctrlKey, altKey, metaKey } = event;
		const press = ctrlKey || altKey || metaKey || !Object.hasOwn(keys, key) ? undefined : keys[key];
		if (press === undefined) return;
		event.preventDefault();
		press();
	});

	const stage = html(
		"div",
		{ class: "stage" },
		graph,
		html(
			"div",
			{ class: "zoom" },
			label(
				act({ en: "+", ko: "+" }, () => camera.zoom(1.35)),
				"aria-label",
				words.zoomIn,
			),
			label(
				act({ en: "−", ko: "−" }, () => camera.zoom(1 / 1.35)),
				"aria-label",
				words.zoomOut,
			),
			label(
				act(words.fitShort, () => layout && camera.fit(layout.width, layout.height)),
				"title",
				words.fit,
			),
		),
	);
	const setCalm = (): void => {
		stage.classList.toggle("calm", calm.matches);
	};
	calm.addEventListener("change", setCalm);
	setCalm();
	onLanguage(stage, () => {
		if (data === undefined) return;
		drawing.renew(data);
		mark();
	});

	return {
		stage,
		transport,
		show({ data: next }) {
			const before = data;
			const isSame = before !== undefined && isSameGraph(before, next);
			data = next;
			pass = passOf(next.runs[0] ?? { name: "", steps: [] });
			done = atEnd ? pass.steps.length : Math.min(done, pass.steps.length);
			if (!isSame) {
				play(false);
				drawing.renew(next, before === undefined ? undefined : matchesOf(before, next));
				mark();
				void arrange(before !== undefined);
				return;
			}
			drawing.renew(next);
			mark();
			// A branch not taken sends nothing back: other lines are drawn, and nothing moves.
			if (!isSamePass(before, next) && view && layout) drawing.draw(view, layout, false);
		},
		select(name) {
			if (name === chosen) return;
			chosen = name;
			drawing.select(idOf(name));
		},
		rest: () => play(false),
	};
}

const none: Layout = { direction: "right", width: 0, height: 0, places: [], frames: [], paths: [] };

function marker(id: string, kind: string, size: number, at: number): SVGMarkerElement {
	const d = size === 8 ? "M0.5,0.8L7.5,4L0.5,7.2z" : "M9.5,0.8L0.5,5L9.5,9.2z";
	return svg(
		"marker",
		{
			id,
			viewBox: `0 0 ${size} ${size}`,
			refX: at,
			refY: size / 2,
			markerWidth: size,
			markerHeight: size,
			markerUnits: "userSpaceOnUse",
			orient: "auto",
		},
		svg("path", { class: kind, d }),
	);
}

/** A button with a sign. */
function control(d: string, name: Word, does: () => void, kind = ""): HTMLButtonElement {
	const made = html(
		"button",
		{ type: "button" },
		svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d, class: kind })),
	);
	made.addEventListener("click", does);
	return label(label(made, "aria-label", name), "title", name);
}

function whenIdle(does: () => void): void {
	if ("requestIdleCallback" in globalThis) requestIdleCallback(() => does(), { timeout: 1_500 });
	else setTimeout(does, 300);
}
