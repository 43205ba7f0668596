import {
	add,
	backward,
	fixed,
	matmul,
	mul,
	ones,
	parameter,
	type Scalar,
	scalar,
	scopeOfNode,
	scopePath,
	type Tensor,
	tanh,
	tensor,
} from "chainrule";
import { Linear, Module, Sequential } from "chainrule/nn";
import { describe, expect, it } from "vitest";

function paths(module: Module<never, unknown>): string[] {
	return [...module.namedParameters().keys()];
}

/** A module that says in which scope it runs. */
class Place extends Module<undefined, string> {
	override forward(): string {
		return scopePath().join(" / ");
	}
}

class Holder extends Module<undefined, string[]> {
	readonly first = new Place();
	readonly others = [new Place(), { deep: new Place() }] as const;

	override forward(): string[] {
		return [
			scopePath().join(" / "),
			this.first.call(undefined),
			this.others[0].call(undefined),
			this.others[1].deep.call(undefined),
		];
	}
}

class Bag extends Module<number, number> {
	[field: string]: unknown;

	constructor(fields: Readonly<Record<string, unknown>>) {
		super();
		Object.assign(this, fields);
	}

	override forward(x: number): number {
		return x;
	}
}

describe("the parameters of a module", () => {
	it("are found in fields, arrays, plain objects and modules, under the paths that lead to them", () => {
		const bag = new Bag({
			bias: scalar(1),
			heads: [new Linear(2, 3), { query: parameter([1, 2]) }],
			inner: new Bag({ weight: scalar(2) }),
		});
		expect(paths(bag)).toEqual(["bias", "heads.0.weight", "heads.0.bias", "heads.1.query", "inner.weight"]);
		expect(bag.parameters()).toHaveLength(5);
		expect(bag.parameterCount()).toBe(1 + 6 + 3 + 2 + 1);
	});

	it("are neither constants, nor results, nor what is no field of numbers", () => {
		const bag = new Bag({
			constant: fixed(1),
			data: tensor([1, 2]),
			result: mul(scalar(1), 2),
			nothing: null,
			text: "w",
			when: new Map([["hidden", scalar(1)]]),
			storage: new Float64Array(3),
			closed: () => scalar(1),
		});
		expect(paths(bag)).toEqual([]);
		expect(bag.parameterCount()).toBe(0);
	});

	it("appear once where they are shared, under the first path", () => {
		const weight = scalar(1);
		const part = new Bag({ weight });
		expect(paths(new Bag({ a: part, b: part, c: weight }))).toEqual(["a.weight"]);
	});

	it("are found where modules refer to each other in a circle", () => {
		const parent = new Bag({ weight: scalar(1) });
		const child = new Bag({ parent, bias: scalar(2) });
		parent.child = child;
		expect(paths(parent)).toEqual(["weight", "child.bias"]);
		expect(paths(child)).toEqual(["parent.weight", "bias"]);
	});

	it("are named after their paths, but keep the names that users gave them", () => {
		const model = new Sequential(new Linear(1, 1), new Linear(1, 1));
		const mine = scalar(1, "weight");
		const bag = new Bag({ model, weight: mine, inner: new Bag({ weight: parameter(2, { name: "weight" }) }) });
		expect(bag.parameters().map(({ name }) => name)).toEqual([
			"model.layers.0.weight",
			"model.layers.0.bias",
			"model.layers.1.weight",
			"model.layers.1.bias",
			"weight",
			"weight",
		]);
	});

	it("get longer names when a module becomes part of another, and no shorter ones afterwards", () => {
		const part = new Linear(1, 1, { bias: false });
		part.call(ones([1]));
		expect(part.weight.name).toBe("weight");
		const whole = new Sequential(part);
		whole.parameters();
		expect(part.weight.name).toBe("layers.0.weight");
		part.parameters();
		expect(part.weight.name).toBe("layers.0.weight");
	});

	it("lose their gradients by zeroGrad", () => {
		const bag = new Bag({ w: scalar(2), W: parameter([1, 2]) });
		const [w, matrix] = bag.parameters() as [Scalar, Tensor];
		backward(mul(w, matrix).sum());
		expect([w.grad, matrix.grad?.toArray()]).toEqual([3, [2, 2]]);
		bag.zeroGrad();
		expect([w.grad, matrix.grad]).toEqual([undefined, undefined]);
	});
});

describe("a call", () => {
	it("runs in a scope named after the class at top level, and after the field below it", () => {
		expect(new Holder().call(undefined)).toEqual([
			"holder",
			"holder / first",
			"holder / others.0",
			"holder / others.1.deep",
		]);
	});

	it("runs in the scope of the same field when the module is called on its own", () => {
		const holder = new Holder();
		expect(holder.first.call(undefined)).toBe("place"); // nobody has asked the holder yet
		holder.parameters();
		expect(holder.first.call(undefined)).toBe("first");
	});

	it("names its scope `module` where the class has no name", () => {
		const nameless = new (class extends Module<undefined, string> {
			override forward(): string {
				return scopePath().join(" / ");
			}
		})();
		expect(nameless.call(undefined)).toBe("module");
	});

	it("names parameters before they are used, so that the first picture shows the names", () => {
		class Affine extends Module<Tensor, Tensor> {
			readonly weight = parameter([[2, 3]]);
			readonly bias = parameter([1]);

			override forward(x: Tensor): Tensor {
				return add(matmul(x, this.weight.T), this.bias);
			}
		}
		const model = new Sequential(new Affine(), tanh);
		const y = model.call(tensor([[1, 2]]));
		expect(model.parameters().map(({ name }) => name)).toEqual(["layers.0.weight", "layers.0.bias"]);
		expect(scopePath(scopeOfNode(y))).toEqual(["sequential"]);
		expect(scopePath(scopeOfNode(y.inputs[0] as Tensor))).toEqual(["sequential", "layers.0"]);
	});
});
