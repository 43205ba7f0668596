/**
 * Points that are set and taken away by hand, and the CSV text that they are in
 * a setup.
 *
 * Classes are written as texts, `A`, `B`, ... unless the reader's table calls
 * them something else: texts are classes however few of them there are yet,
 * while numbers might be values. Classes count in the order of their texts.
 */
import type { Plane, Points } from "../training/protocol.js";

/** A point: its inputs, and what its class is called or its value. */
interface Point {
	readonly x: readonly number[];
	readonly target: string | number;
}

/** Points by hand. */
export interface Sketch {
	readonly names: readonly string[];
	readonly task: Points["task"];
	readonly points: readonly Point[];
}

/** The names that classes get. */
export const letters: readonly string[] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/** No points yet. */
export const emptySketch: Sketch = { names: ["x1", "x2"], task: "classes", points: [] };

/** The points of a run, in their order. `digits` of each number are kept; all of them when left out. */
export function sketchOf({ width, names, x, y, task, labels = letters }: Points, digits?: number): Sketch {
	const kept = (value: number): number => (digits === undefined ? value : Number(value.toPrecision(digits)));
	return {
		names,
		task,
		points: Array.from(y, (target, at) => ({
			x: Array.from(x.subarray(at * width, (at + 1) * width), kept),
			target: task === "values" ? kept(target) : (labels[target] ?? String(target)),
		})),
	};
}

/** With one point more. */
export function withPoint(sketch: Sketch, x: readonly number[], target: string | number): Sketch {
	return { ...sketch, points: [...sketch.points, { x, target }] };
}

/** Without the first point at a place. */
export function withoutPoint(sketch: Sketch, place: readonly number[]): Sketch {
	const found = sketch.points.findIndex(({ x }) => x.every((value, at) => value === place[at]));
	return { ...sketch, points: sketch.points.filter((_, at) => at !== found) };
}

/** The classes, in their order; none for values. Two at least: the first two letters where there are not so many yet. */
export function labelsOf({ task, points }: Sketch): string[] {
	if (task === "values") return [];
	const there = new Set(points.map(({ target }) => String(target)));
	return [...(there.size >= 2 ? there : new Set([...there, ...letters.slice(0, 2)]))].sort();
}

/** The table of a setup: a heading, then a row for each point. */
export function csvOf({ names, task, points }: Sketch): string {
	const heading = [...names, free(names, task === "values" ? "y" : "class")].map(cell).join(",");
	const rows = points.map(({ x, target }) => [...x, cell(String(target))].join(","));
	return [heading, ...rows, ""].join("\n");
}

/** A name for the last column that no other has. */
function free(names: readonly string[], wanted: string): string {
	return names.includes(wanted) ? free(names, `${wanted}_`) : wanted;
}

function cell(text: string): string {
	return /[",;\t\n\r|]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As points that can be drawn, though nothing is trained on them yet. */
export function pointsOfSketch(sketch: Sketch, plane: Plane): Points {
	const { names, task, points } = sketch;
	const labels = labelsOf(sketch);
	return {
		width: names.length,
		names,
		x: Float64Array.from(points.flatMap(({ x }) => x)),
		y: Float64Array.from(points, ({ target }) => (task === "values" ? Number(target) : labels.indexOf(String(target)))),
		trained: points.length,
		task,
		classes: labels.length,
		labels,
		plane,
	};
}

/** How many inputs a table has by its heading: features are chosen by it before it has been read. */
export function inputsOf(table: string): number {
	const [heading = ""] = table.trimStart().split(/\r?\n/, 1);
	const cells = heading.replaceAll(/"(?:[^"]|"")*"/g, "").split(/[,;\t|]/);
	return Math.max(0, cells.length - 1);
}
