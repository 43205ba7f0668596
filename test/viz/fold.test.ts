/**
 * Folding: what is seen, that no use is lost, and that what can be asked for is given.
 */
import {
	add,
	ancestors,
	fixed,
	Generator,
	mul,
	type Node,
	originOf,
	parameter,
	type Scalar,
	scalar,
	scope,
	sin,
	square,
	sum,
	tanh,
} from "chainrule";
import { MLP } from "chainrule/nn";
import { toDot, toSvg } from "chainrule/viz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FoldOptions, folded } from "../../viz/fold.js";
import { type Box, boxesIn, type Picture, pictureOf, type Shown } from "../../viz/picture.js";
import { read, textOf } from "./read.js";

/** Three layers of one structure in a scope, then a cost. */
function network(): Scalar {
	let x: Scalar = fixed(0.5, "x");
	scope("net", () => {
		for (const layer of [1, 2, 3]) x = scope(`layer${layer}`, () => tanh(mul(x, scalar(layer, `w${layer}`))));
	});
	return scope("cost", () => square(x)).named("C");
}

function pictured(output: Node): Picture {
	return pictureOf({ outputs: [output], names: new Map() }, { gradients: false });
}

/** True where the edges of a picture run in a circle. */
function isCircular({ edges }: Picture<Shown>): boolean {
	const readers = new Map<Shown, Shown[]>();
	for (const { from, to } of edges) readers.set(from, [...(readers.get(from) ?? []), to]);
	const state = new Map<Shown, "open" | "done">();
	const visit = (box: Shown): boolean => {
		if (state.get(box) === "open") return true;
		if (state.get(box) === "done") return false;
		state.set(box, "open");
		const found = (readers.get(box) ?? []).some(visit);
		state.set(box, "done");
		return found;
	};
	return [...readers.keys()].some(visit);
}

function uses(picture: Picture<Shown>): number {
	return picture.edges.reduce((total, edge) => total + edge.uses, 0);
}

describe("scopes", () => {
	test("fold at a depth, by name, and by the end of their path", () => {
		const text = (options: object): string => textOf(toDot(network(), { values: false, gradients: false, ...options }));
		expect(text({ depth: 0 })).toMatchInlineSnapshot(`
			"cost, 1 operation, gives C  (output, folded)
			net, 6 operations, 3 variables, 1 input  (operation, folded)

			net -> cost"
		`);
		expect(text({ depth: 1, fold: ["cost"] })).toMatchInlineSnapshot(`
			"cost, 1 operation, gives C  (output, folded)
			net: layer1, 2 operations, 1 variable  (operation, folded)
			net: layer2, 2 operations, 1 variable  (operation, folded)
			net: layer3, 2 operations, 1 variable  (operation, folded)
			net: x  (input)

			layer1 -> layer2
			layer2 -> layer3
			layer3 -> cost
			x -> layer1"
		`);
		expect(text({ fold: ["net/layer2"] })).toMatchInlineSnapshot(`
			"cost: C x²  (output)
			net / layer1: tanh  (operation)
			net / layer1: w1  (variable)
			net / layer1: ×  (operation)
			net / layer3: tanh  (operation)
			net / layer3: w3  (variable)
			net / layer3: ×  (operation)
			net: layer2, 2 operations, 1 variable  (operation, folded)
			net: x  (input)

			layer2 -> ×
			tanh -> C x²
			tanh -> layer2
			w1 -> ×
			w3 -> ×
			x -> ×
			× -> tanh
			× -> tanh"
		`);
		expect(text({ fold: ["other/layer2"] })).toBe(text({}));
	});

	test("open against what is said otherwise, those around them too", () => {
		const text = textOf(toDot(network(), { values: false, gradients: false, depth: 0, unfold: ["layer2"] }));
		expect(text).toMatchInlineSnapshot(`
			"cost, 1 operation, gives C  (output, folded)
			net / layer2: tanh  (operation)
			net / layer2: w2  (variable)
			net / layer2: ×  (operation)
			net: layer1, 2 operations, 1 variable  (operation, folded)
			net: layer3, 2 operations, 1 variable  (operation, folded)
			net: x  (input)

			layer1 -> ×
			layer3 -> cost
			tanh -> layer3
			w2 -> ×
			x -> layer1
			× -> tanh"
		`);
	});

	test("a folded scope says what comes out of it", () => {
		const y = scope("double", () => mul(scalar(3, "w"), 2).named("twice"));
		const graph = read(toDot(square(y), { depth: 0 }));
		const [group] = [...graph.nodes.values()].filter(({ classes }) => classes.includes("folded"));
		expect(group?.rows).toEqual([
			["double"],
			["1 operation, 1 variable"],
			["gives", "twice"],
			["value", "6"],
			["grad", "12"],
		]);
	});

	test("both passes fold alike, and links lead from box to box", () => {
		const graph = read(toDot(network(), { pass: "both", depth: 0 }));
		const name = (id: string): string => graph.nodes.get(id)?.rows[0]?.[0] ?? "";
		expect(new Set(graph.links.map(({ from, to }) => `${name(from)} ⋯ ${name(to)}`))).toEqual(
			new Set(["cost ⋯ cost", "net ⋯ net"]),
		);
	});
});

describe("repetitions", () => {
	test("scopes of one structure in a row are one box", () => {
		expect(textOf(toDot(network(), { values: false, gradients: false, repeats: true }))).toMatchInlineSnapshot(`
			"cost: C x²  (output)
			net: layer1 … layer3 × 3, 6 operations, 3 variables  (operation, folded)
			net: x  (input)

			layer1 … layer3 × 3 -> C x²
			x -> layer1 … layer3 × 3"
		`);
	});

	test("one that is asked for stays open, and cuts the row", () => {
		let x: Scalar = scalar(1, "x");
		for (let step = 0; step < 6; step++) x = scope("step", () => sin(x));
		const graph = read(toDot(x, { repeats: true, unfold: ["step#3"] }));
		const heads = [...graph.nodes.values()].map(({ rows }) => rows[0]?.join(" ") ?? "");
		expect(heads.sort()).toEqual(["sin", "step × 2", "step × 3"]);
	});

	test("scopes that differ inside do not count as repetitions", () => {
		const x = scope("b2", () => square(scope("b1", () => sin(scalar(1, "x")))));
		expect(
			[...read(toDot(x, { repeats: true })).nodes.values()].some(({ classes }) => classes.includes("folded")),
		).toBe(false);
	});
});

describe("large computations", () => {
	test("more than 500 boxes become 60 at most, of whatever shape", () => {
		let chain: Scalar = scalar(0.3, "x");
		for (let step = 0; step < 3_000; step++) chain = sin(mul(chain, 1.01));
		const model = new MLP(4, [20, 20, 1], { generator: new Generator(1) });
		const output = model.call([1, 2, 3, 4]) as unknown as Scalar;
		const wide = Array.from({ length: 2_000 }, (_, at) => scalar(at)).reduce((total, x) => add(total, x));
		for (const root of [chain, [output].flat()[0] as Scalar, wide]) {
			const count = read(toDot(root)).nodes.size;
			expect(count).toBeLessThanOrEqual(60);
			expect(count).toBeGreaterThan(1);
			expect(ancestors([root]).length).toBeGreaterThan(500);
		}
	});

	test("ten thousand nodes are folded and laid out, the same bytes each time", async () => {
		const build = (): Scalar => {
			let x: Scalar = scalar(0.3, "x");
			for (let step = 0; step < 2_500; step++) x = scope("step", () => tanh(add(mul(x, 1.5), 0.1)));
			return x;
		};
		const root = build();
		expect(ancestors([root]).length).toBeGreaterThan(10_000);
		const svg = await toSvg(root);
		expect(svg.match(/class="node /g)?.length).toBeLessThanOrEqual(60);
		expect(await toSvg(build())).toBe(svg);
	});

	test("what is unfolded is open in a large picture, too", () => {
		const model = new MLP(20, [30, 30, 1], { generator: new Generator(1) });
		const [output] = [model.call(Array.from({ length: 20 }, () => 1)) as unknown as Scalar].flat();
		const graph = read(toDot(output as Scalar, { unfold: ["layers.1/neurons.7"] }));
		const open = [...graph.nodes.values()].some(({ clusters }) => clusters.join("/") === "mlp/layers.1/neurons.7");
		expect(open).toBe(true);
	});
});

describe("whatever is folded", () => {
	const step = fc.tuple(fc.nat(4), fc.nat(1_000), fc.nat(1_000), fc.nat(5));
	test("every use is inside of a box or along an edge, boxes are kept, edges make no circle, and the limit holds", () => {
		fc.assert(
			fc.property(
				fc.array(step, { minLength: 2, maxLength: 60 }),
				fc.integer({ min: 3, max: 12 }),
				(steps, maxBoxes) => {
					const known: Scalar[] = [scalar(0.5, "p"), scalar(0.7, "q")];
					const apply = (choice: number, x: Scalar, y: Scalar): Scalar =>
						[() => add(x, y), () => mul(x, y), () => sin(x), () => tanh(x), () => mul(x, 2)][choice]?.() as Scalar;
					for (const [choice, first, second, depth] of steps) {
						const [x, y] = [known[first % known.length], known[second % known.length]] as [Scalar, Scalar];
						const inner = (): Scalar => apply(choice, x, y);
						const nested = depth === 0 ? inner : () => scope(`s${depth}`, () => square(inner()));
						known.push(depth > 3 ? scope("outer", () => tanh(nested())) : nested());
					}
					const whole = pictured(known.slice(-6).reduce((total, x) => add(total, x)));
					for (const options of [{ maxBoxes }, { depth: 0 }, { repeats: true }, { fold: ["s2"] }] as FoldOptions[]) {
						const picture = folded(whole, options, false);
						const shown = boxesIn(picture.root);
						const inside = new Map(
							shown.flatMap((box) =>
								(box.kind === "group" ? box.boxes : [box]).map((inner): [Box, Shown] => [inner, box]),
							),
						);
						expect(new Set(inside.keys())).toEqual(new Set(boxesIn(whole.root)));
						const hidden = whole.edges.filter(({ from, to }) => inside.get(from) === inside.get(to)).length;
						expect(uses(picture) + hidden).toBe(uses(whole));
						expect(isCircular(picture)).toBe(false);
						expect(shown.length).toBeLessThanOrEqual(options.maxBoxes ?? shown.length);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	test("the edges of a picture that is not folded are those of the tape", () => {
		const loss = sum(tanh(parameter([1, 2], { name: "x" })));
		expect(uses(pictured(loss))).toBe(ancestors([loss]).flatMap((x) => originOf(x)?.inputs ?? []).length);
	});
});
