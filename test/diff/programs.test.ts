/**
 * Whole programs on the tape: known results, long chains, random graphs against
 * an engine of the simplest kind, and the same bits every time.
 */
import {
	add,
	div,
	Generator,
	grad,
	gradients,
	logSoftmax,
	matmul,
	maximum,
	mean,
	mul,
	type Node,
	parameter,
	pow,
	randn,
	relu,
	type Scalar,
	scalar,
	seed,
	sin,
	square,
	sub,
	sum,
	type Tensor,
	tanh,
	tensor,
	where,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

// ---------------------------------------------------------------- known results

test("the expression of micrograd's README has its value and gradients", () => {
	const a = scalar(-4);
	const b = scalar(2);
	let c = a.add(b);
	let d = a.mul(b).add(b.pow(3));
	c = c.add(c.add(1));
	c = c.add(add(1, c).add(a.neg()));
	d = d.add(d.mul(2).add(b.add(a).relu()));
	d = d.add(mul(3, d).add(b.sub(a).relu()));
	const e = c.sub(d);
	const f = e.pow(2);
	let g = f.div(2);
	g = g.add(div(10, f));
	expect(g.value.toFixed(4)).toBe("24.7041");
	g.backward();
	expect((a.grad as number).toFixed(4)).toBe("138.8338");
	expect((b.grad as number).toFixed(4)).toBe("645.5773");
});

/** (1 + (x+y+1)²(19-14x+3x²-14y+6xy+3y²)) (30 + (2x-3y)²(18-32x+12x²+48y-36xy+27y²)) */
function goldsteinPrice(x: Scalar, y: Scalar): Scalar {
	const xx = mul(x, x);
	const xy = mul(x, y);
	const yy = mul(y, y);
	const first = add(add(sub(19, mul(14, x)), sub(mul(3, xx), mul(14, y))), add(mul(6, xy), mul(3, yy)));
	const second = add(add(sub(18, mul(32, x)), add(mul(12, xx), mul(48, y))), sub(mul(27, yy), mul(36, xy)));
	const left = add(1, mul(pow(add(add(x, y), 1), 2), first));
	return mul(left, add(30, mul(pow(sub(mul(2, x), mul(3, y)), 2), second)));
}

test("the function of Goldstein and Price at (1, 1) is 1876 with gradient (-5376, 8064)", () => {
	const [x, y] = [scalar(1), scalar(1)];
	const z = goldsteinPrice(x, y);
	z.backward();
	expect([z.value, x.grad, y.grad]).toEqual([1876, -5376, 8064]);
	const [dx, dy] = grad(([a, b]: readonly [Scalar, Scalar]) => goldsteinPrice(a, b))([0, -1]);
	expect([goldsteinPrice(scalar(0), scalar(-1)).value, dx + 0, dy + 0]).toEqual([3, 0, 0]); // the minimum
});

test("the mean of 3(x+2)² over four ones has gradient 4.5", () => {
	const x = parameter([
		[1, 1],
		[1, 1],
	]);
	const z = mean(mul(3, square(add(x, 2))));
	z.backward();
	expect(z.item()).toBe(27);
	expect(x.grad?.toArray()).toEqual([
		[4.5, 4.5],
		[4.5, 4.5],
	]);
});

test("Rosenbrock's valley is descended by Newton's method in exact steps", () => {
	const f = ([x, y]: readonly [Scalar, Scalar]): Scalar => add(square(sub(1, x)), mul(100, square(sub(y, square(x)))));
	const slope = grad(f);
	let [x, y] = [-1.2, 1] as [number, number];
	for (let count = 0; count < 7; count++) {
		const [gx, gy] = slope([x, y]);
		const [hxx, hxy] = grad((p: readonly [Scalar, Scalar]) => slope(p)[0] as unknown as Scalar)([x, y]);
		const [, hyy] = grad((p: readonly [Scalar, Scalar]) => slope(p)[1] as unknown as Scalar)([x, y]);
		const determinant = hxx * hyy - hxy * hxy;
		[x, y] = [x - (hyy * gx - hxy * gy) / determinant, y - (hxx * gy - hxy * gx) / determinant];
	}
	expect([x, y]).toEqual([expect.closeTo(1, 10), expect.closeTo(1, 10)]);
});

// ---------------------------------------------------------------- long chains

describe("long chains need no stack", () => {
	test("200,000 operations on numbers, forward and backward", () => {
		const x = scalar(0.5);
		let y: Scalar = x;
		for (let count = 0; count < 100_000; count++) y = add(mul(y, 0.5), 0.25);
		y.backward();
		expect(y.value).toBe(0.5);
		expect(x.grad).toBe(0); // 2^-100000 underflows, but it arrived
		const z = scalar(1);
		let w: Scalar = z;
		for (let count = 0; count < 100_000; count++) w = add(sub(w, 1), 1);
		w.backward();
		expect(z.grad).toBe(1);
	});

	test("200,000 numbers added up, each with its gradient", () => {
		const xs = Array.from({ length: 200_000 }, (_, at) => scalar(at));
		const total = xs.reduce((sofar, x) => add(sofar, x));
		total.backward();
		expect(total.value).toBe((199_999 * 200_000) / 2);
		expect(xs.every((x) => x.grad === 1)).toBe(true);
	});

	test("20,000 operations on tensors, forward and backward", () => {
		const x = parameter([1, -2, 3]);
		let y: Tensor = x;
		for (let count = 0; count < 10_000; count++) y = add(sub(y, 1), 1);
		sum(y).backward();
		expect(x.grad?.toArray()).toEqual([1, 1, 1]);
	});

	test("20,000 operations with the gradient recorded and differentiated again", () => {
		const x = scalar(1);
		let y: Scalar = mul(x, x);
		for (let count = 0; count < 10_000; count++) y = add(sub(y, 1), 1);
		const [first] = gradients(y, [x], { createGraph: true });
		const [second] = gradients(first, [x]);
		expect([first.value, second.value]).toEqual([2, 2]);
	});

	test("a chain that is listened to and read at intermediate places", () => {
		const x = scalar(2);
		const steps: Scalar[] = [x];
		for (let count = 0; count < 40_000; count++) steps.push(mul(steps.at(-1) as Scalar, 1));
		(steps.at(-1) as Scalar).backward();
		for (const at of [0, 1, 16_383, 16_384, 16_385, 32_768, 40_000]) expect(steps[at]?.grad).toBe(1);
	});
});

// ---------------------------------------------------------------- random graphs against the simplest engine

/** A number with a closure that passes its gradient on: reverse mode as in a lecture. */
class Plain {
	readonly value: number;
	grad = 0;
	private readonly back: (g: number) => void;

	constructor(value: number, back: (g: number) => void = () => undefined) {
		this.value = value;
		this.back = back;
	}

	push(): void {
		this.back(this.grad);
	}
}

interface Rule {
	readonly arity: 1 | 2 | 3;
	readonly ours: (x: Scalar, y: Scalar, w: Scalar) => Scalar;
	readonly value: (x: number, y: number, w: number) => number;
	readonly partials: (x: number, y: number, w: number) => readonly number[];
}

const share = (x: number, y: number): number => (x > y ? 1 : x === y ? 0.5 : 0);

const rules: readonly Rule[] = [
	{ arity: 2, ours: (x, y) => add(x, y), value: (x, y) => x + y, partials: () => [1, 1] },
	{ arity: 2, ours: (x, y) => sub(x, y), value: (x, y) => x - y, partials: () => [1, -1] },
	{ arity: 2, ours: (x, y) => mul(x, y), value: (x, y) => x * y, partials: (x, y) => [y, x] },
	{ arity: 1, ours: (x) => sin(x), value: (x) => Math.sin(x), partials: (x) => [Math.cos(x)] },
	{ arity: 1, ours: (x) => tanh(x), value: (x) => Math.tanh(x), partials: (x) => [1 - Math.tanh(x) ** 2] },
	{ arity: 1, ours: (x) => relu(x), value: (x) => Math.max(x, 0), partials: (x) => [x > 0 ? 1 : 0] },
	{ arity: 1, ours: (x) => mul(x, 0.75), value: (x) => x * 0.75, partials: () => [0.75] },
	{ arity: 1, ours: (x) => sub(1, x), value: (x) => 1 - x, partials: () => [-1] },
	{
		arity: 2,
		ours: (x, y) => maximum(x, y),
		value: (x, y) => Math.max(x, y),
		partials: (x, y) => [share(x, y), share(y, x)],
	},
	{
		arity: 3,
		ours: (x, y, w) => where(x, y, w),
		value: (x, y, w) => (x === 0 ? w : y),
		partials: (x) => [0, x === 0 ? 0 : 1, x === 0 ? 1 : 0],
	},
];

interface Graph {
	readonly ours: readonly Scalar[];
	readonly plain: readonly Plain[];
	readonly leaves: number;
}

/** The same random graph twice. Operands are often recent and sometimes old, so that chunks read from near and far. */
function build(count: number, leaves: number, random: Generator, reach: number): Graph {
	const ours: Scalar[] = [];
	const plain: Plain[] = [];
	for (let at = 0; at < leaves; at++) {
		const value = random.normal();
		ours.push(scalar(value));
		plain.push(new Plain(value));
	}
	while (ours.length < count) {
		const rule = rules[random.integer(rules.length)] as Rule;
		const pickOne = (): number => {
			const recent = random.uniform() < 0.8;
			return recent ? Math.max(0, ours.length - 1 - random.integer(reach)) : random.integer(ours.length);
		};
		const places = Array.from({ length: rule.arity }, pickOne);
		const xs = places.map((place) => plain[place] as Plain);
		const numbers = xs.map((x) => x.value) as [number, number, number];
		const z = rule.ours(...(places.map((place) => ours[place]) as [Scalar, Scalar, Scalar]));
		const slopes = rule.partials(...numbers);
		const value = rule.value(...numbers);
		ours.push(z);
		plain.push(
			new Plain(value, (g) => {
				for (const [operand, x] of xs.entries()) x.grad += g * (slopes[operand] as number);
			}),
		);
		// Products may grow without bound; a sine brings them back.
		if (Math.abs(value) > 4) {
			ours.push(sin(z));
			const from = plain.at(-1) as Plain;
			plain.push(
				new Plain(Math.sin(value), (g) => {
					from.grad += g * Math.cos(from.value);
				}),
			);
		}
	}
	return { ours, plain, leaves };
}

/** Differentiates both from the last node; says where values or gradients differ first. */
function verdictOn({ ours, plain, leaves }: Graph): string {
	const z = ours.at(-1) as Scalar;
	const last = plain.at(-1) as Plain;
	last.grad = 1;
	for (let at = plain.length - 1; at >= 0; at--) (plain[at] as Plain).push();
	const found = gradients(z, ours.slice(0, leaves), { unused: "zero" });
	z.backward();
	const scale = Math.max(1e-300, ...plain.slice(0, leaves).map((x) => Math.abs(x.grad)));
	for (let at = 0; at < plain.length; at++) {
		const { grad: expected, value } = plain[at] as Plain;
		const x = ours[at] as Scalar;
		const gradient = x.grad ?? 0;
		const size = Math.max(Math.abs(expected), at < leaves ? scale * 1e-3 : 1e-9);
		if (x.value !== value) return `value ${x.value} instead of ${value} at node ${at}`;
		if (!(Math.abs(gradient - expected) <= 1e-12 * size)) return `${gradient} instead of ${expected} at node ${at}`;
		if (at < leaves && found[at]?.value !== gradient) return `gradients() and backward() differ at leaf ${at}`;
	}
	return "agrees";
}

describe("random graphs", () => {
	test("of a few hundred operations agree with closures", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 2 ** 30 }),
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: 10, max: 600 }),
				(start, leaves, count) => {
					expect(verdictOn(build(count, leaves, new Generator(start), 12))).toBe("agrees");
				},
			),
			{ numRuns: 150, seed: 1 },
		);
	});

	test.each([16_380, 16_384, 16_390, 40_000, 70_000])(
		"of %i operations agree with closures across blocks and chunks",
		(count) => {
			expect(verdictOn(build(count, 40, new Generator(count), 30))).toBe("agrees");
		},
	);

	test("that grow in turns, with leaves made on the way, agree with closures", () => {
		const random = new Generator(9);
		const graphs = [build(50, 3, random, 5), build(50, 3, random, 5)] as [Graph, Graph];
		for (const graph of graphs) expect(verdictOn(graph)).toBe("agrees");
		for (let round = 0; round < 30; round++)
			expect(verdictOn(build(100 + random.integer(900), 4, random, 1 + random.integer(40)))).toBe("agrees");
	});

	test("stay right when they are differentiated while they grow", () => {
		const x = scalar(0.3);
		let y: Scalar = x;
		for (let count = 1; count <= 400; count++) {
			y = sin(mul(y, 1.1));
			if (count % 50 !== 0) continue;
			const [slope] = gradients(y, [x]);
			let [value, derivative] = [0.3, 1];
			for (let step = 0; step < count; step++) {
				derivative *= 1.1 * Math.cos(1.1 * value);
				value = Math.sin(1.1 * value);
			}
			expect(slope.value / derivative).toBeCloseTo(1, 11);
		}
	});
});

// ---------------------------------------------------------------- determinism

describe("the same seed gives the same bits", () => {
	/** Losses and weights of a small training run. */
	function run(): number[] {
		seed(42);
		const random = new Generator("data");
		const x = randn([32, 4], { generator: random });
		const target = randn([32, 3], { generator: random });
		const w = parameter(randn([4, 3]));
		const b = parameter(randn([3]));
		const numbers: number[] = [];
		for (let step = 0; step < 20; step++) {
			w.zeroGrad();
			b.zeroGrad();
			const loss: Node = mean(mul(logSoftmax(tanh(add(matmul(x, w), b))), target));
			loss.backward();
			w.assign(sub(w, mul(w.grad as Tensor, 0.1)));
			b.assign(sub(b, mul(b.grad as Tensor, 0.1)));
			numbers.push(loss.item());
		}
		return [...numbers, ...w.data, ...b.data];
	}

	test("of losses and weights over a training run", () => {
		const first = run();
		const second = run();
		expect(first.every((value, at) => Object.is(value, second[at]))).toBe(true);
		expect(first.some((value) => value !== first[0])).toBe(true);
	});

	test("of gradients, whatever was computed before", () => {
		const gradient = (): number[] => {
			const graph = build(2000, 10, new Generator(7), 20);
			return gradients(graph.ours.at(-1) as Scalar, graph.ours.slice(0, 10), { unused: "zero" }).map((g) => g.value);
		};
		const first = gradient();
		build(12_345, 7, new Generator(8), 3);
		sum(tensor([1, 2, 3])).item();
		expect(gradient().every((value, at) => Object.is(value, first[at]))).toBe(true);
	});
});
