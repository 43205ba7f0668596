/** Contour lines and descent, as numbers: where lines run, and what the notes' descent does. */
import { describe, expect, it } from "vitest";
import {
	courseOf,
	descended,
	type Grid,
	type Line,
	length,
	levelsOf,
	linesAt,
	type Place,
	type Plane,
	placeOf,
	roundest,
	type Slope,
	sampled,
} from "../../../viz/playground/expression/contourlines.js";

const square: Plane = { left: -2, right: 2, bottom: -2, top: 2 };
const bowl = ([x, y]: Place): number => x * x + y * y;
const bowlSlope = (place: Place): Slope => ({ value: bowl(place), gradient: [2 * place[0], 2 * place[1]] });

/** How far neighbours on a line lie apart, at most. */
function longestStep({ places, closed }: Line): number {
	const pairs = places.slice(1).map((place, index) => [places[index] as Place, place] as const);
	if (closed) pairs.push([places.at(-1) as Place, places[0] as Place]);
	return Math.max(...pairs.map(([one, other]) => Math.hypot(one[0] - other[0], one[1] - other[1])));
}

/** The same grid with a function of the numbers. */
function changed(grid: Grid, change: (value: number, place: Place) => number): Grid {
	const values = grid.values.map((value, at) =>
		change(value, placeOf(grid, at % grid.columns, Math.floor(at / grid.columns))),
	);
	return { ...grid, values };
}

describe("the lines of x² + y²", () => {
	const grid = sampled(bowl, square, 61);

	it.each([0.01, 0.3, 1, 2, 3.9])("at %f are one circle", (level) => {
		const lines = linesAt(grid, level);
		expect(lines).toHaveLength(1);
		const [circle] = lines as [Line];
		expect(circle.closed).toBe(true);
		// A chord of a cell of width h leaves the parabola by h²/4 in value at most.
		for (const [x, y] of circle.places) expect(Math.abs(x * x + y * y - level)).toBeLessThan((4 / 60) ** 2 / 4 + 1e-12);
		expect(longestStep(circle)).toBeLessThan((4 / 60) * Math.SQRT2);
		// It goes around the middle once.
		const angles = circle.places.map(([x, y]) => Math.atan2(y, x));
		const turned = angles.reduce((sum, angle, index) => {
			const step = angle - (angles.at(index - 1) as number);
			return sum + (step > Math.PI ? step - 2 * Math.PI : step < -Math.PI ? step + 2 * Math.PI : step);
		}, 0);
		expect(Math.abs(turned)).toBeCloseTo(2 * Math.PI, 9);
	});

	it("are four arcs where the plane ends", () => {
		const arcs = linesAt(grid, 5);
		expect(arcs.map(({ closed }) => closed)).toEqual([false, false, false, false]);
		for (const { places } of arcs)
			for (const end of [places[0], places.at(-1)] as Place[])
				expect(Math.max(...end.map(Math.abs))).toBeCloseTo(2, 12);
	});

	it("are none above and below all values", () => {
		expect(linesAt(grid, -1)).toEqual([]);
		expect(linesAt(grid, 9)).toEqual([]);
	});

	it("have round levels, ascending, with one near the bottom", () => {
		const levels = levelsOf(grid);
		expect(levels.length).toBeGreaterThan(6);
		expect(levels.length).toBeLessThan(20);
		expect(levels).toEqual([...levels].sort((one, other) => one - other));
		expect(levels[0]).toBeLessThan(0.6);
		for (const level of levels) expect(String(level).length).toBeLessThan(5);
	});
});

describe("a line", () => {
	it("of a linear function is exact, and leaves the plane at both ends", () => {
		const [line, ...more] = linesAt(
			sampled(([x, y]) => 3 * x - y, square, 7),
			0.5,
		) as [Line];
		expect(more).toEqual([]);
		expect(line.closed).toBe(false);
		for (const [x, y] of line.places) expect(3 * x - y).toBeCloseTo(0.5, 12);
	});

	it.each([
		[0.01, 1],
		[-0.01, -1],
	])("at a saddle, level %f, turns to the side that the function turns to", (level, sign) => {
		// The corners of the middle cell are at ±1/9 alone, so that it is one of the two ambiguous cases.
		const lines = linesAt(
			sampled(([x, y]) => x * y, square, 10),
			level,
		);
		expect(lines).toHaveLength(2);
		for (const { places } of lines) {
			expect(new Set(places.map(([x]) => Math.sign(x))).size).toBe(1);
			for (const [x, y] of places) expect(Math.sign(x * y)).toBe(sign);
		}
	});

	it("through corners of the grid is still in one piece", () => {
		const lines = linesAt(
			sampled(([x, y]) => Math.abs(x) + Math.abs(y), square, 9),
			1,
		);
		expect(lines).toHaveLength(1);
		expect(lines[0]?.closed).toBe(true);
	});

	it("does not enter where there is no number, and none is drawn through infinity", () => {
		const grid = sampled(bowl, square, 61);
		const half = linesAt(
			changed(grid, (value, [x]) => (x < 0 ? Number.NaN : value)),
			1,
		);
		expect(half).toHaveLength(1);
		expect(half[0]?.closed).toBe(false);
		for (const [x] of half[0]?.places ?? []) expect(x).toBeGreaterThanOrEqual(-1e-12);

		const pole = sampled(([x]) => 1 / x, square, 61); // infinite on the middle column
		for (const level of levelsOf(pole))
			for (const { places } of linesAt(pole, level))
				for (const [x] of places) expect(Math.abs(x)).toBeGreaterThan(0.06);
	});

	it("is found in every piece: all crossings of a random grid are on lines, once", () => {
		let state = 7;
		const random = (): number => {
			state = (state * 48_271) % 2_147_483_647;
			return state / 2_147_483_647;
		};
		const grid = sampled(random, square, 20);
		const { values, columns, rows } = grid;
		let crossings = 0;
		for (let at = 0; at < values.length; at++) {
			const above = (other: number): boolean => (values[at] as number) >= 0.5 !== (values[other] as number) >= 0.5;
			if ((at + 1) % columns !== 0 && above(at + 1)) crossings++;
			if (at + columns < columns * rows && above(at + columns)) crossings++;
		}
		const places = linesAt(grid, 0.5).flatMap((line) => line.places.map(String));
		expect(places).toHaveLength(crossings);
		expect(new Set(places).size).toBe(crossings);
	});
});

describe("levels", () => {
	it("of a narrow valley lie in the valley as well as on its walls", () => {
		const valley = sampled(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, square, 61);
		const levels = levelsOf(valley);
		expect(levels.filter((level) => level < 50).length).toBeGreaterThan(2);
		expect(levels.filter((level) => level > 300).length).toBeGreaterThan(2);
		for (const level of levels) expect(linesAt(valley, level).length).toBeGreaterThan(0);
	});

	it("of a flat function are none, and of a cliff they lie on the cliff", () => {
		expect(levelsOf(sampled(() => 3, square, 10))).toEqual([]);
		expect(levelsOf(sampled(() => Number.NaN, square, 10))).toEqual([]);
		const cliff = levelsOf(sampled(([x]) => 1 / (1 + Math.exp(-20 * x)), square, 61));
		expect(cliff.filter((level) => level > 0.05 && level < 0.95).length).toBeGreaterThan(4);
	});

	it("of a high plain around a hole do not crowd on the plain", () => {
		const levels = levelsOf(
			sampled((place) => 1 - Math.exp(-bowl(place)), { left: -4, right: 4, bottom: -4, top: 4 }, 61),
		);
		expect(levels.length).toBeGreaterThan(4);
		const gaps = levels.slice(1).map((level, at) => level - (levels[at] as number));
		expect(Math.min(...gaps)).toBeGreaterThan(0.01);
	});

	it.each([
		[0.9, 1.1, 1],
		[1.02, 1.09, 1.05],
		[-0.3, -0.17, -0.2],
		[-1, 1, 0],
		[123.4, 187.9, 150],
		[4.4e-9, 6e-9, 5e-9],
	])("between %f and %f the roundest number is %f", (low, high, found) => {
		expect(roundest(low, high)).toBe(found);
	});
});

describe("descent", () => {
	it("from (2, 1) on x² + y² with η = 0.1 goes as in the notes", () => {
		const stops = descended(bowlSlope, [2, 1], 0.1, 3);
		const expected = [
			[2, 1],
			[1.6, 0.8],
			[1.28, 0.64],
			[1.024, 0.512],
		];
		expect(stops).toHaveLength(4);
		for (const [index, { place }] of stops.entries()) {
			expect(place[0]).toBeCloseTo((expected[index] as number[])[0] as number, 12);
			expect(place[1]).toBeCloseTo((expected[index] as number[])[1] as number, 12);
		}
		expect(length((stops[0] as { readonly gradient: Place }).gradient)).toBeCloseTo(4.472136, 6);
	});

	it.each([
		["going", 0.1, 3],
		["arrived", 0.1, 30],
		["swinging", 0.9, 20],
		["bouncing", 1, 20],
		["growing", 1.1, 20],
		["slow", 1e-5, 20],
		["broken", 100, 500],
	] as const)("is %s with η = %f and %i steps", (course, rate, steps) => {
		expect(courseOf(descended(bowlSlope, [2, 1], rate, steps))).toBe(course);
	});

	it("stands still where the gradient is 0, and ends where there is no number", () => {
		expect(courseOf(descended(bowlSlope, [0, 0], 0.1, 10))).toBe("still");
		const root = ([x, y]: Place): Slope => ({ value: Math.sqrt(x) + y * y, gradient: [0.5 / Math.sqrt(x), 2 * y] });
		const stops = descended(root, [0.04, 1], 0.1, 10);
		expect(stops).toHaveLength(2);
		expect(courseOf(stops)).toBe("broken");
	});
});
