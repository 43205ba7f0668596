/**
 * What the explorer's page is told: a computation and its backward passes as
 * plain data, small enough for JSON and without any text that means something
 * to a browser.
 *
 * Both sides read this file: the library, which writes the data, and the page,
 * which shows them. So nothing here knows the tape or the DOM.
 */

/** A number as JSON can hold it bit for bit. */
export type Numeral = number | "NaN" | "Infinity" | "-Infinity" | "-0";

/** A tensor in short. */
export interface Summary {
	readonly shape: readonly number[];
	readonly dtype: string;
	/** In row-major order, where there are few. */
	readonly elements?: readonly Numeral[];
	/** Of the elements that are finite; left out where none is. */
	readonly low?: number;
	readonly high?: number;
	readonly mean?: number;
	/** How many finite elements lie in each of equal parts between `low` and `high`. */
	readonly counts: readonly number[];
	/** How many elements are NaN or infinite. */
	readonly broken: number;
}

/** A number, or a tensor in short. */
export type Quantity = Numeral | Summary;

/** A formula as a tree of MathML elements: the name of the element, then text or elements. `operand` stands for a name that is filled in. */
export type Tree = readonly [element: string, ...content: (string | Tree)[]];

/** What an operation is, from its record. */
export interface Operation {
	readonly name: string;
	readonly symbol: string;
	readonly says: string;
	/** The result in its operands x, y, w. */
	readonly formula: Tree;
}

/** A node of the computation. Lists by run have one entry, or two where two runs are compared; `null` says that the run has nothing there. */
export interface NodeData {
	readonly kind: "variable" | "input" | "constant" | "operation";
	/** What it is called in the page: its name, its number, or v1, v2, ... */
	readonly label: string;
	readonly named: boolean;
	/** Which of the operations, or -1. */
	readonly op: number;
	readonly scope: number;
	/** Operands, by run. */
	readonly inputs: readonly (readonly number[] | null)[];
	readonly values: readonly (Quantity | null)[];
	readonly gradients: readonly (Quantity | null)[];
	/** True where the contributions shown, added in order, are the gradient bit for bit. */
	readonly exact: readonly boolean[];
	readonly output: boolean;
	/** The line of the program that made it, in debug mode. */
	readonly line?: string;
	readonly width: number;
	readonly height: number;
}

/** A named part of the program. Number 0 is the whole. */
export interface ScopeData {
	readonly name: string;
	readonly parent: number;
	readonly width: number;
	readonly height: number;
}

/** One contribution of a backward pass. */
export interface StepData {
	/** The node that sends it; -1 for the cotangent that an output starts with. */
	readonly from: number;
	/** Which of its operands gets it. */
	readonly operand: number;
	readonly to: number;
	/** ∂from/∂to, where it is a number for each element. */
	readonly local: Quantity | null;
	/** Which of the formulas says it, or -1. */
	readonly formula: number;
	readonly contribution: Quantity;
	/** The gradient of `to` after it has arrived. */
	readonly total: Quantity;
	/** It is number `turn` of `turns` contributions to `to`. */
	readonly turn: number;
	readonly turns: number;
}

/** A backward pass. */
export interface RunData {
	readonly name: string;
	readonly steps: readonly StepData[];
}

/** All that the page knows. */
export interface ExplorerData {
	readonly title: string;
	/** What is differentiated, as it stands above the ∂. */
	readonly target: string;
	readonly nodes: readonly NodeData[];
	readonly scopes: readonly ScopeData[];
	readonly operations: readonly Operation[];
	readonly formulas: readonly Tree[];
	readonly runs: readonly RunData[];
	/** Scopes that are open at first. */
	readonly open: readonly number[];
	/** The first layout, so that the page stands before Graphviz has loaded. */
	readonly layout: Layout;
}

/** Which way results lie. */
export type Direction = "right" | "down";

/** Where things lie, in points, y downwards. */
export interface Layout {
	readonly direction: Direction;
	readonly width: number;
	readonly height: number;
	/** Middle of each thing, in the order of the view. */
	readonly places: readonly (readonly [x: number, y: number])[];
	/** Frames of open scopes: left, top, right, bottom. */
	readonly frames: readonly (readonly [scope: number, left: number, top: number, right: number, bottom: number])[];
	/** Paths of edges, in the order of the view, and where their labels stand. */
	readonly paths: readonly { readonly d: string; readonly label?: readonly [x: number, y: number] }[];
}

/** The number that a numeral stands for. */
export function numberOf(numeral: Numeral): number {
	return Number(numeral);
}

/** The numeral of a number. */
export function numeralOf(value: number): Numeral {
	if (Object.is(value, -0)) return "-0";
	return Number.isFinite(value) ? value : (String(value) as Numeral);
}

/** True for a tensor in short. */
export function isSummary(quantity: Quantity): quantity is Summary {
	return typeof quantity === "object";
}

/** The largest absolute value: infinite or NaN where an element is. */
export function sizeOf(quantity: Quantity): number {
	if (!isSummary(quantity)) return Math.abs(numberOf(quantity));
	if (quantity.broken > 0) return Number.NaN;
	return Math.max(Math.abs(quantity.low ?? 0), Math.abs(quantity.high ?? 0));
}
