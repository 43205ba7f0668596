/**
 * Computations that are derived in the tests and on the page: each as a function
 * of its data, so that it can be recorded again at another point.
 */
import {
	add,
	div,
	log,
	matmul,
	mean,
	mul,
	type Node,
	neg,
	Scalar,
	scalar,
	sigmoid,
	softmax,
	sqrt,
	square,
	sub,
	sum,
	type Tensor,
	tanh,
	tensor,
} from "chainrule";
import type { DerivationOptions } from "chainrule/symbolic";

/** Numbers by name: single ones, lists and tables. */
export type Data = Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>;

/** A recorded computation: its result, and its variables by name. */
export interface Recorded {
	readonly y: Node;
	readonly named: ReadonlyMap<string, Node>;
}

export interface Subject {
	readonly title: string;
	/** One sentence for the page. */
	readonly says: string;
	readonly data: Data;
	readonly record: (data: Data) => Recorded;
	/** What is differentiated along. */
	readonly wrt: readonly string[];
	readonly options?: DerivationOptions;
	/** How the last line reads, for each name of `wrt`. */
	readonly results: readonly string[];
	/** Makes other data obey what is assumed. */
	readonly obeying?: (data: Data) => Data;
}

type Values = { readonly [name: string]: Node } & { readonly [name in string]: Node };

function recorder(make: (values: Values) => Node): (data: Data) => Recorded {
	return (data) => {
		const named = new Map(Object.entries(data).map(([name, value]) => [name, variable(name, value)]));
		const values = Object.fromEntries(named) as Values;
		return { y: make(values), named };
	};
}

function variable(name: string, value: Data[string]): Node {
	if (typeof value === "number") return scalar(value, name);
	return tensor(value as number[], { requiresGrad: true }).named(name);
}

const named = <X extends Node>(x: X, name: string): X =>
	(x instanceof Scalar ? x.named(name) : (x as Tensor).named(name)) as X;

/** -(y ln a + (1 - y) ln(1 - a)). */
function crossEntropy(y: Node, a: Node): Node {
	return neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a)))));
}

function neuron(cost: (y: Node, a: Node) => Node): (values: Values) => Node {
	return ({ w, b, x, y }) => {
		const z = named(add(mul(w as Node, x as Node), b as Node), "z");
		return named(cost(y as Node, named(sigmoid(z), "a")), "C");
	};
}

/** The 2-2-2 network of the notes, unit by unit. */
function network(values: Values): Node {
	const layer = (inputs: readonly Node[], from: string, to: string): Node[] =>
		[1, 2].map((j) => {
			const terms = inputs.map((a, i) => mul(values[`w${low(j)}${low(i + 1)}${from}`] as Node, a));
			const z = named(
				terms.reduce((p, q) => add(p, q)),
				`z${low(j)}${to}`,
			);
			return named(sigmoid(z), `a${low(j)}${to}`);
		});
	const inputs = [1, 2].map((i) => values[`a${low(i)}⁽¹⁾`] as Node);
	const outputs = layer(layer(inputs, "⁽¹⁾", "⁽²⁾"), "⁽²⁾", "⁽³⁾");
	const costs = outputs.map((a, j) =>
		named(div(square(sub(a, values[`y${low(j + 1)}`] as Node)), 2), `J${low(j + 1)}`),
	);
	return named(
		costs.reduce((p, q) => add(p, q)),
		"J",
	);
}

const low = (digit: number): string => "₀₁₂"[digit] as string;

const start = { w: 0.6, b: 0.9, x: 1, y: 0 };

export const subjects: readonly Subject[] = [
	{
		title: "One neuron, quadratic cost",
		says: "The slope of the sigmoid stays as a factor: where it is small, learning is slow.",
		data: start,
		record: recorder(neuron((y, a) => div(square(sub(y, a)), 2))),
		wrt: ["w", "b"],
		results: ["(a - y)·σ'(z)·x", "(a - y)·σ'(z)"],
	},
	{
		title: "One neuron, cross-entropy",
		says: "The slope of the sigmoid cancels: what is left is the error.",
		data: start,
		record: recorder(neuron(crossEntropy)),
		wrt: ["w", "b"],
		results: ["(a - y)·x", "a - y"],
	},
	{
		title: "Softmax with cross-entropy",
		says: "The targets add up to 1, which is said by `given`.",
		data: { z: [0.1, 0.3, -0.2], y: [0, 1, 0] },
		record: recorder(({ z, y }) => {
			const p = named(softmax(z as Node), "p");
			return named(neg(sum(mul(y as Node, log(p)))), "L");
		}),
		wrt: ["z"],
		options: { given: ["sum(y) = 1"] },
		results: ["p - y"],
		obeying: (data) => {
			const y = data.y as readonly number[];
			const total = y.reduce((p, q) => p + q);
			return { ...data, y: y.map((one) => one / total) };
		},
	},
	{
		title: "The 2-2-2 network",
		says: "Unit by unit, without biases; the δ of a layer are one equation.",
		data: {
			"w₁₁⁽¹⁾": 0.15,
			"w₁₂⁽¹⁾": 0.2,
			"w₂₁⁽¹⁾": 0.25,
			"w₂₂⁽¹⁾": 0.3,
			"w₁₁⁽²⁾": 0.4,
			"w₁₂⁽²⁾": 0.45,
			"w₂₁⁽²⁾": 0.5,
			"w₂₂⁽²⁾": 0.55,
			"a₁⁽¹⁾": 0.05,
			"a₂⁽¹⁾": 0.1,
			"y₁": 0.01,
			"y₂": 0.99,
		},
		record: recorder(network),
		wrt: ["w₁₁⁽¹⁾", "w₁₂⁽²⁾"],
		results: ["δ₁⁽²⁾·a₁⁽¹⁾", "(a₁⁽³⁾ - y₁)·σ'(z₁⁽³⁾)·a₂⁽²⁾"],
	},
	{
		title: "A vectorised network of two layers",
		says: "Columns are samples, m of them. What divides everything stays in front, and dZ is the rest.",
		data: {
			X: [
				[0.1, 0.2, 0.3, 0.4],
				[0.5, -0.6, 0.7, 0.8],
			],
			Y: [[0, 1, 1, 0]],
			W1: [
				[0.1, 0.2],
				[0.3, -0.4],
				[0.5, 0.6],
			],
			b1: [[0.1], [0.2], [0.3]],
			W2: [[0.1, -0.2, 0.3]],
			b2: [[0.1]],
		},
		record: recorder(({ X, Y, W1, b1, W2, b2 }) => {
			const A1 = named(tanh(named(add(matmul(W1 as Node, X as Node), b1 as Node), "Z1")), "A1");
			const A2 = named(sigmoid(named(add(matmul(W2 as Node, A1), b2 as Node), "Z2")), "A2");
			return named(div(sum(crossEntropy(Y as Node, A2)), 4), "J");
		}),
		wrt: ["W2", "b2", "W1", "b1"],
		options: { sizes: { m: 4 } },
		results: ["1/m·(A2 - Y) A1ᵀ", "1/m·rowsum(A2 - Y)", "1/m·dZ1 Xᵀ", "1/m·rowsum(dZ1)"],
	},
	{
		title: "Layer normalization",
		says: "Mean and spread depend on every entry, so the gradient reaches x on three ways.",
		data: { x: [0.1, 0.5, -0.3, 0.9], γ: [1, 2, 3, 4], β: [0, 1, 0, 1], t: [0, 1, 0, 2], ε: 0.1 },
		record: recorder(({ x, γ, β, t, ε }) => {
			const c = named(sub(x as Node, named(mean(x as Node), "μ")), "c");
			const s = named(sqrt(add(named(mean(square(c)), "v"), ε as Node)), "s");
			const h = named(div(c, s), "h");
			const y = named(add(mul(γ as Node, h), β as Node), "y");
			return named(div(sum(square(sub(y, t as Node))), 2), "C");
		}),
		wrt: ["x", "γ", "β"],
		options: { sizes: { n: 4 } },
		results: ["∂C/∂c - sum(∂C/∂c)/n", "(y - t) ⊙ h", "y - t"],
	},
];
