/**
 * What the surface paints behind the points: a grid of numbers, what its ends
 * mean, and which lines of equal height are worth drawing.
 *
 * The page knows from the data whether numbers are probabilities of two classes,
 * of several, or values; which network gave them is not known here.
 */
import type { Opened, Points } from "../training/protocol.js";
import type { Palette } from "./colours.js";
import { blend, contour, largest, type Raster, shade, split } from "./raster.js";
import { ticks } from "./ticks.js";

/** Numbers at the centres of `size × size` cells of the plane, row by row from the top; of several planes one after the other. */
export interface Ground {
	readonly values: Float32Array;
	/** Where the numbers of the first plane begin. */
	readonly from: number;
	readonly size: number;
	readonly planes: number;
	/** The ends of the scale. */
	readonly low: number;
	readonly high: number;
	/** Heights that get a line. */
	readonly levels: readonly number[];
	/** The one among them that is drawn heavily: there the class changes. */
	readonly boundary: number | undefined;
}

/** What the network gives. */
export function groundOfOutput(values: Float32Array, { points, boundary = 0.5 }: Opened): Ground {
	const planes = Math.max(1, points.classes > 2 ? points.classes : 1);
	const size = Math.round(Math.sqrt(values.length / planes));
	const plain = { values, from: 0, size, planes };
	if (planes > 1) return { ...plain, low: 0, high: 1, levels: [], boundary: undefined };
	if (points.task === "classes") {
		const low = boundary === 0 ? -1 : 0;
		return { ...plain, low, high: 1, levels: [boundary], boundary };
	}
	const [low, high] = rangeOfValues(points);
	return { ...plain, low, high, levels: ticks(low, high, 8), boundary: undefined };
}

/** What a unit gives: 0 lies in the middle, and the ends are ±1 unless it goes further. */
export function groundOfUnit(values: Float32Array, from: number, size: number): Ground {
	const end = Math.max(1, largest(values, from, size * size));
	return { values, from, size, planes: 1, low: -end, high: end, levels: [0], boundary: undefined };
}

/** The ends of the scale for values: around 0 where they lie on both sides of it. */
export function rangeOfValues({ y }: Points): readonly [number, number] {
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const value of y) {
		if (value < low) low = value;
		if (value > high) high = value;
	}
	if (!(low <= high)) return [-1, 1];
	if (low < 0 && high > 0) {
		const end = Math.max(-low, high);
		return [-end, end];
	}
	return low === high ? [low - 1, high + 1] : [low, high];
}

/** Paints it. `sharp` shows classes instead of how sure the network is. */
export function paintGround(ground: Ground, sharp: boolean, picture: Raster, colours: Palette): void {
	const { values, from, size, planes, low, high, boundary } = ground;
	const count = size * size;
	const pixels = picture.pixels(size, size);
	if (planes > 1) blend(pixels, values, planes, count, sharp, colours);
	else if (sharp && boundary !== undefined) split(pixels, values, from, count, boundary, colours);
	else shade(pixels, 0, values, from, count, low, high, colours);
	picture.show();
}

/** The lines of equal height, and how heavy they are. */
export function linesOf(ground: Ground): readonly { readonly pieces: Float32Array; readonly heavy: boolean }[] {
	const { values, from, size, levels, boundary } = ground;
	return levels.map((level) => ({ pieces: contour(values, from, size, level), heavy: level === boundary }));
}

/** The number of a plane at a place between the cells, from 0 to 1 from the left and from the top. */
export function valueAt({ values, from, size }: Ground, plane: number, across: number, down: number): number {
	const clamped = (part: number): number => Math.min(size - 1, Math.max(0, part * size - 0.5));
	const [column, row] = [clamped(across), clamped(down)];
	const [left, top] = [Math.min(size - 2, Math.floor(column)), Math.min(size - 2, Math.floor(row))];
	const [right, below] = [column - left, row - top];
	const at = from + plane * size * size + top * size + left;
	const upper = values[at]! * (1 - right) + values[at + 1]! * right;
	const lower = values[at + size]! * (1 - right) + values[at + size + 1]! * right;
	return upper * (1 - below) + lower * below;
}
