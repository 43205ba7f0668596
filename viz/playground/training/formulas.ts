/**
 * Formulas that a reader types: parsed, and refused with their place where they
 * use a name or a function that is not there. They are carried out number by
 * number on columns of numbers, so what works on whole arrays only is refused,
 * too.
 */
import { type Formula, parseFormula } from "chainrule";
import { nodesOf, pointed } from "../../../src/core/formula.js";
import { constants, functionNamed, functionNames } from "../../../src/core/op.js";
import type { Setup } from "../setup.js";
import { blaming, refusal } from "./refusal.js";

/**
 * The formula that `source` is, in the names of `names`.
 *
 * @throws where it cannot be read or uses what is not there; `field` is to blame, `what` is how the message calls it.
 */
export function readFormula(field: keyof Setup, what: string, source: string, names: readonly string[]): Formula {
	const formula = blaming(field, what, () => parseFormula(source));
	const known = [...names, ...constants.keys()];
	for (const node of nodesOf(formula)) {
		const actual = pointed(source, node.span.start);
		if (node.kind === "name" && !known.includes(node.name)) {
			throw refusal(field, { what: `${what}: unknown name "${node.name}"`, expected: known.join(", "), actual });
		}
		if (node.kind === "call" && functionNamed(node.name) === undefined) {
			const expected = `a function of the library${alike(node.name)}`;
			throw refusal(field, { what: `${what}: unknown function "${node.name}"`, expected, actual });
		}
		if (node.kind === "transpose" || node.kind === "index" || (node.kind === "binary" && node.operator === "@")) {
			throw refusal(field, {
				what: `${what}: names are single numbers here`,
				expected: "+ - * / ^ and functions",
				actual,
			});
		}
	}
	return formula;
}

/** Functions that begin like `name`, for whoever mistyped it. */
function alike(name: string): string {
	const found = functionNames().filter((known) => known.toLowerCase().startsWith(name.slice(0, 2).toLowerCase()));
	return found.length === 0 ? ", such as sin, exp or max" : `, such as ${found.slice(0, 8).join(", ")}`;
}
