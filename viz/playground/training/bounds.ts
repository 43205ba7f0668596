/**
 * Refuses a setup that is no setup, or larger than the page trains, before
 * anything is made of it: an address or a program may hold anything. Formulas,
 * tables and weights are read, and refused, where they are used.
 */
import {
	activations,
	dataSets,
	initializations,
	limits,
	losses,
	type NumberName,
	optimizers,
	outputs,
	ranges,
	type Setup,
} from "../setup.js";
import { changeable, differences } from "./changes.js";
import { refusal } from "./refusal.js";

const words = {
	data: dataSets,
	output: outputs,
	initialization: initializations,
	loss: losses,
	optimizer: optimizers,
} as const satisfies { readonly [Name in keyof Setup]?: readonly string[] };

/** @throws where an entry lies outside of what it may be, naming it. */
export function checkBounds(setup: Setup): void {
	for (const name of Object.keys(ranges) as NumberName[]) {
		const { low, high, whole } = ranges[name];
		const value: unknown = setup[name];
		const held = typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value));
		if (!held) refuse(name, `a ${whole ? "whole " : ""}number from ${low} to ${high}`, value);
	}
	for (const name of Object.keys(words) as (keyof typeof words)[])
		if (!(words[name] as readonly string[]).includes(setup[name])) refuse(name, words[name].join(", "), setup[name]);
	checkCount("layers", "hidden layers", setup.layers.length, 0, limits.layers);
	for (const { units, activation } of setup.layers) {
		checkCount("layers", "units of a layer", units, 1, limits.units);
		if (!activations.includes(activation)) refuse("layers", activations.join(", "), activation);
	}
	checkCount("features", "features", setup.features.length, 1, limits.features);
}

function checkCount(field: keyof Setup, what: string, count: number, low: number, high: number): void {
	if (!(Number.isInteger(count) && count >= low && count <= high)) refuse(field, `${low} to ${high} ${what}`, count);
}

function refuse(field: keyof Setup, expected: string, actual: unknown): never {
	throw refusal(field, { what: `${field}: out of bounds`, expected, actual: String(actual) });
}

/** @throws where `next` needs another network or other points than `before`. */
export function checkChangeable(before: Setup, next: Setup): void {
	const fixed = differences(before, next).find((name) => !changeable.includes(name));
	if (fixed === undefined) return;
	throw refusal(fixed, {
		what: `${fixed}: cannot be changed while the weights are kept`,
		expected: `changes of ${changeable.join(", ")}`,
		actual: fixed,
		fix: "begin anew with it",
	});
}
