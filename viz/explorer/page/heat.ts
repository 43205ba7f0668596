/**
 * How strongly a node is coloured, from 0 to 1 on a logarithmic scale: by its
 * gradient, or by how far two runs lie apart. Zero and equality have no colour.
 */
import { isSummary, type NodeData, numberOf, type Quantity, sizeOf } from "../model.js";

/** What colours show. */
export type Colouring = "none" | "gradient" | "value difference" | "gradient difference";

/** Colours by node, and the ends of the scale. */
export interface Heat {
	/** `undefined` where there is nothing to show; above 1 for NaN and infinite. */
	readonly of: readonly (number | undefined)[];
	readonly low: number;
	readonly high: number;
}

/** The largest difference between two quantities; NaN where they cannot be compared. */
export function difference(a: Quantity | null | undefined, b: Quantity | null | undefined): number {
	if (a === null || b === null || a === undefined || b === undefined) return Number.NaN;
	if (!isSummary(a) || !isSummary(b)) {
		if (isSummary(a) || isSummary(b)) return Number.NaN;
		return numberOf(a) === numberOf(b) ? 0 : Math.abs(numberOf(a) - numberOf(b));
	}
	if (a.shape.join() !== b.shape.join()) return Number.NaN;
	if (a.elements && b.elements) {
		const { elements } = b;
		return Math.max(0, ...a.elements.map((element, at) => difference(element, elements[at])));
	}
	// Of large tensors only range and mean are known here.
	const parts = (["low", "high", "mean"] as const).map((part) => Math.abs((a[part] ?? 0) - (b[part] ?? 0)));
	return Math.max(...parts);
}

/** What each node has of what is to be coloured. */
function amountOf({ values, gradients }: NodeData, colouring: Colouring, run: number): number {
	if (colouring === "value difference") return difference(values[0], values[1]);
	if (colouring === "gradient difference") {
		if (gradients[0] === null && gradients[1] === null) return 0;
		return difference(gradients[0], gradients[1]);
	}
	const gradient = gradients[run];
	return gradient === null || gradient === undefined ? 0 : sizeOf(gradient);
}

/** Colours for `nodes`. */
export function heatOf(nodes: readonly NodeData[], colouring: Colouring, run: number): Heat | undefined {
	if (colouring === "none") return undefined;
	const amounts = nodes.map((node) => amountOf(node, colouring, run));
	const logs = amounts.filter((amount) => amount > 0 && Number.isFinite(amount)).map(Math.log10);
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const log of logs) {
		if (log < low) low = log;
		if (log > high) high = log;
	}
	// Below a millionth of the largest nothing is told apart.
	low = Math.max(low, high - 6);
	const span = high - low || 1;
	const of = amounts.map((amount) => {
		if (amount === 0) return undefined;
		if (!Number.isFinite(amount)) return 2;
		return Math.min(1, Math.max(0, 0.15 + 0.85 * ((Math.log10(amount) - low) / span)));
	});
	return { of, low: 10 ** low, high: 10 ** high };
}
