/** Nodes of the tape as formulas, in LaTeX and as they are written by hand; gradients, too. */
import {
	add,
	ChainruleError,
	concat,
	div,
	evaluate,
	fixed,
	formulaText,
	gradients,
	matmul,
	mean,
	mul,
	type Node,
	parseFormula,
	permute,
	pick,
	reshape,
	type Scalar,
	scalar,
	sigmoid,
	softmax,
	square,
	sub,
	sum,
	tanh,
	tensor,
	transpose,
	where,
} from "chainrule";
import { formula, handwritten, latex } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";

const matrix = (rows: number, columns: number, name: string): Node =>
	tensor(
		Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(1 + i * columns + j))),
		{ requiresGrad: true },
	).named(name);
const vector = (size: number, name: string): Node =>
	tensor(
		Array.from({ length: size }, (_, i) => Math.cos(i)),
		{ requiresGrad: true },
	).named(name);

describe("a number of the tape", () => {
	it("is a formula in the named values it was computed from", () => {
		const [w, b, x] = [scalar(0.6, "w"), scalar(0.9, "b"), fixed(1, "x")];
		const z = add(mul(w, x), b).named("z");
		const a = sigmoid(z).named("a");
		const C = div(square(sub(1, a)), 2);
		expect(formulaText(formula(C))).toBe("(1 - a)^2/2");
		expect(formulaText(formula(C, { expand: ["a"] }))).toBe("(1 - sigmoid(z))^2/2");
		expect(formulaText(formula(C, { expand: true }))).toBe("(1 - sigmoid(w*x + b))^2/2");
		expect(formulaText(formula(a))).toBe("sigmoid(z)");
		expect(formulaText(formula(w))).toBe("w");
		expect(latex(a)).toBe("\\sigma\\left(z\\right)");
	});

	it("is read back to the same number", () => {
		const source = "exp(-x^2/2)*sin(x + y)/sqrt(1 + y^2) - if(x > y, x, y)^3 + max(x, 2*y)";
		const names = new Map([
			["x", scalar(0.3, "x")],
			["y", scalar(0.7, "y")],
		]);
		const recorded = evaluate(parseFormula(source), names) as Scalar;
		const again = evaluate(formula(recorded), names) as Scalar;
		expect(again.value).toBeCloseTo(recorded.value, 14);
	});

	it("gives names to variables that have none", () => {
		expect(handwritten(mul(scalar(2), add(scalar(3), scalar(4, "x1"))))).toBe("x2·(x3 + x1)");
		expect(
			handwritten(
				mul(
					matrix(2, 2, "A"),
					tensor([
						[1, 2],
						[3, 4],
					]),
				),
			),
		).toBe("A ⊙ c1");
	});

	it("tells apart what has one name", () => {
		const [first, second] = [scalar(1, "w"), scalar(2, "w")];
		expect(handwritten(add(first, second))).toBe("w_1 + w_2");
	});

	it("writes sums of like terms with Σ", () => {
		const x = [1, 2, 3, 4].map((at) => scalar(at, `x${at}`));
		const t = [1, 2, 3, 4].map((at) => scalar(at / 2, `t${at}`));
		const cost = x.map((one, at) => square(sub(one, t[at] as Scalar))).reduce((p, q) => add(p, q));
		expect(handwritten(cost)).toBe("Σₖ₌₁⁴ (xₖ - tₖ)²");
		expect(latex(cost)).toBe("\\sum_{k=1}^{4} \\left(x_{k} - t_{k}\\right)^{2}");
		expect(formulaText(formula(cost))).toBe("sum(k, (x[k] - t[k])^2)");
	});

	it("writes double sums, and leaves what fits in no sum", () => {
		const w = [1, 2, 3].map((i) => [1, 2, 3].map((j) => scalar(i + j, `w${i}${j}`)));
		const x = [1, 2, 3].map((j) => scalar(j, `x${j}`));
		const y = [1, 2, 3].map((i) => scalar(i, `y${i}`));
		const terms = w.flatMap((row, i) => row.map((one, j) => mul(mul(y[i] as Scalar, one), x[j] as Scalar)));
		expect(
			handwritten(
				add(
					terms.reduce((p, q) => add(p, q)),
					scalar(1, "b"),
				),
			),
		).toBe("Σⱼ₌₁³ Σₖ₌₁³ yⱼ·wⱼₖ·xₖ + b");
	});

	it("is a gradient as well as any other value", () => {
		const [w, x, y] = [scalar(0.6, "w"), scalar(1, "x"), scalar(0, "y")];
		const a = sigmoid(mul(w, x).named("z")).named("a");
		const [slope] = gradients(div(square(sub(a, y)), 2), [w], { createGraph: true });
		expect(handwritten(slope)).toBe("(a - y)·a·(1 - a)·x");
		expect(latex(slope)).toBe("\\left(a - y\\right) a \\left(1 - a\\right) x");
		const [second] = gradients(slope, [w], { createGraph: true });
		expect(handwritten(second, { simplify: true })).toContain("x²");
	});
});

describe("an array of the tape", () => {
	const [W, X, b] = [matrix(2, 3, "W"), matrix(3, 4, "X"), matrix(2, 1, "b")];

	test.each<[string, Node, string, string]>([
		["products of matrices", add(matmul(W, X), b), "W X + b", "W X + b"],
		["elementwise products", mul(W, matrix(2, 3, "V")), "W ⊙ V", "W \\odot V"],
		["transposes", matmul(transpose(X), transpose(W)), "Xᵀ Wᵀ", "X^{\\top} W^{\\top}"],
		["vectors", add(matmul(W, vector(3, "x")), vector(2, "c")), "W x + c", "W x + c"],
		["sums", sum(square(W)), "sum(W²)", "\\sum W^{2}"],
		["sums along rows", sum(W, { axis: 1 }), "rowsum(W)", "W \\mathbf{1}"],
		["sums along columns", sum(W, { axis: 0 }), "colsum(W)", "\\mathbf{1}^{\\top} W"],
		["means", mean(W), "sum(W)/6", "\\frac{\\sum W}{6}"],
		["numbers with arrays", div(mul(W, 3), 2), "3/2·W", "\\frac{3}{2} W"],
		["functions", tanh(matmul(W, X)), "tanh(W X)", "\\tanh \\left(W X\\right)"],
		["softmax", softmax(W), "softmax(W)", "\\operatorname{softmax}\\left(W\\right)"],
		["single elements", pick(W as never, 4), "W[2,2]", "W_{2,2}"],
		["reshapes, not at all", reshape(W, [3, 2]), "W", "W"],
		["axes in another order", permute(matrix(2, 3, "P"), [0, 1]), "permute(P; 0, 1)", "P^{\\top}"],
		["what has no sign of its own", concat([W, W]), "concat(W, W)", "\\operatorname{concat}\\left(W, W\\right)"],
	])("shows %s", (_, node, text, tex) => {
		expect(handwritten(node)).toBe(text);
		expect(latex(node)).toBe(tex);
	});

	it("has counts by their names", () => {
		expect(handwritten(mean(W), { sizes: { m: 6 } })).toBe("sum(W)/m");
	});

	it("has gradients with transposes, as they are derived by hand", () => {
		const Z = add(matmul(W, X), b).named("Z");
		const loss = sum(square(Z));
		const [gW, gX, gb] = gradients(loss, [W, X, b], { createGraph: true }) as Node[];
		expect(handwritten(gW as Node)).toBe("2·Z Xᵀ");
		expect(handwritten(gX as Node)).toBe("2·Wᵀ Z");
		expect(handwritten(gb as Node)).toBe("2·rowsum(Z)");
		expect(latex(gW as Node)).toBe("2 Z X^{\\top}");
	});

	it("keeps apart what broadcasting would hide", () => {
		const [g] = gradients(sum(matmul(W, X)), [W], { createGraph: true }) as [Node];
		expect(handwritten(g)).toBe("ones(2, 4) Xᵀ");
	});

	it("has choices as cases", () => {
		const x = scalar(1, "x");
		const y = where(x.greater(0), x, mul(x, 2));
		expect(latex(y)).toContain("x");
	});
});

describe("a formula that would be too long", () => {
	it("is refused with what helps", () => {
		let x: Scalar = scalar(1.01, "x");
		for (let level = 0; level < 60; level++) x = add(mul(x, x), sigmoid(x));
		expect(() => formula(x)).toThrow(ChainruleError);
		expect(() => formula(x)).toThrow(/too long[\s\S]*\.named\("z"\)/);
	});

	it("is refused where it is nested too deeply", () => {
		const x = scalar(0.3, "x");
		let y: Scalar = x;
		for (let level = 0; level < 2000; level++) y = sigmoid(y);
		expect(() => formula(y)).toThrow(/too long[\s\S]*levels/);
	});

	it("is written where one value is doubled again and again", () => {
		let x: Scalar = scalar(1.01, "x");
		for (let level = 0; level < 10; level++) x = add(x, x);
		expect(handwritten(x, { simplify: true })).toBe("1024·x");
	});

	it("is refused where the computation itself is", () => {
		let x: Scalar = scalar(1.01, "x");
		for (let level = 0; level < 25_000; level++) x = mul(x, 1.0001);
		expect(() => formula(x)).toThrow(/formula: the computation is too large/);
	});
});

describe("numbers that have a name", () => {
	it("are multiples of π, to the last bit, unless a value is called pi", () => {
		const r = scalar(2, "r");
		expect(handwritten(mul(Math.PI, mul(r, r)), { simplify: true })).toBe("pi·r²");
		expect(latex(mul(r, Math.PI / 4))).toBe("\\frac{r \\pi}{4}");
		expect(handwritten(mul(3.141592653589794, r))).toBe("3.141592653589794·r");
		expect(handwritten(add(mul(Math.PI, r), scalar(3, "pi")))).toBe("3.141592653589793·r + pi");
		const area = mul(-2 * Math.PI, r);
		expect(Number(evaluate(formula(area), new Map([["r", 2]])))).toBe(area.value);
	});

	it("are infinite where they are", () => {
		const x = scalar(1, "x");
		expect(latex(mul(x, Number.NEGATIVE_INFINITY))).toContain("-\\infty");
		expect(handwritten(mul(x, Number.POSITIVE_INFINITY))).toContain("∞");
	});
});
