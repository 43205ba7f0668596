/**
 * Requests to stop: Ctrl-C, a polite kill, or an `AbortSignal`.
 *
 * The first Ctrl-C is a request, which training answers after the batch under
 * way; a second one ends the program as ever. Signals arrive only while the
 * program waits, so training pauses for a moment now and then.
 */

const signals = ["SIGINT", "SIGTERM"] as const;
/** Milliseconds between pauses. */
const between = 50;

/** Watches for requests until it is closed. */
export class Interrupt {
	readonly #signal: AbortSignal | undefined;
	#asked = false;
	#paused = performance.now();
	readonly #ask = (): void => {
		this.#asked = true;
		this.close();
	};

	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
		if (hasSignals()) for (const name of signals) process.on(name, this.#ask);
	}

	/** True once somebody has asked to stop. */
	get requested(): boolean {
		return this.#asked || this.#signal?.aborted === true;
	}

	/** Lets signals, timers and the screen have their turn, if they have waited for long. */
	async pause(): Promise<void> {
		if (performance.now() - this.#paused < between) return;
		await new Promise((resolve) => {
			setTimeout(resolve, 0);
		});
		this.#paused = performance.now();
	}

	/** Leaves signals to the program again. */
	close(): void {
		if (hasSignals()) for (const name of signals) process.off(name, this.#ask);
	}
}

/** Node; browsers have no `process`, or a substitute without signals. */
function hasSignals(): boolean {
	return typeof process === "object" && typeof process.on === "function" && typeof process.off === "function";
}
