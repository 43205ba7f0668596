/**
 * What can be taken away of a run: the network as a program, as JSON and as
 * safetensors, and the points.
 *
 * The names in the two files of weights are those of a `Sequential` of the same
 * layers, so what `chainrule/io` reads, a program's model can load; the setup
 * stands beside them.
 */
import { writeJson, writeSafetensors } from "chainrule/io";
import { programOf } from "./program.js";
import type { ExportForm, Points } from "./protocol.js";
import type { Training } from "./training.js";

/** A file. */
export interface ExportedFile {
	readonly name: string;
	readonly type: string;
	readonly content: string | Uint8Array;
}

const makers: Readonly<Record<ExportForm, (training: Training) => ExportedFile>> = {
	typescript: (training) => ({ name: "network.ts", type: "text/plain;charset=utf-8", content: programOf(training) }),
	json: (training) => ({ name: "network.json", type: "application/json", content: jsonOf(training) }),
	safetensors: ({ network, setup, step }) => ({
		name: "network.safetensors",
		type: "application/octet-stream",
		content: writeSafetensors(network.model, { setup: JSON.stringify(setup), step: String(step) }),
	}),
	csv: ({ points }) => ({ name: "points.csv", type: "text/csv;charset=utf-8", content: csvOf(points) }),
};

/** A run as it is now, in one of the forms. */
export function exported(training: Training, form: ExportForm): ExportedFile {
	return makers[form](training);
}

/** What `writeJson` writes, with the setup and the step before the weights. Its name of the class depends on how the page was built. */
function jsonOf({ network, setup, step }: Training): string {
	const { model } = network;
	const written = writeJson({ stateDict: () => model.stateDict() });
	const beside = `  "setup": ${JSON.stringify(setup)},\n  "step": ${step},\n`;
	return written.replace(/ {2}"module": .*\n/, () => `  "module": "Sequential",\n${beside}`);
}

/** The points as the page reads them back: inputs, then the class or value, those that are trained on first. */
function csvOf({ width, names, x, y, task, labels }: Points): string {
	const last = task === "classes" ? "class" : "value";
	const heading = [...names, names.includes(last) ? `${last} to predict` : last];
	const rows = Array.from(y, (target, row) => [
		...Array.from(x.subarray(row * width, (row + 1) * width), String),
		labels?.[target] ?? String(target),
	]);
	return `${[heading, ...rows].map((cells) => cells.map(cell).join(",")).join("\n")}\n`;
}

function cell(text: string): string {
	return /[",\n\r;\t|]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
