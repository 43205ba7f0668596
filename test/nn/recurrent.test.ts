/**
 * Recurrent layers against loops over single numbers, written from the
 * formulas, and against finite differences.
 */
import { add, checkGradients, Generator, mul, randn, relu, sum, type Tensor, tensor, vmap, zeros } from "chainrule";
import {
	functionalCall,
	GRU,
	type GRUCell,
	LSTM,
	LSTMCell,
	type LSTMState,
	type Recurrent,
	RNN,
	RNNCell,
} from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { describe, expect, it } from "vitest";
import { verdictOf } from "../verdicts.js";

const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { generator: new Generator(seed) });
const distance = (x: Tensor, y: Tensor): number => x.sub(y).abs().max().item();

type Matrix = readonly (readonly number[])[];
interface Numbers {
	readonly weightIh: Matrix;
	readonly weightHh: Matrix;
	readonly biasIh: readonly number[];
	readonly biasHh: readonly number[];
}
const numbersOf = (cell: RNNCell | LSTMCell | GRUCell): Numbers => ({
	weightIh: cell.weightIh.toArray() as number[][],
	weightHh: cell.weightHh.toArray() as number[][],
	biasIh: (cell.biasIh?.toArray() ?? new Array<number>(cell.weightIh.shape[0] as number).fill(0)) as number[],
	biasHh: (cell.biasHh?.toArray() ?? new Array<number>(cell.weightHh.shape[0] as number).fill(0)) as number[],
});
const row = (weights: Matrix, bias: readonly number[], at: number, x: readonly number[]): number => {
	let total = bias[at] as number;
	for (let i = 0; i < x.length; i++) total += ((weights[at] as number[])[i] as number) * (x[i] as number);
	return total;
};
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

/** One step on one sample: the state is h, or h and c one after the other. */
type Step = (p: Numbers, x: readonly number[], state: readonly number[]) => number[];

const stepOf: Record<"RNN" | "GRU" | "LSTM", Step> = {
	RNN: (p, x, h) => h.map((_, k) => Math.tanh(row(p.weightIh, p.biasIh, k, x) + row(p.weightHh, p.biasHh, k, h))),
	GRU: (p, x, h) =>
		h.map((before, k) => {
			const n = h.length;
			const r = sigma(row(p.weightIh, p.biasIh, k, x) + row(p.weightHh, p.biasHh, k, h));
			const z = sigma(row(p.weightIh, p.biasIh, n + k, x) + row(p.weightHh, p.biasHh, n + k, h));
			const candidate = Math.tanh(
				row(p.weightIh, p.biasIh, 2 * n + k, x) + r * row(p.weightHh, p.biasHh, 2 * n + k, h),
			);
			return (1 - z) * candidate + z * before;
		}),
	LSTM: (p, x, state) => {
		const n = state.length / 2;
		const h = state.slice(0, n);
		const gate = (which: number, k: number): number =>
			row(p.weightIh, p.biasIh, which * n + k, x) + row(p.weightHh, p.biasHh, which * n + k, h);
		const c = h.map((_, k) => sigma(gate(1, k)) * (state[n + k] as number) + sigma(gate(0, k)) * Math.tanh(gate(2, k)));
		return [...h.map((_, k) => sigma(gate(3, k)) * Math.tanh(c[k] as number)), ...c];
	},
};

/** A whole layer on one sequence: outputs, and the last state of every cell. */
function byHand(
	kind: keyof typeof stepOf,
	layer: RNN | LSTM | GRU,
	x: Matrix,
	hidden: number,
	starts?: readonly (readonly number[])[],
): { output: number[][]; ends: number[][] } {
	const width = kind === "LSTM" ? 2 * hidden : hidden;
	const ends: number[][] = [];
	let signals = x.map((row) => [...row]);
	for (const { forward, backward } of layer.layers) {
		const outputs = [forward, backward].flatMap((cell, direction) => {
			if (cell === undefined) return [];
			let state: number[] = [...(starts?.[ends.length] ?? new Array<number>(width).fill(0))];
			const order = direction === 0 ? signals : [...signals].reverse();
			const seen = order.map((signal) => {
				state = stepOf[kind](numbersOf(cell as LSTMCell), signal, state);
				return state.slice(0, hidden);
			});
			ends.push(state);
			return [direction === 0 ? seen : seen.reverse()];
		});
		signals = signals.map((_, time) => outputs.flatMap((output) => output[time] as number[]));
	}
	return { output: signals, ends };
}

const kinds = { RNN, GRU, LSTM };
const partsOf = (state: Tensor | LSTMState): readonly Tensor[] =>
	"cell" in state ? [state.hidden, state.cell] : [state];

describe.each(["RNN", "GRU", "LSTM"] as const)("%s", (kind) => {
	const make = (options = {}): RNN | LSTM | GRU => new kinds[kind](3, 4, { generator: new Generator(5), ...options });

	it.each([
		["one layer", {}],
		["no biases", { bias: false }],
		["two layers", { layers: 2 }],
		["both directions", { bidirectional: true }],
		["two layers in both directions", { layers: 2, bidirectional: true }],
	])("with %s is the loop of its formulas", (_, options) => {
		const layer = make(options) as Recurrent<Tensor | LSTMState>;
		const x = normal([2, 5, 3]);
		const { output, state } = layer.call(x);
		for (const sample of [0, 1]) {
			const expected = byHand(kind, layer as LSTM, x.slice([sample]).toArray() as number[][], 4);
			expect(distance(output.slice([sample]), tensor(expected.output))).toBeLessThan(1e-14);
			const found = partsOf(state).map((part) => part.slice([null, sample]));
			expected.ends.forEach((end, cell) => {
				expect(
					found
						.flatMap((part) => [...part.slice([cell]).data])
						.map((h, k) => h - (end[k] as number))
						.every((gap) => Math.abs(gap) < 1e-14),
				).toBe(true);
			});
		}
	});

	it("continues where it ended, from a state that is given", () => {
		const layer = make({ layers: 2 }) as Recurrent<Tensor | LSTMState>;
		const x = normal([2, 6, 3]);
		const whole = layer.call(x);
		const first = layer.call(x.slice([null, [0, 2]]));
		const rest = layer.call(x.slice([null, [2, 6]]), first.state);
		expect(distance(rest.output, whole.output.slice([null, [2, 6]]))).toBe(0);
		partsOf(rest.state).forEach((part, at) => {
			expect(distance(part, partsOf(whole.state)[at] as Tensor)).toBe(0);
		});
	});

	it("starts each cell of both directions from its own part of the state", () => {
		const layer = make({ layers: 2, bidirectional: true }) as Recurrent<Tensor | LSTMState>;
		const x = normal([1, 3, 3]);
		const parts = [normal([4, 1, 4], 2), normal([4, 1, 4], 3)];
		const state = kind === "LSTM" ? { hidden: parts[0] as Tensor, cell: parts[1] as Tensor } : (parts[0] as Tensor);
		const starts = [0, 1, 2, 3].map((cell) => partsOf(state).flatMap((part) => [...part.slice([cell]).data]));
		const expected = byHand(kind, layer as LSTM, x.slice([0]).toArray() as number[][], 4, starts);
		expect(distance(layer.call(x, state).output.slice([0]), tensor(expected.output))).toBeLessThan(1e-14);
	});

	it("has the gradients of finite differences in input, parameters and first state", () => {
		const layer = make({ layers: 2, bidirectional: true }) as Recurrent<Tensor | LSTMState>;
		const values = Object.fromEntries(layer.stateDict());
		const states = [normal([4, 2, 4], 2), normal([4, 2, 4], 3)] as const;
		const f = (p: Record<string, Tensor>, x: Tensor, h: Tensor, c: Tensor): Tensor => {
			const { output, state } = functionalCall(
				layer,
				p,
				x,
				kind === "LSTM" ? { hidden: h, cell: mul(c, 1) } : add(h, c),
			);
			return partsOf(state).reduce(
				(total, part) => total.add(sum(part.mul(part))),
				sum(output.mul(output).mul(output)),
			);
		};
		const report = checkGradients(f as never, [values, normal([2, 3, 3]), ...states], { directions: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	it("takes a single sequence, a batch, a batch of batches, and vmap", () => {
		const layer = make() as Recurrent<Tensor | LSTMState>;
		const x = normal([2, 2, 5, 3]);
		const all = layer.call(x);
		expect(all.output.shape).toEqual([2, 2, 5, 4]);
		expect(partsOf(all.state).map(({ shape }) => shape)).toEqual(partsOf(all.state).map(() => [1, 2, 2, 4]));
		expect(distance(layer.call(x.slice([1, 0])).output, all.output.slice([1, 0]))).toBeLessThan(1e-15);
		const mapped = vmap((one: Tensor) => layer.call(one).output)(x.slice([0]));
		expect(distance(mapped, all.output.slice([0]))).toBeLessThan(1e-15);
	});

	it("stays in float32", () => {
		const layer = make({ dtype: "float32", layers: 2 }) as Recurrent<Tensor | LSTMState>;
		const exact = make({ layers: 2 }) as Recurrent<Tensor | LSTMState>;
		exact.loadStateDict(layer.stateDict());
		const x = randn([2, 4, 3], { dtype: "float32", generator: new Generator(1) });
		const { output, state } = layer.call(x);
		expect([output, ...partsOf(state)].every(({ dtype }) => dtype === "float32")).toBe(true);
		expect(distance(output, exact.call(x).output)).toBeLessThan(1e-6);
		sum(output).backward();
		expect(layer.parameters().every(({ grad }) => (grad as Tensor | undefined)?.dtype === "float32")).toBe(true);
	});

	it("starts between ±1/√hidden and drops between layers in training only", () => {
		const layer = make({ layers: 2, dropout: 1 }) as Recurrent<Tensor | LSTMState>;
		expect(layer.parameters().every((x) => (x as Tensor).abs().max().item() <= 0.5)).toBe(true);
		const [x, y] = [normal([1, 3, 3], 1), normal([1, 3, 3], 2)];
		expect(distance(layer.call(x).output, layer.call(y).output)).toBe(0);
		layer.eval();
		expect(distance(layer.call(x).output, layer.call(y).output)).toBeGreaterThan(0.001);
	});
});

describe("a cell", () => {
	it("is one step of its layer", () => {
		const lstm = new LSTM(3, 4, { generator: new Generator(1) });
		const cell = lstm.layers[0]?.forward as LSTMCell;
		const x = normal([2, 2, 3]);
		const first = cell.call(x.slice([null, 0]));
		const second = cell.call(x.slice([null, 1]), first);
		const { output, state } = lstm.call(x);
		expect(distance(output.slice([null, 1]), second.hidden)).toBe(0);
		expect(distance(state.cell.slice([0]), second.cell)).toBe(0);
	});

	it("may have another activation", () => {
		const cell = new RNNCell(2, 3, { activation: relu, generator: new Generator(1) });
		const x = tensor([1, -1]);
		const z = cell.weightIh
			.matmul(x)
			.add(cell.biasIh as Tensor)
			.add(cell.biasHh as Tensor);
		expect(distance(cell.call(x), relu(z))).toBeLessThan(1e-15);
	});

	it("keeps its state where the forget gate is open and nothing is written", () => {
		const cell = new LSTMCell(1, 1);
		for (const x of cell.parameters()) (x as Tensor).assign(zeros(x.shape));
		cell.biasIh?.assign([-1000, 1000, 0, 1000]);
		const before = { hidden: zeros([1]), cell: tensor([0.5]) };
		expect(cell.call(tensor([3]), before).cell.item()).toBe(0.5);
	});
});

describe("a GRU", () => {
	it("learns to remember the first number of a sequence", () => {
		const generator = new Generator(2);
		const gru = new GRU(1, 8, { generator });
		const optimizer = new SGD(gru.parameters(), { learningRate: 0.2, momentum: 0.9 });
		const x = randn([32, 6, 1], { generator });
		const target = x.slice([null, 0]).tanh();
		let loss = Number.POSITIVE_INFINITY;
		for (let step = 0; step < 120; step++) {
			const last = gru.call(x).state.slice([0, null, [0, 1]]);
			const error = last.sub(target).square().mean();
			optimizer.zeroGrad();
			error.backward();
			optimizer.step();
			loss = error.item();
		}
		expect(loss).toBeLessThan(0.03); // the mean of the targets alone leaves 0.3
	});
});
