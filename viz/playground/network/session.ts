/**
 * The bench's end of the conversation with the Worker.
 *
 * It knows what the Worker has agreed to, so it can say whether a change of the
 * setup needs a new network, and which changes were made at which step, so that
 * an address leads to the same weights again. What is drawn and when is not known
 * here.
 */
import type { Setup } from "../setup.js";
import { changeable, differences } from "../training/changes.js";
import type { Answer, Changed, Command, Frame, Opened, Pace } from "../training/protocol.js";
import { type Change, cut, grown, holding, startedAt, trimmed, type Way } from "./way.js";

/** What is told. */
export interface SessionEvents {
	readonly opened: (opened: Opened, setup: Setup) => void;
	/** Other settings hold, with or without having been asked for. */
	readonly changed: (changed: Changed) => void;
	/** A frame has come: `drawn` is to be called when it has been. */
	readonly frame: (frame: Frame, drawn: () => void) => void;
	readonly answer: (answer: Exclude<Answer, { readonly kind: "opened" | "changed" | "frame" }>) => void;
	/** The Worker cannot be loaded, or has ended. */
	readonly failed: (text: string) => void;
}

/** A conversation. */
export interface Session {
	readonly say: (command: Exclude<Command, { readonly kind: "open" | "change" | "drawn" | "run" }>) => void;
	readonly run: (pace: Pace) => void;
	/** Begins anew, and makes the changes that were made on the way to `step`. */
	readonly open: (setup: Setup, step: number, changes?: readonly Change[]) => void;
	/** Trains on with the setup if that is possible, or begins anew; false where it is what is trained with already. */
	readonly apply: (setup: Setup) => boolean;
	/** How what is seen now has come about, and the settings that hold. */
	readonly way: () => { readonly way: Way; readonly held: Setup } | undefined;
	readonly end: () => void;
}

/** Starts the Worker. */
export function session(events: SessionEvents): Session {
	const worker = new Worker(new URL("./training.js", import.meta.url), { type: "module" });
	const post = (command: Command): void => worker.postMessage(command);
	/** What the Worker trains with; what it was asked for since, and has not answered. */
	let agreed: Setup | undefined;
	let waiting: { readonly setup: Setup; readonly step: number; readonly changes: readonly Change[] } | undefined;
	/** The next one, while one is waiting: those between are skipped. */
	let next: typeof waiting;
	let asked: Setup | undefined;
	let way: Way | undefined;

	function open(setup: Setup, to: number, changes: readonly Change[] = []): void {
		if (waiting !== undefined) {
			next = { setup, step: to, changes };
			return;
		}
		waiting = { setup, step: to, changes };
		asked = undefined;
		post({ kind: "open", setup, step: changes[0]?.step ?? to });
		for (const [at, change] of changes.entries()) {
			post({ kind: "change", setup: change.setup });
			post({ kind: "rewind", step: changes[at + 1]?.step ?? to });
		}
	}

	function answered(): void {
		waiting = undefined;
		const later = next;
		next = undefined;
		if (later !== undefined) open(later.setup, later.step, later.changes);
	}

	worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
		if (data.kind === "opened") {
			if (waiting === undefined) return;
			const { setup, changes } = waiting;
			agreed = setup;
			way = startedAt(setup, changes);
			const isLast = next === undefined;
			answered();
			if (isLast) events.opened(data, setup);
		} else if (data.kind === "changed") {
			if (way !== undefined && waiting === undefined) way = cut(way, data.furthest);
			const isNew = agreed === undefined || differences(agreed, data.setup).length > 0;
			// After a refusal it is said that all is as it was: what was typed stays where it is.
			if (!isNew && asked === undefined) return;
			agreed = data.setup;
			// A rewinding leads to settings that the way knows of; others are a change, also where a later one is on its way.
			if (isNew && way !== undefined && differences(holding(way, data.step), data.setup).length > 0)
				way = grown(way, data.step, data.setup);
			if (isNew && asked !== undefined && differences(asked, data.setup).length > 0) return;
			asked = undefined;
			events.changed(data);
		} else if (data.kind === "frame") {
			if (waiting !== undefined && agreed !== undefined) {
				// Of the run that is being left: nobody looks at it any more.
				post({ kind: "drawn" });
				return;
			}
			if (way !== undefined && agreed !== undefined && data.towards === undefined)
				way = trimmed(way, data.step, agreed);
			events.frame(data, () => post({ kind: "drawn" }));
		} else {
			if (data.kind === "problem") {
				// A change that is refused while another network is on its way is no answer to that.
				if (data.about === "open" && waiting !== undefined) answered();
				if (data.about === "change") asked = undefined;
			}
			events.answer(data);
		}
	});
	worker.addEventListener("error", (event) => events.failed(event.message));

	return {
		say: post,
		run: (pace) => post({ kind: "run", pace }),
		open,
		apply: (setup) => {
			const changes = agreed === undefined || waiting !== undefined ? undefined : differences(agreed, setup);
			if (changes === undefined || changes.some((name) => !changeable.includes(name))) open(setup, 0);
			else if (changes.length === 0 && asked === undefined) return false;
			else {
				asked = setup;
				post({ kind: "change", setup });
			}
			return true;
		},
		way: () => (way === undefined || agreed === undefined ? undefined : { way, held: agreed }),
		end: () => worker.terminate(),
	};
}
