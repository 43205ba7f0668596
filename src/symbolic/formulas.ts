/**
 * The value of a recorded node as a formula in the names it was computed from.
 *
 * A gradient that was recorded is a node like any other. Named values keep their
 * names unless they are to be expanded; broadcasting and reshaping are not
 * written; sums of like terms are written with Σ.
 */
import type { Formula } from "../core/formula.js";
import type { Node } from "../core/tensor.js";
import type { Expression } from "./expression.js";
import { latexOf, textOf } from "./print.js";
import { checkLength, read } from "./read.js";
import { gathered } from "./series.js";
import { Conditions, simplified } from "./simplify.js";
import { toFormula } from "./tree.js";

/** How a node is written. */
export interface FormulaOptions {
	/** Named intermediate values that are written out: all with `true`, or those listed. None when left out. */
	readonly expand?: boolean | readonly string[] | undefined;
	/** Simplifies by the laws of algebra. False when left out: as it was computed. */
	readonly simplify?: boolean | undefined;
	/** Names of counts: with `{ m: 4 }`, a sum that is divided by 4 is divided by m. */
	readonly sizes?: Readonly<Record<string, number>> | undefined;
}

function expressionOf(what: string, x: Node, { expand, sizes, simplify = false }: FormulaOptions): Expression {
	const reading = read(what, [x], { expand, sizes });
	const own = reading.definitionOf(x) ?? reading.at(x);
	checkLength(what, own);
	const e = gathered(own);
	return simplify ? gathered(simplified(e, new Conditions())) : e;
}

/**
 * The value of a recorded node as a formula in the named values it was computed
 * from; unnamed variables are called `x1`, `x2`, ..., unnamed arrays of constants
 * `c1`, ...
 *
 * @throws where the formula would be too long.
 *
 * @example
 * ```ts
 * import { add, formulaText, gradients, mul, scalar, sigmoid } from "chainrule";
 * import { formula } from "chainrule/symbolic";
 *
 * const [w, b, x] = [scalar(0.6, "w"), scalar(0.9, "b"), scalar(1, "x")];
 * const z = add(mul(w, x), b).named("z");
 * const a = sigmoid(z).named("a");
 * console.log(formulaText(formula(a))); // sigmoid(z)
 * console.log(formulaText(formula(a, { expand: true }))); // sigmoid(w*x + b)
 * const [slope] = gradients(a, [w], { createGraph: true });
 * console.log(formulaText(formula(slope))); // a*(1 - a)*x
 * ```
 */
export function formula(x: Node, options: FormulaOptions = {}): Formula {
	return toFormula(expressionOf("formula", x, options));
}

/**
 * The value of a recorded node in LaTeX, for math mode; see {@link formula}.
 *
 * @throws where the formula would be too long.
 *
 * @example
 * ```ts
 * import { div, scalar, square, sub } from "chainrule";
 * import { latex } from "chainrule/symbolic";
 *
 * const [a, y] = [scalar(0.8, "a₁⁽²⁾"), scalar(0, "y₁")];
 * console.log(latex(div(square(sub(y, a)), 2))); // \frac{\left(y_{1} - a_{1}^{(2)}\right)^{2}}{2}
 * ```
 */
export function latex(x: Node, options: FormulaOptions = {}): string {
	return latexOf(expressionOf("latex", x, options));
}

/**
 * The value of a recorded node on one line, as it is written by hand:
 * `(a - y)·x`, `W2ᵀ dZ2`; see {@link formula}.
 *
 * @throws where the formula would be too long.
 */
export function handwritten(x: Node, options: FormulaOptions = {}): string {
	return textOf(expressionOf("handwritten", x, options));
}
