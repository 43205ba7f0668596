/** The state of the expression bench in the address: there and back, and what others write into it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryOf } from "../../../viz/playground/address.js";
import {
	type ExpressionState,
	readState,
	standardState,
	stateOf,
	writeState,
} from "../../../viz/playground/expression/address.js";
import { anywhere } from "../../../viz/playground/expression/computation.js";
import { examples } from "../../../viz/playground/expression/examples.js";

/** What the page would read from the address it wrote. */
function again(state: ExpressionState): ReturnType<typeof readState> {
	return readState(new URLSearchParams(queryOf(writeState(state))));
}

const name = fc.oneof(
	fc.stringMatching(/^[A-Za-z_가-힣α-ω][A-Za-z0-9_₀-₉가-힣]{0,8}$/u),
	fc.constantFrom("__proto__", "constructor", "toString", "손실", "σ", "x₁"),
);
const value = fc.oneof(
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.integer(),
	fc.constantFrom(-0, 0.5, 1e300),
);
const words = fc.string({ unit: "grapheme", maxLength: 200 });
const state: fc.Arbitrary<ExpressionState> = fc.record({
	text: fc.oneof(words, fc.constantFrom(...examples.map(({ text }) => text))),
	values: fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => new Map(pairs)),
	of: name,
	claim: words,
	plane: fc.tuple(name, name).filter(([across, up]) => across !== up),
	rate: fc.double({ min: 1e-7, max: 100, noNaN: true }),
	steps: fc.integer({ min: 0, max: 1_000 }),
});

describe("the address of the expression bench", () => {
	it("holds every state", () => {
		fc.assert(
			fc.property(state, (given) => {
				const { state: found, problems } = again(given);
				expect(problems).toEqual([]);
				expect({ ...found, values: undefined }).toEqual({ ...given, values: undefined });
				const usual = examples.find(({ text }) => text === given.text.trim())?.values ?? {};
				for (const [one, number] of given.values) {
					const left = Object.hasOwn(usual, one) ? undefined : anywhere;
					expect(found.values.get(one) ?? left).toBe(number);
				}
			}),
		);
	});

	it("never fails, whatever somebody wrote", () => {
		const keys = fc.oneof(fc.constantFrom("f", "at", "of", "claim", "plane", "rate", "steps"), fc.string());
		fc.assert(
			fc.property(fc.array(fc.tuple(keys, words)), (pairs) => {
				const { state: found } = readState(new URLSearchParams(pairs));
				expect(found.rate).toBeGreaterThan(0);
				expect(Number.isInteger(found.steps)).toBe(true);
				for (const number of found.values.values()) expect(Number.isFinite(number)).toBe(true);
			}),
		);
	});

	it("is empty where nothing was changed, and short for an example", () => {
		expect(queryOf(writeState(standardState))).toBe("");
		for (const example of examples)
			expect([...writeState(stateOf(example)).keys()]).toEqual(example === examples[0] ? [] : ["f"]);
	});

	it("can be read by people", () => {
		const changed: ExpressionState = {
			...standardState,
			text: "f = w*x + b",
			values: new Map([
				["w", 0.6],
				["x", anywhere],
			]),
			of: "w",
			plane: ["w", "b"],
			rate: 0.2,
		};
		expect(queryOf(writeState(changed))).toMatchInlineSnapshot(
			`"f=f+=+w*x+%2B+b&at=w=0.6&of=w&plane=w,b&rate=0.2&steps=300"`,
		);
	});

	it.each([
		["at=w=0.6,b", "at in the address cannot be read"],
		["at=w=NaN", "expected name=number"],
		["at=<script>=1", "at in the address cannot be read"],
		["at=w=alert(1)", "at in the address cannot be read"],
		["of=%3Cimg%20src=x%3E", "expected a name such as w"],
		["plane=w", "two names"],
		["plane=w,w", "two names"],
		["rate=0", "a number from 1e-7 to 100"],
		["rate=1e999", "a number from 1e-7 to 100"],
		["steps=1.5", "a whole number from 0 to 1000"],
		[`f=${"x".repeat(5_000)}`, "at most 4000 characters"],
		[`claim=${"x".repeat(5_000)}`, "at most 4000 characters"],
	])("%s is told, and the rest holds", (query, words) => {
		const { state: found, problems } = readState(new URLSearchParams(`${query}&at=b=3`));
		expect(problems).toHaveLength(1);
		expect(problems[0]?.en).toContain(words);
		expect(problems[0]?.ko).toMatch(/주소의 \S+ 항목/);
		expect(found.text).toBe(standardState.text);
		expect(found.values.get("b")).toBe(query.startsWith("at=") ? 0.9 : 3);
	});

	it("reads what was typed by hand", () => {
		const { state: found, problems } = readState(new URLSearchParams("at= w = 2 , b=-.5,y=+1e-3&of=b&steps=7"));
		expect(problems).toEqual([]);
		expect([...found.values]).toEqual([
			["w", 2],
			["b", -0.5],
			["x", 1],
			["y", 0.001],
		]);
		expect([found.of, found.steps]).toEqual(["b", 7]);
	});

	it("takes hostile text for text", () => {
		const hostile = `<script>alert("1")</script>'"\`\${}__proto__`;
		const { state: found, problems } = again({
			...standardState,
			text: hostile,
			claim: hostile,
			values: new Map([["__proto__", 2]]),
		});
		expect(problems).toEqual([]);
		expect([found.text, found.claim, found.values.get("__proto__")]).toEqual([hostile, hostile, 2]);
		expect(Object.getPrototypeOf({})).toBe(Object.prototype);
	});
});
