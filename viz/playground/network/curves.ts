/**
 * The losses by step, while they come in, and curves that were pinned to be
 * compared with.
 *
 * uPlot draws them. It has one axis of steps for all, so pinned curves are joined
 * to it; of a picture to take away the pen draws the same series again.
 */
import uPlot from "uplot";
import { html } from "../../explorer/page/dom.js";
import type { Curve, Frame } from "../training/protocol.js";
import { act, tick } from "../widgets.js";
import { label, onLanguage, spoken, text, type Word } from "../words.js";
import { onWhitePaper, type Palette, palette } from "./colours.js";
import { takeaway } from "./menus.js";
import { type Ink, type Pen, svgPen } from "./pen.js";
import { sign } from "./signs.js";
import { powerOfTen, short, ticks } from "./ticks.js";
import { words } from "./words.js";

/** A curve that stays. */
interface Pinned {
	readonly name: Word;
	readonly curve: Curve;
}

/** The curves. */
export interface Curves {
	readonly element: HTMLElement;
	/** A new run: its curve begins again, pinned ones stay. */
	readonly open: () => void;
	readonly draw: (frame: Frame) => void;
	readonly repaint: () => void;
	readonly picture: () => string;
}

/** What is drawn of one curve. */
interface Series {
	readonly name: string;
	readonly steps: Float64Array;
	readonly values: Float64Array;
	readonly ink: Ink;
}

const height = 190;
/** Milliseconds between two drawings: a curve that is longer by a step looks the same. */
const pause = 60;
const none: Curve = { steps: new Float64Array(0), train: new Float64Array(0), test: new Float64Array(0) };

/**
 * Makes them. `nameOfRun` says in a few words what a pinned curve was trained
 * with; a press on the chart goes to the step there.
 */
export function curves(nameOfRun: () => Word, goTo: (step: number) => void): Curves {
	const place = html("div", { class: "chart" });
	const legend = html("div", { class: "legend" });
	let curve: Curve = none;
	let step = 0;
	let pins: readonly Pinned[] = [];
	let logarithmic = false;
	let width = 0;
	let plot: uPlot | undefined;
	let drawn = 0;
	let later = 0;

	const log = tick(words.logarithmic, (on) => {
		logarithmic = on;
		remake();
	});
	const pin = act(words.pin, () => {
		if (curve.steps.length === 0) return;
		pins = [...pins.slice(-5), { name: nameOfRun(), curve }];
		unpin.hidden = false;
		remake();
	});
	pin.prepend(sign("pin"));
	pin.classList.add("small");
	const unpin = act(words.unpin, () => {
		pins = [];
		unpin.hidden = true;
		remake();
	});
	unpin.classList.add("small");
	unpin.hidden = true;

	function seriesOf(colours: Palette): Series[] {
		const tests = ({ test }: Curve): boolean => test.some((value) => !Number.isNaN(value));
		const lines: Series[] = [];
		for (const [at, { name: word, curve: kept }] of pins.entries()) {
			const name = spoken(word);
			const stroke = colours.classes[(at + 3) % colours.classes.length] as string;
			lines.push({ name, steps: kept.steps, values: kept.train, ink: { stroke, width: 1.2 } });
			if (tests(kept))
				lines.push({ name: "", steps: kept.steps, values: kept.test, ink: { stroke, width: 1.2, dash: [4, 3] } });
		}
		lines.push({
			name: spoken(words.train),
			steps: curve.steps,
			values: curve.train,
			ink: { stroke: colours.accent, width: 1.8 },
		});
		if (tests(curve))
			lines.push({
				name: spoken(words.test),
				steps: curve.steps,
				values: curve.test,
				ink: { stroke: colours.gradient, width: 1.8, dash: [6, 3] },
			});
		return lines;
	}

	/** What can be drawn: on a logarithmic axis nothing else than positive numbers. */
	const drawable = (values: Float64Array): (number | null)[] =>
		Array.from(values, (value) => (Number.isFinite(value) && (!logarithmic || value > 0) ? value : null));

	function dataOf(lines: readonly Series[]): uPlot.AlignedData {
		if (pins.length === 0) return [curve.steps, ...lines.map(({ values }) => drawable(values))] as uPlot.AlignedData;
		return uPlot.join(lines.map(({ steps, values }) => [Array.from(steps), drawable(values)]));
	}

	function make(): void {
		plot?.destroy();
		place.replaceChildren();
		if (width === 0) return;
		const colours = palette();
		const lines = seriesOf(colours);
		const axis = {
			stroke: colours.faint,
			grid: { stroke: colours.line, width: 1 },
			ticks: { stroke: colours.line, width: 1, size: 4 },
			font: "11px system-ui, sans-serif",
			gap: 4,
		};
		plot = new uPlot(
			{
				width,
				height,
				legend: { show: false },
				cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
				scales: {
					x: { time: false, range: (_, low, high) => [low ?? 0, Math.max(high ?? 1, (low ?? 0) + 1)] },
					y: logarithmic
						? { distr: 3, range: (_, low, high) => rangeOfLogs(low, high) }
						: { range: (_, low, high) => rangeOf(low, high) },
				},
				axes: [
					{
						...axis,
						size: 26,
						values: (_, values) => values.map((value) => (Number.isInteger(value) ? String(value) : "")),
					},
					{
						...axis,
						size: 50,
						values: (_, values) =>
							values.map((value) => (value === null ? "" : logarithmic ? logText(value) : short(value))),
					},
				],
				series: [
					{},
					...lines.map(
						({ ink }): uPlot.Series => ({
							stroke: ink.stroke ?? "",
							width: ink.width ?? 1,
							...(ink.dash ? { dash: [...ink.dash] } : {}),
							points: { show: false },
							spanGaps: true,
						}),
					),
				],
				hooks: { draw: [(chart) => markStep(chart, colours)], setCursor: [tell] },
			},
			dataOf(lines),
			place,
		);
		plot.over.addEventListener("click", () => {
			const at = plot?.cursor.idx;
			const wanted = at === null || at === undefined ? undefined : plot?.data[0]?.[at];
			if (typeof wanted === "number") goTo(wanted);
		});
		drawLegend(lines, colours);
	}

	/** A line where the picture stands. */
	function markStep(chart: uPlot, colours: Palette): void {
		if (curve.steps.length === 0 || step >= (curve.steps.at(-1) as number)) return;
		const x = Math.round(chart.valToPos(step, "x", true));
		const { ctx, bbox } = chart;
		ctx.save();
		ctx.strokeStyle = colours.ink;
		ctx.lineWidth = devicePixelRatio;
		ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
		ctx.beginPath();
		ctx.moveTo(x, bbox.top);
		ctx.lineTo(x, bbox.top + bbox.height);
		ctx.stroke();
		ctx.restore();
	}

	function remake(): void {
		make();
		tell();
	}

	const readout = html("p", { class: "readout" });
	function tell(): void {
		const at = plot?.cursor.idx;
		if (
			plot === undefined ||
			at === null ||
			at === undefined ||
			plot.cursor.left === undefined ||
			plot.cursor.left < 0
		) {
			readout.replaceChildren(text(words.clickCurve));
			readout.classList.add("faint");
			return;
		}
		readout.classList.remove("faint");
		const lines = seriesOf(palette());
		const pairs = lines.flatMap(({ name }, line) => {
			const value = plot?.data[line + 1]?.[at];
			return name === "" || typeof value !== "number"
				? []
				: [html("span", { class: "pair" }, `${name} `, html("output", {}, short(value, 4)))];
		});
		readout.replaceChildren(
			html("span", { class: "pair" }, text(words.step), ` ${plot.data[0]?.[at] ?? ""}`),
			...pairs.slice(-3),
		);
	}

	function drawLegend(lines: readonly Series[], colours: Palette): void {
		legend.replaceChildren(
			...lines
				.filter(({ name }) => name !== "")
				.map(({ name, ink }) => {
					const dash = html("span", { class: "dash" });
					dash.style.borderTopColor = ink.stroke ?? colours.ink;
					dash.style.borderTopStyle = ink.dash ? "dashed" : "solid";
					return html("span", { class: "chip" }, dash, html("span", {}, name));
				}),
		);
	}

	function update(): void {
		later = 0;
		drawn = performance.now();
		if (plot === undefined) return;
		const lines = seriesOf(palette());
		if (lines.length !== plot.series.length - 1) make();
		else plot.setData(dataOf(lines));
	}

	const picture = (): string => {
		const [across, tall] = [560, 300];
		const { pen, text: written } = svgPen(across, tall, spoken(words.losses));
		onWhitePaper((colours) => drawByPen(pen, across, tall, seriesOf(colours), logarithmic, colours));
		return written();
	};
	const element = html(
		"section",
		{ class: "card curves" },
		html(
			"header",
			{},
			html("h2", {}, text(words.losses)),
			log.element,
			pin,
			unpin,
			takeaway(words.losses, "losses", picture),
		),
		label(place, "aria-label", words.losses),
		legend,
		readout,
	);
	place.setAttribute("role", "img");
	new ResizeObserver(([entry]) => {
		const next = Math.floor(entry?.contentRect.width ?? 0);
		if (next === 0 || next === width) return;
		width = next;
		if (plot) plot.setSize({ width, height });
		else make();
	}).observe(place);
	onLanguage(element, remake);
	tell();

	return {
		element,
		open: () => {
			curve = none;
			step = 0;
			remake();
		},
		draw: (frame) => {
			const moved = frame.step !== step;
			step = frame.step;
			if (frame.curve !== undefined) curve = frame.curve;
			else if (!moved) return;
			if (later !== 0) return;
			const wait = frame.running ? drawn + pause - performance.now() : 0;
			if (wait <= 0) update();
			else later = window.setTimeout(update, wait);
		},
		repaint: remake,
		picture,
	};
}

function rangeOf(low: number | null, high: number | null): [number, number] {
	const top = high ?? 1;
	const bottom = Math.min(0, low ?? 0);
	return [bottom, top > bottom ? top + (top - bottom) * 0.05 : bottom + 1];
}

function rangeOfLogs(low: number | null, high: number | null): [number, number] {
	const [from, to] = [low ?? 0.1, high ?? 1];
	const exponents = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))] as const;
	return [10 ** exponents[0], 10 ** Math.max(exponents[1], exponents[0] + 1)];
}

function logText(value: number): string {
	const exponent = Math.log10(value);
	return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? powerOfTen(Math.round(exponent)) : "";
}

/** The same for a file. */
function drawByPen(
	pen: Pen,
	width: number,
	height: number,
	lines: readonly Series[],
	logarithmic: boolean,
	colours: Palette,
): void {
	const [left, right, top, foot] = [56, width - 12, 34, height - 30];
	const kept = lines.flatMap(({ values }) =>
		Array.from(values).filter((value) => Number.isFinite(value) && (!logarithmic || value > 0)),
	);
	const ends: [number | null, number | null] =
		kept.length === 0 ? [null, null] : [kept.reduce((a, b) => Math.min(a, b)), kept.reduce((a, b) => Math.max(a, b))];
	const [low, high] = logarithmic ? rangeOfLogs(...ends) : rangeOf(...ends);
	const last = Math.max(1, ...lines.map(({ steps }) => steps.at(-1) ?? 0));
	const level = (value: number): number => (logarithmic ? Math.log10(value) : value);
	const toX = (at: number): number => left + ((right - left) * at) / last;
	const toY = (value: number): number =>
		foot - ((foot - top) * (level(value) - level(low))) / (level(high) - level(low));
	const heights = logarithmic
		? Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, at) => low * 10 ** at)
		: ticks(low, high, 5);
	for (const value of heights) {
		pen.line(left, toY(value), right, toY(value), { stroke: colours.line });
		const words = logarithmic ? powerOfTen(Math.round(Math.log10(value))) : short(value);
		pen.text(left - 7, toY(value) + 4, words, colours.faint, 11, "end");
	}
	for (const at of ticks(0, last, 6).filter(Number.isInteger)) {
		pen.line(toX(at), top, toX(at), foot, { stroke: colours.line });
		pen.text(toX(at), foot + 15, String(at), colours.faint, 11, "middle");
	}
	for (const { steps, values, ink } of lines)
		pen.path(
			Array.from(steps, toX),
			Array.from(values, (value) => (logarithmic && !(value > 0) ? Number.NaN : toY(value))),
			ink,
		);
	let x = left;
	for (const { name, ink } of lines.filter((line) => line.name !== "")) {
		pen.line(x, 16, x + 18, 16, ink);
		pen.text(x + 23, 20, name, colours.ink, 12);
		x += 23 + name.length * 7 + 18;
	}
	pen.text(right, height - 3, spoken(words.step), colours.faint, 11, "end");
}
