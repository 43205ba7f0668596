/** Infix to tree to LaTeX to tree: the same tree, for random ones and for what people write. */

import { type Formula, formulaText, operations, parseFormula } from "chainrule";
import { formulaLatex, type LatexNames, parseLatex } from "chainrule/symbolic";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { arityOf, functionNames } from "../../src/symbolic/prove/mathematics.js";

const names: LatexNames = {
	values: new Map([
		...["x", "y", "alpha", "w1", "loss", "yhat", "theta_0", "m", "n"].map((name) => [name, 0] as const),
		...["u", "v", "a3", "d2", "net"].map((name) => [name, 1] as const),
		...["A", "B", "W2", "dZ"].map((name) => [name, 2] as const),
	]),
	functions: new Set(["f", "g", "phi", "act"]),
	indices: new Map([
		["i", "n"],
		["j", "m"],
		["k", "3"],
	]),
};

const span = { start: 0, end: 0 };
const name = (text: string): Formula => ({ kind: "name", name: text, span });
const call = (head: string, primes: number, ...parts: Formula[]): Formula => {
	return { kind: "call", name: head, primes, arguments: parts, span };
};
const values = [...names.values.keys(), "pi", "e"].map(name);
const arrays = [...names.values].filter(([, rank]) => rank > 0).map(([text]) => name(text));
const indices = [...names.indices.keys()].map(name);
const unary = "exp ln sqrt sin cos tan atan sinh cosh tanh sigma softplus erf relu step sign abs".split(" ");

const leaf: fc.Arbitrary<Formula> = fc.oneof(
	fc.constantFrom(...values),
	fc.constantFrom("0", "1", "2", "10", "0.5", "1e-3", "2.5e12").map((text): Formula => {
		return { kind: "number", text, value: Number(text), span };
	}),
);

const { formula } = fc.letrec<{ formula: Formula }>((tie) => {
	const part = tie("formula");
	const one = fc.integer({ min: 0, max: 2 });
	return {
		formula: fc.oneof(
			{ maxDepth: 5, withCrossShrink: true },
			leaf,
			part.map((operand): Formula => ({ kind: "negate", operand, span })),
			part.map((operand): Formula => ({ kind: "transpose", operand, span })),
			fc
				.tuple(fc.constantFrom("+", "-", "*", "*", "/", "/", "^", "@" as const), part, part)
				.map(([operator, left, right]) => ({ kind: "binary", operator, left, right, span }) as Formula),
			fc
				.tuple(fc.constantFrom("<", "<=", ">", ">=", "==" as const), part, part)
				.map(([operator, left, right]) => ({ kind: "compare", operator, left, right, span }) as Formula),
			fc.tuple(fc.constantFrom(...unary), one, part).map(([head, primes, x]) => call(head, primes, x)),
			fc.tuple(fc.constantFrom("max", "min"), part, part).map(([head, x, y]) => call(head, 0, x, y)),
			fc.tuple(fc.constantFrom("f", "g", "phi", "act"), one, part).map(([head, primes, x]) => call(head, primes, x)),
			fc
				.tuple(fc.constantFrom("sum", "prod"), fc.constantFrom(...indices), part)
				.map(([head, i, body]) => call(head, 0, i, body)),
			part.map((body) => call("sum", 0, name("i"), name("j"), body)),
			fc.tuple(fc.constantFrom("dot", "outer"), part, part).map(([head, x, y]) => call(head, 0, x, y)),
			fc
				.tuple(fc.constantFrom("inv", "tr", "det", "norm", "sum", "softmax", "diag"), part)
				.map(([head, x]) => call(head, 0, x)),
			fc.tuple(part, fc.constantFrom(...values.slice(0, 9))).map(([y, x]) => call("d", 0, y, x)),
			fc
				.tuple(fc.constantFrom(...values.slice(0, 9)), fc.constantFrom(...arrays), fc.constantFrom(...indices))
				.map(([y, x, i]) => call("d", 0, y, { kind: "index", operand: x, indices: [i], span })),
			fc.tuple(fc.constantFrom(...indices), fc.constantFrom(...indices)).map(([i, j]) => call("delta", 0, i, j)),
			fc
				.tuple(
					fc.oneof(fc.constantFrom(...arrays), part),
					fc.array(fc.oneof(fc.constantFrom(...indices), part), { minLength: 1, maxLength: 2 }),
				)
				.map(([operand, at]): Formula => ({ kind: "index", operand, indices: at, span })),
			fc.tuple(part, part, part).map(([condition, then, otherwise]): Formula => {
				return { kind: "if", condition, then, otherwise, span };
			}),
		),
	};
});

/** The text with one name for every function. */
function canonical(f: Formula): string {
	const aliases = operations().flatMap((op) =>
		op.family === "pointwise" ? op.aliases.map((alias) => [alias, op.name] as const) : [],
	);
	return aliases.reduce(
		(text, [alias, own]) => text.replaceAll(new RegExp(`\\b${alias}(?='*\\()`, "g"), own),
		formulaText(f),
	);
}

describe("a formula written in LaTeX and read again", () => {
	it("is the same tree, for random ones", () => {
		fc.assert(
			fc.property(formula, (f) => {
				const tex = formulaLatex(f, names);
				expect({ tex, formula: formulaText(parseLatex(tex, names)) }).toEqual({ tex, formula: formulaText(f) });
			}),
			{ numRuns: 4000, seed: 4 },
		);
	});

	test.each([
		"-(a*b)",
		"-a*b",
		"a - (-b)*c",
		"-1/n*sum(i, (y[i]/a[i] - (1 - y[i])/(1 - a[i]))*d(a[i], w[j]))",
		"sum(i, a[i])*b",
		"b*sum(i, a[i])*c",
		"sin(x)*y + sin(x)*cos(y)*z",
		"abs(a*abs(b))",
		"exp(x)^2",
		"norm(u - v)^2",
		"x^(T)",
		"(1e-3)^2*x",
		"d(f, x, x) - d(f, x, y)",
		"d(x^2 + y, x)*z",
		"if(x < 0, -x, if(x < 1, x^2, x))",
		"(A @ B).T @ C.T",
		"tanh'(x)*sigma''(z)",
		"1 - log(y)*2",
	])("%s is the same, without a word about its names", (source) => {
		const f = parseFormula(source);
		const own = namesOf(f);
		expect(canonical(parseLatex(formulaLatex(f, own), own))).toBe(canonical(f));
	});

	it("can be read for every function that derivations know and LaTeX has a sign for", () => {
		const unreadable = functionNames().filter((head) => {
			const tex = formulaLatex(parseFormula(`${head}(${["x", "y", "m"].slice(0, arityOf(head)).join(", ")})`), names);
			try {
				parseLatex(tex, names);
				return false;
			} catch {
				return true;
			}
		});
		expect(unreadable).toEqual(["notEqual", "logicalNot", "logicalAnd", "logicalOr"]);
	});
});

function namesOf(f: Formula): LatexNames {
	const found = { values: new Map<string, number>(), functions: new Set<string>(), indices: new Map<string, string>() };
	for (const text of ["a", "b", "c", "n", "w", "x", "y", "z", "T", "f", "u", "v"]) found.values.set(text, 0);
	for (const text of ["i", "j"]) found.indices.set(text, "");
	const source = formulaText(f);
	for (const [, text] of source.matchAll(/(\w+)\[/g)) found.values.set(text as string, 1);
	for (const [, text] of source.matchAll(/\b([A-Z])\b(?!\()/g))
		if (text !== "T" || source.includes("@")) found.values.set(text as string, 2);
	if (source.includes("norm")) for (const text of ["u", "v"]) found.values.set(text, 1);
	return found;
}
