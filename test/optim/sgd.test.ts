import { add, fixed, mul, parameter, type Scalar, scalar, square, type Tensor, tensor } from "chainrule";
import { Linear } from "chainrule/nn";
import { Optimizer, SGD } from "chainrule/optim";
import { describe, expect, it } from "vitest";

describe("SGD", () => {
	it("descends x0² + x1² from (2, 1) as the lecture notes do", () => {
		const x = [scalar(2, "x0"), scalar(1, "x1")] as const;
		const optimizer = new SGD(x, { learningRate: 0.1 });
		const trace = Array.from({ length: 3 }, () => {
			optimizer.zeroGrad();
			add(square(x[0]), square(x[1])).backward();
			optimizer.step();
			return x.map(({ value }) => value.toFixed(4));
		});
		expect(trace).toEqual([
			["1.6000", "0.8000"],
			["1.2800", "0.6400"],
			["1.0240", "0.5120"],
		]);
	});

	it("keeps a share of the velocity: v ← μ v + g, p ← p - η v", () => {
		// f = x²/2, so g = x. By hand from 1 with η = 0.5, μ = 0.5:
		// v = 1, x = 0.5;  v = 0.5 + 0.5 = 1, x = 0;  v = 0.5 + 0 = 0.5, x = -0.25;  v = 0.25 - 0.25 = 0, x = -0.25
		const expected = [0.5, 0, -0.25, -0.25];
		const x = scalar(1);
		const X = parameter([1, 1]);
		const optimizer = new SGD([x, X], { learningRate: 0.5, momentum: 0.5 });
		const trace = expected.map(() => {
			optimizer.zeroGrad();
			square(x).div(2).backward();
			square(X).div(2).sum().backward();
			optimizer.step();
			return [x.value, ...X.data];
		});
		expect(trace).toEqual(expected.map((value) => [value, value, value]));
	});

	it("keeps the velocity apart from gradients that are summed over several passes", () => {
		// No zeroGrad: g = 1, then 2, then 3, with v = 1, 2.5, 4.25.
		const X = parameter([0]);
		const optimizer = new SGD([X], { learningRate: 1, momentum: 0.5 });
		const trace = Array.from({ length: 3 }, () => {
			X.sum().backward();
			optimizer.step();
			return X.item();
		});
		expect(trace).toEqual([-1, -3.5, -7.75]);
	});

	it("uses a changed learning rate from the next step on, also for the velocity", () => {
		const x = scalar(0);
		const optimizer = new SGD([x], { learningRate: 1, momentum: 0.5 });
		mul(x, 1).backward();
		optimizer.step();
		expect(x.value).toBe(-1);
		optimizer.learningRate = 0.1;
		optimizer.step(); // v = 0.5 + 1
		expect(x.value).toBeCloseTo(-1.15, 14);
	});

	it("leaves parameters without a gradient where they are, velocity or not", () => {
		const [used, unused] = [scalar(1), scalar(2)];
		const optimizer = new SGD([used, unused], { learningRate: 0.5, momentum: 0.9 });
		square(used).backward();
		optimizer.step();
		expect([used.value, unused.value]).toEqual([0, 2]);
		optimizer.zeroGrad();
		optimizer.step();
		expect([used.value, unused.value]).toEqual([0, 2]);
	});

	it("keeps the dtype of a parameter, and records nothing", () => {
		const layer = new Linear(2, 1, { dtype: "float32" });
		const optimizer = new SGD(layer.parameters(), { learningRate: 0.1, momentum: 0.9 });
		layer
			.call(tensor([1, 2], { dtype: "float32" }))
			.sum()
			.backward();
		const before = layer.weight.data;
		optimizer.step();
		expect(layer.weight.dtype).toBe("float32");
		expect([layer.weight.isLeaf, layer.weight.requiresGrad]).toEqual([true, true]);
		expect([...layer.weight.data]).toEqual(
			[...before].map((w, index) => Math.fround(w - Math.fround(0.1 * (index + 1)))),
		);
	});

	it("forgets gradients by zeroGrad", () => {
		const x = scalar(1);
		const optimizer = new SGD([x], { learningRate: 0.5 });
		square(x).backward();
		optimizer.zeroGrad();
		expect(x.grad).toBeUndefined();
	});

	it("takes parameters from anything that can be iterated", () => {
		const layer = new Linear(2, 1);
		expect(new SGD(layer.namedParameters().values(), { learningRate: 1 }).parameters).toHaveLength(2);
	});

	it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the learning rate %d, at first and later", (rate) => {
		expect(() => new SGD([scalar(1)], { learningRate: rate })).toThrow("SGD: not a learning rate");
		const optimizer = new SGD([scalar(1)], { learningRate: 1 });
		expect(() => {
			optimizer.learningRate = rate;
		}).toThrow("SGD: not a learning rate");
		expect(optimizer.learningRate).toBe(1);
	});

	it("says what is wrong with its options and parameters", () => {
		const x = scalar(1, "x");
		expect(() => new SGD([x], { learningRate: 0 })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: SGD: not a learning rate
			  expected  a finite number above 0
			  actual    0]
		`);
		expect(() => new SGD([x], { learningRate: 1, momentum: 1 })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: SGD: not a momentum
			  expected  a number from 0 up to, not including, 1
			  actual    1]
		`);
		expect(() => new SGD([], { learningRate: 1 })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: SGD: no parameters
			  expected  variables, each once, such as model.parameters()
			  actual    an empty list]
		`);
		expect(() => new SGD([x, x], { learningRate: 1 })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: SGD: a parameter is listed twice
			  expected  variables, each once, such as model.parameters()
			  actual    "x" at [0] and [1]
			  fix       list it once: its gradient already counts every use]
		`);
		expect(() => new SGD([x, square(x)], { learningRate: 1 })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: SGD: not a parameter
			  expected  variables, each once, such as model.parameters()
			  actual    the result of an operation at [1]]
		`);
		expect(() => new SGD([fixed(1)], { learningRate: 1 })).toThrow("a constant at [0]");
	});
});

describe("Optimizer", () => {
	it("needs nothing of a new rule but where a parameter goes", () => {
		/** Moves by the learning rate against the sign of the gradient. */
		class SignDescent extends Optimizer {
			protected override moved(p: Scalar | Tensor, g: number | Tensor): Scalar | Tensor {
				return typeof g === "number"
					? (p as Scalar).sub(Math.sign(g) * this.learningRate)
					: (p as Tensor).sub(g.sign().mul(this.learningRate));
			}
		}
		const [x, X] = [scalar(3), parameter([-2, 5])];
		const optimizer = new SignDescent([x, X], { learningRate: 0.5 });
		add(square(x), square(X).sum()).backward();
		optimizer.step();
		expect([x.value, ...X.data]).toEqual([2.5, -1.5, 4.5]);
	});
});
