/**
 * A trained network as a program for this library: complete, to be read and run.
 *
 * It computes by the same operations in the same order as the run it comes from,
 * and its numbers read back bit for bit, so in the same JavaScript engine it
 * prints to the last digit what the run gives for the same points; its last
 * comment says what that is. The last digit may differ where more points are
 * taken at once, because large products are summed in another order, and in
 * another engine, whose exp or tanh may round otherwise. What a reader has typed
 * stands in it as text between quotation marks and nowhere else.
 */
import { type Tensor, tensor } from "chainrule";
import { activationTable } from "./activations.js";
import type { Features } from "./features.js";
import type { Network } from "./network.js";
import type { Points } from "./protocol.js";
import type { Training } from "./training.js";

/** So many points are predicted by the program itself. */
const shown = 5;
/** Characters of a line. */
const width = 110;

/** A part of the program, and what it imports from `chainrule`. */
interface Part {
	readonly lines: readonly string[];
	readonly imports: readonly string[];
}

/** The program of a run as it is now. */
export function programOf(training: Training): string {
	const { points, network, features, setup, step } = training;
	const rows = firstRows(points);
	const outputs = training.result(tensor(rows)).a.toArray() as number[][];
	const read = readerOf(features);
	const activations = network.layers.map(({ activation }) => activationTable[activation]);
	const named = (from: string): string[] => activations.filter((one) => one.from === from).map(({ name }) => name);
	const types = [
		...read.imports,
		...activations.flatMap(({ code = "" }) => (code.includes("Tensor") ? ["type Tensor"] : [])),
	];
	return [
		`/** A network of ${network.sizes.join("-")} units after ${step} steps of training on data set "${setup.data}". */`,
		importLine("chainrule", ["tensor", ...named("chainrule"), ...types]),
		importLine("chainrule/nn", ["Linear", "Sequential", ...named("chainrule/nn")]),
		"",
		...modelLines(network),
		"",
		...read.lines,
		`/** For every point (${features.inputs.join(", ")}): ${meaningOf(network, points)}. */`,
		"export function predict(points: readonly (readonly number[])[]): number[][] {",
		`\treturn model.call(${read.lines.length > 0 ? "read(tensor(points))" : "tensor(points)"}).toArray() as number[][];`,
		"}",
		"",
		...matrixLines("const points = ", rows, ";"),
		'for (const outputs of predict(points)) console.log(outputs.join(" "));',
		"",
		...outputs.map((row) => `// ${row.join(" ")}`),
		"",
	].join("\n");
}

/** The points whose outputs the program prints. */
export function firstRows({ x, y, width: inputs }: Points): number[][] {
	return Array.from({ length: Math.min(shown, y.length) }, (_, row) => [
		...x.subarray(row * inputs, (row + 1) * inputs),
	]);
}

function meaningOf({ output, sizes }: Network, { task, classes }: Points): string {
	if (task === "values") return "the value";
	if (output === "softmax") return "the probability of every class";
	const outputs = sizes.at(-1) === 1 ? "the output" : `the outputs for the ${classes} classes`;
	return output === "sigmoid" && sizes.at(-1) === 1 ? "the probability of class 1" : outputs;
}

/** How the program makes features of points; nothing where the network reads the points as they are. */
function readerOf({ sources, inputs, scaler }: Features): Part {
	const plain = sources.length === inputs.length && sources.every((source, k) => source.trim() === inputs[k]);
	if (plain && scaler === undefined) return { lines: [], imports: [] };
	const scaling = scaler === undefined ? [] : [numbersLine("shift", scaler.shift), numbersLine("scale", scaler.scale)];
	const scaled = scaler === undefined ? "points" : "points.sub(shift).div(scale)";
	if (plain) {
		const lines = [
			"/** Inputs as they were scaled for training. */",
			"function read(points: Tensor): Tensor {",
			`\treturn ${scaled};`,
			"}",
		];
		return { lines: [...scaling, "", ...lines, ""], imports: ["type Tensor"] };
	}
	return {
		lines: [
			...listLines(
				"const formulas = ",
				sources.map((source) => JSON.stringify(source)),
				".map((formula) => parseFormula(formula));",
				"",
			),
			...scaling,
			"",
			`/** The features of points: one column for each formula${scaler === undefined ? "" : ", in scaled inputs"}. */`,
			"function read(points: Tensor): Tensor {",
			`\tconst x = ${scaled};`,
			...listLines(
				"const names = new Map(",
				inputs.map((name) => JSON.stringify(name)),
				".map((name, column) => [name, slice(x, [null, column])] as const));",
				"\t",
			),
			"\tconst columns = formulas.map((formula) => broadcastTo(evaluate(formula, names), [points.shape[0] ?? 0]));",
			"\treturn stack(columns, { axis: 1 });",
			"}",
			"",
		],
		imports: ["broadcastTo", "evaluate", "parseFormula", "slice", "stack", "type Tensor"],
	};
}

function modelLines({ layers, sizes, model }: Network): string[] {
	const stages = layers.flatMap(({ activation }, index) => {
		const { name, code } = activationTable[activation];
		return [`new Linear(${sizes[index]}, ${sizes[index + 1]})`, code ?? name];
	});
	const state = [...model.stateDict()].flatMap(([path, value]) => {
		const rows = value.toArray() as number[] | number[][];
		const before = `${JSON.stringify(path)}: tensor(`;
		return value.rank === 2
			? matrixLines(before, rows as number[][], "),", "\t")
			: listLines(before, (rows as number[]).map(literal), "),", "\t");
	});
	return [
		"const model = new Sequential(",
		...stages.map((stage) => `\t${stage},`),
		");",
		"model.loadStateDict({",
		...state,
		"});",
	];
}

function importLine(from: string, names: readonly string[]): string {
	const plain = (name: string): string => name.replace("type ", "");
	const sorted = [...new Set(names)].sort((one, other) => (plain(one) < plain(other) ? -1 : 1));
	return `import { ${sorted.join(", ")} } from ${JSON.stringify(from)};`;
}

function numbersLine(name: string, x: Tensor): string {
	return listLines(`const ${name} = tensor(`, Array.from(x.data, literal), ");", "").join("\n");
}

/** A number that reads back bit for bit. */
function literal(value: number): string {
	if (Object.is(value, -0)) return "-0";
	return Number.isFinite(value) ? String(value) : `Number(${JSON.stringify(String(value))})`;
}

function matrixLines(before: string, rows: readonly (readonly number[])[], after: string, indent = ""): string[] {
	const lines = rows.flatMap((row) => listLines("", row.map(literal), ",", `${indent}\t`));
	return [`${indent}${before}[`, ...lines, `${indent}]${after}`];
}

/** A list on one line, or on as many as it needs. */
function listLines(before: string, items: readonly string[], after: string, indent: string): string[] {
	const line = `${indent}${before}[${items.join(", ")}]${after}`;
	if (line.length <= width) return [line];
	const filled: string[] = [];
	for (const item of items) {
		const last = filled.at(-1);
		if (last === undefined || last.length + item.length + 2 > width) filled.push(`${indent}\t${item},`);
		else filled[filled.length - 1] = `${last} ${item},`;
	}
	return [`${indent}${before}[`, ...filled, `${indent}]${after}`];
}
