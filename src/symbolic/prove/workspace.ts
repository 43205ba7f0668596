/**
 * A problem at given sizes, ready for claims: both readings over one graph.
 */
import type { Formula } from "../../core/formula.js";
import type { Extent, Notation } from "../notation.js";
import type { Budget } from "./budget.js";
import { type Expression, Expressions } from "./expression.js";
import { type Grid, placesOf, type Sizes, sizeIn } from "./instantiate.js";
import { Spelled } from "./spelled.js";

/** The elements of a formula, for every value of its free indices. */
export interface Elements {
	/** The shape for one value of the free indices. */
	readonly shape: readonly number[];
	readonly engine: readonly Expression[];
	readonly book: readonly Expression[];
}

/** Where a problem's claims are spelled out. */
export class Workspace {
	readonly problem: Notation;
	readonly sizes: Sizes;
	readonly make: Expressions;
	readonly engine: Spelled;
	private readonly book: Spelled;
	private budget: Budget;
	private count = 0;

	constructor(problem: Notation, sizes: Sizes, budget: Budget) {
		this.problem = problem;
		this.sizes = sizes;
		this.budget = budget;
		this.make = new Expressions((count) => {
			this.count = count;
			this.budget.room(count);
		});
		this.engine = new Spelled(problem, sizes, this.make, "engine");
		this.book = new Spelled(problem, sizes, this.make, "book");
	}

	/** True while there is room for more claims. */
	renew(budget: Budget): boolean {
		this.budget = budget;
		return this.count < 20_000;
	}

	private readonly spelled = {
		engine: new WeakMap<Formula, Grid<Expression>>(),
		book: new WeakMap<Formula, Grid<Expression>>(),
	};

	/** @throws Mismatch, OutOfRange where the formula does not go together at these sizes. */
	elements(f: Formula, free: readonly string[]): Elements {
		const { shape, at } = this.quick(f, free);
		return { shape, engine: at, book: this.over(this.book, f, free).at };
	}

	/** The elements of a formula as the engine has them: for a first look. */
	quick(f: Formula, free: readonly string[]): Grid<Expression> {
		return this.over(this.engine, f, free);
	}

	/** The shape is that for one value of the free indices. */
	private over(instance: Spelled, f: Formula, free: readonly string[]): Grid<Expression> {
		const memory = this.spelled[instance === this.engine ? "engine" : "book"];
		const known = memory.get(f);
		if (known) return known;
		const lengths = free.map((index) => sizeIn(this.sizes, this.problem.indices.get(index) as Extent));
		const grids = [...placesOf(lengths)].map((place) =>
			instance.evaluate(f, {
				indices: new Map(free.map((index, at) => [index, (place[at] as number) + 1])),
				parameters: new Map(),
			}),
		);
		const grid = { shape: grids[0]?.shape ?? [], at: grids.flatMap(({ at }) => at) };
		memory.set(f, grid);
		return grid;
	}

	/** The place of the n-th element: values of the free indices, then of the element itself. */
	placeOf(
		n: number,
		free: readonly string[],
		shape: readonly number[],
	): { indices: Map<string, number>; element: number[] } {
		const lengths = free.map((index) => sizeIn(this.sizes, this.problem.indices.get(index) as Extent));
		let rest = n;
		const digits = [...lengths, ...shape].reduceRight<number[]>((found, length) => {
			found.unshift((rest % length) + 1);
			rest = Math.floor(rest / length);
			return found;
		}, []);
		return {
			indices: new Map(free.map((index, at) => [index, digits[at] as number])),
			element: digits.slice(lengths.length),
		};
	}
}
