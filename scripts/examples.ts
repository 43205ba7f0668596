/**
 * Runs every program in `examples/`, or those whose path contains one of the
 * given words, and compares what each prints with what its last comment promises.
 *
 * `npm run examples`, `npm run examples -- notes/1-costs xor`
 */
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { painter, progressOn, tableText } from "../src/cli/terminal.js";
import { bundle, type Example, examplesOf, linesOf } from "./programs.js";

const root = process.cwd();
const folder = join(root, "out/examples");
const asked = process.argv.slice(2);

interface Outcome {
	readonly seconds: number;
	/** Nothing where all is as promised. */
	readonly trouble: string;
}

async function outcomeOf(example: Example, program: string): Promise<Outcome> {
	const started = performance.now();
	let trouble = "";
	try {
		const lines = await linesOf(root, program);
		const at = lines.findIndex((line, index) => line !== example.output[index]);
		if (at >= 0 || lines.length !== example.output.length) trouble = difference(lines, example.output, at);
	} catch (error) {
		trouble = error instanceof Error ? error.message : String(error);
	}
	return { seconds: (performance.now() - started) / 1000, trouble };
}

function difference(lines: readonly string[], promised: readonly string[], at: number): string {
	const line = at < 0 ? lines.length : at;
	return `line ${line + 1}\n  promised  ${promised[line] ?? "(nothing)"}\n  printed   ${lines[line] ?? "(nothing)"}`;
}

const examples = (await examplesOf(root)).filter(
	({ where }) => asked.length === 0 || asked.some((word) => where.includes(word)),
);
if (examples.length === 0) {
	console.error(`examples: no path in examples/ contains ${asked.join(" or ")}`);
	process.exit(2);
}
await rm(folder, { recursive: true, force: true });
await bundle(
	root,
	examples.map(({ where }) => where),
	folder,
).catch(() => process.exit(1)); // esbuild has printed every error with its file and line

const progress = progressOn(process, examples.length);
const outcomes: Outcome[] = [];
let next = 0;
async function work(): Promise<void> {
	for (let index = next++; index < examples.length; index = next++) {
		const example = examples[index] as Example;
		progress.step(example.where);
		outcomes[index] = await outcomeOf(example, join(folder, `${index}.mjs`));
	}
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
progress.end();

const paint = painter(process.stdout, process.env);
const rows = examples.map(({ where }, index) => {
	const { seconds, trouble } = outcomes[index] as Outcome;
	return [trouble === "" ? paint("good", "ok") : paint("bad", "differs"), where, seconds.toFixed(2)];
});
console.log(tableText({ head: ["", "program", "seconds"], rows, words: 2 }, paint));

const failed = examples.flatMap(({ where }, index) => {
	const trouble = outcomes[index]?.trouble ?? "";
	return trouble === "" ? [] : [`${where}: ${trouble}\n`];
});
for (const trouble of failed) console.error(trouble);
console.log(`${examples.length - failed.length} of ${examples.length} print what they promise`);
if (failed.length > 0) process.exitCode = 1;
