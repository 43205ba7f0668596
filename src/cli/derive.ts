/**
 * `chainrule derive`: the derivatives of an expression, written out line by line.
 *
 * The expression is recorded as `grad` does it; what is printed is read off the
 * recording. Without values any numbers serve: none is printed then.
 */
import { ChainruleError, failure } from "../core/errors.js";
import { parseProgram } from "../core/formula.js";
import { ancestors } from "../core/graph.js";
import type { Scalar } from "../index.js";
import { type Derivation, derivation } from "../symbolic/index.js";
import { differentiate, parseAt, type Report } from "./grad.js";
import { freeNames } from "./program.js";
import type { Place } from "./terminal.js";
import { listed, nearest } from "./words.js";

/** What `chainrule derive` may be told. */
export interface DeriveOptions {
	readonly wrt?: readonly string[];
	readonly at?: readonly string[];
	readonly latex?: boolean;
	readonly markdown?: boolean;
	readonly json?: boolean;
}

/** The forms in which a derivation is printed, besides plain text. */
const forms = ["latex", "markdown", "json"] as const;

/** Where there is no `--at`, every free name has this value. */
const anywhere = 0.5;

/** Runs the command: prints one derivation for each name. */
export function derive(source: string, options: DeriveOptions, place: Place): void {
	const chosen = forms.filter((form) => options[form]);
	if (chosen.length > 1) {
		throw failure({
			what: "derive: more than one form",
			expected: "one of --latex, --markdown and --json",
			actual: listed(chosen.map((form) => `--${form}`)),
		});
	}
	const report = recorded(source, options.at);
	const derivations = wanted(report, options.wrt).map((x) => derivation(report.output, x));
	const write = { numbers: options.at !== undefined };
	place.stdout.write(printed(derivations, chosen[0], write));
}

function printed(
	derivations: readonly Derivation[],
	form: (typeof forms)[number] | undefined,
	write: { readonly numbers: boolean },
): string {
	switch (form) {
		case "latex":
			return `${derivations.map((one) => one.latex(write)).join("\n\n")}\n`;
		case "markdown":
			return derivations.map((one) => one.markdown(write)).join("\n");
		case "json":
			return `${JSON.stringify(derivations.length === 1 ? derivations[0] : derivations, null, "\t")}\n`;
		default:
			return derivations.map((one) => one.text(write)).join("\n");
	}
}

/** The expression on the tape; what `grad` would say against it, in the name of this command. */
function recorded(source: string, at: readonly string[] | undefined): Report {
	try {
		if (at !== undefined) return differentiate(source, parseAt(at));
		return differentiate(source, new Map(freeNames(parseProgram(source)).map((name) => [name, anywhere])));
	} catch (error) {
		if (!(error instanceof ChainruleError)) throw error;
		throw failure({ ...error.problem, what: error.problem.what.replace(/^grad: /, "derive: ") });
	}
}

/** The values whose derivatives are asked for: all free names, where none is. */
function wanted({ output, variables, definitions }: Report, given: readonly string[] | undefined): Scalar[] {
	const known = [...variables, ...definitions].map(({ name }) => name);
	const names = (given?.flatMap((list) => list.split(",")) ?? variables.map(({ name }) => name)).map((name) =>
		name.trim(),
	);
	if (names.length === 0) {
		throw failure({
			what: "derive: nothing to differentiate along",
			expected: "an expression with a free name",
			actual: "none",
		});
	}
	const nodes = new Map(
		ancestors([output]).flatMap((x) => (x.name === undefined ? [] : [[x.name, x as Scalar] as const])),
	);
	return names.map((name) => {
		const x = nodes.get(name.normalize("NFC"));
		if (x !== undefined && x !== output) return x;
		const meant = nearest(name, known);
		const isKnown = known.includes(name);
		throw failure({
			what: isKnown
				? `derive: the result does not depend on ${name}`
				: `derive: --wrt names ${name}, which is not in the expression`,
			expected: listed(
				[...nodes.keys()].filter((other) => nodes.get(other) !== output),
				"or",
			),
			actual: name,
			...(!isKnown && meant !== undefined && { fix: `did you mean ${meant}?` }),
		});
	});
}
