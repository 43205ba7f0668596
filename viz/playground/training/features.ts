/**
 * What the network reads of a point: one number for each feature, a formula in
 * the inputs x1, x2, ... Where `scaled` is set, these inputs are first brought
 * to mean 0 and standard deviation 1, by the numbers of the points that are
 * trained on: the formulas see scaled inputs.
 */
import { broadcastTo, evaluate, slice, stack, type Tensor, tensor } from "chainrule";
import { type Scaler, standardScaler } from "chainrule/data";
import type { Setup } from "../setup.js";
import { readFormula } from "./formulas.js";
import type { Points } from "./protocol.js";
import { blaming, refusal } from "./refusal.js";

/** The features of a setup, ready to be computed of any points. */
export interface Features {
	/** As they were typed. */
	readonly sources: readonly string[];
	/** What the inputs are called in them. */
	readonly inputs: readonly string[];
	readonly scaler: Scaler | undefined;
	/** `[n, features]` of points `[n, inputs]`. */
	readonly of: (points: Tensor) => Tensor;
}

/** @throws where a feature cannot be read, or is no finite number at one of the points. */
export function featuresOf({ features: sources, scaled }: Setup, points: Points): Features {
	const { width, x, trained } = points;
	const inputs = Array.from({ length: width }, (_, column) => `x${column + 1}`);
	const formulas = sources.map((source) => readFormula("features", titleOf(source), source, inputs));
	const scaler = scaled
		? standardScaler(tensor(x.subarray(0, trained * width), { shape: [trained, width] }))
		: undefined;
	const of = (given: Tensor): Tensor => {
		const read = scaler === undefined ? given : scaler.transform(given);
		const names = new Map(inputs.map((name, column) => [name, slice(read, [null, column])] as const));
		const columns = formulas.map((formula, k) =>
			blaming("features", titleOf(sources[k] as string), () =>
				broadcastTo(evaluate(formula, names), [given.shape[0] as number]),
			),
		);
		return stack(columns, { axis: 1 });
	};
	checkFinite(of(tensor(x, { shape: [x.length / width, width] })), points, sources);
	return { sources, inputs, scaler, of };
}

function titleOf(source: string): string {
	return `feature ${JSON.stringify(source)}`;
}

function checkFinite({ data }: Tensor, { x, width }: Points, sources: readonly string[]): void {
	const bad = data.findIndex((value) => !Number.isFinite(value));
	if (bad < 0) return;
	const row = Math.floor(bad / sources.length);
	const place = Array.from({ length: width }, (_, column) => `x${column + 1} = ${x[row * width + column]}`);
	throw refusal("features", {
		what: `${titleOf(sources[bad % sources.length] as string)}: no finite value`,
		expected: "a number at every point",
		actual: `${data[bad]} at ${place.join(", ")}`,
	});
}
