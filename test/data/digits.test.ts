import { createHash } from "node:crypto";
import { accuracy, digits } from "chainrule/data";
import { describe, expect, it } from "vitest";

describe("drawn digits", () => {
	const { x, y } = digits({ samples: 600, seed: 1 });
	const pixels = x.data;

	it("lie in the layout of MNIST, every digit as often", () => {
		expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[600, 784], "float64", [600], "int32"]);
		for (let digit = 0; digit < 10; digit++) expect(y.data.filter((label: number) => label === digit)).toHaveLength(60);
	});

	it("have pixels that are bytes, divided by 255", () => {
		expect(pixels.filter((pixel: number) => Math.round(pixel * 255) / 255 !== pixel)).toHaveLength(0);
		expect([x.min().item(), x.max().item()]).toEqual([0, 1]);
	});

	it("leave the margin black that MNIST leaves, and are written in the middle", () => {
		const clean = digits({ samples: 300, noise: 0, seed: 2 });
		const middle = clean.x.reshape([300, 28, 28]).sum({ axis: 0 });
		const ink = middle.sum().item();
		const [rows, columns] = [1, 0].map((axis) => middle.sum({ axis }).data as Float64Array);
		const centre = (line: Float64Array | undefined): number =>
			(line as Float64Array).reduce((sum, value, k) => sum + (k + 0.5) * value, 0) / ink;
		expect(Math.abs(centre(rows) - 14)).toBeLessThan(0.5);
		expect(Math.abs(centre(columns) - 14)).toBeLessThan(0.5);
		expect((rows?.[0] as number) + (rows?.[27] as number)).toBeLessThan(0.001 * ink);
		// MNIST has 0.13 of its pixels white on average.
		expect(ink / (300 * 784)).toBeGreaterThan(0.08);
		expect(ink / (300 * 784)).toBeLessThan(0.18);
	});

	it("are the same bytes on every machine", () => {
		const bytes = Uint8Array.from(pixels, (pixel) => Math.round(255 * pixel));
		expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toMatchInlineSnapshot(`"c972d373375bdab7"`);
	});

	it("can be told apart by the nearest of a few hundred others, yet none is like another", () => {
		const known = 400;
		const guesses = Array.from({ length: 200 }, (_, i) => {
			let best = { distance: Number.POSITIVE_INFINITY, label: -1 };
			for (let k = 0; k < known; k++) {
				let distance = 0;
				for (let p = 0; p < 784; p++) {
					distance += ((pixels[(known + i) * 784 + p] as number) - (pixels[k * 784 + p] as number)) ** 2;
				}
				if (distance < best.distance) best = { distance, label: y.data[k] as number };
			}
			expect(best.distance).toBeGreaterThan(1);
			return best.label;
		});
		const found = accuracy(guesses, y.data.slice(known) as Int32Array);
		expect(found).toBeGreaterThan(0.85);
	});
});
