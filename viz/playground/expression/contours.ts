/**
 * Gradient descent on contours: the lines of one value over two names, arrows
 * along −∇, and the path that descent takes from where the names are.
 *
 * It shows a state and tells what the reader wants changed; who keeps the state
 * answers by showing the next one. Only what is a matter of looking, which part
 * of the plane is seen and how far the path is played, is kept here. Both axes
 * have one scale, so that arrows stand upright on the lines.
 */
import { html, svg } from "../../explorer/page/dom.js";
import { numberText } from "../../explorer/text.js";
import { ticks } from "../network/ticks.js";
import { savePng, saveSvg, standalone } from "../pictures.js";
import { act, numeric, slider } from "../widgets.js";
import { label, onLanguage, spoken, text, type Word } from "../words.js";
import { ranges } from "./address.js";
import {
	courseOf,
	descended,
	type Grid,
	type Line,
	length,
	levelsOf,
	linesAt,
	type Place,
	type Plane,
	placeOf,
	roundest,
	type Slope,
	type Stop,
	sampled,
} from "./contourlines.js";
import { absolute, pathWord, pictureWord, placeText, startWord, words } from "./contourwords.js";

/** What the plot shows. */
export interface ContourState {
	/** Names that may lie on an axis. */
	readonly names: readonly string[];
	/** Those that do; `undefined` where there are fewer than two. */
	readonly plane: readonly [string, string] | undefined;
	readonly values: ReadonlyMap<string, number>;
	/** Learning rate. */
	readonly rate: number;
	readonly steps: number;
	/** What the function is called. */
	readonly result: string;
	/** Its value and gradient with the two names at a point, and the others as they are. */
	readonly at: (point: readonly [number, number]) => Slope;
}

/** What the reader wants changed. */
export interface ContourChange {
	readonly start?: readonly [number, number];
	readonly rate?: number;
	readonly steps?: number;
	readonly plane?: readonly [string, string];
}

/** The plot on the page. */
export interface ContourPlot {
	readonly element: HTMLElement;
	readonly show: (state: ContourState) => void;
}

/** Pixels of the picture and of its margins. */
const box = { left: 52, top: 28, side: 400, width: 464, height: 470 } as const;
/** Places along an axis of a grid: of the finest, of the finest while something moves, of the coarsest. */
const [finest, moving, coarsest] = [141, 61, 24];
/** Arrows along an axis. */
const arrows = 13;
/** Milliseconds that sampling may take while something is dragged, and when all is quiet. */
const [patience, leisure] = [8, 300];

/** Makes the plot; `heard` is called with what the reader wants changed. */
export function contourPlot(heard: (change: ContourChange) => void): ContourPlot {
	let state: ContourState | undefined;
	let stops: readonly Stop[] = [];
	let plane: Plane = around([[0, 0]]);
	/** What `plane` was chosen for: another result or other axes are looked at anew. */
	let lookedAt = "";
	let grid: Grid | undefined;
	let gridOf = "";
	/** So many steps of the path are shown; all of them where `undefined`. */
	let played: number | undefined;
	let [frame, quiet, timer] = [0, 0, 0];

	// ------------------------------------------------------------- elements
	const clip = `plane${Math.random().toString(36).slice(2)}`;
	const ground = svg("g", { "clip-path": `url(#${clip})` });
	const axes = svg("g", { class: "axes" });
	const way = svg("g", { "clip-path": `url(#${clip})` });
	const start = svg(
		"g",
		{ class: "start", tabindex: 0, role: "slider" },
		svg("circle", { r: 18, class: "reach" }),
		svg("circle", { r: 7.5, class: "knob" }),
	);
	const picture = svg(
		"svg",
		{ viewBox: `0 0 ${box.width} ${box.height}`, class: "contours", role: "group" },
		svg("rect", { class: "ground", width: box.width, height: box.height }),
		svg(
			"clipPath",
			{ id: clip },
			svg("rect", { x: box.left, y: box.top, width: box.side, height: box.side, class: "clip" }),
		),
		ground,
		axes,
		way,
		start,
	);
	const across = axisMenu(words.across, (name) => changePlane(0, name));
	const upwards = axisMenu(words.upwards, (name) => changePlane(1, name));
	const rate = slider(words.rate, { low: 1e-4, high: 10, whole: false, logarithmic: true }, (value) =>
		heard({ rate: value }),
	);
	const exactRate = numeric(words.exactRate, ranges.rate, (value) => heard({ rate: value }));
	const steps = numeric(words.steps, ranges.steps, (value) => heard({ steps: value }));
	const play = html("button", { type: "button", class: "main" }, text(words.play));
	play.addEventListener("click", () => (timer === 0 ? begin() : halt()));
	const said = html("p", { class: "said", role: "status" });
	const body = html("tbody");
	const head = html("tr");
	const table = html("table", { class: "stops" }, html("thead", {}, head), body);
	label(table, "aria-label", words.numbers);
	const few = html("p", { class: "faint", hidden: true }, text(words.few));
	const save = (): string => standalone(picture);
	const whole = html(
		"div",
		{ class: "descent" },
		html(
			"div",
			{ class: "plot" },
			picture,
			html(
				"div",
				{ class: "row" },
				glyph("+", words.closer, () => zoom(1 / 1.6)),
				glyph("−", words.wider, () => zoom(1.6)),
				act(words.fit, fit),
				html("span", { class: "apart" }),
				act(words.saveSvg, () => saveSvg("contours", save())),
				act(words.savePng, () => {
					savePng("contours", save()).catch(() => {
						said.textContent = spoken(words.failed);
					});
				}),
			),
		),
		html(
			"div",
			{ class: "controls" },
			html("div", { class: "row" }, across.element, upwards.element),
			html("div", { class: "row" }, rate.element, exactRate.element),
			html("div", { class: "row" }, steps.element, play),
			said,
			html("div", { class: "scroll stopsbox", tabindex: 0 }, table),
			html("p", { class: "faint hint" }, text(words.hint)),
		),
	);
	const element = html("div", { class: "contourplot blank" }, few, whole);

	// ---------------------------------------------------------------- plane
	const toPixel = ([x, y]: Place): Place => [
		box.left + ((x - plane.left) / (plane.right - plane.left)) * box.side,
		box.top + ((plane.top - y) / (plane.top - plane.bottom)) * box.side,
	];
	const toPlace = (event: PointerEvent): Place => {
		const { left, top, width } = picture.getBoundingClientRect();
		const scale = box.width / width;
		const [x, y] = [(event.clientX - left) * scale - box.left, (event.clientY - top) * scale - box.top];
		// To a tenth of what a pixel can tell.
		const fine = ((plane.right - plane.left) / box.side) * 0.75;
		return [
			settled(plane.left + (x / box.side) * (plane.right - plane.left), fine),
			settled(plane.top - (y / box.side) * (plane.top - plane.bottom), fine),
		];
	};
	const startOf = ({ values, plane: names }: ContourState): Place =>
		[values.get(names?.[0] ?? "") ?? 0, values.get(names?.[1] ?? "") ?? 0] as const;
	const shownStops = (): readonly Stop[] => (played === undefined ? stops : stops.slice(0, played + 1));

	function zoom(factor: number): void {
		const [x, y] = middleOf(shownStops().map(({ place }) => place));
		const half = ((plane.right - plane.left) / 2) * factor;
		// Half of the way to the path, so that what is looked for comes nearer.
		const [right, up] = [(plane.left + plane.right) / 2, (plane.bottom + plane.top) / 2];
		plane = planeAt([right + ((within(x) ? x : right) - right) / 2, up + ((within(y) ? y : up) - up) / 2], half);
		draw();
	}

	function fit(): void {
		plane = around(stops.map(({ place }) => place));
		draw();
	}

	// ----------------------------------------------------------------- play
	function begin(): void {
		if (stops.length < 2) return;
		played = 0;
		const pace = Math.min(400, Math.max(30, 4_000 / stops.length));
		timer = window.setInterval(() => {
			played = (played ?? 0) + 1;
			if (!element.isConnected || played >= stops.length - 1) halt();
			else drawPath();
		}, pace);
		play.replaceChildren(text(words.pause));
		drawPath();
	}

	function halt(): void {
		clearInterval(timer);
		[timer, played] = [0, undefined];
		play.replaceChildren(text(words.play));
		drawPath();
	}

	// -------------------------------------------------------------- reading
	function changePlane(axis: 0 | 1, name: string): void {
		if (state?.plane === undefined) return;
		const next: [string, string] = [...state.plane];
		// The name of the other axis: they change places.
		if (next[1 - axis] === name) next[1 - axis] = next[axis] as string;
		next[axis] = name;
		heard({ plane: next });
	}

	const inside = ([x, y]: Place): boolean => x >= plane.left && x <= plane.right && y >= plane.bottom && y <= plane.top;

	/** A finger drags the start by its knob alone: elsewhere it scrolls the page, or taps. */
	function drag(event: PointerEvent): void {
		if (event.button !== 0 || state === undefined) return;
		if (event.pointerType === "touch" && !start.contains(event.target as Node)) return;
		const move = (moved: PointerEvent): void => {
			const place = toPlace(moved);
			if (inside(place)) heard({ start: place });
		};
		if (!inside(toPlace(event))) return;
		event.preventDefault();
		start.focus({ preventScroll: true });
		picture.setPointerCapture(event.pointerId);
		move(event);
		picture.addEventListener("pointermove", move);
		const end = (): void => picture.removeEventListener("pointermove", move);
		for (const over of ["pointerup", "pointercancel"] as const) picture.addEventListener(over, end, { once: true });
	}

	function tap(event: MouseEvent): void {
		if (!(event instanceof PointerEvent) || event.pointerType !== "touch") return;
		const place = toPlace(event);
		if (inside(place) && !start.contains(event.target as Node)) heard({ start: place });
	}

	const directions: Readonly<Record<string, Place>> = {
		ArrowLeft: [-1, 0],
		ArrowRight: [1, 0],
		ArrowUp: [0, 1],
		ArrowDown: [0, -1],
	};
	function press(event: KeyboardEvent): void {
		if (event.ctrlKey || event.metaKey || event.altKey || state === undefined) return;
		const direction = Object.hasOwn(directions, event.key) ? directions[event.key] : undefined;
		if (direction !== undefined) {
			const size =
				roundest((plane.right - plane.left) / 50, (plane.right - plane.left) / 20) / (event.shiftKey ? 10 : 1);
			const [x, y] = startOf(state);
			heard({ start: [settled(x + direction[0] * size, size / 10), settled(y + direction[1] * size, size / 10)] });
		} else if (event.key === "+" || event.key === "=") zoom(1 / 1.6);
		else if (event.key === "-") zoom(1.6);
		else if (event.key === "0") fit();
		else return;
		event.preventDefault();
	}
	picture.addEventListener("pointerdown", drag);
	picture.addEventListener("click", tap);
	start.addEventListener("keydown", press);

	// -------------------------------------------------------------- drawing
	function show(next: ContourState): void {
		state = next;
		element.classList.remove("blank");
		few.hidden = next.plane !== undefined;
		whole.hidden = next.plane === undefined;
		if (next.plane === undefined) return;
		if (timer !== 0) halt();
		across.show(next.names, next.plane[0]);
		upwards.show(next.names, next.plane[1]);
		rate.show(next.rate);
		exactRate.show(next.rate);
		steps.show(next.steps);
		stops = descended(next.at, startOf(next), next.rate, next.steps);
		const looksAt = JSON.stringify([next.result, next.plane]);
		const [x, y] = startOf(next);
		if (looksAt !== lookedAt) plane = around(stops.map(({ place }) => place));
		else if (x < plane.left || x > plane.right || y < plane.bottom || y > plane.top) plane = around([[x, y]], plane);
		lookedAt = looksAt;
		draw();
	}

	/** Draws with the next frame: a coarse grid first, and a finer one when all is quiet. */
	function draw(): void {
		cancelAnimationFrame(frame);
		clearTimeout(quiet);
		frame = requestAnimationFrame(() => {
			drawGround(patience, moving);
			drawPath();
			if (grid !== undefined && grid.columns < finest)
				quiet = window.setTimeout(() => drawGround(leisure, finest), 200);
		});
	}

	function drawGround(budget: number, most: number): void {
		if (state?.plane === undefined) return;
		const { at, plane: names, values, result } = state;
		const others = state.names.filter((name) => !names.includes(name)).map((name) => [name, values.get(name)]);
		const key = JSON.stringify([names, others, result, Object.values(plane)]);
		const count = Math.min(most, affordable(at, plane, budget));
		if (grid === undefined || gridOf !== key || grid.columns < count || !isOf(grid, at)) {
			grid = sampled((place) => at(place).value, plane, count);
			gridOf = key;
		}
		const levels = levelsOf(grid);
		const colour = levelColours();
		const lines = levels.map((level, index) => ({
			level,
			colour: colour(levels.length < 2 ? 0 : index / (levels.length - 1)),
			lines: linesAt(grid as Grid, level),
		}));
		const labels: Place[] = [];
		const track = stops.slice(0, 300).map(({ place }) => toPixel(place));
		ground.replaceChildren(
			svg("path", { class: "hole", d: holes(grid).map(outline).join("") }),
			svg("path", { class: "slopes", d: field(at) }),
			...lines.map((one) => svg("path", { class: "contour", stroke: one.colour, d: one.lines.map(pathOf).join("") })),
			...lines.flatMap((one) => labelled(one.level, one.colour, one.lines, labels, track)),
		);
		drawAxes(names);
		label(picture, "aria-label", pictureWord(result, names, levels));
		ground.classList.toggle("empty", levels.length === 0);
	}

	function pathOf({ places, closed }: Line): string {
		return `M${places.map((place) => toPixel(place).map(tenth).join(" ")).join("L")}${closed ? "Z" : ""}`;
	}

	function outline({ left, right, bottom, top }: Plane): string {
		const [[x, y], [endX, endY]] = [toPixel([left, top]), toPixel([right, bottom])];
		return `M${tenth(x)} ${tenth(y)}H${tenth(endX)}V${tenth(endY)}H${tenth(x)}Z`;
	}

	/** Short arrows along −∇. */
	function field(at: ContourState["at"]): string {
		const size = box.side / arrows;
		let path = "";
		for (let row = 0; row < arrows; row++)
			for (let column = 0; column < arrows; column++) {
				const [x, y] = [box.left + (column + 0.5) * size, box.top + (row + 0.5) * size];
				const part = (pixel: number): number => pixel / box.side;
				const { gradient } = at([
					plane.left + part(x - box.left) * (plane.right - plane.left),
					plane.top - part(y - box.top) * (plane.top - plane.bottom),
				]);
				const steep = length(gradient);
				if (!(steep > 0) || !Number.isFinite(steep)) continue;
				path += arrow([x, y], [(-gradient[0] / steep) * size * 0.3, (gradient[1] / steep) * size * 0.3]);
			}
		return path;
	}

	/** The value of a line, written into it where there is room. */
	function labelled(
		level: number,
		colour: string,
		lines: readonly Line[],
		taken: Place[],
		track: readonly Place[],
	): SVGElement[] {
		const near = (others: readonly Place[], [x, y]: Place, distance: number): boolean =>
			others.some(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y) < distance);
		const longest = lines.map(({ places }) => places.map(toPixel)).sort((one, other) => other.length - one.length);
		for (const places of longest.slice(0, 2))
			for (const part of [0.5, 0.3, 0.7, 0.15, 0.85]) {
				const at = Math.floor(part * (places.length - 1));
				const [before, here, after] = [places[at - 3], places[at], places[at + 3]];
				if (before === undefined || here === undefined || after === undefined) continue;
				const [x, y] = here;
				const edge = Math.min(x - box.left, box.left + box.side - x, y - box.top, box.top + box.side - y);
				if (edge < 16 || near(taken, here, 34) || near(track, here, 16)) continue;
				taken.push(here);
				let turn = (Math.atan2(after[1] - before[1], after[0] - before[0]) * 180) / Math.PI;
				if (turn > 90) turn -= 180;
				if (turn < -90) turn += 180;
				const transform = `translate(${tenth(x)} ${tenth(y)}) rotate(${tenth(turn)})`;
				const written = svg("text", { class: "level", dy: "0.32em", transform }, numberText(level));
				written.style.fill = colour;
				return [written];
			}
		return [];
	}

	function drawAxes(names: readonly [string, string]): void {
		const { left, top, side } = box;
		const marks: SVGElement[] = [svg("rect", { class: "frame", x: left, y: top, width: side, height: side })];
		for (const value of ticks(plane.left, plane.right, 5)) {
			const [x] = toPixel([value, 0]);
			marks.push(svg("path", { d: `M${tenth(x)} ${top + side}v5` }));
			marks.push(svg("text", { x: tenth(x), y: top + side + 18, class: "middle" }, numberText(value)));
		}
		for (const value of ticks(plane.bottom, plane.top, 5)) {
			const [, y] = toPixel([0, value]);
			marks.push(svg("path", { d: `M${left} ${tenth(y)}h-5` }));
			marks.push(svg("text", { x: left - 8, y: tenth(y), dy: "0.32em", class: "end" }, numberText(value)));
		}
		marks.push(svg("text", { x: left + side / 2, y: box.height - 5, class: "middle name" }, names[0]));
		marks.push(svg("text", { x: left - 4, y: 17, class: "name" }, names[1]));
		axes.replaceChildren(...marks);
	}

	function drawPath(): void {
		if (state?.plane === undefined || stops.length === 0) return;
		const shown = shownStops();
		// Far outside of the picture a path cannot be drawn any more, and need not be.
		const near = shown
			.map(({ place }) => toPixel(place))
			.filter((place) => place.every((pixel) => Math.abs(pixel) < 1e5));
		const d = near.length < 2 ? "" : `M${near.map((place) => place.map(tenth).join(" ")).join("L")}`;
		way.replaceChildren(
			svg("path", { class: "path under", d }),
			svg("path", { class: "path", d }),
			...apart(near).map(([x, y]) => svg("circle", { class: "stop", cx: tenth(x), cy: tenth(y), r: 2.4 })),
			...near
				.slice(1)
				.slice(-1)
				.map(([x, y]) => svg("circle", { class: "stop", cx: tenth(x), cy: tenth(y), r: 4 })),
		);
		const [x, y] = toPixel((stops[0] as Stop).place);
		start.setAttribute("transform", `translate(${tenth(x)} ${tenth(y)})`);
		label(start, "aria-label", startWord(state.plane));
		const [first] = stops as readonly [Stop];
		start.setAttribute("aria-valuetext", `${state.plane.join(", ")} = ${placeText(first.place)}`);
		start.setAttribute("aria-valuenow", String(first.value));
		drawWords();
		drawTable(shown);
	}

	function drawWords(): void {
		if (state === undefined) return;
		const nothing = ground.classList.contains("empty") && grid?.values.every((value) => !Number.isFinite(value));
		const word = nothing ? words.empty : pathWord(state.result, state.rate, stops, courseOf(stops));
		if (said.textContent !== spoken(word)) said.replaceChildren(spoken(word));
		said.classList.toggle("warned", ["growing", "broken"].includes(courseOf(stops)));
	}
	onLanguage(element, drawWords);

	function drawTable(shown: readonly Stop[]): void {
		const names = state?.plane;
		if (state === undefined || names === undefined) return;
		head.replaceChildren(
			html("th", { scope: "col" }, text(words.step)),
			...[...names, state.result, absolute].map((name) => html("th", { scope: "col" }, name)),
		);
		// The first and the last ones; what lies between is in the picture.
		const rows = [...shown.entries()].filter(([index]) => index < 6 || index >= shown.length - 2);
		body.replaceChildren(
			...rows.flatMap(([index, { place, value, gradient }], at) => {
				const numbers = [...place, value, length(gradient)].map((number) => html("td", {}, numberText(number, 5)));
				const row = html("tr", {}, html("th", { scope: "row" }, String(index)), ...numbers);
				const gap = at > 0 && (rows[at - 1]?.[0] ?? 0) + 1 < index;
				return gap ? [html("tr", { class: "gap" }, html("td", { colspan: 5 }, "⋮")), row] : [row];
			}),
		);
	}

	document.addEventListener("themechange", () => {
		if (element.isConnected) draw();
	});
	return { element, show };
}

// ------------------------------------------------------------------ pieces

/** A menu of names, which are texts of the reader's and are not translated. */
function axisMenu(
	name: Word,
	heard: (name: string) => void,
): { readonly element: HTMLElement; readonly show: (names: readonly string[], chosen: string) => void } {
	const select = html("select");
	select.addEventListener("change", () => heard(select.value));
	let listed = "";
	return {
		element: html("label", { class: "field" }, text(name), select),
		show: (names, chosen) => {
			const list = JSON.stringify(names);
			if (list !== listed) select.replaceChildren(...names.map((one) => html("option", { value: one }, one)));
			listed = list;
			select.value = chosen;
		},
	};
}

/** A button with a sign on it. */
function glyph(sign: string, name: Word, does: () => void): HTMLButtonElement {
	const made = html("button", { type: "button", class: "glyph" }, sign);
	made.addEventListener("click", does);
	return label(label(made, "aria-label", name), "title", name);
}

function arrow([x, y]: Place, [right, down]: Place): string {
	const [endX, endY] = [x + right, y + down];
	const wing = (side: 1 | -1): string =>
		`M${tenth(endX)} ${tenth(endY)}L${tenth(endX - right * 0.5 + side * down * 0.3)} ${tenth(endY - down * 0.5 - side * right * 0.3)}`;
	return `M${tenth(x - right)} ${tenth(y - down)}L${tenth(endX)} ${tenth(endY)}${wing(1)}${wing(-1)}`;
}

/** Colours of lines from low to high, as numbers, so that a saved picture needs no style sheet. */
function levelColours(): (part: number) => string {
	const style = getComputedStyle(document.documentElement);
	const read = (name: string): readonly number[] =>
		(style.getPropertyValue(name).match(/[\da-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16));
	const [low, high] = [read("--contour-low"), read("--contour-high")];
	return (part) =>
		`rgb(${low.map((value, at) => Math.round(value + ((high[at] ?? value) - value) * part)).join(", ")})`;
}

// ------------------------------------------------------------------- plane

/** Of a path, the places that are far enough from the one before them to have a dot of their own. */
function apart(path: readonly Place[]): readonly Place[] {
	let before: Place = path[0] ?? [0, 0];
	const far = path.filter((place) => {
		const leaves = Math.hypot(place[0] - before[0], place[1] - before[1]) > 4;
		if (leaves) before = place;
		return leaves;
	});
	return far.slice(0, 400);
}

function planeAt([x, y]: Place, half: number): Plane {
	return { left: x - half, right: x + half, bottom: y - half, top: y + half };
}

function middleOf(places: readonly Place[]): Place {
	const finite = places.filter((place) => place.every(Number.isFinite));
	const middle = (axis: 0 | 1): number => {
		const all = finite.map((place) => place[axis]);
		return (Math.min(...all) + Math.max(...all)) / 2;
	};
	return finite.length === 0 ? [0, 0] : [middle(0), middle(1)];
}

/**
 * A part of the plane that shows a path: a square around 0 if the path is near
 * 0, else around the path. A path that runs away is not followed further than
 * ten times the distance of its start; of a plane that is given, all is kept.
 */
function around(places: readonly Place[], known?: Plane): Plane {
	const [first] = places as readonly [Place];
	const far = 10 * Math.max(1, Math.abs(first[0]), Math.abs(first[1]));
	const near = places.filter((place) => place.every((value) => Math.abs(value) <= far));
	if (known !== undefined) near.push([known.left, known.bottom], [known.right, known.top]);
	const reach = Math.max(...near.flat().map(Math.abs), 0.4);
	const [x, y] = middleOf(near);
	const spread = Math.max(...near.map((place) => Math.max(Math.abs(place[0] - x), Math.abs(place[1] - y))), 0);
	// Far from 0 with little spread: a square around 0 would show nothing of the path.
	if (spread < reach / 20 && reach > 20) return planeAt([x, y], roundest(reach / 10, reach / 5));
	return planeAt([0, 0], roundest(reach * 1.12, reach * 1.4));
}

/** The round number nearest to `value`, no coarser than `fine`. */
function settled(value: number, fine: number): number {
	return roundest(value - fine / 2, value + fine / 2);
}

function within(value: number): boolean {
	return Number.isFinite(value) && Math.abs(value) < 1e12;
}

function tenth(value: number): number {
	return Math.round(value * 10) / 10;
}

// -------------------------------------------------------------------- grid

/** How fine a grid can be sampled within `budget` milliseconds. */
function affordable(at: ContourState["at"], plane: Plane, budget: number): number {
	const trial = 40;
	const begin = performance.now();
	sampled((place) => at(place).value, plane, 8, 5);
	const each = (performance.now() - begin) / trial;
	return Math.max(coarsest, Math.min(finest, Math.floor(Math.sqrt(budget / each))));
}

/** Whether a grid is of this function, as far as a few of its places tell: another program may have the same names. */
function isOf(grid: Grid, at: ContourState["at"]): boolean {
	for (let index = 0; index < grid.values.length; index += Math.ceil(grid.values.length / 23)) {
		const place = placeOf(grid, index % grid.columns, Math.floor(index / grid.columns));
		if (!Object.is(at(place).value, grid.values[index])) return false;
	}
	return true;
}

/** The parts of the plane without a value: runs of places, as wide and high as the distance between them. */
function holes(grid: Grid): Plane[] {
	const { columns, rows, values } = grid;
	const found: Plane[] = [];
	for (let row = 0; row < rows; row++)
		for (let column = 0; column < columns; column++) {
			const from = column;
			while (column < columns && !Number.isFinite(values[row * columns + column])) column++;
			if (column === from) continue;
			const [[left, bottom], [right, top]] = [
				placeOf(grid, from - 0.5, row - 0.5),
				placeOf(grid, column - 0.5, row + 0.5),
			];
			found.push({ left, right, bottom, top });
		}
	return found;
}
