/**
 * Where a claim means anything: the conditions under which all that is written
 * in it is defined.
 */
import { formulaText } from "../../core/formula.js";
import { type Expression, formulaOf, nodesOf } from "./expression.js";
import { ranges } from "./interval.js";
import { isWhole } from "./rational.js";

/** Conditions more than these are counted, not listed. */
const most = 6;

/** What must hold for `roots` to be defined, as comparisons; what always holds is not said. */
export function domainOf(roots: readonly Expression[]): string[] {
	const conditions = new Set<string>();
	const known = ranges(roots);
	const text = (x: Expression): string => formulaText(formulaOf(x));
	for (const x of nodesOf(roots)) {
		if (x.kind !== "log" && x.kind !== "power") continue;
		const [u] = x.parts;
		const [low, high] = known.get(u.id) as readonly [number, number];
		const negative = x.kind === "power" && x.exponent.top < 0n;
		if (x.kind === "power" && isWhole(x.exponent)) {
			if (negative && !(low >= 0 || high <= 0)) conditions.add(`${text(u)} != 0`);
		} else if (low < 0) conditions.add(`${text(u)} ${x.kind === "log" || negative ? ">" : ">="} 0`);
	}
	const all = [...conditions].filter((condition) => condition.length < 80);
	return all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more`];
}
