import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Tensor, tensor, zeros } from "chainrule";
import { digits, type IdxType, loadIdx, loadMnist, readIdx, writeIdx } from "chainrule/data";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

fc.configureGlobal({ seed: 1 });

const blob = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)]);
const zipped = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));
const facts = (x: Tensor): unknown => [x.shape, x.dtype, x.toArray()];

describe("IDX", () => {
	it("reads the first bytes of MNIST's labels and images as they are", () => {
		expect(readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])).toArray()).toEqual([5, 0, 4]);
		const images = readIdx(new Uint8Array([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 3, 18, 255]));
		expect(images.toArray()).toEqual([
			[
				[0, 3],
				[18, 255],
			],
		]);
	});

	it.each<[IdxType, number, number[], number[]]>([
		["uint8", 0x08, [200], [200]],
		["int8", 0x09, [200], [-56]],
		["int16", 0x0b, [0xff, 0x38], [-200]],
		["int32", 0x0c, [0x80, 0, 0, 1], [-2147483647]],
		["float32", 0x0d, [0xc0, 0x20, 0, 0], [-2.5]],
		["float64", 0x0e, [0x3f, 0xf0, 0, 0, 0, 0, 0, 1], [1 + Number.EPSILON]],
	])("reads and writes %s, the largest byte first", (type, code, bytes, values) => {
		const file = new Uint8Array([0, 0, code, 1, 0, 0, 0, 1, ...bytes]);
		const x = readIdx(file);
		expect(x.toArray()).toEqual(values);
		expect(writeIdx(x, { type })).toEqual(file);
	});

	it("reads back what it wrote, for every type and rank, from bytes, blobs and gzip", async () => {
		const ranges: Readonly<Record<IdxType, readonly [number, number]>> = {
			uint8: [0, 255],
			int8: [-128, 127],
			int16: [-32768, 32767],
			int32: [-(2 ** 31), 2 ** 31 - 1],
			float32: [-(2 ** 24), 2 ** 24],
			float64: [-(2 ** 53), 2 ** 53],
		};
		const kinds = Object.keys(ranges) as IdxType[];
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...kinds),
				fc.array(fc.nat(3), { maxLength: 4 }),
				fc.integer(),
				async (type, shape, seed) => {
					const [low, high] = ranges[type];
					const size = shape.reduce((product, length) => product * length, 1);
					const list = Array.from({ length: size }, (_, i) => low + (Math.abs(seed * (i + 1)) % (high - low + 1)));
					const dtype = type === "float32" || type === "float64" ? type : "int32";
					const x = tensor(Float64Array.from(list), { shape, dtype });
					const bytes = writeIdx(x, { type });
					expect(facts(readIdx(bytes))).toEqual(facts(x));
					expect(facts(await loadIdx(blob(bytes)))).toEqual(facts(x));
					expect(facts(await loadIdx(blob(zipped(bytes))))).toEqual(facts(x));
				},
			),
			{ numRuns: 60 },
		);
	});

	it("writes views in the order of their rows, and bool as bytes", () => {
		const x = tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] });
		expect(facts(readIdx(writeIdx(x.transpose())))).toEqual(
			facts(tensor(new Int32Array([1, 3, 2, 4]), { shape: [2, 2] })),
		);
		expect([...writeIdx(tensor([true, false]))]).toEqual([0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
	});

	it("writes nothing that the type cannot hold", () => {
		for (const value of [256, -1, 0.5, Number.NaN]) {
			expect(() => writeIdx(tensor([1, value]), { type: "uint8" })).toThrow(/does not fit/);
		}
		expect(facts(readIdx(writeIdx(tensor([Number.NaN, -0, 1 / 3]))))).toEqual(facts(tensor([Number.NaN, -0, 1 / 3])));
	});

	it("reads a part of a larger buffer", () => {
		const file = writeIdx(tensor([1.5]));
		const around = new Uint8Array(file.length + 7);
		around.set(file, 3);
		expect(readIdx(around.subarray(3, 3 + file.length)).toArray()).toEqual([1.5]);
	});
});

describe("a file that is not whole", () => {
	const file = writeIdx(tensor(new Int32Array(6), { shape: [2, 3] }), { type: "uint8" });

	it("is refused wherever it was cut, saying where, and never half read", async () => {
		for (let length = 0; length < file.length; length++) {
			expect(() => readIdx(file.slice(0, length))).toThrow(`the end at byte ${length}`);
			await expect(loadIdx(blob(zipped(file.slice(0, length))))).rejects.toThrow(
				`the end at byte ${length} of the blob`,
			);
		}
	});

	it("is refused with bytes after its end", async () => {
		const longer = new Uint8Array([...file, 0]);
		expect(() => readIdx(longer)).toThrow(/end at byte 18[\s\S]*19 bytes/);
		await expect(loadIdx(blob(longer))).rejects.toThrow(/bytes after the end/);
	});

	it("is refused where the gzip data are cut or changed", async () => {
		const gzip = zipped(file);
		for (let length = 2; length < gzip.length; length++) {
			await expect(loadIdx(blob(gzip.slice(0, length)))).rejects.toThrow(/gzip data are damaged/);
		}
		const changed = gzip.slice();
		changed[changed.length - 6] = (changed[changed.length - 6] as number) ^ 1; // in the checksum
		await expect(loadIdx(blob(changed))).rejects.toThrow(/gzip data are damaged/);
	});

	it("is refused for a first byte, a type or sizes that cannot be", () => {
		const changed = (at: number, ...bytes: number[]): Uint8Array => {
			const copy = file.slice();
			copy.set(bytes, at);
			return copy;
		};
		expect(() => readIdx(changed(1, 7))).toThrow(/0x07 at byte 1/);
		expect(() => readIdx(changed(2, 0x0a))).toThrow(/0x0a at byte 2/);
		expect(() => readIdx(changed(4, 255, 255, 255, 255))).toThrow(/truncated/);
		expect(() => readIdx(zipped(file))).toThrow(/this is gzip: use loadIdx/);
	});

	it("is refused at once where its sizes multiply to infinity, also times zero", () => {
		const huge = new Uint8Array(4 + 4 * 255).fill(255);
		huge.set([0, 0, 8, 255]);
		expect(() => readIdx(huge)).toThrow(/sizes beyond any file/);
		huge.set([0, 0, 0, 0], huge.length - 4);
		expect(() => readIdx(huge)).toThrow(/sizes beyond any file/);
	});

	it("is refused before it has unfolded, where a little gzip holds far more than the header says", async () => {
		const bomb = new Uint8Array(64 * 2 ** 20);
		bomb.set(file);
		const small = zipped(bomb);
		await expect(loadIdx(blob(small))).rejects.toThrow(/\d{2,6} bytes or more/);
	});
});

describe("loadMnist", () => {
	let folder = "";
	const { x, y } = digits({ samples: 20, seed: 1 });
	const images = writeIdx(x.mul(255).round().reshape([20, 28, 28]), { type: "uint8" });
	const labels = writeIdx(y, { type: "uint8" });
	const at = (name: string): string => join(folder, name);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "chainrule-idx-"));
		await writeFile(at("images"), images);
		await writeFile(at("labels.gz"), zipped(labels));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it("reads both files from paths, plain or gzip, to the last bit what was drawn", async () => {
		const read = await loadMnist({ images: at("images"), labels: at("labels.gz") });
		expect(facts(read.x)).toEqual(facts(x));
		expect(facts(read.y)).toEqual(facts(y));
		expect((await loadMnist({ images: blob(images), labels: blob(labels) }, { dtype: "float32" })).x.dtype).toBe(
			"float32",
		);
	});

	it("refuses files that were exchanged, naming file and byte", async () => {
		const exchanged = loadMnist({ images: at("labels.gz"), labels: at("images") });
		await expect(exchanged).rejects.toThrow(
			/not images[\s\S]*0x00000803[\s\S]*0x00000801 at byte 0 of .*labels\.gz[\s\S]*exchanged/,
		);
		await expect(loadMnist({ images: at("images"), labels: at("images") })).rejects.toThrow(
			/not labels[\s\S]*0x00000801/,
		);
	});

	it("refuses files of other sets, and of other types", async () => {
		const others = blob(writeIdx(tensor(new Int32Array(19)), { type: "uint8" }));
		await expect(loadMnist({ images: blob(images), labels: others })).rejects.toThrow(
			/20 at byte 4[\s\S]*19 at byte 4/,
		);
		const fractions = blob(writeIdx(zeros([20, 28, 28])));
		await expect(loadMnist({ images: fractions, labels: blob(labels) })).rejects.toThrow(
			/not images[\s\S]*float64 of rank 3/,
		);
	});

	it("says which file cannot be read", async () => {
		await expect(loadMnist({ images: at("nothing"), labels: at("labels.gz") })).rejects.toThrow(
			/cannot read .*nothing/,
		);
	});
});
