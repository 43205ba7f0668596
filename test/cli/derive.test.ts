/** The command `chainrule derive`: what it prints, and what it refuses. */
import { describe, expect, test } from "vitest";
import { chainrule } from "./place.js";

const neuron = "z = w*x + b; a = sigma(z); C = (y - a)^2/2";

/** What a run that must fail says. */
async function refusal(...args: string[]): Promise<string> {
	const { code, stderr, stdout } = await chainrule(["derive", ...args], { NO_COLOR: "1" });
	expect([code, stdout]).toEqual([2, ""]);
	return stderr;
}

describe("chainrule derive", () => {
	test("prints a derivation, one step a line", async () => {
		const { code, stdout } = await chainrule(["derive", neuron, "--wrt", "w"]);
		expect(code).toBe(0);
		expect(stdout).toMatchInlineSnapshot(`
			"z = w·x + b
			a = σ(z)
			C = (y - a)²/2

			∂C/∂w = ∂C/∂a·∂a/∂z·∂z/∂w   chain rule
			      = -(y - a)·σ'(z)·x    local derivatives
			      = (a - y)·σ'(z)·x     simplified
			"
		`);
	});

	test("puts numbers into every line where they are given", async () => {
		const { stdout } = await chainrule(["derive", neuron, "--wrt", "b", "--at", "w=0.6,b=0.9,x=1,y=0"]);
		expect(stdout).toMatchInlineSnapshot(`
			"z = w·x + b
			a = σ(z)
			C = (y - a)²/2

			∂C/∂b = ∂C/∂a·∂a/∂z·∂z/∂b                      chain rule
			        = 0.817574·0.149146·1 = 0.121938
			      = -(y - a)·σ'(z)                         local derivatives
			        = -(0 - 0.817574)·σ'(1.5) = 0.121938
			      = (a - y)·σ'(z)                          simplified
			        = (0.817574 - 0)·σ'(1.5) = 0.121938
			"
		`);
	});

	test("differentiates along every free name where none is said, and names a result that has no name", async () => {
		const { stdout } = await chainrule(["derive", "z = w*x + b; a = sigma(z); (y-a)^2/2"]);
		expect(stdout.match(/^∂f\/∂./gm)).toEqual(["∂f/∂w", "∂f/∂x", "∂f/∂b", "∂f/∂y"]);
	});

	test("prints LaTeX, Markdown and data", async () => {
		const [latex, markdown, json] = await Promise.all(
			["--latex", "--markdown", "--json"].map((form) => chainrule(["derive", "-x^2", "--wrt", "x", form])),
		);
		expect(latex?.stdout).toBe("\\begin{aligned}\n\\frac{\\partial f}{\\partial x} &= -2 x\n\\end{aligned}\n");
		expect(markdown?.stdout).toContain("- $f = -x^{2}$\n\n$$\n\\begin{aligned}");
		expect(JSON.parse(json?.stdout ?? "")).toMatchObject({ result: "-2·x", equations: [{ left: "∂f/∂x" }] });
	});

	test("says what is wrong with what it is given", async () => {
		expect(await refusal(neuron, "--wrt", "v")).toMatchInlineSnapshot(`
			"derive: --wrt names v, which is not in the expression
			  expected  w, x, b, y, z or a
			  actual    v
			"
		`);
		expect(await refusal("a = 2*x; y^2", "--wrt", "x")).toContain("derive: the result does not depend on x");
		expect(await refusal(neuron, "--wrt", "w", "--at", "w=1")).toContain("derive: no value for x, b and y");
		expect(await refusal("x +", "--wrt", "x")).toContain("formula: unexpected end");
		expect(await refusal("x^2", "--json", "--latex")).toContain("derive: more than one form");
		expect(await refusal("1 + 1")).toContain("derive: nothing to differentiate along");
		expect(await refusal("foo(x)")).toContain('derive: unknown function "foo"');
	});
});
