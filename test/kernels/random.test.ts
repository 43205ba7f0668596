import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { defaultGenerator, Generator, type GeneratorState, seed } from "../../src/kernels/random.js";

function draw(count: number, next: () => number): number[] {
	return Array.from({ length: count }, next);
}

function mean(values: readonly number[], of: (value: number) => number = (value) => value): number {
	return values.reduce((sum, value) => sum + of(value), 0) / values.length;
}

describe("Generator", () => {
	it("gives the same numbers for the same seed, always", () => {
		const random = new Generator(0);
		expect([
			random.uniform(),
			random.uniform(),
			random.normal(),
			random.normal(),
			random.integer(1000),
		]).toMatchInlineSnapshot(`
			[
			  0.34289255231606797,
			  0.697062897114777,
			  -1.6465722259116147,
			  0.5679889129114143,
			  73,
			]
		`);
		expect(new Generator("a name").uniform()).toMatchInlineSnapshot(`0.04839522246852168`);
		expect(new Generator(0).state).toMatchInlineSnapshot(`
			{
			  "algorithm": "xoroshiro128plus",
			  "spare": null,
			  "words": [
			    601951119,
			    -1250997275,
			    1263868393,
			    -1571257703,
			  ],
			}
		`);
	});

	it("takes numbers and text for seeds, 1 and '1' being the same", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (value) => {
				expect(new Generator(value).uniform()).toBe(new Generator(value).uniform());
				expect(new Generator(String(value)).uniform()).toBe(new Generator(value).uniform());
			}),
		);
	});

	it("gives unrelated streams for neighbouring seeds", () => {
		const streams = draw(50, () => 0).map((_, value) => {
			const random = new Generator(value);
			return draw(2000, () => random.uniform() - 0.5);
		});
		for (let i = 1; i < streams.length; i++) {
			const a = streams[i - 1] as number[];
			const b = streams[i] as number[];
			const correlation = 12 * mean(a.map((value, j) => value * (b[j] as number)));
			expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(2000));
		}
		// The first numbers of many seeds are themselves uniform.
		const first = draw(10_000, () => 0).map((_, value) => new Generator(value).uniform());
		expect(Math.abs(mean(first) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 10_000));
		expect(new Set(first).size).toBe(10_000);
	});

	it("refuses a seed that is no number", () => {
		expect(() => new Generator(Number.NaN)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: random: not a seed
			  expected  a finite number or a text
			  actual    NaN]
		`);
		expect(() => new Generator(Number.POSITIVE_INFINITY)).toThrow("a finite number or a text");
	});

	it("continues exactly from a saved state, also between the two normals of a pair", () => {
		fc.assert(
			fc.property(fc.integer(), fc.nat(5), fc.nat(5), (value, uniforms, normals) => {
				const random = new Generator(value);
				draw(uniforms, () => random.uniform());
				draw(normals, () => random.normal());
				const saved = JSON.parse(JSON.stringify(random.state)) as GeneratorState;
				const next = (from: Generator): number[] => [
					from.normal(),
					from.normal(),
					from.uniform(),
					from.normal(),
					from.integer(10),
				];
				const expected = next(random);
				const other = new Generator("another");
				other.normal();
				other.state = saved;
				expect(next(other)).toEqual(expected);
				other.state = saved;
				expect(next(other)).toEqual(expected);
			}),
		);
	});

	it("refuses what is not a state", () => {
		const random = new Generator(0);
		const good = random.state;
		const bad: unknown[] = [
			null,
			undefined,
			7,
			{},
			{ ...good, algorithm: "mersenne" },
			{ ...good, words: [1, 2, 3] },
			{ ...good, words: [1, 2, 3, 4.5] },
			{ ...good, words: [0, 0, 0, 0] },
			{ ...good, spare: "1" },
			{ ...good, spare: Number.NaN },
		];
		for (const state of bad) {
			expect(() => {
				random.state = state as GeneratorState;
			}).toThrow("not a state of a generator");
		}
		expect(random.state).toEqual(good);
		expect(() => {
			random.state = {} as GeneratorState;
		}).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: random: not a state of a generator
			  expected  { algorithm: "xoroshiro128plus", words: four 32-bit integers, not all 0, spare: a number or null }
			  actual    {}
			  fix       assign what \`generator.state\` returned, or what JSON.parse made of its JSON]
		`);
	});

	it("draws uniform numbers with the moments of the uniform distribution", () => {
		const random = new Generator(1);
		const values = draw(200_000, () => random.uniform());
		expect(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53))).toBe(true);
		expect(mean(values)).toBeCloseTo(1 / 2, 2);
		expect(mean(values, (value) => value ** 2)).toBeCloseTo(1 / 3, 2);
		expect(mean(values, (value) => value ** 3)).toBeCloseTo(1 / 4, 2);
		expect(values.some((value) => (value * 2 ** 53) % 2 === 1)).toBe(true);
	});

	it("draws normal numbers with the moments of the normal distribution", () => {
		const random = new Generator(2);
		const values = draw(400_000, () => random.normal());
		expect(Math.abs(mean(values))).toBeLessThan(0.01);
		expect(Math.abs(mean(values, (value) => value ** 2) - 1)).toBeLessThan(0.015);
		expect(Math.abs(mean(values, (value) => value ** 3))).toBeLessThan(0.03);
		expect(Math.abs(mean(values, (value) => value ** 4) - 3)).toBeLessThan(0.1);
		expect(mean(values, (value) => (Math.abs(value) < 1 ? 1 : 0))).toBeCloseTo(0.6827, 2);
		// Neither neighbours nor the two of a pair are related.
		expect(Math.abs(mean(values.slice(1).map((value, i) => value * (values[i] as number))))).toBeLessThan(0.01);
		expect(values.every(Number.isFinite)).toBe(true);
	});

	it("draws whole numbers without bias", () => {
		for (const bound of [1, 2, 3, 7, 10, 1000]) {
			const random = new Generator(bound);
			const count = 100 * bound + 50_000;
			const counts = new Array<number>(bound).fill(0);
			for (let i = 0; i < count; i++) (counts[random.integer(bound)] as number)++;
			expect(counts.reduce((a, b) => a + b, 0)).toBe(count);
			// Pearson's chi squared has mean bound - 1 and variance 2 (bound - 1).
			const expected = count / bound;
			const square = counts.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
			expect(Math.abs(square - (bound - 1))).toBeLessThanOrEqual(5 * Math.sqrt(2 * (bound - 1)));
		}
	});

	it("draws whole numbers without bias where a modulo would show it", () => {
		// With 2^53 values, three quarters of 2^53 as a bound would give the lower third twice as often.
		const random = new Generator(3);
		const bound = 0.75 * 2 ** 53;
		const values = draw(20_000, () => random.integer(bound) / bound);
		expect(mean(values)).toBeCloseTo(0.5, 1);
		expect(mean(values, (value) => (value < 1 / 3 ? 1 : 0))).toBeCloseTo(1 / 3, 1);
		expect(random.integer(2 ** 53)).toBeLessThan(2 ** 53);
	});

	it("refuses a bound that is no number of things", () => {
		const random = new Generator(0);
		expect(() => random.integer(0)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: random: not a bound
			  expected  a whole number from 1 to 2^53, the number of values to choose from
			  actual    0]
		`);
		for (const bound of [-1, 1.5, Number.NaN, 2 ** 54]) expect(() => random.integer(bound)).toThrow("not a bound");
	});

	it("fills with the numbers it would have drawn one by one", () => {
		const out = new Float64Array(8);
		new Generator(5).fillUniform(out, 2, 5, -1, 3);
		const single = new Generator(5);
		expect([...out]).toEqual([0, 0, ...draw(5, () => -1 + 4 * single.uniform()), 0]);
		new Generator(5).fillNormal(out, 2, 5, 10, 2);
		const other = new Generator(5);
		expect([...out]).toEqual([0, 0, ...draw(5, () => 10 + 2 * other.normal()), 0]);
	});

	it("excludes the upper end also in float32, where rounding would reach it", () => {
		const out = new Float32Array(100_000);
		// Three float32 numbers lie in this interval, so rounding arrives at the end in one of six draws.
		const [low, high] = [1, 1 + 3 * 2 ** -23];
		new Generator(6).fillUniform(out, 0, out.length, low, high);
		expect(out.every((value) => value >= low && value < high)).toBe(true);
		new Generator(6).fillUniform(out, 0, 3, 2, 2);
		expect([...out.subarray(0, 3)]).toEqual([2, 2, 2]);
	});

	it("refuses intervals, deviations and dtypes that make no sense", () => {
		const random = new Generator(0);
		const out = new Float64Array(1);
		expect(() => random.fillUniform(out, 0, 1, 1, 0)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: uniform: not an interval
			  expected  finite low ≤ high
			  actual    low 1, high 0]
		`);
		expect(() => random.fillUniform(out, 0, 1, 0, Number.POSITIVE_INFINITY)).toThrow("not an interval");
		expect(() => random.fillNormal(out, 0, 1, 0, -1)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: normal: not a mean and a standard deviation
			  expected  finite mean, finite std ≥ 0
			  actual    mean 0, std -1]
		`);
		expect(() => random.fillNormal(out, 0, 1, Number.NaN, 1)).toThrow("not a mean");
		expect(() => random.fillUniform(new Int32Array(1), 0, 1, 0, 10)).toThrowErrorMatchingInlineSnapshot(`
			[ChainruleError: uniform: not a floating dtype
			  expected  float64 or float32
			  actual    int32
			  fix       draw whole numbers with \`generator.integer(bound)\`]
		`);
		expect(() => random.fillNormal(new Uint8Array(1), 0, 1, 0, 10)).toThrow("actual    bool");
	});
});

describe("the default generator", () => {
	afterEach(() => seed(0));

	it("starts from seed 0", () => {
		seed(0);
		expect(defaultGenerator().state).toEqual(new Generator(0).state);
	});

	it("starts anew when it is seeded, for everyone who holds it", () => {
		const held = defaultGenerator();
		held.normal();
		seed("again");
		expect(held).toBe(defaultGenerator());
		expect(held.normal()).toBe(new Generator("again").normal());
	});
});
