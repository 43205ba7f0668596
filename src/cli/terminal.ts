/**
 * What reaches the screen: text, tables, colours and progress.
 *
 * A command writes to the two streams it is handed, never to `process`, so that
 * tests read what a person would. Colours and progress appear only where the
 * stream is a terminal.
 */
import { styleText } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import Table from "cli-table3";

/** A stream that may be a terminal. */
export type Stream = NodeJS.WritableStream & {
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
};

/** Where a command runs. */
export interface Place {
	readonly stdout: Stream;
	readonly stderr: Stream;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The file that a thread of this command starts from; without it, all work is done in one. */
	readonly worker?: URL | undefined;
}

/** What a piece of text is, which decides its colour on a terminal. */
export type Role = "title" | "head" | "faint" | "good" | "bad";

const styles = {
	title: ["bold", "cyan"],
	head: ["bold"],
	faint: ["dim"],
	good: ["green"],
	bad: ["bold", "red"],
} as const;

/** A terminal in which nobody has switched colours off (https://no-color.org). */
export function hasColours(stream: Stream, env: Place["env"]): boolean {
	return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Colours `text` for its role, where the stream shows colours. */
export function painter(stream: Stream, env: Place["env"]): (role: Role, text: string) => string {
	if (!hasColours(stream, env)) return (_, text) => text;
	return (role, text) => styleText([...styles[role]], text, { validateStream: false });
}

/** The columns that a table may fill: those of the terminal, or 100 in a file or a pipe. */
export function widthOf(stream: Stream): number {
	return stream.isTTY === true && stream.columns ? stream.columns : 100;
}

/** A table before it is drawn: the screen and the page show the same. */
export interface Grid {
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
	/** How many columns, from the first, hold words and start at the left; numbers end at the right. */
	readonly words: number;
}

const noLines = Object.fromEntries(
	["top", "bottom", "left", "right", "mid"].flatMap((side) =>
		["", "-mid", "-left", "-right"].map((part) => [side + part, ""]),
	),
);

/** A table as lines of text: two spaces between columns, a rule under the head. */
export function tableText({ head, rows, words }: Grid, paint: (role: Role, text: string) => string): string {
	const table = new Table({
		chars: { ...noLines, middle: "  " },
		style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
		colAligns: head.map((_, column) => (column < words ? "left" : "right")),
	});
	table.push([...head], ...rows.map((row) => [...row]));
	const [first = "", ...others] = table
		.toString()
		.split("\n")
		.map((line) => line.trimEnd());
	const rule = "─".repeat(table.width);
	return [paint("head", first), paint("faint", rule), ...others].map((line) => `  ${line}\n`).join("");
}

/** Numbers as texts of one width, their decimal points below each other. */
export function alignPoints(texts: readonly string[]): string[] {
	const before = texts.map((text) => /^-?\d*/.exec(text)?.[0].length ?? 0);
	const left = Math.max(...before);
	const shifted = texts.map((text, index) => " ".repeat(left - (before[index] as number)) + text);
	const width = Math.max(...shifted.map((text) => text.length));
	return shifted.map((text) => text.padEnd(width));
}

/** Steps of a job that may take a while. */
export interface Progress {
	/** Says what is done next. */
	step(what: string): void;
	end(): void;
}

/** Milliseconds of silence before a bar appears. */
const patience = 1000;

/** Counts `total` steps, in a bar on standard error if that is a terminal and the job takes over a second. */
export function progressOn({ stderr }: Place, total: number, quiet = false): Progress {
	if (quiet || stderr.isTTY !== true) return { step() {}, end() {} };
	const bar = new SingleBar(
		{ format: "  {bar} {value}/{total}  {what}", stream: stderr, hideCursor: true, clearOnComplete: true },
		Presets.shades_classic,
	);
	const began = performance.now();
	let done = -1;
	return {
		step(what) {
			done++;
			if (bar.isActive) bar.update(done, { what });
			else if (performance.now() - began > patience) bar.start(total, done, { what });
			if (bar.isActive) bar.render();
		},
		end() {
			if (bar.isActive) bar.stop();
		},
	};
}
