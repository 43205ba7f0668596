/**
 * Structural operations a second time, as their definitions read in a textbook.
 *
 * Every element of a result is written as a sum, a product or a search over
 * elements of the operands, on plain lists of numbers: slow, obviously right,
 * and without a line of src/. Where a result is only fixed by what it does, as
 * for a decomposition, that is stated instead. Solvers follow from determinants,
 * and those from their minors.
 *
 * It knows attributes and shapes, but no tensors, dtypes, strides or gradients.
 */

/** Numbers under an index; the elements stand in row-major order. */
export interface Grid {
	readonly shape: readonly number[];
	readonly values: readonly number[];
}

type Index = readonly number[];
type Matrix = readonly (readonly number[])[];

/** All indices of `shape`, in row-major order. */
function indices(shape: Index): Index[] {
	return shape.reduce<Index[]>(
		(found, size) => found.flatMap((index) => Array.from({ length: size }, (_, next) => [...index, next])),
		[[]],
	);
}

/** z[index] = f(index). */
function grid(shape: Index, f: (index: Index) => number): Grid {
	return { shape, values: indices(shape).map(f) };
}

const placeOf = (shape: Index, index: Index): number =>
	index.reduce((place, at, axis) => place * (shape[axis] as number) + at, 0);

const at = ({ shape, values }: Grid, index: Index): number => values[placeOf(shape, index)] as number;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** `index` with `value` on `axis`. */
const on = (index: Index, axis: number, value: number): Index =>
	index.map((other, next) => (next === axis ? value : other));

/** Zeros of `shape`, and the numbers of `terms` added at their indices. */
function added(shape: Index, terms: readonly (readonly [index: Index, term: number])[]): Grid {
	const values = indices(shape).map(() => 0);
	for (const [index, term] of terms) values[placeOf(shape, index)] = (values[placeOf(shape, index)] as number) + term;
	return { shape, values };
}

// ---------------------------------------------------------------- axes

interface Axes {
	readonly axes: Index;
	readonly keepDims: boolean;
}

/** One number from all elements that differ only on `axes`. */
function reduced(x: Grid, { axes, keepDims }: Axes, combine: (values: readonly number[]) => number): Grid {
	const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
	const { values } = grid(kept, (index) => {
		const together = indices(x.shape).filter((place) =>
			index.every((i, axis) => axes.includes(axis) || place[axis] === i),
		);
		return combine(together.map((place) => at(x, place)));
	});
	return { shape: keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)), values };
}

/** Every list along `axis` replaced by `f` of it. */
function alongAxis(x: Grid, axis: number, f: (list: readonly number[]) => readonly number[]): Grid {
	const size = x.shape[axis] as number;
	const list = (index: Index): readonly number[] =>
		f(Array.from({ length: size }, (_, next) => at(x, on(index, axis, next))));
	const count = list(x.shape.map(() => 0)).length;
	return grid(on(x.shape, axis, count), (index) => list(index)[index[axis] as number] as number);
}

interface Run {
	readonly axis: number;
	readonly reverse: boolean;
}

/** The places of `list`, from its smallest element to the largest, or the other way round; equal ones stay in their order. */
const order = (list: readonly number[], descending: boolean): number[] =>
	[...list.keys()].sort((a, b) => ((list[a] as number) - (list[b] as number)) * (descending ? -1 : 1) || a - b);

/** The first place of the largest element. */
const firstLargest = (list: readonly number[]): number => list.indexOf(Math.max(...list));
/** The last place of the largest element. */
const lastLargest = (list: readonly number[]): number => list.lastIndexOf(Math.max(...list));

const negated = (list: readonly number[]): number[] => list.map((x) => -x);

/** For each element what `find` says of it and those before it. */
const soFar = (list: readonly number[], find: (list: readonly number[]) => number): number[] =>
	list.map((_, end) => find(list.slice(0, end + 1)));

interface Window {
	readonly starts: Index;
	readonly steps: Index;
	readonly sizes: Index;
	readonly within: Index;
}

const inWindow = ({ starts, steps }: Window, index: Index): Index =>
	index.map((i, axis) => (starts[axis] as number) + i * (steps[axis] as number));

interface Chosen {
	/** A tensor: all that is known of it here is its list. */
	readonly index: { readonly shape: Index; readonly data: ArrayLike<number> };
	readonly axis: number;
}

interface Selection {
	readonly axis: number;
	readonly within: Index;
	readonly places: ArrayLike<number>;
	readonly shape: Index;
}

/** Where element `index` of the small side of a selection is on the large side. */
function selected({ axis, within, places, shape }: Selection, index: Index): Index {
	let rest = places[placeOf(shape, index.slice(axis, axis + shape.length))] as number;
	const found: number[] = [];
	for (const size of [...within].reverse()) {
		found.unshift(rest % size);
		rest = Math.floor(rest / size);
	}
	return [...index.slice(0, axis), ...found, ...index.slice(axis + shape.length)];
}

interface Sliding {
	readonly axis: number;
	readonly size: number;
	readonly step: number;
	readonly length: number;
}

const slid = ({ axis, step }: Sliding, index: Index): Index =>
	on(index.slice(0, -1), axis, (index[axis] as number) * step + (index.at(-1) as number));

// ---------------------------------------------------------------- matrices

/** The matrices of the last two axes, one after the other. */
function matricesOf(x: Grid): Matrix[] {
	const [rows = 0, columns = 0] = x.shape.slice(-2);
	const count = x.shape.slice(0, -2).reduce((product, size) => product * size, 1);
	return Array.from({ length: count }, (_, matrix) =>
		Array.from({ length: rows }, (_none, row) =>
			x.values.slice((matrix * rows + row) * columns, (matrix * rows + row + 1) * columns),
		),
	);
}

/** `f` of every matrix, and of the matrices beside it in the other operands. */
function perMatrix(xs: readonly Grid[], f: (...matrices: Matrix[]) => Matrix): Grid {
	const operands = xs.map(matricesOf);
	const results = (operands[0] as Matrix[]).map((_, matrix) => f(...operands.map((list) => list[matrix] as Matrix)));
	const [first = []] = results;
	return {
		shape: [...(xs[0] as Grid).shape.slice(0, -2), first.length, first[0]?.length ?? 0],
		values: results.flat(2),
	};
}

const entry = (a: Matrix, i: number, j: number): number => (a[i] as readonly number[])[j] as number;

const matrix = (rows: number, columns: number, f: (i: number, j: number) => number): Matrix =>
	Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_none, j) => f(i, j)));

const columnsOf = (a: Matrix): number => a[0]?.length ?? 0;

const times = (a: Matrix, b: Matrix): Matrix =>
	matrix(a.length, columnsOf(b), (i, j) => total(b.map((_, k) => entry(a, i, k) * entry(b, k, j))));

const turned = (a: Matrix): Matrix => matrix(columnsOf(a), a.length, (i, j) => entry(a, j, i));

const one = (n: number): Matrix => matrix(n, n, (i, j) => Number(i === j));

const minor = (a: Matrix, i: number, j: number): Matrix =>
	a.filter((_, row) => row !== i).map((row) => row.filter((_, column) => column !== j));

/** By its first row. */
function determinant(a: Matrix): number {
	return a.length === 0
		? 1
		: total((a[0] as readonly number[]).map((x, j) => x * (-1) ** j * determinant(minor(a, 0, j))));
}

const cofactors = (a: Matrix): Matrix =>
	matrix(a.length, a.length, (i, j) => (-1) ** (i + j) * determinant(minor(a, i, j)));

const inverse = (a: Matrix): Matrix => turned(cofactors(a)).map((row) => row.map((x) => x / determinant(a)));

/** Cramer's rule: with column i of a replaced. */
const solution = (a: Matrix, b: Matrix): Matrix =>
	matrix(a.length, columnsOf(b), (i, j) => {
		const replaced = matrix(a.length, a.length, (row, column) =>
			column === i ? entry(b, row, j) : entry(a, row, column),
		);
		return determinant(replaced) / determinant(a);
	});

/** Σ aᵏ / k!. */
function exponential(a: Matrix): Matrix {
	let power = one(a.length);
	let sum = power;
	for (let k = 1; k < 60; k++) {
		const last = times(power, a);
		power = last.map((row) => row.map((x) => x / k));
		const before = sum;
		sum = matrix(a.length, a.length, (i, j) => entry(before, i, j) + entry(power, i, j));
	}
	return sum;
}

/** (aᵀa)⁻¹ aᵀ for independent columns, aᵀ(aaᵀ)⁻¹ for independent rows. */
const pseudoinverse = (a: Matrix): Matrix =>
	a.length >= columnsOf(a)
		? times(inverse(times(turned(a), a)), turned(a))
		: times(turned(a), inverse(times(a, turned(a))));

/** Q above R, by Householder's reflections of one column after the other onto its axis, away from where it points. */
function reflected(a: Matrix): Matrix {
	const [m, n] = [a.length, columnsOf(a)];
	let [q, r] = [one(m), a];
	for (let k = 0; k < Math.min(m - 1, n); k++) {
		const v = turned(r)[k]?.map((x, i) => (i < k ? 0 : x)) as number[];
		v[k] = (v[k] as number) + ((v[k] as number) < 0 ? -1 : 1) * Math.hypot(...v);
		const squares = total(v.map((x) => x * x));
		const mirror = matrix(m, m, (i, j) => Number(i === j) - (2 * (v[i] as number) * (v[j] as number)) / squares);
		[q, r] = [times(q, mirror), times(mirror, r)];
	}
	return [...q.map((row) => row.slice(0, n)), ...r.slice(0, n)];
}

/** What is read of a matrix whose lower triangle stands for both. */
const mirrored = (a: Matrix): Matrix => matrix(a.length, a.length, (i, j) => entry(a, Math.max(i, j), Math.min(i, j)));

const diagonal = (list: readonly number[]): Matrix =>
	matrix(list.length, list.length, (i, j) => (i === j ? (list[i] as number) : 0));

// ---------------------------------------------------------------- windows of images

interface Convolution {
	readonly windows: {
		readonly kernel: Index;
		readonly stride: Index;
		readonly dilation: Index;
		readonly before: Index;
		readonly image: Index;
		readonly count: Index;
	};
	readonly groups: number;
}

/** Where element k of window p lies; undefined outside of the image. */
function inImage({ stride, dilation, before, image }: Convolution["windows"], p: Index, k: Index): Index | undefined {
	const place = p.map(
		(i, a) => i * (stride[a] as number) + (k[a] as number) * (dilation[a] as number) - (before[a] as number),
	);
	return place.every((i, a) => i >= 0 && i < (image[a] as number)) ? place : undefined;
}

/** The indices of all products x · w that are added to a z. */
function products(
	{ windows, groups }: Convolution,
	samples: number,
	filters: number,
	channels: number,
): (readonly [x: Index, w: Index, z: Index])[] {
	return indices([samples, filters, channels]).flatMap(([n = 0, o = 0, c = 0]) => {
		const group = Math.floor(o / (filters / groups));
		return indices(windows.count).flatMap((p) =>
			indices(windows.kernel).flatMap((k) => {
				const place = inImage(windows, p, k);
				return place
					? [
							[
								[n, group * channels + c, ...place],
								[o, c, ...k],
								[n, o, ...p],
							] as const,
						]
					: [];
			}),
		);
	});
}

// ---------------------------------------------------------------- the definitions

type Definition = (operands: readonly [Grid, Grid, ...Grid[]], attributes: never) => Grid;

/** The value of every structural operation whose value is fixed by its operands. */
export const definitions: Readonly<Record<string, Definition>> = {
	broadcastTo: ([x], { shape }: { shape: Index }) =>
		grid(shape, (index) => {
			const own = index.slice(index.length - x.shape.length);
			return at(
				x,
				own.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
			);
		}),
	sum: ([x], axes: Axes) => reduced(x, axes, total),
	prod: ([x], axes: Axes) => reduced(x, axes, (list) => list.reduce((product, value) => product * value, 1)),
	max: ([x], axes: Axes) => reduced(x, axes, (list) => Math.max(...list)),
	min: ([x], axes: Axes) => reduced(x, axes, (list) => Math.min(...list)),
	reshape: ([x], { shape }: { shape: Index }) => ({ shape, values: x.values }),
	cast: ([x]) => x,
	permute: ([x], { axes }: { axes: Index }) =>
		grid(
			axes.map((axis) => x.shape[axis] as number),
			(index) =>
				at(
					x,
					axes.map((_, axis) => index[axes.indexOf(axis)] as number),
				),
		),
	slice: ([x], window: Window) => grid(window.sizes, (index) => at(x, inWindow(window, index))),
	pad: ([x], window: Window) =>
		added(
			window.within,
			indices(x.shape).map((index) => [inWindow(window, index), at(x, index)]),
		),
	concat: (xs, { axis }: { axis: number }) => {
		let start = 0;
		const terms = xs.flatMap((x) => {
			const first = start;
			start += x.shape[axis] as number;
			return indices(x.shape).map((index) => [on(index, axis, first + (index[axis] as number)), at(x, index)] as const);
		});
		return added(on(xs[0].shape, axis, start), terms);
	},
	gather: ([x], { index: { shape, data }, axis }: Chosen) =>
		grid(shape, (index) => at(x, on(index, axis, data[placeOf(shape, index)] as number))),
	scatterAdd: ([x, source], { index: { shape, data }, axis }: Chosen) =>
		added(x.shape, [
			...indices(x.shape).map((index) => [index, at(x, index)] as const),
			...indices(shape).map(
				(index) => [on(index, axis, data[placeOf(shape, index)] as number), at(source, index)] as const,
			),
		]),
	fromScalars: (xs, { shape }: { shape: Index }) => ({ shape, values: xs.map((x) => at(x, [])) }),
	pick: ([x], { position }: { position: number }) => ({ shape: [], values: [x.values[position] as number] }),
	indexSelect: ([x], selection: Selection) => {
		const { axis, within, shape } = selection;
		const sizes = [...x.shape.slice(0, axis), ...shape, ...x.shape.slice(axis + within.length)];
		return grid(sizes, (index) => at(x, selected(selection, index)));
	},
	indexAdd: ([x], selection: Selection) => {
		const { axis, within, shape } = selection;
		return added(
			[...x.shape.slice(0, axis), ...within, ...x.shape.slice(axis + shape.length)],
			indices(x.shape).map((index) => [selected(selection, index), at(x, index)]),
		);
	},
	unfold: ([x], sliding: Sliding) => {
		const count = indices([sliding.length]).filter(
			([i = 0]) => i % sliding.step === 0 && i + sliding.size <= sliding.length,
		).length;
		return grid([...on(x.shape, sliding.axis, count), sliding.size], (index) => at(x, slid(sliding, index)));
	},
	fold: ([x], sliding: Sliding) =>
		added(
			on(x.shape.slice(0, -1), sliding.axis, sliding.length),
			indices(x.shape).map((index) => [slid(sliding, index), at(x, index)]),
		),
	cumSum: ([x], { axis, reverse }: Run) =>
		alongAxis(x, axis, (list) => list.map((_, i) => total(reverse ? list.slice(i) : list.slice(0, i + 1)))),
	// z[i] = Σ y[j] x[j + 1] … x[i] over all j up to i, or from the other end.
	recurrence: ([x, y], { axis, reverse }: Run) =>
		grid(x.shape, (index) => {
			const i = index[axis] as number;
			const terms = indices([x.shape[axis] as number]).map(([j = 0]) => {
				if (reverse ? j < i : j > i) return 0;
				const factors = reverse ? indices([j - i]).map(([k = 0]) => i + k) : indices([i - j]).map(([k = 0]) => i - k);
				return factors.reduce((product, k) => product * at(x, on(index, axis, k)), at(y, on(index, axis, j)));
			});
			return total(terms);
		}),
	softmax: ([x], { axis }: { axis: number }) =>
		alongAxis(x, axis, (list) => list.map((u) => Math.exp(u) / total(list.map(Math.exp)))),
	argMax: ([x], { axis }: { axis: number }) => alongAxis(x, axis, (list) => [firstLargest(list)]),
	argMin: ([x], { axis }: { axis: number }) => alongAxis(x, axis, (list) => [firstLargest(negated(list))]),
	argCumMax: ([x], { axis }: { axis: number }) => alongAxis(x, axis, (list) => soFar(list, lastLargest)),
	argCumMin: ([x], { axis }: { axis: number }) => alongAxis(x, axis, (list) => soFar(negated(list), lastLargest)),
	argSort: (
		[x],
		{ axis, descending, count, first }: { axis: number; descending: boolean; count: number; first: number },
	) => alongAxis(x, axis, (list) => order(list, descending).slice(first, first + count)),
	searchSorted: ([sorted, values], { right }: { right: boolean }) => {
		const lead = sorted.shape.slice(0, -1);
		return grid(values.shape, (index) => {
			const row = indices([sorted.shape.at(-1) as number]).map((i) =>
				at(sorted, [...index.slice(0, lead.length), ...i]),
			);
			const value = at(values, index);
			return row.filter((x) => (right ? x <= value : x < value)).length;
		});
	},
	matmul: (xs) => perMatrix(xs, times),
	solve: ([x, y], { transposed }: { transposed: boolean }) =>
		perMatrix([x, y], (a, b = []) => solution(transposed ? turned(a) : a, b)),
	triangularSolve: ([x, y], { upper, unitDiagonal }: { upper: boolean; unitDiagonal: boolean }) =>
		perMatrix([x, y], (a, b = []) => {
			const read = (i: number, j: number): number =>
				i === j && unitDiagonal ? 1 : (upper ? i <= j : i >= j) ? entry(a, i, j) : 0;
			return solution(matrix(a.length, a.length, read), b);
		}),
	inv: ([x]) => perMatrix([x], inverse),
	cofactor: ([x]) => perMatrix([x], cofactors),
	det: ([x]) => ({ shape: x.shape.slice(0, -2), values: matricesOf(x).map(determinant) }),
	slogdet: ([x]) => ({
		shape: [...x.shape.slice(0, -2), 2],
		values: matricesOf(x).flatMap((a) => [Math.sign(determinant(a)), Math.log(Math.abs(determinant(a)))]),
	}),
	pinv: ([x]) => perMatrix([x], pseudoinverse),
	expm: ([x]) => perMatrix([x], exponential),
	qr: ([x]) => perMatrix([x], reflected),
	conv: ([x, w], attributes: Convolution) => {
		const [samples = 0] = x.shape;
		const [filters = 0, channels = 0] = w.shape;
		const terms = products(attributes, samples, filters, channels);
		return added(
			[samples, filters, ...attributes.windows.count],
			terms.map(([ofX, ofW, ofZ]) => [ofZ, at(x, ofX) * at(w, ofW)]),
		);
	},
	convTranspose: ([z, w], attributes: Convolution) => {
		const [samples = 0] = z.shape;
		const [filters = 0, channels = 0] = w.shape;
		const terms = products(attributes, samples, filters, channels);
		return added(
			[samples, channels * attributes.groups, ...attributes.windows.image],
			terms.map(([ofX, ofW, ofZ]) => [ofX, at(z, ofZ) * at(w, ofW)]),
		);
	},
	convWeight: ([x, z], attributes: Convolution) => {
		const [samples = 0, filters = 0] = z.shape;
		const channels = (x.shape[1] as number) / attributes.groups;
		const terms = products(attributes, samples, filters, channels);
		return added(
			[filters, channels, ...attributes.windows.kernel],
			terms.map(([ofX, ofW, ofZ]) => [ofW, at(x, ofX) * at(z, ofZ)]),
		);
	},
	argMaxPool: ([x], windows: Convolution["windows"]) => {
		const lead = x.shape.slice(0, -windows.image.length);
		return grid([...lead, ...windows.count], (index) => {
			const places = indices(windows.kernel)
				.map((k) => inImage(windows, index.slice(lead.length), k))
				.filter((place) => place !== undefined);
			const best = firstLargest(places.map((place) => at(x, [...index.slice(0, lead.length), ...place])));
			return placeOf(windows.image, places[best] as Index);
		});
	},
};

/** What `z` shall do, as pairs of matrices that are equal. */
type Identities = (x: Matrix, z: Matrix) => readonly (readonly [found: Matrix, expected: Matrix])[];

/** The largest component of each column is positive. */
const positive = (a: Matrix): readonly [found: Matrix, expected: Matrix] => [
	[turned(a).map((column) => Math.max(...column))],
	[turned(a).map((column) => Math.max(...column.map(Math.abs)))],
];

const orthonormal = (a: Matrix): readonly [found: Matrix, expected: Matrix] => [times(turned(a), a), one(columnsOf(a))];

const sorted = (list: readonly number[], sign: 1 | -1): readonly [found: Matrix, expected: Matrix] => [
	[list],
	[[...list].sort((a, b) => sign * (a - b))],
];

/** What is asked of the decompositions, matrix by matrix: together it leaves no freedom. */
export const identities: Readonly<Record<string, Identities>> = {
	cholesky: (x, l) => [
		[times(l, turned(l)), mirrored(x)],
		[l, matrix(l.length, l.length, (i, j) => (i < j ? 0 : i > j ? entry(l, i, j) : Math.abs(entry(l, i, j))))],
	],
	eigh: (x, z) => {
		const [values = [], ...vectors] = z;
		return [
			[times(mirrored(x), vectors), times(vectors, diagonal(values))],
			orthonormal(vectors),
			sorted(values, 1),
			positive(vectors),
		];
	},
	svd: (x, z) => {
		const [u, values = [], v] = [z.slice(0, x.length), z[x.length], z.slice(x.length + 1)];
		return [
			[times(times(u, diagonal(values)), turned(v)), x],
			orthonormal(u),
			orthonormal(v),
			sorted(values.map(Math.abs), -1),
			[[values], [values.map(Math.abs)]],
			positive(v),
		];
	},
};

/** The matrices of both, for the identities. */
export function matrixPairs(x: Grid, z: Grid): (readonly [x: Matrix, z: Matrix])[] {
	const results = matricesOf(z);
	return matricesOf(x).map((a, at) => [a, results[at] as Matrix]);
}

/** Operations that are not defined at every point: one where they are, made of any. */
export const inside: Readonly<Record<string, (operands: readonly [Grid, ...Grid[]]) => readonly Grid[]>> = {
	// b bᵀ + 1 is positive definite.
	cholesky: ([x]) => [
		perMatrix([x], (b) => matrix(b.length, b.length, (i, j) => entry(times(b, turned(b)), i, j) + Number(i === j))),
	],
	searchSorted: ([x, ...others]) => [
		alongAxis(x, x.shape.length - 1, (list) => [...list].sort((a, b) => a - b)),
		...others,
	],
};
