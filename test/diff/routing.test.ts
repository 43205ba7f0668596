/**
 * No gradient is not a gradient of zero, and a gradient goes only where the
 * value came from: nothing infinite or NaN in a branch that was not taken
 * reaches the result, in any order of derivative.
 */
import {
	abs,
	add,
	div,
	evaluate,
	exp,
	gather,
	grad,
	gradients,
	greater,
	jvp,
	leakyRelu,
	less,
	log,
	logSumExp,
	max,
	maximum,
	mean,
	min,
	minimum,
	mul,
	type Node,
	norm,
	parameter,
	parseFormula,
	pow,
	relu,
	type Scalar,
	scalar,
	sign,
	slice,
	softmax,
	softplus,
	sqrt,
	square,
	step,
	sub,
	sum,
	type Tensor,
	tanh,
	tensor,
	type Value,
	where,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { toCode, toFunction } from "../../src/core/formula.js";

/** Gradient at a number, by the scalar tape, plain and recorded, and by tensors, plain and recorded. */
function slopes(f: (x: Value) => Node, at: number): (number | undefined)[] {
	const results: (number | undefined)[] = [];
	for (const createGraph of [false, true]) {
		const x = scalar(at);
		results.push(gradients(f(x), [x], { createGraph, unused: "undefined" })[0]?.value);
		const t = tensor([at, at], { requiresGrad: true });
		results.push(gradients(sum(f(t)), [t], { createGraph, unused: "undefined" })[0]?.data[0]);
	}
	return results;
}

/** Second derivative at a number, by the scalar tape and by tensors. */
function curvatures(f: (x: Value) => Node, at: number): number[] {
	const onTape = grad(grad(f as (x: Scalar) => Scalar, { unused: "zero" }), { unused: "zero" })(at);
	const first = (x: Tensor): Tensor => grad((y: Tensor) => sum(f(y)), { unused: "zero" })(x);
	const onTensors = grad((x: Tensor) => sum(first(x)), { unused: "zero" })(tensor([at, at]));
	return [onTape, onTensors.data[0] as number];
}

/** Tangent at a number, by the scalar tape and by tensors. */
function tangents(f: (x: Value) => Node, at: number): number[] {
	return [
		jvp(f as (x: Scalar) => Node, [at], [1])[1].item(),
		(jvp(f as (x: Tensor) => Node, [tensor([at])], [tensor([1])])[1] as Tensor).item(),
	];
}

const everywhere = (value: number | undefined): (number | undefined)[] => [value, value, value, value];

// ---------------------------------------------------------------- none and zero

describe("no gradient and a gradient of zero are told apart", () => {
	const zeroSlopes: readonly (readonly [string, (x: Value) => Node, number])[] = [
		["relu of a negative number", (x) => relu(x), -2],
		["relu at 0", (x) => relu(x), 0],
		["abs at 0", (x) => abs(x), 0],
		["sign", (x) => sign(x), 3],
		["step", (x) => step(x), 3],
		["a product with 0", (x) => mul(x, 0), 3],
		["a difference with itself", (x) => sub(x, x), 3],
		["the square at 0", (x) => square(x), 0],
		["what where did not choose", (x) => where(1, 5, x), 2],
		["the smaller one of maximum", (x) => maximum(x, 5), 2],
		["relu of relu of a negative number", (x) => relu(relu(x)), -1],
		["a saturated tanh", (x) => tanh(mul(x, 100)), 3],
	];

	test.each(zeroSlopes)("a leaf behind %s has gradient 0, not none", (_, f, at) => {
		expect(slopes(f, at)).toEqual(everywhere(0));
	});

	const constants: readonly (readonly [string, (x: Value) => Node])[] = [
		["a comparison", (x) => add(less(x, 1), parameter([1, 1]))],
		["the condition of where", (x) => where(x, parameter([1, 1]), 2)],
		["a detached value", (x) => mul((x as Node).detach(), parameter([1, 1]))],
	];

	test.each(constants)("a leaf that is reached only through %s has none", (_, f) => {
		const x = scalar(2);
		const t = tensor([2, 2], { requiresGrad: true });
		for (const createGraph of [false, true]) {
			expect(gradients(sum(f(x)), [x], { unused: "undefined", createGraph })).toEqual([undefined]);
			expect(gradients(sum(f(t)), [t], { unused: "undefined", createGraph })).toEqual([undefined]);
		}
	});

	test("backward leaves 0 where it arrived and nothing where it did not", () => {
		const [x, y, z] = [scalar(-1), scalar(2), scalar(3)];
		add(relu(x), y).backward();
		expect([x.grad, y.grad, z.grad]).toEqual([0, 1, undefined]);
		const [u, v, w] = [parameter([-1]), parameter([2]), parameter([3])];
		add(relu(u), v).backward();
		expect([u.grad?.toArray(), v.grad?.toArray(), w.grad]).toEqual([[0], [1], undefined]);
	});

	test("contributions that cancel are 0, and contributions of -0 are not none", () => {
		const x = scalar(3);
		sub(mul(x, 2), mul(x, 2)).backward();
		expect(x.grad).toBe(0);
		const y = scalar(3);
		mul(y, -0).backward();
		expect(y.grad).toBe(0);
		const z = scalar(3);
		mul(mul(z, 0), -1).backward();
		expect(z.grad).toBe(0);
		const tiny = scalar(1);
		mul(mul(tiny, -1e-200), 1e-200).backward();
		expect(tiny.grad).toBe(0);
	});

	test("a leaf whose first gradient is 0 takes later ones", () => {
		const x = scalar(-1);
		relu(x).backward();
		expect(x.grad).toBe(0);
		mul(x, 3).backward();
		expect(x.grad).toBe(3);
	});

	test("elements that were not picked have gradient 0", () => {
		const w = parameter([1, 2, 3]);
		sum(slice(w, [[1, 2]])).backward();
		expect(w.grad?.toArray()).toEqual([0, 1, 0]);
		const v = parameter([1, 2, 3]);
		sum(gather(v, tensor([2, 2], { dtype: "int32" }))).backward();
		expect(v.grad?.toArray()).toEqual([0, 0, 2]);
	});
});

// ---------------------------------------------------------------- routing

describe("infinity and NaN in the branch not taken never reach the result", () => {
	/** f at `at` is smooth there; the other branch has an infinite or undefined value or slope. */
	const cases: readonly { what: string; f: (x: Value) => Node; at: number; first: number; second: number }[] = [
		{
			what: "√x beside 2x², at 0",
			f: (x) => where(greater(x, 0), sqrt(x), mul(2, square(x))),
			at: 0,
			first: 0,
			second: 4,
		},
		{ what: "√x beside x, below 0", f: (x) => where(greater(x, 0), sqrt(x), x), at: -1, first: 1, second: 0 },
		{ what: "ln x beside x², at 0", f: (x) => where(greater(x, 0), log(x), square(x)), at: 0, first: 0, second: 2 },
		{
			what: "ln x beside x², below 0",
			f: (x) => where(greater(x, 0), log(x), square(x)),
			at: -2,
			first: -4,
			second: 2,
		},
		{
			what: "1/x beside x², at 0",
			f: (x) => where(less(abs(x), 1e-3), square(x), div(1, x)),
			at: 0,
			first: 0,
			second: 2,
		},
		{
			what: "an overflowing exp beside x²",
			f: (x) => where(less(x, 500), exp(x), square(x)),
			at: 1000,
			first: 2000,
			second: 2,
		},
		{
			what: "0/0 beside x²",
			f: (x) => where(greater(x, 1), div(sub(x, x), sub(x, x)), square(x)),
			at: 0.5,
			first: 1,
			second: 2,
		},
		{
			what: "x^0.5 beside x², at 0",
			f: (x) => where(greater(x, 0), pow(x, 0.5), square(x)),
			at: 0,
			first: 0,
			second: 2,
		},
		{
			what: "√ inside √ beside x², at 0",
			f: (x) => where(greater(x, 0), sqrt(sqrt(x)), square(x)),
			at: 0,
			first: 0,
			second: 2,
		},
		{ what: "relu of √x, at 0, shifted below", f: (x) => relu(sub(sqrt(x), 1)), at: 0, first: 0, second: 0 },
		{ what: "maximum with -∞", f: (x) => maximum(square(x), log(mul(x, 0))), at: 3, first: 6, second: 2 },
		{ what: "minimum with +∞", f: (x) => minimum(square(x), div(1, mul(x, 0))), at: 3, first: 6, second: 2 },
		{ what: "minimum with an overflowing exp", f: (x) => minimum(exp(x), square(x)), at: 1000, first: 2000, second: 2 },
		{ what: "a clip between 0 and 4", f: (x) => minimum(maximum(square(x), 0), 4), at: 1.5, first: 3, second: 2 },
		{
			what: "leakyRelu with an infinite slope, above 0",
			f: (x) => leakyRelu(square(x), Number.POSITIVE_INFINITY),
			at: 3,
			first: 6,
			second: 2,
		},
	];

	test.each(cases)("$what: first derivative", ({ f, at, first }) => {
		expect(slopes(f, at)).toEqual(everywhere(first));
		expect(tangents(f, at)).toEqual([first, first]);
	});

	test.each(cases)("$what: second derivative", ({ f, at, second }) => {
		expect(curvatures(f, at)).toEqual([second, second]);
	});

	test("a cotangent of 0 annihilates an infinite slope", () => {
		expect(slopes((x) => mul(sqrt(x), 0), 0)).toEqual(everywhere(0));
		expect(slopes((x) => mul(log(add(x, 0)), 0), 0)[0]).toBe(0);
		expect(slopes((x) => sqrt(x), 0)).toEqual(everywhere(Number.POSITIVE_INFINITY));
	});

	test("an infinite cotangent does not become NaN where it is not sent", () => {
		const [x, y] = [parameter([1, 2]), parameter([3, 4])];
		const z = where(tensor([true, false]), x, y);
		const infinite = tensor([Number.POSITIVE_INFINITY, Number.NaN]);
		for (const createGraph of [false, true]) {
			const [gx, gy] = gradients(z, [x, y], { cotangent: infinite, createGraph });
			expect(gx.toArray()).toEqual([Number.POSITIVE_INFINITY, 0]);
			expect(gy.toArray()).toEqual([0, Number.NaN]);
		}
		const w = parameter([1, 5, 5]);
		const [gw] = gradients(max(w), [w], { cotangent: Number.POSITIVE_INFINITY });
		expect(gw.toArray()).toEqual([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
	});

	test("in a max or min over elements, NaN and infinities elsewhere stay where they are", () => {
		const x = tensor([0, 1, 4]);
		const f = (y: Tensor): Tensor => max(sub(y, div(1, square(y)))); // -∞ with slope ∞ at 0
		expect(grad(f)(x).toArray()).toEqual([0, 0, 1 + 2 / 64]);
		expect(grad((y: Tensor) => min(div(1, y)))(x).toArray()).toEqual([0, 0, -1 / 16]);
	});

	test("a masked mean over logarithms ignores masked zeros", () => {
		const x = parameter([0, 1, Math.E]);
		const kept = tensor([false, true, true]);
		mean(where(kept, log(x), 0)).backward();
		expect(x.grad?.data[0]).toBe(0);
		expect(x.grad?.data[1]).toBeCloseTo(1 / 3, 15);
	});

	test("the norm at 0 has gradient 0, alone and beside others", () => {
		expect(grad((x: Tensor) => norm(x))(tensor([0, 0])).toArray()).toEqual([0, 0]);
		const rows = tensor([
			[0, 0],
			[3, 4],
		]);
		expect(grad((x: Tensor) => sum(norm(x, { axis: 1 })))(rows).toArray()).toEqual([
			[0, 0],
			[expect.closeTo(0.6, 15), expect.closeTo(0.8, 15)],
		]);
	});

	test("softmax and logSumExp route past elements at -∞", () => {
		const x = tensor([Number.NEGATIVE_INFINITY, 0, 0]);
		expect(grad((y: Tensor) => logSumExp(y))(x).toArray()).toEqual([0, 0.5, 0.5]);
		const slope = grad((y: Tensor) => sum(mul(softmax(y), tensor([1, 2, 3]))))(x);
		expect(slope.add(0).toArray()).toEqual([0, -0.25, 0.25]);
	});

	test("stable functions stay finite where naive formulas overflow", () => {
		expect(slopes((x) => softplus(x), 1000)).toEqual(everywhere(1));
		expect(slopes((x) => softplus(x), -1000)).toEqual(everywhere(0));
		expect(grad((x: Tensor) => logSumExp(x))(tensor([1000, 1000])).toArray()).toEqual([0.5, 0.5]);
	});
});

// ---------------------------------------------------------------- NaN where it belongs

test("NaN that was chosen does reach the result", () => {
	expect(slopes((x) => mul(x, Number.NaN), 1)).toEqual(everywhere(Number.NaN));
	expect(max(tensor([1, Number.NaN, 3])).item()).toBeNaN();
	expect(maximum(1, Number.NaN).value).toBeNaN();
});

test("a NaN condition chooses the same side for the value and for the gradient", () => {
	for (const condition of [0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
		const [x, y] = [scalar(2), scalar(3)];
		const z = where(condition, x, y);
		z.backward();
		expect(z.value).toBe((x.grad as number) === 1 ? 2 : 3);
		expect((x.grad as number) + (y.grad as number)).toBe(1);
		const [u, v] = [parameter([2]), parameter([3])];
		const t = where(tensor([condition]), u, v);
		sum(t).backward();
		expect(t.item()).toBe(z.value);
		expect([u.grad?.item(), v.grad?.item()]).toEqual([x.grad, y.grad]);
	}
});

test("a condition that is NaN holds, in compiled rules as in where", () => {
	const parsed = parseFormula("if(x, 2, 3)");
	const code = toCode(parsed, { name: (name) => name, call: () => "" });
	const compiled = new Function("x", `return ${code}`) as (x: number) => number;
	const closure = toFunction(parsed, ["x"], { functions: new Map(), constants: new Map() });
	for (const x of [Number.NaN, 0, -0, 1, Number.POSITIVE_INFINITY]) {
		const chosen = where(x, 2, 3).value;
		const found = [compiled(x), closure(x), Number(evaluate(parsed, new Map([["x", x]])))];
		expect(found).toEqual([chosen, chosen, chosen]);
	}
});
