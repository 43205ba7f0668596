/**
 * Parts of data: for training and for testing, once or in turn.
 *
 * A split is one order of the samples, cut. Stratified, the order is made class
 * by class, and each part gets its share of every class.
 */
import { failure } from "../core/errors.js";
import { type Generator, Tensor } from "../index.js";
import { shuffled } from "../kernels/sampling.js";
import { type Fields, rowsOf, selectRows } from "./dataset.js";
import { generatorOf, type SeedOptions } from "./options.js";

/** Data in two parts. */
export interface Parts<F> {
	readonly train: F;
	readonly test: F;
}

/** How data are split in two. */
export interface SplitOptions<F> extends SeedOptions {
	/** The test part: a share below 1, rounded up, or a number of samples; ¼ when left out. */
	readonly testSize?: number | undefined;
	/** False to take the last samples for the test. */
	readonly shuffle?: boolean | undefined;
	/** The field that holds the classes, each of which shall have the same share in both parts. */
	readonly stratify?: keyof F | undefined;
}

/**
 * Splits tensors with one sample per row into a part for training and one for
 * testing, as scikit-learn's `train_test_split`.
 *
 * @throws where a part would be empty, or classes cannot be shared out.
 *
 * @example
 * ```ts
 * import { moons, trainTestSplit } from "chainrule/data";
 * const { train, test } = trainTestSplit(moons({ samples: 200, seed: 1 }), { testSize: 0.2, stratify: "y", seed: 2 });
 * console.log(train.x.shape, test.x.shape, test.y.sum().item()); // [ 160, 2 ] [ 40, 2 ] 20
 * ```
 */
export function trainTestSplit<F extends Fields<F>>(
	data: F,
	{ testSize = 0.25, shuffle = true, stratify, ...chance }: SplitOptions<F> = {},
): Parts<F> {
	const rows = rowsOf("trainTestSplit", data);
	const count = testSize < 1 ? Math.ceil(testSize * rows) : testSize;
	if (!(Number.isInteger(count) && count > 0 && count < rows)) {
		throw failure({
			what: "trainTestSplit: a part without samples",
			expected: `a share above 0 and below 1, or from 1 to ${rows - 1} of ${rows} samples`,
			actual: `testSize ${testSize}`,
		});
	}
	const generator = shuffle ? generatorOf("trainTestSplit", chance) : undefined;
	if (stratify === undefined) {
		const order = orderOf(rows, generator);
		return cut(data, order.slice(0, rows - count), order.slice(rows - count));
	}
	const classes = [...classesOf("trainTestSplit", data[stratify], 2).values()];
	const shares = proportional(
		classes.map((members) => members.length),
		count,
	);
	const parts = classes.map((members, k) => {
		const order = orderOf(members.length, generator).map((i) => members[i] as number);
		const kept = members.length - (shares[k] as number);
		return { train: order.slice(0, kept), test: order.slice(kept) };
	});
	return cut(
		data,
		mixed(
			parts.flatMap(({ train }) => train),
			generator,
		),
		mixed(
			parts.flatMap(({ test }) => test),
			generator,
		),
	);
}

/** How data are split several times. */
export interface FoldOptions<F> extends SeedOptions {
	/** Number of parts, each of which is the test part once; 5 when left out. */
	readonly folds?: number | undefined;
	/** False to cut the samples in their own order. */
	readonly shuffle?: boolean | undefined;
	/** The field that holds the classes, each of which shall have the same share in every part. */
	readonly stratify?: keyof F | undefined;
}

/**
 * Cuts the data into `folds` parts of equal size, up to one sample, and tells
 * each of them as a test part, with all others as the part for training.
 *
 * @throws where there are fewer samples, or fewer of a class, than parts.
 */
export function kFold<F extends Fields<F>>(
	data: F,
	{ folds = 5, shuffle = true, stratify, ...chance }: FoldOptions<F> = {},
): Parts<F>[] {
	const rows = rowsOf("kFold", data);
	if (!(Number.isInteger(folds) && folds >= 2 && folds <= rows)) {
		throw failure({
			what: "kFold: not a number of parts",
			expected: `from 2 to ${rows}, for ${rows} samples`,
			actual: `folds ${folds}`,
		});
	}
	const generator = shuffle ? generatorOf("kFold", chance) : undefined;
	const groups =
		stratify === undefined
			? [Array.from({ length: rows }, (_, i) => i)]
			: [...classesOf("kFold", data[stratify], folds).values()];
	// Classes are dealt out like cards, one after the other: no two parts differ by more than one, in a class or in all.
	const order = groups.flatMap((members) => orderOf(members.length, generator).map((i) => members[i] as number));
	const fold =
		stratify === undefined
			? (place: number): number => Math.floor((place * folds) / rows)
			: (place: number): number => place % folds;
	return Array.from({ length: folds }, (_, k) =>
		cut(
			data,
			order.filter((_, place) => fold(place) !== k),
			order.filter((_, place) => fold(place) === k),
		),
	);
}

function cut<F extends Fields<F>>(data: F, train: readonly number[], test: readonly number[]): Parts<F> {
	return { train: selectRows(data, train), test: selectRows(data, test) };
}

/** The numbers below `count`: in random order where there is a generator. */
function orderOf(count: number, generator: Generator | undefined): number[] {
	if (generator === undefined) return Array.from({ length: count }, (_, i) => i);
	return [...shuffled(generator, count, count)];
}

/** Without a generator, sorted: the samples of all classes in their own order. */
function mixed(indices: readonly number[], generator: Generator | undefined): readonly number[] {
	if (generator === undefined) return [...indices].sort((i, j) => i - j);
	return orderOf(indices.length, generator).map((i) => indices[i] as number);
}

/** The samples of each class, in the order of the classes. */
function classesOf(name: string, y: unknown, least: number): ReadonlyMap<number, readonly number[]> {
	if (!(y instanceof Tensor && y.rank === 1)) {
		throw failure({
			what: `${name}: not classes`,
			expected: "a field with one number per sample to stratify by",
			actual: y instanceof Tensor ? `rank ${y.rank}` : "no such field",
		});
	}
	const classes = new Map<number, number[]>();
	y.data.forEach((label: number, row: number) => {
		const members = classes.get(label);
		if (members) members.push(row);
		else classes.set(label, [row]);
	});
	for (const [label, members] of classes) {
		if (members.length >= least) continue;
		throw failure({
			what: `${name}: a class with too few samples`,
			expected: `${least} or more of every class`,
			actual: `${members.length} of class ${label}`,
		});
	}
	return new Map([...classes].sort(([first], [second]) => first - second));
}

/** Whole numbers in the proportion of `sizes` that add up to `total`, by largest remainders. */
function proportional(sizes: readonly number[], total: number): number[] {
	const all = sizes.reduce((sum, size) => sum + size, 0);
	const exact = sizes.map((size) => (size * total) / all);
	const shares = exact.map(Math.floor);
	const left = total - shares.reduce((sum, share) => sum + share, 0);
	const byRemainder = [...exact.keys()].sort(
		(i, j) => (exact[j] as number) - (shares[j] as number) - ((exact[i] as number) - (shares[i] as number)) || i - j,
	);
	for (const k of byRemainder.slice(0, left)) shares[k] = (shares[k] as number) + 1;
	return shares;
}
