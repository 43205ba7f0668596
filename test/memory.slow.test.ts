/**
 * Long runs give their memory back.
 *
 * The loops are those of `npm run bench -- memory`, each in a process of its
 * own, which reports its highest resident size.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./source.js";

interface MemoryResult {
	readonly name: string;
	readonly operations: number;
	readonly peak: number;
	readonly limit: number;
}

function measured(): MemoryResult[] {
	const program = [join(root, "scripts/run.mjs"), join(root, "bench/main.ts"), "memory", "--json"];
	const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout) as MemoryResult[];
}

describe("memory", () => {
	const results = measured();

	test("streams 10^8 operations in four loops, and keeps one chain of 10^7", () => {
		expect(results.map(({ operations }) => operations)).toEqual([1e8, 1e8, 1e8, 1e8, 1e7]);
	});

	test.each(results)("$name stays under $limit MB", ({ peak, limit }) => {
		expect(peak).toBeLessThan(limit);
	});
});
