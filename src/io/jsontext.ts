/**
 * JSON from files that nobody vouches for.
 *
 * `JSON.parse` decides what is JSON, and silently keeps the last of two equal
 * keys. Two readers of one file must not see two contents, so equal keys are
 * refused here. Nothing else is.
 */
import { failure } from "../core/errors.js";

/** The value that `text`, found `where`, stands for. A key `__proto__` becomes a property like any other. */
export function parseJson(what: string, text: string, where: string): unknown {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw failure({ what: `${what}: not JSON`, expected: `JSON ${where}`, actual: (error as Error).message });
	}
	refuseEqualKeys(what, text);
	return value;
}

/** In valid JSON only keys stand before a colon. */
function refuseEqualKeys(what: string, text: string): void {
	const objects: Set<string>[] = [];
	for (let at = 0; at < text.length; at++) {
		if (text[at] === "{") objects.push(new Set());
		else if (text[at] === "}") objects.pop();
		else if (text[at] === '"') {
			const end = endOfString(text, at);
			if (isBeforeColon(text, end)) addKey(what, text.slice(at, end), at, objects.at(-1) as Set<string>);
			at = end - 1;
		}
	}
}

/** The place behind the string that begins at `at`. A regular expression would run out of stack on a long one. */
function endOfString(text: string, at: number): number {
	let end = at + 1;
	while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
	return end + 1;
}

function isBeforeColon(text: string, end: number): boolean {
	let at = end;
	while (/\s/.test(text[at] ?? "")) at++;
	return text[at] === ":";
}

function addKey(what: string, quoted: string, at: number, keys: Set<string>): void {
	const key = JSON.parse(quoted) as string;
	if (keys.has(key)) {
		throw failure({
			what: `${what}: a key is there twice`,
			expected: "every key once",
			actual: `a second ${shown(key)} at character ${at}`,
		});
	}
	keys.add(key);
}

/** As much of a value as fits into a message; a file may hold any length and any depth. */
export function shown(value: unknown): string {
	let text: string | undefined;
	try {
		text = JSON.stringify(value);
	} catch {
		return "arrays in arrays, too deep to show";
	}
	if (text === undefined) return "none";
	return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** True for what `{...}` becomes. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `key`, unless it is inherited, as `toString` is. */
export function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}
