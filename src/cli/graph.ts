/**
 * `chainrule graph`: the picture of a formula, or of what a program exports.
 *
 * A program exports a node, several nodes, a module or a function, and for the
 * last two what to call them with, as `inputs`. Everything that a picture can be
 * told has an option of the same name.
 */
import { type PngOptions, toDot } from "../../viz/index.js";
import { callOf, isDrawable, nodesIn, subjectOf } from "../../viz/subject.js";
import { ChainruleError, failure } from "../core/errors.js";
import { ancestors, orderOf } from "../core/graph.js";
import type { Node } from "../core/tensor.js";
import { type DrawingOptions, drawn, targetsOf } from "./drawing.js";
import { writeFiles } from "./files.js";
import { differentiate, parseAt } from "./grad.js";
import { type Exports, exportsOf, isProgram, unusable } from "./module.js";
import { type Place, progressOn } from "./terminal.js";
import { listed, nearest } from "./words.js";

/** What `chainrule graph` may be told, as commander hands it over. */
export interface GraphOptions extends DrawingOptions {
	readonly at?: readonly string[];
	readonly export?: string;
	readonly pass?: NonNullable<PngOptions["pass"]>;
	readonly direction?: NonNullable<PngOptions["direction"]>;
	readonly theme?: NonNullable<PngOptions["theme"]>;
	readonly partials?: NonNullable<PngOptions["partials"]>;
	readonly strip?: NonNullable<PngOptions["strip"]>;
	readonly title?: string;
	readonly highlight?: string;
	readonly depth?: string;
	readonly maxBoxes?: string;
	readonly digits?: string;
	readonly scale?: string;
	readonly fold?: readonly string[];
	readonly unfold?: readonly string[];
	readonly repeats?: boolean;
	readonly contributions?: boolean;
	readonly shade?: boolean;
	readonly broadcasts?: boolean;
	readonly values?: boolean;
	readonly gradients?: boolean;
	readonly constants?: boolean;
	readonly marks?: boolean;
}

/** Runs the command: writes the pictures, or prints the graph in DOT where no file is named. */
export async function graph(source: string, options: GraphOptions, place: Place): Promise<void> {
	const targets = await targetsOf("graph", options);
	const progress = progressOn(place, 2);
	try {
		progress.step("running");
		const outputs = isProgram(source) ? await outputsOf(source, options) : [formulaOf(source, options)];
		progress.step("drawing");
		const settings = settingsOf(options, outputs);
		await writeFiles(await drawn(targets, outputs, settings));
		if (targets.length === 0) place.stdout.write(`${toDot(outputs, settings)}\n`);
		for (const { path } of targets) place.stdout.write(`Written to ${path}\n`);
	} finally {
		progress.end();
	}
}

/** The value of a formula; what `grad` would say against it, in the name of this command. */
function formulaOf(source: string, { at = [] }: GraphOptions): Node {
	try {
		return differentiate(source, parseAt(at)).output;
	} catch (error) {
		if (!(error instanceof ChainruleError)) throw error;
		throw failure({ ...error.problem, what: error.problem.what.replace(/^grad: /, "graph: ") });
	}
}

// ---------------------------------------------------------------- programs

/** What the program at `path` gives: its export, called where it is a module or function. */
async function outputsOf(path: string, options: GraphOptions): Promise<readonly Node[]> {
	if (options.at !== undefined) {
		throw failure({
			what: "graph: --at belongs to a formula",
			expected: "a program without it",
			actual: path,
			fix: "give the values in the program",
		});
	}
	const exports = await exportsOf("graph", path);
	const name = nameOf(path, exports, options.export);
	const subject = exports[name];
	const call = callOf(subject);
	if (call === undefined) return subjectOf("graph", subject).outputs;
	const inputs = inputsOf(path, name, subject, exports);
	let result: unknown;
	try {
		result = await call(...inputs);
	} catch (error) {
		throw error instanceof ChainruleError ? error : unusable("graph", path, error);
	}
	const { outputs, names } = subjectOf("graph", () => result, { inputs });
	// This process draws and ends: the names that a picture would lend may as well be given.
	for (const x of nodesIn(inputs)) x.named(x.name ?? names.get(orderOf(x)) ?? "input");
	return outputs;
}

/** Which export is meant. */
function nameOf(path: string, exports: Exports, asked: string | undefined): string {
	const names = Object.keys(exports).filter((name) => name !== "inputs" && isDrawable(exports[name]));
	const [only] = names;
	if (asked !== undefined ? names.includes(asked) : names.includes("default")) return asked ?? "default";
	if (asked === undefined && only !== undefined && names.length === 1) return only;
	const meant = asked === undefined ? undefined : nearest(asked, names);
	throw failure({
		what: `graph: ${path} exports ${asked === undefined ? (only === undefined ? "nothing to draw" : "several things") : `no ${asked} to draw`}`,
		expected: "a node, an array of nodes, a module or a function",
		actual: names.length === 0 ? `exports: ${listed(Object.keys(exports)) || "none"}` : listed(names),
		...(only !== undefined && { fix: meant === undefined ? `choose with --export ${only}` : `did you mean ${meant}?` }),
	});
}

function inputsOf(path: string, name: string, subject: unknown, exports: Exports): readonly unknown[] {
	const { inputs } = exports;
	if (Array.isArray(inputs)) return inputs;
	if (inputs === undefined && typeof subject === "function" && subject.length === 0) return [];
	throw failure({
		what: `graph: nothing to call ${name} of ${path} with`,
		expected: "an export named inputs: an array of what it is called with",
		actual: inputs === undefined ? "no such export" : "something else",
		fix: "export const inputs = [tensor([[1, 2]])];",
	});
}

// ---------------------------------------------------------------- settings

function settingsOf(options: GraphOptions, outputs: readonly Node[]): PngOptions {
	const { highlight, depth, maxBoxes, digits, scale } = options;
	const { at: _, export: _export, dot: _dot, svg: _svg, png: _png, html: _html, ...plain } = options;
	return {
		...plain,
		highlight: highlight === undefined ? undefined : nodesNamed(highlight, outputs),
		depth: numberOf("--depth", depth, 0),
		maxBoxes: numberOf("--max-boxes", maxBoxes, 1),
		digits: numberOf("--digits", digits, 1, 17),
		scale: scale === undefined ? undefined : Number(scale),
	};
}

function numberOf(
	option: string,
	text: string | undefined,
	least: number,
	most = Number.MAX_SAFE_INTEGER,
): number | undefined {
	if (text === undefined) return undefined;
	const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (value >= least && value <= most) return value;
	throw failure({
		what: `graph: ${option} is out of range`,
		expected:
			most === Number.MAX_SAFE_INTEGER
				? `a whole number, at least ${least}`
				: `a whole number from ${least} to ${most}`,
		actual: text,
	});
}

function nodesNamed(name: string, outputs: readonly Node[]): readonly Node[] {
	const all = ancestors(outputs);
	const found = all.filter((x) => x.name === name);
	if (found.length > 0) return found;
	const names = [...new Set(all.flatMap((x) => x.name ?? []))];
	const meant = nearest(name, names);
	throw failure({
		what: `graph: --highlight names ${name}, which is not in the picture`,
		expected: names.length === 0 ? "a node with a name" : listed(names.slice(0, 12), "or"),
		actual: name,
		...(meant !== undefined && { fix: `did you mean ${meant}?` }),
	});
}
