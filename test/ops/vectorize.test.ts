/**
 * Operations on large float32 arrays: by vector loops what the loops in
 * JavaScript compute, for every operation that has a formula.
 */

import {
	add,
	defineOp,
	div,
	exp,
	gradients,
	log,
	mul,
	parameter,
	setBackend,
	sqrt,
	sum,
	type Tensor,
	tanh,
	tensor,
	where,
} from "chainrule";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { toFunction } from "../../src/core/formula.js";
import { constants, functionNamed, functionNames, operations, type Pointwise } from "../../src/core/op.js";
import { fewest } from "../../src/kernels/vectors.js";
import { float32 } from "../../src/kernels/wasm/lanes.js";
import "../../src/nn/index.js";

const pointwise = operations().filter((op): op is Pointwise => op.family === "pointwise");
const stated = pointwise.filter((op) => op.formula !== undefined);
const vectorial = pointwise.filter((op) => op.formula !== undefined || float32.functions.has(op.name));
const environment = {
	functions: new Map(functionNames().map((name) => [name, (functionNamed(name) as Pointwise).value])),
	constants,
};

const edges = [0, -0, 1, -1, 0.5, 2.5, -3, 3, 6, 1e-310, 1e200, -1e200, Infinity, -Infinity, NaN];
const tuples = (arity: number): number[][] =>
	arity === 0 ? [[]] : tuples(arity - 1).flatMap((tuple) => edges.map((x) => [...tuple, x]));

afterEach(() => {
	setBackend("wasm");
});

/** What `f` gives in JavaScript, and by vector loops. */
function both<Result>(f: () => Result): { readonly js: Result; readonly vector: Result } {
	setBackend("js");
	const js = f();
	setBackend("wasm");
	return { js, vector: f() };
}

/** The elements, of vector loops and of JavaScript, that are not within a `tolerance`, relative above 1. */
function apart(
	results: { readonly js: readonly Tensor[]; readonly vector: readonly Tensor[] },
	tolerance: number,
): unknown {
	return results.vector.flatMap((result, at) => {
		const [a, b] = [result.data, results.js[at]!.data];
		return [...a.keys()]
			.filter((i) => !Object.is(a[i], b[i]) && !(Math.abs(a[i]! - b[i]!) <= tolerance * (1 + Math.abs(b[i]!))))
			.map((i) => [i, a[i], b[i]]);
	});
}

describe("the formula of a value", () => {
	test.each(stated)("$name: is the value to the last bit, everywhere", ({ value, formula, arity }) => {
		const run = toFunction(formula!, ["x", "y", "w"].slice(0, arity), environment);
		for (const tuple of tuples(arity)) expect([tuple, run(...tuple)]).toEqual([tuple, value(...tuple)]);
		const numbers = fc.tuple(...Array.from({ length: arity }, () => fc.double()));
		fc.assert(fc.property(numbers, (xs) => Object.is(run(...xs), value(...xs))));
	});
});

describe("vector loops and loops in JavaScript", () => {
	const size = fewest + 3;
	/** Numbers of the domain of an operand, not on its ends. */
	const operandOf = ({ domain }: Pointwise, operand: number): Tensor => {
		const { low, high, sampled } = domain[operand]!;
		const [from, to] = sampled ?? [Math.max(low + 0.1, -3), Math.min(high - 0.1, 3)];
		const data = Float32Array.from(
			{ length: size },
			(_, i) => from + (to - from) * ((i * 0.618034 * (operand + 1)) % 1),
		);
		return parameter(data);
	};

	test.each(vectorial)("$name: values and gradients agree within rounding", (op) => {
		const operands = Array.from({ length: op.arity }, (_, operand) => operandOf(op, operand));
		const g = tensor(Float32Array.from({ length: size }, (_, i) => (i % 5 === 0 ? 0 : Math.sin(i))));
		const { js, vector } = both(() => {
			const z = op.call(...operands) as Tensor;
			if (!z.requiresGrad) return [z];
			return [z, ...gradients(z, operands, { cotangent: g, unused: "zero" })];
		});
		expect(apart({ js, vector }, 2e-6)).toEqual([]);
	});

	test("a value of one step of arithmetic has the same bits", () => {
		const [x, y] = [3, 7].map((k) =>
			tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(k * i) * 10 ** ((i % 60) - 30))),
		);
		for (const f of [add, mul, div]) {
			const { js, vector } = both(() => f(x!, y!));
			expect(vector.data).toEqual(js.data);
		}
		const { js, vector } = both(() => sqrt(x!));
		expect(vector.data).toEqual(js.data);
	});

	test.each(vectorial)(
		"$name: in float64 the bits are the same, also of infinities, NaN and what is near to them",
		(op) => {
			const numbers = fc.sample(fc.double(), { numRuns: size * op.arity, seed: 5 });
			const operands = Array.from({ length: op.arity }, (_, operand) =>
				parameter(
					Float64Array.from(
						numbers.slice(operand * size, (operand + 1) * size),
						(x, i) => edges[(i >> operand) % 50] ?? x,
					),
				),
			);
			const g = tensor(Float64Array.from({ length: size }, (_, i) => (i % 5 === 0 ? 0 : Math.sin(i))));
			const { js, vector } = both(() => {
				const z = op.call(...operands) as Tensor;
				if (!z.requiresGrad) return [z];
				return [z, ...gradients(z, operands, { cotangent: g, unused: "zero" })];
			});
			for (const [at, result] of vector.entries()) expect(result.data).toEqual(js[at]!.data);
		},
	);

	test("integers, and what is promoted, are left to JavaScript, to the last bit", () => {
		const x = tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i)));
		const n = tensor(Int32Array.from({ length: size }, (_, i) => 2 ** 24 + i));
		for (const f of [() => add(x, n), () => add(n, n), () => mul(n, tensor(new Float32Array(size).fill(1)))]) {
			const { js, vector } = both(f);
			expect(vector.data).toEqual(js.data);
			expect(vector.dtype).toBe(js.dtype);
		}
	});

	test("operands are repeated as broadcasting says, whatever lies in memory", () => {
		const x = parameter(
			Float32Array.from({ length: 60 * 70 }, (_, i) => Math.sin(i)),
			{ shape: [60, 70] },
		);
		const column = parameter(
			Float32Array.from({ length: 60 }, (_, i) => 1 + i / 7),
			{ shape: [60, 1] },
		);
		const row = parameter(Float32Array.from({ length: 70 }, (_, i) => 1 + i / 9));
		const { js, vector } = both(() => {
			const z = mul(div(add(x, row), column), x.transpose().reshape([60, 70])).mul(0.5);
			return [z, ...gradients(sum(mul(z, z)), [x, row, column])];
		});
		expect(apart({ js, vector }, 1e-4)).toEqual([]);
	});

	test("conditions of bool choose", () => {
		const x = parameter(Float32Array.from({ length: size }, (_, i) => i - 500));
		const { js, vector } = both(() => {
			const z = where(x.greater(3), x, x.mul(0.1));
			return [z, ...gradients(sum(z), [x])];
		});
		expect(apart({ js, vector }, 1e-7)).toEqual([]);
	});
});

describe("a pull on large arrays", () => {
	const zeros = (): Tensor => parameter(new Float32Array(fewest));

	test("a cotangent of 0 annihilates where the partial is infinite or NaN", () => {
		const x = zeros();
		const g = tensor(Float32Array.from({ length: fewest }, (_, i) => i % 2));
		for (const f of [sqrt, log]) {
			const [gx] = gradients(f(x), [x], { cotangent: g });
			expect(new Set(gx.data.filter((_, i) => i % 2 === 0))).toEqual(new Set([0]));
			expect(new Set(gx.data.filter((_, i) => i % 2 === 1))).toEqual(new Set([Infinity]));
		}
	});

	test("contributions add up", () => {
		const x = parameter(Float32Array.from({ length: fewest + 1 }, (_, i) => (i % 11) - 5));
		const [gx] = gradients(
			sum(
				mul(x, x)
					.add(mul(x, 3))
					.add(exp(mul(x, 0))),
			),
			[x],
		);
		expect(gx.data).toEqual(x.data.map((value) => 2 * value + 3));
	});

	test("a NaN cotangent is passed on", () => {
		const x = zeros();
		const [gx] = gradients(tanh(x), [x], { cotangent: tensor(new Float32Array(fewest).fill(NaN)) });
		expect(gx.data.every(Number.isNaN)).toBe(true);
	});

	test("the same call gives the same bits the first time and later", () => {
		const x = parameter(Float32Array.from({ length: fewest }, (_, i) => Math.sin(i)));
		const run = (): Tensor => gradients(sum(tanh(exp(x))), [x])[0];
		const first = run();
		for (let again = 0; again < 3; again++) expect(run().data).toEqual(first.data);
	});
});

describe("formulas of users", () => {
	const x = parameter(Float32Array.from({ length: fewest }, (_, i) => Math.sin(i)));

	test("a value given as a formula is computed by it, on numbers, scalars and arrays", () => {
		const bump = defineOp({ name: "bump", value: "exp(-x^2) * (1 + pi)", partials: ["-2 * x * z"] });
		expect(bump(0.5).item()).toBe(Math.exp(-0.25) * (1 + Math.PI));
		const { js, vector } = both(() => [bump(x), ...gradients(sum(bump(x)), [x])]);
		expect(apart({ js, vector }, 1e-6)).toEqual([]);
		expect(vector[0]!.data).not.toEqual(js[0]!.data); // rounded in every step: a vector loop it was
	});

	test("a formula that has no vector loop is computed all the same", () => {
		const wave = defineOp({ name: "wave", value: "sin(x)^5 + 1e-60", partials: ["5 * sin(x)^4 * cos(x)"] });
		const { js, vector } = both(() => [wave(x), ...gradients(sum(wave(x)), [x])]);
		for (const [at, result] of vector.entries()) expect(result.data).toEqual(js[at]!.data);
	});

	test("a number that float32 does not have is left to float64", () => {
		const faint = defineOp({ name: "faint", value: "x * 1e-60 * 1e60", partials: ["1"] });
		expect(faint(tensor(new Float32Array(fewest).fill(2))).data).toEqual(new Float32Array(fewest).fill(2));
	});
});
