/**
 * What the tape lets go of: a loop of graphs does not keep its predecessors
 * alive, whatever survives of each. Runs in a process of its own, which may ask
 * for garbage collection.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../source.js";

const program = `
import { add, grad, mul, onGradient, parameter, pick, scalar, seed, sin, sub, sum, tanh, tensor } from "chainrule";

const collect = async () => { for (let count = 0; count < 3; count++) { globalThis.gc(); await new Promise((done) => setTimeout(done, 5)); } };
const used = async () => { await collect(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers; };
const alive = (refs) => refs.filter((ref) => ref.deref() !== undefined).length;

/** Runs graphs one after the other; each returns what the test watches. Reports what is still alive of the first half, and growth. */
async function watch(graphs, operations, graph) {
	const refs = [];
	for (let count = 0; count < graphs / 2; count++) refs.push(new WeakRef(graph(count, operations)));
	const before = await used();
	for (let count = 0; count < graphs / 2; count++) graph(count, operations);
	const after = await used();
	return { alive: alive(refs), bytes: after - before };
}

const results = {};
const w = scalar(0.5);
const losses = [];
const chain = (operations) => { let y = w; for (let count = 0; count < operations; count++) y = sin(mul(y, 1.1)); return y; };

results["graphs that are dropped"] = await watch(400, 1000, (_, operations) => chain(operations).chunk);
results["graphs that are differentiated"] = await watch(400, 1000, (_, operations) => { const y = chain(operations); y.backward(); return y.chunk; });
results["short graphs of equal length"] = await watch(4000, 20, (_, operations) => { const y = chain(operations); y.backward(); return y.chunk; });
results["graphs whose parameter is assigned"] = await watch(400, 1000, (_, operations) => { const y = chain(operations); y.backward(); w.assign(0.5 - 1e-9 * w.grad); w.zeroGrad(); return y.chunk; });
results["graphs that make leaves of their own"] = await watch(400, 1000, (_, operations) => { let y = scalar(1); for (let count = 0; count < operations; count++) y = add(y, scalar(count)); y.backward(); return y.chunk; });
results["graphs of a higher derivative"] = await watch(200, 100, (_, operations) => {
	let kept;
	grad(grad((x) => { let y = x; for (let count = 0; count < operations; count++) y = sin(y); kept = y.chunk; return y; }))(0.5);
	return kept;
});
const t = parameter([0.1, 0.2, 0.3]);
results["graphs of tensors"] = await watch(400, 200, (_, operations) => { let y = t; for (let count = 0; count < operations; count++) y = tanh(add(y, 0.1)); sum(y).backward(); return y; });
results["graphs that cross between numbers and tensors"] = await watch(400, 50, (_, operations) => {
	let y = tensor([w, w]);
	for (let count = 0; count < operations; count++) y = mul(tanh(y), pick(y, count % 2));
	sum(y).backward();
	return y;
});
results["graphs that are listened to"] = await watch(400, 500, (_, operations) => { const y = chain(operations); onGradient(y, () => undefined); y.backward(); return y.chunk; });

// A kept number keeps its own graph, and not those before it.
const kept = [];
results["graphs before one whose result is kept"] = await watch(400, 1000, (count, operations) => { const y = chain(operations); if (count % 100 === 99) kept.push(y); return y.chunk; });
losses.push(...kept.map((x) => x.value));
console.log(JSON.stringify(results));
`;

let folder: string;
let results: Record<string, { readonly alive: number; readonly bytes: number }> = {};

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "chainrule-"));
	const outfile = join(folder, "program.mjs");
	await build({
		stdin: { contents: program, resolveDir: root, loader: "ts" },
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "es2022",
		tsconfig: join(root, "tsconfig.json"),
		logLevel: "silent",
	});
	const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", outfile], { encoding: "utf8" });
	if (status !== 0 || stderr !== "") throw new Error(stderr);
	results = JSON.parse(stdout) as typeof results;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** At most this many of the watched graphs may survive: the last one, and those whose result is kept. */
const survivors: Readonly<Record<string, number>> = {
	"graphs that are dropped": 2,
	"graphs that are differentiated": 2,
	"short graphs of equal length": 40,
	"graphs whose parameter is assigned": 2,
	"graphs that make leaves of their own": 2,
	"graphs of a higher derivative": 2,
	"graphs of tensors": 2,
	"graphs that cross between numbers and tensors": 2,
	"graphs that are listened to": 2,
	"graphs before one whose result is kept": 8,
};

test.each(Object.entries(survivors))("%s are freed", (name, most) => {
	const found = results[name];
	expect(found?.alive).toBeLessThanOrEqual(most);
	expect(found?.bytes).toBeLessThan(4_000_000);
});

test("every loop was watched", () => {
	expect(Object.keys(results)).toEqual(Object.keys(survivors));
});
