/**
 * How a picture looks: every colour, line and typeface, and nothing else.
 *
 * Boxes bring their own fill, and lines and free text are of a middle grey, so
 * that a picture stands on white and on black paper alike; `dark` is for pages
 * that are always dark. What a colour says, a shape, a line or a word says
 * again: leaves have corners, operations are round, constants are dashed, results have a
 * heavy frame, what is folded has two. So it survives a printer without colours.
 */

/** On which pages a picture feels at home: any, or dark ones. */
export type Theme = "light" | "dark";

/** A colour as `#rrggbb` or `#rrggbbaa`. */
export type Colour = `#${string}`;

/** The face of one sort of box. */
export interface Face {
	readonly style: "filled" | "rounded,filled" | "rounded,filled,dashed";
	readonly fillcolor: Colour;
	readonly color: Colour;
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

/** Colours of text. */
export interface Inks {
	readonly text: Colour;
	readonly faint: Colour;
	readonly gradient: Colour;
	/** What is wrong. */
	readonly alarm: Colour;
	/** On whatever the page is, beside boxes. */
	readonly outside: Colour;
	/** The same, for what flows back. */
	readonly flow: Colour;
	/** Bars of histograms. */
	readonly bar: Colour;
}

/** Colours of lines. */
export interface Lines {
	readonly edge: Colour;
	readonly constant: Colour;
	readonly backward: Colour;
	readonly link: Colour;
	readonly path: Colour;
	/** For what is not on the path that is meant. */
	readonly aside: Colour;
	readonly cluster: Colour;
	/** Nearly clear, so that nested clusters differ step by step. */
	readonly clusterFill: Colour;
	/** Behind the name of a cluster, which lies above the edges; and the name on it. */
	readonly plate: Colour;
	readonly plateText: Colour;
}

/** All of it, for one theme. */
export interface Look {
	/** `derivative` is an operation of the backward pass, `reference` a forward operation that it reads. */
	readonly faces: { readonly [Sort in SortOfBox]: Face };
	readonly inks: Inks;
	readonly lines: Lines;
	/** From a small gradient to a large one; darker, too, so that it can be seen without colours. */
	readonly shades: readonly Colour[];
	/** The paper, where a picture has to have one. */
	readonly paper: Colour;
}

const styles = {
	variable: { style: "filled", penwidth: 1.3 },
	input: { style: "filled", penwidth: 1.1 },
	constant: { style: "rounded,filled,dashed", penwidth: 0.8 },
	reference: { style: "rounded,filled,dashed", penwidth: 1 },
	operation: { style: "rounded,filled", penwidth: 1.1 },
	output: { style: "rounded,filled", penwidth: 2.6 },
	derivative: { style: "rounded,filled", penwidth: 1.1 },
	gradient: { style: "rounded,filled", penwidth: 2.6 },
} as const;

function facesOf(
	colours: { readonly [Sort in SortOfBox]: readonly [fillcolor: Colour, color: Colour] },
): Look["faces"] {
	const face = (sort: SortOfBox): Face => {
		const [fillcolor, color] = colours[sort];
		const { style, penwidth } = styles[sort];
		return { style, fillcolor, color, penwidth };
	};
	return {
		variable: face("variable"),
		input: face("input"),
		constant: face("constant"),
		reference: face("reference"),
		operation: face("operation"),
		output: face("output"),
		derivative: face("derivative"),
		gradient: face("gradient"),
	};
}

/** The looks by theme. */
export const looks: { readonly [Name in Theme]: Look } = {
	light: {
		faces: facesOf({
			variable: ["#e4eefb", "#3a6ea5"],
			input: ["#eef0f3", "#76808d"],
			constant: ["#f7f7f8", "#a3abb5"],
			reference: ["#f7f7f8", "#8a939e"],
			operation: ["#ffffff", "#5c6672"],
			output: ["#e6f3e9", "#2f7d4f"],
			derivative: ["#fff6ec", "#b9763b"],
			gradient: ["#fde7d0", "#b4541a"],
		}),
		inks: {
			text: "#1d2630",
			faint: "#66707c",
			gradient: "#b03a00",
			alarm: "#c01717",
			outside: "#7f8996",
			flow: "#b9763b",
			bar: "#8ba3bd",
		},
		lines: {
			edge: "#77818e",
			/** Half clear, as fainter than the others on white and on black. */
			constant: "#77818e80",
			backward: "#c2834d",
			link: "#77818ed0",
			path: "#2f74bd",
			aside: "#77818e50",
			cluster: "#77818e90",
			clusterFill: "#8090a51c",
			plate: "#78838f",
			plateText: "#ffffff",
		},
		shades: ["#fffaf3", "#ffefdb", "#ffe1bd", "#ffd09b", "#fdbc79", "#f8a659", "#ef8f3d"],
		paper: "#ffffff",
	},
	dark: {
		faces: facesOf({
			variable: ["#1b3049", "#6ba6e3"],
			input: ["#272d35", "#8d98a5"],
			constant: ["#1e232a", "#5f6974"],
			reference: ["#1e232a", "#77828e"],
			operation: ["#171b21", "#a3adb8"],
			output: ["#16331f", "#62c98b"],
			derivative: ["#2d2318", "#d6975c"],
			gradient: ["#482a14", "#f2914f"],
		}),
		inks: {
			text: "#e7ebf0",
			faint: "#9ca6b2",
			gradient: "#ffa873",
			alarm: "#ff7b72",
			outside: "#98a2ae",
			flow: "#d9a067",
			bar: "#58708a",
		},
		lines: {
			edge: "#8f99a5",
			constant: "#8f99a580",
			backward: "#cf8f57",
			link: "#8f99a5d0",
			path: "#6cb4f5",
			aside: "#8f99a550",
			cluster: "#8f99a590",
			clusterFill: "#9aa8ba14",
			plate: "#353c46",
			plateText: "#c3cbd5",
		},
		shades: ["#1f1a14", "#332414", "#492f15", "#5f3a16", "#754517", "#8b5018", "#a25b19"],
		paper: "#14181d",
	},
};

/** Sizes of text in points; in a label Graphviz knows whole ones only. */
export const sizes = { symbol: 15, text: 11, label: 9, plate: 10, title: 13 } as const;

/** The typeface of the DOT text: the one sans-serif whose widths every Graphviz knows. */
export const typeface = "Helvetica";

/** The typefaces of the SVG, with Hangul. Without quotes: resvg reads a quoted one only where it comes first. */
export const typefaces: string =
	"Helvetica, Arial, Liberation Sans, DejaVu Sans, Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic, sans-serif";
/** The same for text with Hangul, for renderers that take one typeface for a whole line. */
export const typefacesKorean: string =
	"Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic, Helvetica, Arial, sans-serif";
