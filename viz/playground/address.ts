/**
 * A setup as the address of the page holds it: `data=xor&layers=4-tanh.3-relu`.
 *
 * What is as it usually is does not stand there, so that a short address is a
 * small change. Every entry of the setup has one record, which writes it, reads
 * it and says what it may be; the reader of an address is told what could not be
 * read, entry by entry, and the rest holds. Whether a formula or a table can be
 * understood is not known here: that is said where it is typed.
 */
import {
	activations,
	dataSets,
	initializations,
	type LayerSetup,
	limits,
	losses,
	type NumberName,
	optimizers,
	outputs,
	ranges,
	type Setup,
	standardSetup,
} from "./setup.js";
import { rangeWord, readNumber } from "./widgets.js";
import { composed, spoken, type Word } from "./words.js";

type Name = keyof Setup;

/** How one entry is written. `read` gives `undefined` for what it may not be, which `expected` says. */
interface Entry<Value> {
	readonly write: (value: Value) => string;
	readonly read: (written: string) => Value | undefined;
	readonly expected: Word;
	/** Characters that the address has room for. */
	readonly room: number;
}

/** Characters of an address for a formula or a list, and for a table of points or weights. */
const room = { line: 2_000, table: 6_000 } as const;

/** What the page itself, or a bench, writes beside a setup. */
const others: readonly string[] = ["lang", "theme", "step"];

function choice<Value extends string>(words: readonly Value[]): Entry<Value> {
	return {
		write: (value) => value,
		read: (written) => words.find((word) => word === written),
		expected: composed((language) =>
			language === "ko" ? `${words.join(", ")} 중 하나` : `one of ${words.join(", ")}`,
		),
		room: room.line,
	};
}

function number(name: NumberName): Entry<number> {
	const range = ranges[name];
	return {
		write: String,
		read: (written) => readNumber(written, range),
		expected: rangeWord(range),
		room: room.line,
	};
}

function words(characters: number): Entry<string> {
	return {
		write: (value) => value,
		read: (written) => written,
		expected: composed((language) =>
			language === "ko" ? `${characters}자 이하의 글` : `a text of at most ${characters} characters`,
		),
		room: characters,
	};
}

const answers = { yes: true, no: false } as const;
const answer: Entry<boolean> = {
	write: (value) => (value ? "yes" : "no"),
	read: (written) => (Object.hasOwn(answers, written) ? answers[written as keyof typeof answers] : undefined),
	expected: { en: "yes or no", ko: "yes 또는 no" },
	room: room.line,
};

/** `8-tanh.4-relu`; no hidden layer is `none`. */
const layers: Entry<readonly LayerSetup[]> = {
	write: (value) => value.map(({ units, activation }) => `${units}-${activation}`).join(".") || "none",
	read: (written) => {
		const parts = written === "none" ? [] : written.split(".").map(layerOf);
		return parts.length <= limits.layers && parts.every((part) => part !== undefined) ? parts : undefined;
	},
	expected: composed((language) => {
		const list = activations.join(", ");
		return language === "ko"
			? `8-tanh.4-relu 같은 은닉층 ${limits.layers}개 이하, 층마다 유닛은 1에서 ${limits.units}개, 활성화 함수는 ${list} 중 하나, 은닉층이 없으면 none`
			: `at most ${limits.layers} hidden layers such as 8-tanh.4-relu, of 1 to ${limits.units} units each and one of ${list}, or none`;
	}),
	room: room.line,
};

function layerOf(written: string): LayerSetup | undefined {
	const [, count, name] = /^(\d+)-(\w+)$/.exec(written) ?? [];
	const units = readNumber(count ?? "", { low: 1, high: limits.units, whole: true });
	const activation = activations.find((one) => one === name);
	return units === undefined || activation === undefined ? undefined : { units, activation };
}

/** `x1,x2,max(x1\,x2)`: between the formulas stand commas, and a comma of a formula has a backslash before it. */
const features: Entry<readonly string[]> = {
	write: (value) => value.map((feature) => feature.replaceAll(/[\\,]/g, "\\$&")).join(","),
	read: (written) => {
		const parts = [...`${written},`.matchAll(/((?:[^\\,]|\\.)*),/gsu)].map(([, part = ""]) =>
			part.replaceAll(/\\(.)/gsu, "$1"),
		);
		return parts.length <= limits.features && parts.every((part) => part.trim() !== "") ? parts : undefined;
	},
	expected: composed((language) =>
		language === "ko"
			? `x1,x2,x1*x2처럼 쉼표로 나눈 수식 1개에서 ${limits.features}개`
			: `1 to ${limits.features} formulas with commas between them, such as x1,x2,x1*x2`,
	),
	room: room.line,
};

const entries: { readonly [One in Name]: Entry<Setup[One]> } = {
	data: choice(dataSets),
	samples: number("samples"),
	noise: number("noise"),
	classes: number("classes"),
	target: words(room.line),
	own: words(room.table),
	scaled: answer,
	test: number("test"),
	dataSeed: number("dataSeed"),
	features,
	layers,
	output: choice(outputs),
	initialization: choice(initializations),
	scale: number("scale"),
	weights: words(room.table),
	loss: choice(losses),
	formula: words(room.line),
	optimizer: choice(optimizers),
	learningRate: number("learningRate"),
	weightDecay: number("weightDecay"),
	batch: number("batch"),
	seed: number("seed"),
};
const names = Object.keys(entries) as readonly Name[];

function textOf<One extends Name>(setup: Setup, name: One): string {
	return entries[name].write(setup[name]);
}

/** The entries that differ from {@link standardSetup}, as the address holds them; see {@link leftOut} for those it has no room for. */
export function writeSetup(setup: Setup): URLSearchParams {
	const parameters = new URLSearchParams();
	for (const name of names) {
		const written = textOf(setup, name);
		if (written !== textOf(standardSetup, name) && written.length <= entries[name].room) parameters.set(name, written);
	}
	return parameters;
}

/** The entries that an address has no room for: who opens it will find what is usual instead. */
export function leftOut(setup: Setup): readonly Name[] {
	return names.filter((name) => textOf(setup, name).length > entries[name].room);
}

/**
 * The setup that an address holds. What cannot be read is told in one sentence
 * for each entry, in the language of the page, and is what it usually is.
 */
export function readSetup(parameters: URLSearchParams): { setup: Setup; problems: readonly string[] } {
	const found: Partial<Record<Name, Setup[Name]>> = {};
	const problems: string[] = [];
	for (const key of new Set(parameters.keys())) {
		if (others.includes(key)) continue;
		const name = names.find((one) => one === key);
		const written = parameters.getAll(key);
		if (name === undefined) problems.push(spoken(unknownWord(key)));
		else if (written.length > 1) problems.push(spoken(twiceWord(name, written.length)));
		else {
			const value = readEntry(name, written[0] as string);
			if (value === undefined) problems.push(spoken(refusedWord(name, written[0] as string)));
			else found[name] = value;
		}
	}
	return { setup: { ...standardSetup, ...(found as Partial<Setup>) }, problems };
}

function readEntry(name: Name, written: string): Setup[Name] | undefined {
	const entry: Entry<Setup[Name]> = entries[name] as Entry<Setup[Name]>;
	return written.length > entry.room ? undefined : entry.read(written);
}

/**
 * A query as it stands in an address: what may stand there as it is, is not
 * escaped, so that formulas can be read. The last character is, where it is none
 * of a word, because programs that find addresses in a text leave it out.
 */
export function queryOf(parameters: URLSearchParams): string {
	return String(parameters).replaceAll(/%(?:28|29|2C|2F|3A|3B|3D|40|5E)(?!$)/g, decodeURIComponent);
}

// ------------------------------------------------------------------- words

/** Something that was written in an address, short enough for a sentence. */
function clipped(written: string): string {
	const characters = Array.from(written);
	return `"${characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : written}"`;
}

function usual(name: Name): string {
	const written = textOf(standardSetup, name);
	return written === "" ? '""' : written;
}

function refusedWord(name: Name, written: string): Word {
	const { expected } = entries[name];
	return {
		en: `${name} in the address: expected ${expected.en}, found ${clipped(written)}; ${usual(name)} holds.`,
		ko: `주소에 적힌 ${name} 값(${clipped(written)})을 쓸 수 없어 기본값(${usual(name)})을 씁니다. 쓸 수 있는 값: ${expected.ko}.`,
	};
}

function twiceWord(name: Name, times: number): Word {
	return {
		en: `${name} in the address: expected one value, found ${times}; ${usual(name)} holds.`,
		ko: `주소에 ${name} 값이 ${times}개 적혀 있어 기본값(${usual(name)})을 씁니다. 값은 하나만 적을 수 있습니다.`,
	};
}

function unknownWord(key: string): Word {
	const list = names.join(", ");
	return {
		en: `The address holds an entry that is not known here: expected some of ${list}, found ${clipped(key)}.`,
		ko: `주소에 알 수 없는 항목(${clipped(key)})이 있습니다. 쓸 수 있는 항목: ${list}.`,
	};
}
