import { Generator, type Tensor } from "chainrule";
import { blobs, circles, type Labelled, linear, moons, spirals, xor } from "chainrule/data";
import { describe, expect, it } from "vitest";

const rows = (x: Tensor): number[][] => x.toArray() as number[][];
const sets = { moons, circles, spirals, xor, blobs, linear };

/** The points of one class, in the order they come. */
function members({ x, y }: Labelled, label: number): number[][] {
	return rows(x).filter((_, i) => y.data[i] === label);
}

describe.each(Object.entries(sets))("%s", (_, draw) => {
	it("is the same for the same seed and another for another", () => {
		const options = { samples: 20, noise: 0.1 };
		const [first, again, other] = [1, 1, 2].map((seed) => draw({ ...options, seed }));
		expect(again?.x.data).toEqual(first?.x.data);
		expect(again?.y.data).toEqual(first?.y.data);
		expect(other?.x.data).not.toEqual(first?.x.data);
	});

	it("takes its numbers from the generator that is given, and leaves it further on", () => {
		const generator = new Generator(1);
		const first = draw({ samples: 20, noise: 0.1, generator });
		expect(first.x.data).toEqual(draw({ samples: 20, noise: 0.1, seed: 1 }).x.data);
		expect(draw({ samples: 20, noise: 0.1, generator }).x.data).not.toEqual(first.x.data);
	});

	it("gives as many rows as asked for, in the dtype asked for", () => {
		for (const samples of [1, 2, 7, 100]) {
			const { x, y } = draw({ samples, dtype: "float32" });
			expect([x.shape, x.dtype, y.shape]).toEqual([[samples, 2], "float32", [samples]]);
		}
	});
});

describe("sets of classes", () => {
	it.each([moons, circles, xor, spirals])("are as many of one class as of the other", (draw) => {
		expect(draw({ samples: 100, seed: 3 }).y.sum().item()).toBe(50);
	});

	it("come in mixed order, and in the order of their classes when asked", () => {
		expect(moons({ samples: 6, shuffle: false }).y.toArray()).toEqual([0, 0, 0, 1, 1, 1]);
		expect(new Set(moons({ samples: 100, seed: 1 }).y.data.slice(0, 20)).size).toBe(2);
	});
});

describe("where the points lie", () => {
	it("moons: on the half circles of scikit-learn", () => {
		const set = moons({ samples: 5, shuffle: false });
		// sklearn.datasets.make_moons(5, shuffle=False)
		const known = [
			[1, 0],
			[-1, 0],
			[0, 0.5],
			[1, -0.5],
			[2, 0.5],
		];
		rows(set.x).forEach((point, i) => {
			point.forEach((coordinate, k) => {
				expect(coordinate).toBeCloseTo(known[i]?.[k] as number, 14);
			});
		});
	});

	it("circles: on radius 1 and on the factor", () => {
		const set = circles({ samples: 40, factor: 0.3, seed: 1 });
		for (const [label, radius] of [1, 0.3].entries()) {
			for (const [a, b] of members(set, label)) expect(Math.hypot(a as number, b as number)).toBeCloseTo(radius, 14);
		}
	});

	it("spirals: each arm turned against the one before it, the angle growing with the radius", () => {
		const set = spirals({ samples: 30, classes: 3, turns: 2, shuffle: false });
		for (const label of [0, 1, 2]) {
			members(set, label).forEach(([a, b], i) => {
				const t = i / 9;
				const angle = 2 * Math.PI * (2 * t + label / 3);
				expect(a).toBeCloseTo(t * Math.cos(angle), 12);
				expect(b).toBeCloseTo(t * Math.sin(angle), 12);
			});
		}
	});

	it("xor: with noise, around the corner whose class they have", () => {
		const { x, y } = xor({ samples: 400, noise: 0.05, seed: 2 });
		rows(x).forEach(([a, b], i) => {
			expect(Math.round(a as number) ^ Math.round(b as number)).toBe(y.data[i]);
		});
	});

	it("blobs: around the centres given, as wide as the noise", () => {
		const centers = [
			[0, 0, 9],
			[5, -5, 0],
		];
		const set = blobs({ samples: 4_000, centers, noise: 0.5, seed: 1 });
		expect(set.x.shape).toEqual([4_000, 3]);
		for (const [label, center] of centers.entries()) {
			const points = members(set, label);
			center.forEach((middle, k) => {
				const coordinates = points.map((point) => point[k] as number);
				const mean = coordinates.reduce((sum, c) => sum + c, 0) / points.length;
				const variance = coordinates.reduce((sum, c) => sum + (c - mean) ** 2, 0) / points.length;
				expect(Math.abs(mean - middle)).toBeLessThan(0.05);
				expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan(0.03);
			});
		}
	});

	it("linear: on the plane, and around it with noise", () => {
		const weights = [1, 2, 3];
		const errorOf = (noise: number): number[] => {
			const { x, y } = linear({ samples: 2_000, weights, bias: -1, noise, seed: 1 });
			return rows(x).map(
				(row, i) => (y.data[i] as number) - row.reduce((sum, v, k) => sum + v * (weights[k] as number), -1),
			);
		};
		for (const error of errorOf(0)) expect(Math.abs(error)).toBeLessThan(1e-14);
		const errors = errorOf(0.5);
		expect(Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length)).toBeCloseTo(0.5, 1);
	});
});
