/** What a bench is to the page around it, and the page to a bench. */
import type { Word } from "./words.js";

/** A part of the page with a state of its own that an address can hold. */
export interface Bench {
	/** Taken off the page while another bench is looked at, and put back as it is. */
	readonly element: HTMLElement;
	/** Shows the state that an address holds; what it cannot read it says, and leaves as it usually is. Called once when it is first shown, and then whenever an address asks for another state than the one it told last. */
	readonly open: (parameters: URLSearchParams) => void;
	/** It is no longer seen: what runs is paused. */
	readonly close: () => void;
}

/** The page, as a bench sees it. */
export interface Shell {
	/** Puts the state of the bench into the address of the page, in place of what was there; as often as it likes. */
	readonly remember: (parameters: URLSearchParams) => void;
	/** Says something for a moment; `alert` where something failed. */
	readonly notice: (what: Word | string, kind?: "alert") => void;
}

/** Makes a bench. */
export type BenchMaker = (shell: Shell) => Bench;
