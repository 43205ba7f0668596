/**
 * The network bench: its parts, and what passes between them.
 *
 * One setup is what the controls show; the Worker trains with the last one that
 * it could make a run of. Frames are drawn when the browser draws, and the Worker
 * is told then, so it never runs ahead of what is seen. The address holds where
 * one is as long as nothing moves.
 */
import { html } from "../../explorer/page/dom.js";
import { leftOut } from "../address.js";
import type { Bench, Shell } from "../bench.js";
import { save, savePng, saveSvg } from "../pictures.js";
import { type Setup, standardSetup } from "../setup.js";
import { type Answer, exportForms, type Frame, type Opened, type Plane } from "../training/protocol.js";
import { act } from "../widgets.js";
import { label, text } from "../words.js";
import { forgetPalette } from "./colours.js";
import { tidied } from "./consequence.js";
import { curves } from "./curves.js";
import { type Controls, dataControls } from "./data.js";
import { diagram } from "./diagram.js";
import { featureControls } from "./features.js";
import { gradients } from "./gradients.js";
import { descentControls, startControls } from "./learning.js";
import { lossCard } from "./loss.js";
import { wordMenu } from "./menus.js";
import { pointTools } from "./points.js";
import { ruleCard } from "./rule.js";
import { type Session, session } from "./session.js";
import { csvOf, emptySketch, pointsOfSketch, type Sketch, sketchOf, withoutPoint, withPoint } from "./sketch.js";
import { surface, type UnitName } from "./surface.js";
import { transport } from "./transport.js";
import { readWay, writeWay } from "./way.js";
import { runWord, words } from "./words.js";

/** Places along a side of the surface, and of the picture of a unit while it is shown large. */
const fine = 100;
/** Digits that points keep when they become the reader's own: as many as are seen. */
const digits = 4;

/** Makes the bench. */
export function networkBench(shell: Shell): Bench {
	let setup = standardSetup;
	let opened: Opened | undefined;
	let frame: Frame | undefined;
	/** The points of `setup.own`, where they were set by hand: in the order in which they were. */
	let sketch: Sketch | undefined;
	/** What is seen of the plane while points are set by hand: it stays where it is. */
	let heldPlane: Plane | undefined;
	let looked: UnitName | undefined;

	// -------------------------------------------------------------- the parts

	const choose = (next: Partial<Setup>): void => {
		setup = tidied({ ...setup, ...next }, setup, next);
		heldPlane = undefined;
		if (setup.data !== "own") sketch = undefined;
		showSetup();
		if (setup.data === "own" && setup.own.trim() === "") {
			silence();
			showSketch(emptySketch);
		} else if (!worker.apply(setup)) silence();
	};
	const drive = transport({
		run: (pace) => worker.run(pace),
		pause: () => worker.say({ kind: "pause" }),
		step: (by) => worker.say({ kind: "step", by }),
		rewind: (step) => worker.say({ kind: "rewind", step }),
		seed: () => choose({ seed: Math.floor(Math.random() * 1_000_000) }),
	});
	const data = dataControls({ choose, take: () => takePoints(), refuse: (what) => shell.notice(what, "alert") });
	const features = featureControls(choose, (what) => shell.notice(what));
	const descent = descentControls(choose);
	const start = startControls(choose);
	const loss = lossCard(choose, () => worker.say({ kind: "check" }));
	const rule = ruleCard();
	const net = diagram({
		choose,
		look: (unit) => {
			looked = unit;
			plane.look(unit);
			askForMaps();
		},
	});
	net.head.append(features.element);
	const plane = surface({
		add: ([x1, x2]) => edit((now) => withPoint(now, [rounded(x1), rounded(x2)], tools.target())),
		remove: (at) => edit((now) => withoutPoint(now, at)),
	});
	const tools = pointTools(
		(tool) => plane.use(tool),
		() => edit((now) => ({ ...now, points: [] })),
	);
	plane.foot.append(tools.element);
	const chart = curves(
		() => runWord(setup),
		(step) => drive.goTo(step),
	);
	const sizes = gradients();
	const controls: readonly Controls[] = [data, features, descent, start, loss, { ...net, complain: complainAtNet }];

	function complainAtNet(field: keyof Setup, what: string | undefined): boolean {
		if (field !== "layers" && field !== "output") return false;
		net.complain(field, what);
		return true;
	}

	// ------------------------------------------------------------- the Worker

	const worker: Session = session({
		opened: (given, held) => {
			const next = heldPlane === undefined ? given : { ...given, points: { ...given.points, plane: heldPlane } };
			opened = next;
			frame = undefined;
			passOver();
			if (sketch !== undefined && csvOf(sketch) !== held.own) sketch = undefined;
			looked = undefined;
			silence();
			drive.open(next);
			net.open(next, held);
			plane.open(next);
			chart.open();
			sizes.open(next);
			rule.show(next);
			loss.typeset(next.lossLatex);
			features.inputs(next.points.names);
			tools.show(sketchOf(next.points), next.points);
			tools.wait(false);
			askForMaps();
		},
		changed: (next) => {
			const isOurs = JSON.stringify(next.setup) === JSON.stringify(setup);
			silence();
			drive.changed();
			if (!isOurs) {
				setup = next.setup;
				showSetup();
			}
			rule.show(next);
			loss.typeset(next.lossLatex);
			if (opened !== undefined) opened = { ...opened, ...next };
			remember();
		},
		frame: (next, drawn) => {
			const isNext = due === undefined;
			due = next;
			dues.push(drawn);
			if (isNext) requestAnimationFrame(paint);
		},
		answer: hear,
		failed: () => shell.notice(words.failed, "alert"),
	});

	/** The last frame that has come, until it is drawn. */
	let due: Frame | undefined;
	const dues: (() => void)[] = [];
	/** A frame that waits to be drawn is of the run before: nothing of it fits any more. */
	function passOver(): void {
		due = undefined;
		for (const tell of dues.splice(0)) tell();
	}
	function paint(): void {
		const next = due;
		due = undefined;
		if (next === undefined) return;
		frame = next;
		drive.draw(next);
		net.draw(next);
		plane.draw(next);
		chart.draw(next);
		sizes.draw(next);
		if (next.numbers !== undefined) rule.update(next.numbers);
		for (const tell of dues.splice(0)) tell();
		element.setAttribute("aria-busy", String(next.towards !== undefined));
		if (!next.running && next.towards === undefined) remember();
	}

	function hear(answer: Exclude<Answer, { readonly kind: "opened" | "changed" | "frame" }>): void {
		switch (answer.kind) {
			case "stopped":
				drive.stopped(answer.step);
				return;
			case "file":
				save(answer.name, answer.type, answer.content);
				return;
			case "graph":
				showGraph(answer.content);
				return;
			case "checked":
				loss.report(answer.report);
				return;
			case "problem":
				element.setAttribute("aria-busy", "false");
				complain(answer.field, answer.text);
		}
	}

	/** What the Worker blamed last: of a setup it names one thing, so what it named before may be mended. */
	let blamed: keyof Setup | undefined;
	function complain(field: keyof Setup | undefined, what: string): void {
		if (blamed !== undefined && blamed !== field) for (const one of controls) one.complain(blamed, undefined);
		blamed = field;
		if (field === undefined || !controls.some((one) => one.complain(field, what))) shell.notice(what, "alert");
	}

	function silence(): void {
		blamed = undefined;
		for (const name of Object.keys(standardSetup) as (keyof Setup)[])
			for (const one of controls) one.complain(name, undefined);
	}

	/** Asks for pictures of units as fine as they are seen. */
	function askForMaps(): void {
		if (opened === undefined) return;
		const units = opened.sizes.reduce((a, b) => a + b, 0);
		const small = units <= 40 ? 30 : units <= 160 ? 22 : 14;
		const unit = looked === undefined ? small : units <= 40 ? fine : Math.max(small, 40);
		worker.say({ kind: "look", surface: fine, unit, plane: opened.points.plane });
	}

	// ------------------------------------------------------------ the reader's points

	function edit(change: (now: Sketch) => Sketch): void {
		const now = pointsNow();
		if (now === undefined) {
			shell.notice(words.mendFirst, "alert");
			return;
		}
		const next = change(now);
		heldPlane = seenPlane();
		setup = tidied({ ...setup, data: "own", own: csvOf(next) }, setup, { data: "own", own: csvOf(next) });
		showSetup();
		showSketch(next);
		if (canTrain(next)) worker.apply(setup);
	}

	const seenPlane = (): Plane => opened?.points.plane ?? { left: -1.5, right: 1.5, bottom: -1.5, top: 1.5 };

	/** The points as they are to be changed; none where the table of the setup could not be read. */
	function pointsNow(): Sketch | undefined {
		if (setup.data !== "own") return opened === undefined ? emptySketch : sketchOf(opened.points, digits);
		if (sketch !== undefined && (setup.own.trim() === "" || csvOf(sketch) === setup.own)) return sketch;
		return opened !== undefined && worker.way()?.held.own === setup.own ? sketchOf(opened.points) : undefined;
	}

	/** Points that are no run yet, and the tools to make more of them. */
	function showSketch(next: Sketch): void {
		sketch = next;
		const isAlone = !canTrain(next);
		const points = pointsOfSketch(next, seenPlane());
		plane.sketch(points, isAlone);
		tools.show(next, points);
		tools.wait(isAlone);
		if (next.points.length === 0) tools.use("add");
	}

	function takePoints(): void {
		if (opened === undefined) return;
		choose({ data: "own", own: csvOf(sketchOf(opened.points, digits)) });
	}

	// ------------------------------------------------------------- what is taken away

	let wanted: "open" | "file" | "svg" | "png" = "open";
	const offer = html("div", { class: "offer", role: "alert", hidden: true });
	const askForGraph = (what: typeof wanted) => (): void => {
		wanted = what;
		worker.say({ kind: "graph", as: what === "svg" || what === "png" ? "svg" : "html" });
	};
	function showGraph(content: string): void {
		if (wanted === "svg") saveSvg("chainrule-batch", content);
		else if (wanted === "png") void savePng("chainrule-batch", content);
		else if (wanted === "file") save("chainrule-batch.html", "text/html", content);
		else openDocument(content);
	}
	/** A window of its own for a document; where the browser forbids it, the reader is asked once more. */
	function openDocument(content: string): void {
		const address = URL.createObjectURL(new Blob([content], { type: "text/html" }));
		if (window.open(address, "_blank") !== null) return;
		const close = (): void => {
			offer.hidden = true;
			offer.replaceChildren();
		};
		const now = html("a", { href: address, target: "_blank", class: "button" }, text(words.openNow));
		now.addEventListener("click", close);
		offer.replaceChildren(
			html("span", {}, text(words.blocked)),
			now,
			act(words.saveFile, () => {
				save("chainrule-batch.html", "text/html", content);
				close();
			}),
			act(words.dismiss, close),
		);
		offer.hidden = false;
	}
	drive.end.append(
		wordMenu(
			words.graph,
			[
				{ name: words.graphOpen, does: askForGraph("open"), id: "graph-open" },
				{ name: words.graphFile, does: askForGraph("file"), id: "graph-file" },
				{ name: words.graphSvg, does: askForGraph("svg"), id: "graph-svg" },
				{ name: words.graphPng, does: askForGraph("png"), id: "graph-png" },
			],
			{ "data-menu": "graph" },
		),
		wordMenu(
			words.exports,
			exportForms.map((form) => ({
				name: words[form],
				does: () => worker.say({ kind: "export", form }),
				id: form,
			})),
			{ "data-menu": "exports" },
		),
	);

	// ------------------------------------------------------------------ the address

	function showSetup(): void {
		for (const one of controls) one.show(setup);
	}
	let told: readonly string[] = [];
	function remember(): void {
		const now = worker.way();
		if (now === undefined || frame === undefined) return;
		const written = writeWay(now.way, frame.step, now.held);
		shell.remember(written);
		const left = leftOut(now.way.first);
		if (left.includes("own") && !told.includes(now.way.first.own)) {
			told = [now.way.first.own];
			shell.notice(words.tooLong);
		}
	}

	// ---------------------------------------------------------------------- page

	const settings = label(
		html("div", { class: "settings" }, data.element, start.element, descent.element),
		"aria-label",
		words.settings,
	);
	const element = html(
		"section",
		{ class: "network" },
		drive.element,
		offer,
		settings,
		html("div", { class: "middle" }, net.element, html("div", { class: "pair-of-cards" }, loss.element, rule.element)),
		html("div", { class: "right" }, plane.element, chart.element, sizes.element),
	);
	document.addEventListener("keydown", (event) => {
		if (!element.isConnected || event.key !== " " || event.ctrlKey || event.metaKey || event.altKey) return;
		const target = event.target as HTMLElement;
		if (target.closest("input, select, textarea, button, a, summary, [contenteditable]")) return;
		event.preventDefault();
		drive.toggle();
	});
	document.addEventListener("themechange", () => {
		forgetPalette();
		for (const one of [plane, net, chart, sizes, data, tools]) one.repaint();
	});

	return {
		element,
		open: (parameters) => {
			const { way, step, problems } = readWay(parameters);
			for (const problem of problems) shell.notice(problem, "alert");
			setup = way.first;
			sketch = undefined;
			silence();
			showSetup();
			heldPlane = undefined;
			if (setup.data === "own" && setup.own.trim() === "") {
				showSketch(emptySketch);
				return;
			}
			element.setAttribute("aria-busy", "true");
			worker.open(way.first, step, way.changes);
		},
		close: drive.rest,
	};
}

/** Whether anything can be learnt from points: two classes, or two values. */
function canTrain({ points }: Sketch): boolean {
	return new Set(points.map(({ target }) => target)).size >= 2;
}

function rounded(value: number): number {
	return Number(value.toPrecision(digits));
}
