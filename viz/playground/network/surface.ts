/**
 * The plane of the inputs: what the network, or one of its units, says at every
 * place of it, and the points.
 *
 * What changes with every step lies on one canvas, points and axes on another
 * that is drawn only where it changes. Of a network with one input the plane is
 * a line, so there its output is drawn as a graph over it.
 *
 * Which point is added or taken away by a click is told; what becomes of it is
 * not known here.
 */
import { html } from "../../explorer/page/dom.js";
import type { Frame, Opened, Plane, Points } from "../training/protocol.js";
import { tick } from "../widgets.js";
import { label, onLanguage, spoken, text, type Word } from "../words.js";
import { onWhitePaper, type Palette, palette } from "./colours.js";
import { type Ground, groundOfOutput, groundOfUnit, linesOf, paintGround, rangeOfValues, valueAt } from "./ground.js";
import { takeaway } from "./menus.js";
import { type Pen, sheet, svgPen } from "./pen.js";
import { raster } from "./raster.js";
import { short, ticks } from "./ticks.js";
import { classWord, unitWord, words } from "./words.js";

/** A unit of the network: layer 0 are the features. */
export interface UnitName {
	readonly layer: number;
	readonly unit: number;
}

/** What a click on the plane asks for. */
export interface PlaneEvents {
	/** A point here. */
	readonly add: (at: readonly [number, number]) => void;
	/** The point that lies exactly there. */
	readonly remove: (at: readonly [number, number]) => void;
}

/** What a click does. */
export type Tool = "none" | "add" | "remove";

/** The surface. */
export interface Surface {
	readonly element: HTMLElement;
	/** Where whoever edits points puts the tools. */
	readonly foot: HTMLElement;
	readonly open: (opened: Opened) => void;
	readonly draw: (frame: Frame) => void;
	/** Shows a unit instead of the output; `undefined` for the output. */
	readonly look: (unit: UnitName | undefined) => void;
	/** Points that are being made; `isAlone` where nothing is going to be trained on them yet. Until a run is opened. */
	readonly sketch: (points: Points, isAlone: boolean) => void;
	readonly use: (tool: Tool) => void;
	/** Paints all anew: the paper or the language is another. */
	readonly repaint: () => void;
	/** As SVG, on white paper. */
	readonly picture: () => string;
}

/** Around the plane, for the numbers on its axes: left, top, right, bottom. */
const margin = { left: 40, top: 8, right: 10, bottom: 30 } as const;
const widthOfPicture = 420;
/** More points than these are drawn again only after so many milliseconds, while it trains. */
const many = 800;
const rest = 150;

/** Makes it. */
export function surface(events: PlaneEvents): Surface {
	const ground = sheet({ "aria-hidden": "true" });
	const above = sheet({ "aria-hidden": "true" });
	const cross = html("div", { class: "cross", hidden: true });
	const stage = label(
		html("div", { class: "plane", tabindex: 0, role: "application" }, ground.canvas, above.canvas, cross),
		"aria-label",
		words.planeSays,
	);
	const readout = html("p", { class: "readout" });
	const spokenPlace = html("p", { class: "unseen", role: "status" });
	const legend = html("div", { class: "legend" });
	const title = html("span", { class: "title" });
	const foot = html("div", { class: "foot" });
	let sharp = false;
	const classes = tick(words.showClasses, (on) => {
		sharp = on;
		paint();
	});
	const element = html(
		"section",
		{ class: "card surface" },
		html(
			"header",
			{},
			html("h2", {}, title),
			classes.element,
			takeaway(words.surface, "surface", () => picture()),
		),
		stage,
		legend,
		readout,
		spokenPlace,
		foot,
	);

	const picture_ = raster();
	let opened: Opened | undefined;
	let frame: Frame | undefined;
	let looked: UnitName | undefined;
	let sketched: Points | undefined;
	let isEmpty = false;
	let tool: Tool = "none";
	let width = 0;
	let wrong = "";
	/** When the points were drawn last. */
	let dotted = 0;
	/** Where the graph over one input reaches. */
	let reach: readonly [number, number] = [0, 1];
	/** Where the crosshair is, from 0 to 1 from the left and from the top. */
	let place: readonly [number, number] | undefined;

	const points = (): Points | undefined => sketched ?? opened?.points;
	const isLine = (): boolean => points()?.width === 1;
	const plane = (): Plane => {
		const { plane: whole } = points() ?? { plane: { left: -1, right: 1, bottom: -1, top: 1 } };
		return isLine() ? { ...whole, bottom: reach[0], top: reach[1] } : whole;
	};

	/** What is on the ground. */
	const groundNow = (): Ground | undefined => {
		if (opened === undefined || frame === undefined || isEmpty) return undefined;
		if (looked === undefined) return groundOfOutput(frame.surface, opened);
		const { layer, unit } = looked;
		const maps = layer === 0 ? frame.featureMaps : frame.layers[layer - 1]?.maps;
		const units = opened.sizes[layer] ?? 0;
		if (maps === undefined || unit >= units) return groundOfOutput(frame.surface, opened);
		const size = Math.round(Math.sqrt(maps.length / units));
		return groundOfUnit(maps, unit * size * size, size);
	};

	const inner = (across: number): number => across - margin.left - margin.right;

	function drawGround(pen: Pen, across: number, colours: Palette): void {
		const now = groundNow();
		const side = inner(across);
		if (now === undefined) {
			pen.box(margin.left, margin.top, side, side, { fill: colours.card });
			return;
		}
		const { size } = now;
		if (isLine()) {
			pen.box(margin.left, margin.top, side, side, { fill: colours.card });
			pen.clip([margin.left, margin.top, side, side], () => drawGraph(pen, now, side, colours));
			return;
		}
		paintGround(now, sharp && looked === undefined, picture_, colours);
		pen.image(picture_.canvas, [0, 0, size, size], [margin.left, margin.top, side, side]);
		const cell = side / size;
		const [x, y] = [margin.left + cell / 2, margin.top + cell / 2];
		for (const { pieces, heavy } of linesOf(now))
			pen.pieces(pieces, x, y, cell, cell, {
				stroke: colours.ink,
				width: heavy ? 1.6 : 0.7,
				alpha: heavy ? 0.8 : 0.45,
			});
	}

	/** The output over one input. */
	function drawGraph(pen: Pen, now: Ground, side: number, colours: Palette): void {
		const { values, from, size, planes, boundary } = now;
		const [low, high] = reach;
		const toY = (value: number): number => margin.top + (side * (high - value)) / (high - low);
		const xs = Float64Array.from({ length: size }, (_, at) => margin.left + (side * (at + 0.5)) / size);
		if (boundary !== undefined)
			pen.line(margin.left, toY(boundary), margin.left + side, toY(boundary), { stroke: colours.faint, dash: [4, 4] });
		for (let one = 0; one < planes; one++) {
			const ys = Float64Array.from({ length: size }, (_, at) => toY(values[from + one * size * size + at]!));
			pen.path(xs, ys, { stroke: planes > 1 ? colours.classes[one] : colours.accent, width: 2 });
		}
	}

	function drawAxes(pen: Pen, across: number, colours: Palette): void {
		const side = inner(across);
		const { left, right, bottom, top } = plane();
		const foot = margin.top + side;
		pen.box(margin.left, margin.top, side, side, { stroke: colours.line });
		for (const value of ticks(left, right, 5)) {
			const x = margin.left + (side * (value - left)) / (right - left);
			pen.line(x, foot, x, foot + 4, { stroke: colours.faint });
			pen.text(x, foot + 15, short(value), colours.faint, 11, "middle");
		}
		for (const value of ticks(bottom, top, 5)) {
			const y = margin.top + (side * (top - value)) / (top - bottom);
			pen.line(margin.left - 4, y, margin.left, y, { stroke: colours.faint });
			pen.text(margin.left - 7, y + 4, short(value), colours.faint, 11, "end");
		}
		const names = points()?.names ?? [];
		pen.text(margin.left + side, foot + 27, clipped(names[0] ?? "x1"), colours.ink, 11, "end");
		if (!isLine()) pen.text(2, margin.top + 9, clipped(names[1] ?? "x2", 5), colours.ink, 11, "start");
	}

	function drawPoints(pen: Pen, across: number, colours: Palette): void {
		const shown = points();
		if (shown === undefined) return;
		const side = inner(across);
		const { left, right, bottom, top } = plane();
		const count = shown.y.length;
		const radius = Math.min(4.2, Math.max(1.5, 5.4 - 0.9 * Math.log10(Math.max(1, count))));
		const predicted = sketched === undefined ? frame?.predicted : undefined;
		const [low, high] = rangeOfValues(shown);
		const shadeOf = (value: number): string => {
			const pixel = colours.scale[Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))))] as number;
			return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
		};
		const missed = (at: number): boolean =>
			shown.task === "classes" && predicted !== undefined && predicted[at] !== shown.y[at];
		const one = (at: number): void => {
			const value = shown.y[at] as number;
			const x = margin.left + (side * ((shown.x[at * shown.width] as number) - left)) / (right - left);
			const height = isLine() ? value : (shown.x[at * shown.width + 1] as number);
			const y = margin.top + (side * (top - height)) / (top - bottom);
			const isClass = shown.task === "classes";
			const colour = isClass ? (colours.classes[value % colours.classes.length] as string) : shadeOf(value);
			const isTest = at >= shown.trained;
			if (isTest) {
				pen.circle(x, y, radius - 0.4, { fill: colours.card, stroke: isClass ? colour : colours.ink, width: 1.8 });
				if (!isClass) pen.circle(x, y, radius - 1.6, { fill: colour });
			} else pen.circle(x, y, radius, { fill: colour, stroke: isClass ? colours.card : colours.ink, width: 0.9 });
			if (missed(at)) pen.circle(x, y, radius + 1.9, { stroke: colours.ink, width: 1.3 });
		};
		pen.clip([margin.left, margin.top, side, side], () => {
			for (let at = 0; at < count; at++) if (!missed(at)) one(at);
			for (let at = 0; at < count; at++) if (missed(at)) one(at); // on top, where they are seen
		});
	}

	/** Which points are on the wrong side: what they look like depends on nothing else. */
	function wrongNow(): string {
		const shown = opened?.points;
		const predicted = frame?.predicted;
		if (shown === undefined || predicted === undefined || shown.task === "values") return "";
		const bits = new Uint16Array(Math.ceil(predicted.length / 16));
		for (let at = 0; at < predicted.length; at++) if (predicted[at] !== shown.y[at]) bits[at >> 4]! |= 1 << (at & 15);
		return String.fromCharCode(...bits.subarray(0, 400));
	}

	function paintAbove(): void {
		const colours = palette();
		above.clear(width, inner(width) + margin.top + margin.bottom);
		drawPoints(above.pen, width, colours);
		drawAxes(above.pen, width, colours);
	}

	function paintGroundNow(): void {
		ground.clear(width, inner(width) + margin.top + margin.bottom);
		drawGround(ground.pen, width, palette());
	}

	function paint(): void {
		if (width === 0) return;
		paintGroundNow();
		paintAbove();
		tell();
	}

	// ------------------------------------------------------------- words around

	function headline(): void {
		title.replaceChildren(text(looked === undefined ? words.output : unitWord(looked, opened)));
		element.classList.toggle("looking", looked !== undefined);
		classes.element.hidden = looked !== undefined || opened?.points.task !== "classes" || isLine();
		drawLegend();
	}

	function drawLegend(): void {
		const now = groundNow();
		const shown = points();
		if (now === undefined || shown === undefined) {
			legend.replaceChildren();
			return;
		}
		const chips = (): Node[] =>
			Array.from({ length: Math.max(shown.classes, 2) }, (_, one) => {
				const dot = html("span", { class: "dot" });
				dot.style.background = palette().classes[one] ?? "";
				return html("span", { class: "chip" }, dot, text(classWord(one, shown)));
			});
		const marks = [
			...(shown.trained < shown.y.length
				? [html("span", { class: "chip" }, html("span", { class: "dot test" }), text(words.forTesting))]
				: []),
			...(shown.task === "classes"
				? [html("span", { class: "chip" }, html("span", { class: "dot missed" }), text(words.missed))]
				: []),
		];
		const bar = (): Node =>
			html(
				"span",
				{ class: "scale" },
				html("span", {}, short(now.low)),
				html("span", { class: "bar" }),
				html("span", {}, short(now.high)),
			);
		const isOutput = looked === undefined;
		legend.replaceChildren(...(isOutput && shown.task === "classes" ? chips() : [bar()]), ...(isOutput ? marks : []));
	}

	function tell(aloud = false): void {
		const now = groundNow();
		const shown = points();
		if (place === undefined || now === undefined || shown === undefined) {
			readout.replaceChildren(
				text(tool === "add" ? words.clickToAdd : tool === "remove" ? words.clickToRemove : words.hover),
			);
			readout.classList.add("faint");
			return;
		}
		const [across, down] = place;
		const { left, right, bottom, top } = plane();
		const name = (at: number): string => clipped(shown.names[at] ?? `x${at + 1}`, 12);
		const parts = [`${name(0)} ${short(left + (right - left) * across)}`];
		if (!isLine()) parts.push(`${name(1)} ${short(top - (top - bottom) * down)}`);
		const values = Array.from({ length: now.planes }, (_, one) => valueAt(now, one, across, isLine() ? 0.5 : down));
		const likeliest = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
		const value = values[now.planes > 1 ? likeliest : 0] as number;
		let says: Word | undefined;
		if (looked === undefined && shown.task === "classes")
			says = classWord(now.planes > 1 ? likeliest : value >= (now.boundary ?? 0.5) ? 1 : 0, shown);
		readout.classList.remove("faint");
		readout.replaceChildren(
			`${parts.join("   ")}   →  `,
			html("output", {}, short(value, 4)),
			...(says ? ["   ", text(says)] : []),
		);
		if (aloud) spokenPlace.textContent = readout.textContent;
	}

	// ------------------------------------------------------------------ pointer

	const placeOf = (event: PointerEvent): readonly [number, number] | undefined => {
		const box = stage.getBoundingClientRect();
		const side = inner(width);
		const across = (event.clientX - box.left - margin.left) / side;
		const down = (event.clientY - box.top - margin.top) / side;
		return across >= 0 && across <= 1 && down >= 0 && down <= 1 ? [across, down] : undefined;
	};
	const moveTo = (next: readonly [number, number] | undefined, aloud = false): void => {
		place = next;
		cross.hidden = place === undefined;
		if (place) {
			const side = inner(width);
			cross.style.transform = `translate(${margin.left + place[0] * side}px, ${margin.top + place[1] * side}px)`;
		}
		tell(aloud);
	};
	const nearest = ([across, down]: readonly [number, number]): readonly [number, number] | undefined => {
		const shown = points();
		if (shown === undefined || shown.width < 2) return undefined;
		const { left, right, bottom, top } = plane();
		let best: readonly [number, number] | undefined;
		let least = (14 / inner(width)) ** 2;
		for (let at = 0; at < shown.y.length; at++) {
			const point = [shown.x[at * shown.width] as number, shown.x[at * shown.width + 1] as number] as const;
			const x = (point[0] - left) / (right - left) - across;
			const y = (top - point[1]) / (top - bottom) - down;
			if (x * x + y * y < least) {
				least = x * x + y * y;
				best = point;
			}
		}
		return best;
	};
	const act = (at: readonly [number, number], removes: boolean): void => {
		if (tool === "none" || isLine()) return;
		if (removes || tool === "remove") {
			const point = nearest(at);
			if (point !== undefined) events.remove(point);
			return;
		}
		const { left, right, bottom, top } = plane();
		events.add([left + (right - left) * at[0], top - (top - bottom) * at[1]]);
	};
	let held: number | undefined;
	let pressed: readonly [number, number] | undefined;
	stage.addEventListener("pointermove", (event) => moveTo(placeOf(event)));
	stage.addEventListener("pointerleave", () => {
		clearTimeout(held);
		pressed = undefined;
		moveTo(undefined);
	});
	stage.addEventListener("pointerdown", (event) => {
		if (tool === "none" || event.button !== 0) return;
		const at = placeOf(event);
		pressed = at;
		if (at === undefined) return;
		clearTimeout(held);
		// A long press takes away, as a click with Shift does.
		held = window.setTimeout(() => {
			pressed = undefined;
			act(at, true);
		}, 550);
	});
	stage.addEventListener("pointerup", (event) => {
		clearTimeout(held);
		const at = placeOf(event);
		if (pressed !== undefined && at !== undefined) act(at, event.shiftKey);
		pressed = undefined;
	});
	stage.addEventListener("pointercancel", () => {
		clearTimeout(held);
		pressed = undefined;
	});
	stage.addEventListener("keydown", (event) => {
		const steps: Readonly<Record<string, readonly [number, number]>> = {
			ArrowLeft: [-1, 0],
			ArrowRight: [1, 0],
			ArrowUp: [0, -1],
			ArrowDown: [0, 1],
		};
		const step = steps[event.key];
		if (step !== undefined) {
			event.preventDefault();
			const [across, down] = place ?? [0.5, 0.5];
			const far = event.shiftKey ? 0.1 : 0.02;
			const within = (part: number): number => Math.min(1, Math.max(0, part));
			moveTo([within(across + far * step[0]), within(down + far * step[1])], true);
		} else if (event.key === "Enter" && place !== undefined) {
			event.preventDefault();
			act(place, event.shiftKey);
		} else if (event.key === "Delete" && place !== undefined) act(place, true);
	});
	stage.addEventListener("blur", () => moveTo(undefined));

	// ------------------------------------------------------------------ reports

	new ResizeObserver(([entry]) => {
		const next = Math.floor(entry?.contentRect.width ?? 0);
		if (next === 0 || next === width) return;
		width = next;
		paint();
	}).observe(stage);
	onLanguage(element, () => {
		headline();
		paint();
	});

	function picture(): string {
		const width_ = widthOfPicture;
		const height = inner(width_) + margin.top + margin.bottom;
		const heading = spoken(looked === undefined ? words.output : unitWord(looked, opened));
		const { pen, text: written } = svgPen(width_, height, heading);
		onWhitePaper((colours) => {
			drawGround(pen, width_, colours);
			drawPoints(pen, width_, colours);
			drawAxes(pen, width_, colours);
		});
		return written();
	}

	headline();
	tell();
	return {
		element,
		foot,
		open: (next) => {
			opened = next;
			frame = undefined;
			sketched = undefined;
			isEmpty = false;
			looked = undefined;
			wrong = "";
			reach = reachOf(next);
			headline();
		},
		draw: (next) => {
			const isFirst = frame === undefined;
			frame = next;
			if (isFirst && isLine()) reach = widened(reach, groundNow());
			if (width === 0) return;
			paintGroundNow();
			const now = wrongNow();
			const wait = next.running && (opened?.points.y.length ?? 0) > many ? rest : 0;
			if (isFirst || (now !== wrong && performance.now() - dotted >= wait)) {
				wrong = now;
				dotted = performance.now();
				paintAbove();
			}
			if (isFirst) drawLegend();
			if (isFirst || place !== undefined) tell();
		},
		look: (unit) => {
			looked = unit;
			headline();
			paint();
		},
		sketch: (next, isAlone) => {
			sketched = next;
			isEmpty = isAlone;
			paint();
			headline();
		},
		use: (next) => {
			tool = next;
			stage.classList.toggle("drawing", tool !== "none");
			tell();
		},
		repaint: () => {
			headline();
			paint();
		},
		picture,
	};
}

/** Where the graph over one input reaches, from the targets alone. */
function reachOf({ points, boundary = 0.5 }: Opened): readonly [number, number] {
	if (points.task === "classes") return boundary === 0 ? [-1.1, 1.1] : [-0.05, Math.max(1.05, points.classes - 0.95)];
	const [low, high] = rangeOfValues(points);
	const more = (high - low) * 0.15;
	return [low - more, high + more];
}

/** So far that the first graph is seen, too. */
function widened([low, high]: readonly [number, number], ground: Ground | undefined): readonly [number, number] {
	if (ground === undefined || ground.planes > 1) return [low, high];
	for (let at = ground.from; at < ground.from + ground.size; at++) {
		const value = ground.values[at]!;
		if (!Number.isFinite(value)) continue;
		if (value < low) low = value;
		if (value > high) high = value;
	}
	return [low, high];
}

function clipped(name: string, most = 18): string {
	return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
