/**
 * The DOT text: what it holds, compared with the tape, and what never changes it.
 */
import {
	abs,
	add,
	ancestors,
	backward,
	broadcastTo,
	concat,
	customGradient,
	defineOp,
	exp,
	fixed,
	gradients,
	logSoftmax,
	matmul,
	maximum,
	mean,
	mul,
	type Node,
	neg,
	noGrad,
	originOf,
	parameter,
	reshape,
	type Scalar,
	scalar,
	scope,
	sigmoid,
	sin,
	softmax,
	square,
	sub,
	sum,
	Tensor,
	tanh,
	tensor,
	zeros,
} from "chainrule";
import { type DotOptions, toDot } from "chainrule/viz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeNamed, numberIn, type ReadGraph, type ReadNode, read } from "./read.js";

/** A neuron with its cost, as in the lecture notes. */
function neuron(): { readonly C: Scalar; readonly w: Scalar; readonly b: Scalar; readonly a: Scalar } {
	const [x, y, w, b] = [fixed(1, "x"), fixed(0, "y"), scalar(0.6, "w"), scalar(0.9, "b")];
	const a = scope("neuron", () => sigmoid(add(mul(w, x), b).named("z"))).named("a");
	const C = scope("cost", () => mul(square(sub(y, a)), 0.5)).named("C");
	return { C, w, b, a };
}

/** What a node is called in the comparison with the tape: its name or symbol. */
function calledIn(graph: ReadGraph): (id: string) => string {
	return (id) => {
		const { classes, rows } = graph.nodes.get(id) as ReadNode;
		return classes.includes("constant") ? "constant" : (rows[0]?.[0] ?? "");
	};
}

/** The edges of a picture by names, sorted: a bag, so that multiplicity counts. */
function edgesOf(graph: ReadGraph): string[] {
	const called = calledIn(graph);
	return graph.edges.map(({ from, to }) => `${called(from)} -> ${called(to)}`).sort();
}

/** The same from the tape. What has no name is a literal, or is folded and its operands stand for it. */
function edgesOnTape(roots: readonly Node[]): string[] {
	const standing = (x: Node): string[] => {
		const origin = originOf(x);
		if (x.name !== undefined) return [x.name];
		return origin ? origin.inputs.flatMap(standing) : ["constant"];
	};
	return ancestors(roots)
		.filter((x) => x.name !== undefined)
		.flatMap((x) => (originOf(x)?.inputs ?? []).flatMap(standing).map((from) => `${from} -> ${x.name}`))
		.sort();
}

describe("the text", () => {
	test("a small expression reads as nodes, then edges", () => {
		const x = scalar(3, "x");
		expect(toDot(mul(x, x).named("y"))).toMatchInlineSnapshot(`
			"digraph "computation" {
			  rankdir = "LR";
			  bgcolor = "transparent";
			  nodesep = 0.22;
			  ranksep = 0.4;
			  fontname = "Helvetica";
			  fontsize = 11;
			  edge [
			    color = "#77818e";
			    arrowsize = 0.6;
			    penwidth = 1;
			  ];
			  node [
			    shape = "box";
			    margin = "0.09,0.05";
			    width = 0.3;
			    height = 0.3;
			    fontname = "Helvetica";
			    fontsize = 11;
			    fontcolor = "#1d2630";
			  ];
			  "n2" [
			    label = <<TABLE BORDER="0" ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR><TD ALIGN="LEFT" COLSPAN="2" CELLPADDING="0"><TABLE BORDER="0" ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR><TD ALIGN="LEFT" WIDTH="8"><B>y</B></TD><TD WIDTH="6"></TD><TD ALIGN="LEFT" WIDTH="12"><FONT POINT-SIZE="15">×</FONT></TD></TR></TABLE></TD></TR><TR><TD ALIGN="LEFT" WIDTH="31"><FONT POINT-SIZE="9" COLOR="#66707c">value</FONT></TD><TD ALIGN="LEFT" WIDTH="8">9</TD></TR><TR><TD ALIGN="LEFT" WIDTH="25"><FONT POINT-SIZE="9" COLOR="#b03a00">grad</FONT></TD><TD ALIGN="LEFT" WIDTH="8"><FONT COLOR="#b03a00">1</FONT></TD></TR></TABLE>>;
			    class = "output forward";
			    style = "rounded,filled";
			    fillcolor = "#e6f3e9";
			    color = "#2f7d4f";
			    penwidth = 2.6;
			  ];
			  "n1" [
			    label = <<TABLE BORDER="0" ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR><TD ALIGN="LEFT" COLSPAN="2" CELLPADDING="0"><TABLE BORDER="0" ALIGN="LEFT" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR><TD ALIGN="LEFT" WIDTH="8"><B>x</B></TD></TR></TABLE></TD></TR><TR><TD ALIGN="LEFT" WIDTH="31"><FONT POINT-SIZE="9" COLOR="#66707c">value</FONT></TD><TD ALIGN="LEFT" WIDTH="8">3</TD></TR><TR><TD ALIGN="LEFT" WIDTH="25"><FONT POINT-SIZE="9" COLOR="#b03a00">grad</FONT></TD><TD ALIGN="LEFT" WIDTH="8"><FONT COLOR="#b03a00">6</FONT></TD></TR></TABLE>>;
			    class = "variable forward";
			    style = "filled";
			    fillcolor = "#e4eefb";
			    color = "#3a6ea5";
			    penwidth = 1.3;
			  ];
			  "n1" -> "n2";
			  "n1" -> "n2";
			}"
		`);
	});

	test("the same computation gives the same bytes, drawn again and built again", () => {
		const draw = (C: Node, pass: DotOptions["pass"]): string => toDot(C, { pass, broadcasts: true });
		for (const pass of ["forward", "backward", "both"] as const) {
			const { C } = neuron();
			const first = draw(C, pass);
			expect(draw(C, pass)).toBe(first);
			// Between the builds the tape moves on: leaves, constants and operations come to lie in other chunks.
			for (let step = 0; step < 50; step++) backward(mul(scalar(step), fixed(2)));
			expect(draw(neuron().C, pass)).toBe(first);
		}
	});

	test("tensors and scopes do not depend on what was computed before either", () => {
		const build = (): Tensor => {
			const W = parameter(
				[
					[1, -2],
					[0.5, 3],
				],
				{ name: "W" },
			);
			return mean(softmax(matmul(tensor([[1, 2]], { name: "x" }), W)));
		};
		const first = toDot(build(), { pass: "both" });
		zeros([100]);
		expect(toDot(build(), { pass: "both" })).toBe(first);
	});
});

describe("nodes and edges", () => {
	test("x + x has two edges", () => {
		const x = scalar(2, "x");
		expect(edgesOf(read(toDot(add(x, x).named("y"))))).toEqual(["x -> y", "x -> y"]);
	});

	test("the picture of the neuron has the nodes and edges of the tape", () => {
		const { C } = neuron();
		const graph = read(toDot(C));
		expect(graph.nodes.size).toBe(ancestors([C]).length);
		expect(graph.edges).toHaveLength(ancestors([C]).flatMap((x) => originOf(x)?.inputs ?? []).length);
	});

	test("random computations on scalars and tensors have the nodes and edges of the tape", () => {
		const step = fc.tuple(fc.nat(9), fc.nat(1_000), fc.nat(1_000));
		fc.assert(
			fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), fc.boolean(), (steps, tensors) => {
				const values: Node[] = tensors
					? [parameter([0.5, 1.5], { name: "p" }), parameter([[2], [3]], { name: "q" }), scalar(0.7, "s")]
					: [scalar(0.5, "p"), scalar(-1.5, "q"), fixed(0.7, "s")];
				for (const [index, [choice, first, second]] of steps.entries()) {
					const x = values[first % values.length] as Node;
					const y = values[second % values.length] as Node;
					const result = [
						() => add(x, y),
						() => sub(x, y),
						() => mul(x, y),
						() => mul(x, second % 7),
						() => sub(second % 5, x),
						() => sin(x),
						() => sigmoid(x),
						() => maximum(x, y),
						() => scope("pair", () => add(square(x).named(`square ${index}`), y)),
						() => abs(neg(x).named(`minus ${index}`)),
					][choice]?.() as Node;
					if (originOf(result)) values.push(result.named(`v${index}`));
				}
				const roots = values.slice(-2);
				const graph = read(toDot(roots, { gradients: false }));
				expect(edgesOf(graph)).toEqual(edgesOnTape(roots));
				const names = ancestors(roots).flatMap((x) => x.name ?? []);
				const shown = [...graph.nodes.values()].filter(({ classes }) => !classes.includes("constant"));
				expect(shown.map(({ rows }) => rows[0]?.[0] ?? "").sort()).toEqual(names.sort());
			}),
			{ numRuns: 100 },
		);
	});

	test("a chain of thousands of operations is read without recursion", () => {
		let x: Scalar = scalar(0.5);
		for (let step = 0; step < 5_000; step++) x = sin(x);
		expect(read(toDot(x, { gradients: false, maxBoxes: Infinity })).edges).toHaveLength(5_000);
	});

	test("several outputs share what they were computed from", () => {
		const x = scalar(2, "x");
		const shared = sin(x).named("shared");
		const graph = read(toDot([exp(shared).named("p"), square(shared).named("q")]));
		expect(edgesOf(graph)).toEqual(["shared -> p", "shared -> q", "x -> shared"]);
		const outputs = [...graph.nodes.values()].filter(({ classes }) => classes.includes("output"));
		expect(outputs.map(({ rows }) => rows[0]?.[0])).toEqual(["q", "p"]);
	});

	test("outputs that nothing tracks are drawn as what they are: one node", () => {
		expect(read(toDot(fixed(3, "three"))).nodes.size).toBe(1);
		expect(read(toDot(tensor([1, 2]), { pass: "both" })).nodes.size).toBe(1);
		expect(read(toDot(noGrad(() => neuron().C))).nodes.size).toBe(1);
		expect(read(toDot([])).nodes.size).toBe(0);
	});

	test("an operation that a user defines shows its symbol, a custom gradient its name", () => {
		const cube = defineOp({ name: "cubeInPicture", value: (x) => x ** 3, partials: ["3 * x^2"], symbol: "x³" });
		const round = customGradient(
			(x: Scalar) => Math.round(x.value),
			(gz) => gz,
			"straight through",
		);
		const graph = read(toDot(round(cube(scalar(1.1, "x")))));
		const symbols = [...graph.nodes.values()].map(({ rows }) => rows[0]?.[0]);
		expect(symbols).toEqual(["straight through", "x³", "x"]);
	});
});

describe("folding", () => {
	const W = parameter([[1, 2]], { name: "W" });
	const build = (): Node => mul(W, parameter([[3], [4]], { name: "v" })).named("product");

	test("broadcasts are left out and their edges joined through", () => {
		expect(edgesOf(read(toDot(build())))).toEqual(["W -> product", "v -> product"]);
	});

	test("broadcasts are drawn where asked for", () => {
		const graph = read(toDot(build(), { broadcasts: true }));
		expect(edgesOf(graph)).toEqual([
			"W -> broadcast",
			"broadcast -> product",
			"broadcast -> product",
			"v -> broadcast",
		]);
	});

	test("scalars that became a tensor keep an edge each", () => {
		const [p, q] = [scalar(1, "p"), scalar(2, "q")];
		const graph = read(toDot(sum(square(tensor([p, q, p]))).named("s")));
		expect(edgesOf(graph)).toEqual(["p -> x²", "p -> x²", "q -> x²", "x² -> s"]);
	});

	test("a folded node is drawn where it is the output or has a name", () => {
		const x = parameter([1, 2, 3, 4], { name: "x" });
		expect(edgesOf(read(toDot(reshape(x, [2, 2]))))).toEqual(["x -> reshape"]);
		expect(edgesOf(read(toDot(square(reshape(x, [2, 2]).named("grid")).named("y"))))).toEqual([
			"grid -> y",
			"x -> grid",
		]);
	});

	test("several folded nodes in a row become one edge", () => {
		const x = parameter([1, 2], { name: "x" });
		const y = square(broadcastTo(reshape(x, [2, 1]), [2, 3])).named("y");
		expect(edgesOf(read(toDot(y)))).toEqual(["x -> y"]);
	});

	test("an operation of many operands keeps their order", () => {
		const parts = ["p", "q", "r"].map((name) => parameter([1], { name }));
		const graph = read(toDot(concat(parts).named("all")));
		expect(graph.edges.map(({ from }) => calledIn(graph)(from))).toEqual(["p", "q", "r"]);
	});
});

describe("constants", () => {
	test("numbers without a name are toned down, named data is not", () => {
		const graph = read(toDot(add(mul(scalar(2, "w"), fixed(3, "x")), 0.5)));
		const classes = new Map([...graph.nodes.values()].map((node) => [node.rows[0]?.[0], node.classes[0]]));
		expect(Object.fromEntries(classes)).toEqual({
			"+": "output",
			"0.5": "constant",
			"×": "operation",
			w: "variable",
			x: "input",
		});
	});

	test("they are left out where asked for, and data stays", () => {
		const graph = read(toDot(add(mul(scalar(2, "w"), fixed(3, "x")), 0.5).named("y"), { constants: false }));
		expect(edgesOf(graph)).toEqual(["w -> ×", "x -> ×", "× -> y"]);
	});

	test("a literal next to a variable is no variable", () => {
		const graph = read(toDot(sub(1, scalar(2, "x")), { pass: "both" }));
		const results = [...graph.nodes.values()].filter(({ classes }) => classes.includes("gradient"));
		expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(["∂/∂x"]);
	});
});

describe("clusters", () => {
	test("scopes are clusters, nested and labelled by their names", () => {
		const x = scalar(1, "x");
		const y = scope("outer", () => exp(scope("inner", () => sin(x)))).named("y");
		const graph = read(toDot(y));
		expect(nodeNamed(graph, "y").clusters).toEqual(["outer"]);
		expect(nodeNamed(graph, "sin").clusters).toEqual(["outer", "inner"]);
	});

	test("every run through a scope is a cluster of its own", () => {
		const x = parameter([1, 2], { name: "x" });
		const graph = read(toDot(sum(logSoftmax(logSoftmax(x).named("once")).named("twice"))));
		const [once, twice] = [nodeNamed(graph, "once"), nodeNamed(graph, "twice")];
		expect([once.clusters, twice.clusters]).toEqual([["logSoftmax"], ["logSoftmax"]]);
		expect(once.clusterIds).not.toEqual(twice.clusterIds);
	});

	test("a variable lies in the scope that all its readers share, data around it", () => {
		const [w, x, both] = [scalar(2, "w"), fixed(3, "x"), scalar(4, "both")];
		const y = scope("net", () =>
			add(
				scope("left", () => mul(mul(w, x), both)),
				scope("right", () => neg(both)),
			),
		);
		const graph = read(toDot(y));
		expect(nodeNamed(graph, "w").clusters).toEqual(["net", "left"]);
		expect(nodeNamed(graph, "x").clusters).toEqual(["net"]);
		expect(nodeNamed(graph, "both").clusters).toEqual(["net"]);
	});
});

describe("names", () => {
	const nasty = [
		'say "w"',
		"two\nlines",
		"carriage\r\nreturn",
		"<b>&amp;</b>",
		"<",
		"a > b && c < d",
		"한국어 가중치",
		"back\\slash \\n \\N \\",
		"'quoted'",
		"&#8734;",
		"{a|b}",
		"]]> <!-- -->",
		"  spaces  ",
		"<TABLE><TR>",
		"emoji 🧠",
		"w₁ ∂ Σ",
		"digraph { a -> b }",
	];

	test.each(nasty)("the name %j comes back from the text as it was, for nodes, scopes and titles", (name) => {
		const y = scope(name, () => sin(scalar(1, name)));
		const graph = read(toDot(y, { title: name, pass: "both" }));
		const lines = name.replace(/\r\n?/g, "\n");
		expect(nodeNamedLines(graph, lines).clusters).toEqual(["forward", lines]);
		expect(graph.title).toBe(lines);
	});

	function nodeNamedLines(graph: ReadGraph, name: string): ReadNode {
		const found = [...graph.nodes.values()].filter(({ rows }) => rows[0]?.[0] === name);
		expect(found).toHaveLength(1);
		return found[0] as ReadNode;
	}

	test("characters that no SVG can hold are shown by their signs", () => {
		const graph = read(toDot(sin(scalar(1, "a\u0000b\u0007\ud800\ufffe"))));
		expect(graph.nodes.get("n1")?.rows[0]).toEqual(["a␀b␇��"]);
	});

	test("any name whatever keeps the text readable, and two names never look alike to a reader", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
				const graph = read(toDot(sin(scalar(1, name)).named("y")));
				expect(graph.nodes.size).toBe(2);
				expect(graph.edges).toHaveLength(1);
			}),
			{ numRuns: 200 },
		);
	});
});

describe("numbers", () => {
	test("gradients shown are those of gradients(), at every node", () => {
		const { C } = neuron();
		const graph = read(toDot(C, { digits: 17 }));
		for (const x of ancestors([C]).filter(({ name }) => name !== undefined)) {
			const shown = numberIn(nodeNamed(graph, x.name as string), "grad");
			const [expected] = x.requiresGrad ? gradients(C, [x]) : [undefined];
			expect(shown).toBe(expected?.item());
		}
	});

	test("a tensor without a single element shows the gradient of the sum of its elements", () => {
		const x = parameter([1, 2], { name: "x" });
		expect(nodeNamed(read(toDot(square(x))), "x").rows).toEqual([
			["x"],
			["shape", "2"],
			["value", "1", "2"],
			["grad", "2", "4"],
		]);
	});

	test("several outputs show the gradient of their sum, and an output on the way to another does not count twice", () => {
		const x = scalar(3, "x");
		const y = square(x).named("y");
		expect(numberIn(nodeNamed(read(toDot([y, mul(x, 5)])), "x"), "grad")).toBe(11);
		expect(numberIn(nodeNamed(read(toDot([y, mul(y, 2)])), "x"), "grad")).toBe(12);
		const both = read(toDot([y, sum(square(parameter([1, 2], { name: "t" })))]));
		expect(numberIn(nodeNamed(both, "x"), "grad")).toBe(6);
		expect(nodeNamed(both, "t").rows.at(-1)).toEqual(["grad", "2", "4"]);
	});

	test("values and gradients are left out where asked for", () => {
		const rows = (options: DotOptions): unknown => nodeNamed(read(toDot(neuron().C, options)), "w").rows;
		expect(rows({})).toEqual([["w"], ["value", "0.6"], ["grad", "0.1219"]]);
		expect(rows({ gradients: false })).toEqual([["w"], ["value", "0.6"]]);
		expect(rows({ values: false, gradients: false })).toEqual([["w"]]);
		expect(rows({ digits: 2 })).toEqual([["w"], ["value", "0.6"], ["grad", "0.12"]]);
	});

	test("what a gradient does not reach shows none, which is not 0", () => {
		const x = scalar(2, "x");
		const stopped = mul(x.detach(), 3);
		const graph = read(toDot(add(mul(x, 0), stopped)));
		expect(numberIn(nodeNamed(graph, "x"), "grad")).toBe(0);
		expect(nodeNamed(graph, "6").rows).toEqual([["6"]]);
	});

	test("a small tensor shows its numbers, a large one range and mean, and NaN is counted", () => {
		const rows = (x: Tensor): unknown => nodeNamed(read(toDot(x.named("x"))), "x").rows;
		expect(rows(tensor([[1, -2.5]]))).toEqual([["x"], ["shape", "1 × 2"], ["value", "1", "-2.5"]]);
		expect(rows(tensor([true, false]))).toEqual([["x"], ["shape", "2 bool"], ["value", "true", "false"]]);
		expect(rows(tensor(4 as never, { dtype: "float32" }))).toEqual([["x"], ["shape", "float32"], ["value", "4"]]);
		expect(rows(tensor([[[1, 2]], [[3, 4]]]))).toEqual([["x"], ["shape", "2 × 1 × 2"], ["value", "[[[1,2]],[[3,4]]]"]]);
		expect(rows(zeros([0, 3]))).toEqual([["x"], ["shape", "0 × 3"], ["value", "[]"]]);
		expect(rows(tensor([1, 2, 3, 4, 5, 6, 7, 8]))).toEqual([["x"], ["shape", "8"], ["value", "1 … 8\nmean 4.5"]]);
		expect(rows(tensor([Number.NaN, 2, 3, 4, 5, 6, 7, Number.POSITIVE_INFINITY]))).toEqual([
			["x"],
			["shape", "8"],
			["value", "2 … Infinity\nmean Infinity\n1 × NaN"],
			["NaN enters here"],
			["∞ enters here"],
		]);
	});
});

describe("the backward pass", () => {
	test("is the gradient's own recorded graph", () => {
		const { C, w, b } = neuron();
		const [gw, gb] = gradients(C, [w, b], { createGraph: true });
		const forward = new Set(ancestors([C]).map((x) => JSON.stringify([x.name, x.item(), originOf(x)?.op.name])));
		const operations = ancestors([gw, gb]).filter(
			// Gradients are returned as copies, which a picture folds away.
			(x) => originOf(x)?.op.folded === false && !forward.has(JSON.stringify([x.name, x.item(), originOf(x)?.op.name])),
		);
		const graph = read(toDot(C, { pass: "backward" }));
		const drawn = [...graph.nodes.values()].filter(({ classes }) => /derivative|gradient/.test(classes.join()));
		expect(drawn).toHaveLength(operations.length);
		const inputs = operations.flatMap((x) => originOf(x)?.inputs ?? []);
		expect(graph.edges).toHaveLength(inputs.length);
	});

	test("names what is the derivative of the output, every variable it belongs to", () => {
		const graph = read(toDot(neuron().C, { pass: "backward", digits: 17 }));
		const { C, w, b } = neuron();
		const [gw, gb] = gradients(C, [w, b]);
		expect(numberIn(nodeNamed(graph, "∂C/∂w"), "value")).toBe(gw.value);
		expect(numberIn(nodeNamed(graph, "∂C/∂b"), "value")).toBe(gb.value);
		expect(nodeNamed(graph, "∂C/∂z")).toBe(nodeNamed(graph, "∂C/∂b"));
	});

	test("shows the forward values it reads as leaves, toned down", () => {
		const graph = read(toDot(neuron().C, { pass: "backward" }));
		const a = nodeNamed(graph, "a");
		expect(a.rows).toEqual([
			["a", "σ"],
			["value", "0.8176"],
		]);
		expect(a.classes).toEqual(["reference", "forward"]);
		expect(graph.edges.some(({ to }) => to === a.id)).toBe(false);
	});

	test("draws the gradients asked for, of intermediate values too", () => {
		const { C, a, w } = neuron();
		const graph = read(toDot(C, { pass: "backward", wrt: [a] }));
		const results = [...graph.nodes.values()].filter(({ classes }) => classes.includes("gradient"));
		expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(["∂C/∂a"]);
		expect(() => nodeNamed(read(toDot(C, { pass: "backward", wrt: [a] })), "∂C/∂w")).toThrow("0 nodes");
		expect(nodeNamed(read(toDot(C, { pass: "both", wrt: [w] })), "∂C/∂w").classes).toEqual(["gradient", "backward"]);
	});

	test("both passes: every node of each, side by side", () => {
		const { C } = neuron();
		const graph = read(toDot(C, { pass: "both" }));
		const alone = { forward: read(toDot(C)), backward: read(toDot(C, { pass: "backward" })) };
		const inPass = (pass: string): ReadNode[] =>
			[...graph.nodes.values()].filter(({ clusters }) => clusters[0] === pass);
		expect(inPass("forward").length + inPass("backward").length).toBe(graph.nodes.size);
		expect(inPass("forward").map(({ rows }) => rows)).toEqual(
			[...alone.forward.nodes.values()].map(({ rows }) => rows),
		);
		const own = [...alone.backward.nodes.values()].filter(({ classes }) => classes.includes("backward"));
		const texts = (nodes: readonly ReadNode[]): string[] => nodes.map(({ rows }) => rows.join(" | ")).sort();
		expect(texts(inPass("backward"))).toEqual(texts(own));
		expect(edgesOf(graph)).toEqual([...edgesOf(alone.forward), ...edgesOf(alone.backward)].sort());
	});

	test("both passes: a dotted link leads from each backward operation to the forward node it came from", () => {
		const { C } = neuron();
		const graph = read(toDot(C, { pass: "both" }));
		const heading = (id: string): string => (graph.nodes.get(id) as ReadNode).rows.slice(0, 2).flat().join(" ");
		expect(graph.links.map(({ from, to }) => `${heading(from)} ⋯ ${heading(to)}`).sort()).toMatchInlineSnapshot(`
			[
			  "× value -0.8176 ⋯ x² value 0.6684",
			  "× value 0.5 ⋯ C × value 0.3342",
			  "× value 0.6684 ⋯ a σ value 0.8176",
			  "× value 1 ⋯ x² value 0.6684",
			  "∂C/∂a − value 0.8176 ⋯ − value -0.8176",
			  "∂C/∂b
			∂C/∂z × value 0.1219 ⋯ a σ value 0.8176",
			  "∂C/∂w × value 0.1219 ⋯ × value 0.6",
			  "− value 0.1824 ⋯ a σ value 0.8176",
			]
		`);
		const operations = [...graph.nodes.values()].filter(({ classes }) => /derivative|gradient/.test(classes.join()));
		expect(graph.links.map(({ from }) => from).sort()).toEqual(operations.map(({ id }) => id).sort());
		for (const { attributes } of graph.links) expect(attributes.get("constraint")).toBe("false");
	});

	test("links and clusters of a tensor's backward pass are those of the scopes it was recorded in", () => {
		const logits = parameter([0.5, -1], { name: "logits" });
		const loss = sum(square(softmax(logits).named("p"))).named("L");
		const graph = read(toDot(loss, { pass: "both" }));
		for (const { from, to } of graph.links) {
			const [source, target] = [graph.nodes.get(from), graph.nodes.get(to)] as [ReadNode, ReadNode];
			expect(source.clusters).toEqual(["backward", ...target.clusters.slice(1)]);
		}
		expect(graph.links.length).toBeGreaterThan(3);
	});

	test("a computation that holds a gradient is drawn like any other", () => {
		const x = scalar(2, "x");
		const [dx] = gradients(mul(square(x), x), [x], { createGraph: true });
		const graph = read(toDot(square(dx).named("penalty"), { pass: "both" }));
		const [expected] = gradients(square(dx), [x]);
		expect(numberIn(nodeNamed(graph, "∂penalty/∂x"), "value")).toBe(expected.value);
	});

	test("a second look at the same picture, and one inside noGrad, is the same", () => {
		const { C } = neuron();
		const first = toDot(C, { pass: "both" });
		expect(noGrad(() => toDot(C, { pass: "both" }))).toBe(first);
	});
});

describe("a picture changes nothing", () => {
	test("gradients left by backward() stay, and a later backward() is the same", () => {
		const { C, w, b, a } = neuron();
		C.backward();
		const before = [w.grad, b.grad, a.grad];
		for (const pass of ["forward", "backward", "both"] as const) toDot(C, { pass });
		expect([w.grad, b.grad, a.grad]).toEqual(before);
		C.backward();
		expect(w.grad).toBe(2 * (before[0] as number));
	});

	test("no gradient appears where backward() was never called", () => {
		const W = parameter([1, 2], { name: "W" });
		const loss = sum(tanh(W));
		toDot(loss, { pass: "both" });
		expect(W.grad).toBeUndefined();
		expect(ancestors([loss]).every((x) => !(x instanceof Tensor) || x.grad === undefined)).toBe(true);
	});

	test("the graph has the same nodes, names and scopes afterwards", () => {
		const { C } = neuron();
		const look = (): unknown => ancestors([C]).map((x) => [x.name, x.item(), originOf(x)?.op.name]);
		const before = look();
		toDot(C, { pass: "both" });
		expect(look()).toEqual(before);
	});
});

describe("what cannot be drawn", () => {
	test("a backward pass of constants says why", () => {
		expect(() => toDot(fixed(1), { pass: "backward" })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: toDot: there is no backward pass to draw
			  expected  an output that depends on a scalar(), parameter() or tensor(..., { requiresGrad: true })
			  actual    outputs computed from constants only
			  fix       check for detach(), noGrad(), comparisons or integer tensors on the way]
		`);
	});

	test("a variable that is not reached is named", () => {
		const { C } = neuron();
		expect(() => toDot(C, { pass: "backward", wrt: [scalar(1, "other")] })).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: toDot: the output does not depend on a variable of wrt
			  expected  every variable on the way to the output
			  actual    "other" is not reached
			  fix       leave it out of wrt]
		`);
	});

	test("gradients at values that were assigned since are refused, the values alone are drawn", () => {
		const { C, w } = neuron();
		w.assign(5);
		expect(() => toDot(C)).toThrow(/"w" was assigned after it was used/);
		expect(numberIn(nodeNamed(read(toDot(C, { gradients: false })), "w"), "value")).toBe(5);
	});
});
