/**
 * States to go back to, thinned as a run grows: at multiples of a power of two,
 * which doubles where there are too many of them, and at a few steps before the
 * one that was gone back to last, so that going back step by step is quick.
 *
 * What a state consists of is not known here.
 */

/** A state on the way. */
export interface Stage {
	readonly step: number;
}

/** Bytes that all states together may take, and how many of them there may be. */
const room = 64 * 2 ** 20;
const most = { high: 200, low: 8, near: 24 };

/** The states of a run. */
export class Snapshots<State extends Stage> {
	readonly #most: number;
	#every = 1;
	#kept: State[] = [];
	#near: State[] = [];

	/** `bytes` is the size of a state. */
	constructor(bytes: number) {
		this.#most = Math.max(most.low, Math.min(most.high, Math.floor(room / bytes)));
	}

	/** How many there are. */
	get count(): number {
		return this.#kept.length + this.#near.length;
	}

	/** True where the state at a step is wanted, and not yet there; `goal` is a step that is being gone back to. */
	wants(step: number, goal: number | undefined): boolean {
		return this.#isNew(step) || (goal !== undefined && isNear(step, goal) && this.before(step)?.step !== step);
	}

	add(state: State): void {
		if (!this.#isNew(state.step)) {
			this.#near.push(state);
			return;
		}
		this.#kept.push(state);
		if (this.#kept.length <= this.#most) return;
		this.#every *= 2;
		this.#kept = this.#kept.filter(({ step }) => step % this.#every === 0);
	}

	/** The last state at `step` or before. */
	before(step: number): State | undefined {
		let found: State | undefined;
		for (const state of this.#kept) if (state.step <= step) found = state;
		for (const state of this.#near) if (state.step <= step && state.step > (found?.step ?? -1)) found = state;
		return found;
	}

	/** Of the states near the steps that were gone back to, keeps those that serve to go back further. */
	approach(goal: number): void {
		const serving = this.#near.filter(({ step }) => step <= goal).sort((one, other) => one.step - other.step);
		this.#near = serving.slice(-Math.min(this.#most, most.near));
	}

	/** Forgets the states after `step`. */
	cut(step: number): void {
		const stays = (state: State): boolean => state.step <= step;
		this.#kept = this.#kept.filter(stays);
		this.#near = this.#near.filter(stays);
	}

	#isNew(step: number): boolean {
		return step % this.#every === 0 && step > (this.#kept.at(-1)?.step ?? -1);
	}
}

/** 1, 2, 4, 8, ... steps before the goal. */
function isNear(step: number, goal: number): boolean {
	const distance = goal - step;
	return distance > 0 && distance < 2 ** 16 && (distance & (distance - 1)) === 0;
}
