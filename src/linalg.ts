/** `chainrule/linalg`: decompositions, solvers and functions of matrices. Public surface and nothing else. */
import "./index.js";

export { cholesky, eigh, qr, svd } from "./ops/decompositions.js";
export { expm, lstsq, matrixPower, pinv, type RankOptions } from "./ops/matrixfunctions.js";
export { cofactor, det, inv, slogdet, solve, triangularSolve } from "./ops/solvers.js";
