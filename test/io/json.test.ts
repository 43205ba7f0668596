import { ChainruleError, type DType, ones, type Tensor, tensor } from "chainrule";
import { readJson, type Stateful, writeJson } from "chainrule/io";
import { Linear } from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyName, anyTensor, contentOf, surprise } from "./hostile.js";

/** Anything with a state. */
class Model implements Stateful {
	readonly state: ReadonlyMap<string, Tensor>;

	constructor(...state: readonly (readonly [string, Tensor])[]) {
		this.state = new Map(state);
	}

	stateDict(): ReadonlyMap<string, Tensor> {
		return this.state;
	}
}

const there = (x: Tensor): Tensor => readJson(writeJson(new Model(["x", x]))).tensors.get("x") as Tensor;

describe("the JSON of a module", () => {
	it("is text for people, one line per tensor", () => {
		const model = new Model(["w", tensor([[0.1, 2]])], ["b", tensor([true])], ["n", tensor(7, { dtype: "int32" })]);
		expect(writeJson(model)).toBe(`{
  "format": "chainrule module",
  "version": 1,
  "module": "Model",
  "tensors": {
    "w": {"dtype":"float64","shape":[1,2],"data":[0.1,2]},
    "b": {"dtype":"bool","shape":[1],"data":[true]},
    "n": {"dtype":"int32","shape":[],"data":[7]}
  }
}`);
		expect(readJson(writeJson(model)).module).toBe("Model");
		expect(readJson(writeJson(new Model())).tensors.size).toBe(0);
	});

	it("keeps the numbers that JSON does not have, and minus zero", () => {
		for (const dtype of ["float64", "float32"] as const) {
			const x = tensor([NaN, Infinity, -Infinity, -0, 0], { dtype });
			expect(contentOf(there(x))).toEqual(contentOf(x));
		}
	});

	it("writes a float32 in as few digits as give it back", () => {
		const x = tensor(new Float32Array([0.1, 1 / 3, 16777216, 3.4028235e38, 1.4e-45, 1e-7]));
		expect(writeJson(new Model(["x", x]))).toContain("[0.1,0.33333334,16777216,3.4028235e+38,1e-45,1e-7]");
		expect(contentOf(there(x))).toEqual(contentOf(x));
	});

	it("round-trips every tensor, whatever its bits, under any name", () => {
		const named = fc.uniqueArray(fc.tuple(anyName, anyTensor), { selector: ([name]) => name, maxLength: 4 });
		fc.assert(
			fc.property(named, (pairs) => {
				const { tensors } = readJson(writeJson(new Model(...pairs)));
				expect(tensors.size).toBe(pairs.length);
				for (const [name, x] of pairs) expect(contentOf(tensors.get(name))).toEqual(contentOf(x));
			}),
			{ seed: 3 },
		);
		fc.assert(
			fc.property(fc.array(fc.float(), { minLength: 1 }), (data) => {
				const x = tensor(new Float32Array(data));
				expect(contentOf(there(x))).toEqual(contentOf(x));
			}),
			{ seed: 3, numRuns: 1_000 },
		);
	});

	it("carries the state of one network into another", () => {
		const [from, to] = [new Linear(3, 2), new Linear(3, 2)];
		const x = tensor([[1, 2, 3]]);
		expect(to.call(x).toArray()).not.toEqual(from.call(x).toArray());
		to.loadStateDict(readJson(writeJson(from)).tensors);
		expect(to.call(x).toArray()).toEqual(from.call(x).toArray());
	});

	const text = (tensors: string): string =>
		`{"format":"chainrule module","version":1,"module":"Model","tensors":${tensors}}`;
	const entry = (dtype: DType, data: string, shape = "[1]"): string =>
		text(`{"x":{"dtype":"${dtype}","shape":${shape},"data":${data}}}`);

	const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
		"no JSON": ["", /not JSON/],
		"another format": ["[]", /not the state of a module\n.*\n.*format none/],
		"another version": [text("{}").replace(":1,", ":2,"), /version 2/],
		"a format that is only inherited": ['{"__proto__":{"format":"chainrule module","version":1}}', /format none/],
		"no tensors": [text("[]"), /incomplete/],
		"a name twice": [text('{"x":1,"x":2}'), /a second "x" at character/],
		"a number for a tensor": [text('{"x":1}'), /"x": not a tensor/],
		"an unknown dtype": [entry("float16" as DType, "[1]"), /dtype "float16"/],
		"an inherited dtype": [entry("constructor" as DType, "[1]"), /dtype "constructor"/],
		"a size below 0": [entry("float64", "[1]", "[-1]"), /"x": not a shape/],
		"a shape of another size": [entry("float64", "[1]", "[1000000000]"), /1000000000 elements\n.*1/],
		"null for a number": [entry("float64", "[null]"), /null as element 0/],
		"text for a number": [entry("float64", '["1"]'), /"1" as element 0/],
		"a number beyond float64": [entry("float64", "[1e999]"), /float64 cannot hold/],
		"a number beyond float32": [entry("float32", "[3.5e38]"), /float32 cannot hold/],
		"an array for a float32": [entry("float32", "[[1]]"), /\[1\] as element 0/],
		"a fraction for an int32": [entry("int32", "[0.5]"), /0.5 as element 0/],
		"a number for a bool": [entry("bool", "[1]"), /true or false/],
	};
	it.each(Object.entries(refused))("refuses %s", (_, [given, message]) => {
		expect(() => readJson(given)).toThrow(ChainruleError);
		expect(() => readJson(given)).toThrow(message);
	});

	it("gives whole tensors or our error, whatever character is missing or changed", () => {
		const sound = writeJson(new Model(["x", tensor([1, -2.5, NaN])], ["y", tensor([[true]])]));
		const attempt = (damaged: string): void =>
			expect(surprise(new Uint8Array(), () => readJson(damaged))).toBeUndefined();
		for (let at = 0; at < sound.length; at++) {
			attempt(sound.slice(0, at));
			for (const letter of ["", '"', "\\", "{", "}", ",", "9", "-", "e", "\0", "\ud800"]) {
				attempt(sound.slice(0, at) + letter + sound.slice(at + 1));
			}
		}
	});

	it("is refused where arrays are nested without end", () => {
		const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
		for (const given of [deep, text(deep), entry("float64", `[${deep}]`), entry("float64", "[1]", `[${deep}]`)])
			expect(() => readJson(given)).toThrow(ChainruleError);
	});

	it("is read from bytes, too", () => {
		const bytes = new TextEncoder().encode(writeJson(new Model(["가중치", tensor([1])])));
		expect(readJson(bytes).tensors.has("가중치")).toBe(true);
		expect(() => readJson(bytes.fill(0xff, 20, 21))).toThrow(/not text/);
	});

	it("is refused for what has no state", () => {
		expect(() => writeJson(ones([2]) as unknown as Stateful)).toThrow(/not a module/);
		expect(() => readJson(7 as unknown as string)).toThrow(/not bytes/);
	});
});
