/**
 * The digits program from files: what it prints for drawn digits it prints,
 * line for line, for the same digits in files.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Tensor } from "chainrule";
import { digits, writeIdx } from "chainrule/data";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = new URL("../..", import.meta.url).pathname;
const run = promisify(execFile);

describe("examples/09-digits.ts", () => {
	let folder = "";
	const at = (name: string): string => join(folder, name);
	const outputOf = async (...paths: string[]): Promise<string> =>
		(await run(process.execPath, [at("digits.mjs"), ...paths])).stdout;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "chainrule-digits-"));
		const train = digits({ samples: 5_000, seed: 1 });
		const test = digits({ samples: 2_000, seed: 2 });
		const images = (x: Tensor): Uint8Array =>
			writeIdx(
				x
					.mul(255)
					.round()
					.reshape([x.shape[0] as number, 28, 28]),
				{ type: "uint8" },
			);
		await Promise.all([
			writeFile(at("train-images.gz"), gzipSync(images(train.x))),
			writeFile(at("train-labels"), writeIdx(train.y, { type: "uint8" })),
			writeFile(at("test-images"), images(test.x)),
			writeFile(at("test-labels.gz"), gzipSync(writeIdx(test.y, { type: "uint8" }))),
			build({
				entryPoints: [join(root, "examples/09-digits.ts")],
				outfile: at("digits.mjs"),
				bundle: true,
				format: "esm",
				platform: "node",
				target: "node20",
				packages: "bundle",
				tsconfig: join(root, "tsconfig.json"),
				logLevel: "error",
			}),
		]);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it("prints for files what it prints for the digits they hold, and reaches 95 %", async () => {
		const [drawn, read] = await Promise.all([
			outputOf(),
			outputOf(at("train-images.gz"), at("train-labels"), at("test-images"), at("test-labels.gz")),
		]);
		expect(read).toBe(drawn);
		expect(read).toMatch(/^39760 parameters\n/);
		expect(Number(/(\d+) % of 2000 test digits\n$/.exec(read)?.[1])).toBeGreaterThanOrEqual(95);
	});

	it("refuses labels in place of images, naming file and byte", async () => {
		const exchanged = outputOf(at("train-labels"), at("train-images.gz"), at("test-images"), at("test-labels.gz"));
		await expect(exchanged).rejects.toThrow(/0x00000801 at byte 0 of .*train-labels/);
	});
});
