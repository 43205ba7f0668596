/**
 * The page: which bench is seen, in which language and on which paper.
 *
 * The address decides: `#network?data=xor&lang=ko`. A bench is loaded when it is
 * first looked at, and stays as it is while another one is.
 */
import { button, byId, html } from "../explorer/page/dom.js";
import type { Bench, BenchMaker, Shell } from "./bench.js";
import { type Language, label, language, languages, setLanguage, spoken, text, type Word } from "./words.js";

const words = {
	laboratory: { en: "Laboratory", ko: "실험실" },
	expression: { en: "Expression", ko: "수식" },
	network: { en: "Network", ko: "신경망" },
	scenes: { en: "Lecture scenes", ko: "강의 장면" },
	benches: { en: "Benches", ko: "실험대" },
	other: { en: "한국어", ko: "English" },
	otherSays: { en: "Switch to Korean", ko: "영어로 바꾸기" },
	dark: { en: "Dark", ko: "어둡게" },
	light: { en: "Light", ko: "밝게" },
	failed: { en: "This part of the page could not be loaded.", ko: "이 부분을 불러오지 못했습니다." },
} as const satisfies Record<string, Word>;

/** The benches, in the order of the bar; the first is where the page begins. */
const makers: Readonly<Record<string, { readonly word: Word; readonly load: () => Promise<BenchMaker> }>> = {
	expression: {
		word: words.expression,
		load: async () => (await import("./expression/bench.js")).expressionBench,
	},
	network: { word: words.network, load: async () => (await import("./network/bench.js")).networkBench },
	scenes: { word: words.scenes, load: async () => (await import("./scenes/bench.js")).scenesBench },
};
const [firstName] = Object.keys(makers) as [string];

const benches = new Map<string, Promise<Bench>>();
let shown = "";
let theme: "light" | "dark" | undefined;
/** What the page itself wrote into the address, to be told from what the reader did. */
let written = "";

function read(): { readonly name: string; readonly parameters: URLSearchParams } {
	const [name, query = ""] = location.hash.slice(1).split("?", 2) as [string, string?];
	return { name: Object.hasOwn(makers, name) ? name : firstName, parameters: new URLSearchParams(query) };
}

function write(name: string, parameters: URLSearchParams): void {
	const all = new URLSearchParams(parameters);
	if (language() !== "en") all.set("lang", language());
	if (theme !== undefined) all.set("theme", theme);
	const query = String(all);
	written = `#${name}${query === "" ? "" : `?${query}`}`;
	if (location.hash !== written) history.replaceState(null, "", written);
}

function shellOf(name: string): Shell {
	return {
		remember: (parameters) => {
			states.set(name, parameters);
			if (shown === name) write(name, parameters);
		},
		notice,
	};
}

const states = new Map<string, URLSearchParams>();

let hush = 0;
function notice(what: Word | string, kind?: "alert"): void {
	const line = byId("notice");
	line.textContent = typeof what === "string" ? what : spoken(what);
	line.classList.toggle("alert", kind === "alert");
	line.hidden = false;
	clearTimeout(hush);
	hush = window.setTimeout(() => {
		line.hidden = true;
	}, 6_000);
}

async function show(name: string, parameters: URLSearchParams): Promise<void> {
	const before = shown;
	shown = name;
	for (const tab of document.querySelectorAll<HTMLElement>("#benches a"))
		if (tab.dataset.bench === name) tab.setAttribute("aria-current", "page");
		else tab.removeAttribute("aria-current");
	if (before !== "" && before !== name) (await benches.get(before))?.close();
	let made = benches.get(name);
	if (made === undefined) {
		made = makers[name]?.load().then((maker) => maker(shellOf(name))) as Promise<Bench>;
		benches.set(name, made);
	}
	try {
		const bench = await made;
		if (shown !== name) return;
		byId("stage").replaceChildren(bench.element);
		bench.open(parameters);
	} catch (error) {
		benches.delete(name);
		notice(words.failed, "alert");
		throw error;
	}
}

function follow(): void {
	if (location.hash === written && written !== "") return;
	const { name, parameters } = read();
	const wanted = parameters.get("lang");
	setLanguageOfPage((languages as readonly string[]).includes(wanted ?? "") ? (wanted as Language) : preferred());
	const paper = parameters.get("theme");
	theme = paper === "light" || paper === "dark" ? paper : undefined;
	setTheme();
	void show(name, parameters);
}

/** The language of the browser, until the reader chooses. */
function preferred(): Language {
	if (shown !== "") return language();
	return navigator.languages.some((one) => one.startsWith("ko")) && !navigator.languages[0]?.startsWith("en")
		? "ko"
		: "en";
}

function setLanguageOfPage(next: Language): void {
	document.documentElement.lang = next;
	setLanguage(next);
}

const darkness = matchMedia("(prefers-color-scheme: dark)");
function setTheme(): void {
	document.documentElement.dataset.theme = theme ?? (darkness.matches ? "dark" : "light");
	byId("theme").replaceChildren(text(document.documentElement.dataset.theme === "dark" ? words.light : words.dark));
	document.dispatchEvent(new Event("themechange"));
}
darkness.addEventListener("change", setTheme);

function bar(): void {
	const tabs = Object.entries(makers).map(([name, { word }]) => {
		const tab = html("a", { href: `#${name}`, "data-bench": name }, text(word));
		tab.addEventListener("click", (event) => {
			event.preventDefault();
			if (shown === name) return;
			const state = states.get(name) ?? new URLSearchParams();
			history.pushState(null, "", `#${name}${String(state) === "" ? "" : `?${state}`}`);
			written = "";
			follow();
		});
		return tab;
	});
	const other = label(
		button(
			"",
			() => {
				setLanguageOfPage(language() === "en" ? "ko" : "en");
				write(shown, states.get(shown) ?? read().parameters);
			},
			{ id: "language" },
		),
		"title",
		words.otherSays,
	);
	other.append(text(words.other));
	const paper = button(
		"",
		() => {
			theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
			setTheme();
			write(shown, states.get(shown) ?? read().parameters);
		},
		{ id: "theme" },
	);
	byId("bar").append(
		html("h1", {}, html("span", { class: "brand" }, "chainrule"), " ", text(words.laboratory)),
		label(html("nav", { id: "benches" }, ...tabs), "aria-label", words.benches),
		html("span", { class: "tools" }, other, paper),
	);
}

bar();
follow();
addEventListener("hashchange", follow);
addEventListener("popstate", follow);
