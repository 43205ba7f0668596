/**
 * How long a step may take.
 *
 * Whoever loops asks from time to time; when the time is over the loop is left
 * by an exception, and the step stays undecided. Nothing is ever concluded from
 * having run out.
 */

/** Thrown where time or space is used up. */
export class Exhausted extends Error {
	constructor(what: string) {
		super(what);
		this.name = "Exhausted";
	}
}

/** Time for a step, and room for its expressions. */
export class Budget {
	private readonly end: number;
	private readonly most: number;

	constructor(milliseconds: number, most = 100_000) {
		this.end = performance.now() + milliseconds;
		this.most = most;
	}

	/** @throws when the time is over. */
	check(): void {
		if (performance.now() > this.end) throw new Exhausted("time");
	}

	/** @throws when there are too many expressions, or the time is over. */
	room(count: number): void {
		if (count > this.most) throw new Exhausted("size");
		if ((count & 1023) === 0) this.check();
	}

	/** A part of what is left: for searches that are a courtesy. */
	share(fraction: number): Budget {
		return new Budget(Math.max(0, (this.end - performance.now()) * fraction), this.most);
	}
}
