/**
 * Expressions as the scalars of formulas.
 *
 * The functions of the notation become what the table of mathematics says they
 * are; nothing else here has an opinion about any of them.
 */
import type { Arithmetic, Comparison, Formula } from "../../core/formula.js";
import type { Expression, Expressions, Primitive } from "./expression.js";
import type { Algebra } from "./instantiate.js";
import { canonical, madeOf, primitives } from "./mathematics.js";
import { decimal, type Rational } from "./rational.js";

/** The algebra of one graph of expressions. */
export class ExpressionAlgebra implements Algebra<Expression> {
	readonly make: Expressions;

	constructor(make: Expressions) {
		this.make = make;
	}

	get pi(): Expression {
		return this.make.pi;
	}

	number(value: Rational): Expression {
		return this.make.number(value);
	}

	negate(x: Expression): Expression {
		return this.make.negate(x);
	}

	arithmetic(operator: Exclude<Arithmetic, "@">, x: Expression, y: Expression): Expression {
		switch (operator) {
			case "+":
				return this.make.add(x, y);
			case "-":
				return this.make.subtract(x, y);
			case "*":
				return this.make.multiply(x, y);
			case "/":
				return this.make.divide(x, y);
			case "^":
				return this.make.raise(x, y);
		}
	}

	compare(operator: Comparison, x: Expression, y: Expression): Expression {
		const { make } = this;
		const not = (question: Expression): Expression => make.choose(question, make.number(0), make.number(1));
		switch (operator) {
			case ">":
				return make.positive(make.subtract(x, y));
			case "<":
				return make.positive(make.subtract(y, x));
			case ">=":
				return not(make.positive(make.subtract(y, x)));
			case "<=":
				return not(make.positive(make.subtract(x, y)));
			case "==":
				return make.vanishes(make.subtract(x, y));
		}
	}

	choose(condition: Expression, then: Expression, otherwise: Expression): Expression {
		return this.make.choose(condition, then, otherwise);
	}

	call(name: string, given: readonly Expression[]): Expression {
		const key = canonical(name);
		if (primitives.has(key)) return this.make.primitive(key as Primitive, given[0] as Expression);
		const definition = madeOf(key);
		if (!definition) throw new Error(`the table of mathematics has no "${name}"`);
		return this.carriedOut(
			definition.body,
			new Map(["x", "y", "w"].map((letter, at) => [letter, given[at] as Expression])),
		);
	}

	unknown(name: string, orders: readonly number[], given: readonly Expression[]): Expression {
		return this.make.unknown(name, orders, given);
	}

	/** The value of a formula of numbers: a definition of the table, or how an operation is written. */
	carriedOut(f: Formula, names: ReadonlyMap<string, Expression>): Expression {
		const of = (part: Formula): Expression => this.carriedOut(part, names);
		switch (f.kind) {
			case "number":
				return this.make.number(decimal(f.text));
			case "name": {
				const value = names.get(f.name);
				if (value) return value;
				return f.name === "pi" ? this.make.pi : this.make.primitive("exp", this.make.number(1));
			}
			case "negate":
				return this.make.negate(of(f.operand));
			case "binary":
				return this.arithmetic(f.operator as Exclude<Arithmetic, "@">, of(f.left), of(f.right));
			case "compare":
				return this.compare(f.operator, of(f.left), of(f.right));
			case "if":
				return this.make.choose(of(f.condition), of(f.then), of(f.otherwise));
			case "call":
				return this.call(f.name, f.arguments.map(of));
			default:
				throw new Error("an array where a number was expected");
		}
	}
}
