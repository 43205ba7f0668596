import files, { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChainruleError, ones, type Tensor } from "chainrule";
import * as io from "chainrule/io";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { contentOf } from "./hostile.js";

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "chainrule-io-"));
});
afterEach(async () => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
	await rm(folder, { recursive: true, force: true });
});

const path = (name = "x.bin"): string => join(folder, name);
const three = new Uint8Array([1, 2, 3]);

describe("save and load", () => {
	it("give back the bytes, into a new file and over an old one", async () => {
		await io.save(path(), three);
		await io.save(path(), new Uint8Array());
		expect((await io.load(path())).length).toBe(0);
		await io.save(path(), three);
		expect(await io.load(path())).toEqual(three);
		expect(await readdir(folder)).toEqual(["x.bin"]);
	});

	it("take a bare name in the current folder", async () => {
		const name = `chainrule-bare-name-${process.pid}.bin`;
		try {
			await io.save(name, three);
			expect(await io.load(name)).toEqual(three);
		} finally {
			await rm(name, { force: true });
		}
	});

	it("keep the permissions of the old file", async () => {
		await io.save(path(), three);
		await chmod(path(), 0o640);
		await io.save(path(), three);
		expect((await stat(path())).mode & 0o777).toBe(0o640);
	});

	it("keep a link a link", async () => {
		await io.save(path("real.bin"), new Uint8Array());
		await symlink("real.bin", path("link.bin"));
		await io.save(path("link.bin"), three);
		expect(await io.load(path("real.bin"))).toEqual(three);
	});

	it("take the longest name there can be", async () => {
		const name = "x".repeat(255);
		await io.save(path(name), three);
		expect(await io.load(path(name))).toEqual(three);
	});

	it("show readers whole files only, however many write", async () => {
		const size = 300_000;
		await io.save(path(), new Uint8Array(size));
		let writing = true;
		const writers = Array.from({ length: 3 }, async (_, writer) => {
			for (let round = 0; round < 8; round++) await io.save(path(), new Uint8Array(size).fill(10 * writer + round));
		});
		const reader = (async (): Promise<number> => {
			let reads = 0;
			for (; writing; reads++) {
				const bytes = await io.load(path());
				expect(bytes.length).toBe(size);
				expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
			}
			return reads;
		})();
		await Promise.all(writers);
		writing = false;
		expect(await reader).toBeGreaterThan(0);
		expect(await readdir(folder)).toEqual(["x.bin"]);
	});

	it.each(["writeFile", "sync", "chmod", "rename", "open"] as const)(
		"leave the old file where %s fails",
		async (step) => {
			await io.save(path(), three);
			const handle = await open(path());
			const methods: object = Object.getPrototypeOf(handle);
			await handle.close();
			const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
			const place = (step === "rename" || step === "open" ? files : methods) as Record<
				typeof step,
				() => Promise<void>
			>;
			const spy = vi.spyOn(place, step).mockRejectedValue(full);
			await expect(io.save(path(), new Uint8Array(9))).rejects.toThrow(
				/cannot write(.|\n)*the disk is full \(ENOSPC\)/,
			);
			expect(spy).toHaveBeenCalled();
			vi.restoreAllMocks();
			expect([...(await readFile(path()))]).toEqual([...three]);
			expect(await readdir(folder)).toEqual(["x.bin"]);
		},
	);

	it("leave what is not a file, and say so", async () => {
		await mkdir(path("folder"));
		await expect(io.save(path("folder"), three)).rejects.toThrow(/a folder, a device or a pipe/);
		await expect(io.save(path("none/x.bin"), three)).rejects.toThrow(/no such file or folder \(ENOENT\)/);
		await writeFile(path("file"), "");
		await expect(io.save(path("file/x.bin"), three)).rejects.toThrow(/part of the path is a file \(ENOTDIR\)/);
		await expect(io.save("/dev/null", three)).rejects.toThrow(/a device/);
		await expect(io.load(path("missing"))).rejects.toThrow(/load: cannot read(.|\n)*ENOENT/);
		await expect(io.load(path("folder"))).rejects.toThrow(/it is a folder \(EISDIR\)/);
		for (const wrong of ["", "a\0b", 7 as unknown as string]) {
			await expect(io.load(wrong)).rejects.toThrow(ChainruleError);
			await expect(io.save(wrong, three)).rejects.toThrow(/not a path/);
		}
	});

	it("say in a browser what to do instead", async () => {
		vi.stubGlobal("process", undefined);
		await expect(io.load("x")).rejects.toThrow(/there are no files here(.|\n)*fetch the bytes/);
		await expect(io.save("x", three)).rejects.toThrow(/make a Blob/);
		vi.stubGlobal("process", { env: {} });
		await expect(io.load("x")).rejects.toThrow(/there are no files here/);
	});
});

describe("every format", () => {
	it("goes to a path and back", async () => {
		const x = ones([2, 3]);
		await io.saveNpy(path("x.npy"), x);
		expect(contentOf(await io.loadNpy(path("x.npy")))).toEqual(contentOf(x));
		await io.saveNpz(path("x.npz"), { x }, { compress: true });
		expect(contentOf((await io.loadNpz(path("x.npz"))).get("x"))).toEqual(contentOf(x));
		await io.saveSafetensors(path("x.safetensors"), { x }, { a: "b" });
		const { tensors, metadata } = await io.loadSafetensors(path("x.safetensors"));
		expect(contentOf(tensors.get("x"))).toEqual(contentOf(x));
		expect(metadata.get("a")).toBe("b");
		await io.saveJson(path("x.json"), { stateDict: () => new Map([["x", x]]) });
		expect(contentOf((await io.loadJson(path("x.json"))).tensors.get("x"))).toEqual(contentOf(x));
	});

	it("leaves the old file where the values cannot be written", async () => {
		await io.saveSafetensors(path(), { x: ones([2]) });
		await expect(io.saveSafetensors(path(), { x: [1] as unknown as Tensor })).rejects.toThrow(/not a tensor/);
		expect((await io.loadSafetensors(path())).tensors.size).toBe(1);
	});

	it("tells the path of a damaged file", async () => {
		await io.save(path(), new Uint8Array([0xff]));
		for (const load of [io.loadJson, io.loadNpy, io.loadNpz, io.loadSafetensors])
			await expect(load(path())).rejects.toThrow(/^read.*(.|\n)* in .*x\.bin$/);
	});
});
