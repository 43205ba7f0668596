/**
 * How far predicted numbers are from the true ones, as plain numbers.
 *
 * To train, use the losses of `chainrule/nn`; these report.
 */
import { failure } from "../core/errors.js";
import { sameShape, shapeText } from "../core/shape.js";
import { Tensor, type TensorData, tensor } from "../index.js";

/**
 * Mean absolute error, 1/n Σ |x - y|, in the units of the targets.
 *
 * @throws where the shapes differ or nothing is compared.
 */
export function meanAbsoluteError(predictions: TensorData, targets: TensorData): number {
	const [x, y] = pair("meanAbsoluteError", predictions, targets);
	return meanOf(x.data, y.data, (predicted, target) => Math.abs(predicted - target));
}

/**
 * Root mean squared error, √(1/n Σ (x - y)²), in the units of the targets.
 *
 * @throws where the shapes differ or nothing is compared.
 */
export function rootMeanSquaredError(predictions: TensorData, targets: TensorData): number {
	const [x, y] = pair("rootMeanSquaredError", predictions, targets);
	return Math.sqrt(meanOf(x.data, y.data, (predicted, target) => (predicted - target) ** 2));
}

/**
 * R², the share of the variance of the targets that the predictions explain:
 * 1 - Σ (x - y)² / Σ (y - ȳ)². 1 is perfect, 0 is as good as the mean of the
 * targets, and below 0 is worse. Of several outputs, `[n, outputs]`, the mean.
 * Where targets do not vary, 1 for predictions without an error and else 0, as
 * in scikit-learn.
 *
 * @throws where the shapes differ or there are fewer than two samples.
 *
 * @example
 * ```ts
 * import { r2 } from "chainrule/data";
 * console.log(r2([2.5, 0, 2, 8], [3, -0.5, 2, 7]).toFixed(4)); // 0.9486
 * ```
 */
export function r2(predictions: TensorData, targets: TensorData): number {
	const [x, y] = pair("r2", predictions, targets);
	const samples = x.shape[0] ?? 1;
	if (samples < 2) {
		throw failure({ what: "r2: too few samples", expected: "at least two", actual: shapeText(x.shape) });
	}
	const outputs = x.size / samples;
	const [xs, ys] = [x.data, y.data];
	let total = 0;
	for (let k = 0; k < outputs; k++) {
		const column = Array.from({ length: samples }, (_, i) => i * outputs + k);
		const middle = column.reduce((sum, i) => sum + (ys[i] as number), 0) / samples;
		const left = column.reduce((sum, i) => sum + ((xs[i] as number) - (ys[i] as number)) ** 2, 0);
		const all = column.reduce((sum, i) => sum + ((ys[i] as number) - middle) ** 2, 0);
		total += all === 0 ? Number(left === 0) : 1 - left / all;
	}
	return total / outputs;
}

function pair(name: string, predictions: TensorData, targets: TensorData): readonly [Tensor, Tensor] {
	const x = predictions instanceof Tensor ? predictions : tensor(predictions);
	const y = targets instanceof Tensor ? targets : tensor(targets);
	if (!sameShape(x.shape, y.shape)) {
		throw failure({
			what: `${name}: predictions and targets differ in shape`,
			expected: `predictions ${shapeText(y.shape)}, as the targets`,
			actual: shapeText(x.shape),
			fix: "reshape one of them: nothing broadcasts here",
		});
	}
	if (x.size > 0) return [x, y];
	throw failure({ what: `${name}: nothing to compare`, expected: "at least one number", actual: shapeText(x.shape) });
}

function meanOf(xs: ArrayLike<number>, ys: ArrayLike<number>, term: (x: number, y: number) => number): number {
	let total = 0;
	for (let i = 0; i < xs.length; i++) total += term(xs[i] as number, ys[i] as number);
	return total / xs.length;
}
