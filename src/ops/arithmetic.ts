/**
 * Arithmetic: functions of two numbers, and the few of one that belong to them.
 *
 * One line is a whole definition: the name, the value, and one partial per
 * operand as a formula in `x`, `y` and the result `z`.
 */
import type { Domain, Kink } from "../core/op.js";
import { type Binary, binary, everywhere, positive, type Unary, unary } from "./pointwise.js";

const nonZero: Domain = { ...everywhere, except: [0] };

/** How an operation between its operands is written; integers stay integers. */
const infix = (symbol: string, text: string, tex: string = text) =>
	({ result: "number", symbol, text: `#1 ${text} #2`, tex: `#1 ${tex} #2` }) as const;
const integral = (symbol: string, text: string, tex: string = text) =>
	({ result: "number", symbol, text, tex }) as const;
const atZero = (slope: number, says: string): { kinks: Kink[] } => ({ kinks: [{ at: [0], slopes: [slope], says }] });
const shared: { kinks: Kink[] } = {
	kinks: [{ at: [1, 1], slopes: [1 / 2, 1 / 2], says: "equal operands share the gradient equally" }],
};

/** x + y. */
export const add: Binary = binary("add", (x, y) => x + y, ["1", "1"], infix("+", "+"));
/** x - y. */
export const sub: Binary = binary("sub", (x, y) => x - y, ["1", "-1"], infix("−", "-"));
/** x y, element by element; `matmul` is the product of matrices. */
export const mul: Binary = binary("mul", (x, y) => x * y, ["y", "x"], infix("×", "*", "\\cdot"));
/** x / y, always as a fraction: integers give float64. */
export const div: Binary = binary("div", (x, y) => x / y, ["1 / y", "-z / y"], {
	domain: [everywhere, nonZero],
	symbol: "÷",
	text: "#1 / #2",
	tex: "\\frac{#1}{#2}",
});
/** x to the power y; 0⁰ is 1. NaN for a negative x with a fractional y. */
export const pow: Binary = binary(
	"pow",
	(x, y) => x ** y,
	["if(y == 0, 0, y * x^(y - 1))", "if(x == 0, 0, z * log(x))"],
	{
		...integral("xʸ", "#1^#2", "{#1}^{#2}"),
		domain: [positive, everywhere],
		kinks: [{ at: [0, 0], slopes: [0, 0], says: "0⁰ is 1, with slope 0 in the base and in the exponent" }],
	},
);

/** x itself, as a node of its own. */
export const identity: Unary = unary("identity", (x) => x, "1", { ...integral("=", "#1"), folded: true });
/** -x. */
export const neg: Unary = unary("neg", (x) => -x, "-1", integral("−", "-#1"));
/** x². */
export const square: Unary = unary("square", (x) => x * x, "2 * x", integral("x²", "#1^2", "{#1}^2"));
/** √x; NaN below 0. */
export const sqrt: Unary = unary("sqrt", Math.sqrt, "1 / (2 * z)", {
	domain: positive,
	symbol: "√",
	tex: "\\sqrt{#1}",
	...atZero(Number.POSITIVE_INFINITY, "infinite at 0, unless the cotangent is 0"),
});
/** |x|. */
export const abs: Unary = unary("abs", Math.abs, "sign(x)", {
	...integral("|x|", "abs(#1)", "\\left|#1\\right|"),
	...atZero(0, "0 at 0, the middle of -1 and 1"),
});
/** -1, 0 or 1. */
export const sign: Unary = unary("sign", Math.sign, "0", {
	...integral("sign", "sign(#1)", "\\operatorname{sign}\\left(#1\\right)"),
	...atZero(0, "0 everywhere, also at the jump"),
});

/** The larger of x and y; NaN wins. */
export const maximum: Binary = binary(
	"maximum",
	Math.max,
	["if(x > y, 1, if(x == y, 1/2, 0))", "if(y > x, 1, if(x == y, 1/2, 0))"],
	{
		result: "same",
		symbol: "max",
		aliases: ["max"],
		tex: "\\max\\left(#1, #2\\right)",
		...shared,
	},
);
/** The smaller of x and y; NaN wins. */
export const minimum: Binary = binary(
	"minimum",
	Math.min,
	["if(x < y, 1, if(x == y, 1/2, 0))", "if(y < x, 1, if(x == y, 1/2, 0))"],
	{
		result: "same",
		symbol: "min",
		aliases: ["min"],
		tex: "\\min\\left(#1, #2\\right)",
		...shared,
	},
);
