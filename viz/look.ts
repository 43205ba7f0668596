/**
 * How a picture looks: every colour, line and typeface, and nothing else.
 *
 * Boxes bring their own light fill, and lines and free text are of a middle
 * grey, so that a picture stands on white and on black paper alike. What a
 * colour says, a shape or a line says again: leaves have corners, operations
 * are round, constants are dashed, results have a heavy frame. So it survives a
 * printer without colours.
 */

/** The face of one sort of box. */
export interface Face {
	readonly style: "filled" | "rounded,filled" | "rounded,filled,dashed";
	readonly fillcolor: string;
	readonly color: string;
	readonly penwidth: number;
}

/** Sorts of boxes that can be told apart. */
export type SortOfBox =
	| "variable"
	| "input"
	| "constant"
	| "reference"
	| "operation"
	| "output"
	| "derivative"
	| "gradient";

/** Faces by sort; `derivative` is an operation of the backward pass, `reference` a forward operation that it reads. */
export const faces: { readonly [Sort in SortOfBox]: Face } = {
	variable: { style: "filled", fillcolor: "#e4eefb", color: "#3a6ea5", penwidth: 1.3 },
	input: { style: "filled", fillcolor: "#eef0f3", color: "#76808d", penwidth: 1.1 },
	constant: { style: "rounded,filled,dashed", fillcolor: "#f7f7f8", color: "#a3abb5", penwidth: 0.8 },
	reference: { style: "rounded,filled,dashed", fillcolor: "#f7f7f8", color: "#8a939e", penwidth: 1 },
	operation: { style: "rounded,filled", fillcolor: "#ffffff", color: "#5c6672", penwidth: 1.1 },
	output: { style: "rounded,filled", fillcolor: "#e6f3e9", color: "#2f7d4f", penwidth: 2.6 },
	derivative: { style: "rounded,filled", fillcolor: "#fff6ec", color: "#b9763b", penwidth: 1.1 },
	gradient: { style: "rounded,filled", fillcolor: "#fde7d0", color: "#b4541a", penwidth: 2.6 },
};

/** Colours of text. */
export const inks = {
	text: "#1d2630",
	faint: "#66707c",
	gradient: "#b03a00",
	outside: "#7f8996",
} as const;

/** Colours of lines. */
export const lines = {
	edge: "#77818e",
	/** Half clear, as fainter than the others on white and on black. */
	constant: "#77818e80",
	backward: "#c2834d",
	link: "#77818ed0",
	cluster: "#77818e90",
	/** Nearly clear, so that nested clusters darken step by step. */
	clusterFill: "#8090a51c",
} as const;

/** Sizes of text in points; in a label Graphviz knows whole ones only. */
export const sizes = { symbol: 15, text: 11, label: 9, cluster: 11, title: 13 } as const;

/** The typeface of the DOT text: the one sans-serif whose widths every Graphviz knows. */
export const typeface = "Helvetica";

/** The typefaces of the SVG, with Hangul. */
export const typefaces: string =
	"Helvetica, Arial, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif";
