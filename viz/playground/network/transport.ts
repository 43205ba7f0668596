/**
 * What drives a run: train and pause, single steps, the line of time along which
 * one goes back to any earlier step, and the numbers as they stand.
 */
import { html } from "../../explorer/page/dom.js";
import type { Frame, Opened, Pace } from "../training/protocol.js";
import { act, menu } from "../widgets.js";
import { label, onLanguage, spoken, text, type Word } from "../words.js";
import { sign } from "./signs.js";
import { steady } from "./ticks.js";
import { brokenWord, words } from "./words.js";

/** What is asked for. */
export interface TransportEvents {
	readonly run: (pace: Pace) => void;
	readonly pause: () => void;
	readonly step: (by: "step" | "epoch") => void;
	readonly rewind: (step: number) => void;
	readonly seed: () => void;
}

/** The transport. */
export interface Transport {
	readonly element: HTMLElement;
	/** Where menus for what can be taken away go. */
	readonly end: HTMLElement;
	readonly open: (opened: Opened) => void;
	readonly draw: (frame: Frame) => void;
	/** Trains, or pauses. */
	readonly toggle: () => void;
	readonly goTo: (step: number) => void;
	/** Pauses, also where nothing runs. */
	readonly rest: () => void;
	/** It cannot go on: says why. */
	readonly stopped: (step: number) => void;
	/** Other settings hold, with which it may go on. */
	readonly changed: () => void;
}

/** The paces, by names for the menu. */
const paces: readonly (readonly [name: string, pace: Pace, word: Word])[] = [
	["second", 1 / 60, words.paceSecond],
	["slow", 1 / 6, words.paceSlow],
	["frame", 1, words.paceFrame],
	["ten", 10, words.paceTen],
	["epoch", "epoch", words.paceEpoch],
	["full", "full", words.paceFull],
];

/** Makes it. */
export function transport(events: TransportEvents): Transport {
	let frame: Frame | undefined;
	let pace: Pace = 1;
	/** Where the reader wants to be; the Worker is asked again when it has arrived. */
	let wanted: number | undefined;
	let asked: number | undefined;
	/** What was asked for: the frames follow it. */
	let running = false;

	const toggle = (): void => {
		if (train.disabled) return;
		running = !running;
		wanted = asked = undefined;
		showRunning();
		if (running) events.run(pace);
		else events.pause();
	};
	const train = html("button", { type: "button", class: "train main", "data-do": "train" });
	train.addEventListener("click", toggle);
	const showRunning = (): void => {
		const state = String(running);
		if (train.dataset.running === state) return;
		train.dataset.running = state;
		train.replaceChildren(sign(running ? "pause" : "train"), text(running ? words.pause : words.train_));
		label(train, "title", running ? words.pauseSays : words.trainSays);
	};
	const halt = (does: () => void) => (): void => {
		running = false;
		wanted = asked = undefined;
		showRunning();
		does();
	};
	const start = signed(
		"start",
		words.toStart,
		halt(() => events.rewind(0)),
		"start",
	);
	const step = signed(
		"step",
		words.oneStep,
		halt(() => events.step("step")),
		"step",
	);
	const epoch = signed(
		"epoch",
		words.oneEpoch,
		halt(() => events.step("epoch")),
		"epoch",
	);
	const speed = menu<string>(
		words.pace,
		paces.map(([name, , word]) => [name, word] as const),
		(name) => {
			pace = paces.find(([one]) => one === name)?.[1] ?? 1;
			if (running) events.run(pace);
		},
	);
	speed.show("frame");
	speed.element.classList.add("bare", "pace");
	const seed = act(words.newSeed, events.seed, { "data-do": "seed" });
	seed.prepend(sign("dice"));

	// --------------------------------------------------------------------- time

	const line = html("input", { type: "range", min: 0, max: 1, step: 1, value: 0, class: "time" });
	label(line, "aria-label", words.timeline);
	const goTo = (to: number): void => {
		running = false;
		showRunning();
		wanted = to;
		if (asked !== undefined) return;
		asked = to;
		events.rewind(to);
	};
	const sayPlace = (step: number): void => line.setAttribute("aria-valuetext", `${spoken(words.step)} ${step}`);
	line.addEventListener("input", () => goTo(Number(line.value)));
	line.addEventListener("change", () => goTo(Number(line.value)));

	// ------------------------------------------------------------------ numbers

	const number = (name: Word, what: string): readonly [HTMLElement, HTMLElement] => {
		const value = html("output", { "data-number": what }, "–");
		return [html("span", { class: "number-of" }, html("span", { class: "what" }, text(name)), value), value];
	};
	const [stepPart, stepNumber] = number(words.step, "step");
	const [epochPart, epochNumber] = number(words.epoch, "epoch");
	const [trainPart, trainLoss] = number(words.trainLoss, "trainLoss");
	const [testPart, testLoss] = number(words.testLoss, "testLoss");
	const [rightPart, trainAccuracy] = number(words.trainAccuracy, "trainAccuracy");
	const [testRightPart, testAccuracy] = number(words.testAccuracy, "testAccuracy");
	const [speedPart, stepsPerSecond] = number(words.speed, "speed");
	const numbers = html(
		"div",
		{ class: "numbers" },
		stepPart,
		epochPart,
		trainPart,
		testPart,
		rightPart,
		testRightPart,
		speedPart,
	);
	const status = html("p", { class: "unseen", role: "status" });
	const alarm = html("p", { class: "wrong alarm", role: "alert", hidden: true });
	const end = html("div", { class: "end" });
	const write = (place: HTMLElement, value: number, written: string): void => {
		if (place.textContent !== written) place.textContent = written;
		place.title = Number.isNaN(value) ? "" : String(value);
	};
	const part = (value: number): string => (Number.isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`);
	const lossText = (value: number, isThere: boolean): string => (isThere ? steady(value) : "–");

	/** Where it could not go on: that is said as long as it stands there. */
	let stoppedAt = -1;
	let isTested = false;
	let told = 0;
	/** Says how things stand, though not with every frame. */
	function tell(now: Frame): void {
		const { timeStamp } = new Event("tell");
		if (now.running && timeStamp - told < 4_000) return;
		told = timeStamp;
		status.textContent = `${spoken(words.step)} ${now.step}, ${spoken(words.trainLoss)} ${steady(now.trainLoss)}`;
	}

	// There is nothing to drive until the first run is there.
	for (const one of [train, start, step, epoch, line, seed]) one.disabled = true;
	showRunning();
	const element = html(
		"section",
		{ class: "transport" },
		html(
			"div",
			{ class: "drive" },
			html("div", { class: "buttons" }, start, train, step, epoch),
			speed.element,
			line,
			html("div", { class: "more" }, seed, end),
		),
		numbers,
		alarm,
		status,
	);
	label(element, "aria-label", words.transport);
	onLanguage(element, () => {
		if (frame === undefined) return;
		sayPlace(frame.step);
		tell(frame);
	});

	return {
		element,
		end,
		open: (opened) => {
			isTested = opened.points.trained < opened.points.y.length;
			const isClasses = opened.points.task === "classes";
			rightPart.hidden = !isClasses;
			testRightPart.hidden = !isClasses || !isTested;
			testPart.hidden = !isTested;
			alarm.hidden = true;
			for (const one of [train, step, epoch, line, seed]) one.disabled = false;
			stoppedAt = -1;
			running = false;
			wanted = asked = undefined;
			showRunning();
		},
		draw: (next) => {
			frame = next;
			if (next.towards === undefined && !next.running && asked !== undefined) {
				asked = undefined;
				if (wanted !== undefined && wanted !== next.step) {
					asked = wanted;
					events.rewind(wanted);
				} else wanted = undefined;
			}
			if (next.step !== stoppedAt) alarm.hidden = true;
			showRunning();
			line.max = String(Math.max(1, next.furthest));
			if (wanted === undefined) line.value = String(next.step);
			line.style.setProperty("--part", `${(100 * Number(line.value)) / Number(line.max)}%`);
			sayPlace(next.step);
			start.disabled = next.step === 0 && wanted === undefined;
			write(stepNumber, next.step, next.towards === undefined ? String(next.step) : `${next.step} → ${next.towards}`);
			write(epochNumber, next.epoch, String(next.epoch));
			write(trainLoss, next.trainLoss, steady(next.trainLoss));
			write(testLoss, next.testLoss, lossText(next.testLoss, isTested));
			write(trainAccuracy, next.trainAccuracy, part(next.trainAccuracy));
			write(testAccuracy, next.testAccuracy, part(next.testAccuracy));
			write(stepsPerSecond, next.speed, next.speed > 0 ? String(Math.round(next.speed)) : "–");
			tell(next);
		},
		toggle,
		rest: halt(events.pause),
		goTo,
		changed: () => {
			stoppedAt = -1;
			alarm.hidden = true;
		},
		stopped: (at) => {
			running = false;
			stoppedAt = at;
			wanted = asked = undefined;
			showRunning();
			alarm.hidden = false;
			alarm.replaceChildren(text(at === 0 ? words.brokenAtStart : brokenWord(at)));
		},
	};
}

function signed(which: Parameters<typeof sign>[0], says: Word, does: () => void, name: string): HTMLButtonElement {
	const made = html("button", { type: "button", class: "square", "data-do": name }, sign(which));
	label(made, "aria-label", says);
	label(made, "title", says);
	made.addEventListener("click", does);
	return made;
}
