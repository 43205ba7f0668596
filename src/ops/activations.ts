/**
 * Activation functions of networks, beyond those of the main entry.
 *
 * One line is a whole definition, as in the file of transcendental functions.
 * Parameters are operands: they have gradients of their own, and the exported
 * function fills in the usual value. Slopes at corners are those of PyTorch.
 *
 * Note [slopes at infinity]
 * x σ(x) and its kin have the slopes 0 at -∞ and 1 at ∞, but their formulas
 * meet 0 · ∞ there. So these ask whether x is finite, and else take a step.
 */
import erfcOf from "@stdlib/math-base-special-erfc";
import { failure } from "../core/errors.js";
import type { Domain, Kink } from "../core/op.js";
import { scope } from "../core/scope.js";
import { normalizeAxis, shapeText } from "../core/shape.js";
import type { Scalar } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { mul } from "./arithmetic.js";
import { type Axis, asTensor, reshape, split } from "./movement.js";
import {
	type Binary,
	binary,
	everywhere,
	positive,
	recordOf,
	type Ternary,
	ternary,
	type Unary,
	unary,
} from "./pointwise.js";
import { leakyRelu, sigmoid } from "./transcendental.js";

/** A function of one value and a parameter that may be left out: `elu(x)`, `elu(x, 0.5)`. */
export interface Parametric {
	(x: number | Scalar, y?: number | Scalar): Scalar;
	(x: Tensor, y?: Value): Tensor;
	(x: Value, y?: Value): Node;
}

/** A function of one value and two parameters that may be left out. */
export interface Bounded {
	(x: number | Scalar, y?: number | Scalar, w?: number | Scalar): Scalar;
	(x: Tensor, y?: Value, w?: Value): Tensor;
	(x: Value, y?: Value, w?: Value): Node;
}

const parametric = (call: Binary, usual: number): Parametric =>
	((x: Value, y: Value = usual) => call(x, y)) as Parametric;

const kink = (at: number[], slopes: number[], says: string): Kink => ({ at, slopes, says });
const sampled = (low: number, high: number): Domain => ({ ...everywhere, sampled: [low, high] });
const atInfinity = { kinks: [kink([Number.POSITIVE_INFINITY], [1], "0 at -∞, 1 at ∞")] };
const squash = recordOf(sigmoid).value;
/** x times the gate, and 0 where it is closed. */
const gated = (gate: string): string => `if(${gate} == 0, 0, x * ${gate})`;

/** min(max(x, 0), 6). */
export const relu6: Unary = unary("relu6", (x) => Math.min(Math.max(x, 0), 6), "if(x > 0, if(x < 6, 1, 0), 0)", {
	formula: "min(max(x, 0), 6)",
	result: "number",
	kinks: [kink([0], [0], "0 at 0, as on the left"), kink([6], [0], "0 at 6, as on the right")],
});
/** x above 0, y (eˣ - 1) below; y is 1 when left out. */
export const elu: Parametric = parametric(
	binary("elu", (x, y) => (x > 0 ? x : y * Math.expm1(x)), ["if(x > 0, 1, y * exp(x))", "if(x > 0, 0, expm1(x))"], {
		kinks: [kink([0, 0.5], [0.5, 0], "the slope of the left side at 0")],
	}),
	1,
);
/** λ elu(x, α) with the λ and α that keep mean 0 and variance 1: Klambauer et al., "Self-normalizing neural networks", 2017. */
export const selu: Unary = unary(
	"selu",
	(x) => (x > 0 ? 1.0507009873554805 * x : 1.7580993408473768 * Math.expm1(x)),
	"if(x > 0, 1.0507009873554805, 1.7580993408473768 * exp(x))",
	{ kinks: [kink([0], [1.7580993408473768], "the slope of the left side at 0")] },
);
/** x above 0, y (exp(x / y) - 1) below, smooth at 0; y is 1 when left out. */
export const celu: Parametric = parametric(
	binary(
		"celu",
		(x, y) => (x > 0 ? x : y * Math.expm1(x / y)),
		["if(x > 0, 1, exp(x / y))", "if(x > 0, 0, expm1(x / y) - x / y * exp(x / y))"],
		{ domain: [everywhere, positive], kinks: [kink([0, 1], [1, 0], "1 at 0, from both sides")] },
	),
	1,
);
/** x Φ(x), where Φ is the distribution function of the normal distribution: Hendrycks and Gimpel, 2016. */
export const gelu: Unary = unary(
	"gelu",
	(x) => {
		const tail = erfcOf(-x * Math.SQRT1_2);
		return tail && (x / 2) * tail; // 0 at -∞
	},
	"if(isFinite(x), erfc(-x / sqrt(2)) / 2 + x * exp(-x^2 / 2) / sqrt(2 * pi), step(x))",
	atInfinity,
);
/** x Φ(x), with Φ approximated by tanh: `gelu(x, approximate="tanh")` of PyTorch. */
export const geluTanh: Unary = unary(
	"geluTanh",
	(x) => {
		// (1 + tanh u) / 2 = σ(2u)
		const gate = squash(1.5957691216057308 * x * (1 + 0.044715 * x * x));
		return gate && x * gate;
	},
	// Beyond 100 the gate is open or closed to the last bit, and the cube may overflow.
	"if(abs(x) < 100, sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x^2)) + z * sigmoid(-1.5957691216057308 * x * (1 + 0.044715 * x^2)) * 1.5957691216057308 * (1 + 0.134145 * x^2), step(x))",
	{ ...atInfinity, formula: gated("sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x))") },
);
/** x σ(x), also called swish. */
export const silu: Unary = unary(
	"silu",
	(x) => {
		const gate = squash(x);
		return gate && x * gate;
	},
	"if(isFinite(x), sigmoid(x) + z * sigmoid(-x), step(x))",
	{ ...atInfinity, formula: gated("sigmoid(x)") },
);
/** x tanh(softplus(x)): Misra, 2019. */
export const mish: Unary = unary(
	"mish",
	(x) => {
		if (x > 20) return x;
		const growth = Math.exp(x);
		const gate = growth * (growth + 2); // tanh ln(1 + e) = e (e + 2) / (e (e + 2) + 2)
		return gate && (x * gate) / (gate + 2);
	},
	"if(isFinite(x), tanh(softplus(x)) + x * (1 - tanh(softplus(x))^2) * sigmoid(x), step(x))",
	atInfinity,
);
/** x / (1 + |x|). */
export const softsign: Unary = unary(
	"softsign",
	(x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : x / (1 + Math.abs(x))),
	"1 / (1 + abs(x))^2",
	{ tex: "\\frac{#1}{1 + \\left|#1\\right|}", formula: "if(isFinite(x), x / (1 + abs(x)), sign(x))" },
);
/** x - tanh(x), with full accuracy near 0. */
export const tanhShrink: Unary = unary(
	"tanhShrink",
	(x) => {
		if (Math.abs(x) > 1) return x - Math.tanh(x);
		// tanh x = x / (1 + f) with the continued fraction f = x² / (3 + x² / (5 + …))
		let fraction = 0;
		for (let odd = 17; odd > 1; odd -= 2) fraction = (x * x) / (odd + fraction);
		return (x * fraction) / (1 + fraction);
	},
	"tanh(x)^2",
	{ tex: "#1 - \\tanh #1" },
);
/** min(max(x, y), w); y is -1 and w is 1 when left out. Unlike `clip` it passes nothing on its bounds. */
export const hardTanh: Bounded = ((x: Value, y: Value = -1, w: Value = 1) => hardTanhOf(x, y, w)) as Bounded;
const hardTanhOf: Ternary = ternary(
	"hardTanh",
	(x, y, w) => Math.min(Math.max(x, y), w),
	["if(x > y, if(x < w, 1, 0), 0)", "if(x <= y, 1, 0)", "if(x >= w, 1, 0)"],
	{
		result: "same",
		formula: "min(max(x, y), w)",
		domain: [everywhere, sampled(-1.4, -0.6), sampled(0.6, 1.4)],
		kinks: [
			kink([-1, -1, 1], [0, 1, 0], "0 on the bounds, unlike `clip`: the bound has it"),
			kink([1, -1, 1], [0, 0, 1], "0 on the bounds, unlike `clip`: the bound has it"),
		],
	},
);
/** min(max(x + 3, 0), 6) / 6. */
export const hardSigmoid: Unary = unary(
	"hardSigmoid",
	(x) => Math.min(Math.max(x + 3, 0), 6) / 6,
	"if(x > -3, if(x < 3, 1 / 6, 0), 0)",
	{ formula: "min(max(x + 3, 0), 6) / 6", kinks: [-3, 3].map((x) => kink([x], [0], "0 at the corners, as outside")) },
);
/** x hardSigmoid(x). */
export const hardSwish: Unary = unary(
	"hardSwish",
	(x) => (x <= -3 ? 0 : x >= 3 ? x : (x * (x + 3)) / 6),
	"if(x > -3, if(x < 3, x / 3 + 1 / 2, 1), 0)",
	{
		formula: "if(x <= -3, 0, if(x >= 3, x, x * (x + 3) / 6))",
		kinks: [kink([-3], [0], "0 at -3, as on the left"), kink([3], [1], "1 at 3, as on the right")],
	},
);
const shrinks: readonly Domain[] = [sampled(-2.4, -1.6), { ...positive, sampled: [0.7, 1.3] }];
/** x drawn towards 0 by y, and 0 in between; y is 0.5 when left out. */
export const softShrink: Parametric = parametric(
	binary(
		"softShrink",
		(x, y) => (Math.abs(x) <= y ? 0 : x - Math.sign(x) * y),
		["if(abs(x) > y, 1, 0)", "if(abs(x) > y, -sign(x), 0)"],
		{ domain: shrinks, kinks: [kink([0.5, 0.5], [0, 0], "0 at the corners, as between them")] },
	),
	0.5,
);
/** x where |x| > y, otherwise 0; y is 0.5 when left out. */
export const hardShrink: Parametric = parametric(
	binary("hardShrink", (x, y) => (Math.abs(x) <= y ? 0 : x), ["if(abs(x) > y, 1, 0)", "0"], {
		domain: shrinks,
		kinks: [kink([0.5, 0.5], [0, 0], "0 at the jumps, as between them")],
	}),
	0.5,
);
/** `threshold(x, y, w)`: x above y, otherwise w. */
export const threshold: Ternary = ternary(
	"threshold",
	(x, y, w) => (x <= y ? w : x),
	["if(x <= y, 0, 1)", "0", "if(x <= y, 1, 0)"],
	{ kinks: [kink([1, 1, 0.5], [0, 0, 1], "at the threshold the replacement has it")] },
);

/** x above 0, weight · x below. The weight is one number, or one per channel: axis 1 of x. */
export const prelu: Binary = ((x: Value, weight: Value) =>
	scope("prelu", () => {
		if (!(weight instanceof Tensor)) return leakyRelu(x, weight);
		const { shape } = asTensor(x);
		if (weight.size === 1) return leakyRelu(x, reshape(weight, []));
		if (weight.rank === 1 && shape[1] === weight.size)
			return leakyRelu(x, reshape(weight, [weight.size, ...shape.slice(2).fill(1)]));
		throw failure({
			what: "prelu: weights do not fit the channels",
			expected: "one weight, or as many as x.shape[1]",
			actual: `x ${shapeText(shape)}, weight ${shapeText(weight.shape)}`,
		});
	})) as Binary;

/** The first half of x along `axis`, the last when left out, times the sigmoid of the second half. */
export function glu(x: Value, { axis = -1 }: Axis = {}): Tensor {
	return scope("glu", () => {
		const from = asTensor(x);
		const at = normalizeAxis("glu", axis, from.rank);
		const size = from.shape[at] as number;
		if (size % 2 !== 0) {
			throw failure({
				what: "glu: no two halves",
				expected: `an even size of axis ${at}`,
				actual: `x ${shapeText(from.shape)}`,
			});
		}
		const [first, second] = split(from, [size / 2, size / 2], { axis: at }) as [Tensor, Tensor];
		return mul(first, sigmoid(second));
	});
}
