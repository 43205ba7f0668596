/**
 * The state of the expression bench as the address of the page holds it:
 * `f=z = w*x + b; ...&at=w=0.6,b=0.9&of=w&claim=...&plane=w,b&rate=0.1&steps=20`.
 *
 * An address is typed, cut and forged, so whatever cannot be read is told in a
 * sentence, and the rest holds. A formula is only carried: whether it can be
 * understood is said where it is shown.
 */
import { type Range, ranges as usualRanges } from "../setup.js";
import { composed, type Language, type Word } from "../words.js";
import { anywhere, limits } from "./computation.js";
import { type Example, exampleOf, examples } from "./examples.js";

/** All that a reader can choose. */
export interface ExpressionState {
	/** The expression as it was typed. */
	readonly text: string;
	/** Values by name. */
	readonly values: ReadonlyMap<string, number>;
	/** The name whose derivative is shown. */
	readonly of: string | undefined;
	/** The reader's own derivation. */
	readonly claim: string;
	/** The two names across which the result is drawn. */
	readonly plane: readonly [string, string] | undefined;
	/** η and the number of steps of the descent that is drawn. */
	readonly rate: number;
	readonly steps: number;
}

/** What a number of the descent may be. */
export const ranges: { readonly [Name in "rate" | "steps"]: Range } = {
	rate: usualRanges.learningRate,
	steps: { low: 0, high: 1_000, whole: true },
};

const [first] = examples;
const usualDescent = { rate: 0.1, steps: 20 } as const;
const claimLength = 4_000;
const one = /^[\p{L}_][\p{L}\p{M}\p{Nd}_₀-₉]*$/u;
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The state of the bench with an example on it. */
export function stateOf({ values, text, of, plane, ...descent }: Example): ExpressionState {
	const { rate, steps } = { ...usualDescent, ...descent };
	return { text, values: new Map(Object.entries(values)), of, claim: "", plane, rate, steps };
}

/** What the page begins with. */
export const standardState: ExpressionState = stateOf(first);

/** The state for an address: everything that is not as it usually is. */
export function writeState(state: ExpressionState): URLSearchParams {
	const parameters = new URLSearchParams();
	const example = exampleOf(state.text);
	const usual = example && stateOf(example);
	if (state.text !== first.text) parameters.set("f", state.text);
	const at = [...state.values].filter(([name, value]) => value !== (usual?.values.get(name) ?? anywhere));
	const written = at.map(([name, value]) => `${name}=${Object.is(value, -0) ? "-0" : value}`);
	if (written.length > 0) parameters.set("at", written.join());
	if (state.of !== undefined && state.of !== usual?.of) parameters.set("of", state.of);
	if (state.claim !== "") parameters.set("claim", state.claim);
	const plane = state.plane?.join();
	if (plane !== undefined && plane !== example?.plane.join()) parameters.set("plane", plane);
	for (const entry of ["rate", "steps"] as const)
		if (state[entry] !== (usual ?? usualDescent)[entry]) parameters.set(entry, String(state[entry]));
	return parameters;
}

/** The state that an address holds, and what of it could not be read. */
export function readState(parameters: URLSearchParams): {
	readonly state: ExpressionState;
	readonly problems: readonly Word[];
} {
	const problems: Word[] = [];
	const text = limited(parameters.get("f") ?? first.text, limits.characters, "f", problems) ?? first.text;
	const example = exampleOf(text);
	const usual = example && stateOf(example);
	const values = new Map(usual?.values);
	for (const [name, value] of pairsIn(parameters.get("at") ?? "", problems)) values.set(name, value);
	const names = (parameters.get("plane") ?? "").split(",").filter((name) => name !== "");
	const [across, up] = names;
	const isPlane = names.length === 2 && names.every((name) => one.test(name)) && across !== up;
	if (names.length > 0 && !isPlane) problems.push(unreadable("plane", names.join(), expected.plane));
	const of = parameters.get("of") ?? undefined;
	const isName = of === undefined || one.test(of);
	if (!isName) problems.push(unreadable("of", of, expected.name));
	return {
		state: {
			text,
			values,
			of: (isName ? of : undefined) ?? usual?.of,
			claim: limited(parameters.get("claim") ?? "", claimLength, "claim", problems) ?? "",
			plane: isPlane ? [across as string, up as string] : usual?.plane,
			rate: numberOf(parameters, "rate", (usual ?? usualDescent).rate, problems),
			steps: numberOf(parameters, "steps", (usual ?? usualDescent).steps, problems),
		},
		problems,
	};
}

function limited(text: string, most: number, entry: string, problems: Word[]): string | undefined {
	if (text.length <= most) return text;
	problems.push(unreadable(entry, text, expected.length(most)));
	return undefined;
}

/** `w=0.6,b=0.9`; pairs that are none are told and left out. */
function pairsIn(text: string, problems: Word[]): [string, number][] {
	const pairs = text.split(",").filter((pair) => pair.trim() !== "");
	return pairs.flatMap((pair): [string, number][] => {
		const [name = "", value = "", ...more] = pair.split("=").map((part) => part.trim());
		if (more.length === 0 && one.test(name) && number.test(value) && Number.isFinite(Number(value)))
			return [[name.normalize("NFC"), Number(value)]];
		problems.push(unreadable("at", pair, expected.pair));
		return [];
	});
}

function numberOf(parameters: URLSearchParams, entry: keyof typeof ranges, usual: number, problems: Word[]): number {
	const text = parameters.get(entry);
	if (text === null) return usual;
	const { low, high, whole } = ranges[entry];
	const value = number.test(text) ? Number(text) : Number.NaN;
	if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
	problems.push(unreadable(entry, text, expected.number(low, high, whole)));
	return usual;
}

// ------------------------------------------------------------------ words

const expected = {
	name: { en: "a name such as w", ko: "w 같은 이름" },
	plane: { en: "two names with a comma between them, such as w,b", ko: "w,b처럼 쉼표로 나눈 두 이름" },
	pair: { en: "name=number", ko: "이름=수" },
	length: (most: number): Word => ({ en: `at most ${most} characters`, ko: `${most}자 이하` }),
	number: (low: number, high: number, whole: boolean): Word => ({
		en: `a ${whole ? "whole " : ""}number from ${low} to ${high}`,
		ko: `${low}에서 ${high} 사이의 ${whole ? "정수" : "수"}`,
	}),
} as const;

function unreadable(entry: string, found: string, wanted: Word): Word {
	const characters = Array.from(found);
	const short = characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : found;
	return composed((language: Language) =>
		language === "ko"
			? `주소의 ${entry} 항목("${short}")을 읽을 수 없어 기본값을 씁니다. 쓸 수 있는 값: ${wanted.ko}.`
			: `${entry} in the address cannot be read: expected ${wanted.en}, found "${short}"; it is as usual.`,
	);
}
