/**
 * Text on the screen: tables, aligned numbers, progress; and words.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { alignPoints, hasColours, progressOn, tableText, widthOf } from "../../src/cli/terminal.js";
import { distance, listed, nearest, wrapped } from "../../src/cli/words.js";
import { Memory, memory } from "./place.js";

const plain = (_: unknown, text: string): string => text;

test("a table has a rule under its head, words to the left, numbers to the right, and no blanks at the end", () => {
	const grid = {
		head: ["name", "value"],
		rows: [
			["가중치", "1"],
			["b", "-12"],
		],
		words: 1,
	};
	expect(tableText(grid, plain)).toBe("  name    value\n  ─────────────\n  가중치      1\n  b         -12\n");
});

test("numbers of different kinds have their points below each other", () => {
	expect(alignPoints(["1", "-0.25", "1e-7", "123.5", "NaN", "-Infinity"])).toEqual([
		"  1        ",
		" -0.25     ",
		"  1e-7     ",
		"123.5      ",
		"   NaN     ",
		"  -Infinity",
	]);
});

describe("colours", () => {
	test("need a terminal that nobody has switched off", () => {
		expect(hasColours(new Memory(80), {})).toBe(true);
		expect(hasColours(new Memory(80), { NO_COLOR: "" })).toBe(true);
		expect(hasColours(new Memory(80), { NO_COLOR: "1" })).toBe(false);
		expect(hasColours(new Memory(80), { TERM: "dumb" })).toBe(false);
		expect(hasColours(new Memory(), {})).toBe(false);
	});

	test("the width is that of the terminal, and 100 elsewhere", () => {
		expect([widthOf(new Memory(72)), widthOf(new Memory())]).toEqual([72, 100]);
	});
});

describe("progress", () => {
	afterEach(() => {
		vi.restoreAllMocks();
	});

	function job(milliseconds: number, columns: number | undefined, quiet: boolean): string {
		const place = memory({}, columns);
		const clock = vi.spyOn(performance, "now");
		clock.mockReturnValue(0);
		const progress = progressOn(place, 3, quiet);
		progress.step("first");
		clock.mockReturnValue(milliseconds);
		progress.step("second");
		progress.step("third");
		progress.end();
		expect(place.stdout.text).toBe("");
		return place.stderr.text;
	}

	test("appears on a terminal after a second", () => {
		expect(job(1500, 80, false)).toContain("third");
	});

	test("does not appear before, nor elsewhere, nor where quiet is asked for", () => {
		expect(job(900, 80, false)).toBe("");
		expect(job(1500, undefined, false)).toBe("");
		expect(job(1500, 80, true)).toBe("");
	});
});

describe("words", () => {
	test("are listed as people list them", () => {
		expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")]).toEqual([
			"",
			"a",
			"a and b",
			"a, b or c",
		]);
	});

	test("are a change, an addition, a removal or a swap apart", () => {
		expect([distance("kitten", "sitting"), distance("tahn", "tanh"), distance("", "abc"), distance("σ", "σ")]).toEqual([
			3, 1, 3, 0,
		]);
	});

	test("are guessed only where they are near", () => {
		expect(nearest("weigth", ["height", "weight", "w"])).toBe("weight");
		expect(nearest("W", ["w", "b"])).toBe("w");
		expect(nearest("q", ["w", "b"])).toBeUndefined();
		expect(nearest("momentum", ["rate"])).toBeUndefined();
	});

	test("are wrapped between words", () => {
		expect(wrapped("one two three incomprehensibilities", 9)).toBe("one two\nthree\nincomprehensibilities");
	});
});
