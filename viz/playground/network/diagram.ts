/**
 * The network: every unit a small picture of what it computes, every link as
 * thick as its weight, or, the other way round, as its gradient.
 *
 * Of two wide layers not all links are drawn, but the strongest, and all of the
 * unit that is pointed at. The units are buttons that lie over the picture, so
 * that they can be reached by keys and are named to those who hear them.
 */
import { html } from "../../explorer/page/dom.js";
import { limits, type OutputName, outputs, type Setup } from "../setup.js";
import type { Frame, LayerFrame, Opened } from "../training/protocol.js";
import { act, menu, readNumber } from "../widgets.js";
import { label, onLanguage, spoken, text, type Word } from "../words.js";
import { type Arrangement, arrange, heightOfBow, type Link, threshold } from "./arrangement.js";
import { onWhitePaper, type Palette, palette } from "./colours.js";
import { takeaway } from "./menus.js";
import { type Pen, sheet, svgPen } from "./pen.js";
import { largest, raster, shade } from "./raster.js";
import { sign } from "./signs.js";
import type { UnitName } from "./surface.js";
import { powerOfTen, short } from "./ticks.js";
import { activationWords, classWord, layerWord, linkWord, outputWords, thinnedWord, unitWord, words } from "./words.js";

/** What the reader does with it. */
export interface DiagramEvents {
	readonly choose: (next: Partial<Setup>) => void;
	/** A unit is pointed at; `undefined` when none is any more. */
	readonly look: (unit: UnitName | undefined) => void;
}

/** The diagram. */
export interface Diagram {
	readonly element: HTMLElement;
	/** Where the controls of the features go. */
	readonly head: HTMLElement;
	readonly show: (setup: Setup) => void;
	readonly complain: (field: "layers" | "output", what: string | undefined) => void;
	readonly open: (opened: Opened, setup: Setup) => void;
	readonly draw: (frame: Frame) => void;
	readonly repaint: () => void;
	readonly picture: () => string;
}

/** What links show. */
type View = "weights" | "gradients";

/** Gradients from 10^low to 10^high are told apart by the links. */
const exponents = { low: -7, high: 0 } as const;
/** So many links are drawn between two layers. */
const mostLinks = 400;
/** Letters of the name of a feature. */
const longestName = 8;

/** How close columns stand: the width of their controls, what is kept free between two, and the largest cell. */
interface Density {
	readonly heading: number;
	readonly gap: number;
	readonly most: number;
}

/** From roomy to tight. */
const densities: readonly [Density, Density, Density] = [
	{ heading: 88, gap: 16, most: Number.POSITIVE_INFINITY },
	{ heading: 69, gap: 10, most: Number.POSITIVE_INFINITY },
	{ heading: 57, gap: 4, most: 34 },
];

/** Makes it. */
export function diagram(events: DiagramEvents): Diagram {
	const canvas = sheet({ "aria-hidden": "true" });
	const buttons = html("div", { class: "units", role: "group" });
	const heads = html("div", { class: "heads" });
	const net = html("div", { class: "net" }, canvas.canvas, heads, buttons);
	const scroller = html("div", { class: "scroll" }, net);
	const readout = html("p", { class: "readout" });
	const head = html("div", { class: "features" });
	const complaint = html("p", { class: "wrong", role: "alert", hidden: true });
	label(buttons, "aria-label", words.units);

	let view: View = "weights";
	const views = html("div", { class: "switch", role: "group" });
	label(views, "aria-label", words.linksShow);
	for (const [one, word] of [
		["weights", words.weights],
		["gradients", words.gradients],
	] as const) {
		const choice = act(
			word,
			() => {
				view = one;
				for (const other of views.children) other.setAttribute("aria-pressed", String(other === choice));
				repaint();
				tell();
			},
			{ "aria-pressed": String(one === view), "data-view": one },
		);
		views.append(choice);
	}

	// ------------------------------------------------------- controls of layers

	let chosen: Setup | undefined;
	const count = html("span", { class: "count" });
	const layers = (): Setup["layers"] => chosen?.layers ?? [];
	const fewer = stepper("minus", words.removeLayer, () => events.choose({ layers: layers().slice(0, -1) }));
	const more = stepper("plus", words.addLayer, () =>
		events.choose({ layers: [...layers(), layers().at(-1) ?? { units: 4, activation: "tanh" }] }),
	);
	const outputMenu = menu<OutputName>(
		words.outputActivation,
		outputs.map((name) => [name, outputWords[name]] as const),
		(output) => events.choose({ output }),
	);
	outputMenu.element.classList.add("bare");
	const outputHead = html(
		"div",
		{ class: "column" },
		html("span", { class: "what" }, text(words.outputLayer)),
		outputMenu.element,
	);
	const featureHead = html("div", { class: "column" }, html("span", { class: "what" }, text(words.features)));
	const columns: LayerHead[] = [];

	function showLayers(): void {
		const { length } = layers();
		while (columns.length > length) columns.pop()?.element.remove();
		while (columns.length < length) {
			const at = columns.length;
			const change = (next: Partial<Setup["layers"][number]>): void =>
				events.choose({ layers: layers().map((layer, index) => (index === at ? { ...layer, ...next } : layer)) });
			columns.push(layerHead(at, change));
		}
		for (const [at, column] of columns.entries()) column.show(layers()[at] as Setup["layers"][number]);
		const wanted = [featureHead, ...columns.map(({ element }) => element), outputHead];
		// Only what is new is put in: what has the focus keeps it.
		for (const [at, one] of wanted.entries())
			if (heads.children[at] !== one) heads.insertBefore(one, heads.children[at] ?? null);
		count.replaceChildren(text(layerWord(length)));
		fewer.disabled = length === 0;
		more.disabled = length >= limits.layers;
	}

	// ------------------------------------------------------------------- layout

	let opened: Opened | undefined;
	let names: readonly string[] = [];
	let frame: Frame | undefined;
	let width = 0;
	let lying: Arrangement | undefined;
	const roomRight = (): number => (opened !== undefined && opened.points.classes > 2 ? 64 : 14);

	/** For the names of features, which end beside their cells. */
	const roomForNames = (): number =>
		14 + Math.ceil(6.2 * names.reduce((most, name) => Math.max(most, fitting(name, longestName).length), 0));

	/** How close all lies now: as roomy as fits, or close enough to read where the reader has to scroll anyway. */
	let density: Density = densities[0];
	const laidOut = (across: number, { heading, gap, most }: Density): Arrangement =>
		arrange(opened?.sizes ?? [1, 1], across, {
			left: Math.max(heading === densities[0].heading ? 46 : 24, roomForNames()),
			right: roomRight(),
			top: 78,
			bottom: 10,
			heading,
			first: heading === densities[0].heading ? 50 : 0,
			gap,
			most,
		});
	const laidOutForPicture = (): Arrangement =>
		arrange(opened?.sizes ?? [1, 1], Math.max(560, Math.min(width, 900)), {
			left: 76,
			right: roomRight(),
			top: 44,
			bottom: 16,
			heading: 60,
			first: 60,
			gap: 16,
			most: Number.POSITIVE_INFINITY,
		});

	function layOut(): void {
		if (opened === undefined || width === 0) return;
		density = densities.find((one) => laidOut(width, one).width <= width) ?? densities[1];
		lying = laidOut(width, density);
		net.classList.toggle("close", density !== densities[0]);
		net.classList.toggle("tight", density === densities[2]);
		net.style.width = `${lying.width}px`;
		net.style.height = `${lying.height}px`;
		const { heading } = density;
		for (const [at, { x, right }] of lying.columns.entries()) {
			const one = heads.children[at] as HTMLElement | undefined;
			if (one === undefined) continue;
			// The word over the features goes to the left, where their names are.
			one.style.left = `${Math.max(0, at === 0 ? Math.min(x - heading / 2, right - heading) : x - heading / 2)}px`;
			one.style.width = `${heading}px`;
		}
		placeUnits();
	}

	/** A button over every unit; one of them is reached by Tab, the others from there by arrows. */
	function placeUnits(): void {
		if (lying === undefined || opened === undefined) return;
		const { columns: places, cell } = lying;
		const total = opened.sizes.reduce((a, b) => a + b, 0);
		while (buttons.children.length > total) buttons.lastElementChild?.remove();
		while (buttons.children.length < total)
			buttons.append(html("button", { type: "button", class: "unit", tabindex: -1 }));
		let at = 0;
		for (const [layer, { cells }] of places.entries())
			for (const [unit, { x, y }] of cells.entries()) {
				const one = buttons.children[at++] as HTMLButtonElement;
				one.style.left = `${x - cell / 2}px`;
				one.style.top = `${y - cell / 2}px`;
				one.style.width = `${cell}px`;
				one.style.height = `${cell}px`;
				one.dataset.layer = String(layer);
				one.dataset.unit = String(unit);
				label(one, "aria-label", unitWord({ layer, unit }, opened, names));
				one.setAttribute("aria-pressed", String(pinned?.layer === layer && pinned.unit === unit));
			}
		if (![...buttons.children].some((one) => one.getAttribute("tabindex") === "0"))
			buttons.firstElementChild?.setAttribute("tabindex", "0");
	}

	// ------------------------------------------------------------------ drawing

	const maps = [raster()];
	let hovered: UnitName | undefined;
	let pinned: UnitName | undefined;
	let link: Link | undefined;
	const lookedAt = (): UnitName | undefined => hovered ?? pinned;

	/** The pictures of a layer below one another; the length of the side of one. */
	function paintMaps(layer: number, units: number, colours: Palette): number {
		const values = layer === 0 ? frame?.featureMaps : frame?.layers[layer - 1]?.maps;
		if (values === undefined || values.length === 0) return 0;
		const size = Math.round(Math.sqrt(values.length / units));
		const each = size * size;
		maps[layer] ??= raster();
		const pixels = maps[layer].pixels(size, size * units);
		for (let unit = 0; unit < units; unit++) {
			const end = Math.max(1, largest(values, unit * each, each));
			shade(pixels, unit * each, values, unit * each, each, -end, end, colours);
		}
		maps[layer].show();
		return size;
	}

	const numbersOf = (layer: LayerFrame): Float64Array => (view === "weights" ? layer.weight : layer.weightGradient);

	function drawLinks(pen: Pen, { columns: places }: Arrangement, colours: Palette): void {
		const looked = lookedAt();
		for (const [at, layer] of (frame?.layers ?? []).entries()) {
			const [from, to] = [places[at], places[at + 1]];
			if (from === undefined || to === undefined) continue;
			const values = numbersOf(layer);
			const inputs = from.cells.length;
			const least = threshold(values, mostLinks);
			for (let index = 0; index < values.length; index++) {
				const value = values[index]!;
				const unit = Math.floor(index / inputs);
				const input = index - unit * inputs;
				const isMeant =
					looked !== undefined &&
					((looked.layer === at && looked.unit === input) || (looked.layer === at + 1 && looked.unit === unit));
				if (Math.abs(value) < least && !isMeant) continue;
				const ink = inkOf(value, view, colours);
				const [start, end] = [from.cells[input]!, to.cells[unit]!];
				const faded = looked !== undefined && !isMeant;
				pen.bow(start.x + half, start.y, end.x - half, end.y, faded ? { ...ink, alpha: (ink.alpha ?? 1) * 0.12 } : ink);
			}
		}
		if (link === undefined) return;
		const [start, end] = [places[link.layer]?.cells[link.from], places[link.layer + 1]?.cells[link.to]];
		const layer = frame?.layers[link.layer];
		if (start === undefined || end === undefined || layer === undefined) return;
		const value = numbersOf(layer)[link.to * (places[link.layer]?.cells.length ?? 1) + link.from] ?? 0;
		const ink = inkOf(value, view, colours);
		pen.bow(start.x + half, start.y, end.x - half, end.y, { stroke: colours.ink, width: (ink.width ?? 1) + 2.5 });
		pen.bow(start.x + half, start.y, end.x - half, end.y, { ...ink, alpha: 1 });
	}

	/** Half the side of a cell of the picture that is being drawn. */
	let half = 0;

	function drawUnits(pen: Pen, { columns: places, cell }: Arrangement, colours: Palette): void {
		const looked = lookedAt();
		for (const [layer, { cells }] of places.entries()) {
			const size = paintMaps(layer, cells.length, colours);
			const below = frame?.layers[layer - 1];
			for (const [unit, { x, y }] of cells.entries()) {
				const [left, top] = [x - half, y - half];
				if (size > 0) pen.image(maps[layer]!.canvas, [0, unit * size, size, size], [left, top, cell, cell]);
				else pen.box(left, top, cell, cell, { fill: colours.card });
				const isLooked = looked?.layer === layer && looked.unit === unit;
				pen.box(left, top, cell, cell, {
					stroke: isLooked ? colours.accent : colours.faint,
					width: isLooked ? 2.5 : 1,
				});
				if (below === undefined) continue;
				const bias = (view === "weights" ? below.bias : below.biasGradient)[unit] ?? 0;
				const ink = inkOf(bias, view, colours);
				const radius = Math.min(cell / 6, 1.4 + (ink.width ?? 0) * 0.55);
				pen.circle(left, top + cell, radius, { fill: ink.stroke, stroke: colours.card, width: 1 });
			}
		}
	}

	function drawNames(pen: Pen, { columns: places }: Arrangement, colours: Palette): void {
		const first = places[0];
		const last = places.at(-1);
		if (first === undefined || last === undefined || opened === undefined) return;
		const size = half < 10 ? 10 : 13;
		for (const [at, { x, y }] of first.cells.entries())
			if (first.cells.length <= 12 || x < first.x)
				pen.text(x - half - 7, y + 4, fitting(names[at] ?? "", longestName), colours.ink, size, "end");
		if (opened.points.classes <= 2) return;
		for (const [at, { x, y }] of last.cells.entries())
			pen.text(x + half + 7, y + 4, fitting(spoken(classWord(at, opened.points)), 10), colours.ink, 12);
	}

	function drawAll(pen: Pen, arrangement: Arrangement, colours: Palette): void {
		half = arrangement.cell / 2;
		drawLinks(pen, arrangement, colours);
		drawUnits(pen, arrangement, colours);
		drawNames(pen, arrangement, colours);
	}

	function repaint(): void {
		if (lying === undefined || frame === undefined) return;
		canvas.clear(lying.width, lying.height);
		drawAll(canvas.pen, lying, palette());
	}

	// -------------------------------------------------------------- what is told

	/** The word of the place where a link or a unit begins. */
	function tell(): void {
		const layer = link === undefined ? undefined : frame?.layers[link.layer];
		const looked = lookedAt();
		if (link !== undefined && layer !== undefined && opened !== undefined) {
			const at = link.to * (opened.sizes[link.layer] as number) + link.from;
			const ends = linkWord(
				unitWord({ layer: link.layer, unit: link.from }, opened, names),
				unitWord({ layer: link.layer + 1, unit: link.to }, opened, names),
			);
			numbers(ends, [
				["w", layer.weight[at]],
				["∂C/∂w", layer.weightGradient[at]],
			]);
		} else if (looked !== undefined && opened !== undefined) {
			const below = frame?.layers[looked.layer - 1];
			const word = unitWord(looked, opened, names);
			if (below === undefined) numbers(word, []);
			else
				numbers(word, [
					["b", below.bias[looked.unit]],
					["∂C/∂b", below.biasGradient[looked.unit]],
					...strongest(looked, below).map(([name, value]) => [`w(${name})`, value] as const),
				]);
		} else {
			const drawn = (frame?.layers ?? []).filter(({ weight }) => weight.length > mostLinks).length;
			readout.replaceChildren(
				text(view === "weights" ? words.weightLegend : gradientLegend),
				...(drawn > 0 ? [" ", text(thinnedWord(mostLinks))] : []),
			);
			readout.classList.add("faint");
		}
	}

	function numbers(what: Word, pairs: readonly (readonly [string, number | undefined])[]): void {
		readout.classList.remove("faint");
		readout.replaceChildren(
			text(what),
			...pairs.flatMap(([name, value]) => [
				html("span", { class: "pair" }, `${name} = `, html("output", {}, short(value ?? Number.NaN, 4))),
			]),
		);
	}

	/** The inputs that a unit listens to most. */
	function strongest({ layer, unit }: UnitName, { weight }: LayerFrame): (readonly [string, number])[] {
		const inputs = opened?.sizes[layer - 1] ?? 0;
		const row = Array.from(weight.subarray(unit * inputs, (unit + 1) * inputs));
		const order = row.map((_, at) => at).sort((a, b) => Math.abs(row[b] as number) - Math.abs(row[a] as number));
		return order
			.slice(0, 3)
			.map((at) => [layer === 1 ? fitting(names[at] ?? "", 10) : `${layer - 1}.${at + 1}`, row[at] as number]);
	}

	// ------------------------------------------------------------------ pointer

	function changeLook(unit: UnitName | undefined): void {
		const before = lookedAt();
		hovered = unit;
		const now = lookedAt();
		if (before?.layer !== now?.layer || before?.unit !== now?.unit) events.look(now);
		link = undefined;
		repaint();
		tell();
	}
	const unitOf = (target: EventTarget | null): UnitName | undefined => {
		const { layer, unit } = (target as HTMLElement | null)?.dataset ?? {};
		return layer === undefined ? undefined : { layer: Number(layer), unit: Number(unit) };
	};
	const pin = (unit: UnitName | undefined): void => {
		pinned = unit;
		for (const one of buttons.children) {
			const name = unitOf(one);
			one.setAttribute(
				"aria-pressed",
				String(name?.layer === unit?.layer && name?.unit === unit?.unit && unit !== undefined),
			);
		}
	};
	buttons.addEventListener("pointerover", (event) => {
		if (event.pointerType === "mouse") changeLook(unitOf(event.target));
	});
	buttons.addEventListener("pointerout", (event) => {
		if (event.pointerType === "mouse") changeLook(undefined);
	});
	buttons.addEventListener("focusin", (event) => {
		for (const one of buttons.children) one.setAttribute("tabindex", one === event.target ? "0" : "-1");
		if ((event.target as HTMLElement).matches(":focus-visible")) changeLook(unitOf(event.target));
	});
	buttons.addEventListener("focusout", () => changeLook(undefined));
	buttons.addEventListener("click", (event) => {
		const unit = unitOf(event.target);
		if (unit === undefined) return;
		const isPinned = pinned?.layer === unit.layer && pinned.unit === unit.unit;
		const before = lookedAt();
		pin(isPinned ? undefined : unit);
		if (isPinned) hovered = undefined;
		const now = lookedAt();
		if (before?.layer !== now?.layer || before?.unit !== now?.unit) events.look(now);
		repaint();
		tell();
	});
	buttons.addEventListener("keydown", (event) => {
		if (event.key === "Escape") {
			pin(undefined);
			changeLook(undefined);
			return;
		}
		const from = unitOf(event.target);
		if (from === undefined || opened === undefined) return;
		const moves: Readonly<Record<string, readonly [number, number]>> = {
			ArrowUp: [0, -1],
			ArrowDown: [0, 1],
			ArrowLeft: [-1, 0],
			ArrowRight: [1, 0],
		};
		const move = moves[event.key];
		if (move === undefined) return;
		event.preventDefault();
		const layer = Math.min(opened.sizes.length - 1, Math.max(0, from.layer + move[0]));
		const unit = Math.min((opened.sizes[layer] as number) - 1, Math.max(0, from.unit + move[1]));
		const before = opened.sizes.slice(0, layer).reduce((a, b) => a + b, 0);
		(buttons.children[before + unit] as HTMLElement | undefined)?.focus();
	});
	net.addEventListener("pointermove", (event) => {
		if (unitOf(event.target) !== undefined) return;
		const box = net.getBoundingClientRect();
		const next = linkAt(event.clientX - box.left, event.clientY - box.top);
		if (next?.layer === link?.layer && next?.from === link?.from && next?.to === link?.to) return;
		link = next;
		repaint();
		tell();
	});
	net.addEventListener("pointerleave", () => {
		if (link === undefined) return;
		link = undefined;
		repaint();
		tell();
	});

	/** The link that runs nearest to a place, among those that are drawn. */
	function linkAt(x: number, y: number): Link | undefined {
		let best: Link | undefined;
		let least = 7;
		let [seenPart, seenHeight] = [-1, 0];
		const places = lying?.columns ?? [];
		for (const [layer, { weight, weightGradient }] of (frame?.layers ?? []).entries()) {
			const [from, to] = [places[layer], places[layer + 1]];
			if (from === undefined || to === undefined || x < from.left || x > to.right) continue;
			const values = view === "weights" ? weight : weightGradient;
			const shown = threshold(values, mostLinks);
			for (const [unit, end] of to.cells.entries())
				for (const [input, start] of from.cells.entries()) {
					if (Math.abs(values[unit * from.cells.length + input] ?? 0) < shown) continue;
					const part = (x - start.x - half) / (end.x - start.x - 2 * half);
					if (part < 0 || part > 1) continue;
					if (part !== seenPart) [seenPart, seenHeight] = [part, heightOfBow(part)];
					const distance = Math.abs(start.y + (end.y - start.y) * seenHeight - y);
					if (distance >= least) continue;
					least = distance;
					best = { layer, from: input, to: unit };
				}
		}
		return best;
	}

	new ResizeObserver(([entry]) => {
		const next = Math.floor(entry?.contentRect.width ?? 0);
		if (next === 0 || next === width) return;
		width = next;
		layOut();
		repaint();
	}).observe(scroller);

	function picture(): string {
		const arrangement = laidOutForPicture();
		const { pen, text: written } = svgPen(arrangement.width, arrangement.height, spoken(words.network));
		const kept = { hovered, pinned, link };
		hovered = pinned = link = undefined;
		onWhitePaper((colours) => {
			drawAll(pen, arrangement, colours);
			for (const [at, { x }] of arrangement.columns.entries()) {
				const last = at === arrangement.columns.length - 1;
				const named = at === 0 ? words.features : last ? words.outputLayer : undefined;
				const size = opened?.sizes[at] ?? 0;
				const kind = at === 0 ? "" : last ? (opened?.output ?? "") : (layers()[at - 1]?.activation ?? "");
				pen.text(x, 18, named ? spoken(named) : `${size} ${kind}`, colours.ink, 12, "middle");
				if (last) pen.text(x, 33, kind, colours.faint, 11, "middle");
			}
		});
		({ hovered, pinned, link } = kept);
		half = (lying?.cell ?? 0) / 2;
		repaint();
		return written();
	}

	const element = html(
		"section",
		{ class: "card diagram" },
		html(
			"header",
			{},
			html("h2", {}, text(words.network)),
			html("span", { class: "stepper" }, fewer, count, more),
			views,
			takeaway(words.network, "network", picture),
		),
		head,
		scroller,
		complaint,
		readout,
	);
	onLanguage(element, () => {
		placeUnits();
		repaint();
		tell();
	});
	tell();

	return {
		element,
		head,
		show: (setup) => {
			chosen = setup;
			outputMenu.show(setup.output);
			showLayers();
			layOut();
		},
		complain: (field, what) => {
			if (field === "output") outputMenu.complain(what);
			else {
				complaint.hidden = what === undefined;
				complaint.textContent = what ?? "";
			}
		},
		open: (next, setup) => {
			opened = next;
			names = setup.features.map(handsome);
			frame = undefined;
			const looked = lookedAt();
			hovered = link = undefined;
			pin(undefined);
			if (looked !== undefined) events.look(undefined);
			maps.length = Math.min(maps.length, next.sizes.length);
			layOut();
			tell();
		},
		draw: (next) => {
			const isFirst = frame === undefined;
			frame = next;
			repaint();
			if (isFirst || link !== undefined || lookedAt() !== undefined) tell();
		},
		repaint,
		picture,
	};
}

/** How a number is drawn as a link. */
function inkOf(
	value: number,
	view: View,
	colours: Palette,
): { stroke: string; width: number; alpha?: number; dash?: number[] } {
	if (!Number.isFinite(value)) return { stroke: colours.broken, width: 1.5, dash: [3, 3] };
	if (value === 0) return { stroke: colours.faint, width: 0.6, alpha: 0.5, dash: [2, 3] };
	const size = Math.abs(value);
	const part =
		view === "weights"
			? Math.min(1, size / 3)
			: Math.min(1, Math.max(0, (Math.log10(size) - exponents.low) / (exponents.high - exponents.low))) ** 2;
	return {
		stroke: value > 0 ? colours.above : colours.below,
		width: 0.5 + 5 * part,
		alpha: 0.25 + 0.65 * Math.sqrt(part),
	};
}

const gradientLegend: Word = {
	en: words.gradientLegend.en.replace("LOW", powerOfTen(exponents.low)).replace("HIGH", powerOfTen(exponents.high)),
	ko: words.gradientLegend.ko.replace("LOW", powerOfTen(exponents.low)).replace("HIGH", powerOfTen(exponents.high)),
};

/** The controls of a hidden layer. */
interface LayerHead {
	readonly element: HTMLElement;
	readonly show: (layer: Setup["layers"][number]) => void;
}

function layerHead(at: number, change: (next: Partial<Setup["layers"][number]>) => void): LayerHead {
	const range = { low: 1, high: limits.units, whole: true };
	let units = 1;
	const input = html("input", { type: "text", inputmode: "numeric", class: "units-of-layer" });
	label(input, "aria-label", words.unitsOfLayer(at + 1));
	input.addEventListener("change", () => {
		const next = readNumber(input.value, range);
		if (next === undefined) input.value = String(units);
		else change({ units: next });
	});
	const fewer = stepper("minus", words.removeUnit(at + 1), () => change({ units: units - 1 }));
	const more = stepper("plus", words.addUnit(at + 1), () => change({ units: units + 1 }));
	const kind = menu(words.activationOfLayer(at + 1), activationWords, (activation) => change({ activation }));
	kind.element.classList.add("bare");
	return {
		element: html("div", { class: "column" }, html("span", { class: "stepper" }, fewer, input, more), kind.element),
		show: (layer) => {
			units = layer.units;
			input.value = String(units);
			fewer.disabled = units <= range.low;
			more.disabled = units >= range.high;
			kind.show(layer.activation);
		},
	};
}

function stepper(which: "plus" | "minus", says: Word, does: () => void): HTMLButtonElement {
	const made = html("button", { type: "button", class: "small" }, sign(which));
	label(made, "aria-label", says);
	label(made, "title", says);
	made.addEventListener("click", does);
	return made;
}

/** A formula as text that reads well in a picture: `x₁²`, `x₁x₂`. */
export function handsome(formula: string): string {
	const digits = (text: string, signs: string): string => Array.from(text, (digit) => signs[Number(digit)]).join("");
	return formula
		.replaceAll(/\b(x)(\d+)\b/g, (_, name: string, index: string) => name + digits(index, "₀₁₂₃₄₅₆₇₈₉"))
		.replaceAll(/\^(\d)(?![\d.])/g, (_, power: string) => digits(power, "⁰¹²³⁴⁵⁶⁷⁸⁹"))
		.replaceAll("*", "·")
		.replaceAll("-", "−");
}

function fitting(name: string, most: number): string {
	return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
