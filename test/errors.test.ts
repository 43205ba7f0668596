/**
 * Every message the engine, the neurons and the optimizers can throw.
 *
 * `docs/errors.md` is the collection of all of them, as they read; a message in
 * the sources that no case here provokes fails the last test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
	arange,
	broadcastTo,
	ChainruleError,
	cast,
	checkGradients,
	checkpoint,
	chunk,
	concat,
	cross,
	customGradient,
	defineOp,
	diag,
	diagonal,
	einsum,
	evaluate,
	eye,
	flatten,
	fromScalars,
	full,
	Generator,
	gather,
	grad,
	gradients,
	jvp,
	matmul,
	max,
	mean,
	moveAxis,
	mul,
	norm,
	ones,
	onGradient,
	pad,
	parameter,
	parseFormula,
	permute,
	pick,
	quantile,
	rand,
	repeat,
	reshape,
	roll,
	type Scalar,
	scalar,
	scatterAdd,
	scope,
	searchSorted,
	setBackend,
	setDebug,
	slice,
	split,
	squeeze,
	sum,
	type Tensor,
	tensor,
	tensordot,
	topK,
	tril,
	unfold,
	valueGradAndAux,
	vjp,
	vmap,
	weightedSum,
	zeros,
} from "chainrule";
import { cholesky, det, inv, matrixPower, solve } from "chainrule/linalg";
import {
	batchNorm,
	bce,
	conv1d,
	conv2d,
	convTranspose1d,
	convWeight,
	crossEntropy,
	dropout,
	embedding,
	glu,
	groupNorm,
	interpolate,
	Linear,
	layerNorm,
	MLP,
	maxPool1d,
	maxPool2d,
	mse,
	Neuron,
	prelu,
	scaledDotProductAttention,
} from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { categorical, choice, gamma, normal, permutation, uniform } from "chainrule/random";
import { describe, expect, it } from "vitest";
import { toFunction } from "../src/core/formula.js";

const x23 = zeros([2, 3]);
const x45 = zeros([4, 5]);
const three = tensor([1, 2, 3], { requiresGrad: true, name: "v" });
/** What a type checker would refuse, as it comes from plain JavaScript. */
const wrong = <Wanted>(value: unknown): Wanted => value as Wanted;

function assignedBetween(): void {
	const w = parameter([1, 2], { name: "w" });
	const loss = scope("model", () => sum(w.mul(w)));
	w.assign([3, 4]);
	loss.backward();
}

function assignedScalarBetween(): void {
	const b = scalar(2, "b");
	const loss = b.mul(b);
	b.assign(3);
	loss.backward();
}

const cases: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
	Shapes: {
		"shapes that do not broadcast": () => x23.add(x45),
		"a shape that cannot be repeated to another": () => broadcastTo(x23, [2, 4]),
		"inner sizes of a product": () => scope("mlp", () => scope("layer2", () => matmul(x23, x45))),
		"a product with a single number": () => matmul(x23, 2),
		"nested arrays of unequal length": () => tensor([[1, 2], [3]]),
		"NaN in a shape": () => zeros([2, Number.NaN]),
		"a fraction in a shape": () => full([1.5], 0),
		"data that does not fill a shape": () => tensor([1, 2, 3], { shape: [2, 2] }),
		"an axis out of range": () => sum(x23, { axis: 2 }),
		"an axis of a single number": () => sum(tensor(1), { axis: 0 }),
		"an axis named twice": () => sum(x23, { axis: [0, -2] }),
		"another number of elements": () => reshape(x23, [4, 2]),
		"a size that cannot be computed": () => reshape(x23, [4, -1]),
		"an order of axes that is none": () => permute(x23, [0, 0]),
		"more ranges than axes": () => slice(x23, [0, 0, 0]),
		"an index that does not exist": () => slice(x23, [2]),
		"a step of 0": () => slice(x23, [[0, 2, 0]]),
		"a list of indices where a range is meant": () => slice(x23, [null, wrong<[number]>([0, 1, 1, 0])]),
		"an end that is no whole number": () => slice(x23, [[0.5, 2]]),
		"an element that is not there": () => pick(x23, 6),
		"widths that are none": () => pad(x23, [[1, 1]]),
		"a way of padding that is none": () =>
			pad(
				x23,
				[
					[1, 1],
					[0, 0],
				],
				{ mode: wrong<"reflect">("mirror") },
			),
		"nothing to repeat around": () => pad(zeros([0]), [[1, 1]], { mode: "reflect" }),
		"an axis that is larger than 1": () => squeeze(x23, { axis: 0 }),
		"axes in the wrong order": () => flatten(x23, { start: 1, end: 0 }),
		"axes without places": () => moveAxis(x23, [0, 1], [0]),
		"no parts at all": () => chunk(x23, 0),
		"counts that do not fit": () => repeat(x23, [1, 2], { axis: 1 }),
		"shifts that do not fit": () => roll(x23, [1, 2], { axis: 0 }),
		"a fraction of a diagonal": () => diagonal(x23, { offset: 0.5 }),
		"a diagonal of too many axes": () => diag(zeros([2, 2, 2])),
		"a triangle of a vector": () => tril(three),
		"windows longer than the axis": () => unfold(x23, { size: 4 }),
		"subscripts that are none": () => einsum("i.j", x23),
		"an operand without its letters": () => einsum("ijk,k", x23, three),
		"axes that cannot be summed in pairs": () => tensordot(x23, x45),
		"vectors of two components": () => cross(tensor([1, 2]), tensor([3, 4])),
		"tensors that cannot be joined": () => concat([x23, x45]),
		"nothing to join": () => concat([]),
		"parts that do not add up": () => split(x23, [2, 2], { axis: 1 }),
		"more indices than axes": () => x23.at(0, "...", 1, 2),
		"an index that is none": () => x23.at(wrong<number>("first")),
		"a mask of another shape": () => x23.at(tensor([true, false, true])),
		"a place that is not there": () => x23.at(null, tensor([0, 3], { dtype: "int32" })),
		"an index tensor of fractions": () => gather(x23, tensor([[0, 1]])),
		"an index tensor of another rank": () => gather(x23, tensor([0], { dtype: "int32" })),
		"an index that points nowhere": () => gather(x23, tensor([[0, 5, 0]], { dtype: "int32" })),
		"a source of another shape": () => scatterAdd(x23, tensor([[0]], { dtype: "int32" }), zeros([2, 2])),
		"scalars that do not fill a shape": () => fromScalars([1, 2], [3]),
		"weights without values": () => weightedSum([scalar(1)], [], scalar(0)),
		"the item of many": () => x23.item(),
		"nothing to choose from": () => max(zeros([0])),
		"the mean of nothing": () => mean(zeros([0])),
		"more elements than there are": () => topK(x23, 4),
		"rows of another number": () => searchSorted(x23, x45),
		"a share above 1": () => quantile(x23, 1.5),
		"an interpolation that is none": () => quantile(x23, 0.5, { interpolation: wrong<"linear">("cubic") }),
		"a norm that is none": () => norm(x23, { order: Number.NaN }),
	},
	Data: {
		"an element that is no number": () => tensor(wrong<number[]>([1, "2"])),
		"a scalar that is no number": () => scalar(wrong<number>("1")),
		"an unknown dtype": () => zeros([2], { dtype: wrong<"float64">("float16") }),
		"a backend that does not exist": () => setBackend(wrong<"js">("gpu")),
		"a cast to an unknown dtype": () => cast(x23, wrong<"float64">("complex")),
		"integers as variables": () => tensor([1, 2], { dtype: "int32", requiresGrad: true }),
		"scalars of the tape as a leaf": () => tensor([scalar(1)], { requiresGrad: true }),
		"an endless range": () => arange(0, 1, 0),
		"a seed that is none": () => new Generator(Number.NaN),
		"a state that is none": () => {
			new Generator(0).state = wrong({ words: [1] });
		},
		"a bound that is none": () => new Generator(0).integer(0),
		"an interval that is none": () => new Generator(0).fillUniform(new Float64Array(1), 0, 1, 0, Number.NaN),
		"a deviation that is none": () => new Generator(0).fillNormal(new Float64Array(1), 0, 1, 0, -1),
		"random integers": () => rand([2], { dtype: "int32" }),
		"a parameter of a distribution out of range": () => normal(0, tensor([1, -1])),
		"ends in the wrong order": () => uniform(tensor([0, 2]), 1),
		"a sample of integers": () => gamma(2, 1, { dtype: "int32" }),
		"a choice among no categories": () => categorical(zeros([3, 0])),
		"probabilities that do not add up": () => categorical([0.5, 0.4]),
		"logits that are none": () => categorical([0, Number.NaN], { logits: true }),
		"a permutation of nothing": () => permutation(2.5),
		"more choices than things": () => choice(3, { shape: [4], replacement: false }),
		"probabilities for other things": () => choice(3, { probabilities: [0.5, 0.5] }),
	},
	Matrices: {
		"a vector where a matrix is meant": () => inv(three),
		"a determinant of a rectangle": () => det(x23),
		"equations without a solution": () =>
			solve(tensor([eye(2).toArray(), ones([2, 2]).toArray()] as number[][][]), ones([2])),
		"a right side of another length": () => solve(eye(2), three),
		"a matrix that is not positive definite": () =>
			cholesky(
				tensor([
					[1, 2],
					[2, 1],
				]),
			),
		"half a power": () => matrixPower(eye(2), 0.5),
	},
	Derivatives: {
		"backward of many numbers": () => three.mul(2).backward(),
		"backward of a constant": () => tensor([1]).backward(),
		"a cotangent of another shape": () => three.mul(2).backward({ cotangent: zeros([2]) }),
		"a variable that was not reached": () => gradients(sum(three), [scalar(1, "u")]),
		"an argument that was not used": () => grad((p: { a: Scalar; b: Scalar }) => mul(p.a, 2))({ a: 1, b: 2 }),
		"a tensor assigned between forward and backward": assignedBetween,
		"a scalar assigned between forward and backward": assignedScalarBetween,
		"assignment to a result": () => mul(scalar(1), 2).assign(1),
		"assignment to a computed tensor": () => three.mul(2).assign([1, 2, 3]),
		"assignment of another shape": () => parameter([1, 2], { name: "w" }).assign([1, 2, 3]),
		"integers to differentiate": () => grad((t: Tensor) => sum(t))(tensor([1], { dtype: "int32" })),
		"a function without a result": () => grad(wrong<(x: Scalar) => Scalar>(() => undefined))(1),
		"a checkpoint without a result": () => checkpoint(wrong<(x: Scalar) => Scalar>(() => undefined))(scalar(1)),
		"nothing to map over": () => vmap((x: Tensor) => x, { axes: [null] })(x23),
		"a number to map over": () => vmap((x: Scalar) => mul(x, 2))(scalar(1)),
		"batches of different sizes": () => vmap((x: Tensor, y: Tensor) => x.add(y))(x23, x45),
		"a value read in a batch": () => vmap((x: Tensor) => (x.item() > 0 ? x : x.neg()))(tensor([1, 2])),
		"an argument that is no value": () => grad((p: { a: Scalar }) => mul(p.a, 2))(wrong({ a: "1" })),
		"a missing auxiliary output": () =>
			valueGradAndAux(wrong<(x: Scalar) => [Scalar, number]>((x: Scalar) => mul(x, 2)))(1),
		"tangents of another form": () => jvp((x: Tensor) => sum(x), [three], [zeros([2])]),
		"a cotangent for vjp of another shape": () => vjp((x: Tensor) => x.mul(2), three)[1](zeros([4])),
		"a listener on a constant": () => onGradient(tensor([1]), () => undefined),
		"a check of integers": () => checkGradients((x: Tensor) => sum(x), [tensor([1], { dtype: "int32" })]),
	},
	"Operations of your own": {
		"too few gradients": () =>
			customGradient(
				(x: Scalar, y: Scalar) => x.value * y.value,
				(gz) => [gz],
				"product",
			)(scalar(1), scalar(2)).backward(),
		"a gradient of the wrong shape": () =>
			sum(
				customGradient(
					(x: Tensor) => x.mul(2),
					() => zeros([7]),
					"double",
				)(three),
			).backward(),
		"a tensor as the gradient of a scalar": () =>
			customGradient(
				(x: Scalar) => x.value,
				() => zeros([2]),
				"same",
			)(scalar(1)).backward(),
		"a function without a value": () =>
			customGradient(
				wrong<(x: Scalar) => number>(() => undefined),
				(gz) => gz,
				"nothing",
			)(scalar(1)),
		"a name that is taken": () => defineOp({ name: "tanh", value: (x) => x, partials: ["1"] }),
		"a name that is none": () => defineOp({ name: "my op", value: (x) => x, partials: ["1"] }),
		"too few partials": () => defineOp({ name: "product2", value: (x, y) => x * y!, partials: ["y"] }),
		"too many operands": () =>
			defineOp(
				wrong({
					name: "four",
					value: (a: number, b: number, c: number, d: number) => a + b + c + d,
					partials: ["1", "1", "1", "1"],
				}),
			),
		"a partial that is no formula": () => defineOp({ name: "broken", value: (x) => x, partials: ["2 *"] }),
		"a partial with an unknown name": () => defineOp({ name: "stranger", value: (x) => x, partials: ["2 * t"] }),
	},
	Formulas: {
		"nothing to read": () => parseFormula(" "),
		"a character that does not belong": () => parseFormula("w*x + $b"),
		"an unfinished formula": () => parseFormula("(y - a"),
		"a missing sign": () => parseFormula("2x"),
		"an unknown name": () => evaluate(parseFormula("w + q"), new Map([["w", 1]])),
		"an unknown function": () => evaluate(parseFormula("foo(1)"), new Map()),
		"too many arguments": () => evaluate(parseFormula("sin(1, 2)"), new Map()),
		"an index without a value": () => evaluate(parseFormula("x[1]"), new Map([["x", 1]])),
		"a transpose of a number": () => evaluate(parseFormula("x.T"), new Map([["x", 1]])),
		"a derivative that is not available": () => evaluate(parseFormula("sin''(1)"), new Map()),
		"arrays where numbers are compiled": () =>
			toFunction(parseFormula("x.T"), ["x"], { functions: new Map(), constants: new Map() }),
		"an unknown name where numbers are compiled": () =>
			toFunction(parseFormula("q"), ["x"], { functions: new Map(), constants: new Map() }),
	},
	"Windows, norms and attention": {
		"an image without channels": () => conv1d(zeros([5]), zeros([2, 1, 3])),
		"channels that differ": () => conv2d(zeros([1, 3, 5, 5]), zeros([4, 2, 3, 3])),
		"channels of a transposed convolution that differ": () => convTranspose1d(zeros([1, 3, 5]), zeros([2, 1, 3])),
		"a bias of another size": () => conv1d(zeros([1, 1, 5]), zeros([2, 1, 3]), { bias: zeros([3]) }),
		"a stride of 0": () => conv2d(zeros([1, 1, 5, 5]), zeros([1, 1, 3, 3]), { stride: 0 }),
		"an unknown padding": () => conv1d(zeros([1, 1, 5]), zeros([1, 1, 3]), { padding: wrong<"same">("full") }),
		"the size kept in spite of a stride": () =>
			conv1d(zeros([1, 1, 5]), zeros([1, 1, 3]), { padding: "same", stride: 2 }),
		"a kernel that does not fit into the image": () => conv1d(zeros([1, 1, 2]), zeros([1, 1, 3])),
		"too much outputPadding": () => convTranspose1d(zeros([1, 1, 2]), zeros([1, 1, 3]), { outputPadding: 1 }),
		"windows that are not those of the image": () => convWeight(zeros([1, 1, 5]), zeros([1, 1, 5]), 3),
		"an image of other axes to pool": () => maxPool2d(zeros([4, 4]), 2),
		"a window of nothing but padding": () => maxPool1d(zeros([1, 4]), 1, { padding: 1 }),
		"a batch without channels": () => batchNorm(zeros([4])),
		"a weight that does not fit what is normalized": () => layerNorm(x23, { weight: zeros([2]) }),
		"a mean without a variance": () => batchNorm(x23, { mean: zeros([3]) }),
		"groups that do not divide": () => groupNorm(x23, 2),
		"a table without entries": () => embedding(tensor(0, { dtype: "int32" }), 1),
		"a probability of 2": () => dropout(x23, 2),
		"attention of a vector": () => scaledDotProductAttention(zeros([3]), x23, x23),
		"an unknown interpolation": () => interpolate(zeros([1, 1, 4]), { size: 8, mode: wrong<"linear">("cubic") }),
	},
	"Neurons and optimizers": {
		"a layer of another width": () => new Linear(3, 2).call(zeros([4, 5])),
		"a neuron with another number of inputs": () => new Neuron(2).call([1, 2, 3]),
		"a size that is none": () => new Linear(0, 2),
		"a network without layers": () => new MLP(2, []),
		"an axis without two halves": () => glu(x23),
		"weights that do not fit the channels": () => prelu(x23, zeros([2])),
		"predictions [3] against targets [3, 1]": () => mse(three, zeros([3, 1])),
		"a reduction that is none": () => mse(three, three, { reduction: wrong<"mean">("average") }),
		"a probability above 1": () => bce(tensor([1.5]), tensor([1])),
		"logits without classes": () => crossEntropy(tensor(1), tensor(0, { dtype: "int32" })),
		"targets that do not fit the logits": () => crossEntropy(x23, zeros([3])),
		"class indices with a fraction": () => crossEntropy(x23, [0, 0.5]),
		"a class that does not exist": () => crossEntropy(x23, [0, 3]),
		"class indices as fractions": () => crossEntropy(x23, tensor([0, 1])),
		"nothing to train": () => new SGD([], { learningRate: 0.1 }),
		"a constant to train": () => new SGD([tensor([1])], { learningRate: 0.1 }),
		"a parameter listed twice": () => new SGD([three, three], { learningRate: 0.1 }),
		"a learning rate below 0": () => new SGD([three], { learningRate: -1 }),
		"a momentum of 1": () => new SGD([three], { learningRate: 0.1, momentum: 1 }),
	},
};

function messageOf(provoke: () => unknown): string {
	try {
		provoke();
	} catch (error) {
		if (error instanceof ChainruleError) return error.message;
		throw error;
	}
	throw new Error("nothing was thrown");
}

const collected = Object.entries(cases).map(([title, list]) => ({
	title,
	messages: Object.entries(list).map(([name, provoke]) => ({ name, message: messageOf(provoke) })),
}));

describe("a message", () => {
	it.each(collected.flatMap(({ messages }) => messages))(
		"for $name says what, and what was expected or how to mend it",
		({ message }) => {
			const [what = "", ...rows] = message.split("\n");
			expect(what).toMatch(/^[\w.]+: \S/);
			expect(rows.length).toBeGreaterThan(0);
			for (const row of rows) expect(row).toMatch(/^ {2}(?:expected|actual|in|fix) {2,}\S|^ {12}/);
		},
	);

	it("is listed in docs/errors.md as it reads", async () => {
		const page = collected.map(
			({ title, messages }) =>
				`## ${title}\n\n${messages.map(({ name, message }) => `${name[0]?.toUpperCase()}${name.slice(1)}:\n\n\`\`\`text\n${message}\n\`\`\``).join("\n\n")}`,
		);
		const head =
			"# Errors\n\nEvery message has one form: what failed, what was expected, what was found, where, and how to mend it. This page is written by `test/errors.test.ts`, which provokes each of them.";
		await expect(`${[head, ...page].join("\n\n")}\n`).toMatchFileSnapshot("../docs/errors.md");
	});

	it("names the caller's line in debug mode", () => {
		setDebug(true);
		try {
			expect(messageOf(() => matmul(x23, x45))).toMatch(/\n {2}at {8}.*errors\.test\.ts:\d+:\d+/);
		} finally {
			setDebug(false);
		}
	});

	it("that stands in the sources is provoked here", () => {
		const root = new URL("..", import.meta.url).pathname;
		const files = ["core", "kernels", "ops", "diff", "nn", "optim"].flatMap((floor) =>
			readdirSync(join(root, "src", floor), { encoding: "utf8", recursive: true })
				.filter((file) => file.endsWith(".ts"))
				.map((file) => join("src", floor, file)),
		);
		const seen = collected.flatMap(({ messages }) => messages.map(({ message }) => message.split("\n")[0] ?? ""));
		const missing = files.flatMap((file) =>
			[
				...readFileSync(join(root, file), "utf8").matchAll(
					/\bwhat: (?:"([^"]*)"|`((?:[^`$]|\$\{(?:[^{}`]|`[^`]*`)*\})*)`)/g,
				),
			].flatMap(({ 1: plain, 2: template }) => {
				const parts = plain === undefined ? (template ?? "").split(/\$\{(?:[^{}`]|`[^`]*`)*\}/) : [plain];
				const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
				return seen.some((what) => pattern.test(what)) ? [] : [`${file}: ${plain ?? template}`];
			}),
		);
		expect(missing).toEqual([]);
	});
});
