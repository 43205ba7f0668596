/**
 * What is wrong in a computation, and where it began.
 *
 * A NaN is born where a result has one and no operand does; everything after
 * it only passes it on. Whether a unit is dead is read off the local derivative,
 * so no operation is known by name. Findings are words: they need no colour.
 */
import type { Formula } from "../src/core/formula.js";
import { orderOf, originOf } from "../src/core/graph.js";
import { noGrad, Scalar } from "../src/core/tape.js";
import { forEachElement, type Node, Tensor } from "../src/core/tensor.js";
import { evaluate, operandNames } from "../src/ops/evaluate.js";
import { contributionsAlong } from "./flow.js";
import type { Box, Edge } from "./picture.js";

/** What is looked for. */
export interface MarkOptions {
	/** Marks where NaN and infinity were born, gradients that vanish or explode, and dead units. True when left out. */
	readonly marks?: boolean | MarkLimits | undefined;
}

/** From where on a gradient counts as vanished or exploded; that of the outputs is 1. */
export interface MarkLimits {
	/** Gradients of variables that are nowhere larger are marked; 1e-6 when left out. */
	readonly vanishing?: number | undefined;
	/** Gradients of variables that are somewhere larger are marked; 1e4 when left out. */
	readonly exploding?: number | undefined;
}

/** What is not finite in a value. */
interface Flaws {
	readonly nan: boolean;
	readonly infinite: boolean;
}

/** What there is to say about boxes, in words. */
export function marksOf(
	boxes: readonly Box[],
	edges: readonly Edge[],
	{ vanishing = 1e-6, exploding = 1e4 }: MarkLimits = {},
): ReadonlyMap<Box, readonly string[]> {
	const found = new Map<Box, string[]>();
	const say = (box: Box, text: string): void => {
		const known = found.get(box) ?? [];
		if (!known.includes(text)) found.set(box, [...known, text]);
	};
	const flaws = flawsByNode();
	for (const box of boxes) {
		for (const text of births(box, flaws)) say(box, text);
		const dead = deadUnits(box);
		if (dead !== undefined) say(box, dead);
		if (box.kind !== "variable" || box.gradient === undefined) continue;
		const size = largest(box.gradient);
		// One number may well stand where its slope is 0; a whole tensor hardly ever does.
		if (size === 0 && box.gradient instanceof Tensor && box.gradient.size > 1) say(box, "its gradient is 0");
		else if (size > 0 && size <= vanishing) say(box, "its gradient vanishes");
		else if (size > exploding && size < Number.POSITIVE_INFINITY) say(box, "its gradient explodes");
	}
	// Where a gradient breaks: it is whole at the readers, and broken at what they read.
	const broken = edges.filter(({ from, to }) => {
		if (from.gradient === undefined || to.gradient === undefined) return false;
		if (!isFlawed(flaws(from.gradient)) || isFlawed(flaws(to.gradient))) return false;
		// A rule that is given NaN gives NaN: that began with the value.
		return !(originOf(to.node)?.inputs ?? []).some((x) => isFlawed(flaws(x)));
	});
	for (const [{ to }, { value }] of contributionsAlong(broken)) {
		const { nan, infinite } = flaws(value);
		if (nan) say(to, "gradient turns NaN here");
		else if (infinite) say(to, "gradient turns ∞ here");
	}
	return found;
}

function* births({ node, kind }: Box, flaws: (x: Node) => Flaws): Generator<string> {
	const { nan, infinite } = flaws(node);
	if (!nan && !infinite) return;
	const inputs = (originOf(node)?.inputs ?? []).map(flaws);
	const verb = kind === "operation" ? "is born" : "enters";
	if (nan && !inputs.some((input) => input.nan)) yield `NaN ${verb} here`;
	if (infinite && !inputs.some(isFlawed)) yield `∞ ${verb} here`;
}

function isFlawed({ nan, infinite }: Flaws): boolean {
	return nan || infinite;
}

/** The flaws of nodes, looked for once in each. */
function flawsByNode(): (x: Node) => Flaws {
	const known = new Map<number, Flaws>();
	return (x) => {
		const key = orderOf(x);
		const flaws = known.get(key) ?? flawsOf(x);
		known.set(key, flaws);
		return flaws;
	};
}

function flawsOf(x: Node): Flaws {
	if (x instanceof Scalar)
		return { nan: Number.isNaN(x.value), infinite: Math.abs(x.value) === Number.POSITIVE_INFINITY };
	let [nan, infinite] = [false, false];
	forEachElement(x, (element) => {
		if (Number.isNaN(element)) nan = true;
		else if (element - element !== 0) infinite = true;
	});
	return { nan, infinite };
}

/** The largest size of an element that is a number. */
function largest(x: Node): number {
	if (x instanceof Scalar) return Math.abs(x.value);
	let size = 0;
	forEachElement(x, (element) => {
		if (Math.abs(element) > size) size = Math.abs(element);
	});
	return size;
}

/** Units, along the last axis, through which nothing flows back from any of several samples. */
function deadUnits({ node, kind }: Box): string | undefined {
	if (kind !== "operation" || !(node instanceof Tensor) || node.rank < 2) return undefined;
	const units = node.shape.at(-1) as number;
	const origin = originOf(node);
	if (node.size < 2 * units || units === 0 || origin?.op.family !== "pointwise") return undefined;
	const [partial] = origin.op.partials;
	// Where one of two values is chosen, the other is not dead for that.
	const isChoice = origin.inputs.slice(1).some((x) => x.requiresGrad);
	if (partial === undefined || isChoice || !switchesOff(partial)) return undefined;
	const slopes = noGrad(() => evaluate(partial, operandNames(origin.inputs, node)));
	if (!(slopes instanceof Tensor)) return undefined;
	const alive = new Set<number>();
	let at = 0;
	forEachElement(slopes, (slope) => {
		if (slope !== 0) alive.add(at % units);
		at++;
	});
	return alive.size === units ? undefined : `${units - alive.size} of ${units} units dead`;
}

/** True for a derivative with a branch that is 0: what lies there cannot be moved. */
function switchesOff(partial: Formula): boolean {
	if (partial.kind === "compare") return true;
	if (partial.kind === "number") return partial.value === 0;
	return partial.kind === "if" && [partial.then, partial.otherwise].some(switchesOff);
}
