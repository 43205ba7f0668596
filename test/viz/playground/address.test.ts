/** Setups in addresses: there and back, and whatever somebody may write into one. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { leftOut, queryOf, readSetup, writeSetup } from "../../../viz/playground/address.js";
import { readState } from "../../../viz/playground/expression/address.js";
import { answerTo } from "../../../viz/playground/expression/answers.js";
import {
	activations,
	dataSets,
	initializations,
	limits,
	losses,
	type NumberName,
	optimizers,
	outputs,
	ranges,
	type Setup,
	standardSetup,
} from "../../../viz/playground/setup.js";
import { setLanguage } from "../../../viz/playground/words.js";

afterEach(() => setLanguage("en"));

function numberIn(name: NumberName): fc.Arbitrary<number> {
	const { low, high, whole } = ranges[name];
	if (whole) return fc.integer({ min: low, max: high });
	return fc.double({ min: low, max: high, noNaN: true }).map((value) => value + 0); // no minus zero
}

const hostile = [
	"__proto__",
	"constructor",
	"<script>alert(1)</script>",
	"&lang=ko",
	"#network",
	"?a=b",
	"a+b",
	"100%",
	"%2C",
	"\\,",
	",",
	"\\",
	"손실 = 1",
	"x1,x2,y\n1,2,0\r\n3,4,1\n",
	"\u0000",
	"𝛼",
	"max(x1, x2)",
];
const letters = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "grapheme" }));
const words = fc.array(letters, { maxLength: 4 }).map((parts) => parts.join(" "));

const setups: fc.Arbitrary<Setup> = fc.record({
	data: fc.constantFrom(...dataSets),
	samples: numberIn("samples"),
	noise: numberIn("noise"),
	classes: numberIn("classes"),
	target: words,
	own: words,
	scaled: fc.boolean(),
	test: numberIn("test"),
	dataSeed: numberIn("dataSeed"),
	features: fc.array(
		letters.filter((text) => text.trim() !== ""),
		{ minLength: 1, maxLength: limits.features },
	),
	layers: fc.array(
		fc.record({ units: fc.integer({ min: 1, max: limits.units }), activation: fc.constantFrom(...activations) }),
		{ maxLength: limits.layers },
	),
	output: fc.constantFrom(...outputs),
	initialization: fc.constantFrom(...initializations),
	scale: numberIn("scale"),
	weights: words,
	loss: fc.constantFrom(...losses),
	formula: words,
	optimizer: fc.constantFrom(...optimizers),
	learningRate: numberIn("learningRate"),
	weightDecay: numberIn("weightDecay"),
	batch: numberIn("batch"),
	seed: numberIn("seed"),
});

/** What a browser makes of an address: everything behind the first question mark of the fragment. */
function through(parameters: URLSearchParams): URLSearchParams {
	const { hash } = new URL(`http://127.0.0.1/#network?${queryOf(parameters)}`);
	return new URLSearchParams(hash.slice(hash.indexOf("?") + 1));
}

describe("a setup in an address", () => {
	it("is short and can be read", () => {
		expect(queryOf(writeSetup(standardSetup))).toBe("");
		const layers = [
			{ units: 4, activation: "tanh" },
			{ units: 3, activation: "relu" },
		] as const;
		const features = ["x1", "x2", "x1*x2", "max(x1, x2)"];
		const setup: Setup = { ...standardSetup, data: "xor", layers, features, learningRate: 0.5, scaled: true };
		expect(queryOf(writeSetup(setup))).toBe(
			"data=xor&scaled=yes&features=x1,x2,x1*x2,max(x1%5C,+x2)&layers=4-tanh.3-relu&learningRate=0.5",
		);
		expect(queryOf(writeSetup({ ...standardSetup, layers: [] }))).toBe("layers=none");
		expect(queryOf(writeSetup({ ...standardSetup, target: "sin(x1)" }))).toBe("target=sin(x1%29");
	});

	it("comes back as it was", () => {
		const returns = fc.property(setups, (setup) => {
			expect(leftOut(setup)).toEqual([]);
			const { setup: read, problems } = readSetup(through(writeSetup(setup)));
			expect(problems).toEqual([]);
			expect(read).toEqual(setup);
		});
		fc.assert(returns, { numRuns: 400, seed: 1 });
	});

	it("is read beside what the page and the bench write", () => {
		expect(readSetup(new URLSearchParams("data=xor&lang=ko&theme=dark&step=300"))).toEqual({
			setup: { ...standardSetup, data: "xor" },
			problems: [],
		});
	});

	it("holds own points as they were typed, as long as there is room", () => {
		const few: Setup = { ...standardSetup, data: "own", own: `x1,x2,y\n${"0.25, -1,1\n".repeat(500)}` };
		expect(leftOut(few)).toEqual([]);
		expect(readSetup(through(writeSetup(few))).setup).toEqual(few);

		const many: Setup = { ...few, own: `x1,x2,y\n${"0.25,-1,1\n".repeat(600)}` };
		expect(leftOut(many)).toEqual(["own"]);
		expect(readSetup(through(writeSetup(many)))).toEqual({ setup: { ...many, own: "" }, problems: [] });
	});
});

describe("an address that somebody wrote", () => {
	it.each([
		["data=mnist", "data in the address: expected one of moons, circles, spirals, xor, blobs, function, own, found"],
		["noise=3", 'noise in the address: expected a number from 0 to 2, found "3"; 0.1 holds.'],
		["samples=12.5", 'samples in the address: expected a whole number from 4 to 5000, found "12.5"; 200 holds.'],
		["samples=", 'samples in the address: expected a whole number from 4 to 5000, found ""; 200 holds.'],
		["learningRate=NaN", "learningRate in the address: expected a number from 1e-7 to 100"],
		["learningRate=1e999", "learningRate in the address: expected a number from 1e-7 to 100"],
		["scaled=true", 'scaled in the address: expected yes or no, found "true"; no holds.'],
		["scaled=__proto__", 'scaled in the address: expected yes or no, found "__proto__"; no holds.'],
		["layers=8-tanh.9", "layers in the address: expected at most 12 hidden layers such as 8-tanh.4-relu"],
		["layers=200-tanh", "layers in the address"],
		["layers=0-tanh", "layers in the address"],
		["layers=", "layers in the address"],
		[`layers=${"1-tanh.".repeat(12)}1-tanh`, "layers in the address"],
		["features=", "features in the address: expected 1 to 24 formulas with commas between them"],
		["features=x1,,x2", "features in the address"],
		["features=x1%5C", "features in the address"],
		[`features=${"x1,".repeat(24)}x1`, "features in the address"],
		[`own=${"1".repeat(6001)}`, "own in the address: expected a text of at most 6000 characters, found"],
		["data=xor&data=moons", "data in the address: expected one value, found 2; moons holds."],
		["__proto__=1", "The address holds an entry that is not known here"],
		["colour=red", "The address holds an entry that is not known here"],
		["toString", "The address holds an entry that is not known here"],
	])("%s is told in one sentence, and what is usual holds", (query, sentence) => {
		const { setup, problems } = readSetup(new URLSearchParams(query));
		expect(setup).toEqual(standardSetup);
		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain(sentence);
		expect((problems[0] as string).length).toBeLessThan(400);
	});

	it("keeps what can be read of it", () => {
		const { setup, problems } = readSetup(new URLSearchParams("data=xor&noise=-1&seed=7&loss=absolute"));
		expect(setup).toEqual({ ...standardSetup, data: "xor", seed: 7 });
		expect(problems).toHaveLength(2);
	});

	it("is told about in the language of the page", () => {
		setLanguage("ko");
		expect(readSetup(new URLSearchParams("noise=3")).problems).toEqual([
			'주소에 적힌 noise 값("3")을 쓸 수 없어 기본값(0.1)을 씁니다. 쓸 수 있는 값: 0에서 2 사이의 수.',
		]);
	});

	it("never makes it throw, never reaches a prototype, and gives a setup within its ranges", () => {
		const keys = fc.oneof(letters, fc.constantFrom(...Object.keys(standardSetup)));
		const holds = fc.property(fc.array(fc.tuple(keys, letters)), (pairs) => {
			const { setup, problems } = readSetup(new URLSearchParams(pairs.map(([key, value]) => [key, value])));
			expect(Object.keys(setup)).toEqual(Object.keys(standardSetup));
			for (const name of Object.keys(ranges) as NumberName[]) {
				expect(setup[name]).toBeGreaterThanOrEqual(ranges[name].low);
				expect(setup[name]).toBeLessThanOrEqual(ranges[name].high);
			}
			for (const problem of problems) expect(problem).not.toBe("");
			expect(Object.getPrototypeOf(setup)).toBe(Object.prototype);
			expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
		});
		fc.assert(holds, { numRuns: 400, seed: 2 });
	});
});

describe("the README of the laboratory", () => {
	const page = readFileSync(new URL("../../../viz/playground/README.md", import.meta.url), "utf8");
	const shown = [...page.matchAll(/`#(network|expression)\?([^`]+)`/g)].map(
		([, bench, query]) => [bench, query] as const,
	);

	it("shows addresses that can be read", () => {
		expect(shown.map(([bench]) => bench)).toEqual(["network", "expression"]);
		const parameters = shown.map(([, query]) => new URLSearchParams(query));
		expect(readSetup(parameters[0] as URLSearchParams).problems).toEqual([]);
		const { state, problems } = readState(parameters[1] as URLSearchParams);
		expect(problems).toEqual([]);
		const answer = answerTo({ kind: "judge", text: state.text, claim: state.claim });
		expect(answer).toMatchObject({ kind: "judged", claims: [{ steps: [{ verdict: "PROVEN" }] }] });
	});

	it("names every entry of a setup", () => {
		for (const name of Object.keys(standardSetup)) expect(page).toContain(`\`${name}\``);
	});
});
