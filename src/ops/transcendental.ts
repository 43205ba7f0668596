/**
 * Functions of one real variable.
 *
 * One line is a whole definition: the name, the value, and dz/dx as a formula
 * in the input `x` and the output `z`. Nothing about these functions is said
 * anywhere else, but how vectors of float32 compute some of them.
 *
 * A derivative prefers `z` to `x`: `z` is already on the tape, so the backward
 * pass pays for no second transcendental.
 *
 * Note [digits at saturation]
 * `1 - z^2` loses relative accuracy where tanh saturates: 3e-13 at x = 5, 1e-8
 * at x = 10, all digits at x = 19. The absolute error stays below 1e-16, which
 * is what a gradient step feels, so the cheap form is kept; the same holds for
 * sigmoid. Checks of these derivatives mix absolute and relative tolerance.
 */
import erfOf from "@stdlib/math-base-special-erf";
import erfcOf from "@stdlib/math-base-special-erfc";
import type { Domain } from "../core/op.js";
import { type Binary, binary, everywhere, positive, type Unary, unary } from "./pointwise.js";

const squash = (x: number): number => {
	if (x >= 0) return 1 / (1 + Math.exp(-x));
	const growth = Math.exp(x); // for x < 0 the form above overflows
	return growth / (1 + growth);
};
const soft = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const kinkAtZero = (slope: number, says: string): { kinks: { at: number[]; slopes: number[]; says: string }[] } => ({
	kinks: [{ at: [0], slopes: [slope], says }],
});
const unit: Domain = { low: -1, high: 1 };

/** eˣ. */
export const exp: Unary = unary("exp", Math.exp, "z", { tex: "e^{#1}" });
/** eˣ - 1, with full accuracy near 0. */
export const expm1: Unary = unary("expm1", Math.expm1, "z + 1", { tex: "\\left(e^{#1} - 1\\right)" });
/** The natural logarithm of x; -∞ at 0, NaN below. */
export const log: Unary = unary("log", Math.log, "1 / x", { domain: positive, aliases: ["ln"], tex: "\\ln #1" });
/** ln(1 + x), with full accuracy near 0. */
export const log1p: Unary = unary("log1p", Math.log1p, "1 / (1 + x)", {
	domain: { low: -1, high: Number.POSITIVE_INFINITY },
	tex: "\\ln\\left(1 + #1\\right)",
});
/** 2ˣ. */
export const exp2: Unary = unary("exp2", (x) => 2 ** x, "z * log(2)", { tex: "2^{#1}" });
/** The logarithm of x to base 2. */
export const log2: Unary = unary("log2", Math.log2, "1 / (x * log(2))", { domain: positive, tex: "\\log_2 #1" });
/** The logarithm of x to base 10. */
export const log10: Unary = unary("log10", Math.log10, "1 / (x * log(10))", {
	domain: positive,
	tex: "\\log_{10} #1",
});
/** ln(eˣ + eʸ), without overflow. */
export const logAddExp: Binary = binary(
	"logAddExp",
	(x, y) => (x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)))),
	[
		"if(isFinite(x), sigmoid(x - y), if(x == y, 1/2, sigmoid(x - y)))",
		"if(isFinite(y), sigmoid(y - x), if(x == y, 1/2, sigmoid(y - x)))",
	],
	{
		tex: "\\ln\\left(e^{#1} + e^{#2}\\right)",
		kinks: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((x) => ({
			at: [x, x],
			slopes: [1 / 2, 1 / 2],
			says: "equal infinities share the gradient equally",
		})),
	},
);
/** x ln y; 0 where x is 0, unless y is NaN. */
export const xlogy: Binary = binary(
	"xlogy",
	(x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y)),
	["if((x == 0) * (y <= 0), 0, log(y))", "if((x == 0) * (y == 0), 0, x / y)"],
	{
		domain: [everywhere, positive],
		tex: "#1 \\ln #2",
		kinks: [{ at: [0, 0], slopes: [0, 0], says: "0 ln 0 is 0, with slope 0 in both" }],
	},
);
/** ln(x / (1 - x)), the inverse of the sigmoid; ±∞ at 0 and 1, NaN beyond. */
export const logit: Unary = unary(
	"logit",
	// Near 1/2 the quotient is near 1, and its logarithm has no digits; 2x - 1 is exact there.
	(x) => (x > 0.25 && x < 0.75 ? 2 * Math.atanh(2 * x - 1) : Math.log(x / (1 - x))),
	"1 / (x * (1 - x))",
	{ domain: { low: 0, high: 1 } },
);

/** The sine of x, in radians. */
export const sin: Unary = unary("sin", Math.sin, "cos(x)", { tex: "\\sin #1" });
/** The cosine of x, in radians. */
export const cos: Unary = unary("cos", Math.cos, "-sin(x)", { tex: "\\cos #1" });
/** The tangent of x, in radians. */
export const tan: Unary = unary("tan", Math.tan, "1 + z^2", { domain: { low: -1.57, high: 1.57 }, tex: "\\tan #1" });
/** The angle in [-π/2, π/2] whose sine is x; NaN beyond ±1. */
export const asin: Unary = unary("asin", Math.asin, "1 / sqrt((1 - x) * (1 + x))", {
	domain: unit,
	tex: "\\arcsin #1",
	kinks: [{ at: [1], slopes: [Number.POSITIVE_INFINITY], says: "infinite at ±1, unless the cotangent is 0" }],
});
/** The angle in [0, π] whose cosine is x; NaN beyond ±1. */
export const acos: Unary = unary("acos", Math.acos, "-1 / sqrt((1 - x) * (1 + x))", {
	domain: unit,
	tex: "\\arccos #1",
	kinks: [{ at: [1], slopes: [Number.NEGATIVE_INFINITY], says: "infinite at ±1, unless the cotangent is 0" }],
});
/** The angle in (-π/2, π/2) whose tangent is x. */
export const atan: Unary = unary("atan", Math.atan, "1 / (1 + x^2)", { tex: "\\arctan #1" });
/** `atan2(x, y)`: the angle of the point with ordinate x and abscissa y, in [-π, π]. At the origin the gradient is 0. */
export const atan2: Binary = binary(
	"atan2",
	Math.atan2,
	// The square of the hypotenuse may overflow.
	["if(hypot(x, y) == 0, 0, y / hypot(x, y) / hypot(x, y))", "if(hypot(x, y) == 0, 0, -x / hypot(x, y) / hypot(x, y))"],
	{ kinks: [{ at: [0, 0], slopes: [0, 0], says: "0 at the origin, which has no angle" }] },
);
/** The hyperbolic sine of x. */
export const sinh: Unary = unary("sinh", Math.sinh, "cosh(x)", { tex: "\\sinh #1" });
/** The hyperbolic cosine of x. */
export const cosh: Unary = unary("cosh", Math.cosh, "sinh(x)", { tex: "\\cosh #1" });
/** The inverse of sinh. */
export const asinh: Unary = unary("asinh", Math.asinh, "1 / hypot(1, x)", { tex: "\\operatorname{arsinh} #1" });
/** The inverse of cosh, from 0 on; NaN below 1. */
export const acosh: Unary = unary("acosh", Math.acosh, "1 / (sqrt(x - 1) * sqrt(x + 1))", {
	domain: { low: 1, high: Number.POSITIVE_INFINITY },
	tex: "\\operatorname{arcosh} #1",
	kinks: [{ at: [1], slopes: [Number.POSITIVE_INFINITY], says: "infinite at 1, unless the cotangent is 0" }],
});
/** The inverse of tanh: ±∞ at ±1, NaN beyond. */
export const atanh: Unary = unary("atanh", Math.atanh, "1 / ((1 - x) * (1 + x))", {
	domain: unit,
	tex: "\\operatorname{artanh} #1",
});
/** The hyperbolic tangent of x. */
export const tanh: Unary = unary("tanh", Math.tanh, "1 - z^2", { tex: "\\tanh #1" });

/** σ(x) = 1 / (1 + e⁻ˣ), without overflow. */
export const sigmoid: Unary = unary("sigmoid", squash, "z * (1 - z)", {
	symbol: "σ",
	aliases: ["sigma"],
	tex: "\\sigma\\left(#1\\right)",
});
/** ln σ(x), without forming σ(x). */
export const logSigmoid: Unary = unary("logSigmoid", (x) => -soft(-x), "sigmoid(-x)", {
	formula: "-softplus(-x)",
	symbol: "ln σ",
	tex: "\\ln \\sigma\\left(#1\\right)",
});
/** ln(1 + eˣ), without overflow. */
export const softplus: Unary = unary("softplus", soft, "sigmoid(x)", {
	tex: "\\operatorname{softplus}\\left(#1\\right)",
});
/** max(x, 0). */
export const relu: Unary = unary("relu", (x) => Math.max(x, 0), "if(x > 0, 1, 0)", {
	result: "number",
	formula: "max(x, 0)",
	tex: "\\operatorname{relu}\\left(#1\\right)",
	...kinkAtZero(0, "0 at 0, as on the left"),
});
/** x above 0, y x below; y is the slope of the left side, 0.01 in most uses. */
export const leakyRelu: Binary = binary(
	"leakyRelu",
	(x, y) => (x > 0 ? x : y * x),
	["if(x > 0, 1, y)", "if(x > 0, 0, x)"],
	{
		says: "x above 0, slope · x below",
		formula: "if(x > 0, x, y * x)",
		kinks: [{ at: [0, 0.01], slopes: [0.01, 0], says: "the slope of the left side at 0" }],
	},
);
/** 1 above 0, otherwise 0: the perceptron's threshold. */
export const step: Unary = unary("step", (x) => (x > 0 ? 1 : x <= 0 ? 0 : x), "0", {
	formula: "if(x > 0, 1, if(x <= 0, 0, x))",
	result: "number",
	...kinkAtZero(0, "0 everywhere, also at the jump; the value at 0 is 0"),
});

/** ∫ of the normal density: 2/√π ∫₀ˣ exp(-t²) dt. */
export const erf: Unary = unary("erf", erfOf, "2 / sqrt(pi) * exp(-x^2)", {
	tex: "\\operatorname{erf}\\left(#1\\right)",
});
/** 1 - erf(x), with full accuracy where that is small. */
export const erfc: Unary = unary("erfc", erfcOf, "-2 / sqrt(pi) * exp(-x^2)", {
	tex: "\\operatorname{erfc}\\left(#1\\right)",
});
/** sin(πx) / (πx), which is 1 at 0 and 0 at every other whole number. */
export const sinc: Unary = unary(
	"sinc",
	(x) => {
		if (x === 0) return 1;
		if (!Number.isFinite(x)) return 1 / x;
		const nearest = Math.round(x);
		const sine = Math.sin(Math.PI * (x - nearest));
		return (nearest % 2 === 0 ? sine : -sine) / (Math.PI * x) + 0; // + 0: no -0
	},
	// Near 0 the quotient loses its digits, and its derivatives lose more: there it is a Taylor polynomial.
	"if(abs(x) < 0.03, -x * pi^2 / 3 * (1 - (pi * x)^2 / 10 * (1 - (pi * x)^2 / 28 * (1 - (pi * x)^2 / 54))), (cos(pi * (x - 2 * round(x / 2))) - z) / x)",
	kinkAtZero(0, "1 at 0 with slope 0, both by continuity; so are all orders"),
);
