/**
 * Lines along which a function of two numbers has one value, and the way of
 * gradient descent across them.
 *
 * The function is sampled on a grid; within a cell it is taken for bilinear, so
 * that a line crosses the sides of a cell where linear interpolation says, and
 * at a saddle turns to the side that the bilinear function turns to. A crossing
 * is known by the number of the side it lies on: lines are joined without
 * comparing places. Cells with a corner that is no number are left out.
 *
 * Nothing here knows what the function is, or where it is drawn.
 */

/** A place of the plane. */
export type Place = readonly [x: number, y: number];

/** A part of the plane. */
export interface Plane {
	readonly left: number;
	readonly right: number;
	readonly bottom: number;
	readonly top: number;
}

/** Values at `columns × rows` places, row by row from the bottom. */
export interface Grid {
	readonly plane: Plane;
	readonly columns: number;
	readonly rows: number;
	readonly values: Float64Array;
}

/** A line of one value; a closed one ends where it begins, and does not repeat that place. */
export interface Line {
	readonly places: readonly Place[];
	readonly closed: boolean;
}

/** The function on a grid over `plane`, corners included. */
export function sampled(f: (place: Place) => number, plane: Plane, columns: number, rows: number = columns): Grid {
	const values = new Float64Array(columns * rows);
	const grid: Grid = { plane, columns, rows, values };
	for (let at = 0; at < values.length; at++) values[at] = f(placeOf(grid, at % columns, Math.floor(at / columns)));
	return grid;
}

/** Where a column and a row of the grid meet; between them for fractions. */
export function placeOf({ plane, columns, rows }: Grid, column: number, row: number): Place {
	return [
		plane.left + ((plane.right - plane.left) * column) / (columns - 1),
		plane.bottom + ((plane.top - plane.bottom) * row) / (rows - 1),
	];
}

// ----------------------------------------------------------------- levels

/**
 * Values worth a line, ascending and as round as they may be.
 *
 * Evenly spaced values leave a narrow valley empty, and values that share the
 * area evenly crowd where the function is flat. So both are proposed, and a
 * value is kept where it is far enough from the one before it, in area or in
 * height. One more lies near the lowest point. Where what is kept is nearly even,
 * it is made so: then lines that lie close mean steep.
 */
export function levelsOf({ values }: Grid, count = 10): number[] {
	const sorted = values.filter(Number.isFinite).sort();
	const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] as number;
	const [low, high] = [at(0), at(1)];
	if (!(high > low)) return [];
	const most = at(0.95) > low ? at(0.95) : high;
	const parts = Array.from({ length: count }, (_, index) => (index + 1) / (count + 1));
	const proposed = [
		low + (at(parts[0] as number) - low) / 4,
		...parts.map(at),
		...parts.map((part) => low + (most - low) * part),
	].sort((one, other) => one - other);
	const kept: number[] = [];
	let [before, areaBefore] = [low, 0];
	for (const level of proposed) {
		const area = partBelow(sorted, level);
		const [rise, climbed] = [level - before, (level - low) / (most - low)];
		// Near the lowest point small differences are worth a line, on a high plain they are not.
		const far = area - areaBefore > 0.6 / count && (climbed < 0.1 || rise > (most - low) / (5 * count));
		if ((!far && rise <= (most - low) / count && kept.length > 0) || rise < (high - low) * 1e-12) continue;
		kept.push(level);
		[before, areaBefore] = [level, area];
	}
	const gaps = kept.slice(1).map((level, index) => level - (kept[index] as number));
	if (gaps.length > 2 && Math.max(...gaps.slice(1)) < 4 * Math.min(...gaps.slice(1))) return evenly(low, most, count);
	return kept
		.map((level, index) => {
			const [under, over] = [kept[index - 1] ?? low, kept[index + 1] ?? high];
			return roundest(level - (level - under) * 0.3, level + (over - level) * 0.3);
		})
		.filter((level, index, all) => level > low && level < high && level !== all[index - 1]);
}

/** Multiples of a round number between two values. */
function evenly(low: number, high: number, count: number): number[] {
	const step = roundest((0.8 * (high - low)) / count, (1.6 * (high - low)) / count);
	const first = Math.floor(low / step) + 1;
	const levels = Array.from({ length: Math.ceil(high / step) - first }, (_, index) => (first + index) * step);
	return levels.map((level) => Number(level.toPrecision(12)));
}

/** Which part of the sorted values lies below `level`. */
function partBelow(sorted: Float64Array, level: number): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((sorted[middle] as number) < level) low = middle + 1;
		else high = middle;
	}
	return low / sorted.length;
}

/** The number with the fewest digits between `low` and `high`. */
export function roundest(low: number, high: number): number {
	if (low <= 0 && high >= 0) return 0;
	const size = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
	for (let exponent = size; exponent > size - 17; exponent--)
		for (const digit of [5, 2, 1]) {
			const step = digit * 10 ** exponent;
			const found = Number((Math.ceil(low / step) * step).toPrecision(15));
			if (found >= low && found <= high) return found;
		}
	return low;
}

// ------------------------------------------------------------------ lines

/**
 * Sides of a cell that a line joins, by which corners lie above it. Corners and
 * sides count from the bottom left one, anticlockwise: side 0 is the bottom.
 *
 *     3 ──2── 2
 *     3       1
 *     0 ──0── 1
 */
const joins: readonly (readonly (readonly [number, number])[])[] = [
	[],
	[[3, 0]],
	[[0, 1]],
	[[3, 1]],
	[[1, 2]],
	[], // a saddle: corners 0 and 2 above
	[[0, 2]],
	[[3, 2]],
	[[2, 3]],
	[[2, 0]],
	[], // a saddle: corners 1 and 3 above
	[[2, 1]],
	[[1, 3]],
	[[1, 0]],
	[[0, 3]],
	[],
];
/** Around corners 0 and 2, and around corners 1 and 3. */
const around = [
	[
		[3, 0],
		[1, 2],
	],
	[
		[0, 1],
		[2, 3],
	],
] as const;

/** The lines of the grid at a level. */
export function linesAt(grid: Grid, level: number): Line[] {
	const { columns, rows, values } = grid;
	const sides = columns * rows;
	const next = new Map<number, number[]>();
	const join = (one: number, other: number): void => {
		const there = next.get(one);
		if (there === undefined) next.set(one, [other]);
		else there.push(other);
	};
	for (let row = 0; row + 1 < rows; row++)
		for (let column = 0; column + 1 < columns; column++) {
			const first = row * columns + column;
			const a = values[first] as number;
			const b = values[first + 1] as number;
			const c = values[first + columns + 1] as number;
			const d = values[first + columns] as number;
			if (!Number.isFinite(a + b + c + d)) continue;
			const above = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
			if (above === 0 || above === 15) continue;
			// Along the bottom of a place run sides 0, 1, ...; those to its left come behind all of them.
			const side = [first, sides + first + 1, first + columns, sides + first] as const;
			for (const [from, to] of above === 5 || above === 10 ? turns(a, b, c, d, level, above) : joins[above]!) {
				join(side[from as 0]!, side[to as 0]!);
				join(side[to as 0]!, side[from as 0]!);
			}
		}
	const place = (side: number): Place => {
		const upright = side >= sides;
		const first = upright ? side - sides : side;
		const [from, to] = [values[first] as number, values[first + (upright ? columns : 1)] as number];
		const part = (level - from) / (to - from);
		const [column, row] = [first % columns, Math.floor(first / columns)];
		return placeOf(grid, upright ? column : column + part, upright ? row + part : row);
	};
	return walked(next).map(({ along, closed }) => ({ places: along.map(place), closed }));
}

/**
 * How the two lines of a saddle go. The bilinear function has one value at the
 * saddle point; if that is above the level, the two corners that are above are
 * connected, and the lines go around the two others.
 */
function turns(a: number, b: number, c: number, d: number, level: number, above: 5 | 10): (typeof around)[number] {
	const saddle = (a * c - b * d) / (a + c - b - d);
	const connected = saddle >= level;
	return around[(above === 5) === connected ? 1 : 0];
}

/** Chains of numbers: first those with ends, then the rings. */
function walked(
	next: ReadonlyMap<number, readonly number[]>,
): { readonly along: number[]; readonly closed: boolean }[] {
	const seen = new Set<number>();
	const follow = (start: number): number[] => {
		const along: number[] = [];
		for (let at: number | undefined = start; at !== undefined; at = next.get(at)?.find((one) => !seen.has(one))) {
			seen.add(at);
			along.push(at);
		}
		return along;
	};
	const found: { readonly along: number[]; readonly closed: boolean }[] = [];
	for (const [side, others] of next)
		if (others.length === 1 && !seen.has(side)) found.push({ along: follow(side), closed: false });
	for (const side of next.keys()) if (!seen.has(side)) found.push({ along: follow(side), closed: true });
	return found;
}

// ---------------------------------------------------------------- descent

/** The value and the gradient at a place. */
export interface Slope {
	readonly value: number;
	readonly gradient: Place;
}

/** Where descent is after some steps. */
export interface Stop extends Slope {
	readonly place: Place;
}

/** x - rate · ∇f(x), again and again: `steps + 1` stops, fewer if one is no number any more. */
export function descended(at: (place: Place) => Slope, start: Place, rate: number, steps: number): readonly Stop[] {
	const stops: Stop[] = [];
	let place = start;
	while (stops.length <= steps) {
		const { value, gradient } = at(place);
		stops.push({ place, value, gradient });
		if (![value, ...gradient].every(Number.isFinite)) break;
		place = [place[0] - rate * gradient[0], place[1] - rate * gradient[1]];
	}
	return stops;
}

/** How a descent goes: what is said of it in words. */
export type Course = "broken" | "still" | "growing" | "swinging" | "arrived" | "bouncing" | "slow" | "going";

/** The length of a vector. */
export function length([x, y]: Place): number {
	return Math.hypot(x, y);
}

/** How the last steps went. */
export function courseOf(stops: readonly Stop[]): Course {
	const [first, last] = [stops[0] as Stop, stops.at(-1) as Stop];
	const [began, ends] = [length(first.gradient), length(last.gradient)];
	if (!Number.isFinite(ends) || !Number.isFinite(last.value)) return "broken";
	if (began === 0) return "still";
	const recent = stops.slice(-6);
	const pairs = recent.slice(1).map((stop, index) => [recent[index] as Stop, stop] as const);
	if (pairs.length === 0) return "going";
	const turning = pairs.every(([one, next]) => along(one.gradient, next.gradient) < 0);
	const ratio = (ends / length((recent[0] as Stop).gradient)) ** (1 / pairs.length);
	if (turning && Math.abs(ratio - 1) < 1e-3) return "bouncing";
	if (pairs.every(([one, next]) => length(next.gradient) > length(one.gradient)) && last.value > first.value)
		return "growing";
	if (ends < began * 1e-2) return turning ? "swinging" : "arrived";
	if (turning) return "swinging";
	return stops.length > 4 && ends > began * 0.9 && ratio > 0.995 && ratio < 1.005 ? "slow" : "going";
}

function along(one: Place, other: Place): number {
	return one[0] * other[0] + one[1] * other[1];
}
