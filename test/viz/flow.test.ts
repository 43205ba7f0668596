/**
 * What is said along edges and about boxes: local derivatives, contributions,
 * shades, ways, and what is wrong.
 */
import {
	add,
	ancestors,
	clip,
	cumSum,
	exp,
	fixed,
	gradients,
	log,
	matmul,
	mean,
	mul,
	type Node,
	parameter,
	relu,
	reshape,
	Scalar,
	scalar,
	scope,
	sigmoid,
	sin,
	sqrt,
	square,
	sub,
	sum,
	Tensor,
	tanh,
	tensor,
	where,
} from "chainrule";
import { Linear } from "chainrule/nn";
import { type DotOptions, toDot, toPng, toSvg } from "chainrule/viz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contributionsAlong, partialOf } from "../../viz/flow.js";
import { type Edge, pictureOf } from "../../viz/picture.js";
import { scaleOf } from "../../viz/shade.js";
import { histogramOf } from "../../viz/strip.js";
import { nodeNamed, read, textOf } from "./read.js";

const quiet = { values: false, gradients: false } as const;

function edgesOf(output: Node): readonly Edge[] {
	return pictureOf({ outputs: [output], names: new Map() }).edges;
}

/** What is written along edges: `x -> y  [label]`. */
function alongEdges(output: Node, options: DotOptions): string[] {
	return textOf(toDot(output, { ...quiet, ...options }))
		.split("\n")
		.filter((line) => line.includes("["));
}

/** Marks of a box by its name. */
function marksAt(output: Node, name: string, options: DotOptions = {}): readonly string[] {
	const { rows } = nodeNamed(read(toDot(output, { values: false, ...options })), name);
	return rows.slice(1).flatMap((row) => (row.length === 1 ? row : []));
}

describe("local derivatives", () => {
	const [x, y, w, b] = [fixed(1, "x"), fixed(0, "y"), scalar(0.6, "w"), scalar(0.9, "b")];
	const a = w.mul(x).add(b).named("z").sigmoid().named("a");
	const C = y.sub(a).square().mul(0.5).named("C");

	test("are formulas in the names of the operands, with numbers", () => {
		expect(alongEdges(C, { partials: "both" })).toMatchInlineSnapshot(`
			[
			  "a σ -> v₂ −  [-1]",
			  "b -> z +  [1]",
			  "v₁ × -> z +  [1]",
			  "v₂ − -> v₃ x²  [2·v₂ = -1.635]",
			  "v₃ x² -> C ×  [0.5]",
			  "w -> v₁ ×  [x = 1]",
			  "z + -> a σ  [a·(1 − a) = 0.1491]",
			]
		`);
	});

	test("are values or formulas alone where asked for", () => {
		expect(alongEdges(a, { partials: "value" })).toContain("z + -> a σ  [0.1491]");
		expect(alongEdges(a, { partials: "formula" })).toContain("z + -> a σ  [a·(1 − a)]");
	});

	test("of a product of matrices are what stands beside the gradient", () => {
		const W = parameter([[1, 2, 3]], { name: "W" });
		const A = parameter([[4], [5], [6]], { name: "A #1" });
		const q = matmul(W, A).named("q");
		expect(alongEdges(q, { partials: "both" })).toEqual(["A #1 -> q @  [Wᵀ ·]", "W -> q @  [· A #1ᵀ]"]);
		expect(alongEdges(q, { partials: "value" })).toEqual([]);
		// Put beside the gradient of the product, this gives that of each operand.
		const g = tensor([[7]]);
		expect(gradients(q, [W, A], { cotangent: g }).map(String)).toEqual([matmul(g, A.T), matmul(W.T, g)].map(String));
	});

	test("times the gradient of the reader, they add up to the gradient: numbers of every kind", () => {
		const f = sum(reshape(cumSum(tensor([scalar(2, "p"), scalar(3, "q")])), [2, 1])).named("f");
		const all = (output: Node): void => {
			const totals = new Map<string, number>();
			for (const edge of edgesOf(output)) {
				const partial = partialOf(edge);
				if (partial === undefined || edge.from.names[0] === undefined || edge.to.gradient === undefined) continue;
				if (!(edge.from.node instanceof Scalar && edge.to.node instanceof Scalar)) continue;
				const name = edge.from.names[0];
				totals.set(name, (totals.get(name) ?? 0) + Number(partial) * edge.to.gradient.item());
			}
			for (const node of ancestors([output])) {
				const total = node.name === undefined ? undefined : totals.get(node.name);
				if (total === undefined || !node.requiresGrad) continue;
				expect(total).toBeCloseTo(gradients(output, [node])[0].item(), 12);
			}
		};
		all(C);
		all(f);
	});

	test("names that look like formulas, markup or code stay what they are", () => {
		const [p, q] = [scalar(2, "a*b"), scalar(3, "<script>alert('x')</script> & __proto__ ^2")];
		expect(alongEdges(p.mul(q).named("r"), { partials: "formula" })).toEqual([
			"<script>alert('x')</script> & __proto__ ^2 -> r ×  [a*b]",
			"a*b -> r ×  [<script>alert('x')</script> & __proto__ ^2]",
		]);
	});
});

describe("contributions", () => {
	test("are counted in the order in which they arrive, at the node they are summed", () => {
		const x = scalar(0.5, "x");
		const f = x
			.mul(x)
			.add(sin(x))
			.mul(exp(x.mul(2)))
			.named("f");
		expect(alongEdges(f, { contributions: true }).filter((line) => line.startsWith("x"))).toMatchInlineSnapshot(`
			[
			  "x -> sin  [← 2.386  2nd of 4]",
			  "x -> ×  [← 1.359  3rd of 4]",
			  "x -> ×  [← 1.359  4th of 4]",
			  "x -> ×  [← 3.966  1st of 4]",
			]
		`);
		expect(nodeNamed(read(toDot(f, { contributions: true })), "x").rows.at(-1)).toEqual(["sum of 4 contributions"]);
	});

	test("add up to the gradient on random computations, scalars and tensors, through folded nodes", () => {
		const step = fc.tuple(fc.nat(6), fc.nat(1_000), fc.nat(1_000));
		fc.assert(
			fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.boolean(), (steps, tensors) => {
				const values: Node[] = tensors
					? [parameter([0.5, 1.5], { name: "p" }), parameter([[2], [3]], { name: "q" }), scalar(0.7, "s")]
					: [scalar(0.5, "p"), scalar(-1.5, "q"), scalar(0.7, "s")];
				for (const [choice, first, second] of steps) {
					const x = values[first % values.length] as Node;
					const y = values[second % values.length] as Node;
					const made = [
						() => add(x, y),
						() => mul(x, y),
						() => sub(1, x),
						() => sin(x),
						() => sigmoid(y),
						() => tanh(add(x, y)),
						() => mul(x, 0.5),
					][choice]?.() as Node;
					values.push(made);
				}
				const output = values.slice(-3).reduce((total, x) => add(total, x));
				const root = output instanceof Tensor ? sum(output) : output;
				const sums = new Map<Node, number[]>();
				for (const [{ from }, { value }] of contributionsAlong(edgesOf(root))) {
					const numbers = value instanceof Tensor ? [...value.data] : [value.item()];
					const before = sums.get(from.node) ?? numbers.map(() => 0);
					sums.set(
						from.node,
						before.map((total, at) => total + (numbers[at] as number)),
					);
				}
				for (const [node, total] of sums) {
					const [gradient] = gradients(root, [node]);
					const expected = gradient instanceof Tensor ? [...gradient.data] : [gradient.item()];
					for (const [at, number] of total.entries()) expect(number).toBeCloseTo(expected[at] as number, 9);
				}
				expect(sums.size).toBeGreaterThan(0);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("marks", () => {
	test("NaN and infinity are marked where they are born, and nowhere after", () => {
		const p = parameter([0.5, 0, -1], { name: "p" });
		const L = mean(log(p).named("logs").mul(-1).named("surprise")).named("L");
		expect(marksAt(L, "logs")).toEqual(["NaN is born here", "∞ is born here", "gradient turns ∞ here"]);
		expect(marksAt(L, "surprise")).toEqual([]);
		expect(marksAt(L, "L")).toEqual([]);
		expect(marksAt(L, "logs", { marks: false })).toEqual([]);
	});

	test("a NaN in the data is marked at the data", () => {
		const y = mul(scalar(2, "w"), fixed(Number.NaN, "x")).named("y");
		expect(marksAt(y, "x")).toEqual(["NaN enters here"]);
		expect(marksAt(y, "y")).toEqual([]);
	});

	test("an infinite gradient is marked at the operation that makes it", () => {
		const root = sqrt(scalar(0, "u")).named("root");
		expect(marksAt(mul(root, 3).named("y"), "root")).toEqual(["gradient turns ∞ here"]);
	});

	test("a gradient that is too large for float32 alone is infinite there", () => {
		const x = parameter([1e-30], { name: "x", dtype: "float32" });
		const y = x.mul(1e20).named("y");
		const z = y.mul(1e20).named("z");
		expect(marksAt(sum(z), "y")).toEqual(["gradient turns ∞ here"]);
		expect(marksAt(sum(z), "z")).toEqual([]);
	});

	test("a gradient that goes where where() did not is whole, and nothing is marked", () => {
		const x = scalar(0, "x");
		const y = where(fixed(0), sqrt(x), mul(x, 3)).named("y");
		expect(toDot(y)).not.toMatch(/gradient turns|born/);
	});

	test("gradients of variables that vanish, explode or are 0 are marked, from limits that can be set", () => {
		const [tiny, huge] = [scalar(1, "tiny"), scalar(1, "huge")];
		const y = add(mul(tiny, 1e-9), mul(huge, 1e6)).named("y");
		expect(marksAt(y, "tiny")).toEqual(["its gradient vanishes"]);
		expect(marksAt(y, "huge")).toEqual(["its gradient explodes"]);
		expect(marksAt(y, "huge", { marks: { exploding: 1e7 } })).toEqual([]);
		expect(marksAt(sum(mul(parameter([1, 2], { name: "w" }), 0)), "w")).toEqual(["its gradient is 0"]);
	});

	test("units that are off for every sample are dead, those that are off for one are not", () => {
		const x = tensor(
			[
				[1, -1, -1],
				[2, -3, 4],
			],
			{ requiresGrad: true },
		);
		expect(marksAt(sum(relu(x).named("h")), "h")).toEqual(["1 of 3 units dead"]);
		expect(marksAt(sum(clip(x, 3, 9).named("h")), "h")).toEqual(["2 of 3 units dead"]);
		expect(marksAt(sum(tanh(x).named("h")), "h")).toEqual([]);
	});

	test("what is folded says what is wrong inside", () => {
		const y = scope("inside", () => log(sub(scalar(1, "p"), 2)));
		const graph = read(toDot(square(y), { ...quiet, depth: 0 }));
		expect(nodeNamed(graph, "inside").rows.at(-1)).toEqual(["NaN is born here"]);
	});
});

describe("shades", () => {
	test("have a legend of powers of ten, from light to dark", () => {
		let x: Scalar = scalar(1, "x");
		for (let step = 0; step < 4; step++) x = mul(x, 0.01);
		const dot = toDot(x, { ...quiet, shade: true, title: "slopes" });
		expect(read(dot).title).toMatch(/^slopes\|gradient\| fromunder 10⁻⁵10⁻⁵10⁻⁴10⁻³10⁻²10⁻¹1$/);
		expect(new Set(dot.match(/fillcolor = "#[0-9a-f]+"/g)).size).toBeGreaterThan(3);
	});

	test("put a size into its power of ten, and what is smaller than all into the lowest", () => {
		const box = (g: number) => pictureOf({ outputs: [mul(scalar(1), g)], names: new Map() }).root.boxes[0] as never;
		const scale = scaleOf([box(3e-2), box(5), box(1e-20)], 4);
		expect([1e-30, 0, 0.05, 0.1, 2, 1e9, undefined, Number.NaN].map((size) => scale?.stepOf(size))).toEqual([
			0,
			0,
			1,
			2,
			3,
			3,
			undefined,
			undefined,
		]);
	});

	test("there is none where there is no gradient", () => {
		expect(read(toDot(fixed(1), { shade: true })).title).toBe("");
	});
});

describe("a way", () => {
	test("from a node to the outputs stands out, and nothing else does", () => {
		const [x, y] = [scalar(1, "x"), scalar(2, "y")];
		const f = mul(sin(x).named("s"), exp(y).named("e")).named("f");
		const graph = read(toDot(f, { highlight: x }));
		const names = [...graph.nodes.values()]
			.filter(({ classes }) => classes.includes("path"))
			.map(({ rows }) => rows[0]?.[0] ?? "");
		expect(names.sort()).toEqual(["f", "s", "x"]);
		expect(toDot(f, { highlight: x }).match(/fontcolor = "#66707c"/g)).toHaveLength(2);
	});

	test("goes back through the backward pass", () => {
		const [x, y] = [scalar(1, "x"), scalar(2, "y")];
		const graph = read(toDot(mul(sin(x), exp(y)).named("f"), { highlight: x, pass: "both" }));
		expect(nodeNamed(graph, "∂f/∂x").classes).toContain("path");
		expect(nodeNamed(graph, "∂f/∂y").classes).not.toContain("path");
	});
});

describe("tensors", () => {
	test("are counted into equal parts of their range", () => {
		expect(histogramOf([0, 1, 2, 3, 4, 4], 4)).toEqual([1, 1, 1, 3]);
		expect(histogramOf([-Number.MAX_VALUE, 0, Number.MAX_VALUE], 3)).toEqual([1, 1, 1]);
	});

	test("show a histogram, a strip or nothing", () => {
		const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], { name: "x" });
		const cells = (options: DotOptions): number => toDot(x, options).match(/BGCOLOR/g)?.length ?? 0;
		expect([cells({}), cells({ strip: "heat" }), cells({ strip: "none" })]).toEqual([8, 8, 0]);
		expect(cells({ strip: "heat" })).toBe(8);
	});
});

describe("what can be drawn", () => {
	test("a module with an input, which is called so in the picture and nowhere else", () => {
		const input = tensor([[1, 2]]);
		const graph = read(toDot(new Linear(2, 3), { inputs: [input] }));
		expect(nodeNamed(graph, "input").classes).toEqual(["input", "forward"]);
		expect(nodeNamed(graph, "weight").clusters).toEqual(["linear"]);
		expect(input.name).toBeUndefined();
	});

	test("anything with call or forward, and functions of several inputs that give nested results", () => {
		const double = { forward: (x: Scalar) => mul(x, 2).named("doubled") };
		expect(nodeNamed(read(toDot(double, { inputs: [scalar(1)] })), "doubled").classes[0]).toBe("output");
		const both = (x: Scalar, y: Scalar) => ({ sum: add(x, y), rest: [mul(x, y)] });
		const graph = read(toDot(both, { inputs: [scalar(1), scalar(2)] }));
		expect([...graph.nodes.values()].map(({ rows }) => rows[0]?.[0] ?? "").sort()).toEqual([
			"+",
			"input 1",
			"input 2",
			"×",
		]);
	});

	test("a gradient of a gradient, whose operations of a pass back can be told from others", () => {
		const x = scalar(0.5, "x");
		const [dx] = gradients(sin(x), [x], { createGraph: true });
		const [ddx] = gradients(dx, [x], { createGraph: true });
		const sorts = [...read(toDot(ddx)).nodes.values()].map(({ classes }) => classes[0]);
		expect(sorts).toContain("derivative");
	});

	test("what is none of these is refused by what it is", () => {
		expect(() => toDot(3 as never)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: toDot: this cannot be drawn
			  expected  a node, an array of nodes, a module or a function
			  actual    the number 3]
		`);
		expect(() => toDot([scalar(1), "two"] as never)).toThrow(/the string "two"/);
		expect(() => toDot(() => undefined)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: toDot: the call gave no node
			  expected  a scalar or tensor, or arrays and objects of them
			  actual    undefined
			  fix       pass { inputs: [...] }: what to call it with]
		`);
		expect(() => toDot({ requiresGrad: true, backward() {} } as never)).toThrow(/another copy of chainrule/);
	});
});

describe("SVG and PNG", () => {
	test("names of clusters lie above every edge", async () => {
		const y = scope("outer", () => sin(scope("inner", () => exp(scalar(1, "x")))));
		const svg = await toSvg(mul(y, y), { pass: "both" });
		expect(svg.match(/<g class="name">/g)?.length).toBe(6);
		expect(svg.indexOf('<g class="name">')).toBeGreaterThan(svg.lastIndexOf('class="edge'));
		expect(svg.indexOf(">inner<")).toBeGreaterThan(svg.lastIndexOf('class="node'));
	});

	test("nothing that is written becomes markup", async () => {
		const evil = '<script>alert("x")</script> \' & ]]> __proto__';
		const x = scalar(1, evil);
		const options = { title: evil, partials: "both", contributions: true, shade: true, depth: 1 } as const;
		const svg = await toSvg(
			scope(evil, () => x.mul(x).named(evil)),
			options,
		);
		expect(svg).not.toMatch(/<script|<foreignObject|\son\w+=|javascript:/i);
		expect(svg.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(3);
	});

	test("a picture is painted in its size, on paper of its theme", async () => {
		const x = scalar(1, "가중치");
		const sizeOf = (png: Uint8Array): [number, number] => {
			const view = new DataView(png.buffer, png.byteOffset);
			return [view.getUint32(16), view.getUint32(20)];
		};
		const [small, large] = [await toPng(sin(x), { scale: 1 }), await toPng(sin(x), { scale: 3 })];
		expect(Array.from(small.slice(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
		expect(sizeOf(large)).toEqual(sizeOf(small).map((side) => 3 * side));
		expect(await toPng(sin(x), { theme: "dark", scale: 1 })).not.toEqual(small);
		expect(await toPng(sin(x), { scale: 1 })).toEqual(small);
		await expect(toPng(sin(x), { scale: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: toPng: scale is out of range
			  expected  a number above 0, at most 16
			  actual    0]
		`);
	});
});

test("matrix products have no table of factors, and write none", () => {
	const y = matmul(tensor([[1, 2]], { name: "x" }), parameter([[1], [2]], { name: "W" })).named("y");
	expect(alongEdges(sum(y), { partials: "both" })).toEqual(["W -> y @  [xᵀ ·]", "y @ -> Σ  [1]"]);
});
