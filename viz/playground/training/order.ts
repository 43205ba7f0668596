/**
 * In which order the points are trained on: every epoch all of them, shuffled,
 * batch by batch.
 *
 * The order of an epoch is drawn by a generator of its own, made from the seed
 * and the number of the epoch. So what comes next is known from two numbers, the
 * epoch and the place in it, and going back to a step needs nothing else.
 */
import { Generator } from "chainrule";
import { shuffled } from "../../../src/kernels/sampling.js";

/** Where one is: so many epochs are over, and so many points of the next one are used. */
export interface Place {
	readonly epoch: number;
	readonly used: number;
}

/** An order of `count` points. */
export class Order {
	readonly #seed: number;
	readonly #count: number;
	#place: Place = { epoch: 0, used: 0 };
	#drawn: { readonly epoch: number; readonly points: Int32Array } | undefined;

	constructor(seed: number, count: number) {
		this.#seed = seed;
		this.#count = count;
	}

	/** May be set to any place that was. */
	get place(): Place {
		return this.#place;
	}

	set place(place: Place) {
		this.#place = place;
	}

	/** The points of the next batch of `size`: what the epoch has left where that is less, `undefined` for all points as they stand. */
	next(size: number): Int32Array | undefined {
		if (isWhole(size, this.#count)) return undefined;
		const { epoch, used } = this.#place;
		if (this.#drawn?.epoch !== epoch) {
			const random = new Generator(`${this.#seed} epoch ${epoch}`);
			this.#drawn = { epoch, points: shuffled(random, this.#count, this.#count) };
		}
		return this.#drawn.points.subarray(used, used + size);
	}

	/** Goes on behind the next batch of `size`. */
	advance(size: number): void {
		const { epoch, used } = this.#place;
		const after = used + size;
		const over = isWhole(size, this.#count) || after >= this.#count;
		this.#place = over ? { epoch: epoch + 1, used: 0 } : { epoch, used: after };
	}

	/** How many batches of `size` the epoch has left. */
	left(size: number): number {
		return isWhole(size, this.#count) ? 1 : Math.ceil((this.#count - this.#place.used) / size);
	}
}

/** True where a batch holds all points. */
function isWhole(size: number, count: number): boolean {
	return size === 0 || size >= count;
}

/** How many batches of `size` make an epoch. */
export function stepsPerEpoch(size: number, count: number): number {
	return isWhole(size, count) ? 1 : Math.ceil(count / size);
}
