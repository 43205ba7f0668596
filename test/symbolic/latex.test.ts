/** Formulas as LaTeX: parentheses where precedence asks for them, and nowhere else. */
import { operations, parseFormula } from "chainrule";
import { formulaLatex, nameLatex } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";

describe("a formula in LaTeX", () => {
	test.each([
		["1 - z^2", "1 - z^{2}"],
		["z*(1 - z)", "z \\left(1 - z\\right)"],
		["-z/y", "\\frac{-z}{y}"],
		["-(z/y)", "-\\frac{z}{y}"],
		["a - (b - c)", "a - \\left(b - c\\right)"],
		["a*(-b)", "a \\left(-b\\right)"],
		["(a + b)^2", "\\left(a + b\\right)^{2}"],
		["2^3^n", "2^{3^{n}}"],
		["(2^3)^n", "\\left(2^{3}\\right)^{n}"],
		["1/(2*sqrt(x + 1))", "\\frac{1}{2 \\sqrt{x + 1}}"],
		["2/sqrt(pi)*exp(-x^2)", "\\frac{2}{\\sqrt{\\pi}} e^{-x^{2}}"],
		["x*2", "x \\cdot 2"],
		["1e-3*x", "1 \\times 10^{-3} x"],
		["sin(x)*cos(x + y)", "\\sin x \\cos \\left(x + y\\right)"],
		["sigma(w*x + b)", "\\sigma\\left(w x + b\\right)"],
		["sigma'(z)", "\\sigma'\\left(z\\right)"],
		["f''(u)", "f''\\left(u\\right)"],
		["abs(x - 1)", "\\left|x - 1\\right|"],
		["max(a, b + 1)", "\\max\\left(a, b + 1\\right)"],
		["if(x >= 0, 1, 0)", "\\begin{cases} 1 & x \\ge 0 \\\\ 0 & \\text{otherwise} \\end{cases}"],
		["(A @ B).T @ x[i,j+1]", "\\left(A B\\right)^{\\top} x_{i,j + 1}"],
	])("%s is %s", (source, tex) => {
		expect(formulaLatex(parseFormula(source))).toBe(tex);
	});

	it("writes names as mathematics does", () => {
		expect(["w", "alpha", "w1", "x_12", "loss", "theta_0", "손"].map(nameLatex)).toEqual([
			"w",
			"\\alpha",
			"w_{1}",
			"x_{12}",
			"\\mathrm{loss}",
			"\\theta_{0}",
			"손",
		]);
	});

	it("exists for every rule of the library, with balanced braces", () => {
		for (const op of operations()) {
			if (op.family !== "pointwise") continue;
			for (const partial of op.partials) {
				const tex = partial === undefined ? "" : formulaLatex(partial);
				expect(tex.split("{").length, `${op.name}: ${tex}`).toBe(tex.split("}").length);
				expect(tex.split("\\left").length).toBe(tex.split("\\right").length);
			}
		}
	});
});
