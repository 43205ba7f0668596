/**
 * Kinks: where a derivative does not exist, and what is used there.
 *
 * The page docs/kinks.md and these tests are written from the same data: the
 * `kinks` of the records, and the few conventions of functions that are made of
 * others. Run `npx vitest run test/diff/kinks.test.ts -u` after changing them.
 */
import {
	cumMax,
	gradients,
	jvp,
	logSumExp,
	maximum,
	maxWithIndex,
	minimum,
	type Node,
	norm,
	operations,
	parameter,
	type Scalar,
	scalar,
	slice,
	sort,
	std,
	sum,
	type Tensor,
	tensor,
	type Value,
} from "chainrule";
import "chainrule/nn";
import "chainrule/special";
import { describe, expect, test } from "vitest";
import { functionNamed, type Kink, type Pointwise, type Structural } from "../../src/core/op.js";
import { isPointwise } from "../ops/sampling.js";

type Slope = number | undefined;

const rows = operations()
	.filter(isPointwise)
	.flatMap((op) => op.kinks.map((kink) => ({ op, kink, name: op.name })));

/** Reductions along an axis: the operands of a kink are the elements. */
const reductions = operations()
	.filter((op) => !isPointwise(op))
	.flatMap((op) => op.kinks.map((kink) => ({ op: op as unknown as Structural<unknown>, kink, name: op.name })));

/** What is no record: functions made of others. Each has its kink as data, as a record would. */
const composed: readonly { readonly name: string; readonly kink: Kink; readonly f: (x: Tensor) => Node }[] = [
	{
		name: "norm",
		kink: { at: [0, 0], slopes: [0, 0], says: "0 at 0, the middle of all directions" },
		f: (x) => norm(x),
	},
	{
		name: "norm of order 1",
		kink: { at: [3, 0], slopes: [1, 0], says: "0 at an element that is 0, also for orders below 1" },
		f: (x) => norm(x, { order: 1 }),
	},
	{
		name: "norm of order ∞",
		kink: { at: [2, -2], slopes: [0.5, -0.5], says: "equal sizes share the gradient equally, as in `max`" },
		f: (x) => norm(x, { order: Number.POSITIVE_INFINITY }),
	},
	{
		name: "std",
		kink: { at: [2, 2], slopes: [0, 0], says: "0 where all elements are equal" },
		f: (x) => std(x),
	},
	{
		name: "clip from 0 to 1, written with minimum and maximum",
		kink: { at: [0], slopes: [0.5], says: "unlike `clip` itself: equal operands share, half of the gradient passes" },
		f: (x) => sum(minimum(maximum(x, 0), 1)),
	},
	{
		name: "logSumExp",
		kink: { at: [Number.NEGATIVE_INFINITY, 0], slopes: [0, 1], says: "an element at -∞ has gradient 0" },
		f: (x) => logSumExp(x),
	},
	{
		name: "logSumExp",
		kink: {
			at: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
			slopes: [0, 0],
			says: "0 where all elements are -∞, and so is the value",
		},
		f: (x) => logSumExp(x),
	},
	{
		name: "maxWithIndex",
		kink: { at: [1, 1], slopes: [1, 0], says: "the first of equal elements has it, unlike `max`; so for minWithIndex" },
		f: (x) => maxWithIndex(x).values,
	},
	{
		name: "cumMax",
		kink: { at: [1, 1], slopes: [1, 1], says: "the latest of equal elements has it; so for cumMin" },
		f: (x) => sum(cumMax(x)),
	},
	{
		name: "sort, the first element",
		kink: { at: [1, 1], slopes: [1, 0], says: "equal elements stay in order; so for topK, quantile and median" },
		f: (x) => slice(sort(x), [0]),
	},
];

/** A slope that does not arrive is `undefined` in reverse mode and 0 in forward mode. */
const tangentOf = (slope: Slope): number => slope ?? 0;

/** Without the sign of zero. */
const unsigned = (slope: Slope): Slope => (slope === undefined ? undefined : slope + 0);

// ---------------------------------------------------------------- the tests

describe.each(rows)("$name", ({ op, kink }) => {
	const call = op.call as (...operands: Value[]) => Node;
	const title = `${op.name} at ${kink.at.join(", ")}`;

	test.each([false, true])(`${title}: the slopes on numbers, recorded: %s`, (createGraph) => {
		const xs = kink.at.map((x) => scalar(x));
		const found = gradients(call(...xs), xs, { createGraph, unused: "undefined" });
		expect(found.map((slope) => unsigned(slope?.value))).toEqual(kink.slopes);
	});

	test.each([false, true])(`${title}: the slopes on tensors, recorded: %s`, (createGraph) => {
		const xs = kink.at.map((x) => tensor([x, x], { requiresGrad: true }));
		const found = gradients(sum(call(...xs)), xs, { createGraph, unused: "undefined" });
		expect(found.map((slope) => unsigned(slope?.data[1]))).toEqual(kink.slopes);
	});

	test(`${title}: the slopes in forward mode`, () => {
		for (const [operand, slope] of kink.slopes.entries()) {
			const along = kink.at.map((_, at) => Number(at === operand));
			const [, tangent] = jvp(call as (...xs: Scalar[]) => Node, kink.at as number[], along);
			expect(tangent.item() + 0).toBe(tangentOf(slope));
			const [, spread] = jvp(
				call as (...xs: Tensor[]) => Node,
				kink.at.map((x) => tensor([x])),
				along.map((dx) => tensor([dx])),
			);
			expect(spread.item() + 0).toBe(tangentOf(slope));
		}
	});

	test(`${title}: a cotangent of 0 gives 0 whatever the slope`, () => {
		for (const createGraph of [false, true]) {
			const xs = kink.at.map((x) => scalar(x));
			const found = gradients(call(...xs), xs, { cotangent: 0, createGraph, unused: "zero" });
			expect(found.map(({ value }) => value + 0)).toEqual(kink.at.map(() => 0));
			const tensors = kink.at.map((x) => tensor([x], { requiresGrad: true }));
			const spread = gradients(call(...tensors), tensors, { cotangent: tensor([0]), createGraph, unused: "zero" });
			expect(spread.map((slope) => slope.item() + 0)).toEqual(kink.at.map(() => 0));
		}
	});
});

describe.each(reductions)("$name over elements", ({ op, kink }) => {
	const all = { axes: [0], keepDims: false };
	const title = `${op.name} of [${kink.at.join(", ")}]`;

	test.each([false, true])(`${title}: the slopes of the elements, recorded: %s`, (createGraph) => {
		const x = parameter([...kink.at]);
		expect(gradients(op.call([x], all), [x], { createGraph })[0].toArray()).toEqual(kink.slopes);
	});

	test(`${title}: the slopes in forward mode`, () => {
		for (const [at, slope] of kink.slopes.entries()) {
			const along = tensor(kink.at.map((_, other) => Number(other === at)));
			const [, tangent] = jvp((x: Tensor) => op.call([x], all), [tensor([...kink.at])], [along]);
			expect(tangent.item()).toBe(slope);
		}
	});
});

describe.each(composed)("$name", ({ f, kink, name }) => {
	test.each([false, true])(`${name} at ${kink.at.join(", ")}: the slopes, recorded: %s`, (createGraph) => {
		const x = parameter([...kink.at]);
		const [found] = gradients(f(x), [x], { createGraph });
		expect(Array.from(found.data, unsigned)).toEqual(kink.slopes);
	});

	test(`${name} at ${kink.at.join(", ")}: the slopes in forward mode`, () => {
		for (const [at, slope] of kink.slopes.entries()) {
			const along = tensor(kink.at.map((_, other) => Number(other === at)));
			const [, tangent] = jvp((x: Tensor) => f(x), [tensor([...kink.at])], [along]);
			expect(tangent.item() + 0).toBe(slope);
		}
	});
});

test("every operation with a jump or a corner in its rule names its kink", () => {
	// A rule that asks a question about its operands, or is 0 everywhere, belongs to a function that is not smooth.
	const asks = (op: Pointwise): boolean =>
		op.partials.some((partial) => partial?.kind === "if" || (partial?.kind === "number" && partial.value === 0));
	const unnamed = operations()
		.filter(isPointwise)
		.filter((op) => asks(op) && op.kinks.length === 0);
	// The choice of `where` depends on an operand without a gradient.
	expect(unnamed.filter((op) => op.partials[0] !== undefined)).toEqual([]);
});

// ---------------------------------------------------------------- the page

const numberText = (x: Slope): string =>
	x === undefined ? "none" : x === Number.POSITIVE_INFINITY ? "∞" : x === Number.NEGATIVE_INFINITY ? "-∞" : String(x);

function table(entries: readonly { readonly name: string; readonly kink: Kink }[]): string {
	const cells = entries.map(({ name, kink }) => [
		functionNamed(name) === undefined && name.includes(" ") ? name : `\`${name}\``,
		kink.at.map(numberText).join(", "),
		kink.slopes.map(numberText).join(", "),
		kink.says,
	]);
	const head = ["function", "at", "slopes", "convention"];
	const widths = head.map((title, column) => Math.max(...[head, ...cells].map((row) => (row[column] ?? title).length)));
	const line = (row: readonly string[]): string =>
		`| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(" | ")} |`;
	return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)].join("\n");
}

test("docs/kinks.md shows these rows", async () => {
	const page = `# Kinks

<!-- Written by test/diff/kinks.test.ts from the records of the operations: npx vitest run test/diff/kinks.test.ts -u -->

Where a derivative does not exist or is infinite, one slope is used, the same on
numbers and on tensors, in reverse and in forward mode, plain and recorded. Each
row below is tested in all of these. \`none\` says that no gradient arrives, which
is not a gradient of 0. A cotangent of 0 gives 0 whatever the slope.

## Operations

${table(rows)}

## Reductions

The operands are the elements.

${table(reductions)}

## Functions made of others

The operands are the elements.

${table(composed)}

## Choices

\`where(condition, x, y)\`, \`maximum\`, \`minimum\`, \`max\` and \`min\` send the
gradient where the value came from, shared only among equals as above. The side not
taken has gradient 0, also where its own value or slope is infinite or NaN.
Comparisons, and the condition of \`where\`, have no gradient at all.
`;
	await expect(page).toMatchFileSnapshot("../../docs/kinks.md");
});
