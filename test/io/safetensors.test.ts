import { ChainruleError, cast, ones, type Tensor, tensor } from "chainrule";
import { readNpz, readSafetensors, writeNpz, writeSafetensors } from "chainrule/io";
import { Linear } from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "./golden.js";
import { anyName, anyTensor, contentOf, joined, patched, surprise, surprises } from "./hostile.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file by hand: any header, any elements. */
function file(header: string | readonly number[], elements: readonly number[] = []): Uint8Array {
	const bytes = typeof header === "string" ? utf8(header) : header;
	const length = [bytes.length & 0xff, bytes.length >> 8, 0, 0, 0, 0, 0, 0];
	return joined(length, bytes, elements);
}

/** The description of one tensor of bytes. */
const x = (shape: string, offsets: string, dtype = "U8"): string =>
	`"x":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

describe("readSafetensors", () => {
	it("reads the file of the reference implementation", () => {
		const { tensors, metadata } = readSafetensors(bytesOf("safetensors"));
		expect(metadata).toEqual(
			new Map([
				["epoch", "3"],
				["ключ", "значение"],
			]),
		);
		expect([...tensors.keys()].sort()).toEqual(["b", "d", "e", "h", "i", "w"]);
		expect(contentOf(tensors.get("w"))).toEqual(
			contentOf(
				tensor(
					[
						[1.5, -2],
						[0, Infinity],
					],
					{ dtype: "float32" },
				),
			),
		);
		expect(contentOf(tensors.get("b"))).toEqual(contentOf(tensor([true, false, true])));
		expect(contentOf(tensors.get("d"))).toEqual(contentOf(tensor(Math.PI)));
		expect(contentOf(tensors.get("i"))).toEqual(contentOf(tensor([7, -7], { dtype: "int32" })));
		expect(contentOf(tensors.get("h"))).toEqual(contentOf(tensor([1, 65504, 2 ** -24], { dtype: "float32" })));
		expect(contentOf(tensors.get("e"))).toEqual(contentOf(tensor(new Int32Array(), { shape: [0, 3] })));
	});

	it("reads a file written from the specification by hand", () => {
		// 0x3fc0 is the upper half of 1.5, 0xff80 that of -Infinity.
		const header = `{${x("[2]", "[0,4]", "BF16")}}   `;
		const { tensors } = readSafetensors(file(header, [0xc0, 0x3f, 0x80, 0xff]));
		expect(contentOf(tensors.get("x"))).toEqual(contentOf(tensor([1.5, -Infinity], { dtype: "float32" })));
	});

	it.each([
		["U8", [255], 255],
		["I8", [255], -1],
		["U16", [1, 2], 513],
		["I16", [255, 255], -1],
		["U32", [255, 255, 255, 127], 2147483647],
		["U64", [5, 0, 0, 0, 0, 0, 0, 0], 5],
		["I64", [0, 0, 0, 128, 255, 255, 255, 255], -2147483648],
	])("reads %s", (dtype, elements, value) => {
		const { tensors } = readSafetensors(file(`{${x("[]", `[0,${elements.length}]`, dtype)}}`, elements));
		expect(contentOf(tensors.get("x"))).toEqual(contentOf(tensor(value, { dtype: "int32" })));
	});

	it("takes names that are dangerous elsewhere for names", () => {
		const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "0"];
		const { tensors } = readSafetensors(writeSafetensors(new Map(names.map((name) => [name, ones([2])]))));
		expect([...tensors.keys()].sort()).toEqual([...names].sort());
		expect(Object.getPrototypeOf({})).toBe(Object.prototype);
		expect(Object.keys(Object.prototype)).toEqual([]);
	});

	const refused: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
		nothing: [new Uint8Array(), /0 bytes in all/],
		"a header longer than the file": [patched(file("{}"), 0, [3]), /at most 2 bytes\n.*3 bytes/],
		"a header of 2^63 bytes": [patched(file("{}"), 7, [0x80]), /9223372036854775810 bytes/],
		"bytes that are not UTF-8": [file([0x7b, 0xff, 0x7d]), /UTF-8\n.*bytes 8 to 10/],
		"a header that begins with a space": [file(" {}"), /offset 8/],
		"half an object": [file('{"x":'), /not JSON/],
		"something behind the object": [file("{}{}"), /not JSON/],
		"a name twice": [file(`{${x("[1]", "[0,1]")},${x("[1]", "[1,2]")}}`, [1, 2]), /a second "x" at character/],
		"a name twice, once in disguise": [
			file(`{${x("[1]", "[0,1]")},${x("[1]", "[1,2]").replace("x", "\\u0078")}}`, [1, 2]),
			/a second "x"/,
		],
		"a field twice": [file('{"x":{"dtype":"U8","dtype":"U8"}}'), /a second "dtype"/],
		"__proto__ as the description of itself": [
			file('{"__proto__":{"__proto__":{"dtype":"U8"}}}'),
			/"__proto__": not the desc/,
		],
		"fields that are only inherited": [
			file('{"x":{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}}'),
			/"x": not the description/,
		],
		"a tensor that is no object": [file('{"x":[1]}'), /"x": not the description/],
		"a missing shape": [file('{"x":{"dtype":"U8","data_offsets":[0,0]}}'), /"shape"/],
		"an unknown type": [file(`{${x("[1]", "[0,1]", "F8_E4M3")}}`, [1]), /"x": unknown element type/],
		"an inherited name as a type": [file(`{${x("[1]", "[0,1]", "toString")}}`, [1]), /unknown element type/],
		"a negative size": [file(`{${x("[-1]", "[0,1]")}}`, [1]), /"x": not a shape/],
		"a fraction of a size": [file(`{${x("[1.5]", "[0,1]")}}`, [1]), /"x": not a shape/],
		"a size of text": [file(`{${x('["1"]', "[0,1]")}}`, [1]), /"x": not a shape/],
		"an unsafe size": [file(`{${x("[9007199254740993]", "[0,1]")}}`, [1]), /"x": not a shape/],
		"sizes that overflow": [file(`{${x("[4294967296,4294967296]", "[0,0]")}}`), /"x": not a shape/],
		"a rank of 100": [file(`{${x(JSON.stringify(Array(100).fill(1)), "[0,1]")}}`, [1]), /100 sizes/],
		"a length that is not that of the shape": [file(`{${x("[2]", "[0,1]")}}`, [1]), /"x": shape and offsets differ/],
		"offsets in reverse": [file(`{${x("[1]", "[1,0]")}}`, [1]), /shape and offsets differ/],
		"three offsets": [file(`{${x("[1]", "[0,1,2]")}}`, [1]), /shape and offsets differ/],
		"negative offsets": [file(`{${x("[1]", "[-1,0]")}}`, [1]), /shape and offsets differ/],
		"an overlap": [
			file(`{${x("[2]", "[0,2]")},${x("[2]", "[1,3]").replace("x", "y")}}`, [1, 2, 3]),
			/"y".*\n.*\n.*an overlap/,
		],
		"a hole": [file(`{${x("[1]", "[0,1]")},${x("[1]", "[2,3]").replace("x", "y")}}`, [1, 2, 3]), /"y".*\n.*\n.*a hole/],
		"a hole in front": [file(`{${x("[1]", "[1,2]")}}`, [1, 2]), /a hole/],
		"elements behind the end": [file(`{${x("[2]", "[0,2]")}}`, [1]), /the file ends earlier/],
		"trailing bytes": [file(`{${x("[1]", "[0,1]")}}`, [1, 2]), /nobody knows the last 1/],
		"metadata with numbers": [file('{"__metadata__":{"epoch":3}}'), /__metadata__ is not/],
		"metadata in an array": [file('{"__metadata__":["3"]}'), /__metadata__ is not/],
		"half a character as a name": [file('{"\\ud800":{}}'), /holds half of one/],
		"an integer that int32 cannot hold": [
			file(`{${x("[2]", "[0,8]", "U32")}}`, [0, 0, 0, 0, 0, 0, 0, 128]),
			/2147483648 at byte 66/,
		],
	};
	it.each(Object.entries(refused))("refuses %s", (_, [bytes, message]) => {
		expect(() => readSafetensors(bytes)).toThrow(ChainruleError);
		expect(() => readSafetensors(bytes)).toThrow(message);
	});

	it("gives whole tensors or our error, whatever byte is missing or flipped", () => {
		expect(surprises(bytesOf("safetensors"), readSafetensors)).toEqual([]);
		expect(
			surprises(writeSafetensors({ a: tensor([1, 2]), b: tensor(true) }, { epoch: "3" }), readSafetensors),
		).toEqual([]);
	});

	it("gives tensors or our error for any bytes and any JSON", () => {
		const attempt = (bytes: Uint8Array): void => {
			expect(surprise(bytes, readSafetensors)).toBeUndefined();
		};
		fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), attempt), { seed: 1 });
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (header) => attempt(file(JSON.stringify(header)))),
			{ seed: 1 },
		);
	});

	it("is not drowned by what a header holds", () => {
		const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
		const long = `"${"x".repeat(50_000)}"`;
		for (const value of [deep, long]) {
			for (const header of [
				`{"x":${value}}`,
				`{${x(`[${value}]`, "[0,1]")}}`,
				`{${x("[1]", `[${value}]`)}}`,
				`{"__metadata__":{"y":[${value}]}}`,
				`{"x":{${long}:1}}`,
				`{${long}:1}`,
			]) {
				const bytes = file(header);
				expect(surprise(bytes, readSafetensors)).toBeUndefined();
				expect(() => readSafetensors(bytes)).toThrow(/^[\s\S]{1,1000}$/);
			}
		}
	});

	it("reads a header of ten thousand tensors and a text of ten megabytes", () => {
		const long = '"\\'.repeat(5_000_000);
		const many = Array.from({ length: 10_000 }, (_, index) => [`layer.${index}`, tensor([index])] as const);
		const { tensors, metadata } = readSafetensors(writeSafetensors(new Map(many), { long }));
		expect(tensors.get("layer.9999")?.item()).toBe(9_999);
		expect(metadata.get("long") === long).toBe(true);
	});
});

describe("writeSafetensors", () => {
	it("writes the state of a module, which takes it up again", () => {
		const [one, two] = [new Linear(2, 3), new Linear(2, 3, { dtype: "float32" })];
		two.loadStateDict(readSafetensors(writeSafetensors(one)).tensors);
		expect(String(two.weight)).toBe(String(cast(one.weight, "float32")));
		expect([...readNpz(writeNpz(one)).keys()]).toEqual(["weight", "bias"]);
	});

	it("writes the bytes that the specification demands", () => {
		const header =
			'{"__metadata__":{"n":"1"},"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}';
		expect(header.length % 8).toBe(4);
		const expected = file(`${header}    `, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 1]); // 1.5 is 0x3ff8 and zeros
		expect(writeSafetensors({ b: tensor(true), w: tensor([1.5]) }, { n: "1" })).toEqual(expected);
		expect(writeSafetensors({})).toEqual(file("{}      "));
	});

	it("aligns every tensor to its elements", () => {
		const bytes = writeSafetensors({ b: tensor(true), i: tensor([1], { dtype: "int32" }), d: tensor([1]) }, { x: "y" });
		const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
		const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
			string,
			{ data_offsets: number[] }
		>;
		expect(length % 8).toBe(0);
		expect(["d", "i", "b"].map((name) => header[name]).map((entry) => entry?.data_offsets)).toEqual([
			[0, 8],
			[8, 12],
			[12, 13],
		]);
	});

	it("round-trips tensors and texts under any names", () => {
		const pairs = <Item>(item: fc.Arbitrary<Item>) =>
			fc.uniqueArray(fc.tuple(anyName, item), { selector: ([name]) => name, maxLength: 5 });
		const text = fc.string({ unit: "binary", maxLength: 10 });
		fc.assert(
			fc.property(pairs(anyTensor), pairs(text), (tensors, texts) => {
				const read = readSafetensors(writeSafetensors(new Map(tensors), new Map(texts)));
				expect(read.tensors.size).toBe(tensors.length);
				for (const [name, value] of tensors) expect(contentOf(read.tensors.get(name))).toEqual(contentOf(value));
				expect(read.metadata).toEqual(new Map(texts));
			}),
			{ seed: 2 },
		);
	});

	it("refuses what a reader could not read", () => {
		expect(() => writeSafetensors({ __metadata__: ones([1]) })).toThrow(/name of the metadata/);
		expect(() => writeSafetensors({ "\ud800": ones([1]) })).toThrow(/a name that cannot be written/);
		expect(() => writeSafetensors({}, { x: "\udc00" })).toThrow(/metadata that cannot be written/);
		expect(() => writeSafetensors({}, { epoch: 3 as unknown as string })).toThrow(/number for "epoch"/);
		expect(() => writeSafetensors({ x: [1] as unknown as Tensor })).toThrow(/object for "x"/);
	});
});
