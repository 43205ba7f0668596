/**
 * The Worker's end of the conversation: which command leads to what, and what is
 * done in which order. How messages are sent and when one is called again is
 * handed in, so that it runs, and is tested, without a Worker.
 *
 * Training goes on in slices of some milliseconds, between which commands are
 * heard: 5, so that a frame is made in time for the next of 60 in a second. It
 * is sent when the page has drawn the last one. What goes to a step, for a
 * rewinding or because an address asks for it, is on its *way*; commands that
 * must not be made before it has arrived wait in a queue.
 */
import { ChainruleError } from "chainrule";
import { ruleOf } from "./descent.js";
import { exported } from "./exports.js";
import { boundaryOf } from "./measures.js";
import { type Look, layerFrames, Painter } from "./pictures.js";
import type { Answer, Changed, Command, Frame, Pace } from "./protocol.js";
import { Refusal } from "./refusal.js";
import { Training } from "./training.js";

/** What surrounds a session. */
export interface Surroundings {
	/** Sends an answer; the buffers are given away. */
	readonly post: (answer: Answer, buffers: readonly ArrayBufferLike[]) => void;
	/** Milliseconds. */
	readonly now: () => number;
	/** Calls back when the messages that have come were heard. */
	readonly soon: (body: () => void) => void;
	/** Calls back after so many milliseconds. */
	readonly later: (body: () => void, milliseconds: number) => void;
}

/** What is being done by itself. */
type Mode =
	| { readonly kind: "still" }
	| { readonly kind: "run"; readonly pace: Pace }
	| { readonly kind: "way"; readonly goal: number };

type CommandOf<Kind extends Command["kind"]> = Command & { readonly kind: Kind };

/** Milliseconds of training between two looks at what was said, and before an opening is answered. */
const slice = 5;
const patience = 200;
/** Milliseconds between the frames of a page, for paces below one step per frame. */
const usualFrame = 1_000 / 60;
const furthestGoal = 1e9;

/** A conversation about one run after the other. */
export class Session {
	readonly #around: Surroundings;
	#training: Training | undefined;
	#painter: Painter | undefined;
	#fineness: Omit<Look, "plane"> = { surface: 60, unit: 20 };
	#mode: Mode = { kind: "still" };
	readonly #queue: Command[] = [];
	/** The page has drawn what it was sent. */
	#ready = true;
	/** There is something that the page has not seen. */
	#stale = false;
	/** Steps to be made before the next frame. */
	#due = 0;
	/** When a step is to be made, at paces below one step per frame. */
	#next = 0;
	#called = false;
	/** An opening was refused, and what was said with it is still to come. */
	#refused = false;
	/** For when one has asked to be called, at such paces. */
	#alarm = Number.POSITIVE_INFINITY;
	/** The settings that the page knows of, and whether it waits to be told. */
	#told: Training["setup"] | undefined;
	#owed = false;
	/** What the curve was sent for last. */
	#curveKey = "";
	/** Counts changes and runs. */
	#version = 0;
	/** Steps that were made while running, and when so many of them were. */
	#steps = 0;
	#record: { readonly time: number; readonly steps: number }[] = [];
	/** Milliseconds that the last frame took. */
	#frameTime = 0;

	constructor(around: Surroundings) {
		this.#around = around;
	}

	/** Does what is asked for. What cannot be is told, and changes nothing. */
	hear(command: Command): void {
		if (this.#refused && (command.kind === "change" || command.kind === "rewind")) return;
		// Of two places to go to, one after the other, the last counts.
		if (command.kind === "rewind" && this.#queue.at(-1)?.kind === "rewind") this.#queue.pop();
		if (this.#waits(command)) this.#queue.push(command);
		else this.#guarded(command);
		this.#work(false);
	}

	// ------------------------------------------------------------- commands

	/** True where a command is to be made after others, or when a way has come to its end. */
	#waits({ kind }: Command): boolean {
		const inOrder = kind === "change" || kind === "run" || kind === "step" || kind === "rewind";
		if (inOrder && this.#queue.length > 0) return true;
		return kind === "change" && this.#mode.kind === "way";
	}

	#obey(command: Command): void {
		if (command.kind === "open") this.#begin(command);
		else if (command.kind === "look") this.#look(command);
		else if (command.kind === "drawn") this.#ready = true;
		else if (this.#training !== undefined) this.#drive(command, this.#training);
	}

	#drive(command: Exclude<Command, CommandOf<"open" | "look" | "drawn">>, training: Training): void {
		switch (command.kind) {
			case "change":
				this.#owed = true;
				training.change(command.setup);
				this.#touch();
				return;
			case "run":
				this.#leave(training);
				this.#run(command.pace);
				return;
			case "pause":
				if (this.#queue.some(({ kind }) => kind === "change")) this.#owed = true;
				this.#rest();
				return;
			case "step":
				this.#leave(training);
				this.#go(training.step + (command.by === "step" ? 1 : training.stepsLeft));
				return;
			case "rewind":
				this.#go(command.step);
				return;
			case "export":
				this.#around.post({ kind: "file", ...exported(training, command.form) }, []);
				return;
			case "graph":
				void this.#later(async () => {
					const { graphOf } = await import("./graph.js");
					return { kind: "graph", as: command.as, content: await graphOf(training, command.as) };
				});
				return;
			case "check":
				void this.#later(async () => {
					const { reportOn } = await import("./lossreport.js");
					return { kind: "checked", report: reportOn(training.loss, training.network.output, training.points.task) };
				});
		}
	}

	/** Opens. With a setup that is refused, where it was to be taken to is, too: it is no way for the run before. */
	#begin(command: CommandOf<"open">): void {
		try {
			this.#open(command);
		} catch (error) {
			this.#refused = true;
			this.#around.soon(() => {
				this.#refused = false;
			});
			throw error;
		}
	}

	#open({ setup, step }: CommandOf<"open">): void {
		const training = new Training(setup);
		this.#training = training;
		this.#painter = new Painter(setup, training.features, training.points, this.#fineness);
		this.#rest();
		this.#touch();
		this.#ready = true;
		this.#told = setup;
		this.#owed = false;
		const { points, network, stepsPerEpoch, loss } = training;
		const answer = (): void =>
			this.#around.post(
				{
					kind: "opened",
					points,
					sizes: network.sizes,
					output: network.output,
					parameters: network.parameters.reduce((sum, parameter) => sum + parameter.size, 0),
					stepsPerEpoch,
					...ruleOf(training.descent),
					lossLatex: loss.latex,
					boundary: boundaryOf(network.output),
				},
				[],
			);
		if (step > 0) this.#go(step, patience, answer);
		else answer();
	}

	#look({ surface, unit, plane }: CommandOf<"look">): void {
		this.#fineness = { surface, unit };
		if (this.#painter === undefined) return;
		this.#painter.look = { surface, unit, plane };
		this.#stale = true;
	}

	/** Answers when it is there. */
	async #later(made: () => Promise<Answer>): Promise<void> {
		try {
			this.#around.post(await made(), []);
		} catch (error) {
			this.#complain(error);
		}
	}

	#guarded(command: Command): void {
		try {
			this.#obey(command);
		} catch (error) {
			this.#complain(error, command.kind);
		}
	}

	#complain(error: unknown, about?: Command["kind"]): void {
		if (!(error instanceof Refusal || error instanceof ChainruleError)) throw error;
		const field = error instanceof Refusal ? error.field : undefined;
		this.#around.post({ kind: "problem", text: error.message, ...(about && { about }), ...(field && { field }) }, []);
	}

	// -------------------------------------------------------------- driving

	/** Goes on with the settings that hold, which may forget a part of the way. */
	#leave(training: Training): void {
		const { furthest } = training;
		training.leave();
		if (training.furthest === furthest) return;
		this.#touch();
		// At once: after the next steps it could not be seen any more what is forgotten.
		this.#say(training);
	}

	#run(pace: Pace): void {
		if (this.#mode.kind !== "run") this.#record = [{ time: this.#around.now(), steps: this.#steps }];
		this.#mode = { kind: "run", pace };
		this.#due = 0;
		this.#next = this.#around.now();
		this.#stale = true;
	}

	/** Stops what goes on by itself, and forgets what waits for it. */
	#rest(): void {
		this.#queue.length = 0;
		this.#mode = { kind: "still" };
		this.#due = 0;
		this.#stale = true;
	}

	/** Sets out for a step, and trains for a while; `before` is called then, whether it has arrived or not. */
	#go(step: number, time = slice, before: () => void = () => {}): void {
		const goal = Math.max(0, Math.min(furthestGoal, Math.floor(step) || 0));
		this.#mode = { kind: "way", goal };
		this.#due = 0;
		this.#stale = true;
		this.#training?.approach(goal);
		const broke = !this.#advance(time);
		before();
		if (broke) this.#stop();
	}

	/** Trains for so long at most: as far as the way goes, or as much as is due. False where the loss is no number. */
	#advance(time: number): boolean {
		const training = this.#training as Training;
		const until = this.#around.now() + time;
		do {
			if (this.#mode.kind === "way" && training.step >= this.#mode.goal) return true;
			if (this.#mode.kind === "run" && this.#mode.pace !== "full" && this.#due <= 0) return true;
			if (!training.advance()) return false;
			this.#stale = true;
			if (this.#mode.kind === "run") {
				this.#steps++;
				this.#due--;
			}
		} while (this.#around.now() < until);
		return true;
	}

	/** The loss is no number any more. */
	#stop(): void {
		this.#rest();
		this.#tell();
		this.#show();
		this.#around.post({ kind: "stopped", step: (this.#training as Training).step }, []);
	}

	/** A slice of work, if it is time for one, and what follows from it. */
	#work(timely: boolean): void {
		const training = this.#training;
		if (training === undefined) return;
		if (timely && this.#mode.kind !== "still") this.#train(Math.max(slice, Math.min(10 * slice, this.#frameTime)));
		this.#arrive(training);
		this.#tell();
		if (this.#ready && this.#stale && this.#due <= 0) this.#show();
		this.#ask(training);
		this.#callAgain();
	}

	#train(time: number): void {
		try {
			if (!this.#advance(time)) this.#stop();
		} catch (error) {
			this.#rest();
			this.#complain(error);
		}
	}

	/** At the end of a way: what has waited for it is done, up to the next way. */
	#arrive(training: Training): void {
		while (this.#mode.kind !== "way" || training.step >= this.#mode.goal) {
			if (this.#mode.kind === "way") this.#mode = { kind: "still" };
			const command = this.#queue.shift();
			if (command === undefined) return;
			this.#guarded(command);
		}
	}

	/** Where a frame was drawn, the steps before the next one are due. */
	#ask(training: Training): void {
		if (this.#mode.kind !== "run" || !this.#ready || this.#due > 0) return;
		const { pace } = this.#mode;
		if (pace === "epoch") this.#due = training.stepsLeft;
		else if (pace !== "full" && pace >= 1) this.#due = Math.floor(pace);
		else if (pace !== "full" && this.#around.now() >= this.#next) {
			this.#due = 1;
			this.#next = Math.max(this.#next, this.#around.now() - usualFrame) + usualFrame / Math.max(pace, 1e-3);
		}
	}

	#callAgain(): void {
		if (this.#mode.kind === "still") return;
		if (this.#mode.kind === "way" || this.#mode.pace === "full" || this.#due > 0) {
			if (this.#called) return;
			this.#called = true;
			this.#around.soon(() => {
				this.#called = false;
				this.#work(true);
			});
		} else if (this.#ready && this.#next < this.#alarm) {
			const wait = Math.max(0, this.#next - this.#around.now());
			this.#alarm = this.#next;
			this.#around.later(() => {
				this.#alarm = Number.POSITIVE_INFINITY;
				this.#work(true);
			}, wait);
		}
	}

	// -------------------------------------------------------------- telling

	/** What is known of the run is out of date. */
	#touch(): void {
		this.#version++;
		this.#stale = true;
	}

	/** Tells which settings hold, where the page does not know it and no way is to lead on. */
	#tell(): void {
		const training = this.#training as Training;
		if (this.#mode.kind === "way" || (training.setup === this.#told && !this.#owed)) return;
		this.#say(training);
	}

	#say(training: Training): void {
		this.#told = training.setup;
		this.#owed = false;
		this.#around.post({ kind: "changed", ...changedOf(training) }, []);
	}

	#show(): void {
		const began = this.#around.now();
		const frame = this.#frame(this.#training as Training, this.#painter as Painter);
		this.#ready = false;
		this.#stale = false;
		this.#around.post({ kind: "frame", ...frame }, buffersOf(frame));
		this.#frameTime = this.#around.now() - began;
	}

	#frame(training: Training, painter: Painter): Frame {
		const { step, epoch, furthest, network } = training;
		const { maps, ...pictures } = painter.paint(network);
		const key = `${this.#version} ${furthest}`;
		const curve = key === this.#curveKey ? undefined : training.curve();
		this.#curveKey = key;
		const { predicted, ...measures } = training.measures();
		return {
			step,
			epoch,
			furthest,
			running: this.#mode.kind === "run",
			...(this.#mode.kind === "way" && { towards: this.#mode.goal }),
			...measures,
			predicted: predicted.slice(),
			layers: layerFrames(network, maps),
			...pictures,
			...(curve && { curve }),
			speed: this.#speed(),
			numbers: training.descent.rule().numbers,
		};
	}

	/** Steps per second over the last second. */
	#speed(): number {
		if (this.#mode.kind !== "run") return 0;
		const time = this.#around.now();
		this.#record.push({ time, steps: this.#steps });
		while (this.#record.length > 2 && time - (this.#record[1]?.time ?? time) >= 1_000) this.#record.shift();
		const first = this.#record[0] ?? { time, steps: this.#steps };
		return time > first.time ? (1_000 * (this.#steps - first.steps)) / (time - first.time) : 0;
	}
}

function changedOf(training: Training): Changed {
	const { setup, step, furthest, stepsPerEpoch, loss, descent } = training;
	return { setup, step, furthest, stepsPerEpoch, ...ruleOf(descent), lossLatex: loss.latex };
}

function buffersOf({ layers, featureMaps, surface, curve, predicted }: Frame): ArrayBufferLike[] {
	const arrays = [
		...layers.flatMap((layer) => Object.values(layer)),
		featureMaps,
		surface,
		predicted,
		...Object.values(curve ?? {}),
	];
	return arrays.flatMap((array: unknown) => (ArrayBuffer.isView(array) ? [array.buffer] : []));
}
