/**
 * Derivatives of functions: any order, any nesting, any form of argument.
 *
 * Everything is compared with closed forms, and the ways to a derivative
 * (reverse, forward, over each other) with one another.
 */
import {
	add,
	ChainruleError,
	checkGradients,
	cos,
	div,
	exp,
	Generator,
	grad,
	gradients,
	hessian,
	hvp,
	jacobian,
	jvp,
	log,
	logSumExp,
	matmul,
	mean,
	mul,
	neg,
	noGrad,
	norm,
	pow,
	randn,
	Scalar,
	scalar,
	sigmoid,
	sin,
	softmax,
	square,
	stopGradient,
	sub,
	sum,
	Tensor,
	tanh,
	tensor,
	type Value,
	valueAndGrad,
	valueGradAndAux,
	vjp,
	where,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../verdicts.js";

type ScalarFunction = (x: Scalar) => Scalar;

/** The derivative by forward mode, as a function that can be differentiated again. */
function forward(f: ScalarFunction): ScalarFunction {
	return (x) => jvp(f, [x], [1])[1] as Scalar;
}

/** The derivative by reverse mode, likewise. */
function reverse(f: ScalarFunction): ScalarFunction {
	return (x) => grad(f)(x);
}

const square1 = (x: Value): Scalar => mul(x as Scalar, x as Scalar);

// ---------------------------------------------------------------- order

describe("third derivatives of composed expressions are the closed forms", () => {
	const cases: readonly { name: string; f: ScalarFunction; third: (x: number) => number; at: number }[] = [
		{
			name: "sin(x²)",
			f: (x) => sin(mul(x, x)),
			third: (x) => -12 * x * Math.sin(x * x) - 8 * x ** 3 * Math.cos(x * x),
			at: 0.7,
		},
		{ name: "exp(2x)", f: (x) => exp(mul(2, x)), third: (x) => 8 * Math.exp(2 * x), at: -0.3 },
		{ name: "x⁵", f: (x) => pow(x, 5), third: (x) => 60 * x * x, at: -1.5 },
		{ name: "ln x", f: (x) => log(x), third: (x) => 2 / x ** 3, at: 0.8 },
		{
			name: "tanh x",
			f: (x) => tanh(x),
			third: (x) => {
				const t = Math.tanh(x);
				return -2 * (1 - t * t) * (1 - 3 * t * t);
			},
			at: 0.5,
		},
		{
			name: "1/(1 + x²)",
			f: (x) => div(1, add(1, mul(x, x))),
			third: (x) => (24 * x * (1 - x * x)) / (1 + x * x) ** 4,
			at: 0.6,
		},
		{
			name: "exp(x) sin(x)",
			f: (x) => mul(exp(x), sin(x)),
			third: (x) => 2 * Math.exp(x) * (Math.cos(x) - Math.sin(x)),
			at: 1.1,
		},
		{
			name: "σ(x)",
			f: (x) => sigmoid(x),
			third: (x) => {
				const s = 1 / (1 + Math.exp(-x));
				return s * (1 - s) * (1 - 6 * s + 6 * s * s);
			},
			at: 0.9,
		},
	];

	test.each(cases)("$name by grad of grad of grad", ({ f, third, at }) => {
		expect(grad(grad(grad(f)))(at)).toBeCloseTo(third(at), 11);
	});

	test.each(cases)("$name by every mixture of forward and reverse mode", ({ f, third, at }) => {
		for (const a of [forward, reverse]) {
			for (const b of [forward, reverse]) {
				for (const c of [forward, reverse]) expect(Number(a(b(c(f)))(scalar(at)))).toBeCloseTo(third(at), 11);
			}
		}
	});

	test.each(cases)("$name on a tensor, element by element", ({ f, third, at }) => {
		const onTensor = f as unknown as (x: Tensor) => Tensor;
		const derivative = (g: (x: Tensor) => Tensor) => (x: Tensor) => grad((y: Tensor) => sum(g(y)))(x);
		const x = tensor([at, at / 2]);
		const found = derivative(derivative(derivative(onTensor)))(x);
		expect(found.data[0]).toBeCloseTo(third(at), 11);
		expect(found.data[1]).toBeCloseTo(third(at / 2), 10);
	});

	test.each(cases)("$name by gradients with createGraph, three times", ({ f, third, at }) => {
		const x = scalar(at);
		const [first] = gradients(f(x), [x], { createGraph: true });
		const [second] = gradients(first, [x], { createGraph: true });
		const [found] = gradients(second, [x]);
		expect(found.value).toBeCloseTo(third(at), 11);
	});

	test("the tenth derivative of a product is right", () => {
		// (x eˣ)⁽ⁿ⁾ = (x + n) eˣ
		let f: ScalarFunction = (x) => mul(x, exp(x));
		for (let order = 0; order < 10; order++) f = reverse(f);
		expect(f(scalar(0.3)).value / (10.3 * Math.exp(0.3))).toBeCloseTo(1, 12);
	});

	test("derivatives of a polynomial beyond its degree are zero, not missing", () => {
		const f: ScalarFunction = (x) => mul(x, x);
		expect(grad(grad(f))(3)).toBe(2);
		expect(grad(grad(grad(f, { unused: "zero" }), { unused: "zero" }), { unused: "zero" })(3)).toBe(0);
	});
});

// ---------------------------------------------------------------- nesting

describe("nested derivatives do not confuse their variables", () => {
	test("d/dx of x · d/dy (x + y) is 1", () => {
		expect(grad((x) => mul(x, grad((y) => add(x, y))(2)))(3)).toBe(1);
	});

	test("d/dx of x · d/dy (x y) is 2x, in every pair of modes", () => {
		for (const outer of [forward, reverse]) {
			for (const inner of [forward, reverse]) {
				const f: ScalarFunction = (x) => mul(x, inner((y) => mul(x, y))(scalar(5)));
				expect(outer(f)(scalar(3)).value).toBe(6);
			}
		}
	});

	test("an inner derivative at a plain number still depends on the outer variable", () => {
		// d/dx [ d/dy sin(x y) at y = 2 ] = cos(2x) - 2x sin(2x)
		const f: ScalarFunction = (x) => grad((y: Scalar) => sin(mul(x, y)))(2) as unknown as Scalar;
		expect(grad(f)(0.4)).toBeCloseTo(Math.cos(0.8) - 0.8 * Math.sin(0.8), 13);
	});

	test("an inner derivative at a plain number depends on an outer tensor, too", () => {
		// d/dy Σ xᵢ y = Σ xᵢ
		const f = (x: Tensor): Value => square(grad((y: Scalar) => sum(mul(x, y)))(2) as unknown as Scalar);
		expect(grad(f)(tensor([1, 2])).toArray()).toEqual([6, 6]);
	});

	test("an inner derivative at a tensor depends on an outer scalar and on an outer tensor", () => {
		const at = tensor([1, 2]);
		const onScalar: (x: Scalar) => Value = (x) => sum(grad((y: Tensor) => sum(mul(x, square(y))))(at));
		expect(grad(onScalar)(3)).toBe(6); // Σ 2 x yᵢ
		const onTensor = (x: Tensor): Value => sum(square(grad((y: Tensor) => sum(mul(x, square(y))))(at)));
		expect(grad(onTensor)(tensor([3, 4])).toArray()).toEqual([24, 128]); // 8 xᵢ yᵢ²
	});

	test("three levels over the same names: d/dx d/dy d/dz of x² y³ z⁴", () => {
		const f = grad(
			(x: Scalar) =>
				grad((y: Scalar) => grad((z: Scalar) => mul(mul(pow(x, 2), pow(y, 3)), pow(z, 4)))(0.5) as unknown as Scalar)(
					2,
				) as unknown as Scalar,
		);
		expect(f(3)).toBeCloseTo(2 * 3 * (3 * 4) * (4 * 0.125), 12);
	});

	test("grad in jvp: the tangent reaches a variable captured by the inner derivative", () => {
		const [, tangent] = jvp(
			(x: Scalar) => grad((y: Scalar) => mul(square(x), square(y)))(3) as unknown as Scalar,
			[2],
			[1],
		);
		expect(tangent.item()).toBe(24); // d/dx 2 x² y = 4 x y
	});

	test("jvp in grad: the gradient reaches point, tangent and captured variable", () => {
		const through = (f: ScalarFunction): number => grad(f)(2);
		expect(through((x) => jvp((y: Scalar) => mul(square(y), y), [x], [1])[1] as Scalar)).toBe(12); // 6x
		expect(through((x) => jvp((y: Scalar) => mul(square(y), y), [3], [x])[1] as Scalar)).toBe(27); // 3y²
		expect(through((x) => jvp((y: Scalar) => mul(square(x), y), [3], [1])[1] as Scalar)).toBe(4); // 2x
	});

	test("vjp in grad: the gradient reaches point, cotangent and captured variable", () => {
		const through = (f: ScalarFunction): number => grad(f)(2);
		expect(through((x) => vjp((y: Scalar) => pow(y, 3), x)[1](1)[0] as unknown as Scalar)).toBeCloseTo(12, 12);
		expect(through((x) => vjp((y: Scalar) => pow(y, 3), 3)[1](x)[0] as unknown as Scalar)).toBeCloseTo(27, 12);
		expect(through((x) => vjp((y: Scalar) => mul(square(x), y), 3)[1](1)[0] as unknown as Scalar)).toBe(4);
	});

	test("hvp in grad: a third derivative", () => {
		expect(grad((x: Scalar) => hvp((y: Scalar) => pow(y, 4), x, 1) as Scalar)(2)).toBeCloseTo(48, 11); // d/dx 12x²
	});

	test("grad in hvp: second derivative of a function that differentiates", () => {
		// f(x) = d/dy (x³ y²) at y = 1 is 2x³, f'' = 12x
		const f = (x: Scalar): Scalar => grad((y: Scalar) => mul(pow(x, 3), square(y)))(1) as unknown as Scalar;
		expect(hvp(f, 2, 1)).toBeCloseTo(24, 11);
	});

	test("stopGradient stops the derivatives of every level", () => {
		const f: ScalarFunction = (x) => mul(x, grad((y: Scalar) => mul(y, stopGradient(y)))(x) as Scalar);
		expect(grad(f)(3)).toBe(3); // the inner one has the value of x and is a constant
	});

	test("a loop of gradient steps is differentiable in its step size", () => {
		// y ← y - s · 2y, twice, from 1: (1 - 2s)², derivative -4 (1 - 2s)
		const end: ScalarFunction = (s) => {
			let y: Value = 1;
			for (let count = 0; count < 2; count++) y = sub(y, mul(s, grad((x: Scalar) => square(x))(y as Scalar)));
			return y as Scalar;
		};
		expect(grad(end)(0.1)).toBeCloseTo(-3.2, 13);
	});

	test("functions that stand side by side do not see each other", () => {
		const f: ScalarFunction = (x) => add(grad((y: Scalar) => square(y))(x), grad((y: Scalar) => pow(y, 3))(x));
		expect(grad(f)(2)).toBeCloseTo(2 + 12, 12);
	});
});

// ---------------------------------------------------------------- forms of arguments and results

describe("arguments and results keep their form", () => {
	test("a number gives a number, a scalar a scalar, a tensor a tensor", () => {
		const f = (x: Value): Value => (x instanceof Tensor ? sum(mul(x, x)) : mul(x, x));
		expect(grad(f as (x: Scalar) => Value)(3)).toBe(6);
		const onScalar = grad(f as (x: Scalar) => Value)(scalar(3));
		expect(onScalar).toBeInstanceOf(Scalar);
		expect(onScalar.value).toBe(6);
		const onTensor = grad(f as (x: Tensor) => Value)(tensor([1, 2]));
		expect(onTensor).toBeInstanceOf(Tensor);
		expect(onTensor.toArray()).toEqual([2, 4]);
	});

	test("valueAndGrad gives the value in the same form", () => {
		expect(valueAndGrad((x: Scalar) => mul(x, x))(3)).toEqual([9, 6]);
		const [value, gradient] = valueAndGrad((x: Tensor) => sum(mul(x, x)))(tensor([1, 2]));
		expect(value.item()).toBe(5);
		expect(gradient.toArray()).toEqual([2, 4]);
	});

	test("nested arrays and objects come back as they went in", () => {
		type Model = {
			readonly layers: readonly { readonly w: Tensor; readonly b: Scalar }[];
			readonly scale: Scalar;
		};
		const loss = ({ layers, scale }: Model, x: Tensor): Value => {
			let h: Tensor = x;
			for (const { w, b } of layers) h = tanh(add(matmul(h, w), b));
			return mul(scale, sum(h));
		};
		const model = {
			layers: [
				{
					w: tensor([
						[1, 2],
						[3, 4],
					]),
					b: 0.5,
				},
				{ w: tensor([[0.1], [0.2]]), b: -0.5 },
			],
			scale: 2,
		};
		const x = tensor([[0.3, -0.2]]);
		const gradient = grad(loss)(model, x);
		expect(Object.keys(gradient)).toEqual(["layers", "scale"]);
		expect(Array.isArray(gradient.layers)).toBe(true);
		expect(gradient.layers.map(({ w, b }) => [w.shape, typeof b])).toEqual([
			[[2, 2], "number"],
			[[2, 1], "number"],
		]);
		expect(typeof gradient.scale).toBe("number");
		const report = checkGradients((m: Model) => loss(m, x), [model], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("further arguments are passed on as they are", () => {
		const f = (x: Scalar, times: number, sign: { readonly negative: boolean }): Value =>
			mul(sign.negative ? neg(x) : x, times);
		expect(grad(f)(2, 5, { negative: true })).toBe(-5);
	});

	test("a tensor of one element is as good a result as a scalar", () => {
		expect(grad((x: Tensor) => mul(x, x))(tensor([[3]])).toArray()).toEqual([[6]]);
	});

	test("the auxiliary output rides along, undifferentiated", () => {
		const f = (x: Scalar) => {
			const prediction = exp(x);
			return [mul(prediction, 3), { prediction, note: "as it is", list: [1, sin(x)] }] as const;
		};
		const [value, gradient, aux] = valueGradAndAux(f)(0.5);
		expect(Number(value)).toBeCloseTo(3 * Math.exp(0.5), 14);
		expect(gradient).toBeCloseTo(3 * Math.exp(0.5), 14);
		expect(aux.note).toBe("as it is");
		expect(aux.prediction.value).toBe(Math.exp(0.5));
		expect(aux.prediction.requiresGrad).toBe(false);
		expect((aux.list[1] as Scalar).value).toBe(Math.sin(0.5));
		expect(() => valueGradAndAux(((x: Scalar) => mul(x, x)) as never)(1 as never)).toThrow("no auxiliary output");
	});

	test("an auxiliary output stays differentiable where the derivative is", () => {
		const f = (x: Scalar) => [mul(x, x), mul(x, 5)] as const;
		const outer: ScalarFunction = (x) => valueGradAndAux(f)(x)[2] as Scalar;
		expect(grad(outer)(2)).toBe(5);
	});

	test("a derivative outside any other is a constant", () => {
		expect((grad((x: Tensor) => sum(mul(x, x)))(tensor([1])) as Tensor).requiresGrad).toBe(false);
		const [value, tangent] = jvp((x: Tensor) => mul(x, x), [tensor([1])], [tensor([1])]);
		expect([value.requiresGrad, tangent.requiresGrad]).toEqual([false, false]);
	});

	test("a derivative of a tracked value is tracked", () => {
		const x = scalar(2);
		const slope = grad((y: Scalar) => pow(y, 3))(x);
		slope.backward();
		expect(x.grad).toBeCloseTo(12, 12);
	});

	test("derivatives inside noGrad are right, and constants", () => {
		const w = scalar(3);
		const slope = noGrad(() => grad((x: Scalar) => mul(w, square(x)))(w));
		expect([Number(slope), (slope as unknown as Scalar).requiresGrad]).toEqual([18, false]);
		expect(noGrad(() => grad(grad((x: Scalar) => pow(x, 3)))(2))).toBeCloseTo(12, 12);
		expect(noGrad(() => jvp((x: Scalar) => pow(x, 3), [2], [1])[1].item())).toBeCloseTo(12, 12);
	});

	test("float32 arguments have float32 gradients", () => {
		const x = tensor([1, 2], { dtype: "float32" });
		expect(grad((y: Tensor) => sum(mul(y, mul(y, 0.1))))(x).dtype).toBe("float32");
		expect(jvp((y: Tensor) => mul(y, 0.1), [x], [tensor([1, 1], { dtype: "float32" })])[1]).toMatchObject({
			dtype: "float32",
		});
		expect(hessian((y: Tensor) => sum(mul(y, mul(y, y))))(x).dtype).toBe("float32");
	});

	test("an integer tensor as variable is refused, with the place named", () => {
		const f = (p: { readonly k: Tensor }): Value => sum(p.k);
		expect(() => grad(f)({ k: tensor([1], { dtype: "int32" }) })).toThrow(/no gradient for int32[\s\S]*at k/);
	});

	test("what is no value is refused, with the place named", () => {
		expect(() => grad((p: never) => p)({ a: ["text"] } as never)).toThrow(/not a value[\s\S]*string at a\[0\]/);
	});
});

describe("an argument that the result does not depend on", () => {
	const onlyFirst = ([x]: readonly [Scalar, Scalar]): Value => mul(x, x);

	test("is an error by default", () => {
		expect(() => grad(onlyFirst)([1, 2])).toThrow(ChainruleError);
		expect(() => grad((_x: Scalar) => scalar(1))(2)).toThrow("does not depend");
		expect(() => grad((x: Scalar) => x.detach())(2)).toThrow("does not depend");
	});

	test("has gradient 0 on request", () => {
		expect(grad(onlyFirst, { unused: "zero" })([3, 2])).toEqual([6, 0]);
		const both = grad((p: { readonly a: Tensor; readonly b: Tensor }) => sum(p.a), { unused: "zero" });
		expect(both({ a: tensor([1, 2]), b: tensor([[3]]) }).b.toArray()).toEqual([[0]]);
		expect(valueAndGrad(onlyFirst, { unused: "zero" })([3, 2])[1]).toEqual([6, 0]);
	});

	test("is an error, 0 or undefined for gradients()", () => {
		const [x, y] = [scalar(3), scalar(4, "y")];
		const z = mul(x, x);
		expect(() => gradients(z, [x, y])).toThrow(/"y" is not reached/);
		expect(gradients(z, [x, y], { unused: "zero" }).map((g) => g.value)).toEqual([6, 0]);
		expect(gradients(z, [x, y], { unused: "undefined" }).map((g) => g?.value)).toEqual([6, undefined]);
		const t = tensor([1, 2], { requiresGrad: true });
		expect(gradients(z, [t], { unused: "undefined" })).toEqual([undefined]);
		expect(gradients(z, [t], { unused: "zero" })[0].toArray()).toEqual([0, 0]);
	});

	test("in a vjp, jvp, Jacobian or Hessian counts as 0", () => {
		expect(vjp((x: Scalar, _y: Scalar) => mul(x, x), 3, 4)[1]()).toEqual([6, 0]);
		expect(jvp((_x: Scalar) => scalar(5), [3], [1])[1].item()).toBe(0);
		expect(jacobian((x: Tensor) => mul(x.detach(), 2))(tensor([1, 2])).toArray()).toEqual([
			[0, 0],
			[0, 0],
		]);
		expect(hessian((x: Tensor) => sum(x))(tensor([1, 2])).toArray()).toEqual([
			[0, 0],
			[0, 0],
		]);
	});
});

test("a result that is not a single number is an error that says what to write", () => {
	expect(() => grad((x: Tensor) => mul(x, 2))(tensor([1, 2]))).toThrow(/not a single number[\s\S]*sum\(\)/);
	expect(() => grad(() => undefined as never)(1 as never)).toThrow("is a return missing?");
});

// ---------------------------------------------------------------- matrices of derivatives

describe("Jacobians and Hessians", () => {
	const a = tensor([
		[1, -2, 0.5],
		[0.25, 3, -1],
	]);
	const x = tensor([0.3, -0.7, 1.1]);

	test("the Jacobian of a linear map is its matrix", () => {
		expect(jacobian((y: Tensor) => matmul(a, y))(x).toArray()).toEqual(a.toArray());
	});

	test("the Jacobian of softmax is diag(s) - s sᵀ", () => {
		const s = softmax(x);
		const found = jacobian((y: Tensor) => softmax(y))(x);
		for (let i = 0; i < 3; i++) {
			for (let j = 0; j < 3; j++) {
				const [si, sj] = [s.data[i] as number, s.data[j] as number];
				expect(found.data[i * 3 + j]).toBeCloseTo((i === j ? si : 0) - si * sj, 14);
			}
		}
	});

	test("the Jacobian has the shape of the result before that of the argument", () => {
		const found = jacobian((y: Tensor) => mul(y.reshape([3, 1]), tensor([[1, 2]])))(x);
		expect(found.shape).toEqual([3, 2, 3]);
		expect(found.data[0]).toBe(1);
		expect(found.data[3]).toBe(2);
		expect(jacobian((y: Scalar) => mul(y, tensor([1, 2])) as never)(3 as never)).toMatchObject({ shape: [2] });
	});

	test("the Jacobian of a nest is a nest of Jacobians", () => {
		const found = jacobian((p: { readonly s: Scalar; readonly t: Tensor }) => mul(p.s, p.t))({
			s: 2,
			t: tensor([1, 2]),
		}) as { s: Tensor; t: Tensor };
		expect(found.s.toArray()).toEqual([1, 2]);
		expect(found.t.toArray()).toEqual([
			[2, 0],
			[0, 2],
		]);
	});

	test("the Jacobian of a result with no elements has none", () => {
		expect(jacobian((y: Tensor) => y.slice([[0, 0]]))(x).shape).toEqual([0, 3]);
	});

	test("the Hessian of a quadratic form is A + Aᵀ", () => {
		const m = tensor([
			[2, -1, 0],
			[0.5, 1, 4],
			[1, 0, -3],
		]);
		const found = hessian((y: Tensor) => matmul(y, matmul(m, y)))(x);
		expect(found.toArray()).toEqual(add(m, m.T).toArray());
	});

	test("the Hessian of logSumExp is the Jacobian of softmax", () => {
		const found = hessian((y: Tensor) => logSumExp(y))(x);
		const expected = jacobian((y: Tensor) => softmax(y))(x);
		for (const [at, value] of found.data.entries()) expect(value).toBeCloseTo(expected.data[at] as number, 13);
	});

	test("the Hessian of a norm is (I - u uᵀ)/|x|", () => {
		expect(hessian((y: Tensor) => norm(y))(tensor([3, 4])).toArray()).toEqual([
			[expect.closeTo(0.128, 14), expect.closeTo(-0.096, 14)],
			[expect.closeTo(-0.096, 14), expect.closeTo(0.072, 14)],
		]);
	});

	test("a Hessian of a number is a number", () => {
		expect(hessian((y: Scalar) => pow(y, 3))(2)).toBeCloseTo(12, 12);
	});

	test("rows of the Jacobian are pulls, columns are pushes", () => {
		const f = (y: Tensor): Tensor => mul(sin(matmul(a, y)), exp(matmul(a, y)));
		const whole = jacobian(f)(x);
		const [, pull] = vjp(f, x);
		for (let row = 0; row < 2; row++) {
			const [gx] = pull(tensor([row === 0 ? 1 : 0, row === 1 ? 1 : 0]));
			expect(gx.toArray()).toEqual(whole.slice([row]).toArray());
		}
		for (let column = 0; column < 3; column++) {
			const basis = tensor([0, 1, 2].map((at) => Number(at === column)));
			const [, tangent] = jvp(f, [x], [basis]);
			for (const [row, value] of (tangent as Tensor).data.entries()) {
				expect(value).toBeCloseTo(whole.data[row * 3 + column] as number, 13);
			}
		}
	});

	test("hvp is the Hessian times the direction, and forward over reverse", () => {
		const f = (y: Tensor): Tensor => sum(mul(sin(y), logSumExp(mul(y, y))));
		const v = tensor([0.5, 2, -1]);
		const expected = matmul(hessian(f)(x), v);
		const found = hvp(f, x, v);
		const [, mixed] = jvp((y: Tensor) => grad(f)(y), [x], [v]);
		for (const [at, value] of expected.data.entries()) {
			expect(found.data[at]).toBeCloseTo(value, 12);
			expect((mixed as Tensor).data[at]).toBeCloseTo(value, 12);
		}
	});

	test("hvp keeps the form of its argument", () => {
		const found = hvp(
			(p: { readonly a: Scalar; readonly b: Tensor }) => sum(mul(square(p.a), square(p.b))),
			{ a: 2, b: tensor([1, 2]) },
			{ a: 1, b: tensor([0, 1]) },
		);
		// ∂a: 2 Σb² da + 4a Σ b db ; ∂b: 4 a b da + 2 a² db
		expect(found.a).toBe(2 * 5 + 4 * 2 * 2);
		expect(found.b.toArray()).toEqual([8, 24]);
	});

	test("hvp of a linear function is 0", () => {
		expect(hvp((y: Tensor) => sum(y), x, x).toArray()).toEqual([0, 0, 0]);
	});
});

describe("vjp and jvp", () => {
	test("a pull may be used many times, with any cotangent", () => {
		const [value, pull] = vjp((x: Tensor, y: Scalar) => mul(x, y), tensor([1, 2]), 3);
		expect((value as Tensor).toArray()).toEqual([3, 6]);
		for (const times of [1, 10]) {
			const [gx, gy] = pull(tensor([times, 0]));
			expect(gx.toArray()).toEqual([3 * times, 0]);
			expect(gy).toBe(times);
		}
		expect(() => pull()).toThrow("not a single number");
		expect(() => pull(tensor([1, 2, 3]))).toThrow("cotangent does not fit");
	});

	test("the pull of a pull: the transpose twice is the push", () => {
		const f = (x: Tensor): Tensor => mul(sin(x), x);
		const x = tensor([0.4, -1.3]);
		const v = tensor([2, 0.5]);
		const pullOf = (g: Tensor): Tensor => vjp(f, x)[1](g)[0];
		const [twice] = vjp(pullOf, tensor([0, 0]))[1](v);
		const [, push] = jvp(f, [x], [v]);
		for (const [at, value] of twice.data.entries()) expect(value).toBeCloseTo((push as Tensor).data[at] as number, 14);
	});

	test("tangents must have the form of the arguments", () => {
		expect(() => jvp((x: Tensor) => x, [tensor([1, 2])], [tensor([1])])).toThrow("tangents do not fit");
		expect(() => jvp((x: Scalar, y: Scalar) => mul(x, y), [1, 2], [1] as never)).toThrow("tangents do not fit");
	});

	test("several arguments add their contributions", () => {
		const [value, tangent] = jvp((x: Scalar, y: Tensor) => mul(x, y), [2, tensor([1, 3])], [10, tensor([1, 1])]);
		expect((value as Tensor).toArray()).toEqual([2, 6]);
		expect((tangent as Tensor).toArray()).toEqual([12, 32]);
	});

	test("⟨u, Jv⟩ = ⟨Jᵀu, v⟩ through a network", () => {
		const random = new Generator(11);
		const [x, w, v, vw] = [
			[4, 3],
			[3, 5],
			[4, 3],
			[3, 5],
		].map((shape) => randn(shape, { generator: random })) as [Tensor, Tensor, Tensor, Tensor];
		const f = (p: Tensor, q: Tensor): Tensor => softmax(tanh(matmul(p, q)));
		const u = randn([4, 5], { generator: random });
		const [, forwardTangent] = jvp(f, [x, w], [v, vw]);
		const [gx, gw] = vjp(f, x, w)[1](u);
		const left = sum(mul(u, forwardTangent)).item();
		const right = sum(mul(gx, v)).item() + sum(mul(gw, vw)).item();
		expect(right).toBeCloseTo(left, 13);
	});
});

describe("checkGradients", () => {
	test("finds a wrong rule, and says by how much", () => {
		const report = checkGradients((x: Scalar) => mul(stopGradient(sin(x)), x), [0.7]);
		expect(report.ok).toBe(false);
		expect(report.worst).toBeGreaterThan(0.1);
		expect(String(report)).toContain("DIFFER");
	});

	test("finds a wrong second derivative behind a right first one", () => {
		// x³ where the gradient is written with a constant: 3 x₀² is right, its slope is lost.
		const f = (x: Scalar): Scalar => {
			const slope = stopGradient(mul(3, square(x)));
			return add(mul(slope, x), stopGradient(sub(pow(x, 3), mul(slope, x))));
		};
		expect(checkGradients(f, [1.3]).directions.every(({ reverse, forward }) => reverse === forward)).toBe(true);
		expect(checkGradients(f, [1.3], { order: 2 }).ok).toBe(false);
	});

	test("is content with whole networks in nests, to second order", () => {
		const random = new Generator(3);
		const x = randn([5, 3], { generator: random });
		const f = (p: { readonly w: Tensor; readonly b: Tensor }): Tensor => mean(square(cos(add(matmul(x, p.w), p.b))));
		const report = checkGradients(f, [{ w: randn([3, 2], { generator: random }), b: tensor([0.1, -0.2]) }], {
			order: 2,
		});
		expect(verdictOf(report)).toBe("agrees");
		expect(report.directions).toHaveLength(6);
	});

	test("uses the same directions each time", () => {
		const once = checkGradients((x: Scalar) => exp(x), [0.3]).directions.map(({ reverse }) => reverse);
		const again = checkGradients((x: Scalar) => exp(x), [0.3]).directions.map(({ reverse }) => reverse);
		expect(again).toEqual(once);
	});

	test("looks at every element of a tensor result", () => {
		const broken = (x: Tensor): Tensor => where(tensor([true, true, false]), x, stopGradient(x));
		expect(checkGradients(broken, [tensor([1, 2, 3])]).ok).toBe(false);
	});
});

test("integers are refused as variables of checkGradients", () => {
	expect(() => checkGradients((x: Tensor) => sum(x), [tensor([1], { dtype: "int32" })])).toThrow("integer tensor");
});

test("functions of a square, in both spellings, agree", () => {
	expect(grad(square1 as ScalarFunction)(4)).toBe(grad((x: Scalar) => square(x))(4));
});

interface Model {
	readonly w: Tensor;
	readonly bias: { readonly b: Scalar };
}

test("arguments may have a type that is declared as an interface", () => {
	const slope = grad(({ w, bias }: Model) => sum(mul(w, w)).mul(bias.b))({ w: tensor([1, 2]), bias: { b: 3 } });
	expect(slope.w.toArray()).toEqual([6, 12]);
	expect(slope.bias.b).toBe(5);
});
