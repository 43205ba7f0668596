/**
 * The page: what there is, what was chosen, and who is told of it.
 *
 * The state is one small object. Whatever changes it says what has to be shown
 * anew: the picture where the view changes, marks and card where only the step
 * does.
 */
import type { Direction, ExplorerData, Layout, NodeData, StepData } from "../model.js";
import { numberText } from "../text.js";
import { scopesAround, viewOf } from "../view.js";
import { cameraOf } from "./camera.js";
import { button, byId, html } from "./dom.js";
import { drawingOf, spokenNode } from "./drawing.js";
import { type Colouring, heatOf } from "./heat.js";
import { layouts } from "./layouts.js";
import { nodeDetails, passList, scopeDetails, sentence, stepCard } from "./panel.js";
import { type Condition, completeAt, nextStop, type Pass, passOf } from "./pass.js";

const data = JSON.parse(byId("data").textContent ?? "") as ExplorerData;
const compared = data.runs.length > 1;
const passes = data.runs.map(passOf);
const mostOpen = 4_000;

const state = {
	run: 0,
	done: 0,
	open: new Set(data.open),
	direction: "right" as Direction,
	selected: undefined as string | undefined,
	colouring: "none" as Colouring,
	calm: matchMedia("(prefers-reduced-motion: reduce)").matches,
	playing: 0,
};

const pass = (): Pass => passes[state.run] as Pass;

// ------------------------------------------------------------ the picture

const graph = byId<SVGSVGElement>("graph");
graph.setAttribute("role", "group");
const camera = cameraOf(graph, byId<SVGGElement>("world"), () => state.calm);
const drawing = drawingOf(data, byId<SVGGElement>("world"), {
	onSelect: ({ id }) => {
		if (!graph.classList.contains("dragged")) select(id);
	},
	onToggle: (scope) => toggle(scope),
	onHover: (nodes) => {
		drawing.light(nodes);
		list.light(nodes);
	},
});
const ask = layouts(data, byId("graphviz").textContent ?? "");
let shown: Layout = data.layout;

function notice(text: string | undefined): void {
	const line = byId("notice");
	line.textContent = text ?? "";
	line.hidden = text === undefined;
}

/** Shows what is open now. `fit` moves the camera so that all of it is seen. */
async function arrange(fit: boolean): Promise<boolean> {
	const view = viewOf(data, state.open);
	const slow = setTimeout(() => notice(`Laying out ${view.items.length} boxes …`), 250);
	try {
		const layout = await ask(view, state.direction);
		if (layout === undefined) return false;
		shown = layout;
		drawing.draw(view, layout, !state.calm && view.items.length <= 500);
		drawing.select(state.selected);
		if (fit) camera.fit(layout.width, layout.height);
		notice(undefined);
		return true;
	} catch (error) {
		notice(`This browser does not let the picture change: ${error instanceof Error ? error.message : String(error)}`);
		return false;
	} finally {
		clearTimeout(slow);
	}
}

async function setOpen(open: Iterable<number>, fit: boolean): Promise<void> {
	const next = new Set(open).add(0);
	const count = viewOf(data, next).items.length;
	if (count > mostOpen) {
		notice(`${count} boxes are too many to be laid out; open single scopes instead.`);
		return;
	}
	const before = state.open;
	state.open = next;
	if (!(await arrange(fit)) && state.open === next && shown === data.layout) state.open = before;
	showDetails();
}

function toggle(scope: number): void {
	const next = new Set(state.open);
	if (next.has(scope)) next.delete(scope);
	else next.add(scope);
	select(next.has(scope) ? undefined : `s${scope}`);
	void setOpen(next, true);
}

/** Brings a node into the picture, opens what is around it, and selects it. */
async function showNode(node: number): Promise<void> {
	const around = scopesAround(data, (data.nodes[node] as NodeData).scope);
	if (around.some((scope) => !state.open.has(scope))) await setOpen([...state.open, ...around], false);
	select(`n${node}`);
	look(`n${node}`, true);
}

async function showScope(scope: number): Promise<void> {
	const around = scopesAround(data, data.scopes[scope]?.parent ?? 0);
	if (around.some((outer) => !state.open.has(outer))) await setOpen([...state.open, ...around], false);
	select(`s${scope}`);
	const first = drawing.view().items.find(({ around: outer }) => outer === scope);
	look(state.open.has(scope) ? (first?.id ?? "") : `s${scope}`, true);
}

function look(id: string, middle = false): void {
	const place = drawing.placeOf(id);
	if (place && middle) camera.centre(place[0], place[1]);
	else if (place) camera.reveal(place[0] - 60, place[1] - 30, place[0] + 60, place[1] + 30);
}

// ------------------------------------------------------------------ panel

const actions = {
	goTo: (done: number): void => goTo(done),
	showNode: (node: number): void => void showNode(node),
	showScope: (scope: number): void => void showScope(scope),
	hoverStep: (step: StepData | undefined): void => {
		if (step === undefined) drawing.light(undefined);
		else drawing.lightUse(step.from, step.operand, step.to);
	},
};
let list = passList(data, pass(), byId("pass"), actions);

function select(id: string | undefined): void {
	state.selected = id;
	drawing.select(id);
	showDetails();
}

function showDetails(): void {
	const { selected } = state;
	byId("details-section").hidden = selected === undefined;
	if (selected === undefined) return;
	const index = Number(selected.slice(1));
	byId("details").replaceChildren(
		selected.startsWith("n")
			? nodeDetails(data, pass(), state.run, index, actions)
			: scopeDetails(data, index, state.open.has(index), () => toggle(index)),
	);
}

function say(text: string): void {
	byId("live").textContent = text;
}

/** Goes to where `done` steps are made. */
function goTo(done: number, follow = true): void {
	const { steps } = pass();
	state.done = Math.max(0, Math.min(steps.length, done));
	const step = steps[state.done - 1];
	drawing.mark(pass(), state.run, state.done);
	byId("step").replaceChildren(stepCard(data, pass(), state.run, state.done));
	list.mark(state.done);
	const position = byId<HTMLInputElement>("position");
	position.value = String(state.done);
	const text = state.done === 0 ? `before ${steps.length} steps` : `step ${state.done} of ${steps.length}`;
	position.setAttribute("aria-valuetext", text);
	byId("count").textContent = `${state.done} / ${steps.length}`;
	for (const id of ["first", "back"]) byId<HTMLButtonElement>(id).disabled = state.done === 0;
	for (const id of ["forth", "last"]) byId<HTMLButtonElement>(id).disabled = state.done === steps.length;
	if (step === undefined) {
		say(state.done === 0 ? `Before the backward pass of ${steps.length} steps.` : "");
		return;
	}
	say(`Step ${state.done}: ${sentence(data, step, state.run)}`);
	if (follow) keepInView(step);
}

/** Keeps the step at hand in view. */
function keepInView(step: StepData): void {
	const { items, standsFor } = drawing.view();
	const boxes = [step.from, step.to].flatMap((node) => {
		const item = items[standsFor[node] ?? -1];
		const [x, y] = drawing.placeOf(item?.id ?? "") ?? [];
		if (item === undefined || x === undefined || y === undefined) return [];
		const [w, h] = [item.width / 2, item.height / 2];
		return [{ left: x - w, top: y - h, right: x + w, bottom: y + h }];
	});
	if (boxes.length === 0) return;
	camera.reveal(
		Math.min(...boxes.map(({ left }) => left)),
		Math.min(...boxes.map(({ top }) => top)),
		Math.max(...boxes.map(({ right }) => right)),
		Math.max(...boxes.map(({ bottom }) => bottom)),
	);
}

// ------------------------------------------------------------------ play

function play(on: boolean): void {
	clearInterval(state.playing);
	state.playing = 0;
	document.body.classList.toggle("is-playing", on);
	byId("play").setAttribute("aria-label", on ? "Pause" : "Play");
	if (!on) return;
	if (state.done === pass().steps.length) goTo(0);
	const rate = Number(byId<HTMLSelectElement>("speed").value);
	state.playing = window.setInterval(() => {
		goTo(state.done + 1);
		if (state.done === pass().steps.length) play(false);
	}, 1_000 / rate);
}

function stepBy(count: number): void {
	play(false);
	goTo(state.done + count);
}

byId("first").addEventListener("click", () => stepBy(Number.NEGATIVE_INFINITY));
byId("back").addEventListener("click", () => stepBy(-1));
byId("play").addEventListener("click", () => play(state.playing === 0));
byId("forth").addEventListener("click", () => stepBy(1));
byId("last").addEventListener("click", () => stepBy(Number.POSITIVE_INFINITY));
byId("position").addEventListener("input", () => {
	play(false);
	goTo(Number(byId<HTMLInputElement>("position").value));
});
byId("speed").addEventListener("change", () => {
	if (state.playing !== 0) play(true);
});

const condition = byId<HTMLSelectElement>("condition");
condition.addEventListener("change", () => {
	byId("bound").hidden = condition.value !== "below";
	byId("named").hidden = condition.value !== "node";
});

function wanted(): Condition | string {
	if (condition.value === "below") {
		const bound = Number(byId<HTMLInputElement>("bound").value.replace("−", "-"));
		return bound > 0 ? { kind: "below", bound } : "The bound must be a number above 0.";
	}
	if (condition.value === "node") {
		const name = byId<HTMLInputElement>("named").value;
		return data.nodes.some(({ label }) => label === name) ? { kind: "node", name } : `No node is named ${name}.`;
	}
	return { kind: condition.value === "sign" ? "sign" : "broken" };
}

byId("run-to").addEventListener("submit", (event) => {
	event.preventDefault();
	play(false);
	const condition = wanted();
	if (typeof condition === "string") {
		notice(condition);
		return;
	}
	const stop = nextStop(data, state.run, condition, state.done);
	if (stop === undefined) {
		notice("This does not happen after the step at hand.");
		return;
	}
	notice(undefined);
	goTo(stop.at);
});

// ---------------------------------------------------------------- search

const search = byId<HTMLInputElement>("search");
const found = byId("found");

function find(): void {
	const text = search.value.trim().toLocaleLowerCase();
	found.hidden = text === "";
	if (text === "") return;
	const matches = (name: string): boolean => name.toLocaleLowerCase().includes(text);
	const scopes = data.scopes.flatMap(({ name }, index) => (index > 0 && matches(name) ? [index] : []));
	const nodes = data.nodes.flatMap(({ label, op }, index) =>
		matches(label) || matches(data.operations[op]?.name ?? "") ? [index] : [],
	);
	const exact = (index: number): number => Number(data.nodes[index]?.label.toLocaleLowerCase() !== text);
	nodes.sort((a, b) => exact(a) - exact(b));
	const choose = (act: () => void) => (): void => {
		search.value = "";
		find();
		act();
	};
	const entries = [
		...scopes.map((scope) =>
			button(
				`${data.scopes[scope]?.name ?? ""} (scope)`,
				choose(() => void showScope(scope)),
			),
		),
		...nodes.map((node) =>
			button(
				spokenNode(data, node),
				choose(() => void showNode(node)),
			),
		),
	];
	const some = entries.slice(0, 24).map((entry) => html("li", {}, entry));
	if (entries.length === 0) some.push(html("li", { class: "more" }, "nothing found"));
	if (entries.length > 24) some.push(html("li", { class: "more" }, `${entries.length - 24} more`));
	found.replaceChildren(...some);
}

search.addEventListener("input", find);
search.addEventListener("keydown", (event) => {
	if (event.key === "Enter" || event.key === "ArrowDown") {
		const first = found.querySelector("button");
		if (event.key === "Enter") first?.click();
		else first?.focus();
		event.preventDefault();
	}
	if (event.key === "Escape") {
		search.value = "";
		find();
		search.blur();
	}
});
found.addEventListener("keydown", (event) => {
	const entries = [...found.querySelectorAll("button")];
	const at = entries.indexOf(document.activeElement as HTMLButtonElement);
	if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
	(entries[at + (event.key === "ArrowDown" ? 1 : -1)] ?? search).focus();
	event.preventDefault();
	event.stopPropagation();
});

// ----------------------------------------------------------------- tools

byId("open-all").addEventListener("click", () => void setOpen(data.scopes.keys(), true));
byId("close-all").addEventListener("click", () => void setOpen([0], true));
byId("direction").addEventListener("click", () => {
	state.direction = state.direction === "right" ? "down" : "right";
	void arrange(true);
});
byId("zoom-in").addEventListener("click", () => camera.zoom(1.35));
byId("zoom-out").addEventListener("click", () => camera.zoom(1 / 1.35));
byId("zoom-fit").addEventListener("click", () => camera.fit(shown.width, shown.height));

const dark = matchMedia("(prefers-color-scheme: dark)");
function setTheme(isDark: boolean): void {
	document.documentElement.dataset.theme = isDark ? "dark" : "light";
	byId("theme").textContent = isDark ? "Light" : "Dark";
}
byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
dark.addEventListener("change", () => setTheme(dark.matches));
setTheme(dark.matches);

function setCalm(calm: boolean): void {
	state.calm = calm;
	document.body.classList.toggle("calm", calm);
	byId("motion").setAttribute("aria-pressed", String(calm));
}
byId("motion").addEventListener("click", () => setCalm(!state.calm));
setCalm(state.calm);

const help = byId<HTMLDialogElement>("help");
byId("help-open").addEventListener("click", () => help.showModal());

const colour = byId<HTMLSelectElement>("colour");
const colourings: readonly (readonly [Colouring, string])[] = [
	["none", "by kind"],
	["gradient", "by |gradient|"],
	...(compared
		? ([
				["value difference", "by difference in value"],
				["gradient difference", "by difference in gradient"],
			] as const)
		: []),
];
for (const [value, text] of colourings) colour.append(html("option", { value }, text));

function setColouring(colouring: Colouring): void {
	state.colouring = colouring;
	colour.value = colouring;
	const heat = heatOf(data.nodes, colouring, state.run);
	drawing.colour(heat);
	const legend = byId("legend");
	legend.hidden = heat === undefined;
	if (heat === undefined) return;
	const known = Number.isFinite(heat.low) && heat.high > 0;
	legend.replaceChildren(
		html("span", {}, colouring === "gradient" ? "|gradient|" : colouring),
		...(known
			? [
					html("span", {}, numberText(heat.low, 2)),
					html("span", { class: "scale", "aria-hidden": "true" }),
					html("span", {}, numberText(heat.high, 2)),
				]
			: [html("span", {}, "all the same")]),
	);
}
colour.addEventListener("change", () => setColouring(colour.value as Colouring));

const run = byId<HTMLSelectElement>("run");
for (const [index, { name }] of data.runs.entries()) run.append(html("option", { value: index }, name));
byId("run-field").hidden = !compared;
run.addEventListener("change", () => {
	play(false);
	state.run = Number(run.value);
	begin();
	drawing.draw(drawing.view(), shown, false);
	setColouring(state.colouring);
	showDetails();
});

// ------------------------------------------------------------------ keys

/** Selects the previous or next thing in the picture. */
function walk(count: number): void {
	const { items } = drawing.view();
	const at = items.findIndex(({ id }) => id === state.selected);
	const next = items[at < 0 ? (count > 0 ? 0 : items.length - 1) : (at + count + items.length) % items.length];
	if (next === undefined) return;
	select(next.id);
	look(next.id);
	drawing.focus(next.id);
}

function act(): void {
	const index = Number(state.selected?.slice(1));
	if (state.selected?.startsWith("s")) toggle(index);
	else if (state.selected !== undefined) {
		const done = completeAt(pass(), index);
		if (done !== undefined) stepBy(done - state.done);
	}
}

function fold(): void {
	const index = Number(state.selected?.slice(1));
	if (state.selected?.startsWith("s")) toggle(index);
	else if (state.selected !== undefined) {
		const scope = data.nodes[index]?.scope ?? 0;
		if (scope > 0) toggle(scope);
	}
}

const keys: Readonly<Record<string, () => void>> = {
	ArrowRight: () => stepBy(1),
	ArrowLeft: () => stepBy(-1),
	Home: () => stepBy(Number.NEGATIVE_INFINITY),
	End: () => stepBy(Number.POSITIVE_INFINITY),
	ArrowDown: () => walk(1),
	ArrowUp: () => walk(-1),
	" ": () => play(state.playing === 0),
	Enter: act,
	f: fold,
	F: fold,
	"/": () => search.focus(),
	"+": () => camera.zoom(1.35),
	"=": () => camera.zoom(1.35),
	"-": () => camera.zoom(1 / 1.35),
	"0": () => camera.fit(shown.width, shown.height),
	"?": () => help.showModal(),
	Escape: () => select(undefined),
};
const moves: Readonly<Record<string, readonly [number, number]>> = {
	ArrowRight: [-90, 0],
	ArrowLeft: [90, 0],
	ArrowDown: [0, -90],
	ArrowUp: [0, 90],
};

document.addEventListener("keydown", (event) => {
	const { key, target, ctrlKey, altKey, metaKey, shiftKey } = event;
	if (ctrlKey || altKey || metaKey || help.open || !(target instanceof Element)) return;
	if (target.matches("input:not([type=range]), select, textarea")) return;
	if (target.matches("button, summary") && (key === " " || key === "Enter")) return;
	if (target.matches("[data-scope]") && (key === " " || key === "Enter")) return;
	const move = shiftKey ? moves[key] : undefined;
	const press = Object.hasOwn(keys, key) ? keys[key] : undefined;
	if (move === undefined && press === undefined) return;
	event.preventDefault();
	if (move) camera.pan(...move);
	else press?.();
});

// ----------------------------------------------------------------- start

/** Shows the chosen run before its first step. */
function begin(): void {
	list = passList(data, pass(), byId("pass"), actions);
	const position = byId<HTMLInputElement>("position");
	position.max = String(pass().steps.length);
	goTo(0);
}

byId("title").textContent = data.title;
document.title = data.title;
for (const label of new Set(data.nodes.filter(({ named }) => named).map(({ label }) => label)))
	byId("names").append(html("option", { value: label }));
begin();
drawing.draw(viewOf(data, state.open), data.layout, false);
camera.fit(shown.width, shown.height, false);
setColouring(compared ? "value difference" : "none");
// On a narrow screen results lie below.
if (graph.clientWidth < 560 && data.layout.width > data.layout.height) {
	state.direction = "down";
	void arrange(true);
}
