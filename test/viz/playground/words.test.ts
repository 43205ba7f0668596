/**
 * What the laboratory page says, in both languages: every text exists twice,
 * says the same names and numbers twice, and no text reaches the page around
 * the words. Each rule is tried on the sources, where it must find nothing, and
 * on a few lines written to break it.
 */
import { parseHTML } from "linkedom";
import type { Node } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { composed, label, language, onLanguage, setLanguage, spoken, text } from "../../../viz/playground/words.js";
import { parse, placeOf, readSources, type Source, visit } from "../../source.js";

const hangul = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]/;
/** Words of a language, as opposed to single letters of mathematics. */
const word = /\p{L}{2}/u;

/** A text as it stands in the sources: what is written, and the names of what is filled in. */
interface Written {
	readonly text: string;
	readonly filled: ReadonlySet<string>;
}

/** One thing, said in both languages. */
interface Pair {
	readonly source: Source;
	readonly start: number;
	readonly en: Written;
	readonly ko: Written;
}

/** The texts that an expression can be; `undefined` where it is no text that stands there. */
function writtenIn(value: Node): Written | undefined {
	if (value.type === "Literal")
		return typeof value.value === "string" ? { text: value.value, filled: new Set() } : undefined;
	if (value.type === "ParenthesizedExpression") return writtenIn(value.expression);
	if (value.type === "TemplateLiteral") {
		const filled = new Set<string>();
		const inner: string[] = [];
		for (const expression of value.expressions) collect(expression, filled, inner);
		return { text: [...value.quasis.map((part) => part.value.cooked ?? ""), ...inner].join(" "), filled };
	}
	if (value.type === "ConditionalExpression") {
		const [one, other] = [writtenIn(value.consequent), writtenIn(value.alternate)];
		if (!one || !other) return undefined;
		return { text: `${one.text} ${other.text}`, filled: new Set([...one.filled, ...other.filled]) };
	}
	return undefined;
}

/** Names of values, and texts that are chosen between, in what is filled into a text. */
function collect(node: Node, names: Set<string>, texts: string[]): void {
	const inside = (next: Node | null | undefined): void => {
		if (next) collect(next, names, texts);
	};
	if (node.type === "Identifier") names.add(node.name);
	else if (node.type === "Literal" && typeof node.value === "string") texts.push(node.value);
	else if (node.type === "TemplateLiteral") {
		texts.push(...node.quasis.map((part) => part.value.cooked ?? ""));
		for (const expression of node.expressions) inside(expression);
	} else if (node.type === "MemberExpression") inside(node.object);
	else if (node.type === "CallExpression") {
		if (node.callee.type === "MemberExpression") inside(node.callee.object);
		for (const argument of node.arguments) inside(argument);
	} else if (node.type === "ConditionalExpression") {
		// What is asked decides about the form of a word, which only one of the languages may have.
		inside(node.consequent);
		inside(node.alternate);
	} else if (node.type === "BinaryExpression" || node.type === "LogicalExpression") {
		inside(node.left as Node);
		inside(node.right);
	}
}

/** `language === "ko" ? ... : ...`, which is a pair, too. */
function isAboutLanguage(test: Node): test is Node & { readonly type: "BinaryExpression" } {
	return (
		test.type === "BinaryExpression" &&
		test.operator === "===" &&
		test.right.type === "Literal" &&
		(test.right.value === "ko" || test.right.value === "en")
	);
}

function pairsIn(source: Source): Pair[] {
	const pairs: Pair[] = [];
	const add = (start: number, en: Node | undefined, ko: Node | undefined): void => {
		const [english, korean] = [en && writtenIn(en), ko && writtenIn(ko)];
		if (english && korean) pairs.push({ source, start, en: english, ko: korean });
	};
	visit(source, {
		ObjectExpression: ({ properties, start }) => {
			const said = (language: string): Node | undefined =>
				properties.flatMap((one) =>
					one.type === "Property" && one.key.type === "Identifier" && one.key.name === language ? [one.value] : [],
				)[0];
			add(start, said("en"), said("ko"));
		},
		ConditionalExpression: ({ test, consequent, alternate, start }) => {
			if (!isAboutLanguage(test)) return;
			const isKorean = test.right.type === "Literal" && test.right.value === "ko";
			add(start, isKorean ? alternate : consequent, isKorean ? consequent : alternate);
		},
	});
	return pairs;
}

/** Words that stand in Korean texts as they are, and nothing else needs to stand there. */
const shared: ReadonlySet<string> = new Set(
	[
		"English en", // the button that leads to the other language speaks that one
		"SVG PNG DOT JSON CSV LaTeX TypeScript safetensors",
		"SGD AdaGrad RMSProp AdaDelta Adam AdamW AdaMax NAdam RAdam Lion Nesterov",
		"tanh sigmoid softmax softplus ReLU ELU GELU SiLU sin leaky",
		"AND OR XOR",
		"Xavier He",
	].flatMap((line) => line.split(" ")),
);

/** English texts with Hangul: the other half of the same button. */
const foreign: ReadonlySet<string> = new Set(["한국어"]);

/** Numbers with several digits: small ones may be words in one language. */
const numbers = (written: string): string[] => [...new Set(written.match(/\d+(?:[.,]\d+)+|\d{2,}/g))].sort();
const signs = (written: string): string[] =>
	[...new Set(written.match(/[∂∇ΣσλγηβμθεδαΔ√∞²³]|https?:\S+|\\[a-z]+/g))].sort();

function complaintsAbout({ source, start, en, ko }: Pair): string[] {
	const { path, line } = placeOf(source, start);
	const at = `${path}:${line}  `;
	const short = JSON.stringify(en.text.trim()).slice(0, 60);
	const found: string[] = [];
	const spelt = ko.text.match(/\p{L}{3,}|^\p{L}{2}$/gu) ?? [];
	if (!hangul.test(ko.text) && spelt.some((one) => !shared.has(one)))
		found.push(`${at}${short} is not Korean in Korean: ${JSON.stringify(ko.text)}`);
	if (hangul.test(en.text) && !foreign.has(en.text)) found.push(`${at}${short} is Korean in English`);
	if ((en.text.trim() === "") !== (ko.text.trim() === "") && en.filled.size === 0 && ko.filled.size === 0)
		found.push(`${at}${short} is empty in one language`);
	const missing = [...en.filled, ...ko.filled].filter((name) => en.filled.has(name) !== ko.filled.has(name));
	if (missing.length > 0) found.push(`${at}${short} fills in ${missing.join(", ")} in one language only`);
	for (const marks of [numbers, signs]) {
		const lost = marks(en.text).filter((mark) => !marks(ko.text).includes(mark));
		if (lost.length > 0) found.push(`${at}${short} lacks ${lost.join(", ")} in Korean`);
	}
	return found;
}

// ------------------------------------------------------ texts beside words

/** Functions that build elements, and which of their arguments are seen. */
const builders: Readonly<Record<string, number>> = { html: 2, svg: 2, button: 0, act: 0 };
/** Attributes that are read aloud or shown. */
const read: ReadonlySet<string> = new Set(["aria-label", "title", "placeholder", "alt", "aria-description"]);
/** Elements whose text is no language: code, and keys of the keyboard. */
const untranslated: ReadonlySet<string> = new Set(["code", "kbd", "pre"]);
/** Names that are written the same everywhere. */
const names = /chainrule/g;
const fields: ReadonlySet<string> = new Set(["textContent", "innerText", "title", "placeholder", "ariaLabel"]);
const inserting: ReadonlySet<string> = new Set(["append", "prepend", "replaceChildren", "before", "after"]);

const nameOf = (node: Node): string => {
	if (node.type === "Identifier") return node.name;
	if (node.type === "MemberExpression" && node.property.type === "Identifier") return node.property.name;
	return "";
};

function barrenTextsIn(source: Source): string[] {
	const found: string[] = [];
	const judge = (value: Node | undefined): void => {
		const written = value && writtenIn(value);
		if (!written || !word.test(written.text.replaceAll(names, ""))) return;
		const { path, line } = placeOf(source, value.start);
		found.push(`${path}:${line}  ${JSON.stringify(written.text)} stands beside the words: say it in both languages`);
	};
	visit(source, {
		CallExpression: ({ callee, arguments: given }) => {
			const name = nameOf(callee);
			const first = callee.type === "Identifier" ? builders[name] : undefined;
			const [tag, attributes] = given;
			if (first !== undefined && !(tag?.type === "Literal" && untranslated.has(String(tag.value)) && first > 0)) {
				for (const argument of first === 0 ? given.slice(0, 1) : given.slice(first)) judge(argument);
				if (attributes?.type === "ObjectExpression")
					for (const one of attributes.properties) {
						if (one.type !== "Property") continue;
						const key = one.key.type === "Literal" ? String(one.key.value) : nameOf(one.key);
						if (read.has(key)) judge(one.value);
					}
			}
			if (callee.type === "MemberExpression" && inserting.has(name)) for (const argument of given) judge(argument);
			if (name === "notice") judge(given[0]);
			if (name === "setAttribute" && tag?.type === "Literal" && read.has(String(tag.value))) judge(given[1]);
		},
		AssignmentExpression: ({ left, right }) => {
			if (left.type === "MemberExpression" && fields.has(nameOf(left))) judge(right);
		},
	});
	return found;
}

const sources = [...readSources("viz/playground").values()];

describe("the words of the page", () => {
	test("are Korean in Korean, English in English, and fill in the same", () => {
		const pairs = sources.flatMap(pairsIn);
		expect(pairs.length).toBeGreaterThan(20);
		expect(pairs.flatMap(complaintsAbout)).toEqual([]);
	});

	test("are all that the page says", () => {
		expect(sources.flatMap(barrenTextsIn)).toEqual([]);
	});

	test("what is missing, empty, other or foreign in one language is found", () => {
		const source = parse(
			"viz/playground/words.ts",
			[
				'const a = { en: "Play", ko: "Play" };',
				'const b = { en: "재생", ko: "재생" };',
				'const c = { en: "", ko: "재생" };',
				"const d = { en: `step ${step} of ${count}`, ko: `${step}단계` };",
				'const e = { en: "at most 12", ko: "최대 21" };',
				'const f = { en: "∂C/∂w", ko: "기울기" };',
				"const g = language === 'ko' ? `${count}` : `${size} lines`;",
				"const h = { en: `${count} ${count === 1 ? 'step' : 'steps'} left`, ko: `${withParticle(count.name, '이', '가')} 남음` };",
				'const i = { en: "σ′(z), 0.5", ko: "σ′(z), 0.5" };',
				'const j = { en: "x₁ − y", ko: "x₁ − y" };',
			].join("\n"),
		);
		expect(
			pairsIn(source)
				.flatMap(complaintsAbout)
				.map((one) => one.replace(/:\d+ {2}".*?"/, (at) => at.split(" ")[0] as string)),
		).toEqual([
			'viz/playground/words.ts:1 is not Korean in Korean: "Play"',
			"viz/playground/words.ts:2 is Korean in English",
			"viz/playground/words.ts:3 is empty in one language",
			"viz/playground/words.ts:4 fills in count in one language only",
			"viz/playground/words.ts:5 lacks 12 in Korean",
			"viz/playground/words.ts:6 lacks ∂ in Korean",
			"viz/playground/words.ts:7 fills in size, count in one language only",
		]);
	});

	test("texts beside the words are found in elements, attributes, notices and fields", () => {
		const source = parse(
			"viz/playground/bench.ts",
			[
				'html("p", { class: "note wide" }, "Some text", text(words.play));',
				'html("button", { "aria-label": "Close", type: "button" }, "×");',
				'button("Play", () => {});',
				'line.textContent = "Loading …";',
				"line.append(`${count} steps`);",
				'shell.notice("failed");',
				'input.setAttribute("placeholder", "a formula");',
				'html("code", {}, "w = 1"); html("span", { title: String(count) }, "x", "=", "chainrule");',
				'element.setAttribute("class", "note"); select.value = "name"; act(words.play, () => {});',
			].join("\n"),
		);
		expect(barrenTextsIn(source).map((one) => Number(/:(\d+)/.exec(one)?.[1]))).toEqual([1, 2, 3, 4, 5, 6, 7]);
	});
});

describe("a word on the page", () => {
	const play = { en: "Play", ko: "재생" };
	const pause = { en: "Pause", ko: "멈춤" };

	test("follows the language wherever it stands", () => {
		const { document } = parseHTML("<html><body></body></html>");
		Object.assign(globalThis, { document });
		try {
			const button = document.createElement("button");
			button.append(text(play));
			label(button, "title", play);
			label(button, "title", pause); // the last one holds
			label(
				button,
				"aria-label",
				composed((language) => `${language}: ${play[language]}`),
			);
			const heard: string[] = [];
			onLanguage(button, () => heard.push(language()));
			onLanguage(button, () => heard.push(spoken(play)));
			expect(button.outerHTML).toBe('<button aria-label="en: Play" title="Pause">Play</button>');
			setLanguage("ko");
			expect(button.outerHTML).toBe('<button aria-label="ko: 재생" title="멈춤">재생</button>');
			expect(heard).toEqual(["ko", "재생"]);
			// What a change brings anew is up to date.
			onLanguage(button, () => button.replaceChildren(text(pause)));
			setLanguage("en");
			expect(button.textContent).toBe("Pause");
		} finally {
			setLanguage("en");
			Reflect.deleteProperty(globalThis, "document");
		}
	});
});
