/** Pages of derivations: what is found in them, and where. */
import { lineIn, problem, readDocument } from "chainrule/symbolic";
import { expect, test } from "vitest";

const page = `# A page

\`\`\`ts
const x = 1; // no derivation
\`\`\`

## The neuron

\`\`\`derivation
w, x, b, y : scalar   # numbers
z = w*x + b;  a = sigma(z);  C = (y - a)^2/2
---
dC/dw = (a - y)*sigma'(z)*x   # PROVEN
      = a*sigma'(z)           # HOLDS ONLY IF x = 1, y = 0 or a = 3; repair (a - y)*sigma'(z)*x

dC/db = (a
  - y)*sigma'(z) =            # PROVEN
  (a - y)*a*(1 - a)
dC/da = a - y                 # as in the lecture
\`\`\`

### Another claim

~~~derivation
---
dz/dw = x  # PROVEN
~~~
`;

test("blocks are found with their headings, problems and claims", () => {
	const blocks = readDocument(page);
	expect(blocks.map(({ heading, line, declares, claims }) => [heading, line, declares, claims.length])).toEqual([
		["The neuron", 9, true, 3],
		["Another claim", 24, false, 1],
	]);
	expect(blocks[1]?.problem).toBe(blocks[0]?.problem);
});

test("a remark says what is expected of every = in its line", () => {
	const [first, second, third] = readDocument(page)[0]?.claims ?? [];
	expect(first?.expected).toEqual([
		{ step: 1, verdict: "PROVEN", holdsIf: [], repair: undefined, line: 13 },
		{
			step: 2,
			verdict: "HOLDS ONLY IF",
			holdsIf: ["x = 1, y = 0", "a = 3"],
			repair: "(a - y)*sigma'(z)*x",
			line: 14,
		},
	]);
	expect(second?.expected.map(({ step }) => step)).toEqual([2]);
	expect(third?.expected).toEqual([]);
});

test("what is found is what problems and claims are made of, and its places are those of the page", () => {
	const [block] = readDocument(page);
	const given = problem(block?.problem.text ?? "");
	const found = block?.claims.map(({ text }) =>
		given.verify(text, { explain: false }).steps.map(({ verdict }) => verdict),
	);
	expect(found).toEqual([["PROVEN", "REFUTED"], ["PROVEN", "PROVEN"], ["PROVEN"]]);
	const [claim] = block?.claims ?? [];
	const [, wrong] = given.verify(claim?.text ?? "", { explain: false }).steps;
	expect(claim && lineIn(claim, wrong?.span.start ?? 0)).toBe(14);
});
