/**
 * What the units of a layer do with their weighted sums: the library's own
 * functions by the names of the setup, and how a program writes them.
 */
import { identity, leakyRelu, relu, sigmoid, sin, softmax, softplus, step, type Tensor, tanh } from "chainrule";
import { elu, gelu, silu } from "chainrule/nn";
import type { ActivationName, OutputName } from "../setup.js";

/** A function of the weighted sums of a layer. */
export interface Activation {
	readonly call: (z: Tensor) => Tensor;
	/** What a program imports, and from where. */
	readonly name: string;
	readonly from: "chainrule" | "chainrule/nn";
	/** What a program puts behind a layer, where that is not the name. */
	readonly code?: string;
}

const inEngine = (name: string, call: (z: Tensor) => Tensor): Activation => ({ call, name, from: "chainrule" });
const inLayers = (name: string, call: (z: Tensor) => Tensor): Activation => ({ call, name, from: "chainrule/nn" });

/** Every one of them; the slope of `leakyRelu` below 0 is 0.01. */
export const activationTable: Readonly<Record<ActivationName | Exclude<OutputName, "auto">, Activation>> = {
	tanh: inEngine("tanh", tanh),
	sigmoid: inEngine("sigmoid", sigmoid),
	relu: inEngine("relu", relu),
	leakyRelu: { ...inEngine("leakyRelu", (z) => leakyRelu(z, 0.01)), code: "(z: Tensor) => leakyRelu(z, 0.01)" },
	elu: inLayers("elu", elu),
	softplus: inEngine("softplus", softplus),
	gelu: inLayers("gelu", gelu),
	silu: inLayers("silu", silu),
	sin: inEngine("sin", sin),
	step: inEngine("step", step),
	linear: inEngine("identity", identity),
	softmax: inEngine("softmax", (z) => softmax(z)),
};
