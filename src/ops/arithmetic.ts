/**
 * Arithmetic: functions of two numbers, and the few of one that belong to them.
 *
 * One line is a whole definition: the name, the value, and one partial per
 * operand as a formula in `x`, `y` and the result `z`.
 */
import type { Domain, Kink } from "../core/op.js";
import {
	type Binary,
	binary,
	everywhere,
	type PointwiseFacts,
	positive,
	type Ternary,
	ternary,
	type Unary,
	unary,
} from "./pointwise.js";

const nonZero: Domain = { ...everywhere, except: [0] };
const sampled = (low: number, high: number): Domain => ({ ...everywhere, sampled: [low, high] });

/** How an operation between its operands is written; integers stay integers. */
const infix = (symbol: string, text: string, tex: string = text) =>
	({ result: "number", symbol, text: `#1 ${text} #2`, formula: `x ${text} y`, tex: `#1 ${tex} #2` }) as const;
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
	formula: "x / y",
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
export const identity: Unary = unary("identity", (x) => x, "1", { ...integral("=", "#1"), formula: "x", folded: true });
/** -x. */
export const neg: Unary = unary("neg", (x) => -x, "-1", { ...integral("−", "-#1"), formula: "-x" });
/** x². */
export const square: Unary = unary("square", (x) => x * x, "2 * x", {
	...integral("x²", "#1^2", "{#1}^2"),
	formula: "x^2",
});
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
	formula: "if(x > 0, 1, if(x < 0, -1, x))",
	...integral("sign", "sign(#1)", "\\operatorname{sign}\\left(#1\\right)"),
	...atZero(0, "0 everywhere, also at the jump"),
});
/** 1 / x. */
export const reciprocal: Unary = unary("reciprocal", (x) => 1 / x, "-z^2", {
	domain: nonZero,
	formula: "1 / x",
	symbol: "1/x",
	text: "1 / #1",
	tex: "\\frac{1}{#1}",
});
/** 1 / √x; ∞ at 0, NaN below. */
export const rsqrt: Unary = unary("rsqrt", (x) => 1 / Math.sqrt(x), "-z / (2 * x)", {
	domain: positive,
	formula: "1 / sqrt(x)",
	symbol: "1/√",
	tex: "\\frac{1}{\\sqrt{#1}}",
});
/** The cube root of x, negative below 0. */
export const cbrt: Unary = unary("cbrt", Math.cbrt, "1 / (3 * z^2)", {
	symbol: "∛",
	tex: "\\sqrt[3]{#1}",
	...atZero(Number.POSITIVE_INFINITY, "infinite at 0, unless the cotangent is 0"),
});
/** √(x² + y²), without overflow. At 0 the gradient is 0, as for `norm`. */
export const hypot: Binary = binary(
	"hypot",
	(x, y) => {
		const squares = x * x + y * y;
		return squares > 1e-290 && squares < 1e300 ? Math.sqrt(squares) : Math.hypot(x, y);
	},
	["if(z == 0, 0, x / z)", "if(z == 0, 0, y / z)"],
	{
		tex: "\\sqrt{#1^2 + #2^2}",
		kinks: [{ at: [0, 0], slopes: [0, 0], says: "0 at 0, the middle of all directions" }],
	},
);
/** (x - y)². */
export const squaredDifference: Binary = binary(
	"squaredDifference",
	(x, y) => (x - y) * (x - y),
	["2 * (x - y)", "2 * (y - x)"],
	{ result: "number", formula: "(x - y)^2", symbol: "(x−y)²", tex: "\\left(#1 - #2\\right)^2" },
);
// From the nearer end, so that w = 1 gives y to the last bit.
const between = (x: number, y: number, w: number): number => (w < 0.5 ? x + w * (y - x) : y - (y - x) * (1 - w));
/** `lerp(x, y, w)`: x + w (y - x), from x at w = 0 to y at w = 1. */
export const lerp: Ternary = ternary("lerp", between, ["1 - w", "w", "y - x"], {
	formula: "if(w < 0.5, x + w * (y - x), y - (y - x) * (1 - w))",
	tex: "#1 + #3 \\left(#2 - #1\\right)",
});

/** What is constant between whole numbers: its slope is 0, also where it jumps. */
const staircase = (name: string, value: (x: number) => number, left: string, right: string, jump: number): Unary =>
	unary(name, value, "0", {
		...integral(`${left}x${right}`, `${name}(#1)`, `\\operatorname{${name}}\\left(#1\\right)`),
		domain: sampled(jump + 0.2, jump + 0.8),
		kinks: [{ at: [jump], slopes: [0], says: "0 everywhere, also at the jumps" }],
	});
/** The largest whole number up to x. */
export const floor: Unary = staircase("floor", Math.floor, "⌊", "⌋", 1);
/** The smallest whole number from x on. */
export const ceil: Unary = staircase("ceil", Math.ceil, "⌈", "⌉", 1);
/** The whole number towards 0. */
export const trunc: Unary = staircase("trunc", Math.trunc, "⟦", "⟧", 1);
/** The nearest whole number; of two the even one, as in NumPy. */
export const round: Unary = staircase(
	"round",
	(x) => {
		const nearest = Math.round(x); // halves upward
		return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
	},
	"[",
	"]",
	0.5,
);
/** x - trunc(x), with the sign of x; NaN at ±∞. */
export const frac: Unary = unary("frac", (x) => x % 1, "1", {
	result: "number",
	domain: sampled(1.2, 1.8),
	kinks: [{ at: [1], slopes: [1], says: "1 everywhere, also at the jumps" }],
});
// The quotient is (x - z) / y. x / y may round up to the next whole number, this cannot.
const quotient: PointwiseFacts = {
	result: "number",
	domain: [sampled(4.2, 4.7), sampled(1.65, 2.05)],
	kinks: [{ at: [4, 2], slopes: [1, -2], says: "1 in x; the negative quotient in y, also at the jumps" }],
};
/** The remainder of x / y with the sign of x, as C and JavaScript have it; exact. */
export const fmod: Binary = binary("fmod", (x, y) => x % y, ["1", "round((z - x) / y)"], quotient);
/** x - y ⌊x / y⌋: the remainder with the sign of y, as Python has it. */
export const remainder: Binary = binary(
	"remainder",
	(x, y) => {
		const z = x % y;
		return z !== 0 && z < 0 !== y < 0 ? z + y : z;
	},
	["1", "round((z - x) / y)"],
	{ ...quotient, symbol: "mod", tex: "#1 \\bmod #2" },
);

/**
 * `clip(x, y, w)`: x, but at least y and at most w; ±∞ leaves a side open. The
 * gradient passes on the bounds; beyond, it goes to the bound.
 */
export const clip: Ternary = ternary(
	"clip",
	(x, y, w) => Math.min(Math.max(x, y), w),
	["if(x >= y, if(x <= w, 1, 0), 0)", "if(x < y, if(y < w, 1, 0), 0)", "if(x > w, 1, if(w < y, 1, 0))"],
	{
		result: "same",
		formula: "min(max(x, y), w)",
		domain: [everywhere, sampled(-1.4, -0.6), sampled(0.6, 1.4)],
		kinks: [0, 1].map((x) => ({ at: [x, 0, 1], slopes: [1, 0, 0], says: "passes the gradient on its bounds" })),
	},
);
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
