/**
 * Is a gradient right? Three witnesses who do not know each other.
 *
 * In a random direction v: reverse mode says ⟨∇f, v⟩, forward mode says the
 * tangent of f along v, and finite differences say what the values do. The
 * differences are Richardson-extrapolated, and their own error is estimated
 * from the last two levels, so that a report can tell a wrong rule from a
 * rough function. Order 2 checks the gradient function in the same way.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";

import { type Node, Tensor, type Value } from "../core/tensor.js";
import { Generator } from "../kernels/random.js";
import { add, mul } from "../ops/arithmetic.js";
import { tensor } from "../ops/create.js";
import { sum } from "../ops/movement.js";
import { grad, jvp, vjp } from "./higher.js";
import { mapNest, type Nest } from "./nest.js";

/** How closely to look. */
export interface CheckOptions {
	/** 1 checks the gradient, 2 the gradient of the gradient, too, and so on. */
	readonly order?: number | undefined;
	/** Random directions per order; 3 when left out. */
	readonly directions?: number | undefined;
	/** Largest accepted difference, relative to the size of the derivative; 1e-6 when left out. */
	readonly tolerance?: number | undefined;
	/** Where random directions come from; the same ones each time when left out. */
	readonly generator?: Generator | undefined;
}

/** One direction: what each witness says of the derivative. */
export interface CheckedDirection {
	readonly order: number;
	readonly reverse: number;
	readonly forward: number;
	readonly differences: number;
	/** Estimated error of the differences themselves. */
	readonly uncertainty: number;
	readonly agrees: boolean;
}

/** What the witnesses said. `String(report)` is a table. */
export interface CheckReport {
	readonly ok: boolean;
	readonly directions: readonly CheckedDirection[];
	/** The largest relative difference between two witnesses. */
	readonly worst: number;
	toString(): string;
}

type Arguments = readonly Nest[];

/**
 * Checks the derivatives of `f` at `xs` in random directions: reverse mode
 * against forward mode against finite differences. Reports; it throws only
 * where `f` cannot be differentiated at all.
 *
 * `xs` are numbers, scalars, float64 tensors, or nests of them, and must not lie
 * on a kink: there the one-sided slopes differ and no witness is wrong.
 *
 * @example
 * ```ts
 * import { checkGradients, sin } from "chainrule";
 * console.log(checkGradients((x) => sin(x), [0.7], { order: 2 }).ok); // true
 * ```
 */
export function checkGradients(f: (...xs: never[]) => Value, xs: Arguments, options: CheckOptions = {}): CheckReport {
	const { order = 1, directions = 3, tolerance = 1e-6, generator = new Generator(0) } = options;
	const checked: CheckedDirection[] = [];
	checkOrder(f as unknown as (...xs: Nest[]) => Value, xs, 1);
	const worst = checked.reduce((most, direction) => Math.max(most, discrepancy(direction)), 0);
	return {
		ok: checked.every(({ agrees }) => agrees),
		directions: checked,
		worst,
		toString: () => table(checked),
	};

	function checkOrder(g: (...xs: Nest[]) => Value, at: Arguments, current: number): void {
		for (let count = 0; count < directions; count++) {
			const v = directionLike(at, generator);
			checked.push(checkDirection(scalarOf(g, generator), at, v, current, tolerance));
		}
		if (current >= order) return;
		// The derivative along a fixed direction is a function again.
		const v = directionLike(at, generator);
		const along = (...ys: Nest[]): Value => {
			const gradient = grad((inner: Nest[]) => scalarOf(g, new Generator(1))(...inner), { unused: "zero" })(
				ys as never,
			);
			return inner(gradient, v);
		};
		checkOrder(along, at, current + 1);
	}
}

/** `f` followed by a product with fixed random numbers, where its value is a tensor: every output is looked at. */
function scalarOf(f: (...xs: Nest[]) => Value, generator: Generator): (...xs: Nest[]) => Node {
	let weights: Tensor | undefined;
	return (...xs) => {
		const y = f(...xs);
		if (!(y instanceof Tensor)) return typeof y === "number" ? mul(y, 1) : y;
		weights ??= randomLike(y, generator);
		return sum(mul(y, weights));
	};
}

function randomLike(x: Tensor, generator: Generator): Tensor {
	const elements = new Float64Array(x.size);
	generator.fillNormal(elements, 0, x.size, 0, 1);
	return tensor(elements, { shape: x.shape });
}

/** A nest of the form of `at` with normal numbers at its leaves. */
function directionLike(at: Arguments, generator: Generator): Nest[] {
	return mapNest(
		at,
		(x) => {
			if (!(x instanceof Tensor)) return generator.normal();
			if (isFloating(x.dtype)) return randomLike(x, generator);
			throw failure({
				what: "checkGradients: no gradient for an integer tensor",
				expected: "float64 variables",
				actual: x.dtype,
				fix: "use it inside the function instead of passing it",
			});
		},
		"checkGradients",
	) as Nest[];
}

/** ⟨x, v⟩ over all leaves. */
function inner(x: Nest, v: Nest): Node {
	let total: Node | undefined;
	const others: Value[] = [];
	mapNest(v, (leaf) => others.push(leaf), "checkGradients");
	let next = 0;
	mapNest(
		x,
		(leaf) => {
			const product = mul(leaf, others[next++] as Value);
			const term = product instanceof Tensor ? sum(product) : product;
			total = total === undefined ? term : add(total, term);
			return leaf;
		},
		"checkGradients",
	);
	return total as unknown as Node;
}

function checkDirection(
	f: (...xs: Nest[]) => Node,
	at: Arguments,
	v: Nest[],
	order: number,
	tolerance: number,
): CheckedDirection {
	const [, pull] = vjp(f as never, ...(at as never[])) as [Node, () => Nest];
	const reverse = inner(pull(), v).item();
	const [, tangent] = jvp(f as never, at as never, v as never);
	const forward = tangent.item();
	const { value: differences, uncertainty } = derivativeByDifferences((t) =>
		f(...(shifted(at, v, t) as Nest[])).item(),
	);
	const size = Math.max(1, Math.abs(reverse), Math.abs(differences));
	const agrees =
		Math.abs(reverse - forward) <= 1e-9 * size && Math.abs(reverse - differences) <= tolerance * size + 4 * uncertainty;
	return { order, reverse, forward, differences, uncertainty, agrees };
}

/** `at + t v`, as numbers and constants. */
function shifted(at: Arguments, v: Nest[], t: number): unknown {
	const others: Value[] = [];
	mapNest(v, (leaf) => others.push(leaf), "checkGradients");
	let next = 0;
	return mapNest(
		at,
		(x) => {
			const dx = others[next++] as Value;
			if (x instanceof Tensor) return add(x.detach(), mul(dx as Tensor, t)).detach();
			return add(Number(x), Number(dx) * t).detach();
		},
		"checkGradients",
	);
}

/**
 * f'(0) from central differences, extrapolated over halved steps.
 *
 * L. F. Richardson, "The approximate arithmetical solution by finite
 * differences", 1911; the tableau and its error estimate after C. J. F.
 * Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", 1982.
 */
function derivativeByDifferences(f: (t: number) => number, step = 1e-2): { value: number; uncertainty: number } {
	const levels = 8;
	const shrink = 1.6;
	let value = Number.NaN;
	let uncertainty = Number.POSITIVE_INFINITY;
	let previous: number[] = [];
	for (let level = 0, h = step; level < levels; level++, h /= shrink) {
		const row = [(f(h) - f(-h)) / (2 * h)];
		let factor = shrink * shrink;
		for (let column = 1; column <= level; column++, factor *= shrink * shrink) {
			const finer = row[column - 1] as number;
			const coarser = previous[column - 1] as number;
			const better = (finer * factor - coarser) / (factor - 1);
			row.push(better);
			const error = Math.max(Math.abs(better - finer), Math.abs(better - coarser));
			if (error <= uncertainty) {
				uncertainty = error;
				value = better;
			}
		}
		previous = row;
	}
	return { value, uncertainty };
}

function discrepancy({ reverse, forward, differences }: CheckedDirection): number {
	const size = Math.max(1, Math.abs(reverse), Math.abs(differences));
	return Math.max(Math.abs(reverse - forward), Math.abs(reverse - differences)) / size;
}

function table(checked: readonly CheckedDirection[]): string {
	const head = ["order", "reverse", "forward", "differences", "±", ""];
	const rows = checked.map(({ order, reverse, forward, differences, uncertainty, agrees }) => [
		String(order),
		...[reverse, forward, differences].map((number) => number.toPrecision(10)),
		uncertainty.toExponential(1),
		agrees ? "agree" : "DIFFER",
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...rows.map((row) => (row[column] as string).length)),
	);
	return [head, ...rows]
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] as number))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
