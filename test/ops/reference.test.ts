/**
 * The page of all derivative rules: docs/derivatives.md, to be proofread at a
 * glance. It is a snapshot: run `npx vitest run test/ops/reference.test.ts -u`
 * after adding an operation, and read the difference.
 */
import { formulaText, operations } from "chainrule";
import "chainrule/linalg";
import "chainrule/nn";
import "chainrule/random";
import "chainrule/special";
import { expect, test } from "vitest";
import type { Domain, Pointwise } from "../../src/core/op.js";
import { isPointwise, isStructural, structural } from "./sampling.js";

const letters = ["x", "y", "w"] as const;

/** `#1` by x, `#2` by y. */
const filled = (template: string): string =>
	letters.reduce((text, letter, at) => text.replaceAll(`#${at + 1}`, letter), template);

/** In a cell, a bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${cell(text)}\``;

function intervalText({ low, high, except }: Domain): string {
	const ends = [low, high].map((end) => (Number.isFinite(end) ? String(end) : end > 0 ? "∞" : "-∞"));
	const whole = ends[0] === "-∞" && ends[1] === "∞" ? "ℝ" : `(${ends.join(", ")})`;
	return except === undefined ? whole : `${whole} \\ {${except.join(", ")}}`;
}

function domainText({ domain }: Pointwise): string {
	const texts = domain.map(intervalText);
	if (texts.every((text) => text === "ℝ")) return "ℝ";
	return texts.length === 1 ? (texts[0] as string) : texts.map((text, at) => `${letters[at]}: ${text}`).join("; ");
}

function partialsOf(op: Pointwise): string[] {
	return letters.map((_, operand) => {
		if (operand >= op.arity) return "";
		const partial = op.partials[operand];
		if (partial !== undefined) return code(formulaText(partial));
		return operand === 0 && op.noGradient !== undefined ? `none: ${op.noGradient}` : "none";
	});
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
	const widths = head.map((title, column) =>
		Math.max(title.length, ...body.map((row) => (row[column] as string).length)),
	);
	const line = (row: readonly string[]): string =>
		`| ${row.map((text, column) => text + " ".repeat((widths[column] as number) - text.length)).join(" | ")} |`;
	return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}

const pointwise = operations().filter(isPointwise);
const rest = operations().filter(isStructural).map(structural);

/** How the family gives the derivative. */
const families = {
	linear: "its transpose is stated; forward mode applies the operation itself to the tangents",
	bilinear: "its two transposes are stated; forward mode applies it to one tangent and one operand at a time",
	custom: "its pull is stated, and its push where there is one",
} as const;

test("docs/derivatives.md shows every rule", async () => {
	const page = `# Derivatives

<!-- Written by test/ops/reference.test.ts from the records of the operations: npx vitest run test/ops/reference.test.ts -u -->

Every derivative of the library, as its records state it. Nothing else in the
library knows a derivative; all orders, both modes, pictures and formulas read
these lines. Where a function has a kink, see [kinks.md](kinks.md).

## Pointwise

z is the result. A partial derivative is a formula in the operands and z;
\`if(c, a, b)\` is a where c holds and b elsewhere. \`none\` says that no gradient
flows, which is not a gradient of 0; where it flows to no operand, the reason follows.

${table(
	["operation", "z", "∂z/∂x", "∂z/∂y", "∂z/∂w", "domain"],
	pointwise.map((op) => [code(op.name), code(filled(op.text)), ...partialsOf(op), domainText(op)]),
)}

## Structural

${Object.entries(families)
	.map(([family, meaning]) => `- ${family}: ${meaning}.`)
	.join("\n")}

${table(
	["operation", "family", "what it does", "kinks", "gradient"],
	rest.map((op) => [
		code(op.name),
		op.family,
		cell(op.says),
		op.kinks.length > 0 ? "yes" : "",
		op.noGradient === undefined ? "" : `none: ${op.noGradient}`,
	]),
)}
`;
	await expect(page).toMatchFileSnapshot("../../docs/derivatives.md");
});

test("the page names every operation once", () => {
	expect(pointwise.length + rest.length).toBe(operations().length);
	for (const op of rest) expect(Object.keys(families)).toContain(op.family);
});
