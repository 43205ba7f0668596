/**
 * Questions about numbers, and the choice that depends on the answer.
 *
 * A question has no gradient at all: its answer is a constant. `where` routes
 * a gradient to the operand that was chosen, so that nothing infinite or NaN in
 * the other one can reach the result.
 */
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: isFinite and isNaN are the standard words.
import { type Binary, binary, type PointwiseFacts, type Ternary, ternary, type Unary, unary } from "./pointwise.js";

const answer = { result: "bool", noGradient: "an answer is constant until it jumps" } as const;

const question = (symbol: string, tex: string = symbol): PointwiseFacts => ({
	...answer,
	symbol,
	text: `#1 ${symbol} #2`,
	tex: `#1 ${tex} #2`,
});

/** x < y. */
export const less: Binary = binary("less", (x, y) => (x < y ? 1 : 0), [], question("<"));
/** x ≤ y. */
export const lessEqual: Binary = binary("lessEqual", (x, y) => (x <= y ? 1 : 0), [], question("<=", "\\le"));
/** x > y. */
export const greater: Binary = binary("greater", (x, y) => (x > y ? 1 : 0), [], question(">"));
/** x ≥ y. */
export const greaterEqual: Binary = binary("greaterEqual", (x, y) => (x >= y ? 1 : 0), [], question(">=", "\\ge"));
/** x = y; NaN equals nothing. */
export const equal: Binary = binary("equal", (x, y) => (x === y ? 1 : 0), [], question("==", "="));
/** x ≠ y; NaN differs from everything. */
export const notEqual: Binary = binary("notEqual", (x, y) => (x !== y ? 1 : 0), [], {
	...question("!=", "\\ne"),
	text: "notEqual(#1, #2)",
});
const bool = (symbol: string, tex: string): PointwiseFacts => ({ ...answer, symbol, tex });

/** Whether x is a number: neither infinite nor NaN. No gradient: the result is an answer. */
export const isFinite: Unary = unary("isFinite", (x) => (Number.isFinite(x) ? 1 : 0), null, {
	...answer,
	formula: "x - x == 0",
});
/** Whether x is NaN. No gradient: the result is an answer. */
export const isNaN: Unary = unary("isNaN", (x) => (Number.isNaN(x) ? 1 : 0), null, answer);
/** Whether both hold; what is not 0 holds. No gradient: the result is an answer. */
export const logicalAnd: Binary = binary(
	"logicalAnd",
	(x, y) => (x !== 0 && y !== 0 ? 1 : 0),
	[],
	bool("∧", "#1 \\land #2"),
);
/** Whether one of the two holds, or both. No gradient: the result is an answer. */
export const logicalOr: Binary = binary(
	"logicalOr",
	(x, y) => (x !== 0 || y !== 0 ? 1 : 0),
	[],
	bool("∨", "#1 \\lor #2"),
);
/** Whether x is 0. No gradient: the result is an answer. */
export const logicalNot: Unary = unary("logicalNot", (x) => (x === 0 ? 1 : 0), null, bool("¬", "\\lnot #1"));
/** Whether exactly one of the two holds. No gradient: the result is an answer. */
export const logicalXor: Binary = binary(
	"logicalXor",
	(x, y) => ((x !== 0) !== (y !== 0) ? 1 : 0),
	[],
	bool("⊻", "#1 \\oplus #2"),
);

/** `where(condition, x, y)`: x where the condition holds, y elsewhere. */
export const where: Ternary = ternary(
	"where",
	(x, y, w) => (x === 0 ? w : y), // NaN is not 0, here as in NumPy and in the partials
	[null, "if(x == 0, 0, 1)", "if(x == 0, 1, 0)"],
	{
		result: "same",
		formula: "if(x == 0, w, y)",
		text: "if(#1, #2, #3)",
		tex: "\\begin{cases} #2 & #1 \\\\ #3 & \\text{otherwise} \\end{cases}",
	},
);
