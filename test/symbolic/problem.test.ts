/** What a person sees: problems, chains, verdicts, and what is said about a wrong step. */
import { gradients, greater, matmul, mul, parameter, relu, scalar, sigmoid, square, sub, sum, where } from "chainrule";
import { matchers, problem } from "chainrule/symbolic";
import { describe, expect, test } from "vitest";

expect.extend(matchers);

declare module "vitest" {
	interface Matchers<T> {
		toProve(claim: string): T;
	}
}

const neuron = problem`
	w, x, b, y : scalar
	z = w*x + b;  a = sigma(z);  C = (y - a)^2 / 2`;

describe("equation (55)", () => {
	const found = neuron.verify`dC/dw = (a - y)*sigma'(z)*x = a*sigma'(z)`;

	test("is proven up to the first wrong step, which is the second", () => {
		expect(found.steps.map(({ verdict }) => verdict)).toEqual(["PROVEN", "HOLDS ONLY IF"]);
		expect(found.firstWrong).toBe(2);
		expect(found.proven).toBe(false);
	});

	test("is refuted by numbers that a person can follow", () => {
		const given = found.steps[1]?.counterexample;
		const [w, x, b, y] = ["w", "x", "b", "y"].map((name) => Number(given?.values[name])) as [
			number,
			number,
			number,
			number,
		];
		const [left, right] = [Number(given?.left), Number(given?.right)];
		const a = 1 / (1 + Math.exp(-(w * x + b)));
		expect(left).toBeCloseTo((a - y) * a * (1 - a) * x, 10);
		expect(right).toBeCloseTo(a * a * (1 - a), 10);
		expect(left).not.toBeCloseTo(right, 3);
	});

	test("holds for the training pair of the note and nothing simpler", () => {
		expect(found.steps[1]?.holdsIf).toEqual(["x = 1, y = 0"]);
	});

	test("is repaired by the side before", () => {
		expect(found.steps[1]?.repair).toEqual(["(a - y)*sigma'(z)*x"]);
	});

	test("points at the wrong side", () => {
		const { start, end } = found.steps[1]?.span ?? { start: 0, end: 0 };
		expect(found.claim.slice(start, end)).toBe("a*sigma'(z)");
	});

	test("is printed with a line per step and the reasons below the wrong one", () => {
		expect(String(found)).toMatchInlineSnapshot(`
			"✓ 1  = (a - y)*sigma'(z)*x  PROVEN
			✗ 2  = a*sigma'(z)  HOLDS ONLY IF x = 1, y = 0
			     at w = 1, x = 2, b = -1, y = 3: -0.892201918534 on the left, 0.143734840457 on the right
			     perhaps: (a - y)*sigma'(z)*x"
		`);
	});
});

test("a proof says how sure it is, where it holds and for which lengths", () => {
	const [step] = problem("x : scalar").verify("ln(x^2) = 2*ln(x)").steps;
	expect(step).toMatchObject({ verdict: "PROVEN", domain: ["x > 0"] });
	expect(step?.bound).toBeLessThan(1e-9);
	expect(step?.sizes).toBeUndefined();
	const [sum] = problem("v : vector[n]\ni in 1..n").verify("sum(i, v[i]) = sum(v)").steps;
	expect(sum?.sizes).toEqual(["n = 2", "n = 3", "n = 1"]);
	const samples = problem(`
		w : vector[k];  b : scalar;  x : matrix[n,k];  y : vector[n]
		i, l in 1..n;  q, r in 1..k
		z[i] = sum(q, w[q]*x[i,q]) + b
		C = 1/n*sum(i, (sigma(z[i]) - y[i])^2)/2
		m = sum(i, y[i])/n`);
	const sizesOf = (claim: string): readonly string[] | undefined => samples.verify(claim).steps[0]?.sizes;
	expect(sizesOf("dC/db = 1/n*sum(i, (sigma(z[i]) - y[i])*sigma'(z[i]))")).toEqual([
		"all n, k = 2",
		"all n, k = 3",
		"all n, k = 1",
	]);
	expect(sizesOf("d(C, z[i]) = (sigma(z[i]) - y[i])*sigma'(z[i])/n")).toEqual([
		"all n, k = 2",
		"all n, k = 3",
		"all n, k = 1",
	]);
	expect(sizesOf("sum(i, y[i] - b) = n*m - n*b")).toEqual(["all n"]);
	// Sums in products with sums say nothing about other lengths.
	expect(sizesOf("sum(i, sum(l, y[i]*y[l])) = n^2*m^2")).toEqual(["n = 3", "n = 4", "n = 1"]);
	const [kink] = problem("x : scalar").verify("max(x, -x) = abs(x)").steps;
	expect(kink).toMatchObject({ verdict: "PROVEN", almostEverywhere: true });
});

test("derivatives may be spelled in every way of the notation", () => {
	const p = problem("x, y : scalar\nf = x^3*y");
	for (const claim of [
		"df/dx = 3*x^2*y",
		"∂f/∂x = 3*x^2*y",
		"2*df/dx = 6*x^2*y",
		"d(f, x) = 3*x^2*y",
		"d^2 f/dx^2 = 6*x*y",
		"d^2 f/(dx dy) = 3*x^2",
		"d(f, x, y) = 3*x^2",
	]) {
		expect(p).toProve(claim);
	}
});

test("a defined name is a variable of its own in d/da, and what it was defined as elsewhere", () => {
	expect(neuron).toProve("dC/da = a - y");
	expect(neuron).toProve("dC/dw = dC/da * da/dz * dz/dw");
	expect(problem("x : scalar\nu = x\nf = x*u")).toProve("df/du = x = u");
	expect(problem("x : scalar\nc = 2\nf = c*x")).toProve("df/dc = x");
});

describe("a node of the tape", () => {
	test("is the first side of a claim, by the names of its leaves", () => {
		const [w, x, b, y] = [scalar(0.6, "w"), scalar(1, "x"), scalar(0.9, "b"), scalar(0, "y")];
		const a = sigmoid(mul(w, x).add(b));
		const [slope] = gradients(square(sub(y, a)).mul(0.5), [w], { createGraph: true });
		expect(neuron.verify(slope, "(a - y)*sigma'(z)*x").proven).toBe(true);
		expect(neuron.verify(slope, "a*sigma'(z)").steps[0]?.verdict).toBe("HOLDS ONLY IF");
	});

	test("may be made of tensors, whose shapes say how long the lengths are", () => {
		const W = parameter(
			[
				[1, 2, 3],
				[4, 5, 6],
			],
			{ name: "W" },
		);
		const x = parameter([1, 2, 3], { name: "x" });
		const [slope] = gradients(sum(square(matmul(W, x))), [W], { createGraph: true });
		const p = problem("W : matrix[m,n]\nx : vector[n]");
		const { steps, proven } = p.verify(slope, "outer(2*W@x, x)");
		expect(proven).toBe(true);
		expect(steps[0]?.sizes).toEqual(["m = 2, n = 3"]);
		expect(p.verify(slope, "outer(x, 2*W@x)").steps[0]?.note).toBe("shapes: [2, 3] = [3, 2]");
	});

	test("is not guessed at where it cannot be seen which way a choice went", () => {
		const x = scalar(2, "x");
		const chosen = where(greater(x, 1), square(x), x);
		expect(problem("x : scalar").verify(chosen, "x^2").steps[0]).toMatchObject({
			verdict: "UNDECIDED",
			note: "which way where went was not recorded: it is known at one point only",
		});
	});

	test("is judged as it was recorded, which every step says", () => {
		const x = scalar(2, "x");
		const [step] = problem("x : scalar").verify(relu(x).mul(x), "relu(x)*x").steps;
		expect(step).toMatchObject({
			verdict: "PROVEN",
			note: "as recorded: where a rule chose by a sign, the branch that was taken",
		});
	});
});

describe("what a matcher says", () => {
	test("is nothing where a claim is proven, and the judgement where it is not", () => {
		const p = problem("x : scalar");
		expect(p).toProve("x + x = 2*x");
		expect(() => expect(p).toProve("x*x = 2*x")).toThrow(/x = 1: 1 on the left, 2 on the right/);
	});
});

test("time that is over ends in no verdict, never in a guess", () => {
	const p = problem("A, B : matrix[n,n]");
	const [step] = p.verify("det(A@B) = det(A)*det(B)", { timeLimit: 0 }).steps;
	expect(step).toMatchObject({ verdict: "UNDECIDED", note: "out of time" });
});

test("a side that is right again after a wrong one is said to be", () => {
	const { steps } = problem("x : scalar").verify("x + x = 3*x^2 = 2*x", { explain: false });
	expect(steps.map(({ verdict, againstFirst }) => [verdict, againstFirst])).toEqual([
		["REFUTED", undefined],
		["REFUTED", "PROVEN"],
	]);
});

describe("a counterexample", () => {
	test("keeps variables apart from its own fields, whatever they are called", () => {
		const names = ["left", "right", "element", "values", "__proto__", "constructor"];
		const odd = problem(`${names.join(", ")} : scalar`);
		const given = odd.verify(`${names.join(" + ")} = 0`).steps[0]?.counterexample;
		expect(Object.keys(given?.values ?? {}).sort()).toEqual([...names].sort());
		const sum = names.reduce(
			(total, name) => total + Number(Object.entries(given?.values ?? {}).find(([own]) => own === name)?.[1]),
			0,
		);
		expect(given?.left).toBeCloseTo(sum, 9);
		expect(given?.right).toBe(0);
	});

	test("says in which element two arrays differ", () => {
		const given = problem("v : vector[3]").verify("v = 2*v").steps[0]?.counterexample;
		expect(given?.element).toEqual([expect.any(Number)]);
		expect(given?.values).not.toHaveProperty("element");
	});
});
