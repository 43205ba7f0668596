import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rows } from "../../src/kernels/walk.js";
import { indices, position, shapes, viewOf } from "./views.js";

/** The rows as readable lines: length, starts, steps. */
function lines(shape: number[], operands: number[][], offsets: number[] = operands.map(() => 0)): string[] {
	const found: string[] = [];
	rows(shape, operands, offsets, (count, at, step) => found.push(`${count} from ${at.join(",")} by ${step.join(",")}`));
	return found;
}

describe("rows", () => {
	it("visits every element of every operand in row-major order", () => {
		const operands = shapes(5, 4).chain((shape) =>
			fc.tuple(fc.constant(shape), fc.array(viewOf(shape), { minLength: 1, maxLength: 3 })),
		);
		fc.assert(
			fc.property(operands, ([shape, views]) => {
				const visited: number[][] = [];
				rows(
					shape,
					views.map((view) => view.strides),
					views.map((view) => view.offset),
					(count, at, step) => {
						for (let i = 0; i < count; i++) visited.push(at.map((start, j) => start + i * (step[j] as number)));
					},
				);
				const expected = [...indices(shape)].map((index) =>
					views.map((view) => position(index, view.strides, view.offset)),
				);
				expect(visited).toEqual(expected);
			}),
		);
	});

	it("makes one row of a contiguous tensor", () => {
		expect(
			lines(
				[2, 3, 4],
				[
					[12, 4, 1],
					[12, 4, 1],
				],
			),
		).toEqual(["24 from 0,0 by 1,1"]);
	});

	it("merges only where every operand allows it", () => {
		expect(
			lines(
				[2, 3, 4],
				[
					[12, 4, 1],
					[0, 4, 1],
				],
			),
		).toEqual(["12 from 0,0 by 1,1", "12 from 12,0 by 1,1"]);
		expect(
			lines(
				[2, 3, 4],
				[
					[12, 4, 1],
					[1, 2, 6],
				],
			),
		).toHaveLength(6);
	});

	it("merges a reversed and a repeated tensor too", () => {
		expect(lines([2, 3], [[-3, -1]], [5])).toEqual(["6 from 5 by -1"]);
		expect(lines([2, 3], [[0, 0]], [5])).toEqual(["6 from 5 by 0"]);
	});

	it("passes over axes of size 1, whatever their stride", () => {
		expect(lines([3, 1, 4, 1], [[4, 99, 1, -7]])).toEqual(["12 from 0 by 1"]);
	});

	it("visits nothing in an empty shape", () => {
		expect(lines([3, 0, 2], [[0, 0, 0]])).toEqual([]);
		expect(lines([0], [[1]])).toEqual([]);
	});

	it("visits a single number as one row of 1", () => {
		expect(lines([], [[], []], [3, 5])).toEqual(["1 from 3,5 by 1,1"]);
		expect(lines([1, 1], [[8, 8]], [3])).toEqual(["1 from 3 by 1"]);
	});

	it("leaves the offsets it was given alone", () => {
		const offsets = [0];
		rows([2, 2, 2], [[9, 3, 1]], offsets, () => {});
		expect(offsets).toEqual([0]);
	});

	it("may be called again from inside a visit", () => {
		let visits = 0;
		rows([3, 2], [[5, 1]], [0], () => rows([2, 2], [[5, 1]], [0], () => visits++));
		expect(visits).toBe(6);
	});
});
