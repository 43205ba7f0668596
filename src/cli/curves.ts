/**
 * The tour's curves, drawn by Observable Plot without a browser.
 *
 * A start has a colour and a cost has a dash, the same in every figure. Colours
 * are variables of the page's style, and the rest is drawn in the colour of the
 * text, so that the same SVG serves a light and a dark page.
 */
import {
	type Markish,
	type PlotOptions,
	plot,
	dot as plotDot,
	lineY as plotLine,
	ruleY,
	text,
} from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Neuron, sigma, sigmaSlope } from "./hand.js";
import { atStart, type Epoch, firstEpoch, inversion, type Run } from "./neuron.js";

/** The cost below which the note calls the neuron trained. */
export const threshold = 0.05;

/** The output at which the quadratic cost is 0.05, which makes the speed of both costs comparable. */
export const reached: number = Math.sqrt(2 * threshold);

/** The name of a start: `w = 0.6, b = 0.9`. */
export function startName({ w, b }: Neuron): string {
	return `w = ${w}, b = ${b}`;
}

/** The style variable that holds the colour of a start. */
export function startColour(start: Neuron): string {
	return `var(--start-${inversion.starts.findIndex(({ w }) => w === start.w) + 1})`;
}

function figure(label: string, options: PlotOptions): string {
	const { document } = parseHTML("<!doctype html><html><body></body></html>");
	const drawn = plot({
		width: 520,
		height: 300,
		marginLeft: 46,
		marginRight: 24,
		marginBottom: 40,
		ariaLabel: label,
		style: { fontSize: "12px", overflow: "visible" },
		...options,
		document: document as unknown as Document,
	});
	drawn.setAttribute("role", "img");
	return drawn.outerHTML;
}

function curve(run: Run, height: (epoch: Epoch) => number, what: string): Markish {
	return plotLine(run.epochs as Epoch[], {
		x: "epoch",
		y: height,
		stroke: startColour(run.start),
		strokeWidth: 2.2,
		...(run.cost === "cross-entropy" && { strokeDasharray: "7 4" }),
		ariaDescription: `${what}, ${run.cost}, from ${startName(run.start)}`,
	});
}

/** A point with its words, in the colour of its curve. */
function mark(x: number, y: number, words: string, colour: string, dx: number, dy: number): Markish[] {
	const at = [[x, y] as [number, number]];
	return [
		plotDot(at, { fill: colour, stroke: "var(--paper)", strokeWidth: 1.5, r: 5 }),
		text(at, {
			text: [words],
			dx,
			dy,
			textAnchor: dx < 0 ? "end" : dx > 0 ? "start" : "middle",
			fill: colour,
			stroke: "var(--paper)",
			strokeWidth: 4,
			fontWeight: 600,
		}),
	];
}

const epochs = { label: "epoch →", domain: [0, inversion.epochs] } satisfies PlotOptions["x"];

/** Marks the first epoch of every run for which `holds`, at `height`; what would collide is written to both sides. */
function crossings(runs: readonly Run[], height: number, holds: (epoch: Epoch) => boolean): Markish[] {
	const found = runs
		.flatMap((run) => {
			const at = firstEpoch(run, holds);
			return at === undefined ? [] : [{ at, colour: startColour(run.start) }];
		})
		.sort((a, b) => a.at - b.at);
	return found.flatMap(({ at, colour }, index) => {
		const crowded = (found[index + 1]?.at ?? Number.POSITIVE_INFINITY) - at < 40;
		return mark(at, height, String(at), colour, crowded ? -7 : 7, -15);
	});
}

/** Cost against epoch for the runs of one cost; where a curve falls below 0.05 is marked with its epoch. */
export function costFigure(runs: readonly Run[]): string {
	const [{ cost } = { cost: "quadratic" }] = runs;
	return figure(`Cost against epoch with the ${cost} cost, from both starts`, {
		x: epochs,
		y: { label: "↑ cost C", grid: true, zero: true, nice: true },
		marks: [
			ruleY([0]),
			ruleY([threshold], { strokeDasharray: "2 3", strokeOpacity: 0.7 }),
			...runs.map((run) => curve(run, (epoch) => epoch.cost, "cost")),
			...crossings(runs, threshold, (epoch) => epoch.cost < threshold),
		],
	});
}

/** Output against epoch for all runs: one scale on which both costs can be compared. */
export function outputFigure(runs: readonly Run[]): string {
	return figure("Output against epoch for both costs, from both starts", {
		width: 1064,
		height: 340,
		x: epochs,
		y: { label: "↑ output a", grid: true, domain: [0, 1] },
		marks: [
			ruleY([0]),
			ruleY([reached], { strokeDasharray: "2 3", strokeOpacity: 0.7 }),
			...runs.map((run) => curve(run, (epoch) => epoch.output, "output")),
			...crossings(runs, reached, (epoch) => epoch.output < reached),
		],
	});
}

/** σ and σ′ with the two starts on both curves. */
export function sigmoidFigure(runs: readonly Run[]): string {
	const places = Array.from({ length: 121 }, (_, index) => (index - 60) / 10);
	const line = (f: (z: number) => number, ariaDescription: string, dash?: string): Markish =>
		plotLine(places, { x: (z) => z, y: f, ariaDescription, strokeWidth: 1.8, ...(dash && { strokeDasharray: dash }) });
	const points = runs.flatMap((run) => {
		const { w, b } = atStart(run);
		const z = w * inversion.x + b;
		const colour = startColour(run.start);
		return [
			...mark(z, sigma(z), `σ(${z}) = ${sigma(z).toFixed(6)}`, colour, 9, 14),
			...mark(z, sigmaSlope(z), `σ′(${z}) = ${sigmaSlope(z).toFixed(6)}`, colour, 9, -12),
		];
	});
	return figure("The sigmoid and its slope, with the two starts", {
		width: 1064,
		height: 320,
		x: { label: "z →", domain: [-6, 6] },
		y: { label: "↑ σ(z), σ′(z)", grid: true, domain: [0, 1] },
		marks: [
			ruleY([0]),
			line(sigma, "σ"),
			line(sigmaSlope, "σ′", "2 4"),
			text([[-2.6, 0.17] as [number, number]], { text: ["σ′(z)"], fontStyle: "italic" }),
			text([[-1.2, 0.34] as [number, number]], { text: ["σ(z)"], fontStyle: "italic" }),
			...points,
		],
	});
}
