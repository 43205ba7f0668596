/**
 * The reader's own points, as CSV with a heading: inputs, then the class or the
 * value in the last column.
 *
 * Rows that cannot be read are refused all at once, each by its number in the
 * text. Texts are classes in alphabetical order, and so are the whole numbers
 * 0 to k - 1, each of them there, for k up to 8; other numbers are values. Where
 * most of the last column are numbers, all are meant to be.
 */
import { ChainruleError } from "chainrule";
import { type Column, readCsv, type Table } from "chainrule/data";
import { limits, ranges } from "../setup.js";
import { refusal } from "./refusal.js";
import type { Drawn } from "./samples.js";

const what = "own data";
const mostClasses = ranges.classes.high;

/** What cannot be read, by the number of the row. */
type Faults = Map<number, string>;

/** @throws where there is anything that cannot be read, and where there is too little or too much of it. */
export function ownPoints(text: string): Drawn {
	const faults: Faults = new Map();
	const first = read(text, {}, faults);
	const names = [...first.columns.keys()];
	const [inputs, last] = [names.slice(0, -1), names.at(-1) as string];
	if (names.every((name) => name !== "" && Number.isFinite(Number(name)))) {
		throw refusal("own", {
			what: `${what}: no heading`,
			expected: "names in the first row, such as x1, x2, class",
			actual: names.join(", "),
			fix: "put a row of names above the others",
		});
	}
	if (inputs.length < 1 || inputs.length > limits.inputs) {
		throw refusal("own", {
			what: `${what}: number of columns`,
			expected: `1 to ${limits.inputs} inputs, then the class or the value in the last column`,
			actual: names.join(", "),
		});
	}
	const types = [
		...inputs.map((name) => [name, "number"] as const),
		[last, typeOfLast(columnOf(first, last))] as const,
	];
	const table = read(text, Object.fromEntries(types), faults);
	if (faults.size > 0) throw badRows(faults);
	if (table.rows > limits.ownRows) {
		throw refusal("own", {
			what: `${what}: too many rows`,
			expected: `at most ${limits.ownRows}`,
			actual: `${table.rows}`,
		});
	}
	const columns = inputs.map((name) => columnOf(table, name).values as Float64Array);
	const x = Float64Array.from({ length: table.rows * inputs.length }, (_, k) => {
		const column = columns[k % inputs.length] as Float64Array;
		return finite(column[Math.floor(k / inputs.length)] as number, inputs[k % inputs.length] as string);
	});
	return { names: inputs, width: inputs.length, x, ...targetsOf(columnOf(table, last), last) };
}

function read(text: string, types: Readonly<Record<string, "number" | "category">>, faults: Faults): Table {
	return blamingTable(() =>
		readCsv(text, {
			types,
			onBadRow: (row, { problem }) => {
				const [, fault = ""] = problem.what.split(": ", 2);
				const found = problem.actual?.replace(` in row ${row}`, "") ?? "";
				faults.set(row, `${fault}: ${found}, expected ${problem.expected}`);
			},
		}),
	);
}

/** How a program would mend it is of no use to who has a table. */
function blamingTable(body: () => Table): Table {
	try {
		return body();
	} catch (error) {
		if (!(error instanceof ChainruleError)) throw error;
		const { fix: _, what: problem, ...rest } = error.problem;
		throw refusal("own", { ...rest, what: `${what}: ${problem.replace(/^readCsv: /, "")}` });
	}
}

function columnOf({ columns }: Table, name: string): Column {
	return columns.get(name) as Column;
}

function typeOfLast(column: Column): "number" | "category" {
	if (column.type !== "category") return "number";
	const numbers = column.categories.map((text) => Number.isFinite(Number(text)));
	const count = [...column.values].filter((place) => numbers[place]).length;
	return count > column.values.length / 2 ? "number" : "category";
}

function targetsOf(column: Column, name: string): Pick<Drawn, "y" | "task" | "classes" | "labels"> {
	if (column.type === "category") {
		const { categories } = column;
		if (categories.length < 2 || categories.length > mostClasses) {
			throw refusal("own", {
				what: `${what}: number of classes`,
				expected: `2 to ${mostClasses} different texts in the last column, or numbers`,
				actual: `${categories.length} in ${JSON.stringify(name)}`,
			});
		}
		return { y: Float64Array.from(column.values), task: "classes", classes: categories.length, labels: categories };
	}
	const y = Float64Array.from(column.values as Float64Array, (value) => finite(value, name));
	const kinds = new Set(y);
	const counted = [...kinds].every((k) => Number.isInteger(k) && k >= 0 && k < kinds.size);
	return counted && kinds.size >= 2 && kinds.size <= mostClasses
		? { y, task: "classes", classes: kinds.size }
		: { y, task: "values", classes: 0 };
}

function finite(value: number, name: string): number {
	if (Number.isFinite(value)) return value;
	throw refusal("own", {
		what: `${what}: a number is too large`,
		expected: "numbers below 1.8e308",
		actual: `one in column ${JSON.stringify(name)}`,
	});
}

/** All rows that cannot be read, the first dozen of them with the reason. */
function badRows(faults: Faults): Error {
	const rows = [...faults.keys()].sort((a, b) => a - b);
	const told = rows.slice(0, 12).map((row) => `row ${row}: ${faults.get(row)}`);
	const others = spans(rows.slice(12));
	return refusal("own", {
		what: `${what}: ${rows.length === 1 ? "a row" : `${rows.length} rows`} that cannot be read`,
		actual: [...told, ...(others === "" ? [] : [`and rows ${others}`])].join("\n"),
		fix: "mend or remove them: nothing was changed",
	});
}

/** `3, 5–8`. */
function spans(rows: readonly number[]): string {
	const found: [from: number, to: number][] = [];
	for (const row of rows) {
		const last = found.at(-1);
		if (last?.[1] === row - 1) last[1] = row;
		else found.push([row, row]);
	}
	return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}
