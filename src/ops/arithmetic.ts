/**
 * Arithmetic: functions of two numbers, and the few of one that belong to them.
 *
 * One line is a whole definition: the name, the value, and one partial per
 * operand as a formula in `x`, `y` and the result `z`.
 */
import type { Domain } from "../core/op.js";
import { type Binary, binary, everywhere, positive, type Unary, unary } from "./pointwise.js";

const exact = { result: "number" } as const;
const nonZero: Domain = { ...everywhere, except: [0] };
const atZero = (slope: number, says: string): { kinks: { at: number[]; slopes: number[]; says: string }[] } => ({
	kinks: [{ at: [0], slopes: [slope], says }],
});

export const add: Binary = binary("add", (x, y) => x + y, ["1", "1"], {
	...exact,
	symbol: "+",
	text: "#1 + #2",
	tex: "#1 + #2",
});
export const sub: Binary = binary("sub", (x, y) => x - y, ["1", "-1"], {
	...exact,
	symbol: "−",
	text: "#1 - #2",
	tex: "#1 - #2",
});
export const mul: Binary = binary("mul", (x, y) => x * y, ["y", "x"], {
	...exact,
	symbol: "×",
	text: "#1 * #2",
	tex: "#1 \\cdot #2",
});
export const div: Binary = binary("div", (x, y) => x / y, ["1 / y", "-z / y"], {
	domain: [everywhere, nonZero],
	symbol: "÷",
	text: "#1 / #2",
	tex: "\\frac{#1}{#2}",
});
export const pow: Binary = binary(
	"pow",
	(x, y) => x ** y,
	["if(y == 0, 0, y * x^(y - 1))", "if(x == 0, 0, z * log(x))"],
	{
		...exact,
		domain: [positive, everywhere],
		symbol: "xʸ",
		text: "#1^#2",
		tex: "{#1}^{#2}",
		kinks: [{ at: [0, 0], slopes: [0, 0], says: "0⁰ is 1, with slope 0 in the base and in the exponent" }],
	},
);

export const identity: Unary = unary("identity", (x) => x, "1", { ...exact, text: "#1", tex: "#1", folded: true });
export const neg: Unary = unary("neg", (x) => -x, "-1", { ...exact, symbol: "−", text: "-#1", tex: "-#1" });
export const square: Unary = unary("square", (x) => x * x, "2 * x", {
	...exact,
	symbol: "x²",
	text: "#1^2",
	tex: "{#1}^2",
});
export const sqrt: Unary = unary("sqrt", Math.sqrt, "1 / (2 * z)", {
	domain: positive,
	symbol: "√",
	tex: "\\sqrt{#1}",
	...atZero(Number.POSITIVE_INFINITY, "infinite at 0, unless the cotangent is 0"),
});
export const abs: Unary = unary("abs", Math.abs, "sign(x)", {
	...exact,
	symbol: "|x|",
	tex: "\\left|#1\\right|",
	...atZero(0, "0 at 0, the middle of -1 and 1"),
});
export const sign: Unary = unary("sign", Math.sign, "0", { ...exact, ...atZero(0, "0 everywhere, also at the jump") });

export const maximum: Binary = binary(
	"maximum",
	Math.max,
	["if(x > y, 1, if(x == y, 1/2, 0))", "if(y > x, 1, if(x == y, 1/2, 0))"],
	{
		result: "same",
		symbol: "max",
		aliases: ["max"],
		tex: "\\max\\left(#1, #2\\right)",
		kinks: [{ at: [1, 1], slopes: [0.5, 0.5], says: "equal operands share the gradient equally" }],
	},
);
export const minimum: Binary = binary(
	"minimum",
	Math.min,
	["if(x < y, 1, if(x == y, 1/2, 0))", "if(y < x, 1, if(x == y, 1/2, 0))"],
	{
		result: "same",
		symbol: "min",
		aliases: ["min"],
		tex: "\\min\\left(#1, #2\\right)",
		kinks: [{ at: [1, 1], slopes: [0.5, 0.5], says: "equal operands share the gradient equally" }],
	},
);
