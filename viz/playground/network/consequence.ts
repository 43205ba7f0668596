/**
 * What follows from a choice: entries of the setup that would make no sense any
 * more become what is meant instead. What the reader chose is never changed.
 */
import { type DataSet, limits, type Setup } from "../setup.js";
import { inputsOf } from "./sketch.js";

/** The sets that have classes, whatever their points are. */
const withClasses: readonly DataSet[] = ["moons", "circles", "spirals", "xor", "blobs"];

/**
 * A setup after a change, with what follows from it: a graph is learnt by the
 * quadratic loss, classes by cross-entropy, and features read inputs that there are.
 */
export function tidied(setup: Setup, before: Setup, change: Partial<Setup>): Setup {
	let next = setup;
	if (change.data !== undefined && change.data !== before.data && change.loss === undefined) {
		if (change.data === "function" && next.loss === "crossEntropy")
			next = { ...next, loss: "quadratic", output: "auto" };
		if (change.data === "function" && next.output === "softmax") next = { ...next, output: "auto" };
		if (before.data === "function" && withClasses.includes(change.data) && next.loss === "quadratic")
			next = { ...next, loss: "crossEntropy" };
	}
	const inputs = next.data !== "own" ? 2 : next.own.trim() === "" ? 2 : inputsOf(next.own);
	if (inputs < 1 || change.features !== undefined || (change.data === undefined && change.own === undefined))
		return next;
	const reads = (feature: string): number =>
		[...feature.matchAll(/\bx(\d+)\b/g)].reduce((most, [, index]) => Math.max(most, Number(index)), 0);
	const known = next.features.filter((feature) => reads(feature) <= inputs);
	const all = Array.from({ length: Math.min(inputs, limits.inputs) }, (_, at) => `x${at + 1}`);
	// Where features are as they were at the beginning, all inputs of another table are read.
	const isPlain = next.features.every((feature) => /^x\d+$/.test(feature)) && inputsBefore(before) !== inputs;
	return { ...next, features: isPlain || known.length === 0 ? all : known };
}

function inputsBefore({ data, own }: Setup): number {
	return data === "own" && own.trim() !== "" ? inputsOf(own) : 2;
}
