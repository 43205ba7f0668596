/**
 * Tables of text: columns of numbers, categories and texts.
 *
 * What is a cell is papaparse's business; what a cell means is decided here,
 * per column. A number is what is written as one from the first character to
 * the last, so `12,5` or `3 kg` are never read as 12 or 3. Messages name row
 * and column as a spreadsheet does: the first line of the file is row 1.
 */
import Papa from "papaparse";
import { type ChainruleError, failure } from "../core/errors.js";
import { checkWord } from "../core/options.js";
import { type DType, tensor } from "../index.js";
import type { Labelled } from "./dataset.js";
import { type FileSource, nameOf, piecesOf } from "./files.js";
import { checkFloating } from "./options.js";

/** What the cells of a column are: numbers, names of few kinds, or texts that are left alone. */
export type ColumnType = "number" | "category" | "text";

const columnTypes: readonly ColumnType[] = ["number", "category", "text"];

/** Numbers; NaN where one is missing. */
export interface NumberColumn {
	readonly type: "number";
	readonly values: Float64Array;
}

/** Kinds, counted in alphabetical order. */
export interface CategoryColumn {
	readonly type: "category";
	/** For each row the place of its kind in `categories`; -1 where it is missing. */
	readonly values: Int32Array;
	readonly categories: readonly string[];
}

/** Texts as they stand in the file. */
export interface TextColumn {
	readonly type: "text";
	readonly values: readonly string[];
}

/** A column of a {@link Table}. */
export type Column = NumberColumn | CategoryColumn | TextColumn;

/** Columns by name, in the order of the file, all of the same length. */
export interface Table {
	readonly rows: number;
	readonly columns: ReadonlyMap<string, Column>;
}

/** How a table is read. */
export interface CsvOptions {
	/** False where the first row holds data already: columns are then called 0, 1, ...; or the names. */
	readonly header?: boolean | readonly string[] | undefined;
	/** What separates cells; found out from the text when left out. */
	readonly delimiter?: string | undefined;
	/** Types of columns by name. A column not named here is of numbers where every cell is one, else of categories. */
	readonly types?: Readonly<Record<string, ColumnType>> | undefined;
	/** What to do where a number or a category is missing: refuse the file (when left out), drop the row, or keep NaN and -1. */
	readonly missing?: "error" | "drop" | "keep" | undefined;
	/** Cells that say that something is missing; `""`, `NA`, `NaN`, `null` and `?` when left out. */
	readonly missingTexts?: readonly string[] | undefined;
	/** Told of every row that would be refused, with its number and the error; such rows are left out. When left out, the first one throws. */
	readonly onBadRow?: ((row: number, error: ChainruleError) => void) | undefined;
}

/**
 * The table in a text with comma-separated values, or separated by whatever
 * `delimiter` says. Lines without anything are skipped. Blanks around numbers
 * and categories do not count.
 *
 * @throws where a quotation mark is never closed, a row is longer or shorter
 *   than the others, names are missing or doubled, or a cell is not of the type
 *   of its column.
 *
 * @example
 * ```ts
 * import { readCsv } from "chainrule/data";
 *
 * const { columns } = readCsv("height,kind\n1.5,oak\n2.5,elm\n");
 * const kind = columns.get("kind");
 * console.log(columns.get("height")?.values); // Float64Array(2) [ 1.5, 2.5 ]
 * if (kind?.type === "category") console.log(kind.values, kind.categories); // Int32Array(2) [ 1, 0 ] [ 'elm', 'oak' ]
 * ```
 */
export function readCsv(text: string, options: CsvOptions = {}): Table {
	return tableOf("readCsv", text, options);
}

/**
 * The table in a file in UTF-8, plain or gzip; see {@link readCsv}.
 *
 * @throws also where the file cannot be read or is not UTF-8.
 */
export async function loadCsv(source: FileSource, options: CsvOptions = {}): Promise<Table> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let text = "";
	try {
		for await (const piece of piecesOf("loadCsv", source)) text += decoder.decode(piece, { stream: true });
		text += decoder.decode();
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw failure({
			what: "loadCsv: not UTF-8",
			expected: "text in UTF-8",
			actual: `other bytes in ${nameOf(source)}`,
			fix: "decode it with TextDecoder and its encoding, and use readCsv",
		});
	}
	return tableOf("loadCsv", text, options);
}

/** A row of data and its number in the file. */
interface Row {
	readonly number: number;
	readonly cells: readonly string[];
}

function tableOf(
	name: string,
	text: string,
	{ header = true, delimiter = "", types = {}, missing = "error", missingTexts = usuallyMissing, onBadRow }: CsvOptions,
): Table {
	checkWord(name, "missing", missing, ["error", "drop", "keep"]);
	const parsed = Papa.parse<string[]>(withoutEnd(text), { delimiter });
	const [broken] = parsed.errors.filter(({ type }) => type === "Quotes");
	if (broken !== undefined) {
		throw failure({
			what: `${name}: a quotation mark is not closed`,
			expected: 'cells such as "a, b", with "" for a quotation mark',
			actual: `row ${(broken.row ?? 0) + 1}`,
		});
	}
	const all = parsed.data
		.map((cells, index): Row => ({ number: index + 1, cells }))
		.filter(({ cells }) => cells.length > 1 || (cells[0] ?? "").trim() !== "");
	const names = namesOf(name, header, all[0]);
	const rows = header === true ? all.slice(1) : all;
	if (rows.length === 0) throw noRows(name, `names alone: ${names.join(", ")}`);
	const records = sound(rows, onBadRow, ({ cells, number: row }) =>
		cells.length === names.length
			? undefined
			: failure({
					what: `${name}: a row of another length`,
					expected: `${names.length} cells, one for each of ${names.join(", ")}`,
					actual: `${cells.length} in row ${row}`,
				}),
	);
	const given = new Map(Object.entries(types)); // a column may be called "constructor"
	for (const [column, type] of given) {
		if (!names.includes(column)) throw noColumn(name, column, names);
		if (columnTypes.includes(type)) continue;
		throw failure({
			what: `${name}: not a type of column`,
			expected: columnTypes.join(", "),
			actual: `${JSON.stringify(type)} for column ${JSON.stringify(column)}`,
		});
	}

	const absent = new Set(missingTexts);
	const isMissing = (cell: string): boolean => absent.has(cell.trim());
	const kinds = names.map((column, place) => given.get(column) ?? inferred(records, place, isMissing));
	const complete = (row: Row): boolean =>
		kinds.every((kind, place) => kind === "text" || !isMissing(row.cells[place] as string));
	const faultOf = ({ cells, number: row }: Row): ChainruleError | undefined => {
		for (const [place, kind] of kinds.entries()) {
			const cell = cells[place] as string;
			const actual = `${JSON.stringify(cell)} in row ${row}, column ${JSON.stringify(names[place])}`;
			if (kind !== "text" && isMissing(cell)) {
				if (missing !== "error") continue;
				const fix = 'say what to do: missing: "drop" or "keep"';
				return failure({ what: `${name}: a cell is missing`, expected: `a ${kind}`, actual, fix });
			}
			if (kind !== "number" || isNumber(cell)) continue;
			const expected = "a number such as -1.5e3, with a point";
			return failure({ what: `${name}: a cell is not what its column holds`, expected, actual });
		}
		return undefined;
	};
	const kept = sound(missing === "drop" ? records.filter(complete) : records, onBadRow, faultOf);

	const columns = new Map<string, Column>();
	names.forEach((column, place) => {
		const cells = kept.map((row) => row.cells[place] as string);
		columns.set(column, columnOf(kinds[place] as ColumnType, cells, isMissing));
	});
	return { rows: kept.length, columns };
}

/** A text without the ends of lines after the last one: where the table is small, they mislead papaparse about what separates cells. */
function withoutEnd(text: string): string {
	let { length } = text;
	while (length > 0 && "\r\n".includes(text[length - 1] as string)) length--;
	return text.slice(0, length);
}

/** The rows without fault. Of the others the first throws, or each is told. */
function sound(
	rows: readonly Row[],
	onBadRow: CsvOptions["onBadRow"],
	faultOf: (row: Row) => ChainruleError | undefined,
): readonly Row[] {
	return rows.filter((row) => {
		const error = faultOf(row);
		if (error !== undefined && onBadRow === undefined) throw error;
		if (error !== undefined) onBadRow?.(row.number, error);
		return error === undefined;
	});
}

const usuallyMissing: readonly string[] = ["", "NA", "NaN", "null", "?"];

function namesOf(name: string, header: boolean | readonly string[], first: Row | undefined): readonly string[] {
	if (first === undefined) throw noRows(name, "nothing");
	if (header === false) return first.cells.map((_, place) => String(place));
	const names = header === true ? first.cells.map((cell) => cell.trim()) : header;
	names.forEach((column, place) => {
		if (column !== "" && names.indexOf(column) === place) return;
		throw failure({
			what: `${name}: not names of columns`,
			expected: "a name for every column, each once",
			actual: column === "" ? `no name at column ${place + 1}` : `${JSON.stringify(column)} twice`,
			...(header === true && { fix: "header: false where the first row holds data, or a list of names" }),
		});
	});
	return names;
}

function noRows(name: string, actual: string): ChainruleError {
	return failure({
		what: `${name}: no rows`,
		expected: "a text with a row of names and at least one of data",
		actual,
		...(name === "readCsv" && { fix: "a file is read by its path with loadCsv" }),
	});
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const isNumber = (cell: string): boolean => number.test(cell.trim());

function inferred(rows: readonly Row[], place: number, isMissing: (cell: string) => boolean): ColumnType {
	const present = rows.map(({ cells }) => cells[place] as string).filter((cell) => !isMissing(cell));
	return present.length > 0 && present.every(isNumber) ? "number" : "category";
}

/** What each type makes of the cells of a column. */
function columnOf(type: ColumnType, cells: readonly string[], isMissing: (cell: string) => boolean): Column {
	if (type === "text") return { type, values: cells };
	if (type === "number") {
		return { type, values: Float64Array.from(cells, (cell) => (isMissing(cell) ? Number.NaN : Number(cell))) };
	}
	const kinds = cells.map((cell) => (isMissing(cell) ? undefined : cell.trim()));
	const categories = [...new Set(kinds)].filter((kind) => kind !== undefined).sort();
	const places = new Map(categories.map((kind, place) => [kind, place]));
	return {
		type,
		values: Int32Array.from(kinds, (kind) => (kind === undefined ? -1 : (places.get(kind) as number))),
		categories,
	};
}

function noColumn(name: string, column: string, names: Iterable<string>): ChainruleError {
	return failure({
		what: `${name}: no such column`,
		expected: `one of ${[...names].join(", ")}`,
		actual: JSON.stringify(column),
	});
}

/** Which columns become which tensor. */
export interface TableTensorsOptions {
	/** The column that is to be predicted. */
	readonly target: string;
	/** The columns to predict it from; all others when left out. */
	readonly features?: readonly string[] | undefined;
	/** Of numbers: `float64` when left out, or `float32`. */
	readonly dtype?: DType | undefined;
}

/**
 * Features and target of a table as tensors. In `x`, `[rows, ...]`, a column of
 * numbers is one column and a column of k categories is k, one-hot in their
 * order, all 0 where it is missing. `y` is `[rows]`: the numbers, or the places
 * of the categories as int32.
 *
 * @throws where a column does not exist, holds texts, or the target is missing somewhere.
 *
 * @example
 * ```ts
 * import { readCsv, toTensors } from "chainrule/data";
 *
 * const table = readCsv("height,leaf,kind\n20,round,oak\n30,long,elm\n25,long,oak\n");
 * const { x, y } = toTensors(table, { target: "kind" });
 * console.log(x.toArray(), y.toArray()); // [ [ 20, 0, 1 ], [ 30, 1, 0 ], [ 25, 1, 0 ] ] [ 1, 0, 1 ]
 * ```
 */
export function toTensors(table: Table, { target, features, dtype = "float64" }: TableTensorsOptions): Labelled {
	checkFloating("toTensors", dtype);
	const { rows, columns } = table;
	const goal = columnIn(table, target);
	const missing = goal.values.findIndex((value) => (goal.type === "number" ? Number.isNaN(value) : value === -1));
	if (missing >= 0) {
		throw failure({
			what: "toTensors: a target is missing",
			expected: `a ${goal.type} in every row of ${JSON.stringify(target)}`,
			actual: `none in row ${missing} of the table`,
			fix: 'read it with missing: "drop"',
		});
	}
	const names = features ?? [...columns.keys()].filter((name) => name !== target);
	const parts = names.flatMap((name): ((row: number) => number)[] => {
		const column = columnIn(table, name);
		if (column.type === "number") return [(row) => column.values[row] as number];
		return column.categories.map((_, place) => (row) => Number(column.values[row] === place));
	});
	const x = Float64Array.from({ length: rows * parts.length }, (_, k) =>
		(parts[k % parts.length] as (row: number) => number)(Math.floor(k / parts.length)),
	);
	return {
		x: tensor(x, { shape: [rows, parts.length], dtype }),
		y: tensor(goal.values, { dtype: goal.type === "number" ? dtype : "int32" }),
	};
}

function columnIn({ columns }: Table, name: string): NumberColumn | CategoryColumn {
	const column = columns.get(name);
	if (column === undefined) throw noColumn("toTensors", name, columns.keys());
	if (column.type !== "text") return column;
	throw failure({
		what: "toTensors: texts are no numbers",
		expected: "columns of numbers or categories",
		actual: `column ${JSON.stringify(name)} holds texts`,
		fix: `leave it out of the features, or read it with types: { ${JSON.stringify(name)}: "category" }`,
	});
}
