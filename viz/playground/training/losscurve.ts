/**
 * The losses along the way, at steps that are multiples of a power of two: where
 * there would be too many, every other one is left out. Which steps are kept
 * depends on nothing but how far one has come.
 */
import type { Curve } from "./protocol.js";

const most = 2_000;

/** A curve that grows. */
export class LossCurve {
	#every: number;
	#points: { readonly step: number; readonly train: number; readonly test: number }[] = [];

	/** `every` is the distance between two steps at first. */
	constructor(every: number) {
		this.#every = every;
	}

	/** True where the losses at a step are wanted, and not yet there. */
	wants(step: number): boolean {
		return step % this.#every === 0 && step > (this.#points.at(-1)?.step ?? -1);
	}

	add(step: number, train: number, test: number): void {
		this.#points.push({ step, train, test });
		// One less, so that the last step can be added to what is shown.
		if (this.#points.length < most) return;
		this.#every *= 2;
		this.#points = this.#points.filter((point) => point.step % this.#every === 0);
	}

	/** Forgets what came after `step`. */
	cut(step: number): void {
		this.#points = this.#points.filter((point) => point.step <= step);
	}

	/** The curve; the step where one stands belongs to it where it is the last. */
	read(now: { readonly step: number; readonly train: number; readonly test: number }): Curve {
		const points = now.step > (this.#points.at(-1)?.step ?? -1) ? [...this.#points, now] : this.#points;
		return {
			steps: Float64Array.from(points, ({ step }) => step),
			train: Float64Array.from(points, ({ train }) => train),
			test: Float64Array.from(points, ({ test }) => test),
		};
	}
}

/** How far apart the steps of a curve are at first, so that measuring takes no longer than training: a step goes over a batch three times. */
export function firstDistance(batch: number, points: number): number {
	const size = batch === 0 ? points : Math.min(batch, points);
	return 2 ** Math.max(0, Math.floor(Math.log2(points / (3 * size))));
}
