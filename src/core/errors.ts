/**
 * Errors that prove their point.
 *
 * Every message has one form: what failed, what was expected, what was found,
 * where, and how to mend it. `failure` is the only constructor, so no message
 * can leave the form. The place is the scope path and, in debug mode, the line
 * of the caller's source.
 */
import { scopePath } from "./scope.js";

/** The parts of a message; `what` is one line, `operation: what failed`. */
export interface Problem {
	readonly what: string;
	readonly expected?: string;
	readonly actual?: string;
	readonly fix?: string;
	/** Overrides the scope path, where the failure belongs to another place than the one being recorded. */
	readonly path?: readonly string[];
}

/** Every error the library throws on purpose. */
export class ChainruleError extends Error {
	override readonly name = "ChainruleError";
	readonly problem: Problem;

	constructor(message: string, problem: Problem) {
		super(message);
		this.problem = problem;
	}
}

let debugging = false;
let listener: () => void = () => {};

/** In debug mode errors and pictures name the line of your source that made a call. Off by default: reading the stack is slow. */
export function setDebug(on: boolean): void {
	debugging = on;
	listener();
}

/** Has `listen` called when debug mode is switched; there is one listener, the tape. */
export function onDebug(listen: () => void): void {
	listener = listen;
}

/** True after `setDebug(true)`. */
export function isDebug(): boolean {
	return debugging;
}

/** The error to throw for `problem`, its message laid out in the common form. */
export function failure(problem: Problem): ChainruleError {
	const lines = [problem.what];
	const row = (label: string, text: string | undefined): void => {
		if (text) lines.push(`  ${label.padEnd(10)}${text.split("\n").join(`\n${" ".repeat(12)}`)}`);
	};
	row("expected", problem.expected);
	row("actual", problem.actual);
	row("in", (problem.path ?? scopePath()).join(" / "));
	row("at", debugging ? callerLine(new Error().stack) : undefined);
	row("fix", problem.fix);
	return new ChainruleError(lines.join("\n"), problem);
}

/** Where this library runs from: its bundle, or its sources. Frames inside are ours, the first one outside is the caller's. */
const home: readonly string[] = (() => {
	const url = (import.meta.url ?? "").replace(/^file:\/\//, "");
	const root = /^(.*\/)src\/core\/[^/]*$/.exec(url)?.[1];
	return root === undefined ? [url.replace(/[^/]*$/, "")] : [`${root}src/`, `${root}viz/`];
})();

/** The first frame of `stack` outside of this library. */
export function callerLine(stack: string | undefined): string | undefined {
	const frames = (stack ?? "").split("\n").slice(1);
	const frame = frames.find((line) => /:\d+:\d+/.test(line) && !home.some((folder) => line.includes(folder)));
	return frame?.trim().replace(/^at /, "");
}
