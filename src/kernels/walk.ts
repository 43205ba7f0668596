/**
 * Walking several strided windows in step.
 *
 * A kernel over strided memory is one tight loop over a row; everything else,
 * which elements form a row and where the next one starts, is the same for
 * all of them and is here. Axes that follow each other without a gap in every
 * operand are merged first, so that a contiguous tensor of any rank is one row.
 *
 * Nothing here reads or writes an element, or knows how many bytes one has.
 */
import type { Shape } from "../core/shape.js";

/**
 * Receives one row: its length, where it starts in every operand, and how far
 * the next element is in every operand. Both arrays are reused between rows:
 * read them, keep nothing.
 */
export type Visit = (count: number, at: readonly number[], step: readonly number[]) => void;

/**
 * Calls `visit` once per row of `shape`, in row-major order.
 *
 * `operands` gives the strides of each operand, all of the rank of `shape`;
 * `offsets` where each of them starts. The rows run along the last axis that
 * remains after merging:
 *
 * ```text
 * shape [2, 3, 4]      strides [12, 4, 1]  and  [12, 4, 1]     one row of 24
 *                      strides [12, 4, 1]  and  [ 0, 4, 1]     two rows of 12
 *                      strides [12, 4, 1]  and  [ 1, 2, 6]     six rows of 4
 * ```
 *
 * A shape without elements gives no row, a single number one row of 1.
 */
export function rows(
	shape: Shape,
	operands: readonly (readonly number[])[],
	offsets: readonly number[],
	visit: Visit,
): void {
	const width = operands.length;
	// The merged axes, innermost first: group g has sizes[g] elements and moves operand i by steps[g * width + i].
	const sizes: number[] = [];
	const steps: number[] = [];
	let groups = 0;
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		const size = shape[axis] as number;
		if (size === 0) return;
		if (size === 1) continue;
		if (groups > 0 && follows(axis, operands, sizes[groups - 1] as number, steps, (groups - 1) * width)) {
			sizes[groups - 1] = (sizes[groups - 1] as number) * size;
			continue;
		}
		sizes.push(size);
		for (let i = 0; i < width; i++) steps.push((operands[i] as readonly number[])[axis] as number);
		groups++;
	}
	const at = offsets.slice();
	if (groups === 0) {
		for (let i = 0; i < width; i++) steps.push(1);
		visit(1, at, steps);
		return;
	}
	const count = sizes[0] as number;
	if (groups === 1) {
		visit(count, at, steps);
		return;
	}
	const step = steps.slice(0, width);
	if (groups === 2) {
		for (let left = sizes[1] as number; left > 0; left--) {
			visit(count, at, step);
			for (let i = 0; i < width; i++) at[i] = (at[i] as number) + (steps[width + i] as number);
		}
		return;
	}
	const done = sizes.map(() => 0);
	for (;;) {
		visit(count, at, step);
		// Count like an odometer: a group that is through goes back to its start and moves the next one.
		let group = 1;
		for (; group < groups; group++) {
			const size = sizes[group] as number;
			const turns = (done[group] as number) + 1;
			if (turns < size) {
				done[group] = turns;
				for (let i = 0; i < width; i++) at[i] = (at[i] as number) + (steps[group * width + i] as number);
				break;
			}
			done[group] = 0;
			for (let i = 0; i < width; i++) at[i] = (at[i] as number) - (steps[group * width + i] as number) * (size - 1);
		}
		if (group === groups) return;
	}
}

/** True where, in every operand, one move along `axis` is `size` moves along the group whose steps begin at `from`. */
function follows(
	axis: number,
	operands: readonly (readonly number[])[],
	size: number,
	steps: readonly number[],
	from: number,
): boolean {
	for (let i = 0; i < operands.length; i++) {
		if ((operands[i] as readonly number[])[axis] !== (steps[from + i] as number) * size) return false;
	}
	return true;
}
