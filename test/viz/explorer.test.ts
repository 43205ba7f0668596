/**
 * What the explorer's page is told: the numbers are those of the engine, nothing
 * gets lost by folding, and nothing of a name is ever markup.
 */
import { createHash } from "node:crypto";
import {
	backward,
	checkpoint,
	fixed,
	Generator,
	gradients,
	isDebug,
	matmul,
	max,
	maximum,
	type Node,
	relu,
	type Scalar,
	scalar,
	scope,
	setDebug,
	sin,
	softmax,
	sqrt,
	sum,
	type Tensor,
	tanh,
	tensor,
} from "chainrule";
import { crossEntropy, Linear, Sequential } from "chainrule/nn";
import { toHtml } from "chainrule/viz";
import { describe, expect, it } from "vitest";
import { operations } from "../../src/core/op.js";
import { dataOf } from "../../viz/explorer/data.js";
import { layeredLayout } from "../../viz/explorer/layered.js";
import { treeOfFormula, treeOfTemplate } from "../../viz/explorer/math.js";
import {
	type ExplorerData,
	isSummary,
	type NodeData,
	numberOf,
	numeralOf,
	type Quantity,
	type RunData,
	type StepData,
	type Tree,
} from "../../viz/explorer/model.js";
import { heatOf } from "../../viz/explorer/page/heat.js";
import { arrivedAt, nextStop, passOf } from "../../viz/explorer/page/pass.js";
import { usesIn, viewOf } from "../../viz/explorer/view.js";
import { subjectOf } from "../../viz/subject.js";

type Data = Omit<ExplorerData, "layout">;

function told(loss: Node | readonly Node[]): Data {
	return dataOf([subjectOf("toHtml", loss)], "test", ["run"]);
}

function compared(a: Node, b: Node): Data {
	return dataOf([subjectOf("toHtml", a), subjectOf("toHtml", b)], "test", ["A", "B"]);
}

function dataIn(html: string): ExplorerData {
	const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
	return JSON.parse(text) as ExplorerData;
}

function stepsOf({ runs }: Data, run = 0): readonly StepData[] {
	return (runs[run] as RunData).steps;
}

function nodeCalled({ nodes }: Data, label: string): number {
	return nodes.findIndex((node) => node.label === label);
}

/** The nodes that a gradient reaches, and it. */
function reachedIn({ nodes }: Data): [node: number, gradient: Quantity][] {
	return nodes.flatMap(({ gradients: [found] }, index): [number, Quantity][] =>
		found === null || found === undefined ? [] : [[index, found]],
	);
}

function elements(quantity: Quantity): number[] {
	return isSummary(quantity) ? (quantity.elements ?? []).map(numberOf) : [numberOf(quantity)];
}

/** The neuron of the notes. */
function neuron(w0 = 0.6, b0 = 0.9): { w: Scalar; b: Scalar; cost: Scalar } {
	const [w, b, x, y] = [scalar(w0, "w"), scalar(b0, "b"), fixed(1, "x"), fixed(0, "y")];
	const z = w.mul(x).add(b).named("z");
	return { w, b, cost: y.sub(z.sigmoid().named("a")).square().div(2).named("C") };
}

/** A scalar program in which operations read one another at random. */
function tangle(seed: string, size: number): { leaves: Scalar[]; loss: Scalar } {
	const generator = new Generator(seed);
	const draw = (count: number): number => Math.floor(generator.uniform() * count);
	const leaves = Array.from({ length: 5 }, (_, index) => scalar(generator.uniform() * 2 - 1, `p${index}`));
	const known: Scalar[] = [...leaves];
	const pick = (): Scalar => known[draw(known.length)] as Scalar;
	const make: readonly (() => Scalar)[] = [
		() => pick().add(pick()),
		() => pick().mul(pick()),
		() => pick().sub(pick()),
		() => pick().sigmoid(),
		() => tanh(pick()) as Scalar,
		() => sin(pick()) as Scalar,
		() => relu(pick()) as Scalar,
		() => pick().square().mul(0.5),
		() => maximum(pick(), pick()) as Scalar,
		() => pick().div(pick().square().add(1)),
	];
	for (let count = 0; count < size; count++) {
		const next = scope(`block ${draw(3)}`, make[draw(make.length)] as () => Scalar);
		known.push(Math.abs(next.value) > 50 ? (tanh(next) as Scalar) : next);
	}
	const loss = known
		.slice(-6)
		.reduce((total, term) => total.add(term))
		.named("loss");
	return { leaves, loss };
}

function model(dtype: "float64" | "float32"): Node {
	const generator = new Generator("explorer");
	const layers = new Sequential(
		new Linear(3, 4, { generator, dtype }),
		tanh,
		relu,
		new Linear(4, 2, { generator, dtype }),
	);
	const inputs = tensor(
		[
			[1, 2, 3],
			[4, 5, 6],
			[0.1, 0.2, 0.3],
		],
		{ dtype },
	);
	const out = layers.call(inputs) as Tensor;
	const loss = crossEntropy(out, tensor([0, 1, 1], { dtype: "int32" }));
	return sum(softmax(matmul(out, out.T)).mul(out.mul(out).sum()))
		.add(loss)
		.add(max(out))
		.named("loss");
}

describe("the steps", () => {
	it("of a neuron are the chain rule, one factor at a time", () => {
		const { w, b, cost } = neuron();
		const data = told(cost);
		backward(cost);
		const steps = stepsOf(data);
		const name = (node: number): string => data.nodes[node]?.label ?? "";
		expect(steps.slice(0, 2).map(({ local, contribution }) => [local, contribution])).toEqual([
			[null, 1],
			[0.5, 0.5],
		]);
		expect(steps.map(({ from, to }) => `${name(from)}>${name(to)}`)).toEqual([
			">C",
			"C>v₃",
			"v₃>v₂",
			"v₂>a",
			"a>z",
			"z>v₁",
			"z>b",
			"v₁>w",
		]);
		const a = 1 / (1 + Math.exp(-1.5));
		expect(steps[4]?.local).toBeCloseTo(a * (1 - a), 15);
		expect(steps.at(-1)?.contribution).toBe(w.grad);
		expect(steps.at(-2)?.contribution).toBe(b.grad);
	});

	it.each(["one", "two", "three", "four"])(
		"of a tangle (%s) add up to the gradients of the engine bit for bit",
		(seed) => {
			const { leaves, loss } = tangle(seed, 120);
			const data = told(loss);
			expect(data.nodes.every(({ exact }) => exact[0])).toBe(true);
			const sums = new Map<number, number>();
			const steps = stepsOf(data);
			for (const { to, contribution, total } of steps) {
				sums.set(to, (sums.get(to) ?? -0) + (numberOf(contribution as number) + 0));
				expect(numberOf(total as number)).toBe(sums.get(to));
			}
			const reached = reachedIn(data);
			expect(reached.length).toBeGreaterThan(20);
			for (const [index, gradient] of reached) expect(sums.get(index)).toBe(numberOf(gradient as number));
			for (const { from, contribution, local } of steps.filter((step) => step.local !== null)) {
				const product = numberOf(data.nodes[from]?.gradients[0] as number) * numberOf(local as number);
				const c = numberOf(contribution as number);
				expect(Math.abs(product - c)).toBeLessThanOrEqual(1e-15 * Math.abs(c));
			}
			backward(loss);
			for (const { name, grad } of leaves) {
				const told = data.nodes[nodeCalled(data, name as string)]?.gradients[0];
				expect(told ?? undefined).toBe(grad === undefined ? undefined : numeralOf(grad));
			}
		},
	);

	it.each(["float64", "float32"] as const)("of a model in %s add up element by element", (dtype) => {
		const loss = model(dtype);
		const data = told(loss);
		expect(data.nodes.filter(({ exact }) => !exact[0])).toEqual([]);
		const last = new Map(stepsOf(data).map((step) => [step.to, step.total]));
		for (const [index, gradient] of reachedIn(data))
			expect(elements(last.get(index) as Quantity)).toEqual(elements(gradient));
	});

	it("come in the order of the pass: each node sends when all it gets has arrived", () => {
		const data = told(tangle("order", 80).loss);
		const left = new Map<number, number>();
		for (const { to } of stepsOf(data)) left.set(to, (left.get(to) ?? 0) + 1);
		for (const { from, to, turn, turns } of stepsOf(data)) {
			expect(left.get(from) ?? 0).toBe(0);
			left.set(to, (left.get(to) as number) - 1);
			expect(turns - turn).toBe(left.get(to));
		}
	});

	it("of x + x are two", () => {
		const x = scalar(3, "x");
		const steps = stepsOf(told(x.add(x)));
		expect(
			steps.map(({ operand, contribution, total, turn, turns }) => [operand, contribution, total, turn, turns]),
		).toEqual([
			[0, 1, 1, 1, 1],
			[0, 1, 1, 1, 2],
			[1, 1, 2, 2, 2],
		]);
	});

	it("through a checkpoint are told at once, and the page knows that the sum may differ", () => {
		const x = scalar(0.7, "x");
		const block = checkpoint((t: Scalar) => (sin(t) as Scalar).mul(t));
		const data = told(block(x).mul(x));
		const [step] = stepsOf(data).filter(
			({ from }) => data.operations[data.nodes[from]?.op ?? -1]?.name === "checkpoint",
		);
		expect(step?.contribution).not.toBeNull();
		expect(data.nodes[nodeCalled(data, "x")]?.gradients[0]).toBe(gradients(block(x).mul(x), [x])[0].value);
	});

	it("of several outputs begin with ones, and leave .grad alone", () => {
		const x = tensor([1, 2], { requiresGrad: true }).named("x");
		const [a, b] = [x.mul(2).named("a"), sum(x.square()).named("b")];
		const data = told([a, b]);
		expect(
			stepsOf(data)
				.filter(({ from }) => from < 0)
				.map(({ to }) => data.nodes[to]?.label),
		).toEqual(["a", "b"]);
		expect(elements(data.nodes[nodeCalled(data, "x")]?.gradients[0] as Quantity)).toEqual([4, 6]);
		expect(x.grad).toBeUndefined();
	});

	it("of a computation from constants are none", () => {
		expect(stepsOf(told(fixed(2).mul(3)))).toEqual([]);
	});

	it("keep infinite, undefined and negative zero", () => {
		const x = scalar(0, "x");
		const data = JSON.parse(JSON.stringify(told(sqrt(x).mul(-0)))) as Data;
		expect(data.nodes.at(-1)?.values[0]).toBe("-0");
		const root = JSON.parse(JSON.stringify(told(sqrt(x)))) as Data;
		expect(root.nodes[0]?.gradients[0]).toBe("Infinity");
		expect([numeralOf(Number.NaN), numberOf("-Infinity")]).toEqual(["NaN", Number.NEGATIVE_INFINITY]);
	});
});

describe("a formula", () => {
	const known = new Set("mrow mi mn mo mtext mfrac msup msub msqrt mroot mtable mtr mtd operand".split(" "));
	/** Every element and text in a tree that MathML would not know. */
	const unknown = ([element, ...content]: Tree): string[] => [
		...(known.has(element) ? [] : [element]),
		// A brace alone is the sign in front of cases.
		...content.flatMap((part) => {
			if (typeof part !== "string") return unknown(part);
			return /^(\{|[^\\{}#^]+)$/u.test(part) ? [] : [part];
		}),
	];

	it("of every operation and every partial derivative is told in MathML", () => {
		for (const op of operations()) {
			const partials = op.family === "pointwise" ? op.partials.filter((partial) => partial !== undefined) : [];
			expect([treeOfTemplate(op.tex), ...partials.map(treeOfFormula)].flatMap(unknown)).toEqual([]);
		}
	});

	it("has its operands where the page puts names", () => {
		const data = told(neuron().cost);
		const step = stepsOf(data)[4];
		expect(data.formulas[step?.formula ?? -1]).toEqual([
			"mrow",
			["operand", "z"],
			["mrow", ["mo", "("], ["mrow", ["mn", "1"], ["mo", "−"], ["operand", "z"]], ["mo", ")"]],
		]);
	});
});

describe("folding", () => {
	const { loss } = tangle("fold", 400);
	const data = told(loss);
	const all = [...usesIn(data.nodes)].length;

	it("keeps every use of an operand, whatever is open", () => {
		const generator = new Generator("open");
		for (let round = 0; round < 20; round++) {
			const open = new Set(data.scopes.map((_, scope) => scope).filter(() => generator.uniform() < 0.5));
			const { links, hidden, items, standsFor } = viewOf(data, open);
			expect(links.reduce((count, { uses }) => count + uses.length, hidden)).toBe(all);
			expect(standsFor.every((place) => items[place] !== undefined)).toBe(true);
		}
	});

	it("shows at most sixty things at first, of ten thousand nodes, in a moment", () => {
		let x = scalar(1, "x");
		for (let count = 0; count < 10_000; count++) x = scope(`layer ${count % 100}`, () => x.mul(0.999));
		const begun = performance.now();
		const large = told(x);
		expect(large.nodes.length).toBeGreaterThan(10_000);
		expect(viewOf(large, new Set(large.open)).items.length).toBeLessThanOrEqual(60);
		expect(performance.now() - begun).toBeLessThan(3_000);
	});
});

describe("layout without Graphviz", () => {
	it.each(["right", "down"] as const)("overlaps no boxes and keeps them in their frames, towards %s", (direction) => {
		const data = told(tangle("layout", 300).loss);
		const view = viewOf(data, new Set(data.scopes.keys()));
		const { places, frames, paths, width, height } = layeredLayout(view, direction);
		const boxes = view.items.map((item, index) => {
			const [x, y] = places[index] as readonly [number, number];
			return {
				item,
				left: x - item.width / 2,
				right: x + item.width / 2,
				top: y - item.height / 2,
				bottom: y + item.height / 2,
			};
		});
		for (const [index, a] of boxes.entries()) {
			expect(Math.min(a.left, a.top, width - a.right, height - a.bottom)).toBeGreaterThanOrEqual(-0.2);
			for (const b of boxes.slice(0, index))
				expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top).toBe(true);
		}
		for (const [scope, left, top, right, bottom] of frames)
			for (const box of boxes.filter(({ item }) => item.around === scope))
				expect(box.left >= left && box.top >= top && box.right <= right && box.bottom <= bottom).toBe(true);
		expect(paths.every(({ d }) => /^M[-\d.]+,[-\d.]+C/.test(d))).toBe(true);
	});
});

describe("two runs", () => {
	it("of one program match node by node, and differ in values", () => {
		const data = compared(neuron().cost, neuron(2, 2).cost);
		expect(data.nodes.every(({ values }) => values.every((value) => value !== null))).toBe(true);
		const w = data.nodes[nodeCalled(data, "w")] as NodeData;
		expect(w.values).toEqual([0.6, 2]);
		expect(w.gradients[0]).not.toBe(w.gradients[1]);
		const heat = heatOf(data.nodes, "value difference", 0);
		expect(heat?.of[nodeCalled(data, "w")]).toBeGreaterThan(0);
		expect(heat?.of[nodeCalled(data, "x")]).toBeUndefined();
	});

	it("match by name where the structure changed, and show what only one has", () => {
		const other = ((): Node => {
			const [w, b, x, y] = [scalar(0.6, "w"), scalar(0.9, "b"), fixed(1, "x"), fixed(0, "y")];
			const a = (tanh(w.mul(x).add(b).named("z")) as Scalar).named("a");
			return a.sub(y).abs().named("C");
		})();
		const data = compared(neuron().cost, other);
		const labels = (run: number): string[] =>
			data.nodes.filter(({ values }) => values[run] !== null).map(({ label }) => label);
		for (const label of ["w", "b", "x", "y", "z", "a", "C"]) {
			expect(data.nodes.filter((node) => node.label === label)).toHaveLength(1);
			expect(labels(0)).toContain(label);
			expect(labels(1)).toContain(label);
		}
		expect(data.nodes.some(({ values }) => values[1] === null)).toBe(true);
		// Each pass is that of its own run.
		const { gradients: found } = data.nodes[nodeCalled(data, "w")] as NodeData;
		const t = Math.tanh(1.5);
		expect(numberOf(found[1] as number)).toBeCloseTo(1 - t * t, 12);
		expect(
			stepsOf(data, 1).every(
				({ to, from }) => data.nodes[to]?.values[1] !== null && (from < 0 || data.nodes[from]?.values[1] !== null),
			),
		).toBe(true);
	});

	it("must be two", async () => {
		await expect(toHtml([scalar(1)], { compare: true })).rejects.toThrow("toHtml: compare takes two computations");
	});
});

describe("a run through the pass", () => {
	const x = scalar(-2, "x");
	const y = scalar(1e-4, "y");
	const data = told(sin(x.mul(y)).mul(y).named("loss"));
	const pass = passOf(data.runs[0] as RunData);

	it("stops where a gradient gets small, changes its sign, or belongs to a name", () => {
		const small = nextStop(data, 0, { kind: "below", bound: 1e-3 }, 0);
		expect(Math.abs(numberOf(small?.step.total as number))).toBeLessThan(1e-3);
		expect(
			stepsOf(data)
				.slice(0, (small?.at ?? 0) - 1)
				.every(({ total, turn, turns }) => turn < turns || Math.abs(numberOf(total as number)) >= 1e-3),
		).toBe(true);
		const sign = nextStop(data, 0, { kind: "sign" }, 0);
		expect(numberOf(sign?.step.local as number)).toBeLessThan(0);
		const named = nextStop(data, 0, { kind: "node", name: "y" }, 0);
		expect(named?.step.turn).toBe(named?.step.turns);
		expect(data.nodes[named?.step.to ?? -1]?.label).toBe("y");
		expect(arrivedAt(pass, named?.step.to ?? -1, named?.at ?? 0)?.total).toBe(
			data.nodes[named?.step.to ?? -1]?.gradients[0],
		);
		expect(nextStop(data, 0, { kind: "broken" }, 0)).toBeUndefined();
		expect(nextStop(data, 0, { kind: "node", name: "y" }, named?.at ?? 0)).toBeUndefined();
	});

	it("stops at NaN and infinity", () => {
		const z = scalar(0, "z");
		const broken = told(sqrt(z.mul(1)).mul(2));
		const stop = nextStop(broken, 0, { kind: "broken" }, 0);
		expect(stop?.step.contribution).toBe("Infinity");
	});

	it("knows what has arrived so far, and that nothing is not zero", () => {
		const node = nodeCalled(data, "y");
		expect(arrivedAt(pass, node, 0)).toBeUndefined();
		expect(arrivedAt(pass, node, stepsOf(data).length)?.turn).toBe(2);
	});
});

describe("the file", () => {
	const wicked = `</script><script>alert("1")</script><!--<img src=x onerror='alert(2)'>`;

	it("holds names as text: no markup, no script, no prototype", async () => {
		const w = scalar(2, wicked);
		const p = scalar(3, "__proto__");
		const loss = scope("<b>범위</b>", () => w.mul(p).named("가중치 \u2028 & \"'"));
		const html = await toHtml(loss, { title: wicked });
		expect(html).not.toContain("<script>alert");
		expect(html).not.toContain("<img");
		expect(html.match(/<script/g)).toHaveLength(3);
		expect(html.match(/<\/script>/g)).toHaveLength(3);
		const data = dataIn(html);
		expect(data.title).toBe(wicked);
		expect(data.nodes.map(({ label }) => label)).toEqual([wicked, "__proto__", "가중치 \u2028 & \"'"]);
		expect(data.scopes[1]?.name).toBe("<b>범위</b>");
		expect(({} as Record<string, unknown>).label).toBeUndefined();
	});

	it("allows the one script by its hash, and nothing from outside", async () => {
		const html = await toHtml(neuron().cost);
		const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
		const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? "";
		const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "";
		const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
		expect(policy).toContain(`script-src ${hash(script)} 'wasm-unsafe-eval';`);
		expect(policy).toContain(`style-src ${hash(style)};`);
		expect(policy).not.toContain("unsafe-inline");
		expect(policy).toContain("default-src 'none'");
		expect(html).not.toMatch(/<[^>]+ (?:src|href|on\w+|style)=/);
		expect(html.length).toBeLessThan(1_500_000);
	});

	it("is the same each time, and says which line of the program made a node", async () => {
		expect(await toHtml(neuron().cost)).toBe(await toHtml(neuron().cost));
		expect(isDebug()).toBe(false);
		setDebug(true);
		try {
			const x = scalar(1, "x");
			const data = told([x.mul(2).named("here"), tensor([1], { requiresGrad: true }).mul(2).named("there")]);
			for (const name of ["here", "there"])
				expect(data.nodes[nodeCalled(data, name)]?.line).toMatch(/explorer\.test\.ts:\d+:\d+/);
		} finally {
			setDebug(false);
		}
		expect(told(scalar(1).mul(2)).nodes.at(-1)?.line).toBeUndefined();
	});

	it("draws a function or module called with its inputs", async () => {
		const data = dataIn(await toHtml((x: Scalar) => x.square(), { inputs: [scalar(3)] }));
		expect(data.nodes.map(({ label }) => label)).toEqual(["input", "v₁"]);
	});
});
