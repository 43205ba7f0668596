/** The layers that are thin over operations, and what they add: shapes of parameters, defaults, sharing of words. */
import { checkGradients, einsum, Generator, ones, randn, relu, sum, type Tensor, tensor, zeros } from "chainrule";
import {
	AdaptiveAvgPool1d,
	AdaptiveAvgPool2d,
	AvgPool1d,
	AvgPool2d,
	Bilinear,
	Conv1d,
	Conv2d,
	ConvTranspose1d,
	ConvTranspose2d,
	conv2d,
	Embedding,
	Flatten,
	functionalCall,
	Linear,
	MaxPool1d,
	MaxPool2d,
	type Module,
	PReLU,
	Residual,
	Sequential,
} from "chainrule/nn";
import { describe, expect, it } from "vitest";
import { verdictOf } from "../verdicts.js";

const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { generator: new Generator(seed) });
const distance = (x: Tensor, y: Tensor): number => x.sub(y).abs().max().item();
const generator = new Generator(1);

describe("every layer with parameters", () => {
	it.each<[string, (dtype: "float32" | "float64") => Module<Tensor, Tensor>, readonly number[]]>([
		["Linear", (dtype) => new Linear(3, 2, { dtype, generator }), [4, 3]],
		["Conv1d", (dtype) => new Conv1d(2, 4, 3, { dtype, generator, groups: 2, stride: 2, padding: 1 }), [2, 2, 7]],
		["Conv2d", (dtype) => new Conv2d(2, 3, [3, 2], { dtype, generator, padding: "same" }), [2, 2, 4, 4]],
		["ConvTranspose1d", (dtype) => new ConvTranspose1d(4, 2, 3, { dtype, generator, groups: 2, stride: 2 }), [2, 4, 3]],
		["ConvTranspose2d", (dtype) => new ConvTranspose2d(2, 3, 2, { dtype, generator, padding: 1 }), [2, 2, 3, 3]],
		["PReLU", (dtype) => new PReLU(3, { dtype }), [4, 3]],
	])("%s has right gradients and stays in its dtype", (_, make, shape) => {
		const [layer, single] = [make("float64"), make("float32")];
		const f = (p: Record<string, Tensor>, x: Tensor): Tensor => {
			const z = functionalCall(layer, p, x);
			return sum(z.mul(z).mul(z));
		};
		const xs = [Object.fromEntries(layer.stateDict()), normal(shape)];
		expect(verdictOf(checkGradients(f as never, xs, { order: 2, directions: 1 }))).toBe("agrees");
		single.loadStateDict(layer.stateDict());
		const z = single.call(normal(shape).cast("float32"));
		expect(z.dtype).toBe("float32");
		expect(distance(z, layer.call(normal(shape)))).toBeLessThan(1e-5);
		sum(z).backward();
		expect(single.parameters().map(({ grad }) => (grad as Tensor | undefined)?.dtype)).toEqual(
			single.parameters().map(() => "float32"),
		);
	});
});

describe("Bilinear", () => {
	it("is a form in two vectors for each output, for a pair and for a batch", () => {
		const layer = new Bilinear(3, 2, 4, { generator });
		const [x, y] = [normal([5, 3]), normal([5, 2], 2)];
		const z = layer.call(x, y);
		expect(distance(z, einsum("ni,kij,nj->nk", x, layer.weight, y).add(layer.bias as Tensor))).toBeLessThan(1e-14);
		expect(distance(layer.call(x.slice([2]), y.slice([2])), z.slice([2]))).toBeLessThan(1e-15);
		expect(layer.weight.abs().max().item()).toBeLessThan(1 / Math.sqrt(3));
		const f = (p: Record<string, Tensor>, a: Tensor, b: Tensor): Tensor => sum(functionalCall(layer, p, a, b).pow(3));
		const xs = [Object.fromEntries(layer.stateDict()), x, y];
		expect(verdictOf(checkGradients(f as never, xs, { order: 2, directions: 1 }))).toBe("agrees");
	});
});

describe("Embedding", () => {
	const indices = tensor(
		[
			[2, 0],
			[3, 2],
		],
		{ dtype: "int32" },
	);

	it("gives a row for every index, and adds up gradients of a row that is used twice", () => {
		const layer = new Embedding(4, 3, { generator });
		const z = layer.call(indices);
		expect(z.shape).toEqual([2, 2, 3]);
		expect(z.slice([1, 0]).toArray()).toEqual(layer.weight.slice([3]).toArray());
		sum(z).backward();
		expect((layer.weight.grad as Tensor).slice([null, 0]).toArray()).toEqual([1, 0, 2, 1]);
	});

	it.each([2, -2])("starts padding %d as zeros, keeps it where it is, and passes it no gradient", (paddingIndex) => {
		const layer = new Embedding(4, 3, { paddingIndex, generator });
		expect(layer.weight.slice([2]).toArray()).toEqual([0, 0, 0]);
		expect(layer.weight.slice([3]).abs().max().item()).toBeGreaterThan(0);
		sum(layer.call(indices)).backward();
		sum(layer.call(tensor([-2], { dtype: "int32" }))).backward();
		expect((layer.weight.grad as Tensor).slice([null, 0]).toArray()).toEqual([1, 0, 0, 1]);
	});

	it("may start from vectors that are known", () => {
		const known = normal([4, 3]);
		const layer = new Embedding(4, 3, { weight: () => known, dtype: "float32" });
		expect(distance(layer.weight, known)).toBeLessThan(1e-7);
		expect(layer.weight.dtype).toBe("float32");
	});
});

describe("convolutions", () => {
	it("hand their words to the operation", () => {
		const layer = new Conv2d(4, 6, 3, { stride: 2, padding: 1, dilation: 2, groups: 2, generator });
		const x = normal([2, 4, 9, 9]);
		const { weight, bias } = layer;
		expect(weight.shape).toEqual([6, 2, 3, 3]);
		expect(distance(layer.call(x), conv2d(x, weight, { stride: 2, padding: 1, dilation: 2, groups: 2, bias }))).toBe(0);
		expect([...new Conv2d(1, 1, 3, { bias: false }).namedParameters().keys()]).toEqual(["weight"]);
	});

	it("are undone in shape by their transposes", () => {
		const options = { stride: 2, padding: 1, generator };
		const z = new Conv2d(3, 5, 4, options).call(ones([2, 3, 8, 8]));
		expect(new ConvTranspose2d(5, 3, 4, options).call(z).shape).toEqual([2, 3, 8, 8]);
		expect(
			new ConvTranspose1d(4, 6, 3, { stride: 2, outputPadding: 1, groups: 2 }).call(ones([1, 4, 5])).shape,
		).toEqual([1, 6, 12]);
	});
});

describe("pooling", () => {
	it("gives the largest or the mean of windows, and of boxes that cover everything", () => {
		const signal = tensor([[[1, 5, 2, 4]]]);
		const image = tensor([
			[
				[
					[1, 2, 3, 4],
					[5, 6, 7, 8],
				],
			],
		]);
		const results = [
			new MaxPool1d(2).call(signal),
			new AvgPool1d(2).call(signal),
			new AvgPool1d(2, { stride: 1 }).call(signal),
			new AdaptiveAvgPool1d(1).call(signal),
			new MaxPool2d(2).call(image),
			new AvgPool2d(2).call(image),
			new AvgPool2d([1, 4]).call(image),
			new AdaptiveAvgPool2d([2, 1]).call(image),
		];
		expect(results.map(({ data }) => [...data])).toEqual([
			[5, 4],
			[3, 3],
			[3, 3.5, 3],
			[3],
			[6, 8],
			[3.5, 5.5],
			[2.5, 6.5],
			[2.5, 6.5],
		]);
		expect([...new Sequential(new MaxPool2d(2)).namedParameters()]).toEqual([]);
	});
});

describe("what surrounds layers", () => {
	it("Flatten keeps the samples apart, or does what it is told", () => {
		expect(new Flatten().call(ones([2, 3, 4, 5])).shape).toEqual([2, 60]);
		expect(new Flatten(0).call(ones([2, 3])).shape).toEqual([6]);
		expect(new Flatten(1, 2).call(ones([2, 3, 4, 5])).shape).toEqual([2, 12, 5]);
	});

	it("Residual adds a detour to what goes straight on, or around a corner", () => {
		const body = new Linear(3, 3, { generator });
		const x = normal([2, 3]);
		expect(distance(new Residual(body).call(x), body.call(x).add(x))).toBe(0);
		const [wide, shortcut] = [new Linear(3, 5, { generator }), new Linear(3, 5, { generator })];
		const around = new Residual(new Sequential(wide, relu), { shortcut });
		expect(distance(around.call(x), relu(wide.call(x)).add(shortcut.call(x)))).toBe(0);
		expect([...around.namedModules().keys()]).toEqual(["", "body", "body.layers.0", "shortcut"]);
		expect(() => new Residual(new Linear(3, 1)).call(x)).toThrow("shapes differ");
	});

	it("PReLU has one slope, or one for each channel", () => {
		expect(new PReLU().call(tensor([-4, 2])).toArray()).toEqual([-1, 2]);
		const layer = new PReLU(2, { slope: 0.5 });
		layer.weight.assign([0.5, 0.25]);
		expect(layer.call(tensor([[-4, -4]])).toArray()).toEqual([[-2, -1]]);
	});

	it("a small network for images is trained end to end", () => {
		const model = new Sequential(
			new Conv2d(1, 4, 3, { padding: "same", generator }),
			relu,
			new MaxPool2d(2),
			new Flatten(),
			new Linear(4 * 2 * 2, 3, { generator }),
		);
		sum(model.call(normal([2, 1, 4, 4])).pow(2)).backward();
		expect(model.parameters().every(({ grad }) => grad !== undefined)).toBe(true);
		expect(model.eval().call(zeros([1, 1, 4, 4])).shape).toEqual([1, 3]);
	});
});
