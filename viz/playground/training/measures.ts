/**
 * How good the network is: losses, the part of the points that it classifies
 * right, and what it says of every point.
 */
import { noGrad, type Tensor } from "chainrule";
import type { Loss } from "./loss.js";
import { type Network, type Output, run } from "./network.js";
import type { Points } from "./protocol.js";

/** Points as the network reads them, and what it is to give. */
export interface Part {
	readonly x: Tensor;
	readonly y: Tensor;
}

/** What was measured; NaN where there is nothing to measure. */
export interface Measures {
	readonly trainLoss: number;
	readonly testLoss: number;
	readonly trainAccuracy: number;
	readonly testAccuracy: number;
	/** The class of every point, or its value. */
	readonly predicted: Float64Array;
}

/** From here on a single output says class 1: halfway between the targets of both classes. */
export function boundaryOf(output: Output): number {
	return output === "tanh" ? 0 : 0.5;
}

/** Measures the part that is trained on, and the part that is tested, in the order of the points. */
export function measured(network: Network, loss: Loss, points: Points, parts: readonly [Part, Part]): Measures {
	const { trained, y, task } = points;
	const predicted = new Float64Array(y.length);
	const [trainLoss, testLoss] = parts.map((part, index): number => {
		if (part.x.shape[0] === 0) return Number.NaN;
		return noGrad(() => {
			const result = run(network, part.x);
			predicted.set(answersOf(result.a, network.output, task), index === 0 ? 0 : trained);
			return loss.of(result, part.y).item();
		});
	}) as [number, number];
	const accuracy = (from: number, to: number): number => {
		if (task === "values" || from === to) return Number.NaN;
		let right = 0;
		for (let at = from; at < to; at++) if (predicted[at] === y[at]) right++;
		return right / (to - from);
	};
	return {
		trainLoss,
		testLoss,
		trainAccuracy: accuracy(0, trained),
		testAccuracy: accuracy(trained, y.length),
		predicted,
	};
}

/** The values themselves, or the classes: of several outputs the largest, the first of equal ones. */
function answersOf(a: Tensor, output: Output, task: Points["task"]): Float64Array {
	const outputs = a.shape[1] as number;
	const data = a.data as Float64Array;
	if (task === "values") return data;
	const boundary = boundaryOf(output);
	return Float64Array.from({ length: data.length / outputs }, (_, row) => {
		if (outputs === 1) return (data[row] as number) >= boundary ? 1 : 0;
		let best = 0;
		for (let k = 1; k < outputs; k++)
			if ((data[row * outputs + k] as number) > (data[row * outputs + best] as number)) best = k;
		return best;
	});
}
