/** docs/operations.md: every operation with its formula, its derivatives in LaTeX, its kinks and what it can do. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as engine from "chainrule";
import { type AnyOp, operations, parseFormula } from "chainrule";
import * as linalg from "chainrule/linalg";
import * as nn from "chainrule/nn";
import * as random from "chainrule/random";
import * as special from "chainrule/special";
import { formulaLatex } from "chainrule/symbolic";
import { expect, it } from "vitest";
import { root } from "../source.js";

const operandNames = ["x", "y", "w"];
const math = (tex: string): string => `$${tex.replaceAll("|", "\\vert ")}$`;

function value(op: AnyOp): string {
	const names = operandNames.slice(0, op.family === "pointwise" ? op.arity : 2);
	return math(op.tex.replace(/#([123])/g, (_, number: string) => names[Number(number) - 1] ?? "x"));
}

function derivative(op: AnyOp): string {
	if (op.family !== "pointwise")
		return op.noGradient === undefined ? op.says : `${op.says}; no gradient: ${op.noGradient}`;
	if (op.noGradient !== undefined) return `none: ${op.noGradient}`;
	return op.partials
		.map((partial, operand) => {
			const name = operandNames[operand] as string;
			return partial === undefined
				? `no gradient to ${name}`
				: math(`\\tfrac{\\partial z}{\\partial ${name}} = ${formulaLatex(partial)}`);
		})
		.join("; ");
}

function kinks(op: AnyOp): string {
	return op.kinks.map(({ at, says }) => `at ${at.join(", ")}: ${says}`).join("; ");
}

const families = {
	pointwise: [
		"Pointwise",
		"The value on numbers, and one partial derivative per operand. Any shape, every order, both modes.",
	],
	linear: ["Linear", "The transpose is the whole derivative. Every order, both modes."],
	bilinear: ["Bilinear", "Two transposes. Every order, both modes."],
	custom: ["Custom", "A rule of its own."],
} as const;

/** Public functions that are no records: the first sentence of their docstrings, file by file. */
function functionsMadeOfOthers(): { name: string; says: string }[] {
	const listed = new Set(operations().map(({ name }) => name));
	const shown = new Set([engine, linalg, nn, random, special].flatMap((entry) => Object.keys(entry)));
	const folder = join(root, "src/ops");
	return readdirSync(folder).flatMap((file) =>
		[
			...readFileSync(join(folder, file), "utf8").matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport function (\w+)/g),
		].flatMap(({ 1: doc = "", 2: name = "" }) => {
			if (listed.has(name) || !shown.has(name)) return [];
			const text = doc
				.replaceAll(/\n\s*\* ?/g, " ")
				.replace(/(?:^|\s)@\w[\s\S]*/, "")
				.trim();
			return [
				{
					name,
					says: (/^[\s\S]*?[.](?=\s|$)/.exec(text)?.[0] ?? text)
						.replaceAll("|", "\\|")
						.replaceAll(/\{@link (\w+)\}/g, "`$1`"),
				},
			];
		}),
	);
}

it("docs/operations.md lists every operation as its record states it", async () => {
	const listed = operations().filter(({ name }) => !name.startsWith("test"));
	const sections = (Object.keys(families) as (keyof typeof families)[]).map((family) => {
		const [title, says] = families[family];
		const rows = listed
			.filter((op) => op.family === family)
			.map((op) => `| \`${op.name}\` | ${value(op)} | ${derivative(op)} | ${kinks(op)} |`);
		return [
			`## ${title}`,
			"",
			says,
			"",
			`${rows.length} operations.`,
			"",
			"| operation | z | derivative | kinks |",
			"|---|---|---|---|",
			...rows,
			"",
		].join("\n");
	});
	const made = [...new Map(functionsMadeOfOthers().map((row) => [row.name, row.says]))];
	sections.push(
		[
			"## Made of others",
			"",
			"Functions of the operations above, with no rule of their own.",
			"",
			`${made.length} functions.`,
			"",
			"| function | what it does |",
			"|---|---|",
			...made.map(([name, says]) => `| \`${name}\` | ${says} |`),
			"",
		].join("\n"),
	);
	const page = `# Operations\n\n<!-- Written by test/ops/operations-page.test.ts from the records: npx vitest run test/ops/operations-page.test.ts --update -->\n\n${sections.join("\n")}`;
	await expect(page).toMatchFileSnapshot("../../docs/operations.md");
	expect(formulaLatex(parseFormula("x"))).toBe("x");
});
