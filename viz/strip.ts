/**
 * Many numbers as a small picture: how often which occur, or all in a row.
 *
 * Both are tables of cells, the one thing with a size and a colour that a label
 * of Graphviz can hold; so they are text in DOT, too, and need no second tool.
 */
import type { Inks } from "./look.js";

const bars = { count: 12, width: 6, height: 14 } as const;
const strip = { count: 24, width: 72, height: 8 } as const;

/** How many of the elements, all finite and not all equal, lie in each of `count` equal parts of their range. */
export function histogramOf(elements: readonly number[], count: number): number[] {
	const low = elements.reduce((a, b) => Math.min(a, b));
	const high = elements.reduce((a, b) => Math.max(a, b));
	const counts = new Array<number>(count).fill(0);
	for (const element of elements) {
		// Divided first: the width of a range of doubles may be infinite.
		const place = (element / 2 - low / 2) / (high / 2 - low / 2);
		const at = Math.min(count - 1, Math.floor(place * count));
		counts[at] = (counts[at] as number) + 1;
	}
	return counts;
}

/** A histogram; what occurs at all can be seen. */
export function barsOf(elements: readonly number[], { bar }: Inks): string {
	const counts = histogramOf(elements, bars.count);
	const most = Math.max(...counts);
	const cells = counts.map((count) => {
		const height = count === 0 ? 0 : Math.max(1, Math.round((bars.height * count) / most));
		// Graphviz centres what is smaller than its cell, whatever it is told: something clear stands on every bar.
		const parts = [block(bars.height - height), block(height, bar)];
		return `<TD>${column(parts.join(""))}</TD>`;
	});
	return frame(cells, bars.count * bars.width, bars.height);
}

/** The elements in their order, neighbours averaged where there are many: a large number is dark. */
export function stripOf(elements: readonly number[], { bar }: Inks): string {
	const count = Math.min(strip.count, elements.length);
	const means = Array.from({ length: count }, (_, at) => {
		const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * elements.length) / count)) as [number, number];
		const part = elements.slice(from, to);
		return part.reduce((a, b) => a + b / part.length, 0);
	});
	const known = means.filter(Number.isFinite);
	const low = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
	const high = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
	const width = Math.floor(strip.width / count);
	const cells = means.map((mean) => {
		const place = high > low ? (mean - low) / (high - low) : 0.5;
		// Clear to full; what is no number is a gap.
		const opacity = Number.isFinite(mean) ? Math.round(24 + 231 * place) : 0;
		const colour = `${bar}${opacity.toString(16).padStart(2, "0")}`;
		return `<TD FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${strip.height}" BGCOLOR="${colour}"></TD>`;
	});
	return frame(cells, count * width, strip.height);
}

/** Of a fixed size: in a wider cell Graphviz would set its cells apart. */
function frame(cells: readonly string[], width: number, height: number): string {
	return `<TABLE FIXEDSIZE="TRUE" ALIGN="LEFT" WIDTH="${width}" HEIGHT="${height}" BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>${cells.join("")}</TR></TABLE>`;
}

function column(rows: string): string {
	return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${rows}</TABLE>`;
}

function block(height: number, colour?: string): string {
	if (height === 0) return "";
	const fill = colour === undefined ? "" : ` BGCOLOR="${colour}"`;
	return `<TR><TD FIXEDSIZE="TRUE" WIDTH="${bars.width}" HEIGHT="${height}"${fill}></TD></TR>`;
}
