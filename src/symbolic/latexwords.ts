/**
 * The words that LaTeX has for letters and functions: one list for reading and for writing.
 */
import { functionNamed } from "../core/op.js";
import { arityOf } from "./prove/mathematics.js";

/** Letters with a sign of their own in TeX. */
export const greek: ReadonlySet<string> = new Set(
	(
		"alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega " +
		"Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell"
	).split(" "),
);

/** Accents that make another name, by the word they add: `\hat{y}` is `yhat`. */
export const accents: ReadonlyMap<string, string> = new Map(
	Object.entries({
		hat: "hat",
		bar: "bar",
		tilde: "tilde",
		dot: "dot",
		widehat: "hat",
		overline: "bar",
		widetilde: "tilde",
	}),
);

/** Functions that TeX or the notes spell in another way than formulas do. */
const spelledOtherwise: ReadonlyMap<string, string> = new Map(
	Object.entries({
		arcsin: "asin",
		arccos: "acos",
		arctan: "atan",
		arsinh: "asinh",
		arcosh: "acosh",
		artanh: "atanh",
	}),
);

/** Functions of arrays and indices that formulas may call, beside those on numbers. */
const functionsOfArrays = new Set(
	"d sum prod mean rowsum colsum dot outer diag eye ones tr det logdet inv norm softmax delta".split(" "),
);

/** The function of the library that a word names in LaTeX, as formulas call it. */
export function functionOfWord(word: string): string | undefined {
	const name = spelledOtherwise.get(word) ?? word;
	const known = functionNamed(name) !== undefined || arityOf(name) !== undefined || functionsOfArrays.has(name);
	return known ? name : undefined;
}

/** The function that a command names without being a letter as well: `\sin`, but not `\sigma`. */
export function functionOfCommand(command: string): string | undefined {
	return greek.has(command) || command === "sum" || command === "prod" ? undefined : functionOfWord(command);
}
