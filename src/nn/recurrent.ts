/**
 * Recurrent layers: one step is a cell, and a sequence is a cell led along time.
 *
 * A cell is three things: how many gates it has, what they do with what the
 * input says and what the state says, and how a state is made of tensors. Steps,
 * layers and directions are written once for all cells. Formulas and the order
 * of gates are those of PyTorch; the last axis holds the features, the one
 * before it the time, and all axes before these count samples.
 */
import { failure } from "../core/errors.js";
import { type Shape, sameShape, shapeText } from "../core/shape.js";
import {
	add,
	chunk,
	concat,
	type Generator,
	mul,
	sigmoid,
	slice,
	stack,
	sub,
	type Tensor,
	tanh,
	zeros,
} from "../index.js";
import { dropout } from "../ops/attention.js";
import type { Initializer, InitOptions } from "./init.js";
import { affine } from "./linear.js";
import { Module } from "./module.js";
import { checkFeatures, checkProbability, checkSize, checkTensor } from "./size.js";
import { start, within } from "./start.js";

/** How a recurrent cell is made. */
export interface RecurrentCellOptions extends InitOptions {
	/** How the weight of the input starts; uniform between ±1/√hidden when left out, as all parameters. */
	readonly weightIh?: Initializer | undefined;
	/** How the weight of the state starts. */
	readonly weightHh?: Initializer | undefined;
	/** False for a cell without biases; or how both start. */
	readonly bias?: boolean | Initializer | undefined;
}

/**
 * One step of a recurrent layer: `call(x, state)` gives the next state, for `x`
 * `[..., inputs]` and states `[..., hidden]`, zeros when left out. Rows of the
 * parameters belong to the gates one after the other.
 *
 * @throws where sizes differ.
 */
export abstract class RecurrentCell<State> extends Module<Tensor, State, [state?: State | undefined]> {
	/** `[gates · hidden, inputs]`. */
	readonly weightIh: Tensor;
	/** `[gates · hidden, hidden]`. */
	readonly weightHh: Tensor;
	readonly biasIh: Tensor | undefined;
	readonly biasHh: Tensor | undefined;
	readonly hidden: number;

	constructor(gates: number, inputs: number, hidden: number, options: RecurrentCellOptions) {
		super();
		const { name } = this.constructor;
		checkSize(name, "inputs", inputs);
		checkSize(name, "hidden units", hidden);
		const usual = within(hidden);
		const { weightIh = usual, weightHh = usual, bias = true } = options;
		const rows = gates * hidden;
		this.weightIh = start(name, "weightIh", [rows, inputs], weightIh, options);
		this.weightHh = start(name, "weightHh", [rows, hidden], weightHh, options);
		const first = bias === true ? usual : bias;
		this.biasIh = first === false ? undefined : start(name, "biasIh", [rows], first, options);
		this.biasHh = first === false ? undefined : start(name, "biasHh", [rows], first, options);
		this.hidden = hidden;
	}

	/** The next state of what the input says to the gates and the state before. */
	protected abstract next(fromInput: Tensor, state: State): State;
	/** The tensors of a state, of which the first is the output. */
	abstract partsOf(state: State): readonly Tensor[];
	/** The state that is made of these tensors. */
	abstract stateOf(part: (index: number) => Tensor): State;

	/** What the state says to the gates: h W_hhᵀ + b_hh. */
	protected fromState(h: Tensor): Tensor {
		return affine(h, this.weightHh, this.biasHh);
	}

	override forward(x: Tensor, state?: State): State {
		const { name } = this.constructor;
		checkFeatures(name, x, this.weightIh.shape.slice(1));
		const shape = [...x.shape.slice(0, -1), this.hidden];
		const before = state ?? this.stateOf(() => zeros(shape, { dtype: this.weightHh.dtype }));
		for (const part of this.partsOf(before)) checkState(name, part, shape);
		return this.next(affine(x, this.weightIh, this.biasIh), before);
	}
}

function checkState(name: string, state: Tensor, shape: Shape): void {
	if (sameShape(state.shape, shape)) return;
	throw failure({
		what: `${name}: the state does not fit the input`,
		expected: `a state ${shapeText(shape)}`,
		actual: shapeText(state.shape),
	});
}

/** A cell whose state is its output. */
abstract class PlainCell extends RecurrentCell<Tensor> {
	override partsOf(state: Tensor): readonly Tensor[] {
		return [state];
	}

	override stateOf(part: (index: number) => Tensor): Tensor {
		return part(0);
	}
}

/** How {@link RNNCell} is made. */
export interface RNNCellOptions extends RecurrentCellOptions {
	/** `tanh` when left out. */
	readonly activation?: ((x: Tensor) => Tensor) | undefined;
}

/**
 * h' = tanh(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh); see {@link RecurrentCell}.
 *
 * J. L. Elman, "Finding structure in time", 1990.
 */
export class RNNCell extends PlainCell {
	readonly activation: (x: Tensor) => Tensor;

	constructor(inputs: number, hidden: number, options: RNNCellOptions = {}) {
		super(1, inputs, hidden, options);
		this.activation = options.activation ?? tanh;
	}

	protected override next(fromInput: Tensor, h: Tensor): Tensor {
		return this.activation(add(fromInput, this.fromState(h)));
	}
}

/**
 * A gated recurrent unit. With u = x W_ihᵀ + b_ih and v = h W_hhᵀ + b_hh, each
 * in three parts:
 *
 *     r = σ(u₁ + v₁)        how much of the state is read
 *     z = σ(u₂ + v₂)        how much of it is kept
 *     n = tanh(u₃ + r v₃)   the candidate
 *     h' = (1 - z) n + z h
 *
 * See {@link RecurrentCell}. K. Cho et al., "Learning phrase representations
 * using RNN encoder-decoder", 2014, with r outside of the product, as in PyTorch.
 */
export class GRUCell extends PlainCell {
	constructor(inputs: number, hidden: number, options: RecurrentCellOptions = {}) {
		super(3, inputs, hidden, options);
	}

	protected override next(fromInput: Tensor, h: Tensor): Tensor {
		const [u1, u2, u3] = chunk(fromInput, 3, { axis: -1 }) as [Tensor, Tensor, Tensor];
		const [v1, v2, v3] = chunk(this.fromState(h), 3, { axis: -1 }) as [Tensor, Tensor, Tensor];
		const r = sigmoid(add(u1, v1));
		const z = sigmoid(add(u2, v2));
		const n = tanh(add(u3, mul(r, v3)));
		return add(n, mul(z, sub(h, n)));
	}
}

/** The state of {@link LSTMCell} and {@link LSTM}. */
export interface LSTMState {
	/** What others see: h. */
	readonly hidden: Tensor;
	/** What the cell remembers: c. */
	readonly cell: Tensor;
}

/**
 * Long short-term memory. With u = x W_ihᵀ + b_ih + h W_hhᵀ + b_hh in four parts:
 *
 *     i = σ(u₁)      how much is written
 *     f = σ(u₂)      how much is kept
 *     g = tanh(u₃)   what is written
 *     o = σ(u₄)      how much is shown
 *     c' = f c + i g
 *     h' = o tanh(c')
 *
 * See {@link RecurrentCell}. S. Hochreiter and J. Schmidhuber, "Long short-term
 * memory", 1997, with the forget gate of F. Gers et al., 2000.
 */
export class LSTMCell extends RecurrentCell<LSTMState> {
	constructor(inputs: number, hidden: number, options: RecurrentCellOptions = {}) {
		super(4, inputs, hidden, options);
	}

	protected override next(fromInput: Tensor, { hidden: h, cell: c }: LSTMState): LSTMState {
		const gates = add(fromInput, this.fromState(h));
		const [u1, u2, u3, u4] = chunk(gates, 4, { axis: -1 }) as [Tensor, Tensor, Tensor, Tensor];
		const cell = add(mul(sigmoid(u2), c), mul(sigmoid(u1), tanh(u3)));
		return { hidden: mul(sigmoid(u4), tanh(cell)), cell };
	}

	override partsOf({ hidden, cell }: LSTMState): readonly Tensor[] {
		return [hidden, cell];
	}

	override stateOf(part: (index: number) => Tensor): LSTMState {
		return { hidden: part(0), cell: part(1) };
	}
}

/** How a recurrent layer is made. */
export interface RecurrentOptions extends RecurrentCellOptions {
	/** How many cells stand on each other, each reading the outputs of the one below; 1 when left out. */
	readonly layers?: number | undefined;
	/** True for a second cell in each layer that reads from the end; outputs lie side by side. */
	readonly bidirectional?: boolean | undefined;
	/** Probability with which an output is dropped between layers, in training; 0 when left out. */
	readonly dropout?: number | undefined;
}

/** What a recurrent layer says. */
export interface Recurrence<State> {
	/** The last layer's output at every time: `[..., time, hidden]`, twice as wide where there are two directions. */
	readonly output: Tensor;
	/** Where every cell ended: tensors `[layers · directions, ..., hidden]`, the directions of a layer side by side. */
	readonly state: State;
}

/** The cells of a layer: what they read first to last, and what last to first. */
interface Directions<State> {
	readonly forward: RecurrentCell<State>;
	readonly backward?: RecurrentCell<State>;
}

/**
 * A recurrent layer, or several: `call(x, state)` for `x` `[..., time, inputs]`
 * and a first state as the last one that a call returns, zeros when left out.
 *
 * @throws where sizes differ.
 */
export abstract class Recurrent<State> extends Module<Tensor, Recurrence<State>, [state?: State | undefined]> {
	readonly layers: readonly Directions<State>[];
	readonly dropout: number;
	readonly generator: Generator | undefined;

	constructor(
		cell: (inputs: number) => RecurrentCell<State>,
		inputs: number,
		hidden: number,
		{ layers = 1, bidirectional = false, dropout: p = 0, generator }: RecurrentOptions,
	) {
		super();
		const { name } = this.constructor;
		checkSize(name, "layers", layers);
		this.layers = Array.from({ length: layers }, (_, layer) => {
			const width = layer === 0 ? inputs : hidden * (bidirectional ? 2 : 1);
			return bidirectional ? { forward: cell(width), backward: cell(width) } : { forward: cell(width) };
		});
		this.dropout = checkProbability(name, p);
		this.generator = generator;
	}

	override forward(x: Tensor, state?: State): Recurrence<State> {
		const { name } = this.constructor;
		const cells = this.layers.flatMap(({ forward, backward }) => (backward ? [forward, backward] : [forward]));
		const [first] = cells as [RecurrentCell<State>];
		checkSequence(name, x, first.weightIh.shape[1] as number);
		const lead = x.shape.slice(0, -2);
		for (const part of state === undefined ? [] : first.partsOf(state))
			checkState(name, part, [cells.length, ...lead, first.hidden]);
		const startOf = (index: number): State | undefined =>
			state && first.stateOf((part) => slice(first.partsOf(state)[part] as Tensor, [index]));

		const ends: State[] = [];
		const time = lead.map(() => null);
		let signals = Array.from({ length: x.shape.at(-2) as number }, (_, at) => slice(x, [...time, at]));
		this.layers.forEach(({ forward, backward }, layer) => {
			if (layer > 0 && this.training && this.dropout > 0)
				signals = signals.map((signal) => dropout(signal, this.dropout, { generator: this.generator }));
			const there = along(forward, signals, startOf(ends.length));
			ends.push(there.end);
			if (backward === undefined) {
				signals = there.outputs;
				return;
			}
			const back = along(backward, signals.toReversed(), startOf(ends.length));
			ends.push(back.end);
			const reversed = back.outputs.toReversed();
			signals = there.outputs.map((output, at) => concat([output, reversed[at] as Tensor], { axis: -1 }));
		});
		const parts = ends.map((end) => first.partsOf(end));
		return {
			output: stack(signals, { axis: -2 }),
			state: first.stateOf((index) => stack(parts.map((part) => part[index] as Tensor))),
		};
	}
}

/** A cell led along `signals`: its outputs, and where it ended. */
function along<State>(
	cell: RecurrentCell<State>,
	signals: readonly Tensor[],
	first: State | undefined,
): { readonly outputs: Tensor[]; readonly end: State } {
	let state = first;
	const outputs = signals.map((signal) => {
		state = cell.call(signal, state);
		return cell.partsOf(state)[0] as Tensor;
	});
	return { outputs, end: state as State };
}

function checkSequence(name: string, x: Tensor, inputs: number): void {
	checkTensor(name, x);
	if (x.rank >= 2 && x.shape.at(-1) === inputs && (x.shape.at(-2) as number) > 0) return;
	throw failure({
		what: `${name}: not a sequence of inputs`,
		expected: `x [..., time, ${inputs}], one time or more`,
		actual: `x ${shapeText(x.shape)}`,
	});
}

/** How {@link RNN} is made. */
export interface RNNOptions extends RecurrentOptions, RNNCellOptions {}

/** A sequence through {@link RNNCell}s; see {@link Recurrent}. */
export class RNN extends Recurrent<Tensor> {
	constructor(inputs: number, hidden: number, options: RNNOptions = {}) {
		super((width) => new RNNCell(width, hidden, options), inputs, hidden, options);
	}
}

/** A sequence through {@link GRUCell}s; see {@link Recurrent}. */
export class GRU extends Recurrent<Tensor> {
	constructor(inputs: number, hidden: number, options: RecurrentOptions = {}) {
		super((width) => new GRUCell(width, hidden, options), inputs, hidden, options);
	}
}

/**
 * A sequence through {@link LSTMCell}s; see {@link Recurrent}.
 *
 * @example
 * ```ts
 * import { ones } from "chainrule";
 * import { LSTM } from "chainrule/nn";
 *
 * const lstm = new LSTM(3, 8, { layers: 2, bidirectional: true });
 * const { output, state } = lstm.call(ones([5, 10, 3]));
 * console.log(output.shape, state.hidden.shape, state.cell.shape); // [ 5, 10, 16 ] [ 4, 5, 8 ] [ 4, 5, 8 ]
 * const later = lstm.call(ones([5, 1, 3]), state);
 * console.log(later.output.shape); // [ 5, 1, 16 ]
 * ```
 */
export class LSTM extends Recurrent<LSTMState> {
	constructor(inputs: number, hidden: number, options: RecurrentOptions = {}) {
		super((width) => new LSTMCell(width, hidden, options), inputs, hidden, options);
	}
}
