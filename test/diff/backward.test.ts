/**
 * `backward`, `.grad`, listeners, and what a value may no longer do once it was used.
 */
import {
	add,
	backward,
	customGradient,
	exp,
	fixed,
	gradients,
	matmul,
	mul,
	type Node,
	noGrad,
	onGradient,
	parameter,
	pick,
	Scalar,
	scalar,
	scope,
	sin,
	slice,
	stopGradient,
	sub,
	sum,
	type Tensor,
	tensor,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { messageOf } from "../verdicts.js";

// ---------------------------------------------------------------- .grad

describe("backward leaves gradients", () => {
	test("in leaves, added up over calls until zeroGrad", () => {
		const x = scalar(3);
		const y = mul(x, x);
		y.backward();
		y.backward();
		expect(x.grad).toBe(12);
		add(x, 1).backward();
		expect(x.grad).toBe(13);
		x.zeroGrad();
		expect(x.grad).toBeUndefined();
		y.backward();
		expect(x.grad).toBe(6);
	});

	test("in parameters, added up over calls until zeroGrad", () => {
		const w = parameter([1, 2]);
		const y = sum(mul(w, w));
		y.backward();
		y.backward();
		expect(w.grad?.toArray()).toEqual([4, 8]);
		w.zeroGrad();
		expect(w.grad).toBeUndefined();
		y.backward();
		expect(w.grad?.toArray()).toEqual([2, 4]);
	});

	test("in intermediate scalars, those of the last call", () => {
		const x = scalar(2);
		const u = mul(x, x);
		const v = mul(u, 3);
		const z = mul(v, u);
		z.backward();
		z.backward();
		expect([z.grad, v.grad, u.grad]).toEqual([1, 4, 24]);
		expect(x.grad).toBe(2 * 96);
		v.backward();
		expect([v.grad, u.grad]).toEqual([1, 3]);
	});

	test("in intermediate tensors on request, and nowhere else", () => {
		const x = parameter([1, 2]);
		const u = mul(x, x).retainGrad();
		const v = mul(u, 3);
		sum(v).backward();
		expect(u.grad?.toArray()).toEqual([3, 3]);
		expect(v.grad).toBeUndefined();
		sum(v).backward();
		expect(u.grad?.toArray()).toEqual([3, 3]);
		expect(x.grad?.toArray()).toEqual([12, 24]);
	});

	test("nowhere in constants, also named ones", () => {
		const c = fixed(2, "c");
		const x = scalar(3);
		mul(c, x).backward();
		expect([c.grad, c.requiresGrad, x.grad]).toEqual([undefined, false, 2]);
		const k = tensor([1, 2]);
		sum(mul(k, parameter([1, 1]))).backward();
		expect(k.grad).toBeUndefined();
	});

	test("of a leaf itself: 1", () => {
		const x = scalar(5);
		x.backward();
		expect(x.grad).toBe(1);
		const w = parameter([5]);
		w.backward();
		expect(w.grad?.toArray()).toEqual([1]);
	});

	test("with a cotangent where the output is not a single number", () => {
		const w = parameter([1, 2]);
		const y = mul(w, w);
		expect(messageOf(() => y.backward())).toMatch(/not a single number[\s\S]*sum\(\)/);
		y.backward({ cotangent: tensor([1, 10]) });
		expect(w.grad?.toArray()).toEqual([2, 40]);
		expect(messageOf(() => y.backward({ cotangent: tensor([1, 2, 3]) }))).toContain("cotangent does not fit");
		const x = scalar(3);
		mul(x, x).backward({ cotangent: 0.5 });
		expect(x.grad).toBe(3);
	});

	test("as a function, too", () => {
		const x = scalar(3);
		backward(mul(x, x), { cotangent: 2 });
		expect(x.grad).toBe(12);
	});

	test("of both uses of one value", () => {
		const x = scalar(3);
		add(x, x).backward();
		expect(x.grad).toBe(2);
		const w = parameter([3]);
		sum(mul(w, w)).backward();
		expect(w.grad?.toArray()).toEqual([6]);
	});

	test("of a value computed from constants only: an error that says so", () => {
		expect(messageOf(() => mul(fixed(2), 3).backward())).toContain("constants only");
		expect(messageOf(() => sum(tensor([1])).backward())).toContain("constants only");
		const x = scalar(1);
		expect(messageOf(() => noGrad(() => mul(x, x)).backward())).toContain("noGrad()");
	});

	test("while other graphs keep theirs", () => {
		const [x, y] = [scalar(2), scalar(5)];
		const first = mul(x, x);
		const second = mul(y, mul(x, y));
		first.backward();
		expect([x.grad, y.grad]).toEqual([4, undefined]);
		second.backward();
		expect([x.grad, y.grad]).toEqual([29, 20]);
	});

	test("that gradients() does not touch", () => {
		const [x, w] = [scalar(2), parameter([1, 2])];
		const y = sum(mul(x, w));
		gradients(y, [x, w]);
		gradients(y, [x, w], { createGraph: true });
		expect([x.grad, w.grad]).toEqual([undefined, undefined]);
		y.backward();
		gradients(y, [x, w]);
		expect(x.grad).toBe(3);
	});
});

// ---------------------------------------------------------------- recording

describe("nothing is recorded", () => {
	test("inside noGrad, which ends also where the body throws", () => {
		const x = scalar(2);
		expect(noGrad(() => mul(x, x)).requiresGrad).toBe(false);
		expect(() =>
			noGrad(() => {
				throw new Error("stop");
			}),
		).toThrow("stop");
		expect(mul(x, x).requiresGrad).toBe(true);
	});

	test("of detached values", () => {
		const x = scalar(2);
		mul(x.detach(), x).backward();
		expect(x.grad).toBe(2);
		const w = parameter([1, 2]);
		sum(mul(stopGradient(w), w)).backward();
		expect(w.grad?.toArray()).toEqual([1, 2]);
		expect(stopGradient(3)).toBe(3);
	});

	test("of comparisons and of integer results", () => {
		const w = parameter([1, 2]);
		expect(w.less(2).requiresGrad).toBe(false);
		expect(w.cast("int32").requiresGrad).toBe(false);
		expect(scalar(1).less(2).requiresGrad).toBe(false);
	});
});

// ---------------------------------------------------------------- createGraph

describe("createGraph records the gradient", () => {
	test("as a graph that can be differentiated by backward", () => {
		const x = scalar(2);
		const [slope] = gradients(mul(x, mul(x, x)), [x], { createGraph: true });
		expect([slope.value, slope.requiresGrad]).toEqual([12, true]);
		slope.backward();
		expect(x.grad).toBe(12);
		const w = parameter([1, 2]);
		const [gw] = gradients(sum(mul(w, mul(w, w))), [w], { createGraph: true });
		sum(gw).backward();
		expect(w.grad?.toArray()).toEqual([6, 12]);
	});

	test("and not without it, nor inside noGrad", () => {
		const x = scalar(2);
		const y = mul(x, x);
		expect(gradients(y, [x])[0].requiresGrad).toBe(false);
		expect(noGrad(() => gradients(y, [x], { createGraph: true })[0].requiresGrad)).toBe(false);
	});

	test("with respect to intermediate values, too", () => {
		const x = scalar(0.5);
		const u = sin(x);
		const [du] = gradients(mul(u, u), [u], { createGraph: true });
		expect(du.value).toBe(2 * Math.sin(0.5));
		const [dx] = gradients(du, [x]);
		expect(dx.value).toBe(2 * Math.cos(0.5));
	});

	test("for a penalty on the gradient, as in training", () => {
		// L = x² y, |∇L|² = 4x²y² + x⁴; its gradient: (8xy² + 4x³, 8x²y)
		const [x, y] = [scalar(2), scalar(3)];
		const [dx, dy] = gradients(mul(mul(x, x), y), [x, y], { createGraph: true });
		add(mul(dx, dx), mul(dy, dy)).backward();
		expect([x.grad, y.grad]).toEqual([8 * 2 * 9 + 32, 96]);
	});

	test("with the cotangent as a variable: a pull is linear in it", () => {
		const x = parameter([1, 2, 3]);
		const g = parameter([1, 1, 1]);
		const [dx] = gradients(mul(x, x), [x], { cotangent: g, createGraph: true });
		sum(dx).backward();
		expect(g.grad?.toArray()).toEqual([2, 4, 6]);
	});
});

// ---------------------------------------------------------------- listeners

describe("onGradient", () => {
	const passes: readonly (readonly [string, (y: Node, xs: readonly Node[]) => void])[] = [
		["backward", (y) => y.backward()],
		["a plain pass of gradients()", (y, xs) => void gradients(y, xs)],
		["a recorded pass of gradients()", (y, xs) => void gradients(y, xs, { createGraph: true })],
	];

	test.each(passes)("hears leaves and intermediate scalars in %s, newest first, each once and complete", (_, pass) => {
		const x = scalar(3, "x");
		const u = mul(x, x).named("u");
		const v = mul(u, 2).named("v");
		const y = add(mul(v, u), x).named("y");
		const heard: [string | undefined, number][] = [];
		for (const node of [x, u, v, y]) onGradient(node, (g) => void heard.push([node.name, g.value]));
		pass(y, [x]);
		expect(heard).toEqual([
			["y", 1],
			["v", 9],
			["u", 36],
			["x", 217],
		]);
	});

	test.each(passes)("hears leaves and intermediate tensors in %s, newest first, each once and complete", (_, pass) => {
		const x = parameter([1, 2], { name: "x" });
		const u = mul(x, x).named("u");
		const v = add(u, u).named("v");
		const y = sum(mul(v, u));
		const heard: [string | undefined, unknown][] = [];
		for (const node of [x, u, v]) onGradient(node, (g) => void heard.push([node.name, g.toArray()]));
		pass(y, [x]);
		expect(heard).toEqual([
			["v", [1, 4]],
			["u", [4, 16]],
			["x", [8, 64]],
		]);
	});

	test("is silent where no gradient arrives, and hears a gradient of zero", () => {
		const [x, y, z] = [scalar(1), scalar(2), scalar(3)];
		const heard: string[] = [];
		onGradient(x, () => void heard.push("x"));
		onGradient(y, () => void heard.push("y"));
		onGradient(z, () => void heard.push("z"));
		mul(x, mul(y, 0)).backward();
		expect(heard.sort()).toEqual(["x", "y"]);
	});

	test("listens until it is removed, and removing twice does no harm", () => {
		const x = scalar(2);
		let count = 0;
		const off = onGradient(x, () => void count++);
		mul(x, x).backward();
		off();
		off();
		mul(x, x).backward();
		expect(count).toBe(1);
	});

	test("calls listeners of one value in the order they were added", () => {
		const [x, w] = [scalar(2), parameter([2])];
		const heard: string[] = [];
		for (const name of ["a", "b", "c"]) {
			onGradient(x, () => void heard.push(name));
			onGradient(w, () => void heard.push(name));
		}
		x.backward();
		w.backward();
		expect(heard.join("")).toBe("abcabc");
	});

	test("calls every listener, also where one removes itself", () => {
		const heard: string[] = [];
		for (const x of [scalar(2), parameter([2])] as Node[]) {
			const off = onGradient(x, () => {
				heard.push("once");
				off();
			});
			onGradient(x, () => void heard.push("always"));
			x.backward();
			x.backward();
		}
		expect(heard).toEqual(["once", "always", "always", "once", "always", "always"]);
	});

	test("in a recorded pass gives a gradient that can be differentiated", () => {
		const x = scalar(2);
		const u = mul(x, x);
		let slope: Scalar | undefined;
		onGradient(u, (g) => {
			slope = g;
		});
		gradients(mul(u, u), [x], { createGraph: true });
		expect(gradients(slope as Scalar, [x])[0].value).toBe(8); // 2u = 2x²
	});

	test("may differentiate something else on the way", () => {
		const [x, y] = [scalar(2), scalar(3)];
		const other = mul(y, mul(y, y));
		let found: number | undefined;
		onGradient(x, () => {
			found = gradients(other, [y])[0].value;
			other.backward();
		});
		mul(mul(x, x), y).backward();
		expect([x.grad, found, y.grad]).toEqual([12, 27, 4 + 27]);
	});

	test("may differentiate on the way what shares values with the pass under way", () => {
		const w = parameter([1, 2]);
		const u = mul(w, 2);
		const other = sum(mul(w, w));
		const third = sum(mul(w, mul(w, 3)));
		onGradient(u, () => {
			other.backward();
			gradients(third, [w]);
		});
		add(sum(mul(w, 10)), sum(u)).backward();
		expect(w.grad?.toArray()).toEqual([2 + 12, 4 + 12]);
		const x = scalar(3);
		const v = mul(x, 2);
		const square = mul(x, x);
		const product = mul(square, x);
		onGradient(v, () => {
			square.backward();
			gradients(product, [x]);
		});
		const z = add(mul(x, 10), v);
		z.backward();
		expect(x.grad).toBe(6 + 12);
		expect(gradients(z, [x])[0].value).toBe(12);
	});

	test("may make variables on the way, which have no gradient yet", () => {
		const x = scalar(2);
		const made: Scalar[] = [];
		const y = mul(x, x);
		onGradient(y, () => void made.push(scalar(1)));
		y.backward();
		y.backward();
		expect(made.map(({ grad }) => grad)).toEqual([undefined, undefined]);
	});

	test("may assign the leaf it listens to, as an optimizer inside the pass does", () => {
		const x = scalar(2);
		onGradient(x, (g) => x.assign(x.value - 0.1 * g.value));
		for (let count = 0; count < 3; count++) mul(x, x).backward();
		expect(x.value).toBeCloseTo(2 * 0.8 ** 3, 14);
	});

	test("refuses a constant", () => {
		expect(messageOf(() => onGradient(fixed(1), () => undefined))).toContain("no gradient will ever arrive");
		expect(messageOf(() => onGradient(tensor([1]), () => undefined))).toContain("a constant");
	});
});

// ---------------------------------------------------------------- assignment

describe("a parameter assigned between forward and backward", () => {
	test("makes backward throw, naming a scalar and the place", () => {
		const w = scalar(2, "w");
		const loss = scope("model", () => mul(w, w));
		w.assign(3);
		expect(messageOf(() => loss.backward())).toMatch(/parameter "w" was assigned after it was used[\s\S]*in +model/);
	});

	test("makes backward throw, naming a tensor and the place", () => {
		const w = parameter([2, 1], { name: "weights" });
		const loss = scope("model", () => sum(mul(w, w)));
		w.assign([3, 3]);
		expect(messageOf(() => loss.backward())).toMatch(/parameter "weights" was assigned[\s\S]*in +model/);
		expect(messageOf(() => gradients(loss, [w]))).toContain('"weights"');
	});

	test("makes backward throw where it crossed between numbers and tensors", () => {
		const s = scalar(2, "s");
		const crossing = sum(mul(tensor([1, 2]), s));
		s.assign(1);
		expect(messageOf(() => crossing.backward())).toContain('"s"');
		const w = parameter([2, 1], { name: "w" });
		const picked = mul(pick(w, 0), pick(w, 1));
		w.assign([1, 1]);
		expect(messageOf(() => picked.backward())).toContain('"w"');
	});

	test("makes backward throw through views of it", () => {
		const w = parameter([2, 1], { name: "w" });
		const loss = sum(exp(slice(w, [[0, 1]])));
		w.assign([1, 1]);
		expect(messageOf(() => loss.backward())).toContain('"w"');
	});

	test("does no harm to a graph that did not read it", () => {
		const [used, other] = [scalar(2), scalar(5)];
		const loss = mul(used, used);
		other.assign(6);
		loss.backward();
		expect(used.grad).toBe(4);
		const [w, v] = [parameter([1]), parameter([2])];
		const y = sum(mul(w, w));
		v.assign([3]);
		y.backward();
		expect(w.grad?.toArray()).toEqual([2]);
	});

	test("does no harm where it was assigned before it was read", () => {
		const x = scalar(2);
		x.assign(5);
		const y = mul(x, x);
		y.backward();
		expect(x.grad).toBe(10);
		const w = parameter([2, 2]);
		w.assign([5, 6]);
		sum(mul(w, w)).backward();
		expect(w.grad?.toArray()).toEqual([10, 12]);
	});

	test("does no harm in a loop of forward, backward and assign", () => {
		const [x, w] = [scalar(1), parameter([1, -1])];
		for (let count = 0; count < 100; count++) {
			x.zeroGrad();
			w.zeroGrad();
			add(mul(x, x), sum(mul(w, w))).backward();
			x.assign(x.value - 0.25 * (x.grad as number));
			w.assign(sub(w, mul(w.grad as Tensor, 0.25)));
		}
		expect(x.value).toBe(2 ** -100);
		expect(w.toArray()).toEqual([2 ** -100, -(2 ** -100)]);
	});

	test("does no harm in a loop where nothing is ever differentiated", () => {
		const x = scalar(1);
		for (let count = 0; count < 10; count++) x.assign(mul(x, 2).value);
		mul(x, x).backward();
		expect([x.value, x.grad]).toEqual([1024, 2048]);
	});

	test("leaves values computed before as they were", () => {
		const w = parameter([
			[1, 2],
			[3, 4],
		]);
		const results = [w.T, slice(w, [0]), w.detach(), w.reshape([4]), mul(w, 1)];
		const before = results.map((x) => x.toArray());
		w.assign([5, 6, 7, 8]);
		expect(results.map((x) => x.toArray())).toEqual(before);
	});

	test("does not change what was computed from its constant copy", () => {
		const w = parameter([1, 2]);
		const v = parameter([1, 1]);
		const loss = sum(mul(v, w.detach()));
		w.assign([5, 6]);
		loss.backward();
		expect(v.grad?.toArray()).toEqual([1, 2]);
	});

	test("must have the shape it had", () => {
		const w = parameter([1, 2], { name: "w" });
		expect(messageOf(() => w.assign([1, 2, 3]))).toMatch(/shapes differ for parameter "w"[\s\S]*3 numbers/);
		expect(messageOf(() => w.assign(tensor([[1, 2]])))).toContain("shape [1, 2]");
	});

	test("must be a leaf", () => {
		expect(messageOf(() => mul(scalar(1), 2).assign(3))).toContain("the result of an operation");
		expect(messageOf(() => fixed(1).assign(3))).toContain("a constant");
		expect(messageOf(() => mul(parameter([1]), 2).assign([3]))).toContain("the result of an operation");
		expect(messageOf(() => tensor([1]).assign([3]))).toContain("a constant");
	});

	test("may be assigned a view of itself", () => {
		const w = parameter([
			[1, 2],
			[3, 4],
		]);
		w.assign(w.T);
		expect(w.toArray()).toEqual([
			[1, 3],
			[2, 4],
		]);
	});
});

// ---------------------------------------------------------------- returned gradients belong to the caller

describe("nothing done to a returned gradient changes another one", () => {
	/** Operations that hand one cotangent to several operands, or an operand to another. */
	const sharing: readonly (readonly [string, (x: Tensor, y: Tensor) => Node])[] = [
		["a sum of two", (x, y) => sum(add(x, y))],
		["views", (x, y) => sum(add(x.reshape([2, 2]), y.reshape([2, 2]).T))],
		["a product", (x, y) => sum(mul(x, y))],
		["a product of matrices", (x, y) => matmul(x, y)],
		[
			"a pull that returns its operands",
			(x, y) =>
				customGradient(
					(a: Tensor, b: Tensor) => sum(mul(a, b)),
					(_g, [a, b]) => [b, a] as Tensor[],
				)(x, y),
		],
	];

	test.each(sharing)("%s: writing into data or a parameter made of it", (_, f) => {
		const [x, y] = [parameter([1, 2, 3, 4]), parameter([5, 6, 7, 8])];
		const [gx, gy] = gradients(f(x, y), [x, y]);
		const before = [gy.toArray(), x.toArray(), y.toArray()];
		gx.data.fill(99);
		const made = parameter(gx);
		made.assign([9, 9, 9, 9]);
		expect([gy.toArray(), x.toArray(), y.toArray()]).toEqual(before);
	});

	test.each(sharing)("%s: naming it", (_, f) => {
		const [x, y] = [parameter([1, 2, 3, 4]), parameter([5, 6, 7, 8])];
		for (const createGraph of [false, true]) {
			const [gx, gy] = gradients(f(x, y), [x, y], { createGraph });
			gx.named("gx");
			expect([gy.name, x.name, y.name]).toEqual([undefined, undefined, undefined]);
			expect(gx).not.toBe(gy);
		}
	});

	test.each(sharing)("%s: assigning a parameter afterwards", (_, f) => {
		const [x, y] = [parameter([1, 2, 3, 4]), parameter([5, 6, 7, 8])];
		f(x, y).backward();
		const [gx, gy] = [x.grad as Tensor, y.grad as Tensor];
		const before = [gx.toArray(), gy.toArray()];
		x.assign(sub(x, gx));
		y.assign(sub(y, gy));
		expect([gx.toArray(), gy.toArray()]).toEqual(before);
	});

	test("a second backward does not change a gradient that was read after the first", () => {
		const w = parameter([1, 2]);
		const y = sum(mul(w, w));
		y.backward();
		const first = w.grad as Tensor;
		y.backward();
		expect(first.toArray()).toEqual([2, 4]);
		expect(w.grad?.toArray()).toEqual([4, 8]);
	});

	test("the cotangent that was given stays as it is", () => {
		const w = parameter([1, 2]);
		const given = tensor([1, 1]);
		const y = add(mul(w, w), w);
		const [gw] = gradients(y, [w], { cotangent: given });
		y.backward({ cotangent: given });
		y.backward({ cotangent: given });
		gw.named("gradient");
		expect([given.toArray(), given.name]).toEqual([[1, 1], undefined]);
	});

	test("scalars, too: naming one gradient names no other", () => {
		const [x, y] = [scalar(1), scalar(2)];
		for (const createGraph of [false, true]) {
			const [gx, gy] = gradients(add(x, y), [x, y], { createGraph });
			gx.named("gx");
			expect(gy.name).toBeUndefined();
		}
	});
});

test("an intermediate value knows its gradient as a number, a leaf as the sum", () => {
	const x = scalar(2);
	const y = exp(x);
	y.backward();
	expect(y).toBeInstanceOf(Scalar);
	expect([y.grad, x.grad]).toEqual([1, Math.exp(2)]);
});
