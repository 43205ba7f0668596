/**
 * What a box says: names, symbol, shape, value and gradient, as a small table in
 * Graphviz's HTML-like notation.
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
import { forEachElement, type Node, type Tensor } from "../src/core/tensor.js";
import { inks, sizes } from "./look.js";
import type { Box } from "./picture.js";

/** What a label shows of numbers. */
export interface LabelOptions {
	/** Shows values. True when left out. */
	readonly values?: boolean | undefined;
	/** Significant digits of numbers; 4 when left out. */
	readonly digits?: number | undefined;
}

/** Tensors of up to this many elements are shown number by number. */
const shownElements = 6;

/** The label of `box`, with the angle brackets that tell Graphviz to read it as a table. */
export function labelOf(box: Box, { values = true, digits = 4 }: LabelOptions = {}): string {
	const { node } = box;
	const faint = box.kind === "constant" || box.reference;
	const ink = faint ? inks.faint : inks.text;
	const rows: string[] = [heading(box, ink)];
	const row = (label: string, labelInk: string, content: string): void => {
		rows.push(line(cell(label, { ink: labelInk, size: sizes.label, gap: 4 }), content));
	};
	// A literal that met a tensor is one number again and again.
	const literal = box.kind === "constant" && !(node instanceof Scalar) && isRepeated(node);
	const single = literal || node instanceof Scalar || node.rank === 0;
	const shape = literal || node instanceof Scalar ? "" : shapeOf(node);
	if (shape !== "") row("shape", inks.faint, cell(shape, { ink: inks.faint, size: sizes.label }));
	if (values) {
		const numberInk = box.pass === "backward" && !faint ? inks.gradient : ink;
		const content = literal
			? cell(writer(node, digits)(node.storage[node.offset] as number), { ink })
			: numbers(node, digits, numberInk);
		if (rows.join("") === "" && single) rows.push(line(content));
		else row("value", inks.faint, content);
	}
	if (box.gradient) row("grad", inks.gradient, numbers(box.gradient, digits, inks.gradient));
	// A box must say something.
	const body = rows.join("") || line(cell("·", { ink }));
	return `<${table(body)}>`;
}

/** A label that is only text, for clusters and titles. */
export function textLabel(text: string, size: number): string {
	return `<${font(linesOf(text).map(escaped).join("<BR/>"), { ink: inks.outside, size })}>`;
}

/** Names, then the symbol, in columns of their own. */
function heading({ names, symbol }: Box, ink: string): string {
	const name = names.length === 0 ? [] : [cellOfLines(names, { ink, bold: true })];
	const size = (symbol?.length ?? 0) > 3 ? sizes.text : sizes.symbol;
	const sign = symbol === undefined ? [] : [cell(symbol, { ink, size })];
	const gap = name.length + sign.length === 2 ? ['<TD WIDTH="6"></TD>'] : [];
	if (name.length + sign.length === 0) return "";
	return `<TR><TD ALIGN="LEFT" COLSPAN="2" CELLPADDING="0">${table(line(...name, ...gap, ...sign))}</TD></TR>`;
}

function shapeOf(x: Tensor): string {
	const dtype = x.dtype === "float64" ? "" : ` ${x.dtype}`;
	return x.rank === 0 ? dtype.trim() : `${x.shape.join(" × ")}${dtype}`;
}

/** True for one element seen many times, as by broadcasting. */
function isRepeated(x: Tensor): boolean {
	return x.size > 0 && x.strides.every((stride, axis) => stride === 0 || x.shape[axis] === 1);
}

/** A cell with all numbers of a small value, or with range and mean of a large one. */
function numbers(x: Node, digits: number, ink: string): string {
	const write = writer(x, digits);
	if (x instanceof Scalar || x.rank === 0) return cell(write(x.item()), { ink });
	const elements: number[] = [];
	forEachElement(x, (element) => elements.push(element));
	if (elements.length > shownElements) return cellOfLines(summary(elements, write), { ink });
	if (x.rank > 2 || elements.length === 0) return cell(JSON.stringify(nested(x, write)).replaceAll('"', ""), { ink });
	const width = x.shape.at(-1) as number;
	const rows: string[] = [];
	for (let at = 0; at < elements.length; at += width) {
		const row = elements.slice(at, at + width);
		rows.push(line(...row.map((element, column) => cell(write(element), { ink, gap: column < width - 1 ? 5 : 0 }))));
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
		texts.push(`${write(low)} … ${write(high)}`, `mean ${write(total / known.length)}`);
	}
	if (missing > 0) texts.push(`${missing} × NaN`);
	return texts;
}

/** How a number of `x` is written. */
function writer(x: Node, digits: number): (value: number) => string {
	if (!(x instanceof Scalar) && x.dtype === "bool" && x.size <= shownElements)
		return (value) => (value ? "true" : "false");
	return (value) => String(Number(value.toPrecision(digits)) + 0);
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
}

/** A table that is as wide as its cells and lies at the left of what is around it. */
function table(rows: string, bars = 'BORDER="0"'): string {
	return `<TABLE ${bars} ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">${rows}</TABLE>`;
}

function line(...cells: readonly string[]): string {
	return `<TR>${cells.join("")}</TR>`;
}

function cell(text: string, place: Place): string {
	return cellOfLines([text], place);
}

function cellOfLines(texts: readonly string[], place: Place): string {
	const lines = texts.flatMap(linesOf);
	const { size = sizes.text, bold = false, span = 1, gap = 0 } = place;
	const width = Math.ceil(Math.max(...lines.map((text) => widthOf(text) * size * (bold ? 1.08 : 1)))) + gap;
	const across = span === 1 ? "" : ` COLSPAN="${span}"`;
	// ALIGN places the lines in the cell, BALIGN the lines among themselves.
	const among = lines.length === 1 ? "" : ' BALIGN="LEFT"';
	return `<TD ALIGN="LEFT"${among}${across} WIDTH="${width}">${font(lines.map(escaped).join("<BR/>"), place)}</TD>`;
}

function linesOf(text: string): string[] {
	return text.split(/\r\n|\r|\n/);
}

/** The defaults are said once, for all nodes; see dot.ts. */
function font(content: string, { ink, size = sizes.text, bold = false }: Type): string {
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
function widthOf(text: string): number {
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
