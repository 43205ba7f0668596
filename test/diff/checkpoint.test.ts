/** Checkpoints: the same gradients bit for bit, in every order and mode, from less memory. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	add,
	checkGradients,
	checkpoint,
	exp,
	Generator,
	grad,
	gradients,
	jvp,
	matmul,
	mul,
	noGrad,
	onGradient,
	parameter,
	pick,
	rand,
	randn,
	type Scalar,
	scalar,
	seed,
	sin,
	sum,
	type Tensor,
	tanh,
	tensor,
	vjp,
} from "chainrule";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "../source.js";

const generator = new Generator(1);
const W = parameter(randn([6, 6], { generator }), { name: "W" });
const b = scalar(0.3, "b");
const data = randn([4, 6], { generator });

const layer = (h: Tensor): Tensor => tanh(matmul(tanh(matmul(h, W)), W.mul(b)));
const bend = (x: Scalar): Scalar => exp(sin(mul(exp(x), 0.3)));

/** Gradients of a network of five blocks, each treated by `wrap`. */
function trained(wrap: (block: typeof layer) => typeof layer): unknown {
	const x = parameter(data, { name: "x" });
	const block = wrap(layer);
	let h: Tensor = x;
	for (let count = 0; count < 5; count++) h = block(h);
	const loss = sum(h.mul(h));
	loss.backward();
	const grads = [W.grad?.toArray(), x.grad?.toArray(), b.grad];
	for (const leaf of [W, b]) leaf.zeroGrad();
	return [...grads, ...gradients(loss, [W, x, b]).map((gradient) => gradient.toJSON())];
}

describe("a checkpoint", () => {
	it("gives the gradients of the plain computation bit for bit, also for variables around it", () => {
		expect(trained(checkpoint)).toEqual(trained((block) => block));
	});

	it("gives them inside another checkpoint, too", () => {
		const twice = (block: typeof layer): typeof layer =>
			checkpoint((h: Tensor) => checkpoint(block)(checkpoint(block)(h)));
		expect(trained(twice)).toEqual(trained((block) => (h) => block(block(h))));
	});

	it("of numbers gives derivatives of every order, reverse and forward", () => {
		const block = checkpoint(bend);
		expect(grad(block)(0.3)).toBe(grad(bend)(0.3));
		expect(grad(grad(block))(0.3)).toBe(grad(grad(bend))(0.3));
		expect(grad(grad(grad(block)))(0.3)).toBe(grad(grad(grad(bend)))(0.3));
		const [value, tangent] = jvp(block, [0.3], [1]);
		const [plainValue, plainTangent] = jvp(bend, [0.3], [1]);
		expect([value.item(), tangent.item()]).toEqual([plainValue.item(), plainTangent.item()]);
		expect(vjp(block, 0.3)[1]()).toEqual(vjp(bend, 0.3)[1]());
		expect(checkGradients((x: Tensor) => checkpoint(layer)(x), [data], { order: 2 }).ok).toBe(true);
	});

	it("of numbers and tensors crosses both ways", () => {
		const mixed = (x: Scalar, t: Tensor): Scalar => mul(x, pick(tensor([x, b]).mul(t).sum().tanh().mul(2).exp(), 0));
		const run = (f: typeof mixed): unknown => {
			const x = scalar(0.4);
			const t = parameter([1, -2]);
			return gradients(f(x, t), [x, t, b]).map((gradient) => gradient.toJSON());
		};
		expect(run(checkpoint(mixed))).toEqual(run(mixed));
	});

	it("draws the same random numbers again, and leaves the generator where it was", () => {
		const noisy = (x: Tensor): Tensor => tanh(x.mul(rand([3])));
		const run = (f: typeof noisy): unknown => {
			seed(5);
			const x = parameter([1, 2, 3]);
			const loss = sum(f(f(x)));
			const next = rand([1]).item();
			loss.backward();
			return [loss.item(), x.grad?.toArray(), next, rand([1]).item()];
		};
		expect(run(checkpoint(noisy))).toEqual(run(noisy));
	});

	it("draws them again from a generator of its own, too, and inside another checkpoint", () => {
		const run = (wrap: typeof checkpoint): unknown => {
			const own = new Generator(9);
			const noisy = (x: Tensor): Tensor =>
				tanh(x.mul(randn([3], { generator: own })).mul(rand([3], { generator: own })));
			seed(5);
			const x = parameter([1, 2, 3]);
			const block = wrap((t: Tensor) => wrap(noisy)(wrap(noisy)(t)).mul(rand([1])));
			sum(block(block(x))).backward();
			return [x.grad?.toArray(), own.uniform(), rand([1]).item()];
		};
		expect(run(checkpoint)).toEqual(run((f) => f));
	});

	it("calls listeners inside and outside once", () => {
		const x = scalar(2);
		const heard: number[] = [];
		onGradient(x, (gx) => heard.push(gx.value));
		checkpoint((t: Scalar) => mul(t, t))(x).backward();
		expect(heard).toEqual([4]);
	});

	it("has nothing to forget where nothing is recorded or tracked", () => {
		expect(noGrad(() => checkpoint(layer)(data)).requiresGrad).toBe(false);
		expect(checkpoint((t: Tensor) => t.mul(2))(data).requiresGrad).toBe(false);
	});

	it("may hand an argument through, and make variables of its own", () => {
		const x = scalar(3);
		expect(gradients(checkpoint((t: Scalar) => t)(x), [x])[0].value).toBe(1);
		expect(gradients(checkpoint((t: Scalar) => add(t, scalar(1)))(x), [x])[0].value).toBe(1);
	});

	it("of a variable that was assigned in between is refused, as any backward pass is", () => {
		const w = scalar(2, "w");
		const loss = checkpoint((t: Scalar) => mul(t, t))(w);
		w.assign(3);
		expect(() => loss.backward()).toThrow('parameter "w" was assigned after it was used');
	});
});

it("a chain of checkpoints holds less memory at its peak than the plain chain", async () => {
	const folder = mkdtempSync(join(tmpdir(), "chainrule-checkpoint-"));
	try {
		const outfile = join(folder, "program.mjs");
		await build({
			stdin: {
				contents: `
import { checkpoint, parameter, sum, tanh } from "chainrule";
const size = 100_000;
const x = parameter(new Float64Array(size).fill(0.5));
const block = (h) => { for (let count = 0; count < 20; count++) h = tanh(h.mul(1.01)); return h; };
function peak(f) {
	let most = 0;
	const look = () => { globalThis.gc(); most = Math.max(most, process.memoryUsage().arrayBuffers); };
	const watched = (h) => { const z = block(h); look(); return z; };
	let h = x;
	globalThis.gc();
	const before = process.memoryUsage().arrayBuffers;
	const run = f(watched);
	for (let count = 0; count < 8; count++) h = run(h);
	sum(h).backward();
	look();
	const gradient = x.grad.data.reduce((a, b) => a + b);
	x.zeroGrad();
	return { bytes: most - before, gradient };
}
console.log(JSON.stringify([peak((f) => f), peak(checkpoint)]));`,
				resolveDir: root,
			},
			bundle: true,
			format: "esm",
			platform: "node",
			outfile,
			tsconfig: join(root, "tsconfig.json"),
			logLevel: "error",
		});
		const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", outfile], { encoding: "utf8" });
		expect(stderr).toBe("");
		const [plain, forgetful] = JSON.parse(stdout) as { bytes: number; gradient: number }[];
		expect(forgetful?.gradient).toBe(plain?.gradient);
		// 8 blocks of 40 results of 0.8 MB: 256 MB; with checkpoints 8 boundaries and one block, 39 MB.
		expect(plain?.bytes).toBeGreaterThan(200e6);
		expect(forgetful?.bytes).toBeLessThan(80e6);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
