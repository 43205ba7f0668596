/**
 * Gradients as shades: the size of a gradient on a scale of powers of ten.
 *
 * A tensor counts by its root mean square, which does not grow with its size.
 */
import { Scalar } from "../src/core/tape.js";
import { forEachElement, type Node } from "../src/core/tensor.js";
import type { Shown } from "./picture.js";

/** What colours say. */
export interface ShadeOptions {
	/** Colours the boxes of the forward pass by the size of their gradient, on a logarithmic scale with a legend. False when left out. */
	readonly shade?: boolean | undefined;
}

/** A scale from one power of ten to another. */
export interface Scale {
	/** The lowest step holds 10^low and everything below. */
	readonly low: number;
	readonly steps: number;
	/** True where something lies below the lowest step. */
	readonly isCut: boolean;
	/** The step of a size: 0 for the smallest; `undefined` for none and for what is no number. */
	stepOf(size: number | undefined): number | undefined;
}

/** The scale on which the sizes of all gradients lie, in `most` steps at most: what is smaller shares the lowest. */
export function scaleOf(boxes: readonly Shown[], most: number): Scale | undefined {
	const powers = boxes.map(gradientSize).flatMap((size) => {
		const power = Math.floor(Math.log10(size ?? 0));
		return Number.isFinite(power) ? [power] : [];
	});
	if (powers.length === 0) return undefined;
	const high = powers.reduce((a, b) => Math.max(a, b));
	const lowest = powers.reduce((a, b) => Math.min(a, b));
	const low = Math.max(lowest, high - most + 1);
	const steps = high - low + 1;
	return {
		low,
		steps,
		isCut: lowest < low,
		stepOf: (size) => {
			if (size === undefined || !(size >= 0)) return undefined;
			return Math.min(steps - 1, Math.max(0, Math.floor(Math.log10(size)) - low));
		},
	};
}

/** The root mean square of the gradient at a box, of the largest inside of what is folded. */
export function gradientSize(box: Shown): number | undefined {
	if (box.kind !== "group") return box.gradient && rootMeanSquare(box.gradient);
	return box.boxes.reduce<number | undefined>((most, inner) => {
		const size = gradientSize(inner);
		return size === undefined || (most !== undefined && most >= size) ? most : size;
	}, undefined);
}

function rootMeanSquare(x: Node): number {
	if (x instanceof Scalar) return Math.abs(x.value);
	let total = 0;
	forEachElement(x, (element) => {
		total += element * element;
	});
	return Math.sqrt(total / x.size);
}

/** The scale for a reader: the least size of every step, and of the lowest what lies above it. */
export function ticksOf({ low, steps, isCut }: Scale): string[] {
	const power = (exponent: number): string => {
		const raised = Array.from(String(exponent), (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
		return exponent === 0 ? "1" : exponent === 1 ? "10" : `10${raised.join("")}`;
	};
	return Array.from({ length: steps }, (_, step) =>
		step === 0 && isCut ? `under ${power(low + 1)}` : power(low + step),
	);
}
