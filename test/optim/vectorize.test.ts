/**
 * Rules as vector loops: a large parameter moves as its pieces do, each of them
 * too small for vectors. In float64 to the last bit, in float32 within rounding.
 */
import { broadcastTo, Generator, parameter, randn, setBackend, type Tensor, tensor } from "chainrule";
import {
	Adadelta,
	Adagrad,
	Adam,
	Adamax,
	AdamW,
	FormulaOptimizer,
	Lion,
	NAdam,
	type Optimizer,
	type OptimizerOptions,
	RAdam,
	RMSprop,
	SGD,
} from "chainrule/optim";
import { afterEach, describe, expect, it, vi } from "vitest";

const size = 5003; // a block of float32 and a piece that is no whole vector
const piece = 1000;
const dtypes = ["float32", "float64"] as const;
type Floating = (typeof dtypes)[number];

const makes: Readonly<Record<string, (parameters: readonly Tensor[]) => Optimizer>> = {
	SGD: (p) => new SGD(p, { learningRate: 0.1 }),
	momentum: (p) => new SGD(p, { momentum: 0.9, weightDecay: 0.01, nesterov: true }),
	Adagrad: (p) => new Adagrad(p, { initialSum: 0.1 }),
	Adadelta: (p) => new Adadelta(p),
	RMSprop: (p) => new RMSprop(p, { centered: true, momentum: 0.5 }),
	Adam: (p) => new Adam(p, { weightDecay: 0.1 }),
	amsgrad: (p) => new Adam(p, { amsgrad: true }),
	AdamW: (p) => new AdamW(p),
	NAdam: (p) => new NAdam(p),
	RAdam: (p) => new RAdam(p),
	Adamax: (p) => new Adamax(p),
	Lion: (p) => new Lion(p),
};

const normal = (seed: number, dtype: Floating): Tensor => randn([size], { dtype, generator: new Generator(seed) });

/** The gradients of some steps, one of them repeated along the parameter. */
function gradientsIn(dtype: Floating): Tensor[] {
	return [normal(2, dtype), normal(3, dtype), broadcastTo(tensor(0.5, { dtype }), [size]), normal(4, dtype)];
}

/** Parameters as one list of numbers, after all steps. */
function moved(make: (typeof makes)[string], parts: readonly Tensor[], gradients: readonly Tensor[]): number[] {
	const optimizer = make(parts);
	for (const g of gradients) move(optimizer, parts, g);
	return parts.flatMap((p) => [...p.data]);
}

function move(optimizer: Optimizer, parts: readonly Tensor[], g: Tensor): void {
	let from = 0;
	for (const p of parts) {
		p.zeroGrad();
		const part = parts.length === 1 ? g : tensor(g.data.slice(from, from + p.size), { dtype: g.dtype as Floating });
		p.mul(part).sum().backward();
		from += p.size;
	}
	optimizer.step();
}

function inPieces({ data }: Tensor, length: number): Tensor[] {
	const count = Math.ceil(size / length);
	return Array.from({ length: count }, (_, i) => parameter(data.slice(i * length, (i + 1) * length)));
}

describe.each(dtypes)("%s", (dtype) => {
	it.each(Object.entries(makes))("%s moves a large parameter as its pieces", (_, make) => {
		const start = normal(1, dtype);
		const whole = moved(make, inPieces(start, size), gradientsIn(dtype));
		const pieces = moved(make, inPieces(start, piece), gradientsIn(dtype));
		const most = dtype === "float64" ? 0 : 3e-6;
		expect(Math.max(...whole.map((value, i) => Math.abs(value - (pieces[i] as number))))).toBeLessThanOrEqual(most);
	});

	it("a state goes on bit for bit, and is a copy", () => {
		const [p] = inPieces(normal(1, dtype), size) as [Tensor];
		const optimizer = new Adam([p]);
		const [first, ...others] = gradientsIn(dtype) as [Tensor, ...Tensor[]];
		move(optimizer, [p], first);
		const [state, at] = [optimizer.stateDict(), p.data];
		const run = (): number[] => {
			for (const g of others) move(optimizer, [p], g);
			return [...p.data];
		};
		const expected = run();
		optimizer.loadStateDict(state);
		p.assign(at);
		expect(run()).toEqual(expected);
	});

	it("values that a graph has recorded stay as they were", () => {
		const [p] = inPieces(normal(1, dtype), size) as [Tensor];
		const [before, values] = [p.detach(), p.data];
		move(new SGD([p], { learningRate: 1 }), [p], normal(2, dtype));
		expect(before.data).toEqual(values);
		expect(p.data).not.toEqual(values);
	});
});

it("numbers of a step are combined in float64: 1 - β2 of a β2 near 1 is no difference of float32", () => {
	const p = parameter(new Float32Array(size));
	const betas = [0, 1 - 2 ** -30] as const; // in float32, β2 is 1
	const optimizer = new Adam([p], { betas });
	move(optimizer, [p], tensor(new Float32Array(size).fill(2 ** 10)));
	expect(optimizer.stateDict().tensors.get("0.v")?.data[0]).toBe(2 ** -10);
});

/** p ← p + a b, where a b is in range but a is not. */
class Far extends FormulaOptimizer<OptimizerOptions> {
	protected override formulas(): string[] {
		return ["p = p + a*(b*g)"];
	}
	protected override numbers(): { a: number; b: number } {
		return { a: 1e-60, b: 1e60 };
	}
}

it("numbers that float32 does not have are left to JavaScript, and so is everything where portable code is asked for", () => {
	const g = normal(2, "float32");
	const [p] = inPieces(normal(1, "float32"), size) as [Tensor];
	const start = p.data;
	move(new Far([p], { learningRate: 1 }), [p], g);
	for (const i of [0, 1, 4999]) expect(p.data[i]).toBeCloseTo((start[i] as number) + (g.data[i] as number), 5);

	const before = setBackend("js");
	const make = makes.Adam as (typeof makes)[string];
	const whole = moved(make, inPieces(normal(1, "float32"), size), gradientsIn("float32"));
	setBackend(before);
	expect(whole).toEqual(moved(make, inPieces(normal(1, "float32"), piece), gradientsIn("float32")));
});

describe("where code from text is forbidden", () => {
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.resetModules();
	});

	it("a gradient that lies across the parameter moves it to the same bits, by vectors", async () => {
		const run = async (): Promise<{ readonly result: number[]; readonly seconds: number }> => {
			const [{ Generator, parameter, randn, transpose }, optim] = await Promise.all([
				import("chainrule"),
				import("chainrule/optim"),
			]);
			const random = new Generator(5);
			const p = parameter(randn([300, 200], { generator: random }));
			const gradients = Array.from({ length: 4 }, () => transpose(randn([200, 300], { generator: random })));
			const optimizer = new optim.Adam([p], { learningRate: 0.1 });
			const began = performance.now();
			for (const g of gradients) {
				p.grad = g;
				optimizer.step();
			}
			return { result: [...p.data], seconds: performance.now() - began };
		};
		const { result } = await run();
		class Forbidden {
			constructor() {
				throw new EvalError("Code generation from strings disallowed for this context");
			}
		}
		vi.stubGlobal("Function", Forbidden);
		vi.resetModules();
		const without = await run();
		expect(without.result).toEqual(result);
		const { setBackend } = await import("chainrule");
		setBackend("js");
		const slow = await run();
		expect(slow.result).toEqual(result);
		expect(without.seconds).toBeLessThan(slow.seconds);
	});
});
