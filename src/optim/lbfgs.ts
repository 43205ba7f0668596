/**
 * L-BFGS: descent by an estimate of the inverse Hessian, made of the last steps
 * and how the gradient changed along them.
 *
 * All parameters are one long vector of float64 here; the rule itself is a few
 * loops over such vectors.
 */
import { failure } from "../core/errors.js";
import { wrap } from "../core/tensor.js";
import { add, noGrad, Tensor, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";
import type { OptimizerOptions, Parameters } from "./groups.js";
import { Optimizer, place } from "./optimizer.js";
import { amount, count, type Fields, rate, word } from "./settings.js";
import { elementsOf, type Form, fits, formText, misfit, type OptimizerState } from "./state.js";
import { strongWolfe, type Trial } from "./wolfe.js";

/** How {@link LBFGS} descends. */
export interface LBFGSOptions extends OptimizerOptions {
	/** Moves per step; 20 when left out. */
	readonly maxIterations?: number | undefined;
	/** Evaluations of the closure per step, after which it makes no further move; 1.25 times the moves when left out. */
	readonly maxEvaluations?: number | null | undefined;
	/** A step ends where no element of the gradient is larger; 1e-7 when left out. */
	readonly gradientTolerance?: number | undefined;
	/** A step ends where no parameter, or the loss, changes by more; 1e-9 when left out. */
	readonly changeTolerance?: number | undefined;
	/** How many moves are remembered; 100 when left out. */
	readonly historySize?: number | undefined;
	/** `strongWolfe` when left out; `none` always goes by the learning rate. */
	readonly lineSearch?: "strongWolfe" | "none" | undefined;
}

const evaluations = count("a number of evaluations", 25);

const fields: Fields<LBFGSOptions> = {
	learningRate: rate(1),
	maxIterations: count("a number of iterations", 20),
	maxEvaluations: { ...evaluations, initial: null, holds: (value) => value === null || evaluations.holds(value) },
	gradientTolerance: amount("a tolerance", 1e-7),
	changeTolerance: amount("a tolerance", 1e-9),
	historySize: count("a size of the history", 100),
	lineSearch: word("a line search", ["strongWolfe", "none"]),
};

/** A move: the step s, the change y of the gradient along it, and 1 / (y·s). */
interface Move {
	readonly s: Float64Array;
	readonly y: Float64Array;
	readonly rho: number;
}

/**
 * L-BFGS, for losses over all data: every step evaluates the closure several
 * times. The rate is 1 when left out; with the line search it is only where the
 * search begins. One group of parameters.
 *
 * Source: J. Nocedal, "Updating quasi-Newton matrices with limited storage",
 * 1980; step lengths and tests for the end as in PyTorch, whose default is no
 * line search.
 *
 * @example
 * ```ts
 * import { add, mul, scalar, square, sub } from "chainrule";
 * import { LBFGS } from "chainrule/optim";
 *
 * const [x, y] = [scalar(-1.2), scalar(1)]; // Rosenbrock's valley; its lowest point is (1, 1)
 * const optimizer = new LBFGS([x, y], { maxIterations: 100, changeTolerance: 1e-12 });
 * optimizer.step(() => {
 * 	optimizer.zeroGrad();
 * 	const loss = add(square(sub(1, x)), mul(100, square(sub(y, square(x)))));
 * 	loss.backward();
 * 	return loss;
 * });
 * console.log(x.value.toFixed(6), y.value.toFixed(6)); // 1.000000 1.000000
 * ```
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
	readonly #size: number;
	/** The moves that are remembered, the oldest first. */
	#moves: Move[] = [];
	/** The last step and the gradient before it: half of a move, until the gradient after it is known. */
	#last: { readonly s: Float64Array; readonly gradient: Float64Array } | undefined;

	constructor(parameters: Parameters<LBFGSOptions>, options: LBFGSOptions = {}) {
		super(parameters, options, { name: "LBFGS", fields });
		if (this.groups.length > 1) {
			throw failure({
				what: "LBFGS: more than one group",
				expected: "one group: all parameters are one vector here",
				actual: `${this.groups.length} groups`,
			});
		}
		this.#size = this.parameters.reduce((size, parameter) => size + elementsOf(parameter).size, 0);
	}

	protected override moved(parameter: Parameter, displacement: Value): Value {
		return add(parameter, displacement);
	}

	/**
	 * Moves the parameters until one of the limits is reached; returns the loss before.
	 *
	 * @throws without a closure.
	 */
	override step<Loss extends Value>(closure?: () => Loss): Loss {
		if (closure === undefined) {
			throw failure({
				what: "LBFGS: step without a closure",
				expected: "step(() => loss)",
				actual: "step()",
				fix: "give it a function that forgets the gradients, computes the loss, calls backward() and returns the loss",
			});
		}
		const loss = closure();
		this.#descend(() => Number(closure()), Number(loss));
		return loss;
	}

	#descend(closure: () => number, firstLoss: number): void {
		const { settings } = this.groups[0] as (typeof this.groups)[0];
		const { learningRate, maxIterations, gradientTolerance, changeTolerance, lineSearch } = settings;
		const maxEvaluations = settings.maxEvaluations ?? Math.floor(1.25 * maxIterations);
		const isFlat = (g: Float64Array): boolean => largest(g) <= gradientTolerance;

		let loss = firstLoss;
		let evaluated = 1;
		let gradient = this.#gradient();
		if (isFlat(gradient)) return;
		for (let iteration = 1; iteration <= maxIterations; iteration++) {
			this.#complete(gradient, settings.historySize);
			const direction = this.#direction(gradient);
			const slope = inner(gradient, direction);
			if (!(slope <= -changeTolerance)) return;

			// The first direction is the gradient, whose length says nothing about how far to go.
			const isFirst = this.#last === undefined;
			const length = isFirst ? Math.min(1, 1 / sumOfSizes(gradient)) * learningRate : learningRate;
			const start = this.parameters.map((parameter) => elementsOf(parameter).detach());
			const at = (t: number): Trial => {
				this.#go(start, direction, t);
				const value = closure();
				evaluated++;
				const found = this.#gradient();
				return { t, value, slope: inner(found, direction), gradient: found };
			};
			const from: Trial = { t: 0, value: loss, slope, gradient };
			let to: Trial = { ...from, t: length };
			if (lineSearch === "strongWolfe") to = strongWolfe(at, from, length, changeTolerance / largest(direction));
			else if (iteration < maxIterations) to = at(length);
			this.#go(start, direction, to.t);
			this.#last = { s: direction.map((d) => to.t * d), gradient };
			({ value: loss, gradient } = to);

			const hasStalled = largest(this.#last.s) <= changeTolerance || Math.abs(loss - from.value) < changeTolerance;
			if (evaluated >= maxEvaluations || isFlat(gradient) || hasStalled) return;
		}
	}

	/** The gradients of all parameters, one after the other; 0 where none arrived. */
	#gradient(): Float64Array {
		const all = new Float64Array(this.#size);
		let next = 0;
		for (const parameter of this.parameters) {
			const { grad } = parameter;
			if (grad !== undefined) all.set(typeof grad === "number" ? [grad] : grad.data, next);
			next += elementsOf(parameter).size;
		}
		return all;
	}

	/** Puts the parameters at `start` + t `direction`. */
	#go(start: readonly Tensor[], direction: Float64Array, t: number): void {
		noGrad(() => {
			let next = 0;
			for (const [index, parameter] of this.parameters.entries()) {
				const from = start[index] as Tensor;
				const along = direction.slice(next, next + from.size).map((d) => t * d);
				if (parameter.requiresGrad) place(parameter, this.moved(from as Parameter, wrap(along, from.shape)));
				next += from.size;
			}
		});
	}

	/** Completes the last move with the gradient after it; one along which the slope does not grow says nothing. */
	#complete(gradient: Float64Array, historySize: number): void {
		if (this.#last === undefined) return;
		const before = this.#last.gradient;
		const move = moveOf(
			this.#last.s,
			gradient.map((g, i) => g - (before[i] as number)),
		);
		if (1 / move.rho > 1e-10) this.#moves = [...this.#moves, move].slice(-historySize);
	}

	/** -H g, by the recursion over the moves in two loops. */
	#direction(gradient: Float64Array): Float64Array {
		const d = gradient.map((g) => -g);
		const newest = this.#moves.at(-1);
		if (newest === undefined) return d;
		const shares = new Map<Move, number>();
		for (const move of this.#moves.toReversed()) {
			const share = move.rho * inner(move.s, d);
			addScaled(d, -share, move.y);
			shares.set(move, share);
		}
		const scale = 1 / (newest.rho * inner(newest.y, newest.y));
		for (let i = 0; i < d.length; i++) d[i] = scale * (d[i] as number);
		for (const move of this.#moves) {
			addScaled(d, (shares.get(move) as number) - move.rho * inner(move.y, d), move.s);
		}
		return d;
	}

	override stateDict(): OptimizerState {
		const row = (x: Float64Array): Tensor => wrap(x.slice(), [this.#size]);
		const table = (rows: readonly Float64Array[]): Tensor =>
			wrap(Float64Array.from(rows.flatMap((x) => [...x])), [rows.length, this.#size]);
		const tensors = new Map<string, Tensor>();
		if (this.#last !== undefined) {
			tensors.set("step", row(this.#last.s));
			tensors.set("gradient", row(this.#last.gradient));
			if (this.#moves.length > 0) tensors.set("steps", table(this.#moves.map(({ s }) => s)));
			if (this.#moves.length > 0) tensors.set("changes", table(this.#moves.map(({ y }) => y)));
		}
		return { ...super.stateDict(), tensors };
	}

	override loadStateDict(state: OptimizerState): void {
		const tensors = this.#tensorsIn(state);
		super.loadStateDict({ ...state, tensors: new Map() });
		const [step, gradient, steps, changes] = ["step", "gradient", "steps", "changes"].map((name) =>
			rowsOf(tensors.get(name), this.#size),
		) as [Float64Array[], Float64Array[], Float64Array[], Float64Array[]];
		this.#last = step[0] && gradient[0] ? { s: step[0], gradient: gradient[0] } : undefined;
		this.#moves = steps.map((s, index) => moveOf(s, changes[index] as Float64Array));
	}

	#tensorsIn(state: OptimizerState): ReadonlyMap<string, Tensor> {
		const tensors: unknown = state?.tensors;
		if (!(tensors instanceof Map)) throw misfit("LBFGS", "a map of tensors", typeof tensors);
		const moves = tensors.get("steps")?.shape[0] ?? 0;
		const row: Form = { shape: [this.#size], dtype: "float64" };
		const table: Form = { shape: [moves, this.#size], dtype: "float64" };
		const forms: { readonly [name: string]: Form } = {
			...(tensors.size > 0 && { step: row, gradient: row }),
			...(moves > 0 && { steps: table, changes: table }),
		};
		const listed = Object.keys(forms).join(", ") || "no tensors";
		for (const [name, value] of tensors) {
			const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
			if (form === undefined) throw misfit("LBFGS", listed, `"${name}"`);
			if (!(value instanceof Tensor && fits(value, form))) {
				throw misfit("LBFGS", formText(form), `${name}, ${value instanceof Tensor ? formText(value) : typeof value}`);
			}
		}
		for (const name of Object.keys(forms)) if (!tensors.has(name)) throw misfit("LBFGS", name, "no such tensor");
		return tensors;
	}
}

function moveOf(s: Float64Array, y: Float64Array): Move {
	return { s, y, rho: 1 / inner(y, s) };
}

function rowsOf(x: Tensor | undefined, size: number): Float64Array[] {
	const data = (x?.data ?? new Float64Array(0)) as Float64Array;
	return Array.from({ length: data.length / size }, (_, row) => data.slice(row * size, (row + 1) * size));
}

function inner(x: Float64Array, y: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
	return sum;
}

function addScaled(z: Float64Array, scale: number, x: Float64Array): void {
	for (let i = 0; i < z.length; i++) z[i] = (z[i] as number) + scale * (x[i] as number);
}

function largest(x: Float64Array): number {
	let most = 0;
	for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i] as number));
	return most;
}

function sumOfSizes(x: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < x.length; i++) sum += Math.abs(x[i] as number);
	return sum;
}
