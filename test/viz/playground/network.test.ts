/** What the network bench decides without a page: places, heights, tables, addresses. */
import { readCsv } from "chainrule/data";
import { describe, expect, it } from "vitest";
import { arrange, heightOfBow, threshold } from "../../../viz/playground/network/arrangement.js";
import { channels, mixed } from "../../../viz/playground/network/colours.js";
import { tidied } from "../../../viz/playground/network/consequence.js";
import { groundOfOutput, groundOfUnit, rangeOfValues, valueAt } from "../../../viz/playground/network/ground.js";
import { rung } from "../../../viz/playground/network/learning.js";
import { blend, contour, shade, split } from "../../../viz/playground/network/raster.js";
import {
	csvOf,
	emptySketch,
	inputsOf,
	labelsOf,
	pointsOfSketch,
	sketchOf,
	withoutPoint,
	withPoint,
} from "../../../viz/playground/network/sketch.js";
import { powerOfTen, steady, ticks } from "../../../viz/playground/network/ticks.js";
import { cut, grown, holding, readWay, startedAt, trimmed, writeWay } from "../../../viz/playground/network/way.js";
import { type Setup, standardSetup } from "../../../viz/playground/setup.js";
import type { Opened, Points } from "../../../viz/playground/training/protocol.js";

const plane = { left: -1, right: 1, bottom: -1, top: 1 };

describe("points by hand", () => {
	it("become a table that reads back to the same points", () => {
		let sketch = emptySketch;
		sketch = withPoint(sketch, [0.5, -1.25], "A");
		sketch = withPoint(sketch, [1e-7, 3], "B");
		sketch = withPoint(sketch, [2, 2], "A");
		const { columns, rows } = readCsv(csvOf(sketch));
		expect(rows).toBe(3);
		expect([...columns.keys()]).toEqual(["x1", "x2", "class"]);
		expect(columns.get("x1")?.values).toEqual(Float64Array.of(0.5, 1e-7, 2));
		expect(columns.get("class")).toMatchObject({ type: "category", categories: ["A", "B"] });
		expect(withoutPoint(sketch, [1e-7, 3]).points.map(({ x }) => x)).toEqual([
			[0.5, -1.25],
			[2, 2],
		]);
	});

	it("keep whatever classes and columns are called, as text", () => {
		const names = ['<script>alert("1")</script>', "__proto__"];
		const sketch = { names, task: "classes", points: [{ x: [1, 2], target: 'a,"b"\nc' }] } as const;
		const { columns } = readCsv(csvOf(sketch));
		expect([...columns.keys()]).toEqual([...names, "class"]);
		expect(columns.get("class")).toMatchObject({ categories: ['a,"b"\nc'] });
	});

	it("count classes by the order of their texts, and offer two at least", () => {
		expect(labelsOf(emptySketch)).toEqual(["A", "B"]);
		const one = withPoint(emptySketch, [0, 0], "B");
		expect([...pointsOfSketch(one, plane).y]).toEqual([1]);
		const other = withPoint(withPoint(one, [0, 1], "C"), [1, 1], "B");
		expect(labelsOf(other)).toEqual(["B", "C"]);
		expect(pointsOfSketch(other, plane)).toMatchObject({ classes: 2, labels: ["B", "C"], width: 2, task: "classes" });
		expect([...pointsOfSketch(other, plane).y]).toEqual([0, 1, 0]);
	});

	it("are those of a run, with as many digits as are asked for", () => {
		const points: Points = {
			width: 2,
			names: ["x1", "x2"],
			x: Float64Array.of(0.123456, 1, -2, 0.5),
			y: Float64Array.of(1, 0),
			trained: 1,
			task: "classes",
			classes: 2,
			plane,
		};
		expect(csvOf(sketchOf(points, 3))).toBe("x1,x2,class\n0.123,1,B\n-2,0.5,A\n");
		expect(csvOf(sketchOf({ ...points, task: "values", classes: 0 }))).toBe("x1,x2,y\n0.123456,1,1\n-2,0.5,0\n");
	});

	it("have as many inputs as the heading has columns before the last", () => {
		expect(inputsOf("x,y\n1,0")).toBe(1);
		expect(inputsOf('a;"b;c";d\r\n1;2;3')).toBe(2);
		expect(inputsOf("")).toBe(0);
	});
});

describe("an address", () => {
	const later: Setup = { ...standardSetup, learningRate: 0.3, optimizer: "sgd" };

	it("leads to a step, and over the changes that were made on the way", () => {
		const way = grown(grown(startedAt({ ...standardSetup, data: "xor" }), 100, later), 150, standardSetup);
		const written = writeWay(way, 200, standardSetup);
		expect(written.getAll("then")).toHaveLength(2);
		const read = readWay(new URLSearchParams(String(written)));
		expect(read).toMatchObject({ step: 200, problems: [] });
		expect(read.way.first.data).toBe("xor");
		expect(read.way.changes.map(({ step }) => step)).toEqual([100, 150]);
		expect(read.way.changes[0]?.setup).toMatchObject({ learningRate: 0.3, optimizer: "sgd", data: "moons" });
		expect(read.way.changes[1]?.setup).toMatchObject({ learningRate: 0.03, optimizer: "adam" });
	});

	it("of an earlier step does not tell what came after", () => {
		const way = grown(startedAt(standardSetup), 100, later);
		expect(String(writeWay(way, 50, standardSetup))).toBe("step=50");
		expect(String(writeWay(way, 100, standardSetup))).toBe("step=100");
		expect(String(writeWay(way, 0, standardSetup))).toBe("");
	});

	it("forgets changes that were not made when going on", () => {
		const way = grown(startedAt(standardSetup), 100, later);
		expect(trimmed(way, 120, later)).toBe(way);
		expect(trimmed(way, 80, standardSetup)).toBe(way);
		expect(trimmed(way, 120, standardSetup).changes).toEqual([]);
	});

	it("keeps a change at the step where one is, and those before it", () => {
		const last = { ...later, learningRate: 1 };
		const way = grown(grown(startedAt(standardSetup), 100, later), 150, last);
		expect(trimmed(way, 150, last)).toBe(way);
		expect(writeWay(trimmed(way, 150, last), 150, last).getAll("then")).toHaveLength(2);
		expect(trimmed(way, 150, later)).toBe(way);
		expect(trimmed(way, 150, standardSetup).changes).toEqual([]);
	});

	it("knows what holds where, and forgets what lies behind the end", () => {
		const way = grown(grown(startedAt(standardSetup), 100, later), 150, standardSetup);
		expect([99, 100, 149, 150, 200].map((step) => holding(way, step) === later)).toEqual([
			false,
			true,
			true,
			false,
			false,
		]);
		expect(cut(way, 150)).toBe(way);
		expect(cut(way, 149).changes.map(({ step }) => step)).toEqual([100]);
		expect(cut(way, 99).changes).toEqual([]);
	});

	it("of a change before the first step is as if it had begun so", () => {
		expect(grown(startedAt(standardSetup), 0, later)).toEqual(startedAt(later));
	});

	it("says what it cannot read, and the rest holds", () => {
		const read = readWay(new URLSearchParams("step=soon&then=x&data=xor"));
		expect(read.way.first.data).toBe("xor");
		expect(read.step).toBe(0);
		expect(read.problems).toHaveLength(2);
		expect(readWay(new URLSearchParams("step=10&then=5:learningRate=-1")).problems).toHaveLength(1);
		expect(readWay(new URLSearchParams("step=10&then=50:learningRate=1")).way.changes).toEqual([]);
	});
});

describe("what follows from a choice", () => {
	const chosen = (change: Partial<Setup>, before = standardSetup): Setup =>
		tidied({ ...before, ...change }, before, change);

	it("is a loss that fits", () => {
		const graph = chosen({ data: "function" });
		expect(graph.loss).toBe("quadratic");
		expect(chosen({ data: "function" }, { ...standardSetup, loss: "quadratic", output: "softmax" }).output).toBe(
			"auto",
		);
		expect(chosen({ data: "function" }, { ...standardSetup, loss: "quadratic", output: "tanh" }).output).toBe("tanh");
		expect(chosen({ data: "xor" }, graph).loss).toBe("crossEntropy");
		expect(chosen({ data: "xor" }, { ...standardSetup, loss: "quadratic" }).loss).toBe("quadratic");
	});

	it("is that features read inputs that there are", () => {
		const own = chosen({ data: "own", own: "a,b,c,kind\n1,2,3,x\n4,5,6,y" });
		expect(own.features).toEqual(["x1", "x2", "x3"]);
		expect(chosen({ own: "a,b,c,kind\n1,2,3,x\n4,5,6,z" }, { ...own, features: ["x2"] }).features).toEqual(["x2"]);
		expect(chosen({ data: "own", own: "x,y\n1,0" }).features).toEqual(["x1"]);
		expect(chosen({ data: "moons" }, { ...own, features: ["x3", "x1^2"] }).features).toEqual(["x1^2"]);
	});
});

describe("pictures", () => {
	const colours = {
		scale: Uint32Array.from({ length: 256 }, (_, at) => at),
		none: 999,
		grounds: Uint8Array.of(200, 0, 0, 0, 100, 0, 0, 0, 50),
	} as never;

	it("shade numbers from the low to the high end, and what is none apart", () => {
		const pixels = new Uint32Array(6);
		shade(pixels, 1, Float32Array.of(7, -1, 0, 1, Number.NaN, Number.POSITIVE_INFINITY), 1, 5, -1, 1, colours);
		expect([...pixels]).toEqual([0, 0, 128, 255, 999, 255]);
		split(pixels, Float32Array.of(0.49, 0.5, Number.NaN), 0, 3, 0.5, colours);
		expect([...pixels.subarray(0, 3)]).toEqual([0, 255, 999]);
	});

	it("mix the colours of classes by their probabilities, or show the likeliest", () => {
		const values = Float32Array.of(0.5, 0.2, 0.5, 0.3, 0, 0.5);
		const pixels = new Uint32Array(2);
		const channelsOf = (pixel: number): number[] => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
		blend(pixels, values, 3, 2, false, colours);
		expect(channelsOf(pixels[0] as number)).toEqual([100, 50, 0]);
		blend(pixels, values, 3, 2, true, colours);
		expect(channelsOf(pixels[1] as number)).toEqual([0, 0, 50]);
	});

	it("draw lines where the height is the level", () => {
		// x + y over 0..2: the line x + y = 1 goes through two squares' sides at their middles.
		const values = Float32Array.from({ length: 9 }, (_, at) => (at % 3) + Math.floor(at / 3));
		const ends = contour(values, 0, 3, 1.5);
		expect(ends.length).toBeGreaterThan(0);
		for (let at = 0; at < ends.length; at += 2)
			expect((ends[at] as number) + (ends[at + 1] as number)).toBeCloseTo(1.5);
		expect(contour(values, 0, 3, 9)).toHaveLength(0);
		// At a saddle the mean decides which corners belong together.
		expect([...contour(Float32Array.of(1, 0, 0, 1), 0, 2, 0.4)]).toHaveLength(8);
		expect([...contour(Float32Array.of(1, Number.NaN, 0, 1), 0, 2, 0.4)]).toHaveLength(0);
	});

	it("have scales that say what their ends mean", () => {
		const points = { task: "values", classes: 0, y: Float64Array.of(-1, 3) } as unknown as Points;
		expect(rangeOfValues(points)).toEqual([-3, 3]);
		expect(rangeOfValues({ ...points, y: Float64Array.of(2, 5) })).toEqual([2, 5]);
		expect(rangeOfValues({ ...points, y: Float64Array.of(4) })).toEqual([3, 5]);
		const classes = { points: { ...points, task: "classes", classes: 2 } } as unknown as Opened;
		expect(groundOfOutput(new Float32Array(16), classes)).toMatchObject({ size: 4, low: 0, high: 1, boundary: 0.5 });
		expect(groundOfOutput(new Float32Array(16), { ...classes, boundary: 0 })).toMatchObject({ low: -1, high: 1 });
		const several = { points: { ...points, task: "classes", classes: 4 } } as unknown as Opened;
		expect(groundOfOutput(new Float32Array(16), several)).toMatchObject({ size: 2, planes: 4 });
		expect(groundOfUnit(Float32Array.of(0, 0, 0.5, -4, 1, 1, 1, 1), 0, 2)).toMatchObject({ low: -4, high: 4 });
		expect(groundOfUnit(Float32Array.of(0, 0, 0.5, -0.1), 0, 2)).toMatchObject({ low: -1, high: 1 });
	});

	it("tell the height between places", () => {
		const ground = groundOfUnit(Float32Array.of(0, 1, 2, 3), 0, 2);
		expect(valueAt(ground, 0, 0.5, 0.5)).toBeCloseTo(1.5);
		expect(valueAt(ground, 0, 0, 0)).toBe(0);
		expect(valueAt(ground, 0, 1, 1)).toBe(3);
	});

	it("mix colours so that the ends are exact", () => {
		const [from, to] = [channels("#c4570f"), channels("#1f66b5")];
		expect(mixed(from, to, 0).map(Math.round)).toEqual([...from]);
		expect(mixed(from, to, 1).map(Math.round)).toEqual([...to]);
	});
});

describe("the network as it lies", () => {
	const room = { left: 40, right: 10, top: 60, bottom: 10, heading: 88, first: 50, gap: 16, most: 99 };

	it("fits into its width, layer by layer, with no cell over another", () => {
		for (const sizes of [
			[2, 8, 8, 1],
			[2, 1],
			[7, 12, 3],
			[24, 128, 128, 8],
		]) {
			const { columns, cell, width, height } = arrange(sizes, 560, room);
			expect(columns.map(({ cells }) => cells.length)).toEqual(sizes);
			expect(width).toBeGreaterThanOrEqual(560);
			const all = columns.flatMap(({ cells }) => cells);
			for (const [at, one] of all.entries()) {
				expect(one.x - cell / 2).toBeGreaterThanOrEqual(0);
				expect(one.x + cell / 2).toBeLessThanOrEqual(width);
				expect(one.y - cell / 2).toBeGreaterThanOrEqual(room.top - 1e-9);
				expect(one.y + cell / 2).toBeLessThanOrEqual(height);
				for (const other of all.slice(at + 1))
					expect(Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))).toBeGreaterThanOrEqual(cell);
			}
			for (const [at, { right }] of columns.entries()) expect(right).toBeLessThan(columns[at + 1]?.left ?? width);
		}
		expect(arrange([2, 8, 8, 1], 560, room).width).toBe(560);
	});

	it("has cells no larger than they may be", () => {
		expect(arrange([2, 6, 1], 560, room).cell).toBeGreaterThan(34);
		expect(arrange([2, 6, 1], 560, { ...room, most: 34 }).cell).toBe(34);
	});

	it("draws links that leave and arrive level", () => {
		expect(heightOfBow(0)).toBeCloseTo(0);
		expect(heightOfBow(0.5)).toBeCloseTo(0.5);
		expect(heightOfBow(1)).toBeCloseTo(1);
		expect(heightOfBow(0.02)).toBeLessThan(0.005);
	});

	it("leaves the strongest links where there are too many", () => {
		expect(threshold(Float64Array.of(1, -2, 3), 3)).toBe(0);
		const values = Float64Array.from({ length: 10_000 }, (_, at) => (at % 2 === 0 ? -1 : 1) * 1.001 ** at);
		const least = threshold(values, 400);
		const kept = values.filter((value) => Math.abs(value) >= least).length;
		expect(kept).toBeLessThanOrEqual(400);
		expect(kept).toBeGreaterThan(250);
		expect(
			new Float64Array(1_000).filter((value) => Math.abs(value) >= threshold(new Float64Array(1_000), 400)),
		).toHaveLength(0);
	});
});

describe("numbers", () => {
	it("stand at round places of an axis", () => {
		expect(ticks(-1.3, 2.1, 5)).toEqual([-1, 0, 1, 2]);
		expect(ticks(0, 0.1, 5)).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1]);
		expect(ticks(2, 2, 5)).toEqual([2]);
		expect(ticks(Number.NaN, 1, 5)).toEqual([]);
		expect(powerOfTen(-12)).toBe("10⁻¹²");
	});

	it("keep their digits while they change", () => {
		expect(steady(0.5)).toBe("0.50000");
		expect(steady(123.4)).toBe("123.400");
		expect(steady(-0.00001)).toBe("−1.00e−5");
		expect(steady(Number.NaN)).toBe("NaN");
		expect(steady(Number.POSITIVE_INFINITY)).toBe("∞");
	});

	it("go up and down a ladder of learning rates", () => {
		expect([rung(0.03, true), rung(0.1, true), rung(0.05, true)]).toEqual([0.1, 0.3, 0.1]);
		expect([rung(0.03, false), rung(0.1, false), rung(1e-7, false)]).toEqual([0.01, 0.03, 1e-7]);
		expect(rung(100, true)).toBe(100);
	});
});
