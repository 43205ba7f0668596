/**
 * `chainrule tour`: the main job, from the first epoch to the page.
 *
 * What is computed stands in neuron.ts and network.ts, what is shown in
 * findings.ts, curves.ts, page.ts and viz. Here is the order of things: where to
 * write is tried first, and files come last.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type DotOptions, toDot, toSvg } from "../../viz/index.js";
import { type Node, scalar } from "../index.js";
import { costFigure, outputFigure, sigmoidFigure, startName } from "./curves.js";
import { checkFolder, writeFolder } from "./files.js";
import {
	deltaGrid,
	differenceText,
	type Findings,
	findings,
	runGrid,
	slopeGrid,
	slowdownGrid,
	slowdownWords,
	stepGrid,
	updateGrid,
	worst,
} from "./findings.js";
import { recordNetwork } from "./network.js";
import { inversion, type Run, recordNeuron } from "./neuron.js";
import { type Pictures, page } from "./page.js";
import { type Grid, type Place, painter, progressOn, tableText } from "./terminal.js";
import { wrapped } from "./words.js";

/** A picture of the tour: its file, what it shows, and how. */
interface Picture {
	readonly file: string;
	readonly says: string;
	readonly record: () => Node;
	readonly options: DotOptions;
}

function startingNeuron(): Node {
	const [{ w, b }] = inversion.starts;
	return recordNeuron(scalar(w, "w"), scalar(b, "b"), "quadratic").cost;
}

const pictures: readonly Picture[] = [
	{
		file: "neuron-forward.dot",
		says: "the neuron at its first start, forward",
		record: startingNeuron,
		options: { pass: "forward" },
	},
	{
		file: "neuron-backward.dot",
		says: "its backward pass",
		record: startingNeuron,
		options: { pass: "backward" },
	},
	{ file: "neuron.dot", says: "both, side by side", record: startingNeuron, options: { pass: "both" } },
	{
		file: "network.dot",
		says: "the 2-2-2 network with all slopes",
		record: () => recordNetwork().cost,
		options: { pass: "forward", direction: "down" },
	},
];

/** Draws every picture of the tour; `step` hears what comes next. */
export async function drawAll({ runs }: Findings, step: (what: string) => void): Promise<Pictures> {
	const byCost = (cost: Run["cost"]): Run[] => runs.filter((run) => run.cost === cost);
	step("curves");
	const quadratic = byCost("quadratic");
	const curves = {
		quadratic: costFigure(quadratic),
		crossEntropy: costFigure(byCost("cross-entropy")),
		output: outputFigure(runs),
		sigmoid: sigmoidFigure(quadratic),
	};
	const files = new Map(pictures.map(({ file, record, options }) => [file, toDot(record(), options)]));
	const svg = async (file: string): Promise<string> => {
		step(file);
		const { record, options } = pictures.find((picture) => picture.file === file) as Picture;
		return toSvg(record(), options);
	};
	return { curves, files, neuron: await svg("neuron.dot"), network: await svg("network.dot") };
}

/** What `chainrule tour` may be told. */
export interface TourOptions {
	readonly out: string;
	readonly quiet?: boolean;
}

/** Runs the tour: prints the tables, writes the page and the graphs. */
export async function tour(options: TourOptions, place: Place): Promise<void> {
	const quiet = options.quiet === true;
	const target = { command: "tour", option: "--out", path: options.out };
	await checkFolder(target, ["index.html", ...pictures.map(({ file }) => file)]);
	const progress = progressOn(place, 5, quiet);
	try {
		progress.step("learning");
		const found = findings();
		if (!quiet) printFindings(found, place);
		const drawn = await drawAll(found, (what) => progress.step(what));
		progress.step("writing");
		await writeFolder(target, new Map([["index.html", page(found, drawn)], ...drawn.files]));
	} finally {
		progress.end();
	}
	if (!quiet) printFiles(options.out, place);
}

function printFindings(found: Findings, { stdout, env }: Place): void {
	const paint = painter(stdout, env);
	const { runs, network } = found;
	const say = (text = ""): void => {
		stdout.write(`${text}\n`);
	};
	const title = (text: string): void => say(`${paint("title", text)}\n`);
	const table = (grid: Grid): void => say(tableText(grid, paint));

	title("One sigmoid neuron learns inversion: x = 1 → y = 0");
	say(`  z = wx + b,  a = σ(z);  η = ${inversion.rate}, ${inversion.epochs} epochs of one step each.`);
	say("  Slopes by the tape, beside each the hand formula, and the larger difference.\n");
	const formulas = { quadratic: "C = (y − a)²/2", "cross-entropy": "C = −[y ln a + (1 − y) ln(1 − a)]" };
	for (const run of runs) {
		say(`  ${paint("head", `${run.cost}, from ${startName(run.start)}`)}   ${paint("faint", formulas[run.cost])}\n`);
		table(runGrid(run));
	}

	title("Learning slowdown");
	say("  At the start, and the first epoch in which cost or output is small:\n");
	table(slowdownGrid(runs));
	for (const paragraph of slowdownWords(runs)) say(`${wrapped(paragraph, 76).replaceAll(/^/gm, "  ")}\n`);

	title("A 2-2-2 network, one step of back-propagation");
	table(deltaGrid(network));
	table(slopeGrid(network));
	say("  One step with η = 1, w − ∂J/∂w:\n");
	table(updateGrid(network));
	table(stepGrid(network));

	const largest = worst(found);
	const verdict = `Tape and hand formulas differ by ${differenceText(largest)} at most, over all epochs and weights.`;
	say(`${paint(largest < 1e-12 ? "good" : "bad", verdict)}\n`);
}

function printFiles(out: string, { stdout, env }: Place): void {
	const paint = painter(stdout, env);
	const files = [["index.html", "the page: curves, graphs, tables"], ...pictures.map(({ file, says }) => [file, says])];
	stdout.write(`${paint("title", `Written to ${out}`)}\n\n`);
	for (const [file = "", says = ""] of files) stdout.write(`  ${file.padEnd(20)} ${paint("faint", says)}\n`);
	stdout.write(`\n  Open ${pathToFileURL(resolve(out, "index.html")).href}\n`);
}
