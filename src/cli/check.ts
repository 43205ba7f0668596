/**
 * `chainrule check`: notes judged line by line, for people and for continuous integration.
 *
 * What was found out comes from `judge.ts`; here it is decided which pages there
 * are, how a run ends, and how it looks on a terminal. A step that a remark
 * expects to be wrong is no fault as long as it is wrong in that way; one that
 * turns out otherwise always is.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, normalize } from "node:path";
import { failure } from "../core/errors.js";
import type { Verdict } from "../symbolic/problem.js";
import { reportHtml } from "./checkpage.js";
import { print } from "./checktext.js";
import { checkFile, writeFiles } from "./files.js";
import type { JudgedPage, Page } from "./judge.js";
import { type Place, progressOn } from "./terminal.js";
import { isFault, named, visible } from "./verdicts.js";
import { judgeAll } from "./workers.js";

/** What `chainrule check` may be told, as commander hands it over. */
export interface CheckOptions {
	readonly json?: boolean;
	readonly html?: string;
	readonly strict?: boolean;
	readonly quiet?: boolean;
	readonly timeout?: string;
}

/** How a check can end. */
const exits = { fine: 0, wrong: 1, unreadable: 2 } as const;

/** Bytes of a page: more is no page of notes. */
const largest = 5_000_000;

/** Runs the command and returns its exit code: 0 all as it should be, 1 something wrong, 2 something cannot be read. */
export async function check(paths: readonly string[], options: CheckOptions, place: Place): Promise<number> {
	const target =
		options.html === undefined ? undefined : ({ command: "check", option: "--html", path: options.html } as const);
	const timeLimit = milliseconds(options.timeout ?? "2");
	if (target) await checkFile(target);
	const pages = await pagesAt(paths, timeLimit);
	const progress = progressOn(place, pages.length, options.json);
	let found: JudgedPage[];
	try {
		progress.step(visible(pages[0]?.file ?? ""));
		found = await judgeAll(pages, place.worker, ({ file }) => progress.step(visible(file)));
	} finally {
		progress.end();
	}
	if (found.every(({ claims, unreadable }) => claims.length === 0 && unreadable.length === 0)) {
		throw failure({
			what: "check: nothing to judge",
			expected: "a block that begins with ```derivation, with a line of dashes and claims below it",
			actual: pages.length === 1 ? visible(pages[0]?.file ?? "") : `${pages.length} pages without one`,
		});
	}
	const strict = options.strict ?? false;
	if (target) await writeFiles([{ target, content: reportHtml(found, strict) }]);
	if (options.json) place.stdout.write(`${JSON.stringify(dataOf(found, strict), undefined, "\t")}\n`);
	else print(found, { strict, quiet: options.quiet ?? false }, place);
	if (target && !options.json) place.stdout.write(`\nWritten to ${target.path}\n`);
	return codeOf(found, strict);
}

function milliseconds(text: string): number {
	const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
	if (seconds > 0 && seconds <= 3600) return seconds * 1000;
	throw failure({ what: "check: --timeout is out of range", expected: "seconds for a step, up to 3600", actual: text });
}

// ---------------------------------------------------------------- pages

/** The pages at the paths, those in folders included, each once. */
async function pagesAt(paths: readonly string[], timeLimit: number): Promise<Page[]> {
	const files: string[] = [];
	for (const path of paths) files.push(...(await filesAt(path)));
	const once = [...new Set(files.map((file) => normalize(file)))];
	return Promise.all(once.map(async (file) => ({ file, markdown: await textAt(file), timeLimit })));
}

async function filesAt(path: string): Promise<string[]> {
	const kind = await stat(path).catch(() => undefined);
	if (!kind) {
		throw failure({ what: `check: there is no ${named(path)}`, expected: "Markdown files, or folders that hold some" });
	}
	if (!kind.isDirectory()) return [path];
	const entries = await readdir(path, { withFileTypes: true });
	const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
	const found: string[] = [];
	for (const entry of sorted) {
		if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
		const inside = join(path, entry.name);
		if (entry.isDirectory()) found.push(...(await filesAt(inside)));
		else if (entry.isFile() && /\.(?:md|markdown)$/i.test(entry.name)) found.push(inside);
	}
	return found;
}

async function textAt(file: string): Promise<string> {
	const unreadable = (actual: string): Error =>
		failure({
			what: `check: cannot read ${named(file)}`,
			expected: `a text in UTF-8 of at most ${largest} bytes`,
			actual,
		});
	let bytes: Uint8Array;
	try {
		bytes = await readFile(file);
	} catch (error) {
		throw unreadable(error instanceof Error && "code" in error ? String(error.code) : "the system refuses");
	}
	if (bytes.length > largest) throw unreadable(`${bytes.length} bytes`);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw unreadable("bytes that are no UTF-8");
	}
}

function codeOf(pages: readonly JudgedPage[], strict: boolean): number {
	if (pages.some(({ unreadable }) => unreadable.length > 0)) return exits.unreadable;
	const steps = pages.flatMap(({ claims }) => claims.flatMap((claim) => claim.steps));
	return steps.some((step) => isFault(step, strict)) ? exits.wrong : exits.fine;
}

/** The report as data: what `--json` prints. */
function dataOf(pages: readonly JudgedPage[], strict: boolean): unknown {
	const steps = pages.flatMap(({ claims }) => claims.flatMap((claim) => claim.steps));
	const count = (verdict: Verdict): number => steps.filter((step) => step.verdict === verdict).length;
	return {
		pages: pages.map(({ file, claims, unreadable, milliseconds }) => ({
			file,
			seconds: milliseconds / 1000,
			claims: claims.map(({ steps, ...claim }) => ({
				...claim,
				steps: steps.map((step) => ({ ...step, fault: isFault(step, strict) })),
			})),
			unreadable,
		})),
		summary: {
			steps: steps.length,
			proven: count("PROVEN"),
			holdsOnlyIf: count("HOLDS ONLY IF"),
			refuted: count("REFUTED"),
			undecided: count("UNDECIDED"),
			faults: steps.filter((step) => isFault(step, strict)).length,
			unreadable: pages.reduce((total, { unreadable }) => total + unreadable.length, 0),
		},
		code: codeOf(pages, strict),
	};
}
