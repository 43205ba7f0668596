/**
 * Every message the engine, the neurons and the optimizers can throw.
 *
 * `docs/errors.md` is the collection of all of them, as they read; a message in
 * the sources that no case here provokes fails the last test.
 */
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
	parseProgram,
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
	type Value,
	valueGradAndAux,
	vjp,
	vmap,
	weightedSum,
	zeros,
} from "chainrule";
import * as data from "chainrule/data";
import * as io from "chainrule/io";
import { cholesky, det, inv, matrixPower, solve } from "chainrule/linalg";
import {
	BatchNorm,
	Bilinear,
	batchNorm,
	bce,
	bceWithLogits,
	Conv2d,
	checkLoss,
	contrastive,
	conv1d,
	conv2d,
	convTranspose1d,
	convWeight,
	cosineEmbedding,
	crossEntropy,
	ctc,
	Dropout,
	dice,
	dropout,
	Embedding,
	embedding,
	functionalCall,
	GroupNorm,
	glu,
	groupNorm,
	infoNce,
	init,
	interpolate,
	Linear,
	LSTM,
	LSTMCell,
	layerNorm,
	MLP,
	MultiHeadAttention,
	maxPool1d,
	maxPool2d,
	mse,
	Neuron,
	Perceptron,
	prelu,
	Residual,
	Sequential,
	scaledDotProductAttention,
} from "chainrule/nn";
import {
	AveragedWeights,
	clipGradNorm,
	clipGradValue,
	cosine,
	FormulaOptimizer,
	LBFGS,
	linearWarmup,
	multistep,
	type OptimizerOptions,
	oneCycle,
	ReduceOnPlateau,
	Scheduler,
	SGD,
	sequential,
} from "chainrule/optim";
import { categorical, choice, gamma, normal, permutation, uniform } from "chainrule/random";
import {
	derivation,
	problem as derivations,
	formula,
	graph,
	type LatexNames,
	parseGraph,
	parseLatex,
	readDisplays,
	readDocument,
	simplify,
} from "chainrule/symbolic";
import { type FitOptions, fit, readCheckpoint } from "chainrule/train";
import type { Function as Made, Node } from "oxc-parser";
import { describe, expect, it, vi } from "vitest";
import { toFunction } from "../src/core/formula.js";
import { checkSchedule } from "../src/train/checkpoint.js";
import { setGenerators } from "../src/train/generators.js";
import { setState } from "../src/train/place.js";
import { type Place, parse, placeOf, readSources, type Source, visit } from "./source.js";

const x23 = zeros([2, 3]);
const x45 = zeros([4, 5]);
const three = tensor([1, 2, 3], { requiresGrad: true, name: "v" });
/** What a type checker would refuse, as it comes from plain JavaScript. */
const wrong = <Wanted>(value: unknown): Wanted => value as Wanted;

/** The names of a problem, for its LaTeX. */
const inNotes: LatexNames = {
	values: new Map([
		...["x", "y", "n", "C", "d"].map((name) => [name, 0] as const),
		...["o", "t", "a"].map((name) => [name, 1] as const),
		["A", 2],
		["a1", 0],
	]),
	functions: new Set(["f"]),
	indices: new Map([
		["i", "n"],
		["k", "n"],
	]),
};
const read = (latex: string) => parseLatex(latex, inNotes);

/** Bytes, each written as a character. */
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const safetensors = (header: string, elements = ""): Uint8Array =>
	latin1(`${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}${elements}`);
const npy = (header: string): Uint8Array => latin1(`\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}`);
const saved = (tensors: string): string =>
	`{"format":"chainrule module","version":1,"module":"MLP","tensors":${tensors}}`;
/** A zip archive of one empty member, x.txt. */
const archive = `PK\x03\x04${"\0".repeat(22)}\x05\0\0\0x.txtPK\x01\x02${"\0".repeat(24)}\x05${"\0".repeat(17)}x.txtPK\x05\x06${"\0".repeat(4)}\x01\0\x01\0${"\x33\0\0\0"}${"\x23\0\0\0"}\0\0`;

const triple = { x: tensor([1, 2, 3]), y: tensor(new Int32Array([0, 0, 1])) };
const labelsOf = (count: number): Blob =>
	new Blob([data.writeIdx(zeros([count], { dtype: "int32" }), { type: "uint8" })]);

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

/** A short training of a small model. */
async function trained(
	options: Partial<FitOptions<Tensor, Tensor, Tensor>>,
	batches = [{ x: zeros([1, 2]), y: zeros([1, 1]) }],
	loss: (z: Tensor, y: Tensor) => Value = mse,
): Promise<unknown> {
	const model = new Linear(2, 1);
	return fit(model, loss, new SGD(model.parameters()), batches, { epochs: 1, progress: "none", ...options });
}

/** A step of an optimizer with these lines. */
function bySelfMadeRule(lines: readonly string[]): void {
	class Descent extends FormulaOptimizer<OptimizerOptions> {
		protected override formulas(): readonly string[] {
			return lines;
		}
		protected override numbers(): { readonly γ: number } {
			return { γ: this.learningRate };
		}
	}
	const x = scalar(1);
	x.mul(2).backward();
	new Descent([x], {}).step();
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
		"a choice without an alternative": () => parseFormula("if(x > 0, 1)"),
		"a name that is defined twice": () => parseProgram("a = 2*x\na = 3*x"),
		"a name before its definition, in a program": () => parseProgram("a = b\nb = 3*x"),
		"a line that nobody can refer to": () => parseProgram("2*x\n3*x"),
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
	Modules: {
		"a result that is to be frozen": () => {
			scalar(2).square().requiresGrad = false;
		},
		"a state that lacks, has too much and does not fit": () => {
			const state = new Map([
				["weight", zeros([2, 2])],
				["scale", zeros([2])],
			]);
			return new Linear(3, 2).loadStateDict(state);
		},
		"a state of another network": () => new Linear(3, 2).loadStateDict(new Linear(3, 2, { bias: false }).stateDict()),
		"a parameter that the module has not": () => functionalCall(new Linear(3, 2), { scale: 1 }, x23),
		"a value of another shape": () => functionalCall(new Linear(3, 2), { bias: zeros([3]) }, x23),
		"a bias where a fan is needed": () => new Linear(3, 2, { bias: init.heNormal() }),
		"bounds with nothing between them": () => init.truncatedNormal(0, 1, { low: 40 }),
		"an initializer of another shape": () => new Linear(3, 2, { weight: () => zeros([3, 2]) }),
		"a second input of another width": () => new Bilinear(3, 4, 2).call(x23, x23),
		"an entry of a table that is none": () => new Embedding(10, 4, { paddingIndex: 10 }),
		"groups of filters that do not divide": () => new Conv2d(4, 6, 3, { groups: 4 }),
		"channels other than those normalized": () => new GroupNorm(1, 4).call(x23),
		"a batch of one sample": () => new BatchNorm(3).call(zeros([1, 3])),
		"a batch inside of vmap": () => vmap((x: Tensor) => new BatchNorm(3).call(x))(zeros([2, 5, 3])),
		"a share that is none": () => new BatchNorm(3, { momentum: 2 }),
		"a share to drop that is none": () => new Dropout(1.5),
		"a detour that ends elsewhere": () => new Residual(new Linear(3, 2)).call(x23),
		"heads that do not divide": () => new MultiHeadAttention(6, 4),
		"a sequence without time": () => new LSTM(3, 4).call(zeros([3])),
		"a state of another size": () => new LSTMCell(3, 4).call(x23, { hidden: x23, cell: x23 }),
		"weights for other inputs": () => new Perceptron(2, { weights: [1] }),
		"a target that a step cannot reach": () => new Perceptron(2).learn([0, 1], -1),
	},
	"Data and metrics": {
		"a seed and a generator": () => data.moons({ seed: 1, generator: new Generator(1) }),
		"points of whole numbers": () => data.moons({ dtype: "int32" }),
		"no points": () => data.spirals({ samples: 0 }),
		"a noise below 0": () => data.digits({ noise: -1 }),
		"an inner circle as large as the outer": () => data.circles({ factor: 1 }),
		"centers of different dimensions": () => data.blobs({ centers: [[1, 2], [3]] }),
		"a length that is none": () => data.fromSamples({ length: -1, at: (i) => i }),
		"a batch of nothing": () => data.collate([]),
		"samples of different names": () => data.collate<object>([{ image: 1 }, { label: 1 }]),
		"samples of different sizes": () => data.collate([{ image: [1, 2] }, { image: [1] }]),
		"tensors without rows": () => data.fromTensors({ x: x23, y: tensor(1) }),
		"no tensors": () => data.fromTensors({}),
		"more inputs than labels": () => data.fromTensors({ x: x45, y: three }),
		"batches of half a sample": () => new data.DataLoader(triple, { batchSize: 0.5 }),
		"a state of a loader that is none": () =>
			new data.DataLoader(triple).loadState({ generator: new Generator(1).state, epoch: { seed: 1, batches: 9 } }),
		"everything for the test": () => data.trainTestSplit(triple, { testSize: 3 }),
		"more folds than samples": () => data.kFold(triple, { folds: 4 }),
		"classes in rows": () => data.trainTestSplit({ x: x23 }, { stratify: "x", testSize: 1 }),
		"a class that cannot be shared out": () => data.trainTestSplit(triple, { stratify: "y", testSize: 1 }),
		"a scale from nothing": () => data.standardScaler(zeros([0, 3])),
		"a scale for other features": () => data.minMaxScaler(x23).transform(x45),
		"text without rows": () => data.readCsv("\n\n"),
		"a quotation mark that stays open": () => data.readCsv('a,b\n1,"2\n'),
		"a row that is too long": () => data.readCsv("a,b\n1,2\n3,4,5\n"),
		"a name of a column twice": () => data.readCsv("a,a\n1,2\n"),
		"a type of a column that is none": () => data.readCsv("a\n1\n", { types: { a: wrong<"number">("integer") } }),
		"a type for a column that does not exist": () => data.readCsv("a\n1\n", { types: { b: "number" } }),
		"a cell without a number": () => data.readCsv("a,b\n1,2\n,3\n"),
		"a unit behind a number": () => data.readCsv("a,b\n1,3 kg\n", { types: { b: "number" } }),
		"a table in another encoding": () => data.loadCsv(new Blob([latin1("caf\xe9\n1\n")])),
		"a column that does not exist": () => data.toTensors(data.readCsv("a,b\n1,2\n"), { target: "c" }),
		"a target that is missing": () => data.toTensors(data.readCsv("a,b\n1,\n", { missing: "keep" }), { target: "b" }),
		"texts among features": () => data.toTensors(data.readCsv("a,b\nx,2\n", { types: { a: "text" } }), { target: "b" }),
		"a file of data that is not there": () => data.loadIdx("missing/train-images.gz"),
		"a number for a file of data": () => data.loadIdx(wrong(7)),
		"a path of data in a browser": () => {
			vi.stubGlobal("process", undefined);
			return data.loadIdx("train-images.gz").finally(() => vi.unstubAllGlobals());
		},
		"gzip that breaks off": () => data.loadIdx(new Blob([latin1("\x1f\x8b\x08\0")])),
		"a picture for images": () => data.readIdx(latin1("\x89PNG\r\n\x1a\n")),
		"gzip where bytes are read": () => data.readIdx(latin1("\x1f\x8b\x08\0")),
		"a type of elements that IDX has not": () => data.readIdx(latin1("\0\0\x0a\x01\0\0\0\0")),
		"a header of IDX that breaks off": () => data.readIdx(latin1("\0\0\x08\x03\0\0")),
		"sizes that multiply to infinity": () => data.readIdx(latin1(`\0\0\x08\x08${"\xff".repeat(32)}`)),
		"fewer labels than promised": () => data.readIdx(latin1("\0\0\x08\x01\0\0\0\x05\x07")),
		"more labels than promised": () => data.readIdx(latin1("\0\0\x08\x01\0\0\0\x01\x07\x02")),
		"labels in place of images": () => data.loadMnist({ images: labelsOf(2), labels: labelsOf(2) }),
		"images and labels of different sets": () =>
			data.loadMnist({
				images: new Blob([data.writeIdx(zeros([1, 2, 2], { dtype: "int32" }), { type: "uint8" })]),
				labels: labelsOf(2),
			}),
		"a fraction as a byte": () => data.writeIdx(tensor([0.5]), { type: "uint8" }),
		"metrics of nothing": () => data.accuracy([], []),
		"probabilities without a threshold": () => data.accuracy([0.2, 0.9], [0, 1]),
		"one-hot targets": () => data.accuracy([[0.2, 0.8]], [[0.1, 0.9]]),
		"scores for other samples": () => data.accuracy(x23, [0, 1, 2]),
		"scores of one class": () => data.accuracy([[0.2], [0.9]], [0, 1]),
		"a label without a score": () => data.accuracy(x23, [0, 3]),
		"a precision of many classes": () => data.precision([0, 1, 2], [0, 1, 2]),
		"a curve of other scores": () => data.rocAuc([0.1, 0.9], [0, 1, 1]),
		"a curve of NaN": () => data.rocCurve([0.1, Number.NaN], [0, 1]),
		"a curve of one class": () => data.rocAuc([0.1, 0.9], [1, 1]),
		"errors of predictions [3] against targets [3, 1]": () => data.meanAbsoluteError(three, zeros([3, 1])),
		"an error of nothing": () => data.rootMeanSquaredError([], []),
		"a variance of one sample": () => data.r2([1], [1]),
	},
	Files: {
		"a file that is not there": () => io.load("missing/weights.npy"),
		"a folder that is not there": () => io.save("missing/weights.npy", new Uint8Array(1)),
		"a folder where a file is to be": () => io.saveNpy(".", x23),
		"a path that is none": () => io.loadNpy(""),
		"a path in a browser": () => {
			vi.stubGlobal("process", undefined);
			return io.loadNpz("weights.npz").finally(() => vi.unstubAllGlobals());
		},
		"an ArrayBuffer for bytes": () => io.readNpy(wrong(new ArrayBuffer(8))),
		"a picture for tensors": () => io.readSafetensors(latin1("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
		"a header that breaks off": () => io.readSafetensors(safetensors('{"w":')),
		"a name twice": () => io.readSafetensors(safetensors('{"w":{},"w":{}}')),
		"a name that is no text": () => io.readSafetensors(safetensors('{"\\ud800":{}}')),
		"metadata that are no texts": () => io.readSafetensors(safetensors('{"__metadata__":{"epoch":3}}')),
		"a tensor that is not described": () => io.readSafetensors(safetensors('{"w":{"dtype":"F64"}}')),
		"an element type of eight bits": () =>
			io.readSafetensors(safetensors('{"w":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,1]}}')),
		"a size below 0 in a file": () =>
			io.readSafetensors(safetensors('{"w":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}')),
		"a tensor that is longer than its shape": () =>
			io.readSafetensors(safetensors('{"w":{"dtype":"F64","shape":[2],"data_offsets":[0,24]}}')),
		"a hole between tensors": () =>
			io.readSafetensors(safetensors('{"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', "\0\0")),
		"an integer that int32 cannot hold": () =>
			io.readSafetensors(safetensors('{"w":{"dtype":"U32","shape":[1],"data_offsets":[0,4]}}', "\xff\xff\xff\xff")),
		"a tensor that is called as the metadata": () => io.writeSafetensors({ __metadata__: x23 }),
		"metadata of a number": () => io.writeSafetensors({}, { epoch: wrong<string>(3) }),
		"a name that cannot be written": () => io.writeSafetensors({ "\ud800": x23 }),
		"numbers where a tensor is written": () => io.writeNpz({ w: wrong<Tensor>([1, 2]) }),
		"several tensors in an npy file": () => io.writeNpy(wrong<Tensor>({ w: x23 })),
		"an npy file of another version": () => io.readNpy(latin1("\x93NUMPY\x09\0")),
		"a header of Python that does something": () => io.readNpy(npy("__import__('os')")),
		"texts from NumPy": () => io.readNpy(npy("{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}")),
		"too few elements": () => io.readNpy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000,)}")),
		"an archive that is none": () => io.readNpz(latin1("PK\x03\x04")),
		"an archive that would unpack to too much": () => io.readNpz(io.writeNpz({ w: x23 }), { maxBytes: 100 }),
		"a text among arrays": () => io.readNpz(latin1(archive)),
		"a name that an archive cannot hold": () => io.writeNpz({ ["w".repeat(70_000)]: x23 }),
		"a tensor as a module": () => io.writeJson(wrong(x23)),
		"bytes that are no text": () => io.readJson(latin1("\xff")),
		"JSON of something else": () => io.readJson('{"name":"chainrule"}'),
		"JSON of half a module": () => io.readJson('{"format":"chainrule module","version":1}'),
		"JSON of a tensor that is none": () => io.readJson(saved('{"w":7}')),
		"JSON of a tensor without elements": () => io.readJson(saved('{"w":{"dtype":"float64","shape":[2],"data":[]}}')),
		"JSON of a tensor with a hole": () => io.readJson(saved('{"w":{"dtype":"float64","shape":[1],"data":[null]}}')),
	},
	"Losses and their checker": {
		"predictions [3] against labels [2, 3]": () => dice(three, x23),
		"weights of elements that do not fit": () => bceWithLogits(x23, zeros([2, 3]), { weight: [1, 2] }),
		"one weight for two classes": () => crossEntropy(x23, [0, 1], { classWeights: [1] }),
		"a batch that is ignored as a whole": () => crossEntropy(x23, [9, 9], { ignoreIndex: 9 }),
		"an index to be ignored among probabilities": () => crossEntropy(x23, x23, { ignoreIndex: 0 }),
		"a share of smoothing above 1": () => crossEntropy(x23, [0, 1], { labelSmoothing: 2 }),
		"labels that are not one per pair": () => contrastive(x23, x23, [1, 0, 1]),
		"single numbers as vectors": () => cosineEmbedding(1, 2, 1),
		"vectors that are no batch": () => infoNce(three, three),
		"sequences that are not one per sample": () => ctc(zeros([2, 4, 3]), [[1]]),
		"more steps than an input has": () => ctc(zeros([1, 4, 3]), [[1]], { inputLengths: [5] }),
		"a blank among the labels": () => ctc(zeros([1, 4, 3]), [[1, 0]]),
		"a target longer than its input": () => ctc(zeros([1, 4, 3]), [[1, 1, 2, 2]]),
		"a meaning of predictions that is none": () =>
			checkLoss(mse, { predictions: [1], targets: [1], meaning: wrong<"logits">("odds") }),
		"a loss to check without data": () => checkLoss(mse, { predictions: [], targets: [] }),
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
	"Steps and schedules": {
		"a look ahead without a velocity": () => new SGD([three], { nesterov: true }),
		"a state of another optimizer": () => new SGD([three]).loadStateDict(new LBFGS([three]).stateDict()),
		"a rule that is no formula": () => bySelfMadeRule(["p - γ*g"]),
		"a rule that uses what nobody gives": () => bySelfMadeRule(["v = μ*v + g", "p = p - γ*v"]),
		"the rule of a group that is not there": () => new SGD([three]).rule(1),
		"two groups as one vector": () => new LBFGS([{ parameters: [three] }, { parameters: [scalar(1)] }]),
		"a line search that cannot evaluate": () => new LBFGS([three]).step(),
		"a norm that is none": () => clipGradNorm([three], 1, { norm: 0 }),
		"a limit of 0": () => clipGradValue([three], 0),
		"a gradient that is infinite": () => {
			const w = parameter([0], { name: "w" });
			w.log().sum().backward();
			clipGradNorm([w], 1, { errorIfNonFinite: true });
		},
		"a schedule of no steps": () => cosine({ steps: 0 }),
		"a negative factor": () => linearWarmup({ steps: 5, from: -1 }),
		"milestones out of order": () => multistep({ milestones: [30, 10] }),
		"a cycle that rises for longer than it lasts": () => oneCycle({ steps: 100, rising: 2 }),
		"a schedule too many": () => sequential([cosine({ steps: 5 }), cosine({ steps: 5 })], []),
		"a schedule that gives no factor": () => new Scheduler(new SGD([three]), () => Number.NaN),
		"a schedule after one that ended at 0": () => {
			const optimizer = new SGD([three]);
			new Scheduler(optimizer, () => 0).step();
			return new Scheduler(optimizer, () => 1);
		},
		"a state of another schedule": () =>
			new Scheduler(new SGD([three]), () => 1).loadStateDict({ steps: 3, learningRates: [] }),
		"a reduction that reduces nothing": () => new ReduceOnPlateau(new SGD([three]), { factor: 1 }),
		"a negative patience": () => new ReduceOnPlateau(new SGD([three]), { patience: -1 }),
		"a state that is no plateau": () =>
			new ReduceOnPlateau(new SGD([three])).loadStateDict({ best: 1, bad: -1, cooling: 0 }),
		"an average that never moves": () => new AveragedWeights([three], { decay: 1 }),
		"an update of averages in use": () => {
			const average = new AveragedWeights([three]);
			average.use(() => average.update());
		},
	},
	"Formulas out of the tape": {
		"a variable that the result does not depend on": () => derivation(scalar(2, "f").square(), scalar(1, "x")),
		"an equation about names that are not there": () => {
			const x = scalar(2, "x");
			derivation(x.square(), x, { given: ["sum(y) = 1"] });
		},
		"an equation that is none": () => {
			const x = scalar(2, "x");
			derivation(x.square(), x, { given: ["x"] });
		},
		"a value for a name that is not there": () => {
			const x = scalar(2, "x");
			derivation(x.square(), x).values({ y: 1 });
		},
		"a formula that would be too long": () => {
			let x: Scalar = scalar(1.01, "x");
			for (let level = 0; level < 40; level++) x = x.mul(x).add(x.sigmoid()) as Scalar;
			formula(x);
		},
		"a computation that would be too long": () => {
			let x: Scalar = scalar(1.01, "x");
			for (let level = 0; level < 20_001; level++) x = x.mul(1.0001) as Scalar;
			graph(x);
		},
		"a function that means nothing": () => simplify(parseFormula("foo(x)")),
		"a function of too many": () => simplify(parseFormula("exp(x, y)")),
		"an index where names stand for numbers": () => simplify(parseFormula("x[1]")),
		"a graph without results": () => parseGraph("x : scalar variable"),
		"a graph with a name twice": () => parseGraph("x : scalar variable\nx : scalar variable\nreturn x"),
		"a graph with a name before its line": () => parseGraph("a : scalar = exp(x)\nreturn a"),
		"a line of a graph that is none": () => parseGraph("x : scalar variable\na : scalar = exp(x\nreturn a"),
	},
	Training: {
		"a number of epochs that is none": () => trained({ epochs: 0 }),
		"a loader that is used up": () => trained({}, []),
		"a loss that forgot the tape": () => trained({}, undefined, () => 0.5),
		"a loss that is NaN": () => trained({}, undefined, (z) => z.sum().mul(Number.NaN)),
		"early stopping without patience": () => trained({ earlyStopping: { patience: -1 } }),
		"a score that nobody measures": () => trained({ earlyStopping: { monitor: "accuracy" } }),
		"weights for a checkpoint": () => readCheckpoint(io.writeSafetensors({ w: x23 })),
		"a place for a loader that does not tell one": () => setState([], { epoch: null }),
		"a generator that was not saved": () => setGenerators(new Map([["default", new Generator(1)]]), {}),
	},
	"What a type checker would have seen": {
		"an array for a tensor": () => sum(wrong([1, 2])),
		"an array for the input of a layer": () => new Linear(2, 1).call(wrong([[1, 2]])),
		"a text for a size": () => new Linear(wrong("3"), 2),
		"a word for an initializer": () => new Linear(2, 2, { weight: wrong("xavier") }),
		"layers in an array": () => new Sequential(wrong<Linear>([new Linear(2, 2)])),
		"an activation that does not exist": () => new Sequential(new Linear(2, 2), wrong<Linear>(undefined)),
		"an option of another library": () => new SGD([three], wrong({ lr: 0.1 })),
		"a group of another library": () => new SGD(wrong([{ parameters: [three], lr: 0.1 }])),
		"a number for options": () => new SGD([three], wrong(0.1)),
		"a model in place of its parameters": () => new SGD(wrong(new Linear(2, 1))),
		"a parameter in place of a list": () => new SGD(wrong(three)),
		"an optimizer's state that is none": () => new SGD([three]).loadStateDict(wrong(null)),
		"a mode that is none": () => new ReduceOnPlateau(new SGD([three]), { mode: wrong<"min">("smallest") }),
		"an average that is none": () => data.f1([0, 1], [0, 1], { average: wrong<"macro">("mean") }),
		"a tensor in place of a data set": () => new data.DataLoader(wrong<{ x: Tensor }>(x23)),
		"samples in an array": () => new data.DataLoader(wrong<{ x: Tensor }>([{ x: [1], y: 2 }])),
		"classes under another name": () => data.trainTestSplit({ x: x23 }, { stratify: wrong<"x">("label") }),
		"a path where text is read": () => data.readCsv("data/iris.csv"),
		"a loss in place of an optimizer": () => fit(new Linear(2, 1), mse, wrong(mse), [], { epochs: 1 }),
		"data that are no batches": () => trained({}, wrong({ x: zeros([1, 2]), y: zeros([1, 1]) })),
		"a batch that is none": () => trained({}, [wrong({ x: zeros([1, 2]), label: zeros([1, 1]) })]),
		"an option of training that is misspelt": () => trained(wrong({ earlystopping: {} })),
		"a style of progress that is none": () => trained({ progress: wrong<"none">("off") }),
		"a word for a schedule": () => trained({ schedule: wrong("cosine") }),
		"a plateau of another optimizer": () => trained({ schedule: new ReduceOnPlateau(new SGD([three])) }),
		"a limit for gradients under another name": () => trained({ clip: wrong({ maxNorm: 1 }) }),
		"a checkpoint after every 0 batches": () => trained({ checkpoint: { path: "run", everyBatches: 0 } }),
		"a loss per sample": () =>
			trained({}, undefined, (z, y) => mse(z, y, { reduction: "none" }).reshape([-1]).repeat(2)),
		"a loss that was detached": () => trained({}, undefined, (z, y) => mse(z.detach(), y) as Tensor),
		"an optimizer of another model": () =>
			fit(new Linear(1, 1), mse, new SGD([three]), [[zeros([1, 1]), zeros([1, 1])]], { epochs: 1, progress: "none" }),
		"validation without batches": () => trained({ validation: [] }),
		"a checkpoint with another schedule": () => checkSchedule({ schedule: null }, cosine({ steps: 3 })),
	},
	Derivations: {
		"a statement that says nothing": () => derivations("x + 1"),
		"a kind that does not exist": () => derivations("x : complex"),
		"a matrix with one length": () => derivations("x : matrix[n]"),
		"a name with two meanings": () => derivations("x : scalar\nx = 2"),
		"an index without a range": () => derivations("v : vector[n]\nw[i] = v[i]"),
		"an index that nothing binds": () => derivations("v : vector[n]\ni in 1..n\ns = v[i]"),
		"a definition for one case": () => derivations("x : scalar\nf(2*t) = t"),
		"a left side that is no name": () => derivations("x : scalar\nx + 1 = 2"),
		"a name that is defined by itself": () => derivations("x : scalar\ny = x*y"),
		"a name before its definition": () => derivations("x : scalar\ny = z + 1\nz = x"),
		"an unknown name": () => derivations("w, x : scalar\nz = w*x + b"),
		"an unknown function": () => derivations("z : scalar\na = sigmod(z)"),
		"a function without its arguments": () => derivations("x : scalar\ng(t) = t^2\ny = g + x"),
		"too many arguments": () => derivations("x : scalar\ny = exp(x, 2)"),
		"primes on a function of two arguments": () => derivations("x : scalar\nf/2\ny = f'(x, x)"),
		"more primes than anyone needs": () => derivations("x : scalar\ny = exp''''(x)"),
		"a sum over what is no index": () => derivations("x : scalar\ny = sum(x, x)"),
		"a sum over an index in use": () => derivations("v : vector[n]\ni in 1..n\nw[i] = sum(i, v[i])"),
		"a derivative by a formula": () => derivations("x : scalar\ny = d(x^2, 2*x)"),
		"a division by zero": () => derivations("x : scalar\ny = x/0"),
		"a number beyond all measure": () => derivations("x : scalar\ny = 1e99999*x"),
		"shapes that do not go together": () => derivations("W : matrix[m,n]\nx : vector[m]\nz = W@x"),
		"an index beyond its range": () => derivations("v : vector[3]\ny = v[4]"),
		"an index beyond its range in a claim": () => derivations("v : vector[3]").verify("v[1] = v[5]"),
		"a definition that would fill the memory": () => derivations("A, B : matrix[19,19]\nC = det(A@B)"),
		"a text that is no derivation": () => derivations(" ".repeat(30_000)),
		"a claim of one side": () => derivations("x : scalar").verify("x + 1"),
		"a derivative by a name that is unknown": () => derivations("x : scalar\nC = x^2").verify("dC/dq = 1"),
		"an unknown name in the middle of a chain": () => derivations("x : scalar").verify("x + x = 2*k = 2*x"),
		"a node with another shape than in the problem": () =>
			derivations("x : vector[2]").verify(parameter([1, 2, 3], { name: "x" }).mul(2), "2*x"),
		"a node without the names of the problem": () => derivations("x : scalar").verify(scalar(1).mul(2), "2*x"),
		"a block of derivations that never ends": () => readDocument("```derivation\nx : scalar"),
		"claims about no problem": () => readDocument("```derivation\n---\nx = x\n```"),
		"a verdict that does not exist": () =>
			readDocument("```derivation\nx : scalar\n---\nx = x  # PROVEN beyond doubt\n```"),
	},
	LaTeX: {
		"a command that is not known": () => read("x + \\foo y"),
		"a limit": () => read("\\lim_{x \\to 0} f(x)"),
		"a name that is not known": () => read("x + q"),
		"two letters that are no name": () => read("(t_k - ok)^2"),
		"an element of a number": () => read("x_i"),
		"a subscript that can be read in two ways": () => read("a_1 x"),
		"a sum over what is no index": () => read("\\sum_x f(x)"),
		"a sum over nothing": () => read("\\sum x"),
		"a sum with an end only": () => read("\\sum^n x"),
		"a sum that begins at 0": () => read("\\sum_{i=0}^n a_i"),
		"a sum that ends elsewhere": () => read("\\sum_{i=1}^3 a_i"),
		"a stroke that can reach further": () => read("1/2x"),
		"a function that can reach further": () => read("\\sin x y"),
		"a derivative that can reach further": () => read("\\frac{\\partial}{\\partial x} (x) y"),
		"a derivative by a product": () => read("\\frac{\\partial C}{\\partial (x y)}"),
		"a derivative of two orders": () => read("\\frac{\\partial^2 C}{\\partial x}"),
		"a derivative of too high an order": () => read("\\frac{\\partial^9 C}{\\partial x^9}"),
		"a d that is a name": () => read("\\frac{d x}{d y}"),
		"a sign of differentials by itself": () => read("\\partial C"),
		"a gradient by nothing": () => read("\\nabla C"),
		"two vectors beside each other": () => read("o t"),
		"a number behind a factor": () => read("x 2"),
		"two digits without braces": () => read("x^12"),
		"two digits below without braces": () => read("o_12"),
		"a layer without braces": () => read("o^(2)"),
		"two superscripts": () => read("x^2^2"),
		"an empty superscript": () => read("x^{}"),
		"an empty subscript": () => read("o_{}"),
		"a layer on a formula": () => read("(x + y)^{(2)}"),
		"a prime on a formula": () => read("f(f(x))'"),
		"a prime on a number": () => read("x'"),
		"a transpose where T is a name": () =>
			parseLatex("o^T", { ...inNotes, values: new Map([...inNotes.values, ["T", 0]]) }),
		"a transposed function": () => read("f^{\\top}(x)"),
		"a power of a function": () => read("f^2(x)"),
		"a superscript of a function": () => read("\\sin^{(2)} x"),
		"a subscript of a function": () => read("\\log_3 x"),
		"a function without its argument": () => read("f + x"),
		"a function of the library without its argument": () => read("\\frac{\\partial \\sigma}{\\partial x}"),
		"a function that is not known": () => read("\\text{np.sum}(A)"),
		"a letter that may be a function": () => parseLatex("g(x)"),
		"a list in parentheses": () => read("(x, y)"),
		"a parenthesis that stays open": () => read("2(x + y"),
		"a parenthesis that closes nothing": () => read("x + y)"),
		"a brace that stays open": () => read("\\underbrace{x}_{remark"),
		"a subscript that stays open": () => read("o_{i"),
		"an environment that is not known": () => read("\\begin{pmatrix} x \\end{pmatrix}"),
		"an environment that stays open": () => read("\\begin{aligned} x"),
		"an environment that was not begun": () => read("x \\end{aligned}"),
		"a word without its letters": () => read("\\text"),
		"an accent over a formula": () => read("\\hat{x + y}"),
		"cases of one row": () => read("\\begin{cases} x & x > 0 \\end{cases}"),
		"cases that leave a gap": () => read("\\begin{cases} x & x > 0 \\\\ y & x < 0 \\end{cases}"),
		"an inequality where sides are equal": () => derivations("x : scalar").verifyLatex("x = 1 < 2"),
		"otherwise in the first row": () => read("\\begin{cases} x & otherwise \\\\ y & x < 0 \\end{cases}"),
		"a comparison of three": () => read("0 < x < y"),
		"an inequality in a sum": () => read("f(x) + x_{1 < 2}"),
		"bars around a matrix": () => read("|A|"),
		"another norm": () => read("\\|o\\|_1"),
		"a product sign without a sign": () => read("x \\mathbin y"),
		"a backslash by itself": () => read("x + \\"),
		"nothing before an equals sign": () => derivations("x : scalar").verifyLatex("= x"),
		"nothing at all": () => derivations("x : scalar").verifyLatex(" "),
		"braces within braces within braces": () => read(`${"\\sqrt{".repeat(300)}x${"}".repeat(300)}`),
		"a text that is no formula": () => read("x".repeat(30_000)),
		"a display that never ends": () => readDisplays("text\n$$ x = x"),
		"a spelling without what it stands for": () => readDisplays("```spelling\nJ_{total}\n```"),
	},
};

async function messageOf(provoke: () => unknown): Promise<string> {
	try {
		await provoke();
	} catch (error) {
		if (error instanceof ChainruleError) return error.message;
		throw error;
	}
	throw new Error("nothing was thrown");
}

const collected: {
	readonly title: string;
	readonly messages: { readonly name: string; readonly message: string }[];
}[] = [];
for (const [title, list] of Object.entries(cases)) {
	const messages = [];
	for (const [name, provoke] of Object.entries(list)) messages.push({ name, message: await messageOf(provoke) });
	collected.push({ title, messages });
}

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

	it("names the caller's line in debug mode", async () => {
		setDebug(true);
		try {
			expect(await messageOf(() => matmul(x23, x45))).toMatch(/\n {2}at {8}.*errors\.test\.ts:\d+:\d+/);
		} finally {
			setDebug(false);
		}
	});

	it("that stands in the sources is provoked here", () => {
		const folders = ["core", "kernels", "ops", "diff", "nn", "optim", "data", "io", "train", "symbolic"];
		const sources = [...readSources(...folders.map((folder) => `src/${folder}`)).values()];
		const seen = collected.flatMap(({ messages }) => messages.map(({ message }) => message.split("\n")[0] ?? ""));
		const missing = messagesIn(sources).filter(({ pattern }) => !seen.some((what) => pattern.test(what)));
		expect(missing.map(({ path, line, text }) => `${path}:${line}  ${text}`)).toEqual([]);
	});

	it("is found in sources however it gets into an error", () => {
		const found = messagesIn([
			parse(
				"src/io/npy.ts",
				"function refuse(expected: string): Error { return failure({ expected }); } refuse('no message');",
			),
			parse(
				"src/symbolic/read.ts",
				`function refuse(at: number, what: string): Error { return failure({ what: \`latex: \${what} at \${at}\` }); }
				class Reader { protected lost(what: string): Error { return refuse(0, what); } }
				function check(what: string, size: number): void {}
				function test(x: boolean, name: string): void {
					const what = x ? "one thing" : \`the thing \${name}\`;
					if (x) throw refuse(1, what);
					check("a size", 3);
					throw this.lost("a third");
				}`,
			),
		]);
		expect(found.map(({ text, line }) => `${line} ${text}`)).toEqual([
			"1 latex: … at …",
			"6 one thing",
			"6 the thing …",
			"8 a third",
		]);
		expect(found[0]?.pattern.test("latex: nothing at 7")).toBe(true);
		expect(found[0]?.pattern.test("some latex: nothing at 7")).toBe(false);
		expect(found[2]?.pattern.test("latex: the thing x at 7")).toBe(true);
	});
});

interface Message extends Place {
	readonly text: string;
	readonly pattern: RegExp;
}

/**
 * The messages that stand in `sources`: every `what` of an object, and what is
 * handed as this to functions that make an error of it, which put something before
 * and behind it.
 */
function messagesIn(sources: readonly Source[]): Message[] {
	// A function is known by its name: where a file has one of its own, it means that.
	const everywhere = new Map<string, number>();
	const takersOf = new Map<Source, ReadonlyMap<string, number>>();
	for (const source of sources) {
		const own = new Map<string, number>();
		const learn = (key: Node | null, { params, returnType }: Pick<Made, "params" | "returnType">): void => {
			const made = returnType?.typeAnnotation;
			if (key?.type !== "Identifier" || made?.type !== "TSTypeReference") return;
			if (made.typeName.type === "Identifier" && made.typeName.name.endsWith("Error"))
				own.set(
					key.name,
					params.findIndex((one) => one.type === "Identifier" && one.name === "what"),
				);
		};
		visit(source, {
			FunctionDeclaration: (made) => learn(made.id, made),
			MethodDefinition: ({ key, value }) => learn(key, value),
		});
		takersOf.set(source, own);
		for (const [name, at] of own) if (at >= 0) everywhere.set(name, at);
	}
	return sources.flatMap((source) => {
		const found: Message[] = [];
		const takers = new Map([...everywhere, ...(takersOf.get(source) ?? [])]);
		/** What every name was given before it is used, the nearest last. */
		const given = new Map<string, Node>();
		const add = (value: Node, start: number, whole: boolean): void => {
			for (const parts of textsOf(value, given)) {
				const middle = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
				found.push({
					...placeOf(source, start),
					text: parts.join("…"),
					pattern: new RegExp(whole ? `^${middle}$` : middle),
				});
			}
		};
		visit(source, {
			VariableDeclarator: ({ id, init }) => {
				if (id.type === "Identifier" && init) given.set(id.name, init);
			},
			Property: ({ key, value, start }) => {
				if (key.type === "Identifier" && key.name === "what") add(value, start, true);
			},
			CallExpression: ({ callee, arguments: list, start }) => {
				const name = callee.type === "Identifier" ? callee.name : calledMethod(callee);
				const what = list[takers.get(name ?? "") ?? -1];
				if (what) add(what, start, false);
			},
		});
		return found;
	});
}

function calledMethod(callee: Node): string | undefined {
	return callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : undefined;
}

/** The texts that an expression can be, each cut where something is filled in. */
function textsOf(value: Node, given: ReadonlyMap<string, Node>): string[][] {
	if (value.type === "Literal") return typeof value.value === "string" ? [[value.value]] : [];
	if (value.type === "TemplateLiteral") return [value.quasis.map((part) => part.value.cooked ?? "")];
	if (value.type === "ConditionalExpression")
		return [value.consequent, value.alternate].flatMap((one) => textsOf(one, given));
	const before = value.type === "Identifier" ? given.get(value.name) : undefined;
	return before === undefined || before.type === "Identifier" ? [] : textsOf(before, given);
}
