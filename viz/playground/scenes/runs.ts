/**
 * Training runs for pictures, one after the other, in a Worker of their own.
 *
 * A run is known by its setup and its steps, and is trained once while the page
 * lives. `Worker` is handed in, so that tests can train without one.
 */
import type { Setup } from "../setup.js";
import type { Answer, Command, Frame, Opened } from "../training/protocol.js";
import type { Outcome } from "./scenes.js";

/** As much of a Worker as is used. */
export interface Trainer {
	postMessage(command: Command): void;
	terminate(): void;
	onmessage: ((event: MessageEvent<Answer>) => void) | null;
	onerror: ((event: ErrorEvent) => void) | null;
}

/** What a run is: the losses along the way come with it. */
export interface Run extends Outcome {
	readonly opened: Opened;
	readonly first: Frame;
	readonly last: Frame;
	readonly curve: NonNullable<Frame["curve"]>;
}

/** Runs by setup and steps. */
export interface Runs {
	/** @throws what the Worker says if it cannot be trained, and `Stopped` if `stop` came before. */
	readonly run: (setup: Setup, steps: number) => Promise<Run>;
	/** Nothing is trained any more until something is asked for again; what was trained stays known. */
	readonly stop: () => void;
}

/** The answer to a question that nobody waits for any more. */
export class Stopped extends Error {
	override readonly name = "Stopped";
}

/** Runs on Workers that `start` makes. */
export function runsOn(start: () => Trainer): Runs {
	const known = new Map<string, Promise<Run>>();
	let trainer: Trainer | undefined;
	let last: Promise<unknown> = Promise.resolve();
	/** Counts how often all was stopped: what was asked for before is not begun any more. */
	let age = 0;
	let fail: (reason: Error) => void = () => {};

	/** Pictures of what it gives are not looked at. */
	const begun = (): Trainer => {
		const made = start();
		made.postMessage({ kind: "look", surface: 1, unit: 1, plane: { left: -1, right: 1, bottom: -1, top: 1 } });
		return made;
	};
	const asked = (setup: Setup, steps: number): Promise<Run> =>
		new Promise((done, failed) => {
			trainer ??= begun();
			fail = failed;
			trainer.onerror = ({ message }) => failed(new Error(message));
			trainer.onmessage = listener(trainer, steps, done, failed);
			trainer.postMessage({ kind: "open", setup, step: 1 });
		});

	return {
		run(setup, steps) {
			const key = JSON.stringify([setup, steps]);
			const there = known.get(key);
			if (there !== undefined) return there;
			const born = age;
			const made = last.then(() => {
				if (born !== age) throw new Stopped();
				return asked(setup, steps);
			});
			last = made.catch(() => {});
			known.set(key, made);
			made.catch((reason: unknown) => {
				if (reason instanceof Stopped) known.delete(key);
			});
			return made;
		},
		stop() {
			age++;
			trainer?.terminate();
			trainer = undefined;
			fail(new Stopped());
		},
	};
}

/** Hears a run through: the first step, the rest of the way, the losses of all. */
function listener(
	trainer: Trainer,
	steps: number,
	done: (run: Run) => void,
	failed: (reason: Error) => void,
): (event: MessageEvent<Answer>) => void {
	let opened: Opened | undefined;
	let first: Frame | undefined;
	let newest: Frame | undefined;
	let curve: Run["curve"] | undefined;
	const finish = (): void => {
		if (opened && newest && curve) done({ opened, first: first ?? newest, last: newest, curve });
	};
	return ({ data }) => {
		if (data.kind === "opened") opened = data;
		if (data.kind === "problem") failed(new Error(data.text));
		// Its loss is no number any more: what it came to is what there is.
		if (data.kind === "stopped") finish();
		if (data.kind !== "frame" || opened === undefined) return;
		trainer.postMessage({ kind: "drawn" });
		newest = data;
		curve = data.curve ?? curve;
		if (data.step === 1 && first === undefined) {
			first = data;
			if (steps > 1) trainer.postMessage({ kind: "rewind", step: steps });
		}
		if (data.step === steps) finish();
	};
}
