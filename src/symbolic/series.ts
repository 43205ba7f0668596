/**
 * Sums of like terms written with Σ again.
 *
 * A program that adds up unit by unit leaves as many terms as there are units.
 * Where the terms differ in nothing but the numbers in names, and these numbers
 * run together through a range, one letter says them all: anti-unification. The
 * same is done to whole equations, one for each unit of a layer.
 */
import { type Expression, folded, member, operandsOf, partial, rebuilt, series, spread, sum } from "./expression.js";
import { type NamePart, partsOfName } from "./names.js";

/** How digits in names are read; tried in this order. */
const readings = ["numbers", "digits"] as const;
type Reading = (typeof readings)[number];

/** Letters for indices, in the order in which they are taken. */
const letters = ["k", "j", "i", "l", "p", "r", "s", "t", "n", "m"];

/** Terms from which on a sum is written with Σ. */
const fewest = 3;

/** What is common to expressions that differ in numbers of names, and those numbers. */
interface Abstract {
	readonly shape: string;
	readonly numbers: readonly number[];
}

/** Walks parts of names; numbers at places of `letter` are replaced by it. */
class Walk {
	readonly numbers: number[] = [];
	private readonly reading: Reading;
	private readonly open: ReadonlySet<number>;
	private readonly letter: string;

	constructor(reading: Reading, open: ReadonlySet<number> = new Set(), letter = "") {
		this.reading = reading;
		this.open = open;
		this.letter = letter;
	}

	private parts(parts: readonly NamePart[]): { shape: string; parts: NamePart[] } {
		const shapes: string[] = [];
		const made = parts.map((part): NamePart => {
			if (typeof part === "string" || typeof part.at === "string") {
				shapes.push(typeof part === "string" ? part : `$${part.at}`);
				return part;
			}
			const place = this.numbers.length;
			this.numbers.push(part.at);
			shapes.push(part.low ? "_#" : "#");
			return this.open.has(place) ? { ...part, at: this.letter } : part;
		});
		return { shape: shapes.join(""), parts: made };
	}

	name(name: string): { shape: string; parts: NamePart[] } {
		return this.parts(partsOfName(name, this.reading));
	}

	/** The shape of `e`, and `e` with letters. */
	visit(e: Expression): { shape: string; made: Expression } {
		if (e.kind === "number") return { shape: e.key, made: e };
		if (e.kind === "name" || e.kind === "member") {
			const before = this.numbers.length;
			const { shape, parts } = e.kind === "name" ? this.name(e.name) : this.parts(e.parts);
			const changed = [...this.open].some((place) => place >= before && place < this.numbers.length);
			return { shape: `"${shape}"${e.shape.join("x")}`, made: changed ? member(parts, e.shape) : e };
		}
		const symbols = e.kind === "partial" ? [this.parts(this.reread(e.of)), this.parts(this.reread(e.by))] : [];
		const operands = operandsOf(e).map((operand) => this.visit(operand));
		const inner = operands.map(({ shape }) => shape).join(",");
		const head = `${headOf(e)}${symbols.map(({ shape }) => shape).join("/")}`;
		if (e.kind === "partial" && symbols[0] && symbols[1]) {
			const [meaning] = operands as [(typeof operands)[number]];
			return { shape: `${head}(${inner})`, made: partial(symbols[0].parts, symbols[1].parts, meaning.made) };
		}
		const same = operands.every(({ made }, at) => made === operandsOf(e)[at]);
		const made = same
			? e
			: rebuilt(
					e,
					operands.map((operand) => operand.made),
				);
		return { shape: `${head}(${inner})`, made };
	}

	/** Parts that were read in one way, read in the way of this walk. */
	private reread(parts: readonly NamePart[]): readonly NamePart[] {
		const plain = parts.every((part) => typeof part === "string" || typeof part.at === "number");
		if (!plain) return parts;
		return parts.flatMap((part): NamePart[] => {
			if (typeof part === "string" || this.reading === "numbers") return [part];
			return Array.from(String(part.at), (digit) => ({ at: Number(digit), low: part.low }));
		});
	}
}

function headOf(e: Expression): string {
	switch (e.kind) {
		case "call":
			return e.op.name + "'".repeat(e.primes);
		case "total":
			return `sum${e.axes.join(",")}`;
		case "apply":
			return e.key.replace(/\(.*\)/s, "");
		case "series":
			return `series${e.index}${e.from}..${e.to}`;
		default:
			return `${e.kind}${e.shape.join("x")}`;
	}
}

/** Where the numbers of a group differ, and the value of the one index that all of them are; `undefined` where they are not one index. */
function commonIndex(numbers: readonly (readonly number[])[]): { open: Set<number>; values: number[] } | undefined {
	const [first] = numbers;
	if (first === undefined) return undefined;
	const open = new Set(first.flatMap((value, place) => (numbers.every((all) => all[place] === value) ? [] : [place])));
	if (open.size === 0) return undefined;
	const [place] = [...open] as [number];
	const values = numbers.map((all) => all[place] as number);
	if (!numbers.every((all, at) => [...open].every((other) => all[other] === values[at]))) return undefined;
	const sorted = values.toSorted((a, b) => a - b);
	return sorted.every((value, at) => value === (sorted[0] as number) + at) ? { open, values } : undefined;
}

function lettersIn(e: Expression): Set<string> {
	const found = new Set<string>();
	const add = (parts: readonly NamePart[]): void => {
		for (const part of parts) if (typeof part === "object" && typeof part.at === "string") found.add(part.at);
	};
	folded<null>(e, (node) => {
		if (node.kind === "series") found.add(node.index);
		if (node.kind === "member") add(node.parts);
		if (node.kind === "name") found.add(node.name);
		if (node.kind === "partial") {
			add(node.of);
			add(node.by);
		}
		return null;
	});
	return found;
}

/** A letter that none of the expressions uses. */
function freeLetter(all: readonly Expression[], wanted: readonly string[] = letters): string | undefined {
	const taken = new Set(all.flatMap((e) => [...lettersIn(e)]));
	return wanted.find((letter) => !taken.has(letter));
}

/** `e` with every sum of like terms as a series. */
export function gathered(e: Expression): Expression {
	return folded<Expression>(e, (node, operands) => {
		const made = operandsOf(node).every((operand, at) => operand === operands[at]) ? node : rebuilt(node, operands);
		if (made.kind !== "sum" || made.operands.length < fewest) return made;
		return spread(sum(gatheredTerms(made.operands)), made.shape);
	});
}

function gatheredTerms(terms: readonly Expression[]): readonly Expression[] {
	for (const reading of readings) {
		const groups = new Map<string, { term: Expression; numbers: readonly number[] }[]>();
		for (const term of terms) {
			const { shape, numbers } = abstractOf(term, reading);
			groups.set(shape, [...(groups.get(shape) ?? []), { term, numbers }]);
		}
		const made = [...groups.values()].map((group) => ({
			group,
			series: group.length >= fewest ? seriesOf(group, reading) : undefined,
		}));
		if (made.every(({ series: one }) => one === undefined)) continue;
		return made.flatMap(({ group, series: one }) => (one === undefined ? group.map(({ term }) => term) : one));
	}
	return terms;
}

function abstractOf(e: Expression, reading: Reading): Abstract {
	const walk = new Walk(reading);
	const { shape } = walk.visit(e);
	return { shape, numbers: walk.numbers };
}

type Group = readonly { readonly term: Expression; readonly numbers: readonly number[] }[];

/** The group as one series, or as a series of series. */
function seriesOf(group: Group, reading: Reading): readonly Expression[] | undefined {
	const single = oneSeries(group, reading);
	if (single) return [single];
	const [first] = group;
	if (first === undefined || group.length < 4) return undefined;
	for (const [place] of first.numbers.entries()) {
		const parts = new Map<number, { term: Expression; numbers: readonly number[] }[]>();
		for (const one of group) {
			const value = one.numbers[place] as number;
			parts.set(value, [...(parts.get(value) ?? []), one]);
		}
		if (parts.size < 2 || parts.size === group.length) continue;
		const inner = [...parts.values()].map((part) => oneSeries(part, reading));
		if (!inner.every((e): e is Expression => e !== undefined)) continue;
		const outer = inner.map((term) => ({ term, numbers: abstractOf(term, reading).numbers }));
		const whole = oneSeries(outer, reading);
		if (whole) return [whole];
	}
	return undefined;
}

function oneSeries(group: Group, reading: Reading): Expression | undefined {
	const found = commonIndex(group.map(({ numbers }) => numbers));
	const letter = freeLetter(group.map(({ term }) => term));
	if (found === undefined || letter === undefined) return undefined;
	const [{ term }] = group as [Group[number]];
	const { made } = new Walk(reading, found.open, letter).visit(term);
	return series(letter, Math.min(...found.values), Math.max(...found.values), made);
}

/** Lists of expressions, one list for each member of a family, as one list with a letter. */
export interface Family {
	readonly index: string;
	readonly from: number;
	readonly to: number;
	readonly made: readonly Expression[];
	/** The value of the index in each of the lists. */
	readonly values: readonly number[];
}

/** The one list that stands for all, where they differ in nothing but an index. */
export function familyOf(lists: readonly (readonly Expression[])[]): Family | undefined {
	const letter = freeLetter(lists.flat(), ["j", "i", ...letters]);
	if (lists.length < 2 || letter === undefined) return undefined;
	for (const reading of readings) {
		const walks = lists.map((list) => {
			const walk = new Walk(reading);
			const shape = list.map((e) => walk.visit(e).shape).join(";");
			return { shape, numbers: walk.numbers };
		});
		if (!walks.every(({ shape }) => shape === walks[0]?.shape)) continue;
		const found = commonIndex(walks.map(({ numbers }) => numbers));
		if (found === undefined) continue;
		const walk = new Walk(reading, found.open, letter);
		const made = (lists[0] as readonly Expression[]).map((e) => walk.visit(e).made);
		const { values } = found;
		return { index: letter, from: Math.min(...values), to: Math.max(...values), made, values };
	}
	return undefined;
}
