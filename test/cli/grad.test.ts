/**
 * `chainrule grad`: values, derivatives of every order, what is refused.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromDot } from "ts-graphviz";
import { describe, expect, test } from "vitest";
import { derivativeName, differentiate, limits, parseAt, type Report } from "../../src/cli/grad.js";
import { freeNames } from "../../src/cli/program.js";
import { parseProgram } from "../../src/core/formula.js";
import { chainrule, contents, folder } from "./place.js";

const neuron = "z = w*x + b; a = sigma(z); C = (y - a)^2/2";
const start = "w=0.6,b=0.9,x=1,y=0";

function values(at: string): Map<string, number> {
	return parseAt([at]);
}

function slopes({ variables }: Report): Record<string, number | undefined> {
	return Object.fromEntries(variables.map(({ name, slope }) => [name, slope]));
}

function derivatives({ higher, name }: Report): Record<string, number> {
	return Object.fromEntries(higher.flat().map(({ along, value }) => [derivativeName(name, along), value]));
}

async function message(...args: string[]): Promise<string> {
	const { code, stdout, stderr } = await chainrule(["grad", ...args]);
	expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
	return stderr;
}

describe("the report", () => {
	test("has the value, every partial in order of first appearance, and the definitions", () => {
		const report = differentiate(neuron, values(start));
		expect(report.name).toBe("C");
		expect(report.value).toBeCloseTo(0.334214, 6);
		expect(report.variables.map(({ name }) => name)).toEqual(["w", "x", "b", "y"]);
		expect(slopes(report).w).toBeCloseTo(0.121938, 6);
		expect(slopes(report).b).toBeCloseTo(0.121938, 6);
		expect(report.definitions.map(({ name, formula, value }) => [name, formula, value.toFixed(6)])).toEqual([
			["z", "w*x + b", "1.500000"],
			["a", "sigma(z)", "0.817574"],
		]);
		expect(report.definitions.map(({ slope }) => slope?.toFixed(6))).toEqual(["0.121938", "0.817574"]);
	});

	test("has micrograd's example right", () => {
		const source = `
			c = a + b
			d = a*b + b^3
			c1 = c + c + 1
			c2 = c1 + 1 + c1 - a
			d1 = d + d*2 + relu(b + a)
			d2 = d1 + 3*d1 + relu(b - a)
			e1 = c2 - d2
			f = e1^2
			g = f/2 + 10/f`;
		const report = differentiate(source, values("a=-4,b=2"));
		expect(report.value).toBeCloseTo(24.7041, 4);
		expect(slopes(report).a).toBeCloseTo(138.8338, 4);
		expect(slopes(report).b).toBeCloseTo(645.5773, 4);
	});

	test("has all second partials: Goldstein and Price's function against its known gradient", () => {
		const source =
			"(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))" +
			"*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))";
		const report = differentiate(source, values("x=1,y=1"), 2);
		expect(report.value).toBe(1876);
		expect(slopes(report)).toEqual({ x: -5376, y: 8064 });
		const h = 1e-4;
		const along = (x: number, y: number): number =>
			slopes(
				differentiate(
					source,
					new Map([
						["x", x],
						["y", y],
					]),
				),
			).x ?? 0;
		expect(derivatives(report)["∂²/∂x∂y"]).toBeCloseTo((along(1, 1 + h) - along(1, 1 - h)) / (2 * h), 1);
	});

	test("has every partial of higher order once", () => {
		const report = differentiate("x^3*y^2 + sin(x)", values("x=0.5,y=2"), 3);
		expect(derivatives(report)).toEqual({
			"∂²/∂x²": expect.closeTo(6 * 0.5 * 4 - Math.sin(0.5), 12),
			"∂²/∂x∂y": expect.closeTo(3 * 0.25 * 4, 12),
			"∂²/∂y²": expect.closeTo(2 * 0.125, 12),
			"∂³/∂x³": expect.closeTo(24 - Math.cos(0.5), 12),
			"∂³/∂x²∂y": expect.closeTo(6 * 0.5 * 4, 12),
			"∂³/∂x∂y²": expect.closeTo(6 * 0.25, 12),
			"∂³/∂y³": 0,
		});
		const exponential = differentiate("exp(2*t)", values("t=0"), limits.order);
		expect(derivatives(exponential)["∂⁸/∂t⁸"]).toBeCloseTo(2 ** 8, 8);
	});

	test("knows pi and e without being told, and takes another value where one is given", () => {
		expect(slopes(differentiate("e^x*pi", values("x=0")))).toEqual({ x: Math.PI });
		expect(differentiate("e^x", values("x=2,e=3")).value).toBe(9);
		expect(freeNames(parseProgram("e = 2*x; e^2"))).toEqual(["x"]);
	});

	test("tells a name that is not reached from one whose slope is 0", () => {
		const report = differentiate("u = 3*x; y*0 + 1", values("x=1,y=1"));
		expect(slopes(report)).toEqual({ x: undefined, y: 0 });
	});

	test("leaves names alone where a definition is only another name for a value", () => {
		const report = differentiate("u = x; v = 2; u^2*v", values("x=3"));
		expect(report.variables).toEqual([{ name: "x", value: 3, slope: 12 }]);
		expect(report.definitions).toEqual([
			{ name: "u", formula: "x", value: 3, slope: 12 },
			{ name: "v", formula: "2", value: 2, slope: undefined },
		]);
	});

	test("works where there is nothing to differentiate, and on names of any script", () => {
		expect(differentiate("2^10", new Map(), 2)).toMatchObject({ value: 1024, variables: [], higher: [] });
		expect(slopes(differentiate("손실 = 가중치^2; 손실", values("가중치=3")))).toEqual({ 가중치: 6 });
	});
});

describe("--at", () => {
	test("reads numbers, signs, exponents, constants, spaces, and may be given more than once", async () => {
		expect([...parseAt([" a = -1 , b=+2.5e-3", "c=pi/2"])]).toEqual([
			["a", -1],
			["b", 0.0025],
			["c", Math.PI / 2],
		]);
		expect((await chainrule(["grad", "a*b", "--at", "a=2", "--at", "b=3"])).stdout).toContain("value  6\n");
	});

	test("names what is missing", async () => {
		expect(await message("w*x + b", "--at", "x=1")).toBe(`grad: no value for w and b
  expected  a number for each of w, x and b
  actual    --at x=1
  fix       add to --at: w=NUMBER,b=NUMBER
`);
		expect(await message("w*x")).toContain("fix       write --at w=NUMBER,x=NUMBER\n");
	});

	test("refuses an unknown name and says which one was meant", async () => {
		expect(await message("alpha*x", "--at", "alhpa=1,x=2")).toBe(`grad: --at names alhpa, which is not in the expression
  expected  alpha and x
  actual    alhpa
  fix       did you mean alpha?
`);
		expect(await message("2", "--at", "x=2")).toContain("the expression has no free names");
		expect(await message("z = 2*x; z^2", "--at", "x=1,z=2")).toContain(
			"gives a value to z, which the expression defines",
		);
		expect(await message("z = 2*x", "--at", "x=1,z=2")).toContain("gives a value to z, which the expression defines");
	});

	test.each([
		["x", "--at cannot be read"],
		["x=", "--at cannot be read"],
		["=1", "--at cannot be read"],
		["x:1", "--at cannot be read"],
		["2x=1", "--at cannot be read"],
		["x=1,,y=2", "--at cannot be read"],
		["x=1,x=2", "--at gives x twice"],
		["x=one", "the value of x is not a number"],
		["x=1/0", "the value of x is not a number"],
		["x=NaN", "the value of x is not a number"],
		["x=1 2", "the value of x is not a number"],
	])("refuses %j", async (at, what) => {
		expect(await message("x", "--at", at)).toContain(`grad: ${what}`);
	});
});

describe("bad expressions", () => {
	test("get a caret under the character", async () => {
		expect(await message("w * (x +* 2)", "--at", "w=1,x=1")).toMatchInlineSnapshot(`
			"formula: unexpected "*"
			  expected  a number, a name or "("
			  actual    w * (x +* 2)
			                    ^
			"
		`);
	});

	test("with an unknown function get the known ones and a guess", async () => {
		const text = await message("tahn(w)", "--at", "w=1");
		expect(text).toContain('grad: unknown function "tahn"');
		expect(text).toContain("fix       did you mean tanh?");
		expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(90);
		expect(await message("w(x + 1)", "--at", "w=1,x=1")).toContain("fix       w is a number: write w*(...)");
	});

	test.each([
		["", "nothing to read"],
		["w.T", '".T" works on arrays'],
		["w @ w", '"@" works on arrays'],
		["w[1]", "an index works on arrays"],
		["sin(w, w)", "sin takes 1 argument"],
		["w; w", "a value without a name above the last line"],
		["z = w; z = w; z", '"z" is defined twice'],
	])("are refused: %j", async (source, what) => {
		expect(await message(source, "--at", "w=1")).toContain(what);
	});

	test.each(["0", "-1", "1.5", "9", "two", ""])("an order of %j is refused", async (order) => {
		expect(await message("w", "--at", "w=1", "--order", order)).toContain("expected  a whole number from 1 to 8");
	});

	test("with too many derivatives are refused before anything is computed", async () => {
		const names = Array.from({ length: 20 }, (_, index) => `x${index}`);
		const at = names.map((name) => `${name}=1`).join(",");
		expect(await message(names.join("*"), "--at", at, "--order", "5")).toContain("42504 for 20 names");
	});
});

describe("what is printed", () => {
	test("has every digit, decimal points below each other", async () => {
		const source = "z = w*x + b; f = z^2/8";
		const { stdout } = await chainrule(["grad", source, "--at", "w=0.5,x=-3,b=12.25", "--order", "2"]);
		expect(stdout).toMatchInlineSnapshot(`
			"f = z^2/8

			  value  14.4453125

			Partial derivatives

			  name  value  ∂f/∂name
			  ─────────────────────
			  w      0.5   -8.0625
			  x     -3      1.34375
			  b     12.25   2.6875

			Definitions

			  name  formula  value  ∂f/∂name
			  ──────────────────────────────
			  z     w*x + b  10.75  2.6875

			Derivatives of order 2

			  ∂²f  ∂w       ∂x      ∂b
			  ────────────────────────────
			  ∂w    2.25    2.3125  -0.75
			  ∂x    2.3125  0.0625   0.125
			  ∂b   -0.75    0.125    0.25

			"
		`);
	});

	test("is a list where the matrix is wider than the terminal", async () => {
		const { stdout } = await chainrule(["grad", neuron, "--at", start, "--order", "2"], { NO_COLOR: "1" }, 80);
		expect(stdout).toContain("  ∂²C/∂w∂b    -0.055204339932038486\n");
		expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
	});

	test("says what the value does not depend on", async () => {
		const { stdout } = await chainrule(["grad", "u = x + v; y", "--at", "x=1,v=2,y=3"]);
		expect(stdout).toContain("The value does not depend on x or v.");
	});

	test("takes an expression that begins with a sign", async () => {
		expect((await chainrule(["grad", "-x^2", "--at", "x=-3"])).stdout).toMatch(/^-x\^2\n\n {2}value {2}-9\n/);
		expect((await chainrule(["grad", "--at", "x=3", "-h*x", "--at", "h=2"])).stdout).toContain("value  -6\n");
	});
});

describe("the graph", () => {
	test("is written as DOT and as SVG, forward and backward, under the names of the expression", async () => {
		const home = folder();
		const [dot, svg] = [join(home, "g.dot"), join(home, "g.svg")];
		const { code, stdout } = await chainrule(["grad", neuron, "--at", start, "--dot", dot, "--svg", svg]);
		expect(code).toBe(0);
		expect(stdout).toContain(`Written to ${dot}\nWritten to ${svg}\n`);
		expect(contents(home)).toEqual(["g.dot", "g.svg"]);
		const text = readFileSync(dot, "utf8");
		expect(fromDot(text).directed).toBe(true);
		for (const name of ["w", "b", "x", "y", "z", "a", "C"]) expect(text).toMatch(new RegExp(`>${name}<`));
		expect(text).toContain("backward");
		expect(readFileSync(svg, "utf8")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
	});

	test("of an expression without variables is its forward pass", async () => {
		const dot = join(folder(), "g.dot");
		expect((await chainrule(["grad", "2*pi", "--dot", dot])).code).toBe(0);
		expect(readFileSync(dot, "utf8")).toMatch(/^digraph/);
	});

	test("is not written where one of the two cannot be", async () => {
		const home = folder();
		const text = await message("x", "--at", "x=1", "--dot", join(home, "g.dot"), "--svg", join(home, "none/g.svg"));
		expect(text).toBe(`grad: cannot write to ${join(home, "none/g.svg")}
  expected  a path for a file, in a folder that exists
  actual    there is no folder ${join(home, "none")}
  fix       choose another place with --svg
`);
		expect(contents(home)).toEqual([]);
		const same = join(home, "g");
		expect(await message("x", "--at", "x=1", "--dot", same, "--svg", same)).toContain("name the same file");
	});
});
