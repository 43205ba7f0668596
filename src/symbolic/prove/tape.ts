/**
 * The derivative on the left, as the engine computes it.
 *
 * The elements of a claim are recorded on the tape, the engine differentiates,
 * and the gradient it recorded is read back as an expression. Inside a trace everything is recorded, questions and guards
 * included, so what is read back is the whole computation and not what happened
 * at one point; the numbers at which it runs do not matter.
 */
import { apply } from "../../core/apply.js";
import type { Arithmetic, Comparison, Formula } from "../../core/formula.js";
import { type AnyOp, functionNamed } from "../../core/op.js";
import { withRecording, withTracing } from "../../core/tape.js";
import { type Node, record, type Tensor } from "../../core/tensor.js";
import { gradients } from "../../diff/reverse.js";
import { add, div, identity, mul, neg, pow, sub } from "../../ops/arithmetic.js";
import { equal, greater, greaterEqual, less, lessEqual, where } from "../../ops/compare.js";
import { tensor } from "../../ops/create.js";
import { evaluate } from "../../ops/evaluate.js";
import type { Notation } from "../notation.js";
import type { ExpressionAlgebra } from "./algebra.js";
import type { Expression } from "./expression.js";
import { type Algebra, type Grid, Instance, type Scope, type Sizes } from "./instantiate.js";
import { canonical, madeOf } from "./mathematics.js";
import { one, type Rational, toNumber } from "./rational.js";
import { leafOp, Reader, unknownOp } from "./reader.js";

const infix: Readonly<Record<Exclude<Arithmetic, "@">, (x: Tensor, y: Tensor) => Node>> = {
	"+": add,
	"-": sub,
	"*": mul,
	"/": div,
	"^": pow,
};

const questions: Readonly<Record<Comparison, (x: Tensor, y: Tensor) => Node>> = {
	"<": less,
	"<=": lessEqual,
	">": greater,
	">=": greaterEqual,
	"==": equal,
};

/** Numbers of the tape as the scalars of formulas. */
class TapeAlgebra implements Algebra<Tensor> {
	readonly expressions: ExpressionAlgebra;

	constructor(expressions: ExpressionAlgebra) {
		this.expressions = expressions;
	}

	/** A number that stands for an expression. The value is any, as long as it is one. */
	leaf(expression: Expression, value = 0.5): Tensor {
		return record(tensor(value), leafOp as unknown as AnyOp, [], { expression });
	}

	get pi(): Tensor {
		return this.leaf(this.expressions.pi, Math.PI);
	}

	number(value: Rational): Tensor {
		return this.leaf(this.expressions.number(value), toNumber(value));
	}

	negate(x: Tensor): Tensor {
		return neg(x) as Tensor;
	}

	arithmetic(operator: Exclude<Arithmetic, "@">, x: Tensor, y: Tensor): Tensor {
		this.expressions.make.work();
		return infix[operator](x, y) as Tensor;
	}

	compare(operator: Comparison, x: Tensor, y: Tensor): Tensor {
		return questions[operator](x, y) as Tensor;
	}

	choose(condition: Tensor, then: Tensor, otherwise: Tensor): Tensor {
		return where(condition, then, otherwise) as Tensor;
	}

	call(name: string, given: readonly Tensor[]): Tensor {
		const op = functionNamed(name);
		if (op && op.arity === given.length) return op.call(...given) as Tensor;
		// What the engine has no operation for is recorded as what the table says it is.
		const { body } = madeOf(canonical(name)) as { body: Formula };
		return evaluate(body, new Map(["x", "y", "w"].map((letter, at) => [letter, given[at] as Tensor]))) as Tensor;
	}

	unknown(name: string, orders: readonly number[], given: readonly Tensor[]): Tensor {
		return apply(unknownOp, given, { name, orders });
	}
}

/** A problem on the tape, where some defined names may be cut off from what they are made of. */
class TapeInstance extends Instance<Tensor> {
	private readonly tape: TapeAlgebra;
	private readonly above: TapeInstance | undefined;
	private readonly cut: string | undefined;
	private readonly children = new Map<string, TapeInstance>();
	private readonly elements: (name: string) => Grid<Expression>;

	constructor(
		problem: Notation,
		sizes: Sizes,
		algebra: TapeAlgebra,
		elements: (name: string) => Grid<Expression>,
		above?: TapeInstance,
		cut?: string,
	) {
		super(problem, sizes, algebra);
		this.tape = algebra;
		this.elements = elements;
		this.above = above;
		this.cut = cut;
	}

	override named(name: string): Grid<Tensor> {
		if (name === this.cut) {
			this.own ??= this.map((this.above as TapeInstance).named(name), (x) => identity(x) as Tensor);
			return this.own;
		}
		return this.above?.hasCut(name) ? this.above.named(name) : super.named(name);
	}

	private hasCut(name: string): boolean {
		return name === this.cut || (this.above?.hasCut(name) ?? false);
	}
	private own: Grid<Tensor> | undefined;

	protected variable(name: string): Grid<Tensor> {
		if (this.above) return this.above.named(name);
		return this.map2(this.elements(name), (x) => this.tape.leaf(x));
	}

	map2(x: Grid<Expression>, f: (x: Expression) => Tensor): Grid<Tensor> {
		return { shape: x.shape, at: x.at.map(f) };
	}

	/** The problem with `name` a variable of its own: what d/da means for an a that is defined. */
	without(name: string): TapeInstance {
		if (this.problem.variables.has(name) || this.cut === name) return this;
		const found = this.children.get(name);
		if (found) return found;
		const child = new TapeInstance(this.problem, this.sizes, this.tape, this.elements, this, name);
		this.children.set(name, child);
		return child;
	}

	derivative(call: Formula & { kind: "call" }, scope: Scope<Tensor>): Grid<Tensor> {
		const { name, inner, target } = lastTarget(call);
		const within = this.without(name);
		const value = within.evaluate(inner, scope);
		const all = within.named(name);
		const chosen = target.kind === "index" ? within.select(all, target, scope) : all;
		const at = value.at.flatMap((y) => this.slopes(y, chosen.at));
		return { shape: [...value.shape, ...chosen.shape], at };
	}

	private slopes(y: Tensor, xs: readonly Tensor[]): Tensor[] {
		if (!y.requiresGrad) return xs.map(() => tensor(0));
		// The cotangent is an expression, too: numbers that meet numbers are added up and not recorded.
		const cotangent = this.tape.number(one);
		return gradients(y, xs, { createGraph: true, cotangent, unused: "zero" }) as Tensor[];
	}

	primed(name: string, primes: number, u: Tensor): Tensor {
		if (this.problem.unknowns.has(name)) return this.tape.unknown(name, [primes], [u]);
		const x = identity(u) as Tensor;
		let y = this.problem.definitions.get(name)?.parameters
			? (this.apply(name, [this.scalar(x)]).at[0] as Tensor)
			: this.tape.call(name, [x]);
		for (let order = 0; order < primes; order++) y = this.slopes(y, [x])[0] as Tensor;
		return y;
	}
}

/** d(f, x, y) is d(d(f, x), y): the last name, and what is differentiated by it. */
export function lastTarget(call: Formula & { kind: "call" }): { name: string; inner: Formula; target: Formula } {
	const given = call.arguments;
	const target = given.at(-1) as Formula;
	const operand = target.kind === "index" ? target.operand : target;
	const inner = given.length === 2 ? (given[0] as Formula) : { ...call, arguments: given.slice(0, -1) };
	return { name: operand.kind === "name" ? operand.name : "", inner, target };
}

/** Records, differentiates and reads back, at given sizes. */
export class Recorder {
	private readonly instance: TapeInstance;
	private readonly tape: TapeAlgebra;
	private readonly reader: Reader;

	/** `elements` gives the variables of the problem as expressions. */
	constructor(
		problem: Notation,
		sizes: Sizes,
		expressions: ExpressionAlgebra,
		elements: (name: string) => Grid<Expression>,
	) {
		this.tape = new TapeAlgebra(expressions);
		this.instance = new TapeInstance(problem, sizes, this.tape, elements);
		this.reader = new Reader(expressions);
	}

	/** The derivative that `call` asks for. */
	derivative(call: Formula & { kind: "call" }, scope: Scope<Expression>): Grid<Expression> {
		const parameters = new Map(
			[...scope.parameters].map(([name, grid]) => [name, this.instance.map2(grid, (x) => this.tape.leaf(x))]),
		);
		const grid = recorded(() => this.instance.derivative(call, { indices: scope.indices, parameters }));
		return { shape: grid.shape, at: grid.at.map((z) => this.reader.read(z)) };
	}

	/** f'(u). */
	primed(name: string, primes: number, u: Expression): Expression {
		return this.reader.read(recorded(() => this.instance.primed(name, primes, this.tape.leaf(u))));
	}
}

function recorded<Result>(body: () => Result): Result {
	return withRecording(true, () => withTracing(true, body));
}
