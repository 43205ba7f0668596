import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChainruleError } from "../../src/core/errors.js";
import {
	callsIn,
	type Environment,
	type Formula,
	formulaText,
	namesIn,
	parseFormula,
	parseProgram,
	type Spelling,
	sameFormula,
	scaledCode,
	scaledFunction,
	substitute,
	toCode,
	toFunction,
} from "../../src/core/formula.js";

/** The message of the error that `body` throws. */
function messageOf(body: () => unknown): string {
	try {
		body();
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error("nothing was thrown");
}

/** A tree as nested parentheses: `(+ a (* b c))`. */
function shown(f: Formula): string {
	switch (f.kind) {
		case "number":
			return f.text;
		case "name":
			return f.name;
		case "negate":
			return `(neg ${shown(f.operand)})`;
		case "binary":
		case "compare":
			return `(${f.operator} ${shown(f.left)} ${shown(f.right)})`;
		case "call":
			return `(${f.name}${"'".repeat(f.primes)} ${f.arguments.map(shown).join(" ")})`;
		case "transpose":
			return `(T ${shown(f.operand)})`;
		case "index":
			return `(at ${[f.operand, ...f.indices].map(shown).join(" ")})`;
		case "if":
			return `(if ${shown(f.condition)} ${shown(f.then)} ${shown(f.otherwise)})`;
	}
}

const environment: Environment = {
	functions: new Map<string, (...xs: number[]) => number>([
		["exp", Math.exp],
		["max", Math.max],
		["tanh", Math.tanh],
		["tanh'", (x) => 1 - Math.tanh(x) ** 2],
	]),
	constants: new Map([["pi", Math.PI]]),
};

/** Code in which names are themselves, and calls go to `f`, by their name with primes. */
const spelling: Spelling = {
	name: (name) => (name === "pi" ? "Math.PI" : name),
	call: (name, primes, args) => `f[${JSON.stringify(name + "'".repeat(primes))}](${args.join(", ")})`,
};

/** What the code of a formula computes. */
function compiled(code: string, parameters: readonly string[]): (...xs: number[]) => number {
	const functions = Object.fromEntries(environment.functions);
	const value = new Function("f", ...parameters, `"use strict"; return ${code};`);
	return (...xs) => value(functions, ...xs) as number;
}

// ---------------------------------------------------------------- trees at random

const span = { start: 0, end: 0 };
const digits = fc.constantFrom("0", "1", "2", "3", "4", "0.5", ".25", "1e-3", "2.5E+4", "7");
const literal = digits.map((text): Formula => ({ kind: "number", text, value: Number(text), span }));

/** Trees of the kinds that have a value on numbers, or of all kinds. */
function trees(kinds: "numbers" | "all"): fc.Arbitrary<Formula> {
	const { tree } = fc.letrec<{ tree: Formula }>((tie) => {
		const part = tie("tree");
		const parts = fc.array(part, { minLength: 1, maxLength: 2 });
		const name = fc.constantFrom("x", "y", "pi").map((name): Formula => ({ kind: "name", name, span }));
		const arithmetic = fc.constantFrom("+", "-", "*", "/", "^" as const);
		const comparison = fc.constantFrom("<", "<=", ">", ">=", "==" as const);
		const call = fc.constantFrom(["exp", 0], ["tanh", 0], ["tanh", 1] as const);
		const numbers: fc.Arbitrary<Formula>[] = [
			literal,
			name,
			part.map((operand): Formula => ({ kind: "negate", operand, span })),
			fc
				.tuple(arithmetic, part, part)
				.map(([operator, left, right]): Formula => ({ kind: "binary", operator, left, right, span })),
			fc.tuple(part, literal, fc.boolean()).map(([left, size, negative]): Formula => {
				const right: Formula = negative ? { kind: "negate", operand: size, span } : size;
				return { kind: "binary", operator: "^", left, right, span };
			}),
			fc
				.tuple(comparison, part, part)
				.map(([operator, left, right]): Formula => ({ kind: "compare", operator, left, right, span })),
			fc
				.tuple(call, part)
				.map(([[name, primes], x]): Formula => ({ kind: "call", name, primes, arguments: [x], span })),
			parts.map((xs): Formula => ({ kind: "call", name: "max", primes: 0, arguments: xs, span })),
			fc
				.tuple(part, part, part)
				.map(([condition, then, otherwise]): Formula => ({ kind: "if", condition, then, otherwise, span })),
		];
		const arrays: fc.Arbitrary<Formula>[] = [
			fc.tuple(part, part).map(([left, right]): Formula => ({ kind: "binary", operator: "@", left, right, span })),
			part.map((operand): Formula => ({ kind: "transpose", operand, span })),
			fc.tuple(part, parts).map(([operand, indices]): Formula => ({ kind: "index", operand, indices, span })),
		];
		const branches = kinds === "all" ? [...numbers, ...arrays] : numbers;
		return { tree: fc.oneof({ maxDepth: 6, depthSize: "medium" }, literal, name, ...branches) };
	});
	return tree;
}

const number = fc.oneof(fc.constantFrom(0, -0, 1, -1, 2, Infinity, -Infinity, NaN), fc.double());

// ---------------------------------------------------------------- tests

describe("reading", () => {
	test.each([
		["a+b*c", "(+ a (* b c))"],
		["a-b-c", "(- (- a b) c)"],
		["a-(b-c)", "(- a (- b c))"],
		["a/b*c", "(* (/ a b) c)"],
		["W2.T@dz2 * g'(z1)", "(* (@ (T W2) dz2) (g' z1))"],
		["-x^2", "(neg (^ x 2))"],
		["(-x)^2", "(^ (neg x) 2)"],
		["-a*b", "(* (neg a) b)"],
		["a*-b", "(* a (neg b))"],
		["a - -b^2", "(- a (neg (^ b 2)))"],
		["2^3^2", "(^ 2 (^ 3 2))"],
		["x^-1", "(^ x (neg 1))"],
		["x^-y^z*w", "(* (^ x (neg (^ y z))) w)"],
		["-x.T", "(neg (T x))"],
		["A.T.T[1]", "(at (T (T A)) 1)"],
		["x^A[i,j+1]", "(^ x (at A i (+ j 1)))"],
		["f''(u, v)", "(f'' u v)"],
		["sum (i, y[i])", "(sum i (at y i))"],
		["a + b < c*d", "(< (+ a b) (* c d))"],
		["(a < b) == c", "(== (< a b) c)"],
		["if(z>=0, 1, 0.01)", "(if (>= z 0) 1 0.01)"],
		["if(a, b, if(c, d, e))", "(if a b (if c d e))"],
		["1\n + 2", "(+ 1 2)"],
	])("%s groups as %s", (source, tree) => {
		expect(shown(parseFormula(source))).toBe(tree);
	});

	test.each([
		["12", 12],
		["0.5", 0.5],
		[".5", 0.5],
		["1e-3", 1e-3],
		["2.5E+4", 2.5e4],
		["010", 10],
	])("the number %s keeps its text and is %d", (text, value) => {
		expect(parseFormula(text)).toEqual({ kind: "number", text, value, span: { start: 0, end: text.length } });
	});

	test("names are letters of any script, then also digits and underscores", () => {
		const names = ["w1", "_h", "sigma_2", "σ", "손실", "x₀", "é", "𝑥"];
		expect(namesIn(parseFormula(names.join("+")))).toEqual(names);
	});

	test("a name is the same name however its letters are composed", () => {
		expect(namesIn(parseFormula("손실".normalize("NFD")))).toEqual(["손실"]);
	});

	test("a span covers the text of its node, with the parentheses inside it but not those around it", () => {
		const source = "  (a + b)*f'(x[1]) ";
		const texts: string[] = [];
		const visit = (f: Formula): void => {
			texts.push(source.slice(f.span.start, f.span.end));
			if (f.kind === "binary") [f.left, f.right].forEach(visit);
			if (f.kind === "call") f.arguments.forEach(visit);
			if (f.kind === "index") [f.operand, ...f.indices].forEach(visit);
		};
		visit(parseFormula(source));
		expect(texts).toEqual(["(a + b)*f'(x[1])", "a + b", "a", "b", "f'(x[1])", "x[1]", "x", "1"]);
	});
});

describe("printing", () => {
	test.each([
		"-x^2",
		"(-x)^2",
		"a - (b - c)",
		"a - b - c",
		"a/(b*c)",
		"a/b*c",
		"2^3^2",
		"(2^3)^2",
		"x^-1",
		"x^-y^z",
		"-(-x)",
		"-(a*b)",
		"-a*b",
		"a - (-b)",
		"a*(-b)",
		"a + (-b*c)",
		"a < -b",
		"(a < b) == c",
		"(a + b)*c",
		"(a + b).T@c",
		"-A.T",
		"x[i, j + 1]",
		"f''(u, v)^2",
		"if(x >= 0, 1, 0.01)",
		"1e-3*.5",
	])("%s prints as it is written", (text) => {
		expect(formulaText(parseFormula(text))).toBe(text);
	});

	test.each([
		["((a)) + ((b*c))", "a + b*c"],
		["(a*b)*c+(a^b)", "a*b*c + a^b"],
		["2^(3^2)", "2^3^2"],
		["x^(-1)", "x^-1"],
		["--x", "-(-x)"],
		["a*-b", "a*(-b)"],
	])("%s prints as %s", (source, text) => {
		expect(formulaText(parseFormula(source))).toBe(text);
	});

	test("whatever is printed reads back as the same tree", () => {
		fc.assert(
			fc.property(trees("all"), (f) => {
				expect(shown(parseFormula(formulaText(f)))).toBe(shown(f));
			}),
			{ numRuns: 2000 },
		);
	});

	const treeOf = (source: string): string | undefined => {
		try {
			return shown(parseFormula(source));
		} catch {
			return undefined;
		}
	};

	test("no pair of parentheses can be left out, except between two signs", () => {
		fc.assert(
			fc.property(trees("all"), (f) => {
				const text = formulaText(f);
				for (const { index } of text.matchAll(/(?<![\p{L}'])\((?!-)/gu)) {
					let end = index;
					let open = 0;
					do open += Number(text[end] === "(") - Number(text[end] === ")");
					while (open > 0 && ++end);
					const bare = `${text.slice(0, index)} ${text.slice(index + 1, end)} ${text.slice(end + 1)}`;
					expect(treeOf(bare)).not.toBe(shown(f));
				}
			}),
			{ numRuns: 1000 },
		);
	});
});

describe("asking and replacing", () => {
	test("formulas are the same by their tree, not by their place or spelling", () => {
		const same = (a: string, b: string): boolean => sameFormula(parseFormula(a), parseFormula(b));
		expect(same("a+b*c", " ( a ) + (b * c)")).toBe(true);
		expect(same("if(-a<1, A.T, x[i])", "if((-a) < 1, A.T, x[i])")).toBe(true);
		expect(same("a+b+c", "a+(b+c)")).toBe(false);
		expect(same("f(x)", "f'(x)")).toBe(false);
		expect(same("f(x)", "f(x, y)")).toBe(false);
		expect(same("a - b", "a + b")).toBe(false);
		expect(same("a < b", "a <= b")).toBe(false);
		expect(same("-a", "a.T")).toBe(false);
		expect(same("1", "1.0")).toBe(false);
		expect(same("x", "y")).toBe(false);
		expect(same("f(x)", "f(f(x))")).toBe(false);
	});

	test("names and calls are listed once each, in order of first appearance", () => {
		const f = parseFormula("if(b < a, sigma'(z[i])*b, exp(sigma(a)) + e) - A.T@a");
		expect(namesIn(f)).toEqual(["b", "a", "z", "i", "e", "A"]);
		expect(callsIn(f)).toEqual(["sigma", "exp"]);
	});

	test("substitution replaces names everywhere, at once and not the names of functions", () => {
		const f = parseFormula("x^2 + y*x(x) - if(x < y, x.T, z[x, y])");
		const values = new Map([
			["x", parseFormula("y + 1")],
			["y", parseFormula("x")],
		]);
		expect(formulaText(substitute(f, values))).toBe("(y + 1)^2 + x*x(y + 1) - if(y + 1 < x, (y + 1).T, z[y + 1, x])");
	});

	test("a formula in which nothing is replaced is returned itself", () => {
		const f = parseFormula("a + if(b, c, d[1])");
		expect(substitute(f, new Map([["x", f]]))).toBe(f);
	});
});

describe("programs", () => {
	const read = (source: string): unknown => {
		const { definitions, result, resultName } = parseProgram(source);
		return { definitions: definitions.map((d) => `${d.name} = ${shown(d.value)}`), result: shown(result), resultName };
	};

	test("definitions come before the result, between semicolons", () => {
		expect(read("z = w*x+b; a = sigma(z); (y-a)^2/2")).toEqual({
			definitions: ["z = (+ (* w x) b)", "a = (sigma z)"],
			result: "(/ (^ (- y a) 2) 2)",
			resultName: undefined,
		});
	});

	test("new lines separate as semicolons do, empty lines are nothing, and the result may have a name", () => {
		expect(read("\n z = w*x\n\n;C = (z -\n y)^2;\n")).toEqual({
			definitions: ["z = (* w x)"],
			result: "(^ (- z y) 2)",
			resultName: "C",
		});
	});

	test("an if cannot be defined", () => {
		expect(messageOf(() => parseProgram("if = 1; 2"))).toContain('unexpected "="');
	});

	test("the span of a definition is the whole line", () => {
		const source = "a = 1;  b = (a + 1) ; b";
		const [, b] = parseProgram(source).definitions;
		expect(source.slice(b?.span.start, b?.span.end)).toBe("b = (a + 1)");
	});

	test("names have one meaning, given above their use, and every line but the last has a name", () => {
		const sources = [
			"a = 1\na = 2\na",
			"a = 1; a = 2",
			"a = b + 1; b = 2; a",
			"a = 2*b; b = a; a + b",
			"z = z + 1; z",
			"C = C + 1",
			"a = 1; a + 1; a",
		];
		const messages = sources.map((source) => messageOf(() => parseProgram(source)));
		expect(`\n${messages.join("\n\n")}\n`).toMatchInlineSnapshot(`
			"
			formula: "a" is defined twice
			  expected  one definition of a name
			  actual    a = 2
			            ^

			formula: "a" is defined twice
			  expected  one definition of a name
			  actual    a = 1; a = 2
			                   ^

			formula: "b" is used before its definition
			  expected  names that are defined above, or nowhere
			  actual    a = b + 1; b = 2; a
			                ^

			formula: "b" is used before its definition
			  expected  names that are defined above, or nowhere
			  actual    a = 2*b; b = a; a + b
			                  ^

			formula: "z" is defined by itself
			  expected  names that are defined above, or nowhere
			  actual    z = z + 1; z
			                ^

			formula: "C" is defined by itself
			  expected  names that are defined above, or nowhere
			  actual    C = C + 1
			                ^

			formula: a value without a name above the last line
			  expected  name = formula
			  actual    a = 1; a + 1; a
			                   ^
			"
		`);
	});

	test("lines that are not definitions are refused where they go wrong", () => {
		const sources = [" ;\n; ", "a = 1 +\nb = 2; a", "a = f(1 + 2\nb = 3\nb", "g(t) = t^2; g(x)", "a = b = 2", "a b"];
		const messages = sources.map((source) => messageOf(() => parseProgram(source)));
		expect(`\n${messages.join("\n\n")}\n`).toMatchInlineSnapshot(`
			"
			formula: nothing to read
			  expected  an expression such as w*x + b

			formula: unexpected end of line
			  expected  a number, a name or "("
			  actual    a = 1 +
			                   ^

			formula: "(" is never closed
			  expected  ")" to close it
			  actual    a = f(1 + 2
			                 ^

			formula: unexpected "="
			  expected  an operator, ";" or a new line
			  actual    g(t) = t^2; g(x)
			                 ^
			  fix       == compares; name = formula defines, on a line of its own

			formula: unexpected "="
			  expected  an operator, ";" or a new line
			  actual    a = b = 2
			                  ^
			  fix       == compares; name = formula defines, on a line of its own

			formula: no operator between "a" and "b"
			  expected  an operator, ";" or a new line
			  actual    a b
			              ^
			  fix       write a*b, or a(b) if a is a function
			"
		`);
	});
});

describe("errors point at the character", () => {
	const wrong = (source: string): string => `\n${messageOf(() => parseFormula(source))}\n`;

	test("a sign where an operand belongs", () => {
		expect(wrong("(x + )")).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  a number, a name or "("
			  actual    (x + )
			                 ^
			"
		`);
	});

	test("a trailing operator", () => {
		expect(wrong("a + b *  ")).toMatchInlineSnapshot(`
			"
			formula: unexpected end
			  expected  a number, a name or "("
			  actual    a + b *
			                   ^
			"
		`);
	});

	test("a character that is no part of the grammar", () => {
		expect(wrong("x + $y")).toMatchInlineSnapshot(`
			"
			formula: unknown character "$"
			  expected  names, numbers and + - * / ^ @ ( ) [ ] , . ' < > =
			  actual    x + $y
			                ^
			"
		`);
	});

	test("a character that only looks like notation", () => {
		expect(wrong("a − b")).toMatchInlineSnapshot(`
			"
			formula: unknown character "−"
			  expected  names, numbers and + - * / ^ @ ( ) [ ] , . ' < > =
			  actual    a − b
			              ^
			  fix       write -
			"
		`);
		expect(wrong("x²")).toContain("write ^2");
		expect(wrong("y := x")).toContain("fix       write =\n");
	});

	test("the power of another language", () => {
		expect(wrong("x**2")).toContain("fix       for a power write ^\n");
		expect(wrong("x*/2")).not.toContain("fix");
	});

	test("the caret stands under the character after wide letters, marks and tabs", () => {
		expect(wrong("손실 + )")).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  a number, a name or "("
			  actual    손실 + )
			            　　   ^
			"
		`);
		expect(wrong("x̂\t+ )")).toContain("x̂\t+ )\n             \t  ^");
	});

	test("a parenthesis that is never closed", () => {
		expect(wrong("a*(b + f(c)")).toMatchInlineSnapshot(`
			"
			formula: "(" is never closed
			  expected  ")" to close it
			  actual    a*(b + f(c)
			              ^
			"
		`);
	});

	test("a parenthesis that was never opened", () => {
		expect(wrong("a + b)")).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  an operator or the end
			  actual    a + b)
			                 ^
			"
		`);
	});

	test("a bracket closed by a parenthesis", () => {
		expect(wrong("x[i, j)")).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  an operator, "," or "]"
			  actual    x[i, j)
			                  ^
			"
		`);
	});

	test("an empty formula", () => {
		expect(wrong("  ")).toMatchInlineSnapshot(`
			"
			formula: nothing to read
			  expected  an expression such as w*x + b
			"
		`);
	});

	test("a product without its sign", () => {
		expect(wrong("1 + 2x")).toMatchInlineSnapshot(`
			"
			formula: no operator between "2" and "x"
			  expected  an operator or the end
			  actual    1 + 2x
			                 ^
			  fix       write 2*x
			"
		`);
		expect(wrong("sin x")).toMatchInlineSnapshot(`
			"
			formula: no operator between "sin" and "x"
			  expected  an operator or the end
			  actual    sin x
			                ^
			  fix       write sin*x, or sin(x) if sin is a function
			"
		`);
		expect(wrong("2(x + 1)")).toContain("write 2*(");
	});

	test("= where == is meant", () => {
		expect(wrong("if(x = 0, 1, 2)")).toMatchInlineSnapshot(`
			"
			formula: unexpected "="
			  expected  an operator, "," or ")"
			  actual    if(x = 0, 1, 2)
			                 ^
			  fix       == compares; name = formula defines, on a line of its own
			"
		`);
	});

	test("an if without its three parts", () => {
		expect(wrong("1 + if(x < 0, 1)")).toMatchInlineSnapshot(`
			"
			formula: "if" with 2 parts
			  expected  3 parts: if(condition, then, otherwise)
			  actual    1 + if(x < 0, 1)
			                ^
			"
		`);
		expect(wrong("if(a, b, c, d)")).toContain('"if" with 4 parts');
		expect(wrong("if(a)")).toContain('"if" with 1 part\n');
		expect(wrong("if + 1")).toMatchInlineSnapshot(`
			"
			formula: unexpected "+"
			  expected  "(": if(condition, then, otherwise)
			  actual    if + 1
			               ^
			"
		`);
	});

	test("comparisons in a row", () => {
		expect(wrong("a < b < c")).toMatchInlineSnapshot(`
			"
			formula: unexpected "<"
			  expected  one comparison at a time
			  actual    a < b < c
			                  ^
			"
		`);
	});

	test("primes without an argument", () => {
		expect(wrong("f'' + 1")).toMatchInlineSnapshot(`
			"
			formula: unexpected "+"
			  expected  "(": the argument of f''
			  actual    f'' + 1
			                ^
			"
		`);
	});

	test("a property other than T", () => {
		expect(wrong("A.t")).toMatchInlineSnapshot(`
			"
			formula: unexpected "t"
			  expected  "T": A.T is the transpose of A
			  actual    A.t
			              ^
			"
		`);
	});

	test("of many lines only the one at fault is shown, and of a long line only what is near", () => {
		expect(wrong("a +\n(b + )\n+ c")).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  a number, a name or "("
			  actual    (b + )
			                 ^
			"
		`);
		expect(wrong(`${"a + ".repeat(100)})${" + a".repeat(100)}`)).toMatchInlineSnapshot(`
			"
			formula: unexpected ")"
			  expected  a number, a name or "("
			  actual    …a + a + a + a + a + a + a + a + a + a + ) + a + a + a + a + a + a + a + a + a + …
			                                                     ^
			"
		`);
	});

	test("whatever is written is either read or refused in the common form", () => {
		const piece = fc.constantFrom(..."xy2.5()[],'T^+-*/@<=>; \n\t#".split(""), "if(", "f(", "x = ", "가");
		const form = /^formula: .*\n {2}expected {2}\S.*(\n {2}actual .*\n {12}.*\^(\n {2}fix .*)?)?$/;
		const outcome = (source: string, parse: (source: string) => unknown): string => {
			try {
				parse(source);
				return "read";
			} catch (error) {
				return error instanceof ChainruleError && form.test(error.message) ? "refused" : String(error);
			}
		};
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(parseFormula, parseProgram), (pieces, parse) => {
				expect(outcome(pieces.join(""), parse)).toMatch(/^(read|refused)$/);
			}),
			{ numRuns: 3000 },
		);
	});

	test("nesting beyond the limit", () => {
		expect(wrong(`${"(".repeat(10_000)}x${")".repeat(10_000)}`)).toMatchInlineSnapshot(`
			"
			formula: nested too deeply
			  expected  at most 500 levels
			  actual    …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
			                                                     ^
			"
		`);
		for (const opening of ["-", "2^", "f(", "x[", "1 + (", "if(x, y, "]) {
			expect(wrong(opening.repeat(10_000))).toContain("formula: nested too deeply");
		}
	});
});

describe("numbers", () => {
	const code = (source: string): string => toCode(parseFormula(source), spelling);

	test.each([
		["1 - z^2", "1 - z * z"],
		["a + b - (c - d)", "a + b - (c - d)"],
		["a/(b*c)*d", "a / (b * c) * d"],
		["-(-x)", "-(-x)"],
		["-x^2", "-(x * x)"],
		["a - -b", "a - -b"],
		["x^-1", "1 / x"],
		["x^0.5 + x^-0.5", "Math.sqrt(x) + 1 / Math.sqrt(x)"],
		["x^3/x^-2", "x * x * x / (1 / (x * x))"],
		["y*x^2*x^1", "y * (x * x) * x"],
		["(1 + exp(x))^-1", '1 / (1 + f["exp"](x))'],
		["(x - y)^0.5", "Math.sqrt((x - y))"],
		["(x + 1)^2", "((x) => x * x)(x + 1)"],
		["2^-x", "Math.pow(2, -x)"],
		["x^5", "Math.pow(x, 5)"],
		["if(x == 0, 1, tanh'(x))", `(x === 0 ? 1 : f["tanh'"](x))`],
		["if(x, 1, 2)", "(x === 0 ? 2 : 1)"],
		["(a < b)*c", "(a < b ? 1 : 0) * c"],
		["max(a < b, 010)", 'f["max"]((a < b ? 1 : 0), 10)'],
	])("%s becomes %s", (source, text) => {
		expect(code(source)).toBe(text);
	});

	test("a name may be written as anything, even with a dollar sign", () => {
		const columns = { ...spelling, name: (name: string) => `$&${name}[i]` };
		expect(toCode(parseFormula("x^2"), columns)).toBe("$&x[i] * $&x[i]");
	});

	test.each([
		["0", "0"],
		["1", "gz"],
		["-1", "-gz"],
		["1/x", "gz / x"],
		["-z/y", "-(gz * z) / y"],
		["y*exp(x)", 'gz * y * f["exp"](x)'],
		["1 - z^2", "gz * (1 - z * z)"],
		["if(x > 0, 1, 0)", "(x > 0 ? gz : 0)"],
		["-if(x > 0, if(y, 2, 1), 0)/x", "-(x > 0 ? (y === 0 ? gz : gz * 2) : 0) / x"],
		["x > 0", "(x > 0 ? gz : 0)"],
	])("the product of gz and %s is %s", (source, text) => {
		expect(scaledCode(parseFormula(source), "gz", spelling)).toBe(text);
	});

	test("an infinite cotangent never touches the branch not taken", () => {
		const relu = scaledFunction(parseFormula("if(x > 0, 1, 0)"), ["x"], environment);
		expect(relu(Infinity, -1)).toBe(0);
		expect(relu(NaN, -1)).toBe(0);
		expect(relu(Infinity, 1)).toBe(Infinity);
	});

	test("the branch not taken is not computed", () => {
		const functions = new Map([["explode", (): number => expect.fail("was called")]]);
		const f = toFunction(parseFormula("if(x > 0, x, explode(x))"), ["x"], { ...environment, functions });
		expect(f(2)).toBe(2);
	});

	test("parameters come before constants of the same name", () => {
		expect(toFunction(parseFormula("pi"), ["pi"], environment)(3)).toBe(3);
		expect(toFunction(parseFormula("2*pi"), [], environment)()).toBe(2 * Math.PI);
	});

	test("closures and generated code agree to the last bit", () => {
		fc.assert(
			fc.property(trees("numbers"), number, number, (f, x, y) => {
				const slow = toFunction(f, ["x", "y"], environment)(x, y);
				const fast = compiled(toCode(f, spelling), ["x", "y"])(x, y);
				expect(typeof fast).toBe("number");
				expect(slow).toBe(fast);
			}),
			{ numRuns: 3000 },
		);
	});

	test("closures and generated code agree to the last bit on products with a cotangent", () => {
		fc.assert(
			fc.property(trees("numbers"), number, number, number, (f, g, x, y) => {
				const slow = scaledFunction(f, ["x", "y"], environment)(g, x, y);
				const fast = compiled(scaledCode(f, "g", spelling), ["g", "x", "y"])(g, x, y);
				expect(slow).toBe(fast);
			}),
			{ numRuns: 3000 },
		);
	});

	test("what has no value on single numbers is refused by name", () => {
		const refused = (source: string): string => {
			const f = parseFormula(source);
			const message = messageOf(() => toCode(f, spelling));
			expect(messageOf(() => toFunction(f, ["A", "b", "x"], environment))).toBe(message);
			return `\n${message}\n`;
		};
		expect(refused("1 + A@b")).toMatchInlineSnapshot(`
			"
			formula: "@" works on arrays, not on numbers
			  actual    A@b
			"
		`);
		expect(refused("A.T")).toMatchInlineSnapshot(`
			"
			formula: ".T" works on arrays, not on numbers
			  actual    A.T
			"
		`);
		expect(refused("x[1]*2")).toMatchInlineSnapshot(`
			"
			formula: an index works on arrays, not on numbers
			  actual    x[1]
			"
		`);
	});

	test("closures refuse names and functions that mean nothing", () => {
		const refused = (source: string): string =>
			`\n${messageOf(() => toFunction(parseFormula(source), ["x", "y"], environment))}\n`;
		expect(refused("x + q")).toMatchInlineSnapshot(`
			"
			formula: unknown name "q"
			  expected  x, y, pi
			  actual    q
			"
		`);
		expect(refused("exp'(x)")).toMatchInlineSnapshot(`
			"
			formula: unknown function "exp'"
			  expected  exp, max, tanh, tanh'
			  actual    exp'
			"
		`);
	});
});

describe("long formulas", () => {
	const long = {
		"sum of one sign": `1${" + 1".repeat(4999)}`,
		"sum of both signs": `1${" - x + x".repeat(2499)}`,
		product: `x${"*x/x".repeat(2499)}`,
	};

	test.each(Object.entries(long))(
		"a %s, of 5,000 operands, is read, printed, searched, compiled and run",
		(_, source) => {
			const f = parseFormula(source);
			expect(formulaText(f)).toBe(source);
			expect(sameFormula(f, parseFormula(source))).toBe(true);
			expect(namesIn(substitute(f, new Map([["x", parseFormula("y")]]))).length).toBeLessThan(2);
			const value = source.startsWith("1 + 1") ? 5000 : 1;
			expect(compiled(toCode(f, spelling), ["x"])(1)).toBe(value);
			expect(toFunction(f, ["x"], environment)(1)).toBe(value);
			expect(compiled(scaledCode(f, "g", spelling), ["g", "x"])(2, 1)).toBe(2 * value);
			expect(scaledFunction(f, ["x"], environment)(2, 1)).toBe(2 * value);
		},
	);

	test("a tower of 5,000 transposes and indices is read and printed", () => {
		const source = `A${".T[1]".repeat(5000)}`;
		expect(formulaText(parseFormula(source))).toBe(source);
	});

	test.each([
		["(1 + ", 500],
		["-(1 + ", 250],
		["2^(x*", 250],
		["(x - 1)^2*(", 500],
		["tanh(x*", 500],
		["1 + x/(1 + ", 500],
		["if(x > 1, 0, ", 500],
		["if(if(x > 1, 0, (1 + x)^2), 1, ", 498],
	])("%s may nest %d times, and what nests so deep also compiles", (opening, times) => {
		const source = (depth: number): string => `${opening.repeat(depth)}x${")".repeat(depth)}`;
		expect(() => parseFormula(source(times + 1))).toThrow("nested too deeply");
		const f = parseFormula(source(times));
		expect(toFunction(f, ["x"], environment)(0.5)).toBe(compiled(toCode(f, spelling), ["x"])(0.5));
	});
});
