/**
 * What can be drawn: nodes, and whatever gives nodes when it is called.
 *
 * A module is known by its methods alone, so that layers of any library and of
 * none can be drawn. Inputs without a name are called `input` in the picture and
 * nowhere else: to draw something changes nothing of it.
 */
import { failure } from "../src/core/errors.js";
import { orderOf } from "../src/core/graph.js";
import { Scalar, withRecording } from "../src/core/tape.js";
import { type Node, Tensor } from "../src/core/tensor.js";
import type { Subject } from "./picture.js";

/** Anything with parameters: a module of `chainrule/nn`, or whatever has its `call` or `forward`. */
export type Drawn =
	| { readonly call: (...inputs: never[]) => unknown }
	| { readonly forward: (...inputs: never[]) => unknown };

/** What a picture is made of: a node, several, a module, or a function. */
export type Drawable = Node | readonly Node[] | Drawn | ((...inputs: never[]) => unknown);

/** What a module or function is called with. */
export interface InputOptions {
	/** For a module or function: what to call it with. */
	readonly inputs?: readonly unknown[] | undefined;
}

type Call = (...inputs: readonly unknown[]) => unknown;

/** The outputs of `drawable`, which is called where it is a module or function. */
export function subjectOf(what: string, drawable: unknown, { inputs = [] }: InputOptions = {}): Subject {
	const call = callOf(drawable);
	if (call === undefined) return { outputs: nodesOf(what, drawable), names: new Map() };
	const given = nodesIn(inputs).filter((x) => x.name === undefined && x.isLeaf);
	const names = new Map(given.map((x, at) => [orderOf(x), given.length === 1 ? "input" : `input ${at + 1}`]));
	const result = withRecording(true, () => call(...inputs));
	const outputs = nodesIn(result);
	if (outputs.length > 0) return { outputs, names };
	throw failure({
		what: `${what}: the call gave no node`,
		expected: "a scalar or tensor, or arrays and objects of them",
		actual: nounOf(result),
		...(inputs.length === 0 && { fix: "pass { inputs: [...] }: what to call it with" }),
	});
}

/** How `drawable` is called; `undefined` where it is no module and no function. */
export function callOf(drawable: unknown): Call | undefined {
	if (typeof drawable === "function") return drawable as Call;
	if (drawable === null || typeof drawable !== "object") return undefined;
	// A call of a module names the scope, which its forward does not.
	for (const method of ["call", "forward"] as const) {
		const found: unknown = Reflect.get(drawable, method);
		if (typeof found === "function") return (...inputs) => Reflect.apply(found, drawable, inputs);
	}
	return undefined;
}

/** True for what looks as if it could be drawn: the message of {@link subjectOf} says why where it cannot. */
export function isDrawable(x: unknown): boolean {
	const isGood = (part: unknown): boolean => isNode(part) || isForeign(part);
	return isGood(x) || callOf(x) !== undefined || (Array.isArray(x) && x.length > 0 && x.every(isGood));
}

function isNode(x: unknown): x is Node {
	return x instanceof Scalar || x instanceof Tensor;
}

function nodesOf(what: string, drawable: unknown): readonly Node[] {
	if (isNode(drawable)) return [drawable];
	if (Array.isArray(drawable) && drawable.every(isNode)) return drawable;
	const [first] = Array.isArray(drawable) ? drawable.filter((x) => !isNode(x)) : [drawable];
	throw failure({
		what: `${what}: this cannot be drawn`,
		expected: "a node, an array of nodes, a module or a function",
		actual: nounOf(first),
		...(isForeign(first) && { fix: "it was made by another copy of chainrule: install the package once" }),
	});
}

/** The nodes in nested arrays and objects, each once, in order. */
export function nodesIn(value: unknown): Node[] {
	const found = new Map<number, Node>();
	const seen = new Set<unknown>();
	const enter = (x: unknown): void => {
		if (isNode(x)) found.set(orderOf(x), found.get(orderOf(x)) ?? x);
		else if (x !== null && typeof x === "object" && !seen.has(x)) {
			seen.add(x);
			for (const part of Object.values(x)) enter(part);
		}
	};
	enter(value);
	return [...found.values()];
}

/** True for what looks like a node of this library but is none of this copy of it. */
function isForeign(x: unknown): boolean {
	return x !== null && typeof x === "object" && !isNode(x) && "requiresGrad" in x && "backward" in x;
}

function nounOf(x: unknown): string {
	if (x === null || x === undefined) return String(x);
	if (typeof x === "string") return `the string ${JSON.stringify(x)}`;
	if (typeof x !== "object" && typeof x !== "function") return `the ${typeof x} ${String(x as number)}`;
	const name: unknown = Reflect.get(x, "constructor")?.name;
	return typeof name === "string" && name !== "" ? `a value of ${name}` : "an object";
}
