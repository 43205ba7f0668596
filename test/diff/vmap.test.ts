/** `vmap`: a function of one example on a batch, against the loop over examples; nested with every derivative. */
import {
	add,
	broadcastTo,
	concat,
	customGradient,
	Generator,
	gather,
	grad,
	gradients,
	greater,
	hessian,
	jvp,
	logSumExp,
	matmul,
	max,
	mul,
	noGrad,
	norm,
	pad,
	parameter,
	permute,
	randn,
	reshape,
	type Shape,
	scatterAdd,
	slice,
	softmax,
	split,
	sqrt,
	stopGradient,
	sub,
	sum,
	type Tensor,
	tanh,
	tensor,
	transpose,
	valueAndGrad,
	variance,
	vmap,
	where,
	zeros,
} from "chainrule";
import { crossEntropy, Linear } from "chainrule/nn";
import { describe, expect, it, test } from "vitest";

const generator = new Generator(3);
const random = (shape: Shape): Tensor => randn(shape, { generator });
const index = tensor(
	[
		[0, 2, 1],
		[1, 1, 0],
	],
	{ dtype: "int32" },
);

/** What `vmap` promises: the results of the examples, one by one, put together. */
function looped(f: (...xs: Tensor[]) => Tensor, batches: readonly Tensor[]): Tensor {
	const [first] = batches;
	return concat(
		Array.from({ length: first?.shape[0] ?? 0 }, (_, example) => {
			const z = f(...batches.map((x) => slice(x, [example])));
			return reshape(z, [1, ...z.shape]);
		}),
	);
}

const functions: Readonly<Record<string, readonly [f: (...xs: Tensor[]) => Tensor, ...shapes: Shape[]]>> = {
	"arithmetic that broadcasts": [(x, y) => mul(add(x!, y!), tensor([[1], [2]])), [2, 3], [3]],
	"numbers of rank 0": [(x, y) => x!.mul(y!).sin().add(1), [], []],
	"comparisons and choices": [(x, y) => where(greater(x!, y!), x!, mul(y!, 2)), [3], [3]],
	"an infinity in the branch not taken": [(x) => where(greater(x!, 0), sqrt(x!), 0), [4]],
	"sums over axes": [(x) => x!.sum({ axis: [0, 2] }).add(x!.sum()), [2, 3, 2]],
	"sums that keep their axes": [(x) => sub(x!, x!.mean({ axis: -1, keepDims: true })), [2, 3]],
	"other shapes": [(x) => reshape(permute(x!, [1, 0]), [3, -1]).add(reshape(x!, [3, 2])), [2, 3]],
	"repeated axes": [(x) => broadcastTo(x!, [4, 2, 3]), [3]],
	windows: [
		(x) =>
			pad(
				slice(x!, [
					[0, 3, 2],
					[null, null, -1],
				]),
				[
					[1, 0],
					[0, 2],
				],
			),
		[4, 3],
	],
	"joined and split": [(x, y) => concat([x!, y!, ...split(x!, 2)]), [2, 3], [1, 3]],
	"elements chosen by constants": [(x) => gather(x!, index), [3, 3]],
	"elements added up": [(x) => scatterAdd(zeros([3, 3]), index, x!), [2, 3]],
	"products of matrices and vectors": [(x, y) => matmul(matmul(x!, transpose(x!)), y!), [2, 3], [2]],
	"the largest element": [(x) => max(x!, { axis: 0 }).add(max(x!)), [3, 2]],
	"functions made of others": [(x) => softmax(x!).mul(logSumExp(x!)).add(norm(x!)).add(variance(x!)), [5]],
	"a gradient": [(x) => grad((t: Tensor) => sum(tanh(matmul(t, t))))(x!), [2, 2]],
	"a gradient of a gradient": [
		(x) => grad((t: Tensor) => sum(grad((u: Tensor) => sum(mul(u, u).mul(u)))(t).mul(t)))(x!),
		[3],
	],
	"a hessian": [(x) => hessian((t: Tensor) => sum(mul(t, t).mul(t)))(x!), [2]],
	"a tangent": [(x, y) => jvp((t: Tensor) => softmax(t), [x!], [y!])[1] as Tensor, [3], [3]],
	"a function of its own gradient": [
		(x) =>
			customGradient(
				(t: Tensor) => t.mul(t),
				(gz) => mul(gz, 3),
				"odd",
			)(x!),
		[3],
	],
	"another vmap": [(x, y) => vmap((row: Tensor) => matmul(row, y!))(x!), [4, 3], [3]],
};

describe("vmap gives what the loop over examples gives", () => {
	test.each(Object.entries(functions))("for %s", (_, [f, ...shapes]) => {
		const batches = shapes.map((shape) => random([3, ...shape]));
		const expected = looped(f, batches);
		const batched = vmap(f)(...batches);
		expect(batched.shape).toEqual(expected.shape);
		for (const [at, value] of Array.from(expected.data).entries()) expect(batched.data[at]).toBeCloseTo(value, 12);
	});

	test.each(Object.entries(functions))("and its gradient, for %s", (_, [f, ...shapes]) => {
		const batches = shapes.map((shape) => parameter(random([3, ...shape])));
		const weights = random(looped(f, batches).shape);
		const options = { unused: "zero" } as const;
		const expected = gradients(sum(mul(looped(f, batches), weights)), batches, options);
		const found = gradients(sum(mul(vmap(f)(...batches), weights)), batches, options);
		for (const [argument, gradient] of expected.entries()) {
			for (const [at, value] of Array.from(gradient.data).entries())
				expect(found[argument]?.data[at]).toBeCloseTo(value, 11);
		}
	});
});

it("repeats what does not depend on the example", () => {
	const constantly: (x: Tensor) => Tensor = () => tensor([1, 2]);
	const z = vmap(constantly)(random([3, 1]));
	expect(z.toArray()).toEqual([
		[1, 2],
		[1, 2],
		[1, 2],
	]);
	expect(z.requiresGrad).toBe(false);
});

describe("per-example gradients", () => {
	it("of a layer with shared weights are those of each example alone", () => {
		const layer = new Linear(3, 4, { generator });
		const weight = layer.weight.detach();
		const inputs = random([5, 3]);
		const labels = tensor([0, 3, 1, 2, 2], { dtype: "int32" });
		const loss = (w: Tensor, x: Tensor, label: Tensor): Tensor =>
			crossEntropy(reshape(matmul(w, x), [1, 4]), reshape(label, [1])) as Tensor;
		const all = vmap(grad(loss), { axes: [null, 0, 0] })(weight, inputs, labels);
		expect(all.shape).toEqual([5, 4, 3]);
		for (let example = 0; example < 5; example++) {
			const alone = grad(loss)(weight, slice(inputs, [example]), slice(labels, [example]));
			for (const [at, value] of Array.from(alone.data).entries()) {
				expect(slice(all, [example]).data[at]).toBeCloseTo(value, 12);
			}
		}
	});

	it("come with values and may be differentiated in turn", () => {
		const w = parameter([0.5, -1, 2]);
		const x = random([4, 3]);
		const f = valueAndGrad((v: Tensor, one: Tensor) => sum(mul(v, one)).square());
		const sizes = (v: Tensor): Tensor => {
			const [values, slopes] = vmap((one: Tensor) => f(v, one))(x) as unknown as [Tensor, Tensor];
			return add(sum(values), sum(slopes.square()));
		};
		const direct = (v: Tensor): Tensor => {
			const projections = matmul(x, v);
			return add(sum(projections.square()), sum(mul(reshape(projections.mul(2), [4, 1]), x).square()));
		};
		const expected = gradients(direct(w), [w])[0].toArray();
		const found = gradients(sizes(w), [w])[0].toArray();
		for (const [at, value] of (expected as number[]).entries()) expect((found as number[])[at]).toBeCloseTo(value, 11);
	});
});

describe("where gradients stop, they stop in a batch, too", () => {
	it("at stopGradient and inside noGrad", () => {
		const x = parameter(random([3, 2]));
		const f = (t: Tensor): Tensor => sum(t.mul(stopGradient(t)).add(noGrad(() => t.mul(5))));
		expect(gradients(sum(vmap(f)(x)), [x])[0].toArray()).toEqual(x.toArray());
	});
});

describe("axes", () => {
	it("may be any, may be shared, and the results' may be chosen", () => {
		const x = random([2, 5, 3]);
		const y = random([3]);
		const z = vmap((one: Tensor, shared: Tensor) => mul(one, shared), { axes: [1, null], outAxis: -1 })(x, y);
		expect(z.shape).toEqual([2, 3, 5]);
		expect(slice(z, [null, null, 4]).toArray()).toEqual(mul(slice(x, [null, 4]), y).toArray());
	});

	it("lead through nests of arguments and results", () => {
		const model = { w: random([4, 2]), parts: [random([4])] };
		const f = ({ w, parts }: typeof model): { s: Tensor; list: Tensor[] } => ({
			s: sum(w),
			list: [mul(w, parts[0] as Tensor)],
		});
		const { s, list } = vmap(f)(model);
		expect([s.shape, list[0]?.shape]).toEqual([[4], [4, 2]]);
	});

	it("of length 0 give no examples, and the shape of one", () => {
		expect(vmap((x: Tensor) => matmul(x, random([3, 2])))(zeros([0, 4, 3])).shape).toEqual([0, 4, 2]);
	});
});
