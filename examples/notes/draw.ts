/**
 * The pictures of the programs in these folders: functions, data and planes,
 * drawn by Observable Plot without a browser.
 *
 * What is drawn has its name beside it in its own colour, so there are no
 * legends. Colours are plain attributes, which every viewer understands; a style
 * sheet in the file exchanges them where the reader prefers dark pages.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import {
	areaY,
	type ContourOptions,
	contour,
	type Markish,
	type PlotOptions,
	plot,
	arrow as plotArrow,
	dot as plotDot,
	line as plotLine,
	ruleX,
	ruleY,
	text,
} from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Colours on a light page and on a dark one; the pale ones are for areas. */
const shades = {
	ink: ["#1d2630", "#e4e9ef"],
	paper: ["#ffffff", "#14181d"],
	grey: ["#6b7480", "#98a2ae"],
	blue: ["#2563a8", "#6cb0f5"],
	orange: ["#b8560b", "#f0a35e"],
	green: ["#2f7d4f", "#6cc592"],
	violet: ["#7a4aa0", "#c39be8"],
	red: ["#b3261e", "#ff8a80"],
	paleBlue: ["#e4eefb", "#1c2d40"],
	paleOrange: ["#fbeadb", "#3a2917"],
} as const;

export type Colour = keyof typeof shades;
type Place = readonly [x: number, y: number];

/** Words beside a mark; `dx` and `dy` are pixels to the right and down. */
export interface Words {
	readonly label?: string;
	readonly dx?: number;
	readonly dy?: number;
}

export interface Stroke extends Words {
	readonly colour?: Colour;
	readonly dash?: boolean;
	readonly width?: number;
	/** Where the label stands: the place of that number along the line; its end when left out. */
	readonly labelAt?: number;
}

export interface Axis {
	readonly label: string;
	readonly domain?: readonly [number, number];
	readonly logarithmic?: boolean;
	readonly ticks?: number | readonly number[];
}

export interface PanelOptions {
	readonly title?: string;
	readonly x: Axis;
	readonly y: Axis;
	readonly width?: number;
	readonly height?: number;
}

const shade = (colour: Colour): string => shades[colour][0];
const typefaces = "Helvetica, Arial, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif";

/** Free words at a place. */
export function words(label: string, at: Place, { dx = 0, dy = 0 }: Words = {}, colour: Colour = "ink"): Markish {
	return text([at], {
		x: "0",
		y: "1",
		text: [label],
		dx,
		dy,
		textAnchor: dx < 0 ? "end" : dx > 0 ? "start" : "middle",
		fill: shade(colour),
		stroke: shade("paper"),
		strokeWidth: 4,
		fontWeight: 600,
	});
}

/** A line through places. */
export function line(places: readonly Place[], style: Stroke = {}): Markish {
	const { colour = "ink", dash = false, width = 2.2, label, labelAt = places.length - 1, ...beside } = style;
	const at = places[labelAt];
	return [
		plotLine(places as Place[], {
			x: "0",
			y: "1",
			stroke: shade(colour),
			strokeWidth: width,
			clip: true,
			...(dash && { strokeDasharray: "6 4" }),
		}),
		label === undefined || at === undefined ? null : words(label, at, { dx: 8, ...beside }, colour),
	];
}

/** The graph of a function; `labelAt` is the x of its label. */
export function curve(f: (x: number) => number, [from, to]: Place, style: Stroke = {}): Markish {
	const steps = 240;
	const places = Array.from({ length: steps + 1 }, (_, step): Place => {
		const x = from + ((to - from) * step) / steps;
		return [x, f(x)];
	});
	const { labelAt = to, ...rest } = style;
	return line(places, { ...rest, labelAt: Math.round(((labelAt - from) / (to - from)) * steps) });
}

/** A point; a hollow one stands for what is left out, or for the class 0. */
export function point(at: Place, style: Words & { readonly colour?: Colour; readonly hollow?: boolean } = {}): Markish {
	const { colour = "ink", hollow = false, label, ...beside } = style;
	const [fill, stroke] = hollow ? [shade("paper"), shade(colour)] : [shade(colour), shade("paper")];
	return [
		plotDot([at], { x: "0", y: "1", r: 5, fill, stroke, strokeWidth: hollow ? 2.2 : 1.5 }),
		label === undefined ? null : words(label, at, { dx: 9, ...beside }, colour),
	];
}

/** An arrow from one place to another; its label stands at the tip. */
export function arrow(from: Place, to: Place, { colour = "ink", label, width = 2, ...beside }: Stroke = {}): Markish {
	const ends = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
	return [
		plotArrow([ends], { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: shade(colour), strokeWidth: width }),
		label === undefined ? null : words(label, to, { dx: 8, ...beside }, colour),
	];
}

/** Lines of equal height of a function of the plane. */
export function contours(
	f: (x: number, y: number) => number,
	[x1, x2]: Place,
	[y1, y2]: Place,
	levels: readonly number[],
	{ colour = "grey", width = 1.2, dash = false }: Stroke = {},
): Markish {
	// A contour closes along the edge of its field: the edge lies outside, and is cut off.
	const [dx, dy] = [(x2 - x1) / 20, (y2 - y1) / 20];
	return contour({
		x1: x1 - dx,
		x2: x2 + dx,
		y1: y1 - dy,
		y2: y2 + dy,
		value: f,
		thresholds: levels as number[],
		stroke: shade(colour),
		strokeWidth: width,
		clip: true,
		...(dash && { strokeDasharray: "6 4" }),
	} as Parameters<typeof contour>[0]);
}

/** The part of the plane where f > 0. */
export function region(
	f: (x: number, y: number) => number,
	[x1, x2]: Place,
	[y1, y2]: Place,
	colour: Colour = "paleBlue",
): Markish {
	const inside = (x: number, y: number): number => (f(x, y) > 0 ? 1 : -1);
	const square = { x1, x2, y1, y2, pixelSize: 1, thresholds: [0], stroke: "none" };
	return contour({ ...square, value: inside, fill: shade(colour) } as Parameters<typeof contour>[0]);
}

/**
 * Where f lies above each of `levels`, and in another colour where −f does: the
 * further from 0, the deeper. For smooth functions, which are asked for many places at once.
 */
export function shading(
	f: (places: readonly Place[]) => ArrayLike<number>,
	[x1, x2]: Place,
	[y1, y2]: Place,
	levels: readonly number[],
	colours: readonly [below: Colour, above: Colour],
): Markish {
	const side = 121;
	const [dx, dy] = [(x2 - x1) / 20, (y2 - y1) / 20]; // the edge of the field lies outside, as in `contours`
	const field = { width: side, height: side, x1: x1 - dx, x2: x2 + dx, y1: y1 - dy, y2: y2 + dy };
	const places = Array.from({ length: side * side }, (_, at): Place => {
		const [column, row] = [((at % side) + 0.5) / side, (Math.floor(at / side) + 0.5) / side];
		return [field.x1 + column * (field.x2 - field.x1), field.y1 + row * (field.y2 - field.y1)];
	});
	const heights = Array.from(f(places));
	return [-1, 1].flatMap((sign, side) => {
		const ink = { fill: shade(colours[side]!), fillOpacity: 0.15, stroke: "none", clip: true };
		const values = heights.map((height) => sign * height);
		return levels.map((level) => contour(values, { ...field, ...ink, thresholds: [level] } as ContourOptions));
	});
}

/** The area between a line through places and the height `floor`. */
export function area(places: readonly Place[], floor: number, colour: Colour): Markish {
	return areaY(places as Place[], { x: "0", y1: floor, y2: "1", fill: shade(colour), fillOpacity: 0.3, clip: true });
}

/** A horizontal or vertical line across the panel. */
export function level(at: { readonly x: number } | { readonly y: number }): Markish {
	const style = { stroke: shade("grey"), strokeDasharray: "2 3" };
	return "x" in at ? ruleX([at.x], style) : ruleY([at.y], style);
}

/** One system of axes with its marks. */
export interface Panel {
	readonly width: number;
	readonly height: number;
	readonly title: string;
	readonly svg: string;
}

/** 1000 as 10³; numbers between powers are left out. */
function powerOfTen(x: number): string {
	const exponent = Math.log10(x);
	if (Math.abs(exponent - Math.round(exponent)) > 1e-9) return "";
	return `10${String(Math.round(exponent)).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]!))}`;
}

function axis({ label, domain, logarithmic = false, ticks }: Axis): NonNullable<PlotOptions["x"]> {
	return {
		label,
		grid: true,
		nice: domain === undefined,
		...(logarithmic && { type: "log", tickFormat: powerOfTen }),
		...(domain && { domain }),
		...(ticks !== undefined && { ticks: ticks as number }),
		...(typeof ticks === "object" && { tickFormat: String }),
	};
}

export function panel(options: PanelOptions, ...marks: readonly Markish[]): Panel {
	const { width = 560, height = 320, title = "" } = options;
	const { document } = parseHTML("<!doctype html><html><body></body></html>");
	const drawn = plot({
		width,
		height,
		marginLeft: 52,
		marginRight: 24,
		marginTop: 28,
		marginBottom: 46,
		style: { fontSize: "12px", overflow: "visible", fontFamily: typefaces },
		x: axis(options.x),
		y: axis(options.y),
		marks: [...marks],
		document: document as unknown as Document,
	});
	return { width, height, title, svg: drawn.outerHTML };
}

const stylesheet = [
	`svg{color:${shades.ink[1]}}`,
	...Object.values(shades).flatMap(([light, dark]) => [
		`[fill="${light}"]{fill:${dark}}`,
		`[stroke="${light}"]{stroke:${dark}}`,
	]),
].join("");

function escaped(plain: string): string {
	return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Writes panels side by side as `out/notes/NAME.svg`, and says so. */
export function draw(name: string, ...panels: readonly Panel[]): void {
	const head = panels.some(({ title }) => title !== "") ? 28 : 6;
	const width = panels.reduce((total, { width }) => total + width, 0);
	const height = head + Math.max(...panels.map(({ height }) => height));
	let left = 0;
	const parts = panels.map(({ width, title, svg }) => {
		const heading = `<text x="${left + 16}" y="20" font-weight="600" fill="${shade("ink")}">${escaped(title)}</text>`;
		const part = `${heading}\n${svg.replace("<svg", `<svg x="${left}" y="${head}"`)}`;
		left += width;
		return part;
	});
	save(
		name,
		[
			`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
			` color="${shade("ink")}" font-family="${typefaces}" font-size="14" role="img">`,
			`<style>@media (prefers-color-scheme: dark){${stylesheet}}</style>`,
			`<rect width="100%" height="100%" rx="6" fill="${shade("paper")}"/>`,
			...parts,
			"</svg>\n",
		].join("\n"),
	);
}

/** Writes an SVG as `out/notes/NAME.svg`, and says so. */
export function save(name: string, svg: string): void {
	mkdirSync("out/notes", { recursive: true });
	writeFileSync(`out/notes/${name}.svg`, svg);
	console.log(`out/notes/${name}.svg`);
}
