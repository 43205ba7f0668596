/** `chainrule/symbolic`: computations as mathematics, and derivations judged line by line. */
export {
	Derivation,
	type DerivationEquation,
	type DerivationOptions,
	type DerivationStep,
	derivation,
	type LatexEquation,
	type LatexLine,
	type PointData,
	type StepValue,
	type WriteOptions,
} from "./derivation.js";
export { type Display, readDisplays } from "./displays.js";
export {
	type DocumentBlock,
	type DocumentClaim,
	type Expectation,
	lineIn,
	type Passage,
	readDocument,
} from "./document.js";
export { type FormulaOptions, formula, handwritten, latex } from "./formulas.js";
export { type Graph, type GraphValue, graph, type TraceOptions, trace } from "./graph.js";
export { formulaLatex, nameLatex } from "./latex.js";
export type { LatexNames } from "./latexnames.js";
export { matchers } from "./matchers.js";
export {
	type Counterexample,
	Problem,
	problem,
	type Shown,
	type Step,
	type Verdict,
	type Verification,
	type VerifyLatexOptions,
	type VerifyOptions,
} from "./problem.js";
export { type LatexChain, parseLatex, parseLatexChains } from "./readlatex.js";
export { type Simplified, type SimplifyOptions, simplify } from "./simplify.js";
export { parseGraph, text } from "./text.js";
