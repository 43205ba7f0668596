/**
 * LaTeX for readers without a font that stretches: MathML is drawn with whatever
 * is there, and a stretched parenthesis is the first thing to look wrong.
 */

/** Parentheses around what is one line high stay one line high. */
export function unstretched(latex: string): string {
	const low = /\\left\(((?:(?!\\left|\\right|\\frac|\\sum|\\prod|\\begin|\^)[\s\S])*)\\right\)/g;
	for (let before = "", after = latex; ; after = before.replace(low, "($1)")) {
		if (after === before) return after;
		before = after;
	}
}
