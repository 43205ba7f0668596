/**
 * The page: which bench is seen, in which language and on which paper.
 *
 * The address decides: `#network?data=xor&lang=ko`. A bench is loaded when it is
 * first looked at, and stays as it is while another one is. It is opened anew
 * only by a link, or by an address that asks for another state than it told, so
 * going back and forth between benches loses nothing.
 *
 * Language and paper belong to the reader, not to a place: they stand in the
 * address once they were chosen, and going back does not change them.
 */
import { button, byId, html } from "../explorer/page/dom.js";
import { queryOf } from "./address.js";
import type { Bench, BenchMaker } from "./bench.js";
import { typesetter } from "./typeset.js";
import {
	type Language,
	label,
	language,
	languages,
	onLanguage,
	setLanguage,
	spoken,
	text,
	type Word,
} from "./words.js";

const words = {
	laboratory: { en: "Laboratory", ko: "실험실" },
	expression: { en: "Expression", ko: "수식" },
	network: { en: "Network", ko: "신경망" },
	scenes: { en: "Lecture scenes", ko: "강의 실험" },
	benches: { en: "Benches", ko: "실험대" },
	other: { en: "한국어", ko: "English" },
	otherSays: { en: "Switch to Korean", ko: "영어로 바꾸기" },
	otherIs: { en: "ko", ko: "en" },
	dark: { en: "Dark", ko: "어둡게" },
	light: { en: "Light", ko: "밝게" },
	failed: { en: "This part of the page could not be loaded.", ko: "이 부분을 불러오지 못했습니다." },
	again: { en: "Load the page again", ko: "페이지 다시 불러오기" },
} as const satisfies Record<string, Word>;

/** The benches, in the order of the bar; the first is where the page begins. */
const names = ["expression", "network", "scenes"] as const;
type Name = (typeof names)[number];
const [firstName] = names;

const makers: { readonly [One in Name]: { readonly word: Word; readonly load: () => Promise<BenchMaker> } } = {
	expression: {
		word: words.expression,
		load: async () => (await withFormulas(import("./expression/bench.js"))).expressionBench,
	},
	network: {
		word: words.network,
		load: async () => (await withFormulas(import("./network/bench.js"))).networkBench,
	},
	scenes: {
		word: words.scenes,
		load: async () => (await withFormulas(import("./scenes/bench.js"))).scenesBench,
	},
};

/** A bench that begins with formulas comes together with what sets them, so that they do not push aside what is below. */
async function withFormulas<Module>(module: Promise<Module>): Promise<Module> {
	const [loaded] = await Promise.all([module, typesetter().catch(() => undefined)]);
	return loaded;
}

// ----------------------------------------------------------------- address

/** What the reader chose; until then the browser's preference holds. */
const chosen: { language?: Language; paper?: "light" | "dark" } = {};

/** The state of every bench, as it told last or shall be opened with. */
const states = new Map<Name, URLSearchParams>();

/** What the address held last of every bench that was seen: there it stands still, whatever it told since. */
const held = new Map<Name, string>();

/** The address of a state. */
function hashOf(name: Name, parameters = states.get(name) ?? new URLSearchParams()): string {
	const all = new URLSearchParams(parameters);
	if (chosen.language !== undefined) all.set("lang", chosen.language);
	if (chosen.paper !== undefined) all.set("theme", chosen.paper);
	const query = queryOf(all);
	return `#${name}${query === "" ? "" : `?${query}`}`;
}

/** The bench and the state that an address asks for. Where it `chooses`, it also decides about language and paper. */
function placeOf(hash: string, chooses: boolean): { readonly name: Name; readonly parameters: URLSearchParams } {
	const [, name = "", query = ""] = /^#?([^?]*)\??(.*)$/s.exec(hash) ?? [];
	const parameters = new URLSearchParams(query);
	const spelt = languages.find((one) => one === parameters.get("lang"));
	const paper = parameters.get("theme");
	parameters.delete("lang");
	parameters.delete("theme");
	if (chooses && spelt !== undefined) chosen.language = spelt;
	if (chooses && (paper === "light" || paper === "dark")) chosen.paper = paper;
	const found = names.find((one) => one === name);
	if (found !== undefined) return { name: found, parameters };
	if (name !== "") notice(unknown(name), "alert");
	return { name: firstName, parameters: new URLSearchParams() };
}

function unknown(written: string): Word {
	const name = written.length > 40 ? `${written.slice(0, 40)}…` : written;
	const list = names.map((one) => `#${one}`).join(", ");
	return {
		en: `The address asks for #${name}, which does not exist: there are ${list}.`,
		ko: `주소에 적힌 #${name} 실험대는 없습니다. 쓸 수 있는 이름: ${list}.`,
	};
}

/** Browsers refuse more than a hundred changes of the address in half a minute. */
const pause = 300;
let lastWritten = Number.NEGATIVE_INFINITY;
let later: number | undefined;

/** Writes the state of the bench into the address, in place of what is there: at once, or where that was a moment ago, soon. */
function write(now = false): void {
	clearTimeout(later);
	later = undefined;
	const wait = now ? 0 : lastWritten + pause - performance.now();
	if (wait > 0) {
		later = window.setTimeout(() => write(true), wait);
		return;
	}
	for (const tab of tabs()) tab.href = hashOf(tab.dataset.bench as Name);
	held.set(wanted, queryOf(states.get(wanted) ?? new URLSearchParams()));
	const hash = hashOf(wanted);
	if (hash === location.hash && history.state === ours) return;
	lastWritten = performance.now();
	history.replaceState(ours, "", hash);
}

/** Tells entries of the history that the page made from addresses that were typed. */
const ours = "laboratory";

// ----------------------------------------------------------------- benches

const benches = new Map<Name, Promise<Bench>>();
/** The bench that the address asks for. */
let wanted: Name = firstName;
/** The one that is seen: another while the one that is wanted is loading. */
let seen: { readonly name: Name; readonly bench: Bench } | undefined;
/** States that benches are to be opened with when they have been loaded. */
const due = new Map<Name, URLSearchParams>();
/** How far down each bench was read. */
const scrolled = new Map<Name, number>();

/** The files that each bench consists of, as they were built; see scripts/site.mjs. */
const files = JSON.parse(byId("files").textContent ?? "") as Readonly<Record<Name, readonly string[]>>;

function benchOf(name: Name): Promise<Bench> {
	const known = benches.get(name);
	if (known !== undefined) return known;
	const remember = (parameters: URLSearchParams): void => {
		states.set(name, new URLSearchParams(parameters));
		if (wanted === name) write();
	};
	// All of them at once: a file does not have to come before the browser learns which others it needs.
	for (const href of files[name]) document.head.append(html("link", { rel: "modulepreload", href }));
	const made = makers[name].load().then((make) => make({ remember, notice }));
	benches.set(name, made);
	return made;
}

/** Shows a bench: with parameters it is opened, without them it is as it was left. */
async function show(name: Name, parameters?: URLSearchParams): Promise<void> {
	wanted = name;
	const opens = parameters ?? (states.has(name) ? undefined : new URLSearchParams());
	if (opens !== undefined) {
		states.set(name, opens);
		due.set(name, opens);
	}
	const stage = byId("stage");
	for (const tab of tabs())
		if (tab.dataset.bench === name) tab.setAttribute("aria-current", "page");
		else tab.removeAttribute("aria-current");
	setTitle();
	stage.setAttribute("aria-busy", "true");
	try {
		const bench = await benchOf(name);
		if (wanted !== name) return;
		const first = seen === undefined;
		if (seen?.bench !== bench) stage.replaceChildren(bench.element);
		seen = { name, bench };
		const state = due.get(name);
		due.delete(name);
		scrollTo(0, state === undefined ? (scrolled.get(name) ?? 0) : 0);
		if (state !== undefined) bench.open(state);
		write(true);
		// A link leaves the page with its bench: whoever pressed it goes on here.
		if (!first && document.activeElement === document.body) stage.focus({ preventScroll: true });
	} catch (error) {
		if (wanted === name) fail(name);
		throw error;
	} finally {
		if (wanted === name) stage.removeAttribute("aria-busy");
	}
}

/** The bench that is seen will not be any more. What it tells now is still told of the place that is left. */
function leave(): void {
	if (seen === undefined) return;
	scrolled.set(seen.name, scrollY);
	seen.bench.close();
}

/** A browser remembers which module it could not load: only a new page asks for it again. */
function fail(name: Name): void {
	for (const one of [benches, states, due]) one.delete(name);
	seen = undefined;
	const again = html("button", { type: "button", class: "main" }, text(words.again));
	again.addEventListener("click", () => location.reload());
	byId("stage").replaceChildren(
		html("div", { class: "card failure", role: "alert" }, html("p", {}, text(words.failed)), again),
	);
}

// -------------------------------------------------------------- navigation

/** A step on, which can be taken back. */
function go(name: Name, parameters?: URLSearchParams): void {
	if (seen?.name !== name) leave();
	if (later !== undefined) write(true);
	const hash = hashOf(name, parameters);
	if (hash !== location.hash) history.pushState(ours, "", hash);
	void show(name, parameters);
}

/** A tab shows its bench as it was left; every other link to a bench opens what it says, also where that is open. */
function press(event: MouseEvent): void {
	if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
	if (link === null || link.target !== "" || link.hasAttribute("download")) return;
	event.preventDefault();
	const tab = link.dataset.bench as Name | undefined;
	if (tab !== undefined) {
		if (tab !== wanted || seen === undefined) go(tab);
		return;
	}
	const { name, parameters } = placeOf(link.hash, true);
	dress();
	go(name, parameters);
}

/** The address has changed: by going back or on, or because another one was typed. At the start it decides whoever wrote it: a page that is loaded again knows nothing else. */
function follow(chooses: boolean): void {
	clearTimeout(later);
	later = undefined;
	const { name, parameters } = placeOf(location.hash, chooses);
	wanted = name;
	if (seen?.name !== name) leave();
	dress();
	void show(name, held.get(name) === queryOf(parameters) ? undefined : parameters);
}

// ------------------------------------------------------ language and paper

const darkness = matchMedia("(prefers-color-scheme: dark)");

/** The first language of the browser that the page speaks. */
function preferred(): Language {
	const known = navigator.languages.map((tag) => languages.find((one) => one === tag.split("-", 1)[0]?.toLowerCase()));
	return known.find((one) => one !== undefined) ?? "en";
}

/** Puts language and paper on the page, chosen or preferred. */
function dress(): void {
	const { documentElement } = document;
	const tongue = chosen.language ?? preferred();
	documentElement.lang = tongue;
	if (tongue !== language()) setLanguage(tongue);
	const paper = chosen.paper ?? (darkness.matches ? "dark" : "light");
	if (paper === documentElement.dataset.theme) return;
	documentElement.dataset.theme = paper;
	byId("theme").replaceChildren(text(paper === "dark" ? words.light : words.dark));
	document.dispatchEvent(new Event("themechange"));
}

function setTitle(): void {
	document.title = `${spoken(makers[wanted].word)} · chainrule ${spoken(words.laboratory)}`;
}

// --------------------------------------------------------------------- bar

function tabs(): HTMLAnchorElement[] {
	return [...document.querySelectorAll<HTMLAnchorElement>("#benches a")];
}

let hush = 0;
let lastSaid = Number.NEGATIVE_INFINITY;

/** Says something at the foot of the page until it has been read, or pressed. What is said in one breath stands on lines below one another. */
function notice(what: Word | string, kind?: "alert"): void {
	const line = byId("notice");
	const goesOn = performance.now() - lastSaid < 200 && line.hasChildNodes();
	lastSaid = performance.now();
	line.classList.toggle("alert", kind === "alert" || (goesOn && line.classList.contains("alert")));
	if (goesOn) line.append("\n");
	else line.replaceChildren();
	line.append(typeof what === "string" ? what : text(what));
	clearTimeout(hush);
	hush = window.setTimeout(() => line.replaceChildren(), 4_000 + 60 * line.textContent.length);
}

function bar(): void {
	const links = names.map((name) => html("a", { href: `#${name}`, "data-bench": name }, text(makers[name].word)));
	const turn = (): void => {
		chosen.language = language() === "en" ? "ko" : "en";
		dress();
		write(true);
	};
	const other = button("", turn, { id: "language" });
	label(other, "title", words.otherSays);
	other.append(label(html("span", {}, text(words.other)), "lang", words.otherIs));
	const dim = (): void => {
		chosen.paper = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
		dress();
		write(true);
	};
	byId("bar").append(
		html("h1", {}, html("span", { class: "brand" }, "chainrule"), " ", text(words.laboratory)),
		label(html("nav", { id: "benches" }, ...links), "aria-label", words.benches),
		html("span", { class: "tools" }, other, button("", dim, { id: "theme" })),
	);
}

byId("late").remove();
history.scrollRestoration = "manual";
bar();
onLanguage(document, setTitle);
byId("notice").addEventListener("click", ({ currentTarget }) => (currentTarget as Element).replaceChildren());
document.addEventListener("click", press);
darkness.addEventListener("change", dress);
addEventListener("popstate", () => follow(history.state !== ours));
follow(true);
