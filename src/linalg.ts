/** `chainrule/linalg`: decompositions, solvers and functions of matrices. Public surface and nothing else. */
import "./index.js";

export {};
