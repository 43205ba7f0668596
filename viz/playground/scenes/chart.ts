/**
 * Losses over one another: as a small picture without words, and as one with
 * axes. Colours are those of the style sheet, by the number of the variant.
 */
import { svg } from "../../explorer/page/dom.js";
import { powerOfTen, short, ticks } from "../network/ticks.js";
import type { Curve } from "../training/protocol.js";
import { text } from "../words.js";
import type { TrainedScene } from "./scenes.js";
import { words } from "./words.js";

/** Where a picture lies in its frame, in pixels. */
interface Box {
	readonly width: number;
	readonly height: number;
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** As many colours as variants. */
const seriesCount = 5;

/** The class of a variant's line. */
export function seriesClass(index: number): string {
	return `series${index % seriesCount}`;
}

type Scale = TrainedScene["scale"];

/** Losses of `curves` without words; a curve that is not there yet is left out. */
export function sparkline(
	curves: readonly (Curve | undefined)[],
	scale: Scale,
	width: number,
	height: number,
): SVGSVGElement {
	const box: Box = { width, height, left: 4, right: 4, top: 5, bottom: 5 };
	return svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, class: "sparkline", preserveAspectRatio: "none", "aria-hidden": "true" },
		...linesIn(box, curves, scale),
	);
}

/** Losses of `curves` against steps. */
export function chart(curves: readonly (Curve | undefined)[], scale: Scale, width: number): SVGSVGElement {
	const box: Box = {
		width,
		height: Math.min(280, Math.max(200, width * 0.45)),
		left: 58,
		right: 14,
		top: 22,
		bottom: 38,
	};
	const { height, left, right, top, bottom } = box;
	const [x, y] = scalesOf(box, curves, scale);
	const marks = [svg("path", { class: "frame", d: `M${left} ${top}V${height - bottom}H${width - right}` })];
	for (const value of x.ticks) {
		marks.push(svg("path", { d: `M${x.at(value)} ${height - bottom}v5` }));
		marks.push(svg("text", { x: x.at(value), y: height - bottom + 18, class: "middle" }, short(value, 4)) as never);
	}
	for (const value of y.ticks) {
		marks.push(svg("path", { class: "grid", d: `M${left} ${y.at(value)}H${width - right}` }));
		const written = scale === "logarithmic" ? powerOfTen(Math.round(Math.log10(value))) : short(value);
		marks.push(svg("text", { x: left - 7, y: y.at(value), dy: "0.32em", class: "end" }, written) as never);
	}
	return svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, class: "losses" },
		svg("g", { class: "axes" }, ...marks),
		svg("text", { x: width - right, y: height - 6, class: "end name" }, text(words.step)),
		svg("text", { x: 6, y: 13, class: "name" }, text(words.loss)),
		...linesIn(box, curves, scale),
	);
}

/** Numbers to pixels, and the numbers worth a mark. */
interface Axis {
	readonly at: (value: number) => number;
	readonly ticks: readonly number[];
}

function scalesOf(
	{ width, height, left, right, top, bottom }: Box,
	curves: readonly (Curve | undefined)[],
	scale: Scale,
): readonly [Axis, Axis] {
	const steps = Math.max(1, ...curves.flatMap((curve) => [...(curve?.steps ?? [])]));
	const all = curves.flatMap((curve) => [...(curve?.train ?? [])]).filter((loss) => Number.isFinite(loss));
	const rounded = (value: number): number => Math.round(value * 10) / 10;
	const across: Axis = {
		at: (step) => rounded(left + ((width - left - right) * step) / steps),
		ticks: ticks(0, steps, width < 420 ? 3 : 6),
	};
	const positive = all.filter((loss) => loss > 0);
	const logarithmic = scale === "logarithmic" && positive.length > 0;
	const measured = (loss: number): number => (logarithmic ? Math.log10(Math.max(loss, Number.MIN_VALUE)) : loss);
	const bounds = logarithmic ? positive : [0, ...all];
	const [low, most] = [measured(Math.min(...bounds)), measured(Math.max(...bounds))];
	const high = most > low ? most : low + 1;
	const up: Axis = {
		at: (loss) =>
			rounded(height - bottom - (height - top - bottom) * Math.max(0, (measured(loss) - low) / (high - low))),
		ticks: logarithmic ? decades(low, high) : ticks(low, high, 4),
	};
	return [across, up];
}

/** Powers of ten between two exponents, few enough to be read. */
function decades(low: number, high: number): number[] {
	const every = Math.max(1, Math.ceil((high - low) / 5));
	const first = Math.ceil(low / every - 1e-9) * every;
	return Array.from({ length: Math.floor((high - first) / every + 1e-9) + 1 }, (_, at) => 10 ** (first + at * every));
}

function linesIn(box: Box, curves: readonly (Curve | undefined)[], scale: Scale): SVGElement[] {
	const [x, y] = scalesOf(box, curves, scale);
	return curves.flatMap((curve, index) => {
		if (curve === undefined) return [];
		// No more places than there are pixels.
		const every = Math.max(1, Math.floor(curve.steps.length / box.width));
		const places = [...curve.steps.entries()]
			.filter(([at]) => at % every === 0 || at === curve.steps.length - 1)
			.map(([at, step]) => [x.at(step), y.at(curve.train[at] as number)] as const)
			.filter((place) => place.every(Number.isFinite));
		return places.length === 0
			? []
			: [
					svg("path", {
						class: `line ${seriesClass(index)}`,
						d: `M${places.map((place) => place.join(" ")).join("L")}`,
					}),
				];
	});
}
