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
import {
	bce,
	bceWithLogits,
	crossEntropy,
	focal,
	halfSse,
	hinge,
	huber,
	type Loss,
	LossModule,
	logCosh,
	mae,
	mse,
	poissonNll,
	type Reduction,
	smoothL1,
	squaredHinge,
	sse,
} from "chainrule/nn";
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
	{
		name: "squaredHinge",
		loss: squaredHinge,
		usual: "mean",
		naive: (x, y) => Math.max(0, 1 - y * x) ** 2,
		slope: (x, y) => -2 * y * Math.max(0, 1 - y * x),
		predictions: [-2, 0.5, 3, -0.1],
		targets: [1, 1, 1, -1],
	},
	{
		name: "focal",
		loss: focal,
		usual: "mean",
		naive: (z, y) => {
			const p = 1 / (1 + Math.exp(-z));
			const given = y * p + (1 - y) * (1 - p);
			const entropy = -y * Math.log(p) - (1 - y) * Math.log(1 - p);
			return (0.25 * y + 0.75 * (1 - y)) * (1 - given) ** 2 * entropy;
		},
		slope: (z, y) => {
			const p = 1 / (1 + Math.exp(-z));
			const given = y * p + (1 - y) * (1 - p);
			const entropy = -y * Math.log(p) - (1 - y) * Math.log(1 - p);
			const turned = -2 * (1 - given) * (2 * y - 1) * p * (1 - p) * entropy;
			return (0.25 * y + 0.75 * (1 - y)) * (turned + (1 - given) ** 2 * (p - y));
		},
		predictions: [-2, 0.5, 3, -0.1],
		targets: [0, 1, 0, 0.7],
	},
	{
		name: "mae",
		loss: mae,
		usual: "mean",
		naive: (x, y) => Math.abs(x - y),
		slope: (x, y) => Math.sign(x - y),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -1, 0.75, 7],
	},
	{
		name: "huber",
		loss: huber,
		usual: "mean",
		naive: (x, y) => (Math.abs(x - y) <= 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 1 / 2),
		slope: (x, y) => Math.max(-1, Math.min(1, x - y)),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -0.5, 0.25, 7],
	},
	{
		name: "smoothL1",
		loss: smoothL1,
		usual: "mean",
		naive: (x, y) => (Math.abs(x - y) < 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 1 / 2),
		slope: (x, y) => Math.max(-1, Math.min(1, x - y)),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -0.5, 0.25, 7],
	},
	{
		name: "logCosh",
		loss: logCosh,
		usual: "mean",
		naive: (x, y) => Math.log(Math.cosh(x - y)),
		slope: (x, y) => Math.tanh(x - y),
		predictions: [1.5, -2, 0.25, 3],
		targets: [1, -0.5, 0.25, 7],
	},
	{
		name: "poissonNll",
		loss: poissonNll,
		usual: "mean",
		naive: (x, y) => Math.exp(x) - y * x,
		slope: (x, y) => Math.exp(x) - y,
		predictions: [-2, 0.5, 1.2, -0.1],
		targets: [0, 1, 4, 2],
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

describe("losses with options", () => {
	const [x, y] = [
		[1.5, -2, 0.25, 3],
		[1, -0.5, 0.25, 7],
	];

	it("huber and smoothL1 are one curve at two scales", () => {
		for (const width of [0.3, 1, 2.5]) {
			const [h, s] = [huber(x, y, { delta: width }).item(), smoothL1(x, y, { beta: width }).item()];
			expect(h).toBeCloseTo(width * s, 14);
			const naive = x.map((number, index) => {
				const d = Math.abs(number - (y[index] as number));
				return d <= width ? (d * d) / 2 : width * (d - width / 2);
			});
			expect(h).toBeCloseTo(naive.reduce((sum, one) => sum + one, 0) / 4, 14);
		}
	});

	it("logCosh keeps its digits for errors near 0 and far away", () => {
		// ln cosh 1e-5 = 4.99999999991666666667e-11, ln cosh 800 = 800 - ln 2
		expect(Math.abs(logCosh(1e-5, 0).value / 4.999999999916667e-11 - 1)).toBeLessThan(1e-15);
		expect(logCosh(800, 0).value).toBe(800 - Math.LN2);
		expect(logCosh([1, -1], [0, 0]).item()).toBeCloseTo(0.4337808304830272, 15);
	});

	it("weights of elements multiply, and the mean still divides by n", () => {
		const [z, t] = [tensor([1, -2, 0.5]), tensor([1, 0, 0])];
		const each = bceWithLogits(z, t, { reduction: "none" }).data;
		const weighted = bceWithLogits(z, t, { weight: [1, 2, 4] }).item();
		expect(weighted).toBeCloseTo(((each[0] as number) + 2 * (each[1] as number) + 4 * (each[2] as number)) / 3, 14);
		expect(bce(sigmoid(z), t, { weight: [1, 2, 4] }).item()).toBeCloseTo(weighted, 14);
		const rows = (data: number[]) => tensor(data, { shape: [2, 3] });
		const perColumn = bceWithLogits(rows([1, -2, 0.5, 0, 1, 2]), rows([1, 0, 0, 1, 1, 0]), { weight: [1, 0, 3] });
		const perElement = bceWithLogits(rows([1, -2, 0.5, 0, 1, 2]), rows([1, 0, 0, 1, 1, 0]), {
			weight: rows([1, 0, 3, 1, 0, 3]),
		});
		expect(perColumn.item()).toBe(perElement.item());
	});

	it("posWeight multiplies the term of target 1, stable in logits", () => {
		const naive = (z: number, target: number, w: number) =>
			w * target * Math.log(1 + Math.exp(-z)) + (1 - target) * Math.log(1 + Math.exp(z));
		expect(bceWithLogits(0.7, 1, { posWeight: 3 }).value).toBeCloseTo(naive(0.7, 1, 3), 14);
		expect(bceWithLogits([0.7, -1], [0.3, 0], { posWeight: [3, 5], reduction: "sum" }).item()).toBeCloseTo(
			naive(0.7, 0.3, 3) + naive(-1, 0, 5),
			14,
		);
		expect(bceWithLogits([1000, -1000], [0, 1], { posWeight: 3, reduction: "none" }).toArray()).toEqual([1000, 3000]);
	});

	it("focal without focus is half of the cross-entropy, and stays finite far out", () => {
		const [z, t] = [tensor([1, -2, 0.5]), tensor([1, 0, 0.3])];
		expect(focal(z, t, { alpha: 0.5, gamma: 0 }).item()).toBeCloseTo(bceWithLogits(z, t).item() / 2, 14);
		for (const gamma of [0.5, 2]) {
			const far = parameter([1000, -1000, 1000, -1000]);
			const loss = focal(far, [0, 0, 1, 1], { gamma, reduction: "sum" });
			loss.backward();
			expect(loss.item()).toBe(1000);
			expect(far.grad?.toArray()).toEqual([0.75, 0, 0, -0.25]);
		}
	});

	it("poissonNll of rates, and with the constant that no prediction changes", () => {
		expect(poissonNll(2, 3, { logInput: false, epsilon: 0 }).value).toBeCloseTo(2 - 3 * Math.log(2), 14);
		const stirling = 3 * Math.log(3) - 3 + Math.log(6 * Math.PI) / 2;
		expect(poissonNll([0.5, 0.5, 0.5], [3, 1, 0], { full: true, reduction: "sum" }).item()).toBeCloseTo(
			3 * Math.exp(0.5) - 4 * 0.5 + stirling,
			14,
		);
	});

	it("a loss with its options is a module", () => {
		const criterion = new LossModule(huber, { delta: 0.5 });
		expect(criterion.call(x, y).item()).toBe(huber(x, y, { delta: 0.5 }).item());
		expect(criterion.parameterCount()).toBe(0);
		expect(new LossModule(mse).call(x, y).item()).toBe(mse(x, y).item());
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
