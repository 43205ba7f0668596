import { gzipSync } from "node:zlib";
import { type Column, loadCsv, readCsv, type Table, toTensors } from "chainrule/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

fc.configureGlobal({ seed: 1 });

const column = (table: Table, name: string): Column => table.columns.get(name) as Column;
const values = (table: Table, name: string): unknown[] => [...column(table, name).values];

describe("readCsv", () => {
	it("takes a column for numbers where every cell is one from end to end, else for categories", () => {
		const table = readCsv('a,b,c,d\n1,x,1,1\n-2.5e3,y,3 kg," 2 "\n+.5,x,2,3.\n');
		expect(table.rows).toBe(3);
		expect([...table.columns.values()].map(({ type }) => type)).toEqual(["number", "category", "category", "number"]);
		expect(values(table, "a")).toEqual([1, -2500, 0.5]);
		expect(values(table, "d")).toEqual([1, 2, 3]);
		expect(column(table, "b")).toEqual({ type: "category", values: new Int32Array([0, 1, 0]), categories: ["x", "y"] });
	});

	it.each(["0x10", "1,5", "Infinity", "1e", "--1", "1 2", "1_000"])("does not take %s for a number", (cell) => {
		expect(column(readCsv(`a;b\n${cell};1\n`, { delimiter: ";" }), "a").type).toBe("category");
	});

	it("finds out what separates cells, or is told", () => {
		for (const delimiter of [",", ";", "\t", "|"]) {
			for (const end of ["", "\n", "\r\n\r\n"])
				expect(values(readCsv(`a${delimiter}b\n1${delimiter}2\n3${delimiter}4${end}`), "b")).toEqual([2, 4]);
		}
		expect(values(readCsv("a:b\n1:2", { delimiter: ":" }), "b")).toEqual([2]);
	});

	it("reads quoted cells, line ends of every kind, a byte order mark, and skips lines without anything", () => {
		const table = readCsv('\uFEFFname,n\r\n"a, ""b""\nc",1\r\n\r\nd,2\r\n\r\n', { types: { name: "text" } });
		expect(values(table, "name")).toEqual(['a, "b"\nc', "d"]);
		expect(values(table, "n")).toEqual([1, 2]);
	});

	it("goes without a header, or with names that are given", () => {
		expect([...readCsv("1,2\n3,4", { header: false }).columns.keys()]).toEqual(["0", "1"]);
		const table = readCsv("1,2\n3,4", { header: ["p", "q"] });
		expect([table.rows, values(table, "q")]).toEqual([2, [2, 4]]);
	});

	it("takes types as they are given", () => {
		const table = readCsv("zip,note\n02134,\n10001,NA\n", { types: { zip: "category", note: "text" } });
		expect(column(table, "zip")).toMatchObject({ categories: ["02134", "10001"] });
		expect(values(table, "note")).toEqual(["", "NA"]);
	});

	it("keeps apart columns with names of JavaScript's own", () => {
		const table = readCsv("constructor,__proto__\n1,2\n");
		expect([values(table, "constructor"), values(table, "__proto__")]).toEqual([[1], [2]]);
		expect(column(readCsv("__proto__\n1", { types: JSON.parse('{"__proto__": "text"}') }), "__proto__").type).toBe(
			"text",
		);
	});

	const gaps = "x,kind\n1,a\n,b\n3,NA\n4,a\n";

	it("refuses gaps, drops their rows, or keeps them, as it is told", () => {
		expect(() => readCsv(gaps)).toThrow(/missing[\s\S]*"" in row 3, column "x"/);
		const dropped = readCsv(gaps, { missing: "drop" });
		expect([dropped.rows, values(dropped, "x"), values(dropped, "kind")]).toEqual([2, [1, 4], [0, 0]]);
		expect(column(dropped, "kind")).toMatchObject({ categories: ["a"] });
		const kept = readCsv(gaps, { missing: "keep" });
		expect(values(kept, "x")).toEqual([1, Number.NaN, 3, 4]);
		expect(values(kept, "kind")).toEqual([0, 1, -1, 0]);
		expect(values(readCsv("a\n1\n-9\n", { missingTexts: ["-9"], missing: "keep" }), "a")).toEqual([1, Number.NaN]);
	});

	it("names rows as a spreadsheet does, skipped lines counted", () => {
		expect(() => readCsv("a,b\n\n1,2\n1,2,3\n")).toThrow(/3 in row 4/);
		expect(() => readCsv("a,b\n1,2\nx,2\n", { types: { a: "number" } })).toThrow(/"x" in row 3, column "a"/);
	});

	it("tells of every bad row, if asked to, and reads the others", () => {
		const told: [number, string][] = [];
		const table = readCsv("a,kind\n1,x\n1,2,3\n,x\n?!,y\n\n4,\n5,y\n", {
			types: { a: "number" },
			onBadRow: (row, { problem }) => told.push([row, problem.actual ?? ""]),
		});
		expect(told).toEqual([
			[3, "3 in row 3"],
			[4, '"" in row 4, column "a"'],
			[5, '"?!" in row 5, column "a"'],
			[7, '"" in row 7, column "kind"'],
		]);
		expect([table.rows, values(table, "a"), values(table, "kind")]).toEqual([2, [1, 5], [0, 1]]);
		const kept = readCsv("a\n1\n?\nx\n", { types: { a: "number" }, missing: "keep", onBadRow: () => {} });
		expect(values(kept, "a")).toEqual([1, Number.NaN]);
	});

	it("reads back whatever numbers and texts were written", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.string()), { minLength: 1 }),
				(rows) => {
					const text = rows.map(([x, t]) => `${x},"${t.replaceAll('"', '""')}"`).join("\n");
					const table = readCsv(`x,t\n${text}\n`, { delimiter: ",", types: { t: "text" } });
					expect(values(table, "x")).toEqual(rows.map(([x]) => x + 0)); // -0 is written as 0
					expect(values(table, "t")).toEqual(rows.map(([, t]) => t));
				},
			),
		);
	});
});

describe("loadCsv", () => {
	const text = "도시,n\n서울,1\n부산,2\n";

	it("reads UTF-8, plain or gzip, from a blob", async () => {
		for (const bytes of [Buffer.from(text), gzipSync(text)]) {
			const table = await loadCsv(new Blob([new Uint8Array(bytes)]));
			expect(column(table, "도시")).toMatchObject({ categories: ["부산", "서울"] });
			expect(values(table, "n")).toEqual([1, 2]);
		}
	});

	it("refuses what is not UTF-8", async () => {
		await expect(loadCsv(new Blob([new Uint8Array([0x61, 0x0a, 0xb0, 0xa1])]))).rejects.toThrow(/not UTF-8/);
		await expect(loadCsv(new Blob([new Uint8Array([0x61, 0x0a, 0xec, 0x84])]))).rejects.toThrow(/not UTF-8/);
	});
});

describe("toTensors", () => {
	const table = readCsv("a,kind,b,y\n1,u,2,10\n3,v,4,20\n5,,6,30\n", { missing: "keep" });

	it("makes one column of numbers and one per category, all 0 where it is missing", () => {
		const { x, y } = toTensors(table, { target: "y" });
		expect(x.toArray()).toEqual([
			[1, 1, 0, 2],
			[3, 0, 1, 4],
			[5, 0, 0, 6],
		]);
		expect([y.toArray(), y.dtype]).toEqual([[10, 20, 30], "float64"]);
	});

	it("takes the features that are named, in that order, in the dtype asked for", () => {
		const { x, y } = toTensors(table, { target: "y", features: ["b", "a"], dtype: "float32" });
		expect([x.toArray(), x.dtype, y.dtype]).toEqual([
			[
				[2, 1],
				[4, 3],
				[6, 5],
			],
			"float32",
			"float32",
		]);
	});

	it("refuses a target that is missing, and texts", () => {
		expect(() => toTensors(table, { target: "kind" })).toThrow(/target is missing/);
		const texts = readCsv("t,y\na,1\n", { types: { t: "text" } });
		expect(() => toTensors(texts, { target: "y" })).toThrow(/texts are no numbers/);
		expect(toTensors(texts, { target: "y", features: [] }).x.shape).toEqual([1, 0]);
	});
});
