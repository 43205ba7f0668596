/**
 * Other shapes of the same elements: as NumPy and PyTorch do, checked against
 * what stands at each place of the result.
 */
import {
	type AxisList,
	arange,
	checkGradients,
	chunk,
	concat,
	diag,
	diagonal,
	expandDims,
	flatten,
	flip,
	fold,
	Generator,
	gradients,
	meshgrid,
	moveAxis,
	mul,
	type Nested,
	type PadMode,
	pad,
	parameter,
	repeat,
	reshape,
	roll,
	scalar,
	slice,
	squeeze,
	stack,
	sum,
	swapAxes,
	type Tensor,
	tensor,
	tile,
	trace,
	transpose,
	tril,
	triu,
	unfold,
	zeros,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf, verdictOf } from "../verdicts.js";
import { distinct } from "./sampling.js";

/** A tensor 0, 1, 2, ... of a shape. */
const counting = (...shape: number[]): Tensor => arange(shape.reduce((size, axis) => size * axis, 1)).reshape(shape);
const wrap = (at: number, size: number): number => ((at % size) + size) % size;

/** Derivatives up to order 2 of f, multiplied with itself so that the second one is not 0. */
const second = (f: (x: Tensor) => Tensor, ...shape: number[]): string =>
	verdictOf(
		checkGradients(
			((x: Tensor) => {
				const z = f(x);
				return mul(z, z).mul(z);
			}) as never,
			[distinct(shape, new Generator(1))],
			{ order: 2, directions: 1 },
		),
	);

/**
 * Checks `f(x)` and its gradient by saying which element of x stands at each
 * place of the result; `undefined` where none does.
 */
function places(
	f: (x: Tensor) => Tensor,
	x: Tensor,
	shape: readonly number[],
	source: (place: readonly number[]) => readonly number[] | undefined,
	otherwise = 0,
): void {
	const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
	const elements = [...x.data];
	const from: (number | undefined)[] = [];
	const visit = (place: readonly number[]): void => {
		if (place.length < shape.length) {
			for (let next = 0; next < (shape[place.length] as number); next++) visit([...place, next]);
			return;
		}
		from.push(source(place)?.reduce((at, index, axis) => at + index * (strides[axis] as number), 0));
	};
	visit([]);
	// The tensor as it lies, and a view of the same elements that lies the other way round.
	const turned = tensor(transpose(x).data, { shape: [...x.shape].reverse() });
	for (const given of [x, transpose(turned)]) {
		const v = given.detach();
		v.requiresGrad = true;
		const z = f(v);
		expect(z.shape).toEqual(shape);
		expect([...z.data]).toEqual(from.map((at) => (at === undefined ? otherwise : elements[at])));
		if (from.every((at) => at === undefined)) continue;
		const gz = tensor(
			Float64Array.from(from, (_, at) => at + 1),
			{ shape },
		);
		const expected = new Float64Array(x.size);
		for (const [at, to] of from.entries()) if (to !== undefined) expected[to] = (expected[to] as number) + at + 1;
		expect([...gradients(z, [v], { cotangent: gz })[0].data]).toEqual([...expected]);
	}
}

// ---------------------------------------------------------------- axes

describe("squeeze, expandDims, flatten, swapAxes and moveAxis", () => {
	test("drop and add axes of size 1, without a copy of any view", () => {
		const x = counting(2, 1, 3, 1);
		expect(squeeze(x).shape).toEqual([2, 3]);
		expect(squeeze(x, { axis: -1 }).shape).toEqual([2, 1, 3]);
		expect(squeeze(x, { axis: [1, 3] }).shape).toEqual([2, 3]);
		expect(squeeze(tensor([[1]])).shape).toEqual([]);
		expect(expandDims(counting(2, 3)).shape).toEqual([1, 2, 3]);
		expect(expandDims(counting(2, 3), { axis: -1 }).shape).toEqual([2, 3, 1]);
		expect(expandDims(counting(2, 3), { axis: [0, 2] }).shape).toEqual([1, 2, 1, 3]);
		expect(expandDims(5, { axis: [0, 1] }).toArray()).toEqual([[5]]);
		const view = counting(4, 6).T.slice([[1, 5, 2]]);
		const z = view.expandDims({ axis: 1 }).squeeze();
		expect(z.storage).toBe(view.storage);
		expect(z.toArray()).toEqual(view.toArray());
	});

	test("flatten a run of axes", () => {
		const x = counting(2, 3, 4);
		expect(flatten(x).toArray()).toEqual([...x.data]);
		expect(x.flatten({ start: 1 }).shape).toEqual([2, 12]);
		expect(flatten(x, { end: 1 }).shape).toEqual([6, 4]);
		expect(flatten(x, { start: -2, end: -2 }).shape).toEqual([2, 3, 4]);
		expect(flatten(5).toArray()).toEqual([5]);
		expect(flatten(x.T).toArray()).toEqual([...x.T.data]);
	});

	test("move axes to the places named, the others in their order", () => {
		const x = counting(2, 3, 4, 5);
		expect(swapAxes(x, 1, -1).shape).toEqual([2, 5, 4, 3]);
		expect(moveAxis(x, 0, -1).shape).toEqual([3, 4, 5, 2]);
		expect(moveAxis(x, -1, 0).shape).toEqual([5, 2, 3, 4]);
		expect(x.moveAxis([0, 1], [-1, -2]).shape).toEqual([4, 5, 3, 2]);
		expect(moveAxis(x, [3, 0], [1, 0]).shape).toEqual([2, 5, 3, 4]);
		places(
			(y) => moveAxis(y, [2, 0], [0, 1]),
			counting(2, 3, 4),
			[4, 2, 3],
			([k, i, j]) => [i!, j!, k!],
		);
	});

	test("refuse what is not there", () => {
		expect(messageOf(() => squeeze(counting(2, 1), { axis: 0 }))).toMatch(/size is not 1[\s\S]*axis 0 of x \[2, 1\]/);
		expect(messageOf(() => expandDims(counting(2), { axis: 2 }))).toContain("axis out of range");
		expect(messageOf(() => expandDims(counting(2), { axis: [0, 0] }))).toContain("named twice");
		expect(messageOf(() => flatten(counting(2, 3), { start: 1, end: 0 }))).toContain("start lies after end");
		expect(messageOf(() => moveAxis(counting(2, 3), [0, 1], [0]))).toContain("as many places as axes");
		expect(messageOf(() => moveAxis(counting(2, 3), [0, -2], [0, 1]))).toContain("named twice");
		expect(messageOf(() => swapAxes(counting(2), 0, 1))).toContain("axis out of range");
	});
});

describe("reshape", () => {
	test("of any view is what it is of a copy, and a view where strides can say it", () => {
		const sizes = fc.constantFrom(1, 2, 3, 4, 6);
		fc.assert(
			fc.property(
				fc.array(sizes, { minLength: 1, maxLength: 3 }),
				fc.nat(5),
				fc.nat(2),
				fc.nat(99),
				(shape, turn, step, pick) => {
					const order = shape.map((_, axis) => axis).sort((a, b) => wrap(a * 7 + turn, 5) - wrap(b * 7 + turn, 5));
					const view = slice(
						counting(...shape).permute(order),
						shape.map(() => [null, null, step === 0 ? 1 : step === 1 ? -1 : 2]),
					);
					const copy = tensor(view);
					const wanted = splits(view.size)[pick % splits(view.size).length] as number[];
					expect(reshape(view, wanted).toArray()).toEqual(reshape(copy, wanted).toArray());
				},
			),
			{ numRuns: 500, seed: 9 },
		);
		const x = counting(4, 6);
		expect(reshape(x.at(null, [null, null, 2]), [2, 2, 3, 1]).storage).toBe(x.storage);
		expect(reshape(x.T, [2, 3, 4]).storage).toBe(x.storage);
		expect(reshape(x.T, [24]).storage).not.toBe(x.storage);
		expect(reshape(tensor(3).broadcastTo([2, 3]), [6]).toArray()).toEqual([3, 3, 3, 3, 3, 3]);
	});
});

/** Shapes of `size` elements. */
function splits(size: number): number[][] {
	const found: number[][] = [[size], [1, size], [size, 1]];
	for (let a = 1; a <= size; a++) {
		if (size % a !== 0) continue;
		found.push([a, size / a], [a, 1, size / a]);
		for (let b = 2; b <= size / a; b++) if ((size / a) % b === 0) found.push([a, b, size / a / b]);
	}
	return found;
}

// ---------------------------------------------------------------- joining and cutting

describe("stack and chunk", () => {
	test("join along a new axis", () => {
		const [x, y] = [counting(2, 3), counting(2, 3).mul(10)];
		expect(stack([x, y]).shape).toEqual([2, 2, 3]);
		expect(stack([x, y], { axis: -1 }).at(1, 2).toArray()).toEqual([5, 50]);
		expect(stack([x, y], { axis: 1 }).at(1).toArray()).toEqual([
			[3, 4, 5],
			[30, 40, 50],
		]);
		expect(second((z) => stack([z, mul(z, 2), z], { axis: 1 }), 2, 2)).toBe("agrees");
	});

	test("make a tensor of numbers and scalars, whose gradients flow", () => {
		const a = scalar(3);
		const z = stack([a, 5, mul(a, a)]);
		expect(z.toArray()).toEqual([3, 5, 9]);
		expect(gradients(sum(mul(z, z)), [a])[0].value).toBe(6 + 4 * 27);
		expect(stack([a, tensor(2)]).toArray()).toEqual([3, 2]);
		expect(messageOf(() => stack([1, 2], { axis: 1 }))).toContain("axis out of range");
		expect(messageOf(() => stack([]))).toContain("nothing to join");
		expect(messageOf(() => stack([counting(2), counting(3)]))).toContain("shapes differ");
	});

	test("cut into parts as PyTorch's chunk does", () => {
		const sizes = (total: number, count: number): number[] => chunk(counting(total), count).map((part) => part.size);
		expect(sizes(6, 3)).toEqual([2, 2, 2]);
		expect(sizes(7, 3)).toEqual([3, 3, 1]);
		expect(sizes(5, 4)).toEqual([2, 2, 1]);
		expect(sizes(2, 5)).toEqual([1, 1]);
		expect(sizes(0, 2)).toEqual([0, 0]);
		expect(
			counting(2, 4)
				.chunk(2, { axis: 1 })
				.map((part) => part.toArray()),
		).toEqual([
			[
				[0, 1],
				[4, 5],
			],
			[
				[2, 3],
				[6, 7],
			],
		]);
		expect(messageOf(() => chunk(counting(3), 0))).toContain("not a number of parts");
		expect(second((z) => concat(chunk(z, 2).reverse()), 3, 2)).toBe("agrees");
	});
});

// ---------------------------------------------------------------- repeating

describe("tile and repeat", () => {
	test("tile writes the whole out along each axis, aligning axes at the last", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(3), { maxLength: 3 }), fc.array(fc.nat(3), { maxLength: 3 }), (shape, counts) => {
				const x = counting(...shape);
				const rank = Math.max(shape.length, counts.length);
				const sizes = [...new Array<number>(rank - shape.length).fill(1), ...shape];
				const times = [...new Array<number>(rank - counts.length).fill(1), ...counts];
				places(
					(y) => tile(y, counts),
					x,
					sizes.map((size, axis) => size * (times[axis] as number)),
					(place) => place.map((index, axis) => index % (sizes[axis] as number)).slice(rank - shape.length),
				);
			}),
			{ numRuns: 80, seed: 11 },
		);
		expect(counting(3).tile(2).toArray()).toEqual([0, 1, 2, 0, 1, 2]);
		expect(second((x) => tile(x, [2, 1, 2]), 2, 2)).toBe("agrees");
		expect(messageOf(() => tile(counting(2), -1))).toContain("not a shape");
	});

	test("repeat writes each entry out, as often as it says", () => {
		const x = counting(2, 3);
		expect(repeat(x, 2).toArray()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
		expect(x.repeat([0, 3], { axis: 0 }).toArray()).toEqual([
			[3, 4, 5],
			[3, 4, 5],
			[3, 4, 5],
		]);
		places(
			(y) => repeat(y, 3, { axis: -1 }),
			x,
			[2, 9],
			([i, j]) => [i!, Math.floor(j! / 3)],
		);
		places(
			(y) => repeat(y, 2, { axis: 0 }),
			x,
			[4, 3],
			([i, j]) => [Math.floor(i! / 2), j!],
		);
		expect(repeat(x, 0, { axis: 1 }).shape).toEqual([2, 0]);
		expect(repeat(7, 3).toArray()).toEqual([7, 7, 7]);
		expect(second((y) => repeat(y, [2, 0, 1], { axis: 1 }), 2, 3)).toBe("agrees");
		expect(messageOf(() => repeat(x, [1, 2], { axis: 1 }))).toMatch(/counts do not fit[\s\S]*each of the 3/);
		expect(messageOf(() => repeat(x, 0.5))).toContain("not a shape");
	});
});

describe("flip and roll", () => {
	test("flip reverses along the axes named, or all", () => {
		const x = counting(2, 3, 2);
		places(
			(y) => flip(y),
			x,
			[2, 3, 2],
			([i, j, k]) => [1 - i!, 2 - j!, 1 - k!],
		);
		places(
			(y) => flip(y, { axis: 1 }),
			x,
			[2, 3, 2],
			([i, j, k]) => [i!, 2 - j!, k!],
		);
		places(
			(y) => y.flip({ axis: [0, -1] }),
			x,
			[2, 3, 2],
			([i, j, k]) => [1 - i!, j!, 1 - k!],
		);
		expect(flip(x).storage).toBe(x.storage);
		expect(flip(zeros([0])).shape).toEqual([0]);
		expect(flip(tensor(3)).item()).toBe(3);
	});

	test("roll brings back at the start what leaves at the end", () => {
		fc.assert(
			fc.property(fc.integer({ min: -7, max: 7 }), fc.integer({ min: -7, max: 7 }), (a, b) => {
				const x = counting(3, 4);
				places(
					(y) => roll(y, [a, b], { axis: [0, 1] }),
					x,
					[3, 4],
					([i, j]) => [wrap(i! - a, 3), wrap(j! - b, 4)],
				);
				places(
					(y) => roll(y, a, { axis: -1 }),
					x,
					[3, 4],
					([i, j]) => [i!, wrap(j! - a, 4)],
				);
				places(
					(y) => roll(y, a),
					x,
					[3, 4],
					([i, j]) => [Math.floor(wrap(i! * 4 + j! - a, 12) / 4), wrap(j! - a, 4)],
				);
			}),
			{ numRuns: 30, seed: 12 },
		);
		expect(
			counting(2, 2)
				.roll(1, { axis: [0, 1] })
				.toArray(),
		).toEqual([
			[3, 2],
			[1, 0],
		]);
		expect(roll(zeros([0, 2]), 1, { axis: 0 }).shape).toEqual([0, 2]);
		expect(roll(tensor(4), 1).item()).toBe(4);
		expect(second((x) => roll(x, 2, { axis: 1 }), 2, 3)).toBe("agrees");
		expect(messageOf(() => roll(counting(2, 2), [1, 2], { axis: 0 }))).toContain("shifts do not fit");
		expect(messageOf(() => roll(counting(2), 0.5))).toContain("shifts do not fit");
	});
});

// ---------------------------------------------------------------- padding

describe("pad", () => {
	/** Where NumPy looks for what stands at place `at` of an axis of `size`. */
	const source: Readonly<Record<Exclude<PadMode, "constant">, (at: number, size: number) => number>> = {
		circular: wrap,
		replicate: (at, size) => (at < 0 ? 0 : at >= size ? size - 1 : at),
		reflect: (at, size) => {
			// Walk, and turn at either end.
			let [place, step] = [0, Math.sign(at)];
			for (let left = Math.abs(at); left > 0 && size > 1; left--) {
				if (place + step < 0 || place + step >= size) step = -step;
				place += step;
			}
			return place;
		},
	};

	test.each(["reflect", "replicate", "circular"] as const)(
		"%s repeats elements, beyond any width, forward and backward",
		(mode) => {
			const width = fc.nat(7);
			fc.assert(
				fc.property(width, width, width, fc.integer({ min: 1, max: 4 }), (a, b, c, size) => {
					const f = (x: Tensor): Tensor =>
						pad(
							x,
							[
								[a, b],
								[c, 0],
							],
							{ mode },
						);
					places(f, counting(size, 3), [a + size + b, c + 3], ([i, j]) => [
						source[mode](i! - a, size),
						source[mode](j! - c, 3),
					]);
				}),
				{ numRuns: 40, seed: 13 },
			);
			expect(
				second(
					(x) =>
						pad(
							x,
							[
								[2, 1],
								[1, 1],
							],
							{ mode },
						),
					3,
					2,
				),
			).toBe("agrees");
			expect(messageOf(() => pad(zeros([0]), [[1, 0]], { mode }))).toContain("nothing to repeat");
			expect(
				pad(
					zeros([0, 2]),
					[
						[0, 0],
						[1, 1],
					],
					{ mode },
				).shape,
			).toEqual([0, 4]);
		},
	);

	test("constant surrounds with a value, which may be a variable", () => {
		const around = (value: number): void =>
			places(
				(x) =>
					pad(
						x,
						[
							[1, 2],
							[0, 3],
						],
						{ value },
					),
				counting(2, 2),
				[5, 5],
				([i, j]) => (i! >= 1 && i! < 3 && j! < 2 ? [i! - 1, j!] : undefined),
				value,
			);
		for (const value of [0, -3, Number.POSITIVE_INFINITY]) around(value);
		const edge = scalar(5);
		const [slope] = gradients(
			sum(
				pad(
					counting(2, 2),
					[
						[1, 0],
						[0, 1],
					],
					{ value: edge },
				),
			),
			[edge],
		);
		expect(slope.value).toBe(5);
		expect(pad(tensor([1], { dtype: "float32" }), [[1, 0]], { value: 0.5 }).dtype).toBe("float32");
		expect(pad(tensor([-0]), [[0, 1]], { value: 1 }).toArray()).toEqual([-0, 1]);
		expect(messageOf(() => pad(counting(2), [[1, 1]], { mode: "mirror" as never }))).toContain("unknown mode");
		expect(messageOf(() => pad(counting(2), [[1, -1]], { mode: "reflect" }))).toContain("not widths");
	});

	test("shows what NumPy shows", () => {
		const x = tensor([1, 2, 3]);
		expect(x.pad([[2, 3]], { mode: "reflect" }).toArray()).toEqual([3, 2, 1, 2, 3, 2, 1, 2]);
		expect(x.pad([[2, 3]], { mode: "replicate" }).toArray()).toEqual([1, 1, 1, 2, 3, 3, 3, 3]);
		expect(x.pad([[2, 3]], { mode: "circular" }).toArray()).toEqual([2, 3, 1, 2, 3, 1, 2, 3]);
	});
});

// ---------------------------------------------------------------- diagonals and triangles

describe("diagonal, diag and trace", () => {
	test("take a diagonal over any two axes, to the last axis of the result", () => {
		for (const [rows, columns] of [
			[3, 4],
			[4, 2],
			[1, 3],
			[0, 2],
		] as const) {
			for (let offset = -5; offset <= 5; offset++) {
				const length = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
				const at = (i: number): [number, number] => [i + Math.max(0, -offset), i + Math.max(0, offset)];
				places(
					(x) => diagonal(x, { offset }),
					counting(rows, columns, 2),
					[2, length],
					([k, i]) => [...at(i!), k!],
				);
				places(
					(x) => diagonal(x, { offset, axes: [-1, 0] }),
					counting(columns, 2, rows),
					[2, length],
					([k, i]) => [at(i!)[1], k!, at(i!)[0]],
				);
				places(
					(x) => diag(x, { offset }),
					counting(rows, columns),
					[length],
					([i]) => at(i!),
				);
			}
		}
		expect(second((x) => diagonal(x, { axes: [1, 2] }), 2, 2, 3)).toBe("agrees");
		expect(messageOf(() => diagonal(counting(3)))).toContain("axis out of range");
		expect(messageOf(() => diagonal(counting(2, 2), { axes: [0, 0] }))).toContain("named twice");
		expect(messageOf(() => diagonal(counting(2, 2), { offset: 0.5 }))).toContain("not an offset");
	});

	test("put a vector on a diagonal", () => {
		for (const offset of [-2, -1, 0, 1, 2]) {
			const size = 3 + Math.abs(offset);
			places(
				(x) => diag(x, { offset }),
				counting(3).add(1),
				[size, size],
				([i, j]) => (j! - i! === offset ? [Math.min(i!, j!)] : undefined),
			);
		}
		expect(diag(zeros([0])).shape).toEqual([0, 0]);
		expect(second((x) => diag(x, { offset: 1 }), 3)).toBe("agrees");
		expect(messageOf(() => diag(zeros([2, 2, 2])))).toContain("neither a vector nor a matrix");
		expect(messageOf(() => diag(zeros([2]), { offset: 0.5 }))).toContain("not an offset");
	});

	test("sum a diagonal", () => {
		const x = parameter(counting(3, 3));
		const z = trace(x);
		expect([z.shape, z.item()]).toEqual([[], 12]);
		expect(gradients(z, [x])[0].toArray()).toEqual([
			[1, 0, 0],
			[0, 1, 0],
			[0, 0, 1],
		]);
		expect(
			counting(2, 3, 2)
				.trace({ axes: [0, 2], offset: -1 })
				.toArray(),
		).toEqual([6, 8, 10]);
		expect(trace(zeros([0, 2])).item()).toBe(0);
	});
});

describe("tril and triu", () => {
	test("keep one side of a diagonal", () => {
		for (let offset = -4; offset <= 4; offset++) {
			const x = counting(2, 3, 4).add(1);
			places(
				(y) => tril(y, { offset }),
				x,
				[2, 3, 4],
				([k, i, j]) => (j! - i! <= offset ? [k!, i!, j!] : undefined),
			);
			places(
				(y) => triu(y, { offset }),
				x,
				[2, 3, 4],
				([k, i, j]) => (j! - i! >= offset ? [k!, i!, j!] : undefined),
			);
		}
		expect(messageOf(() => tril(counting(3)))).toContain("not a matrix");
		expect(messageOf(() => triu(counting(2, 2), { offset: 0.5 }))).toContain("not a matrix and an offset");
	});

	test("let nothing infinite through, and keep dtypes", () => {
		const x = parameter([
			[1, Number.POSITIVE_INFINITY],
			[2, 3],
		]);
		expect(tril(x).toArray()).toEqual([
			[1, 0],
			[2, 3],
		]);
		expect(gradients(sum(mul(tril(x), tril(x))), [x])[0].toArray()).toEqual([
			[2, 0],
			[4, 6],
		]);
		for (const dtype of ["float32", "int32", "bool"] as const) expect(triu(zeros([2, 2], { dtype })).dtype).toBe(dtype);
		expect(zeros([0, 3]).tril().shape).toEqual([0, 3]);
	});
});

describe("meshgrid", () => {
	test("repeats coordinates, the first two axes exchanged unless ij is asked for", () => {
		const [x, y] = meshgrid([counting(3), counting(2).mul(10)]) as [Tensor, Tensor];
		expect(x.toArray()).toEqual([
			[0, 1, 2],
			[0, 1, 2],
		]);
		expect(y.toArray()).toEqual([
			[0, 0, 0],
			[10, 10, 10],
		]);
		const three = meshgrid([counting(2), counting(3), counting(4)], { indexing: "ij" });
		expect(three.map((z) => z.at(1, 2, 3).item())).toEqual([1, 2, 3]);
		expect(meshgrid([counting(2), counting(3), counting(4)])[0]?.shape).toEqual([3, 2, 4]);
		expect(meshgrid([counting(2)])[0]?.toArray()).toEqual([0, 1]);
		expect(meshgrid([])).toEqual([]);
		expect(meshgrid([5, counting(2)]).map((z) => z.toArray())).toEqual([
			[[5], [5]],
			[[0], [1]],
		]);
		const v = parameter([1, 2]);
		expect(gradients(sum(meshgrid([v, counting(3)])[0] as Tensor), [v])[0].toArray()).toEqual([3, 3]);
	});
});

// ---------------------------------------------------------------- windows

describe("unfold and fold", () => {
	test("windows slide along an axis; the gradient adds where they overlap", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.nat(9), (size, step, more) => {
				const length = size + more;
				const count = Math.floor((length - size) / step) + 1;
				places(
					(x) => unfold(x, { size, step }),
					counting(length),
					[count, size],
					([i, j]) => [i! * step + j!],
				);
				places(
					(x) => x.unfold({ axis: 1, size, step }),
					counting(2, length, 3),
					[2, count, 3, size],
					([a, i, b, j]) => [a!, i! * step + j!, b!],
				);
			}),
			{ numRuns: 60, seed: 14 },
		);
		const x = counting(5);
		expect(unfold(x, { size: 2 }).storage).toBe(x.storage);
	});

	test("fold adds windows where they overlap, against loops", () => {
		const windows = counting(3, 4).add(1);
		const expected = new Array<number>(9).fill(0);
		for (const [i, row] of (windows.toArray() as number[][]).entries()) {
			for (const [j, value] of row.entries()) expected[i * 2 + j] = (expected[i * 2 + j] as number) + value;
		}
		expect(fold(windows, { step: 2, length: 9 }).toArray()).toEqual(expected);
		expect(windows.fold({ step: 2 }).shape).toEqual([8]);
		const many = distinct([2, 50, 3, 70], new Generator(5)); // windows longer than they are many, and the other way round
		for (const axes of [
			[0, 1, 2, 3],
			[0, 3, 2, 1],
		]) {
			const x = many.permute(axes);
			const z = fold(x, { axis: 1, step: 3 });
			expect(sum(z).item()).toBeCloseTo(sum(x).item(), 6);
			const i = 17;
			let at = 0;
			for (let w = 0; w < (x.shape[1] as number); w++) {
				const j = i - 3 * w;
				if (j >= 0 && j < (x.shape[3] as number)) at += x.at(1, w, 2, j).item();
			}
			expect(z.at(1, i, 2).item()).toBe(at);
		}
	});

	test("differentiate twice", () => {
		expect(second((x) => unfold(x, { axis: 0, size: 3, step: 2 }), 6, 2)).toBe("agrees");
		expect(second((x) => fold(x, { axis: 0, step: 1 }), 3, 2, 2)).toBe("agrees");
	});

	test("keep float32", () => {
		const x = parameter([1, 2, 3], { dtype: "float32" });
		const z = unfold(x, { size: 2 });
		expect([z.dtype, gradients(sum(z), [x])[0].toArray()]).toEqual(["float32", [1, 2, 1]]);
	});

	test("refuse windows that do not fit", () => {
		expect(messageOf(() => unfold(counting(3), { size: 4 }))).toMatch(
			/unfold: windows do not fit[\s\S]*at most the 3[\s\S]*size 4/,
		);
		expect(messageOf(() => unfold(counting(3), { size: 0 }))).toContain("windows do not fit");
		expect(messageOf(() => unfold(counting(3), { size: 2, step: 0 }))).toContain("windows do not fit");
		expect(messageOf(() => fold(counting(2, 3), { length: 3 }))).toContain("room for 2");
		expect(messageOf(() => fold(counting(2)))).toContain("axis out of range");
	});
});

// ---------------------------------------------------------------- dtypes, in one go

test("every movement keeps the dtype of x", () => {
	const all: readonly ((x: Tensor) => Tensor)[] = [
		(x) => squeeze(x),
		(x) => expandDims(x),
		(x) => flatten(x),
		(x) => stack([x, x]),
		(x) => tile(x, 2),
		(x) => repeat(x, 2),
		(x) => flip(x),
		(x) => roll(x, 1),
		(x) =>
			pad(x, [
				[1, 1],
				[0, 0],
			]),
		(x) =>
			pad(
				x,
				[
					[1, 1],
					[0, 0],
				],
				{ value: 1 },
			),
		(x) =>
			pad(
				x,
				[
					[1, 1],
					[0, 0],
				],
				{ mode: "reflect" },
			),
		(x) => diagonal(x),
		(x) => diag(flatten(x)),
		(x) => unfold(x, { size: 1 }),
		(x) => fold(x),
	];
	for (const dtype of ["float64", "float32", "int32", "bool"] as const) {
		const x = tensor(
			[
				[1, 0],
				[0, 1],
			],
			{ dtype },
		);
		expect(all.map((f) => f(x).dtype)).toEqual(all.map(() => dtype));
	}
	const options: AxisList = { axis: 0 };
	expect((flip(tensor([1, 2]), options).toArray() as Nested<number>[]).length).toBe(2);
});
