/**
 * Simplifying: each law on samples, and formulas at random.
 *
 * A law that is wrong, or a condition that is missing, shows as two numbers that
 * differ; a formula that has grown, as a failure of what the laws promise.
 */
import {
	ChainruleError,
	evaluate,
	type Formula,
	formulaText,
	Generator,
	parseFormula,
	type Tensor,
	tensor,
	type Value,
} from "chainrule";
import { simplify } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";
import { named, sizeOfExpression } from "../../src/symbolic/expression.js";
import { detours, exact, folded, laws, readLaws } from "../../src/symbolic/laws.js";
import { fromFormula } from "../../src/symbolic/tree.js";
import { elementsOf, valueAt } from "../../src/symbolic/value.js";

const random = new Generator(11);
const between = (low: number, high: number): number => low + (high - low) * random.uniform();

/** What a letter of a law may be: whole for m and n, 3 × 3 for capitals, a vector for v, an answer for c. */
function sampleOf(name: string): number | Tensor {
	if (name === "m" || name === "n") return Math.round(between(-3, 3));
	if (name === "c") return Math.round(random.uniform());
	if (name === "v") return tensor([between(-1, 1), between(-1, 1), between(-1, 1)]);
	if (!/^[A-Z]$/.test(name)) return between(-2, 2);
	return tensor([0, 1, 2].map(() => [between(-1, 1), between(-1, 1), between(-1, 1)]));
}

const letters = (source: string): string[] =>
	[...new Set(source.match(/\b[a-zA-Z]\b(?!\()/g))].filter((name) => name !== "T");

/** Whether one of the alternatives of a law holds for numbers. */
function holds(alternatives: readonly string[], values: ReadonlyMap<string, number | Tensor>): boolean {
	if (alternatives.length === 0) return true;
	return alternatives.some((alternative) => {
		if (alternative.endsWith("finite")) return true;
		const [, left = "", relation, right = ""] = /^(.*?) (!=|>=|>) (.*)$/.exec(alternative) ?? [];
		const [a, b] = [left, right].map((side) =>
			Number(evaluate(parseFormula(side), values as ReadonlyMap<string, Value>)),
		);
		return relation === "!="
			? a !== b
			: relation === ">="
				? (a as number) >= (b as number)
				: (a as number) > (b as number);
	});
}

function elementsAt(f: Formula, values: ReadonlyMap<string, number | Tensor>): readonly number[] {
	const e = fromFormula(f, (name) => {
		const value = values.get(name);
		return value === undefined ? undefined : named(name, typeof value === "number" ? [] : value.shape);
	});
	return elementsOf(valueAt(e, values));
}

const tables = { laws, detours, folded, exact };
const all = Object.entries(tables).flatMap(([table, text]) => readLaws(text).map((law) => ({ table, ...law })));

describe("a law", () => {
	test.each(all)("$text holds on samples ($table)", ({ table, text, alternatives, left, right }) => {
		let seen = 0;
		for (let round = 0; round < 200; round++) {
			const values = new Map(letters(text).map((name) => [name, sampleOf(name)]));
			if (!holds(alternatives, values)) continue;
			const [a, b] = [elementsAt(left, values), elementsAt(right, values)];
			if (![...a, ...b].every(Number.isFinite)) continue;
			seen++;
			for (const [at, value] of a.entries()) {
				const other = b[b.length === 1 ? 0 : at] as number;
				expect(Math.abs(value - other), `${text}: ${value}, ${other}`).toBeLessThanOrEqual(
					table === "exact" ? 0 : 1e-9 * (1 + Math.abs(value)),
				);
			}
		}
		expect(seen, "samples").toBeGreaterThan(10);
	});

	test.each(readLaws(laws))("$text is used where it makes a formula smaller", ({ text, left }) => {
		const concrete = text.replace(/\b[mnpq]\b/g, (letter) => ({ m: "3", n: "2", p: "-2", q: "5" })[letter] as string);
		const [before = ""] = concrete.split(/ = /);
		const source = parseFormula(before);
		const { formula } = simplify(source);
		const size = (f: Formula): number => sizeOfExpression(fromFormula(f, (name) => named(name)));
		expect(size(formula), `${formulaText(source)} → ${formulaText(formula)}`).toBeLessThanOrEqual(size(source));
		expect(left).toBeDefined();
	});
});

describe("simplify", () => {
	test.each([
		["(-y/a + (1 - y)/(1 - a))*a*(1 - a)*x", "(a - y)*x", ["a ≠ 0", "a ≠ 1"]],
		["-(y - a)*s*x", "(a - y)*s*x", []],
		["2*(y - a)/2*(-1)", "a - y", []],
		["x*x*x/x", "x^2", ["x ≠ 0"]],
		["exp(x)*exp(-x)", "1", []],
		["x*y + x*z", "x*(y + z)", []],
		["x + x - 2*x", "0", []],
		["(a - b)*(a + b) - a^2 + b^2", "0", []],
		["sqrt(x)*sqrt(x)", "x", ["x ≥ 0"]],
		["1/(1/x)", "x", ["x ≠ 0"]],
		["0*ln(x)", "0", ["log(x) finite"]],
		["0*x", "0", []],
		["exp(ln(x))", "x", ["x > 0"]],
		["if(2 > 1, x, y)", "x", []],
		["1 - (1 - x)", "x", []],
		["a*y + y/a", "y*(a + 1/a)", []],
		["x/y/z", "x/y/z", []],
		["a - (b - c)", "a + c - b", []],
		["0.1*x + 0.2*x", "0.30000000000000004*x", []],
	])("%s is %s", (source, wanted, conditions) => {
		const { formula, conditions: found } = simplify(parseFormula(source));
		expect(formulaText(formula)).toBe(wanted);
		expect(found).toEqual(conditions);
	});

	/** A formula of `depth` levels over x, y and w. */
	function anyFormula(depth: number): string {
		const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.uniform() * items.length)] as Item;
		if (depth === 0) return pick(["x", "y", "w", "x", "y", "1", "2", "0", "3", "0.5"]);
		const part = (): string => anyFormula(depth - 1);
		return pick([
			() => `(${part()} + ${part()})`,
			() => `(${part()} - ${part()})`,
			() => `${part()}*${part()}`.replace(/^(.*)$/, "($1)"),
			() => `(${part()})*(${part()})`,
			() => `(${part()})/(1 + (${part()})^2)`,
			() => `(-(${part()}))`,
			() => `sigmoid(${part()})`,
			() => `tanh(${part()})`,
			() => `(${part()})^2`,
			() => `if(x > y, ${part()}, ${part()})`,
		])();
	}

	const names = ["x", "y", "w"] as const;
	const draw = (): Map<string, number> => new Map(names.map((name) => [name, between(0.5, 1.5)]));
	const number = (f: Formula, at: ReadonlyMap<string, number>): number => Number(evaluate(f, at));

	it("keeps the value of formulas at random, and never makes them longer", () => {
		for (let round = 0; round < 300; round++) {
			const source = parseFormula(anyFormula(4));
			const { formula } = simplify(source);
			const size = (f: Formula): number => sizeOfExpression(fromFormula(f, (name) => named(name)));
			expect(size(formula), `${formulaText(source)} → ${formulaText(formula)}`).toBeLessThanOrEqual(size(source));
			for (let sample = 0; sample < 3; sample++) {
				const at = draw();
				const [before, after] = [number(source, at), number(formula, at)];
				// What regrouping may cost: a few units in the last place of the largest number on the way.
				expect(Math.abs(before - after), `${formulaText(source)} → ${formulaText(formula)}`).toBeLessThan(
					1e-10 * (1 + Math.abs(before)),
				);
			}
		}
	});

	it("keeps every bit with exact", () => {
		let shorter = 0;
		for (let round = 0; round < 300; round++) {
			const source = parseFormula(anyFormula(4));
			const { formula } = simplify(source, { exact: true });
			if (formulaText(formula).length < formulaText(source).length) shorter++;
			const at = draw();
			expect(number(formula, at) + 0).toBe(number(source, at) + 0);
		}
		expect(shorter).toBeGreaterThan(30);
	});

	it("ends, and a second time finds nothing", () => {
		for (let round = 0; round < 50; round++) {
			const once = simplify(parseFormula(anyFormula(4))).formula;
			expect(formulaText(simplify(once).formula)).toBe(formulaText(once));
		}
	});

	it("refuses what has no meaning", () => {
		expect(() => simplify(parseFormula("foo(x)"))).toThrow(ChainruleError);
		expect(() => simplify(parseFormula("x[1]"))).toThrow(/an index has no value/);
	});
});
