/**
 * The picture: boxes, lines and frames, and how they change. What is drawn is
 * decided by the view and the layout; here it becomes SVG.
 *
 * Beside every line that gradients flow along lies a second one, which leads
 * back: it appears when its contribution is made.
 */
import { type ExplorerData, isSummary, type Layout, type NodeData, type Quantity } from "../model.js";
import { numberText, shortText } from "../text.js";
import type { Item, Link, View } from "../view.js";
import { svg } from "./dom.js";
import type { Heat } from "./heat.js";
import { arrivedAt, type Pass } from "./pass.js";

/** What the picture tells the page. */
export interface Listener {
	readonly onSelect: (item: Item) => void;
	readonly onToggle: (scope: number) => void;
	readonly onHover: (nodes: readonly number[] | undefined) => void;
}

/** What the picture says besides names and numbers; asked whenever it is written. */
export interface DrawingWords {
	/** No gradient arrives at a node. */
	readonly none: () => string;
	/** None has arrived so far. */
	readonly notYet: () => string;
	/** A node, for those who hear it. */
	readonly node: (data: ExplorerData, index: number) => string;
}

const english: DrawingWords = { none: () => "none", notYet: () => "not yet", node: spokenNode };

/** The picture. */
export interface Drawing {
	/** Draws a view. `glide` moves what was there before to its new place. */
	readonly draw: (view: View, layout: Layout, glide: boolean) => void;
	/**
	 * Tells other data. Of the same computation the numbers are written anew, and
	 * all lies as it did. With `before`, which node was which, it is another one:
	 * the next drawing begins with the boxes that are there.
	 */
	readonly renew: (next: ExplorerData, before?: ReadonlyMap<number, number>) => void;
	/** Shows the pass after `done` steps. */
	readonly mark: (pass: Pass, run: number, done: number) => void;
	readonly select: (id: string | undefined) => void;
	/** Lights nodes up, and what leads to them and away. */
	readonly light: (nodes: readonly number[] | undefined) => void;
	/** Lights up one use of an operand. */
	readonly lightUse: (from: number, operand: number, to: number) => void;
	readonly colour: (heat: Heat | undefined) => void;
	/** Where an item lies. */
	readonly placeOf: (id: string) => readonly [number, number] | undefined;
	readonly focus: (id: string) => void;
	readonly view: () => View;
}

interface DrawnItem {
	readonly item: Item;
	readonly group: SVGGElement;
	readonly value: SVGTextElement | undefined;
	readonly gradient: SVGTextElement | undefined;
	readonly nodes: readonly number[];
}

interface DrawnLink {
	readonly link: Link;
	readonly group: SVGGElement;
	readonly back: SVGPathElement | undefined;
	readonly local: SVGTextElement | undefined;
}

const padding = 9;
const empty: View = { items: [], links: [], frames: [], standsFor: [], hidden: 0 };

/** A picture inside `world`. */
export function drawingOf(
	told: ExplorerData,
	world: SVGGElement,
	listener: Listener,
	words: DrawingWords = english,
): Drawing {
	let data = told;
	const layers = {
		frames: svg("g"),
		links: svg("g", { class: "links" }),
		items: svg("g"),
	};
	world.append(layers.frames, layers.links, layers.items);
	let view: View = empty;
	let layout: Layout | undefined;
	let items = new Map<string, DrawnItem>();
	let links: DrawnLink[] = [];
	let selected: string | undefined;
	let heat: Heat | undefined;
	let pass: Pass | undefined;
	let run = 0;
	let done = 0;

	const itemOf = (node: number): DrawnItem | undefined => items.get(view.items[view.standsFor[node] ?? -1]?.id ?? "");

	const listen = (group: SVGGElement, item: Item, nodes: readonly number[]): void => {
		group.addEventListener("click", () => listener.onSelect(item));
		if (item.kind === "scope") group.addEventListener("dblclick", () => listener.onToggle(item.index));
		group.addEventListener("pointerenter", () => listener.onHover(nodes));
		group.addEventListener("pointerleave", () => listener.onHover(undefined));
		group.addEventListener("focus", () => listener.onHover(nodes));
		group.addEventListener("blur", () => listener.onHover(undefined));
	};

	const drawNode = (item: Item): DrawnItem => {
		const node = data.nodes[item.index] as NodeData;
		const { width, height } = item;
		const [left, top] = [-width / 2, -height / 2];
		const missing = node.values.indexOf(null);
		const only = missing < 0 ? "" : missing === 0 ? " second" : " first";
		const group = svg("g", {
			class: `item node ${node.kind}${node.output ? " output" : ""}${only}`,
			tabindex: -1,
			role: "button",
			"data-id": item.id,
			"aria-label": words.node(data, item.index),
		});
		const radius = node.kind === "operation" ? 9 : node.kind === "constant" ? 12 : 2;
		group.append(svg("rect", { class: "box", x: left, y: top, width, height, rx: radius }));
		const symbol = data.operations[node.op]?.symbol;
		if (isLow(height)) {
			const value = svg("text", { class: "name", x: 0, y: 4.5, "text-anchor": "middle" }, valuesText(node, height));
			group.append(value);
			listen(group, item, [item.index]);
			return { item, group, value, gradient: undefined, nodes: [item.index] };
		}
		group.append(
			svg("text", { class: node.named ? "name" : "name unnamed", x: left + padding, y: top + 17 }, cut(node.label)),
		);
		if (symbol !== undefined)
			group.append(svg("text", { class: "symbol", x: width / 2 - padding, y: top + 17, "text-anchor": "end" }, symbol));
		const value = svg("text", { class: "value", x: left + padding, y: top + 34 }, valuesText(node, height));
		group.append(value);
		let gradient: SVGTextElement | undefined;
		if (node.gradients.some((quantity) => quantity !== null)) {
			gradient = svg("text", { class: "gradient", x: left + padding + 14, y: top + 53 });
			group.append(
				svg("path", { class: "band", d: bandOf(left, height / 2, width, Math.min(radius, 9)) }),
				svg("text", { class: "nabla", x: left + padding, y: top + 53 }, "∂"),
				gradient,
			);
		}
		listen(group, item, [item.index]);
		return { item, group, value, gradient, nodes: [item.index] };
	};

	const drawScope = (item: Item, nodes: readonly number[]): DrawnItem => {
		const { width, height, index } = item;
		const [left, top] = [-width / 2, -height / 2];
		const name = data.scopes[index]?.name ?? "";
		const group = svg("g", {
			class: "item scope",
			tabindex: -1,
			role: "button",
			"aria-expanded": "false",
			"data-id": item.id,
			"aria-label": `${name}, a scope with ${nodes.length} nodes, closed`,
		});
		const gradient = svg("text", { class: "inside", x: left + padding, y: top + 36 });
		const open = svg("g", { class: "opener" }, svg("title", {}, "Open this scope"));
		open.append(
			svg("circle", { cx: width / 2 - 15, cy: top + 15, r: 8.5 }),
			svg("path", { d: `M${width / 2 - 19.5},${top + 15}h9m-4.5,-4.5v9` }),
		);
		open.addEventListener("click", (event) => {
			event.stopPropagation();
			listener.onToggle(index);
		});
		group.append(
			svg("rect", { class: "shadow", x: left + 4, y: top + 4, width, height, rx: 6 }),
			svg("rect", { class: "box", x: left, y: top, width, height, rx: 6 }),
			svg("text", { class: "name", x: left + padding, y: top + 19 }, cut(name)),
			gradient,
			open,
		);
		listen(group, item, nodes);
		return { item, group, value: undefined, gradient, nodes };
	};

	/** What a line multiplies by. */
	const localText = ({ uses }: Link): string | undefined => {
		const [use] = uses;
		const step = use && uses.length === 1 ? pass?.steps[pass.by.get(`${use.node} ${use.operand}`) ?? -1] : undefined;
		if (step === undefined || step.local === null || isSummary(step.local)) return undefined;
		return `×${numberText(step.local, 3)}`;
	};

	const drawLink = (link: Link, { d, label }: Layout["paths"][number], direction: string): DrawnLink => {
		const group = svg("g", { class: "link" });
		let local: SVGTextElement | undefined;
		group.append(svg("path", { class: "forth", d, "marker-end": "url(#arrow)" }));
		let back: SVGPathElement | undefined;
		if (link.uses.some(({ node, operand }) => pass?.by.has(`${node} ${operand}`))) {
			back = svg("path", {
				class: "back",
				d,
				transform: direction === "right" ? "translate(0 5)" : "translate(5 0)",
				"marker-start": "url(#arrow-back)",
			});
			group.append(back);
		}
		const [x, y] = label ?? [0, 0];
		const factor = label && localText(link);
		if (factor !== undefined) {
			local = svg("text", { class: "local", x, y: y + 4, "text-anchor": "middle" }, factor);
			group.append(local);
		} else if (link.uses.length > 1) {
			const [mx, my] = middleOf(d);
			group.append(svg("text", { class: "uses", x: mx, y: my - 4, "text-anchor": "middle" }, `${link.uses.length}×`));
		}
		return { link, group, back, local };
	};

	const drawFrame = ([scope, left, top, right, bottom]: Layout["frames"][number]): SVGGElement => {
		const name = data.scopes[scope]?.name ?? "";
		const group = svg("g", { class: "frame" });
		const closer = svg("g", {
			class: "closer",
			role: "button",
			tabindex: -1,
			"aria-expanded": "true",
			"aria-label": `close the scope ${name}`,
			"data-scope": scope,
		});
		closer.append(
			svg("title", {}, "Close this scope"),
			svg("rect", { class: "touch", x: left, y: top, width: Math.max(60, right - left), height: 24 }),
			svg("circle", { cx: left + 15, cy: top + 14, r: 7.5 }),
			svg("path", { d: `M${left + 11},${top + 14}h8` }),
			svg("text", { class: "name", x: left + 28, y: top + 18.5 }, cut(name)),
		);
		closer.addEventListener("click", () => listener.onToggle(scope));
		group.append(
			svg("rect", { class: "ground", x: left, y: top, width: right - left, height: bottom - top, rx: 10 }),
			closer,
		);
		return group;
	};

	const place = (group: SVGGElement, [x, y]: readonly [number, number]): void => {
		group.style.transform = `translate(${x}px, ${y}px)`;
	};

	const paint = (): void => {
		for (const { group, nodes } of items.values()) {
			let strongest: number | undefined;
			for (const node of nodes) {
				const here = heat?.of[node];
				if (here !== undefined && (strongest === undefined || here > strongest)) strongest = here;
			}
			group.classList.toggle("hot", strongest !== undefined);
			group.classList.toggle("broken", strongest !== undefined && strongest > 1);
			group.style.setProperty("--heat", `${Math.round(Math.min(1, strongest ?? 0) * 100)}%`);
		}
	};

	const mark = (): void => {
		if (pass === undefined) return;
		const current = pass.steps[done - 1];
		const from = current && current.from >= 0 ? itemOf(current.from)?.item.id : undefined;
		const to = current && itemOf(current.to)?.item.id;
		for (const { item, group, gradient, nodes } of items.values()) {
			group.classList.toggle("sender", item.id === from);
			group.classList.toggle("receiver", item.id === to);
			if (item.kind === "scope") {
				const flowing = nodes.filter((node) => pass?.to.has(node));
				const complete = flowing.filter((node) => (pass?.to.get(node)?.at(-1) ?? 0) < done);
				const text = `${nodes.length} nodes inside`;
				write(gradient, done === 0 || flowing.length === 0 ? text : `∂ ${complete.length} of ${flowing.length}`);
				continue;
			}
			const arrived = arrivedAt(pass, item.index, done);
			group.classList.toggle("reached", arrived !== undefined);
			group.classList.toggle("complete", arrived !== undefined && arrived.turn === arrived.turns);
			if (gradient === undefined) continue;
			const none = data.nodes[item.index]?.gradients[run] === null;
			write(gradient, arrived === undefined ? (none ? words.none() : words.notYet()) : shortText(arrived.total));
			gradient.classList.toggle("waiting", arrived === undefined);
		}
		for (const { link, group } of links) {
			const steps = link.uses.flatMap(({ node, operand }) => pass?.by.get(`${node} ${operand}`) ?? []);
			const made = steps.filter((step) => step < done).length;
			group.classList.toggle("made", made > 0);
			const active = steps.includes(done - 1);
			if (active && !group.classList.contains("active")) layers.links.append(group);
			group.classList.toggle("active", active);
		}
	};

	return {
		draw(next, place_, glide) {
			const before = new Map([...items].map(([id, { group }]) => [id, group.style.transform]));
			const houses = new Map<string, string>();
			for (const [node, place] of view.standsFor.entries()) {
				const was = view.items[place]?.id ?? "";
				const is = next.items[next.standsFor[node] ?? -1]?.id ?? "";
				if (was !== is && !houses.has(is)) houses.set(is, was);
			}
			view = next;
			layout = place_;
			const inside = new Map<number, number[]>();
			for (const [node, at] of view.standsFor.entries()) {
				const known = inside.get(at);
				if (known) known.push(node);
				else inside.set(at, [node]);
			}
			items = new Map(
				view.items.map((item, index) => [
					item.id,
					item.kind === "node" ? drawNode(item) : drawScope(item, inside.get(index) ?? []),
				]),
			);
			links = view.links.map((link, index) => drawLink(link, place_.paths[index] ?? { d: "" }, place_.direction));
			world.ownerSVGElement?.classList.toggle("many", view.items.length + view.links.length > 1_000);
			layers.frames.replaceChildren(...place_.frames.map(drawFrame));
			layers.links.replaceChildren(...links.map(({ group }) => group));
			layers.items.replaceChildren(...[...items.values()].map(({ group }) => group));
			const gliding: [SVGGElement, readonly [number, number]][] = [];
			for (const [index, item] of view.items.entries()) {
				const { group } = items.get(item.id) as DrawnItem;
				const target = place_.places[index] ?? [0, 0];
				const start = before.get(item.id) ?? before.get(houses.get(item.id) ?? "");
				if (glide && start !== undefined) {
					group.style.transform = start;
					if (!before.has(item.id)) group.classList.add("arriving");
					gliding.push([group, target]);
				} else place(group, target);
			}
			if (gliding.length > 0) {
				for (const layer of [layers.links, layers.frames]) layer.classList.add("late");
				world.getBoundingClientRect(); // the places to start from are drawn before they change
				for (const [group, target] of gliding) {
					group.classList.add("gliding");
					group.classList.remove("arriving");
					place(group, target);
				}
				setTimeout(() => {
					for (const [group] of gliding) group.classList.remove("gliding");
					for (const layer of [layers.links, layers.frames]) layer.classList.remove("late");
				}, 420);
			}
			items.get(selected ?? "")?.group.classList.add("selected");
			paint();
			mark();
		},
		renew(next, before) {
			data = next;
			if (before === undefined) {
				for (const { item, group, value } of items.values()) {
					if (item.kind === "scope") continue;
					write(value, valuesText(data.nodes[item.index] as NodeData, item.height));
					group.setAttribute("aria-label", words.node(data, item.index));
				}
				return;
			}
			const kept = [...before].flatMap(([now, then]): [string, DrawnItem][] => {
				const drawn = items.get(`n${then}`);
				const id = `n${now}`;
				return drawn ? [[id, { ...drawn, item: { ...drawn.item, id, index: now }, nodes: [now] }]] : [];
			});
			items = new Map(kept);
			links = [];
			view = empty;
		},
		mark(nextPass, nextRun, nextDone) {
			if (pass !== nextPass) {
				pass = nextPass;
				for (const { link, local } of links) if (local) write(local, localText(link) ?? "");
			}
			run = nextRun;
			done = nextDone;
			mark();
		},
		select(id) {
			items.get(selected ?? "")?.group.classList.remove("selected");
			selected = id;
			for (const { group } of items.values()) group.setAttribute("tabindex", "-1");
			const found = items.get(id ?? "");
			found?.group.classList.add("selected");
			found?.group.setAttribute("tabindex", "0");
		},
		light(nodes) {
			for (const lit of world.querySelectorAll(".lit")) lit.classList.remove("lit");
			if (nodes === undefined) return;
			const ids = new Set(nodes.map((node) => itemOf(node)?.item.id));
			for (const id of ids) items.get(id ?? "")?.group.classList.add("lit");
			for (const { link, group } of links) {
				const [from, to] = [view.items[link.from]?.id, view.items[link.to]?.id];
				if (ids.has(from) || ids.has(to)) group.classList.add("lit");
			}
		},
		lightUse(from, operand, to) {
			for (const lit of world.querySelectorAll(".lit")) lit.classList.remove("lit");
			for (const node of [from, to]) if (node >= 0) itemOf(node)?.group.classList.add("lit");
			for (const { link, group } of links)
				if (link.uses.some((use) => use.node === from && use.operand === operand)) group.classList.add("lit");
		},
		colour(next) {
			heat = next;
			paint();
		},
		placeOf(id) {
			const index = view.items.findIndex((item) => item.id === id);
			return index < 0 ? undefined : layout?.places[index];
		},
		focus(id) {
			items.get(id)?.group.focus({ preventScroll: true });
		},
		view: () => view,
	};
}

/** A box that has room for a number only. */
function isLow(height: number): boolean {
	return height < 30;
}

function valuesText({ values, label }: NodeData, height: number): string {
	if (isLow(height)) return cut(label);
	return values.map((value) => (value === null ? "–" : shortText(value))).join(" | ");
}

/** Writes only what changed: most steps change two boxes of many. */
function write(text: SVGTextElement | undefined, content: string): void {
	if (text !== undefined && text.textContent !== content) text.textContent = content;
}

function cut(name: string): string {
	const characters = Array.from(name.replaceAll(/\s+/g, " "));
	return characters.length > 28 ? `${characters.slice(0, 27).join("")}…` : characters.join("");
}

/** The lower part of a box, with its corners. */
function bandOf(left: number, bottom: number, width: number, radius: number): string {
	const top = bottom - 20;
	return `M${left},${top}h${width}v${20 - radius}a${radius},${radius} 0 0 1 ${-radius},${radius}h${2 * radius - width}a${radius},${radius} 0 0 1 ${-radius},${-radius}z`;
}

function middleOf(d: string): readonly [number, number] {
	const points = d
		.slice(1)
		.split(/[C ]/)
		.map((point) => point.split(",").map(Number) as [number, number]);
	return points[Math.floor(points.length / 2)] ?? [0, 0];
}

/** A quantity for those who hear it. */
export function spoken(quantity: Quantity | null | undefined): string {
	if (quantity === null || quantity === undefined) return "none";
	return shortText(quantity).replaceAll("−", "minus ").replaceAll("…", "to");
}

/** A node for those who hear it. */
export function spokenNode(data: ExplorerData, index: number): string {
	const node = data.nodes[index] as NodeData;
	const op = data.operations[node.op];
	const parts = [node.label, op === undefined ? node.kind : op.name, `value ${node.values.map(spoken).join(" and ")}`];
	if (node.gradients.some((gradient) => gradient !== null))
		parts.push(`gradient ${node.gradients.map(spoken).join(" and ")}`);
	return parts.join(", ");
}
