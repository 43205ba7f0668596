/**
 * How large the gradients of every layer are, on one axis of powers of ten for
 * all layers, so that vanishing is seen as a walk to the left.
 *
 * What has no place on such an axis stands beside it: zeros on the left, what is
 * no number on the right.
 */
import { html } from "../../explorer/page/dom.js";
import { type Frame, histogram, type LayerFrame, type Opened } from "../training/protocol.js";
import { label, onLanguage, spoken, text } from "../words.js";
import { onWhitePaper, type Palette, palette } from "./colours.js";
import { takeaway } from "./menus.js";
import { type Pen, sheet, svgPen } from "./pen.js";
import { powerOfTen, short } from "./ticks.js";
import { layerOfWeights, words } from "./words.js";

/** The histograms. */
export interface Gradients {
	readonly element: HTMLElement;
	readonly open: (opened: Opened) => void;
	readonly draw: (frame: Frame) => void;
	readonly repaint: () => void;
	readonly picture: () => string;
}

const margin = { left: 62, right: 50, bottom: 20, top: 4 } as const;
/** Beside the axis: for zeros and for what is no number. */
const aside = 24;

/** Milliseconds between two drawings while it trains. */
const pause = 40;

/** Makes them. */
export function gradients(): Gradients {
	const canvas = sheet({ role: "img" });
	label(canvas.canvas, "aria-label", words.histograms);
	const place = html("div", { class: "histograms" }, canvas.canvas);
	const table = html("p", { class: "unseen" });
	let frame: Frame | undefined;
	let painted = 0;
	let width = 0;

	const rowHeight = (): number => {
		const rows = frame?.layers.length ?? 1;
		return rows <= 4 ? 34 : rows <= 7 ? 26 : 20;
	};
	const heightOf = (): number => margin.top + (frame?.layers.length ?? 1) * rowHeight() + margin.bottom;

	function drawAll(pen: Pen, across: number, colours: Palette): void {
		const { low, bins, perDecade } = histogram;
		const layers = frame?.layers ?? [];
		const row = rowHeight();
		const [left, right] = [margin.left + aside, across - margin.right - aside];
		const step = (right - left) / bins;
		const toX = (exponent: number): number => left + (exponent - low) * perDecade * step;
		const foot = margin.top + layers.length * row;
		for (let exponent = low; exponent <= low + bins / perDecade; exponent += 3) {
			const x = toX(exponent);
			pen.line(x, margin.top, x, foot, { stroke: colours.line });
			pen.text(x, foot + 14, powerOfTen(exponent), colours.faint, 10, "middle");
		}
		pen.text(left - aside + 3, foot + 14, "0", colours.faint, 10, "middle");
		for (const [at, layer] of layers.entries()) {
			const base = margin.top + (at + 1) * row - 2;
			pen.text(2, base - 3, spoken(layerOfWeights(at, layers.length)), colours.ink, 11);
			pen.line(left - aside, base, right + aside, base, { stroke: colours.line });
			drawRow(pen, layer, base, row - 6, step, [left, right], toX, colours);
			pen.text(across - 2, base - 3, sizeText(layer), layer.broken > 0 ? colours.broken : colours.ink, 11, "end");
		}
	}

	function drawRow(
		pen: Pen,
		{ counts, zeros, broken, size }: LayerFrame,
		base: number,
		tall: number,
		step: number,
		[left, right]: readonly [number, number],
		toX: (exponent: number) => number,
		colours: Palette,
	): void {
		const most = Math.max(1, zeros, broken, ...counts);
		// Of the root, so that a single weight is still seen beside a thousand.
		const height = (count: number): number => tall * Math.sqrt(count / most);
		for (let bin = 0; bin < counts.length; bin++) {
			const count = counts[bin]!;
			if (count > 0)
				pen.box(left + bin * step + 0.5, base - height(count), step - 1, height(count), {
					fill: colours.gradient,
					alpha: 0.75,
				});
		}
		if (zeros > 0) pen.box(left - aside, base - height(zeros), 6, height(zeros), { fill: colours.faint });
		if (broken > 0) pen.box(right + aside - 6, base - height(broken), 6, height(broken), { fill: colours.broken });
		if (size > 0 && Number.isFinite(size)) {
			const x = Math.min(right, Math.max(left, toX(Math.log10(size))));
			pen.line(x, base - tall - 2, x, base, { stroke: colours.ink, width: 1.8 });
		}
	}

	function repaint(): void {
		if (width === 0 || frame === undefined) return;
		canvas.clear(width, heightOf());
		drawAll(canvas.pen, width, palette());
	}

	function describe(): void {
		if (frame === undefined) return;
		const layers = frame.layers;
		table.textContent = layers
			.map((layer, at) => `${spoken(layerOfWeights(at, layers.length))}: √mean(g²) = ${sizeText(layer)}`)
			.join("; ");
	}

	new ResizeObserver(([entry]) => {
		const next = Math.floor(entry?.contentRect.width ?? 0);
		if (next === 0 || next === width) return;
		width = next;
		repaint();
	}).observe(place);

	const picture = (): string => {
		const across = 420;
		const { pen, text: written } = svgPen(across, heightOf(), spoken(words.histograms));
		onWhitePaper((colours) => drawAll(pen, across, colours));
		return written();
	};
	const legend = html("p", { class: "faint small-text" }, text(words.histogramLegend));
	const element = html(
		"section",
		{ class: "card gradients" },
		html("header", {}, html("h2", {}, text(words.histograms)), takeaway(words.histograms, "gradients", picture)),
		place,
		table,
		legend,
	);
	onLanguage(element, () => {
		repaint();
		describe();
	});
	return {
		element,
		open: ({ sizes }) => {
			frame = undefined;
			place.style.minHeight = `${margin.top + (sizes.length - 1) * 34 + margin.bottom}px`;
		},
		draw: (next) => {
			const isFirst = frame === undefined;
			frame = next;
			if (isFirst) place.style.minHeight = `${heightOf()}px`;
			const now = performance.now();
			if (isFirst || !next.running || now - painted > pause) {
				painted = now;
				repaint();
			}
			if (!next.running) describe();
		},
		repaint,
		picture,
	};
}

function sizeText({ size, broken }: LayerFrame): string {
	if (broken > 0) return "NaN, ∞";
	return size > 0 && size < 1e-3 ? size.toExponential(1).replace("e-", "e−") : short(size, 2);
}
