/** Graphs of recorded computations: as data, as text, and read back. */
import {
	add,
	ChainruleError,
	div,
	exp,
	gather,
	gradients,
	log,
	matmul,
	mean,
	mul,
	type Node,
	operations,
	scalar,
	sigmoid,
	softmax,
	square,
	sub,
	sum,
	tanh,
	tensor,
	where,
} from "chainrule";
import { MLP } from "chainrule/nn";
import { graph, parseGraph, text, trace } from "chainrule/symbolic";
import { describe, expect, it, test } from "vitest";

const neuron = (): { w: Node; C: Node } => {
	const [w, b] = [scalar(0.6, "w"), scalar(0.9, "b")];
	const a = sigmoid(add(mul(w, 2), b).named("z")).named("a");
	return { w, C: div(square(sub(a, 1)), 2).named("C") };
};

describe("a graph", () => {
	it("has a line for every value, operands before results", () => {
		expect(text(graph(neuron().C))).toMatchInlineSnapshot(`
			"w : scalar variable
			b : scalar variable
			c1 : scalar = [2]
			c2 : scalar = [1]
			c3 : scalar = [2]
			t1 : scalar = mul(w, c1)
			z : scalar = add(t1, b)
			a : scalar = sigmoid(z)
			t2 : scalar = sub(a, c2)
			t3 : scalar = square(t2)
			C : scalar = div(t3, c3)
			return C"
		`);
	});

	it("has shapes, types and attributes of arrays", () => {
		const X = tensor(
			[
				[1, 2],
				[3, 4],
			],
			{ requiresGrad: true },
		).named("X");
		const picked = gather(softmax(X), tensor([[0], [1]], { dtype: "int32" }), { axis: 1 });
		expect(text(graph(sum(log(picked)).named("the loss")))).toMatchInlineSnapshot(`
			"X : float64[2, 2] variable
			c1 : int32[2, 1] = [0, 1]
			t1 : float64[2, 2] = softmax(X; axis = 1)
			t2 : float64[2, 1] = gather(t1; index = {"tensor":"c1"}; axis = 1)
			t3 : float64[2, 1] = log(t2)
			"the loss" : float64[] = sum(t3; axes = [0,1]; keepDims = false)
			return "the loss""
		`);
	});

	it("is equal for the same computation, recorded again", () => {
		expect(graph(neuron().C)).toEqual(graph(neuron().C));
	});

	it("is that of a gradient as well", () => {
		const { w, C } = neuron();
		const [slope] = gradients(C, [w], { createGraph: true }) as [Node];
		const found = graph(slope);
		expect(parseGraph(text(found))).toEqual(found);
		expect(found.values.some(({ name }) => name === "a")).toBe(true);
	});

	it("has several results where they are asked for", () => {
		const [x, y] = [scalar(1, "x"), scalar(2, "y")];
		expect(graph(mul(x, y), add(x, y)).outputs).toEqual(["t1", "t2"]);
	});

	it("is too large where nobody could read it", () => {
		let x = scalar(1, "x");
		for (let level = 0; level < 20_001; level++) x = exp(x);
		expect(() => graph(x)).toThrow(/graph: the computation is too large/);
	});
});

describe("the text of a graph", () => {
	const mlp = (): Node => [new MLP(2, [3, 1]).call([0.3, -0.4])].flat()[0] as Node;
	const layer = (): Node => {
		const x = tensor(new Float64Array(200).fill(0.5), { shape: [100, 2] });
		return mean(
			tanh(
				matmul(
					x,
					tensor(
						[
							[1, -0],
							[1e-300, 5e300],
						],
						{ requiresGrad: true },
					),
				),
			),
		);
	};
	const chosen = (): Node => {
		const x = tensor([-1, 2], { requiresGrad: true, name: 'x of "layer: 1"' });
		return sum(where(tensor([true, false]), x, Number.POSITIVE_INFINITY));
	};

	test.each<[string, () => Node]>([
		["a network of neurons", mlp],
		["arrays with numbers of all sizes", layer],
		["names with signs in them", chosen],
		["a leaf", () => scalar(3, "return")],
	])("is read back to an equal graph: %s", (_, make) => {
		const found = graph(make());
		expect(parseGraph(text(found))).toEqual(found);
	});

	it("is read back for every operation with samples", () => {
		for (const op of operations()) {
			if (op.family === "pointwise") continue;
			for (const { shapes, attributes } of op.samples) {
				const inputs = shapes.map((shape) => {
					const size = shape.reduce((a, b) => a * b, 1);
					return tensor(new Float64Array(size).fill(0.25), { shape: [...shape], requiresGrad: true });
				});
				let made: Node;
				try {
					made = op.call(inputs, attributes as never);
				} catch {
					continue; // samples that need other numbers
				}
				const found = graph(made);
				expect(parseGraph(text(found)), `${op.name}`).toEqual(found);
			}
		}
	});

	test.each([
		["a : scalar = sigmoid(z)\nreturn a", /z is not defined above/],
		["z : scalar variable\nz : scalar variable\nreturn z", /z is defined twice/],
		["z : scalar variable", /no results/],
		["z : scalar variable\nreturn q", /q is not defined above/],
		["z scalar variable\nreturn z", /line 1 cannot be read[\s\S]*" : " and a type/],
		["z : complex variable\nreturn z", /line 1 cannot be read/],
		["z : float64[2 variable\nreturn z", /a shape/],
		["z : scalar variable\na : scalar = exp(z\nreturn a", /line 2 cannot be read/],
		["z : scalar variable extra\nreturn z", /the end of the line/],
		["z : scalar variable\nreturn z\ny : scalar variable", /nothing behind return/],
		["z : scalar variable\na : scalar = sum(z; axes = [0)\nreturn a", /line 2 cannot be read/],
		['"z : scalar variable\nreturn z', /line 1 cannot be read/],
	])("is refused with the place: %j", (source, message) => {
		expect(() => parseGraph(source)).toThrow(ChainruleError);
		expect(() => parseGraph(source)).toThrow(message);
	});
});

describe("trace", () => {
	it("reads a function of shapes", () => {
		const layer = (W: Node, x: Node, b: Node): Node => tanh(add(matmul(W, x), b));
		const found = trace(layer, [[2, 3], [3], [2]], { names: ["W", "x", "b"] });
		expect(text(found)).toMatchInlineSnapshot(`
			"W : float64[2, 3] variable
			x : float64[3] variable
			b : float64[2] variable
			t1 : float64[3, 1] = reshape(x; shape = [3,1])
			t2 : float64[2, 1] = matmul(W, t1)
			t3 : float64[2] = reshape(t2; shape = [2])
			t4 : float64[2] = add(t3, b)
			t5 : float64[2] = tanh(t4)
			return t5"
		`);
		expect(parseGraph(text(found))).toEqual(found);
	});

	it("names arguments that have no name, and takes several results", () => {
		expect(text(trace((x, y) => [mul(x, y), exp(x)], [[], []]))).toMatchInlineSnapshot(`
			"x1 : scalar variable
			x2 : scalar variable
			t1 : scalar = mul(x1, x2)
			t2 : scalar = exp(x1)
			return t1, t2"
		`);
	});
});
