/**
 * Functions of one real variable.
 *
 * One line is a whole definition: the name, the value, and dz/dx as a formula
 * in the input `x` and the output `z`. Nothing about these functions is said
 * anywhere else.
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
import { type Binary, binary, positive, type Unary, unary } from "./pointwise.js";

const squash = (x: number): number => {
	if (x >= 0) return 1 / (1 + Math.exp(-x));
	const growth = Math.exp(x); // for x < 0 the form above overflows
	return growth / (1 + growth);
};
const soft = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const kinkAtZero = (slope: number, says: string): { kinks: { at: number[]; slopes: number[]; says: string }[] } => ({
	kinks: [{ at: [0], slopes: [slope], says }],
});

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

/** The sine of x, in radians. */
export const sin: Unary = unary("sin", Math.sin, "cos(x)", { tex: "\\sin #1" });
/** The cosine of x, in radians. */
export const cos: Unary = unary("cos", Math.cos, "-sin(x)", { tex: "\\cos #1" });
/** The tangent of x, in radians. */
export const tan: Unary = unary("tan", Math.tan, "1 + z^2", { domain: { low: -1.57, high: 1.57 }, tex: "\\tan #1" });
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
		kinks: [{ at: [0, 0.01], slopes: [0.01, 0], says: "the slope of the left side at 0" }],
	},
);
/** 1 above 0, otherwise 0: the perceptron's threshold. */
export const step: Unary = unary("step", (x) => (x > 0 ? 1 : x <= 0 ? 0 : x), "0", {
	result: "number",
	...kinkAtZero(0, "0 everywhere, also at the jump; the value at 0 is 0"),
});

/** ∫ of the normal density: 2/√π ∫₀ˣ exp(-t²) dt. */
export const erf: Unary = unary("erf", erfOf, "2 / sqrt(pi) * exp(-x^2)", {
	tex: "\\operatorname{erf}\\left(#1\\right)",
});
