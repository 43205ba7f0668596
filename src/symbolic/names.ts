/**
 * Names with indices: `w11`, `w₁₁⁽²⁾`, `a3_2`, `W[1,2]`.
 *
 * A name is text and whole numbers. Where names differ only in numbers they are
 * members of a family, and a letter can stand for the number. What the name is
 * the name of is not known here.
 */

/** A part of a name: text, or an index, a number or a letter; `low` where it is written as a subscript letter of its own. */
export type NamePart = string | Index;

/** An index of a name. */
export interface Index {
	readonly at: number | string;
	readonly low: boolean;
}

const lowDigits = "₀₁₂₃₄₅₆₇₈₉";
const lowLetters: ReadonlyMap<string, string> = new Map(
	Object.entries({ i: "ᵢ", j: "ⱼ", k: "ₖ", l: "ₗ", m: "ₘ", n: "ₙ", p: "ₚ", r: "ᵣ", s: "ₛ", t: "ₜ" }),
);
const highDigits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const plainDigits = (text: string, digits: string): string =>
	Array.from(text, (character) => {
		const value = digits.indexOf(character);
		return value < 0 ? character : String(value);
	}).join("");

/** Digits as subscripts: `₁₂`. */
export function lowered(value: number | string): string {
	return Array.from(
		String(value),
		(character) => lowDigits[Number(character)] ?? lowLetters.get(character) ?? character,
	).join("");
}

/** Digits as superscripts: `¹²`; a sign, too. */
export function raised(value: number): string {
	return Array.from(String(value), (character) =>
		character === "-" ? "⁻" : (highDigits[Number(character)] as string),
	).join("");
}

/** The parts of a name: a run of digits is one number, or each digit an index of its own. */
export function partsOfName(name: string, reading: "numbers" | "digits"): NamePart[] {
	const parts: NamePart[] = [];
	for (const [text] of name.matchAll(/\d+|[₀-₉]+|[^\d₀-₉]+/gu)) {
		const low = /^[₀-₉]/u.test(text);
		if (!low && !/^\d/.test(text)) {
			parts.push(text);
			continue;
		}
		const digits = plainDigits(text, lowDigits);
		const numbers = reading === "numbers" ? [digits] : Array.from(digits);
		// A number with zeros in front is not the number.
		for (const number of numbers) parts.push(String(Number(number)) === number ? { at: Number(number), low } : number);
	}
	return parts;
}

/** The name of one member: every letter replaced by its number. */
export function instanceOf(parts: readonly NamePart[], values: ReadonlyMap<string, number>): NamePart[] {
	return parts.map((part) =>
		typeof part === "object" && typeof part.at === "string" ? { ...part, at: values.get(part.at) ?? part.at } : part,
	);
}

/** The name that the parts spell; letters stand where numbers stood, as subscripts where each index is one sign: `wₖ₁`, `w[k,12]`. */
export function nameOfParts(parts: readonly NamePart[]): string {
	const { head, indices, tail } = layoutOf(parts);
	const open = indices.some(({ at }) => typeof at === "string");
	const short = indices.every(({ at }) => String(at).length === 1 && (typeof at === "number" || lowLetters.has(at)));
	if (open)
		return `${head}${short ? indices.map(({ at }) => lowered(at)).join("") : `[${indices.map(({ at }) => at).join(",")}]`}${tail}`;
	return parts
		.map((part) => (typeof part === "string" ? part : part.low ? lowered(part.at) : String(part.at)))
		.join("");
}

/** A family in the notation, `w[k,1]`. */
export function notationOfParts(parts: readonly NamePart[]): {
	readonly head: string;
	readonly indices: readonly Index[];
} {
	const { head, indices, tail } = layoutOf(parts);
	return { head: plainName(head + tail), indices };
}

/** Indices that come last, what stands before them and behind them. An underscore ends what is before, unless an index there is a letter. */
function layoutOf(parts: readonly NamePart[]): { head: string; indices: Index[]; tail: string } {
	const spelt = (some: readonly NamePart[]): string =>
		some.map((part) => (typeof part === "string" ? part : part.low ? lowered(part.at) : String(part.at))).join("");
	let end = parts.length;
	if (typeof parts[end - 1] === "string" && /^(\]|⁽.*⁾)$/u.test(parts[end - 1] as string)) end--;
	let start = end;
	while (start > 0) {
		const before = parts[start - 1] as NamePart;
		if (typeof before === "object") start--;
		else if (/^[,_]$/.test(before) && start < end && start > 1 && typeof parts[start - 2] === "object") {
			const further = parts.slice(0, start - 1).some((part) => typeof part === "object" && typeof part.at === "string");
			if (before === "_" && !further) break;
			start--;
		} else break;
	}
	const indices = parts.slice(start, end).filter((part): part is Index => typeof part === "object");
	const head = spelt(parts.slice(0, start)).replace(/[[_]$/, "");
	const tail = spelt(parts.slice(end)).replace(/^\]/, "");
	return { head, indices, tail };
}

/** A name that the grammar reads: superscripts in parentheses become digits, brackets and dots underscores. */
export function plainName(name: string): string {
	const flat = plainDigits(name.replace(/[⁽⁾]/gu, ""), highDigits)
		.replace(/[^\p{L}\p{M}\p{Nd}_₀-₉]+/gu, "_")
		.replace(/_+$/, "");
	return /^[\p{L}_]/u.test(flat) ? flat : `x${flat}`;
}

/** The Greek letters that TeX has, by their names in it. */
export const greekLetters: ReadonlyMap<string, string> = new Map(
	Object.entries({
		alpha: "α",
		beta: "β",
		gamma: "γ",
		delta: "δ",
		epsilon: "ε",
		zeta: "ζ",
		eta: "η",
		theta: "θ",
		iota: "ι",
		kappa: "κ",
		lambda: "λ",
		mu: "μ",
		nu: "ν",
		xi: "ξ",
		pi: "π",
		rho: "ρ",
		sigma: "σ",
		tau: "τ",
		upsilon: "υ",
		phi: "φ",
		chi: "χ",
		psi: "ψ",
		omega: "ω",
	}),
);
const spelling: ReadonlyMap<string, string> = new Map([...greekLetters].map(([word, letter]) => [letter, word]));

/** A stem in TeX: Greek where TeX has the letter, upright where it is a word; a differential, `dZ`, is none. */
function stemLatex(stem: string): string {
	const word = spelling.get(stem) ?? stem;
	if (greekLetters.has(word)) return `\\${word}`;
	const [first = "", ...others] = Array.from(stem);
	const letter = spelling.get(first);
	if (letter !== undefined && others.length > 0) return `\\${letter}_{${stemLatex(others.join("").replace(/^_/, ""))}}`;
	if (others.length === 0 || /^d\p{Lu}$/u.test(stem)) return stem;
	return `\\mathrm{${stem.replaceAll("_", "\\_")}}`;
}

/** A name in TeX: digits and letters at the end as indices, a superscript in parentheses above. */
export function partsLatex(parts: readonly NamePart[]): string {
	const { head, indices, tail } = layoutOf(parts);
	const [, stem = head, number = ""] = /^(.*?[^\d_₀-₉])_?(\d*)$/u.exec(head) ?? [];
	const all = [...(number === "" ? [] : [number]), ...indices.map(({ at }) => String(at))];
	const above = /⁽(.*)⁾/u.exec(stem + tail)?.[1];
	const base = stemLatex(stem.replace(/⁽.*⁾/u, ""));
	// One digit each needs no comma: w_{11}.
	const joint = all.length > 1 && all.every((index) => index.length === 1) && number === "" ? "" : ",";
	const below = all.length === 0 ? "" : `_{${all.join(joint)}}`;
	return base + below + (above === undefined ? "" : `^{(${plainDigits(above, highDigits)})}`);
}
