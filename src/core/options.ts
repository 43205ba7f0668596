/**
 * Options by their names, for who writes without a type checker or reads them from a file.
 *
 * A name that is misspelt is no option, and what it should have said would be
 * left at its usual value without a word. Where that costs a day of training,
 * it is refused.
 */
import { failure } from "./errors.js";

/** @throws where `options` are no options, or hold one that is none of `known`. */
export function checkOptions(name: string, options: object, known: readonly string[]): void {
	const expected = `{ ${known.join(", ")} }`;
	if (typeof options !== "object" || options === null)
		throw failure({ what: `${name}: not options`, expected, actual: said(options) });
	const odd = Object.keys(options).find((option) => !known.includes(option));
	if (odd !== undefined) throw failure({ what: `${name}: no such option`, expected, actual: odd });
}

/** @throws where `word` is none of `words`. */
export function checkWord(name: string, option: string, word: unknown, words: readonly string[]): void {
	if ((words as readonly unknown[]).includes(word)) return;
	throw failure({ what: `${name}: not a value for ${option}`, expected: words.join(" or "), actual: said(word) });
}

/** What was given in place of something else, as messages name it: `"3"` is not 3. */
export function said(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
	if (Array.isArray(value)) return "an array";
	if (typeof value === "object" && value !== null) return `an object (${value.constructor?.name ?? "no class"})`;
	return String(value);
}
