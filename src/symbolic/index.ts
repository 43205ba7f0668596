/** `chainrule/symbolic`: computations as mathematics. */
export { formulaLatex, nameLatex } from "./latex.js";
