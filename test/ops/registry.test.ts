/**
 * Everything that can be asked of an operation, asked of every operation.
 *
 * One loop over the registry: a new line in src/ops is tested without a new
 * line here, but for its oracle, the value by other means, without which it
 * fails. No operation is treated by name anywhere else.
 */
import * as library from "chainrule";
import {
	checkGradients,
	evaluate,
	formulaText,
	gradients,
	type Node,
	noGrad,
	operation,
	operations,
	parseFormula,
	permute,
	Scalar,
	scalar,
	slice,
	sum,
	type Tensor,
	tensor,
	type Value,
	zeros,
} from "chainrule";
import * as linalg from "chainrule/linalg";
import * as nn from "chainrule/nn";
import * as random from "chainrule/random";
import * as special from "chainrule/special";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { isFloating } from "../../src/core/dtype.js";
import { callsIn, namesIn, sameFormula } from "../../src/core/formula.js";
import { type AnyOp, constants, functionNamed, type Linear, type Pointwise } from "../../src/core/op.js";
import { type Shape, sizeOf } from "../../src/core/shape.js";
import { verdictOf } from "../verdicts.js";
import { definitions, type Grid, identities, inside, matrixPairs } from "./oracles.js";
import {
	distinct,
	isPointwise,
	isStructural,
	numbers,
	point,
	randomFor,
	structural,
	tensorsAt,
	ulps,
	whole,
} from "./sampling.js";

// ---------------------------------------------------------------- values by other means

/** ∫ₐᵇ f by Simpson's rule. */
function integral(f: (t: number) => number, a: number, b: number, intervals = 2000): number {
	const h = (b - a) / intervals;
	let total = f(a) + f(b);
	for (let i = 1; i < intervals; i++) total += (i % 2 === 1 ? 4 : 2) * f(a + i * h);
	return (total * h) / 3;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const errorFunction = (x: number): number => (2 / Math.sqrt(Math.PI)) * integral((t) => Math.exp(-t * t), 0, x);

/** ln Γ(x) by Stirling's series, from 30 further on. */
function lnGamma(x: number): number {
	const far = x + 30;
	let product = 1;
	for (let k = 0; k < 30; k++) product *= x + k;
	const series = 1 / (12 * far) - 1 / (360 * far ** 3) + 1 / (1260 * far ** 5) - 1 / (1680 * far ** 7);
	return (far - 0.5) * Math.log(far) - far + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** ψ(x) for s = 1, else ψ⁽ˢ⁻¹⁾(x): a sum of powers, and its tail as an integral with corrections. */
function harmonic(s: number, x: number): number {
	const count = 2000;
	let sum = 0;
	for (let k = count - 1; k >= 0; k--) sum += (x + k) ** -s;
	const far = x + count;
	const first = s / far ** (s + 1) / 12 - (s * (s + 1) * (s + 2)) / far ** (s + 3) / 720;
	if (s === 1) return Math.log(far) - 1 / (2 * far) - first - sum;
	let factorial = s % 2 === 0 ? 1 : -1;
	for (let k = 2; k < s; k++) factorial *= k;
	return factorial * (sum + far ** (1 - s) / (s - 1) + far ** -s / 2 + first);
}

/** Where an increasing f is y, by bisection. */
function inverse(f: (x: number) => number, y: number, low: number, high: number): number {
	let [a, b] = [low, high];
	for (let count = 0; count < 60; count++) {
		const middle = (a + b) / 2;
		if (f(middle) < y) a = middle;
		else b = middle;
	}
	return (a + b) / 2;
}

/** (∂ⁿq/∂xⁿ)/q at t, n = ⌊w⌋ being 1 or 2, for the density q = exp(xt - eᵗ) / Γ(x) of the logarithm of a gamma variable. */
function densityChange(x: number, w: number): (t: number) => number {
	const [mean, spread] = [harmonic(1, x), harmonic(2, x)];
	return (t) => (w < 2 ? t - mean : (t - mean) ** 2 - spread);
}

/** ∫ f from `from` on, or up to it where `side` is -1, for an f that falls off exponentially: trapezoids in s, t = from ± exp(s - e⁻ˢ). */
function tail(f: (t: number) => number, from: number, side: 1 | -1): number {
	let total = 0;
	for (let s = -5; s < 8; s += 1 / 32) {
		const distance = Math.exp(s - Math.exp(-s));
		total += (f(from + side * distance) * distance * (1 + Math.exp(-s))) / 32;
	}
	return total;
}

/** A second definition of each value. An operation without one fails. */
const oracle: Readonly<Record<string, (x: number, y: number, w: number) => number>> = {
	add: (x, y) => x - -y,
	sub: (x, y) => x + -y,
	mul: (x, y) => x / (1 / y),
	div: (x, y) => x * y ** -1,
	pow: (x, y) => Math.exp(y * Math.log(x)),
	reciprocal: (x) => x ** -1,
	rsqrt: (x) => x ** -0.5,
	cbrt: (x) => Math.sign(x) * Math.abs(x) ** (1 / 3),
	hypot: (x, y) => Math.abs(y) * Math.sqrt(1 + (x / y) ** 2),
	squaredDifference: (x, y) => x ** 2 - 2 * x * y + y ** 2,
	lerp: (x, y, w) => (1 - w) * x + w * y,
	floor: (x) => x - (((x % 1) + 1) % 1),
	ceil: (x) => x + (((-x % 1) + 1) % 1),
	trunc: (x) => Number.parseInt(String(x), 10),
	round: (x) => Number(x.toFixed(0)),
	frac: (x) => x - 1,
	fmod: (x, y) => x - 2 * y,
	remainder: (x, y) => x - 2 * y,
	clip: (x, y, w) => (x < y ? y : x > w ? w : x),
	identity: (x) => x * 1,
	neg: (x) => 0 - x,
	square: (x) => x ** 2,
	sqrt: (x) => x ** 0.5,
	abs: (x) => (x < 0 ? -x : x),
	sign: (x) => (x > 0 ? 1 : -1),
	maximum: (x, y) => (x > y ? x : y),
	minimum: (x, y) => (x > y ? y : x),
	less: (x, y) => Number(y - x > 0),
	lessEqual: (x, y) => Number(y - x >= 0),
	greater: (x, y) => Number(y - x < 0),
	greaterEqual: (x, y) => Number(y - x <= 0),
	equal: (x, y) => Number(y - x === 0),
	notEqual: (x, y) => Number(y - x !== 0),
	isFinite: (x) => Number(x - x === 0),
	isNaN: (x) => Number(String(x) === "NaN"),
	logicalAnd: (x, y) => Number(Boolean(x) && Boolean(y)),
	logicalOr: (x, y) => Number(Boolean(x) || Boolean(y)),
	logicalNot: (x) => Number(!x),
	logicalXor: (x, y) => Number(Boolean(x) !== Boolean(y)),
	where: (x, y, w) => (x !== 0 ? y : w),
	exp: (x) => Math.E ** x,
	expm1: (x) => Math.exp(x) - 1,
	log: (x) => 2 * integral((t) => 1 / (1 - t * t), 0, (x - 1) / (x + 1)), // 2 artanh
	log1p: (x) => Math.log(1 + x),
	exp2: (x) => Math.exp(x * Math.LN2),
	log2: (x) => Math.log(x) / Math.LN2,
	log10: (x) => Math.log(x) / Math.LN10,
	logAddExp: (x, y) => Math.log(Math.exp(x) + Math.exp(y)),
	xlogy: (x, y) => Math.log(y ** x),
	logit: (x) => Math.log(x) - Math.log(1 - x),
	sin: (x) => Math.cos(x - Math.PI / 2),
	cos: (x) => Math.sin(x + Math.PI / 2),
	tan: (x) => Math.sin(x) / Math.cos(x),
	tanh: (x) => 1 - 2 / (Math.exp(2 * x) + 1),
	asin: (x) => Math.atan2(x, Math.sqrt(1 - x * x)),
	acos: (x) => Math.atan2(Math.sqrt(1 - x * x), x),
	atan: (x) => integral((t) => 1 / (1 + t * t), 0, x),
	atan2: (x, y) => 2 * Math.atan(x / (Math.sqrt(x * x + y * y) + y)),
	sinh: (x) => (Math.exp(x) - Math.exp(-x)) / 2,
	cosh: (x) => (Math.exp(x) + Math.exp(-x)) / 2,
	asinh: (x) => Math.log(x + Math.sqrt(x * x + 1)),
	acosh: (x) => Math.log(x + Math.sqrt(x * x - 1)),
	atanh: (x) => Math.log((1 + x) / (1 - x)) / 2,
	sigmoid: logistic,
	logSigmoid: (x) => Math.log(logistic(x)),
	softplus: (x) => Math.log(1 + Math.exp(x)),
	relu: (x) => (x > 0 ? x : 0),
	leakyRelu: (x, y) => (x > 0 ? x : x * y),
	step: (x) => Number(x > 0),
	erf: errorFunction,
	erfc: (x) => 1 - errorFunction(x),
	sinc: (x) => Math.sin(Math.PI * x) / (Math.PI * x),
	lgamma: lnGamma,
	digamma: (x) => harmonic(1, x),
	polygamma: (n, x) => harmonic(Math.floor(n) + 1, x),
	logGammaScore: (x, y, w) => densityChange(x, w)(y),
	logGammaSlope: (x, y, w) => {
		const change = densityChange(x, w);
		// The integral over all t is 0: the smaller side will do.
		const side = y > Math.log(x) ? 1 : -1;
		return side * tail((t) => change(t) * Math.exp(x * (t - y) - Math.exp(t) + Math.exp(y)), y, side);
	},
	logGammaSample: (_, y) => y,
	erfinv: (x) => inverse(errorFunction, x, -4, 4),
	relu6: (x) => (x > 6 ? 6 : x < 0 ? 0 : x),
	elu: (x, y) => (x > 0 ? x : y * (Math.exp(x) - 1)),
	selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1)),
	celu: (x, y) => Math.max(0, x) + Math.min(0, y * (Math.exp(x / y) - 1)),
	gelu: (x) => (x * (1 + errorFunction(x / Math.SQRT2))) / 2,
	geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
	silu: (x) => x * logistic(x),
	mish: (x) => x * Math.tanh(Math.log(1 + Math.exp(x))),
	softsign: (x) => (x > 0 ? x / (1 + x) : x / (1 - x)),
	tanhShrink: (x) => x - Math.tanh(x),
	hardTanh: (x, y, w) => (x < y ? y : x > w ? w : x),
	hardSigmoid: (x) => (x < -3 ? 0 : x > 3 ? 1 : x / 6 + 0.5),
	hardSwish: (x) => (x < -3 ? 0 : x > 3 ? x : x * (x / 6 + 0.5)),
	softShrink: (x, y) => (x > y ? x - y : x < -y ? x + y : 0),
	hardShrink: (x, y) => (x > y || x < -y ? x : 0),
	threshold: (x, y, w) => (x > y ? x : w),
};

/** Everything that the entries export, by name. */
const exported: Readonly<Record<string, unknown>> = { ...linalg, ...nn, ...random, ...special, ...library };

const pointwise = operations().filter(isPointwise);
/** Operations whose value is drawn at random and given to them: no difference shows their slope. It is tested in random.test.ts. */
const drawn = new Set(["logGammaSample"]);
const others = operations().filter(isStructural).map(structural);

/** Operations whose operands or result are numbers of the tape: what they are looked at with. They have tests of their own at the end. */
const crossings: Readonly<Record<string, { readonly inputs: readonly Node[]; readonly attributes: unknown }>> = {
	fromScalars: { inputs: [1.5, -2, 3, 0.25, 7, -1].map((x) => scalar(x)), attributes: { shape: [2, 3] } },
	pick: {
		inputs: [
			tensor([
				[1.5, -2, 3],
				[0.25, 7, -1],
			]).T,
		],
		attributes: { position: 3 },
	},
};

const letters = ["x", "y", "w"] as const;

/** What this file asked: the tests and the comparisons in them. */
const asked = { tests: 0, checks: 0 };

afterEach(() => {
	asked.tests++;
	asked.checks += expect.getState().assertionCalls;
});

afterAll(() => {
	const { tests, checks } = asked;
	console.log(`${operations().length} operations, ${tests} tests, ${checks} checks`);
});

/** Whether the result depends on an operand smoothly: where it is a place or an answer, in integers, it does not. */
function hasGradient(op: AnyOp): boolean {
	if (isPointwise(op)) return op.partials.some((partial) => partial !== undefined);
	const { family, samples, call, name } = structural(op);
	if (family !== "custom") return true;
	return samples.every(({ shapes, attributes }) =>
		isFloating((call(inputsOf(name, shapes), attributes) as Tensor).dtype),
	);
}

/** The elements of each tensor at one place. */
function operandsAt(tensors: readonly Tensor[], position: number): number[] {
	return tensors.map((x) => x.data[position] as number);
}

/** A copy as a variable. */
function variable(x: Tensor, dtype = x.dtype): Tensor {
	return tensor(x, { requiresGrad: true, dtype });
}

/** A number different at every place, so that mixed-up places show. */
function weightsFor(shape: Shape): Tensor {
	return tensor(
		Float64Array.from({ length: sizeOf(shape) }, (_, index) => 1 + ((index * 7) % 5) / 4),
		{ shape },
	);
}

/** Gradients of the weighted sum of `z`; zeros where none arrives. */
function weightedGradients(z: Tensor, xs: readonly Tensor[], createGraph = false): Tensor[] {
	const cotangent = library.cast(weightsFor(z.shape), z.dtype);
	return gradients(z, xs, { cotangent, unused: "zero", createGraph });
}

// ---------------------------------------------------------------- every operation

describe("every operation", () => {
	test.each(operations())("$name: the name is the one it is exported under", (op) => {
		expect(Object.keys(exported)).toContain(op.name);
		expect(exported[op.name]).toBeTypeOf("function");
		expect(operation(op.name)).toBe(op);
	});

	test.each(operations())("$name: says what it does, has a symbol and LaTeX for every operand", (op) => {
		expect(op.says.trim()).not.toBe("");
		expect(op.symbol.trim()).not.toBe("");
		const arity = isPointwise(op) ? op.arity : (structural(op).samples[0]?.shapes.length ?? 1);
		for (let operand = 1; operand <= arity; operand++) {
			expect(op.tex).toContain(`#${operand}`);
			expect(op.text).toContain(`#${operand}`);
		}
		expect(op.tex).not.toContain(`#${arity + 1}`);
		expect(op.tex.split("{").length).toBe(op.tex.split("}").length);
		expect(op.tex.split("\\left").length).toBe(op.tex.split("\\right").length);
	});

	test.each(operations())("$name: the text parses, prints and parses to the same formula", (op) => {
		const text = letters.reduce((filled, letter, at) => filled.replaceAll(`#${at + 1}`, letter), op.text);
		const formula = parseFormula(text.replaceAll("#", "x"));
		const printed = formulaText(formula);
		expect(sameFormula(parseFormula(printed), formula)).toBe(true);
		expect(formulaText(parseFormula(printed))).toBe(printed);
	});

	test.each(operations())("$name: has a gradient, or says in one line why not", (op) => {
		const { noGradient } = op;
		expect(noGradient === undefined, "a gradient or a reason, and not both").toBe(hasGradient(op));
		expect(noGradient ?? "has one").toMatch(/^\S[^\n.]+[^\n.\s]$/);
	});

	test("is of one of the four families, under a name of its own", () => {
		const names = operations().map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const { family } of operations()) expect(["pointwise", "linear", "bilinear", "custom"]).toContain(family);
	});
});

// ---------------------------------------------------------------- pointwise

describe.each(pointwise)("pointwise", (op) => {
	const { name, arity } = op;
	const call = op.call as (...operands: Value[]) => Node;

	test(`${name}: the value is finite on the domain and agrees with an independent definition`, () => {
		const expected = oracle[name];
		expect(expected, `${name} needs an oracle: add one line to the table above`).toBeDefined();
		const random = randomFor(name);
		for (let count = 0; count < 200; count++) {
			const operands = point(op, random);
			const z = call(...operands).item();
			const [x, y, w] = operands as [number, number, number];
			const other = expected?.(x, y, w) as number;
			expect(z).toSatisfy(Number.isFinite);
			expect(Math.abs(z - other), `${name}(${operands.join(", ")})`).toBeLessThanOrEqual(
				1e-13 * Math.max(1, Math.abs(z)),
			);
		}
	});

	test(`${name}: the first derivative agrees in reverse mode, forward mode and finite differences, on numbers`, () => {
		if (drawn.has(name)) return;
		const random = randomFor(name);
		for (let count = 0; count < 5; count++) {
			const report = checkGradients(call as never, point(op, random));
			expect(verdictOf(report)).toBe("agrees");
		}
	});

	test(`${name}: the second derivative agrees in reverse mode, forward mode and finite differences, on numbers`, () => {
		if (drawn.has(name)) return;
		const random = randomFor(name);
		for (let count = 0; count < 3; count++) {
			const report = checkGradients(call as never, point(op, random), { order: 2 });
			expect(report.directions.some(({ order }) => order === 2)).toBe(true);
			expect(verdictOf(report)).toBe("agrees");
		}
	});

	test(`${name}: first and second derivatives agree in reverse mode, forward mode and finite differences, on tensors`, () => {
		if (drawn.has(name)) return;
		const report = checkGradients(call as never, tensorsAt(op, [2, 3], randomFor(name)), { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test(`${name}: the partials are formulas in the operands and the result, and call known functions`, () => {
		expect([0, arity]).toContain(op.partials.length);
		const known = new Set([...letters.slice(0, arity), "z", ...constants.keys()]);
		for (const partial of op.partials) {
			if (partial === undefined) continue;
			for (const used of namesIn(partial)) expect(known).toContain(used);
			for (const used of callsIn(partial)) expect(functionNamed(used)).toBeDefined();
		}
	});

	test(`${name}: kinks and domain name one number per operand`, () => {
		expect(op.domain).toHaveLength(arity);
		for (const { low, high } of op.domain) expect(low).toBeLessThan(high);
		for (const { at, slopes, says } of op.kinks) {
			expect(at).toHaveLength(arity);
			expect(slopes).toHaveLength(arity);
			expect(says).not.toBe("");
		}
	});

	test(`${name}: the text means the operation`, () => {
		const formula = parseFormula(letters.reduce((text, letter, at) => text.replaceAll(`#${at + 1}`, letter), op.text));
		const operands = point(op, randomFor(name));
		const named = new Map(operands.map((x, at) => [letters[at] as string, scalar(x)]));
		expect(Number(evaluate(formula, named))).toBe(call(...operands).item());
	});

	test(`${name}: the scalar tape and tensors give the same value and gradient, bit for bit`, () => {
		const tensors = tensorsAt(op, [4], randomFor(name)).map((x) => variable(x));
		const z = call(...tensors) as Tensor;
		const found = weightedGradients(z, tensors);
		for (let position = 0; position < 4; position++) {
			const scalars = operandsAt(tensors, position).map((x) => scalar(x));
			const number = call(...scalars) as Scalar;
			expect(number).toBeInstanceOf(Scalar);
			expect(number.value).toBe(z.data[position]);
			const weight = weightsFor(z.shape).data[position] as number;
			const slopes = gradients(number, scalars, { cotangent: weight, unused: "zero" });
			for (const [operand, slope] of slopes.entries()) expect(slope.value).toBe(found[operand]?.data[position]);
		}
	});

	test(`${name}: a gradient is missing on the tape exactly where it is missing on tensors`, () => {
		const operands = point(op, randomFor(name));
		const scalars = operands.map((x) => scalar(x));
		const tensors = operands.map((x) => tensor([x], { requiresGrad: true }));
		const onTape = gradients(call(...scalars), scalars, { unused: "undefined" });
		const onTensors = gradients(call(...tensors), tensors, { unused: "undefined" });
		const stated = letters.slice(0, arity).map((_, operand) => op.partials[operand] !== undefined);
		expect(onTape.map((slope) => slope !== undefined)).toEqual(stated);
		expect(onTensors.map((slope) => slope !== undefined)).toEqual(stated);
	});

	test(`${name}: the recorded gradient is the plain one`, () => {
		const scalars = point(op, randomFor(name)).map((x) => scalar(x));
		const plain = gradients(call(...scalars), scalars, { cotangent: 1.25, unused: "zero" });
		const recorded = gradients(call(...scalars), scalars, { cotangent: 1.25, unused: "zero", createGraph: true });
		for (const [operand, slope] of plain.entries()) {
			expect(ulps(slope.value, recorded[operand]?.value as number)).toBeLessThanOrEqual(4);
		}
		const tensors = tensorsAt(op, [2, 3], randomFor(name)).map((x) => variable(x));
		const first = weightedGradients(call(...tensors) as Tensor, tensors);
		const second = weightedGradients(call(...tensors) as Tensor, tensors, true);
		for (const [operand, slope] of first.entries()) {
			const other = numbers(second[operand] as Tensor);
			for (const [at, value] of numbers(slope).entries())
				expect(ulps(value, other[at] as number)).toBeLessThanOrEqual(4);
		}
	});

	test(`${name}: float32 is float64 rounded once, and its gradients agree within rounding`, () => {
		const wide = tensorsAt(op, [16], randomFor(name)).map((x) => variable(x));
		const narrow = wide.map((x) => variable(x, "float32"));
		const z = call(...wide) as Tensor;
		const rounded = call(...narrow) as Tensor;
		expect(rounded.dtype).toBe(z.dtype === "float64" ? "float32" : z.dtype);
		expect(numbers(rounded)).toEqual(numbers(z).map(Math.fround));
		const found = weightedGradients(rounded, narrow);
		for (const [operand, slope] of weightedGradients(z, wide).entries()) {
			expect(found[operand]?.dtype).toBe("float32");
			for (const [at, value] of numbers(slope).entries()) {
				const difference = Math.abs(value - (found[operand]?.data[at] as number));
				expect(difference).toBeLessThanOrEqual(4e-6 * Math.max(1, Math.abs(value)));
			}
		}
	});

	test(`${name}: a transposed, reversed or spaced view gives what its copy gives`, () => {
		const random = randomFor(name);
		const views: readonly ((x: Tensor) => Tensor)[] = [
			(x) => permute(x, [1, 0]),
			(x) => slice(x, [null, [null, null, -1]]),
			(x) => slice(x, [[0, null, 2], [1]]),
		];
		for (const view of views) {
			const stored = tensorsAt(op, [3, 4], random);
			const seen = stored.map((x) => view(variable(x)));
			const copies = seen.map((x) => variable(x));
			const z = call(...seen) as Tensor;
			const expected = call(...copies) as Tensor;
			expect(z.shape).toEqual(expected.shape);
			expect(numbers(z)).toEqual(numbers(expected));
			const slopes = weightedGradients(z, seen);
			for (const [operand, slope] of weightedGradients(expected, copies).entries()) {
				expect(numbers(slopes[operand] as Tensor)).toEqual(numbers(slope));
			}
		}
	});

	test.each(letters.slice(0, arity).map((letter, operand) => [letter, operand] as const))(
		`${name}: broadcasting %s gives the value of its copies and the sum of their gradients`,
		(_, operand) => {
			const random = randomFor(name);
			for (const small of [[1, 4], [3, 1], [4], [1], []] as const) {
				// Repeating one operand may bring it onto a kink of the others, so all of them are repeated from one point.
				const points = tensorsAt(op, small, random);
				const given = points.map((x, at) => variable(at === operand && arity > 1 ? x : copyOf(x, [3, 4])));
				const full = points.map((x) => variable(copyOf(x, [3, 4])));
				const z = call(...given) as Tensor;
				const expected = call(...full) as Tensor;
				expect(z.shape).toEqual([3, 4]);
				expect(numbers(z)).toEqual(numbers(expected));
				const slopes = weightedGradients(z, given);
				const whole = weightedGradients(expected, full);
				for (let at = 0; at < arity; at++) {
					const slope = slopes[at] as Tensor;
					expect(slope.shape).toEqual((given[at] as Tensor).shape);
					const summed = summedTo(whole[at] as Tensor, slope.shape);
					for (const [place, value] of summed.entries()) expect(slope.data[place]).toBeCloseTo(value, 12);
				}
			}
		},
	);

	test(`${name}: shapes of any sizes broadcast to the values of the numbers that meet`, () => {
		if (arity === 1) return;
		const random = randomFor(name);
		const size = fc.integer({ min: 0, max: 3 });
		const operand = fc.record({ dropped: fc.nat({ max: 3 }), single: fc.array(fc.boolean(), { maxLength: 3 }) });
		fc.assert(
			fc.property(
				fc.array(size, { maxLength: 3 }),
				fc.array(operand, { minLength: arity, maxLength: arity }),
				(shape, operands) => {
					const given = point(op, random);
					const xs = operands.map(({ dropped, single }, at) => {
						const own = shape.slice(dropped).map((length, axis) => (single[axis] ? 1 : length));
						return variable(tensor(new Float64Array(sizeOf(own)).fill(given[at] as number), { shape: own }));
					});
					const z = call(...xs) as Tensor;
					const expected = xs.map((x) => x.shape).reduce(broadcast);
					expect(z.shape).toEqual(expected);
					expect(new Set(numbers(z))).toEqual(new Set(sizeOf(expected) === 0 ? [] : [call(...given).item()]));
					for (const [at, slope] of weightedGradients(z, xs).entries()) expect(slope.shape).toEqual(xs[at]?.shape);
				},
			),
			{ seed: 1, numRuns: 8 },
		);
	});

	test(`${name}: a number or a scalar beside tensors is broadcast, and a scalar gets its gradient`, () => {
		if (arity === 1) return;
		for (let operand = 0; operand < arity; operand++) {
			const operands = point(op, randomFor(name));
			const full = operands.map((x) => tensor([x, x, x], { requiresGrad: true }));
			const expected = call(...full) as Tensor;
			const one = operands[operand] as number;
			const beside = (value: Value): Value[] => full.map((x, at) => (at === operand ? value : x));
			expect(numbers(call(...beside(one)) as Tensor)).toEqual(numbers(expected));
			const z = scalar(one);
			const crossed = call(...beside(z)) as Tensor;
			expect(numbers(crossed)).toEqual(numbers(expected));
			const [slope] = gradients(sum(crossed), [z], { unused: "zero" });
			const [parts] = gradients(sum(expected), [full[operand] as Tensor], { unused: "zero" });
			expect(slope.value).toBeCloseTo(sum(parts as Tensor).item(), 12);
		}
	});

	test(`${name}: empty tensors and tensors of one element work forward and backward`, () => {
		for (const shape of [[0], [2, 0, 3], [1], [1, 1], []] as const) {
			const tensors = tensorsAt(op, shape, randomFor(name)).map((x) => variable(x));
			const z = call(...tensors) as Tensor;
			expect(z.shape).toEqual(shape);
			expect(z.size).toBe(sizeOf(shape));
			for (const slope of weightedGradients(z, tensors)) expect(slope.shape).toEqual(shape);
			for (const slope of weightedGradients(z, tensors, true)) expect(slope.shape).toEqual(shape);
		}
	});

	test(`${name}: nothing is recorded of constants, nor without recording`, () => {
		const operands = point(op, randomFor(name));
		expect(call(...operands).requiresGrad).toBe(false);
		expect(noGrad(() => call(...operands.map((x) => scalar(x)))).requiresGrad).toBe(false);
		expect(noGrad(() => call(...operands.map((x) => tensor([x], { requiresGrad: true })))).requiresGrad).toBe(false);
	});

	test(`${name}: function, record and method are one operation`, () => {
		const operands = point(op, randomFor(name));
		const f = exported[name] as Pointwise["call"];
		expect(f(...operands).item()).toBe(call(...operands).item());
		if (!(name in library)) return; // methods are those of the main entry
		if (op.partials.length > 0 && op.partials[0] === undefined) return; // its first operand is not a value but a choice
		const [first, ...rest] = operands as [number, ...number[]];
		for (const made of [scalar(first), tensor([first])]) {
			const method = made[name as keyof typeof made] as unknown as (...given: Value[]) => Node;
			expect(method.call(made, ...rest).item()).toBe(call(...operands).item());
		}
	});
});

/** NumPy's rule for two shapes. */
function broadcast(a: Shape, b: Shape): Shape {
	const rank = Math.max(a.length, b.length);
	const aligned = (shape: Shape): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
	return aligned(a).map((size, axis) => (size === 1 ? (aligned(b)[axis] as number) : size));
}

/** `x` written out in `shape`, without the operation that is under test. */
function copyOf(x: Tensor, shape: readonly [number, number]): Tensor {
	const elements = new Float64Array(sizeOf(shape));
	const [rows, columns] = [x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1];
	for (let row = 0; row < shape[0]; row++) {
		for (let column = 0; column < shape[1]; column++) {
			const place = (rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column);
			elements[row * shape[1] + column] = x.data[place] as number;
		}
	}
	return tensor(elements, { shape });
}

/** The sums of a [3, 4] tensor over what was repeated. */
function summedTo(x: Tensor, shape: Shape): number[] {
	const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
	const totals = new Array<number>(sizeOf(shape)).fill(0);
	for (const [place, value] of x.data.entries()) {
		const [row, column] = [Math.floor(place / 4), place % 4];
		const to = (rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column);
		totals[to] = (totals[to] as number) + value;
	}
	return totals;
}

// ---------------------------------------------------------------- structural

const gridOf = (x: Node): Grid => ({ shape: x.shape, values: x instanceof Scalar ? [x.value] : numbers(x) });

/** Operands of `name` in these shapes, where it is defined. */
function inputsOf(name: string, shapes: readonly Shape[], make = distinct, random = randomFor(name)): Tensor[] {
	const drawn = shapes.map((shape) => make(shape, random));
	const moved = inside[name]?.(drawn.map(gridOf) as [Grid]);
	return moved ? moved.map(({ shape, values }) => tensor(Float64Array.from(values), { shape })) : drawn;
}

/** Numbers without a pattern, from -2 to 2. */
function irregular(shape: Shape, random: library.Generator): Tensor {
	return tensor(
		Float64Array.from({ length: sizeOf(shape) }, () => 4 * random.uniform() - 2),
		{ shape },
	);
}

/** Each shows `x` from storage in another order: turned around, backward, every other element of more. */
const viewsOf: readonly ((x: Tensor) => Tensor)[] = [
	(x) => {
		const axes = [...x.shape.keys()].reverse();
		return permute(variable(permute(x, axes)), axes);
	},
	(x) => {
		const backward = x.shape.map(() => [null, null, -1] as const);
		return slice(variable(slice(x, backward)), backward);
	},
	(x) => {
		const axis = x.rank - 1;
		if (axis < 0) return x;
		const spaced = variable(library.stack([x, library.add(x, 7)], { axis: x.rank }));
		return slice(
			library.reshape(spaced, [...x.shape.slice(0, axis), 2 * (x.shape[axis] as number)]),
			x.shape.map((_, at) => (at === axis ? [null, null, 2] : null)),
		);
	},
];

const titleOf = (name: string, shapes: readonly Shape[]): string =>
	`${name} of ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`;

const allSamples = others.flatMap((op) =>
	op.samples.map(({ shapes, attributes }) => ({ op, name: op.name, shapes, attributes })),
);

/** Samples whose result is a place or an answer: integers and booleans have no gradient. */
const places = new Set(allSamples.filter(({ op }) => op.noGradient !== undefined));
const samples = allSamples.filter((sample) => !places.has(sample));

/** ⟨x, y⟩. */
function inner(x: Tensor, y: Tensor): number {
	return numbers(x).reduce((total, value, at) => total + value * (y.data[at] as number), 0);
}

/** "close", or the first number that is not within `tolerance` of the other, or that part of it. */
function nearness(found: readonly number[], expected: readonly number[], tolerance: number): string {
	if (found.length !== expected.length) return `${found.length} numbers instead of ${expected.length}`;
	const far = found.findIndex((value, at) => {
		const other = expected[at] as number;
		return !(Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(other)));
	});
	return far < 0 ? "close" : `${found[far]} instead of ${expected[far]} at ${far}`;
}

test.each(others)("$name: has a sample, or crosses between numbers and tensors and is tested below", (op) => {
	expect(op.samples.length > 0 || op.name in crossings).toBe(true);
});

test.each(others)("$name: has an oracle, a definition or what its result shall do", ({ name }) => {
	expect(name in definitions !== name in identities, `${name} needs one entry in oracles.ts`).toBe(true);
});

test("no oracle is left of an operation that is gone", () => {
	const names = [...Object.keys(oracle), ...Object.keys(definitions), ...Object.keys(identities)];
	expect([...new Set(names)].filter((name) => !operation(name))).toEqual([]);
});

/** "close", or where a result is not as it is defined, or does not do what it shall. */
function asDefined(name: string, xs: readonly Grid[], attributes: unknown, z: Grid): string {
	const define = definitions[name];
	if (define) {
		const { shape, values } = define(xs as [Grid, Grid], attributes as never);
		return String(z.shape) === String(shape)
			? nearness(z.values, values, 1e-10)
			: `shape ${String(z.shape)} instead of ${String(shape)}`;
	}
	const verdicts = matrixPairs(xs[0] as Grid, z)
		.flatMap(([x, part]) => identities[name]?.(x, part) ?? [])
		.map(([found, expected]) => nearness(found.flat(), expected.flat(), 1e-10));
	return verdicts.find((verdict) => verdict !== "close") ?? "close";
}

describe.each(allSamples)("structural", ({ op, name, shapes, attributes }) => {
	const title = titleOf(name, shapes);
	const f = (...xs: Tensor[]): Tensor => op.call(xs, attributes) as Tensor;

	test(`${title}: the value agrees with an independent definition`, () => {
		const random = randomFor(name);
		const drawn = [distinct, irregular, irregular, irregular].map((make) => inputsOf(name, shapes, make, random));
		// Ties; but many matrices of small whole numbers have no inverse.
		if (!(name in linalg) || name in inside) drawn.push(inputsOf(name, shapes, whole, random));
		for (const xs of drawn) expect(asDefined(name, xs.map(gridOf), attributes, gridOf(f(...xs)))).toBe("close");
	});

	test(`${title}: the shape foretold is the shape computed, and the value is finite`, () => {
		const z = f(...inputsOf(name, shapes));
		expect(z.shape).toEqual(op.shape(shapes, attributes));
		expect(z.size).toBe(sizeOf(z.shape));
		expect(numbers(z).every(Number.isFinite)).toBe(true);
	});

	test(`${title}: a transposed, reversed or spaced view gives what its copy gives`, () => {
		for (const view of viewsOf) {
			const copies = inputsOf(name, shapes).map((x) => variable(x));
			const views = copies.map((x) => view(x));
			expect(views.map(numbers)).toEqual(copies.map(numbers));
			const [z, expected] = [f(...views), f(...copies)];
			expect(numbers(z)).toEqual(numbers(expected));
			if (places.has(sampleOf(op, attributes))) continue;
			const slopes = weightedGradients(z, views);
			for (const [at, slope] of weightedGradients(expected, copies).entries()) {
				expect(numbers(slopes[at] as Tensor)).toEqual(numbers(slope));
			}
		}
	});

	test(`${title}: float32 agrees with float64 within rounding, and its gradients do`, () => {
		const wide = inputsOf(name, shapes).map((x) => variable(x));
		const narrow = wide.map((x) => variable(x, "float32"));
		const [z, rounded] = [f(...wide), f(...narrow)];
		expect(nearness(numbers(rounded), numbers(z), 1e-5)).toBe("close");
		if (places.has(sampleOf(op, attributes))) return;
		const slopes = weightedGradients(rounded, narrow);
		for (const [at, slope] of weightedGradients(z, wide).entries()) {
			expect(nearness(numbers(slopes[at] as Tensor), numbers(slope), 1e-4)).toBe("close");
		}
	});

	test.each([0, 1, 3])(`${title}: %d examples at once are the examples one by one, with their gradients`, (size) => {
		const random = randomFor(name);
		const examples = Array.from({ length: size }, () =>
			inputsOf(name, shapes, irregular, random).map((x) => variable(x)),
		);
		const batches = shapes.map((shape, operand) => {
			const rows = examples.map((xs) => xs[operand] as Tensor);
			return variable(rows.length === 0 ? zeros([0, ...shape]) : library.stack(rows));
		});
		const z = together(op, batches, attributes, size);
		expect(z.shape).toEqual([size, ...op.shape(shapes, attributes)]);
		const results = examples.map((xs) => f(...xs));
		expect(nearness(numbers(z), results.flatMap(numbers), 1e-12)).toBe("close");
		if (places.has(sampleOf(op, attributes))) return;
		const cotangent = results.length === 0 ? z.detach() : library.stack(results.map((part) => weightsFor(part.shape)));
		const slopes = gradients(z, batches, { cotangent, unused: "zero" });
		for (const [operand, slope] of slopes.entries()) {
			expect(slope.shape).toEqual(batches[operand]?.shape);
			const expected = examples.flatMap((xs, example) =>
				numbers(weightedGradients(results[example] as Tensor, xs)[operand] as Tensor),
			);
			expect(nearness(numbers(slope), expected, 1e-10)).toBe("close");
		}
	});
});

/** The operation on examples along a new first axis: by its own rule, or one by one where it has none. */
function together(op: (typeof others)[number], batches: readonly Tensor[], attributes: unknown, size: number): Tensor {
	if (op.batched) return op.batched(batches, attributes, size);
	const each = (...xs: Tensor[]): Tensor => op.call(xs, attributes) as Tensor;
	return library.vmap(each as (...xs: Tensor[]) => Tensor)(...batches) as Tensor;
}

const sampleOf = (op: (typeof others)[number], attributes: unknown): (typeof allSamples)[number] =>
	allSamples.find((sample) => sample.op === op && sample.attributes === attributes) as (typeof allSamples)[number];

describe.each(samples)("structural, with a gradient", ({ op, name, shapes, attributes }) => {
	const title = titleOf(name, shapes);
	const f = (...xs: Tensor[]): Tensor => op.call(xs, attributes) as Tensor;

	test(`${title}: a product with the derivative is a product with its transpose`, () => {
		const random = randomFor(name);
		const xs = inputsOf(name, shapes, distinct, random);
		const vs = shapes.map((shape) => whole(shape, random));
		const [z, forward] = library.jvp(f as (...xs: never[]) => Value, xs as never, vs as never);
		const u = whole(z.shape, random);
		const [, pull] = library.vjp(f as (...xs: never[]) => Value, ...(xs as never[]));
		const pulled = pull(u) as readonly Tensor[];
		const left = inner(u, forward as Tensor);
		const right = pulled.reduce((total, gx, operand) => total + inner(gx, vs[operand] as Tensor), 0);
		expect(right).toBeCloseTo(left, 12);
		for (const [operand, gx] of pulled.entries()) expect(gx.shape).toEqual(shapes[operand]);
	});

	test(`${title}: first and second derivatives agree in reverse mode, forward mode and finite differences`, () => {
		const report = checkGradients(f as never, inputsOf(name, shapes), { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test(`${title}: the recorded gradient is the plain one`, () => {
		const xs = inputsOf(name, shapes).map((x) => variable(x));
		const plain = weightedGradients(f(...xs), xs);
		const recorded = weightedGradients(f(...xs), xs, true);
		for (const [operand, gx] of plain.entries()) expect(numbers(recorded[operand] as Tensor)).toEqual(numbers(gx));
	});

	test(`${title}: float32 stays float32, forward and backward`, () => {
		const xs = inputsOf(name, shapes, whole).map((x) => variable(x, "float32"));
		const z = f(...xs);
		expect(z.dtype).toBe((attributes as { readonly dtype?: string } | undefined)?.dtype ?? "float32");
		for (const gx of weightedGradients(z, xs)) expect(gx.dtype).toBe("float32");
	});
});

describe.each([...places])("structural, without a gradient", ({ op, name, shapes, attributes }) => {
	test(`${titleOf(name, shapes)}: the result holds integers, and no gradient flows`, () => {
		const xs = inputsOf(name, shapes).map((x) => variable(x));
		const z = op.call(xs, attributes) as Tensor;
		expect(z.dtype).toBe("int32");
		expect(z.requiresGrad).toBe(false);
	});
});

const sumOf = (a: Tensor, b: Tensor): number[] => numbers(a).map((value, at) => value + (b.data[at] as number));

describe.each(samples.filter(({ op }) => op.family === "linear"))("linear", ({ op, name, shapes, attributes }) => {
	test(`${name} of ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}: is linear in all operands together`, () => {
		const random = randomFor(name);
		const f = (...xs: Tensor[]): Tensor => op.call(xs, attributes) as Tensor;
		const xs = shapes.map((shape) => whole(shape, random));
		const vs = shapes.map((shape) => whole(shape, random));
		const together = xs.map((x, operand) => library.add(x, vs[operand] as Tensor));
		expect(numbers(f(...together))).toEqual(sumOf(f(...xs), f(...vs)));
		expect(numbers(f(...xs.map((x) => library.mul(x, 3))))).toEqual(numbers(library.mul(f(...xs), 3)));
		expect(numbers(f(...shapes.map((shape) => zeros(shape)))).every((value) => value === 0)).toBe(true);
	});
});

describe.each(samples.filter(({ op }) => op.family === "bilinear"))("bilinear", ({ op, name, shapes, attributes }) => {
	test(`${name} of ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}: is linear in each operand`, () => {
		const random = randomFor(name);
		const f = (...xs: Tensor[]): Tensor => op.call(xs, attributes) as Tensor;
		const [x, y] = shapes.map((shape) => whole(shape, random)) as [Tensor, Tensor];
		const [v, w] = shapes.map((shape) => whole(shape, random)) as [Tensor, Tensor];
		expect(numbers(f(library.add(x, v), y))).toEqual(sumOf(f(x, y), f(v, y)));
		expect(numbers(f(x, library.add(y, w)))).toEqual(sumOf(f(x, y), f(x, w)));
	});
});

describe("between numbers and tensors", () => {
	test.each(Object.entries(crossings))("%s: the value agrees with an independent definition", (name, crossing) => {
		const { inputs, attributes } = crossing;
		const z = structural(operation(name) as AnyOp).call(inputs, attributes);
		expect(asDefined(name, inputs.map(gridOf), attributes, gridOf(z))).toBe("close");
	});

	test("fromScalars and pick are transposes of each other, to second order", () => {
		const gathered = operation("fromScalars") as unknown as Linear<{ shape: Shape }>;
		expect(gathered.shape([[], []], { shape: [2] })).toEqual([2]);
		const report = checkGradients(
			(x: Scalar, y: Scalar) => {
				const z = library.fromScalars([library.mul(x, y), x, library.sin(y), 4], [2, 2]);
				return library.matmul(z, z);
			},
			[0.7, -1.2],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
	});

	test("pick refuses a place that is not there", () => {
		for (const position of [6, -1, 0.5, Number.NaN]) {
			expect(() => library.pick(zeros([2, 3]), position)).toThrow("pick: no such element");
		}
		expect(() => library.pick(zeros([0]), 0)).toThrow("pick: no such element");
	});

	test("pick takes one element in row-major order, also of a view, to second order", () => {
		const x = tensor([
			[1, 2, 3],
			[4, 5, 6],
		]);
		expect(library.pick(x, 4).value).toBe(5);
		expect(library.pick(permute(x, [1, 0]), 1).value).toBe(4);
		const report = checkGradients(
			(y: Tensor) => library.mul(library.pick(y, 1), library.mul(library.pick(y, 3), library.pick(y.T, 1))),
			[distinct([2, 3], randomFor("pick"))],
			{ order: 2 },
		);
		expect(verdictOf(report)).toBe("agrees");
	});
});
