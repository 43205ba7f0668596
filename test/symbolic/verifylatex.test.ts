/** Claims in LaTeX: judged as the same claims in the grammar are. */
import { problem } from "chainrule/symbolic";
import { describe, expect, it } from "vitest";

describe("a claim in LaTeX", () => {
	it("gets the verdicts that it gets in the grammar", () => {
		const p = problem("w, x, b, y : scalar; z = w*x + b; a = sigma(z); C = (y - a)^2/2");
		const [found] = p.verifyLatex("\\frac{\\partial C}{\\partial w} = (a - y)\\sigma'(z)x = a\\sigma'(z) \\tag{55}");
		const plain = p.verify("d(C, w) = (a - y)*sigma'(z)*x = a*sigma'(z)");
		const verdicts = ({ steps }: typeof plain) =>
			steps.map(({ verdict, holdsIf, repair }) => ({ verdict, holdsIf, repair }));
		expect(found && verdicts(found)).toEqual(verdicts(plain));
		expect(found?.firstWrong).toBe(2);
		expect(found?.steps[1]?.right).toBe("a\\sigma'(z)");
	});

	it("is read with what its letters stand for", () => {
		const p = problem(`
			w : vector[k];  b : scalar;  x : matrix[n,k];  y : vector[n]
			i in 1..n;  j, q in 1..k
			z[i] = sum(q, w[q]*x[i,q]) + b
			C = -1/n*sum(i, y[i]*ln(sigma(z[i])) + (1 - y[i])*ln(1 - sigma(z[i])))`);
		const spelling = { "\\sum_x": "i", y: "y[i]", z: "z[i]", x_j: "x[i,j]" };
		const latex = "\\frac{\\partial C}{\\partial w_j} = \\frac{1}{n} \\sum_{x} x_j (\\sigma(z) - y). \\tag{61}";
		expect(p.verifyLatex(latex, { spelling }).every(({ proven }) => proven)).toBe(true);
		expect(() => p.verifyLatex(latex)).toThrow('"x" below \\sum is no index of the problem (line 1, column 53)');
	});

	it("is refuted where the vectors of a note change places", () => {
		const p = problem("W : matrix[h,n]; x : vector[n]; d : vector[h]; C = sum(d*(W@x))");
		const [right, wrong] = p.verifyLatex(
			"\\frac{\\partial C}{\\partial W} = d x^T \\\\ \\frac{\\partial C}{\\partial W} = x d^T",
		);
		expect([right?.proven, wrong?.steps[0]?.verdict]).toEqual([true, "REFUTED"]);
	});

	it("is nothing where an arrow has only one side", () => {
		const p = problem("w, eta, g : scalar");
		expect(p.verifyLatex("w \\leftarrow w - \\eta g")).toEqual([]);
		expect(p.verifyLatex("w \\leftarrow w - \\eta g = w + (-\\eta) g")[0]?.proven).toBe(true);
	});
});
