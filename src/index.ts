/**
 * `chainrule`: the tape, its operations, and derivatives of any order.
 *
 * This file is the public surface of the engine and nothing else. Networks,
 * optimizers and pictures have entries of their own.
 */
import "./diff/methods.js";
import "./ops/fluent.js";

// Values
export type { DType } from "./core/dtype.js";
export { ChainruleError, isDebug, setDebug } from "./core/errors.js";
// Reading the tape: for pictures, formulas, and whoever extends the library
export { type Formula, formulaText, type Program, parseFormula, parseProgram } from "./core/formula.js";
export { ancestors, type Origin, orderOf, originOf, scopeOfNode } from "./core/graph.js";
export { type AnyOp, type Domain, type Kink, operation, operations } from "./core/op.js";
export { type Scope, scope, scopePath } from "./core/scope.js";
export type { Shape } from "./core/shape.js";
export { noGrad, Scalar } from "./core/tape.js";
export { type Nested, type Node, Tensor, type Value } from "./core/tensor.js";
// Derivatives
export { type CheckOptions, type CheckReport, checkGradients } from "./diff/check.js";
export { checkpoint } from "./diff/checkpoint.js";
export { customGradient, defineOp, type OpDefinition } from "./diff/custom.js";
export {
	type Grad,
	type GradOptions,
	grad,
	type Hessian,
	hessian,
	hvp,
	type Jacobian,
	jacobian,
	jvp,
	type ScalarDerivative,
	type ValueAndGrad,
	valueAndGrad,
	valueGradAndAux,
	vjp,
} from "./diff/higher.js";
export type { Given, Like, Nest } from "./diff/nest.js";
export { backward, type GradientOptions, gradients, onGradient, type Unused } from "./diff/reverse.js";
export { type VmapOptions, vmap } from "./diff/vmap.js";
export { type Backend, setBackend } from "./kernels/backend.js";
export { defaultGenerator, Generator, type GeneratorState, seed } from "./kernels/random.js";
// Operations: number by number
export {
	abs,
	add,
	cbrt,
	ceil,
	clip,
	div,
	floor,
	fmod,
	frac,
	hypot,
	identity,
	lerp,
	maximum,
	minimum,
	mul,
	neg,
	pow,
	reciprocal,
	remainder,
	round,
	rsqrt,
	sign,
	sqrt,
	square,
	squaredDifference,
	sub,
	trunc,
} from "./ops/arithmetic.js";
export {
	equal,
	greater,
	greaterEqual,
	isFinite,
	isNaN,
	less,
	lessEqual,
	logicalAnd,
	logicalNot,
	logicalOr,
	logicalXor,
	notEqual,
	where,
} from "./ops/compare.js";
// Operations: products, reductions, and what is made of them
export {
	logSoftmax,
	logSumExp,
	mean,
	type NormOptions,
	norm,
	std,
	variance,
} from "./ops/composite.js";
export {
	arange,
	eye,
	fixed,
	full,
	linspace,
	ones,
	onesLike,
	parameter,
	type RandomOptions,
	rand,
	randn,
	scalar,
	stopGradient,
	type TensorData,
	type TensorOptions,
	tensor,
	zeros,
	zerosLike,
} from "./ops/create.js";
export { evaluate, type Names } from "./ops/evaluate.js";
export {
	at,
	type Index,
	type Indices,
	indexAdd,
	indexSelect,
	maskedFill,
	maskedSelect,
	oneHot,
	scatter,
	take,
} from "./ops/indexing.js";
export { matmul } from "./ops/linalg.js";
// Operations: moving, joining, choosing
export {
	type Axes,
	type Axis,
	broadcastTo,
	cast,
	concat,
	fromScalars,
	gather,
	permute,
	pick,
	type Range,
	reshape,
	scatterAdd,
	slice,
	split,
	sum,
	transpose,
	type Widths,
} from "./ops/movement.js";
export {
	argMax,
	argMin,
	argSort,
	type Interpolation,
	maxWithIndex,
	median,
	minWithIndex,
	type OneAxis,
	type QuantileOptions,
	quantile,
	type SortOptions,
	searchSorted,
	sort,
	topK,
	type Unique,
	unique,
	type WithIndex,
} from "./ops/order.js";
export { cross, dot, einsum, kron, outer, tensordot } from "./ops/products.js";
export { all, any, countNonzero, max, min, prod } from "./ops/reduce.js";
export {
	argCumMax,
	argCumMin,
	cumMax,
	cumMin,
	cumProd,
	cumSum,
	logCumSumExp,
	type RunOptions,
	recurrence,
} from "./ops/scan.js";
export {
	type AxisList,
	chunk,
	type DiagonalOptions,
	diag,
	diagonal,
	expandDims,
	flatten,
	flip,
	fold,
	meshgrid,
	moveAxis,
	type Offset,
	type PadMode,
	pad,
	repeat,
	roll,
	squeeze,
	stack,
	swapAxes,
	tile,
	trace,
	tril,
	triu,
	unfold,
} from "./ops/shape.js";
export { softmax } from "./ops/softmax.js";
export {
	acos,
	acosh,
	asin,
	asinh,
	atan,
	atan2,
	atanh,
	cos,
	cosh,
	erf,
	erfc,
	exp,
	exp2,
	expm1,
	leakyRelu,
	log,
	log1p,
	log2,
	log10,
	logAddExp,
	logit,
	logSigmoid,
	relu,
	sigmoid,
	sin,
	sinc,
	sinh,
	softplus,
	step,
	tan,
	tanh,
	xlogy,
} from "./ops/transcendental.js";
export { weightedSum } from "./ops/weighted.js";
