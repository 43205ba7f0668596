import {
	type CheckReport,
	cast,
	checkGradients,
	Generator,
	log,
	ones,
	parameter,
	randn,
	type Scalar,
	scalar,
	scopeOfNode,
	scopePath,
	sigmoid,
	softmax,
	sub,
	type Tensor,
	tensor,
	zeros,
} from "chainrule";
import { bce, bceWithLogits, crossEntropy, halfSse, hinge, type Loss, mse, type Reduction, sse } from "chainrule/nn";
import { describe, expect, it } from "vitest";

/** Each loss with the textbook formula for one element, its usual reduction, its gradient, and sound targets. */
const table: readonly {
	readonly name: string;
	readonly loss: Loss;
	readonly usual: Reduction;
	readonly naive: (x: number, y: number) => number;
	readonly slope: (x: number, y: number) => number;
	readonly predictions: readonly number[];
	readonly targets: readonly number[];
}[] = [
	{
		name: "mse",
		loss: mse,
		usual: "mean",
		naive: (x, y) => (x - y) ** 2,
		slope: (x, y) => 2 * (x - y),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -1, 0.25, 7],
	},
	{
		name: "sse",
		loss: sse,
		usual: "sum",
		naive: (x, y) => (x - y) ** 2,
		slope: (x, y) => 2 * (x - y),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -1, 0.25, 7],
	},
	{
		name: "halfSse",
		loss: halfSse,
		usual: "sum",
		naive: (x, y) => (x - y) ** 2 / 2,
		slope: (x, y) => x - y,
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -1, 0.25, 7],
	},
	{
		name: "bce",
		loss: bce,
		usual: "mean",
		naive: (p, y) => -y * Math.log(p) - (1 - y) * Math.log(1 - p),
		slope: (p, y) => (p - y) / (p * (1 - p)),
		predictions: [0.1, 0.6, 0.95, 0.3],
		targets: [0, 1, 0, 0.7],
	},
	{
		name: "bceWithLogits",
		loss: bceWithLogits,
		usual: "mean",
		naive: (z, y) => Math.log(1 + Math.exp(z)) - y * z,
		slope: (z, y) => 1 / (1 + Math.exp(-z)) - y,
		predictions: [-2, 0.5, 3, -0.1],
		targets: [0, 1, 0, 0.7],
	},
	{
		name: "hinge",
		loss: hinge,
		usual: "mean",
		naive: (x, y) => Math.max(0, 1 - y * x),
		slope: (x, y) => (y * x < 1 ? -y : 0),
		predictions: [-2, 0.5, 3, -0.1],
		targets: [1, 1, 1, -1],
	},
];

/** Numbers to ten decimals, without a sign on 0. */
function rounded(numbers: Iterable<number>): number[] {
	return [...numbers].map((x) => Math.round(x * 1e10) / 1e10 + 0);
}

/** What the witnesses of a check do not agree on. */
function disagreements({ directions }: CheckReport): unknown[] {
	return directions.filter(({ agrees }) => !agrees);
}

describe.each(table)("$name", ({ name, loss, usual, naive, slope, predictions, targets }) => {
	const losses = predictions.map((x, index) => naive(x, targets[index] as number));
	const total = losses.reduce((sum, x) => sum + x, 0);
	const expected = { mean: total / losses.length, sum: total };

	it(`is the ${usual} of the textbook formula`, () => {
		expect(loss(tensor(predictions), tensor(targets)).item()).toBeCloseTo(expected[usual as "mean" | "sum"], 12);
	});

	it("reduces as it is told", () => {
		const [x, y] = [tensor(predictions, { shape: [2, 2] }), tensor(targets, { shape: [2, 2] })];
		expect(loss(x, y, { reduction: "mean" }).item()).toBeCloseTo(expected.mean, 12);
		expect(loss(x, y, { reduction: "sum" }).item()).toBeCloseTo(expected.sum, 12);
		const all = loss(x, y, { reduction: "none" });
		expect(all.shape).toEqual([2, 2]);
		expect(rounded(all.data)).toEqual(rounded(losses));
	});

	it("has the gradient of the textbook, for tensors, scalars and arrays of scalars alike", () => {
		const slopes = predictions.map((x, index) => slope(x, targets[index] as number));
		const x = parameter([...predictions]);
		loss(x, targets, { reduction: "sum" }).backward();
		expect(rounded((x.grad as Tensor).data)).toEqual(rounded(slopes));

		const scalars = predictions.map((number) => scalar(number));
		loss(scalars, targets, { reduction: "sum" }).backward();
		expect(rounded(scalars.map(({ grad }) => grad as number))).toEqual(rounded(slopes));

		const alone = predictions.map((number) => scalar(number));
		for (const [index, single] of alone.entries()) {
			const one: Scalar = loss(single, targets[index] as number);
			expect(one.value).toBeCloseTo(losses[index] as number, 12);
			one.backward();
		}
		expect(rounded(alone.map(({ grad }) => grad as number))).toEqual(rounded(slopes));
	});

	it("has derivatives of first and second order that three witnesses agree on", () => {
		const onTensors = checkGradients((x: Tensor) => loss(x, targets), [tensor(predictions)], { order: 2 });
		expect(disagreements(onTensors)).toEqual([]);
		const onScalars = checkGradients((x: Scalar) => loss(x, targets[0] as number), [predictions[0] as number], {
			order: 2,
		});
		expect(disagreements(onScalars)).toEqual([]);
	});

	it("keeps float32, whatever the targets come as", () => {
		const x = tensor(predictions, { dtype: "float32" });
		expect(loss(x, targets).dtype).toBe("float32");
		const whole = targets.map((y) => Math.round(y));
		expect(loss(x, tensor(whole, { dtype: "int32" })).dtype).toBe("float32");
		expect(loss(x, Float64Array.from(targets)).dtype).toBe("float32");
	});

	it("runs in a scope of its name", () => {
		const z = loss(parameter([...predictions]), targets, { reduction: "none" });
		expect(scopePath(scopeOfNode(z))).toEqual([name]);
	});

	it("takes one number for every element", () => {
		expect(loss(tensor([0.5, 0.5]), 1).item()).toBe(loss([0.5, 0.5], [1, 1]).item());
	});

	it("refuses to broadcast", () => {
		const [flat, column] = [ones([4]), ones([4, 1])];
		expect(() => loss(flat, column)).toThrow(`${name}: shapes of predictions and targets differ`);
		expect(() => loss(ones([2, 4]), flat)).toThrow(`${name}: shapes of predictions and targets differ`);
	});
});

describe("losses at the edge", () => {
	it("bytes are numbers, as images have them, and booleans are 0 and 1", () => {
		expect(sse([0, 0], Uint8Array.of(3, 4)).item()).toBe(25);
		expect(sse([0, 0], [true, false]).item()).toBe(1);
	});

	it("bceWithLogits keeps all digits for large logits, where the naive form overflows", () => {
		expect(bceWithLogits(4, 0).value.toFixed(6)).toBe("4.018150");
		const cases = [
			[1000, 0, 1000, 1],
			[1000, 1, 0, 0],
			[-1000, 0, 0, 0],
			[-1000, 1, 1000, -1],
		] as const;
		for (const [at, y, value, slope] of cases) {
			const z = scalar(at);
			const loss = bceWithLogits(z, y);
			loss.backward();
			expect([loss.value, z.grad]).toEqual([value, slope]);
			const Z = parameter([at]);
			const losses = bceWithLogits(Z, [y]);
			losses.backward();
			expect([losses.item(), Z.grad?.item()]).toEqual([value, slope]);
		}
	});

	it("bce charges 100 for an impossible event, with finite gradients", () => {
		for (const [at, y, value] of [
			[0, 0, 0],
			[0, 1, 100],
			[1, 0, 100],
			[1, 1, 0],
		] as const) {
			const p = scalar(at);
			const loss = bce(p, y);
			loss.backward();
			expect(loss.value).toBe(value);
			expect(Number.isFinite(p.grad)).toBe(true);
			const P = parameter([at]);
			const losses = bce(P, [y]);
			losses.backward();
			expect(losses.item()).toBe(value);
			expect(Number.isFinite(P.grad?.item())).toBe(true);
		}
	});

	it("bce through a sigmoid has the gradient of bceWithLogits", () => {
		for (const at of [-3, 0.5, 8]) {
			const [p, z] = [scalar(at), scalar(at)];
			bce(sigmoid(p), 1).backward();
			bceWithLogits(z, 1).backward();
			expect(p.grad).toBeCloseTo(z.grad as number, 12);
		}
	});

	it("hinge has no gradient on the margin", () => {
		const x = scalar(1);
		hinge(x, 1).backward();
		expect(x.grad).toBe(0);
	});

	it("NaN is passed on, not called a wrong number", () => {
		expect(bce(Number.NaN, 1).value).toBeNaN();
		expect(bceWithLogits([0, Number.NaN], [0, 1]).item()).toBeNaN();
	});
});

describe("crossEntropy", () => {
	const logits = [
		[1, 2, 3],
		[0.5, -1, 2],
	];
	const classes = [2, 0];
	const oneHot = [
		[0, 0, 1],
		[1, 0, 0],
	];
	const soft = [
		[0.2, 0.3, 0.5],
		[0.9, 0.1, 0],
	];
	const naive = logits.map((row, sample) => {
		const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
		return -Math.log(Math.exp(row[classes[sample] as number] as number) / total);
	}) as [number, number];

	it("is the mean over samples of -ln of the probability of the class", () => {
		const z = tensor(logits);
		expect(crossEntropy(z, classes).item()).toBeCloseTo((naive[0] + naive[1]) / 2, 14);
		expect(crossEntropy(z, classes, { reduction: "sum" }).item()).toBeCloseTo(naive[0] + naive[1], 14);
		expect(rounded(crossEntropy(z, classes, { reduction: "none" }).data)).toEqual(rounded(naive));
		expect(crossEntropy(tensor([1, 2, 3]), 2).item()).toBeCloseTo(naive[0], 14);
	});

	it("says the same for indices, one-hot rows of any dtype, arrays and scalars", () => {
		const z = tensor(logits);
		const expected = crossEntropy(z, classes).item();
		const same = [
			crossEntropy(z, tensor(classes, { dtype: "int32" })),
			crossEntropy(z, Uint8Array.from(classes)),
			crossEntropy(z, oneHot),
			crossEntropy(z, tensor(oneHot, { dtype: "int32" })),
			crossEntropy(z, tensor(oneHot, { dtype: "bool" })),
			crossEntropy(logits, classes),
			crossEntropy(
				logits.map((row) => row.map((number) => scalar(number))),
				classes,
			),
		];
		expect(same.map((loss) => loss.item())).toEqual(same.map(() => expected));
	});

	it("has the gradient softmax(z) - t per sample", () => {
		for (const [targets, t] of [
			[classes, oneHot],
			[oneHot, oneHot],
			[soft, soft],
		] as const) {
			const z = parameter(logits);
			crossEntropy(z, targets, { reduction: "sum" }).backward();
			expect(rounded((z.grad as Tensor).data)).toEqual(rounded(sub(softmax(z), tensor(t)).data));
		}
	});

	it("has derivatives of first and second order that three witnesses agree on", () => {
		const z = randn([3, 4], { generator: new Generator(5) });
		for (const targets of [[0, 3, 1], softmax(randn([3, 4], { generator: new Generator(6) }))]) {
			const report = checkGradients((x: Tensor) => crossEntropy(x, targets), [z], { order: 2 });
			expect(disagreements(report)).toEqual([]);
		}
	});

	it("counts classes on the last axis, whatever comes before", () => {
		const z = randn([2, 3, 4], { generator: new Generator(1) });
		const indices = tensor([0, 1, 2, 3, 0, 1], { dtype: "int32", shape: [2, 3] });
		expect(crossEntropy(z, indices, { reduction: "none" }).shape).toEqual([2, 3]);
		const flat = crossEntropy(z.reshape([6, 4]), indices.reshape([6]));
		expect(crossEntropy(z, indices).item()).toBeCloseTo(flat.item(), 14);
	});

	it("is finite and exact for logits of ±1000", () => {
		const z = parameter([
			[1000, -1000],
			[1000, 999],
		]);
		const losses = crossEntropy(z, [1, 0], { reduction: "none" });
		expect([...losses.data]).toEqual([2000, Math.log1p(Math.exp(-1))]);
		losses.sum().backward();
		const p = Math.exp(-1) / (1 + Math.exp(-1));
		expect(rounded((z.grad as Tensor).data)).toEqual(rounded([1, -1, -p, p]));
	});

	it("takes 0 · ln 0 for 0: probabilities of 0 do no harm where nothing was expected", () => {
		const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
		const z = log(parameter(y));
		const t = y.map((_, index) => Number(index === 2));
		expect(crossEntropy(z, t).item().toFixed(10)).toBe("0.5108256238");
		expect(crossEntropy(z, 2).item().toFixed(10)).toBe("0.5108256238");
		const masked = parameter([0, Number.NEGATIVE_INFINITY, 0]);
		crossEntropy(masked, [1, 0, 0]).backward();
		expect(masked.grad?.toArray()).toEqual([-0.5, 0, 0.5]);
	});

	it("keeps float32", () => {
		const z = tensor(logits, { dtype: "float32" });
		expect([classes, oneHot, tensor(oneHot, { dtype: "int32" })].map((t) => crossEntropy(z, t).dtype)).toEqual([
			"float32",
			"float32",
			"float32",
		]);
	});
});

describe("what losses refuse", () => {
	it("predictions against a column of targets", () => {
		expect(() => mse(ones([4]), ones([4, 1]))).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: mse: shapes of predictions and targets differ
			  expected  targets [4], one per prediction
			  actual    targets [4, 1]
			  in        mse
			  fix       reshape one of them: a loss does not broadcast]
		`);
		expect(() => mse([1, 2, 3], [1, 2])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: mse: shapes of predictions and targets differ
			  expected  targets [3], one per prediction
			  actual    targets [2]
			  in        mse
			  fix       give every prediction a target: a loss does not broadcast]
		`);
	});

	it("logits where probabilities belong", () => {
		expect(() => bce([0.5, 1.5], [0, 1])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: bce: a prediction is out of range
			  expected  numbers from 0 to 1
			  actual    1.5 at [1]
			  in        bce
			  fix       use bceWithLogits for predictions before the sigmoid]
		`);
	});

	it("labels of another convention", () => {
		expect(() => hinge([0.5, 1.5], [0, 1])).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: hinge: a target is out of range
			  expected  -1 or 1
			  actual    0 at [0]
			  in        hinge
			  fix       for labels 0 and 1, 2 * y - 1]
		`);
		expect(() => bceWithLogits(0.5, -1)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: bceWithLogits: a target is out of range
			  expected  numbers from 0 to 1
			  actual    -1
			  in        bceWithLogits
			  fix       for labels -1 and 1, (y + 1) / 2]
		`);
	});

	it("a class that does not exist", () => {
		expect(() =>
			crossEntropy(ones([2, 2, 3]), [
				[0, 1],
				[3, 0],
			]),
		).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: crossEntropy: a class index is out of range
			  expected  whole numbers from 0 to 2, one per class on the last axis of the logits
			  actual    3 at [1, 0]
			  in        crossEntropy
			  fix       count classes from 0; if these are probabilities, give them the shape of the logits]
		`);
		expect(() => crossEntropy(ones([2, 3]), [-1, 0])).toThrow("-1 at [0]");
		expect(() => crossEntropy(ones([2, 3]), [0.5, 0])).toThrow("0.5 at [0]");
	});

	it("a float tensor of class indices, which could as well be probabilities", () => {
		expect(() => crossEntropy(ones([4, 3]), ones([4]))).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: crossEntropy: class indices are not integers
			  expected  int32 targets [4], or probabilities [4, 3] like the logits
			  actual    float64 targets [4]
			  in        crossEntropy
			  fix       cast(targets, "int32") if they count classes; one-hot rows and probabilities need the axis of classes]
		`);
		expect(crossEntropy(ones([4, 3]), cast(ones([4]), "int32")).item()).toBeCloseTo(Math.log(3), 14);
	});

	it("targets of another shape, and logits without classes", () => {
		expect(() => crossEntropy(ones([4, 3]), zeros([4, 1]))).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: crossEntropy: targets do not fit the logits
			  expected  class indices [4] or probabilities [4, 3]
			  actual    targets [4, 1], logits [4, 3]
			  in        crossEntropy]
		`);
		expect(() => crossEntropy(1, 0)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: crossEntropy: logits without an axis of classes
			  expected  logits of shape [..., classes]
			  actual    a single number
			  in        crossEntropy
			  fix       use bceWithLogits for one logit per sample]
		`);
	});

	it("an unknown reduction", () => {
		expect(() => mse([1], [2], { reduction: "average" as Reduction })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: mse: unknown reduction
			  expected  "mean", "sum" or "none"
			  actual    "average"
			  in        mse]
		`);
		expect(() => mse(1, 2, { reduction: "average" as Reduction })).toThrow("unknown reduction");
	});
});
