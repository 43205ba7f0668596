/**
 * LaTeX read into trees: what notes write, what is refused, and where.
 *
 * `notes-latex.json` holds what five lecture notes contain word for word, with
 * the names of each problem, what stands for what, and the chain that a person
 * wrote for it in the grammar.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ChainruleError, formulaText, parseFormula } from "chainrule";
import { type LatexNames, parseLatex, parseLatexChains } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";
import { sameFormula } from "../../src/core/formula.js";
import { namesOf } from "../../src/symbolic/latexnames.js";
import { readProblem } from "../../src/symbolic/notation.js";

interface Line {
	readonly id: string;
	readonly problem: string;
	readonly spelling?: Readonly<Record<string, string>>;
	readonly latex: string;
	readonly chain?: readonly string[];
	readonly reads?: readonly string[];
	/** Why what is read is not the tree of the chain. */
	readonly differs?: string;
	readonly refused?: string;
}
const notes = JSON.parse(readFileSync(join(import.meta.dirname, "notes-latex.json"), "utf8")) as Line[];

function chainsOf({ latex, problem, spelling }: Line) {
	return parseLatexChains(latex, namesOf(readProblem(problem), spelling));
}

function text({ assigned, sides }: ReturnType<typeof chainsOf>[number]): string {
	return (assigned ? `${formulaText(assigned)} <- ` : "") + sides.map(formulaText).join(" = ");
}

function message(run: () => unknown): string {
	try {
		run();
	} catch (error) {
		if (error instanceof ChainruleError) return error.message;
		throw error;
	}
	return "nothing was refused";
}

describe("what the notes contain", () => {
	const read = notes.filter(({ reads }) => reads);
	const refused = notes.filter(({ refused: what }) => what);

	it("is read, or refused with what is not understood", () => {
		expect({ read: read.length, refused: refused.length }).toEqual({ read: 68, refused: 30 });
		expect(read.length + refused.length).toBe(notes.length);
	});

	test.each(read)("$id is read: $latex", (line) => {
		expect(chainsOf(line).map(text)).toEqual(line.reads);
	});

	test.each(refused)("$id is refused: $refused", (line) => {
		const found = message(() => chainsOf(line));
		expect(found.split("\n")[0]).toBe(line.refused);
		expect(found).toMatch(/\n +\^/);
	});

	it("is the tree of the chain, but where a reason is given", () => {
		for (const line of read.filter(({ differs }) => differs === undefined)) {
			const chain = (line.chain ?? []).map((side) => parseFormula(side));
			for (const side of chainsOf(line).flatMap(({ sides }) => sides)) {
				expect(
					chain.some((known) => sameFormula(known, side)),
					`${line.id}: ${formulaText(side)}`,
				).toBe(true);
			}
		}
	});
});

const names: LatexNames = {
	values: new Map([
		...["x", "y", "z", "w", "a", "C", "J", "eta", "n", "yhat", "delta3"].map((name) => [name, 0] as const),
		...["u", "v", "b", "a3", "o", "net"].map((name) => [name, 1] as const),
		...["A", "B", "W2"].map((name) => [name, 2] as const),
	]),
	functions: new Set(["f", "g"]),
	indices: new Map([
		["i", "n"],
		["j", "3"],
		["k", "3"],
	]),
	spelling: {
		"J_{total}": "J",
		"\\sum_x": "i",
		o_j: "u[j]",
		o_k: "o[k]",
		h_j: "v[j]",
		"W_{j,k}^{[2]}": "W2[k,j]",
		"\\phi": "g",
	},
};

describe("LaTeX", () => {
	test.each([
		["\\frac{\\partial C}{\\partial w}", "d(C, w)"],
		["\\frac{dC}{dw} + \\dfrac{\\mathrm{d}C}{\\mathrm{d}w}", "d(C, w) + d(C, w)"],
		["\\frac{\\partial^2 C}{\\partial w\\,\\partial x}", "d(C, w, x)"],
		["\\frac{\\partial^{2} C}{\\partial w^2}", "d(C, w, w)"],
		["\\frac{\\partial}{\\partial w} (w x + b_j)", "d(w*x + b[j], w)"],
		["\\frac{\\delta C}{\\delta w}", "d(C, w)"],
		["d/dz \\sigma(z)", "d(sigma(z), z)"],
		["\\nabla_w C", "d(C, w)"],
		["\\sigma'(z)x", "sigma'(z)*x"],
		["f''(x)(1 - f(x))", "f''(x)*(1 - f(x))"],
		["a^{(3)}_j + a_j^{[3]}", "a3[j] + a3[j]"],
		["W^{[2]T} u", "W2.T@u"],
		["W^{(2)\\top} u", "W2.T@u"],
		["A^T B + A^{\\mathrm T}B", "A.T@B + A.T@B"],
		["A^T_{jk}", "A.T[j, k]"],
		["A_{jk} A_{12} A_{j,k}", "A[j, k]*A[1, 2]*A[j, k]"],
		["u v^T", "outer(u, v)"],
		["u^T v", "u.T@v"],
		["u \\cdot v + x \\cdot v", "dot(u, v) + x*v"],
		["u \\odot v * u \\times v", "u*v*u*v"],
		["A \\cdot u", "A@u"],
		["A^{-1} u", "inv(A)@u"],
		["\\sum_{i=1}^{n} \\sum_{j} A_{ij}", "sum(i, sum(j, A[i, j]))"],
		["\\sum_{ij} A_{ij}", "sum(i, j, A[i, j])"],
		["\\sum_x b_i", "sum(i, b[i])"],
		["\\frac1n \\sum_i b_i (1 - b_i) + 1", "1/n*sum(i, b[i]*(1 - b[i])) + 1"],
		["\\sum_{k \\ne j} b_k", "sum(k, if(k == j, 0, b[k]))"],
		["\\prod_i b_i", "prod(i, b[i])"],
		["\\sum A", "sum(A)"],
		["\\frac{\\partial J_{total}}{\\partial x}", "d(J, x)"],
		["o_j + o_k + h_j + h_k + h_2", "u[j] + o[k] + v[j] + v[k] + v[2]"],
		["W^{[2]}_{1,2}", "W2[2, 1]"],
		["\\phi(x) + \\phi'(x)", "g(x) + g'(x)"],
		["\\hat{y} - \\widehat y", "yhat - yhat"],
		["\\mathbf{A}\\boldsymbol{u}", "A@u"],
		["\\underbrace{(a - y)}_{\\text{오차 } i_k} x", "(a - y)*x"],
		["\\begin{cases} x & \\text{if } x \\ge 0 \\\\ -x & \\text{otherwise} \\end{cases}", "if(x >= 0, x, -x)"],
		["\\begin{cases} 1, & x > 0 \\\\ 0, & x \\le 0. \\end{cases}", "if(x > 0, 1, 0)"],
		["\\begin{cases} 1 & if x > 2 \\\\ x & x > 0 \\\\ 0 & otherwise \\end{cases}", "if(x > 2, 1, if(x > 0, x, 0))"],
		["|x - y| + \\|u\\|^2 + \\lVert v \\rVert_2", "abs(x - y) + norm(u)^2 + norm(v)"],
		["\\left|x\\left|y\\right|\\right|", "abs(x*abs(y))"],
		["e^{-z} + \\exp(-z) + e^x y + e", "exp(-z) + exp(-z) + exp(x)*y + e"],
		["\\sqrt{x} + \\sqrt[3]{x}", "sqrt(x) + x^(1/3)"],
		["\\sin^2 x + \\cos x \\sin x", "sin(x)^2 + cos(x)*sin(x)"],
		["\\ln x - \\log_2 (y)", "ln(x) - log2(y)"],
		["\\max\\{0, x\\} \\min(x, y)", "max(0, x)*min(x, y)"],
		["\\operatorname{softmax}(u)_j", "softmax(u)[j]"],
		["\\text{sigmoid}(x) tanh(x)", "sigmoid(x)*tanh(x)"],
		["\\delta_{jk}", "delta(j, k)"],
		["net_j", "net[j]"],
		["2xy", "2*x*y"],
		["-a^2 x", "-a^2*x"],
		["-(a x)", "-(a*x)"],
		["-\\frac{z}{y}", "-(z/y)"],
		["6.02 \\times 10^{23} x", "6.02e23*x"],
		["{x}^{{y}}", "x^y"],
		["x = % a remark\n y", "x == y"],
	])("%s is %s", (latex, formula) => {
		expect(formulaText(parseLatex(latex, names))).toBe(formula);
	});

	test.each([
		["\\frac{1}{2}(a - y)^2", "1/2*(a - y)^2"],
		["w_1 x_1 + \\theta_{0}", "w1*x1 + theta0"],
		["\\sum_i x_i", "sum(i, x[i])"],
		["J_{total}", "J_total"],
	])("without names, %s is %s", (latex, formula) => {
		expect(formulaText(parseLatex(latex))).toBe(formula);
	});

	test.each([
		["\\begin{aligned} C &= x \\\\ &= y + z \\\\ &\\quad - a \\end{aligned}", ["C = x = y + z - a"]],
		["x = y, \\tag{3}\n\\\\ y = z.", ["x = y", "y = z"]],
		["$$x = y$$ $$= z$$", ["x = y = z"]],
		["w \\leftarrow w - \\eta x = w", ["w <- w - eta*x = w"]],
		["a := x", ["a <- x"]],
		["(x \\\\ + y) = z", ["x + y = z"]],
	])("%s is the chains %s", (latex, chains) => {
		expect(parseLatexChains(latex, names).map(text)).toEqual(chains);
	});

	test.each([
		["\\foo x", "the command \\foo is not understood (line 1, column 1)"],
		["x +\n  \\mathbb{E} y", "\\mathbb is not understood (line 2, column 3)"],
		["x + q", '"q" is no name of the problem (line 1, column 5)'],
		["(t_k - ok)", '"t_k" is no name of the problem (line 1, column 2)'],
		["a - ok", '"ok" is no name of the problem (line 1, column 5)'],
		["\\sum_q x", '"q" below \\sum is no index of the problem (line 1, column 6)'],
		["\\sum_{i=0}^n b_i", "a sum that begins at 0 (line 1, column 9)"],
		["\\sum_{i=1}^m b_i", '"m" is no name of the problem (line 1, column 12)'],
		["\\sum_{i=1}^3 b_i", "a sum that ends at 3 (line 1, column 12)"],
		["\\sum x", "\\sum without an index (line 1, column 1)"],
		["1/2x", 'what is below the stroke before "x" is not clear (line 1, column 4)'],
		["\\sin x y", "how far sin reaches is not clear (line 1, column 1)"],
		["\\frac{d}{dx} (x) y", "how far the derivative reaches is not clear (line 1, column 1)"],
		["x 2", 'a number after a factor: "2" (line 1, column 3)'],
		["x^10", '"10" without braces (line 1, column 3)'],
		["a_12", '"_12" without braces (line 1, column 3)'],
		["a^(3)", "a superscript without braces (line 1, column 3)"],
		["u v", "two vectors beside each other (line 1, column 3)"],
		["(x, y)", "a comma in parentheses (line 1, column 3)"],
		["(x + y", '"(" is never closed (line 1, column 1)'],
		["x + y)", '")" closes nothing (line 1, column 6)'],
		["\\frac{x}{y", '"{" is never closed (line 1, column 9)'],
		["|A|", "bars around a matrix (line 1, column 1)"],
		["x'", 'a prime on "x", which is no function (line 1, column 1)'],
		["f(g(x))'", "a prime after an expression (line 1, column 8)"],
		["f", "f without its argument (line 1, column 2)"],
		["h(x)", '"h" is no name of the problem (line 1, column 1)'],
		["\\operatorname{foo}(x)", 'unknown function "foo" (line 1, column 1)'],
		["\\sum_{i=1}^{n} x_w", '"x_w" is an element, and x is one number (line 1, column 16)'],
		["x + \\ldots + y", "\\ldots is not understood (line 1, column 5)"],
		["\\begin{pmatrix} x \\end{pmatrix}", 'the environment "pmatrix" is not understood (line 1, column 1)'],
		[
			"\\begin{cases} x & x > 0 \\\\ y & x < 0 \\end{cases}",
			"the conditions leave it open what holds otherwise (line 1, column 28)",
		],
		["\\begin{aligned} x", "\\begin{aligned} is never closed (line 1, column 1)"],
		["\\partial C", "\\partial stands alone (line 1, column 1)"],
		["\\frac{\\partial^2 C}{\\partial w}", "a derivative of order 2 along 1 (line 1, column 1)"],
		["\\frac{\\partial C}{\\partial (w x)}", "nothing to differentiate by (line 1, column 29)"],
		["", "unexpected end (line 1, column 1)"],
		["\\", "a lone backslash (line 1, column 1)"],
		["x_{", '"{" is never closed (line 1, column 3)'],
	])("%s is refused: %s", (latex, what) => {
		const found = message(() => parseLatex(latex, names));
		expect(found.split("\n")[0]?.replace("latex: ", "")).toBe(what);
	});

	it("says two meanings where there are two", () => {
		const both = { ...names, values: new Map([...names.values, ["a1", 0], ["a", 1]] as const) };
		expect(message(() => parseLatex("a_1 + x", both))).toBe(
			[
				'latex: "a_1" can be a1 or an element of a (line 1, column 1)',
				"  expected  one meaning",
				"  actual    a_1 + x",
				"            ^",
				"  fix       \\mathrm{a1} is that name and no other",
			].join("\n"),
		);
		expect(formulaText(parseLatex("\\mathrm{a1} + x", both))).toBe("a1 + x");
	});

	it("is refused at any depth and any length in no time", () => {
		const start = performance.now();
		for (const [open, close] of [
			["(", ")"],
			["\\frac{1}{", "}"],
			["x^{", "}"],
			["\\sqrt{", "}"],
			["\\sin ", ""],
			["-", ""],
			["|", "|"],
		]) {
			const deep = `${open?.repeat(1500)}x${close?.repeat(1500)}`;
			expect(message(() => parseLatex(deep, names))).toContain("latex: nested too deeply");
		}
		expect(message(() => parseLatex("(".repeat(30_000), names))).toContain("too long to be read");
		const long = "x + ".repeat(4000);
		expect(formulaText(parseLatex(`${long}x`, names)).length).toBeGreaterThan(15_000);
		expect(performance.now() - start).toBeLessThan(2000);
	});
});
