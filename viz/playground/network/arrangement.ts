/**
 * Where the units of a network lie: columns from the features to the output.
 *
 * Up to a dozen units stand one above the other. More of them form a block of
 * several columns, so that a layer of 128 is still seen at a glance. Cells have
 * one size in the whole picture, that of the fullest column.
 */

/** A unit: its middle, in pixels. */
export interface Cell {
	readonly x: number;
	readonly y: number;
}

/** A layer as it lies. */
export interface Column {
	/** The middle of the layer. */
	readonly x: number;
	/** Left and right edge of its cells. */
	readonly left: number;
	readonly right: number;
	readonly cells: readonly Cell[];
}

/** A network as it lies. */
export interface Arrangement {
	readonly width: number;
	readonly height: number;
	/** Length of the side of a cell. */
	readonly cell: number;
	readonly columns: readonly Column[];
}

/** What is kept free: for the names of features, for controls above the columns, between layers. */
export interface Room {
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
	/** The narrowest that a column can be for the controls above it, and the first, which has none. */
	readonly heading: number;
	readonly first: number;
	/** The narrowest between two columns. */
	readonly gap: number;
	/** The largest that a cell may be. */
	readonly most: number;
}

const tallest = 12;
const rowsOfBlock = 16;

/** Cells of layers with `sizes` units in a picture of `width` pixels, or wider where they do not fit. */
export function arrange(
	sizes: readonly number[],
	width: number,
	{ left, right, top, bottom, heading, first, gap: least, most: largest }: Room,
): Arrangement {
	const isBlock = (units: number): boolean => units > tallest;
	const rowsOf = (units: number): number => (isBlock(units) ? rowsOfBlock : units);
	const most = sizes.reduce((a, b) => Math.max(a, rowsOf(b)), 1);
	const pitch = most <= 4 ? 62 : most <= 6 ? 52 : most <= 8 ? 46 : most <= 10 ? 38 : most <= tallest ? 32 : 22;
	const cell = Math.min(largest, Math.round(pitch * (most > tallest ? 0.82 : 0.76)));
	const wide = sizes.map((units) => (isBlock(units) ? Math.ceil(units / rowsOfBlock) : 1) * pitch - (pitch - cell));
	const taken = wide.map((own, layer) => Math.max(own, layer === 0 ? first : heading));
	const gaps = sizes.length - 1;
	const inner = taken.reduce((a, b) => a + b, 0);
	// Between blocks there are more links than between columns.
	const isCrowded = sizes.some((units) => units > rowsOfBlock);
	const gap = Math.max(isCrowded ? 48 : least, gaps === 0 ? 0 : (width - left - right - inner) / gaps);
	const height = top + Math.max(3, most) * pitch + bottom;
	const middle = top + (height - top - bottom) / 2;
	let x = left;
	const columns = sizes.map((units, layer): Column => {
		const own = wide[layer] as number;
		const centre = x + (taken[layer] as number) / 2;
		const rows = isBlock(units) ? Math.min(rowsOfBlock, units) : units;
		const cells = Array.from({ length: units }, (_, unit) => ({
			x: centre - own / 2 + cell / 2 + Math.floor(unit / rows) * pitch,
			y: middle + ((unit % rows) - (rows - 1) / 2) * pitch,
		}));
		x += (taken[layer] as number) + gap;
		return { x: centre, left: centre - own / 2, right: centre + own / 2, cells };
	});
	// What is divided and added again may be off by a hair.
	return { width: Math.max(width, Math.ceil(x - gap + right - 1e-6)), height, cell, columns };
}

/** A link between two cells: from the right edge of one to the left edge of the other. */
export interface Link {
	readonly layer: number;
	readonly from: number;
	readonly to: number;
}

/**
 * How far down a link is at a part of its way, between its ends: it leaves and
 * arrives level, as a Bézier curve with its handles in the middle.
 */
export function heightOfBow(part: number): number {
	// x(t) = 1.5 t - 1.5 t² + t³, y(t) = 3 t² - 2 t³, both from 0 to 1.
	let [low, high] = [0, 1];
	for (let halving = 0; halving < 24; halving++) {
		const t = (low + high) / 2;
		if (1.5 * t - 1.5 * t * t + t * t * t < part) low = t;
		else high = t;
	}
	const t = (low + high) / 2;
	return 3 * t * t - 2 * t * t * t;
}

/**
 * The size from which on `most` of the numbers are shown: 0 where there are no
 * more than that. Counted in a histogram of their exponents, not sorted: it is
 * done anew for every picture, and a few more or less do not matter.
 */
export function threshold(values: Float64Array, most: number): number {
	if (values.length <= most) return 0;
	const perOctave = 8;
	const bins = new Uint32Array(perOctave * 64);
	const place = (size: number): number =>
		Math.min(bins.length - 1, Math.max(0, Math.floor((Math.log2(size) + 48) * perOctave)));
	for (const value of values) {
		const size = Math.abs(value);
		if (size > 0) bins[place(size)]!++;
	}
	let count = 0;
	for (let bin = bins.length - 1; bin >= 0; bin--) {
		count += bins[bin]!;
		if (count > most) return 2 ** ((bin + 1) / perOctave - 48);
	}
	return Number.MIN_VALUE;
}
