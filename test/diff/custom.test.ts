/**
 * Operations that users define, on the same terms as ours; and numbers that
 * cross between the scalar tape and tensors.
 */
import {
	add,
	checkGradients,
	customGradient,
	defineOp,
	evaluate,
	exp,
	Generator,
	grad,
	gradients,
	hessian,
	jvp,
	matmul,
	mul,
	type Node,
	operation,
	originOf,
	parameter,
	parseFormula,
	pick,
	randn,
	type Scalar,
	scalar,
	sin,
	square,
	sum,
	type Tensor,
	tanh,
	tensor,
	type Value,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { isPointwise, point, randomFor, tensorsAt } from "../ops/sampling.js";
import { messageOf, verdictOf } from "../verdicts.js";

// ---------------------------------------------------------------- defineOp

describe("defineOp: one line gives a function its gradient, record and tests", () => {
	const swish = defineOp({
		name: "swish",
		value: (x) => x / (1 + Math.exp(-x)),
		partials: ["sigmoid(x) + z * sigmoid(-x)"],
	});
	const hypotenuse = defineOp({ name: "hypotenuse", value: (x, y) => Math.hypot(x, y), partials: ["x / z", "y / z"] });
	const mix = defineOp({
		name: "mix",
		value: (x, y, w) => (x > 0 ? y * w : y + w),
		partials: [null, "if(x > 0, w, 1)", "if(x > 0, y, 1)"],
		symbol: "⋈",
		tex: "\\operatorname{mix}_{#1}(#2, #3)",
		domain: { low: 0.5, high: 2 },
		kinks: [{ at: [0, 1, 1], slopes: [undefined, 1, 1], says: "the sum at 0" }],
	});
	const made = { swish, hypotenuse, mix } as unknown as Readonly<Record<string, (...operands: Value[]) => Node>>;

	test.each(Object.keys(made))(
		"%s: first and second derivatives agree in every mode, on numbers and on tensors",
		(name) => {
			const op = operation(name);
			if (!op || !isPointwise(op)) throw new Error(`${name} is not registered`);
			const f = made[name] as (...operands: Value[]) => Node;
			const random = randomFor(name);
			for (const xs of [point(op, random), tensorsAt(op, [2, 3], random)]) {
				const report = checkGradients(f as never, xs, { order: 2 });
				expect(verdictOf(report)).toBe("agrees");
			}
		},
	);

	test("the record is that of any other operation: it can be written, drawn and read back", () => {
		const op = operation("swish");
		expect(op).toMatchObject({ name: "swish", symbol: "swish", text: "swish(#1)", family: "pointwise", arity: 1 });
		expect(op?.tex).toBe("\\operatorname{swish}\\left(#1\\right)");
		expect(operation("mix")).toMatchObject({ symbol: "⋈", tex: "\\operatorname{mix}_{#1}(#2, #3)" });
		expect(operation("mix")?.kinks).toHaveLength(1);
		const z = swish(scalar(1));
		expect(originOf(z)?.op).toBe(op);
	});

	test("formulas call it by name, and its derivative by a prime", () => {
		const names = new Map([["x", scalar(0.7)]]);
		const direct = mul(swish(scalar(0.7)), 2).value;
		expect(Number(evaluate(parseFormula("swish(x) * 2"), names))).toBe(direct);
		expect(Number(evaluate(parseFormula("swish'(x)"), names))).toBeCloseTo(grad(swish)(0.7), 14);
	});

	test("another operation may use it in its partials", () => {
		const sech = defineOp({ name: "sech", value: (x) => 1 / Math.cosh(x), partials: ["-z * tanh(x)"] });
		const gudermann = defineOp({
			name: "gudermann",
			value: (x) => 2 * Math.atan(Math.tanh(x / 2)),
			partials: ["sech(x)"],
		});
		expect(grad(grad(gudermann))(0.6)).toBeCloseTo(grad(sech)(0.6), 14);
		const report = checkGradients(gudermann as (x: Scalar) => Scalar, [0.6], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("it is taken up by a tape that was already differentiated", () => {
		const x = scalar(2);
		mul(x, x).backward();
		const cube = defineOp({ name: "cubed", value: (y) => y ** 3, partials: ["3 * x^2"] });
		mul(cube(x), x).backward();
		expect(x.grad).toBe(4 + 32);
	});

	test("it lifts to tensors of every dtype, broadcasts, and mixes with numbers", () => {
		const z = hypotenuse(tensor([[3], [5]], { dtype: "float32" }), tensor([4, 12], { dtype: "float32" }));
		expect([z.shape, z.dtype, z.data[0], z.data[3]]).toEqual([[2, 2], "float32", 5, 13]);
		expect(hypotenuse(tensor([3], { dtype: "int32" }), 4).dtype).toBe("float64");
		const w = parameter([3, 5]);
		sum(hypotenuse(w, tensor([4, 12]))).backward();
		expect(w.grad?.toArray()).toEqual([3 / 5, 5 / 13]);
	});

	test("a value may be a formula: then nothing is said twice in two languages", () => {
		const bell = defineOp({ name: "bell", value: "exp(-(x - y)^2 / 2)", partials: ["(y - x) * z", "(x - y) * z"] });
		expect(bell(1, 3).item()).toBe(Math.exp(-2));
		expect([...bell(tensor([0, 1]), 1).data]).toEqual([Math.exp(-0.5), 1]);
		const report = checkGradients((x: Scalar, y: Scalar) => bell(x, y), [0.3, 0.9], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("an operand with a null partial has no gradient, which is not 0", () => {
		const [x, y, w] = [scalar(1), scalar(2), scalar(3)];
		mix(x, y, w).backward();
		expect([x.grad, y.grad, w.grad]).toEqual([undefined, 3, 2]);
		const [t, u, v] = [parameter([1, -1]), parameter([2, 2]), parameter([3, 3])];
		sum(mix(t, u, v)).backward();
		expect([t.grad, u.grad?.toArray(), v.grad?.toArray()]).toEqual([undefined, [3, 1], [2, 1]]);
		expect(mix(x, 2, 3).requiresGrad || x.grad !== undefined).toBeTypeOf("boolean");
	});

	test("an operation without any gradient gives constants", () => {
		const parity = defineOp({ name: "parity", value: (x) => Math.abs(x) % 2, partials: [null] as never });
		expect((parity as unknown as (x: Scalar) => Scalar)(scalar(3)).requiresGrad).toBe(false);
		expect((parity as unknown as (x: Tensor) => Tensor)(parameter([3])).requiresGrad).toBe(false);
	});

	test("refuses a taken name, a name that is none, wrong partials and broken formulas", () => {
		const value = (x: number): number => x;
		expect(messageOf(() => defineOp({ name: "tanh", value, partials: ["1"] }))).toContain("already defined");
		expect(messageOf(() => defineOp({ name: "sigma", value, partials: ["1"] }))).toContain("already");
		expect(messageOf(() => defineOp({ name: "two words", value, partials: ["1"] }))).toContain("not a name");
		expect(messageOf(() => defineOp({ name: "wrong", value, partials: ["1", "2"] }))).toContain("number of partials");
		expect(messageOf(() => defineOp({ name: "broken", value, partials: ["1 +"] }))).toContain("^");
		expect(messageOf(() => defineOp({ name: "stranger", value, partials: ["unknownName * 2"] }))).toContain(
			"unknownName",
		);
		expect(messageOf(() => defineOp({ name: "caller", value, partials: ["unknownFunction(x)"] }))).toContain(
			"unknownFunction",
		);
		expect(messageOf(() => defineOp({ name: "early", value: "x + z", partials: ["1"] }))).toContain('"z"');
		expect(messageOf(() => defineOp({ name: "narrow", value: "x * y", partials: ["y"] }))).toContain('"y"');
		for (const name of ["wrong", "broken", "stranger", "caller", "early", "narrow"])
			expect(operation(name)).toBeUndefined();
	});
});

// ---------------------------------------------------------------- customGradient

describe("customGradient: a pull of one's own", () => {
	const cube = customGradient(
		(x: Scalar) => x.value ** 3,
		(gz, [x]) => mul(gz, mul(3, square(x as Scalar))),
		"cube",
	);
	const cubes = customGradient(
		(x: Tensor) => mul(x, mul(x, x)),
		(gz, [x]) => mul(gz, mul(3, square(x as Tensor))),
		"cubes",
	);
	const inner = customGradient(
		(x: Tensor, y: Tensor) => sum(mul(x, y)).item(),
		(gz, [x, y]) => [mul(y as Tensor, gz), mul(x as Tensor, gz)],
		"inner",
	);
	const stretched = customGradient(
		(x: Tensor, s: Scalar) => mul(x, s),
		(gz, [x, s]) => [mul(gz, s as Scalar), pick(sum(mul(gz, x as Tensor)), 0)],
		"stretched",
	);

	test("of numbers: gradient, forward mode and second order", () => {
		const x = scalar(2);
		cube(x).backward();
		expect(x.grad).toBe(12);
		expect(grad(grad(cube as (x: Scalar) => Scalar))(2)).toBe(12);
		expect(jvp((y: Scalar) => cube(y), [2], [3])[1].item()).toBe(36);
		const report = checkGradients((y: Scalar) => sin(cube(y)), [0.8], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("of tensors: gradient, forward mode and second order", () => {
		expect(jvp((y: Tensor) => cubes(y), [tensor([1, 2])], [tensor([1, 10])])[1]).toMatchObject({ shape: [2] });
		const [, tangent] = jvp((y: Tensor) => cubes(y), [tensor([1, 2])], [tensor([1, 10])]);
		expect((tangent as Tensor).toArray()).toEqual([3, 120]);
		const report = checkGradients((y: Tensor) => sin(cubes(y)), [tensor([0.8, -0.3])], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("from tensors to a number: crosses to the tape with its gradient", () => {
		const z = inner(tensor([1, 2]), tensor([3, 4]));
		expect(Number(z)).toBe(11);
		const report = checkGradients(
			(x: Tensor, y: Tensor) => exp(inner(x, y)),
			[tensor([0.1, 0.2]), tensor([0.3, -0.4])],
			{
				order: 2,
			},
		);
		expect(verdictOf(report)).toBe("agrees");
	});

	test("of tensors and numbers together", () => {
		const report = checkGradients((x: Tensor, s: Scalar) => stretched(x, s), [tensor([1, 2]), 3], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
		const [x, s] = [parameter([1, 2]), scalar(3)];
		sum(stretched(x, s)).backward();
		expect([x.grad?.toArray(), s.grad]).toEqual([[3, 3], 3]);
	});

	test("with a gradient that is not the derivative: the straight-through estimator", () => {
		const round = customGradient(
			(x: Scalar) => Math.round(x.value),
			(gz) => gz,
		);
		expect(grad((x: Scalar) => mul(round(x), 3))(0.7)).toBe(3);
		expect(Number(round(0.7))).toBe(1);
		const clipped = customGradient(
			(x: Tensor) => mul(x, 1),
			(gz) => mul(gz, 0.5),
		);
		expect(grad((x: Tensor) => sum(clipped(x)))(tensor([1, 2])).toArray()).toEqual([0.5, 0.5]);
	});

	test("gives no gradient where the pull returns undefined", () => {
		const first = customGradient(
			(x: Scalar, y: Scalar) => x.value * y.value,
			(gz, [, y]) => [mul(gz, y as Scalar), undefined],
		);
		const [x, y] = [scalar(2), scalar(3)];
		first(x, y).backward();
		expect([x.grad, y.grad]).toEqual([3, undefined]);
	});

	test("runs the function unrecorded, and the pull only when asked", () => {
		let pulls = 0;
		const counted = customGradient(
			(x: Scalar) => {
				expect(mul(x, x).requiresGrad).toBe(false);
				return x.value;
			},
			(gz) => {
				pulls++;
				return gz;
			},
		);
		const x = scalar(1);
		const z = counted(x);
		expect(pulls).toBe(0);
		z.backward();
		expect(pulls).toBe(1);
	});

	test("a function that returns one of its operands does not become that operand", () => {
		const same = customGradient(
			(x: Tensor) => x,
			(gz) => mul(gz, 2),
		);
		const x = parameter([1, 2]);
		const z = same(x);
		expect(z).not.toBe(x);
		sum(z).backward();
		expect(x.grad?.toArray()).toEqual([2, 2]);
	});

	test("of many numbers at once", () => {
		const total = customGradient(
			(...xs: Scalar[]) => xs.reduce((sofar, x) => sofar + x.value, 0),
			(gz, xs) => xs.map(() => gz),
			"total",
		);
		const xs = Array.from({ length: 500 }, (_, at) => scalar(at));
		total(...xs).backward();
		expect(xs.map((x) => x.grad)).toEqual(xs.map(() => 1));
	});

	test("refuses gradients of the wrong number, shape or kind, naming the operation", () => {
		const wrong = (given: unknown) => (): void => {
			const f = customGradient(
				(x: Tensor) => mul(x, 1),
				() => given as never,
				"bad",
			);
			sum(f(parameter([1, 2]))).backward();
		};
		expect(messageOf(wrong([]))).toMatch(/bad: wrong number of gradients/);
		expect(messageOf(wrong([tensor([1, 2]), tensor([1, 2])]))).toMatch(/bad: wrong number of gradients/);
		expect(messageOf(wrong(tensor([1, 2, 3])))).toMatch(
			/bad: gradient of the wrong shape[\s\S]*shape \[2\][\s\S]*shape \[3\]/,
		);
		expect(messageOf(wrong(1))).toMatch(/bad: gradient of the wrong shape[\s\S]*number/);
		const onNumbers = customGradient(
			(x: Scalar) => x.value,
			() => tensor([1, 2]),
			"bad",
		);
		expect(messageOf(() => onNumbers(scalar(1)).backward())).toMatch(/bad: gradient of the wrong shape/);
		expect(
			messageOf(() =>
				customGradient(
					(_x: Scalar) => undefined as never,
					(gz) => gz,
					"empty",
				)(scalar(1)),
			),
		).toContain("is a return missing?");
	});

	test("a pull may itself differentiate", () => {
		// The pull computes the gradient of exp by differentiating exp inside the pass.
		const f = customGradient(
			(x: Scalar) => Math.exp(x.value),
			(gz, [x]) => mul(gz, grad((y: Scalar) => exp(y))(x as Scalar) as Scalar),
		);
		expect(grad(f as (x: Scalar) => Scalar)(0.3)).toBeCloseTo(Math.exp(0.3), 14);
		expect(grad(grad(f as (x: Scalar) => Scalar))(0.3)).toBeCloseTo(Math.exp(0.3), 14);
	});
});

// ---------------------------------------------------------------- crossing

describe("gradients cross between numbers of the tape and tensors", () => {
	test("from a tensor back to the scalars it was made of", () => {
		const [x, y] = [scalar(2), scalar(3)];
		const m = tensor([
			[mul(x, y), 1],
			[x, y],
		]);
		expect(m.toArray()).toEqual([
			[6, 1],
			[2, 3],
		]);
		const [gx, gy] = gradients(sum(matmul(m, m)), [x, y]);
		// Σ M² = xy·xy + xy + 2(x... : checked by differences below, here by the closed form
		// M² = [[x²y² + x, xy + y], [x²y + xy, x + y²]]
		expect(gx.value).toBe(2 * 2 * 9 + 1 + 3 + (2 * 2 * 3 + 3) + 1);
		expect(gy.value).toBe(2 * 4 * 3 + (2 + 1) + (4 + 2) + 2 * 3);
	});

	test("from a scalar that was picked back to the tensor", () => {
		const w = parameter([
			[1, 2],
			[3, 4],
		]);
		mul(pick(w, 1), pick(w, 2)).backward();
		expect(w.grad?.toArray()).toEqual([
			[0, 3],
			[2, 0],
		]);
	});

	test("there and back again many times, to second order", () => {
		const f = (x: Scalar, w: Tensor): Value => {
			let s: Scalar = x;
			for (let round = 0; round < 4; round++) {
				const t = tanh(add(mul(tensor([s, sin(s)]), w), pick(w, round % 2)));
				s = mul(pick(t, 0), add(pick(t, 1), s));
			}
			return s;
		};
		const report = checkGradients(f, [0.4, tensor([0.5, -0.8])], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("where a scalar meets a tensor in any operation", () => {
		const report = checkGradients((x: Scalar, t: Tensor) => mul(exp(mul(x, t)), add(t, x)), [0.3, tensor([1, -2])], {
			order: 2,
		});
		expect(verdictOf(report)).toBe("agrees");
	});

	test("through one scalar that is used by both kinds", () => {
		const x = scalar(2);
		const loss = add(mul(x, x), pick(sum(mul(tensor([1, 2, 3]), x)), 0));
		loss.backward();
		expect(x.grad).toBe(4 + 6);
	});

	test("by the Hessian of a function written on picked numbers", () => {
		const rosenbrock = (p: Tensor): Value => {
			const [x, y] = [pick(p, 0), pick(p, 1)];
			return add(square(add(1, mul(-1, x))), mul(100, square(add(y, mul(-1, square(x))))));
		};
		expect(hessian(rosenbrock)(tensor([1, 1])).toArray()).toEqual([
			[802, -400],
			[-400, 200],
		]);
		expect(grad(rosenbrock)(tensor([1, 1])).toArray()).toEqual([0, 0]);
	});

	test("in the order of recording, however the two kinds are interleaved", () => {
		const random = new Generator(5);
		const f = (w: Tensor): Value => {
			let t: Tensor = w;
			let s: Scalar = pick(w, 0);
			for (let round = 0; round < 30; round++) {
				if (random.integer(2) === 0) s = tanh(add(mul(s, pick(t, round % 3)), 0.1));
				else t = tanh(add(t, mul(s, 0.5)));
			}
			return add(s, sum(t));
		};
		const x = randn([3], { generator: new Generator(6) });
		const seeded = (y: Tensor): Value => {
			random.state = new Generator(5).state;
			return f(y);
		};
		const report = checkGradients(seeded, [x], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});
});
