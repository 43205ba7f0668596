/**
 * Memory of cotangents is used again within a pass. Where that goes wrong,
 * numbers are silently overwritten: so random graphs are differentiated with
 * and without it and compared bit by bit, and everything that somebody else
 * could have kept is looked at again afterwards.
 */
import {
	add,
	checkpoint,
	concat,
	customGradient,
	exp,
	Generator,
	gather,
	gradients,
	matmul,
	mul,
	noGrad,
	onGradient,
	parameter,
	reshape,
	slice,
	softmax,
	square,
	sub,
	sum,
	Tensor,
	tanh,
	tensor,
	transpose,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { ancestors } from "../../src/core/graph.js";
import type { Custom } from "../../src/core/op.js";
import { custom } from "../../src/ops/define.js";

const same = (x: Tensor, y: Tensor): boolean => x.data.every((element, at) => Object.is(element, y.data[at]));

/** What somebody keeps of a pass, and what it was when it was kept. */
type Kept = { readonly tensor: Tensor; readonly elements: Tensor["data"] }[];
const keep = (kept: Kept, tensor: Tensor): void => void kept.push({ tensor, elements: tensor.data });

function unchanged(kept: Kept): void {
	for (const { tensor, elements } of kept) expect(tensor.data).toEqual(elements);
}

/** Half of both, with one new gradient for two operands. */
const halves: Custom<undefined> = custom<undefined>("testHalves", {
	shape: ([x]) => x as readonly number[],
	forward: ([x, y]) => noGrad(() => mul(add(x as Tensor, y as Tensor), 0.5)),
	pull: (gz) => {
		const g = mul(gz, 0.5);
		return [g, g];
	},
	samples: [{ shapes: [[3], [3]], attributes: undefined }],
});

/** Steps from tensors of one shape to another of that shape. Each hands its cotangent on in a way of its own. */
const steps: readonly ((x: Tensor, y: Tensor, kept: Kept) => Tensor)[] = [
	(x) => tanh(x),
	(x) => mul(exp(mul(x, 0.1)), 0.5),
	(x) => mul(x, -0.7),
	(x, y) => add(x, y), // one cotangent for both
	(x, y) => sub(x, y),
	(x) => add(x, x),
	(x) => mul(square(tanh(x)), x),
	(x, y) => mul(x, tanh(y)),
	(x) => tanh(reshape(reshape(x, [x.size]), [height, -1])), // views of one storage
	(x) => transpose(tanh(transpose(x))),
	(x) => add(x, sum(x, { axis: 0, keepDims: true })), // a cotangent that is repeated
	(x) => add(x, mul(sum(x), 0.01)),
	(x, y) => concat([slice(x, [[0, 6]]), slice(y, [[6, null]])]), // parts of one
	(x, y) => add(slice(x, [[null, null, -1]]), y),
	(x, y) =>
		add(
			gather(
				x,
				tensor(
					Int32Array.from({ length: x.size }, (_, at) => (7 * at) % height),
					{ shape: x.shape },
				),
			),
			y,
		),
	(x, y) => softmax(add(x, y), { axis: 0 }),
	(x, y) => matmul(matmul(x, transpose(y)), mul(x, 0.5 / x.size)),
	(x, y) => checkpoint((u: Tensor, v: Tensor) => tanh(add(mul(u, v), u)))(x, y),
	(x) => mul(x.named("twice"), x.detach()),
	(x, _, kept) =>
		customGradient(
			(u: Tensor) => u.detach(),
			(gz) => {
				keep(kept, gz as Tensor);
				return gz;
			},
		)(x),
	(x, y, kept) =>
		customGradient(
			(u: Tensor, v: Tensor) => add(u, v),
			(gz) => {
				const g = mul(gz, 0.5) as Tensor;
				keep(kept, g);
				return [g, g];
			},
		)(x, y),
	(x, _, kept) =>
		customGradient(
			(u: Tensor) => mul(u, 0.5),
			(gz) => {
				const g = mul(gz, 0.5) as Tensor;
				keep(kept, g);
				return g;
			},
		)(x),
	(x, y) => halves.call([x, y], undefined) as Tensor,
	(x, y, kept) => {
		const z = add(x, y);
		onGradient(z, (g) => keep(kept, g));
		return z;
	},
];

interface Program {
	readonly leaves: readonly Tensor[];
	readonly nodes: readonly Tensor[];
	readonly loss: Tensor;
	readonly kept: Kept;
}

/** More elements than share a slab; and more than are computed one by one. */
const [medium, large] = [10, 150];
const height = 15;

function program(seed: number, dtype: "float64" | "float32" = "float64", width: number = medium): Program {
	const generator = new Generator(seed);
	const whole = (below: number): number => Math.floor(below * generator.uniform());
	const leaves = [0, 1, 2].map(() =>
		parameter(
			Array.from({ length: height * width }, () => generator.uniform() - 0.5),
			{ shape: [height, width], dtype },
		),
	);
	const kept: Kept = [];
	const nodes: Tensor[] = [...leaves];
	for (let count = 0; count < 12; count++) {
		const step = steps[whole(steps.length)] as (typeof steps)[number];
		// Late nodes more often than early ones, so that chains grow long and branch.
		const pick = (): Tensor => nodes[nodes.length - 1 - whole(Math.min(nodes.length, 4))] as Tensor;
		nodes.push(step(pick(), pick(), kept));
	}
	const ends = [...leaves, ...nodes.slice(-3)];
	const loss = ends.map((x) => sum(mul(x, tanh(x)))).reduce((total, term) => add(total, term));
	return { leaves, nodes: nodes.slice(3), loss, kept };
}

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

describe("random graphs", () => {
	test.each([
		["float64", medium, 150],
		["float32", medium, 150],
		["float32", large, 30],
	] as const)(
		"have the same gradients, bit by bit, where every cotangent is retained: %s [15, %i]",
		(dtype, width, count) => {
			for (const seed of seeds.slice(0, count)) {
				const used = program(seed, dtype, width);
				used.loss.backward();
				const apart = program(seed, dtype, width);
				for (const node of ancestors([apart.loss])) if (node instanceof Tensor) node.retainGrad();
				apart.loss.backward();
				const expected = gradients(apart.loss, apart.nodes, { unused: "undefined" });
				for (const [index, node] of apart.nodes.entries()) expect(node.grad?.data).toEqual(expected[index]?.data);
				for (const [index, leaf] of used.leaves.entries()) {
					expect(same(leaf.grad as Tensor, apart.leaves[index]?.grad as Tensor), `seed ${seed}, leaf ${index}`).toBe(
						true,
					);
				}
				unchanged(used.kept);
				unchanged(apart.kept);
			}
		},
	);

	test("have the gradients that recorded operations find", () => {
		for (const seed of seeds) {
			const { loss, leaves, nodes } = program(seed);
			const variables = [...leaves, ...nodes];
			const found = gradients(loss, variables, { unused: "undefined" });
			const recorded = gradients(loss, variables, { createGraph: true, unused: "undefined" });
			for (const [index, g] of found.entries()) {
				const other = recorded[index];
				expect(other === undefined).toBe(g === undefined);
				if (g === undefined || other === undefined) continue;
				const difference = sub(g, other).data;
				expect(Math.max(...difference.map(Math.abs)), `seed ${seed}, variable ${index}`).toBeLessThan(1e-9);
			}
		}
	});

	test("give intermediate values the same gradients, asked for alone or all at once", () => {
		for (const seed of seeds.slice(0, 60)) {
			const { loss, nodes, leaves } = program(seed);
			const variables = [...leaves, ...nodes];
			const options = { unused: "zero" } as const;
			const together = gradients(loss, variables, options);
			const before = together.map((g) => g.data);
			for (const [index, x] of variables.entries()) {
				const [alone] = gradients(loss, [x], options);
				expect(same(alone as Tensor, together[index] as Tensor), `seed ${seed}, variable ${index}`).toBe(true);
			}
			for (const [index, g] of together.entries()) expect(g.data).toEqual(before[index]);
		}
	});
});

describe("what somebody else holds is never written into", () => {
	const leaf = (): Tensor =>
		parameter(
			Array.from({ length: 300 }, (_, at) => at / 300 - 0.5),
			{ shape: [300] },
		);

	test("a cotangent given by the caller", () => {
		const x = leaf();
		const seed = leaf().detach();
		const before = seed.data;
		tanh(tanh(add(x, x))).backward({ cotangent: seed });
		expect(seed.data).toEqual(before);
	});

	test("a gradient from the pass before", () => {
		const x = leaf();
		const y = tanh(mul(x, 2));
		sum(tanh(y)).backward();
		const first = x.grad as Tensor;
		const before = first.data;
		sum(tanh(y)).backward();
		expect(first.data).toEqual(before);
	});

	test("gradients of two leaves that are one cotangent", () => {
		const [x, y] = [leaf(), leaf()];
		sum(tanh(tanh(add(x, y)))).backward();
		expect(x.grad?.data).toEqual(y.grad?.data);
		const before = y.grad?.data;
		sum(tanh(x)).backward();
		expect(y.grad?.data).toEqual(before);
	});

	test("values of the forward pass", () => {
		const x = leaf();
		const y = tanh(x);
		const z = exp(y);
		const before = [x.data, y.data, z.data];
		sum(mul(z, y)).backward();
		expect([x.data, y.data, z.data]).toEqual(before);
	});
});

test("a chain of operations needs the memory of one cotangent", () => {
	const x = parameter(new Float64Array(1000));
	let y: Tensor = x;
	for (let count = 0; count < 10; count++) y = tanh(y);
	const made = Float64Array;
	let arrays = 0;
	const counting = new Proxy(made, {
		construct(target, [length]: [number]) {
			if (length === x.size) arrays++;
			return new target(length);
		},
	});
	const total = sum(y);
	globalThis.Float64Array = counting;
	try {
		total.backward();
	} finally {
		globalThis.Float64Array = made;
	}
	expect(arrays).toBe(1);
});
