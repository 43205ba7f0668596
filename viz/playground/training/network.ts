/**
 * The network: layers of units, one after the other.
 *
 * The parameters belong to a `Sequential` of the library, so that its state has
 * the names that a program with the same layers expects. It is carried out here
 * layer by layer, because pictures show what every layer gives, losses need the
 * last weighted sums, and a graph reads well with scopes `hidden 1`, `hidden 2`
 * and `output`.
 */
import { type DType, scope, type Tensor } from "chainrule";
import { type Linear, Sequential, type Stage } from "chainrule/nn";
import type { ActivationName, OutputName, Setup } from "../setup.js";
import { activationTable } from "./activations.js";
import type { Points } from "./protocol.js";
import { refusal } from "./refusal.js";
import { startLayers } from "./weights.js";

/** What the last layer gives. */
export type Output = Exclude<OutputName, "auto">;

/** A layer of units. */
export interface UnitLayer {
	readonly name: string;
	readonly linear: Linear;
	readonly activation: ActivationName | Output;
}

/** A network with its parameters. */
export interface Network {
	/** Units of every layer, from the features to the output. */
	readonly sizes: readonly number[];
	readonly output: Output;
	readonly layers: readonly UnitLayer[];
	/** The parameters, layer by layer: weights, then biases. */
	readonly parameters: readonly Tensor[];
	/** The same layers as a program would write them; it has the parameters and their state. */
	readonly model: Sequential;
}

/** What comes out: the last weighted sums, and what the output makes of them, both `[n, outputs]`. */
export interface Result {
	readonly z: Tensor;
	readonly a: Tensor;
}

/** `auto` as it is meant for these points. */
function outputOf({ output }: Setup, { task, classes }: Pick<Points, "task" | "classes">): Output {
	if (output === "softmax" && task === "values") {
		throw refusal("output", {
			what: "softmax of a single value",
			expected: "an output for values: auto, linear, tanh or sigmoid",
			actual: "softmax, which shares 1 among classes",
		});
	}
	if (output !== "auto") return output;
	if (task === "values") return "linear";
	return classes > 2 ? "softmax" : "sigmoid";
}

/** A network for the points, with its first weights, in float64 unless another type is named. */
export function networkOf(setup: Setup, points: Pick<Points, "task" | "classes">, dtype?: DType): Network {
	const output = outputOf(setup, points);
	const { task, classes } = points;
	// Two classes are one question with one answer, unless two are asked to share.
	const outputs = task === "values" || (classes === 2 && output !== "softmax") ? 1 : classes;
	const sizes = [setup.features.length, ...setup.layers.map(({ units }) => units), outputs];
	const activations = [...setup.layers.map(({ activation }) => activation), output];
	const layers = startLayers(setup, sizes, dtype).map((linear, index): UnitLayer => {
		const name = index < setup.layers.length ? `hidden ${index + 1}` : "output";
		return { name, linear, activation: activations[index] as ActivationName | Output };
	});
	const stages = layers.flatMap(({ linear, activation }): Stage<Tensor>[] => [
		linear,
		activationTable[activation].call,
	]);
	const model = new Sequential(...stages);
	return { sizes, output, layers, model, parameters: model.parameters() as Tensor[] };
}

/** What the network makes of features `[n, features]`; `seen` is told what every layer gives. */
export function run({ layers }: Network, features: Tensor, seen?: (a: Tensor) => void): Result {
	let [z, a] = [features, features];
	for (const { name, linear, activation } of layers) {
		[z, a] = scope(name, () => {
			const sums = linear.forward(a);
			return [sums, activationTable[activation].call(sums)] as const;
		});
		seen?.(a);
	}
	return { z, a };
}
