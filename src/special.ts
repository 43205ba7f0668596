/** `chainrule/special`: special functions. Public surface and nothing else. */
import "./index.js";

export { digamma, erfinv, lgamma, polygamma } from "./ops/special.js";
