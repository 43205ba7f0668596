import { ChainruleError, type DType, eye, tensor } from "chainrule";
import { readNpy, readNpz, writeNpy, writeNpz } from "chainrule/io";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bytesOf, golden } from "./golden.js";
import { anyName, anyTensor, contentOf, joined, patched, surprises } from "./hostile.js";

const signed = [
	[0, 1, -2],
	[3, -4, 5],
];
const unsigned = signed.map((row) => row.map(Math.abs));
const truths = [
	[1, 0, 1],
	[0, 0, 1],
];

/** An npy file by hand: any header, any elements. */
function npy(literal: string, elements: readonly number[] = [], version = 1): Uint8Array {
	const header = Array.from(literal, (letter) => letter.charCodeAt(0));
	const [low, high] = [header.length & 0xff, header.length >> 8];
	const length = version === 1 ? [low, high] : [low, high, 0, 0];
	return joined([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0], length, header, elements);
}

const head = (shape: string, descr = "'|u1'", order = "False"): string =>
	`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("readNpy", () => {
	const names = Object.keys(golden).filter((name) => /^npy [<>|]/.test(name)) as (keyof typeof golden)[];

	it.each(names)("reads NumPy's file %s", (name) => {
		const type = name.slice(5);
		const dtype: DType = type === "f8" ? "float64" : type.startsWith("f") ? "float32" : "int32";
		const numbers = type === "b1" ? truths : type.startsWith("u") ? unsigned : signed;
		const expected = tensor(numbers, { dtype: type === "b1" ? "bool" : dtype });
		expect(contentOf(readNpy(bytesOf(name)))).toEqual(contentOf(expected));
	});

	it("reads Fortran order as a view", () => {
		const read = readNpy(bytesOf("npy F"));
		expect(read.shape).toEqual([2, 3, 4]);
		expect([...read.data]).toEqual(Array.from({ length: 24 }, (_, index) => index));
		expect(read.strides).toEqual([1, 2, 6]);
	});

	it("reads versions 2 and 3, single numbers and empty arrays", () => {
		expect(contentOf(readNpy(bytesOf("npy v2")))).toEqual(contentOf(tensor([1, 2])));
		expect(contentOf(readNpy(bytesOf("npy v3")))).toEqual(contentOf(tensor([1, 2])));
		expect(contentOf(readNpy(bytesOf("npy ()")))).toEqual(contentOf(tensor(2.5)));
		expect(contentOf(readNpy(bytesOf("npy (0, 2)")))).toEqual(contentOf(tensor(new Int32Array(), { shape: [0, 2] })));
	});

	it("reads every half-precision number", () => {
		// The definition of binary16 with powers and sums, and the published extremes.
		const bits = [0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x7e00];
		const values = [0, -0, 2 ** -24, 2 ** -14 - 2 ** -24, 2 ** -14, 0.333251953125, 1, 65504, Infinity, -Infinity, NaN];
		const elements = bits.flatMap((word) => [word & 0xff, word >> 8]);
		expect([...readNpy(npy(head("(11,)", "'<f2'"), elements)).data]).toEqual(values);
	});

	it("takes the quotes, spaces and long numbers that other writers use", () => {
		const literal = `  { "shape" : ( 2L , 1L ) , "fortran_order":True,"descr" : "|u1"}   `;
		expect(readNpy(npy(literal, [7, 8])).toArray()).toEqual([[7], [8]]);
	});

	it("reads from a window onto a larger buffer, at an odd offset, without keeping it", () => {
		const file = bytesOf("npy <f8");
		const window = joined([1], file, [2]).subarray(1, file.length + 1);
		const read = readNpy(window);
		window.fill(0);
		expect(read.toArray()).toEqual(signed);
		expect(readNpy(Buffer.from(file)).toArray()).toEqual(signed);
	});

	const refused: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
		"another magic": [patched(bytesOf("npy <f8"), 0, [0x92]), /bytes 0 to 5.*\n.*92 4e/],
		nothing: [new Uint8Array(), /nothing/],
		"version 4": [patched(bytesOf("npy <f8"), 6, [4]), /version.*\n.*04 00/],
		"a header longer than the file": [patched(bytesOf("npy <f8"), 8, [0xff, 0x20]), /at most 166 bytes/],
		"a huge header": [npy(" ".repeat(20_000), [], 2), /at most 10000 bytes/],
		"a negative size": [npy(head("(-1,)")), /a whole number at byte/],
		"a size beyond 2^53": [npy(head(`(${"9".repeat(30)},)`)), /not a shape/],
		"a product beyond 2^53": [npy(head("(4294967296, 4294967296)")), /not a shape/],
		"65 axes": [npy(head(`(${"1,".repeat(65)})`), [1]), /65 sizes/],
		"a fraction": [npy(head("(1.5,)")), /"," or "\)" at byte/],
		"a number that is no tuple": [npy(head("(1)"), [1]), /a tuple/],
		code: [npy(head("(__import__('os').getpid(),)")), /a whole number at byte/],
		"code as the type": [npy(head("()", "eval('1')")), /element type.*at byte/],
		"a key that nobody knows": [npy("{'descr': '|u1', 'fortran_order': False, '__proto__': ()}"), /__proto__/],
		"a key twice": [npy("{'descr': '|u1', 'descr': '|u1'}"), /'descr' twice/],
		"a missing key": [npy("{'descr': '|u1', 'shape': ()}", [1]), /'fortran_order' in the header/],
		"an empty dictionary": [npy("{}"), /'descr' in the header/],
		"something behind the dictionary": [npy(`${head("()")} x`, [1]), /nothing but spaces/],
		records: [npy(head("()", "[('a', '<f8')]")), /element type.*at byte/],
		"Python objects": [npy(head("()", "'|O'")), /unknown element type/],
		"complex numbers": [npy(head("()", "'<c16'")), /unknown element type/],
		"wide elements without a byte order": [npy(head("()", "'|f8'")), /unknown element type/],
		"too few elements": [npy(head("(2,)"), [1]), /expected +2 elements of 1 bytes/],
		"trailing bytes": [npy(head("(2,)"), [1, 2, 3]), /header and elements differ/],
		"elements claimed by the terabyte": [npy(head("(1099511627776,)"), [1]), /header and elements differ/],
		"a bool that is 2": [npy(head("(2,)", "'|b1'"), [1, 2]), /2 at byte 69/],
		"an int64 that int32 cannot hold": [npy(head("(1,)", "'<i8'"), [0, 0, 0, 0, 1, 0, 0, 0]), /4294967296 at byte 68/],
		"a uint32 that int32 cannot hold": [npy(head("(1,)", "'>u4'"), [0x80, 0, 0, 0]), /2147483648 at byte/],
	};
	it.each(Object.entries(refused))("refuses %s", (_, [bytes, message]) => {
		expect(() => readNpy(bytes)).toThrow(ChainruleError);
		expect(() => readNpy(bytes)).toThrow(message);
	});

	it("gives a whole array or our error, whatever byte is missing or flipped", () => {
		for (const name of ["npy <f4", "npy >i8", "npy |b1", "npy F"] as const)
			expect(surprises(bytesOf(name), readNpy)).toEqual([]);
	});
});

describe("writeNpy", () => {
	it("writes the bytes that NumPy writes", () => {
		expect(writeNpy(tensor(signed))).toEqual(bytesOf("npy <f8"));
		expect(writeNpy(tensor(signed, { dtype: "float32" }))).toEqual(bytesOf("npy <f4"));
		expect(writeNpy(tensor(signed, { dtype: "int32" }))).toEqual(bytesOf("npy <i4"));
		expect(
			writeNpy(
				tensor([
					[true, false, true],
					[false, false, true],
				]),
			),
		).toEqual(bytesOf("npy |b1"));
		expect(writeNpy(tensor(2.5))).toEqual(bytesOf("npy ()"));
		expect(writeNpy(tensor([1, 2, 3]))).toEqual(bytesOf("npy (3,)"));
		expect(writeNpy(tensor(new Int32Array(), { shape: [0, 2] }))).toEqual(bytesOf("npy (0, 2)"));
	});

	it("writes a transposed view in row-major order", () => {
		expect(readNpy(writeNpy(tensor(signed).transpose())).toArray()).toEqual([
			[0, 3],
			[1, -4],
			[-2, 5],
		]);
	});

	it("round-trips every tensor", () => {
		fc.assert(
			fc.property(anyTensor, (x) => {
				expect(contentOf(readNpy(writeNpy(x)))).toEqual(contentOf(x));
			}),
			{ seed: 4 },
		);
	});
});

describe("npz", () => {
	it("reads NumPy's files, stored and packed", () => {
		const plain = readNpz(bytesOf("npz"));
		expect([...plain.keys()]).toEqual(["x", "ünï"]);
		expect(contentOf(plain.get("x"))).toEqual(contentOf(tensor([1, 2])));
		expect(contentOf(plain.get("ünï"))).toEqual(contentOf(tensor(3, { dtype: "int32" })));
		const packed = readNpz(bytesOf("npz compressed"));
		expect(packed.get("x")?.data).toEqual(new Float64Array(100));
		expect([...(packed.get("y")?.data ?? [])]).toEqual([0, 1, 2]);
	});

	it("reads numbers in 64 bits, where the directory and its end refer to them", () => {
		const x = tensor([1, 2]);
		const plain = writeNpz({ x });
		const [end, record] = [plain.length - 22, plain.length - 22 - 51];
		const size = writeNpy(x).length;
		const all = [0xff, 0xff, 0xff, 0xff];
		const u64 = (value: number): number[] => [...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)];
		// The record of x.npy: sizes and place move into an extra field, number 1, 24 bytes.
		const marked = patched(patched(plain, record + 20, [...all, ...all]), record + 42, all);
		const directory = joined(patched(marked.slice(record, end), 30, [28]), [
			1,
			0,
			24,
			0,
			...u64(size),
			...u64(size),
			...u64(0),
		]);
		const end64 = [
			0x50,
			0x4b,
			6,
			6,
			...u64(44),
			45,
			0,
			45,
			0,
			...u64(0),
			...u64(1),
			...u64(1),
			...u64(directory.length),
		];
		const locator = [0x50, 0x4b, 6, 7, 0, 0, 0, 0, ...u64(record + directory.length), 1, 0, 0, 0];
		const last = patched(plain.slice(end), 8, [0xff, 0xff, 0xff, 0xff, ...all, ...all]);
		const wide = joined(plain.slice(0, record), directory, end64, u64(record), locator, last);
		expect(contentOf(readNpz(wide).get("x"))).toEqual(contentOf(x));
		expect(surprises(wide, readNpz)).toEqual([]);
	});

	it("round-trips tensors under any names, stored and packed", () => {
		const names = fc.uniqueArray(fc.tuple(anyName, anyTensor), { selector: ([name]) => name, maxLength: 4 });
		fc.assert(
			fc.property(names, fc.boolean(), (pairs, compress) => {
				const read = readNpz(writeNpz(new Map(pairs), { compress }));
				expect([...read.keys()]).toEqual(pairs.map(([name]) => name));
				for (const [name, x] of pairs) expect(contentOf(read.get(name))).toEqual(contentOf(x));
			}),
		);
	});

	it("gives equal bytes for equal tensors, fewer when packed", () => {
		const tensors = { x: eye(40) };
		expect(writeNpz(tensors)).toEqual(writeNpz(tensors));
		expect(writeNpz(tensors, { compress: true }).length).toBeLessThan(writeNpz(tensors).length / 20);
	});

	it("gives whole arrays or our error, whatever byte is missing or flipped", () => {
		expect(surprises(writeNpz({ x: tensor([1, 2]), y: tensor(true) }), readNpz)).toEqual([]);
		expect(surprises(bytesOf("npz compressed"), readNpz)).toEqual([]);
	});

	it("notices every flipped byte of an array by its sum", () => {
		const file = writeNpz({ x: tensor([1, 2]) });
		const at = file.findLastIndex((byte, index) => byte === 0x40 && index < file.length - 22); // the exponent of 2
		expect(() => readNpz(patched(file, at, [0x41]))).toThrow(/the size and sum/);
	});

	const file = writeNpz({ x: tensor([1, 2]), y: tensor([3, 4]) });
	const end = file.length - 22;
	const directory = new DataView(file.buffer).getUint32(end + 16, true);
	const second = directory + 46 + 5; // behind "x.npy"
	const refused: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
		"no archive": [bytesOf("npy <f8"), /the end of a zip archive/],
		"bytes in front": [joined([0], file), /a directory that ends at byte/],
		"bytes behind": [joined(file, [0]), /the end of a zip archive/],
		"a wrong number of members": [patched(file, end + 10, [3]), /3 members\n.*2/],
		"one name twice": [patched(file, second + 46, [0x78]), /"x.npy" twice/],
		"another name than in front of the member": [patched(file, second + 46, [0x7a]), /another member/],
		encryption: [patched(file, second + 8, [1]), /stored or deflated/],
		"an unknown packing": [patched(file, second + 10, [14]), /stored or deflated/],
		"two members in one place": [patched(file, second + 42, [0, 0, 0, 0]), /another member/],
		"a size that was not stored": [patched(file, second + 24, [1]), /a size that \d+ bytes can unpack to/],
		"a member that is no array": [zipSync({ "readme.txt": new Uint8Array(3) }), /"readme.txt"/],
		"a damaged array": [zipSync({ "w.npy": new Uint8Array(3) }), /readNpz: "w": damaged file/],
		"a name that is not UTF-8": [patched(file, second + 46, [0xff]), /UTF-8/],
	};
	it.each(Object.entries(refused))("refuses %s", (_, [bytes, message]) => {
		expect(() => readNpz(bytes)).toThrow(ChainruleError);
		expect(() => readNpz(bytes)).toThrow(message);
	});

	it("refuses a bomb before it unpacks anything", () => {
		const bomb = zipSync({ "x.npy": new Uint8Array(3_000_000) });
		expect(bomb.length).toBeLessThan(10_000);
		expect(() => readNpz(bomb, { maxBytes: 1_000_000 })).toThrow(/at most 1000000 bytes\n.*3000000 bytes/);
		const lying = patched(bomb, bomb.length - 22 - 51 + 24, [1, 0, 0, 0]); // one byte, it says
		expect(() => readNpz(lying, { maxBytes: 1_000_000 })).toThrow(/the size and sum/);
		const boasting = patched(bomb, bomb.length - 22 - 51 + 24, [0, 0, 0, 0x30]); // 805 MB out of 3 kB
		expect(() => readNpz(boasting)).toThrow(/a size that \d+ bytes can unpack to/);
	});

	it("refuses members that share bytes", () => {
		// The second record of the directory points into the first member, where a header of its own is hidden.
		const inner = writeNpy(tensor([1, 2]));
		const outer = zipSync({ "a.npy": joined(inner, file), "b.npy": inner }, { level: 0 });
		const view = new DataView(outer.buffer);
		const hidden = 30 + 5 + inner.length; // the local header of x.npy
		const at = view.getUint32(outer.length - 6, true) + 51; // the record of b.npy
		const bytes = patched(patched(outer, at + 42, [hidden & 0xff, hidden >> 8, 0, 0]), at + 46, [0x78]);
		expect(() => readNpz(bytes)).toThrow(/do not overlap/);
	});
});
