/**
 * The whole pointwise registry where code may not be generated from text.
 *
 * A content-security policy forbids `new Function`. The engine is loaded a
 * second time with a constructor that throws as under such a policy; every
 * value and gradient must be, bit for bit, that of the generated code. Then a
 * process of its own runs under V8's own switch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Node, Scalar, Tensor } from "chainrule";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../source.js";
import { differenceOf } from "../verdicts.js";
import { isPointwise, point, randomFor } from "./sampling.js";

type Engine = typeof import("chainrule") & { readonly generatesCode: () => boolean };

/** A fresh copy of the engine. */
async function load(): Promise<Engine> {
	vi.resetModules();
	const library = await import("chainrule");
	const { generatesCode } = await import("../../src/kernels/loops.js");
	return { ...library, generatesCode };
}

/** `Function`, but for making code from text. */
const forbidden = new Proxy(Function, {
	apply: () => {
		throw new EvalError("Code generation from strings disallowed for this context");
	},
	construct: () => {
		throw new EvalError("Code generation from strings disallowed for this context");
	},
});

const generated = await load();
vi.stubGlobal("Function", forbidden);
const plain = await load();
vi.unstubAllGlobals();

beforeAll(() => void vi.stubGlobal("Function", forbidden));
afterAll(() => void vi.unstubAllGlobals());

const places = 24;
const dtypes = ["float64", "float32"] as const;

/** Value, gradients and gradients of gradients of an operation, on numbers. */
function onNumbers({ operations, scalar, gradients, add }: Engine, name: string): number[] {
	const op = operations()
		.filter(isPointwise)
		.find((candidate) => candidate.name === name);
	if (!op) throw new Error(`${name} is missing`);
	const random = randomFor(name);
	return Array.from({ length: places }, () => {
		const xs = point(op, random).map((x) => scalar(x));
		const z = op.call(...xs) as Scalar;
		const plainly = gradients(z, xs, { cotangent: 0.75, unused: "zero" });
		const first = gradients(z, xs, { cotangent: 0.75, unused: "zero", createGraph: true });
		const second = gradients(
			first.reduce((total, x) => add(total, x)),
			xs,
			{ unused: "zero" },
		);
		return [z, ...plainly, ...first, ...second].map((x) => x.value);
	}).flat();
}

/** The same on tensors of a dtype, contiguous, transposed and broadcast. */
function onTensors(
	{ operations, tensor, gradients, add, sum, permute, slice }: Engine,
	name: string,
	dtype: (typeof dtypes)[number],
): number[] {
	const op = operations()
		.filter(isPointwise)
		.find((candidate) => candidate.name === name);
	if (!op) throw new Error(`${name} is missing`);
	const random = randomFor(name);
	const points = Array.from({ length: places }, () => point(op, random));
	const views: readonly ((x: Tensor) => Tensor)[] = [
		(x) => x,
		(x) => permute(x, [1, 0]),
		(x) => slice(x, [null, [null, null, -2]]),
	];
	return views.flatMap((view) => {
		const xs = op.domain.map((_, operand) =>
			tensor(
				Float64Array.from(points, (operands) => operands[operand] as number),
				{
					shape: [4, 6],
					dtype,
					requiresGrad: true,
				},
			),
		);
		const z = op.call(...xs.map(view)) as Tensor;
		const plainly = gradients(sum(z), xs, { unused: "zero" });
		const first = gradients(sum(z), xs, { unused: "zero", createGraph: true });
		const total = first.reduce<Node>((sofar, x) => add(sofar, sum(x)), sum(z));
		const second = gradients(total, xs, { unused: "zero" });
		return [z, ...plainly, ...first, ...second].flatMap((x) => Array.from(x.data));
	});
}

test("one engine generates code and the other one does not", () => {
	expect(generated.generatesCode()).toBe(true);
	expect(plain.generatesCode()).toBe(false);
	expect(generated.Scalar).not.toBe(plain.Scalar);
	expect(() => new Function("")).toThrow(EvalError);
	expect(plain.operations().map(({ name }) => name)).toEqual(generated.operations().map(({ name }) => name));
});

describe.each(generated.operations().filter(isPointwise))("without generated code", ({ name }) => {
	test(`${name}: value, gradient and second derivatives of numbers are the same bits`, () => {
		expect(
			differenceOf(
				onNumbers(plain, name),
				withCode(() => onNumbers(generated, name)),
			),
		).toBe("the same bits");
	});

	test.each(dtypes)(`${name}: value, gradient and second derivatives of %s tensors are the same bits`, (dtype) => {
		expect(
			differenceOf(
				onTensors(plain, name, dtype),
				withCode(() => onTensors(generated, name, dtype)),
			),
		).toBe("the same bits");
	});
});

/** Runs `body` where code may be generated. */
function withCode<Result>(body: () => Result): Result {
	vi.unstubAllGlobals();
	try {
		return body();
	} finally {
		vi.stubGlobal("Function", forbidden);
	}
}

describe("integers, reductions and user-defined operations without generated code", () => {
	const program = ({
		tensor,
		mul,
		maximum,
		sum,
		max,
		logSumExp,
		matmul,
		softmax,
		gradients,
		defineOp,
		grad,
	}: Engine) => {
		const whole = tensor(
			[
				[3, -1],
				[2, 5],
			],
			{ dtype: "int32" },
		);
		const x = tensor(
			[
				[0.5, -1.5],
				[2, 0.25],
			],
			{ requiresGrad: true },
		);
		const z = sum(mul(softmax(matmul(x, x.T)), maximum(whole, mul(x, 2))));
		const [dx] = gradients(logSumExp(mul(max(x, { axis: 0 }), z)), [x], { createGraph: true });
		const [again] = gradients(sum(mul(dx, dx)), [x]);
		const cube = defineOp({ name: "cube", value: (y) => y ** 3, partials: ["3 * x^2"] });
		const third = grad(grad(grad(cube)));
		return [z.item(), ...dx.data, ...again.data, ...mul(whole, whole).data, third(1.3)];
	};

	test("are the same bits", () => {
		expect(
			differenceOf(
				program(plain),
				withCode(() => program(generated)),
			),
		).toBe("the same bits");
	});
});

describe("a process in which V8 forbids code from strings", () => {
	let folder: string;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "chainrule-"));
		await build({
			entryPoints: [join(root, "src/index.ts")],
			outfile: join(folder, "chainrule.mjs"),
			bundle: true,
			format: "esm",
			platform: "neutral",
			mainFields: ["module", "main"],
			target: "es2022",
			logLevel: "silent",
		});
		writeFileSync(
			join(folder, "program.mjs"),
			`import { grad, hessian, parameter, scalar, sum, tanh, mul, softmax, matmul, erf, tensor } from "./chainrule.mjs";
let forbidden = false;
try { new Function(""); } catch { forbidden = true; }
const a = scalar(-4), b = scalar(2);
let c = a.add(b), d = a.mul(b).add(b.pow(3));
c = c.add(c.add(1)); c = c.add(c.add(1).add(a.neg()));
d = d.add(d.mul(2).add(b.add(a).relu())); d = d.add(d.mul(3).add(b.sub(a).relu()));
const e = c.sub(d), f = e.square();
const g = f.div(2).add(f.pow(-1).mul(10));
g.backward();
const w = parameter([[1, 2], [3, 4]]);
sum(mul(softmax(matmul(w, w)), erf(w))).backward();
console.log(JSON.stringify({ forbidden, g: g.value, a: a.grad, b: b.grad, w: w.grad, third: grad(grad(grad(tanh)))(0.5),
  h: hessian((x) => sum(mul(x, mul(x, x))))(tensor([1, 2])) }));
`,
		);
	});

	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function run(...flags: string[]): Record<string, unknown> {
		const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, join(folder, "program.mjs")], {
			encoding: "utf8",
		});
		expect(stderr).toBe("");
		expect(status).toBe(0);
		return JSON.parse(stdout) as Record<string, unknown>;
	}

	test("computes the same numbers as one in which it may", () => {
		const { forbidden: without, ...expected } = run();
		const { forbidden: within, ...found } = run("--disallow-code-generation-from-strings");
		expect([without, within]).toEqual([false, true]);
		expect(found).toEqual(expected);
		expect(found.h).toEqual([
			[6, 0],
			[0, 12],
		]);
		expect(found.third).toBeCloseTo(-0.565209288259771, 12);
	});
});
