import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Generator } from "chainrule";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../scripts/programs.js";

const root = new URL("../..", import.meta.url).pathname;
let folder = "";

beforeAll(async () => {
	// Inside of the repository, where packages are found.
	await mkdir(join(root, "out"), { recursive: true });
	folder = await mkdtemp(join(root, "out/train-"));
	await bundle(root, ["test/train/program.ts"], folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the program until it ends; after so many batches it gets the signal. */
function run(place: string, signal?: NodeJS.Signals, batches = Number.POSITIVE_INFINITY): Promise<string> {
	return new Promise((resolve, reject) => {
		const child: ChildProcess = spawn(process.execPath, [join(folder, "0.mjs"), place, String(batches)], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		let output = "";
		let sent = false;
		child.stdout?.setEncoding("utf8").on("data", (text: string) => {
			output += text;
			if (sent || signal === undefined || output.split("batch\n").length <= batches) return;
			sent = true;
			child.kill(signal);
		});
		child.on("error", reject);
		child.on("close", () => resolve(output));
	});
}

const endOf = (output: string): string | undefined => output.split("\n").find((line) => line.startsWith("end "));

describe("training that is killed", () => {
	const random = new Generator("kill");
	const whole = { end: "" };

	beforeAll(async () => {
		const place = await mkdtemp(join(folder, "whole-"));
		whole.end = endOf(await run(place)) as string;
	}, 20_000);

	it.each([
		{ signal: "SIGKILL" as const, batches: 5 + random.integer(60) },
		{ signal: "SIGINT" as const, batches: 5 + random.integer(60) },
	])(
		"by $signal after batch $batches or a little later, and started again, ends with the same bits",
		async ({ signal, batches }) => {
			const place = await mkdtemp(join(folder, "killed-"));
			const first = await run(place, signal, batches);
			expect(endOf(first)).toBeUndefined();
			const second = await run(place);
			expect(second).toMatch(/^resumed from .*run\.safetensors (in|after) epoch/m);
			expect(endOf(second)).toBe(whole.end);
			expect(whole.end).toContain('"validation"');
		},
	);

	it("by SIGINT says where it was saved, and leaves nothing else behind", async () => {
		const place = await mkdtemp(join(folder, "asked-"));
		const output = await run(place, "SIGINT", 30);
		expect(output).toMatch(
			/^interrupted in epoch \d after batch \d+ of 23; saved to .*run\.safetensors, run again to go on$/m,
		);
		expect(output.trimEnd().split("\n").at(-1)).toBe("interrupt");
		expect(await readdir(place)).toEqual(["run.safetensors"]);
	});
});
