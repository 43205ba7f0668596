/** The column beside the picture: the step at hand, a node in detail, the whole pass as a list. */
import { type ExplorerData, isSummary, type NodeData, type Quantity, type StepData } from "../model.js";
import { exactText, numberText, shapeText, shortText } from "../text.js";
import { scopesAround } from "../view.js";
import { button, derivative, formula, html, math, mathml, nameOf, svg } from "./dom.js";
import { spoken } from "./drawing.js";
import { difference } from "./heat.js";
import type { Pass } from "./pass.js";

/** What can be done from the panel. */
export interface Actions {
	readonly goTo: (done: number) => void;
	readonly showNode: (node: number) => void;
	readonly showScope: (scope: number) => void;
	readonly hoverStep: (step: StepData | undefined) => void;
}

/** A number, or a tensor with its elements or its distribution. */
export function quantityView(quantity: Quantity | null, exact = true): Element {
	if (quantity === null) return html("span", { class: "faint" }, "none");
	if (!isSummary(quantity)) {
		return html("output", { class: "number" }, exact ? exactText(quantity) : numberText(quantity, 6));
	}
	const { elements, shape, low, high, mean, counts, broken, dtype } = quantity;
	const [only] = elements ?? [];
	if (only !== undefined && shape.length === 0) return quantityView(only, exact);
	const facts = [shapeText(shape), ...(dtype === "float64" ? [] : [dtype])];
	if (broken > 0) facts.push(`${broken} NaN or infinite`);
	const box = html("div", { class: "tensor" }, html("span", { class: "faint" }, facts.join(", ")));
	if (elements && shape.length <= 2 && elements.length > 0) {
		const columns = shape.at(-1) ?? 1;
		const table = html("table", { class: "matrix" });
		for (let at = 0; at < elements.length; at += columns) {
			const cells = elements
				.slice(at, at + columns)
				.map((element) => html("td", { title: exactText(element) }, numberText(element)));
			table.append(html("tr", {}, ...cells));
		}
		box.append(html("div", { class: "scroll" }, table));
		return box;
	}
	if (low === undefined || high === undefined || mean === undefined) return box;
	const most = Math.max(1, ...counts);
	if (counts.length > 0) {
		const bars = counts.map((count, at) =>
			svg("rect", {
				x: at * 10,
				y: 30 - (count / most) * 30,
				width: 9,
				height: Math.max(count > 0 ? 1 : 0, (count / most) * 30),
			}),
		);
		box.append(
			svg(
				"svg",
				{
					class: "histogram",
					viewBox: `0 0 ${counts.length * 10} 30`,
					role: "img",
					"aria-label": "distribution of the elements",
				},
				...bars,
			),
		);
	}
	box.append(html("div", { class: "number" }, `${numberText(low)} … ${numberText(high)}, mean ${numberText(mean)}`));
	return box;
}

function operandNames(data: ExplorerData, node: number, run: number): Map<string, Element> {
	const { inputs, label } = data.nodes[node] as NodeData;
	const given = inputs[run] ?? inputs.find((list) => list !== null) ?? [];
	const names = new Map([["z", nameOf(label)]]);
	for (const [operand, input] of given.entries())
		names.set("xyw".charAt(operand), nameOf(data.nodes[input]?.label ?? "?"));
	return names;
}

/** How a node is computed: `a = σ(z)`. */
function definition(data: ExplorerData, node: number, run: number): Element | undefined {
	const { op, label } = data.nodes[node] as NodeData;
	const operation = data.operations[op];
	if (operation === undefined) return undefined;
	const names = operandNames(data, node, run);
	return math(nameOf(label), mathml("mo", {}, "="), formula(operation.formula, names));
}

/** The local derivative of a step as a formula, where its operation states one. */
export function localFormula(data: ExplorerData, step: StepData, run: number): Element[] {
	const tree = data.formulas[step.formula];
	if (tree === undefined) return [];
	return [mathml("mo", {}, "="), formula(tree, operandNames(data, step.from, run))];
}

function label(data: ExplorerData, node: number): string {
	return data.nodes[node]?.label ?? "?";
}

/** ∂C/∂w, in one line. */
function slope(data: ExplorerData, node: number): string {
	return `∂${data.target}/∂${label(data, node)}`;
}

const ordinals = ["", "1st", "2nd", "3rd"];

function ordinal(count: number): string {
	return ordinals[count] ?? `${count}th`;
}

/** What a step says in words: for the panel, and for those who hear the page. */
export function sentence(data: ExplorerData, step: StepData, run: number): string {
	const { target } = data;
	if (step.from < 0) return `The pass begins: ${slope(data, step.to)} is ${shortText(step.contribution)}.`;
	const [from, to] = [label(data, step.from), label(data, step.to)];
	const incoming = data.nodes[step.from]?.gradients[run] ?? null;
	const share = step.turns > 1 ? `, ${ordinal(step.turn)} of ${step.turns}` : "";
	if (
		incoming === null ||
		isSummary(incoming) ||
		step.local === null ||
		isSummary(step.local) ||
		isSummary(step.contribution)
	) {
		const op = data.operations[data.nodes[step.from]?.op ?? -1]?.name ?? "";
		return `The gradient of ${from} goes back through ${op} to ${to}: ${shortText(step.contribution)}${share}.`;
	}
	if (step.from >= 0 && data.nodes[step.from]?.output && numberText(incoming) === "1")
		return `If ${to} grows by a little, ${from} changes by ${numberText(step.local)} times that${share}.`;
	return `${target} changes by ${numberText(incoming)} per unit of ${from}, and ${from} by ${numberText(step.local)} per unit of ${to}. So through ${from}, ${target} changes by ${numberText(step.contribution)} per unit of ${to}${share}.`;
}

/** A row of the card: a coloured mark, what it is, its value. */
function row(kind: string, sign: string, what: Element | string, value: Element): HTMLElement {
	return html(
		"div",
		{ class: `row ${kind}` },
		html("span", { class: "sign", "aria-hidden": "true" }, sign),
		html("div", { class: "what" }, what),
		html("div", { class: "worth" }, value),
	);
}

/** The card of the step at hand. */
export function stepCard(data: ExplorerData, pass: Pass, run: number, done: number): Element {
	const step = pass.steps[done - 1];
	const count = pass.steps.length;
	if (count === 0) return html("p", {}, "No gradient flows here: the output was computed from constants only.");
	if (step === undefined) {
		return html(
			"div",
			{ class: "card" },
			html("p", {}, "The forward pass is done: every box shows its value. The backward pass has not begun."),
			html("p", {}, "Press ", html("kbd", {}, "→"), " to go through it, one contribution at a time."),
		);
	}
	const card = html("div", { class: "card" });
	const { target } = data;
	const above = (node: number): Element => math(derivative(target, label(data, node)));
	if (step.from < 0) {
		card.append(row("outgoing", "=", above(step.to), quantityView(step.contribution)));
	} else {
		const incoming = data.nodes[step.from]?.gradients[run] ?? null;
		card.append(
			html("p", { class: "definition" }, definition(data, step.from, run)),
			row("incoming", "", above(step.from), quantityView(incoming)),
		);
		if (step.local !== null) {
			const what = math(derivative(label(data, step.from), label(data, step.to)), ...localFormula(data, step, run));
			card.append(row("local", "×", what, quantityView(step.local)));
		} else {
			const op = data.operations[data.nodes[step.from]?.op ?? -1];
			card.append(
				row(
					"local",
					"↩",
					`back through ${op?.name ?? "?"}`,
					html("span", { class: "faint" }, "linear in the gradient"),
				),
			);
		}
		card.append(
			row("outgoing", "=", html("span", {}, "contribution to ", above(step.to)), quantityView(step.contribution)),
		);
	}
	card.append(html("p", { class: "words" }, sentence(data, step, run)));
	if (step.turns > 1) {
		const rest = step.turns - step.turn;
		card.append(
			html(
				"p",
				{ class: "sum" },
				html("strong", {}, `${ordinal(step.turn)} of ${step.turns} contributions`),
				rest > 0 ? `, ${rest} to come. Sum so far: ` : ". Their sum is the gradient: ",
				quantityView(step.total),
			),
		);
	}
	return card;
}

/** A node in detail. */
export function nodeDetails(data: ExplorerData, pass: Pass, run: number, node: number, actions: Actions): Element {
	const here = data.nodes[node] as NodeData;
	const operation = data.operations[here.op];
	const box = html("div", { class: "details" });
	const kinds = {
		variable: "variable",
		input: "input",
		constant: "constant",
		operation: operation?.name ?? "operation",
	};
	box.append(
		html(
			"h3",
			{},
			html("span", { class: "title" }, here.label),
			html("span", { class: "badge" }, here.output ? `${kinds[here.kind]}, output` : kinds[here.kind]),
		),
	);
	if (operation)
		box.append(
			html("p", { class: "definition" }, definition(data, node, run)),
			html("p", { class: "faint" }, operation.says),
		);
	const facts = html("dl");
	const fact = (term: string, ...content: readonly (Element | string)[]): void => {
		facts.append(html("dt", {}, term), html("dd", {}, ...content));
	};
	const compared = data.runs.length > 1;
	for (const [at, { name }] of data.runs.entries()) {
		const suffix = compared ? ` in ${name}` : "";
		fact(`value${suffix}`, quantityView(here.values[at] ?? null));
		fact(`gradient${suffix}`, quantityView(here.gradients[at] ?? null));
	}
	if (compared) {
		const far = ([a, b]: readonly (Quantity | null)[]): string => {
			const distance = difference(a, b);
			return Number.isNaN(distance) ? "not comparable" : distance === 0 ? "equal" : numberText(distance);
		};
		fact("difference", `value ${far(here.values)}, gradient ${far(here.gradients)}`);
	}
	const scopes = scopesAround(data, here.scope).reverse();
	if (scopes.length > 0) {
		const path = html("span", { class: "path" });
		for (const scope of scopes) path.append(button(data.scopes[scope]?.name ?? "", () => actions.showScope(scope)));
		fact("scope", path);
	}
	if (here.line !== undefined) fact("recorded at", html("code", {}, here.line));
	const inputs = here.inputs[run] ?? [];
	const nodeButton = (other: number): HTMLElement =>
		button(label(data, other), () => actions.showNode(other), { class: "node-link" });
	if (inputs.length > 0) fact("computed from", ...inputs.map(nodeButton));
	const readers = [...data.nodes.entries()]
		.filter(([, { inputs: lists }]) => lists[run]?.includes(node))
		.map(([index]) => index);
	if (readers.length > 0)
		fact(
			"read by",
			...readers.slice(0, 20).map(nodeButton),
			readers.length > 20 ? ` and ${readers.length - 20} more` : "",
		);
	box.append(facts);

	const arriving = pass.to.get(node) ?? [];
	if (arriving.length > 0) {
		box.append(
			html(
				"h4",
				{},
				math(derivative(data.target, here.label)),
				arriving.length === 1 ? " has one contribution" : ` is a sum of ${arriving.length} contributions`,
			),
		);
		const list = html("ul", { class: "contributions" });
		for (const index of arriving) {
			const step = pass.steps[index] as StepData;
			const source = step.from < 0 ? "the start" : `from ${label(data, step.from)}`;
			const entry = button(`${source}: ${shortText(step.contribution)}`, () => actions.goTo(index + 1));
			entry.addEventListener("pointerenter", () => actions.hoverStep(step));
			entry.addEventListener("pointerleave", () => actions.hoverStep(undefined));
			list.append(html("li", {}, entry));
		}
		box.append(list);
		box.append(
			html(
				"p",
				{ class: "faint" },
				here.exact[run]
					? `${arriving.length === 1 ? "It is" : "Added in this order they are"} the gradient of the pass, bit for bit.`
					: "They are told together where the pass adds them one by one, so their sum may differ in the last digits.",
			),
		);
		const complete = (arriving.at(-1) as number) + 1;
		box.append(button("Go to where it is complete", () => actions.goTo(complete), { class: "wide" }));
	}
	return box;
}

/** A closed or open scope in detail. */
export function scopeDetails(data: ExplorerData, scope: number, isOpen: boolean, toggle: () => void): Element {
	const inside = data.nodes.filter((node) => scopesAround(data, node.scope).includes(scope)).length;
	return html(
		"div",
		{ class: "details" },
		html(
			"h3",
			{},
			html("span", { class: "title" }, data.scopes[scope]?.name ?? ""),
			html("span", { class: "badge" }, "scope"),
		),
		html("p", {}, `${inside} nodes were recorded inside.`),
		button(isOpen ? "Close this scope" : "Open this scope", toggle, { class: "wide" }),
	);
}

/** How many entries of the pass stand in the list at once. */
const window_ = 300;

/** The pass as a list: the other side of the picture. */
export function passList(
	data: ExplorerData,
	pass: Pass,
	list: HTMLElement,
	actions: Actions,
): { readonly mark: (done: number) => void; readonly light: (nodes: readonly number[] | undefined) => void } {
	// A long name above every ∂ would push out those below.
	const isShort = data.target.length <= 3;
	let first = -1;
	const entries = new Map<number, HTMLElement>();
	const fill = (start: number): void => {
		first = start;
		entries.clear();
		list.replaceChildren();
		const end = Math.min(pass.steps.length, start + window_);
		if (start > 0) list.append(html("li", { class: "more" }, `… ${start} before`));
		for (let index = start; index < end; index++) {
			const step = pass.steps[index] as StepData;
			const say = (node: number): string => (isShort ? slope(data, node) : label(data, node));
			const what = `${step.from < 0 ? "" : `${say(step.from)} → `}${say(step.to)}`;
			const entry = html(
				"button",
				{ type: "button" },
				html("span", { class: "count" }, String(index + 1)),
				html("span", { class: "what" }, what),
				html("span", { class: "worth" }, shortText(step.contribution)),
			);
			entry.addEventListener("click", () => actions.goTo(index + 1));
			entry.addEventListener("pointerenter", () => actions.hoverStep(step));
			entry.addEventListener("pointerleave", () => actions.hoverStep(undefined));
			entry.setAttribute("aria-label", `step ${index + 1}: ${what}, ${spoken(step.contribution)}`);
			entries.set(index, entry);
			list.append(html("li", {}, entry));
		}
		if (end < pass.steps.length) list.append(html("li", { class: "more" }, `… ${pass.steps.length - end} after`));
	};
	const mark = (done: number): void => {
		const at = Math.max(0, done - 1);
		const inside = first >= 0 && at >= first && at < first + window_;
		if (!inside) fill(Math.max(0, Math.min(at - window_ / 2, pass.steps.length - window_)));
		for (const [index, entry] of entries) {
			entry.classList.toggle("done", index < done);
			if (index === done - 1) entry.setAttribute("aria-current", "step");
			else entry.removeAttribute("aria-current");
		}
		const current = entries.get(at);
		if (current) {
			// Within the list only: the page stays where it is.
			const { offsetTop, offsetHeight } = current.parentElement as HTMLElement;
			const room = list.clientHeight;
			if (offsetTop < list.scrollTop + 8 || offsetTop + offsetHeight > list.scrollTop + room - 8)
				list.scrollTop = offsetTop - room / 2;
		}
	};
	return {
		mark,
		light(nodes) {
			for (const lit of list.querySelectorAll(".lit")) lit.classList.remove("lit");
			if (nodes === undefined) return;
			const some = new Set(nodes);
			for (const [index, entry] of entries) {
				const step = pass.steps[index] as StepData;
				entry.classList.toggle("lit", some.has(step.to) || some.has(step.from));
			}
		},
	};
}
