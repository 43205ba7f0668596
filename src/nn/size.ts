/** The checks of the numbers that layers are made with, and of what they are called with: each of them once. */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { type Shape, shapeText } from "../core/shape.js";
import { Tensor } from "../index.js";

/** @throws where `size` is not a whole number above 0. */
export function checkSize(name: string, what: string, size: number): void {
	if (Number.isInteger(size) && size > 0) return;
	throw failure({ what: `${name}: not a number of ${what}`, expected: "a whole number above 0", actual: said(size) });
}

/** @throws where `groups` parts do not divide all `channels`. */
export function checkGroups(name: string, groups: number, ...channels: readonly number[]): void {
	if (Number.isInteger(groups) && groups > 0 && channels.every((count) => count % groups === 0)) return;
	throw failure({
		what: `${name}: groups do not divide the channels`,
		expected: `a divisor of ${[...new Set(channels)].join(" and ")}`,
		actual: said(groups),
	});
}

/** @throws where `x` is no tensor. */
export function checkTensor(name: string, x: unknown, what = "x"): void {
	if (x instanceof Tensor) return;
	throw failure({
		what: `${name}: ${what} is no tensor`,
		expected: "a tensor, one row per sample",
		actual: said(x),
		fix: "tensor([...]) makes one of nested arrays",
	});
}

/** Refuses an input whose last axes are not `sizes`. */
export function checkFeatures(name: string, x: Tensor, sizes: Shape, what = "x"): void {
	checkTensor(name, x, what);
	if (x.rank >= sizes.length && sizes.every((size, at) => x.shape.at(at - sizes.length) === size)) return;
	throw failure({
		what: `${name}: number of features differs`,
		expected: `${sizes.join(", ")} on the last ${sizes.length === 1 ? "axis" : "axes"} of ${what}`,
		actual: `${what} ${shapeText(x.shape)}`,
		fix: "put the features last: one row per sample",
	});
}

/** @throws where axis 1 of `x` has another size. */
export function checkChannels(name: string, x: Tensor, channels: number): void {
	checkTensor(name, x);
	if (x.rank >= 2 && x.shape[1] === channels) return;
	throw failure({
		what: `${name}: number of channels differs`,
		expected: `x [samples, ${channels}, ...]`,
		actual: `x ${shapeText(x.shape)}`,
	});
}

/** `p`. @throws where it is no probability. */
export function checkProbability(name: string, p: number): number {
	if (p >= 0 && p <= 1) return p;
	throw failure({ what: `${name}: not a probability`, expected: "a number from 0 to 1", actual: said(p) });
}
