/**
 * What a network consists of, as a table.
 *
 * The network is called once, without being trained or recorded, and its parts
 * tell what they gave. Each row counts the parameters of its module alone, so
 * that the column adds up to the total.
 */
import { inspect } from "../core/inspect.js";
import { shapeText } from "../core/shape.js";
import { noGrad, Scalar, Tensor } from "../index.js";
import { keepModes } from "./modes.js";
import { type AnyModule, type Contents, type Module, observeCalls, sizeOfParameter } from "./module.js";

/** A module of a {@link Summary}. */
export interface SummaryRow {
	/** Such as `layers.0`; `""` for the whole. */
	readonly path: string;
	/** The name of its class. */
	readonly kind: string;
	/** What it gave last, as text: the shape of a tensor, the shapes of several; `undefined` where it was not called. */
	readonly output: string | undefined;
	/** Numbers in parameters of its own, parts not counted. */
	readonly parameters: number;
	/** How many of them are trained. */
	readonly trainable: number;
}

/** What a network consists of; `String(summary)` is a table. */
export interface Summary {
	readonly rows: readonly SummaryRow[];
	readonly parameters: number;
	readonly trainable: number;
	readonly frozen: number;
	toString(): string;
}

/**
 * The modules of `model` with the shapes they give for `input` and the numbers
 * of their parameters. The model is called as in use, not in training: nothing
 * is dropped and no running statistics move. Afterwards it is as before.
 *
 * @example
 * ```ts
 * import { tanh, zeros } from "chainrule";
 * import { Linear, Sequential, summary } from "chainrule/nn";
 *
 * const model = new Sequential(new Linear(784, 50), tanh, new Linear(50, 10));
 * model.freeze((path) => path.startsWith("layers.0."));
 * console.log(String(summary(model, zeros([1, 784]))));
 * // module    kind        output   parameters
 * //           Sequential  [1, 10]           0
 * // layers.0  Linear      [1, 50]      39,250  frozen
 * // layers.2  Linear      [1, 10]         510
 * // 39,760 parameters: 510 trained, 39,250 frozen
 * ```
 */
export function summary<Input, More extends readonly unknown[]>(
	model: Module<Input, unknown, More>,
	input: Input,
	...more: More
): Summary {
	const contents = model.contents();
	const outputs = outputsOf(model, () => model.call(input, ...more));
	const counts = countsOf(contents);
	const rows = [...contents.modules].map(([path, module]): SummaryRow => {
		const { parameters = 0, trainable = 0 } = counts.get(path) ?? {};
		return { path, kind: module.constructor.name, output: outputs.get(module), parameters, trainable };
	});
	const [parameters, trainable] = [model.parameterCount(), model.parameterCount({ trainable: true })];
	const made = { rows, parameters, trainable, frozen: parameters - trainable };
	const text = (): string => table(made);
	return Object.defineProperty({ ...made, toString: text }, inspect, { value: text });
}

/** What each part of `model` gave in `run`, as text; it neither trains nor records meanwhile. */
function outputsOf(model: AnyModule, run: () => unknown): Map<AnyModule, string> {
	const outputs = new Map<AnyModule, string>();
	const restoreModes = keepModes(model);
	try {
		model.eval();
		noGrad(() => observeCalls((module, output) => outputs.set(module, outputText(output)), run));
	} finally {
		restoreModes();
	}
	return outputs;
}

/** The shape of a tensor; of several, all shapes. */
function outputText(output: unknown): string {
	if (output instanceof Tensor || output instanceof Scalar) return shapeText(output.shape);
	if (Array.isArray(output) && output.every((entry) => entry instanceof Scalar))
		return output.length === 1 ? "1 number" : `${output.length} numbers`;
	if (typeof output !== "object" || output === null) return typeof output;
	return Object.entries(output)
		.map(([name, entry]) => `${name} ${outputText(entry)}`)
		.join(", ");
}

interface Count {
	parameters: number;
	trainable: number;
}

/** How many numbers of parameters each module holds itself, by the path of the module. */
function countsOf({ modules, parameters }: Contents): Map<string, Count> {
	const counts = new Map<string, Count>();
	for (const [path, parameter] of parameters) {
		let owner = path;
		do owner = owner.slice(0, Math.max(0, owner.lastIndexOf(".")));
		while (!modules.has(owner));
		const count = counts.get(owner) ?? { parameters: 0, trainable: 0 };
		counts.set(owner, count);
		count.parameters += sizeOfParameter(parameter);
		if (parameter.requiresGrad) count.trainable += sizeOfParameter(parameter);
	}
	return counts;
}

const numberText = (count: number): string => count.toLocaleString("en-US");

function table({ rows, parameters, trainable, frozen }: Omit<Summary, "toString">): string {
	const lines = [
		["module", "kind", "output", "parameters", ""],
		...rows.map((row) => {
			const some = row.trainable === 0 ? "frozen" : `${numberText(row.parameters - row.trainable)} frozen`;
			const note = row.trainable === row.parameters ? "" : some;
			return [row.path, row.kind, row.output ?? "not called", numberText(row.parameters), note];
		}),
	];
	const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] as string).length)));
	const text = lines.map((line) =>
		line
			.map((cell, column) => (column === 3 ? cell.padStart(widths[3] as number) : cell.padEnd(widths[column] ?? 0)))
			.join("  ")
			.trimEnd(),
	);
	const total = `${numberText(parameters)} parameters: ${numberText(trainable)} trained, ${numberText(frozen)} frozen`;
	return [...text, total].join("\n");
}
