/**
 * Bounds have to hold: a refutation is believed because of them. Random
 * expressions are bounded twice, in doubles and in whole numbers of many bits; the
 * first have to contain the second, and more bits have to lie within fewer.
 */
import { parseFormula } from "chainrule";
import { describe, expect, test } from "vitest";
import { ExpressionAlgebra } from "../../src/symbolic/prove/algebra.js";
import { type Expression, Expressions } from "../../src/symbolic/prove/expression.js";
import { type Point, Program, ranges } from "../../src/symbolic/prove/interval.js";
import { preciseBounds } from "../../src/symbolic/prove/precise.js";
import { rational } from "../../src/symbolic/prove/rational.js";

const nowhere: Point = { values: new Map(), functions: new Map() };

describe("many bits", () => {
	test.each([
		["exp(1)", Math.E],
		["log(10)", Math.LN10],
		["sin(100)", Math.sin(100)],
		["cos(1)", Math.cos(1)],
		["atan(3)", Math.atan(3)],
		["atan(-1/3)", Math.atan(-1 / 3)],
		["erf(1/2)", 0.5204998778130465],
		["pi", Math.PI],
		["2^(1/3)", Math.cbrt(2)],
		["(-3)^(-3)", -1 / 27],
		["exp(-20)", Math.exp(-20)],
		["-1/7", -1 / 7],
	])("give %s", (text, value) => {
		const algebra = new ExpressionAlgebra(new Expressions());
		const [found] = preciseBounds([algebra.carriedOut(parseFormula(text), new Map())], nowhere, 128);
		expect(Number(found?.low) / 2 ** 128).toBeCloseTo(value, 14);
		expect(Number((found?.high ?? 1n << 64n) - (found?.low ?? 0n))).toBeLessThan(8);
	});
});

test("bounds in doubles contain those in many bits, and ranges contain both, for random expressions", () => {
	let state = 7;
	const next = (below: number): number => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
	const make = new Expressions();
	const algebra = new ExpressionAlgebra(make);
	const variables = [make.variable("x"), make.variable("p", "positive"), make.variable("u", "unit")];
	const expressions: Expression[] = [...variables, make.number(2), make.number(rational(-3, 7)), make.pi];
	for (let count = 0; count < 1500; count++) {
		const [a, b] = [expressions[next(expressions.length)], expressions[next(expressions.length)]] as [
			Expression,
			Expression,
		];
		const name = (["exp", "log", "sin", "cos", "atan", "erf"] as const)[next(6)] ?? "exp";
		const made = [
			() => make.add(a, b),
			() => make.multiply(a, b),
			() => make.divide(a, b),
			() => make.power(a, rational(next(5) - 2, 1 + next(2))),
			() => make.primitive(name, a),
			() => algebra.call("maximum", [a, b]),
		][next(6)] as () => Expression;
		expressions.push(made());
	}
	const point: Point = {
		values: new Map([
			["x", rational(-5, 4)],
			["p", rational(7, 3)],
			["u", rational(3, 8)],
		]),
		functions: new Map(),
	};
	const program = new Program(expressions);
	const { low, high } = program.bounds(point);
	const [few, many] = [96, 192].map((bits) => preciseBounds(expressions, point, bits));
	const known = ranges(expressions);
	let compared = 0;
	const outside = expressions.filter((x, index) => {
		const at = program.placeOf(x);
		const [a, b] = [few?.[index], many?.[index]];
		if (!a || !b) return false;
		// One more bit than the value has is too much for a double: compare with a unit of slack in the last place.
		const value = Number(b.low) / 2 ** 192;
		const [least, most] = known.get(x.id) ?? [0, 0];
		const nested = a.low << 96n <= b.high && b.low <= a.high << 96n;
		const slack = Math.abs(value) * 2 ** -52;
		if (value < least - slack || value > most + slack || !nested) return true;
		if (Number.isNaN(low[at])) return false;
		compared++;
		return value < (low[at] as number) - slack || value > (high[at] as number) + slack;
	});
	expect(outside).toEqual([]);
	expect(compared).toBeGreaterThan(300);
});
