/**
 * Derivations: what they say, and that every line is true.
 *
 * Every line is computed at random points and compared with the gradient that
 * the engine computes there.
 */
import {
	add,
	div,
	evaluate,
	exp,
	Generator,
	gradients,
	log,
	mul,
	type Node,
	neg,
	parseFormula,
	Scalar,
	scalar,
	sigmoid,
	square,
	sub,
	sum,
	Tensor,
	tanh,
	tensor,
} from "chainrule";
import { MLP } from "chainrule/nn";
import { type Derivation, derivation, type PointData, type StepValue } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";
import { ancestors } from "../../src/core/graph.js";
import { functionNamed, functionNames } from "../../src/core/op.js";
import { type Data, type Subject, subjects } from "./subjects.js";

/** All derivations of a subject. */
function derived({ record, data, wrt, options }: Subject): Derivation[] {
	const { y, named } = record(data);
	return wrt.map((name) => derivation(y, named.get(name) as Node, options));
}

const elements = (value: StepValue): number[] => (typeof value === "number" ? [value] : [...value.data]);

/** What differs between two values, as text; a line may leave out that all elements are alike. */
function differences(actual: StepValue, wanted: StepValue, where: string): string[] {
	const [a, b] = [elements(actual), elements(wanted)];
	return b.flatMap((value, at) => {
		const other = a[a.length === 1 ? 0 : at] as number;
		const close = Math.abs(other - value) < 1e-9 * (1 + Math.abs(value));
		return close ? [] : [`${where}: ${other} instead of ${value}`];
	});
}

/** Where the lines of a derivation and the engine differ, for the computation that gave `y`. */
function wrongLines(one: Derivation, y: Node, point: PointData = {}): string[] {
	return one
		.values(point)
		.flatMap(({ of, by, values }) => values.flatMap((value) => differences(value, slopeOf(y, by), `∂${of}/∂${by}`)));
}

/** The same data with other numbers. */
function redrawn(data: Data, random: Generator): Data {
	const draw = (value: Data[string]): Data[string] =>
		typeof value === "number"
			? 0.2 + 0.6 * random.uniform()
			: ((value as readonly unknown[]).map((inner) => draw(inner as Data[string])) as unknown as Data[string]);
	return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, draw(value)]));
}

const valueOfData = (value: Data[string]): StepValue => (typeof value === "number" ? value : tensor(value as number[]));

/** The engine's derivative of `y` along the value called `by`. */
function slopeOf(y: Node, by: string): StepValue {
	const x = ancestors([y]).find(({ name }) => name === by) as Node;
	const [slope] = gradients(y, [x]);
	return slope instanceof Scalar ? slope.value : (slope as StepValue);
}

describe.each(subjects)("$title", (subject) => {
	it("ends as a person would end it", () => {
		expect(derived(subject).map(({ result }) => result)).toEqual(subject.results);
	});

	it("has the engine's value on every line, at the recorded point", () => {
		const { y } = subject.record(subject.data);
		expect(derived(subject).flatMap((one) => wrongLines(one, y))).toEqual([]);
	});

	it("has the engine's value on every line, at random points", () => {
		const random = new Generator(7);
		const all = derived(subject);
		for (let round = 0; round < 3; round++) {
			const drawn = redrawn(subject.data, random);
			const data = subject.obeying?.(drawn) ?? drawn;
			const { y } = subject.record(data);
			const point = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, valueOfData(value)]));
			expect(all.flatMap((one) => wrongLines(one, y, point))).toEqual([]);
		}
	});

	it("is the same as text, LaTeX, Markdown and data", () => {
		for (const one of derived(subject)) {
			const data = JSON.parse(JSON.stringify(one)) as ReturnType<Derivation["toJSON"]>;
			expect(data.result).toBe(one.result);
			const [text, latex] = [one.text(), one.latex()];
			for (const { steps } of one.equations) {
				for (const step of steps) {
					expect(text).toContain(step.text);
					expect(latex).toContain(step.latex);
					expect(step.latex.split("{").length, `${step.latex}`).toBe(step.latex.split("}").length);
					expect(step.latex.split("\\left").length).toBe(step.latex.split("\\right").length);
				}
			}
			expect(one.markdown()).toContain(latex.split("\n\n")[0]);
		}
	});
});

it("fills the page docs/derivations.md", async () => {
	const sections = subjects.map((subject) => {
		const all = derived(subject);
		// What several derivations share is said once.
		const blocks = new Set(all.flatMap((one) => one.text().trimEnd().split("\n\n")));
		const [first] = all as [Derivation];
		return `## ${subject.title}\n\n${subject.says}\n\n\`\`\`text\n${[...blocks].join("\n\n")}\n\`\`\`\n\n${first.markdown()}`;
	});
	const head = `# Derivations

What \`derivation(y, x)\` of \`chainrule/symbolic\` writes, as it is written: the chain rule, the local derivatives, and the laws that simplify them. ⊙ multiplies number by number, matrices side by side are multiplied. Behind a line stands why it holds, and what has to hold for it. The first derivation of each section follows as mathematics.

<!-- Written by test/symbolic/derivation.test.ts: npx vitest run test/symbolic/derivation.test.ts --update -->
`;
	await expect(`${head}\n${sections.join("\n")}`).toMatchFileSnapshot("../../docs/derivations.md");
});

describe("a derivation", () => {
	const neuron = (): { w: Scalar; C: Node } => {
		const [w, b, x, y] = [scalar(0.6, "w"), scalar(0.9, "b"), scalar(1, "x"), scalar(0, "y")];
		const a = sigmoid(add(mul(w, x), b).named("z")).named("a");
		return { w, C: neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))))).named("C") };
	};

	it("says why a line holds, and what has to hold for it", () => {
		const { w, C } = neuron();
		expect(derivation(C, w).text()).toMatchInlineSnapshot(`
			"z = w·x + b
			a = σ(z)
			C = -(y·log(a) + (1 - y)·log(1 - a))

			∂C/∂w = ∂C/∂a·∂a/∂z·∂z/∂w                     chain rule
			      = ((1 - y)/(1 - a) - y/a)·σ'(z)·x       local derivatives
			      = ((1 - y)/(1 - a) - y/a)·a·(1 - a)·x   σ'(z) = a·(1 - a)
			      = ((1 - y)·a - y·(1 - a))·x             cancelled, a ≠ 1, a ≠ 0
			      = (a - y)·x                             multiplied out
			"
		`);
		expect(derivation(C, w).equations[0]?.steps[3]?.conditions).toEqual(["a ≠ 1", "a ≠ 0"]);
	});

	it("puts numbers into every line on request", () => {
		const { w, C } = neuron();
		expect(derivation(C, w).text({ numbers: true }).split("\n").slice(-3)).toEqual([
			"      = (a - y)·x                                              multiplied out",
			"        = (0.817574 - 0)·1 = 0.817574",
			"",
		]);
		expect(derivation(C, w).latex({ numbers: true })).toContain("&= \\left(0.817574 - 0\\right) \\cdot 1 = 0.817574");
	});

	it("is handed over in LaTeX part by part, with numbers of any point", () => {
		const { w, C } = neuron();
		const [{ left, range, lines }] = derivation(C, w).latexEquations() as [
			ReturnType<Derivation["latexEquations"]>[number],
		];
		expect([left, range]).toEqual(["\\frac{\\partial C}{\\partial w}", undefined]);
		expect(lines.map(({ reason, notes }) => [reason, ...notes])).toEqual([
			["chain rule"],
			["local derivatives"],
			["", "\\sigma'\\left(z\\right) = a \\left(1 - a\\right)"],
			["cancelled", "a \\ne 1", "a \\ne 0"],
			["multiplied out"],
		]);
		expect(lines.every(({ numbers }) => numbers === undefined)).toBe(true);
		const elsewhere = { numbers: true, at: { w: 2, b: 2 } };
		expect(derivation(C, w).latexEquations(elsewhere)[0]?.lines.at(-1)?.numbers).toBe(
			"\\left(0.982014 - 0\\right) \\cdot 1 = 0.982014",
		);
		expect(derivation(C, w).text(elsewhere)).toContain("= (0.982014 - 0)·1 = 0.982014");
		expect(derivation(C, w).latexDefinitions.map(({ names, latex: written }) => [...names, written])[1]).toEqual([
			"a",
			"a = \\sigma\\left(z\\right)",
		]);
	});

	it("takes names that every object has for names", () => {
		const [x, y] = [scalar(2, "constructor"), scalar(3, "toString")];
		const f = mul(square(x), y).named("f");
		const values = derivation(f, x).values({ toString: 5 } as unknown as PointData);
		expect(values.map(({ values: lines }) => lines.at(-1))).toEqual([20]);
	});

	it("ends in σ(z) where the activation has no name", () => {
		const [w, x, y] = [scalar(0.6, "w"), scalar(1, "x"), scalar(0, "y")];
		const z = mul(w, x).named("z");
		const a = sigmoid(z);
		const C = neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a))))).named("C");
		expect(derivation(C, w).result).toBe("(σ(z) - y)·x");
	});

	it("does not grow with the width of a layer", () => {
		const lengths = [10, 20].map((width) => {
			const model = new MLP(2, [width, width, 1], { activation: sigmoid, generator: new Generator(1) });
			const [out] = [model.call([0.3, 0.4])].flat() as Scalar[];
			const cost = square(sub(out as Scalar, 1)).named("C");
			const one = derivation(cost, model.parameters()[0] as Scalar);
			const last = one.values().at(-1)?.values ?? [];
			expect(last.flatMap((value) => differences(value, slopeOf(cost, "w1"), "w1"))).toEqual([]);
			return one.text().split("\n").length;
		});
		expect(lengths[0]).toBe(lengths[1]);
	});

	it("writes sums over units with Σ, also in definitions, and δ for a layer once", () => {
		const model = new MLP(3, [4, 4, 1], { activation: tanh, generator: new Generator(3) });
		const [out] = [model.call([0.1, 0.2, 0.3])].flat() as Scalar[];
		const text = derivation(square(out as Scalar).named("C"), model.parameters()[0] as Scalar).text();
		expect(text).toMatchInlineSnapshot(`
			"zⱼ⁽¹⁾ = bⱼ⁽¹⁾ + 0.1·wⱼ₁⁽¹⁾ + 0.2·wⱼ₂⁽¹⁾ + 0.3·wⱼ₃⁽¹⁾,  j = 1, …, 4
			aⱼ⁽¹⁾ = tanh(zⱼ⁽¹⁾),  j = 1, …, 4
			zⱼ⁽²⁾ = bⱼ⁽²⁾ + Σₖ₌₁⁴ wⱼₖ⁽²⁾·aₖ⁽¹⁾,  j = 1, …, 4
			aⱼ⁽²⁾ = tanh(zⱼ⁽²⁾),  j = 1, …, 4
			C = (b⁽³⁾ + Σₖ₌₁⁴ wₖ⁽³⁾·aₖ⁽²⁾)²

			δⱼ⁽²⁾ = ∂C/∂zⱼ⁽²⁾                                         j = 1, …, 4
			      = ∂C/∂aⱼ⁽²⁾·∂aⱼ⁽²⁾/∂zⱼ⁽²⁾                           chain rule
			      = 2·(b⁽³⁾ + Σₖ₌₁⁴ wₖ⁽³⁾·aₖ⁽²⁾)·wⱼ⁽³⁾·tanh'(zⱼ⁽²⁾)   local derivatives

			δ₁⁽¹⁾ = ∂C/∂z₁⁽¹⁾
			      = (Σₖ₌₁⁴ δₖ⁽²⁾·∂zₖ⁽²⁾/∂a₁⁽¹⁾)·∂a₁⁽¹⁾/∂z₁⁽¹⁾         chain rule
			      = (Σₖ₌₁⁴ δₖ⁽²⁾·wₖ₁⁽²⁾)·tanh'(z₁⁽¹⁾)                 local derivatives

			∂C/∂w₁₁⁽¹⁾ = δ₁⁽¹⁾·∂z₁⁽¹⁾/∂w₁₁⁽¹⁾                         chain rule
			           = 0.1·δ₁⁽¹⁾                                    local derivatives
			"
		`);
	});

	it("recognises named values: the slope of softmax, number by number", () => {
		const x = [1, 2, 3].map((at) => scalar(at / 10, `x${at}`));
		const powers = x.map((one) => exp(one));
		const total = powers.reduce((p, q) => add(p, q)).named("S");
		const cost = neg(log(div(powers[0] as Scalar, total).named("p"))).named("C");
		expect(derivation(cost, x[0] as Scalar).result).toBe("p - 1");
	});

	const calculus: readonly (readonly [string, string])[] = [
		["x^3", "3·x²"],
		["ln(1 + x^2)", "2·x/(1 + x²)"],
		["sqrt(1 - x^2)", "-x/sqrt(1 - x²)"],
		["atan(x)", "1/(1 + x²)"],
		["exp(sin(x))", "exp(sin(x))·cos(x)"],
		["1/x", "-1/x²"],
		["x*exp(x)", "exp(x) + x·exp(x)"],
		["tanh(x)", "tanh'(x)"],
		["relu(2*x)", "2·relu'(2·x)"],
		["erf(x)", "2·exp(-x²)/sqrt(pi)"],
		["max(x, 0.1)", "if(x > 0.1, 1, if(x == 0.1, 1/2, 0))"],
		["(x + 1)^2 - x^2", "2"],
		["3*x", "3"],
		["abs(x)", "sign(x)"],
	];
	test.each(calculus)("of %s is %s", (source, wanted) => {
		const x = scalar(0.3, "x");
		const y = evaluate(parseFormula(source), new Map([["x", x]])) as Scalar;
		const one = derivation(y, x);
		expect(one.result).toBe(wanted);
		expect(wrongLines(one, y)).toEqual([]);
	});

	it("is right for every function of one number", () => {
		const wrong = functionNames()
			.filter((name) => functionNamed(name)?.arity === 1)
			.flatMap((name) => {
				const x = scalar(0.37, "x");
				const y = evaluate(parseFormula(`${name}(x)*x`), new Map([["x", x]])) as Scalar;
				const slope = slopeOf(y, "x");
				return Number.isFinite(slope) ? wrongLines(derivation(y, x), y) : [];
			});
		expect(wrong).toEqual([]);
	});

	it("follows arrays through operations that formulas have no word for", () => {
		const X = tensor(
			[
				[1, 2],
				[3, 5],
			],
			{ requiresGrad: true },
		).named("X");
		const y = sum(mul(X.slice([[0, 1]]), 3).square()).named("y");
		const one = derivation(y, X);
		expect(wrongLines(one, y)).toEqual([]);
		expect(one.values()[0]?.values[0]).toBeInstanceOf(Tensor);
	});

	it("says what cannot be derived", () => {
		const [x, y] = [scalar(1, "x"), scalar(2, "y")];
		expect(() => derivation(square(x).named("f"), y)).toThrow(/derivation: the result does not depend on the variable/);
		expect(() => derivation(square(x), x, { given: ["q = 1"] })).toThrow(/names q, which is not in the computation/);
		expect(() => derivation(square(x), x).values({ q: 1 })).toThrow(/a value for q, which is not in the computation/);
	});
});
