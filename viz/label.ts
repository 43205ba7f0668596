/**
 * What a box says: names, symbol, shape, value, gradient and what is wrong, as a
 * small table in Graphviz's HTML-like notation.
 *
 * Note [widths without fonts]
 * Graphviz in WebAssembly has no fonts: it knows the widths of Helvetica and
 * takes every character beyond ASCII for a space. So each cell states a width
 * reckoned here, generously enough for any sans-serif and for Hangul. All text
 * begins at the left of its cell and is one span of one font: a text that was
 * centred, set to the right or followed by another would be placed by a width
 * that is wrong.
 */
import { Scalar } from "../src/core/tape.js";
import { forEachElement, type Node, type Tensor, type Value } from "../src/core/tensor.js";
import { type Inks, type Look, sizes } from "./look.js";
import type { Box, Group, Shown } from "./picture.js";
import { barsOf, stripOf } from "./strip.js";

/** What a label shows of numbers. */
export interface LabelOptions {
	/** Shows values. True when left out. */
	readonly values?: boolean | undefined;
	/** Significant digits of numbers; 4 when left out. */
	readonly digits?: number | undefined;
	/** Under range and mean of a large tensor: how often which numbers occur, or the numbers themselves in a row, dark ones large. `histogram` when left out. */
	readonly strip?: "histogram" | "heat" | "none" | undefined;
}

/** What a box says besides what it is. */
export interface Remarks {
	/** The name under which formulas along edges know a box without one. */
	readonly alias?: string | undefined;
	/** How many contributions its gradient is the sum of. */
	readonly contributions?: number | undefined;
	readonly marks?: readonly string[] | undefined;
	/** True to leave the gradient out. */
	readonly silent?: boolean | undefined;
}

/** Tensors of up to this many elements are shown number by number. */
const shownElements = 6;

/** How a label is written. */
interface Pen {
	readonly inks: Inks;
	readonly digits: number;
	readonly strip: "histogram" | "heat" | "none";
}

/** The label of `box`, with the angle brackets that tell Graphviz to read it as a table. */
export function labelOf(box: Shown, options: LabelOptions, inks: Inks, remarks: Remarks = {}): string {
	const { values = true, digits = 4, strip = "histogram" } = options;
	const pen = { inks, digits, strip };
	const body = box.kind === "group" ? rowsOfGroup(box, pen, values, remarks) : rowsOfBox(box, pen, values, remarks);
	const marks = (remarks.marks ?? []).map((text) =>
		line(cell(text, { ink: inks.alarm, size: sizes.label, bold: true, span: 2 }, inks)),
	);
	// A box must say something.
	const rows = [...body, ...marks].filter((row) => row !== "");
	return `<${table(rows.length === 0 ? line(cell("·", {}, inks)) : kept(rows).join(""))}>`;
}

/**
 * The rows with their columns kept together: what a heading needs more than they have goes to a third
 * one, where Graphviz would set label and number apart.
 */
function kept(rows: readonly string[]): readonly string[] {
	const isWhole = (row: string): boolean =>
		row.startsWith("<TR><TD") && row.slice(0, row.indexOf(">", 5)).includes("COLSPAN");
	const widthOfRow = (row: string): number =>
		[...row.matchAll(/ WIDTH="(\d+)"/g)].reduce((sum, [, width]) => sum + Number(width), 0);
	const widest = (some: readonly string[]): number => Math.max(0, ...some.map(widthOfRow));
	const missing = widest(rows.filter(isWhole)) - widest(rows.filter((row) => !isWhole(row)));
	if (missing <= 8 || rows.every(isWhole)) return rows;
	return rows.map((row) =>
		isWhole(row)
			? row.replace('COLSPAN="2"', 'COLSPAN="3"')
			: row.replace(/<\/TR>$/, `<TD WIDTH="${missing}"></TD></TR>`),
	);
}

function rowsOfBox(box: Box, pen: Pen, values: boolean, remarks: Remarks): string[] {
	const { node } = box;
	const { inks } = pen;
	const faint = box.kind === "constant" || box.reference;
	const ink = faint ? inks.faint : inks.text;
	const rows = [heading(box.names, box.symbol, ink, pen, remarks.alias)];
	// A literal that met a tensor is one number again and again.
	const literal = box.kind === "constant" && !(node instanceof Scalar) && isRepeated(node);
	const single = literal || node instanceof Scalar || node.rank === 0;
	if (!literal) rows.push(shapeRow(node, pen));
	if (values) {
		const numberInk = box.pass === "backward" && !faint ? inks.gradient : ink;
		const content = literal
			? cell(writer(node, pen.digits)(node.storage[node.offset] as number), { ink }, inks)
			: numbers(node, pen, numberInk);
		if (rows.join("") === "" && single) rows.push(line(content));
		else rows.push(row("value", inks.faint, content, inks));
	}
	if (box.gradient && !remarks.silent) rows.push(...gradientRows(box.gradient, pen, remarks));
	return rows;
}

/** A folded box: how much is in it, and what comes out of it. */
function rowsOfGroup(
	{ names, symbol, times, boxes, exit }: Group,
	pen: Pen,
	values: boolean,
	remarks: Remarks,
): string[] {
	const { inks } = pen;
	const often = times === 1 ? undefined : `× ${times}`;
	const title = names.length > 0 ? names : symbol === undefined ? [] : [symbol];
	const head = heading(title, often, inks.text, pen, undefined);
	const rows = [line(cell(contentsOf(boxes), { ink: inks.faint, size: sizes.label, span: 2 }, inks))];
	if (exit !== undefined) {
		const [name] = exit.names;
		if (name !== undefined && !names.includes(name)) rows.push(row("gives", inks.faint, cell(name, {}, inks), inks));
		rows.push(shapeRow(exit.node, pen));
		if (values) rows.push(row("value", inks.faint, numbers(exit.node, pen, inks.text), inks));
		if (exit.gradient && !remarks.silent) rows.push(...gradientRows(exit.gradient, pen, remarks));
	}
	return [head, ...rows];
}

/** `12 operations, 3 variables`. */
function contentsOf(boxes: readonly Box[]): string {
	const counts = new Map<string, number>();
	for (const { kind } of boxes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	return ["operation", "variable", "input", "constant"]
		.flatMap((kind) => {
			const count = counts.get(kind);
			// Constants are worth a word only where there is nothing else.
			if (count === undefined || (kind === "constant" && counts.size > 1)) return [];
			return `${count} ${kind}${count === 1 ? "" : "s"}`;
		})
		.join(", ");
}

function row(label: string, labelInk: string, content: string, inks: Inks): string {
	return line(cell(label, { ink: labelInk, size: sizes.label, gap: 4 }, inks), content);
}

function shapeRow(node: Node, { inks }: Pen): string {
	const shape = node instanceof Scalar ? "" : shapeOf(node);
	const content = cell(shape, { ink: inks.faint, size: sizes.label }, inks);
	return shape === "" ? "" : row("shape", inks.faint, content, inks);
}

function gradientRows(gradient: Node, pen: Pen, { contributions = 1 }: Remarks): readonly string[] {
	const { inks } = pen;
	const content = row("grad", inks.gradient, numbers(gradient, pen, inks.gradient), inks);
	if (contributions < 2) return [content];
	const place = { ink: inks.gradient, size: sizes.label };
	return [content, line("<TD></TD>", cell(`sum of ${contributions} contributions`, place, inks))];
}

/** A label that is only text, for titles. */
export function textLabel(text: string, size: number, inks: Inks): string {
	return `<${font(linesOf(text).map(escaped).join("<BR/>"), { ink: inks.outside, size }, inks)}>`;
}

/** The name of a cluster, on a plate that lies above the edges. */
export function plateLabel(text: string, { inks, lines: { plate, plateText } }: Look): string {
	const name = cell(text, { ink: plateText, size: sizes.plate, gap: 3 }, inks);
	return `<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" BGCOLOR="${plate}">${line(name)}</TABLE>>`;
}

/** Lines of text along an edge. */
export function edgeLabel(texts: readonly (readonly [text: string, ink: string])[], inks: Inks): string {
	const rows = texts.map(([text, ink]) => line(cell(text, { ink, size: sizes.label }, inks)));
	return `<${table(rows.join(""))}>`;
}

/** A title, and under it what shades mean: the least gradient of each. */
export function legendLabel(
	title: string | undefined,
	shades: readonly (readonly [colour: string, text: string])[],
	inks: Inks,
): string {
	const heading =
		title === undefined
			? ""
			: `<TR><TD>${font(escaped(title), { ink: inks.outside, size: sizes.title }, inks)}</TD></TR>`;
	const words = cell("|gradient| from", { ink: inks.outside, size: sizes.label, gap: 4 }, inks);
	const cells = shades.map(([colour, text]) =>
		cell(text, { size: sizes.label, gap: 6, fill: colour, edge: inks.outside }, inks),
	);
	const scale = `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">${line(words, ...cells)}</TABLE>`;
	return `<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">${heading}<TR><TD>${scale}</TD></TR></TABLE>>`;
}

/** Names, then the symbol, in columns of their own. */
function heading(
	names: readonly string[],
	symbol: string | undefined,
	ink: string,
	{ inks }: Pen,
	alias: string | undefined,
): string {
	const name = names.length === 0 ? [] : [cellOfLines(names, { ink, bold: true }, inks)];
	const other = alias === undefined || name.length > 0 ? [] : [cell(alias, { ink: inks.faint }, inks)];
	const size = (symbol?.length ?? 0) > 3 ? sizes.text : sizes.symbol;
	const sign = symbol === undefined ? [] : [cell(symbol, { ink, size }, inks)];
	const words = [...name, ...other];
	const gap = words.length + sign.length === 2 ? ['<TD WIDTH="6"></TD>'] : [];
	if (words.length + sign.length === 0) return "";
	return `<TR><TD ALIGN="LEFT" COLSPAN="2" CELLPADDING="0">${table(line(...words, ...gap, ...sign))}</TD></TR>`;
}

function shapeOf(x: Tensor): string {
	const dtype = x.dtype === "float64" ? "" : ` ${x.dtype}`;
	return x.rank === 0 ? dtype.trim() : `${x.shape.join(" × ")}${dtype}`;
}

/** True for one element seen many times, as by broadcasting. */
function isRepeated(x: Tensor): boolean {
	return x.size > 0 && x.strides.every((stride, axis) => stride === 0 || x.shape[axis] === 1);
}

/** A value in a few characters: a number, or the range of several. */
export function shortText(x: Value, digits = 4): string {
	if (typeof x === "number" || x instanceof Scalar) return numberText(Number(x), digits);
	if (x.size === 0) return "[]";
	const write = writer(x, digits);
	if (x.size === 1) return write(x.item());
	return summary(elementsOf(x), write)[0] ?? "";
}

function elementsOf(x: Tensor): number[] {
	const elements: number[] = [];
	forEachElement(x, (element) => elements.push(element));
	return elements;
}

/** A cell with all numbers of a small value, or with range and mean of a large one. */
function numbers(x: Node, { inks, digits, strip }: Pen, ink: string): string {
	const write = writer(x, digits);
	if (x instanceof Scalar || x.rank === 0) return cell(write(x.item()), { ink }, inks);
	const elements = elementsOf(x);
	if (elements.length > shownElements) {
		const words = cellOfLines(summary(elements, write), { ink }, inks);
		const known = elements.filter(Number.isFinite);
		if (strip === "none" || known.every((element) => element === known[0])) return words;
		const picture = strip === "heat" ? stripOf(elements, inks) : barsOf(known, inks);
		return `<TD ALIGN="LEFT" CELLPADDING="0">${table(`${line(words)}<TR><TD ALIGN="LEFT">${picture}</TD></TR>`)}</TD>`;
	}
	if (x.rank > 2 || elements.length === 0) {
		return cell(JSON.stringify(nested(x, write)).replaceAll('"', ""), { ink }, inks);
	}
	const width = x.shape.at(-1) as number;
	const rows: string[] = [];
	for (let at = 0; at < elements.length; at += width) {
		const row = elements.slice(at, at + width);
		rows.push(
			line(...row.map((element, column) => cell(write(element), { ink, gap: column < width - 1 ? 5 : 0 }, inks))),
		);
	}
	// Bars at both sides, as a matrix is written.
	return `<TD ALIGN="LEFT">${table(rows.join(""), `BORDER="1" SIDES="LR" COLOR="${ink}"`)}</TD>`;
}

function nested(x: Tensor, write: (value: number) => string): unknown {
	return JSON.parse(JSON.stringify(x.toArray()), (_, value: unknown) =>
		typeof value === "number" ? write(value) : value,
	);
}

function summary(elements: readonly number[], write: (value: number) => string): string[] {
	const known = elements.filter((element) => !Number.isNaN(element));
	const missing = elements.length - known.length;
	const texts: string[] = [];
	if (known.length > 0) {
		let [low, high, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
		for (const element of known) {
			if (element < low) low = element;
			if (element > high) high = element;
			total += element;
		}
		if (low === high) texts.push(`all ${write(low)}`);
		else if (write(low) === write(high)) texts.push(`all about ${write(low)}`);
		else texts.push(`${write(low)} … ${write(high)}`, `mean ${write(total / known.length)}`);
	}
	if (missing > 0) texts.push(`${missing} × NaN`);
	return texts;
}

/** How a number of `x` is written. */
function writer(x: Node, digits: number): (value: number) => string {
	if (!(x instanceof Scalar) && x.dtype === "bool" && x.size <= shownElements)
		return (value) => (value ? "true" : "false");
	return (value) => numberText(value, digits);
}

function numberText(value: number, digits: number): string {
	return String(Number(value.toPrecision(digits)) + 0);
}

interface Type {
	readonly ink?: string;
	readonly size?: number;
	readonly bold?: boolean;
}

interface Place extends Type {
	/** Columns that the cell takes; 1 when left out. */
	readonly span?: number;
	/** Room to the right, in points. */
	readonly gap?: number;
	/** Behind the text. */
	readonly fill?: string;
	/** Around it. */
	readonly edge?: string;
}

/** A table that is as wide as its cells and lies at the left of what is around it. */
function table(rows: string, bars = 'BORDER="0"'): string {
	return `<TABLE ${bars} ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">${rows}</TABLE>`;
}

function line(...cells: readonly string[]): string {
	return `<TR>${cells.join("")}</TR>`;
}

function cell(text: string, place: Place, inks: Inks): string {
	return cellOfLines([text], place, inks);
}

function cellOfLines(texts: readonly string[], place: Place, inks: Inks): string {
	const lines = texts.flatMap(linesOf);
	const { size = sizes.text, bold = false, span = 1, gap = 0 } = place;
	const width = Math.ceil(Math.max(...lines.map((text) => widthOf(text) * size * (bold ? 1.08 : 1)))) + gap;
	const across = span === 1 ? "" : ` COLSPAN="${span}"`;
	// ALIGN places the lines in the cell, BALIGN the lines among themselves.
	const among = lines.length === 1 ? "" : ' BALIGN="LEFT"';
	const fill = place.fill === undefined ? "" : ` BGCOLOR="${place.fill}"`;
	const edge = place.edge === undefined ? "" : ` BORDER="1" COLOR="${place.edge}"`;
	const content = font(lines.map(escaped).join("<BR/>"), place, inks);
	return `<TD ALIGN="LEFT"${among}${across} WIDTH="${width}"${fill}${edge}>${content}</TD>`;
}

function linesOf(text: string): string[] {
	return text.split(/\r\n|\r|\n/);
}

/** The defaults are said once, for all nodes; see dot.ts. */
function font(content: string, { ink, size = sizes.text, bold = false }: Type, inks: Inks): string {
	const points = size === sizes.text ? "" : ` POINT-SIZE="${size}"`;
	const colour = ink === undefined || ink === inks.text ? "" : ` COLOR="${ink}"`;
	const inner = bold && content !== "" ? `<B>${content}</B>` : content;
	return points || colour ? `<FONT${points}${colour}>${inner}</FONT>` : inner;
}

/** Text as it must stand between tags: nothing of it is read as a tag, an entity or an escape. */
function escaped(text: string): string {
	const shown = Array.from(text, (character) => {
		const code = character.codePointAt(0) as number;
		// Characters that XML cannot hold get their pictures, half a pair the sign for what is unknown.
		if (code < 0x20) return String.fromCodePoint(0x2400 + code);
		if (code === 0x7f) return "␡";
		if ((code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff) return "�";
		return entities[character] ?? character;
	});
	return shown.join("");
}

const entities: { readonly [Character in string]?: string } = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
	"\\": "&#92;",
	// An end that is a space would be cut off, and a run of them joined.
	" ": "&#160;",
};

/** The width of `text` in ems; see Note [widths without fonts]. */
export function widthOf(text: string): number {
	let ems = 0;
	for (const character of text) {
		if (/[iljtfr.,:;'|!()[\] -]/.test(character)) ems += 0.4;
		else if (/[mwMW@%&…]/.test(character)) ems += 0.95;
		else if (/[A-Z×÷−+=<>≤≥≠~#_∂Σσ√]/.test(character)) ems += 0.74;
		else if (
			/[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60\u{1f000}-\u{3ffff}]/u.test(
				character,
			)
		)
			ems += 1.02;
		else ems += 0.64;
	}
	return ems;
}
