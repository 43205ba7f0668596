/**
 * What the expression bench computes, without a page: examples against the
 * figures of the notes, refusals with their places, and what the Worker answers.
 */
import { gradients, originOf } from "chainrule";
import { describe, expect, it } from "vitest";
import { apart } from "../../../src/symbolic/prove/counterexample.js";
import { type Answer, answerTo, isLatex } from "../../../viz/playground/expression/answers.js";
import { shown } from "../../../viz/playground/expression/claims.js";
import {
	functionOf,
	limits,
	measure,
	partialIn,
	readExpression,
	slopesAt,
} from "../../../viz/playground/expression/computation.js";
import { exampleOf, examples } from "../../../viz/playground/expression/examples.js";
import { reachFor } from "../../../viz/playground/expression/leaves.js";
import { isSameGraph, isSamePass, matchesOf } from "../../../viz/playground/expression/sameness.js";
import { withParticle } from "../../../viz/playground/expression/words.js";

const measuredAt = (text: string, values: Readonly<Record<string, number>>) =>
	measure(readExpression(text), new Map(Object.entries(values)));

describe("an expression", () => {
	it.each([
		["quadratic", 0.334214012061655, { w: 0.121938332427543, b: 0.121938332427543 }],
		["cross-entropy", 1.70141327798275, { w: 0.817574476193644 }],
		["softplus", 4.01814992791781, { z: 0.982013790037908 }],
		["partials", 3, { x: 3, y: 0 }],
		["goldstein-price", 1876, { x: -5376, y: 8064 }],
		["micrograd", 24.7040816326531, { a: 138.833819241983, b: 645.577259475219 }],
		[
			"network",
			0.242519857348377,
			{ v11: 0.0721570729, v12: 0.0726907452, v21: -0.0424552501, v22: -0.0427692483, u11: 0.0001882557 },
		],
	] as const)("%s has the value and the slopes of the notes", (id, value, slopes) => {
		const example = examples.find((one) => one.id === id);
		const measured = measuredAt(example?.text ?? "", example?.values ?? {});
		expect(measured.output.value).toBeCloseTo(value, 12);
		for (const [name, slope] of Object.entries(slopes)) expect(measured.slopes.get(name)).toBeCloseTo(slope, 9);
	});

	it.each(examples.map((example) => [example.id, example] as const))(
		"%s is the same as closures, bit for bit, and has a value for every name",
		(_, { text, values, of, plane }) => {
			const expression = readExpression(text);
			expect(Object.keys(values).sort()).toEqual([...expression.free].sort());
			expect(expression.free).toEqual(expect.arrayContaining([...plane]));
			const run = functionOf(expression);
			for (const shift of [0, 0.25, -1.5]) {
				const there = new Map(Object.entries(values).map(([name, value]) => [name, value + shift]));
				const measured = measure(expression, there);
				expect(run(...expression.free.map((name) => there.get(name) as number))).toBe(measured.output.value);
				const wanted = plane.map((name) => measured.slopes.get(name) ?? 0);
				expect(slopesAt(expression, there, plane)).toEqual(wanted);
				expect(measured.slopes.has(of)).toBe(true);
			}
		},
	);

	it("tells the explorer the gradients of the engine", () => {
		const { output, data, slopes } = measuredAt("z = w*x + b; a = sigma(z); C = (y - a)^2/2", {
			w: 2,
			x: 1,
			b: 2,
			y: 0,
		});
		const label = (name: string): number => data.nodes.findIndex((node) => node.label === name);
		for (const name of ["w", "x", "b", "y", "z", "a"])
			expect(data.nodes[label(name)]?.gradients[0]).toBe(slopes.get(name));
		expect(data.target).toBe("C");
		expect(data.nodes.every(({ exact }) => exact.every(Boolean))).toBe(true);
		const [slope] = gradients(output, [(originOf(output)?.inputs ?? [])[0] as never]) as { readonly value: number }[];
		expect(slope?.value).toBe(0.5);
	});

	it("gives a result without a name one that is free", () => {
		expect(readExpression("x^2").result).toBe("f");
		expect(readExpression("f*x").result).toBe("L");
		expect(readExpression("y = x^2").result).toBe("y");
	});

	it("takes constants for constants, primes for derivatives, and what nothing depends on for itself", () => {
		const { free } = readExpression("f = sigma'(x) + pi*e");
		expect(free).toEqual(["x"]);
		expect(functionOf(readExpression("f = sigma'(x)"))(1.5)).toBeCloseTo(0.149146452070332, 14);
		expect(measuredAt("f = sigma'(x)", { x: 1.5 }).output.value).toBeCloseTo(0.149146452070332, 14);
		const constant = measuredAt("2 + 3", {});
		expect([constant.output.value, constant.slopes.size, constant.data.runs[0]?.steps]).toEqual([5, 0, []]);
		const unused = measuredAt("u = 3*w; f = x", { w: 1, x: 2 });
		expect([unused.values.get("u"), unused.slopes.get("u"), unused.slopes.get("x")]).toEqual([3, undefined, 1]);
	});

	it("treats names that mean something to JavaScript as names", () => {
		const text = "toString = constructor*__proto__ + 손실; hasOwnProperty = toString^2";
		const there = new Map([
			["constructor", 2],
			["__proto__", 3],
			["손실", 1],
		]);
		const measured = measure(readExpression(text), there);
		expect(measured.values.get("hasOwnProperty")).toBe(49);
		expect(measured.slopes.get("__proto__")).toBe(28);
	});

	it.each([
		["z = w*x +", "unexpected end"],
		["a = sigmo(z)", "did you mean sigma?"],
		["a = w(z) + w", "w is a number: write w*(...)"],
		["z = x; f = z(1 - z)", "z is a number: write z*(...)"],
		["f = x(y + 1)", "for a product write x*(...)"],
		["f = σ(x)", "did you mean sigma?"],
		["L = sum(x)", "sum works on arrays"],
		["\\frac{1}{2}*x", "this is LaTeX"],
		["f = max(x)", "max with 1 argument\n  expected  2 arguments"],
		["f = x @ y", "this works on arrays"],
		["f = x[1]", "this works on arrays"],
		["f = x''", "the argument of x''"],
		["f = tanh''(x)", "one prime"],
		["<script>alert(1)</script>", "formula:"],
		["", "nothing to read"],
	])("%j is refused, with the place", (text, words) => {
		let message = "";
		try {
			readExpression(text);
		} catch (error) {
			message = (error as Error).message;
		}
		expect(message).toContain(words);
		expect(message).toMatch(text === "" ? /an expression such as/ : /\n\s+\^/);
	});

	it("is refused where it is too long for a page", () => {
		expect(() => readExpression(`f = ${"x + ".repeat(limits.characters / 4)}x`)).toThrow(/too long/);
		const names = Array.from({ length: limits.leaves + 1 }, (_, at) => `x${at}`);
		expect(() => readExpression(`f = ${names.join(" + ")}`)).toThrow(/too many free names/);
	});

	it("is typeset", () => {
		expect(readExpression("z = w*x + b; a = sigma(z); (y - a)^2/2").lines).toEqual([
			{ name: "z", left: "z", right: "w x + b" },
			{ name: "a", left: "a", right: "\\sigma\\left(z\\right)" },
			{ name: "f", left: "f", right: "\\frac{\\left(y - a\\right)^{2}}{2}" },
		]);
		expect(partialIn("C", "w11")).toBe("\\frac{\\partial C}{\\partial w_{11}}");
	});
});

describe("what is the same", () => {
	const told = (text: string, x = 1) => measuredAt(text, { x, y: 2, w: 3 }).data;

	it("is known by names, and what has none by what it is made of", () => {
		const before = told("z = x*y; f = tanh(z) + 1");
		const now = told("u = w*2; z = x*y; f = tanh(z) + u");
		const names = (data: typeof before, index: number): string => data.nodes[index]?.label ?? "";
		const pairs = [...matchesOf(before, now)].map(([after, then]) => [names(now, after), names(before, then)]);
		expect(pairs).toEqual(
			expect.arrayContaining([
				["x", "x"],
				["z", "z"],
				["f", "f"],
			]),
		);
		const [tanh] = pairs.filter(([name]) => name?.startsWith("v"));
		expect(tanh).toBeDefined();
		expect(pairs.map(([name]) => name)).not.toContain("u");
	});

	it("is the graph while only values change, and not when an operation does", () => {
		expect(isSameGraph(told("f = tanh(x)"), told("f = tanh(x)", 5))).toBe(true);
		expect(isSameGraph(told("f = tanh(x)"), told("f = sigma(x)"))).toBe(false);
		expect(isSameGraph(told("f = tanh(x)"), told("g = tanh(x)"))).toBe(false);
	});

	it("is the pass while the same contributions are made", () => {
		const choice = (x: number) => told("f = if(x > 0, x*y, w)", x);
		expect(isSamePass(choice(1), choice(-1))).toBe(true);
		expect(isSamePass(told("f = x*y"), told("f = x*y + w"))).toBe(false);
		expect(isSameGraph(choice(1), choice(-1))).toBe(true);
	});
});

describe("the Worker", () => {
	const neuron = examples[0].text;
	const values = Object.entries(examples[0].values);
	const judged = (claim: string, text = neuron): Answer & { kind: "judged" } => {
		const answer = answerTo({ kind: "judge", text, claim });
		if (answer.kind !== "judged") throw new Error(JSON.stringify(answer));
		return answer;
	};

	it.each(examples.flatMap(({ id, text, claims }) => claims.map((claim) => [id, claim.name.en, text, claim] as const)))(
		"%s: the claim %j is judged as its name says",
		(_, name, text, claim) => {
			const { claims, unreadable } = judged(claim.text, text);
			expect(unreadable).toEqual([]);
			const verdicts = claims.flatMap(({ steps }) => steps.map(({ verdict }) => verdict));
			const isRight = name === "a right one" || name === "in LaTeX";
			const last = isRight ? /PROVEN/ : name === "right only sometimes" ? /HOLDS ONLY IF/ : /REFUTED|HOLDS ONLY IF/;
			expect(verdicts.at(-1)).toMatch(last);
			expect(verdicts.slice(0, -1).every((verdict) => verdict === "PROVEN")).toBe(true);
		},
	);

	it("refutes the slip of the notes with numbers", () => {
		const [claim] = judged("da/dz = 1/(1 + exp(z))").claims;
		expect(claim?.steps[0]).toMatchObject({ verdict: "REFUTED", latex: "\\frac{1}{1 + e^{z}}" });
		expect(claim?.steps[0]?.counterexample).toMatchObject({ left: expect.any(Number), right: expect.any(Number) });
	});

	it("judges several chains, each on its lines, and says what it cannot read", () => {
		const { claims, unreadable } = judged(
			"dC/db = (a - y)*sigma'(z)\n     = a*sigma'(z)\ndC/dq = 1\nda/dz = a*(1 - a)",
		);
		expect(claims.map(({ first, steps }) => [first, steps.length])).toEqual([
			["dC/db", 2],
			["da/dz", 1],
		]);
		expect(unreadable).toHaveLength(1);
		expect(unreadable[0]).toContain("q");
		expect(unreadable[0]).toMatch(/\n\s+\^/);
	});

	it("reads LaTeX, with and without the signs of a display", () => {
		const claim = "\\frac{\\partial C}{\\partial b} = (a - y)\\,\\sigma'(z)";
		for (const text of [claim, `$$\n${claim}\n$$`, `\\[${claim}\\]`, `\\begin{align}${claim}\\end{align}`]) {
			expect(isLatex(text)).toBe(true);
			expect(judged(text).claims.map(({ steps }) => steps[0]?.verdict)).toEqual(["PROVEN"]);
		}
		expect(isLatex("dC/dw = (a - y)*x")).toBe(false);
	});

	it("finds LaTeX in running text, and takes a display that is not closed yet for one", () => {
		const slope = "\\frac{dC}{dw} = (a-y)a(1-a)x";
		for (const text of [`So $${slope}$ at last.`, `So \\(${slope}\\), for $w$.`, `So $$${slope}$$ and $z = wx + b$`])
			expect(new Set(judged(text).claims.flatMap(({ steps }) => steps.map(({ verdict }) => verdict)))).toEqual(
				new Set(["PROVEN"]),
			);
		expect(judged(`So $$${slope}$$ and $z = wx + b$`).claims).toHaveLength(2);
		expect(judged(`$$ ${slope}`).claims[0]?.steps[0]?.verdict).toBe("PROVEN");
		expect(judged("C = \\begin{cases} 1 & x > 0 \\\\ 0 & x \\le 0 \\end{cases}").claims[0]?.steps[0]?.verdict).toBe(
			"REFUTED",
		);
	});

	it("takes declarations among the claims, as its own advice says, and semicolons between them", () => {
		const advice = judged("dC/dz = delta").unreadable[0] ?? "";
		const [, declared] = /fix +declare it: (.*)/.exec(advice) ?? [];
		expect(declared).toBe("delta : scalar");
		expect(judged(`${declared}\ndC/dz = delta`).claims[0]?.steps[0]?.verdict).not.toBe("PROVEN");
		const vectors = judged("u, v : vector[3]; d(dot(u, v), u) = v; dC/db = dC/dz");
		expect(vectors.unreadable).toEqual([]);
		expect(vectors.claims.map(({ steps }) => steps[0]?.verdict)).toEqual(["PROVEN", "PROVEN"]);
	});

	it("knows a product whose sign was left out", () => {
		expect(judged("dC/dz = (a - y)*a(1 - a)").unreadable[0]).toContain("for a product write a*(...)");
	});

	it("is not led astray by fences, markup and signs of other languages", () => {
		for (const claim of ["~~~~", "```", "---", "<script>alert(1)</script> = 1", "${x} = `y`", "# 1 = 1", "= ="]) {
			expect(judged(claim).claims).toEqual([]);
		}
		expect(judged("손실 = 손실", "손실 = x^2; f = 손실 + 1").claims[0]?.steps[0]?.verdict).toBe("PROVEN");
	});

	it("writes a derivative out, and puts in numbers of any point", () => {
		const derive = (at: Readonly<Record<string, number>>, numbers: boolean): Answer =>
			answerTo({ kind: "derive", text: neuron, values: Object.entries(at), of: "w", numbers });
		const plain = derive(examples[0].values, false);
		if (plain.kind !== "derived") throw new Error(JSON.stringify(plain));
		expect(plain.definitions).toEqual([]);
		expect(
			plain.equations.map(({ left, lines }) => [left, ...lines.map(({ latex, reason }) => `${reason}: ${latex}`)]),
		).toMatchInlineSnapshot(`
				[
				  [
				    "\\frac{\\partial C}{\\partial w}",
				    "chain rule: \\frac{\\partial C}{\\partial a} \\, \\frac{\\partial a}{\\partial z} \\, \\frac{\\partial z}{\\partial w}",
				    "local derivatives: -\\left(y - a\\right) \\sigma'\\left(z\\right) x",
				    "simplified: \\left(a - y\\right) \\sigma'\\left(z\\right) x",
				  ],
				]
			`);
		expect(plain.equations[0]?.lines.every(({ numbers }) => numbers === undefined)).toBe(true);
		const first = derive(examples[0].values, true);
		const other = derive({ w: 2, x: 1, b: 2, y: 0 }, true);
		const lastOf = (answer: Answer): string =>
			(answer.kind === "derived" ? answer.equations.at(-1)?.lines.at(-1)?.numbers : undefined) ?? "";
		expect(lastOf(first)).toContain("= 0.121938");
		expect(lastOf(other)).toContain("= 0.017345");
	});

	it("says what it calls values without a name", () => {
		const { text, values: at } = examples.find(({ id }) => id === "network") ?? examples[0];
		const answer = answerTo({ kind: "derive", text, values: Object.entries(at), of: "u11", numbers: true });
		expect(answer.kind === "derived" && answer.definitions[0]).toContain("\\quad j = 1, 2");
		expect(answer.kind === "derived" && answer.equations.length).toBe(3);
	});

	it("derives along names that mean something to JavaScript", () => {
		const text = "f = constructor*__proto__^2";
		const at = [
			["constructor", 2],
			["__proto__", 3],
		] as const;
		for (const [of, result] of [
			["constructor", "9"],
			["__proto__", "12"],
		] as const) {
			const answer = answerTo({ kind: "derive", text, values: at, of, numbers: true });
			if (answer.kind !== "derived") throw new Error(JSON.stringify(answer));
			expect(answer.equations.at(-1)?.lines.at(-1)?.numbers).toMatch(new RegExp(`= ${result}$`));
		}
		expect(judged("df/dconstructor = __proto__^2", text).claims).toHaveLength(1);
	});

	it("refuses what cannot be asked, in one message", () => {
		expect(answerTo({ kind: "derive", text: "f = ", values: [], of: "x", numbers: false }).kind).toBe("refused");
		expect(answerTo({ kind: "derive", text: "f = x", values: [["x", 1]], of: "y", numbers: false })).toEqual({
			kind: "refused",
			message: "f does not depend on y",
		});
		expect(values.length).toBe(4);
	});
});

describe("small things", () => {
	it("an example is known by its text", () => {
		expect(exampleOf(`${examples[1]?.text}\n`)?.id).toBe("cross-entropy");
		expect(exampleOf("f = x")).toBeUndefined();
	});

	it("a slider reaches to the next round number that is twice as far", () => {
		expect([0, 0.6, 1, 1.2, -4, 70, 1e6].map(reachFor)).toEqual([2, 2, 2, 5, 10, 200, 2e6]);
		expect(Number.isFinite(reachFor(1e300))).toBe(true);
	});

	it("two sides that differ are shown with as many digits as it takes to see that", () => {
		expect(apart({ left: 0.5, right: 0.499999 }, shown)).toEqual(["0.5", "0.499999"]);
		expect(apart({ left: 0.5000000001, right: 0.4999999999 }, shown)).toEqual(["0.5000000001", "0.4999999999"]);
		expect(apart({ left: -1234567, right: 1234567 }, shown)).toEqual(["−1234567", "1234567"]);
		expect(apart({ left: [1, 0.1], right: [1, 0.10000001] }, shown)).toEqual(["[1, 0.1]", "[1, 0.10000001]"]);
		expect(apart({ left: "NaN", right: 2 }, shown)).toEqual(["NaN", "2"]);
	});

	it("Korean particles follow the last sound", () => {
		const words = ["C", "L", "a", "w1", "w2", "손실", "비용", "v₃", "σ"].map((word) => withParticle(word, "은", "는"));
		expect(words).toEqual(["C는", "L은", "a는", "w1은", "w2는", "손실은", "비용은", "v₃은", "σ는"]);
	});
});
