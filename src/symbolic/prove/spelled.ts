/**
 * A problem at given sizes, as expressions.
 *
 * Two readings of every claim: one takes its derivatives from the engine, the
 * other from the rules of the book. They share variables and definitions, so
 * wherever the two agree they are the same object.
 */
import type { Formula } from "../../core/formula.js";
import type { Notation } from "../notation.js";
import { ExpressionAlgebra } from "./algebra.js";
import { derivativeOf } from "./derivative.js";
import type { Expression, Expressions } from "./expression.js";
import { elementName, type Grid, Instance, placesOf, type Scope, type Sizes } from "./instantiate.js";
import { lastTarget, Recorder } from "./tape.js";

/** What a derivative is taken from. */
export type Authority = "engine" | "book";

/** Expressions for the formulas of a problem. */
export class Spelled extends Instance<Expression> {
	readonly make: Expressions;
	private readonly by: Authority;
	private readonly recorder: Recorder | undefined;
	private readonly above: Spelled | undefined;
	private readonly cut: string | undefined;

	constructor(problem: Notation, sizes: Sizes, make: Expressions, by: Authority, above?: Spelled, cut?: string) {
		const algebra = new ExpressionAlgebra(make);
		super(problem, sizes, algebra);
		this.make = make;
		this.by = by;
		this.above = above;
		this.cut = cut;
		this.recorder = by === "engine" ? new Recorder(problem, sizes, algebra, (name) => this.named(name)) : undefined;
	}

	override named(name: string): Grid<Expression> {
		if (name === this.cut) return this.fresh(`${name}#${this.depth}`, (this.above as Spelled).named(name).shape);
		return this.above?.hasCut(name) ? this.above.named(name) : super.named(name);
	}

	private hasCut(name: string): boolean {
		return name === this.cut || (this.above?.hasCut(name) ?? false);
	}

	private get depth(): number {
		return this.above ? this.above.depth + 1 : 0;
	}

	private fresh(name: string, shape: readonly number[]): Grid<Expression> {
		return { shape, at: [...placesOf(shape)].map((place) => this.make.variable(elementName(name, place))) };
	}

	protected variable(name: string, shape: readonly number[]): Grid<Expression> {
		const known = this.problem.variables.get(name)?.range ?? "real";
		return { shape, at: [...placesOf(shape)].map((place) => this.make.variable(elementName(name, place), known)) };
	}

	protected derivative(call: Formula & { kind: "call" }, scope: Scope<Expression>): Grid<Expression> {
		if (this.recorder) return this.recorder.derivative(call, scope);
		const { name, inner, target } = lastTarget(call);
		const defined = !this.problem.variables.has(name) && name !== this.cut;
		const within = defined ? new Spelled(this.problem, this.sizes, this.make, this.by, this, name) : this;
		const value = within.evaluate(inner, scope);
		const all = within.named(name);
		const chosen = target.kind === "index" ? within.select(all, target, scope) : all;
		const slopes = value.at.flatMap((y) => chosen.at.map((x) => derivativeOf(this.make, y, x)));
		return {
			shape: [...value.shape, ...chosen.shape],
			at: defined ? this.restored(slopes, all, this.named(name)) : slopes,
		};
	}

	/** Variables of their own put back to what they were defined as. */
	private restored(slopes: readonly Expression[], own: Grid<Expression>, meaning: Grid<Expression>): Expression[] {
		const values = new Map(own.at.map((x, at) => [x.id, meaning.at[at] as Expression]));
		return this.make.rewrite(slopes, (x) => values.get(x.id));
	}

	protected primed(name: string, primes: number, u: Expression): Expression {
		if (this.problem.unknowns.has(name)) return this.make.unknown(name, [primes], [u]);
		if (this.recorder) return this.recorder.primed(name, primes, u);
		const x = this.make.variable(`${name}#argument${this.depth}`);
		let y = this.problem.definitions.get(name)?.parameters
			? (this.apply(name, [this.scalar(x)]).at[0] as Expression)
			: this.algebra.call(name, [x]);
		for (let order = 0; order < primes; order++) y = derivativeOf(this.make, y, x);
		return this.make.rewrite([y], (part) => (part === x ? u : undefined))[0] as Expression;
	}
}
