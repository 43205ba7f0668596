/**
 * The checker: silent about every standard loss, and loud about every kind of
 * defect. `docs/losses.md` is written here from the entries and the reports:
 * `npx vitest run test/nn/checkloss.test.ts -u` renews it.
 */
import { inspect } from "node:util";
import {
	abs,
	add,
	arange,
	argMax,
	at,
	cast,
	clip,
	cosh,
	customGradient,
	div,
	equal,
	exp,
	Generator,
	log,
	log1p,
	logSoftmax,
	maximum,
	mean,
	mul,
	type Node,
	neg,
	oneHot,
	randn,
	round,
	scope,
	sigmoid,
	softmax,
	softplus,
	sqrt,
	square,
	sub,
	sum,
	type Tensor,
	tanh,
	tensor,
} from "chainrule";
import {
	type AnyLoss,
	bce,
	bceWithLogits,
	checkLoss,
	cosineEmbedding,
	crossEntropy,
	gaussianNll,
	hinge,
	huber,
	type Labels,
	type LossCheckOptions,
	type LossFinding,
	type LossReport,
	type Meaning,
	mae,
	mse,
	poissonNll,
	type StandardLoss,
	sse,
	standardLosses,
} from "chainrule/nn";
import { describe, expect, it, test } from "vitest";

const generator = new Generator(11);
const normal = (shape: readonly number[]): Tensor => randn([...shape], { generator });
const int32 = (numbers: readonly number[] | readonly (readonly number[])[]): Tensor =>
	tensor(numbers as number[][], { dtype: "int32" });

/** Suitable targets of each form, with predictions of each meaning for them. */
const targetsOf: Readonly<Record<Labels, () => { readonly targets: Tensor; readonly free: Tensor }>> = {
	values: () => ({ targets: tensor([1, 0, 4, 2, 7, 3]), free: normal([6]) }),
	binary: () => ({ targets: tensor([0, 1, 1, 0, 1, 0]), free: normal([6]) }),
	signs: () => ({ targets: tensor([1, -1, 1, 1, -1, -1]), free: normal([6]) }),
	classes: () => ({ targets: int32([2, 0, 1, 1, 2]), free: normal([5, 3]) }),
	distributions: () => ({ targets: softmax(normal([5, 3])), free: normal([5, 3]) }),
	vectors: () => ({ targets: normal([5, 3]), free: normal([5, 3]) }),
	other: () => ({ targets: tensor([1, 2, 0, 4, 3]), free: normal([5, 2]) }),
};

const madeOf: Readonly<Record<Meaning, (z: Tensor, labels: Labels) => Tensor>> = {
	values: (z) => z,
	logValues: (z) => z,
	logits: (z) => z,
	vectors: (z) => z,
	other: (z) => z,
	probabilities: (z, labels) => (labels === "binary" ? sigmoid(z) : softmax(z)),
	logProbabilities: (z) => logSoftmax(z),
};

const sequences = {
	predictions: normal([4, 6, 3]),
	targets: int32([
		[1, 2],
		[2, 2],
		[1, 1],
		[2, 1],
	]),
};

function reportOf({ name, loss, predictions, targets }: StandardLoss): LossReport {
	if (name === "ctc") return checkLoss(loss, { ...sequences, meaning: "other" });
	const { targets: t, free } = targetsOf[targets]();
	const meaning = predictions === "values" ? {} : { meaning: predictions };
	return checkLoss(loss, { predictions: madeOf[predictions](free, targets), targets: t, ...meaning });
}

/** What each check says of each standard loss. */
const reports = new Map(standardLosses.map((standard) => [standard.name, reportOf(standard)]));

describe("no false alarm", () => {
	test.each(standardLosses.map(({ name }) => name))("%s", (name) => {
		const report = reports.get(name) as LossReport;
		expect(report.findings).toEqual([]);
	});
});

describe("no false alarm for", () => {
	const column = (numbers: readonly number[]): Tensor => tensor([...numbers], { shape: [numbers.length, 1] });
	const z = [0.3, -1.2, 2.5, 0.8, -0.4, -2];
	const y = [0, 1, 1, 0, 1, 0];
	const values = [1, 0, 4, 2, 7, 3];
	const rows = normal([5, 3]);
	const oneHotRows = oneHot([2, 0, 1, 1, 2], 3);

	test.each<readonly [says: string, loss: AnyLoss, options: LossCheckOptions]>([
		["columns", mse, { predictions: column(z), targets: column(values) }],
		["several outputs", mae, { predictions: normal([4, 2]), targets: normal([4, 2]) }],
		["a single sample", mse, { predictions: [0.3], targets: [1] }],
		["a single number", mse, { predictions: 0.3, targets: 1 }],
		[
			"labels of several kinds at once",
			bceWithLogits,
			{
				predictions: normal([4, 3]),
				targets: tensor([
					[1, 0, 1],
					[0, 0, 1],
					[1, 1, 0],
					[0, 1, 0],
				]),
			},
		],
		["labels that happen to be one-hot", bceWithLogits, { predictions: rows, targets: oneHotRows }],
		["float32", mse, { predictions: tensor(z, { dtype: "float32" }), targets: tensor(values, { dtype: "float32" }) }],
		["sums", (x, t) => bceWithLogits(x, t, { reduction: "sum" }), { predictions: z, targets: y }],
		["one-hot rows", crossEntropy, { predictions: rows, targets: oneHotRows }],
		["soft rows", crossEntropy, { predictions: rows, targets: softmax(normal([5, 3])) }],
		["one sample of a class", crossEntropy, { predictions: [0.1, 2, -1], targets: int32([1]).reshape([]) }],
		[
			"sequences",
			crossEntropy,
			{
				predictions: normal([3, 4, 5]),
				targets: int32([
					[0, 1, 4, 2],
					[1, 2, 3, 0],
					[4, 4, 1, 3],
				]),
			},
		],
		[
			"smoothed labels",
			(x, t) => crossEntropy(x, t, { labelSmoothing: 0.1 }),
			{ predictions: rows, targets: int32([2, 0, 1, 1, 2]), proper: false },
		],
		[
			"weighted classes",
			(x, t) => crossEntropy(x, t, { classWeights: [1, 2, 3] }),
			{ predictions: rows, targets: int32([2, 0, 1, 1, 2]), proper: false },
		],
		[
			"weighted positives",
			(x, t) => bceWithLogits(x, t, { posWeight: 3 }),
			{ predictions: z, targets: y, proper: false },
		],
		["linear outputs for classes", mse, { predictions: rows, targets: oneHotRows }],
		["the quadratic cost of probabilities", mse, { predictions: [0.2, 0.7, 0.9, 0.4, 0.5, 0.1], targets: y }],
		["a wide Huber", (x, t) => huber(x, t, { delta: 3 }), { predictions: z, targets: values }],
		[
			"a steep logistic loss of signs",
			(x, t) => mean(softplus(mul(-3, mul(x, t)))),
			{ predictions: z, targets: [1, -1, 1, 1, -1, 1] },
		],
		[
			"a quantile",
			(x, t) => mean(maximum(mul(0.9, sub(t, x)), mul(-0.1, sub(t, x)))),
			{ predictions: z, targets: values },
		],
		[
			"an error relative to the size",
			(x, t) => mean(div(abs(sub(x, t)), add(1, abs(t)))),
			{ predictions: z, targets: values },
		],
		["the Cauchy loss", (x, t) => mean(log1p(square(sub(x, t)))), { predictions: z, targets: values }],
		[
			"counts by rates",
			(x, t) => poissonNll(exp(x), t, { logInput: false }),
			{ predictions: z, targets: values, meaning: "logValues" },
		],
	])("%s", (_, loss, options) => {
		expect(refusing(loss)).toBeDefined();
		expect(String(checkLoss(refusing(loss), options))).not.toContain("✗");
	});

	/** As a careful person writes it: shapes that differ are an error. */
	function refusing(loss: AnyLoss): AnyLoss {
		return (x, t) => {
			if (x.rank === t.rank && x.size !== t.size) throw new Error("sizes differ");
			if (x.size === t.size && x.shape.join() !== t.shape.join()) throw new Error("shapes differ");
			return loss(x, t);
		};
	}
});

/** A batch of one sample: the digit example of the textbook "Deep Learning from Scratch", in which class 2 is right. */
const digit = { predictions: tensor([[0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0]]), targets: int32([2]) };

/** Its cross-entropy for class indices, `-sum(log(y[arange(batch), t] + 1e-7)) / batch`. */
function crossEntropyError(p: Tensor, t: Tensor): Node {
	const batch = p.shape[0] as number;
	const chosen = at(p, cast(arange(batch), "int32"), cast(t, "int32"));
	return div(neg(sum(log(add(chosen, 1e-7)))), batch);
}

const values = { predictions: [0.3, -1.2, 2.5, 0.8, -0.4], targets: [1, 0, 4, 2, 3] };
const probabilities = { predictions: [0.2, 0.7, 0.9, 0.4, 0.5, 0.1], targets: [0, 1, 1, 0, 1, 0] };
const logits = { predictions: [0.3, -1.2, 2.5, 0.8, -0.4, -2], targets: [0, 1, 1, 0, 1, 0] };
const signed = { predictions: [0.3, -1.2, 2.5, 0.8, -0.4, -2], targets: [1, -1, 1, -1, -1, 1] };
const classes = { predictions: normal([5, 3]), targets: int32([2, 0, 1, 1, 2]) };
const rows = { predictions: normal([5, 3]), targets: oneHot([2, 0, 1, 1, 2], 3) };

const d = (x: Tensor, t: Tensor): Tensor => sub(x, t);
const entropy = (p: Tensor, t: Tensor): Tensor => add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p))));
const own = (x: Tensor, t: Tensor): Tensor => mul(oneHot(t, 3), x);

const defects: readonly (readonly [check: string, defect: string, AnyLoss, LossCheckOptions, says: string])[] = [
	// The sign.
	["sign", "minus the squared error", (x, t) => neg(mse(x, t)), values, "away from their targets"],
	["sign", "the likelihood itself", (p, t) => mean(entropy(clip(p, 1e-6, 1 - 1e-6), t)), probabilities, "away"],
	[
		"sign",
		"one term turned round",
		(p, t) => mean(sub(mul(t, log(clip(p, 1e-6, 1))), mul(sub(1, t), log(clip(sub(1, p), 1e-6, 1))))),
		probabilities,
		"some predictions away",
	],
	["sign", "logits the wrong way", (z, t) => bceWithLogits(neg(z), t), logits, "away"],
	["sign", "a hinge for the other side", (x, t) => hinge(neg(x), t), signed, "away"],
	["sign", "log-softmax without a minus", (z, t) => mean(sum(own(logSoftmax(z), t), { axis: -1 })), classes, "away"],
	[
		"sign",
		"similar vectors apart",
		(x, t) => neg(cosineEmbedding(x, t, 1)),
		{ predictions: normal([4, 3]), targets: normal([4, 3]), meaning: "vectors" },
		"costs more where vectors meet",
	],
	// The factor.
	["factor", "half where the whole is meant", (x, t) => div(mse(x, t), 2), { ...values, like: mse }, "0.5 times"],
	[
		"factor",
		"a sum where a mean is meant",
		sse,
		{ ...values, like: mse },
		"5 times the loss it should be, and 10 times for twice the batch",
	],
	[
		"factor",
		"a logarithm to base 2",
		(z, t) => div(bceWithLogits(z, t), Math.LN2),
		{ ...logits, like: bceWithLogits },
		"1.4427 times",
	],
	["factor", "another loss", (x, t) => mae(x, t), { ...values, like: mse }, "not the loss it should be"],
	["reduction", "a mean of a mean", (x, t) => div(mse(x, t), x.shape[0] as number), values, "twice"],
	[
		"reduction",
		"a sum over pairs",
		(x, t) => sum(square(sub(x.reshape([-1, 1]), t.reshape([1, -1])))),
		values,
		"square of the batch",
	],
	// Properness.
	[
		"minimiser",
		"the absolute error of probabilities",
		(p, t) => mean(abs(d(p, t))),
		probabilities,
		"does not train probabilities",
	],
	[
		"minimiser",
		"a power of the error",
		(p, t) => mean(square(square(d(p, t)))),
		probabilities,
		"does not train probabilities",
	],
	["minimiser", "one half of the cross-entropy", (z, t) => mean(mul(t, softplus(neg(z)))), logits, "does not train"],
	[
		"minimiser",
		"a factor within the logarithm",
		(z, t) => mean(sub(softplus(z), mul(mul(1.5, t), z))),
		logits,
		"does not train",
	],
	["minimiser", "a softmax taken twice", (z, t) => crossEntropy(softmax(z), t), classes, "does not train"],
	[
		"minimiser",
		"the probability of the class, linear",
		(z, t) => neg(mean(sum(own(softmax(z), t), { axis: -1 }))),
		classes,
		"does not train",
	],
	// Slowdown.
	[
		"slowdown",
		"the quadratic cost of a sigmoid",
		(z, t) => mean(div(square(d(sigmoid(z), t)), 2)),
		logits,
		"though the prediction is wrong",
	],
	[
		"slowdown",
		"the quadratic cost of a softmax",
		(z, t) => mean(square(d(softmax(z), t))),
		rows,
		"though the prediction is wrong",
	],
	[
		"slowdown",
		"the quadratic cost of a tanh",
		(z, t) => mean(square(d(div(add(tanh(z), 1), 2), t))),
		logits,
		"though the prediction is wrong",
	],
	[
		"slowdown",
		"probabilities, told to come from logits",
		mse,
		{ ...probabilities, trained: "logits" },
		"though the prediction is wrong",
	],
	// Domain.
	["domain", "log 0", (p, t) => neg(mean(entropy(p, t))), probabilities, "log of 0"],
	[
		"domain",
		"log of a negative number",
		(p, t) => neg(mean(mul(t, log(sub(mul(2, p), 1))))),
		{ ...probabilities, meaning: "probabilities", proper: false },
		"log of",
	],
	["domain", "log of a softmax", (z, t) => neg(mean(sum(own(log(softmax(z)), t), { axis: -1 }))), classes, "log of 0"],
	["domain", "the root of a mean square", (x, t) => sqrt(mse(x, t)), values, "sqrt of 0"],
	["domain", "a division by the target", (x, t) => mean(abs(div(d(x, t), t))), values, "div of"],
	["domain", "a logarithm of cosh", (x, t) => mean(log(cosh(d(x, t)))), values, "cosh of"],
	["domain", "ln(1 + exp) of large logits", (z, t) => mean(sub(log(add(1, exp(z))), mul(t, z))), logits, "exp of"],
	[
		"domain",
		"a softmax without a shift",
		(z, t) => {
			const e = exp(z);
			return neg(mean(sum(own(log(add(1e-9, div(e, sum(e, { axis: -1, keepDims: true })))), t), { axis: -1 })));
		},
		classes,
		"exp of",
	],
	[
		"domain",
		"a length without care",
		(x, t) => mean(sqrt(sum(square(d(x, t)), { axis: -1 }))),
		{ predictions: normal([4, 3]), targets: normal([4, 3]), meaning: "vectors" },
		"sqrt of 0",
	],
	// Digits.
	[
		"precision",
		"log(1 - sigmoid)",
		(z, t) => neg(mean(add(mul(t, log(add(sigmoid(z), 1e-30))), mul(sub(1, t), log(add(sub(1, sigmoid(z)), 1e-30)))))),
		logits,
		"digits cancel",
	],
	[
		"precision",
		"the square multiplied out",
		(x, t) => mean(add(sub(square(x), mul(2, mul(x, t))), square(t))),
		values,
		"digits cancel",
	],
	[
		"precision",
		"bce through a sigmoid",
		(z, t) => bce(sigmoid(z), t),
		{ ...logits, targets: [1, 0, 0, 1, 1, 0] },
		"digits cancel",
	],
	// Forms of targets.
	[
		"one-hot or indices",
		"indices that one-hot rows pass for",
		crossEntropyError,
		digit,
		"one-hot rows in place of class indices",
	],
	[
		"one-hot or indices",
		"rows that indices broadcast to",
		(z, t) => neg(div(sum(mul(t, logSoftmax(z))), z.shape[0] as number)),
		rows,
		"class indices in place of one-hot rows",
	],
	["[n] or [n, 1]", "a difference that broadcasts", (x, t) => mean(square(d(x, t))), values, "without a word"],
	[
		"[n] or [n, 1]",
		"a cross-entropy that broadcasts",
		(z, t) => mean(sub(softplus(z), mul(t, z))),
		logits,
		"without a word",
	],
	[
		"[n] or [n, 1]",
		"data that broadcast already",
		(x, t) => mean(square(d(x, t))),
		{ predictions: values.predictions, targets: tensor(values.targets, { shape: [5, 1] }) },
		"without a word",
	],
	// Gradients.
	[
		"gradient",
		"a rule that is wrong",
		(x, t) =>
			mean(
				customGradient(
					(e: Tensor) => square(e),
					(gz, [e]) => mul(gz, e as Tensor),
					"half",
				)(d(x, t)),
			),
		values,
		"not that of the values",
	],
	[
		"gradient",
		"a detached prediction in the middle",
		(x, t) => mean(mul(d(x, t), d(x.detach(), t))),
		values,
		"not that of the values",
	],
	[
		"gradient",
		"numbers instead of operations",
		(x, t) =>
			tensor([Array.from(x.data, (one, i) => (one - (t.data[i] as number)) ** 2).reduce((one, other) => one + other)]),
		values,
		"no gradient",
	],
	[
		"gradient",
		"accuracy",
		(z, t) => sub(1, mean(cast(equal(argMax(z, { axis: -1 }), t), "float64"))),
		classes,
		"no gradient|gradient is 0",
	],
	["gradient", "a rounded error", (x, t) => mean(square(round(d(x, t)))), values, "gradient is 0"],
	// The batch.
	["single number", "no reduction", (x, t) => square(d(x, t)), values, "not a single number"],
	["repeatable", "noise in the loss", (x, t) => mse(add(x, randn(x.shape)), t), values, "every call"],
	[
		"order of samples",
		"neighbours compared",
		(x, t) => mean(square(d(x, t.roll(1, { axis: 0 })))),
		values,
		"order of the samples",
	],
	[
		"order of samples",
		"weights by position",
		(x, t) => mean(mul(arange(x.shape[0] as number), square(d(x, t)))),
		values,
		"order of the samples",
	],
];

const planted = defects.map(([check, defect, loss, options, says]) => {
	const report = checkLoss(loss, options);
	return { check, defect, report, says, found: report.findings.filter((finding) => finding.check === check) };
});

describe("a planted defect is found:", () => {
	test.each(planted)("$check: $defect", ({ report, says, found }) => {
		expect(found.map((finding) => finding.says).join("; ")).toMatch(new RegExp(says));
		expect(report.ok).toBe(false);
	});

	test.each(planted)("$check: $defect, with an input that shows it", ({ report }) => {
		for (const { predictions, targets, input, expected, actual, fix } of report.findings) {
			expect(predictions.size * targets.size).toBeGreaterThan(0);
			for (const text of [input, expected, actual, fix]) expect(text).not.toMatch(/undefined|^$/);
			expect(expected).not.toBe(actual);
		}
	});

	it("every check has one", () => {
		const [any] = reports.values();
		expect(new Set(defects.map(([check]) => check))).toEqual(new Set((any as LossReport).verdicts.keys()));
	});
});

describe("what the checker says", () => {
	const bits = { predictions: [0.3, -1.2, 2.5, 0.8], targets: [0, 1, 1, 0] };
	const only = (report: LossReport, check: string): LossFinding =>
		report.findings.find((finding) => finding.check === check) as LossFinding;

	it("names the standard loss and the factor, for sums, halves and squared likelihoods alike", () => {
		const values = { predictions: [0.3, -1.2, 2.5, 0.8], targets: [3, 1, 0, 5] };
		const said = (loss: AnyLoss, options: LossCheckOptions): string | undefined =>
			checkLoss(loss, options).verdicts.get("factor");
		expect(said((x, t) => div(sum(square(sub(x, t))), 2), values)).toBe("1 × halfSse = 0.5 × sse");
		expect(said((x, t) => div(mean(square(sub(x, t))), 2), values)).toBe("0.5 × mse");
		expect(said((x, t) => sum(abs(sub(x, t))), values)).toBe("1 × sum of mae");
		expect(said((z, t) => mean(sub(softplus(z), mul(t, z))), bits)).toBe("1 × bceWithLogits");
		expect(said((z, t) => div(mean(sub(softplus(z), mul(t, z))), Math.LN2), bits)).toBe("1.4427 × bceWithLogits");
		expect(said((x, t) => gaussianNll(x, t, 0.5), values)).toBe("not a multiple of a standard loss"); // a constant is added
		expect(said((x, t) => mean(log1p(square(sub(x, t)))), values)).toBe("not a multiple of a standard loss");
	});

	it("a one-hot target in code for class indices: 23.718987 in place of 0.510825", () => {
		const finding = only(checkLoss(crossEntropyError, digit), "one-hot or indices");
		expect([finding.actual, finding.expected]).toEqual(["23.718987", "0.51082546, as for targets [1]; or an error"]);
		expect(finding.targets.toArray()).toEqual([[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]]);
		expect(crossEntropyError(finding.predictions, finding.targets).item()).toBeCloseTo(23.718987, 6);
	});

	it("the quadratic cost of a sigmoid learns best where the output is off by 2/3", () => {
		const quadratic = (z: Tensor, t: Tensor) => mse(sigmoid(z), t);
		const { expected } = only(checkLoss(quadratic, bits), "slowdown");
		expect(expected).toContain("at a logit 0.7 on the wrong side, where the output is off by 0.67");
		expect(checkLoss(bceWithLogits, bits).facts.stalls).toBe(false);
	});

	it("an exact input: what it shows is there when it is tried", () => {
		const naive = (p: Tensor, t: Tensor) => neg(mean(add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p))))));
		const finding = only(checkLoss(naive, { predictions: [0.2, 0.7], targets: [0, 1] }), "domain");
		expect(naive(finding.predictions, finding.targets).item()).not.toBeLessThan(Number.POSITIVE_INFINITY);
		expect(finding.says).toBe("is not finite within reach: log of 0");
	});

	it("the operation within its scope", () => {
		const naive = (p: Tensor, t: Tensor) => scope("surprise", () => neg(mean(mul(t, log(p)))));
		const { findings } = checkLoss(naive, { predictions: [0.2, 0.7], targets: [0, 1], proper: false });
		expect(findings.map(({ says }) => says)).toContain("is not finite within reach: log of 0, in surprise");
	});

	it("a table, and the findings below in the form of an error", () => {
		const half = (x: Tensor, t: Tensor) => div(mse(x, t), 2);
		const report = checkLoss(half, { predictions: [0.5, 2, -1, 0.25], targets: [0, 2, 9, 1], like: mse });
		expect(String(report)).toMatchInlineSnapshot(`
			"· single number       yes
			· repeatable          the same at every call
			· gradient            agrees with finite differences
			· sign                a step down the gradient moves predictions towards targets
			✗ factor              0.5 × mse
			· reduction           mean: the batch twice gives the same
			· order of samples    does not matter
			· minimiser           smallest at the mean
			· slowdown            not looked at: no logits
			· domain              finite at the ends of the range, in float64 and float32
			· precision           float32 agrees with float64
			· one-hot or indices  not looked at: no class targets
			· [n] or [n, 1]       the other layout is refused, or understood

			factor: is 0.5 times the loss it should be
			  input     predictions [0.1087, 1.249, -1.303, 0.04505] [4], targets [0, 2, 9, 1] [4]
			  expected  26.9076
			  actual    13.4538
			  fix       divide by 0.5, or say in its name that it has this factor"
		`);
		expect(inspect(report)).toBe(String(report));
		expect(report.facts).toMatchObject({ predictions: "values", targets: "values", reduction: "mean" });
	});

	it("nothing, and throws, where the loss fails on the data given", () => {
		expect(() => checkLoss(mse, { predictions: [1, 2], targets: [1, 2, 3] })).toThrow("shapes of predictions");
	});
});

// ---------------------------------------------------------------- the page

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const answer = (known: boolean | undefined): string => (known === undefined ? "" : known ? "yes" : "no");

function meets({ name }: StandardLoss): readonly string[] {
	const { facts, findings, verdicts } = reports.get(name) as LossReport;
	const stays = facts.stalls === undefined ? undefined : !facts.stalls;
	const finite = !findings.some(({ check }) => check === "domain");
	return [
		`\`${name}\``,
		verdicts.get("factor") as string,
		facts.reduction ?? "neither",
		facts.minimiser ?? "",
		answer(facts.proper),
		answer(stays),
		answer(finite),
		String(findings.length),
	];
}

test("docs/losses.md shows these tables", async () => {
	const page = `# Losses

<!-- Written by test/nn/checkloss.test.ts: npx vitest run test/nn/checkloss.test.ts -u -->

Predictions x, probabilities p, logits z, log-probabilities l; targets y, or t for
distributions; σ is the sigmoid. Every loss takes \`reduction: "mean" | "sum" | "none"\`;
the factor is what the usual one does, and "left out" what options that shape it are then.

${table(
	["loss", "formula", "left out", "factor", "smallest at"],
	standardLosses.map(({ name, formula, shapedBy = "", factor, minimiser }) => [
		`\`${name}\``,
		formula,
		shapedBy,
		factor,
		minimiser,
	]),
)}

## As \`checkLoss\` finds them

Measured, not stated: each loss is checked with suitable data, and what it is a
multiple of, how it grows when the batch is given twice, and where it is smallest
come from its numbers. Minima of values are those for the targets ${"0, 0, 0, 1, 1, 2, 2, 3, 5, 9, 10"}
(median 2, mean 3), of classes for the frequencies named.

${table(
	[
		"loss",
		"multiple of",
		"reduction",
		"smallest at",
		"trains probabilities",
		"confidently wrong logits keep a gradient",
		"finite within reach",
		"findings",
	],
	standardLosses.map(meets),
)}

## What it finds in others

Facts are reported; findings are alarms. What a standard loss is known for (hinge
losses train no probabilities, \`dice\` stalls behind a sigmoid) is a fact of that
loss, and the same thing in another loss is a finding.

${table(
	["planted defect", "found by", "says"],
	planted.map(({ check, defect, found }) => [defect, check, found[0]?.says ?? ""]),
)}
`;
	await expect(page).toMatchFileSnapshot("../../docs/losses.md");
});
