/** Sums of large float32 matrices in WebAssembly: those of the loops in JavaScript, in every size of block. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { setBackend } from "../../src/kernels/backend.js";
import { addColumnSums, addRowSums } from "../../src/kernels/rowblocks.js";
import { sum } from "../../src/kernels/strided.js";
import { blockBytes } from "../../src/kernels/wasm/emit-loop.js";

const blockLength = blockBytes / 4;

/** Full mantissas of very different sizes: in float32 their sums would differ. */
function numbers(count: number): Float32Array {
	return Float32Array.from({ length: count }, (_, i) => Math.sin(1 + 1.7 * i) * 10 ** (i % 7));
}

function sums(backend: "wasm" | "js", height: number, width: number, axis: number, gap: number): Float32Array {
	const before = setBackend(backend);
	const storage = numbers(3 + height * (width + gap));
	const out = new Float32Array(axis === 0 ? width : height);
	sum({ storage, offset: 3, shape: [height, width], strides: [width + gap, 1] }, [axis], out, 0);
	setBackend(before);
	return out;
}

describe("sums over either axis", () => {
	it.each([
		[256, 4],
		[300, 20],
		[1000, 64],
		[3, 1024],
		[700, 8],
		[5, blockLength],
		[5, blockLength + 4],
		[90, 33],
		[10, 10],
	])("of [%i, %i] are those in float64, with gaps and without", (height, width) => {
		for (const axis of [0, 1]) {
			for (const gap of [0, 3]) {
				const [fast, plain] = [sums("wasm", height, width, axis, gap), sums("js", height, width, axis, gap)];
				// Another order of float64 sums, rounded once: neighbours at most.
				for (const [i, value] of fast.entries()) {
					expect(Math.abs(value - (plain[i] as number))).toBeLessThanOrEqual(2 ** -23 * Math.abs(value) + 1e-6);
				}
			}
		}
	});

	it("are added to what is there, and sums of -0 are 0", () => {
		const z = new Float64Array(6).fill(1);
		expect(addRowSums({ count: 4, width: 1024 }, new Float32Array(4 * 1024).fill(0.5), 0, z, 1)).toBe(true);
		expect([...z]).toEqual([1, 513, 513, 513, 513, 1]);
		const columns = new Float64Array(1026).fill(1);
		expect(addColumnSums({ count: 3, width: 1024 }, new Float32Array(3 * 1024).fill(0.5), 0, 1024, columns, 1)).toBe(
			true,
		);
		expect([...new Set(columns.subarray(1, 1025))]).toEqual([2.5]);
		expect([columns[0], columns[1025]]).toEqual([1, 1]);
		const zeros = new Float32Array(1024).fill(-0);
		const out = new Float32Array(2);
		sum({ storage: zeros, offset: 0, shape: [2, 512], strides: [512, 1] }, [1], out, 0);
		expect([...out]).toEqual([0, 0]);
	});
});

describe("doing without", () => {
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.resetModules();
	});

	it("nothing is done where WebAssembly is missing", async () => {
		vi.stubGlobal("WebAssembly", undefined);
		vi.resetModules();
		const absent = await import("../../src/kernels/rowblocks.js");
		const z = new Float64Array(4);
		expect(absent.addRowSums({ count: 4, width: 1024 }, new Float32Array(4 * 1024).fill(1), 0, z, 0)).toBe(false);
		expect([...z]).toEqual([0, 0, 0, 0]);
	});
});
