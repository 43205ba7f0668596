/**
 * What can be proven and what cannot, from the book of identities and from the
 * book of traps: claims that are nearly true, true only here and there, or made
 * to fool a prime.
 */
import { problem } from "chainrule/symbolic";
import { describe, expect, test } from "vitest";
import { arityOf, functionNames } from "../../src/symbolic/prove/mathematics.js";

const p = problem`
	x, y, z : scalar
	p, q : scalar>0
	u : scalar in (0,1)
	f/1; g/2
	v, w : vector[n]
	A, B : matrix[n,n]
	i, j in 1..n`;

const verdictOf = (claim: string): string | undefined => p.verify(claim, { explain: false }).steps[0]?.verdict;

describe("proven", () => {
	test.each([
		// Exponentials and logarithms, with no rule for any of them.
		"ln(p*q) = ln(p) + ln(q)",
		"ln(exp(x)*p) = x + ln(p)",
		"ln(x^2) = 2*ln(x)",
		"ln(e*p) = 1 + ln(p)",
		"ln(8) = 3*ln(2)",
		"ln(1-u) + ln(u) = ln(u - u^2)",
		"ln(sigma(x)) = -softplus(-x)",
		"softplus(x) - softplus(-x) = x",
		"exp(ln(p)/2) = sqrt(p)",
		"p^x*p^y = p^(x+y)",
		"(p*q)^x = p^x*q^x",
		"(p^x)^y = p^(x*y)",
		"d(x^x, x) = x^x*(ln(x) + 1)",
		"logit(sigma(x)) = x",
		"tanh(x) = 2*sigma(2*x) - 1",
		"prod(i, v[i]) = exp(sum(i, ln(v[i])))",
		// Roots.
		"p^(1/3)*p^(2/3) = p",
		"sqrt(x)*sqrt(y) = sqrt(x*y)",
		"sqrt(x^2) = abs(x)",
		"sqrt(2)*sqrt(3) = sqrt(6)",
		// Angles.
		"sin(x)^2 + cos(x)^2 = 1",
		"sin(x+y) = sin(x)*cos(y) + cos(x)*sin(y)",
		"cos(3*x) = 4*cos(x)^3 - 3*cos(x)",
		"cos(x/2)^2 = (1 + cos(x))/2",
		"tan(x)^2 + 1 = 1/cos(x)^2",
		"sin(x + pi) = -sin(x)",
		"cos(pi/3) = 1/2",
		// What is odd, and what is only looked up.
		"erf(x) + erf(-x) = 0",
		"Phi'(x) = npdf(x)",
		"gelu(x) = x*Phi(x)",
		"d(f(g(x,y)), x) = f'(g(x,y))*d(g(x,y), x)",
		"f''(x) = d(f'(x), x)",
		// Choices.
		"max(x,y) + min(x,y) = x + y",
		"max(x,y) = (x + y + abs(x - y))/2",
		"max(max(x,y), z) = max(x, max(y,z))",
		"relu(x) - relu(-x) = x",
		"step(x) + step(-x) = 1",
		"d(ln(abs(x)), x) = 1/x",
		"if(x == 0, 1, 2) = 2",
		// Arrays.
		"(A@B).T = B.T@A.T",
		"tr(A@B) = tr(B@A)",
		"det(A@B) = det(A)*det(B)",
		"inv(A)@A = eye(n)",
		"d(logdet(A), A) = inv(A).T",
		"d(v@A@v, v) = (A + A.T)@v",
		"d(norm(v), v) = v/norm(v)",
		"d(softmax(v)[i], v[j]) = softmax(v)[i]*(delta(i,j) - softmax(v)[j])",
	])("%s", (claim) => {
		expect(verdictOf(claim)).toBe("PROVEN");
	});
});

describe("refuted", () => {
	test.each([
		"sqrt(x^2) = x",
		"asin(sin(x)) = x",
		"atan(x) + atan(1/x) = pi/2",
		"A@B = B@A",
		"f(x + y) = f(x) + f(y)",
		"max(x, y) = x",
		"1/3 = 0.3333333333333333",
		// Nearly true: doubles cannot tell.
		"x*1.00000000000000000001 = x",
		"sin(x) + 1e-30 = sin(x)",
		"exp(x) = exp(x + 1e-40)",
		"erf(x)*(1 + 1e-25) = erf(x)",
		// True modulo both primes.
		"2146664519*2146229279*x = 0",
		"exp(2146664519*x) = 1",
		"y + 2146664519*2146229279*1e-60*x = y",
		"y + x/(2146664519*2146229279*1e30) = y",
		"y + 2146664519*1e-50*x*2146229279 = y",
	])("%s", (claim) => {
		expect(verdictOf(claim)).toBe("REFUTED");
	});

	test("by digits that show the difference", () => {
		const [step] = p.verify("x*1.00000000000000000001 = x", { explain: false }).steps;
		expect(step?.counterexample).toEqual({
			values: { x: 1 },
			left: "1.000000000000000000010000",
			right: "1.000000000000000000000000",
		});
	});
});

describe("undecided", () => {
	test.each([
		["sqrt(-1) = 1", "nowhere found to be defined"],
		["x^2146664518 = 1", "nowhere found to be defined"],
		["atan(p) + atan(1/p) = pi/2", "no proof was found"],
	])("%s", (claim, note) => {
		expect(p.verify(claim).steps[0]).toMatchObject({ verdict: "UNDECIDED", note });
	});
});

describe("the four that are known to be hard", () => {
	test.each([
		["atan(p) + atan(1/p) = pi/2", "UNDECIDED"],
		["sqrt(3 + 2*sqrt(2)) = 1 + sqrt(2)", "PROVEN"],
		["abs(x*y) = abs(x)*abs(y)", "PROVEN"],
		["step(x^2 + 1) = 1", "PROVEN"],
	])("%s: %s", (claim, verdict) => {
		expect(verdictOf(claim)).toBe(verdict);
	});
});

describe("input that means harm", () => {
	test("is refused with one message", () => {
		expect(() => p.verify(`${"(".repeat(10_000)}x${")".repeat(10_000)} = x`)).toThrow(/too deeply|too long/);
		expect(() => p.verify(`${"x + ".repeat(10_000)}x = x`)).toThrow(/too long/);
		expect(() => p.verify("x^1e400 = x")).not.toThrow();
		expect(() => p.verify("x*1e999999999 = x")).toThrow(/beyond all measure/);
	});

	test("is judged in time", () => {
		const start = performance.now();
		for (const claim of ["x^(10^10^10) = x", "(x + y)^99999 = 0", `${"x + ".repeat(4_000)}x = 4001*x`])
			verdictOf(claim);
		expect(performance.now() - start).toBeLessThan(8_000);
		expect(verdictOf(`${"x + ".repeat(1_000)}x = 1001*x`)).toBe("PROVEN");
	});
});

describe("the engine and the book", () => {
	const q = problem("x, y, w : scalar");
	const partials = functionNames().flatMap((name) => {
		const operands = ["x", "y", "w"].slice(0, arityOf(name));
		return operands.map((operand) => `d(${name}(${operands.join(", ")}), ${operand})`);
	});

	test.each(partials)("agree about %s", (partial) => {
		// Nothing is proven unless they do.
		expect(q.verify(`${partial} = ${partial}`, { explain: false }).proven).toBe(true);
	});
});
