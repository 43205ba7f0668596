/**
 * Loaders: the batches of a data set, epoch after epoch.
 *
 * The order of an epoch is made from one number, its seed, which is drawn from
 * the loader's generator when the epoch begins. So every epoch has another
 * order, the first seed decides on all of them, and the place in the middle of
 * an epoch is that number and how many batches have been handed out.
 */
import { failure } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { Generator, type GeneratorState } from "../index.js";
import { shuffled } from "../kernels/sampling.js";
import { checkSize } from "../nn/size.js";
import { type Dataset, type Fields, isDataset, rowsAsData } from "./dataset.js";
import { generatorOf, type SeedOptions } from "./options.js";

/** How batches are made. */
export interface LoaderOptions extends SeedOptions {
	/** Samples in a batch; 1 when left out. */
	readonly batchSize?: number | undefined;
	/** True for another order in every epoch; without it samples come in their own. */
	readonly shuffle?: boolean | undefined;
	/** True to draw every sample of an epoch from all of them, so that some come twice and some not at all. */
	readonly withReplacement?: boolean | undefined;
	/** True to leave out a last batch that is not full. */
	readonly dropLast?: boolean | undefined;
}

/** Everything that decides which batches a loader yields next; survives JSON unchanged. */
export interface LoaderState {
	readonly generator: GeneratorState;
	/** The epoch under way: what its order is made from, and how many of its batches have been handed out. */
	readonly epoch: { readonly seed: number; readonly batches: number } | null;
}

const optionNames = ["batchSize", "shuffle", "withReplacement", "dropLast", "seed", "generator"];

/** Seeds of epochs: whole numbers below this. */
const seeds = 2 ** 53;

/**
 * The batches of a data set. Each `for` loop over it is one epoch; `for await`
 * waits for batches that are promises.
 *
 * `state` tells what comes next, and a loader of the same data and options that
 * is given it by `loadState` continues there: between epochs with the next one,
 * within an epoch with the batch after the one handed out last.
 *
 * @throws where the data are neither a data set nor tensors with equally many rows, or the batch size is no number of samples.
 *
 * @example
 * ```ts
 * import { DataLoader, moons } from "chainrule/data";
 *
 * const loader = new DataLoader(moons({ samples: 100, seed: 1 }), { batchSize: 32, shuffle: true, seed: 2 });
 * console.log(loader.length); // 4
 * for (const { x, y } of loader) console.log(x.shape, y.shape);
 * // [ 32, 2 ] [ 32 ]
 * // [ 32, 2 ] [ 32 ]
 * // [ 32, 2 ] [ 32 ]
 * // [ 4, 2 ] [ 4 ]
 * ```
 */
export class DataLoader<Batch> implements Iterable<Batch>, AsyncIterable<Awaited<Batch>> {
	readonly dataset: Dataset<Batch>;
	readonly batchSize: number;
	readonly shuffle: boolean;
	readonly withReplacement: boolean;
	readonly dropLast: boolean;
	readonly #generator: Generator;
	/** The epoch that began last, unless it has ended. */
	#epoch: { readonly seed: number; batches: number } | undefined;
	/** True until the epoch of a loaded state is taken up. */
	#continuing = false;

	constructor(data: Dataset<Batch> | (Batch & Fields<Batch>), options: LoaderOptions = {}) {
		const { batchSize = 1, shuffle = false, withReplacement = false, dropLast = false, ...chance } = options;
		checkOptions("DataLoader", options, optionNames);
		checkSize("DataLoader", "samples in a batch", batchSize);
		this.dataset = isDataset(data) ? data : rowsAsData<Batch & Fields<Batch>>("DataLoader", data);
		this.batchSize = batchSize;
		this.shuffle = shuffle;
		this.withReplacement = withReplacement;
		this.dropLast = dropLast;
		this.#generator = generatorOf("DataLoader", chance);
	}

	/** Number of batches in an epoch. */
	get length(): number {
		const batches = this.dataset.length / this.batchSize;
		return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
	}

	/** The batches of one epoch, in turn; promises where the data set tells promises. */
	*[Symbol.iterator](): IterableIterator<Batch> {
		for (const indices of this.#indices()) yield this.dataset.batch(indices);
	}

	/** The batches of one epoch, each waited for. */
	async *[Symbol.asyncIterator](): AsyncIterableIterator<Awaited<Batch>> {
		for (const indices of this.#indices()) yield await this.dataset.batch(indices);
	}

	/** Which batches come next. A batch counts as handed out from the moment a loop receives it. */
	get state(): LoaderState {
		return { generator: this.#generator.state, epoch: this.#epoch ? { ...this.#epoch } : null };
	}

	/**
	 * Continues where another loader of the same data and options was when its
	 * `state` was taken.
	 *
	 * @throws where it is not the state of such a loader; then nothing has changed.
	 */
	loadState(state: LoaderState): void {
		const { epoch, generator } = state;
		const sound =
			epoch === null ||
			(typeof epoch === "object" && isBelow(epoch.seed, seeds) && isBelow(epoch.batches, this.length + 1));
		if (!sound) {
			throw failure({
				what: "DataLoader: not a state of this loader",
				expected: `epoch null, or { seed: a whole number, batches: from 0 to ${this.length} }`,
				actual: `epoch ${JSON.stringify(epoch)}`,
				fix: "load it into a loader with the same data and batch size",
			});
		}
		this.#generator.state = generator;
		this.#epoch = epoch === null ? undefined : { seed: epoch.seed, batches: epoch.batches };
		this.#continuing = epoch !== null;
	}

	/** The samples of one batch after the other, from where the epoch stands. */
	*#indices(): Iterable<readonly number[]> {
		const chosen = this.shuffle || this.withReplacement;
		if (!this.#continuing || !this.#epoch) {
			this.#epoch = { seed: chosen ? this.#generator.integer(seeds) : 0, batches: 0 };
		}
		this.#continuing = false;
		const epoch = this.#epoch;
		const order = chosen ? this.#order(epoch.seed) : undefined;
		const { length, batchSize } = this;
		while (epoch.batches < length) {
			const start = epoch.batches * batchSize;
			const count = Math.min(batchSize, this.dataset.length - start);
			epoch.batches++;
			yield Array.from({ length: count }, (_, i) => (order ? (order[start + i] as number) : start + i));
		}
		if (this.#epoch === epoch) this.#epoch = undefined;
	}

	#order(seed: number): Int32Array {
		const { length } = this.dataset;
		const generator = new Generator(seed);
		if (!this.withReplacement) return shuffled(generator, length, length);
		return Int32Array.from({ length }, () => generator.integer(length));
	}
}

function isBelow(value: unknown, bound: number): boolean {
	return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < bound;
}
