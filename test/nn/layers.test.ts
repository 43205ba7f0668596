import { Generator, ones, rand, relu, sigmoid, type Tensor, tanh, tensor } from "chainrule";
import { bce, bceWithLogits, Linear, Sequential } from "chainrule/nn";
import { describe, expect, it } from "vitest";

/** Elements as texts of ten decimals, in row-major order. */
function digits(x: Tensor | undefined): string[] {
	return [...(x?.data ?? [])].map((element) => element.toFixed(10));
}

describe("Linear", () => {
	it("is x Wᵀ + b for one sample, a batch, and a batch of sequences", () => {
		const layer = new Linear(2, 3);
		layer.weight.assign(
			tensor([
				[1, 2],
				[3, 4],
				[5, 6],
			]),
		);
		layer.bias?.assign([10, 20, 30]);
		expect(layer.call(tensor([1, -1])).toArray()).toEqual([9, 19, 29]);
		expect(layer.call(tensor([[1, -1]])).toArray()).toEqual([[9, 19, 29]]);
		expect(layer.call(ones([4, 5, 2])).shape).toEqual([4, 5, 3]);
	});

	it("starts within ±1/√inputs, spread over the whole interval, from a seed of its own", () => {
		const { weight, bias } = new Linear(100, 50, { generator: new Generator(1) });
		const elements = [...weight.data, ...(bias?.data ?? [])];
		expect(Math.max(...elements)).toBeLessThan(0.1);
		expect(Math.max(...elements)).toBeGreaterThan(0.099);
		expect(Math.min(...elements)).toBeGreaterThanOrEqual(-0.1);
		expect(Math.min(...elements)).toBeLessThan(-0.099);
		expect(new Linear(100, 50, { generator: new Generator(1) }).weight.data).toEqual(weight.data);
	});

	it("has no bias where none is wanted", () => {
		const layer = new Linear(2, 3, { bias: false });
		expect([...layer.namedParameters().keys()]).toEqual(["weight"]);
		expect(layer.call(tensor([0, 0])).toArray()).toEqual([0, 0, 0]);
	});

	it("computes in float32 throughout when asked to", () => {
		const model = new Sequential(new Linear(3, 4, { dtype: "float32" }), relu, new Linear(4, 1, { dtype: "float32" }));
		const loss = bceWithLogits(model.call(rand([5, 3], { dtype: "float32" })), [[1], [0], [1], [1], [0]]);
		loss.backward();
		expect(loss.dtype).toBe("float32");
		expect(model.parameters().map(({ grad }) => (grad as Tensor).dtype)).toEqual(Array(4).fill("float32"));
	});

	it("refuses another number of features, and says where", () => {
		const model = new Sequential(new Linear(784, 50), tanh, new Linear(5, 10));
		expect(() => model.call(ones([32, 784]))).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: Linear: number of features differs
			  expected  5 on the last axis of x
			  actual    x [32, 50]
			  in        sequential / layers.2
			  fix       put the features last: one row per sample]
		`);
		expect(() => new Linear(2, 0)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: Linear: not a number of outputs
			  expected  a whole number above 0
			  actual    0]
		`);
	});
});

describe("the vectorised network of the lecture notes", () => {
	// The notes put one sample per column; here it is one per row.
	const samples = tensor([
		[1, 0, -1],
		[0, 1, 1],
		[0.5, -0.5, 0],
	]).T;
	const labels = [[1], [0], [1]];

	function network(): Sequential {
		const [first, second] = [new Linear(3, 4), new Linear(4, 1)];
		first.weight.assign([0.1, -0.2, 0.3, 0, 0.2, -0.1, 0.3, 0.1, 0.2, -0.2, 0.4, 0]);
		first.bias?.assign([0, 0, 0, 0]);
		second.weight.assign([0.5, -0.4, 0.3, 0.2]);
		second.bias?.assign([0.1]);
		return new Sequential(first, tanh, second, sigmoid);
	}

	it("has the outputs, the cost and the gradients of the formulas", () => {
		const model = network();
		const outputs = model.call(samples);
		expect(digits(outputs)).toEqual(["0.5785813267", "0.4774738978", "0.4809070092"]);
		const cost = bce(outputs, labels);
		expect(cost.item().toFixed(10)).toBe("0.6427792854");
		cost.backward();
		const [dW1, db1, dW2, db2] = model.parameters().map(({ grad }) => digits(grad as Tensor)) as string[][];
		expect(dW1?.slice(0, 3)).toEqual(["0.0131502287", "-0.0085987906", "-0.0682990208"]);
		expect(db1).toEqual(["-0.0746220923", "0.0627206670", "-0.0381978941", "-0.0243887534"]);
		expect(dW2).toEqual(["-0.0375351683", "0.0118465051", "-0.0192204808", "-0.0047284361"]);
		expect(db2).toEqual(["-0.1543459221"]);
	});

	it("has the same gradients from the logits", () => {
		const [fromOutputs, fromLogits] = [network(), network()];
		bce(fromOutputs.call(samples), labels).backward();
		const logits = new Sequential(...fromLogits.layers.slice(0, 3));
		bceWithLogits(logits.call(samples), labels).backward();
		const gradients = [fromOutputs, fromLogits].map((model) =>
			model.parameters().map(({ grad }) => digits(grad as Tensor)),
		);
		expect(gradients[1]).toEqual(gradients[0]);
	});
});
